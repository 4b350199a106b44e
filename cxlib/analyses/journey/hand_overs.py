"""Where customers fall between departments: what a hand-over costs in points of the same case, and in the customer's time."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.across import (
    JOINED,
    NO_OWNER,
    base_of_contacts,
    days_of,
    is_torn,
    joined_share,
    of_cases,
    steps_of,
)
from cxlib.analyses.result import Base, Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit
from cxlib.stats.journey.hand_overs import HandOverEffect, hand_over_effect, hand_over_pairs
from cxlib.stats.journey.steps import Steps, counted_cases, pairs_of_owners
from cxlib.stats.journey.waits import TimeSplit, time_split
from cxlib.stats.refusal import Refusal

FEWEST, FEWEST_CASES = 30, 10  # scored hand-overs of a pair, and cases with one, for an effect of its own
NAMED = 3  # pairs that are told in sentences
MUCH = 0.1  # of the time until cases are solved: from here on waiting between departments calls for action
ACCEPTED = 0.5  # share of the hand-overs of which the log tells when the receiver took over, for its queues to count
LEAST = 0.005  # of the time: a part that is shown is at least as much
FEW_SOLVED = 20  # solved cases for a share of the time

# fmt: off
SAYS = Sentences(
    {
        "hand_over.falls_and_waits": Says("bad", "Customers fall between {giver} and {receiver}: after that hand-over the next contact of the same case scores {points:gap_points} lower ({low:signed_ends_points} to {high:signed_ends_points}), and {share:percent} of the time until cases are solved is spent waiting for {receiver}.", subject="pair", stake=Place("pairs", "effect", "pair", Unit.FINE.signed_difference), advises="hand_over"),
        "hand_over.falls": Says("bad", "Customers fall between {giver} and {receiver}: after that hand-over the next contact of the same case scores {points:gap_points} lower ({low:signed_ends_points} to {high:signed_ends_points}).", subject="pair", stake=Place("pairs", "effect", "pair", Unit.FINE.signed_difference), advises="hand_over"),
        "hand_over.rises": Says("good", "Where {giver} hands over to {receiver}, the next contact scores {points:gap_points} higher in the same case ({low:signed_ends_points} to {high:signed_ends_points}).", subject="pair", stake=Place("pairs", "effect", "pair", Unit.FINE.signed_difference)),
        "hand_over.falls_all": Says("bad", "After a hand-over the next contact scores {points:signed_gap_points} against others of the same case ({low:signed_ends_points} to {high:signed_ends_points}); no two departments stand out.", named={"points": Named(Term("Change after a hand-over, all departments"), "low", "high")}),
        "hand_over.no_drop": Says("good", "Hand-overs do not lower the score: in the same case it moves by {points:signed_gap_points} ({low:signed_ends_points} to {high:signed_ends_points}), so a fall of {smallest:general} points or more is ruled out."),
        "hand_over.others": ("neutral", "For the other hand-overs no fall is shown."),
        "hand_over.cannot_tell": Says("unclear", "Whether hand-overs lower the score cannot be determined: between {low:signed_ends_points} and {high:signed_ends_points} points in the same case is possible."),
        "hand_over.trouble_before": Says("unclear", "It went wrong before the hand-over: the contact that leads to one already scores {points:signed_gap_points} against others of the same case ({low:signed_ends_points} to {high:signed_ends_points}), so what the hand-over itself costs cannot be determined.", named={"points": Named(Term("Change before a hand-over"), "low", "high")}, doubts=("hand_over",)),
        "hand_over.better_before": Says("unclear", "The contact that leads to a hand-over scores {points:signed_gap_points} against others of the same case ({low:signed_ends_points} to {high:signed_ends_points}), so a fall after it may be nothing but the return to normal.", named={"points": Named(Term("Change before a hand-over"), "low", "high")}, doubts=("hand_over",)),
        "hand_over.raw": Says("neutral", "Compared plainly, contacts after the hand-over from {giver} to {receiver} score {raw:gap_points} lower than all others. The rest is no effect of the hand-over: hard cases are handed over more often, and late in the case.", about="method", subject="pair", named={"raw": Named(Term("Fall after the hand-over, all contacts compared"))}),
        "hand_over.raw_all": Says("neutral", "Compared plainly, contacts after a hand-over score {raw:gap_points} lower than all others, but this is no effect of the hand-over: hard cases are handed over more often, and late in the case. In the same case the difference is {inside:signed_gap_points}.", about="method", named={"raw": Named(Term("Fall after a hand-over, all contacts compared")), "inside": Named(Term("Change after a hand-over in the same case"))}),
        "hand_over.returned": Says("neutral", "{share:percent} of the cases come back to a department that they had left; {handed:percent} are handed over at all.", named={"handed": Named(Term("Cases that are handed over")), "share": Named(Term("Cases that come back to a department"))}),
        "hand_over.takes_time": Says("bad", "{share:percent} of the time until cases are solved lies between departments: from a hand-over until the receiver acts ({low:percent} to {high:percent}).", named={"share": Named(Term("Time between departments"), "low", "high")}),
        "hand_over.takes_time_at_most": Says("bad", "At most {share:percent} of the time until cases are solved lies between departments ({low:percent} to {high:percent}): the logs do not tell when the receiver began, so all of the time between the last contact of one and the first of the next counts.", named={"share": Named(Term("Time between departments, at most"), "low", "high")}),
        "hand_over.little_time": ("neutral", "{share:percent} of the time until cases are solved lies between departments ({low:percent} to {high:percent})."),
        "hand_over.longest": Says("bad", "Most of it is waiting for {receiver} after a hand-over from {giver}: {share:percent} of all time until cases are solved, {days:points} days a hand-over.", subject="pair"),
        "time.first": ("neutral", "{share:percent} of the time passes before the first department acts."),
        "time.outside": ("neutral", "{share:percent} of the time somebody else is waited for: the customer {customer:percent}, a supplier {supplier:percent}."),
        "time.after": Says("neutral", "Cases stay in the logs after they are solved: {share:percent} of their time lies there and is not counted, because customers no longer wait.", about="method", named={"share": Named(Term("Logged time after the solution"))}),
        "time.unsolved": Says("unclear", "Where the time goes cannot be determined: {n:count} cases have a time at which they were solved, and at least {least:count} are needed. Record when a case is solved, not only when it is closed.", about="data"),
        "hand_over.one_owner": Says("unclear", "All contacts belong to one department, so there are no hand-overs to look at. Name the department of each contact.", about="data"),
        "hand_over.poor_join": Says("unclear", "Only {share:percent} of the contacts belong to a customer who is known in every log, so nothing is said about hand-overs; at least {least:percent} are needed. Give a table of who is who.", about="data"),
        "hand_over.too_few": Says("unclear", "Whether hand-overs lower the score cannot be determined: too few cases have two scored contacts and a hand-over between them. Ask after more contacts, or keep the case's number in every log.", about="data"),
        "absent.hand_overs": ("absent", "Between departments: the logs of contacts were not supplied."),
        "absent.where_time_goes": ("absent", "Where the time goes: the logs of contacts were not supplied."),
    },
    shown_in=(Place("pairs", "effect", "pair"),),
)
# fmt: on

VERDICTS = {"falls": Term("the score falls"), "rises": Term("the score rises"), "no_drop": Term("no fall that matters"), "cannot_tell": Term("cannot tell"),
            "doubtful": Term("already so before the hand-over"), "few": Term("too few scored")}  # fmt: skip
PARTS = {"hand_over": Term("Between departments"), "first_queue": Term("Until the first department acts"), "customer": Term("Waiting for the customer"),
         "supplier": Term("Waiting for a supplier"), "work": Term("With a department")}  # fmt: skip
TERMS = {"inside": Term("After a hand-over, in the same case"), "across": Term("After a hand-over, all cases compared"), "lead": Term("Before a hand-over, in the same case")}

METHOD = (
    Term("Each scored contact is compared with the others of its own case, with touchpoint, channel and place in the case held (regression with an effect for each case, errors clustered by case). The number of contacts is not held: a hand-over makes more of them. Pairs of departments: 30 scored hand-overs of 10 cases at least, verdicts after Holm; what is not clear is drawn towards the other pairs from 10 pairs on (Morris)."),
    Term("Wait: from the hand-over until the receiver first acts. Time: from the first contact until the case is solved, not closed. Intervals of shares of the time from the bootstrap over cases."),
)  # fmt: skip
METHOD_TIME = Term("Time: from the first contact until the case is solved, not closed, over all solved cases. A wait runs from a hand-over until the receiver first acts; where the logs do not tell that, until the receiver's first contact. Intervals from the bootstrap over cases.")


def hand_overs(journey: Journey | None, design: Design = EVERYBODY, *, seed: int = 0) -> Result:
    """What a hand-over costs from each department to each: points of the next contact in the same case, and time waited.

    journey    None where no logs were supplied
    design     its minimum (at least 10): cases below which a pair is not shown; its confidence
    returns    table "pairs", the largest fall first: pair, hand_overs, scored (contacts after it), effect with low
               and high (points; where it is not clear, drawn towards the other pairs from 10 pairs on), wait_days (a hand-over), wait_share with low and
               high (of the time until cases are solved), verdict; table "effect": what, effect, low, high, n, p
    errors     ValueError as the statistics

    >>> page.show(journey.hand_overs(log))
    Customers fall between Afregning and Teknik: after that hand-over the next contact of the same case scores...
    """
    if journey is None or journey.contacts.empty:
        return Result.missing("hand_overs", SAYS.finding("absent.hand_overs"))
    contacts, settings = journey.contacts, _settings(journey, design) | {"seed": seed}
    base = _base(contacts)
    if refused := _refused(journey):
        return Result("hand_overs", {}, (refused,), base, settings)
    steps = steps_of(contacts)
    split = _split(journey, steps, design, seed)
    held = contacts[[name for name in dict.fromkeys(["touchpoint", "channel", *journey.hold_constant]) if name in contacts]]
    least = {"fewest": FEWEST, "fewest_cases": max(FEWEST_CASES, design.minimum)}
    score = contacts.score.to_numpy(float)
    returned = _returned(counted_cases(steps))
    try:
        effect = hand_over_effect(score, steps, held, confidence=design.confidence)
        pairs = hand_over_pairs(score, steps, held, **least, confidence=design.confidence)
    except Refusal:
        table = _pairs(_without_score(steps), split, steps, journey, design, doubtful=False)
        return Result("hand_overs", {"pairs": table}, (SAYS.finding("hand_over.too_few"), returned), base, settings, METHOD)
    before = _before(effect, design)
    table = _pairs(pairs, split, steps, journey, design, doubtful=before is not None)
    found = [*_told(table, effect, before, journey), _raw(table, effect), returned]
    falls = len(table) and table.verdict.iloc[0] == VERDICTS["falls"]
    settings |= {"told_of": "lead" if before is not None else "pair" if falls else "inside"}
    return Result("hand_overs", {"pairs": table, "effect": _effect(effect)}, tuple(each for each in found if each), base, settings, METHOD)


def where_time_goes(journey: Journey | None, design: Design = EVERYBODY, *, seed: int = 0) -> Result:
    """Shares of the time until cases are solved: with a department, between two, waiting for the customer or a supplier.

    returns    table "parts": part, days (a solved case), share, low, high; table "waits", the longest first: pair, hand_overs,
               wait_days (a hand-over), wait_share with low and high
    errors     ValueError as the statistics

    >>> page.show(journey.where_time_goes(log))
    30% of the time until cases are solved lies between departments: from a hand-over until the receiver acts...
    """
    if journey is None or journey.contacts.empty:
        return Result.missing("where_time_goes", SAYS.finding("absent.where_time_goes"))
    contacts, settings = journey.contacts, _settings(journey, design) | {"seed": seed}
    base = _base(contacts)
    if refused := _refused(journey):
        return Result("where_time_goes", {}, (refused,), base, settings)
    steps = steps_of(contacts)
    split = _split(journey, steps, design, seed)
    if split is None:
        solved = int(journey.cases.solved.notna().sum())
        return Result("where_time_goes", {}, (SAYS.finding("time.unsolved", n=solved, least=FEW_SOLVED),), base, settings)
    parts = split.parts.reset_index().assign(part=lambda frame: frame.part.map(PARTS), days=lambda frame: frame.days / split.cases)
    parts = parts[parts.share >= LEAST].reset_index(drop=True)
    waits = _waits(split, steps, journey, design)
    tables = {"parts": parts[["part", "days", "share", "low", "high"]]} | ({"waits": waits} if len(waits) else {})
    return Result("where_time_goes", tables, tuple(_time_told(split, waits)), base, settings | {"basis": split.basis}, METHOD_TIME)


def _settings(journey: Journey, design: Design) -> dict[str, object]:
    return {"minimum": max(FEWEST_CASES, design.minimum), "confidence": design.confidence, "smallest": journey.smallest}


def _base(contacts: pd.DataFrame) -> Base:
    return base_of_contacts(contacts, {NO_OWNER: int(contacts.owner.isna().sum())})


def _refused(journey: Journey) -> Finding | None:
    """Why nothing can be said of hand-overs; None where something can."""
    if is_torn(journey):
        return SAYS.finding("hand_over.poor_join", share=joined_share(journey), least=JOINED)
    return SAYS.finding("hand_over.one_owner") if journey.contacts.owner.nunique() < 2 else None


def _split(journey: Journey, steps: Steps, design: Design, seed: int) -> TimeSplit | None:
    """Where the time goes; None where too few cases are solved."""
    contacts = journey.contacts
    solved = days_of(of_cases(journey.cases, "solved", steps), contacts)
    if int((solved > steps.days[steps.first]).sum()) < FEW_SOLVED:
        return None
    accepted = days_of(contacts.accepted, contacts)
    handed = steps.handed == 1
    queues = handed.any() and np.isfinite(accepted[steps.rows][handed]).mean() >= ACCEPTED
    whom = contacts.waits.to_numpy(object) if contacts.waits.notna().any() else None
    return time_split(steps, solved, accepted=accepted if queues else None, waits_for=whom, confidence=design.confidence, seed=seed)


def _without_score(steps: Steps) -> pd.DataFrame:
    """The pairs with a hand-over, none with an estimate."""
    handed = steps.handed == 1
    moves = pd.DataFrame({"giver": steps.owners[steps.giver[handed]], "receiver": steps.owners[steps.owner[handed]]})
    table = moves.value_counts().rename("hand_overs").reset_index()
    return table.assign(n=0, raw=np.nan, level=np.nan, level_low=np.nan, level_high=np.nan, estimate=np.nan, low=np.nan, high=np.nan, p_holm=np.nan)


def _shown(pairs: pd.DataFrame, steps: Steps, minimum: int) -> np.ndarray:
    """Which pairs have hand-overs in as many cases as are needed to be shown."""
    cases = pairs_of_owners(steps).set_index(["giver", "receiver"]).cases
    return cases.reindex(pd.MultiIndex.from_frame(pairs[["giver", "receiver"]])).to_numpy() >= minimum


def _pairs(pairs: pd.DataFrame, split: TimeSplit | None, steps: Steps, journey: Journey, design: Design, *, doubtful: bool) -> pd.DataFrame:
    """One row a pair that may be shown, the largest fall first."""
    table = pairs[_shown(pairs, steps, max(FEWEST_CASES, design.minimum))]
    drawn = table.level.notna() & ~(table.p_holm < 1 - design.confidence)  # what stands apart is no part of the others' spread
    table = table.rename(columns={"n": "scored"}).assign(effect=table.level.where(drawn, table.estimate), effect_low=table.level_low.where(drawn, table.low), effect_high=table.level_high.where(drawn, table.high))
    waited = pd.DataFrame(columns=["giver", "receiver", "mean_days", "share", "low", "high"], dtype=object) if split is None else split.pairs
    waited = waited.rename(columns={"mean_days": "wait_days", "share": "wait_share", "low": "wait_share_low", "high": "wait_share_high"})
    kept = ["giver", "receiver", "wait_days", "wait_share", "wait_share_low", "wait_share_high"]
    table = table.merge(waited[kept], on=["giver", "receiver"], how="left")
    verdicts = [_verdict(row, journey.smallest, 1 - design.confidence, doubtful) for row in table.itertuples()]
    table["verdict"] = [VERDICTS[verdict] for verdict in verdicts]
    table["pair"] = [f"{row.giver} → {row.receiver}" for row in table.itertuples()]
    columns = ["pair", "hand_overs", "scored", "raw", "effect", "effect_low", "effect_high", *kept[2:], "verdict", "giver", "receiver"]
    return table.sort_values(["effect", "wait_share"], ascending=[True, False], na_position="last", kind="stable", ignore_index=True)[columns].astype(
        dict.fromkeys(columns[3:11], float)
    )


def _verdict(row, smallest: float, level: float, doubtful: bool) -> str:
    if pd.isna(row.effect):
        return "few"
    if row.p_holm < level and (row.effect_low > 0 or row.effect_high < 0):
        return "doubtful" if doubtful else "falls" if row.effect < 0 else "rises"
    return "no_drop" if row.effect_low > -smallest else "cannot_tell"


def _before(effect: HandOverEffect, design: Design) -> Finding | None:
    """What the contact before a hand-over tells, where that is clear."""
    lead = effect.terms.loc["lead"]
    if not lead.p < 1 - design.confidence:
        return None
    if lead.estimate < 0:
        return SAYS.finding("hand_over.trouble_before", points=lead.estimate, low=lead.low, high=lead.high)
    return SAYS.finding("hand_over.better_before", points=lead.estimate, low=lead.low, high=lead.high)


def _told(table: pd.DataFrame, effect: HandOverEffect, before: Finding | None, journey: Journey) -> list[Finding]:
    """Pairs that fall or rise, what holds for all hand-overs, and what casts doubt on either."""
    inside = effect.terms.loc["inside"]
    if before is not None:
        return [before]
    found = [_fall(row) for row in table[table.verdict == VERDICTS["falls"]].head(NAMED).to_dict("records")]
    rising = table[table.verdict == VERDICTS["rises"]].sort_values("effect", ascending=False, kind="stable")
    found += [SAYS.finding("hand_over.rises", **_of_pair(row), points=row["effect"], low=row["effect_low"], high=row["effect_high"])
              for row in rising.head(NAMED - 1).to_dict("records")]  # fmt: skip
    if found:
        return [*found, SAYS.finding("hand_over.others")] if len(table) > len(found) else found
    if inside.high < 0:
        return [SAYS.finding("hand_over.falls_all", points=inside.estimate, low=inside.low, high=inside.high)]
    key = "hand_over.no_drop" if inside.low > -journey.smallest else "hand_over.cannot_tell"
    return [SAYS.finding(key, smallest=journey.smallest, points=inside.estimate, low=inside.low, high=inside.high)]


def _of_pair(row: dict) -> dict[str, object]:
    return {"giver": row["giver"], "receiver": row["receiver"], "pair": row["pair"]}


def _fall(row: dict) -> Finding:
    ends = {"points": -row["effect"], "low": row["effect_low"], "high": row["effect_high"]}
    if row["wait_share_low"] == row["wait_share_low"] and row["wait_share"] >= MUCH / 10:
        return SAYS.finding("hand_over.falls_and_waits", **_of_pair(row), **ends, share=row["wait_share"])
    return SAYS.finding("hand_over.falls", **_of_pair(row), **ends)


def _raw(table: pd.DataFrame, effect: HandOverEffect) -> Finding | None:
    """That the plain difference is no effect, where it looks like one."""
    inside = effect.terms.loc["inside"]
    for row in table[table.verdict == VERDICTS["falls"]].head(1).to_dict("records"):
        return SAYS.finding("hand_over.raw", **_of_pair(row), raw=-row["raw"]) if row["raw"] < row["effect_low"] else None
    return SAYS.finding("hand_over.raw_all", raw=-effect.raw, inside=inside.estimate) if effect.raw < inside.low else None


def _returned(cases: pd.DataFrame) -> Finding:
    return SAYS.finding("hand_over.returned", share=float(cases.returned.mean()), handed=float((cases.hand_overs > 0).mean()))


def _effect(effect: HandOverEffect) -> pd.DataFrame:
    """What all hand-overs do, in the same case and across cases, and what comes before them."""
    table = effect.terms.rename(columns={"estimate": "effect", "low": "effect_low", "high": "effect_high"}).reset_index()
    table["what"] = table.term.map(TERMS)
    table["n"] = table.term.map({"inside": effect.n, "across": effect.n_across, "lead": effect.n})
    return table[["what", "n", "effect", "effect_low", "effect_high", "p"]]


def _waits(split: TimeSplit, steps: Steps, journey: Journey, design: Design) -> pd.DataFrame:
    table = split.pairs[_shown(split.pairs, steps, max(FEWEST_CASES, design.minimum))].reset_index(drop=True)
    table = table.rename(columns={"mean_days": "wait_days", "share": "wait_share", "low": "wait_share_low", "high": "wait_share_high"})
    table["pair"] = [f"{row.giver} → {row.receiver}" for row in table.itertuples()]
    return table[["pair", "hand_overs", "wait_days", "wait_share", "wait_share_low", "wait_share_high", "giver", "receiver"]]


def _time_told(split: TimeSplit, waits: pd.DataFrame) -> list[Finding]:
    between = split.parts.loc["hand_over"]
    ends = {"share": between.share, "low": between.low, "high": between.high}
    much = between.low >= MUCH
    key = ("hand_over.takes_time" if split.basis == "queue" else "hand_over.takes_time_at_most") if much else "hand_over.little_time"
    found = [SAYS.finding(key, **ends)]
    if much and len(waits) and waits.wait_share[0] >= between.share / 3:
        row = waits.to_dict("records")[0]
        found.append(SAYS.finding("hand_over.longest", **_of_pair(row), share=row["wait_share"], days=row["wait_days"]))
    share = split.parts.share
    if share["first_queue"] >= MUCH / 2:
        found.append(SAYS.finding("time.first", share=share["first_queue"]))
    if share["customer"] + share["supplier"] >= MUCH / 2:
        found.append(SAYS.finding("time.outside", share=share["customer"] + share["supplier"], customer=share["customer"], supplier=share["supplier"]))
    if split.after >= MUCH:
        found.append(SAYS.finding("time.after", share=split.after))
    return found
