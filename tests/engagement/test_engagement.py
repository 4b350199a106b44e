import hashlib

import pytest

from cxlib.engagement import DataError, client_ids, open_client, problems

CSV = "q1;x\n9;1\n0;2\n"
SURVEY = "survey:\n  file: survey.csv\n  recommend: {column: q1, scale: [0, 10]}\n"


def test_what_an_engagement_says(make):
    settings = 'period: "2025"\ncurrency: DKK\ncolour: "#0b6e6e"\nanonymity: {respondents: 7}\n'
    make(settings, head="client: {id}\nname: A & <B>\nlanguage: da\n")
    engagement = open_client("acme")
    assert (engagement.id, engagement.name, engagement.language) == ("acme", "A & <B>", "da")
    assert (engagement.period, engagement.anonymity.respondents, engagement.anonymity.employees) == ("2025", 7, 10)
    assert engagement.look == {
        "language": "da",
        "colour": "#0b6e6e",
        "currency": "DKK",
        "client": "A & <B>",
        "words": {},
        "sources": {},
    }
    assert not engagement.has("survey")
    assert not engagement.has("maturity")


def test_another_language(make):
    make()
    assert open_client("acme", language="sv").language == "sv"
    assert open_client("acme", language="").language == "en"
    with pytest.raises(DataError, match="'dk' is not a language of the reports"):
        open_client("acme", language="dk")


def test_survey_is_read_once_and_kept_with_its_fingerprint(make):
    folder = make(SURVEY, {"survey.csv": CSV})
    engagement = open_client("acme")
    assert list(engagement.inputs) == ["client.yml"]
    assert engagement.survey is engagement.survey
    assert engagement.inputs == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("client.yml", "survey.csv")
    }


def test_has(make):
    make(SURVEY + "maturity: {loyalty: {file: m.csv, respondent: p, scale: agree5}}\n")
    engagement = open_client("acme")
    assert engagement.has("survey")
    assert engagement.has("maturity")
    assert engagement.has("maturity.loyalty")
    assert not engagement.has("maturity.staircase")
    assert not engagement.has("settings")


def test_asking_for_what_is_not_there(make):
    make()
    with pytest.raises(DataError, match=r"key survey: client\.yml has no such part"):
        _ = open_client("acme").survey
    with pytest.raises(DataError, match=r"key maturity\.loyalty: client\.yml has no such part"):
        open_client("acme").maturity("loyalty")


def test_id_that_differs_from_the_folder_is_refused_A06(make):
    """A folder copied under another name would pass as another client."""
    make(head="client: beta\nname: B\nlanguage: en\n", id="acme")
    with pytest.raises(DataError, match=r"acme/client\.yml, line 1, key client: the folder is called acme"):
        open_client("acme")


def test_everything_wrong_in_client_yml_at_once(make):
    make("nam: x\nlangauge: da\nsurvey: {file: a.csv, recommend: {column: q, scale: [0, ten]}}\n")
    with pytest.raises(DataError) as raised:
        open_client("acme")
    assert [(problem.row, problem.column) for problem in raised.value.problems] == [
        (4, "nam"), (5, "langauge"), (6, "survey.recommend.scale[1]"),
    ]  # fmt: skip
    assert problems("acme") == list(raised.value.problems)


def test_problems_of_all_tables_at_once(make):
    settings = SURVEY + "maturity: {loyalty: {file: m.csv, respondent: p, scale: agree6}}\nlogo: logo.png\n"
    make(settings, {"survey.csv": "q1;x\n77;1\n", "m.csv": "p;1.1\n"})
    lines = [str(problem) for problem in problems("acme")]
    assert any("outside the scale 0-10" in line for line in lines)
    assert any("no scale agree6. Did you mean agree5?" in line for line in lines)
    assert any("acme/logo.png: the file does not exist" in line for line in lines)


def test_no_problems(make):
    make(
        "survey:\n  file: survey.csv\n  segments: {x: X}\n  recommend: {column: q1, scale: [0, 10]}\n",
        {"survey.csv": CSV},
    )
    assert problems("acme") == []


def test_problems_of_an_unknown_client(make):
    make()
    (problem,) = problems("acne")
    assert "Did you mean acme?" in str(problem)
    assert "is not a client id" in str(problems("../acme")[0])


def test_logo(make):
    make("logo: logo.png\n", {"logo.png": b"\x89PNG"})
    assert open_client("acme").logo == b"\x89PNG"
    make("logo: logo.png\n", {"logo.png": b"x" * (200 * 1024 + 1)})
    with pytest.raises(DataError, match="larger than 200 kB"):
        _ = open_client("acme").logo
    make()
    assert open_client("acme").logo is None


@pytest.mark.parametrize("client", [each for each in client_ids() if not each.startswith("_")])
def test_shipped_clients_have_no_errors(client):
    assert [str(problem) for problem in problems(client) if problem.severity == "error"] == []


def test_table_that_nothing_names_and_empty_folder_are_noted(make):
    make(files={"export.xlsx": b"x"})
    assert [str(problem) for problem in problems("acme")] == [
        "acme/export.xlsx: no key of client.yml names this table, so it is not read. Describe it there, or take it away.",
        "acme/client.yml: it describes no table yet, so the report will be empty. Begin with `survey:`.",
    ]
    make(SURVEY, files={"survey.csv": CSV})
    assert not [
        problem for problem in problems("acme") if "names this table" in problem.rule and "survey" in problem.file
    ]
