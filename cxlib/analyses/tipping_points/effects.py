"""What a service level changes: the what-if table, and the chain from the level over satisfaction to loyalty."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from cxlib.analyses.money import Customers
from cxlib.analyses.result import Finding, Quantity, Result, Term
from cxlib.analyses.tipping_points.examination import Examination, Examined, kept, leaks, limit
from cxlib.analyses.tipping_points.question import LevelQuestion
from cxlib.analyses.tipping_points.says import SAYS
from cxlib.analyses.units import Unit
from cxlib.stats.breaks.break_course import drawn_means, jump_gap, points_beyond
from cxlib.stats.breaks.break_support import break_support, wild_noise
from cxlib.stats.breaks.breakpoints import best_break
from cxlib.stats.breaks.shape_contest import smooth_columns
from cxlib.stats.breaks.two_breaks import best_pair
from cxlib.stats.links.product_effect import resampled_product, weighted_slope

PROMISES = (0.25, 0.5, 0.75, 0.9)  # quantiles of the level, beside the point itself
PROMISED = ["service", "promise", "measured_in", "affected", "share", "mean", "mean_gain", "low", "high", "kept"]
CHAIN_DRAWS = 299
LEAST_LINKED = 60  # customers in both tables below which no chain is drawn
NONE: Mapping = MappingProxyType({})


def what_if(examined: Examination, promises: Mapping[str, float] = NONE) -> Result:
    """If no one had to go beyond a service level, how satisfied would customers be, and how many are affected?

    examined  from `examine`; levels beyond which its `minimum` of answers is not reached are not shown
    promises  {id of a level: value}: what keeping this value would give, instead of the point and the usual values
    returns   table "promises": service, promise (the level kept), affected (answers beyond it), share, mean (expected),
              mean_gain against today, low, high
    errors    ValueError for a promise of a level that there is not
    assumes   the fitted course is cause and effect, and that those beyond the level would answer as those at it do

    >>> page.show(tipping_points.what_if(examined, {"telefon": 5}))
    Ventetid i telefonen: customer satisfaction would rise by 0.66 points on average...
    """
    levels, contacts = examined.levels, examined.contacts
    if not levels:
        return Result.missing("what_if", SAYS.finding("absent.tipping_points"), read=len(contacts))
    if unknown := promises.keys() - levels.keys():
        raise ValueError(f"there is no service level {min(unknown)!r}; there are {', '.join(levels)}.")
    promised = {id(each): promises.get(key) for key, each in zip(levels, examined.every, strict=True)}
    leaking = {id(each) for each in examined.every if each.found is not None and leaks(each.question)}
    known = [each for each in examined.every if each.found is not None and id(each) not in leaking]
    refused = [SAYS.finding("whatif.leakage", service=each.question.label) for each in examined.every if id(each) in leaking]
    if refused and not known:
        return Result("what_if", {}, tuple(refused), examined.base, examined.chance)
    if not known:
        return Result.missing("what_if", SAYS.finding("absent.what_if"), read=len(contacts))
    tables = [_promises(each, examined, promised[id(each)]) for each in known]
    findings = refused + [_what_if_says(e, table, promised[id(e)]) for e, table in zip(known, tables, strict=True)]
    table = pd.concat(tables, ignore_index=True).drop(columns="kept")
    columns = {"respondent": examined.respondent, "weight": examined.weight}
    return Result("what_if", {"promises": table}, tuple(findings), examined.base, examined.chance | columns)


def levers(verdicts: Result) -> dict[str, tuple[float, float, float]]:
    """The range of promises to try for each service level, {id: (least, now, most)}; now is the point, or the middle.

    verdicts  what `verdicts` gave

    >>> tipping_points.levers(tipping_points.verdicts(examined))
    {'telefon': (1, 8, 35), 'email': (1, 30, 60)}
    """
    found = {}
    for key, level in verdicts.settings.get("levels", {}).items():
        x = verdicts.tables["curve"].query("service == @level['label']").x
        if len(x):
            point = verdicts.tables["verdicts"].set_index("service").point[level["label"]]
            least, most = math.floor(x.min()), math.ceil(x.max())
            now = float((least + most) // 2 if pd.isna(point) else point)
            found[key] = (least, int(now), most) if now.is_integer() else (float(least), now, float(most))
    return found


def _promises(each: Examined, examined: Examination, promised: float | None) -> pd.DataFrame:
    asked, confidence = each.question, examined.confidence
    x, counts, weight = each.support.x, each.support.rows, each.support.weight / each.support.weight.sum()
    at = {float(x[np.searchsorted(np.cumsum(weight), q - 1e-9)]) for q in _worse(PROMISES, asked)}
    at_point = limit(each) if each.has_point else None
    at |= {at_point} if at_point is not None else set()
    at = at if promised is None else {promised}
    fitted, drawn = each.mean_at, _drawn_courses(each, examined.draws, examined.seed)
    rows = []
    for promise in sorted(at, reverse=asked.sign < 0):
        inside = np.minimum(x, promise) if asked.sign > 0 else np.maximum(x, promise)
        if counts[inside != x].sum() < examined.minimum:
            continue
        gain = float(weight @ (fitted(inside) - fitted(x)))
        spread = (drawn(inside) - drawn(x)) @ weight
        low, high = np.quantile(spread, [(1 - confidence) / 2, (1 + confidence) / 2])
        low, high = min(low, gain), max(high, gain)  # the course fitted may lie beyond most that are drawn with its place
        moved = inside != x
        rows.append({"service": asked.label, "promise": promise, "measured_in": asked.units(promise),
                     "affected": int(counts[moved].sum()), "share": float(weight[moved].sum()),
                     "mean": float(weight @ fitted(inside)), "mean_gain": gain, "low": float(low), "high": float(high),
                     "kept": promise in (at_point, promised)})  # fmt: skip
    return pd.DataFrame(rows, columns=PROMISED)


def _worse(quantiles, asked: LevelQuestion) -> tuple[float, ...]:
    """The same promises seen from the side that is better for the customer."""
    return quantiles if asked.sign > 0 else tuple(1 - q for q in quantiles)


def _drawn_courses(each: Examined, draws: int, seed: int):
    """A function x (k,) -> means (draws, k) of the fitted course in each draw."""
    if each.has_point:
        return lambda x: drawn_means(each.found.place.sample, x, gap=jump_gap(each.found.found))
    free, shape = each.free, "line" if each.found.verdict in ("flat", "line") else "spline"
    middle = each.mean_at(free.x)
    columns = smooth_columns(free.x, shape, free.weight)
    taken = free.q.T @ columns
    gram = columns.T @ (free.weight[:, None] * columns) - taken.T @ taken
    noise, _ = wild_noise(free, each.support.residual, draws, np.random.default_rng(seed))
    strays = np.linalg.lstsq(gram, columns.T @ noise, rcond=1e-12)[0]  # around the fitted course, whatever its shape
    courses = middle + (columns @ strays).T
    return lambda x: np.array([np.interp(x, free.x, course) for course in courses])


def _what_if_says(each: Examined, table: pd.DataFrame, promised: float | None) -> Finding:
    asked, at_point = each.question, table[table.kept.astype(bool)]
    if at_point.empty and promised is not None:
        place, units = asked.place(promised), asked.units(promised)
        return SAYS.finding("whatif.too_few", service=asked.label, place=place, units=units)
    if at_point.empty:
        return _no_limit(each)
    row = at_point.iloc[0]
    key = "whatif.gain" if asked.sign > 0 else "whatif.gain_below"
    return SAYS.finding(key, service=asked.label, outcome=asked.outcome, place=asked.place(row.promise),
                        units=asked.units(row.promise), gain=asked.gap(row.mean_gain), low=asked.ends(row.low),
                        high=asked.ends(row.high), share=row.share)  # fmt: skip


def _no_limit(each: Examined) -> Finding:
    """What can be said of a shift where no point was found, by the course that was."""
    asked, values = each.question, {"service": each.question.label, "outcome": each.question.outcome}
    if each.name == "peak":
        turn = each.turn()
        key = "whatif.middle_at" if turn.first == turn.last else "whatif.middle"
        return SAYS.finding(key, **values, first=asked.place(turn.first), last=asked.place(turn.last),
                            units=asked.units(turn.last))  # fmt: skip
    if each.name in ("straight", "none"):
        return SAYS.finding("whatif.none" if each.name == "straight" else "whatif.nothing", **values)
    return SAYS.finding("whatif.unclear" if each.name in ("small", "searched") else "whatif.curve", **values)


def worth(examined: Examination, customers: Customers | None) -> Result:
    """What a tipping point costs in share of wallet or churn, for a customer beyond it: the whole chain in each draw.

    examined   from `examine`, with the column of the respondent
    customers  whose `respondent` column holds the same ids, with a share of wallet (0-1) or who left
    returns    table "chain": service, link (share of wallet or churn), customers (in both tables), point_loss (of an
               answer beyond the limit), per_point (loyalty per point), loyalty_effect, low, high
    assumes    what holds between customers holds within one: more satisfied customers differ in other ways too

    >>> page.show(tipping_points.worth(examined, engagement.customers_of_contacts))
    Ventetid i telefonen: what the point costs in share of wallet cannot be determined from these data...
    """
    links = {} if customers is None else {"share": customers.share, "churn": customers.event}
    links = {name: column for name, column in links.items() if column}
    rows, findings = [], []
    if links and customers.respondent and examined.respondent:
        for each in (e for e in examined.every if e.has_point and not leaks(e.question)):
            for name, column in links.items():
                row = _chain(each, customers, column, examined)
                if row is not None:
                    rows.append({"service": each.question.label, "link": LINKS[name]} | row)
                    findings.append(_worth_says(each, name, row))
    if not rows:
        return Result.missing("worth", SAYS.finding("absent.worth"), read=len(examined.contacts))
    settings = examined.chance | {"chain_draws": CHAIN_DRAWS, "customer": customers.respondent, "share": customers.share,
                                  "event": customers.event}  # fmt: skip
    return Result("worth", {"chain": pd.DataFrame(rows)}, tuple(findings), examined.base, settings)


LINKS = {"share": Term("share of wallet"), "churn": Term("customers leaving")}


def _chain(each: Examined, customers: Customers, column: str, examined: Examination) -> dict | None:
    """Points lost beyond the limit x loyalty per point: both refitted in each draw of customers; None with too few."""
    asked, customer = each.question, customers.respondent
    ids = asked.rows[examined.respondent].to_numpy()
    loyalty = customers.rows[[customer, column]].dropna().drop_duplicates(customer).set_index(customer)[column]
    person, names = pd.factorize(ids)
    known = loyalty.reindex(names).to_numpy(float)
    score = np.bincount(person, asked.y) / np.bincount(person)
    linked = ~np.isnan(known)
    if linked.sum() < LEAST_LINKED or np.ptp(known[linked]) == 0:
        return None
    chain = resampled_product(
        lambda times: _points_lost(each, times[person]),
        lambda times: weighted_slope(score[linked], known[linked], times[linked]),
        len(names), draws=CHAIN_DRAWS, seed=examined.seed, confidence=examined.confidence,
    )  # fmt: skip
    return {"customers": int(linked.sum()), "point_loss": chain.first, "per_point": chain.second,
            "loyalty_effect": chain.product, "low": chain.low, "high": chain.high}  # fmt: skip


def _points_lost(each: Examined, times: np.ndarray) -> float:
    """Mean points that answers beyond the limit lie below the limit's, with rows counted `times`; the break is refitted."""
    asked, drawn, shape = each.question, times > 0, each.found.found.shape
    weights = times[drawn] * (1 if asked.weights is None else asked.weights[drawn])
    support = break_support(asked.x[drawn], asked.y[drawn], weights=weights)
    best = best_pair(support) if shape == "two kinks" else best_break(support, shape)
    return points_beyond(best, support, kept(best, each.name, asked.sign), asked.sign)


def _worth_says(each: Examined, name: str, row: Mapping) -> Finding:
    asked = each.question
    key = f"worth.{name}" if row["low"] > 0 or row["high"] < 0 else f"worth.{name}_unclear"
    ends = {k: Quantity(row[k], Unit.PERCENT.signed_ends) for k in ("low", "high")}
    return SAYS.finding(key, service=asked.label, outcome=asked.outcome, points=asked.gap(row["point_loss"]), slope=Quantity(row["per_point"], "signed_gap_percent1"),
                        effect=Quantity(row["loyalty_effect"], Unit.PERCENT.signed_difference), **ends)
