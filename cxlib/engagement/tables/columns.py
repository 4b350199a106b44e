"""The columns of a table that are no answers: texts, ids, weights, dates, periods. Problems are gathered, not raised."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from cxlib.engagement.problems import Problem, at_rows, nearest
from cxlib.engagement.tables import rules
from cxlib.engagement.tables.cells import Unreadable, moment, numbers, quoted, text
from cxlib.engagement.tables.table import Table

YEARS = (1990, 2100)


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

    def ids(self, column: str, *, within: pd.Series | None = None) -> pd.Series:
        """Texts that must be there, each once (in each group of `within`)."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        key = values if within is None else (values + "\0" + within.astype("str").fillna("")).rename(column)
        self._check(key, rules.each_once(), "Give each respondent one row", blank="the id is missing")
        return values

    def all_equal(self, column: str, expected: str) -> None:
        """Every row must say `expected`: the guard against another client's file."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        remedy = "Is this another client's file? Put this client's own there"
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
        """Whole numbers from 1 in every row, `most` in all."""
        values = self.numbers(column)
        if values.sum() > most:
            rule = f"the table stands for more than {most:,} respondents"
            self.problems.append(Problem(self.table.file, rule, "Correct the numbers", column=column))
        remedy = "It says how many respondents the row stands for: 1, 2, 3, ..."
        self._check(values, rules.whole_from_one(), remedy, blank="the number is missing", known=True)
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

    def periods(self, column: str, order: tuple[str, ...] | None = None, *, key: str = "periods") -> pd.Series:
        """Texts as an ordered category: in the order that is given under `key`, else by number or the alphabet."""
        values = self.texts(column)
        found = list(values.dropna().unique())
        known = sorted(found, key=_by_number) if order is None else [text(each) for each in order]
        self._unknown(values, known, f"is not one of `{key}`", f"Add it to `{key}`, in its place")
        values = values.where(values.isin(known))
        return values.astype(pd.CategoricalDtype([each for each in known if each in found], ordered=True))

    def need(self, values: pd.Series, what: str, remedy: str) -> None:
        """An error for rows where `values` is missing."""
        self._report(values.name, values.index[values.isna()], what, remedy)

    def note_blanks(self, values: pd.Series, what: str) -> None:
        """A warning for rows where `values` is missing."""
        self._report(values.name, values.index[values.isna()], what, "", severity="warning")

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


def quarters(moments: pd.Series) -> pd.Series:
    """2025-03-31 -> "2025-Q1", an ordered category in time order."""
    found = moments.dt.year.astype("Int64").astype("str") + "-Q" + moments.dt.quarter.astype("Int64").astype("str")
    found = found.where(moments.notna())
    return found.astype(pd.CategoricalDtype(sorted(found.dropna().unique()), ordered=True))


def _by_number(label: str) -> tuple:
    """Sorts 2 before 10, and texts by the alphabet."""
    value = numbers([label], decimal=".")[0]
    return (0, value, label) if isinstance(value, float) else (1, 0.0, label)
