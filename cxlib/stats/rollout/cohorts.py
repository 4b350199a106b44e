"""Units that started together, as one line of means each, and what any contrast between such lines is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

POWER = 0.8  # chance to see an effect that is called detectable
ROUNDING = 1e-13  # a spread below this part of the scores is rounding


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval: se is NaN, and low and high are infinite, where too few units tell a spread.

    p   two-sided, that an effect of 0 gives an estimate as far out;  df: degrees of freedom of t
    """

    estimate: float
    se: float
    low: float
    high: float
    df: int
    p: float


@dataclass(frozen=True)
class Cohorts:
    """Units by the period of their start.

    starts      (cohorts,) first period with it, ascending; the number of periods for units that never started
    sizes       (cohorts,) units;  member: (units,) place of each unit's cohort
    values      (units, periods) outcome less each unit's own mean
    means       (cohorts, periods) of the values
    covariance  (periods, periods) of units about the mean of their cohort, pooled;  df: units less cohorts
    scale       the largest score, a small part of which is rounding
    """

    starts: np.ndarray
    sizes: np.ndarray
    member: np.ndarray
    values: np.ndarray
    means: np.ndarray
    covariance: np.ndarray
    df: int
    scale: float

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.values.shape[1]

    def told(self, weights: np.ndarray, confidence: float) -> Interval:
        """Weights (cohorts, periods) over the means, which sum to 0 over the periods, as an estimate with its t interval.

        errors   ValueError for a confidence outside 0-1
        source   variance of a sum over independent units, covariance pooled within cohorts
        """
        variance = float(((weights @ self.covariance) * weights).sum(axis=1) @ (1 / self.sizes))
        return t_interval(float((weights * self.means).sum()), variance, self.df, confidence, scale=self.scale)


def t_interval(estimate: float, variance: float, df: int, confidence: float, *, scale: float = 0.0) -> Interval:
    """An estimate with a t interval; nothing is known of it where df is below 1.

    scale    size of the numbers that it was made from: a smaller part of it than rounding is taken as 0
    errors   ValueError for a confidence outside 0-1
    source   Student 1908
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence == {confidence}, must be between 0 and 1, such as 0.95")
    if df < 1:
        return Interval(estimate, np.nan, -np.inf, np.inf, max(df, 0), 1.0)
    se = float(np.sqrt(max(variance, 0.0)))
    if se <= ROUNDING * scale:
        return Interval(estimate, 0.0, estimate, estimate, df, float(abs(estimate) <= ROUNDING * scale))
    reach = float(special.stdtrit(df, (1 + confidence) / 2)) * se
    return Interval(estimate, se, estimate - reach, estimate + reach, df, float(2 * special.stdtr(df, -abs(estimate) / se)))


def detectable_effect(se: float, df: int, confidence: float, power: float = POWER) -> float:
    """The smallest effect that an interval of this standard error shows with a chance of `power`; infinite without df.

    source   Bloom 1995, Evaluation Review 19: minimum detectable effect
    """
    if df < 1:
        return np.inf
    return float(se * (special.stdtrit(df, (1 + confidence) / 2) + special.stdtrit(df, power)))


def read_cohorts(outcome: ArrayLike, start: ArrayLike) -> Cohorts:
    """The outcome (units, periods) of units that started in period `start` (units,), by cohort.

    start    whole numbers: index of the first period with it, or the number of periods for a unit that never started
    errors   ValueError for gaps, shapes that do not fit, a start that is no period, a unit without an earlier period, and
             where nobody started
    """
    outcome, start = np.asarray(outcome, float), np.asarray(start)
    if outcome.ndim != 2 or outcome.shape[0] != len(start) or not np.isfinite(outcome).all():
        raise ValueError(
            f"outcome of shape {outcome.shape} with {int((~np.isfinite(outcome)).sum())} gaps and {len(start)} starts; "
            "a number for each unit (rows) and period (columns), and a start for each unit, are needed")
    periods = outcome.shape[1]
    if not np.issubdtype(start.dtype, np.integer) or (start < 1).any() or (start > periods).any():
        raise ValueError(
            f"starts from {start.min()} to {start.max()} of {periods} periods; a start is the index of a period after the "
            f"first, or {periods} for a unit that never started")
    if (start == periods).all():
        raise ValueError("no unit has started within the periods; there is no effect to look for")
    starts, member, sizes = np.unique(start, return_inverse=True, return_counts=True)
    values, scale = outcome - outcome.mean(axis=1, keepdims=True), float(np.abs(outcome).max())
    values[np.abs(values) <= ROUNDING * scale] = 0
    means = np.zeros((len(starts), periods))
    np.add.at(means, member, values)
    means /= sizes[:, None]
    beyond, df = values - means[member], len(start) - len(starts)
    return Cohorts(starts, sizes, member, values, means, beyond.T @ beyond / max(df, 1), df, scale)
