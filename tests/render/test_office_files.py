"""Workbook and slides are published with the pages, repeat byte for byte, and hold nothing that the pages hide."""

import json
import sys
import zipfile

import openpyxl
import pytest

from cxlib.render.report import build_report
from cxlib.render.request import Request


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
page.show(status.net_promoter_score(survey.rows, **survey.recommend, **survey.design))
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


def test_without_python_pptx_the_error_names_the_remedy_before_anything_runs(client, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    monkeypatch.delitem(sys.modules, "cxlib.report.slides", raising=False)
    with pytest.raises(ImportError, match=r"pip install 'cxlib\[pptx\]'"):
        build_report("acme", tmp_path / "out", Request(slides=True))
    assert not (tmp_path / "out").exists()


def test_c12_slides_that_fail_leave_the_old_report(client, tmp_path, monkeypatch):
    folder = build_report("acme", tmp_path).folder
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    monkeypatch.setattr("cxlib.report.slides.write_slides", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_report("acme", tmp_path, Request(slides=True))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
