"""Real logs, lists and ratings from a client folder to results.json, held against the answers that others have computed of them."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib.render.report import render_client
from cxlib.stats.units.unit_comparison import named_units
from tests.conftest import shared_data

SLOW = pytest.mark.slow
HELPS = {"contact.helps", "leaving.helps"}
NO_LOGS = "journey: {touchpoints: {contact: {label: Contact}}}\n"
HEAD = "client: {client}\nname: A Company\nlanguage: en\n"


@pytest.fixture
def told(apart, tmp_path, monkeypatch):
    """told(client.yml, {file: rows}) gives what results.json holds of the journey: {result: {"tables", "findings", ...}}."""
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "clients"))

    def told(settings: str, files: dict[str, pd.DataFrame]) -> dict:
        folder = tmp_path / "clients" / "acme"
        folder.mkdir(parents=True)
        (folder / "client.yml").write_text(HEAD.format(client="acme") + settings, encoding="utf-8")
        for name, rows in files.items():
            rows.to_csv(folder / name, index=False)
        report = apart(render_client, "acme", tmp_path / "reports", only=["journey"])
        found = json.loads((report / "results.json").read_text(encoding="utf-8"))["notebooks"]["journey"]
        assert found["status"] == "done", found["reason"]
        return {result["name"]: result for result in found["results"]}

    return told


def truth(name: str) -> dict:
    return json.loads(shared_data("journey/truth.json").read_text())[name]


def table(result: dict, name: str) -> pd.DataFrame:
    found = result["tables"][name]
    return pd.DataFrame(found["rows"], columns=found["columns"])


def keys(result: dict) -> list[str]:
    return [finding["key"] for finding in result["findings"]]


INCIDENTS = """journey:
  zone: Europe/Stockholm
  touchpoints: {incident: {label: Incident}}
  logs:
    it: {file: log.csv, customer: "case:concept:name", case: "case:concept:name", time: "time:timestamp", owner: "org:group", always: {touchpoint: Incident},
         status: {column: "concept:name", solved: [Completed], queued: [Queued]}}
"""


def test_volvo_it_waits_between_its_groups(told):
    right = truth("bpic2013_incidents")
    found = told(INCIDENTS, {"log.csv": pd.read_csv(shared_data("journey/bpic2013_incidents.csv.gz"))})
    log = found["where_time_goes"]
    parts = table(log, "parts").set_index("part")
    assert keys(log) == ["hand_over.takes_time", "time.after"]
    assert parts.share["Between departments"] == pytest.approx(right["share_of_time_to_first_completed_in_queue_after_hand_over"], abs=5e-5)
    assert 1 - parts.share.sum() == pytest.approx(right["same_before_first_owner_accepts"], abs=5e-5)  # too little to be a row
    silo = table(found["view"], "silos").iloc[0]
    assert (silo.contacts, silo.customers) == (right["events"], right["cases"])
    met = table(found["view"], "owners").set_index("met").share
    assert 1 - met[1] < right["share_of_cases_with_one"] and keys(found["hand_overs"])[0] == "hand_over.too_few"  # no score; some groups go back and forth


RECEIPT = """journey:
  zone: Europe/Amsterdam
  touchpoints: {permit: {label: Permit}}
  logs:
    town: {file: log.csv, customer: "case:concept:name", case: "case:concept:name", time: "time:timestamp", owner: "org:resource", always: {touchpoint: Permit}}
"""


@SLOW
def test_applications_pass_between_persons_and_nobody_wrote_down_their_end(told):
    right = truth("receipt")
    found = told(RECEIPT, {"log.csv": pd.read_csv(shared_data("journey/receipt.csv.gz"))})
    silo = table(found["view"], "silos").iloc[0]
    assert (silo.contacts, silo.customers) == (right["events"], right["cases"])
    assert table(found["view"], "owners").set_index("met").customers[1] >= right["cases_without_person_change"]
    assert keys(found["where_time_goes"]) == ["time.unsolved"] and keys(found["paths"]) == ["paths.no_end"]


@SLOW
def test_applications_wait_between_persons_once_their_end_is_known(told):
    shares = truth("receipt")["share_of_elapsed_time"]
    log = pd.read_csv(shared_data("journey/receipt.csv.gz"))
    log["over"] = log.groupby("case:concept:name")["time:timestamp"].transform("max")  # as others have counted: up to the last event
    found = told(RECEIPT.replace('time: "time:timestamp"', 'time: "time:timestamp", solved: over'), {"log.csv": log})["where_time_goes"]
    parts = table(found, "parts").set_index("part")
    moved = 1 - shares["same person"]  # the group is that of the activity: 65 % of them change it as well
    assert parts.share["Between departments"] == pytest.approx(moved, abs=2e-3) and keys(found)[0] == "hand_over.takes_time_at_most"


HELPDESK = """journey:
  touchpoints: {ticket: {label: Ticket}}
  logs:
    desk: {file: log.csv, customer: customer, case: "case:concept:name", time: "time:timestamp", owner: "org:resource", always: {touchpoint: Ticket},
           status: {column: "concept:name", solved: [Resolve ticket]}}
"""


@SLOW
def test_helpdesk_customers_come_back_beyond_chance(told):
    right = truth("helpdesk")
    log = pd.read_csv(shared_data("journey/helpdesk.csv.gz"))
    found = told(HELPDESK, {"log.csv": log.assign(customer="C-" + log.customer.str.removeprefix("Value ").str.zfill(5))})
    windows = table(found["repeats"], "windows").set_index("days")
    assert keys(found["repeats"])[0] == "repeats.excess" and windows.excess_low[7] > 0
    for days in (7, 14):  # there solved at last, here at first, and a ticket of two customers is a case of each
        raw, expected = right[f"repeat_{'within_7_days_of_resolve' if days == 7 else days}"], right[f"expected_{'by_own_rate_7' if days == 7 else days}"]
        assert windows.raw[days] == pytest.approx(raw, abs=0.005) and windows.excess[days] == pytest.approx(raw - expected, abs=0.01)
    assert keys(found["where_time_goes"])[0] == "hand_over.takes_time_at_most"  # nobody wrote down when the receiver began


@SLOW
def test_helpdesk_customers_come_back_after_the_last_solution_as_often_as_others_counted(told):
    right = truth("helpdesk")
    log = pd.read_csv(shared_data("journey/helpdesk.csv.gz"))
    solved = log["concept:name"] == "Resolve ticket"
    last = log[solved].sort_values("time:timestamp").duplicated(["case:concept:name", "customer"], keep="last").reindex(log.index, fill_value=False)
    log = log.assign(**{"concept:name": log["concept:name"].mask(last, "Resolved, but not yet"), "customer": "C-" + log.customer.str.removeprefix("Value ").str.zfill(5)})
    windows = table(told(HELPDESK, {"log.csv": log})["repeats"], "windows").set_index("days")
    assert windows.raw[7] == pytest.approx(right["repeat_within_7_days_of_resolve"], abs=2e-3)
    assert right["expected_by_own_rate_7"] - 0.012 < windows.expected[7] < right["expected_by_own_rate_7"]  # there a contact is among those that may follow it
    assert windows.excess[7] == pytest.approx(right["repeat_within_7_days_of_resolve"] - right["expected_by_own_rate_7"], abs=0.006)


CHURN = NO_LOGS + """customers:
  file: k.csv
  customer: id
  respondent: id
  score: {column: "Call  Failure", scale: [0, 36], steps: [6, 8]}
  churned: {column: Churn, left: "1", months: 12}
  margin: "Customer Value"
  tenure: "Subscription  Length"
  controls: [Status, "Tariff Plan"]
  known_before: {Complains: Complaints, "Charge  Amount": Charge, Seconds of Use: Seconds, Frequency of use: Calls, Frequency of SMS: Messages,
                 Distinct Called Numbers: Numbers called}
closed_loop: {file: f.csv, respondent: id, answered: on, contacted: called, promise_days: 2}
"""


@SLOW
def test_lost_value_stands_at_the_top_and_nobody_is_said_to_be_helped(told):
    right = truth("iranian_churn")
    rows = pd.read_csv(shared_data("journey/iranian_churn.csv"))
    rows["id"] = [f"K{n:05}" for n in range(len(rows))]
    due = pd.DataFrame({"id": rows.id[:60], "on": "2025-01-01", "called": "2025-01-02"})
    found = told(CHURN, {"k.csv": rows, "f.csv": due})
    told_of, captured = found["call_list"], table(found["call_list"], "captured").set_index("rule")
    assert {"list.better", "list.calibrated", "list.twice", "list.no_consent"} <= set(keys(told_of))
    expected = right["share_of_lost_value_in_top_10_percent"]  # there with both columns of age, too
    assert 0.60 <= captured.share["Expected loss"] == pytest.approx(expected["risk x value"], abs=0.025)
    assert captured.share["Expected loss"] > expected["complaint then value"] + 0.05
    assert captured.share["Who did leave, by value"] == pytest.approx(expected["perfect"], abs=0.01)
    assert not HELPS & {key for each in found.values() for key in keys(each)}


MAILS = NO_LOGS + """customers: {file: k.csv, customer: id, respondent: id, churned: {column: visit, left: "0"}}
closed_loop: {file: f.csv, respondent: id, answered: on, contacted: mailed, promise_days: 2, comparison: {column: segment, says: No E-Mail}}
"""


@SLOW
@pytest.mark.parametrize("arm", ["mens", "womens"])
def test_a_mail_to_those_drawn_by_lot_has_its_effect(told, arm):
    right = truth("hillstrom")["effect_on_visit"][arm]
    rows = pd.read_csv(shared_data("journey/hillstrom.csv.gz"))
    rows = rows[rows.segment.isin([f"{arm.title()} E-Mail", "No E-Mail"])].reset_index(drop=True)
    rows["id"] = [f"K{n:06}" for n in range(len(rows))]
    due = pd.DataFrame({"id": rows.id, "on": "2025-01-01", "mailed": np.where(rows.segment == "No E-Mail", "", "2025-01-02"), "segment": rows.segment})
    found = told(MAILS, {"k.csv": rows[["id", "visit"]], "f.csv": due})
    effect = table(found["effect_of_contact"], "effects").set_index("outcome").loc["Share who stay"]
    assert effect.estimate == pytest.approx(right[0], abs=1e-5)
    assert effect.low == pytest.approx(right[0] - 1.96 * right[1], abs=2e-4) and "leaving.helps" in keys(found["effect_of_contact"])


TICKETS = NO_LOGS + """closed_loop: {file: f.csv, respondent: Ticket_ID, answered: Created_Date, contacted: first, promise_days: 1, severity: urgency, owner: Assigned_Agent, score_again: {column: CSAT_Score, scale: [1, 5]}}
"""


def test_fast_answers_go_with_nothing_among_equally_urgent_tickets(told):
    right = truth("tickets_priority_trap")
    rows = pd.read_csv(shared_data("journey/tickets_priority_trap.csv"))
    rows["first"] = (pd.to_datetime(rows.Created_Date) + pd.to_timedelta(rows.First_Response_Time_Hours, "h")).dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
    rows["urgency"] = rows.Priority.map({"Low": 1, "Medium": 2, "High": 3, "Critical": 4})
    found = told(TICKETS, {"f.csv": rows})
    effect = table(found["speed_of_contact"], "effects").iloc[0]
    slope, _ = right["same_within_priority"]
    assert keys(found["speed_of_contact"]) == ["speed.no_link"] and effect.n == right["rated"]
    assert effect.estimate == pytest.approx(slope * np.log(2), abs=0.002)  # there for each e-fold of hours
    assert "clock.owners_alike" in keys(found["follow_up_clock"]) and keys(found["effect_of_contact"]) == ["contact.called_only"]


AIRPORT = """survey: {file: s.csv, weight: WEIGHT, dont_know: [Blank], not_applicable: [0, 6], rating: {column: Q7ALL, scale: [1, 5]}}
journey:
  ratings: {scale: [1, 5], not_used: [6], dont_know: [0, Blank]}
  touchpoints:
"""


@pytest.mark.parametrize("year", [2015, pytest.param(2016, marks=SLOW), pytest.param(2017, marks=SLOW)])
def test_at_the_airport_the_shuttle_never_matters(told, year):
    right = truth(f"sfo_{year}")
    rows = pd.read_csv(shared_data("journey/sfo_touchpoints_2015_2017.csv.gz"), dtype=str)
    rows = rows[rows.year == str(year)]
    points = "".join(f"    {name.lower()}: {{label: {name}, survey: Q7{name}}}\n" for name in right["share_who_used_it"])
    found = told(AIRPORT + points, {"s.csv": rows})
    points = table(found["touchpoint_importance"], "touchpoints").set_index("touchpoint")
    for name, (slope, error) in right["slope_per_point_among_users"].items():
        assert points.slope[name] == pytest.approx(slope, abs=0.03 * error + 5e-4), name
    assert not {"LTPARKING", "INFODOWN", "INFOUP"} & set(points.index[points.verdict == "matters"])
    assert "touchpoint.misleads" in keys(found["touchpoint_importance"])
    leading = set(points.index[:3])
    assert {"FOOD", "SIGN"} <= leading or year == 2016


CENTRES = """survey: {file: s.csv, unit: centre, recommend: {column: q, scale: [0, 10]}}
units: {minimum: 10}
"""


@SLOW
def test_surgery_centres_differ_and_few_stand_apart(told):
    right = truth("oas_units")
    centres = pd.read_csv(shared_data("journey/oas_units.csv"))
    n, nines, low = (np.round(each).astype(int) for each in (centres.n, centres.n * centres.pro / 100, centres.n * centres.det / 100))
    answers = np.repeat(np.tile([9, 7, 5], len(centres)), np.column_stack([nines, n - nines - low, low]).ravel())  # whole people, as near as shares tell
    found = told(CENTRES, {"s.csv": pd.DataFrame({"centre": np.repeat(centres.id, n), "q": answers})})["units_compared"]
    units = table(found, "units").set_index("group")
    assert found["settings"]["spread"] == pytest.approx(right["between_unit_sd"]["Paule-Mandel"], abs=0.02)
    clear = set(units.index[units.verdict != "as the others"])
    by_shares = named_units(centres.pro - centres.det, right["sd_of_one_answer"] ** 2 / centres.n).set_index(centres.id)
    normal = set(by_shares.index[by_shares.verdict != "as_others"])
    assert len(normal) == right["clear_after_holm"] and clear < normal and len(clear) == len(normal) - 1  # chance counted out leaves one in doubt
    assert (units.estimate - units.expected).sub(units.gap).abs().max() < 1e-3 and "units.spread" in keys(found)
