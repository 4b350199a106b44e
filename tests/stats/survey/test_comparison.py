"""Differences and trends against scipy and statsmodels, and a series of noise that raises few alarms."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cxlib.stats.survey.comparison import change_tests, holm, mean_difference, paired_mean_difference, weighted_trend
from tests.effort import some_of

BEFORE, AFTER = np.array([3, 4, 4, 5, 4, 2, 3]), np.array([4, 5, 5, 5, 3, 4, 5])


def test_welch_agrees_with_scipy_and_turns_with_the_sides():
    change, known = mean_difference(BEFORE, AFTER), stats.ttest_ind(AFTER, BEFORE, equal_var=False)
    interval = known.confidence_interval()
    assert (change.p, change.low, change.high) == pytest.approx((known.pvalue, interval.low, interval.high))
    back = mean_difference(AFTER, BEFORE)
    assert (back.estimate, back.low, back.p) == pytest.approx((-change.estimate, -change.high, change.p))
    weighted = mean_difference(BEFORE, AFTER, np.full(7, 2.0), np.full(7, 5.0))
    assert (weighted.low, weighted.p) == pytest.approx((change.low, change.p))


def test_paired_difference_agrees_with_scipy_and_drops_half_pairs():
    change = paired_mean_difference([*BEFORE, np.nan, 1], [*AFTER, 5, np.nan])
    known = stats.ttest_rel(AFTER, BEFORE)
    assert (change.p, change.n_before) == (pytest.approx(known.pvalue), 7)
    assert (change.low, change.high) == pytest.approx(tuple(known.confidence_interval()))


def test_no_spread_and_no_answers_tell_nothing():
    assert mean_difference([4, 4, 4], [5, 5, 5]).p is None
    assert paired_mean_difference([1, 2, 3], [2, 3, 4]).p is None
    assert mean_difference([], [5, 4]).estimate is None
    one_sided = mean_difference([4, 4, 4], [5, 4, 5])
    # one side varies, that is enough: 2/3 over a standard error of 1/3 on 2 degrees of freedom
    assert one_sided.p == pytest.approx(2 * stats.t.sf(2, 2))


def test_trend_agrees_with_weighted_least_squares_of_known_variance():
    times, y, se = np.array([1, 2, 4, 5]), np.array([30, 33, 31, 38.0]), np.array([2, 3, 2.5, 2])
    trend = weighted_trend(times, y, se)
    fit = sm.WLS(y, sm.add_constant(times), weights=se**-2).fit(cov_type="fixed scale")
    assert (trend.slope, trend.p) == pytest.approx((fit.params[1], fit.pvalues[1]))
    assert (trend.low, trend.high) == pytest.approx(tuple(fit.conf_int()[1]))
    assert trend.p_not_straight == pytest.approx(stats.chi2.sf((fit.resid**2 / se**2).sum(), 2))
    assert weighted_trend(-times, y, se).slope == pytest.approx(-trend.slope)


def test_change_tests_by_hand():
    table = change_tests([3, 1, 2], [40, 30, 32], [2, 2, 2])  # order of the rows does not matter
    # latest 8 over sqrt 8; slope (40 - 30) / 2 = 5 with se 2 / sqrt 2; Q = ((-4)^2 + (-2)^2 + 6^2) / 4 = 14
    assert table.estimate[["latest", "trend"]].tolist() == pytest.approx([8, 5])
    p = [2 * stats.norm.sf(8 / np.sqrt(8)), 2 * stats.norm.sf(5 / np.sqrt(2)), stats.chi2.sf(14, 2)]
    assert table.p.tolist() == pytest.approx(p)
    assert table.p_adjusted.tolist() == pytest.approx(multipletests(p, method="holm")[1])
    assert change_tests([1, 2], [30, 32], [2, 2]).index.tolist() == ["latest"]


@pytest.mark.parametrize("p, adjusted", [
    ([0.02, 0.01, 0.03], [0.04, 0.03, 0.04]),  # .01 * 3 = .03; .02 * 2 = .04; .03 * 1, never below the one before: .04
    ([0.01, 0.04, 0.03, 0.5], [0.04, 0.09, 0.09, 0.5]), ([0.2], [0.2]), ([0.03, 0.03, 0.9], [0.09, 0.09, 0.9]), ([], []),
])  # fmt: skip
def test_holm_equals_the_hand_count(p, adjusted):
    assert holm(p) == pytest.approx(adjusted)


@pytest.mark.parametrize("seed", some_of(20, fast=5))
def test_holm_equals_statsmodels(seed):
    rng = np.random.default_rng(seed)
    p = np.round(rng.uniform(0, 1, rng.integers(1, 30)) ** 3, 2)  # with ties, zeros and ones
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-15)


def test_eight_quarters_of_noise_raise_an_alarm_in_at_most_five_per_cent_of_series():
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(1000):
        alarms += change_tests(range(8), rng.normal(30, 3, 8), np.full(8, 3.0)).p_adjusted.min() <= 0.05
    assert 10 <= alarms <= 67  # 50 expected at most; 67 is 2.5 standard errors above


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: change_tests([1], [30], [2]), "at least 2 different periods"),
        (lambda: weighted_trend([1, 1, 2], [30, 31, 32], [2, 2, 2]), "at least 3 different periods"),
        (lambda: change_tests([1, 2], [30, 31], [2, 0]), "leave out periods without answers"),
        (lambda: change_tests([1, 2], [30, np.nan], [2, 1]), "leave out periods without answers"),
        (lambda: holm([0.1, np.nan]), "leave out the tests that could not be made"),
        (lambda: mean_difference([1, 2], [2, 3], [1, -1]), "zero or negative"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
