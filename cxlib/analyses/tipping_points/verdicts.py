"""Where does a service level break satisfaction, or is there no such point? One verdict for each service level."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from cxlib.analyses.result import Finding, Result, Term
from cxlib.analyses.tipping_points.binned_means import binned_means, fitted_curve
from cxlib.analyses.tipping_points.examination import (
    NAMES,
    Examination,
    Examined,
    beyond,
    edge,
    examine_questions,
    findable_losses,
    leaks,
    limit,
    place_ends,
    places,
)
from cxlib.analyses.tipping_points.question import FEWEST_VALUES, ROWS_ON_A_SIDE, SHARE_ON_A_SIDE
from cxlib.analyses.tipping_points.says import SAYS
from cxlib.stats.breaks.heaping import heaping, on_heaps
from cxlib.stats.breaks.shape_contest import is_coarse


def verdicts(examined: Examination) -> Result:
    """For each service level: is there a point beyond which satisfaction breaks, where, and how sure is it?

    returns     tables "verdicts" (one row a service level), "findable" (power), "slopes" (points per unit on either side), "shapes" (how
                well each shape fits), "bins" and "curve" (the picture)
    source      docs of `cxlib.stats.breaks.break_verdict`

    >>> six = pd.DataFrame({"minutes": [1, 2, 3, 4, 5, 6] * 20, "answer": [10, 10, 10, 6, 6, 6, 8, 8, 8, 4, 4, 4] * 10})
    >>> wait = tipping_points.ServiceLevel("Wait", column="minutes", unit="minutes", outcome="answer", scale=(0, 10))
    >>> page.show(tipping_points.verdicts(tipping_points.examine(six, {"wait": wait})))
    Wait: tipping point between 3 and 4 minutes, where customer satisfaction abruptly falls by...
    """
    every, contacts = examined.every, examined.contacts
    if not every:
        return Result.missing("tipping_points", SAYS.finding("absent.tipping_points"), read=len(contacts))
    findings = [finding for each in every for finding in _findings(each, len(every), examined.chance)]
    tables = {
        "verdicts": _verdicts(every),
        "findable": pd.DataFrame([_findable_row(each) for each in every]),
        "slopes": pd.DataFrame([row for each in every for row in _slopes(each, examined.confidence)]),
        "shapes": pd.concat([_shapes(each) for each in every], ignore_index=True),
        "bins": pd.concat([binned_means(e.question, contacts, level, examined.minimum, examined.confidence, places(e))
                           for level, e in zip(examined.levels.values(), every, strict=True)], ignore_index=True),
        "curve": pd.concat([fitted_curve(each) for each in every], ignore_index=True),
    }  # fmt: skip
    settings = {"respondent": examined.respondent, "weight": examined.weight, "minimum": examined.minimum, **examined.chance,
                "levels": {key: asdict(level) for key, level in examined.levels.items()}}  # fmt: skip
    return Result("tipping_points", tables, tuple(findings), examined.base, settings)


def _findings(each: Examined, questions: int, options: Mapping) -> list[Finding]:
    asked, service = each.question, {"service": each.question.label}
    if each.found is None:
        rows = max(ROWS_ON_A_SIDE, int(np.ceil(SHARE_ON_A_SIDE * asked.n)))
        values = {"n": asked.n, "rows": rows, "values": len(np.unique(asked.x)), "least": FEWEST_VALUES}
        return [SAYS.finding(f"tipping_point.{each.name}", **service, **values)]
    found = [SAYS.finding(f"tipping_point.{_wording(each)}", **service, **_values(each, questions))]
    if asked.trouble is None and leaks(asked):
        found.append(SAYS.finding("tipping_point.leakage", **service, outcome=asked.outcome))
    if each.has_point:
        found += [_beyond(each), *_heaps(each, options)]
    elif each.name not in ("peak", "trough"):
        found.append(_findable(each))
    return found


def _wording(each: Examined) -> str:
    """The end of the key of the verdict's sentence, which looks at the point from the side that is worse."""
    asked, best = each.question, each.found.found
    if each.name in ("step", "leap") and asked.sign < 0:
        return f"{each.name}_below"
    if each.name in ("step", "leap") and is_coarse(each.support.x):
        return f"{each.name}_between"
    good = 1 if asked.best == "high" else -1
    if each.name == "eases" and good * best.slopes[0] > 0:
        return "gain_eases"
    if each.name in ("peak", "trough") and each.turn().first == each.turn().last:
        return f"{each.name}_at"
    if each.name == "straight" and abs(_over_the_usual(each)[0]) < each.found.smallest_loss:
        return "slight"
    return each.name


def _over_the_usual(each: Examined) -> tuple[float, float, float]:
    """What an even change comes to over the usual x (5-95 %), and its ends."""
    low, high = np.quantile(each.question.x, [0.05, 0.95])
    return each.found.slope.estimate * (high - low), float(low), float(high)


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
        total, first, last = _over_the_usual(each)
        return values | {"slope": asked.gap(found.slope.estimate * asked.step), "low": asked.ends(low),
                         "high": asked.ends(high), "total": asked.gap(total), "first": asked.place(first),
                         "last": asked.place(last), "units": asked.units(last),
                         "smallest": asked.size(found.smallest_loss)}  # fmt: skip
    if each.name in ("peak", "trough"):
        turn = each.turn()
        return values | {"first": asked.place(turn.first), "last": asked.place(turn.last), "units": asked.units(turn.last),
                         "below": asked.size(turn.below), "above": asked.size(turn.above)}  # fmt: skip
    if each.name in ("diminishing", "growing", "reverses", "ceiling"):
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
    if each.name in ("step", "leap") and asked.sign < 0:  # seen from above: what going below it does
        ends = sorted((-found.loss.low, -found.loss.high))
        return values | {"place": asked.place(best.between[0][1]), "units": asked.units(best.between[0][1]),
                         "step": asked.gap(-best.step), "step_low": asked.ends(ends[0]), "step_high": asked.ends(ends[1])}  # fmt: skip
    if each.name in ("step", "leap"):
        values["next"] = asked.place(best.between[0][1])
        return values | {"step": asked.gap(best.step), "step_low": asked.ends(found.loss.low),
                         "step_high": asked.ends(found.loss.high)}  # fmt: skip
    return values | {"before": asked.gap(best.slopes[0] * asked.step), "after": asked.gap(best.slopes[1] * asked.step)}


def _beyond(each: Examined) -> Finding:
    part, at, asked = beyond(each), limit(each), each.question
    key = "beyond.share" if asked.sign > 0 else "below.share"
    return SAYS.finding(key, service=asked.label, share=part.estimate, low=part.low, high=part.high,
                        place=asked.place(at), units=asked.units(at))  # fmt: skip


def _heaps(each: Examined, options: Mapping) -> list[Finding]:
    """What is left of the point without the values that people round to."""
    asked = each.question
    heaps = heaping(asked.x) if asked.is_measured else None  # people round times, not ratings and counts
    if heaps is None:
        return []
    values = {"service": asked.label, "share": heaps.share, "heap": heaps.unit, "units": asked.units(heaps.unit)}
    rest = ~on_heaps(asked.x, heaps.unit)
    if rest.sum() < 2 * ROWS_ON_A_SIDE or len(np.unique(asked.x[rest])) < FEWEST_VALUES:
        return [SAYS.finding("heaps.only", **values)]
    part = {name: None if (v := getattr(asked, name)) is None else v[rest]
            for name in ("x", "y", "weights", "clusters", "covariates", "groups")}  # fmt: skip
    again = examine_questions([replace(asked, **part, rows=asked.rows[rest])], **options)[0]
    if not again.has_point:
        return [SAYS.finding("heaps.gone", **values)]
    at = edge(again.found.found)
    low, high = place_ends(each)
    key = "heaps.agree" if low <= at <= high else "heaps.differ"
    return [SAYS.finding(key, **values, place=asked.place(at))]


def _row(each: Examined) -> dict:
    asked = each.question
    row = {"service": asked.label, "measured_in": asked.units(2), "verdict": NAMES[each.name], "n": asked.n}
    point = low = high = second = part = None
    if each.has_point:
        best = each.found.found
        point, (low, high), part = edge(best), place_ends(each), beyond(each).estimate
        second = best.places[1] if len(best.places) > 1 else None
    return row | {"point": point, "low": low, "high": high, "second_point": second, "beyond": part, "p_holm": each.p_holm}


def _verdicts(every: Sequence[Examined]) -> pd.DataFrame:
    table = pd.DataFrame([_row(each) for each in every])
    return table.drop(columns="second_point") if table.second_point.isna().all() else table


def _findable_row(each: Examined) -> dict:
    """p before adjustment, and the smallest break that would have been found, in points of the outcome."""
    row = {"service": each.question.label, "n": each.question.n}
    if each.found is None:
        return row | dict.fromkeys(("p", "findable_step", "findable_kink"))
    return row | {"p": each.found.line.p} | {f"findable_{shape}": loss for shape, loss in findable_losses(each).items()}


STRETCHES = {
    "kink": (Term("up to the point"), Term("beyond the point")),
    "step": (Term("on either side"),),
    "two kinks": (Term("up to the first point"), Term("between the points"), Term("beyond the second point")),
}


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
    stretches = STRETCHES.get(best.shape, STRETCHES["kink"])
    drawn = zip(stretches, best.slopes, found.place.sample.slopes.T, strict=False)  # a step has one slope on both sides
    return [head | {"stretch": name, "per_unit": estimate * asked.step, "low": np.quantile(draws, tails[0]) * asked.step,
                    "high": np.quantile(draws, tails[1]) * asked.step} for name, estimate, draws in drawn]  # fmt: skip


SHAPE_NAMES = {
    "flat": Term("no effect"), "line": Term("straight line"), "square root": Term("square root"), "log": Term("logarithm"),
    "shifted log": Term("logarithm, shifted"), "quadratic": Term("parabola"), "spline": Term("smooth curve (spline)"),
    "ceiling": Term("straight line on a scale that ends"), "logistic": Term("S-curve"),
    "logistic log": Term("S-curve in the logarithm"), "kink": Term("kink"), "step": Term("step"),
    "jump": Term("step and kink"), "two kinks": Term("two kinks"), "flat step": Term("two flat levels"),
}  # fmt: skip


def _shapes(each: Examined) -> pd.DataFrame:
    columns = ["service", "shape", "parameters", "behind"]
    if each.found is None:
        return pd.DataFrame(columns=columns)
    table = each.found.contest
    return pd.DataFrame({"service": each.question.label, "shape": [SHAPE_NAMES[name] for name in table["shape"]],
                         "parameters": table.parameters.astype(int), "behind": table.behind})[columns]  # fmt: skip
