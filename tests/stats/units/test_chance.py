from itertools import product

import numpy as np
import pytest
from scipy import stats

from cxlib.stats.units.chance import chance_scores


def test_a_unit_of_two_counted_by_hand():
    # Everybody: 3 of 4 say 1. Both of unit a say 0: 1/16, of which half counts: 1/32. Both of b say 1: half of 9/16 lies beyond.
    values, units = [0, 0, 1, 1, 1, 1, 1, 1], list("aabbccdd")
    scores = chance_scores(values, units)
    assert stats.norm.cdf(scores["a"]) == pytest.approx(1 / 32)
    assert stats.norm.sf(scores["b"]) == pytest.approx(9 / 32)


def test_the_transform_equals_every_outcome_counted():
    rng = np.random.default_rng(4)
    values, units = rng.choice([0, 5, 10], 40, p=[0.1, 0.3, 0.6]), np.repeat(np.arange(8), 5)
    share = {value: (values == value).mean() for value in (0, 5, 10)}
    sums = {}
    for outcome in product(share, repeat=5):
        sums[sum(outcome)] = sums.get(sum(outcome), 0) + np.prod([share[each] for each in outcome])
    for unit, score in chance_scores(values, units).items():
        total = values[units == unit].sum()
        tail = sum(mass for each, mass in sums.items() if each > total) + sums.get(total, 0) / 2
        assert stats.norm.sf(score) == pytest.approx(tail)


def test_kinds_of_customers_have_their_own_chance():
    # Kind y always says 10, x says 0 or 10: a unit of y alone is no surprise.
    values, kinds = [0, 10, 0, 10, 10, 10, 10, 10], list("xxxxyyyy")
    scores = chance_scores(values, list("aabbccdd"), kinds)
    assert scores["c"] == pytest.approx(0)
    assert chance_scores(values, list("aabbccdd"))["c"] > 0.5


def test_turned_round_the_scores_turn_and_units_that_differ_anyway_are_less_unusual():
    rng = np.random.default_rng(5)
    values, units = rng.integers(0, 11, 300).astype(float), rng.integers(0, 12, 300)
    scores = chance_scores(values, units)
    assert chance_scores(10 - values, units).tolist() == pytest.approx((-scores).tolist())
    wide = chance_scores(values, units, spread=1.0)
    assert (wide.abs() < scores.abs()).all()
    means = np.array([values[units == unit].mean() for unit in wide.index]) - values.mean()
    sizes = np.bincount(units)
    assert wide.to_numpy() == pytest.approx(means / np.sqrt(values.var() / sizes + 1), abs=0.05)  # many answers: normal


def test_answers_between_places_and_answers_that_are_all_equal():
    values = np.concatenate([np.linspace(0, 100, 60), np.linspace(0, 100, 60) ** 1.1 / 10**0.2])
    scores = chance_scores(values, np.repeat(["a", "b"], 60))
    gap = (values[:60].mean() - values.mean()) / (values.std() / 60**0.5)
    assert scores["a"] == pytest.approx(gap, abs=0.02)
    assert (chance_scores([7, 7, 7], list("aab")) == 0).all()


def test_few_nines_are_named_as_often_as_they_should_be_where_the_normal_curve_names_more():
    rng = np.random.default_rng(1)
    values, units = rng.choice([100.0, 0, -100], 4000 * 25, p=[0.92, 0.05, 0.03]), np.repeat(np.arange(4000), 25)
    scores = chance_scores(values, units)
    normal = (values.reshape(-1, 25).mean(axis=1) - values.mean()) / (values.std() / 5)
    assert (scores < -3.09).mean() <= 0.002 < 0.006 < (normal < -3.09).mean()
    assert (scores < -1.96).mean() == pytest.approx(0.022, abs=0.006)


@pytest.mark.parametrize("call, message", [
    (lambda: chance_scores([1, np.nan], ["a", "b"]), "drop those rows first"),
    (lambda: chance_scores([1, 2], ["a"]), "drop those rows first"),
    (lambda: chance_scores([1, 2], ["a", "b"], spread=-1), "an SD of 0 or more"),
])  # fmt: skip
def test_bad_input_says_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
