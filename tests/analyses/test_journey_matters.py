"""Which touchpoint, rule, behaviour, channel or unit it is: planted truths come out as sentences, the others as refusals."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import journey as room
from cxlib.analyses.contact_log import ComparedUnits, Journey, Touchpoint
from cxlib.analyses.design import Design, Index, Question, Questionnaire, Rating
from tests.conftest import shared_data

RECOMMEND = Questionnaire(recommend=Question("q"))
NONE = pd.DataFrame()
EMPTY = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in {
    "customer": object, "case": object, "time": "datetime64[ns]", "touchpoint": object, "channel": object, "owner": object, "type": object,
    "score": float, "good": float, "bad": float}.items()})  # fmt: skip


def keys(result):
    return [finding.key for finding in result.findings]


def rated(slopes, n=1500, *, seed=1, reach=0.6, opinion=0.0):
    """A survey whose answer goes with the ratings of touchpoints by these slopes, and its journey."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 1, n)
    ratings = pd.DataFrame({name: np.clip(np.round(3.4 + rng.normal(0, 0.9, n) + opinion * mood), 1, 5) for name in slopes})
    used = pd.DataFrame((rng.random(ratings.shape) < reach).astype(float), columns=ratings.columns)
    ratings = ratings.where(used == 1)
    y = 6 + sum(slopes[name] * (ratings[name] - 3).fillna(0) for name in slopes) + 1.5 * opinion * mood + rng.normal(0, 1, n)
    touchpoints = {name: Touchpoint(name.title(), owner="Sales") for name in slopes}
    return pd.DataFrame({"q": np.clip(np.round(y), 0, 10)}), Journey(touchpoints, EMPTY, NONE, NONE, ratings=ratings, used=used)


def test_the_touchpoint_that_matters_is_named_and_those_without_effect_are_not():
    rows, journey = rated({"visit": 1.2, "bill": 0.6, "web": 0.0, "chat": 0.0})
    result = room.touchpoint_importance(rows, journey, RECOMMEND, resamples=100)
    table = result.tables["touchpoints"].set_index("touchpoint")
    assert keys(result) == ["touchpoint.matters", "touchpoint.also", "touchpoint.no_sign"]
    assert result.findings[0].values["touchpoint"] == "Visit" == table.index[0]
    assert result.findings[0].values["slope"] == pytest.approx(1.2, abs=0.1) and result.findings[2].values["touchpoints"] == ["Web", "Chat"]
    assert table.potential["Visit"] == pytest.approx(table.reach["Visit"] * table.slope["Visit"] * table.room["Visit"])
    assert set(result.tables["users"].touchpoint) == {"Visit", "Bill", "Web", "Chat"}
    again = room.touchpoint_importance(rows.sample(frac=1, random_state=1), journey, RECOMMEND, resamples=100)
    pd.testing.assert_frame_equal(again.tables["touchpoints"], result.tables["touchpoints"])


def test_a_touchpoint_that_the_content_meet_misleads():
    rows, journey = rated({"visit": 1.0, "bill": 0.8}, n=3000, reach=0.85)
    rng = np.random.default_rng(2)
    shuttle = np.clip(np.round(3 + 0.8 * (journey.ratings["visit"] - 3.4) + 0.8 * (journey.ratings["bill"] - 3.4) + rng.normal(0, 0.1, 3000)), 1, 5)
    ratings = journey.ratings.assign(shuttle=shuttle)
    journey = replace(journey, ratings=ratings, used=ratings.notna().astype(float), touchpoints={**journey.touchpoints, "shuttle": Touchpoint("Shuttle")})
    result = room.touchpoint_importance(rows, journey, RECOMMEND, resamples=50)
    found = next(finding for finding in result.findings if finding.key == "touchpoint.misleads")
    assert found.values["touchpoint"] == "Shuttle" and found.values["correlation"] > 0.5


def test_general_opinion_few_answers_and_nothing_asked_are_said():
    rows, journey = rated({"a": 0, "b": 0, "c": 0, "d": 0}, opinion=2, reach=1)
    assert keys(room.touchpoint_importance(rows, journey, RECOMMEND, resamples=20)) == ["touchpoint.halo"]
    rows, journey = rated({"visit": 1, "bill": 0.5}, n=8, reach=1)
    assert "touchpoint.too_few" in keys(room.touchpoint_importance(rows, journey, RECOMMEND))
    assert keys(room.touchpoint_importance(rows, None, RECOMMEND)) == ["absent.touchpoint_importance"]
    assert keys(room.touchpoint_importance(rows, replace(journey, ratings=None), RECOMMEND)) == ["absent.touchpoint_importance"]
    assert keys(room.touchpoint_importance(rows, journey, Questionnaire())) == ["absent.touchpoint_opinion"]
    rows, journey = rated({"visit": 1, "bill": 0.5}, n=400)
    journey.ratings["bill"] = journey.ratings["bill"].where(journey.ratings.index < 4)
    result = room.touchpoint_importance(rows, journey, RECOMMEND, resamples=20)
    assert keys(result)[-1] == "touchpoint.few" and result.tables["touchpoints"].touchpoint.tolist() == ["Visit"]
    journey.ratings["bill"], journey.used["bill"] = journey.ratings["visit"], journey.used["visit"]
    assert keys(room.touchpoint_importance(rows, journey, RECOMMEND, resamples=20)) == ["touchpoint.together"]


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_at_the_airport_restaurants_lead_and_the_shuttle_never_matters(year):
    rows = pd.read_csv(shared_data("journey/sfo_touchpoints_2015_2017.csv.gz"), dtype=str)
    rows = rows[rows.year == str(year)].reset_index(drop=True)
    names = json.loads(shared_data("journey/truth.json").read_text())[f"sfo_{year}"]["share_who_used_it"]
    ratings = rows[[f"Q7{name}" for name in names]].set_axis(list(names), axis=1).apply(pd.to_numeric, errors="coerce")
    ratings = ratings.where((ratings >= 1) & (ratings <= 5))
    answer = pd.to_numeric(rows.Q7ALL, errors="coerce")
    survey = pd.DataFrame({"q": answer.where(answer.between(1, 5)), "w": pd.to_numeric(rows.WEIGHT)})
    journey = Journey({name: Touchpoint(name) for name in names}, EMPTY, NONE, NONE, ratings=ratings, used=ratings.notna().astype(float))
    result = room.touchpoint_importance(survey, journey, Questionnaire(rating=Rating("q")), Design(weight="w"), resamples=100)
    matters = set(result.tables["touchpoints"].query("verdict == 'matters'").touchpoint)
    assert not {"LTPARKING", "INFODOWN", "INFOUP"} & matters and len(matters) >= 6
    assert {"FOOD", "SIGN"} <= set(result.tables["touchpoints"].touchpoint[:3]) or year == 2016
    assert "touchpoint.misleads" in keys(result)


def contacts(n=400, *, seed=1, places=("visit", "bill")):
    """Two to five scored contacts of n customers over two years."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(n), rng.integers(2, 6, n))
    size = len(customer)
    level = rng.normal(7.3, 1, n)[customer]
    frame = pd.DataFrame({
        "customer": customer.astype(str), "case": customer.astype(str), "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.uniform(0, 730, size), "D"),
        "touchpoint": rng.choice(list(places), size), "channel": rng.choice(["Phone", "Web"], size), "owner": "Sales", "type": None,
        "score": np.clip(np.round(level + rng.normal(0, 1.8, size)), 0, 10), "good": np.nan, "bad": np.nan})  # fmt: skip
    return frame.sort_values(["customer", "time"], ignore_index=True)


def logged(frame, **more):
    touchpoints = {key: Touchpoint(key.title(), owner="Sales", **asked) for key, asked in {"visit": {}, "bill": {}, **more.pop("touchpoints", {})}.items()}
    return Journey(touchpoints, frame, NONE, NONE, **more)


def worst_decides():
    """Answers that follow the worst contact: rows of the survey, the log, and which customer answered."""
    frame, rng = contacts(1200), np.random.default_rng(2)
    worst = frame.groupby("customer").score.min()
    rows = pd.DataFrame({"q": np.clip(np.round(worst.to_numpy() + 2 + rng.normal(0, 0.6, len(worst))), 0, 10)})
    return rows, frame, pd.DataFrame({"customer": worst.index, "time_answer": pd.NaT})


def test_the_worst_contact_is_named_where_it_decides_and_later_contacts_do_not_count():
    rows, frame, answers = worst_decides()
    result = room.summary_rule(rows, logged(frame, answers=answers), RECOMMEND)
    assert keys(result) == ["summary.worst", "summary.explained"]
    assert result.tables["rules"].rule.iloc[0] == "the worst" and result.tables["rules"].error.iloc[0] == 1
    early = answers.assign(time_answer=pd.Timestamp("2023-01-01"))
    assert keys(room.summary_rule(rows, logged(frame, answers=early), RECOMMEND)) == ["summary.too_few"]


def test_a_rule_is_not_named_where_none_can_be_and_few_customers_are_refused():
    frame, rng = contacts(500), np.random.default_rng(3)
    answers = pd.DataFrame({"customer": frame.customer.unique(), "time_answer": pd.NaT})
    rows = pd.DataFrame({"q": np.round(rng.uniform(0, 10, 500))})
    assert keys(room.summary_rule(rows, logged(frame, answers=answers), RECOMMEND))[0] in ("summary.nothing", "summary.cannot_tell")
    small = room.summary_rule(rows[:199], logged(frame, answers=answers[:199]), RECOMMEND)
    assert keys(small) == ["summary.too_few"] and small.findings[0].values == {"needed": 200, "n": 199}
    assert keys(room.summary_rule(rows, logged(frame), RECOMMEND)) == ["absent.summary_rule"]
    assert keys(room.summary_rule(rows, None, RECOMMEND)) == ["absent.summary_rule"]


def test_the_behaviour_that_lifts_is_named_at_its_touchpoint():
    frame, rng = contacts(2500), np.random.default_rng(4)
    frame["b1"], frame["b2"] = rng.integers(0, 2, (2, len(frame)))
    lifted = (frame.touchpoint == "visit") & (frame.b1 == 1) & (frame.score >= 7) & (rng.random(len(frame)) < 0.5)
    frame.loc[lifted, "score"] = 10
    frame["good"], frame["bad"] = (frame.score >= 9).astype(float), ((frame.score <= 6) | (frame.touchpoint == "bill")).astype(float)
    journey = logged(frame, touchpoints={key: {"behaviours": {"b1": "Took responsibility", "b2": "Smiled"}} for key in ("visit", "bill")})
    result = room.moments_of_truth(journey)
    assert keys(result)[0] == "moment.lifts" and "moment.worst_felt" in keys(result)
    assert result.findings[0].values["touchpoint"] == "Visit" and result.findings[0].values["behaviour"] == "Took responsibility"
    table = result.tables["behaviours"].set_index(["touchpoint", "behaviour"])
    assert (table.verdict == "lifts").sum() == 1 and table.loc[("Visit", "Took responsibility"), "lift"] > 0.2
    places = result.tables["touchpoints"].set_index("touchpoint")
    bill = frame[frame.touchpoint == "bill"]
    assert places.n["Bill"] == len(bill) and places.poor["Bill"] == pytest.approx((bill.score <= 6).mean()) and places.bad["Bill"] == 1


def test_moments_without_behaviours_scores_or_enough_customers():
    frame = contacts(60)
    assert "behaviours" in room.moments_of_truth(logged(frame)).tables
    frame["b1"] = 1
    said = keys(room.moments_of_truth(logged(frame, touchpoints={"visit": {"behaviours": {"b1": "Smiled"}}})))
    assert "moment.no_behaviours" in said
    assert keys(room.moments_of_truth(logged(frame[frame.customer.astype(int) < 3]))) == ["moment.too_few"]
    assert keys(room.moments_of_truth(logged(frame.assign(score=np.nan)))) == keys(room.moments_of_truth(None)) == ["absent.moments_of_truth"]


def test_the_blueprint_stands_beside_what_was_met_and_types_no_figure():
    frame = contacts(200)
    frame.loc[frame.touchpoint == "bill", "score"] = np.clip(frame.score - 4, 0, 10)
    words = pd.DataFrame({"customer": {"bill": "Reads the bill"}, "fails": {"bill": "Wrong meter"}})
    touchpoints = {"bill": {"moment_of_truth": True, "promise": "No surprises"}}
    words.loc["visit"] = ["Waits", None]
    result = room.service_blueprint(logged(frame, blueprint=words, touchpoints=touchpoints))
    table = result.tables["blueprint"].set_index("touchpoint")
    assert keys(result) == ["blueprint.failing", "blueprint.told"] and table.promise["Bill"] == "No surprises" and table.fails["Visit"] == ""
    bill = frame[frame.touchpoint == "bill"]
    met = result.tables["met"].set_index("touchpoint")
    assert met.reach["Bill"] == pytest.approx(bill.customer.nunique() / 200) and met["mean"]["Bill"] == pytest.approx(bill.score.mean())
    few = room.service_blueprint(logged(frame[frame.customer.astype(int) < 9], blueprint=words)).tables["met"]
    assert few.drop(columns="touchpoint").isna().all(axis=None)
    assert keys(room.service_blueprint(logged(frame))) == ["absent.service_blueprint"]


def shifted(before, after, *, sizes=((800, 200), (400, 600))):
    """Scores of two channels in two periods, by mean."""
    parts = []
    for period, (means, counts) in enumerate(zip((before, after), sizes, strict=True)):
        for channel, mean, n in zip(("Phone", "Web"), means, counts, strict=True):
            times = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.linspace(2, 363, n) + 366 * period, "D")
            parts.append(pd.DataFrame({"time": times, "channel": channel, "score": mean + np.resize([-1, 1], n)}))
    frame = pd.concat([*parts, parts[0].iloc[:1].assign(time=pd.Timestamp("2024-01-01")), parts[0].iloc[:1].assign(time=pd.Timestamp("2026-01-02"))])
    return logged(frame.reset_index(drop=True).assign(customer=lambda rows: rows.index.astype(str), case=lambda rows: rows.index.astype(str)))


@pytest.mark.parametrize("before, after, sizes, key", [
    ((8, 6), (8.2, 6.2), ((800, 200), (400, 600)), "channels.hides"),
    ((8, 6), (8, 6), ((800, 200), (400, 600)), "channels.mix"),
    ((8, 6), (7, 5), ((500, 500), (500, 500)), "channels.within"),
    ((8, 6), (7.5, 5.5), ((800, 200), (400, 600)), "channels.both"),
    ((8, 6), (8.8, 6.8), ((800, 200), (400, 600)), "channels.offset"),
    ((8, 6), (8, 6), ((500, 500), (500, 500)), "channels.still"),
    ((8, 6), (8, 6), ((500, 500), (12, 12)), "channels.too_few"),
])  # fmt: skip
def test_what_changed_is_told_apart_from_who_came(before, after, sizes, key):
    result = room.channel_shift(shifted(before, after, sizes=sizes), resamples=200)
    assert keys(result) == [key]
    if result.tables:
        parts = result.tables["changes"].set_index("part").change
        assert parts["customers moved between channels"] + parts["channels changed"] == pytest.approx(parts["whole change"], abs=1e-12)
        assert result.tables["channels"][["mix", "within"]].sum().sum() == pytest.approx(parts["whole change"])


def test_one_channel_and_no_scores():
    journey = shifted((8, 6), (8, 6))
    assert keys(room.channel_shift(replace(journey, contacts=journey.contacts.assign(channel="Phone")))) == ["channels.one"]
    assert keys(room.channel_shift(replace(journey, contacts=journey.contacts.assign(score=np.nan)))) == ["absent.channel_shift"]
    assert keys(room.channel_shift(None)) == ["absent.channel_shift"]


def test_the_blueprint_counts_hand_overs_and_waits_by_hand():
    days = {"order": (0, 0), "bill": (1, 3), "visit": (4, 4)}  # of each case: when the contact began, when somebody acted
    owners = {"order": "Sales", "bill": "Billing", "visit": "Billing"}
    frame = pd.DataFrame([
        {"customer": str(case), "case": f"C{case}", "touchpoint": place, "owner": owners[place], "score": 5.0, "good": 0.0, "bad": 1.0,
         "time": pd.Timestamp("2025-01-01") + pd.Timedelta(days=begin), "accepted": pd.Timestamp("2025-01-01") + pd.Timedelta(days=acted)}
        for case in range(12) for place, (begin, acted) in days.items()
    ])  # fmt: skip
    words = pd.DataFrame({"fails": dict.fromkeys(days, "late")})
    asked = {"blueprint": words, "touchpoints": {"order": {}}}
    met = room.service_blueprint(logged(frame, **asked)).tables["met"].set_index("touchpoint")
    assert met.received.to_dict() == {"Order": 0, "Visit": 0, "Bill": 12} and met.passed.to_dict() == {"Order": 12, "Visit": 0, "Bill": 0}
    assert met.wait_days["Bill"] == 2 and met.wait_days[["Order", "Visit"]].isna().all() and (met.net == -1).all()
    one = room.service_blueprint(logged(frame.assign(owner="Sales"), **asked)).tables["met"]
    assert one[["received", "passed", "wait_days"]].isna().all(axis=None) and one.n.eq(12).all()


def staffed(n=60, units=20, *, seed=1, shift=None):
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), n)
    easy = rng.random(len(unit)) < np.where(unit % 2, 0.8, 0.2)
    score = 7 + 1.5 * easy + rng.normal(0, 1.8, len(unit))
    for key, value in (shift or {}).items():
        score[unit == key] += value
    return pd.DataFrame({"q": np.clip(np.round(score), 0, 10), "unit": [f"T{each:02}" for each in unit], "kind": np.where(easy, "home", "shop")})


def test_units_of_other_customers_are_as_expected_and_a_true_outlier_is_named():
    asked = ComparedUnits("unit", hold_constant=("kind",))
    fair = room.units_compared(staffed(), asked, RECOMMEND)
    assert keys(fair) == ["units.chance"] or keys(fair) == ["units.alike"]
    plain = room.units_compared(staffed(), ComparedUnits("unit"), RECOMMEND)
    assert plain.settings["spread"] > 4 * fair.settings["spread"]
    found = room.units_compared(staffed(shift={3: -3}), asked, RECOMMEND)
    assert keys(found)[0] == "units.below" and found.findings[0].values["group"] == "T03"
    table = found.tables["units"].set_index("group")
    assert table.gap["T03"] == pytest.approx(table.estimate["T03"] - table.expected["T03"]) and "rank" not in table
    assert abs(table.likely["T03"]) < abs(table.gap["T03"])
    assert list(table.index) == sorted(table.index) and not table.likely.is_monotonic_decreasing  # by name: there are no ranks


def test_small_units_are_hidden_without_a_number_and_none_is_left_over():
    rows = pd.concat([staffed(units=12), staffed(units=1, n=7).assign(unit="Small")], ignore_index=True)
    result = room.units_compared(rows, ComparedUnits("unit"), RECOMMEND)
    table = result.tables["units"].set_index("group")
    assert list(table.index) == sorted(table.index)  # a hidden one, too, stands in its place
    assert keys(result)[-1] == "units.hidden" and result.findings[-1].values["hidden"] == 2  # one more, or it could be worked out
    assert table.loc["Small"].drop(["verdict", "unit"]).isna().all()
    assert keys(room.units_compared(rows[:12], ComparedUnits("unit"), RECOMMEND)) == ["units.too_few"]
    assert keys(room.units_compared(rows, None, RECOMMEND)) == ["absent.units"]
    assert keys(room.units_compared(rows, ComparedUnits("unit"), Questionnaire())) == ["absent.unit_answer"]
    same = pd.DataFrame({"q": np.repeat([5.0, 7], 200), "unit": np.repeat(["a", "b"], 200)})
    assert keys(room.units_compared(same, ComparedUnits("unit"), Questionnaire(satisfaction=Index({"q": "Satisfied"})))) == ["units.all_alike"]
