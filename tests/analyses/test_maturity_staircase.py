"""The staircase: level by hand, belief, proof, aim, and moves that are announced only when sure."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import maturity
from tests.analyses.maturity_cases import people, stairs

THIRD = 1 / 3
LEVEL_2 = [[1, 1, 1, 2 * THIRD, 0, THIRD]] * 4


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


def test_level_by_hand():
    # level 1: 1.00; level 2: 0.83, core 1; level 3: 0.17, core 0 -> level 2, a sixth of the way to 3
    result = maturity.placement(stairs(LEVEL_2))
    table = result.tables["levels"]
    assert table.coverage.tolist() == pytest.approx([1, 5 / 6, 1 / 6])
    assert table.attained.tolist() == ["yes", "yes", "no"]
    assert result.settings["level"] == 2 and table.draws.tolist() == [0, 1, 0]
    assert keys(result) == ["placed.firm", "placed.next", "placed.sign"]
    assert result.findings[1].values["progress"] == pytest.approx(1 / 6)


def test_strength_higher_up_does_not_make_up_for_a_gap_below():
    result = maturity.placement(stairs([[0, THIRD, 1, 1, 1, 1]] * 4))
    assert keys(result)[0] == "placed.below"
    assert result.tables["islands"].statement.tolist() == ["S21", "S22", "S31", "S32"]


def test_a_missing_core_statement_brings_the_level_down():
    assert maturity.placement(stairs([[THIRD, 1, 1, 1, 1, 1]] * 4)).settings["level"] == 0


def test_people_who_differ_give_a_loose_placement():
    result = maturity.placement(stairs([[1, 1, 1, 1, 0, 0]] * 3 + [[1, 1, 0, 0, 0, 0]] * 2))
    assert keys(result)[0] == "placed.loose"
    assert result.tables["levels"].draws.between(0.1, 0.9).sum() == 2


def test_dont_know_can_leave_the_level_open():
    answers = [[1, 1, np.nan, np.nan, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 1, 2 * THIRD, 0, 0]]
    result = maturity.placement(stairs(answers, dont_know=np.isnan(answers)))
    assert "placed.dont_know" in keys(result)  # two of three say it is there: 0 to 1 changes nothing beyond the rule
    alone = [[1, 1, np.nan, np.nan, 0, 0], [1, 1, np.nan, np.nan, 0, 0], [1, 1, 1, 1, 0, 0]]
    open_ = maturity.placement(stairs(alone, dont_know=np.isnan(alone)))
    assert {"lowest": 1, "highest": 2} in [dict(finding.values) for finding in open_.findings]


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("function", [maturity.placement, maturity.belief])
def test_fewer_than_three_are_no_placement(function, count):
    result = function(stairs(np.ones((count, 6))))
    assert result.tables == {} and keys(result) == ["too_few"]


def test_belief_ahead_of_the_level():
    table = people(["Top"] * 5).assign(guess=[3.0, 3, 3, 3, 2])  # mean 2.8, but 2.24 to 3.36 holds no 1
    result = maturity.belief(stairs([[1, 1, 0, 0, 0, 0]] * 5, people=table))
    assert keys(result) == ["belief.ahead", "evidence.not_asked"]
    assert result.settings["guess"] == pytest.approx(2.8)


def test_a_role_that_believes_more_than_the_answers_give_is_named():
    table = people(["Top"] * 5 + ["Front"] * 6).assign(guess=[3.0] * 5 + [1.0] * 6)
    result = maturity.belief(stairs([[1, 1, 0, 0, 0, 0]] * 11, people=table))
    assert [finding.values["group"] for finding in result.findings if finding.key == "belief.group_ahead"] == ["Top"]


def test_guesses_of_small_roles_are_hidden():
    table = people(["Top"] * 3 + ["Front"] * 4).assign(guess=2.0)
    result = maturity.belief(stairs([LEVEL_2[0]] * 7, people=table))
    assert "groups" not in result.tables


def test_without_proof_a_statement_counts_as_in_places_at_most():
    proof = np.zeros((4, 6), bool)
    proof[0, :2] = True  # one person can show both statements of level 1
    result = maturity.belief(stairs(LEVEL_2, evidence=proof))
    assert result.tables["levels"].stair.tolist() == [2, 1]
    assert "evidence.less" in keys(result)
    proof[2, 2:4] = True
    assert "evidence.same" in keys(maturity.belief(stairs(LEVEL_2, evidence=proof)))


@pytest.mark.parametrize(
    "focus, ready, level, expected",
    [(2, 4, 2, "aim.stay"), (5, 4, 2, "aim.up"), (5, 4, 3, "aim.stay"), (2, 1, 3, "aim.stay"), (5, 2, 1, "aim.up")],
)
def test_aim_by_the_two_axes(focus, ready, level, expected):
    answers = [[1, 1, *[float(level > 1)] * 2, *[float(level > 2)] * 2]] * 4
    context = pd.DataFrame({"F": [float(focus)] * 4, "M": [float(ready)] * 4})
    result = maturity.aim(stairs(answers, context=context))
    assert keys(result)[0] == expected
    # need asks for 3 where the focus is 5, but a company that is not ready climbs one level at a time
    wanted = 2 if focus == 2 else min(3, level + (2 if ready == 4 else 1))
    assert result.tables["aim"].target_level[0] == max(level, wanted)


def test_aim_is_open_when_the_axis_straddles_a_limit():
    context = pd.DataFrame({"F": [1.0, 2, 3, 4], "M": [4.0] * 4})
    assert keys(maturity.aim(stairs([[1, 1, 0, 0, 0, 0]] * 4, context=context)))[0] == "aim.unsure"


def test_aim_needs_the_context_questions():
    assert maturity.aim(stairs(LEVEL_2)).absent


def in_periods(*waves):
    table = pd.concat(
        [people(["A"] * len(wave), f"20{20 + at}") for at, wave in enumerate(waves)], ignore_index=True
    )  # fmt: skip
    return maturity.moves(stairs(np.vstack(waves), people=table))


UP, DOWN = [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]


def test_a_sure_move_is_announced():
    result = in_periods([DOWN] * 5, [UP] * 5)
    assert keys(result) == ["move.up"] and result.tables["periods"].announced.tolist() == [1, 2]
    assert keys(in_periods([UP] * 5, [DOWN] * 5)) == ["move.down"]


def test_a_loose_move_is_not_until_it_is_seen_twice():
    loose = [UP] * 3 + [DOWN] * 2  # on level 2, in two draws of three
    once = in_periods([DOWN] * 5, loose)
    assert keys(once) == ["move.unsure"] and once.tables["periods"].announced.tolist() == [1, 1]
    twice = in_periods([DOWN] * 5, loose, loose)
    assert keys(twice) == ["move.up"] and twice.tables["periods"].announced.tolist() == [1, 1, 2]


def test_standing_still_is_said_as_such():
    assert keys(in_periods([UP] * 4, [UP] * 6)) == ["move.none"]
