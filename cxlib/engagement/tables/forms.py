"""Tables of another shape: several files, one row an answer, waves side by side, several rows of one customer."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.engagement.problems import PER_FILE, Files, Problem, at_rows, written
from cxlib.engagement.settings.source import WAVE, Long, Per, Read
from cxlib.engagement.tables import shaping
from cxlib.engagement.tables.cells import Unreadable, numbers, quoted, text
from cxlib.engagement.tables.rows import columns, counted, in_order, one_id
from cxlib.engagement.tables.table import Table

_YEAR = 365.25  # days


def renamed(table: Table, names: dict[str, str]) -> Table:
    """The table with its columns called otherwise: {heading in the file: the name}."""
    return replace(
        table,
        cells=table.cells.rename(columns=names),
        labels={names.get(column, column): given for column, given in table.labels.items()},
        missing={names.get(column, column): given for column, given in table.missing.items()},
        header=tuple(names.get(column, column) for column in table.header),
    )


def stacked(tables: dict[str, Table], wave: bool) -> Table:
    """Several tables one below the other; with `wave` their names become a column."""
    parts = {name: _labels_written(table, _at_odds(tables)) for name, table in tables.items()}
    first, header = next(iter(parts.values())), dict.fromkeys(each for part in parts.values() for each in part.header)
    frames = []
    for i, (name, part) in enumerate(parts.items()):
        frame = part.cells.astype(object)
        frame.index = pd.Index(part.cells.index + i * PER_FILE, name="row")
        frames.append(frame.assign(**{WAVE: name}) if wave else frame)
    cells = pd.concat(frames)
    cells = cells.astype(object).where(cells.notna(), None)
    merged = replace(
        first,
        file=Files(part.file for part in parts.values()),
        cells=cells,
        how="; ".join(dict.fromkeys(part.how for part in parts.values())),
        labels={column: labels for part in reversed(parts.values()) for column, labels in part.labels.items()},
        missing={column: spans for part in reversed(parts.values()) for column, spans in part.missing.items()},
        notes=tuple(note for part in parts.values() for note in part.notes),
        header=tuple(header),
    )
    counts = ", ".join(f"{len(part.cells):,} in {name if wave else part.file}" for name, part in parts.items())
    return merged.telling(f"rows of {len(parts)} files: {counts}")


def _at_odds(tables: dict[str, Table]) -> set[str]:
    """Columns whose codes have other labels, or another missing range, in another file."""
    odd = set()
    for kind in ("labels", "missing"):
        for column in {column for table in tables.values() for column in getattr(table, kind)}:
            there = [getattr(table, kind).get(column, {}) for table in tables.values() if column in table.header]
            if any(each != there[0] for each in there):
                odd.add(column)
    return odd


def _labels_written(table: Table, those: set[str]) -> Table:
    """The table with the labels themselves in the columns `those`, and blanks where the file calls a code missing."""
    these = [column for column in those if column in table.cells]
    if not these:
        return table
    written = {
        column: shaping.each(
            table.cells[column], lambda cell, column=column: None if table.is_missing(column, cell) else table.label(column, cell) or cell
        )
        for column in these
    }
    labels = {column: given for column, given in table.labels.items() if column not in these}
    missing = {column: given for column, given in table.missing.items() if column not in these}
    return replace(table, cells=table.cells.assign(**written), labels=labels, missing=missing)


def from_long(table: Table, long: Long, wanted: set[str]) -> Table:
    """One row an answer -> one row a respondent."""
    ids = one_id(table.cells, columns(long.respondent))
    problems = []
    if ids.isna().any():
        where, remedy = table.cells.index[ids.isna()], "Give each answer its respondent, or leave the rows out by `drop`"
        problems = [at_rows(where, file=table.file, column=columns(long.respondent)[0], rule="the id is missing", remedy=remedy)]
    asked = wanted - set(table.header)
    questions = [name for name in dict.fromkeys(shaping.each(table.cells[long.question], text)) if name]
    cells, differ, twice = shaping.one_column_a_question(
        table.cells, ids, long.question, long.answer, [name for name in questions if name in asked]
    )
    if len(twice):
        of = ", ".join(map(written, (*columns(long.respondent), long.question)))
        rule = "the question was answered more than once by one respondent"
        remedy = (
            f"Say which answer counts, as `one_row: {{of: [{of}]}}` (the last) or with `by`, a date; or, where they are answers of "
            "several waves, give the column of the wave under `respondent` too, in a list"
        )
        problems.append(at_rows(twice, file=table.file, column=long.question, rule=rule, remedy=remedy))
    for column in differ:
        if column in wanted:
            rule = "the rows of one respondent differ in it: the first that is filled counts"
            problems.append(Problem(table.file, rule, column=column, severity="warning"))
    cells.index.name = "row"
    unread = len(questions) - sum(name in cells for name in questions)
    told = f"{len(table.cells):,} answers to {counted(len(questions), 'question')} by {len(cells):,} respondents"
    header = (*table.header, *questions)
    told += f"; {counted(unread, 'question')} not read" if unread else ""
    return replace(table, cells=cells, header=header).noted(*problems).telling(told)


def from_waves(table: Table, waves: dict[str, dict[str, str]]) -> Table:
    """Waves side by side -> one below the other; a row that has no answer in a wave is not in it."""
    parts = shaping.one_below_the_other(table.cells, waves, WAVE)
    counts = ", ".join(f"{len(part):,} in {name}" for name, part in parts.items())
    for i, part in enumerate(parts.values()):
        part.index = pd.Index(part.index + i * PER_FILE, name="row")
    names = [name for each in waves.values() for name in each]
    origins = {name: waves_of[name] for waves_of in reversed(waves.values()) for name in waves_of}
    labels = table.labels | {name: table.labels[origins[name]] for name in names if origins[name] in table.labels}
    missing = table.missing | {name: table.missing[origins[name]] for name in names if origins[name] in table.missing}
    cells = pd.concat(parts.values())
    made = replace(table, file=Files([table.file] * len(parts)), cells=cells, labels=labels, missing=missing)
    return made.telling(f"{len(table.cells):,} rows become answers of {len(parts)} waves: {counts}")


def one_row_per(table: Table, per: Per, read: Read, wanted: dict[str, str]) -> Table:
    """Several rows of one customer -> one, with sums, means and what the last or first row says."""
    ids, problems, order = one_id(table.cells, [per.id]), [], None
    if ids.isna().any():
        where, remedy = table.cells.index[ids.isna()], "Fill it in, or leave the rows out by `drop`"
        problems.append(at_rows(where, file=table.file, column=per.id, rule="the id is missing", remedy=remedy))
    years = 1.0
    if per.by is not None:
        order, wrong = in_order(table.cells[per.by], read.decimal, read.dates)
        if wrong.any():
            rule, remedy = f"not a date: {quoted(table.cells[per.by][wrong])}", "Declare how dates are written under `read: dates`"
            problems.append(at_rows(table.cells.index[wrong], file=table.file, column=per.by, rule=rule, remedy=remedy))
        years = (order.max() - order.min() + 1) / _YEAR
    place = pd.Series(np.arange(len(ids)), index=table.cells.index)
    sorted_ = place if order is None else pd.DataFrame({"o": order, "p": place}).sort_values(["o", "p"], na_position="first")["p"]
    groups = table.cells.iloc[sorted_.to_numpy()].groupby(ids.iloc[sorted_.to_numpy()].to_numpy(), sort=False)
    firsts = place.groupby(ids.to_numpy(), sort=False).first()
    made: dict[str, pd.Series] = {per.id: groups[per.id].first()}
    added: dict[str, Callable] = {
        **dict.fromkeys(per.sum, lambda values: values.sum(min_count=1)),
        **dict.fromkeys(per.a_year, lambda values: values.sum(min_count=1) / years),
        **dict.fromkeys(per.mean, lambda values: values.mean()),
    }
    for column, how in added.items():
        values, wrong = _amounts(table, column, read.decimal)
        problems += wrong
        made[column] = how(values.groupby(ids.to_numpy(), sort=False))
    in_time = sorted_.groupby(ids.iloc[sorted_.to_numpy()].to_numpy(), sort=False)
    for these, named in ((in_time.first(), per.first), (in_time.last(), per.last)):
        made |= {column: table.cells[column].iloc[these.to_numpy()].set_axis(these.index) for column in named}
    for column in [column for column in wanted if column in table.cells and column not in made]:
        said = shaping.each(table.cells[column], text)
        differ = said.groupby(ids.to_numpy()).transform("nunique") > 1
        if differ.any():
            rule = f"it differs between the rows of one {per.id}"
            remedy = f"Say under `per` what counts, as `last: [{written(column)}]`, or `sum: [{written(column)}]`"
            problems.append(at_rows(differ.index[differ], file=table.file, column=column, rule=rule, remedy=remedy))
        made[column] = groups[column].first()
    cells = pd.DataFrame({column: values.reindex(firsts.index).astype(object) for column, values in made.items()})
    if per.count is not None:
        cells[per.count] = place.groupby(ids.to_numpy()).size().reindex(firsts.index).astype(float).astype(object)
    cells = cells.where(cells.notna(), None)
    cells.index = pd.Index(table.cells.index[firsts.to_numpy()], name="row")
    told = f"{len(table.cells):,} rows become {len(cells):,}, one for each {per.id}"
    told += f", of {years:.2f} years" if per.a_year else ""
    return replace(table, cells=cells).noted(*problems).telling(told)


def _amounts(table: Table, column: str, decimal: str | None) -> tuple[pd.Series, list[Problem]]:
    """A column as numbers, and what of it is none."""
    ids, stored = shaping.distinct(table.cells[column])
    read = numbers(stored, decimal=decimal)
    problems = []
    for reason in Unreadable:
        wrong = np.isin(ids, [i for i, value in enumerate(read) if value is reason])
        if wrong.any():
            rule = f"{reason.value}: {quoted(table.cells[column][wrong])}"
            remedy = "Declare the decimal sign under `read: decimal`" if reason is Unreadable.AMBIGUOUS else "Correct it"
            problems.append(at_rows(table.cells.index[wrong], file=table.file, column=column, rule=rule, remedy=remedy))
    values = np.array([value if isinstance(value, float) else np.nan for value in read])
    return pd.Series(values[ids], index=table.cells.index, name=column), problems
