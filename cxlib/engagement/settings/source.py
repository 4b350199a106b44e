"""Where the rows of a table come from and how they are shaped before they are read: what every table of client.yml shares."""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from cxlib.engagement.settings.reading import FORMATS, ColumnName, Read, TableFile, Text
from cxlib.engagement.settings.validation import Part, broken

WAVE = "wave"  # the column that names of files and of waves become
_AS_WRITTEN = WithJsonSchema({"type": ["string", "number", "boolean"]})
Cell = Annotated[str, Field(max_length=500, description='As stored in the file; "" is the blank cell'), _AS_WRITTEN]
Cells = Annotated[tuple[Cell, ...], Field(min_length=1)]
Bound = float | None


def _files(given: Any) -> Any:
    """Refuses what is neither a file, nor several, in one message."""
    names = list(given.values()) if isinstance(given, dict) else given if isinstance(given, list | tuple) else [given]
    if not names or not all(isinstance(name, str) and name for name in names):
        rule = "must be a file, a list of files, or a name and a file for each wave"
        raise broken(rule, 'Write it as survey.csv, [a.csv, b.csv] or {"2024": a.csv, "2025": b.csv}')
    if len(set(names)) < len(names):
        raise broken("a file is named twice", "Name each once")
    return tuple(given) if isinstance(given, list) else given


TableFiles = Annotated[
    TableFile | tuple[TableFile, ...] | dict[Text, TableFile],
    BeforeValidator(_files),
    Field(
        description=f"{FORMATS}, in this folder; several as [a.csv, b.csv], or each with the name of its wave: "
        '{"2024": a.csv, "2025": b.csv}; they stand one below the other, and the names become the column `wave`'
    ),
]


class OneRow(Part):
    """Which row counts where an id has several"""

    of: ColumnName | tuple[ColumnName, ...] = Field(description="Column of the id, or several that make one")
    by: ColumnName | None = Field(None, description="Column of a date or a number; default: their order in the file")
    which: Literal["last", "first"] = Field("last", description="last or first")


class Rows(Part):
    """The rows of a file, or of several, that count"""

    file: TableFiles
    read: Read = Read()
    keep: dict[ColumnName, Cells] = Field(
        {}, description='column: [cells]; only rows with one of these in it, in every column named; "" is the blank cell'
    )
    drop: dict[ColumnName, Cells] = Field({}, description='column: [cells]; rows with one of these are left out; "" is blank')
    one_row: OneRow | None = None

    @property
    def files(self) -> dict[str, str]:
        """{name of its wave, or "": file}, in the order given; several without names are numbered."""
        if isinstance(self.file, dict):
            return dict(self.file)
        return {"": self.file} if isinstance(self.file, str) else {str(i): file for i, file in enumerate(self.file)}


class Recode(Part):
    """How a column is read: the steps that are given, in the order of these keys"""

    from_: ColumnName | None = Field(
        None, alias="from", description="The column that it is made of; without it the column of this name is changed"
    )
    missing: Cells | None = Field(None, description="Codes that say nothing: read as blank, and not as don't know")
    number: Literal["first"] | None = Field(None, description='first: the first number of a text, as 5 of "5 - Satisfied"')
    turned: tuple[float, float] | None = Field(
        None, description="Lowest and highest answer of a question whose low answers are good: on [1, 5] a 1 becomes 5"
    )
    bands: dict[Text, tuple[Bound, Bound]] = Field(
        {}, description="group: [from, to], both of them in it; null is open; a number that two share begins the later group"
    )
    labels: dict[Cell, Text] = Field({}, description="Stored code: what it stands for")
    joined: dict[Text, Cells] = Field({}, description="group: [groups that it takes the place of]")
    several: Annotated[str, Field(min_length=1, max_length=3)] | None = Field(
        None, description='What separates the answers of one cell: each becomes a column "name: answer" of 1 and 0'
    )

    @model_validator(mode="after")
    def _says_something(self):
        steps = ("missing", "number", "turned", "bands", "labels", "joined", "several")
        if not any(getattr(self, step) for step in steps):
            raise broken("does nothing", f"Give one of: {', '.join(steps)}")
        if self.turned is not None and not self.turned[0] < self.turned[1]:
            low, high = sorted(self.turned)
            raise broken("must name the lowest and the highest answer", f"Write it as [{low:g}, {high:g}]", key="turned")
        if self.several is not None and (self.turned or self.number or self.bands):
            rule = "several answers in one cell are no numbers"
            raise broken(rule, "Beside `several` only `missing`, `labels` and `joined` can stand", key="several")
        return self

    @model_validator(mode="after")
    def _bands_lie_apart(self):
        spans = []
        for name, (low, high) in self.bands.items():
            start, end = float("-inf") if low is None else low, float("inf") if high is None else high
            if not start <= end:
                raise broken("goes from a higher to a lower number", f"Write it as [{high:g}, {low:g}]", key=f"bands/{name}")
            spans.append((start, end, name))
        for (_, end, before), (start, _, name) in pairwise(sorted(spans)):
            if start < end:
                rule = f'overlaps with "{before}"'
                raise broken(rule, "Let each group begin where the one before ends, or after it", key=f"bands/{name}")
        return self

    @model_validator(mode="after")
    def _groups_are_joined_once(self):
        olds = [old for each in self.joined.values() for old in each]
        for old in olds:
            if olds.count(old) > 1:
                raise broken(f'"{old}" is joined twice', "Each goes into one group", key="joined")
        return self


class Source(Rows):
    """A table: the rows that count, and columns made of those of the file"""

    recode: dict[ColumnName, Recode] = Field({}, description="column: how it is read; a new name makes a new column")
