"""One client's report: every notebook that its folder can feed, the overview, and results.json."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from cxlib.analyses.result import Term
from cxlib.engagement import Engagement, open_client
from cxlib.render.execute import executed
from cxlib.render.notebooks import needs, notebook_files, read_notebook
from cxlib.render.publish import check_page, published
from cxlib.report.html import Cover, front_html, logo_uri, notebook_title, page_html, shown_results, was_not_asked
from cxlib.report.page import finding_html
from cxlib.report.words import sentence, translated

NOT_THERE = Term("Not in the client folder: {parts}.")
PARTS = {
    "survey": Term("customer survey"),
    "maturity": Term("self-assessment"),
    "contacts": Term("service contacts"),
    "tipping_points": Term("service levels to examine"),
    "customers": Term("customer data"),
    "employees": Term("employee survey"),
    "initiatives": Term("initiatives"),
    "money": Term("financial assumptions"),
}
MAIN_FINDINGS = 4  # per notebook on the overview
VERSIONS = ("cxlib", "numpy", "pandas", "scipy", "statsmodels")


@dataclass(frozen=True)
class NotebookOutcome:
    """What became of one notebook: its results, or the reason why it was left out."""

    title: str
    file: str = ""
    results: tuple[Mapping, ...] = ()
    left_out: str = ""


def render_client(
    client: str, out: Path, *, only: list[str] | None = None, language: str = "", parameters: Mapping | None = None
) -> Path:
    """Builds and publishes `out/client`: index.html, one page and executed notebook for each analysis, results.json.

    raises DataError (the folder), ParameterError, NotebookFailed or PageError; nothing is published then
    """
    engagement = open_client(client, language=language)
    cover = report_cover(engagement)
    with published(out, client) as work:
        outcomes = {
            name: _outcome(file, engagement, cover, work, parameters or {})
            for name, file in notebook_files(only).items()
        }
        write_page(work / "index.html", _overview(outcomes, cover))
        results = json.dumps(results_json(outcomes, engagement), ensure_ascii=False, indent=1, allow_nan=False)
        (work / "results.json").write_text(results, encoding="utf-8")
    return out / client


def report_cover(engagement: Engagement) -> Cover:
    """The cover of a client's report."""
    logo = engagement.logo
    suffix = Path(engagement.settings.logo).suffix[1:].lower() if logo else ""
    return Cover(
        client=engagement.name,
        language=engagement.language,
        period=engagement.period or "",
        **({"colour": engagement.colour} if engagement.colour else {}),
        currency=engagement.currency,
        logo=logo_uri(logo, suffix) if logo else "",
        inputs=engagement.inputs,
    )


def write_page(file: Path, html: str) -> None:
    """Writes a page that has passed the guard."""
    check_page(html)
    file.write_text(html, encoding="utf-8")


def results_json(outcomes: Mapping[str, NotebookOutcome], engagement: Engagement) -> dict:
    """Every number of the report as data, with the versions and file hashes it rests on."""
    notebooks = {
        name: {
            "status": "left out" if outcome.left_out else "done",
            "reason": outcome.left_out or None,
            "results": list(outcome.results),
        }
        for name, outcome in outcomes.items()
    }
    provenance = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONS},
        "inputs": dict(engagement.inputs),
    }
    return {
        "client": engagement.id,
        "language": engagement.language,
        "currency": engagement.currency,
        "notebooks": notebooks,
        "provenance": provenance,
    }


def _outcome(file: Path, engagement: Engagement, cover: Cover, work: Path, parameters: Mapping) -> NotebookOutcome:
    source = read_notebook(file)
    title = notebook_title(source, engagement.language)
    lacking = [part for part in needs(source) if not engagement.has(part)]
    if lacking:
        return NotebookOutcome(title, left_out=", ".join(translated(PARTS[part], cover.language) for part in lacking))
    given = {"client": engagement.id, "language": engagement.language, **parameters}
    notebook = executed(file, given, work / file.name)
    page = f"{file.stem}.html"
    write_page(work / page, page_html(notebook, cover))
    return NotebookOutcome(title, page, tuple(shown_results(notebook.cells)))


def _overview(outcomes: Mapping[str, NotebookOutcome], cover: Cover) -> str:
    pages = [
        {"file": outcome.file, "title": outcome.title, "findings": _main_findings(outcome, cover)}
        for outcome in outcomes.values()
        if not outcome.left_out
    ]
    left_out = [
        {"title": outcome.title, "reason": sentence(NOT_THERE, {"parts": outcome.left_out}, cover.language)}
        for outcome in outcomes.values()
        if outcome.left_out
    ]
    left_out += [
        {"title": "", "reason": finding_html(result["findings"][0], cover.language, cover.currency)}
        for outcome in outcomes.values()
        for result in outcome.results
        if was_not_asked(result)
    ]
    return front_html(translated("Customer report", cover.language), pages, left_out, cover)


def _main_findings(outcome: NotebookOutcome, cover: Cover) -> list[dict]:
    leading = [result["findings"][0] for result in outcome.results if result["findings"] and not was_not_asked(result)]
    return [
        {"text": finding_html(finding, cover.language, cover.currency), "tone": finding["tone"]}
        for finding in leading[:MAIN_FINDINGS]
    ]
