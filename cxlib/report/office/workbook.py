"""The report's tables as an Excel workbook: the same numbers as results.json, typed, nothing live in it."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from nbformat import NotebookNode
from xlsxwriter.format import Format

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.result import Result, Term
from cxlib.report.cover import Cover
from cxlib.report.language.words import translated
from cxlib.report.lines import base_line, method_line
from cxlib.report.office.chapters import (
    Chapter,
    chapters,
    clean,
    definition_text,
    filled_tables,
    finding_text,
)
from cxlib.report.office.excel_cells import TypedColumn, interval_heading, typed_columns, unit_heading, unused
from cxlib.report.tables import meaning

SHEETS = {
    "maturity": Term("Maturity"),
    "status": Term("Status"),
    "drivers": Term("Drivers"),
    "tipping_points": Term("Tipping points"),
    "measures": Term("Measures"),
    "business_case": Term("Business case"),
}
TONES = {
    "good": Term("Good"),
    "bad": Term("Needs attention"),
    "neutral": Term("For information"),
    "unclear": Term("Cannot be told"),
}
FINDINGS = {
    Term("Sheet"): 16,
    Term("Section"): 32,
    Term("Finding"): 96,
    Term("Verdict"): 18,
    Term("Rows used"): 12,
}  # heading: width in characters
DEFINITIONS = {
    Term("Sheet"): 16,
    Term("Figure"): 32,
    Term("Definition"): 70,
    Term("Base"): 40,
    Term("Method"): 60,
    Term("Settings"): 40,
}
COLUMN_MEANINGS = {Term("Heading"): 44, Term("What it means"): 90}
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
SHEET_LENGTH, CELL_LENGTH = 31, 32767  # what Excel takes
NARROWEST, WIDEST, LINE = 11, 46, 13.5  # columns in characters, a line of text in points
FIXED = datetime(2000, 1, 1)  # the same report gives the same bytes
# client text never becomes a formula, a link or a number; and no temporary file for each part
BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMULA_SIGNS = ("=", "+", "-", "@")
SOFT = "#56626E"


def write_workbook(file: Path, notebooks: Mapping[str, NotebookNode], cover: Cover) -> None:
    """Writes the workbook: findings, definitions, a sheet for each executed notebook with all its tables, headings.

    Each table is an Excel table called as in results.json, `status.net_promoter_score.periods`. The bytes repeat.
    """
    language, read = cover.language, chapters(notebooks, cover.language)
    wanted = [translated("Findings", language), translated("Definitions", language)]
    wanted += [translated(SHEETS.get(chapter.name, chapter.title), language) for chapter in read]
    names = sheet_names([*wanted, translated("Column headings", language)])
    named = dict(zip(names[2:-1], read, strict=True))
    with xlsxwriter.Workbook(file, BOOK) as book:
        book.set_properties({"title": clean(cover.client), "author": "", "created": FIXED})
        look = _Look(book, cover)
        _listing(look, names[0], "findings", FINDINGS, _findings(named, cover))
        _listing(look, names[1], "definitions", DEFINITIONS, _definitions(named, language))
        for name, chapter in named.items():
            _chapter(look, name, chapter)
        _listing(look, names[-1], "columns", COLUMN_MEANINGS, _columns(read, cover))


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names that Excel takes, in the same order: at most 31 characters, none forbidden, none twice."""
    names: list[str] = []
    for text in wanted:
        plain = FORBIDDEN.sub(" ", clean(text)).strip(" '")[:SHEET_LENGTH].strip(" '") or "Sheet"
        names.append(unused(plain, names, SHEET_LENGTH))
    return names


def _findings(named: Mapping[str, Chapter], cover: Cover) -> list[list]:
    return [
        [
            sheet,
            section.heading,
            finding_text(finding, cover.language, cover.currency),
            translated(TONES[finding.tone], cover.language),
            result.base.used,
        ]
        for sheet, chapter in named.items()
        for section in chapter.sections
        for result in section.results
        for finding in result.findings
        if finding.tone in TONES
    ]


def _definitions(named: Mapping[str, Chapter], language: str) -> list[list]:
    """A row for each result, then one for each section that is prose alone, such as how the figures are computed."""
    results = [
        [
            sheet,
            section.heading,
            definition_text(result, section, language),
            clean(base_line(result.base, language)),
            clean(method_line(result, language)),
            _settings(result),
        ]
        for sheet, chapter in named.items()
        for section in chapter.sections
        for result in section.results
    ]
    prose = [
        [sheet, section.heading, "", "", section.prose, ""]
        for sheet, chapter in named.items()
        for section in chapter.sections
        if not section.results
    ]
    return results + prose


def _columns(read: Iterable[Chapter], cover: Cover) -> list[list]:
    """Each heading of a table and what it means, in the order in which they come."""
    language = cover.language
    meanings: dict[str, list[str]] = {}
    for columns, name in _shown(read):
        head = interval_heading(columns, name, language) or unit_heading(columns, name, language, cover.currency)
        told, meant = meanings.setdefault(head, []), meaning(columns, name, language)
        told += [meant] if meant not in told else []
    return [[head, " ".join(told)] for head, told in meanings.items()]


def _shown(read: Iterable[Chapter]) -> Iterator[tuple[Columns, str]]:
    """Every column of every table that a reader sees."""
    for result in (result for chapter in read for section in chapter.sections for result in section.results):
        for key, table in _tables(result).items():
            columns = columns_of(result, key)
            yield from ((columns, name) for name in columns.shown(table))


def _tables(result: Result) -> dict[str, pd.DataFrame]:
    """The tables of a result, and the figures that its sentences give beside them."""
    told = result.told.dropna(axis=1, how="all")
    return filled_tables(result) | ({"told": told} if len(told) else {})


def _settings(result: Result) -> str:
    """The plain choices that shaped the numbers, named as in results.json."""
    plain = {key: value for key, value in result.settings.items() if isinstance(value, (str, int, float))}
    return "; ".join(f"{key} = {value}" for key, value in plain.items() if key != "definition")


def _listing(look: "_Look", name: str, key: str, headings: Mapping[str, int], rows: list[list]) -> None:
    """A sheet that is one table of words, its heading always in view."""
    sheet = _Sheet(look, name, name)
    sheet.widths = dict(enumerate(headings.values()))
    columns = []
    for place, heading in enumerate(headings):
        values = [row[place] for row in rows]
        formats = ["#,##0" if isinstance(value, int) else "" for value in values]
        columns.append(TypedColumn(translated(heading, look.cover.language), values, formats))
    sheet.table(3, key, columns)
    sheet.fit()
    sheet.page.freeze_panes(4, 0)
    sheet.page.repeat_rows(3)


def _chapter(look: "_Look", name: str, chapter: Chapter) -> None:
    """A sheet with all that one page shows: heading, findings, tables and base, section after section."""
    sheet, cover, row = _Sheet(look, name, chapter.title), look.cover, 3
    for section in (section for section in chapter.sections if section.results):
        sheet.write(row, 0, section.heading, bold=True, font_size=12)
        row += 1
        for result in section.results:
            for finding in result.findings:
                sheet.write(row, 0, finding_text(finding, cover.language, cover.currency))
                row += 1
            for key, table in _tables(result).items():
                columns = typed_columns(table, columns_of(result, key), cover.language, cover.currency)
                sheet.widen(columns)
                row = sheet.table(row + 1, f"{chapter.name}.{result.name}.{key}", columns)
            sheet.write(row, 0, clean(base_line(result.base, cover.language)), italic=True, font_color=SOFT)
            row += 2
        row += 1
    sheet.fit()


class _Look:
    """What the sheets of one workbook share: its formats, each made once, and the names of its tables."""

    def __init__(self, book: xlsxwriter.Workbook, cover: Cover):
        self.book, self.cover = book, cover
        self.tables: list[str] = []
        self.made: dict[tuple, Format] = {}

    def format(self, **look: object) -> Format:
        key = tuple(sorted((name, value) for name, value in look.items() if value))
        if key not in self.made:
            self.made[key] = self.book.add_format({"font_name": "Calibri", "font_size": 10} | dict(key))
        return self.made[key]

    def heading(self, typed: TypedColumn, place: int) -> Format:
        line = {"bottom": 5, "bottom_color": self.cover.colour}
        return self.format(bold=True, text_wrap=True, valign="bottom", **line, **_aligned(typed, place))

    def table_name(self, wanted: str) -> str:
        plain = unused(re.sub(r"[^\w.]", "_", wanted), self.tables, 200)
        self.tables.append(re.sub(r" \((\d+)\)$", r"_\1", plain))
        return self.tables[-1]


class _Sheet:
    """One sheet: its title, and tables one below the other."""

    def __init__(self, look: _Look, name: str, title: str):
        self.look, self.page = look, look.book.add_worksheet(name)
        self.widths: dict[int, int] = {}
        self.wrapped: list[tuple[int, int, str]] = []
        self.page.hide_gridlines(2)
        self.page.set_tab_color(look.cover.colour)
        self.page.set_landscape()
        self.page.set_paper(9)  # A4
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&C&P / &N")
        self.page.freeze_panes(2, 0)
        self.write(0, 0, title, bold=True, font_size=15)
        self.write(1, 0, " · ".join(filter(None, (look.cover.client, look.cover.period))), font_color=SOFT)

    def write(self, row: int, place: int, value: object, **look: object) -> None:
        """Writes a number as a number and any text as text, whatever it opens with."""
        if isinstance(value, str):
            text = clean(value)[:CELL_LENGTH]
            look["quote_prefix"] = text.startswith(FORMULA_SIGNS)  # it stays text when its cell is edited
            self.page.write_string(row, place, text, self.look.format(**look))
        elif value is None:
            self.page.write_blank(row, place, None, self.look.format(**look))
        else:
            self.page.write_number(row, place, value, self.look.format(**look))

    def table(self, top: int, name: str, columns: list[TypedColumn]) -> int:
        """Writes a table whose heading is in row `top`; returns the row below it."""
        rows = max(len(columns[0].values), 1)
        for place, typed in enumerate(columns):
            self.wrapped.append((top, place, typed.heading))
            for row, (value, style) in enumerate(zip(typed.values, typed.formats, strict=True), top + 1):
                words = {} if style else {"text_wrap": True}
                self.write(row, place, value, valign="top", num_format=style, **words, **_aligned(typed, place))
                if isinstance(value, str):
                    self.wrapped.append((row, place, value))
        heads = [
            {"header": typed.heading, "header_format": self.look.heading(typed, place)}
            for place, typed in enumerate(columns)
        ]
        options = {"name": self.look.table_name(name), "columns": heads, "style": None, "autofilter": rows > 1}
        self.page.add_table(top, 0, top + rows, len(columns) - 1, options)
        return top + rows + 1

    def widen(self, columns: list[TypedColumn]) -> None:
        """Makes room for the columns of a table."""
        for place, typed in enumerate(columns):
            texts = [*(value for value in typed.values if isinstance(value, str)), *typed.heading.split()]
            texts += [
                f"{style.partition(';')[0]}  " for style in typed.formats if '"' in style
            ]  # a unit beside a number
            width = min(max(NARROWEST, *map(len, texts)) + 3, WIDEST)
            self.widths[place] = max(width, self.widths.get(place, 0))

    def fit(self) -> None:
        """Sets the width of columns and the height of the rows whose text takes more than one line."""
        for place, width in self.widths.items():
            self.page.set_column(place, place, width)
        lines: dict[int, int] = {}
        for row, place, text in self.wrapped:
            needed = sum(math.ceil(len(line) / self.widths[place]) for line in text.split("\n") or [""])
            lines[row] = max(needed, lines.get(row, 1))
        for row, count in lines.items():
            if count > 1:
                self.page.set_row(row, min(count * LINE, 400))  # Excel takes 409 points


def _aligned(typed: TypedColumn, place: int) -> dict[str, object]:
    """Numbers to the right; text beside a number keeps its distance."""
    if any(typed.formats):
        return {"align": "right"}
    return {"align": "left", "indent": 1} if place else {}
