"""Verdicts on service levels: counted by hand, in words, in both directions, and refused where the data cannot tell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import tipping_points as tp
from cxlib.analyses.money import Customers
from cxlib.analyses.result import CannotAnswer
from cxlib.analyses.tipping_points import examination
from cxlib.engagement import open_client
from cxlib.stats.survey.comparison import holm

LEVEL = tp.ServiceLevel("Wait", column="minutes", unit="minutes", outcome="answer", scale=(0, 10))


def contacts(truth, n=3000, seed=0, noise=1.2, **columns):
    rng = np.random.default_rng(seed)
    x = np.ceil(rng.gamma(1.8, 6, n)).clip(max=40)
    y = np.clip(np.round(truth(x) + rng.normal(0, noise, n)), 0, 10)
    return pd.DataFrame({"minutes": x, "answer": y} | columns)


def step(x):
    return 8 - 2.0 * (x > 8)


def kink(x):
    return 8.0 - 0.3 * np.clip(x - 10, 0, None)


def line(x):
    return 8 - 0.12 * x


def keys(result):
    return [finding.key for finding in result.findings]


def examined(frame, minimum=5, **level):
    return tp.examine(frame, {"wait": replace(LEVEL, **level)}, minimum=minimum, draws=199)


def asked(frame, function=tp.verdicts, **level):
    return function(examined(frame, **level))


def verdict(result):
    return result.tables["verdicts"].iloc[0]


def test_point_and_share_beyond_equal_the_hand_count():
    # 9 up to three minutes and 5 from four on, each twenty times: the point lies after 3, half of the answers beyond.
    six = pd.DataFrame({"minutes": [1, 2, 3, 4, 5, 6] * 20, "answer": [9, 9, 9, 5, 5, 5] * 20})
    result = asked(six)
    row = verdict(result)
    assert (row.verdict, row.n, row.point, row.low, row.high, row.beyond) == ("step", 120, 3, 3, 4, 0.5)
    assert result.findings[0].values["step"] == pytest.approx(-4)


def test_what_if_equals_the_hand_count():
    # means 9 up to three minutes and 5 beyond; the 60 who are beyond move to 9, so the mean rises by 2.
    six = pd.DataFrame({"minutes": [1, 2, 3, 4, 5, 6] * 20, "answer": [10, 10, 10, 6, 6, 6] * 10 + [8, 8, 8, 4, 4, 4] * 10})
    table = asked(six, tp.what_if).tables["promises"].set_index("promise")
    assert (table.affected[3], table["share"][3]) == (60, 0.5)
    assert (table.mean_gain[3], table["mean"][3]) == pytest.approx((2, 9))


@pytest.mark.parametrize(("truth", "key"), [
    (step, "tipping_point.step"), (kink, "tipping_point.kink"), (line, "tipping_point.straight"),
    (lambda x: 7 + 0 * x, "tipping_point.none"), (lambda x: 9 - 1.4 * np.log1p(x), "tipping_point.diminishing"),
    (lambda x: 8 - 0.006 * x**2, "tipping_point.growing"), (lambda x: 14 - 0.3 * x, "tipping_point.ceiling"),
    (lambda x: 3 + 2.0 * (x > 8), "tipping_point.leap"),
    (lambda x: 8 - 0.4 * np.clip(x, None, 10), "tipping_point.eases"),
    (lambda x: 9 - 0.6 * np.clip(x, None, 4) - 0.4 * np.clip(x - 14, 0, None), "tipping_point.zone"),
    (lambda x: 9 - 0.9 * np.clip(x - 6, 0, 6), "tipping_point.cliff"),
])  # fmt: skip
def test_each_truth_ends_in_its_own_sentence(truth, key):
    assert keys(asked(contacts(truth, 6000)))[0] == key


def test_a_service_level_that_fewer_than_five_answers_exceed_is_not_shown():
    frame = contacts(step, 300)
    counts = [asked(frame, tp.what_if, minimum=m).tables["promises"].affected.min() for m in (5, 60)]
    assert counts[0] >= 5 and counts[1] >= 60


def test_no_point_says_what_would_have_been_found():
    found = asked(contacts(line))
    assert keys(found)[1].startswith("findable.")
    assert found.tables["findable"].findable_step[0] < 2


def test_turning_the_direction_round_turns_harm_into_gain():
    # "higher is better" for x: the same step up in the answer as x grows is the loss of those who stay below.
    frame = contacts(lambda x: 3 + 4.0 * (x > 8))
    assert keys(asked(frame))[0] == "tipping_point.leap"
    higher = asked(frame, direction="higher")
    assert keys(higher)[:2] == ["tipping_point.step_below", "below.share"]
    assert verdict(higher).beyond == pytest.approx((frame.minutes <= 8).mean())


def test_from_the_other_side_the_point_and_the_sides_are_the_same():
    # Patience left (40 less the wait): satisfaction breaks at the same place, and the worse side is below.
    frame = contacts(kink, 6000)
    wait, patience = asked(frame), asked(frame.assign(minutes=40 - frame.minutes), direction="higher")
    assert (keys(wait)[0], keys(patience)[0]) == ("tipping_point.kink", "tipping_point.kink")
    assert verdict(patience).point == pytest.approx(40 - verdict(wait).point, abs=1e-6)
    assert keys(patience)[1] == "below.share"
    assert verdict(patience).beyond == pytest.approx(verdict(wait).beyond, abs=0.06)


def test_an_event_that_is_bad_is_told_from_one_that_is_good():
    rng = np.random.default_rng(1)
    x = rng.integers(1, 30, 6000).astype(float)
    left = (rng.random(6000) < 0.1 + 0.3 * (x > 12)).astype(float)
    frame = pd.DataFrame({"minutes": x, "answer": left})
    assert keys(asked(frame, scale=(0, 1), best="low"))[0] == "tipping_point.step"
    assert keys(asked(frame, scale=(0, 1)))[0] == "tipping_point.leap"


def test_missing_rows_are_dropped_once_and_told_by_reason():
    frame = contacts(step, 2000)
    frame.loc[:99, "minutes"] = np.nan
    frame.loc[100:149, "answer"] = np.nan
    result = asked(frame)
    assert (result.base.read, result.base.used) == (2000, 1850)
    assert result.base.dropped == {"no answer": 50, "not measured": 100}
    assert verdict(result).n == 1850
    assert result.tables["verdicts"].equals(asked(frame.dropna()).tables["verdicts"])


def test_order_of_rows_changes_nothing():
    frame = contacts(kink)
    pd.testing.assert_frame_equal(asked(frame).tables["verdicts"], asked(frame.sample(frac=1, random_state=1)).tables["verdicts"])


def test_heaped_minutes_are_told_and_the_point_is_sought_without_them():
    frame = contacts(step, 6000, seed=2)
    rng = np.random.default_rng(3)
    told = np.where(rng.random(6000) < 0.5, np.maximum(np.round(frame.minutes / 5) * 5, 1), frame.minutes)
    result = asked(frame.assign(minutes=told))
    assert "heaps.agree" in keys(result)
    frame = contacts(lambda x: 8 - 2.0 * (x > 10), 6000, seed=2)
    only = asked(frame.assign(minutes=np.ceil(frame.minutes / 5) * 5))
    assert "heaps.only" in keys(only)
    assert (verdict(only).point, verdict(only).low, verdict(only).high) == (10, 10, 15)  # between 10 and 15 minutes


def test_a_clear_point_survives_a_search_among_thirty_others_and_noise_does_not_enter():
    frame = contacts(step, 1000, seed=9)
    rng = np.random.default_rng(6)
    noise = pd.DataFrame({f"n{i}": rng.permutation(frame.minutes) for i in range(30)})
    levels = {name: replace(LEVEL, column=name) for name in [*noise, "minutes"]}
    found = tp.verdicts(tp.examine(frame.join(noise), levels, draws=199)).tables
    assert found["verdicts"].verdict.iloc[-1] == "step"
    assert found["verdicts"].point[:-1].isna().all()
    assert found["verdicts"].p_holm.to_numpy() == pytest.approx(holm(found["findable"].p))


def test_a_point_whose_adjusted_p_value_is_too_large_is_called_chance(monkeypatch):
    monkeypatch.setattr("cxlib.analyses.tipping_points.examination.holm", lambda p: np.full(len(p), 0.2))
    result = asked(contacts(step))
    assert keys(result)[0] == "tipping_point.searched"
    assert verdict(result).isna()["point"]


def test_nearly_deterministic_is_found_and_warned():
    x = np.repeat([1.0, 2, 3, 4, 5], 300)
    left = np.concatenate([np.ones(600), (np.arange(300) < 48) * 1.0, np.zeros(600)])
    frame = pd.DataFrame({"minutes": x, "answer": left})
    result = asked(frame, scale=(0, 1), best="low", direction="higher")
    assert verdict(result).point == 2
    assert "tipping_point.leakage" in keys(result)
    assert "tipping_point.leakage" not in keys(asked(contacts(step)))
    forecast = asked(frame, tp.what_if, scale=(0, 1), best="low", direction="higher")
    assert (keys(forecast), dict(forecast.tables)) == (["whatif.leakage"], {})


def test_a_point_that_is_only_the_mix_of_cases_vanishes():
    rng = np.random.default_rng(7)
    hard = rng.random(5000) < 0.5
    x = np.where(hard, rng.integers(9, 25, 5000), rng.integers(1, 12, 5000)).astype(float)
    y = np.clip(np.round(8 - 2.5 * hard + rng.normal(0, 1, 5000)), 0, 10)
    frame = pd.DataFrame({"minutes": x, "answer": y, "case": np.where(hard, "hard", "easy")})
    result = asked(frame, tp.with_controls, controls=["case"], labels={"case": "type of case"})
    assert keys(result) == ["controls.vanished"] and result.findings[0].values["controls"] == ["type of case"]


def test_groups_with_another_place_are_told_apart():
    frame = pd.concat([contacts(lambda x: 8 - 2.5 * (x > 5), 2000, 8, case="a"), contacts(lambda x: 8 - 2.5 * (x > 14), 2000, 9, case="b"),
                       contacts(step, 4, 10, case="four")], ignore_index=True)  # fmt: skip
    result = asked(frame, tp.by_group, by="case", labels={"case": "type of case"})
    assert keys(result) == ["groups.differ"] and result.findings[0].values["by"] == "type of case"
    table = result.tables["groups"].set_index("group")
    assert (table.point["a"], table.point["b"]) == (5, 14)
    assert "four" not in table.index  # fewer than five answers are never shown


def test_groups_stand_in_their_own_order():
    frame = pd.concat([contacts(line, 300 + 50 * at, at, case=case) for at, case in enumerate(["10+", "1-4", "under 1", "5-9"])],
                      ignore_index=True)  # fmt: skip
    assert list(asked(frame, tp.by_group, by="case").tables["groups"].group) == ["under 1", "1-4", "5-9", "10+"]


def test_repeated_contacts_of_a_customer_widen_the_slope():
    frame = contacts(line, 900)
    three = pd.concat([frame.assign(who=np.arange(900))] * 3, ignore_index=True)
    alone = asked(three).tables["slopes"].iloc[0]
    joined = tp.verdicts(tp.examine(three, {"wait": LEVEL}, respondent="who", draws=199)).tables["slopes"].iloc[0]
    assert joined.high - joined.low == pytest.approx(np.sqrt(3) * (alone.high - alone.low), rel=0.02)


def test_weights_move_the_share_beyond():
    frame = contacts(step)
    weighted = frame.assign(w=np.where(frame.minutes > 8, 2.0, 1.0))
    result = tp.verdicts(tp.examine(weighted, {"wait": LEVEL}, weight="w", draws=199))
    beyond = (weighted.w * (weighted.minutes > 8)).sum() / weighted.w.sum()
    assert verdict(result).beyond == pytest.approx(beyond)


def test_chain_to_share_of_wallet_holds_the_truth():
    # 2 points are lost beyond 8 minutes; each point goes with 3 percentage points of the wallet: 6 in all.
    rng = np.random.default_rng(11)
    frame = contacts(step, 4000, 12).assign(who=np.arange(4000))
    wallet = np.clip(0.3 + 0.03 * frame.answer + rng.normal(0, 0.1, 4000), 0, 1)
    customers = Customers(pd.DataFrame({"id": np.arange(4000), "wallet": wallet}), respondent="id", share="wallet")
    found = tp.examine(frame, {"wait": LEVEL}, respondent="who", draws=199)
    result = tp.worth(found, customers)
    row = result.tables["chain"].iloc[0]
    assert row.low <= -0.06 <= row.high
    assert keys(result) == ["worth.share"]
    assert tp.worth(found, None).absent
    half = tp.worth(replace(found, confidence=0.5), customers).tables["chain"].iloc[0]
    assert row.low < half.low < half.high < row.high


def test_outcomes_are_compared():
    result = asked(contacts(lambda x: 9.5 - 4.0 * (x > 8), 4000), tp.by_outcome)
    assert keys(result) == ["outcomes.agree"]
    assert result.tables["outcomes"].counted_as.tolist() == ["mean", "share of satisfied", "promoters minus detractors"]


@pytest.mark.parametrize(("frame", "key"), [
    (contacts(step, 20), "tipping_point.too_few"),
    (contacts(step).assign(minutes=5.0), "tipping_point.too_coarse"),
    (contacts(step).assign(minutes=lambda d: d.minutes % 3), "tipping_point.too_coarse"),
    (contacts(step).assign(answer=7.0), "tipping_point.alike"),
    (contacts(step).assign(minutes=lambda d: np.where(d.index < 2990, 5.0, d.index)), "tipping_point.uneven"),
])
def test_data_that_cannot_tell_end_in_a_clear_sentence(frame, key):
    result = asked(frame)
    assert keys(result)[0] == key
    assert verdict(result).isna()["point"]
    for function in (tp.with_controls, tp.by_outcome, tp.what_if):
        asked(frame, function, controls=["minutes"])


@pytest.mark.parametrize(("change", "level", "message"), [
    ({"minutes": lambda d: -d.minutes}, {}, "column 'minutes' holds -.* in row 0; minutes cannot be negative"),
    ({"minutes": lambda d: pd.Timestamp("2025-01-01")}, {}, "column 'minutes' holds dates, not numbers"),
    ({"minutes": lambda d: "ten"}, {}, "column 'minutes' holds text, not numbers"),
    ({}, {"unit": "fortnights"}, "unit of 'Wait' is 'fortnights'; it must be one of seconds, minutes"),
    ({}, {"outcome": "minutes"}, "column 'minutes' is the service level and its own outcome"),
    ({}, {"outcome": "score"}, "column 'score' is not in the table"),
    ({}, {"scale": (1, 5)}, "outside the scale 1 to 5"),
])
def test_bad_input_is_named(change, level, message):
    with pytest.raises(CannotAnswer, match=message):
        asked(contacts(step).assign(**change), **level)


def test_days_may_be_negative():
    frame = contacts(step).assign(minutes=lambda d: d.minutes - 20)
    assert verdict(asked(frame, unit="days")).point == -12


def test_nothing_declared_is_absent():
    frame = contacts(step, 100)
    for function in (tp.verdicts, tp.what_if, tp.with_controls, tp.by_group, tp.by_outcome):
        assert function(tp.examine(frame, {})).absent


def test_demo_truth_comes_back_8_minutes_for_the_phone_and_none_for_email():
    data = open_client("nordlys").contacts
    found = tp.examine(data.rows, data.levels, respondent=data.respondent, weight=data.weight)
    result = tp.verdicts(found)
    table = result.tables["verdicts"].set_index("service")
    assert (table.verdict["Ventetid i telefonen"], table.point["Ventetid i telefonen"]) == ("step", 8)
    assert table.verdict["Svartid på e-mail"] == "even change"
    slope = result.tables["slopes"].iloc[-1]
    assert slope.low <= -0.05 <= slope.high
    held = tp.with_controls(found)
    assert [finding.key for finding in held.findings] == ["controls.same", "controls.still_none"]


def test_a_promise_of_ones_own_stands_in_for_the_usual_ones():
    # as counted by hand above: at three minutes 60 of 120 are beyond, and the mean rises by 2.
    six = pd.DataFrame({"minutes": [1, 2, 3, 4, 5, 6] * 20, "answer": [10, 10, 10, 6, 6, 6] * 10 + [8, 8, 8, 4, 4, 4] * 10})
    mine = asked(six, lambda found: tp.what_if(found, {"wait": 3})).tables["promises"]
    usual = asked(six, tp.what_if).tables["promises"]
    pd.testing.assert_frame_equal(mine, usual[usual.promise == 3].reset_index(drop=True), check_dtype=False)
    assert (mine.affected[0], mine.mean_gain[0]) == (60, pytest.approx(2))


@pytest.mark.parametrize("limit", [25, 14.5, 8, 3])
def test_on_a_line_a_promise_gains_the_slope_times_the_minutes_saved(limit):
    frame = contacts(line, 20_000)
    row = asked(frame, lambda found: tp.what_if(found, {"wait": limit})).tables["promises"].iloc[0]
    saved = (frame.minutes - limit).clip(lower=0).mean()
    assert row.mean_gain == pytest.approx(0.12 * saved, rel=0.05) and row.low < row.mean_gain < row.high
    assert row.affected == (frame.minutes > limit).sum()


def test_a_promise_that_nearly_all_keep_is_said_to_say_nothing():
    result = asked(contacts(kink), lambda found: tp.what_if(found, {"wait": 40}))
    assert keys(result) == ["whatif.too_few"] and result.tables["promises"].empty


def test_a_promise_for_no_service_level_is_refused():
    with pytest.raises(ValueError, match="there is no service level 'wiat'; there are wait"):
        asked(contacts(kink), lambda found: tp.what_if(found, {"wiat": 3}))


def test_levers_begin_at_the_point_or_in_the_middle():
    assert tp.levers(asked(contacts(step))) == {"wait": (1, 8, 40)}
    assert tp.levers(asked(contacts(line))) == {"wait": (1, 20, 40)}
    assert tp.levers(asked(contacts(step).head(20))) == {}
    assert tp.levers(tp.verdicts(tp.examine(contacts(step), {}))) == {}


def test_everything_is_fitted_once(monkeypatch):
    fits = []
    whole = examination.verdict_of
    monkeypatch.setattr(examination, "verdict_of", lambda *data, **options: fits.append(1) or whole(*data, **options))
    found = examined(contacts(kink), controls=["minutes"])
    for function in (tp.verdicts, tp.what_if, tp.by_group):
        function(found)
    assert len(fits) == 1
    assert len(tp.by_outcome(found).tables["outcomes"]) == 3 and len(fits) == 3


def test_an_unknown_argument_is_refused():
    for wrong in ({"confidense": 0.9}, {"period": "month"}):
        with pytest.raises(TypeError):
            tp.examine(contacts(step), {"wait": LEVEL}, **wrong)
    with pytest.raises(TypeError):
        tp.verdicts(examined(contacts(step)), minimum=5)


# ---------------------------------------------------------------- the words follow the course that won
COURSES = {
    "best in the middle": (lambda x: 8 - 0.01 * (x - 20) ** 2, {"peak", "peak_at"}, {"whatif.middle"}),
    "worst in the middle": (lambda x: 4 + 0.01 * (x - 20) ** 2, {"trough", "trough_at"}, {"whatif.curve"}),
    "wears off, half at zero": (lambda x: 9 - 1.2 * np.log1p(x), {"diminishing"}, {"whatif.curve"}),
    "two flat levels": (lambda x: np.where(x > 20, 5.0, 7.5), {"step"}, {"whatif.gain"}),
    "even, smaller than what matters": (lambda x: 7 - 0.003 * x, {"slight", "none"}, {"whatif.none", "whatif.nothing"}),
}


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("seed", [1, 2])
def test_words_and_what_if_follow_the_course(name, seed):
    truth, said, shifted = COURSES[name]
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 40, 3000).round()
    x = np.where(rng.random(3000) < 0.55, 0, x) if "zero" in name else x
    y = np.clip(np.round(truth(x) + rng.normal(0, 1.3, 3000)), 0, 10)
    found = examined(pd.DataFrame({"minutes": x, "answer": y}))
    assert keys(tp.verdicts(found))[0].removeprefix("tipping_point.") in said
    told = tp.what_if(found)
    assert keys(told)[0] in shifted
    promises = told.tables["promises"]
    assert ((promises.low <= promises.mean_gain) & (promises.mean_gain <= promises.high)).all()
    curve = tp.verdicts(found).tables["curve"]
    assert curve.fitted.between(0, 10).all()


@pytest.mark.parametrize("best", ["high", "low"])
def test_turning_the_answers_turns_best_into_worst(best):
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 40, 3000).round()
    y = np.clip(np.round(9 - 0.02 * (x - 20) ** 2 + rng.normal(0, 0.7, 3000)), 0, 10)
    found = asked(pd.DataFrame({"minutes": x, "answer": y}), best=best)
    assert keys(found)[0].startswith("tipping_point.peak" if best == "high" else "tipping_point.trough")


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_of_few_whole_numbers_is_read_from_their_means(way, seed):
    # 2 to 7: a plateau from 3 to 5 (means within 2 % of the scale), steep on either side; a parabola would have its top at 4.
    rng = np.random.default_rng(seed)
    x = np.repeat([2.0, 3, 4, 5, 6, 7], [2000, 3500, 3500, 2500, 1000, 300])
    level = pd.Series({2: 48, 3: 68.6, 4: 69.5, 5: 68.4, 6: 28, 7: 12})
    y = np.clip(np.round(level[x].to_numpy() + rng.normal(0, 12, len(x))), 0, 100)
    frame = pd.DataFrame({"minutes": x, "answer": y if way > 0 else 100 - y})
    found = examined(frame, unit="contacts", scale=(0, 100))
    said = tp.verdicts(found).findings[0]
    assert said.key == ("tipping_point.peak" if way > 0 else "tipping_point.trough")
    assert (said.values["first"], said.values["last"]) == (3, 5)
    means = frame.groupby("minutes").answer.mean()
    top = means.max() if way > 0 else means.min()
    assert said.values["below"] == pytest.approx(abs(top - means[2])) and said.values["above"] == pytest.approx(abs(top - means[6]))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_best_at_one_value_is_not_said_to_be_best_between_it_and_itself(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 6, 3000).astype(float)
    y = np.clip(np.round(8 - 0.9 * np.abs(x - 3) + rng.normal(0, 1, 3000)), 0, 10)
    found = examined(pd.DataFrame({"minutes": x, "answer": y}), unit="points")
    assert keys(tp.verdicts(found))[0] == "tipping_point.peak_at" and keys(tp.what_if(found)) == ["whatif.middle_at"]


def test_many_answers_are_never_called_too_few_and_the_number_needed_is_the_one_that_was_missing():
    # 4,000 answers on four values: beyond 2 lie 3 % of them, and 5 % (200) are needed there.
    frame = pd.DataFrame({"minutes": np.repeat([1.0, 2, 3, 4], [2080, 1800, 100, 20]), "answer": 5.0})
    frame["answer"] += np.arange(len(frame)) % 2
    said = asked(frame, unit="contacts").findings[0]
    assert (said.key, said.values["n"], said.values["rows"], said.values["values"]) == ("tipping_point.uneven", 4000, 200, 4)
    assert not asked(frame, tp.what_if, unit="contacts").tables


def test_ratings_are_not_told_as_rounded_and_their_point_lies_between_two_answers():
    rng = np.random.default_rng(6)
    x = np.repeat(np.arange(1, 6), 500).astype(float)
    y = (rng.random(len(x)) < np.where(x > 3, 0.8, 0.3)).astype(float)
    for direction, said in (("higher", "tipping_point.step_below"), ("lower", "tipping_point.leap_between")):
        found = asked(pd.DataFrame({"minutes": x, "answer": y}), unit="points", scale=(0, 1), direction=direction)
        assert keys(found)[0] == said
        assert not [key for key in keys(found) if key.startswith("heaps.")]
    assert verdict(found).point == 3


def test_summary_of_ways_of_counting_holds_for_its_rows():
    rng = np.random.default_rng(7)
    for truth in (lambda x: 7 - 0.05 * x, lambda x: 7 + 0 * x, lambda x: np.where(x > 20, 4.0, 8.0)):
        x = rng.uniform(0, 40, 1500).round()
        frame = pd.DataFrame({"minutes": x, "answer": np.clip(np.round(truth(x) + rng.normal(0, 1.5, 1500)), 0, 10)})
        told = asked(frame, tp.by_outcome)
        table, says = told.tables["outcomes"], told.findings[0]
        assert len(table) == 3
        points = table.point.notna()
        if says.key == "outcomes.agree":
            assert points.all() or (not points.any() and table.verdict.nunique() <= 2)
        else:
            assert table.verdict.nunique() > 1 or points.any()
