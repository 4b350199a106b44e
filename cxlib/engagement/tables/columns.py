"""The columns of a table that are no answers: texts, ids, weights, dates, periods. Problems are gathered, not raised."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from cxlib.engagement.problems import Problem, at_rows, nearest, written
from cxlib.engagement.tables import rules
from cxlib.engagement.tables.cells import Unreadable, moment, numbers, quoted, text
from cxlib.engagement.tables.periods import in_time_order, likely_order, same_time
from cxlib.engagement.tables.table import Table

YEARS = (1990, 2100)
MOST_NAMES = 40  # different names above which a column hardly names periods
LONGEST_NAME = 40  # letters of the name of a period


class TableColumns:
    """Converts columns of `table`; what is wrong with them is added to `problems`."""

    def __init__(self, table: Table, *, decimal: str | None = None, dates: str | None = None):
        self.table, self.decimal, self.dates = table, decimal, dates
        self.problems: list[Problem] = []

    def texts(self, column: str) -> pd.Series:
        """Texts, SPSS codes as their labels; blank is missing."""

        def read(cell: object) -> str | None:
            if self.table.is_missing(column, cell):
                return None
            return self.table.label(column, cell) or text(cell) or None

        return self._each(column, read).astype("str")

    def ids(
        self, column: str, *, within: pd.Series | None = None, remedy: str = "Give each respondent one row"
    ) -> pd.Series:
        """Texts that must be there, each once (in each group of `within`)."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        key = values if within is None else (values + "\0" + within.astype("str").fillna("")).rename(column)
        self._check(key, rules.each_once(), remedy, blank="the id is missing")
        return values

    def all_equal(self, column: str, expected: str) -> None:
        """Every row must say `expected`: the guard against another client's file."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        remedy = "Is this another client's file? Put this client's own there"
        if values.nunique() > 1 and (known := quoted(values)) and expected not in set(values):
            first = next(name for name in values.dropna() if f'"{name}"' in known)
            remedy = f'Where the file holds several and this is one of them, say which: `keep: {{{written(column)}: [{written(first)}]}}` instead of `client`'
        self._check(values, rules.equal_to(expected), remedy, blank=f"must be {expected} in every row, and is blank")

    def weights(self, column: str, *, most: float) -> pd.Series:
        """Finite numbers above 0 in every row."""
        values = self.numbers(column)
        remedy = "Every row needs a positive weight: correct it, or leave the row out of the file"
        self._check(values, rules.positive(most), remedy, blank="the weight is missing", known=True)
        return values

    def groups(self, column: str, known: tuple[str, ...]) -> pd.Series:
        """Texts that are one of `known` in every row; each of `known` must occur."""
        values = self.texts(column)
        names = [text(each) for each in known]
        remedy = "Weighting to known shares needs the group of every respondent: fill it in, or drop the margin"
        self._report(column, values.index[values.isna()], "the group is missing", remedy)
        self._unknown(values, names, "has no share under `margins`", f"`margins` has: {', '.join(names)}")
        for absent in (each for each in names if not (values == each).any()):
            rule = f'nobody is in the group "{absent}" of `margins`'
            self.problems.append(Problem(self.table.file, rule, "Join it with another group", column=column))
        return values

    def frequencies(self, column: str, *, most: int) -> pd.Series:
        """Whole numbers from 0 in every row, `most` in all."""
        values = self.numbers(column)
        if values.sum() > most:
            rule = f"the table stands for more than {most:,} respondents"
            self.problems.append(Problem(self.table.file, rule, "Correct the numbers", column=column))
        remedy = "It says how many respondents the row stands for: 0, 1, 2, 3, ..."
        self._check(values, rules.whole_from_zero(), remedy, blank="the number is missing", known=True)
        return values

    def numbers(self, column: str) -> pd.Series:
        """Floats; blank is missing, and what cannot be read is a problem."""
        cells = self.table.cells[column]
        ids, stored = pd.factorize(cells.astype(object), use_na_sentinel=True)
        read = numbers(list(stored), decimal=self.decimal)
        for reason, remedy in (
            (
                Unreadable.TEXT,
                "Correct it" + (f" (the decimal sign is declared as {self.decimal})" if self.decimal else ""),
            ),
            (Unreadable.AMBIGUOUS, "Declare the decimal sign under `read: decimal`"),
        ):
            wrong = np.isin(ids, [i for i, value in enumerate(read) if value is reason])
            self._report(column, cells.index[wrong], reason.value, remedy)
        values = np.array([value if isinstance(value, float) else np.nan for value in read] + [np.nan])
        return pd.Series(values[ids], index=cells.index, name=column)

    def moments(self, column: str) -> pd.Series:
        """Dates and times; blank is missing."""
        values = self._each(column, lambda cell: moment(cell, self.dates) if text(cell) else None)
        filled = self._each(column, text) != ""
        form = f"as {self.dates}" if self.dates else "as 2025-12-31"
        remedy = 'Declare how dates are written under `read: dates`, as "%d-%m-%Y"'
        self._report(column, values.index[values.isna() & filled], f"not a date written {form}", remedy)
        values = pd.to_datetime(values.where(values.notna(), pd.NaT), errors="coerce")
        odd = values.notna() & ~values.dt.year.between(*YEARS)
        self._report(
            column, values.index[odd], f"the year is not between {YEARS[0]} and {YEARS[1]}", "Correct the date"
        )
        return values

    def periods(
        self,
        column: str,
        order: tuple[str, ...] | None = None,
        *,
        key: str = "periods",
        fold: Mapping[str, str] = MappingProxyType({}),
    ) -> pd.Series:
        """Texts as an ordered category: in the order that is given under `key`, else in the order in time that their names tell.

        fold : {name: the name it counts as}
        """
        values = self.folded(self.texts(column), fold)
        found = list(values.dropna().unique())
        known = self._in_time(values, found, key) if order is None else [text(each) for each in order]
        self._unknown(values, known, f"is not one of `{key}`", f"Add it to `{key}`, in its place")
        values = values.where(values.isin(known))
        return values.astype(pd.CategoricalDtype([each for each in known if each in found], ordered=True))

    def folded(self, values: pd.Series, fold: Mapping[str, str]) -> pd.Series:
        """The names of periods, each of `fold` as the one it counts as."""
        plain = {text(straggler): text(into) for straggler, into in fold.items()}
        found = list(values.dropna().unique())
        for name in [each for each in plain if each not in found]:
            near = nearest(name, found)
            rule = f'no row has the period "{name}" of `fold`'
            remedy = f'Is it "{near}"?' if near else f"The periods are: {', '.join(found[:8])}" + ", ..." * (len(found) > 8)
            self.problems.append(Problem(self.table.file, rule, remedy, column=str(values.name)))
        return values.replace(plain) if plain else values

    def _in_time(self, values: pd.Series, found: list[str], key: str) -> list[str]:
        """The names in their order in time; where they do not tell it, a problem with the list ready to paste."""
        if (order := in_time_order(found)) is not None:
            return order
        column, likely = str(values.name), likely_order(found)
        if same := same_time(found):
            counts = values.value_counts()
            often, seldom = max(same[0], key=counts.__getitem__), min(reversed(same[0]), key=counts.__getitem__)
            rule = f'"{seldom}" and "{often}" are names of the same time'
            remedy = f"Write `fold: {{{_pasted(seldom)}: {_pasted(often)}}}` to count them as one, or list all under `{key}`"
        elif len(found) > MOST_NAMES or 2 * len(found) > len(values) or max(map(len, found)) > LONGEST_NAME:
            rule = f"{len(found)} different texts stand here, and their order in time cannot be read"
            remedy = f"Is it the column that says when people answered? If it is, list its periods in order under `{key}`"
        else:
            rule = f"the order in time of the {len(found)} periods cannot be read from their names"
            listed = ", ".join(map(_pasted, likely))
            remedy = f"Write them from the oldest to the latest, as `{key}: [{listed}]`"
        self.problems.append(Problem(self.table.file, rule, remedy, column=column))
        return likely

    def need(self, values: pd.Series, what: str, remedy: str) -> None:
        """An error for rows where `values` is missing."""
        self._report(values.name, values.index[values.isna()], what, remedy)

    def note_blanks(self, values: pd.Series, what: str) -> None:
        """A warning for rows where `values` is missing."""
        remedy = f"Where they are rows of people who did not answer, leave them out: `drop: {{{written(str(values.name))}: [\"\"]}}`"
        self._report(values.name, values.index[values.isna()], what, remedy, severity="warning")

    def _each(self, column: str, read: Callable[[object], object]) -> pd.Series:
        """`read` of every cell; each distinct cell is read once."""
        cells = self.table.cells[column]
        ids, stored = pd.factorize(cells.astype(object), use_na_sentinel=True)
        values = np.empty(len(stored) + 1, dtype=object)
        values[:] = [*map(read, stored), read(None)]
        return pd.Series(values[ids], index=cells.index, name=column, dtype=object)

    def _unknown(self, values: pd.Series, known: list[str], rule: str, remedy: str) -> None:
        """An error for rows whose text is none of `known`."""
        wrong = values[values.notna() & ~values.isin(known)]
        near = [found for each in wrong.unique()[:20] if (found := nearest(each, known))]
        self._report(values.name, wrong.index, f"{rule}: {quoted(wrong)}", f'Is it "{near[0]}"?' if near else remedy)

    def _check(self, values: pd.Series, checks, remedy: str, *, blank: str, known: bool = False) -> None:
        """Reports the rows that break a check. `known`: rows that were reported already are left out."""
        told = {problem.column for problem in self.problems} if known else set()
        blank = "" if values.name in told else blank
        for rule, rows in rules.broken_rows(values, checks, blank=blank).items():
            self._report(values.name, rows, rule, remedy)

    def _report(self, column: str, rows, rule: str, remedy: str, severity="error") -> None:
        if len(rows):
            problem = at_rows(rows, file=self.table.file, column=column, rule=rule, remedy=remedy, severity=severity)
            self.problems.append(problem)


def spans(moments: pd.Series, every: str = "quarter") -> pd.Series:
    """2025-03-31 -> "2025-Q1" (or 2025-03, 2025-H1, 2025, 2025-W14, by `every`): texts whose alphabet is their order in time."""
    year = _digits(moments.dt.isocalendar().year if every == "week" else moments.dt.year, 4)
    part = {
        "year": lambda: "",
        "half": lambda: "-H" + _digits((moments.dt.month + 5) // 6, 1),
        "quarter": lambda: "-Q" + _digits(moments.dt.quarter, 1),
        "month": lambda: "-" + _digits(moments.dt.month, 2),
        "week": lambda: "-W" + _digits(moments.dt.isocalendar().week, 2),
    }
    return (year + part[every]()).where(moments.notna())


def in_alphabet(names: pd.Series) -> pd.Series:
    """An ordered category of names whose alphabet is their order in time, as `spans` makes them."""
    return names.astype(pd.CategoricalDtype(sorted(names.dropna().unique()), ordered=True))


def _digits(values: pd.Series, width: int) -> pd.Series:
    return values.astype("Int64").astype("str").str.zfill(width)


def _pasted(name: str) -> str:
    """A name as client.yml can take it."""
    return json.dumps(name, ensure_ascii=False)
