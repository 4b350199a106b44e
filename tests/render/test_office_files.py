"""Workbook and slides are published with the pages, repeat byte for byte, and hold nothing that the pages hide."""

import io
import json
import sys
import zipfile
from html import escape

import openpyxl
import pytest

from cxlib.engagement import DataError
from cxlib.render.report import build_report
from cxlib.render.request import Request
from cxlib.render.staleness import why
from tests.render.conftest import SETTINGS


@pytest.fixture
def client(make_client, make_notebook):
    rows = [(f"r{n:03d}-secret", ("North", "South")[n % 2], n % 11) for n in range(60)]
    make_client(rows=rows)
    shown = """
from cxlib.analyses import status
from cxlib.engagement import open_client
from cxlib.report import Page

engagement = open_client(client, language=language)
page = Page(**engagement.look)
survey = engagement.survey
page.show(status.net_promoter_score(survey.rows, survey.recommend, survey.design))
"""
    make_notebook("02_status", "## Recommendation\n\nWho recommends us.", shown)


def test_workbook_comes_with_every_report_and_slides_when_asked(client, tmp_path):
    plain = build_report("acme", tmp_path / "a").folder
    assert (plain / "acme.xlsx").is_file() and not (plain / "acme.pptx").exists()
    asked = build_report("acme", tmp_path / "a", Request(slides=True)).folder
    assert (asked / "acme.pptx").is_file()
    assert json.loads((asked / "manifest.json").read_text())["asked"]["slides"] is True


def test_numbers_of_results_json_are_in_the_published_workbook(client, tmp_path):
    folder = build_report("acme", tmp_path).folder
    data = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    [result] = data["notebooks"]["status"]["results"]
    book = openpyxl.load_workbook(folder / "acme.xlsx")
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    figure = result["tables"]["figure"]
    assert figure["rows"][0][figure["columns"].index("estimate")] in cells
    assert "Recommendation" in cells


def test_the_files_are_the_same_from_any_folder(client, tmp_path, monkeypatch):
    first = build_report("acme", tmp_path / "a", Request(slides=True)).folder
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    second = build_report("acme", tmp_path / "b", Request(slides=True)).folder
    for name in ("acme.xlsx", "acme.pptx"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_e06_e10_no_row_and_no_path_is_in_the_files(client, tmp_path):
    folder = build_report("acme", tmp_path, Request(slides=True)).folder
    for name in ("acme.xlsx", "acme.pptx"):
        with zipfile.ZipFile(folder / name) as package:
            whole = b"\n".join(package.read(part) for part in package.namelist())
        assert b"secret" not in whole and str(tmp_path).encode() not in whole


HOSTILE = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "@SUM(1+1)", "+1")
NAME = '=HYPERLINK("x") <script>alert(2)</script>'
BY_GROUP = """
from cxlib.analyses import status
from cxlib.engagement import open_client
from cxlib.report import Page

engagement = open_client(client, language=language)
page = Page(**engagement.look)
survey = engagement.survey
page.show(status.net_promoter_by_segment(survey.rows, survey.recommend, survey.segments, survey.design))
"""


def test_d07_d08_client_text_becomes_neither_formula_nor_markup_in_any_file(make_client, make_notebook, tmp_path):
    rows = [(f"r{n}", HOSTILE[n % 4], 10 if n % 4 == 1 else n % 11) for n in range(400)]
    make_client(name=json.dumps(NAME), rows=rows)
    make_notebook("02_status", "## Groups\n\nWho recommends us.", BY_GROUP)
    folder = build_report("acme", tmp_path, Request(slides=True)).folder
    for file in folder.glob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert "<script" not in html and "&lt;script&gt;" in html
    book = openpyxl.load_workbook(folder / "acme.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"} and set(HOSTILE) <= {cell.value for cell in cells}
    with zipfile.ZipFile(folder / "acme.pptx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert not [name for name, part in parts.items() if b"<script" in part or b"hlinkClick" in part]
    said = b" ".join(part for name, part in parts.items() if name.startswith(("ppt/slides/", "ppt/charts/")))
    assert all(escape(text, quote=False).encode() in said for text in (*HOSTILE, NAME))
    inside = [openpyxl.load_workbook(io.BytesIO(part)) for name, part in parts.items() if name.endswith(".xlsx")]
    assert inside and {c.data_type for b in inside for row in b.active.iter_rows() for c in row if c.value} <= {
        "s",
        "n",
    }


@pytest.mark.parametrize(("content", "fault"), [(b"no zip", "is not a PowerPoint template"), (None, "does not exist")])
def test_a_bad_template_stops_before_anything_runs_and_names_file_rule_and_remedy(
    client, make_client, tmp_path, content, fault
):
    rows = [(f"r{n:03d}-secret", ("North", "South")[n % 2], n % 11) for n in range(60)]
    folder = make_client(rows=rows, settings=SETTINGS + "template: slides.potx\n")
    if content:
        (folder / "slides.potx").write_bytes(content)
    with pytest.raises(DataError) as failure:
        build_report("acme", tmp_path / "out", Request(slides=True))
    assert str(failure.value).startswith("acme/slides.potx: ") and len(str(failure.value).split(". ")) == 2
    assert fault in str(failure.value)
    assert not (tmp_path / "out" / "acme").exists()


def test_the_template_is_among_what_a_report_rests_on(client, make_client, tmp_path):
    pptx = pytest.importorskip("pptx")
    rows = [(f"r{n:03d}-secret", ("North", "South")[n % 2], n % 11) for n in range(60)]
    folder = make_client(rows=rows, settings=SETTINGS + "template: slides.pptx\n")
    pptx.Presentation().save(str(folder / "slides.pptx"))
    request = Request(slides=True)
    published = build_report("acme", tmp_path / "out", request).folder
    assert why(published, folder, "acme", request) == {}
    other = pptx.Presentation()
    other.core_properties.title = "newer"
    other.save(str(folder / "slides.pptx"))
    assert "slides.pptx changed" in why(published, folder, "acme", request)["status"]


def test_without_python_pptx_the_error_names_the_remedy_before_anything_runs(client, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    monkeypatch.delitem(sys.modules, "cxlib.report.office.slides", raising=False)
    with pytest.raises(ImportError, match=r"pip install 'cxlib\[pptx\]'"):
        build_report("acme", tmp_path / "out", Request(slides=True))
    assert not (tmp_path / "out").exists()


def test_c12_slides_that_fail_leave_the_old_report(client, tmp_path, monkeypatch):
    folder = build_report("acme", tmp_path).folder
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    monkeypatch.setattr("cxlib.report.office.slides.write_slides", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_report("acme", tmp_path, Request(slides=True))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
