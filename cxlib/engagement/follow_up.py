"""The follow-up of a client folder: which answers somebody should have called about, who was called, and what became of it."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import CallList, ComparedUnits, FollowUp
from cxlib.analyses.money import Customers
from cxlib.engagement.contact_logs import coding_of, last_moment
from cxlib.engagement.folder import INTERNAL, Folder
from cxlib.engagement.problems import Problem, at_rows, stop_on_errors, written
from cxlib.engagement.settings.journey import ClosedLoopSettings, UnitsSettings, YesColumn
from cxlib.engagement.settings.survey import SurveySettings
from cxlib.engagement.settings.validation import as_asked
from cxlib.engagement.survey import Survey
from cxlib.engagement.tables.answers import read_answers
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.matches import FEW, keys, matches
from cxlib.engagement.tables.source import read_source

ROLES = ("client", "respondent", "answered", "contacted", "closed", "owner", "type", "severity", "left")
PARTS = ("may_contact", "comparison", "duty", "score", "score_again")
DRAWN = f"{INTERNAL}/drawn.csv"  # whom `cx calls` drew into the comparison group, and whom it did not


def read_follow_up(folder: Folder, asked: ClosedLoopSettings, survey: Survey | None, customers: Customers | None) -> FollowUp:
    """Read and check the follow-up. Raises: DataError with everything that is wrong with it."""
    wanted = {column: f"closed_loop.{role}" for role in ROLES if (column := getattr(asked, role))}
    wanted |= {part.column: f"closed_loop.{role}" for role in PARTS if (part := getattr(asked, role)) is not None}
    table = read_source(folder, asked, "closed_loop", wanted=wanted | dict.fromkeys(asked.list_.columns, "closed_loop.list.columns"))
    columns = TableColumns(table, decimal=asked.read.decimal, dates=asked.read.dates)
    if asked.client is not None:
        columns.all_equal(asked.client, folder.client)
    rows = pd.DataFrame({"respondent": keys(table.cells[asked.respondent]).astype("str")}, table.cells.index)
    rows["answered"] = columns.moments(asked.answered)
    columns.need(rows["answered"].rename(asked.answered), "the answer has no date, from which the promise is counted", _left_out(asked.answered))
    for role in ("contacted", "closed", "left"):
        column = getattr(asked, role)
        rows[role] = pd.Series(pd.NaT, rows.index) if column is None else columns.moments(column)
        if column is not None and role != "left":
            rows[role] = columns.not_before(rows["answered"].rename(asked.answered), rows[role].rename(column))
    for role in ("owner", "type"):
        column = getattr(asked, role)
        rows[role] = columns.texts(column) if column else pd.Series(None, rows.index, dtype="str")
    rows["severity"] = columns.numbers(asked.severity) if asked.severity else np.nan
    rows["may_contact"], rows["duty"] = _said(columns, asked.may_contact), _said(columns, asked.duty)
    rows["left_out"] = _left_out_by_lot(rows["respondent"], _said(columns, asked.comparison), drawn_before(folder))
    problems = []
    for role in ("score", "score_again"):
        part = getattr(asked, role)
        rows[role] = np.nan
        if part is not None:
            answers = read_answers(table, part.column, coding_of(part, f"closed_loop.{role}"), decimal=asked.read.decimal)
            rows[role], problems = answers.numbers, [*problems, *answers.problems]
    for column in asked.list_.columns:
        rows[column] = columns.texts(column)
    problems += [*table.notes, *columns.problems, *_twice(table.file, asked, rows)]
    scale, wrong = _scale(folder, asked, survey)
    problems += wrong
    until, wrong = _until(folder, asked, rows)
    problems += wrong
    stop_on_errors(problems)
    told = [f"{len(rows):,} answers to follow up, {rows['contacted'].notna().sum():,} customers called"]
    problems += _known(folder, asked, rows, survey, told)
    if asked.score is None and survey is not None and survey.settings.recommend is not None and survey.settings.respondent is not None:
        rows["score"] = _of_respondents(rows, survey.rows, survey.settings.respondent, survey.settings.recommend.column)
    rows["churned"] = rows["left"].notna().astype(float) if asked.left else np.nan
    if not asked.left and customers is not None and customers.event is not None and customers.respondent is not None:
        rows["churned"] = _of_respondents(rows, customers.rows, customers.respondent, customers.event)
    folder.told["closed_loop"] = (*folder.told["closed_loop"], *(f"closed_loop: {line}" for line in told))
    rows = rows.sort_values(["answered", "respondent"], kind="stable", ignore_index=True)
    return as_asked(
        FollowUp, asked, rows=rows, until=until, scale=scale, listed=as_asked(CallList, asked.list_),
        anonymous=survey is not None and survey.settings.anonymous, notes=tuple(dict.fromkeys(problems)),
    )  # fmt: skip


def compared_units(asked: UnitsSettings, survey: SurveySettings) -> ComparedUnits:
    """Which units are compared, and how."""
    return as_asked(ComparedUnits, asked, column=asked.column or survey.unit)


def _left_out(column: str) -> str:
    return f"Give it; or leave such rows out: `drop: {{{written(column)}: [\"\"]}}`"


def _said(columns: TableColumns, asked: YesColumn | None) -> pd.Series:
    """Yes as True, anything else and a blank as False; None throughout where there is no such column."""
    if asked is None:
        return pd.Series(None, columns.table.cells.index, dtype=object)
    said = columns.says(asked.column, asked.says)
    if not (said == 1).any():
        found = ", ".join(sorted(columns.texts(asked.column).dropna().unique())[:5])
        remedy = f"The column holds: {found}" if found else "Is it the right column?"
        columns.problems.append(Problem(columns.table.file, f'no row says "{asked.says}"', remedy, column=asked.column, severity="warning"))
    return (said == 1).astype(object)


def drawn_before(folder: Folder) -> pd.DataFrame:
    """Whom `cx calls` has drawn so far: respondent, left_out ("1" or "0"), owner, day, seed (texts); no rows before the first list."""
    columns = ["respondent", "left_out", "owner", "day", "seed"]
    if not folder.has(DRAWN):
        return pd.DataFrame(columns=columns, dtype="str")
    return pd.read_csv(BytesIO(folder.read(DRAWN)), dtype="str", keep_default_na=False)[columns]


def _left_out_by_lot(respondent: pd.Series, said: pd.Series, drawn: pd.DataFrame) -> pd.Series:
    """Who was left out at random, by the table or by an earlier list; None throughout where neither knows of anybody."""
    lots = respondent.isin(drawn["respondent"][drawn["left_out"] == "1"])
    return (said.eq(True) | lots).astype(object) if len(drawn) else said


def _twice(file: str, asked: ClosedLoopSettings, rows: pd.DataFrame) -> list[Problem]:
    """An answer that stands twice."""
    again = rows.index[rows.duplicated(["respondent", "answered"]) & rows["respondent"].notna() & rows["answered"].notna()]
    if not len(again):
        return []
    remedy = f"Say which row counts: `one_row: {{of: [{written(asked.respondent)}, {written(asked.answered)}]}}` beside `file`"
    return [at_rows(again, file=file, column=asked.respondent, rule="the same answer stands in an earlier row", remedy=remedy)]


def _scale(folder: Folder, asked: ClosedLoopSettings, survey: Survey | None) -> tuple[tuple[float, float], list[Problem]]:
    """The scale of the score before, which the score afterwards has to share."""
    first = asked.score.scale if asked.score is not None else None
    if first is None and survey is not None and survey.settings.recommend is not None:
        first = survey.settings.recommend.scale
    again = asked.score_again.scale if asked.score_again is not None else None
    if first is not None and again is not None and first != again:
        rule = f"the score afterwards lies on {again[0]:g}-{again[1]:g}, and that before on {first[0]:g}-{first[1]:g}"
        return first, [folder.setting("closed_loop.score_again", rule, "They are compared, so that they need one scale: ask the same question again, or take it out")]
    return first or again or (0, 10), []


def _until(folder: Folder, asked: ClosedLoopSettings, rows: pd.DataFrame) -> tuple[pd.Timestamp, list[Problem]]:
    """The last moment that the table knows of."""
    last = rows[["answered", "contacted", "closed"]].max().max()
    if asked.until is None:
        return last, []
    until = last_moment(asked.until)
    if until is None:
        return last, [folder.setting("closed_loop.until", f'"{asked.until}" is no date', 'Write it as "2025-12-31"')]
    if last > until:
        n = int((rows[["answered", "contacted", "closed"]] > until).any(axis=1).sum())
        rule = f"{n:,} rows tell of something later, of {last:%Y-%m-%d} at last"
        return until, [folder.setting("closed_loop.until", rule, f'Write `until: "{last:%Y-%m-%d}"`, or correct the rows')]
    return until, []


def _known(folder: Folder, asked: ClosedLoopSettings, rows: pd.DataFrame, survey: Survey | None, told: list[str]) -> list[Problem]:
    """How many of those who should be called are respondents of the survey."""
    if survey is None or survey.settings.respondent is None:
        return []
    counts = matches(rows["respondent"], survey.rows[survey.settings.respondent])
    told.append(f"{counts.found:,} of {counts.of:,} are respondents of the survey")
    if counts.share >= FEW:
        return []
    remedy = "Are these the ids of the survey's `respondent`, and the answers of the same time? Correct the column"
    if counts.spelled_otherwise:
        remedy = f"Write `recode: {{{written(asked.respondent)}: {{match: loose}}}}` here, and the same for the respondent under `survey`"
    problem = folder.setting("closed_loop.respondent", told[-1], remedy)
    return [problem if not counts.found else replace(problem, severity="warning")]


def _of_respondents(rows: pd.DataFrame, other: pd.DataFrame, respondent: str, column: str) -> Iterable[float]:
    """The number in `column` of another table for each respondent; of several the last."""
    named = pd.Series(other[column].to_numpy(float), index=keys(other[respondent]).to_numpy())
    named = named[named.index.notna()].dropna()
    return rows["respondent"].map(named[~named.index.duplicated(keep="last")]).to_numpy(float)
