import math

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement.tables.answers import ANSWERED, BLANK, DONT_KNOW, NOT_APPLICABLE, Coding, read_answers
from cxlib.engagement.tables.table import Table

NPS = Coding(scale=(0, 10), whole=True)


def table(cells, **more):
    frame = pd.DataFrame({"q1": pd.Series(cells, dtype=object)})
    frame.index = range(2, len(frame) + 2)
    return Table("acme/survey.csv", frame, "csv", **more)


def answers(cells, coding=NPS, *, decimal=None, **more):
    return read_answers(table(cells, **more), "q1", coding, decimal=decimal)


def values(cells, coding=NPS, **more):
    found = answers(cells, coding, **more)
    assert not found.problems, [str(problem) for problem in found.problems]
    return [None if math.isnan(value) else value for value in found.numbers]


def only_problem(cells, coding=NPS, **more):
    (problem,) = answers(cells, coding, **more).problems
    return problem


def test_codes_then_values_then_shift_then_scale():
    """0-10 stored as 1-11 with a text at one end: 1 -> 0, 11 -> 10; 98 and 99 are codes before anything else."""
    coding = Coding(
        scale=(0, 10),
        shift=-1,
        values=(("11 - Very likely", 11),),
        dont_know=("99",),
        not_applicable=("98",),
        whole=True,
    )
    found = answers(["1", "11", "11 - Very likely", "99", "98.0", "", None, " 7\u00a0"], coding)
    assert not found.problems
    assert list(found.numbers.fillna(-1)) == [0, 10, 10, -1, -1, -1, -1, 6]
    assert list(found.kind) == [ANSWERED, ANSWERED, ANSWERED, DONT_KNOW, NOT_APPLICABLE, BLANK, BLANK, ANSWERED]
    assert found.unanswered() == {"dont_know": 1, "not_applicable": 1, "blank": 2}


def test_counts_of_rows_that_stand_for_several():
    found = answers(["1", "99", ""], Coding(scale=(0, 10), dont_know=("99",)))
    times = pd.Series([3.0, 20.0, 4.0], index=[2, 3, 4])
    assert found.unanswered(times) == {"dont_know": 20, "not_applicable": 0, "blank": 4}


def test_a_code_may_lie_on_the_scale():
    """0 and 6 used as not applicable happen in real files."""
    coding = Coding(scale=(0, 5), not_applicable=("0",))
    assert values(["0", "1", "5"], coding) == [None, 1, 5]


def test_texts_stand_for_numbers():
    coding = Coding(scale=(1, 5), values=(("Helt enig", 5), ("Uenig", 2)))
    assert values(["Helt enig", "\u00a0Uenig ", "3"], coding) == [5, 2, 3]


def test_decimals_only_where_they_are_answers():
    assert values(["7,5", "7.25"], Coding(scale=(1, 10))) == [7.5, 7.25]
    problem = only_problem(["7.5", "8"])
    assert problem.rule == 'not a whole number: "7.5"'
    assert (problem.row, problem.column) == (2, "q1")


def test_number_that_can_be_read_two_ways():
    problem = only_problem(["1.234", "2"], Coding(scale=(0, 5000)))
    assert "read two ways" in problem.rule
    assert "read: decimal" in problem.remedy
    assert values(["1.234", "2"], Coding(scale=(0, 5000)), decimal=",") == [1234, 2]


def test_text_that_is_no_answer():
    problem = only_problem(["7", "Ved ikke", "Ved ikke"])
    assert problem.rule == 'not a number: "Ved ikke"'
    assert "dont_know" in problem.remedy
    assert (problem.row, problem.also, problem.count) == (3, (4,), 2)


def test_code_in_another_case_is_a_hint_and_no_guess():
    problem = only_problem(["ved ikke", "ved ikke"], Coding(scale=(0, 10), dont_know=("Ved ikke",)))
    assert 'is it "Ved ikke"?' in problem.remedy


def test_one_persons_words_are_never_told():
    assert "Jens" not in str(only_problem(["I am Jens, call 20304050", "7"]))


def test_code_outside_the_scale_is_a_hint():
    problem = only_problem(["7", "99", "10"])
    assert problem.rule == 'outside the scale 0-10: "99"'
    assert problem.remedy.startswith("If 99 stands for don't know, declare it under `dont_know`")
    assert problem.row == 3


def test_stored_1_to_11_is_a_hint():
    problem = only_problem([str(n) for n in range(1, 12)])
    assert "`shift: -1`" in problem.remedy


def test_11_beside_0_is_no_shift():
    assert "shift" not in only_problem([str(n) for n in range(12)]).remedy


def test_hint_names_the_stored_code_and_not_the_shifted_one():
    assert "If 99 stands" in only_problem(["5", "99"], Coding(scale=(0, 10), shift=-1)).remedy


def test_stored_1_to_10_is_a_warning():
    many = [str(1 + i % 10) for i in range(100)]
    problem = only_problem(many)
    assert problem.severity == "warning"
    assert "`scale: [1, 10]`" in problem.remedy
    assert not answers([*many, "0"]).problems
    assert answers(many[:10]).problems  # however few there are
    assert not answers(many[:9]).problems


def test_many_wrong_rows_are_one_problem():
    problem = only_problem(["77"] * 1700)
    assert problem.count == 1700
    assert len(str(problem)) < 300


@pytest.mark.parametrize("cell", ["nan", "inf", "1e308", "-1", 1e308, float("inf"), "1e999", "#N/A", True, "=1+1"])
def test_refused_F16(cell):
    found = answers(["5", cell])
    assert found.problems
    assert found.problems[0].row == 3
    assert not np.isinf(found.numbers).any()


def test_minus_zero_is_zero_F16():
    (value,) = values(["-0.0"])
    assert math.copysign(1, value) == 1


def test_spss_labels_and_missing_codes_F09():
    """A label may be declared instead of its code; a code that the file calls missing is blank."""
    labels = {"q1": {11.0: "Vet ikke", 10.0: "10 Svært fornøyd"}}
    missing = {"q1": [{"lo": 90.0, "hi": 99.0}]}
    coding = Coding(scale=(1, 10), dont_know=("Vet ikke",))
    found = answers([10.0, 11.0, 98.0], coding, labels=labels, missing=missing)
    assert found.unanswered() == {"dont_know": 1, "not_applicable": 0, "blank": 1}
    problem = only_problem([10.0, 11.0], Coding(scale=(1, 10)), labels=labels)
    assert problem.remedy.startswith('The file labels 11 "Vet ikke"; declare')


def test_answers_of_a_list():
    coding = Coding(scale=(0, 1), among=(0, 0.33, 0.67, 1))
    assert values(["0", "0,33", "1"], coding) == [0, 0.33, 1]
    assert "not one of the scale's answers (0, 0.33, 0.67, 1)" in only_problem(["0.5"], coding).rule


def test_generated_columns_come_back():
    """Whatever mixture of spellings a column is stored in, the numbers are those that went in."""
    rng = np.random.default_rng(7)
    coding = Coding(scale=(0, 10), shift=-1, values=(("top", 11),), dont_know=("DK", "99"), not_applicable=("NA",))
    spell = [
        lambda n: f"{n + 1}", lambda n: n + 1, lambda n: float(n + 1), lambda n: f" {n + 1}.0\u00a0",
        lambda n: f"{n + 1},0", lambda n: "top" if n == 10 else f"{n + 1}",
    ]  # fmt: skip
    for _ in range(200):
        truth = rng.integers(0, 11, 30).astype(float)
        stored = [spell[rng.integers(len(spell))](int(n)) for n in truth]
        gone = rng.random(30) < 0.2
        for i in np.flatnonzero(gone):
            stored[i] = rng.choice(["DK", "99", "NA", ""])
        found = answers(stored, coding)
        assert not found.problems
        assert np.array_equal(found.numbers, np.where(gone, np.nan, truth), equal_nan=True)
        assert sum(found.unanswered().values()) == gone.sum()
