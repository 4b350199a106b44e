"""A folder is made whole or not at all, from copies; its parts are told by their columns."""

import random

import pytest

from cxlib.engagement import DataError
from cxlib.engagement.proposal.new_folder import folder_from
from tests.engagement.proposal.conftest import answers, as_csv

MODEL = [f"{step}.{criterion}" for step in range(1, 8) for criterion in range(1, 4)]


def survey(n=120):
    return as_csv([["id", "nps", "team"], *[[i, row[0], f"T{i % 6}"] for i, row in enumerate(answers(n))]])


def test_files_are_copied_and_stay(propose, tmp_path, clients):
    propose({"survey.csv": survey()})
    assert (tmp_path / "exported" / "survey.csv").read_text() == (clients / "acme" / "survey.csv").read_text()
    assert sorted(each.name for each in clients.iterdir()) == ["acme"]


def test_a_folder_is_never_overwritten_and_nothing_half_made_stays(propose, tmp_path, clients):
    propose({"survey.csv": survey()})
    before = (clients / "acme" / "client.yml").read_bytes()
    with pytest.raises(DataError):
        folder_from("acme", [tmp_path / "exported" / "survey.csv"])
    with pytest.raises(DataError):
        folder_from("other", [tmp_path / "absent.csv"])
    with pytest.raises(RuntimeError):
        folder_from("third", [tmp_path / "exported" / "survey.csv"], ask=lambda proposal: (_ for _ in ()).throw(RuntimeError()))
    assert (clients / "acme" / "client.yml").read_bytes() == before
    assert sorted(each.name for each in clients.iterdir()) == ["acme"]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_proposed(propose):
    value, _, made = propose({"survey.csv": survey(), "broken.xlsx": b"no workbook"})
    assert "recommend" in value["survey"]
    assert any("broken.xlsx" in line and "cannot be read" in line for line in made.found)


@pytest.mark.parametrize("name, content", [("broken.xlsx", b"no workbook"), ("empty.csv", b""), ("letter.pdf", b"%PDF-1.7 words")])
def test_where_no_file_can_be_read_no_folder_is_made(tmp_path, clients, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        folder_from("acme", [tmp_path / name])
    assert list(clients.iterdir()) == []


def test_the_first_line_leads_an_editor_to_the_schema(propose):
    _, text, made = propose({"survey.csv": survey()})
    schema = text.splitlines()[0].partition("$schema=")[2]
    assert (made.folder / schema).resolve().name == "client.schema.json" and (made.folder / schema).exists()


def test_contacts_with_their_service_level(propose):
    draw = random.Random(5)
    rows = [["Call Id", "Agent", "Topic", "Answered (Y/N)", "Speed of answer in seconds", "Satisfaction rating"]]
    for i in range(300):
        gone = i % 9 == 0
        rows.append([f"C{i}", "Ann", ["bill", "repair"][i % 2], "N" if gone else "Y", "" if gone else draw.randint(10, 120), "" if gone else draw.randint(1, 5)])
    value, text, _ = propose({"calls.csv": as_csv(rows)})
    (level,) = value["tipping_points"].values()
    assert (level["column"], level["unit"]) == ("Speed of answer in seconds", "seconds")
    assert level["outcome"]["column"] == "Satisfaction rating"
    assert level["abandoned"] == {"column": "Answered (Y/N)", "left": "N"}
    assert value["contacts"]["contact"] == "Call Id"
    assert "names of employees: Agent" in text


def test_a_waiting_time_without_a_unit_is_left_to_the_consultant(propose):
    rows = [["case", "wait", "score"], *[[i, 1 + i % 30, i % 11] for i in range(200)]]
    value, text, _ = propose({"log.csv": as_csv(rows)})
    assert "tipping_points" not in value and "names no unit" in text


def test_customers_and_their_worth(propose):
    rows = [["customerID", "tenure in years", "Contract", "Margin a year", "Churn", "nps"]]
    rows += [[f"C{i}", 0.5 + i % 9, ["Basic", "Plus"][i % 2], 100 + i, ["Yes", "No", "No"][i % 3], i % 11] for i in range(200)]
    value, _, _ = propose({"customers.csv": as_csv(rows)})
    customers = value["customers"]
    assert customers["churned"] == {"column": "Churn", "left": "Yes"}
    assert (customers["margin"], customers["tenure"], customers["controls"]) == ("Margin a year", "tenure in years", ["Contract"])
    assert value["survey"]["recommend"]["column"] == "nps"


def test_employees_are_tied_to_the_units_of_the_survey(propose):
    words = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    staff = [["team", "I am proud of my work", "My manager listens"], *[[f"T{i % 6}", words[i % 5], words[(i + 1) % 5]] for i in range(90)]]
    value, _, _ = propose({"survey.csv": survey(), "staff.csv": as_csv(staff)})
    assert value["employees"]["unit"] == value["survey"]["unit"] == "team"
    assert list(value["employees"]["items"]) == ["I am proud of my work", "My manager listens"]


def test_a_self_assessment_by_its_ids(propose):
    rows = [["person", "role", *MODEL], *[[f"P{i}", ["management", "front line"][i % 2], *[1 + (i + j) % 5 for j in range(21)]] for i in range(14)]]
    value, _, _ = propose({"loyalty.csv": as_csv(rows)})
    assert value["maturity"]["loyalty"]["respondent"] == "person"
    assert value["maturity"]["loyalty"]["role"] == "role"


def test_initiatives(propose):
    rows = [["initiative", "owner", "start", "end", "cost once", "cost yearly", "low", "mode", "high"],
            *[[f"Do {i}", "COO", "2026-01-01", "2026-06-01", 1000 * i, 10, 1, 2, 3] for i in range(1, 6)]]  # fmt: skip
    value, _, _ = propose({"survey.csv": survey(), "initiatives.csv": as_csv(rows)})
    assert value["initiatives"]["effect"] == {"columns": ["low", "mode", "high"], "of": "satisfaction"}


def test_the_text_ends_with_the_templates_sections(propose):
    _, text, _ = propose({"survey.csv": survey()})
    assert "\n# contacts:" in text and "\n# money:" in text and text.count("\nsurvey:") == 1


def test_a_verdict_in_two_words_is_an_event(propose):
    rows = [["Ticket", "reply_minutes", "Satisfaction Score"], *[[i, 1 + i % 90, ["Good", "Bad", "Offered", "Good with comment"][i % 4]] for i in range(200)]]
    value, _, _ = propose({"tickets.csv": as_csv(rows)})
    (level,) = value["tipping_points"].values()
    assert level["outcome"]["values"] == {"Good": "1", "Bad": "0", "Good with comment": "1"}
    assert level["outcome"]["not_applicable"] == ["Offered"]


def test_what_the_check_refuses_becomes_a_doubtful_line_with_its_reason(propose, monkeypatch):
    from cxlib.engagement.proposal.parts import row_roles

    monkeypatch.setattr(row_roles, "_respondent", lambda source, roles, **waves: [row_roles.Line("respondent", "nps", "a mistake", columns=("nps",))])
    value, text, _ = propose({"survey.csv": survey()})
    assert "respondent" not in value["survey"]
    assert "the check says" in text


def test_months_are_told_from_headings_and_size(propose):
    rows = [["customerID", "tenure", "MonthlyCharges", "Churn", "nps"], *[[f"C{i}", 1 + i % 72, 20 + i % 60, ["Yes", "No", "No"][i % 3], i % 11] for i in range(200)]]
    value, _, _ = propose({"telco.csv": as_csv(rows)})
    assert value["customers"]["units"] == {"revenue": "month", "tenure": "months"}


def test_the_questions_that_matter_most_are_asked():
    import click
    from click.testing import CliRunner

    from cxlib.cli import _answered
    from cxlib.engagement.proposal.lines import Line
    from cxlib.engagement.proposal.parts.roles import AskedChoice
    from cxlib.engagement.proposal.proposal import Proposal

    lines = [Line("name", "Acme"), Line("language", "en")]
    proposal = Proposal(lines, {}, [AskedChoice("rating", "Which one?", {"sat": "sat", "overall": "overall", "none": "none of them"})])
    answered = {}

    @click.command()
    def ask():
        answered.update(_answered(proposal.questions))

    said = CliRunner().invoke(ask, input="Acme A/S\nda\n2\n")
    assert said.exit_code == 0
    assert answered == {"name": "Acme A/S", "language": "da", "rating": "overall"}


@pytest.mark.parametrize(("late", "basis"), [(30, "last 2"), (150, None)])
def test_a_thin_latest_period_is_widened(propose, late, basis):
    months = [2] * 150 + [5] * 150 + [8] * late
    rows = [["id", "date", "nps", "region"], *[[i, f"2025-0{month}-03", i % 11, "NS"[i % 2]] for i, month in enumerate(months)]]
    value, text, _ = propose({"s.csv": as_csv(rows)})
    assert value["survey"].get("basis") == basis
    assert (f"has {late} answers, and segments and drivers rest on it" in text) == bool(basis)


@pytest.mark.parametrize(
    ("rows", "rule", "remedy"),
    [
        ([["sku", "bin", "qty"], *[[f"S{i}", f"B{i * 7}", i * 1.37] for i in range(60)]], "nothing was recognised", "`cx look"),
        ([["id", "region"], *[[i, "NS"[i % 2]] for i in range(60)]], "nothing was recognised", "name a question under `survey`"),
        ([["case", "wait", "note"], *[[i, 1 + i % 30, f"note {i}"] for i in range(200)]], "nothing in it is certain", "begin with `# ?`"),
    ],
    ids=["no survey", "groups alone", "doubtful alone"],
)  # fmt: skip
def test_where_the_report_would_be_empty_it_is_one_error_with_a_remedy(propose, rows, rule, remedy):
    _, _, made = propose({"table.csv": as_csv(rows)})
    told = made.told()
    [error] = [line for line in told if line.startswith("table.csv: noth")]
    assert rule in error and remedy in error and f"{len(rows) - 1} rows of " in error
    assert "acme: errors 1, warnings 0" in told and made.errors and not any("cx render" in line for line in told)


def test_the_check_of_a_survey_without_a_question_says_that_its_report_is_empty(propose):
    from cxlib.engagement import problems

    propose({"table.csv": as_csv([["id", "region"], *[[i, "NS"[i % 2]] for i in range(60)]])})
    assert any("names no question, so the report will be empty" in str(problem) for problem in problems("acme"))


NORWEGIAN = ["id", "dato", "fylke", "Alt i alt, hvor fornøyd er du med oss?", "Hvor fornøyd er du med prisen?", "Hva kan vi gjøre bedre?"]
WORDS = ["Svært misfornøyd", "Misfornøyd", "Verken fornøyd eller misfornøyd", "Fornøyd", "Svært fornøyd"]


def test_a_norwegian_file_is_read_and_the_language_of_its_report_is_said(propose):
    rows = [[i, f"2025-0{1 + i % 9}-03", ["Viken", "Agder"][i % 2], WORDS[i % 5], WORDS[i // 2 % 5], f"Noe nr. {i}" if i % 4 else ""] for i in range(200)]
    value, text, made = propose({"svar.csv": as_csv([NORWEGIAN, *rows])})
    assert value["language"] == "da" and "the files are in Norwegian" in text
    assert any("Norwegian was recognised; reports are written in en, da, sv: da is proposed" in line for line in made.told())
    assert value["survey"]["rating"]["values"] == {word: str(number) for number, word in enumerate(WORDS, start=1)}
    assert list(value["survey"]["blocks"]) == ["prisen"]
    assert list(value["survey"]["segments"]) == ["fylke"]
    _, _, chosen = propose({"svar.csv": as_csv([NORWEGIAN, *rows])}, id="other", language="en")
    assert any("Norwegian was recognised" in line and "en was chosen by you" in line for line in chosen.told())


@pytest.mark.parametrize(("headings", "language"), [
    (["id", "dato", "område", "Alt i alt, hvor tilfreds er du med os?"], "da"),
    (["id", "datum", "område", "Hur nöjd är du på det stora hela?"], "sv"),
    (["id", "date", "region", "Overall, how satisfied are you with us?"], "en"),
])  # fmt: skip
def test_the_languages_of_reports_are_told_from_norwegian(propose, headings, language):
    value, _, made = propose({"svar.csv": as_csv([headings, *[[i, f"2025-0{1 + i % 9}-03", "NS"[i % 2], 1 + i % 5] for i in range(80)]])})
    assert value["language"] == language and not any("recognised" in line for line in made.told())


def parted(n=200):
    """A survey of three months, with two questions of a grid and two of their own."""
    headings = ["id", "date", "Overall satisfaction", "How satisfied are you with the price?", "How clear was the bill?", "Staff - friendly", "Staff - skilled"]
    return as_csv([headings, *[[i, f"2025-{(2, 5, 8)[i % 3]:02d}-01", *(1 + each % 5 for each in row[:5])] for i, row in enumerate(answers(n, 1, 5))]])


def test_blocks_and_basis_are_asked_where_several_are_plausible(propose):
    asked = {}
    value, _, _ = propose({"s.csv": parted()}, ask=lambda questions: asked.update({each.key: each for each in questions}) or {})
    assert list(asked) == ["name", "language", "blocks", "basis"]
    assert list(asked["blocks"].options) == ["headings", "grids", "scales"] and list(asked["basis"].options) == ["last 2", "latest", "all"]
    assert list(value["survey"]["blocks"]) == ["the_price", "how_clear_was_the_bill", "friendly", "skilled"]


@pytest.mark.parametrize(("way", "sizes"), [("headings", [1, 1, 1, 1]), ("grids", [1, 1, 2]), ("scales", [4])])
def test_blocks_are_parted_as_answered(propose, way, sizes):
    value, _, _ = propose({"s.csv": parted()}, ask=lambda questions: {"blocks": way, "basis": "all"})
    assert [len(block["items"]) for block in value["survey"]["blocks"].values()] == sizes
    assert value["survey"]["basis"] == "all"


def test_without_questions_the_first_options_are_taken(propose):
    first, _, _ = propose({"s.csv": parted()})
    asked, _, _ = propose({"s.csv": parted()}, id="other", ask=lambda questions: {each.key: next(iter(each.options)) for each in questions if each.options and not each.words})
    assert first["survey"] == asked["survey"]


def test_an_index_is_asked_and_may_be_refused(propose):
    headings = ["id", "Overall satisfaction", "How well did we meet your expectations?", "How close are we to your ideal?"]
    table = as_csv([headings, *[[i, *row[:3]] for i, row in enumerate(answers(150, 1, 10))]])
    value, _, _ = propose({"s.csv": table})
    assert len(value["survey"]["satisfaction"]["items"]) == 3
    value, _, _ = propose({"s.csv": table}, id="other", ask=lambda questions: {"satisfaction": "none"})
    assert "satisfaction" not in value["survey"] and len(value["survey"]["blocks"]) == 2
