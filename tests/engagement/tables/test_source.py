"""A `Source` of client.yml becomes a table: which rows count, columns made of others, and what is told of both."""

import io

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from cxlib.engagement import DataError
from cxlib.engagement.folder import Folder
from cxlib.engagement.settings.source import Source
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.source import read_source

CSV = """id,status,seen,q1,age,region
r1,disqualified,2025-01-02 10:00,,,
r1,completed,2025-01-01 10:00,7 - Likely,29,1
r2,completed,2025-01-03 10:00,10,30,2
r3,Completed,2025-01-04 10:00,0,64,9
"""


def read(make, csv=CSV, *, wanted=("id", "q1"), name="a.csv", **source):
    folder = Folder("acme", make(files={name: csv}))
    table = read_source(folder, Source(file=name, **source), "survey", wanted=dict.fromkeys(wanted, "survey.items"))
    return table, list(folder.told["survey"])


def fails(make, csv=CSV, **options):
    with pytest.raises(DataError) as raised:
        read(make, csv, **options)
    return [str(problem) for problem in raised.value.problems if problem.severity == "error"]


def column(table, name):
    return [text(cell) for cell in table.cells[name]]


# ---------------------------------------------------------------- rows
def test_nothing_asked_is_the_file_itself(make):
    table, told = read(make)
    assert list(table.cells) == ["id", "q1"] and list(table.cells.index) == [2, 3, 4, 5]
    assert told == ["acme/a.csv: 4 rows, 2 columns, 4 more not read (csv, utf-8, delimiter ,)"]


def test_rows_are_kept_and_left_out_and_keep_their_numbers(make):
    table, told = read(make, keep={"status": ["completed"]}, drop={"region": ["9", ""]})
    assert list(table.cells.index) == [3, 4] and list(table.cells) == ["id", "q1"]
    assert told[1:] == ["2 of 4 rows kept: status is completed", "2 of 4 rows left out: region is 9 or blank"]
    assert table.left_out == 2


def test_a_column_made_of_itself_is_changed(make):
    bands = {"young": [None, 29], "old": [30, None]}
    table, _ = read(make, wanted=("age",), recode={"age": {"from": "age", "bands": bands}})
    assert column(table, "age") == column(read(make, wanted=("age",), recode={"age": {"bands": bands}})[0], "age")


QUALTRICS = """StartDate,EndDate,Status,Finished,ResponseId,id,q1
Start Date,End Date,Response Type,Finished,Response ID,Customer,How likely?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}","{""ImportId"":""finished""}","{""ImportId"":""_recordId""}",x,"{""ImportId"":""QID1""}"
2025-01-02 10:00,2025-01-02 10:04,1,1,R_1,a,9
2025-01-02 11:00,2025-01-02 11:04,0,1,R_2,b,7
2025-01-02 12:00,2025-01-02 12:04,0,1,R_3,c,-99
"""


def test_a_layout_says_what_is_not_said_here(make):
    table, told = read(make, QUALTRICS, read={"layout": "qualtrics"})
    assert list(table.cells.index) == [5, 6] and column(table, "q1") == ["7", ""]
    assert "1 of 3 rows left out: Status is 1 or 2 or 17" in told[1]
    table, _ = read(make, QUALTRICS, read={"layout": "qualtrics", "skip": [2, 3, 4]}, drop={"Status": ["8"]})
    assert list(table.cells.index) == [5, 6]  # what is said here goes before: nothing but row 4 is left out
    table, _ = read(make, "id,q1\na,5\n", read={"layout": "qualtrics", "skip": []})
    assert list(table.cells.index) == [2]  # a layout's column that is not there leaves nobody out


def test_a_layout_that_is_not_known_is_told_with_the_nearest():
    with pytest.raises(ValidationError) as raised:
        Source(file="a.csv", read={"layout": "qualtric"})
    assert raised.value.errors()[0]["ctx"] == {
        "rule": '"qualtric" is no layout of templates/layouts/', "remedy": "Did you mean qualtrics?", "key": "read/layout"}  # fmt: skip


def test_one_row_of_each_id_by_a_date_or_by_the_file(make):
    table, told = read(make, one_row={"of": "id", "by": "seen", "which": "last"})
    assert list(table.cells.index) == [2, 4, 5] and told[1] == "1 row left out: the last by seen of each id counts"
    assert list(read(make, one_row={"of": "id"})[0].cells.index) == [3, 4, 5]
    assert list(read(make, one_row={"of": ["id", "status"]})[0].cells.index) == [2, 3, 4, 5]


def test_rows_of_labelled_codes_are_named_by_code_or_label(make, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"id": ["a", "b", "c"], "status": [1.0, 2.0, 99.0]})
    pyreadstat.write_sav(frame, str(tmp_path / "s.sav"), variable_value_labels={"status": {1.0: "Complete", 2.0: "Partial"}},
                         missing_ranges={"status": [99]})  # fmt: skip
    data = (tmp_path / "s.sav").read_bytes()
    for code in ("1", "Complete"):
        table, _ = read(make, data, name="s.sav", wanted=["id", "status"], keep={"status": [code]})
        assert column(table, "id") == ["a"] and table.label("status", 1.0) == "Complete"
    table, _ = read(make, data, name="s.sav", wanted=["status"], recode={"status": {"joined": {"Any": ["Complete", "2"]}}})
    assert column(table, "status") == ["Any", "Any", ""]
    table, _ = read(make, data, name="s.sav", wanted=["status"], recode={"status": {"turned": [1, 2]}})
    assert column(table, "status") == ["2", "1", "99"] and table.is_missing("status", 99.0)
    assert [table.label("status", cell) for cell in (2.0, 1.0)] == ["Complete", "Partial"]


# ---------------------------------------------------------------- what is wrong, and a remedy that works
@pytest.mark.parametrize(
    ("source", "said", "mended"),
    [
        ({"keep": {"status": ["complted"]}}, 'key survey.keep.status: no cell of the column "status" is "complted". Is it "',
         {"keep": {"status": ["completed"]}}),
        ({"keep": {"state": ["completed"]}}, 'column "state": there is no such column (survey.keep). Did you mean "status"?',
         {"keep": {"status": ["completed"]}}),
        ({"drop": {"id": ["r1", "r2", "r3"]}}, "key survey.drop: no row is left. Correct `keep` and `drop`",
         {"drop": {"id": ["r1"]}}),
        ({"one_row": {"of": "id", "by": "status"}}, 'column "status": neither a date nor a number', {"one_row": {"of": "id"}}),
        ({"recode": {"age": {"bands": {"young": [None, 29], "old": [31, None]}}}}, 'in none of the bands: "30". Let the bands meet',
         {"recode": {"age": {"bands": {"young": [None, 30], "old": [30, None]}}}}),
        ({"recode": {"age": {"bands": {"young": [None, 29], "old": [30, 50]}}}}, 'in none of the bands: "64". Open the first',
         {"recode": {"age": {"bands": {"young": [None, 29], "old": [30, None]}}}}),
        ({"recode": {"age": {"missing": ["9"], "from": "q1"}}}, 'the file has a column "age" of its own',
         {"recode": {"age": {"missing": ["9"]}}}),
        ({"recode": {"q1": {"bands": {"all": [0, 99]}}}}, "1 text not shown here. Name what is no number under `missing`",
         {"recode": {"q1": {"number": "first", "bands": {"all": [0, 99]}}}}),
    ],
)  # fmt: skip
def test_wrong_shapes_are_told_with_a_remedy_that_works(make, source, said, mended):
    wanted = ["id", "q1", "age"]
    (problem,) = fails(make, wanted=wanted, **source)
    assert said in problem
    read(make, wanted=wanted, **mended)


def test_doubtful_codes_are_warned_of(make):
    table, _ = read(make, wanted=["region", "status"], drop={"status": ["disqualifed"]},
                    recode={"region": {"labels": {"1": "North", "2": "South"}},
                            "status": {"joined": {"done": ["complete", "Completed"]}},
                            "extra": {"from": "age", "missing": ["9"]}})  # fmt: skip
    said = [str(note).partition(", key ")[2] for note in table.notes if ", key " in str(note)]
    assert said == [
        'survey.drop.status: no cell of the column "status" is "disqualifed". Is it "disqualified"?',
        'survey.recode.region.labels: codes without a label stay as they are stored: "9". Label them, or name what says '
        "nothing under `missing`.",
        'survey.recode.status.joined: no cell of the column "status" is "complete". Is it "completed"?',
        "survey.recode.extra: no key of client.yml asks for this column. Name it where it is used, or remove it.",
    ]


# ---------------------------------------------------------------- columns
def test_columns_are_read_and_made_in_the_order_of_their_keys(make):
    table, told = read(
        make,
        wanted=["q1", "group", "place"],
        recode={
            "q1": {"number": "first"},
            "place": {"from": "region", "missing": ["9"], "labels": {"1": "North", "2": "South"}},
            "age_group": {"from": "age", "bands": {"50+": [50, None], "30-49": [30, 49], "-29": [None, 29]}},
            "group": {"from": "age_group", "joined": {"under 50": ["-29", "30-49"]}},
        },
    )
    assert column(table, "q1") == ["", "7", "10", "0"]
    assert column(table, "place") == ["", "North", "South", ""]
    assert column(table, "group") == ["", "under 50", "under 50", "50+"]
    assert told[1:] == ["place is made of region", "age_group is made of age", "group is made of age_group"]


def test_bands_stand_in_their_order(make):
    bands = {"50+": [50, None], "30-49": [30, 49], "under 30": [None, 29]}
    table, _ = read(make, wanted=["age"], recode={"age": {"bands": bands}})
    assert table.orders == {"age": ("50+", "30-49", "under 30")}
    table, _ = read(make, wanted=["age"], recode={"age": {"bands": bands, "joined": {"older": ["50+", "30-49"]}}})
    assert table.orders == {"age": ("older", "under 30")}


def test_durations_moments_and_dates_are_read(make):
    csv = "id,wait,created,answered\n1,00:07:12,2025-01-01 10:00,2025-01-01 12:30\n2,3m 12s,2025-03-31 23:00,2025-04-01 01:00\n3,,2025-07-01,\n"
    recode = {
        "wait": {"duration": "minutes"},
        "reply": {"from": ["created", "answered"], "duration": "hours"},
        "quick": {"from": "reply", "bands": {"quick": [None, 2.25], "slow": [2.25, None]}},
        "month": {"from": "created", "every": "month"},
        "quarter": {"from": "answered", "every": "quarter"},
    }
    table, told = read(make, csv, wanted=["wait", "reply", "quick", "month", "quarter"], recode=recode)
    assert column(table, "wait") == ["7.2", "3.2", ""] and column(table, "reply") == ["2.5", "2", ""]
    assert column(table, "quick") == ["slow", "quick", ""]
    assert column(table, "month") == ["2025-01", "2025-03", "2025-07"] and column(table, "quarter") == ["2025-Q1", "2025-Q2", ""]
    assert "reply is made of created and answered" in told
    wrong = fails(make, csv.replace("3m 12s", "7:12x"), wanted=["wait"], recode={"wait": {"duration": "minutes"}})
    assert 'column "wait": not a duration' in wrong[0]


def test_several_answers_become_columns(make):
    csv = "id,c\n1,Phone;Mail\n2,Mail\n3,\n"
    table, told = read(make, csv, wanted=["id", "c: Mail", "c: Phone"], recode={"c": {"several": ";"}})
    assert column(table, "c: Phone") == ["1", "0", ""] and column(table, "c: Mail") == ["1", "1", ""]
    assert told[1:] == ["c holds 2 answers, each a column of its own"]
    (problem,) = fails(make, csv, wanted=["c: Mial"], recode={"c": {"several": ";"}})
    assert 'there is no column "c: Mial" (survey.items). Did you mean "c: Mail"?' in problem


@pytest.mark.parametrize("seed", range(5))
def test_a_shaped_table_is_the_table_of_a_file_that_was_shaped_by_hand(make, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": rng.integers(0, 30, 90).astype(str),
            "status": rng.choice(["yes", "no", ""], 90),
            "t": rng.permutation(90),
            "age": rng.integers(15, 80, 90),
            "q1": rng.integers(1, 6, 90),
        }
    )
    table, told = read(
        make,
        frame.to_csv(index=False),
        wanted=["id", "group", "q1"],
        keep={"status": ["yes", ""]},
        one_row={"of": "id", "by": "t", "which": "first"},
        recode={"group": {"from": "age", "bands": {"a": [None, 40], "b": [40, None]}}, "q1": {"turned": [1, 5]}},
    )
    left = frame[frame["status"] != "no"].sort_values("t").drop_duplicates("id").sort_index()
    assert list(table.cells.index) == [row + 2 for row in left.index]
    assert column(table, "q1") == [str(6 - each) for each in left["q1"]]
    assert column(table, "group") == ["a" if age < 40 else "b" for age in left["age"]]
    assert told[1].startswith(f"{(frame['status'] != 'no').sum()} of 90 rows kept")


def test_xlsx_numbers_and_dates_are_codes_too(make):
    frame = pd.DataFrame({"id": [1, 2, 2], "state": [1, 3, 1], "seen": pd.to_datetime(["2025-01-03", "2025-02-01", "2025-01-01"])})
    data = io.BytesIO()
    frame.to_excel(data, index=False)
    table, _ = read(make, data.getvalue(), name="a.xlsx", wanted=["id"], drop={"state": ["3"]},
                    one_row={"of": "id", "by": "seen", "which": "first"})  # fmt: skip
    assert list(table.cells.index) == [2, 4]
