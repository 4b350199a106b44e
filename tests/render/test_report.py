"""One client's report: what stands in it, what must never stand in it, and what a failure leaves behind."""

import json
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from cxlib.engagement import DataError, problems
from cxlib.engagement.problems import errors
from cxlib.render import report
from cxlib.render.publish import PageError, check_page
from cxlib.render.report import render_client
from cxlib.render.run.execute import NotebookFailed
from cxlib.render.run.notebooks import read_notebook
from cxlib.report.cover import Cover
from cxlib.report.html import page_html
from cxlib.report.sections import OURS
from tests.conftest import ROOT
from tests.render.conftest import SETTINGS, SHOWS
from tests.render.factory import cx


class Dom(HTMLParser):
    """The parsed page: its tags, attributes and visible text."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.names, self.words = set(), set(), []
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.words.append(data)


def pages(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.html")}


def everything(folder: Path) -> str:
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(folder.iterdir()))


def results(folder: Path) -> dict:
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def test_report_holds_overview_page_notebook_and_results(make_client, make_notebook, tmp_path):
    make_client()
    make_notebook()
    folder = render_client("acme", tmp_path / "out")
    assert folder == tmp_path / "out" / "acme"
    names = {file.name for file in folder.iterdir()}
    assert names >= {"index.html", "02_status.html", "02_status.ipynb", "results.json"}
    assert "How are we doing?" in Dom(pages(folder)["index.html"]).text
    assert 'href="02_status.html"' in pages(folder)["index.html"]
    for html in pages(folder).values():
        check_page(html)
        assert '<html lang="en">' in html and "default-src 'none'" in html


def test_results_are_data_with_where_they_come_from(make_client, make_notebook, tmp_path):
    make_client()
    make_notebook()
    data = results(render_client("acme", tmp_path))
    assert (data["client"], data["language"]) == ("acme", "en")
    assert set(data) == {"client", "language", "currency", "notebooks", "provenance"}
    status = data["notebooks"]["status"]
    assert (status["status"], status["reason"]) == ("done", None)
    [nps] = status["results"]
    assert set(nps) >= {"name", "tables", "findings", "base", "settings"}
    assert nps["base"]["used"] == 30
    # 30 answers 0..10, 0..10, 0..7: promoters 2+2+0 of 30, detractors 7+7+7: (4 - 21) / 30
    figure = nps["tables"]["figure"]
    assert figure["rows"][0][figure["columns"].index("estimate")] == pytest.approx(-17 / 30 * 100, abs=1e-4)
    provenance = data["provenance"]
    assert set(provenance) == {"versions", "seeds", "inputs"}
    assert {"cxlib", "python", "numpy", "pandas", "scipy", "statsmodels"} <= set(provenance["versions"])
    assert set(provenance["inputs"]) == {"client.yml", "survey.csv"}
    assert all(len(sha) == 64 for sha in provenance["inputs"].values())


def test_notebook_that_the_folder_cannot_feed_is_left_out_with_its_reason(make_client, make_notebook, tmp_path):
    make_client()
    make_notebook("02_status")
    make_notebook("06_business_case", "raise RuntimeError('must not run')", needs=("survey", "money", "initiatives"))
    folder = render_client("acme", tmp_path)
    assert "06_business_case.html" not in pages(folder)
    assert "Not among the data of this report: initiatives and financial assumptions." in (
        Dom(pages(folder)["index.html"]).text.replace(
            "financial assumptions and initiatives", "initiatives and financial assumptions"
        )
    )
    left_out = results(folder)["notebooks"]["business_case"]
    assert left_out["status"] == "left out" and left_out["reason"] and left_out["results"] == []


NOT_ASKED = "\n".join(
    [
        "effort = status.effort_score(survey.rows, survey.effort, survey.design)",
        "page.show(effort)",
    ]
)


def test_section_of_a_question_not_asked_leaves_the_page_and_the_overview_says_why(
    make_client, make_notebook, tmp_path
):
    make_client()
    make_notebook(
        "02_status", SHOWS, "## Effort\n\nHow easy it was.", NOT_ASKED, "## After\n\nThe end.", "print('end')"
    )
    folder = render_client("acme", tmp_path)
    page, front = (Dom(pages(folder)[name]).text for name in ("02_status.html", "index.html"))
    assert "Effort" not in page and "How easy it was" not in page and "The end." in page
    reason = results(folder)["notebooks"]["status"]["results"][-1]["findings"][0]["message"]
    assert reason in front and "Left out, and why" in front


@pytest.mark.parametrize("only", [(), ("status",)])
def test_only_the_chosen_notebooks_are_rendered(make_client, make_notebook, tmp_path, only):
    make_client()
    make_notebook("01_other", "1")
    make_notebook("02_status", "1")
    assert ("01_other.html" in pages(render_client("acme", tmp_path, only=only))) == (not only)


def test_c12_error_in_the_last_notebook_publishes_none_and_keeps_it_for_the_consultant(
    make_client, make_notebook, tmp_path
):
    make_client()
    make_notebook("01_first", "print('old')")
    out = tmp_path / "out"
    before = everything(render_client("acme", out))
    make_notebook("01_first", "print('new')")
    make_notebook("02_status", "a = 1", "raise ValueError('the scale ends at 10')")
    with pytest.raises(NotebookFailed) as failure:
        render_client("acme", out)
    assert "02_status.ipynb" in str(failure.value) and "ValueError: the scale ends at 10" in str(failure.value)
    kept = out / "acme.failed" / "02_status.ipynb"
    assert str(kept) in str(failure.value) and "Traceback" in kept.read_text()
    assert everything(out / "acme") == before
    make_notebook("02_status", "a = 1")
    render_client("acme", out)
    assert not (out / "acme.failed").exists()


def test_e09_no_traceback_reaches_a_page(make_notebook):
    notebook = read_notebook(make_notebook("02_status", "1 / 0"))
    secret = ["Traceback (most recent call last)", "secret reason"]
    notebook.cells[-1].outputs = [nbformat.v4.new_output("error", ename="E", evalue=secret[1], traceback=secret)]
    html = page_html(notebook, Cover(client="Acme", language="en"))
    assert "Traceback" not in html and "secret reason" not in html


def everything_shown(folder: Path) -> str:
    return "\n".join(pages(folder).values())


def test_problems_of_the_folder_are_all_in_the_error(make_client, make_notebook, tmp_path):
    make_client(settings=SETTINGS + "currenzy: DKK\nperiot: now\n")
    make_notebook()
    with pytest.raises(DataError) as failure:
        render_client("acme", tmp_path)
    assert "currenzy" in str(failure.value) and "periot" in str(failure.value)


def test_problems_of_a_table_are_all_in_the_error_before_anything_is_computed(make_client, make_notebook, tmp_path):
    folder = make_client(rows=[("a", "North", 12), ("b", "North", 4), ("b", "South", 5)])
    ran = tmp_path / "ran"
    make_notebook("02_status", f"open({str(ran)!r}, 'w').close()", SHOWS)
    with pytest.raises(DataError) as failure:
        render_client("acme", tmp_path / "out")
    said = str(failure.value).splitlines()
    assert said == [str(each) for each in errors(problems("acme"))] and len(said) == 2  # a score out of range, an id that comes twice
    assert not ran.exists() and not (tmp_path / "out" / "acme").exists()
    (folder / "survey.csv").write_text("id,place,q1\na,North,9\nb,South,5\n", encoding="utf-8")
    render_client("acme", tmp_path / "out")
    assert ran.exists()


def test_a_folder_is_checked_once_and_only_where_a_page_is_made(make_client, make_notebook, tmp_path, monkeypatch):
    make_client()
    make_notebook("02_status", SHOWS)
    make_notebook("03_more", SHOWS)
    asked = tmp_path / "asked"

    def looked_through(client: str) -> tuple:
        with asked.open("a") as log:  # in a process of its own
            log.write(f"{client}\n")
        return [], frozenset(), None

    monkeypatch.setattr("cxlib.render.report.problems_and_customers", looked_through)
    render_client("acme", tmp_path / "out")
    render_client("acme", tmp_path / "out")
    assert asked.read_text() == "acme\n"


def test_a03_a_notebook_that_reads_another_client_is_refused(make_client, make_notebook, tmp_path):
    make_client("acme")
    make_client("globex", name="Globex")
    make_notebook("02_status", "from cxlib.engagement import open_client", "open_client('globex').name")
    with pytest.raises(PageError, match=r"read a file of another client: globex/client.yml"):
        render_client("acme", tmp_path / "out")
    assert not (tmp_path / "out" / "acme").exists()


def test_table_that_changes_while_it_is_read_fails_the_run(make_client, make_notebook, tmp_path):
    folder = make_client()
    changes = f"open({str(folder / 'survey.csv')!r}, 'a').write('new,North,5\\n')"
    make_notebook("01_first", SHOWS, changes)
    make_notebook("02_second", SHOWS)
    with pytest.raises(PageError, match=r"acme/survey.csv was changed while it was read"):
        render_client("acme", tmp_path / "out")


def test_page_that_the_guard_refuses_is_not_published(make_client, make_notebook, tmp_path):
    make_client()
    make_notebook("02_status", "# Prose\n\n<iframe src='https://example.org'></iframe>", "1")
    with pytest.raises(PageError, match="iframe"):
        render_client("acme", tmp_path / "out")
    assert not (tmp_path / "out" / "acme").exists()


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<body onload=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<table background='javascript:alert(1)'>",
    "<object data='data:text/html;base64,PHNjcmlwdD4='>",
    "<embed src=//example.org/x.swf>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<base href=//example.org/>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<style>@import '//example.org/x.css';</style>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "]]><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](javascript:alert(1)) **bold** `code` # head",
    "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}x{% endfor %}{0.__class__} {slot} %s $x =cmd|' /C calc'!A0",
]
SIXES = [XSS[n : n + 6] for n in range(0, 24, 6)]
PLACES = """\
client: {client}
name: {name}
language: en
period: {name}
survey:
  file: survey.csv
  respondent: id
  segments: {{place: {name}}}
  recommend: {{column: q1, scale: [0, 10]}}
  blocks:
    one: {{label: {name}, items: {{q2: {name}, q3: Other}}, scale: [1, 5]}}
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The shipped status notebook on clients whose every text is an attack; four reports, six attacks each."""
    root = tmp_path_factory.mktemp("hostile")
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CX_CLIENTS", str(root / "clients"))
        for number, attacks in enumerate(SIXES):
            folder = root / "clients" / f"hostile{number}"
            folder.mkdir(parents=True)
            quoted = json.dumps(" ".join(attacks))
            settings = PLACES.format(client=folder.name, name=quoted)
            (folder / "client.yml").write_text(settings, encoding="utf-8")
            groups = [json.dumps(attack).replace('\\"', '""') for attack in attacks]
            lines = [f"{n},{groups[n % 6]},{n % 11},{n % 5 + 1},{n * 7 % 5 + 1}" for n in range(240)]
            (folder / "survey.csv").write_text("\n".join(["id,place,q1,q2,q3", *lines]) + "\n", encoding="utf-8")
            folders.append(render_client(folder.name, root / "out", only=["status"]))
    return folders


def test_d01_d02_client_text_is_never_live(hostile):
    for folder in hostile:
        for html in pages(folder).values():
            check_page(html)
            dom = Dom(html)
            assert not dom.tags & {
                "script",
                "math",
                "video",
                "source",
                "form",
                "input",
                "object",
                "embed",
            }
            assert not {name for name in dom.names if name.startswith("on")}
            assert html.count("<svg") == html.count(OURS)
            assert "<strong>bold" not in html and "<code>code" not in html


def test_d02_client_text_arrives_as_it_was_written(hostile):
    for folder, attacks in zip(hostile, SIXES, strict=True):
        for page in pages(folder).values():
            text = Dom(page).text
            assert all(" ".join(attack.split()) in text for attack in attacks)  # in the name, on every page
        data = json.dumps(results(folder)["notebooks"], ensure_ascii=False)
        assert "<class 'str'>" not in data and "<class 'str'>" not in everything_shown(folder)


def test_d03_pieces_of_markup_in_the_name_leave_the_page_whole(hostile):
    for folder in hostile:
        for html in pages(folder).values():
            assert html.rstrip().endswith("</html>")
            assert html.count("</main>") == 1 and html.count("</style>") == 1


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    return render_client("harbour", tmp_path_factory.mktemp("out"), only=["status"])


def test_e06_no_row_of_a_respondent_is_in_any_output(harbour):
    import pandas as pd

    ids = pd.read_excel(ROOT / "data" / "clients" / "harbour" / "guests.xlsx", sheet_name="Answers")["Guest"].astype(
        str
    )
    text = everything(harbour)
    assert len(ids) == 140 and not [guest for guest in ids if f'"{guest}"' in text or f">{guest}<" in text]


def test_e01_e02_small_hotels_and_their_complement_are_in_no_output(harbour):
    import pandas as pd

    rows = pd.read_excel(ROOT / "data" / "clients" / "harbour" / "guests.xlsx", sheet_name="Answers")
    counts = rows["Hotel"].value_counts()
    small = set(counts[counts < 5].index)
    assert len(small) == 3
    tables = [
        (result["name"], table)
        for result in results(harbour)["notebooks"]["status"]["results"]
        for table in result["tables"].values()
        if {"group", "n"} <= set(table["columns"])
    ]
    assert tables
    for name, table in tables:
        group, n = table["columns"].index("group"), table["columns"].index("n")
        shown = defaultdict(int)  # by what stands before the group: its segment, and in crosstabs the place of its question
        for row in table["rows"]:
            if row[group] in small:
                numbers = [cell for cell in row[group:] if isinstance(cell, (int, float))]
                assert not numbers, f"{name} shows {row}"
            shown[tuple(row[:group])] += (row[n] or 0) if row[group] else 0
        assert max(shown.values()) <= len(rows) - 5, f"the hidden of {name} could be worked out from the total"


def test_report_of_a_page_is_the_same_from_any_folder(make_client, make_notebook, tmp_path, monkeypatch):
    make_client()
    make_notebook()
    first = everything(render_client("acme", tmp_path / "a"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert everything(render_client("acme", tmp_path / "b")) == first


def test_overview_is_refused_too(make_client, make_notebook, tmp_path, monkeypatch):
    make_client()
    make_notebook("02_status", "1")
    monkeypatch.setattr(report, "framed", lambda *_: "<script></script>")
    with pytest.raises(PageError):
        render_client("acme", tmp_path)


REFUSING = (  # an analysis that cannot use the column; `survey.rows` has text there
    "from cxlib.analyses import status\nfrom cxlib.engagement import open_client\n"
    "from cxlib.analyses.rows import needed\nneeded(open_client(client).survey.rows, ['not there'])"
)


def test_page_whose_data_an_analysis_refuses_leaves_the_others_standing(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook("01_refused", REFUSING)
    make_notebook("02_status")
    out = tmp_path / "out"
    code, said = factory(cx, tmp_path, "render", "acme", "--out", out)
    assert code == 0, said
    assert "acme: without refused: 01_refused.ipynb, cell [3]: CannotAnswer" in said
    front = (out / "acme" / "index.html").read_text()
    assert "It cannot be produced from these data" in front and "not there" in front
    assert (out / "acme" / "02_status.html").exists() and not (out / "acme" / "01_refused.html").exists()
    assert not (out / "acme" / "01_refused.ipynb").exists() and (out / "acme.failed" / "01_refused.ipynb").exists()
    assert factory(cx, tmp_path, "why", "acme", "--out", out) == (0, "acme: fresh\n")


def test_folder_with_an_error_gives_no_report_though_another_page_could_be_made(make_client, make_notebook, tmp_path):
    folder = make_client()
    make_notebook("01_refused", "from cxlib.engagement import open_client\nopen_client(client).survey")
    make_notebook("02_status", "print('no table read')")
    (folder / "survey.csv").write_text("id,place,q1\n1,x,11\n")
    with pytest.raises(DataError, match="11"):
        render_client("acme", tmp_path / "out")
    assert not (tmp_path / "out" / "acme").exists()
