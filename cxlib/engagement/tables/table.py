"""A table of a client folder as it was stored: csv, a spreadsheet, parquet, SPSS, Stata -> `Table`. Its shape is `source.py`'s
work, what a cell says that of `columns.py` and `answers.py`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem, stop_on_errors
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import Codes, text
from cxlib.engagement.tables.formats import read_raw
from cxlib.engagement.tables.naming import matched

MOST_ROWS = 5_000_000


@dataclass(frozen=True)
class Table:
    """A table as stored: `cells` has the wanted columns, its index is the spreadsheet's row number.

    A cell is a text (csv), a number, a date, or None when blank. `how` says how the file was read, `header` holds all its
    headings, as client.yml calls them. `orders` are groups that client.yml puts in an order where it makes them: {column: its
    groups}; `told` says in a line each what was left out, joined and made; `left_out` counts the
    rows that `keep`, `drop` and `one_row` took away. `beside` reads every column of the file, for a message that has to name one.
    """

    file: str
    cells: pd.DataFrame
    how: str
    labels: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, list[dict]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    header: tuple[str, ...] = ()
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    read: Read = Read()  # noqa: RUF009 (frozen)
    left_out: int = 0
    beside: Callable[[], pd.DataFrame] | None = field(default=None, compare=False, repr=False)

    def said(self, column: str, *, between: str | None = None) -> list[str]:
        """The different texts of a column, and the labels of its codes; `between` parts several answers of one cell."""
        stored = [cell for cell in pd.unique(self.cells[column].astype(object)) if text(cell)]
        labels = [text(label) for cell in stored if (label := self.labels.get(column, {}).get(cell))]
        texts = [text(part) for cell in stored for part in (text(cell).split(between) if between else [cell])]
        return list(dict.fromkeys([*texts, *labels]))

    @property
    def ignores_case(self) -> bool:
        """Whether large and small letters are the same in its texts and codes."""
        return self.read.case == "ignore"

    def of(self, rows: pd.Series) -> "Table":
        """The table of the rows that are true."""
        return replace(self, cells=self.cells[rows.to_numpy(bool)])

    def noted(self, *problems: Problem) -> "Table":
        """The table with what is wrong, or worth a look, in it."""
        return replace(self, notes=(*self.notes, *problems))

    def telling(self, *lines: str) -> "Table":
        """The table with what was done to it."""
        return replace(self, told=(*self.told, *lines))

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
    raw = read_raw(lambda: folder.read(name), name, file, read, None if wanted is None else {*wanted, *optional})
    places, problems = matched(raw, file, wanted, optional)
    stop_on_errors(problems)
    cells = pd.DataFrame({name: raw.columns[place] for name, place in places.items()})
    cells.index = pd.Index(raw.rows, name="row")
    cells = without(cells, read)
    if not len(cells):
        raise DataError([Problem(file, "the table has a header and no rows", "Export the answers too")])
    if len(cells) > MOST_ROWS:
        raise DataError([Problem(file, f"the table has more than {MOST_ROWS:,} rows", "Split or thin it out")])
    called = {place: name for name, place in places.items()}
    header = [called.get(place, name) for place, name in enumerate(raw.header)]
    stored = {name: raw.header[place] for name, place in places.items()}
    labels = {name: raw.labels[heading] for name, heading in stored.items() if heading in raw.labels}
    missing = {name: raw.missing[heading] for name, heading in stored.items() if heading in raw.missing}
    notes = (*raw.notes, *problems)
    return Table(file, cells, raw.how, labels, missing, notes, tuple(header), read=read, beside=lambda: _every_column(folder, name, read))


def _every_column(folder: Folder, name: str, read: Read) -> pd.DataFrame:
    """All that the file holds under a heading."""
    raw = read_raw(lambda: folder.read(name), name, folder.display_name(name), read, None)
    return pd.DataFrame({heading: raw.columns[place] for place, heading in enumerate(raw.header) if heading}, index=pd.Index(raw.rows, name="row"))


def without(cells: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The cells, blank where they are one of `read: missing`."""
    if not read.missing:
        return cells
    codes = Codes(read.missing, ignore_case=read.case == "ignore")
    found = {column: [each for each in pd.unique(cells[column].astype(object)) if each is not None and each in codes] for column in cells}
    return pd.DataFrame({column: cells[column].where(~cells[column].isin(these), None) if these else cells[column]
                         for column, these in found.items()}, index=cells.index)  # fmt: skip
