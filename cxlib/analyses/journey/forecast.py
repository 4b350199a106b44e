"""What each customer is likely to cost: the chance of leaving, from what was known before, times what would be lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import FollowUp, Journey
from cxlib.analyses.money import Customers
from cxlib.analyses.result import Finding, Named, OneScreen, Says, Sentences, Term
from cxlib.analyses.rows import in_content_order
from cxlib.stats.follow_up.effect import held_constant
from cxlib.stats.follow_up.list_value import Calibration, calibration, crossfitted_chance, ranked_rightly, recalibrated
from cxlib.stats.links.link_checks import determinism

LOST_A_TERM = 10  # customers who left, for each term of the forecast
YOUNGER = 0.01  # of those who left, with a score given after they had left: more is no slip of the pen
RECENT_DAYS = 90  # before the answer, in which contacts and complaints count
KNOWN = 0.8  # of the customers with a score, for whom a number has to be known to be used

# fmt: off
REFUSED = Sentences(
    {
        "list.no_consent": Says("unclear", "Nobody is listed by name or number: it is not recorded who may be contacted. Ask for consent in the survey and record it.", about="data"),
        "list.too_old": Says("unclear", "Nobody is listed: everybody who still waits ({n:count}) answered more than {days:general} days before the end of the list, the last one on {newest:date}. Supply a newer list, or set how long after an answer customers are still contacted.", about="data"),
        "list.anonymous": Says("unclear", "Whom to contact first is not computed: the survey promised anonymity. Ask for consent to follow up in the next survey.", about="data"),
        "list.score_later": Says("unclear", "Whom to contact first cannot be determined: {n:count} of those who left had left before the score was given. Use the last score before a customer leaves.", about="data"),
        "list.few_lost": Says("unclear", "Whom to contact first cannot be determined: {lost:count} customers with a score have left, and at least {least:count} are needed.", about="data"),
        "list.guess": Says("unclear", "Whom to contact first cannot be determined from the score: of a customer who left and one who stayed, the forecast picks the right one in {area:percent} of cases ({low:percent} to {high:percent}), and guessing in 50%. Record more that is known before customers leave.", about="data"),
        "list.leak": Says("unclear", "Whom to contact first cannot be determined: {driver} gives away who left, so it was in all likelihood recorded afterwards. Leave it out.", subject="driver", about="data"),
        "absent.call_list": ("absent", "Whom to contact first: it takes a list of those who should be contacted, and for each customer the score, what they are worth and whether they left."),
    },
    named={"area": Named(Term("Pairs that the forecast ranks rightly"), "low", "high")},
)
# fmt: on

SCORE, TENURE = Term("the score"), Term("the years as a customer")
CONTACTS, COMPLAINTS = Term("the contacts of the last 90 days"), Term("the complaints of the last 90 days")
NOT_SCORED, NOT_KNOWN, NO_WORTH = Term("without a score"), Term("not known whether they left"), Term("without a value")


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


def forecast_of(customers: Customers, follow_up: FollowUp, journey: Journey | None = None, *, confidence: float = 0.95) -> Forecast:
    """The chance of leaving and the expected loss of each customer with a score.

    errors    ListRefused where anonymity was promised, the score is younger than the loss, too few left, something gives away
              who left, or the forecast is no better than a guess
    """
    if follow_up.anonymous:
        raise ListRefused(REFUSED.finding("list.anonymous"))
    if not has_all(customers):
        raise ListRefused(REFUSED.finding("absent.call_list"))
    _refuse_younger_score(customers, follow_up)
    table, dropped = _scored(customers, follow_up.listed.horizon_months, journey)
    lost = int(table.event.sum())
    drivers = _drivers(table, lost, customers.steps[0])
    known = table.event.notna()
    for name, values in drivers.items():
        if values[known].nunique() > 1 and determinism(table.event[known], values[known]).certain:
            raise ListRefused(REFUSED.finding("list.leak", driver=name))
    held = held_constant(*(table[name] for name in table.attrs["held"]))
    matrix = pd.concat([pd.DataFrame({str(name): values for name, values in drivers.items()}), held.set_axis(table.index)], axis=1)
    matrix = _telling(matrix.astype(float), known)
    if lost < LOST_A_TERM or matrix.empty:
        raise ListRefused(REFUSED.finding("list.few_lost", lost=lost, least=LOST_A_TERM))
    raw = crossfitted_chance(table.event, matrix, table.index)
    area = ranked_rightly(table.event, raw, confidence=confidence)
    if area[1] <= 0.5:
        raise ListRefused(REFUSED.finding("list.guess", area=area[0], low=area[1], high=area[2]))
    chance = recalibrated(table.event, raw)
    rows = table.assign(chance=chance, loss=chance * table.value)
    alike = table.drop(columns="respondent").duplicated().mean() if customers.margin else 0.0
    return Forecast(rows, matrix, tuple(customers.controls), calibration(table.event, raw), area, float(alike), len(customers.rows), dropped)


def has_all(customers: Customers) -> bool:
    return None not in (customers.score, customers.margin, customers.respondent) and bool(customers.event or customers.watched)


def refusal_of_names(follow_up: FollowUp) -> Iterator[Finding]:
    """Why nobody may be named, where that is so."""
    if follow_up.anonymous:
        yield REFUSED.finding("list.anonymous")
    elif "may_contact" not in follow_up.rows or not follow_up.rows.may_contact.eq(True).any():
        yield REFUSED.finding("list.no_consent")


def _refuse_younger_score(customers: Customers, follow_up: FollowUp) -> None:
    late = lost = 0
    if "left" in follow_up.rows:
        gone = follow_up.rows[follow_up.rows.left.notna()]
        late, lost = int((gone.left <= gone.answered).sum()), len(gone)
    if customers.watched:
        gone = customers.rows[customers.rows[customers.watched["left"]] == 1]
        late, lost = late + int((gone[customers.watched["exit"]] <= gone[customers.watched["entry"]]).sum()), lost + len(gone)
    if late > YOUNGER * lost:
        raise ListRefused(REFUSED.finding("list.score_later", n=late))


def _scored(customers: Customers, months: float, journey: Journey | None) -> tuple[pd.DataFrame, dict[str, int]]:
    """Customers with a score and a value: respondent, score, event, value, groups and numbers; and who was left out.

    attrs    "held": the columns of groups;  "numbers": {column: what it is}, those that are known of enough customers
    """
    rows = customers.rows
    cost = rows[customers.service_cost].fillna(0) if customers.service_cost else 0
    value = ((rows[customers.margin] - cost) * months / 12).clip(lower=0)
    table = pd.DataFrame({"respondent": rows[customers.respondent], "score": rows[customers.score], "event": _left(customers, months), "value": value})
    held = [f"group_{place}" for place in range(len(customers.controls))]
    table = table.assign(**{name: rows[column] for name, column in zip(held, customers.controls, strict=True)})
    known = _numbers(customers, journey)
    numbers = {f"number_{place}": name for place, name in enumerate(known)}
    table = table.assign(**{column: known[name] for column, name in numbers.items()})
    scored, worth = table.score.notna(), table.value.notna()
    dropped = {NOT_SCORED: int((~scored).sum()), NO_WORTH: int((scored & ~worth).sum())}
    table = table[scored & worth]
    dropped[NOT_KNOWN] = int(table.event.isna().sum())
    told_of = table[list(numbers)].notna().mean()
    numbers = {column: name for column, name in numbers.items() if told_of[column] >= KNOWN}
    table[list(numbers)] = table[list(numbers)].fillna(table[list(numbers)].median())
    table = in_content_order(table.drop(columns=[column for column in told_of.index if column not in numbers]))
    table["respondent"] = table.respondent.astype("str").where(table.respondent.notna(), None)
    table.attrs |= {"held": held, "numbers": numbers}
    return table, {why: n for why, n in dropped.items() if n}


def _left(customers: Customers, months: float) -> pd.Series:
    """1 for who left within the horizon, 0 for who stayed, NaN where it is not known yet."""
    if customers.event:
        return customers.rows[customers.event].astype(float)
    entry, exit, left = (customers.rows[customers.watched[name]] for name in ("entry", "exit", "left"))
    within = (exit - entry) * 12 <= months
    return pd.Series(np.where((left == 1) & within, 1.0, np.where(~within, 0.0, np.nan)), customers.rows.index)


def _telling(matrix: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    """The columns that vary among those of whom it is known whether they left, none of which the earlier ones make up."""
    matrix = matrix.loc[:, matrix[known].nunique() > 1]
    if matrix.empty:
        return matrix
    scaled = (matrix[known] - matrix[known].mean()) / matrix[known].std()
    own = np.abs(np.diag(np.linalg.qr(scaled.to_numpy(), mode="r")))
    return matrix.loc[:, own > 1e-8 * own.max()]


def _numbers(customers: Customers, journey: Journey | None) -> dict[str, pd.Series]:
    """{what it is: a number of each customer that was known when the score was given}, the first ones before the others."""
    numbers = {} if journey is None else _just_before(customers, journey)
    numbers |= {label: customers.rows[column] for column, label in customers.known_before.items()}
    return numbers if customers.tenure is None else {TENURE: customers.rows[customers.tenure], **numbers}


def _just_before(customers: Customers, journey: Journey) -> dict[str, pd.Series]:
    """How many complaints and contacts each customer had in the days before the last answer; NaN where the logs or the
    complaints begin later, or end before it."""
    answers = None if journey.answers is None else journey.answers.dropna()
    if answers is None or answers.empty:
        return {}
    last = answers.sort_values("time_answer").drop_duplicates("customer", keep="last").set_index("customer").time_answer
    who = customers.rows[customers.respondent]
    answered = pd.to_datetime(who.map(last))
    silos, complaints, numbers = journey.silos, journey.complaints, {}
    if complaints is not None and len(complaints):
        span = complaints.received.min(), complaints.received.max() + pd.Timedelta(days=RECENT_DAYS)  # none may come for months
        numbers[COMPLAINTS] = _counted(complaints.customer, complaints.received, who, answered, *span)
    if len(silos):
        numbers[CONTACTS] = _counted(journey.contacts.customer, journey.contacts.time, who, answered, silos.begins.max(), silos.ends.min())
    return numbers


def _counted(
    customer: pd.Series, time: pd.Series, who: pd.Series, answered: pd.Series, begins: pd.Timestamp, ends: pd.Timestamp
) -> pd.Series:
    """What each customer of `who` has of something within the days before the answer."""
    since = answered - pd.Timedelta(days=RECENT_DAYS)
    rows = pd.DataFrame({"customer": customer, "time": time}).dropna()
    before = pd.Series(answered.to_numpy(), who.to_numpy())
    before = before[before.index.notna() & ~before.index.duplicated()]
    waited = rows.customer.map(before) - rows.time
    inside = (waited > pd.Timedelta(0)) & (waited <= pd.Timedelta(days=RECENT_DAYS))
    counts = who.map(rows.customer[inside].value_counts()).fillna(0).astype(float)
    return counts.where((since >= begins) & (answered <= ends + pd.Timedelta(days=1)))


def _drivers(table: pd.DataFrame, lost: int, low_until: float) -> dict[str, pd.Series]:
    """What the forecast rests on beside the groups: as much as those who left can bear, the score first."""
    room = lost // LOST_A_TERM - 1  # one for the level
    drivers = {SCORE: table.score}
    for column, name in table.attrs["numbers"].items():
        if len(drivers) < room:
            drivers[name] = table[column]
    levels = sum(table[name].nunique() - 1 for name in table.attrs["held"])
    if len(drivers) + levels > room:
        table.attrs["held"], levels = [], 0
    if len(drivers) + levels < room:
        drivers[Term("low score")] = (table.score <= low_until).astype(float)
    return drivers
