"""A table that was read is taken over where the same report asks the same of the same files, and never else."""

import json
import pickle

import pytest

from cxlib.engagement import open_client, read_before
from cxlib.engagement.checking import problems_and_customers
from tests.engagement.conftest import SURVEY

ROWS = "id,place,q1\na,North,9\nb,South,5\nc,North,7\n"
ASKED = SURVEY + "  segments: {place: {en: Place, da: Sted}}\n"


@pytest.fixture
def folder(make, monkeypatch):
    monkeypatch.setattr(read_before, "_before", None)
    return make(ASKED, {"survey.csv": ROWS})


@pytest.fixture
def read(monkeypatch):
    """The files that are read into tables from here on."""
    from cxlib.engagement.tables import table

    files, reader = [], table.read_raw
    monkeypatch.setattr(table, "read_raw", lambda content, name, *more: files.append(name) or reader(content, name, *more))
    return files


def handed_over(client: str = "acme") -> None:
    """What the check has read, as it comes from the process of the check to that of a page."""
    problems, _, tables = problems_and_customers(client)
    assert not [each for each in problems if each.severity == "error"]
    pickle.loads(pickle.dumps(tables)).take_over()


def test_a_page_takes_the_table_of_the_check_and_rests_on_the_same_files(folder, read, tmp_path, monkeypatch):
    alone = open_client("acme")
    assert len(alone.survey.rows) == 3 and read == ["survey.csv"]
    handed_over()
    monkeypatch.setenv("CX_READ_LOG", str(tmp_path / "log"))
    read.clear()
    page = open_client("acme", language="en")
    assert page.survey.rows.equals(alone.survey.rows) and page.survey.recommend == alone.survey.recommend
    assert read == [] and page.inputs == alone.inputs
    noted = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert noted == [["acme", name, sha] for name, sha in alone.inputs.items()]


def test_nothing_is_taken_over_where_nobody_hands_it_over(folder, read):
    problems_and_customers("acme")
    assert len(open_client("acme").survey.rows) == 3 and read == ["survey.csv", "survey.csv"]


def test_a_file_that_has_changed_is_read(folder, read):
    handed_over()
    (folder / "survey.csv").write_text(ROWS + "d,South,1\n")
    page = open_client("acme")
    assert len(page.survey.rows) == 4 and read == ["survey.csv"] * 2
    (folder / "survey.csv").unlink()
    with pytest.raises(Exception, match="does not exist"):
        _ = open_client("acme").survey


def test_other_settings_and_labels_of_another_language_are_read(folder, read):
    handed_over()
    assert open_client("acme", language="da").survey.segments == {"place": "Sted"} and read == ["survey.csv"] * 2
    (folder / "client.yml").write_text((folder / "client.yml").read_text() + "  drop: {place: [South]}\n")
    assert len(open_client("acme").survey.rows) == 2 and read == ["survey.csv"] * 3


def test_another_client_with_the_same_files_is_read(folder, make, read):
    make(ASKED, {"survey.csv": ROWS}, id="globex")
    handed_over()
    assert open_client("globex").survey.rows is not None and read == ["survey.csv"] * 2


def test_a_report_about_one_value_is_no_report_of_the_whole(make, read, monkeypatch):
    monkeypatch.setattr(read_before, "_before", None)
    rows = "".join(f"{place}{n},{place},{n % 11}\n" for place in ("North", "South") for n in range(20))
    make("for_each: place\n" + SURVEY + "  segments: {place: Place}\n", {"survey.csv": "id,place,q1\n" + rows})
    handed_over()
    read.clear()
    assert len(open_client("acme--north").survey.rows) == 20 and read == ["survey.csv"]
    read.clear()
    assert len(open_client("acme").survey.rows) == 40 and read == []
