"""The `survey` part of client.yml."""

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cxlib.analyses.design import BASIS, Mode, Scheme
from cxlib.engagement.problems import nearest, written
from cxlib.engagement.settings.reading import Codes, ColumnName, Label, Scale, Stored, Text
from cxlib.engagement.settings.source import Cell, TimedSource
from cxlib.engagement.settings.validation import Part, broken

PartId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,40}$")]
MOST_OPTIONS = 11  # answers of a scale on which the two best are what "satisfied" is taken to mean
Share = Annotated[float, Field(gt=0, lt=1)]
Portion = Annotated[float, Field(gt=0, le=100)]
MOST_ROUNDING = 0.02  # of the population that rounded shares may be off together
JOINT = " x "  # between the columns of a margin over combinations, and between their groups


class Recommend(Stored):
    """How likely are you to recommend us? -> NPS"""

    column: ColumnName
    target: float | None = Field(None, ge=-100, le=100, description="NPS aimed at, -100 to 100")

    @model_validator(mode="after")
    def _promoters_are_defined(self):
        if self.scale not in ((0, 10), (1, 10)):
            low, high = self.scale
            rule = f"NPS is a figure of answers 0 to 10, and no rule says who is a promoter on {low:g} to {high:g}"
            remedy = "Name the question under `rating`, as a share of its best answers, or under `loyalty`, as an index"
            raise broken(rule, remedy, key="scale")
        return self


class RatingSettings(Stored):
    """One question on overall satisfaction -> share of satisfied"""

    column: ColumnName
    top: int = Field(2, ge=1, description="How many of the best answers count as satisfied")
    step: float | None = Field(None, gt=0, lt=1, description="How far apart answers are, as 0.5 where half points were offered")
    target: float | None = Field(None, ge=0, le=1, description="Share of satisfied aimed at, 0 to 1")

    @model_validator(mode="after")
    def _steps_reach_from_end_to_end(self):
        if self.step is None:
            return self
        steps = (self.scale[1] - self.scale[0]) / self.step
        if abs(steps - round(steps)) > 1e-6:
            raise broken(f"steps of {self.step:g} do not reach from {self.scale[0]:g} to {self.scale[1]:g}", "Correct it", key="step")
        if self.top * self.step <= 1 or "top" not in self.model_fields_set:
            whole = round(1 / self.step) + 1
            rule = f"in steps of {self.step:g} the two best answers are {self.scale[1] - self.step:g} and {self.scale[1]:g}"
            remedy = f"Say how many of the best answers count as satisfied, as `top: {whole}` for {self.scale[1] - 1:g} and better"
            raise broken(rule, remedy, key="top")
        return self

    @model_validator(mode="after")
    def _some_answers_are_not_top(self):
        if self.points > self.scale[1] - self.scale[0]:
            raise broken("`top` takes in the whole scale", "Name fewer of the best answers", key="top")
        options = self.scale[1] - self.scale[0] + 1
        if options > MOST_OPTIONS and "top" not in self.model_fields_set:
            low, high = self.scale
            rule = f"on {low:g} to {high:g} the two best answers are {high - 1:g} and {high:g}, and `top` does not say another"
            remedy = f"Say how many of the best answers count as satisfied, as `top: {options // 5:.0f}` for the upper fifth"
            raise broken(rule, remedy, key="top")
        return self


    @property
    def points(self) -> float:
        """How many points of the scale the best answers take in."""
        return self.top * (self.step or 1)


class EffortSettings(Stored):
    """It was easy ... -> CES"""

    column: ColumnName
    definition: Literal["mean", "agree", "index"] = Field(
        description="mean, agree (share 5-7) or index (% 6-7 less % 1-3)"
    )
    easy: Literal["high", "low"] = Field("high", description="Which end of the scale is easy")
    target: float | None = Field(None, description="In the unit of the definition")

    @model_validator(mode="after")
    def _target_fits_definition(self):
        low, high = {"mean": self.scale, "agree": (0, 1), "index": (-100, 100)}[self.definition]
        if self.target is not None and not low <= self.target <= high:
            rule = f"with definition {self.definition} the target lies between {low:g} and {high:g}"
            raise broken(rule, "Correct the target or the definition", key="target")
        if self.definition != "mean" and self.scale != (1, 7):
            rule = f"definition {self.definition} is for answers 1 to 7"
            raise broken(rule, "Use definition: mean, or correct the scale", key="definition")
        return self


class Questions(Stored):
    """Several questions -> index 0-100"""

    items: Annotated[dict[ColumnName, Label], Field(min_length=1, description="column: short label")]
    scales: dict[ColumnName, Scale] = Field({}, description="column: [lowest, highest] where it is not `scale`")

    @model_validator(mode="after")
    def _scales_are_of_items(self):
        for column in self.scales:
            if column not in self.items:
                raise broken("is not a question of this part", "Use a column of `items`", key=f"scales/{column}")
        return self


class IndexSettings(Questions):
    """Several questions -> index 0-100 (NKI, CSI, EPSI, ACSI)"""

    at_least: int | None = Field(
        None, ge=1, description="Answered questions that a respondent needs; default half of them, rounded up"
    )
    weights: dict[ColumnName, Share] | None = Field(
        None, description="column: given weight (sum 1); without them all count the same"
    )
    target: float | None = Field(None, ge=0, le=100, description="Index aimed at, 0 to 100")

    @model_validator(mode="after")
    def _weights_fit_items(self):
        if self.at_least is not None and self.at_least > len(self.items):
            raise broken(f"there are only {len(self.items)} questions", "Lower it", key="at_least")
        if self.weights is not None:
            if set(self.weights) != set(self.items):
                raise broken("every question needs a weight, and no other", "Use the columns of `items`", key="weights")
            _sum_to_one(self.weights, "weights")
        return self

    @property
    def needed(self) -> int:
        """Answered questions that a respondent needs."""
        return self.at_least or math.ceil(len(self.items) / 2)


class BlockSettings(Questions):
    """A block of questions: one part of what customers experience"""

    label: Label = Field(description="Heading of the block, or one for each language: {en: Staff, da: Personale}")
    expectation: dict[ColumnName, ColumnName] = Field({}, description="question: column that holds what was expected")
    margin: float = Field(5, gt=0, le=100, description="Difference in index points that matters")
    mode: Mode = Field("A", description="A: the questions mirror one thing; B: they are its parts, each with a weight of its own")

    @model_validator(mode="after")
    def _expectations_are_of_items(self):
        for column in self.expectation:
            if column not in self.items:
                raise broken("is not a question of this block", "Use a column of `items`", key=f"expectation/{column}")
        return self


class Funnel(Part):
    """How the answers came in: numbers of people"""

    invited: int | None = Field(None, ge=0, description="People asked")
    delivered: int | None = Field(None, ge=0, description="Invitations that arrived")
    opened: int | None = Field(None, ge=0, description="Invitations opened")
    started: int | None = Field(None, ge=0, description="People who began")
    completed: int | None = Field(None, ge=0, description="People who finished")

    @model_validator(mode="after")
    def _falls(self):
        given = [(key, count) for key, count in self if count is not None]
        for (before, more), (key, fewer) in pairwise(given):
            if fewer > more:
                raise broken(f"{fewer:,} {key} are more than {more:,} {before}", "Correct one of them", key=key)
        return self


class SurveySettings(TimedSource):
    """The customer survey: one row per respondent"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    respondent: ColumnName | None = Field(None, description="Column; each id once")
    anonymous: bool = Field(False, description="Whether respondents were promised that nobody knows who answered what: then no person is listed")
    basis: Annotated[str, Field(pattern=f"^({BASIS})$")] | None = Field(
        None,
        description="Periods that segments, distributions and drivers rest on: latest (as the headline does; the default), "
        "last 4 (so many), all, or year on year (the latest, compared with the same period a year before)",
    )
    weight: ColumnName | None = Field(None, description="Column: survey weight, a positive number in every row")
    frequency: ColumnName | None = Field(None, description="Column: how many respondents the row stands for")
    margins: dict[ColumnName, dict[Text, Portion]] | None = Field(
        None,
        description="column: {group: share of the population}, adding up to 1 or to 100; the answers are weighted to these (raking). "
        'Shares of combinations: "region x age": {North x 18-34: 12, ...}',
    )
    unknown: tuple[Cell, ...] = Field(
        (), description='Groups of `margins` without a share, as [prefer not to say, ""]; "" is the blank cell: as many as answered'
    )
    trim: tuple[float, float] | None = Field(
        None, description="Smallest and largest weight after raking, times the mean"
    )
    population: int | None = Field(None, ge=1, description="Customers who could have been asked")
    segments: dict[ColumnName, Label] = Field({}, description="column: heading")
    order: dict[ColumnName, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(
        {}, description="column of `segments`: [its groups in their order]; else by their numbers, or the largest first"
    )
    unit: ColumnName | None = Field(None, description="Column: the unit that served the customer, as in `employees`")
    dont_know: Codes = Field((), description="Codes that mean don't know in any question")
    not_applicable: Codes = Field((), description="Codes that mean does not concern me, in any question")
    recommend: Recommend | None = None
    rating: RatingSettings | None = None
    effort: EffortSettings | None = None
    satisfaction: IndexSettings | None = None
    loyalty: IndexSettings | None = None
    blocks: dict[PartId, BlockSettings] = Field({}, description="Blocks of questions, in the customer's order")
    paths: dict[PartId, tuple[PartId, ...]] | None = Field(
        None, description="result: [causes]; without it every block -> satisfaction -> loyalty"
    )
    scheme: Scheme = Field("path", description="Inner weights of the path model: path, factorial or centroid")
    controls: dict[ColumnName, Label] = Field({}, description="column: heading, of groups or numbers that are held equal while drivers are ranked")
    categories: dict[ColumnName, Label] = Field({}, description="column: heading, of groups that may be drivers themselves: ranked beside the blocks")
    funnel: Funnel | None = None

    @model_validator(mode="after")
    def _weighting_is_possible(self):
        for column, shares in (self.margins or {}).items():
            _adds_up(shares, f"margins/{column}")
        if self.unknown and not self.margins:
            raise broken("there are no `margins` whose groups could be unknown", "Give `margins` or remove `unknown`", key="unknown")
        if self.trim is not None and not 0 < self.trim[0] < 1 < self.trim[1]:
            raise broken("must be a number below 1 and a number above 1", "Write it as [0.3, 3]", key="trim")
        if self.trim is not None and not self.margins:
            raise broken("there is no raking to trim", "Give `margins` or remove `trim`", key="trim")
        return self

    @model_validator(mode="after")
    def _basis_has_periods(self):
        if self.basis is not None and self.period is None and self.date is None:
            raise broken("there are no periods to choose from", "Give `date` or `period`, or remove `basis`", key="basis")
        return self

    @model_validator(mode="after")
    def _segments_are_put_in_order(self):
        for column, groups in self.order.items():
            if column not in self.segments:
                raise broken("is no column of `segments`", "Name it there", key=f"order/{column}")
            if len(set(groups)) < len(groups):
                raise broken("a group is named twice", "Name each once", key=f"order/{column}")
        return self

    @model_validator(mode="after")
    def _paths_lead_somewhere(self):
        for taken in ("satisfaction", "loyalty"):
            if taken in self.blocks:
                raise broken(f"`{taken}` is the name of an index", "Choose another id", key=f"blocks/{taken}")
        known = self.measured
        for result, causes in (self.paths or {}).items():
            for each in (*causes, result):
                if each not in known:
                    rule, remedy = self._not_measured(each)
                    raise broken(rule, remedy, key=f"paths/{result}")
        if loop := _loop(self.paths or {}):
            raise broken(f"the paths lead back to `{loop}`", "A result cannot be its own cause", key=f"paths/{loop}")
        return self

    @model_validator(mode="after")
    def _held_equal_beside_drivers(self):
        for key in ("controls", "categories"):
            if getattr(self, key) and not self.blocks:
                raise broken("there are no `blocks` whose effect could be ranked", f"Give `blocks` or remove `{key}`", key=key)
        for column in self.categories:
            if column in self.controls:
                raise broken("is among `controls` too", "Either it is held equal, or it is ranked: name it once", key=f"categories/{column}")
        return self

    @property
    def shares(self) -> dict[str, dict[str, float]]:
        """The margins as shares that add up to 1 exactly."""
        totals = {column: math.fsum(shares.values()) for column, shares in (self.margins or {}).items()}
        return {column: {group: share / totals[column] for group, share in shares.items()} for column, shares in (self.margins or {}).items()}

    @property
    def rounded(self) -> dict[str, float]:
        """{margin: what its shares add up to, in percent}, where that is not 100."""
        totals = {column: math.fsum(shares.values()) for column, shares in (self.margins or {}).items()}
        percents = {column: total * 100 if total < 2 else total for column, total in totals.items()}
        return {column: percent for column, percent in percents.items() if abs(percent - 100) > 1e-4}

    def _not_measured(self, name: str) -> tuple[str, str]:
        """What is wrong with a name of the paths that nothing is called by, and what to write."""
        if name not in ("satisfaction", "loyalty"):
            near = nearest(name, self.measured)
            remedy = f"Did you mean `{near}`?" if near else f"Use one of: {', '.join(self.measured)}"
            return f"`{name}` is neither a block nor `satisfaction` or `loyalty`", remedy
        rule, asked = f"the survey describes no index `{name}`", self.rating
        if name == "loyalty" or asked is None or asked.shift or asked.values:
            return rule, f"Describe its questions under `{name}`, or begin the path elsewhere"
        low, high = asked.scale
        items = f"{{{written(asked.column)}: Overall satisfaction}}"
        return rule, f"One question is enough for it: `satisfaction: {{items: {items}, scale: [{low:g}, {high:g}]}}`"

    @property
    def measured(self) -> tuple[str, ...]:
        """What the paths may name: the blocks, then satisfaction and loyalty where asked."""
        indices = [name for name in ("satisfaction", "loyalty") if getattr(self, name) is not None]
        return (*self.blocks, *indices)


def _adds_up(shares: dict[str, float], key: str) -> None:
    """Shares that add up to 1, or percents to 100; what rounding of each by half a percent can do is let pass."""
    total, whole = math.fsum(shares.values()), 1 if math.fsum(shares.values()) < 2 else 100
    most = min(0.005 * len(shares), MOST_ROUNDING) * whole + 1e-9
    if abs(total - whole) > most:
        rule = f"the shares sum to {total:.6g}, not to {whole}"
        raise broken(rule, "Correct them so that they sum to 1, or to 100 where they are percents", key=key)


def _sum_to_one(shares: dict[str, float], key: str) -> None:
    total = math.fsum(shares.values())
    if abs(total - 1) > 1e-6:
        raise broken(f"the shares sum to {total:.6g}, not to 1", "Correct them so that they sum to 1", key=key)


def _loop(paths: dict[str, tuple[str, ...]]) -> str:
    """A result that is among its own causes, or ""."""
    for start in paths:
        seen, ahead = set(), list(paths[start])
        while ahead:
            cause = ahead.pop()
            if cause == start:
                return start
            if cause not in seen:
                seen.add(cause)
                ahead += paths.get(cause, ())
    return ""
