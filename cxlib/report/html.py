"""An executed notebook as one offline HTML file: prose in the reader's language, findings, tables, charts, no code."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

import nbformat
from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import DataTypeFilter
from nbformat import NotebookNode

import cxlib
from cxlib.analyses.result import Result
from cxlib.report.front_page.overview import headline
from cxlib.report.language.words import NOT_FOR_THE_CLIENT, translated
from cxlib.report.lines import finding_line
from cxlib.report.page import DEFAULT_COLOUR, NOTEBOOK_STYLE, RESULT_MIME
from cxlib.report.templates import TEMPLATES, filled, style

SOURCES = "sources"  # the result that names models and their versions: no finding to head a section with
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
ANCHOR = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>', re.DOTALL)


@dataclass(frozen=True)
class Cover:
    """What every page of one report carries: whose it is, its language and look, and the files it rests on."""

    client: str
    language: str
    period: str = ""
    colour: str = DEFAULT_COLOUR
    currency: str | None = None
    logo: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


class BodyExporter(HTMLExporter):
    """nbconvert's exporter with our body template; without its second parse of the finished page, half of its time."""

    def __init__(self, **options):
        super().__init__(
            template_name="report",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            default_preprocessors=[],  # `presentable` has chosen and translated the cells
            **options,
        )
        self.display_data_priority = ["text/html", "image/svg+xml", "image/png", "text/plain"]

    def from_notebook_node(self, nb, resources=None, **options):
        self.register_filter("filter_data_type", DataTypeFilter(parent=self))
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


def page_html(notebook: NotebookNode, cover: Cover) -> str:
    """The page of an executed notebook; its title is the first heading."""
    shown = presentable(notebook, cover.language)
    body, _ = _exporter().from_notebook_node(shown)
    body = ANCHOR.sub("", body).replace(NOTEBOOK_STYLE, "")
    contents = [{"id": Markup(anchor), "title": Markup(title)} for anchor, title in HEADING.findall(body)]
    body = action_titles(body, shown.cells, cover)
    # a wide table is scrolled by keyboard too
    body = body.replace('<div class="table">', '<div class="table" tabindex="0">')
    title = notebook_title(notebook, cover.language)
    return filled("page.html.j2", title=title, body=Markup(body), contents=contents, **_frame(cover))


def action_titles(body: str, cells: list[NotebookNode], cover: Cover) -> str:
    """The body with each section's finding as its heading and the neutral heading below.

    A section without a result keeps its heading. A finding that became a heading is not said again below it.
    """
    sections = _sections(cells)[1:]
    if len(sections) != len(HEADING.findall(body)):  # a consultant's own headings: leave all as written
        return body
    head, *parts = re.split(r"(?=<h2 id=)", body)
    titled = [_titled(part, shown_results(section), cover) for part, section in zip(parts, sections, strict=True)]
    return head + "".join(titled)


def _titled(part: str, results: list[Result], cover: Cover) -> str:
    leading = headline(result for result in results if result.name != SOURCES)
    if leading is None:
        return part
    text = escape(finding_line(leading, cover.language, cover.currency))
    said = Markup('<p class="finding {}">{}</p>').format(leading.tone, text)
    title = Markup(text.rstrip("."))

    def heading(found: re.Match) -> str:
        return f'<h2 id="{found[1]}">{title}</h2>\n<p class="topic">{found[2]}</p>'

    return HEADING.sub(heading, part.replace(str(said), "", 1), count=1)


def front_html(title: str, summary: Mapping, left_out: Iterable[Mapping], cover: Cover) -> str:
    """The overview: the lists of `report.overview.overview`, and what was left out (`title`, `reason`)."""
    return filled("front.html.j2", title=title, summary=summary, left_out=list(left_out), **_frame(cover))


def presentable(notebook: NotebookNode, language: str) -> NotebookNode:
    """The cells a client sees: without notes, without sections whose question was not asked, prose translated."""
    cells = [cell for cell in notebook.cells if not NOT_FOR_THE_CLIENT & set(cell.metadata.get("tags", []))]
    kept = [cell for section in _sections(cells) if not _was_not_asked(section) for cell in section]
    kept = [nbformat.from_dict(cell) for cell in kept]
    for cell in kept:
        if cell.cell_type == "markdown":
            cell.source = translated(cell.source, language)
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=kept)


def notebook_title(notebook: NotebookNode, language: str) -> str:
    """The first heading of a notebook, in the reader's language: the question that it answers."""
    prose = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    return translated(prose, language).strip().split("\n")[0].lstrip("# ")


def shown_results(cells: Iterable[NotebookNode]) -> list[Result]:
    """The results among the outputs of cells, in order."""
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [Result.from_json(output.data[RESULT_MIME]) for output in outputs if RESULT_MIME in output.get("data", {})]


def logo_uri(image: bytes, suffix: str) -> str:
    """A logo as a data URI. `suffix` is png, jpg, jpeg or svg."""
    kind = {"svg": "svg+xml", "jpg": "jpeg"}.get(suffix, suffix)
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def _sections(cells: list[NotebookNode]) -> list[list[NotebookNode]]:
    sections: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    return sections


def _was_not_asked(section: list[NotebookNode]) -> bool:
    results = shown_results(section)
    return bool(results) and all(result.absent for result in results)


@cache
def _exporter() -> BodyExporter:
    return BodyExporter()


def _frame(cover: Cover) -> dict[str, object]:
    """What the frame of a page says, whatever the page holds."""
    return {
        **{name: getattr(cover, name) for name in ("client", "language", "period", "colour", "logo", "inputs")},
        "style": Markup(style()),
        "word": partial(translated, language=cover.language),
        "version": cxlib.__version__,
    }
