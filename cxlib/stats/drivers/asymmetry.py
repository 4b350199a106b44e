"""Does a driver lose as much below its middle as it wins above?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import percentile_interval, wald_p
from cxlib.stats.drivers.stacks import solved
from cxlib.stats.moments import (
    bootstrap_stacks,
    checked_weights,
    covariance_stack,
    effective_n,
    finite,
    one_blas_thread,
    sample_units,
)
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

KINDS = ("must_be", "performance", "delighter", "indifferent")
TRIVIAL = 0.2  # SDs of the outcome that a driver moves over its middle 80 %: less is indifferent (Cohen's small effect)
ONE_SIDED = 1 / 3  # (gain - loss) / (gain + loss) beyond this is one-sided: one slope is more than twice the other


def kano_kinds(
    x: pd.DataFrame, y: ArrayLike, *, middle: float | Mapping[str, float] | None = None,
    controls: ArrayLike | None = None, weights: ArrayLike | None = None, strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None, resamples: int = 1000, confidence: float = 0.95, seed: int = 0,
) -> pd.DataFrame:
    """Slope of the outcome below and above the middle of each driver, and what kind of driver that makes it.

    x          DataFrame (rows, drivers); with controls, a gap is a row that the driver does not concern
    controls   DataFrame of columns that are held equal, one of them whether each driver with gaps concerns the row
    middle     where a driver turns from low to high: a number or {driver: number}; default its median
    returns    one row per driver: loss (slope below), loss_low, loss_high, gain (slope above), gain_low, gain_high,
               p (of equal slopes), p_holm, kind, probability (share of resamples of that kind), and the share of
               resamples of each kind: must_be (loses below, gains less than half of it above), delighter (the other
               way round), performance (both), indifferent (moves less than 0.2 SD over its middle 80 %)
    errors     Refusal (a ValueError) for a driver with fewer than 5 answers on a side of its middle, and for drivers that are collinear or
               constant; ValueError for missing answers without controls, a missing outcome, and faulty weights
    source     Kano 1984; slopes instead of group means, so that a skewed driver with a straight effect is not one-sided
    """
    x = pd.DataFrame(x).astype(float)
    turn = x.median() if middle is None else pd.Series(middle, x.columns)
    below, above = np.minimum(x - turn, 0), np.maximum(x - turn, 0)
    for name in x.columns:
        if min((below[name] < 0).sum(), (above[name] > 0).sum()) < 5:
            raise Refusal(f"{name!r} has fewer than 5 answers on one side of {turn[name]:g}; move the middle", "few", name)
    y = finite(y)
    columns = np.column_stack([concerned(below, controls), concerned(above, controls), *held_equal(controls)])
    estimate, draws, base = least_squares(columns, y, weights, strata, clusters, resamples, seed)
    losing, gaining = slice(x.shape[1]), slice(x.shape[1], 2 * x.shape[1])
    reach = (turn - x.quantile(0.1)).to_numpy(), (x.quantile(0.9) - turn).to_numpy()
    reach_below, reach_above = (side[:, None] for side in reach)
    kinds = _kinds(draws[losing], draws[gaining], reach_below, reach_above, y.std())
    lower, upper = percentile_interval(draws, confidence=confidence, n=base, fitted=len(estimate))
    equal = wald_p(estimate[gaining] - estimate[losing], draws[gaining] - draws[losing], n=base, fitted=len(estimate))
    shares = {kind: (kinds == k).mean(axis=1) for k, kind in enumerate(KINDS)}
    own = _kinds(estimate[losing, None], estimate[gaining, None], reach_below, reach_above, y.std())[:, 0]
    return pd.DataFrame({
        "loss": estimate[losing], "loss_low": lower[losing], "loss_high": upper[losing],
        "gain": estimate[gaining], "gain_low": lower[gaining], "gain_high": upper[gaining],
        "p": equal, "p_holm": holm(equal),
        "kind": [KINDS[k] for k in own], "probability": [shares[KINDS[k]][j] for j, k in enumerate(own)], **shares,
    }, index=pd.Index(x.columns, name="driver"))


def concerned(values: ArrayLike, controls: ArrayLike | None) -> np.ndarray:
    """The columns with 0 for rows that they do not concern: a control that says so takes up whatever stands there.

    values     (rows, columns); without controls as given
    """
    values = np.asarray(values, float)
    return values if controls is None else np.nan_to_num(values, nan=0.0)


def held_equal(controls: ArrayLike | None) -> list[np.ndarray]:
    """The controls as a list of no or one array of columns."""
    return [] if controls is None else [np.asarray(controls, float)]


@one_blas_thread
def least_squares(
    columns: ArrayLike, y: ArrayLike, weights: ArrayLike | None, strata: ArrayLike | None, clusters: ArrayLike | None,
    resamples: int, seed: int,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Least squares of y on the columns: (columns,), (columns, draws) and the effective n.

    returns    slopes in units of y per unit of each column; the constant is taken out with the means. Draws that cannot
               be solved are left out
    errors     Refusal (a ValueError) when the columns are collinear or one is constant; ValueError for missing values and faulty weights
    """
    values = np.column_stack([finite(columns), finite(y)])
    units = sample_units(values, weights=weights, strata=strata, clusters=clusters, seed=seed)
    unit = units.scale[-1] / np.where(units.scale[:-1] > 0, units.scale[:-1], np.nan)

    def fitted(stack: np.ndarray) -> np.ndarray:
        return solved(stack[:-1, :-1], stack[:-1, -1]) * unit[:, None]

    estimate = fitted(covariance_stack(units)[1])[:, 0]
    if not np.isfinite(estimate).all():
        raise Refusal("the drivers are perfectly collinear or one is constant; leave one of them out", "collinear")
    draws = np.concatenate([fitted(stack) for _, stack in bootstrap_stacks(units, resamples, seed=seed)], axis=1)
    return estimate, draws[:, np.isfinite(draws).all(axis=0)], effective_n(checked_weights(weights, len(values)))


def _kinds(
    loss: np.ndarray, gain: np.ndarray, reach_below: np.ndarray, reach_above: np.ndarray, spread: float
) -> np.ndarray:
    """Number of the kind in KINDS of each driver and draw."""
    moved = np.abs(loss * reach_below) + np.abs(gain * reach_above)
    balance = (np.abs(gain) - np.abs(loss)) / np.maximum(np.abs(gain) + np.abs(loss), 1e-300)
    kind = np.where(balance < -ONE_SIDED, 0, np.where(balance > ONE_SIDED, 2, 1))
    return np.where(moved < TRIVIAL * spread, 3, kind)
