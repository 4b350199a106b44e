"""A survey as areas that may move an outcome, and the path model fitted to its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cxlib.analyses.result import Base, Finding, OneScreen, Result, Term
from cxlib.stats.drivers.missing import imputed
from cxlib.stats.drivers.path_estimates import PathModel, path_model
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.moments import effective_n
from cxlib.stats.survey.indices import respondent_index

RESAMPLES = 1000

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
    not_applicable  {area: share of customers whom it does not concern}, where that is why answers are missing
    findings   what was found on the way;  leaks: those about areas that were made from the outcome, and left out
    absent     why there is nothing to analyse, or None
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
    not_applicable: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    leaks: tuple[Finding, ...] = ()
    absent: Finding | None = None
    resamples: int = RESAMPLES
    confidence: float = 0.95
    seed: int = 0
    responses: pd.DataFrame | None = None

    @property
    def areas(self) -> list[str]:
        """Every construct that may move the outcome, directly or through others."""
        behind = {self.outcome}
        while more := {source for source, target in self.paths if target in behind} - behind:
            behind |= more
        return [name for name in self.blocks if name in behind and name != self.outcome]

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Index 0-100 of every construct for every customer, NaN where fewer than half of its questions are answered."""
        return pd.DataFrame({name: self._index(items) for name, items in self.blocks.items()}, self.answers.index)

    @cached_property
    def completed(self) -> "SurveyModel":
        """The model with one estimate in each gap, for comparisons of groups, which need the same rows throughout."""
        if not self.answers.isna().to_numpy().any():
            return self
        values = imputed(self.answers.to_numpy(float), self.weights, imputations=1, seed=self.seed)[0]
        low, high = np.array([self.scales[item] for item in self.answers], float).T
        return replace(self, answers=pd.DataFrame(np.clip(values, low, high), self.answers.index, self.answers.columns))

    @cached_property
    def fit(self) -> PathModel:
        """The path model with its bootstrap."""
        return self.fitted(np.ones(len(self.answers), bool), self.resamples)

    def fitted(self, rows, resamples: int) -> PathModel:
        """The path model of some of the rows."""
        kept = self.answers[rows]
        missing = self.missing if kept.isna().to_numpy().any() else "error"
        return path_model(kept, path_structure(self.blocks, self.paths), scale=dict(self.scales), missing=missing,
                          weights=self.weights[rows], resamples=resamples, confidence=self.confidence, seed=self.seed)  # fmt: skip

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
        return Base(self.read, used, {"not answered": self.read - used} if self.read > used else {}, effective)

    def settings(self, **more) -> dict:
        return {"outcome": self.outcome, "missing": self.missing, "resamples": self.resamples, "seed": self.seed,
                "confidence": self.confidence, "weighted": self.weighted, **more}  # fmt: skip

    def _index(self, items):
        values = self.answers[items].to_numpy(float)
        low, high = np.array([self.scales[item] for item in items], float).T
        scaled = 100 * (values - low) / (high - low)
        return respondent_index(scaled, scale=(0, 100), minimum_items=-(-len(items) // 2))


def unanswerable(name: str, model: SurveyModel) -> Result | None:
    """The result where the model has nothing to analyse, else None."""
    return _nothing(name, model) if model.absent else None


def _nothing(name, model):
    if model.absent.tone == "absent":
        return Result.missing(name, model.absent, read=model.read)
    return Result(name, {}, (model.absent,), model.base(), {})
