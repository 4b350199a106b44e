import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.value.input_draws import range_draws
from cxlib.stats.value.value_distribution import information_values, input_swings, value_range

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference/business_case/acceptance_simulations.json").read_text())["monte_carlo_npv"]


def reference_value(inputs):
    years = np.arange(1, 6)
    kept = np.minimum(0.85 + inputs.nps_gain * inputs.dret_per_pt * inputs.causal, 0.99).to_numpy()[:, None]
    gain = (200000 * 1500 * inputs.margin.to_numpy()[:, None] * (kept ** years - 0.85 ** years) / 1.09 ** years).sum(1)
    return gain - inputs.cost.to_numpy() * (1 + 0.15 * (1.09 ** -years).sum())


def reference_draws(draws=200_000, seed=5):
    measured = REFERENCE["measured"]
    ranges = {name: tuple(value) for name, value in measured["inputs_PERT_low_mode_high"].items()}
    return range_draws(ranges, correlation={("nps_gain", "dret_per_pt"): 0.4}, draws=draws, seed=seed)


def test_value_range_agrees_with_the_reference_simulation():
    measured, inputs = REFERENCE["measured"], reference_draws()
    found = value_range(reference_value(inputs))
    width = measured["P90"] - measured["P10"]
    for name, value in (("P10", found.p10), ("P50", found.p50), ("P90", found.p90)):
        assert value == pytest.approx(measured[name], abs=0.02 * width)
    assert found.share == pytest.approx(measured["P(NPV>0)"], abs=0.01)
    assert found.mean == pytest.approx(measured["mean"], abs=4 * measured["mc_se_of_mean"])
    assert found.mean_error == pytest.approx(measured["mc_se_of_mean"], rel=0.03)
    assert found.perfect_information == pytest.approx(measured["EVPI"], rel=0.03)


def test_the_value_at_all_modes_is_not_the_median():
    modes = pd.DataFrame({name: [value[1]] for name, value in REFERENCE["measured"]["inputs_PERT_low_mode_high"].items()})
    assert reference_value(modes)[0] == pytest.approx(REFERENCE["measured"]["deterministic_mode"], abs=1e-6)
    assert value_range(reference_value(reference_draws())).p50 < 0 < reference_value(modes)[0]


def test_swings_have_the_reference_order_and_ends():
    table = input_swings(reference_draws(), reference_value)
    expected = REFERENCE["measured"]["tornado_P10_P90"]
    assert list(table.index) == list(expected)
    for name, ends in expected.items():
        assert sorted(table.loc[name, ["low", "high"]]) == pytest.approx(sorted(ends), abs=0.02 * (ends[1] - ends[0]) + 3e4)
    assert table.rank_correlation["cost"] < 0 < table.rank_correlation["nps_gain"]


def test_information_is_worth_least_where_the_input_hardly_matters():
    inputs = reference_draws()
    worth = information_values(inputs, reference_value(inputs))
    assert worth.index[-1] == "margin"
    assert worth.max() < value_range(reference_value(inputs)).perfect_information
    # Value 2 x - 1 with x on 0-1: E[max] = 1/4, E = 0, and knowing x is knowing all.
    x = pd.DataFrame({"x": np.random.default_rng(2).random(200_000), "still": 1.0})
    known = information_values(x, 2 * x.x - 1)
    assert known["x"] == pytest.approx(0.25, abs=0.01)
    assert known["still"] == 0


def test_perfect_information_counted_by_hand():
    # +3 or -1 with equal chance: go ahead for 1; with knowledge 1.5.
    found = value_range(np.tile([3.0, -1.0], 100))
    assert (found.mean, found.perfect_information, found.share) == (1.0, 0.5, 0.5)


def test_the_monte_carlo_error_is_honest():
    found = [value_range(np.random.default_rng(seed).normal(1, 2, 2000)) for seed in range(200)]
    assert np.std([one.p50 for one in found]) == pytest.approx(np.mean([one.p50_error for one in found]), rel=0.2)
    assert np.std([one.share for one in found]) == pytest.approx(np.mean([one.share_error for one in found]), rel=0.2)


def test_too_few_or_missing_draws_are_refused():
    with pytest.raises(ValueError, match="at least 99 finite values"):
        value_range(np.append(np.ones(200), np.nan))
    with pytest.raises(ValueError, match="at least 50 draws a bin"):
        information_values(pd.DataFrame({"x": np.ones(100)}), np.ones(100))
