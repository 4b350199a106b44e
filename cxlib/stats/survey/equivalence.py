"""Does the experience match the expectation? An equivalence test of paired answers, with "cannot tell" as an answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.survey.estimates import pairs
from cxlib.stats.survey.indices import mean, mean_and_error


@dataclass(frozen=True)
class Parity:
    """Mean gap, experience minus expectation, and what it shows.

    verdict    "on_par": the interval lies inside -margin to margin; "better": wholly above margin; "worse": wholly
               below -margin; "cannot_tell": anything else, or no interval
    estimate, low, high  in scale points; the interval has confidence 1 - 2 level (90% at level .05)
    p          of the two one-sided tests: below `level` exactly when the verdict is "on_par"
    n          respondents with both answers;  n_eff: Kish's effective n
    """

    verdict: str
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    n_eff: float


def parity(
    experience: ArrayLike,
    expectation: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    margin: float,
    level: float = 0.05,
) -> Parity:
    """Mean gap between experience and expectation, in scale points, with a verdict on equivalence.

    experience, expectation  (respondents,) answers on one scale, same order; rows that lack one are left out
    weights    (respondents,) positive survey weights
    margin     the largest gap that does not matter, in scale points, above 0; declared before looking at the data
    level      chance of declaring parity when the true gap is as large as the margin
    returns    Parity; "cannot_tell" without an interval (below two pairs, or all gaps equal)
    errors     ValueError for a margin or level out of range, sides of different length, and faulty weights
    source     two one-sided t-tests: Schuirmann 1987; statsmodels ttost_paired
    """
    if not margin > 0 or not 0 < level < 0.5:
        raise ValueError(
            f"margin == {margin}, level == {level}; give a margin above 0 and a level above 0 and below .5"
        )
    experience, expectation, weights = pairs(experience, expectation, weights)
    gaps = experience - expectation
    gap = mean(gaps, weights, confidence=1 - 2 * level)
    error = None if gap.low is None else mean_and_error(gaps, weights)[1]
    if gap.estimate is None or gap.low is None or gap.high is None or error is None:
        return Parity("cannot_tell", gap.estimate, None, None, None, gap.n, gap.n_eff)
    p = float(stats.t.sf((margin - abs(gap.estimate)) / error, gap.n_eff - 1))
    return Parity(_verdict(gap.low, gap.high, margin), gap.estimate, gap.low, gap.high, p, gap.n, gap.n_eff)


def parity_power(sd: float, n: int, *, margin: float, gap: float = 0.0, level: float = 0.05) -> float:
    """Chance, 0-1, that n pairs are declared on par when the true mean gap is `gap` and the gaps' SD is `sd`.

    errors    ValueError for sd or margin of 0 or below, and fewer than 2 pairs
    source    the two one-sided tests at known SD, with the t quantile (approximate below n = 20)
    """
    if not sd > 0 or not n >= 2 or not margin > 0:
        raise ValueError(f"sd == {sd}, n == {n}, margin == {margin}; give sd and margin above 0 and at least 2 pairs")
    error = sd / np.sqrt(n)
    reach = margin - stats.t.ppf(1 - level, n - 1) * error
    return float(max(0.0, stats.norm.cdf((reach - gap) / error) - stats.norm.cdf((-reach - gap) / error)))


def _verdict(low: float, high: float, margin: float) -> str:
    if low > margin:
        return "better"
    if high < -margin:
        return "worse"
    return "on_par" if -margin < low and high < margin else "cannot_tell"
