import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxlib.stats.rollout.group_time import rollout_effect

BY_HAND = np.array([[0, 5, 6], [1, 1, 4], [2, 3, 3], [2, 1, 3]], float)
STARTS = [1, 2, 3, 3]


def panel(seed, units=30, periods=8, starts=(4, 6), each=6):
    rng = np.random.default_rng(seed)
    start = np.full(units, periods)
    for place, when in enumerate(starts):
        start[place * each : (place + 1) * each] = when
    return rng.normal(0, 4, (units, 1)) + rng.normal(0, 2, (units, periods)) + np.arange(periods), start


def test_three_periods_counted_by_hand():
    # First cohort: 5 - mean(0, 1, -1) in period 1, 6 - mean(1, 1) in period 2. Second: (4 - 1) - mean(3 - 2.5, 3 - 1.5).
    found = rollout_effect(BY_HAND, STARTS)
    assert found.group_time.estimate.tolist() == pytest.approx([5, 5, 2])
    assert found.group_time[["start", "period", "units", "others"]].to_numpy().tolist() == [[1, 1, 1, 3], [1, 2, 1, 2], [2, 2, 1, 2]]
    assert (found.estimate, found.raw_rise, found.others_rise) == pytest.approx((4, 14 / 3, 2 / 3))
    assert (found.treated, found.units, found.earlier, found.comparable, found.left_out, found.df) == (2, 4, 1, 1, 0, 1)
    assert found.course[found.course.since >= 0].estimate.tolist() == pytest.approx([3.5, 5])


def test_the_spread_counted_by_hand():
    # C and D alone differ from their cohort's mean; each unit's weight is a line over the three periods.
    own = np.array([[-2.0, 1, 1], [-0.5, -0.5, 1]]) / 3
    shared = -np.array([-1, 1, 0]) / 9  # period 1 compares with B, C and D
    others = shared + (-np.array([-1, 0, 1]) / 2 - np.array([-0.5, -0.5, 1]) / 2) / 3
    c, d = BY_HAND[2], BY_HAND[3]
    gap = (c - d) / 2
    covariance = 2 * np.outer(gap, gap)  # one degree of freedom
    lines = [own[0], own[1] + shared, others, others]
    variance = sum(line @ covariance @ line for line in lines)
    assert rollout_effect(BY_HAND, STARTS).se == pytest.approx(variance**0.5)


def test_one_start_is_a_t_test_of_the_changes():
    outcome, start = panel(1, starts=(5,), each=9)
    change = outcome[:, 5:].mean(axis=1) - outcome[:, :5].mean(axis=1)
    found, told = rollout_effect(outcome, start), stats.ttest_ind(change[:9], change[9:])
    interval = told.confidence_interval()
    assert (found.p, found.low, found.high) == pytest.approx((told.pvalue, interval.low, interval.high))
    assert found.df == told.df == 28
    drawn = stats.permutation_test((change[:9], change[9:]), lambda a, b: a.mean() - b.mean(), n_resamples=5000, rng=2)
    assert found.p_redrawn == pytest.approx(drawn.pvalue, abs=0.05)
    assert found.detectable == pytest.approx((stats.t.ppf(0.975, 28) + stats.t.ppf(0.8, 28)) * found.se)


def test_slopes_and_halves_before_the_start():
    outcome, start = panel(2, starts=(5,), each=9)
    found = rollout_effect(outcome, start)
    slopes = np.polyfit(np.arange(5), outcome[:, :5].T, 1)[0]
    told = stats.ttest_ind(slopes[:9], slopes[9:])
    assert (found.trend, found.trend_p) == pytest.approx((slopes[:9].mean() - slopes[9:].mean(), told.pvalue))
    halves = outcome[:, 2:5].mean(axis=1) - outcome[:, :2].mean(axis=1)
    assert (found.placebo, found.placebo_p) == pytest.approx((halves[:9].mean() - halves[9:].mean(), stats.ttest_ind(halves[:9], halves[9:]).pvalue))
    leads = found.course.set_index("since").estimate
    first = outcome[:, 0] - outcome[:, 1:5].mean(axis=1)
    assert leads[-5] == pytest.approx(first[:9].mean() - first[9:].mean())
    three, two = (rollout_effect(outcome[:, 5 - earlier :], start - 5 + earlier) for earlier in (3, 2))
    assert three.placebo is None and three.trend is not None and two.trend is None and two.trend_p is None


def test_a_growing_effect_is_found_where_late_starters_follow_early_ones():
    outcome, start = panel(3, units=600, each=200)
    grown = np.maximum(np.arange(8) - start[:, None] + 1, 0)
    found = rollout_effect(outcome + grown, start)
    flat = rollout_effect(outcome, start)
    truth = (200 * (1 + 2 + 3 + 4) + 200 * (1 + 2)) / (200 * 4 + 200 * 2)
    assert found.estimate - flat.estimate == pytest.approx(truth)
    since = found.course.set_index("since").estimate - flat.course.set_index("since").estimate
    assert since[[0, 1, 2, 3]].tolist() == pytest.approx([1, 2, 3, 4]) and since[since.index < 0].tolist() == pytest.approx([0] * 6)


def test_where_everybody_starts_what_cannot_be_compared_is_left_out_and_counted():
    outcome, start = panel(4, units=12, each=6)
    found = rollout_effect(outcome, start)
    assert found.comparable == pytest.approx(2 / 6) and found.left_out == 4
    assert found.group_time.period.tolist() == [4, 5] and set(found.group_time.start) == {4}
    with pytest.raises(ValueError, match="nobody is left"):
        rollout_effect(outcome, start, compared="never")


@pytest.mark.parametrize("scale", [1e-6, 1e9, -1.0])
def test_units_in_another_order_and_scores_on_another_scale_say_the_same(scale):
    outcome, start = panel(5)
    found = rollout_effect(outcome, start, resamples=199)
    order = np.random.default_rng(6).permutation(len(start))
    other = rollout_effect(outcome[order] * scale + 1000 * scale, start[order], resamples=199)
    for name in ("estimate", "raw_rise", "others_rise", "trend", "placebo"):
        assert getattr(other, name) == pytest.approx(scale * getattr(found, name), rel=1e-6)
    for name in ("se", "se_each", "detectable"):
        assert getattr(other, name) == pytest.approx(abs(scale) * getattr(found, name), rel=1e-6)
    assert (other.p, other.p_redrawn, other.trend_p) == pytest.approx((found.p, found.p_redrawn, found.trend_p), rel=1e-6)
    assert (other.course.estimate / scale).tolist() == pytest.approx(found.course.estimate.tolist(), rel=1e-6)
    assert sorted([other.low / scale, other.high / scale]) == pytest.approx([found.low, found.high], rel=1e-6)


def test_what_each_period_adds_to_everybody_and_what_a_unit_always_has_changes_nothing():
    outcome, start = panel(7)
    moved = outcome + np.random.default_rng(8).normal(0, 9, 8) + np.random.default_rng(9).normal(0, 9, (30, 1))
    first, second = rollout_effect(outcome, start), rollout_effect(moved, start)
    pd.testing.assert_frame_equal(first.group_time, second.group_time)
    assert second.se == pytest.approx(first.se)


def test_two_units_have_an_estimate_and_no_interval():
    found = rollout_effect([[1.0, 5.0], [2.0, 3.0]], [1, 2])
    assert found.estimate == pytest.approx(3) and np.isnan(found.se)
    assert (found.low, found.high, found.p, found.detectable) == (-np.inf, np.inf, 1.0, np.inf)


def test_scores_that_do_not_vary_have_no_spread():
    for level in (0.1, 0.3, 1e9 / 3):
        flat = rollout_effect(np.full((8, 7), level) + np.arange(8)[:, None] / 3, [2] * 4 + [7] * 4)
        assert (flat.estimate, flat.se, flat.p, flat.p_redrawn) == (0, 0, 1, 1)
    sure = rollout_effect(np.add.outer(np.arange(8.0), [0, 0, 0, 0]) + np.outer([1] * 4 + [0] * 4, [0, 0, 3, 3]), [2] * 4 + [4] * 4)
    assert (sure.estimate, sure.low, sure.high, sure.p) == pytest.approx((3, 3, 3, 0))


@pytest.mark.parametrize(("outcome", "start", "message"), [
    ([[1, np.nan], [1, 2]], [1, 2], "1 gaps"), ([1, 2], [1, 2], "shape"), ([[1, 2], [1, 2]], [1], "1 starts"),
    ([[1, 2], [1, 2]], [0, 2], "from 0"), ([[1, 2], [1, 2]], [1, 3], "to 3"), ([[1, 2], [1, 2]], [2, 2], "no unit has started"),
    ([[1, 2], [1, 2]], [1.0, 2.0], "index of a period"), ([[1, 2], [1, 2]], [1, 1], "nobody is left"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(outcome, start, message):
    with pytest.raises(ValueError, match=message):
        rollout_effect(outcome, start)


def test_a_wrong_name_is_refused():
    with pytest.raises(ValueError, match="base == 'first'"):
        rollout_effect(BY_HAND, STARTS, base="first")
    with pytest.raises(ValueError, match="confidence"):
        rollout_effect(BY_HAND, STARTS, confidence=95)
