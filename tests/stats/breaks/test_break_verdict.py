import numpy as np
import pytest

from cxlib.stats.breaks.break_power import smallest_findable_break
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.break_verdict import break_verdict
from tests.simulations.tipping_points import BOUNDS, answers, type_one, verdicts, waits

POINTS = {"kink", "step", "jump", "two kinks"}


def sample(truth, n=5000, scale="0-10", kind="heaped", seed=0):
    rng = np.random.default_rng(seed)
    x = waits(n, kind, rng)
    return x, answers(truth, x, scale, "same", rng)


@pytest.mark.parametrize(("truth", "verdict"), [
    ("line", "line"), ("ceiling", "ceiling"), ("log", "curve"), ("kink", "kink"), ("step", "step"),
    ("two kinks", "two kinks")])
def test_each_truth_gets_its_name(truth, verdict):
    found = break_verdict(*sample(truth), bounds=(0, 10), smallest_loss=0.05)
    assert found.verdict == verdict
    assert (found.place is not None) == (verdict in POINTS)


def test_a_bend_too_small_to_matter_is_called_a_line():
    x, y = sample("ceiling")
    assert break_verdict(x, y, bounds=(0, 10), smallest_loss=0.5).verdict == "line"


def test_no_relation_is_flat():
    rng = np.random.default_rng(1)
    assert break_verdict(waits(2000, "heaped", rng), rng.integers(1, 6, 2000), bounds=(1, 5)).verdict == "flat"


def test_loss_equals_the_planted_one():
    # Slope changes by -0.22 at 12; 95 % of the waits are at most 26: 14 minutes * -0.22 = -3.08 points.
    x, y = sample("kink", 20_000, "free", "integer")
    found = break_verdict(x, y)
    reach = np.quantile(x, 0.95, method="inverted_cdf")
    assert found.loss.low <= -0.22 * (reach - 12) <= found.loss.high


def test_a_break_below_what_matters_is_called_small():
    x, y = sample("kink")
    assert break_verdict(x, y, bounds=(0, 10), smallest_loss=0.2).verdict == "kink"
    assert break_verdict(x, y, bounds=(0, 10), smallest_loss=5).verdict == "small"


def test_a_margin_no_break_reaches_leaves_a_curve():
    x, y = sample("kink")
    assert break_verdict(x, y, bounds=(0, 10), margin=1e6).verdict == "curve"


def test_a_confounder_that_bends_the_mean_is_taken_out():
    # Hard cases wait longer and score 3 lower: past 10 minutes nearly all are hard, which looks like a step.
    rng = np.random.default_rng(2)
    hard = rng.random(4000) < 0.5
    x = np.where(hard, rng.integers(8, 21, 4000), rng.integers(1, 12, 4000)).astype(float)
    y = 8 - 0.05 * x - 3 * hard + rng.normal(0, 1, 4000)
    assert break_verdict(x, y).verdict in POINTS
    assert break_verdict(x, y, covariates=hard).verdict == "line"


def test_the_same_seed_gives_the_same_verdict_and_missing_rows_are_left_out():
    x, y = sample("kink", 1000)
    first = break_verdict(x, y, bounds=(0, 10), draws=199)
    again = break_verdict(np.append(x, np.nan), np.append(y, 3), bounds=(0, 10), draws=199)
    assert (first.loss, first.n, first.line) == (again.loss, again.n, again.line)


@pytest.mark.parametrize("shape", ["kink", "step"])
def test_planted_break_of_the_findable_size_is_found_at_the_stated_power(shape):
    x, y = sample("line", 1000)
    support, free = break_support(x, y), break_support(x, y, flat_before=True)
    least = smallest_findable_break(support, free, shape, smallest_loss=0.2)
    hits = 0
    for seed in range(100):
        rng = np.random.default_rng([seed, 9])
        lost = least.slope_change * np.clip(x - least.place, 0, None) if shape == "kink" else \
            least.loss * (x > least.place)
        planted = 7 - 0.08 * x - lost + rng.normal(0, 1.8, len(x))
        hits += break_verdict(x, planted, smallest_loss=0.2, draws=199, seed=seed).verdict in POINTS
    assert hits / 100 == pytest.approx(0.8, abs=0.13)


def test_more_rows_find_a_smaller_break():
    sizes = []
    for n in (300, 1000, 5000):
        x, y = sample("line", n)
        sizes.append(smallest_findable_break(break_support(x, y), break_support(x, y, flat_before=True)).loss)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["0-10", "1-5", "0/1"])
@pytest.mark.parametrize("n", [300, 1000, 5000])
@pytest.mark.parametrize("truth", ["line", "log", "ceiling"])
def test_false_tipping_points_are_at_most_2_percent(truth, n, scale):
    assert verdicts(truth, n, "heaped", scale, "same", 600, draws=299)["point"] <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("n", [1000, 5000])
def test_place_is_covered_when_a_tipping_point_is_found(n):
    for kind, scale in (("integer", "free"), ("heaped", "0-10")):
        found = verdicts("kink", n, kind, scale, "same", 600, draws=399)
        assert 0.925 <= found["covered"] <= 0.975
        assert found["point"] > 0.6


@pytest.mark.slow
def test_gate_one_holds_its_level_over_the_grid():
    rates = [type_one("line", 1000, kind, "free", spread, 500, draws=299)["gate_1"]
             for kind in ("continuous", "integer", "heaped") for spread in ("same", "grows")]
    assert 0.035 <= np.mean(rates) <= 0.065
    assert set(BOUNDS) == {"free", "0-10", "1-5", "0/1"}
