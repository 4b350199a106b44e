"""Do a handful of raters agree? Indices of agreement, and what raters who answer at random would reach.

The usual rule "r_wg of .70 is agreement" is met by three random raters in 23 of 100 cases and asks too much of twelve.
So agreement is judged against random answers of as many raters on the same scale: exactly where the answer sets can be
listed, else by seeded simulation.
"""

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

LISTED = 100_000  # at most so many different answer sets are listed
SIMULATED = 50_000  # else so many are drawn
CHANCE = 0.05
FEWEST = 5  # raters below which spread has no lower limit worth the name
EQUAL = 1e-9  # two variances closer than this are one


@dataclass(frozen=True)
class Agreement:
    """How far raters agree, and whether chance could do the same.

    r_wg         0-1: 1 - variance / variance of random answers (for several items: r_wg(J)), 0 at or above random
    r_wg_low     one-sided lower 95% limit of it, from the wider of the t limit of the squared deviations and the
                 chi-square limit of the variance; 0 below five raters
    average_deviation  mean distance from the raters' mean, in scale points (mean over the items)
    chance_95    95th percentile of r_wg for random answers of as many raters, options and items
    p_agree      chance that random answers are at least as close together;  p_split: at least as far apart
    verdict      "agree": p_agree <= .05. "disagree": p_split <= .05 (camps further apart than chance makes them), or
                 the answers rule out at the 5% level that raters are even half way from random to full agreement.
                 "cannot_tell": neither, so too few raters
    n            raters; for several items the raters of the item with the fewest
    """

    verdict: str
    r_wg: float
    r_wg_low: float
    average_deviation: float
    chance_95: float
    p_agree: float
    p_split: float
    n: int


def rater_agreement(ratings: ArrayLike, *, scale: Sequence[int], seed: int = 0) -> Agreement | None:
    """Agreement of raters on one criterion, or on the parallel items of one step, judged against chance.

    ratings   (raters,) or (raters, items), whole numbers on `scale` = (lowest, highest); NaN is "don't know" and leaves
              out that one answer only
    seed      used only where answer sets are too many to list
    returns   Agreement; None where an item has fewer than two answers. Few items that mean the same (a step of three):
              never a whole questionnaire
    errors    ValueError for answers off the scale or between its options, and a scale of one option
    source    James, Demaree and Wolf 1984, J. Applied Psychology 69: r_wg, r_wg(J); Burke, Finkelstein and Dusig 1999:
              AD; R multilevel rwg, rwg.j, ad.m. "disagree": one-sided t limit of the squared deviations
    """
    items = _rating_columns(ratings, scale)
    options, n = scale[1] - scale[0] + 1, tuple(sorted(len(item) for item in items))
    if n[0] < 2:
        return None
    spread = float(np.mean([item.var(ddof=1) for item in items]))
    value, chance = _chance_spread(n, options, seed)
    p_agree = float(chance[value <= spread + EQUAL].sum())
    p_split = float(chance[value >= spread - EQUAL].sum())
    return Agreement(
        _verdict(p_agree, p_split, items, random_variance(options)),
        float(r_wg(spread, options, len(items))),
        float(r_wg(_spread_limit(items, upper=True), options, len(items))),
        float(np.mean([np.abs(item - item.mean()).mean() for item in items])),
        chance_percentile(n, options, seed=seed),
        p_agree, p_split, n[0],
    )  # fmt: skip


def random_variance(options: int) -> float:
    """Variance of answers that hit each of the options 1, 2, ... equally often: 2 for 5 options, 10 for 11.

    errors    ValueError below two options and for a broken number of them
    source    James, Demaree and Wolf 1984: the discrete uniform null, (options^2 - 1) / 12
    """
    if options < 2 or options != int(options):
        raise ValueError(f"options == {options}; a scale has a whole number of options, at least 2")
    return (options**2 - 1) / 12


def r_wg(variance: ArrayLike, options: int, items: int = 1) -> np.ndarray | float:
    """r_wg of one item, or r_wg(J) of several, 0-1, from the (mean) sample variance; 0 where it is random or more.

    variance  any shape, not negative: of the raters' answers, divided by raters - 1; the mean over the items
    errors    ValueError below two options and for a broken number of them
    source    James, Demaree and Wolf 1984, J. Applied Psychology 69; R multilevel rwg, rwg.j
    """
    q = np.minimum(np.asarray(variance) / random_variance(options), 1)
    return items * (1 - q) / (items * (1 - q) + q)


def chance_percentile(raters: int | Iterable[int], options: int, *, share: float = 0.95, seed: int = 0) -> float:
    """Percentile of r_wg when raters answer at random: what r_wg must beat.

    raters    number of raters; a tuple of numbers, one per item, gives the percentile of r_wg(J)
    returns   the smallest r_wg, 0-1, that `share` of random answer sets do not exceed
    errors    ValueError below two raters and below two options
    """
    each = tuple(raters) if isinstance(raters, Iterable) else (raters,)
    value, chance = _chance_spread(each, options, seed)
    below = np.cumsum(chance[::-1])  # from the widest spread, that is the lowest r_wg
    at = min(int(np.searchsorted(below, share - EQUAL)), len(value) - 1)
    return float(r_wg(value[::-1][at], options, len(each)))


def _verdict(p_agree: float, p_split: float, items: Sequence[np.ndarray], variance: float) -> str:
    if p_agree <= CHANCE:
        return "agree"
    return "disagree" if p_split <= CHANCE or _spread_limit(items, upper=False) > variance / 2 + EQUAL else "cannot_tell"


def _spread_limit(items: Sequence[np.ndarray], *, upper: bool) -> float:
    """One-sided 95% limit of the items' variance, mean over the items; below FEWEST answers 0, or infinity, as there is none.

    Of the lower one squares are divided by n, not n - 1: with two equal camps they are all alike, and must not pass for
    certainty.
    """
    n = min(len(item) for item in items)
    if n < FEWEST:
        return math.inf if upper else 0.0
    squares = [(item - item.mean()) ** 2 for item in items]
    error = math.sqrt(np.mean([square.var(ddof=1) for square in squares]) / n)  # one rater's items move together
    margin = stats.t.ppf(1 - CHANCE, n - 1) * error
    if upper:
        spread = float(np.mean([square.sum() / (len(square) - 1) for square in squares]))
        return max(spread + margin, spread * (n - 1) / float(stats.chi2.ppf(CHANCE, n - 1)))
    return float(np.mean([square.mean() for square in squares]) - margin)


@functools.lru_cache(maxsize=512)
def _chance_spread(raters: tuple[int, ...], options: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct mean variances of random answers, rising, and their chances; raters: one number per item."""
    single = {n: _variances(n, options, seed) for n in set(raters)}
    value, chance = single[raters[0]]
    if len(raters) > 1:
        rng = np.random.default_rng(seed)
        drawn = np.mean([rng.choice(single[n][0], SIMULATED, p=single[n][1]) for n in raters], axis=0)
        value, count = np.unique(drawn.round(9), return_counts=True)
        chance = count / SIMULATED
    return value, chance


def _variances(raters: int, options: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    answers, chance = _answer_sets(raters, options, seed)
    value, index = np.unique(answers.var(axis=1, ddof=1).round(9), return_inverse=True)
    total = np.bincount(index, chance)
    return value, total / total.sum()


@functools.lru_cache(maxsize=64)
def _answer_sets(raters: int, options: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sets of answers of random raters (sets, raters), and the chance of each."""
    if raters < 2:
        raise ValueError(f"raters == {raters}; agreement takes at least two")
    if math.comb(raters + options - 1, raters) > LISTED:
        drawn = np.random.default_rng(seed).integers(0, options, (SIMULATED, raters))
        return drawn.astype(np.int16), np.full(SIMULATED, 1 / SIMULATED)
    sets = np.array(list(itertools.combinations_with_replacement(range(options), raters)), np.int16)
    times = (sets[:, :, None] == np.arange(options)).sum(axis=1)
    ways = np.array([math.lgamma(k + 1) for k in range(raters + 1)])
    return sets, np.exp(ways[raters] - ways[times].sum(axis=1) - raters * math.log(options))


def _rating_columns(ratings: ArrayLike, scale: Sequence[int]) -> list[np.ndarray]:
    """The answers given to each item."""
    ratings = np.asarray(ratings, float)
    ratings = ratings[:, None] if ratings.ndim == 1 else ratings
    given = ratings[~np.isnan(ratings)]
    if ratings.ndim != 2 or ratings.shape[1] == 0:
        raise ValueError(f"ratings has shape {ratings.shape}; give one row per rater and one column per item")
    if ((given < scale[0]) | (given > scale[1]) | (given != np.floor(given))).any():
        raise ValueError(
            f"an answer is no whole number from {scale[0]} to {scale[1]}; declare don't-know codes as missing"
        )
    return [column[~np.isnan(column)] for column in ratings.T]
