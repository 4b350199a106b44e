"""contacts and tipping_points of client.yml: what is read, and what is told when it is wrong."""

import numpy as np
import pytest

from cxlib.engagement import DataError, open_client, problems

TABLE = """contacts:
  file: calls.csv
  contact: id
  respondent: who
tipping_points:
  phone:
    label: Wait
    column: wait
    unit: minutes
    outcome: {column: score, scale: [0, 10], dont_know: [99]}
    controls: [case]
    abandoned: {column: end, left: hung up}
"""
CALLS = "id,who,wait,score,case,end\n1,a,3,8,bill,served\n2,a,12,99,move,served\n3,b,7,,bill,hung up\n"


def told(make, settings=TABLE, calls=CALLS):
    make(settings, {"calls.csv": calls})
    return [str(problem) for problem in problems("acme")]


def test_rows_and_keywords(make):
    make(TABLE, {"calls.csv": CALLS})
    contacts = open_client("acme").contacts
    assert contacts.rows["wait"].tolist() == [3, 12, 7]
    assert np.isnan(contacts.rows["score"].tolist()[1:]).all()
    assert contacts.rows["end"].tolist() == [0, 0, 1]
    assert (contacts.respondent, contacts.weight) == ("who", None)
    level = contacts.levels["phone"]
    assert (level.column, level.unit, level.outcome, level.scale) == ("wait", "minutes", "score", (0, 10))
    assert (level.controls, level.abandoned, level.direction) == (("case",), "end", "lower")
    assert told(make) == []


@pytest.mark.parametrize(("labels", "called"), [("", "case"), ("  labels: {case: Type of case}\n", "Type of case")])
def test_columns_of_groups_are_called_as_the_client_calls_them(make, labels, called):
    settings = TABLE.replace("  respondent: who\n", f"  respondent: who\n{labels}")
    make(settings, {"calls.csv": CALLS})
    assert open_client("acme").contacts.levels["phone"].called("case") == called
    assert told(make, settings) == []


def test_a_heading_of_the_surveys_segments_is_a_label_too(make):
    survey = "survey:\n  file: survey.csv\n  segments: {case: Kind of case}\n  recommend: {column: q, scale: [0, 10]}\n"
    make(survey + TABLE, {"calls.csv": CALLS, "survey.csv": "q,case\n9,bill\n3,move\n"})
    assert open_client("acme").contacts.levels["phone"].called("case") == "Kind of case"


def test_a_label_of_no_column_is_told(make):
    settings = TABLE.replace("  respondent: who\n", "  respondent: who\n  labels: {cse: Type of case}\n")
    [problem] = told(make, settings)
    assert "is no column of `controls` or `by`" in problem


def test_several_columns_make_one(make):
    settings = TABLE.replace("column: score,", "column: [score, wait2],")
    make(settings, {"calls.csv": CALLS.replace("end\n", "end,wait2\n").replace("served\n", "served,6\n").replace("hung up\n", "hung up,4\n")})
    contacts = open_client("acme").contacts
    assert contacts.rows["score + wait2"].tolist()[0] == 7
    assert np.isnan(contacts.rows["score + wait2"].tolist()[2])


@pytest.mark.parametrize(("change", "message"), [
    (("unit: minutes", "unit: fortnights"), "must be 'seconds', 'minutes'"),
    (("    unit: minutes\n", ""), "tipping_points.phone.unit: The key is missing"),
    (("column: score,", "column: wait,"), 'the column "wait" is the service level and its own outcome'),
    (("contacts:\n  file: calls.csv\n  contact: id\n  respondent: who\n", ""), "there are service levels and no table of contacts"),
    (("label: Wait", "lable: Wait"), "Did you mean `label`?"),
    (("column: wait", "column: waiting"), "waiting"),
])  # fmt: skip
def test_wrong_settings_are_told(make, change, message):
    found = " ".join(told(make, TABLE.replace(*change)))
    assert message.lower() in found.lower(), found


@pytest.mark.parametrize(("change", "message"), [
    (("a,3,", "a,-3,"), 'row 2, column "wait": minutes cannot be negative'),
    (("a,3,", "a,2025-01-01,"), 'column "wait"'),
    (("b,7,", "b,soon,"), 'column "wait"'),
    (("3,8,", "3,11,"), 'column "score": outside the scale 0-10'),
    (("2,a,12", "1,a,12"), 'column "id"'),
])  # fmt: skip
def test_wrong_rows_are_told_with_row_and_column(make, change, message):
    found = told(make, calls=CALLS.replace(*change))
    assert any(message in problem for problem in found), found


def test_days_may_be_negative(make):
    assert told(make, TABLE.replace("minutes", "days"), CALLS.replace("a,3,", "a,-3,")) == []


def test_no_contacts_is_an_error_only_when_asked_for(make):
    make()
    with pytest.raises(DataError, match="contacts"):
        _ = open_client("acme").contacts


def test_contacts_are_tied_to_customers_by_the_respondent(make):
    customers = """customers:
  file: customers.csv
  customer: id
  respondent: who
  share_of_wallet: {column: share, unit: fraction}
"""
    make(TABLE + customers, {"calls.csv": CALLS, "customers.csv": "id,who,share\n1,a,0.4\n2,b,0.9\n"})
    tied = open_client("acme").customers_of_contacts
    assert (tied.respondent, tied.share, tied.event) == ("who", "share", None)
    assert tied.rows["who"].tolist() == ["a", "b"]
    make(TABLE, {"calls.csv": CALLS})
    assert open_client("acme").customers_of_contacts is None
