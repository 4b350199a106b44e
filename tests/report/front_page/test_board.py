"""The published reports of all demo clients: no sentence against another, and one number in every file that says it."""

import json
import math
import re
from collections import defaultdict
from functools import cache
from html import unescape
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Result
from cxlib.engagement import open_client
from cxlib.render.request import Request
from cxlib.render.run.notebooks import read_notebook
from cxlib.render.staleness import read_manifest, why
from cxlib.report.front_page.next_steps import next_steps
from cxlib.report.front_page.overview import front_findings
from cxlib.report.html import presentable
from cxlib.report.language.words import translated
from cxlib.report.office.chapters import filled_tables
from cxlib.report.sections import shown_results
from cxlib.report.tables import readable
from tests.conftest import ROOT
from tests.report.office.test_workbook import Tables, tables

CLIENTS = sorted(path.name for path in (ROOT / "data" / "clients").iterdir() if path.is_dir())
SUBJECTS = ("criterion", "block", "group", "service", "name")


@pytest.fixture(params=CLIENTS)
def report(request, demo_reports):
    return _Report(demo_reports / request.param)


class _Report:
    """A published report, read back."""

    def __init__(self, folder):
        self.folder, self.client = folder.resolve(), folder.name
        self.data = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        self.language, self.currency = self.data["language"], self.data["currency"]

    @property
    def pages(self) -> list[dict]:
        """What the overview is made of."""
        found = []
        for file in sorted(self.folder.glob("[0-9]*.ipynb")):
            name, notebook = file.stem.split("_", 1)[1], read_notebook(file)
            results = [Result.from_json(each) for each in self.data["notebooks"][name]["results"]]
            answer = notebook.metadata.get("cx", {}).get("answer", "")
            found.append({"name": name, "file": f"{file.stem}.html", "title": name, "results": results, "answer": answer})
        return found

    @property
    def shown(self) -> dict[str, Result]:
        """{"status.net_promoter_score": result} of what a client sees; a name that comes twice keeps the first."""
        found = {}
        for file in sorted(self.folder.glob("[0-9]*.ipynb")):
            for result in shown_results(presentable(read_notebook(file), self.language).cells):
                if not result.absent:
                    found.setdefault(f"{file.stem.split('_', 1)[1]}.{result.name}", result)
        return found

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        return [(page["name"], finding) for page in self.pages for result in page["results"] for finding in result.findings]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def book(self) -> openpyxl.Workbook:
        return _opened(self.folder / f"{self.client}.xlsx")

    @property
    def slides(self):
        pptx = pytest.importorskip("pptx", reason="python-pptx is not installed; it comes with the extra pptx")
        return pptx.Presentation(str(self.folder / f"{self.client}.pptx"))


@cache
def _opened(file):
    return openpyxl.load_workbook(file)


class Lists(HTMLParser):
    """What the overview says, by where it stands: answers, and the items of lists by the heading above them."""

    def __init__(self, html: str):
        super().__init__()
        self.found, self.heading, self.open = defaultdict(list), "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        kind = str(dict(attrs).get("class"))
        within = " ".join(kind for _, kind in self.open)
        self.open.append((tag, kind))
        if tag == "p" and kind.startswith("says"):
            self.found["answers"].append("")
        elif tag == "li" and not {"bars", "stairs"} & set(within.split()):
            self.found[self.heading].append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags, kinds = [tag for tag, _ in self.open], " ".join(kind for _, kind in self.open).split()
        if {"h2", "h3"} & set(tags):
            self.heading = data
        elif "says" in kinds:
            self.found["answers"][-1] += data.strip()
        elif "li" in tags and not {"source", "bars", "stairs"} & set(kinds):
            self.found[self.heading][-1] += data.strip()


def said_of(finding, slot="") -> list[str]:
    return [finding.values[slot] for slot in SUBJECTS if slot in finding.values]


def test_nothing_stands_among_strengths_and_weaknesses_at_once(report):
    lists = front_findings(report.pages)
    about = {name: {(each.page["name"], each.finding.key.split(".")[0], *said_of(each.finding)) for each in lists[name]}
             for name in ("strengths", "weaknesses", "unclear")}  # fmt: skip
    subjects = {name: {entry for entry in entries if len(entry) > 2} for name, entries in about.items()}
    assert subjects["strengths"] & subjects["weaknesses"] == set()
    good = {(e.page["name"], tuple(said_of(e.finding))) for e in lists["strengths"] if e.finding.key == "act.keep"}
    bad = {(e.page["name"], tuple(said_of(e.finding))) for e in lists["weaknesses"] if e.finding.key == "act.low"}
    assert good & bad == set()


def test_no_sentence_of_the_overview_is_said_twice(report):
    lists = Lists(report.text("index.html")).found
    assert len(lists) >= 4
    texts = [text for items in lists.values() for text in items]
    assert len(texts) > 5 and sorted(set(texts)) == sorted(texts)


def test_a_quantity_has_one_value_wherever_it_is_quoted(report):
    """The same figure of the same period, criterion, area or service level, in every finding that names it."""
    quoted = defaultdict(set)
    for page, finding in report.findings:
        values, key = finding.values, finding.key
        if key.startswith("level."):
            quoted[page, "level", values["figure"], values.get("period")] |= {values["estimate"]}
        for slot in ("index", "score"):
            for subject in ("criterion", "block"):
                if slot in values and subject in values:
                    quoted[page, slot, values[subject]].add(values[slot])
        for slot in ("best", "worst"):  # of the areas, the steps and the criteria
            for figure in ("score", "index"):
                if f"{slot}_{figure}" in values:
                    quoted[page, figure, values[slot]].add(values[f"{slot}_{figure}"])
        if key.startswith(("tipping_point.", "beyond.", "whatif.gain")) and "place" in values:
            quoted[page, "place", values["service"]].add(values["place"])
        if key.startswith("board.p") and "expected" in values:
            quoted[page, "expected"].add(values["expected"])
    assert quoted
    assert {what: found for what, found in quoted.items() if len(found) > 1} == {}


def test_steps_do_not_contradict_the_findings_they_stand_beside(report):
    keys = {finding.key for _, finding in report.findings}
    doubtful = [f for _, f in report.findings if f.key in ("importance.no_more", "effect.none", "act.nothing")]
    steps = next_steps(report.pages)
    assert 1 <= len(steps) <= 5
    for step in steps:
        key, values = step.finding.key, step.finding.values
        if key == "step.start":
            assert "board.pays" in keys
        if key.startswith("step.lift"):
            assert keys & ({"act.tied"} if key == "step.lift_tied" else {"act.low", "act.most"})
            named = set(values["blocks"]) if key == "step.lift_tied" else {values["block"]}
            assert not [f for f in doubtful if named & set(f.values.get("blocks", []))]
            assert key != "step.lift_more" or "act.tied" not in keys
        if key == "step.stop":
            chosen = [f.values["names"] for _, f in report.findings if f.key == "choice.chosen"]
            assert not [name for names in chosen for name in names if name in values["names"]]


def test_main_findings_stand_in_the_order_of_their_worth(report):
    main = front_findings(report.pages)["main"]
    assert 2 <= len(main) <= 5 and [each.worth for each in main] == sorted(each.worth for each in main)


def test_the_overview_leads_to_every_page_and_file_and_all_are_there(report):
    html = report.text("index.html")
    links = set(re.findall(r'href="([^"]+)"', html))
    files = {link for link in links if not link.startswith("#")}
    beside = {file.name for ending in ("xlsx", "pptx") for file in report.folder.glob(f"*.{ending}")}
    assert files == {each["file"] for each in report.pages} | beside | {"appendix.html"}
    assert all((report.folder / file).is_file() for file in files)
    anchors = {link[1:] for link in links if link.startswith("#")}
    assert anchors <= set(re.findall(r'id="([^"]+)"', html))


def test_every_file_belongs_to_the_manifest_and_to_todays_inputs(report):
    manifest = read_manifest(report.folder)
    assert set(manifest["files"]) | {"manifest.json"} == {file.name for file in report.folder.iterdir()}
    request = Request(**manifest["asked"] | {"only": tuple(manifest["asked"]["only"])})
    assert why(report.folder, open_client(report.client).folder, report.client, request) == {}


def test_the_business_case_workbook_is_there_where_a_set_was_chosen(report):
    chosen = any(finding.key == "choice.chosen" for _, finding in report.findings)
    assert (report.folder / f"{report.client}_case.xlsx").exists() == chosen


def test_the_case_workbook_stores_the_value_that_results_json_holds(report):
    file = report.folder / f"{report.client}_case.xlsx"
    if not file.exists():
        pytest.skip("no set of initiatives was chosen")
    results = report.data["notebooks"]["business_case"]["results"]
    [case] = [result for result in results if result["name"] == "middle_case"]
    [value] = case["tables"]["value"]["rows"]
    sheet = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    assert [sheet[cell].value for cell in ("B5", "B6", "B7")] == value


def test_every_number_of_the_workbook_is_the_one_of_results_json(report):
    written, compared = tables(report.book), 0
    for name, result in report.shown.items():
        for key, table in filled_tables(result).items():
            rows = written[f"{name}.{key}"][1:]
            assert len(rows) == len(table)
            figures = [sorted(v for v in row if isinstance(v, (int, float))) for row in table.itertuples(index=False)]
            for row, there in zip(rows, figures, strict=True):
                for cell in (cell for cell in row if isinstance(cell, (int, float))):
                    assert any(cell == v or math.isclose(cell, 100 * v, rel_tol=1e-6) for v in there), f"{name}.{key}"
                    compared += 1
    assert compared > 30


def test_every_table_of_a_page_shows_the_rounded_numbers_of_results_json(report):
    compared = 0
    for page in report.pages:
        results = [result for name, result in report.shown.items() if name.startswith(f"{page['name']}.")]
        texts = [
            readable(table, columns_of(r, key), report.language, report.currency)
            for r in results
            for key, table in filled_tables(r).items()
        ]
        known = [table.to_numpy().tolist() for table in texts]
        for rows in Tables(report.text(page["file"])).rows:
            shown = [[unescape(cell).strip() for cell in row] for row in rows]
            assert any(_numbers(shown) == _numbers(table) for table in known), (page["file"], shown[:2])
            compared += 1
    assert compared >= 3


def _numbers(rows) -> list[list[str]]:
    return [re.findall(r"\d[\d.,\xa0]*\d|\d", " ".join(map(str, row))) for row in rows]


def test_every_chart_of_the_slides_holds_numbers_of_results_json(report):
    from tests.report.office.drawn import charts, figures, intervals, near  # which needs python-pptx

    known = {v for result in report.shown.values() for table in result.tables.values() for v in table.to_numpy().ravel()}
    numbers = {v for v in known if isinstance(v, (int, float)) and not pd.isna(v)}
    points = {float(f"{100 * v:.6g}") for v in numbers}
    every = numbers | points | {abs(v) for v in numbers}  # a waterfall draws what is lost downwards
    drawn = charts(report.slides)
    assert drawn
    for chart in drawn:
        for _, values in figures(chart):
            assert set(values) <= every
        assert all(near(end, every) for spans in intervals(chart).values() for span in spans for end in span)


def test_pages_workbook_and_slides_say_the_same_sentences(report):
    lists = Lists(report.text("index.html")).found
    findings = {row[2] for row in tables(report.book)["findings"][1:]}
    slides = list(report.slides.slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert set(lists["answers"]) <= findings and len(slides) <= 15
    own = {translated(text, report.language) for text in ("The answers in short", "Next steps: what to do first", "What these data cannot tell")}
    assert set(titles[1:]) - findings <= own and titles[1] in own
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    for answer in lists["answers"]:
        assert answer in [shape.text_frame.text for shape in slides[1].shapes if shape.has_text_frame]
    steps = [paragraph.text for slide in slides for shape in slide.shapes if shape.has_text_frame for paragraph in shape.text_frame.paragraphs]
    assert sum(any(step in text for text in (*said, *steps)) for items in lists.values() for step in items) >= 1
