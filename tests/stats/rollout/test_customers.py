import numpy as np
import pytest
from scipy import stats

from cxlib.stats.follow_up.lee_bounds import lee_bounds
from cxlib.stats.rollout.customers import random_effect


def test_a_difference_counted_by_hand():
    found = random_effect([3, 5, 7, 1, 2, 3], [1, 1, 1, 0, 0, 0])
    assert (found.estimate, found.se, found.treated, found.others, found.bounds) == (3, pytest.approx((4 / 3 + 1 / 3) ** 0.5), 3, 3, None)


def test_it_is_the_t_test_of_welch():
    rng = np.random.default_rng(1)
    treated = np.arange(70) < 30
    outcome = rng.normal(np.where(treated, 1, 0), np.where(treated, 3, 1))
    found, told = random_effect(outcome, treated), stats.ttest_ind(outcome[treated], outcome[~treated], equal_var=False)
    interval = told.confidence_interval()
    assert (found.df, found.p, found.low, found.high) == pytest.approx((told.df, told.pvalue, interval.low, interval.high))
    assert found.detectable == pytest.approx((stats.t.ppf(0.975, told.df) + stats.t.ppf(0.8, told.df)) * found.se)


def test_who_did_not_answer_widens_what_may_be_said():
    rng = np.random.default_rng(2)
    treated, outcome = np.arange(600) < 300, rng.integers(0, 11, 600).astype(float)
    answered = rng.random(600) < np.where(treated, 0.5, 0.3)
    found = random_effect(outcome, treated, answered, seed=3)
    again = random_effect(np.where(answered, outcome, np.nan), treated, seed=3)
    assert found == again and found.bounds == lee_bounds(treated, np.where(answered, outcome, np.nan), seed=3)
    assert found.bounds.lower <= found.estimate <= found.bounds.upper and found.treated == (answered & treated).sum()


@pytest.mark.parametrize("scale", [1e-6, 1e9, -1.0])
def test_order_and_scale_change_nothing_else(scale):
    rng = np.random.default_rng(4)
    treated, outcome, order = np.arange(50) < 20, rng.normal(0, 1, 50), rng.permutation(50)
    found, other = random_effect(outcome, treated), random_effect(outcome[order] * scale + 3 * scale, treated[order])
    assert (other.estimate, other.se, other.p) == pytest.approx((scale * found.estimate, abs(scale) * found.se, found.p), rel=1e-6)


def test_outcomes_that_are_all_equal():
    assert (lambda found: (found.estimate, found.low, found.high, found.p))(random_effect([2.0] * 6, [1, 1, 1, 0, 0, 0])) == (0, 0, 0, 1)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="fewer than two"):
        random_effect([1.0, np.nan, 2, 3], [1, 1, 0, 0])
    with pytest.raises(ValueError, match="one outcome each"):
        random_effect([1.0, 2, 3], [1, 0])
    with pytest.raises(ValueError, match="confidence"):
        random_effect([1.0, 2, 3, 4], [1, 1, 0, 0], confidence=95)
