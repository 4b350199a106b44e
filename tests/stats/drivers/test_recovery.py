"""Each link recovers the truth that was put in, with the coverage it claims (table: tests/simulations/business_case.csv)."""

import pandas as pd
import pytest

from tests.simulations import business_case as simulated


@pytest.fixture(scope="module")
def found():
    return pd.concat([simulated.recovered(*design) for design in simulated.DESIGNS]).set_index("estimator")


@pytest.mark.slow
def test_estimates_are_on_the_truth_and_intervals_hold_it(found):
    for name in ("share, log odds", "share, average slope", "hazard with late entry", "hazard with weights",
                 "amount, log mean, lognormal data", "panel, units and quarters taken out",
                 "unit means, slope on the measured mean", "churn step, score without error"):
        row = found.loc[name]
        assert row["mean"] == pytest.approx(row.truth, abs=4 * row.spread / row.runs ** 0.5), name
        assert row.coverage == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / row.runs) ** 0.5), name


@pytest.mark.slow
def test_the_acceptance_rules_of_the_reference_hold(found):
    held, naive = found.loc["churn step, observed score and tenure"], found.loc["churn step, observed score, no controls"]
    assert held["mean"] == pytest.approx(-0.5, abs=0.04)
    assert abs(held["mean"] + 0.5) < abs(naive["mean"] + 0.5)
    panel = found.loc["panel, units and quarters taken out"]
    assert panel["mean"] == pytest.approx(1.5, abs=0.03)
    assert panel.coverage >= 0.89
    assert found.loc["panel, pooled (for comparison)", "mean"] > 4
    assert found.loc["unit means, corrected for reliability", "mean"] == pytest.approx(0.4, abs=0.05)


@pytest.mark.slow
def test_the_range_of_the_worth_holds_the_truth_as_often_as_it_says(found):
    row = found.loc["worth of a point, 80 % range"]
    assert row["mean"] == pytest.approx(row.truth, abs=4 * row.spread / row.runs ** 0.5)
    assert row.coverage == pytest.approx(0.80, abs=4 * (0.8 * 0.2 / row.runs) ** 0.5)


@pytest.mark.slow
def test_the_table_is_the_one_that_the_command_writes(found):
    kept = pd.read_csv(simulated.FILE).set_index("estimator")
    pd.testing.assert_frame_equal(found.round(4), kept, check_dtype=False, atol=2e-3)
