"""What starting did where units were picked for their score: held against units that scored the same before.

Who is picked for a low score scores higher next time in any case. A difference of changes takes that return to the mean for
an effect; a regression on the score of the picking does not. Each is wrong in its own direction, so that both are asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.rollout.cohorts import detectable_effect, read_cohorts, t_interval

BEND = 0.01  # p of the square of the picking score, from which on it is held too: a chance bend widens every interval


@dataclass(frozen=True)
class AdjustedEffect:
    """Points that units stand above others that scored the same before the start, with the t interval (see `Interval`).

    rise, expected   of those who started, after less before: as it was, and as it would have been without
    treated, others  units that started and can be compared, and units that they are compared with
    earlier          periods before the start of the cohort with fewest
    bent             whether the square of the picking score is held equal as well, since it clearly matters
    detectable       effect that would have been seen in 80 of 100 cases
    """

    estimate: float
    se: float
    low: float
    high: float
    df: int
    p: float
    rise: float
    expected: float
    treated: int
    others: int
    earlier: int
    bent: bool
    detectable: float


@dataclass(frozen=True)
class _CohortFit:
    """One cohort's regression: the weight of each unit (units,) in its estimate, and its residuals, both 0 for other units."""

    weight: np.ndarray
    residual: np.ndarray
    estimate: float
    df: int
    periods: int
    units: int
    rise: float
    bent: bool


def adjusted_effect(
    outcome: ArrayLike, start: ArrayLike, *, chosen_by: ArrayLike | None = None, confidence: float = 0.95
) -> AdjustedEffect:
    """Points that units which started stand above units that scored the same before, in the periods from the start on.

    outcome     (units, periods) score of each unit in each period, without gaps
    start       (units,) whole numbers: index of the first period with it, the number of periods for units that never started
    chosen_by   (units,) score by which units were picked; without it the outcome in the last period before the start
    returns     AdjustedEffect: regression of the mean after the start on having started, the score of the picking and the mean
                of all earlier periods (left out where it says the same), and on the square of the first where that is clear;
                one for each cohort, joined by treated unit-periods;
                cohorts of which the units tell none are left out; where none is left the estimate is NaN, low and high infinite
    errors      ValueError as `rollout_effect`, for picking scores that are missing, and a confidence outside 0-1
    assumes     units were picked by that score and by chance; scores go with each other in a straight line. Compared are units
                that never started; where all did, those of the last start until then. Where later units are picked by
                scores after the first start, who never starts has had luck, and the effect is told too small
    source      analysis of covariance: Fisher 1932; as a bracket with the difference of changes: Ding & Li 2019, Political
                Analysis 27; Daw & Hatfield 2018; Frisch & Waugh 1933 for the weights of each unit
    """
    outcome, start = np.asarray(outcome, float), np.asarray(start)
    read_cohorts(outcome, start)  # refuses what cannot be read
    last = int(start.max())
    if int((start < last).sum()) == 0:
        raise ValueError("every unit has started by the first start; nobody is left to compare with")
    picked = None if chosen_by is None else np.asarray(chosen_by, float)
    if picked is not None and (picked.shape != start.shape or not np.isfinite(picked).all()):
        raise ValueError("chosen_by lacks the score of some units; give a number for each unit")
    fits = list(_fits(outcome[:, :last], start, picked))
    size = np.array([fit.units * fit.periods for fit in fits], float)
    share = size / max(size.sum(), 1)
    estimate = float(share @ [fit.estimate for fit in fits]) if fits else np.nan
    rise = float(share @ [fit.rise for fit in fits]) if fits else np.nan
    df = min((fit.df for fit in fits), default=0)
    found = t_interval(estimate, _variance(share, fits), df, confidence, scale=float(np.abs(outcome).max()))
    return AdjustedEffect(
        **vars(found), rise=rise, expected=rise - estimate, treated=sum(fit.units for fit in fits),
        others=int((start == last).sum()), earlier=int(start.min()), bent=any(fit.bent for fit in fits),
        detectable=detectable_effect(found.se, df, confidence),
    )  # fmt: skip


def _fits(outcome: np.ndarray, start: np.ndarray, picked: np.ndarray | None) -> Iterator[_CohortFit]:
    """The regression of each cohort against the units that have not started by the end, where the units tell one."""
    periods = outcome.shape[1]
    for cohort in np.unique(start[start < periods]):
        rows = (start == cohort) | (start >= periods)
        treated = (start[rows] == cohort).astype(float)
        earlier, after = outcome[rows, :cohort].mean(axis=1), outcome[rows, cohort:].mean(axis=1)
        score = outcome[rows, cohort - 1] if picked is None else picked[rows]
        held, square = [score, earlier], (score - score.mean()) ** 2
        bent = _regressed(after, square, [treated, *held]).p <= BEND
        found = _regressed(after, treated, [*held, square] if bent else held)
        if found.df >= 1 and found.weight.any():
            rise = float((after - earlier)[treated > 0].mean())
            yield _CohortFit(_spread(found.weight, rows), _spread(found.residual, rows), found.estimate, found.df,
                             int(periods - cohort), int(treated.sum()), rise, bent)  # fmt: skip


@dataclass(frozen=True)
class _Coefficient:
    """A coefficient as a weighted sum of the outcome (weights 0 where it cannot be told from what is held), and residuals."""

    weight: np.ndarray
    residual: np.ndarray
    estimate: float
    df: int
    p: float


def _regressed(outcome: np.ndarray, column: np.ndarray, held: list[np.ndarray]) -> _Coefficient:
    """The coefficient of a column beside a constant and the columns held, by least squares."""
    basis, centred = _independent(*held), column - column.mean()
    own, left = (line - basis @ (basis.T @ line) for line in (column, outcome))
    told, df = float(own @ own), len(column) - basis.shape[1] - 1
    if told <= 1e-9 * float(centred @ centred):
        return _Coefficient(np.zeros_like(own), left, np.nan, df, 1.0)
    estimate = float(own @ outcome) / told
    residual = left - own * estimate
    p = t_interval(estimate, float(residual @ residual) / max(df, 1) / told, df, 0.95).p
    return _Coefficient(own / told, residual, estimate, df, p)


def _independent(*columns: np.ndarray) -> np.ndarray:
    """Orthonormal columns that span a constant and the columns; one that follows from those before it is left out."""
    basis = [np.full(len(columns[0]), len(columns[0]) ** -0.5)]
    for column in columns:
        centred = column - column.mean()
        left = centred.copy()
        for each in basis + basis:  # twice: once leaves rounding
            left -= each * (each @ left)
        if np.linalg.norm(left) > 1e-7 * np.linalg.norm(centred) and np.linalg.norm(centred) > 1e-12 * np.linalg.norm(column):
            basis.append(left / np.linalg.norm(left))
    return np.column_stack(basis)


def _spread(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Values of some units as a line of all, 0 elsewhere."""
    line = np.zeros(len(rows))
    line[rows] = values
    return line


def _variance(share: np.ndarray, fits: list[_CohortFit]) -> float:
    """Variance of the joined estimate: units that several cohorts are compared with count in all of them at once."""
    if not fits:
        return np.nan
    weight, residual = np.array([fit.weight for fit in fits]), np.array([fit.residual for fit in fits])
    spread = np.sqrt((residual**2).sum(axis=1) / [fit.df for fit in fits])
    shared = np.all(weight != 0, axis=0) if len(fits) > 1 else np.ones(weight.shape[1], bool)
    seen = residual[:, shared]
    size = np.linalg.norm(seen, axis=1)
    alike = seen @ seen.T / np.maximum(np.outer(size, size), 1e-300)
    np.fill_diagonal(alike, 1.0)
    covariance = (weight @ weight.T) * alike * np.outer(spread, spread)
    return float(share @ covariance @ share)
