"""The `for_each` part of client.yml: one report for each value of a column."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cxlib.engagement.settings.reading import ColumnName
from cxlib.engagement.settings.validation import Part

CutPart = Literal["survey", "contacts", "customers", "employees"]
LeftOut = Literal["maturity", "contacts", "customers", "employees", "initiatives", "money"]


class ForEachSettings(Part):
    """Beside the report of the whole one for each value of a column of the survey, as each store of a chain"""

    column: ColumnName = Field(description="Column of the survey; its values are the reports")
    parts: tuple[CutPart, ...] | None = Field(
        None,
        description="Tables that are cut to the value, survey first; default: those that have the column. All others are whole in each report",
    )
    without: tuple[LeftOut, ...] = Field((), description="Parts that only the report of the whole has")


def _column_alone(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


ForEach = Annotated[
    ForEachSettings,
    BeforeValidator(_column_alone, json_schema_input_type=ColumnName | ForEachSettings),
    Field(description="Column of the survey: one report for each of its values beside the whole, as `for_each: store`"),
]
