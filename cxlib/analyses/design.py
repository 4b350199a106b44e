"""What an analysis is asked: the questions of a survey, as typed settings, and the design that all of them share.

A client folder gives them ready made (`engagement.survey`); in a blank notebook they are written in a line:
`net_promoter_score(rows, Question("q1"), Design(period="wave"))`. A misspelt argument is a TypeError.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isclose, isfinite
from typing import Literal, get_args

Scale = tuple[float, float]
Definition = Literal["mean", "agree", "index"]
End = Literal["high", "low"]
Mode = Literal["A", "B"]
Scheme = Literal["path", "factorial", "centroid"]
MINIMUM = 5  # answers below which no figure of customers is shown
YEAR_ON_YEAR = "year on year"
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")  # in the name of a period
YEARS = re.compile(rf"({YEAR.pattern})([/-]\d\d(?!\d))?")  # and the year after it, as in 2024/25
SHORT_YEAR = re.compile(  # as in Q4'24
    r"^(.*(?:['’]|FY|[1-4][QKH]|[QKH][1-4][ /-]|(?:jan|feb|ma[rjy]|apr|jun|jul|aug|sep|o[kc]t|nov|dec)[a-z.]* ))(\d\d)$", re.IGNORECASE
)
BASIS = rf"latest|last [1-9][0-9]?|all|{YEAR_ON_YEAR}"  # what `Design.basis` and client.yml may say


@dataclass(frozen=True)
class Design:
    """How the answers came about and what may be shown of them; columns are named as in the table.

    period      column with the period of each row, or None
    weight      column with the survey weight, or None
    population  people who could have been asked, for the finite population correction; None: many
    minimum     smallest number of people of whom a figure is shown
    confidence  of every interval, 0-1
    basis       the periods that groups, distributions and drivers rest on: "latest", as the headline does, "last 4" (so
                many), "all", or "year on year": the latest, whose change is counted from the same period a year before

    >>> Design(period="wave").shown_from(10).minimum
    10
    """

    period: str | None = None
    weight: str | None = None
    population: float | None = None
    minimum: int = MINIMUM
    confidence: float = 0.95
    basis: str = "latest"

    def __post_init__(self) -> None:
        if not re.fullmatch(BASIS, self.basis):
            raise ValueError(f"basis is {self.basis!r}; give latest, last 4 (or another number), all or year on year.")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence is {self.confidence}; give a share between 0 and 1, as .95.")
        if self.minimum < 1:
            raise ValueError(f"minimum is {self.minimum}; at least one answer is behind a figure.")
        if self.population is not None and not self.population > 0:
            raise ValueError(f"population is {self.population}; give the people who could have been asked, or None.")

    @property
    def most_periods(self) -> int | None:
        """How many of the latest periods groups, distributions and drivers rest on; None: all.

        >>> Design(basis="last 4").most_periods
        4
        """
        if self.basis == "all":
            return None
        return int(self.basis.removeprefix("last ")) if self.basis.startswith("last ") else 1

    def shown_from(self, minimum: int) -> "Design":
        """The same, with nothing shown of fewer people than `minimum`; a limit that asks for more stays."""
        return replace(self, minimum=max(minimum, self.minimum))


EVERYBODY = Design()  # one period, unweighted


def year_before(period: str, periods: Iterable[str]) -> str | None:
    """The period of the same name a year before, as "Spring 2024" to "Spring 2025"; None where it is not among them.

    >>> year_before("Winter 2024/25", ["Winter 2023/24", "Winter 2024/25"]), year_before("Q4'25", ["Q4'24", "Q4'25"])
    ('Winter 2023/24', "Q4'24")
    """
    periods = set(periods)
    for also_second in (True, False):  # 2024/25 is two years, and the 05 of 2024-05 a month
        earlier = SHORT_YEAR.sub(lambda found: f"{found[1]}{int(found[2]) - 1:02}", period) if not YEAR.search(period) else YEARS.sub(
            lambda found, also=also_second: _year_less(found[1], found[2] or "", also), period)  # fmt: skip
        if earlier != period and earlier in periods:
            return earlier
    return None


def _year_less(year: str, second: str, also: bool) -> str:
    """2025 as 2024; 2024/25 as 2023/24, where the second year is one `also`."""
    follows = second[1:] == f"{(int(year) + 1) % 100:02}"
    return f"{int(year) - 1}" + (f"{second[0]}{int(year) % 100:02}" if also and follows else second)


def year_of(period: str) -> str:
    """The year in the name of a period, "2024" in "Q1 2024"; the name itself where there is none."""
    year = YEAR.search(period)
    return year[0] if year else period


@dataclass(frozen=True)
class Question:
    """One question answered on a scale: whether customers would recommend the company, and what is like it.

    score       column of answers;  scale: its lowest and highest answer
    target      aimed at, in the unit of the figure, or None
    unanswered  {"dont_know", "not_applicable", "blank": rows}, where that is known

    errors      ValueError for a scale without a lower and a higher end

    >>> Question("q1").scale
    (0, 10)
    """

    score: str
    scale: Scale = (0, 10)
    target: float | None = None
    unanswered: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_scale(self.scale)


@dataclass(frozen=True)
class Rating(Question):
    """Overall satisfaction in one question; `top` is how many of the best answers count as satisfied: some, not all."""

    scale: Scale = (1, 5)
    top: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.top <= self.scale[1] - self.scale[0]:
            raise ValueError(f"top is {self.top}; of the answers {self.scale[0]:g} to {self.scale[1]:g} at least one and "
                             "not all can count as satisfied.")  # fmt: skip


@dataclass(frozen=True)
class Effort(Question):
    """How easy it was; definition and easy as in `cxlib.analyses.measures.effort`."""

    scale: Scale = (1, 7)
    definition: Definition = "mean"
    easy: End = "high"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_one_of("definition", self.definition, get_args(Definition))
        _check_one_of("easy", self.easy, get_args(End))


@dataclass(frozen=True)
class Index:
    """Several questions that make an index 0-100, each put on 0-100 by its own scale before they are averaged.

    items         {column: question};  scale: lowest and highest answer of each
    scales        {column: its scale} of questions that were asked on another one
    at_least      answered questions that a respondent needs
    item_weights  {column: weight}, adding up to 1; None: all count the same
    target        0-100, or None
    unanswered    {reason: answers}, summed over the questions
    errors        ValueError for no items, scales of other columns, a scale without two ends, at_least above the items, weights of other columns or
                  that do not add up to 1
    """

    items: Mapping[str, str]
    scale: Scale = (1, 10)
    at_least: int = 1
    item_weights: Mapping[str, float] | None = None
    target: float | None = None
    unanswered: Mapping[str, int] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)

    def scale_of(self, item: str) -> Scale:
        """The lowest and highest answer of a question."""
        return self.scales.get(item, self.scale)

    def __post_init__(self) -> None:
        _check_scale(self.scale)
        _check_items(self.items)
        _check_scales(self.scales, self.items)
        if not 1 <= self.at_least <= len(self.items):
            raise ValueError(f"at_least is {self.at_least}; the index has {len(self.items)} items.")
        if self.item_weights is None:
            return
        if set(self.item_weights) != set(self.items):
            raise ValueError(f"item_weights name {', '.join(self.item_weights)}; the items are {', '.join(self.items)}.")
        if min(self.item_weights.values()) < 0 or not isclose(sum(self.item_weights.values()), 1, abs_tol=1e-6):
            raise ValueError(f"item_weights are {dict(self.item_weights)}; give shares that add up to 1.")


@dataclass(frozen=True)
class Block:
    """Questions about one part of what customers experience.

    label, items, scale, scales, unanswered  as in `Index`
    expectation  {column of items: column that holds what was expected}
    margin       the gap to the expectation that matters, in index points
    mode         "A": the questions mirror one thing and hang together; "B": they are its parts, each with a weight of its own
    errors       ValueError as in `Index`, for an expectation of a column that is no item, for a margin below 0 and another mode
    """

    label: str
    items: Mapping[str, str]
    scale: Scale = (1, 10)
    expectation: Mapping[str, str] = field(default_factory=dict)
    margin: float = 5.0
    unanswered: Mapping[str, int] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    mode: Mode = "A"

    def scale_of(self, item: str) -> Scale:
        """The lowest and highest answer of a question."""
        return self.scales.get(item, self.scale)

    def __post_init__(self) -> None:
        _check_scale(self.scale)
        _check_items(self.items)
        _check_scales(self.scales, self.items)
        _check_one_of("mode", self.mode, get_args(Mode))
        if other := [column for column in self.expectation if column not in self.items]:
            raise ValueError(f"expectation names {', '.join(other)}; the items are {', '.join(self.items)}.")
        if self.margin < 0:
            raise ValueError(f"margin is {self.margin}; give the gap that matters, 0 or more.")


@dataclass(frozen=True)
class Questionnaire:
    """All that a survey asks; what was not asked is None or empty.

    paths       {result: [causes]} of block ids, "satisfaction" and "loyalty"; None: every block -> the outcome -> loyalty
    scheme      how the path model looks at the neighbours of an area while it finds the weights of the questions
    controls    {column: heading} of groups or numbers that are held equal while drivers are ranked
    categories  {column: heading} of groups that may move the outcome themselves, ranked beside the blocks
    errors      ValueError for another scheme, and for a column that is to be both held equal and ranked
    """

    recommend: Question | None = None
    rating: Rating | None = None
    effort: Effort | None = None
    satisfaction: Index | None = None
    loyalty: Index | None = None
    blocks: Mapping[str, Block] = field(default_factory=dict)
    paths: Mapping[str, list[str]] | None = None
    scheme: Scheme = "path"
    controls: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_one_of("scheme", self.scheme, get_args(Scheme))
        if both := [column for column in self.categories if column in self.controls]:
            raise ValueError(f"{both[0]} is to be held equal and ranked; name it under controls or under categories.")


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


def _check_scale(scale: Scale) -> None:
    low, high = scale
    if not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(f"scale is {tuple(scale)}; give its lowest and its highest answer, in this order.")


def _check_scales(scales: Mapping[str, Scale], items: Mapping[str, str]) -> None:
    if other := [column for column in scales if column not in items]:
        raise ValueError(f"scales name {', '.join(other)}; the items are {', '.join(items)}.")
    for scale in scales.values():
        _check_scale(scale)


def _check_items(items: Mapping[str, str]) -> None:
    if not items:
        raise ValueError("items is empty; give {column: question}.")


def _check_one_of(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"{name} is {given!r}; give one of {', '.join(known)}.")
