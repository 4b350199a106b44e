"""The driver analysis: planted truth comes out, bad input ends in a sentence or an error that names the remedy."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import drivers
from cxlib.analyses.design import Block, Design, Questionnaire
from cxlib.analyses.result import CannotAnswer
from cxlib.analyses.status import weighted
from cxlib.engagement import open_client
from tests.analyses.driver_models import EVERY, RECOMMEND, SCALE, block, keys, model_of, of, survey

TRUTH = json.loads((Path(__file__).parents[2] / "data" / "truth.json").read_text(encoding="utf-8"))


def demo(client):
    engagement = open_client(client)
    asked = engagement.survey
    responses, design, _ = weighted(asked.rows, asked.weighting, asked.design)
    return drivers.survey_model(responses, asked.asked, design)


@pytest.fixture(scope="module")
def nordlys():
    return demo("nordlys")


def test_planted_order_is_found():
    result = drivers.driver_importance(model_of(survey()))
    assert result.tables["drivers"].block.tolist() == ["Area 0", "Area 1", "Area 2"]
    assert of(result, "importance.first")["block"] == "Area 0"
    assert of(result, "importance.no_more")["blocks"] == ["Area 2"]
    assert result.tables["drivers"].importance.sum() == pytest.approx(1)


def test_nordlys_recovers_what_was_planted(nordlys):
    quality = drivers.question_quality(nordlys)
    same = of(quality, "quality.same")
    assert {same["first"], same["second"]} == {"Kundeservice", "Produkt"}
    importance = drivers.driver_importance(nordlys)
    assert of(importance, "importance.no_more")["blocks"] == ["Sponsorater"]
    effects = drivers.cause_and_effect(nordlys).tables["arrows"].set_index(["cause", "effect"])
    planted = {"Kundeservice": 0.233, "Produkt": 0.171, "Regning og breve": 0.189, "Selvbetjening": 0.082}
    for name, slope in planted.items():
        row = effects.loc[(name, "Satisfaction")]
        assert row.impact_low < slope < row.impact_high
    assert effects.loc[("Pris", "Satisfaction"), "impact"] == effects.xs("Satisfaction", level="effect").impact.max()
    assert effects.loc[("Satisfaction", "Loyalty"), "impact"] == pytest.approx(0.587, abs=0.05)
    assert of(drivers.where_to_act(nordlys), "act.most")["block"] == "Pris"


def test_fjordbanken_default_paths_and_trust_first():
    model = demo("fjordbanken")
    assert ("fortroende", "satisfaction") in model.paths and ("satisfaction", "loyalty") in model.paths
    assert of(drivers.driver_importance(model), "importance.first")["block"] == "Förtroende"


def test_no_effect_is_said_and_not_ranked():
    rows = survey(effects=(0, 0, 0))
    model = model_of(rows)
    assert keys(drivers.driver_importance(model)) == ["importance.nothing"]
    assert keys(drivers.where_to_act(model)) == ["act.nothing"]


def test_index_of_a_hand_counted_area():
    # answers 4 and 7 on 1-10: (3 + 6) / 2 / 9 = 50
    rows = survey(60)
    rows.loc[:29, "q00"], rows.loc[:29, "q01"] = np.tile([4.0, 6], 15), np.tile([7.0, 5], 15)
    model = model_of(rows)
    counted = model.answers.set_axis(model.indices.index)[["q00", "q01"]].sum(axis=1) == 11
    assert counted.sum() >= 30 and (model.indices["a0"][counted] == 50).all()


def test_missing_answers_are_counted_and_named():
    rows = survey(500)
    rows.loc[:99, ["q10", "q11"]] = np.nan
    model = model_of(rows, {"a0": block(0), "a1": replace(block(1, "Billing"), unanswered={"not_applicable": 200}),
                            "a2": block(2)})  # fmt: skip
    result = drivers.usable_answers(model)
    assert of(result, "answers.not_applicable") == {"block": "Billing", "share": 0.2}
    assert result.tables["missing"].missing.tolist() == [100, 100]
    assert drivers.driver_importance(model).base.used == 500


def test_effective_number_is_that_of_the_rows_used():
    rows = survey(500).assign(w=np.random.default_rng(0).lognormal(0, 0.4, 500))
    rows.loc[:149, ["q10", "q11"]] = np.nan
    blocks = {f"a{j}": replace(block(j), unanswered={"dont_know": 300}) for j in range(3)}
    base = drivers.driver_kinds(model_of(rows, blocks, design=Design(weight="w"), missing="casewise")).base
    assert base.used == 350
    used = rows.w[150:]
    assert base.effective == pytest.approx(used.sum() ** 2 / (used**2).sum())


def test_few_incomplete_rows_are_left_out_and_counted():
    rows = survey(500)
    rows.loc[:9, "q10"] = np.nan
    result = drivers.usable_answers(model_of(rows))
    assert of(result, "answers.left_out") == {"used": 490, "read": 500}
    assert result.base.dropped == {"not answered": 10}


def test_constant_question_is_left_out_and_named():
    rows = survey()
    rows["q20"] = rows["q21"] = 5.0
    model = model_of(rows)
    assert {f.values["question"] for f in model.findings if f.key == "answers.constant"} == {"Question 20", "Question 21"}
    assert model.areas == ["a0", "a1"]


def test_question_on_a_turned_scale_is_named():
    rows = survey()
    rows["q01"] = 11 - rows["q01"]
    three = block(0, items=2)
    three.items["q10"] = "Question 10"
    rows["q10"] = rows["q00"]
    result = drivers.question_quality(model_of(rows, {"a0": three, "a2": block(2)}))
    assert of(result, "quality.reversed")["question"] == "Question 01"


def test_area_made_from_the_outcome_is_left_out_and_said():
    rows = survey(600)
    rows["copy"] = rows[["s0", "s1"]].mean(axis=1)
    again = Block("Copy", {"copy": "Copy"}, SCALE)
    model = model_of(rows, {"a0": block(0), "copy": again})
    assert of(drivers.driver_importance(model), "answers.again")["block"] == "Copy"
    assert model.areas == ["a0"]
    alone = model_of(rows, {"copy": again})
    assert all(keys(result) == ["answers.none_left"] for result in (f(alone) for f in EVERY))


@pytest.mark.parametrize("rows, key", [(survey(25), "answers.too_few"), (survey(0), "answers.too_few")])
def test_too_few_answers_end_in_a_sentence_everywhere(rows, key):
    for analysis in EVERY:
        result = analysis(model_of(rows))
        assert keys(result)[0] == key and not result.tables


def test_weights_that_are_all_on_a_few_people():
    rows = survey(300).assign(w=1e-4)
    rows.loc[:9, "w"] = 100.0
    result = drivers.driver_importance(model_of(rows, design=Design(weight="w")))
    assert keys(result) == ["answers.too_few"]
    assert of(result, "answers.too_few")["effective"] == pytest.approx(10, abs=0.1)


def test_a_copied_area_is_left_out_by_name_and_the_others_stand():
    rows = survey()
    rows["q10"], rows["q11"] = rows["q00"], rows["q01"]
    model = model_of(rows)
    assert of(drivers.usable_answers(model), "answers.copy") == {"first": "Area 0", "second": "Area 1"}
    assert model.areas == ["a0", "a2"]
    assert of(drivers.driver_importance(model), "importance.first")["block"] == "Area 0"


def test_an_area_that_follows_from_the_others_is_left_out():
    rows = survey()
    rows["sum"] = (rows["q00"] + rows["q10"]) / 2
    model = model_of(rows, {name: Block(name, {name: name}, SCALE) for name in ("q00", "q10", "sum")})
    assert of(drivers.usable_answers(model), "answers.determined")["block"] == "sum"
    assert model.areas == ["q00", "q10"]


def test_single_question_areas_and_single_outcome():
    rows = survey()
    single = Block("One", {"q00": "Question 00"}, SCALE)
    model = model_of(rows, {"one": single}, satisfaction=None)
    assert model.outcome == "recommend"
    assert keys(drivers.question_quality(model)) == ["quality.single"]
    assert keys(drivers.driver_importance(model)) == ["importance.one_area"]


def test_what_was_not_asked_is_absent_everywhere():
    for asked in (Questionnaire(recommend=RECOMMEND), Questionnaire(blocks={"a0": block(0)})):
        model = drivers.survey_model(survey(), asked)
        assert all(analysis(model).absent for analysis in EVERY)


def test_paths_that_lead_nowhere_or_in_a_circle_are_refused():
    with pytest.raises(CannotAnswer, match="the paths name 'a7', which is neither a block nor an outcome"):
        model_of(survey(), paths={"satisfaction": ["a0", "a7"]})
    with pytest.raises(ValueError, match=r"go in a circle: .*take one of these paths out"):
        model_of(survey(), paths={"satisfaction": ["a0"], "a0": ["a1"], "a1": ["a0"]})


def test_contradicting_pairs_and_lost_resamples_are_said():
    rows = survey(300)
    gaps = np.random.default_rng(5).random(rows.shape) < 0.75
    gaps[:, list(rows.columns).index("nps")] = False
    model = model_of(rows.mask(gaps), missing="pairwise")
    assert model.fit.repaired
    assert "effect.repaired" in keys(drivers.cause_and_effect(model))


def test_unknown_column_is_named():
    with pytest.raises(CannotAnswer, match="'q31' is not in the table"):
        model_of(survey(), {"a3": replace(block(1), items={"q31": "Lost"})})


def test_groups_that_differ_are_found_and_small_ones_left_out():
    one, other = survey(400, effects=(0.9, 0.1, 0)), survey(400, seed=2, effects=(0.1, 0.9, 0))
    rows = pd.concat([one.assign(g="north"), other.assign(g="south")], ignore_index=True)
    rows.loc[:49, "g"] = "east"
    result = drivers.effects_by_segment(model_of(rows), segments={"g": "Region"})
    assert set(result.tables["groups"].group) == {"north", "south"}
    found = {(f.values["block"], f.values["group"], f.values["other"]) for f in result.findings if f.key == "groups.two"}
    assert ("Area 0", "north", "south") in found and ("Area 1", "south", "north") in found
    assert of(result, "groups.left_out")["groups"] == 1


def test_groups_under_five_leave_no_trace():
    rows = survey(600).assign(g=["a"] * 299 + ["b"] * 298 + ["c"] * 3)
    result = drivers.effects_by_segment(model_of(rows), segments={"g": "Region"}, minimum=5)
    shown = set(result.tables["groups"].group) if result.tables else set()
    assert shown < {"a", "b"}  # with both of them the three would follow


def test_two_contrasts_find_the_same_driver():
    result = drivers.lift_and_loss(model_of(survey(900)))
    table = result.tables["areas"].set_index("block")
    assert table.win.idxmax() == table.keep.idxmax() == "Area 0"
    assert abs(table.loc["Area 2", "win"]) < 0.02
    shares = result.tables["shares"]
    assert shares.block[0] == of(result, "lift.explained")["block"] == "Area 0"
    assert shares.importance.sum() == pytest.approx(1)
    few = drivers.lift_and_loss(model_of(survey(900).assign(nps=8.0)))
    assert keys(few) == ["lift.too_few"]


def test_a_must_is_found():
    rng = np.random.default_rng(3)
    rows = survey(900)
    rows["q00"] = rows["q01"] = rng.integers(1, 11, 900).astype(float)
    for s in ("s0", "s1"):
        rows[s] = np.clip(np.round(8 + 1.2 * np.minimum(rows["q00"] - 5.5, 0) + rng.normal(size=900)), 1, 10)
    result = drivers.driver_kinds(model_of(rows))
    assert of(result, "kind.must_be")["block"] == "Area 0"
    assert result.tables["areas"].set_index("block").loc["Area 0", "curve"] != "straight"


def test_same_seed_same_numbers():
    one, other = (drivers.cause_and_effect(model_of(survey(), seed=4)).tables["arrows"] for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(("areas", "key"), [(1, "quality.good_one"), (2, "quality.good")])
def test_a_single_area_is_not_told_apart_from_others(areas, key):
    model = model_of(survey(600), {f"a{k}": block(k) for k in range(areas)})
    assert keys(drivers.question_quality(model)) == [key]


def test_areas_of_one_question_are_not_trusted_for_an_outcome_of_several():
    one = {f"a{k}": Block(f"Area {k}", {f"q{k}0": f"Question {k}0"}, SCALE) for k in range(2)}
    assert keys(drivers.question_quality(model_of(survey(600), one))) == ["quality.single"]
