import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.follow_up.list_value import (
    calibration,
    captured_value,
    chance_listed,
    crossfitted_chance,
    effect_at_the_top,
    ranked_rightly,
    recalibrated,
)
from tests.conftest import shared_data


def customers(n=2000, seed=1, slope=1.0):
    """Score and tenure, who left, and what each is worth; chances are right at slope 1."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"score": rng.integers(0, 11, n).astype(float), "tenure": rng.uniform(0, 10, n)})
    logit = 0.6 - 0.35 * rows.score - 0.1 * rows.tenure
    rows["left"] = (rng.random(n) < 1 / (1 + np.exp(-slope * logit))).astype(float)
    return rows.assign(value=rng.lognormal(6, 0.8, n), said=1 / (1 + np.exp(-logit)))


def test_captured_value_counted_by_hand():
    # 10 customers, the list holds 2. Lost 30 of A and 10 of B. By a rule that puts A first and ties B with three others
    # for the second place, a quarter of B's 10 is captured: 32.5 of 40.
    lost = [30, 10, 0, 0, 0, 0, 0, 0, 0, 0]
    table = captured_value(lost, {"rule": [9, 5, 5, 5, 5, 1, 1, 1, 1, 1]}, share=0.2, resamples=50)
    assert table.captured["rule"] == pytest.approx(32.5 / 40)
    assert table.captured["random"] == pytest.approx(0.2)
    assert table.captured["perfect"] == 1


def test_a_rule_against_itself_gains_nothing_and_each_has_its_own_columns():
    rows = customers(300)
    lost = rows.left * rows.value
    found = captured_value(lost, {"a": rows.said, "b": rows.value}, against=("a", "b"), resamples=40)
    assert (found.loc["a", ["a_gain", "a_gain_low", "a_gain_high"]] == 0).all()
    assert found.a_gain["b"] == pytest.approx(found.captured["b"] - found.captured["a"]) == -found.b_gain["a"]
    pd.testing.assert_frame_equal(found.drop(columns=[name for name in found if name.startswith("b_")]),
                                  captured_value(lost, {"a": rows.said, "b": rows.value}, against=("a",), resamples=40))  # fmt: skip


def test_each_resample_lists_its_own_first_rows():
    lost, order = np.arange(1.0, 31), np.random.default_rng(3).permutation(30)
    rng, drawn = np.random.default_rng(0), []
    for rows in rng.integers(0, 30, (200, 30)):
        first = sorted(rows, key=lambda row: -order[row])[:3]
        drawn.append(lost[first].sum() / lost[rows].sum())
    table = captured_value(lost, {"rule": order}, share=0.1, resamples=200)
    low, high = percentile_interval(np.array(drawn), confidence=0.95)
    assert table.low["rule"] == pytest.approx(low) and table.high["rule"] == pytest.approx(high)


def test_chances_of_a_right_model_are_calibrated_and_exaggerated_ones_are_not():
    rows = customers(20_000)
    right = calibration(rows.left, rows.said)
    assert right.slope_low < 1 < right.slope_high and abs(right.intercept) < 0.1
    assert right.tenths.n.sum() == 20_000
    assert ((right.tenths.low <= right.tenths.said) & (right.tenths.said <= right.tenths.high)).sum() >= 8
    timid = customers(20_000, slope=0.6)
    assert calibration(timid.left, timid.said).slope == pytest.approx(0.6, abs=0.05)
    assert calibration(timid.left, recalibrated(timid.left, timid.said)).slope == pytest.approx(1.0, abs=1e-6)
    assert (recalibrated(rows.left, rows.said) == rows.said).all()


def test_ranking_agrees_with_scikit_learn_and_its_interval_covers():
    rows = customers(800)
    area = ranked_rightly(rows.left, rows.said.round(2))[0]
    assert area == pytest.approx(roc_auc_score(rows.left, rows.said.round(2)), abs=1e-12)
    large = customers(50_000, seed=9)
    truth = roc_auc_score(large.left, large.said)
    held = [low <= truth <= high for seed in range(100)
            for _, low, high in [ranked_rightly(*customers(300, seed=seed)[["left", "said"]].to_numpy().T)]]
    assert 0.89 <= np.mean(held) <= 0.99


def test_ranking_of_noise_includes_a_guess():
    rng = np.random.default_rng(3)
    beyond = [low > 0.5 for _ in range(200) for _, low, _ in [ranked_rightly(rng.random(200) < 0.2, rng.random(200))]]
    assert np.mean(beyond) <= 0.06


def test_nobody_is_foretold_by_himself():
    # A column that is different for each customer tells nothing of others; a row that occurs twice would.
    rng = np.random.default_rng(1)
    left, noise = (rng.random(400) < 0.3).astype(float), pd.DataFrame(rng.normal(size=(400, 3)))
    twice = crossfitted_chance(np.tile(left, 2), pd.concat([noise, noise]), np.arange(800), seed=2)
    assert (twice[:400] == twice[400:]).all()  # the same fold, so the same model, which saw neither
    assert abs(ranked_rightly(left, twice[:400])[0] - 0.5) < 0.1


def test_who_is_not_decided_yet_gets_a_chance_and_who_lacks_a_value_none():
    rows = customers(500)
    rows.loc[:9, "left"], rows.loc[10:14, "score"] = np.nan, np.nan
    chance = crossfitted_chance(rows.left, rows[["score", "tenure"]], rows.index, seed=1)
    assert np.isfinite(chance[:10]).all() and np.isnan(chance[10:15]).all()
    assert np.corrcoef(chance[:10], rows.said[:10])[0, 1] > 0.9


def test_the_order_of_rows_does_not_matter():
    rows = customers(1000)
    plain = crossfitted_chance(rows.left, rows[["score", "tenure"]], rows.index, seed=1)
    turned = crossfitted_chance(rows.left[::-1], rows[["score", "tenure"]][::-1], rows.index[::-1], seed=1)[::-1]
    assert plain == pytest.approx(turned, abs=1e-9)


def test_who_stands_surely_on_the_list():
    rows = customers(600)
    rows.loc[0, ["score", "tenure", "value"]] = 0, 0, 1e5
    rows.loc[1, ["score", "tenure", "value"]] = 10, 10, 1.0
    wanted = np.arange(600) != 2
    found = chance_listed(rows.left, rows[["score", "tenure"]], rows.value, wanted, capacity=40)
    assert found[0] == 1 and found[1] == 0 and found[2] == 0
    assert found.sum() == pytest.approx(40)


def test_iranian_churn():
    truth = json.loads(shared_data("journey/truth.json").read_text())["iranian_churn"]
    rows = pd.read_csv(shared_data("journey/iranian_churn.csv"))
    design = rows.drop(columns=["Churn", "Customer Value"])
    assert rows.duplicated().sum() == truth["duplicated_rows"]
    chance = crossfitted_chance(rows.Churn, design, rows.index, seed=1)
    worth = rows["Customer Value"]
    orders = {"risk": chance, "value": worth, "risk x value": chance * worth, "complaint": rows.Complains * 1e6 + worth}
    table = captured_value(rows.Churn * worth, orders, against=("complaint",))
    expected = truth["share_of_lost_value_in_top_10_percent"]
    assert table.captured["risk x value"] >= 0.60 and table.complaint_gain_low["risk x value"] > 0
    for name, rule in {"risk": "risk", "value": "value alone", "complaint": "complaint then value", "perfect": "perfect"}.items():
        assert table.captured[name] == pytest.approx(expected[rule], abs=0.02), name
    area, low, _ = ranked_rightly(rows.Churn, chance)
    assert area == pytest.approx(truth["logit_cross_validated"]["auc"], abs=0.003) and low > 0.5
    assert 0.9 <= calibration(rows.Churn, chance).slope <= 1.1


def test_hillstrom_highest_risk_is_not_the_best_to_write_to():
    truth = json.loads(shared_data("journey/truth.json").read_text())["hillstrom"]
    rows = pd.read_csv(shared_data("journey/hillstrom.csv.gz"))
    rows = rows[rows.segment.isin(["Womens E-Mail", "No E-Mail"])].reset_index(drop=True)
    design = pd.get_dummies(rows[["recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]], drop_first=True)
    written = rows.segment == "Womens E-Mail"
    visits = crossfitted_chance(np.where(written, np.nan, rows.visit), design, rows.index, seed=1)
    table = effect_at_the_top(written, rows.visit, 1 - visits)
    assert table.estimate["all"] == pytest.approx(truth["effect_on_visit"]["womens"][0], abs=1e-5)
    assert table.estimate["top"] == pytest.approx(truth["effect_in_top_10_percent"]["least likely to visit"], abs=0.012)
    assert table.low["top - others"] < 0 < table.high["top - others"]  # so nothing is said of the list


def test_bad_input_names_the_remedy():
    with pytest.raises(ValueError, match="something lost"):
        captured_value([0, 0, 0], {"rule": [1, 2, 3]})
    with pytest.raises(ValueError, match="chances lie between"):
        calibration([0, 1], [0.5, 20])
    with pytest.raises(ValueError, match="at least 2"):
        ranked_rightly([0, 0, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="folds == 1"):
        crossfitted_chance([0, 1], pd.DataFrame({"x": [1, 2]}), [1, 2], folds=1)
    with pytest.raises(ValueError, match="capacity == 0"):
        chance_listed([0, 1], pd.DataFrame({"x": [1, 2]}), [1, 2], [True, True], capacity=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        effect_at_the_top([True, False], [1, 2], [1, 2], share=2)
    with pytest.raises(ValueError, match="nothing to compare"):
        effect_at_the_top([True] * 10 + [False] * 10, range(20), range(20))
