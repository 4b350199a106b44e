"""Did what was begun work? One verdict an initiative, with what would have happened anyway, and when it can be told where it cannot yet."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from cxlib.analyses.effect.judged import MOST_PERIODS, Judged, Judgement
from cxlib.analyses.result import Base, Finding, Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit

# fmt: off
SAYS = Sentences(
    {
        "effect.worked": Says("good", "{name} works: the {units:count} units that have it have gained {effect} more than {others:count} units without it ({low} to {high}).", stake="effect", advises="done"),
        "effect.worked_random": Says("good", "{name} works: customers drawn to have it gain {effect} more than those drawn not to ({low} to {high}).", stake="effect", advises="done"),
        "effect.worked_little": Says("neutral", "{name} has an effect, but a small one: {effect} ({low} to {high}), less than the {smallest} that would matter.", stake="effect"),
        "effect.harmed": Says("bad", "{name} does harm: what has it has lost {effect}, compared with what does not ({low} to {high}).", stake="effect", advises="done"),
        "effect.no_effect": Says("bad", "{name} makes no difference that matters: {effect} compared with those without it ({low} to {high}); {smallest} would matter.", advises="done"),
        "effect.as_expected": Says("bad", "{name} has made no difference: the units that have it have risen by {raw}, but units as low as they were rose as much without it ({effect}; {low} to {high}).", advises="done"),
        "effect.rose": Says("neutral", "{figure} rose by {effect} when {name} began ({low} to {high}). Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with.", about="client"),
        "effect.fell": Says("neutral", "{figure} fell by {effect} when {name} began ({low} to {high}). Whether that is its effect cannot be determined: everybody got it at once, so there is nobody to compare with.", about="client"),
        "effect.no_shift": Says("neutral", "When {name} began, {figure} did not change by what would matter ({low} to {high})."),
        "effect.cannot_tell": Says("unclear", "It is too early to say whether {name} works: {effect} compared with those without it ({low} to {high}). An effect of {seen} or more would probably have been seen."),
        "effect.cannot_tell_ever": Says("unclear", "Whether {name} works cannot be determined: {effect} compared with those without it ({low} to {high}). An effect of {seen} or more would probably have been seen; a smaller one takes more units."),
        "effect.unlike": Says("unclear", "Whether {name} works cannot be determined: the units that got it were already changing differently from the others before they did."),
        "effect.disagree": Says("unclear", "Whether {name} works cannot be determined: the two ways of comparing the units with others do not agree ({low} to {high}, and {other_low} to {other_high} when the rise from before is compared)."),
        "effect.who_answered": Says("unclear", "Whether {name} works cannot be determined: {offered:percent} of the customers drawn to have it answered and {others:percent} of the rest, which alone can make the difference ({low} to {high})."),
        "effect.one_unit": Says("unclear", "Whether {name} works cannot be determined: one unit has it. It has gained {effect} more than the others, and of {units:count} units {rank:count} stray as far without any reason."),
        "effect.no_shift_told": Says("unclear", "Whether anything changed when {name} began cannot be determined ({low} to {high}); everybody got it at once. An effect of {seen} or more would probably have been seen."),
        "effect.late": Says("unclear", "Nothing can be said of {name} yet: it begins after the last figures."),
        "effect.no_before": Says("unclear", "Whether {name} works cannot be determined: there are no figures from before it began."),
        "effect.one_before": Says("unclear", "Whether {name} works cannot be determined: there is one period before it began, so how units change by themselves is not known."),
        "effect.few_units": Says("unclear", "Whether {name} works cannot be determined: {units:count} units are too few to compare; {least:count} are needed."),
        "effect.shared": Says("unclear", "Whether {name} works cannot be determined: all units that have it began something else, too."),
        "effect.short": Says("unclear", "Whether {name} works cannot be determined: everybody got it at once, and with {before:count} periods before and {after:count} after it the figures are too few; 12 and 4 are needed."),
        "effect.no_figure": Says("unclear", "Whether {name} works cannot be determined: no figure of the units over time is there."),
        "own.return": Says("neutral", "The units with {name} have risen by {raw} since the period before it began. Of that, {expected} would have come anyway: the lowest units were picked, and the others have changed, too.", subject="name"),
        "own.raw": Says("neutral", "The units with {name} have changed by {raw} since the period before it began; those without it have changed, too, which is taken out.", subject="name"),
        "when.date": Says("neutral", "An effect of {smallest} of {name} can probably be told from {until:date} on, if it stays in the same units.", subject="name", about="data"),
        "when.never": Says("neutral", "An effect of {smallest} of {name} will probably not be told within {periods:count} further periods in the same units: give it to more units, drawn at random.", subject="name", about="data"),
        "absent.effects": ("absent", "What came of what was begun: no initiative has begun."),
    },
    shown_in=(Place("effects", "estimate", "initiative"),),
    named={"raw": Named(Term("Rise since the period before the start")), "expected": Named(Term("Of the rise: expected without the initiative"))},
)

COURSE = Sentences(
    {
        "course.before": ("neutral", "Before it began, the units with {name} did not change otherwise than the others."),
        "course.under_way": Says("unclear", "Before it began, the units with {name} were already changing otherwise than the others: {trend} a period ({low} to {high}).", subject="name"),
        "absent.course": ("absent", "The course before and after the start: nothing was begun in some units and not in others."),
    },
    shown_in=(Place("course", "estimate", "initiative"),),
    named={"trend": Named(Term("Difference in change a period before the start"), "low", "high")},
)
# fmt: on

VERDICTS = {
    "worked": Term("works"),
    "harmed": Term("does harm"),
    "no_effect": Term("no effect that matters"),
    "as_expected_without": Term("no more than without it"),
    "rose_then": Term("rose at the time"),
    "fell_then": Term("fell at the time"),
    "too_early": Term("too early to say"),
    "cannot_tell": Term("cannot be determined"),
}
HOW = {
    "random": Term("units drawn at random"),
    "score": Term("the lowest units were picked"),
    "other": Term("units picked otherwise"),
    "one_unit": Term("one unit"),
    "series": Term("everybody at once"),
    "customers": Term("customers drawn at random"),
}
NO_WAY = Term("cannot be judged")
METHOD = (
    Term("Units that have begun are compared with units that have not yet, each with its own mean of all periods before (group-time contrasts; Callaway and Sant'Anna 2021); t interval over units. Where units were not drawn at random, they are also compared with what their own past and the units without it lead to expect (a model of what lasts, strays and returns to the mean; Borusyak, Jaravel and Spiess 2024), and nothing is said to work unless both ways agree (Ding and Li 2019)."),
    Term("Where everybody got it at once, the figure before and after is compared with what its sampling noise and drift lead to expect; nothing is then said to work. Customers drawn at random: difference with Lee's bounds where answers are missing."),
)  # fmt: skip
METHOD_COURSE = Term("Difference to the units that have not begun, by periods since the start; before it, each period against the other earlier ones. Without an effect and with units alike the line lies at 0 before the start.")


def effects(found: Judgement | None) -> Result:
    """Each initiative that was begun: whether it works, by how much, and when that can be told where it cannot yet.

    found    as `judge` gives it
    returns  table "effects", what is clear first: initiative, battle, how, units, others, before, after, raw, estimate, low, high (points by which
             those with it have improved more), seen (smallest effect that would have been seen), until (date from which the smallest
             that matters can be told; None), verdict
    assumes  as stats.rollout: units change independently; those without it are not touched by it

    >>> page.show(effect.effects(found))
    Svar på telefonen inden 8 minutter works: the 16 units that have it have gained...
    """
    if found is None or not found.each:
        return Result.missing("effects", SAYS.finding("absent.effects"))
    ordered = clear_first(found.each)
    unit = unit_of(found)
    rows = [
        {"initiative": each.initiative, "battle": found.rollout.battles.get(each.initiative), "how": HOW.get(each.design, NO_WAY), "units": each.units,
         "others": each.others, "before": each.before, "after": each.after, "raw": each.raw, "estimate": each.estimate, "low": each.low, "high": each.high,
         "seen": each.seen, "until": _until(each, found), "verdict": VERDICTS[_shown(each, found)], "unit": unit.difference}
        for each in ordered
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    if not found.rollout.battles:
        table = table.drop(columns="battle")
    findings = tuple(finding for each in ordered for finding in _said(each, found))
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found)}
    return Result("effects", {"effects": table}, findings, base_of_effects(found), settings, METHOD)


def course(found: Judgement | None) -> Result:
    """How those with it differ from those without, by periods before and after the start.

    found    as `judge` gives it
    returns  table "course": initiative, since (periods since the start; below 0 before it), estimate, low, high, units

    >>> page.show(effect.course(found))
    Before it began, the units with Svar på telefonen inden 8 minutter did not change otherwise than the others...
    """
    shown = [] if found is None else [each for each in clear_first(found.each) if each.rollout is not None]
    if not shown:
        return Result.missing("course", COURSE.finding("absent.course"))
    tables = [each.rollout.course.assign(initiative=each.initiative) for each in shown]
    table = pd.concat(tables, ignore_index=True)[["initiative", "since", "estimate", "low", "high", "units"]]
    findings = [finding for each in shown for finding in _before(each, found)]
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found)}
    return Result("course", {"course": table.assign(unit=unit_of(found).difference)}, tuple(findings), base_of_effects(found), settings, METHOD_COURSE)


def _shown(each: Judged, found: Judgement) -> str:
    """The verdict as tables have it."""
    if each.verdict == "cannot_tell" and (each.design == "late" or _until(each, found) is not None):
        return "too_early"
    return each.verdict


def clear_first(each: tuple[Judged, ...]) -> list[Judged]:
    """What can be told first, in the order of the verdicts; then as they were begun."""
    places = list(VERDICTS)
    return sorted(each, key=lambda one: (places.index(one.verdict), not one.told))


def unit_of(found: Judgement) -> Unit:
    """What an effect is measured in."""
    return found.panel.unit if found.panel is not None else Unit.INDEX


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
    if each.further is None or len(ends) < 2 or None in ends:
        return None
    length = (ends[-1] - ends[0]) / (len(ends) - 1)
    last = ends[-1] + each.further * length
    return last if length < timedelta(days=27) else (last.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1) if last.day < 28 else last


def _said(each: Judged, found: Judgement) -> list[Finding]:
    unit, name = unit_of(found), each.initiative
    ends = {"low": Quantity(each.low, unit.signed_ends), "high": Quantity(each.high, unit.signed_ends)}
    amount = {"effect": Quantity(abs(each.estimate), unit.difference), "smallest": Quantity(found.smallest, unit.difference)}
    signed = amount | {"effect": Quantity(each.estimate, unit.signed_difference)}
    raw = {"raw": Quantity(each.raw, unit.difference)}
    if not each.told:
        counts = {"units": each.units, "before": each.before, "after": each.after, "least": 6}
        return [SAYS.finding(f"effect.{each.design}", name=name, **counts)]
    if each.verdict in ("worked", "harmed") and max(abs(each.low), abs(each.high)) < found.smallest:
        return [SAYS.finding("effect.worked_little", name=name, **ends, **signed)]
    if each.verdict == "worked":
        key = "effect.worked_random" if each.design == "customers" else "effect.worked"
        return [SAYS.finding(key, name=name, units=each.units, others=each.others, **ends, **amount), *_by_itself(each, unit)]
    if each.verdict == "harmed":
        return [SAYS.finding("effect.harmed", name=name, **ends, **amount)]
    if each.verdict == "as_expected_without":
        return [SAYS.finding("effect.as_expected", name=name, **raw, **ends, **signed)]
    if each.design == "series":
        key = {"rose_then": "effect.rose", "fell_then": "effect.fell", "no_effect": "effect.no_shift"}.get(each.verdict, "effect.no_shift_told")
        return [SAYS.finding(key, name=name, figure=figure_of(found), seen=Quantity(each.seen, unit.difference), **ends, **amount)]
    if each.verdict == "no_effect":
        return [SAYS.finding("effect.no_effect", name=name, **ends, **signed), *_by_itself(each, unit)]
    return _not_told(each, found, unit, ends, signed)


def _by_itself(each: Judged, unit: Unit) -> list[Finding]:
    """How much of what is seen would have come without it."""
    if not np.isfinite(each.raw) or each.design == "customers":
        return []
    expected = each.raw - each.estimate
    if each.design == "score" and each.raw > 0 and expected > 0:
        return [SAYS.finding("own.return", name=each.initiative, raw=Quantity(each.raw, unit.difference), expected=Quantity(expected, unit.difference))]
    return [SAYS.finding("own.raw", name=each.initiative, raw=Quantity(each.raw, unit.signed_difference))]


def _not_told(each: Judged, found: Judgement, unit: Unit, ends, signed) -> list[Finding]:
    """Why it cannot be told, and when it can."""
    name, effect = each.initiative, each.rollout
    if each.design == "one_unit":
        return [SAYS.finding("effect.one_unit", name=name, units=each.rank.units, rank=each.rank.rank, **signed)]
    if each.design == "customers" and each.trial.bounds is not None and (each.low > 0 or each.high < 0):
        return [SAYS.finding("effect.who_answered", name=name, offered=each.trial.answered, others=each.trial.others_answered, **ends)]
    seen = {"seen": Quantity(each.seen, unit.difference)}
    if each.design == "customers":
        return [SAYS.finding("effect.cannot_tell_ever", name=name, **seen, **ends, **signed)]
    if each.before < 2:
        return [SAYS.finding("effect.one_before", name=name)]
    if each.design == "other" and _under_way(each, found):
        return [SAYS.finding("effect.unlike", name=name)]
    if each.design != "random" and _clear(effect) != _clear(each.adjusted):
        others = {"other_low": Quantity(effect.low, unit.signed_ends), "other_high": Quantity(effect.high, unit.signed_ends)}
        return [SAYS.finding("effect.disagree", name=name, **ends, **others)]
    until = _until(each, found)
    if until is not None:
        return [SAYS.finding("effect.cannot_tell", name=name, **seen, **ends, **signed), SAYS.finding("when.date", name=name, until=until, smallest=signed["smallest"])]
    never = [] if each.further is not None else [SAYS.finding("when.never", name=name, periods=MOST_PERIODS, smallest=signed["smallest"])]
    return [SAYS.finding("effect.cannot_tell_ever", name=name, **seen, **ends, **signed), *never]


def _clear(interval) -> int:
    return 1 if interval.low > 0 else -1 if interval.high < 0 else 0


def _under_way(each: Judged, found: Judgement) -> bool:
    """Whether the units with it already changed differently before it began."""
    level = 1 - found.design.confidence
    return any(p is not None and p <= level for p in (each.rollout.trend_p, each.rollout.placebo_p))


def _before(each: Judged, found: Judgement) -> list[Finding]:
    effect, unit = each.rollout, unit_of(found)
    if effect.trend_p is None:
        return []
    if effect.trend_p <= 1 - found.design.confidence:
        ends = {"low": Quantity(effect.trend_low, unit.signed_ends), "high": Quantity(effect.trend_high, unit.signed_ends)}
        return [COURSE.finding("course.under_way", name=each.initiative, trend=Quantity(effect.trend, unit.signed_difference), **ends)]
    return [COURSE.finding("course.before", name=each.initiative)]
