"""One unit that started: how far out is it among units that did not, each taken for the one in turn?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.rollout.cohorts import read_cohorts


@dataclass(frozen=True)
class PlaceboRank:
    """estimate: points that the unit rose more than the others; p: its rank by size among all / units, which cannot be below 1 / units."""

    estimate: float
    p: float
    rank: int
    units: int


def placebo_rank(outcome: ArrayLike, start: ArrayLike) -> PlaceboRank:
    """How far out the change of one unit that started is among the units that did not.

    outcome   (units, periods) without gaps;  start: (units,) as `rollout_effect`, one of them below the number of periods
    returns   PlaceboRank; each unit is taken for the one that started, then, and held against all others
    errors    ValueError as `rollout_effect`, where another number of units started, and for fewer than three units
    assumes   any unit might as well have been the one; the standard error of one unit cannot be known otherwise
    source    placebo in units: Abadie, Diamond & Hainmueller 2010, JASA 105; Fisher 1935
    """
    cohorts = read_cohorts(outcome, start)
    started, units = cohorts.starts < cohorts.periods, len(cohorts.member)
    if cohorts.sizes[started].sum() != 1 or units < 3:
        raise ValueError(f"{int(cohorts.sizes[started].sum())} of {units} units started; give one that did and two others at least")
    first = int(cohorts.starts[0])
    change = cohorts.values[:, first:].mean(axis=1) - cohorts.values[:, :first].mean(axis=1)
    beyond = (change - change.mean()) * units / (units - 1)  # a change less the mean of all the others
    own = float(beyond[cohorts.member == 0][0])
    rank = int((np.abs(beyond) >= abs(own) * (1 - 1e-9)).sum())
    return PlaceboRank(own, rank / units, rank, units)
