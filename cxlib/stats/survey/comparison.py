"""Is it a change or noise? Differences of means, trends over periods, and p-values adjusted for what was searched."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.survey.estimates import Difference, answers, checked_confidence, normal_quantile, pairs
from cxlib.stats.survey.indices import mean, mean_and_error


@dataclass(frozen=True)
class Trend:
    """Weighted slope per unit of time with its interval and p, and p of "a straight line describes the periods"."""

    slope: float
    low: float
    high: float
    p: float
    p_not_straight: float


def mean_difference(
    before: ArrayLike,
    after: ArrayLike,
    weights_before: ArrayLike | None = None,
    weights_after: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Difference:
    """Mean after minus mean before, in the values' unit, of two independent samples (Welch).

    before, after  (respondents,) values of different respondents; None and NaN are left out
    weights_before, weights_after  positive survey weights; error and degrees of freedom then use Kish's effective n
    returns   Difference; low, high and p None where a side has fewer than two answers, or neither side any spread
    errors    ValueError for infinite values, faulty weights and a confidence outside 0-1
    source    Welch 1947; scipy ttest_ind(equal_var=False)
    """
    (before, w1), (after, w2) = answers(before, weights_before), answers(after, weights_after)
    if len(before) == 0 or len(after) == 0:
        return Difference(None, None, None, None, len(before), len(after))
    (m1, s1, n1), (m2, s2, n2) = mean_and_error(before, w1), mean_and_error(after, w2)
    if s1 is None or s2 is None or s1 == s2 == 0:
        return Difference(m2 - m1, None, None, None, len(before), len(after))
    se = np.hypot(s1, s2)
    df = se**4 / (s1**4 / (n1 - 1) + s2**4 / (n2 - 1))
    margin = stats.t.ppf((1 + checked_confidence(confidence)) / 2, df) * se
    p = float(2 * stats.t.sf(abs(m2 - m1) / se, df))
    return Difference(m2 - m1, float(m2 - m1 - margin), float(m2 - m1 + margin), p, len(before), len(after))


def paired_mean_difference(
    before: ArrayLike, after: ArrayLike, weights: ArrayLike | None = None, *, confidence: float = 0.95
) -> Difference:
    """Mean of each respondent's after minus before, in the values' unit.

    before, after  (respondents,) values in the same order; rows that lack one of them are left out
    returns   Difference; low, high and p None below two pairs, and when all pairs differ by the same
    errors    ValueError for sides of different length, infinite values, faulty weights and a confidence outside 0-1
    source    scipy ttest_rel; weighted standard error by Kish's effective n
    """
    before, after, weights = pairs(before, after, weights)
    gap = mean(after - before, weights, confidence=confidence)
    if gap.estimate is None or gap.low is None or (se := mean_and_error(after - before, weights)[1]) is None:
        return Difference(gap.estimate, None, None, None, gap.n, gap.n)
    p = float(2 * stats.t.sf(abs(gap.estimate) / se, gap.n_eff - 1))
    return Difference(gap.estimate, gap.low, gap.high, p, gap.n, gap.n)


def weighted_trend(times: ArrayLike, estimates: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95) -> Trend:
    """Slope per unit of time of at least three independent estimates, weighted by 1 / standard error squared.

    times, estimates, errors  (periods,) when, the estimate, its standard error above 0 (for NPS the `adjusted` and
              `se` of the score)
    errors    ValueError below three periods and for standard errors that are not above 0
    source    weighted least squares with known variances (inverse-variance weights); Cochran's Q for the residuals
    """
    times, estimates, errors = _periods(times, estimates, errors, 3)
    w = errors**-2
    time = times - np.average(times, weights=w)
    slope, se = (w * time * estimates).sum() / (w * time**2).sum(), (w * time**2).sum() ** -0.5
    residuals = estimates - np.average(estimates, weights=w) - slope * time
    margin = normal_quantile(confidence) * se
    return Trend(
        float(slope), float(slope - margin), float(slope + margin), float(2 * stats.norm.sf(abs(slope) / se)),
        float(stats.chi2.sf((w * residuals**2).sum(), len(times) - 2)),
    )  # fmt: skip


def change_tests(
    times: ArrayLike, estimates: ArrayLike, errors: ArrayLike, *, before: int = -2, confidence: float = 0.95
) -> pd.DataFrame:
    """Three questions to a series of periods, with p-values adjusted so that noise gives an alarm in 5% of series.

    times, estimates, errors  (periods,) in any order: when, the estimate, its standard error above 0
    returns   DataFrame, one row per question: "latest" (last period against that at the place `before` in time,
              -2 being the one before the last), "trend" (slope per unit of time), "any" (do the periods differ at all); columns estimate, low, high (not for "any"), p, p_adjusted
              (Holm over the rows). Two periods give "latest" alone
    errors    ValueError below two periods and for standard errors that are not above 0
    assumes   other respondents in each period, so that the estimates are independent
    source    z-test, weighted slope, Cochran's Q; Holm 1979, Scand. J. Statistics 6
    """
    times, estimates, errors = _periods(times, estimates, errors, 2)
    change, se = estimates[-1] - estimates[before], np.hypot(errors[-1], errors[before])
    margin = normal_quantile(confidence) * se
    rows = {"latest": (change, change - margin, change + margin, 2 * stats.norm.sf(abs(change) / se))}
    if len(times) > 2:
        trend = weighted_trend(times, estimates, errors, confidence=confidence)
        rows["trend"] = (trend.slope, trend.low, trend.high, trend.p)
        spread = (errors**-2 * (estimates - np.average(estimates, weights=errors**-2)) ** 2).sum()
        rows["any"] = (np.nan, np.nan, np.nan, stats.chi2.sf(spread, len(times) - 1))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high", "p"], dtype=float)
    return table.assign(p_adjusted=holm(table.p))


def holm(p: ArrayLike) -> np.ndarray:
    """P-values adjusted for having searched all of them: the chance of any false alarm stays at the level (Holm 1979).

    p         (tests,) p-values 0-1, in any order, none missing: a test that could not be made is not one of those searched
    returns   (tests,) adjusted p-values in that order; empty for none
    errors    ValueError for a p-value that is missing or lies outside 0-1
    source    Holm 1979, Scand. J. Statist. 6(2); agrees with R p.adjust and statsmodels' multipletests, which collects all of
              the process's garbage at every call: 80 ms for eight p-values
    """
    p = np.asarray(p, float)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a p-value is missing or lies outside 0-1; leave out the tests that could not be made")
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted[np.argsort(order, kind="stable")]


def _periods(
    times: ArrayLike, estimates: ArrayLike, errors: ArrayLike, least: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three columns as floats, in order of time."""
    times, estimates, errors = (np.asarray(a, float) for a in (times, estimates, errors))
    if not times.shape == estimates.shape == errors.shape or len(np.unique(times)) != len(times) or len(times) < least:
        raise ValueError(
            f"{len(times)} times ({len(np.unique(times))} different), {len(estimates)} estimates and {len(errors)} "
            f"standard errors; give one of each for at least {least} different periods"
        )
    if not (
        np.isfinite(times).all() and np.isfinite(estimates).all() and (errors > 0).all() and np.isfinite(errors).all()
    ):
        raise ValueError("an estimate is missing or a standard error is not above 0; leave out periods without answers")
    order = np.argsort(times)
    return times[order], estimates[order], errors[order]
