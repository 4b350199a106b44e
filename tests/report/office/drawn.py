"""What the charts of a deck show, read back: figures, the ends of their intervals, the data behind."""

import io
import math
from collections.abc import Iterator
from itertools import pairwise

import openpyxl
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn

from cxlib.stats.rounding import six_digits


def charts(opened) -> list:
    return [shape.chart for slide in opened.slides for shape in slide.shapes if shape.has_chart]


def behind(chart) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))


def is_field(chart) -> bool:
    return chart.chart_type in (XL_CHART_TYPE.XY_SCATTER, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, XL_CHART_TYPE.XY_SCATTER_LINES)


def figures(chart) -> Iterator[tuple[str, list[float]]]:
    """The name and figures of each series that a reader sees; of a waterfall its steps, which must follow on one another."""
    series = list(chart.plots[0].series)
    if chart.chart_type == XL_CHART_TYPE.BAR_STACKED:
        floor, steps = series
        spans = [(low, low + high) for low, high in zip(floor.values, steps.values, strict=True)]
        rounding = 1e-5 * max(high for _, high in spans)  # parts and sum are rounded to six digits each
        assert all(min(abs(a - b) for a in one for b in other) <= rounding for one, other in pairwise(spans))
        assert floor.values[0] == floor.values[-1] == 0
        series = [steps]
    for each in series:
        yield each.name, [value for value in each.values if value is not None]


def numbers(element) -> list[float]:
    return [float(point.find(qn("c:v")).text) for point in element.iter(qn("c:pt"))] if element is not None else []


def intervals(chart) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """{(series, direction): (low, high) of each point} of the lines drawn; direction "" of a bar."""
    found = {}
    for each in chart.plots[0].series:
        for bars in each._element.findall(qn("c:errBars")):
            way = bars.find(qn("c:errDir"))
            way = "" if way is None else way.get("val")
            middles = numbers(each._element.find(qn("c:xVal"))) if way == "x" else [v for v in each.values if v is not None]
            plus, minus = numbers(bars.find(qn("c:plus"))), numbers(bars.find(qn("c:minus")))
            found[each.name, way] = [(six_digits(m - d), six_digits(m + u)) for m, u, d in zip(middles, plus, minus, strict=True)]
    return found


def near(value: float, known: set) -> bool:
    return value in known or any(math.isclose(value, each, rel_tol=2e-6, abs_tol=1e-9) for each in known if isinstance(each, float))
