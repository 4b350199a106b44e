"""xlsx, parquet and sav. Their cells keep the type they were stored with."""

import io
import zipfile

import numpy as np

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.raw import Raw, check_headings

_UNPACKED = 2 * 1024**3  # bytes of an xlsx


def read_xlsx(data: bytes, file: str, read: Read, wanted: set[str] | None) -> Raw:
    """One sheet of an xlsx: the declared one, or the only visible sheet that holds anything."""
    formulas = _formulas_in(data, file)
    try:
        return _read_sheet(data, file, read, wanted, formulas)
    except DataError:
        raise
    except Exception as error:  # openpyxl raises many kinds on a damaged file
        rule = f"the xlsx cannot be read ({type(error).__name__})"
        raise DataError([Problem(file, rule, "Open it in a spreadsheet and save it again")]) from None


def _read_sheet(data: bytes, file: str, read: Read, wanted: set[str] | None, formulas: bool) -> Raw:
    sheet = _sheet(_workbook(data), file, read.sheet)
    lines, first = list(sheet.iter_rows(values_only=True)), read.headings
    check_headings(list(enumerate(lines, start=1))[first - 1 : first + 50], file)
    width = max(i + 1 for line in lines[first - 1 :] for i, cell in enumerate(line) if cell is not None)
    header = [*lines[first - 1], *[None] * width][:width]
    if formulas:
        _refuse_uncalculated(_workbook(data, formulas=True)[sheet.title], lines, header, first, file, wanted)
    below = enumerate(lines[first:], start=first + 1)
    kept = [(row, line) for row, line in below if any(text(cell) for cell in line)]
    columns = [_objects([line[i] if i < len(line) else None for _, line in kept]) for i in range(width)]
    rows = np.array([row for row, _ in kept], dtype=np.int64)
    return Raw(header, columns, rows, f"xlsx, sheet {sheet.title}")


def _objects(cells: list) -> np.ndarray:
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def _formulas_in(data: bytes, file: str) -> bool:
    """Whether a sheet holds formulas. Refuses what is no xlsx, or one that would fill the memory."""
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
        except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError):
            raise DataError([Problem(file, "the xlsx is damaged", "Save it again")]) from None
        return any(b"<f>" in content or b"<f " in content or b"<f/" in content for content in contents)


def _workbook(data: bytes, *, formulas: bool = False):
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)


def _sheet(workbook, file: str, declared: str | None):
    names = workbook.sheetnames
    if declared is not None and declared not in names:
        rule = f'there is no sheet "{declared}"'
        raise DataError([Problem(file, rule, f"The sheets are: {', '.join(names)}")])
    filled = []
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # some programs store a wrong size
        chosen = sheet.title == declared if declared is not None else sheet.sheet_state == "visible"
        if chosen and any(cell is not None for line in sheet.iter_rows(values_only=True, max_row=50) for cell in line):
            filled.append(sheet)
    if not filled:
        raise DataError([Problem(file, "no visible sheet holds anything", "Name the sheet under `read: sheet`")])
    if len(filled) > 1:
        rule = f"there are {len(filled)} sheets: {', '.join(sheet.title for sheet in filled)}"
        raise DataError([Problem(file, rule, "Name the right one under `read: sheet`")])
    return filled[0]


def _refuse_uncalculated(sheet, lines: list, header: list, first: int, file: str, wanted: set[str] | None) -> None:
    """A formula that no spreadsheet has calculated has no value: reading it as blank would be wrong."""
    sheet.reset_dimensions()
    for row, (line, values) in enumerate(zip(sheet.iter_rows(), lines, strict=False), start=1):
        for cell, value in zip(line, values, strict=False):
            if value is None and cell.data_type == "f":
                column = text(header[cell.column - 1]) if cell.column <= len(header) else ""
                if row == first or (row > first and (wanted is None or column in wanted)):
                    remedy = "Open the file in a spreadsheet, save it, or paste the values"
                    raise DataError([Problem(file, "a formula has never been calculated", remedy, row, column)])


def read_parquet(data: bytes, file: str, read: Read, wanted: set[str] | None) -> Raw:
    """A parquet file; an index of pandas is a column like the others."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise DataError([Problem(file, "parquet needs the package pyarrow", "pip install pyarrow")]) from None
    try:
        table = parquet.read_table(pa.BufferReader(data))
        columns = [_objects(column.to_pylist()) for column in table.columns]
    except (pa.ArrowException, OSError, UnicodeError) as error:
        rule = f"the parquet file cannot be read ({type(error).__name__})"
        raise DataError([Problem(file, rule, "Write it again")]) from None
    return Raw(list(table.column_names), columns, np.arange(2, table.num_rows + 2), "parquet")


def read_sav(data: bytes, file: str, read: Read, wanted: set[str] | None) -> Raw:
    """An SPSS file: codes as stored, with their labels and the codes the file calls missing."""
    try:
        import pyreadstat
    except ImportError:
        rule = "sav files need the package pyreadstat"
        raise DataError([Problem(file, rule, 'pip install pyreadstat, or "cxlib[spss]"')]) from None
    tried = [read.encoding] if read.encoding else [None, "cp1252"]
    for encoding in tried:
        try:
            frame, meta = pyreadstat.read_sav(io.BytesIO(data), user_missing=True, encoding=encoding)
            break
        except (
            pyreadstat.ReadstatError,
            pyreadstat.PyreadstatError,
            UnicodeError,
            LookupError,
            ValueError,
        ) as error:
            failure = error
    else:
        rule = f"the sav file cannot be read ({failure})"
        remedy = "Declare its encoding under `read: encoding`, or save it as csv"
        raise DataError([Problem(file, rule, remedy)])
    columns = [frame.iloc[:, i].astype(object).where(frame.iloc[:, i].notna(), None) for i in range(frame.shape[1])]
    how = f"sav, {encoding or meta.file_encoding or 'utf-8'}"
    rows = np.arange(2, len(frame) + 2)
    return Raw(list(frame.columns), columns, rows, how, dict(meta.variable_value_labels), dict(meta.missing_ranges))


READERS = {".xlsx": read_xlsx, ".parquet": read_parquet, ".sav": read_sav}  # by the ending of the file
