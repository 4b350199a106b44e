"""What the people who took part in a self-assessment answered, beside the model's texts in the reader's language.

The texts of a model are data: another model needs no code here. An analysis gets a `Ratings` and never a file; from a
blank notebook `Ratings(answers, items, values=(1, 2, 3, 4, 5))` is enough.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cxlib.analyses.result import Base, OneScreen
from cxlib.stats.survey.indices import scale_index


@dataclass(frozen=True)
class Policy:
    """Limits of what is said from how much: a model's own, or these.

    recommend_below  score 0-100 below which a criterion is low
    fewest           answers below which no figure is given
    smallest_group   people in the smallest group shown; a client folder may ask for more
    fewest_companies companies below which nothing is compared with them
    dont_know_flag   share, 0-1, of "don't know" that is a finding
    """

    recommend_below: float = 60
    fewest: int = 3
    smallest_group: int = 5
    fewest_companies: int = 10
    dont_know_flag: float = 0.33


@dataclass(frozen=True)
class Staircase:
    """The levels of a staircase and its rules.

    levels       DataFrame by level 1, 2, ...: name, limit_sign, assessment, recommendation
    mean_at_least, core_at_least  when a level is attained (see cxlib.stats.survey.cumulative_scale.placement)
    below        what is said of a company that has not reached level 1
    focus_levels [(mean of the focus questions below which, level to aim at)], rising
    axes         {context question: "focus" or "maturity"}
    advice       the model's own word on aiming
    """

    levels: pd.DataFrame
    mean_at_least: float = 0.6
    core_at_least: float = 0.5
    draws: int = 2000
    below: str = ""
    focus_levels: tuple[tuple[float, int], ...] = ()
    axes: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""


@dataclass(frozen=True, repr=False)
class Ratings(OneScreen):
    """Answers to the criteria of a model, or to the statements of a staircase; frames have a row for each person.

    answers      a column for each item, numbers on `values`; NaN: don't know, not relevant, not answered
    items        DataFrame by item id: name, group, group_name; and where there are: advice, core, target, own_reading
    values       the answers that count, in order, at equal distances
    dont_know, not_relevant, evidence  True where that was said, or something was written; None: never
    people       respondent, role, unit, period, guess, as far as known
    context      answers 1-5 to the questions that set the target level
    bands        [(score 0-100 from which, word)], rising

    >>> answers = pd.DataFrame({"1.1": [2, 4, 5, None]})
    >>> items = pd.DataFrame({"name": "Backing", "group": "1", "group_name": "Leadership"}, index=["1.1"])
    >>> three = maturity.Ratings(answers, items, values=(1, 2, 3, 4, 5))
    >>> maturity.criteria(three).tables["criteria"].score100.round(1).tolist()
    [66.7]
    """

    answers: pd.DataFrame
    items: pd.DataFrame
    values: tuple[float, ...]
    dont_know: pd.DataFrame | None = None
    not_relevant: pd.DataFrame | None = None
    evidence: pd.DataFrame | None = None
    people: pd.DataFrame | None = None
    context: pd.DataFrame | None = None
    bands: tuple[tuple[float, str], ...] = ()
    policy: Policy = Policy()
    invited: int | None = None
    benchmark: pd.DataFrame | None = None
    source: str = ""
    rule: str = ""
    staircase: Staircase | None = None

    def __post_init__(self):
        lacking = [item for item in self.items.index if item not in self.answers]
        if lacking:
            raise ValueError(
                f"answers have no column {lacking[0]!r}; give one for each of the {len(self.items)} items."
            )
        given = self.answers[self.items.index].to_numpy(float)
        odd = given[~np.isnan(given) & ~np.isin(given, self.values)]
        if len(odd):
            raise ValueError(
                f"an answer is {odd[0]:g}, but the answers that count are {self.values}; code it as missing."
            )
        for name in ("dont_know", "not_relevant", "evidence"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, pd.DataFrame(False, self.answers.index, self.answers.columns))
        if self.people is None:
            object.__setattr__(self, "people", pd.DataFrame(index=self.answers.index))

    @cached_property
    def points(self) -> pd.DataFrame:
        """The answers as 0-100 by the scale that was offered."""
        given = self.answers[self.items.index]
        scaled = scale_index(given.to_numpy(float), scale=(self.values[0], self.values[-1]))
        return pd.DataFrame(scaled, given.index, given.columns)

    @cached_property
    def steps(self) -> dict[str, list[str]]:
        """{name of the step or level: its items}, in order."""
        names = self.items.group_name
        return {name: list(names.index[names == name]) for name in dict.fromkeys(names)}

    @property
    def periods(self) -> list[str]:
        """The periods in which people answered, oldest first; empty when there is only one."""
        if "period" not in self.people or self.people.period.isna().all():
            return []
        period = self.people.period
        ordered = period.cat.categories if isinstance(period.dtype, pd.CategoricalDtype) else sorted(period.unique())
        return [label for label in ordered if (period == label).any()]

    def of(self, period: str) -> "Ratings":
        """The answers of one period."""
        return self.rows(self.people.period == period)

    @property
    def latest(self) -> "Ratings":
        """The answers of the last period; all of them when there is only one."""
        return self.of(self.periods[-1]) if self.periods else self

    def rows(self, kept: pd.Series) -> "Ratings":
        """The answers of some of the people."""
        frames = {each.name: getattr(self, each.name) for each in fields(self)}
        own = {k: v for k, v in frames.items() if isinstance(v, pd.DataFrame) and k not in ("items", "benchmark")}
        return replace(self, **{name: frame.loc[kept.to_numpy()] for name, frame in own.items()})

    def label(self, item: str) -> str:
        """The item as a reader sees it: "1.1 Strong backing"."""
        return f"{item} {self.items.name[item]}"

    def band(self, score: float | None) -> str | None:
        """The word for a score as it is printed, in whole points."""
        words = [word for start, word in self.bands if score == score and score is not None and printed(score) >= start]
        return words[-1] if words else None

    def base(self) -> Base:
        """People who took part, and those of them who answered anything."""
        used = int(self.points.notna().any(axis=1).sum())
        silent = len(self.points) - used
        return Base(len(self.points), used, {"not answered": silent} if silent else {})


def printed(score: float) -> int:
    """A score in whole points, half up, as it is printed: what is called low must also look low."""
    return int(np.floor(score + 0.5))


def by_criteria(assessments: Iterable, language: str, model: str = "") -> Ratings | None:
    """The ratings of the first assessment on a model of steps and criteria, or on that named; None without one.

    assessments  what `engagement.maturity(...)` gives;  language: en, da or sv, of the model's texts

    >>> ratings = maturity.by_criteria(assessments, "en")
    >>> ratings.values, len(ratings.answers)
    ((1.0, 2.0, 3.0, 4.0, 5.0), 29)
    """
    fitting = [each for each in assessments if each.model.steps and model in ("", each.model.id)]
    return _ratings(fitting[0], language) if fitting else None


def by_levels(assessments: Iterable, language: str, model: str = "") -> Ratings | None:
    """The ratings of the first assessment on a staircase of levels, or on that named; None without one.

    >>> stairs = maturity.by_levels(assessments, "en")
    >>> stairs.items.group_name.unique()[0]
    '1 Customer-aware'
    """
    fitting = [each for each in assessments if each.model.levels and model in ("", each.model.id)]
    return _ratings(fitting[0], language) if fitting else None


def _ratings(given, language: str) -> Ratings:
    model, policy, said = given.model, given.model.policy, _wording(given.model, language)
    return Ratings(
        given.answers,
        _items(model, given.targets, said),
        tuple(sorted(given.scale.values)),
        bands=tuple(sorted((band.start, said(band)) for band in model.bands)),
        policy=Policy(
            policy.recommend_below, policy.min_raters_summary, policy.min_raters_cut,
            policy.min_companies_benchmark, policy.dk_flag_share,
        ),
        source=model.model.named(language),
        rule=said(model.portfolio_rule) if model.portfolio_rule else "",
        staircase=_staircase(model, said) if model.levels else None,
        **{name: getattr(given, name) for name in ("dont_know", "not_relevant", "evidence", "people", "context")},
        **{name: getattr(given, name) for name in ("invited", "benchmark")},
    )  # fmt: skip


def _wording(model, language: str) -> Callable[[Any], str]:
    """How a text of the model is said: a shipped one's with the word for customers that the page's language carries."""
    of_people = getattr(language, "of_people", str) if model.shipped else str
    return lambda words: of_people(words[language])


def _items(model, targets: Mapping[str, float], said: Callable[[Any], str]) -> pd.DataFrame:
    rows = {
        item.id: {
            "name": said(item.name),
            "group": group.id,
            "group_name": f"{group.id} {said(group.name)}",
            "advice": said(advice) if (advice := getattr(item, "recommendation", None)) else "",
            "core": item.core,
            "target": targets.get(item.id, np.nan),
            "own_reading": getattr(item, "derivation", None) is not None,
        }
        for group in model.groups
        for item in group.items
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _staircase(model, said: Callable[[Any], str]) -> Staircase:
    rule, aim = model.placement, model.target_rule
    levels = {
        level.level: {
            "name": said(level.name),
            "limit_sign": said(level.limit_sign) if level.limit_sign else "",
            "assessment": said(level.assessment),
            "recommendation": said(level.recommendation),
        }
        for level in model.levels
    }
    return Staircase(
        pd.DataFrame.from_dict(levels, orient="index"),
        rule.attained_if.mean_at_least,
        rule.attained_if.core_at_least,
        rule.interval.bootstrap_raters,
        said(rule.zero_level),
        tuple((step.below, step.target) for step in aim.by_focus_mean) if aim else (),
        {item.id: item.axis for item in model.context},
        said(aim.note) if aim else "",
    )
