"""Logistic models of two or more ordered classes, fitted to many resamples at once (draws on the last axis)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.drivers.stacks import solved


@dataclass(frozen=True)
class CumulativeLogit:
    """cuts (classes - 1, draws) and slopes (p, draws): P(class <= j) = 1 / (1 + exp(-(cut_j - x slopes))).

    A positive slope raises the chance of the higher classes.
    likelihood, null_likelihood (draws,) weighted log likelihoods;  converged (draws,) booleans: False when the classes
    can be told apart without error, so that the slopes have no finite value
    """

    cuts: np.ndarray
    slopes: np.ndarray
    likelihood: np.ndarray
    null_likelihood: np.ndarray
    converged: np.ndarray

    @property
    def mcfadden(self) -> np.ndarray:
        """McFadden's R2, 1 - l / l0, 0-1 (draws,)."""
        return 1 - self.likelihood / self.null_likelihood


def cumulative_logit(
    x: ArrayLike, classes: ArrayLike, weights: ArrayLike, *, start: ArrayLike | None = None, tolerance: float = 1e-9,
    iterations: int = 60,
) -> CumulativeLogit:
    """Maximum likelihood by Fisher scoring.

    x        (rows, p) numbers, best on a common scale;  classes (rows,) integers 0, 1, ...: each must occur
    weights  (rows, draws) weight times how often the draw holds the row
    start    (classes - 1 + p,) values to start from, for resamples those of the sample
    source   McCullagh 1980; two classes are logistic regression. Agrees with statsmodels Logit and OrderedModel
    """
    x, classes, weights = np.asarray(x, float), np.asarray(classes), np.asarray(weights, float)
    k, p = int(classes.max()), x.shape[1]
    shares = np.array([(weights * (classes == j)[:, None]).sum(axis=0) for j in range(k + 1)]) / weights.sum(axis=0)
    null = weights.sum(axis=0) * (np.where(shares > 0, shares, 1) * np.log(np.where(shares > 0, shares, 1))).sum(axis=0)
    values = _start(shares, p, k, start)
    converged = np.zeros(weights.shape[1], bool)
    active = np.flatnonzero((shares > 0).all(axis=0))
    rows, columns = np.triu_indices(p)
    products = x[:, rows] * x[:, columns]
    likelihood = null.copy()
    for _ in range(iterations):
        step, likelihood[active] = _step(x, products, classes, weights[:, active], values[:, active], k)
        largest = np.abs(step).max(axis=0)
        values[:, active] += step * np.minimum(1, 3 / np.maximum(largest, 1e-300))
        done = largest < tolerance
        converged[active[done]] = True
        active = active[~(done | ~np.isfinite(largest))]
        if not len(active):
            break
    return CumulativeLogit(values[:k], values[k:], likelihood, null, converged)


def class_probabilities(x: np.ndarray, cuts: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """P(class <= j) of each row and draw, (classes - 1, rows, draws).

    x        (rows, p);  cuts (classes - 1, draws), slopes (p, draws)
    source   McCullagh 1980: proportional odds
    """
    return _logistic(cuts[:, None] - x @ slopes)


def _start(shares: np.ndarray, p: int, k: int, start: ArrayLike | None) -> np.ndarray:
    if start is not None:
        return np.repeat(np.asarray(start, float)[:, None], shares.shape[1], axis=1)
    cumulative = np.clip(np.cumsum(shares, axis=0)[:k], 1e-6, 1 - 1e-6)
    return np.concatenate([np.log(cumulative / (1 - cumulative)), np.zeros((p, shares.shape[1]))])


def _step(
    x: np.ndarray, products: np.ndarray, classes: np.ndarray, weights: np.ndarray, values: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fisher scoring step (k + p, draws) and log likelihood (draws,)."""
    below = class_probabilities(x, values[:k], values[k:])
    edge = np.zeros_like(below[:1])
    gamma = np.concatenate([edge, below, edge + 1])
    density = gamma * (1 - gamma)
    prob = np.maximum(np.diff(gamma, axis=0), 1e-300)  # of each class
    slope = np.diff(density, axis=0)  # minus the derivative of prob by the linear predictor
    own = np.arange(len(classes))
    chosen = prob[classes, own]
    score = np.concatenate([
        [(weights * density[j + 1] * ((classes == j)[:, None] - 1.0 * (classes == j + 1)[:, None]) / chosen).sum(axis=0)
         for j in range(k)],
        -x.T @ (weights * slope[classes, own] / chosen),
    ])
    p = x.shape[1]
    information = np.zeros((k + p, k + p, weights.shape[1]))
    upper = products.T @ (weights * (slope**2 / prob).sum(axis=0))
    rows, columns = np.triu_indices(p)
    information[k + rows, k + columns] = information[k + columns, k + rows] = upper
    for j in range(k):
        g = weights * density[j + 1]
        information[j, j] = (g * density[j + 1] * (1 / prob[j] + 1 / prob[j + 1])).sum(axis=0)
        cross = -x.T @ (g * (slope[j] / prob[j] - slope[j + 1] / prob[j + 1]))
        information[j, k:] = information[k:, j] = cross
        if j + 1 < k:
            off = -(g * density[j + 2] / prob[j + 1]).sum(axis=0)
            information[j, j + 1] = information[j + 1, j] = off
    return solved(information, score), (weights * np.log(chosen)).sum(axis=0)


def _logistic(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
