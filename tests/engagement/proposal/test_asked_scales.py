"""On which scale a question was asked: told from numbers, labels and words, and doubted where it cannot be told."""

import pandas as pd
import pytest

from cxlib.engagement.proposal.facts import date_forms, facts_of
from cxlib.engagement.proposal.scales import scale_of
from cxlib.engagement.tables.table import Table


def scale(cells, *, name="How satisfied are you?", labels=None):
    table = Table("t.csv", pd.DataFrame({name: pd.Series(cells, dtype=object)}), "", {name: labels} if labels else {})
    return scale_of(facts_of(table, {})[0])


@pytest.mark.parametrize(("low", "high"), [(0, 10), (1, 10), (1, 7), (1, 5)])
def test_whole_numbers_tell_a_usual_scale(low, high):
    found = scale([str(low + i % (high - low + 1)) for i in range(200)])
    assert (found.ends, found.doubt) == ((low, high), "")


@pytest.mark.parametrize(("low", "high"), [(0, 6), (1, 6), (0, 5), (1, 11)])
def test_an_unusual_scale_is_doubted(low, high):
    assert scale([str(low + i % (high - low + 1)) for i in range(200)]).doubt


@pytest.mark.parametrize("high", [4, 5, 7])
def test_a_recommendation_on_a_short_scale_is_never_taken_for_zero_to_ten(high):
    found = scale([str(1 + i % high) for i in range(200)], name="nps")
    assert found.high == high


@pytest.mark.parametrize("code", ["98", "99", "-99", "88"])
def test_a_code_far_from_the_scale_is_no_answer(code):
    found = scale([str(1 + i % 10) for i in range(200)] + [code] * 8)
    assert found.ends == (1, 10)
    assert found.dont_know == (code,)


@pytest.mark.parametrize(
    "words",
    [
        ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
        ["Meget utilfreds", "Utilfreds", "Hverken eller", "Tilfreds", "Meget tilfreds"],
        ["Mycket missnöjd", "Missnöjd", "Varken eller", "Nöjd", "Mycket nöjd"],
        ["Slet ikke", "I ringe grad", "I nogen grad", "I høj grad", "I meget høj grad"],
        ["Strongly disagree", "Somewhat disagree", "Neither agree nor disagree", "Somewhat agree", "Strongly agree"],
        ["Extremely difficult", "Somewhat difficult", "Neither easy nor difficult", "Somewhat easy", "Extremely easy"],
        ["Poor", "Fair", "Good", "Very good", "Excellent"],
    ],
)
def test_words_of_a_known_scale_are_put_in_their_order(words):
    found = scale([*words[::-1]] * 20 + ["Ved ikke", "Vet ej"])
    assert [word for word, _ in found.values] == words
    assert [number for _, number in found.values] == [1, 2, 3, 4, 5]
    assert set(found.dont_know) == {"Ved ikke", "Vet ej"}


@pytest.mark.parametrize(
    "words",
    [
        ["Very difficult", "Difficult", "Somewhat difficult", "Somewhat easy", "Easy", "Very easy"],
        ["Strongly disagree", "Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree", "Strongly agree"],
        ["Extremely unlikely", "Moderately unlikely", "Slightly unlikely", "Neither likely nor unlikely", "Slightly likely", "Moderately likely", "Extremely likely"],
    ],
)
def test_each_answer_has_a_place_of_its_own(words):
    found = scale(words[::-1] * 20)
    assert (found.values, found.doubt) == (tuple((word, place) for place, word in enumerate(words, start=1)), "")


def test_answers_that_would_fall_together_are_doubted():
    assert "would be one" in scale(["Very difficult", "Difficult", "Somewhat difficult", "Extremely easy"] * 20).doubt


def test_two_languages_in_one_column_are_one_scale():
    found = scale(["Meget tilfreds", "Utilfreds", "Mycket nöjd", "Missnöjd"] * 20)
    assert dict(found.values) == {"Meget tilfreds": 5, "Utilfreds": 2, "Mycket nöjd": 5, "Missnöjd": 2}


def test_the_number_that_each_answer_begins_with():
    found = scale(["5 - Very satisfied", "4", "3", "2", "1 - Very dissatisfied"] * 20)
    assert found.ends == (1, 5)
    assert dict(found.values) == {"5 - Very satisfied": 5, "1 - Very dissatisfied": 1}


def test_labels_of_the_file_tell_ends_and_codes():
    labels = {1.0: "1 Very dissatisfied", **{float(i): str(i) for i in range(2, 10)}, 10.0: "10 Very satisfied", 11.0: "Ved ikke"}
    found = scale([float(1 + i % 11) for i in range(110)], labels=labels)
    assert (found.ends, found.dont_know) == ((1, 10), ("11",))


def test_labels_of_groups_are_no_scale():
    assert scale([1.0, 2.0, 3.0] * 20, labels={1.0: "Company A", 2.0: "Company B", 3.0: "Company C"}) is None


@pytest.mark.parametrize("cells", [["red", "green", "blue"] * 30, ["1", "2"] * 50, [str(i) for i in range(300)], [f"{i}.5" for i in range(9)] * 9])
def test_what_is_no_scale(cells):
    assert scale(cells, name="thing") is None


def test_how_dates_are_written():
    assert date_forms(["31-12-2025", "01-02-2025"])[0] == ("%d-%m-%Y",)
    assert date_forms(["12/31/2025 10:05", "01/02/2025 09:00"])[0] == ("%m/%d/%Y %H:%M",)
    assert set(date_forms(["01/02/2025", "03/04/2025"])[0]) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert date_forms(["2025-12-31T10:00:00"])[0] == ("",)
    assert date_forms(["soon", "later"]) == ((), ())


@pytest.mark.parametrize("none", ["Ved ikke", "Vet ej", "Don't know", "Ikke relevant"])
@pytest.mark.parametrize(("low", "high", "sign"), [(1, 5, " - "), (0, 10, " = "), (1, 7, ": ")])
def test_labelled_ends_between_plain_numbers_and_a_word_for_no_answer(low, high, sign, none):
    ends = {low: f"{low}{sign}Helt uenig", high: f"{high}{sign}Helt enig"}
    found = scale([ends.get(number, str(number)) for number in [*range(low, high + 1)] * 20] + [none] * 9)
    assert (found.ends, dict(found.values)) == ((low, high), {text: number for number, text in ends.items()})
    assert none in (*found.dont_know, *found.not_applicable)
