"""The main findings as slides: a sentence each, its figures as a chart that PowerPoint can edit, base and method in the notes."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter
from nbformat import NotebookNode

try:
    import pptx  # noqa: F401  an extra: asked for by its own name before its parts
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import (
        XL_CHART_TYPE,
        XL_LABEL_POSITION,
        XL_LEGEND_POSITION,
        XL_MARKER_STYLE,
        XL_TICK_LABEL_POSITION,
    )
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Inches, Pt
except ImportError:
    raise ImportError("slides need python-pptx; install it with: pip install 'cxlib[pptx]'") from None

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.result import Term
from cxlib.report.cover import Cover
from cxlib.report.drawings import png
from cxlib.report.front_page.overview import page_findings
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.lines import base_line, method_line
from cxlib.report.office.chapters import (
    Chapter,
    Picture,
    Section,
    chapters,
    clean,
    definition_text,
    filled_tables,
    finding_text,
)
from cxlib.report.office.excel_cells import PERCENTAGE_POINTS, number_format
from cxlib.report.office.slide_charts import Drawing, Shown, drawing, showing
from cxlib.report.office.slide_deck import FIXED, Deck
from cxlib.report.tables import heading, readable

PART = Term("{shown:count} of {all:count} rows; the workbook has them all.")
MOST_ROWS, MOST_COLUMNS, LONGEST, FEW_ROWS = 10, 7, 60, 4
TITLE_SIZES = ((160, 24), (260, 20), (math.inf, 16))  # characters that fit in points
BAR, AROUND, THICKEST = 0.62, 0.75, 7  # inches that a bar and a chart's title take; bars that fill the height
TOPIC, FOOT, GAP = 0.4, 0.35, 0.05  # inches below the title, at the foot, between


def write_slides(
    file: Path,
    notebooks: Mapping[str, NotebookNode],
    cover: Cover,
    template: bytes | None = None,
    summary: Mapping[str, Sequence[Mapping]] | None = None,
) -> None:
    """Writes the slides: a title, the answers, the main findings of each executed notebook, what to do next.

    Behind them stands each chart that a notebook drew, as the page shows it.

    template  the client's own master, the bytes of a .potx or .pptx; None gives a plain one
    summary   the lists of `report.overview.overview`, of which "answers" and "steps" are slides; None leaves them out.
    The bytes repeat.
    """
    deck = Deck(cover, template)
    deck.cover(cover.client, " · ".join(filter(None, (translated("Customer report", cover.language), cover.period))))
    lists = summary or {}
    _list_slide(deck, translated("The answers in short", cover.language), lists.get("answers", ()), cover)
    read = chapters(notebooks, cover.language)
    for chapter in read:
        for shown, chart in _main(chapter, cover):
            _finding_slide(deck, shown, chart, cover)
    _list_slide(deck, translated("Next steps: the battles to win", cover.language), lists.get("steps", ()), cover)
    for chapter in read:
        for section in chapter.sections:
            for picture in section.pictures:
                _picture_slide(deck, chapter, section, picture, cover)
    whole = io.BytesIO()
    deck.save(whole)
    file.write_bytes(_repeatable(whole))


def _main(chapter: Chapter, cover: Cover) -> Iterator[tuple[Shown, Drawing | None]]:
    """The main findings of a chapter, each with a chart that no other of them shows."""
    results = [(section, result) for section in chapter.sections for result in section.results]
    origin = {id(finding): each for each in results for finding in each[1].findings}
    page = {"file": chapter.name, "results": [result for _, result in results], "answer": chapter.answer}
    drawn: list[tuple] = []
    for finding in page_findings(page):
        section, result = origin[id(finding)]
        text = finding_text(finding, cover.language, cover.currency)
        shown = Shown(text, chapter, section, result, finding)
        chart = drawing(shown, cover)
        figures = (section.heading, chart and (chart.title, tuple(chart.categories)))
        if figures not in drawn:
            drawn.append(figures)
            yield shown, chart


def _finding_slide(deck: Deck, shown: Shown, chart: Drawing | None, cover: Cover) -> None:
    slide, area = _titled(deck, shown.text, f"{shown.chapter.title} · {shown.section.heading}")
    if chart:
        _chart(deck, slide, area, chart, shown, cover)
    elif filled_tables(shown.result):
        _table(deck, slide, area, shown, cover)
    base = clean(base_line(shown.result.base, cover.language))
    owner = " · ".join(filter(None, (cover.client, cover.period)))
    deck.foot(slide, f"{base} {owner}")
    told = definition_text(shown.result, shown.section, cover.language), method_line(shown.result, cover.language)
    source = ", ".join(f"{shown.chapter.name}.{shown.result.name}.{name}" for name in filled_tables(shown.result))
    where = [f"{translated('In the workbook:', cover.language)} {source}"] if source else []
    notes = [shown.text, base, *filter(None, told), *where]
    slide.notes_slide.notes_text_frame.text = "\n\n".join(map(clean, notes))


def _picture_slide(deck: Deck, chapter: Chapter, section: Section, picture: Picture, cover: Cover) -> None:
    """A chart as the page shows it, behind what the slides say."""
    slide, area = _titled(deck, section.heading, f"{translated('Further charts', cover.language)} · {chapter.title}")
    deck.picture(slide, area, png(picture.svg), picture.alt)
    deck.foot(slide, " ".join(filter(None, (picture.caption, " · ".join(filter(None, (cover.client, cover.period)))))))
    slide.notes_slide.notes_text_frame.text = picture.alt


def _list_slide(deck: Deck, title: str, entries: Sequence[Mapping], cover: Cover) -> None:
    """Sentences of the front page, each with the page that it comes from."""
    if not entries:
        return
    slide, area = _titled(deck, title, "")
    room = area.height / len(entries)
    size = 16 if max(len(entry["text"]) for entry in entries) < 220 else 14
    for number, entry in enumerate(entries):
        top = area.top + int(number * room)
        deck.text(slide, clean(entry["title"]), area._replace(top=top, height=Inches(0.3)), size=12, ink="soft")
        below = area._replace(top=top + Inches(0.27), height=max(int(room) - Inches(0.3), Inches(0.3)))
        deck.text(slide, clean(entry["text"].unescape()), below, size=size)
    deck.foot(slide, " · ".join(filter(None, (cover.client, cover.period))))


def _titled(deck: Deck, title: str, topic: str):
    size = next(size for most, size in TITLE_SIZES if len(title) <= most)
    slide, area = deck.slide(clean(title), size)
    if topic:
        deck.text(slide, clean(topic), area._replace(height=Inches(TOPIC)), size=14, ink="soft")
        area = area._replace(top=area.top + Inches(TOPIC + GAP), height=area.height - Inches(TOPIC + GAP))
    return slide, area


def _chart(deck: Deck, slide, area, chart: Drawing, shown: Shown, cover: Cover) -> None:
    data = CategoryChartData(number_format=_number_format(chart))
    data.categories = chart.categories
    for name, values in chart.series.items():
        data.add_series(name, values)
    kind = XL_CHART_TYPE.LINE_MARKERS if chart.line else XL_CHART_TYPE.BAR_CLUSTERED
    bars = len(chart.categories)
    height = area.height if chart.line or bars >= THICKEST else min(area.height, Inches(BAR * bars + AROUND))
    frame = slide.shapes.add_chart(kind, area.left, area.top, area.width, height, data)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_chart_workbook(chart))
    figures = zip(chart.categories, next(iter(chart.series.values())), strict=True)
    alt = "; ".join(f"{name}: {_written(value, chart.style, cover)}" for name, value in figures)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{shown.text} {alt}."))
    _style_chart(deck, frame.chart, chart)


def _style_chart(deck: Deck, drawn, chart: Drawing) -> None:
    drawn.font.size = Pt(11 if len(chart.categories) > 12 else 13)
    deck.ink(drawn.font.color, "ink")
    drawn.has_title, drawn.has_legend = True, len(chart.series) > 1
    drawn.chart_title.text_frame.text = chart.title
    title = drawn.chart_title.text_frame.paragraphs[0].runs[0].font
    title.size, title.bold = Pt(12), False
    deck.ink(title.color, "soft")
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot, axis = drawn.plots[0], drawn.value_axis
    axis.has_major_gridlines, axis.visible = False, False
    axis.minimum_scale, axis.maximum_scale = _ends_of_axis(chart)
    deck.ink(drawn.category_axis.format.line.color, "soft")
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.category_axis.has_major_gridlines = False
    figure, *ends = plot.series
    labels = figure.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, _number_format(chart), False
    (_style_line if chart.line else _style_bars)(deck, drawn, chart, figure, ends)


def _style_line(deck: Deck, drawn, chart: Drawing, figure, ends) -> None:
    figure.data_labels.position = XL_LABEL_POSITION.ABOVE
    deck.ink(figure.format.line.color, "brand")
    figure.format.line.width = Pt(2.5)
    figure.marker.format.fill.solid()
    deck.ink(figure.marker.format.fill.fore_color, "brand")
    deck.ink(figure.marker.format.line.color, "brand")
    for series in ends:
        series.marker.style, series.format.line.dash_style = XL_MARKER_STYLE.NONE, MSO_LINE.DASH
        deck.ink(series.format.line.color, "soft")
        series.format.line.width = Pt(1)
    for series in drawn.plots[0].series:
        series.smooth = False


def _style_bars(deck: Deck, drawn, chart: Drawing, figure, _ends) -> None:
    """Bars in the client's colour; where the finding speaks of some of them, the others are pale."""
    figure.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    drawn.category_axis.reverse_order, drawn.plots[0].gap_width = True, 45
    figure.invert_if_negative = False
    figure.format.fill.solid()
    deck.ink(figure.format.fill.fore_color, "pale" if chart.named else "brand")
    for place in chart.named:
        fill = figure.points[place].format.fill
        fill.solid()
        deck.ink(fill.fore_color, "brand")


def _ends_of_axis(chart: Drawing) -> tuple[float, float]:
    """Room for the labels: bars stand on zero, a line fills the height."""
    values = [value for series in chart.series.values() for value in series if value is not None]
    low, high = (min(values), max(values)) if chart.line else (min(*values, 0), max(*values, 0))
    room = 0.16 * (high - low or 1)
    return (low - room if chart.line or low < 0 else 0), (high + room if chart.line or high > 0 else 0)


def _number_format(chart: Drawing) -> str:
    return "#,##0.0,," if chart.in_millions else number_format(chart.style) or "General"


def _written(value: float | None, style: str, cover: Cover) -> str:
    """A figure of a chart in words; a difference of shares is there in percentage points already."""
    share = value / 100 if value is not None and style in PERCENTAGE_POINTS else value
    return styled(share, style, cover.language, cover.currency)


def _table(deck: Deck, slide, area, shown: Shown, cover: Cover) -> None:
    """The rows of the finding first, bold; a single row becomes a list; a column of long text does not fit on a slide."""
    table, columns, spoken_of = _rows(shown)
    texts = readable(table, columns, cover.language, cover.currency)
    longest = LONGEST if len(table) > FEW_ROWS else MOST_ROWS * LONGEST // len(table)
    texts = texts[[name for name in texts if texts[name].str.len().max() <= longest]].iloc[:MOST_ROWS]
    heads = {name: heading(columns, name, cover.language) for name in texts}
    if len(table) == 1:
        rows = [[heads[name], texts[name].iloc[0]] for name in texts]
        deck.table(slide, area._replace(width=area.width // 2), rows[:MOST_ROWS], "lr", heading=False, size=16)
        return
    texts = texts.iloc[:, :MOST_COLUMNS]
    rows = [[heads[name] for name in texts], *texts.to_numpy().tolist()]
    sides = "".join("l" if columns[name].in_words else "r" for name in texts)
    deck.table(slide, area, rows, sides, bold=spoken_of if spoken_of < len(table) else 0)
    if len(texts) < len(table):
        part = {"shown": len(texts), "all": len(table)}
        below = area._replace(top=area.top + area.height - Inches(0.3), height=Inches(0.3))
        deck.text(slide, sentence(PART, part, cover.language), below, size=11, ink="soft")


def _rows(shown: Shown) -> tuple[pd.DataFrame, Columns, int]:
    """The table that shows the finding, the rows that it speaks of first; its columns; how many these rows are."""
    place, table = showing(shown)[0]
    named = table.isin(shown.finding.names).any(axis=1)
    named = named if named.any() else table.isin({v for v in shown.finding.values.values() if not isinstance(v, list)}).any(axis=1)
    return pd.concat([table[named], table[~named]]), columns_of(shown.result, place.table), int(named.sum())


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


def _repeatable(whole: io.BytesIO) -> bytes:
    """The same package without the time at which it was written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
