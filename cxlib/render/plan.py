"""Who begins an initiative, drawn at random: a file for the client's own people, and what it takes to tell whether it worked."""

from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import xlsxwriter

from cxlib.analyses.effect import judge
from cxlib.analyses.effect.assignment import Assignment, who_begins
from cxlib.analyses.effect.effects import figure_of, unit_of
from cxlib.analyses.effect.judged import Judgement
from cxlib.analyses.result import CannotAnswer, Quantity, Term
from cxlib.analyses.status import weighted
from cxlib.engagement import Engagement, open_client
from cxlib.engagement.folder import INTERNAL
from cxlib.render.private import kept_private, private_folder
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import clean

TITLE = Term("Who begins first: {begin:count} of {units:count} units, drawn at random on {day:date} (number of the draw: {seed}).")
WHY = Term("Because chance decides, those who begin and those who wait differ in nothing else, and it can be told afterwards whether it worked. So do not exchange units.")
ENOUGH = Term("To see an effect of {smallest} in “{figure}” within six periods, {needed:count} units take part, half of whom begin.")
TOO_FEW = Term("An effect of {smallest} in “{figure}” will not be seen within six periods with these units. See below what will.")
RECORD = Term("Afterwards these units and the day on which they begin are recorded as drawn at random.")
BUSY = Term("Units that have begun something already take no part: {busy:count}.")
SHEETS = Term("Who begins"), Term("What can be seen")
HEADINGS = {"unit": Term("Unit"), "begins": Term("Begins"), "level": Term("Level so far"), "size": Term("Answers so far")}
SEEN = Term("Periods since the start"), Term("Smallest effect seen")
SIDES = {True: Term("Begin first"), False: Term("Wait")}
YES_NO = {True: Term("yes"), False: Term("no")}


class NoPlan(RuntimeError):
    """No plan is made; the message says why, and what would help."""


@dataclass(frozen=True)
class PlanWritten:
    """A plan that was written: where, how many units begin and how many wait."""

    file: Path
    begin: int
    wait: int


def write_plan(client: str, *, begin: int | None = None, seed: int | None = None, language: str = "", today: date | None = None) -> PlanWritten:
    """Draws which units begin and writes it to `internal/` of the client's folder; of one day the later plan replaces the earlier.

    begin   units that begin; None: as many as it takes, half of those that take part
    seed    of the draw; None: the day

    raises DataError (the folder) and NoPlan; nothing is written then
    """
    today = today or date.today()
    engagement = open_client(client, language)
    seed = int(f"{today:%Y%m%d}") if seed is None else seed
    found = _judged(engagement)
    try:
        drawn = who_begins(found, begin=begin, seed=seed)
    except CannotAnswer as refused:
        raise NoPlan(str(refused)) from None
    file = private_folder(engagement.folder / INTERNAL) / f"{client}_plan_{today.isoformat()}.xlsx"
    kept_private(file, _workbook(drawn, found, engagement.language, today, seed))
    many = int(drawn.units["begins"].sum())
    return PlanWritten(file, many, len(drawn.units) - many)


def _judged(engagement: Engagement) -> Judgement:
    """The figure by unit and period of whatever the client folder has."""
    rollout = engagement.rollout_so_far
    if not engagement.has("survey"):
        return judge(rollout)
    survey = engagement.survey
    responses, design, _ = weighted(survey.rows, survey.weighting, survey.design)
    return judge(rollout, responses, survey.asked, design)


def _workbook(drawn: Assignment, found: Judgement, language: str, today: date, seed: int) -> bytes:
    """Two sheets: who begins, with the balance of both sides; and which effects these units show, by periods."""
    data, unit = BytesIO(), unit_of(found)
    values = {"begin": int(drawn.units["begins"].sum()), "units": len(drawn.units), "day": today, "seed": str(seed), "needed": drawn.needed, "busy": drawn.busy,
              "figure": figure_of(found), "smallest": Quantity(found.smallest, unit.difference)}  # fmt: skip
    told = [TITLE, WHY, TOO_FEW if drawn.needed is None else ENOUGH, RECORD, *([BUSY] if drawn.busy else [])]
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(today, time())})
        head, number = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": f"0.{'0' * unit.decimals}"})
        sheet = book.add_worksheet(clean(translated(SHEETS[0], language)))
        for row, text in enumerate(told):
            sheet.write_string(row, 0, clean(sentence(text, values, language)))
        row = len(told) + 1
        for begins, side in drawn.balance.sort_index(ascending=False).iterrows():
            sheet.write_row(row, 0, [clean(translated(SIDES[bool(begins)], language)), int(side["units"])])
            _numbers(sheet, row, 2, [unit.factor * side["level"], side["size"]], number)
            row += 1
        row += 1
        for column, name in enumerate(HEADINGS):
            sheet.write_string(row, column, clean(translated(HEADINGS[name], language)), head)
        for line, each in enumerate(drawn.units.to_dict("records"), row + 1):
            sheet.write_row(line, 0, [clean(str(each["unit"])), clean(translated(YES_NO[bool(each["begins"])], language))])
            _numbers(sheet, line, 2, [unit.factor * each["level"], each["size"]], number)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 3, 16)
        shown = book.add_worksheet(clean(translated(SHEETS[1], language)))
        for column, heading in enumerate(SEEN):
            shown.write_string(0, column, clean(translated(heading, language)), head)
        for line, (periods, points) in enumerate(drawn.seen.items(), 1):
            shown.write_number(line, 0, periods)
            shown.write_number(line, 1, unit.factor * points, number)
        shown.set_column(0, 1, 26)
    return data.getvalue()


def _numbers(sheet, row: int, column: int, values: list[float], form) -> None:
    """Numbers in a row of cells; nothing where one is not known."""
    for place, value in enumerate(values, column):
        if value == value:
            sheet.write_number(row, place, value, form)
