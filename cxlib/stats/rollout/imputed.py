"""What starting did where units were picked for their score: held against what their own past and all other units lead to expect.

Who is picked for a low score scores higher next time in any case. A difference of changes takes that return to the mean for an
effect. A model of how units differ for good, stray for a while and stray by chance knows how much of a low score returns, as
long as units were picked by what the scores so far say and by chance.

A few periods do not tell how long units stray. No model is picked: all are held, each as heavy as the scores make it likely, so
that an interval is as wide as the doubt about the model makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.rollout.cohorts import ROUNDING, detectable_effect, read_cohorts, t_interval

# Correlation from period to period of what lingers, and how likely that is before a score is seen: to stay as likely as to fade.
MEMORIES: Mapping[str, tuple[float, float]] = {"none": (0.0, 1), "short": (0.6, 1), "long": (0.9, 1), "walk": (1.0, 2)}
SPACING = np.array([0, 0.8, np.log(4)])  # of the grid at first: memory, LASTING and LINGERING
LASTING = SPACING[1] * np.arange(-5, 11)  # log of the variance of what lasts, in variances of the rest
LINGERING = SPACING[2] * np.arange(-1, 3)  # log of the variance of what lingers, in variances of what is new in each period
SIDES = np.array([(0, 1, 1), (0, 1, -1), (0, -1, 1), (0, -1, -1)]) / 2
FAR = 10.0  # of the log-likelihood: a model that is further from the best does not count
ENOUGH, ROUNDS = 40, 12  # models that count before the grid is fine enough; times that it is made finer at most


@dataclass(frozen=True)
class ImputedEffect:
    """Points that units stand above what was to be expected without, with the t interval (see `Interval`).

    rise, expected   of those that started, after less before: as it was, and as it would have been without
    treated, others  units that started and count, and units that never did (until they began something else)
    earlier          periods before the start of the cohort with fewest
    comparable       share of the treated unit-periods in which another unit had not started, 0-1
    lasting          share of the differences between units in one period that lasts for good, 0-1: mean of all models
    memory           how long other differences last: the likeliest key of MEMORIES
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
    comparable: float
    lasting: float
    memory: str
    detectable: float


@dataclass(frozen=True)
class _Untreated:
    """What is known without it of each period, from the units of which that period is known.

    units     (periods,) number of them;  mean: (periods, periods) their mean line up to the period, a row a period
    scatter   (periods, periods, periods) their squares and products about it
    """

    units: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray


@dataclass(frozen=True)
class _Models:
    """Covariances of a unit's periods, with how likely each is.

    cells      (models, 3) place in MEMORIES, LASTING, LINGERING;  chance: (models,) adds up to 1
    root       (models, periods, periods) lower triangular: scores from surprises, one a period, independent of those before
    inverse    of the root: surprises from scores;  variance: (models,) of a surprise
    """

    cells: np.ndarray
    chance: np.ndarray
    root: np.ndarray
    inverse: np.ndarray
    variance: np.ndarray

    @property
    def lasting(self) -> float:
        """Share of the differences in one period that lasts."""
        return float(self.chance @ (1 / (1 + np.exp(-self.cells[:, 1]))))

    @property
    def memory(self) -> str:
        """The likeliest."""
        return list(MEMORIES)[np.bincount(self.cells[:, 0].astype(int), self.chance).argmax()]


def imputed_effect(
    outcome: ArrayLike, start: ArrayLike, *, until: ArrayLike | None = None, confidence: float = 0.95
) -> ImputedEffect:
    """Points that units stand above what their own past and the units without it lead to expect, mean of all units and periods with it.

    outcome   (units, periods) score of each unit in each period, without gaps
    start     (units,) whole numbers: index of the first period with it, the number of periods for units that never started
    until     (units,) whole numbers: first period that counts no longer, as where a unit began something else; None: all count
    returns   ImputedEffect; periods in which nobody is left without it do not count. Degrees of freedom are units less cohorts,
              as if the periods of a unit told its spread but once
    errors    ValueError as `rollout_effect`, for an `until` that is no period, where nobody is left to compare with, and a
              confidence outside 0-1
    assumes   units were picked by the scores so far and by chance; a unit's periods are normal about the level of the period, with
              the same spread in all units; score = level + what lasts + what lingers (see MEMORIES) + what is new in each period
    source    imputation of the untreated outcome: Borusyak, Jaravel & Spiess 2024, Review of Economic Studies 91; likelihood under
              selection by what was observed: Rubin 1976, Little 1995; in factors, a period at a time: Anderson 1957, Journal of the
              American Statistical Association 52; restricted likelihood: Patterson & Thompson 1971; models averaged over a grid
              under flat priors of the logs of their variances
    """
    outcome, start = np.asarray(outcome, float), np.asarray(start)
    cohorts = read_cohorts(outcome, start)
    when, ends = np.arange(outcome.shape[1]), _ends(until, start, outcome.shape[1])
    known = when < np.minimum(start, ends)[:, None]
    with_it = (when >= start[:, None]) & (when < ends[:, None])
    kept = known.any(axis=0)
    counted = with_it & kept
    if not counted.any():
        raise ValueError("every unit has started by the first start; nobody is left to compare with")
    treated = counted.any(axis=1)
    scores = (outcome - outcome[known].mean())[:, kept]
    untreated = _untreated(scores, known[:, kept])
    models = _likely_models(untreated, ROUNDING * cohorts.scale)
    effects, variances = _effects(models, untreated, scores[treated], known[treated][:, kept], counted[treated][:, kept])
    estimate = float(models.chance @ effects)
    variance = float(models.chance @ (variances + (effects - estimate) ** 2))
    df = min(cohorts.df, int((untreated.units - 1).sum()))
    found = t_interval(estimate, variance, df, confidence, scale=cohorts.scale)
    rise = _rise(outcome[treated], start[treated], counted[treated])
    return ImputedEffect(
        **vars(found), rise=rise, expected=rise - estimate, treated=int(treated.sum()), others=int((start == len(when)).sum()),
        earlier=int(start.min()), comparable=float(counted.sum() / with_it.sum()), lasting=models.lasting, memory=models.memory,
        detectable=detectable_effect(found.se, df, confidence),
    )  # fmt: skip


def _ends(until: ArrayLike | None, start: np.ndarray, periods: int) -> np.ndarray:
    """The first period of each unit that counts no longer."""
    ends = np.full(len(start), periods) if until is None else np.asarray(until)
    if ends.shape != start.shape or not np.issubdtype(ends.dtype, np.integer) or (ends < 1).any() or (ends > periods).any():
        raise ValueError(
            f"`until` of shape {ends.shape} and type {ends.dtype} for {len(start)} units; give each the index of the first "
            f"period that counts no longer, from 1 to {periods}")
    return ends


def _untreated(scores: np.ndarray, known: np.ndarray) -> _Untreated:
    """A unit is known without it from the first period up to some other, so that who is known in one is known in all before."""
    periods = scores.shape[1]
    mean, scatter = np.zeros((periods, periods)), np.zeros((periods, periods, periods))
    for period in range(periods):
        lines = scores[known[:, period], : period + 1]
        mean[period, : period + 1] = lines.mean(axis=0)
        beyond = lines - lines.mean(axis=0)
        scatter[period, : period + 1, : period + 1] = beyond.T @ beyond
    return _Untreated(known.sum(axis=0), mean, scatter)


def _likely_models(untreated: _Untreated, rounding: float) -> _Models:
    """Models on a grid, which is made finer about the likely ones until enough of them count."""
    cells = np.array([(memory, *logs) for memory in range(len(MEMORIES)) for logs in product(LASTING, LINGERING)])
    models, spacing = _weighed(cells, untreated, rounding), SPACING
    for _ in range(ROUNDS):
        if len(models.cells) >= ENOUGH:
            break
        spacing = spacing / 2
        models = _weighed(np.concatenate([models.cells + side * spacing for side in SIDES]), untreated, rounding)
    return models


def _weighed(cells: np.ndarray, untreated: _Untreated, rounding: float) -> _Models:
    """The cells that count, by their restricted likelihood, in which the variance of a surprise is put at its likeliest."""
    root = _roots(cells, len(untreated.units))
    inverse, more = np.linalg.inv(root), untreated.units - 1
    left = np.einsum("mpi,pij,mpj->m", inverse, untreated.scatter, inverse, optimize=True)
    left = np.maximum(left, max(rounding**2, np.finfo(float).tiny))
    odds = np.array([odds for _, odds in MEMORIES.values()])[cells[:, 0].astype(int)]
    likely = np.log(odds) + np.log(np.diagonal(inverse, axis1=1, axis2=2)) @ more - more.sum() / 2 * np.log(left)
    near = likely > likely.max() - FAR
    chance = np.exp(likely[near] - likely.max())
    return _Models(cells[near], chance / chance.sum(), root[near], inverse[near], left[near] / more.sum())


def _roots(cells: np.ndarray, periods: int) -> np.ndarray:
    """(models, periods, periods) Cholesky root of each covariance; on average over the periods the rest beside what lasts is 1."""
    memory, (lasting, lingering) = cells[:, 0].astype(int), np.exp(cells[:, 1:].T)[:, :, None, None]
    time = np.arange(periods)
    walk, lag = np.minimum.outer(time, time) / time.mean(), np.abs(np.subtract.outer(time, time))
    along = np.array([walk if same == 1 else same**lag for same, _ in MEMORIES.values()])
    return np.linalg.cholesky(lasting + (np.eye(periods) + lingering * along[memory]) / (1 + lingering))


def _effects(
    models: _Models, untreated: _Untreated, scores: np.ndarray, known: np.ndarray, counted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Under each model, of the treated units: mean score with it less what was to be expected, and its variance.

    To be expected are a unit's own surprises as long as they are known, and then those that untreated units met on average.
    """
    share = counted / counted.sum()
    own = scores @ models.inverse.swapaxes(1, 2)
    others = (models.inverse * untreated.mean).sum(axis=2)
    weight = share @ models.root
    effects = (share * scores).sum() - (weight * np.where(known, own, others[:, None])).sum(axis=(1, 2))
    unseen = weight * ~known
    spread = (unseen**2).sum(axis=(1, 2)) + (unseen.sum(axis=1) ** 2 / untreated.units).sum(axis=1)
    return effects, models.variance * spread


def _rise(outcome: np.ndarray, start: np.ndarray, counted: np.ndarray) -> float:
    """Mean score with it less the mean of all periods before, over units and periods that count."""
    before = np.arange(outcome.shape[1]) < start[:, None]
    earlier = outcome.mean(axis=1, where=before)
    return float((outcome - earlier[:, None]).mean(where=counted))
