"""A service level examined: what the three gates said, in the customer's direction, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses.result import Term
from cxlib.analyses.tipping_points.question import Question, question
from cxlib.stats.breaks.break_course import break_mean
from cxlib.stats.breaks.break_groups import holm
from cxlib.stats.breaks.break_interval import PlaceInterval
from cxlib.stats.breaks.break_power import FindableBreak, smallest_findable_break
from cxlib.stats.breaks.break_support import Support
from cxlib.stats.breaks.break_verdict import BreakVerdict, verdict_of
from cxlib.stats.breaks.shape_contest import smooth_curve
from cxlib.stats.links.link_checks import determinism
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
    "ceiling": Term("end of the scale"),
    "small": Term("bend too small to matter"),
    "searched": Term("bend that may be chance"),
    "too_few": Term("too few answers"),
    "too_coarse": Term("too few different values"),
    "alike": Term("all answers alike"),
}
ALMOST_ALL = 0.9  # share of the variance that the level explains: made together


@dataclass(frozen=True)
class Examined:
    """A question with all that was found out about it; support is None where nothing could be looked for."""

    question: Question
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
        if self.has_point or self.name in ("small", "searched"):
            return break_mean(self.found.found, x)
        shape = "line" if self.found.verdict in ("flat", "line") else self.found.shape
        return np.interp(x, self.free.x, smooth_curve(self.free, shape, self.question.bounds))

    def half_slopes(self) -> tuple[float, float]:
        """Mean slope of the fitted course in the lower and the upper half of the usual x (5-50 % and 50-95 %)."""
        low, middle, high = np.quantile(self.question.x, [0.05, 0.5, 0.95])
        at = self.mean_at([low, middle, high])
        return (at[1] - at[0]) / max(middle - low, 1e-9), (at[2] - at[1]) / max(high - middle, 1e-9)


def examine(contacts, levels, *, respondent, weight, confidence, draws, seed, controlled=False) -> list[Examined]:
    """Every question put to the data, with p-values adjusted for how many there are (Holm)."""
    asked = [question(contacts, level, respondent=respondent, weight=weight) for level in levels.values()]
    return examined(asked, confidence=confidence, draws=draws, seed=seed, controlled=controlled)


def examined(asked: list[Question], *, confidence, draws, seed, controlled=False) -> list[Examined]:
    """The questions with their verdicts, p-values adjusted for all of them; `controlled`: with controls held constant."""
    enough = int(2 * len(asked) / (1 - confidence))  # so many draws that a p-value can survive the adjustment
    sides = {"draws": max(draws, enough), "seed": seed, "confidence": confidence}
    found = []
    for each in asked:
        if each.trouble:
            found.append((each, None, None, None))
            continue
        supports = each.supports(controlled=controlled)
        verdict = verdict_of(*supports, bounds=each.bounds, smallest_loss=each.smallest, **sides)
        found.append((each, *supports, verdict))
    p = iter(holm([verdict.line.p for *_, verdict in found if verdict]))
    done = []
    for each, support, free, verdict in found:
        if verdict is None:
            done.append(Examined(each, each.trouble, np.nan))
            continue
        p_holm = next(p)
        name = _name(verdict, each, p_holm, 1 - confidence)
        findable = {shape: smallest_findable_break(support, free, shape, line=verdict.line, smallest_loss=each.smallest,
                                                   seed=seed) for shape in ("kink", "step")}  # fmt: skip
        this = Examined(each, name, float(p_holm), support, free, verdict, findable)
        if name == "curve":
            early, late = this.half_slopes()
            this = replace(this, name="diminishing" if abs(late) < abs(early) else "growing")
        done.append(this)
    return done


def _name(found: BreakVerdict, asked: Question, p_holm: float, alpha: float) -> str:
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


def leaks(asked: Question) -> bool:
    """Whether the outcome follows so nearly from the level that the two were made together."""
    if asked.is_event and len(np.unique(asked.x)) <= 20:
        return bool(determinism(asked.y, asked.x, weights=asked.weights).certain)
    frame = pd.DataFrame({"x": asked.x, "y": asked.y})
    within = ((frame.y - frame.groupby("x").y.transform("mean")) ** 2).sum()
    repeated = len(frame) / frame.x.nunique() >= 5  # with every x its own, nothing lies within
    return bool(repeated and within / ((frame.y - frame.y.mean()) ** 2).sum() < 1 - ALMOST_ALL)


def edge(best) -> float:
    """The last acceptable value: the place of the break, of two the first."""
    return best.places[0] if hasattr(best, "places") else best.place


def places(each: Examined) -> tuple[float, ...]:
    """The places of the point, none without one."""
    best = each.found.found if each.has_point else None
    return () if best is None else best.places if hasattr(best, "places") else (best.place,)


def limit(each: Examined) -> float:
    """The service level to keep: on its worse side the loss comes."""
    return kept(each.found.found, each.name, each.question.sign)


def kept(best, name: str, sign: int) -> float:
    """The last good value of a fitted break: of two places, the end of a zone of tolerance or the start of the fall."""
    if not hasattr(best, "places"):
        return best.place if sign > 0 or best.shape == "kink" else best.between[1]
    return best.places[1] if (name == "zone") == (sign > 0) else best.places[0]


def beyond(each: Examined):
    """Share of answers from beyond the limit, on the side that is worse, with its Wilson interval."""
    asked = each.question
    return share(asked.sign * (asked.x - limit(each)) > 1e-9, asked.weights)


def place_ends(each: Examined) -> tuple[float, float]:
    """Interval of the (first) place."""
    place = each.found.place
    return (place.low, place.high) if isinstance(place, PlaceInterval) else place.intervals[0]


def findable_losses(each: Examined) -> dict[str, float | None]:
    """The smallest step and kink that would have been found, in points; None above the whole scale."""
    most = np.ptp(each.question.bounds)
    losses = {shape: fit.loss for shape, fit in each.findable.items()}
    return {shape: loss if loss is not None and loss <= most else None for shape, loss in losses.items()}
