"""The workbook holds the numbers of results.json, typed and named, in three languages, and nothing that is live."""

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlib.analyses.columns import Columns, columns_of, declared, end_of
from cxlib.analyses.result import Base, Finding, Result, Sentences, Term
from cxlib.languages import LANGUAGES
from cxlib.report.cover import Cover
from cxlib.report.language.words import translated
from cxlib.report.office.chapters import filled_tables
from cxlib.report.office.excel_cells import number_format, typed_columns
from cxlib.report.office.workbook import sheet_names, write_workbook
from cxlib.report.page import RESULT_MIME
from cxlib.report.tables import readable
from tests.report.executed import executed, results_of_shipped, shipped

POINTS = re.compile("(ends|gap)_percent")
PLAIN = Columns("by_group", "groups")  # of nobody's result: what is said where nobody says more
LISTINGS = {"contents", "findings", "definitions", "columns"}
SAYS = Sentences({"group.low": ("bad", "{figure}: {group} lies {change:points} below ({share:percent}).")})
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(A1)",
    "+1",
    "-1+2",
    "=cmd|' /C calc'!A0",
    "http://example.org/a",
    "https://example.org",
    "mailto:a@example.org",
    "internal:'Findings'!A1",
    "external:c:\\x.xlsx",
    "{=1}",
    "bell\x07null\x00unit\x1fdelete\x7f",
    "_x0041_",
    "<b>&amp;</b>",
    "'quoted",
    "[1]Sheet!A1",
]


def named(text: str, name: str = "by_group") -> Result:
    finding = SAYS.finding("group.low", figure=Term("NPS"), group=text, change=3.25, share=0.125)
    table = pd.DataFrame(
        {
            "group": [text, "b", "hidden"],
            "n": [1200, 7, None],
            "share": [1 / 3, 0.5, None],
            "low": [0.3, 0.25, None],
            "high": [0.37, 0.75, None],
            text + "!": ["x", "y", text],
        },
        dtype=object,
    )
    base = Base(1300, 1207, {"don't know": 93}, 1100.4)
    return Result(
        name,
        {"groups": table},
        (finding,),
        base,
        {"confidence": 0.95, "definition": "Share of 9–10"},
        "Counted twice (Reichheld 2003).",
    )


def cover(language: str = "en", **more) -> Cover:
    return Cover(
        **{"client": "Acme", "language": language, "period": "2025", "colour": "#a8321c", "currency": "DKK"} | more
    )


def file_of(notebooks, language="en", **more) -> bytes:
    """The file of a workbook."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")  # what xlsxwriter cannot write it only warns of
        file = Path(folder, "acme.xlsx")
        write_workbook(file, notebooks, cover(language, **more))
        return file.read_bytes()


def book(notebooks, language="en", **more) -> openpyxl.Workbook:
    """book({"status": notebook}, language) -> the workbook, written and opened again."""
    return openpyxl.load_workbook(io.BytesIO(file_of(notebooks, language, **more)))


@cache
def file_of_shipped(language="en") -> bytes:
    """The workbook of the shipped notebooks, written once for all tests that read it."""
    return file_of(shipped(), language)


@cache
def book_of_shipped(language="en") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(file_of_shipped(language)))


def tables(opened) -> dict[str, list[list]]:
    """{Excel table: rows, the heading first}."""
    return {
        name: [[cell.value for cell in row] for row in sheet[place]]
        for sheet in opened
        for name, place in sheet.tables.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_results_json_is_in_the_workbook_and_no_other(language):
    opened = book_of_shipped(language)
    written, expected, numbers = tables(opened), {}, Counter()
    for name, result in results_of_shipped().items():
        told = {"told": result.told.dropna(axis=1, how="all")} if len(result.told) else {}
        for key, table in replace(result, tables=result.tables | told).to_json()["tables"].items():
            columns = columns_of(result, key)
            kept = [place for place, column in enumerate(table["columns"]) if columns[column].shown]
            if table["rows"]:
                styles = styles_of(table, columns)
                expected[f"{name}.{key}"] = [
                    [in_points(row[place]) if POINTS.search(styles[place][number]) else row[place] for place in kept]
                    for number, row in enumerate(table["rows"])
                ]
    assert set(written) - LISTINGS == set(expected)
    for name, rows in expected.items():
        assert len(written[name]) == len(rows) + 1, name
        for row, cells in zip(rows, written[name][1:], strict=True):
            for value, cell in zip(row, cells, strict=True):
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    assert cell == value, name
                    numbers[value] += 1
                else:
                    assert value is None or isinstance(cell, str), name
    found = Counter(
        cell.value
        for sheet in opened.worksheets[3:]
        if sheet.title != translated("Crosstabs", language)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, (int, float))
    )
    assert found == numbers and len(numbers) > 500


def in_points(value):
    """A difference of shares in percentage points, to six digits."""
    return float(f"{100 * value:.6g}") if isinstance(value, (int, float)) else value


def styles_of(table, columns: Columns) -> list[list[str]]:
    """The number style of each row of each column; the ends of an interval have that of their estimate."""
    frame, found = pd.DataFrame(table["rows"], columns=table["columns"]), []
    for name in table["columns"]:
        found.append(columns[name].styles(frame) if end_of(name) is None else found[-1])
    return found


def test_pages_show_the_same_numbers_rounded():
    """The figures of each table that a stored page shows are those of a table of the workbook, written for reading."""
    checked = 0
    for notebook in shipped().values():
        for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
            if RESULT_MIME in output.get("data", {}):
                result = Result.from_json(output.data[RESULT_MIME])
                tables = filled_tables(result).items()
                texts = [readable(table, columns_of(result, key), "da", "DKK") for key, table in tables]
                written = [table.to_numpy().tolist() for table in texts]
                for shown in Tables(output.data["text/html"]).rows:
                    assert figures(shown) in map(figures, written), result["name"]
                    checked += 1
    assert checked > 30


def figures(rows: list[list[str]]) -> list[list[str]]:
    """The numbers in each row, whatever the words around them."""
    return [re.findall(r"[+−]?\d[\d.,\xa0]*", " ".join(row)) for row in rows]


class Tables(HTMLParser):
    """The rows of text of each table on a page."""

    def __init__(self, html: str):
        super().__init__()
        self.rows: list[list[list[str]]] = []
        self.cell = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.rows.append([])
        self.cell = tag == "td"
        if tag == "td":
            self.rows[-1][-1].append("")
        elif tag == "tr":
            self.rows[-1].append([])
        elif tag == "th":
            self.rows[-1] = [[]]

    def handle_endtag(self, tag):
        self.cell = False
        if tag == "table":
            self.rows[-1] = [row for row in self.rows[-1] if row]

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1][-1] += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_come_first_then_definitions_in_the_language(language):
    opened = book({"status": executed("How?", {"Groups": named("North")})}, language)
    assert opened.sheetnames == [translated(name, language) for name in ("Contents", "Findings", "Definitions", "Status", "Column headings")]
    _, first, second, third, _ = opened.worksheets
    said = {
        "en": "NPS: North lies 3.3 below (13%).",
        "da": "NPS: North lies 3,3 below (13\u00a0%).",
        "sv": "NPS: North lies 3,3 below (13\u00a0%).",
    }[language]
    verdict = translated("Needs attention", language)
    assert tables(opened)["findings"][1] == [third.title, "Groups", said, verdict, 1207]
    sheet, figure, definition, base, method, settings = tables(opened)["definitions"][1]
    assert (sheet, figure, definition) == (third.title, "Groups", "Share of 9–10.\nProse of Groups in by_group.")
    words = {"en": ("1,207 of 1,300", "don't know: 93"), "da": ("1.207 af 1.300", "ved ikke: 93")}.get(language, ())
    assert all(word in base for word in words)
    assert (method, settings) == ("Counted twice (Reichheld 2003).", "confidence = 0.95")
    text = [cell.value for row in third.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert [said, base] == [line for line in text if line in (said, base)]  # above and below the table
    assert third["A1"].value == "How?" and third["A2"].value == "Acme · 2025"
    assert (first.freeze_panes, second.freeze_panes, third.freeze_panes) == ("A5", "A5", "A3")


def test_low_and_high_are_columns_of_their_own_and_every_number_has_its_format():
    opened = book({"status": executed("How?", {"Groups": named("North")})})
    sheet = opened.worksheets[3]
    heads, first, second, hidden = sheet[sheet.tables["status.by_group.groups"].ref]
    titles = ["Group", "Answers", "Share", "95% interval, lower end", "95% interval, upper end", "North!"]
    assert [cell.value for cell in heads] == titles
    assert [cell.value for cell in first] == ["North", 1200, 0.333333, 0.3, 0.37, "x"]
    assert [cell.number_format for cell in first] == ["General", "#,##0", "0%", "0%", "0%", "General"]
    assert [cell.value for cell in hidden] == ["hidden", None, None, None, None, "North"]
    assert all(cell.font.bold and cell.border.bottom.color.rgb == "FFA8321C" for cell in heads)
    assert second[1].alignment.horizontal == "right" and (
        second[5].alignment.horizontal,
        second[5].alignment.indent,
    ) == ("left", 1)


def test_a_figure_is_written_in_the_style_of_its_row():
    table = pd.DataFrame(
        {
            "figure": ["NPS", "CSAT", "Value"],
            "estimate": [12.0, 0.5, 1e6],
            "low": [1.0, 0.4, 1e5],
            "high": [20.0, 0.6, 1e7],
            "change": [3.0, 0.1, None],
            "unit": ["points", "percent1", "money"],
        },
        dtype=object,
    )
    formats = {column.heading: column.formats for column in typed_columns(table, PLAIN, "en", "DKK")[:4]}
    assert formats["Result"] == formats["95% interval, upper end"] == ["#,##0.0", "0.0%", '#,##0 "DKK"']
    change = typed_columns(table.head(2), PLAIN, "en")[-1]
    assert change.heading == "Change, points" and change.values == [3.0, 10.0]  # 0.1 is ten percentage points
    assert change.formats == ["+#,##0.0;-#,##0.0;#,##0.0"] * 2


@pytest.mark.parametrize(
    ("style", "pattern"),
    [
        ("count", "#,##0"),
        ("mean", "#,##0.00"),
        ("percent", "0%"),
        ("whole_change", "+#,##0;-#,##0;#,##0"),
        ("p", "[<0.001]0.0E+00;0.000"),
        ("money_table", "#,##0"),
        ("text", ""),
    ],
)
def test_number_styles_of_the_report_are_excel_formats(style, pattern):
    assert number_format(style) == pattern


def test_two_intervals_in_one_table_are_told_apart():
    table = pd.DataFrame(
        {
            "block": ["a"],
            "index": [1.0],
            "low": [0.0],
            "high": [2.0],
            "impact": [1.0],
            "impact_low": [0.0],
            "impact_high": [2.0],
        }
    )
    titles = [column.heading for column in typed_columns(table, PLAIN, "en")]
    assert len({title.casefold() for title in titles}) == 7
    assert titles[5] == "Points per point: 95% interval, lower end"


def test_differences_of_shares_are_in_percentage_points_as_their_heading_says():
    table = pd.DataFrame({"block": ["a"], "win": [0.0756101], "win_low": [-0.05], "win_high": [0.09]})
    _, win, low, high = typed_columns(table, PLAIN, "en")
    assert win.heading == "Share of 9–10, percentage points"
    assert (win.values, low.values, high.values) == ([7.56101], [-5.0], [9.0])
    assert "%" not in "".join(win.formats + low.formats + high.formats)


def test_a_difference_brings_its_unit():
    table = pd.DataFrame({"outcome": ["Leaving"], "step_change": [-0.133931], "unit": ["signed_gap_percent1"]})
    _, step = typed_columns(table, PLAIN, "da")
    assert step.values == [-13.3931] and step.formats[0].startswith('+#,##0.0 "procentpoint";-#,##0.0 "procentpoint"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_of_a_table_is_explained(language):
    written = tables(book_of_shipped(language))
    explained = {row[0]: row[1] for row in written.pop("columns")[1:]}
    assert len(explained) > 80 and all(explained.values())
    for name, rows in written.items():
        for head in [] if name in LISTINGS else rows[0]:
            plain = re.sub(r" \(\d+\)$", "", head)
            assert plain in explained or plain.rpartition(": ")[2] in explained, (name, head)
    own = translated("As in the company's own data.", language)
    assert [head for head, meant in explained.items() if meant == own] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_meaning_is_said_in_every_language(language):
    shown = [column for columns in declared().values() for column in columns if column.shown]
    assert [column.name for column in shown if translated(column.meaning, language) == column.meaning] == []


def test_money_names_its_currency():
    assert typed_columns(pd.DataFrame({"p90": [1.0]}), PLAIN, "da", "SEK")[0].heading == "Høj (P90), SEK"


def written_text(text: str) -> str:
    return re.sub("[\x00-\x1f\x7f]", "", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_d07_d08_client_text_stays_text(text):
    notebook = executed("How?", {"Groups": named(text)})
    opened = book({"status": notebook}, client=text, period=text)
    cells = [cell for sheet in opened for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type not in "sn"]
    links = [cell for cell in cells if cell.hyperlink]
    assert {cell.parent.title for cell in links} == {opened.sheetnames[0]} and not [cell for cell in links if cell.hyperlink.target]
    assert not opened.defined_names
    [groups] = [rows for name, rows in tables(opened).items() if name.endswith("groups")]
    assert groups[1][0] == groups[3][5] == written_text(text)
    assert opened.worksheets[1]["A2"].value == f"{written_text(text)} · {written_text(text)}"
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
    assert all(cell.quotePrefix for cell in risky if cell.row > 4 and not cell.font.bold)


def test_hostile_texts_leave_no_link_in_the_file(tmp_path):
    sections = {f"{number} {text}": named(text, f"group_{number}") for number, text in enumerate(HOSTILE)}
    write_workbook(tmp_path / "x.xlsx", {"own": executed("Own", sections)}, cover())
    with zipfile.ZipFile(tmp_path / "x.xlsx") as package:
        whole = {name: package.read(name).decode("utf-8") for name in package.namelist()}
    live = ("<f>", "Formula>", "r:id=\"rId1\" display")
    assert "<hyperlink" not in "".join(xml for name, xml in whole.items() if not name.endswith("sheet1.xml"))  # the contents lead to sheets alone
    assert not [name for name, xml in whole.items() if any(tag in xml for tag in live)]
    assert not [name for name in whole if "external" in name.lower()]
    assert not [name for name, xml in whole.items() if name.endswith(".rels") and 'TargetMode="External"' in xml]


def test_the_same_report_gives_the_same_bytes_and_names_nobody():
    assert file_of(shipped()) == file_of_shipped()
    about = book_of_shipped().properties
    assert (about.creator or "", about.lastModifiedBy or "", about.title) == ("", "", "Acme")
    assert about.created == about.modified == datetime(2000, 1, 1)
    with zipfile.ZipFile(io.BytesIO(file_of_shipped())) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}


def test_sheet_names_are_what_excel_takes_and_never_clash():
    long = "A question that is far too long for a tab of Excel"
    names = sheet_names(["Status", "status", "STATUS", "a/b:c*?[d]\\", "", "'quoted'", long, long, "Findings\x07"])
    assert names[:3] == ["Status", "status (2)", "STATUS (3)"]
    assert names[3:6] == ["a b c d", "Sheet", "quoted"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[8] == "Findings"


def test_own_notebooks_get_their_title_as_sheet_even_where_it_clashes():
    opened = book(
        {"status": executed("Status", {"Groups": named("a")}), "own": executed("Status", {"Groups": named("b")})}
    )
    assert opened.sheetnames == ["Contents", "Findings", "Definitions", "Status", "Status (2)", "Column headings"]
    assert {"status.by_group.groups", "own.by_group.groups"} <= set(tables(opened))


def test_what_was_not_asked_and_what_has_no_rows_is_not_in_it():
    absent = Result.missing("effort", Finding("absent.effort", "Effort was not asked.", {}, "absent"))
    empty = Result("empty", {"none": pd.DataFrame({"n": []})}, (Finding("x", "Nobody.", {}, "neutral"),), Base(5, 0))
    opened = book({"status": executed("How?", {"Groups": named("a"), "Effort": absent, "Empty": empty})})
    assert set(tables(opened)) == LISTINGS | {"status.by_group.groups"}
    text = " ".join(str(cell.value) for sheet in opened for row in sheet.iter_rows() for cell in row)
    assert "Nobody." in text and "not asked" not in text and "Effort" not in text


def test_sections_of_prose_alone_are_methods():
    notebook = executed("How?", {"Groups": named("a")})
    notebook.cells.append(nbformat.v4.new_markdown_cell("## How the figures are computed\n\nBy **hand**, see [x](y)."))
    rows = tables(book({"status": notebook}))["definitions"]
    assert rows[2] == ["Status", "How the figures are computed", "", "", "By hand, see x.", ""]


def test_a_result_shown_twice_is_written_once():
    once = named("a")
    opened = book({"status": executed("How?", {"Groups": once, "Again": once})})
    assert len(tables(opened)) == 5
    other = book({"status": executed("How?", {"Groups": once, "Other": named("b")})})
    assert {"status.by_group.groups", "status.by_group.groups_2"} <= set(tables(other))


def test_a_report_without_results_is_still_a_workbook():
    assert book({}).sheetnames == ["Contents", "Findings", "Definitions", "Column headings"]


def test_missing_numbers_are_empty_cells():
    result = Result("x", {"t": pd.DataFrame({"group": ["a", "b"], "mean": [np.nan, 2.5]})}, (), Base(2, 2))
    assert tables(book({"own": executed("Own", {"X": result})}))["own.x.t"][1:] == [["a", None], ["b", 2.5]]


def test_libreoffice_opens_it(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("LibreOffice is not on this machine")
    file = tmp_path / "acme.xlsx"
    write_workbook(file, {"status": shipped()["status"]}, cover())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    content = zipfile.ZipFile(tmp_path / "acme.ods").read("content.xml").decode("utf-8")
    for name in ("Findings", "Definitions", "Status"):
        assert f'table:name="{name}"' in content
    figure = results_of_shipped()["status.net_promoter_score"].to_json()["tables"]["figure"]
    assert f'office:value="{figure["rows"][0][figure["columns"].index("estimate")]}"' in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_lead_to_every_sheet_and_say_what_it_says(language):
    opened = book_of_shipped(language)
    rows = tables(opened)["contents"]
    assert [row[0] for row in rows[1:]] == opened.sheetnames[1:] and all(row[1] for row in rows[1:])
    sheet = opened.worksheets[0]
    links = {sheet.cell(row, 1).value: sheet.cell(row, 1).hyperlink.location for row in range(5, 4 + len(rows))}
    assert links == {name: f"'{name}'!A1" for name in opened.sheetnames[1:]}
    said = {row[2] for row in rows[1:] if row[2]}
    assert len(said) == len(shipped()) and said <= {row[2] for row in tables(opened)["findings"]}


def test_charts_stand_below_the_tables_that_they_draw():
    opened = book_of_shipped()
    drawn = {sheet.title: sheet._charts for sheet in opened}
    assert {name for name, charts in drawn.items() if charts} == {"Maturity", "Status", "Drivers", "Business case"}
    assert max(map(len, drawn.values())) <= 10
    status = opened["Status"]
    tops = {place.split(":")[0][1:]: name for name, place in status.tables.items()}
    for chart in drawn["Status"]:
        values = chart.series[0].val.numRef.f  # 'Status'!$C$20:$C$27
        first, last = (int(row) for row in re.findall(r"\$[A-Z]+\$(\d+)", values))
        assert str(first - 1) in tops and tops[str(first - 1)].rpartition(".")[2] in ("periods", "segments", "areas")
        assert chart.anchor._from.row >= last  # below the last row drawn
        column = re.search(r"\$([A-Z]+)\$", values)[1]
        assert all(isinstance(status[f"{column}{row}"].value, (int, float, type(None))) for row in range(first, last + 1))


def test_every_sheet_prints_on_landscape_pages_one_wide_with_its_headings():
    opened = book_of_shipped()
    for sheet in opened.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize), sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", 9, True)
        assert sheet.freeze_panes and (sheet.print_title_rows or sheet.title == "Contents"), sheet.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_crosstabs_hold_the_figures_of_the_result_and_mark_what_is_clear(language):
    result = results_of_shipped(workbook=True)["status.banner"]
    sheet = book_of_shipped(language)[translated("Crosstabs", language)]
    figures, groups, questions = (result.to_json()["tables"][name]["rows"] for name in ("figures", "groups", "questions"))
    columns = result.to_json()["tables"]["figures"]["columns"]
    numbers = Counter(value for row in figures for name, value in zip(columns, row, strict=True)
                      if name not in ("question", "segment", "group", "marks") and value is not None)  # fmt: skip
    body = list(sheet.iter_rows(min_row=7))
    assert Counter(cell.value for row in body for cell in row[3:] if isinstance(cell.value, (int, float))) == numbers
    marks = sum(("▲" in cell.number_format and "_▲" not in cell.number_format) or "▼" in cell.number_format for row in body for cell in row)
    assert marks == sum(sign != "." for row in figures for sign in row[columns.index("marks")])
    assert [cell.value for cell in sheet[6]][4:] == [row[1] for row in groups[1:]]
    assert {row[1].value for row in body} == {row[0] for row in questions}
    assert sheet.freeze_panes == "E7" and sheet.auto_filter.ref.startswith("A6:") and sheet.print_title_cols == "$A:$D"
    hidden = [place for place, row in enumerate(groups) if row[2]]
    assert hidden and all(row[3 + place].value == "–" for row in body for place in hidden)
