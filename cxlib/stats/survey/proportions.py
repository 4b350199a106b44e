"""Shares of respondents, 0-1, their differences and trends, and the edges of diverging bars."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.moments import effective_n
from cxlib.stats.survey.estimates import (
    Difference,
    Estimate,
    answers,
    interval_n,
    normal_quantile,
)

EXPECTED = 5  # hits or misses of a side below which a test of shares counts them one by one


@dataclass(frozen=True)
class ShareTrend:
    """Test of a share that rises or falls steadily: z (positive: rises) and its two-sided p."""

    z: float
    p: float


def share(
    hits: ArrayLike, weights: ArrayLike | None = None, *, population: int | None = None, confidence: float = 0.95
) -> Estimate:
    """Share of respondents, 0-1, for whom `hits` is true, with its Wilson interval.

    hits      (respondents,) 1 or 0, True or False; None and NaN are left out
    weights   (respondents,) positive survey weights; the interval then uses Kish's effective n
    population  people who could have answered, if few: narrows the interval
    errors    ValueError for other values than 0 and 1, faulty weights, a population below the answers, and a confidence
              outside 0-1
    source    Wilson 1927, JASA 22; statsmodels proportion_confint(method="wilson")
    """
    hits, weights = answers(hits, weights)
    if not np.isin(hits, (0, 1)).all():
        raise ValueError(
            f"hits holds {hits[~np.isin(hits, (0, 1))][0]:g}; give 1 for a hit, 0 for none, NaN for missing"
        )
    if len(hits) == 0:
        return Estimate(None, None, None, 0, 0.0)
    estimate = float(np.average(hits, weights=weights))
    low, high = wilson_interval(estimate, interval_n(weights, population), confidence=confidence)
    return Estimate(estimate, float(low), float(high), len(hits), effective_n(weights))


def wilson_interval(share: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval of shares 0-1 (any shape) from n (effective) answers: two arrays, low and high.

    errors    ValueError for a confidence outside 0-1
    source    Wilson 1927, JASA 22; statsmodels proportion_confint(method="wilson")
    """
    share, n, z = np.asarray(share, float), np.asarray(n, float), normal_quantile(confidence)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2) / (1 + z**2 / n)
    low = np.where(share == 0, 0.0, np.minimum(middle - margin, share))  # exactly 0 and 1 at the ends
    high = np.where(share == 1, 1.0, np.maximum(middle + margin, share))
    return np.maximum(low, 0), np.minimum(high, 1)


def share_difference(before: Estimate, after: Estimate, *, confidence: float = 0.95) -> Difference:
    """Share after minus share before, -1 to 1, of two independent samples.

    before, after  results of share or top_share (different respondents)
    returns   Difference: Newcombe's interval from the two Wilson intervals; p of the pooled z-test, and of Fisher's exact
              test where fewer than five hits or misses are expected on a side (of effective counts, rounded). Where all
              or none are hits on both sides there is nothing to tell apart and p is 1
    errors    ValueError for a confidence outside 0-1
    source    Newcombe 1998, Statistics in Medicine 17, method 10;
              statsmodels confint_proportions_2indep(method="newcomb")
    """
    if before.estimate is None or after.estimate is None:
        return Difference(None, None, None, None, before.n, after.n)
    p1, p2, n1, n2 = before.estimate, after.estimate, before.n_eff, after.n_eff
    (l1, u1), (l2, u2) = (wilson_interval(p, n, confidence=confidence) for p, n in ((p1, n1), (p2, n2)))
    low = p2 - p1 - np.hypot(p2 - l2, u1 - p1)
    high = p2 - p1 + np.hypot(u2 - p2, p1 - l1)
    pooled = (p1 * n1 + p2 * n2) / (n1 + n2)
    se = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    p = float(2 * stats.norm.sf(abs(p2 - p1) / se)) if se > 0 else 1.0
    if min(n1, n2) * min(pooled, 1 - pooled) < EXPECTED:
        hits = [(round(share * n), round(n)) for share, n in ((p1, n1), (p2, n2))]
        p = float(stats.fisher_exact(np.array([[hit, n - hit] for hit, n in hits])).pvalue)
    return Difference(p2 - p1, float(low), float(high), p, before.n, after.n)


def share_trend(shares: ArrayLike, n: ArrayLike, times: ArrayLike) -> ShareTrend:
    """Cochran-Armitage test of a share that rises or falls over at least three periods.

    shares    (periods,) shares 0-1;  n: (periods,) (effective) answers;  times: (periods,) when, in any unit
    errors    ValueError below three periods, for n of 0 or below and shares beyond 0-1
    assumes   other respondents in each period
    source    Armitage 1955, Biometrics 11; agrees with the score test of a binomial GLM on time
    """
    shares, n, times = (np.asarray(a, float) for a in (shares, n, times))
    if not shares.shape == n.shape == times.shape or len(np.unique(times)) < 3:
        raise ValueError(f"{len(np.unique(times))} different periods; a trend needs a share, n and time for at least 3")
    if not ((n > 0).all() and ((shares >= 0) & (shares <= 1)).all() and np.isfinite(times).all()):
        raise ValueError("shares lie beyond 0-1, or n is not above 0; leave out periods without answers")
    pooled = np.average(shares, weights=n)
    time = times - np.average(times, weights=n)
    variance = pooled * (1 - pooled) * (n * time**2).sum()
    z = float((n * (shares - pooled) * time).sum() / np.sqrt(variance)) if variance > 0 else 0.0
    return ShareTrend(z, float(2 * stats.norm.sf(abs(z))))


def diverging_edges(shares: Sequence[float] | np.ndarray | pd.Series) -> pd.DataFrame:
    """Where each answer of a rating scale begins and ends when the middle of the scale stands at zero.

    shares    (categories,) shares 0-1, lowest answer first, "don't know" left out; they add up to 1
    returns   DataFrame, one row per category in that order: columns share, left, right, in shares from -1 to 1. An odd
              scale has half of its middle category on each side of zero, an even scale none
    errors    ValueError below two shares, for a negative one, and when they do not add up to 1
    source    Robbins and Heiberger 2011, JSM; R HH::likert
    """
    parts: pd.Series[float] = pd.Series(shares, dtype=float)
    if len(parts) < 2 or (parts < 0).any() or not np.isclose(parts.sum(), 1, atol=1e-9):
        raise ValueError(
            f"{len(parts)} shares that add up to {parts.sum():g}; give at least 2, not negative, that add up to 1"
        )
    half = len(parts) // 2
    start = -(parts.iloc[:half].sum() + (parts.iloc[half] / 2 if len(parts) % 2 else 0))
    right = start + parts.cumsum()
    return pd.DataFrame({"share": parts, "left": right - parts, "right": right})
