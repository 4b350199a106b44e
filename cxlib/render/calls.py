"""The list of whom to contact today: a file for those who do it, in the client's own folder, and nothing of it anywhere else."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from cxlib.analyses.contact_log import FollowUp
from cxlib.analyses.journey.forecast import ListRefused
from cxlib.analyses.journey.whom_to_contact import too_old, who_to_contact, within_days
from cxlib.analyses.result import Term
from cxlib.engagement import Engagement, open_client
from cxlib.engagement.folder import INTERNAL
from cxlib.engagement.follow_up import DRAWN
from cxlib.render.private import kept_private, private_folder
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import clean

KEPT_DAYS = 30  # then the list is to be deleted
PURPOSE = Term("Purpose: to contact customers after a bad answer, within {days:general} days of it.")
BASIS = Term("Basis: the customers agreed to be contacted (“{column}” says “{says}”).")
OLDER = Term("Listed are answers of the {days:general} days up to {until:date}. Older ones that still wait and are not listed: {n:count}; it is too late to follow them up.")
NONE_OLDER = Term("Listed are answers of the {days:general} days up to {until:date}.")
NOT_NEW = Term("The list of those who should be contacted ends on {until:date}. Who has been contacted since then is not known: supply a newer one before anybody is contacted.")
DELETE = Term("Delete by {day:date}. For those who contact the customers, and for nobody else.")
GROUPS = Term("A: surely among the first, or must be contacted. B: probably. C: on the edge.")
LEFT_OUT = Term("Do not contact these customers for this reason. They were left out at random, so that it shows whether contact helps.")
SHEETS = {False: Term("Contact"), True: Term("Do not contact")}
HEADINGS = {
    "respondent": Term("Customer"), "owner": Term("Department"), "type": Term("Case"), "answered": Term("Answered"),
    "due": Term("Contact by"), "group": Term("Group"), "comparison": Term("Comparison group"),
}  # fmt: skip
YES_NO = {True: Term("yes"), False: Term("no")}


class NoList(RuntimeError):
    """No list is made; the message says why, and what would help."""


@dataclass(frozen=True)
class Calls:
    """A list that was written: where, how many to contact and how many were left out at random, when it is to be deleted, how many
    still wait but answered too long ago, the day up to which the client's own list goes, and whether that is too long ago."""

    file: Path
    contact: int
    left_out: int
    delete_by: date
    too_old: int
    until: date
    stale: bool


def write_calls(client: str, *, language: str = "", today: date | None = None) -> Calls:
    """Writes today's list to `internal/` of the client's folder; of one day the later list replaces the earlier.

    Only who calls reads it (mode 0600), and git does not see it. Whom the lot left out is kept beside it, so that nobody
    draws twice and `engagement.follow_up` knows them.

    raises DataError (the folder) and NoList; nothing is written then
    """
    today = today or date.today()
    engagement = open_client(client, language)
    drawn, follow_up = engagement.drawn, engagement.follow_up
    of_today = drawn.day == today.isoformat()
    if follow_up is not None:  # today's lots are drawn anew
        undone = follow_up.rows.respondent.isin(drawn.respondent[of_today & (drawn.left_out == "1")])
        follow_up = replace(follow_up, rows=follow_up.rows.assign(left_out=follow_up.rows.left_out.mask(undone, False)))
    seed = int(f"{today:%Y%m%d}")
    try:
        listed = who_to_contact(engagement.customers, follow_up, engagement.journey, settled=frozenset(drawn.respondent[~of_today]), seed=seed)
    except ListRefused as refused:
        raise NoList(sentence(refused.finding.message, refused.finding.values, "en")) from None
    folder = private_folder(engagement.folder / INTERNAL)
    delete_by, file = today + timedelta(days=KEPT_DAYS), folder / f"{client}_calls_{today.isoformat()}.xlsx"
    kept_private(file, _workbook(listed, follow_up, engagement, today, delete_by))
    lots = listed[listed.lot].assign(left_out=listed.comparison.astype(int), day=today.isoformat(), seed=seed)
    kept = pd.concat([drawn[~of_today], lots[list(drawn.columns)]], ignore_index=True)
    kept_private(engagement.folder / DRAWN, kept.to_csv(index=False).encode())
    until = follow_up.until.date()
    return Calls(file, int((~listed.comparison).sum()), int(listed.comparison.sum()), delete_by, too_old(follow_up), until, is_stale(until, today, follow_up.promise_days))


def _workbook(listed: pd.DataFrame, follow_up: FollowUp, engagement: Engagement, today: date, delete_by: date) -> bytes:
    """Two sheets, whom to contact and whom not to, each with purpose, basis, whose answers it holds and the day of deletion on top."""
    data, language = BytesIO(), engagement.language
    consent = engagement.settings.closed_loop.may_contact
    told = [
        sentence(PURPOSE, {"days": follow_up.promise_days}, language),
        sentence(BASIS, {"column": consent.column, "says": consent.says}, language),
        *_of_what_age(follow_up, today, language),
        sentence(DELETE, {"day": delete_by}, language),
    ]
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(today, time())})
        for left_out, name in SHEETS.items():
            sheet = book.add_worksheet(clean(translated(name, language)))
            notes = [*told, translated(LEFT_OUT if left_out else GROUPS, language)]
            for row, text in enumerate(notes):
                sheet.write_string(row, 0, text, book.add_format({"bold": left_out and row == len(notes) - 1}))
            _write_rows(book, sheet, listed[listed.comparison == left_out].drop(columns="lot"), len(notes) + 1, language)
    return data.getvalue()


def _of_what_age(follow_up: FollowUp, today: date, language: str) -> list[str]:
    """Of which days the answers are, how many older ones wait, and whether the client's own list is new enough."""
    values = {"days": within_days(follow_up), "until": follow_up.until.date(), "n": too_old(follow_up)}
    told = [sentence(OLDER if values["n"] else NONE_OLDER, values, language)]
    if is_stale(follow_up.until.date(), today, follow_up.promise_days):
        told.append(sentence(NOT_NEW, values, language))
    return told


def is_stale(until: date, today: date, promise_days: float) -> bool:
    """Whether the client's own list ends so long before today that all who wait in it should have been contacted since."""
    return (today - until).days > promise_days


def _write_rows(book: xlsxwriter.Workbook, sheet: Worksheet, rows: pd.DataFrame, first: int, language: str) -> None:
    """A heading and a row for each customer; the client's own columns keep their names."""
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(rows.columns):
        sheet.write_string(first, column, clean(translated(HEADINGS[name], language) if name in HEADINGS else name), head)
        for row, value in enumerate(rows[name], first + 1):
            if name in ("answered", "due"):
                sheet.write_datetime(row, column, value.to_pydatetime(), day)
            elif pd.notna(value):
                sheet.write_string(row, column, clean(translated(YES_NO[value], language) if name == "comparison" else value))
    sheet.set_column(0, max(len(rows.columns) - 1, 0), 18)
    sheet.freeze_panes(first + 1, 1)
