"""Do customers come back about the same thing after it was solved, more often than chance brings them back?"""

import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.across import JOINED, NO_CUSTOMER, days_of, is_torn, joined_share
from cxlib.analyses.result import Base, Finding, Named, Result, Says, Sentences, Term
from cxlib.stats.journey.repeats import Repeats, repeats_beyond_chance
from cxlib.stats.refusal import Refusal

WINDOWS = (1, 2, 4)  # times the days within which a new contact counts
FEWEST_BACK = 10  # cases that come back, below which chance is not weighed
NOT_SOLVED, OPEN = Term("not solved"), Term("solved too close to the end of the log")

# fmt: off
SAYS = Sentences(
    {
        "repeats.excess": Says("bad", "Beyond chance, {excess:percent1} of the solved cases come back within {days:count} days ({low:percent1} to {high:percent1}): {raw:percent1} come back, and chance alone would bring back {expected:percent1}. So {solved:percent1} are solved at the first attempt.", named={"solved": Named(Term("Solved at the first attempt"))}),
        "repeats.chance": Says("good", "Customers come back within {days:count} days no more often than chance brings them back: {raw:percent} of the solved cases, {expected:percent} by chance alone; the difference is {excess:signed_gap_percent1} ({low:signed_ends_percent1} to {high:signed_ends_percent1})."),
        "repeats.below": Says("good", "Customers come back within {days:count} days less often than chance would bring them back: {raw:percent} of the solved cases against {expected:percent}."),
        "repeats.few": ("neutral", "Fewer than {least:count} of {n:count} solved cases come back within {days:count} days, too few to hold against chance."),
        "repeats.largest": Says("neutral", "One customer alone has {largest:count} cases: such customers come back by chance, which is why the plain share says little.", about="method"),
        "repeats.window_open": Says("unclear", "Whether solved cases come back cannot be determined: of {solved:count} solved cases {n:count} were solved at least {days:count} days before the end of the log. Wait, or supply a longer log.", about="data"),
        "repeats.too_few": Says("unclear", "Whether solved cases come back cannot be determined: too few customers have a case with a time at which it was solved. Record when cases are solved.", about="data"),
        "repeats.poor_join": Says("unclear", "Only {share:percent} of the contacts belong to a customer who is known in every log, so whether customers come back is not computed; at least {least:percent} are needed. Give a table of who is who.", about="data"),
        "absent.repeats": ("absent", "Coming back: the logs of contacts were not supplied."),
    },
)
# fmt: on

METHOD = Term("A solved case counts as come back when the same customer has a new one of the same kind within the days given; only cases with all of these days left in the log count. Chance: as many cases of that customer, strewn evenly between the first one and the end of the log. Intervals by resampling customers.")


def repeats(journey: Journey | None, design: Design = EVERYBODY, *, seed: int = 0) -> Result:
    """Share of solved cases after which the same customer comes back about the same, less the share that chance gives.

    journey    None where no logs were supplied
    returns    table "windows": days, n (cases that count), raw, expected, excess with low and high, first (solved at the first
               attempt: 1 less the excess)
    errors     ValueError as the statistics

    >>> page.show(journey.repeats(log))
    Beyond chance, 5.8% of the solved cases come back within 7 days (5.1% to 6.6%): 11.4% come back, and chance...
    """
    if journey is None or journey.contacts.empty:
        return Result.missing("repeats", SAYS.finding("absent.repeats"))
    settings = {"days": journey.repeat_within_days, "minimum": design.minimum, "confidence": design.confidence, "seed": seed}
    cases = journey.cases
    if is_torn(journey):
        return Result("repeats", {}, (SAYS.finding("repeats.poor_join", share=joined_share(journey), least=JOINED),), Base(len(cases), 0), settings)
    rows: list[tuple[float, Repeats]] = []
    for times in WINDOWS:
        days = times * journey.repeat_within_days
        try:
            rows.append((days, _repeats(journey, days, design, seed)))
        except Refusal:
            break
    known = cases[cases.customer.notna()]
    if not rows:
        return Result("repeats", {}, (_too_few(journey, known),), Base(len(cases), 0), settings)
    days, found = rows[0]
    table = pd.DataFrame([{"days": at, "n": each.contacts, "raw": each.repeated, "expected": each.expected, "excess": each.excess, "excess_low": each.low,
                           "excess_high": each.high, "first": 1 - max(each.excess, 0.0)} for at, each in rows])  # fmt: skip
    dropped = {NO_CUSTOMER: len(cases) - len(known), NOT_SOLVED: int(known.solved.isna().sum()), OPEN: found.open}
    base = Base(len(cases), found.contacts, {why: n for why, n in dropped.items() if n})
    least = max(FEWEST_BACK, design.minimum)
    if found.repeated * found.contacts < least - 0.5:
        return Result("repeats", {}, (SAYS.finding("repeats.few", least=least, n=found.contacts, days=days),), base, settings, METHOD)
    return Result("repeats", {"windows": table}, _told(found, days), base, settings, METHOD)


def _repeats(journey: Journey, days: float, design: Design, seed: int) -> Repeats:
    cases, contacts = journey.cases, journey.contacts
    kind = cases.type.array if "type" in cases and cases.type.notna().any() else None
    end = float(days_of(pd.Series([_end(journey)]), contacts)[0])
    return repeats_beyond_chance(cases.customer.array, days_of(cases.start, contacts), days_of(cases.solved, contacts), window=days, end=end,
                                 kind=kind, confidence=design.confidence, seed=seed)  # fmt: skip


def _end(journey: Journey) -> pd.Timestamp:
    """The end of the log that ends first: after it a new contact might not be seen; yet never before a case begins."""
    ends = journey.silos.ends.dropna().min() if "ends" in journey.silos else pd.NaT
    last = journey.cases.start.max()
    return last if pd.isna(ends) else max(ends, last)


def _too_few(journey: Journey, known: pd.DataFrame) -> Finding:
    solved = known.solved.dropna()
    left = int((solved <= _end(journey) - pd.Timedelta(days=journey.repeat_within_days)).sum())
    if len(solved) and left < len(solved) / 2:
        return SAYS.finding("repeats.window_open", solved=len(solved), n=left, days=journey.repeat_within_days)
    return SAYS.finding("repeats.too_few")


def _told(found: Repeats, days: float) -> tuple[Finding, ...]:
    values = {"days": days, "raw": found.repeated, "expected": found.expected, "excess": found.excess, "low": found.low, "high": found.high}
    key = "repeats.excess" if found.low > 0 else "repeats.below" if found.high < 0 else "repeats.chance"
    first = SAYS.finding(key, **values, solved=1 - found.excess)
    many = found.largest >= 20 and found.largest >= 0.02 * found.contacts
    return (first, SAYS.finding("repeats.largest", largest=found.largest)) if many else (first,)
