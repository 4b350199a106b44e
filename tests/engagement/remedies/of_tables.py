"""Remedies for what stands in tables: {remedy: case}."""

import datetime as dt
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

from tests.engagement.remedies.cases import (
    ANSWERS,
    CSV,
    Case,
    chosen,
    column,
    file,
    first_of,
    groups,
    instead,
    put,
    remove,
    said,
    same,
    yaml_of,
)

CONTACTS = "case,wait,ok,start,end\n" + "".join(f"{i},{i},{1 + i % 5},2025-01-03 10:00,2025-01-03 1{1 + i % 3}:00\n" for i in range(1, 21))
LEVEL = {"contacts": {"file": "c.csv"}, "tipping_points": {"w": {
    "label": "Wait", "column": "wait", "unit": "minutes", "outcome": {"column": "ok", "scale": [1, 5]}}}}  # fmt: skip


def of(head: str, *cells, answers=ANSWERS) -> dict[str, str]:
    """The answers with a further column: a cell for each, or a function of its place."""
    told = [cells[0](i) if callable(cells[0]) else cells[i % len(cells)] for i in range(len(answers))]
    return {"s.csv": f"id,q,{head}\n" + "".join(f"{i},{answer},{cell}\n" for i, (answer, cell) in enumerate(zip(answers, told, strict=True), start=1))}


def asked(*cells, then="") -> dict[str, str]:
    """The answers, with the cells below them as answers of others."""
    return {"s.csv": CSV + "".join(f"{20 + i},{cell}\n" for i, cell in enumerate(cells)) + then}


def book(rows, sheets=("Answers",), change=lambda made: None, name="s.xlsx") -> dict[str, bytes]:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for sheet in sheets:
        page = made.create_sheet(sheet)
        for row in rows:
            page.append(row)
    change(made)
    saved = io.BytesIO()
    made.save(saved)
    return {name: saved.getvalue()}


ROWS = [["id", "q"], *([i, answer] for i, answer in enumerate(ANSWERS, start=1))]
XLSX = {"survey.file": "s.xlsx"}


def zipped(**files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def locked(packed: bytes) -> bytes:
    """A zip that says of its files that they have a password."""
    marked = bytearray(packed)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[marked.index(mark) + at] |= 1
    return bytes(marked)


def damaged(packed: bytes) -> bytes:
    """A workbook with a sheet of which some bytes are others."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    return packed[:start] + b"\xff" * 40 + packed[start + 40 :]


def sav(answers, labels=None) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.sav"
        pyreadstat.write_sav(pd.DataFrame({"id": range(len(answers)), "q": [float(answer) for answer in answers]}), str(path),
                             variable_value_labels={"q": labels} if labels else {})  # fmt: skip
        return {"s.sav": path.read_bytes()}


SAV = {"survey.file": "s.sav"}
LONG = "who,what,said\n" + "".join(f"{i},q,{answer}\n" for i, answer in enumerate(ANSWERS))
AS_LONG = {"survey.long": {"respondent": "who", "question": "what", "answer": "said"}}
CRM = "key,city\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(1, 11))
JOIN = {"survey.segments": {"city": "City"}, "survey.join": [{"file": "crm.csv", "on": {"id": "key"}, "columns": ["city"]}]}
CITIES = groups("city", "a", "b")


def joined(settings=None, crm=CRM, survey=CSV, **change) -> tuple:
    return {**JOIN, "survey.join": [{**JOIN["survey.join"][0], **change}], **(settings or {})}, {"s.csv": survey, "crm.csv": crm}


def recoded(**steps) -> dict:
    return {"survey.segments": {"g": "G"}, "survey.recode": {"g": steps}}


def more_answers(engagement) -> bool:
    """The answers of `CSV`, with others that say nothing."""
    return list(engagement.survey.rows["q"].dropna()) == list(ANSWERS)


def minutes(engagement) -> bool:
    return list(engagement.contacts.rows["wait"]) == list(range(1, 21))


JOINED_BY_ID, JOINED_FILES = joined()
MANY = [f"{'abcdefghij'[i % 10]}{'xyz'[i // 10]}" for i in range(30)]
NINE = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3)]
HUNDRED_ANSWERS = tuple(ANSWERS * 10)
SPELLED = "".join(f"{i},{answer}\n" for i, answer in enumerate(ANSWERS))

CASES: dict[str, Case] = {
    # ------------------------------------------------------------ answers
    'tables/answers: Codes must match exactly: is it "{}"? If large letters do not count, write `read: {case: ignore}`': Case(
        {"survey.dont_know": ["ved ikke"]}, said("survey"), more_answers, asked("Ved ikke", "Ved ikke")),
    'tables/answers: Codes must match exactly: is it "{}"? Then declare it as it stands in the file': Case(
        {"survey.dont_know": ["Ved ike"]}, put("survey.dont_know", ["Ved ikke"]), more_answers, asked("Ved ikke")),
    'tables/answers: Codes must match exactly: is it "{}"? Then write `recode: {{}: {labels: {{}: {}}}}`': Case(
        {"survey.dont_know": ["Ved ike"]}, said("survey"), more_answers, asked("Ved ikke", "Ved ikke")),
    "tables/answers: Correct `scale`, `shift` or the answers": Case({}, file("s.csv", CSV), files=asked(20, 30, 40, 50, 60)),
    "tables/answers: Correct the answers": Case(
        {"survey.effort": {"column": "e", "scale": [1, 7], "definition": "mean"}, "survey.rating": {"column": "e", "scale": [1, 7]}},
        file("s.csv", of("e", 2, 5)["s.csv"]), files=of("e", 2.25, 5)),
    "tables/answers: Declare the decimal sign under `read: decimal`": Case(
        {"survey.satisfaction": {"items": {"e": "E"}, "scale": [1, 5]}}, put("survey.read", {"decimal": ","}), column("e", 40), of("e", '"3,000"', '"5,000"')),
    "tables/answers: Declare the texts under `values`, `dont_know` or `not_applicable`{}": Case(
        {}, put("survey.dont_know", ["vil ikke"]), more_answers, asked("vil ikke", "vil ikke")),
    "tables/answers: If half points were offered, write `step: 0.5` and how many of the best answers count as satisfied, as `top: {}`": Case(
        {"survey.rating": {"column": "e", "scale": [1, 5]}}, (said("survey.rating", 0), said("survey.rating", 1)), column("e", 37.5), of("e", 2.5, 5)),
    "tables/answers: If it says nothing, write `read: {missing: {}}`; if it means don't know, declare it under `dont_know`": Case(
        {}, said("survey"), more_answers, asked("NA", "N/A")),
    "tables/answers: If the question offered 1-10, write `scale: [1, 10]`; if 0-10 was offered, all is well": Case(
        {}, said("survey.recommend"), column("q", 55), {"s.csv": "id,q\n" + "".join(f"{i},{i}\n" for i in range(1, 11))}),
    "tables/answers: If {} stands for don't know, declare it under `dont_know`; otherwise correct `scale` or the answers": Case(
        {}, first_of(r"If (\S+) stands", "survey.dont_know"), more_answers, asked(99, 99)),
    "tables/answers: NPS knows whole answers alone: if half points were offered, name the question under `rating`, with `step: 0.5`": Case(
        {}, (remove("survey.recommend"), put("survey.rating", {"column": "q", "scale": [0, 10], "top": 5}), said("survey.rating", 1)),
        column("q", 70.5), asked(7.5)),
    "tables/answers: The file labels {}. {}-{} stored as {}-{} needs `shift: {}`": Case(
        SAV, said("survey.recommend"), same, sav([answer + 1 for answer in ANSWERS] + [], {1.0: "Not at all likely", 11.0: "Extremely likely"})),
    "tables/answers: The file labels {}. {}-{} stored as {}-{} needs `shift: {}`; if {} is no answer, declare it under `not_applicable`": Case(
        SAV, said("survey.recommend"), same, sav([answer + 1 for answer in ANSWERS], {11.0: "Top"})),
    "tables/answers: The file labels {}; declare what is no answer under `dont_know` or `not_applicable`": Case(
        SAV, first_of(r"labels (\S+)", "survey.dont_know"), more_answers, sav([*ANSWERS, 99], {99.0: "Don't know"})),
    "tables/answers: {}That is an answer: correct `scale`, `shift` or `values`": Case(
        SAV, put("survey.recommend.values", {"15": 10}), lambda engagement: list(engagement.survey.rows["q"])[:10] == list(ANSWERS),
        sav([*ANSWERS, 15], {15.0: "Extremely likely"})),
    "tables/answers: {}-{} stored as {}-{} needs `shift: {}`; if {} is no answer, declare it under `not_applicable`": Case(
        {}, said("survey.recommend"), same, {"s.csv": "id,q\n" + "".join(f"{i},{answer + 1}\n" for i, answer in enumerate(ANSWERS))}),
    # ------------------------------------------------------------ columns
    "tables/columns: A spreadsheet has cut long numbers, as 1,18E+11: export the ids again as text, or leave `respondent` out": Case(
        {"survey.respondent": "key"}, remove("survey.respondent"), files=of("key", '"1,18E+11"')),
    "tables/columns: Add it to `{}`, in its place": Case(
        {"survey.period": "p", "survey.periods": ["old", "new"]}, put("survey.periods", ["old", "new", "zz 7"]),
        lambda engagement: list(engagement.survey.rows["p"].cat.categories) == ["old", "new", "zz 7"], of("p", "old", "new", "zz 7")),
    "tables/columns: Are the two columns exchanged, or do they run in different zones?": Case(
        {**LEVEL, "tipping_points.w.column": "took", "contacts.recode": {"took": {"from": ["end", "start"], "duration": "minutes"}}},
        put("contacts.recode.took.from", ["start", "end"]), lambda engagement: set(engagement.contacts.rows["took"]) == {60, 120, 180},
        {"s.csv": CSV, "c.csv": CONTACTS}),
    "tables/columns: Correct it, or leave the cell empty": Case(
        LEVEL, file("c.csv", CONTACTS.replace("1,1,2,", "1,00:01:00,2,", 1)), minutes, {"s.csv": CSV, "c.csv": CONTACTS.replace("1,1,2,", "1,00:01:00,2,", 1).replace("\n2,2,", "\n2,soon,")}),
    "tables/columns: Correct it{}": Case({"survey.weight": "w"}, file("s.csv", of("w", 1, 2)["s.csv"]), files=of("w", 1, "heavy")),
    "tables/columns: Correct the date": Case({"survey.date": "when"}, file("s.csv", of("when", "2025-01-03")["s.csv"]), files=of("when", "1900-01-03", "2025-01-03")),
    "tables/columns: Correct the numbers": Case(
        {"survey.frequency": "n"}, file("s.csv", of("n", 1)["s.csv"]), files=of("n", 4_000_000)),
    'tables/columns: Declare how dates are written under `read: dates`, as "%d-%m-%Y", or several forms in a list; correct what is no date': Case(
        {"survey.date": "when"}, put("survey.read", {"dates": "%d~%m~%Y"}), lambda engagement: set(engagement.survey.rows["period"]) == {"2025-Q1"}, of("when", "03~01~2025")),
    "tables/columns: Declare the decimal sign under `read: decimal`, as `read: {decimal: \",\"}`": Case(
        {"survey.weight": "w"}, said("survey", 1), column("w", 13.5), of("w", '"1,200"', '"1,500"')),
    "tables/columns: Every row needs a positive weight: correct it, or leave such rows out with `drop: {{}: [{}]}`": Case(
        {"survey.weight": "w"}, said("survey"), column("q", 46, 8), of("w", lambda i: {3: 0, 7: ""}.get(i, 1))),
    "tables/columns: Export the file again as csv; or, to turn the dates back, write {}": Case(
        {**XLSX, "survey.date": "when", "survey.every": "month"}, said("survey"),
        lambda engagement: set(engagement.survey.rows["period"]) == {"2025-03"},
        book([["id", "q", "when"], *([i, answer, dt.datetime(2025, 4 + i % 5, 3) if i < 5 else f"03/{13 + i}/2025"] for i, answer in enumerate(ANSWERS))])),
    "tables/columns: Give a column in one currency": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "revenue": "rev"}}, file("k.csv", "id,rev\n1,100 kr\n2,200 kr\n"),
        lambda engagement: list(engagement.customers.rows["rev"]) == [100, 200], {"s.csv": CSV, "k.csv": "id,rev\n1,100 kr\n2,€ 200\n"}),
    "tables/columns: Give each respondent one row": Case(
        {**LEVEL, "contacts.contact": "case"}, file("c.csv", CONTACTS), minutes, {"s.csv": CSV, "c.csv": CONTACTS.replace("\n2,2,", "\n1,2,")}),
    "tables/columns: Give it a share, or name it beside `margins`, as `unknown: {}`: its answers keep the share that they have": Case(
        {"survey.margins": {"g": {"a": 0.4, "b": 0.6}}}, said("survey", 1), files=of("g", "a", "b", "other")),
    "tables/columns: Give the zone in both, or in none": Case(
        {**LEVEL, "tipping_points.w.column": "took", "contacts.recode": {"took": {"from": ["start", "end"], "duration": "minutes"}}},
        file("c.csv", CONTACTS), lambda engagement: set(engagement.contacts.rows["took"]) == {60, 120, 180},
        {"s.csv": CSV, "c.csv": CONTACTS.replace("10:00,", "10:00+01:00,")}),
    "tables/columns: Give the zone in every row, or in none": Case(
        {**LEVEL, "tipping_points.w.column": "took", "contacts.recode": {"took": {"from": ["start", "end"], "duration": "minutes"}}},
        file("c.csv", CONTACTS), lambda engagement: set(engagement.contacts.rows["took"]) == {60, 120, 180},
        {"s.csv": CSV, "c.csv": CONTACTS.replace("10:00,", "10:00+01:00,", 3).replace("12:00\n", "12:00+01:00\n")}),
    "tables/columns: If it says nothing, write `read: {missing: {}}`": Case({"survey.weight": "w", "survey.drop": {"w": ["", "NA"]}, "survey.segments": {"g": "G"}},
        (said("survey"),), groups("g", "a"), {"s.csv": "id,q,w,g\n" + "".join(f"{i},{answer},1,{'NA' if i < 2 else 'a'}\n" for i, answer in enumerate(ANSWERS))}),
    "tables/columns: If they are the same, write `read: {case: ignore}`": Case({"survey.segments": {"g": "G"}}, said("survey"), groups("g", "North"), of("g", "North", "North", "NORTH")),
    'tables/columns: Is it "{}"?': Case({"survey.period": "p", "survey.fold": {"2025-Q11": "2025-Q2"}}, instead("2025-Q11"),
        lambda engagement: set(engagement.survey.rows["p"]) == {"2025-Q2"}, of("p", "2025-Q1", "2025-Q2")),
    "tables/columns: Is it the column that says when people answered? If it is, list its periods in order under `{}`": Case(
        {"survey.period": "key"}, put("survey.period", "p"), lambda engagement: set(engagement.survey.rows["p"]) == {"2025-Q1", "2025-Q2"},
        {"s.csv": "id,q,key,p\n" + "".join(f"{i},{answer},{'abcdefghij'[i] * 3},2025-Q{1 + i % 2}\n" for i, answer in enumerate(ANSWERS))}),
    "tables/columns: Is this another client's file? Put this client's own there": Case(
        {"survey.client": "c"}, file("s.csv", of("c", "acme")["s.csv"]), files=of("c", "nord")),
    "tables/columns: It can be read in several ways; write {}": Case(
        {"survey.date": "when", "survey.every": "month"}, said("survey"), lambda engagement: set(engagement.survey.rows["period"]) == {"2025-04"}, of("when", "03/04/2025", "05/04/2025")),
    "tables/columns: It says how many respondents the row stands for: 0, 1, 2, 3, ...": Case(
        {"survey.frequency": "n"}, file("s.csv", of("n", 1)["s.csv"]), files=of("n", 1, -1)),
    "tables/columns: Join it with another group": Case(
        {"survey.margins": {"g": {"a": 0.4, "b": 0.4, "c": 0.2}}}, (remove("survey.margins.g.c"), put("survey.margins.g.b", 0.6)), files=of("g", "a", "b")),
    "tables/columns: Say which it is: `read: {durations: \"mm:ss\"}` or `read: {durations: \"hh:mm\"}`": Case(
        LEVEL, said("contacts", 0), minutes, {"s.csv": CSV, "c.csv": "case,wait,ok\n" + "".join(f"{i},{i}:00,{1 + i % 5}\n" for i in range(1, 21))}),
    "tables/columns: The periods are: {}": Case(
        {"survey.period": "p", "survey.fold": {"zz": "2025-Q2"}}, chosen("zz", 0), lambda engagement: set(engagement.survey.rows["p"]) == {"2025-Q2"}, of("p", "2025-Q1", "2025-Q2")),
    "tables/columns: The periods are: {}, ...": Case(
        {"survey.period": "p", "survey.fold": {"zz": "2025-Q3"}}, chosen("zz", 0), lambda engagement: len(set(engagement.survey.rows["p"])) == 8, of("p", *NINE)),
    "tables/columns: These are moments. For the time between two of them write `recode: {{}: {from: [{}, {}], duration: {}}}`, and {} here": Case(
        {**LEVEL, "tipping_points.w.column": "end"}, (said("contacts"), first_of(r"and (.+) here", "tipping_points.w.column", alone=True)),
        lambda engagement: set(engagement.contacts.rows["minutes to end"]) == {60, 120, 180}, {"s.csv": CSV, "c.csv": CONTACTS}),
    "tables/columns: These are moments: make the time between two of them a column, by `recode` with `from` and `duration`, and name that one here": Case(
        {**LEVEL, "tipping_points.w.column": "start", "contacts.file": ["c.csv", "d.csv"]},
        (put("contacts.recode", {"took": {"from": ["start", "end"], "duration": "minutes"}}), put("tipping_points.w.column", "took")),
        lambda engagement: set(engagement.contacts.rows["took"]) == {60, 120, 180}, {"s.csv": CSV, "c.csv": CONTACTS, "d.csv": CONTACTS}),
    "tables/columns: Where the file holds several and this is one of them, say which: `keep: {{}: [{}]}` instead of `client`; for a report of each write `for_each: {}` at the top": Case(
        {"survey.client": "c"}, (said("survey"), remove("survey.client")), column("q", 9 + 7 + 10 + 6 + 9, 5), of("c", "North shop", "South shop")),
    "tables/columns: Where they are rows of people who did not answer, leave them out: `drop: {{}: [\"\"]}`": Case(
        {"survey.date": "when"}, said("survey"), column("q", sum(ANSWERS[1:]), 9), of("when", lambda i: "2025-01-03" if i else "")),
    "tables/columns: Write `fold: {{}: {}}` to count them as one, or list all under `{}`": Case(
        {"survey.period": "p"}, said("survey"), lambda engagement: set(engagement.survey.rows["p"]) == {"Q1 2025"}, of("p", "Q1 2025", "Q1 2025", "1. kvartal 2025")),
    "tables/columns: Write them from the oldest to the latest, as `{}: [{}]`": Case(
        {"survey.period": "p"}, said("survey"), lambda engagement: set(engagement.survey.rows["p"]) == {"before", "after"}, of("p", "before", "after")),
    "tables/columns: Write {}": Case(
        {"survey.date": "when"}, said("survey"), lambda engagement: set(engagement.survey.rows["period"]) == {"2025-Q1"}, of("when", "23/01/2025", "03/02/2025")),
    # ------------------------------------------------------------ csv
    "tables/csv_files: A text holds a quotation mark that is not doubled (\"\"), or one is never closed": Case(
        {}, file("s.csv", of("x", '"5"" tv"')["s.csv"]), files=of("x", '"5" tv"')),
    "tables/csv_files: Check the delimiter, and put texts that contain it in quotation marks": Case(
        {}, file("s.csv", of("x", '"a,b"')["s.csv"]), files=of("x", "a", "a,b")),
    "tables/csv_files: Declare its encoding under `read: encoding`, for example cp1252, mac_roman, cp850 or utf-16": Case(
        {"survey.read": {"encoding": "ascii"}, "survey.segments": {"g": "G"}}, put("survey.read.encoding", "cp1252"), groups("g", "Ærø"), {"s.csv": of("g", "Ærø")["s.csv"].encode("cp1252")}),
    "tables/csv_files: Export the file again": Case({}, file("s.csv", CSV), files={"s.csv": CSV + "9\0,9\n"}),
    "tables/csv_files: Export the file again, or declare `read: encoding`": Case(
        {}, file("s.csv", of("g", "Ærø")["s.csv"]), files={"s.csv": of("g", "Ærø", "Ø")["s.csv"].encode() + b"99,9,\xe6\n"}),
    "tables/csv_files: Give it its own ending: .xlsx or .zip": Case(
        {}, (file("s.xlsx", book(ROWS)["s.xlsx"]), put("survey.file", "s.xlsx")), files={"s.csv": book(ROWS)["s.xlsx"]}),
    "tables/csv_files: Say `encoding: {}` under `read`": Case(
        {"survey.segments": {"g": "G"}}, said("survey.read"), groups("g", "blå", "rød"), {"s.csv": of("g", "blå", "rød")["s.csv"].encode("cp850")}),
    # ------------------------------------------------------------ packed and empty files
    "tables/formats: Name the right one under `read: sheet`": Case(
        {"survey.file": "s.zip"}, put("survey.read", {"sheet": "a.csv"}), files={"s.zip": zipped(a_csv=CSV, b_csv="x,y\n1,2\n")}),
    "tables/formats: Pack one of these: {}": Case({"survey.file": "s.zip"}, file("s.zip", zipped(a_csv=CSV)), files={"s.zip": zipped(a_pdf="x")}),
    "tables/formats: Pack the table again": Case({"survey.file": "s.csv.gz"}, file("s.csv.gz", gzip.compress(CSV.encode())), files={"s.csv.gz": b"no gz"}),
    "tables/formats: Pack the table's export again": Case(
        {"survey.file": "s.csv.gz"}, file("s.csv.gz", gzip.compress(CSV.encode())), files={"s.csv.gz": gzip.compress(b"")}),
    "tables/formats: Pack the table without one": Case({"survey.file": "s.zip"}, file("s.zip", zipped(a_csv=CSV)), files={"s.zip": locked(zipped(a_csv=CSV))}),
    "tables/formats: Split or thin it out": Case(
        {"survey.file": "s.csv.gz"}, file("s.csv.gz", gzip.compress(CSV.encode())), files={"s.csv.gz": gzip.compress(b"x" * 9000)}, limits={"tables.formats.UNPACKED": 5000}),
    "tables/formats: Put the table's export there": Case({}, file("s.csv", CSV), files={"s.csv": b""}),
    "tables/formats: Save the table as {}": Case({"survey.file": "s.numbers"}, (file("s.csv", CSV), put("survey.file", "s.csv")), files={"s.numbers": "x"}),
    # ------------------------------------------------------------ shapes
    "tables/forms: Correct it": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "per": {"id": "id", "sum": ["rev"]}}},
        file("k.csv", "id,rev\n1,100\n1,200\n"), lambda engagement: list(engagement.customers.rows["rev"]) == [300], {"s.csv": CSV, "k.csv": "id,rev\n1,100\n1,much\n"}),
    "tables/forms: Declare how dates are written under `read: dates`": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "per": {"id": "id", "a_year": ["rev"], "by": "day"}}},
        put("customers.read", {"dates": "%d/%m/%Y"}), lambda engagement: round(engagement.customers.rows["rev"].iloc[0]) == 300,
        {"s.csv": CSV, "k.csv": "id,rev,day\n1,100,01/01/2024\n1,200,30/12/2024\n"}),
    "tables/forms: Declare the decimal sign under `read: decimal`": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "per": {"id": "id", "sum": ["rev"]}}},
        put("customers.read", {"decimal": "."}), lambda engagement: list(engagement.customers.rows["rev"]) == [3000], {"s.csv": CSV, "k.csv": 'id,rev\n1,"1,000"\n1,"2,000"\n'}),
    "tables/forms: Fill it in, or leave the rows out by `drop`": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "per": {"id": "id", "sum": ["rev"]}}},
        put("customers.drop", {"id": [""]}), lambda engagement: list(engagement.customers.rows["rev"]) == [300], {"s.csv": CSV, "k.csv": "id,rev\n1,100\n,1\n1,200\n"}),
    "tables/forms: Give each answer its respondent, or leave the rows out by `drop`": Case(AS_LONG, put("survey.drop", {"who": [""]}), files={"s.csv": LONG + ",q,9\n"}),
    "tables/forms: Say under `per` what counts, as `last: [{}]`, or `sum: [{}]`": Case(
        {"currency": "DKK", "customers": {"file": "k.csv", "customer": "id", "revenue": "rev", "controls": ["city"], "per": {"id": "id", "sum": ["rev"]}}},
        said("customers.per", 1), lambda engagement: list(engagement.customers.rows["city"]) == ["b"], {"s.csv": CSV, "k.csv": "id,rev,city\n1,100,a\n1,200,b\n"}),
    "tables/forms: Say which answer counts, as `one_row: {of: [{}]}` (the last) or with `by`, a date; or, where they are answers of several waves, give the column of the wave under `respondent` too, in a list": Case(
        AS_LONG, said("survey"), files={"s.csv": "who,what,said\n0,q,1\n" + LONG.partition("\n")[2]}),
    # ------------------------------------------------------------ joins
    "tables/joins: Are both of the same customers, and of the same time? Where so few are right, write `at_least: {}`": Case(
        JOINED_BY_ID, said("survey.join.0"), CITIES, {"s.csv": CSV, "crm.csv": "key,city\n1,a\n2,b\n3,a\n" + "".join(f"z{i},a\n" for i in range(9))}),
    "tables/joins: Are these the columns of the same ids? Correct `on`, or remove this part of `join`": Case(
        joined(on={"id": "no"})[0], (remove("survey.join.0.on"), put("survey.join.0.on", {"id": "key"})), CITIES,
        {"s.csv": CSV, "crm.csv": "no,key,city\n" + "".join(f"z{i},{i},{'ab'[i % 2]}\n" for i in range(1, 11))}),
    "tables/joins: Give it another name: `columns: {{}: {}}`": Case(
        joined()[0] | {"survey.segments": {"g": "G"}} | {"survey.join": [{"file": "crm.csv", "on": {"id": "key"}, "columns": ["g"]}]},
        said("survey.join.0"), groups("g", "x"), {**of("g", "x"), "crm.csv": CRM.replace("city", "g")}),
    "tables/joins: Say which row counts: `one_row: {of: {}}` in this part of `join`": Case(JOINED_BY_ID, said("survey.join.0"), CITIES, {"s.csv": CSV, "crm.csv": CRM + "1,b\n"}),
    "tables/joins: Write `match: loose` beside `on`": Case(
        JOINED_BY_ID, said("survey.join.0"), CITIES, {"s.csv": CSV, "crm.csv": "key,city\n" + "".join(f"000{i},{'ab'[i % 2]}\n" for i in range(1, 11))}),
    # ------------------------------------------------------------ names of columns
    "tables/naming: A beginning needs {} characters before its ...; or write {}": Case(
        {"survey.recommend.column": "How likely..."}, first_of(r'write ("column \d+")', "survey.recommend.column", alone=True), column("column 2", sum(ANSWERS)),
        {"s.csv": CSV.replace("q\n", "How likely are you to recommend us?\n", 1)}),
    "tables/naming: Call it by one name throughout client.yml": Case(
        {"survey.segments": {"column 1": "Id"}, "survey.respondent": "id"}, remove("survey.segments")),
    'tables/naming: Did you mean "{}"? Correct the name in client.yml': Case({"survey.recommend.column": "qq"}, instead("qq")),
    "tables/naming: If each row is one answer, write `long: {respondent: {}, question: {}, answer: {}}` beside `file`": Case(
        {}, said("survey"), files={"s.csv": "person,question,answer\n" + "".join(f"{i},q,{answer}\n" for i, answer in enumerate(ANSWERS))}),
    'tables/naming: It is not read; to read it, call it "column {}" in client.yml': Case(
        {}, lambda broken, problem: broken.put("survey.segments", {"column 3": "G"}), groups("column 3", "a", "b"), of("", "a", "b")),
    "tables/naming: Some headings are dates: write them as text in the spreadsheet": Case(
        {**XLSX, "survey.segments": {"1.1": "A", "2.1": "B"}}, file("s.xlsx", book([["id", "q", "1.1", "2.1"], *([i, answer, "a", "b"] for i, answer in enumerate(ANSWERS))])["s.xlsx"]),
        groups("1.1", "a"), book([["id", "q", dt.datetime(2025, 1, 1), dt.datetime(2025, 1, 2)], *([i, answer, "a", "b"] for i, answer in enumerate(ANSWERS))])),
    "tables/naming: The columns are: {}": Case({"survey.recommend.column": "zzzz"}, chosen("zzzz", 1)),
    "tables/naming: The columns are: {}, ...": Case({"survey.recommend.column": "zzzz"}, chosen("zzzz", 1), files=of(",".join(f"x{i}" for i in range(14)), ",".join("1" * 14))),
    "tables/naming: The heading alone is the first of them": Case(
        {}, put("survey.segments", {"q (2)": "Other"}), groups("q (2)", "x"), {"s.csv": of("q", "x")["s.csv"]}),
    "tables/naming: Write more of the heading, or its number: {}": Case(
        {"survey.recommend.column": "How likely is it that you..."}, chosen("How likely is it that you...", 0), column("column 2", sum(ANSWERS)),
        {"s.csv": CSV.replace("q\n", "How likely is it that you recommend us,How likely is it that you return\n", 1).replace("\n", ",1\n").replace("return,1", "return")}),
    # ------------------------------------------------------------ rows that are no answers
    "tables/no_answers: Say `{}` under `read`": Case({}, said("survey.read"), files={"s.csv": CSV + "Total,63\n"}),
    "tables/no_answers: To leave them out, write `drop: {{}}` beside `file`, or into the `drop` that stands there": Case(
        {}, said("survey"), files={"s.csv": "Status,Finished,ResponseId,q\n" + "".join(f"0,1,R{i},{answer}\n" for i, answer in enumerate(ANSWERS)) + "1,1,R98,1\n0,0,R99,1\n"}),
    "tables/raw: If the headings stand in row {}, say so under `read: headings`": Case(
        {}, first_of(r"row (\d+)", "survey.read.headings", alone=True), files={"s.csv": "Our survey\n\nid,q,x\n" + CSV.partition("\n")[2].replace("\n", ",a\n")}),
    "tables/rows: Correct `keep` and `drop`": Case({"survey.drop": {"g": ["a", "b"]}}, put("survey.drop", {"g": ["c"]}), files=of("g", "a", "b")),
    "tables/rows: Declare how dates are written under `read: dates`, or leave out `by`: their order in the file counts then": Case(
        {"survey.one_row": {"of": "id", "by": "when"}}, put("survey.read", {"dates": "%d~%m~%Y"}), files=of("when", "03~01~2025")),
    'tables/rows: Is it "{}"?': Case({"survey.keep": {"g": ["Complte"]}}, instead("Complte"), files=of("g", "Complete")),
    "tables/rows: The column holds: {}": Case({"survey.keep": {"g": ["99"]}}, first_of(r'holds: "(.+?)"', "survey.keep.g"), files=of("g", "1")),
    # ------------------------------------------------------------ recoding
    "tables/recoding: Choose another name for the new column": Case(
        {"survey.segments": {"g": "G"}, "survey.recode": {"g": {"from": "id", "bands": {"low": [None, 5], "high": [5, None]}}}},
        lambda broken, problem: broken.replace("g", "g2"), groups("g2", "low", "high"), of("g", "x")),
    'tables/recoding: Did you mean "{}"? Correct the name in client.yml': Case(
        {"survey.segments": {"b": "B"}, "survey.file": {"1": "a.csv", "2": "b.csv"}, "survey.recode": {"b": {"from": "bandd", "labels": {"x": "y"}}},
         "survey.waves": {"1": {"band": "band"}, "2": {"band": "band"}}}, instead("bandd"), lambda engagement: len(engagement.survey.rows) == 20,
        {"a.csv": of("band", "x")["s.csv"], "b.csv": of("band", "x")["s.csv"]}),
    'tables/recoding: Is it "{}"?': Case(recoded(labels={"Norht": "N"}), instead("Norht"), groups("g", "N", "South"), of("g", "North", "South")),
    "tables/recoding: Label them, or name what says nothing under `missing`": Case(
        recoded(labels={"1": "a"}), put("survey.recode.g.labels", {"2": "b"}), groups("g", "a", "b"), of("g", "1", "2")),
    "tables/recoding: Let the bands meet, as [null, 30] and [30, 50]: 30 itself begins the later one": Case(
        recoded(bands={"low": [None, 3], "high": [4, None]}), put("survey.recode.g.bands.high", [3, None]), groups("g", "low", "high"), of("g", "1", "3.5", "9")),
    "tables/recoding: Name its column under `from`": Case(
        {"survey.segments": {"xyz": "B"}, **AS_LONG, "survey.recode": {"xyz": {"labels": {"x": "y"}}}}, put("survey.recode.xyz.from", "grp"), groups("xyz", "y"),
        {"s.csv": "who,what,said,grp\n" + "".join(f"{i},q,{answer},x\n" for i, answer in enumerate(ANSWERS))}),
    'tables/recoding: Name what is no number under `missing`; "35 years" is read by `number: first`': Case(
        recoded(bands={"low": [None, 5], "high": [5, None]}), said("survey.recode.g", 1), groups("g", "low", "high"), of("g", "3 years", "9 years")),
    "tables/recoding: Open the first or the last band with null, or name the codes under `missing`": Case(
        recoded(bands={"low": [0, 5], "high": [5, 8]}), put("survey.recode.g.bands.high", [5, None]), groups("g", "low", "high"), of("g", "3", "9")),
    "tables/recoding: The columns made are: {}": Case(
        {"survey.segments": {"g: zzzz": "Z"}, "survey.recode": {"g": {"several": ";"}}}, lambda broken, problem: broken.replace("g: zzzz", problem.remedy.split('"')[1]),
        lambda engagement: engagement.survey.rows["g: phone"].astype(float).sum() == 10, of("g", "phone;mail", "phone")),
    # ------------------------------------------------------------ sheets
    "tables/sheets: Name a sheet that does under `read: sheet`: {}": Case(
        {**XLSX, "survey.read": {"sheet": "Empty"}}, chosen("Empty", 0), files=book(ROWS, change=lambda made: made.create_sheet("Empty"))),
    "tables/sheets: Name the right one under `read: sheet`": Case(XLSX, put("survey.read", {"sheet": "2025"}), files=book(ROWS, ("2024", "2025"))),
    "tables/sheets: Put the table's export there": Case(XLSX, file("s.xlsx", book(ROWS)["s.xlsx"]), files=book([])),
    "tables/sheets: Say `hidden: drop` under `read` to leave them out, or `hidden: keep` where they belong": Case(
        XLSX, said("survey.read", 0), files=book([*ROWS, [99, 1]], change=lambda made: setattr(made.active.row_dimensions[12], "hidden", True))),
    "tables/sheets: Split them in the spreadsheet and fill every row, where the value is meant for all of them": Case(
        {**XLSX, "survey.segments": {"g": "G"}}, file("s.xlsx", book([["id", "q", "g"], *([i, answer, "a"] for i, answer in enumerate(ANSWERS))])["s.xlsx"]),
        lambda engagement: engagement.survey.rows["g"].notna().all(),
        book([["id", "q", "g"], *([i, answer, "a"] for i, answer in enumerate(ANSWERS))], change=lambda made: made.active.merge_cells("C2:C4"))),
    "tables/sheets: The sheets are: {}": Case({**XLSX, "survey.read": {"sheet": "zzz"}}, chosen("zzz", 0), files=book(ROWS)),
    # ------------------------------------------------------------ spreadsheets and other programs
    "tables/office_files: Open it in a spreadsheet and save it again": Case(
        XLSX, file("s.xlsx", book(ROWS)["s.xlsx"]), files={"s.xlsx": zipped(a_xml="x")}),
    "tables/office_files: Open the file in a spreadsheet, save it, or paste the values": Case(
        XLSX, file("s.xlsx", book(ROWS)["s.xlsx"]), files=book([["id", "q"], *([i, f"={answer}+0"] for i, answer in enumerate(ANSWERS))])),
    "tables/office_files: Save it again": Case(XLSX, file("s.xlsx", book(ROWS)["s.xlsx"]), files={"s.xlsx": damaged(book(ROWS)["s.xlsx"])}),
    "tables/office_files: Save the sheet as csv": Case(
        XLSX, (file("s.csv", CSV), put("survey.file", "s.csv"), file("s.xlsx", None)), files=book(ROWS), limits={"tables.office_files._UNPACKED": 50}),
    "tables/old_sheets: Save the sheet as csv": Case(
        {"survey.file": "s.ods"}, (file("s.csv", CSV), put("survey.file", "s.csv"), file("s.ods", None)), files={"s.ods": zipped(a_xml="x" * 90)}, limits={"tables.old_sheets.UNPACKED": 50}),
    "tables/table: Split or thin it out": Case({}, file("s.csv", CSV), files={"s.csv": CSV + CSV.partition("\n")[2]}, limits={"tables.table.MOST_ROWS": 15}),
    "tables/office_files: Save it as xlsx without a password": Case(XLSX, file("s.xlsx", book(ROWS)["s.xlsx"]), files={"s.xlsx": b"\xd0\xcf\x11\xe0locked"}),
    "tables/office_files: Write it again": Case(
        {"survey.file": "s.parquet"}, file("s.parquet", pd.DataFrame({"id": range(10), "q": ANSWERS}).to_parquet()), files={"s.parquet": b"none"}),
    "tables/old_sheets: Open it in a spreadsheet and save it as xlsx": Case(
        {"survey.file": "s.xls"}, (file("s.xlsx", book(ROWS)["s.xlsx"]), put("survey.file", "s.xlsx"), file("s.xls", None)), files={"s.xls": b"<html><table></table></html>"}),
    "tables/statistics_files: Declare its encoding under `read: encoding`, or save it as csv": Case(
        SAV, (file("s.csv", CSV), put("survey.file", "s.csv"), file("s.sav", None)), files={"s.sav": b"no sav"}),
    "tables/table: Export the answers too": Case({}, file("s.csv", CSV), files={"s.csv": "id,q\n"}),
    # ------------------------------------------------------------ sources
    "tables/source: Choose another name for the columns of the waves": Case(
        {"survey.waves": {"a": {"q": "q1"}, "b": {"q": "q2"}}}, lambda broken, problem: (broken.put("survey.waves", {"a": {"score": "q1"}, "b": {"score": "q2"}}),
            broken.take_out("survey.waves.a.q"), broken.take_out("survey.waves.b.q"), broken.put("survey.recommend.column", "score")),
        lambda engagement: engagement.survey.rows["score"].sum() == 60, {"s.csv": "id,q,q1,q2\n" + "".join(f"{i},1,2,4\n" for i in range(10))}),
    'tables/source: Did you mean "{}"? Correct the name in client.yml': Case(
        {"survey.file": ["a.csv", "b.csv"], "survey.recommend.column": "qq"}, instead("qq"), lambda engagement: len(engagement.survey.rows) == 20, {"a.csv": CSV, "b.csv": CSV}),
    'tables/source: Is it "{}" here? Say so under {}': Case(
        {"survey.file": {"2024": "a.csv", "2025": "b.csv"}, "survey.segments": {"city": "City"}},
        lambda broken, problem: broken.put("survey.waves", {"2025": yaml_of(problem.remedy.split("`")[1])["waves"]["name of the wave"]}),
        lambda engagement: engagement.survey.rows["city"].notna().all(), {"a.csv": of("city", "x")["s.csv"], "b.csv": of("City", "x")["s.csv"]}),
    "tables/source: Name it where it is used, or remove it": Case({"survey.recode": {"g": {"labels": {"a": "b"}}}}, put("survey.segments", {"g": "G"}), groups("g", "b"), of("g", "a")),
    "tables/source: The columns are: {}": Case(
        {"survey.file": ["a.csv", "b.csv"], "survey.recommend.column": "zzzz"}, chosen("zzzz", 1), lambda engagement: len(engagement.survey.rows) == 20, {"a.csv": CSV, "b.csv": CSV}),
    "tables/source: Write the files as a list: [a.csv, b.csv]": Case(
        {"survey.file": {"2024": "a.csv", "2025": "b.csv"}}, put("survey.file", ["a.csv", "b.csv"]), lambda engagement: len(engagement.survey.rows) == 20,
        {"a.csv": of("wave", "x")["s.csv"], "b.csv": of("wave", "x")["s.csv"]}),
}
