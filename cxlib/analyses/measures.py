"""The figures that a survey's status is told in: NPS, share of satisfied, effort, index.

A measure says what each respondent adds (a score, 0 or 1, an index) and how that becomes a figure, so that level,
change, trend and segments of all figures come from one piece of code.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.design import Block, Index, Scale
from cxlib.analyses.result import CannotAnswer, Term
from cxlib.analyses.units import Unit
from cxlib.stats.moments import effective_n
from cxlib.stats.survey.comparison import mean_difference
from cxlib.stats.survey.estimates import Difference, Estimate
from cxlib.stats.survey.indices import mean, mean_and_error, respondent_index, scale_index
from cxlib.stats.survey.net_promoter import net_promoter_difference, net_promoter_score
from cxlib.stats.survey.proportions import share, share_difference

EFFORT_SCALE = (1, 7)
NPS_SCALES = ((0, 10), (1, 10))


@dataclass(frozen=True)
class Measure:
    """A figure that is a weighted mean, in the unit of its answers.

    name        as the report prints it
    unit        of the figure
    definition  one sentence: how it is computed
    values      rows -> (rows,) what each respondent adds; NaN where the question was not answered
    scale       lowest and highest possible value
    high_is_good  False where a lower figure is better
    ease        whether it says how easy it is, so that a change is told as easier or harder, not as more or less effort
    """

    name: Term
    unit: Unit
    definition: Term
    values: Callable[[pd.DataFrame], np.ndarray]
    scale: tuple[float, float]
    high_is_good: bool = True
    ease: bool = False

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest possible figure."""
        return self.scale

    def estimate(self, values, weights=None, *, population=None, confidence=0.95) -> Estimate:
        """The figure with its interval."""
        return mean(values, weights, scale=self.scale, population=population, confidence=confidence)

    def difference(self, before, after, w_before=None, w_after=None, *, confidence=0.95) -> Difference:
        """After minus before, of different respondents."""
        return mean_difference(before, after, w_before, w_after, confidence=confidence)

    def middle_and_error(self, values, weights) -> tuple[float, float | None]:
        """What tests over several periods compare: the figure and its standard error (None: the answers give none)."""
        estimate, error, _ = mean_and_error(values, weights)
        return estimate, error or None


@dataclass(frozen=True)
class ShareMeasure(Measure):
    """A figure that is a share, 0-1, of respondents who add 1."""

    def estimate(self, values, weights=None, *, population=None, confidence=0.95) -> Estimate:
        return share(values, weights, population=population, confidence=confidence)

    def difference(self, before, after, w_before=None, w_after=None, *, confidence=0.95) -> Difference:
        return share_difference(share(before, w_before), share(after, w_after), confidence=confidence)

    def middle_and_error(self, values, weights) -> tuple[float, float | None]:
        n = effective_n(weights)
        middle = (np.average(values, weights=weights) * n + 2) / (n + 4)  # Agresti-Coull: never without an error
        return float(middle), float(np.sqrt(middle * (1 - middle) / (n + 4)))


@dataclass(frozen=True)
class NetMeasure(Measure):
    """A figure in points from -100 to 100: share of the best answers less share of the worst."""

    worst_up_to: float = 6
    best_from: float = 9

    @property
    def range(self) -> tuple[float, float]:
        return (-100, 100)

    def estimate(self, values, weights=None, *, population=None, confidence=0.95) -> Estimate:
        return self._score(values, weights, population=population, confidence=confidence)

    def difference(self, before, after, w_before=None, w_after=None, *, confidence=0.95) -> Difference:
        scores = self._score(before, w_before), self._score(after, w_after)
        return net_promoter_difference(*scores, confidence=confidence)

    def middle_and_error(self, values, weights) -> tuple[float, float | None]:
        score = self._score(values, weights)
        return score.adjusted, score.se

    def _score(self, values, weights, *, population=None, confidence=0.95):
        return net_promoter_score(values, weights, scale=self.scale, detractor_max=self.worst_up_to,
                                  promoter_min=self.best_from, population=population, confidence=confidence)  # fmt: skip


def net_promoter(score: str, scale: Scale = (0, 10)) -> NetMeasure:
    """NPS of a column answered on 0-10, or on 1-10 with the same groups, which its name then says.

    errors    CannotAnswer for another scale, on which those groups mean nothing
    """
    if tuple(scale) not in NPS_SCALES:
        low, high = scale
        raise CannotAnswer(f"NPS is a figure of answers 0 to 10, and {score!r} was asked on {low:g} to {high:g}: no rule says "
                        "who is a promoter there. Show it as the share of the best answers (`rating`).")  # fmt: skip
    words = Term("Share who answer 9 or 10 minus share who answer 6 or lower, in points from −100 to 100")
    from_one = Term("Share who answer 9 or 10 minus share who answer 6 or lower, in points from −100 to 100. The question was asked on 1–10, which offers one low answer fewer than 0–10: compare the figure only with others asked in the same way")
    return NetMeasure(
        Term("NPS") if scale[0] == 0 else Term("NPS (asked on 1–10)"),
        Unit.POINTS,
        words if scale[0] == 0 else from_one,
        lambda rows: rows[score].to_numpy(float),
        scale,
    )


def satisfied(score: str, scale: tuple[float, float], top: int = 2) -> ShareMeasure:
    """Share of respondents, 0-1, who give one of the `top` best answers."""
    words = {1: Term("Share who give the best answer"), 2: Term("Share who give one of the two best answers")}
    return ShareMeasure(
        Term("Share of satisfied customers"),
        Unit.PERCENT,
        words.get(top, Term("Share who give one of the best answers")),
        lambda rows: _above(rows[score].to_numpy(float), scale[1] - top),
        (0, 1),
    )


def effort(score: str, scale: tuple[float, float], definition: str, easy: str) -> Measure:
    """Customer effort by one of the three rival definitions; the same answers give 4.08, 46 % and -13.

    definition  "mean": mean answer (not turned round); "agree": share 0-1 of the three easiest of seven answers;
                "index": share of the two easiest less share of the three hardest, in points
    easy        "high" or "low": which end of the scale is easy
    errors      ValueError for another definition, and for another scale than 1-7 under "agree" and "index"
    """
    if definition not in ("mean", "agree", "index") or easy not in ("high", "low"):
        raise ValueError(f"definition == {definition!r}, easy == {easy!r}; give mean, agree or index, and high or low.")
    if definition != "mean" and tuple(scale) != EFFORT_SCALE:
        raise ValueError(f"scale == {scale}; definition {definition!r} is one of the scale 1-7, so use mean.")
    hard = definition == "mean" and easy == "low"  # only the mean is not turned round
    name = Term("CES (how hard it is to be a customer)" if hard else "CES (how easy it is to be a customer)")

    def ease(rows: pd.DataFrame) -> np.ndarray:
        answers = rows[score].to_numpy(float)
        return answers if easy == "high" else sum(scale) - answers

    if definition == "agree":
        words = Term("Share who give one of the three easiest of seven answers")
        return ShareMeasure(name, Unit.PERCENT, words, lambda rows: _above(ease(rows), 4), (0, 1), ease=True)
    if definition == "index":
        words = Term("Share of the two easiest answers minus share of the three hardest, in points from −100 to 100")
        return NetMeasure(name, Unit.POINTS, words, ease, scale, ease=True, worst_up_to=3, best_from=6)
    words = Term("Mean answer; a high figure means that it is easy" if easy == "high" else "Mean answer; a low figure means that it is easy")
    return Measure(
        name, Unit.MEAN, words, lambda rows: rows[score].to_numpy(float), scale, high_is_good=easy == "high", ease=True
    )


def index(name: Term, asked: Index) -> Measure:
    """Index 0-100 of several questions, each put on 0-100 by its own scale: NKI, CSI, EPSI; ACSI with item weights."""
    items = list(asked.items)
    weights = np.array([asked.item_weights[item] for item in items]) if asked.item_weights else None
    equal = Term("Mean of the questions, from 0 (worst possible answer) to 100 (best)")
    weighted = Term("Weighted mean of the questions, from 0 (worst possible answer) to 100 (best)")
    return Measure(
        name,
        Unit.INDEX,
        weighted if asked.item_weights else equal,
        lambda rows: respondent_index(
            on_hundred(rows, asked, items), scale=(0, 100), item_weights=weights, minimum_items=asked.at_least
        ),
        (0, 100),
    )


def on_hundred(rows: pd.DataFrame, asked: Index | Block, columns: Iterable[str], *, of: Iterable[str] = ()) -> np.ndarray:
    """(rows, columns) answers from 0, the worst possible, to 100 by the scale of each question; NaN for none.

    of      the questions whose scales count, where the columns are not those questions themselves
    errors  ValueError for answers off the scale
    """
    pairs = zip(columns, list(of) or columns, strict=True)
    return np.column_stack([scale_index(rows[column].to_numpy(float), scale=asked.scale_of(item)) for column, item in pairs])


def _above(values: np.ndarray, limit: float) -> np.ndarray:
    return np.where(np.isnan(values), np.nan, values > limit)
