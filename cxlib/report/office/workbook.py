"""The report's tables as an Excel workbook: the same numbers as results.json, typed, with charts; no formula in it."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import xlsxwriter
from nbformat import NotebookNode
from xlsxwriter.format import Format

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.result import Result, Term
from cxlib.report.cover import Cover
from cxlib.report.front_page.overview import headline
from cxlib.report.language.words import translated
from cxlib.report.lines import base_line, method_line
from cxlib.report.office.banner_sheet import is_banner, write_banner
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
    "business_case": Term("Business case"),
}
TONES = {
    "good": Term("Good"),
    "bad": Term("Needs attention"),
    "neutral": Term("For information"),
    "unclear": Term("Cannot be determined"),
}
CONTENTS = {Term("Sheet"): 26, Term("What it answers"): 60, Term("What it says"): 90}
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
LISTINGS = {  # what the sheets say that belong to no page
    "findings": (Term("Findings"), Term("Every finding of the report, with its verdict and how many rows it rests on.")),
    "definitions": (Term("Definitions"), Term("What each figure is, what it rests on and how it arose.")),
    "banner": (Term("Crosstabs"), Term("Every question by every group.")),
    "columns": (Term("Column headings"), Term("What the headings of the tables mean.")),
}
COLUMN_MEANINGS = {Term("Heading"): 44, Term("What it means"): 90}
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
SHEET_LENGTH, CELL_LENGTH = 31, 32767  # what Excel takes
MOST_BARS, CHART_ROWS, CHART = 30, 16, {"width": 760, "height": 290}
NARROWEST, WIDEST, LINE = 11, 38, 13.5  # columns in characters, a line of text in points
FIXED = datetime(2000, 1, 1)  # the same report gives the same bytes
# client text never becomes a formula, a link or a number; and no temporary file for each part
BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMULA_SIGNS = ("=", "+", "-", "@")
SOFT, INK, GREY, LINK_COLOUR = "#56626E", "#1D2733", "#8A96A1", "#1F5F7A"
CHART_FONT = {"name": "Calibri", "size": 10, "bold": False}


class TableChart(NamedTuple):
    """How a table of that name is drawn: the columns that name its rows, and the figure."""

    kind: str
    names: tuple[str, ...]
    figure: str


CHARTS = {
    "periods": TableChart("line", ("period",), "estimate"),
    "segments": TableChart("bar", ("segment", "group"), "estimate"),
    "criteria.criteria": TableChart("bar", ("criterion",), "score100"),
    "experience_areas.areas": TableChart("bar", ("block",), "index"),
    "ranking": TableChart("bar", ("block",), "importance"),
    "parts": TableChart("bar", ("part",), "expected"),
    "years": TableChart("line", ("year",), "expected"),
    "initiatives": TableChart("bar", ("initiative",), "expected"),
}  # by table, or by result and table


def write_workbook(file: Path, notebooks: Mapping[str, NotebookNode], cover: Cover) -> None:
    """Writes the workbook: contents, findings, definitions, a sheet for each executed notebook with all its tables and
    a few charts, crosstabs, headings.

    Each table is an Excel table called as in results.json, `status.net_promoter_score.periods`. The bytes repeat.
    """
    language, read = cover.language, chapters(notebooks, cover.language, workbook=True)
    tables = next((result for chapter in read for section in chapter.sections for result in section.results if is_banner(result)), None)
    listed = [key for key in LISTINGS if key != "banner" or tables is not None]
    chapter_names = [translated(SHEETS.get(chapter.name, chapter.title), language) for chapter in read]
    wanted = ["contents", *listed[:2], *chapter_names, *listed[2:]]
    words = {"contents": translated("Contents", language), **{key: translated(LISTINGS[key][0], language) for key in listed}}
    names = sheet_names(words.get(key, key) for key in wanted)
    named = dict(zip(names[3:], read, strict=False))
    sheet_of = {key: name for key, name in zip(wanted, names, strict=True) if key in words}
    with xlsxwriter.Workbook(file, BOOK) as book:
        book.set_properties({"title": clean(cover.client), "author": "", "created": FIXED})
        look = _Look(book, cover)
        _contents(look, names, named, {sheet_of[key]: translated(LISTINGS[key][1], language) for key in listed})
        _listing(look, sheet_of["findings"], "findings", FINDINGS, _findings(named, cover))
        _listing(look, sheet_of["definitions"], "definitions", DEFINITIONS, _definitions(named, language))
        for name, chapter in named.items():
            _chapter(look, name, chapter)
        if tables is not None:
            write_banner(look, _Sheet(look, sheet_of["banner"], translated("Every question by every group", language)), tables)
        _listing(look, sheet_of["columns"], "columns", COLUMN_MEANINGS, _columns(read, cover))


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


def _contents(look: "_Look", names: list[str], named: Mapping[str, Chapter], told: Mapping[str, str]) -> None:
    """The sheet that opens the workbook: each sheet with a link, what it answers, and its leading finding."""
    cover = look.cover
    sheet = _Sheet(look, names[0], cover.client or names[0])
    sheet.widths = dict(enumerate(CONTENTS.values()))
    heads = [translated(heading, cover.language) for heading in CONTENTS]
    rows = [[name, named[name].title, _leading(named[name], cover)] if name in named else [name, told[name], ""] for name in names[1:]]
    columns = [TypedColumn(head, [row[place] for row in rows], [""] * len(rows)) for place, head in enumerate(heads)]
    below = sheet.table(3, "contents", columns, filtered=False)
    for row, (name, *_) in enumerate(rows, 4):
        place = f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1"
        sheet.page.write_url(row, 0, place, look.format(font_color=LINK_COLOUR, underline=1, valign="top"), name)
    sheet.write(below + 1, 0, translated("An interval of 95% holds the true figure in 95 of 100 samples. Numbers are unrounded; a cell stays empty where there is no figure, or none that may be shown.", cover.language), font_color=SOFT)
    sheet.fit()
    sheet.page.freeze_panes(4, 0)


def _leading(chapter: Chapter, cover: Cover) -> str:
    """The finding that answers a chapter's question, else the one that would head it."""
    results = [result for section in chapter.sections for result in section.results]
    finding = next((result.findings[0] for result in results if result.name == chapter.answer and result.findings), None) or headline(results)
    return "" if finding is None else finding_text(finding, cover.language, cover.currency)


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
                top, row = row + 1, sheet.table(row + 1, f"{chapter.name}.{result.name}.{key}", columns)
                drawn = CHARTS.get(f"{result.name}.{key}") or CHARTS.get(key)
                if drawn and sheet.chart(row + 1, top, drawn, result, table, columns, section.heading):
                    row += CHART_ROWS + 1
            sheet.write(row, 0, clean(base_line(result.base, cover.language)), italic=True, font_color=SOFT)
            row += 2
        row += 1
    sheet.fit()
    sheet.page.repeat_rows(0, 1)


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

    def table(self, top: int, name: str, columns: list[TypedColumn], *, filtered: bool = True) -> int:
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
        options = {"name": self.look.table_name(name), "columns": heads, "style": None, "autofilter": filtered and rows > 1}
        self.page.add_table(top, 0, top + rows, len(columns) - 1, options)
        return top + rows + 1

    def chart(self, row: int, top: int, drawn: TableChart, result: Result, table: pd.DataFrame, columns: list[TypedColumn], heading: str) -> bool:
        """Draws a table whose heading stands in row `top`, below it; False where there is nothing to compare."""
        named = columns_of(result, "")  # every table of a result that is drawn calls its columns alike
        shown = named.shown(table)
        if drawn.figure not in shown or not set(drawn.names) <= set(shown):
            return False
        place = shown.index(drawn.figure)
        known = [at for at, value in enumerate(columns[place].values) if value is not None]
        formats = {columns[place].formats[at] for at in known}
        if not 2 <= len(known) <= MOST_BARS or len(formats) > 1 or known[-1] >= MOST_BARS:
            return False
        first, last = top + 1, top + 1 + known[-1]  # a hidden group keeps its name, without a bar
        colour, sheet = self.look.cover.colour, self.page.get_name()
        chart = self.look.book.add_chart({"type": drawn.kind})
        places = [shown.index(name) for name in drawn.names]
        names = [sheet, first, min(places), last, max(places)]
        line = {"line": {"color": colour, "width": 2.25}, "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}}}
        bars = {"fill": {"color": colour}, "gap": 50}
        labels = {"data_labels": {"value": True, "position": "above", "num_format": formats.copy().pop(), "font": CHART_FONT}} if drawn.kind == "line" else {}
        chart.add_series({"name": columns[place].heading, "categories": names, "values": [sheet, first, place, last, place],
                          **(line | labels if drawn.kind == "line" else bars)})  # fmt: skip
        ends = [shown.index(end) for end in ("low", "high") if end in shown] if drawn.kind == "line" else []
        for end in ends:
            chart.add_series({"name": columns[end].heading, "categories": names, "values": [sheet, first, end, last, end],
                              "line": {"color": GREY, "width": 1, "dash_type": "dash"}})  # fmt: skip
        self._target(chart, result, drawn, names)
        figure = heading if drawn.figure == "estimate" else unit_heading(named, drawn.figure, self.look.cover.language, self.look.cover.currency)
        chart.set_title({"name": figure, "name_font": CHART_FONT | {"bold": True, "size": 11}, "overlay": False})
        axis = {"num_font": CHART_FONT, "num_format": formats.pop(), "major_gridlines": {"visible": True, "line": {"color": "#D9DFE4"}}, "line": {"none": True}}
        words = {"num_font": CHART_FONT, "label_position": "low", "major_gridlines": {"visible": False}}
        if drawn.kind == "bar":
            chart.set_y_axis(words | {"reverse": True})
            chart.set_x_axis(axis)
        else:
            chart.set_x_axis(words)
            chart.set_y_axis(axis)
        chart.set_legend({"position": "bottom", "font": CHART_FONT} if drawn.kind == "line" and (ends or "figure" in result.tables) else {"none": True})
        chart.set_size(CHART)
        self.page.insert_chart(row, 0, chart, {"description": clean(figure), "object_position": 1})
        return True

    def _target(self, chart, result: Result, drawn: TableChart, names: list) -> None:
        """A line at the client's target, where there is one: its value stands in the table "figure" above."""
        figure = result.tables.get("figure", pd.DataFrame())
        target = figure["target"].iloc[0] if "target" in figure and len(figure) else None
        if drawn.kind != "line" or target is None or pd.isna(target) or drawn.figure != "estimate":
            return
        points = ",".join([f"{target:.6g}"] * (names[3] - names[1] + 1))
        chart.add_series({"name": translated("Target", self.look.cover.language), "categories": names, "values": f"={{{points}}}",
                          "line": {"color": INK, "width": 1.5, "dash_type": "square_dot"}})  # fmt: skip

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
