"""Layouts of survey programs: each is told from its first rows, and from nothing else."""

import pytest

from cxlib.engagement.settings.layouts import layouts, recognised

QUALTRICS = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "Q1", "Q2_1"]
FIRST_ROWS = {
    "qualtrics": [QUALTRICS, ["Start Date", *["text"] * 7], ['{"ImportId":"startDate"}', *["{}"] * 7]],
    "qualtrics_two_rows": [
        QUALTRICS,
        ["Start Date", "End Date", "Response Type", "Progress", "Finished", "Response ID", "a", "b"],
    ],
    "qualtrics_legacy": [
        ["V1", "V7", "V8", "V9", "V10", "Q1"],
        ["ResponseID", "Status", "StartDate", "EndDate", "Finished", "text"],
    ],
    "surveymonkey": [
        ["Respondent ID", "Collector ID", "Start Date", "How likely?", ""],
        ["", "", "", "Response", "Staff"],
    ],
    "ms_forms": [["ID", "Start time", "Completion time", "Email", "Name", "How satisfied are you?"]],
    "google_forms": [["Timestamp", "Rate us [Staff]", "Rate us [Price]"]],
    "limesurvey": [["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Rate: [Staff]"]],
    "surveyxact": [["respondentid", "created", "closed", "statoverall_1", "statoverall_4", "s_1"]],
    "questback": [["lfdn", "external_lfdn", "tester", "dispcode", "lastpage", "v_1"]],
    "typeform": [["#", "How likely?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]],
    "": [["id", "date", "nps", "Name"]],
}


@pytest.mark.parametrize("name", FIRST_ROWS)
def test_a_layout_is_told_from_its_first_rows(name):
    assert recognised(FIRST_ROWS[name]) == name


def test_danish_and_swedish_exports_are_told():
    assert (
        recognised([["Id", "Starttidspunkt", "Fuldførelsestidspunkt", "Mail", "Navn", "Hvor tilfreds er du?"]])
        == "ms_forms"
    )
    assert recognised([["\ufeffTidsstämpel", "Hur nöjd är du?"]]) == "google_forms"
    assert (
        recognised([["Respondent-id", "Startdato", "Slutdato", "Hvor tilfreds?"], ["", "", "", "Svar"]])
        == "surveymonkey"
    )


def test_every_shipped_layout_has_a_case():
    assert layouts().keys() == FIRST_ROWS.keys() - {""}
