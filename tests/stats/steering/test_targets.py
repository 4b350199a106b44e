import numpy as np
import pytest

from cxlib.stats.steering.forecast import chance_above, score_forecast
from cxlib.stats.steering.luck import chance_by_luck
from cxlib.stats.steering.targets import chance_met, honest_target, reachable_target, reliability

BENCHMARK = [20.0, 30, 40, 50, 60]  # mean 40, upper quartile 50


def test_the_upper_quartile_is_drawn_towards_the_mean():
    assert reliability(8, 6000, 100) == pytest.approx(0.5161, abs=5e-5)
    assert reachable_target(25, BENCHMARK, 0.6) == pytest.approx(46) and reachable_target(25, [*BENCHMARK, np.nan], 1) == 50
    assert reachable_target(48, BENCHMARK, 0.6) == 48  # who is better already holds the level
    assert reachable_target(25, BENCHMARK, 0) == 40


def test_companies_above_the_quartile_fall_back_to_where_it_is_drawn():
    """Of many companies, those seen at the upper quartile are truly where the target lies."""
    rng = np.random.default_rng(1)
    true = rng.normal(30, 8, 200_000)
    seen = true + rng.normal(0, 60**0.5, len(true))
    near = np.abs(seen - np.quantile(seen, 0.75)) < 0.5
    assert reachable_target(0, seen, reliability(8, 6000, 100)) == pytest.approx(true[near].mean(), abs=0.2)


def test_the_chance_of_a_target():
    assert chance_met((30, 3), 33) == pytest.approx(0.158655, abs=1e-6) and chance_met((30, 3), 35, variance=16.0) == pytest.approx(0.158655, abs=1e-6)
    forecast = score_forecast([30.0, 33, 28, 31], 9.0, 3)
    assert chance_met(forecast, 34) == chance_above(forecast, 34, 3) and chance_met(forecast, 34, ahead=1) == chance_above(forecast, 34, 1)
    assert chance_met(forecast, 34) + chance_met((-34, 1), -34) - 0.5 == pytest.approx(chance_met(forecast, 34))


def test_an_honest_target_is_met_by_luck_as_seldom_as_it_says():
    found = honest_target(6000, 100, 200, wanted=5)
    assert chance_by_luck(found.change, 6000, 100, 200) == pytest.approx(0.05)
    assert chance_by_luck(found.change - found.seen, 6000, 100, 200) == pytest.approx(0.8)
    assert found.n_for_power == 2968 and chance_by_luck(5, 6000, found.n_for_luck, found.n_for_luck) == pytest.approx(0.05, abs=1e-4)
    plain = honest_target(6000, 100, 100, base_known=True)
    assert plain.change == pytest.approx(1.644854 * 60**0.5) and plain.n_for_luck is plain.n_for_power is None


def test_numbers_that_make_no_sense_are_refused():
    for call in (
        lambda: reliability(-1, 1, 1), lambda: reliability(1, 0, 1), lambda: reachable_target(1, [1.0, 2, 3], 0.5), lambda: reachable_target(1, BENCHMARK, 1.1),
        lambda: reachable_target(np.nan, BENCHMARK, 0.5), lambda: chance_met((1, 0), 1), lambda: chance_met((1, -1), 1, variance=2), lambda: chance_met((np.nan, 1), 1),
        lambda: honest_target(1, 10, 10, luck=0.5), lambda: honest_target(1, 10, 10, power=0.01), lambda: honest_target(1, 0, 10), lambda: honest_target(1, 10, 10, wanted=0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"needed|above 0"):
            call()
