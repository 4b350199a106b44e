"""Whom to contact first: by what is likely to be lost. The report tells how good such a list is and names nobody."""

from collections.abc import Iterator

import pandas as pd

from cxlib.analyses.contact_log import FollowUp, Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.forecast import REFUSED, Forecast, ListRefused, forecast_of, has_all, refusal_of_names
from cxlib.analyses.money import Customers
from cxlib.analyses.result import Base, Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.stats.follow_up.effect import people_needed
from cxlib.stats.follow_up.list_value import HONEST, calibration, captured_value
from cxlib.stats.survey.disclosure import hidden_groups

FIRST = 0.1  # part of the customers that a list is judged by
SAVED = 0.2  # of those who would leave: the effect that a comparison group should show
TWICE = 0.01  # of the customers, alike in everything with another

# fmt: off
SAYS = Sentences(
    {
        "list.better": Says("good", "Ordered by expected loss, the first tenth of the customers holds {share:percent} of the value that is lost later ({low:percent} to {high:percent}); ordered by score alone it holds {score:percent}, by value alone {value:percent}."),
        "list.as_good_as_score": ("neutral", "A forecast adds nothing clear: ordered by expected loss, the first tenth of the customers holds {share:percent} of the value that is lost later ({low:percent} to {high:percent}), ordered by score alone {score:percent}. Use the score."),
        "list.as_good_as_value": ("neutral", "A forecast adds nothing clear: ordered by expected loss, the first tenth of the customers holds {share:percent} of the value that is lost later ({low:percent} to {high:percent}), ordered by value alone {value:percent}. Begin with the customers who are worth most."),
        "list.useless": Says("unclear", "No order is clearly better than chance: ordered by expected loss, the first tenth of the customers holds {share:percent} of the value that is lost later ({low:percent} to {high:percent}), and chance gives 10%.", about="data"),
        "list.calibrated": ("neutral", "The forecast comes true: in the tenth of the customers with the highest chance, {said:percent} were forecast to leave and {happened:percent} did."),
        "list.recalibrated": ("neutral", "The forecast exaggerated the differences between customers, which was corrected before use: in the tenth with the highest chance, {said:percent} were forecast to leave and {happened:percent} did."),
        "list.drawn_out": ("neutral", "The forecast made the differences between customers too small, which was corrected before use: in the tenth with the highest chance, {said:percent} were forecast to leave and {happened:percent} did."),
        "list.not_effect": ("neutral", "Who is likely to leave is not always who can be kept. To show that contact keeps one in five of those who would leave, about {n:count} customers have to be left out at random and compared with the others."),
        "list.twice": Says("unclear", "{share:percent1} of the customers hold exactly what another one holds, their worth too. Are they in the table twice?", about="data", named={"share": Named(Term("Customers alike in everything with another"))}),
        "list.groups": ("neutral", "Of {highest} {most:percent} stand in the first tenth, of {lowest} {least:percent} ({segment}); the table compares that with who left."),
    },
    shown_in=(Place("captured", "share", "rule"),),
    named={"said": Named(Term("Forecast in the highest tenth")), "happened": Named(Term("Left in the highest tenth"))},
)
# fmt: on

RULES = {
    "loss": Term("Expected loss"), "risk": Term("Only the chance of leaving"), "score": Term("Only the score"),
    "value": Term("Only the value"), "random": Term("Chance"), "perfect": Term("Who did leave, by value"),
}  # fmt: skip

METHOD = (
    Term("Chance of leaving: logistic regression on the company's own customers (score, contacts and complaints of the 90 days before it, years as a customer, groups, and what else was known), each customer forecast by a model that has not seen them; drawn in or out where the calibration slope lies outside 0.9–1.1. Expected loss: chance times margin less cost to serve over the horizon."),
    Term("The list is judged by the value that was lost later; intervals from the bootstrap. It tells who is likely to leave, not whom contact keeps."),
)  # fmt: skip


def call_list(
    customers: Customers | None, follow_up: FollowUp | None, design: Design = EVERYBODY, journey: Journey | None = None
) -> Result:
    """How good a list of whom to contact first is: the value lost later that stands in its first tenth, by what orders it.

    customers   the customer table: score, whether they left, margin; None without one
    follow_up   the answers that should be followed up, whose list it would be; None without one
    design      its minimum: customers below whom no group is shown
    journey     whose contacts and complaints the forecast may rest on; None without one
    returns     tables "captured" (rule, share with interval), "calibration" (tenth, n, said, happened with interval), "groups"
                (segment, group, n, listed, said, happened); nobody is named, and nobody can be worked out

    >>> page.show(journey.call_list(engagement.customers, engagement.follow_up))
    A forecast adds nothing clear: ordered by expected loss, the first tenth of the customers holds 43% of the value...
    """
    if customers is None or follow_up is None or not has_all(customers):
        return Result.missing("call_list", REFUSED.finding("absent.call_list"))
    settings = {"minimum": design.minimum, "confidence": design.confidence, "first": FIRST, "months": follow_up.listed.horizon_months}
    try:
        forecast = forecast_of(customers, follow_up, journey, confidence=design.confidence)
    except ListRefused as refused:
        return Result("call_list", {}, (refused.finding,), Base(len(customers.rows), 0), settings, METHOD)
    rows = forecast.rows
    judged = rows[rows.event.notna()]
    captured = _captured(judged, design.confidence)
    told = calibration(judged.event, judged.chance, confidence=design.confidence)
    tenths = told.tenths.rename(columns={"low": "happened_low", "high": "happened_high"}).reset_index()
    groups = _groups(judged, forecast.groups, design)
    tables = {"captured": captured, "calibration": tenths, **({"groups": groups} if len(groups) else {})}
    findings = (_verdict(captured), *_beside(forecast, judged, tenths, groups), *refusal_of_names(follow_up))
    return Result("call_list", tables, findings, Base(forecast.read, len(judged), forecast.dropped), settings, METHOD)


def _captured(judged: pd.DataFrame, confidence: float) -> pd.DataFrame:
    orders = {"loss": judged.loss, "risk": judged.chance, "score": -judged.score, "value": judged.value}
    table = captured_value(judged.event * judged.value, orders, share=FIRST, against=("score", "value"), confidence=confidence)
    table = table.rename(columns={"captured": "share"}).loc[list(RULES)]
    return table.reset_index().assign(rule=[RULES[rule] for rule in table.index])


def _verdict(captured: pd.DataFrame) -> Finding:
    by_rule = captured.set_index("rule")
    first = by_rule.loc[RULES["loss"]]
    told = {"share": first.share, "low": first.low, "high": first.high}
    score, value = by_rule.share[RULES["score"]], by_rule.share[RULES["value"]]
    if first.low <= FIRST:
        return SAYS.finding("list.useless", **told)
    if first.score_gain_low <= 0:
        return SAYS.finding("list.as_good_as_score", **told, score=score)
    if first.value_gain_low <= 0:
        return SAYS.finding("list.as_good_as_value", **told, value=value)
    return SAYS.finding("list.better", **told, score=score, value=value)


def _beside(forecast: Forecast, judged: pd.DataFrame, tenths: pd.DataFrame, groups: pd.DataFrame) -> Iterator[Finding]:
    highest = tenths.iloc[-1]
    key = "drawn_out" if forecast.found.slope > HONEST[1] else "recalibrated" if forecast.found.slope < HONEST[0] else "calibrated"
    yield SAYS.finding(f"list.{key}", said=highest.said, happened=highest.happened)
    churn = judged.event[judged.loss >= judged.loss.quantile(1 - FIRST)].mean()
    if 0 < churn < 1:
        yield SAYS.finding("list.not_effect", n=people_needed(churn, SAVED * churn, others=1 / FIRST - 1))
    if len(groups):
        apart = groups.groupby("segment", sort=False).listed.agg(lambda shares: shares.max() - shares.min())
        of = groups[groups.segment == apart.idxmax()]
        most, least = of.loc[of.listed.idxmax()], of.loc[of.listed.idxmin()]
        yield SAYS.finding("list.groups", segment=most.segment, highest=most.group, most=most.listed, lowest=least.group, least=least.listed)
    if forecast.twice > TWICE:
        yield SAYS.finding("list.twice", share=forecast.twice)


def _groups(judged: pd.DataFrame, groups: tuple[str, ...], design: Design) -> pd.DataFrame:
    """Who stands in the first tenth, by group, beside what was forecast and what happened; groups of too few are not shown."""
    first = judged.loss.rank(ascending=False, method="first") <= FIRST * len(judged)
    lines = []
    for place, segment in enumerate(groups):
        labels = judged[f"group_{place}"].astype(object).where(judged[f"group_{place}"].notna(), "")
        hidden = hidden_groups(labels.value_counts(), threshold=design.minimum)
        for label in sorted(name for name in hidden.index[~hidden] if name != ""):
            inside = labels == label
            lines.append({"segment": segment, "group": label, "n": int(inside.sum()), "listed": first[inside].mean(),
                          "said": judged.chance[inside].mean(), "happened": judged.event[inside].mean()})  # fmt: skip
    return pd.DataFrame(lines)
