"""What an analysis is asked: the questions of a survey, as typed settings, and the design that all of them share.

A client folder gives them ready made (`engagement.survey`); in a blank notebook they are written in a line:
`net_promoter_score(rows, Question("q1"), Design(period="wave"))`. A misspelt argument is a TypeError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Scale = tuple[float, float]
MINIMUM = 5  # answers below which no figure of customers is shown


@dataclass(frozen=True)
class Design:
    """How the answers came about and what may be shown of them; columns are named as in the table.

    period      column with the period of each row, or None
    weight      column with the survey weight, or None
    population  people who could have been asked, for the finite population correction; None: many
    minimum     smallest number of people of whom a figure is shown
    confidence  of every interval, 0-1

    >>> Design(period="wave").shown_from(10).minimum
    10
    """

    period: str | None = None
    weight: str | None = None
    population: float | None = None
    minimum: int = MINIMUM
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence is {self.confidence}; give a share between 0 and 1, as .95.")
        if self.minimum < 1:
            raise ValueError(f"minimum is {self.minimum}; at least one answer is behind a figure.")

    def shown_from(self, minimum: int) -> "Design":
        """The same, with nothing shown of fewer people than `minimum`; a limit that asks for more stays."""
        return replace(self, minimum=max(minimum, self.minimum))


EVERYBODY = Design()  # one period, unweighted


@dataclass(frozen=True)
class Question:
    """One question answered on a scale: whether customers would recommend the company, and what is like it.

    score       column of answers;  scale: its lowest and highest answer
    target      aimed at, in the unit of the figure, or None
    unanswered  {"dont_know", "not_applicable", "blank": rows}, where that is known

    >>> Question("q1").scale
    (0, 10)
    """

    score: str
    scale: Scale = (0, 10)
    target: float | None = None
    unanswered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rating(Question):
    """Overall satisfaction in one question; `top` is how many of the best answers count as satisfied."""

    scale: Scale = (1, 5)
    top: int = 2


@dataclass(frozen=True)
class Effort(Question):
    """How easy it was; definition and easy as in `cxlib.analyses.measures.effort`."""

    scale: Scale = (1, 7)
    definition: Literal["mean", "agree", "index"] = "mean"
    easy: Literal["high", "low"] = "high"


@dataclass(frozen=True)
class Index:
    """Several questions on one scale that make an index 0-100.

    items         {column: question};  scale: lowest and highest answer of each
    at_least      answered questions that a respondent needs
    item_weights  {column: weight}, adding up to 1; None: all count the same
    target        0-100, or None
    unanswered    {reason: answers}, summed over the questions
    """

    items: Mapping[str, str]
    scale: Scale = (1, 10)
    at_least: int = 1
    item_weights: Mapping[str, float] | None = None
    target: float | None = None
    unanswered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """Questions about one part of what customers experience.

    label, items, scale, unanswered  as in `Index`
    expectation  {column of items: column that holds what was expected}
    margin       the gap to the expectation that matters, in index points
    """

    label: str
    items: Mapping[str, str]
    scale: Scale = (1, 10)
    expectation: Mapping[str, str] = field(default_factory=dict)
    margin: float = 5.0
    unanswered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Questionnaire:
    """All that a survey asks; what was not asked is None or empty.

    paths  {result: [causes]} of block ids, "satisfaction" and "loyalty"; None: every block -> the outcome -> loyalty
    """

    recommend: Question | None = None
    rating: Rating | None = None
    effort: Effort | None = None
    satisfaction: Index | None = None
    loyalty: Index | None = None
    blocks: Mapping[str, Block] = field(default_factory=dict)
    paths: Mapping[str, list[str]] | None = None


@dataclass(frozen=True)
class Weighting:
    """How answers are weighted to the population.

    margins  {column: {group: share of the population, 0-1}}, or None
    trim     (smallest, largest) weight after raking, as multiples of the mean, or None
    start    column of weights to start from, and to use where there are no margins; None: 1
    labels   {column: what tables call it}
    """

    margins: Mapping[str, Mapping[str, float]] | None = None
    trim: Scale | None = None
    start: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
