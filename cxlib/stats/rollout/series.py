"""Something rose at the time of the start, and nobody can be compared with: how much, and could it have been drift?

A score strays by sampling, which is known, and drifts, which is not (`cxlib.stats.local_level`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import linalg, special

from cxlib.stats.local_level import WALKS, level_fits, season_waves, waves
from cxlib.stats.rollout.cohorts import POWER

LEAST_BEFORE, LEAST_AFTER, LEAST_SEASON = 12, 4, 24  # periods
SLOPES = np.array([0, 0.7, 1.5, 2.5, 4, 6, 10])  # SD of a rise or fall along the whole series, in spreads of it


@dataclass(frozen=True)
class SeriesShift:
    """A step in a series at a known time, in points.

    estimate, se, low, high, p   of the step; nothing is said of its cause
    drift           SD of what each period adds for good, in points
    before, after   periods with a value
    detectable      step that would have been seen in 80 of 100 cases
    course          DataFrame, a row a period: period, value, without (level, drift and season, and no step)
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    drift: float
    before: int
    after: int
    detectable: float
    course: pd.DataFrame


@dataclass(frozen=True)
class RateShift:
    """Counts after against before, as a ratio of rates: 1 is no change.

    ratio, low, high, p   with the spread that the counts have
    dispersion            their variance as a multiple of a Poisson count's, 1 or more
    """

    ratio: float
    low: float
    high: float
    p: float
    dispersion: float
    before: int
    after: int


def level_shift(
    series: ArrayLike, variance: ArrayLike, at: int, *, season: int = 0, confidence: float = 0.95
) -> SeriesShift:
    """How much a series of scores stepped up or down at a known time, beyond sampling, drift and season.

    series     (periods,) scores; NaN where a period has none, which keeps its place in time
    variance   (periods,) or one number: sampling variance of each score, above 0
    at         index of the first period after the step
    season     periods of a season, as 12 or 4; 0 for none
    returns    SeriesShift: score = level + drift + step + season + sampling, drift a random walk about a slope
    errors     ValueError under 12 values before the step or 4 after it, a season of one period or in fewer than 24, a
               variance that is not above 0, and a confidence outside 0-1
    assumes    nothing else happened at that time, which no statistic can see; what lies in the drift comes period by period
    source     local level model: Harvey 1989; restricted likelihood: Patterson & Thompson 1971; drift and slope integrated over a
               grid under flat priors of their SDs, mixture of normal intervals
    """
    value = np.asarray(series, float)
    known = np.broadcast_to(np.asarray(variance, float), value.shape)
    there = np.isfinite(value)
    before, after = int(there[:at].sum()), int(there[at:].sum())
    if value.ndim != 1 or before < LEAST_BEFORE or after < LEAST_AFTER:
        raise ValueError(f"{before} values before the step and {after} after; at least {LEAST_BEFORE} and {LEAST_AFTER} are needed")
    if season and (season < 2 or before + after < LEAST_SEASON):
        raise ValueError(f"season == {season} in {before + after} values; a season needs two periods or more, and {LEAST_SEASON} values")
    if not (known[there] > 0).all() or not 0 < confidence < 1:
        raise ValueError(f"variances from {known[there].min()}, confidence == {confidence}; give variances above 0, and a share such as 0.95")
    time = np.arange(len(value))
    held = np.column_stack([np.ones(len(value)), season_waves(time, season)])
    asked = linalg.block_diag(np.ones((1, 1)), held)  # the step, then each period's level without it
    fits = level_fits(value, known, np.column_stack([time >= at, held]), asked, np.r_[0, time], walks=WALKS, slopes=SLOPES)
    step = fits.only(0)
    told, se = float(step.mean()[0]), float(step.sd()[0])
    low, high = (float(step.quantile(share)[0]) for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    below = float(step.below(0.0)[0])
    seen = special.ndtri((1 + confidence) / 2) + special.ndtri(POWER)
    course = pd.DataFrame({"period": time, "value": value, "without": fits.mean()[1:]})
    drift = float(fits.weight @ fits.drift)
    return SeriesShift(told, se, low, high, 2 * min(below, 1 - below), drift, before, after, float(seen * se), course)


def count_shift(
    counts: ArrayLike, exposure: ArrayLike, at: int, *, harmonics: int = 0, season: int = 12, confidence: float = 0.95
) -> RateShift:
    """How much a rate of events stepped up or down at a known time, along its trend, as a ratio.

    counts     (periods,) events;  exposure: (periods,) those to whom they can happen; periods that lack one are left out
    at         index of the first period after the step
    harmonics  pairs of waves that stand for the season, 0 for none;  season: periods of a season
    returns    RateShift: log rate = level + trend + step + season, interval with the dispersion of the counts
    errors     ValueError under 12 counts before the step or 4 after it, harmonics in fewer than 24, a count below 0, an exposure
               that is not above 0, no event on a side, and a confidence outside 0-1
    assumes    nothing else happened at that time; a trend that is straight in logs; periods independent given these
    source     interrupted series: Lopez Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiol. 46; quasi-Poisson: McCullagh &
               Nelder 1989, dispersion from Pearson's chi-square
    """
    counts, exposure = np.asarray(counts, float), np.asarray(exposure, float)
    time = np.arange(len(counts))
    there = np.isfinite(counts) & np.isfinite(exposure)
    step = time >= at
    before, after = int((there & ~step).sum()), int((there & step).sum())
    if before < LEAST_BEFORE or after < LEAST_AFTER or (harmonics and before + after < LEAST_SEASON):
        raise ValueError(
            f"{before} counts before the step and {after} after; at least {LEAST_BEFORE} and {LEAST_AFTER} are needed, and "
            f"{LEAST_SEASON} for a season")
    if (counts[there] < 0).any() or (exposure[there] <= 0).any() or not 0 < confidence < 1:
        raise ValueError("a count below 0, an exposure that is not above 0, or a confidence outside 0-1")
    if min(counts[there & step].sum(), counts[there & ~step].sum()) == 0:
        raise ValueError("no event before or none after the step; a ratio of rates cannot be told")
    design = np.column_stack([np.ones(len(time)), step, time - time.mean(), waves(time, season, harmonics)])[there]
    told, covariance, dispersion = _poisson(counts[there], exposure[there], design)
    se = float(np.sqrt(covariance[1, 1] * max(dispersion, 1.0)))
    reach = float(special.ndtri((1 + confidence) / 2)) * se
    low, ratio, high = (float(np.exp(told[1] + side * reach)) for side in (-1, 0, 1))
    return RateShift(ratio, low, high, float(2 * special.ndtr(-abs(told[1]) / se)), max(dispersion, 1.0), before, after)


def _poisson(counts: np.ndarray, exposure: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients of log rates, their covariance without dispersion, and the dispersion."""
    offset = np.log(exposure)
    told = np.linalg.lstsq(design, np.log(counts + 0.5) - offset, rcond=None)[0]
    for _ in range(100):
        mean = np.exp(design @ told + offset)
        step = np.linalg.solve(design.T @ (mean[:, None] * design), design.T @ (counts - mean))
        told = told + step
        if np.abs(step).max() < 1e-12:
            break
    mean = np.exp(design @ told + offset)
    covariance = np.linalg.inv(design.T @ (mean[:, None] * design))
    return told, covariance, float(((counts - mean) ** 2 / mean).sum() / (len(counts) - design.shape[1]))
