"""The `contacts` and `tipping_points` parts of client.yml."""

from typing import Literal

from pydantic import Field, model_validator

from cxlib.engagement.settings.reading import ColumnName, Label, Stored, Text
from cxlib.engagement.settings.source import Source
from cxlib.engagement.settings.validation import Part, broken

UNITS = Literal["seconds", "minutes", "hours", "days", "contacts", "points"]
NEVER_NEGATIVE = ("seconds", "minutes", "hours", "contacts")  # days may count from a promise, and be early


class ContactsSettings(Source):
    """What happened to customers: one row per contact, delivery, case or answer"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    contact: ColumnName | None = Field(None, description="Column; each id once")
    respondent: ColumnName | None = Field(
        None, description="Column: the customer's id, as in the survey; a customer may have several rows"
    )
    weight: ColumnName | None = Field(None, description="Column: a positive number in every row")
    labels: dict[ColumnName, Label] = Field(
        {}, description="column of `controls` or `by`: what sentences call it; default: its heading in `segments`, or its name"
    )


class OutcomeSettings(Stored):
    """What may break: an answer, or an event stored as 0 and 1"""

    column: ColumnName | tuple[ColumnName, ...] = Field(description="Column, or several: their mean")
    label: Label | None = Field(None, description='As the sentences name it; default: "customer satisfaction"')
    best: Literal["high", "low"] = Field("high", description="Which end of the scale is good")
    top: int = Field(2, ge=1, description="How many of the best answers count as satisfied")


class Abandoned(Part):
    """Who gave up before being served, and so has no answer"""

    column: ColumnName
    left: Text = Field(description="How the column says that a customer gave up")


class ServiceLevelSettings(Part):
    """A service level, and the answer that may break at some point of it"""

    label: Label = Field(description="As the report prints it")
    column: ColumnName | tuple[ColumnName, ...] = Field(description="Column, or several: their mean")
    unit: UNITS = Field(description="seconds, minutes, hours, days, contacts or points")
    outcome: OutcomeSettings
    direction: Literal["lower", "higher"] = Field("lower", description="Which way is better for the customer")
    controls: tuple[ColumnName, ...] = Field((), description="Columns of groups to be held constant, as case type")
    by: ColumnName | None = Field(None, description="Column of groups in which the point is looked for one by one")
    smallest: float | None = Field(
        None, gt=0, description="Smallest loss that matters, on the outcome's scale; default 2 % of the scale"
    )
    abandoned: Abandoned | None = None

    @model_validator(mode="after")
    def _outcome_is_another_column(self):
        both = set(names(self.column)) & set(names(self.outcome.column))
        if both:
            rule = f'the column "{both.pop()}" is the service level and its own outcome'
            raise broken(rule, "Name the answer that may break", key="outcome/column")
        return self


def names(column: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns that one key names."""
    return (column,) if isinstance(column, str) else tuple(column)
