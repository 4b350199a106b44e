"""Means and indices: reference values, scipy as the second program, missing items, directions and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cxlib.stats.survey.indices import first_component_weights, mean, respondent_index, scale_index

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))
MEANS = [REFERENCE["csi_nki_epsi"]["input_means"]]


def test_mean_agrees_with_scipy_and_drops_missing_rows_first():
    values = [3, 4, 4, 5, 4, np.nan]
    estimate, known = mean(values), stats.ttest_1samp(values[:5], 0).confidence_interval()
    assert (estimate.estimate, estimate.n) == (4, 5)
    assert (estimate.low, estimate.high) == pytest.approx((known.low, known.high))


def test_weighted_mean_by_hand():
    # values 1 2 4, weights 1 1 2: mean 11/4; variance (1 * 3.0625 + .5625 + 2 * 1.5625) / 4 = 1.6875; n_eff 16/6
    estimate = mean([1, 2, 4], [1, 1, 2])
    n_eff = 16 / 6
    se = np.sqrt(1.6875 * n_eff / (n_eff - 1) / n_eff)
    assert (estimate.estimate, estimate.n_eff) == (2.75, pytest.approx(n_eff))
    assert estimate.high - estimate.estimate == pytest.approx(stats.t.ppf(0.975, n_eff - 1) * se)


def test_the_best_answers_give_100_whatever_the_weights():
    assert respondent_index([[10.0] * 3], scale=(1, 10), item_weights=[0.1, 0.7, 0.3]).max() <= 100


def test_equal_weights_order_and_shift_change_nothing_else():
    rng = np.random.default_rng(2)
    values = rng.normal(5, 2, 40)
    plain, weighted = mean(values), mean(rng.permutation(values), np.full(40, 3.0))
    moved = mean(values + 10)
    assert (plain.low, plain.high) == pytest.approx((weighted.low, weighted.high))
    assert (plain.low + 10, plain.high + 10) == pytest.approx((moved.low, moved.high))


def test_what_cannot_have_an_interval_has_none_and_a_scale_bounds_the_rest():
    assert (mean([]).estimate, mean([4]).low, mean([4, 4, 4]).low) == (None, None, None)
    assert mean([0.1] * 7, [0.3] * 7).low is None  # rounding error is not spread
    low_end = mean([1, 1, 1, 5], scale=(1, 5))
    assert (low_end.low, low_end.high) == (1, 5)
    census = mean([1, 2, 3], population=3)
    assert (census.low, census.high) == (2, 2)


def test_indices_are_the_reference_ones():
    assert respondent_index(MEANS, scale=(1, 10)) == pytest.approx(REFERENCE["csi_nki_epsi"]["equal_weights"], abs=1e-6)
    acsi = REFERENCE["acsi"]
    index = respondent_index(MEANS, scale=(1, 10), item_weights=acsi["example_weights_ohio"])
    assert index == pytest.approx(acsi["acsi"], abs=1e-6)
    assert scale_index([1, 3, 5, np.nan], scale=(1, 5)) == pytest.approx([0, 50, 100, np.nan], nan_ok=True)


def test_missing_items_leave_the_divisor_and_too_few_make_no_index():
    items = [[10, np.nan, 1], [7, np.nan, np.nan], [np.nan] * 3]
    assert respondent_index(items, scale=(1, 10), minimum_items=2) == pytest.approx([50, np.nan, np.nan], nan_ok=True)
    # weights .6 and .3 of the two answered: 100 * .6 / .9
    weighted = respondent_index(items, scale=(1, 10), item_weights=[0.6, 0.1, 0.3], minimum_items=2)
    assert weighted[0] == pytest.approx(200 / 3)
    assert np.isnan(respondent_index([[np.nan, 5]], scale=(1, 10), item_weights=[1, 0]))[0]


def test_mean_of_respondent_indices_is_the_index_of_the_means():
    items = np.random.default_rng(3).integers(1, 11, (200, 3))
    weights = [0.5, 0.3, 0.2]
    index = mean(respondent_index(items, scale=(1, 10), item_weights=weights), scale=(0, 100))
    assert index.estimate == pytest.approx(
        sum(w * (m - 1) / 9 * 100 for w, m in zip(weights, items.mean(0), strict=True))
    )


def test_first_component_weights_by_hand_and_against_an_iterated_mode_a():
    # two items: the first component is (1, 1), so weights go as 1 / SD: 1 and 1/2 of SD 1 and 2
    two = np.array([[1, 2], [2, 4], [3, 5], [4, 9.0]])
    inverse = 1 / two.std(axis=0)
    assert first_component_weights(two) == pytest.approx(inverse / inverse.sum())
    rng = np.random.default_rng(4)
    items = rng.normal(size=(300, 3)) * [1, 2, 1] + rng.normal(size=(300, 1)) * [1, 2, 0.5]
    z, outer = (items - items.mean(0)) / items.std(0), np.ones(3)
    for _ in range(500):  # PLS mode A of one block: weights are the items' covariances with their own score
        score = z @ outer
        outer = z.T @ (score / score.std()) / len(z)
    outer = outer / items.std(0)
    assert first_component_weights(items) == pytest.approx(outer / outer.sum(), abs=1e-9)
    doubled = np.repeat(items, 1 + np.arange(300) % 2, axis=0)
    assert first_component_weights(items, 1 + np.arange(300) % 2) == pytest.approx(first_component_weights(doubled))
    with_gap = np.vstack([items, [np.nan, 1, 1]])
    assert first_component_weights(with_gap) == pytest.approx(first_component_weights(items))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: mean([5, 11], scale=(1, 10)), "off the scale 1 to 10"),
        (lambda: respondent_index([1, 2], scale=(1, 10)), "one row per respondent"),
        (lambda: respondent_index([[1, 2]], scale=(1, 10), minimum_items=3), "minimum_items == 3 of 2"),
        (lambda: respondent_index([[1, 2]], scale=(1, 10), item_weights=[1, -1]), "none negative"),
        (lambda: first_component_weights([[1, 2], [2, 1], [3, 0]]), "runs against the others"),
        (lambda: first_component_weights([[1, 2], [1, 1], [1, 0]]), "item 0 has the same answer"),
        (lambda: first_component_weights([[1, 2], [np.nan, 1], [1, 0]]), "2 complete rows"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
