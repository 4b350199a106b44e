"""The report as workbook and slides read it: executed notebooks as chapters of sections, each with its results."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from nbformat import NotebookNode

from cxlib.report.html import notebook_title, presentable, shown_results
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.page import finding_html, was_not_asked

MARKS = re.compile(r"\*\*|`|^#+ ", re.MULTILINE)
LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # no place in XML, or no sign


@dataclass(frozen=True)
class Section:
    """A heading of a page, the prose below it, and the results shown there, as read back from JSON."""

    heading: str
    prose: str
    results: tuple[Mapping, ...]


@dataclass(frozen=True)
class Chapter:
    """One page of the report."""

    name: str
    title: str
    sections: tuple[Section, ...]
    answer: str = ""  # the result whose first finding answers the page's question


def chapters(notebooks: Mapping[str, NotebookNode], language: str) -> list[Chapter]:
    """The chapters of executed notebooks, as the client sees them: no notes, no question that was not asked."""
    return [
        Chapter(
            name,
            clean(notebook_title(notebook, language)),
            tuple(_sections(presentable(notebook, language).cells)),
            notebook.metadata.get("cx", {}).get("answer", ""),
        )
        for name, notebook in notebooks.items()
    ]


def clean(text: object) -> str:
    """Text without control characters, which XML cannot hold, and without room at its ends."""
    return UNWRITABLE.sub("", str(text)).strip()


def finding_text(finding: Mapping, language: str, currency: str | None = None) -> str:
    """A finding read back from JSON as a plain sentence."""
    return clean(finding_html(finding, language, currency).unescape())


def base_text(base: Mapping, language: str) -> str:
    """What a figure rests on, in words: "Base: 1,976 of 2,000 rows; don't know: 24."."""
    parts = [sentence("Base: {used:count} of {read:count} rows", base, language)]
    parts += [f"{translated(why, language)}: {styled(n, 'count', language)}" for why, n in base["dropped"].items() if n]
    if base["effective"] is not None:
        message = "effective number of answers after weighting {n:count}"
        parts.append(sentence(message, {"n": base["effective"]}, language))
    return clean("; ".join(parts) + ".")


def definition_text(result: Mapping, section: Section, language: str) -> str:
    """What the figure is: its definition where the result names one, and the prose of its section."""
    definition = translated(result["settings"].get("definition") or "", language)
    told = f"{definition.rstrip('.')}." if definition else ""
    return clean(f"{told}\n{section.prose}")


def method_text(result: Mapping, language: str) -> str:
    """How the figure arose, with its reference; "" where the result does not say."""
    return clean(translated(result.get("method") or "", language))


def frames(result: Mapping) -> dict[str, pd.DataFrame]:
    """The tables of a result read back from JSON, those without rows left out."""
    return {
        name: pd.DataFrame(table["rows"], columns=table["columns"], dtype=object)
        for name, table in result["tables"].items()
        if table["rows"]
    }


def _sections(cells: Iterable[NotebookNode]) -> Iterable[Section]:
    """Sections with a result, and sections of prose alone; a result that is shown twice counts where it comes first."""
    seen: list[Mapping] = []
    for number, (heading, prose, outputs) in enumerate(_parts(cells)):
        new = [result for result in outputs if result not in seen and not was_not_asked(result)]
        seen += new
        if new or (prose and number and not outputs):
            yield Section(heading, prose, tuple(new))


def _parts(cells: Iterable[NotebookNode]) -> list[tuple[str, str, list[dict]]]:
    parts: list[tuple[str, str, list[dict]]] = []
    for cell in cells:
        if cell.cell_type == "markdown" and (not parts or cell.source.startswith("## ")):
            heading, _, prose = LINK.sub(r"\1", MARKS.sub("", cell.source)).partition("\n")
            parts.append((clean(heading), clean(prose), []))
        if parts:
            parts[-1][2].extend(shown_results([cell]))
    return parts
