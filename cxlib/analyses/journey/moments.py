"""Moments of truth: how customers feel at each touchpoint, and which behaviour turns a 7-8 into a 9-10; the service blueprint beside it."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.across import days_of, is_torn, steps_of
from cxlib.analyses.result import Base, Finding, Place, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit
from cxlib.stats.journey.moments_of_truth import LEAST, behaviour_effects, feelings
from cxlib.stats.journey.steps import numbered

ALARM = 0.05
MATTERS = 0.05  # more low scores than the others, from which a moment of truth fails
NAMED = 3  # behaviours that have a sentence of their own
LOW, GOOD, HIGH = 0.6, 0.7, 0.9  # of the scale: 6, 7 and 9 of 10
PARTS = ("customer", "front_line", "behind", "support", "evidence", "fails")  # of a blueprint

SAYS = Sentences(
    {
        "moment.lifts": Says("neutral", "{touchpoint}: with “{behaviour}”, the share of top scores among the good ones is {lift} higher ({low} to {high}).", subject="touchpoint", stake=Place("behaviours", "lift", "behaviour"), shown_in=(Place("behaviours", "lift", "behaviour"),), advises="behaviour"),
        "moment.lowers": Says("neutral", "{touchpoint}: with “{behaviour}”, the share of top scores among the good ones is {lift} lower ({low} to {high}).", subject="touchpoint", shown_in=(Place("behaviours", "lift", "behaviour"),)),
        "moment.none": Says("unclear", "No behaviour of those looked at ({looked:count}) separates top scores from good ones by more than chance can explain.", about="data"),
        "moment.no_behaviours": Says("unclear", "Which behaviours lift a good score to a top score cannot be said: too few scored contacts have them noted.", about="data"),
        "moment.worst_felt": Says("bad", "Customers feel worst at {touchpoint}: {bad:percent} name a bad feeling and {good:percent} a good one.", subject="touchpoint", shown_in=(Place("touchpoints", "bad", "touchpoint"),)),
        "moment.lowest": Says("bad", "{touchpoint} has the most low scores: {poor:percent} of its contacts ({low:percent} to {high:percent}).", subject="touchpoint", shown_in=(Place("touchpoints", "poor", "touchpoint"),)),
        "moment.too_few": Says("unclear", "Too few scored contacts to say how customers feel at each touchpoint.", about="data"),
        "absent.moments_of_truth": ("absent", "Moments of truth: the logs hold neither scores nor feelings of contacts."),
        "blueprint.told": ("neutral", "The blueprint describes {n:count} touchpoints in the company's own words, beside what customers met there."),
        "blueprint.failing": Says("bad", "{touchpoint} is a moment of truth and has more low scores than the other touchpoints together: {poor:percent} against {others:percent}.", subject="touchpoint"),
        "absent.service_blueprint": ("absent", "Service blueprint: none was given."),
    }
)  # fmt: skip

METHOD = Term("Shares with Wilson's intervals. Each behaviour: share of 9–10 among contacts scored 7–10 (the top and the good part of the scale), with the other behaviours of the touchpoint and the customer's other scores accounted for; errors by customer, Holm's method over all behaviours of all touchpoints. A behaviour goes with a score and need not cause it.")
VERDICTS = {"lifts": Term("lifts"), "lowers": Term("lowers"), "none": Term("no clear difference"), "few": Term("too few")}


def moments_of_truth(journey: Journey | None, design: Design = EVERYBODY) -> Result:
    """How customers feel at each touchpoint, and which behaviours there go with a top score instead of a good one.

    journey    its contacts: score, good, bad and the columns of behaviours
    design     minimum (customers of a touchpoint that is shown, ten contacts at least) and confidence count
    returns    table "touchpoints", in the customer's order: touchpoint, owner, n (scored contacts), poor (share of 0-6), poor_low, poor_high,
               top (share of 9-10), good, bad (shares naming such a feeling; NaN where nobody was asked), net; "behaviours": touchpoint,
               behaviour, n (contacts scored 7 or more), with_it, lift, lift_low, lift_high (share of 9-10 more), p_holm, verdict
    assumes    as stats.journey.moments_of_truth

    >>> page.show(journey.moments_of_truth(log, design))
    Henvendelse: with “Tog ansvar for sagen”, the share of top scores among the good ones is...
    """
    told = journey is not None and journey.contacts[["score", "good", "bad"]].notna().any(axis=None)
    if journey is None or not told:
        return Result.missing("moments_of_truth", SAYS.finding("absent.moments_of_truth"), read=0 if journey is None else len(journey.contacts))
    contacts = journey.contacts
    least = max(design.minimum, LEAST)
    somewhere = contacts.touchpoint.notna() & contacts[["score", "good", "bad"]].notna().any(axis=1)
    customers = contacts[somewhere].assign(who=lambda rows: rows.customer.fillna(rows["case"])).groupby("touchpoint").who.nunique()
    shown = [key for key in journey.touchpoints if customers.get(key, 0) >= least]
    base = Base(len(contacts), int(somewhere.sum()), {Term("not scored, or at no touchpoint"): int((~somewhere).sum())} if (~somewhere).any() else {})
    settings = {"minimum": least, "confidence": design.confidence}
    if not shown:
        return Result("moments_of_truth", {}, (SAYS.finding("moment.too_few"),), base, settings)
    places = _places(journey, shown, design)
    behaviours = _behaviours(journey, shown, design)
    findings = (*_lifting(behaviours), *_felt(places))
    return Result("moments_of_truth", {"touchpoints": places, "behaviours": behaviours}, findings, base, settings, METHOD)


def service_blueprint(journey: Journey | None, design: Design = EVERYBODY) -> Result:
    """The client's own words on each touchpoint, beside what customers met there.

    returns    tables in the customer's order: "blueprint": touchpoint, owner, promise, and the parts that are given (customer, front_line,
               behind, support, evidence, fails); "met": touchpoint, reach (share of known customers with a contact there), n (scored
               contacts), mean, poor, net (good feelings minus bad ones), received and passed (hand-overs to contacts there, and after
               them), wait_days (from a hand-over until somebody acts, on average). NaN: fewer customers than the design's minimum (ten at
               least), nobody was asked, or the logs cannot be followed from one to the next

    >>> page.show(journey.service_blueprint(log, design))
    Klage is a moment of truth and has more low scores than the other touchpoints together: 68% against...
    """
    if journey is None or journey.blueprint is None or journey.blueprint.empty:
        return Result.missing("service_blueprint", SAYS.finding("absent.service_blueprint"))
    contacts, words = journey.contacts, journey.blueprint
    least = max(design.minimum, LEAST)
    told = [key for key in journey.touchpoints if key in words.index]
    touchpoints = [journey.touchpoints[key] for key in told]
    parts = {part: list(words[part].fillna("")[told]) for part in PARTS if part in words}
    table = pd.DataFrame({
        "touchpoint": [each.label for each in touchpoints], "owner": [each.owner or "" for each in touchpoints],
        "promise": [each.promise or "" for each in touchpoints], **parts,
    })  # fmt: skip
    met = _met(journey, told, least)
    failing = [SAYS.finding("blueprint.failing", **each) for each in _failing(met.assign(moment=[each.moment_of_truth for each in touchpoints]))]
    finding = SAYS.finding("blueprint.told", n=len(table))
    base = Base(len(contacts), int(contacts.touchpoint.notna().sum()))
    return Result("service_blueprint", {"blueprint": table, "met": met}, (*failing, finding), base, {"minimum": least, "confidence": design.confidence})


def _met(journey: Journey, told: list[str], least: int) -> pd.DataFrame:
    """What customers met at the touchpoints that are told of: a row each."""
    contacts = _with_hand_overs(journey)
    here, felt = contacts.groupby("touchpoint"), contacts[contacts.good.notna() & contacts.bad.notna()].groupby("touchpoint")
    customers = here.customer.nunique()
    figures = pd.DataFrame({
        "reach": customers / contacts.customer.nunique(), "n": here.score.count(), "mean": here.score.mean(), "poor": here.poor.mean(),
        "net": (felt.good.mean() - felt.bad.mean()).where(felt.size() >= LEAST),
        "received": here.received.sum(min_count=1), "passed": here.passed.sum(min_count=1), "wait_days": here.waited.mean().where(here.waited.count() >= LEAST),
    })  # fmt: skip
    figures = figures.where(customers >= least).reindex(told)
    return figures.assign(touchpoint=[journey.touchpoints[key].label for key in told])[["touchpoint", *figures]].reset_index(drop=True)


def _with_hand_overs(journey: Journey) -> pd.DataFrame:
    """The contacts with poor (0 or 1), received and passed (1 where a hand-over leads to or follows a contact) and waited (days from the
    hand-over until somebody acts); NaN where not known."""
    contacts = journey.contacts
    poor = contacts.score.le(_at(journey, LOW)).where(contacts.score.notna()).astype(float)
    unknown = pd.Series(np.nan, contacts.index)
    if is_torn(journey) or contacts.owner.nunique() < 2:
        return contacts.assign(poor=poor, received=unknown, passed=unknown, waited=unknown)
    steps = steps_of(contacts)
    received, passed = np.empty(len(contacts)), np.empty(len(contacts))
    received[steps.rows] = steps.handed
    passed[steps.rows] = np.where(steps.last, 0.0, np.roll(steps.handed, -1))
    waited = pd.Series(days_of(contacts.accepted, contacts) - days_of(contacts.time, contacts), contacts.index)
    return contacts.assign(poor=poor, received=received, passed=passed, waited=waited.where(received == 1))


def _at(journey: Journey, part: float) -> float:
    """The score at that part of the scale."""
    low, high = journey.scale
    return low + part * (high - low)


def _places(journey: Journey, shown: list[str], design: Design) -> pd.DataFrame:
    """Feelings and scores of each touchpoint that is shown."""
    contacts = journey.contacts
    place = contacts.touchpoint.array
    low = contacts.score.le(_at(journey, LOW)).where(contacts.score.notna()).to_numpy(float)
    top = contacts.score.ge(_at(journey, HIGH)).where(contacts.score.notna()).to_numpy(float)
    scores = feelings(top, low, place, order=shown, confidence=design.confidence).set_index("touchpoint")
    felt = feelings(contacts.good.to_numpy(float), contacts.bad.to_numpy(float), place, order=shown, confidence=design.confidence).set_index("touchpoint")
    touchpoints = [journey.touchpoints[key] for key in shown]
    table = pd.DataFrame({
        "touchpoint": [each.label for each in touchpoints], "owner": [each.owner or "" for each in touchpoints],
        "n": scores.n.reindex(shown).fillna(0).astype(int).to_numpy(),
        **{new: scores[old].reindex(shown).to_numpy(float) for new, old in (("poor", "bad"), ("poor_low", "bad_low"), ("poor_high", "bad_high"), ("top", "good"))},
        **{name: felt[name].reindex(shown).to_numpy(float) for name in ("good", "bad", "net")},
    })  # fmt: skip
    return table


def _behaviours(journey: Journey, shown: list[str], design: Design) -> pd.DataFrame:
    """Each behaviour of each touchpoint that is shown: how many more of the good contacts are top ones with it."""
    asked = {key: list(journey.touchpoints[key].behaviours) for key in shown if journey.touchpoints[key].behaviours}
    columns = list(dict.fromkeys(column for names in asked.values() for column in names))
    contacts = journey.contacts.reset_index(drop=True)
    score = contacts.score
    top = score.ge(_at(journey, HIGH)).where(score.ge(_at(journey, GOOD))).to_numpy(float)
    whose = contacts.customer.fillna(contacts["case"])
    found = behaviour_effects(
        top, contacts[columns].astype(float), contacts.touchpoint.to_numpy(object), asked=asked, controls=_elsewhere(score, whose) if asked else None,
        clusters=numbered(whose.array, use_na_sentinel=False), confidence=design.confidence,
    )  # fmt: skip
    verdicts = np.select([found.p_holm.isna(), found.p_holm >= ALARM, found.estimate > 0], ["few", "none", "lifts"], "lowers")
    labels = [journey.touchpoints[key].behaviours[name] for key, name in zip(found.touchpoint, found.behaviour, strict=True)]
    return pd.DataFrame({
        "touchpoint": [journey.touchpoints[key].label for key in found.touchpoint], "behaviour": labels, "n": found.n, "with_it": found.with_it,
        "lift": found.estimate, "lift_low": found.low, "lift_high": found.high, "p_holm": found.p_holm, "verdict": [VERDICTS[each] for each in verdicts],
    })  # fmt: skip


def _elsewhere(score: pd.Series, whose: pd.Series) -> pd.DataFrame:
    """What the customer thinks anyway: the mean of the customer's other scores, and whether there are any."""
    by = score.groupby(numbered(whose.array, use_na_sentinel=False))
    others = by.transform("count") - score.notna()
    mean = (by.transform("sum") - score.fillna(0)) / others.where(others > 0)
    known = mean.notna() & whose.notna()
    return pd.DataFrame({"elsewhere": (mean - mean[known].mean()).where(known, 0.0), "known": known.astype(float)})


def _lifting(behaviours: pd.DataFrame) -> list[Finding]:
    looked = int(behaviours.p_holm.notna().sum())
    clear = behaviours[behaviours.verdict.isin([VERDICTS["lifts"], VERDICTS["lowers"]])].sort_values("lift", key=abs, ascending=False, kind="stable")
    if len(clear):
        return [_lift(row) for row in clear.head(NAMED).to_dict("records")]
    if not len(behaviours):
        return []
    return [SAYS.finding("moment.none", looked=looked) if looked else SAYS.finding("moment.no_behaviours")]


def _lift(row: dict) -> Finding:
    rises = row["lift"] > 0
    ends = (row["lift_low"], row["lift_high"]) if rises else (-row["lift_high"], -row["lift_low"])
    points = {"lift": Quantity(abs(row["lift"]), Unit.PERCENT.difference)}
    points |= {slot: Quantity(value, Unit.PERCENT.signed_ends) for slot, value in zip(("low", "high"), ends, strict=True)}
    return SAYS.finding("moment.lifts" if rises else "moment.lowers", touchpoint=row["touchpoint"], behaviour=row["behaviour"], **points)


def _felt(places: pd.DataFrame) -> list[Finding]:
    """Where customers feel worst, and where most scores are low, where that is clear of the other touchpoints."""
    told = []
    felt = places.dropna(subset="net")
    if len(felt) > 1 and felt.net.min() < 0:
        row = felt.loc[felt.net.idxmin()]
        told.append(SAYS.finding("moment.worst_felt", touchpoint=row.touchpoint, bad=row.bad, good=row.good))
    scored = places.dropna(subset="poor")
    if len(scored) > 1:
        row = scored.loc[scored.poor.idxmax()]
        if row.poor_low > scored.poor.median():
            told.append(SAYS.finding("moment.lowest", touchpoint=row.touchpoint, poor=row.poor, low=row.poor_low, high=row.poor_high))
    return told


def _failing(table: pd.DataFrame) -> list[dict]:
    """Moments of truth with more low scores than the other touchpoints together."""
    known = table.dropna(subset="poor")
    told = []
    for place in known.index[known.moment.astype(bool)]:
        rest = known.drop(index=place)
        if len(rest) and rest.n.sum() > 0:
            others = float(np.average(rest.poor, weights=rest.n))
            row = known.loc[place]
            error = np.sqrt(row.poor * (1 - row.poor) / row.n + others * (1 - others) / rest.n.sum())
            if row.poor - others > max(2 * error, MATTERS):
                told.append({"touchpoint": row.touchpoint, "poor": row.poor, "others": others})
    return told[:NAMED]
