"""`survey: basis` of client.yml: which periods segments, distributions and drivers rest on."""

import pytest

from cxlib.engagement import open_client, problems

HEAD = "survey:\n  file: survey.csv\n  recommend: {column: q1, scale: [0, 10]}\n  segments: {part: Part}\n"


def table(*periods: tuple[str, int]) -> str:
    return "q1;part;wave\n" + "".join(f"{i % 11};{i % 2};{name}\n" for name, n in periods for i in range(n))


@pytest.mark.parametrize("basis", ["latest", "last 4", "all", "year on year"])
def test_the_design_of_the_survey_has_it(make, basis):
    make(HEAD + f"  period: wave\n  basis: {basis}\n", {"survey.csv": table(("Spring 2024", 120), ("Spring 2025", 120))})
    assert open_client("acme").survey.design.basis == basis
    assert not problems("acme")


def test_the_latest_is_the_default(make):
    make(HEAD + "  period: wave\n", {"survey.csv": table(("2024", 120), ("2025", 120))})
    assert open_client("acme").survey.design.basis == "latest"


def test_a_wrong_word_is_refused_with_the_right_ones(make):
    make(HEAD + "  period: wave\n  basis: last year\n", {"survey.csv": table(("2024", 120))})
    [problem] = problems("acme")
    assert problem.column == "survey.basis" and "last 4 (so many), all, or year on year" in problem.remedy


def test_it_needs_periods(make):
    make(HEAD + "  basis: all\n", {"survey.csv": table(("2024", 120))})
    [problem] = problems("acme")
    assert problem.rule == "there are no periods to choose from" and problem.row == 8


@pytest.mark.parametrize("names", [("1", "2", "3"), ("Spring 2025", "Autumn 2025"), ("January", "February")])
def test_year_on_year_needs_the_same_period_a_year_before(make, names):
    make(HEAD + "  period: wave\n  basis: year on year\n", {"survey.csv": table(*((name, 120) for name in names))})
    [problem] = problems("acme")
    assert problem.severity == "error" and "no period has one of the same name a year before" in problem.rule


@pytest.mark.parametrize(("basis", "told"), [("", True), ("  basis: latest\n", True), ("  basis: all\n", False)])
def test_a_small_latest_period_is_worth_a_look(make, basis, told):
    make(HEAD + "  period: wave\n" + basis, {"survey.csv": table(("2024", 300), ("2025", 40))})
    found = problems("acme")
    assert [problem.severity for problem in found] == ["warning"] * told
    assert all("2025, has 40 answers" in problem.rule and "basis: all" in problem.remedy for problem in found)


def test_groups_take_the_order_that_is_declared(make):
    settings = HEAD + "  order: {part: [B, C, A]}\n"
    csv = "q1;part\n" + "".join(f"{i % 11};{'ABC'[i % 3]}\n" for i in range(60))
    make(settings, {"survey.csv": csv})
    survey = open_client("acme").survey
    assert list(survey.rows.part.cat.categories) == ["B", "C", "A"] and not problems("acme")
    make(settings.replace("[B, C, A]", "[B, C]"), {"survey.csv": csv})
    [problem] = problems("acme")
    assert "is not one of `order`" in problem.rule
    make(settings.replace("part: [", "prt: ["), {"survey.csv": csv})
    assert "is no column of `segments`" in problems("acme")[0].rule


def test_a_frequency_alone_is_a_survey_of_nothing(make):
    make("survey:\n  file: survey.csv\n  frequency: times\n", {"survey.csv": "times\n" + "2\n" * 30})
    assert not [problem for problem in problems("acme") if problem.severity == "error"]
    assert len(open_client("acme").survey.rows) == 60
