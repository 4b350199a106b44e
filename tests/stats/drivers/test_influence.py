import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.drivers.influence import slopes_without_one


def answers(n=60, seed=3):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
    return x, x["a"] + rng.normal(size=n), rng


@pytest.mark.parametrize("weighted", [False, True])
def test_the_slope_without_a_row_is_that_of_a_regression_without_it(weighted):
    x, y, rng = answers()
    weights = rng.lognormal(0, 0.5, 60) if weighted else np.ones(60)
    found = slopes_without_one(x, y, weights=weights)
    for name, row in found.iterrows():
        kept = np.arange(60) != row["row"]
        again = sm.WLS(y[kept], sm.add_constant(x[kept]), weights=weights[kept]).fit().params
        assert row["without"] == pytest.approx(again[name], abs=1e-9)
    every = [sm.WLS(y.drop(i), sm.add_constant(x.drop(i)), weights=np.delete(weights, i)).fit().params["a"] for i in range(60)]
    assert abs(found.loc["a", "slope"] - found.loc["a", "without"]) == pytest.approx(
        np.abs(found.loc["a", "slope"] - np.array(every)).max(), abs=1e-9)  # fmt: skip


def test_one_row_that_carries_a_slope_is_found():
    x, y, _ = answers()
    x["b"] = 0.1 * x["b"]
    x.loc[7, "b"], y.loc[7] = 5.0, 30.0
    row = slopes_without_one(x, y).loc["b"]
    assert row["row"] == 7
    assert abs(row["without"] - row["slope"]) > 0.5 * row["slope"]


def test_a_control_is_held_equal():
    x, y, rng = answers()
    held = pd.DataFrame({"c": rng.normal(size=60)})
    found = slopes_without_one(x, y + 3 * held["c"], controls=held)
    again = sm.OLS(y + 3 * held["c"], sm.add_constant(x.join(held))).fit().params
    assert found["slope"].to_dict() == pytest.approx(again[["a", "b"]].to_dict())
