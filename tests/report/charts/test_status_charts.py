"""Each status chart says in words the figures it shows, in the reader's language, and survives what is missing."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.design import Block, Design, Question, Rating
from cxlib.report import Page
from cxlib.report.charts import status as charts
from cxlib.report.charts.canvas import picture

RNG = np.random.default_rng(8)
SURVEY = pd.DataFrame(
    {
        "q": RNG.integers(3, 11, 300).astype(float),
        "a": RNG.integers(1, 6, 300).astype(float),
        "e": RNG.integers(1, 6, 300).astype(float),
        "g": RNG.choice(["A $x$", "B_{2}", "C"], 300),
        "period": np.repeat(["2025-Q1", "2025-Q2", "2025-Q3"], 100),
    }
)
ASKED = {"score": "q", "scale": (0, 10)}
BLOCKS = {"s": Block("Service", {"a": "Fast"}, (1, 5), expectation={"a": "e"}, margin=5)}
NPS = status.net_promoter_score(SURVEY, Question(**ASKED, target=30), Design(period="period"))


def alt(chart, result, language="da") -> str:
    return picture(chart, result, Page(language=language)).alt


def test_key_figures_name_estimate_and_interval():
    figures = status.key_figures(NPS, status.satisfied_share(SURVEY, Rating("a", scale=(1, 5))))
    row = figures.tables["figures"].iloc[0]
    words = alt(charts.key_figures, figures, "en")
    assert words.startswith(f"NPS: {Page().number(row.estimate, 'points')} (")
    assert "Share of satisfied customers" in words


def test_the_course_names_first_and_last_period():
    words = alt(charts.over_time, NPS)
    assert "1. kvartal 2025" in words and "3. kvartal 2025" in words


def test_a_single_period_has_no_course_to_draw():
    assert picture(charts.over_time, status.net_promoter_score(SURVEY, Question(**ASKED)), Page()) is None


def test_client_labels_with_dollars_and_braces_are_drawn_as_they_are():
    result = status.net_promoter_by_segment(SURVEY, Question(**ASKED), {"g": "Group"})
    words = alt(charts.by_segment, result)
    assert "A $x$:" in words and "B_{2}:" in words


def test_many_groups_are_cut_to_both_ends():
    many = SURVEY.assign(g=np.repeat([f"g{i:02d}" for i in range(50)], 6))
    result = status.net_promoter_by_segment(many, Question(**ASKED), {"g": "Group"})
    assert picture(charts.by_segment, result, Page()).wide.startswith("<svg ")


@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_groups_areas_answers_and_gaps_speak(language):
    areas = status.experience_areas(SURVEY, BLOCKS)
    assert "9–10" in alt(charts.recommendation_groups, status.recommendation_groups(SURVEY, Question(**ASKED)), language)
    assert "Service" in alt(charts.experience_areas, areas, language)
    assert "Fast" in alt(charts.answers, areas, language)
    assert "Service" in alt(charts.expectation_gaps, status.expectation_gaps(SURVEY, BLOCKS), language)
