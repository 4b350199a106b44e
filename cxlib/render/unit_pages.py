"""`cx render CLIENT --units`: a page for each unit, in the client's own folder, and nothing of it in any report."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from cxlib.analyses.columns import columns_of
from cxlib.analyses.journey.unit_page import unit_pages
from cxlib.analyses.result import Finding, Result, Term
from cxlib.engagement import Engagement, open_client
from cxlib.engagement.each import slugs
from cxlib.engagement.folder import INTERNAL
from cxlib.render.private import kept_private, private_folder
from cxlib.render.publish import check_page
from cxlib.render.report import report_cover, spoken
from cxlib.report.html import PagePart, framed
from cxlib.report.language.words import translated
from cxlib.report.lines import finding_line
from cxlib.report.sections import Sentence
from cxlib.report.tables import table_html
from cxlib.report.templates import filled

FOLDER = "units"
SECTIONS = {  # heading: the beginnings of its findings, its tables
    Term("Our touchpoints"): (("unit.touchpoints",), ("touchpoints",)),
    Term("Whom we receive from, and who receives from us"): (("unit.receives", "unit.gives", "unit.falls"), ("receives", "gives")),
    Term("Customers who should hear from us"): (("clock.",), ()),
    Term("One behaviour"): (("unit.behaviour",), ()),
}
TABLES = {"receives": Term("We receive from"), "gives": Term("Who receives from us")}


class NoPages(RuntimeError):
    """No page of a unit is made; the message says why, and what would help."""


class MeetingTable(NamedTuple):
    """A table of a page."""

    heading: str
    html: Markup


class MeetingPoint(NamedTuple):
    """A section of a page."""

    heading: str
    said: list[Sentence]
    tables: list[MeetingTable]


def write_unit_pages(client: str, *, language: str = "") -> list[Path]:
    """Writes `internal/units/<unit>.html` of the client's folder, for each unit that may be shown; those of an earlier run go.

    raises DataError (the folder) and NoPages; nothing is written then
    """
    engagement = open_client(client, language)
    units = engagement.units
    if units is None or not units.pages:
        raise NoPages(f"{client}: client.yml asks for no pages of units; write `pages: true` under `units`")
    survey = engagement.survey
    responses, design = survey.rows, survey.design
    pages = unit_pages(responses, engagement.journey, engagement.follow_up, units, survey.asked, design, respondent=survey.settings.respondent)
    if not pages:
        raise NoPages(f"{client}: no two units have {max(units.minimum, design.minimum)} answers, so none has a page; lower `minimum` under `units`, or join units by `recode`")
    htmls = {unit: _page(unit, page, engagement) for unit, page in pages.items()}
    folder = private_folder(engagement.folder / INTERNAL) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    files = {unit: folder / f"{name}.html" for unit, name in slugs(htmls).items()}
    for unit, file in files.items():
        kept_private(file, htmls[unit].encode())
    return list(files.values())


def _page(unit: str, page: Result, engagement: Engagement) -> str:
    language, currency = spoken(engagement), engagement.currency
    by_key = [(finding.key, _said(finding, language, currency)) for finding in page.findings]
    score = by_key[0][1]
    number = next(said for key, said in by_key if key.startswith("unit.number"))
    parts = [MeetingPoint(translated(heading, language), [said for key, said in by_key if key.startswith(keys)],
                  [_table(page, name, language, currency) for name in tables if name in page.tables])
             for heading, (keys, tables) in SECTIONS.items()]  # fmt: skip
    words: Mapping = {"word": lambda message: translated(message, language)}
    body = filled("unit.html.j2", unit=unit, score=score, number=number, parts=parts, **words)
    logo = engagement.logo
    html = framed(PagePart("", "page", unit, Markup(body)), report_cover(engagement, engagement.inputs, logo))
    check_page(html)
    return html


def _said(finding: Finding, language: str, currency: str | None) -> Sentence:
    return Sentence(finding.tone, finding_line(finding, language, currency))


def _table(page: Result, name: str, language: str, currency: str | None) -> MeetingTable:
    heading = translated(TABLES[name], language) if name in TABLES else ""
    return MeetingTable(heading, Markup(table_html(page.tables[name], columns_of(page, name), language, currency)))
