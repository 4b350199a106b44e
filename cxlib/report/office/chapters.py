"""The report as workbook and slides read it: executed notebooks as chapters of sections, each with its results."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from nbformat import NotebookNode

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Result
from cxlib.report.html import notebook_title, presentable
from cxlib.report.lines import definition_line, finding_line
from cxlib.report.page import SVG
from cxlib.report.sections import shown_results

MARKS = re.compile(r"\*\*|`|^#+ ", re.MULTILINE)
LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # no place in XML, or no sign


@dataclass(frozen=True)
class Picture:
    """A chart as the page shows it, its text for those who cannot see it, and its source, n and interval."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Section:
    """A heading of a page, the prose below it, the results shown there and the charts drawn of them."""

    heading: str
    prose: str
    results: tuple[Result, ...]
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One page of the report."""

    name: str
    title: str
    sections: tuple[Section, ...]
    answer: str = ""  # the result whose first finding answers the page's question


def chapters(notebooks: Mapping[str, NotebookNode], language: str, *, workbook: bool = False) -> list[Chapter]:
    """The chapters of executed notebooks, as the client sees them: no notes, no question that was not asked.

    workbook   also what stands in the workbook alone
    """
    return [
        Chapter(
            name,
            clean(notebook_title(notebook, language)),
            tuple(_sections(presentable(notebook, language, workbook=workbook).cells)),
            notebook.metadata.get("cx", {}).get("answer", ""),
        )
        for name, notebook in notebooks.items()
    ]


def clean(text: object) -> str:
    """Text without control characters, which XML cannot hold, and without room at its ends."""
    return UNWRITABLE.sub("", str(text)).strip()


def finding_text(finding: Finding, language: str, currency: str | None = None) -> str:
    """A finding as a plain sentence."""
    return clean(finding_line(finding, language, currency))


def definition_text(result: Result, section: Section, language: str) -> str:
    """What the figure is: its definition where the result names one, and the prose of its section."""
    return clean(f"{definition_line(result, language)}\n{section.prose}")


def filled_tables(result: Result) -> dict[str, pd.DataFrame]:
    """The tables of a result that have rows, and columns that a reader sees."""
    return {name: table for name, table in result.tables.items() if len(table) and columns_of(result, name).shown(table)}


def _sections(cells: Iterable[NotebookNode]) -> Iterable[Section]:
    """Sections with a result, and sections of prose alone; a result that is shown twice counts where it comes first."""
    seen: list[dict] = []
    for number, (heading, prose, outputs, pictures) in enumerate(_parts(cells)):
        new = []
        for result in outputs:
            told = result.to_json()
            if told not in seen and not result.absent:
                seen.append(told)
                new.append(result)
        if new or (prose and number and not outputs):
            yield Section(heading, prose, tuple(new), tuple(pictures))


def _parts(cells: Iterable[NotebookNode]) -> list[tuple[str, str, list[Result], list[Picture]]]:
    parts: list[tuple[str, str, list[Result], list[Picture]]] = []
    for cell in cells:
        if cell.cell_type == "markdown" and (not parts or cell.source.startswith("## ")):
            heading, _, prose = LINK.sub(r"\1", MARKS.sub("", cell.source)).partition("\n")
            parts.append((clean(heading), clean(prose), [], []))
        if parts:
            parts[-1][2].extend(shown_results([cell]))
            parts[-1][3].extend(_pictures(cell))
    return parts


def _pictures(cell: NotebookNode) -> Iterable[Picture]:
    for output in cell.get("outputs", ()):
        if svg := output.get("data", {}).get(SVG):
            told = output.metadata.get(SVG, {})
            yield Picture(svg, clean(told.get("alt", "")), clean(told.get("caption", "")))
