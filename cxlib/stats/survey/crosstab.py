"""One question by the groups of a division: shares of answers and means, and how often chance alone sets a group apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.survey.estimates import answers

NEAR = 0.2  # p of the normal approximation above which no exact test is made: it could not come out as clear
LONGEST = 200_000  # points of a sum's distribution beyond which the normal one is as good


@dataclass(frozen=True)
class Crosstab:
    """Figures of each group, in the order of their numbers.

    n, n_eff    (groups,) answers, and as many equally weighted ones would tell as much (Kish); 0 for an empty group
    shares      (groups, answers) of each answer, 0-1;  means: (groups,); NaN for an empty group
    p_shares, p_means  of "the group's answers are drawn from those of all"; NaN where it, or its rest, is empty
    """

    n: np.ndarray
    n_eff: np.ndarray
    shares: np.ndarray
    means: np.ndarray
    p_shares: np.ndarray
    p_means: np.ndarray


def crosstab(
    values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None, *, starts: ArrayLike | None = None, count: int | None = None
) -> Crosstab:
    """One question by the groups of one division.

    values    (rows,) answers; None and NaN are left out
    groups    (rows,) number of each row's group, 0 and up; -1 for none: such a row counts among the rest of every group
    weights   (rows,) positive survey weights; tests then rest on Kish's effective n
    count     how many groups there are, when the last ones may have no row
    starts    lowest answers, rising, of the bands whose shares are given; None: each answer that was given is one
    errors    ValueError for infinite values, faulty weights, groups of another length, and a value below the first band
    source    estimates as in `mean` and `share`. Tests are our own: the mean of n draws from all answers, as probable as
              the convolution of their distribution makes it (a share is a mean of ones: binomial), two-sided; n is
              n_group N / n_rest, which has the error of the difference to the rest. A normal or Welch test would not
              do: a group of five that answers alike has no error by itself, and after adjustment only tails decide
    """
    every, group = np.asarray(values, float), np.asarray(groups, int)
    if group.shape != every.shape:
        raise ValueError(f"{group.shape} groups and {every.shape} values; give the group of each row, -1 for none")
    count = max(int(group.max(initial=-1)) + 1, count or 0)
    given, weight = answers(values, weights)
    group = group[~np.isnan(every)]
    levels, code = np.unique(given, return_inverse=True)
    lowest = levels if starts is None else np.asarray(starts, float)
    if len(levels) and levels[0] < lowest[0]:
        raise ValueError(f"the answer {levels[0]:g} lies below the first band, {lowest[0]:g}")
    width = len(levels)
    member = group >= 0
    cells = group[member] * width + code[member]
    by_level = np.bincount(cells, weight[member], count * width).reshape(count, width)
    n = np.bincount(group[member], minlength=count)
    squares = np.bincount(group[member], weight[member] ** 2, count)
    overall = np.bincount(code, weight, width)
    band = np.searchsorted(lowest, levels, side="right") - 1
    bands = (band[:, None] == np.arange(len(lowest))).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = by_level.sum(axis=1)
        n_eff = np.where(n > 0, sums**2 / squares, 0.0)
        shares, means = np.where(n[:, None] > 0, by_level / sums[:, None] @ bands, np.nan), by_level @ levels / sums
        drawn = _draws(sums, squares, weight, n_eff, n < len(given))
    pool = overall / overall.sum() if len(given) else overall
    p_shares = _share_p(shares, pool @ bands, drawn)
    return Crosstab(n, n_eff, shares, means, p_shares, _mean_p(means, levels, pool, drawn))


def _draws(sums: np.ndarray, squares: np.ndarray, weights: np.ndarray, n_eff: np.ndarray, has_rest: np.ndarray) -> np.ndarray:
    """(groups,) n of draws from all answers whose mean is as uncertain as the group's distance to all; NaN for none."""
    rest = (weights.sum() - sums) ** 2 / np.where(has_rest, (weights**2).sum() - squares, np.nan)
    return np.where(n_eff > 0, np.round(n_eff * (n_eff + rest) / rest), np.nan)


def _share_p(shares: np.ndarray, pool: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Two-sided p of each share among `drawn` answers of which `pool` are expected."""
    n = drawn[:, None]
    hits = shares * n
    below = stats.binom.cdf(np.ceil(hits - 1e-6), n, pool)
    above = stats.binom.sf(np.floor(hits + 1e-6) - 1, n, pool)
    p = np.minimum(2 * np.minimum(below, above), 1.0)
    return np.where(np.isnan(hits), np.nan, np.where((pool <= 0) | (pool >= 1), 1.0, p))


def _mean_p(means: np.ndarray, levels: np.ndarray, pool: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Two-sided p of each mean of `drawn` answers from `pool`: exact where answers stand on a grid and p may be small."""
    if len(levels) < 2:
        return np.where(np.isnan(drawn), np.nan, 1.0)
    middle = pool @ levels
    spread = np.sqrt(pool @ (levels - middle) ** 2)
    p = np.asarray(2 * stats.norm.sf(np.abs(means - middle) / (spread / np.sqrt(drawn))))
    step = np.diff(levels).min()
    places = (levels - levels[0]) / step
    if np.abs(places - np.round(places)).max() > 1e-6:
        return p
    grid = np.bincount(np.round(places).astype(int), pool)
    for group in np.flatnonzero(p < NEAR):
        if drawn[group] * len(grid) <= LONGEST:
            p[group] = _sum_p(grid, int(drawn[group]), (means[group] - levels[0]) / step * drawn[group])
    return p


def _sum_p(grid: np.ndarray, n: int, total: float) -> float:
    """Two-sided p of a sum of n draws from the places 0, 1, ... with the probabilities of `grid`."""
    size = n * (len(grid) - 1) + 1
    chance = np.fft.irfft(np.fft.rfft(grid, size) ** n, size) if size > 1 else np.ones(1)
    below = chance[: int(np.ceil(total - 1e-6)) + 1].sum()
    above = chance[max(int(np.floor(total + 1e-6)), 0) :].sum()
    return float(np.clip(2 * min(below, above), 1e-15, 1.0))
