"""The customer survey of a client folder: `read_survey` gives rows, and each question as analyses take it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import get_args

import pandas as pd

from cxlib.analyses.design import (
    MINIMUM,
    YEAR_ON_YEAR,
    Block,
    Design,
    Effort,
    Index,
    Question,
    Questionnaire,
    Rating,
    Weighting,
    year_before,
)
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem, errors, stop_on_errors, written
from cxlib.engagement.settings.periods import Every
from cxlib.engagement.settings.survey import (
    JOINT,
    EffortSettings,
    IndexSettings,
    RatingSettings,
    Recommend,
    SurveySettings,
)
from cxlib.engagement.settings.validation import Asked, as_asked
from cxlib.engagement.tables.answers import ANSWERED, NOT_APPLICABLE, Coding, read_answers
from cxlib.engagement.tables.cells import quoted
from cxlib.engagement.tables.columns import TableColumns, in_alphabet, spans
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.table import MOST_ROWS

QUESTIONS = ("recommend", "rating", "effort")
INDICES = ("satisfaction", "loyalty")
HELD = ("controls", "categories")
FEW_ALIKE = 10  # answers of a group that can be held equal
LARGEST_WEIGHT = 1e6
WEIGHTED = " (weighting)"  # behind the name of a segment whose unknown groups have a share of their own
NOT_KNOWN = "–"  # what they are called
SHORT = (4, 5, 6, 7)  # highest answers of scales in use that are shorter than 0-10
MOST_GROUPS = 25  # of a segment that a reader can take in
MOST_KEPT, MOST_JOINED = 12, 30  # groups that stay where the others are joined, and others that a message can name
ENOUGH = 30  # answers among which somebody gives the best one
FEW_OF_ALL = 0.05  # of the answers of the middle period: less are stragglers
FEW = 100  # answers of a period below which its groups can hardly be told apart


@dataclass(frozen=True)
class Beside:
    """What other parts of client.yml take from the survey's rows.

    ratings : {column: how its answers are stored}, of touchpoints; what is `not_applicable` there was not used
    groups : {column: the key of client.yml that names it}
    """

    ratings: Mapping[str, Coding] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


NOTHING = Beside()


@dataclass(frozen=True, repr=False)
class Survey:
    """The answers of a customer survey.

    rows : one row per respondent (a `frequency` row is repeated), index 0..n-1, the file's own column names; answers
        are floats on the declared scale (NaN: don't know, not applicable, blank), segments are texts, the period is
        an ordered category, the weight a float
    settings : the `survey` part of client.yml
    period : name of the period column in `rows`, or None
    minimum : smallest number of respondents of whom a figure may be shown
    unanswered : {column: {"dont_know": rows, "not_applicable": rows, "blank": rows}}
    notes : what is worth a look and no error
    how : how the file was read
    targets : {column of `rows`: {group: share of the population}} that the answers are weighted to, or None
    left_out : rows of the file that client.yml leaves out (`keep`, `drop`, `one_row`); no figure counts them
    ratings : one row per respondent as in `rows`, a column for each touchpoint's question: the answer, NaN where there is none
    used : the same, 1.0 where the touchpoint was used, 0.0 where it was not, NaN where that is not known

    >>> survey.recommend.score, survey.design.period, survey.segments
    ('anbefaling', 'period', {'region': 'Region', 'produkt': 'Produkt', 'kundetype': 'Kundetype',...
    """

    rows: pd.DataFrame
    settings: SurveySettings
    period: str | None
    minimum: int = MINIMUM
    unanswered: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    how: str = ""
    targets: dict[str, dict[str, float]] | None = None
    left_out: int = 0
    ratings: pd.DataFrame = field(default_factory=pd.DataFrame)
    used: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        asked = [name for name in (*QUESTIONS, *INDICES, "blocks") if getattr(self.settings, name)]
        return f"Survey of {len(self.rows)} respondents: {', '.join(asked)}"

    @cached_property
    def asked(self) -> Questionnaire:
        """All that the survey asks."""
        names = (*QUESTIONS, *INDICES, "blocks", "paths")
        return as_asked(Questionnaire, self.settings, **{name: getattr(self, name) for name in names})

    @cached_property
    def recommend(self) -> Question | None:
        """The recommend question; None when it was not asked."""
        asked = self.settings.recommend
        return asked and self._question(Question, asked)

    @cached_property
    def rating(self) -> Rating | None:
        """The overall rating; None when it was not asked."""
        asked = self.settings.rating
        return asked and as_asked(Rating, asked, score=asked.column, unanswered=self.unanswered[asked.column], top=asked.points)

    @cached_property
    def effort(self) -> Effort | None:
        """The effort question; None when it was not asked."""
        asked = self.settings.effort
        return asked and self._question(Effort, asked)

    @cached_property
    def satisfaction(self) -> Index | None:
        """The questions of the satisfaction index; None when they were not asked."""
        return self._index(self.settings.satisfaction)

    @cached_property
    def loyalty(self) -> Index | None:
        """The questions of the loyalty index; None when they were not asked."""
        return self._index(self.settings.loyalty)

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """{id: the questions about one part of what customers experience}"""
        return {
            name: as_asked(Block, block, unanswered=self._sum(block.items))
            for name, block in self.settings.blocks.items()
        }

    @cached_property
    def paths(self) -> dict[str, list[str]]:
        """{result: [causes]}: as declared, or every block -> satisfaction -> loyalty."""
        if self.settings.paths is not None:
            return {result: list(causes) for result, causes in self.settings.paths.items()}
        chain: dict[str, list[str]] = {}
        causes = list(self.settings.blocks)
        for index in INDICES:
            if getattr(self.settings, index) is not None:
                if causes:
                    chain[index] = causes
                causes = [index]
        return chain

    @property
    def segments(self) -> dict[str, str]:
        """{column: heading}"""
        return dict(self.settings.segments)

    @property
    def funnel(self) -> dict[str, int]:
        """{stage: people}, for the stages given"""
        given = self.settings.funnel
        return {} if given is None else {stage: count for stage, count in given if count is not None}

    @property
    def design(self) -> Design:
        """Period, weight and population of the answers, and the smallest group that may be shown."""
        settings = self.settings
        basis = {} if settings.basis is None else {"basis": settings.basis}
        return Design(self.period, settings.weight, settings.population, minimum=self.minimum, **basis)

    @property
    def weighting(self) -> Weighting:
        """The margins that the answers are raked to, or the weights that they carry."""
        made = {f"{column}{WEIGHTED}": heading for column, heading in self.segments.items()}
        labels = self.segments | {column: heading for column, heading in made.items() if column in (self.targets or {})}
        return as_asked(Weighting, self.settings, margins=self.targets, start=self.settings.weight, labels=labels)

    @property
    def answer_counts(self) -> pd.DataFrame:
        """One row per question: answered, dont_know, not_applicable, blank."""
        counts = pd.DataFrame.from_dict(self.unanswered, orient="index")
        counts.insert(0, "answered", len(self.rows) - counts.sum(axis=1))
        return counts

    def _question(self, kind: type[Asked], asked: Recommend | RatingSettings | EffortSettings) -> Asked:
        return as_asked(kind, asked, score=asked.column, unanswered=self.unanswered[asked.column])

    def _index(self, asked: IndexSettings | None) -> Index | None:
        return asked and as_asked(
            Index, asked, at_least=asked.needed, item_weights=asked.weights, unanswered=self._sum(asked.items)
        )

    def _sum(self, columns: Iterable[str]) -> dict[str, int]:
        counts = [self.unanswered[column] for column in columns]
        return {reason: sum(each[reason] for each in counts) for reason in counts[0]}


def read_survey(folder: Folder, settings: SurveySettings, minimum: int = MINIMUM, beside: Beside = NOTHING) -> Survey:
    """Read and check the survey's table.

    beside : columns that other parts ask for

    Raises: DataError with everything that is wrong with it.
    """
    codings, problems = _codings(folder, settings)
    roles = _roles(settings)
    problems += _clashes(folder, roles, codings)
    wanted = {
        **{column: f"survey.{role}" for column, role in roles},
        **{c: coding.key for c, coding in codings.items()},
    }
    wanted = {**{column: coding.key for column, coding in beside.ratings.items()}, **beside.groups, **wanted}
    try:
        table = read_source(folder, settings, "survey", wanted=wanted)
    except DataError as failure:
        raise DataError([*problems, *(_made_of_dates(settings, problem) for problem in failure.problems)]) from None
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    rows, period, times = _described(columns, settings, folder.client)
    if period and folder.cut is not None and folder.cut.periods:
        kept = ~rows[period].isin(folder.cut.periods)
        table, rows = table.of(kept), {name: cells[kept] for name, cells in rows.items()}
        times = None if times is None else times[kept]
    targets = _targets(columns, settings, rows, times)
    rows |= {column: _groups(columns, column) for column in beside.groups if column not in rows and column not in codings}
    problems += [*table.notes, *columns.problems]
    unanswered = {}
    for column, coding in codings.items():
        answers = read_answers(table, column, coding, decimal=settings.read.decimal)
        rows[column], unanswered[column] = answers.numbers, answers.unanswered(times)
        problems += answers.problems
    rated, used = {}, {}
    for column, coding in beside.ratings.items():
        answers = read_answers(table, column, codings.get(column, coding), decimal=settings.read.decimal)
        rated[column] = _on_scale(answers.numbers, codings.get(column, coding).scale, coding.scale)
        used[column] = pd.Series(answers.kind, answers.numbers.index).map({ANSWERED: 1.0, NOT_APPLICABLE: 0.0}).astype(float)
        problems += answers.problems if column not in codings else ()
    problems += _narrow(folder, settings, rows) + _unasked(table.file, unanswered, rows) + _too_fine(table.file, settings, rows)
    if period and not errors(problems):
        problems += _basis(folder, settings, rows[period], times)
        problems += _stragglers(folder, settings, rows[period], times, minimum)
    problems += _too_few_alike(folder, settings, rows)
    problems += _too_many(folder, settings, len(table.cells) if times is None else int(times.sum()))
    stop_on_errors(problems)
    folder.told["survey"] = (*folder.told["survey"], *_counted(settings, rows, period, times))
    frame, *marks = (_repeated(pd.DataFrame(each, table.cells.index), times) for each in (rows, rated, used))
    return Survey(frame, settings, period, minimum, unanswered, tuple(problems), table.how, targets, table.left_out, *marks)


def _repeated(rows: pd.DataFrame, times: pd.Series | None) -> pd.DataFrame:
    """Each row as often as it counts, numbered anew."""
    return (rows if times is None else rows.loc[rows.index.repeat(times.astype(int))]).reset_index(drop=True)


def _on_scale(answers: pd.Series, scale: tuple[float, float], wanted: tuple[float, float]) -> pd.Series:
    """Answers on one scale as they lie on another."""
    (low, high), (first, last) = scale, wanted
    return answers if scale == wanted else first + (answers - low) * (last - first) / (high - low)


def _made_of_dates(settings: SurveySettings, problem: Problem) -> Problem:
    """Where `period: month` names no column and there is a date, months were meant."""
    meant = settings.period in get_args(Every) and settings.date is not None
    if not meant or problem.column != settings.period or not problem.rule.startswith("there is no such column"):
        return problem
    return replace(problem, remedy=f"To make periods from `date` write `every: {settings.period}` and remove `period`")


def _counted(settings: SurveySettings, rows: dict[str, pd.Series], period: str | None, times: pd.Series | None) -> list[str]:
    """What is told of rows that stand for nobody, and of respondents who answered in several periods."""
    told = []
    if times is not None and (times == 0).any():
        told.append(f"{int((times == 0).sum()):,} rows stand for nobody ({settings.frequency} is 0) and are left out")
    if settings.respondent is not None and period is not None:
        again = rows[settings.respondent].value_counts()
        if (again > 1).any():
            told.append(f"{int((again > 1).sum()):,} respondents answered in several periods, and count once in each")
    return told


def _codings(folder: Folder, settings: SurveySettings) -> tuple[dict[str, Coding], list[Problem]]:
    """{column: how its answers are stored}, and where two questions on one column disagree."""
    asked: list[tuple[str, Coding]] = []
    for name in QUESTIONS:
        if (question := getattr(settings, name)) is not None:
            key = f"survey.{name}"
            asked.append((question.column, Coding.of(question, settings, key=f"{key}.column", whole=True)))
    parts = {f"survey.{name}": getattr(settings, name) for name in INDICES}
    parts |= {f"survey.blocks.{name}": block for name, block in settings.blocks.items()}
    for key, part in parts.items():
        if part is not None:
            coding = Coding.of(part, settings, key=f"{key}.items")
            of = {column: replace(coding, scale=part.scales.get(column, part.scale)) for column in part.items}
            asked += list(of.items())
            expectation = getattr(part, "expectation", {})
            asked += [(column, replace(of[item], key=f"{key}.expectation")) for item, column in expectation.items()]
    codings: dict[str, Coding] = {}
    problems = []
    for column, coding in asked:
        first = codings.setdefault(column, coding)
        if not first.agrees(coding):
            rule = f'the column "{column}" is read in another way by {first.key}'
            remedy = "One column has one scale, one shift, and one set of codes"
            problems.append(folder.setting(coding.key, rule, remedy))
        codings[column] = replace(first, whole=first.whole or coding.whole, step=first.step or coding.step)
    return codings, problems


def _roles(settings: SurveySettings) -> list[tuple[str, str]]:
    """(column, role) of all columns that hold no answers."""
    single = ("client", "respondent", "date", "period", "weight", "frequency")
    roles = [(getattr(settings, role), role) for role in single if getattr(settings, role) is not None]
    roles += [(column, "segments") for column in settings.segments]
    if settings.unit is not None and settings.unit not in settings.segments:
        roles.append((settings.unit, "unit"))
    parts = dict.fromkeys(part for column in settings.margins or () for part in margin_parts(column))
    roles += [(column, "margins") for column in parts if column not in settings.segments]
    taken = {column for column, role in roles if role in ("segments", "unit", "margins", "period")}
    return roles + [(column, key) for key in HELD for column in getattr(settings, key) if column not in taken]


def margin_parts(column: str) -> tuple[str, ...]:
    """The columns whose combinations a margin is over; one for most."""
    return tuple(part.strip() for part in column.split(JOINT))


def _too_many(folder: Folder, settings: SurveySettings, answered: int) -> list[Problem]:
    """More answers than there are customers: a population that cannot be right."""
    if settings.population is None or settings.population >= answered:
        return []
    rule = f"{answered} answered, more than the population of {settings.population}"
    return [folder.setting("survey.population", rule, "Give everybody who could have been asked, or leave it out")]


def _unasked(file: str, unanswered: dict[str, dict[str, int]], rows: dict[str, pd.Series]) -> list[Problem]:
    """Questions whose cells are all blank: everything that is said of them is said of nobody."""
    rule, remedy = "nobody answered this question", "Is it the right column? If it was not asked, take it out of client.yml"
    empty = [column for column, why in unanswered.items() if not rows[column].notna().any() and why["blank"] >= len(rows[column])]
    return [Problem(file, rule, remedy, column=column, severity="warning") for column in empty]


def _too_fine(file: str, settings: SurveySettings, rows: dict[str, pd.Series]) -> list[Problem]:
    """Segments of so many groups that a page is filled by them: ages in years, numbers of municipalities."""
    problems = []
    for column in settings.segments:
        groups = [str(each) for each in rows[column].dropna().unique()]
        if len(groups) > MOST_GROUPS:
            name = written(column)
            counted = all(group.replace(".", "", 1).isdigit() for group in groups)
            cut = f"{pd.Series(list(map(float, groups))).median():.0f}" if counted else ""
            bands = f"`recode: {{{name}: {{bands: {{under {cut}: [null, {cut}], {cut} or more: [{cut}, null]}}}}}}`, with more where they tell more"
            rule = f"the segment has {len(groups):,} groups, and a table shows each of them"
            remedy = f"Join them as bands: {bands}" if counted else _smallest_joined(name, rows[column])
            problems.append(Problem(file, rule, remedy, column=column, severity="warning"))
    return problems


def _too_few_alike(folder: Folder, settings: SurveySettings, rows: dict[str, pd.Series]) -> list[Problem]:
    """Groups to be held equal, or ranked, of so few answers that their column is left out of account."""
    problems = []
    for key in HELD:
        for column in getattr(settings, key):
            counts = rows[column].value_counts()
            few = [str(group) for group, count in counts.items() if 0 < count < FEW_ALIKE]
            if not few or pd.api.types.is_numeric_dtype(rows[column]):
                continue
            name = f"{column} (joined)"
            largest = str(counts.index[0])
            to = "others" if counts[[group for group in counts.index if str(group) in few]].sum() >= FEW_ALIKE else largest
            joined = ", ".join(written(group) for group in few + ([largest] if to == largest else []))
            rule = f"groups of fewer than {FEW_ALIKE} answers, because of which {written(column)} is not taken into account: {quoted(each for each in few for _ in range(2))}"
            remedy = f"Join them, `recode: {{{written(name)}: {{from: {written(column)}, joined: {{{written(to)}: [{joined}]}}}}}}`, and write {written(name)} under `{key}`"
            problems.append(replace(folder.setting(f"survey.{key}.{column}", rule, remedy), severity="warning"))
    return problems


def _smallest_joined(name: str, groups: pd.Series) -> str:
    """What to write so that the largest groups stay, where the others are few enough to be named."""
    counts = groups.value_counts()
    rest = [written(str(each)) for each in counts.index[MOST_KEPT:]]
    if len(rest) > MOST_JOINED:
        return "Leave the segment out, or join its groups by `recode` and `joined`"
    return f"Join the smallest, or leave the segment out: `recode: {{{name}: {{joined: {{others: [{', '.join(rest)}]}}}}}}`"


def _narrow(folder: Folder, settings: SurveySettings, rows: dict[str, pd.Series]) -> list[Problem]:
    """Questions that may have been asked on a shorter scale than the others of their part, whose ends are all used."""
    problems = []
    parts = {f"survey.{name}": getattr(settings, name) for name in INDICES}
    parts |= {f"survey.blocks.{name}": block for name, block in settings.blocks.items()}
    for key, part in parts.items():
        items = [] if part is None else [column for column in part.items if column not in part.scales]
        best = {column: rows[column].max() for column in items if rows[column].count() >= ENOUGH}
        for column in [column for column, most in best.items() if most in SHORT and most < part.scale[1] in best.values()]:
            low, most = part.scale[0], best[column]
            rule = f'nobody answered above {most:g} to "{column}", though {part.scale[1]:g} is given to other questions beside it'
            remedy = f"If it was asked on {low:g}-{most:g}, write `scales: {{{written(column)}: [{low:g}, {most:g}]}}`; else all is well"
            problems.append(replace(folder.setting(f"{key}.scale", rule, remedy), severity="warning"))
    return problems


@dataclass(frozen=True)
class ThinPeriod(Problem):
    """A latest period of too few answers for groups to be told apart. `basis` is the shortest that has enough."""

    basis: str = ""


def _basis(folder: Folder, settings: SurveySettings, periods: pd.Series, times: pd.Series | None) -> list[Problem]:
    """A year to compare with that is not there, and a latest period of so few answers that its groups tell nothing."""
    counts = periods.groupby(periods, observed=True).count() if times is None else times.groupby(periods, observed=True).sum()
    names = list(map(str, counts.index))
    if settings.basis == YEAR_ON_YEAR and not any(year_before(name, names) for name in names):
        rule = f"no period has one of the same name a year before: {quoted(names)}"
        remedy = "Periods are compared by the year in their names, as 2024-Q4 and 2025-Q4; else use another basis"
        return [folder.setting("survey.basis", rule, remedy)]
    rests = settings.basis in (None, "latest", YEAR_ON_YEAR) and (settings.segments or settings.blocks)
    if len(names) < 2 or not rests or counts.iloc[-1] >= FEW:
        return []
    last = counts.iloc[::-1].cumsum().to_numpy()
    enough = next((i + 1 for i, count in enumerate(last) if count >= FEW), len(last))
    basis = f"last {enough}" if enough < len(last) else "all"
    rule = f"the latest period, {names[-1]}, has {counts.iloc[-1]:.0f} answers, and segments and drivers rest on it"
    remedy = f"That is too few to tell groups apart; write `basis: {basis}`, which has {last[enough - 1]:,.0f}" + " (or another number), or `basis: all`" * (basis != "all")
    found = folder.setting("survey.basis", rule, remedy)
    return [ThinPeriod(**{key.name: getattr(found, key.name) for key in fields(found)} | {"severity": "warning"}, basis=basis)]


def _stragglers(folder: Folder, settings: SurveySettings, periods: pd.Series, times: pd.Series | None, minimum: int) -> list[Problem]:
    """Periods of so few answers that they are not shown, and that take a large one with them, whose figures would give them away."""
    counts = periods.groupby(periods, observed=True).count() if times is None else times.groupby(periods, observed=True).sum()
    names = list(map(str, counts.index))
    few = [i for i, count in enumerate(counts) if 0 < count < minimum and count < FEW_OF_ALL * counts.median()]
    large = [i for i in range(len(names)) if i not in few]
    if not few or len(large) < 2 or counts.iloc[few].sum() >= minimum:
        return []
    near = {i: min(large, key=lambda at, i=i: (abs(at - i), at)) for i in few}
    rule = f"{', '.join(names[i] for i in few)}: so few answers are not shown, and a large period is hidden with them so that it does not tell them"
    fold = ", ".join(f'"{names[i]}": "{names[at]}"' for i, at in near.items())
    remedy = f"If they are late answers, let them count in the period beside: `fold: {{{fold}}}`"
    return [replace(folder.setting("survey.period" if settings.period else "survey.date", rule, remedy), severity="warning")]


def _clashes(folder: Folder, roles: list[tuple[str, str]], codings: dict[str, Coding]) -> list[Problem]:
    """Columns that are given two parts to play. A period may be a segment too: both are texts."""
    problems = []
    first: dict[str, str] = {column: coding.key.removeprefix("survey.") for column, coding in codings.items()}
    for column, role in roles:
        if column in first and {first[column], role} != {"period", "segments"}:
            rule = f'the column "{column}" is also survey.{first[column]}'
            remedy = "Each column has one part"
            if role in ("segments", "unit", *HELD):
                copy = written(f"{column} (group)")
                remedy = f"Give it a second name, `recode: {{{copy}: {{from: {written(column)}}}}}`, and write {copy} under `{role}`"
            problems.append(folder.setting(f"survey.{role}", rule, remedy))
        first.setdefault(column, role)
    return problems


def _groups(columns: TableColumns, column: str) -> pd.Series:
    """The groups of a segment: texts, or an ordered category where client.yml makes them in an order."""
    order = columns.table.orders.get(column)
    return columns.texts(column) if order is None else columns.periods(column, order, key="bands")


def _targets(columns: TableColumns, settings: SurveySettings, rows: dict[str, pd.Series], times: pd.Series | None) -> dict | None:
    """{column: {group: share}} to weight to; the columns are added to `rows`. Unknown groups keep the share that answered."""
    targets = {}
    counts = pd.Series(1.0, columns.table.cells.index) if times is None else times.fillna(0)
    counts = counts * rows[settings.weight].fillna(0) if settings.weight else counts
    for margin, shares in settings.shares.items():
        parts = margin_parts(margin)
        groups, unknown = columns.groups(parts, tuple(shares), settings.unknown)
        name = margin + WEIGHTED if margin in rows and unknown.any() else margin
        if margin in settings.rounded:
            rule = f"the shares of {margin} sum to {settings.rounded[margin]:g} %, as rounded ones do; they are brought to 100 %"
            columns.problems.append(Problem(columns.table.file, rule, column=parts[0], severity="warning"))
        rest = float(counts[unknown].sum() / counts.sum()) if counts.sum() else 0.0
        rows[name] = groups.where(~unknown, NOT_KNOWN)
        targets[name] = {group: share * (1 - rest) for group, share in shares.items()} | ({NOT_KNOWN: rest} if rest else {})
    return targets or None


def _described(
    columns: TableColumns, settings: SurveySettings, client: str
) -> tuple[dict, str | None, pd.Series | None]:
    """The columns that hold no answers, by name; the period's name; how often each row counts."""
    rows: dict[str, pd.Series] = {}
    period, times = settings.period, None
    if settings.client is not None:
        columns.all_equal(settings.client, client)
    if settings.respondent is not None:
        rows[settings.respondent] = columns.table.cells[settings.respondent]  # has its place, and is read beside the periods
    for column in [*settings.segments, *([settings.unit] if settings.unit is not None else [])]:
        rows[column] = _groups(columns, column)
    for column, order in settings.order.items():
        rows[column] = columns.periods(column, order, key="order")
    for column in {**settings.controls, **settings.categories}:
        if column not in rows and column != settings.period:
            rows[column] = columns.numbers_or_groups(column) if column in settings.controls else _groups(columns, column)
    if settings.date is not None:
        rows[settings.date] = moments = columns.moments(settings.date)
        columns.note_blanks(moments, "the date is missing; these answers belong to no period")
        if period is None:
            period = "period" if "period" not in columns.table.cells else "period (quarter)"
            rows[period] = in_alphabet(columns.folded(spans(moments, settings.every or "quarter"), settings.fold))
    if settings.period is not None:
        rows[settings.period] = columns.periods(settings.period, settings.periods, fold=settings.fold)
        columns.note_blanks(rows[settings.period], "the period is missing; these answers belong to none")
    if settings.weight is not None:
        rows[settings.weight] = columns.weights(settings.weight, most=LARGEST_WEIGHT)
    if settings.frequency is not None:
        times = columns.frequencies(settings.frequency, most=MOST_ROWS)
    if settings.respondent is not None:
        within = None if period is None else rows[period]
        rows[settings.respondent] = columns.ids(settings.respondent, within=within, remedy=_one_row(settings))
    return rows, period, times


def _one_row(settings: SurveySettings) -> str:
    """What to write where a respondent has several rows."""
    if isinstance(settings.file, tuple):
        waves = ", ".join(f'"wave {i}": {written(file)}' for i, file in enumerate(settings.file, start=1))
        return f"If each file is a wave, name them: `file: {{{waves}}}`; else say which row counts: `one_row: {{of: {written(settings.respondent)}}}`"
    return f"Say which row counts: `one_row: {{of: {written(settings.respondent)}, which: last}}`, with `by` a column of dates where there is one"
