"""A `Source` of client.yml becomes a `Table`: the file is asked for what is wanted, rows are chosen, columns made.

What was kept, left out and made is told in `Table.told`; what is doubtful about it stands in `Table.notes`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, errors, nearest, stop_on_errors
from cxlib.engagement.settings.source import OneRow, Recode, Rows, Source
from cxlib.engagement.tables import shaping
from cxlib.engagement.tables.cells import Codes, moment, numbers, quoted, text
from cxlib.engagement.tables.table import Table, read_table

_MADE_OF_SEVERAL = "{}: {}"  # the column that an answer of several in one cell becomes


def read_source(
    folder: Folder, source: Source, key: str, *, wanted: Mapping[str, str], optional: Iterable[str] = ()
) -> Table:
    """Read and shape the table that the part `key` of client.yml describes.

    wanted : {column: the key of client.yml that names it}
    optional : columns that are kept where they exist

    Raises: DataError with everything that is wrong with the file or its shape.
    """
    shape = _Shape(folder, source, key, dict(wanted), tuple(optional))
    table = shape.rows(shape.stored())
    table = shape.recoded(table)
    told = _told(folder, source, table, shape)
    folder.told[key] = told
    stop_on_errors(table.notes)
    columns = [column for column in table.cells if column in shape.wanted or column in shape.optional]
    return replace(table, cells=table.cells[columns])


@dataclass
class _Shape:
    """What is asked of one table, and what was done to it so far."""

    folder: Folder
    source: Source
    key: str
    wanted: dict[str, str]
    optional: tuple[str, ...]

    def __post_init__(self):
        self.done: list[str] = []  # what is told of rows and columns
        self.asked = {*self.wanted, *self.optional}

    def stored(self) -> Table:
        """The file, with the columns that are wanted or that the shape needs."""
        made = {name for name, recode in self.source.recode.items() if recode.from_ is not None}
        files_own = {column: role for column, role in self.wanted.items() if column not in made and not self._of_several(column)}
        needed = self._needed(files_own)
        (name,) = self.source.files.values()
        return read_table(self.folder, name, read=self.source.read, wanted=needed, optional=self.optional)

    def _of_several(self, column: str) -> str:
        """The column of several answers that this one is made of, or ""."""
        return next((name for name, recode in self.source.recode.items()
                     if recode.several and column.startswith(_MADE_OF_SEVERAL.format(name, ""))), "")  # fmt: skip

    def _needed(self, wanted: dict[str, str]) -> dict[str, str]:
        made: set[str] = set()
        for column, recode in self._recodes().items():
            origin = recode.from_ or column
            if origin not in made:
                wanted = {origin: f"{self.key}.recode.{column}"} | wanted
            made |= {column} if recode.from_ is not None else set()
        return _columns_of_rows(self.source, self.key) | wanted

    def _recodes(self) -> dict[str, Recode]:
        """The recodings that somebody asks for, with those that they rest on."""
        asked = self.asked | {self._of_several(column) for column in self.asked}
        used: dict[str, Recode] = {}
        for column, recode in reversed(self.source.recode.items()):
            if column in asked:
                used[column] = recode
                asked |= {recode.from_} if recode.from_ else set()
        return dict(reversed(used.items()))

    def rows(self, table: Table) -> Table:
        """The rows that count."""
        return chosen_rows(self.folder, self.source, table, self.key, self.done)

    def recoded(self, table: Table) -> Table:
        """The columns as they are to be read, and those made of others."""
        used = self._recodes()
        for column, recode in used.items():
            table = self._recoded(table, column, recode)
        for column in self.source.recode.keys() - used.keys():
            rule, remedy = "no key of client.yml asks for this column", "Name it where it is used, or remove it"
            note = replace(self.folder.setting(f"{self.key}.recode.{column}", rule, remedy), severity="warning")
            table = replace(table, notes=(*table.notes, note))
        return table

    def _recoded(self, table: Table, column: str, recode: Recode) -> Table:
        key, origin = f"{self.key}.recode.{column}", recode.from_ or column
        if recode.from_ is not None and column in table.header:
            rule = f'the file has a column "{column}" of its own'
            table = _noted(table, self.folder.setting(key, rule, "Choose another name for the new column"))
        cells, problems, groups = recoded(table, origin, recode, decimal=self.source.read.decimal)
        notes = problems + [replace(self.folder.setting(f"{key}.{where}", rule, remedy), severity="warning")
                  for where, rule, remedy in _doubts(table, origin, recode)]  # fmt: skip
        if recode.several:
            return self._split(replace(table, notes=(*table.notes, *notes)), column, cells, recode, key)
        if recode.from_ is not None:
            self.done.append(f"{column} is made of {origin}")
        orders = table.orders | ({column: groups} if groups else {})
        labels = {name: given for name, given in table.labels.items() if name != column}
        missing = {name: given for name, given in table.missing.items() if name != column}
        if origin in table.labels and (stored := _labels_kept(table.labels[origin], recode)):
            labels[column] = stored
        if origin in table.missing and not (recode.bands or recode.labels or recode.joined):
            missing[column] = table.missing[origin]
        frame = table.cells.assign(**{column: cells})
        return replace(table, cells=frame, orders=orders, labels=labels, missing=missing, notes=(*table.notes, *notes))

    def _split(self, table: Table, column: str, cells: pd.Series, recode: Recode, key: str) -> Table:
        labels = {text(label): text(label) for label in table.labels.get(recode.from_ or column, {}).values()}

        def named(answers: pd.Series) -> pd.Series:
            return shaping.joined(shaping.labelled(answers, recode.labels, labels), recode.joined, labels)

        found = {_MADE_OF_SEVERAL.format(column, answer): values
                 for answer, values in shaping.chosen(cells, recode.several or "", named).items()}  # fmt: skip
        absent = [each for each in self.wanted if self._of_several(each) == column and each not in found]
        offered = ", ".join(f'"{name}"' for name in list(found)[:12])
        for each in absent:
            near = nearest(each, list(found))
            remedy = f'Did you mean "{near}"? Correct the name in client.yml' if near else f"The columns made are: {offered}"
            rule = f'nobody gave this answer, so there is no column "{each}" ({self.wanted[each]})'
            table = _noted(table, self.folder.setting(key, rule, remedy))
        self.done.append(f"{column} holds {len(found)} answers, each a column of its own")
        frame = pd.concat([table.cells, pd.DataFrame(found, index=table.cells.index)], axis=1) if found else table.cells
        return replace(table, cells=frame)


# ---------------------------------------------------------------- rows
def chosen_rows(folder: Folder, rows: Rows, table: Table, key: str, done: list[str]) -> Table:
    """The rows that `keep`, `drop` and `one_row` leave; what they took away is added to `done`."""
    table = _kept(folder, rows, table, key, done)
    if rows.one_row is not None and len(table.cells):
        table = _one_row(folder, rows, rows.one_row, table, key, done)
    if not len(table.cells) and not errors(table.notes):
        rule, remedy = "no row is left", "Correct `keep` and `drop`"
        table = _noted(table, folder.setting(f"{key}.{'keep' if rows.keep else 'drop'}", rule, remedy))
    stop_on_errors(table.notes)
    return table


def _columns_of_rows(rows: Rows, key: str) -> dict[str, str]:
    """{column: key} of those that choose rows."""
    named = dict.fromkeys(rows.keep, f"{key}.keep") | dict.fromkeys(rows.drop, f"{key}.drop")
    if rows.one_row is not None:
        named |= dict.fromkeys(_several(rows.one_row.of), f"{key}.one_row.of")
        named |= {rows.one_row.by: f"{key}.one_row.by"} if rows.one_row.by else {}
    return named


def _kept(folder: Folder, rows: Rows, table: Table, key: str, done: list[str]) -> Table:
    read, count = table.cells, len(table.cells)
    counts = np.ones(count, dtype=bool)
    for column, codes in rows.keep.items():
        table = _unmet(folder, table, read[column], codes, f"{key}.keep.{column}", must=True)
        these = shaping.among(read[column], codes, table.labels.get(column))
        done += [f"{these.sum():,} of {count:,} rows kept: {column} is {_words(codes)}"]
        counts &= these
    for column, codes in rows.drop.items():
        table = _unmet(folder, table, read[column], codes, f"{key}.drop.{column}", must=False)
        these = shaping.among(read[column], codes, table.labels.get(column))
        done += [f"{these.sum():,} of {count:,} rows left out: {column} is {_words(codes)}"]
        counts &= ~these
    return replace(table, cells=read[counts])


def _unmet(folder: Folder, table: Table, cells: pd.Series, codes: tuple[str, ...], key: str, *, must: bool) -> Table:
    """Codes that no cell is. Kept ones must occur, dropped ones only where another spelling does."""
    stored = [cell for cell in shaping.distinct(cells)[1] if text(cell)]
    labels = table.labels.get(str(cells.name), {})
    known = {text(cell) for cell in stored} | {text(labels[cell]) for cell in stored if cell in labels}
    for code in codes:
        if code and not shaping.among(cells, [code], labels).any():
            near = nearest(code, list(known)) if any(map(str.isalpha, code)) else ""
            if must or near:
                rule = f'no cell of the column "{cells.name}" is "{code}"'
                remedy = f'Is it "{near}"?' if near else f"The column holds: {quoted(cells) or 'nothing'}"
                problem = folder.setting(key, rule, remedy)
                table = _noted(table, problem if must else replace(problem, severity="warning"))
    return table


def _one_row(folder: Folder, rows: Rows, one: OneRow, table: Table, key: str, done: list[str]) -> Table:
    ids = one_id(table.cells, _several(one.of))
    order = None
    if one.by is not None:
        order, wrong = in_order(table.cells[one.by], rows.read.decimal, rows.read.dates)
        if wrong.any():
            rule = f"neither a date nor a number: {quoted(table.cells[one.by][wrong])}"
            remedy = "Declare how dates are written under `read: dates`, or leave out `by`: their order in the file counts then"
            where = table.cells.index[wrong]
            return _noted(table, at_rows(where, file=table.file, column=one.by, rule=rule, remedy=remedy))
    counts = shaping.one_of_each(ids, order, which=one.which)
    by = f" by {one.by}" if one.by else ""
    done += [f"{_count((~counts).sum(), 'row')} left out: the {one.which}{by} of each {' and '.join(_several(one.of))} counts"]
    return replace(table, cells=table.cells[counts])


def one_id(cells: pd.DataFrame, columns: Iterable[str]) -> pd.Series:
    """The columns that make an id as one text; missing where they are all blank."""
    parts = [shaping.each(cells[column], text) for column in columns]
    ids = parts[0]
    for part in parts[1:]:
        ids = ids + "\0" + part
    return ids.where(ids.str.replace("\0", "") != "", None)


def in_order(cells: pd.Series, decimal: str | None, dates: str | None) -> tuple[pd.Series, np.ndarray]:
    """(numbers by which the cells stand in order, which of them cannot be read): of numbers, or else of dates."""
    ids, stored = shaping.distinct(cells)
    read = numbers(stored, decimal=decimal)
    if not all(isinstance(value, float) or value is None for value in read):
        moments = [moment(cell, dates) if text(cell) else None for cell in stored]
        read = [None if found is None else (found - _START).total_seconds() for found in moments]
    wrong = np.array([value is None and bool(text(cell)) for value, cell in zip(read, stored, strict=True)], dtype=bool)
    return pd.Series(np.array([np.nan if value is None else value for value in read])[ids], index=cells.index), wrong[ids]


_START = pd.Timestamp("1970-01-01").to_pydatetime()


# ---------------------------------------------------------------- columns
def recoded(
    table: Table, column: str, recode: Recode, *, decimal: str | None
) -> tuple[pd.Series, list[Problem], tuple[str, ...]]:
    """A column by the steps of `recode`: its cells, what is wrong, and its groups in their order where it has one."""
    cells, labels, problems = table.cells[column].astype(object), table.labels.get(column, {}), []
    groups: tuple[str, ...] = ()
    if recode.missing:
        cells = shaping.without(cells, recode.missing, labels)
    if table.missing.get(column) and (recode.bands or recode.labels or recode.joined):
        cells = shaping.each(cells, lambda cell: None if table.is_missing(column, cell) else cell)
    if recode.number:
        cells = shaping.first_number(cells)
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
            cells = shaping.labelled(cells, recode.labels, labels)
        if recode.joined:
            cells = shaping.joined(cells, recode.joined, labels)
    if groups:
        new = {old: name for name, olds in recode.joined.items() for old in olds}
        named = [recode.labels.get(group, group) for group in groups]
        groups = tuple(dict.fromkeys(new.get(group, group) for group in named))
    return cells, problems, groups


def _in_no_band(table: Table, column: str, cells: pd.Series, outside: np.ndarray, recode: Recode, decimal) -> Problem:
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
    """(key, rule, remedy): codes that no cell is though another is spelled almost so, and numbers left without a label."""
    cells, labels = table.cells[column], table.labels.get(column, {})
    stored = [cell for cell in shaping.distinct(cells)[1] if text(cell)]
    known = {text(cell) for cell in stored} | {text(labels[cell]) for cell in stored if cell in labels}
    if recode.several:
        known = {text(part) for cell in stored for part in text(cell).split(recode.several)}
    given = {"labels": list(recode.labels), "joined": [old for each in recode.joined.values() for old in each]}
    known_to_joined = known | set(recode.labels.values()) | set(recode.bands)
    found = []
    for where, codes in given.items():
        names = known | set(recode.bands) if where == "labels" else known_to_joined
        there = Codes(names)
        for code in [code for code in codes if code and code not in there and any(map(str.isalpha, code))]:
            if near := nearest(code, [name for name in names if name not in Codes(codes)]):
                found.append((where, f'no cell of the column "{column}" is "{code}"', f'Is it "{near}"?'))
    coded = Codes([*recode.labels, *(recode.missing or ())])
    if recode.labels and not recode.bands and all(_is_number(code) for code in recode.labels if code):
        left = [cell for cell in stored if cell not in coded and _is_number(text(cell)) and not table.is_missing(column, cell)]
        if left:
            rule = f"codes without a label stay as they are stored: {quoted(cells[shaping.among(cells, map(text, left))])}"
            found.append(("labels", rule, "Label them, or name what says nothing under `missing`"))
    return found


def _is_number(code: str) -> bool:
    return isinstance(numbers([code])[0], float)


def _labels_kept(labels: dict, recode: Recode) -> dict:
    """The file's labels of a recoded column: those of a turned question move with its answers, other steps end them."""
    if recode.bands or recode.number or recode.several:
        return {}
    if recode.turned is not None:
        low, high = recode.turned
        return {low + high - code if isinstance(code, int | float) and low <= code <= high else code: label
                for code, label in labels.items()}  # fmt: skip
    return labels


# ---------------------------------------------------------------- what is told
def _told(folder: Folder, source: Source, table: Table, shape: _Shape) -> tuple[str, ...]:
    unread = len(table.header) - sum(column in table.header for column in table.cells)
    rest = f", {unread} more not read" if unread > 0 else ""
    read = sum(column in table.header for column in table.cells)
    opening = f"{table.file}: {_count(len(table.cells), 'row')}, {_count(read, 'column')}{rest} ({table.how})"
    return (opening, *shape.done)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _words(codes: Iterable[str]) -> str:
    return " or ".join(code or "blank" for code in codes)


def _several(columns: str | tuple[str, ...]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _noted(table: Table, problem: Problem) -> Table:
    return replace(table, notes=(*table.notes, problem))

