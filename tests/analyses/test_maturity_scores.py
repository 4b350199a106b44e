"""Scores, strengths, what to do, targets: by hand, at the borders of few people, and with "don't know"."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import maturity
from cxlib.analyses.maturity.scores import ends, scored
from tests.analyses.maturity_cases import people, ratings

FUNCTIONS = [maturity.steps, maturity.criteria, maturity.priorities, maturity.agreement, maturity.unknown]


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


def test_scores_counted_by_hand():
    # 1.1: 2, 4, 5 and one who does not know -> 25, 75, 100 -> 66.67 of three
    # step 1 with 1.2: 1, 3, 5, 5 -> people's means 12.5, 62.5, 100, 100 -> 68.75 of four
    given = ratings([[2, 1], [4, 3], [5, 5], [np.nan, 5]])
    table = maturity.criteria(given).tables["criteria"]
    assert table.score100.tolist() == pytest.approx([200 / 3, 62.5])
    assert table.n.tolist() == [3, 4]
    assert table.band.tolist() == ["Sound", "Sound"]
    steps = maturity.steps(given).tables["steps"]
    assert steps[["n", "score100"]].to_numpy().tolist() == [[4, 68.75]]


def test_intervals_are_t_intervals_kept_on_the_scale():
    # 75, 100, 100: mean 91.67, sd 14.43, t(2) 4.303 -> +-35.86, above 100 is cut off
    table = maturity.criteria(ratings([[4], [5], [5]])).tables["criteria"]
    assert table.low[0] == pytest.approx(91.667 - 35.857, abs=0.01)
    assert table.high[0] == 100


def test_dont_know_of_one_changes_no_other_criterion():
    rng = np.random.default_rng(4)
    answers = rng.integers(1, 6, (8, 6)).astype(float)
    before = maturity.criteria(ratings(answers)).tables["criteria"]
    answers[3, 2] = np.nan
    after = maturity.criteria(ratings(answers)).tables["criteria"]
    pd.testing.assert_frame_equal(before.drop(2), after.drop(2))
    assert after.n[2] == 7


def test_the_order_of_people_does_not_matter():
    rng = np.random.default_rng(5)
    answers = rng.integers(1, 6, (9, 4))
    for function in FUNCTIONS:
        one, other = function(ratings(answers)), function(ratings(answers[::-1]))
        assert one.findings == other.findings


def test_turning_the_scale_turns_the_scores():
    answers = np.random.default_rng(6).integers(1, 6, (7, 4))
    one, other = (maturity.criteria(ratings(a)).tables["criteria"] for a in (answers, 6 - answers))
    assert (100 - one.score100).tolist() == pytest.approx(other.score100.tolist())
    assert (100 - one.low).tolist() == pytest.approx(other.high.tolist())


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_fewer_than_three_get_a_sentence_and_no_figure(function, count):
    result = function(ratings(np.full((count, 4), 3.0)))
    assert result.tables == {}
    assert keys(result) == ["nobody" if count == 0 else "too_few"]


@pytest.mark.parametrize("count", [3, 4])
def test_three_and_four_get_scores_but_no_groups(count):
    roles = people(["A"] * (count - 1) + ["B"])
    result = maturity.criteria(ratings(np.arange(count * 2).reshape(count, 2) % 5 + 1, people=roles))
    assert len(result.tables["criteria"]) == 2 and "groups" not in result.tables
    assert keys(result)[-1] == "groups.hidden"


def test_people_who_answered_nothing_are_not_counted():
    result = maturity.steps(ratings([[1], [2], [3], [np.nan]]))
    assert (result.base.read, result.base.used, result.base.dropped) == (4, 3, {"not answered": 1})


def test_a_criterion_with_two_answers_has_no_score():
    result = maturity.criteria(ratings([[1, np.nan], [2, 3], [3, 4], [3, np.nan]]))
    assert np.isnan(result.tables["criteria"].score100[1])
    assert "criteria.unanswered" in keys(result)


def test_strength_and_weakness_only_beyond_chance():
    # 1.1 all near 5, 1.2 all near 1, 2.1 spread around the middle
    result = maturity.criteria(ratings([[5, 1, 1], [5, 1, 5], [4, 2, 3], [5, 1, 2], [5, 1, 4]]))
    assert keys(result) == ["criteria.span", "criteria.strength", "criteria.weakness"]
    assert result.findings[2].values["criterion"] == "1.2 Criterion 1.2"


@pytest.mark.parametrize("people, answer, expected", [
    (5, 1, "criteria.weakness_alike"),  # 1 - .025 ** (1 / 5) = .52 of all may say 2 though none of five did: 0 to 13
    (5, 3, "criteria.no_weakness"),  # 50 to 63, which holds the limit of 60
    (12, 3, "criteria.weakness_alike"),  # 1 - .025 ** (1 / 12) = .26: 50 to 57
])  # fmt: skip
def test_equal_answers_leave_room_for_what_nobody_of_so_few_said(people, answer, expected):
    assert expected in keys(maturity.criteria(ratings([[answer]] * people)))


@pytest.mark.parametrize("people", [5, 7, 9, 12, 20])
@pytest.mark.parametrize("dissent", [1, 2])
def test_a_dissent_makes_nothing_surer_than_unanimity(people, dissent):
    answers = [[3, 3] for _ in range(people - 1)] + [[3, dissent]]  # 1.1 is unanimous, 1.2 is not
    asked = ratings(answers)
    table = scored(asked, asked.points)
    low, high = ends(asked, table)
    unanimous, other = (high - table.score100).to_numpy()
    assert unanimous == pytest.approx(25 * (1 - 0.025 ** (1 / people)))
    assert other >= unanimous - 1e-9 and (low <= table.score100).all()


def test_what_is_called_low_also_looks_low():
    # 1-5 of 42 people: mean 59.52 prints as 60, which is not below 60
    answers = np.array([3] * 26 + [4] * 16)[:, None]
    assert maturity.criteria(ratings(answers)).tables["criteria"].score100[0] == pytest.approx(59.52, abs=0.01)
    assert keys(maturity.priorities(ratings(answers))) == ["low.none"]


def test_low_criteria_lean_on_a_strong_one_of_their_step_first():
    # scores: 1.1 0, 1.2 75, 2.1 25, 2.2 50, 3.1 100 -> 1.1 leans on 1.2, 2.1 and 2.2 on the strongest with the fewest to pull
    table = maturity.priorities(ratings([[1, 4, 2, 3, 5]] * 4)).tables["priorities"]
    assert table.criterion.str[:3].tolist() == ["1.1", "2.1", "2.2"]
    assert table.catalyst.str[:3].tolist() == ["1.2", "3.1", "3.1"]
    assert table.advice.tolist() == ["Do 1.1.", "Do 2.1.", "Do 2.2."]


def test_without_a_strong_criterion_there_is_none_to_lean_on():
    assert maturity.priorities(ratings([[1, 2]] * 4)).tables["priorities"].catalyst.isna().all()


def test_targets_are_reached_or_missed_only_with_the_whole_interval():
    # 1.1: 75-100 around 93.75 against 60: reached; 1.2: near 0 against 60: missed; 2.1: 0-100 against 50: cannot tell
    answers = [[5, 1, 1], [5, 1, 5], [4, 2, 3], [5, 1, 3]]
    result = maturity.targets(ratings(answers, columns={"target": [60, 60, 50]}))
    verdicts = dict(zip(result.tables["targets"].criterion.str[:3], result.tables["targets"].verdict, strict=True))
    assert verdicts == {"1.1": "reached", "1.2": "not reached", "2.1": "cannot tell"}
    assert result.findings[0].values == {"all": 3, "reached": 1, "missed": 1, "unclear": 1, "unknown": 0}


def test_absent_parts_leave_the_page():
    everything = [
        *FUNCTIONS,
        maturity.targets,
        maturity.role_gap,
        maturity.change,
        maturity.benchmark,
        maturity.sources,
    ]
    everything += [maturity.placement, maturity.belief, maturity.aim, maturity.moves]
    assert all(function(None).absent for function in everything)
    assert maturity.targets(ratings([[3]] * 4)).absent and maturity.change(ratings([[3]] * 4)).absent


def test_bad_answers_are_named():
    with pytest.raises(ValueError, match="an answer is 99, but the answers that count are"):
        ratings([[99]])
    with pytest.raises(ValueError, match=r"answers have no column '1\.2'"):
        maturity.Ratings(pd.DataFrame({"1.1": [1.0]}), ratings([[1, 1]]).items, (1, 2, 3))


def test_the_split_into_criteria_is_called_our_own_only_where_it_is():
    assert "criteria.own_reading" in keys(maturity.criteria(ratings([[3]] * 3, columns={"own_reading": True})))
    assert "criteria.own_reading" not in keys(maturity.criteria(ratings([[3]] * 3)))
