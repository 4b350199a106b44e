import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.links.link_checks import backwards, determinism, e_value
from cxlib.stats.links.link_fit import fitted_link
from cxlib.stats.links.link_levels import adjusted_levels, average_slope, level_draws
from cxlib.stats.links.link_shape import shape_comparison, spline_columns, step_columns
from cxlib.stats.links.outcome_links import amount_link, event_link, share_link, two_part_link


def people(n=3000, seed=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "w": rng.uniform(0.5, 2, n),
                          "g": rng.integers(0, 60, n)})
    predictor = -1 + 0.8 * frame.x - 0.4 * frame.z
    frame["event"] = (rng.random(n) < 1 / (1 + np.exp(-predictor))).astype(float)
    frame["amount"] = np.exp(1 + 0.3 * frame.x) * rng.gamma(2, 0.5, n)
    frame["share"] = np.clip(rng.beta(2, 2, n) + 0.1 * frame.x, 0, 1)
    return frame


def same(fit, oracle, correction=1.0):
    """The oracle's numbers; its robust covariance leaves out the factor n / (n - terms)."""
    assert fit.terms.estimate.to_numpy() == pytest.approx(np.asarray(oracle.params), abs=1e-6)
    assert fit.terms.se.to_numpy() == pytest.approx(np.asarray(oracle.bse) * correction ** 0.5, rel=1e-6)
    assert fit.covariance.to_numpy() == pytest.approx(np.asarray(oracle.cov_params()) * correction, rel=1e-5, abs=1e-9)


def test_log_odds_counted_by_hand():
    # 30 of 100 without, 50 of 100 with: log odds log(3/7) and log(1); variance of the step 1/30+1/70+1/50+1/50.
    x = np.repeat([0.0, 1.0], 100)
    event = np.r_[np.ones(30), np.zeros(70), np.ones(50), np.zeros(50)]
    fit = event_link(event, pd.DataFrame({"x": x}))
    assert fit.terms.estimate.tolist() == pytest.approx([np.log(3 / 7), np.log(7 / 3)], abs=1e-8)
    assert fit.terms.se["x"] == pytest.approx(np.sqrt(1 / 30 + 1 / 70 + 2 / 50), abs=1e-8)
    assert (fit.n, fit.events, fit.warnings) == (200, 80, ())


def test_links_agree_with_statsmodels():
    frame = people()
    x = sm.add_constant(frame[["x", "z"]])
    same(event_link(frame.event, frame[["x", "z"]]), sm.Logit(frame.event, x).fit(disp=0))
    same(share_link(frame.share, frame[["x", "z"]]),
         sm.GLM(frame.share, x, sm.families.Binomial()).fit(cov_type="HC0"), 3000 / 2997)
    gamma = sm.families.Gamma(sm.families.links.Log())
    same(amount_link(frame.amount, frame[["x", "z"]]), sm.GLM(frame.amount, x, gamma).fit(cov_type="HC0"), 3000 / 2997)
    clustered = sm.GLM(frame.event, x, sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": frame.g.to_numpy()})
    same(event_link(frame.event, frame[["x", "z"]], clusters=frame.g), clustered)
    same(fitted_link(frame.amount, frame[["x", "z"]], family="gaussian"), sm.OLS(frame.amount, x).fit())


def test_weighted_link_agrees_with_statsmodels_and_ignores_the_scale_of_the_weights():
    frame = people()
    oracle = sm.GLM(frame.event, sm.add_constant(frame[["x"]]), sm.families.Binomial(),
                    var_weights=frame.w / frame.w.mean()).fit(cov_type="HC0")
    same(event_link(frame.event, frame[["x"]], weights=frame.w), oracle, 3000 / 2998)
    same(event_link(frame.event, frame[["x"]], weights=frame.w * 1000), oracle, 3000 / 2998)


def test_turning_the_event_round_turns_the_signs():
    frame = people()
    one, other = event_link(frame.event, frame[["x"]]), event_link(1 - frame.event, frame[["x"]])
    assert one.terms.estimate.to_numpy() == pytest.approx(-other.terms.estimate.to_numpy(), abs=1e-7)
    shuffled = frame.sample(frac=1, random_state=1)
    assert event_link(shuffled.event, shuffled[["x"]]).terms.estimate.to_numpy() == pytest.approx(
        one.terms.estimate.to_numpy(), abs=1e-8)


def test_missing_rows_are_dropped_once():
    frame = people()
    holed = frame.copy()
    holed.loc[:9, "x"], holed.loc[5:19, "event"] = np.nan, np.nan
    fit = event_link(holed.event, holed[["x", "z"]])
    assert fit.n == 3000 - 20
    assert fit.terms.equals(event_link(frame.event[20:], frame[["x", "z"]][20:]).terms)


def test_two_part_link_is_its_two_parts():
    frame = people()
    amount = frame.amount.where(frame.event == 1, 0.0)
    fit = two_part_link(amount, frame[["x"]], weights=frame.w)
    bought = frame.event == 1
    assert fit.any.terms.equals(event_link(frame.event, frame[["x"]], weights=frame.w).terms)
    assert fit.size.n == bought.sum()
    assert fit.size.terms.estimate["x"] == pytest.approx(
        amount_link(amount[bought], frame.loc[bought, ["x"]], weights=frame.w[bought]).terms.estimate["x"])


def test_complete_separation_is_said():
    x = np.repeat([0.0, 1.0, 2.0], 50)
    other = np.random.default_rng(1).normal(size=150)
    fit = event_link((x < 1).astype(float), pd.DataFrame({"low": (x < 1).astype(float), "z": other}))
    assert "separation" in fit.warnings
    mixed = np.where(x == 1, np.arange(150) % 2, x > 1).astype(float)  # never, half, always
    assert "separation" in event_link(mixed, step_columns(x, [0, 1])).warnings


def test_few_events_are_said():
    frame = people(300)
    rare = np.zeros(300)
    rare[:25] = 1
    assert event_link(rare, frame[["x", "z"]]).warnings == ("few_events",)  # 25 events for 3 parameters
    assert event_link(rare, frame[["x"]]).warnings == ()


@pytest.mark.parametrize(("call", "message"), [
    (lambda f: event_link(f.event + 1, f[["x"]]), "event holds 2; it must be 1"),
    (lambda f: event_link(f.event * 0, f[["x"]]), "happened to all or to none"),
    (lambda f: share_link(f.share * 100, f[["x"]]), "in percent"),
    (lambda f: share_link(f.share.where(f.x > 0, f.share * 100), f[["x"]]), "percent and fractions mixed"),
    (lambda f: amount_link(-f.amount, f[["x"]]), "must be above 0"),
    (lambda f: two_part_link(-f.amount, f[["x"]]), "must be 0 or more"),
    (lambda f: event_link(f.event, f[["x"]].assign(y=f.x)), "determine one another exactly"),
    (lambda f: event_link(f.event, f[["x"]].assign(y=1.0)), r"columns \['y'\] never vary"),
    (lambda f: event_link(f.event, f[["x"]], weights=-f.w), "weights must be positive"),
    (lambda f: event_link(f.event, f[["x"]], clusters=np.zeros(len(f))), "at least 2 are needed"),
    (lambda f: event_link([1, 0], f[["x"]][:2]), "2 complete rows for 2 terms"),
    (lambda f: event_link(f.event, f[["x"]], confidence=95), "between 0 and 1"),
])
def test_bad_input_names_the_remedy(call, message):
    with pytest.raises(ValueError, match=message):
        call(people(400))


def test_average_slope_agrees_with_statsmodels():
    frame = people()
    oracle = sm.Logit(frame.event, sm.add_constant(frame[["x", "z"]])).fit(disp=0).get_margeff(at="overall")
    fit = event_link(frame.event, frame[["x", "z"]])
    slope = average_slope(fit, frame, "x")
    assert slope.estimate == pytest.approx(oracle.margeff[0], abs=1e-7)
    assert slope.se == pytest.approx(oracle.margeff_se[0], rel=1e-4)


def test_adjusted_levels_hold_the_others_as_they_are():
    # Without other columns the adjusted level is the plain share.
    frame = people()
    high = (frame.x > 0).astype(float).to_frame(">0")
    fit = event_link(frame.event, high)
    levels = pd.DataFrame({">0": [0.0, 1.0]}, index=["low", "high"])
    found = adjusted_levels(fit, high, levels)
    assert found.table.estimate.tolist() == pytest.approx(frame.event.groupby(frame.x > 0).mean().tolist(), abs=1e-8)
    drawn = level_draws(found, draws=50_000, seed=1)
    assert drawn.mean().tolist() == pytest.approx(found.table.estimate.tolist(), abs=2e-3)
    assert pytest.approx(found.table[["low", "high"]].to_numpy(), abs=3e-3) == drawn.quantile([0.025, 0.975]).to_numpy().T


def test_steps_are_named_and_counted():
    steps = step_columns(pd.Series([0, 6, 7, 8, 9, np.nan]), [6, 8])
    assert steps[">6"].tolist()[:5] == [0, 0, 1, 1, 1]
    assert steps[">8"].tolist()[:5] == [0, 0, 0, 0, 1]
    assert steps.iloc[5].isna().all()
    with pytest.raises(ValueError, match="must rise"):
        step_columns([1, 2], [8, 6])


def test_spline_is_straight_outside_the_knots():
    values = pd.Series(np.linspace(-3, 3, 601))
    columns = spline_columns(values)
    assert columns.shape == (601, 3)
    for part in (columns[:20], columns[-20:]):
        assert np.abs(np.diff(part.to_numpy(), 2, axis=0)).max() < 1e-9


@pytest.mark.parametrize(("truth", "best"), [("steps", "steps"), ("line", "line")])
def test_the_true_shape_is_found_out_of_sample(truth, best):
    rng = np.random.default_rng(3)
    score = rng.integers(0, 11, 20_000).astype(float)
    predictor = {"steps": 0.5 - 1.5 * (score > 6) - 1.0 * (score > 8), "line": 1.0 - 0.25 * score}[truth]
    event = (rng.random(20_000) < 1 / (1 + np.exp(-predictor))).astype(float)
    table = shape_comparison(event, score, family="binomial", cuts=[6, 8], seed=1)
    assert set(table.index) == {"line", "steps", "spline"}
    if truth == "steps":
        assert table.index[0] == best
        assert table.high["steps"] < 0
    else:
        assert table.low["steps"] > 0
    assert table.difference["line"] == 0
    again = shape_comparison(event, score, family="binomial", cuts=[6, 8], seed=1)
    assert table.equals(again)


def test_a_predictor_that_gives_the_event_away_is_seen():
    # As in a well-known training set: 1 and 2 always, 3 sometimes, 4 and 5 never.
    score = np.repeat([1, 2, 3, 4, 5], [922, 518, 2665, 1789, 1149])
    event = np.r_[np.ones(1440), (np.arange(2665) < 429).astype(float), np.zeros(2938)]
    found = determinism(event, score)
    assert found.certain
    assert found.table.share[3] == pytest.approx(429 / 2665)
    assert found.extreme == pytest.approx((1440 + 2938) / 7043)
    honest = determinism((np.arange(7043) % 4 == 0).astype(float), score)
    assert not honest.certain
    assert honest.area == pytest.approx(0.5, abs=0.02)


def test_the_area_is_that_of_every_pair():
    # Events at 1, 1, 2; others at 1, 2, 3. Of nine pairs: (1,1) tie x2, (1,2) (1,3) right x2 each, (2,1) wrong, (2,2) tie,
    # (2,3) right: right 5 + ties 3/2 = 6.5 of 9.
    found = determinism([1, 1, 1, 0, 0, 0], [1, 1, 2, 1, 2, 3])
    assert found.area == pytest.approx(6.5 / 9)


def test_e_value_as_published():
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)  # VanderWeele & Ding 2017: risk ratio 3.9
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9))
    assert e_value(1) == 1
    with pytest.raises(ValueError, match="must be positive"):
        e_value(0)


def test_events_coded_the_other_way_round_show():
    frame = people()
    rank, share = backwards(frame.event, frame.x)
    assert rank > 0.2
    assert backwards(1 - frame.event, frame.x) == pytest.approx((-rank, 1 - share))


def test_nothing_is_printed_or_warned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = people()
        event_link(frame.event, frame[["x"]])
