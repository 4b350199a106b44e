"""The business case on data whose truth is known: links, money, the best set, and what must not be counted."""

import json
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import business_case
from cxlib.analyses.business_case.case import build_case, usable_links
from cxlib.analyses.business_case.links import customer_links
from cxlib.analyses.business_case.model import set_flows
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.money import Answers, Customers, Money, Plan, Staff
from cxlib.analyses.result import CannotAnswer
from cxlib.engagement import open_client
from cxlib.stats.value.cash_flow import net_present_value
from tests.conftest import ROOT

TRUTH = json.loads((ROOT / "data" / "truth.json").read_text(encoding="utf-8"))
MONEY = {"discount_rate": 0.08, "horizon_years": 5, "customers": 10_000}
NO_LIMITS = MappingProxyType({})


def customers(n=6000, seed=1, leaving=(0.25, 0.12, 0.06)):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 11, n).astype(float)
    group = (score > 6).astype(int) + (score > 8)
    margin = np.array([900.0, 1000.0, 1100.0])[group] * rng.gamma(5, 0.2, n)
    return pd.DataFrame({"score": score, "left": (rng.random(n) < np.array(leaving)[group]).astype(float),
                         "margin": margin, "service": 50 * rng.gamma(4, 0.25, n), "years": rng.exponential(5, n)})


def keys(result):
    return [finding.key for finding in result.findings]


def links_of(rows, **more):
    names = {"score": "score", "event": "left", "margin": "margin", "service_cost": "service", "tenure": "years"}
    return customer_links(Customers(rows, **names | more))


def case_with(links, rows, *, limits=NO_LIMITS, draws=2000, seed=1, score_per_point=None, employee_slope=None, **terms):
    """The case of a table of initiatives, with terms of Money beside those in MONEY."""
    moves = {"score_per_point": score_per_point, "employee_slope": employee_slope}
    given = None if rows is None else Plan(rows, limits)
    return build_case(links, given, Money(**MONEY | terms), **moves, draws=draws, seed=seed)


def plan(**columns):
    given = {"initiative": ["Answer the phone", "New app"], "start": pd.Timestamp("2026-01-01"),
             "full": pd.Timestamp("2026-07-01"), "cost_once": [50_000.0, 400_000.0], "cost_yearly": [20_000.0, 50_000.0],
             "low": [1.0, 0.2], "mode": [2.0, 0.5], "high": [3.0, 1.0], "of": "satisfaction"}
    return pd.DataFrame(given | columns)


@pytest.fixture(scope="module")
def links():
    return links_of(customers())


@pytest.fixture(scope="module")
def case(links):
    return case_with(links, plan(), draws=20_000)


# ------------------------------------------------------------------------------------------------ links


def test_levels_without_controls_are_plain_shares():
    rows = customers()
    found = links_of(rows, tenure=None)
    plain = rows.left.groupby((rows.score > 6).astype(int) + (rows.score > 8)).mean()
    table = business_case.outcome(found, "leaving").tables["levels"]
    assert table.group.tolist() == ["0–6", "7–8", "9–10"]
    assert table.estimate.tolist() == pytest.approx(plain.tolist(), abs=1e-6)
    assert table.customers.sum() == len(rows)


def test_the_upper_step_is_its_own_lever(links):
    result = business_case.outcome(links, "leaving")
    assert keys(result)[:2] == ["step.lower", "first_step.lower"]
    upper = result.tables["steps"].iloc[1]
    assert upper.step_change_low < -0.06 < upper.step_change_high
    assert upper.p < 0.001


def test_no_upper_step_is_said_as_cannot_tell():
    found = links_of(customers(leaving=(0.25, 0.10, 0.10)))
    assert keys(business_case.outcome(found, "leaving"))[0] == "step.unclear"


def test_a_score_that_gives_the_outcome_away_carries_no_money():
    rows = customers()
    rows["left"] = np.select([rows.score <= 5, rows.score >= 8], [1.0, 0.0], np.arange(len(rows)) % 2)
    found = links_of(rows)
    result = business_case.outcome(found, "leaving")
    assert "leakage" in keys(result) and "step.flagged" in keys(result)
    assert case_with(found, plan()) is None
    allowed = case_with(found, plan(), leakage_override="checked with the IT department", draws=1000)
    assert allowed is not None
    assert "leakage.override" in keys(business_case.outcome(found, "leaving", leakage_override="checked"))


def test_leaving_coded_the_other_way_round_is_seen_and_carries_no_money():
    rows = customers()
    rows["left"] = 1 - rows["left"]
    found = links_of(rows)
    assert keys(business_case.outcome(found, "leaving"))[0] == "turned"
    assert usable_links(found, "whatever")["leaving"] is False


def test_few_leavers_are_a_hint_and_small_groups_are_not_shown():
    rows = customers(300, leaving=(0.05, 0.05, 0.05))
    assert "few_events" in keys(business_case.outcome(links_of(rows), "leaving"))
    rows = customers(1500)
    rows = rows[(rows.score <= 8) | (rows.index < 30)].reset_index(drop=True)
    rows = pd.concat([rows[rows.score <= 8], rows[rows.score > 8].head(4)], ignore_index=True)
    result = business_case.outcome(links_of(rows), "leaving")
    assert keys(result) == ["too_few"] and not result.tables


def test_those_who_did_not_answer_count():
    rows = customers(20_000)
    silent = np.random.default_rng(3).random(len(rows)) < np.where(rows.left == 1, 0.8, 0.4)
    rows.loc[silent, "score"] = np.nan
    found = links_of(rows)
    gap = found.gap.loc["leaving"]
    assert gap.answered < gap.everybody - 0.03
    assert gap.weighted == pytest.approx(gap.everybody, abs=0.002)
    levels = business_case.outcome(found, "leaving").tables["levels"]
    assert levels.low[0] < 0.25 < levels.high[0] and levels.low[2] < 0.06 < levels.high[2]
    assert "gap" in keys(business_case.outcome(found, "leaving"))


def test_dates_give_the_yearly_chance_of_a_window():
    rng, n = np.random.default_rng(4), 8000
    score = rng.integers(0, 11, n).astype(float)
    hazard = np.array([0.30, 0.13, 0.06])[(score > 6).astype(int) + (score > 8)]
    entry = rng.uniform(0, 6, n)
    stay = rng.exponential(1 / hazard)
    rows = pd.DataFrame({"score": score, "entry": entry, "exit": entry + np.minimum(stay, 2), "left": (stay < 2) * 1.0,
                         "margin": rng.gamma(5, 200, n)})
    found = customer_links(Customers(rows, score="score", margin="margin",
                                     watched={"entry": "entry", "exit": "exit", "left": "left"}))
    table = business_case.outcome(found, "leaving").tables["levels"]
    for row, rate in zip(table.itertuples(), (0.30, 0.13, 0.06), strict=True):
        assert row.low < 1 - np.exp(-rate) < row.high


def test_amounts_with_zeros_and_losses_have_their_own_models():
    rows = customers()
    rows.loc[rows.index % 4 == 0, "margin"] = 0.0
    zero = business_case.outcome(links_of(rows), "margin").tables["levels"]
    assert zero.estimate.tolist() == pytest.approx([675, 750, 825], rel=0.06)
    rows.loc[rows.index % 4 == 0, "margin"] = -100.0
    loss = business_case.outcome(links_of(rows), "margin").tables["levels"]
    assert loss.estimate.tolist() == pytest.approx([650, 725, 800], rel=0.06)


def test_links_name_the_column_that_is_not_there_and_need_a_score():
    with pytest.raises(CannotAnswer, match="'tenure' is not in the table"):
        links_of(customers(), tenure="tenure")
    assert customer_links(Customers(customers())) is None and customer_links(None) is None
    assert keys(business_case.outcome(None, "margin")) == ["absent.links"]


# ------------------------------------------------------------------------------------------------ money


def test_the_value_of_one_draw_counted_by_hand(links):
    # One certain initiative, everything fixed: half a point of the score for all, from now on and in full.
    one = plan().head(1).assign(low=5.0, mode=5.0, high=5.0, full=pd.Timestamp("2026-01-01"))
    made = case_with(links, one, causal_share=(1, 1, 1), score_per_point=(0.1, 0.0), draws=1000)
    draw = made.inputs.draws.iloc[[0]]
    value = {name: float(draw[name].iloc[0]) for name in draw}
    flows = np.zeros(6)
    for step, sign in (("first", 1), ("second", 0)):
        begin = {n: value[f"{n}_middle"] - sign * value[f"{n}_{step}"] for n in ("leaving", "margin", "service_cost")}
        end = {n: begin[n] + value[f"{n}_{step}"] for n in begin}
        size = 10_000 * value[f"at_{step}"] * 0.5
        for year in range(1, 6):
            before, after = size * (1 - begin["leaving"]) ** year, size * (1 - end["leaving"]) ** year
            flows[year] += after * (end["margin"] - end["service_cost"]) - before * (begin["margin"] - begin["service_cost"])
    flows -= np.array([50_000.0] + [20_000.0] * 5)
    total = sum(set_flows(made.model, draw, made.plan.index).values())[:, 0]
    assert total == pytest.approx(flows, rel=1e-9)
    assert made.values.iloc[0, 0] == pytest.approx(net_present_value(flows, 0.08), rel=1e-9)


def test_the_parts_add_up_and_the_chosen_set_is_worth_its_parts(case):
    parts = business_case.value_parts(case).tables["parts"]
    assert parts.expected[:-1].sum() == pytest.approx(parts.expected.iloc[-1])
    assert parts.expected.iloc[-1] == pytest.approx(case.value.mean())
    answer = business_case.board_answer(case).tables["answer"]
    assert answer.p10[0] < answer.expected[0] < answer.p90[0]


def test_the_initiative_that_pays_is_chosen_and_the_other_is_not(case):
    assert case.choice.chosen == ("Answer the phone",)
    table = business_case.initiatives(case).tables["initiatives"].set_index("initiative")
    assert table.chosen.to_dict() == {"Answer the phone": "Yes", "New app": "No"}
    assert table.marginal_return["Answer the phone"] > 1 > table.marginal_return["New app"]
    assert "choice.over" in keys(business_case.initiatives(case))


def test_the_same_seed_gives_the_same_case_and_the_currency_does_not_matter(links):
    one, two = (case_with(links, plan(), draws=2000) for _ in range(2))
    assert (one.value == two.value).all()
    other = case_with(links, plan(), draws=2000, seed=2)
    assert not (one.value == other.value).all()


def test_no_causal_share_means_no_benefit(links):
    nothing = case_with(links, plan(), causal_share=(0, 0, 0), draws=2000)
    assert nothing.choice.chosen == ()
    assert nothing.point == pytest.approx(np.zeros(2000))
    assert keys(business_case.board_answer(nothing))[0] == "board.none"


def test_replaced_customers_are_not_counted_twice(links):
    # When every lost customer is replaced for nothing, staying is worth nothing.
    free = case_with(links, plan(), replaced=1.0, acquisition_cost=0.0, draws=2000)
    assert np.abs(free.flows["retention"]).max() == 0
    assert np.abs(free.flows["acquisition_saved"]).max() == 0


def test_an_initiative_for_employees_needs_the_link(links):
    rows = plan(of=["employees", "satisfaction"])
    without = case_with(links, rows, draws=2000)
    assert list(without.plan.index) == ["New app"]
    joined = case_with(links, rows, draws=2000, employee_slope=(0.5, 0.1))
    direct = case_with(links, plan(), draws=2000)
    gain = joined.projects.gain["Answer the phone"] / direct.projects.gain["Answer the phone"]
    assert gain == pytest.approx(0.5, abs=0.03)


def test_budget_and_loss_limit_bind(links):
    cheap = plan(cost_once=[50_000.0, 20_000.0], cost_yearly=[0.0, 0.0])
    assert len(case_with(links, cheap, draws=2000).choice.chosen) == 2
    assert len(case_with(links, cheap, draws=2000, budget=60_000).choice.chosen) == 1
    assert "choice.under" in keys(business_case.initiatives(case_with(links, cheap, draws=2000, budget=60_000)))
    risky = plan(low=[-9.0, 0.5], mode=[5.0, 1.0], high=[9.0, 1.5], cost_once=[50_000.0, 10_000.0], cost_yearly=[0.0, 0.0])
    free, careful = (case_with(links, risky, draws=4000, loss_limit=limit) for limit in (None, 1_000.0))
    assert "Answer the phone" in free.choice.chosen
    assert careful.choice.low is None or careful.choice.low >= -1_000


def test_what_matters_says_where_the_decision_turns(case):
    result = business_case.what_matters(case)
    table = result.tables["inputs"]
    assert table.swing.is_monotonic_decreasing
    assert result.tables["evidence"][["value_share", "swing_share"]].sum().tolist() == pytest.approx([1, 1])
    cause = table[table.input == "Share of the link that is cause and effect"].iloc[0]
    fixed = case.inputs.draws.mean().to_frame().T.assign(causal_share=cause.turns_at)
    worth = sum(set_flows(case.model, fixed, case.choice.chosen, case.order).values())[:, 0]
    assert net_present_value(worth, 0.08) == pytest.approx(0, abs=1.0)


def test_without_initiatives_the_worth_of_a_point_is_looked_into(links):
    alone = case_with(links, None, draws=2000)
    result = business_case.what_matters(alone)
    assert "cost_factor" not in set(result.tables["inputs"].input)
    assert keys(result) == ["board.rests"]
    assert result.tables["evidence"].value_share.sum() == pytest.approx(1)
    assert keys(business_case.value_parts(alone)) == ["absent.case"]


def test_without_a_number_of_customers_those_in_the_table_count(links):
    few = case_with(links, None, customers=None)
    many = case_with(links, None, customers=60_000)
    assert np.median(many.point) == pytest.approx(10 * np.median(few.point))


def test_a_plan_of_which_nothing_is_chosen_says_so(links):
    dear = case_with(links, plan(cost_once=[5e6, 5e6]), draws=2000)
    assert keys(business_case.what_matters(dear)) == ["absent.chosen"]
    assert keys(business_case.initiatives(dear))[0] == "choice.left_out"


@pytest.mark.parametrize(("change", "key"), [
    ({"causal_share": (0.85, 0.9, 0.95)}, "limit.causal"),
    ({"customers": 10_000_000}, "limit.payback"),
])
def test_figures_beyond_belief_are_flagged(links, change, key):
    assert key in keys(business_case.sanity(case_with(links, plan(), **change, draws=2000)))


def test_an_ordinary_case_is_within_the_limits(case):
    assert keys(business_case.sanity(case)) == ["limit.none"]


# ------------------------------------------------------------------------------------------------ published effects


EFFECTS = open_client("nordlys").published
FIRM = {"discount_rate": 0.08, "revenue": 1_000_000.0, "margin_share": 0.4, "selling_cost": 50_000.0}


def test_defaults_carry_a_case_without_own_data():
    # Marsden: 0.05 % of a margin of 400,000 = 200 a point of NPS, times 1.2 points of NPS; Lim: 1 % of 50,000 = 500.
    result = business_case.published_effects(EFFECTS, Money(**FIRM), own_data=False, nps_per_point=1.2)
    worth = result.tables["worth"]
    assert sorted(worth.yearly_mode) == pytest.approx([240, 500])
    assert keys(result)[0] == "published.carry"
    assert result.findings[1].values["share"] == pytest.approx(500 / 740)


def test_own_data_put_the_defaults_aside():
    result = business_case.published_effects(EFFECTS, Money(**FIRM), own_data=True)
    assert keys(result)[0] == "published.replaced" and "worth" not in result.tables
    assert set(result.tables["effects"].counted) == {"No"}


def test_vendors_claims_are_off_until_switched_on_and_take_the_place_of_the_default():
    off = business_case.published_effects(EFFECTS, Money(**FIRM), own_data=False)
    assert "published.claims" in keys(off)
    on = business_case.published_effects(EFFECTS, Money(**FIRM, published={"cfi_nki_rev": True}), own_data=False)
    assert "published.claims_on" in keys(on)
    assert sorted(on.tables["worth"].yearly_mode) == pytest.approx([500, 0.003 * 400_000])


def test_the_banned_effect_is_refused_with_its_reason():
    with pytest.raises(CannotAnswer, match="may not be used: not data: ban as a default"):
        business_case.published_effects(EFFECTS, Money(**FIRM, published={"reichheld": True}), own_data=False)


@pytest.mark.parametrize(("chosen", "message"), [
    ({"unknown": True}, "no published effect 'unknown'"),
    ({"cfi_nki_mv": True}, "is context and cannot be turned into money"),
    ({"cfi_nki_rev": True, "marsden": True}, "two routes to the same money"),
])
def test_effects_that_cannot_be_counted_are_refused(chosen, message):
    with pytest.raises(CannotAnswer, match=message):
        business_case.published_effects(EFFECTS, Money(**FIRM, published=chosen), own_data=False)


# ------------------------------------------------------------------------------------------------ clients


def case_of(engagement, **more):
    links = business_case.customer_links(engagement.customers)
    scale = business_case.index_to_score(engagement.answers)
    return links, build_case(links, engagement.initiatives, engagement.money, score_per_point=scale, **more)


@pytest.fixture(scope="module")
def nordlys():
    engagement = open_client("nordlys")
    return engagement, *case_of(engagement, draws=10_000)


def test_nordlys_planted_steps_lie_in_the_intervals(nordlys):
    _, links, _ = nordlys
    planted = TRUTH["nordlys"]["money"] if "money" in TRUTH["nordlys"] else TRUTH["nordlys"]
    steps = planted["steps"]
    for name, outcome in (("leaving", "churn"), ("wallet", "wallet"), ("service_cost", "service_cost"), ("margin", "revenue")):
        terms = links.outcomes[name].fit.terms
        for term, truth in ((">6", -steps[outcome]["0-6"]), (">8", steps[outcome]["9-10"])):
            assert terms.low[term] < truth < terms.high[term], (name, term)


def true_point_value(engagement, truth):
    """Worth of one point at the planted figures, with the causal share at its middle."""
    churn, margin = truth["churn_by_score"], truth["margin_by_score"]
    served = {"0-6": np.exp(0.35), "7-8": 1.0, "9-10": np.exp(-0.15)}
    scores = engagement.customers.rows.score.dropna()
    slope, total = business_case.index_to_score(engagement.answers)[0], 0.0
    for cut, one, other in ((6, "0-6", "7-8"), (8, "7-8", "9-10")):
        size = 62_000 * slope * (scores == cut).mean()
        stay = 1 - churn[one], 1 - churn[one] + 0.5 * (churn[one] - churn[other])
        net = [margin[name] - 310 * served[name] for name in (one, other)]
        after = net[0] + 0.5 * (net[1] - net[0])
        total += sum(size * (stay[1] ** t * after - stay[0] ** t * net[0]) / 1.08 ** t for t in range(1, 6))
    return total


def test_nordlys_planted_value_of_a_point_lies_in_its_range(nordlys):
    engagement, _, case = nordlys
    planted = TRUTH["nordlys"]["money"] if "money" in TRUTH["nordlys"] else TRUTH["nordlys"]
    low, high = np.quantile(case.point, [0.1, 0.9])
    assert low < true_point_value(engagement, planted) < high


def test_nordlys_employee_link_holds_the_planted_slope(nordlys):
    engagement, *_ = nordlys
    found = business_case.employee_link(engagement.employees, engagement.answers)
    row = found.tables["link"].iloc[0]
    assert row.units == 48
    assert row.slope_low < 0.5 < row.slope_high
    assert business_case.usable_slope(found) is not None
    assert "employees.inside_unclear" in keys(found)  # both levels are planted as the same in both years
    few = engagement.employees.rows[engagement.employees.rows.enhed.isin(engagement.employees.rows.enhed.unique()[:20])]
    short = business_case.employee_link(replace(engagement.employees, rows=few), engagement.answers)
    assert "employees.too_few" in keys(short) and business_case.usable_slope(short) is None


def test_fjordbanken_has_no_upper_step_and_says_so():
    links, case = case_of(open_client("fjordbanken"), draws=5000)
    assert keys(business_case.outcome(links, "leaving"))[0] == "step.unclear"
    assert set(keys(business_case.worth_of_steps(case))) == {"lifted.worth", "lifted.unclear"}


def test_telco_step_is_found_and_flagged_so_that_no_money_is_built(client_folder):
    client_folder("telco", "telco/telco.csv")
    links, case = case_of(open_client("telco"))
    assert case is None
    result = business_case.outcome(links, "leaving")
    assert {"leakage", "separation", "step.flagged"} <= set(keys(result))
    assert result.tables["levels"].estimate.tolist() == pytest.approx([1.0, 0.161, 0.0], abs=0.001)
    assert result.tables["scores"].share.tolist() == pytest.approx([1, 1, 0.161, 0, 0], abs=5e-4)
    assert keys(business_case.board_answer(case)) == ["absent.worth"]


def test_nyc_schools_teachers_and_parents_go_together(client_folder):
    client_folder("nyc_schools", "nyc_schools/nyc_staff_parent_student.csv")
    engagement = open_client("nyc_schools")
    found = business_case.employee_link(engagement.employees, engagement.answers)
    row = found.tables["link"].iloc[0]
    assert row.units == 453
    assert row.correlation == pytest.approx(0.42, abs=0.005)
    assert row.slope == pytest.approx(0.21, abs=0.005)
    assert row.correlation_low < 0.42 < row.correlation_high
    assert keys(found)[0] == "employees.follows"
    assert "not proof of cause" in found.findings[0].message


def test_one_small_unit_does_not_follow_from_the_others():
    from cxlib.analyses.business_case.employee import _shown

    units = pd.DataFrame({"staff": [40, 30, 20, 4], "guests": [50] * 4}, index=list("abcd"))
    assert list(_shown(units, 10, 5).index) == ["a", "b"]  # c would give d away
    assert list(_shown(units, 1, 5).index) == list("abcd")


# ------------------------------------------------------------------------------------------------ what if


def expected(result, row=0):
    return result.tables["answer"].expected[row]


def test_nothing_supposed_is_the_answer_itself(links):
    case = case_with(links, plan())
    plain = business_case.board_answer(case)
    now = {name: now for name, (_, now, _) in business_case.levers(Money(**MONEY)).items()}
    for supposed in ({}, now):
        found = business_case.answer_if(case, supposed)
        pd.testing.assert_frame_equal(found.tables["answer"], plain.tables["answer"])
        assert keys(found) == keys(plain)


def test_suppositions_move_the_answer_the_way_they_must(links):
    case = case_with(links, plan())

    def supposed(**changes):
        return expected(business_case.answer_if(case, changes))

    assert supposed(cause=0.2) < supposed() < supposed(cause=0.8)
    assert supposed(effect=0.5) < supposed() < supposed(effect=1.5)
    assert supposed(cost=1.5) < supposed() < supposed(cost=0.5)
    assert supposed(horizon_years=2) < supposed() < supposed(horizon_years=10)
    assert supposed(discount_rate=0.2) < supposed() < supposed(discount_rate=0.0)


def test_no_effect_or_no_cause_is_worth_nothing(links):
    for supposed, shares in (({"effect": 0.0}, {}), ({"cause": 0.0}, {"causal_share": (0.0, 0.5, 1.0)})):
        found = business_case.answer_if(case_with(links, plan(), **shares), supposed)
        assert "board.worth" not in keys(found)
    point = business_case.answer_if(case_with(links, None, causal_share=(0.5, 0.5, 0.5)), {"cause": 0.0})
    assert expected(point) == pytest.approx(0)


def test_without_links_a_supposition_says_why():
    assert business_case.answer_if(case_with(None, plan())).absent


# ------------------------------------------------------------------------------------------------ arguments


@pytest.mark.parametrize("wrong", [{"horizon": 10}, {"taxes": 0.22}, {"discount": 0.05}, {"minimum": 5}])
def test_an_argument_that_there_is_not_is_refused_everywhere(links, wrong):
    money = Money(**MONEY)
    calls = [
        lambda: Money(**MONEY, **wrong),
        lambda: Customers(customers(), **wrong),
        lambda: build_case(links, Plan(plan()), money, **wrong),
        lambda: business_case.answer_if(case_with(links, plan()), wrong),
        lambda: business_case.levers(money, **wrong),
        lambda: business_case.published_effects(EFFECTS, money, own_data=True, **wrong),
        lambda: customer_links(Customers(customers(), score="score"), **wrong),
        lambda: business_case.nps_per_point(None, **wrong),
        lambda: business_case.index_to_score(None, **wrong),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


def test_confidence_is_obeyed_by_levels_and_steps_of_every_kind_of_outcome():
    rows = customers().assign(share=lambda d: (0.3 + 0.04 * d.score).clip(0, 1))
    rows["sometimes"] = np.where(rows.index % 4, rows.margin, 0.0)
    rows["certain"] = np.select([rows.score <= 6, rows.score > 8], [1.0, 0.0], rows["left"])
    rows["entry"], rows["exit"] = 0.0, 1.0
    watched = {"entry": "entry", "exit": "exit", "left": "left"}
    kinds = [("leaving", {"event": "left"}), ("leaving", {"event": "certain"}), ("leaving", {"watched": watched}),
             ("margin", {"margin": "margin"}), ("margin", {"margin": "sometimes"}), ("wallet", {"share": "share"})]  # fmt: skip
    for name, columns in kinds:
        asked = Customers(rows, score="score", **columns)
        wide, half = (business_case.outcome(customer_links(asked, confidence=level), name).tables for level in (0.95, 0.5))
        for table, low, high in (("levels", "low", "high"), ("steps", "step_change_low", "step_change_high")):
            one, other = (tables[table][high] - tables[table][low] for tables in (wide, half))
            assert (other < 0.5 * one).all() and (other > 0).all(), (name, columns, table)


def test_the_error_of_the_employee_slope_does_not_hang_on_the_confidence(nordlys):
    engagement, *_ = nordlys
    errors = [business_case.usable_slope(business_case.employee_link(engagement.employees, engagement.answers, confidence=level))[1]
              for level in (0.95, 0.8)]
    assert errors[0] == pytest.approx(errors[1], rel=0.05)  # intervals by t, the error by the normal


# ------------------------------------------------------------------------------------------------ strangers' data


@pytest.mark.parametrize(("months", "said"), [(1, "in a month"), (3, "in three months"), (12, "in a year"), (24, "in two years"),
                                              (7, "in the months that are counted")])  # fmt: skip
def test_leaving_is_named_by_the_months_in_which_it_was_counted(months, said):
    result = business_case.outcome(links_of(customers(1500), months=months), "leaving")
    named = {finding.values["outcome"] for finding in result.findings if "outcome" in finding.values}
    assert named == {f"Customers leaving {said}"}


@pytest.mark.parametrize("seed", range(8))
def test_a_rare_group_of_a_control_ends_no_analysis(seed):
    rng = np.random.default_rng(seed)
    rows = customers(400, seed=seed).assign(product=np.where(rng.random(400) < 0.004, "rare", "usual"))
    rows.loc[0, "product"] = "rare"
    rows["score"] = rows.score.clip(lower=9).where(rng.random(400) < 0.97, rows.score)
    rows.loc[:5, "score"] = [2, 3, 7, 8, 7, 2]  # few below 9, so that a fold may lack a score group
    found = links_of(rows, controls=["product"])
    assert "leaving" in found.outcomes and business_case.outcome(found, "leaving").findings


def rounds(staff_years, customer_years, *, units=60, slope=0.5, seed=0):
    """Employees and customers of units in some years each; the customers' mean follows the employees' between units."""
    rng = np.random.default_rng(seed)
    level = rng.normal(6, 1, units)

    def answers(years, base, people):
        return pd.DataFrame([{"unit": f"u{unit}", "period": f"{year}", "q": np.clip(round(base[unit] + rng.normal()), 1, 10)}
                             for year in years for unit in range(units) for _ in range(people)])  # fmt: skip

    staff = Staff(answers(staff_years, level, 8), unit="unit", items={"q": "Q"}, period="period")
    theirs = Answers(answers(customer_years, 3 + slope * level, 15), items=["q"], unit="unit", period="period")
    return business_case.employee_link(staff, theirs)


def test_employees_and_customers_are_compared_in_the_years_that_both_cover():
    together = rounds([2020, 2021], [2020, 2021])
    partly = rounds([2018, 2019, 2020, 2021], [2020, 2021, 2022])
    assert "employees.years" not in keys(together)
    said = next(finding.values for finding in partly.findings if finding.key == "employees.years")
    assert (said["first"], said["last"]) == ("2020", "2021")
    assert partly.base.used == together.base.used
    assert keys(rounds([2018], [2020])) == ["employees.no_year"]


@pytest.mark.parametrize("seed", range(6))
def test_no_direction_is_told_where_nothing_is_seen_inside_the_units(seed):
    said = keys(rounds([2019, 2020, 2021], [2019, 2020, 2021], seed=seed))
    if "employees.inside_unclear" in said:
        assert not {"employees.both", "employees.forward", "employees.backward"} & set(said)


def test_one_net_value_and_one_payback_are_named_everywhere(case):
    """The expected value: in the answer, as the sum of the parts, at the end of the years; the payback is that of the same flows."""
    expected = case.value.mean()
    parts, years = business_case.value_parts(case).tables["parts"], business_case.value_by_year(case).tables["years"]
    answer = business_case.board_answer(case)
    assert parts.expected.iloc[:-1].sum() == pytest.approx(expected) == pytest.approx(parts.expected.iloc[-1])
    assert answer.tables["answer"].expected[0] == pytest.approx(expected) == pytest.approx(years.expected.iloc[-1])
    said = {finding.key: finding.values for finding in answer.findings}
    assert said["board.pays" if "board.pays" in said else "board.open"].get("expected", expected) == pytest.approx(expected)
    turn = int(np.flatnonzero(years.expected >= 0)[0])
    assert turn - 1 < said["board.payback"]["discounted"] <= turn
    assert not [column for result in (answer, business_case.initiatives(case), business_case.worth_of_steps(case))
                for table in result.tables.values() for column in table if column in ("p50", "median", "mean")]  # fmt: skip


def test_no_sentence_promises_money_without_saying_on_what_it_rests():
    for key, says in SAYS.items():
        if key.startswith(("point.", "lifted.", "board.pay", "board.open", "board.all", "choice.", "parts.largest", "published.carry")):
            money = any(part in says.message for part in ("{expected", "{p10", "{loss", "{value", " is back", "{mode"))
            assert not money or any(part in says.message for part in ("{cause", "the assumptions of the business case", "if they hold")), key


def test_sentences_of_observed_links_name_no_cause():
    for key, says in SAYS.items():
        if key.startswith(("step.", "first_step.", "employees.", "shape.")):
            for word in ("because of", " gives ", " brings ", "leads to", " makes ", "falls by", "rises by", "changes by"):
                assert word not in says.message, (key, word)


def test_every_initiative_that_returns_far_less_than_it_costs_is_named(links):
    rows = plan(cost_once=[5e7, 5e7])
    rows = pd.concat([rows, rows.assign(initiative=rows.initiative + " again")], ignore_index=True)
    told = business_case.initiatives(case_with(links, rows, draws=1000)).findings
    assert {f.values["name"] for f in told if f.key == "choice.over"} == set(rows.initiative)
