"""One client's report: every notebook that its folder can feed, the overview, and results.json."""

import json
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup, escape
from nbformat import NotebookNode

from cxlib.analyses.result import Result, Term
from cxlib.engagement import Engagement, open_client
from cxlib.engagement.checking import problems_and_customers
from cxlib.engagement.folder import input_file
from cxlib.engagement.problems import stop_on_errors
from cxlib.engagement.read_before import TablesRead
from cxlib.render.leaks import pieces, scan, scan_for_customers, scan_for_parts
from cxlib.render.publish import KEPT, WAIT, PageError, check_own, check_page, published
from cxlib.render.request import Request
from cxlib.render.run.execute import NotebookFailed, executed
from cxlib.render.run.forks import forked, in_a_fork
from cxlib.render.run.kept_results import KeptResults, forgotten
from cxlib.render.run.notebooks import needs, read_notebook
from cxlib.render.run.processes import can_fork
from cxlib.render.staleness import (
    current_key,
    damaged,
    page_key,
    read_manifest,
    sha256,
    why_page,
    workbook,
    write_manifest,
)
from cxlib.render.withheld import withheld_here
from cxlib.report.captions import PARTS
from cxlib.report.chromium import browser
from cxlib.report.cover import Cover
from cxlib.report.front_page.overview import overview
from cxlib.report.html import (
    APPENDIX,
    PagePart,
    appendix_part,
    framed,
    front_part,
    logo_uri,
    notebook_title,
    page_html,
    page_part,
)
from cxlib.report.language.trade import Language
from cxlib.report.language.words import sentence, translated
from cxlib.report.lines import finding_line
from cxlib.report.office.case_workbook import case_workbook
from cxlib.report.office.workbook import SHEETS, write_workbook
from cxlib.report.page import Page
from cxlib.report.sections import shown_results
from cxlib.report.single import single_html

NOT_THERE = Term("Not among the data of this report: {parts}.")
REFUSED = Term("It cannot be produced from these data: {reason}")
WITHHELD_PART = Term("Withheld so that the reports together do not reveal anybody's answers: {parts}.")
NO_REPORT = Term("Parts without a report of their own, because it would reveal what a few people answered.")
FILES = {
    APPENDIX: Term("all figures of the pages, and how they arose"),
    ".html": Term("the whole report in one file"),
    ".pdf": Term("the whole report, ready to print"),
    ".xlsx": Term("every table of this report, with definitions"),
    "_case.xlsx": Term("the business case with live formulas: change an input, and the value follows"),
    ".pptx": Term("the main findings as slides"),
}
VERSIONS = ("cxlib", "numpy", "pandas", "scipy", "statsmodels")


def render_client(
    client: str, out: Path, *, only: Sequence[str] = (), language: str = "", parameters: Mapping | None = None
) -> Path:
    """The folder of a client's report, built and published as by `build_report`."""
    return build_report(client, out, Request(tuple(only), language, parameters or {})).folder


@dataclass(frozen=True)
class Report:
    """A published report: where it is, which pages were made anew, and how many files were searched for leaks.

    refused : {page: what failed} of the pages whose data an analysis could not use; the others stand without them
    """

    folder: Path
    made: tuple[str, ...]
    searched: int
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RenderedPage:
    """What became of one notebook: its executed notebook and its page, or the reason why it was left out."""

    name: str
    title: str
    key: Mapping
    left_out: str = ""
    file: str = ""
    notebook: NotebookNode | None = None

    @property
    def files(self) -> list[str]:
        return [self.file, f"{Path(self.file).stem}.ipynb"] if self.file else []

    @cached_property
    def results(self) -> tuple[Result, ...]:
        return tuple(shown_results(self.notebook.cells)) if self.notebook else ()

    @property
    def answer(self) -> str:
        """The result whose first finding answers the notebook's question, from its metadata `cx.answer`."""
        return self.notebook.metadata.get("cx", {}).get("answer", "") if self.notebook else ""


def build_report(
    client: str,
    out: Path,
    request: Request | None = None,
    *,
    foreign: Mapping[str, str] | None = None,
    width: int = 1,
    force: bool = False,
    wait: float = WAIT,
    linked: bool = True,
) -> Report:
    """Builds and publishes `out/client`: index.html, a page and executed notebook each, client.xlsx, results.json.

    foreign : {id: name} of the other clients of the run, none of which may stand in a finished file
    linked : whether reports of one client lie side by side, so that the overview can lead to those of `for_each`
    width : pages at a time;  force : makes pages anew that are still fresh;  wait : seconds for another run to end

    raises DataError (the folder), ParameterError, NotebookFailed, PageError, Leak or Busy; nothing is published then.
    Where a page is to be made, the folder is checked first, once, as `cx check` does, and its errors are raised before anything is
    computed. A page whose data an analysis refuses is left out with the reason, as long as another page can be made. A notebook that failed is kept in `out/client.failed`, as far as it came
    """
    request = request or Request()
    if request.slides:
        from cxlib.report.office.slides import write_slides  # an extra, which not everyone has
    if request.pdf:
        can_print()
    engagement = open_client(client, language=request.language)
    asked = request.pages(engagement.folder)
    # read now, so that their hashes are among the inputs of every page
    logo, template = engagement.logo, engagement.template
    kept = out / f"{client}.failed"
    with published(out, client, wait=wait) as work:
        shutil.rmtree(kept, ignore_errors=True)
        if force:
            forgotten(work.parent / KEPT)
        old = {} if force else _still_fresh(out / client, engagement, asked)
        for page in old.values():
            for name in page.files:
                shutil.copy(out / client / name, work)
        customers: frozenset[str] = frozenset()  # pages that are still fresh were searched when they were made
        tables, stale = None, [name for name in asked if name not in old]
        if stale:
            found, customers, tables = in_a_fork(partial(problems_and_customers, client))
            stop_on_errors(found)  # nothing is computed from what `cx check` refuses
        making = {name: partial(_page, name, *asked[name], engagement, work, tables) for name in stale}
        made = _made(making, width, kept)
        refused = {name: failure for name, failure in made.items() if isinstance(failure, NotebookFailed)}
        stand = [page for page in (*old.values(), *made.values()) if isinstance(page, RenderedPage) and page.file]
        if refused and not stand:
            raise next(iter(refused.values()))
        new = made | {name: _refused(name, *asked[name], engagement, failure) for name, failure in refused.items()}
        pages = [old.get(name) or new[name] for name in asked]
        cover = report_cover(engagement, _inputs(pages, engagement), logo)
        notebooks = {page.name: page.notebook for page in pages if page.notebook}
        summary = _summary(pages, cover)
        if not _as_before(out / client, work, [f"{client}.xlsx", f"{client}_case.xlsx"], old, asked):
            write_workbook(work / f"{client}.xlsx", notebooks, cover)
            _write_case(work / f"{client}_case.xlsx", pages, cover)
        if request.slides:
            write_slides(work / f"{client}.pptx", notebooks, cover, template, summary)
        stand = {page.file: page.notebook for page in pages if page.notebook}
        appendix = [appendix_part(list(stand.items()), cover)] if request.edition != "board" else []
        files = _beside(work, client, cover.language, request)
        front = _front(pages, engagement, cover, summary | {"files": files, "reports": _parts(engagement, linked)})
        for part in (front, *appendix):
            write_page(work / part.file, framed(part, cover))
        if request.single or request.pdf:
            parts = [front, *(page_part(file, notebook, cover) for file, notebook in stand.items()), *appendix]
        if request.single:
            if (file := work / f"{client}.html").exists():
                raise PageError(f"{file.name} is a page of the report, so that it cannot be the whole as well; call the client's folder otherwise")
            write_page(file, single_html(parts, cover))
        if request.pdf:
            from cxlib.report.pdf import pdf

            (work / f"{client}.pdf").write_bytes(pdf(parts, cover))
        results = json.dumps(results_json(pages, engagement, cover), ensure_ascii=False, indent=1, allow_nan=False)
        (work / "results.json").write_text(results, encoding="utf-8")
        searched = scan(sorted(work.iterdir()), foreign or {}, engagement.folder, engagement.name)
        scan_for_customers(sorted(work.iterdir()), customers, engagement.folder)
        if engagement.one is not None:
            scan_for_parts(sorted(work.iterdir()), _others(engagement), engagement.one.value, partial(_own_texts, engagement))
        write_manifest(work, client, request.as_json(), {page.name: _noted(page) for page in pages})
    return Report(out / client, tuple(new), searched, {name: str(failure) for name, failure in refused.items()})


def can_print() -> None:
    """Raises what is lacking for a PDF, with the remedy: ImportError (an extra) or NotPrinted (a browser)."""
    from cxlib.report.pdf import pdf  # noqa: F401

    browser()


def _still_fresh(folder: Path, engagement: Engagement, asked: Mapping[str, tuple[Path, Mapping]]) -> dict[str, RenderedPage]:
    """The pages of a published report that today's files would give again, byte for byte."""
    manifest = read_manifest(folder)
    found = {}
    for name, (file, given) in asked.items():
        key = current_key(manifest, name, engagement.id, engagement.folder, file, given)
        if not why_page(folder, name, manifest, key):
            noted = manifest["pages"][name]
            html, source = noted["files"] or ("", "")
            notebook = read_notebook(folder / source) if source else None
            found[name] = RenderedPage(name, noted["title"], key, Markup(noted["left_out"]), html, notebook)
    return found


def _as_before(folder: Path, work: Path, names: Sequence[str], old: Mapping, asked: Mapping) -> bool:
    """Takes over what is made of all pages, where they are all as they were and so is what was made of them."""
    manifest = read_manifest(folder)
    there = [name for name in names if name in manifest.get("files", {})]
    if not there or not old.keys() == asked.keys() == manifest["pages"].keys() or damaged(folder, manifest, there):
        return False
    for name in there:
        shutil.copy(folder / name, work)
    return True


def report_cover(engagement: Engagement, inputs: Mapping[str, str], logo: bytes | None) -> Cover:
    """The cover of a client's pages that rest on the files `inputs`, each with its sha256."""
    suffix = Path(engagement.settings.logo).suffix[1:].lower() if logo else ""
    return Cover(
        client=engagement.name,
        language=spoken(engagement),
        period=engagement.period or "",
        **({"colour": engagement.colour} if engagement.colour else {}),
        currency=engagement.currency,
        logo=logo_uri(logo, suffix) if logo else "",
        inputs=inputs,
    )


def spoken(engagement: Engagement) -> Language:
    """The language of a client's report, with the words of its trade."""
    return Language(engagement.language, engagement.words)


def _write_case(file: Path, pages: Iterable[RenderedPage], cover: Cover) -> None:
    """The business case with live formulas, where a set of initiatives was chosen."""
    results = (result for page in pages for result in page.results)
    case = next((result for result in results if result.name == "middle_case" and result.tables), None)
    if case:
        look = {"language": cover.language, "colour": cover.colour, "currency": cover.currency, "client": cover.client}
        file.write_bytes(case_workbook(case, Page(**look)))


def _beside(work: Path, client: str, language: str, request: Request) -> list[dict]:
    """The files beside the pages, with what each holds: those that are there, and those that are made of this list, too."""
    named = {ending if ending == APPENDIX else f"{client}{ending}": what for ending, what in FILES.items()}
    made = {APPENDIX: request.edition != "board", f"{client}.html": request.single, f"{client}.pdf": request.pdf}
    return [
        {"file": file, "title": translated(what, language)}
        for file, what in named.items()
        if made.get(file, (work / file).exists())
    ]


def write_page(file: Path, html: str) -> None:
    """Writes a page that has passed the guard."""
    check_page(html)
    file.write_text(html, encoding="utf-8")


def results_json(pages: Sequence[RenderedPage], engagement: Engagement, cover: Cover) -> dict:
    """Every number of the report as data, with the versions and file hashes it rests on."""
    notebooks = {
        page.name: {
            "status": "left out" if page.left_out else "done",
            "reason": page.left_out or None,
            "results": [result.to_json() for result in page.results],
        }
        for page in pages
    }
    provenance = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONS},
        "seeds": {r.name: r.settings["seed"] for page in pages for r in page.results if "seed" in r.settings},
        "inputs": dict(cover.inputs),
    }
    return {
        "client": engagement.id,
        "language": engagement.language,
        "currency": engagement.currency,
        "notebooks": notebooks,
        "provenance": provenance,
    }


def _made(making: Mapping[str, Callable[[], RenderedPage]], width: int, kept: Path) -> dict[str, RenderedPage | NotebookFailed]:
    """The pages, side by side where that is safe, and the failures whose data were refused; any other is raised.

    A notebook that failed is kept.
    """
    if width > 1 and len(making) > 1 and can_fork():
        made = dict(forked(making, width))
    else:
        made = {}
        for name, make in making.items():
            try:
                made[name] = make()
            except NotebookFailed as failure:
                made[name] = failure
                if not failure.refusal:
                    break
    for name, failure in made.items():
        if isinstance(failure, NotebookFailed):
            kept.mkdir(exist_ok=True)
            shutil.copy(failure.notebook, kept)
            failure.notebook.unlink(missing_ok=True)
            where = f"{failure}\n  how far it came: {kept / failure.notebook.name}"
            made[name] = NotebookFailed(where, kept, failure.refusal, failure.reads)
    for failure in made.values():
        if isinstance(failure, Exception) and not getattr(failure, "refusal", ""):
            raise failure
    return {name: made[name] for name in making}


def _refused(name: str, file: Path, given: Mapping, engagement: Engagement, failure: NotebookFailed) -> RenderedPage:
    """The page that is left out because an analysis cannot use its data."""
    language = spoken(engagement)
    title = notebook_title(read_notebook(file), language)
    key = page_key(engagement.id, file, given, _seen(name, failure.reads, engagement))
    reason = translated(failure.refusal, language)
    return RenderedPage(name, title, key, sentence(REFUSED, {"reason": reason}, language))


def _page(name: str, file: Path, given: Mapping, engagement: Engagement, work: Path, tables: TablesRead | None) -> RenderedPage:
    """Runs a notebook and writes its page, unless the client folder cannot feed it or none of it was asked."""
    source, language = read_notebook(file), spoken(engagement)
    title = notebook_title(source, language)
    lacking = [one_of[0] for one_of in needs(source) if not any(map(engagement.has, one_of))]
    if lacking:
        withheld = [part for part in lacking if engagement.one is not None and part in engagement.one.withheld]
        parts = [PARTS[part] for part in withheld or lacking]
        key = page_key(engagement.id, file, given, engagement.inputs)
        return RenderedPage(name, title, key, sentence(WITHHELD_PART if withheld else NOT_THERE, {"parts": parts}, language))
    kept = _kept(name, source, given, engagement, work.parent / KEPT)
    kept.opened()
    run = executed(file, {"client": engagement.id, **given, "language": engagement.language}, work / file.name, [kept, *([tables] if tables else [])])
    inputs = _seen(name, run.reads, engagement)
    kept.swept(inputs)
    key = page_key(engagement.id, file, given, inputs)
    found = shown_results(run.notebook.cells)
    if found and all(result.absent for result in found):
        (work / file.name).unlink()
        reasons = (escape(finding_line(result.findings[0], language, engagement.currency)) for result in found)
        return RenderedPage(name, title, key, Markup(" ").join(dict.fromkeys(reasons)))
    check_own(run.notebook, file.name)
    html = f"{file.stem}.html"
    write_page(work / html, page_html(run.notebook, report_cover(engagement, inputs, engagement.logo)))
    return RenderedPage(name, title, key, "", html, run.notebook)


def _kept(name: str, source: NotebookNode, given: Mapping, engagement: Engagement, folder: Path) -> KeptResults:
    """What the analyses of a notebook gave, as long as its code, its parameters and the workbook are the same.

    The language is none of these: where an analysis is to speak it, it is among what that is asked.
    """
    cells = [cell.source for cell in source.cells if cell.cell_type == "code"]
    others = {parameter: value for parameter, value in given.items() if parameter != "language"}
    return KeptResults(folder / name, {"client": engagement.id, "cells": cells, "parameters": others, "workbook": workbook()})


def _seen(name: str, reads: Iterable[tuple[str, str, str]], engagement: Engagement) -> dict[str, str]:
    """The sha256 of each client file that a page rests on.

    raises PageError when the page read another client's folder, or a file that has changed since
    """
    inputs = dict(engagement.inputs)
    for client, file, sha in reads:
        if client != engagement.folder.name:
            raise PageError(f"notebook {name!r} read a file of another client: {client}/{file}.")
        if inputs.setdefault(file, sha) != sha or sha != sha256(input_file(engagement.folder, file)):
            raise PageError(f"{client}/{file} was changed while it was read; render again when it is complete.")
    return dict(sorted(inputs.items()))


def _inputs(pages: Iterable[RenderedPage], engagement: Engagement) -> dict[str, str]:
    """The files that all pages together rest on; raises PageError when two pages saw different bytes of one."""
    inputs = dict(engagement.inputs)
    for page in pages:
        for file, sha in page.key["inputs"].items():
            if inputs.setdefault(file, sha) != sha or sha != sha256(input_file(engagement.folder, file)):
                raise PageError(
                    f"{engagement.id}/{file} was changed while it was read; render again when it is complete."
                )
    return dict(sorted(inputs.items()))


def _noted(page: RenderedPage) -> dict:
    return {"title": page.title, "left_out": str(escape(page.left_out)), "files": page.files, "key": dict(page.key)}


def _summary(outcomes: Sequence[RenderedPage], cover: Cover) -> dict:
    """The lists of the overview, and "pages"; on it and on slides a page goes by the short name of its sheet."""
    pages = [
        {
            "name": outcome.name,
            "file": outcome.file,
            "title": translated(SHEETS.get(outcome.name, outcome.title), cover.language),
            "question": outcome.title,
            "results": outcome.results,
            "answer": outcome.answer,
        }
        for outcome in outcomes
        if not outcome.left_out
    ]
    missing = {o.name: {"file": "#left-out", "title": o.title} for o in outcomes if o.left_out}
    questions = {page["file"]: page["question"] for page in pages}
    summary = overview(pages, cover.language, cover.currency, missing) | {"pages": pages}
    answers = [answer | {"title": questions[answer["file"]]} for answer in summary["answers"]]
    return summary | {"answers": answers}


def _others(engagement: Engagement) -> list[str]:
    """What the other values of `for_each` and their reports are called."""
    if engagement.each is None or engagement.one is None:
        return []
    others = [one for one in engagement.each.reports if one.id != engagement.id]
    return [*(name for one in others for name in (one.id, one.value)), *engagement.each.few, *engagement.each.beside]


def _own_texts(engagement: Engagement) -> Iterable[str]:
    """What a report about one value may say whatever else it is the name of: the client's own headings, the value's own
    rows, and the tables that are the same in every report."""
    survey, one = engagement.settings.survey, engagement.one
    shaping = {"read", "keep", "drop", "recode", "join", "margins", "order", "waves", "file", "long", "fold", "periods"}
    parts = {part for part in type(engagement.settings).model_fields if part != "for_each"}
    kept = {part: shaping if part in ("survey", "contacts", "customers", "employees") else True for part in parts}
    yield engagement.settings.model_dump_json(exclude={part: kept[part] for part in parts if kept[part] is not True} | {"for_each": True})
    if survey is not None and one is not None:
        rows = engagement.survey.rows
        yield from (str(text) for column in rows if column != survey.respondent for text in rows[column].dropna().unique())
    for part in engagement.each.whole if engagement.each else ():
        yield from _texts_of(engagement, part)


def _texts_of(engagement: Engagement, part: str) -> Iterable[str]:
    """What a table says that is the same in every report."""
    settings = getattr(engagement.settings, part)
    tables = [*settings.values(), *(model.benchmark for model in settings.values() if model.benchmark)] if part == "maturity" else [settings]
    for file in {file for table in tables for file in getattr(table, "files", {}).values()}:
        yield from (piece.decode("utf-8", "replace") for piece in pieces(engagement.folder / file))


def _parts(engagement: Engagement, linked: bool) -> list[dict]:
    """The reports of `for_each` that lie beside that of the whole: their names, and where they are."""
    if engagement.each is None or engagement.one is not None:
        return []
    return [{"title": one.value, "file": f"../{one.id}/index.html" if linked else ""} for one in engagement.each.reports]


def _front(outcomes: Sequence[RenderedPage], engagement: Engagement, cover: Cover, summary: Mapping) -> PagePart:
    left_out = [{"title": outcome.title, "reason": outcome.left_out} for outcome in outcomes if outcome.left_out]
    unasked = (result.findings[0] for o in outcomes for result in o.results if result.absent)
    reasons = dict.fromkeys(finding_line(finding, cover.language, cover.currency) for finding in unasked)
    left_out += [{"title": "", "reason": reason} for reason in reasons]
    if withheld := withheld_here(engagement, spoken(engagement)):
        left_out.append({"title": "", "reason": withheld})
    if engagement.each is not None and engagement.one is None and (engagement.each.few or engagement.each.beside):
        left_out.append({"title": "", "reason": translated(NO_REPORT, cover.language)})
    return front_part(translated("Customer report", cover.language), summary, left_out, cover)
