"""What a reader of one format hands to `table.py`, and the names that its columns are called by."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.texts import plain, text

BEGINNING = 20  # characters that a beginning needs before its "..."
_NO_ITEM = {
    "response",
    "open-ended response",
    "svar",
    "åbent svar",
    "öppet svar",
}  # SurveyMonkey, of a question without items


@dataclass(frozen=True)
class ReadOtherwise(Problem):
    """A problem that another `read` solves; `cx look` takes it."""

    read: Read = Read()  # noqa: RUF009 (frozen)


@dataclass
class Raw:
    """A table as found in a file, before client.yml is held against it.

    header : the name of each column: its heading, the second of two equal ones as "Heading (2)", "" without one
    columns : one sequence of cells for each; None for a column that nobody wanted
    rows : the spreadsheet row of each cell
    how : how the file was read: format, encoding, delimiter or sheet
    labels : value labels of SPSS and Stata, {column: {code: label}}
    missing : codes that the file calls missing, {column: [{"lo": ..., "hi": ...}]}
    notes : what is worth a look
    repeated : {name: the heading that stands more than once}
    row : where the headings stand
    dated : whether a heading is a date, as a spreadsheet makes of 1.1
    texts : what the file says of a column, {column: the question}
    """

    header: list[str]
    columns: list
    rows: Sequence[int]
    how: str
    labels: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, list[dict]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    repeated: dict[str, str] = field(default_factory=dict)
    row: int = 1
    dated: bool = False
    texts: dict[str, str] = field(default_factory=dict)


def without_rows(raw: Raw, rows: Collection[int]) -> Raw:
    """The table without these rows of the file."""
    if not rows:
        return raw
    stays = [row not in set(rows) for row in raw.rows]
    columns = [None if column is None else column[stays] for column in raw.columns]
    return replace(raw, columns=columns, rows=[row for row in raw.rows if row not in set(rows)])


def named(header: Sequence[object]) -> tuple[list[str], dict[str, str]]:
    """The name of each column, and which of them are told apart from an earlier heading: {"Statement (2)": "Statement"}."""
    texts = [" ".join(text(cell).split()) for cell in header]
    taken = {plain(each) for each in texts}
    names, repeated, seen = [], {}, set()
    for each in texts:
        name = each
        count = 1
        while name and plain(name) in seen | (taken - {plain(each)} if count > 1 else set()):
            count += 1
            name = f"{each} ({count})"
        if count > 1:
            repeated[name] = each
        seen.add(plain(name))
        names.append(name)
    return names, repeated


def joined(rows: Sequence[Sequence[object]], spans: Sequence[Sequence[tuple[int, int]]] | None = None) -> list[str]:
    """Several rows of headings as one: "question - item".

    A spanning cell counts for the blanks right of it: those of its merged range in `spans`, or, where the file knows no
    merged cells, all up to the next filled one.
    """
    width = max((len(row) for row in rows), default=0)
    lines = [[text(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    for at, line in enumerate(lines[:-1]):
        ranges = spans[at] if spans else ()
        if ranges:
            for first, last in ranges:
                line[first : last + 1] = [line[first]] * (last + 1 - first)
        else:
            below = [any(more[i] for more in lines[at + 1 :]) for i in range(width)]
            for i in range(1, width):
                line[i] = line[i] or (line[i - 1] if below[i] else "")
    return [_one_heading([line[i] for line in lines]) for i in range(width)]


def _one_heading(parts: list[str]) -> str:
    parts = list({plain(part): part for part in reversed(parts) if part}.values())[::-1]
    if len(parts) > 1 and parts[-1].casefold() in _NO_ITEM:
        parts = parts[:-1]
    return " - ".join(parts)


def position(name: str, header: Sequence[str]) -> list[int]:
    """Where the column that client.yml calls `name` stands; several places where a beginning fits several columns.

    A name is a heading, the beginning of one ended by "...", or "column 12".
    """
    if name in header:
        return [header.index(name)]
    wanted = plain(name)
    known = [plain(each) for each in header]
    if wanted and wanted in known:
        return [known.index(wanted)]
    beginning = re.sub(r"\s*(\.\.\.|…)$", "", wanted)
    if beginning != wanted and len(beginning) >= BEGINNING:
        return [i for i, each in enumerate(known) if each.startswith(beginning)]
    number = re.fullmatch(r"column ([1-9][0-9]{0,4})", wanted)
    return [int(number[1]) - 1] if number and int(number[1]) <= len(header) else []


def kept(header: Sequence[str], wanted: Collection[str] | None) -> list[bool]:
    """Which columns client.yml names, those without a heading, and those that say which rows are tests; all where it names none."""
    if wanted is None:
        return [True] * len(header)
    places = {place for name in wanted for place in position(name, header)} | set(states(header).values())
    return [not name or i in places for i, name in enumerate(header)]


def states(header: Sequence[str]) -> dict[str, int]:
    """{"status", "finished": its place} of the columns in which Qualtrics says what a row is; none in other files."""
    plainly = [re.sub(r'\{"importid":"_?(\w+)".*\}', r"\1", name.casefold()) for name in header]
    if not {"status", "finished"} <= set(plainly) or not {"recordeddate", "responseid", "recordid"} & set(plainly):
        return {}
    return {name: plainly.index(name) for name in ("status", "finished")}


@dataclass
class Top:
    """The headings of a sheet or a csv, the last of them in `row`: `cells` as they stand, `names` as columns are called."""

    row: int
    cells: list
    names: list[str]
    repeated: dict[str, str]

    @property
    def dated(self) -> bool:
        """Whether a heading is a date."""
        return any(isinstance(cell, date) for cell in self.cells)


def top_of(
    lines: Sequence[tuple[int, Sequence]], read: Read, file: str, merged: Sequence[tuple[int, int, int, int]] = ()
) -> tuple[Top, list[tuple[int, Sequence]]]:
    """The headings among the first lines of a table, and the lines that follow them.

    lines : (spreadsheet row, cells)
    merged : ranges as (first row, first column, last row, last column), columns from 0
    Raises: DataError for a row of headings that is blank or a title
    """
    lines = [(row, cells) for row, cells in lines if row >= read.headings[0] and row not in read.skip]
    check_headings(lines, file, read)
    if len(read.headings) == 1:
        at, header = lines[0]
        below = lines[1:]
    else:
        at, rows = read.headings[-1], dict(lines)
        spans = [[(left, right) for first, left, _, right in merged if first == row] for row in read.headings]
        header = joined([rows.get(row, ()) for row in read.headings], spans)
        below = [line for line in lines if line[0] not in read.headings]
    return Top(at, list(header), *named(header)), below


def check_headings(lines: Sequence[tuple[int, Sequence]], file: str, read: Read) -> None:
    """Refuses a first line that is blank or a title; the row that looks like the headings is named.

    lines : the first lines of the table as (spreadsheet row, cells), from the row where the headings are said to stand
    Raises: DataError
    """
    filled = {row: sum(bool(text(cell)) for cell in cells) for row, cells in lines}
    first, here = next(iter(filled.items()), (1, 0))
    below = [row for row, count in filled.items() if count > max(1, here)]
    if here == 0 or (here == 1 and len(read.headings) == 1 and below and filled[below[0]] > 2):
        rule = "the first row is blank" if here == 0 else "a single text stands where the headings should be"
        found = below[0] if below else first + 1
        remedy = f"If the headings stand in row {found}, say so under `read: headings`"
        other = read.model_copy(update={"headings": (found,)})
        raise DataError([ReadOtherwise(file, rule, remedy, row=first, read=other)])
