import dataclasses

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import journey
from cxlib.analyses.contact_log import CallList, Journey
from cxlib.analyses.design import Design
from cxlib.analyses.journey.forecast import CONTACTS, ListRefused, forecast_of
from cxlib.analyses.journey.whom_to_contact import too_old, who_to_contact
from tests.analyses.follow_up_cases import UNTIL, customers, due

ALLOWED = {"respondent", "owner", "type", "answered", "due", "group", "comparison", "lot"}


def keys(result):
    return [finding.key for finding in result.findings]


def refusal(table, follow_up):
    with pytest.raises(ListRefused) as refused:
        who_to_contact(table, follow_up)
    return refused.value.finding.key


def test_a_list_that_is_better_than_the_score_says_so_and_names_nobody():
    table = customers(6000, link=0.6, spread=0.7)
    result = journey.call_list(table, due())
    assert keys(result)[0] == "list.better"
    captured = result.tables["captured"].set_index("rule")
    assert captured.share["Chance"] == 0.1 and captured.share["Who did leave, by value"] > captured.share["Expected loss"] > 0.2
    cells = {str(cell) for frame in result.tables.values() for cell in frame.to_numpy().ravel()}
    assert not cells & set(table.rows.id)


def test_where_all_are_worth_the_same_the_score_does_as_well():
    assert keys(journey.call_list(customers(3000, spread=0.01), due()))[0] == "list.as_good_as_score"


def test_where_worth_is_all_that_differs_value_does_as_well():
    assert keys(journey.call_list(customers(3000, link=0.05, spread=1.5), due()))[0] == "list.as_good_as_value"


@pytest.mark.parametrize("reason, table, follow_up", [
    ("list.no_consent", customers(), due(may_contact=None)),  # no such column
    ("list.no_consent", customers(), due(may_contact=False)),  # a column in which nobody agreed
    ("list.anonymous", customers(), due(anonymous=True)),  # agreed or not: the survey promised it
    ("list.score_later", customers(), due(left=UNTIL - pd.Timedelta(days=40))),
    ("list.few_lost", customers(60), due(40)),
    ("list.guess", customers(2000, link=0.0), due()),
    ("absent.call_list", dataclasses.replace(customers(), margin=None), due()),
])  # fmt: skip
def test_each_refusal_is_one_sentence_with_its_remedy(reason, table, follow_up):
    if reason == "list.few_lost":
        table.rows["left"] = (np.arange(60) < 4).astype(float)
    assert refusal(table, follow_up) == reason
    assert reason in keys(journey.call_list(table, follow_up))


def test_what_gives_away_who_left_is_refused():
    table = customers()
    table.rows["score"] = np.where(table.rows.left == 1, 2.0, 8.0)
    assert refusal(table, due()) == "list.leak"
    result = journey.call_list(table, due())
    assert keys(result) == ["list.leak"] and not result.tables


def test_the_list_is_ordered_by_expected_loss_and_holds_no_more_than_ids():
    table, follow_up = customers(), due(listed=CallList(capacity=20, columns=("region",)), region="Nord")
    found = who_to_contact(table, follow_up)
    assert set(found.columns) == ALLOWED | {"region"}
    called = found[~found.comparison]
    assert len(called) == 20 and called.group.isin(["A", "B", "C"]).all()
    severe = follow_up.rows.set_index("respondent").severity == 3
    first = called.respondent.map(severe)
    assert first.is_monotonic_decreasing  # the most severe cases come first
    assert not found[found.comparison].respondent.map(severe).any()  # and are never left out
    assert (found.due == (found.answered + pd.Timedelta(days=2)).dt.normalize()).all()


def test_who_is_listed_agreed_waits_and_has_not_left():
    follow_up = due(listed=CallList(capacity=120))
    rows = follow_up.rows
    rows.loc[0, "may_contact"], rows.loc[1, "contacted"], rows.loc[2, "left_out"] = False, UNTIL, True
    rows.loc[3, "churned"], rows.loc[4, "closed"] = 1.0, UNTIL
    listed = set(who_to_contact(customers(), follow_up).respondent)
    assert not listed & {f"R000{place}" for place in range(5)} and {"R0006", "R0007"} <= listed


def test_answers_of_long_ago_are_not_listed_and_where_only_they_wait_nobody_is():
    follow_up = due(listed=CallList(capacity=120, within_days=7))
    old = UNTIL - follow_up.rows.answered > pd.Timedelta(days=7)
    assert 0 < old.sum() < len(old) and too_old(follow_up) == old.sum()
    listed = who_to_contact(customers(), follow_up)
    assert set(listed.respondent) == set(follow_up.rows.respondent[~old])
    follow_up.rows["answered"] -= pd.Timedelta(days=400)
    assert refusal(customers(), follow_up) == "list.too_old" and too_old(follow_up) == len(old)
    promised = dataclasses.replace(follow_up, promise_days=500)  # what was promised still has to be kept
    assert len(who_to_contact(customers(), promised)) == 120 and too_old(promised) == 0


def test_legal_duty_comes_first_and_nobody_draws_twice():
    table, follow_up = customers(), due(listed=CallList(capacity=60, comparison_share=0.5), severity=1.0)
    follow_up.rows["duty"] = follow_up.rows.index < 5
    one = who_to_contact(table, follow_up)
    assert set(one.respondent.head(5)) == {f"R000{place}" for place in range(5)}
    assert not one[one.respondent.isin(one.respondent.head(5))].lot.any()
    again = who_to_contact(table, follow_up, settled=frozenset(one.respondent), seed=9)
    assert not again[again.respondent.isin(one.respondent)].comparison.any()


def test_the_comparison_group_is_drawn_at_random_from_each_department_and_repeats_with_its_seed():
    table, follow_up = customers(800), due(400, listed=CallList(capacity=300), severity=1.0)
    one, same, other = (who_to_contact(table, follow_up, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert set(one[one.comparison].respondent) != set(other[other.comparison].respondent)
    for _, rows in one.groupby("owner"):
        assert abs(rows.comparison.sum() - 0.1 * len(rows)) <= 1
    drawn = [who_to_contact(table, follow_up, seed=seed).query("comparison").respondent for seed in range(12)]
    counts = pd.concat(drawn).value_counts()
    assert counts.max() <= 7 and len(counts) > 150  # nobody is drawn because of who they are


def test_no_comparison_group_where_none_is_asked_for():
    found = who_to_contact(customers(), due(listed=CallList(capacity=10, comparison_share=0.0)))
    assert len(found) == 10 and not found.comparison.any()


def test_small_groups_of_customers_are_not_shown():
    table = customers()
    table.rows.loc[:2, "product"] = "rare"
    groups = journey.call_list(table, due(), Design(minimum=5)).tables["groups"]
    assert "rare" not in set(groups.group) and groups.n.sum() <= len(table.rows) - 5


def test_customers_that_stand_in_the_table_twice_are_told():
    table = customers()
    twice = pd.concat([table.rows, table.rows.head(300).assign(id=[f"D{place}" for place in range(300)])], ignore_index=True)
    assert "list.twice" in keys(journey.call_list(dataclasses.replace(table, rows=twice), due()))
    assert "list.twice" not in keys(journey.call_list(table, due()))


def test_the_order_of_the_customers_changes_nothing():
    table = customers(1500)
    turned = dataclasses.replace(table, rows=table.rows[::-1].reset_index(drop=True))
    one, other = (journey.call_list(each, due()).tables for each in (table, turned))
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name])
    pd.testing.assert_frame_equal(who_to_contact(table, due()), who_to_contact(turned, due()))


def test_ages_say_who_left_within_the_horizon():
    table = customers(2000)
    rows = table.rows.assign(entry=1.0, exit=1 + np.where(table.rows.left == 1, 0.5, 2.0))
    watched = dataclasses.replace(table, rows=rows, event=None, watched={"entry": "entry", "exit": "exit", "left": "left"})
    one, other = (journey.call_list(each, due()).tables["calibration"].happened for each in (table, watched))
    assert one.mean() == pytest.approx(other.mean())


def met(rows, answers, *, begins="2025-01-01", complaints=None):
    """A journey of contacts (customer, time), with the day of each customer's answer, up to the end of 2025."""
    contacts = pd.DataFrame(rows, columns=["customer", "time"]).assign(time=lambda made: pd.to_datetime(made.time))
    silos = pd.DataFrame({"silo": ["all"], "begins": [pd.Timestamp(begins)], "ends": [UNTIL]})
    told = pd.DataFrame({"customer": list(answers), "time_answer": pd.to_datetime(list(answers.values()))})
    return Journey({}, contacts, pd.DataFrame(), silos, answers=told, complaints=complaints)


def test_contacts_of_the_ninety_days_before_the_answer_count_by_hand():
    table = customers(400)
    who = list(table.rows.id)
    rows = [(who[0], "2025-08-31"), (who[0], "2025-06-04"), (who[0], "2025-06-02"), (who[0], "2025-09-02"), (who[1], "2025-08-01"), (None, "2025-08-01")]
    forecast = forecast_of(table, due(), met(rows, dict.fromkeys(who, "2025-09-01")))
    counted = pd.Series(forecast.design[str(CONTACTS)].to_numpy(), forecast.rows.respondent)
    assert (counted[who[0]], counted[who[1]], counted.sum()) == (2, 1, 3)
    late = met(rows, dict.fromkeys(who, "2025-09-01"), begins="2025-07-01")  # the log knows of no more than two of the three months
    assert str(CONTACTS) not in forecast_of(table, due(), late).design


def test_what_else_was_known_before_makes_the_forecast_better():
    table, rng = customers(4000), np.random.default_rng(3)
    trouble = rng.poisson(1 + 3 * table.rows.left)
    named = dataclasses.replace(table, rows=table.rows.assign(trouble=trouble.astype(float), same=trouble * 2.0), known_before={"trouble": "Trouble", "same": "Twice"})
    plain, better = (journey.call_list(each, due()).tables["captured"].set_index("rule") for each in (table, named))
    assert better.low["Expected loss"] > plain.high["Expected loss"]
    assert list(forecast_of(named, due()).design)[:3] == ["the score", "the years as a customer", "Trouble"]  # what Twice says is said
    seen = met([(who, "2025-08-01") for who, n in zip(table.rows.id, trouble, strict=True) for _ in range(n)], dict.fromkeys(table.rows.id, "2025-09-01"))
    contacts = journey.call_list(table, due(), journey=seen).tables["captured"].set_index("rule")
    assert contacts.share["Expected loss"] == pytest.approx(better.share["Expected loss"], abs=0.02)
    received = seen.contacts.rename(columns={"time": "received"})
    complaints = met([], dict.fromkeys(table.rows.id, "2025-09-01"), complaints=pd.concat([received, received.assign(received=pd.Timestamp("2025-01-01"))]))
    assert journey.call_list(table, due(), journey=complaints).tables["captured"].share[0] == pytest.approx(contacts.share["Expected loss"], abs=0.02)


def test_with_few_lost_the_score_comes_first():
    table = customers(3000)
    table.rows["left"] = (table.rows.score + np.random.default_rng(1).normal(0, 1.5, 3000) < -1.6).astype(float)
    named = dataclasses.replace(table, known_before={"margin": "Margin"})
    few = int(table.rows.left.sum())
    assert 20 <= few < 60 and next(iter(forecast_of(named, due()).design)) == "the score"
    assert forecast_of(named, due()).design.shape[1] <= few // 10 - 1


@pytest.mark.parametrize("table, follow_up", [(None, due()), (customers(), None), (None, None)])
def test_without_a_table_the_section_is_absent(table, follow_up):
    assert journey.call_list(table, follow_up).absent
