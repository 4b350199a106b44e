"""From executed notebook to page: what the client sees and what not."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxlib.analyses.result import Base, Finding, Result
from cxlib.render.publish import check_page
from cxlib.report.cover import Cover
from cxlib.report.html import framed, front_part, notebook_title, page_html, presentable
from cxlib.report.page import RESULT_MIME
from cxlib.report.sections import OURS

COVER = Cover(client="<b>Evil</b> & Co", language="da", period="{2025}")


def output(tone="neutral", says="shown"):
    result = Result("r", {}, (Finding(f"{tone}.x", says, {}, tone),), Base(1, 1))
    return new_output("display_data", {"text/html": "-", "text/plain": "x", RESULT_MIME: result.to_json()})


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# Title\n\nIntro."), *cells])


def code(*outputs, tags=()):
    return new_code_cell("secret = 1", outputs=list(outputs), metadata={"tags": list(tags)})


def test_code_notes_and_parameters_never_reach_the_client():
    cells = [
        code(output(), tags=["note"]),
        new_markdown_cell("note text", metadata={"tags": ["note"]}),
        code(output(says="kept")),
    ]
    html = page_html(notebook(*cells), COVER)
    assert "kept" in html and "shown" not in html and "secret" not in html and "note text" not in html


def test_a_section_whose_question_was_not_asked_leaves_the_page():
    cells = [
        new_markdown_cell("## Asked\n\nProse a"),
        code(output()),
        new_markdown_cell("## Not asked\n\nProse b"),
        code(output("absent")),
    ]
    html = page_html(notebook(*cells), COVER)
    assert "Prose a" in html and "Prose b" not in html and html.count("<h2") == 1


def test_a_section_without_results_and_one_with_some_results_stay():
    cells = [
        new_markdown_cell("## Method\n\nwords"),
        new_markdown_cell("## Half"),
        code(output("absent")),
        code(output()),
    ]
    assert len(presentable(notebook(*cells), "en").cells) == 5


def test_contents_point_at_headings_and_the_page_is_clean():
    html = page_html(notebook(new_markdown_cell("## First thing"), code(output())), COVER)
    assert 'href="#First-thing"' in html and 'id="First-thing"' in html
    assert '<html lang="da">' in html and "default-src 'none'" in html
    assert "<b>Evil" not in html and "&lt;b&gt;Evil" in html and "{2025}" in html
    check_page(html)


def test_a_figure_carries_its_alt_text_escaped():
    figure = new_output(
        "display_data", {"text/plain": "a", "image/png": "aGk="}, metadata={"image/png": {"alt": 'A "<b>'}}
    )
    html = page_html(notebook(code(figure)), COVER)
    assert 'alt="A &#34;&lt;b&gt;"' in html
    check_page(html)


@pytest.mark.parametrize("caption", [{}, {"caption": "Source: <i>."}], ids=["", "with caption"])
def test_a_drawing_of_ours_stands_in_the_page_and_another_is_a_picture(caption):
    ours = f'{OURS} role="img" aria-label="a"><text>12 %</text></svg>'
    told = {"image/svg+xml": {"alt": 'A "<b>', **caption}}
    other = '<svg onload="x()"><script>1</script></svg>'
    drawn, foreign = (
        new_output("display_data", {"text/plain": "a", "image/svg+xml": svg}, metadata={"image/svg+xml": told["image/svg+xml"] | {"narrow": svg}})
        for svg in (ours, other)
    )
    html = page_html(notebook(code(drawn)), COVER)
    assert "<text>12 %</text>" in html and "<i>" not in html
    check_page(html)
    html = page_html(notebook(code(foreign)), COVER)
    assert "<script>" not in html and "onload" not in html and 'alt="A &#34;&lt;b&gt;"' in html
    check_page(html)


def test_the_source_notebook_is_left_as_it_was():
    source = notebook(new_markdown_cell("## The key figures\n\nx"))
    before = nbformat.writes(source)
    presentable(source, "da")
    assert nbformat.writes(source) == before


def test_title_is_the_first_heading_in_the_readers_language():
    assert notebook_title(notebook(), "en") == "Title"


def test_front_page_escapes_and_links():
    entry = {"file": "a.html", "title": "<i>T", "text": "<x>", "tone": "good"}
    html = framed(front_part("Report", {"answers": [entry], "strengths": [entry]}, [{"title": "", "reason": "<y>"}], COVER), COVER)
    assert "&lt;x&gt;" in html and "&lt;y&gt;" in html and 'href="a.html"' in html
    check_page(html)


def test_what_stands_in_the_workbook_alone_is_on_no_page():
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_markdown_cell("## Crosstabs", metadata={"tags": ["workbook"]}),
             nbformat.v4.new_code_cell("tables", metadata={"tags": ["workbook"]}), nbformat.v4.new_markdown_cell("## More")]  # fmt: skip
    source = nbformat.v4.new_notebook(cells=cells)
    assert [cell.source for cell in presentable(source, "en").cells] == ["# Title", "## More"]
    assert len(presentable(source, "en", workbook=True).cells) == 4
