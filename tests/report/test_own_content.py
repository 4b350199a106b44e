"""What a consultant adds to a page: figures, tables and words of their own."""

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxlib.render.publish import PageError, check_own, check_page
from cxlib.report import Page
from cxlib.report.cover import Cover
from cxlib.report.drawings import alone, pdf, png
from cxlib.report.html import page_html
from cxlib.report.own_words import markdown, with_addresses, with_dashes


@pytest.fixture
def shown(monkeypatch):
    """What a page displays, as outputs of a notebook."""
    outputs = []
    given = lambda faces, metadata=None: outputs.append(new_output("display_data", dict(faces), metadata=metadata or {}))  # noqa: E731
    monkeypatch.setattr("cxlib.report.page.display", given)
    return outputs


def figure(label="Index <b>"):
    drawn = Figure(figsize=(5, 3))
    ax = drawn.subplots()
    ax.plot([1, 2, 3], [2, 1, 3], label=label)
    ax.set_title(label)
    ax.legend()
    return drawn


def page_of(*outputs, words="# Own\n\nWords.") -> str:
    cells = [new_markdown_cell(words), new_code_cell("1", outputs=list(outputs), execution_count=3)]
    notebook = nbformat.from_dict(new_notebook(cells=cells))
    check_own(notebook, "07_more.ipynb")
    html = page_html(notebook, Cover(client="Acme", language="da"))
    check_page(html)
    return html


def test_a_figure_of_ones_own_stands_in_the_page_with_its_source(shown, tmp_path):
    Page(language="da").figure(figure(), alt="Indekset er 3.", source="own.csv", save=tmp_path / "own.svg")
    html = page_of(*shown)
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart"' in html and "Kilde: own.csv." in html
    assert "Index &lt;b&gt;" in html and "<desc" in html
    assert "Report Sans" in (tmp_path / "own.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("given", [{"alt": " "}, {}])
def test_a_figure_without_words_is_refused(given):
    with pytest.raises((ValueError, TypeError), match="alt"):
        Page().figure(figure(), **given)


def test_what_is_no_figure_is_refused():
    with pytest.raises(TypeError, match="shows a figure of matplotlib or seaborn, not str"):
        Page().figure("a", alt="a")


def test_axes_and_grids_of_seaborn_are_figures(shown):
    import seaborn as sns

    frame = pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
    Page().figure(sns.barplot(frame, x="a", y="b", ax=Figure().subplots()), alt="x 2, y 2.")
    Page().figure(sns.relplot(frame, x="b", y="b"), alt="1 to 3.")
    assert len(shown) == 2 and all(output.data["image/svg+xml"].startswith("<svg ") for output in shown)


def test_a_table_of_ones_own_is_written_as_the_reader_writes_and_a_blank_is_a_dash(shown):
    table = pd.DataFrame({"Gruppe <i>": ["A", None], "share": [0.25, np.nan], "n": [1200, 3], "mean": [1.5, np.nan]})
    Page(language="da").table(table, title="Andele", styles={"share": "percent"})
    html = page_of(*shown)
    assert "Gruppe &lt;i&gt;" in html and "25\u00a0%" in html and "1.200" in html and "1,50" in html
    assert html.count('<td class="r">–</td>') == 2 and "<td>–</td>" in html and "NaN" not in html


def test_words_of_ones_own_and_their_links_are_printed(shown):
    Page().note("Prices **rose**: [the letter](https://example.org/a).")
    html = page_of(*shown, words="# Own\n\nSee [the law](https://example.org/law) and [this page](#Own).")
    assert "<strong>rose</strong>" in html and "the letter (https://example.org/a)" in html
    assert "the law (https://example.org/law)" in html and '<a href="#Own">' in html


@pytest.mark.parametrize("address", ["https://a.example", "http://a.example/x?y=1&amp;z", "//a.example", "mailto:a@a.example"])
def test_no_link_leads_out_of_a_page(address):
    told = with_addresses(f'<p><a class="x" href="{address}">a</a></p>')
    assert "<a" not in told and address.removeprefix("mailto:") in told
    check_page(told)
    assert with_addresses('<a href="https://a.example">https://a.example</a>') == "https://a.example"


def test_a_script_in_markdown_is_not_let_through():
    with pytest.raises(PageError, match="<script>"):
        check_page(markdown("a <script>alert(1)</script>"))


def test_blanks_of_a_frame_shown_as_it_is_are_dashes():
    html = pd.DataFrame({"a": [1.5, None], "b": ["x", None]}).to_html()
    assert "NaN" in html and "NaN" not in with_dashes(html) and "None" not in with_dashes(html)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"image/png": "aGk=", "text/plain": "<Figure>"}, "page.figure"),
        ({"image/svg+xml": "<svg></svg>", "text/plain": "<IPython.core.display.SVG>"}, "page.figure"),
        ({"text/html": "<script>1</script>"}, "<script> is not allowed"),
        ({"text/html": "<img src='https://a.example/x.png' alt='a'>"}, "leaves the report"),
    ],
)
def test_an_output_that_cannot_stand_in_a_page_names_notebook_cell_and_remedy(data, said):
    with pytest.raises(PageError, match=r"07_more.ipynb, cell \[3\]: .*page.figure") as found:
        page_of(new_output("display_data", data))
    assert said in str(found.value)


def test_a_drawing_is_a_file_of_its_own(shown):
    Page().figure(figure("<script>alert(1)</script> ]]> & \"'"), alt='A "line" & <b>.')
    svg = shown[0].data["image/svg+xml"]
    assert "<script" not in svg and "&lt;script&gt;" in svg
    assert png(svg).startswith(b"\x89PNG") and png(svg) == png(svg)
    assert pdf(svg).startswith(b"%PDF") and pdf(svg) == pdf(svg)
    from lxml import etree

    assert etree.fromstring(alone(svg).encode()).tag.endswith("svg") and "var(" not in alone(svg)
