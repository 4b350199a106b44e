"""What a file holds, for whoever has to describe it in client.yml: its columns, never anybody's answers."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.engagement.folder import LARGEST
from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import Unreadable, moment, numbers, text
from cxlib.engagement.tables.formats import read_raw, sheet_sizes
from cxlib.engagement.tables.naming import matched
from cxlib.engagement.tables.raw import Raw, ReadOtherwise

SHARED = 5  # rows that must share a value before it is shown
_EXAMPLES = 6
_MANY = 20_000  # distinct cells beyond which a column is judged by the shape of all of them at once
_CODES = 50  # different codes with a number in them above which they name single people or cases, however many rows each has
_ROWS = 20  # rows from which a column of cells that all differ is taken for ids
_FORMS = ("%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_PERSONAL = {
    "mail": r"e-?mail|\bmail|e-?post\b|mailadr",
    "phone number": r"phone|telefon|mobil|\btlf|\btel\b|\bcell\b",
    "name": r"\bname|name\b|navn|namn",
    "address": r"address|adresse?\b|\bip\b|latitude|longitude|breddegrad|længdegrad|\bgade\b|street",
    "number of a person": r"\bcpr|\bssn\b|personn|social security|birth|fødsel|född|\blogin\b|\buser([ _]?(id|name))?\b",
    "id": r"\bid\b|\b\w*_?id$|\bids\b|respondent|\w+nr\b|\w+nummer|\bkey\b|token|guid|custom data",
    "free text": r"comment|kommentar|bemærk|uddyb|beskriv|describe|please specify|\bwhy\b|hvorfor|varför|fritekst|_text\b",
}


@dataclass(frozen=True)
class Look:
    """What a file holds: `lines` says it as a table of plain text."""

    file: str
    how: str
    read: Read
    rows: int
    columns: list["ColumnLook"]
    sheets: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """A text for a terminal: no sign of the file can steer it."""
        said = [f"{self.file}: {self.how}", f"{_count(self.rows, 'row')}, {_count(len(self.columns), 'column')}"]
        if len(self.sheets) > 1:
            listed = ", ".join(f"{name} ({_count(count, 'row')})" for name, count in self.sheets.items())
            said.append(f"sheets: {listed}; this is {self.read.sheet}")
        if keys := _keys(self.read):
            said.append(f"in client.yml: read: {{{keys}}}")
        said += self.notes
        questions = any(column.question for column in self.columns)
        head = ["column", "holds", "blank", "values that at least 5 rows share", *(["question"] if questions else [])]
        table = [
            [
                _cut(column.name, 60),
                column.holds,
                column.blank,
                column.examples,
                *([column.question] if questions else []),
            ]
            for column in self.columns
        ]
        return [printable(line) for line in said] + ["", *_aligned([head, *table])]


@dataclass(frozen=True)
class ColumnLook:
    """What a column holds; `examples` shows values, or says why not."""

    name: str
    holds: str
    blank: str
    examples: str
    question: str = ""


def look(path: Path, sheet: str | None = None) -> Look:
    """What the file holds. Rows that are no answers are left out where their place is plain, and that is told.

    Raises: DataError where the file cannot be read.
    """
    try:
        return _look(path, sheet)
    except DataError as error:
        clean = [replace(each, file=printable(each.file), rule=printable(each.rule), remedy=printable(each.remedy),
                         column=printable(each.column)) for each in error.problems]  # fmt: skip
        raise DataError(clean) from None


def _look(path: Path, sheet: str | None) -> Look:
    data = _bytes(path)
    sizes = sheet_sizes(data, path.name)
    if sheet is None and len(sizes) > 1:
        sheet = max(sizes, key=lambda name: sizes[name])
    raw, read, notes = _raw(data, path.name, Read(sheet=sheet))
    _, doubts = matched(raw, path.name, None)
    notes += [str(each).removeprefix(f"{path.name}, ").removeprefix(f"{path.name}: ") for each in [*raw.notes, *doubts]]
    columns = [_column(raw, i) for i in range(len(raw.header))]
    there = [column for column in columns if column is not None]
    return Look(path.name, raw.how, read, len(raw.rows), there, sizes, tuple(notes))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            rule = f"the file is larger than {LARGEST // 1024**3} GB"
            raise DataError([Problem(path.name, rule, "Split or thin it out")])
        return path.read_bytes()
    except OSError as error:
        rule = f"the file cannot be read ({(error.strerror or type(error).__name__).lower()})"
        raise DataError([Problem(str(path), rule, "Check its name and its rights")]) from None


def _raw(data: bytes, name: str, read: Read) -> tuple[Raw, Read, list[str]]:
    """The table, how it is read, and what was left out of it on the way."""
    notes: list[str] = []
    for _ in range(6):
        try:
            return read_raw(lambda: data, name, name, read, None), read, notes
        except DataError as error:
            [problem, *more] = error.problems
            if more or not isinstance(problem, ReadOtherwise) or problem.read == read:
                raise
            read = problem.read
            notes.append(f"row {problem.row}: {problem.rule}")
    return read_raw(lambda: data, name, name, read, None), read, notes


def _keys(read: Read) -> str:
    """The keys of `read` that are not as they are by themselves, as client.yml has them."""
    given = {name: value for name, value in read if value != type(read).model_fields[name].default}
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    said = {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in said.items()}
    return ", ".join(f"{name}: {_quoted(value)}" for name, value in said.items())


def _quoted(value: object) -> str:
    plain = not isinstance(value, str) or re.fullmatch(r"[A-Za-zÆØÅæøåÄÖäö][\w ]*", value)
    return str(value) if plain else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


# ---------------------------------------------------------------- columns
def _column(raw: Raw, i: int) -> ColumnLook | None:
    name, labels = raw.header[i] or f"column {i + 1}", raw.labels.get(raw.header[i], {})
    counts = _counts(raw.columns[i])
    filled = int(counts.sum())
    if not raw.header[i] and not filled:
        return None
    blank = _share(len(raw.rows) - filled, len(raw.rows))
    question = raw.texts.get(raw.header[i], "")
    if not filled:
        return ColumnLook(name, "nothing", blank, "", question)
    kind, span = _kind(counts, labels)
    personal = _personal(f"{name} {question}", counts, kind)
    if personal:
        return ColumnLook(name, f"{kind}, {_distinct(counts)}", blank, f"not shown: {personal}", question)
    holds = f"{kind}{',' * kind.startswith('dates as')} {span}".strip(" ,") + (
        "" if kind.startswith("dates") else f", {_distinct(counts)}"
    )
    return ColumnLook(name, holds, blank, _examples(counts, kind, labels), question)


def _counts(cells: Sequence) -> pd.Series:
    """{cell: rows that have it}, the most frequent first, blank ones left out."""
    column = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype=object)
    try:
        counts = column.value_counts()
    except TypeError:  # lists in a parquet
        counts = column.map(text).value_counts()
    if len(counts) <= _MANY:
        return counts[[bool(text(cell)) for cell in counts.index]]
    return counts[counts.index != ""]


def _distinct(counts: pd.Series) -> str:
    count = len(counts)
    return "all different" if count == counts.sum() and count > 1 else f"{count:,} distinct"


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0
    return "" if not part else "<1 %" if share < 0.5 else f"{min(share, 99 if part < whole else 100):.0f} %"


def _kind(counts: pd.Series, labels: dict) -> tuple[str, str]:
    """(what kind of cells these are, from where to where they go)."""
    if labels:
        return "codes with labels", ""
    if len(counts) > _MANY and isinstance(counts.index.dtype, pd.StringDtype):
        found = _kind_of_many(counts.index)
        if found is not None:
            return found
    cells = list(counts.index[:: len(counts) // _MANY + 1])
    if all(isinstance(cell, date) for cell in cells):
        return "dates", _span([moment(cell) for cell in cells])
    read = numbers(cells)
    if all(isinstance(number, float) for number in read):
        return _numbers(read)
    if all(number is not Unreadable.TEXT for number in read):
        return "numbers that can be read two ways: say `decimal`", ""
    if found := _dates(cells):
        return found
    return ("numbers and texts" if any(isinstance(number, float) for number in read) else "texts"), ""


def _numbers(read: Iterable[float]) -> tuple[str, str]:
    values = np.array(list(read), dtype=float)
    low, high = values.min(), values.max()
    if (values == values.round()).all():
        return "whole numbers", f"{low:,.0f} to {high:,.0f}"
    return "decimals", f"{low:,.6g} to {high:,.6g}"


def _kind_of_many(cells: pd.Index) -> tuple[str, str] | None:
    """The kind of very many texts, where all of them have one plain shape."""
    stripped = cells.str.strip()
    for sign in ".,":
        if stripped.str.fullmatch(rf"[+-]?[0-9]{{1,15}}(\{sign}[0-9]+)?").all():
            values = pd.to_numeric(pd.Series(stripped.str.replace(",", ".")))
            ambiguous = stripped.str.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}\{sign}[0-9]{{3}}")
            if ambiguous.all():
                return "numbers that can be read two ways: say `decimal`", ""
            return _numbers(values)
    if stripped.str.match(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]").all():
        moments = pd.to_datetime(pd.Series(stripped), format="ISO8601", errors="coerce", utc=True)
        if moments.notna().all():
            return "dates", _span([moments.min(), moments.max()])
    return None


def _span(moments: Sequence[datetime]) -> str:
    return f"{min(moments).date()} to {max(moments).date()}"


def _dates(cells: list) -> tuple[str, str] | None:
    """Dates that are written as texts, and how."""
    if not all(re.match(r"\d{1,4}[-/.]?\d", text(cell)) for cell in cells[:50]):
        return None
    found: dict[str, list[datetime]] = {}
    for form in (None, *(day + time for day in _FORMS for time in _TIMES)):
        if moment(cells[0], form) is None:
            continue
        moments = [moment(cell, form) for cell in cells]
        if all(each is not None and 1900 < each.year < 2101 for each in moments):
            found[form or ""] = moments
    if not found:
        return None
    if "" in found:
        return "dates", _span(found[""])
    return f"dates as {' or '.join(found)}", _span(next(iter(found.values()))) if len(found) == 1 else ""


def _personal(name: str, counts: pd.Series, kind: str) -> str:
    """Why no value of the column is shown, or "". In doubt none is."""
    words = name.casefold()
    for what, pattern in _PERSONAL.items():
        if re.search(pattern, words):
            return f"looks like {'an' if what[0] in 'ai' else 'a'} {what}"
    if kind.startswith("dates") or kind == "decimals":
        return ""
    filled, sample = int(counts.sum()), [text(cell) for cell in counts.index[:2000]]
    if any("@" in cell for cell in sample):
        return "looks like a mail"
    if len(counts) == filled >= _ROWS:
        return "all different, as ids are"
    if kind == "whole numbers" and len(counts) > filled / 2 and np.mean([len(cell) >= 6 for cell in sample]) > 0.5:
        return "looks like an id"
    if kind == "texts" and len(counts) > _CODES and np.mean([bool(re.fullmatch(r"\S*\d{3,}\S*", cell)) for cell in sample]) > 0.9:
        return "looks like an id"
    if (
        kind == "texts"
        and len(counts) > filled / 2
        and len(counts) > SHARED
        and np.mean([" " in cell for cell in sample]) > 0.3
    ):
        return "looks like a free text"
    return ""


def _examples(counts: pd.Series, kind: str, labels: dict) -> str:
    """The most frequent values, where enough rows share each; the file's own labels are no answers and are all shown."""
    if kind == "codes with labels":
        listed = [f"{text(code)} {_cut(text(label), 30)}" for code, label in labels.items()]
        return ", ".join(listed[:_EXAMPLES]) + ", ..." * (len(listed) > _EXAMPLES)
    if kind.startswith(("dates", "decimals", "whole")):
        return ""
    shared = [_cut(text(cell), 40) for cell in counts.index[counts.to_numpy() >= SHARED]]
    return ", ".join(shared[:_EXAMPLES]) + ", ..." * (len(shared) > _EXAMPLES)


# ---------------------------------------------------------------- plain text
def printable(words: str) -> str:
    """The text without signs that steer a terminal or turn the direction of writing."""
    clean = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in words)
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cf", "Cs", "Co", "Cn") else sign for sign in clean)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _cut(words: str, most: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 3].rstrip() + "..."


def _aligned(rows: list[list[str]]) -> list[str]:
    cells = [[printable(_cut(cell, 200)) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = [[cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in cells]
    return ["  ".join(line).rstrip() for line in lines]


def _width(words: str) -> int:
    """The places that a text takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in words)
    return len(words) + wide - sum(unicodedata.category(sign) == "Mn" for sign in words)
