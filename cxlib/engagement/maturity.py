"""A self-assessment: who answered what on a maturity model. What people wrote as evidence is never kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.maturity_models import AnswerScale, MaturityModel, read_model
from cxlib.engagement.problems import DataError, Problem, nearest, stop_on_errors
from cxlib.engagement.settings.maturity import AssessmentSettings
from cxlib.engagement.tables.answers import DONT_KNOW, NOT_APPLICABLE, Coding, read_answers
from cxlib.engagement.tables.columns import TableColumns, in_alphabet, spans
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.table import Table

_EVIDENCE = "{} evidence"  # heading of the column beside an item
_CONTEXT_SCALE = (1, 5)


@dataclass(frozen=True)
class Assessment:
    """The answers of everyone who took part; all frames have the same rows, index 0..n-1.

    people : respondent, role, unit, period (an ordered category), guess (float); NaN where not given
    answers : a column per criterion or statement, floats on `scale`; NaN: don't know, not relevant, blank
    dont_know, not_relevant : the same shape, True where that was said
    evidence : the same shape, True where something was written in the "1.1 evidence" column
    context : a column per context question, 1-5; no columns when they were not asked
    model : the model, with its texts in en, da and sv
    scale : the answers that count; `low` and `high` are its ends
    invited : people asked, or None
    targets : {item: 0-100} for the items that have a target
    benchmark : companies x items, 0-100, or None
    """

    model: MaturityModel
    scale: AnswerScale
    people: pd.DataFrame
    answers: pd.DataFrame
    dont_know: pd.DataFrame
    not_relevant: pd.DataFrame
    evidence: pd.DataFrame
    context: pd.DataFrame
    invited: int | None = None
    targets: dict[str, float] = field(default_factory=dict)
    benchmark: pd.DataFrame | None = None
    notes: tuple[Problem, ...] = ()
    how: str = ""

    @property
    def periods(self) -> list[str]:
        """The periods, oldest first; empty when there is only one assessment."""
        period = self.people["period"]
        return list(period.cat.categories) if isinstance(period.dtype, pd.CategoricalDtype) else []

    @property
    def evidence_asked(self) -> bool:
        """Whether anyone could write what could be shown."""
        return bool(self.evidence.to_numpy().any())

    def in_period(self, period: str) -> "Assessment":
        """The assessment of one period alone."""
        rows = self.people.index[self.people["period"] == period]
        names = ("people", "answers", "dont_know", "not_relevant", "evidence", "context")
        return replace(self, **{name: getattr(self, name).loc[rows].reset_index(drop=True) for name in names})


def read_assessment(folder: Folder, name: str, settings: AssessmentSettings) -> Assessment:
    """Read and check the answers to the model `name`.

    Raises: DataError with everything that is wrong with the model, the answers and the benchmark.
    """
    key = f"maturity.{name}"
    model = read_model(folder, name)
    scale, problems = _scale(folder, model, settings, key)
    items, context = [item.id for item in model.items], [item.id for item in model.context]
    wanted = {column: f"{key}.{role}" for column, role in _roles(settings)} | dict.fromkeys(items, f"the model {name}")
    problems += _unknown_ids(folder, settings.columns, [*items, *context], f"{key}.columns")
    optional = [*map(_EVIDENCE.format, items), *context]
    try:
        table = read_source(folder, settings, key, wanted=wanted, optional=optional, called=_headings(model, settings.columns))
    except DataError as failure:
        raise DataError([*problems, *failure.problems]) from None
    coding = _coding(model, scale, settings, key)
    read = {item: read_answers(table, item, coding, decimal=settings.read.decimal) for item in items}
    people, found = _people(table, settings, model, coding)
    frames = {
        "answers": {item: each.numbers for item, each in read.items()},
        "dont_know": {item: each.kind == DONT_KNOW for item, each in read.items()},
        "not_relevant": {item: each.kind == NOT_APPLICABLE for item, each in read.items()},
        "evidence": {item: _written(table, _EVIDENCE.format(item)) for item in items},
    }
    context_answers, context_problems = _context(table, context, coding, settings.read.decimal)
    benchmark, benchmark_problems = _benchmark(folder, settings, model, f"{key}.benchmark")
    problems += [*table.notes, *found, *(problem for each in read.values() for problem in each.problems)]
    problems += [*context_problems, *benchmark_problems]
    stop_on_errors(problems)
    shaped = {name: pd.DataFrame(columns, index=table.cells.index) for name, columns in frames.items()}
    shaped |= {"people": people, "context": context_answers}
    return Assessment(
        model=model,
        scale=scale,
        **{name: frame.reset_index(drop=True) for name, frame in shaped.items()},
        invited=settings.invited,
        targets=_targets(items, settings),
        benchmark=benchmark,
        notes=tuple(problems),
        how=table.how,
    )


def _headings(model: MaturityModel, columns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """{id of the model: headings that stand for it}: the one that client.yml names, or else its question in any language."""
    asked = {item.id: item.question.every for item in model.items} | {item.id: item.every for item in model.context}
    return {id: (columns[id],) if id in columns else tuple(dict.fromkeys(texts.values())) for id, texts in asked.items()}


def _unknown_ids(folder: Folder, columns: Mapping[str, str], ids: list[str], key: str) -> list[Problem]:
    """Columns that are said to hold what the model does not ask."""
    problems = []
    for id in (each for each in columns if each not in ids):
        near = nearest(id, ids)
        hint = f"Did you mean {near}?" if near else f"Use one of: {', '.join(ids)}"
        problems.append(folder.setting(f"{key}.{id}", f"{id} is not in the model", hint))
    return problems


def _scale(folder, model: MaturityModel, settings, key: str) -> tuple[AnswerScale, list[Problem]]:
    """The scale that was used, and what is wrong with the settings in the light of the model."""
    problems = []
    try:
        scale = model.answer_scale(settings.scale)
    except ValueError as error:
        rule, _, remedy = str(error).partition(". ")
        raise DataError([folder.setting(f"{key}.scale", rule, remedy)]) from None
    ids = [item.id for item in model.items]
    for item in settings.targets:
        if item not in ids:
            near = nearest(item, ids)
            hint = f"Did you mean {near}?" if near else f"Use one of: {', '.join(ids)}"
            problems.append(folder.setting(f"{key}.targets", f"{item} is not in the model", hint))
    if settings.guess is not None and not model.levels:
        rule = "this model has no levels to guess"
        problems.append(folder.setting(f"{key}.guess", rule, "Remove `guess`"))
    return scale, problems


def _roles(settings: AssessmentSettings) -> list[tuple[str, str]]:
    roles = ("respondent", "role", "unit", "date", "period", "guess")
    return [(getattr(settings, role), role) for role in roles if getattr(settings, role) is not None]


def _coding(model: MaturityModel, scale: AnswerScale, settings, key: str) -> Coding:
    own = model.dont_know
    return Coding(
        scale=(scale.low, scale.high),
        values=tuple(scale.texts.items()),
        dont_know=(*settings.dont_know, own.code, *own.every.values()),
        not_applicable=settings.not_relevant,
        among=scale.values,
        key=key,
    )


def _people(table: Table, settings, model: MaturityModel, coding: Coding) -> tuple[pd.DataFrame, list[Problem]]:
    """Who answered."""
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    missing = pd.Series(np.nan, index=table.cells.index, dtype="str")
    timed = settings.period or settings.date
    period = _period(columns, settings) if timed else missing
    if timed:
        columns.need(period, "the period is missing", "Say when each person answered")
    people = pd.DataFrame(
        {
            "respondent": columns.ids(settings.respondent, within=period if timed else None),
            "role": columns.texts(settings.role) if settings.role else missing,
            "unit": columns.texts(settings.unit) if settings.unit else missing,
            "period": period,
            "guess": np.nan,
        }
    )
    problems = columns.problems
    if settings.guess is not None and model.levels:
        guess_coding = replace(coding, scale=(1, len(model.levels)), values=(), among=(), whole=True)
        guess = read_answers(table, settings.guess, guess_coding, decimal=settings.read.decimal)
        people["guess"] = guess.numbers
        problems = [*problems, *guess.problems]
    if settings.invited is not None:
        latest = people if not timed else people[period == period.cat.categories[-1]]
        if len(latest) > settings.invited:
            rule = f"{len(latest)} people answered, more than the {settings.invited} invited"
            problems = [*problems, Problem(table.file, rule, "Correct `invited`", severity="warning")]
    return people, problems


def _period(columns: TableColumns, settings: AssessmentSettings) -> pd.Series:
    """When each person answered: an ordered category."""
    if settings.period is not None:
        return columns.periods(settings.period, settings.periods, fold=settings.fold)
    moments = columns.moments(settings.date)
    return in_alphabet(columns.folded(spans(moments, settings.every or "quarter"), settings.fold))


def _written(table: Table, column: str) -> pd.Series | bool:
    """Whether something stands in the cells of a column; what it is is not kept."""
    return TableColumns(table).texts(column).notna() if column in table.cells else False


def _context(table: Table, ids: list[str], coding: Coding, decimal: str | None) -> tuple[pd.DataFrame, list[Problem]]:
    """The answers that set the target level; all of the questions or none."""
    there = [id for id in ids if id in table.cells]
    problems = []
    if there and len(there) < len(ids):
        absent = ", ".join(id for id in ids if id not in there)
        problems.append(Problem(table.file, f"the context questions {absent} are missing", "Add their columns", row=1))
    context = replace(coding, scale=_CONTEXT_SCALE, values=(), among=(), whole=True)
    read = {id: read_answers(table, id, context, decimal=decimal) for id in there}
    problems += [problem for each in read.values() for problem in each.problems]
    return pd.DataFrame({id: each.numbers for id, each in read.items()}, index=table.cells.index), problems


def _targets(items: list[str], settings: AssessmentSettings) -> dict[str, float]:
    targets = {item: settings.targets.get(item, settings.target) for item in items}
    return {item: target for item, target in targets.items() if target is not None}


def _benchmark(folder: Folder, settings, model: MaturityModel, key: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Other companies x items, 0-100; blank where a company did not answer."""
    if settings.benchmark is None:
        return None, []
    company, items = settings.benchmark.company, [item.id for item in model.items]
    problems = _unknown_ids(folder, settings.benchmark.columns, items, f"{key}.columns")
    called = {id: headings for id, headings in _headings(model, settings.benchmark.columns).items() if id in items}
    wanted = {company: f"{key}.company", **dict.fromkeys(items, "the model")}
    try:
        table = read_source(folder, settings.benchmark, key, wanted=wanted, called=called)
    except DataError as failure:
        return None, [*problems, *failure.problems]
    columns = TableColumns(table, decimal=settings.benchmark.read.decimal)
    names = columns.ids(company)
    coding = Coding(scale=(0, 100), key=key)
    read = {item: read_answers(table, item, coding, decimal=settings.benchmark.read.decimal) for item in items}
    problems += [*table.notes, *columns.problems, *(problem for each in read.values() for problem in each.problems)]
    frame = pd.DataFrame({item: each.numbers for item, each in read.items()})
    frame.index = pd.Index(names, name="company")
    return frame, problems
