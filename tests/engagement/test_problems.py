import pickle

import pytest

from cxlib.engagement.problems import DataError, Problem, at_rows, errors, nearest, stop_on_errors


def test_one_line_says_where_what_and_what_to_do():
    problem = Problem("acme/survey.csv", "the weight is missing", "Fill it in", row=7, column="w")
    assert str(problem) == 'acme/survey.csv, row 7, column "w": the weight is missing. Fill it in.'


def test_a_problem_of_client_yml_has_line_and_key():
    problem = Problem("acme/client.yml", "unknown key", "Did you mean `name`?", row=2, column="nam")
    assert str(problem) == "acme/client.yml, line 2, key nam: unknown key. Did you mean `name`?"


def test_line_breaks_of_a_client_never_break_the_line():
    assert "\n" not in str(Problem("a.csv", 'there is no such column "x\ny"'))


def test_1700_rows_are_one_line():
    problem = at_rows(range(2, 1702), file="a.csv", rule="r")
    assert (problem.row, problem.count) == (2, 1700)
    assert str(problem) == "a.csv, rows 2, 3, 4, 5 and 1,696 more: r."


def test_two_rows_are_both_named():
    assert str(at_rows([2, 9], file="a.csv", rule="r")) == "a.csv, rows 2, 9: r."


def test_data_error_holds_every_problem_and_survives_another_process():
    problems = (Problem("a.csv", "one"), Problem("a.csv", "two"))
    error = pickle.loads(pickle.dumps(DataError(problems)))
    assert error.problems == problems
    assert str(error) == "a.csv: one.\na.csv: two."


def test_warnings_stop_nothing():
    warning = Problem("a.csv", "look", severity="warning")
    stop_on_errors([warning])
    assert errors([warning]) == []
    with pytest.raises(DataError) as raised:
        stop_on_errors([warning, Problem("a.csv", "wrong")])
    assert len(raised.value.problems) == 2
    assert str(raised.value) == "a.csv: wrong."


@pytest.mark.parametrize(
    ("name", "names", "expected"),
    [
        ("langauge", ["name", "language"], "language"),
        ("Q 1", ["q1", "q2"], "q1"),
        ("rate", ["date", "rating"], "rating"),
        ("zzz", ["name", "language"], ""),
        ("x", [], ""),
    ],
)
def test_nearest(name, names, expected):
    assert nearest(name, names) == expected
