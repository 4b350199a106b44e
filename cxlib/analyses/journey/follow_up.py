"""Does contact after a bad answer help, and does it matter how soon it comes? What may be said depends on how the data came about."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import FollowUp
from cxlib.analyses.design import EVERYBODY, Design, Question
from cxlib.analyses.journey.due import due_rows
from cxlib.analyses.result import Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit
from cxlib.stats.follow_up.effect import (
    LEAST,
    MeanReturn,
    call_hazard,
    calling_design,
    effect_verdict,
    held_constant,
    return_to_the_mean,
    score_effect,
    speed_effect,
)
from cxlib.stats.follow_up.lee_bounds import LeeBounds, lee_bounds
from cxlib.stats.survey.proportions import share, share_difference

SMALLEST_SHARE = 0.05  # of the customers: a difference in leaving that matters
SIGNED = ("no_help", "no_link", "cannot_tell")  # verdicts whose sentence gives the effect with its sign
HOUR = 1 / 24  # days: a wait of nothing has no logarithm
DOUBLED = 0.1  # SD of the waits, in doublings, below which nobody waited clearly longer than another

# fmt: off

EFFECT = Sentences(
    {
        "contact.helps": Says("good", "Contact helps: customers who were to be contacted score {effect:gap_fine} higher afterwards than those left out at random ({low:signed_ends_fine} to {high:signed_ends_fine}).", stake="effect"),
        "contact.no_help": ("neutral", "Contact makes no difference that matters: customers who were to be contacted score {effect:signed_gap_fine} afterwards, compared with those left out at random ({low:signed_ends_fine} to {high:signed_ends_fine}); {smallest:gap_fine} would matter."),
        "contact.harms": Says("bad", "Contact does harm: customers who were to be contacted score {effect:gap_fine} lower afterwards than those left out at random ({low:signed_ends_fine} to {high:signed_ends_fine}).", stake="effect"),
        "contact.cannot_tell": Says("unclear", "Whether contact helps cannot be determined yet: customers who were to be contacted score {effect:signed_gap_fine} afterwards, compared with those left out at random ({low:signed_ends_fine} to {high:signed_ends_fine}). Keep leaving some out until the range is narrower.", about="data"),
        "contact.who_answered": Says("unclear", "Whether contact helps cannot be determined: {contacted:percent} of the customers who were to be contacted answered again and {others:percent} of those left out, which alone can make the difference; the effect lies between {low:signed_gap_fine} and {high:signed_gap_fine}. Ask both groups again in the same way.", about="data"),
        "contact.goes_with": ("neutral", "Contacted customers score {effect:gap_fine} higher afterwards than the others, with first score, severity and type of case held constant ({low:signed_ends_fine} to {high:signed_ends_fine}). That does not prove that contact helps: who was contacted was not left to chance."),
        "contact.goes_against": ("neutral", "Contacted customers score {effect:gap_fine} lower afterwards than the others, with first score, severity and type of case held constant ({low:signed_ends_fine} to {high:signed_ends_fine}). That does not prove that contact does harm: who was contacted was not left to chance."),
        "contact.no_link": ("neutral", "Contacted customers score about the same as the others afterwards, with first score, severity and type of case held constant: {effect:signed_gap_fine} ({low:signed_ends_fine} to {high:signed_ends_fine})."),
        "contact.link_unclear": Says("unclear", "Whether contacted customers score higher than the others cannot be determined: {effect:signed_gap_fine} ({low:signed_ends_fine} to {high:signed_ends_fine}), with first score, severity and type of case held constant.", about="data"),
        "contact.called_only": Says("unclear", "Whether contact helps cannot be determined: everybody was contacted, so there is nobody to compare with. Leave one in ten out at random.", about="data"),
        "contact.no_severity": Says("unclear", "Contacted customers cannot be compared with the others: how severe each case is has not been recorded, and severe cases may be contacted first. Record it, or leave one in ten out at random.", about="data"),
        "contact.nobody": Says("unclear", "Whether contact helps cannot be determined: fewer than {minimum:count} customers have been contacted.", about="data"),
        "contact.not_asked_again": Says("unclear", "Whether contact lifts the score cannot be determined: fewer than {minimum:count} customers of one of the groups have been asked again. Ask all of them, those left out too.", about="data"),
        "return.as_expected": ("neutral", "The score of contacted customers has risen by {rise:gap_fine}. A rise of {expected:gap_fine} ({low:signed_ends_fine} to {high:signed_ends_fine}) was to be expected without contact, because customers with unusually low answers were picked; the rest may be due to chance."),
        "return.more": ("neutral", "The score of contacted customers has risen by {rise:gap_fine}. Of that, {expected:gap_fine} ({low:signed_ends_fine} to {high:signed_ends_fine}) was to be expected without contact, because customers with unusually low answers were picked."),
        "return.less": ("bad", "The score of contacted customers has changed by {rise:signed_gap_fine}, less than the rise of {expected:gap_fine} ({low:signed_ends_fine} to {high:signed_ends_fine}) to be expected without contact, because customers with unusually low answers were picked."),
        "leaving.helps": Says("good", "Contact keeps customers: the share who stay is {effect:gap_percent1} higher among those who were to be contacted than among those left out at random ({low:signed_ends_percent1} to {high:signed_ends_percent1}).", stake="effect"),
        "leaving.no_help": ("neutral", "Contact makes no difference that matters to how many stay: {effect:signed_gap_percent1} among those who were to be contacted, compared with those left out at random ({low:signed_ends_percent1} to {high:signed_ends_percent1})."),
        "leaving.harms": Says("bad", "Contact drives customers away: the share who stay is {effect:gap_percent1} lower among those who were to be contacted than among those left out at random ({low:signed_ends_percent1} to {high:signed_ends_percent1}).", stake="effect"),
        "leaving.cannot_tell": Says("unclear", "Whether contact keeps customers cannot be determined yet: the difference in the share who stay is {effect:signed_gap_percent1}, compared with those left out at random ({low:signed_ends_percent1} to {high:signed_ends_percent1}).", about="data"),
        "leaving.goes_with": ("neutral", "Once contacted, customers leave at {ratio:mean} times the rate of those not contacted so far ({low:mean} to {high:mean}). That does not prove an effect of the contact: who was contacted was not left to chance."),
        "leaving.no_sign": ("neutral", "Once contacted, customers leave at {ratio:mean} times the rate of those not contacted so far ({low:mean} to {high:mean}), which may be due to chance."),
        "absent.effect_of_contact": ("absent", "Whether contact after a bad answer helps: there is no list of those who should be contacted."),
    },
    shown_in=(Place("effects", "estimate"),),
    named={"contacted": Named(Term("Share of those to be contacted who answered again")),
           "others": Named(Term("Share of those left out who answered again")),
           "ratio": Named(Term("Rate of leaving once contacted, as a multiple of that without"), "low", "high")},
)

SPEED = Sentences(
    {
        "speed.goes_with": ("bad", "Among equally severe cases the score afterwards is {effect:gap_fine} lower for each doubling of the wait ({low:signed_ends_fine} to {high:signed_ends_fine})."),
        "speed.goes_against": ("neutral", "Among equally severe cases the score afterwards is {effect:gap_fine} higher for each doubling of the wait ({low:signed_ends_fine} to {high:signed_ends_fine}); so it is not a quick contact that lifts it."),
        "speed.no_link": ("neutral", "Among equally severe cases, how soon customers are contacted makes no difference that matters to the score afterwards: {effect:signed_gap_fine} for each doubling of the wait ({low:signed_ends_fine} to {high:signed_ends_fine})."),
        "speed.cannot_tell": Says("unclear", "Whether it matters how soon customers are contacted cannot be determined: {effect:signed_gap_fine} for each doubling of the wait, among equally severe cases ({low:signed_ends_fine} to {high:signed_ends_fine}).", about="data"),
        "speed.no_severity": Says("unclear", "Whether it matters how soon customers are contacted cannot be determined: how severe each case is has not been recorded, and urgent cases are contacted first. Record it.", about="data"),
        "speed.too_few": Says("unclear", "Whether it matters how soon customers are contacted cannot be determined: fewer than {minimum:count} contacted customers have been asked again.", about="data"),
        "speed.alike": Says("unclear", "Whether it matters how soon customers are contacted cannot be determined: all of them were contacted about equally soon.", about="data"),
        "absent.speed_of_contact": ("absent", "Whether it matters how soon customers are contacted: there is no list of those who should be."),
    },
    shown_in=(Place("effects", "estimate"),),
)
# fmt: on

COMPARED = {
    "random": Term("those left out at random"),
    "adjusted": Term("those not contacted, first score, severity and type held constant"),
    "called_only": Term("what is to be expected without contact"),
    "hazard": Term("those not contacted so far"),
}
OUTCOMES = {"score": Term("Score afterwards"), "leaving": Term("Share who stay"), "rate": Term("Rate of leaving (ratio)"), "doubled": Term("Score, for each doubling of the wait")}  # fmt: skip

METHOD_EFFECT = (
    Term("Customers left out at random: difference by intention to treat, the first score held constant. Where not everybody answered again, the verdict must also hold for Lee's bounds, which allow for who answers."),
    Term("Without a random comparison group nothing is said to help. The rise to expect comes from regression to the mean; leaving is measured by a Cox model in which a customer counts as contacted only from the contact on."),
)  # fmt: skip
METHOD_SPEED = Term("Regression of the score afterwards on the logarithm of the wait, with first score, severity and type of case held constant; robust errors.")


def effect_of_contact(
    follow_up: FollowUp | None, responses: pd.DataFrame | None = None, recommend: Question | None = None, design: Design = EVERYBODY
) -> Result:
    """Whether contact helps, as far as the data can tell: by a random comparison group, by severity held constant, or not.

    follow_up   one row an answer that should be followed up; None when there is no such list
    responses, recommend  the survey's rows and the question that the score answers, from which it is known what everybody
                says; without them the rise to expect is not told
    design      its minimum: customers on a side below whom nothing is said
    returns     tables "effects" (outcome, compared, n, others, estimate with interval, in the unit of the row), "return" (what
                the score rose by, and what was to be expected)

    >>> page.show(journey.effect_of_contact(engagement.follow_up, engagement.survey.rows, engagement.survey.recommend))
    Whether contact helps cannot be determined yet: customers who were to be contacted score ...
    """
    if follow_up is None:
        return Result.missing("effect_of_contact", EFFECT.finding("absent.effect_of_contact"))
    rows, base = due_rows(follow_up, left_out=True)
    minimum = max(LEAST, design.minimum)
    settings = {"minimum": minimum, "confidence": design.confidence, "smallest": follow_up.smallest, "smallest_share": SMALLEST_SHARE}
    design_of_data = calling_design(rows.contacted.notna(), rows.left_out, rows.severity)
    settings["data"] = design_of_data
    if design_of_data == "nobody":
        finding = EFFECT.finding("contact.nobody", minimum=minimum)
        return Result("effect_of_contact", {}, (finding,), base, settings, METHOD_EFFECT)
    lines, findings = [], []
    for line, finding in _effects(rows, design_of_data, follow_up, design.confidence):
        lines += [line] if line else []
        findings.append(finding)
    tables = {"effects": pd.DataFrame(lines)} if lines else {}
    if back := _return(rows, responses, recommend, design.confidence):
        tables["return"] = _return_table(back)
        findings.append(_return_finding(back, follow_up.smallest))
    return Result("effect_of_contact", tables, tuple(findings), base, settings, METHOD_EFFECT)


def speed_of_contact(follow_up: FollowUp | None, design: Design = EVERYBODY) -> Result:
    """Whether it matters how soon customers are contacted, among equally severe cases; without severity nothing is said.

    follow_up  one row an answer that should be followed up; None when there is no such list
    returns    table "effects": one row, points of the score for each doubling of the wait

    >>> page.show(journey.speed_of_contact(engagement.follow_up))
    Among equally severe cases, how soon customers are contacted makes no difference that matters to the score afterwards...
    """
    if follow_up is None:
        return Result.missing("speed_of_contact", SPEED.finding("absent.speed_of_contact"))
    rows, base = due_rows(follow_up)
    minimum = max(3 * LEAST, design.minimum)
    settings = {"minimum": minimum, "confidence": design.confidence, "smallest": follow_up.smallest}
    asked = rows[rows.contacted.notna() & rows.score_again.notna()]
    if asked.severity.notna().sum() < 0.9 * len(asked) or not len(asked):
        key = "speed.no_severity" if len(asked) >= minimum else "speed.too_few"
        return Result("speed_of_contact", {}, (SPEED.finding(key, minimum=minimum),), base, settings, METHOD_SPEED)
    if len(asked) < minimum:
        return Result("speed_of_contact", {}, (SPEED.finding("speed.too_few", minimum=minimum),), base, settings, METHOD_SPEED)
    days = (asked.contacted - asked.answered) / pd.Timedelta(days=1)
    if np.log2(days.clip(lower=0) + HOUR).std() < DOUBLED:
        return Result("speed_of_contact", {}, (SPEED.finding("speed.alike"),), base, settings, METHOD_SPEED)
    held = held_constant(asked.severity, *_type(asked), asked.score)
    found = speed_effect(days.clip(lower=0), asked.score_again, held, plus=HOUR, confidence=design.confidence)
    verdict = effect_verdict("adjusted", found.low, found.high, smallest=follow_up.smallest)
    key = {"goes_with": "goes_against", "goes_against": "goes_with"}.get(verdict, verdict)  # a longer wait stands above
    effect = found.estimate if verdict in SIGNED else abs(found.estimate)
    finding = SPEED.finding(f"speed.{key}", effect=effect, low=found.low, high=found.high)
    line = _line("doubled", "adjusted", found.n, None, found.estimate, found.low, found.high)
    return Result("speed_of_contact", {"effects": pd.DataFrame([line])}, (finding,), base, settings, METHOD_SPEED)


def _effects(rows: pd.DataFrame, data: str, follow_up: FollowUp, confidence: float) -> Iterator[tuple[dict | None, Finding]]:
    """A line of the table and a finding for each outcome that the design of the data lets be judged."""
    if data == "random":
        judged = list(_by_chance(rows, follow_up, confidence))
        yield from judged
        if any(finding.tone == "unclear" for _, finding in judged[:1]):
            yield from _held_constant(rows[~rows.left_out], follow_up, confidence)
    elif data == "adjusted":
        yield from _held_constant(rows, follow_up, confidence)
    else:
        yield None, EFFECT.finding("contact.called_only" if data == "called_only" else "contact.no_severity")
    if data in ("random", "adjusted", "unadjusted"):
        yield from _rate_of_leaving(rows[~rows.left_out & rows.severity.notna()], follow_up.until, confidence)


def _by_chance(rows: pd.DataFrame, follow_up: FollowUp, confidence: float) -> Iterator[tuple[dict | None, Finding]]:
    due, again = ~rows.left_out, rows.score_again.notna() & rows.score.notna()
    if min((due & again).sum(), (~due & again).sum()) < LEAST:
        yield None, EFFECT.finding("contact.not_asked_again", minimum=LEAST)
    else:
        found = score_effect(due, rows.score, rows.score_again, confidence=confidence)
        bounds = lee_bounds(due, rows.score_again, confidence=confidence)
        line = _line("score", "random", found.n, found.n_others, found.estimate, found.low, found.high)
        yield line, _by_chance_finding(found, bounds, follow_up.smallest)
    known = rows.churned.notna()
    if min((due & known).sum(), (~due & known).sum()) >= LEAST:
        gone = share_difference(share(rows.churned[due & known]), share(rows.churned[~due & known]), confidence=confidence)
        verdict = effect_verdict("random", gone.low, gone.high, smallest=SMALLEST_SHARE)
        effect = gone.estimate if verdict in SIGNED else abs(gone.estimate)
        line = _line("leaving", "random", gone.n_before, gone.n_after, gone.estimate, gone.low, gone.high, Unit.PERCENT)
        yield line, EFFECT.finding(f"leaving.{verdict}", effect=effect, low=gone.low, high=gone.high)


def _by_chance_finding(found, bounds: LeeBounds, smallest: float) -> Finding:
    ends = {"effect": found.estimate, "low": found.low, "high": found.high, "smallest": smallest}
    verdict = effect_verdict("random", found.low, found.high, smallest=smallest, bounds=bounds)
    if verdict == "cannot_tell" and effect_verdict("random", found.low, found.high, smallest=smallest) != "cannot_tell":
        told = {"contacted": bounds.answered_treated, "others": bounds.answered_untreated, "low": bounds.low, "high": bounds.high}
        return EFFECT.finding("contact.who_answered", **told)
    return EFFECT.finding(f"contact.{verdict}", **ends | {"effect": found.estimate if verdict in SIGNED else abs(found.estimate)})


def _held_constant(rows: pd.DataFrame, follow_up: FollowUp, confidence: float) -> Iterator[tuple[dict | None, Finding]]:
    called, whole = rows.contacted.notna(), rows.score_again.notna() & rows.score.notna() & rows.severity.notna()
    if min((called & whole).sum(), (~called & whole).sum()) < LEAST:
        yield None, EFFECT.finding("contact.not_asked_again", minimum=LEAST)
        return
    rows, called = rows[whole], called[whole]
    found = score_effect(called, rows.score, rows.score_again, held_constant(rows.severity, *_type(rows)), confidence=confidence)
    verdict = effect_verdict("adjusted", found.low, found.high, smallest=follow_up.smallest)
    key = "link_unclear" if verdict == "cannot_tell" else verdict
    line = _line("score", "adjusted", found.n, found.n_others, found.estimate, found.low, found.high)
    effect = found.estimate if verdict in SIGNED else abs(found.estimate)
    yield line, EFFECT.finding(f"contact.{key}", effect=effect, low=found.low, high=found.high)


def _rate_of_leaving(rows: pd.DataFrame, until: pd.Timestamp, confidence: float) -> Iterator[tuple[dict | None, Finding]]:
    """How much faster or slower contacted customers leave, from the contact on; only where it is known when they left."""
    watched = (rows.left.fillna(until) - rows.answered) / pd.Timedelta(days=1)
    rows, watched = rows[watched > 0], watched[watched > 0]
    gone, called = rows.left.notna(), rows.contacted.notna()
    if min((gone & called).sum(), (gone & ~called).sum()) < LEAST:
        return
    waited, held = (rows.contacted - rows.answered) / pd.Timedelta(days=1), held_constant(rows.severity, *_type(rows))
    fit = call_hazard(waited, watched, gone, held, confidence=confidence)
    ratio, low, high = (float(np.exp(fit.terms.loc["called", name])) for name in ("estimate", "low", "high"))
    key = "no_sign" if low <= 1 <= high else "goes_with"
    yield _line("rate", "hazard", int(called.sum()), int((~called).sum()), ratio, low, high, Unit.MEAN), EFFECT.finding(
        f"leaving.{key}", ratio=ratio, low=low, high=high)


def _type(rows: pd.DataFrame) -> list[pd.Series]:
    return [rows.type] if rows.type.notna().any() else []


def _return(
    rows: pd.DataFrame, responses: pd.DataFrame | None, recommend: Question | None, confidence: float
) -> MeanReturn | None:
    """What contacted customers rose by and what was to be expected; None where that cannot be known."""
    if responses is None or recommend is None:
        return None
    pairs = rows[rows.contacted.notna()][["score", "score_again"]].dropna()
    everybody = responses[recommend.score].to_numpy(float)
    if len(pairs) < 3 * LEAST or pairs.score.nunique() < 2:
        return None
    return return_to_the_mean(everybody, pairs.score, pairs.score_again, confidence=confidence)


def _return_table(back: MeanReturn) -> pd.DataFrame:
    rows = {
        Term("Rise of contacted customers"): (back.rise, back.rise_low, back.rise_high),
        Term("To be expected without contact"): (back.expected, back.expected_low, back.expected_high),
        Term("The rest"): (back.beyond, back.low, back.high),
    }
    lines = [{"what": what, "n": back.n, "estimate": at, "low": low, "high": high, "unit": Unit.FINE.value} for what, (at, low, high) in rows.items()]
    return pd.DataFrame(lines)


def _return_finding(back: MeanReturn, smallest: float) -> Finding:
    verdict = effect_verdict("called_only", back.low, back.high, smallest=smallest)
    key = {"more_than_expected": "more", "less_than_expected": "less", "as_expected_without": "as_expected"}[verdict]
    return EFFECT.finding(f"return.{key}", rise=back.rise, expected=back.expected, low=back.expected_low, high=back.expected_high)


def _line(outcome: str, compared: str, n: int, others: int | None, at: float, low: float, high: float, unit: Unit = Unit.FINE) -> dict:
    return {"outcome": OUTCOMES[outcome], "compared": COMPARED[compared], "n": n, "others": others,
            "estimate": at, "low": low, "high": high, "unit": unit.value}  # fmt: skip
