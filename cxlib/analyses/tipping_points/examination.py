"""A service level examined: what the three gates said, in the customer's direction, and how sure it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.analyses.result import Base, OneScreen, Term
from cxlib.analyses.rows import in_content_order
from cxlib.analyses.service_level import ServiceLevel
from cxlib.analyses.tipping_points.question import ROWS_ON_A_SIDE, LevelQuestion, base, question
from cxlib.stats.breaks.break_course import break_mean
from cxlib.stats.breaks.break_power import FindableBreak, smallest_findable_break
from cxlib.stats.breaks.break_support import Support
from cxlib.stats.breaks.break_verdict import BreakVerdict, verdict_of
from cxlib.stats.breaks.breakpoints import Break
from cxlib.stats.breaks.shape_contest import is_coarse, smooth_curve
from cxlib.stats.links.link_checks import determinism
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.proportions import share

POINTS = ("kink", "step", "jump", "two kinks")
NAMES = {
    "kink": Term("kink"),
    "eases": Term("loss that ends"),
    "step": Term("step"),
    "leap": Term("leap"),
    "zone": Term("zone of tolerance"),
    "cliff": Term("cliff"),
    "two": Term("two bends"),
    "straight": Term("even change"),
    "none": Term("no effect"),
    "diminishing": Term("effect that wears off"),
    "growing": Term("effect that grows"),
    "reverses": Term("direction changes"),
    "peak": Term("best in the middle"),
    "trough": Term("worst in the middle"),
    "ceiling": Term("end of the scale"),
    "small": Term("bend too small to matter"),
    "searched": Term("bend that may be due to chance"),
    "too_few": Term("too few answers"),
    "uneven": Term("answers too uneven"),
    "too_coarse": Term("too few different values"),
    "alike": Term("all answers alike"),
}
TURN = 0.25  # of what the course moves on one side of a turn, the least that it must move on the other
ALMOST_ALL = 0.9  # share of the variance that the level explains: made together


class Turn(NamedTuple):
    """Where a course has its top or bottom: at; first and last x within what matters of it; points to either usual end."""

    at: float
    first: float
    last: float
    below: float
    above: float


@dataclass(frozen=True)
class Examined:
    """A question with all that was found out about it; support is None where nothing could be looked for."""

    question: LevelQuestion
    name: str
    p_holm: float
    support: Support | None = None
    free: Support | None = None
    found: BreakVerdict | None = None
    findable: Mapping[str, FindableBreak] | None = None

    @property
    def has_point(self) -> bool:
        return self.name in ("kink", "eases", "step", "leap", "zone", "cliff", "two")

    def mean_at(self, x) -> np.ndarray:
        """The fitted mean of the outcome at x, with controls at their means."""
        if self.found.verdict in (*POINTS, "small"):
            return np.clip(break_mean(self.found.found, x), *self.question.bounds)
        shape = "line" if self.found.verdict in ("flat", "line") else self.found.shape
        curve = smooth_curve(self.free, shape, self.question.bounds)
        return np.clip(np.interp(x, self.free.x, curve), *self.question.bounds)

    def turn(self) -> Turn | None:
        """Where a course that turns has its top or bottom, and the x between which it lies within what matters of it.

        None unless the course moves by more than what matters on both sides of the turn, within the usual x (5-95 %).
        Whether it turns is read from the fitted course; where, from the means at each x where those are few whole
        numbers: a smooth curve through a plateau of three values has its top on one of them, above all that was measured.
        """
        if self.found is None or self.found.verdict not in ("curve", "kink", "two kinks"):
            return None
        low, high = np.quantile(self.question.x, [0.05, 0.95])
        usual = (self.free.x >= low) & (self.free.x <= high)
        x, fitted = self.free.x[usual], self.mean_at(self.free.x[usual])
        if len(x) < 3:
            return None
        for way in (1, -1):
            turn = self._turn_of(way, x, fitted)
            if turn and self._turns(way, turn.first, turn.last):
                means = self._means(usual)
                return (None if means is None else self._turn_of(way, x, means)) or turn
        return None

    def _turn_of(self, way: int, x: np.ndarray, mean: np.ndarray) -> Turn | None:
        """The top (way 1) or bottom (-1) of the means at x, unless it is hardly above one of the ends."""
        least = self.found.smallest_loss
        top = int((way * mean).argmax())
        near = x[way * mean >= way * mean[top] - least]
        sides = way * mean[top] - way * mean[[0, -1]]
        if sides.min() <= max(least, TURN * sides.max()):
            return None
        return Turn(float(x[top]), float(near.min()), float(near.max()), float(way * sides[0]), float(way * sides[1]))

    def _means(self, usual: np.ndarray) -> np.ndarray | None:
        """The mean of the outcome at each usual x; None where x is finer, controls are held, or few answer at one."""
        free = self.free
        if not is_coarse(free.x) or free.parameters > 1 or free.rows[usual].min() < ROWS_ON_A_SIDE:
            return None
        return free.projection[0] / free.triangle[0, 0] + free.r[usual] / free.weight[usual]

    def _turns(self, way: int, first: float, last: float) -> bool:
        """Whether the answers between two x lie clear of those on either side."""
        x, y = self.question.x, way * self.question.y
        inside = y[(first <= x) & (x <= last)]
        sides = (y[x < first], y[x > last])
        if min(len(inside), *map(len, sides)) < ROWS_ON_A_SIDE:
            return False
        error = lambda some: some.var(ddof=1) / len(some)  # noqa: E731
        spread = max(self.found.line.design_effect, 1.0)
        return all(
            inside.mean() - side.mean() > 1.96 * np.sqrt(spread * (error(inside) + error(side))) for side in sides
        )

    def half_slopes(self) -> tuple[float, float]:
        """Mean slope of the fitted course in the lower and the upper half of the usual x (5-50 % and 50-95 %)."""
        low, middle, high = np.quantile(self.question.x, [0.05, 0.5, 0.95])
        if min(middle - low, high - middle) < 0.1 * (high - low):  # half of the answers sit on one value
            middle = (low + high) / 2
        at = self.mean_at([low, middle, high])
        return (at[1] - at[0]) / max(middle - low, 1e-9), (at[2] - at[1]) / max(high - middle, 1e-9)


@dataclass(frozen=True, repr=False)
class Examination(OneScreen):
    """All service levels examined once; what it says is read from it by `verdicts`, `what_if` and the others.

    contacts, levels             as given to `examine`
    respondent, weight           columns of the contacts, or None
    minimum                      answers below which no mean is shown
    confidence, draws, seed      of intervals and tests
    every                        one Examined for each level, in the order of `levels`
    """

    contacts: pd.DataFrame
    levels: Mapping[str, ServiceLevel]
    respondent: str | None
    weight: str | None
    minimum: int
    confidence: float
    draws: int
    seed: int
    every: tuple[Examined, ...]

    @property
    def chance(self) -> dict[str, float]:
        """What intervals and tests rest on: confidence, draws, seed."""
        return {"confidence": self.confidence, "draws": self.draws, "seed": self.seed}

    @property
    def settings(self) -> dict[str, object]:
        """What shaped every number: the columns, and `chance`."""
        return {"respondent": self.respondent, "weight": self.weight, **self.chance}

    @property
    def base(self) -> Base:
        """Rows that counted for at least one service level."""
        return base(self.contacts, [each.question for each in self.every])

    def part(self, keep: Callable[[ServiceLevel], object]) -> tuple[list[ServiceLevel], list[Examined]]:
        """The levels of which `keep` holds, and what was found out about them."""
        kept = [(level, each) for level, each in zip(self.levels.values(), self.every, strict=True) if keep(level)]
        return [level for level, _ in kept], [each for _, each in kept]


def examine(
    contacts: pd.DataFrame,
    levels: Mapping[str, ServiceLevel],
    *,
    respondent: str | None = None,
    weight: str | None = None,
    minimum: int = 5,
    confidence: float = 0.95,
    draws: int = 999,
    seed: int = 1,
) -> Examination:
    """Every service level put to the data once, with p-values adjusted for how many there are (Holm).

    contacts    one row per contact; the columns that `levels` name
    levels      {id: ServiceLevel}
    respondent  column of the customer, who may have several rows: all tests allow for it
    weight      column of weights
    minimum     answers below which no mean is shown
    errors      CannotAnswer, see `question`
    source      docs of `cxlib.stats.breaks.break_verdict`

    >>> examined.every[0].name
    'step'
    """
    contacts = in_content_order(contacts)
    asked = [question(contacts, level, respondent=respondent, weight=weight) for level in levels.values()]
    every = examine_questions(asked, confidence=confidence, draws=draws, seed=seed)
    return Examination(contacts, levels, respondent, weight, minimum, confidence, draws, seed, tuple(every))


def examine_questions(asked: list[LevelQuestion], *, confidence: float, draws: int, seed: int) -> list[Examined]:
    """The questions with their verdicts, p-values adjusted for all of them."""
    draws = enough_draws(len(asked), draws, confidence)
    return judged([fitted(each, confidence=confidence, draws=draws, seed=seed) for each in asked], confidence)


def enough_draws(questions: int, draws: int, confidence: float) -> int:
    """So many draws that a p-value can survive the adjustment for the questions."""
    return max(draws, int(2 * questions / (1 - confidence)))


def fitted(asked: LevelQuestion, *, confidence: float, draws: int, seed: int, controlled: bool = False) -> Examined:
    """A question with its fits and tests, still without a name; `controlled`: with controls held constant."""
    if asked.trouble:
        return Examined(asked, asked.trouble, np.nan)
    support, free = asked.supports(controlled=controlled)
    found = verdict_of(support, free, bounds=asked.bounds, smallest_loss=asked.smallest, draws=draws, seed=seed,
                       confidence=confidence)  # fmt: skip
    findable = {shape: smallest_findable_break(support, free, shape, line=found.line, smallest_loss=asked.smallest, seed=seed)
                for shape in ("kink", "step")}  # fmt: skip
    return Examined(asked, "", np.nan, support, free, found, findable)


def judged(every: list[Examined], confidence: float) -> list[Examined]:
    """The same with p-values adjusted for all of them, and named by them."""
    adjusted = iter(holm([each.found.line.p for each in every if each.found]))
    return [_named(each, float(next(adjusted)), 1 - confidence) if each.found else each for each in every]


def _named(each: Examined, p_holm: float, alpha: float) -> Examined:
    this = replace(each, name=_name(each.found, each.question, p_holm, alpha), p_holm=p_holm)
    if this.name != "searched" and (turn := this.turn()):
        return replace(this, name="peak" if (turn.below > 0) == (this.question.best == "high") else "trough")
    if this.name != "curve":
        return this
    early, late = this.half_slopes()
    if early * late < 0 and min(abs(early), abs(late)) > TURN * max(abs(early), abs(late)):
        return replace(this, name="reverses")
    return replace(this, name="diminishing" if abs(late) < abs(early) else "growing")


def _name(found: BreakVerdict, asked: LevelQuestion, p_holm: float, alpha: float) -> str:
    """The verdict in the customer's direction."""
    if found.verdict in POINTS and p_holm >= alpha:
        return "searched"
    best = found.found
    if found.verdict == "two kinks":
        before, middle, after = (abs(slope) for slope in best.slopes)
        return "zone" if middle < min(before, after) / 2 else "cliff" if middle > 2 * max(before, after) else "two"
    good = 1 if asked.best == "high" else -1
    if found.verdict in ("step", "jump"):
        return "step" if asked.sign * good * best.step < 0 else "leap"
    if found.verdict == "kink":  # the loss grows beyond the point, from whichever side it is reached
        return "kink" if good * best.slope_change < 0 else "eases"
    return {"line": "straight", "flat": "none"}.get(found.verdict, found.verdict)


def leaks(asked: LevelQuestion) -> bool:
    """Whether the outcome follows so nearly from the level that the two were made together."""
    if asked.is_event and len(np.unique(asked.x)) <= 20:
        return bool(determinism(asked.y, asked.x, weights=asked.weights).certain)
    frame = pd.DataFrame({"x": asked.x, "y": asked.y})
    within = ((frame.y - frame.groupby("x").y.transform("mean")) ** 2).sum()
    repeated = len(frame) / frame.x.nunique() >= 5  # with every x its own, nothing lies within
    return bool(repeated and within / ((frame.y - frame.y.mean()) ** 2).sum() < 1 - ALMOST_ALL)


def edge(best: Break) -> float:
    """The last acceptable value: the place of the break, of two the first."""
    return best.places[0]


def places(each: Examined) -> tuple[float, ...]:
    """The places of the point, none without one."""
    return each.found.found.places if each.has_point else ()


def limit(each: Examined) -> float:
    """The service level to keep: on its worse side the loss comes."""
    return kept(each.found.found, each.name, each.question.sign)


def kept(best: Break, name: str, sign: int) -> float:
    """The last good value of a fitted break: of two places, the end of a zone of tolerance or the start of the fall."""
    if len(best.places) > 1:
        return best.places[1] if (name == "zone") == (sign > 0) else best.places[0]
    return best.places[0] if sign > 0 or best.shape == "kink" else best.between[0][1]


def beyond(each: Examined):
    """Share of answers from beyond the limit, on the side that is worse, with its Wilson interval."""
    asked = each.question
    return share(asked.sign * (asked.x - limit(each)) > 1e-9, asked.weights)


def place_ends(each: Examined) -> tuple[float, float]:
    """Interval of the (first) place."""
    return each.found.place.intervals[0]


def findable_losses(each: Examined) -> dict[str, float | None]:
    """The smallest step and kink that would have been found, in points; None above the whole scale."""
    most = np.ptp(each.question.bounds)
    losses = {shape: fit.loss for shape, fit in each.findable.items()}
    return {shape: loss if loss is not None and loss <= most else None for shape, loss in losses.items()}
