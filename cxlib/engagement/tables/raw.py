"""What a reader of one format hands to `tables.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.tables.cells import text


@dataclass
class Raw:
    """A table as found in a file, before its header is checked.

    header : the headings, as cells
    columns : one sequence of cells per heading; None for a column that nobody wanted
    rows : the spreadsheet row of each cell
    how : how the file was read: format, encoding, delimiter or sheet
    labels : SPSS value labels, {column: {code: label}}
    missing : codes that SPSS calls missing, {column: [{"lo": ..., "hi": ...}]}
    """

    header: list
    columns: list
    rows: Sequence[int]
    how: str
    labels: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, list[dict]] = field(default_factory=dict)


def check_headings(lines: Sequence[tuple[int, Sequence]], file: str) -> None:
    """Refuses a first line that is blank or a title; the row that looks like the headings is named.

    lines : the first lines of the table as (spreadsheet row, cells)
    Raises: DataError
    """
    filled = {row: sum(bool(text(cell)) for cell in cells) for row, cells in lines}
    first, here = next(iter(filled.items()), (1, 0))
    below = [row for row, count in filled.items() if count > max(1, here)]
    if here == 0 or (here == 1 and below and filled[below[0]] > 2):
        rule = "the first row is blank" if here == 0 else "a single text stands where the headings should be"
        remedy = f"If the headings stand in row {below[0] if below else first + 1}, say so under `read: headings`"
        raise DataError([Problem(file, rule, remedy, row=first)])
