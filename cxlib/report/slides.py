"""The main findings as slides: a sentence each, its figures as a chart that PowerPoint can edit, base and method in the notes."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import xlsxwriter
from nbformat import NotebookNode

try:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import (
        XL_CHART_TYPE,
        XL_LABEL_POSITION,
        XL_LEGEND_POSITION,
        XL_MARKER_STYLE,
        XL_TICK_LABEL_POSITION,
    )
    from pptx.enum.dml import MSO_LINE
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.enum.text import PP_ALIGN
    from pptx.oxml.ns import qn
    from pptx.util import Emu, Inches, Pt
except ImportError:
    raise ImportError("slides need python-pptx; install it with: pip install 'cxlib[pptx]'") from None

from cxlib.analyses.result import Term
from cxlib.report.chapters import (
    Chapter,
    Section,
    base_text,
    chapters,
    clean,
    definition_text,
    finding_text,
    frames,
    method_text,
)
from cxlib.report.columns import MACHINE_ONLY
from cxlib.report.html import Cover
from cxlib.report.numbers import styled
from cxlib.report.overview import main_findings
from cxlib.report.tables import LEFT, cell, column, heading, interval_text, readable
from cxlib.report.typed import interval_heading, number_format, row_styles, unit_heading
from cxlib.report.words import sentence, translated

DRAWN = Term("{what}; in brackets: {brackets}")
PART = Term("{shown:count} of {all:count} rows; the workbook has them all.")
FIGURES = ("share", "p50", "expected")  # what is drawn of a table without an interval
MOST_BARS, MOST_ROWS, MOST_COLUMNS, LONGEST = 24, 10, 7, 60
INK, SOFT = "1D2733", "56626E"
FIXED = datetime(2000, 1, 1)  # the same report gives the same bytes
WIDTH, HEIGHT = 13.333, 7.5  # inches
LEFT_EDGE, INNER = 0.7, 11.93
TITLE_SIZES = ((160, 24), (260, 20), (math.inf, 16))  # characters that fit in points
TITLE_ONLY = 5  # of the plain master's layouts


class Drawing(NamedTuple):
    """What a chart shows: a category, a figure and, over time, the ends of its interval in each row."""

    title: str
    categories: list[str]
    series: dict[str, list[float | None]]
    style: str
    over_time: bool


class Shown(NamedTuple):
    """A finding with the section and the result that it comes from."""

    text: str
    chapter: Chapter
    section: Section
    result: Mapping
    finding: Mapping


def write_slides(
    file: Path, notebooks: Mapping[str, NotebookNode], cover: Cover, template: bytes | None = None
) -> None:
    """Writes the slides: a title, then each main finding of each executed notebook. The bytes repeat.

    template  the client's own master, the bytes of a .potx or .pptx; None gives a plain one
    """
    deck = _plain_deck(cover)
    _cover_slide(deck, cover)
    for chapter in chapters(notebooks, cover.language):
        for shown in _main(chapter, cover):
            _finding_slide(deck, shown, cover)
    whole = io.BytesIO()
    deck.save(whole)
    file.write_bytes(_repeatable(whole))


def drawing(shown: Shown, cover: Cover) -> Drawing | None:
    """The chart behind a finding: of all that the result's tables can draw, what holds most of the finding's numbers.

    A table can be drawn when its rows are groups or periods, few enough to read, with figures of one kind.
    """
    numbers = {value for value in shown.finding["values"].values() if isinstance(value, (int, float))}
    drawn = [
        (len(numbers & set(table[figure])), _drawing(table, figure, shown.section.heading, cover))
        for table in frames(shown.result).values()
        for figure in _figures(table)
    ]
    possible = [(matches, found) for matches, found in drawn if found]
    return max(possible, key=lambda each: each[0])[1] if possible else None


def _figures(table: pd.DataFrame) -> list[str]:
    """The columns that a chart can show: those before an interval, else a share or an expected value."""
    names = list(table.columns.drop(list(MACHINE_ONLY), errors="ignore"))
    before = [before for before, name in pairwise(names) if name.endswith("low")]
    return [name for name in before or FIGURES if name in names and column(name).style not in LEFT]


def _drawing(table: pd.DataFrame, figure: str, topic: str, cover: Cover) -> Drawing | None:
    if {"segment", "group"} <= set(table):  # one split of customers is one idea
        table = table[table["segment"] == table["segment"].iloc[0]]
    rows = table[table[figure].map(lambda value: isinstance(value, (int, float)))]
    names = _names(rows)
    styles = set(row_styles(rows, figure))
    if not names or len(styles) != 1 or not 2 <= len(rows) <= MOST_BARS:
        return None
    style, over_time = styles.pop(), column(names[0]).style == "period"
    low, high = _ends(rows, figure)
    what = topic if figure == "estimate" else unit_heading(figure, cover.language, cover.currency)
    series = {what: list(rows[figure])}
    if over_time and low:
        series |= {interval_heading(name, cover.language): list(rows[name]) for name in (low, high)}
    inner = "" if over_time else low
    categories = [_category(row, names, (inner, high), style, cover) for _, row in rows.iterrows()]
    told = [*(["n"] if "n" in rows else []), *([interval_heading(low, cover.language, whole=True)] if inner else [])]
    title = sentence(DRAWN, {"what": what, "brackets": "; ".join(told)}, cover.language)
    return Drawing(
        clean(title if told else what),
        categories,
        {clean(name): values for name, values in series.items()},
        style,
        over_time,
    )


def _names(rows: pd.DataFrame) -> list[str]:
    """The first columns of words that together tell the rows apart; [] where none do."""
    words = [name for name in rows if name != "unit" and column(name).style in LEFT and rows[name].nunique() > 1]
    tell = [words[: count + 1] for count in range(min(2, len(words)))]
    return next((names for names in tell if not rows.duplicated(names).any()), [])


def _ends(rows: pd.DataFrame, figure: str) -> tuple[str, str]:
    after = list(rows.columns)[list(rows.columns).index(figure) + 1 :][:2]
    return tuple(after) if len(after) == 2 and after[0].endswith("low") and after[1].endswith("high") else ("", "")


def _category(row: pd.Series, names: list[str], ends: tuple[str, str], style: str, cover: Cover) -> str:
    """What stands beside a bar: "North (n = 120; 3.1 to 5.2)"."""
    label = " · ".join(cell(row[name], column(name).style, cover.language) for name in names)
    details = [f"n = {styled(row['n'], 'count', cover.language)}"] if row.get("n") is not None else []
    if ends[0]:
        details.append(interval_text(row[ends[0]], row[ends[1]], style, cover.language, cover.currency))
    return clean(f"{label} ({'; '.join(details)})" if details else label)


def _main(chapter: Chapter, cover: Cover) -> Iterator[Shown]:
    results = [(section, result) for section in chapter.sections for result in section.results]
    said: dict[str, Shown] = {}
    for section, result in results:
        for finding in result["findings"]:
            text = finding_text(finding, cover.language, cover.currency)
            said.setdefault(text, Shown(text, chapter, section, result, finding))
    for finding in main_findings([result for _, result in results], cover.language, cover.currency):
        yield said[clean(finding["text"].unescape())]


def _finding_slide(deck, shown: Shown, cover: Cover) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    slide.shapes.title.text = shown.text
    size = next(size for most, size in TITLE_SIZES if len(shown.text) <= most)
    slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
    _text(slide, f"{shown.chapter.title} · {shown.section.heading}", top=1.6, size=14)
    chart = drawing(shown, cover)
    if chart:
        _chart(slide, chart, shown, cover)
    elif frames(shown.result):
        _table(slide, shown, cover)
    base = base_text(shown.result["base"], cover.language)
    owner = " · ".join(filter(None, (cover.client, cover.period)))
    _text(slide, f"{base} {owner}", top=6.95, size=10)
    told = definition_text(shown.result, shown.section, cover.language), method_text(shown.result, cover.language)
    source = ", ".join(f"{shown.chapter.name}.{shown.result['name']}.{name}" for name in frames(shown.result))
    where = [f"{translated('In the workbook:', cover.language)} {source}"] if source else []
    notes = [shown.text, base, *filter(None, told), *where]
    slide.notes_slide.notes_text_frame.text = "\n\n".join(map(clean, notes))


def _text(slide, text: str, *, top: float, size: int) -> None:
    box = slide.shapes.add_textbox(Inches(LEFT_EDGE), Inches(top), Inches(INNER), Inches(0.4))
    box.text_frame.word_wrap = True
    box.text_frame.text = clean(text)
    font = box.text_frame.paragraphs[0].runs[0].font
    font.size, font.color.rgb = Pt(size), RGBColor.from_string(SOFT)


def _chart(slide, chart: Drawing, shown: Shown, cover: Cover) -> None:
    data = CategoryChartData(number_format=number_format(chart.style) or "General")
    data.categories = chart.categories
    for name, values in chart.series.items():
        data.add_series(name, values)
    kind = XL_CHART_TYPE.LINE_MARKERS if chart.over_time else XL_CHART_TYPE.BAR_CLUSTERED
    place = (Inches(LEFT_EDGE), Inches(2.05), Inches(INNER), Inches(4.8))
    frame = slide.shapes.add_chart(kind, *place, data)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_chart_workbook(chart))
    figures = zip(chart.categories, next(iter(chart.series.values())), strict=True)
    alt = "; ".join(f"{name}: {styled(value, chart.style, cover.language, cover.currency)}" for name, value in figures)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{shown.text} {alt}."))
    _style_chart(frame.chart, chart, _colour(cover))


def _style_chart(drawn, chart: Drawing, colour: RGBColor) -> None:
    ink, soft = RGBColor.from_string(INK), RGBColor.from_string(SOFT)
    drawn.font.size, drawn.font.color.rgb = Pt(11 if len(chart.categories) > 12 else 13), ink
    drawn.has_title, drawn.has_legend = True, len(chart.series) > 1
    drawn.chart_title.text_frame.text = chart.title
    title = drawn.chart_title.text_frame.paragraphs[0].runs[0].font
    title.size, title.bold, title.color.rgb = Pt(12), False, soft
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot, axis = drawn.plots[0], drawn.value_axis
    axis.has_major_gridlines, axis.visible = False, False
    drawn.category_axis.format.line.color.rgb = soft
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.category_axis.has_major_gridlines = False
    figure, *ends = plot.series
    labels = figure.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, number_format(chart.style), False
    if chart.over_time:
        labels.position = XL_LABEL_POSITION.ABOVE
        figure.format.line.color.rgb, figure.format.line.width = colour, Pt(2.5)
        figure.marker.format.fill.solid()
        figure.marker.format.fill.fore_color.rgb = figure.marker.format.line.color.rgb = colour
        for series in ends:
            series.marker.style, series.format.line.dash_style = XL_MARKER_STYLE.NONE, MSO_LINE.DASH
            series.format.line.color.rgb, series.format.line.width = soft, Pt(1)
        for series in plot.series:
            series.smooth = False
        return
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    drawn.category_axis.reverse_order, plot.gap_width = True, 45
    figure.invert_if_negative = False
    figure.format.fill.solid()
    figure.format.fill.fore_color.rgb = colour
    values = [value for value in next(iter(chart.series.values())) if value is not None]
    if min(values) >= 0:
        axis.minimum_scale = 0


def _table(slide, shown: Shown, cover: Cover) -> None:
    """The rows of the finding first; a column of long text does not fit on a slide."""
    tables = list(frames(shown.result).values())
    values = {value for value in shown.finding["values"].values() if value is not None}
    table = max(tables, key=lambda each: sum(value in values for value in each.to_numpy().ravel()))
    named = table.isin(values).any(axis=1)
    texts = readable(pd.concat([table[named], table[~named]]), cover.language, cover.currency)
    texts = texts[[name for name in texts if texts[name].str.len().max() <= LONGEST]].iloc[:MOST_ROWS, :MOST_COLUMNS]
    place = (Inches(LEFT_EDGE), Inches(2.1), Inches(INNER), Inches(0.36 * (len(texts) + 1)))
    grid = slide.shapes.add_table(len(texts) + 1, len(texts.columns), *place).table
    for across, name in enumerate(texts):
        for down, text in enumerate([heading(name, cover.language), *texts[name]]):
            grid.cell(down, across).text = clean(text)
            for run in grid.cell(down, across).text_frame.paragraphs[0].runs:
                run.font.size = Pt(12)
        grid.cell(0, across).fill.solid()
        grid.cell(0, across).fill.fore_color.rgb = RGBColor.from_string(INK)
    if len(texts) < len(table):
        part = {"shown": len(texts), "all": len(table)}
        _text(slide, sentence(PART, part, cover.language), top=6.6, size=11)


def _chart_workbook(chart: Drawing) -> bytes:
    """The data behind a chart as PowerPoint opens them for editing; text stays text."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        book.set_properties({"author": "", "created": FIXED})
        sheet, style = book.add_worksheet("Sheet1"), book.add_format({"num_format": number_format(chart.style)})
        for row, category in enumerate(chart.categories, 1):
            sheet.write_string(row, 0, category)
        for place, (name, values) in enumerate(chart.series.items(), 1):
            sheet.write_string(0, place, name)
            for row, value in enumerate(values, 1):
                if value is not None:
                    sheet.write_number(row, place, value, style)
    return whole.getvalue()


def _plain_deck(cover: Cover):
    """A wide deck on a plain master: nothing of the library's own, a line in the client's colour."""
    deck = Presentation()
    stretch = WIDTH / (deck.slide_width / Inches(1))
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:  # else it stands where its master's stands
                shape.left, shape.width = Emu(int(shape.left * stretch)), Emu(int(shape.width * stretch))
    for part, kind in ((deck.part, "printerSettings"), (deck.part.package, "thumbnail")):
        for key, relation in list(part._rels.items()):
            if relation.reltype.endswith(kind):
                part._rels.pop(key)
    heads = deck.slide_layouts[TITLE_ONLY].placeholders.get(idx=0)
    heads.left, heads.top, heads.width, heads.height = (Inches(x) for x in (LEFT_EDGE, 0.35, INNER, 1.2))
    for level in deck.slide_master._element.xpath("p:txStyles/p:titleStyle/a:lvl1pPr"):
        level.set("algn", "l")
        level.find(qn("a:defRPr")).set("sz", "2400")
        level.find(qn("a:defRPr")).set("b", "1")
    about = deck.core_properties
    about.title, about.author, about.last_modified_by, about.comments = clean(cover.client), "", "", ""
    about.created = about.modified = FIXED
    about.revision, about.language = 1, cover.language
    return deck


def _cover_slide(deck, cover: Cover) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = clean(cover.client)
    slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(40)
    slide.placeholders[1].text = clean(
        " · ".join(filter(None, (translated("Customer report", cover.language), cover.period)))
    )
    slide.placeholders[1].text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, deck.slide_width, Inches(0.12))
    line.fill.solid()
    line.fill.fore_color.rgb = _colour(cover)
    line.line.fill.background()
    deck.slide_master.shapes._spTree.insert(2, line._element)  # python-pptx cannot draw on a master


def _colour(cover: Cover) -> RGBColor:
    return RGBColor.from_string(cover.colour.lstrip("#").upper())


def _repeatable(whole: io.BytesIO) -> bytes:
    """The same package without the time at which it was written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
