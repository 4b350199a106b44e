"""One verdict for each area: the kinds of answers on which two sentences of the page once disagreed, or one was untrue."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.analyses import drivers
from cxlib.analyses.design import Block, Design, Index, Question, Questionnaire
from cxlib.analyses.drivers.standing import standings
from tests.analyses.driver_models import (
    EVERY,
    SATISFACTION,
    SCALE,
    answered,
    block,
    blocks,
    keys,
    model_of,
    of,
    routed,
    survey,
)

SECTIONS = [drivers.question_quality, drivers.driver_importance, drivers.cause_and_effect, drivers.where_to_act,
            drivers.driver_kinds]  # fmt: skip


def page(model, segments=None):
    """All results of the page by name."""
    results = [analysis(model) for analysis in (drivers.usable_answers, *SECTIONS, drivers.lift_and_loss)]
    results.append(drivers.effects_by_segment(model, segments=segments or {}))
    return {result.name: result for result in results}


def named(results, *stems):
    """The areas that sentences with these beginnings of a key speak of."""
    found = set()
    for finding in (finding for result in results.values() for finding in result.findings if finding.key.startswith(stems)):
        found |= {finding.values["block"]} if "block" in finding.values else set(finding.values.get("blocks", ()))
    return found


def contradictions(results):
    """Areas of which the page says two things that cannot both be so."""
    silent = named(results, "effect.none", "importance.no_more")
    acted = named(results, "act.most", "act.tied", "act.low", "act.keep")
    told = acted | named(results, "effect.point", "effect.through", "importance.first", "importance.tied", "kind.must_be",
                         "kind.delighter", "shape.levels_off", "shape.accelerates")  # fmt: skip
    doubtful = named(results, "importance.suppressed", "importance.one_customer", "importance.middle", "act.best_between",
                     "act.worst_between")  # fmt: skip
    lead = named(results, "act.most", "act.tied")
    found = {"no effect, and an effect": silent & told, "doubtful, and advice": doubtful & acted,
             "most to gain, and to be kept": lead & named(results, "act.keep"),
             "no effect here, an effect there": named(results, "effect.none") ^ named(results, "importance.no_more")}  # fmt: skip
    if {"importance.nothing", "importance.not_told_apart"} & set(keys(results["driver_importance"])):
        found.pop("no effect here, an effect there")
    return {why: areas for why, areas in found.items() if areas}


def outside(results):
    """Figures that lie outside their own interval."""
    return [(name, table, column, row[column]) for name, result in results.items() for table, frame in result.tables.items()
            for row in frame.to_dict("records") for column in row
            if f"{column}_low" in row and not np.isnan(row[column] or np.nan)
            and not row[f"{column}_low"] - 1e-9 <= row[column] <= row[f"{column}_high"] + 1e-9]  # fmt: skip


# Answers missing by design


@pytest.mark.parametrize("uses, reach", [(2, None), (None, 0.25), *(pytest.param(*each, marks=pytest.mark.slow) for each in ((1, None), (3, None), (None, 0.6)))])
def test_who_rates_what_was_used_gives_the_effects_among_users_on_one_base(uses, reach):
    rows = routed(1500, seed=3, effects=(0.6, 0.3, 0.0, 0.0), reach=reach, uses=uses)
    model = model_of(rows, blocks(4))
    results = page(model)
    assert {result.base.used for name, result in results.items() if result.tables} == {len(model.answers)}
    totals = results["cause_and_effect"].tables["totals"].set_index("cause")
    for name, slope in {"Area 0": 0.6, "Area 1": 0.3, "Area 2": 0.0}.items():
        measured = slope * 2.56 / (2.56 + 0.18 + 0.04)  # two questions with noise, rounded
        assert totals.impact_low[name] - 0.03 <= measured <= totals.impact_high[name] + 0.03
    assert of(results["driver_importance"], "importance.first")["block"] == "Area 0"
    assert named(results, "effect.point") == {"Area 0", "Area 1"}
    assert named(results, "answers.not_rated") == {f"Area {j}" for j in range(4)}
    assert contradictions(results) == {}
    assert outside(results) == []


def test_used_and_rated_is_the_regression_with_indicators():
    rows = routed(800)[["q00", "q10", "q20", "s0"]]
    single = {f"a{j}": Block(f"Area {j}", {f"q{j}0": "Question"}, SCALE) for j in range(3)}
    model = drivers.survey_model(rows, Questionnaire(satisfaction=Index({"s0": "Satisfied"}, SCALE), blocks=single),
                                 resamples=60)  # fmt: skip
    kept = rows[rows[["q00", "q10", "q20"]].notna().any(axis=1)]
    rated = kept[["q00", "q10", "q20"]]
    design = sm.add_constant(pd.concat([(rated - rated.mean()).fillna(0), rated.notna().astype(float).add_prefix("u")], axis=1))
    expected = sm.OLS(kept["s0"], design).fit().params
    totals = drivers.cause_and_effect(model).tables["totals"].set_index("cause").impact
    assert [totals[f"Area {j}"] for j in range(3)] == pytest.approx([expected[f"q{j}0"] for j in range(3)], abs=1e-8)


def test_nine_complete_rows_of_a_thousand_do_not_explain_everything():
    rows = routed(1000, effects=(0.5, 0.3, 0.2, 0.0, 0.0), reach=0.4)
    assert rows.notna().all(axis=1).sum() < 20
    result = drivers.driver_importance(model_of(rows, blocks(5)))
    assert result.base.used > 850
    assert 0.1 < of(result, "importance.explained")["r2"] < 0.5


def test_an_area_that_hardly_anybody_rated_is_left_out_and_said():
    rows = routed(600)
    rows.loc[20:, ["q20", "q21"]] = np.nan
    results = page(model_of(rows))
    assert of(results["usable_answers"], "answers.few_raters")["block"] == "Area 2"
    assert "Area 2" not in set(results["driver_importance"].tables["drivers"].block)


def test_dont_know_is_an_answer_that_could_have_been_given():
    rows = routed(600, reach=0.8)
    asked = {f"a{j}": Block(f"Area {j}", {f"q{j}{i}": "Question" for i in range(2)}, SCALE,
                            unanswered={"dont_know": int(rows[[f"q{j}0", f"q{j}1"]].isna().sum().sum())}) for j in range(3)}  # fmt: skip
    model = model_of(rows, asked)
    assert model.some_unrated == [] and "answers.estimated" in keys(drivers.usable_answers(model))


def test_overlap_is_that_of_the_customers_who_rated_both():
    rng = np.random.default_rng(4)
    areas = rng.normal(size=(900, 3))
    areas[:, 1] = 0.995 * areas[:, 0] + 0.1 * areas[:, 1]
    rows = answered(areas, areas @ (0.4, 0.2, 0.3) + 0.6 * rng.normal(size=900), rng)
    whole = drivers.question_quality(model_of(rows))
    for j in range(3):
        rows.loc[rng.random(900) < 0.4, [f"q{j}0", f"q{j}1"]] = np.nan
    some = drivers.question_quality(model_of(rows))
    for result in (whole, some):
        assert {of(result, "quality.same")["first"], of(result, "quality.same")["second"]} == {"Area 0", "Area 1"}
    htmt = [result.tables["pairs"].set_index(["first_block", "second_block"]).htmt["Area 0", "Area 1"] for result in (whole, some)]
    assert htmt[1] == pytest.approx(htmt[0], abs=0.06)


# Whatever the layout: no crash, figures within their intervals, and one verdict for each area


def layout(seed):
    """A random survey: areas, questions, effects, gaps of several sorts, ties, copies, constants, weights and arrows."""
    rng = np.random.default_rng(seed)
    n, areas = int(rng.choice([30, 80, 200, 500])), int(rng.integers(1, 6))
    felt = np.sqrt(0.4) * rng.normal(size=(n, 1)) + np.sqrt(0.6) * rng.normal(size=(n, areas))
    effects = rng.choice([0.0, 0.0, 0.3, 0.6, -0.3], areas)
    satisfied = felt @ effects + rng.choice([0.3, 0.8]) * rng.normal(size=n)
    if rng.random() < 0.3:
        satisfied = satisfied - 0.6 * felt[:, 0] ** 2
    low, high = [(1, 5), (1, 7), (1, 10), (0, 10), (0, 100), (-10, 10), (0, 1)][seed % 7]
    width, middle = (high - low) / 6, (high + low) / 2
    rows, asked = {}, {}
    for j in range(areas):
        items = {}
        for i in range(int(rng.integers(1, 4))):
            column = f"q{j}{i}"
            rows[column] = np.clip(np.round(middle + width * (felt[:, j] + 0.5 * rng.normal(size=n))), low, high)
            items[column] = column
        asked[f"a{j}"] = Block(f"Area {j}", items, (low, high))
    for i in range(2):
        rows[f"s{i}"] = np.clip(np.round(6 + 1.6 * (satisfied + 0.3 * rng.normal(size=n))), 1, 10)
    rows["nps"] = np.clip(np.round(7 + 2 * satisfied), 0, 10)
    rows["w"], rows["g"] = rng.lognormal(0, 0.4, n), rng.choice(["x", "y", "z"], n)
    frame = pd.DataFrame(rows)
    questions = [column for column in frame if column.startswith("q")]
    for column in questions:
        if rng.random() < 0.2:
            frame.loc[rng.random(n) < rng.choice([0.03, 0.3]), column] = np.nan
        if rng.random() < 0.05:
            frame[column] = rng.choice([low, np.nan])
    for each in asked.values():
        if rng.random() < 0.3:
            frame.loc[rng.random(n) < rng.choice([0.05, 0.5, 0.97]), list(each.items)] = np.nan
    if areas > 1 and rng.random() < 0.15:
        frame[next(iter(asked["a1"].items))] = frame[next(iter(asked["a0"].items))]
    arrows = {f"a{j}": [f"a{i}" for i in range(j) if rng.random() < 0.3] for j in range(areas)}
    arrows = {target: causes for target, causes in arrows.items() if causes}
    paths = arrows | {"satisfaction": list(asked)} if rng.random() < 0.5 else None
    satisfaction = SATISFACTION if rng.random() < 0.7 or paths else None
    design = Design(weight="w") if rng.random() < 0.4 else Design()
    return frame, {"blocks": asked, "paths": paths, "satisfaction": satisfaction, "design": design}


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 300))])
def test_any_layout_gives_a_page_without_contradictions(seed):
    rows, asked = layout(seed)
    results = page(model_of(rows, **asked, resamples=60), segments={"g": "Group"})
    assert contradictions(results) == {}
    assert outside(results) == []
    assert not any(finding.key.startswith("refused") for result in results.values() for finding in result.findings)
    areas = results["where_to_act"].tables.get("areas")
    if areas is not None:
        index = results["cause_and_effect"].tables["nodes"].set_index("construct")["index"].iloc[-1]
        assert (areas.potential_high.dropna() <= 100 - min(index, 0) + 1e-9).all()


# Signs and ways


def test_a_suppressor_is_no_action():
    rng = np.random.default_rng(2)
    areas = rng.normal(size=(1500, 3))
    areas[:, 1] = 0.85 * areas[:, 0] + np.sqrt(1 - 0.85**2) * areas[:, 1]
    rows = answered(areas, areas @ (0.9, -0.3, 0.2) + 0.6 * rng.normal(size=1500), rng)
    assert np.corrcoef(rows.q10, rows.s0)[0, 1] > 0.25
    results = page(model_of(rows))
    assert named(results, "importance.suppressed") == named(results, "effect.turned") == {"Area 1"}
    assert "Area 1" not in named(results, "effect.negative", "act.", "kind.")
    assert "Area 1" not in named(results, "importance.first", "importance.tied")
    assert contradictions(results) == {}


def test_more_of_a_burden_goes_with_less_and_says_so():
    results = page(model_of(survey(800, effects=(0.6, -0.5, 0.0))))
    assert named(results, "effect.negative") == {"Area 1"}
    assert of(results["where_to_act"], "act.most")["block"] == "Area 0"
    alone = page(model_of(survey(800, effects=(-0.6, 0.0, 0.0))))
    assert keys(alone["where_to_act"]) == ["act.no_lift"]


def chain(n=1000, seed=5):
    """Service works wholly through the product; the price by itself."""
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(n, 3))
    areas[:, 1] = 0.8 * areas[:, 0] + 0.6 * areas[:, 1]
    return answered(areas, 0.6 * areas[:, 1] + 0.3 * areas[:, 2] + 0.5 * rng.normal(size=n), rng, noise=0.3)


def test_what_works_through_another_area_has_its_total_effect():
    asked = {"service": block(0, "Service"), "product": block(1, "Product"), "price": block(2, "Price")}
    model = model_of(chain(), asked, paths={"product": ["service"], "satisfaction": ["service", "product", "price"]})
    results = page(model)
    through = of(results["cause_and_effect"], "effect.through")
    assert (through["block"], through["through"]) == ("Service", ["Product"])
    assert through["impact"] == pytest.approx(0.48, abs=0.06)
    shares = results["driver_importance"].tables["drivers"].set_index("block").importance
    assert shares["Service"] == pytest.approx(0.64 * 0.36 / (0.36 + 0.09), abs=0.06)  # R2 of the product, of all
    assert shares["Product"] == pytest.approx(0.36 * 0.36 / (0.36 + 0.09), abs=0.06)
    assert "importance.ordered" in keys(results["driver_importance"])
    assert named(results, "effect.none") == set()
    assert contradictions(results) == {}
    flat = drivers.driver_importance(model_of(chain(), asked)).tables["drivers"].set_index("block").importance
    assert flat["Service"] < shares["Service"] - 0.1  # without the arrow they share


# The middle of the scale


@pytest.mark.parametrize("items", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sign, told", [(-1, "best"), (1, "worst")])
def test_what_is_best_or_worst_in_the_middle_is_said_and_never_to_be_lifted(items, turned, sign, told):
    rng = np.random.default_rng(6)
    areas = rng.normal(size=(900, 3))
    rows = answered(areas, 0.6 * sign * (areas[:, 0] ** 2 - 1) + 0.4 * areas[:, 1] + 0.5 * rng.normal(size=900), rng,
                    noise=0.3)  # fmt: skip
    if turned:
        rows[["q00", "q01"]] = 11 - rows[["q00", "q01"]]
    results = page(model_of(rows, blocks(3, items=items)))
    between = of(results["where_to_act"], f"act.{told}_between")
    assert between["block"] == "Area 0" and between["low"] <= 55 and between["high"] >= 50
    assert named(results, "importance.middle") == named(results, "effect.middle") == {"Area 0"}
    assert named(results, f"shape.{told}_between") == {"Area 0"}
    assert "Area 0" not in named(results, "act.most", "act.tied", "act.low", "act.keep", "effect.none", "importance.no_more")
    assert results["driver_importance"].tables["drivers"].block[0] == "Area 0"  # its share counts both sides
    row = results["where_to_act"].tables["areas"].set_index("block").loc["Area 0"]
    assert np.isnan(row.potential) and np.isnan(row.gain)
    assert contradictions(results) == {}
    against = [finding.says.doubts for result in results.values() for finding in result.findings
               if finding.key in ("act.best_between", "act.worst_between")]  # fmt: skip
    assert all("lift_more" in doubts and "lift_low" in doubts for doubts in against)


def test_an_effect_that_fades_gives_less_than_the_straight_line_would():
    rng = np.random.default_rng(8)
    areas = rng.normal(size=(1500, 3))
    rows = answered(areas, 0.8 * np.minimum(areas[:, 0], 0) + 0.3 * areas[:, 1] + 0.4 * rng.normal(size=1500), rng)
    table = drivers.where_to_act(model_of(rows)).tables["areas"].set_index("block")
    assert table.potential["Area 0"] < 0.7 * table.impact["Area 0"] * (100 - table["index"]["Area 0"])
    assert "shape.levels_off" in keys(drivers.driver_kinds(model_of(rows))) or (
        "kind.must_be" in keys(drivers.driver_kinds(model_of(rows))))  # fmt: skip


# Few people behind a figure


def test_a_figure_that_one_customer_carries_is_no_advice():
    rng = np.random.default_rng(9)
    areas = rng.normal(size=(150, 3))
    rows = answered(areas, 0.6 * areas[:, 1] + 0.5 * rng.normal(size=150), rng)
    rows["q00"] = rows["q01"] = np.where(rng.random(150) < 0.1, 6.0, 5.0)
    rows.loc[3, ["q00", "q01", "s0", "s1"]] = [10, 10, 10, 10]
    rows.loc[3, ["q10", "q11"]] = 5
    model = model_of(rows)
    assert abs(model.standings.without["a0"]) < 0.2 < model.standings.impact["a0"]
    assert "Area 0" not in named(page(model), "act.", "effect.point")


@pytest.mark.parametrize("without, standing", [(0.5, "lifts"), (0.31, "lifts"), (0.29, "carried"), (-0.1, "carried"), (0.95, "carried")])
def test_a_figure_of_which_one_customer_makes_half_is_carried(without, standing):
    row = pd.Index(["a"])
    table = standings(pd.DataFrame({"p_holm": [0.001], "impact": [0.6]}, row), pd.Series(0.001, row),
                      pd.DataFrame({"turn": [""], "turn_from": [np.nan], "turn_to": [np.nan], "shape": ["linear"], "f2": [0.0]}, row),
                      pd.DataFrame({"r": [0.4], "low": [0.3], "high": [0.5], "slope": [0.6]}, row),
                      pd.DataFrame({"slope": [0.6], "without": [without]}, row), confidence=0.95)  # fmt: skip
    assert table.standing["a"] == standing


@pytest.mark.parametrize("seed", range(5))
def test_what_could_be_won_is_never_more_than_the_outcome_lacks(seed):
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(80, 2))
    rows = answered(areas, 1.2 * areas[:, 0] + 1.5 + 0.3 * rng.normal(size=80), rng)
    rows[["q00", "q01"]] = np.clip(np.round(5 + 0.2 * areas[:, [0, 0]]), 1, 10)  # hardly anybody differs
    model = model_of(rows, blocks(2))
    areas = drivers.where_to_act(model).tables["areas"]
    lacks = 100 - model.indices[model.outcome].mean()
    for column in ("gain", "potential", "potential_low", "potential_high"):
        assert (areas[column].dropna() <= lacks + 1e-9).all()


# Areas, outcomes and noise


def test_an_outcome_is_never_one_of_two_areas_to_be_treated_as_one():
    rng = np.random.default_rng(10)
    areas = rng.normal(size=(500, 2))
    rows = answered(areas, areas[:, 0] + 0.12 * rng.normal(size=500), rng, noise=1.2)
    results = page(model_of(rows, blocks(2)))
    said = of(results["question_quality"], "quality.near_outcome")
    assert said["block"] == "Area 0" and said["htmt"] <= 1
    assert "quality.same" not in keys(results["question_quality"])
    assert of(results["where_to_act"], "act.near_outcome")["blocks"] == ["Area 0"]


def test_overlap_of_questions_that_agree_too_little_is_noise():
    rng = np.random.default_rng(11)
    areas = np.sqrt(0.7) * rng.normal(size=(250, 1)) + np.sqrt(0.3) * rng.normal(size=(250, 3))
    rows = answered(areas, areas @ (0.4, 0.3, 0.2) + 0.5 * rng.normal(size=250), rng, noise=4)
    result = drivers.question_quality(model_of(rows))
    assert "quality.same" not in keys(result)
    assert (result.tables["pairs"].verdict != "cannot be told apart").all() or result.tables["pairs"].htmt.max() < 1


def test_a_wide_interval_is_not_called_hanging_together():
    rng = np.random.default_rng(12)
    areas = rng.normal(size=(40, 3))
    rows = answered(areas, areas @ (0.5, 0.4, 0.3) + 0.4 * rng.normal(size=40), rng, noise=1.6)
    table = drivers.question_quality(model_of(rows)).tables["areas"]
    good = table[table.verdict == "hang together"]
    assert (good.reliability_low.fillna(1) >= 0.7).all()


def test_a_kind_is_named_only_where_four_in_five_resamples_agree():
    for seed in range(4):
        table = drivers.driver_kinds(model_of(survey(200, seed=seed, effects=(0.4, 0.2, 0.1)))).tables["areas"]
        named_kinds = table[table.kind.isin(["must", "delighter", "both ways", "little effect"])]
        assert (named_kinds.kind_chance >= 0.8).all()


def test_both_ends_alike_only_where_both_are_shown():
    table = drivers.lift_and_loss(model_of(survey(900, effects=(0.7, 0.3, 0.0)))).tables["areas"].set_index("block")
    assert table.verdict["Area 0"] == "both ends alike" and table.verdict["Area 2"] == "no effect shown"
    nothing = drivers.lift_and_loss(model_of(survey(900, effects=(0.0, 0.0, 0.0)).assign(
        nps=np.random.default_rng(0).integers(0, 11, 900).astype(float))))  # fmt: skip
    assert keys(nothing) == ["lift.nothing"]


def test_much_explained_of_which_nothing_can_be_told_apart_is_not_called_too_little():
    rng, first = np.random.default_rng(13), []
    for _ in range(6):
        common = rng.normal(size=(60, 1))
        areas = common + 0.05 * rng.normal(size=(60, 3))
        result = drivers.driver_importance(model_of(answered(areas, common[:, 0] + 0.5 * rng.normal(size=60), rng, noise=0.1)))
        first.append(keys(result)[0])
        assert "importance.nothing" not in keys(result)
    assert first.count("importance.not_told_apart") >= 4


# Segments


def opposite(n=2000, seed=0, first=0.95, others=0.05, groups=("A", "B")):
    """The first area matters to the first group, the second to the others; two more segments say nothing."""
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(n, 5))
    group = rng.choice(groups, n)
    one = np.where(group == groups[0], first, others)
    satisfied = one * areas[:, 0] + (1 - one) * areas[:, 1] + 0.3 * rng.normal(size=n)
    rows = answered(areas, satisfied, rng, items=1, noise=0.2)
    return rows.assign(g=group, h=rng.choice(["C", "D"], n), k=rng.choice(["E", "F"], n))


def test_a_plain_difference_survives_any_number_of_comparisons():
    model = model_of(opposite(), blocks(5, items=1))
    for segments in ({"g": "G"}, {"g": "G", "h": "H", "k": "K"}):
        result = drivers.effects_by_segment(model, segments=segments)
        found = [finding.values for finding in result.findings if finding.key == "groups.two"]
        assert {(each["block"], each["group"], each["other"]) for each in found} == {("Area 0", "A", "B"), ("Area 1", "B", "A")}
        assert len(result.tables["differences"]) == 4
    alike = of(result, "groups.alike")
    assert alike["segments"] == ["H", "K"] and alike["size"] <= 0.25


def test_the_group_that_differs_is_named_among_several():
    result = drivers.effects_by_segment(model_of(opposite(groups=("A", "B", "C", "D")), blocks(5, items=1)), segments={"g": "G"})
    found = {(finding.key, finding.values["block"], finding.values["group"]) for finding in result.findings}
    assert found == {("groups.differ", "Area 0", "A"), ("groups.less", "Area 1", "A")}


def test_groups_too_small_to_tell_are_not_called_alike():
    rows = survey(260, effects=(0.4, 0.3, 0.2)).assign(g=np.repeat(["A", "B"], 130))
    result = drivers.effects_by_segment(model_of(rows), segments={"g": "G"})
    assert "groups.unclear" in keys(result) and "groups.alike" not in keys(result)
    assert of(result, "groups.unclear")["high"] > 0.25
    assert set(result.tables["groups"].verdict) == {"cannot be determined"} or "no clear difference" in set(result.tables["groups"].verdict)


def test_a_segment_of_users_keeps_its_section_where_everybody_in_it_rated_an_area():
    rows = routed(1200, reach=0.7)
    rows["g"] = np.where(rows.q00.notna(), "users", "others")
    result = drivers.effects_by_segment(model_of(rows), segments={"g": "G"})
    assert not any(key.startswith("refused") for key in keys(result))


# Parts that the data cannot bear


def test_every_section_says_why_it_cannot_stand():
    rows = survey(200).assign(nps=np.where(np.arange(200) % 2, 10.0, 0.0))
    rows["q00"] = rows["q01"] = np.where(np.arange(200) % 2, 10.0, 1.0)  # tells both groups apart
    model = model_of(rows)
    result = drivers.lift_and_loss(model)
    assert keys(result)[0] in ("refused.separable", "answers.leak", "lift.both", "lift.too_few")
    for analysis in EVERY:
        assert analysis(model).findings


def test_the_recommendation_alone_and_a_yes_or_no_question():
    rng = np.random.default_rng(15)
    rows = survey(500).assign(complained=rng.integers(0, 2, 500).astype(float))
    rows["nps"] = np.clip(rows.nps + 2 * rows.complained - 1, 0, 10)
    asked = blocks(2) | {"no": Block("No complaint", {"complained": "No complaint"}, (0, 1))}
    results = page(model_of(rows, asked, satisfaction=None, recommend=Question("nps")))
    assert "No complaint" in named(results, "effect.point")
    assert contradictions(results) == {} and outside(results) == []
