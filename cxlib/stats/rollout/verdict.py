"""Did it work? How the units were picked decides what may be said.

"It worked" needs somebody to compare with. Where units were picked for their score, it needs a comparison with units that
scored the same; without units to compare with, something "rose then", and no more is said.
"""

from collections.abc import Mapping
from typing import TypeVar

from cxlib.stats.rollout.adjusted import AdjustedEffect
from cxlib.stats.rollout.customers import RandomEffect
from cxlib.stats.rollout.group_time import RolloutEffect
from cxlib.stats.rollout.imputed import ImputedEffect
from cxlib.stats.rollout.placebo import PlaceboRank
from cxlib.stats.rollout.power import LEAST_UNITS
from cxlib.stats.rollout.series import SeriesShift

LEAST_RANKED = 20  # units among which the rank of one can be clear at all
ALLOWED: Mapping[str, frozenset[str]] = {
    "random": frozenset({"worked", "harmed", "no_effect", "cannot_tell"}),
    "other": frozenset({"worked", "harmed", "no_effect", "cannot_tell"}),
    "score": frozenset({"worked", "harmed", "no_effect", "as_expected_without", "cannot_tell"}),
    "one_unit": frozenset({"worked", "harmed", "cannot_tell"}),
    "series": frozenset({"rose_then", "fell_then", "no_effect", "cannot_tell"}),
    "customers": frozenset({"worked", "harmed", "no_effect", "cannot_tell"}),
}
T = TypeVar("T")
Expected = AdjustedEffect | ImputedEffect
AGAINST_PLAN = frozenset({"above_plan", "as_planned", "below_plan", "no_effect", "cannot_tell"})


def rollout_verdict(
    design: str, *, smallest: float, effect: RolloutEffect | None = None, adjusted: Expected | None = None,
    rank: PlaceboRank | None = None, shift: SeriesShift | None = None, difference: RandomEffect | None = None, confidence: float = 0.95,
) -> str:  # fmt: skip
    """What may be said of an effect under a design: one of `ALLOWED[design]`.

    design      how units were picked: "random", "score" (for their score) or "other"; "one_unit" where one alone started;
                "series" where nobody can be compared with; "customers" where customers were drawn at random
    smallest    points that matter: an interval inside of them shows that there is no effect worth it
    effect      of `rollout_effect`, for "random", "score" and "other";  adjusted: of `imputed_effect` or `adjusted_effect`, for the latter two
    rank        of `placebo_rank`, for "one_unit";  shift: of `level_shift`, for "series"
    difference  of `random_effect`, for "customers"; where not everybody answered the verdict must hold for its bounds too
    returns     "worked" and "harmed" where an effect is clear: at random, if starts drawn anew say so too; by score, beside units that
                scored the same, if the change itself points the same way; otherwise picked, in both ways, and if nothing was under
                way before. "as_expected_without" where the change is clear and the return to the mean accounts for it
    errors      ValueError for a design that is not named above, a `smallest` of 0 or below, and an estimate that the design asks for
    source      rule of this workbook; both ways must agree: Ding & Li 2019
    """
    if design not in ALLOWED:
        raise ValueError(f"design == {design!r}, must be one of {sorted(ALLOWED)}")
    if not smallest > 0:
        raise ValueError(f"smallest == {smallest}; give the points that matter, above 0")
    if design == "series":
        shift = _given(shift, "shift")
        return _said(shift.low, shift.high, smallest, "rose_then", "fell_then")
    if design == "customers":
        return _said(*_widest(_given(difference, "difference")), smallest)
    if design == "one_unit":
        return _of_one(_given(rank, "rank"), confidence)
    effect = _given(effect, "effect")
    if min(effect.treated, effect.group_time.others.max()) < 2 or effect.units < LEAST_UNITS or _started_and_compared(effect) < 2:
        return "cannot_tell"
    if design == "random":
        found = _said(effect.low, effect.high, smallest)
        return "cannot_tell" if found in {"worked", "harmed"} and effect.p_redrawn > 1 - confidence else found
    if adjusted is None:
        raise ValueError("this design needs `adjusted`")
    if design == "score":
        return _by_score(effect, adjusted, smallest)
    under_way = any(p is not None and p <= 1 - confidence for p in (effect.trend_p, effect.placebo_p))
    both = {_said(each.low, each.high, smallest) for each in (effect, adjusted)}
    return both.pop() if len(both) == 1 and effect.earlier >= 2 and not under_way else "cannot_tell"


def against_plan(
    low: float, high: float, planned_low: float, planned_high: float, smallest: float, estimate: float | None = None
) -> str:
    """What an interval of an effect says of the plan: one of `AGAINST_PLAN`.

    low, high       ends of the interval of the effect;  estimate: its middle unless given
    planned_low, planned_high   range that was planned, both on one side of 0 or at it; above is further from 0
    smallest        points that matter
    returns         "no_effect" where the interval holds 0 and nothing that matters; "above_plan" and "below_plan" where it lies on one
                    side of the plan; "as_planned" where it is clear of 0 and the estimate lies within the plan; else "cannot_tell"
    errors          ValueError for ends in the wrong order, a plan on both sides of 0 or of 0, and a `smallest` of 0 or below
    source          rule of this workbook
    """
    if not low <= high or not planned_low <= planned_high or not smallest > 0:
        raise ValueError(f"{low} to {high}, planned {planned_low} to {planned_high}, smallest {smallest}: give the lower end first, and points above 0")
    if planned_low < 0 < planned_high or planned_low == planned_high == 0:
        raise ValueError(f"planned from {planned_low} to {planned_high}; a plan goes up or down")
    estimate = (low + high) / 2 if estimate is None else estimate
    if planned_low < 0:
        low, high, estimate, planned_low, planned_high = -high, -low, -estimate, -planned_high, -planned_low
    if -smallest < low <= 0 <= high < smallest:
        return "no_effect"
    if low > planned_high or high < planned_low:
        return "above_plan" if low > planned_high else "below_plan"
    return "as_planned" if low > 0 and planned_low <= estimate <= planned_high else "cannot_tell"


def _started_and_compared(effect: RolloutEffect) -> int:
    """Units that started while others had not; those of the last start, where all start in the end, are none."""
    return int(effect.group_time.drop_duplicates("start").units.sum())


def _given(found: T | None, name: str) -> T:
    if found is None:
        raise ValueError(f"this design needs `{name}`")
    return found


def _said(low: float, high: float, smallest: float, above: str = "worked", below: str = "harmed") -> str:
    if low > 0 or high < 0:
        return above if low > 0 else below
    return "no_effect" if -smallest < low and high < smallest else "cannot_tell"


def _widest(found: RandomEffect) -> tuple[float, float]:
    """The interval, as wide as it is with those who did not answer."""
    if found.bounds is None:
        return found.low, found.high
    return min(found.low, found.bounds.low), max(found.high, found.bounds.high)


def _of_one(rank: PlaceboRank, confidence: float) -> str:
    if rank.units < LEAST_RANKED or rank.p > 1 - confidence + 1e-9:
        return "cannot_tell"
    return "worked" if rank.estimate > 0 else "harmed"


def _by_score(effect: RolloutEffect, adjusted: Expected, smallest: float) -> str:
    """Units picked for their score: a change is no effect before it is more than the return to the mean."""
    side = 1 if effect.estimate > 0 else -1
    (near, far), (least, _) = (sorted((side * each.low, side * each.high)) for each in (adjusted, effect))
    within = -smallest < near and far < smallest
    if near > 0 and effect.earlier >= 2:
        return "worked" if side > 0 else "harmed"
    if least > 0:
        return "as_expected_without" if within or near <= 0 <= far < smallest else "cannot_tell"
    both = within and -smallest < least and max(abs(effect.low), abs(effect.high)) < smallest
    return "no_effect" if both and effect.earlier >= 2 else "cannot_tell"
