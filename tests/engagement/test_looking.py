"""`cx look`: what a file holds, as a table of plain text that shows nobody's answers."""

import datetime
import gzip
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import DataError
from cxlib.engagement.looking import look, printable
from tests.engagement.tables.test_headings import MONKEY, QUALTRICS

N = 60
GROUPS = ["North", "South", "East"]


@pytest.fixture
def seen(tmp_path):
    """seen(name, content) is {column: its line} of what `look` says of the file."""

    def seen(name, content, sheet=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return look(path, sheet)

    return seen


def columns(found):
    return {column.name: column for column in found.columns}


def table(**given):
    """A csv of N rows."""
    lines = [";".join(given), *(";".join(str(cells[i]) for cells in given.values()) for i in range(N))]
    return "\n".join(lines) + "\n"


def test_what_a_csv_holds(seen):
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(days=i // 2) for i in range(N)]
    found = seen(
        "a.csv",
        table(
            Respondent=range(7_000, 7_000 + N), when=days, nps=[i % 11 for i in range(N)], wait=[f"{i % 7},5" for i in range(N)],
            region=[GROUPS[i % 3] for i in range(N)], rare=["" if i > 5 else "seldom" * (i < 3) + "often" * (i > 2) for i in range(N)],
            danish=[f"{i % 28 + 1:02d}-03-2025" for i in range(N)],
        ),
    )  # fmt: skip
    assert [line for line in found.lines if line][:2] == ["a.csv: csv, utf-8, delimiter ;", "60 rows, 7 columns"]
    assert [re.split(r"  +", line) for line in found.lines[-7:]] == [
        ["Respondent", "whole numbers, all different", "not shown: looks like an id"],
        ["when", "dates 2025-01-01 to 2025-01-30"],
        ["nps", "whole numbers 0 to 10, 11 distinct"],
        ["wait", "decimals 0.5 to 6.5, 7 distinct"],
        ["region", "texts, 3 distinct", "North, South, East"],
        ["rare", "texts, 2 distinct", "90 %"],
        ["danish", "dates as %d-%m-%Y, 2025-03-01 to 2025-03-28"],
    ]


def test_the_table_is_aligned_and_plain(seen):
    lines = seen("a.csv", table(**{"område": ["Ærø"] * N, "q": range(N), "日本": ["x"] * N})).lines
    starts = {line.find("holds") if "holds" in line else line.find("texts") for line in lines[3:5]}
    assert len(starts) == 1


@pytest.mark.parametrize("shared", [4, 5])
def test_values_are_shown_where_five_rows_share_them(seen, shared):
    cells = ["the rest"] * (N - shared) + ["secretive"] * shared
    assert ("secretive" in columns(seen("a.csv", table(q=cells, w=range(N))))["q"].examples) == (shared == 5)


PERSONAL = {
    "E-mail": ["x@y.dk"] * N, "Mobiltelefon": ["12345678"] * N, "Kontaktnavn": ["Anna Berg"] * N, "IP Address": ["1.2.3.4"] * N,
    "CPR": ["010180-1234"] * N, "Kundenr": ["77"] * N, "Kommentar": ["god service"] * N, "contact": ["a@b.se"] * N,
    "Q7_TEXT": ["because"] * N, "respondent_id": ["a"] * N,
}  # fmt: skip


@pytest.mark.parametrize("heading", PERSONAL)
def test_columns_about_a_person_show_nothing_and_say_so(seen, heading):
    column = columns(seen("a.csv", table(**{heading: PERSONAL[heading], "q": range(N)})))[heading]
    assert column.examples.startswith("not shown: looks like a")
    assert not set(PERSONAL[heading]) & {*re.split(r", |  ", " ".join([column.holds, column.examples]))}


def test_cells_that_say_what_the_heading_does_not(seen):
    found = columns(
        seen(
            "a.csv",
            table(
                a=[f"{40_000_000 + i}" for i in range(N)], b=[f"it was good, says number {i}" for i in range(N - 1)] + ["it was good, says number 1"],
                c=[f"person{i}@firma.dk" for i in range(N)], d=[f"{12_340_000 + 7 * (i // 2 * 2 if i < 9 else i)}" for i in range(N)],
            ),
        )
    )  # fmt: skip
    assert {name: column.examples for name, column in found.items()} == {
        "a": "not shown: all different, as ids are", "b": "not shown: looks like a free text",
        "c": "not shown: looks like a mail", "d": "not shown: looks like an id",
    }  # fmt: skip
    assert not any(digits in column.holds for column in found.values() for digits in ("40", "12,34", "12 34"))


def test_what_is_said_instead_of_a_guess(seen):
    found = columns(
        seen(
            "a.csv",
            table(a=[f"1.{i:03d}" for i in range(N)], b=[f"{i % 12 + 1:02d}/03/2025" for i in range(N)], c=[""] * N),
        )
    )
    assert found["a"].holds.startswith("numbers that can be read two ways: say `decimal`")
    assert found["b"].holds == "dates as %d/%m/%Y or %m/%d/%Y"
    assert (found["c"].holds, found["c"].blank) == ("nothing", "100 %")


# ---------------------------------------------------------------- how it was read
def test_rows_of_headings_are_left_out_and_told(seen):
    found = seen("a.csv", MONKEY)
    assert "in client.yml: read: {headings: [1, 2]}" in found.lines
    assert "row 2: this is a second row of headings, no answer" in found.lines
    assert found.rows == 9 and "Services - Repair" in columns(found)
    found = seen("b.csv", QUALTRICS + "Total;;\n".replace(";", ","))
    assert "in client.yml: read: {skip: [2, 3, 12]}" in found.lines and found.rows == 8


def test_encodings_and_packed_files(seen):
    found = seen("a.csv.gz", gzip.compress("område;q\nÅrhus;1\nKøge;2\n".encode("mac_roman")))
    assert found.how == "gz, csv, mac_roman, delimiter ;"
    assert "in client.yml: read: {encoding: mac_roman}" in found.lines and "område" in columns(found)


@pytest.fixture
def sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Guide"
    book.active.append(["About"])
    answers = book.create_sheet("Data, 2025")
    for row in [["id", "q"], [1, 5], [2, 6]]:
        answers.append(row)
    book.create_sheet("Old").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_sheets_are_listed_and_the_longest_is_read(sheets):
    found = look(sheets)
    assert "sheets: Guide (1 row), Data, 2025 (3 rows); this is Data, 2025" in found.lines
    assert 'in client.yml: read: {sheet: "Data, 2025"}' in found.lines and found.rows == 2
    with pytest.raises(DataError, match="there is no sheet"):
        look(sheets, "Nowhere")


def test_labels_and_questions_of_spss(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"q1": [1.0, 2.0, np.nan] * 5, "q2": [3.0] * 15})
    pyreadstat.write_sav(
        frame,
        tmp_path / "a.sav",
        variable_value_labels={"q1": {1: "Bad", 2: "Good"}},
        column_labels={"q1": "How was it?"},
    )
    found = look(tmp_path / "a.sav")
    q1 = columns(found)["q1"]
    assert (q1.holds, q1.blank, q1.examples, q1.question) == (
        "codes with labels, 2 distinct",
        "33 %",
        "1 Bad, 2 Good",
        "How was it?",
    )
    assert "question" in found.lines[-3]


def test_lists_in_a_parquet_are_texts(tmp_path):
    pd.DataFrame({"a": [["x", "y"]] * 6}).to_parquet(tmp_path / "a.parquet")
    assert columns(look(tmp_path / "a.parquet"))["a"].holds == "texts, 1 distinct"


def test_many_cells_are_judged_by_their_shape(seen, monkeypatch):
    monkeypatch.setattr("cxlib.engagement.looking._MANY", 10)
    content = table(
        price=[f"{i},{i % 10}" for i in range(N)], day=[f"2025-01-{i % 30 + 1:02d}T10:00:00" for i in range(N)],
        text=[f"t{i % 40}" for i in range(N)], whole=[f"{i % 20}" for i in range(N)], two=[f"{i + 1}.123" for i in range(N)],
    )  # fmt: skip
    assert [column.holds for column in seen("a.csv", content).columns] == [
        "decimals 0 to 59.9, all different", "dates 2025-01-01 to 2025-01-30", "texts, 40 distinct",
        "whole numbers 0 to 19, 20 distinct", "numbers that can be read two ways: say `decimal`, all different",
    ]  # fmt: skip


# ---------------------------------------------------------------- the terminal
EVIL = "q\x1b[31m\x07\u202e\x9b2J"


def test_no_sign_of_the_file_steers_the_terminal(seen, tmp_path):
    found = seen("a.csv", table(**{EVIL: [f"x{EVIL}"] * N, "w": range(N)}))
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", "".join(found.lines))
    book = openpyxl.Workbook()
    book.active.append([1])
    book.create_sheet("\u202eevil").append([1])
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(DataError) as raised:
        look(tmp_path / "b.xlsx", "\u202ewrong")
    assert "\u202e" not in str(raised.value)
    assert printable("a\x1bb\u200bc\r\n") == "a b\ufffdc  "


def test_the_command_prints_and_exits(tmp_path):
    (tmp_path / "a.csv").write_text("q1;q2\n1;2\n")
    run = CliRunner().invoke(main, ["look", str(tmp_path / "a.csv")])
    assert run.exit_code == 0 and run.output.startswith("a.csv: csv, utf-8, delimiter ;\n1 row, 2 columns")
    (tmp_path / "b.csv").write_bytes(b"a;b\n1;2;3\n")
    (tmp_path / "a.json").touch()
    for name, said in {
        "b.csv": "row 2: the row has 3 cells, the header 2",
        "no.csv": "cannot be read (no such file",
        "a.json": "this ending",
    }.items():
        run = CliRunner().invoke(main, ["look", str(tmp_path / name)])
        assert run.exit_code == 1 and said in run.output
    assert CliRunner().invoke(main, ["look", str(tmp_path)]).exit_code == 1


@pytest.mark.parametrize(("codes", "shown"), [(60, False), (12, True)])
def test_codes_that_many_rows_share_are_ids_where_they_are_many(seen, codes, shown):
    rows = "point;team\n" + "".join(f"M{100_000 + i % codes};T{i % 3}\n" for i in range(600))
    found = columns(seen("log.csv", rows))
    assert ("M1000" in found["point"].examples) is shown and found["team"].examples.startswith("T")
