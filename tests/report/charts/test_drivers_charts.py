"""The charts of the drivers notebook draw from a result and say in words what they show."""

import pandas as pd
import pytest

from cxlib.analyses import drivers
from cxlib.analyses.design import Index
from cxlib.report import Page
from cxlib.report.charts import drivers as charts
from cxlib.report.charts.canvas import picture
from tests.analyses.test_drivers import block, model_of, survey

ROWS = survey(600).assign(g=["north", "south"] * 300, l0=lambda rows: rows.s0, l1=lambda rows: rows.nps.clip(1))
LOYALTY = Index({"l0": "Stays", "l1": "Recommends"})
MODEL = model_of(ROWS, {"a0": block(0, "Price & <value>"), "a1": block(1, "A name that is long enough to be wrapped twice"),
                        "a2": block(2)}, loyalty=LOYALTY,
                 paths={"satisfaction": ["a0", "a1", "a2"], "loyalty": ["satisfaction", "a0"]})  # fmt: skip
RESULTS = {
    charts.driver_importance: drivers.driver_importance(MODEL),
    charts.cause_and_effect: drivers.cause_and_effect(MODEL),
    charts.where_to_act: drivers.where_to_act(MODEL),
    charts.effects_by_segment: drivers.effects_by_segment(MODEL, segments={"g": "Region"}),
    charts.lift_and_loss: drivers.lift_and_loss(MODEL),
}


@pytest.mark.parametrize("chart", RESULTS, ids=lambda chart: chart.__name__)
@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_charts_are_drawn_with_words(chart, language):
    drawn = picture(chart, RESULTS[chart], Page(language=language))
    assert drawn.wide.startswith("<svg ") and drawn.alt.endswith(".")
    assert any(character.isdigit() for character in drawn.alt)


def test_the_alt_text_holds_the_figures_of_the_table():
    page = Page()
    alt = picture(charts.driver_importance, RESULTS[charts.driver_importance], page).alt
    first = RESULTS[charts.driver_importance].tables["drivers"].iloc[0]
    shown = [page.number(first[name], "percent") for name in ("importance", "low", "high")]
    assert alt.startswith(f"{first.block}: {shown[0]} ({shown[1]} to {shown[2]})")


def test_outcomes_are_named_in_the_readers_language():
    alt = picture(charts.cause_and_effect, RESULTS[charts.cause_and_effect], Page(language="sv")).alt
    assert "→ Nöjdhet" in alt and "→ Lojalitet" in alt and "Satisfaction" not in alt


def test_a_chart_is_the_same_twice():
    one, other = (picture(charts.cause_and_effect, RESULTS[charts.cause_and_effect], Page()).wide for _ in range(2))
    assert one == other


def test_columns_of_the_path_model_follow_the_longest_way():
    arrows = pd.DataFrame({"cause": ["A", "B", "A"], "effect": ["B", "C", "C"]})
    places = charts._layers(["A", "B", "C"], arrows)
    assert [places[name] for name in "ABC"] == [0, 1, 2]
