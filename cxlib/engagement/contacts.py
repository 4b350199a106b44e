"""The contacts of a client folder: rows, and each service level as the analysis takes it."""

import json
from dataclasses import dataclass

import pandas as pd

from cxlib.analyses.service_level import ServiceLevel
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, stop_on_errors
from cxlib.engagement.settings.contacts import (
    NEVER_NEGATIVE,
    ContactsSettings,
    OutcomeSettings,
    ServiceLevelSettings,
    names,
)
from cxlib.engagement.settings.survey import SurveySettings
from cxlib.engagement.settings.validation import as_asked
from cxlib.engagement.tables.answers import Coding, read_answers
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.table import Table

LARGEST_WEIGHT = 1e6


@dataclass(frozen=True)
class Contacts:
    """One row per contact: service levels and answers are floats (NaN: not measured, not answered), groups are texts.

    rows    index 0..n-1, the file's own column names; several columns that make one stand as "a + b"
    levels  {id: ServiceLevel}
    respondent, weight  columns, or None
    """

    rows: pd.DataFrame
    levels: dict[str, ServiceLevel]
    respondent: str | None = None
    weight: str | None = None
    notes: tuple[Problem, ...] = ()


def read_contacts(folder: Folder, settings: ContactsSettings, levels: dict, survey: SurveySettings | None) -> Contacts:
    """Read and check the contact table. Raises: DataError with everything that is wrong with it."""
    table = read_source(folder, settings, "contacts", wanted=_wanted(settings, levels))
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    rows: dict[str, pd.Series] = {}
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    if settings.contact is not None:
        columns.ids(settings.contact)
    if settings.respondent is not None:
        rows[settings.respondent] = columns.texts(settings.respondent)
    if settings.weight is not None:
        rows[settings.weight] = columns.weights(settings.weight, most=LARGEST_WEIGHT)
    problems = list(table.notes)
    for key, level in levels.items():
        problems += _level(table, columns, rows, settings, level, _coding(level.outcome, survey, key))
    problems += columns.problems + _unused_labels(folder, settings, levels)
    stop_on_errors(problems)
    if columns.told:
        folder.told["contacts"] = (*folder.told.get("contacts", ()), f"contacts: {', '.join(columns.told)}")
    labels = dict(survey.segments if survey is not None else {}) | settings.labels
    found = {key: _service_level(level, labels) for key, level in levels.items()}
    frame = pd.DataFrame(rows).reset_index(drop=True)
    return Contacts(frame, found, settings.respondent, settings.weight, tuple(dict.fromkeys(problems)))


def _wanted(settings, levels) -> dict[str, str]:
    wanted = {
        getattr(settings, role): f"contacts.{role}"
        for role in ("client", "contact", "respondent", "weight")
        if getattr(settings, role)
    }
    for key, level in levels.items():
        wanted |= dict.fromkeys(names(level.column), f"tipping_points.{key}.column")
        wanted |= dict.fromkeys(names(level.outcome.column), f"tipping_points.{key}.outcome.column")
        wanted |= dict.fromkeys(level.controls, f"tipping_points.{key}.controls")
        wanted |= {level.by: f"tipping_points.{key}.by"} if level.by else {}
        wanted |= {level.abandoned.column: f"tipping_points.{key}.abandoned.column"} if level.abandoned else {}
    return wanted


def _level(table: Table, columns: TableColumns, rows: dict, settings, level, coding: Coding) -> list[Problem]:
    """Adds the columns of one service level to `rows`; returns what is wrong with them."""
    problems = []
    for column in names(level.column):
        rows[column] = values = columns.durations(column, level.unit)
        if level.unit in NEVER_NEGATIVE and (values < 0).any():
            wrong = values.index[values < 0]
            codes = sorted({text(cell) for cell in table.cells[column][values < 0]})
            rule, remedy = f"{level.unit} cannot be negative", "Correct the rows, or leave the value empty"
            if len(codes) <= 3:
                listed = ", ".join(f'"{code}"' for code in codes)
                remedy = f"If {listed} says nothing, write `recode: {{{json.dumps(column, ensure_ascii=False)}: {{missing: [{listed}]}}}}`"
            problems.append(at_rows(wrong, file=table.file, column=column, rule=rule, remedy=remedy))
    for column in names(level.outcome.column):
        answers = read_answers(table, column, coding, decimal=settings.read.decimal)
        rows[column] = answers.numbers
        problems += answers.problems
    for column in (level.column, level.outcome.column):
        rows[one_name(column)] = pd.concat([rows[name] for name in names(column)], axis=1).mean(axis=1, skipna=False)
    for column in (*level.controls, *([level.by] if level.by else [])):
        rows[column] = columns.texts(column)
    if level.abandoned is not None:
        rows[level.abandoned.column] = columns.says(level.abandoned.column, level.abandoned.left)
    return problems


def one_name(column: str | tuple[str, ...]) -> str:
    """The column of `rows` that stands for one key."""
    return " + ".join(names(column))


def _coding(outcome: OutcomeSettings, survey: SurveySettings | None, key: str) -> Coding:
    shared = (survey.dont_know, survey.not_applicable) if survey is not None else ((), ())
    own = [given if given is not None else default
           for given, default in zip((outcome.dont_know, outcome.not_applicable), shared, strict=True)]  # fmt: skip
    return Coding(outcome.scale, shift=outcome.shift, values=tuple(outcome.values.items()), dont_know=own[0],
                  not_applicable=own[1], key=f"tipping_points.{key}.outcome")  # fmt: skip


def _unused_labels(folder: Folder, settings: ContactsSettings, levels: dict) -> list[Problem]:
    """Labels of columns that no service level holds constant or compares by."""
    named = {column for level in levels.values() for column in (*level.controls, level.by) if column}
    return [
        folder.setting(f"contacts.labels.{column}", "is no column of `controls` or `by`", "Use one of them, or remove it")
        for column in settings.labels
        if column not in named
    ]


def _service_level(level: ServiceLevelSettings, labels: dict[str, str]) -> ServiceLevel:
    outcome = level.outcome
    return as_asked(
        ServiceLevel, level, column=one_name(level.column), outcome=one_name(outcome.column), outcome_label=outcome.label,
        scale=outcome.scale, best=outcome.best, top=outcome.top,
        abandoned=level.abandoned.column if level.abandoned else None, labels=labels,
    )  # fmt: skip
