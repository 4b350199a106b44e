"""`cx render CLIENT --units`: a page for each unit that may be shown, for its own meeting, and nothing of it in a report."""

import re
import stat

import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import open_client
from cxlib.render.unit_pages import NoPages, write_unit_pages
from tests.analyses.department_cases import SETTINGS, department_folder, department_tables


@pytest.fixture(scope="module")
def tables():
    return department_tables()


@pytest.fixture
def acme(tmp_path, monkeypatch, tables):
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "clients"))
    return department_folder(tmp_path / "clients/acme", tables)


def text(file):
    return re.sub(r"\s+", " ", re.sub(r"<(style|svg|footer).*?</\1>|<[^>]+>", " ", file.read_text(), flags=re.DOTALL))


def test_each_unit_of_enough_answers_has_a_page_for_its_meeting(acme):
    files = write_unit_pages("acme")
    assert [file.name for file in files] == ["billing.html", "care.html", "field.html"]  # not those of 12 and 11 answers
    said = {file.stem: text(file) for file in files}
    assert "The call" in said["care"] and "The bill" not in said["care"].split("Our touchpoints")[1].split("receive from")[0]
    assert "We work most for Field" in said["billing"] and "wait 1.5 days there" in said["billing"]
    assert "We receive most from Billing" in said["field"] and "scores" in said["field"] and "lower, in the same case" in said["field"]
    assert "contacted within 2 days: 0% now" in said["billing"] and "contacted within 2 days" not in said["care"].split("One number to move")[1].split("Our touchpoints")[0]
    assert all("With customers like ours" in each and "What do we do from tomorrow" in each for each in said.values())


def test_pages_are_for_their_owner_alone_name_no_customer_and_replace_those_before(acme, tables):
    old = acme / "internal/units/gone.html"
    old.parent.mkdir(parents=True)
    old.write_text("x")
    files = write_unit_pages("acme")
    assert not old.exists() and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert (acme / "internal/.gitignore").read_text() == "*\n"
    ids = set(tables["s.csv"]["id"]) | set(tables["log.csv"]["case"])
    assert not [name for file in files for name in ids if re.search(rf"\b{name}\b", text(file))]


@pytest.mark.parametrize("language", ["da", "sv"])
def test_pages_speak_the_clients_language(acme, language):
    (acme / "client.yml").write_text(SETTINGS.format(language=language))
    english = ("we", "our", "customers", "hand", "the")
    for file in write_unit_pages("acme"):
        words = text(file).replace("The call", "").replace("The bill", "").replace("The visit", "").split()
        assert not [word for word in words if word.lower().strip(".,:") in english], words


def test_why_there_is_no_page(acme):
    (acme / "client.yml").write_text(SETTINGS.format(language="en").replace("pages: true", "pages: false"))
    with pytest.raises(NoPages, match="write `pages: true`"):
        write_unit_pages("acme")
    (acme / "client.yml").write_text(SETTINGS.format(language="en").replace("minimum: 20", "minimum: 500"))
    with pytest.raises(NoPages, match="lower `minimum`"):
        write_unit_pages("acme")
    assert not (acme / "internal").exists()


def test_the_command_says_where_they_are(acme, tmp_path, monkeypatch):
    monkeypatch.setattr("cxlib.render.batch.rendered_clients", lambda *args, **options: iter(()))
    done = CliRunner().invoke(main, ["render", "acme", "--units", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "acme: 3 pages of units in" in done.output and not list((tmp_path).glob("out/**/care.html"))
    assert open_client("acme").units.pages
