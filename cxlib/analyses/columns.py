"""What a column of a Result is called, how it is written and what it means; each room declares those of its tables.

`cxlib/analyses/<room>/columns.py` holds a tuple COLUMNS; the columns that several rooms share stand here. A report asks
`columns_of(result, table)` and knows no column by itself. A column that nobody declares is the client's own.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Literal

import pandas as pd

import cxlib.analyses
from cxlib.analyses.result import Result, Term
from cxlib.analyses.units import Unit

WORDS = ("term", "text", "period")  # styles of words: a term is ours and is translated, a text is the client's
OWN = Term("As in the company's own data.")
CONFIDENCE = 0.95  # of a result that names none in its settings


@dataclass(frozen=True)
class Column:
    """A column as its room declares it.

    heading  a message to translate; an interval's has the slot {level:general}; other slots are settings of the result
    style    a Unit, one of WORDS, "interval", or another style of `report/language/numbers.py`
    meaning  what it is, in a sentence to translate; an interval's has that slot, too
    shown    False for what charts and other programs read
    by_row   "value": written in the unit that the row's `unit` names; "difference": as a difference in that unit
    of       results, or tables as "worth.chain", of which this is said; (), where nobody says more
    """

    name: str
    heading: str
    style: str
    meaning: str
    shown: bool = True
    by_row: Literal["", "value", "difference"] = ""
    of: tuple[str, ...] = ()

    @property
    def in_words(self) -> bool:
        """Whether its cells are words and stand to the left."""
        return self.style in WORDS

    @property
    def is_own(self) -> bool:
        """Whether it is the client's own, its heading not ours to translate."""
        return self.meaning is OWN

    def styles(self, table: pd.DataFrame) -> list[str]:
        """The number style of each of the table's rows: its own, or the one that the row's `unit` names."""
        if "unit" not in table or not self.by_row:
            return [self.style] * len(table)
        return [Unit(unit).signed_ends if self.by_row == "difference" else unit for unit in table["unit"]]


def hidden(*names: str, of: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Columns for charts and other programs, which no reader sees."""
    return tuple(Column(name, "", "text", "", shown=False, of=of) for name in names)


# fmt: off
COLUMNS = (
    Column("interval", "{level:general}% interval", "interval", "The range that holds the true figure in {level:general} of 100 samples."),
    Column("n", "Answers", "count", "Answers that the row rests on."),
    Column("subject", "About", "term", "Whom or what the figure is about."),
    Column("figure", "Figure", "term", "Which figure the row gives."),
    Column("verdict", "Verdict", "term", "What can be concluded once chance is allowed for."),
    Column("segment", "Split by", "text", "What customers are grouped by."),
    Column("group", "Group", "text", "The group of customers or people."),
    Column("block", "Area", "text", "Area of experience: questions that belong together."),
    Column("question", "Question", "text", "The question, as it was asked."),
    Column("period", "Period", "period", "When the answers were given."),
    Column("estimate", "Result", "points", "The figure, in the unit of its row.", by_row="value"),
    Column("index", "Index (0–100)", "index", "Mean answer converted to 0–100 by the ends of the scale."),
    Column("share", "Share", "percent", "Share of the answers; all together are 100%."),
    Column("p", "Chance alone (p)", "p", "How often chance alone would give at least as much, 0–1."),
    Column("rank", "Rank", "count", "Place in the ranking, 1 being first."),
    Column("shape", "Shape", "term", "The shape of curve that was tried on the data."),
    Column("p_holm", "Chance alone (p, adjusted)", "p", "The p-value, made stricter because several questions were asked at once."),
    *hidden("unit", "lowest", "highest", "left", "right"),
)
# fmt: on


@dataclass(frozen=True)
class Columns:
    """The columns of one table of a result."""

    result: str
    table: str
    confidence: float = CONFIDENCE
    named: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        """The column of that name; `x_interval` that nobody declares is an interval, any other the client's own text."""
        every, name = declared(), str(name)
        said = (*every.get(name, ()), *(every["interval"] if name.endswith("_interval") else ()))
        places = (f"{self.result}.{self.table}", self.result)
        special = (column for place in places for column in said if place in column.of)
        plain = (column for column in said if not column.of)
        return next(chain(special, plain, [Column(name, name, "text", OWN)]))

    def interval(self, name: str) -> Column | None:
        """The interval that a column is one end of: `change_interval` of `change_low`, `interval` of `low`; None of another."""
        estimate = end_of(name)
        if estimate is None or not self[name].shown:  # an end that no reader sees is declared by itself
            return None
        return self[f"{estimate}_interval" if estimate else "interval"]

    def shown(self, table: pd.DataFrame) -> list[str]:
        """The names of the columns that a reader sees."""
        return [name for name in table if self[name].shown]

    @property
    def slots(self) -> Mapping[str, object]:
        """What fills the slots of a heading and a meaning: an interval's level, in percent, and what the result names."""
        return {"level": 100 * self.confidence, **self.named}


def columns_of(result: Result, table: str) -> Columns:
    """The columns of a table, intervals with the confidence of the result.

    >>> columns_of(net_promoter_score, "periods")["n"].heading
    'Answers'
    """
    confidence = result.settings.get("confidence", CONFIDENCE)
    named = {name: value for name, value in result.settings.items() if isinstance(value, str)}
    return Columns(result.name, table, confidence if isinstance(confidence, float) else CONFIDENCE, named)


def end_of(name: str) -> str | None:
    """Whose interval a column is one end of: "change" of "change_low", "" of "low"; None of another column."""
    estimate, _, end = str(name).rpartition("_")
    return estimate if end in ("low", "high") else None


@cache
def declared() -> Mapping[str, tuple[Column, ...]]:
    """Every column that is declared, by name; raises ValueError where two could be meant by one name."""
    found: dict[str, tuple[Column, ...]] = {}
    for _, column in by_room():
        taken = {place for other in found.get(column.name, ()) for place in other.of or ("",)}
        if taken & {*(column.of or ("",))}:
            raise ValueError(f"column {column.name!r} is declared twice; say with `of` which results each is meant for.")
        found[column.name] = (*found.get(column.name, ()), column)
    return found


def by_room() -> Iterator[tuple[str, Column]]:
    """Every column with the room that declares it; "" for the shared ones."""
    yield from (("", column) for column in COLUMNS)
    for room in pkgutil.iter_modules(cxlib.analyses.__path__):
        if room.ispkg:
            declares = importlib.import_module(f"cxlib.analyses.{room.name}.columns")
            yield from ((room.name, column) for column in declares.COLUMNS)
