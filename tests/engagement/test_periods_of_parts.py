"""Named periods in a client folder: their order, what asks for it, and late answers; every remedy is obeyed and ends right."""

import re
from datetime import date, timedelta

import numpy as np
import pytest

from cxlib.engagement import open_client, problems
from cxlib.engagement.problems import errors

NPS = "  recommend: {column: q1, scale: [0, 10]}\n"


def survey(make, rows, settings):
    make("survey:\n  file: s.csv\n" + settings + NPS, {"s.csv": "wave,q1\n" + "".join(f"{name},{answer}\n" for name, answer in rows)})
    return problems("acme")


def fragment(remedy, key):
    """What a remedy says to write under a key."""
    return re.search(rf"`({key}: .*?[\]}}])`", remedy)[1]


@pytest.mark.parametrize("names", [["jan 2025", "feb 2025", "mar 2025", "apr 2025", "maj 2025", "jun 2025"], ["Q4 2024", "Q1 2025"], ["Wave 2", "Wave 10"]])
def test_a_rise_stays_a_rise(make, names):
    """A rise in time is a rise on the page, however the names sort."""
    rows = [(name, answer) for at, name in enumerate(names) for answer in np.clip(np.arange(40) % 5 + at, 0, 10)]
    np.random.default_rng(1).shuffle(rows)
    assert not errors(survey(make, rows, "  period: wave\n"))
    answers = open_client("acme").survey
    means = answers.rows.groupby("wave", observed=True).q1.mean()
    assert list(means.index) == names and means.is_monotonic_increasing


@pytest.mark.parametrize("names", [["Before", "After"], ["Q1", "Q2", "Q3", "Q4"], ['the "old" one', "the new: one"], ["Winter 2024", "Summer 2024"]])
def test_an_unknown_order_is_asked_for_and_the_list_can_be_pasted(make, names):
    rows = [(f'"{name.replace(chr(34), chr(34) * 2)}"', answer) for name in names for answer in range(10)]
    (problem,) = errors(survey(make, rows, "  period: wave\n"))
    assert problem.column == "wave" and "order in time" in problem.rule
    pasted = fragment(problem.remedy, "periods")
    assert not errors(survey(make, rows, f"  period: wave\n  {pasted}\n"))
    assert sorted(open_client("acme").survey.rows.wave.cat.categories) == sorted(names)


def test_one_period_needs_no_order(make):
    assert not errors(survey(make, [("Before", 1)] * 10, "  period: wave\n"))


def test_comments_taken_for_periods_are_not_shown(make):
    rows = [(f"Jens said {chr(97 + i)}", i % 11) for i in range(20)]
    (problem,) = errors(survey(make, rows, "  period: wave\n"))
    assert "Jens" not in str(problem) and "20 different texts" in problem.rule


def test_two_names_of_one_time_are_folded(make):
    rows = [("Q1 2024", 1)] * 30 + [("2024-Q1", 2)] * 3 + [("Q2 2024", 5)] * 30
    (problem,) = errors(survey(make, rows, "  period: wave\n"))
    assert not errors(survey(make, rows, f"  period: wave\n  {fragment(problem.remedy, 'fold')}\n"))
    assert dict(open_client("acme").survey.rows.wave.value_counts()) == {"Q1 2024": 33, "Q2 2024": 30}


def test_a_fold_of_no_period_is_named(make):
    (problem,) = errors(survey(make, [("Q1 2024", 1)] * 10, "  period: wave\n  fold: {Q1 2042: Q2 2024}\n"))
    assert 'no row has the period "Q1 2042"' in problem.rule and '"Q1 2024"' in problem.remedy


def test_late_answers_are_pointed_out_and_folded(make):
    """Two answers after the field period would hide a whole quarter; the remedy gives it back."""
    rng = np.random.default_rng(3)
    days = [date(2025, 1, 1) + timedelta(int(day)) for day in rng.integers(0, 270, 600)] + [date(2025, 10, 2)] * 2
    rows = [(day.isoformat(), int(answer)) for day, answer in zip(days, rng.integers(0, 11, 602), strict=True)]
    told = survey(make, rows, "  date: wave\n")
    (problem,) = [each for each in told if "hidden" in each.rule]
    assert problem.severity == "warning"
    assert not [each for each in survey(make, rows, f"  date: wave\n  {fragment(problem.remedy, 'fold')}\n") if "hidden" in each.rule]
    assert list(open_client("acme").survey.rows.period.cat.categories) == ["2025-Q1", "2025-Q2", "2025-Q3"]


@pytest.mark.parametrize(
    ("every", "expected"),
    [("month", ["2024-12", "2025-01", "2025-02"]), ("quarter", ["2024-Q4", "2025-Q1"]), ("half", ["2024-H2", "2025-H1"]),
     ("year", ["2024", "2025"]), ("week", ["2025-W01", "2025-W05", "2025-W07"])],
)  # fmt: skip
def test_every(make, every, expected):
    rows = [("2024-12-30", 1), ("2025-01-31", 2), ("2025-02-10", 3)]
    assert not errors(survey(make, rows, f"  date: wave\n  every: {every}\n"))
    assert list(open_client("acme").survey.rows.period.cat.categories) == expected


def test_a_period_that_was_meant_as_every(make):
    (problem,) = errors(survey(make, [("2025-01-31", 2)] * 5, "  date: wave\n  period: month\n"))
    assert "`every: month`" in problem.remedy
    assert not errors(survey(make, [("2025-01-31", 2)] * 5, "  date: wave\n  every: month\n"))


@pytest.mark.parametrize("settings", ["  every: month\n", "  period: wave\n  every: month\n  date: wave\n", "  fold: {a: b}\n", "  period: wave\n  fold: {a: b, b: c}\n"])
def test_keys_that_do_not_go_together(make, settings):
    assert errors(survey(make, [("2025-01-31", 2)] * 5, settings))


def test_maturity_in_the_order_of_time_and_by_date(make):
    items = [f"{a}.{b}" for a in range(1, 8) for b in (1, 2, 3)]
    head = ",".join(["person", "wave", "day", *items])
    rows = [f"P{i},{wave},{day},{','.join(str(level) for _ in items)}" for wave, day, level in (("Q4 2024", "2024-11-01", 2), ("Q1 2025", "2025-02-01", 4))
            for i in range(6)]  # fmt: skip
    files = {"m.csv": "\n".join([head, *rows])}
    for settings, latest in (("period: wave", "Q1 2025"), ("date: day", "2025-Q1"), ("date: day, every: half", "2025-H1"),
                             ('period: wave, periods: ["Q1 2025", "Q4 2024"]', "Q4 2024")):  # fmt: skip
        make(f"maturity:\n  loyalty: {{file: m.csv, respondent: person, scale: agree5, {settings}}}\n", files)
        assert open_client("acme").maturity("loyalty").periods[-1] == latest


def test_employees_are_told_by_period_or_date(make):
    rows = "team,day,e1\n" + "".join(f"T{i},2025-0{i}-01,{i}\n" for i in range(1, 6))
    make("employees:\n  file: e.csv\n  unit: team\n  date: day\n  every: year\n  items: {e1: Proud}\n  scale: [1, 5]\n", {"e.csv": rows})
    staff = open_client("acme").employees
    assert set(staff.rows[staff.period]) == {"2025"}
    assert sorted(staff.rows) == ["day", "e1", "team"]
