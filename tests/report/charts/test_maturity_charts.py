"""The charts of the maturity notebook say in words what they show, and draw what is missing as missing."""

import numpy as np
import pytest

from cxlib.analyses import maturity
from cxlib.engagement import open_client
from cxlib.report import Page
from cxlib.report.charts import maturity as charts
from cxlib.report.charts.canvas import picture
from tests.analyses.maturity_cases import people, ratings, stairs

SHOWN = {
    charts.steps: lambda criteria, levels: maturity.steps(criteria),
    charts.heat_map: lambda criteria, levels: maturity.criteria(criteria),
    charts.role_gap: lambda criteria, levels: maturity.role_gap(criteria),
    charts.change: lambda criteria, levels: maturity.change(criteria),
    charts.benchmark: lambda criteria, levels: maturity.benchmark(criteria),
    charts.staircase: lambda criteria, levels: maturity.placement(levels),
}


@pytest.fixture(scope="module")
def assessments():
    engagement = open_client("nordlys")
    return list(map(engagement.maturity, engagement.settings.maturity))


@pytest.mark.parametrize("chart", SHOWN, ids=lambda chart: chart.__name__)
@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_charts_are_drawn_with_words(chart, language, assessments):
    given = maturity.by_criteria(assessments, language), maturity.by_levels(assessments, language)
    drawn = picture(chart, SHOWN[chart](*given), Page(language=language))
    assert drawn.wide.startswith("<svg ") and drawn.alt.endswith(".")
    assert sum(character.isdigit() for character in drawn.alt) > 10 and "{" not in drawn.alt


def test_the_heat_map_speaks_the_figures_of_all():
    # 1.1: 4, 4, 4, 2 -> 62.5, sd 25, t(3) 3.182 -> 22.7 to 100; prints half up as 63, which is sound
    result = maturity.criteria(ratings([[4], [4], [4], [2]]))
    assert picture(charts.heat_map, result, Page()).alt == "1.1 Criterion 1.1: 63 Sound (23 to 100)."


def test_the_heat_map_does_without_groups_bands_and_scores():
    answers = np.array([[3, 1, np.nan]] * 6)
    drawn = picture(charts.heat_map, maturity.criteria(ratings(answers, bands=())), Page())
    assert drawn.alt == "1.1 Criterion 1.1: 50; 1.2 Criterion 1.2: 0; 2.1 Criterion 2.1: –."


def test_many_groups_keep_their_numbers():
    roles = people([name for name in "ABCDEFGHI" for _ in range(5)])
    result = maturity.criteria(ratings(np.full((45, 2), 4.0), people=roles))
    assert result.tables["groups"].group.nunique() == 9
    figure, _ = charts.heat_map(result, Page())
    assert figure.axes[0].get_xlabel() == "Groups drawn: 7 of 9"
    assert len(figure.axes[0].get_xticks()) == 8


def test_client_words_are_drawn_as_they_are():
    roles = people(["A $x$"] * 5 + ["B_{2}"] * 6)
    result = maturity.role_gap(ratings(np.full((11, 1), 4.0), people=roles))
    assert "A $x$ 75, B_{2} 75" in picture(charts.role_gap, result, Page()).alt


def test_a_staircase_not_climbed_frames_no_level():
    alt = picture(charts.staircase, maturity.placement(stairs([[0, 0, 0, 0, 0, 0]] * 4)), Page()).alt
    assert alt.startswith("Level reached: 0; level 1, Aware: 0% fulfilled, reached in full: no")
