"""Who begins: units drawn at random, so that it can be told afterwards whether it worked."""

from dataclasses import dataclass

import pandas as pd

from cxlib.analyses.effect.judged import Judgement
from cxlib.analyses.effect.needed import strays
from cxlib.analyses.effect.panel import Panel
from cxlib.analyses.result import CannotAnswer
from cxlib.stats.rollout.power import LEAST_UNITS, balanced_assignment, smallest_seen, units_needed

LATEST = 6  # periods whose mean is a unit's level so far
WAIT = 6  # periods after the start that a plan counts on
MOST_BEFORE = 12


@dataclass(frozen=True)
class Assignment:
    """Units and who of them begins.

    units     DataFrame, a row a unit, by name: unit, level (mean of the latest periods), size (answers in them; NaN: not known), begins
    needed    units in all that show the smallest effect that matters; None where all are too few
    seen      smallest effect that these units show, {periods after the start: points}
    busy      units that have begun something already and take no part
    """

    units: pd.DataFrame
    needed: int | None
    seen: dict[int, float]
    busy: int

    @property
    def balance(self) -> pd.DataFrame:
        """By `begins`: units, and the mean level and size of both sides."""
        return self.units.groupby("begins").agg(units=("unit", "size"), level=("level", "mean"), size=("size", "mean"))


def who_begins(found: Judgement, *, begin: int | None = None, seed: int = 0) -> Assignment:
    """Units drawn to begin, alike in level and size to those that do not; the same for any order of the files.

    begin    units that begin; None: half of those that show the smallest effect that matters, or half of all
    seed     of the draw
    errors   CannotAnswer without a figure by unit and period, with too few units free, and where all or none would begin
    source   stats.rollout.balanced_assignment
    """
    panel = found.panel
    if panel is None or panel.values.shape[1] < 3:
        raise CannotAnswer("there is no figure by unit over three periods or more. Name `unit` and a date or period under `survey`, or describe a table under `rollout: figures`.")
    if len(panel.values) < LEAST_UNITS:
        raise CannotAnswer(f"{len(panel.values)} units have a figure in every period, and {LEAST_UNITS} are needed to compare units with each other. Take longer periods, as `every: half`, or larger units.")
    starts = found.rollout.starts
    decided = starts["start"].notna() | (starts["date"].notna() if "date" in starts else False)  # also what begins after the last figures
    begun = set(starts.loc[decided, "unit"].dropna())
    free = [unit for unit in panel.values.index if unit not in begun]
    if len(free) < LEAST_UNITS:
        raise CannotAnswer(f"{len(free)} units have begun nothing yet, and {LEAST_UNITS} are needed to compare units with each other. Wait until more are there, or draw customers at random.")
    spread, before = strays(found), min(panel.values.shape[1], MOST_BEFORE)
    wanted = units_needed(found.smallest, spread.noise, spread.drift, before, WAIT, 0.5, found.design.confidence, most=len(free))
    many = begin if begin is not None else (wanted or len(free)) // 2
    if not 0 < many < len(free):
        raise CannotAnswer(f"{many} of {len(free)} free units are to begin, and some must begin and some must not. Give another number.")
    units = _levels(panel, free)
    drawn = balanced_assignment(units["level"], units["size"].fillna(0.0), treated=many, seed=seed, keys=units["unit"])
    after = {periods: smallest_seen(spread.noise, spread.drift, before, periods, many, len(free) - many, found.design.confidence) for periods in (1, 2, 4, 6, 8, 12)}
    return Assignment(units.assign(begins=drawn), wanted, after, len(panel.values) - len(free))


def _levels(panel: Panel, units: list) -> pd.DataFrame:
    latest = panel.values.columns[-LATEST:]
    sign = -1.0 if panel.turned else 1.0
    level = sign * panel.values.loc[units, latest].mean(axis=1)
    size = panel.answers.loc[units, latest].sum(axis=1, min_count=1)
    return pd.DataFrame({"unit": units, "level": level.to_numpy(), "size": size.to_numpy()}).sort_values("unit", ignore_index=True)
