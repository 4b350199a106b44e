"""Intervals, ranks and probabilities from bootstrap draws (on the last axis)."""

from typing import TypedDict

import numpy as np
from scipy.stats import f as f_distribution
from scipy.stats import norm
from scipy.stats import t as t_distribution


class Sample(TypedDict):
    """What draws are judged by: rows (effective number, if weighted) and coefficients fitted."""

    n: float
    fitted: int


def percentile_interval(
    draws: np.ndarray, *, confidence: float = 0.95, n: float = np.inf, fitted: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The middle share of the draws: low and high, each with the shape of draws without its last axis.

    n, fitted  rows (effective number, if weighted) and coefficients fitted: the tails are then moved out by what a
               bootstrap of few rows is too narrow by
    source     expanded percentile interval: Hesterberg 2015, doi 10.1080/00031305.2015.1089789
    """
    df = max(n - fitted - 1, 1)
    expansion = np.sqrt(n / df) if np.isfinite(n) else 1
    tail = norm.cdf(-expansion * t_distribution.ppf((1 + confidence) / 2, df))
    return tuple(np.quantile(draws, [tail, 1 - tail], axis=-1))


def probability_greater(draws: np.ndarray) -> np.ndarray:
    """Share of draws in which the row's value exceeds the column's (ties count half): (values, values)."""
    above = draws[:, None] > draws[None]
    return above.mean(axis=2) + 0.5 * (draws[:, None] == draws[None]).mean(axis=2)


def rank_draws(draws: np.ndarray) -> np.ndarray:
    """Rank of each value in each draw, 1 the largest: (values, draws)."""
    return (-draws).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1


def two_sided_p(draws: np.ndarray) -> np.ndarray | float:
    """Twice the smaller share of draws on one side of 0: a p-value for 0, at least 1 / (draws + 1)."""
    n = draws.shape[-1]
    tail = np.minimum((draws <= 0).sum(axis=-1), (draws >= 0).sum(axis=-1))
    return np.minimum(1, 2 * (tail + 0.5) / (n + 1))


def wald_p(estimate: np.ndarray, draws: np.ndarray, *, n: float, fitted: int = 0) -> np.ndarray:
    """p-value for 0 of estimates (values,) with the spread of their draws (values, draws), however small it is.

    n, fitted  rows (effective number, if weighted) and coefficients fitted: few rows widen the spread and lower the
               degrees of freedom, which also count the draws, since a spread is known no better than they are many
    """
    left = max(n - fitted - 1, 1)
    df = 1 / (1 / left + 1 / (draws.shape[-1] - 1))
    spread = n / left * draws.std(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(2 * t_distribution.sf(np.abs(estimate) / spread, df), nan=1.0)


def joint_p(estimates: np.ndarray, draws: np.ndarray, *, n: float, fitted: int = 0) -> float:
    """p-value that several estimates (values,) are all 0, with the covariance of their draws (values, draws).

    The draws of few rows vary too little; the factor widens them as HC3 does at mean leverage. The number of draws
    counts among the degrees of freedom, since the covariance is known no better than they are many.

    n, fitted  as in `wald_p`, which it is for one value
    source     Wald 1943
    """
    draws = draws[:, np.isfinite(draws).all(axis=0)]
    left = max(n - fitted - 1, 1)
    df = 1 / (1 / left + 1 / (draws.shape[1] - 1))
    covariance = (n / left) ** 2 * np.atleast_2d(np.cov(draws))
    statistic = estimates @ np.linalg.solve(covariance, estimates) / len(estimates)
    return float(f_distribution.sf(statistic, len(estimates), df))
