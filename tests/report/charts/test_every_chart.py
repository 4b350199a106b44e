"""What holds for every chart: nothing is cut, no label lies on another, each says what it rests on."""

import inspect
from dataclasses import replace
from importlib import import_module
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from cxlib.analyses.result import Result
from cxlib.report import Page, charts
from cxlib.report.captions import PARTS, RANGE_BARS, caption, rests_on
from cxlib.report.charts import canvas
from cxlib.report.paper import NARROW, WIDE
from tests.report.executed import shipped
from tests.report.reshown import Longer, charts_of, figure_of, longer

CHARTS = {name: (chart, result) for name, chart, result in charts_of(shipped())}
MODULES = [file.stem for file in sorted(Path(charts.__file__).parent.glob("*.py")) if file.stem not in ("__init__", "canvas", "vector")]
EDGE = 0.8  # points that a letter may stand out of its box
OVER = 2.0  # points that boxes of texts, which are higher than their letters, may share
NAMES = {"segment", "group", "block", "question", "criterion", "stage", "initiative", "service", "level_name"}
FILLER = "og alt det andet som kunderne har brug for hver eneste dag"
LOOK = {"colour": "#0b6e6e", "currency": "DKK"}
SOURCES = {"survey": "survey.csv", "maturity": ""}


@pytest.fixture(params=[pytest.param("en", marks=pytest.mark.slow), "da", pytest.param("sv", marks=pytest.mark.slow), "40% longer"])
def page(request, monkeypatch):
    """The longest words and a language of the reports by `make test`; the others, which draw every chart anew, by `make test-slow`."""
    if request.param == "40% longer":
        monkeypatch.setattr("cxlib.report.language.words.catalogue", lambda language: Longer())
        return Page(language="da", **LOOK)
    return Page(language=request.param, **LOOK)


def test_every_chart_of_the_workbook_is_looked_at():
    drawn = {chart for chart, _ in CHARTS.values()}
    kept = [import_module(f"cxlib.report.charts.{name}") for name in MODULES]
    own = {f for module in kept for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module.__name__}
    assert {chart for chart in own if not chart.__name__.startswith("_")} == drawn


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("paper", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_label_is_cut_or_lies_on_another(name, page, paper):
    chart, result = CHARTS[name]
    _check(figure_of(chart, result, page.on(paper)))


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("paper", [WIDE, NARROW], ids=["wide", "narrow"])
def test_labels_of_sixty_letters_find_room(name, paper):
    chart, result = CHARTS[name]
    _check(figure_of(chart, _with_long_labels(result), Page(language="da", **LOOK).on(paper)))


def _check(figure) -> None:
    renderer = figure.canvas.get_renderer()
    width, height = renderer.get_canvas_width_height()
    boxes = {text: Text.get_window_extent(text, renderer) for text in _drawn(figure)}
    for text, box in boxes.items():
        assert box.x0 >= -EDGE and box.x1 <= width + EDGE, f"{text.get_text()!r} is cut at the side"
        assert box.y0 >= -EDGE and box.y1 <= height + EDGE, f"{text.get_text()!r} is cut above or below"
    upright = [(text.get_text(), box) for text, box in boxes.items() if not text.get_rotation() % 90]
    for (one, first), (other, second) in combinations(upright, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across <= OVER or down <= OVER, f"{one!r} lies on {other!r}"


def _with_long_labels(result: Result) -> Result:
    """The result as a client with long names would have it."""
    long = lambda text: f"{text} {FILLER}"[:60] if isinstance(text, str) else text  # noqa: E731
    tables = {
        name: table.assign(**{column: table[column].map(long) for column in NAMES & set(table) if name != "levels" or column != "group"})
        for name, table in result.tables.items()
    }
    settings = {name: long(value) if name in ("first", "second") else value for name, value in result.settings.items()}
    if "outcome" in result.settings:  # nodes of the path model that are ours
        own = {"Satisfaction", "Loyalty"}
        for name, table in tables.items():
            for column in {"construct", "cause", "effect"} & set(table):
                tables[name] = tables[name].assign(**{column: [t if t in own else long(t) for t in result.tables[name][column]]})
    return replace(result, tables=tables, settings=settings)


def _drawn(figure) -> list[Text]:
    """The texts that are drawn: not the labels of ticks beyond an axis, nor those of an axis that is off."""
    drawn, draw = [], Text.draw
    with patch.object(Text, "draw", lambda text, *args, **options: (drawn.append(text), draw(text, *args, **options))):
        figure.draw(figure.canvas.get_renderer())
    return [text for text in drawn if text.get_visible() and text.get_text().strip()]


@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_a_cut_label_would_be_seen(page):
    def wide(result, page):
        from cxlib.report.charts.canvas import sheet

        figure, ax = sheet(page, 2)
        ax.text(0.5, 0.5, "far too long for the sheet " * 20)
        return figure, "A line."

    with pytest.raises(AssertionError, match="is cut at the side"):
        _check(figure_of(wide, None, page))


def test_a_longer_message_keeps_its_slots():
    assert longer("Score of {name}: {n:count}") == "Scorere off {name}: {n:count}"


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_it_rests_on(name):
    chart, result = CHARTS[name]
    assert set(chart.note.parts) <= set(PARTS) and chart.note.parts
    told = caption(chart, result, Page(language="da", sources=dict.fromkeys(chart.note.parts, "x.csv")))
    assert told.startswith("Kilde: ") and " n = " in told
    assert ("(x.csv)" in told) == (len(chart.note.parts) <= 2)
    assert ("-intervallet." in told) == bool(chart.note.interval)


@pytest.mark.parametrize("name", CHARTS)
def test_an_interval_is_named_where_one_is_drawn(name):
    """Pale bars, bands and thin lines are drawn for intervals alone; a chart without them names none."""
    chart, result = CHARTS[name]
    figure, _ = canvas.figure_of(chart, result, Page(language="da", **LOOK))
    bars = [line for line in figure.findobj(Line2D) if (line.get_alpha() or 1) < 0.5 and line.get_linewidth() >= 3]
    bands = [band for band in figure.findobj(PolyCollection) if (band.get_alpha() or 1) < 0.3]
    drawn = bool(bars or bands or figure.findobj(LineCollection))
    assert drawn == bool(chart.note.interval)


def test_a_caption_reads_as_one_line():
    chart, result = CHARTS["status.net_promoter_score.over_time"]
    told = caption(chart, result, Page(language="en", sources=SOURCES))
    assert told == "Source: customer survey (survey.csv). n = 195 to 396. Periods: Q1 2024 to Q4 2025. The pale band shows the 95% interval."
    chart, result = CHARTS["maturity.steps.steps"]
    assert caption(chart, result, Page(sources=SOURCES)).startswith("Source: self-assessment. n = 16.")
    assert caption(chart, result, Page()).startswith("n = 16.")


def test_n_of_several_figures_is_given_from_to():
    chart, result = CHARTS["status.key_figures.key_figures"]
    n = result.tables["figures"].n
    assert f"n = {n.min()} to {n.max()}." in caption(chart, result, Page())


def test_a_range_is_read_from_the_columns():
    chart, result = CHARTS["business_case.board_answer.board_answer"]
    assert chart.note.interval == RANGE_BARS
    assert caption(chart, result, Page()).endswith("The pale bars show the 80% range.")


def test_a_consultants_own_chart_says_its_n():
    _, result = CHARTS["maturity.steps.steps"]
    assert caption(lambda result, page: None, result, Page()) == "n = 16."
    own = rests_on("survey")(lambda result, page: None)
    assert caption(own, result, Page(sources=SOURCES)) == "Source: customer survey (survey.csv). n = 16."
