from itertools import permutations

import numpy as np
import pytest
from driver_cases import reference, swiss

from cxlib.stats.drivers.shapley import (
    complete_dominance,
    conditional_dominance,
    sampled_shapley,
    shapley_values,
    subset_r2,
)
from cxlib.stats.moments import covariance_stack, sample_units

NAMES = list(reference("relaimpo")["swiss"]["lmg"])


def swiss_covariance():
    return covariance_stack(sample_units(swiss()[[*NAMES, "Fertility"]]))[1]


def test_two_drivers_equal_the_hand_count():
    # r = .6 and .5 with the outcome, .5 with each other: R2 = (.36 + .25 - 2 * .6 * .5 * .5) / (1 - .25) = .413333
    # first driver: (.36 + (.413333 - .25)) / 2 = .261667
    covariance = np.array([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]])[:, :, None]
    values = subset_r2(covariance, [[0], [1]])
    assert values[:, 0] == pytest.approx([0, 0.36, 0.25, 0.31 / 0.75])
    assert shapley_values(values)[:, 0] == pytest.approx([0.2616667, 0.1516667], abs=1e-7)


def test_swiss_agrees_with_relaimpo_and_domir():
    values = subset_r2(swiss_covariance(), [[j] for j in range(5)])
    domir = reference("rwa_domir")["swiss_domir"]
    assert shapley_values(values)[:, 0] == pytest.approx(list(domir["general"].values()), abs=1e-10)
    assert conditional_dominance(values[:, 0]) == pytest.approx(np.array(list(domir["conditional"].values())), abs=1e-10)
    complete = np.array([list(row.values()) for row in domir["complete"].values()], float)
    np.testing.assert_array_equal(complete_dominance(values[:, 0]), complete)


def test_controls_agree_with_relaimpo():
    values = subset_r2(swiss_covariance(), [[j] for j in range(1, 5)], [0])
    expected = reference("relaimpo")["swiss_always_Agriculture"]
    assert shapley_values(values)[:, 0] == pytest.approx(list(expected["lmg"].values()), abs=1e-10)
    assert values[-1, 0] - values[0, 0] == pytest.approx(expected["R2_decomp"], abs=1e-10)


def test_group_enters_as_one_player():
    values = subset_r2(swiss_covariance(), [[0, 1], [2, 3, 4]])
    alone = subset_r2(swiss_covariance(), [[j] for j in range(5)])
    assert values[1] == pytest.approx(alone[0b00011]) and values[2] == pytest.approx(alone[0b11100])
    assert shapley_values(values).sum(axis=0) == pytest.approx(alone[-1])


def test_order_of_drivers_does_not_matter():
    covariance, order = swiss_covariance(), [3, 0, 4, 1, 2]
    direct = shapley_values(subset_r2(covariance, [[j] for j in range(5)]))
    assert shapley_values(subset_r2(covariance, [[j] for j in order])) == pytest.approx(direct[order])


def test_sampled_orders_lie_within_their_stated_error_and_sum_to_r2():
    covariance = swiss_covariance()
    exact = shapley_values(subset_r2(covariance, [[j] for j in range(5)]))[:, 0]
    values, error = sampled_shapley(covariance, [[j] for j in range(5)], orderings=2000, seed=4)
    assert values.sum() == pytest.approx(exact.sum(), abs=1e-9)
    assert (np.abs(values[:, 0] - exact) < 4 * error).all() and (error > 0).all()


def test_a_copy_of_a_driver_shares_its_value():
    # two identical drivers: either brings all or nothing, so each gets half
    covariance = np.array([[1, 1, 0.6], [1, 1, 0.6], [0.6, 0.6, 1]])[:, :, None]
    assert shapley_values(subset_r2(covariance, [[0], [1]]))[:, 0] == pytest.approx([0.18, 0.18])


def test_a_cause_does_not_share_with_what_it_works_through():
    # r = .6 and .5, .5 with each other, the first before the second: .36, and what the second adds, .0533
    covariance = np.array([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]])[:, :, None]
    values = subset_r2(covariance, [[0], [1]])
    assert shapley_values(values, [(0, 1)])[:, 0] == pytest.approx([0.36, 0.31 / 0.75 - 0.36])


@pytest.mark.parametrize("before", [[(0, 1)], [(0, 1), (1, 2), (4, 2)], [(3, 0), (3, 1), (3, 2), (3, 4)]])
def test_ordered_shares_are_the_mean_over_every_order_that_is_allowed(before):
    values = subset_r2(swiss_covariance(), [[j] for j in range(5)])
    orders = [order for order in permutations(range(5)) if all(order.index(a) < order.index(b) for a, b in before)]
    increments = np.zeros(5)
    for order in orders:
        inside = 0
        for j in order:
            increments[j] += values[inside | 1 << j, 0] - values[inside, 0]
            inside |= 1 << j
    assert shapley_values(values, before)[:, 0] == pytest.approx(increments / len(orders), abs=1e-12)


def test_drawn_orders_that_keep_a_rule_come_close_to_all_of_them():
    values, rule = subset_r2(swiss_covariance(), [[j] for j in range(5)]), [(1, 2), (0, 2)]
    drawn, error = sampled_shapley(swiss_covariance(), [[j] for j in range(5)], before=rule, orderings=2000)
    assert (np.abs(drawn - shapley_values(values, rule))[:, 0] < 4 * error + 1e-12).all()
    assert drawn.sum() == pytest.approx(values[-1, 0])
