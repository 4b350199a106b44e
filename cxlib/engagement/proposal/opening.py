"""The first rows of a file as they stand, before anybody knows where its headings are."""

import csv
import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath

from cxlib.engagement.problems import DataError
from cxlib.engagement.proposal.facts import one_space
from cxlib.engagement.settings.layouts import layouts, recognised
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables import csv_files
from cxlib.engagement.tables.cells import numbers, text
from cxlib.engagement.tables.formats import is_table
from cxlib.engagement.tables.raw import ReadOtherwise

_ROWS = 15
_TEXTS = (".csv", ".tsv", ".txt")
_STATISTICS = (".sav", ".zsav", ".dta")


@dataclass(frozen=True)
class Sheet:
    """The first rows of one sheet (or of the only table of a file); `size` is its number of rows, as far as known."""

    name: str
    rows: list[list[str]]
    size: int = 0


@dataclass(frozen=True)
class Opening:
    """What can be told before reading: the layout, keys of `read`, the questions' texts by heading."""

    layout: str = ""
    read: dict = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)  # key of `read`: its evidence
    others: tuple[str, ...] = ()  # sheets that are not read


def opened(data: bytes, name: str) -> Opening:
    """The opening of a file. Files whose format tells its headings itself have none."""
    data, ending = _unpacked(data, name.lower())
    if ending in _STATISTICS:
        return Opening(titles=_labels_of_variables(data, ending))
    sheets = _sheets(data, ending)
    if not sheets:
        return Opening()
    best = max(sheets, key=lambda sheet: (sheet.size, -sheets.index(sheet)))
    found = _of(best.rows)
    if len(sheets) == 1:
        return found
    others = tuple(sheet.name for sheet in sheets if sheet is not best)
    why = {"sheet": f"{best.size:,} rows, the most of {len(sheets)} sheets"} | found.why
    return Opening(found.layout, {"sheet": best.name} | found.read, found.titles, why, others)


def _unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    """The first part of what lies in a gz, or all of the only table in a zip; and its ending."""
    try:
        if name.endswith(".gz"):
            inside = PurePath(name[:-3]).suffix
            with gzip.open(io.BytesIO(data)) as packed:
                return packed.read(-1 if inside not in _TEXTS else 4_000_000), inside
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                inside_names = [each for each in archive.namelist() if is_table(each) and not each.startswith("__MACOSX")]
                if len(inside_names) == 1:
                    return archive.read(inside_names[0]), PurePath(inside_names[0].lower()).suffix
    except (OSError, EOFError, zlib.error, RuntimeError, zipfile.BadZipFile):
        return b"", ""
    return data, PurePath(name).suffix


def _of(rows: list[list[str]]) -> Opening:
    if not rows:
        return Opening()
    if layout := recognised(rows):
        known = layouts()[layout]
        headings = known.read.headings
        read = {"headings": list(headings) if isinstance(headings, tuple) else headings} if headings != 1 else {}
        read |= {"skip": list(known.read.skip)} if known.read.skip else {}
        read |= {"missing": list(known.read.missing)} if known.read.missing else {}
        titles = {}
        if known.titles and len(rows) >= known.titles:
            pairs = zip(rows[0], rows[known.titles - 1], strict=False)
            titles = {heading.strip(): one_space(title) for heading, title in pairs if heading.strip()}
        why = {"headings": known.name, "skip": f"{known.name}: the rows of the questions' texts and ids"}
        return Opening(layout, read, titles, {key: why[key] for key in why if key in read})
    row = heading_row(rows)
    return Opening(read={"headings": row}, why={"headings": f"row {row} is the first that names every column"}) if row > 1 else Opening()


def heading_row(rows: list[list[str]]) -> int:
    """The row (from 1) that holds the headings: the first that fills most of the width with different texts."""
    width = max((sum(bool(cell) for cell in row) for row in rows), default=0)
    for i, row in enumerate(rows[:12]):
        filled = [cell for cell in row if cell]
        if len(filled) >= max(2, 0.6 * width) and len(filled) > 1:
            return i + 1 if _texts(filled) >= 0.5 else 1
    return 1


def _texts(cells: list[str]) -> float:
    """The share of the cells that are no numbers."""
    return sum(not isinstance(number, float) for number in numbers(cells)) / max(1, len(cells))


def _sheets(data: bytes, ending: str) -> list[Sheet]:
    if ending in _TEXTS:
        return [Sheet("", _text_rows(data))]
    if ending in (".xlsx", ".xlsm"):
        return _workbook_sheets(data)
    if ending in (".xls", ".xlsb", ".ods"):
        return _old_sheets(data)
    return []


def _old_sheets(data: bytes) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        lines = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in visible}
    except Exception:  # a damaged file; reading says which
        return []
    return [Sheet(name, [[text(cell) for cell in line] for line in each[:_ROWS]], len(each)) for name, each in lines.items() if each]


def _text_rows(data: bytes) -> list[list[str]]:
    read = Read()
    try:
        encoding = csv_files.encoding_of(data, "", read)
    except DataError as failure:
        encoding = next((problem.read.encoding for problem in failure.problems if isinstance(problem, ReadOtherwise)), "cp1252")
    sample = data[:400_000].decode(encoding, errors="replace").removeprefix("\ufeff")
    lines = sample.splitlines(keepends=True)
    if lines and lines[0].startswith("sep="):
        sample = "".join(lines[1:])
    delimiter = csv_files.delimiter_of(sample, read, None)
    try:
        return [[cell.strip() for cell in row] for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _ROWS)]
    except csv.Error:
        return []


def _workbook_sheets(data: bytes) -> list[Sheet]:
    """The visible sheets that hold something."""
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception:  # openpyxl raises many kinds on a damaged file; reading says which
        return []
    found = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        lines = [[text(cell) for cell in line] for line in sheet.iter_rows(values_only=True, max_row=_ROWS)]
        if any(any(line) for line in lines):
            sheet.reset_dimensions()
            found.append(Sheet(sheet.title, lines, sum(any(cell is not None for cell in line) for line in sheet.iter_rows(values_only=True))))
    return found


def _labels_of_variables(data: bytes, ending: str) -> dict[str, str]:
    try:
        import pyreadstat

        reading = pyreadstat.read_dta if ending == ".dta" else pyreadstat.read_sav
        _, meta = reading(io.BytesIO(data), metadataonly=True)
    except Exception:  # reading the table says what is wrong
        return {}
    return {column: one_space(label) for column, label in meta.column_names_to_labels.items() if label}
