from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from cxlib.stats.breaks.breakpoints import one_break
from tests.effort import some_of
from tests.reference.tipping_points import EXPECTED, reference

OPEN = {"side_share": 0, "side_rows": 0}
ONE = ["stagnant", "plant_RKV", "pr_readme", "timing_n1000_k1", "timing_n5000_k1"]


def rss_of(x, y, *terms, weights=None):
    root = np.sqrt(np.ones(len(x)) if weights is None else weights / np.mean(weights))
    design = root[:, None] * np.column_stack([np.ones(len(x)), *terms])
    return np.sum((root * y - design @ np.linalg.lstsq(design, root * y, rcond=None)[0]) ** 2)


def brute_force(x, y, z=None, weights=None):
    """Kink: every value of x, and a bounded search in every gap."""
    extra = [] if z is None else [z]
    values = np.unique(x)[1:-1]

    def rss(c):
        return rss_of(x, y, x, np.clip(x - c, 0, None), *extra, weights=weights)

    inside = [minimize_scalar(rss, bounds=pair, method="bounded", options={"xatol": 1e-10}).fun
              for pair in pairwise(values)]
    return min([*map(rss, values), *inside])


def small_sample(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 40))
    x = rng.choice([rng.integers(0, 12, n).astype(float), rng.normal(size=n)])
    return rng, x, rng.normal(size=n) + rng.normal() * np.clip(x - np.median(x), 0, None)


def test_kink_equals_the_hand_count():
    # y = 10, 10, 10 then 2 less for each step: flat to x = 3, slope -2 beyond, no residual.
    found = one_break([1, 2, 3, 4, 5, 6], [10, 10, 10, 8, 6, 4], **OPEN)
    assert found.places == pytest.approx((3,))
    assert found.slopes == pytest.approx((0, -2))
    assert (found.levels[0], found.rss, found.step) == pytest.approx((10, 0, 0))


def test_kink_between_two_values_is_where_the_lines_cross():
    # 10, 10, 10 up to 3 and 7, 5, 3 from 5 on: the lines y = 10 and y = 17 - 2x cross at 3.5.
    found = one_break([1, 2, 3, 5, 6, 7], [10, 10, 10, 7, 5, 3], **OPEN)
    assert found.places[0] == pytest.approx(3.5)
    assert found.between == ((3, 5),)


def test_step_equals_the_hand_count():
    # means 8 and 5 on either side of the gap from 3 to 4; squares 2 * (1 + 1) = 4 remain.
    found = one_break([1, 1, 3, 3, 4, 4, 6, 6], [9, 7, 8, 8, 5, 5, 6, 4], "step", flat_before=True, **OPEN)
    assert (found.places, found.between, found.step) == ((3,), ((3, 4),), pytest.approx(-3))
    assert found.rss == pytest.approx(4)


def test_jump_finds_step_and_slope_at_once():
    # y = 10 up to 3, then 7 - (x - 3.5): the step of -3 is read half way between 3 and 4.
    x = np.arange(1, 9)
    found = one_break(x, np.where(x <= 3, 10, 7 - (x - 3.5)), "jump", **OPEN)
    assert found.places[0] == 3
    assert (found.step, found.slopes[-1]) == pytest.approx((-3, -1))


@pytest.mark.parametrize("name", ONE)
def test_place_and_residuals_agree_with_the_reference(name):
    found, expected = one_break(*reference(name), **OPEN), EXPECTED[name]
    assert found.places[0] == pytest.approx(expected["one"]["psi"], rel=1e-8)
    assert found.rss == pytest.approx(expected["one"]["rss"], rel=1e-10)
    assert found.certificate == "global optimum"
    if "slopes" in expected["one"]:
        assert found.slopes == pytest.approx(expected["one"]["slopes"], rel=1e-5)


@pytest.mark.parametrize("name", ONE)
def test_residuals_are_never_above_a_peer(name):
    found = one_break(*reference(name), **OPEN)
    for peer, rss in EXPECTED[name]["peer_rss"].items():
        if " two" not in peer:
            assert found.rss <= rss * (1 + 1e-11), peer


def test_optimum_on_a_data_point_is_hit_exactly():
    # Linearisation ends slightly above such an optimum; here it is the value 12 itself, and the residual is 0.
    x = np.repeat([2.0, 5, 9, 12, 13, 20, 31], 3)
    found = one_break(x, 9 - 0.7 * np.clip(x - 12, 0, None), **OPEN)
    assert found.places[0] == 12
    assert found.rss == pytest.approx(0, abs=1e-18)


def test_nile_level_shift_agrees_with_strucchange():
    found = one_break(*reference("nile"), "step", flat_before=True, **OPEN)
    expected = EXPECTED["nile"]
    assert found.places[0] == expected["year"]
    assert found.rss == pytest.approx(expected["rss"][1], rel=1e-10)
    assert (found.levels[0], found.levels[0] + found.step) == pytest.approx(expected["means"], rel=1e-10)
    f = (expected["rss"][0] - found.rss) / (found.rss / 98)
    assert f == pytest.approx(expected["sup_f"], rel=1e-8)


@pytest.mark.parametrize("seed", some_of(60, fast=20))
def test_kink_is_never_worse_than_brute_force(seed):
    rng, x, y = small_sample(seed)
    weights, z = (rng.uniform(0.2, 3, len(x)), rng.normal(size=len(x))) if seed % 2 else (None, None)
    found = one_break(x, y, weights=weights, covariates=z, **OPEN)
    assert found.rss <= brute_force(x, y, z, weights) * (1 + 1e-9)


@pytest.mark.parametrize("shape", ["step", "jump"])
def test_step_and_jump_equal_brute_force(shape):
    for seed in range(20):
        rng, x, y = small_sample(seed)
        z, values = rng.normal(size=len(x)), np.unique(x)
        hinge = (lambda c: [np.clip(x - c, 0, None)]) if shape == "jump" else (lambda c: [])  # noqa: B023
        range_ = values[1:-2] if shape == "jump" else values[:-1]
        best = min(rss_of(x, y, x, z, (x > c) * 1.0, *hinge(c)) for c in range_)
        assert one_break(x, y, shape, covariates=z, **OPEN).rss == pytest.approx(best, rel=1e-9)


def test_whole_weights_count_as_repeated_rows():
    rng, x, y = small_sample(3)
    times = rng.integers(1, 4, len(x))
    weighted = one_break(x, y, weights=times, **OPEN)
    repeated = one_break(np.repeat(x, times), np.repeat(y, times), **OPEN)
    assert weighted.places[0] == pytest.approx(repeated.places[0])
    assert weighted.slopes[-1] == pytest.approx(repeated.slopes[-1])


def test_mirrored_scale_flips_the_slopes_and_keeps_the_place():
    _, x, y = small_sample(5)
    found, mirrored = one_break(x, y, **OPEN), one_break(x, 10 - y, **OPEN)
    assert mirrored.places[0] == pytest.approx(found.places[0])
    assert mirrored.slopes == pytest.approx((-found.slopes[0], -found.slopes[1]))


def test_order_of_rows_changes_nothing_and_other_units_move_the_place():
    rng, x, y = small_sample(6)
    order = rng.permutation(len(x))
    found = one_break(x, y, **OPEN)
    assert one_break(x[order], y[order], **OPEN).places[0] == pytest.approx(found.places[0])
    assert one_break(60 * x + 7, y, **OPEN).places[0] == pytest.approx(60 * found.places[0] + 7)


def test_missing_rows_are_dropped_before_n():
    x, y = np.arange(20.0), np.clip(np.arange(20.0) - 9, 0, None)
    hurt = one_break(np.append(x, [np.nan, 3]), np.append(y, [1, np.nan]), **OPEN)
    assert hurt.n == 20
    assert hurt.places[0] == pytest.approx(one_break(x, y, **OPEN).places[0])


def test_runs_on_100_000_rows_where_peers_need_an_n_by_n_table():
    rng = np.random.default_rng(1)
    x = np.round(rng.gamma(1.6, 95, 100_000))
    found = one_break(x, 8.6 - 0.0135 * np.clip(x - 180, 0, None) + rng.normal(0, 1.8, len(x)))
    assert found.places[0] == pytest.approx(180, abs=3)


@pytest.mark.parametrize(("x", "y", "options", "message"), [
    ([5] * 80, range(80), {}, "x has 1 distinct values, needs at least 4"),
    ([1, 2, 3] * 40, range(120), {}, "x has 3 distinct values"),
    (range(80), [7] * 80, {}, "y is 7 in every row"),
    (range(20), [1, 2] * 10, {}, "no place has 30 of the 20 rows on either side"),
    (range(80), [1, 2] * 40, {"shape": "bend"}, "shape is 'bend', must be one of kink, step, jump"),
    (range(80), [1, 2] * 40, {"weights": [0] * 80}, "weights hold a value <= 0"),
    (range(80), [1, 2] * 30, {}, r"y has shape \(60,\), needs \(80,\) like x"),
    (range(80), [1, np.inf] * 40, {}, "y holds an infinite value in row 1"),
    ([np.nan] * 80, [1, 2] * 40, {}, "no complete row in common"),
    (range(80), [1, 2] * 40, {"covariates": [1] * 80}, "covariate .* is constant or a sum of other columns"),
])
def test_bad_input_is_named(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        one_break(list(x), list(y), **options)
