"""The charts of the business case draw from a result and say in words what they show."""

import pytest

from cxlib.analyses import business_case
from cxlib.engagement import open_client
from cxlib.report import Page
from cxlib.report.charts import business_case as charts
from cxlib.report.charts.canvas import picture
from tests.analyses.test_business_case import case_with, customers, links_of, plan

LINKS = links_of(customers())
CASE = case_with(LINKS, plan())
RESULTS = {
    charts.board_answer: business_case.board_answer(CASE),
    charts.value_parts: business_case.value_parts(CASE),
    charts.value_by_year: business_case.value_by_year(CASE),
    charts.what_matters: business_case.what_matters(CASE),
    charts.initiatives: business_case.initiatives(CASE),
    charts.spend_and_return: business_case.spend_and_return(CASE),
    charts.outcome_levels: business_case.outcome(LINKS, "leaving"),
}


@pytest.mark.parametrize("chart", RESULTS, ids=lambda chart: chart.__name__)
@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_charts_are_drawn_with_words(chart, language):
    drawn = picture(chart, RESULTS[chart], Page(language=language, currency="EUR"))
    assert drawn.wide.startswith("<svg ") and drawn.alt.endswith(".")
    assert any(character.isdigit() for character in drawn.alt)


def test_the_employee_chart_says_how_many_units_there_are_and_needs_five():
    engagement = open_client("nordlys")
    found = business_case.employee_link(engagement.employees, engagement.answers)
    alt = picture(charts.employee_link, found, Page()).alt
    assert alt.startswith("48 units: correlation")
    few = business_case.employee_link(engagement.employees, engagement.answers, minimum=1000)
    assert picture(charts.employee_link, few, Page()) is None
