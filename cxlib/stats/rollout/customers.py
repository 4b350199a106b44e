"""Customers drawn at random for it, against those who were not: the one comparison that needs no adjustment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cxlib.stats.follow_up.lee_bounds import LeeBounds, lee_bounds
from cxlib.stats.rollout.cohorts import POWER


@dataclass(frozen=True)
class RandomEffect:
    """Points (or a share, 0-1) by which those treated stand above the others, with Welch's t interval.

    treated, others   people with an outcome
    detectable        effect that would have been seen in 80 of 100 cases
    bounds            where some did not answer: how far the effect can lie from the estimate (see `LeeBounds`); None where all did
    """

    estimate: float
    se: float
    low: float
    high: float
    df: float
    p: float
    treated: int
    others: int
    detectable: float
    bounds: LeeBounds | None


def random_effect(
    outcome: ArrayLike, treated: ArrayLike, answered: ArrayLike | None = None, *, seed: int = 0, confidence: float = 0.95
) -> RandomEffect:
    """How much higher those treated score than others who were left out at random.

    outcome    (n,) scores, or 1 and 0; NaN where there is none
    treated    (n,) True for who was drawn to be treated, whether it then happened or not
    answered   (n,) True for who answered; without it, whoever has an outcome
    returns    RandomEffect, with bounds wherever somebody did not answer
    errors     ValueError for columns of different length, fewer than two outcomes on a side, and a confidence outside 0-1
    assumes    drawn at random; one customer does not change another
    source     Welch 1947; bounds: Lee 2009 (`lee_bounds`)
    """
    outcome, treated = np.asarray(outcome, float), np.asarray(treated, bool)
    there = np.isfinite(outcome) if answered is None else np.isfinite(outcome) & np.asarray(answered, bool)
    if outcome.shape != treated.shape or not 0 < confidence < 1:
        raise ValueError(f"{len(outcome)} outcomes, {len(treated)} customers, confidence == {confidence}; give one outcome each, and a share such as 0.95")
    sides = outcome[there & treated], outcome[there & ~treated]
    if min(map(len, sides)) < 2:
        raise ValueError("fewer than two outcomes on a side; there is nothing to compare")
    own, other = (side.var(ddof=1) / len(side) for side in sides)
    estimate, se = float(sides[0].mean() - sides[1].mean()), float(np.sqrt(own + other))
    df = float((own + other) ** 2 / (own**2 / (len(sides[0]) - 1) + other**2 / (len(sides[1]) - 1))) if se else np.inf
    reach = float(special.stdtrit(df, (1 + confidence) / 2))
    p = float(2 * special.stdtr(df, -abs(estimate) / se)) if se else float(estimate == 0)
    return RandomEffect(
        estimate, se, estimate - reach * se, estimate + reach * se, df, p, len(sides[0]), len(sides[1]),
        float((reach + special.stdtrit(df, POWER)) * se),
        None if there.all() else lee_bounds(treated, np.where(there, outcome, np.nan), seed=seed, confidence=confidence),
    )  # fmt: skip
