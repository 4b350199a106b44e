"""journey, complaints and blueprint of client.yml: how logs of several departments become one."""

import random

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import DataError, open_client, problems

SETTINGS = """survey:
  file: s.csv
  respondent: id
  recommend: {column: q, scale: [0, 10]}
  blocks: {visit: {label: Visit, items: {v: Visit}, scale: [0, 10], not_applicable: [98]}}
customers: {file: k.csv, customer: nr, respondent: id, churned: {column: left, left: "1"}}
journey:
  ids: {file: ids.csv, columns: {survey: id, customers: nr, web: login}}
  ratings: {scale: [1, 5], not_used: [6], dont_know: [9]}
  touchpoints:
    order: {label: Ordering, is: [Order, Sale], owner: Sales, survey: t1, behaviours: {b: Took responsibility}}
    bill: {label: The bill, is: [Bill], owner: Billing}
    visit: {label: Visit, survey: v}
  logs:
    phone: {file: p.csv, label: Phone, customer: nr, known_as: customers, case: case, time: at, accepted: taken, solved: done, touchpoint: what, owner: dep,
            type: kind, always: {channel: Phone}, score: {column: score, scale: [0, 10]}, emotions: {column: feel, good: [safe], bad: [lost]}}
    web: {file: w.csv, customer: login, known_as: web, time: at, always: {touchpoint: Bill}, score: {column: sc, scale: [1, 5]},
          status: {column: st, solved: [Done], queued: [Queue], waits_for_customer: [Asked], waits_for_supplier: [Ordered]}}
  bad_end: {churned: true, complaint: true, within_days: 10}
complaints: {file: c.csv, customer: nr, known_as: customers, received: when, touchpoint: about}
blueprint: {file: b.csv, touchpoint: tp, customer: does, fails: fails}
"""
FILES = {
    "s.csv": "id,q,t1,v\nr1,9,5,10\nr2,3,6,98\nr3,7,,5\nr4,8,9,0\n",
    "k.csv": "nr,id,left\nk1,r1,0\nk2,r2,1\nk3,,0\n",
    "ids.csv": "id,nr,login\nr1,k1,ann\nr2,k2,bob\n,k3,eve\n",
    "p.csv": "nr,case,at,taken,done,what,dep,kind,score,feel,b\n"
    "k1,a,2025-03-01 10:00,2025-03-01 11:00,,Order,Sales,x,8,safe; lost,1\n"
    "k1,a,2025-03-02 10:00,,2025-03-05 10:00,Bill,Billing,x,6,,\n"
    "k2,b,2025-03-01 10:00,,,SALE,Billing,y,3,lost,0\n"
    "zz,c,2025-03-05 10:00,,,Meter,Field,y,,,\n"
    "k3,d,2025-03-05 10:00,,,Order,,y,5,,1\n",
    "w.csv": "login,at,st,sc\nann,2025-04-03 10:00,Queue,\nann,2025-04-03 12:00,Work,5\nann,2025-04-04 12:00,Done,\nann,2025-04-09 12:00,Done,\n"
    "bob,2025-07-03 12:00,Asked,1\nbob,2025-09-03 12:00,Ordered,\n",
    "c.csv": "nr,when,about\nk3,2025-03-14,Bill\nk1,2025-05-14,Nothing\n",
    "b.csv": "tp,does,fails\nThe bill,reads,errs\norder,calls,waits\n",
}


@pytest.fixture
def journey(make):
    make(SETTINGS, FILES)
    return open_client("acme").journey


def contacts_of(journey, case):
    return journey.contacts[journey.contacts["case"] == case]


def told(make, settings=SETTINGS, **files):
    make(settings, FILES | {f"{name}.csv": content for name, content in files.items()})
    return [problem for problem in problems("acme") if "not described" not in problem.rule]


def test_contacts_of_all_logs_stand_by_customer_and_time(journey):
    contacts = journey.contacts
    assert contacts["customer"].fillna("").tolist() == ["customers k3"] + ["r1"] * 6 + ["r2"] * 3 + [""]
    known = contacts[contacts["customer"].notna()]
    assert (known.groupby("customer", sort=False)["time"].diff().dropna() >= pd.Timedelta(0)).all()
    assert set(contacts["silo"]) == {"Phone", "web"} and set(contacts["channel"].dropna()) == {"Phone"}


def test_a_touchpoint_is_found_by_any_of_its_names_and_none_is_lost(journey):
    assert list(contacts_of(journey, "b")["touchpoint"]) == ["order"]
    assert contacts_of(journey, "c")["touchpoint"].isna().all()
    [note] = [note for note in journey.notes if "at no touchpoint" in note.rule]
    assert "1 of 5 contacts of phone" in note.rule and note.severity == "warning"
    assert "Meter" not in str(note)  # of one row: it may be anybody's words


def test_scores_of_another_scale_and_feelings(journey):
    assert sorted(journey.contacts["score"].dropna()) == [0, 3, 5, 6, 8, 10]  # 1 and 5 of 1-5 are 0 and 10
    assert journey.scale == (0, 10)
    marks = journey.contacts[["good", "bad"]].dropna()
    assert marks.to_numpy().tolist() == [[1, 1], [0, 1]] and journey.contacts["b"].dropna().tolist().count(1) == 2


def test_the_owner_is_who_acted_or_else_who_answers_for_the_touchpoint(journey):
    assert list(contacts_of(journey, "d")["owner"]) == ["Sales"]
    assert list(contacts_of(journey, "b")["owner"]) == ["Billing"]
    assert set(journey.contacts["owner"][journey.contacts["silo"] == "web"]) == {"Billing"}


def test_a_case_is_solved_by_a_state_at_first_and_by_a_column_at_last(journey):
    assert journey.cases.loc["a", "solved"] == pd.Timestamp("2025-03-05 10:00")
    web = journey.cases[journey.cases.index.str.startswith("~")]
    assert len(web) == 3  # bob's two contacts lie more than 30 days apart
    assert web["solved"].dropna().tolist() == [pd.Timestamp("2025-04-04 12:00")]
    assert set(journey.contacts["waits"].dropna()) == {"customer", "supplier"}


def test_what_waits_in_a_queue_is_accepted_by_the_next_event(journey):
    web = journey.contacts[(journey.contacts["silo"] == "web") & journey.contacts["accepted"].notna()]
    assert web["time"].tolist() == [pd.Timestamp("2025-04-03 10:00")] and web["accepted"].tolist() == [pd.Timestamp("2025-04-03 12:00")]


def test_a_bad_end_is_any_of_those_named(journey):
    bad = journey.cases["bad_end"]
    assert bad["b"] == 1 and bad["a"] == 0  # left; the complaint came later than ten days after
    assert bad["d"] == 1  # complained nine days after
    assert np.isnan(bad["c"])


def test_used_and_rated_are_two_things(journey):
    assert journey.used["order"].tolist()[:2] == [1, 0] and journey.used["order"].isna().tolist() == [False, False, True, True]
    assert journey.ratings["order"].tolist()[0] == 5 and journey.ratings["order"].isna().sum() == 3
    assert journey.used["visit"].tolist() == [1, 0, 1, 1]  # a question of a block keeps its own scale and codes
    assert journey.ratings["visit"].dropna().tolist() == [5, 3, 1] and journey.rating_scale == (1, 5)


def test_complaints_and_the_blueprint(journey):
    assert journey.complaints["customer"].tolist() == ["customers k3", "r1"]
    assert journey.complaints["touchpoint"].tolist()[0] == "bill" and journey.complaints["touchpoint"].isna().tolist() == [False, True]
    assert journey.blueprint.index.tolist() == ["order", "bill"] and journey.blueprint["fails"].tolist() == ["waits", "errs"]


def test_silos_say_of_how_many_the_customer_is_known(journey):
    assert journey.silos[["silo", "contacts", "customers", "known"]].to_numpy().tolist() == [["Phone", 5, 4, 4], ["web", 6, 2, 6]]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_files_changes_nothing(make, journey, seed):
    shuffled = {}
    for name, content in FILES.items():
        head, *rows = content.splitlines()
        random.Random(seed).shuffle(rows)
        shuffled[name] = "\n".join([head, *(rows if name in ("p.csv", "w.csv", "ids.csv", "c.csv") else content.splitlines()[1:])]) + "\n"
    make(SETTINGS, shuffled)
    again = open_client("acme").journey
    pd.testing.assert_frame_equal(again.contacts, journey.contacts)
    pd.testing.assert_frame_equal(again.cases, journey.cases)


def test_a_contact_of_nobody_known_is_of_its_cases_customer(make):
    make(SETTINGS, FILES | {"p.csv": FILES["p.csv"].replace("zz,c,", "zz,a,")})
    journey = open_client("acme").journey
    assert contacts_of(journey, "a")["customer"].tolist() == ["r1"] * 3
    assert journey.silos["known"].tolist() == [4, 6]  # what the logs know is told as it is


def test_a_case_of_two_customers_is_a_case_of_each(make):
    head, *rows = FILES["p.csv"].splitlines()
    many = [f"k3,x{i},2025-02-01 10:00,,,Order,Sales,x,,," for i in range(40)]
    found = told(make, p="\n".join([head, *rows, *many, "k2,a,2025-03-03 10:00,,,Order,Sales,x,,,"]) + "\n")
    [note] = [each for each in found if "two customers" in each.rule]
    assert note.severity == "warning" and note.rule.startswith("1 of 44 cases")
    cases = open_client("acme").journey.cases
    assert cases.loc["a", "customer"] == "r1" and cases.loc["a (2)", "customer"] == "r2"


def test_times_that_name_their_zone_and_those_of_another_place_stand_on_one_clock(make):
    settings = SETTINGS.replace("journey:\n", "journey:\n  zone: Europe/Copenhagen\n").replace("time: at, always: {touchpoint: Bill}", "zone: UTC, time: at, always: {touchpoint: Bill}")
    make(settings, FILES | {"p.csv": FILES["p.csv"].replace("k2,b,2025-03-01 10:00", "k2,b,2025-03-01T10:00:00+03:00")})
    journey = open_client("acme").journey
    assert contacts_of(journey, "b")["time"].tolist() == [pd.Timestamp("2025-03-01 08:00")]
    assert contacts_of(journey, "a")["time"].tolist()[0] == pd.Timestamp("2025-03-01 10:00")
    assert journey.contacts["time"][journey.contacts["silo"] == "web"].min() == pd.Timestamp("2025-04-03 11:00")  # the winter clock, in summer too


COPENHAGEN = SETTINGS.replace("journey:\n", "journey:\n  zone: Europe/Copenhagen\n")


def accepted_after(make, time, accepted, settings=COPENHAGEN):
    """Hours until a contact is accepted, and what is told of it."""
    make(settings, FILES | {"p.csv": FILES["p.csv"].replace("k1,a,2025-03-01 10:00,2025-03-01 11:00", f"k1,a,{time},{accepted}")})
    told = [each.rule for each in problems("acme") if "lies before" in each.rule]
    row = contacts_of(open_client("acme").journey, "a").query("touchpoint == 'order'").iloc[0]
    return (row.accepted - row.time) / pd.Timedelta(hours=1), told


@pytest.mark.parametrize("time, accepted, hours", [
    ("2024-10-26 12:00", "2024-10-27 12:00", 25),  # the hour that the autumn has twice
    ("2025-03-30 01:30", "2025-03-30 03:30", 1),  # and the one that the spring leaves out
    ("2024-10-27T02:50:00+02:00", "2024-10-27T02:10:00+01:00", 1 / 3),  # within the hour that comes twice: the clock goes back, time does not
])  # fmt: skip
def test_a_wait_over_a_change_of_the_clocks_is_as_long_as_it_was(make, time, accepted, hours):
    assert accepted_after(make, time, accepted) == (pytest.approx(hours), [])


@pytest.mark.parametrize("zone, hours", [("Australia/Sydney", 23), ("Europe/Copenhagen", 24), ("UTC", 24)])
def test_south_of_the_line_clocks_change_the_other_way_round(make, zone, hours):
    settings = COPENHAGEN.replace("Europe/Copenhagen", zone)
    assert accepted_after(make, "2024-10-05 12:00", "2024-10-06 12:00", settings) == (pytest.approx(hours), [])


def test_days_without_a_time_of_day_stay_days(make):
    rows = FILES["p.csv"].replace("03-01 10:00,2025-03-01 11:00", "03-01,2025-07-01").replace(" 10:00", "").replace(" 11:00", "")
    make(COPENHAGEN, FILES | {"p.csv": rows})
    first = contacts_of(open_client("acme").journey, "a").iloc[0]
    assert first.time == pd.Timestamp("2025-03-01") and first.accepted == pd.Timestamp("2025-07-01")


def test_logs_of_two_zones_stand_on_one_clock_where_the_journey_names_none(make):
    settings = SETTINGS.replace("label: Phone,", "label: Phone, zone: Europe/Copenhagen,").replace("known_as: web, time: at", "known_as: web, zone: America/New_York, time: at")
    make(settings, FILES)
    times = open_client("acme").journey.contacts.groupby("silo").time.min()
    assert times["Phone"] == pd.Timestamp("2025-03-01 09:00") and times["web"] == pd.Timestamp("2025-04-03 14:00")  # UTC
    make(settings.replace("zone: America/New_York, ", ""), FILES)
    with pytest.raises(DataError, match="of those of web it is not"):
        assert open_client("acme").journey


def test_an_answer_and_the_end_of_a_log_stand_on_the_clock_of_the_contacts(make):
    settings = COPENHAGEN.replace("  respondent: id\n", "  respondent: id\n  date: on\n").replace("label: Phone,", 'label: Phone, until: "2025-07-01",')
    rows = FILES["s.csv"].replace("t1,v\n", "t1,v,on\n").replace(",5,10\n", ",5,10,2025-07-01 12:00\n").replace(",6,98\n", ",6,98,2025-01-01 12:00\n").replace(",,5\n", ",,5,\n").replace(",9,0\n", ",9,0,\n")
    make(settings, FILES | {"s.csv": rows})
    journey = open_client("acme").journey
    assert journey.answers["time_answer"].tolist()[:2] == [pd.Timestamp("2025-07-01 11:00"), pd.Timestamp("2025-01-01 12:00")]
    assert journey.silos["ends"].iloc[0].round("s") == pd.Timestamp("2025-07-01 23:00")


def test_an_accepted_moment_before_the_contact_is_told_and_left_aside(make):
    found = told(make, p=FILES["p.csv"].replace("2025-03-01 11:00", "2025-02-01 11:00").replace("k2,b,2025-03-01 10:00,", "k2,b,2025-03-01 10:00,2025-03-01 12:00"))
    [note] = [each for each in found if "lies before" in each.rule]
    assert note.severity == "warning" and note.row == 2
    assert open_client("acme").journey.contacts["accepted"].notna().sum() == 2


def test_ids_of_no_customer_are_an_error_that_shows_how_they_look_and_none_of_them(make):
    found = told(make, ids=FILES["ids.csv"].replace(",k", ",P-77"))
    [wrong] = [each for each in found if each.column == "journey.logs.phone.customer"]
    assert wrong.severity == "error" and '"a9"' in wrong.rule and '"a-999"' in wrong.rule and "P-77" not in str(wrong)


def test_few_known_customers_are_a_warning_only(make):
    found = told(make, ids=FILES["ids.csv"].replace(",k1,", ",K9,"))
    [note] = [each for each in found if each.column == "journey.logs.phone.customer"]
    assert note.severity == "warning" and "2 of 5 contacts of phone" in note.rule


def test_logs_without_shared_customers_need_a_table_of_who_is_who(make):
    settings = "journey:\n  touchpoints: {a: {label: A}}\n  logs:\n    one: {file: 1.csv, customer: c, time: t, always: {touchpoint: a}}\n    two: {file: 2.csv, customer: c, time: t, always: {touchpoint: a}}\n"
    make(settings, {"1.csv": "c,t\nA1,2025-01-01\n", "2.csv": "c,t\n17,2025-01-01\n"})
    found = [each for each in problems("acme") if each.severity == "error"]
    assert len(found) == 2 and all("none of its 1 customers is in another log" in each.rule for each in found)


def test_a_journey_without_logs_has_ratings_and_no_contacts(make):
    make("survey:\n  file: s.csv\n  recommend: {column: q, scale: [0, 10]}\njourney:\n  ratings: {scale: [1, 5], not_used: [6], dont_know: [9]}\n  touchpoints: {order: {label: Ordering, survey: t1}}\n", FILES)
    journey = open_client("acme").journey
    assert journey.contacts.empty and journey.cases.empty and journey.silos.empty and journey.used["order"].sum() == 1


def test_emotions_and_touchpoints_that_nobody_names_are_counted(make):
    found = told(make, p=FILES["p.csv"].replace("lost", "sad").replace("Meter", "Odd").replace("k3,d,2025-03-05 10:00,,,Order", "k3,d,2025-03-05 10:00,,,Odd"))
    rules = " | ".join(each.rule for each in found)
    assert 'neither good nor bad: "sad" (2)' in rules and '2 of 5 contacts of phone are at no touchpoint of client.yml: "Odd" (2)' in rules


def test_a_report_about_one_value_has_no_journey(make):
    survey = "id,q,t1,v,shop\n" + "".join(f"x{i},{i % 11},5,7,{'AB'[i % 2]}\n" for i in range(40))
    make("for_each: shop\n" + SETTINGS, FILES | {"s.csv": survey})
    whole, one = open_client("acme"), open_client("acme--a")
    assert whole.has("journey") and whole.journey is not None
    assert not one.has("journey") and one.journey is None and one.survey.ratings.empty


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("known_as: web", "known_as: wbe", "Did you mean web"),
        ("complaint: true, ", "complaint: true, score_at_most: x, ", "must be a number"),
        ("complaints: {file: c.csv, customer: nr, known_as: customers, received: when, touchpoint: about}\n", "", "no table of complaints"),
        (", known_as: customers, case", ", case", "it is not said which of `ids`"),
        ("is: [Bill]", "is: [Bill, order]", "stands for order too"),
    ],
)
def test_settings_that_cannot_be_meant(make, old, new, said):
    make(SETTINGS.replace(old, new), FILES)
    with pytest.raises(DataError, match=said):
        open_client("acme")


def test_a_long_log_is_read_as_a_short_one(make):
    """Columns of many rows are read as wholes: the same log, short and long, in three forms of dates."""
    rng = np.random.default_rng(5)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 3e7, 1500), unit="s")
    settings = "journey:\n  touchpoints: {a: {label: A}}\n  logs:\n    one: {file: 1.csv, read: {dates: FORM}, customer: c, time: t, always: {touchpoint: a}}\n"
    frames = []
    for form in ("%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S"):
        rows = "".join(f" k{i % 99} ,{time.strftime(form)} \n" for i, time in enumerate(times))
        for count in (1500, 300):
            make(settings.replace("FORM", f'"{form}"'), {"1.csv": "c,t\n" + "".join(rows.splitlines(keepends=True)[:count])})
            frames.append(open_client("acme").journey.contacts)
            assert sorted(frames[-1]["time"]) == sorted(times[:count])
            assert set(frames[-1]["customer"]) == {f"k{i}" for i in range(99)}
    assert frames[0].equals(frames[2]) and frames[0].equals(frames[4])
