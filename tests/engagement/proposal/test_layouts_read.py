"""Exports of survey programs, rebuilt: heading rows are no respondents, previews are left out, people are not read."""

import io

import openpyxl
import pytest

from tests.engagement.proposal.conftest import answers, as_csv

RECOMMEND = "How likely are you to recommend us?"
STAFF, PRICE = "How satisfied are you with the following? - Staff", "How satisfied are you with the following? - Price"


def qualtrics(ids=True):
    rows = [["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Finished", "RecordedDate", "ResponseId", "DistributionChannel", "Q1", "Q2_1", "Q2_2", "Q3"],
            ["Start Date", "End Date", "Response Type", "IP Address", "Progress", "Finished", "Recorded Date", "Response ID", "Distribution Channel", RECOMMEND, STAFF, PRICE, "Why?"]]  # fmt: skip
    if ids:
        rows.append(['{"ImportId":"startDate"}', *[f'{{"ImportId":"QID{i}"}}' for i in range(12)]])
    for i, row in enumerate(answers()):
        status = "Survey Preview" if i < 6 else "Spam" if i == 9 else "IP Address"
        five = [1 + min(4, each // 2) for each in row]
        when = f"2025-03-{1 + i % 28:02} 10:00:00"
        rows.append([when, when, status, "1.2.3.4", 100, "True" if i % 10 else "False", when, f"R_{i}", "anonymous", row[0], five[1], five[2], f"text {i}"])
    return rows


@pytest.mark.parametrize("ids", [True, False])
def test_qualtrics(propose, ids):
    value, text, made = propose({"export.csv": "\ufeff" + as_csv(qualtrics(ids))})
    survey = value["survey"]
    assert survey["recommend"]["column"] == "Q1"
    assert list(survey["blocks"]) == ["staff", "price"]
    assert survey["drop"] == {"Status": ["Survey Preview"]}
    assert survey["respondent"] == "ResponseId"
    assert "# ?   keep: {Finished:" in text
    assert "# ?   drop: {Status: [Survey Preview, Spam]}" in text
    assert "about the person: IPAddress" in text
    assert any("120 rows, 114 of them taken" in line for line in made.found)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_surveymonkey(propose, ending):
    rows = [["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", RECOMMEND, "How satisfied are you with:", "", "Your region"],
            ["", "", "", "", "", "Response", "Staff", "Price", "Response"]]  # fmt: skip
    for i, row in enumerate(answers()):
        words = ["Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"]
        rows.append([str(5000 + i), "77", "2025-03-04 10:00:00", "2025-03-05 10:00:00", "1.2.3.4", row[0], words[min(4, row[1] // 2)], words[min(4, row[2] // 2)], ["North", "South"][i % 2]])
    if ending == "csv":
        content = as_csv(rows)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([None if cell == "" else cell for cell in row])
        out = io.BytesIO()
        book.save(out)
        content = out.getvalue()
    value, _, made = propose({f"sm.{ending}": content})
    survey = value["survey"]
    assert survey["read"]["headings"] == ["1", "2"]
    assert survey["recommend"]["column"] == RECOMMEND
    assert [block["label"] for block in survey["blocks"].values()] == ["Staff", "Price"]
    assert survey["segments"] == {"Your region": "Your region"}
    assert any("120 rows" in line for line in made.found)


@pytest.mark.parametrize(
    ("headings", "recommend"),
    [
        (["ID", "Start time", "Completion time", "Email", "Name"], RECOMMEND),
        (["Id", "Starttidspunkt", "Fuldførelsestidspunkt", "Mail", "Navn"], "Hvor sandsynligt er det, at du vil anbefale os?"),
        (["ID", "Starttidspunkt", "Fullføringstidspunkt", "E-postadresse", "Navn"], "Hvor sannsynlig er det at du vil anbefale oss?"),
        (["ID", "Starttid", "Slutförandetid", "E-post", "Namn"], "Hur sannolikt är det att du rekommenderar oss?"),
    ],
)
def test_microsoft_forms(propose, headings, recommend):
    rows = [[*headings, recommend, "Product"]]
    rows += [[i + 1, "3/14/2025 10:00:00", f"3/{14 + i % 9}/2025 10:05:00", "anonymous", f"Person {i}", row[0], "ABC"[i % 3]] for i, row in enumerate(answers())]
    value, text, _ = propose({"forms.csv": as_csv(rows)})
    survey = value["survey"]
    assert (survey["respondent"], survey["date"]) == (headings[0], headings[2])
    assert survey["read"]["dates"] == "%m/%d/%Y %H:%M:%S"
    assert survey["recommend"]["column"] == recommend
    assert f"about the person: {headings[3]}, {headings[4]}" in text and "Person 1" not in text


def test_limesurvey_opened_is_not_answered(propose):
    rows = [["Response ID", "Date submitted", "Last page", "Start language", "Seed", RECOMMEND, "Which branch?", "Which branch? [Other]", "Rate: [Staff]", "Rate: [Price]"]]
    for i, row in enumerate(answers()):
        sent = "" if i < 5 else "2025-05-06 12:00:00"
        rows.append([i + 1, sent, 3, "en", 1, *([""] * 5 if i < 5 else [row[0], ["North", "South"][i % 2], "", 1 + row[1] // 3, 1 + row[2] // 3])])
    value, _, _ = propose({"lime.csv": as_csv(rows)})
    survey = value["survey"]
    assert survey["drop"] == {"Date submitted": [""]}
    assert survey["recommend"]["column"] == RECOMMEND
    assert [block["label"] for block in survey["blocks"].values()] == ["Staff", "Price"]


@pytest.mark.parametrize(
    ("layout", "own", "kept"),
    [
        ("SurveyXact", {"respondentid": "id", "statoverall_1": 0, "statoverall_4": 1, "closed": "2025-05-06"}, "statoverall_4"),
        ("Questback", {"lfdn": "id", "external_lfdn": 0, "tester": 0, "dispcode": 31, "lastpage": 9, "quality": "", "datetime": "2025-05-06 10:00:00"}, "dispcode"),
        ("Typeform", {"#": "id", "Start Date (UTC)": "2025-05-06 10:00:00", "Submit Date (UTC)": "2025-05-06 10:00:00", "Network ID": "x1", "Response Type": "completed"}, "Response Type"),
    ],
)
def test_further_programs(propose, layout, own, kept):
    rows = [[*own, RECOMMEND]]
    for i, row in enumerate(answers()):
        cells = [f"r{i}" if cell == "id" else cell for cell in own.values()]
        if i % 8 == 0:
            cells[list(own).index(kept)] = {"statoverall_4": 0, "dispcode": 22, "Response Type": "partial"}[kept]
        rows.append([*cells, row[0]])
    value, text, made = propose({"export.csv": as_csv(rows)})
    assert any(layout in line for line in made.found)
    assert value["survey"]["recommend"]["column"] == RECOMMEND
    assert "# ?   keep:" in text


def test_title_rows_and_sheets(propose):
    book = openpyxl.Workbook()
    book.active.title = "Forside"
    book.active.append(["Rapport 2025"])
    sheet = book.create_sheet("Svar")
    sheet.append(["Kundeundersøgelse"])
    sheet.append([])
    sheet.append(["Svar-ID", "Hvor sandsynligt er det, at du vil anbefale os?", "Område"])
    for i, row in enumerate(answers()):
        sheet.append([i, row[0], ["Nord", "Syd"][i % 2]])
    out = io.BytesIO()
    book.save(out)
    value, _, _ = propose({"svar.xlsx": out.getvalue()})
    assert value["survey"]["read"] == {"sheet": "Svar", "headings": "3"}
    assert value["survey"]["recommend"]["scale"] == ["0", "10"]
