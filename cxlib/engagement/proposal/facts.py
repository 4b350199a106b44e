"""What the columns of a table hold, as far as it may be told: counts, ranges, and values that several rows share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

import pandas as pd

from cxlib.engagement.proposal.words import DURATION, NO_ANSWER, TIME_OF_DAY
from cxlib.engagement.tables.cells import moment, numbers, text
from cxlib.engagement.tables.table import Table

SHARED = 5  # rows that must share a value before it is shown
_FORMS = (
    "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%y", "%d/%m/%y", "%d.%m.%y", "%m/%d/%y", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
_SELDOM = ("%m-%d-%Y",)  # only where no other form fits: Enalyzer writes its variables so
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H.%M", " %H.%M.%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M")
_ZONE = re.compile(r" (GMT[+-]\d{1,2}|UTC|GMT|CES?T)$")
_CLOCK = re.compile(r"\d{1,3}:\d{2}(:\d{2})?")
_SPENT = re.compile(r"(\d+ ?(h|hours?|timer?|t) ?)?(\d+ ?(m|min|minutt?er|minutes?) ?)?(\d+ ?(s|sec|sek|seconds?|sekunder)\.?)?", re.IGNORECASE)
_LEADING = re.compile(r"(-?\d{1,3})\s*([-–:=.)(]|\s)\s*\D")
_TRIED = 400  # distinct cells by which a form of dates is tried


@dataclass(frozen=True)
class Facts:
    """One column: `counts` are its distinct cells as text with their rows, `numeric` those that are numbers."""

    name: str
    title: str  # the question's text, where the file has one beside the heading
    rows: int
    counts: dict[str, int]
    numeric: dict[float, int]
    labels: dict[float, str] = field(default_factory=dict)
    declared_missing: frozenset[float] = frozenset()
    forms: tuple[str, ...] = ()  # how dates are written in it: all forms that fit all cells; "" is ISO 8601
    zones: tuple[str, ...] = ()
    mixed: bool = False  # some cells are dates of a spreadsheet, the others texts of a date that it could not read
    clock: bool = False  # lengths of time written as 00:07:12 or 3m 12s
    first: str = ""
    last: str = ""

    @property
    def filled(self) -> int:
        """Rows with a cell."""
        return sum(self.counts.values())

    @property
    def distinct(self) -> int:
        """Different cells."""
        return len(self.counts)

    @property
    def words(self) -> str:
        """Heading and title, for matching."""
        return self.title if self.title and self.title.startswith(self.name) else f"{self.name} {self.title}".strip()

    @property
    def is_numeric(self) -> bool:
        """Whether (nearly) every cell is a number; the rest may be codes written as text."""
        return bool(self.filled) and sum(self.numeric.values()) >= 0.9 * self.filled

    @property
    def is_date(self) -> bool:
        """Whether every cell is a date."""
        return bool(self.forms)

    @property
    def unique(self) -> bool:
        """Whether every row has a cell of its own."""
        return self.filled == self.rows == self.distinct

    @property
    def length(self) -> float:
        """Mean length of a distinct text."""
        return sum(map(len, self.counts)) / max(1, self.distinct)

    @property
    def whole(self) -> bool:
        """Whether all numbers are whole."""
        return all(number == int(number) for number in self.numeric)

    @property
    def low(self) -> float:
        """The smallest number."""
        return min(self.numeric, default=float("nan"))

    @property
    def high(self) -> float:
        """The largest number."""
        return max(self.numeric, default=float("nan"))

    @property
    def is_amount(self) -> bool:
        """Whether every cell is a number, or a number with a currency or a percent sign."""
        if self.is_numeric:
            return True
        said = list(self.counts)[:50]
        return bool(said) and all(re.fullmatch(r"[^\d-]{0,5}-?[\d., ]+[^\d]{0,5}", cell) for cell in said)

    @property
    def is_group(self) -> bool:
        """Whether it tells a few groups apart, most of them large enough to be shown."""
        large = [count for count in self.counts.values() if count >= SHARED]
        return not self.is_numeric and not self.is_date and not self.clock and 2 <= self.distinct <= 12 and len(large) > 1 and share(large, self.filled) > 0.7

    @property
    def named(self) -> dict[str, int]:
        """The groups as a reader sees them: labels in place of codes."""
        named: dict[str, int] = {}
        for cell, count in self.counts.items():
            key = self.label(cell)
            named[key] = named.get(key, 0) + count
        return named

    def label(self, cell: str) -> str:
        """What a reader sees of a cell: the label of its code, where the file has one."""
        return self.labels.get(_float(cell), cell) if self.labels else cell

    @property
    def leading(self) -> dict[str, float]:
        """{"5 - Very satisfied": 5}, where that is how all texts that are answers begin, each with a number of its own."""
        texts = [cell for cell in self.counts if _float(cell) is None and not NO_ANSWER.search(cell)]
        found = {cell: float(match.group(1)) for cell in texts if (match := _LEADING.match(cell))}
        plain = {number for cell in self.counts if (number := _float(cell)) is not None}
        return found if texts and len(found) == len(texts) and len({*found.values()} | plain) == len(found) + len(plain) else {}

    def shown(self, most: int = 4) -> str:
        """The commonest values that at least five rows share, for a comment."""
        open_to_all = [value if len(value) <= 40 else value[:39].rstrip() + "…" for value, count in self.named.items() if count >= SHARED]
        return ", ".join(open_to_all[:most]) + ", ..." * (len(open_to_all) > most)


def facts_of(table: Table, titles: dict[str, str], decimal: str | None = None) -> list[Facts]:
    """The facts of all columns of a table, in their order."""
    return [_column(table, column, titles.get(column, ""), decimal) for column in table.cells]


def _column(table: Table, column: str, title: str, decimal: str | None) -> Facts:
    cells = table.cells[column]
    ids, stored = pd.factorize(cells.astype(object), use_na_sentinel=True)
    times = pd.Series(ids[ids >= 0]).value_counts()
    counts: dict[str, int] = {}
    numeric: dict[float, int] = {}
    for i, (cell, number) in enumerate(zip(stored, numbers(list(stored), decimal=decimal), strict=True)):
        if not (as_text := text(cell)):
            continue
        count = int(times.get(i, 0))
        counts[as_text] = counts.get(as_text, 0) + count
        if isinstance(number, float):
            numeric[number] = numeric.get(number, 0) + count
    counts = dict(sorted(counts.items(), key=lambda item: -item[1]))
    filled = [cell for cell in stored if text(cell)]
    forms, zones = date_forms(filled) if len(numeric) < len(filled) or not filled else ((), ())
    labels = {float(code): text(label) for code, label in table.labels.get(column, {}).items() if isinstance(code, int | float)}
    missing = frozenset(number for number in numeric if table.is_missing(column, number))
    clock = bool(filled) and not forms and all(_is_spent(cell) for cell in filled[:_TRIED]) and not _is_time_of_day(column, filled)
    mixed = bool(filled) and not forms and _half_dates(filled)
    ends = [text(cells.iloc[i]) for i in (0, -1)] if len(cells) else ["", ""]
    return Facts(column, one_space(title), len(cells), counts, numeric, labels, missing, forms, zones, mixed, clock, *ends)


def date_forms(cells: list) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms in which all cells are dates ("" is ISO 8601), and the time zones that are written behind them."""
    cells = cells[:_TRIED]
    if not cells or any(isinstance(cell, int | float | time) and not isinstance(cell, date) for cell in cells):
        return (), ()
    texts = [text(cell) for cell in cells]
    if all(moment(cell) and len(said) >= 8 for cell, said in zip(cells, texts, strict=True)):
        return ("",), ()
    zones = sorted({match.group(1) for said in texts if (match := _ZONE.search(said))})
    plain = [_ZONE.sub("", said) for said in texts]
    if not any(character.isdigit() for character in plain[0]):
        return (), ()
    return _fitting(plain, _FORMS) or _fitting(plain, _SELDOM) or _of_two_years(plain), tuple(zones)


def _fitting(texts: list[str], days: tuple[str, ...]) -> tuple[str, ...]:
    """The forms, with or without a time, in which all texts are dates."""
    forms = [day + clock for day in days for clock in _TIMES]
    return tuple(form for form in forms if all(moment(said, form) for said in texts))


def _of_two_years(texts: list[str]) -> tuple[str, ...]:
    """The pair of forms, written as one with a `|`, where some of the years have two digits and some have four."""
    return tuple(f"{day + clock}|{day.replace('%Y', '%y') + clock}" for day in _FORMS if day.replace("%Y", "%y") in _FORMS and "%Y" in day for clock in _TIMES
                 if all(moment(said, day + clock) or moment(said, day.replace("%Y", "%y") + clock) for said in texts))  # fmt: skip


def _is_spent(cell: object) -> bool:
    """Whether the cell is a length of time as people write it."""
    if isinstance(cell, time):
        return True
    said = text(cell)
    return bool(_CLOCK.fullmatch(said)) or bool(re.search(r"\d ?[a-z]", said, re.IGNORECASE) and _SPENT.fullmatch(said))


def _half_dates(cells: list) -> bool:
    """Whether a spreadsheet took some of the dates for dates and left the others as texts."""
    dates = [cell for cell in cells[:_TRIED] if isinstance(cell, date)]
    others = [cell for cell in cells[:_TRIED] if not isinstance(cell, date)]
    return bool(dates) and bool(others) and all(isinstance(cell, str) for cell in others) and bool(date_forms(others)[0])


def _is_time_of_day(column: str, cells: list) -> bool:
    """Whether clock times say when, not how long."""
    if DURATION.search(column):
        return False
    hours = [int(match.group(1)) for cell in cells[:_TRIED] if (match := re.match(r"(\d{1,3}):\d{2}", text(cell)))]
    return bool(TIME_OF_DAY.search(column)) or (bool(hours) and max(hours) >= 6 and sorted(hours)[len(hours) // 2] >= 3)


def _float(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def one_space(said: str) -> str:
    """A question's text without tags, line breaks and repeated spaces."""
    return " ".join(re.sub(r"<[^>]{1,200}>|&nbsp;", " ", said).split())


def share(counts: Iterable[int], rows: int) -> float:
    """The share of rows."""
    return sum(counts) / max(1, rows)
