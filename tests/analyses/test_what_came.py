"""Did what was begun work? Counted by hand, against the planted truth, and where nothing can be told."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import effect
from cxlib.analyses.design import Design, Index, Question, Questionnaire
from cxlib.analyses.effect.effects import VERDICTS
from cxlib.analyses.rollout import Rollout
from cxlib.engagement import open_client
from tests.analyses.rollout_cases import NAMES, PERIODS, figures, moved, rollout, starts

TRUTH = json.loads((Path(__file__).parents[2] / "data" / "truth.json").read_text(encoding="utf-8"))["nordlys"]["rollout"]
WORKS, NOTHING, YOUNG = TRUTH["effect"]


def one(given: Rollout, **options):
    """The only initiative, judged."""
    found = effect.judge(given, **options)
    assert len(found.each) == 1
    return found.each[0]


def keys(given: Rollout) -> list[str]:
    return [finding.key for finding in effect.what_came(effect.judge(given)).findings]


@pytest.fixture(scope="module")
def nordlys():
    return effect.judge(open_client("nordlys").rollout, seed=1)


@pytest.fixture(scope="module")
def nordlys_case():
    from cxlib.analyses import business_case

    engagement = open_client("nordlys")
    links = business_case.customer_links(engagement.customers, seed=1)
    moves = {"score_per_point": business_case.index_to_score(engagement.answers), "employee_slope": None}
    return business_case.build_case(links, engagement.initiatives, engagement.money, **moves, draws=2000, seed=1)


# ---------------------------------------------------------------- truth
def test_what_is_planted_is_found(nordlys):
    each = {one.initiative: one for one in nordlys.each}
    assert each[WORKS].verdict == "worked" and each[WORKS].low <= TRUTH["effect"][WORKS] <= each[WORKS].high
    assert each[NOTHING].verdict == "no_effect" and each[NOTHING].low <= 0 <= each[NOTHING].high
    assert each[YOUNG].verdict == "cannot_tell" and each[YOUNG].further > 0
    assert {name: round(one.raw, 1) for name, one in each.items()} == TRUTH["raw_rise"]
    assert {name: one.units for name, one in each.items()} == TRUTH["teams"]


def test_too_early_says_from_when_on_it_can_be_told(nordlys):
    result = effect.what_came(nordlys)
    row = result.tables["begun"].set_index("initiative").loc[YOUNG]
    assert row["verdict"] == VERDICTS["too_early"] and date(2026, 1, 31) <= row["until"] <= date(2028, 12, 31)
    assert row["until"] == (pd.Timestamp("2025-12-31") + pd.offsets.MonthEnd(next(one.further for one in nordlys.each if one.initiative == YOUNG))).date()


def test_the_unit_that_gained_most_is_celebrated(nordlys):
    told = effect.celebrate(nordlys).findings
    assert told[0].key == "celebrate.unit" and told[0].values["group"] == TRUTH["best_team"]
    row = effect.celebrate(nordlys).tables["units"].set_index("group").loc[TRUTH["best_team"]]
    assert row["gap_low"] <= TRUTH["best_gain"] <= row["gap_high"]


def test_an_effect_counted_by_hand():
    values = np.array([[50.0, 52, 58, 60], [54, 52, 59, 57], [40, 44, 45, 43], [60, 58, 60, 62], [50, 50, 53, 51], [44, 46, 44, 48]])
    given = Rollout(starts(("Rota", [0, 1], 2)), figures(values, names=NAMES[:4]), label="Satisfaction", chosen_by={"Rota": "random"})
    judged = one(given)
    with_it = np.mean([59 - 51, 58 - 53])
    without = np.mean([44 - 42, 61 - 59, 52 - 50, 46 - 45])
    assert judged.estimate == pytest.approx(with_it - without) and (judged.units, judged.others, judged.before, judged.after) == (2, 4, 2, 2)
    assert judged.raw == pytest.approx(np.mean([59 - 52, 58 - 52]))


@pytest.mark.parametrize("seed", range(6))
def test_order_names_and_level_change_nothing(seed):
    given = rollout(effect=3.0, chosen=("random", "score", "other")[seed % 3], by_score=seed % 3 == 1, seed=seed)
    before = one(given)
    shuffled = given.figures.sample(frac=1, random_state=seed)
    higher = replace(given, figures=shuffled.assign(value=shuffled["value"] + 20), starts=given.starts.sample(frac=1, random_state=seed))
    after = one(higher)
    assert after.verdict == before.verdict and after.estimate == pytest.approx(before.estimate, abs=1e-4) and after.low == pytest.approx(before.low, abs=1e-3)


@pytest.mark.parametrize("chosen", ["random", "score", "other"])
def test_where_a_low_figure_is_wanted_a_fall_is_an_improvement(chosen):
    given = rollout(effect=3.0, chosen=chosen, by_score=False)
    turned = replace(given, figures=given.figures.assign(value=100 - given.figures["value"]), higher_is_better=False)
    assert one(turned).estimate == pytest.approx(one(given).estimate, abs=1e-6) and one(turned).verdict == one(given).verdict


def test_answers_of_a_survey_are_the_same_as_a_table_of_their_means():
    values, picked = moved(effect=4.0, noise=2.0)
    rng = np.random.default_rng(1)
    rows = [(f"U{unit:02d}", NAMES[at], answer) for unit, line in enumerate(values) for at, value in enumerate(line) for answer in np.clip(rng.normal(value, 10, 8).round(), 0, 100)]
    responses = pd.DataFrame(rows, columns=["unit", "month", "q"]).astype({"q": float})
    responses["month"] = responses["month"].astype(pd.CategoricalDtype(NAMES, ordered=True))
    begun = starts(("Rota", picked, 6))
    asked = Questionnaire(satisfaction=Index({"q": "Satisfied"}, scale=(0, 100)))
    of_survey = one(Rollout(begun, outcome="satisfaction", unit="unit", chosen_by={"Rota": "random"}), responses=responses, asked=asked, design=Design(period="month"))
    means = responses.groupby(["unit", "month"], observed=True)["q"].agg(["mean", "size"]).reset_index().set_axis(["unit", "period", "value", "answers"], axis=1)
    of_table = one(Rollout(begun, means, label="Satisfaction", chosen_by={"Rota": "random"}))
    assert of_survey.estimate == pytest.approx(of_table.estimate) and of_survey.low == pytest.approx(of_table.low) and of_survey.verdict == of_table.verdict == "worked"


def test_a_net_score_of_a_survey_is_told_in_points():
    rng = np.random.default_rng(0)
    units = np.repeat([f"U{place:02d}" for place in range(10)], 6 * 20)
    months = np.tile(np.repeat(NAMES[:6], 20), 10)
    late = (units < "U05") & (months >= NAMES[3])
    score = np.clip(np.rint(rng.normal(np.where(late, 9.2, 7.2), 1.5)), 0, 10)
    responses = pd.DataFrame({"unit": units, "month": pd.Categorical(months, NAMES[:6], ordered=True), "q": score})
    given = Rollout(starts(("Rota", [0, 1, 2, 3, 4], 3)), outcome="recommend", unit="unit", chosen_by={"Rota": "random"}, smallest=5)
    judged = one(given, responses=responses, asked=Questionnaire(recommend=Question("q")), design=Design(period="month"))
    assert judged.verdict == "worked" and 20 < judged.estimate < 100


# ---------------------------------------------------------------- what cannot be told
def test_two_initiatives_in_the_same_units_cannot_be_told_apart():
    values, picked = moved(effect=4.0)
    both = starts(("A", picked, 6), ("B", picked, 6))
    found = effect.judge(Rollout(both, figures(values), label="S", chosen_by={"A": "random", "B": "random"}))
    assert [one.design for one in found.each] == ["shared", "shared"] and not any(one.told for one in found.each)


@pytest.mark.parametrize("chosen", ["random", "score"])
def test_where_everybody_starts_in_the_end_the_first_are_held_against_the_later(chosen):
    values, picked = moved(effect=5.0, noise=2.0)
    later = [unit for unit in range(24) if unit not in picked]
    values[later, 9:] += 5.0
    found = effect.judge(Rollout(pd.concat([starts(("A", picked, 6)), starts(("A", later, 9))]), figures(values), label="S", chosen_by={"A": chosen}))
    assert found.each[0].verdict == "worked" and (found.each[0].units, found.each[0].others) == (24, 12)
    assert effect.celebrate(found).absent and 4 < found.each[0].estimate < 6


def test_a_unit_that_begins_something_else_later_counts_until_then():
    values, picked = moved(effect=4.0, treated=10)
    free = [unit for unit in range(24) if unit not in picked]
    begun = starts(("A", picked, 6), ("B", free[:4], 9))
    found = effect.judge(Rollout(begun, figures(values), label="S", chosen_by={"A": "random", "B": "random"}))
    assert found.each[0].verdict == "worked" and (found.each[0].units, found.each[0].others) == (10, 14)


@pytest.mark.parametrize(
    ("begun", "key"),
    [
        (starts(("A", [0, 1, 2], None)), "came.late"),
        (starts(("A", [0, 1, 2], 0)), "came.no_before"),
        (starts(("A", list(range(24)), 6)), "came.short"),
    ],
)
def test_what_stands_in_the_way_is_said(begun, key):
    values, _ = moved()
    given = Rollout(begun, figures(values), label="S", chosen_by={"A": "random"})
    assert keys(given) == [key] and not one(given).told


def test_few_units_and_one_unit():
    values, _ = moved(units=5, treated=2)
    assert keys(Rollout(starts(("A", [0, 1], 6)), figures(values), label="S")) == ["came.few_units"]
    values, _ = moved(units=12, treated=2)
    values[0, 6:] += 30
    assert keys(Rollout(starts(("A", [0], 6)), figures(values), label="S")) == ["came.one_unit"]


def test_units_that_all_lack_a_period_are_no_figure():
    values, picked = moved(units=12, treated=4)
    table = figures(values)
    gone = table[[int(unit[1:]) % 12 != place for unit, place in zip(table["unit"], table["period"].cat.codes, strict=True)]]
    given = Rollout(starts(("A", picked, 6)), gone, label="S", chosen_by={"A": "random"})
    assert keys(given) == ["came.no_figure"] and effect.needed(effect.judge(given)).findings[0].key == "needed.few_units"


def test_one_earlier_period_never_works():
    values, picked = moved(units=40, at=1, effect=15.0, periods=4)
    given = Rollout(starts(("A", picked, 1)), figures(values, names=NAMES[:4]), label="S", chosen_by={"A": "score"})
    assert one(given).verdict != "worked"


def test_without_a_figure_nothing_is_told():
    given = Rollout(starts(("A", [0], 6)), outcome="satisfaction", unit="unit")
    assert keys(given) == ["came.no_figure"]
    assert effect.what_came(None).absent and effect.course(None).absent and effect.returns(None).absent and effect.celebrate(None).absent
    assert effect.needed(None).absent and effect.battles(None, None).absent


# ---------------------------------------------------------------- everybody at once, customers at random
def everybody(step: float, *, periods: int = 30, at: int = 20, seed: int = 0) -> Rollout:
    names = [str(month) for month in pd.period_range("2023-01", periods=periods, freq="M")]
    rng = np.random.default_rng(seed)
    values = 60 + rng.normal(0, 2, 12)[:, None] + rng.normal(0, 20 / np.sqrt(60), (12, periods))
    values[:, at:] += step
    begun = pd.DataFrame({"initiative": ["A"], "unit": [None], "start": [names[at]]})
    return Rollout(begun, figures(values, answers=60, names=names), label="Satisfaction")


def test_what_everybody_got_at_once_is_never_said_to_work():
    assert one(everybody(6.0)).verdict == "rose_then" and one(everybody(-6.0)).verdict == "fell_then"
    assert keys(everybody(6.0)) == ["came.rose"]


@pytest.mark.parametrize(("ratio", "better", "verdict", "key"), [(0.7, False, "rose_then", "came.rate_fell"), (1.4, False, "fell_then", "came.rate_rose"), (1.4, True, "rose_then", "came.rate_rose")])
def test_counts_are_told_as_a_change_of_their_rate(ratio, better, verdict, key):
    """Complaints among customers: fewer is better, and the sentence says which way the figure itself went."""
    names = [str(month) for month in pd.period_range("2022-01", periods=36, freq="M")]
    rng, exposure = np.random.default_rng(1), 20_000.0
    counts = rng.poisson(exposure * 0.01 * np.where(np.arange(36) < 24, 1.0, ratio)).astype(float)
    table = figures(counts[None], names=names).assign(exposure=exposure)
    begun = pd.DataFrame({"initiative": ["A"], "unit": [None], "start": [names[24]]})
    given = Rollout(begun, table, label="Complaints", higher_is_better=better, smallest=0.1)
    judged = one(given)
    assert judged.verdict == verdict and keys(given) == [key] and judged.rate.ratio == pytest.approx(ratio, abs=0.1)
    assert abs(judged.estimate) == pytest.approx(0.01 * abs(ratio - 1), rel=0.4)  # in points of the rate
    values = effect.what_came(effect.judge(given)).findings[0].values
    assert 0 < values["low"] < values["effect"] < values["high"]


def test_what_is_told_of_everybody_says_which_way_the_figure_went():
    given = everybody(6.0)
    turned = replace(given, figures=given.figures.assign(value=100 - given.figures["value"]), higher_is_better=False)
    found = effect.what_came(effect.judge(turned)).findings[0]
    assert one(turned).verdict == "rose_then" and found.key == "came.fell" and found.values["low"] < found.values["high"] < 0


def test_customers_drawn_at_random():
    rng = np.random.default_rng(3)
    offered = rng.random(4000) < 0.5
    outcome = np.where(offered, rng.random(4000) < 0.45, rng.random(4000) < 0.30).astype(float)
    rows = pd.DataFrame({"offered": offered.astype(float), "outcome": outcome})
    given = Rollout(starts(), trials={"Mail": rows}, trial_scales={"Mail": (0, 1)})
    judged = one(given)
    assert judged.verdict == "worked" and judged.estimate == pytest.approx(100 * (outcome[offered].mean() - outcome[~offered].mean()))
    silent = rows.assign(outcome=rows["outcome"].mask((rng.random(4000) < 0.5) & ~offered))
    assert keys(replace(given, trials={"Mail": silent})) == ["came.who_answered"]


# ---------------------------------------------------------------- plan and money
def test_with_the_planned_effect_the_case_is_what_it_was(nordlys_case):
    from cxlib.analyses.business_case.model import EFFECT
    from cxlib.analyses.effect.returns import _gain, _spent

    for name in (WORKS, NOTHING):
        again = _gain(name, nordlys_case, nordlys_case.inputs.draws[EFFECT + name].to_numpy()) - _spent(name, nordlys_case)
        assert again == pytest.approx(nordlys_case.values[name].to_numpy())


def test_money_goes_on_where_it_works_and_pays_and_ends_where_it_cannot(nordlys, nordlys_case):
    result = effect.returns(nordlys, nordlys_case, seed=1)
    money = result.tables["money"].set_index("initiative")
    assert money.loc[NOTHING, "chance"] < 0.1 and money.loc[WORKS, "chance"] > 0.7
    said = {(finding.key, finding.values.get("name")) for finding in result.findings}
    assert ("returns.stop", NOTHING) in said and ("plan.above_plan", WORKS) in said and ("returns.stop", YOUNG) not in said
    cheap = replace(nordlys_case, plan=nordlys_case.plan.assign(once=0.0, yearly=1.0))
    cheap = replace(cheap, model=replace(cheap.model, plan=cheap.plan))
    assert ("returns.scale", WORKS) in {(finding.key, finding.values.get("name")) for finding in effect.returns(nordlys, cheap, seed=1).findings}


def test_what_was_spent_stands_in_the_place_of_the_planned_cost(nordlys, nordlys_case):
    dearer = replace(nordlys_case, plan=nordlys_case.plan.assign(spent=np.where(nordlys_case.plan.index == WORKS, 5e7, np.nan)))
    before, after = (effect.returns(nordlys, case, seed=1).tables["money"].set_index("initiative").loc[WORKS, "cost"] for case in (nordlys_case, dearer))
    assert after - before == pytest.approx(5e7 - nordlys_case.plan.loc[WORKS, "once"] * nordlys_case.inputs.draws["cost_factor"].mean(), rel=1e-6)


def test_battles_are_summed_over_their_initiatives(nordlys, nordlys_case):
    table = effect.battles(nordlys, nordlys_case, seed=1).tables["battles"].set_index("battle")
    assert table["initiatives"].sum() == len(nordlys_case.plan) and table["judged"].sum() == 3
    assert table["cost"].sum() == pytest.approx(nordlys_case.projects["cost"].sum(), rel=1e-6)


# ---------------------------------------------------------------- what is shown, and what it takes
def test_units_of_few_answers_are_not_named():
    given = rollout(units=30, treated=10, effect=8.0, noise=1.5)
    few = replace(given, figures=given.figures.assign(answers=given.figures["answers"].where(given.figures["unit"] != given.starts["unit"].iloc[0], 3)))
    shown = effect.celebrate(effect.judge(few, design=Design(minimum=5)))
    assert given.starts["unit"].iloc[0] not in set(shown.tables["units"]["group"]) and "celebrate.hidden" in [finding.key for finding in shown.findings]
    assert len(shown.tables["units"]) == 8  # one more is left out: else ten times the effect, less the nine gains, would be the gain of the first
    assert "celebrate.hidden" not in [finding.key for finding in effect.celebrate(effect.judge(given, design=Design(minimum=5))).findings]
    all_few = effect.celebrate(effect.judge(replace(given, figures=given.figures.assign(answers=3)), design=Design(minimum=5)))
    assert all_few.tables["units"].empty and "celebrate.unit" not in [finding.key for finding in all_few.findings]


def test_more_units_and_more_periods_see_more(nordlys):
    table = effect.needed(nordlys).tables["needed"].pivot(index="units", columns="after", values="seen")
    assert (table.diff(axis=0).iloc[1:] < 0).all(axis=None) and (table.diff(axis=1).iloc[:, 1:] < 0).all(axis=None)


def test_a_low_period_for_which_units_were_picked_is_told(nordlys):
    told = {(finding.key, finding.values.get("name")) for finding in effect.course(nordlys).findings}
    assert ("course.dip", WORKS) in told and ("course.dip", NOTHING) in told and ("course.dip", YOUNG) not in told


# ---------------------------------------------------------------- what a stranger's folder may hold
def test_a_trial_keeps_its_own_unit_beside_a_share():
    names = [str(month) for month in pd.period_range("2022-01", periods=18, freq="M")]
    table = figures(np.full((1, 18), 30.0), names=names).assign(exposure=1000.0)
    rng = np.random.default_rng(0)
    drawn = pd.DataFrame({"offered": np.repeat([1.0, 0.0], 500), "outcome": (rng.random(1000) < np.repeat([0.6, 0.4], 500)).astype(float)})
    found = effect.judge(Rollout(starts(), table, label="Complaints", trials={"Mail": drawn}, trial_scales={"Mail": (0, 1)}))
    row = effect.what_came(found).tables["begun"].iloc[0]
    assert 10 < row["estimate"] < 30 and row["unit"] == "gap_index" and found.each[0].smallest == 2


@pytest.mark.parametrize(("made", "key"), [("one by one", "came.one_by_one"), ("no answers", "came.no_answers"), ("no events", "came.few_events"), ("blank", "came.few_answers"), ("few", "came.few_answers")])
def test_legal_folders_that_tell_nothing_say_so(made, key):
    values, picked = moved(units=8, treated=3)
    names = [str(month) for month in pd.period_range("2022-01", periods=24, freq="M")]
    at_once = pd.DataFrame({"initiative": ["A"], "unit": [None], "start": [names[14]]})
    given = {
        "one by one": Rollout(pd.concat([starts(("A", [unit], 2 + unit)) for unit in range(8)]), figures(values), label="S"),
        "no answers": replace(everybody(3.0), figures=everybody(3.0).figures.assign(answers=np.nan)),
        "no events": Rollout(at_once, figures(np.where(np.arange(24) < 14, 20.0, 0.0)[None], names=names).assign(exposure=1000.0), label="Complaints"),
        "blank": Rollout(starts(), trials={"A": pd.DataFrame({"offered": np.repeat([1.0, 0.0], 20), "outcome": np.r_[np.full(20, np.nan), np.ones(20)]})}),
        "few": Rollout(starts(("A", picked[:1], 6)), figures(values, answers=1.0), label="S"),
    }[made]
    assert keys(given) == [key]


def test_a_pilot_of_one_unit_that_all_others_follow_does_not_work():
    values, _ = moved(units=9, treated=2, noise=0.5)
    values[0, 4:] += 12
    begun = pd.concat([starts(("A", [0], 4)), starts(("A", list(range(1, 9)), 8))])
    assert one(Rollout(begun, figures(values), label="S", chosen_by={"A": "random"})).verdict == "cannot_tell"


def test_the_pilot_that_begins_something_else_leaves_nobody_to_compare():
    values, _ = moved(units=8, treated=2)
    begun = pd.concat([starts(("A", [0], 4)), starts(("A", list(range(1, 8)), 8)), starts(("B", [0], 10))])
    assert effect.judge(Rollout(begun, figures(values), label="S", chosen_by=dict.fromkeys("AB", "random"))).each[0].design == "shared"


def test_a_clear_effect_below_what_matters_is_a_small_one():
    given = rollout(effect=1.0, noise=0.3, units=40, treated=20, smallest=3.0)
    found = effect.judge(given)
    assert found.each[0].verdict == "little" and keys(given)[0] == "came.little" and effect.celebrate(found).absent


def test_too_early_is_only_said_where_time_helps():
    values, picked = moved(units=24, treated=12, at=8)
    values[picked] += 2.0 * np.arange(PERIODS)
    found = effect.judge(Rollout(starts(("A", picked, 8)), figures(values), label="S", chosen_by={"A": "other"}, ends={}))
    row = effect.what_came(found).tables["begun"].iloc[0]
    assert [finding.key for finding in effect.what_came(found).findings] == ["came.unlike"] and row["verdict"] == VERDICTS["cannot_tell"] and row["until"] is None


# ---------------------------------------------------------------- money, once something was found
@pytest.mark.parametrize(("verdict", "chance", "decision"), [("worked", 0.95, "scale"), ("worked", 0.6, "widen"), ("worked", 0.05, "stop"), ("cannot_tell", 0.6, "learn"),
                                                              ("no_effect", 0.6, "nothing"), ("as_expected_without", 0.95, "nothing"), ("little", 0.6, "nothing"), ("harmed", 0.05, "stop")])  # fmt: skip
def test_nobody_keeps_learning_of_what_has_no_effect(verdict, chance, decision):
    from cxlib.analyses.effect.returns import _decision

    assert _decision(verdict, chance) == decision


def test_a_battle_counts_nobody_twice(nordlys, nordlys_case):
    from cxlib.analyses.effect.returns import _drawn, _gain

    table = effect.battles(nordlys, nordlys_case, seed=1).tables["battles"].set_index("battle")
    judged = {one.initiative: one for one in nordlys.each}
    for battle, names in nordlys_case.plan.groupby("battle").groups.items():
        alone = sum(_gain(name, nordlys_case, _drawn(judged[name], 2000, 1) if name in judged else None).mean() for name in names)
        assert table.loc[battle, "gain"] <= alone + 1e-6 and (len(names) > 1 or table.loc[battle, "gain"] == pytest.approx(alone))


def test_names_as_long_as_each_other_draw_for_themselves(nordlys):
    from cxlib.analyses.effect.returns import _drawn

    one, other = (replace(nordlys.each[0], initiative=name) for name in ("Leder A", "Butik B"))
    assert abs(np.corrcoef(_drawn(one, 2000, 1), _drawn(other, 2000, 1))[0, 1]) < 0.1
