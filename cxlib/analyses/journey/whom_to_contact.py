"""Whom to contact today: by expected loss, among those who agreed, wait and answered recently; some are left out by lot."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import CallList, FollowUp, Journey
from cxlib.analyses.journey.forecast import REFUSED, Forecast, ListRefused, forecast_of, refusal_of_names
from cxlib.analyses.money import Customers
from cxlib.stats.follow_up.list_value import chance_listed

SURE, LIKELY = 0.9, 0.5  # chances of belonging on the list


def who_to_contact(
    customers: Customers | None, follow_up: FollowUp | None, journey: Journey | None = None, *, settled: frozenset[str] = frozenset(), seed: int = 0
) -> pd.DataFrame:
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
        raise ListRefused(REFUSED.finding("absent.call_list"))
    for finding in refusal_of_names(follow_up):
        raise ListRefused(finding)
    waiting, listed = _open(follow_up), follow_up.listed
    recent = waiting.answered >= _since(follow_up)
    if len(waiting) and not recent.any():
        raise ListRefused(REFUSED.finding("list.too_old", n=len(waiting), days=within_days(follow_up), newest=waiting.answered.max().date()))
    forecast = forecast_of(customers, follow_up, journey)
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
