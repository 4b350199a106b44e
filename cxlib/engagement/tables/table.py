"""A table of a client folder as it was stored: csv, xlsx, parquet or sav -> `Table`. Its shape is `source.py`'s work, what a
cell says that of `columns.py` and `answers.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem, nearest, stop_on_errors
from cxlib.engagement.settings.reading import FORMATS, Read
from cxlib.engagement.tables import csv_files, office_files
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.raw import Raw

_READERS = csv_files.READERS | office_files.READERS
ENDINGS = tuple(_READERS)
MOST_ROWS = 5_000_000


@dataclass(frozen=True)
class Table:
    """A table as stored: `cells` has the wanted columns, its index is the spreadsheet's row number.

    A cell is a text (csv), a number, a date, or None when blank. `how` says how the file was read, `header` holds all its
    headings. `orders` are groups that client.yml puts in an order where it makes them: {column: its groups}.
    """

    file: str
    cells: pd.DataFrame
    how: str
    labels: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, list[dict]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    header: tuple[str, ...] = ()
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def is_missing(self, column: str, cell: object) -> bool:
        """Whether the file itself declares the cell's code as missing (SPSS)."""
        spans = () if cell is None else self.missing.get(column, ())
        return any(
            isinstance(cell, str) == isinstance(span["lo"], str) and span["lo"] <= cell <= span["hi"] for span in spans
        )

    def label(self, column: str, cell: object) -> str:
        """The label that the file gives the cell's code (SPSS), or ""."""
        return text(self.labels.get(column, {}).get(cell))


def read_table(
    folder: Folder,
    name: str,
    *,
    read: Read = Read(),  # noqa: B008 (frozen)
    wanted: Mapping[str, str] | None = None,
    optional: Iterable[str] = (),
) -> Table:
    """Read the file `name` of a client folder.

    `wanted` is {column: the key of client.yml that names it}; without it every column is kept.
    `optional` are columns that are kept where they exist.

    Raises: DataError with everything that is wrong with the file.
    """
    file = folder.display_name(name)
    kind = PurePath(name).suffix.lower()
    if kind not in _READERS:
        rule = "this ending stands for no table that the workbook reads"
        raise DataError([Problem(file, rule, f"Save the table as {FORMATS}")])
    data = folder.read(name)
    if not data:
        raise DataError([Problem(file, "the file is empty", "Put the table's export there")])
    keep = None if wanted is None else {*wanted, *optional}
    raw = _READERS[kind](data, file, read, keep)
    header = [text(cell) for cell in raw.header]
    problems = _header_problems(file, header, raw, wanted, read.headings)
    stop_on_errors(problems)
    cells = pd.DataFrame(
        {heading: raw.columns[i] for i, heading in enumerate(header) if heading and (keep is None or heading in keep)}
    )
    cells.index = pd.Index(raw.rows, name="row")
    if not len(cells):
        raise DataError([Problem(file, "the table has a header and no rows", "Export the answers too")])
    if len(cells) > MOST_ROWS:
        raise DataError([Problem(file, f"the table has more than {MOST_ROWS:,} rows", "Split or thin it out")])
    if unread := [heading for heading in header if heading and keep is not None and heading not in keep]:
        names = ", ".join(unread[:8]) + f" and {len(unread) - 8} more" * (len(unread) > 8)
        rule = f"not described in client.yml and not read: {names}"
        problems.append(Problem(file, rule, severity="warning"))
    return Table(file, cells, raw.how, raw.labels, raw.missing, tuple(problems), tuple(header))


def _header_problems(
    file: str, header: list[str], raw: Raw, wanted: Mapping[str, str] | None, row: int
) -> list[Problem]:
    problems = []
    for position, heading in enumerate(header, start=1):
        if not heading and any(text(cell) for cell in raw.columns[position - 1]):
            merged = raw.how.startswith("xlsx")
            rule = f"column {position} has values but no heading"
            remedy = f"Give each column one heading in row {row}; split merged cells" if merged else "It is not read"
            severity = "error" if merged else "warning"
            problems.append(Problem(file, rule, remedy, row=row, severity=severity))
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1 and (wanted is None or column in wanted):
            rule = f"{header.count(column)} columns have this heading"
            problems.append(Problem(file, rule, "Give each column its own heading", row, column))
    for column, key in (wanted or {}).items():
        if column not in header:
            problems.append(
                Problem(file, f"there is no such column ({key})", _remedy(column, header, raw), row, column)
            )
    return problems


def _remedy(column: str, header: list[str], raw: Raw) -> str:
    if near := nearest(column, [heading for heading in header if heading]):
        return f'Did you mean "{near}"? Correct the name in client.yml'
    if any(hasattr(cell, "year") for cell in raw.header):
        return "Some headings are dates: write them as text in the spreadsheet"
    return f"The columns are: {', '.join(heading for heading in header[:12] if heading)}" + ", ..." * (len(header) > 12)
