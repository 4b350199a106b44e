"""The logs of a journey, one for each department or system: each is read as rows of one form. What ties them is `journey.py`'s work."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, errors, written
from cxlib.engagement.settings.journey import Emotions, LogSettings, ScoreSettings, Status
from cxlib.engagement.settings.reading import Scale
from cxlib.engagement.tables.answers import Coding, read_answers
from cxlib.engagement.tables.cells import Codes, text
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.matches import keys
from cxlib.engagement.tables.moments import moment, moved
from cxlib.engagement.tables.rows import counted
from cxlib.engagement.tables.shaping import among, distinct
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.table import Table

ROLES = ("touchpoint", "channel", "owner", "type")
FAR_BEYOND = pd.Timedelta(days=180)  # after all but a thousandth of the contacts: hardly a date of this log
DAY = pd.Timedelta(days=1)


@dataclass
class Log:
    """One log as rows of the form that all logs have.

    rows : id (the customer's, in this system), case, time, accepted, solved, touchpoint (as the log calls it), channel, owner,
        type, score (on `scale`), good, bad, waits, queued, ended (solved by a state), and the columns of behaviours
    zoned : whether its times name their zone;  until : the last moment that it covers
    """

    key: str
    label: str
    rows: pd.DataFrame
    scale: Scale | None
    until: pd.Timestamp
    zoned: bool
    file: str
    problems: list[Problem] = field(default_factory=list)


def read_log(folder: Folder, settings: LogSettings, name: str, *, clock: str | None, behaviours: tuple[str, ...]) -> Log:
    """Read and check a log. Raises: DataError where its table cannot be had at all."""
    key = f"journey.logs.{name}"
    table = read_source(folder, settings, key, wanted=_wanted(settings, key), optional=behaviours)
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    cells = table.cells
    rows: dict[str, pd.Series | pd.Categorical] = {"id": keys(cells[settings.customer]).astype("category")}
    rows["case"] = keys(cells[settings.case]).astype("category") if settings.case else throughout(None, len(cells))
    times, zoned = {}, False
    for role in ("time", "accepted", "solved"):
        if (column := getattr(settings, role)) is not None:
            times[role], named = columns.on_one_clock(column, zone=settings.zone, clock=clock)
            zoned = zoned or named
    for role in ("accepted", "solved"):
        rows[role] = columns.not_before(times["time"], times[role]) if role in times else pd.Series(pd.NaT, cells.index)
    rows["time"] = times["time"]
    for role in ROLES:
        column = getattr(settings, role)
        rows[role] = columns.texts(column).astype("category") if column else throughout(settings.always.get(role), len(cells))
    problems = []
    if settings.score is not None:
        answers = read_answers(table, settings.score.column, coding_of(settings.score, f"{key}.score"), decimal=settings.read.decimal)
        rows["score"] = answers.numbers
        problems += answers.problems
    for column in behaviours:
        if column in cells:
            rows[column] = columns.marks(column)
    if settings.emotions is not None:
        rows["good"], rows["bad"], unknown = _emotions(table, settings.emotions)
        problems += [_unknown_emotions(folder, key, unknown)] if unknown else []
    frame = pd.DataFrame(rows, table.cells.index)
    if settings.status is not None:
        frame = frame.assign(**_states(table, settings.status, frame["time"]))
    frame, until = _covered(folder, settings, key, table, frame, columns, clock)
    problems += _twice(folder, settings, key, frame)
    told = [f"{name}: {', '.join(columns.told)}"] if columns.told else []
    folder.told[key] = (*folder.told.get(key, ()), *told)
    scale = settings.score.scale if settings.score else None
    return Log(name, settings.label or name, frame, scale, until, zoned, table.file, [*table.notes, *columns.problems, *problems])


def throughout(said: str | None, rows: int) -> pd.Categorical:
    """The same text in every row, or none."""
    return pd.Categorical.from_codes(np.full(rows, -1 if said is None else 0), pd.Index([] if said is None else [said], dtype="str"))


def coding_of(score: ScoreSettings, key: str) -> Coding:
    """How a score is stored."""
    return Coding(score.scale, score.shift, tuple(score.values.items()), score.dont_know or (), score.not_applicable or (), key=key)


def last_moment(day: str) -> pd.Timestamp | None:
    """The end of a day of client.yml, or the moment that it names; None where it is no date."""
    found = moment(day)
    if found is None:
        return None
    return pd.Timestamp(found) + (DAY - pd.Timedelta(microseconds=1) if len(day.strip()) <= 10 else pd.Timedelta(0))


def _wanted(settings: LogSettings, key: str) -> dict[str, str]:
    roles = ("client", "customer", "case", "time", "accepted", "solved", *ROLES)
    wanted = {column: f"{key}.{role}" for role in roles if (column := getattr(settings, role))}
    parts = {"status": settings.status, "score": settings.score, "emotions": settings.emotions}
    return wanted | {part.column: f"{key}.{role}" for role, part in parts.items() if part is not None}


def _emotions(table: Table, asked: Emotions) -> tuple[pd.Series, pd.Series, dict[str, int]]:
    """(whether a good one was named, whether a bad one, {one that is neither: rows}); missing where the cell is blank."""
    cells = table.cells[asked.column]
    ids, stored = distinct(cells)
    good, bad = (Codes(codes, ignore_case=True) for codes in (asked.good, asked.bad))
    counts = np.bincount(ids, minlength=len(stored))
    marks, unknown = [], {}
    for cell, count in zip(stored, counts, strict=True):
        named = [part for each in text(cell).split(asked.separator) if (part := each.strip())]
        marks.append([float(any(part in codes for part in named)) if named else np.nan for codes in (good, bad)])
        for part in named:
            if part not in good and part not in bad:
                unknown[part] = unknown.get(part, 0) + int(count)
    found = np.array(marks)[ids]
    return pd.Series(found[:, 0], cells.index), pd.Series(found[:, 1], cells.index), unknown


def _unknown_emotions(folder: Folder, key: str, unknown: dict[str, int]) -> Problem:
    rule, remedy = f"neither good nor bad: {counted_names(unknown)}", "Name each under `good` or `bad`, as the log spells it"
    return replace(folder.setting(f"{key}.emotions", rule, remedy), severity="warning")


def counted_names(counts: dict[str, int]) -> str:
    """Names with the number of rows of each, the most frequent first; those of one row alone are counted, not shown."""
    shown = [(name, n) for name, n in sorted(counts.items(), key=lambda each: (-each[1], each[0])) if n > 1 and len(name) <= 60]
    words = [f'"{name}" ({n:,})' for name, n in shown[:6]]
    rest = sum(counts.values()) - sum(n for _, n in shown[:6])
    return ", ".join([*words, *([f"{'others' if words else 'names'} of {counted(rest, 'row')}"] if rest else [])])


def _states(table: Table, status: Status, time: pd.Series) -> dict[str, pd.Series]:
    """What the states of an event log say of each row."""
    cells, labels = table.cells[status.column], table.labels.get(status.column)
    said = {role: among(cells, getattr(status, role), labels, ignore_case=table.ignores_case) if getattr(status, role) else np.zeros(len(cells), bool)
            for role in ("solved", "queued", "waits_for_customer", "waits_for_supplier")}  # fmt: skip
    waits = np.select([said["waits_for_customer"], said["waits_for_supplier"]], ["customer", "supplier"], None)
    found: dict[str, pd.Series] = {"waits": pd.Series(waits, cells.index, dtype="str").astype("category")}
    if status.queued:
        found["queued"] = pd.Series(said["queued"], cells.index)
    if status.solved:
        found |= {"solved": time.where(said["solved"]), "ended": pd.Series(said["solved"], cells.index)}
    return found


def _covered(
    folder: Folder, settings: LogSettings, key: str, table: Table, rows: pd.DataFrame, columns: TableColumns, clock: str | None
) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The rows that the log covers, and its last moment; rows without a time are left out, which is told."""
    known = rows["time"].notna()
    if not known.all() and not errors(columns.problems):
        rule, remedy = "these contacts have no time and are left out", f'Give it; or leave them out by `drop: {{{written(settings.time)}: [""]}}`'
        columns.problems.append(at_rows(rows.index[~known], file=table.file, column=settings.time, rule=rule, remedy=remedy, severity="warning"))
    rows = rows[known.to_numpy()]
    if not len(rows):
        columns.problems.append(Problem(table.file, "no contact has a time", "Is it the right column?", column=settings.time))
        return rows, pd.NaT
    end = last_moment(settings.until) if settings.until else None
    if settings.until and end is None:
        columns.problems.append(folder.setting(f"{key}.until", f'"{settings.until}" is no date', 'Write it as "2025-12-31"'))
    if end is not None:
        end = moved(pd.Series([end]), settings.zone, clock or ("UTC" if settings.zone else None))[0]
    else:
        end = rows["time"].max()
        most = rows["time"].quantile(0.999, interpolation="lower")
        if end - most > FAR_BEYOND:
            beyond = rows.index[rows["time"] > most + FAR_BEYOND]
            rule = f"these contacts are later than all others by {(end - most).days:,} days, and the log would last until then"
            remedy = f'Correct their time, or say until when the log goes: `until: "{most:%Y-%m-%d}"`; they are left out then'
            columns.problems.append(at_rows(beyond, file=table.file, column=settings.time, rule=rule, remedy=remedy, severity="warning"))
        return rows, end
    late = (rows["time"] > end).to_numpy()
    if late.any():
        folder.told[key] = (*folder.told.get(key, ()), f"{late.sum():,} contacts after {settings.until} are left out")
    return rows[~late], end


def _twice(folder: Folder, settings: LogSettings, key: str, rows: pd.DataFrame) -> list[Problem]:
    """Rows that repeat another in all that is read of them."""
    same = rows.duplicated(["id", "time"], keep=False).to_numpy()
    alike = rows[same]
    again = alike.index[alike.duplicated(keep="first")] if same.any() else []
    if not len(again):
        return []
    named = [column for role in ("customer", "case", "time", *ROLES) if (column := getattr(settings, role))]
    named += [settings.status.column] if settings.status is not None else []
    rule = f"{counted(len(again), 'row')} {'repeats' if len(again) == 1 else 'repeat'} another in all that is read of them"
    remedy = f"If they are the same contacts, write `one_row: {{of: [{', '.join(written(each) for each in dict.fromkeys(named))}]}}` beside `file`"
    return [replace(folder.setting(key, rule, remedy), severity="warning")]
