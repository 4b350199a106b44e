"""The journey of a client folder: the logs of all departments as one, whose customers and cases are known across them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey, Touchpoint
from cxlib.analyses.money import Customers
from cxlib.engagement.contact_logs import Log, counted_names, read_log, throughout
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem, at_rows, errors, nearest, stop_on_errors, written
from cxlib.engagement.settings.client import Client
from cxlib.engagement.settings.journey import (
    CUSTOMERS,
    SURVEY,
    BlueprintSettings,
    ComplaintsSettings,
    IdsSettings,
    JourneySettings,
    names_of,
)
from cxlib.engagement.settings.validation import as_asked
from cxlib.engagement.survey import Beside, Survey
from cxlib.engagement.tables.answers import Coding
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.matches import FEW, keys, matches
from cxlib.engagement.tables.shaping import loosely
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.texts import plain

COLUMNS = ("silo", "customer", "case", "time", "accepted", "solved", "touchpoint", "channel", "owner", "type", "score", "good", "bad", "waits")
TEXTS = ("silo", "customer", "case", "touchpoint", "channel", "owner", "type", "waits")
MOMENTS = ("time", "accepted", "solved")
TWO_CUSTOMERS = 0.05  # of the cases that have two of them, where the column is hardly that of the case
SHOWN_FORMS, LONGEST_FORM = 5, 12  # how ids look, as messages show it
PARTS = ("customer", "front_line", "behind", "support", "evidence", "fails")  # of a service blueprint
Ids = dict[str, pd.Series]  # {system: customer by the id there}


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
    ids = _read_ids(folder, asked.ids, problems) if asked.ids is not None else None
    behaviours = tuple(dict.fromkeys(column for each in asked.touchpoints.values() for column in each.behaviours))
    logs = _read_logs(folder, asked, behaviours, problems)
    problems += _on_one_clock(folder, asked, logs) + _unread(folder, asked, logs, behaviours)
    complaints = blueprint = None
    try:
        complaints = _read_complaints(folder, settings.complaints, asked, ids, problems) if settings.complaints else None
        blueprint = _read_blueprint(folder, settings.blueprint, asked, problems) if settings.blueprint else None
    except DataError as failure:
        problems += failure.problems
    stop_on_errors(problems)
    told, scale = [], next((log.scale for log in logs if log.scale), (0.0, 10.0))
    for log in logs:
        problems += _known(folder, asked, log, ids, told)
        problems += _at_touchpoints(folder, asked, log)
        _put_on(scale, log, told)
    if ids is None:
        problems += _never_met(folder, logs)
    problems += _answered(folder, ids, logs, survey, told)
    stop_on_errors(problems)
    contacts = _joined(logs, behaviours)
    pairs = _pairs(contacts)
    problems += _two_customers(folder, contacts["case"].cat.categories.size, pairs)
    stop_on_errors(problems)
    contacts = _accepted(_in_cases(contacts, pairs, asked.new_case_after_days))
    contacts["owner"] = _owners(asked, contacts, told)
    cases = _cases(asked, contacts, complaints, _left(customers, ids))
    contacts = contacts.drop(columns=["queued", "ended"]).assign(**{name: _as_texts(contacts[name]) for name in TEXTS if name != "owner"})
    told.append(f"{len(contacts):,} contacts in {len(cases):,} cases of {contacts['customer'].nunique():,} customers")
    folder.told["journey"] = tuple(f"journey: {line}" for line in told)
    ratings, used = _ratings(asked, survey)
    return as_asked(
        Journey, asked, touchpoints=_touchpoints(asked), contacts=contacts, cases=cases, silos=_silos(logs, contacts), scale=scale, ratings=ratings,
        used=used, rating_scale=asked.ratings.scale, answers=_answers(ids, survey), complaints=complaints, blueprint=blueprint, notes=tuple(dict.fromkeys(problems)),
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


# ---------------------------------------------------------------- who is who
def _read_ids(folder: Folder, settings: IdsSettings, problems: list[Problem]) -> Ids:
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


def _customer(ids: Ids | None, system: str | None, theirs: pd.Series) -> pd.Series:
    """The customer of each id of a system, as a category; missing where nobody is known by it."""
    theirs = theirs.astype("category")
    return theirs if ids is None else _renamed(theirs, ids.get(system or "", pd.Series(dtype=object)))


def _renamed(texts: pd.Series, names: Mapping[str, str | None] | pd.Series) -> pd.Series:
    """Each text of a category as it is called; missing where it is not among the names."""
    codes, called = pd.factorize(pd.Series(texts.cat.categories, dtype=object).map(names), sort=True)
    found = np.append(codes, -1)[texts.cat.codes]
    return pd.Series(pd.Categorical.from_codes(found, pd.Index(called, dtype="str")), texts.index)


def _as_texts(texts: pd.Series) -> pd.Series:
    """A category as texts."""
    said = texts.cat.categories.astype("str").array
    return pd.Series(said.take(texts.cat.codes.to_numpy(np.int64), allow_fill=True), texts.index)


def _known(folder: Folder, asked: JourneySettings, log: Log, ids: Ids | None, told: list[str]) -> list[Problem]:
    """Names the customer of each contact, and tells how many are known."""
    settings, theirs = asked.logs[log.key], log.rows["id"]
    log.rows["customer"] = _customer(ids, settings.known_as, theirs)
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


def _never_met(folder: Folder, logs: list[Log]) -> list[Problem]:
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


def _answered(folder: Folder, ids: Ids | None, logs: list[Log], survey: Survey | None, told: list[str]) -> list[Problem]:
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


def _answers(ids: Ids | None, survey: Survey | None) -> pd.DataFrame | None:
    """Who gave each row of the survey, as the contacts call the customer, and until when that answer knows of contacts."""
    column = survey.settings.respondent if survey is not None else None
    if survey is None or column is None or (ids is not None and SURVEY not in ids):
        return None
    rows, date = survey.rows, survey.settings.date
    times = pd.Series(pd.NaT, rows.index, dtype="datetime64[ns]") if date is None else pd.to_datetime(rows[date]).dt.tz_localize(None)
    if (times.dropna() == times.dropna().dt.normalize()).all():  # a day: up to its end
        times = times + pd.Timedelta(days=1)
    return pd.DataFrame({"customer": keys(rows[column]), "time_answer": times}, rows.index)


def _forms(ids: pd.Series) -> str:
    """How ids look, and none of them: letters as a, digits as 9."""
    found = pd.Series([re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", each)) for each in ids.dropna().astype(str).head(10_000)], dtype=object)
    forms = [f'"{form[:LONGEST_FORM]}{"..." if len(form) > LONGEST_FORM else ""}"' for form in found.value_counts().index]
    return ", ".join(dict.fromkeys(forms[:SHOWN_FORMS])) or "nothing"


# ---------------------------------------------------------------- what a log says, as the journey calls it
def _at_touchpoints(folder: Folder, asked: JourneySettings, log: Log) -> list[Problem]:
    """Each contact's touchpoint by its id; those that client.yml does not name are told, and stay with none."""
    known = {plain(name, ignore_case=True): key for key, each in asked.touchpoints.items() for name in names_of(key, each)}
    said = log.rows["touchpoint"]
    counts = said.value_counts()
    found = {name: known.get(plain(name, ignore_case=True)) for name in counts.index}
    log.rows["touchpoint"] = _renamed(said, found)
    unknown = {str(name): int(counts[name]) for name, key in found.items() if key is None}
    if not unknown:
        return []
    n, of = sum(unknown.values()), len(log.rows)
    rule = f"{n:,} of {of:,} contacts of {log.key} are at no touchpoint of client.yml: {counted_names(unknown)}"
    first = next((name for name, count in unknown.items() if count > 1), "")
    near = first and nearest(first, [name for key, each in asked.touchpoints.items() for name in names_of(key, each)])
    if near:
        remedy = f'Is it "{near}"? Then add it there: `is: [{written(near)}, {written(first)}]`'
    else:
        example = f": `{_slug(first)}: {{label: {written(first)}}}`" if first else ""
        remedy = f"Add each to the `is` of its touchpoint, or as one of its own under `touchpoints`{example}"
    return [replace(folder.setting("journey.touchpoints", rule, remedy), severity="warning")]


def _slug(name: str) -> str:
    """A text as the key of a touchpoint."""
    letters = name.casefold().translate(str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe"}))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_0123456789")[:40] or "other"


def _put_on(scale: tuple[float, float], log: Log, told: list[str]) -> None:
    """Scores on the scale of the first log that has any."""
    if log.scale is None or log.scale == scale:
        return
    (low, high), (first, last) = log.scale, scale
    log.rows["score"] = first + (log.rows["score"] - low) * (last - first) / (high - low)
    told.append(f"scores of {log.key} brought from {low:g}-{high:g} to {first:g}-{last:g}")


def _on_one_clock(folder: Folder, asked: JourneySettings, logs: list[Log]) -> list[Problem]:
    named, bare = ([log.key for log in logs if log.zoned is zoned] for zoned in (True, False))
    bare = [key for key in bare if asked.logs[key].zone is None]
    if not named or not bare or asked.zone is not None:
        return []
    rule = f"the times of {', '.join(named)} name their zone, and those of {', '.join(bare)} do not"
    return [folder.setting("journey.zone", rule, 'Say in which they are: `zone: "Europe/Copenhagen"`, or another, under `journey`')]


def _unread(folder: Folder, asked: JourneySettings, logs: list[Log], behaviours: tuple[str, ...]) -> list[Problem]:
    """Behaviours that no log has, names of touchpoints that no log says, and touchpoints that nothing tells of."""
    problems = []
    if len(logs) < len(asked.logs):
        return problems
    for column in behaviours:
        if not any(column in log.rows for log in logs):
            key = next(key for key, each in asked.touchpoints.items() if column in each.behaviours)
            rule = f'no log has a column "{column}"'
            problems.append(folder.setting(f"journey.touchpoints.{key}.behaviours.{column}", rule, "Correct its name, or take it out"))
    said = {plain(name, ignore_case=True) for log in logs for name in log.rows["touchpoint"].dropna().unique()}
    for key, each in asked.touchpoints.items():
        there = any(plain(name, ignore_case=True) in said for name in names_of(key, each))
        lost = [name for name in each.is_ or () if plain(name, ignore_case=True) not in said] if logs else []
        if not there and each.survey is None and logs:
            rule, remedy = "no contact is at this touchpoint, and the survey does not ask about it", "Write its name in the logs under `is`, or take it out"
            problems.append(replace(folder.setting(f"journey.touchpoints.{key}", rule, remedy), severity="warning"))
        elif there and lost:
            rule, remedy = f"no contact is called {', '.join(map(written, lost))}", "Take it out, or correct its spelling"
            problems.append(replace(folder.setting(f"journey.touchpoints.{key}.is", rule, remedy), severity="warning"))
    return problems


# ---------------------------------------------------------------- one log, and its cases
def _joined(logs: list[Log], behaviours: tuple[str, ...]) -> pd.DataFrame:
    """All contacts; their texts are categories in the alphabet's order, because all that follows is reckoned by their codes."""
    wanted = [*COLUMNS, *behaviours, "queued", "ended"]
    parts = [log.rows.assign(silo=throughout(log.label, len(log.rows))).reindex(columns=wanted) for log in logs]
    columns = {}
    for column in wanted:
        if column in TEXTS:
            columns[column] = _one_below_the_other([part[column] for part in parts])
            continue
        cells = pd.concat([part[column] for part in parts], ignore_index=True) if parts else pd.Series(dtype=object)
        if column in MOMENTS:
            columns[column] = pd.to_datetime(cells)
        elif column in ("queued", "ended"):
            columns[column] = cells == True  # noqa: E712 (blank where a log has no states)
        else:
            columns[column] = cells.astype(float)
    return pd.DataFrame(columns)


def _one_below_the_other(parts: list[pd.Series]) -> pd.Categorical:
    """Categories of several logs as one, in the alphabet's order; a log that lacks the column has none."""
    known = [part.cat if isinstance(part.dtype, pd.CategoricalDtype) else throughout(None, len(part)) for part in parts]
    sizes = np.cumsum([0, *(len(each.categories) for each in known)])
    texts = [each.categories.to_series() for each in known if len(each.categories)]
    codes, names = pd.factorize(pd.concat(texts, ignore_index=True) if texts else pd.Series(dtype="str"), sort=True)
    found = [np.append(codes[low:high], -1)[np.asarray(each.codes)] for each, low, high in zip(known, sizes, sizes[1:], strict=False)]
    return pd.Categorical.from_codes(np.concatenate(found) if found else [], pd.Index(names, dtype="str"))


def _in_order(contacts: pd.DataFrame) -> pd.DataFrame:
    """One order whatever that of the files: by customer, time, and what tells contacts of one moment apart. Those of nobody known
    come last."""
    ranks = [_codes(contacts[column], last=True) for column in ("silo", "touchpoint", "case")]
    ranks += [contacts["time"].to_numpy("datetime64[us]").view("i8"), _codes(contacts["customer"], last=True)]
    return contacts.iloc[np.lexsort(ranks)].reset_index(drop=True)


def _codes(texts: pd.Series, *, last: bool = False) -> np.ndarray:
    """The place of each text in the alphabet; of a missing one -1, or the last."""
    codes = texts.cat.codes.to_numpy(np.int64)
    return np.where(codes < 0, len(texts.cat.categories), codes) if last else codes


def _two_customers(folder: Folder, cases: int, pairs: np.ndarray) -> list[Problem]:
    """Cases of two customers; each customer's contacts are then a case of their own."""
    shared = int((np.bincount(pairs[:, 0], minlength=1) > 1).sum())
    if not shared:
        return []
    rule = f"{shared:,} of {cases:,} cases have two customers, and are taken for a case of each"
    if shared <= TWO_CUSTOMERS * cases:
        return [replace(folder.setting("journey.logs", rule, "Look at them; nothing is to be done where it is a few"), severity="warning")]
    remedy = "Is `case` the column of the case? Where each log numbers its own, take `case` out there: contacts of a customer within `new_case_after_days` are then a case"
    return [folder.setting("journey.logs", f"{shared:,} of {cases:,} cases have two customers", remedy)]


def _pairs(contacts: pd.DataFrame) -> np.ndarray:
    """Each case and known customer of it, by their codes: by case, then customer."""
    case, customer = _codes(contacts["case"]), _codes(contacts["customer"])
    many = max(len(contacts["customer"].cat.categories), 1)
    both = np.sort((case * many + customer)[(case >= 0) & (customer >= 0)])
    both = both[np.diff(both, prepend=-1) > 0]
    return np.column_stack([both // many, both % many])


def _in_cases(contacts: pd.DataFrame, pairs: np.ndarray, days: float) -> pd.DataFrame:
    """The contacts with a case each: as the logs name it, one for each customer; else those of a customer that lie close together.
    A contact that names a case and nobody known is of the case's customer."""
    case, customer = _codes(contacts["case"]), _codes(contacts["customer"])
    first = np.full(len(contacts["case"].cat.categories) + 1, -1)  # the last is that of contacts without a case
    first[pairs[::-1, 0]] = pairs[::-1, 1]
    customer = np.where(customer < 0, first[case], customer)
    contacts["customer"] = pd.Categorical.from_codes(customer, dtype=contacts["customer"].dtype)
    contacts = _in_order(contacts)
    names, codes = contacts["case"].cat.categories, _codes(contacts["case"])
    added, codes = _parted(pairs, codes, _codes(contacts["customer"]), names)
    without = np.flatnonzero(codes < 0)
    later = contacts["customer"].cat.codes.to_numpy()[without]
    apart = np.diff(contacts["time"].to_numpy()[without]) > pd.Timedelta(days=days).to_numpy()
    begins = np.concatenate([[True] * bool(len(without)), (np.diff(later) != 0) | (later[1:] < 0) | apart]).astype(int)
    codes[without] = len(names) + len(added) + begins.cumsum() - 1
    numbered = [f"~{i + 1}" for i in range(int(begins.sum()))]
    return contacts.assign(case=pd.Categorical.from_codes(codes, names.append(pd.Index([*added, *numbered], dtype="str"))))


def _parted(pairs: np.ndarray, case: np.ndarray, customer: np.ndarray, names: pd.Index) -> tuple[list[str], np.ndarray]:
    """(names of the cases that a second or third customer of a case gets, the case of each contact)."""
    again = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1) == 0)
    added: list[str] = []
    case, taken = case.copy(), set(names) if len(again) else set()
    for at in again:
        old, whose = pairs[at]
        number = 2
        while (name := f"{names[old]} ({number})") in taken:
            number += 1
        taken.add(name)
        case[(case == old) & (customer == whose)] = len(names) + len(added)
        added.append(name)
    return added, case


def _accepted(contacts: pd.DataFrame) -> pd.DataFrame:
    """What waits in a queue is accepted by the next event of its case that does not."""
    if not contacts["queued"].any():
        return contacts
    rows = contacts.assign(of=_codes(contacts["case"])).sort_values(["of", "time"], kind="stable")
    first = rows["time"].where(~rows["queued"]).groupby(rows["of"], sort=False).bfill().reindex(contacts.index)
    return contacts.assign(accepted=contacts["accepted"].where(contacts["accepted"].notna() | ~contacts["queued"], first))


def _owners(asked: JourneySettings, contacts: pd.DataFrame, told: list[str]) -> pd.Series:
    """The owner of each contact: whoever acted, else the one that answers for its touchpoint; where both are given and differ is told."""
    usual = _as_texts(_renamed(contacts["touchpoint"], {key: each.owner for key, each in asked.touchpoints.items()}))
    acted = _as_texts(contacts["owner"])
    other = int((acted.notna() & usual.notna() & (acted != usual)).sum())
    if other:
        told.append(f"{other:,} of {len(contacts):,} contacts were with another owner than the one that answers for their touchpoint")
    return acted.fillna(usual)


def _cases(asked: JourneySettings, contacts: pd.DataFrame, complaints: pd.DataFrame | None, left: pd.Series) -> pd.DataFrame:
    """One row a case: customer, type, start, solved (by a state at first, else at last), and whether it ends badly."""
    case = pd.Series(_codes(contacts["case"]), contacts.index)
    times = contacts["time"].groupby(case)
    cases = pd.DataFrame({"start": times.min(), "end": times.max()})
    for column in ("customer", "type"):
        first = contacts[column].notna() & ~case.where(contacts[column].notna()).duplicated()
        cases[column] = pd.Series(_as_texts(contacts[column][first]).to_numpy(), case[first]).reindex(cases.index)
    states, ends = (contacts["solved"].where(which).groupby(case) for which in (contacts["ended"], ~contacts["ended"]))
    cases["solved"] = pd.concat([states.min(), ends.max()], axis=1).max(axis=1)
    asked_end, bad = asked.bad_end, []
    if asked_end is not None and asked_end.churned:
        bad.append(cases["customer"].map(left).astype(float))
    if asked_end is not None and asked_end.complaint and complaints is not None:
        bad.append(_complained(cases, cases["end"] + pd.Timedelta(days=asked_end.within_days), complaints))
    if asked_end is not None and asked_end.score_at_most is not None:
        scored = contacts.assign(of=case)[contacts["score"].notna()].sort_values("time", kind="stable")
        last = scored.groupby("of")["score"].last().reindex(cases.index)
        bad.append((last <= asked_end.score_at_most).astype(float).where(last.notna()))
    cases["bad_end"] = pd.concat(bad, axis=1).max(axis=1) if bad else np.nan
    cases.index = pd.Index(contacts["case"].cat.categories[cases.index], dtype="str", name="case")
    return cases[["customer", "type", "start", "solved", "bad_end"]].sort_index()


def _complained(cases: pd.DataFrame, until: pd.Series, complaints: pd.DataFrame) -> pd.Series:
    """Whether the customer of each case complained from its start until then; missing where the customer is not known."""
    known = cases[["customer", "start"]].assign(case=cases.index, until=until).dropna(subset=["customer"])
    met = known.merge(complaints[["customer", "received"]].dropna(), on="customer")
    within = met[(met["received"] >= met["start"]) & (met["received"] <= met["until"])]
    return pd.Series(cases.index.isin(within["case"]).astype(float), cases.index).where(cases["customer"].notna())


def _left(customers: Customers | None, ids: Ids | None) -> pd.Series:
    """Whether each customer left, by the customer's name in the journey."""
    if customers is None or customers.event is None:
        return pd.Series(dtype=float)
    column, system = _column_of_customers(customers, ids)
    if column is None:
        return pd.Series(dtype=float)
    named = _as_texts(_customer(ids, system, keys(customers.rows[column]))).to_numpy()
    left = pd.Series(customers.rows[customers.event].to_numpy(float), index=named)
    return left[left.index.notna()].groupby(level=0).max()


def _column_of_customers(customers: Customers, ids: Ids | None) -> tuple[str | None, str]:
    """The column of the table of customers that holds ids which the journey knows, and which those are."""
    if ids is not None and CUSTOMERS in ids:
        return customers.customer, CUSTOMERS
    if ids is None and customers.customer is not None and customers.respondent is None:
        return customers.customer, ""
    return customers.respondent, SURVEY


def _silos(logs: list[Log], contacts: pd.DataFrame) -> pd.DataFrame:
    """One row a log: how many contacts and customers it has, of how many the customer is known, and what time it covers."""
    rows: list[dict[str, Any]] = [
        {"silo": log.label, "contacts": len(log.rows), "customers": log.rows["id"].nunique(), "known": int(log.rows["customer"].notna().sum()),
         "begins": log.rows["time"].min(), "ends": log.until} for log in logs]  # fmt: skip
    return pd.DataFrame(rows, columns=["silo", "contacts", "customers", "known", "begins", "ends"])


# ---------------------------------------------------------------- complaints, and the blueprint
def _read_complaints(folder: Folder, settings: ComplaintsSettings, asked: JourneySettings, ids: Ids | None, problems: list[Problem]) -> pd.DataFrame:
    roles = ("client", "customer", "received", "closed", "touchpoint", "owner", "severity")
    wanted = {column: f"complaints.{role}" for role in roles if (column := getattr(settings, role))}
    table = read_source(folder, settings, "complaints", wanted=wanted)
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    received, _ = columns.on_one_clock(settings.received, zone=None, clock=asked.zone)
    columns.need(received, "the complaint has no date", f"Give it; or leave such rows out: `drop: {{{written(settings.received)}: [\"\"]}}`")
    closed = pd.Series(pd.NaT, received.index)
    if settings.closed is not None:
        closed = columns.not_before(received, columns.on_one_clock(settings.closed, zone=None, clock=asked.zone)[0])
    theirs = keys(table.cells[settings.customer])
    customer = _as_texts(_customer(ids, settings.known_as, theirs))
    rows = {"customer": customer, "received": received, "closed": closed, "touchpoint": None, "owner": None, "severity": np.nan}
    if settings.touchpoint is not None:
        known = {plain(name, ignore_case=True): key for key, each in asked.touchpoints.items() for name in names_of(key, each)}
        said = columns.texts(settings.touchpoint)
        rows["touchpoint"] = said.map({each: known.get(plain(each, ignore_case=True)) for each in said.dropna().unique()}).astype("str")
    if settings.owner is not None:
        rows["owner"] = columns.texts(settings.owner)
    if settings.severity is not None:
        rows["severity"] = columns.numbers(settings.severity)
    problems += [*table.notes, *columns.problems]
    folder.told["complaints"] = (*folder.told["complaints"], f"complaints: the customer of {customer.notna().sum():,} of {len(customer):,} is known")
    return pd.DataFrame(rows).sort_values(["received", "customer"], kind="stable", ignore_index=True)


def _read_blueprint(folder: Folder, settings: BlueprintSettings, asked: JourneySettings, problems: list[Problem]) -> pd.DataFrame:
    given = {role: column for role in PARTS if (column := getattr(settings, role))}
    wanted = {settings.touchpoint: "blueprint.touchpoint"} | {column: f"blueprint.{role}" for role, column in given.items()}
    table = read_source(folder, settings, "blueprint", wanted=wanted)
    columns = TableColumns(table)
    known = {plain(name, ignore_case=True): key for key, each in asked.touchpoints.items() for name in (key, each.label, *names_of(key, each))}
    said = columns.texts(settings.touchpoint)
    found = said.map({each: known.get(plain(each, ignore_case=True)) for each in said.dropna().unique()})
    problems += [*table.notes, *columns.problems]
    lost = found.index[found.isna()]
    if len(lost):
        remedy = f"Name one of: {', '.join(asked.touchpoints)}"
        problems.append(at_rows(lost, file=table.file, column=settings.touchpoint, rule="this is no touchpoint of `journey`", remedy=remedy))
    again = found.notna() & found.duplicated()
    if again.any():
        rule, remedy = "the touchpoint stands in an earlier row", "Give each touchpoint one row"
        problems.append(at_rows(found.index[again], file=table.file, column=settings.touchpoint, rule=rule, remedy=remedy))
    rows = pd.DataFrame({role: columns.texts(column) for role, column in given.items()}, table.cells.index).set_axis(found.to_numpy(), axis=0)
    return rows if errors(problems) else rows.reindex([key for key in asked.touchpoints if key in rows.index]).rename_axis("touchpoint")
