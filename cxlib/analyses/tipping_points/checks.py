"""Does the tipping point hold: with cases held constant, in every group, and however answers are counted?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.groups import in_their_order
from cxlib.analyses.result import Finding, Result, Term
from cxlib.analyses.tipping_points.examination import (
    NAMES,
    Examination,
    Examined,
    edge,
    enough_draws,
    examine_questions,
    fitted,
    judged,
    place_ends,
)
from cxlib.analyses.tipping_points.question import LevelQuestion, base
from cxlib.analyses.tipping_points.says import SAYS
from cxlib.stats.breaks.break_groups import same_place

MOST_GROUPS = 12
LEAST_MOVE = 0.05  # of the usual range of the level: a point that moves by less stays where it was
LONGEST_SCALE = 20  # of answers that are counted one by one
NET = Term("promoters minus detractors")


def with_controls(examined: Examination) -> Result:
    """Each tipping point with and without the groups that are held constant, side by side.

    examined  from `examine`; a level needs `controls`
    returns   table "controls": service, held (Term), n, verdict, point, low, high, point_loss
    assumes   the groups shift satisfaction by a constant

    >>> page.show(tipping_points.with_controls(examined))
    Ventetid i telefonen: with sagstype held constant, the point stays at 8 minutes; the change there is...
    """
    levels, plain = examined.part(lambda level: level.controls)
    if not levels:
        return Result.missing("with_controls", SAYS.finding("absent.controls"), read=len(examined.contacts))
    chance = examined.chance | {"draws": enough_draws(len(examined.every), examined.draws, examined.confidence)}
    again = {id(each): fitted(each.question, **chance, controlled=True) for each in plain}
    both = judged([again.get(id(each), each) for each in examined.every], examined.confidence)
    held = [after for before, after in zip(examined.every, both, strict=True) if id(before) in again]
    rows, findings = [], []
    for level, before, after in zip(levels, plain, held, strict=True):
        rows += [_row(before, Term("as measured")), _row(after, Term("held constant"))]
        if before.found and after.found:
            findings.append(_controls_say(before, after, list(map(level.called, level.controls))))
    return Result("with_controls", {"controls": pd.DataFrame(rows)}, tuple(findings),
                  base(examined.contacts, [e.question for e in plain]), examined.settings)  # fmt: skip


def by_group(examined: Examination) -> Result:
    """The tipping point in each group, and one test whether it is the same in all.

    examined  from `examine`; a level needs `by`; groups under its `minimum` of answers are left out
    returns   table "groups": service, group, n, verdict, point, low, high, p_holm (adjusted for all groups searched)

    >>> page.show(tipping_points.by_group(examined))
    Ventetid i telefonen: nothing suggests that the point depends on sagstype. If it were the same in all 4...
    """
    levels, whole = examined.part(lambda level: level.by)
    if not levels:
        return Result.missing("by_group", SAYS.finding("absent.groups"), read=len(examined.contacts))
    names = [_groups(each.question, examined.minimum) for each in whole]
    parts = [_part(each.question, each.question.groups == name) for each, some in zip(whole, names, strict=True) for name in some]
    every = examine_questions(parts, **examined.chance)
    found, rows, findings = iter(every), [], []
    for level, each, some in zip(levels, whole, names, strict=True):
        these = [(name, next(found)) for name in some]
        rows += [{"service": each.question.label, "group": name} | _group_row(one) for name, one in these]
        findings.append(_groups_say(each, [one for _, one in these], level.called(level.by), examined))
    table = pd.DataFrame(rows, columns=["service", "group", "n", "verdict", "point", "low", "high", "p_holm"])
    return Result("by_group", {"groups": table}, tuple(findings), base(examined.contacts, [e.question for e in whole]),
                  examined.settings | {"minimum": examined.minimum, "searched": len(every)})  # fmt: skip


def by_outcome(examined: Examination) -> Result:
    """The same answers counted three ways: as a mean, as the share of satisfied, and as promoters less detractors.

    examined  from `examine`
    returns   table "outcomes": service, counted_as (Term), n, verdict, point, low, high; each way judged by itself

    >>> page.show(tipping_points.by_outcome(examined))
    Ventetid i telefonen: the conclusion is the same for the mean, the share of satisfied customers, and...
    """
    if not examined.every:
        return Result.missing("by_outcome", SAYS.finding("absent.tipping_points"), read=len(examined.contacts))
    rows, findings = [], []
    for each in examined.every:
        first, *others = _ways(each.question).items()
        every = {first[0]: judged([each], examined.confidence)[0]}
        every |= {counted: examine_questions([way], **examined.chance)[0] for counted, way in others}
        rows += [_row(one, counted, name="counted_as") for counted, one in every.items()]
        known = {counted: one for counted, one in every.items() if one.found is not None}
        if len(known) > 1:
            agreed = "outcomes.agree" if len(known) > 2 else "outcomes.agree_net" if NET in known else "outcomes.agree_two"
            key = agreed if _agree(list(known.values())) else "outcomes.disagree"
            findings.append(SAYS.finding(key, service=each.question.label))
    return Result("by_outcome", {"outcomes": pd.DataFrame(rows)}, tuple(findings), examined.base, examined.settings)


def _part(asked: LevelQuestion, rows: np.ndarray) -> LevelQuestion:
    cut = {name: None if (v := getattr(asked, name)) is None else v[rows]
           for name in ("x", "y", "weights", "clusters", "groups")}  # fmt: skip
    if cut["clusters"] is not None:
        codes = pd.Series(cut["clusters"])
        cut["clusters"] = pd.factorize(codes)[0] if codes.duplicated().any() else None
    return replace(asked, **cut, covariates=None, rows=asked.rows[rows])


def _groups(asked: LevelQuestion, minimum: int) -> list:
    """The largest groups, at most MOST_GROUPS of them, in their order; none that is too small.

    The places of the others give nothing away of it but its size: no mean or share is shown from which one follows.
    """
    groups = pd.Series(asked.groups)
    counts = groups.value_counts()
    large = sorted(counts.index[counts >= minimum], key=lambda group: (-counts[group], str(group)))[:MOST_GROUPS]
    return [group for group in in_their_order(groups) if group in large]


def _row(each: Examined, label: Term | None, *, name: str = "held") -> dict:
    row = {"service": each.question.label, name: label, "n": each.question.n, "verdict": NAMES[each.name]}
    place, (low, high) = (edge(each.found.found), place_ends(each)) if each.has_point else (None, (None, None))
    row |= {"point": place, "low": low, "high": high}
    return row | {"point_loss": each.found.loss.estimate if each.has_point else None} if name == "held" else row


def _group_row(each: Examined) -> dict:
    row = _row(each, None)
    return {"n": row["n"], "verdict": row["verdict"], "point": row["point"], "low": row["low"], "high": row["high"],
            "p_holm": each.p_holm}  # fmt: skip


def _controls_say(before: Examined, after: Examined, controls: str) -> Finding:
    asked = before.question
    values = {"service": asked.label, "controls": controls}
    if before.has_point and after.has_point:
        was, now = edge(before.found.found), edge(after.found.found)
        low, high = place_ends(before)
        usual = np.ptp(np.quantile(asked.x, [0.05, 0.95]))
        if low <= now <= high or abs(now - was) < LEAST_MOVE * usual:
            losses = {f"loss_{when}": asked.gap(one.found.loss.estimate) for when, one in
                      (("before", before), ("after", after))}  # fmt: skip
            return SAYS.finding("controls.same", **values, place=asked.place(now), units=asked.units(now), **losses)
        return SAYS.finding("controls.moved", **values, before=asked.place(was), place=asked.place(now),
                            units=asked.units(now))  # fmt: skip
    if before.has_point:
        return SAYS.finding("controls.vanished", **values)
    if after.has_point:
        now = edge(after.found.found)
        return SAYS.finding("controls.appeared", **values, place=asked.place(now), units=asked.units(now))
    if _story(before) != _story(after):
        return SAYS.finding("controls.changed", **values, was=NAMES[before.name], now=NAMES[after.name])
    return SAYS.finding("controls.still_none", **values)


def _groups_say(whole: Examined, groups: list[Examined], by: str, examined: Examination) -> Finding:
    values = {"service": whole.question.label, "by": by, "groups": len(groups)}
    if len(groups) > 1 and sum(one.has_point for one in groups) < 2:
        return SAYS.finding("groups.none", **values)
    supports = [one.support for one in groups if one.support is not None]
    shape = whole.found.found.shape if whole.found else "kink"
    try:
        test = same_place(supports, "step" if shape in ("step", "jump") else "kink", draws=examined.draws,
                          seed=examined.seed)  # fmt: skip
    except ValueError:  # too few groups, or no place that all of them share
        return SAYS.finding("groups.too_few", **values)
    key = "groups.same" if test.p >= 1 - examined.confidence else "groups.differ"
    return SAYS.finding(key, **values, p=test.p)


def _ways(asked: LevelQuestion) -> dict[Term, LevelQuestion]:
    """The outcome as it is, as the share of the best answers and, on 0-10, as promoters less detractors (0-1)."""
    low, high = asked.bounds
    ways = {Term("share") if asked.is_event else Term("mean"): asked}
    if asked.is_event:
        return ways
    top = asked.top if high - low <= LONGEST_SCALE else asked.top * (high - low) / 10  # as many of 0-100 as of 0-10
    good = asked.y if asked.best == "high" else low + high - asked.y
    best = good > high - top
    part = asked.smallest / (high - low)
    ways[Term("share of satisfied")] = replace(asked, y=best * 1.0, bounds=(0.0, 1.0), best="high", smallest=part)
    if (low, high) == (0, 10):
        net = np.where(good >= 9, 1.0, np.where(good <= 6, 0.0, 0.5))
        ways[NET] = replace(asked, y=net, bounds=(0.0, 1.0), best="high", smallest=part)
    return ways


def _story(each: Examined) -> str:
    """What a verdict comes to, for comparing verdicts."""
    return "point" if each.has_point else each.name


def _agree(every: list[Examined]) -> bool:
    """Whether all find a point and the places lie in each other's intervals, or all the same without one."""
    if len({_story(one) for one in every}) > 1:
        return False
    points = [one for one in every if one.has_point]
    if len(points) not in (0, len(every)):
        return False
    ends = [place_ends(one) for one in points]
    return all(low <= high_other and low_other <= high for low, high in ends for low_other, high_other in ends)
