"""Where does a service level break satisfaction, or is there no such point? One verdict for each service level."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses.result import Finding, Result, Term
from cxlib.analyses.tipping_points.picture import binned_means, fitted_curve
from cxlib.analyses.tipping_points.question import FEWEST_VALUES, ROWS_ON_A_SIDE, Question, base, question
from cxlib.analyses.tipping_points.says import SAYS
from cxlib.stats.break_course import break_mean
from cxlib.stats.break_groups import holm
from cxlib.stats.break_interval import PlaceInterval
from cxlib.stats.break_power import FindableBreak, smallest_findable_break
from cxlib.stats.break_support import Support
from cxlib.stats.break_verdict import BreakVerdict, verdict_of
from cxlib.stats.heaping import heaping, on_heaps
from cxlib.stats.link_checks import determinism
from cxlib.stats.proportions import share
from cxlib.stats.shape_contest import smooth_curve

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


def tipping_points(
    contacts: pd.DataFrame,
    *,
    levels: Mapping[str, Mapping],
    respondent: str | None = None,
    weight: str | None = None,
    minimum: int = 5,
    confidence: float = 0.95,
    draws: int = 999,
    seed: int = 1,
) -> Result:
    """For each service level: is there a point beyond which satisfaction breaks, where, and how sure is it?

    contacts    one row per contact; the columns that `levels` name
    levels      {id: keywords}: label, column, unit, outcome, scale, and optional ones (see `question`)
    respondent  column of the customer, who may have several rows: all tests allow for it
    weight      column of weights
    minimum     answers below which no mean is shown
    returns     tables "verdicts" (one row a service level), "findable" (power), "slopes" (points per unit on either side), "shapes" (how
                well each shape fits), "bins" and "curve" (the picture)
    errors      DataError, see `question`
    source      docs of `cxlib.stats.break_verdict`
    """
    if not levels:
        return Result.missing("tipping_points", SAYS.finding("absent.tipping_points"), read=len(contacts))
    options = {"confidence": confidence, "draws": draws, "seed": seed}
    examined = examine(contacts, levels, respondent=respondent, weight=weight, **options)
    findings = [finding for each in examined for finding in _findings(each, len(examined), options)]
    tables = {
        "verdicts": _verdicts(examined),
        "findable": pd.DataFrame([_findable_row(each) for each in examined]),
        "slopes": pd.DataFrame([row for each in examined for row in _slopes(each, confidence)]),
        "shapes": pd.concat([_shapes(each) for each in examined], ignore_index=True),
        "bins": pd.concat([binned_means(e.question, contacts, levels[k], minimum, confidence, places(e))
                           for k, e in zip(levels, examined, strict=True)], ignore_index=True),
        "curve": pd.concat([fitted_curve(each) for each in examined], ignore_index=True),
    }  # fmt: skip
    settings = {"respondent": respondent, "weight": weight, "minimum": minimum, **options,
                "levels": {key: dict(level) for key, level in levels.items()}}  # fmt: skip
    return Result("tipping_points", tables, tuple(findings), base(contacts, [e.question for e in examined]), settings)


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
    harm = asked.sign * (1 if asked.best == "high" else -1)
    if found.verdict in ("step", "jump"):
        return "step" if harm * best.step < 0 else "leap"
    if found.verdict == "kink":
        return "kink" if harm * best.slope_change < 0 else "eases"
    return {"line": "straight", "flat": "none"}.get(found.verdict, found.verdict)


def leaks(asked: Question) -> bool:
    """Whether the outcome follows so nearly from the level that the two were made together."""
    if asked.is_event and len(np.unique(asked.x)) <= 20:
        return bool(determinism(asked.y, asked.x, weights=asked.weights).certain)
    frame = pd.DataFrame({"x": asked.x, "y": asked.y})
    within = ((frame.y - frame.groupby("x").y.transform("mean")) ** 2).sum()
    repeated = len(frame) / frame.x.nunique() >= 5  # with every x its own, nothing lies within
    return bool(repeated and within / ((frame.y - frame.y.mean()) ** 2).sum() < 1 - ALMOST_ALL)


def _findings(each: Examined, questions: int, options: Mapping) -> list[Finding]:
    asked, service = each.question, {"service": each.question.label}
    if each.found is None:
        values = {"n": asked.n, "rows": ROWS_ON_A_SIDE, "values": len(np.unique(asked.x)), "least": FEWEST_VALUES}
        return [SAYS.finding(f"tipping_point.{each.name}", **service, **values)]
    found = [SAYS.finding(f"tipping_point.{each.name}", **service, **_values(each, questions))]
    if asked.trouble is None and leaks(asked):
        found.append(SAYS.finding("tipping_point.leakage", **service, outcome=asked.outcome))
    if each.has_point:
        found += [_beyond(each), *_heaps(each, options)]
    else:
        found.append(_findable(each))
    return found


def findable_losses(each: Examined) -> dict[str, float | None]:
    """The smallest step and kink that would have been found, in points; None above the whole scale."""
    most = np.ptp(each.question.bounds)
    losses = {shape: fit.loss for shape, fit in each.findable.items()}
    return {shape: loss if loss is not None and loss <= most else None for shape, loss in losses.items()}


def _findable(each: Examined) -> Finding:
    losses = {shape: each.question.size(loss) for shape, loss in findable_losses(each).items() if loss is not None}
    key = "none" if not losses else "both" if len(losses) == 2 else next(iter(losses))
    return SAYS.finding(f"findable.{key}", service=each.question.label, **losses)


def _values(each: Examined, questions: int) -> dict:
    """What the sentence of the verdict is filled with."""
    asked, found, best = each.question, each.found, each.found.found
    values = {"outcome": asked.outcome, "per": asked.per, "questions": questions, "p": each.p_holm}
    if each.name in ("straight", "none"):
        low, high = sorted((found.slope.low * asked.step, found.slope.high * asked.step))
        return values | {"slope": asked.gap(found.slope.estimate * asked.step), "low": asked.ends(low),
                         "high": asked.ends(high)}  # fmt: skip
    if each.name in ("diminishing", "growing", "ceiling"):
        early, late = each.half_slopes()
        top = asked.bounds[1] if asked.best == "high" else asked.bounds[0]
        return values | {"early": asked.gap(early * asked.step), "late": asked.gap(late * asked.step),
                         "share": float(np.average(asked.y == top, weights=asked.weights))}  # fmt: skip
    at = edge(best)
    values |= {"place": asked.place(at), "units": asked.units(at)}
    if each.name in ("small", "searched"):
        loss = found.loss
        return values | {"loss": asked.gap(loss.estimate), "low": asked.ends(loss.low), "high": asked.ends(loss.high),
                         "smallest": asked.size(found.smallest_loss)}  # fmt: skip
    if each.name in ("zone", "cliff", "two"):
        before, middle, after = (asked.gap(slope * asked.step) for slope in best.slopes)
        second = best.places[1]
        return values | {"second": asked.place(second), "units": asked.units(second), "before": before,
                         "middle": middle, "after": after}  # fmt: skip
    values |= {"low": asked.place(found.place.low), "high": asked.place(found.place.high)}
    if each.name in ("step", "leap"):
        return values | {"step": asked.gap(best.step), "step_low": asked.ends(found.loss.low),
                         "step_high": asked.ends(found.loss.high)}  # fmt: skip
    return values | {"before": asked.gap(best.slope_before * asked.step), "after": asked.gap(best.slope_after * asked.step)}


def edge(best) -> float:
    """The last acceptable value: the place of the break, of two the first."""
    return best.places[0] if hasattr(best, "places") else best.place


def places(each: Examined) -> tuple[float, ...]:
    """The places of the point, none without one."""
    best = each.found.found if each.has_point else None
    return () if best is None else best.places if hasattr(best, "places") else (best.place,)


def limit(each: Examined) -> float:
    """The service level to keep: beyond it the loss comes. For a zone of tolerance the end of the zone."""
    best = each.found.found
    return best.places[1] if each.name == "zone" else edge(best)


def beyond(each: Examined):
    """Share of answers from beyond the limit, on the side that is worse, with its Wilson interval."""
    asked = each.question
    worse = asked.x > limit(each) + 1e-9 if asked.sign > 0 else asked.x <= limit(each) + 1e-9
    return share(worse, asked.weights)


def _beyond(each: Examined) -> Finding:
    part, at, asked = beyond(each), limit(each), each.question
    key = "beyond.share" if asked.sign > 0 else "below.share"
    return SAYS.finding(key, service=asked.label, share=part.estimate, low=part.low, high=part.high,
                        place=asked.place(at), units=asked.units(at))  # fmt: skip


def _heaps(each: Examined, options: Mapping) -> list[Finding]:
    """What is left of the point without the values that people round to."""
    asked = each.question
    heaps = heaping(asked.x)
    if heaps is None:
        return []
    values = {"service": asked.label, "share": heaps.share, "heap": heaps.unit, "units": asked.units(heaps.unit)}
    rest = ~on_heaps(asked.x, heaps.unit)
    if rest.sum() < 2 * ROWS_ON_A_SIDE or len(np.unique(asked.x[rest])) < FEWEST_VALUES:
        return [SAYS.finding("heaps.only", **values)]
    part = {name: None if (v := getattr(asked, name)) is None else v[rest]
            for name in ("x", "y", "weights", "clusters", "covariates", "groups")}  # fmt: skip
    again = examined([replace(asked, **part, rows=asked.rows[rest])], **options)[0]
    if not again.has_point:
        return [SAYS.finding("heaps.gone", **values)]
    at = edge(again.found.found)
    low, high = place_ends(each)
    key = "heaps.agree" if low <= at <= high else "heaps.differ"
    return [SAYS.finding(key, **values, place=asked.place(at))]


def place_ends(each: Examined) -> tuple[float, float]:
    """Interval of the (first) place."""
    place = each.found.place
    return (place.low, place.high) if isinstance(place, PlaceInterval) else place.intervals[0]


def _row(each: Examined) -> dict:
    asked = each.question
    row = {"service": asked.label, "measured_in": asked.units(2), "verdict": NAMES[each.name], "n": asked.n}
    point = low = high = second = part = None
    if each.has_point:
        best = each.found.found
        point, (low, high), part = edge(best), place_ends(each), beyond(each).estimate
        second = best.places[1] if hasattr(best, "places") else None
    return row | {"point": point, "low": low, "high": high, "second_point": second, "beyond": part, "p_holm": each.p_holm}


def _verdicts(examined: list[Examined]) -> pd.DataFrame:
    table = pd.DataFrame([_row(each) for each in examined])
    return table.drop(columns="second_point") if table.second_point.isna().all() else table


def _findable_row(each: Examined) -> dict:
    """p before adjustment, and the smallest break that would have been found, in points of the outcome."""
    row = {"service": each.question.label, "n": each.question.n}
    if each.found is None:
        return row | dict.fromkeys(("p", "findable_step", "findable_kink"))
    return row | {"p": each.found.line.p} | {f"findable_{shape}": loss for shape, loss in findable_losses(each).items()}


def _slopes(each: Examined, confidence: float) -> list[dict]:
    """Points per unit in each stretch of x, with intervals that allow for the place being estimated."""
    asked, found = each.question, each.found
    if found is None:
        return []
    head = {"service": asked.label, "per": asked.per}
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    if not each.has_point:
        slope = found.slope
        return [head | {"stretch": Term("everywhere"), "per_unit": slope.estimate * asked.step, "low": slope.low * asked.step,
                        "high": slope.high * asked.step}]  # fmt: skip
    best = found.found
    if hasattr(best, "places"):
        names = (Term("up to the first point"), Term("between the points"), Term("beyond the second point"))
        drawn = list(zip(names, best.slopes, found.place.slopes.T, strict=True))
    else:
        sample = found.place.sample
        drawn = [(Term("up to the point"), best.slope_before, sample.slope_before)]
        drawn += [(Term("beyond the point"), best.slope_after, sample.slope_after)] if best.shape != "step" else [
            (Term("on either side"), best.slope_before, sample.slope_before)]  # fmt: skip
        drawn = drawn[1:] if best.shape == "step" else drawn
    return [head | {"stretch": name, "per_unit": estimate * asked.step, "low": np.quantile(draws, tails[0]) * asked.step,
                    "high": np.quantile(draws, tails[1]) * asked.step} for name, estimate, draws in drawn]  # fmt: skip


SHAPE_NAMES = {
    "flat": Term("no effect"), "line": Term("straight line"), "square root": Term("square root"), "log": Term("logarithm"),
    "shifted log": Term("logarithm, shifted"), "quadratic": Term("parabola"), "spline": Term("smooth curve (spline)"),
    "ceiling": Term("straight line on a scale that ends"), "logistic": Term("S-curve"),
    "logistic log": Term("S-curve in the logarithm"), "kink": Term("kink"), "step": Term("step"),
    "jump": Term("step and kink"), "two kinks": Term("two kinks"),
}  # fmt: skip


def _shapes(each: Examined) -> pd.DataFrame:
    columns = ["service", "shape", "parameters", "behind"]
    if each.found is None:
        return pd.DataFrame(columns=columns)
    table = each.found.contest
    return pd.DataFrame({"service": each.question.label, "shape": [SHAPE_NAMES[name] for name in table["shape"]],
                         "parameters": table.parameters.astype(int), "behind": table.behind})[columns]  # fmt: skip
