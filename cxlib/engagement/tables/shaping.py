"""The shape of a table: which rows count, and columns made of others. Pure: cells in, cells out, each distinct cell read once.

Cells are a column as stored, a text, a number, a date or None; `labels` are those that the file gives its codes (SPSS).
"""

import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from cxlib.engagement.tables.cells import Codes, numbers, text

Bands = Mapping[str, tuple[float | None, float | None]]
_FIRST_NUMBER = re.compile(r"(?<![0-9.,])[-−]?[0-9]+(?:[.,][0-9]+)?")


def distinct(cells: pd.Series) -> tuple[np.ndarray, list]:
    """(ids, cells): each cell by its place among the distinct ones; a blank one has the last place, and is None there."""
    plain = cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype(object)  # texts are told apart without being made objects
    ids, stored = pd.factorize(plain, use_na_sentinel=True)
    return np.where(ids < 0, len(stored), ids), [*stored, None]


def each(cells: pd.Series, read: Callable[[object], object]) -> pd.Series:
    """`read` of every cell."""
    ids, stored = distinct(cells)
    values = np.empty(len(stored), dtype=object)
    values[:] = [read(cell) for cell in stored]
    return pd.Series(values[ids], index=cells.index, name=cells.name, dtype=object)


def among(
    cells: pd.Series, codes: Iterable[str], labels: Mapping[object, object] | None = None, *, ignore_case: bool = False
) -> np.ndarray:
    """Which cells are one of the codes, as stored or by the label that the file gives them."""
    ids, stored = distinct(cells)
    known, labels = Codes(codes, ignore_case=ignore_case), labels or {}
    found = [cell in known or (bool(text(labels.get(cell))) and labels[cell] in known) for cell in stored]
    return np.array(found, dtype=bool)[ids]


def one_of_each(ids: pd.Series, order: pd.Series | None = None, *, which: str = "last") -> np.ndarray:
    """Which rows count where each id counts once: the last, or first, by `order` (blank counts least), else by their place.

    Rows without an id all count.
    """
    places = pd.DataFrame({"id": ids.to_numpy(), "place": np.arange(len(ids))})
    places["order"] = 0 if order is None else order.to_numpy()
    blank = "first" if which == "last" else "last"
    sorted_ = places.sort_values(["order", "place"], na_position=blank, kind="stable")
    again = sorted_["id"].duplicated(keep=which) & sorted_["id"].notna()
    counts = np.ones(len(ids), dtype=bool)
    counts[sorted_["place"][again].to_numpy()] = False
    return counts


def without(
    cells: pd.Series, codes: Iterable[str], labels: Mapping[object, object] | None = None, *, ignore_case: bool = False
) -> pd.Series:
    """The cells, blank where they are one of the codes."""
    ids, stored = distinct(cells)
    blank = pd.Series(among(pd.Series(stored, dtype=object), codes, labels, ignore_case=ignore_case))
    values = np.empty(len(stored), dtype=object)
    values[:] = [None if gone else cell for gone, cell in zip(blank, stored, strict=True)]
    return pd.Series(values[ids], index=cells.index, name=cells.name, dtype=object)


def first_number(cells: pd.Series) -> pd.Series:
    """The first number of each text: "5 - Very satisfied" is 5. A text without one stays as it is."""

    def read(cell: object) -> object:
        found = _FIRST_NUMBER.search(text(cell)) if isinstance(cell, str) else None
        return cell if found is None else float(found.group().replace(",", ".").replace("−", "-"))

    return each(cells, read)


def turned(cells: pd.Series, low: float, high: float, *, decimal: str | None = None) -> pd.Series:
    """Answers on [low, high] from the other end: on [1, 5] a 1 is 5. What is no number on the scale stays as it is."""
    ids, stored = distinct(cells)
    read = zip(stored, numbers(stored, decimal=decimal), strict=True)
    values = np.empty(len(stored), dtype=object)
    values[:] = [low + high - value if isinstance(value, float) and low <= value <= high else cell for cell, value in read]
    return pd.Series(values[ids], index=cells.index, name=cells.name, dtype=object)


def banded(cells: pd.Series, bands: Bands, *, decimal: str | None = None) -> tuple[pd.Series, np.ndarray]:
    """(the name of each number's band, which filled cells are in none). A number that two bands share begins the later one."""
    rising = sorted(((-np.inf if low is None else low, np.inf if high is None else high, name)
                     for name, (low, high) in bands.items()), reverse=True)  # fmt: skip
    ids, stored = distinct(cells)
    values = np.empty(len(stored), dtype=object)
    values[:] = [
        next((name for low, high, name in rising if low <= value <= high), None) if isinstance(value, float) else None
        for value in numbers(stored, decimal=decimal)
    ]
    outside = np.array([name is None and bool(text(cell)) for name, cell in zip(values, stored, strict=True)])
    return pd.Series(values[ids], index=cells.index, name=cells.name, dtype=object), outside[ids]


def labelled(
    cells: pd.Series, names: Mapping[str, str], labels: Mapping[object, object] | None = None, *, ignore_case: bool = False
) -> pd.Series:
    """The cells by the names given to their codes ("" names the blank cell); others stay as they are."""
    labels, named = labels or {}, [(Codes([code], ignore_case=ignore_case), name) for code, name in names.items()]
    any_of = Codes(names, ignore_case=ignore_case)

    def read(cell: object) -> object:
        said = text(labels.get(cell))
        if cell not in any_of and not (said and said in any_of):
            return cell
        return next(name for code, name in named if cell in code or (said and said in code))

    return each(cells, read)


def joined(
    cells: pd.Series, groups: Mapping[str, Iterable[str]], labels: Mapping[object, object] | None = None, *, ignore_case: bool = False
) -> pd.Series:
    """The cells, with the name of a group where they are one of those that it takes the place of."""
    return labelled(cells, {old: name for name, olds in groups.items() for old in olds}, labels, ignore_case=ignore_case)


def chosen(
    cells: pd.Series, between: str, named: Callable[[pd.Series], pd.Series] = lambda answers: answers
) -> dict[str, pd.Series]:
    """{answer: 1 where the cell holds it, 0 where it holds others, None where it is blank}, in the order they turn up.

    named : what becomes of the answers that were found, as by `labelled`
    """
    ids, stored = distinct(cells)
    parts = [list(dict.fromkeys(filter(None, map(text, text(cell).split(between))))) for cell in stored]
    found = pd.Series(list(dict.fromkeys(part for each in parts for part in each)), dtype=object)
    names = dict(zip(found, named(found), strict=True))
    held = [{text(names[part]) for part in each if text(names[part])} for each in parts]
    columns = {}
    for answer in dict.fromkeys(text(name) for name in names.values() if text(name)):
        values = np.empty(len(stored), dtype=object)
        values[:] = [float(answer in answers) if text(cell) else None for cell, answers in zip(stored, held, strict=True)]
        columns[answer] = pd.Series(values[ids], index=cells.index, name=answer, dtype=object)
    return columns


def one_column_a_question(
    rows: pd.DataFrame, ids: pd.Series, question: str, answer: str, wanted: Iterable[str] | None = None
) -> tuple[pd.DataFrame, list[str], pd.Index]:
    """One row an answer becomes one row an id: a column for each question, the other columns as the first filled cell has them.

    ids : what tells the rows apart that are made, missing where there is none: such a row is left out
    wanted : the questions that become columns; default all
    Returns: (rows by the place of their id's first row, columns that differ within an id, rows of a question answered twice)
    """
    kept = ids.notna()
    rows, ids = rows[kept], ids[kept]
    asked = each(rows[question], text)
    filled = rows.mask(rows.apply(lambda cells: each(cells, text)) == "") if len(rows) else rows
    twice = pd.DataFrame({"id": ids, "asked": asked}).duplicated(keep="first") & (asked != "")
    groups = filled.drop(columns=[question, answer]).groupby(ids.to_numpy(), sort=False)
    table = groups.first()
    differ = [column for column in table if (groups[column].nunique() > 1).any()]
    table.index = pd.Index(pd.Series(rows.index, index=ids.to_numpy()).groupby(level=0, sort=False).first().to_numpy())
    places = dict(zip(pd.unique(ids), table.index, strict=True))
    for name in dict.fromkeys(asked) if wanted is None else wanted:
        these = rows[(asked == name) & ~twice]
        if len(these) or wanted is None:
            cells = pd.Series(these[answer].to_numpy(), index=[places[id] for id in ids[these.index]], dtype=object)
            table[name] = cells.reindex(table.index)
    table = table.drop(columns=[""], errors="ignore")
    return table.astype(object).where(table.notna(), None), differ, rows.index[twice]


def one_below_the_other(rows: pd.DataFrame, waves: Mapping[str, Mapping[str, str]], wave: str) -> dict[str, pd.DataFrame]:
    """{wave: its rows}: waves that stand side by side, each with the names that its columns have in all of them.

    waves : {wave: {column: the column that holds it in this wave}}; rows in which all of these are blank are left out
    wave : the new column, which names the wave
    """
    apart = {origin for columns in waves.values() for origin in columns.values()}
    shared, names = rows.drop(columns=sorted(apart)), list(dict.fromkeys(name for each in waves.values() for name in each))
    parts = {}
    for label, columns in waves.items():
        part = shared.assign(**{name: rows[columns[name]] if name in columns else None for name in names}, **{wave: label})
        filled = np.zeros(len(part), dtype=bool)
        for name in columns:
            filled |= (each(part[name], text) != "").to_numpy()
        parts[label] = part[filled]
    return parts


def loosely(id: str) -> str:
    """An id without what programs change: case, spaces, zeros before it and a .0 behind it."""
    if id.isascii() and id.isdigit():
        return id.lstrip("0") or "0"
    plain = re.sub(r"\s", "", id).casefold()
    return re.sub(r"(?<=[0-9])\.0+$", "", plain).lstrip("0") or plain[:1]
