"""Every format that a table comes in, packed or not, gives the same cells; what cannot be read is refused by its name."""

import datetime
import gzip
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import statsmodels

from cxlib.engagement import open_client, problems
from cxlib.engagement.settings.reading import FORMATS
from cxlib.engagement.tables import formats
from tests.engagement.tables.test_table import CSV, EXPECTED, ROWS, as_text, fails, table, workbook

pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is an extra: cxlib[spss]")


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


# ---------------------------------------------------------------- packed
@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "CSV"])
def test_gz_and_zip_hold_the_same_table(make, ending):
    found = table(make, f"a.{ending}.gz", gzip.compress(CSV.encode()))
    assert as_text(found) == EXPECTED
    assert found.how == "gz, csv, utf-8, delimiter ;"
    found = table(make, "a.zip", zipped({f"answers.{ending}": CSV, "__MACOSX/answers.csv": "x", "read.me": "x"}))
    assert as_text(found) == EXPECTED
    assert found.how == f"zip, answers.{ending}, csv, utf-8, delimiter ;"


def test_a_zip_of_several_tables_must_be_chosen_from(make):
    data = zipped({"one.csv": CSV, "two.csv": "a;b\n1;2\n"})
    fails(
        make, "a.zip", data, "there are 2 tables in the zip: one.csv, two.csv. Name the right one under `read: sheet`"
    )
    assert as_text(table(make, "a.zip", data, sheet="two.csv")) == [["1", "2"]]


def test_a_workbook_in_a_zip_has_sheets_of_its_own(make):
    assert as_text(table(make, "a.zip", zipped({"a.xlsx": workbook(*ROWS)}), sheet="Answers"))[0][0] == "a"


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.csv.gz", b"id;q1\n", "this is not a gz, or it is damaged"),
        ("a.csv.gz", gzip.compress(CSV.encode())[:-12], "this is not a gz, or it is damaged"),
        ("a.csv.gz", gzip.compress(b""), "the file in it is empty"),
        ("a.zip", b"PK\x03\x04", "this is not a zip, or it is damaged"),
        ("a.zip", zipped({"readme.md": "x"}), "no table lies in the zip"),
        ("a.zip", zipped({}), "no table lies in the zip"),
        ("a.csv", zipped({"a.csv": CSV}), "no text but a workbook or a zip"),
    ],
)
def test_packed_files_that_are_none(make, name, data, match):
    fails(make, name, data, match)


def test_a_damaged_part_of_a_zip(make):
    data = bytearray(zipped({"a.csv": CSV * 50}))
    data[45:60] = b"\xff" * 15
    fails(make, "a.zip", bytes(data), "the zip is damaged")


def test_what_would_fill_the_memory_is_not_unpacked(make, monkeypatch):
    monkeypatch.setattr(formats, "UNPACKED", 1000)
    fails(make, "a.csv.gz", gzip.compress(b"0" * 10_000), "larger than 0 GB unpacked")
    fails(make, "a.zip", zipped({"a.csv": "0" * 10_000}), "larger than 0 GB unpacked")


def test_cx_check_names_packed_tables_that_feed_nothing(make):
    make(
        "survey:\n  file: a.csv\n  recommend: {column: q1, scale: [0, 10]}\n",
        {"a.csv": "q1\n1\n", "b.csv.gz": b"", "c.ods": b"", "d.md": b""},
    )
    assert [problem.file for problem in problems("acme")] == ["acme/b.csv.gz", "acme/c.ods"]


def test_every_ending_is_told():
    for ending in formats.ENDINGS:
        assert ending.split(".")[1].replace("tsv", "csv").replace("txt", "csv") in FORMATS.replace("zsav", "zsav sav")
        assert formats.is_table("A" + ending.upper())


# ---------------------------------------------------------------- spreadsheets
def test_xlsm_is_an_xlsx(make):
    assert as_text(table(make, "a.xlsm", workbook(*ROWS))) == as_text(table(make, "b.xlsx", workbook(*ROWS)))


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{}</office:spreadsheet>
</office:body></office:document-content>"""
MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods(**sheets):
    """A file as LibreOffice writes it, of texts, numbers and dates."""

    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        kind = "float" if isinstance(value, int | float) else "date" if value[:3] == "202" else "string"
        name = {"float": "value", "date": "date-value"}.get(kind)
        stored = f' office:{name}="{value}"' if name else ""
        return f'<table:table-cell office:value-type="{kind}"{stored}><text:p>{value}</text:p></table:table-cell>'

    bodies = [
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format("".join(bodies)))
    return packed.getvalue()


ANSWERS = [["id", "område", "q1", "date"], ["a", "Ærø", 9, "2025-03-01"], ["b", None, 7.5, "2025-03-02"], [None] * 4]


def test_ods(make):
    found = table(make, "a.ods", ods(Svar=ANSWERS))
    assert found.how == "ods, sheet Svar"
    assert as_text(found) == [["a", "Ærø", "9", "2025-03-01"], ["b", "", "7.5", "2025-03-02"]]
    assert list(found.cells.index) == [2, 3]


def test_ods_rules_are_those_of_a_workbook(make):
    data = ods(Svar=ANSWERS, Guide=[["x"]])
    fails(make, "a.ods", data, "there are 2 sheets: Svar, Guide.*read: sheet")
    assert len(table(make, "a.ods", data, sheet="Svar").cells) == 2
    fails(make, "a.ods", ods(Svar=[["Survey 2025"], [None], *ANSWERS]), "a single text stands.*row 3")


@pytest.mark.parametrize("ending", ["xls", "xlsb", "ods"])
def test_old_sheets_that_are_none(make, ending):
    fails(make, f"a.{ending}", b"not really", f"the {ending} cannot be read")
    fails(make, f"a.{ending}", b"\n<html><table>", f"a web page that is called {ending}")


def test_xls(make):
    """A workbook of old Excel that statsmodels ships."""
    [source] = Path(statsmodels.__file__).parent.rglob("2016-07-29.xls")
    found = table(make, "a.xls", source.read_bytes(), wanted={"Date": "k", "PAYEMS": "k", "JTSJOL": "k"})
    assert found.how == "xls, sheet data"
    assert as_text(found)[0] == ["1985-01-01", "96373", ""]


def test_an_xlsx_that_is_called_xls(make):
    assert as_text(table(make, "a.xls", workbook(*ROWS)))[0] == ["a", "9", "0.5", "2025-03-01"]


# ---------------------------------------------------------------- rows hidden by a filter, merged cells
def hidden(*rows):
    def hide(book):
        for row in rows:
            book.active.row_dimensions[row].hidden = True

    return workbook(["id", "q1"], *[[f"r{i}", i] for i in range(2, 9)], more=[hide])


def test_hidden_rows_count_and_are_told(make):
    [note] = table(make, "a.xlsx", hidden(3, 5)).notes
    assert str(note) == (
        "acme/a.xlsx, rows 3, 5: 2 of 7 rows are hidden in the spreadsheet, and count. "
        "Say `hidden: drop` under `read` to leave them out, or `hidden: keep` where they belong."
    )
    assert table(make, "a.xlsx", hidden()).notes == ()


def test_hidden_rows_are_kept_or_dropped_as_said(make):
    kept, dropped = (table(make, "a.xlsx", hidden(3, 5), hidden=said) for said in ("keep", "drop"))
    assert kept.notes == dropped.notes == ()
    assert len(kept.cells) == 7 and list(dropped.cells.index) == [2, 4, 6, 7, 8]


def test_merged_cells_in_a_column_that_is_read_are_told(make):
    data = workbook(
        ["id", "region"], ["a", "Nord"], ["b", None], ["c", "Syd"], more=[lambda book: book.active.merge_cells("B2:B3")]
    )
    [note] = table(make, "a.xlsx", data).notes
    assert (note.row, note.column, note.severity) == (2, "region", "warning")
    assert "merged over several rows" in note.rule
    assert all("merged" not in note.rule for note in table(make, "a.xlsx", data, wanted={"id": "k"}).notes)


# ---------------------------------------------------------------- Stata and SPSS
def test_dta_keeps_codes_labels_and_extended_missing_values(make, tmp_path):
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0], "sat": [5, "a", 2], "when": pd.to_datetime(["2025-03-01"] * 3)})
    pyreadstat.write_dta(
        frame, tmp_path / "a.dta", variable_value_labels={"sat": {5: "Very good", "a": "Refused"}},
        missing_user_values={"sat": ["a"]}, column_labels={"sat": "Overall"},
    )  # fmt: skip
    found = table(make, "a.dta", (tmp_path / "a.dta").read_bytes())
    assert as_text(found)[0] == ["1", "5", "2025-03-01"]
    assert found.how.startswith("dta, ")
    assert found.label("sat", found.cells["sat"].iloc[0]) == "Very good"
    assert [found.is_missing("sat", cell) for cell in found.cells["sat"]] == [False, True, False]


def test_zsav_is_a_sav(make, tmp_path):
    frame = pd.DataFrame({"id": ["a"], "q1": [9.0]})
    pyreadstat.write_sav(frame, tmp_path / "a.zsav", compress=True)
    assert as_text(table(make, "a.zsav", (tmp_path / "a.zsav").read_bytes())) == [["a", "9"]]


@pytest.mark.parametrize("ending", ["dta", "zsav"])
def test_statistics_files_that_are_none(make, ending, monkeypatch):
    fails(make, f"a.{ending}", b"not really", f"the {ending} file cannot be read")
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    fails(
        make, f"a.{ending}", b"x", rf"{ending} files need the package pyreadstat.*pip install pyreadstat.*cxlib\[spss\]"
    )


def test_workbooks_are_told_apart_from_what_only_looks_like_one(make):
    book = openpyxl.Workbook()
    packed = io.BytesIO()
    book.save(packed)
    fails(make, "a.xlsx", packed.getvalue(), "no visible sheet holds anything. Put the table's export there")


def test_rows_are_skipped_in_every_format(make, tmp_path):
    frame = pd.DataFrame({"id": ["a", "b", "c"], "q1": [1.0, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    pyreadstat.write_sav(frame, tmp_path / "a.sav")
    for name in ("a.parquet", "a.sav"):
        found = table(make, name, (tmp_path / name).read_bytes(), skip=[3])
        assert as_text(found) == [["a", "1"], ["c", "3"]] and list(found.cells.index) == [2, 4]


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "x",
        5,
        5.25,
        True,
        datetime.datetime(2025, 3, 1),
        datetime.datetime(2025, 3, 1, 9, 3, 7),
        datetime.time(0, 7, 12),
    ],
)
def test_a_workbook_is_read_alike_by_both_readers(make, monkeypatch, cell):
    data = workbook(["a", "b"], ["id", cell], ["id2", "y"])
    quick = table(make, "a.xlsx", data).cells
    monkeypatch.setattr("cxlib.engagement.tables.office_files.quick_lines", lambda data, sheet: None)
    slow = table(make, "a.xlsx", data).cells
    assert quick.equals(slow) and type(quick["b"].iloc[0]) in (type(slow["b"].iloc[0]), float)


def test_cells_that_hold_an_error_are_not_lost(make):
    def spoil(book):
        book.active["B2"].data_type = "e"

    assert as_text(table(make, "a.xlsx", workbook(["id", "q"], ["a", "#N/A"], more=[spoil]))) == [["a", "#N/A"]]


def test_ods_that_would_fill_the_memory(make, monkeypatch):
    monkeypatch.setattr("cxlib.engagement.tables.old_sheets.UNPACKED", 100)
    fails(make, "a.ods", ods(Svar=ANSWERS), "larger than 2 GB unpacked")


def test_errors_of_a_spreadsheet_are_called_so_and_their_remedy_is_right(make):
    """One cell alone is shown too: it is nobody's answer."""
    rows = [["id", "nps", "sat", "region"], ["a", "#N/A", 4, "#REF!"], ["b", 9, "#DIVISION/0!", "North"], ["c", 3, 2, "South"]]
    settings = (
        "survey:\n  file: a.xlsx\n  segments: {region: Region}\n  recommend: {column: nps, scale: [0, 10]}\n"
        "  rating: {column: sat, scale: [1, 5]}\n"
    )
    make(settings, {"a.xlsx": workbook(*rows)})
    told = {problem.column: problem for problem in problems("acme") if problem.column}
    assert told["nps"].rule == 'an error of the spreadsheet, no number: "#N/A"'
    assert told["sat"].rule == 'an error of the spreadsheet, no number: "#DIVISION/0!"'
    codes = [code for column in told for code in re.findall(r'missing: \["(.*?)"', told[column].remedy)]
    assert sorted(codes) == ["#DIVISION/0!", "#N/A", "#REF!"]
    missing = ", ".join(f'"{code}"' for code in codes)
    make(settings.replace("file: a.xlsx", f"file: a.xlsx\n  read: {{missing: [{missing}]}}"))
    assert [problem for problem in problems("acme") if problem.severity == "error"] == []
    assert list(open_client("acme").survey.rows["region"].fillna("")) == ["", "North", "South"]
