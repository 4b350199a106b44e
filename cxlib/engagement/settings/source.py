"""Where the rows of a table come from and how they are shaped before they are read: what every table of client.yml shares."""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from cxlib.engagement.problems import nearest
from cxlib.engagement.settings.layouts import layouts
from cxlib.engagement.settings.periods import Every, Timed
from cxlib.engagement.settings.reading import FORMATS, ColumnName, Label, Read, TableFile, Text
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

    @model_validator(mode="before")
    @classmethod
    def _is_read_as_its_layout(cls, given: Any) -> Any:
        read = given.get("read") if isinstance(given, dict) else None
        name = read.get("layout") if isinstance(read, dict) else None
        if not isinstance(name, str):
            return given
        if name not in layouts():
            near = nearest(name, layouts())
            remedy = f"Did you mean {near}?" if near else f"Use one of: {', '.join(layouts())}"
            raise broken(f'"{name}" is no layout of templates/layouts/', remedy, key="read/layout")
        return given | {"read": layouts()[name].read.model_dump(exclude_unset=True) | read}

    @property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """{column: cells} of the rows that count: those of `keep`, and of the layout where there is such a column."""
        return self.of_layout("keep") | self.keep

    @property
    def left_out(self) -> dict[str, tuple[str, ...]]:
        """{column: cells} of the rows that do not: those of `drop`, and of the layout where there is such a column."""
        return self.of_layout("drop") | self.drop

    def of_layout(self, part: Literal["keep", "drop"]) -> dict[str, tuple[str, ...]]:
        """{column: cells} that the layout gives, for columns that neither `keep` nor `drop` names."""
        usual = getattr(layouts()[self.read.layout], part) if self.read.layout else {}
        return {column: cells for column, cells in usual.items() if column not in self.keep and column not in self.drop}

    @property
    def files(self) -> dict[str, str]:
        """{name of its wave, or "": file}, in the order given; several without names are numbered."""
        if isinstance(self.file, dict):
            return dict(self.file)
        return {"": self.file} if isinstance(self.file, str) else {str(i): file for i, file in enumerate(self.file)}


class Recode(Part):
    """How a column is read: the steps that are given, in the order of these keys"""

    from_: ColumnName | tuple[ColumnName, ColumnName] | None = Field(
        None, alias="from", description="The column that it is made of, or two moments: [created, answered], with `duration`; "
        "without it the column of this name is changed"
    )
    missing: Cells | None = Field(None, description="Codes that say nothing: read as blank, and not as don't know")
    number: Literal["first"] | None = Field(None, description='first: the first number of a text, as 5 of "5 - Satisfied"')
    match: Literal["loose"] | None = Field(
        None, description="loose: an id without case, spaces, leading zeros and a .0 behind: 000123 is 123"
    )
    duration: Literal["seconds", "minutes", "hours", "days"] | None = Field(
        None, description='Unit into which "00:07:12", "3m 12s" and time cells are read, or the time between two moments'
    )
    every: Every | None = Field(None, description="What a date is cut into: month, quarter, half, year or week")
    turned: tuple[float, float] | None = Field(
        None, description="Lowest and highest answer of a question whose low answers are good: on [1, 5] a 1 becomes 5"
    )
    bands: dict[Text, tuple[Bound, Bound]] = Field(
        {}, description="group: [from, to], both of them in it; null is open; a number that two share begins the later group"
    )
    labels: dict[Cell, Label] = Field({}, description="Stored code: what it stands for")
    joined: dict[Text, Cells] = Field({}, description="group: [groups that it takes the place of]")
    several: Annotated[str, Field(min_length=1, max_length=3)] | None = Field(
        None, description='What separates the answers of one cell: each becomes a column "name: answer" of 1 and 0'
    )

    @model_validator(mode="after")
    def _says_something(self):
        steps = ("missing", "number", "match", "duration", "every", "turned", "bands", "labels", "joined", "several")
        if self.from_ is None and not any(getattr(self, step) for step in steps):
            raise broken("does nothing", f"Give one of: {', '.join(steps)}")
        if isinstance(self.from_, tuple) and self.duration is None:
            raise broken("two columns make the time between them", "Say in what unit, as `duration: hours`", key="from")
        if isinstance(self.from_, tuple) and (self.number or self.match or self.every or self.several):
            raise broken("the time between two columns is a number", "Beside `duration` only `bands` and `labels` can stand")
        if self.turned is not None and not self.turned[0] < self.turned[1]:
            low, high = sorted(self.turned)
            raise broken("must name the lowest and the highest answer", f"Write it as [{low:g}, {high:g}]", key="turned")
        if self.several is not None and (self.turned or self.number or self.bands or self.duration or self.every):
            rule = "several answers in one cell are no numbers"
            raise broken(rule, "Beside `several` only `missing`, `labels` and `joined` can stand", key="several")
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """The columns that it is made of; empty where it changes its own."""
        return () if self.from_ is None else (self.from_,) if isinstance(self.from_, str) else self.from_

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


class Join(Rows):
    """More columns, found in another table by an id"""

    on: Annotated[dict[ColumnName, ColumnName], Field(min_length=1)] = Field(
        description="{column here: the column there that holds the same id}"
    )
    columns: tuple[ColumnName, ...] | dict[ColumnName, ColumnName] = Field(
        description="Columns to take, as [region, revenue], or with new names: {region: their name}"
    )
    match: Literal["exact", "loose"] = Field(
        "exact", description="loose: without case, spaces, leading zeros and a .0 behind: 000123 is 123"
    )
    at_least: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Share of the rows that find theirs, where fewer than half are right"
    )

    @property
    def named(self) -> dict[str, str]:
        """{column: its name in the other table}"""
        return dict(self.columns) if isinstance(self.columns, dict) else {column: column for column in self.columns}


def _not_from_itself(given: Any) -> Any:
    """A column that is made of itself is changed."""
    if not isinstance(given, dict):
        return given
    return {
        column: {key: value for key, value in steps.items() if key != "from" or value != column} if isinstance(steps, dict) else steps
        for column, steps in given.items()
    }


class Long(Part):
    """One row an answer: a column holds the question, another the answer"""

    respondent: ColumnName | tuple[ColumnName, ...] = Field(
        description="Column of the respondent, or several: [id, wave] where one has answered more than once"
    )
    question: ColumnName = Field(description="Column that names the question: each becomes a column")
    answer: ColumnName


class Per(Part):
    """Several rows of one customer become one"""

    id: ColumnName = Field(description="Column of the customer, or who else gets one row")
    sum: tuple[ColumnName, ...] = Field((), description="Columns that are added up")
    mean: tuple[ColumnName, ...] = Field((), description="Columns of which the mean is taken")
    a_year: tuple[ColumnName, ...] = Field(
        (), description="Columns that are added up and divided by the years from the first to the last date of `by`"
    )
    last: tuple[ColumnName, ...] = Field((), description="Columns of which the last row counts, by `by` or by their order")
    first: tuple[ColumnName, ...] = Field((), description="Columns of which the first row counts, by `by` or by their order")
    by: ColumnName | None = Field(None, description="Column of the date of each row")
    count: Text | None = Field(None, description="Name of a new column: how many rows there were")

    @model_validator(mode="after")
    def _each_column_once(self):
        named = [column for how in ("sum", "mean", "a_year", "last", "first") for column in getattr(self, how)]
        for column in named:
            if named.count(column) > 1:
                raise broken(f'"{column}" is named twice', "Each column becomes one figure; name a copy by `recode`")
        if self.a_year and self.by is None:
            raise broken("there is no date that says how many years they are", "Name its column under `by`", key="a_year")
        return self


class Source(Rows):
    """A table: the rows that count, and columns made of those of the file"""

    long: Long | None = None
    waves: dict[Text, Annotated[dict[ColumnName, ColumnName], Field(min_length=1)]] = Field(
        {},
        description="wave: {column: its name in this wave}; waves that stand side by side become rows, and the column `wave`; "
        "beside files with the names of waves it says how columns are called in each",
    )
    join: tuple[Join, ...] = Field((), description="More columns, found in other tables by an id")
    recode: Annotated[dict[ColumnName, Recode], BeforeValidator(_not_from_itself)] = Field({}, description="column: how it is read; a new name makes a new column")
    per: Per | None = None

    @property
    def wave_names(self) -> tuple[str, ...]:
        """The names that the column `wave` holds, in their order; empty without such a column."""
        return tuple(self.file) if isinstance(self.file, dict) else tuple(self.waves)

    @model_validator(mode="after")
    def _waves_are_those_of_the_files(self):
        if isinstance(self.file, dict):
            for wave in self.waves:
                if wave not in self.file:
                    raise broken("is no file of this part", f"Name one of: {', '.join(self.file)}", key=f"waves/{wave}")
        elif self.waves and self.long is not None:
            raise broken("a table of one row an answer has no waves side by side", "Remove `waves`", key="waves")
        return self


class TimedSource(Source, Timed):
    """A table whose rows belong to periods; waves of `file` or `waves` are its periods where it names no others"""

    @model_validator(mode="before")
    @classmethod
    def _waves_are_periods(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        named = [names for names in (given.get("file"), given.get("waves")) if isinstance(names, dict)]
        times = {key: given.get(key) for key in ("period", "date", "periods")}
        if not named or times["date"] is not None or times["period"] not in (None, WAVE):
            return given
        return given | {"period": WAVE, "periods": times["periods"] or list(named[0])}
