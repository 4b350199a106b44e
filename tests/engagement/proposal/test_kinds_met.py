"""Kinds of public exports that were read otherwise than they are meant, each made anew from invented answers."""

import pandas as pd
import pyreadstat
import pytest

from cxlib.engagement import open_client
from tests.engagement.proposal.conftest import answers, as_csv

GRADES = {"en": ("Very satisfied", "Very dissatisfied"), "da": ("Meget tilfreds", "Meget utilfreds"), "sv": ("Mycket nöjd", "Mycket missnöjd")}


def as_sav(tmp_path, cells, labels):
    """The bytes of a .sav file."""
    pyreadstat.write_sav(pd.DataFrame(cells), tmp_path / "made.sav", variable_value_labels=labels)
    return (tmp_path / "made.sav").read_bytes()


def test_zero_to_ten_stored_as_one_to_eleven_is_told_by_the_labels(propose, tmp_path):
    given = [row[0] for row in answers(220)]
    labels = {code: str(code - 1) for code in range(2, 11)} | {1: "very unlikely", 11: "very likely"}
    file = as_sav(tmp_path, {"id": range(220), "nps": [each + 1.0 for each in given]}, {"nps": labels})
    value, _, _ = propose({"s.sav": file})
    assert value["survey"]["recommend"] == {"column": "nps", "scale": ["0", "10"], "shift": "-1"}
    assert list(open_client("acme").survey.rows["nps"]) == given


@pytest.mark.parametrize("labels", [{1: "18", 2: "19", 3: "20", 4: "21"}, {1: "2021", 2: "2022", 3: "2023"}, {1: "0", 2: "1", 3: "2", 4: "3", 5: "4", 6: "5"}])
def test_labels_that_count_something_are_no_scale(propose, tmp_path, labels):
    file = as_sav(tmp_path, {"id": range(120), "x": [1.0 + i % len(labels) for i in range(120)]}, {"x": labels})
    value, _, _ = propose({"s.sav": file})
    assert "blocks" not in value["survey"] and "recommend" not in value["survey"]


@pytest.mark.parametrize("language", GRADES)
@pytest.mark.parametrize("form", ["labels", "words"])
def test_answers_whose_first_is_the_good_one_are_turned(propose, tmp_path, language, form):
    good, bad = GRADES[language]
    codes = [1 + i % 5 for i in range(150)]
    if form == "labels":
        file = {"s.sav": as_sav(tmp_path, {"id": range(150), "overall_sat": [float(code) for code in codes]}, {"overall_sat": {1: good, 2: "2", 3: "3", 4: "4", 5: bad}})}
    else:
        said = {1: f"1. {good}", 2: "2. x", 3: "3. y", 4: "4. z", 5: f"5. {bad}"}
        file = {"s.csv": as_csv([["id", "overall_sat"], *[[i, said[code]] for i, code in enumerate(codes)]])}
    _, text, _ = propose(file)
    assert "the low end is the good one: turned" in text
    assert list(open_client("acme").survey.rows["overall_sat"]) == [6 - code for code in codes]


def test_numbers_that_only_count_the_options_are_doubted(propose):
    jobs = ["1.Manager", "2.Clerk", "3.Service", "4.Worker", "5.Other"]
    rows = [["id", "nps", "occupation"], *[[i, row[0], jobs[i % 5]] for i, row in enumerate(answers(150))]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "blocks" not in value["survey"] and "do these numbers rank the answers" in text


def test_four_answers_with_their_numbers_are_a_scale_of_four(propose):
    said = ["1. Not at all", "2. A little", "3. Fairly", "4. Very much"]
    rows = [["id", "nps", "helped"], *[[i, row[0], said[i % 4]] for i, row in enumerate(answers(150))]]
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["blocks"]["helped"]["scale"] == ["1", "4"]


def test_a_row_of_a_grid_is_not_the_whole(propose):
    asked = [f"How would you rate the overall quality of ... [{each}]" for each in ("papers", "talks", "people")]
    rows = [["Timestamp", *asked]]
    rows += [[f"2025-01-{1 + i % 28:02} 10:00:00", f"odd {i % 4}", f"even {i % 3}", ["OK", "Good", "Excellent"][i % 3]] for i in range(120)]
    value, _, _ = propose({"forms.csv": as_csv(rows)})
    assert "rating" not in value["survey"]


def test_files_of_channels_are_groups_and_no_times(propose):
    files = {f"nps_{each}.csv": as_csv([["response_date", "user_id", "nps_rating"], *[[f"2025-0{1 + i % 6}-03", f"{each}{i}", row[0]] for i, row in enumerate(answers(150, seed=n))]])
             for n, each in enumerate(("email", "web", "phone"))}  # fmt: skip
    value, _, _ = propose(files)
    survey = value["survey"]
    assert "period" not in survey and survey["date"] == "response_date"
    assert survey["segments"] == {"wave": "File"}
    assert survey["recommend"]["column"] == "nps_rating"


def test_an_id_in_the_files_of_two_channels_is_a_choice(propose):
    files = {f"{each}.csv": as_csv([["date", "user_id", "nps"], *[[f"2025-0{1 + i % 6}-03", f"u{i + n}", row[0]] for i, row in enumerate(answers(150, seed=n))]])
             for n, each in enumerate(("email", "web"))}  # fmt: skip
    value, text, _ = propose(files)
    assert "respondent" not in value["survey"] and "# ?   one_row: {of: user_id, by: date, which: last}" in text


def test_the_name_of_the_file_says_what_was_asked(propose):
    rows = [["id", "rating"], *[[i, row[0]] for i, row in enumerate(answers(150))]]
    assert propose({"NPSexport.csv": as_csv(rows)})[0]["survey"]["recommend"] == {"column": "rating", "scale": ["0", "10"]}
    assert "recommend" not in propose({"snaps.csv": as_csv(rows)}, id="other")[0]["survey"]


def test_labelled_groups_of_the_same_codes_are_groups_each(propose, tmp_path):
    names = {"class": ("Economy", "Business", "First"), "level": ("Blue", "Silver", "Gold"), "tongue": ("German", "English", "French")}
    cells = {"nps": [float(row[0]) for row in answers(150)]} | {name: [1.0 + (i + n) % 3 for i in range(150)] for n, name in enumerate(names)}
    labels = {name: dict(enumerate(said, start=1)) for name, said in names.items()}
    value, _, _ = propose({"s.sav": as_sav(tmp_path, cells, labels)})
    assert value["survey"]["segments"].keys() == names.keys()


def test_an_export_of_a_survey_program_holds_no_initiatives(propose):
    head = ["Response ID", "Date submitted", "Last page", "Start language", "Start date of your project", "Annual cost of the project", "How likely are you to recommend us?"]
    rows = [head, *[[i, "2025-05-06 12:00:00", 3, "en", "2024-01-01", 1000 + i, row[0]] for i, row in enumerate(answers(150))]]
    value, _, _ = propose({"lime.csv": as_csv(rows)})
    assert "survey" in value and "initiatives" not in value


def test_a_month_beside_the_date_makes_no_periods_of_its_own(propose):
    rows = [["id", "survey_date", "month", "nps"], *[[i, f"2025-{1 + i % 12:02}-03", 1 + i % 12, row[0]] for i, row in enumerate(answers(150))]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["date"] == "survey_date" and "period" not in value["survey"]
    assert "told by the date: Month" in text


def test_years_of_two_digits_among_those_of_four(propose):
    rows = [["id", "answered", "nps"]]
    rows += [[i, f"{13 + i % 15}/{1 + i % 12}/{'20' * (i % 3 == 0)}24", row[0]] for i, row in enumerate(answers(150))]
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["read"]["dates"] == ["%d/%m/%Y", "%d/%m/%y"]
    assert open_client("acme").survey.rows["period"].notna().all()


def test_na_of_a_file_without_blanks_says_nothing(propose):
    rows = [["id", "nps", "region", "branch", "agrees"]]
    rows += [[i, row[0], "NA" if i % 9 == 0 else "North", "NA" if i % 7 == 0 else "B", ["NA", "Disagree", "Agree"][i % 3]] for i, row in enumerate(answers(150))]
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["read"]["missing"] == ["NA"]
    assert "not_applicable" not in value["survey"]


def test_labels_tell_what_a_status_is(propose, tmp_path):
    cells = {"id": range(150), "status": [1.0 + i % 3 for i in range(150)], "nps": [float(row[0]) for row in answers(150)]}
    value, text, _ = propose({"s.sav": as_sav(tmp_path, cells, {"status": {1: "Blue", 2: "Silver", 3: "Gold"}})})
    assert value["survey"]["segments"] == {"status": "Status"} and "keep" not in text.split("# ---")[1]


def test_a_closed_ticket_is_no_lost_customer(propose):
    rows = [["Ticket_ID", "Status", "Channel", "First_Response_Time_Hours", "CSAT_Score"]]
    rows += [[f"T{i}", ["Open", "Closed"][i % 2], ["Chat", "Phone"][i % 2], 1 + i % 9, 1 + (i % 9) // 2 if i % 2 else ""] for i in range(200)]
    value, _, _ = propose({"customer_tickets.csv": as_csv(rows)})
    assert "customers" not in value
    assert value["contacts"]["contact"] == "Ticket_ID"
    assert [point["unit"] for point in value["tipping_points"].values()] == ["hours"]


def test_answers_that_nobody_owns_are_doubted(propose):
    asked = ["1. I know what is expected", "2. My team is good", "3. My manager listens"]
    rows = [["Response ID", "Department", "Question", "Response"], *[[i, ["Sales", "Service"][i % 2], asked[i % 3], 1 + i % 5] for i in range(300)]]
    value, text, _ = propose({"employee survey.csv": as_csv(rows)})
    assert "no column says which rows are of one respondent" in text
    assert "items" not in value.get("employees", {}) and "blocks" not in value.get("survey", {})


def test_one_answer_a_row_beside_many_columns_of_the_respondent(propose):
    asked = ["1. I know what is expected", "2. My team is good", "3. My manager listens"]
    more = [f"trait {each}" for each in "abcdefg"]
    rows = [["Response ID", "Department", "Question", "Response", *more]]
    rows += [[person, ["Sales", "Service"][person % 2], each, 1 + (person + i) % 5, *[person % 2] * 7] for person in range(90) for i, each in enumerate(asked)]
    value, _, _ = propose({"answers.csv": as_csv(rows)})
    assert list(value["employees"]["items"]) == asked
    assert value["employees"]["long"] == {"respondent": "Response ID", "question": "Question", "answer": "Response"}


def test_statements_of_trouble_are_told_by_the_overall_satisfaction(propose):
    rows = [["id", "Overall, how satisfied are you?", "Errors were frequent", "Help was near"]]
    rows += [[i, 1 + row[1] // 2 if row[1] < 10 else 5, 5 - min(4, row[2] // 2), 1 + min(4, row[3] // 2)] for i, row in enumerate(answers(150))]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert list(value["survey"]["blocks"]) == ["help_was_near"]
    assert "it falls where Overall, how satisfied are you rises" in text
