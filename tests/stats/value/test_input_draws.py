import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxlib.stats.value.input_draws import normal_draws, pert_quantiles, range_draws


def test_pert_agrees_with_its_moments_and_symmetry():
    # Mean (low + 4 mode + high) / 6.
    shares = (np.arange(100_000) + 0.5) / 100_000
    assert pert_quantiles(shares, 1, 5, 8).mean() == pytest.approx((1 + 20 + 8) / 6, abs=1e-3)
    assert pert_quantiles(0.5, -1, 0, 1) == pytest.approx(0)
    assert pert_quantiles(shares, 2, 2, 2).tolist()[:2] == [2, 2]
    with pytest.raises(ValueError, match="lowest, most likely, highest"):
        pert_quantiles(0.5, 3, 2, 4)


def test_range_draws_repeat_with_the_seed_and_correlate_as_asked():
    ranges = {"gain": (1, 5, 8), "effect": (0.0002, 0.001, 0.002), "cost": (1e6, 1.3e6, 2.2e6)}
    asked = {("gain", "effect"): 0.4}
    one = range_draws(ranges, correlation=asked, draws=20_000, seed=5)
    assert one.equals(range_draws(ranges, correlation=asked, draws=20_000, seed=5))
    assert not one.equals(range_draws(ranges, correlation=asked, draws=20_000, seed=6))
    normal = one.rank().corr().loc["gain", "effect"]
    assert 2 * np.sin(np.pi / 6 * normal) == pytest.approx(0.4, abs=0.02)
    assert one.rank().corr().loc["cost", "gain"] == pytest.approx(0, abs=0.03)
    # The tabulated quantiles are those of scipy.
    exact = pert_quantiles(stats.norm.cdf(0.3), 1, 5, 8)
    grid = range_draws({"x": (1, 5, 8)}, draws=1_000_000, seed=1).x
    assert np.quantile(grid, stats.norm.cdf(0.3)) == pytest.approx(exact, abs=0.01)


def test_normal_draws_carry_the_covariance():
    covariance = np.array([[0.04, -0.03], [-0.03, 0.09]])
    drawn = normal_draws(pd.Series({"a": 1.0, "b": -2.0}), covariance, draws=200_000, seed=3)
    assert drawn.cov().to_numpy() == pytest.approx(covariance, abs=1e-3)
    assert drawn.mean().tolist() == pytest.approx([1, -2], abs=3e-3)


@pytest.mark.parametrize(("correlation", "message"), [
    ({("a", "x"): 0.4}, "names 'x', which is no input"),
    ({("a", "b"): 1.4}, "must be -1 to 1"),
    ({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}, "cannot hold together"),
])
def test_impossible_correlations_are_refused(correlation, message):
    with pytest.raises(ValueError, match=message):
        range_draws(dict.fromkeys("abc", (0, 1, 2)), correlation=correlation, draws=10, seed=1)


def test_covariance_that_is_none_is_refused():
    with pytest.raises(ValueError, match="positive semi-definite"):
        normal_draws(pd.Series({"a": 1.0}), [[np.nan]], draws=10, seed=1)
