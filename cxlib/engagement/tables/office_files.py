"""xlsx, xlsm and parquet. Their cells keep the type they were stored with."""

import io
import re
import zipfile
import zlib
from collections.abc import Collection

import numpy as np

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.old_sheets import quick_lines
from cxlib.engagement.tables.raw import Raw, Top, named, without_rows
from cxlib.engagement.tables.sheets import Range, chosen_sheet, objects, sheet_table

_UNPACKED = 2 * 1024**3  # bytes of an xlsx
_ROW = re.compile(rb"<row\b[^>]*>")
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')


def read_xlsx(data: bytes, file: str, read: Read, wanted: Collection[str] | None) -> Raw:
    """One sheet of an xlsx: the declared one, or the only visible sheet that holds anything."""
    formulas, errors = _formulas_and_errors(data, file)
    try:
        return _read_sheet(data, file, read, wanted, formulas, errors)
    except DataError:
        raise
    except Exception as error:  # openpyxl raises many kinds on a damaged file
        rule = f"the xlsx cannot be read ({type(error).__name__})"
        raise DataError([Problem(file, rule, "Open it in a spreadsheet and save it again")]) from None


def _read_sheet(data: bytes, file: str, read: Read, wanted: Collection[str] | None, formulas: bool, errors: bool) -> Raw:
    sheet = _sheet(_workbook(data), file, read.sheet)
    quick = None if formulas or errors else quick_lines(data, sheet.title)
    lines = list(sheet.iter_rows(values_only=True)) if quick is None else quick
    hidden, merged = _hidden_and_merged(data, sheet)

    def check(top: Top, keep: list[bool]) -> None:
        if formulas:
            _refuse_uncalculated(_workbook(data, formulas=True)[sheet.title], lines, top, keep, file)

    how = f"xlsx, sheet {sheet.title}"
    return sheet_table(lines, file, read, wanted, how, merged=merged, hidden=hidden, check=check)


def _hidden_and_merged(data: bytes, sheet) -> tuple[set[int], list[Range]]:
    """The rows that are hidden and the merged ranges of a sheet, which openpyxl does not tell where it reads row by row."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(sheet._worksheet_path)
    from openpyxl.utils import range_boundaries

    hidden, row = set(), 0
    for tag in _ROW.findall(content):
        number = re.search(rb'\br="([0-9]+)"', tag)
        row = int(number[1]) if number else row + 1
        if re.search(rb'\bhidden="(1|true)"', tag):
            hidden.add(row)
    ranges = [range_boundaries(found.decode()) for found in _MERGED.findall(content)]
    return hidden, [(top, left - 1, bottom, right - 1) for left, top, right, bottom in ranges]


def _formulas_and_errors(data: bytes, file: str) -> tuple[bool, bool]:
    """Whether a sheet holds formulas, and whether one holds cells as #N/A. Refuses what is no xlsx, or one that would fill the memory."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        rule = "this is not an xlsx (an old .xls, or locked with a password?)"
        raise DataError([Problem(file, rule, "Save it as xlsx without a password")]) from None
    with archive:
        if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
            raise DataError([Problem(file, "the workbook is larger than 2 GB unpacked", "Save the sheet as csv")])
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        try:
            contents = [archive.read(name) for name in sheets]
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError):
            raise DataError([Problem(file, "the xlsx is damaged", "Save it again")]) from None
        formulas = any(b"<f>" in content or b"<f " in content or b"<f/" in content for content in contents)
        return formulas, any(b't="e"' in content for content in contents)


def _workbook(data: bytes, *, formulas: bool = False):
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)


def _sheet(workbook, file: str, declared: str | None):
    filled = {}
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # some programs store a wrong size
        filled[sheet.title] = any(
            cell is not None for line in sheet.iter_rows(values_only=True, max_row=50) for cell in line
        )
    candidates = {each.title: filled[each.title] and each.sheet_state == "visible" for each in workbook.worksheets}
    return workbook[chosen_sheet(candidates, filled, file, declared)]


def _refuse_uncalculated(sheet, lines: list, top: Top, keep: list[bool], file: str) -> None:
    """A formula that no spreadsheet has calculated has no value: reading it as blank would be wrong."""
    sheet.reset_dimensions()
    for row, (line, values) in enumerate(zip(sheet.iter_rows(), lines, strict=False), start=1):
        for cell, value in zip(line, values, strict=False):
            if value is None and cell.data_type == "f":
                at = cell.column - 1
                if row == top.row or (row > top.row and at < len(keep) and keep[at]):
                    column = top.names[at] if at < len(top.names) else ""
                    remedy = "Open the file in a spreadsheet, save it, or paste the values"
                    raise DataError([Problem(file, "a formula has never been calculated", remedy, row, column)])


def read_parquet(data: bytes, file: str, read: Read, wanted: Collection[str] | None) -> Raw:
    """A parquet file; an index of pandas is a column like the others."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise DataError([Problem(file, "parquet needs the package pyarrow", "pip install pyarrow")]) from None
    try:
        table = parquet.read_table(pa.BufferReader(data))
        columns = [objects(column.to_pylist()) for column in table.columns]
    except (pa.ArrowException, OSError, UnicodeError) as error:
        rule = f"the parquet file cannot be read ({type(error).__name__})"
        raise DataError([Problem(file, rule, "Write it again")]) from None
    names, repeated = named(table.column_names)
    raw = Raw(names, columns, np.arange(2, table.num_rows + 2), "parquet", repeated=repeated)
    return without_rows(raw, read.skip)


READERS = {".xlsx": read_xlsx, ".xlsm": read_xlsx, ".parquet": read_parquet}  # by the ending of the file
