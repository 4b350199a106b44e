import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from cxlib.stats.links.panel_link import lead_test, panel_link


def branches(seed=1, units=80, quarters=16, effect=1.5, lag=1):
    """Unit quality moves score and outcome alike; the score of the quarter before moves the outcome by `effect`."""
    rng = np.random.default_rng(seed)
    quality, rows = rng.normal(size=units), []
    score = 7 + 0.8 * quality
    past = [score]
    for quarter in range(quarters + 1):
        score = 7 + 0.8 * quality + 0.3 * score - 2.1 + rng.normal(0, 0.5, units)
        past.append(score)
        outcome = 100 + 6 * quality + effect * past[-1 - lag] + rng.normal(0, 2, units)
        if quarter:
            rows.append(pd.DataFrame({"unit": np.arange(units), "quarter": quarter, "score": score, "money": outcome}))
    return pd.concat(rows, ignore_index=True)


def test_slope_inside_units_counted_by_hand():
    # Ten units whose levels differ wildly; inside each, one more of x always goes with two more of y.
    panel = pd.DataFrame([{"unit": u, "t": t, "x": 5 * u + t * (1 + u % 3), "y": 40 * u + 2 * t * (1 + u % 3) + 7 * t}
                          for u in range(10) for t in range(3)])
    fit = panel_link(panel, "y", "x", unit="unit", period="t")
    assert fit.terms.estimate["x@0"] == pytest.approx(2, abs=1e-9)
    assert (fit.n, fit.units, fit.periods) == (30, 10, 3)
    assert fit.pooled > 5


@pytest.mark.parametrize("holes", [False, True])
def test_panel_agrees_with_dummies_and_clusters_in_statsmodels(holes):
    panel = branches(units=30, quarters=6)
    panel = panel.drop(panel.sample(frac=0.2, random_state=1).index) if holes else panel
    fit = panel_link(panel, "money", "score", unit="unit", period="quarter")
    oracle = smf.ols("money ~ score + C(unit) + C(quarter)", panel).fit(
        cov_type="cluster", cov_kwds={"groups": panel.unit})
    assert fit.terms.estimate["score@0"] == pytest.approx(oracle.params["score"], rel=1e-8)
    # The oracle also charges the unit dummies to the degrees of freedom.
    n, units, periods = len(panel), panel.unit.nunique(), panel.quarter.nunique()
    nested = (n - units - periods) / (n - 1 - periods)
    assert fit.terms.se["score@0"] == pytest.approx(oracle.bse["score"] * nested ** 0.5, rel=1e-6)


def test_the_lag_is_found_and_the_pooled_slope_misleads():
    fit = panel_link(branches(), "money", "score", unit="unit", period="quarter", lags=(0, 1, 2))
    low, high = fit.terms.loc["score@1", ["low", "high"]]
    assert low < 1.5 < high
    assert fit.terms.p["score@0"] > 0.001 < fit.terms.p["score@2"]
    assert fit.total.low < 1.5 < fit.total.high
    assert fit.pooled > 4


def test_a_later_score_does_not_predict_unless_the_outcome_drives_it():
    honest = branches()
    assert lead_test(honest.assign(lagged=honest.groupby("unit").score.shift(1)).dropna(), "money", "lagged",
                     unit="unit", period="quarter").p > 0.01
    # Here the score follows the money of the quarter before.
    turned = honest.sort_values(["unit", "quarter"])
    turned["score"] = turned.groupby("unit").money.shift(1) / 4 + np.random.default_rng(2).normal(0, 0.1, len(turned))
    assert lead_test(turned, "money", "score", unit="unit", period="quarter").p < 1e-6


def test_order_of_rows_and_names_of_units_do_not_matter():
    panel = branches(units=20, quarters=5)
    shuffled = panel.sample(frac=1, random_state=3).assign(unit=lambda f: "u" + f.unit.astype(str))
    one = panel_link(panel, "money", "score", unit="unit", period="quarter")
    other = panel_link(shuffled, "money", "score", unit="unit", period="quarter")
    assert one.terms.to_numpy() == pytest.approx(other.terms.to_numpy(), rel=1e-8)


def test_weights_of_two_are_doubled_rows_in_the_slope_and_missing_rows_are_dropped():
    panel = branches(units=20, quarters=5)
    panel["w"] = np.where(panel.unit < 10, 2.0, 1.0)
    weighted = panel_link(panel, "money", "score", unit="unit", period="quarter", weights="w")
    copies = pd.concat([panel, panel[panel.unit < 10].assign(unit=lambda f: f.unit + 100)])
    doubled = panel_link(copies, "money", "score", unit="unit", period="quarter")
    assert weighted.terms.estimate["score@0"] == pytest.approx(doubled.terms.estimate["score@0"])
    panel.loc[3, "score"] = np.nan
    assert panel_link(panel, "money", "score", unit="unit", period="quarter").n == len(panel) - 1


def test_bad_panels_are_refused():
    panel = branches(units=20, quarters=3)
    with pytest.raises(ValueError, match="lacks the columns"):
        panel_link(panel, "money", "nps", unit="unit", period="quarter")
    with pytest.raises(ValueError, match="occur more than once"):
        panel_link(pd.concat([panel, panel]), "money", "score", unit="unit", period="quarter")
    with pytest.raises(ValueError, match="5 units; at least 10"):
        panel_link(panel[panel.unit < 5], "money", "score", unit="unit", period="quarter")
    with pytest.raises(ValueError, match="does not vary inside units"):
        panel_link(panel.assign(score=panel.unit * 1.0), "money", "score", unit="unit", period="quarter")
