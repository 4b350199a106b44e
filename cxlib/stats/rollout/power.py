"""What a roll-out can show before it starts: how long, how many units, and which of them.

The mean of a unit in a period strays from what lasts by noise (other customers each time) and by drift (what happens to the
unit, and stays). More customers help against the first alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from cxlib.stats.rollout.cohorts import POWER, detectable_effect

LEAST_UNITS = 6  # below it nothing is said of an effect


@dataclass(frozen=True)
class ChangeSpread:
    """Why a unit's score changes: noise, variance that is new in each period; drift, variance that each period adds for good."""

    noise: float
    drift: float


def spread_of_change(outcome: ArrayLike, start: ArrayLike, variance: ArrayLike | None = None) -> ChangeSpread:
    """Noise and drift of the units' scores, from how changes spread over one, two and more periods.

    outcome    (units, periods) without gaps, two periods or more;  start: (units,) as `rollout_effect`, or all the number of periods
    variance   (units, periods) sampling variance of each score, where it is known: noise is no less than its mean
    returns    ChangeSpread in squared points; the mean of units that started together is taken out of each period
    errors     ValueError for gaps, shapes that do not fit, one period, and no more units than cohorts
    source     moments: the variance of a change over k periods is 2 noise + k drift; a sum of white noise and a random walk
    """
    outcome, start = np.asarray(outcome, float), np.asarray(start)
    if outcome.ndim != 2 or outcome.shape[0] != len(start) or outcome.shape[1] < 2 or not np.isfinite(outcome).all():
        raise ValueError(f"outcome of shape {outcome.shape} and {len(start)} starts; two periods or more without gaps are needed")
    member, sizes = np.unique(start, return_inverse=True, return_counts=True)[1:]
    df = len(start) - len(sizes)
    if df < 1:
        raise ValueError(f"{len(start)} units in {len(sizes)} cohorts; units that start together are needed to see how they differ")
    means = np.array([outcome[member == cohort].mean(axis=0) for cohort in range(len(sizes))])
    beyond, periods = outcome - means[member], outcome.shape[1]
    lags = np.arange(1, periods)
    spread = np.array([((beyond[:, lag:] - beyond[:, :-lag]) ** 2).sum() / df / (periods - lag) for lag in lags])
    known, heavy = 0.0 if variance is None else float(np.asarray(variance, float).mean()), np.sqrt(periods - lags)
    (more, drift), _ = optimize.nnls(np.column_stack([2 * heavy, lags * heavy]), (spread - 2 * known) * heavy)
    return ChangeSpread(known + float(more), float(drift))


def smallest_seen(
    noise: float, drift: float, before: int, after: int, treated: int, others: int, confidence: float = 0.95, power: float = POWER
) -> float:
    """Points that a roll-out at one time shows with a chance of `power`: periods before and after it, units with and without.

    noise, drift     variances as in ChangeSpread
    returns          points; infinite with two units, of which nothing can be told
    errors           ValueError for a variance below 0, fewer than one period or unit on a side, a confidence or power outside 0-1
    assumes          the mean of all periods after is held against that of all before, as `rollout_effect` does
    source           Bloom 1995, minimum detectable effect; variance of a mean after less a mean before of noise and random walk
    """
    if min(noise, drift) < 0 or min(before, after, treated, others) < 1 or not 0 < confidence < 1 or not 0 < power < 1:
        raise ValueError(
            f"noise {noise}, drift {drift}, {before} periods before, {after} after, {treated} units with, {others} without: variances are "
            "0 or more, periods and units 1 or more, confidence and power shares such as 0.95")
    grown = sum((k / before) ** 2 for k in range(1, before)) + 1 + sum((k / after) ** 2 for k in range(1, after))
    change = noise * (1 / before + 1 / after) + drift * grown
    return detectable_effect(float(np.sqrt(change * (1 / treated + 1 / others))), treated + others - 2, confidence, power)


def periods_until_seen(
    effect: float, noise: float, drift: float, before: int, treated: int, others: int, confidence: float = 0.95,
    power: float = POWER, most: int = 24,
) -> int | None:  # fmt: skip
    """Periods after the start until an effect is seen with a chance of `power`; None where `most` are too few.

    errors   as `smallest_seen`, and ValueError for an effect of 0
    source   as `smallest_seen`
    """
    _some(effect)
    within = (after for after in range(1, most + 1)
              if smallest_seen(noise, drift, before, after, treated, others, confidence, power) <= abs(effect))  # fmt: skip
    return next(within, None)


def units_needed(
    effect: float, noise: float, drift: float, before: int, after: int, share_treated: float = 0.5, confidence: float = 0.95,
    power: float = POWER, most: int = 1000,
) -> int | None:  # fmt: skip
    """Units, with and without it together, by which an effect is seen with a chance of `power`; None where `most` are too few.

    errors   as `smallest_seen`, and ValueError for an effect of 0 and a share outside 0-1
    source   as `smallest_seen`
    """
    _some(effect)
    if not 0 < share_treated < 1:
        raise ValueError(f"share_treated == {share_treated}, must be between 0 and 1")
    for units in range(LEAST_UNITS, most + 1):
        treated = min(max(round(units * share_treated), 1), units - 1)
        if smallest_seen(noise, drift, before, after, treated, units - treated, confidence, power) <= abs(effect):
            return units
    return None


def balanced_assignment(
    level: ArrayLike, size: ArrayLike, *, treated: int, seed: int = 0, keys: ArrayLike | None = None
) -> np.ndarray:
    """Units that start, drawn at random so that both sides are alike in level and size.

    level, size   (units,) numbers: score so far, and customers or answers
    treated       units to start, at least one and not all
    keys          (units,) labels without a double: with them the draw is the same in whatever order the units come
    returns       (units,) True for units that start: one of each block of units alike (or all but one, where more start than not)
    errors        ValueError for missing numbers, columns of different length, doubled keys, and a number that is none or all
    source        stratified randomisation: Cochran & Cox 1957; blocks run through the sizes to and fro within thirds of the level
    """
    level, size = np.asarray(level, float), np.asarray(size, float)
    names = np.arange(len(level)) if keys is None else np.asarray(keys).astype(str)
    units = len(level)
    if not len(size) == len(names) == units or not np.isfinite(level).all() or not np.isfinite(size).all() or len(set(names)) < units:
        raise ValueError("level, size and keys must be as many, without gaps, and no key twice")
    if not 0 < treated < units:
        raise ValueError(f"{treated} of {units} units; some must start and some must not")
    rank = np.empty(units, int)
    rank[np.lexsort((names, size, level))] = np.arange(units)
    third = rank * 3 // units
    along = np.lexsort((names, np.where(third == 1, -size, size), third))
    fewer = min(treated, units - treated)
    rng, drawn = np.random.default_rng(seed), np.zeros(units, bool)
    for block in np.array_split(along, fewer):
        drawn[rng.choice(block)] = True
    return drawn if fewer == treated else ~drawn


def _some(effect: float) -> None:
    if effect == 0 or not np.isfinite(effect):
        raise ValueError(f"effect == {effect}; give the points that should be seen, other than 0")
