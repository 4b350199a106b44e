"""A survey as areas that may move an outcome, and the path model fitted to its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.standing import SHIFTS, TURNING, UNCLEAR, influence_of_one, plain_correlations, standings
from cxlib.analyses.result import Base, Finding, OneScreen, Result, Says, Sentences, Term
from cxlib.stats.drivers.course import nonlinear_drivers
from cxlib.stats.drivers.importance import Importance, relative_importance
from cxlib.stats.drivers.measurement import overlaps
from cxlib.stats.drivers.missing import imputed
from cxlib.stats.drivers.path_estimates import PathModel, path_model
from cxlib.stats.drivers.path_model import PathStructure, path_structure
from cxlib.stats.moments import effective_n
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.indices import respondent_index

RESAMPLES = 1000
COURSE_ROWS, COURSE_DRAWS = 20_000, 300
UNRATED, HELD = "unrated: ", "held: "  # how columns that are held equal are called
PAIR_DRAWS = 200

SAYS = Sentences(
    {
        "refused.constant": Says("unclear", "A question has only one value among the answers that this part rests on, so the part is left out.", about="data"),
        "refused.collinear": Says("unclear", "Two areas follow from each other in these answers, so their effects cannot be separated and this part is left out.", about="data"),
        "refused.separable": Says("unclear", "The areas separate the groups of customers without a single exception, so one of them may measure the result itself; this part is left out.", about="data"),
        "refused.few": Says("unclear", "There are too few answers for this part.", about="data"),
        "refused.many": Says("unclear", "There are too many answers for estimates from pairs of questions; missing answers have to be filled in instead.", about="data"),
        "refused.not_converged": Says("unclear", "No stable solution was found with these answers, so this part is left out.", about="data"),
    }
)  # fmt: skip

NAMES = {
    "satisfaction": (Term("satisfaction"), Term("Satisfaction")),
    "loyalty": (Term("loyalty"), Term("Loyalty")),
    "rating": (Term("satisfaction"), Term("Satisfaction")),
    "recommend": (Term("recommendation"), Term("Recommendation")),
}


@dataclass(frozen=True, repr=False)
class SurveyModel(OneScreen):
    """A survey as areas (blocks of questions) that may move an outcome, and the outcome what follows from it.

    answers    (rows, items) numbers, NaN where missing;  weights (rows,)
    blocks     {construct: [items]};  labels {construct: name};  questions {item: label};  scales {item: (low, high)}
    paths      [(source, target)];  outcome, final: the construct that is explained, and what follows from it (or None)
    score      0-10 recommendation of each row, or None
    unrated    (rows, areas) True where an area does not concern the customer, who did not use or rate it; its columns
               are the areas of which that is so often enough to be held equal
    findings   what was found on the way;  leaks: those about areas that were made from the outcome, and left out
    periods    the first and last period of the answers, where there are any
    absent     why there is nothing to analyse, or None
    parted     blocks whose questions are parts, each with a weight of its own (mode B);  scheme of the path model
    adjusted   (rows, columns) 0-1: groups and numbers that are held equal; categories {column: its columns} of those that are
               ranked as well, usual {column: its group with most customers}, held_equal {column: heading} of the others
    """

    answers: pd.DataFrame
    weights: np.ndarray
    blocks: Mapping[str, list[str]]
    labels: Mapping[str, str]
    questions: Mapping[str, str]
    scales: Mapping[str, tuple[float, float]]
    paths: list[tuple[str, str]]
    outcome: str
    final: str | None
    score: np.ndarray | None
    read: int
    weighted: bool
    missing: str
    unrated: pd.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    leaks: tuple[Finding, ...] = ()
    absent: Finding | None = None
    resamples: int = RESAMPLES
    confidence: float = 0.95
    seed: int = 0
    responses: pd.DataFrame | None = None
    periods: tuple[str, ...] = ()
    parted: tuple[str, ...] = ()
    scheme: str = "path"
    adjusted: pd.DataFrame | None = None
    categories: Mapping[str, list[str]] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    held_equal: Mapping[str, str] = field(default_factory=dict)

    @property
    def areas(self) -> list[str]:
        """Every construct that may move the outcome, directly or through others."""
        behind = {self.outcome}
        while more := {source for source, target in self.paths if target in behind} - behind:
            behind |= more
        return [name for name in self.blocks if name in behind and name != self.outcome]

    @property
    def formative(self) -> list[str]:
        """The areas that several questions make up, each with a weight of its own (mode B)."""
        return [name for name in self.areas if name in self.parted and len(self.blocks[name]) > 1]

    @property
    def some_unrated(self) -> list[str]:
        """The areas that do not concern everybody."""
        return [] if self.unrated is None else list(self.unrated)

    @cached_property
    def reach(self) -> pd.Series:
        """Share of the customers (weighted, 0-1) whom each area concerns."""
        share = pd.Series(1.0, self.areas)
        for name in self.some_unrated:
            share[name] = np.average(~self.unrated[name], weights=self.weights)
        return share

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Index 0-100 of every construct for every customer, NaN where fewer than half of its questions are answered."""
        return pd.DataFrame({name: self._index(items) for name, items in self.blocks.items()}, self.answers.index)

    @cached_property
    def filled(self) -> pd.DataFrame:
        """The answers with the mean of those concerned where an area does not concern a customer.

        The control of the area takes up what stands there, so that its effect is the one among those concerned.
        """
        answers = self.answers.copy()
        for name in self.some_unrated:
            for item in self.blocks[name]:
                known = answers[item].notna().to_numpy()
                mean = np.average(answers[item][known], weights=self.weights[known])
                answers.loc[self.unrated[name].to_numpy(), item] = mean
        return answers

    @cached_property
    def controls(self) -> pd.DataFrame | None:
        """What is held equal: 1 where an area does not concern a customer, 0 elsewhere, one column for each such area, and
        the groups and numbers that the client folder names; None without any.

        A column that follows from those before it is left out: the same customers are not concerned.
        """
        if not self.some_unrated and self.adjusted is None:
            return None
        unrated = self.answers[[]] if self.unrated is None else self.unrated.astype(float).add_prefix(UNRATED)
        return _independent(unrated if self.adjusted is None else unrated.join(self.adjusted))

    @cached_property
    def completed(self) -> "SurveyModel":
        """The model with one estimate in each gap, for what needs the same rows throughout."""
        if not self.filled.isna().to_numpy().any():
            return self
        with_controls = self.filled if self.controls is None else self.filled.join(self.controls)
        values = imputed(with_controls.to_numpy(float), self.weights, imputations=1, seed=self.seed)[0]
        values = values[:, : self.answers.shape[1]]
        low, high = np.array([self.scales[item] for item in self.answers], float).T
        whole = pd.DataFrame(np.clip(values, low, high), self.answers.index, self.answers.columns)
        for name in self.some_unrated:
            whole.loc[self.unrated[name].to_numpy(), self.blocks[name]] = np.nan
        return replace(self, answers=whole)

    @cached_property
    def regressors(self) -> pd.DataFrame:
        """Indices with the mean of those concerned where an area does not concern a customer; other gaps are NaN."""
        whole = replace(self, answers=self.filled, unrated=None)
        return whole.indices

    @cached_property
    def parts(self) -> pd.DataFrame:
        """`regressors`, with the questions (0-100) of each formative area in its place; an area of one column is called as it is."""
        found = {}
        for name, items in self.blocks.items():
            if name not in self.formative:
                found[name] = self.regressors[name]
                continue
            for item in items:
                low, high = self.scales[item]
                found[f"{name}: {item}"] = 100 * (self.filled[item] - low) / (high - low)
        return pd.DataFrame(found)

    @property
    def parts_of(self) -> dict[str, list[str]]:
        """{formative area: its columns of `parts`}"""
        return {name: [f"{name}: {item}" for item in self.blocks[name]] for name in self.formative}

    @cached_property
    def fit(self) -> PathModel:
        """The path model with its bootstrap; its questions count alike where their weights find no stable solution."""
        everybody = np.ones(len(self.answers), bool)
        try:
            return self.fitted(everybody, self.resamples)
        except Refusal as refusal:
            if refusal.reason != "not_converged":
                raise
            return self.fitted(everybody, self.resamples, modes="sum")

    def fitted(self, rows, resamples: int, modes: str = "") -> PathModel:
        """The path model of some of the rows."""
        items, structure = self.structured(rows, modes=modes)
        missing = self.missing if items.isna().to_numpy().any() else "error"
        scales = {**self.scales, **{name: (0, 1) for name in items if name not in self.scales}}
        return path_model(items, structure, scale=scales, missing=missing, weights=self.weights[rows],
                          resamples=resamples, confidence=self.confidence, seed=self.seed)  # fmt: skip

    def structured(self, rows, *, modes: str = "") -> tuple[pd.DataFrame, PathStructure]:
        """Answers and controls of some rows (booleans or positions), and the path model of both; `modes` for every area, or
        each its own."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        items, held = self.filled.iloc[rows], self.held(rows)
        if held is not None:
            items = items.join(held)
        own = modes or dict.fromkeys(self.formative, "B")
        return items, self._structure(self.blocks, self.paths, [] if held is None else list(held), own)

    @cached_property
    def tested(self) -> PathModel:
        """The same arrows between plain indices, which nothing was fitted to: what every verdict rests on.

        A formative area is there with each of its questions, and a category that is ranked with each of its groups but one; the
        effect of either is tested as that of all of them together.
        """
        items = self.parts if self.controls is None else self.parts.join(self.controls)
        ends = {name: self.parts_of.get(name, [name]) for name in self.blocks}
        paths = [(one, other) for source, target in self.paths for one in ends[source] for other in ends[target]]
        ranked = [column for columns in self.ranked.values() for column in columns]
        paths += [(column, target) for column in ranked for target in dict.fromkeys(target for _, target in paths)]
        held = [] if self.controls is None else [column for column in self.controls if column not in ranked]
        structure = self._structure({name: [name] for name in [*self.parts, *ranked]}, paths, held, "sum")
        missing = self.missing if items.isna().to_numpy().any() else "error"
        scales = {name: (0, 100) if name in self.parts else (0, 1) for name in items}
        return path_model(items, structure, scale=scales, missing=missing, weights=self.weights, resamples=self.resamples,
                          confidence=self.confidence, seed=self.seed, together=self.parts_of | self.ranked)  # fmt: skip

    @cached_property
    def questions_apart(self) -> pd.DataFrame:
        """The questions of formative areas, one row each: construct, item, impact on the outcome for a point (the other
        questions and areas equal) with low and high, p_holm (over those of the area), shown."""
        table = self.tested.parts
        table = table[(table.target == self.outcome) & table.of.isin(self.areas)]
        items = [source.removeprefix(f"{name}: ") for name, source in zip(table.of, table.source, strict=True)]
        found = pd.DataFrame({"construct": table.of, "item": items, "impact": table.impact, "impact_low": table.impact_low,
                              "impact_high": table.impact_high, "p_holm": table.groupby("of").p.transform(holm)})  # fmt: skip
        return found.assign(shown=found.p_holm < 1 - self.confidence).reset_index(drop=True)

    def pulling(self, area: str) -> tuple[list[str], list[str]]:
        """The questions of a formative area that are shown to go with more of the outcome, and with less."""
        own = self.questions_apart[(self.questions_apart.construct == area) & self.questions_apart.shown]
        return list(own["item"][own.impact > 0]), list(own["item"][own.impact < 0])

    @property
    def opposed(self) -> list[str]:
        """The formative areas that have a question which is shown to work against the area as a whole."""
        whole = total_of(self.tested, self.outcome).impact
        against = {name: self.pulling(name)[1 if whole[name] > 0 else 0] for name in self.formative}
        return [name for name, items in against.items() if items]

    @cached_property
    def overlaps(self) -> pd.DataFrame:
        """Of each pair of constructs: first, second, htmt, low, high; over those who rated both, where not all did."""
        table = self.fit.pairs[["first", "second", "htmt", "low", "high"]]
        some = table[["first", "second"]].isin(self.some_unrated).any(axis=1)
        if not some.any():
            return table
        pairs = list(table.loc[some, ["first", "second"]].itertuples(index=False, name=None))
        again = overlaps(self.answers, self.blocks, pairs, weights=self.weights, draws=PAIR_DRAWS,
                         confidence=self.confidence, seed=self.seed)  # fmt: skip
        return pd.concat([table[~some], again], ignore_index=True)

    @cached_property
    def courses(self) -> pd.DataFrame:
        """Of each area whose answers spread enough: whether its effect is a straight line, and whether it turns."""
        x, y, weights = self.whole
        some = self.some_rows(np.ones(len(x), bool), COURSE_ROWS)
        spread = [name for name in x if x[name].nunique() > 2]
        if not spread:
            return pd.DataFrame(columns=["turn", "turn_from", "turn_to", "shape", "p_holm", "f2"])
        held = self.held(some, [name for name in x if name not in spread])
        return nonlinear_drivers(x[spread].iloc[some], y.iloc[some], controls=held, weights=weights[some],
                                 resamples=COURSE_DRAWS, confidence=self.confidence, seed=self.seed)  # fmt: skip

    @property
    def whole(self) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
        """Indices of the areas, NaN only where one does not concern a customer, of the outcome, and the weights."""
        indices = self.completed.indices
        return indices[self.areas], indices[self.outcome], self.weights

    def held(self, rows, areas=()) -> pd.DataFrame | None:
        """The controls of some rows, joined by areas that are held equal without being looked at; None without any."""
        more = self.regressors[list(areas)].iloc[rows]
        more = more.fillna(more.mean())
        known = more if self.controls is None else more.join(self.controls.iloc[rows])
        known = known.loc[:, known.nunique() > 1]
        return _independent(known) if known.shape[1] else None

    @cached_property
    def standings(self) -> pd.DataFrame:
        """What can be said of each area, decided once (see `standing.standings`), a ranked category counted among what is tested."""
        total = self._totals
        paths = self.tested.paths
        direct = paths[paths.target == self.outcome].set_index("source")
        x, y, weights = self.whole
        plain = self.regressors[self.areas]
        return standings(total.loc[self.areas], direct.p, self.courses,
                         plain_correlations(x, y, weights, confidence=self.confidence),
                         influence_of_one(plain, self.regressors[self.outcome], self.controls, weights),
                         opposed=self.opposed, confidence=self.confidence)  # fmt: skip

    @cached_property
    def _totals(self) -> pd.DataFrame:
        """Total effects on the outcome of every area and every category that is ranked, with p_holm over both."""
        table = total_of(self.tested, self.outcome).loc[[*self.areas, *self.ranked]]
        return table.assign(p_holm=holm(table.p))

    @cached_property
    def judged(self) -> pd.DataFrame:
        """standing and p_holm of every area, and of every category: whether its groups differ (SHIFTS) or are not shown to."""
        groups = self._totals.loc[list(self.ranked), ["p_holm"]]
        groups.insert(0, "standing", np.where(groups.p_holm < 1 - self.confidence, SHIFTS, UNCLEAR))
        return pd.concat([self.standings[["standing", "p_holm"]], groups]) if self.ranked else self.standings[["standing", "p_holm"]]

    @cached_property
    def importance(self) -> Importance:
        """Shares of what the areas explain; one whose effect turns brings a second column, for the far side of the turn, a
        formative one its questions, and a category its groups."""
        x, held = self._drivers
        groups = {name: list(columns) for name, columns in (self.parts_of | self.ranked).items()}
        for name in self.standing(*TURNING):
            middle = self.standings.loc[name, ["turn_from", "turn_to"]].mean()
            x[f"{name} beyond"] = (self.regressors[name] - middle).clip(lower=0)
            groups[name] = [*groups.get(name, [name]), f"{name} beyond"]
        arrows = [arrow for arrow in self.paths if set(arrow) <= set(self.areas)]
        return relative_importance(x, self.regressors[self.outcome], weights=self.weights, controls=held,
                                   groups=groups, before=arrows, missing=self.missing, resamples=self.resamples,
                                   confidence=self.confidence, seed=self.seed)  # fmt: skip

    @property
    def _drivers(self) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        """The columns that may move the outcome, and those that are only held equal."""
        own = [part for name in self.areas for part in self.parts_of.get(name, [name])]
        groups = [column for columns in self.ranked.values() for column in columns]
        if self.controls is None:
            return self.parts[own].copy(), None
        held = self.controls.drop(columns=groups)
        return self.parts[own].join(self.controls[groups]), held if held.shape[1] else None

    @property
    def ranked(self) -> dict[str, list[str]]:
        """{category: its columns among the controls}, of those that do not follow from what is held equal."""
        known = [] if self.controls is None else list(self.controls)
        left = {name: [column for column in columns if column in known] for name, columns in self.categories.items()}
        return {name: columns for name, columns in left.items() if columns}

    @cached_property
    def unadjusted(self) -> "SurveyModel":
        """The same with nothing held equal but whom an area does not concern, and the categories."""
        kept = [column for columns in self.categories.values() for column in columns]
        return replace(self, adjusted=self.adjusted[kept] if kept else None, held_equal={})

    @property
    def explained(self) -> float:
        """What the areas explain beyond what is held equal (0-1), less what so many would by chance (adjusted R2)."""
        found = self.importance
        left = max(found.effective_n - self._drivers[0].shape[1] - 1, 1)
        return max(1 - (1 - found.r2 + found.r2_controls) * (found.effective_n - 1) / left, 0.0)

    def standing(self, *which: str) -> list[str]:
        """The areas of which one of these can be said, strongest effect first."""
        table = self.standings
        chosen = table[table.standing.isin(which)]
        return list(chosen.sort_values("impact", key=abs, ascending=False, kind="stable").index)

    def through(self, area: str) -> list[str]:
        """The areas that it leads to."""
        return [target for source, target in self.paths if source == area and target in self.areas]

    def not_holding(self, column: str) -> "SurveyModel":
        """The same without this column among what is held equal, as between its own groups, in which it does not differ."""
        own = [] if self.adjusted is None else [each for each in self.adjusted if each == HELD + column or each.startswith(f"{HELD}{column}: ")]
        if not own:
            return self
        left = self.adjusted.drop(columns=own)
        return replace(self, adjusted=left if left.shape[1] else None, held_equal={name: told for name, told in self.held_equal.items() if name != column},
                       categories={name: columns for name, columns in self.categories.items() if name != HELD + column})  # fmt: skip

    def _structure(self, blocks, paths, controls, modes):
        """The arrows; from each control those that its area has, or one into everything that is led to."""
        led_to, own = dict.fromkeys(target for _, target in paths), {}
        for source, target in paths:
            own.setdefault(source.split(": ")[0], {})[target] = None
        more = [(name, target) for name in controls
                for target in (own.get(name.removeprefix(UNRATED), {}) if name.startswith(UNRATED) else led_to)]  # fmt: skip
        return path_structure({**blocks, **{name: [name] for name in controls}}, [*paths, *more], modes=modes,
                              scheme=self.scheme, controls=tuple(controls))  # fmt: skip

    def some_rows(self, rows, most: int) -> np.ndarray:
        """Positions of the rows, at most so many, chosen at random: what rests on them does not depend on their order."""
        places = np.flatnonzero(rows)
        chosen = np.random.default_rng(self.seed).choice(places, min(most, len(places)), replace=False)
        return np.sort(chosen)

    def word(self, construct: str) -> str:
        """How the construct is called within a sentence."""
        return NAMES[construct][0] if construct in NAMES else self.labels[construct]

    def base(self, weights: np.ndarray | None = None) -> Base:
        """Rows read and used, and why the others are not; `weights` of the rows used, where they are not all."""
        weights = self.weights if weights is None else weights
        used = len(weights)
        effective = float(effective_n(weights)) if self.weighted and used else None
        dropped = {"not answered": self.read - used} if self.read > used else {}
        return Base(self.read, used, dropped, effective, self.periods)

    def settings(self, **more) -> dict:
        return {"outcome": self.outcome, "missing": self.missing, "resamples": self.resamples, "seed": self.seed,
                "confidence": self.confidence, "weighted": self.weighted, **more}  # fmt: skip

    def turning(self) -> dict[str, dict[str, float]]:
        """{area as it is called: from, to, rise, fall} of those that are best, or worst, in the middle."""
        rows = self.courses.loc[self.standing(*TURNING)]
        return {self.labels[name]: {"from": row.turn_from, "to": row.turn_to, "rise": row.rise, "fall": row.fall}
                for name, row in rows.iterrows()}  # fmt: skip

    def _index(self, items):
        values = self.answers[items].to_numpy(float)
        low, high = np.array([self.scales[item] for item in items], float).T
        scaled = 100 * (values - low) / (high - low)
        return respondent_index(scaled, scale=(0, 100), minimum_items=-(-len(items) // 2))


def total_of(fit: PathModel, target: str) -> pd.DataFrame:
    """The total effects on a construct, by source."""
    return fit.total[fit.total.target == target].set_index("source")


def in_words(name: str) -> Callable:
    """An analysis of a model whose result says in words why there is nothing to show: no data, or data that cannot bear it."""

    def wrapped(analysis):
        @wraps(analysis)
        def answered(model: SurveyModel, *args, **options) -> Result:
            if model.absent is not None and model.absent.tone == "absent":
                return Result.missing(name, model.absent, read=model.read)
            if model.absent is not None:
                numbers = {slot: value for slot, value in model.absent.values.items() if isinstance(value, (int, float))}
                return Result(name, {}, (model.absent,), model.base(), numbers)
            try:
                return analysis(model, *args, **options)
            except Refusal as refusal:
                return Result(name, {}, (SAYS.finding(f"refused.{refusal.reason}"),), model.base(), {})

        return answered

    return wrapped


def _independent(columns):
    """Without the columns that say again what those before them say."""
    kept = []
    for name in columns:
        together = columns[[*kept, name]].to_numpy(float)
        together = together - together.mean(axis=0)
        spread = np.linalg.norm(together, axis=0)
        if spread[-1] > 0 and np.linalg.svd(together / spread, compute_uv=False)[-1] > 1e-6:
            kept.append(name)
    return columns[kept]
