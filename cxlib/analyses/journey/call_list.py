"""Whom to contact first: by what is likely to be lost. The report tells how good such a list is and names nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import CallList, FollowUp
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.money import Customers
from cxlib.analyses.result import Base, Finding, Named, OneScreen, Place, Result, Says, Sentences, Term
from cxlib.analyses.rows import in_content_order
from cxlib.stats.follow_up.effect import held_constant, people_needed
from cxlib.stats.follow_up.list_value import (
    HONEST,
    Calibration,
    calibration,
    captured_value,
    chance_listed,
    crossfitted_chance,
    ranked_rightly,
    recalibrated,
)
from cxlib.stats.links.link_checks import determinism
from cxlib.stats.survey.disclosure import hidden_groups

FIRST = 0.1  # part of the customers that a list is judged by
LOST_A_TERM = 10  # customers who left, for each term of the forecast
SAVED = 0.2  # of those who would leave: the effect that a comparison group should show
YOUNGER = 0.01  # of those who left, with a score given after they had left: more is no slip of the pen
TWICE = 0.01  # of the customers, alike in everything with another
SURE, LIKELY = 0.9, 0.5  # chances of belonging on the list

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
        "list.no_consent": Says("unclear", "Nobody is listed by name or number: it is not recorded who may be contacted. Ask for consent in the survey and record it.", about="data"),
        "list.too_old": Says("unclear", "Nobody is listed: everybody who still waits ({n:count}) answered more than {days:general} days before the end of the list, the last one on {newest:date}. Supply a newer list, or set how long after an answer customers are still contacted.", about="data"),
        "list.anonymous": Says("unclear", "Whom to contact first is not computed: the survey promised anonymity. Ask for consent to follow up in the next survey.", about="data"),
        "list.score_later": Says("unclear", "Whom to contact first cannot be determined: {n:count} of those who left had left before the score was given. Use the last score before a customer leaves.", about="data"),
        "list.few_lost": Says("unclear", "Whom to contact first cannot be determined: {lost:count} customers with a score have left, and at least {least:count} are needed.", about="data"),
        "list.guess": Says("unclear", "Whom to contact first cannot be determined from the score: of a customer who left and one who stayed, the forecast picks the right one in {area:percent} of cases ({low:percent} to {high:percent}), and guessing in 50%. Record more that is known before customers leave.", about="data"),
        "list.leak": Says("unclear", "Whom to contact first cannot be determined: {driver} gives away who left, so it was in all likelihood recorded afterwards. Leave it out.", subject="driver", about="data"),
        "absent.call_list": ("absent", "Whom to contact first: it takes a list of those who should be contacted, and for each customer the score, what they are worth and whether they left."),
    },
    shown_in=(Place("captured", "share", "rule"),),
    named={"said": Named(Term("Forecast in the highest tenth")), "happened": Named(Term("Left in the highest tenth")),
           "area": Named(Term("Pairs that the forecast ranks rightly"), "low", "high")},
)
# fmt: on

RULES = {
    "loss": Term("Expected loss"), "risk": Term("Only the chance of leaving"), "score": Term("Only the score"),
    "value": Term("Only the value"), "random": Term("Chance"), "perfect": Term("Who did leave, by value"),
}  # fmt: skip
SCORE, TENURE = Term("the score"), Term("the years as a customer")
NOT_SCORED, NOT_KNOWN, NO_WORTH = Term("without a score"), Term("not known whether they left"), Term("without a value")

METHOD = (
    Term("Chance of leaving: logistic regression on the company's own customers (score, years as a customer and groups), each customer forecast by a model that has not seen them; drawn in or out where the calibration slope lies outside 0.9–1.1. Expected loss: chance times margin less cost to serve over the horizon."),
    Term("The list is judged by the value that was lost later; intervals from the bootstrap. It tells who is likely to leave, not whom contact keeps."),
)  # fmt: skip


class ListRefused(ValueError):
    """No list of customers is made; `finding` says why and what would help."""

    def __init__(self, finding: Finding):
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, repr=False)
class Forecast(OneScreen):
    """What each customer with a score is likely to cost.

    rows     DataFrame, in an order that follows from what it holds: respondent, score, event (NaN: not known yet), value (over
             the horizon), chance, loss, the customers' groups
    design   the columns that the forecast rests on, of the same rows
    found    how the chances came true before they were corrected;  area: pairs ranked rightly, with low and high
    twice    share of the rows that are alike in everything with another
    read, dropped   customers read, and left out by reason
    """

    rows: pd.DataFrame
    design: pd.DataFrame
    groups: tuple[str, ...]
    found: Calibration
    area: tuple[float, float, float]
    twice: float
    read: int
    dropped: dict[str, int]


def call_list(customers: Customers | None, follow_up: FollowUp | None, design: Design = EVERYBODY) -> Result:
    """How good a list of whom to contact first is: the value lost later that stands in its first tenth, by what orders it.

    customers   the customer table: score, whether they left, margin; None without one
    follow_up   the answers that should be followed up, whose list it would be; None without one
    design      its minimum: customers below whom no group is shown
    returns     tables "captured" (rule, share with interval), "calibration" (tenth, n, said, happened with interval), "groups"
                (segment, group, n, listed, said, happened); nobody is named, and nobody can be worked out

    >>> page.show(journey.call_list(engagement.customers, engagement.follow_up))
    A forecast adds nothing clear: ordered by expected loss, the first tenth of the customers holds 43% of the value...
    """
    if customers is None or follow_up is None or not _has_all(customers):
        return Result.missing("call_list", SAYS.finding("absent.call_list"))
    settings = {"minimum": design.minimum, "confidence": design.confidence, "first": FIRST, "months": follow_up.listed.horizon_months}
    try:
        forecast = forecast_of(customers, follow_up, confidence=design.confidence)
    except ListRefused as refused:
        return Result("call_list", {}, (refused.finding,), Base(len(customers.rows), 0), settings, METHOD)
    rows = forecast.rows
    judged = rows[rows.event.notna()]
    captured = _captured(judged, design.confidence)
    told = calibration(judged.event, judged.chance, confidence=design.confidence)
    tenths = told.tenths.rename(columns={"low": "happened_low", "high": "happened_high"}).reset_index()
    groups = _groups(judged, forecast.groups, design)
    tables = {"captured": captured, "calibration": tenths, **({"groups": groups} if len(groups) else {})}
    findings = (_verdict(captured), *_beside(forecast, judged, tenths, groups), *_refusal_of_names(follow_up))
    return Result("call_list", tables, findings, Base(forecast.read, len(judged), forecast.dropped), settings, METHOD)


def forecast_of(customers: Customers, follow_up: FollowUp, *, confidence: float = 0.95) -> Forecast:
    """The chance of leaving and the expected loss of each customer with a score.

    errors    ListRefused where anonymity was promised, the score is younger than the loss, too few left, something gives away
              who left, or the forecast is no better than a guess
    """
    if follow_up.anonymous:
        raise ListRefused(SAYS.finding("list.anonymous"))
    if not _has_all(customers):
        raise ListRefused(SAYS.finding("absent.call_list"))
    _refuse_younger_score(customers, follow_up)
    table, dropped = _scored(customers, follow_up.listed.horizon_months)
    lost = int(table.event.sum())
    drivers = _drivers(table, customers, lost)
    known = table.event.notna()
    for name, values in drivers.items():
        if values[known].nunique() > 1 and determinism(table.event[known], values[known]).certain:
            raise ListRefused(SAYS.finding("list.leak", driver=name))
    held = held_constant(*(table[name] for name in table.attrs["held"]))
    matrix = pd.concat([pd.DataFrame({str(name): values for name, values in drivers.items()}), held.set_axis(table.index)], axis=1)
    matrix = matrix.loc[:, matrix[known].nunique() > 1].astype(float)
    if lost < LOST_A_TERM or matrix.empty:
        raise ListRefused(SAYS.finding("list.few_lost", lost=lost, least=LOST_A_TERM))
    raw = crossfitted_chance(table.event, matrix, table.index)
    area = ranked_rightly(table.event, raw, confidence=confidence)
    if area[1] <= 0.5:
        raise ListRefused(SAYS.finding("list.guess", area=area[0], low=area[1], high=area[2]))
    chance = recalibrated(table.event, raw)
    rows = table.assign(chance=chance, loss=chance * table.value)
    alike = table.drop(columns="respondent").duplicated().mean() if customers.margin else 0.0
    return Forecast(rows, matrix, tuple(customers.controls), calibration(table.event, raw), area, float(alike), len(customers.rows), dropped)


def who_to_contact(customers: Customers | None, follow_up: FollowUp | None, *, settled: frozenset[str] = frozenset(), seed: int = 0) -> pd.DataFrame:
    """The list for today, by expected loss, among those who agreed to be contacted, have not been, and answered recently.

    Recent is what lies within `within_days` of `follow_up.listed` (or the days promised, where these are more) before
    `follow_up.until`: a call months after a bad answer is no follow-up of it.

    settled   ids that an earlier list drew lots for: nobody draws twice
    seed      of the draw of the comparison group
    returns   DataFrame, one row a customer: respondent, owner, type, answered, due, group ("A": surely among the first, "B":
              likely, "C": on the edge), comparison (True: left out at random, do not contact), lot (True: drew today), the
              columns of `follow_up.listed`. No chance, no text, nothing of a person beside the id. The most severe cases and
              those of legal duty come first and draw no lot
    errors    ListRefused, as `forecast_of`, where a table is not there, where it is not recorded who may be contacted, and where
              only older answers wait
    """
    if customers is None or follow_up is None:
        raise ListRefused(SAYS.finding("absent.call_list"))
    for finding in _refusal_of_names(follow_up):
        raise ListRefused(finding)
    waiting, listed = _open(follow_up), follow_up.listed
    recent = waiting.answered >= _since(follow_up)
    if len(waiting) and not recent.any():
        raise ListRefused(SAYS.finding("list.too_old", n=len(waiting), days=within_days(follow_up), newest=waiting.answered.max().date()))
    forecast = forecast_of(customers, follow_up)
    first = _first(_with_loss(waiting[recent].reset_index(drop=True), forecast, listed.capacity, seed), listed, settled, seed)
    group = np.where(first.must | (first.surely >= SURE), "A", np.where(first.surely >= LIKELY, "B", "C"))
    due = (first.answered + pd.Timedelta(days=follow_up.promise_days)).dt.normalize()
    columns = ["respondent", "owner", "type", "answered", "due", "group", "comparison", "lot", *listed.columns]
    return first.assign(group=group, due=due)[columns].reset_index(drop=True)


def within_days(follow_up: FollowUp) -> float:
    """Days after an answer within which its customer is still listed."""
    return max(follow_up.listed.within_days, follow_up.promise_days)


def too_old(follow_up: FollowUp) -> int:
    """How many agreed to be contacted and still wait, but answered too long ago to be listed."""
    return int((_open(follow_up).answered < _since(follow_up)).sum())


def _since(follow_up: FollowUp) -> pd.Timestamp:
    """The day from which on an answer is recent."""
    return (follow_up.until - pd.Timedelta(days=within_days(follow_up))).normalize()


def _has_all(customers: Customers) -> bool:
    return None not in (customers.score, customers.margin, customers.respondent) and bool(customers.event or customers.watched)


def _refusal_of_names(follow_up: FollowUp) -> Iterator[Finding]:
    """Why nobody may be named, where that is so."""
    if follow_up.anonymous:
        yield SAYS.finding("list.anonymous")
    elif "may_contact" not in follow_up.rows or not follow_up.rows.may_contact.eq(True).any():
        yield SAYS.finding("list.no_consent")


def _refuse_younger_score(customers: Customers, follow_up: FollowUp) -> None:
    late = lost = 0
    if "left" in follow_up.rows:
        gone = follow_up.rows[follow_up.rows.left.notna()]
        late, lost = int((gone.left <= gone.answered).sum()), len(gone)
    if customers.watched:
        gone = customers.rows[customers.rows[customers.watched["left"]] == 1]
        late, lost = late + int((gone[customers.watched["exit"]] <= gone[customers.watched["entry"]]).sum()), lost + len(gone)
    if late > YOUNGER * lost:
        raise ListRefused(SAYS.finding("list.score_later", n=late))


def _scored(customers: Customers, months: float) -> tuple[pd.DataFrame, dict[str, int]]:
    """Customers with a score and a value: respondent, score, event, value, tenure and groups; and who was left out."""
    rows = customers.rows
    cost = rows[customers.service_cost].fillna(0) if customers.service_cost else 0
    value = ((rows[customers.margin] - cost) * months / 12).clip(lower=0)
    table = pd.DataFrame({"respondent": rows[customers.respondent], "score": rows[customers.score], "event": _left(customers, months), "value": value})
    held = [f"group_{place}" for place in range(len(customers.controls))]
    table = table.assign(**{name: rows[column] for name, column in zip(held, customers.controls, strict=True)})
    if customers.tenure:
        table["tenure"] = rows[customers.tenure].fillna(rows[customers.tenure].median())
    scored, worth = table.score.notna(), table.value.notna()
    dropped = {NOT_SCORED: int((~scored).sum()), NO_WORTH: int((scored & ~worth).sum())}
    table = table[scored & worth]
    dropped[NOT_KNOWN] = int(table.event.isna().sum())
    table = in_content_order(table)
    table["respondent"] = table.respondent.astype("str").where(table.respondent.notna(), None)
    table.attrs["held"] = held
    return table, {why: n for why, n in dropped.items() if n}


def _left(customers: Customers, months: float) -> pd.Series:
    """1 for who left within the horizon, 0 for who stayed, NaN where it is not known yet."""
    if customers.event:
        return customers.rows[customers.event].astype(float)
    entry, exit, left = (customers.rows[customers.watched[name]] for name in ("entry", "exit", "left"))
    within = (exit - entry) * 12 <= months
    return pd.Series(np.where((left == 1) & within, 1.0, np.where(~within, 0.0, np.nan)), customers.rows.index)


def _drivers(table: pd.DataFrame, customers: Customers, lost: int) -> dict[str, pd.Series]:
    """What the forecast rests on beside the groups; with few lost customers the score alone."""
    drivers = {SCORE: table.score}
    levels = sum(table[name].nunique() - 1 for name in table.attrs["held"])
    if lost < LOST_A_TERM * (2 + levels + bool(customers.tenure)):
        table.attrs["held"] = []
        levels = 0
    if customers.tenure and lost >= LOST_A_TERM * 3:
        drivers[TENURE] = table.tenure
    if lost >= LOST_A_TERM * (len(drivers) + 1 + levels):
        drivers[Term("low score")] = (table.score <= customers.steps[0]).astype(float)
    return drivers


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


def _open(follow_up: FollowUp) -> pd.DataFrame:
    """Those who agreed, have not been contacted, have not left and are in no comparison group; the latest answer of each.

    must: True for the most severe cases and those of legal duty
    """
    rows = follow_up.rows.copy()
    done = pd.Series(False, rows.index)
    for column in ("contacted", "closed", "left"):
        done |= rows[column].notna() if column in rows else False
    gone = rows.churned.eq(1) if "churned" in rows else False
    out = rows.left_out.eq(True) if "left_out" in rows else False
    severe = rows.severity.eq(rows.severity.max()) if "severity" in rows and rows.severity.nunique() > 1 else False
    rows["must"] = (rows.duty.eq(True) if "duty" in rows else pd.Series(False, rows.index)) | severe
    rows["respondent"] = rows.respondent.astype("str")
    rows = rows[rows.may_contact.eq(True) & ~done & ~gone & ~out]
    for column in ("owner", "type"):
        rows[column] = rows[column].astype(object).where(rows[column].notna(), None) if column in rows else None
    return rows.sort_values("answered").drop_duplicates("respondent", keep="last").reset_index(drop=True)


def _with_loss(rows: pd.DataFrame, forecast: Forecast, capacity: int, seed: int) -> pd.DataFrame:
    """The rows whose expected loss is known, those who must be contacted first, then the largest loss; surely: the chance of
    belonging among the first."""
    place = pd.Series(np.arange(len(forecast.rows)), index=forecast.rows.respondent)
    rows = rows.assign(place=rows.respondent.map(place[place.index.notna() & ~place.index.duplicated()]))
    rows = rows[rows.place.notna()].astype({"place": int})
    rows["loss"] = forecast.rows.loss.to_numpy()[rows.place]
    rows = rows[rows.loss.notna()]
    wanted = np.zeros(len(forecast.rows), bool)
    wanted[rows.place] = True
    surely = chance_listed(forecast.rows.event, forecast.design, forecast.rows.value, wanted, capacity=capacity, seed=seed)
    return rows.assign(surely=surely[rows.place]).sort_values(["must", "loss", "respondent"], ascending=[False, False, True])


def _first(rows: pd.DataFrame, listed: CallList, settled: frozenset[str], seed: int) -> pd.DataFrame:
    """As many as can be contacted, and beside them those whom the lot leaves out."""
    most = rows.head(int(np.ceil(listed.capacity / (1 - listed.comparison_share))))
    lots = most[~most.must & ~most.respondent.isin(settled)]
    drawn = most.index.isin(_drawn(lots, listed.comparison_share, seed))
    most = most.assign(comparison=drawn, lot=most.index.isin(lots.index))
    called, out = most[~drawn].head(listed.capacity), most[drawn]
    return pd.concat([called, out])


def _drawn(due: pd.DataFrame, share: float, seed: int) -> list[int]:
    """The rows of the comparison group: of each department its share, what is left over by lot."""
    rng, drawn = np.random.default_rng(seed), []
    for _, rows in due.groupby(due.owner.fillna("").astype(str), sort=True):
        n = share * len(rows)
        size = int(n) + int(rng.random() < n - int(n))
        drawn += list(rng.choice(rows.index.to_numpy(), size, replace=False))
    return drawn
