"""One client's report: every notebook that its folder can feed, the overview, and results.json."""

import json
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup
from nbformat import NotebookNode

from cxlib.analyses.result import Term
from cxlib.engagement import Engagement, open_client
from cxlib.render.execute import NotebookFailed, executed
from cxlib.render.notebooks import needs, notebook_files, read_notebook, shared_out
from cxlib.render.publish import PageError, check_page, published
from cxlib.report.html import Cover, front_html, logo_uri, notebook_title, page_html, shown_results
from cxlib.report.overview import overview
from cxlib.report.page import finding_html, was_not_asked
from cxlib.report.words import sentence, translated
from cxlib.report.workbook import write_workbook

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
VERSIONS = ("cxlib", "numpy", "pandas", "scipy", "statsmodels")


@dataclass(frozen=True)
class NotebookOutcome:
    """What became of one notebook: its results, or the reason why it was left out."""

    title: str
    left_out: str = ""
    file: str = ""
    notebook: NotebookNode | None = None
    reads: tuple[tuple[str, str, str], ...] = ()

    @cached_property
    def results(self) -> tuple[Mapping, ...]:
        return tuple(shown_results(self.notebook.cells)) if self.notebook else ()

    @property
    def answer(self) -> str:
        """The result whose first finding answers the notebook's question, from its metadata `cx.answer`."""
        return self.notebook.metadata.get("cx", {}).get("answer", "") if self.notebook else ""


def render_client(
    client: str, out: Path, *, only: list[str] | None = None, language: str = "", parameters: Mapping | None = None
) -> Path:
    """Builds and publishes `out/client`: index.html, a page and executed notebook each, client.xlsx, results.json.

    raises DataError (the folder), ParameterError, NotebookFailed, PageError or Busy; nothing is published then. A
    notebook that failed is kept in `out/client.failed`, as far as it came
    """
    engagement = open_client(client, language=language)
    files = notebook_files(only, engagement.folder)
    sources = {name: read_notebook(file) for name, file in files.items()}
    given = shared_out(sources, parameters or {})
    kept = out / f"{client}.failed"
    with published(out, client) as work:
        shutil.rmtree(kept, ignore_errors=True)
        try:
            outcomes = {
                name: _outcome(files[name], notebook, engagement, work, given[name])
                for name, notebook in sources.items()
            }
        except NotebookFailed as failure:
            kept.mkdir()
            shutil.copy(failure.notebook, kept)
            raise NotebookFailed(
                f"{failure}\n  the notebook as far as it came: {kept / failure.notebook.name}", kept
            ) from None
        cover = report_cover(engagement, inputs_of(outcomes, engagement))
        for outcome in outcomes.values():
            if outcome.notebook is not None:
                write_page(work / outcome.file, page_html(outcome.notebook, cover))
        write_page(work / "index.html", _overview(outcomes, cover))
        shown = {name: outcome.notebook for name, outcome in outcomes.items() if outcome.notebook is not None}
        write_workbook(work / f"{client}.xlsx", shown, cover)
        results = json.dumps(results_json(outcomes, engagement), ensure_ascii=False, indent=1, allow_nan=False)
        (work / "results.json").write_text(results, encoding="utf-8")
    return out / client


def report_cover(engagement: Engagement, inputs: Mapping[str, str]) -> Cover:
    """The cover of a client's report that rests on the files `inputs`, each with its sha256."""
    logo = engagement.logo
    suffix = Path(engagement.settings.logo).suffix[1:].lower() if logo else ""
    return Cover(
        client=engagement.name,
        language=engagement.language,
        period=engagement.period or "",
        **({"colour": engagement.colour} if engagement.colour else {}),
        currency=engagement.currency,
        logo=logo_uri(logo, suffix) if logo else "",
        inputs=inputs,
    )


def inputs_of(outcomes: Mapping[str, NotebookOutcome], engagement: Engagement) -> dict[str, str]:
    """The sha256 of every client file that was read, by name.

    raises PageError when two pages saw different bytes of one file, or a page read another client's folder
    """
    inputs = dict(engagement.inputs)
    for outcome in outcomes.values():
        for client, name, sha in outcome.reads:
            if client != engagement.id:
                raise PageError(f"the notebook of {outcome.file} read a file of another client: {client}/{name}.")
            if inputs.setdefault(name, sha) != sha:
                raise PageError(f"{client}/{name} was changed while it was read; render again when it is complete.")
    return dict(sorted(inputs.items()))


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
        "seeds": {
            r["name"]: r["settings"]["seed"] for o in outcomes.values() for r in o.results if "seed" in r["settings"]
        },
        "inputs": inputs_of(outcomes, engagement),
    }
    return {
        "client": engagement.id,
        "language": engagement.language,
        "currency": engagement.currency,
        "notebooks": notebooks,
        "provenance": provenance,
    }


def _outcome(
    file: Path, source: NotebookNode, engagement: Engagement, work: Path, parameters: Mapping
) -> NotebookOutcome:
    title = notebook_title(source, engagement.language)
    lacking = [part for part in needs(source) if not engagement.has(part)]
    if lacking:
        parts = ", ".join(translated(PARTS[part], engagement.language) for part in lacking)
        return NotebookOutcome(title, left_out=sentence(NOT_THERE, {"parts": parts}, engagement.language))
    given = {"client": engagement.id, "language": engagement.language, **parameters}
    run = executed(file, given, work / file.name)
    found = shown_results(run.notebook.cells)
    if found and all(was_not_asked(result) for result in found):
        (work / file.name).unlink()
        reasons = (finding_html(result["findings"][0], engagement.language, engagement.currency) for result in found)
        return NotebookOutcome(title, left_out=Markup(" ").join(dict.fromkeys(reasons)), reads=run.reads)
    return NotebookOutcome(title, "", f"{file.stem}.html", run.notebook, run.reads)


def _overview(outcomes: Mapping[str, NotebookOutcome], cover: Cover) -> str:
    pages = [
        {"file": outcome.file, "title": outcome.title, "results": outcome.results, "answer": outcome.answer}
        for outcome in outcomes.values()
        if not outcome.left_out
    ]
    left_out = [
        {"title": outcome.title, "reason": outcome.left_out} for outcome in outcomes.values() if outcome.left_out
    ]
    left_out += [
        {"title": "", "reason": finding_html(result["findings"][0], cover.language, cover.currency)}
        for outcome in outcomes.values()
        for result in outcome.results
        if was_not_asked(result)
    ]
    title = translated("Customer report", cover.language)
    return front_html(title, overview(pages, cover.language, cover.currency), left_out, cover)
