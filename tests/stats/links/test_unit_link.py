import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.api as sm

from cxlib.stats.links.unit_link import both_directions, unit_link


def means(n=60, seed=1, slope=0.4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    frame = pd.DataFrame({"x": x, "y": slope * x + rng.normal(size=n), "z": rng.normal(size=n)})
    return frame.assign(w=rng.uniform(1, 3, n))


def test_unit_link_agrees_with_statsmodels():
    frame = means()
    fit = unit_link(frame, "x", "y", controls=["z"])
    oracle = sm.OLS(frame.y, sm.add_constant(frame[["x", "z"]])).fit(cov_type="HC3", use_t=True)
    assert fit.slope[["estimate", "se", "p"]].tolist() == pytest.approx(
        [oracle.params["x"], oracle.bse["x"], oracle.pvalues["x"]], rel=1e-9)
    assert [fit.slope.low, fit.slope.high] == pytest.approx(oracle.conf_int().loc["x"].tolist(), rel=1e-9)
    partial = pingouin.partial_corr(frame, "x", "y", "z")
    assert fit.correlation.estimate == pytest.approx(partial.r.iloc[0])


def test_correlation_interval_is_fishers():
    # r = .42 on 453 units: arctanh(.42) -+ 1.96 / sqrt(450) gives .341 to .493.
    frame = means(453)
    noise = frame.y - np.polyval(np.polyfit(frame.x, frame.y, 1), frame.x)
    x = (frame.x - frame.x.mean()) / frame.x.std()
    exact = pd.DataFrame({"x": x, "y": 0.42 * x + np.sqrt(1 - 0.42 ** 2) * noise / noise.std()})
    fit = unit_link(exact, "x", "y")
    assert fit.correlation[["estimate", "low", "high"]].tolist() == pytest.approx([0.42, 0.3412, 0.4929], abs=1e-3)


def test_correction_divides_by_the_reliability():
    fit = unit_link(means(), "x", "y", reliability=0.5)
    assert fit.corrected.tolist() == pytest.approx((fit.slope[["estimate", "se", "low", "high"]] * 2).tolist())
    assert unit_link(means(), "x", "y", reliability=-0.1).corrected is None
    assert "unreliable_means" in unit_link(means(), "x", "y", reliability=0.4).warnings


def test_few_units_are_said_and_swapping_sides_keeps_the_correlation():
    frame = means(29)
    one, other = unit_link(frame, "x", "y"), unit_link(frame, "y", "x")
    assert one.warnings == ("few_units",)
    assert one.correlation.tolist() == pytest.approx(other.correlation.tolist())
    assert unit_link(means(30), "x", "y").warnings == ()
    with pytest.raises(ValueError, match="4 units with both sides; at least 5"):
        unit_link(frame[:4], "x", "y")


def test_missing_and_weights():
    frame = means()
    holed = frame.copy()
    holed.loc[:9, "y"] = np.nan
    assert unit_link(holed, "x", "y").units == 50
    weighted = unit_link(frame, "x", "y", weights="w")
    oracle = sm.WLS(frame.y, sm.add_constant(frame[["x"]]), weights=frame.w).fit(cov_type="HC3")
    assert weighted.slope.estimate == pytest.approx(oracle.params["x"])
    assert weighted.slope.se == pytest.approx(oracle.bse["x"], rel=1e-6)


def test_both_directions_tell_the_cause_from_the_effect():
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=400), rng.normal(size=400)
    first = pd.DataFrame({"staff": left, "guests": right})
    second = pd.DataFrame({"staff": 0.6 * left + rng.normal(0, 0.5, 400),
                           "guests": 0.6 * right + 0.4 * left + rng.normal(0, 0.5, 400)})
    table = both_directions(first, second, "staff", "guests")
    assert table.loc["staff -> guests", "low"] > 0.2
    assert table.loc["guests -> staff", "p"] > 0.01
    assert table.n.tolist() == [400, 400]
