import numpy as np
import pytest
import statsmodels.api as sm

from cxlib.stats.rollout.adjusted import adjusted_effect
from cxlib.stats.rollout.group_time import rollout_effect


def panel(seed, units=60, periods=8, spread=3.0):
    rng = np.random.default_rng(seed)
    return rng.normal(70, spread, (units, 1)) + rng.normal(0, 3, (units, periods))


def test_parallel_lines_counted_by_hand():
    # After = 1 x before, and 2 more where it started: lines through (1, 1), (3, 3) and (0, 2), (2, 4).
    found = adjusted_effect([[1.0, 1], [3, 3], [0, 2], [2, 4]], [2, 2, 1, 1])
    assert (found.estimate, found.low, found.high, found.rise, found.expected) == pytest.approx((2, 2, 2, 2, 0))
    # Those who started scored 1 lower and 2 higher in the end: with slope 0, all of 2 is the difference of the means after.
    flat = adjusted_effect([[1.0, 5], [3, 5], [0, 7], [2, 7]], [2, 2, 1, 1])
    assert (flat.estimate, flat.rise, flat.expected) == pytest.approx((2, 6, 4))


@pytest.mark.parametrize("picked", [False, True])
def test_one_start_is_the_regression(picked):
    outcome, rng = panel(1), np.random.default_rng(2)
    start = np.where(rng.random(60) < 0.4, 5, 8)
    score = rng.normal(0, 1, 60) + outcome[:, 4] if picked else None
    held = outcome[:, 4] if score is None else score
    design = sm.add_constant(np.column_stack([start == 5, held, outcome[:, :5].mean(axis=1)]).astype(float))
    told = sm.OLS(outcome[:, 5:].mean(axis=1), design).fit()
    found = adjusted_effect(outcome, start, chosen_by=score)
    assert not found.bent and found.df == told.df_resid
    assert (found.estimate, found.se, found.p) == pytest.approx((told.params[1], told.bse[1], told.pvalues[1]))
    assert (found.low, found.high) == pytest.approx(tuple(told.conf_int()[1]))
    assert (found.treated, found.others, found.earlier) == ((start == 5).sum(), (start == 8).sum(), 5)


def test_with_one_earlier_period_its_score_is_held_once():
    outcome, start = panel(3)[:, :3], np.repeat([1, 3], 30)
    design = sm.add_constant(np.column_stack([start == 1, outcome[:, 0]]).astype(float))
    told = sm.OLS(outcome[:, 1:].mean(axis=1), design).fit()
    found = adjusted_effect(outcome, start)
    assert (found.estimate, found.se, found.df) == pytest.approx((told.params[1], told.bse[1], 57))
    again = adjusted_effect(outcome, start, chosen_by=10 - 2 * outcome[:, 0])
    assert (again.estimate, again.se) == pytest.approx((found.estimate, found.se))


def test_a_bend_that_is_clear_is_held_too():
    rng = np.random.default_rng(4)
    before = rng.normal(0, 1, 200)
    after = before**2 + rng.normal(0, 0.5, 200)
    start = np.where(before < -0.8, 1, 2)
    found = adjusted_effect(np.column_stack([before, after]), start)
    design = sm.add_constant(np.column_stack([start == 1, before, before**2]).astype(float))
    told = sm.OLS(after, design).fit()
    assert found.bent and (found.estimate, found.se) == pytest.approx((told.params[1], told.bse[1]))
    assert abs(found.estimate) < 0.5
    straight = sm.OLS(after, design[:, :3]).fit()
    assert straight.params[1] > 1  # the trap


def test_units_picked_for_a_low_score_return_and_no_more():
    """Over many units the change is far from 0 where nothing was done, and the adjusted effect is not."""
    outcome = panel(5, units=4000)
    start = np.where(outcome[:, 4] <= np.quantile(outcome[:, 4], 0.3), 5, 8)
    changed, found = rollout_effect(outcome, start, resamples=9), adjusted_effect(outcome, start)
    assert changed.estimate > 0.5 and changed.low > 0
    assert abs(found.estimate) < 0.3 and found.low < 0 < found.high
    assert found.expected == pytest.approx(found.rise - found.estimate) and found.expected > 0.5
    assert adjusted_effect(outcome + 3.0 * (np.arange(8) >= start[:, None]), start).estimate == pytest.approx(found.estimate + 3)


def test_starts_at_several_times_are_joined_by_treated_unit_periods():
    outcome = panel(6)
    start = np.repeat([3, 6, 8], [10, 20, 30])
    parts = [adjusted_effect(outcome[rows], start[rows]) for rows in (start != 6, start != 3)]
    found = adjusted_effect(outcome, start)
    shares = np.array([10 * 5, 20 * 2]) / 90
    assert found.estimate == pytest.approx(shares @ [part.estimate for part in parts])
    assert found.df == min(part.df for part in parts) and (found.treated, found.others) == (30, 30)


def test_units_that_two_cohorts_are_compared_with_count_twice_over():
    """The standard error is the spread of the estimate over repetitions, which it is not where cohorts are taken as independent."""
    rng, start = np.random.default_rng(7), np.repeat([3, 4, 8], [20, 20, 8])
    drawn = [adjusted_effect(rng.normal(0, 1, (48, 8)), start) for _ in range(600)]
    spread = np.std([each.estimate for each in drawn])
    assert np.sqrt(np.mean([each.se**2 for each in drawn])) == pytest.approx(spread, rel=0.1)
    assert np.mean([each.low <= 0 <= each.high for each in drawn]) == pytest.approx(0.95, abs=0.025)


def test_where_everybody_starts_those_of_the_last_start_are_compared_with_until_then():
    outcome, start = panel(8), np.repeat([3, 6], 30)
    whole, cut = adjusted_effect(outcome, start), adjusted_effect(outcome[:, :6], start)
    assert (whole.estimate, whole.se, whole.others) == pytest.approx((cut.estimate, cut.se, 30))


@pytest.mark.parametrize("scale", [1e-6, 1e9, -1.0])
def test_another_order_and_another_scale_say_the_same(scale):
    outcome, start = panel(9), np.repeat([3, 6, 8], 20)
    found, order = adjusted_effect(outcome, start), np.random.default_rng(10).permutation(60)
    other = adjusted_effect(outcome[order] * scale + 500 * scale, start[order])
    for name in ("estimate", "rise", "expected"):
        assert getattr(other, name) == pytest.approx(scale * getattr(found, name), rel=1e-6)
    assert (other.se, other.detectable) == pytest.approx((abs(scale) * found.se, abs(scale) * found.detectable), rel=1e-6)


@pytest.mark.parametrize("outcome", [[[1.0, 2], [2, 5], [3, 3]], [[1.0, 2], [2, 5]]])
def test_few_units_tell_nothing(outcome):
    found = adjusted_effect(outcome, [1, 2, 2][: len(outcome)])
    assert np.isnan([found.estimate, found.se, found.expected]).all() and found.treated == 0
    assert (found.low, found.high, found.p, found.detectable) == (-np.inf, np.inf, 1.0, np.inf)


def test_a_score_that_tells_without_exception_who_started_tells_nothing_and_leaves_other_cohorts():
    outcome, start = panel(11), np.repeat([3, 8], 30)
    assert np.isnan(adjusted_effect(outcome, start, chosen_by=start).estimate)
    start, score = np.repeat([3, 6, 8], 20), np.random.default_rng(12).normal(0, 1, 60)
    score[start != 6] = 2.0 * (start[start != 6] == 3)
    found, alone = adjusted_effect(outcome, start, chosen_by=score), adjusted_effect(outcome[20:], start[20:], chosen_by=score[20:])
    assert (found.estimate, found.se, found.treated) == pytest.approx((alone.estimate, alone.se, 20))


def test_what_cannot_be_held_against_anything_is_refused():
    outcome, start = panel(11), np.repeat([3, 8], 30)
    with pytest.raises(ValueError, match="lacks the score"):
        adjusted_effect(outcome, start, chosen_by=np.where(start == 3, np.nan, 1.0))
    with pytest.raises(ValueError, match="nobody is left"):
        adjusted_effect(outcome, np.full(60, 3))
    with pytest.raises(ValueError, match="gaps"):
        adjusted_effect(np.where(outcome > 75, np.nan, outcome), start)
