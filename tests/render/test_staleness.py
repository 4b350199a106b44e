"""Group B of the fault list: what is fresh is not made again, what is not is never kept."""

import os
import shutil
from pathlib import Path

import pytest

from cxlib.engagement import client_folder
from cxlib.render import staleness
from cxlib.render.report import build_report
from cxlib.render.request import Request
from cxlib.render.staleness import MANIFEST, read_manifest, verified, why
from tests.render.conftest import SETTINGS, SHOWS
from tests.render.factory import cx


@pytest.fixture(scope="module")
def first_made(tmp_path_factory) -> Path:
    """Where the report lies once it has been made; every test gets a copy of it."""
    return tmp_path_factory.mktemp("made") / "out"


@pytest.fixture
def report(make_client, make_notebook, tmp_path, first_made):
    """A published report of two pages of which the first reads no table."""
    make_client()
    make_notebook("01_plain", "print('plain')")
    make_notebook("02_status", SHOWS)
    if not first_made.exists():
        build_report("acme", first_made)
    shutil.copytree(first_made, tmp_path / "out", symlinks=True)
    return tmp_path / "out" / "acme"


def reasons(report: Path, request: Request | None = None) -> dict[str, list[str]]:
    return why(report, client_folder("acme"), "acme", request or Request())


def made(report: Path, request: Request | None = None) -> tuple[str, ...]:
    return build_report("acme", report.parent, request).made


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".xlsx"}


def test_b09_nothing_changed_nothing_is_made(report):
    assert reasons(report) == {}
    before = contents(report)
    assert made(report) == ()
    assert contents(report) == before


def test_b09_fresh_portfolio_starts_no_process(report, tmp_path, monkeypatch, capsys):
    from cxlib.render import batch

    def refused(*_):
        raise AssertionError("a process was started")

    monkeypatch.setattr(batch, "_run", refused)
    [outcome] = batch.rendered_clients(["acme"], tmp_path / "out")
    assert (outcome.made, outcome.error) == ((), "")


def test_b01_byte_of_a_table_changed_and_its_time_kept(report):
    table = client_folder("acme") / "survey.csv"
    times = table.stat()
    table.write_bytes(table.read_bytes().replace(b"North,2", b"North,9", 1))
    os.utime(table, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert reasons(report) == {"status": ["survey.csv changed"]}
    assert made(report) == ("status",)
    assert reasons(report) == {}


def test_b02_time_changed_and_bytes_the_same(report):
    for file in client_folder("acme").iterdir():
        os.utime(file, (1, 1))
    assert reasons(report) == {}


def test_b03_value_in_client_yml_changed(report, make_client):
    make_client(settings=SETTINGS + "currency: DKK\n")
    assert reasons(report) == {"plain": ["client.yml changed"], "status": ["client.yml changed"]}
    assert set(made(report)) == {"plain", "status"}


def test_b04_notebook_changed(report, make_notebook):
    make_notebook("01_plain", "print('other words')")
    assert reasons(report) == {"plain": ["the notebook changed"]}
    assert made(report) == ("plain",)
    assert "other words" in (report / "01_plain.html").read_text()


def test_b06_version_of_a_library_changed(report, monkeypatch):
    now = staleness.workbook()
    monkeypatch.setattr(staleness, "workbook", lambda: now | {"versions": now["versions"] | {"numpy": "1.0"}})
    assert list(reasons(report)) == ["plain", "status"]
    assert reasons(report)["plain"] == [f"numpy was {now['versions']['numpy']} and is 1.0"]


@pytest.mark.parametrize(
    ("part", "said"), [("code", "cxlib changed"), ("templates", "templates or catalogues changed")]
)
def test_workbook_itself_changed(report, monkeypatch, part, said):
    now = staleness.workbook()
    monkeypatch.setattr(staleness, "workbook", lambda: now | {part: "0"})
    assert reasons(report) == {"plain": [said], "status": [said]}


def test_workbook_knows_the_packages_that_compute():
    versions = staleness.workbook()["versions"]
    assert {"numpy", "pandas", "scipy", "statsmodels", "matplotlib", "jinja2", "papermill"} <= set(versions)
    assert "pytest" not in versions


def test_hash_of_the_code_sees_every_byte(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("1")
    first = staleness._tree(tmp_path, ".py")
    (tmp_path / "a" / "note.txt").write_text("not code")
    assert staleness._tree(tmp_path, ".py") == first
    (tmp_path / "a" / "x.py").write_text("2")
    assert staleness._tree(tmp_path, ".py") != first
    (tmp_path / "a" / "x.py").write_text("1")
    (tmp_path / "a" / "x.py").rename(tmp_path / "a" / "y.py")
    assert staleness._tree(tmp_path, ".py") != first


@pytest.mark.parametrize("name", ["02_status.html", "02_status.ipynb"])
@pytest.mark.parametrize("harm", ["edited", "cut", "gone"])
def test_page_that_was_harmed_by_hand_is_made_again(report, name, harm):
    before, file = contents(report), report / name
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-9] + (b"<!-- x -->" if harm == "edited" else b""))
    assert reasons(report) == {"status": [f"{name} is gone" if harm == "gone" else f"{name} was edited"]}
    assert made(report) == ("status",)
    assert contents(report) == before


@pytest.mark.parametrize("name", ["index.html", "results.json", MANIFEST])
def test_overview_that_was_harmed_by_hand_is_made_again(report, name):
    before = contents(report)
    (report / name).write_text("")
    assert reasons(report)
    build_report("acme", report.parent)
    assert contents(report) == before


def test_foreign_file_in_the_report_is_noticed_and_leaves(report):
    (report / "notes.txt").write_text("mine")
    assert reasons(report) == {"report": ["notes.txt does not belong to it"]}
    build_report("acme", report.parent)
    assert reasons(report) == {}


def test_other_wishes_make_another_report(report):
    danish = Request(language="da")
    assert "other parameters" in reasons(report, danish)["status"][0]
    assert reasons(report, Request(only=("status",)))["report"][0] == "it was asked for in another way"
    assert made(report, Request(only=("status",))) == ()
    assert not (report / "01_plain.html").exists()
    assert made(report) == ("plain",)
    assert set(made(report, danish)) == {"plain", "status"}


def test_force_makes_everything_again(report):
    assert build_report("acme", report.parent, force=True).made == ("plain", "status")


def test_page_that_was_left_out_is_fresh_too(make_client, make_notebook, tmp_path):
    make_client()
    make_notebook("06_business_case", "1", needs=("money",))
    report = build_report("acme", tmp_path / "out")
    assert report.made == ("business_case",)
    assert reasons(report.folder) == {}
    index = (report.folder / "index.html").read_bytes()
    assert build_report("acme", tmp_path / "out").made == ()
    assert (report.folder / "index.html").read_bytes() == index


def test_b10_verify_finds_the_page_that_does_not_belong(report, tmp_path, factory):
    assert dict(verified(tmp_path / "out")) == {"acme": {}}
    factory(cx, tmp_path, "render", "acme", "--out", tmp_path / "out")
    code, said = factory(cx, tmp_path, "verify", "--out", tmp_path / "out")
    assert (code, said.splitlines()[-1]) == (0, "1 of 1 reports belong to today's inputs")
    table = client_folder("acme") / "survey.csv"
    table.write_bytes(table.read_bytes() + b"new,North,5\n")
    code, said = factory(cx, tmp_path, "verify", tmp_path / "out")
    assert code == 1 and "acme, status: survey.csv changed" in said and "0 of 1" in said


def test_b10_page_says_which_bytes_it_rests_on(report):
    sha = read_manifest(report)["pages"]["status"]["key"]["inputs"]["survey.csv"]
    assert f"survey.csv {sha[:12]}" in (report / "02_status.html").read_text()


def test_why_says_what_changed(report, tmp_path, factory, make_notebook):
    factory(cx, tmp_path, "render", "acme", "--out", tmp_path / "out")
    assert factory(cx, tmp_path, "why", "acme", "--out", tmp_path / "out") == (0, "acme: fresh\n")
    make_notebook("01_plain", "print('other words')")
    assert factory(cx, tmp_path, "why", "acme", "--out", tmp_path / "out")[1] == "acme, plain: the notebook changed\n"
    assert factory(cx, tmp_path, "why", "acme", "--out", tmp_path / "new")[1] == "acme, report: there is none\n"


COUNTED = """\
from cxlib.analyses import status
from cxlib.engagement import open_client
from cxlib.report import Page
from cxlib.report.charts import status as charts

engagement = open_client(client, language=language)
page = Page(**engagement.look)
survey = engagement.survey
nps = status.net_promoter_score(survey.rows, survey.recommend, survey.design)
page.show(nps)
page.draw(charts.over_time, nps)
page.show(status.net_promoter_by_segment(survey.rows, survey.recommend, survey.segments, survey.design))
"""


@pytest.fixture
def in_two_languages(make_client, make_notebook, tmp_path):
    """A report in English of a notebook with two analyses, and where the results lie that were kept."""
    make_client()
    make_notebook("02_status", COUNTED)
    build_report("acme", tmp_path / "out", Request(language="en"))
    return tmp_path / "out" / ".builds" / "acme" / "kept" / "status"


def kept_entries(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in folder.iterdir() if len(file.name) == 64}


def test_another_language_computes_nothing_and_is_byte_for_byte_a_fresh_one(in_two_languages, tmp_path):
    kept = kept_entries(in_two_languages)
    build_report("acme", tmp_path / "out", Request(language="da"))
    assert kept_entries(in_two_languages) == kept and len(kept) == 2
    build_report("acme", tmp_path / "fresh", Request(language="da"))
    found, fresh = ({file.name: file.read_bytes() for file in (tmp_path / out / "acme").iterdir()} for out in ("out", "fresh"))
    assert found == fresh


def test_what_was_kept_is_given(in_two_languages, tmp_path):
    """So that the test above cannot hold because everything is computed anew."""
    from cxlib.render.run import kept_results

    for name in kept_entries(in_two_languages):
        entry = in_two_languages / name
        told = entry.read_bytes()[kept_results.HASHED :].replace(b"net_promoter", b"NET_PROMOTER")
        entry.write_bytes(kept_results._seal(name, told) + told)
    build_report("acme", tmp_path / "out", Request(language="da"))
    assert '"NET_PROMOTER' in (tmp_path / "out" / "acme" / "results.json").read_text()
    build_report("acme", tmp_path / "out", Request(language="da"), force=True)
    assert '"NET_PROMOTER' not in (tmp_path / "out" / "acme" / "results.json").read_text()


@pytest.mark.parametrize("changed", ["table", "settings", "cell", "parameter", "cxlib", "client"])
def test_what_was_kept_is_computed_anew(in_two_languages, make_client, make_notebook, tmp_path, monkeypatch, changed):
    before, given, client = kept_entries(in_two_languages), {}, "acme"
    if changed == "table":
        table = client_folder("acme") / "survey.csv"
        table.write_bytes(table.read_bytes().replace(b"North,2", b"North,9", 1))
    elif changed == "settings":
        make_client(settings=SETTINGS.replace("scale: [0, 10]", "scale: [0, 10]\n    target: 40"))
    elif changed == "cell":
        make_notebook("02_status", COUNTED + "\nprint(1)")
    elif changed == "parameter":
        given = {"minimum": 6}
    elif changed == "cxlib":
        monkeypatch.setattr("cxlib.render.report.workbook", lambda: staleness.workbook() | {"code": "other"})
    else:
        make_client("globex")
        client = "globex"
        shutil.copytree(in_two_languages.parent, tmp_path / "out" / ".builds" / "globex" / "kept")
    build_report(client, tmp_path / "out", Request(language="da", parameters=given))
    after = kept_entries(tmp_path / "out" / ".builds" / client / "kept" / "status")
    assert len(after) == 2 and not after.keys() & before.keys()


def test_asked_otherwise_workbooks_are_taken_over_unless_they_were_edited(report, monkeypatch):
    from cxlib.render import report as room

    written = []
    monkeypatch.setattr(room, "write_workbook", lambda file, *_: written.append(file.name) or file.write_bytes(b"made"))
    before = (report / "acme.xlsx").read_bytes()
    made(report, Request(edition="board"))
    assert written == [] and (report / "acme.xlsx").read_bytes() == before
    (report / "acme.xlsx").write_bytes(b"edited")
    made(report, Request(edition="full"))
    assert written == ["acme.xlsx"] and (report / "acme.xlsx").read_bytes() == b"made"


def test_a_report_of_pages_that_are_there_warms_nothing(report, monkeypatch):
    from cxlib.render import batch

    monkeypatch.setattr(batch, "warm", lambda: pytest.fail("everything was loaded"))
    [outcome] = batch.rendered_clients(["acme"], report.parent, Request(edition="board"))
    assert (outcome.made, outcome.error) == ((), "")
