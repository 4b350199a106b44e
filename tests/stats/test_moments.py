import numpy as np
import pytest

from cxlib.stats.moments import (
    bootstrap_stacks,
    correlation_stack,
    covariance_stack,
    draw_counts,
    effective_n,
    nearest_positive,
    row_counts,
    row_units,
    sample_units,
)

RNG = np.random.default_rng(3)


def unscaled(units, stack):
    return stack * (units.scale[:, None] * units.scale)[:, :, None]


def test_covariance_equals_the_hand_count():
    # x: 1, 2, 3 -> mean 2, mean square deviation 2/3;  y: 2, 2, 5 -> mean 3, covariance ((-1)(-1) + 0 + 1 * 2) / 3 = 1
    units = sample_units([[1, 2], [2, 2], [3, 5]])
    stack = unscaled(units, covariance_stack(units)[1])[:, :, 0]
    assert stack == pytest.approx(np.array([[2 / 3, 1], [1, 2]]))


def test_weights_equal_repeated_rows():
    values, weights = RNG.normal(size=(30, 4)), RNG.integers(1, 5, 30)
    weighted = sample_units(values, weights=weights)
    repeated = sample_units(np.repeat(values, weights, axis=0))
    assert weighted.center == pytest.approx(repeated.center)
    assert covariance_stack(weighted)[1] == pytest.approx(covariance_stack(repeated)[1])


def test_a_draw_equals_the_sample_it_drew():
    values = RNG.normal(size=(40, 3))
    units = sample_units(values)
    counts = draw_counts(units, 5, np.random.default_rng(1))
    stack = unscaled(units, covariance_stack(units, counts)[1])
    for draw in range(5):
        rows = np.repeat(values, counts[draw].astype(int), axis=0)
        assert stack[:, :, draw] == pytest.approx(np.cov(rows.T, bias=True))


def test_clusters_are_drawn_whole_and_scaled_for_their_number():
    clusters = np.repeat([0, 1, 2, 3], 5)
    counts = row_counts(20, 50, clusters=clusters)
    assert (counts.reshape(50, 4, 5).std(axis=2) == 0).all()
    assert counts[:, ::5].sum(axis=1) == pytest.approx(np.full(50, 4.0))  # 3 of 4 drawn, times 4 / 3


def test_strata_keep_their_size_in_every_draw():
    strata = np.array([0] * 6 + [1] * 4)
    counts = row_counts(10, 100, strata=strata)
    assert counts[:, :6].sum(axis=1) == pytest.approx(np.full(100, 6.0))
    assert counts[:, 6:].sum(axis=1) == pytest.approx(np.full(100, 4.0))


def test_random_groups_of_a_large_sample_give_the_same_covariance_and_spread():
    values = RNG.normal(size=(12_000, 2))
    large, rows = sample_units(values), row_units(values)
    assert len(large.sums) == 2_000
    assert covariance_stack(large)[1] == pytest.approx(covariance_stack(rows)[1])
    draws = np.concatenate([mean for mean, _ in bootstrap_stacks(large, 2_000, seed=1)], axis=1)
    assert draws.std(axis=1) == pytest.approx(np.full(2, 1 / np.sqrt(12_000)), rel=0.08)


def test_seed_repeats_and_changes_the_draws():
    units = sample_units(RNG.normal(size=(20, 2)))
    one, again, other = (next(bootstrap_stacks(units, 10, seed=seed))[1] for seed in (1, 1, 2))
    assert (one == again).all() and (one != other).any()


def test_small_units_of_a_column_change_nothing():
    values = RNG.normal(size=(50, 3))
    small = values * [1, 1e-6, 1]
    one, other = (correlation_stack(covariance_stack(sample_units(v))[1])[0] for v in (values, small))
    assert one == pytest.approx(other, abs=1e-12)


def test_constant_column_is_named_by_draw():
    values = np.column_stack([[1, 1, 1, 2], [1, 2, 3, 4]])
    units = sample_units(values)
    constant = correlation_stack(covariance_stack(units, np.array([[1, 1, 1, 1], [2, 1, 1, 0.0]]))[1])[1]
    assert constant.tolist() == [[False, False], [True, False]]


def test_effective_n_of_equal_and_unequal_weights():
    assert effective_n([2, 2, 2]) == pytest.approx(3)
    assert effective_n([1, 1, 2]) == pytest.approx(16 / 6)  # (1 + 1 + 2)^2 / (1 + 1 + 4)


def test_impossible_correlations_are_moved_to_the_nearest_possible():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])[:, :, None]
    fixed, broken = nearest_positive(np.concatenate([impossible, np.eye(3)[:, :, None]], axis=2))
    assert broken.tolist() == [True, False]
    assert np.linalg.eigvalsh(fixed[:, :, 0]).min() > 0
    assert fixed[:, :, 1] == pytest.approx(np.eye(3))


@pytest.mark.parametrize("weights, message", [
    ([1, 0, 1], "1 weights are missing, zero or negative"),
    ([1, np.nan, -1], "2 weights are missing, zero or negative"),
    ([1, 1], "one weight for each of the 3 rows"),
])  # fmt: skip
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        sample_units([[1.0], [2], [3]], weights=weights)


def test_missing_values_and_lonely_strata_are_refused():
    with pytest.raises(ValueError, match="1 values are missing or infinite"):
        sample_units([[1, np.nan], [2, 3]])
    with pytest.raises(ValueError, match="1 strata hold a single unit"):
        sample_units([[1.0], [2], [3]], strata=["a", "a", "b"])
