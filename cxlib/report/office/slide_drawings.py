"""Exhibits drawn on a slide so that PowerPoint edits them: charts with their intervals, stairs, a heat map."""

import io
import math
from collections.abc import Iterator, Mapping, Sequence

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt
from xlsxwriter.utility import xl_col_to_name

from cxlib.analyses.units import Unit
from cxlib.report.cover import Cover
from cxlib.report.language.numbers import LOCALES, MINUS, NO_BREAK, styled
from cxlib.report.language.words import sentence
from cxlib.report.office.chapters import clean
from cxlib.report.office.excel_cells import HEADING_LENGTH, number_format, unused
from cxlib.report.office.slide_charts import (
    MILLION,
    PART,
    Dots,
    Drawing,
    Exhibit,
    Field,
    RisingLevels,
    Shades,
    Tiles,
    interval_of,
    written,
)
from cxlib.report.office.slide_deck import FIXED, GLYPH, SMALLEST, Area, Deck

LABEL, NAME = 14, 16
MOST_TICKS = 6
SIDES = {"right": XL_LABEL_POSITION.RIGHT, "above": XL_LABEL_POSITION.ABOVE, "below": XL_LABEL_POSITION.BELOW, "left": XL_LABEL_POSITION.LEFT}
REGIONS = {"en_GB": "809", "da_DK": "406", "sv_SE": "41D"}  # how a number format names a language
WIDE = Inches(10.5)  # from which a heat map stands in two halves
ROW, TALL, HEAD, SLIT = Inches(0.29), Inches(0.4), Inches(0.34), Inches(0.35)  # of a heat map: rows, heading, between halves
SHADES = ((239, 195, 181), (244, 238, 221), (127, 195, 174))  # as in the heat map of the page
RISE = 0.38  # of the height of stairs: the lowest step


def number_code(style: str, language: str, *, millions: bool = False) -> str:
    """The number format of a chart as the language writes numbers, whatever the language of the program that shows it."""
    plain = "#,##0.0,," if millions else number_format(style).partition(";")[0].lstrip("+") or "General"
    if plain == "General":
        return plain
    region = f"[$-{REGIONS[LOCALES[language]]}]"
    plain = plain.replace("%", f'"{NO_BREAK}"%') if language != "en" else plain
    sign = "+" if number_format(style).startswith("+") else ""
    return f"{region}{sign}{plain};{region}{MINUS}{plain};{region}{plain}"


def draw_chart(deck: Deck, slide, area: Area, drawn: Drawing, alt: str, cover: Cover) -> None:
    """Bars, a waterfall or a line, with the lines of their intervals."""
    millions = drawn.style.startswith("money") and max(abs(value or 0) for value in drawn.figures) >= MILLION
    code = number_code(drawn.style, cover.language, millions=millions)
    data = CategoryChartData(number_format=code)
    data.categories = drawn.categories
    series = {FLOOR: drawn.floors, **_rises(drawn)} if drawn.kind == "waterfall" else drawn.series
    for name, values in series.items():
        data.add_series(name, values)
    kinds = {"line": XL_CHART_TYPE.LINE_MARKERS, "bars": XL_CHART_TYPE.BAR_CLUSTERED, "waterfall": XL_CHART_TYPE.BAR_STACKED}
    frame = slide.shapes.add_chart(kinds[drawn.kind], *area, data)
    _described(frame, alt)
    chart = frame.chart
    ends = {} if not drawn.low else {f"{drawn.interval} ({MINUS})": drawn.low, f"{drawn.interval} (+)": drawn.high}
    _behind(chart, drawn.categories, {**series, **ends}, code)
    _plain_chart(deck, chart)
    axis = chart.value_axis
    if drawn.kind == "line":
        _scaled(axis, *_ends_of_axis(drawn))
        whole = number_code(Unit(drawn.style).axis if drawn.style in set(Unit) else drawn.style, cover.language)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = whole, False
        _crossing(chart.category_axis, axis.minimum_scale)
    else:
        axis.minimum_scale, axis.maximum_scale = _ends_of_axis(drawn)
    deck.ink(chart.category_axis.format.line.color, "soft")
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    {"line": _style_line, "bars": _style_bars, "waterfall": _style_waterfall}[drawn.kind](deck, chart, drawn, code)
    if drawn.low:
        _whiskers(deck, chart.plots[0].series[0], _ways(drawn.figures, drawn.low, drawn.high), "y" if drawn.kind == "line" else "")


FLOOR = NO_BREAK  # the name of the bars below a waterfall, which nobody sees


def _rises(drawn: Drawing) -> dict[str, tuple[float | None, ...]]:
    """The steps of a waterfall as heights: one series, what it costs drawn down from where the step begins."""
    [(name, values)] = drawn.series.items()
    return {name: tuple(abs(value or 0) for value in values)}


def draw_field(deck: Deck, slide, area: Area, drawn: Field, alt: str, cover: Cover) -> None:
    """Dots between two scales with their intervals, and lines among them."""
    codes = [number_code(style, cover.language) for style in drawn.styles]
    if any(drawn.corners):
        room = area._replace(height=Inches(0.32), width=area.width // 2)
        deck.text(slide, drawn.corners[0], room, size=LABEL, ink="bad", bold=True)
        deck.text(slide, drawn.corners[1], room._replace(left=area.left + area.width // 2), size=LABEL, ink="good", bold=True, side="r")
        area = area._replace(top=area.top + Inches(0.34), height=area.height - Inches(0.34))
    data = XyChartData(number_format=codes[1])
    for dots in drawn.dots:
        series = data.add_series(dots.name)
        for across, up in dots.points:
            series.add_data_point(across, up)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *area, data)
    _described(frame, alt)
    chart = frame.chart
    _side_by_side(chart, drawn, codes[1])
    _plain_chart(deck, chart)
    for axis, title, code, ends in zip(_axes(chart), (drawn.across, drawn.up), codes, _limits(drawn), strict=True):
        axis.has_title, axis.has_major_gridlines = True, False
        axis.axis_title.text_frame.text = title
        font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(SMALLEST), False
        deck.ink(font.color, "soft")
        _scaled(axis, *ends)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = code, False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        deck.ink(axis.format.line.color, "soft" if drawn.cross else "pale")
    if drawn.cross:  # the axes themselves part low from high
        for axis, at in zip(_axes(chart), reversed(drawn.cross), strict=True):
            _crossing(axis, at)
    for series, dots in zip(chart.plots[0].series, drawn.dots, strict=True):
        _style_dots(deck, series, dots)


def draw_stairs(deck: Deck, slide, area: Area, drawn: RisingLevels, alt: str) -> None:
    """Steps that rise from level to level, each filled as far as it is fulfilled; the level reached is framed."""
    count = len(drawn.levels)
    width, name = area.width // count, Inches(0.7)
    reached = max((place for place, level in enumerate(drawn.levels) if level[3]), default=-1)
    longest = max(len(word) for called, *_ in drawn.levels for word in called.split())
    size = next((size for size in (16, LABEL) if longest * Pt(size) * GLYPH < width - Inches(0.1)), SMALLEST)
    group = slide.shapes.add_group_shape()
    group._element.nvGrpSpPr.cNvPr.set("descr", clean(alt))
    for place, (called, share, told, attained) in enumerate(drawn.levels):
        height = int((area.height - name) * (RISE + (1 - RISE) * place / max(count - 1, 1)))
        left, floor, inner = area.left + place * width, area.top + area.height, width - Inches(0.1)
        _box(deck, group.shapes, Area(left, floor - height, inner, height), "shade")
        filled = int(height * share)
        if filled:
            _box(deck, group.shapes, Area(left, floor - filled, inner, filled), "brand" if attained else "pale")
        if place == reached:
            frame = _box(deck, group.shapes, Area(left, floor - height, inner, height), "")
            frame.line.width = Pt(2.5)
            deck.ink(frame.line.color, "ink")
        text = Area(left, floor - height - name, inner, name)
        deck.text(slide, called, text, size=size, bold=place == reached, anchor=MSO_ANCHOR.BOTTOM, side="c")
        inside = Area(left, floor - Inches(0.45), inner, Inches(0.45))
        deck.text(slide, told, inside, size=18, bold=True, ink="paper" if attained and filled > Inches(0.45) else "ink", side="c")


def draw_shades(deck: Deck, slide, area: Area, drawn: Shades, alt: str, cover: Cover) -> None:
    """A heat map as tables whose cells are shaded, in two halves where there is room; the lowest rows where not all fit."""
    halves = 2 if area.width >= WIDE and len(drawn.rows) > 8 else 1
    most = int((area.height - HEAD) // (ROW if halves == 1 else TALL)) * halves
    rows = list(drawn.rows)
    if len(rows) > most:
        room = Area(area.left, area.top + area.height - Inches(0.3), area.width, Inches(0.3))
        deck.text(slide, sentence(PART, {"shown": most - halves, "all": len(rows)}, cover.language), room, size=SMALLEST, ink="soft")
        area, most = area._replace(height=area.height - Inches(0.3)), most - halves
        low = sorted(range(len(rows)), key=lambda place: (rows[place][1][0][1] is None, rows[place][1][0][1] or 0))[:most]
        rows = [row for place, row in enumerate(rows) if place in low]
    size = -(-len(rows) // halves)
    width = (area.width - (halves - 1) * SLIT) // halves
    for half in range(halves):
        part = rows[half * size : (half + 1) * size]
        if part:
            room = area._replace(left=area.left + half * (width + SLIT), width=width)
            _shaded(deck, slide, room, (drawn.title, *drawn.heads), part, (area.height - HEAD) // size, alt)


def _shaded(deck: Deck, slide, area: Area, heads: Sequence[str], rows: Sequence, height: int, alt: str) -> None:
    height = min(height, Inches(0.5))
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), area.left, area.top, area.width, HEAD + height * len(rows))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))
    grid = deck.bare(shape)
    cells = [max(Inches(0.62), int(Pt(SMALLEST) * GLYPH) * longest + Inches(0.1)) for longest in _longest(heads, rows)]
    grid.columns[0].width = Emu(area.width - sum(cells))
    for place, width in enumerate(cells, 1):
        grid.columns[place].width = Emu(width)
    grid.rows[0].height = HEAD
    for place in range(len(rows)):
        grid.rows[place + 1].height = Emu(height)
    for across, head in enumerate(heads):
        deck.cell(grid.cell(0, across), head, size=SMALLEST, side="c" if across else "l", ink="soft")
    for down, (name, shades) in enumerate(rows, 1):
        deck.cell(grid.cell(down, 0), name, size=SMALLEST, side="l")
        for across, (text, share) in enumerate(shades, 1):
            cell = grid.cell(down, across)
            deck.cell(cell, text, size=SMALLEST, side="c", fill=None if share is None else _mixed(share), bold=across == 1)


def _longest(heads: Sequence[str], rows: Sequence) -> Iterator[int]:
    """Letters of the longest word above a column or of its longest cell, column by column."""
    for place, head in enumerate(heads[1:]):
        yield max(*map(len, head.split() or [""]), *(len(shades[place][0]) for _, shades in rows))


def _mixed(share: float) -> str:
    one, other, at = (*SHADES[:2], 2 * share) if share < 0.5 else (*SHADES[1:], 2 * share - 1)
    return "".join(f"{round(a + (b - a) * at):02X}" for a, b in zip(one, other, strict=True))


def alt_of(drawn: Exhibit, cover: Cover) -> str:
    """What an exhibit shows, as a sentence for those who do not see it."""
    if isinstance(drawn, Drawing):
        ends = zip(drawn.low, drawn.high, strict=True) if drawn.low else [(None, None)] * len(drawn.categories)
        spans = [interval_of(low, high, drawn.style, cover) for low, high in ends]
        line = drawn.kind == "line"
        figures = zip(drawn.categories, drawn.figures, spans, strict=True)
        parts = [
            (f"{name}: {written(value, drawn.style, cover)}" if line else name) + (f" ({span})" if span else "") for name, value, span in figures
        ]
    elif isinstance(drawn, Field):
        across, up = drawn.styles
        at = [[f"{_said(x, across, cover)}; {_said(y, up, cover)}" for x, y in dots.points] for dots in drawn.dots if dots.line != "solid"]
        names = [dots.name for dots in drawn.dots if dots.line != "solid"]
        parts = [f"{drawn.across} · {drawn.up}", *(f"{name}: {' · '.join(points)}" for name, points in zip(names, at, strict=True))]
    elif isinstance(drawn, RisingLevels):
        parts = [f"{name}: {share}" for name, _, share, _ in drawn.levels]
    else:
        parts = [] if isinstance(drawn, Tiles) else [f"{name}: {cells[0][0]}" for name, cells in drawn.rows]
    return f"{'; '.join(parts)}."


def _said(value: float, style: str, cover: Cover) -> str:
    return styled(value, style, cover.language, cover.currency)


def _described(frame, alt: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))


def _plain_chart(deck: Deck, chart) -> None:
    chart.has_title, chart.has_legend = False, False
    chart.font.size = Pt(LABEL)
    deck.ink(chart.font.color, "ink")


def _axes(chart) -> tuple:
    return chart.category_axis, chart.value_axis


def _style_line(deck: Deck, chart, drawn: Drawing, code: str) -> None:
    """The figure as a line of dots with its ends written, the target as a dashed line with its name."""
    axis = chart.value_axis
    axis.has_major_gridlines, axis.visible = True, True
    deck.ink(axis.major_gridlines.format.line.color, "shade")
    axis.format.line.fill.background()
    axis.tick_labels.font.size = chart.category_axis.tick_labels.font.size = Pt(SMALLEST)
    deck.ink(axis.tick_labels.font.color, "soft")
    chart.category_axis.has_major_gridlines = False
    figure, *aims = chart.plots[0].series
    figure.smooth = False
    figure.format.line.width = Pt(2.75)
    deck.ink(figure.format.line.color, "brand")
    figure.marker.style, figure.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    figure.marker.format.fill.solid()
    deck.ink(figure.marker.format.fill.fore_color, "brand")
    deck.ink(figure.marker.format.line.color, "brand")
    last = len(drawn.categories) - 1
    for place in (0, last):
        label = figure.points[place].data_label
        label.has_text_frame = False
        label.position = XL_LABEL_POSITION.LEFT if place == 0 else XL_LABEL_POSITION.RIGHT
        label.font.size, label.font.bold = Pt(NAME), True
        _shows(label, code, value=True)
    for series, aim in zip(aims, list(drawn.series.values())[1:], strict=True):
        series.smooth = False
        series.marker.style, series.format.line.dash_style = XL_MARKER_STYLE.NONE, MSO_LINE.DASH
        series.format.line.width = Pt(1.75)
        deck.ink(series.format.line.color, "soft")
        clear = max(range(last + 1), key=lambda at: abs((drawn.figures[at] or 0) - (aim[at] or 0)))
        label = series.points[clear].data_label
        label.position = XL_LABEL_POSITION.ABOVE if (drawn.figures[clear] or 0) < (aim[clear] or 0) else XL_LABEL_POSITION.BELOW
        label.font.size = Pt(SMALLEST)
        deck.ink(label.font.color, "soft")
        _shows(label, code, value=False)


def _style_bars(deck: Deck, chart, drawn: Drawing, _code: str) -> None:
    """Bars in the client's colour; where the finding speaks of some of them, the others are pale."""
    _lying(chart, drawn)
    figure = chart.plots[0].series[0]
    figure.invert_if_negative = False
    figure.format.fill.solid()
    deck.ink(figure.format.fill.fore_color, "pale" if drawn.named else "brand")
    for place in drawn.named:
        fill = figure.points[place].format.fill
        fill.solid()
        deck.ink(fill.fore_color, "brand")


def _style_waterfall(deck: Deck, chart, drawn: Drawing, _code: str) -> None:
    """What adds and what takes in their own colours, the sum in the client's."""
    _lying(chart, drawn)
    chart.plots[0].overlap = 100
    floor, figure = chart.plots[0].series
    floor.format.fill.background()
    figure.invert_if_negative = False
    for place, value in enumerate(drawn.figures):
        fill = figure.points[place].format.fill
        fill.solid()
        deck.ink(fill.fore_color, "brand" if place == len(drawn.figures) - 1 else "good" if (value or 0) >= 0 else "bad")


def _lying(chart, drawn: Drawing) -> None:
    chart.value_axis.has_major_gridlines, chart.value_axis.visible = False, False
    chart.category_axis.has_major_gridlines, chart.category_axis.reverse_order = False, True
    chart.plots[0].gap_width = 55 if len(drawn.categories) > 4 else 90


def _style_dots(deck: Deck, series, dots: Dots) -> None:
    line = series.format.line
    if dots.line:
        series.marker.style = XL_MARKER_STYLE.NONE
        line.width, line.dash_style = Pt(2.25 if dots.line == "solid" else 1.75), MSO_LINE.DASH if dots.line == "dash" else MSO_LINE.SOLID
        deck.ink(line.color, dots.ink)
    else:
        line.fill.background()
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 11
        series.marker.format.fill.solid()
        deck.ink(series.marker.format.fill.fore_color, dots.ink)
        deck.ink(series.marker.format.line.color, dots.ink)
    if dots.label:
        label = series.points[0].data_label
        frame = label.text_frame
        frame.text = dots.label
        font = frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(LABEL), bool(dots.line) or None
        deck.ink(font.color, "ink")
        label.position = SIDES[dots.side]
    xs, ys = zip(*dots.points, strict=True)
    if dots.up:
        _whiskers(deck, series, _ways(ys, *zip(*dots.up, strict=True)), "y", dots.ink)
    if dots.across:
        _whiskers(deck, series, _ways(xs, *zip(*dots.across, strict=True)), "x", dots.ink)


def _ways(figures: Sequence, low: Sequence, high: Sequence) -> tuple[list[float], list[float]]:
    """How far each end lies from the figure: above, below."""
    rows = list(zip(figures, low, high, strict=True))
    known = [all(value is not None and value == value for value in row) for row in rows]
    up = [max(h - f, 0.0) if ok else 0.0 for (f, _, h), ok in zip(rows, known, strict=True)]
    down = [max(f - l, 0.0) if ok else 0.0 for (f, l, _), ok in zip(rows, known, strict=True)]
    return up, down


def _whiskers(deck: Deck, series, ways: tuple[list[float], list[float]], direction: str, ink: str = "ink") -> None:
    """The lines of intervals; of a bar they have no direction of their own."""

    def points(values: list[float]) -> str:
        told = "".join(f'<c:pt idx="{place}"><c:v>{value:.9g}</c:v></c:pt>' for place, value in enumerate(values))
        return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{told}</c:numLit>'

    way = f'<c:errDir val="{direction}"/>' if direction else ""
    up, down = map(points, ways)
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}>{way}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/>'
        f'<c:plus>{up}</c:plus><c:minus>{down}</c:minus><c:spPr><a:ln w="22225" cap="flat"><a:solidFill/></a:ln></c:spPr></c:errBars>'
    )
    bars.find(qn("c:spPr"))[0][0].append(deck.colour(ink))
    after = next(series._element.find(qn(tag)) for tag in ("c:cat", "c:xVal", "c:val") if series._element.find(qn(tag)) is not None)
    after.addprevious(bars)


def _shows(label, code: str, *, value: bool) -> None:
    """Makes a label show its figure in the format, or else the name of its series."""
    element = label._dLbl
    for tag, on in (("c:showVal", value), ("c:showSerName", not value)):
        element.find(qn(tag)).set("val", "1" if on else "0")
    for tag in ("c:showLegendKey", "c:showCatName", "c:showPercent", "c:showBubbleSize"):
        if (found := element.find(qn(tag))) is not None:
            found.set("val", "0")
    if value and element.find(qn("c:numFmt")) is None:
        code = code.replace("&", "&amp;").replace('"', "&quot;")
        element.find(qn("c:idx")).addnext(parse_xml(f'<c:numFmt {nsdecls("c")} formatCode="{code}" sourceLinked="0"/>'))


def _crossing(axis, at: float) -> None:
    """Where this axis stands on the other one."""
    element = axis._element
    for tag in ("c:crosses", "c:crossesAt"):
        for old in element.findall(qn(tag)):
            element.replace(old, parse_xml(f'<c:crossesAt {nsdecls("c")} val="{at:.9g}"/>'))


def _side_by_side(chart, drawn: Field, code: str) -> None:
    """Gives each series two columns of its own, all equally long: LibreOffice draws nothing of series of several lengths."""
    longest = max(len(dots.points) for dots in drawn.dots)
    columns: dict[str, list[float]] = {}
    for place, (series, dots) in enumerate(zip(chart.plots[0].series, drawn.dots, strict=True)):
        names = f"{dots.name} ({drawn.across})", dots.name
        for tag, at, name, values in zip(("c:xVal", "c:yVal"), (2 * place, 2 * place + 1), names, zip(*dots.points, strict=True), strict=True):
            letter, element = xl_col_to_name(at), series._element.find(qn(tag))
            columns[unused(name, columns, HEADING_LENGTH)] = list(values)
            next(element.iter(qn("c:f"))).text = f"Sheet1!${letter}$2:${letter}${longest + 1}"
            next(element.iter(qn("c:ptCount"))).set("val", str(longest))
            if tag == "c:yVal":
                next(series._element.find(qn("c:tx")).iter(qn("c:f"))).text = f"Sheet1!${letter}$1"
    _behind(chart, (), columns, code)


def _limits(drawn: Field) -> list[tuple[float, float]]:
    """The ends of both scales, with room for labels to the right."""
    found = []
    for place in (0, 1):
        values = [point[place] for dots in drawn.dots for point in dots.points]
        values += [end for dots in drawn.dots for ends in ((dots.across, dots.up)[place]) for end in ends if end == end]
        low, high = min(values), max(values)
        room = (high - low) or 1.0
        floor = low - 0.06 * room
        found.append((max(floor, 0.0) if low >= 0 else floor, high + (0.22 if place == 0 else 0.08) * room))
    return found


def _scaled(axis, low: float, high: float) -> None:
    """An axis that begins and ends with a round number, and has four to eight between."""
    size = 10.0 ** math.floor(math.log10(high - low))
    step = next(part * size for part in (0.1, 0.2, 0.5, 1, 2) if (high - low) / (part * size) <= MOST_TICKS)
    axis.minimum_scale, axis.maximum_scale = step * math.floor(low / step), step * math.ceil(high / step)
    axis.major_unit = step


def _ends_of_axis(drawn: Drawing) -> tuple[float, float]:
    """Bars stand on zero, a line fills the height; the lines of intervals are within."""
    values = [value for series in (*drawn.series.values(), drawn.low, drawn.high) for value in series if value is not None and value == value]
    if drawn.kind == "waterfall":
        values = [0.0, *(floor + abs(value or 0) for floor, value in zip(drawn.floors, drawn.figures, strict=True))]
    low, high = (min(values), max(values)) if drawn.kind == "line" else (min(*values, 0), max(*values, 0))
    room = 0.04 * (high - low or 1)
    line = drawn.kind == "line"
    return (low - room if line or low < 0 else 0), (high + room if line or high > 0 else 0)


def _box(deck: Deck, shapes, area: Area, ink: str):
    box = shapes.add_shape(MSO_SHAPE.RECTANGLE, *area)
    box.shadow.inherit = False
    if ink:
        box.fill.solid()
        deck.ink(box.fill.fore_color, ink)
        box.line.fill.background()
    else:
        box.fill.background()
    return box


def _behind(chart, categories: Sequence[str], columns: Mapping[str, Sequence[float | None]], code: str) -> None:
    """The data behind a chart as PowerPoint opens them for editing: text stays text, the ends of intervals beside."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        book.set_properties({"author": "", "created": FIXED})
        sheet, style = book.add_worksheet("Sheet1"), book.add_format({"num_format": code})
        for row, category in enumerate(categories, 1):
            sheet.write_string(row, 0, category)
        for place, (name, values) in enumerate(columns.items(), 1 if categories else 0):
            sheet.write_string(0, place, name)
            for row, value in enumerate(values, 1):
                if value is not None and value == value:
                    sheet.write_number(row, place, value, style)
    chart.part.chart_workbook.update_from_xlsx_blob(whole.getvalue())
