"""Who is who: the customer of each contact, whatever the id of the system that wrote it down."""

import re
from dataclasses import replace

import pandas as pd

from cxlib.engagement.contact_logs import Log
from cxlib.engagement.folder import Folder
from cxlib.engagement.journey.coded import renamed
from cxlib.engagement.problems import DataError, Problem, at_rows, written
from cxlib.engagement.settings.journey import CUSTOMERS, SURVEY, IdsSettings, JourneySettings
from cxlib.engagement.survey import Survey
from cxlib.engagement.tables.matches import FEW, keys, matches
from cxlib.engagement.tables.moments import moved
from cxlib.engagement.tables.shaping import loosely
from cxlib.engagement.tables.source import read_source

SHOWN_FORMS, LONGEST_FORM = 5, 12  # how ids look, as messages show it
Ids = dict[str, pd.Series]  # {system: customer by the id there}


def read_ids(folder: Folder, settings: IdsSettings, problems: list[Problem]) -> Ids:
    """{system: customer by the id there}: a customer is called by the respondent's id where it has one."""
    try:
        table = read_source(folder, settings, "journey.ids", wanted=dict.fromkeys(settings.columns.values(), "journey.ids.columns"))
    except DataError as failure:
        problems += failure.problems
        return {}
    problems += table.notes
    known = {system: keys(table.cells[column]) for system, column in settings.columns.items()}
    for system, each in known.items():
        again = each.notna() & each.duplicated(keep="first")
        if again.any():
            column = settings.columns[system]
            remedy = f"Each id belongs to one customer: say which row counts, `one_row: {{of: {written(column)}}}` beside `file`"
            problems.append(at_rows(again.index[again], file=table.file, column=column, rule="the id stands in an earlier row", remedy=remedy))
    first = [SURVEY, CUSTOMERS, *known]
    called = pd.Series([None] * len(table.cells), index=table.cells.index, dtype=object)
    for system in [each for each in dict.fromkeys(first) if each in known]:
        called = called.where(called.notna(), known[system] if system == SURVEY else f"{system} " + known[system])
    return {system: pd.Series(called.to_numpy(), index=each.to_numpy())[each.notna().to_numpy() & ~each.duplicated().to_numpy()] for system, each in known.items()}


def customer_of(ids: Ids | None, system: str | None, theirs: pd.Series) -> pd.Series:
    """The customer of each id of a system, as a category; missing where nobody is known by it."""
    theirs = theirs.astype("category")
    return theirs if ids is None else renamed(theirs, ids.get(system or "", pd.Series(dtype=object)))


def known_customers(folder: Folder, asked: JourneySettings, log: Log, ids: Ids | None, told: list[str]) -> list[Problem]:
    """Names the customer of each contact, and tells how many are known."""
    settings, theirs = asked.logs[log.key], log.rows["id"]
    log.rows["customer"] = customer_of(ids, settings.known_as, theirs)
    found, of = int(log.rows["customer"].notna().sum()), len(log.rows)
    if ids is None or asked.ids is None:
        told.append(f"{found:,} of {of:,} contacts of {log.key} name their customer")
        return []
    there = ", ".join(asked.ids.files.values())
    counted = f"{found:,} of {of:,} contacts of {log.key} belong to a customer of {there}"
    told.append(counted)
    if found >= FEW * of:
        return []
    those = pd.Series(ids[settings.known_as or ""].index, dtype=object)
    loose = matches(theirs, those, loose=True)
    key = f"journey.logs.{log.key}.customer"
    if loose.found > found:
        column = asked.ids.columns[settings.known_as or ""]
        places = [f"`recode: {{{written(name)}: {{match: loose}}}}` under `{part}`"
                  for name, part, values in ((settings.customer, f"journey: logs: {log.key}", theirs), (column, "journey: ids", those))
                  if (values.dropna().map(loosely) != values.dropna()).any()]  # fmt: skip
        rule = f"{counted}; {loose.found:,} do, once case, spaces and leading zeros are left aside"
        problem = folder.setting(key, rule, f"Write {' and '.join(places)}")
    elif found:
        problem = folder.setting(key, counted, "Under 80 % nothing is said across departments: are both of the same customers, and of the same time?")
    else:
        rule = f"{counted}: its ids look like {_forms(theirs)}, those there like {_forms(those)}"
        problem = folder.setting(key, rule, "Name the column of the same ids, here or under `ids`, or take the log out")
    return [replace(problem, severity="warning") if found else problem]


def never_met(folder: Folder, logs: list[Log]) -> list[Problem]:
    """Logs none of whose customers is in another: without `ids` all have to call a customer alike."""
    seen = {log.key: pd.Series(log.rows["id"].cat.categories, dtype=object) for log in logs}
    problems = []
    for log in logs if len(logs) > 1 else []:
        others = pd.concat([each for key, each in seen.items() if key != log.key], ignore_index=True)
        counts = matches(seen[log.key], others)
        if counts.found or not counts.of:
            continue
        rule = f"none of its {counts.of:,} customers is in another log: its ids look like {_forms(seen[log.key])}, those of the others like {_forms(others)}"
        remedy = "Give a table of who is who under `ids`, and `known_as` in each log"
        if counts.loose:
            remedy = f"They are the same once case, spaces and leading zeros are left aside: write `recode: {{...: {{match: loose}}}}` for the column of the customer, {written(log.key)} and the others"
        problems.append(folder.setting(f"journey.logs.{log.key}.customer", rule, remedy))
    return problems


def answered(folder: Folder, ids: Ids | None, logs: list[Log], survey: Survey | None, told: list[str]) -> list[Problem]:
    """How many respondents are among the customers of the logs."""
    column = survey.settings.respondent if survey is not None else None
    if survey is None or column is None or not logs or (ids is not None and SURVEY not in ids):
        return []
    respondents = keys(survey.rows[column]).dropna().drop_duplicates()
    customers = {name for log in logs for name in log.rows["customer"].cat.categories}
    found = int(respondents.isin(customers).sum())
    told.append(f"{found:,} of {len(respondents):,} respondents have contacts in the logs")
    if found:
        return []
    rule = "no respondent of the survey has a contact in the logs, so that what customers answer and what they met are not tied"
    remedy = "Are the ids those of the survey's `respondent`? Otherwise give them under `journey: ids`, as `survey`"
    return [replace(folder.setting("survey.respondent", rule, remedy), severity="warning")]


def answers_of(ids: Ids | None, survey: Survey | None, clock: str | None) -> pd.DataFrame | None:
    """Who gave each row of the survey, as the contacts call the customer, and until when that answer knows of contacts."""
    column = survey.settings.respondent if survey is not None else None
    if survey is None or column is None or (ids is not None and SURVEY not in ids):
        return None
    rows, date = survey.rows, survey.settings.date
    times = pd.Series(pd.NaT, rows.index, dtype="datetime64[ns]") if date is None else moved(pd.to_datetime(rows[date]).dt.tz_localize(None), None, clock)
    if (times.dropna() == times.dropna().dt.normalize()).all():  # a day: up to its end
        times = times + pd.Timedelta(days=1)
    return pd.DataFrame({"customer": keys(rows[column]), "time_answer": times}, rows.index)


def _forms(ids: pd.Series) -> str:
    """How ids look, and none of them: letters as a, digits as 9."""
    found = pd.Series([re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", each)) for each in ids.dropna().astype(str).head(10_000)], dtype=object)
    forms = [f'"{form[:LONGEST_FORM]}{"..." if len(form) > LONGEST_FORM else ""}"' for form in found.value_counts().index]
    return ", ".join(dict.fromkeys(forms[:SHOWN_FORMS])) or "nothing"
