"""An executed notebook as one offline HTML file, the overview, and the appendix; all in the reader's language, no code."""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import nbformat
from markupsafe import Markup
from nbformat import NotebookNode

import cxlib
from cxlib.analyses.result import Quantity
from cxlib.report.cover import Cover
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import NOT_FOR_THE_CLIENT, ours, translated
from cxlib.report.sections import SHIPPED, Story, shown_results, split, story
from cxlib.report.templates import filled, style

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)


def page_html(notebook: NotebookNode, cover: Cover) -> str:
    """The page of an executed notebook; its title is the first heading."""
    told = story(presentable(notebook, cover.language).cells, cover)
    title = notebook_title(notebook, cover.language)
    body = filled("sections.html.j2", title=title, story=told, word=partial(translated, language=cover.language))
    topics = {section.anchor: section.heading for section in told.sections}  # shorter than what was found
    contents = [{"id": Markup(at), "title": topics.get(at, Markup(heading))} for at, heading in HEADING.findall(body)]
    return filled("page.html.j2", title=title, body=Markup(body), contents=contents, **_frame(cover))


def front_html(title: str, summary: Mapping, left_out: Iterable[Mapping], cover: Cover) -> str:
    """The overview: the lists of `report.overview.overview`, and what was left out (`title`, `reason`)."""
    def number(value: Quantity) -> str:
        return styled(value, value.style, cover.language, cover.currency)

    return filled("front.html.j2", title=title, summary=summary, left_out=list(left_out), number=number, **_frame(cover))


def appendix_html(notebooks: Sequence[tuple[str, NotebookNode]], cover: Cover) -> str:
    """What the pages fold away, laid open to be printed: the figures of each section, and how they arose.

    notebooks   file of each page, and its executed notebook
    """
    pages = [
        {"file": file, "title": notebook_title(notebook, cover.language), "story": _whole(notebook, cover)}
        for file, notebook in notebooks
    ]
    title = translated("Appendix: all figures, and how they arose", cover.language)
    return filled("appendix.html.j2", title=title, pages=pages, **_frame(cover))


def presentable(notebook: NotebookNode, language: str) -> NotebookNode:
    """The cells a client sees: without notes, without sections whose question was not asked, prose translated.

    Prose that is the workbook's own, not a consultant's, is noted as such.
    """
    cells = [cell for cell in notebook.cells if not NOT_FOR_THE_CLIENT & set(cell.metadata.get("tags", []))]
    kept = [cell for section in split(cells) if not _was_not_asked(section) for cell in section]
    kept = [nbformat.from_dict(cell) for cell in kept]
    for cell in kept:
        if cell.cell_type == "markdown":
            cell.metadata[SHIPPED] = cell.source in ours()
            cell.source = translated(cell.source, language)
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=kept)


def notebook_title(notebook: NotebookNode, language: str) -> str:
    """The first heading of a notebook, in the reader's language: the question that it answers."""
    prose = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    return translated(prose, language).strip().split("\n")[0].lstrip("# ")


def logo_uri(image: bytes, suffix: str) -> str:
    """A logo as a data URI. `suffix` is png, jpg, jpeg or svg."""
    kind = {"svg": "svg+xml", "jpg": "jpeg"}.get(suffix, suffix)
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def _whole(notebook: NotebookNode, cover: Cover) -> Story:
    return story(presentable(notebook, cover.language).cells, cover)


def _was_not_asked(section: list[NotebookNode]) -> bool:
    results = shown_results(section)
    return bool(results) and all(result.absent for result in results)


def _frame(cover: Cover) -> dict[str, object]:
    """What the frame of a page says, whatever the page holds."""
    return {
        **{name: getattr(cover, name) for name in ("client", "language", "period", "colour", "logo", "inputs")},
        "style": Markup(style()),
        "word": partial(translated, language=cover.language),
        "version": cxlib.__version__,
    }
