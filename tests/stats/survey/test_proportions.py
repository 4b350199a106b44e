"""Shares: the reference values, statsmodels as the second program, symmetries and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from cxlib.stats.survey.proportions import (
    diverging_edges,
    share,
    share_difference,
    share_trend,
    wilson_interval,
)

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))
CSAT = np.repeat([1, 2, 3, 4, 5], [5, 10, 25, 90, 70])


@pytest.mark.parametrize("hits, n", [(0, 5), (5, 5), (1, 10), (37, 200)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_wilson_agrees_with_statsmodels(hits, n, confidence):
    low, high = wilson_interval(hits / n, n, confidence=confidence)
    assert (low, high) == pytest.approx(proportion_confint(hits, n, 1 - confidence, "wilson"), abs=1e-12)
    assert low <= hits / n <= high


@pytest.mark.parametrize("n, margin", REFERENCE["moe_by_segment"]["table_pct_p0.5"].items())
def test_plain_margins_of_a_half_as_printed_are_never_narrower_than_wilson(n, margin):
    low, high = wilson_interval(0.5, int(n))
    assert 100 * (high - low) / 2 <= margin + 0.05
    # Wilson at one half is the plain margin over sqrt(1 + z^2 / n)
    assert 50 * (high - low) * np.sqrt(1 + 1.959963985**2 / int(n)) == pytest.approx(margin, abs=0.05)


def test_missing_answers_and_weights():
    # weights 1 1 2 and hits 1 0 1: 3 of 4; n_eff 16 / 6
    estimate = share([1, 0, np.nan, 1], [1, 1, 9, 2])
    assert (estimate.estimate, estimate.n, estimate.n_eff) == (0.75, 3, pytest.approx(16 / 6))
    assert (estimate.low, estimate.high) == pytest.approx(proportion_confint(2, 16 / 6, method="wilson"))
    assert share([]).estimate is None
    census = share([1, 0, 1, 1], population=4)
    assert (census.low, census.high) == (0.75, 0.75)


def test_difference_agrees_with_statsmodels_and_turns_with_the_sides():
    before, after = share([1] * 56 + [0] * 14), share([1] * 48 + [0] * 32)
    change = share_difference(before, after)
    assert (change.low, change.high) == pytest.approx(confint_proportions_2indep(48, 80, 56, 70, method="newcomb"))
    assert change.p == pytest.approx(proportions_ztest([48, 56], [80, 70])[1])
    back = share_difference(after, before)
    assert (back.estimate, back.low, back.high) == pytest.approx((-change.estimate, -change.high, -change.low))
    assert share_difference(share([1, 1]), share([1, 1, 1])).p == 1
    assert share_difference(share([]), after).estimate is None


def test_trend_agrees_with_the_score_test_of_a_binomial_glm():
    hits, n, times = np.array([20, 26, 33, 41]), np.array([100, 95, 110, 105]), np.array([1, 2, 3, 5])
    trend = share_trend(hits / n, n, times)
    null = sm.GLM(np.column_stack([hits, n - hits]), np.ones((4, 1)), family=sm.families.Binomial()).fit()
    statistic, p, _ = null.model.score_test(null.params, exog_extra=times[:, None].astype(float))
    assert trend.z**2 == pytest.approx(float(np.squeeze(statistic)), rel=1e-6)
    assert trend.p == pytest.approx(float(np.squeeze(p)), rel=1e-6)
    assert share_trend(1 - hits / n, n, times).z == pytest.approx(-trend.z)
    assert share_trend([0.4, 0.4, 0.4], [50, 60, 70], [1, 2, 3]).p == 1


def test_diverging_edges_are_the_reference_ones_and_even_scales_split_at_zero():
    known = REFERENCE["likert"]
    edges = diverging_edges(np.array(known["input_pct"]) / 100)
    assert 100 * edges.left.to_numpy() == pytest.approx(known["left_edges"], abs=1e-6)
    assert 100 * edges.right.iloc[-1] == pytest.approx(known["right_end"], abs=1e-6)
    assert 100 * (edges.share[3:].sum() - edges.share[:2].sum()) == pytest.approx(known["net"], abs=1e-6)
    even = diverging_edges([0.1, 0.2, 0.3, 0.4])
    assert even.left.to_numpy() == pytest.approx([-0.3, -0.2, 0, 0.3])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: share([0, 1, 2]), "hits holds 2"),
        (lambda: share_trend([0.1, 0.2], [5, 5], [1, 2]), "at least 3"),
        (lambda: share_trend([0.1, 0.2, 0.3], [5, 0, 5], [1, 2, 3]), "leave out periods without answers"),
        (lambda: diverging_edges([0.5, 0.4]), "add up to 0.9"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("hits, n", [((1, 4), (20, 9)), ((0, 3), (40, 12)), ((7, 6), (8, 8)), ((2, 0), (6, 30))])
def test_few_hits_are_tested_exactly(hits, n):
    """Fewer than five expected: Fisher's exact test, whichever side comes first."""
    one, other = (share(np.r_[np.ones(h), np.zeros(m - h)]) for h, m in zip(hits, n, strict=True))
    exact = stats.fisher_exact([[h, m - h] for h, m in zip(hits, n, strict=True)]).pvalue
    assert share_difference(one, other).p == pytest.approx(exact)
    assert share_difference(other, one).p == pytest.approx(exact)


def test_groups_with_few_hits_raise_no_more_alarms_than_they_may():
    rng, alarms = np.random.default_rng(1), 0
    for _ in range(600):
        small, rest = rng.binomial(1, 0.06, 12), rng.binomial(1, 0.06, 150)
        alarms += share_difference(share(rest), share(small)).p < 0.05
    assert alarms <= 0.05 * 600 + 2.5 * np.sqrt(0.05 * 0.95 * 600)
