"""The `rollout` part of client.yml: what was begun where and when, and the figure that it should have moved."""

from typing import Literal

from pydantic import Field, model_validator

from cxlib.analyses.rollout import Chosen
from cxlib.engagement.settings.journey import ScoreSettings, YesColumn
from cxlib.engagement.settings.reading import ColumnName, Label, Scale, Text
from cxlib.engagement.settings.source import Source, TimedSource
from cxlib.engagement.settings.survey import PartId
from cxlib.engagement.settings.validation import Part, broken


class StartsSettings(Source):
    """One row per initiative and unit: when it began there"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    initiative: ColumnName = Field(description="Column: the initiative, as the table of `initiatives` names it")
    unit: ColumnName = Field(description="Column: the unit that has it")
    start: ColumnName = Field(
        description="Column: the date, or the name of the period, from which on the unit has it; blank: not yet"
    )


class FiguresSettings(TimedSource):
    """One row per unit and period: the figure that should have moved, where it is no answer of the survey"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    unit: ColumnName
    value: ColumnName = Field(description="Column: the figure of the unit in the period, a mean or a share")
    answers: ColumnName | None = Field(None, description="Column: how many answers are behind it")
    of: ColumnName | None = Field(
        None, description="Column: among how many, as customers or contacts; `value` is then a count, as of complaints, and the figure its share"
    )
    label: Label = Field(description="What sentences call it")
    scale: Scale = Field((0, 100), description="Lowest and highest possible figure; of a count it does not hold")
    better: Literal["higher", "lower"] = Field("higher", description="Which figure is wanted: higher or lower")
    is_: Literal["satisfaction"] | None = Field(
        None, alias="is", description="satisfaction: it is the satisfaction index, so that it can be held against the plan and turned into money"
    )

    @model_validator(mode="after")
    def _are_measured_some_time(self):
        if self.period is None and self.date is None:
            raise broken("it is not said when the figures were measured", "Name the column as `period`, or as `date`")
        return self

    @model_validator(mode="after")
    def _an_index_goes_to_100(self):
        if self.is_ is not None and (self.of is not None or self.scale != (0, 100) or self.better != "higher"):
            raise broken("the satisfaction index is a mean from 0 (worst) to 100 (best)", "Take `is` out, or write the figures on that scale", key="is")
        return self


class TrialSettings(Source):
    """One row per customer, of whom those who got the initiative were drawn at random"""

    initiative: Text = Field(description="The initiative, as the table of `initiatives` names it")
    offered: YesColumn = Field(description="Who was drawn to have it; all others are the comparison group")
    outcome: ScoreSettings = Field(description="What it should move; blank: not known")


class RolloutSettings(Part):
    """What was begun where and when, so that it can be told what came of it"""

    starts: StartsSettings | None = None
    figures: FiguresSettings | None = None
    trials: dict[PartId, TrialSettings] = Field({}, description="name: customers of whom some were drawn at random")
    outcome: Text | None = Field(
        None,
        description="The survey's question that should move: satisfaction, loyalty, recommend, rating, effort, or a block; default: the "
        "first of these that is asked; not beside `figures`",
    )
    chosen_by: Chosen | dict[Text, Chosen] = Field(
        "other", description="How the units were picked: random, score (the worst first) or other; for each initiative as {name: score}"
    )
    smallest: float | None = Field(
        None, gt=0, description="Smallest effect that matters, in points of the figure, of a share in percentage points; default: 2 on 0-100, "
        "as much of another scale, and a tenth of a share that is counted"
    )

    @model_validator(mode="after")
    def _the_figure_is_said_once(self):
        if self.outcome is not None and self.figures is not None:
            raise broken("`figures` are what should move", "Give one of them", key="outcome")
        return self

    @model_validator(mode="after")
    def _each_is_tried_once(self):
        tried = [each.initiative for each in self.trials.values()]
        for name, each in self.trials.items():
            if tried.count(each.initiative) > 1:
                raise broken(f'"{each.initiative}" has several trials', "Give each initiative one", key=f"trials/{name}")
        return self
