import numpy as np
import pandas as pd
import pytest

from cxlib.stats.drivers.asymmetry import kano_kinds
from cxlib.stats.drivers.course import nonlinear_drivers


def drivers(n=900, seed=8):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.uniform(0, 100, (n, 4)), columns=["must", "delight", "straight", "nothing"]), rng


def planted(n=900):
    """A must-be driver (only below 50), a delighter (only above), a straight one, and noise."""
    x, rng = drivers(n)
    y = 0.4 * np.minimum(x["must"] - 50, 0) + 0.4 * np.maximum(x["delight"] - 50, 0) + 0.2 * x["straight"]
    return x, y + rng.normal(0, 8, n)


def test_planted_kinds_are_found():
    table = kano_kinds(*planted(), middle=50, resamples=300)
    assert table["kind"].to_dict() == {"must": "must_be", "delight": "delighter", "straight": "performance",
                                       "nothing": "indifferent"}
    assert (table["probability"] > 0.6).all() and (table.loc[["must", "delight"], "probability"] > 0.95).all()
    assert table.loc["must", "loss"] == pytest.approx(0.4, abs=0.05)
    assert table.loc[["must", "delight"], "p_holm"].max() < 0.05 < table.loc["straight", "p_holm"]


def test_turning_the_scales_swaps_loss_and_gain():
    x, y = planted(300)
    one, other = kano_kinds(x, y, middle=50, resamples=20), kano_kinds(100 - x, -y, middle=50, resamples=20)
    assert other["loss"].tolist() == pytest.approx(one["gain"].tolist())
    assert other["gain"].tolist() == pytest.approx(one["loss"].tolist())


def test_skewed_driver_with_a_straight_effect_is_not_one_sided():
    rng = np.random.default_rng(1)
    skewed = pd.DataFrame({"a": 100 - rng.exponential(15, 2000).clip(0, 100), "b": rng.uniform(0, 100, 2000)})
    y = 0.5 * skewed["a"] + 0.1 * skewed["b"] + rng.normal(0, 5, 2000)
    slopes = kano_kinds(skewed, y, resamples=300).loc["a"]
    assert slopes["kind"] == "performance" and slopes["p_holm"] > 0.05


def test_bent_and_turning_drivers_are_found_and_the_straight_one_is_not():
    x, rng = drivers(1200)
    y = 0.3 * np.minimum(x["must"], 60) - 0.02 * (x["delight"] - 50) ** 2 + 0.3 * x["straight"] + rng.normal(0, 8, 1200)
    table = nonlinear_drivers(x, y, resamples=300)
    assert table["shape"].to_dict() == {"must": "levels_off", "delight": "non_monotone", "straight": "linear",
                                        "nothing": "linear"}


def test_weights_equal_repeated_rows():
    x, y = planted(200)
    weights = np.arange(200) % 3 + 1
    weighted = kano_kinds(x, y, middle=50, weights=weights, resamples=20)
    repeated = kano_kinds(x.loc[np.repeat(x.index, weights)], np.repeat(y, weights), middle=50, resamples=20)
    assert weighted[["loss", "gain"]].to_numpy() == pytest.approx(repeated[["loss", "gain"]].to_numpy())


def test_bad_input():
    x, y = planted(100)
    with pytest.raises(ValueError, match="'must' has fewer than 5 answers on one side of 100"):
        kano_kinds(x, y, middle=100)
    with pytest.raises(ValueError, match="missing or infinite"):
        kano_kinds(x.mask(x < 5), y, middle=50)


@pytest.mark.slow
def test_straight_drivers_are_called_bent_or_one_sided_in_about_five_per_cent():
    false_bends = false_sides = 0
    for run in range(400):
        rng = np.random.default_rng(run)
        x = pd.DataFrame({"a": 100 - rng.exponential(15, 400).clip(0, 100), "b": rng.uniform(0, 100, 400)})
        y = 0.5 * x["a"] + 0.1 * x["b"] + rng.normal(0, 8, 400)
        false_bends += nonlinear_drivers(x, y, resamples=300, seed=run).loc["a", "p"] < 0.05
        false_sides += kano_kinds(x, y, resamples=300, seed=run).loc["a", "p"] < 0.05
    assert 0.025 <= false_bends / 400 <= 0.08
    assert 0.025 <= false_sides / 400 <= 0.08
