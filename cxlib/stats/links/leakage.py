"""Is a driver too good to be true? A driver made together with the outcome, or from it, explains nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

CLEAN = 100  # rows on either side of the split
JUMP = 0.2  # share across among the rows next to the split: people's answers change by degrees
NEAREST = 500  # clean rows next to the split
EXPECTED = 10  # exceptions that noise would give among them
ALMOST_ALL = 0.85  # R2 of one driver beyond which it is the outcome asked again


@dataclass(frozen=True)
class DeterministicSplit:
    """A split of the driver beyond which the outcome, without one exception, never crosses a value.

    driver_cut, outcome_cut  the smallest values of the upper sides;  clean (rows without exception), across (share of
    the 100 rows next to the split, on its other side, that lie across the outcome's cut, 0-1)
    """

    driver_cut: float
    outcome_cut: float
    clean: int
    across: float


def deterministic_split(driver: ArrayLike, outcome: ArrayLike) -> DeterministicSplit | None:
    """The clearest deterministic split of the outcome by the driver, or None where answers overlap as people's do.

    driver, outcome  (rows,) numbers, none missing
    assumes   real answers hold noise and change by degrees. A jump from no exception among 100 or more rows to a
              fifth of the next 100 is made by a rule, if a normal spread around the clean rows next to it would have
              given ten exceptions or more
    """
    driver, outcome = np.asarray(driver, float), np.asarray(outcome, float)
    best: DeterministicSplit | None = None
    for cut in _cuts(outcome):
        high = outcome >= cut
        for turned in (high, ~high):
            for below in (True, False):
                found = _clean_side(driver, outcome, turned, cut, below)
                if found and (best is None or found.clean * found.across > best.clean * best.across):
                    best = found
    return best


def same_question(driver: ArrayLike, outcome: ArrayLike) -> bool:
    """Whether the driver alone explains more than 85 % of the outcome: it is the outcome asked again.

    driver, outcome  (rows,) numbers, none missing; False where one of them is constant
    """
    driver, outcome = np.asarray(driver, float), np.asarray(outcome, float)
    if driver.std() == 0 or outcome.std() == 0:
        return False
    return bool(np.corrcoef(driver, outcome)[0, 1] ** 2 > ALMOST_ALL)


def _cuts(outcome: np.ndarray) -> np.ndarray:
    """At most 20 values of the outcome that leave rows on both sides."""
    distinct = np.unique(outcome)[1:]
    return distinct if len(distinct) <= 20 else np.unique(np.quantile(distinct, np.linspace(0, 1, 20)))


def _clean_side(
    driver: np.ndarray, outcome: np.ndarray, mark: np.ndarray, cut: float, below: bool
) -> DeterministicSplit | None:
    """The largest end of the driver without a single marked row, if most of the rest is marked."""
    if not mark.any() or mark.all():
        return None
    edge = driver[mark].min() if below else driver[mark].max()
    clean = driver < edge if below else driver > edge
    if clean.sum() < CLEAN or (~clean).sum() < CLEAN:
        return None
    distance = np.abs(driver - edge)[~clean]
    near = distance <= np.sort(distance)[CLEAN - 1]
    across = float(mark[~clean][near].mean())
    if across < JUMP:
        return None
    if _expected_exceptions(driver, outcome, cut, clean, edge) < EXPECTED:
        return None
    return DeterministicSplit(float(edge), float(cut), int(clean.sum()), across)


def _expected_exceptions(driver: np.ndarray, outcome: np.ndarray, cut: float, clean: np.ndarray, edge: float) -> float:
    """Exceptions that a normal spread of the outcome would give among the clean rows next to the split."""
    distance = np.abs(driver - edge)[clean]
    nearest = outcome[clean][distance <= np.sort(distance)[min(NEAREST, len(distance)) - 1]]
    step = np.diff(np.unique(outcome)).min() / 2  # answers are rounded: the border lies halfway to the cut
    border = cut - step
    tail = norm.cdf(-abs(nearest.mean() - border) / max(nearest.std(), 1e-9))
    return float(len(nearest) * tail)
