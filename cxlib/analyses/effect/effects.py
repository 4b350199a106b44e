"""Did what was begun work? One verdict an initiative, with what would have happened anyway, and when it can be told where it cannot yet."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from cxlib.analyses.effect.judged import MOST_PERIODS, Judged, Judgement
from cxlib.analyses.result import Base, Finding, Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit
from cxlib.stats.rollout.power import LEAST_UNITS

# fmt: off
SAYS = Sentences(
    {
        "came.all_kinds": ("neutral", "Of {all:count} initiatives that have begun: {worked:count} shown to work, {without:count} shown to make no difference that matters or to do harm, {open:count} undecided."),
        "came.works_and_not": ("neutral", "Of {all:count} initiatives that have begun: {worked:count} shown to work and {without:count} shown to make no difference that matters or to do harm."),
        "came.works_and_open": ("neutral", "Of {all:count} initiatives that have begun: {worked:count} shown to work, {open:count} undecided."),
        "came.not_and_open": ("neutral", "Of {all:count} initiatives that have begun, none has been shown to work: {without:count} shown to make no difference that matters or to do harm, {open:count} undecided."),
        "came.all_work": ("good", "All {all:count} initiatives that have begun have been shown to work."),
        "came.none_works": ("bad", "None of the {all:count} initiatives that have begun makes a difference for the better that matters."),
        "came.none_told": ("unclear", "Of none of the {all:count} initiatives that have begun can it be determined yet whether it works."),
        "came.worked": Says("good", "“{name}” works: the {units:count} units that have it have gained {effect} more than {others:count} units without it ({low} to {high}).", stake="effect", advises="go_on"),
        "came.worked_random": Says("good", "“{name}” works: customers drawn to have it gain {effect} more than those drawn not to ({low} to {high}).", stake="effect", advises="go_on"),
        "came.worked_one": Says("good", "“{name}” works in the one unit that has it: it has gained {effect} more than the others, further than any other of {units:count} units has moved.", stake="effect"),
        "came.little": Says("neutral", "“{name}” has an effect, but a small one: {effect} ({low} to {high}), less than the {smallest} that would matter.", stake="effect"),
        "came.harmed": Says("bad", "“{name}” does harm: those that have it have done {effect} worse than those without it ({low} to {high}).", stake="effect", advises="end", doubts=("start", "invest")),
        "came.no_effect": Says("bad", "“{name}” makes no difference that matters: {effect} compared with those without it ({low} to {high}); {smallest} would matter.", advises="end", doubts=("start", "invest")),
        "came.as_expected": Says("bad", "“{name}” has made no difference: the units that have it have improved by {raw}, but units that stood where they did improved as much without it ({effect}; {low} to {high}).", advises="end", doubts=("start", "invest")),
        "came.rose": Says("neutral", "{figure} rose by {effect} when “{name}” began ({low} to {high}). Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with.", about="client"),
        "came.fell": Says("neutral", "{figure} fell by {effect} when “{name}” began ({low} to {high}). Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with.", about="client"),
        "came.rate_rose": Says("neutral", "{figure} has been {effect:percent} higher since “{name}” began ({low:percent} to {high:percent}), with the trend before it and the season taken into account. Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with."),
        "came.rate_fell": Says("neutral", "{figure} has been {effect:percent} lower since “{name}” began ({low:percent} to {high:percent}), with the trend before it and the season taken into account. Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with."),
        "came.rate_alike": Says("neutral", "{figure} did not change by what would matter when “{name}” began (change of {low:percent} to {high:percent})."),
        "came.rate_told": Says("unclear", "Whether {figure} changed when “{name}” began cannot be determined (change of {low:percent} to {high:percent}); everybody got it at once."),
        "came.no_shift": Says("neutral", "{figure} did not change by what would matter when “{name}” began ({low} to {high})."),
        "came.cannot_tell": Says("unclear", "It is too early to say whether “{name}” works: {effect} compared with those without it ({low} to {high}). An effect of {seen} or more would probably have been seen; one of {smallest} can probably be told from {until:date} on, if it stays in the same units."),
        "came.cannot_tell_ever": Says("unclear", "Whether “{name}” works cannot be determined: {effect} compared with those without it ({low} to {high}). An effect of {seen} or more would probably have been seen; a smaller one takes more units."),
        "came.unlike": Says("unclear", "Whether “{name}” works cannot be determined: the units that got it were already changing differently from the others before they did."),
        "came.disagree": Says("unclear", "Whether “{name}” works cannot be determined: the two ways of comparing the units with others do not agree ({low} to {high} the one way, {other_low} to {other_high} the other)."),
        "came.who_answered": Says("unclear", "Whether “{name}” works cannot be determined: {offered:percent} of the customers drawn to have it answered and {others:percent} of the rest, which alone can make the difference ({low} to {high})."),
        "came.one_unit": Says("unclear", "Whether “{name}” works cannot be determined: one unit has it, and its change ({effect} compared with the others) is number {rank:count} of {units:count} by size, which does not rule out chance."),
        "came.no_shift_told": Says("unclear", "Whether anything changed when “{name}” began cannot be determined ({low} to {high}); everybody got it at once. An effect of {seen} or more would probably have been seen."),
        "came.late": Says("unclear", "Nothing can be said of “{name}” yet: it begins after the last figures."),
        "came.no_before": Says("unclear", "Whether “{name}” works cannot be determined: there are no figures from before it began."),
        "came.one_before": Says("unclear", "Whether “{name}” works cannot be determined: there is one period before it began, so how units change by themselves is not known."),
        "came.few_units": Says("unclear", "Whether “{name}” works cannot be determined: {units:count} units are too few to compare; {least:count} are needed."),
        "came.shared": Says("unclear", "Whether “{name}” works cannot be determined: all units that have it began something else, too."),
        "came.short": Says("unclear", "Whether “{name}” works cannot be determined: everybody got it at once, and with {before:count} periods before and {after:count} after it the figures are too few; 12 and 4 are needed."),
        "came.no_figure": Says("unclear", "Whether “{name}” works cannot be determined: no figure of the units over time is there."),
        "came.no_answers": Says("unclear", "Whether anything changed when “{name}” began cannot be determined: everybody got it at once, and how many answers are behind each figure is not known. Supply that number."),
        "came.few_events": Says("unclear", "Whether anything changed when “{name}” began cannot be determined: everybody got it at once, and hardly anything was counted before or after."),
        "came.few_answers": Says("unclear", "Whether “{name}” works is not shown: fewer than {minimum:count} people are behind one of the figures.", about="data"),
        "came.one_by_one": Says("unclear", "Whether “{name}” works cannot be determined: each unit began at a time of its own, so that no two of them can be compared. Begin it in several units at once."),
        "came.nobody_alike": Says("unclear", "Whether “{name}” works cannot be determined: no unit without it scored as those did that got it."),
        "own.return": Says("neutral", "The units with “{name}” have improved by {raw} since the period before it began. Of that, {expected} would have come anyway: the weakest units were picked, and the others have changed, too.", subject="name"),
        "own.raw": Says("neutral", "The units with “{name}” have changed by {raw} since the period before it began; those without it have changed, too, which is taken out.", subject="name"),
        "when.never": Says("neutral", "Within {periods:count} further periods it will probably not be told whether “{name}” has an effect of {smallest} or more. Begin it in more units, drawn at random.", subject="name", about="data"),
        "absent.what_came": ("absent", "What came of what was begun: no initiative has begun."),
    },
    shown_in=(Place("begun", "estimate", "initiative"),),
    named={"all": Named(Term("Initiatives that have begun")), "worked": Named(Term("Initiatives shown to work")), "without": Named(Term("Initiatives shown to make no difference that matters, or to do harm")),
           "open": Named(Term("Initiatives undecided")), "raw": Named(Term("Improvement since the period before the start")), "expected": Named(Term("Of the improvement: expected without the initiative"))},
)

COURSE = Sentences(
    {
        "course.before": ("neutral", "Nothing shows that the units were already changing differently from the others before these began: {names}."),
        "course.dip": Says("neutral", "In the period before it began, the units with “{name}” stood {dip} worse than in their other periods, compared with the others: that is why they were picked, and it comes back by itself.", subject="name"),
        "course.under_way": Says("unclear", "Before it began, the units with “{name}” were already changing differently from the others: {trend} a period ({low} to {high}).", subject="name"),
        "absent.course": ("absent", "The course before and after the start: nothing was begun in some units and not in others."),
    },
    shown_in=(Place("course", "estimate", "initiative"),),
    named={"trend": Named(Term("Difference in change a period before the start"), "low", "high"), "dip": Named(Term("Worse in the period before the start"))},
)
# fmt: on

VERDICTS = {
    "worked": Term("works"),
    "harmed": Term("does harm"),
    "little": Term("a small effect"),
    "no_effect": Term("no effect that matters"),
    "as_expected_without": Term("no more than without it"),
    "rose_then": Term("rose at the time"),
    "fell_then": Term("fell at the time"),
    "too_early": Term("too early to say"),
    "cannot_tell": Term("cannot be determined"),
}
HOW = {
    "random": Term("units drawn at random"),
    "score": Term("the weakest units were picked"),
    "other": Term("units picked otherwise"),
    "one_unit": Term("one unit"),
    "series": Term("everybody at once"),
    "customers": Term("customers drawn at random"),
}
KINDS = {  # by whether some work, some do not, and of some nothing is known
    (True, True, True): "all_kinds", (True, True, False): "works_and_not", (True, False, True): "works_and_open", (False, True, True): "not_and_open",
    (True, False, False): "all_work", (False, True, False): "none_works", (False, False, True): "none_told",
}  # fmt: skip
NO_WAY = Term("cannot be judged")
METHOD = (
    Term("Units that have begun are compared with units that have not yet, each with its own mean of all periods before (group-time contrasts; Callaway and Sant'Anna 2021); t interval over units. Where units were not drawn at random, they are also compared with what their own past and the units without it lead to expect (a model of what lasts, strays and returns to the mean; Borusyak, Jaravel and Spiess 2024), and nothing is said to work unless both ways agree (Ding and Li 2019)."),
    Term("Where everybody got it at once, the figure before and after is compared with what its sampling noise and drift lead to expect; nothing is then said to work. Customers drawn at random: difference with Lee's bounds where answers are missing."),
)  # fmt: skip
METHOD_COURSE = Term("Difference to the units that have not begun, by periods since the start; before it, each period against the other earlier ones. Without an effect and with units alike the line lies at 0 before the start.")


def what_came(found: Judgement | None) -> Result:
    """Each initiative that was begun: whether it works, by how much, and when that can be told where it cannot yet.

    found    as `judge` gives it
    returns  table "begun", what is clear first: initiative, battle, how, units, others, before, after, raw, estimate, low, high (points by which
             those with it have improved more), seen (smallest effect that would have been seen), until (date from which the smallest
             that matters can be told; None), verdict
    assumes  as stats.rollout: units change independently; those without it are not touched by it

    >>> page.show(effect.what_came(found))
    Of 3 initiatives that have begun: 1 shown to work, 1 shown to make no difference...
    """
    if found is None or not found.each:
        return Result.missing("what_came", SAYS.finding("absent.what_came"))
    ordered = clear_first(found.each)
    rows = [
        {"initiative": each.initiative, "battle": found.rollout.battles.get(each.initiative), "how": HOW.get(each.design, NO_WAY), "units": each.units,
         "others": each.others, "before": each.before, "after": each.after, "raw": each.raw, "estimate": each.estimate, "low": each.low, "high": each.high,
         "seen": each.seen, "until": _until(each, found), "verdict": VERDICTS[_shown(each, found)], "tone": _tone(each), "unit": each.unit.difference}
        for each in ordered
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    if not found.rollout.battles:
        table = table.drop(columns="battle")
    findings = (*_counted(ordered), *(finding for each in ordered for finding in _said(each, found)))
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found), "least": LEAST_UNITS, "ahead": MOST_PERIODS, "minimum": found.design.minimum}
    settings |= _beside(ordered)
    return Result("what_came", {"begun": table}, findings, base_of_effects(found), settings, METHOD)


def course(found: Judgement | None) -> Result:
    """How those with it differ from those without, by periods before and after the start.

    found    as `judge` gives it
    returns  table "course": initiative, since (periods since the start; below 0 before it), estimate, low, high, units

    >>> page.show(effect.course(found))
    Nothing shows that the units were already changing differently from the others before these began...
    """
    shown = [] if found is None else [each for each in clear_first(found.each) if each.rollout is not None]
    if not shown:
        return Result.missing("course", COURSE.finding("absent.course"))
    tables = [each.rollout.course.assign(initiative=each.initiative) for each in shown]
    table = pd.concat(tables, ignore_index=True)[["initiative", "since", "estimate", "low", "high", "units"]]
    findings = _before(shown, found)
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found)}
    return Result("course", {"course": table.assign(unit=unit_of(found).difference)}, tuple(findings), base_of_effects(found), settings, METHOD_COURSE)


def _beside(judged: list[Judged]) -> dict[str, dict[str, object]]:
    """What sentences name and no column has, by initiative: who answered of customers drawn and of others, units that a single one is held
    against and itself, and the ends of the estimate that is not the one told."""
    answered = {each.initiative: each.trial.bounds for each in judged if each.trial is not None and each.trial.bounds is not None}
    ranked = {each.initiative: each.rank.units for each in judged if each.rank is not None}
    others = {each.initiative: each.rollout if each.design == "score" else each.adjusted for each in judged}
    held = {"answered": {name: [each.answered_treated, each.answered_untreated] for name, each in answered.items()}, "ranked_among": ranked,
            "other_estimate": {name: [each.low, each.high] for name, each in others.items() if each is not None}}  # fmt: skip
    return {name: each for name, each in held.items() if each}


def _shown(each: Judged, found: Judgement) -> str:
    """The verdict as tables have it."""
    if each.verdict == "cannot_tell" and (each.design == "late" or _until(each, found) is not None):
        return "too_early"
    return each.verdict


def _tone(each: Judged) -> str:
    """Whether it is good news or bad."""
    return {"worked": "good", "harmed": "bad", "no_effect": "bad", "as_expected_without": "bad", "cannot_tell": "unclear"}.get(each.verdict, "neutral")


def clear_first(each: tuple[Judged, ...]) -> list[Judged]:
    """What can be told first, in the order of the verdicts; then as they were begun."""
    places = list(VERDICTS)
    return sorted(each, key=lambda one: (places.index(one.verdict), not one.told))


def unit_of(found: Judgement) -> Unit:
    """What the figure of the units is measured in; a trial brings its own."""
    return found.unit


def figure_of(found: Judgement) -> str:
    """What sentences call the figure that should have moved."""
    return found.panel.name if found.panel is not None else ""


def base_of_effects(found: Judgement) -> Base:
    """Rows that the figure rests on; of trials alone, the customers."""
    trials = sum(len(rows) for rows in found.rollout.trials.values())
    return found.panel.base if found.panel is not None else Base(trials, trials)


def _until(each: Judged, found: Judgement) -> date | None:
    """The day from which the smallest effect that matters can be told; None where it can be already, never can, or nobody knows."""
    ends = [found.rollout.ends.get(name) for name in (found.panel.periods if found.panel is not None else [])]
    if each.further is None or len(ends) < 2 or None in ends or _why(each, found) != "cannot_tell":
        return None
    length = (ends[-1] - ends[0]) / (len(ends) - 1)
    months = round(length / timedelta(days=30.4))
    if not months:
        return ends[-1] + each.further * length
    return (pd.Timestamp(ends[-1]) + pd.offsets.MonthEnd(each.further * months)).date()


def _counted(each: list[Judged]) -> list[Finding]:
    """How many work, how many do not, and of how many nobody knows; nothing of a single one, which its own sentence tells."""
    worked = sum(one.verdict == "worked" for one in each)
    without = sum(one.verdict in ("harmed", "little", "no_effect", "as_expected_without") and one.design != "series" for one in each)
    if len(each) < 2:
        return []
    counts = {"worked": worked, "without": without, "open": len(each) - worked - without}
    return [SAYS.finding(f"came.{KINDS[tuple(count > 0 for count in counts.values())]}", all=len(each), **counts)]


def _said(each: Judged, found: Judgement) -> list[Finding]:
    unit, name = each.unit, each.initiative
    ends = {"low": Quantity(each.low, unit.signed_ends), "high": Quantity(each.high, unit.signed_ends)}
    amount = {"effect": Quantity(abs(each.estimate), unit.difference), "smallest": Quantity(each.smallest, unit.difference)}
    signed = amount | {"effect": Quantity(each.estimate, unit.signed_difference)}
    raw = {"raw": Quantity(each.raw, unit.difference)}
    if not each.told:
        counts = {"units": each.units, "before": each.before, "after": each.after, "least": LEAST_UNITS, "minimum": found.design.minimum}
        return [SAYS.finding(f"came.{each.design}", name=name, **counts)]
    if each.design == "series":
        return [_at_once(each, found, amount)]
    if each.verdict == "worked" and each.design == "one_unit":
        return [SAYS.finding("came.worked_one", name=name, units=each.rank.units, **amount)]
    if each.verdict == "worked":
        key = "came.worked_random" if each.design == "customers" else "came.worked"
        return [SAYS.finding(key, name=name, units=each.units, others=each.others, **ends, **amount), *_by_itself(each, unit)]
    if each.verdict == "harmed" and each.design != "one_unit":
        return [SAYS.finding("came.harmed", name=name, **ends, **amount)]
    if each.verdict == "as_expected_without" and each.raw > 0:
        return [SAYS.finding("came.as_expected", name=name, **raw, **ends, **signed)]
    if each.verdict in ("little", "no_effect", "as_expected_without"):
        key = "came.little" if each.verdict == "little" else "came.no_effect"
        return [SAYS.finding(key, name=name, **ends, **signed), *_by_itself(each, unit)]
    return _not_told(each, found, unit, ends, signed)


def _at_once(each: Judged, found: Judgement, amount: Mapping[str, Quantity]) -> Finding:
    """What happened to the figure itself when everybody got it, whichever way is wanted."""
    turned = found.panel is not None and found.panel.turned
    low, high = (-each.high, -each.low) if turned else (each.low, each.high)
    rose = (each.verdict == "rose_then") != turned
    if each.rate is not None:
        low, high = each.rate.low - 1, each.rate.high - 1
        key = {"no_effect": "alike", "cannot_tell": "told"}.get(each.verdict, "rose" if rose else "fell")
        ends = sorted((abs(low), abs(high))) if key in ("rose", "fell") else (low, high)
        return SAYS.finding(f"came.rate_{key}", name=each.initiative, figure=figure_of(found), effect=abs(each.rate.ratio - 1), low=ends[0], high=ends[1])
    key = {"no_effect": "no_shift", "cannot_tell": "no_shift_told"}.get(each.verdict, "rose" if rose else "fell")
    unit = each.unit
    ends = {"low": Quantity(low, unit.signed_ends), "high": Quantity(high, unit.signed_ends)}
    return SAYS.finding(f"came.{key}", name=each.initiative, figure=figure_of(found), seen=Quantity(each.seen, unit.difference), **ends, **amount)


def _by_itself(each: Judged, unit: Unit) -> list[Finding]:
    """How much of what is seen would have come without it."""
    if not np.isfinite(each.raw) or each.design == "customers":
        return []
    expected = each.raw - each.estimate
    if each.design == "score" and 0 < expected <= each.raw:
        return [SAYS.finding("own.return", name=each.initiative, raw=Quantity(each.raw, unit.difference), expected=Quantity(expected, unit.difference))]
    return [SAYS.finding("own.raw", name=each.initiative, raw=Quantity(each.raw, unit.signed_difference))]


def _why(each: Judged, found: Judgement) -> str:
    """Why it cannot be told: "cannot_tell" where the interval is too wide, and time may make it narrower."""
    if each.design == "one_unit":
        return "one_unit"
    if each.design == "customers":
        return "who_answered" if each.trial.bounds is not None and (each.low > 0 or each.high < 0) else "cannot_tell_ever"
    if each.before < 2:
        return "one_before"
    if each.design == "other" and _under_way(each, found):
        return "unlike"
    return "disagree" if each.design != "random" and _clear(each.rollout) != _clear(each.adjusted) else "cannot_tell"


def _not_told(each: Judged, found: Judgement, unit: Unit, ends: Mapping[str, Quantity], signed: Mapping[str, Quantity]) -> list[Finding]:
    """Why it cannot be told, and when it can."""
    name, why = each.initiative, _why(each, found)
    if why == "one_unit":
        return [SAYS.finding("came.one_unit", name=name, units=each.rank.units, rank=each.rank.rank, **signed)]
    if why == "who_answered":
        return [SAYS.finding("came.who_answered", name=name, offered=each.trial.bounds.answered_treated, others=each.trial.bounds.answered_untreated, **ends)]
    if why in ("one_before", "unlike"):
        return [SAYS.finding(f"came.{why}", name=name)]
    if why == "disagree":
        other = each.rollout if each.design == "score" else each.adjusted
        others = {"other_low": Quantity(other.low, unit.signed_ends), "other_high": Quantity(other.high, unit.signed_ends)}
        return [SAYS.finding("came.disagree", name=name, **ends, **others)]
    seen, until = {"seen": Quantity(each.seen, unit.difference)}, _until(each, found)
    if until is not None:
        return [SAYS.finding("came.cannot_tell", name=name, until=until, **seen, **ends, **signed)]
    never = [SAYS.finding("when.never", name=name, periods=MOST_PERIODS, smallest=signed["smallest"])] if why == "cannot_tell" and each.further is None else []
    return [SAYS.finding("came.cannot_tell_ever", name=name, **seen, **ends, **signed), *never]


def _clear(interval) -> int:
    return 1 if interval.low > 0 else -1 if interval.high < 0 else 0


def _under_way(each: Judged, found: Judgement) -> bool:
    """Whether the units with it already changed differently before it began."""
    level = 1 - found.design.confidence
    return any(p is not None and p <= level for p in (each.rollout.trend_p, each.rollout.placebo_p))


def _before(shown: list[Judged], found: Judgement) -> list[Finding]:
    """Whether the units changed differently before the start, and the low period for which units were picked."""
    unit, level = unit_of(found), 1 - found.design.confidence
    looked = [each for each in shown if each.rollout.trend_p is not None]
    moving = [each for each in looked if each.rollout.trend_p <= level]
    told = []
    for each in moving:
        effect = each.rollout
        ends = {"low": Quantity(effect.trend_low, unit.signed_ends), "high": Quantity(effect.trend_high, unit.signed_ends)}
        told.append(COURSE.finding("course.under_way", name=each.initiative, trend=Quantity(effect.trend, unit.signed_difference), **ends))
    if alike := [each.initiative for each in looked if each not in moving]:
        told.append(COURSE.finding("course.before", names=alike))
    for each in shown:
        last = each.rollout.course[each.rollout.course["since"] == -1]
        if each.design == "score" and len(last) and float(last["high"].iloc[0]) < 0:
            told.append(COURSE.finding("course.dip", name=each.initiative, dip=Quantity(-float(last["estimate"].iloc[0]), unit.difference)))
    return told
