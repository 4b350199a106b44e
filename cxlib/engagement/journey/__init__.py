"""The journey of a client folder: the logs of all departments as one, whose customers and cases are known across them."""

from typing import Any

import pandas as pd

from cxlib.analyses.contact_log import Journey, Touchpoint
from cxlib.analyses.money import Customers
from cxlib.engagement.contact_logs import Log, read_log
from cxlib.engagement.folder import Folder
from cxlib.engagement.journey.alike import at_touchpoints, on_one_clock, owners_of, put_on, unread
from cxlib.engagement.journey.blueprint import read_blueprint
from cxlib.engagement.journey.cases import accepted, case_customers, cases_of, in_cases, two_customers, who_left
from cxlib.engagement.journey.coded import as_texts
from cxlib.engagement.journey.complaints import read_complaints
from cxlib.engagement.journey.joined import TEXTS, joined
from cxlib.engagement.journey.who_is_who import answered, answers_of, known_customers, never_met, read_ids
from cxlib.engagement.problems import DataError, Problem, stop_on_errors
from cxlib.engagement.settings.client import Client
from cxlib.engagement.settings.journey import JourneySettings
from cxlib.engagement.settings.validation import as_asked
from cxlib.engagement.survey import Beside, Survey
from cxlib.engagement.tables.answers import Coding


def beside_survey(settings: Client) -> Beside:
    """What the journey and the units take from the survey's rows."""
    ratings: dict[str, Coding] = {}
    if settings.journey is not None:
        asked = settings.journey.ratings
        for key, each in settings.journey.touchpoints.items():
            if each.survey is not None:
                ratings[each.survey] = Coding(asked.scale, asked.shift, tuple(asked.values.items()), asked.dont_know, asked.not_used,
                                              key=f"journey.touchpoints.{key}.survey")  # fmt: skip
    groups = {}
    if settings.units is not None:
        groups = dict.fromkeys(settings.units.hold_constant, "units.hold_constant")
        groups |= {settings.units.column: "units.column"} if settings.units.column else {}
    return Beside(ratings, groups)


def read_journey(folder: Folder, settings: Client, asked: JourneySettings, survey: Survey | None, customers: Customers | None) -> Journey:
    """Read and check the logs, and tie them. Raises: DataError with everything that is wrong with them."""
    problems: list[Problem] = []
    ids = read_ids(folder, asked.ids, problems) if asked.ids is not None else None
    behaviours = tuple(dict.fromkeys(column for each in asked.touchpoints.values() for column in each.behaviours))
    logs = _read_logs(folder, asked, behaviours, problems)
    problems += on_one_clock(folder, asked, logs) + unread(folder, asked, logs, behaviours)
    complaints = blueprint = None
    try:
        complaints = read_complaints(folder, settings.complaints, asked, ids, problems) if settings.complaints else None
        blueprint = read_blueprint(folder, settings.blueprint, asked, problems) if settings.blueprint else None
    except DataError as failure:
        problems += failure.problems
    stop_on_errors(problems)
    told, scale = [], next((log.scale for log in logs if log.scale), (0.0, 10.0))
    for log in logs:
        problems += known_customers(folder, asked, log, ids, told)
        problems += at_touchpoints(folder, asked, log)
        put_on(scale, log, told)
    if ids is None:
        problems += never_met(folder, logs)
    problems += answered(folder, ids, logs, survey, told)
    stop_on_errors(problems)
    contacts = joined(logs, behaviours)
    pairs = case_customers(contacts)
    problems += two_customers(folder, contacts["case"].cat.categories.size, pairs)
    stop_on_errors(problems)
    contacts = accepted(in_cases(contacts, pairs, asked.new_case_after_days))
    contacts["owner"] = owners_of(asked, contacts, told)
    cases = cases_of(asked, contacts, complaints, who_left(customers, ids))
    contacts = contacts.drop(columns=["queued", "ended"]).assign(**{name: as_texts(contacts[name]) for name in TEXTS if name != "owner"})
    told.append(f"{len(contacts):,} contacts in {len(cases):,} cases of {contacts['customer'].nunique():,} customers")
    folder.told["journey"] = tuple(f"journey: {line}" for line in told)
    ratings, used = _ratings(asked, survey)
    return as_asked(
        Journey, asked, touchpoints=_touchpoints(asked), contacts=contacts, cases=cases, silos=_silos(logs, contacts), scale=scale, ratings=ratings,
        used=used, rating_scale=asked.ratings.scale, answers=answers_of(ids, survey, asked.zone), complaints=complaints, blueprint=blueprint, notes=tuple(dict.fromkeys(problems)),
    )  # fmt: skip


def _touchpoints(asked: JourneySettings) -> dict[str, Touchpoint]:
    return {key: as_asked(Touchpoint, each) for key, each in asked.touchpoints.items()}


def _ratings(asked: JourneySettings, survey: Survey | None) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """(answers, use) by touchpoint, of those that the survey asks about."""
    rated = {each.survey: key for key, each in asked.touchpoints.items() if each.survey is not None}
    if survey is None or not rated:
        return None, None
    return survey.ratings.rename(columns=rated), survey.used.rename(columns=rated)


def _read_logs(folder: Folder, asked: JourneySettings, behaviours: tuple[str, ...], problems: list[Problem]) -> list[Log]:
    logs = []
    for name, settings in asked.logs.items():
        try:
            logs.append(read_log(folder, settings, name, clock=asked.zone, behaviours=behaviours))
        except DataError as failure:
            problems += failure.problems
    problems += [problem for log in logs for problem in log.problems]
    return logs


def _silos(logs: list[Log], contacts: pd.DataFrame) -> pd.DataFrame:
    """One row a log: how many contacts and customers it has, of how many the customer is known, and what time it covers."""
    rows: list[dict[str, Any]] = [
        {"silo": log.label, "contacts": len(log.rows), "customers": log.rows["id"].nunique(), "known": int(log.rows["customer"].notna().sum()),
         "begins": log.rows["time"].min(), "ends": log.until} for log in logs]  # fmt: skip
    return pd.DataFrame(rows, columns=["silo", "contacts", "customers", "known", "begins", "ends"])
