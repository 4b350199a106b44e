"""What an analysis of realised effect takes: what was begun where and when, and the figure that it should have moved.

A client folder gives it ready made (`engagement.rollout`); in a blank notebook it is made of tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from cxlib.analyses.result import OneScreen

Chosen = Literal["random", "score", "other"]


@dataclass(frozen=True, repr=False)
class Rollout(OneScreen):
    """Initiatives that were begun, unit by unit, for everybody at once, or for customers drawn at random.

    starts     one row an initiative and unit: initiative, unit (None: everywhere), start (the name of the first period in which
               it has it; None: it begins after the last one, or has not begun)
    figures    one row a unit and period: unit, period (an ordered category), value, answers (behind it; NaN: not known); with
               exposure, where value counts events among so many; None: the figure is an answer of the survey
    label      what sentences call the figure; None: as the survey's
    outcome    question of the survey, as "satisfaction"; of `figures` what they are, "" where nobody says
    higher_is_better   False where a lower figure is what is wanted
    unit       column of the survey that names the unit; None without it
    chosen_by  {initiative: how the units were picked}
    smallest   points of the figure that matter
    planned    {initiative: (lowest, most likely, highest effect in points of the satisfaction index)}
    battles    {initiative: the must-win battle that it belongs to}
    trials     {initiative: one row a customer: offered (1 drawn to have it, 0 not), outcome (NaN: not known)}, of customers drawn at random
    trial_scales   {initiative: lowest and highest outcome}
    ends       {period: its last day}, where the names of periods tell it
    notes      what is worth a look and no error
    """

    starts: pd.DataFrame
    figures: pd.DataFrame | None = None
    label: str | None = None
    outcome: str = "satisfaction"
    higher_is_better: bool = True
    unit: str | None = None
    chosen_by: Mapping[str, Chosen] = field(default_factory=dict)
    smallest: float = 2.0
    planned: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    battles: Mapping[str, str] = field(default_factory=dict)
    trials: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    trial_scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ends: Mapping[str, date] = field(default_factory=dict)
    notes: tuple[object, ...] = ()
