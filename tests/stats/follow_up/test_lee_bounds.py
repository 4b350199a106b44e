import numpy as np
import pytest

from cxlib.stats.follow_up.lee_bounds import lee_bounds

NONE = np.nan


def test_counted_by_hand():
    # Four of four treated answered, two of four others: half of the treated are cut. The lower two are 2 and 4, the
    # upper two 6 and 8; the others gave 3 and 5, on average 4.
    found = lee_bounds([True] * 4 + [False] * 4, [2, 4, 6, 8, 3, 5, NONE, NONE])
    assert (found.lower, found.upper, found.trimmed, found.side) == pytest.approx((3 - 4, 7 - 4, 0.5, "treated"))
    assert (found.answered_treated, found.answered_untreated) == (1.0, 0.5)


def test_part_of_an_answer_is_cut():
    # Three of four against two of four: a third of the answers, one, is cut; of 1, 1, 4 the upper two are 1 and 4.
    found = lee_bounds([True] * 4 + [False] * 4, [1, 1, 4, NONE, 2, 2, NONE, NONE])
    assert (found.lower, found.upper) == pytest.approx((1 - 2, 2.5 - 2))
    # Five of five against three of five: 2/5 of five answers are cut. Four of five against three of four: 1/16 of one.
    found = lee_bounds([True] * 5 + [False] * 4, [0, 2, 4, 6, NONE, 3, 3, 3, NONE])
    assert found.trimmed == pytest.approx(1 - 0.75 / 0.8)
    assert found.lower == pytest.approx((0 + 2 + 4 + 0.75 * 6) / 3.75 - 3)


def test_more_answers_of_the_others_trim_the_others():
    found = lee_bounds([False] * 4 + [True] * 4, [2, 4, 6, 8, 3, 5, NONE, NONE])
    assert (found.lower, found.upper, found.side) == pytest.approx((4 - 7, 4 - 3, "untreated"))


def test_when_all_answer_the_bounds_are_the_difference_and_the_interval_is_that_of_a_difference():
    rng = np.random.default_rng(1)
    treated, again = np.arange(400) < 200, rng.normal(size=400)
    found = lee_bounds(treated, again)
    difference = again[treated].mean() - again[~treated].mean()
    assert (found.lower, found.upper) == pytest.approx((difference, difference))
    se = np.sqrt(again[treated].var(ddof=1) / 200 + again[~treated].var(ddof=1) / 200)
    assert found.high - found.lower == pytest.approx(1.96 * se, rel=0.06)


def attrition(seed, n=400, effect=0.0):
    """Who is happier answers again; a call makes answering again likelier. The difference of those who answered is none
    of the effect."""
    rng = np.random.default_rng(seed)
    treated, score = rng.random(n) < 0.5, rng.normal(5, 2.5, n)
    drive = 0.45 * (score - 5) + rng.logistic(size=n)
    answered = drive > np.where(treated, 0.2, 1.3)
    return treated, np.where(answered, score + effect * treated, NONE)


@pytest.mark.parametrize("effect", [0.0, 0.6])
def test_the_interval_holds_the_effect_although_the_difference_does_not(effect):
    held, naive = [], []
    for seed in range(120):
        treated, again = attrition(seed, effect=effect)
        found = lee_bounds(treated, again, resamples=200)
        answered = ~np.isnan(again)
        target = effect
        held.append(found.low <= target <= found.high)
        naive.append(again[treated & answered].mean() - again[~treated & answered].mean())
    assert np.mean(held) >= 0.94
    assert np.mean(naive) < effect - 0.2  # here the difference hides part of it


def test_it_repeats_with_its_seed():
    treated, again = attrition(1)
    assert lee_bounds(treated, again, seed=3) == lee_bounds(treated, again, seed=3)


def test_bad_input_names_the_reason():
    with pytest.raises(ValueError, match="fewer than two later answers"):
        lee_bounds([True, True, False, False], [1, 2, 3, NONE])
    with pytest.raises(ValueError, match="confidence"):
        lee_bounds([True, True, False, False], [1, 2, 3, 4], confidence=95)
