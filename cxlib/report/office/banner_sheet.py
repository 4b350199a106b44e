"""The crosstabs of the workbook: every question by every group, groups side by side under the segment they belong to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from cxlib.analyses.result import Result, Term
from cxlib.report.language.words import sentence, translated
from cxlib.report.lines import base_line
from cxlib.report.office.chapters import clean
from cxlib.stats.rounding import six_digits

HEADS = {Term("Area"): 24, Term("Question"): 40, Term("Answer"): 24}  # heading: width in characters
EVERYBODY = Term("All customers")
ANSWERS, EFFECTIVE, BEST, NPS, MEAN, INDEX = (
    Term("Answers"), Term("Effective answers"), Term("Best answers together"), Term("NPS"), Term("Mean"), Term("Index (0–100)"),
)  # fmt: skip
LEGEND = Term("▲ and ▼: above or below all other customers by more than chance can explain, after allowing for every comparison on this sheet. –: not shown, so that no answer can be traced to fewer than {minimum:count} people.")
UP, DOWN, HIDDEN = "▲", "▼", "–"
COLOURS = {"+": "#1F5F7A", "-": "#9A4A00"}
SEGMENTS, GROUPS, FIRST = 4, 5, 6  # rows
WIDTH, ON_A_PAGE = 12, 16  # of a group's column; groups that fit on one page


class SheetLine(NamedTuple):
    """A row of the sheet: what it says, its column of the figures, its number format, and the place of its mark."""

    label: str
    column: str
    style: str
    mark: int | None = None


def is_banner(result: Result) -> bool:
    """Whether a result is the book of tables."""
    return {"groups", "questions", "figures"} <= set(result.tables) and result.name == "banner"


def write_banner(look: Any, sheet: Any, result: Result) -> None:
    """Writes the sheet: a filter over every column, headings and the first columns always in view and on each printed page."""
    language, groups = look.cover.language, result.tables["groups"]
    sheet.write(2, 0, sentence(LEGEND, {"minimum": result.settings["minimum"]}, language), font_color="#56626E")
    sheet.write(3, 0, clean(base_line(result.base, language)), italic=True, font_color="#56626E")
    last = len(HEADS) + len(groups) - 1
    _headings(look, sheet, groups, language)
    figures, row = result.tables["figures"], FIRST
    by_question = {number: rows.to_dict("records") for number, rows in figures.groupby("question", sort=False)}
    for number, asked in enumerate(result.tables["questions"].to_dict("records"), 1):
        area = asked["block"] or translated(asked["part"], language)
        for place, line in enumerate(_lines(asked, weighted=bool(result.settings["weight"]), of=by_question[number], language=language)):
            border = {"top": 1, "top_color": "#B9C2CA"} if place == 0 else {}
            faint = {} if place == 0 else {"font_color": "#8A96A1"}
            for at, text in enumerate((area, asked["question"])):
                sheet.write(row, at, text, **border, **faint)
            sheet.write(row, 2, line.label, **border, **({"italic": True} if line.mark is None else {}))
            for at, (figure, group) in enumerate(zip(by_question[number], groups.to_dict("records"), strict=True), len(HEADS)):
                _cell(sheet, row, at, line, figure, everybody=not group["group"], border=border)
            row += 1
    for at, width in enumerate(HEADS.values()):
        sheet.page.set_column(at, at, width)
    sheet.page.set_column(len(HEADS), last, WIDTH)
    sheet.page.autofilter(GROUPS, 0, row - 1, last)
    sheet.page.freeze_panes(FIRST, len(HEADS) + 1)
    sheet.page.repeat_rows(SEGMENTS, GROUPS)
    sheet.page.repeat_columns(0, len(HEADS))
    sheet.page.print_area(0, 0, row - 1, last)
    sheet.page.fit_to_pages(-(-len(groups) // ON_A_PAGE), 0)


def _headings(look: Any, sheet: Any, groups: pd.DataFrame, language: str) -> None:
    """Segments above their groups."""
    line = {"bottom": 5, "bottom_color": look.cover.colour}
    for at, head in enumerate(HEADS):
        sheet.write(GROUPS, at, translated(head, language), bold=True, valign="bottom", **line)
    names = [translated(EVERYBODY, language), *groups.group[1:]]
    before = ""
    for at, (segment, name) in enumerate(zip(groups.segment, names, strict=True), len(HEADS)):
        start = {"left": 1, "left_color": "#B9C2CA"} if segment != before or not segment else {}
        if segment and segment != before:
            sheet.write(SEGMENTS, at, segment, bold=True, font_color="#56626E", **start)
        sheet.write(GROUPS, at, name, bold=True, text_wrap=True, align="right", indent=1, valign="bottom", **line, **start)
        before = segment
    longest = max(-(-len(str(name)) // WIDTH) for name in names)
    sheet.page.set_row(GROUPS, 14 * min(max(longest, 2), 4))


def _lines(asked: dict, *, weighted: bool, of: list[dict], language: str) -> Iterator[SheetLine]:
    """The rows of one question."""
    yield SheetLine(translated(ANSWERS, language), "n", "#,##0")
    if weighted:
        yield SheetLine(translated(EFFECTIVE, language), "effective", "#,##0")
    answers = [asked[f"answer_{place}"] for place in range(1, 8) if not pd.isna(asked[f"answer_{place}"])]
    for place, answer in enumerate(answers):
        yield SheetLine(answer, f"share_{place + 1}", "0%", place)
    if any(not pd.isna(each["top"]) for each in of):
        yield SheetLine(translated(BEST, language), "top", "0%")
    if any(not pd.isna(each["nps"]) for each in of):
        yield SheetLine(translated(NPS, language), "nps", "0.0")
    yield SheetLine(translated(MEAN, language), "mean", "0.00", len(answers))
    yield SheetLine(translated(INDEX, language), "index", "0.0")


def _cell(sheet: Any, row: int, at: int, line: SheetLine, figure: dict, *, everybody: bool, border: dict) -> None:
    value = figure[line.column]
    if value is None or pd.isna(value):
        sheet.write(row, at, HIDDEN, align="right", font_color="#8A96A1", **border)
        return
    mark = "." if line.mark is None else figure["marks"][line.mark]
    sign = {"+": UP, "-": DOWN}.get(mark)
    style = f'{line.style} "{sign}"' if sign else f"{line.style}_ _{UP}"
    clear = {"font_color": COLOURS[mark], "bold": True} if sign else {"bold": everybody}
    sheet.write(row, at, six_digits(value), num_format=style, align="right", **clear, **border)
