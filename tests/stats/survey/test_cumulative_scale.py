"""Placement on a staircase: levels by hand, don't know apart from zero, islands, evidence and Guttman's checks."""

import numpy as np
import pytest

from cxlib.stats.survey.cumulative_scale import placement

LEVELS = [1, 1, 2, 2, 3, 3]
CORE = [True, False] * 3
NAN = np.nan


def test_level_by_hand():
    # means of statements: 1 .835 | .67 .67 | .5 .33 | so levels .9175, .67, .415
    found = placement([[1, 1, 0.67, 0.67, 0.67, 0.33], [1, 0.67, 0.67, 0.67, 0.33, 0.33]], LEVELS, CORE)
    assert (found.level, found.lowest, found.highest, found.n) == (2, 2, 2, 2)
    assert found.levels["mean"].tolist() == pytest.approx([0.9175, 0.67, 0.415])
    assert found.levels.core.tolist() == pytest.approx([1, 0.67, 0.5])
    assert found.levels.attained.tolist() == [True, True, False]
    assert found.progress == pytest.approx(0.415) and found.islands == ()
    assert found.shares.sum() == pytest.approx(1) and found.shares[2] == 1


def test_a_level_above_a_missing_one_does_not_count_and_shows_as_islands():
    found = placement([[1, 1, 0, 0.33, 1, 0.67]], LEVELS, CORE)
    assert (found.level, found.islands) == (1, (4, 5))
    assert found.levels.attained.tolist() == [True, False, True]


def test_a_weak_core_fails_the_level_whatever_its_mean():
    assert placement([[0.33, 1, 1, 1, 1, 1]], LEVELS, CORE).level == 0
    assert placement([[0.67, 0.67, 1, 1, 1, 1]], LEVELS, CORE).level == 3
    assert placement([[1, 1, 1, 1, 1, 1]], LEVELS, CORE).progress is None


@pytest.mark.parametrize("answers, level", [([0.5, 0.7], 1), ([0.6, 0.6], 1), ([0.6, 0.59], 0), ([0.49, 1], 0)])
def test_limits_themselves_are_attained(answers, level):
    assert placement([answers], [1, 1], [True, False]).level == level


def test_dont_know_is_left_out_and_bounded():
    found = placement([[1, 1, 1, NAN, 0, 0], [1, NAN, NAN, 1, 0, 0]], LEVELS, CORE)
    assert (found.level, found.lowest, found.highest) == (2, 1, 2)
    assert found.levels.n.tolist() == [3, 2, 4]
    nobody = placement([[1, 1, NAN, NAN, 1, 1]], LEVELS, CORE)
    assert (nobody.level, nobody.highest, nobody.progress) == (1, 3, None)
    assert placement([[1, 1, NAN, 1, 0, 0]], LEVELS, CORE).level == 1  # nobody can speak for the core
    assert placement([[1, 1, 1, 1, 0, 0], [NAN] * 6], LEVELS, CORE).n == 1


def test_raters_who_differ_spread_the_draws_by_the_chance_of_drawing_them():
    # one rater at 3, one at 0: mean .5 misses .6, so a draw is level 3 only when the first is drawn twice
    found = placement([[1] * 6, [0] * 6], LEVELS, CORE, draws=20_000)
    assert found.shares[3] == pytest.approx(0.25, abs=0.015) and found.shares[0] == pytest.approx(0.75, abs=0.015)
    again = placement([[1] * 6, [0] * 6], LEVELS, CORE, draws=20_000)
    assert (again.shares == found.shares).all()
    assert (placement([[1] * 6, [0] * 6], LEVELS, CORE, draws=20_000, seed=1).shares != found.shares).any()


def test_order_of_raters_and_of_statements_is_irrelevant():
    rng = np.random.default_rng(11)
    answers, order = rng.choice([0.33, 0.67, 1], (5, 6)), rng.permutation(6)
    found = placement(answers, LEVELS, CORE)
    turned = placement(answers[::-1][:, order], np.array(LEVELS)[order], np.array(CORE)[order])
    assert turned.level == found.level
    assert turned.levels["mean"].to_numpy() == pytest.approx(found.levels["mean"].to_numpy())


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: placement([[1, 2]], [1, 1], [True, False]), "outside 0-1"),
        (lambda: placement([[NAN, NAN]], [1, 1], [True, False]), "all missing"),
        (lambda: placement([[1, 1]], [1, 3], [True, True]), "without a gap"),
        (lambda: placement([[1, 1]], [1], [True]), "one level and core per column"),
        (lambda: placement([1, 1], [1, 1], [True, False]), "one level and core per column"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
