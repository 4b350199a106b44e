import numpy as np
import pytest

from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.placebo import placebo_rank


def test_a_rank_counted_by_hand():
    # Changes 6, 2, 0, -4, 1 lie 5, 1, -1, -5, 0 from their mean: the first and the fourth are as far out.
    outcome = np.array([[0, 6], [0, 2], [0, 0], [0, -4], [0, 1]], float)
    found = placebo_rank(outcome, [1, 2, 2, 2, 2])
    assert (found.estimate, found.rank, found.units, found.p) == (pytest.approx(6 - (2 + 0 - 4 + 1) / 4), 2, 5, 0.4)


def test_the_estimate_is_that_of_the_roll_out_whatever_the_order_and_scale():
    rng = np.random.default_rng(1)
    outcome, start = rng.normal(0, 1, (25, 6)), np.array([4] + [6] * 24)
    found = placebo_rank(outcome, start)
    assert found.estimate == pytest.approx(rollout_effect(outcome, start, resamples=1).estimate)
    order = rng.permutation(25)
    other = placebo_rank(-1e6 * outcome[order] + 3, start[order])
    assert (other.estimate, other.p) == pytest.approx((-1e6 * found.estimate, found.p))


def test_a_rank_is_as_rare_as_it_says():
    start = np.array([2] + [4] * 19)
    rare = [placebo_rank(np.random.default_rng(seed).normal(0, 1, (20, 4)), start).p <= 0.05 for seed in range(1000)]
    assert np.mean(rare) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("start", [[1, 1, 2, 2], [1, 2]])
def test_two_that_started_and_two_units_are_refused(start):
    with pytest.raises(ValueError, match="units started"):
        placebo_rank(np.ones((len(start), 2)), start)
