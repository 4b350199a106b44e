"""Which touchpoint matters? What goes with a better rating among those who meet it, beside the correlation that misleads."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import ComparedUnits, Journey
from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.journey.opinion import Opinion, opinion_of
from cxlib.analyses.result import Base, Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.analyses.rows import OTHER_PERIODS, REASONS, content_order, in_basis, needed, span, weights_of
from cxlib.analyses.units import Unit
from cxlib.stats.journey.importance import TouchpointImportance, unit_aims
from cxlib.stats.journey.importance import touchpoint_importance as fitted_importance
from cxlib.stats.moments import effective_n
from cxlib.stats.refusal import Refusal

ALARM = 0.05
NAMED = 3  # touchpoints that have a sentence of their own

SAYS = Sentences(
    {
        "touchpoint.matters": Says("neutral", "Most can be gained at {touchpoint}: {reach:percent} of customers meet it, and for each point that they rate it higher, {outcome} is {slope} higher ({low} to {high}).", subject="touchpoint", stake=Place("touchpoints", "potential", "touchpoint", Unit.FINE.signed_difference), advises="touchpoint"),
        "touchpoint.also": Says("neutral", "{touchpoint} matters too: {outcome} is {slope} higher for each point ({low} to {high}), and {reach:percent} of customers meet it.", subject="touchpoint", stake=Place("touchpoints", "potential", "touchpoint", Unit.FINE.signed_difference)),
        "touchpoint.misleads": Says("neutral", "{touchpoint} goes together with {outcome} most closely (correlation {correlation:number}), but no effect is left once the other touchpoints are accounted for: customers who are content in general rate it high.", subject="touchpoint", doubts=("touchpoint",)),
        "touchpoint.no_sign": Says("neutral", "No sign that more would be gained here: {touchpoints}.", doubts=("touchpoint",)),
        "touchpoint.cannot_tell": Says("unclear", "Whether these touchpoints matter cannot be determined from these answers: {touchpoints}.", about="data"),
        "touchpoint.opinion": Says("unclear", "What goes with a better rating here is no more than a general opinion would give every touchpoint: {touchpoints}.", about="data"),
        "touchpoint.halo": Says("unclear", "People's general opinion cannot be told apart from what they think of each touchpoint, so none is ranked. Ask fewer people about more touchpoints, right after they met them.", about="data"),
        "touchpoint.few": Says("unclear", "Rated by fewer than {minimum:count} customers, or by all alike, and left out: {touchpoints}.", about="data"),
        "touchpoint.together": Says("unclear", "Two touchpoints are met by the same customers, so that neither can be told from the other. Join them into one.", about="data"),
        "touchpoint.too_few": Says("unclear", "Too few answers to say which touchpoint matters: {needed:count} are needed and there are {n:count}.", about="data"),
        "absent.touchpoint_importance": ("absent", "Which touchpoint matters: the survey does not ask about the touchpoints."),
        "absent.touchpoint_opinion": ("absent", "Which touchpoint matters: the survey asks neither whether customers would recommend the company nor how satisfied they are."),
    },
    named={"needed": Named(Term("Answers needed")), "touchpoint.too_few.n": Named(Term("Answers"))},
)  # fmt: skip

METHOD = Term("One regression of the answer on whether a touchpoint was met and on its rating among those who met it; “did not use it” is an answer. Intervals from robust errors, p-values by Holm's method over the touchpoints. The potential is reach times slope times the room up to a level that others reach. What goes with a rating need not be what a change would do. Allison 2001.")
VERDICTS = {
    "matters": Term("matters"),
    "opinion": Term("may be general opinion"),
    "no_sign": Term("no sign of an effect"),
    "cannot_tell": Term("cannot be determined"),
}


def touchpoint_importance(
    responses: pd.DataFrame | None, journey: Journey | None, asked: Questionnaire | None, design: Design = EVERYBODY, *,
    units: ComparedUnits | None = None, resamples: int = 500, seed: int = 0,
) -> Result:
    """What goes with a point more at each touchpoint among those who meet it, and how much could be gained there.

    responses  one row per respondent, None without a survey;  journey: its ratings and use, indexed as the responses
    asked      the answer that touchpoints are held against: recommend, else rating, else the satisfaction index
    units      where they name ten units or more, the level in reach is that of the best tenth of them; else the upper quartile of ratings
    returns    table "touchpoints", most to gain first: touchpoint, owner, n (ratings), reach, mean, slope, slope_low, slope_high, room, aim,
               potential, potential_low, potential_high, rank_low, rank_high, correlation, p_holm, verdict; "users": touchpoint, use, use_low,
               use_high (the answer of those who met it less that of the others: who they are, not what it does)
    assumes    as stats.journey.importance; a touchpoint of too few ratings is left out
    errors     CannotAnswer for a column that is not there

    >>> page.show(journey.touchpoint_importance(responses, log, asked, of_survey))
    Most can be gained at Regningen: 90% of customers meet it, and for each point that they rate it higher,...
    """
    if responses is None or asked is None or journey is None or journey.ratings is None or journey.ratings.empty:
        read = 0 if responses is None else len(responses)
        return Result.missing("touchpoint_importance", SAYS.finding("absent.touchpoint_importance"), read=read)
    needed(responses, [design.weight, design.period])
    opinion = opinion_of(responses, asked)
    if opinion is None:
        return Result.missing("touchpoint_importance", SAYS.finding("absent.touchpoint_opinion"), read=len(responses))
    rows, base, few = _rows(responses, journey, opinion, design)
    names = {key: journey.touchpoints[key].label for key in journey.ratings if key not in few}
    settings = {"minimum": design.minimum, "confidence": design.confidence, "outcome": opinion.name, "weight": design.weight}
    left_out = [SAYS.finding("touchpoint.few", touchpoints=[journey.touchpoints[key].label for key in few], minimum=design.minimum)] if few else []
    needs = 4 * len(names) + 2  # two people a column
    if not names or len(rows) < max(needs, design.minimum):
        finding = SAYS.finding("touchpoint.too_few", needed=max(needs, design.minimum), n=len(rows))
        return Result("touchpoint_importance", {}, (finding, *left_out), base, settings)
    ratings, used = rows["ratings"][list(names)], rows["used"][list(names)]
    aims = unit_aims(ratings, responses.loc[rows.index, units.column], minimum=units.minimum) if units and units.column in responses else None
    try:
        found = fitted_importance(ratings, rows["opinion"][0].to_numpy(), used=used, weights=rows["weight"][0].to_numpy(), aims=aims,
                                  resamples=resamples, confidence=design.confidence, seed=seed)  # fmt: skip
    except Refusal:
        return Result("touchpoint_importance", {}, (SAYS.finding("touchpoint.together"), *left_out), base, settings)
    table = _table(found, journey, opinion)
    settings |= {"r2": found.r2, "opinion": found.opinion, "rated": found.rated, "aim": "units" if aims is not None else "answers"}
    findings = [SAYS.finding("touchpoint.halo")] if found.halo else _findings(table, opinion)
    shown = table.assign(verdict=[VERDICTS["opinion" if found.halo else each] for each in table.verdict])
    users = shown[["touchpoint", "use", "use_low", "use_high"]].dropna(ignore_index=True)
    tables = {"touchpoints": shown.drop(columns=["use", "use_low", "use_high"]), "users": users}
    return Result("touchpoint_importance", tables, (*findings, *left_out), base, settings, METHOD)


def _rows(responses: pd.DataFrame, journey: Journey, opinion: Opinion, design: Design) -> tuple[pd.DataFrame, Base, list[str]]:
    """The respondents that count in the order of their content, their base, and the touchpoints that too few rate."""
    ratings = journey.ratings.reindex(responses.index).astype(float)
    used = ratings.notna().astype(float) if journey.used is None else journey.used.reindex(responses.index).astype(float)
    concerned = (ratings.notna() | used.notna()).any(axis=1).to_numpy()
    answered, inside = np.isfinite(opinion.values), in_basis(responses, design)
    kept = concerned & answered & inside
    weights = weights_of(responses, design.weight)
    frame = pd.concat({"ratings": ratings, "used": used, "opinion": pd.DataFrame({0: opinion.values}, responses.index),
                       "weight": pd.DataFrame({0: weights}, responses.index)}, axis=1)[kept]  # fmt: skip
    order = content_order(frame.set_axis(range(frame.shape[1]), axis=1))
    dropped = {OTHER_PERIODS: int((~inside).sum()), REASONS["blank"]: int((inside & ~(concerned & answered)).sum())}
    effective = float(effective_n(weights[kept])) if design.weight and kept.any() else None
    base = Base(len(responses), int(kept.sum()), {why: n for why, n in dropped.items() if n}, effective, span(responses[kept], design))
    of = frame["ratings"]
    few = [str(key) for key in of if of[key].count() < design.minimum or of[key].nunique() < 2]
    return frame.iloc[order], base, few


def _table(found: TouchpointImportance, journey: Journey, opinion: Opinion) -> pd.DataFrame:
    table = found.table.sort_values("potential", ascending=False, kind="stable")
    (low, high), small = journey.rating_scale, journey.smallest / (journey.scale[1] - journey.scale[0])
    smallest = small * (opinion.scale[1] - opinion.scale[0]) / (high - low)  # a slope over the whole scale of which is too little to matter
    return pd.DataFrame({
        "touchpoint": [journey.touchpoints[key].label for key in table.index], "owner": [journey.touchpoints[key].owner or "" for key in table.index],
        "n": table.rated, "reach": table.reach, "mean": table["mean"], "slope": table.slope, "slope_low": table.low, "slope_high": table.high,
        "room": table.room, "aim": table.aim, "potential": table.potential, "potential_low": table.potential_low,
        "potential_high": table.potential_high, "rank_low": table.rank_low, "rank_high": table.rank_high, "correlation": table.correlation,
        "p_holm": table.p_holm, "verdict": [_verdict(row, smallest) for row in table.to_dict("records")], "use": table.use,
        "use_low": table.use_low, "use_high": table.use_high, "unit": opinion.unit,
    }).reset_index(drop=True)  # fmt: skip


def _verdict(row: Mapping[str, float], smallest: float) -> str:
    if not row["enough"]:
        return "cannot_tell"
    if row["p_holm"] < ALARM and row["slope"] > 0:
        return "matters" if row["low"] > row["opinion"] else "opinion"
    return "no_sign" if row["high"] < smallest else "cannot_tell"


def _findings(table: pd.DataFrame, opinion: Opinion) -> list[Finding]:
    """What matters, most to gain first; what seems to and does not; the rest."""
    told: list[Finding] = []
    for row in table[table.verdict == "matters"].head(NAMED).to_dict("records"):
        ends = {"slope": opinion.points(row["slope"]), "low": opinion.end(row["slope_low"]), "high": opinion.end(row["slope_high"])}
        key = "touchpoint.also" if told else "touchpoint.matters"
        told.append(SAYS.finding(key, touchpoint=row["touchpoint"], reach=row["reach"], outcome=opinion.name, **ends))
    closest = table.loc[table.correlation.idxmax()]
    if closest.verdict in ("no_sign", "cannot_tell") and len(table) > 1:
        told.append(SAYS.finding("touchpoint.misleads", touchpoint=closest.touchpoint, outcome=opinion.name, correlation=closest.correlation))
    return [*told, *_lists(table, ("no_sign", "opinion", "cannot_tell"))]


def _lists(table: pd.DataFrame, verdicts: Sequence[str]) -> list[Finding]:
    """A sentence for each of these verdicts that any touchpoint has."""
    return [SAYS.finding(f"touchpoint.{each}", touchpoints=list(table.touchpoint[table.verdict == each]))
            for each in verdicts if (table.verdict == each).any()]  # fmt: skip
