"""The shipped real survey: influence on management moves satisfaction, and frequencies are respected."""

import pytest

from cxlib.analyses import status
from cxlib.engagement import open_client


@pytest.fixture(scope="module")
def survey():
    return open_client("copenhagen").survey


def test_each_row_stands_for_its_frequency(survey):
    assert len(survey.rows) == 1681


def test_high_satisfaction_by_influence_and_type_as_published(survey):
    # Madsen 1976: 28 % at low influence, 40 % at medium, 58 % at high; towers 50 %, terraces 25 %
    result = status.satisfied_by_segment(survey.rows, survey.rating, survey.segments, survey.design)
    found = result.tables["segments"].set_index(["segment", "group"]).estimate.astype(float).round(2)
    influence = found["Influence on management"]
    assert (influence["Low"], influence["Medium"], influence["High"]) == (0.28, 0.40, 0.58)
    assert (found["Type of housing"]["Tower"], found["Type of housing"]["Terrace"]) == (0.50, 0.25)


def test_influence_is_named_first(survey):
    result = status.satisfied_by_segment(survey.rows, survey.rating, survey.segments, survey.design)
    assert {finding.values["segment"] for finding in result.findings[:2]} == {"Influence on management"}
    assert result.findings[0].values["group"] in ("High", "Low")
