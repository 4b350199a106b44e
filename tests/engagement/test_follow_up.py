"""closed_loop and units of client.yml: what is read, and what is told when it is wrong."""

import pandas as pd
import pytest

from cxlib.engagement import open_client, problems

SETTINGS = """survey:
  file: s.csv
  respondent: id
  unit: team
  recommend: {column: q, scale: [0, 10]}
customers: {file: k.csv, customer: nr, respondent: id, churned: {column: left, left: "1"}}
closed_loop: {file: f.csv, respondent: id, answered: at, contacted: called, closed: closed, owner: by, severity: sev, promise_days: 2,
  may_contact: {column: ok, says: "Yes"}, comparison: {column: out, says: "1"}, score_again: {column: again, scale: [0, 10]}, list: {capacity: 5, columns: [km]}}
units: {minimum: 7, hold_constant: [product]}
"""
FILES = {
    "s.csv": "id,q,team,product\nr1,2,A,x\nr2,5,B,y\nr3,9,A,x\nr4,1,B,x\n",
    "k.csv": "nr,id,left\nk1,r1,1\nk2,r2,0\nk3,r3,0\nk4,r4,0\n",
    "f.csv": "id,at,called,closed,by,sev,ok,out,again,km\nr2,2025-03-02,2025-03-05,2025-03-09,North,2,Yes,0,7,NN\nr1,2025-03-01,,,South,3,No,1,,MM\nr4,2025-03-04,2025-03-05,,South,1,,0,4,\n",
}


@pytest.fixture
def engagement(make):
    make(SETTINGS, FILES)
    return open_client("acme")


def test_one_row_an_answer(engagement):
    found = engagement.follow_up
    assert found.rows["respondent"].tolist() == ["r1", "r2", "r4"] and found.rows["score"].tolist() == [2, 5, 1]  # of the survey
    assert found.rows["may_contact"].tolist() == [False, True, False] and found.rows["left_out"].tolist() == [True, False, False]
    assert found.rows["churned"].tolist() == [1, 0, 0] and found.rows["left"].isna().all()
    assert (found.rows["score_again"].tolist()[1:] == [7, 4] and found.rows["km"].tolist()[1] == "MM") or found.rows["km"].tolist()[0] == "MM"
    assert (found.promise_days, found.until, found.scale) == (2, pd.Timestamp("2025-03-09"), (0, 10))
    assert (found.listed.capacity, found.listed.columns, found.anonymous) == (5, ("km",), False)


def test_units(engagement):
    assert (engagement.units.column, engagement.units.minimum, engagement.units.hold_constant) == ("team", 7, ("product",))
    assert engagement.survey.rows["product"].tolist() == ["x", "y", "x", "x"]


def test_without_their_columns_consent_and_comparison_are_not_known(make):
    make(SETTINGS.replace('may_contact: {column: ok, says: "Yes"}, comparison: {column: out, says: "1"}, ', ""), FILES)
    rows = open_client("acme").follow_up.rows
    assert rows["may_contact"].isna().all() and rows["left_out"].isna().all()


def test_anonymity_that_was_promised_goes_with_the_follow_up(make):
    make(SETTINGS.replace("  respondent: id\n", "  respondent: id\n  anonymous: true\n", 1), FILES)
    assert open_client("acme").follow_up.anonymous


def test_a_day_after_the_export_is_an_error_and_a_day_of_it_is_not(make):
    for until, wrong in (("2025-03-09", False), ("2025-03-08", True)):
        make(SETTINGS.replace("promise_days: 2", f'promise_days: 2, until: "{until}"'), FILES)
        assert any("something later" in each.rule for each in problems("acme")) is wrong


def test_a_call_before_the_answer_is_told_and_counts_as_none(make):
    make(SETTINGS, FILES | {"f.csv": FILES["f.csv"].replace("r4,2025-03-04,2025-03-05", "r4,2025-03-04,2025-03-03")})
    [note] = [each for each in problems("acme") if "lies before" in each.rule]
    assert (note.severity, note.row) == ("warning", 4)


def test_who_left_by_a_date_of_the_follow_up_itself(make):
    settings = SETTINGS.replace("promise_days: 2", "promise_days: 2, left: gone")
    make(settings, FILES | {"f.csv": FILES["f.csv"].replace(",km\n", ",km,gone\n").replace("NN\n", "NN,2025-06-01\n").replace("MM\n", "MM,\n").replace("4,\n", "4,,\n")})
    rows = open_client("acme").follow_up.rows
    assert rows["churned"].tolist() == [0, 1, 0] and rows["left"].notna().tolist() == [False, True, False]
