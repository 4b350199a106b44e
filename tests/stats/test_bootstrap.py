import numpy as np
import pytest

from cxlib.stats.bootstrap import percentile_interval, probability_greater, rank_draws, two_sided_p


def test_percentile_interval_of_evenly_spread_draws():
    low, high = percentile_interval(np.arange(1001.0)[None])
    assert (low[0], high[0]) == pytest.approx((25, 975))


def test_few_rows_widen_the_interval():
    draws = np.random.default_rng(0).normal(size=(1, 4000))
    low, high = percentile_interval(draws)
    low_20, high_20 = percentile_interval(draws, n=20, fitted=3)
    assert low_20[0] < low[0] and high_20[0] > high[0]


def test_ranks_probabilities_and_p_by_hand():
    draws = np.array([[3.0, 1, 2, 2], [1, 2, 2, 1]])  # first wins in draws 1 and 4, loses in 2, ties in 3: 2.5 of 4
    assert rank_draws(draws)[:, 0].tolist() == [1, 2]
    assert probability_greater(draws)[0, 1] == pytest.approx(2.5 / 4)
    assert two_sided_p(np.array([1.0, 2, -1, 3, 4])) == pytest.approx(2 * 1.5 / 6)  # one of five is below 0
