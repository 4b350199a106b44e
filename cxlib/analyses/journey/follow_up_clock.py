"""How soon customers are contacted after a bad answer, those who still wait counted as waiting."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import FollowUp
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.due import due_rows
from cxlib.analyses.result import Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.stats.follow_up.clock import Clock, clock, clocks_by_owner
from cxlib.stats.survey.disclosure import hidden_groups

KEPT = 0.9  # share of the promises that has to be kept for the promise to be called kept
DAYS = 60  # most that the course shows

# fmt: off
CLOCK = Sentences(
    {
        "clock.kept": ("good", "The promise of contact within {days:general} days is kept for {kept:percent} of the customers who should have been contacted ({low:percent} to {high:percent})."),
        "clock.not_kept": Says("bad", "The promise of contact within {days:general} days is kept for only {kept:percent} of the customers who should have been contacted ({low:percent} to {high:percent}).", stake=Place("clock", "share", "event")),
        "clock.cannot_tell": Says("unclear", "The promise of contact within {days:general} days is kept for {kept:percent} of the customers who should have been contacted; with {low:percent} to {high:percent}, whether that is nine in ten cannot be determined.", about="data"),
        "clock.too_early": ("unclear", "It is too early to say whether the promise of contact within {days:general} days is kept: {n:count} customers have been contacted or have waited that long, and at least {minimum:count} are needed."),
        "clock.half": ("neutral", "Half of the customers have been contacted after {median:points} days ({low:points} to {high:points}); {open:percent} are still waiting, and their wait counts."),
        "clock.half_open": ("neutral", "Half of the customers have been contacted after {median:points} days; {open:percent} are still waiting, and their wait counts."),
        "clock.half_not_reached": ("bad", "Fewer than half of the customers have been contacted so far; {open:percent} are still waiting."),
        "clock.owner_late": Says("bad", "Customers wait clearly longer for {owner} than for the other departments: {kept:percent} are contacted in time ({low:percent} to {high:percent}).", subject="owner", stake=Place("owners", "share", "owner")),
        "clock.owner_soon": Says("good", "{owner} is clearly faster than the other departments: {kept:percent} of the customers are contacted in time ({low:percent} to {high:percent}).", subject="owner", stake=Place("owners", "share", "owner")),
        "clock.owners_alike": ("neutral", "None of the {owners:count} departments is clearly faster or slower than the others."),
        "clock.too_few": ("unclear", "Fewer than {minimum:count} customers should have been contacted, so how soon it happens is not shown."),
        "absent.follow_up_clock": ("absent", "How soon customers are contacted after a bad answer: there is no list of those who should be."),
    },
    shown_in=(Place("clock", "share"),),
    named={"open": Named(Term("Share of the customers who are still waiting"))},
)
# fmt: on

EVENTS = {"contacted": Term("Contacted"), "closed": Term("Closed")}
VERDICTS = {"late": Term("slower than the others"), "soon": Term("faster than the others"), "alike": Term("as the others")}

METHOD = Term("Kaplan–Meier with those who still wait counted as waiting; the promise counts as kept where nine in ten are contacted in time. Departments: log-rank test of each against the others, adjusted for how many there are (Holm).")


def follow_up_clock(follow_up: FollowUp | None, design: Design = EVERYBODY) -> Result:
    """How soon customers are contacted after the answer, those who still wait counted as waiting, and by department.

    follow_up  one row an answer that should be followed up; None when there is no such list
    design     its minimum: customers below whom no figure is shown
    returns    tables "clock" (event, n, open, share kept with interval, days until half are reached), "owners" (the same by
               department, verdict, p_holm), "course" (day, share not yet contacted with interval)

    >>> page.show(journey.follow_up_clock(engagement.follow_up))
    The promise of contact within 2 days is kept for only 38% of the customers who should have been contacted...
    """
    if follow_up is None:
        return Result.missing("follow_up_clock", CLOCK.finding("absent.follow_up_clock"))
    rows, base = due_rows(follow_up)
    minimum, confidence, promise = design.minimum, design.confidence, follow_up.promise_days
    settings = {"minimum": minimum, "confidence": confidence, "promise_days": promise, "kept": KEPT}
    if len(rows) < minimum:
        return Result("follow_up_clock", {}, (CLOCK.finding("clock.too_few", minimum=minimum),), base, settings)
    waits = {event: _waits(rows, event, follow_up.until) for event in EVENTS if rows[event].notna().any() or event == "contacted"}
    found = {event: clock(*wait, promise=promise, confidence=confidence) for event, wait in waits.items()}
    table = pd.DataFrame([{"event": EVENTS[event], **_told(each)} for event, each in found.items()])
    owners = _owners(rows, *waits["contacted"], follow_up, design)
    first = found["contacted"]
    course = _by_day(first)
    tables = {"clock": table, **({"owners": owners} if len(owners) else {}), "course": course}
    findings = (_kept(first, promise, minimum), *_half(first), *_by_owner(owners))
    return Result("follow_up_clock", tables, findings, base, settings, METHOD)


def _waits(rows: pd.DataFrame, event: str, until: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Days from the answer to the event, or until the table ends, and whether it came."""
    waited = (rows[event].fillna(until) - rows["answered"]) / pd.Timedelta(days=1)
    return waited.clip(lower=0).to_numpy(float), rows[event].notna().to_numpy()


def _told(found: Clock) -> dict[str, float | int | None]:
    return {"n": found.n, "open": found.open, "share": found.kept, "low": found.kept_low, "high": found.kept_high,
            "days": found.median, "days_low": found.median_low, "days_high": found.median_high}  # fmt: skip


def _by_day(found: Clock) -> pd.DataFrame:
    """The share not yet contacted after whole days: when a single customer was contacted is nobody's business."""
    if found.course.empty:
        return pd.DataFrame(columns=["day", "share", "low", "high"])
    day = np.arange(1, min(int(np.ceil(found.course.day.max())), DAYS) + 1)
    at = np.searchsorted(found.course.day.to_numpy(), day, side="right") - 1
    rows = found.course[["waiting", "low", "high"]].rename(columns={"waiting": "share"})
    return rows.reindex(at).assign(day=day.astype(float)).fillna({"share": 1.0})[["day", "share", "low", "high"]].reset_index(drop=True)


def _owners(rows: pd.DataFrame, days: np.ndarray, done: np.ndarray, follow_up: FollowUp, design: Design) -> pd.DataFrame:
    """A row for each department that may be shown; none where there is one alone."""
    owner = rows.owner.where(rows.owner.notna(), "")
    hidden = hidden_groups(owner.value_counts(), threshold=design.minimum)
    shown = owner.where(~owner.map(hidden).astype(bool) & (owner != ""), None)
    found = clocks_by_owner(
        days, done, shown, promise=follow_up.promise_days, minimum=design.minimum, confidence=design.confidence)
    if len(found) < 2:
        return pd.DataFrame()
    clear = found.p_adjusted < 1 - design.confidence
    verdict = np.where(~clear, "alike", np.where(found.sooner > 0, "soon", "late"))
    names = {"kept": "share", "kept_low": "low", "kept_high": "high", "median": "days", "median_low": "days_low", "median_high": "days_high"}
    table = found.rename(columns=names)[["n", "open", *names.values()]].assign(
        verdict=[VERDICTS[each] for each in verdict], p_holm=found.p_adjusted)
    return table.rename_axis("owner").reset_index().sort_values("owner", ignore_index=True)


def _kept(found: Clock, promise: float, minimum: int) -> Finding:
    if found.kept is None or found.decided < minimum:
        return CLOCK.finding("clock.too_early", days=promise, n=found.decided, minimum=minimum)
    key = "not_kept" if found.kept_high < KEPT else "kept" if found.kept >= KEPT else "cannot_tell"
    return CLOCK.finding(f"clock.{key}", days=promise, kept=found.kept, low=found.kept_low, high=found.kept_high, event=EVENTS["contacted"])


def _half(found: Clock) -> Iterator[Finding]:
    still = found.open / found.n
    if found.median is None:
        yield CLOCK.finding("clock.half_not_reached", open=still)
    elif found.median_low is None or found.median_high is None:
        yield CLOCK.finding("clock.half_open", median=found.median, open=still)
    else:
        yield CLOCK.finding("clock.half", median=found.median, low=found.median_low, high=found.median_high, open=still)


def _by_owner(owners: pd.DataFrame) -> Iterator[Finding]:
    """The departments that are clearly slower, then those faster."""
    if not len(owners):
        return
    named = 0
    for key in ("late", "soon"):
        for row in owners[owners.verdict == VERDICTS[key]].dropna(subset=["share"]).sort_values("p_holm").itertuples():
            named += 1
            yield CLOCK.finding(f"clock.owner_{key}", owner=row.owner, kept=row.share, low=row.low, high=row.high)
    if not named:
        yield CLOCK.finding("clock.owners_alike", owners=len(owners))
