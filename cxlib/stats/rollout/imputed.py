"""What starting did where units were picked for their score: held against what their own past and all other units lead to expect.

Who is picked for a low score scores higher next time in any case. A difference of changes takes that return to the mean for an
effect. A model of how units differ for good, stray for a while and stray by chance knows how much of a low score returns, as
long as units were picked by what the scores so far say and by chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from cxlib.stats.rollout.cohorts import detectable_effect, read_cohorts, t_interval

MEMORIES = {"none": 0.0, "short": 0.6, "long": 0.9, "walk": 1.0}  # correlation from period to period of what strays for a while
BETTER = 2.0  # of twice the log-likelihood: what a model with memory has to add


@dataclass(frozen=True)
class ImputedEffect:
    """Points that units stand above what was to be expected without, with the t interval (see `Interval`).

    rise, expected   of those that started, after less before: as it was, and as it would have been without
    treated, others  units that started, and units that never did (until they began something else)
    earlier          periods before the start of the cohort with fewest
    comparable       share of the treated unit-periods in which another unit had not started, 0-1
    lasting          share of the differences between units in one period that lasts for good, 0-1
    memory           how long other differences last: a key of MEMORIES
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
class _KnownAlike:
    """Units of which the same periods are known without it: their places, mean line, and scatter about it."""

    periods: np.ndarray
    units: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray


@dataclass(frozen=True)
class _Fitted:
    """A model: covariance of a unit's periods, level of each period, information on the levels, minus twice the log-likelihood."""

    covariance: np.ndarray
    level: np.ndarray
    information: np.ndarray
    misfit: float
    memory: str
    lasting: float


def imputed_effect(
    outcome: ArrayLike, start: ArrayLike, *, until: ArrayLike | None = None, confidence: float = 0.95
) -> ImputedEffect:
    """Points that units stand above what their own past and the units without it lead to expect, mean of all units and periods with it.

    outcome   (units, periods) score of each unit in each period, without gaps
    start     (units,) whole numbers: index of the first period with it, the number of periods for units that never started
    until     (units,) first period that counts no longer, as where a unit began something else; None: all count
    returns   ImputedEffect; periods in which nobody is left without it do not count
    errors    ValueError as `rollout_effect`, for an `until` that is no period, where nobody is left to compare with, and a
              confidence outside 0-1
    assumes   units were picked by the scores so far and by chance; a unit's periods are normal about the level of the period
    source    imputation of the untreated outcome: Borusyak, Jaravel & Spiess 2024, Review of Economic Studies 91; likelihood under
              selection by what was observed: Rubin 1976, Little 1995; REML: Patterson & Thompson 1971
    """
    outcome, start = np.asarray(outcome, float), np.asarray(start)
    cohorts = read_cohorts(outcome, start)
    periods = outcome.shape[1]
    ends = np.full(len(start), periods) if until is None else np.asarray(until)
    if ends.shape != start.shape or (ends < 1).any() or (ends > periods).any():
        raise ValueError(f"`until` of shape {ends.shape} for {len(start)} units; give the first period, from 1 to {periods}, that counts no longer")
    when = np.arange(periods)
    known = when < np.minimum(start, ends)[:, None]
    with_it = (when >= start[:, None]) & (when < ends[:, None])
    kept = known.any(axis=0)
    comparable = with_it & kept
    if not comparable.any():
        raise ValueError("every unit has started by the first start; nobody is left to compare with")
    centre = float(outcome[known].mean())
    scores, known, counted = outcome[:, kept] - centre, known[:, kept], comparable[:, kept]
    alike = list(_alike(scores, known))
    model = _best_model(alike, int(kept.sum()))
    weights = _weights(model, alike, counted)
    estimate = float((weights * scores).sum())
    variance = float(np.einsum("ut,ts,us->", weights, model.covariance, weights))
    df = len(start) - len(cohorts.sizes) - 1
    found = t_interval(estimate, variance, df, confidence, scale=float(np.abs(scores).max()))
    rise = _rise(outcome, start, comparable)
    return ImputedEffect(
        **vars(found), rise=rise, expected=rise - estimate, treated=int(counted.any(axis=1).sum()), others=int((start == periods).sum()),
        earlier=int(start.min()), comparable=float(counted.sum() / with_it.sum()), lasting=model.lasting, memory=model.memory,
        detectable=detectable_effect(found.se, df, confidence),
    )  # fmt: skip


def _alike(scores: np.ndarray, known: np.ndarray) -> Iterator[_KnownAlike]:
    """Units by the periods that are known of them without it."""
    patterns, member = np.unique(known, axis=0, return_inverse=True)
    for place, pattern in enumerate(patterns):
        units, periods = np.flatnonzero(member.ravel() == place), np.flatnonzero(pattern)
        part = scores[np.ix_(units, periods)]
        mean = part.mean(axis=0)
        yield _KnownAlike(periods, units, mean, (part - mean).T @ (part - mean))


def _best_model(alike: list[_KnownAlike], periods: int) -> _Fitted:
    """The likeliest of the models; one with memory only where it fits clearly better than one without."""
    plain = _fitted(alike, periods, "none")
    if periods < 3:
        return plain
    others = [_fitted(alike, periods, memory) for memory in MEMORIES if memory != "none"]
    best = min(others, key=lambda model: model.misfit)
    return best if best.misfit < plain.misfit - BETTER else plain


def _fitted(alike: list[_KnownAlike], periods: int, memory: str) -> _Fitted:
    """One model, its shares by restricted maximum likelihood."""
    lag = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    along = np.minimum.outer(np.arange(1, periods + 1), np.arange(1, periods + 1)) if memory == "walk" else MEMORIES[memory] ** lag

    def shape(logs: np.ndarray) -> np.ndarray:
        apart = np.exp(np.clip(logs, -12, 12))
        return np.eye(periods) + apart[0] + (apart[1] * along if memory != "none" else 0.0)

    begin = np.zeros(1) if memory == "none" else np.array([0.0, -3.0 if memory == "walk" else -1.0])
    found = optimize.minimize(lambda logs: _misfit(alike, shape(logs))[0], begin, method="Nelder-Mead", options={"xatol": 0.02, "fatol": 0.01, "maxiter": 200})
    chosen = shape(found.x)
    misfit, scale, level, information = _misfit(alike, chosen)
    lasting = float(np.exp(np.clip(found.x[0], -12, 12)) / np.diag(chosen).mean())
    return _Fitted(scale * chosen, level, information / scale, misfit, memory, lasting)


def _misfit(alike: list[_KnownAlike], shape: np.ndarray) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Minus twice the restricted log-likelihood of a covariance up to its scale; that scale, levels of the periods, information on them."""
    periods = len(shape)
    information, right, size, cells = np.zeros((periods, periods)), np.zeros(periods), 0.0, 0
    inverses = []
    for group in alike:
        if not len(group.periods):
            continue
        own = shape[np.ix_(group.periods, group.periods)]
        inverse = np.linalg.inv(own)
        information[np.ix_(group.periods, group.periods)] += len(group.units) * inverse
        right[group.periods] += len(group.units) * inverse @ group.mean
        size += len(group.units) * float(np.linalg.slogdet(own)[1])
        cells += len(group.units) * len(group.periods)
        inverses.append((group, inverse))
    level = np.linalg.solve(information, right)
    left = sum(float((inverse * group.scatter).sum()) + len(group.units) * float((group.mean - level[group.periods]) @ inverse @ (group.mean - level[group.periods]))
               for group, inverse in inverses)  # fmt: skip
    free = max(cells - periods, 1)
    scale = max(left / free, 1e-300)
    return size + float(np.linalg.slogdet(information)[1]) + free * np.log(scale), scale, level, information


def _weights(model: _Fitted, alike: list[_KnownAlike], counted: np.ndarray) -> np.ndarray:
    """(units, periods) weight of each score in the mean of scores with it less what was to be expected."""
    weights, share = np.zeros(counted.shape), counted / counted.sum()
    on_level = -share.sum(axis=0)
    gains = []
    for group in alike:
        own = model.covariance[np.ix_(group.periods, group.periods)]
        inverse = np.linalg.inv(own) if len(group.periods) else own
        expected = share[group.units] @ model.covariance[:, group.periods] @ inverse
        weights[group.units] += share[group.units]
        weights[np.ix_(group.units, group.periods)] -= expected
        on_level[group.periods] += expected.sum(axis=0)
        gains.append((group, inverse))
    through = np.linalg.solve(model.information, on_level)
    for group, inverse in gains:
        weights[np.ix_(group.units, group.periods)] += inverse @ through[group.periods]
    return weights


def _rise(outcome: np.ndarray, start: np.ndarray, counted: np.ndarray) -> float:
    """Mean score with it less the mean of all periods before, over units and periods that count."""
    units = np.flatnonzero(counted.any(axis=1))
    rises = [outcome[unit, counted[unit]].mean() - outcome[unit, : start[unit]].mean() for unit in units]
    return float(np.average(rises, weights=counted[units].sum(axis=1)))
