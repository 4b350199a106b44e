import numpy as np
import pandas as pd
import pytest
from driver_cases import BLOCKS, PATHS, mobi, mobi_weights, reference

from cxlib.stats.drivers.path_estimates import path_model
from cxlib.stats.drivers.path_model import path_structure

STRUCTURE = path_structure(BLOCKS, PATHS, tolerance=1e-12)
SMALL = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")])


def arrows(table, column):
    return {f"{row.source} -> {row.target}": getattr(row, column) for row in table.itertuples()}


def small_survey(n=120, seed=2):
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=n), rng.normal(size=(n, 4))
    y = 0.7 * x + 0.5 * rng.normal(size=n)
    values = np.column_stack([x, x, y, y]) + 0.5 * noise
    return pd.DataFrame(np.clip(np.round(5.5 + 1.5 * values), 1, 10), columns=["x1", "x2", "y1", "y2"])


def test_tables_agree_with_seminr():
    expected = reference("mobi_seminr")["modeA"]
    model = path_model(mobi(), STRUCTURE, scale=(1, 10), resamples=0)
    assert arrows(model.paths, "f2") == pytest.approx(expected["f2"], abs=1e-8)
    assert arrows(model.total, "estimate") == pytest.approx(expected["total_effects"], abs=1e-8)
    indirect = {k: v for k, v in arrows(model.total, "indirect").items() if k in expected["total_indirect"]}
    assert indirect == pytest.approx(expected["total_indirect"], abs=1e-8)
    for target, sources in expected["vif_antecedents"].items():
        for source, value in sources.items():
            assert arrows(model.paths, "vif")[f"{source} -> {target}"] == pytest.approx(value or 1, abs=1e-8)
    for column, name, tolerance in (("r2_adjusted", "R2adj", 1e-8), ("aic", None, 1e-6), ("bic", None, 1e-6)):
        values = expected["it_criteria"][column.upper()] if name is None else expected[name]
        assert model.constructs.loc[list(values), column].to_dict() == pytest.approx(values, abs=tolerance)


def test_fornell_larcker_agrees_with_seminr():
    model = path_model(mobi(), STRUCTURE, scale=(1, 10), resamples=0)
    table = reference("mobi_seminr")["modeA"]["fornell_larcker"]
    for row in model.pairs.itertuples():
        values = table[row.second] if row.first in table[row.second] else table[row.first]
        assert row.correlation == pytest.approx(values.get(row.first, values.get(row.second)), abs=1e-8)
        assert row.fornell_larcker == (min(table[row.first][row.first], table[row.second][row.second]) > row.correlation)


def test_bootstrap_agrees_with_a_thousand_draws_of_seminr():
    model = path_model(mobi(), STRUCTURE, scale=(1, 10), resamples=4000, seed=9)
    expected = reference("mobi_seminr_boot1000")["paths"]
    low, high = arrows(model.paths, "low"), arrows(model.paths, "high")
    for name, row in expected.items():
        assert low[name] == pytest.approx(row["2.5% CI"], abs=0.04)
        assert high[name] == pytest.approx(row["97.5% CI"], abs=0.04)
    assert (model.draws, model.failed, model.not_converged) == (4000, {}, 0)


def test_index_and_impact_by_regression_on_the_indices():
    survey = mobi()
    model = path_model(survey, STRUCTURE, scale=(1, 10), resamples=0)
    weights = model.items.set_index("item")["index_weight"]
    index = pd.DataFrame({name: (survey[items] - 1) / 9 * 100 @ weights[items] for name, items in BLOCKS.items()})
    assert model.constructs["estimate"].to_dict() == pytest.approx(index.mean().to_dict())
    design = np.column_stack([np.ones(250), index[["Image", "Expectation", "Quality", "Value"]]])
    slopes = np.linalg.lstsq(design, index["Satisfaction"], rcond=None)[0][1:]
    impacts = arrows(model.paths, "impact")
    ours = [impacts[f"{name} -> Satisfaction"] for name in ("Image", "Expectation", "Quality", "Value")]
    assert ours == pytest.approx(slopes, abs=1e-9)


def test_sum_scores_of_items_with_equal_spread_give_the_plain_index():
    survey = small_survey()
    survey = survey.assign(x2=survey["x1"].to_numpy()[::-1], y2=np.roll(survey["y1"], 1))  # the same answers, moved
    structure = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")], modes="sum")
    index = path_model(survey, structure, scale=(1, 10), resamples=0).constructs["estimate"]
    assert index["X"] == pytest.approx((survey["x1"].mean() - 1) / 9 * 100)


def test_a_scale_point_that_nobody_chose_does_not_move_the_index():
    survey = small_survey().clip(3, 8)
    model = path_model(survey, SMALL, scale=(1, 10), resamples=0)
    weights = model.items.set_index("item")["index_weight"]
    by_hand = sum(weights[item] * (survey[item].mean() - 1) / 9 * 100 for item in ("x1", "x2"))
    assert model.constructs.loc["X", "estimate"] == pytest.approx(by_hand)


def test_weights_equal_repeated_rows():
    survey, weights = mobi(), mobi_weights()
    weighted = path_model(survey, STRUCTURE, scale=(1, 10), weights=weights, resamples=0)
    repeated = path_model(survey.loc[np.repeat(survey.index, weights)], STRUCTURE, scale=(1, 10), resamples=0)
    assert weighted.constructs["estimate"].to_dict() == pytest.approx(repeated.constructs["estimate"].to_dict())
    assert weighted.paths["impact"].tolist() == pytest.approx(repeated.paths["impact"].tolist())
    assert (weighted.n, repeated.n) == (250, 750)
    assert weighted.effective_n == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_item_that_is_constant_in_some_draws_is_named_and_those_draws_left_out():
    survey = small_survey(60)
    survey["y2"] = 5.0
    survey.loc[0, "y2"] = 9
    model = path_model(survey, SMALL, scale=(1, 10), resamples=400)
    assert list(model.failed) == ["y2"]
    assert model.draws + model.failed["y2"] + model.not_converged == 400
    assert np.isfinite(model.paths[["low", "high", "impact_low", "impact_high"]]).all(axis=None)


def test_weak_block_has_no_two_peaked_bootstrap():
    # items that hardly hang together: without a sign rule about half of the draws come out mirrored
    survey = small_survey(150)
    survey["x2"] = np.random.default_rng(3).integers(1, 11, 150)
    low, high = path_model(survey, SMALL, scale=(1, 10), resamples=500).paths.loc[0, ["low", "high"]]
    assert low > 0.2 and high < 0.95


def test_inadmissible_corrections_are_counted():
    model = path_model(mobi(), path_structure(BLOCKS, PATHS, consistent=True), scale=(1, 10), resamples=200)
    assert model.inadmissible > 0


@pytest.mark.parametrize("missing", ["casewise", "pairwise", "imputation"])
def test_missing_answers_leave_the_path_near_the_complete_one(missing):
    survey = small_survey(800)
    gaps = np.random.default_rng(4).random(survey.shape) < 0.08
    complete = path_model(survey, SMALL, scale=(1, 10), resamples=0).paths.loc[0, "estimate"]
    model = path_model(survey.mask(gaps), SMALL, scale=(1, 10), missing=missing, resamples=200)
    assert model.paths.loc[0, "low"] < complete < model.paths.loc[0, "high"]
    assert model.n == (int((~gaps.any(axis=1)).sum()) if missing == "casewise" else int((~gaps.all(axis=1)).sum()))


def test_bad_input_names_the_item_and_the_remedy():
    survey = small_survey()
    with pytest.raises(ValueError, match=r"'x2' is constant.*leave it out"):
        path_model(survey.assign(x2=4.0), SMALL, scale=(1, 10))
    with pytest.raises(ValueError, match=r"'x1' has answers outside its scale 1-5"):
        path_model(survey, SMALL, scale={**dict.fromkeys(survey, (1, 10)), "x1": (1, 5)})
    with pytest.raises(ValueError, match="3 answers are too few"):
        path_model(survey.head(3), SMALL, scale=(1, 10))
    with pytest.raises(ValueError, match="'x1' is not a column"):
        path_model(survey.drop(columns="x1"), SMALL, scale=(1, 10))
    with pytest.raises(ValueError, match="did not converge"):
        tight = path_structure({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")], tolerance=0, iterations=2)
        path_model(survey, tight, scale=(1, 10))
