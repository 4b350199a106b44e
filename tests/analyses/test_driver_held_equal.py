"""What is held equal while areas are ranked, categories as drivers, and areas that their questions make up."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.analyses import drivers
from cxlib.analyses.design import Block, Design, Index, Questionnaire
from tests.analyses.driver_models import (
    EVERY,
    RECOMMEND,
    SATISFACTION,
    SCALE,
    answered,
    block,
    blocks,
    keys,
    of,
    survey,
)

TERMS = Block("Terms", {"q00": "Rates", "q10": "Fees", "q20": "Letters"}, SCALE, mode="B")


def model_of(rows, asked=None, design=None, **settings):
    asked = Questionnaire(RECOMMEND, None, None, SATISFACTION, None, asked or blocks(2), **settings)
    return drivers.survey_model(rows, asked, design or Design(), resamples=200)


def confounded(n=600, seed=0):
    """Customers of the shop rate staff (area 0) and are satisfied for the same reason: they are served there. Of the areas, the
    website (area 1) alone moves anybody."""
    rng = np.random.default_rng(seed)
    shop = rng.random(n) < 0.5
    areas = rng.normal(size=(n, 2))
    areas[:, 0] += 2.0 * shop
    rows = answered(areas, 0.3 * areas[:, 1] + 1.4 * shop + 0.6 * rng.normal(size=n), rng)
    return rows.assign(served=np.where(shop, "shop", "web"), age=rng.integers(18, 90, n).astype(float),
                       region=rng.choice(["North", "South", "East"], n))  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_a_confounder_that_is_held_equal_turns_the_ranking_right(seed):
    rows = confounded(seed=seed)
    wrong = drivers.driver_importance(model_of(rows)).tables["ranking"]
    assert wrong.block[0] == "Area 0" and wrong.verdict[0] == "driver"
    right = drivers.driver_importance(model_of(rows, controls={"served": "Served in"}))
    table = right.tables["ranking"].set_index("block")
    assert right.tables["ranking"].block[0] == "Area 1"
    assert table.verdict["Area 0"] == "no effect shown" and table.verdict_before["Area 0"] == "driver"
    assert table.importance_before["Area 0"] == pytest.approx(wrong.set_index("block").importance["Area 0"])
    assert of(right, "importance.adjusted")["blocks"] == ["Area 0"]
    assert of(right, "importance.only_unadjusted")["controls"] == ["Served in"]
    assert of(right, "importance.other_first")["before"] == "Area 0"
    assert len(right.method) == 2


def test_a_control_without_influence_changes_no_verdict():
    rows = confounded()
    served = {"served": "Served in"}
    before = drivers.driver_importance(model_of(rows, controls=served)).tables["ranking"].verdict.tolist()
    more = drivers.driver_importance(model_of(rows, controls={**served, "region": "Region", "age": "Age"}))
    assert more.tables["ranking"].verdict.tolist() == before
    alone = drivers.driver_importance(model_of(rows, controls={"region": "Region", "age": "Age"}))
    assert "importance.adjusted_same" in keys(alone)


def test_adjusted_effects_are_those_of_least_squares_on_all_columns_and_on_what_the_controls_leave():
    rows = confounded()
    model = model_of(rows, controls={"served": "Served in", "region": "Region", "age": "Age"})
    x = model.regressors[model.areas]
    groups = pd.get_dummies(model.responses[["served", "region"]], drop_first=True, dtype=float).assign(age=model.responses.age)
    y = model.regressors[model.outcome]
    whole = sm.OLS(y, sm.add_constant(pd.concat([x, groups], axis=1))).fit()
    impact = model.tested.total.set_index("source").impact
    assert impact[model.areas].to_numpy() == pytest.approx(whole.params[model.areas].to_numpy(), abs=1e-9)
    left = [sm.OLS(each, sm.add_constant(groups)).fit().resid for each in (y, x["a0"], x["a1"])]  # Frisch, Waugh and Lovell
    residual = sm.OLS(left[0], np.column_stack(left[1:])).fit()
    assert impact[model.areas].to_numpy() == pytest.approx(residual.params, abs=1e-9)
    assert model.importance.r2 == pytest.approx(whole.rsquared, abs=1e-9)
    assert model.importance.r2_controls == pytest.approx(sm.OLS(y, sm.add_constant(groups)).fit().rsquared, abs=1e-9)
    assert model.importance.table.estimate.sum() == pytest.approx(model.importance.r2 - model.importance.r2_controls, abs=1e-9)


def test_a_difference_within_groups_by_hand():
    # in each shop satisfaction is half a point higher for a point in the area, and in the shop that is rated higher it is lower:
    # shop A (2, 4) (4, 5) (6, 6), shop B (5, 2) (7, 3) (9, 4). All together: sum (x - 5.5)(s - 4) = -1 over sum (x - 5.5)^2 = 29.5
    shops = {"A": [(2, 4), (4, 5), (6, 6)], "B": [(5, 2), (7, 3), (9, 4)]}
    rows = pd.DataFrame([(x, s, shop) for shop, points in shops.items() for x, s in points * 20], columns=["q00", "s0", "shop"])
    unrelated = np.resize([1, 1, 1, -1, -1, -1], len(rows))  # to area and shop
    asked = Index({"s0": "Satisfied", "s1": "As expected"}, SCALE)
    rows = rows.assign(s1=rows.s0 + unrelated)
    model = drivers.survey_model(rows, Questionnaire(satisfaction=asked, blocks=blocks(1, items=1), controls={"shop": "Shop"}), resamples=200)
    assert model.tested.total.impact[0] == pytest.approx(0.5)
    assert model.unadjusted.tested.total.impact[0] == pytest.approx(-1 / 29.5)


@pytest.mark.parametrize("values, key", [
    (lambda rows, rng: np.where(np.arange(len(rows)) < 4, "rare", "usual"), "held.few_in_group"),
    (lambda rows, rng: "same", "held.one_group"),
    (lambda rows, rng: np.where(rows.s0 + rows.s1 > 12, "happy", "unhappy"), "held.outcome"),
])  # fmt: skip
def test_what_cannot_be_held_equal_is_named_and_left_out(values, key):
    rows = survey(effects=(0.7, 0.3))
    rows["g"] = values(rows, np.random.default_rng(0))
    model = model_of(rows, controls={"g": "Shops"})
    found = {finding.key: finding for finding in model.findings}
    assert found[key].values["heading"] == "Shops" and model.adjusted is None and not model.held_equal
    assert "importance.adjusted_same" not in keys(drivers.driver_importance(model))
    assert not {"rare", "usual"} & set(map(str, found[key].values.values()))  # a small group is not named


def test_a_group_smaller_than_may_be_shown_is_not_held_equal():
    rows = survey(effects=(0.7, 0.3)).assign(g=np.where(np.arange(400) < 15, "a", "b"))
    assert model_of(rows, controls={"g": "G"}).held_equal
    assert not model_of(rows, controls={"g": "G"}, design=Design(minimum=20)).held_equal


@pytest.mark.parametrize("blank, key, columns", [(40, "held.unknown", 2), (4, "held.few_unknown", 1)])
@pytest.mark.parametrize("kind", ["groups", "numbers"])
def test_customers_of_whom_it_is_unknown_stay_and_are_counted(blank, key, columns, kind):
    rows = survey(effects=(0.7, 0.3))
    rng = np.random.default_rng(1)
    values = pd.Series(rng.choice(["a", "b"], 400) if kind == "groups" else rng.normal(size=400))
    rows["g"] = values.where(np.arange(400) >= blank)
    model = model_of(rows, controls={"g": "G"})
    assert of_model(model, key) == blank and len(model.answers) == 400 and model.controls.shape[1] == columns
    assert not model.controls.isna().any(axis=None)


def of_model(model, key):
    return next(finding.values["n"] for finding in model.findings if finding.key == key)


def test_too_many_groups_for_the_answers_leave_the_ranking_unadjusted_and_that_is_said():
    rows = survey(n=100, effects=(0.7, 0.3)).assign(g=[f"g{i % 10}" for i in range(100)])
    model = model_of(rows, controls={"g": "Shops"})
    assert not model.absent and model.adjusted is None
    assert "answers.too_few_to_hold" in keys(drivers.usable_answers(model))


def test_a_column_may_be_segment_and_control_and_the_order_of_the_rows_plays_no_part():
    rows = confounded()
    model = model_of(rows, controls={"served": "Served in"})
    told = keys(drivers.effects_by_segment(model, segments={"served": "Served in", "region": "Region"}))
    assert any(key.startswith("groups.") for key in told)
    again = model_of(rows.sample(frac=1, random_state=3), controls={"served": "Served in"})
    one, other = (drivers.driver_importance(each).to_json() for each in (model, again))
    assert one == other


def test_a_category_is_ranked_beside_the_areas():
    rows = confounded()
    result = drivers.driver_importance(model_of(rows, categories={"served": "Served in", "region": "Region"}))
    table = result.tables["ranking"].set_index("block")
    assert table.verdict.to_dict() == {"Served in": "groups differ", "Area 1": "driver", "Area 0": "no effect shown",
                                       "Region": "no effect shown"}  # fmt: skip
    assert result.tables["ranking"].block[0] == "Served in"
    told = of(result, "importance.groups_differ")
    assert (told["high"], told["low"]) == ("shop", "web")
    groups = result.tables["categories"].set_index(["block", "group"])
    assert set(groups.index.get_level_values("block")) == {"Served in", "Region"} and len(groups) == 3
    assert table.importance.sum() == pytest.approx(1)


def test_the_effect_of_a_group_is_that_of_least_squares():
    rows = confounded()
    model = model_of(rows, categories={"region": "Region"})
    found = drivers.driver_importance(model).tables["categories"].set_index("group").impact
    usual = model.usual["held: region"]
    dummies = pd.get_dummies(model.responses.region, dtype=float).drop(columns=usual)
    ols = sm.OLS(model.regressors[model.outcome], sm.add_constant(pd.concat([model.regressors[model.areas], dummies], axis=1))).fit()
    assert found.to_dict() == pytest.approx({group: ols.params[group] for group in dummies}, abs=1e-9)


def formative(n=600, seed=0, effects=(0.6, 0.3, 0.0)):
    """Three questions about unlike things that make up an area, and an area of two that mirror one thing."""
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(n, 4))
    rows = answered(areas, areas @ [*effects, 0.3] + 0.6 * rng.normal(size=n), rng, noise=0.2)
    return rows, {"terms": TERMS, "staff": block(3, "Staff")}


def test_quality_of_a_formative_area_is_told_by_weights_alone():
    rows, asked = formative()
    quality = drivers.question_quality(model_of(rows, asked))
    areas = quality.tables["areas"].set_index("construct")
    assert areas.verdict["Terms"] == "made up of its questions" and areas.loc["Terms", ["reliability", "alpha", "ave"]].isna().all()
    assert "Terms" not in set(quality.tables["pairs"].first_block) | set(quality.tables["pairs"].second_block)
    assert "Terms" not in set(quality.tables["questions"].construct)
    parts = quality.tables["parts"].set_index("question")
    assert parts.verdict.to_dict() == {"Rates": "adds to the area", "Fees": "adds to the area", "Letters": "no weight of its own shown"}
    assert (parts.weight["Rates"] > parts.weight["Fees"] > parts.weight["Letters"]) and (parts.vif < 1.1).all()
    assert of(quality, "quality.parts")["blocks"] == ["Terms"] and of(quality, "quality.adds_nothing")["questions"] == ["Letters"]
    mirrored = drivers.question_quality(model_of(rows, {"terms": Block("Terms", TERMS.items, SCALE), "staff": asked["staff"]}))
    assert "quality.weak" in keys(mirrored) and mirrored.tables["parts"].empty


def test_what_a_formative_area_could_give_is_what_its_questions_lack():
    rows, asked = formative()
    model = model_of(rows, asked)
    found = drivers.where_to_act(model).tables["areas"].set_index("block").loc["Terms"]
    items = model.fit.items.set_index("item")
    lacks = 100 - 100 * (model.answers[["q00", "q10", "q20"]] - 1).mean() / 9
    assert found.potential == pytest.approx(found.impact * float(items.index_weight[lacks.index] @ lacks))


@pytest.mark.parametrize("seed", range(3))
def test_questions_that_pull_in_opposite_directions_are_told_apart_and_give_no_advice_on_the_area(seed):
    rows, asked = formative(seed=seed, effects=(0.6, -0.6, 0.0))
    model = model_of(rows, asked)
    importance = drivers.driver_importance(model)
    assert importance.tables["ranking"].set_index("block").verdict["Terms"] == "questions pull apart"
    told = of(importance, "importance.opposed")
    assert (told["more"], told["less"]) == (["Rates"], ["Fees"])
    act = drivers.where_to_act(model)
    row = act.tables["areas"].set_index("block").loc["Terms"]
    assert np.isnan(row.gain) and np.isnan(row.potential) and row.verdict == "questions pull apart"
    assert [finding.values["question"] for finding in act.findings if finding.key == "act.question"] == ["Rates", "Fees"]
    assert of(act, "act.most_whole")["block"] == "Staff"
    mirrored = drivers.driver_importance(model_of(rows, {"terms": Block("Terms", TERMS.items, SCALE), "staff": asked["staff"]}))
    shares = [each.tables["ranking"].set_index("block").importance["Terms"] for each in (mirrored, importance)]
    assert shares[0] < 0.2 < 0.7 < shares[1]  # what the mode is for


def test_a_formative_area_without_an_effect_is_found_no_more_often_than_chance():
    found = 0
    for seed in range(30):
        rows, asked = formative(n=200, seed=seed, effects=(0.0, 0.0, 0.0))
        model = model_of(rows, asked)
        found += bool(model.standings.shown["terms"])
    assert found <= 5  # 5 % of 30 are 1.5; 6 or more would be chance once in 300


def test_a_question_that_follows_from_the_others_of_its_area_is_left_out():
    rows, asked = formative()
    rows["q20"] = 11 - rows.q00
    model = model_of(rows, asked)
    assert "answers.no_weight" in keys(drivers.usable_answers(model)) and model.blocks["terms"] == ["q00", "q10"]


@pytest.mark.parametrize("scheme", ["factorial", "centroid"])
def test_the_scheme_reaches_every_fit(scheme):
    rows, asked = formative()
    paths = {"staff": ["terms"], "satisfaction": ["terms", "staff"]}
    models = [model_of(rows, asked, scheme=each, paths=paths) for each in ("path", scheme)]
    assert [model.fit.structure.scheme for model in models] == ["path", scheme]
    some = np.arange(len(rows)) < 300
    assert models[1].fitted(some, 20).structure.scheme == scheme and models[1].fitted(some, 20).structure.modes[:2] == ("B", "A")
    assert drivers.cause_and_effect(models[1]).settings["scheme"] == scheme
    assert drivers.cause_and_effect(models[1]).settings["mode"] == "A, B"


def test_every_analysis_answers_with_everything_at_once():
    rows, asked = formative()
    rng = np.random.default_rng(0)
    rows = rows.assign(g=rng.choice(["a", "b"], len(rows)), c=rng.choice(["x", "y", "z"], len(rows)))
    rows.loc[rng.random(len(rows)) < 0.1, ["q00"]] = np.nan
    rows.loc[rng.random(len(rows)) < 0.2, ["q30", "q31"]] = np.nan
    model = model_of(rows, asked, controls={"g": "G"}, categories={"c": "C"}, paths={"staff": ["terms"], "satisfaction": ["terms", "staff"]})
    for analysis in EVERY:
        assert analysis(model).findings
    assert drivers.effects_by_segment(model, segments={"g": "G", "c": "C"}).findings


def test_a_column_is_held_equal_or_ranked_and_a_mode_is_a_or_b():
    with pytest.raises(ValueError, match="g is to be held equal and ranked"):
        Questionnaire(controls={"g": "G"}, categories={"g": "G"})
    with pytest.raises(ValueError, match="mode is 'C'; give one of A, B"):
        Block("X", {"a": "A"}, mode="C")
    with pytest.raises(ValueError, match="scheme is 'x'; give one of path, factorial, centroid"):
        Questionnaire(scheme="x")
