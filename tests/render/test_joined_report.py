"""The report in one file and printed: beside the others when asked for, gone when not, and nothing where it cannot be made."""

import json
import shutil
import sys
from dataclasses import replace

import pytest

from cxlib.engagement import client_folder
from cxlib.render.leaks import shown_text
from cxlib.render.publish import PageError
from cxlib.render.report import build_report
from cxlib.render.request import Request
from cxlib.render.staleness import why
from cxlib.report.chromium import NAMED, PROGRAMS, NotPrinted
from tests.render.conftest import SHOWS

SINGLE = Request(single=True)


@pytest.fixture
def client(make_client, make_notebook):
    make_client()
    make_notebook("02_status", "# Where are we?", "## Recommendation\n\nWho recommends us.", SHOWS)


def reasons(report, request):
    return why(report, client_folder("acme"), "acme", request)


def test_one_file_holds_the_overview_the_pages_and_the_appendix(client, tmp_path):
    report = build_report("acme", tmp_path, SINGLE).folder
    html = (report / "acme.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in html for name in ("index", "02_status", "appendix"))
    assert 'href="02_status.html' not in html and 'href="#02_status"' in html
    assert '<a href="acme.html">acme.html</a>: the whole report in one file' in (report / "index.html").read_text(encoding="utf-8")
    board = build_report("acme", tmp_path, replace(SINGLE, edition="board")).folder
    assert 'id="appendix"' not in (board / "acme.html").read_text(encoding="utf-8") and not (board / "appendix.html").exists()


def test_it_repeats_byte_for_byte_and_is_fresh(client, tmp_path):
    first = build_report("acme", tmp_path / "a", SINGLE).folder
    assert reasons(first, SINGLE) == {}
    again = build_report("acme", tmp_path / "b", SINGLE).folder
    assert (first / "acme.html").read_bytes() == (again / "acme.html").read_bytes()
    kept = (first / "acme.html").read_bytes()
    (first / "acme.html").write_text("edited")
    assert reasons(first, SINGLE) == {"report": ["acme.html was edited"]}
    assert (build_report("acme", tmp_path / "a", SINGLE).folder / "acme.html").read_bytes() == kept


def test_asked_again_without_it_the_report_is_as_asked_and_no_page_is_made_anew(client, tmp_path):
    build_report("acme", tmp_path, SINGLE)
    assert reasons(tmp_path / "acme", Request()) == {"report": ["it was asked for in another way"]}
    plain = build_report("acme", tmp_path, Request())
    assert plain.made == () and not (plain.folder / "acme.html").exists() and "acme.html" not in (plain.folder / "index.html").read_text()
    assert "acme.html" not in json.loads((plain.folder / "manifest.json").read_text())["files"]
    assert build_report("acme", tmp_path, SINGLE).made == ()


def test_a_client_that_is_called_as_a_page_is_told_so(make_client, make_notebook, tmp_path):
    make_client("index")
    make_notebook("02_status", "# Where?", SHOWS)
    with pytest.raises(PageError, match="is a page of the report"):
        build_report("index", tmp_path, SINGLE)
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("lacking", ["browser", "pypdf"])
def test_where_nothing_prints_the_remedy_is_told_before_anything_runs(lacking, client, tmp_path, monkeypatch):
    if lacking == "browser":
        monkeypatch.setenv(NAMED, "nowhere")
    else:
        monkeypatch.setitem(sys.modules, "pypdf", None)
        monkeypatch.delitem(sys.modules, "cxlib.report.pdf", raising=False)
    with pytest.raises((NotPrinted, ImportError), match=NAMED if lacking == "browser" else r"pip install 'cxlib\[pdf\]'"):
        build_report("acme", tmp_path / "out", Request(pdf=True))
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="no browser that prints")
def test_the_printed_report_lies_beside_the_others_and_is_searched(client, tmp_path):
    request = Request(pdf=True)
    report = build_report("acme", tmp_path, request).folder
    assert not (report / "acme.html").exists() and "acme.pdf" in (report / "index.html").read_text()
    assert "Where are we?" in shown_text(report / "acme.pdf") and reasons(report, request) == {}
