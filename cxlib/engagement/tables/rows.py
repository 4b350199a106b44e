"""Which rows of a table count: `keep`, `drop` and `one_row` of client.yml."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Fix, at_rows, errors, nearest
from cxlib.engagement.settings.source import OneRow, Rows
from cxlib.engagement.tables import shaping
from cxlib.engagement.tables.cells import moment, numbers, quoted, text
from cxlib.engagement.tables.table import Table
from cxlib.engagement.tables.texts import plain

_START = pd.Timestamp("1970-01-01").to_pydatetime()


def columns_of_rows(rows: Rows, key: str) -> dict[str, str]:
    """{column: the key of client.yml that names it} of those that choose rows."""
    named = dict.fromkeys(rows.keep, f"{key}.keep") | dict.fromkeys(rows.drop, f"{key}.drop")
    if rows.one_row is not None:
        named |= dict.fromkeys(columns(rows.one_row.of), f"{key}.one_row.of")
        named |= {rows.one_row.by: f"{key}.one_row.by"} if rows.one_row.by else {}
    return named


def chosen_rows(folder: Folder, rows: Rows, table: Table, key: str, *, among: Iterable[str] | None = None) -> Table:
    """The rows that count. `among` are the columns that are there to choose by; default all."""
    there, count = set(table.cells) if among is None else set(among), len(table.cells)
    table = _kept(folder, rows, table, key, there)
    one = rows.one_row
    if one is not None and len(table.cells) and {*columns(one.of), *([one.by] if one.by else [])} <= there:
        table = _one_row(rows, one, table)
    if not len(table.cells) and not errors(table.notes):
        part = "keep" if set(rows.keep) & there else "drop"
        table = table.noted(folder.setting(f"{key}.{part}", "no row is left", "Correct `keep` and `drop`"))
    return replace(table, left_out=table.left_out + count - len(table.cells))


def _kept(folder: Folder, rows: Rows, table: Table, key: str, there: set[str]) -> Table:
    read, count = table.cells, len(table.cells)
    counts = np.ones(count, dtype=bool)
    for column, codes in rows.kept.items():
        if column in there:
            table = _unmet(folder, table, read[column], codes, f"{key}.keep.{column}", must=column in rows.keep)
            these = shaping.among(read[column], codes, table.labels.get(column), ignore_case=table.ignores_case)
            table = table.telling(f"{these.sum():,} of {count:,} rows kept: {column} is {_words(codes)}")
            counts &= these
    for column, codes in rows.left_out.items():
        if column in there:
            named = codes if column in rows.drop else ()
            table = _unmet(folder, table, read[column], named, f"{key}.drop.{column}", must=False)
            these = shaping.among(read[column], codes, table.labels.get(column), ignore_case=table.ignores_case)
            table = table.telling(f"{these.sum():,} of {count:,} rows left out: {column} is {_words(codes)}")
            counts &= ~these
    return replace(table, cells=read[counts])


def _unmet(folder: Folder, table: Table, cells: pd.Series, codes: tuple[str, ...], key: str, *, must: bool) -> Table:
    """Codes that no cell is. Kept ones must occur, dropped ones only where another spelling does."""
    labels = table.labels.get(str(cells.name), {})
    for code in codes:
        if code and not shaping.among(cells, [code], labels, ignore_case=table.ignores_case).any():
            near = nearest(code, table.said(str(cells.name))) if any(map(str.isalpha, code)) else ""
            if must or near:
                rule = f'no cell of the column "{cells.name}" is "{code}"'
                remedy = f'Is it "{near}"?' if near else f"The column holds: {quoted(cells) or 'nothing'}"
                same = [each for each in table.said(str(cells.name)) if plain(each, ignore_case=True) == plain(code, ignore_case=True)]
                problem = replace(folder.setting(key, rule, remedy), fix=(Fix(key, code, same[0]),) if len(same) == 1 else ())
                table = table.noted(problem if must else replace(problem, severity="warning"))
    return table


def _one_row(rows: Rows, one: OneRow, table: Table) -> Table:
    ids, order = one_id(table.cells, columns(one.of)), None
    if one.by is not None:
        order, wrong = in_order(table.cells[one.by], rows.read.decimal, rows.read.dates)
        if wrong.any():
            rule = f"neither a date nor a number: {quoted(table.cells[one.by][wrong])}"
            remedy = "Declare how dates are written under `read: dates`, or leave out `by`: their order in the file counts then"
            where = table.cells.index[wrong]
            return table.noted(at_rows(where, file=table.file, column=one.by, rule=rule, remedy=remedy))
    counts = shaping.one_of_each(ids, order, which=one.which)
    by = f" by {one.by}" if one.by else ""
    told = f"{counted((~counts).sum(), 'row')} left out: the {one.which}{by} of each {' and '.join(columns(one.of))} counts"
    return replace(table, cells=table.cells[counts]).telling(told)


def one_id(cells: pd.DataFrame, columns: Iterable[str]) -> pd.Series:
    """The columns that make an id as one text; missing where they are all blank."""
    ids, *parts = (shaping.each(cells[column], text) for column in columns)
    for part in parts:
        ids = ids + "\0" + part
    return ids.where(ids.str.replace("\0", "") != "", None)


def in_order(cells: pd.Series, decimal: str | None, dates: str | None) -> tuple[pd.Series, np.ndarray]:
    """(numbers by which the cells stand in order, which of them cannot be read): of numbers, or else of dates in days."""
    ids, stored = shaping.distinct(cells)
    read = numbers(stored, decimal=decimal)
    if not all(isinstance(value, float) or value is None for value in read):
        moments = [moment(cell, dates) if text(cell) else None for cell in stored]
        read = [None if found is None else (found - _START).total_seconds() / 86_400 for found in moments]
    wrong = np.array([value is None and bool(text(cell)) for value, cell in zip(read, stored, strict=True)], dtype=bool)
    return pd.Series(np.array([np.nan if value is None else value for value in read])[ids], index=cells.index), wrong[ids]


def columns(named: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns that one key names."""
    return (named,) if isinstance(named, str) else tuple(named)


def counted(number: int, what: str) -> str:
    """1 row, 1,020 rows."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _words(codes: Iterable[str]) -> str:
    return " or ".join(code or "blank" for code in codes)
