"""The reports of `for_each`: one for each value of a column, and what each must not show beside the others.

A reader of all reports knows the whole, and each value that has a report of its own: the whole less the others is what
the rest answered. So nothing is shown of fewer respondents than `anonymity` asks for, and nothing that would let such a
number be worked out: of a value, of a question, of a period or of a group of a value.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses.design import YEAR_ON_YEAR
from cxlib.engagement.folder import BETWEEN, Cut, Folder
from cxlib.engagement.problems import DataError, Problem, nearest
from cxlib.engagement.settings.client import Client
from cxlib.engagement.settings.survey import BlockSettings, IndexSettings, SurveySettings
from cxlib.engagement.survey import INDICES, QUESTIONS, Survey, read_survey
from cxlib.engagement.tables.cells import quoted
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.texts import plain
from cxlib.stats.survey.disclosure import withheld_rows

MOST = 500  # reports of one client; a column of more values is another one than was meant
WHOLE = ("maturity", "initiatives", "money")
CUT = ("contacts", "customers", "employees")
ONLY_WHOLE = ("rollout", "journey", "complaints", "blueprint", "closed_loop", "units")  # of them a report about one value has none
_REST = "\1"  # begins the label of rows that are in no report but that of the whole; alone it is that of rows without a value
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class OneOf:
    """A report about one value of the column.

    lacks : parts of client.yml of which the value has no rows
    withheld : parts, questions ("recommend", "blocks.delivery") and segments ("segments.age") that it must not show
    """

    id: str
    value: str
    cut: Cut
    lacks: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()

    @property
    def withholds(self) -> bool:
        """Whether something is left out so that nobody's answers are given away."""
        return bool(self.withheld or self.cut.periods)

    def notes(self, folder: Folder) -> list[Problem]:
        """In one line what this report goes without so that nobody's answers are given away."""
        periods = len(self.cut.periods)
        gone = [*sorted(self.withheld), *([f"{periods} period{'s' * (periods > 1)}"] if periods else [])]
        rule = f"withheld here, where too few answered, or where the reports together would tell it: {', '.join(gone)}"
        return [_nothing_to_do(folder, rule)] if gone else []


@dataclass(frozen=True)
class Each:
    """The reports of `for_each`, and the values that have none.

    survey : the answers of the whole, the column among its segments
    few : values of fewer respondents than may be shown;  beside : those without a report so that these are not given away
    whole : parts that are the same in every report
    """

    column: str
    reports: tuple[OneOf, ...]
    survey: Survey
    few: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def withholds(self) -> bool:
        """Whether anything is withheld in any of the reports."""
        return bool(self.few or self.beside) or any(report.withholds for report in self.reports)

    def told(self) -> str:
        """What becomes of the values, for `cx check`."""
        cut = dict.fromkeys(part for report in self.reports for part in ("survey", *CUT) if part in report.cut.parts)
        line = f"for_each {self.column}: {len(self.reports)} reports beside the whole; cut to each: {', '.join(cut)}"
        return line + (f"; whole in each: {', '.join(self.whole)}" if self.whole else "")

    def notes(self, folder: Folder) -> list[Problem]:
        """In one line what is withheld so that nobody's answers are given away."""
        said = [f"no report for {quoted(self.few)}, of too few answers" if self.few else "",
                f"none for {quoted(self.beside)}, as the whole less the others would give the former away" if self.beside else ""]  # fmt: skip
        kept = Counter(what for report in self.reports for what in (*report.withheld, *(["periods"] if report.cut.periods else [])))
        parts = ", ".join(f"{what} (in {n})" for what, n in sorted(kept.items()))
        said.append(f"withheld where too few answered, or where the reports together would tell it: {parts}" if parts else "")
        return [_nothing_to_do(folder, "; ".join(filter(None, said)))] if any(said) else []

    def report(self, folder: Folder, report: str) -> OneOf:
        """The report of an id. Raises DataError that names the nearest, or why its value has none."""
        found = {each.id: each for each in self.reports}
        if report in found:
            return found[report]
        known = ids(folder.client, [*self.few, *self.beside])
        if value := next((value for value, name in known.items() if name == report), ""):
            rule = f"{value} has no report of its own, so that nobody's answers are given away"
            raise DataError([folder.setting("for_each", rule, f"cx check {folder.client} says more")])
        near = nearest(report, found)
        remedy = f"Did you mean {near}?" if near else f"There are: {', '.join(list(found)[:8])}"
        raise DataError([folder.setting("for_each", f"there is no report {report}", remedy)])


def _nothing_to_do(folder: Folder, rule: str) -> Problem:
    remedy = "Nothing is to be done; joined values (`recode`) and groups show more"
    return replace(folder.setting("for_each", rule, remedy), severity="warning")


def reports_of(folder: Folder, settings: Client) -> Each:
    """The reports of `for_each`. Raises: DataError with what is wrong with the tables, or with the column."""
    asked, survey = settings.for_each, settings.survey
    if asked is None or survey is None:
        raise DataError([folder.setting("for_each", "client.yml has no such key", "Write `for_each: ` and a column of the survey")])
    minimum = settings.anonymity.respondents
    found = read_survey(folder, _with_column(survey, asked.column), minimum)
    said = found.rows[asked.column].astype(object)
    labels = said.where(said.notna(), _REST)
    values = sorted(set(labels) - {_REST})
    if not 1 < len(values) <= MOST:
        rule = f'the column "{asked.column}" has {len(values):,} different values, and each is to be a report'
        raise DataError([folder.setting("for_each", rule, "Name the column of the stores, or of whatever has a report of its own")])
    beside = _beside(found, labels, asked.column, minimum)
    without = frozenset(asked.without)
    lacks: dict[str, set[str]] = {value: set(without) for value in beside.shown}
    cut, whole = {"survey"}, {part for part in WHOLE if getattr(settings, part) is not None}
    for part in CUT:
        rows = _values_of(folder, settings, part, values)
        if rows is None:
            whole |= {part} if getattr(settings, part) is not None else set()
            continue
        cut.add(part)
        few = settings.anonymity.employees if part == "employees" else minimum
        hidden = _without_report(_Coded.of(_unpublished(rows, ~rows.isin(beside.shown))), few)
        for value in beside.shown:
            if not (rows == value).any():
                lacks[value].add(part)
            elif value in hidden:
                beside.withheld[value].add(part)
    names = ids(folder.client, values)
    reports = [
        OneOf(names[value], value, Cut(asked.column, value, frozenset(cut), frozenset(beside.periods[value])),
              frozenset(lacks[value]), frozenset(beside.withheld[value]))
        for value in beside.shown
    ]  # fmt: skip
    few_rows = {value for value in values if (labels == value).sum() < minimum}
    none = [value for value in values if value not in beside.shown]
    return Each(asked.column, tuple(reports), found, tuple(value for value in none if value in few_rows),
                tuple(value for value in none if value not in few_rows), tuple(part for part in (*WHOLE, *CUT) if part in whole - without))  # fmt: skip


def settings_of(settings: Client, one: OneOf) -> Client:
    """client.yml as the report about one value takes it: without what it lacks or must not show.

    What is known of the whole alone, its population, its funnel and the shares to weight to, does not hold for a value.
    """
    survey = settings.survey
    if survey is None:
        return settings
    gone = {what.partition(".")[2] for what in one.withheld if what.startswith("segments.")} | {one.cut.column}
    blocks = {key: block for key, block in survey.blocks.items() if f"blocks.{key}" not in one.withheld}
    kept = survey.model_copy(update={
        **{question: None for question in (*QUESTIONS, *INDICES) if question in one.withheld},
        "segments": {column: heading for column, heading in survey.segments.items() if column not in gone},
        "order": {column: groups for column, groups in survey.order.items() if column not in gone},
        "blocks": blocks, "margins": None, "unknown": (), "trim": None, "population": None, "funnel": None,
    })  # fmt: skip
    if survey.paths is not None:
        paths = {result: tuple(cause for cause in causes if cause in kept.measured)
                 for result, causes in survey.paths.items() if result in kept.measured}  # fmt: skip
        kept = kept.model_copy(update={"paths": {result: causes for result, causes in paths.items() if causes}})
    absent = {part for part in (*ONLY_WHOLE, *one.lacks, *one.withheld) if part in Client.model_fields}
    levels = {} if "contacts" not in absent else {"tipping_points": None}
    return settings.model_copy(update={"survey": kept, **dict.fromkeys(absent), **levels})


def settings_of_whole(settings: Client, each: Each) -> Client:
    """client.yml as the report of the whole takes it: where something is withheld from a value, its figures do not stand
    beside those of the others either."""
    survey = settings.survey
    if survey is None or not each.withholds:
        return settings
    without = {column: heading for column, heading in survey.segments.items() if column != each.column}
    order = {column: groups for column, groups in survey.order.items() if column != each.column}
    levels = settings.tipping_points
    if levels is not None:
        levels = {key: level.model_copy(update={"by": None} if level.by == each.column else {}) for key, level in levels.items()}
    kept = survey.model_copy(update={"segments": without, "order": order})
    compared = settings.units
    if compared is not None and (compared.column or survey.unit) == each.column:
        compared = None
    return settings.model_copy(update={"survey": kept, "tipping_points": levels, "units": compared})


def ids(client: str, values: Iterable[str]) -> dict[str, str]:
    """{value: the id of its report}"""
    return {value: f"{client}{BETWEEN}{name}" for value, name in slugs(values).items()}


def slugs(values: Iterable[str]) -> dict[str, str]:
    """{value: its letters and digits}; values of the same ones are told apart by a few more."""
    found = {value: _slug(value) for value in values}
    often = Counter(found.values())
    return {value: f"{slug}-{_mark(value)}" if often[slug] > 1 else slug for value, slug in found.items()}


def _slug(value: str) -> str:
    plain_letters = unicodedata.normalize("NFKD", value.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain_letters).strip("-")
    return slug if 0 < len(slug) <= 60 else f"{slug[:50].strip('-')}-{_mark(value)}".strip("-")


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:6]


def _with_column(survey: SurveySettings, column: str) -> SurveySettings:
    return survey.model_copy(update={"segments": {**survey.segments, column: survey.segments.get(column, column)}})


def _values_of(folder: Folder, settings: Client, part: str, values: Iterable[str]) -> pd.Series | None:
    """The value of each row of a table, as the survey writes it; None where the table is not cut."""
    table, asked = getattr(settings, part), settings.for_each
    if table is None or asked is None or part in asked.without or (asked.parts is not None and part not in asked.parts):
        return None
    read = read_source(folder, table, part, wanted={asked.column: "for_each"} if asked.parts is not None else {})
    if asked.column not in read.cells:
        return None
    columns = TableColumns(read)
    same = {plain(value, ignore_case=columns.table.ignores_case): value for value in values}
    return columns.texts(asked.column).map(lambda said: same.get(plain(said, ignore_case=columns.table.ignores_case), _REST)).astype(object)


@dataclass(frozen=True)
class _Coded:
    """The groups of rows as numbers; those that begin with `_REST` are published in no case."""

    codes: np.ndarray
    names: list[str]

    @classmethod
    def of(cls, groups: pd.Series) -> "_Coded":
        codes, names = pd.factorize(groups.astype(object).fillna(_REST))
        return cls(codes, list(names))

    def by(self, other: "_Coded", counted: np.ndarray | None) -> pd.DataFrame:
        """How many rows there are of each group and each of another division."""
        cells = self.codes * len(other.names) + other.codes
        counts = np.bincount(cells if counted is None else cells[counted], minlength=len(self.names) * len(other.names))
        return pd.DataFrame(counts.reshape(len(self.names), -1), self.names, other.names)

    def hidden(self, other: "_Coded", counted: np.ndarray | None, minimum: int) -> set[str]:
        """The groups that cannot be shown by another division beside the others and their total."""
        return _withheld(self.by(other, counted), minimum)


def _withheld(counts: pd.DataFrame, minimum: int) -> set[str]:
    hidden = withheld_rows(counts, threshold=minimum, unpublished=[name for name in counts.index if name.startswith(_REST)])
    return {name for name in hidden.index[hidden] if not name.startswith(_REST)}


def _alone(rows: _Coded) -> _Coded:
    """One group of all rows."""
    return _Coded(np.zeros(len(rows.codes), int), [""])


def _without_report(labels: _Coded, minimum: int) -> set[str]:
    """The values that can have no report: those of too few rows, and those without which these could be worked out."""
    return labels.hidden(_alone(labels), None, minimum)


def _unpublished(labels: pd.Series, rows: pd.Series) -> pd.Series:
    """The labels, with some rows marked as in no report but that of the whole."""
    return labels.mask(rows & ~labels.str.startswith(_REST), _REST + labels)


@dataclass
class _Beside:
    """What the reports can show beside each other: values with a report, and of each the periods and parts it goes without."""

    shown: list[str]
    periods: dict[str, set[str]]
    withheld: dict[str, set[str]]


def _beside(survey: Survey, said: pd.Series, column: str, minimum: int) -> _Beside:
    answered = _answered(survey)
    out = _without_report(_Coded.of(said), minimum)
    said = _unpublished(said, said.isin(out))
    times = None if survey.period is None else survey.rows[survey.period].astype(object).fillna(_REST)
    periods: dict[str, set[str]] = {value: set() for value in set(said)}
    if times is not None:
        for value, period in _small_periods(_Coded.of(said), _Coded.of(times), answered, minimum):
            periods[value].add(period)
        gone = [time in periods[value] for value, time in zip(said, times, strict=True)]
        said = _unpublished(said, pd.Series(gone, said.index))
        said = _unpublished(said, said.isin(_without_report(_Coded.of(said), minimum)))
    shown = sorted(value for value in set(said) if not value.startswith(_REST))
    withheld: dict[str, set[str]] = {value: set() for value in shown}
    labels = _Coded.of(said)
    for part, masks in answered.items():
        for division in [_alone(labels), *([] if times is None else [_Coded.of(times)])]:
            for value in {value for counted in masks for value in labels.hidden(division, counted, minimum)}:
                withheld[value].add(part)
    every = list({mask.tobytes(): mask for masks in answered.values() for mask in masks}.values())
    for segment in survey.segments:
        if segment == column:
            continue
        groups = _Coded.of(survey.rows[segment])
        for counted in (np.ones(len(said), bool), *every):
            for basis in _bases(survey, counted):
                for value in labels.hidden(groups, basis, minimum):
                    withheld[value].add(f"segments.{segment}")
    return _Beside(shown, periods, withheld)


def _small_periods(labels: _Coded, times: _Coded, answered: Mapping[str, list[np.ndarray]], minimum: int) -> set[tuple[str, str]]:
    """(value, period) of so few answers that the report of the value goes without them, and those without which they could be
    worked out. Where many were asked and few answered a question, it is the question that is withheld."""
    rows = labels.by(times, None)
    gone = set()
    for masks in answered.values():
        for counted in masks:
            cells = labels.by(times, counted)
            few = (cells > 0) & (cells < minimum) & (rows < 2 * minimum)
            gone |= {(value, period) for period in cells for value in cells.index[few[period]]}
    for period in rows:
        gone |= {(value, period) for value in _withheld(rows[[period]], minimum) if rows.loc[value, period]}
    return {(value, period) for value, period in gone if not value.startswith(_REST) and period != _REST}


def _bases(survey: Survey, counted: np.ndarray) -> list[np.ndarray]:
    """The rows that groups may rest on: all that count, or those of the latest periods of which enough did."""
    most = survey.design.most_periods
    if survey.period is None or most is None:
        return [counted]
    times = survey.rows[survey.period]
    counts = times[counted].value_counts().reindex(times.cat.categories).fillna(0)
    enough = [period for period in counts.index if counts[period] >= survey.minimum]
    spans = [enough[-most:]] + ([[period] for period in enough] if survey.design.basis == YEAR_ON_YEAR else [])
    return [times.isin(span).to_numpy() & counted for span in spans if span] or [counted]


def _answered(survey: Survey) -> dict[str, list[np.ndarray]]:
    """{question, index or block: rows that count in a figure of it}: in the index, and in each of its questions."""
    asked, rows = survey.settings, survey.rows
    found = {question: [rows[getattr(asked, question).column].notna().to_numpy()] for question in QUESTIONS if getattr(asked, question)}
    parts = {index: getattr(asked, index) for index in INDICES if getattr(asked, index) is not None}
    parts |= {f"blocks.{key}": block for key, block in asked.blocks.items()}
    for name, part in parts.items():
        answers = rows[list(part.items)].notna()
        found[name] = [*(answers[column].to_numpy() for column in answers), (answers.sum(axis=1) >= _needed(part)).to_numpy()]
    return found


def _needed(part: IndexSettings | BlockSettings) -> int:
    """Answered questions that a respondent needs to count in the figure of a part."""
    return part.needed if isinstance(part, IndexSettings) else 1
