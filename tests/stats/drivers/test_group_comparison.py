import numpy as np
import pandas as pd
import pytest

from cxlib.stats.drivers.group_comparison import path_differences
from cxlib.stats.drivers.path_model import path_structure

STRUCTURE = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")])


def survey(n, slope, seed=0, turned=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = slope * x + np.sqrt(1 - slope**2) * rng.normal(size=n)
    values = np.column_stack([x, -x if turned else x, y, y]) + 0.6 * rng.normal(size=(n, 4))
    return pd.DataFrame(values, columns=["x1", "x2", "y1", "y2"])


def test_a_real_difference_is_found_and_swapping_the_groups_turns_its_sign():
    both = pd.concat([survey(250, 0.8), survey(250, 0.1, seed=1)], ignore_index=True)
    first = np.arange(500) < 250
    one = path_differences(both, first, STRUCTURE, permutations=300)
    other = path_differences(both, ~first, STRUCTURE, permutations=300)
    assert one.paths.loc[0, "p_holm"] < 0.01 and one.paths.loc[0, "estimate"] > 0.3
    assert other.paths.loc[0, "estimate"] == pytest.approx(-one.paths.loc[0, "estimate"], abs=1e-9)
    assert (one.n_first, one.n_second, one.permutations, one.failed) == (250, 250, 300, 0)


def test_two_halves_of_one_sample_do_not_differ():
    result = path_differences(survey(400, 0.5), np.arange(400) % 2 == 0, STRUCTURE, permutations=300)
    assert result.paths.loc[0, "p_holm"] > 0.05
    assert result.measurement["same"].all()


def test_a_block_that_measures_something_else_is_found():
    both = pd.concat([survey(250, 0.6), survey(250, 0.6, seed=1, turned=True)], ignore_index=True)
    result = path_differences(both, np.arange(500) < 250, STRUCTURE, permutations=200)
    assert not result.measurement.loc["X", "same"]


def test_small_groups_are_refused():
    with pytest.raises(ValueError, match="the smaller group has 4 answers; at least 10"):
        path_differences(survey(100, 0.5), np.arange(100) < 4, STRUCTURE)


@pytest.mark.slow
def test_equal_groups_of_unequal_size_and_weight_differ_in_about_five_per_cent():
    called = 0
    for run in range(300):
        rng = np.random.default_rng(run)
        both, weights = survey(240, 0.5, seed=run), rng.lognormal(0, 0.5, 240)
        result = path_differences(both, np.arange(240) < 80, STRUCTURE, weights=weights, permutations=199, seed=run)
        called += result.paths.loc[0, "p_holm"] <= 0.05
    assert 0.025 <= called / 300 <= 0.08
