"""What a page shows openly and what it folds: the finding, its chart and a sentence or two; everything else is one click away."""

import itertools

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from cxlib.analyses.result import Base, Finding, Result
from cxlib.languages import LANGUAGES
from cxlib.report.cover import Cover
from cxlib.report.html import appendix_part, page_html, presentable
from cxlib.report.language.words import ours
from cxlib.report.lines import base_line
from cxlib.report.page import RESULT_MIME
from cxlib.report.sections import ALONE, BESIDE_A_CHART, SHIPPED, story
from tests.report.executed import executed, shipped

COVER = Cover(client="Acme", language="en")
CHART = new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": "alt", "caption": "n = 3."}})
TONES = ("good", "bad", "unclear", "neutral")


def result(*said, tables=None, name="r"):
    findings = tuple(Finding(f"{name}.{tone}", text, {}, tone) for text, tone in said)
    return Result(name, tables or {}, findings, Base(9, 9), method="counted")


def shown(found: Result, tables=None):
    told = {RESULT_MIME: {"tables": tables}} if tables is not None else {}
    return new_output("display_data", {"text/html": "-", "text/plain": "-", RESULT_MIME: found.to_json()}, metadata=told)


def code(*outputs):
    return new_code_cell("x", outputs=list(outputs))


def prose(text, is_ours=True):
    return new_markdown_cell(text, metadata={SHIPPED: is_ours})


def only_section(*cells):
    (section,) = story([prose("# Question\n\nOpening."), *cells], COVER).sections
    return section


def folded(section):
    return [each.text if hasattr(each, "text") else str(each) for each in section.figures]


@pytest.mark.parametrize("each", [5, pytest.param(1, marks=pytest.mark.slow)])  # of every fifth, any three places hold any three tones
@pytest.mark.parametrize(("chart", "most"), [(True, BESIDE_A_CHART), (False, ALONE)])
def test_every_sentence_is_told_once_and_few_stand_open(chart, most, each):
    for tones in [*itertools.product(TONES, repeat=5)][::each]:
        found = result(*((f"s{place}", tone) for place, tone in enumerate(tones)))
        section = only_section(prose("## Heading\n\nWhy."), code(shown(found), *([CHART] if chart else [])))
        told = [section.title, *(line.text for line in section.said), *folded(section)]
        assert sorted(told) == sorted(f"s{place}" for place in range(5))
        assert len(section.said) == most
        open_tones, rest = [line.tone for line in section.said], [each.tone for each in section.figures]
        assert not ({"good", "bad"} & set(rest) and {"unclear", "neutral"} & set(open_tones))


def test_tables_base_prose_and_method_are_folded():
    tables = {"one": pd.DataFrame({"n": [3]}), "two": pd.DataFrame({"n": [4]}), "empty": pd.DataFrame({"n": []})}
    found = result(("Finding.", "good"), tables=tables)
    section = only_section(prose("## Heading\n\nWhy we ask."), code(shown(found, ["two", "empty"])))
    assert [">4<" in each for each in folded(section)] == [True]
    assert section.bases == (base_line(found.base, "en"),)
    assert "Why we ask." in section.how[0] and "counted" in section.how[1] and section.own == ""


def test_a_base_and_a_method_stand_once_in_a_section():
    section = only_section(prose("## Heading"), code(shown(result(("A.", "good")))), code(shown(result(("B.", "bad"), name="s"))))
    assert len(section.bases) == len(section.how) == 1


def test_what_a_consultant_wrote_and_showed_stands_open():
    own = new_output("display_data", {"text/html": "<p>drawn by hand</p>"})
    section = only_section(prose("## Heading\n\nMy **own** words.", is_ours=False), code(shown(result(("A.", "good"))), own))
    assert "<strong>own</strong>" in section.own and "drawn by hand" in section.own and not any("own" in each for each in section.how)


def test_a_heading_of_third_rank_heads_what_is_folded_below_it():
    table = new_output("display_data", {"text/html": '<div class="table">t</div>'}, metadata={"text/html": {"kind": "table"}})
    section = only_section(
        prose("## Heading"), code(shown(result(("A.", "good")))), prose("### Below\n\nHow."), code(table, shown(result(("B.", "bad"))))
    )
    assert [text[:9] for text in folded(section)] == ["<h3>Below", '<div clas', "B."] and section.said == ()


def test_sections_that_cannot_tell_are_joined_and_one_alone_stays():
    dumb = [prose("## One"), code(shown(result(("Too few.", "unclear"))))]
    other = [prose("## Two"), code(shown(result(("Not yet.", "unclear"))))]
    seen = [prose("## Three"), code(shown(result(("Risen.", "good"))))]
    told = story([prose("# Question"), *dumb, *seen, *other], COVER)
    assert [str(section.heading) for section in told.untold] == ["One", "Two"] and len(told.sections) == 1
    assert story([prose("# Question"), *dumb, *seen], COVER).untold == ()
    drawn = [prose("## Four"), code(shown(result(("Not yet.", "unclear"))), CHART)]
    assert story([prose("# Question"), *dumb, *drawn], COVER).untold == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_the_notebooks_show_is_lost(language):
    """Each sentence and each number of a table of the shipped notebooks stands on the page, and what is folded in the appendix."""
    cover = Cover(client="Acme", language=language, currency="DKK")
    for name, notebook in shipped().items():
        told = story(presentable(notebook, language).cells, cover)
        sections = (*told.sections, *told.untold)
        page, appendix = page_html(notebook, cover), appendix_part([(f"{name}.html", notebook)], cover).body
        assert page.count("<h1>") == 1 and appendix.count("<h1>") == 1
        for section in sections:
            assert len(section.said) <= ALONE
            for each in section.figures:
                text = str(each) if not hasattr(each, "text") else each.text
                assert text in page or text.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;") in page
                assert text in appendix or text.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;") in appendix


def test_prose_of_the_workbook_is_known_as_such():
    for notebook in shipped().values():
        kept = presentable(notebook, "da")
        assert all(cell.metadata[SHIPPED] for cell in kept.cells if cell.cell_type == "markdown")
    changed = executed("Mine", {"Mine": result(("A.", "good"))})
    assert not any(cell.metadata.get(SHIPPED) for cell in presentable(changed, "da").cells if cell.cell_type == "markdown")
    assert ours()


def test_a_detail_is_printed_in_the_appendix_alone():
    cell = new_markdown_cell("## Heading", metadata={"tags": ["detail"]})
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell("# Question"), cell, code(shown(result(("A.", "good"))), CHART)])
    assert '<section class="detail">' in page_html(notebook, COVER)
    assert "n = 3." in appendix_part([("a.html", notebook)], COVER).body
