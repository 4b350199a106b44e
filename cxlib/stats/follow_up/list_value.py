"""How good is a list of customers to call: does it hold the value that is lost later, and do its chances come true?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.links.link_fit import fitted_mean
from cxlib.stats.links.outcome_links import event_link
from cxlib.stats.survey.proportions import wilson_interval

HONEST = (0.9, 1.1)  # slope of the calibration within which chances are taken as they are
BLOCK = 2_000_000  # rows of resamples that are held at a time


@dataclass(frozen=True)
class Calibration:
    """Whether customers of whom 20 of 100 are said to leave do leave 20 of 100 times.

    intercept, slope, slope_low, slope_high   of the logit of what happened on the logit of what was said: 0 and 1 are right
    tenths   DataFrame by tenth of the chance, lowest first: n, said, happened, low, high (Wilson)
    """

    intercept: float
    slope: float
    slope_low: float
    slope_high: float
    tenths: pd.DataFrame


def crossfitted_chance(
    event: ArrayLike, design: pd.DataFrame, customer: ArrayLike, *, folds: int = 10, seed: int = 0
) -> np.ndarray:
    """Chance of an event of each row, from a model that has not seen its customer, (n,); NaN where the row lacks a value.

    event      (n,) 1 or 0; NaN where it is not known yet: such a row gets the mean chance of all folds' models
    design     (n, terms) numbers known before the event, without a constant
    customer   (n,) labels; rows of one customer, and rows that are alike in all of the design, share a fold
    errors     ValueError for fewer than two folds and a collinear design; as `event_link` where an event never happened
    source     cross-fitting: Stone 1974; folds by customer keep duplicated rows from being foretold by themselves
    """
    if folds < 2:
        raise ValueError(f"folds == {folds}; at least 2 are needed")
    event, design = np.asarray(event, float), _named(design)
    whole = design.notna().all(axis=1).to_numpy()
    known = whole & np.isfinite(event)
    fold = _folds(design, customer, folds, seed)
    chance, every = np.full(len(design), np.nan), []
    for left in range(folds):
        seen = known & (fold != left)
        told = design.columns[design[seen].nunique() > 1]  # a rare group may lie in the rows left out alone
        fit = event_link(event[seen], design.loc[seen, told])
        every.append(fitted_mean(fit, design.loc[whole, told]))
        chance[whole & (fold == left)] = every[-1][(fold == left)[whole]]
    unknown = whole & ~np.isfinite(event)
    chance[unknown] = np.mean(every, axis=0)[unknown[whole]]
    return chance


def calibration(event: ArrayLike, chance: ArrayLike, *, confidence: float = 0.95) -> Calibration:
    """Whether the chances of an event come true.

    event, chance   (n,) 1 or 0, and the chance that was said before, 0-1; rows that lack one are left out
    errors     ValueError for a chance outside 0-1, an event that never or always happened, and a confidence outside 0-1
    source     Cox 1958; Van Calster et al. 2019: slope below 1 is over-confident
    """
    rows = _said(event, chance)
    logit = pd.DataFrame({"logit": np.log(rows.chance / (1 - rows.chance))})
    terms = event_link(rows.event, logit, confidence=confidence).terms
    slope, low, high = (float(terms[name]["logit"]) for name in ("estimate", "low", "high"))
    return Calibration(float(terms["estimate"]["constant"]), slope, low, high, _tenths(rows, confidence))


def recalibrated(event: ArrayLike, chance: ArrayLike) -> np.ndarray:
    """The chances (n,), drawn in or out where the slope of their calibration lies outside 0.9-1.1; as they are otherwise.

    errors     as `calibration`
    source     logistic recalibration: Cox 1958
    """
    found, said = calibration(event, chance), np.clip(np.asarray(chance, float), 1e-6, 1 - 1e-6)
    if HONEST[0] <= found.slope <= HONEST[1]:
        return said
    told: np.ndarray = 1 / (1 + np.exp(-(found.intercept + found.slope * np.log(said / (1 - said)))))
    return told


def ranked_rightly(event: ArrayLike, chance: ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Share of pairs, of one who left and one who stayed, that the chance ranks rightly: area, low, high; .5 is a guess.

    errors     ValueError when the event happened to all or to none, and for a confidence outside 0-1
    source     area under the curve: Mann & Whitney 1947; interval: DeLong, DeLong & Clarke-Pearson 1988
    """
    rows = _said(event, chance)
    lost, kept = rows.chance[rows.event == 1].to_numpy(), rows.chance[rows.event == 0].to_numpy()
    if min(len(lost), len(kept)) < 2 or not 0 < confidence < 1:
        raise ValueError(f"{len(lost)} who left, {len(kept)} who stayed, confidence == {confidence}; at least 2 of each are needed")
    ranks, own, other = stats.rankdata(rows.chance), stats.rankdata(lost), stats.rankdata(kept)
    above = (ranks[(rows.event == 1).to_numpy()] - own) / len(kept)
    below = 1 - (ranks[(rows.event == 0).to_numpy()] - other) / len(lost)
    area = float(above.mean())
    reach = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(above.var(ddof=1) / len(lost) + below.var(ddof=1) / len(kept))
    return area, float(max(area - reach, 0)), float(min(area + reach, 1))


def captured_value(
    lost: ArrayLike, orders: Mapping[str, ArrayLike], *, share: float = 0.1, resamples: int = 1000, seed: int = 0,
    against: Collection[str] = (), confidence: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share of the value lost later that stands among those listed first, by the rule that orders the list.

    lost       (n,) value that was lost, 0 for those who stayed
    orders     {rule: (n,) number; the highest are listed first}; ties count in part
    share      part of the customers who are listed, 0-1
    against    rules: each other's gain over them, with intervals from the same resamples
    returns    DataFrame by rule, with "random" and "perfect": captured, low, high (bootstrap by row), and for each rule of
               `against`, as "score": score_gain, score_gain_low, score_gain_high
    errors     ValueError for a share outside 0-1, nothing lost, a value below 0, and a rule that is not there
    source     lift (cumulative gains) by value; intervals from the bootstrap
    """
    lost = np.asarray(lost, float)
    if not 0 < share < 1 or lost.sum() <= 0 or (lost < 0).any() or not set(against) <= set(orders):
        raise ValueError(f"share == {share}, lost sums to {lost.sum():g}, against == {list(against)}; give a share between 0 and "
                         "1, values from 0 with something lost, and a rule that is there")  # fmt: skip
    ranked = {name: _ranked(lost, np.asarray(order, float)) for name, order in {**orders, "perfect": lost}.items()}
    blocks: dict[str, list[np.ndarray]] = {name: [] for name in ranked}
    for counts in _counts(len(lost), resamples, seed):
        whole = np.maximum(counts @ lost, 1e-300)
        for name, order in ranked.items():
            blocks[name].append(_captured(order, counts, share) / whole)
    draws = {"random": np.full(1 + resamples, share), **{name: np.concatenate(parts) for name, parts in blocks.items()}}
    table = pd.DataFrame({name: _summary("captured", line, confidence) for name, line in draws.items()}).T.rename_axis("rule")
    for other in against:
        gains = pd.DataFrame({name: _summary("gain", line - draws[other], confidence) for name, line in draws.items()}).T
        table = table.join(gains.set_axis([f"{other}_gain", f"{other}_gain_low", f"{other}_gain_high"], axis=1))
    return table


def chance_listed(
    event: ArrayLike, design: pd.DataFrame, value: ArrayLike, wanted: ArrayLike, *, capacity: int, draws: int = 500,
    seed: int = 0,
) -> np.ndarray:  # fmt: skip
    """How surely each row belongs among the first by expected loss: share of draws, (n,); 0 for who is not wanted.

    event      (n,) 1 or 0, NaN where not known yet;  design: (n, terms) numbers without a missing value where `wanted`
    value      (n,) worth of each;  wanted: (n,) True for who may stand on the list;  capacity: places
    errors     ValueError for a capacity below 1; as `crossfitted_chance` for the model
    source     draws of the model's coefficients from their covariance; ranks of draws: Goldstein & Spiegelhalter 1996
    """
    if capacity < 1:
        raise ValueError(f"capacity == {capacity}; give the calls that can be made, 1 or more")
    event, design = np.asarray(event, float), _named(design)
    wanted, value = np.asarray(wanted, bool), np.asarray(value, float)
    known = design.notna().all(axis=1).to_numpy() & np.isfinite(event)
    fit = event_link(event[known], design[known])
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(fit.covariance.to_numpy() + 1e-12 * np.eye(len(fit.terms)))
    drawn = fit.terms.estimate.to_numpy()[:, None] + root @ rng.standard_normal((len(root), draws))
    there = np.flatnonzero(wanted)
    predictor = np.column_stack([np.ones(len(there)), design.to_numpy()[there]]) @ drawn
    loss = value[there, None] / (1 + np.exp(-np.clip(predictor, -500, 500)))
    places = (-loss).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    found = np.zeros(len(design))
    found[there] = (places < capacity).mean(axis=1)
    return found


def effect_at_the_top(
    treated: ArrayLike, outcome: ArrayLike, order: ArrayLike, *, share: float = 0.1, confidence: float = 0.95
) -> pd.DataFrame:
    """Whether an effect is larger among those whom a rule lists first: the highest risk need not be the best to call.

    treated    (n,) True for the side treated, drawn at random;  outcome: (n,) numbers
    order      (n,) the highest are listed first;  share: part of all who are listed, 0-1
    returns    DataFrame, rows "all", "top", "others", "top - others": estimate, low, high, n
    errors     ValueError for a share outside 0-1, a side without two outcomes, and a confidence outside 0-1
    source     difference of two means, unequal variances, normal
    """
    if not 0 < share < 1 or not 0 < confidence < 1:
        raise ValueError(f"share == {share}, confidence == {confidence}; both lie between 0 and 1")
    rows = pd.DataFrame({"treated": np.asarray(treated, bool), "outcome": np.asarray(outcome, float), "order": np.asarray(order, float)})
    rows = rows.dropna()
    top = rows.order.rank(method="first", ascending=False) <= share * len(rows)
    told = {name: _difference(rows[part]) for name, part in {"all": top | ~top, "top": top, "others": ~top}.items()}
    gap = told["top"][0] - told["others"][0], float(np.hypot(told["top"][1], told["others"][1])), len(rows)
    reach = stats.norm.ppf((1 + confidence) / 2)
    lines = {name: {"estimate": at, "low": at - reach * se, "high": at + reach * se, "n": n}
             for name, (at, se, n) in (told | {"top - others": gap}).items()}  # fmt: skip
    return pd.DataFrame(lines).T.astype({"n": int})


def _difference(rows: pd.DataFrame) -> tuple[float, float, int]:
    sides = [rows.outcome[rows.treated], rows.outcome[~rows.treated]]
    if min(map(len, sides)) < 2:
        raise ValueError("fewer than two outcomes on a side; there is nothing to compare")
    first, second = sides
    error = np.sqrt(first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second))
    return float(first.mean() - second.mean()), float(error), len(rows)


def _named(design: pd.DataFrame) -> pd.DataFrame:
    design = pd.DataFrame(design).astype(float).reset_index(drop=True)
    return design.set_axis(design.columns.astype(str), axis=1)


def _folds(design: pd.DataFrame, customer: ArrayLike, folds: int, seed: int) -> np.ndarray:
    """A fold for each row, whatever the order of rows; rows of one customer, and rows that are alike, share one."""
    alike = pd.util.hash_pandas_object(design, index=False).to_numpy()
    first = pd.Series(alike).groupby(pd.factorize(np.asarray(customer, object))[0]).transform("min")
    group = pd.factorize(first, sort=True)[0]
    dealt = np.random.default_rng(seed).permutation(group.max() + 1) % folds
    fold: np.ndarray = dealt[group]
    return fold


def _said(event: ArrayLike, chance: ArrayLike) -> pd.DataFrame:
    rows = pd.DataFrame({"event": np.asarray(event, float), "chance": np.asarray(chance, float)}).dropna()
    if not rows.chance.between(0, 1).all():
        raise ValueError(f"a chance of {rows.chance[~rows.chance.between(0, 1)].iloc[0]:g}; chances lie between 0 and 1")
    return rows.assign(chance=rows.chance.clip(1e-6, 1 - 1e-6))


def _tenths(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    place = np.minimum((rows.chance.rank(method="first") - 1) * 10 // len(rows), 9).astype(int) + 1
    grouped = rows.groupby(place)
    table = pd.DataFrame({"n": grouped.size(), "said": grouped.chance.mean(), "happened": grouped.event.mean()}).rename_axis("tenth")
    table["low"], table["high"] = wilson_interval(table.happened, table.n, confidence=confidence)
    return table


@dataclass(frozen=True)
class _Ranked:
    """Rows in the order of a list: which they are, where each level of ties begins, and the value lost at each."""

    rows: np.ndarray
    begins: np.ndarray
    lost: np.ndarray


def _ranked(lost: np.ndarray, order: np.ndarray) -> _Ranked:
    rows = np.argsort(-order, kind="stable")
    begins = np.flatnonzero(np.r_[True, np.diff(order[rows]) != 0])
    return _Ranked(rows, begins, lost[rows])


def _counts(n: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row counts: first the sample itself, then resamples, as many at a time as memory bears."""
    rng, size = np.random.default_rng(seed), max(BLOCK // n, 1)
    yield np.ones((1, n))
    for start in range(0, resamples, size):
        drawn = rng.integers(0, n, (min(size, resamples - start), n))
        drawn += n * np.arange(len(drawn))[:, None]
        yield np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape).astype(float)


def _captured(order: _Ranked, counts: np.ndarray, share: float) -> np.ndarray:
    """Value lost among the first, in each draw; of rows that tie across the border as much as has room."""
    n, room = len(order.rows), share * counts.sum(axis=1)
    for part in (2 * share, 1):  # twice the places nearly always hold all who are listed
        begins = order.begins[order.begins < max(part * n, 1)]
        end = order.begins[len(begins)] if len(begins) < len(order.begins) else n
        listed = counts[:, order.rows[:end]]
        size = np.add.reduceat(listed, begins, axis=1)
        if (size.sum(axis=1) >= room).all():
            break
    value = np.add.reduceat(listed * order.lost[:end], begins, axis=1)
    before = size.cumsum(axis=1) - size
    kept = np.clip(room[:, None] - before, 0, size) / np.maximum(size, 1e-12)
    told: np.ndarray = (kept * value).sum(axis=1)
    return told


def _summary(name: str, draws: np.ndarray, confidence: float) -> dict[str, float]:
    low, high = percentile_interval(draws[1:], confidence=confidence)
    return {name: float(draws[0]), "low": float(low), "high": float(high)}
