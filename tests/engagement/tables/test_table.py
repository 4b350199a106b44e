"""Every dress that a table comes in gives the same cells, or an error that says what is wrong."""

import datetime
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlib.engagement import DataError
from cxlib.engagement.folder import Folder
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import numbers, text
from cxlib.engagement.tables.table import read_table

CSV = 'id;segment;q1;w\n1;Nord;9;0,5\n2;"Øst; by";10;1,25\n3;Malmö;0;2\n'


def table(make, name, content, *, wanted=None, **read):
    folder = Folder("acme", make(files={name: content}))
    return read_table(folder, name, read=Read(**read), wanted=wanted)


def as_text(found):
    return [[text(cell) for cell in row] for row in found.cells.itertuples(index=False)]


def fails(make, name, content, match, **options):
    with pytest.raises(DataError, match=match) as raised:
        table(make, name, content, **options)
    return raised.value.problems


# ---------------------------------------------------------------- csv
EXPECTED = [["1", "Nord", "9", "0,5"], ["2", "Øst; by", "10", "1,25"], ["3", "Malmö", "0", "2"]]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16"),
     ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32")],
)  # fmt: skip
def test_encodings_give_the_same_cells_and_are_told_F06(make, encoding, told):
    found = table(make, "a.csv", CSV.encode(encoding))
    assert list(found.cells) == ["id", "segment", "q1", "w"]
    assert as_text(found) == EXPECTED
    assert found.how == f"csv, {told}, delimiter ;"


def test_declared_encoding_wins(make):
    assert as_text(table(make, "a.csv", CSV.encode("cp850"), encoding="cp850")) == EXPECTED
    assert as_text(table(make, "a.csv", CSV.encode("utf-8-sig"), encoding="utf-8")) == EXPECTED


@pytest.mark.parametrize("encoding", ["ascii", "no-such", "rot13", "zip"])
def test_wrong_encoding_is_named_F06(make, encoding):
    fails(make, "a.csv", CSV.encode(), f"cannot be read as {encoding}.*read: encoding", encoding=encoding)


def test_broken_utf8_is_not_read_as_something_else_F06(make):
    data = CSV.encode() + b"4;\xff;1;1\n5;\xc3\xb8;1;1\n"
    (problem,) = fails(make, "a.csv", data, "most of the text is UTF-8")
    assert problem.row == 5


def test_nul_is_refused(make):
    (problem,) = fails(make, "a.csv", "a;b\n1;\0\n", "NUL character")
    assert problem.row == 2


@pytest.mark.parametrize(("delimiter", "told"), [(";", ";"), (",", ","), ("\t", "tab"), ("|", "|")])
def test_delimiters_F07(make, delimiter, told):
    content = f"id{delimiter}comment{delimiter}q1\n" + "".join(
        f'{i}{delimiter}"one, two; three|four"{delimiter}{i}\n' for i in range(5)
    )
    found = table(make, "a.csv", content)
    assert found.how == f"csv, utf-8, delimiter {told}"
    assert as_text(found)[3] == ["3", "one, two; three|four", "3"]


def test_semicolon_with_decimal_comma_is_the_same_as_comma_with_point_F07(make):
    danish = table(make, "a.csv", "w;v\n0,5;1,25\n2,75;3\n")
    english = table(make, "b.csv", "w,v\n0.5,1.25\n2.75,3\n")
    for column in "wv":
        assert numbers(danish.cells[column]) == numbers(english.cells[column])


def test_delimiter_by_the_columns_that_are_wanted(make):
    found = table(make, "a.csv", "a,x;b,y\n1,2;3,4\n", wanted={"a,x": "k"})
    assert found.how.endswith(";")


def test_one_column_needs_no_delimiter(make):
    assert as_text(table(make, "a.csv", "q1\n1,5\n2,5\n")) == [["1,5"], ["2,5"]]


def test_excels_sep_line_is_no_row(make):
    found = table(make, "a.csv", "sep=|\r\na|b\r\n1|2\r\n")
    assert as_text(found) == [["1", "2"]]
    assert list(found.cells.index) == [2]


def test_declared_delimiter(make):
    assert list(table(make, "a.csv", "a~b;c\n1~2;3\n", delimiter="~").cells) == ["a", "b;c"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(make, end):
    assert as_text(table(make, "a.csv", f"a;b{end}1;2{end}3;4")) == [["1", "2"], ["3", "4"]]


def test_rows_count_as_a_spreadsheet_does(make):
    """Row 2 has a line break inside, row 3 is blank, row 4 has cells of nothing, row 5 is the second answer."""
    found = table(make, "a.csv", 'a;b\n1;"x\ny"\n\n;\n2;z\n')
    assert list(found.cells.index) == [2, 5]


@pytest.mark.parametrize(
    ("content", "row", "match"),
    [
        ("a;b\n1;2\n3\n", 3, "the row has 1 cells, the header 2"),
        ("a;b\n1;2\n3;4;5\n", 3, "the row has 3 cells, the header 2"),
        ('a;b\n1;"x"y\n', 2, "cannot be cut into cells"),
        ('a;b\n1;"never closed\n2;3\n', 2, "cannot be cut into cells"),
    ],
)
def test_broken_row_is_named(make, content, row, match):
    (problem,) = fails(make, "a.csv", content, match)
    assert problem.row == row


def test_empty_cells_at_the_end_of_a_row_are_nothing(make):
    assert as_text(table(make, "a.csv", "a;b\n1;2;;\n")) == [["1", "2"]]


# ---------------------------------------------------------------- the header
@pytest.mark.parametrize("content", ["", b"\xef\xbb\xbf", "\n\n", ";;\n"])
def test_empty_file_F01(make, content):
    fails(make, "a.csv", content, "the file is empty|first row is blank")


@pytest.mark.parametrize("content", ["a;b\n", "a;b", "a;b\n\n;\n"])
def test_header_only_F01(make, content):
    fails(make, "a.csv", content, "a header and no rows")


def test_missing_column_names_the_nearest_and_the_key_F14(make):
    problems = fails(make, "a.csv", CSV, "Did you mean", wanted={"Q1": "survey.recommend.column", "zz": "survey.date"})
    assert [str(problem) for problem in problems] == [
        'acme/a.csv, row 1, column "Q1": there is no such column (survey.recommend.column). '
        'Did you mean "q1"? Correct the name in client.yml.',
        'acme/a.csv, row 1, column "zz": there is no such column (survey.date). The columns are: id, segment, q1, w.',
    ]


def test_extra_columns_are_not_read_and_noted_F14(make):
    found = table(make, "a.csv", CSV, wanted={"q1": "k", "id": "k"})
    assert list(found.cells) == ["id", "q1"]
    assert "not read: segment, w" in str(found.notes[0])
    assert found.notes[0].severity == "warning"


def test_repeated_headings_are_numbered_and_told_once(make):
    found = table(make, "a.csv", "a;b;a;a\n1;2;3;4\n")
    assert list(found.cells) == ["a", "b", "a (2)", "a (3)"]
    [note] = found.notes
    assert 'the later ones are called "a (2)" (column 3), "a (3)" (column 4)' in note.rule
    [note, _] = table(make, "a.csv", "a; a\u00a0\n1;2\n", wanted={"a": "k"}).notes
    assert "column 2" in note.rule and note.severity == "warning"


def test_whoever_names_the_second_heading_knows(make):
    found = table(make, "a.csv", "a;b;a\n1;2;3\n", wanted={"a (2)": "k", "a": "k", "b": "k"})
    assert as_text(found) == [["1", "2", "3"]] and list(found.cells) == ["a", "b", "a (2)"]
    assert found.notes == ()
    assert [note.rule for note in table(make, "a.csv", "a;a;b\n1;2;3\n", wanted={"b": "k"}).notes] == [
        "not described in client.yml and not read: a, a (2)"
    ]


def test_a_heading_that_looks_numbered_keeps_its_name(make):
    assert list(table(make, "a.csv", "a;a;a (2)\n1;2;3\n").cells) == ["a", "a (3)", "a (2)"]


def test_column_without_a_heading(make):
    found = table(make, "a.csv", ";a\n0;1\n1;2\n")
    assert list(found.cells) == ["a"]
    assert "no heading" in found.notes[0].rule
    assert list(table(make, "a.csv", ";a\n0;1\n1;2\n", wanted={"column 1": "k"}).cells["column 1"]) == ["0", "1"]
    assert table(make, "a.csv", "a;\n1;\n2;\n").notes == ()


@pytest.mark.parametrize("name", ["a.json", "a", "csv", "a.csv.exe", "a.gz", "a.json.gz", "zip"])
def test_other_files_are_refused(make, name):
    fails(make, name, "a;b\n1;2\n", "Save the table as csv .* or dta")


def test_more_rows_than_allowed(make, monkeypatch):
    monkeypatch.setattr("cxlib.engagement.tables.table.MOST_ROWS", 2)
    fails(make, "a.csv", CSV, "more than 2 rows")


def test_chunks_are_joined(make, monkeypatch):
    monkeypatch.setattr("cxlib.engagement.tables.csv_files._CHUNK", 2)
    found = table(make, "a.csv", "a;b\n" + "".join(f"{i};{i * i}\n" for i in range(5)))
    assert as_text(found) == [[str(i), str(i * i)] for i in range(5)]
    assert list(found.cells.index) == [2, 3, 4, 5, 6]


def test_fingerprint_is_kept(make):
    folder = Folder("acme", make(files={"a.csv": CSV}))
    read_table(folder, "a.csv")
    assert list(folder.inputs) == ["a.csv"]


# ---------------------------------------------------------------- xlsx
def workbook(*rows, title="Answers", more=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for change in more:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS = (["id", "q1", "w", "d"], ["a", 9, 0.5, datetime.datetime(2025, 3, 1)], ["b", None, 1.25, None])


def test_xlsx_cells_keep_their_type_F10(make):
    found = table(make, "a.xlsx", workbook(*ROWS))
    assert found.how == "xlsx, sheet Answers"
    assert as_text(found) == [["a", "9", "0.5", "2025-03-01"], ["b", "", "1.25", ""]]
    assert numbers(found.cells["w"], decimal=",") == [0.5, 1.25]


def test_xlsx_is_the_same_table_as_csv(make):
    csv = table(make, "a.csv", CSV)
    rows = [line.split("|") for line in ("1|Nord|9|0,5", "2|Øst; by|10|1,25", "3|Malmö|0|2")]
    assert as_text(table(make, "a.xlsx", workbook(["id", "segment", "q1", "w"], *rows))) == as_text(csv)


def test_xlsx_hidden_sheets_are_not_read_F10(make):
    def hide(book):
        book.create_sheet("Old").append(["x"])
        book["Old"].sheet_state = "hidden"

    assert list(table(make, "a.xlsx", workbook(*ROWS, more=[hide])).cells) == ["id", "q1", "w", "d"]


def test_xlsx_several_sheets_must_be_chosen_from_F10(make):
    data = workbook(*ROWS, more=[lambda book: book.create_sheet("Notes").append(["x"])])
    fails(make, "a.xlsx", data, "there are 2 sheets: Answers, Notes.*read: sheet")
    assert len(table(make, "a.xlsx", data, sheet="Answers").cells) == 2
    fails(make, "a.xlsx", data, "no sheet .Answer.*Answers, Notes", sheet="Answer")


def test_xlsx_merged_heading_F10(make):
    data = workbook(["id", "Service", None], ["a", 1, 2], more=[lambda book: book.active.merge_cells("B1:C1")])
    [note] = table(make, "a.xlsx", data).notes
    assert str(note).endswith('column 3 has values but no heading. It is not read; to read it, call it "column 3" in client.yml.')
    assert as_text(table(make, "a.xlsx", data, wanted={"column 3": "k"})) == [["2"]]


def test_xlsx_title_row_F10(make):
    fails(make, "a.xlsx", workbook([], ["id", "q1"], ["a", 1]), "the first row is blank")


def test_xlsx_formula_with_a_value_F10(make):
    """What xlsxwriter stores with a formula is the value that a spreadsheet would store."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "q1"])
        sheet.write(1, 0, "a")
        sheet.write_formula(1, 1, "=4+5", value=9)
    assert as_text(table(make, "a.xlsx", file.getvalue())) == [["a", "9"]]


def test_xlsx_formula_that_was_never_calculated_F10(make):
    data = workbook(["id", "q1"], ["a", "=4+5"])
    (problem,) = fails(make, "a.xlsx", data, "a formula has never been calculated")
    assert (problem.row, problem.column) == (2, "q1")
    assert as_text(table(make, "a.xlsx", data, wanted={"id": "k"})) == [["a"]]


def test_xlsx_heading_that_became_a_date(make):
    data = workbook(["id", datetime.datetime(2025, 1, 1)], ["a", 1])
    fails(make, "a.xlsx", data, "headings are dates", wanted={"1.1": "k"})


@pytest.mark.parametrize("data", [b"PK\x03\x04 not really", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"id;q1\n1;2\n"])
def test_xlsx_that_is_none(make, data):
    fails(make, "a.xlsx", data, "not an xlsx|cannot be read|damaged")


def test_xlsx_that_would_fill_the_memory(make, monkeypatch):
    monkeypatch.setattr("cxlib.engagement.tables.office_files._UNPACKED", 100)
    fails(make, "a.xlsx", workbook(*ROWS), "unpacked")


# ---------------------------------------------------------------- parquet
def test_parquet(make, tmp_path):
    frame = pd.DataFrame(
        {"id": ["a", "b"], "q1": [9, None], "c": pd.Categorical(["x", "y"]), "d": pd.to_datetime(["2025-03-01", None])}
    )
    frame.to_parquet(tmp_path / "a.parquet")
    found = table(make, "a.parquet", (tmp_path / "a.parquet").read_bytes())
    assert as_text(found) == [["a", "9", "x", "2025-03-01"], ["b", "", "y", ""]]
    assert list(found.cells.index) == [2, 3]


def test_parquet_that_is_none(make):
    fails(make, "a.parquet", b"PAR1 not really", "parquet file cannot be read")


# ---------------------------------------------------------------- sav
pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is an extra: cxlib[spss]")


def sav(tmp_path, **options):
    frame = pd.DataFrame({"id": ["a", "b", "c"], "q1": [9.0, 99.0, np.nan], "region": [1.0, 2.0, 1.0]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels={"region": {1: "Nord", 2: "Øst"}, "q1": {99: "Ved ikke", 9: "9"}},
        missing_ranges={"q1": [{"lo": 99, "hi": 99}]},
        **options,
    )
    return path.read_bytes()


def test_sav_keeps_codes_labels_and_user_missing_F09(make, tmp_path):
    found = table(make, "a.sav", sav(tmp_path))
    assert as_text(found) == [["a", "9", "1"], ["b", "99", "2"], ["c", "", "1"]]
    assert found.label("region", 2.0) == "Øst"
    assert found.label("region", 3.0) == ""
    assert found.is_missing("q1", 99.0)
    assert not found.is_missing("q1", 9.0)
    assert not found.is_missing("id", "a")


def test_sav_broken_F09(make, tmp_path):
    fails(make, "a.sav", b"$FL2 not really", "sav file cannot be read")
    fails(make, "a.sav", sav(tmp_path)[:200], "sav file cannot be read")


def test_sav_without_pyreadstat_F09(make, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    fails(make, "a.sav", sav(tmp_path), r"cxlib\[spss\]")


# ---------------------------------------------------------------- a title above the headings
TITLED = (["Survey 2025", None, None], [None] * 3, ["id", "q1", "w"], ["a", 1, 2], ["b", 3, 4])


def test_title_above_the_headings_is_named_with_the_remedy(make):
    [problem] = fails(make, "a.xlsx", workbook(*TITLED), "a single text stands where the headings should be")
    assert str(problem).endswith("If the headings stand in row 3, say so under `read: headings`.")
    [problem] = fails(make, "a.csv", "Survey 2025;;\n;;\nid;q1;w\na;1;2\n", "a single text stands")
    assert "row 3" in problem.remedy


def test_headings_are_read_where_they_are_said_to_stand(make):
    found = table(make, "a.xlsx", workbook(*TITLED), headings=3)
    assert list(found.cells) == ["id", "q1", "w"] and list(found.cells.index) == [4, 5]
    found = table(make, "a.csv", "Survey 2025\n\nid;q1;w\na;1;2\nb;3;4\n", headings=3)
    assert list(found.cells["q1"]) == ["1", "3"] and list(found.cells.index) == [4, 5]
    [problem] = fails(make, "a.xlsx", workbook(*TITLED), "there is no such column", headings=3, wanted={"x": "k"})
    assert problem.row == 3


def test_headings_where_nothing_stands_are_refused(make):
    fails(make, "a.xlsx", workbook(*TITLED), "the first row is blank", headings=2)
    fails(make, "a.xlsx", workbook(*TITLED), "the first row is blank", headings=9)
    fails(make, "a.csv", "id;q1\n1;2\n", "the first row is blank", headings=9)
