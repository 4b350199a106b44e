"""`recode` of client.yml: a column as it is to be read, and columns made of others."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, nearest
from cxlib.engagement.settings.source import Recode
from cxlib.engagement.tables import shaping
from cxlib.engagement.tables.cells import Codes, numbers, quoted, text
from cxlib.engagement.tables.columns import TableColumns, spans
from cxlib.engagement.tables.table import Table


def column_of_answer(column: str, answer: str) -> str:
    """The column of 1 and 0 that an answer becomes where one cell holds several."""
    return f"{column}: {answer}"


def recoded(
    folder: Folder, table: Table, column: str, recode: Recode, key: str, *, wanted: dict[str, str], decimal: str | None
) -> Table:
    """The table with one column recoded, or made of another, or split into one for each answer."""
    origins = recode.origins or (column,)
    for origin in [each for each in origins if each not in table.cells]:
        near = nearest(origin, list(table.cells))
        remedy = f'Did you mean "{near}"? Correct the name in client.yml' if near else "Name its column under `from`"
        return table.noted(Problem(table.file, f"there is no such column ({key})", remedy, column=origin))
    if recode.from_ is not None and column in table.header and column not in recode.origins:
        rule = f'the file has a column "{column}" of its own'
        table = table.noted(folder.setting(key, rule, "Choose another name for the new column"))
    origin, table = origins[0], _timed(table, column, recode)
    cells, problems, groups = _read(table, column if recode.duration or recode.every else origin, recode, decimal)
    doubts = [folder.setting(f"{key}.{step}", rule, remedy) for step, rule, remedy in _doubts(table, origin, recode)]
    table = table.noted(*problems, *(replace(doubt, severity="warning") for doubt in doubts))
    if recode.several:
        return _split(folder, table, column, cells, recode, key, wanted)
    orders = {name: order for name, order in table.orders.items() if name != column} | ({column: groups} if groups else {})
    labels = {name: given for name, given in table.labels.items() if name != column}
    missing = {name: given for name, given in table.missing.items() if name != column}
    if kept := _labels_kept(table.labels.get(origin, {}), recode):
        labels[column] = kept
    if origin in table.missing and not (recode.bands or recode.labels or recode.joined):
        missing[column] = table.missing[origin]
    made = [f"{column} is made of {' and '.join(origins)}"] if recode.from_ is not None else []
    frame = table.cells.assign(**{column: cells})
    return replace(table, cells=frame, orders=orders, labels=labels, missing=missing).telling(*made)


def _timed(table: Table, column: str, recode: Recode) -> Table:
    """The table with a column of numbers or of periods where one is made of durations or moments."""
    origin = (*recode.origins, column)[0]
    columns = TableColumns(replace(table, cells=table.cells.assign(**{origin: _blanked(table, origin, recode)})))
    if isinstance(recode.from_, tuple) and recode.duration:
        values = columns.between(column, *recode.from_, recode.duration)
    elif recode.duration:
        values = columns.durations(origin, recode.duration)
    elif recode.every:
        values = spans(columns.moments(origin), recode.every)
    else:
        return table
    values = values.astype(object).where(values.notna(), None)
    return replace(table, cells=table.cells.assign(**{column: values})).noted(*columns.problems).telling(*columns.told)


def _blanked(table: Table, column: str, recode: Recode) -> pd.Series:
    """The cells of a column, blank where they are among `missing`."""
    cells, labels = table.cells[column].astype(object), table.labels.get(column, {})
    return shaping.without(cells, recode.missing, labels, ignore_case=table.ignores_case) if recode.missing else cells


def _read(
    table: Table, column: str, recode: Recode, decimal: str | None
) -> tuple[pd.Series, list[Problem], tuple[str, ...]]:
    """A column by the steps of `recode`: its cells, what is wrong, and its groups in their order where it has one."""
    cells, labels, problems = table.cells[column].astype(object), table.labels.get(column, {}), []
    groups: tuple[str, ...] = table.orders.get(column, ())
    if not (recode.duration or recode.every):
        cells = _blanked(table, column, recode)
    if table.missing.get(column) and (recode.bands or recode.labels or recode.joined):
        cells = shaping.each(cells, lambda cell: None if table.is_missing(column, cell) else cell)
    if recode.number:
        cells = shaping.first_number(cells)
    if recode.match:
        cells = shaping.each(cells, lambda cell: shaping.loosely(text(cell)) or None)
    if recode.turned is not None:
        cells = shaping.turned(cells, *recode.turned, decimal=decimal)
    if recode.bands:
        stored = cells
        cells, outside = shaping.banded(cells, recode.bands, decimal=decimal)
        if outside.any():
            problems.append(_in_no_band(table, column, stored, outside, recode, decimal))
        groups, labels = tuple(recode.bands), {}
    if recode.several is None:
        if recode.labels:
            cells = shaping.labelled(cells, recode.labels, labels, ignore_case=table.ignores_case)
        if recode.joined:
            cells = shaping.joined(cells, recode.joined, labels, ignore_case=table.ignores_case)
    new = {old: name for name, olds in recode.joined.items() for old in olds}
    named = [recode.labels.get(group, group) for group in groups]
    return cells, problems, tuple(dict.fromkeys(new.get(group, group) for group in named))


def _split(
    folder: Folder, table: Table, column: str, cells: pd.Series, recode: Recode, key: str, wanted: dict[str, str]
) -> Table:
    """A column of 1 and 0 for each answer."""
    labels = {text(label): text(label) for label in table.labels.get((*recode.origins, column)[0], {}).values()}

    def named(answers: pd.Series) -> pd.Series:
        return shaping.joined(shaping.labelled(answers, recode.labels, labels), recode.joined, labels)

    answers = shaping.chosen(cells, recode.several or "", named)
    found = {column_of_answer(column, answer): values for answer, values in answers.items()}
    for absent in (each for each in wanted if each.startswith(column_of_answer(column, "")) and each not in found):
        near = nearest(absent, list(found))
        offered = ", ".join(f'"{name}"' for name in list(found)[:12])
        remedy = f'Did you mean "{near}"? Correct the name in client.yml' if near else f"The columns made are: {offered}"
        rule = f'nobody gave this answer, so there is no column "{absent}" ({wanted[absent]})'
        table = table.noted(folder.setting(key, rule, remedy))
    frame = pd.concat([table.cells, pd.DataFrame(found, index=table.cells.index)], axis=1) if found else table.cells
    return replace(table, cells=frame).telling(f"{column} holds {len(found)} answers, each a column of its own")


def _in_no_band(
    table: Table, column: str, cells: pd.Series, outside: np.ndarray, recode: Recode, decimal: str | None
) -> Problem:
    """A cell that is in no band: a text, or a number between or beside them."""
    read = numbers(list(cells[outside]), decimal=decimal)
    rule = f"in none of the bands: {quoted(cells[outside])}"
    if any(not isinstance(value, float) for value in read):
        remedy = 'Name what is no number under `missing`; "35 years" is read by `number: first`'
    elif any(low <= value <= high for value in read for low, high in _between(recode)):
        remedy = "Let the bands meet, as [null, 30] and [30, 50]: 30 itself begins the later one"
    else:
        remedy = "Open the first or the last band with null, or name the codes under `missing`"
    return at_rows(cells.index[outside], file=table.file, column=column, rule=rule, remedy=remedy)


def _between(recode: Recode) -> list[tuple[float, float]]:
    """Where numbers fall between two bands."""
    spans = sorted((-np.inf if low is None else low, np.inf if high is None else high) for low, high in recode.bands.values())
    return [(end, start) for (_, end), (start, _) in pairwise(spans)]


def _doubts(table: Table, column: str, recode: Recode) -> list[tuple[str, str, str]]:
    """(step, rule, remedy): codes that no cell is though another is spelled almost so, and numbers left without a label."""
    cells, found = table.cells[column], []
    known = table.said(column, between=recode.several)
    steps = {
        "labels": (list(recode.labels), [*known, *recode.bands]),
        "joined": ([old for olds in recode.joined.values() for old in olds],
                   [*known, *recode.labels.values(), *recode.bands]),
    }  # fmt: skip
    for step, (codes, names) in steps.items():
        there, declared = Codes(names), Codes(codes)
        for code in [code for code in codes if code and code not in there and any(map(str.isalpha, code))]:
            if near := nearest(code, [name for name in names if name not in declared]):
                found.append((step, f'no cell of the column "{column}" is "{code}"', f'Is it "{near}"?'))
    if recode.labels and not recode.bands and all(map(_is_number, filter(None, recode.labels))):
        coded = Codes([*recode.labels, *(recode.missing or ())])
        left = [cell for cell in shaping.distinct(cells)[1]
                if text(cell) and cell not in coded and _is_number(text(cell)) and not table.is_missing(column, cell)]  # fmt: skip
        if left:
            rule = f"codes without a label stay as they are stored: {quoted(cells[shaping.among(cells, map(text, left))])}"
            found.append(("labels", rule, "Label them, or name what says nothing under `missing`"))
    return found


def _is_number(code: str) -> bool:
    return isinstance(numbers([code])[0], float)


def _labels_kept(labels: dict, recode: Recode) -> dict:
    """The file's labels of a recoded column: those of a turned question move with its answers, other steps end them."""
    if recode.bands or recode.number or recode.several or recode.match or recode.duration or recode.every:
        return {}
    if recode.turned is not None:
        low, high = recode.turned
        return {low + high - code if isinstance(code, int | float) and low <= code <= high else code: label
                for code, label in labels.items()}  # fmt: skip
    return labels
