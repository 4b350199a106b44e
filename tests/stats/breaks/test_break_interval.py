import numpy as np
import pytest

from cxlib.stats.breaks.break_interval import place_interval
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.breakpoints import best_break
from tests.reference.tipping_points import EXPECTED, reference


def interval(x, y, shape="kink", *, clusters=None, covariates=None, **options):
    support = break_support(x, y, clusters=clusters, covariates=covariates)
    return place_interval(support, best_break(support, shape), **options)


def waits(rng, n):
    return np.ceil(rng.gamma(1.8, 6, n)).clip(max=45)


def kinked(rng, n=1000):
    x = waits(rng, n)
    return x, 8.5 - 0.02 * x - 0.22 * np.clip(x - 12, 0, None) + rng.normal(0, 1.8, n)


def test_interval_holds_estimate_and_truth():
    found = interval(*kinked(np.random.default_rng(0)))
    assert found.low <= 12 <= found.high
    assert found.method == "wild"
    assert found.percentiles[0][0] <= 12 <= found.percentiles[0][1]


@pytest.mark.parametrize(("name", "within"), [("timing_n1000_k1", 5), ("timing_n5000_k1", 3)])
def test_percentiles_agree_with_an_exact_wild_bootstrap_and_not_with_the_warm_start(name, within):
    x, y = reference(name)
    support = break_support(x, y)
    sample = place_interval(support, best_break(support, side_share=0.005), side_share=0.005).percentiles[0]
    expected = EXPECTED[name]["bootstrap_interval"]
    assert sample[0] == pytest.approx(expected[0], abs=within)
    assert sample[1] == pytest.approx(expected[1], abs=within)
    if "warm_start_interval" in EXPECTED[name]:
        narrow = EXPECTED[name]["warm_start_interval"]
        assert sample[1] - sample[0] > 1.2 * (narrow[1] - narrow[0])


def test_a_second_break_does_not_spread_the_interval_over_all_of_x():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 40, 2000)
    y = 9 - 0.3 * np.clip(x - 10, 0, None) + 0.15 * np.clip(x - 30, 0, None) + rng.normal(0, 1, 2000)
    found = interval(x, y)
    assert found.high - found.low < 6


def test_interval_is_the_same_in_seconds():
    x, y = kinked(np.random.default_rng(2))
    minutes, seconds = interval(x, y), interval(60 * x, y)
    assert (seconds.low, seconds.high) == pytest.approx((60 * minutes.low, 60 * minutes.high))


def test_step_interval_runs_to_the_value_beyond_the_gap():
    rng = np.random.default_rng(3)
    x = rng.integers(0, 15, 3000)
    found = interval(x, 8 - 2.0 * (x > 5) + rng.normal(0, 1, 3000), "step")
    assert (found.low, found.high, found.connected) == (5, 6, True)


def test_small_samples_use_the_grid_and_are_wider():
    x, y = kinked(np.random.default_rng(4), 300)
    found = interval(x, y, draws=199)
    assert found.method == "grid"
    assert found.high - found.low > 4


def test_draws_centre_on_the_fit():
    x, y = kinked(np.random.default_rng(5), 4000)
    support = break_support(x, y)
    fit = best_break(support)
    sample = place_interval(support, fit).sample
    for name in ("places", "slopes", "levels"):
        drawn = getattr(sample, name)
        for column, estimate in zip(drawn.T, getattr(fit, name), strict=True):
            assert np.median(column) == pytest.approx(estimate, abs=1.5 * np.std(column)), name


def test_spread_of_the_draws_agrees_with_refits_to_new_samples():
    fits = []
    for seed in range(200):
        support = break_support(*kinked(np.random.default_rng(seed), 2000))
        fit = best_break(support)
        fits.append((*fit.slopes, *fit.levels))
    sample = place_interval(support, fit).sample
    drawn = np.std(np.column_stack([sample.slopes, sample.levels]), axis=0)
    assert drawn == pytest.approx(np.std(fits, axis=0), rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "runs"), [(300, 200), (1000, 1000), (5000, 800)])
def test_interval_holds_the_truth_in_95_percent(n, runs):
    held = []
    for seed in range(runs):
        found = interval(*kinked(np.random.default_rng(seed), n), draws=399, seed=seed)
        held.append(found.low <= 12 <= found.high)
    allowed = 2 * np.sqrt(0.95 * 0.05 / runs)  # Monte Carlo error beside the accepted 93.5-96.5 %
    assert 0.935 - allowed / 2 <= np.mean(held) <= 0.965 + allowed / 2


@pytest.mark.slow
def test_interval_holds_the_truth_for_repeated_units_and_a_confounder():
    held = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        unit, hard = np.repeat(np.arange(500), 3), rng.random(1500) < 0.4
        x = np.round(waits(rng, 1500) * (1 + 0.7 * hard)).clip(max=45)
        y = (8.5 - 0.22 * np.clip(x - 12, 0, None) - hard + rng.normal(0, 1.2, 500)[unit]
             + rng.normal(0, 1.2, 1500))
        found = interval(x, y, clusters=unit, covariates=hard, draws=299, seed=seed)
        held.append(found.low <= 12 <= found.high)
    assert 0.925 <= np.mean(held) <= 0.975
