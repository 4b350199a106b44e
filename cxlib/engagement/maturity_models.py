"""Maturity models as data: templates/models/*.yml, or a client folder's own models/*.yml. A new model needs no code.

A model has either `steps` of criteria (LOYALTY) or `levels` of statements (the staircase). `groups` and `items` give
both in one shape.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, create_model, model_validator

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem, nearest, stop_on_errors
from cxlib.engagement.settings.reading import Text
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import Part, broken, read_settings
from cxlib.languages import LANGUAGES

SHIPPED = Path(__file__).parents[2] / "templates" / "models"


def _spoken(kind: type) -> type[Part]:
    """A part with a field for each language of the reports."""
    return create_model("Spoken", __base__=Part, **dict.fromkeys(LANGUAGES, (kind, ...)))


class Words(_spoken(Text)):
    """One text in the languages of the reports."""

    def __getitem__(self, language: str) -> str:
        """The text in a language: words["da"]"""
        return getattr(self, language)

    @property
    def every(self) -> dict[str, str]:
        """{language: the text}"""
        return {language: getattr(self, language) for language in LANGUAGES}


class About(Part):
    """Which model this is; the counts guard against a lost line."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    version: Text
    source: Text | Words  # whose model it is, in one language or in each
    minutes: float = Field(gt=0)
    steps: int | None = None
    criteria: int | None = None
    levels: int | None = None
    statements: int | None = None
    context_items: int | None = None

    def named(self, language: str) -> str:
        """Whose model it is and its version, as a reader of the language is told."""
        return f"{self.source if isinstance(self.source, str) else self.source[language]}, version {self.version}"


class LabelsByLanguage(_spoken(tuple[Text, ...])):
    """The labels of a scale's answers, or of its two ends."""


class ModelScale(Part):
    """A scale that the criteria may be answered on."""

    values: tuple[float, ...] = Field(min_length=2)
    to100: Text | None = None
    labels: LabelsByLanguage | None = None
    ends: LabelsByLanguage | None = None

    @model_validator(mode="after")
    def _labels_fit(self):
        for name, labels, count in (("labels", self.labels, len(self.values)), ("ends", self.ends, 2)):
            for language, texts in labels or ():
                if len(texts) != count:
                    raise broken(f"there must be {count} texts", "Write one for each", key=f"{name}/{language}")
        return self


class CoverageAnswer(Words):
    """One answer of a coverage scale: no, in places, mostly, fully."""

    value: float
    code: Text


class DontKnow(Words):
    """The answer that is never a score."""

    code: Text
    scored: Literal["false"] = "false"


class Band(Words):
    """A part of 0-100 that has a name."""

    id: Text
    start: float = Field(alias="from", ge=0, le=100)


class ModelPolicy(Part):
    """Limits of what is said from how much."""

    recommend_below: float = 60
    min_raters_summary: int = 3
    min_raters_cut: int = 5
    min_companies_benchmark: int = 10
    dk_flag_share: float = 0.33


class Criterion(Part):
    """A success criterion of a step."""

    id: Text
    key: Text
    derivation: Text | None = None
    name: Words
    question: Words = Field(alias="q")
    evidence: Words | None = None
    recommendation: Words | None = Field(None, alias="rec")
    core: bool = False
    facet: Text | None = None


class Step(Part):
    """A step of criteria."""

    id: Text
    letter: Text | None = None
    name: Words
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def items(self) -> tuple[Criterion, ...]:
        """What is answered in this step."""
        return self.criteria


class Statement(Words):
    """A statement of a level: something that exists, or not."""

    id: Text
    facet: Text | None = None
    core: bool = False
    evidence: Words | None = None

    @property
    def question(self) -> Words:
        """The statement as it is asked."""
        return Words(**self.every)

    @property
    def name(self) -> Words:
        """The statement: it has no shorter name."""
        return self.question


class Level(Part):
    """A level of the staircase."""

    level: int = Field(ge=1)
    name: Words
    portrait: Words
    limit_sign: Words | None = None
    assessment: Words
    recommendation: Words
    statements: tuple[Statement, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        """The level as an id, like a step's."""
        return str(self.level)

    @property
    def items(self) -> tuple[Statement, ...]:
        """What is answered on this level."""
        return self.statements


class ContextItem(Words):
    """A question that sets the target level, answered 1-5."""

    id: Text
    axis: Text


class Axis(Part):
    """One of the two axes of the target level."""

    id: Text
    name: Words


class Attained(Part):
    """When a level is attained, on means of the raters (0-1)."""

    mean_at_least: float = Field(ge=0, le=1)
    core_at_least: float = Field(ge=0, le=1)


class PlacementInterval(Part):
    """How uncertain the place is."""

    dont_know_low: float
    dont_know_high: float
    bootstrap_raters: int = Field(ge=100)
    report: Text


class PlacementRule(Part):
    """The rule that places a company on a level."""

    rule: Literal["non_compensatory"]
    attained_if: Attained
    zero_level: Words
    progress: Text
    interval: PlacementInterval
    change_rule: Text
    islands: Text


class FocusTarget(Part):
    """A mean of the focus axis below `below` asks for level `target`."""

    below: float
    target: int


class TargetRule(Part):
    """Which level to aim at."""

    by_focus_mean: tuple[FocusTarget, ...]
    cap: Text
    never_below: Literal["current"]
    note: Words


class BiasCheck(Part):
    """The question asked first, and what its answer is for."""

    ask_first: Words
    report: Words


class Claim(Part):
    """A claim of the source that is to be tested on own data."""

    note: Text


@dataclass(frozen=True)
class AnswerScale:
    """The answers that count: their values, and the texts that stand for them in any language."""

    id: str
    values: tuple[float, ...]
    texts: dict[str, float]

    @property
    def low(self) -> float:
        """The lowest answer."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The highest answer."""
        return max(self.values)


class MaturityModel(Part):
    """A maturity model, as its file holds it."""

    model: About
    languages: tuple[Text, ...]
    scales: dict[Text, ModelScale] = Field({})
    answers: tuple[CoverageAnswer, ...] = ()
    dont_know: DontKnow
    stem: Words | None = None
    bands: tuple[Band, ...] = ()
    policy: ModelPolicy = ModelPolicy()
    portfolio_rule: Words | None = None
    steps: tuple[Step, ...] = ()
    open_readings: tuple[Text, ...] = ()
    evidence_prompt: Words | None = None
    placement: PlacementRule | None = None
    axes: tuple[Axis, ...] = ()
    context: tuple[ContextItem, ...] = ()
    target_rule: TargetRule | None = None
    bias_check: BiasCheck | None = None
    levels: tuple[Level, ...] = ()
    source_claims: tuple[Claim, ...] = ()
    _shipped: bool = PrivateAttr(False)

    @property
    def shipped(self) -> bool:
        """Whether it came with the workbook; a client's own says what it says."""
        return self._shipped

    @model_validator(mode="after")
    def _is_one_kind(self):
        if bool(self.steps) == bool(self.levels):
            raise broken("a model has either `steps` or `levels`", "Remove one of them, or add one")
        if bool(self.scales) == bool(self.answers):
            raise broken("a model has either `scales` or `answers`", "Remove one of them, or add one")
        if self.levels and not self.placement:
            raise broken("levels need a `placement` rule", "Add it", key="placement")
        if self.levels and [level.level for level in self.levels] != list(range(1, len(self.levels) + 1)):
            raise broken("levels must be numbered 1, 2, 3, ...", "Correct them", key="levels")
        return self

    @model_validator(mode="after")
    def _counts_are_right(self):
        counts = {
            "steps": len(self.steps), "levels": len(self.levels), "context_items": len(self.context),
            "criteria": len(self.items) if self.steps else 0, "statements": len(self.items) if self.levels else 0,
        }  # fmt: skip
        for key, count in counts.items():
            stated = getattr(self.model, key)
            if stated is not None and stated != count:
                raise broken(f"{stated} are announced, {count} are there", "Correct one", key=f"model/{key}")
        ids = [item.id for item in (*self.items, *self.context)]
        for each in ids:
            if ids.count(each) > 1:
                raise broken(f"the id {each} is given twice", "Give each its own id")
        axes = {axis.id for axis in self.axes}
        for item in self.context:
            if item.axis not in axes:
                raise broken(f"{item.id} has the axis {item.axis}, which is not defined", "Add it under `axes`")
        return self

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    @property
    def groups(self) -> tuple[Step, ...] | tuple[Level, ...]:
        """The steps, or the levels; each has id, name and items."""
        return self.steps or self.levels

    @cached_property
    def items(self) -> tuple[Criterion, ...] | tuple[Statement, ...]:
        """All criteria, or all statements; each has id, name, question, evidence, core and facet."""
        return tuple(item for group in self.groups for item in group.items)

    def item(self, id: str) -> Criterion | Statement:
        """The criterion or statement of that id."""
        return next(item for item in self.items if item.id == id)

    def answer_scale(self, name: str | None) -> AnswerScale:
        """The scale of that name; without a name the only one. Raises ValueError when that leaves a choice."""
        if self.answers:
            if name not in (None, "answers"):
                raise ValueError(f"the model {self.id} has one scale of its own. Remove `scale`")
            texts = {text: a.value for a in self.answers for text in (a.code, *a.every.values())}
            return AnswerScale("answers", tuple(a.value for a in self.answers), texts)
        if name is None and len(self.scales) == 1:
            name = next(iter(self.scales))
        if name not in self.scales:
            near = nearest(name or "", self.scales)
            hint = f"Did you mean {near}?" if near else f"Use one of: {', '.join(self.scales)}"
            raise ValueError(f"the model {self.id} has {'no scale ' + name if name else 'several scales'}. {hint}")
        scale = self.scales[name]
        texts = {text: value for _, each in scale.labels or () for text, value in zip(each, scale.values, strict=True)}
        return AnswerScale(name, scale.values, texts)


def read_model(folder: Folder, id: str) -> MaturityModel:
    """The model of that id: the client folder's own, else the shipped one. Raises DataError when it is wrong."""
    name = f"models/{id}.yml"
    if folder.has(name):
        data, file = folder.read(name), folder.display_name(name)
    elif (SHIPPED / f"{id}.yml").is_file():
        data, file = (SHIPPED / f"{id}.yml").read_bytes(), f"templates/{name}"
        folder.inputs[file] = hashlib.sha256(data).hexdigest()
    else:
        near = nearest(id, model_ids(folder))
        remedy = f"Did you mean {near}?" if near else f"There are: {', '.join(model_ids(folder))}"
        raise DataError([folder.setting(f"maturity.{id}", "there is no such model", remedy)])
    model, problems = read_settings(read_yaml(data, file), MaturityModel)
    if model is not None and model.id != id:
        problems.append(Problem(file, f"the model calls itself {model.id}", f"Write `id: {id}`", column="model.id"))
    stop_on_errors(problems)
    model._shipped = not folder.has(name)
    return model


def model_ids(folder: Folder) -> list[str]:
    """Ids of the models that the folder may use."""
    found = [path for root in (folder.path / "models", SHIPPED) for path in root.glob("*.yml")]
    return sorted({path.stem for path in found if re.search(rb"^model:", path.read_bytes(), re.MULTILINE)})
