"""An executed notebook as one offline HTML file, the overview, and the appendix; all in the reader's language, no code."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import NamedTuple

import nbformat
from markupsafe import Markup, escape
from nbformat import NotebookNode

import cxlib
from cxlib.analyses.result import Quantity
from cxlib.report.cover import Cover
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import NOT_FOR_THE_CLIENT, WORKBOOK_ONLY, ours, translated
from cxlib.report.sections import SHIPPED, Story, shown_findings, split, story
from cxlib.report.templates import filled, style

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
INDEX, APPENDIX = "index.html", "appendix.html"


class ContentsLine(NamedTuple):
    """A line of a part's contents: where it leads, what that is about, and whether print has it."""

    anchor: str
    topic: Markup
    printed: bool = True


@dataclass(frozen=True)
class PagePart:
    """What one file of a report holds within its frame.

    kind : as the style sheet knows it;  contents : None for a part that needs none
    """

    file: str
    kind: str
    title: str
    body: Markup
    contents: tuple[ContentsLine, ...] | None = None


def page_html(notebook: NotebookNode, cover: Cover) -> str:
    """The page of an executed notebook; its title is the first heading."""
    return framed(page_part("", notebook, cover), cover)


def framed(part: PagePart, cover: Cover) -> str:
    """A part as a file that stands alone."""
    look = {name: getattr(cover, name) for name in ("client", "language", "period", "colour", "logo", "inputs")}
    return filled("frame.html.j2", part=part, style=Markup(style()), version=cxlib.__version__, **look, **_words(cover))


def page_part(file: str, notebook: NotebookNode, cover: Cover) -> PagePart:
    """What the page of an executed notebook says."""
    told, title = _whole(notebook, cover), notebook_title(notebook, cover.language)
    body = filled("sections.html.j2", title=title, story=told, **_words(cover))
    topics = {section.anchor: section.heading for section in told.sections}  # shorter than what was found
    screen = {section.anchor for section in told.sections if section.is_method or section.detail}
    contents = (ContentsLine(Markup(at), topics.get(unescape(at), Markup(said)), unescape(at) not in screen) for at, said in HEADING.findall(body))
    return PagePart(file, "page", title, Markup(body), tuple(contents))


def front_part(title: str, summary: Mapping, left_out: Iterable[Mapping], cover: Cover) -> PagePart:
    """The overview: the lists of `report.overview.overview`, and what was left out (`title`, `reason`)."""

    def number(value: Quantity) -> str:
        return styled(value, value.style, cover.language, cover.currency)

    body = filled("front.html.j2", title=title, summary=summary, left_out=list(left_out), number=number, **_words(cover))
    return PagePart(INDEX, "front", title, Markup(body))


def appendix_part(notebooks: Sequence[tuple[str, NotebookNode]], cover: Cover) -> PagePart:
    """What the pages fold away, laid open to be printed: the figures of each section, and how they arose.

    notebooks   file of each page, and its executed notebook
    """
    pages = [
        {"file": file, "title": notebook_title(notebook, cover.language), "story": _whole(notebook, cover)}
        for file, notebook in notebooks
    ]
    contents = tuple(ContentsLine(page["file"], escape(page["title"])) for page in pages)
    title = translated("Appendix: all figures, and how they arose", cover.language)
    body = filled("appendix.html.j2", title=title, pages=pages, **_words(cover))
    return PagePart(APPENDIX, "appendix", title, Markup(body), contents)


def presentable(notebook: NotebookNode, language: str, *, workbook: bool = False) -> NotebookNode:
    """The cells a client sees: without notes, without sections whose question was not asked, prose translated.

    Prose that is the workbook's own, not a consultant's, is noted as such.
    workbook   also the cells whose results stand in the Excel workbook and on no page
    """
    hidden = NOT_FOR_THE_CLIENT | (set() if workbook else {WORKBOOK_ONLY})
    cells = [cell for cell in notebook.cells if not hidden & set(cell.metadata.get("tags", []))]
    kept = [cell for section in split(cells) if not _was_not_asked(section) for cell in section]
    shown = [_spoken(cell, language) if cell.cell_type == "markdown" else cell for cell in kept]
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=shown)


def _spoken(prose: NotebookNode, language: str) -> NotebookNode:
    """A cell of prose in the reader's language."""
    cell = nbformat.from_dict(prose)
    cell.metadata[SHIPPED] = cell.source in ours()
    cell.source = translated(cell.source, language)
    return cell


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
    results = shown_findings(section)
    return bool(results) and all(told and all(finding.tone == "absent" for finding in told) for told in results)


def _words(cover: Cover) -> dict[str, Callable[[str], str]]:
    return {"word": partial(translated, language=cover.language)}
