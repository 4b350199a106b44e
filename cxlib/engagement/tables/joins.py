"""`join` of client.yml: more columns, found in another table by an id. What is found is counted, never guessed."""

from dataclasses import replace

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, errors, written
from cxlib.engagement.settings.source import Join
from cxlib.engagement.tables.matches import FEW, TOO_FEW, Matches, keys, matches
from cxlib.engagement.tables.rows import chosen_rows, columns_of_rows
from cxlib.engagement.tables.table import Table, read_table


def joined_to(folder: Folder, table: Table, join: Join, key: str) -> Table:
    """The table with the columns of another one in it, blank where its id is not found there."""
    wanted = columns_of_rows(join, key) | dict.fromkeys(join.named.values(), f"{key}.columns")
    wanted |= dict.fromkeys(join.on.values(), f"{key}.on")
    other = _read(folder, join, wanted)
    other = chosen_rows(folder, join, other, key)
    table = table.noted(*(note for note in other.notes if not note.rule.startswith("not described")))
    if errors(table.notes):
        return table
    loose = join.match == "loose"
    ours, theirs = _ids(table, list(join.on), loose=loose), _ids(other, list(join.on.values()), loose=loose)
    again = theirs.notna() & theirs.duplicated(keep="first")
    column = ", ".join(join.on.values())
    if again.any():
        rule = "the id stands in an earlier row" + " once its spelling is left aside" * (loose and not _twice(other, join))
        remedy = f"Say which row counts: `one_row: {{of: {_named(tuple(join.on.values()))}}}` in this part of `join`"
        return table.noted(at_rows(again.index[again], file=other.file, column=column, rule=rule, remedy=remedy))
    places = pd.Series(range(len(theirs)), index=theirs.to_numpy())[theirs.notna().to_numpy()]
    found = ours.map(places)
    counts = Matches(int(found.notna().sum()), int(ours.notna().sum()), _loosely(table, other, join))
    new = {name: _taken(other.cells[origin], found) for name, origin in join.named.items()}
    if taken := [name for name in new if name in table.cells or name in table.header]:
        rule = f'the table has a column "{taken[0]}" of its own'
        remedy = f"Give it another name: `columns: {{{written('their ' + taken[0])}: {written(join.named[taken[0]])}}}`"
        return table.noted(folder.setting(f"{key}.columns", rule, remedy))
    labels = {name: other.labels[origin] for name, origin in join.named.items() if origin in other.labels}
    missing = {name: other.missing[origin] for name, origin in join.named.items() if origin in other.missing}
    table = replace(table, cells=table.cells.assign(**new), labels=table.labels | labels, missing=table.missing | missing)
    told = f"{counts.found:,} of {counts.of:,} rows are in {other.file}, by {column}"
    return table.telling(*other.told, told).noted(*_few(folder, join, counts, told, key))


def _read(folder: Folder, join: Join, wanted: dict[str, str]) -> Table:
    from cxlib.engagement.tables.forms import stacked

    tables = {name: read_table(folder, file, read=join.read, wanted=wanted) for name, file in join.files.items()}
    return next(iter(tables.values())) if len(tables) == 1 else stacked(tables, wave=isinstance(join.file, dict))


def _ids(table: Table, columns: list[str], *, loose: bool) -> pd.Series:
    ids, *parts = (keys(table.cells[column], loose=loose) for column in columns)
    for part in parts:
        ids = ids + "\0" + part
    return ids.where(ids.notna(), None)


def _twice(other: Table, join: Join) -> bool:
    return bool(_ids(other, list(join.on.values()), loose=False).dropna().duplicated().any())


def _loosely(table: Table, other: Table, join: Join) -> int:
    return matches(_ids(table, list(join.on), loose=True), _ids(other, list(join.on.values()), loose=True)).found


def _taken(cells: pd.Series, found: pd.Series) -> pd.Series:
    """Their cell of each row, blank where nothing was found."""
    values = cells.astype(object).to_numpy()
    taken = [None if place != place else values[int(place)] for place in found]
    return pd.Series(taken, index=found.index, dtype=object)


def _few(folder: Folder, join: Join, counts: Matches, told: str, key: str) -> list[Problem]:
    """A warning where many rows find nothing, an error where most do."""
    enough, least = (FEW, TOO_FEW) if join.at_least is None else (join.at_least, join.at_least)
    if counts.share >= enough:
        return []
    if counts.spelled_otherwise:
        rule = f"{told}; {counts.loose:,} are, once case, spaces and leading zeros are left aside"
        remedy = "Write `match: loose` beside `on`"
    else:
        rule, share = told, int(counts.share * 100) / 100
        remedy = f"Are both of the same customers, and of the same time? Where so few are right, write `at_least: {share:g}`"
        remedy = remedy if share else "Are these the columns of the same ids? Correct `on`, or remove this part of `join`"
    problem = folder.setting(key, rule, remedy)
    return [problem if counts.share < least else replace(problem, severity="warning")]


def _named(columns: tuple[str, ...]) -> str:
    named = list(map(written, columns))
    return named[0] if len(named) == 1 else f"[{', '.join(named)}]"
