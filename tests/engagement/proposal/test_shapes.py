"""Tables of another shape: rows that do not count, one answer a row, waves side by side, a file for each wave."""

import random

import pytest

from cxlib.engagement.proposal.shapes import wave_names
from tests.engagement.proposal.conftest import answers, as_csv


def test_one_answer_a_row(propose):
    rows = [["respondent", "question", "answer", "date"]]
    for i, row in enumerate(answers(60)):
        rows += [[f"r{i}", name, value, "2025-01-01"] for name, value in (("nps", row[0]), ("sat", 1 + row[1] // 3), ("staff", 1 + row[2] // 2 if row[2] < 10 else 5))]
    value, _, _ = propose({"long.csv": as_csv(rows)})
    survey = value["survey"]
    assert survey["long"] == {"respondent": "respondent", "question": "question", "answer": "answer"}
    assert survey["recommend"] == {"column": "nps", "scale": ["0", "10"]}
    assert survey["respondent"] == "respondent"


def test_waves_side_by_side(propose):
    rows = [["id", "nps_2023", "nps_2025", "nps_2024", "region"], *[[i, *row[:3], "NS"[i % 2]] for i, row in enumerate(answers(150))]]
    value, _, _ = propose({"wide.csv": as_csv(rows)})
    assert list(value["survey"]["waves"]) == ["2023", "2024", "2025"]
    assert value["survey"]["recommend"]["column"] == "nps"


def test_a_file_for_each_wave(propose):
    files = {f"survey {year}.csv": as_csv([["id", "nps"], *[[i, row[0]] for i, row in enumerate(answers(60, seed=year))]]) for year in (2025, 2024)}
    value, _, _ = propose(files)
    assert list(value["survey"]["file"].items()) == [("2024", "survey 2024.csv"), ("2025", "survey 2025.csv")]
    assert value["survey"]["respondent"] == "id"


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["wave2024.csv", "wave2025.csv"], ["2024", "2025"]),
        (["2024-Q1 x.xlsx", "2024-Q2 x.xlsx"], ["2024-Q1", "2024-Q2"]),
        (["spring.csv", "autumn.csv.gz"], ["spring", "autumn"]),
    ],
)
def test_names_of_waves(files, names):
    assert wave_names(files) == names


def test_repeated_respondents_are_a_choice(propose):
    rows = [["respondent_id", "status", "modified", "nps"]]
    for i, row in enumerate(answers(80)):
        rows += [[i, "disqualified", "2025-01-01 10:00", ""]] * (i % 7 == 0) + [[i, "completed", "2025-01-02 10:00", row[0]]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert "respondent" not in value["survey"] and "keep" not in value["survey"]
    assert "# ?   keep: {status: [completed]}" in text
    assert "# ?   one_row: {of: respondent_id, by: modified, which: last}" in text


def test_ages_become_bands_that_are_told(propose):
    rows = [["id", "age", "nps"], *[[i, 18 + (i * 7) % 60, i % 11] for i in range(200)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert list(value["survey"]["recode"]["age_group"]["bands"]) == ["under 30", "30-44", "45-59", "60+"]
    assert value["survey"]["segments"] == {"age_group": "Age"}
    assert "write your own" in text


def test_a_table_that_counts_respondents(propose):
    rows = [["region", "nps", "count"], *[[region, nps, 5 + nps] for region in "NS" for nps in range(11)]]
    value, _, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"]["frequency"] == "count"


def test_a_self_assessment_asked_in_the_models_own_words(propose):
    from cxlib.engagement.proposal.parts.maturity import models

    model = next(each for each in models() if each.name == "loyalty")
    from cxlib.engagement.maturity_models import SHIPPED
    from cxlib.engagement.settings.strict_yaml import read_yaml

    steps = read_yaml((SHIPPED / "loyalty.yml").read_bytes(), "loyalty.yml").value["steps"]
    questions = [criterion["q"]["da"] for step in steps for criterion in step["criteria"]]
    scale = ["Helt uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Helt enig"]
    rows = [["ID", "Rolle", *questions], *[[i, ["Ledelse", "Front"][i % 2], *[scale[(i + j) % 5] for j in range(21)]] for i in range(14)]]
    value, _, _ = propose({"forms.csv": as_csv(rows)})
    part = value["maturity"]["loyalty"]
    assert part["recode"] == {item: {"from": question} for item, question in zip(model.questions, questions, strict=True)}
    assert (part["scale"], part["role"]) == ("agree5", "Rolle")


def one_row_an_answer(id):
    """Answers of 60 employees to three questions, shuffled: `id(person, question)` stands in the id column."""
    asked = ["I am proud of my work", "My manager listens", "I have the tools I need"]
    rows = [[id(person, i), ["North", "South", "East"][person % 3], question, 1 + (person * 7 + i) % 5] for person in range(60) for i, question in enumerate(asked)]
    return as_csv([["id", "department", "question", "answer"], *random.Random(2).sample(rows, len(rows))])


def test_employees_with_a_row_an_answer(propose):
    value, _, _ = propose({"staff.csv": one_row_an_answer(lambda person, i: person)})
    assert value["employees"]["long"] == {"respondent": "id", "question": "question", "answer": "answer"}
    assert len(value["employees"]["items"]) == 3


def test_an_id_for_each_answer_is_recognised_and_left_to_the_consultant(propose):
    value, text, made = propose({"staff.csv": one_row_an_answer(lambda person, i: f"A{person * 3 + i}")})
    assert "employees" not in value and any("180 rows" in line and "employees" in line for line in made.found)
    for piece in ("# ? employees:", "# ?   long: {respondent: id, question: question, answer: answer}", "# ?     My manager listens", "# ?   unit: department"):
        assert piece in text
    assert '"id" is another in every row' in str(made.empty) and "a group of too few people could be shown" in str(made.empty)
