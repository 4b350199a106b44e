"""What `cx check` says of scales: refuses those that have no figure, and proposes a remedy that makes the figure right."""

import re

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cxlib.analyses import status
from cxlib.engagement import open_client, problems
from cxlib.engagement.tables.answers import Coding, read_answers
from cxlib.engagement.tables.table import Table


def described(question: str) -> str:
    return f"survey:\n  file: survey.csv\n  {question}\n"


def csv(**columns) -> str:
    return pd.DataFrame(columns).to_csv(index=False)


@pytest.mark.parametrize("scale", ["[1, 5]", "[1, 7]", "[0, 100]", "[-10, 10]"])
def test_a_score_on_another_scale_is_refused_and_the_remedy_gives_a_report(make, scale):
    low, high = map(int, scale.strip("[]").split(","))
    table = {"survey.csv": csv(q1=np.linspace(low, high, 60).round().astype(int))}
    make(described(f"recommend: {{column: q1, scale: {scale}}}"), table)
    [problem] = problems("acme")
    assert (problem.severity, problem.column) == ("error", "survey.recommend.scale") and "`rating`" in problem.remedy
    top = ", top: 20" if high - low > 10 else ""
    make(described(f"rating: {{column: q1, scale: {scale}{top}}}"), table)
    assert not problems("acme")
    survey = open_client("acme").survey
    assert status.satisfied_share(survey.rows, survey.rating).tables


def test_satisfied_on_a_long_scale_has_to_be_said(make):
    table = {"survey.csv": csv(q1=range(101))}
    make(described("rating: {column: q1, scale: [0, 100]}"), table)
    [problem] = problems("acme")
    assert "99 and 100" in problem.rule and "`top: 20`" in problem.remedy


@pytest.mark.parametrize("n", [10, 68, 300])
def test_a_score_without_a_nought_is_worth_a_look_however_few_answers_there_are(make, n):
    make(described("recommend: {column: q1, scale: [0, 10]}"), {"survey.csv": csv(q1=[1 + i % 10 for i in range(n)])})
    [problem] = problems("acme")
    assert problem.severity == "warning" and "`scale: [1, 10]`" in problem.remedy


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("ends", [("Not at all likely", "Very likely"), ("Slet ikke sandsynligt", "Meget sandsynligt"), ("Inte alls", "Mycket sannolikt")])
def test_a_shifted_score_is_read_right_once_the_remedy_is_obeyed(make, seed, labelled, ends):
    rng = np.random.default_rng(seed)
    answers = np.concatenate([[10], rng.choice(11, 60, p=np.r_[np.full(6, 0.02), 0.06, 0.15, 0.2, 0.2, 0.27])])
    stored = answers + 1
    true = 100 * (np.mean(answers >= 9) - np.mean(answers <= 6))
    folder = make(described("recommend: {column: q1, scale: [0, 10]}").replace("csv", "sav"))
    labels = {"q1": {1: ends[0], 11: ends[1]}} if labelled else {}
    pyreadstat.write_sav(pd.DataFrame({"q1": stored.astype(float)}), folder / "survey.sav", variable_value_labels=labels)
    [problem] = [each for each in problems("acme") if each.severity == "error"]
    assert "dont_know" not in problem.remedy and (not labelled or "not_applicable" not in problem.remedy)
    shift = re.search(r"`(shift: -?\d)`", problem.remedy)[1]
    make(described(f"recommend: {{column: q1, scale: [0, 10], {shift}}}").replace("csv", "sav"))
    survey = open_client("acme").survey
    assert status.net_promoter_score(survey.rows, survey.recommend).tables["figure"].estimate[0] == pytest.approx(true)


@pytest.mark.parametrize(("scale", "step"), [((0, 10), 1), ((1, 10), -1), ((1, 5), -1), ((1, 7), 1), ((0, 4), 1)])
def test_codes_that_are_the_scale_moved_by_one_are_moved_back(scale, step):
    stored = np.arange(scale[0] + step, scale[1] + step + 1.0)
    [problem] = unread(stored, scale)
    assert f"`shift: {-step}`" in problem.remedy


@pytest.mark.parametrize("label", ["Don't know", "Ved ikke", "Vet ej", "Not applicable", "Ikke relevant", "Prefer not to say"])
@pytest.mark.parametrize("code", [0.0, 6.0, 99.0])
def test_a_labelled_code_that_is_no_answer_is_declared(label, code):
    [problem] = unread(np.array([1, 2, 3, 4, 5, code]), (1, 5), {code: label})
    assert "`dont_know` or `not_applicable`" in problem.remedy and "shift" not in problem.remedy


@pytest.mark.parametrize("label", ["Very satisfied", "Meget tilfreds", "Mycket nöjd", "Completely agree"])
def test_a_labelled_end_of_the_scale_is_never_dropped(label):
    [problem] = unread(np.array([1, 2, 3, 4, 5, 6.0]), (1, 5), {6.0: label})  # 1-6 was offered: no shift fits
    assert not re.search("dont_know|not_applicable", problem.remedy) and "correct `scale`" in problem.remedy


def unread(stored, scale, labels=None):
    frame = pd.DataFrame({"q": pd.Series(stored, range(2, len(stored) + 2), dtype=object)})
    return read_answers(Table("survey.sav", frame, "sav", labels={"q": labels or {}}), "q", Coding(scale)).problems


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("part", ["satisfaction", "loyalty", "blocks"])
def test_questions_on_shorter_scales_are_found_and_mixed_rightly(make, seed, part):
    rng = np.random.default_rng(seed)
    tops = {"a": 10, "b": 5, "c": 7}
    columns = {name: np.r_[1, top, rng.integers(1, top + 1, 198)] for name, top in tops.items()}
    items = "items: {a: A, b: B, c: C}, scale: [1, 10]"
    head, tail = ("blocks: {x: {label: X, ", "}}") if part == "blocks" else (f"{part}: {{", "}")
    make(described(f"{head}{items}{tail}"), {"survey.csv": csv(**columns)})
    found = problems("acme")
    assert [problem.severity for problem in found] == ["warning"] * 2
    own = [re.search(r"`scales: \{(.*)\}`", problem.remedy)[1] for problem in found]
    make(described(f"{head}{items}, scales: {{{', '.join(own)}}}{tail}"))
    assert not problems("acme")
    survey = open_client("acme").survey
    true = np.mean([100 * (columns[name] - 1) / (top - 1) for name, top in tops.items()])
    if part == "blocks":
        assert status.experience_areas(survey.rows, survey.blocks).tables["areas"]["index"][0] == pytest.approx(true)
        return
    figure = {"satisfaction": status.satisfaction_index, "loyalty": status.loyalty_index}[part]
    assert figure(survey.rows, getattr(survey, part)).tables["figure"].estimate[0] == pytest.approx(true)
    answers = open_client("acme").answers  # as the links to money take them: one scale for all questions
    if part == "satisfaction":
        low, high = answers.scale
        assert np.mean(100 * (answers.rows[list("abc")] - low) / (high - low)) == pytest.approx(true)


@pytest.mark.parametrize("scale", ["[0, 100]", "[1, 5]", "[1, 7]"])
def test_the_groups_of_customers_on_another_scale_have_to_be_said(make, scale):
    customers = "customers:\n  file: customers.csv\n  customer: id\n  score: {column: s, scale: %s%s}\n  margin: m\n"
    low, high = map(int, scale.strip("[]").split(","))
    table = csv(id=range(60), s=np.linspace(low, high, 60).round().astype(int), m=range(100, 160))
    make(customers % (scale, ""), {"customers.csv": table})
    [problem] = problems("acme")
    assert problem.severity == "error" and problem.column == "customers.score.steps"
    make(customers % (scale, f", steps: [{low + 1}, {high - 1}]"))
    assert not [each for each in problems("acme") if each.severity == "error"]


def test_blank_for_those_who_stayed_is_refused(make):
    settings = "customers:\n  file: customers.csv\n  customer: id\n  churned: {column: left, left: churned}\n"
    make(settings, {"customers.csv": "id;left\n" + "".join(f"{i};{'churned' if i % 3 == 0 else ''}\n" for i in range(60))})
    [problem] = [each for each in problems("acme") if each.severity == "error"]
    assert "blank" in problem.rule and "stayed" in problem.remedy
