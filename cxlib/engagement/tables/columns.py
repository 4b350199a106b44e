"""The columns of a table that are no answers: texts, ids, weights, dates, periods. Problems are gathered, not raised."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from cxlib.engagement.problems import Problem, at_rows, nearest, written
from cxlib.engagement.tables import rules, shaping
from cxlib.engagement.tables.cells import (
    ERRORS,
    SILENT,
    Codes,
    Unreadable,
    alike,
    amounts,
    durations,
    instants,
    is_duration,
    moment,
    numbers,
    plain,
    quoted,
    text,
    why_no_numbers,
)
from cxlib.engagement.tables.durations import SECONDS
from cxlib.engagement.tables.moments import (
    MANY,
    SWAPPED,
    Forms,
    eaten,
    forms_of,
    moved,
    on_winter_clock,
    read_at_once,
)
from cxlib.engagement.tables.numerals import CROWNS, is_percent
from cxlib.engagement.tables.periods import in_time_order, likely_order, same_time
from cxlib.engagement.tables.table import Table

YEARS = (1990, 2100)
MOST_GROUPS = 1000  # different texts above which a column names no groups
FEW_NUMBERS = 10  # different numbers up to which a column is one of groups
JOINTS = (" x ", ", ", " ", " / ", "/", " + ", " & ", " - ", ": ")  # what may stand between the groups of a combination
MOST_TRIED = 200  # cells on which forms of dates are tried
MOST_NAMES = 40  # different names above which a column hardly names periods
MOSTLY = 0.9  # of the rows in which one moment lies before another, where that is no chance
LONGEST_NAME = 40  # letters of the name of a period


class TableColumns:
    """Converts columns of `table`; what is wrong with them is added to `problems`. Forms of dates and numbers are those of `read:`."""

    def __init__(self, table: Table, *, decimal: str | None = None, dates: Forms = None):
        self.table, self.decimal, self.dates = table, decimal or table.read.decimal, dates or table.read.dates
        self.ignore_case = table.read.case == "ignore"
        self.problems: list[Problem] = []
        self.told: list[str] = []  # what was made of a column, and is no problem

    def texts(self, column: str) -> pd.Series:
        """Texts, SPSS codes as their labels; blank is missing. Texts that look the same are one, and that is told."""

        def read(cell: object) -> str | None:
            if self.table.is_missing(column, cell):
                return None
            return self.table.label(column, cell) or text(cell) or None

        ids, stored = shaping.distinct(self.table.cells[column])
        values = pd.Series(pd.array([*map(read, stored)], dtype="str").take(ids), self.table.cells.index, name=column)
        counts = values.value_counts()
        if len(counts) > MOST_GROUPS:  # ids and the like
            return values
        written = alike(counts.index, ignore_case=self.ignore_case)
        joined = {each: name for each, name in written.items() if each != name}
        if joined:
            names = quoted(name for name in joined.values() for _ in range(2))
            rule = f"{len(joined)} other spellings, with other spaces, marks or large letters, are read as {names}"
            self._report(column, values.index[values.isin(list(joined))], rule, "", severity="warning")
            values = values.replace(joined).astype("str")
        self._note_case(column, [*dict.fromkeys(written.values())], values)
        return values

    def _note_case(self, column: str, names: list[str], values: pd.Series) -> None:
        """A warning where groups differ in large letters alone."""
        if silent := [each for each in names if each.casefold() in {"na", "n/a", "null", "nan", *ERRORS}]:
            rule = f"a group is called {quoted(name for name in silent for _ in range(2))}"
            self._report(column, values.index[values.isin(silent)], rule, missing_remedy(silent), severity="warning")
        small = alike(names, ignore_case=True)
        if apart := [each for each in names if small[each] != each]:
            pairs = quoted(name for each in apart for name in (small[each], each) for _ in range(2))
            rule = f"groups differ in large letters alone: {pairs}"
            remedy = "If they are the same, write `read: {case: ignore}`"
            self._report(column, values.index[values.isin(apart)], rule, remedy, severity="warning")

    def says(self, column: str, code: str) -> pd.Series:
        """1.0 where the cell is `code`, 0.0 where it is another, missing where it is blank."""
        said, codes = self.texts(column), Codes([code], ignore_case=self.ignore_case)
        return said.map({each: float(each in codes) for each in said.dropna().unique()}).astype(float)

    def ids(
        self, column: str, *, within: pd.Series | None = None, remedy: str = "Give each respondent one row"
    ) -> pd.Series:
        """Texts that must be there, each once (in each group of `within`)."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        key = values if within is None else (values + "\0" + within.astype("str").fillna("")).rename(column)
        if values.head(1000).str.fullmatch(r"\d[.,]\d+E\+?\d+", case=False).any():
            remedy = "A spreadsheet has cut long numbers, as 1,18E+11: export the ids again as text, or leave `respondent` out"
        self._check(key, rules.each_once(), remedy, blank="the id is missing")
        return values

    def all_equal(self, column: str, expected: str) -> None:
        """Every row must say `expected`: the guard against another client's file."""
        values = self._each(column, lambda cell: text(cell) or None).astype("str")
        remedy = "Is this another client's file? Put this client's own there"
        if values.nunique() > 1 and (known := quoted(values)) and expected not in set(values):
            first = next(name for name in values.dropna() if f'"{name}"' in known)
            remedy = f'Where the file holds several and this is one of them, say which: `keep: {{{written(column)}: [{written(first)}]}}` instead of `client`; for a report of each write `for_each: {written(column)}` at the top'
        self._check(values, rules.equal_to(expected), remedy, blank=f"must be {expected} in every row, and is blank")

    def weights(self, column: str, *, most: float) -> pd.Series:
        """Finite numbers above 0 in every row."""
        values = self.numbers(column)
        nothing = [_pasted(each) for each in self._none_of(column)]
        remedy = f"Every row needs a positive weight: correct it, or leave such rows out with `drop: {{{_pasted(column)}: [{', '.join(nothing)}]}}`"
        self._check(values, rules.positive(most), remedy, blank="the weight is missing", known=True)
        return values

    def _none_of(self, column: str) -> list[str]:
        """The cells of a column of weights that are blank, or no more than 0, as client.yml names them."""
        ids, stored = self._distinct(column)
        read = numbers(stored, decimal=self.decimal)
        return [""] * bool((ids < 0).any()) + [text(cell) for cell, each in zip(stored, read, strict=True) if each is None or (isinstance(each, float) and each <= 0)][:5]

    def groups(self, parts: tuple[str, ...], known: tuple[str, ...], unknown: tuple[str, ...] = ()) -> tuple[pd.Series, pd.Series]:
        """(the group of every row, whether it is one of `unknown`): one of `known`, each of which must occur.

        parts : the column, or several whose combinations are the groups: "North x 18-34"
        unknown : groups without a share, "" for the blank
        """
        column, names = " x ".join(parts), [text(each) for each in known]
        each = [self.texts(part) for part in parts]
        codes = Codes([code for code in unknown if code], ignore_case=self.ignore_case)
        kinds = [part.map({name: name in codes for name in part.dropna().unique()}).fillna("" in unknown).astype(bool) for part in each]
        not_known = pd.concat(kinds, axis=1).any(axis=1)
        values = self._combined(each, names).rename(column)
        values = self._as_named(values, names).rename(column)
        asked = values[~not_known]
        blank, others = asked.index[asked.isna()], list(dict.fromkeys(asked[asked.notna() & ~asked.isin(names)]))
        near = {other: found for other in others if (found := nearest(other, names))}
        if len(blank) or (others and not near):
            counts = pd.concat(each).value_counts()
            without = [name for name in counts.index[counts > 1] if not any(plain(name) in plain(group) for group in names)]
            codes_of = json.dumps([*unknown, *dict.fromkeys(without), *([""] if len(blank) else [])], ensure_ascii=False)
            remedy = f"Give it a share, or name it beside `margins`, as `unknown: {codes_of}`: its answers keep the share that they have"
        else:
            remedy = f'Is it "{near[others[0]]}"?' if near else ""
        self._report(parts[0], blank, "the group is missing, and weighting to known shares needs it", remedy)
        wrong = asked.index[asked.isin(others)]
        self._report(parts[0], wrong, f"has no share under `margins`: {quoted(asked[wrong])}", remedy)
        for absent in (name for name in names if not (values == name).any()):
            rule = f'nobody is in the group "{absent}" of `margins`'
            self.problems.append(Problem(self.table.file, rule, "Join it with another group", column=parts[0]))
        return values, not_known

    def _combined(self, each: list[pd.Series], names: list[str]) -> pd.Series:
        """The groups of several columns as client.yml writes their combinations: with " x ", a comma or a space between them."""
        if len(each) == 1:
            return each[0]
        known = {plain(name, ignore_case=self.ignore_case): name for name in names}
        pairs = pd.concat(each, axis=1).dropna()
        combined = pairs.agg(JOINTS[0].join, axis=1)
        for parts in pairs.drop_duplicates().itertuples(index=False):
            for between in JOINTS[1:]:
                if (name := known.get(plain(between.join(parts), ignore_case=self.ignore_case))) is not None:
                    combined = combined.replace({JOINTS[0].join(parts): name})
        return combined.reindex(each[0].index)

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
        ids, stored = self._distinct(column)
        return self._floats(column, ids, stored, numbers(stored, decimal=self.decimal))

    def marks(self, column: str) -> pd.Series:
        """1.0 or 0.0 of what was done or not; missing where blank."""
        ids, stored = self._distinct(column)
        read = numbers(stored, decimal=self.decimal)
        other = np.isin(ids, [i for i, each in enumerate(read) if each not in (None, 0.0, 1.0)])
        remedy = f"Say which of them is 1 and which 0: `recode: {{{written(column)}: {{labels: {{...: 1, ...: 0}}}}}}`"
        self._report(column, self.table.cells.index[other], f"neither 1 nor 0: {quoted(stored[i] for i in ids[other])}", remedy)
        return self._series(column, ids, read).where(~other)

    def numbers_or_groups(self, column: str) -> pd.Series:
        """Floats where every cell is a number and many differ, else the groups: texts, or in the order that client.yml makes them in."""
        if (order := self.table.orders.get(column)) is not None:
            return self.periods(column, order, key="bands")
        ids, stored = self._distinct(column)
        read = numbers(stored, decimal=self.decimal)
        named = any(self.table.label(column, cell) for cell in stored)
        if len(stored) > FEW_NUMBERS and not named and all(each is None or isinstance(each, float) for each in read):
            return self._floats(column, ids, stored, read)
        return self.texts(column)

    def money(self, column: str) -> pd.Series:
        """Amounts as floats, with or without the currency; two currencies in one column are a problem."""
        ids, stored = self._distinct(column)
        read, currencies = amounts(stored, decimal=self.decimal)
        if "kr" in currencies and len(currencies & CROWNS) == 1:
            currencies -= {"kr"}
        if len(currencies) > 1:
            rule = f"amounts in several currencies stand in one column: {', '.join(sorted(currencies))}"
            self.problems.append(Problem(self.table.file, rule, "Give a column in one currency", column=column))
        return self._floats(column, ids, stored, read)

    def share(self, column: str, unit: str) -> pd.Series:
        """Shares in `unit`, fraction or percent; "45 %" is read in either."""
        ids, stored = self._distinct(column)
        read, _ = amounts(stored, decimal=self.decimal)
        if unit == "fraction":
            read = [each / 100 if isinstance(each, float) and is_percent(cell) else each for each, cell in zip(read, stored, strict=True)]
        return self._floats(column, ids, stored, read)

    def durations(self, column: str, unit: str) -> pd.Series:
        """Numbers as they are; texts and time cells that say how long something took in `unit`, which is told."""
        ids, stored = self._distinct(column)
        read = numbers(stored, decimal=self.decimal)
        dressed = [is_duration(cell) for cell, each in zip(stored, read, strict=True) if each is Unreadable.TEXT]
        if unit not in SECONDS or not any(dressed):
            return self._floats(column, ids, stored, read, unit if unit in SECONDS else "hours")
        self.told.append(f'"{column}" read as {unit}')
        read = durations(stored, unit, self.table.read.durations, decimal=self.decimal)
        cells = self.table.cells[column]
        for reason, rule, remedy in (
            (Unreadable.TEXT, "not a duration", "Correct it, or leave the cell empty"),
            (Unreadable.AMBIGUOUS, "a duration that can be minutes and seconds, or hours and minutes",
             'Say which it is: `read: {durations: "mm:ss"}` or `read: {durations: "hh:mm"}`'),
        ):  # fmt: skip
            wrong = np.isin(ids, [i for i, value in enumerate(read) if value is reason])
            self._report(column, cells.index[wrong], f"{rule}: {quoted(stored[i] for i in ids[wrong])}", remedy)
        bare = [i for i, cell in enumerate(stored) if isinstance(read[i], float) and read[i] and not is_duration(cell)]
        rows = cells.index[np.isin(ids, bare)]
        self._report(column, rows, f"plain numbers stand beside durations, and are read as {unit}", "", severity="warning")
        return self._series(column, ids, read)

    def between(self, column: str, start: str, end: str, unit: str) -> pd.Series:
        """From the moment in one column to that in another, in `unit`; missing where one of them is."""
        read = [self._instants(name) for name in (start, end)]
        known = [values.map(lambda each: isinstance(each, datetime)) for values in read]
        zoned = [values.map(lambda each: isinstance(each, datetime) and each.tzinfo is not None) for values in read]
        for name, values, with_zone, there in zip((start, end), read, zoned, known, strict=True):
            if with_zone.any() and (bare := values.index[there & ~with_zone]).size:
                self._report(name, bare, "some times name their zone and these do not", "Give the zone in every row, or in none")
        for name, values, there in zip((start, end), read, known, strict=True):
            if (values.notna() & ~there).any():
                self.moments(name)  # tells what is no date
        clocks = [pd.to_datetime(values.map(lambda each: each.replace(tzinfo=None) if isinstance(each, datetime) else None), errors="coerce")
                  for values in read]  # fmt: skip
        if zoned[0].any() != zoned[1].any():
            rule = f'"{start}" and "{end}" cannot be compared: only one of them names its zone'
            self.problems.append(Problem(self.table.file, rule, "Give the zone in both, or in none", column=column))
        elif zoned[0].any():
            clocks = [pd.to_datetime(values.where(there & with_zone, None), utc=True, errors="coerce")
                      for values, with_zone, there in zip(read, zoned, known, strict=True)]  # fmt: skip
        took = (clocks[1] - clocks[0]).dt.total_seconds() / SECONDS[unit]
        self._backwards(column, took.index[took < 0], start, end, wrong=(took < 0).sum() > (took > 0).sum())
        return took.rename(column)

    def not_before(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """The moments of `end`, missing where they lie before those of `start`, which is told."""
        early = end < start
        self._backwards(str(end.name), end.index[early], str(start.name), str(end.name), wrong=early.sum() > (end > start).sum())
        return end.where(~early)

    def _backwards(self, column: str, rows: pd.Index, start: str, end: str, *, wrong: bool) -> None:
        """What ends before it starts; an error where most rows do."""
        remedy = "Are the two columns exchanged, or do they run in different zones?"
        self._report(column, rows, f'"{end}" lies before "{start}"', remedy, severity="error" if wrong else "warning")

    def _instants(self, column: str) -> pd.Series:
        """Points in time, with their zones."""
        ids, stored = self._distinct(column)
        values = np.empty(len(stored) + 1, dtype=object)
        values[:] = [*instants(stored, self.dates), None]
        return pd.Series(values[ids], index=self.table.cells.index, name=column, dtype=object)

    def _distinct(self, column: str) -> tuple[np.ndarray, list]:
        """The distinct cells of a column, and which of them each row holds; -1 is the blank."""
        ids, stored = shaping.distinct(self.table.cells[column])
        return np.where(ids == len(stored) - 1, -1, ids), stored[:-1]

    def _floats(self, column: str, ids: np.ndarray, stored: list, read: list, unit: str = "hours") -> pd.Series:
        """The numbers; what is none is a problem. `unit` is what the time between moments would be told in."""
        index = self.table.cells.index
        declared = f" (the decimal sign is declared as {self.decimal})" if self.decimal else ""
        for reason, remedy in (
            (Unreadable.TEXT, f"Correct it{declared}"),
            (Unreadable.AMBIGUOUS, "Declare the decimal sign under `read: decimal`, as `read: {decimal: \",\"}`"),
        ):
            wrong = np.isin(ids, [i for i, value in enumerate(read) if value is reason])
            if reason is Unreadable.TEXT and wrong.any():
                cells = [stored[i] for i in set(ids[wrong])]
                remedy = missing_remedy(cells) or self._time_between(column, cells, unit) or remedy
            why = why_no_numbers((stored[i] for i in set(ids[wrong])), reason)
            self._report(column, index[wrong], f"{why}: {quoted(stored[i] for i in ids[wrong])}", remedy)
        return self._series(column, ids, read)

    def _time_between(self, column: str, cells: list, unit: str) -> str:
        """What to write where a number is asked for and moments stand; "" where they are none."""
        if any(moment(cell, self.dates) is None for cell in cells):
            return ""
        if not (start := self._start_of(column)):
            return "These are moments: make the time between two of them a column, by `recode` with `from` and `duration`, and name that one here"
        new, begun, ended = (written(each) for each in (f"{unit} to {column}", start, column))
        return f"These are moments. For the time between two of them write `recode: {{{new}: {{from: [{begun}, {ended}], duration: {unit}}}}}`, and {new} here"

    def _start_of(self, column: str) -> str:
        """The column of the file that says when it began: moments that lie before those of the column, the most and the earliest."""
        every = self.table.beside() if self.table.beside is not None else pd.DataFrame()
        if column not in every:
            return ""
        every = every.iloc[:: len(every) // MOST_TRIED + 1]
        ends, found = self._clocks(every[column]), {}
        for name in every.columns.drop(column):
            if every[name].map(text).astype(bool).any() and (starts := self._clocks(every[name])).notna().any():
                took = (ends - starts).dropna()
                if len(took) >= MOSTLY * ends.notna().sum() and (took >= pd.Timedelta(0)).mean() >= MOSTLY:
                    found[name] = (len(took), took.median())
        return max(found, key=lambda name: found[name], default="")

    def _clocks(self, cells: pd.Series) -> pd.Series:
        """The cells as their clock showed them; missing where they are no moments."""
        return pd.to_datetime(cells.map(lambda cell: moment(cell, self.dates)).astype(object), errors="coerce")

    def _series(self, column: str, ids: np.ndarray, read: list) -> pd.Series:
        values = np.array([value if isinstance(value, float) else np.nan for value in read] + [np.nan])
        return pd.Series(values[ids], index=self.table.cells.index, name=column)

    def moments(self, column: str) -> pd.Series:
        """Dates and times as their clock showed them; blank is missing."""
        if (values := self._at_once(column)) is not None:
            return self._of_our_times(column, values)
        ids, stored = self._distinct(column)
        if SWAPPED not in (self.dates or ()) and eaten(stored):
            return self._eaten(column, ids, stored)
        read = instants(stored, self.dates)
        index = self.table.cells.index
        for reason in Unreadable:
            wrong = np.isin(ids, [i for i, value in enumerate(read) if value is reason])
            if wrong.any():
                known = " or ".join(self.dates) if self.dates else "2025-12-31"
                rule = f"not a date written as {known}" if reason is Unreadable.TEXT else "a date that can be read two ways"
                shown = quoted(stored[i] for i in ids[wrong])
                self._report(column, index[wrong], f"{rule}: {shown}", self._date_remedy([stored[i] for i in np.unique(ids[wrong])], stored))
        clocks = [value.replace(tzinfo=None) if isinstance(value, datetime) else None for value in read] + [None]
        values = pd.to_datetime(pd.Series(clocks, dtype=object), errors="coerce").to_numpy()[ids]
        return self._of_our_times(column, pd.Series(values, index=index, name=column))

    def _of_our_times(self, column: str, values: pd.Series) -> pd.Series:
        """The moments; an error where their year is none of our times."""
        odd = values.notna() & ~values.dt.year.between(*YEARS)
        self._report(
            column, values.index[odd], f"the year is not between {YEARS[0]} and {YEARS[1]}", "Correct the date"
        )
        return values

    def _at_once(self, column: str) -> pd.Series | None:
        """A long column of texts that are all written in the one form and name no zone, read at once; None for every other one."""
        cells, forms = self.table.cells[column], (self.dates,) if isinstance(self.dates, str) else tuple(self.dates or ())
        if len(cells) < MANY or not isinstance(cells.dtype, pd.StringDtype) or not read_at_once(forms):
            return None
        said = cells.str.strip()
        said = said.where(said != "", None)
        if not forms:
            return _iso_at_once(said, column)
        read = pd.to_datetime(said, format=forms[0], errors="coerce")
        return read.astype("datetime64[us]").rename(column) if (read.notna() == said.notna()).all() else None

    def on_one_clock(self, column: str, *, zone: str | None, clock: str | None) -> tuple[pd.Series, bool]:
        """(moments, whether they name their zone): on the winter clock of a place, or UTC where none is given and a zone is known;
        else as their clock showed them. A wait over a change of the clocks is then as long as it was.

        zone : of those that name none, where it is another than that of the place
        clock : the place's zone
        """
        clock = clock or ("UTC" if zone else None)
        if (values := self._at_once(column)) is not None:
            return moved(self._of_our_times(column, values), zone, clock), False
        read = self._instants(column)
        known = read.map(lambda each: isinstance(each, datetime))
        zoned = read.map(lambda each: isinstance(each, datetime) and each.tzinfo is not None)
        if not zoned.any():
            return moved(self.moments(column), zone, clock), False
        if (read.notna() & ~known).any():
            self.moments(column)  # tells what is no date
        bare = known & ~zoned
        if bare.any() and not (zone or clock):
            rule = "some times name their zone and these do not"
            self._report(column, read.index[bare], rule, 'Say in which zone they are, as `zone: "Europe/Copenhagen"`, beside `time`')
        values = on_winter_clock(pd.to_datetime(read.where(zoned, None), utc=True), clock or "UTC").astype("datetime64[us]")
        local = moved(pd.to_datetime(read.where(bare, None).astype(object)).astype("datetime64[us]"), zone, clock or "UTC")
        return self._of_our_times(column, values.where(zoned, local).rename(column)), True

    def _date_remedy(self, wrong: list, stored: list) -> str:
        """What to write under `read: dates`, tried on the column, and under `read: missing` for what is no date at all."""
        silent = silent_among(wrong)
        wrong = [cell for cell in wrong if text(cell) not in silent]
        if not wrong:
            return missing_remedy(silent)
        dates = [cell for cell in stored if text(cell) and text(cell) not in silent]
        forms = forms_of([*_some(dates), *_some(wrong)])
        forms = [form for form in forms if all(isinstance(each, datetime) for each in instants(dates, form))]
        missing = f", missing: {json.dumps(silent, ensure_ascii=False)}" if silent else ""
        written = [f"`read: {{dates: {json.dumps(form[0] if len(form) == 1 else form)}{missing}}}`" for form in forms]
        if not written:
            return 'Declare how dates are written under `read: dates`, as "%d-%m-%Y", or several forms in a list; correct what is no date'
        return f"Write {written[0]}" if len(written) == 1 else f"It can be read in several ways; write {' or '.join(written[:3])}"

    def _eaten(self, column: str, ids: np.ndarray, stored: list) -> pd.Series:
        """A spreadsheet that expects days first took 03/04 of a file with months first for a date, and left 03/14 as text."""
        index = self.table.cells.index
        dates = np.isin(ids, [i for i, cell in enumerate(stored) if isinstance(cell, date)])
        forms = [form[0] for form in forms_of([cell for cell in stored if isinstance(cell, str)]) if len(form) == 1]
        form = f"`read: {{dates: {json.dumps([forms[0], SWAPPED])}}}`" if len(forms) == 1 else f"the form of the texts and {SWAPPED} in a list under `read: dates`"
        rule = "these cells are dates with no day above 12, and the rest are texts with no day below 13: a spreadsheet took the day for the month"
        self._report(column, index[dates], rule, f"Export the file again as csv; or, to turn the dates back, write {form}")
        return pd.Series(pd.NaT, index=index, name=column, dtype="datetime64[ns]")

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
        if order is not None:
            values = self._as_named(values, [text(each) for each in order])
        found = list(values.dropna().unique())
        known = self._in_time(values, found, key) if order is None else [text(each) for each in order]
        self._unknown(values, known, f"is not one of `{key}`", f"Add it to `{key}`, in its place")
        values = values.where(values.isin(known))
        return values.astype(pd.CategoricalDtype([each for each in known if each in found], ordered=True))

    def folded(self, values: pd.Series, fold: Mapping[str, str]) -> pd.Series:
        """The names of periods, each of `fold` as the one it counts as."""
        if not fold:
            return values
        into = {text(straggler): text(period) for straggler, period in fold.items()}
        values = self._as_named(values, [*into, *into.values()])
        found = list(values.dropna().unique())
        for name in [each for each in into if each not in found]:
            near = nearest(name, found)
            rule = f'no row has the period "{name}" of `fold`'
            remedy = f'Is it "{near}"?' if near else f"The periods are: {', '.join(found[:8])}" + ", ..." * (len(found) > 8)
            self.problems.append(Problem(self.table.file, rule, remedy, column=str(values.name)))
        return values.replace(into)

    def _as_named(self, values: pd.Series, names: list[str]) -> pd.Series:
        """The texts, written as client.yml writes them where they look the same."""
        known = {plain(name, ignore_case=self.ignore_case): name for name in reversed(names)}
        found = {each: known.get(plain(each, ignore_case=self.ignore_case), each) for each in values.dropna().unique()}
        return values.map(found).astype("str")

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
        if values.name not in {problem.column for problem in self.problems if problem.severity == "error"}:
            remedy = f"Where they are rows of people who did not answer, leave them out: `drop: {{{written(str(values.name))}: [\"\"]}}`"
            self._report(values.name, values.index[values.isna()], what, remedy, severity="warning")

    def _each(self, column: str, read: Callable[[object], object]) -> pd.Series:
        """`read` of every cell; each distinct cell is read once."""
        return shaping.each(self.table.cells[column], read)

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


def _iso_at_once(said: pd.Series, column: str) -> pd.Series | None:
    """Texts that are all written by ISO 8601 and name no zone, as moments; None where one is written otherwise."""
    try:
        read = pa.array(said.array).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    return pd.Series(read.to_numpy(zero_copy_only=False), said.index, name=column)


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


def _some(cells: list) -> list:
    """At most MOST_TRIED of the cells, spread over them."""
    return cells[:: len(cells) // MOST_TRIED + 1]


def silent_among(cells: Iterable) -> list[str]:
    """Those of the cells that say nothing, as NA."""
    return list(dict.fromkeys(text(cell) for cell in cells if plain(cell).casefold() in SILENT))


def missing_remedy(cells: Iterable) -> str:
    """`read: missing` for those of the cells that say nothing; "" where there are none."""
    silent = silent_among(cells)
    return f"If it says nothing, write `read: {{missing: {json.dumps(silent, ensure_ascii=False)}}}`" if silent else ""


def _digits(values: pd.Series, width: int) -> pd.Series:
    return values.astype("Int64").astype("str").str.zfill(width)


def _pasted(name: str) -> str:
    """A name as client.yml can take it."""
    return json.dumps(name, ensure_ascii=False)
