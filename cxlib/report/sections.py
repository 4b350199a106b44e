"""The sections of an executed notebook, as a page shows them: the finding, its pictures, a sentence or two; the rest is folded."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import nbformat
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import DataTypeFilter
from nbformat import NotebookNode

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Result
from cxlib.report.cover import Cover
from cxlib.report.front_page.overview import VERDICTS, headline
from cxlib.report.lines import base_line, definition_line, finding_line, method_line
from cxlib.report.own_words import with_addresses, with_dashes
from cxlib.report.page import NOTEBOOK_STYLE, RESULT_MIME, SVG, TABLE
from cxlib.report.tables import table_html
from cxlib.report.templates import TEMPLATES, filled

DETAIL = "detail"  # tag of a heading whose section is printed in the appendix alone
OURS = '<svg xmlns="http://www.w3.org/2000/svg" class="chart"'  # how a drawing of `page.draw` begins
SHIPPED = "shipped"  # noted with a cell of prose that is the workbook's own
SOURCES = "sources"  # the result that names models and their versions: no finding to head a section with
BESIDE_A_CHART, ALONE = 2, 3  # sentences of a section that stand open
NOTHING = Markup("")
FIRST_SAID = {**dict.fromkeys(VERDICTS, 0), "unclear": 1}


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page and its tone."""

    tone: str
    text: str


@dataclass(frozen=True)
class PageSection:
    """What a page says under one heading.

    anchor : its place on the page;  heading : what it is about, as HTML;  title : its finding, "" without one;  tone : of the finding
    exhibits : charts;  said : what stands open below them;  own : a consultant's own prose and outputs
    figures : what is folded, in order: further sentences, tables, headings between them;  bases : what they rest on
    how : how to read the section, what its figures are and how they arose;  detail : printed in the appendix alone
    """

    anchor: str
    heading: Markup
    title: str = ""
    tone: str = ""
    exhibits: tuple[Markup, ...] = ()
    said: tuple[Sentence, ...] = ()
    own: Markup = NOTHING
    figures: tuple[Sentence | Markup, ...] = ()
    bases: tuple[str, ...] = ()
    how: tuple[Markup, ...] = ()
    detail: bool = False

    @property
    def is_method(self) -> bool:
        """Whether it only tells how figures arose."""
        return bool(self.how) and not (self.title or self.exhibits or self.said or self.own or self.figures)

    @property
    def cannot_tell(self) -> bool:
        """Whether all that it has to say is that the answers do not tell."""
        tones = {self.tone, *(line.tone for line in self.said), *(each.tone for each in self.figures if isinstance(each, Sentence))}
        shown = [each for each in self.figures if isinstance(each, Markup)]
        return tones == {"unclear"} and not (self.exhibits or self.own or shown)


@dataclass(frozen=True)
class Story:
    """A page in parts: what opens it, its sections, and those which cannot tell, joined."""

    opening: PageSection
    sections: tuple[PageSection, ...]
    untold: tuple[PageSection, ...] = ()


def story(cells: Sequence[NotebookNode], cover: Cover) -> Story:
    """The page of cells that `html.presentable` has chosen and translated."""
    opening, *rest = (_section(part, cover) for part in split(cells))
    untold = tuple(section for section in rest if section.cannot_tell)
    joined = untold if len(untold) > 1 else ()
    return Story(opening, tuple(section for section in rest if section not in joined), joined)


def split(cells: Iterable[NotebookNode]) -> list[list[NotebookNode]]:
    """The cells before the first heading of second rank, and those of each such heading."""
    parts: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return parts


def shown_results(cells: Iterable[NotebookNode]) -> list[Result]:
    """The results among the outputs of cells, in order."""
    return [Result.from_json(told) for told in _told_results(cells)]


def shown_findings(cells: Iterable[NotebookNode]) -> list[list[Finding]]:
    """The findings of each result among the outputs of cells; its tables, which take longer to read, are not looked at."""
    return [list(map(Finding.from_json, told["findings"])) for told in _told_results(cells)]


def _told_results(cells: Iterable[NotebookNode]) -> Iterable[NotebookNode]:
    return (output.data[RESULT_MIME] for output in _outputs(cells) if RESULT_MIME in output.get("data", {}))


def _section(cells: Sequence[NotebookNode], cover: Cover) -> PageSection:
    heading, prose = _heading(cells)
    told = _Told(cover, opens=heading.startswith("# ") or not heading)
    if prose:
        told.prose(prose, shipped=bool(cells[0].metadata.get(SHIPPED)))
    for cell in cells[1:] if heading else cells:
        if cell.cell_type == "markdown":
            told.markdown(cell)
        else:
            told.outputs(cell)
    return told.section(heading.lstrip("# "), detail=bool(cells) and DETAIL in cells[0].metadata.get("tags", []))


def _heading(cells: Sequence[NotebookNode]) -> tuple[str, str]:
    """The heading that the first cell opens with, "" without one, and the prose below it."""
    if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("#"):
        return "", ""
    heading, _, prose = cells[0].source.partition("\n")
    return heading, prose.strip()


class _Told:
    """Gathers what the cells of one section show."""

    def __init__(self, cover: Cover, opens: bool):
        self.cover, self.opens = cover, opens
        self.results: list[Result] = []
        self.findings: list[tuple[Finding, bool]] = []  # with whether it stands under a heading of its own
        self.figures: list[tuple[int, Markup]] = []  # with the number of findings before it
        self.exhibits: list[Markup] = []
        self.own: list[NotebookNode] = []
        self.how: list[Markup] = []
        self.below = False

    def prose(self, text: str, shipped: bool) -> None:
        """Prose as shipped says how to read a section; what a consultant wrote stands open, and so does what opens a page."""
        if shipped and not self.opens:
            self.how.append(markdown(text))
        else:
            self.own.append(nbformat.v4.new_markdown_cell(text))

    def markdown(self, cell: NotebookNode) -> None:
        """A heading of third rank, as shipped, heads what is folded."""
        heading, prose = _heading([cell])
        if not cell.metadata.get(SHIPPED):
            self.own.append(cell)
            return
        if heading:
            self.below = True
            self.figures.append((len(self.findings), Markup("<h3>{}</h3>").format(heading.lstrip("# "))))
        if text := prose if heading else cell.source:
            self.prose(text, shipped=True)

    def outputs(self, cell: NotebookNode) -> None:
        others = []
        for output in cell.get("outputs", []):
            data, told = output.get("data", {}), output.get("metadata", {})
            if RESULT_MIME in data:
                self.result(Result.from_json(data[RESULT_MIME]), told.get(RESULT_MIME, {}).get("tables"))
            elif told.get("text/html", {}).get("kind") == TABLE:
                self.figures.append((len(self.findings), Markup(data["text/html"].replace(NOTEBOOK_STYLE, ""))))
            elif (drawn := exhibit(output)) is not None:
                self.exhibits.append(drawn)
            else:
                others.append(output)
        if others:
            self.own.append(nbformat.v4.new_code_cell(outputs=others))

    def result(self, result: Result, tables: Sequence[str] | None) -> None:
        self.results.append(result)
        self.findings += [(finding, self.below) for finding in result.findings]
        if not result.absent:
            names = result.tables if tables is None else tables
            self.figures += [(len(self.findings), html) for name in names if (html := shown_table(result, name, self.cover))]

    def section(self, heading: str, *, detail: bool) -> PageSection:
        leading = None if self.opens else headline(result for result in self.results if result.name != SOURCES)
        lines = [(Sentence(f.tone, finding_line(f, self.cover.language, self.cover.currency)), below) for f, below in self.findings]
        title = finding_line(leading, self.cover.language, self.cover.currency) if leading else ""
        candidates = [line for line, below in lines if not below and line.text != title]
        most = BESIDE_A_CHART if self.exhibits else ALONE
        chosen = sorted(dict.fromkeys(candidates), key=lambda line: FIRST_SAID.get(line.tone, 2))[:most]
        said = tuple(line for line in dict.fromkeys(candidates) if line in chosen)
        told = {title, *(line.text for line in said)}
        return PageSection(
            anchor=heading.replace(" ", "-"),
            heading=markdown(heading, inline=True),
            title=title.rstrip("."),
            tone=leading.tone if leading else "",
            exhibits=tuple(self.exhibits),
            said=said,
            own=_own(self.own),
            figures=tuple(self._figures([line for line, _ in lines], told)),
            bases=tuple(dict.fromkeys(base_line(r.base, self.cover.language) for r in self.results if not r.absent)),
            how=tuple(dict.fromkeys([*self.how, *self._methods()])),
            detail=detail,
        )

    def _figures(self, lines: Sequence[Sentence], told: set[str]) -> Iterator[Sentence | Markup]:
        """Sentences that do not stand open and tables, in the order of the notebook."""
        at, told = 0, set(told)
        for place, html in [*self.figures, (len(lines), NOTHING)]:
            for line in lines[at:place]:
                if line.text not in told:
                    told.add(line.text)
                    yield line
            at = place
            if html:
                yield html

    def _methods(self) -> Iterator[Markup]:
        for result in self.results:
            if text := " ".join(filter(None, (definition_line(result, self.cover.language), method_line(result, self.cover.language)))):
                yield Markup("<p>{}</p>").format(text)


def exhibit(output: NotebookNode) -> Markup | None:
    """A chart of `page.draw` as a figure with its caption; None for any other output."""
    for kind in (SVG, "image/png"):
        told = output.get("metadata", {}).get(kind, {})
        if kind in output.get("data", {}) and "caption" in told:
            drawn, narrow = output.data[kind], told.get("narrow", "")
            if kind == SVG:
                drawn, narrow = drawing(drawn, told), narrow and drawing(narrow, told)
            return Markup(filled("figure.html.j2", kind=kind, drawn=drawn, narrow=narrow, told=told))
    return None


def drawing(svg: str, told: Mapping[str, object]) -> Markup:
    """A drawing of ours as it is; SVG of another hand as a picture, in which nothing can act or reach the page."""
    if svg.startswith(OURS):
        return Markup(svg)
    uri = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return Markup('<img src="{}" alt="{}">').format(uri, told.get("alt", ""))


def shown_table(result: Result, name: str, cover: Cover) -> Markup:
    """A table of a result as the page shows it; "" where it has no row or none of its columns is for readers."""
    table, columns = result.tables[name], columns_of(result, name)
    if not len(table) or not columns.shown(table):
        return NOTHING
    return Markup('<div class="table">{}</div>').format(Markup(table_html(table, columns, cover.language, cover.currency)))


def markdown(text: str, *, inline: bool = False) -> Markup:
    """Markdown as nbconvert makes it, without links to headings; `inline` without the paragraph around it."""
    html = Markup(with_addresses(_exporter().markdown2html({}, text).strip()))
    return Markup(html.removeprefix("<p>").removesuffix("</p>")) if inline else html


class _OutputExporter(HTMLExporter):
    """nbconvert's exporter with our template of cells; without its second parse of what is finished, half of its time."""

    def __init__(self, **options):
        super().__init__(
            template_name="report",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
            default_preprocessors=[],  # the cells have been chosen and translated
            **options,
        )
        self.display_data_priority = ["text/html", "image/svg+xml", "image/png", "text/plain"]

    def from_notebook_node(self, nb, resources=None, **options):
        self.register_filter("filter_data_type", DataTypeFilter(parent=self))
        self.register_filter("drawing", drawing)
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


def _own(cells: Sequence[NotebookNode]) -> Markup:
    """What a consultant wrote and showed, as nbconvert shows it."""
    if not cells:
        return NOTHING
    body, _ = _exporter().from_notebook_node(nbformat.v4.new_notebook(cells=list(cells)))
    return Markup(with_dashes(with_addresses(body.replace(NOTEBOOK_STYLE, ""))))


def _outputs(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    for cell in cells:
        yield from cell.get("outputs", [])


@cache
def _exporter() -> _OutputExporter:
    return _OutputExporter()
