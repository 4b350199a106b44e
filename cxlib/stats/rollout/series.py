"""Something rose at the time of the start, and nobody can be compared with: how much, and could it have been drift?

A score strays by sampling, which is known, and drifts, which is not. How much it drifts is not fixed at one best guess: all that
the series bears are held, each as heavy as it is likely, so that an interval is as wide as the doubt about the drift makes it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import linalg, optimize, special, stats

from cxlib.stats.rollout.cohorts import POWER

LEAST_BEFORE, LEAST_AFTER, LEAST_SEASON = 12, 4, 24  # periods
WALKS = np.r_[0, np.geomspace(0.03, 3, 13)]  # SD of the drift in a period, in spreads of the series
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
    held = np.column_stack([np.ones(len(value)), _seasons(time, season)])
    fits = _fits(value, known, time >= at, held, there)
    weight, estimate, sd = fits.weight, fits.estimate, np.sqrt(fits.variance)
    mean = float(weight @ estimate)
    se = float(np.sqrt(weight @ (fits.variance + (estimate - mean) ** 2)))
    low, high = (_quantile(share, weight, estimate, sd) for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    below = float(weight @ stats.norm.cdf(-estimate / sd))
    seen = special.ndtri((1 + confidence) / 2) + special.ndtri(POWER)
    course = pd.DataFrame({"period": time, "value": value, "without": fits.without})
    return SeriesShift(mean, se, low, high, 2 * min(below, 1 - below), fits.drift, before, after, float(seen * se), course)


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
    design = np.column_stack([np.ones(len(time)), step, time - time.mean(), _waves(time, season, harmonics)])[there]
    told, covariance, dispersion = _poisson(counts[there], exposure[there], design)
    se = float(np.sqrt(covariance[1, 1] * max(dispersion, 1.0)))
    reach = float(special.ndtri((1 + confidence) / 2)) * se
    low, ratio, high = (float(np.exp(told[1] + side * reach)) for side in (-1, 0, 1))
    return RateShift(ratio, low, high, float(2 * special.ndtr(-abs(told[1]) / se)), max(dispersion, 1.0), before, after)


@dataclass(frozen=True)
class _SeriesFits:
    """The step under each drift and slope of the grid: weight, estimate and variance, (grid,), and what all agree upon."""

    weight: np.ndarray
    estimate: np.ndarray
    variance: np.ndarray
    drift: float
    without: np.ndarray


def _fits(value: np.ndarray, known: np.ndarray, step: np.ndarray, held: np.ndarray, there: np.ndarray) -> _SeriesFits:
    time = np.arange(len(value), dtype=float)
    # A step is one change among many: the median of the squared changes does not see it.
    changes = np.diff(value[there]) ** 2 / np.diff(time[there])
    spread = float(np.sqrt(max(known[there].mean(), np.median(changes) / 0.455 / 2)))
    walk = np.minimum.outer(time, time)
    along = np.outer(time - time.mean(), time - time.mean()) / (len(time) - 1) ** 2
    design, own = np.column_stack([step, held])[there], value[there]
    estimates, variances, chances, drifts, lines = [], [], [], [], []
    for (drift, room), (slope, room_of_slope) in ((d, s) for d in _cells(WALKS) for s in _cells(SLOPES)):
        moved = (drift * spread) ** 2 * walk + (slope * spread) ** 2 * along
        covariance = moved[np.ix_(there, there)] + np.diag(known[there])
        root = linalg.cholesky(covariance, lower=True)
        white, seen = linalg.solve_triangular(root, design, lower=True), linalg.solve_triangular(root, own, lower=True)
        inner = np.linalg.inv(white.T @ white)
        told = inner @ (white.T @ seen)
        left = seen - white @ told
        estimates.append(told[0])
        variances.append(inner[0, 0])
        drifts.append(drift * spread)
        likelihood = -np.log(np.diag(root)).sum() + np.linalg.slogdet(inner)[1] / 2 - left @ left / 2
        chances.append(likelihood + np.log(room * room_of_slope))
        lines.append(held @ told[1:] + moved[:, there] @ linalg.solve_triangular(root.T, left))
    weight = np.exp(np.array(chances) - max(chances))
    weight /= weight.sum()
    return _SeriesFits(weight, np.array(estimates), np.array(variances), float(weight @ drifts), weight @ np.array(lines))


def _cells(grid: np.ndarray) -> list[tuple[float, float]]:
    """Each point of a grid with the room that it stands for."""
    return list(zip(grid, np.gradient(grid), strict=True))


def _quantile(share: float, weight: np.ndarray, estimate: np.ndarray, sd: np.ndarray) -> float:
    """A quantile of a mixture of normal distributions."""
    far = 10 * sd.max()
    return float(optimize.brentq(
        lambda point: weight @ special.ndtr((point - estimate) / sd) - share, estimate.min() - far, estimate.max() + far, xtol=1e-10 * far))


def _seasons(time: np.ndarray, season: int) -> np.ndarray:
    """Waves of a season: two pairs, or as many as tell its periods apart."""
    return _waves(time, season, min(2, season // 2)) if season else np.empty((len(time), 0))


def _waves(time: np.ndarray, season: int, pairs: int) -> np.ndarray:
    turns = [2 * np.pi * time * pair / season for pair in range(1, pairs + 1)]
    waves = [wave for pair, turn in enumerate(turns, 1) for wave in ([np.cos(turn)] if 2 * pair == season else [np.sin(turn), np.cos(turn)])]
    return np.column_stack(waves) if waves else np.empty((len(time), 0))


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
