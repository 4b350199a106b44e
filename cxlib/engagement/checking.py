"""Whether a client folder is right: everything that is wrong or doubtful with it, told at once, and what was read of it."""

from dataclasses import replace
from pathlib import Path

from cxlib.engagement.engagement import PARTS, Engagement, engagement_of, opened
from cxlib.engagement.folder import SETTINGS, Folder
from cxlib.engagement.problems import DataError, Problem, errors
from cxlib.engagement.read_before import TablesRead

_ASKED = ("recommend", "rating", "effort", "satisfaction", "loyalty", "blocks")  # what a report of the survey tells of


def problems(client: str) -> list[Problem]:
    """Everything that is wrong, or worth a look, in a client's folder: client.yml, every table, the logo. Never raises
    DataError; no problem means that every report can be made."""
    return checked(client)[0]


def checked(client: str, path: Path | None = None, settings_text: str | None = None) -> tuple[list[Problem], list[str]]:
    """`problems`, and in a few lines for each table what was read of it: rows, columns, what was left out and made.

    path : a folder that is still being made
    settings_text : what client.yml is to say, where that is not written yet
    """
    found, told, _ = _looked_through(client, path, settings_text)
    return found, told


def problems_and_customers(client: str) -> tuple[list[Problem], frozenset[str], TablesRead | None]:
    """`problems`, the id of every customer that the tables hold, which no report may name, and these tables, read once for all."""
    found, _, engagement = _looked_through(client)
    if engagement is None or errors(found):
        return found, frozenset(), None
    return found, _customers(engagement), engagement.tables


def _looked_through(
    client: str, path: Path | None = None, settings_text: str | None = None
) -> tuple[list[Problem], list[str], Engagement | None]:
    """The problems of a folder, what was read of it, and the engagement, where there is one."""
    try:
        folder, settings, found = opened(client, path, settings_text=settings_text)
    except DataError as failure:
        return list(failure.problems), [], None
    if settings is None:
        return found, [], None
    try:
        engagement = engagement_of(folder, settings, client)
    except DataError as failure:
        return list(dict.fromkeys([*found, *failure.problems])), _lines(folder), None
    if engagement.each is not None:
        found += (engagement.one or engagement.each).notes(folder)
    for read in [lambda: engagement.logo, lambda: engagement.template, *_tables(engagement)]:
        try:
            found += getattr(read(), "notes", ())
        except DataError as failure:
            found += failure.problems
    told = _lines(folder)
    if not errors(found):
        found += _unread(folder, engagement)
        for counted, wrong in _shared_ids(folder, engagement):
            told.append(counted)
            found += wrong
    if engagement.each is not None:
        told.append(engagement.each.told())
    return list(dict.fromkeys(found)), told, engagement


def _customers(engagement: Engagement) -> frozenset[str]:
    """The ids of customers in every table that has them."""
    from cxlib.engagement.tables.matches import keys

    asked, columns = engagement.settings, []
    for part in ("survey", "contacts", "customers"):
        named = [getattr(getattr(asked, part), role, None) for role in ("respondent", "customer")]
        rows = getattr(engagement, part).rows if engagement.has(part) else None
        columns += [rows[name] for name in named if rows is not None and name in rows]
    if engagement.journey is not None:
        columns.append(engagement.journey.contacts["customer"])
        columns += [] if engagement.journey.complaints is None else [engagement.journey.complaints["customer"]]
    if engagement.follow_up is not None:
        columns.append(engagement.follow_up.rows["respondent"])
    return frozenset(str(each) for column in columns for each in keys(column).dropna().unique())


def _shared_ids(folder: Folder, engagement: Engagement) -> list[tuple[str, list[Problem]]]:
    """What is told of the ids that two tables share, and what is wrong with them: respondents, and units."""
    from cxlib.engagement.shared_ids import Ids, shared

    asked = engagement.settings
    ids: dict[tuple[str, str], Ids] = {}
    for part in ("survey", "contacts", "customers", "employees"):
        for role, what in (("respondent", "respondents"), ("unit", "units")):
            if engagement.has(part) and (column := getattr(getattr(asked, part), role, None)) is not None:
                file = ", ".join(getattr(asked, part).files.values())
                ids[part, role] = Ids(part, role, column, getattr(engagement, part).rows[column], file, what)
    needed = {("contacts", "customers"): engagement.customers_of_contacts is not None, ("survey", "employees"): True}
    pairs = [("survey", "contacts"), ("survey", "customers"), ("contacts", "customers"), ("survey", "employees")]
    tied = [(ids.get((one, role)), ids.get((other, role)), needed.get((one, other), False))
            for one, other in pairs for role in ("respondent", "unit")]  # fmt: skip
    return [shared(folder, one, other, needed=must) for one, other, must in tied if one is not None and other is not None]


def _lines(folder: Folder) -> list[str]:
    """What was read of each table."""
    return [f"  {line}" if i else line for told in folder.told.values() for i, line in enumerate(told)]


def _unread(folder: Folder, engagement: Engagement) -> list[Problem]:
    """Warnings for tables that lie in the folder and are named nowhere, and for a folder that feeds no report."""
    from cxlib.engagement.tables.formats import is_table

    names = [each.name for each in sorted(folder.path.iterdir()) if is_table(each.name)]
    rule, remedy = "no key of client.yml names this table, so it is not read", "Describe it there, or take it away"
    found = [
        Problem(folder.display_name(name), rule, remedy, severity="warning") for name in names if name not in folder.inputs
    ]
    if not any(engagement.has(part) for part in PARTS):
        rule, remedy = "it describes no table yet, so the report will be empty", "Begin with `survey:`"
        found.append(Problem(folder.display_name(SETTINGS), rule, remedy, severity="warning"))
    elif not any(engagement.has(part) for part in PARTS if part != "survey") and not any(getattr(engagement.settings.survey, name) for name in (*_ASKED, "funnel")):
        rule, remedy = "it names no question, so the report will be empty", f"Name one under {', '.join(_ASKED[:-1])} or {_ASKED[-1]}"
        found.append(replace(folder.setting("survey", rule, remedy), severity="warning"))
    return found


def _tables(engagement: Engagement) -> list:
    readers = [lambda: engagement.survey] if engagement.has("survey") else []
    readers += [lambda model=model: engagement.maturity(model) for model in engagement.settings.maturity or ()]
    readers += [lambda: engagement.contacts] if engagement.has("contacts") else []
    parts = [part for part in ("customers", "employees", "initiatives", "journey") if engagement.has(part)]
    parts += ["follow_up"] if engagement.has("closed_loop") else []
    parts += ["rollout"] if engagement.has("rollout") or "initiatives" in parts else []
    return readers + [lambda part=part: getattr(engagement, part) for part in parts]
