"""What each log says in its own way, said alike: touchpoints by id, owners, scores on one scale, times on one clock."""

import re
from dataclasses import replace

import pandas as pd

from cxlib.engagement.contact_logs import Log, counted_names
from cxlib.engagement.folder import Folder
from cxlib.engagement.journey.coded import as_texts, renamed
from cxlib.engagement.problems import Problem, nearest, written
from cxlib.engagement.settings.journey import JourneySettings, names_of
from cxlib.engagement.tables.texts import plain


def touchpoints_by_name(asked: JourneySettings) -> dict[str, str]:
    """{how logs call it, whatever its case: the touchpoint}"""
    return {plain(name, ignore_case=True): key for key, each in asked.touchpoints.items() for name in names_of(key, each)}


def at_touchpoints(folder: Folder, asked: JourneySettings, log: Log) -> list[Problem]:
    """Each contact's touchpoint by its id; those that client.yml does not name are told, and stay with none."""
    known = touchpoints_by_name(asked)
    said = log.rows["touchpoint"]
    counts = said.value_counts()
    found = {name: known.get(plain(name, ignore_case=True)) for name in counts.index}
    log.rows["touchpoint"] = renamed(said, found)
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


def owners_of(asked: JourneySettings, contacts: pd.DataFrame, told: list[str]) -> pd.Series:
    """The owner of each contact: whoever acted, else the one that answers for its touchpoint; where both are given and differ is told."""
    usual = as_texts(renamed(contacts["touchpoint"], {key: each.owner for key, each in asked.touchpoints.items()}))
    acted = as_texts(contacts["owner"])
    other = int((acted.notna() & usual.notna() & (acted != usual)).sum())
    if other:
        told.append(f"{other:,} of {len(contacts):,} contacts were with another owner than the one that answers for their touchpoint")
    return acted.fillna(usual)


def put_on(scale: tuple[float, float], log: Log, told: list[str]) -> None:
    """Scores on the scale of the first log that has any."""
    if log.scale is None or log.scale == scale:
        return
    (low, high), (first, last) = log.scale, scale
    log.rows["score"] = first + (log.rows["score"] - low) * (last - first) / (high - low)
    told.append(f"scores of {log.key} brought from {low:g}-{high:g} to {first:g}-{last:g}")


def on_one_clock(folder: Folder, asked: JourneySettings, logs: list[Log]) -> list[Problem]:
    named = [log.key for log in logs if log.zoned or asked.logs[log.key].zone is not None]
    bare = [log.key for log in logs if log.key not in named]
    if not named or not bare or asked.zone is not None:
        return []
    rule = f"of the times of {', '.join(named)} the zone is known, of those of {', '.join(bare)} it is not"
    return [folder.setting("journey.zone", rule, 'Say in which they are: `zone: "Europe/Copenhagen"`, or another, under `journey`')]


def unread(folder: Folder, asked: JourneySettings, logs: list[Log], behaviours: tuple[str, ...]) -> list[Problem]:
    """Behaviours that no log has, names of touchpoints that no log says, touchpoints that nothing tells of, and owners spelt otherwise than in the logs."""
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
    acted = list(dict.fromkeys(str(name) for log in logs for name in log.rows["owner"].dropna().unique()))
    for key, each in asked.touchpoints.items():
        near = nearest(each.owner, acted) if each.owner and each.owner not in acted else ""
        if near:
            rule, remedy = f"no contact is with {written(each.owner)}", f"Is it {written(near)}? Then write `owner: {written(near)}`"
            problems.append(replace(folder.setting(f"journey.touchpoints.{key}.owner", rule, remedy), severity="warning"))
    return problems
