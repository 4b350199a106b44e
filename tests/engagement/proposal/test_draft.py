"""A draft of client.yml: for a new client and beside one that is there; corrected, shown, saved whole or not at all."""

import pytest

from cxlib.engagement import DataError
from cxlib.engagement.proposal.draft import open_draft
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.preview import read_as
from cxlib.engagement.proposal.settings_text import MARK
from tests.engagement.proposal.conftest import answers, as_csv
from tests.engagement.proposal.test_settings_text import kept, said

WORDS = {1: "Meget utilfreds", 2: "Utilfreds", 3: "Hverken eller", 4: "Tilfreds", 5: "Meget tilfreds"}
OWN = """client: acme   # by hand
name: Acme A/S
language: da
# ours: do not touch
survey:
  file: survey.csv   # exported in May
  recommend: {column: nps, scale: [0, 10], target: 40}   # agreed with the board
  segments: {region: Landsdel}
"""


def rows(n=160):
    """id, when, nps, two questions on overall satisfaction, two of a block, region, shop, comment"""
    head = ["id", "date", "nps", "Overall satisfaction", "Satisfied, all in all", "service_1", "service_2", "region", "shop", "comment"]
    made = [[f"R{i}", f"2025-0{1 + i % 6}-11", row[0], *(1 + value * 4 // 10 for value in row[1:5]), "NS"[i % 2], "ABCDEF"[i % 6] if i else "G", f"text {i}"]
            for i, row in enumerate(answers(n))]  # fmt: skip
    return [head, *made]


@pytest.fixture
def exported(tmp_path, clients):
    """The file as it came, outside of the client's folder."""
    file = tmp_path / "survey.csv"
    file.write_text(as_csv(rows()))
    return file


@pytest.fixture
def client(make):
    """Makes the folder of acme with a client.yml and the survey in it."""
    return lambda settings: make(settings, {"survey.csv": as_csv(rows())}, head="")


def keys(draft):
    return {key.key: key for key in draft.keys}


def test_a_new_client_gets_what_cx_new_writes(propose, exported, clients):
    _, text, _ = propose({"survey.csv": exported.read_text()}, id="other")
    draft = open_draft("acme", [exported])
    assert sorted(each.name for each in clients.iterdir()) == ["other"]
    assert draft.change.before == "" and draft.text == text.replace("client: other", "client: acme").replace("name: Other", "name: Acme")
    draft.save()
    assert (clients / "acme" / "client.yml").read_text() == draft.text and (clients / "acme" / "survey.csv").read_bytes() == exported.read_bytes()
    assert draft.change.before == draft.change.after and not [problem for problem in draft.checked()[0] if problem.severity == "error"]


def test_each_line_is_left_out_or_taken_and_nothing_else_moves(exported):
    draft = open_draft("acme", [exported])
    before = draft.text
    for key in draft.keys[2:]:
        again = open_draft("acme", [exported])
        again.correct({key.key: not key.taken})
        now = keys(again)
        assert now[key.key].taken != key.taken and kept(before, again.text) == []
        assert all(now[other].taken == each.taken for other, each in keys(draft).items() if each.path[:1] != key.path[:1])
        again.correct({key.key: key.taken})
        assert said(again.text) == said(before)


def test_an_answer_proposes_anew(exported):
    draft = open_draft("acme", [exported])
    [rating] = [question for question in draft.questions if question.key == "rating"]
    first = said(draft.text)["survey"]["rating"]["column"]
    other = next(option for option in rating.options if option not in (first, "none"))
    draft.correct({"rating": other, "language": "sv"})
    assert (said(draft.text)["survey"]["rating"]["column"], said(draft.text)["language"]) == (other, "sv")
    draft.correct({"rating": "none"})
    assert "rating" not in said(draft.text)["survey"]


def test_what_client_yml_says_stands(client):
    folder = client(OWN)
    draft = open_draft("acme")
    assert draft.text == OWN and draft.change.diff == ""
    found = keys(draft)
    assert found["survey.recommend"].says["target"] == "40" and not found["survey.respondent"].taken
    draft.correct({"survey.respondent": True, "survey.segments.shop": True, "survey.segments.region": "Region"})
    draft.save()
    text = (folder / "client.yml").read_text()
    assert kept(OWN.replace("{region: Landsdel}", "{region: Region, shop: Shop}"), text) == []
    assert said(text)["survey"]["respondent"] == "id" and said(text)["survey"]["recommend"]["target"] == "40"


def test_each_line_can_be_taken_beside_a_client_yml_by_hand(client):
    client(OWN)
    draft = open_draft("acme")
    absent = [key for key in draft.keys if not key.taken]
    assert {key.certain for key in absent} == {True, False}
    for key in absent:
        again = open_draft("acme")
        again.correct({key.key: True})
        assert keys(again)[key.key].taken and set(kept(OWN, again.text)) <= {"  segments: {region: Landsdel}"}


def test_an_answer_counts_in_a_client_yml_that_is_there_too(client):
    client(OWN)
    draft = open_draft("acme")
    draft.correct({"rating": "Satisfied, all in all"})
    assert said(draft.text)["survey"]["rating"] == {"column": "Satisfied, all in all", "scale": ["1", "5"]}
    assert kept(OWN, draft.text) == []


def test_a_part_that_it_lacks_is_proposed_whole(client, tmp_path):
    folder = client(OWN)
    (tmp_path / "calls.csv").write_text(as_csv([["Call Id", "Speed of answer in seconds", "Satisfaction rating"], *[[f"C{i}", 10 + i % 90, 1 + i % 5] for i in range(200)]]))
    draft = open_draft("acme", [tmp_path / "calls.csv", "survey.csv"])
    assert kept(OWN, draft.text) == [] and said(draft.text)["contacts"]["file"] == "calls.csv"
    assert not (folder / "calls.csv").exists()
    draft.save()
    assert (folder / "calls.csv").exists() and not [problem for problem in draft.checked()[0] if problem.severity == "error"]
    assert sorted(each.name for each in folder.iterdir()) == ["calls.csv", "client.yml", "survey.csv"]


def test_a_file_is_taken_for_what_client_yml_says_it_is(client):
    client(OWN.replace("survey.csv", "answers.csv")).joinpath("answers.csv").write_text(as_csv(rows(90)))
    draft = open_draft("acme")
    assert draft.proposal.kinds == {"answers.csv": "survey", "survey.csv": "survey"}
    assert said(draft.text)["survey"]["file"] == "answers.csv"
    assert {key.source.name for key in draft.keys if key.source and key.path[0] == "survey"} <= {"answers.csv"}


def test_what_is_named_elsewhere_is_told(client):
    client(OWN + "  effort: {column: service_1, scale: [1, 5], easy: low}\n")
    block = next(key for key in open_draft("acme").keys if key.path[:2] == ("survey", "blocks") and key.path[-1] == "service_1" and not key.ways[0].below)
    assert block.elsewhere == "survey.effort.column" and not block.taken


@pytest.mark.parametrize(
    ("id", "files", "told"),
    [
        ("acme", ["absent.csv"], "absent.csv: there is no such file"),
        ("acme", [], "there is no client acme.*[Oo]r name the tables that a new one is made from"),
        ("No Id", ["x.csv"], "is not a client id"),
        ("acme", ["letter.pdf"], "letter.pdf"),
        ("acme", ["client.yml"], "client.yml"),
    ],
)
def test_what_cannot_be_opened_says_why_and_leaves_nothing(clients, tmp_path, monkeypatch, id, files, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 words")
    (tmp_path / "client.yml").write_text("client: acme\n")
    with pytest.raises(DataError, match=told):
        open_draft(id, files)
    assert list(clients.iterdir()) == []


def test_a_folder_without_a_table(make):
    make("")
    with pytest.raises(DataError, match="no table in the client's folder"):
        open_draft("acme")


def test_a_file_in_which_nothing_is_recognised_is_told_and_may_be_saved(clients, tmp_path):
    (tmp_path / "notes.csv").write_text("a,b\n" + "".join(f"word {i},thing {i}\n" for i in range(40)))
    draft = open_draft("acme", [tmp_path / "notes.csv"])
    assert any("notes.csv" in line for line in draft.told)
    draft.save()
    assert (clients / "acme" / "client.yml").exists()


def test_a_table_never_takes_the_place_of_another(client, exported):
    client(OWN)
    with pytest.raises(DataError, match="a table of this name lies in the client's folder"):
        open_draft("acme", [exported])


def test_what_somebody_else_wrote_meanwhile_is_not_lost(client):
    folder = client(OWN)
    draft = open_draft("acme")
    draft.correct({"survey.respondent": True})
    (folder / "client.yml").write_text(OWN + "  basis: all\n")
    with pytest.raises(DataError, match="changed since it was read"):
        draft.save()
    assert (folder / "client.yml").read_text() == OWN + "  basis: all\n"


@pytest.mark.parametrize("new", [True, False])
def test_where_nothing_can_be_written_everything_stays(client, exported, clients, monkeypatch, new):
    folder = None if new else client(OWN)
    draft = open_draft("acme", [exported] if new else [])
    draft.correct({"survey.respondent": not new})
    before = sorted(clients.rglob("*"))

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cxlib.engagement.fixes.os.replace", refused)
    monkeypatch.setattr("cxlib.engagement.proposal.draft.shutil.copyfile", refused)
    with pytest.raises(DataError, match=r"cannot be written .Permission denied"):
        draft.save()
    assert sorted(clients.rglob("*")) == before and (folder is None or (folder / "client.yml").read_text() == OWN)


def test_a_correction_of_nothing_names_the_nearest_line(exported):
    draft = open_draft("acme", [exported])
    before = draft.text
    with pytest.raises(DataError, match=r"Did you mean survey\.segments\.region"):
        draft.correct({"survey.segments.regio": False})
    with pytest.raises(DataError, match="by hand"):
        draft.correct({"survey.file.below": "x"})
    assert draft.text == before


def test_a_preview_reads_as_the_report_will_and_shows_no_single_answer(clients, tmp_path):
    made = [[head.replace("Overall satisfaction", "Alt i alt tilfreds") for head in rows()[0]], *rows()[1:]]
    for i, row in enumerate(made[1:]):
        row[3] = WORDS[row[3]] if i % 10 else "Ved ikke"
    (tmp_path / "s.csv").write_text(as_csv(made))
    draft = open_draft("acme", [tmp_path / "s.csv"])
    found = keys(draft)
    told = draft.preview(found["survey.rating"])
    assert "don't know 16" in told and f"5: {sum(row[3] == WORDS[5] for row in made)}" in told
    assert draft.preview(found["survey.respondent"]) == "160 different"
    assert "G" not in draft.preview(found["survey.segments.shop"]) and "1 of fewer than 5 rows" in draft.preview(found["survey.segments.shop"])
    assert all("text " not in draft.preview(key) and "R1" not in draft.preview(key) for key in draft.keys)
    rating = found["survey.rating"]
    wrong = read_as(rating.path, rating.ways[0], {"column": "nps", "scale": ["1", "5"]}, {}, {}, rating.source)
    assert wrong.startswith("not as it stands: ") and wrong.endswith("cells are no answers on this scale")
    assert read_as(("survey", "x"), Line("x", "y"), "y", {}, {}, rating.source) == ""


def test_a_question_to_employees_is_no_recommendation_of_the_company(propose, tmp_path):
    staff = as_csv([["team", "stolt af mit arbejde", "anbefale_arbejdsplads"], *[[f"T{i % 6}", 1 + i % 10, 1 + (i + 3) % 10] for i in range(90)]])
    value, text, _ = propose({"a_staff.csv": staff, "survey.csv": as_csv(rows())})
    assert value["survey"]["file"] == "survey.csv" and value["employees"]["file"] == "a_staff.csv"
    assert MARK not in text.partition("employees:")[0][-1:]
