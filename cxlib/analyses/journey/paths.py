"""Which paths lead to a bad end, and which away from it, among cases that are as long and of one kind."""

import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.across import (
    JOINED,
    NO_TOUCHPOINT,
    base_of_contacts,
    is_torn,
    joined_share,
    names_of,
    of_cases,
    steps_of,
)
from cxlib.analyses.result import Finding, Place, Result, Says, Sentences, Term
from cxlib.stats.journey.paths import FEWEST_CASES, FEWEST_ENDS, PathEnds, path_ends
from cxlib.stats.refusal import Refusal

FEWEST, NAMED, MOST = 30, 3, 20  # cases of a pattern; patterns that are told in sentences; patterns in the table

# fmt: off
SAYS = Sentences(
    {
        "paths.bad": Says("bad", "Of the cases that go {path}, {share:percent} end badly; of others as long and of the same kind {expected:percent} do.", subject="path", stake=("share", "expected")),
        "paths.good": Says("good", "Of the cases that go {path}, {share:percent} end badly; of others as long and of the same kind {expected:percent} do.", subject="path", stake=("share", "expected")),
        "paths.searched": Says("neutral", "{searched:count} paths of two and three contacts were looked at, so that a chance finding is unlikely to be among those named.", about="method"),
        "paths.none": ("neutral", "No path ends worse or better than others that are as long: {searched:count} were looked at."),
        "paths.too_few": Says("unclear", "Which paths end badly cannot be determined: {cases:count} cases have a known end, {bad:count} of them a bad one; at least {least:count} and {ends:count} are needed. Supply logs of a longer time.", about="data"),
        "paths.no_end": Says("unclear", "Which paths end badly cannot be determined: nothing says which cases end badly. Say what a bad end is: a customer who leaves, a complaint, or a low score.", about="data"),
        "paths.poor_join": Says("unclear", "Only {share:percent} of the contacts belong to a customer who is known in every log, so nothing is said about paths; at least {least:percent} are needed. Give a table of who is who.", about="data"),
        "absent.paths": ("absent", "Paths: the logs of contacts were not supplied."),
    },
    shown_in=(Place("paths", "share", "path"),),
)
# fmt: on

VERDICTS = {"bad": Term("ends badly more often"), "good": Term("ends badly less often"), "part": Term("explained by another path or contact"), "none": Term("no difference shown")}
METHOD = Term("Two or three contacts in a row, at least 30 cases. Cases with a path are compared with cases without it that have as many contacts (1 to 9, 10 and more) and are of the same kind (Mantel-Haenszel), with Holm's correction over all paths looked at. A path is named where it is clear within its shorter parts, too, and beside the clearer paths and contacts.")


def paths(journey: Journey | None, design: Design = EVERYBODY) -> Result:
    """Paths of two and three touchpoints after which cases end badly more, or less, often than others that are as long.

    journey    None where no logs were supplied
    returns    table "paths", those named first, then the clearest: path ("Bill → Complaint"), n (cases), share (that end badly),
               expected, odds, p_holm, verdict
    errors     ValueError as the statistics

    >>> page.show(journey.paths(log))
    Of the cases that go Måler og aflæsning → Regningen → Klage, 26% end badly; of others as long and of the...
    """
    if journey is None or journey.contacts.empty:
        return Result.missing("paths", SAYS.finding("absent.paths"))
    contacts, level = journey.contacts, 1 - design.confidence
    settings = {"minimum": max(FEWEST, design.minimum), "confidence": design.confidence}
    base = base_of_contacts(contacts, {NO_TOUCHPOINT: int(contacts.touchpoint.isna().sum())})
    if is_torn(journey):
        return Result("paths", {}, (SAYS.finding("paths.poor_join", share=joined_share(journey), least=JOINED),), base, settings)
    if journey.cases.bad_end.isna().all():
        return Result("paths", {}, (SAYS.finding("paths.no_end"),), base, settings)
    steps = steps_of(contacts)
    bad = of_cases(journey.cases, "bad_end", steps).to_numpy(float)
    kind = of_cases(journey.cases, "type", steps).to_numpy(object) if "type" in journey.hold_constant and "type" in journey.cases else None
    label = contacts.touchpoint.map(names_of(journey)).to_numpy(object)
    try:
        found = path_ends(label, steps, bad, kind=kind, fewest=max(FEWEST, design.minimum), fewest_ends=max(10, design.minimum), level=level)
    except Refusal:
        ends = pd.Series(bad).dropna()
        told = SAYS.finding("paths.too_few", cases=len(ends), bad=int(ends.sum()), least=FEWEST_CASES, ends=FEWEST_ENDS)
        return Result("paths", {}, (told,), base, settings)
    table = _table(found, level)
    return Result("paths", {"paths": table} if len(table) else {}, _told(table, found), base, settings, METHOD)


def _table(found: PathEnds, level: float) -> pd.DataFrame:
    rows = found.table.sort_values(["shown", "p"], ascending=[False, True], kind="stable", ignore_index=True).head(MOST)
    verdicts = [("bad" if row.share > row.expected else "good") if row.shown else "part" if row.p_holm < level else "none" for row in rows.itertuples()]
    return pd.DataFrame({"path": [" → ".join(steps) for steps in rows.steps], "n": rows.cases, "share": rows.share, "expected": rows.expected,
                         "odds": rows.odds, "p_holm": rows.p_holm, "verdict": [VERDICTS[verdict] for verdict in verdicts]})  # fmt: skip


def _told(table: pd.DataFrame, found: PathEnds) -> tuple[Finding, ...]:
    named = [(key, row) for key in ("bad", "good") for row in table[table.verdict == VERDICTS[key]].head(NAMED).to_dict("records")]
    if not named:
        return (SAYS.finding("paths.none", searched=found.searched),)
    told = [SAYS.finding(f"paths.{key}", path=row["path"], share=row["share"], expected=row["expected"]) for key, row in named]
    return (*told, SAYS.finding("paths.searched", searched=found.searched))
