"""What the sheets of all spreadsheets share: which one is read, and how its lines become a table."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from cxlib.engagement.problems import DataError, Fix, Problem, at_rows, stop_on_errors
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.no_answers import TAIL, is_total, more_headings, totals_and_footers
from cxlib.engagement.tables.raw import Raw, Top, kept, top_of

_GUIDE = re.compile(
    r"(read|læs|läs|les) ?(me|mig|meg)|guide|info(rmation(er)?)?|about|om|instru[ck]tion(s|er)?|notes?|noter|help|hjælp|hjälp|legend|cover|"
    r"front ?page|forside|framsida|contents?|indhold|innehåll|vejledning|anvisning(ar)?|explanations?|forklaring(er)?|förklaring(ar)?|"
    r"code ?book|kodebog|kodbok|data ?dictionary",
    re.IGNORECASE,
)  # what sheets are called that explain the table
Range = tuple[int, int, int, int]  # first row, first column (from 0), last row, last column


def chosen_sheet(candidates: Mapping[str, bool], filled: Mapping[str, bool], file: str, declared: str | None) -> str:
    """The declared sheet, or the only visible one that holds anything.

    candidates : {name: whether it is visible and holds anything}
    filled : {name: whether it holds anything}
    Raises: DataError
    """
    names = [name for name, holds in candidates.items() if holds]
    if declared is not None:
        if declared not in candidates:
            rule = f'there is no sheet "{declared}"'
            raise DataError([Problem(file, rule, f"The sheets are: {', '.join(candidates)}")])
        if filled[declared]:
            return declared
        raise DataError([Problem(file, f'the sheet "{declared}" holds nothing', _others(filled))])
    if not names:
        raise DataError([Problem(file, "no visible sheet holds anything", _others(filled))])
    if len(names) > 1:
        rule = f"there are {len(names)} sheets: {', '.join(names)}"
        raise DataError([Problem(file, rule, "Name the right one under `read: sheet`", fix=_beside_a_guide(names, file))])
    return names[0]


def _beside_a_guide(names: list[str], file: str) -> tuple[Fix, ...]:
    """The one sheet that does not explain the others, where there is one."""
    tables = [name for name in names if not _GUIDE.fullmatch(name.strip().replace("_", " "))]
    return (Fix(file.partition("/")[2], "", tables[0], "sheet"),) if len(tables) == 1 else ()


def _others(filled: Mapping[str, bool]) -> str:
    names = [name for name, holds in filled.items() if holds]
    return (
        f"Name a sheet that does under `read: sheet`: {', '.join(names)}" if names else "Put the table's export there"
    )


def sheet_table(
    lines: Sequence[Sequence],
    file: str,
    read: Read,
    wanted: Collection[str] | None,
    how: str,
    *,
    merged: Sequence[Range] = (),
    hidden: Collection[int] = (),
    check: Callable[[Top, list[bool]], None] = lambda top, keep: None,
) -> Raw:
    """The lines of a sheet, from row 1, as a table.

    merged : the merged ranges; hidden : the rows that a filter hides
    check : what the format itself refuses, told the headings and which columns are kept
    """
    first = read.headings[0]
    numbered = list(enumerate(lines, start=1))
    top, opening = top_of(numbered[first - 1 : first + 60], read, file, merged)
    width = max((i + 1 for line in lines[first - 1 :] for i, cell in enumerate(line) if text(cell)), default=0)
    names = [*top.names, *[""] * width][:width]
    keep = kept(names, wanted)
    check(top, keep)
    notes = []
    spans = [(left, right) for start, left, _, right in merged if start == top.row and right > left]
    opening = [line for line in opening if any(text(cell) for cell in line[1])]
    if problem := more_headings(top, opening, read, file, spans):
        stop_on_errors([problem])
        notes.append(problem)
    without = {*read.headings, *read.skip, *(hidden if read.hidden == "drop" else ())}
    below = [(row, line) for row, line in numbered[first:] if row not in without and any(text(cell) for cell in line)]
    columns = [objects([line[i] if i < len(line) else None for _, line in below]) for i in range(width)]
    rows = np.array([row for row, _ in below], dtype=np.int64)
    raw = Raw(names, columns, rows, how, notes=notes, repeated=top.repeated, row=top.row, dated=top.dated)
    raw.notes += _hidden_rows(raw, read, file, hidden) + _merged_cells(raw, file, keep, merged)
    totals = [(row, line) for row, line in below if is_total(next((cell for cell in line if text(cell)), None))]
    stop_on_errors([*totals_and_footers(raw, totals, below[-TAIL:], read, file)])
    return raw


def objects(cells: list) -> np.ndarray:
    """Cells of several types as a column."""
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def _hidden_rows(raw: Raw, read: Read, file: str, hidden: Collection[int]) -> list[Problem]:
    """Rows that a filter hides count, unless client.yml says otherwise: that is worth a word."""
    rows = [row for row in raw.rows if row in set(hidden)]
    if not rows or read.hidden is not None:
        return []
    rule = f"{len(rows)} of {len(raw.rows)} rows are hidden in the spreadsheet, and count"
    remedy = "Say `hidden: drop` under `read` to leave them out, or `hidden: keep` where they belong"
    return [at_rows(rows, file=file, rule=rule, remedy=remedy, severity="warning")]


def _merged_cells(raw: Raw, file: str, keep: list[bool], merged: Sequence[Range]) -> list[Problem]:
    """Merged cells in columns that are read: all rows but the first of each are blank."""
    notes = []
    there = set(map(int, raw.rows))
    for i, name in enumerate(raw.header):
        tall = [first for first, left, last, right in merged if left <= i <= right and last > first and first in there]
        if name and keep[i] and tall:
            rule = f"cells are merged over several rows{' here and in other rows' * (len(tall) > 1)}; only the first row of each has the value"
            remedy = "Split them in the spreadsheet and fill every row, where the value is meant for all of them"
            notes.append(at_rows(tall, file=file, column=name, rule=rule, remedy=remedy, severity="warning"))
    return notes
