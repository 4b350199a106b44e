"""Where a score will be if nothing new is done, with a band that is as wide as the doubt.

A score strays by sampling, which is known, about a level that drifts by an unknown amount: all amounts that the series bears are
held. So few periods draw the level towards the mean of all of them, and give a wide band.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.local_level import LevelFits, level_fits, season_waves
from cxlib.stats.survey.estimates import checked_confidence

LEAST_PERIODS, LEAST_SETTLED, LEAST_SHAPED = 3, 8, 24
ORIGINS = 12  # last periods that are foretold from those before them, to see whether a shape helps
# A level that drifts is easily taken for a trend: of such series 3 in 10 are foretold somewhat better by one, 1 in 10 by a fifth.
CLEARLY = 0.8


@dataclass(frozen=True)
class ScoreForecast:
    """A score's level so far and in the periods to come, in points.

    course       DataFrame, a row a period to come: ahead (1 is the next one), estimate, low, high, sd of the level, with its season
    past         DataFrame, a row a period: period, score, level, low, high; the level is without season
    level, level_se   of the last period, without season
    drift_sd     SD of what a period adds for good, its posterior mean
    periods      with a score;  shape: "level" (flat), "trend" or "season"
    beats        root of the mean squared error by rolling origin, as a ratio to that of the last score; below 1 is better; None under 24
    fits         mixture behind past and course, a column a period
    """

    course: pd.DataFrame
    past: pd.DataFrame
    level: float
    level_se: float
    drift_sd: float
    periods: int
    shape: str
    beats: float | None
    fits: LevelFits = field(repr=False)

    @property
    def short(self) -> bool:
        """Too few periods to see how the level drifts: the band is wide for that alone."""
        return self.periods < LEAST_SETTLED


def score_forecast(
    score: ArrayLike, variance: ArrayLike, ahead: int, *, season: int = 0, confidence: float = 0.95
) -> ScoreForecast:
    """The level of a score in the coming periods if nothing new is done.

    score      (periods,) points; NaN for a period without answers, which keeps its place in time
    variance   (periods,) or one number: sampling variance of each score in squared points, above 0 where there is a score
    ahead      periods to come, 1 or more
    season     periods of a season, as 12 or 4; 0 for none
    returns    ScoreForecast. Flat, unless a trend or the season, of 24 scores or more, foretells the last 12 periods better than the last
               score does and by a fifth better than the flat level (mean squared error). The band is of the level: a score to be seen also strays by its own sampling.
               Points may leave the scale; who knows it clips them
    errors     ValueError under 3 scores, for infinite scores, variances that are not above 0, ahead below 1, a season of one
               period or below 0, and a confidence outside 0-1
    assumes    drift comes period by period and is as likely up as down, of any SD up to three spreads of the series. Where the level stands
               still, and under 24 periods, the band is wider than it need be; a step in the last periods is seen late: today's level is then
               held in 91 to 95 of 100, that of the next period in 93 or more (tests/simulations/steering.csv)
    source     local level model: Harvey 1989; drift integrated over a grid under a flat prior of its SD; rolling origin: Tashman
               2000, Int. J. Forecasting 16
    """
    score, known = _checked(score, variance, ahead, season)
    share = (1 - checked_confidence(confidence)) / 2
    shape, beats = _shape(score, known, ahead, season)
    time, coming = np.arange(len(score)), np.arange(len(score), len(score) + ahead)
    held = _regressors(time, shape, season)
    without_season = held * (np.arange(held.shape[1]) == 0) if shape == "season" else held
    fits = level_fits(score, known, held, np.r_[without_season, _regressors(coming, shape, season)], np.r_[time, coming])
    mean, sd = fits.mean(), fits.sd()
    low, high = (fits.quantile(side) for side in (share, 1 - share))
    past = pd.DataFrame({"period": time, "score": score, "level": mean[time], "low": low[time], "high": high[time]})
    course = pd.DataFrame({"ahead": np.arange(1, ahead + 1), "estimate": mean[coming], "low": low[coming], "high": high[coming], "sd": sd[coming]})
    last = time[-1]
    return ScoreForecast(
        course, past, float(mean[last]), float(sd[last]), float(fits.weight @ fits.drift), int(np.isfinite(score).sum()), shape, beats, fits)


def chance_above(forecast: ScoreForecast, target: float, ahead: int, *, variance: float = 0.0) -> float:
    """Chance, 0-1, that the score lies at or above a target so many periods ahead.

    ahead      1 is the next period
    variance   sampling variance of the score that will be seen, in squared points; 0 asks for the level itself
    errors     ValueError for a period that was not foretold, a target that is missing and a variance below 0
    source     the mixture behind `score_forecast`
    """
    if not 1 <= ahead <= len(forecast.course):
        raise ValueError(f"ahead == {ahead}; periods 1 to {len(forecast.course)} were foretold")
    if not np.isfinite(target) or not variance >= 0:
        raise ValueError(f"target == {target}, variance == {variance}; give points, and a variance of 0 or more")
    return 1 - float(forecast.fits.only(len(forecast.past) + ahead - 1).below(target, variance)[0])


def _checked(score: ArrayLike, variance: ArrayLike, ahead: int, season: int) -> tuple[np.ndarray, np.ndarray]:
    value = np.asarray(score, float)
    if value.ndim != 1 or np.isinf(value).any() or np.isfinite(value).sum() < LEAST_PERIODS:
        raise ValueError(f"{np.isfinite(value).sum()} scores in a shape of {value.shape}; a row of at least {LEAST_PERIODS} finite ones is needed")
    known = np.broadcast_to(np.asarray(variance, float), value.shape)
    if not (known[np.isfinite(value)] > 0).all() or not np.isfinite(known[np.isfinite(value)]).all():
        raise ValueError("a score has a variance that is missing or not above 0; make the score of a period without answers missing")
    if ahead < 1 or season < 0 or season == 1:
        raise ValueError(f"ahead == {ahead}, season == {season}; give one period or more to come, and a season of two or more, or 0 for none")
    return value, known


def _regressors(time: np.ndarray, shape: str, season: int) -> np.ndarray:
    level = np.ones((len(time), 1))
    return np.column_stack([level, {"level": level[:, :0], "trend": time[:, None], "season": season_waves(time, season)}[shape]])


def _shape(score: np.ndarray, known: np.ndarray, ahead: int, season: int) -> tuple[str, float | None]:
    """The shape that foretells best, and the ratio of its error to that of the last score; the flat level where none beats both."""
    if np.isfinite(score).sum() < LEAST_SHAPED:
        return "level", None
    shapes = ["level", "trend", *(["season"] if season else [])]
    errors = {shape: _error(score, known, ahead, season, shape) for shape in shapes if _can_tell(score, season, shape)}
    naive = _error(score, known, ahead, season, None)
    best = min(errors, key=lambda shape: errors[shape])
    shape = best if errors[best] < min(naive, CLEARLY * errors["level"]) else "level"
    return shape, float(np.sqrt(errors[shape] / naive))


def _origins(score: np.ndarray) -> range:
    return range(len(score) - ORIGINS, len(score))


def _can_tell(score: np.ndarray, season: int, shape: str) -> bool:
    """Whether the periods with a score before the first origin tell the shape's regressors apart, with some to spare."""
    before = np.flatnonzero(np.isfinite(score[: _origins(score)[0]]))
    held = _regressors(before, shape, season)
    return len(before) > held.shape[1] + 1 and int(np.linalg.matrix_rank(held)) == held.shape[1]


def _error(score: np.ndarray, known: np.ndarray, ahead: int, season: int, shape: str | None) -> float:
    """Mean squared error of what the last origins foretold of the scores after them, each as heavy as it is precise; None is the last score."""
    total, weight = 0.0, 0.0
    for origin in _origins(score):
        before, after = np.arange(origin), np.arange(origin, min(origin + ahead, len(score)))
        after = after[np.isfinite(score[after])]
        if shape is None:
            told = np.full(len(after), score[:origin][np.isfinite(score[:origin])][-1])
        else:
            told = level_fits(score[before], known[before], _regressors(before, shape, season), _regressors(after, shape, season), after).mean()
        total += float(((score[after] - told) ** 2 / known[after]).sum())
        weight += float((1 / known[after]).sum())
    return total / weight
