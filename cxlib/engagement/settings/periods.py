"""When answers were given: what the survey, a self-assessment and the employee survey share."""

from typing import Literal

from pydantic import Field, model_validator

from cxlib.engagement.settings.reading import ColumnName, Text
from cxlib.engagement.settings.validation import Part, broken

Every = Literal["month", "quarter", "half", "year", "week"]


class Timed(Part):
    """A column that says when somebody answered: a date, or the name of a period"""

    date: ColumnName | None = Field(None, description="Column; gives the period of each answer, by `every`")
    every: Every | None = Field(
        None, description="What `date` is cut into: month, quarter (the default), half, year or week"
    )
    period: ColumnName | None = Field(None, description="Column that names the period itself; the last one counts")
    periods: tuple[Text, ...] | None = Field(
        None, min_length=1, description="The periods in their order, where their names do not tell it"
    )
    fold: dict[Text, Text] = Field(
        {}, description="period: the period it counts in, as a few late answers do in the one before"
    )

    @model_validator(mode="after")
    def _periods_are_named_once(self):
        if self.periods is not None and self.period is None:
            raise broken("there is no `period` column that they could order", "Give `period`", key="periods")
        if self.periods is not None and len(set(self.periods)) < len(self.periods):
            raise broken("a period is named twice", "Name each once", key="periods")
        if self.every is not None and self.date is None:
            raise broken("there is no `date` that could be cut into periods", "Give `date`, or remove `every`", key="every")
        if self.every is not None and self.period is not None:
            rule = "`period` names the periods already"
            raise broken(rule, "Remove `period` to make them from `date`, or remove `every`", key="every")
        if self.fold and self.period is None and self.date is None:
            raise broken("there are no periods", "Give `date` or `period`, or remove `fold`", key="fold")
        for straggler, into in self.fold.items():
            if into in self.fold:
                rule = f'"{into}" counts in another period itself'
                raise broken(rule, f'Write the last one, as "{self.fold[into]}"', key=f"fold/{straggler}")
        return self
