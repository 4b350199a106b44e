"""Headings of several rows, repeated, long or missing ones; rows that are no answers; each remedy is tried."""

import pytest

from cxlib.engagement import DataError, open_client, problems
from cxlib.engagement.folder import Folder
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.settings.source import Source
from cxlib.engagement.tables import csv_files
from cxlib.engagement.tables.raw import ReadOtherwise, joined, named, position
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.table import read_table
from tests.engagement.tables.test_table import CSV, as_text, fails, table, workbook

MONKEY = (
    "Respondent ID,Email Address,How likely are you to recommend us?,How satisfied are you with?,,,Services,\n"
    ",,Response,Staff,Price,Delivery,Repair,Other (please specify)\n"
    + "".join(f"{118000 + i},,{i},Satisfied,Neither,Satisfied,Repair,\n" for i in range(9))
)
MONKEY_NAMES = [
    "Respondent ID", "Email Address", "How likely are you to recommend us?", "How satisfied are you with? - Staff",
    "How satisfied are you with? - Price", "How satisfied are you with? - Delivery", "Services - Repair",
    "Services - Other (please specify)",
]  # fmt: skip
QUALTRICS = (
    'StartDate,Q1,Q2\nStart Date,"How likely are you\nto recommend us?",Friendly staff\n'
    '"{""ImportId"":""startDate"",""timeZone"":""X""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n'
    + "".join(f"2025-01-0{i},{i},{i % 5}\n" for i in range(1, 9))
)


def obeyed(make, name, content, **read):
    """The table as read after the one problem's `read`, and what the problem says."""
    folder = Folder("acme", make(files={name: content}))
    with pytest.raises(DataError) as raised:
        read_table(folder, name, read=Read(**read))
    [problem] = raised.value.problems
    assert isinstance(problem, ReadOtherwise)
    return read_table(folder, name, read=problem.read), str(problem)


# ---------------------------------------------------------------- several rows
def test_two_rows_are_joined_as_question_and_item(make):
    found, said = obeyed(make, "a.csv", MONKEY)
    assert (
        said == "acme/a.csv, row 2: this is a second row of headings, no answer. Say `headings: [1, 2]` under `read`."
    )
    assert list(found.cells) == MONKEY_NAMES
    assert list(found.cells.index) == list(range(3, 12)) and as_text(found)[0][:4] == ["118000", "", "0", "Satisfied"]


def test_a_merged_heading_counts_for_its_own_columns(make):
    rows = (
        ["id", "Service", None, "region"],
        [None, "Friendly", "Fast", None],
        *[[i, i % 5, i % 3, "N"] for i in range(4)],
    )
    data = workbook(*rows, more=[lambda book: book.active.merge_cells("B1:C1")])
    found, said = obeyed(make, "a.xlsx", data)
    assert "headings: [1, 2]" in said
    assert list(found.cells) == ["id", "Service - Friendly", "Service - Fast", "region"]


def test_three_rows_equal_parts_and_blanks():
    rows = [["Id", "Part", "", ""], ["Id", "Q", "", "Note"], ["", "a", "b", "Response"]]
    assert joined(rows) == ["Id", "Part - Q - a", "Part - Q - b", "Part - Note"]
    assert joined([["A", "", "B"], ["x", "y"]], [[(0, 1)], []]) == ["A - x", "A - y", "B"]
    assert joined([["A", "", ""], ["x", "", "z"]]) == ["A - x", "", "z"]


@pytest.mark.parametrize("rows", [[2, 1], [1, 1], [], "x", 0, [101]])
def test_rows_of_headings_must_rise(rows):
    with pytest.raises(ValueError):
        Read(headings=rows)


def test_rows_are_said_as_one_or_many():
    assert Read(headings=3).headings == (3,) and Read(headings="3", skip="4").skip == (4,)
    assert Read(headings=["1", "2"]).headings == (1, 2)


def test_rows_of_the_file_are_skipped_wherever_they_stand(make):
    content = "About;us;all\nid;q1;w\n;;\nlabels;of;columns\na;1;2\nb;3;4\nnote;5;6\n"
    found = table(make, "a.csv", content, headings=2, skip=[1, 4, 7])
    assert as_text(found) == [["a", "1", "2"], ["b", "3", "4"]] and list(found.cells.index) == [5, 6]
    rows = [line.split(";") for line in content.splitlines()]
    assert as_text(table(make, "a.xlsx", workbook(*rows), headings=2, skip=[1, 4, 7])) == as_text(found)


# ---------------------------------------------------------------- rows of headings that nobody declared
def test_question_texts_and_import_ids_of_qualtrics(make):
    found, said = obeyed(make, "a.csv", QUALTRICS)
    assert said == (
        "acme/a.csv, row 3: the rows below the headings hold Qualtrics' questions and import ids, no answers. "
        "Say `skip: [2, 3]` under `read`."
    )
    assert list(found.cells) == ["StartDate", "Q1", "Q2"] and len(found.cells) == 8
    assert list(found.cells.index) == list(range(4, 12))


def test_import_ids_as_headings_still_work_and_are_told(make):
    found = table(make, "a.csv", QUALTRICS, headings=3)
    [note] = found.notes
    assert note.severity == "warning" and "Say `headings: 1, skip: [2, 3]` under `read`" in str(note)
    assert len(table(make, "a.csv", QUALTRICS, **{"headings": note.read.headings, "skip": note.read.skip}).cells) == 8


def test_a_row_of_questions_over_numbers(make):
    content = "id;q1;q2\nRespondent;How satisfied are you;How likely are you\n" + "".join(
        f"{i};{i};{i}\n" for i in range(5)
    )
    found, said = obeyed(make, "a.csv", content)
    assert "row 2: this row holds the questions, no answers. Say `skip: 2` under `read`" in said
    assert len(found.cells) == 5


@pytest.mark.parametrize(
    "content",
    [
        "id;q1;q2\na;Not relevant here;5\nb;3;4\nc;3;4\nd;3;4\n",
        "name;comment\nAnna;It was a good visit indeed\nBo;I will come again soon\nCa;Nothing\n",
        "id;a;b\n1;Response time;x\n2;Response time;y\n3;;z\n",
        "region;q1\n;5\nNord;6\nSyd;7\n",
    ],
)
def test_a_first_answer_is_no_row_of_headings(make, content):
    assert table(make, "a.csv", content).cells.index[0] == 2


# ---------------------------------------------------------------- totals and footers
ANSWERS = "id;q1;q2;q3\n" + "".join(f"r{i};{i};{i % 5};{i % 3}\n" for i in range(1, 9))


@pytest.mark.parametrize(
    "last",
    [
        "Total;36;16;13",
        "Average;4,5;2;1,63",
        "I alt;;;",
        "Gesamt;;;",
        "Totalt:;36;;",
        "SUM;36;16;13",
        "Gennemsnit;4,5;2,0;1,6",
    ],
)
def test_totals_are_pointed_out(make, last):
    found, said = obeyed(make, "a.csv", ANSWERS + last + "\n")
    assert said == "acme/a.csv, row 10: the row sums up others: no answer. Say `skip: 10` under `read`."
    assert len(found.cells) == 8
    rows = [
        [int(cell) if cell.isdigit() else cell for cell in line.split(";")] for line in (ANSWERS + last).splitlines()
    ]
    found, _ = obeyed(make, "a.xlsx", workbook(*rows))
    assert len(found.cells) == 8


def test_notes_below_the_answers_are_pointed_out(make):
    found, said = obeyed(make, "a.csv", ANSWERS + "Total;36;16;13\n;;;\nTaken from the system in January;;;\n")
    assert "rows 10, 12: the row sums up others and a note stands below the answers" in said
    assert said.endswith("Say `skip: [10, 12]` under `read`.") and len(found.cells) == 8


def test_other_rows_that_are_skipped_stay_so(make):
    found, said = obeyed(make, "a.csv", ANSWERS + "Total;34;14;11\n", skip=[3])
    assert "Say `skip: [3, 10]` under `read`" in said and len(found.cells) == 7


@pytest.mark.parametrize(
    "last", ["Total;9;4;2", "r9;9;;", "r10;;;", "Total;fin;4;2", "Sumatra;9;4;2", "Totally new;;4;2"]
)
def test_an_answer_is_no_total(make, last):
    assert len(table(make, "a.csv", ANSWERS + last + "\n").cells) == 9


def test_names_of_two_words_are_no_notes(make):
    content = "name;q1;q2\n" + "".join(f"Shop number {i};{i};{i}\n" for i in range(5)) + "Shop number six;;\n"
    assert len(table(make, "a.csv", content).cells) == 6


# ---------------------------------------------------------------- the names of columns
LONG = "Tak, fordi du vil hjælpe os. " * 40


def test_headings_are_matched_whatever_their_spaces_and_quotes(make):
    content = '"Don’t  you\u00a0like\nit?";"Ko\u0308p";b\n1;2;3\n'
    found = table(make, "a.csv", content, wanted={"Don't you like it?": "k", "Köp": "k", "b": "k"})
    assert as_text(found) == [["1", "2", "3"]] and list(found.cells) == ["Don't you like it?", "Köp", "b"]


def test_a_long_heading_is_named_by_its_beginning_or_its_number(make):
    content = f'id;"{LONG}Hvor tilfreds er du?";"{LONG[:50]}alt i alt";c\n1;2;3;4\n'
    wanted = {f"{LONG[:200]}...": "survey.rating.column"}
    assert as_text(table(make, "a.csv", content, wanted=wanted)) == [["2"]]
    assert as_text(table(make, "a.csv", content, wanted={"column 3": "k", f"{LONG[:200]}…": "k"})) == [["2", "3"]]
    [problem] = fails(
        make, "a.csv", content, "2 columns begin like this", wanted={f"{LONG[:30]}...": "survey.rating.column"}
    )
    assert problem.remedy == 'Write more of the heading, or its number: "column 2", "column 3"'
    [problem] = fails(make, "a.csv", content, "no such column", wanted={"Tak, fordi...": "k"})
    assert 'A beginning needs 20 characters before its ...; or write "column 2" or "column 3"' in str(problem)
    fails(make, "a.csv", content, "no such column", wanted={"column 5": "k"})


def test_one_column_has_one_name(make):
    [problem] = fails(
        make, "a.csv", "id;q1\n1;2\n", "is the same column, column 2", wanted={"q1": "k", "column 2": "k"}
    )
    assert problem.remedy == "Call it by one name throughout client.yml"


def test_names_that_are_no_headings():
    assert position("column 0", ["a"]) == [] and position("...", ["a", "b"]) == []
    assert position("column 2", ["column 2", "b"]) == [0]
    assert named(["a", None, "a", " a "]) == (["a", "", "a (2)", "a (3)"], {"a (2)": "a", "a (3)": "a"})


def test_many_headings_that_became_dates_are_one_problem(make):
    import datetime

    data = workbook(["person", *[datetime.datetime(2025, i, 1) for i in range(1, 8)]], ["a", *range(7)])
    [problem] = fails(
        make, "a.xlsx", data, "there are no such columns: 1.1, 2.1", wanted={"1.1": "k", "2.1": "k", "person": "k"}
    )
    assert "Some headings are dates" in problem.remedy


# ---------------------------------------------------------------- encodings
DANISH = "id;område\n1;København\n2;Ærø – øst\n3;Århus\n4;Gävle, Örebro\n"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_another_encoding_is_named_and_right(make, encoding):
    content = DANISH if encoding == "mac_roman" else DANISH.replace("–", "-")
    found, said = obeyed(make, "a.csv", content.encode(encoding))
    assert f"its letters make words when it is read as {encoding}, not as cp1252. Say `encoding: {encoding}`" in said
    assert as_text(found)[2] == ["3", "Århus"]


@pytest.mark.parametrize("word", ["blå", "Ås", "sjö", "é", "smørrebrød", "naïve – “x” 5 €", "It’s", "25 °C", "½"])
def test_cp1252_is_read_as_it_is(make, word):
    assert as_text(table(make, "a.csv", f"a;b\n1;{word}\n".encode("cp1252"))) == [["1", word]]


@pytest.mark.parametrize("word", ["blå", "smørrebrød", "Ålborg", "sjö", "Ærø"])
@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_one_word_is_enough_not_to_be_read_wrongly(make, word, encoding):
    obeyed(make, "a.csv", f"a;b\n1;{word}\n".encode(encoding))


# ---------------------------------------------------------------- large files are cut at once
LARGE = {
    "plain": CSV,
    "crlf and spaces": 'a;b\r\n 1 ; x\r\n;\r\n2;"y "\r\n; \r\n3;z',
    "quotes": 'a;b\n1;"one; two ""three"""\n2;5" skærm\n"3";""\n',
    "line break in a cell": 'a;b\n1;"one\ntwo"\n2;x\n',
    "blank lines": "a;b\n\n1;x\n\n2;y\n",
    "more cells at the end": "a;b\n1;2;;\n3;4\n",
    "title": "A title\n\na;b;c\n1;2;3\n4;5;6\n",
    "one column": "q1\n1\n2\n",
    "bare return": "a;b\r1;2\r3;4\r",
    "told": "sep=|\na|b\n1|2\n",
    "NA stays a text": "a;b\nNA;null\n;NaN\n1e5;TRUE\n",
    "stray quote": 'a;b\n1;"x"y\n',
    "never closed": 'a;b\n1;"x\n2;y\n',
    "closed later": 'a;b;c\n1;"x;"y;2\n',
    "ragged": "a;b\n1;2\n3\n",
    "total": "a;b\n1;2\n3;4\nTotal;6\n",
    "total after a blank cell": "a;b;c\nx;1;2\ny;3;4\n;total;6\n",
    "footer": "a;b\n1;2\n3;4\nTaken in March;\n",
    "headings": MONKEY,
}


def outcome(make, content, **read):
    try:
        found = table(make, "a.csv", content, **read)
    except DataError as error:
        return str(error)
    return (
        found.how,
        list(found.cells),
        list(found.cells.index),
        as_text(found),
        [str(each.dtype) for _, each in found.cells.items()],
    )


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_large_file_is_read_as_a_small_one(make, monkeypatch, name, encoding):
    read = {"headings": 3} if name == "title" else {"skip": [3]} if name == "plain" else {}
    small = outcome(make, LARGE[name].encode(encoding), **read)
    monkeypatch.setattr(csv_files, "_LARGE", 0)
    assert outcome(make, LARGE[name].encode(encoding), **read) == small


def test_large_files_that_are_simple_are_cut_at_once(make, monkeypatch):
    monkeypatch.setattr(csv_files, "_LARGE", 0)
    monkeypatch.setattr(csv_files, "_cut_by_rows", None)
    assert as_text(table(make, "a.csv", LARGE["quotes"]))[1] == ["2", '5" skærm']
    assert list(table(make, "a.csv", LARGE["crlf and spaces"]).cells.index) == [2, 4, 6]


# ---------------------------------------------------------------- previews and unfinished answers of Qualtrics
def qualtrics(status, finished):
    rows = [
        f"{code};{100 if done in ('1', 'True') else 40};{done};R{i};{i % 11}"
        for i, (code, done) in enumerate(zip(status, finished, strict=True))
    ]
    return "\n".join(["Status;Progress;Finished;ResponseId;Q1", *rows, ""])


@pytest.mark.parametrize(("test", "undone"), [("1", "0"), ("Survey Preview", "False")])
def test_previews_and_unfinished_answers_are_told_with_what_leaves_them_out(make, test, undone):
    content = qualtrics(["0", test, "0", "0"], ["1", "1", undone, undone])
    [note, _] = table(make, "a.csv", content, wanted={"Q1": "k"}).notes
    assert (note.row, note.count, note.severity) == (3, 3, "warning")
    assert note.rule.endswith("1 previews or tests and 2 not finished")
    drop = note.remedy.split("`")[1]
    make(f"survey:\n  file: a.csv\n  {drop}\n  recommend: {{column: Q1, scale: [0, 10]}}\n", {"a.csv": content})
    told = [problem for problem in problems("acme") if "Qualtrics" in problem.rule]
    assert told == [] and len(open_client("acme").survey.rows) == 1


def test_other_files_with_a_status_are_left_alone(make):
    content = qualtrics(["0", "1"], ["1", "0"]).replace("ResponseId", "id")
    [note] = table(make, "a.csv", content, wanted={"Q1": "k"}).notes
    assert "not read: Status" in note.rule


@pytest.mark.parametrize("question, answer", [("question", "answer"), ("Spørgsmål", "Svar"), ("fråga", "värde"), ("item", "value")])
def test_one_row_an_answer_is_told_with_what_to_write(make, question, answer):
    csv = f"who,{question},{answer}\n" + "".join(f"{i},{q},{i % 11}\n" for i in range(20) for q in ("nps", "sat"))
    with pytest.raises(DataError) as raised:
        read_source(Folder("acme", make(files={"a.csv": csv})), Source(file="a.csv"), "survey", wanted={"nps": "survey.recommend.column"})
    long = {"respondent": "who", "question": question, "answer": answer}
    assert f"`long: {{respondent: who, question: {question}, answer: {answer}}}`" in str(raised.value)
    folder = Folder("acme", make(files={"a.csv": csv}))
    assert len(read_source(folder, Source(file="a.csv", long=long), "survey", wanted={"nps": "survey.recommend.column"}).cells) == 20
