import numpy as np
import pandas as pd
import pytest

from cxlib.stats.drivers.group_comparison import effect_differences
from cxlib.stats.drivers.path_estimates import path_model
from cxlib.stats.drivers.path_model import path_structure

STRUCTURE = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")])
SCALE = (-20, 20)


def survey(n, slope, seed=0, turned=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = slope * x + np.sqrt(1 - slope**2) * rng.normal(size=n)
    values = np.column_stack([x, -x if turned else x, y, y]) + 0.6 * rng.normal(size=(n, 4))
    return pd.DataFrame(values, columns=["x1", "x2", "y1", "y2"])


def joined(*surveys):
    labels = np.repeat([f"g{i}" for i in range(len(surveys))], [len(each) for each in surveys])
    return pd.concat(surveys, ignore_index=True), labels


def compared(rows, labels, **options):
    return effect_differences(rows, labels, STRUCTURE, "Y", scale=SCALE, **options)


def test_two_groups_are_one_comparison_and_swapping_them_turns_its_sign():
    rows, labels = joined(survey(250, 0.8), survey(250, 0.1, seed=1))
    effects = compared(rows, labels).effects.set_index("group")
    assert effects.p["g0"] == effects.p["g1"] < 0.01
    assert effects.estimate["g0"] - effects.estimate["g1"] > 0.3
    assert effects.others["g0"] == pytest.approx(effects.estimate["g1"])
    other = compared(rows, np.where(labels == "g0", "g1", "g0")).effects.set_index("group")
    assert other.estimate["g1"] == pytest.approx(effects.estimate["g0"])
    assert other.p["g0"] == pytest.approx(effects.p["g0"], abs=0.01)


def test_effects_are_those_of_a_model_of_each_group():
    rows, labels = joined(survey(250, 0.8), survey(200, 0.1, seed=1), survey(150, 0.5, seed=2))
    found = compared(rows, labels)
    for row in found.effects.itertuples():
        alone = path_model(rows[labels == row.group], STRUCTURE, scale=SCALE, resamples=0)
        assert row.estimate == pytest.approx(alone.total.impact[0], abs=1e-9)
    assert found.sizes == {"g0": 250, "g1": 200, "g2": 150}
    first = found.effects.set_index("group").estimate
    assert found.effects.others[0] == pytest.approx((200 * first["g1"] + 150 * first["g2"]) / 350)


def test_the_group_that_differs_is_named_among_several():
    rows, labels = joined(*(survey(200, 0.6, seed=k) for k in range(3)), survey(200, -0.1, seed=9))
    effects = compared(rows, labels).effects.set_index("group")
    assert effects.p["g3"] < 0.01 and effects.p["g3"] == effects.p.min()


def test_permutations_grow_with_the_family_so_that_a_plain_difference_survives_any():
    rows, labels = joined(survey(250, 0.8), survey(250, 0.0, seed=1))
    found = compared(rows, labels, tests=100)
    assert found.permutations >= 4000
    assert 100 * found.sources.p["X"] < 0.05
    alike = compared(survey(500, 0.5), labels, tests=100)
    assert alike.permutations == 500  # it is plain before that nothing will survive


def test_what_would_be_found_is_found_four_times_in_five():
    findable, hits = [], 0
    for run in range(40):
        rows, labels = joined(survey(200, 0.5, seed=run), survey(200, 0.5, seed=1000 + run))
        findable.append(compared(rows, labels, seed=run).effects.findable[0])
    size = float(np.mean(findable))
    for run in range(40):
        rows, labels = joined(survey(200, 0.5 + size / 2, seed=run), survey(200, 0.5 - size / 2, seed=1000 + run))
        hits += compared(rows, labels, seed=run).sources.p["X"] < 0.05
    assert 0.6 <= hits / 40 <= 0.97


def test_two_halves_of_one_sample_do_not_differ():
    result = compared(survey(400, 0.5), np.arange(400) % 2)
    assert result.sources.p["X"] > 0.05
    assert result.measurement["same"].all()


def test_a_block_that_measures_something_else_is_found():
    rows, labels = joined(survey(250, 0.6), survey(250, 0.6, seed=1, turned=True), survey(250, 0.6, seed=2))
    result = compared(rows, labels)
    assert not result.measurement.loc["X", "same"] and result.measurement.loc["X", "group"] == "g1"
    assert result.measurement.loc["Y", "same"]


def test_a_control_may_be_constant_in_a_group():
    structure = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"], "U": ["u"]}, [("X", "Y"), ("U", "Y")], controls=["U"])
    rows, labels = joined(survey(250, 0.6), survey(250, 0.6, seed=1))
    rows["u"] = ((labels == "g1") & (np.arange(500) % 3 == 0)).astype(float)
    result = effect_differences(rows, labels, structure, "Y", scale=SCALE)
    assert set(result.effects.source) == {"X"} and result.failed == 0


def test_small_groups_are_refused():
    with pytest.raises(ValueError, match="the smallest group has 4 answers; at least 10"):
        compared(survey(100, 0.5), np.arange(100) < 4)
    with pytest.raises(ValueError, match="there is one group, 'a'"):
        compared(survey(100, 0.5), np.repeat("a", 100))


@pytest.mark.slow
@pytest.mark.parametrize("groups", [2, 4])
def test_equal_groups_of_unequal_size_and_weight_differ_in_about_five_per_cent(groups):
    called = 0
    for run in range(300):
        rng = np.random.default_rng(run)
        rows, weights = survey(240, 0.5, seed=run), rng.lognormal(0, 0.5, 240)
        labels = np.repeat(np.arange(groups), 240 // groups) if groups > 2 else np.arange(240) < 80
        result = effect_differences(rows, labels, STRUCTURE, "Y", scale=SCALE, weights=weights, seed=run)
        called += result.sources.p["X"] <= 0.05
    assert 0.025 <= called / 300 <= 0.08
