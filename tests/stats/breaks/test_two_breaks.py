import numpy as np
import pytest
from scipy.optimize import minimize

from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.two_breaks import two_breaks
from cxlib.stats.breaks.two_breaks_interval import pair_interval
from tests.effort import some_of
from tests.reference.tipping_points import EXPECTED, reference

OPEN = {"side_share": 0, "side_rows": 0}
TWO = ["stagnant", "plant_RKV", "pr_readme"]


def rss_at(x, y, places, extra=()):
    design = np.column_stack([np.ones(len(x)), x, *(np.clip(x - c, 0, None) for c in places), *extra])
    return np.sum((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2)


def test_two_kinks_equal_the_hand_count():
    # slope -1 to x = 3, flat to 6, slope -2 beyond: no residual.
    x = np.arange(1, 11)
    found = two_breaks(x, 10 - x + np.clip(x - 3, 0, None) - 2 * np.clip(x - 6, 0, None), **OPEN)
    assert found.places == pytest.approx((3, 6))
    assert found.slopes == pytest.approx((-1, 0, -2))
    assert (found.rss, *found.levels) == pytest.approx((0, 7, 7), abs=1e-12)


@pytest.mark.parametrize("name", TWO)
def test_places_and_residuals_agree_with_the_reference(name):
    found, expected = two_breaks(*reference(name), **OPEN), EXPECTED[name]["two"]
    assert found.places == pytest.approx(expected["psi"], rel=1e-7)
    assert found.rss == pytest.approx(expected["rss"], rel=1e-10)
    if "slopes" in expected:
        assert found.slopes == pytest.approx(expected["slopes"], rel=1e-4)


@pytest.mark.parametrize("name", TWO)
def test_residuals_are_never_above_a_peer(name):
    found = two_breaks(*reference(name), **OPEN)
    peers = {peer: rss for peer, rss in EXPECTED[name]["peer_rss"].items() if " two" in peer}
    assert peers
    for peer, rss in peers.items():
        assert found.rss < rss * (1 - 1e-5), f"{peer} ends above the optimum, we must not"


@pytest.mark.parametrize("seed", some_of(60, fast=8))
def test_pair_is_never_worse_than_25_local_searches(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(14, 40))
    x = rng.integers(0, 15, n).astype(float) if seed % 2 else rng.normal(size=n)
    y, z = rng.normal(size=n), rng.normal(size=n)
    values = np.unique(x)
    found = two_breaks(x, y, covariates=z, **OPEN)

    def allowed(places):
        a, b = np.sort(places)
        return values[1] <= a and b <= values[-2] and ((values >= a) & (values <= b)).sum() >= 3

    for _ in range(25):
        start = np.sort(rng.uniform(values[1], values[-2], 2))
        local = minimize(lambda c: rss_at(x, y, c, [z]) if allowed(c) else 1e9, start, method="Nelder-Mead")
        assert found.rss <= local.fun * (1 + 1e-8)


def test_two_kinks_around_one_gap_are_a_step_in_disguise_and_excluded():
    x = np.repeat(np.arange(1.0, 21), 5)
    found = two_breaks(x, np.where(x <= 10, 8.0, 3.0), **OPEN)
    assert found.places[1] - found.places[0] >= 2  # the step itself, 10 to 11, would leave no residual
    assert found.rss > 1


def test_more_than_500_values_are_solved_in_windows_as_well_as_all_at_once(monkeypatch):
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 60, 900)
    y = 9 - 0.2 * x + 0.2 * np.clip(x - 15, 0, None) - 0.2 * np.clip(x - 40, 0, None) + rng.normal(0, 0.8, 900)
    windowed = two_breaks(x, y)
    monkeypatch.setattr("cxlib.stats.breaks.two_breaks.EXACT_UP_TO", 1000)
    exact = two_breaks(x, y)
    assert (windowed.certificate, exact.certificate) == ("windowed", "global optimum")
    assert windowed.rss == pytest.approx(exact.rss, rel=1e-9)


def test_too_few_rows_in_the_middle_are_refused():
    with pytest.raises(ValueError, match="no two places leave 30 of the 80 rows before, between and after"):
        two_breaks(np.arange(80), np.arange(80) % 7)


def test_intervals_hold_both_places_and_draws_centre_on_the_fit():
    rng = np.random.default_rng(3)
    x = rng.integers(1, 41, 3000).astype(float)
    y = 9 - 0.2 * x + 0.2 * np.clip(x - 10, 0, None) - 0.3 * np.clip(x - 25, 0, None) + rng.normal(0, 1.5, 3000)
    support, found = break_support(x, y), two_breaks(x, y)
    draws = pair_interval(support, found, draws=199)
    for (low, high), place, truth in zip(draws.intervals, found.places, (10, 25), strict=True):
        assert low <= place <= high
        assert low <= truth <= high
        assert high - low < 8
    assert np.median(draws.sample.slopes, axis=0) == pytest.approx(found.slopes, abs=0.05)
    assert np.median(draws.sample.levels, axis=0) == pytest.approx(found.levels, abs=0.3)


@pytest.mark.slow
def test_intervals_of_two_places_hold_the_truth_at_the_stated_rate():
    held = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        x = rng.integers(1, 41, 1500).astype(float)
        y = 9 - 0.2 * x + 0.2 * np.clip(x - 10, 0, None) - 0.3 * np.clip(x - 25, 0, None) + rng.normal(0, 1.5, 1500)
        draws = pair_interval(break_support(x, y), two_breaks(x, y), draws=199, seed=seed)
        held.append([low <= truth <= high for (low, high), truth in zip(draws.intervals, (10, 25), strict=True)])
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.035)
