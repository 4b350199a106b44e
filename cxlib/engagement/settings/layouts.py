"""Layouts of survey programs as data: templates/layouts/*.yml. A new one is one file and needs no code."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from cxlib.engagement.problems import stop_on_errors
from cxlib.engagement.settings.reading import Codes, ColumnName, Text
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import Part, broken, read_settings

FOLDER = Path(__file__).parents[3] / "templates" / "layouts"
Row = Annotated[int, Field(ge=1, le=20)]
Cells = Annotated[
    tuple[Annotated[str, Field(max_length=500)], ...], Field(description='Cells as stored; "" is the blank one')
]


def plain(heading: str) -> str:
    """A heading as layouts are matched: without case, and any spaces as one."""
    return " ".join(heading.replace("\ufeff", "").casefold().split())


class LayoutMark(Part):
    """What one of the first rows of a file holds where the layout is this one"""

    row: Row
    all: tuple[Text, ...] = Field((), description="Cells that all stand in the row")
    any: tuple[Text, ...] = Field((), description="Cells of which `at_least` stand in the row")
    at_least: int = Field(1, ge=1)
    like: str | None = Field(None, description="Pattern of the row's first filled cell")
    first: bool = Field(False, description="Whether one of `any` is the first cell of the row")

    @model_validator(mode="after")
    def _says_something(self):
        if not (self.all or self.any or self.like):
            raise broken("the mark holds for every file", "Give `all`, `any` or `like`")
        return self

    def found(self, rows: Sequence[Sequence[str]]) -> int:
        """How many cells of the row speak for the layout; 0 where it is not this one."""
        cells = [plain(cell) for cell in rows[self.row - 1]] if len(rows) >= self.row else []
        there = {cell for cell in cells if cell}
        wanted, some = {plain(each) for each in self.all}, {plain(each) for each in self.any}
        start = next((cell for cell in rows[self.row - 1] if cell.strip()), "") if there else ""
        missed = (
            not wanted <= there,
            bool(some) and len(some & there) < self.at_least,
            self.like is not None and not re.match(self.like, start.strip().lstrip("\ufeff")),
            self.first and cells[:1] and cells[0] not in some,
        )
        return 0 if not there or any(missed) else len(wanted) + len(some & there) + (self.like is not None)


class LayoutRead(Part):
    """Keys of `read` that the layout stands for"""

    headings: Row | tuple[Row, ...] = 1
    skip: tuple[Row, ...] = ()
    missing: Codes = ()


class RowsAsked(Part):
    """Rows that may be kept or left out: the consultant's choice"""

    keep: Cells = ()
    drop: Cells = ()
    why: Text


class SurveyLayout(Part):
    """How a survey program writes its tables"""

    name: Text
    recognised: Annotated[tuple[LayoutMark, ...], Field(min_length=1)]
    read: LayoutRead = LayoutRead()
    titles: Row | None = Field(None, description="Row that holds the questions' texts, where the headings are codes")
    keep: dict[ColumnName, Cells] = Field(
        {}, description="Only rows whose cell is one of these; where there is such a column"
    )
    drop: dict[ColumnName, Cells] = Field({}, description="Rows that are no answers; where there is such a column")
    ask: dict[ColumnName, RowsAsked] = Field({}, description="Rows that may be kept or left out")
    respondent: tuple[ColumnName, ...] = Field((), description="The first that is there")
    date: tuple[ColumnName, ...] = Field((), description="The first that is there")
    person: tuple[ColumnName, ...] = Field((), description="Columns about the person: never read")
    technical: tuple[ColumnName, ...] = Field(
        (), description="Columns of the program, which say nothing about the customer"
    )
    begins: tuple[Text, ...] = Field((), description="How headings of further such columns begin")
    ends: tuple[Text, ...] = Field((), description="How headings of texts, and of what the program made, end")
    cut: tuple[Text, ...] = Field((), description="Endings of joined headings that say nothing")
    grid: str | None = Field(None, description="Pattern of the heading of one row of a grid, with `stem` and `item`")
    several: str | None = Field(None, description="What stands between several answers in one cell")


@cache
def layouts() -> dict[str, SurveyLayout]:
    """{id: layout}, of all files in templates/layouts/. Raises: DataError where one of them is wrong."""
    return {file.stem: _layout(file) for file in sorted(FOLDER.glob("*.yml"))}


def recognised(rows: Sequence[Sequence[str]]) -> str:
    """The id of the layout that the first rows of a file have; "" where none is known.

    Of two that fit, the one that asks for more rows is the right one, then the one that finds more of its cells.
    """
    fitting = {}
    for name, layout in layouts().items():
        found = [mark.found(rows) for mark in layout.recognised]
        if all(found):
            fitting[name] = max(mark.row for mark in layout.recognised), sum(found)
    return max(fitting, key=lambda name: fitting[name], default="")


def _layout(file: Path) -> SurveyLayout:
    document = read_yaml(file.read_bytes(), file.name)
    found, problems = read_settings(document, SurveyLayout)
    stop_on_errors(problems)
    return found
