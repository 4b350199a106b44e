"""xls, xlsb and ods, as python-calamine reads them. It tells neither hidden rows nor the cells that hold an error."""

import io

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.raw import Raw
from cxlib.engagement.tables.sheets import chosen_sheet, sheet_table


def read_sheets(kind: str):
    """The reader of one of these formats."""

    def reader(data: bytes, file: str, read: Read, wanted) -> Raw:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError

        if data.lstrip()[:1] == b"<":
            rule = f"this is a web page that is called {kind}"
            raise DataError([Problem(file, rule, "Open it in a spreadsheet and save it as xlsx")])
        try:
            with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
                visible = {sheet.name: "Visible" in str(sheet.visible) for sheet in book.sheets_metadata}
                lines = {name: _lines(book.get_sheet_by_name(name)) for name in book.sheet_names}
                merged = {name: book.get_sheet_by_name(name).merged_cell_ranges or () for name in book.sheet_names}
        except PasswordError:
            raise DataError([Problem(file, f"the {kind} is locked with a password", "Save it without one")]) from None
        except (CalamineError, OSError, ValueError) as error:
            rule = f"the {kind} cannot be read ({type(error).__name__})"
            raise DataError([Problem(file, rule, "Open it in a spreadsheet and save it as xlsx")]) from None
        filled = {name: any(text(cell) for line in lines[name][:50] for cell in line) for name in lines}
        name = chosen_sheet({name: visible[name] and filled[name] for name in lines}, filled, file, read.sheet)
        ranges = [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in merged[name]]
        return sheet_table(lines[name], file, read, wanted, f"{kind}, sheet {name}", merged=ranges)

    return reader


def sizes(data: bytes) -> dict[str, int]:
    """{visible sheet that holds something: its rows}, of an xlsx too."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        visible = [sheet.name for sheet in book.sheets_metadata if "Visible" in str(sheet.visible)]
        rows = {name: book.get_sheet_by_name(name).height for name in visible}
    return {name: count for name, count in rows.items() if count}


def _lines(sheet) -> list[list]:
    return [[None if cell == "" else cell for cell in line] for line in sheet.to_python(skip_empty_area=False)]


READERS = {f".{kind}": read_sheets(kind) for kind in ("xls", "xlsb", "ods")}  # by the ending of the file
