import dataclasses

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import journey
from cxlib.analyses.contact_log import FollowUp
from cxlib.analyses.design import Design, Question
from tests.analyses.follow_up_cases import UNTIL, followed_up

SCORE = Question("q")
HELPS = {"contact.helps", "leaving.helps"}


def keys(result):
    return [finding.key for finding in result.findings]


def changed(follow_up, **columns):
    return dataclasses.replace(follow_up, rows=follow_up.rows.assign(**columns))


def test_the_promise_counted_by_hand():
    # Ten should be contacted. Four were within 2 days, four later, two still wait after nine days: 4 of 10 in time.
    days = [0.5, 1, 1.5, 2, 3, 4, 5, 6]
    contacted = pd.to_datetime(["2025-12-22"] * 8) + pd.to_timedelta(days, "D")
    rows = pd.DataFrame({"answered": pd.Timestamp("2025-12-22"), "contacted": [*contacted, pd.NaT, pd.NaT]})
    result = journey.follow_up_clock(FollowUp(rows, promise_days=2, until=UNTIL))
    row = result.tables["clock"].iloc[0]
    assert (row.n, row.open, row.share, row.days) == (10, 2, pytest.approx(0.4), 3)
    assert keys(result) == ["clock.not_kept", "clock.half"]
    assert result.tables["course"].share.tolist() == pytest.approx([0.8, 0.6, 0.5, 0.4, 0.3, 0.2])


def test_who_may_not_be_contacted_and_who_was_left_out_are_not_waiting():
    follow_up, _ = followed_up(200)
    out = follow_up.rows.left_out
    result = journey.follow_up_clock(changed(follow_up, may_contact=np.arange(200) >= 40))
    assert result.base.used == int((~out[40:]).sum()) and result.base.read == 200
    assert sum(result.base.dropped.values()) == 200 - result.base.used


@pytest.mark.parametrize("days, verdict", [(0.1, "clock.kept"), (6, "clock.not_kept")])
def test_a_promise_is_kept_or_not(days, verdict):
    answered = UNTIL - pd.to_timedelta(np.arange(40) + 20, "D")
    rows = pd.DataFrame({"answered": answered, "contacted": answered + pd.Timedelta(days=days)})
    result = journey.follow_up_clock(FollowUp(rows, promise_days=2, until=UNTIL))
    assert keys(result)[0] == verdict


def test_too_early_and_too_few():
    rows = pd.DataFrame({"answered": [UNTIL - pd.Timedelta(days=1)] * 30, "contacted": pd.NaT})
    assert keys(journey.follow_up_clock(FollowUp(rows, promise_days=14, until=UNTIL)))[0] == "clock.too_early"
    assert keys(journey.follow_up_clock(FollowUp(rows[:3], promise_days=14, until=UNTIL))) == ["clock.too_few"]


def test_a_slow_department_is_named_and_one_alone_is_not_compared():
    follow_up, _ = followed_up(600, drawn=0)
    rows = follow_up.rows
    slow = rows.owner.eq("Teknik") & rows.contacted.notna()
    late = changed(follow_up, contacted=rows.contacted + pd.to_timedelta(np.where(slow, 15, 0), "D"))
    result = journey.follow_up_clock(late)
    assert {f.key: f.values.get("owner") for f in result.findings}["clock.owner_late"] == "Teknik"
    assert "owners" not in journey.follow_up_clock(changed(follow_up, owner="Salg")).tables
    few = rows.owner.where(rows.index > 2, "Lille")
    assert "Lille" not in set(journey.follow_up_clock(changed(follow_up, owner=few)).tables["owners"].owner)


def test_only_a_random_comparison_may_say_that_contact_helps():
    follow_up, responses = followed_up(3000, drawn=0.4, called=1.0, effect=1.2)
    assert keys(journey.effect_of_contact(follow_up, responses, SCORE))[0] == "contact.helps"
    follow_up, responses = followed_up(3000, drawn=0, effect=1.2)
    result = journey.effect_of_contact(follow_up, responses, SCORE)
    assert keys(result)[0] == "contact.goes_with" and not HELPS & set(keys(result))
    only = follow_up.rows[follow_up.rows.contacted.notna()].reset_index(drop=True)
    result = journey.effect_of_contact(dataclasses.replace(follow_up, rows=only), responses, SCORE)
    assert keys(result)[0] == "contact.called_only" and "return.more" in keys(result)


@pytest.mark.parametrize("drawn, severity, first", [
    (0.4, True, "contact.no_help"), (0, True, "contact.no_link"), (0, False, "contact.no_severity"),
])  # fmt: skip
def test_without_an_effect_nothing_is_claimed_although_the_score_rises(drawn, severity, first):
    follow_up, responses = followed_up(4000, drawn=drawn, severity=severity)
    result = journey.effect_of_contact(follow_up, responses, SCORE)
    assert keys(result)[0] == first and not HELPS & set(keys(result))
    rise = result.tables["return"].estimate
    assert rise[0] > 0.6 and rise[1] == pytest.approx(rise[0], abs=0.35)


def test_who_answered_again_can_make_the_difference():
    follow_up, responses = followed_up(3000, drawn=0.4, called=1.0)
    rows = follow_up.rows
    asked = rows.left_out & (rows.score_again > 5.5) | ~rows.left_out & (rows.score_again < 7.5)
    result = journey.effect_of_contact(changed(follow_up, score_again=rows.score_again.where(asked)), responses, SCORE)
    assert not HELPS & set(keys(result)) and keys(result)[0] in ("contact.who_answered", "contact.cannot_tell", "contact.harms")


def test_customers_kept_are_counted_by_intention_to_treat():
    rng = np.random.default_rng(3)
    follow_up, responses = followed_up(3000, drawn=0.4, called=1.0)
    gone = rng.random(3000) < np.where(follow_up.rows.left_out, 0.35, 0.2)
    result = journey.effect_of_contact(changed(follow_up, churned=gone.astype(float)), responses, SCORE)
    row = result.tables["effects"].iloc[1]
    out = follow_up.rows.left_out
    assert row.estimate == pytest.approx(gone[out].mean() - gone[~out].mean())
    assert "leaving.helps" in keys(result)


def test_who_leaves_early_cannot_be_contacted_and_that_is_no_effect():
    rng = np.random.default_rng(1)
    follow_up, responses = followed_up(4000, drawn=0, called=1.0)
    rows = follow_up.rows
    stay, call = rng.exponential(120, 4000), rng.exponential(40, 4000)
    end = (UNTIL - rows.answered) / pd.Timedelta(days=1)
    left = (rows.answered + pd.to_timedelta(stay, "D")).where(stay < end)
    contacted = (rows.answered + pd.to_timedelta(call, "D")).where((call < stay) & (call < end))
    result = journey.effect_of_contact(changed(follow_up, left=left, contacted=contacted, churned=left.notna().astype(float)), responses, SCORE)
    rate = result.tables["effects"].set_index("outcome").loc["Rate of leaving (ratio)"]
    assert rate.low < 1 < rate.high and "leaving.no_sign" in keys(result)


def test_speed_is_only_judged_among_equally_severe_cases():
    follow_up, _ = followed_up(2000, drawn=0, called=1.0)
    result = journey.speed_of_contact(follow_up)
    assert keys(result) == ["speed.no_link"]
    assert keys(journey.speed_of_contact(changed(follow_up, severity=np.nan))) == ["speed.no_severity"]
    assert keys(journey.speed_of_contact(changed(follow_up, score_again=np.nan))) == ["speed.too_few"]


@pytest.mark.parametrize("analysis", [journey.follow_up_clock, journey.effect_of_contact, journey.speed_of_contact])
def test_without_a_list_the_section_is_absent(analysis):
    assert analysis(None).absent


def test_few_contacted_say_nothing_of_an_effect():
    follow_up, responses = followed_up(200, called=0.0)
    quiet = changed(follow_up, contacted=pd.NaT)
    assert keys(journey.effect_of_contact(quiet, responses, SCORE)) == ["contact.nobody"]


@pytest.mark.parametrize("columns", [["contacted"], ["contacted", "score", "score_again"], ["contacted", "owner", "left_out"]])
def test_a_table_that_lacks_columns_is_answered_as_far_as_it_goes(columns):
    follow_up, responses = followed_up(300)
    bare = dataclasses.replace(follow_up, rows=follow_up.rows[["respondent", "answered", *columns]])
    for result in (journey.follow_up_clock(bare), journey.effect_of_contact(bare, responses, SCORE), journey.speed_of_contact(bare)):
        assert result.findings and not HELPS & set(keys(result))


def test_the_order_of_the_rows_changes_nothing():
    follow_up, responses = followed_up(400)
    turned = dataclasses.replace(follow_up, rows=follow_up.rows[::-1].reset_index(drop=True))
    for analysis in (journey.follow_up_clock, journey.speed_of_contact):
        for (_, one), (_, other) in zip(analysis(follow_up).tables.items(), analysis(turned).tables.items(), strict=True):
            pd.testing.assert_frame_equal(one, other)
    one, other = (journey.effect_of_contact(each, responses, SCORE).tables for each in (follow_up, turned))
    for name in ("effects", "return"):
        pd.testing.assert_frame_equal(one[name], other[name])


def test_a_higher_minimum_hides_the_departments():
    follow_up, _ = followed_up(100)
    assert "owners" not in journey.follow_up_clock(follow_up, Design(minimum=60)).tables


def test_where_all_are_contacted_equally_soon_speed_is_not_judged():
    follow_up, _ = followed_up(called=1.0, drawn=0.0)
    rows = follow_up.rows.assign(contacted=follow_up.rows.answered + pd.Timedelta(days=1))
    result = journey.speed_of_contact(dataclasses.replace(follow_up, rows=rows))
    assert [finding.key for finding in result.findings] == ["speed.alike"] and not result.tables
