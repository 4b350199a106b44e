"""One page for each unit, for its own meeting: what its customers say, whom it receives from and hands over to, whom it still owes a
contact, one behaviour and one number to move. Internal: never part of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cxlib.analyses.contact_log import ComparedUnits, FollowUp, Journey
from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.journey.follow_up_clock import follow_up_clock
from cxlib.analyses.journey.hand_overs import VERDICTS as HAND_OVERS
from cxlib.analyses.journey.hand_overs import hand_overs
from cxlib.analyses.journey.importance import touchpoint_importance
from cxlib.analyses.journey.moments import VERDICTS as MOMENTS
from cxlib.analyses.journey.moments import moments_of_truth
from cxlib.analyses.journey.units import VERDICTS, units_compared
from cxlib.analyses.result import Base, Finding, Quantity, Result, Sentences
from cxlib.analyses.rows import in_basis

SHOWN = 3  # touchpoints, and departments, of a page

SAYS = Sentences(
    {
        "unit.above": ("good", "{figure}: {estimate}, from {n:count} answers. With customers like ours {expected} is usual. We are clearly above: say what we do, so that others can do it too."),
        "unit.below": ("bad", "{figure}: {estimate}, from {n:count} answers. With customers like ours {expected} is usual. We are clearly below."),
        "unit.as_others": ("neutral", "{figure}: {estimate}, from {n:count} answers. With customers like ours {expected} is usual. The difference is no larger than chance gives a unit of our size."),
        "unit.touchpoints": ("neutral", "Most can be gained at {touchpoint}: our customers rate it {ours:mean}, those of the other units {others:mean}."),
        "unit.receives": ("neutral", "We receive most from {giver} ({n:count} times). Customers then wait {days:general} days until we begin."),
        "unit.gives": ("neutral", "We work most for {receiver}: {n:count} hand-overs, and customers wait {days:general} days there."),
        "unit.falls": ("bad", "After the hand-over from {giver} to {receiver} the next contact scores {drop:gap_fine} lower, in the same case: agree on what has to come along."),
        "unit.behaviour": ("neutral", "{behaviour}, at {touchpoint}: where it is done, {lift:gap_percent1} more customers give a top score instead of a good one."),
        "unit.number_kept": ("neutral", "Customers with a bad answer who are contacted within {days:general} days: {share:percent} now."),
        "unit.number_rating": ("neutral", "Our customers' rating of {touchpoint}: {ours:mean} now; {aim:mean} is within reach."),
        "unit.number_score": ("neutral", "{figure}: {estimate} now."),
    }
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class UnitFacts:
    """What holds for the whole company, computed once for all pages."""

    compared: Result
    importance: Result
    moments: Result
    handed: Result


def facts_of(responses: pd.DataFrame, journey: Journey | None, units: ComparedUnits | None, asked: Questionnaire, design: Design = EVERYBODY) -> UnitFacts:
    """The results that the pages of all units are taken from."""
    return UnitFacts(
        units_compared(responses, units, asked, design), touchpoint_importance(responses, journey, asked, design, units=units),
        moments_of_truth(journey, design), hand_overs(journey, design),
    )  # fmt: skip


def unit_pages(
    responses: pd.DataFrame, journey: Journey | None, follow_up: FollowUp | None, units: ComparedUnits | None, asked: Questionnaire,
    design: Design = EVERYBODY, *, respondent: str | None = None,
) -> dict[str, Result]:
    """{unit: what its page says}, of the units that may be shown, in the alphabet's order.

    responses   one row per respondent;  respondent: their column, which ties the follow-up to units
    returns     findings and tables "touchpoints" (touchpoint, ours, others, n), "receives" and "gives" (department, hand_overs, wait_days)
    """
    if units is None:
        return {}
    facts = facts_of(responses, journey, units, asked, design)
    table = facts.compared.tables.get("units", pd.DataFrame({"verdict": [], "group": []}))
    shown = table[table.verdict != VERDICTS["hidden"]]
    least = max(units.minimum, design.minimum)
    rated = _rated(responses, journey, units, design)
    return {row["group"]: _page(row, facts, journey, rated, _own_follow_up(row["group"], follow_up, responses, units, respondent), least, design)
            for row in shown.sort_values("group").to_dict("records")}  # fmt: skip


def _page(row: Mapping, facts: UnitFacts, journey: Journey | None, rated: pd.DataFrame, follow_up: FollowUp | None, least: int, design: Design) -> Result:
    unit = row["group"]
    score = _score(row, facts.compared)
    touchpoints, at = _touchpoints(unit, facts.importance, journey, rated, least)
    receives, gives, between = _between(unit, facts.handed)
    clock = follow_up_clock(follow_up, replace(design, minimum=least)) if follow_up is not None else None
    kept = [] if clock is None or not clock.tables else list(clock.findings[:1])
    behaviour = _behaviour(unit, facts.moments, journey)
    number = _number(clock, at, score)
    tables = {"touchpoints": touchpoints, "receives": receives, "gives": gives}
    findings = (score, *([at] if at else []), *between, *kept, *behaviour, number)
    return Result("unit_page", {name: each for name, each in tables.items() if len(each)}, findings, Base(int(row["n"]), int(row["n"])), {"unit": unit, "minimum": least})


def _score(row: Mapping, compared: Result) -> Finding:
    verdict = next(key for key in ("above", "below", "as_others") if VERDICTS[key] == row["verdict"])
    style = str(row["unit"])
    return SAYS.finding(f"unit.{verdict}", figure=compared.settings["figure"], n=int(row["n"]), estimate=Quantity(row["estimate"], style),
                        expected=Quantity(row["expected"], style))  # fmt: skip


def _rated(responses: pd.DataFrame, journey: Journey | None, units: ComparedUnits, design: Design) -> pd.DataFrame:
    """Each rating of a touchpoint: unit, touchpoint, rating."""
    if journey is None or journey.ratings is None:
        return pd.DataFrame({"unit": [], "touchpoint": [], "rating": []})
    ratings = journey.ratings[in_basis(responses, design)]
    names = {key: touchpoint.label for key, touchpoint in journey.touchpoints.items()}
    long = ratings.rename(columns=names).assign(unit=responses[units.column].astype(str)).melt("unit", var_name="touchpoint", value_name="rating")
    return long.dropna(subset=["rating"])


def _touchpoints(unit: str, importance: Result, journey: Journey | None, rated: pd.DataFrame, least: int) -> tuple[pd.DataFrame, Finding | None]:
    """The touchpoints that the unit answers for, else those at which most can be gained: its customers' rating beside that of the others."""
    empty = pd.DataFrame({"touchpoint": [], "ours": [], "others": [], "n": []})
    table = importance.tables.get("touchpoints")
    if table is None or journey is None:
        return empty, None
    own = rated.unit == unit
    frame = pd.DataFrame({"ours": rated[own].groupby("touchpoint").rating.mean(), "n": rated[own].groupby("touchpoint").rating.size(),
                          "others": rated[~own].groupby("touchpoint").rating.mean()})  # fmt: skip
    frame = frame[frame.n >= least].reindex([each for each in table.touchpoint if each in frame.index[frame.n >= least]])
    answers_for = [each.label for each in journey.touchpoints.values() if each.owner == unit]
    frame = frame[frame.index.isin(answers_for)] if frame.index.isin(answers_for).any() else frame
    frame = frame.head(SHOWN).rename_axis("touchpoint").reset_index()[["touchpoint", "ours", "others", "n"]]
    if not len(frame):
        return empty, None
    gain = table.set_index("touchpoint")
    first = frame.iloc[0]
    if gain.potential[first.touchpoint] <= 0:
        return frame, None
    return frame, SAYS.finding("unit.touchpoints", touchpoint=first.touchpoint, ours=first.ours, others=first.others, aim=gain.aim[first.touchpoint])


def _between(unit: str, handed: Result) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Whom the unit receives from and hands over to, as a department of the logs."""
    pairs = handed.tables.get("pairs", pd.DataFrame({"giver": [], "receiver": [], "hand_overs": [], "wait_days": [], "effect": [], "verdict": []}))
    said = []
    found = {}
    for mine, other, key in (("receiver", "giver", "receives"), ("giver", "receiver", "gives")):
        rows = pairs[(pairs[mine] == unit) & pairs.hand_overs.notna()].sort_values("hand_overs", ascending=False, kind="stable").head(SHOWN)
        found[key] = rows[[other, "hand_overs", "wait_days"]].rename(columns={other: "department"}).reset_index(drop=True)
        if len(rows):
            first = rows.iloc[0]
            said.append(SAYS.finding(f"unit.{key}", **{other: first[other]}, n=int(first.hand_overs), days=float(first.wait_days)))
        for row in rows.to_dict("records"):
            if row["verdict"] == HAND_OVERS["falls"]:
                said.append(SAYS.finding("unit.falls", giver=row["giver"], receiver=row["receiver"], drop=-row["effect"]))
    return found["receives"], found["gives"], said


def _own_follow_up(unit: str, follow_up: FollowUp | None, responses: pd.DataFrame, units: ComparedUnits, respondent: str | None) -> FollowUp | None:
    """The answers that the unit should follow up: those with its name, else those of its customers."""
    if follow_up is None:
        return None
    mine = follow_up.rows["owner"] == unit
    if not (follow_up.rows["owner"].isin(responses[units.column].astype(str))).any() and respondent is not None:
        mine = follow_up.rows["respondent"].isin(responses[respondent][responses[units.column].astype(str) == unit].astype(str))
    return replace(follow_up, rows=follow_up.rows[mine].reset_index(drop=True))


def _behaviour(unit: str, moments: Result, journey: Journey | None) -> Iterable[Finding]:
    """The behaviour that goes with most top scores at a touchpoint of the unit, else anywhere."""
    table = moments.tables.get("behaviours")
    if table is None or journey is None:
        return []
    lifts = table[table.verdict == MOMENTS["lifts"]]
    own = lifts[lifts.touchpoint.isin([each.label for each in journey.touchpoints.values() if each.owner == unit])]
    rows = (own if len(own) else lifts).sort_values("lift", ascending=False, kind="stable").head(1)
    return [SAYS.finding("unit.behaviour", behaviour=row["behaviour"], touchpoint=row["touchpoint"], lift=row["lift"]) for row in rows.to_dict("records")]


def _number(clock: Result | None, at: Finding | None, score: Finding) -> Finding:
    """The one number to move: the promise where it is broken, for that is in the unit's own hands; else a touchpoint; else the score."""
    if clock is not None and clock.tables:
        first = clock.tables["clock"].iloc[0]
        if pd.notna(first.share) and first.share < clock.settings["kept"]:
            return SAYS.finding("unit.number_kept", days=clock.settings["promise_days"], share=first.share)
    if at is not None and at.values["aim"] > at.values["ours"]:
        return SAYS.finding("unit.number_rating", touchpoint=at.values["touchpoint"], ours=at.values["ours"], aim=at.values["aim"])
    return SAYS.finding("unit.number_score", figure=score.values["figure"], estimate=score.values["estimate"])
