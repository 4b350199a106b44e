"""Importance of drivers for an outcome of two or more ordered classes: dominance on a pseudo R2."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import percentile_interval, probability_greater
from cxlib.stats.drivers.asymmetry import concerned
from cxlib.stats.drivers.cumulative_logit import CumulativeLogit, class_probabilities, cumulative_logit
from cxlib.stats.drivers.shapley import complete_dominance, conditional_dominance, shapley_values
from cxlib.stats.moments import checked_weights, effective_n, finite, one_blas_thread, row_counts
from cxlib.stats.refusal import Refusal

MOST_DRIVERS = 12
EVENTS = 10  # people in the smallest class, for each driver


@dataclass(frozen=True)
class Dominance:
    """Dominance of drivers on McFadden's or Tjur's R2.

    table        one row per driver: estimate (general dominance, sums to r2 less that of the controls), low, high, share, rank
    conditional  mean increment by number of other drivers in;  complete  share of subsets where the row beats the column
    greater      P(row more important than column);  r2, n, draws (used), failed (draws that could not be fitted)
    """

    table: pd.DataFrame
    conditional: pd.DataFrame
    complete: pd.DataFrame
    greater: pd.DataFrame
    r2: float
    n: int
    draws: int
    failed: int


@one_blas_thread
def class_importance(
    x: pd.DataFrame, classes: ArrayLike, *, controls: ArrayLike | None = None, weights: ArrayLike | None = None,
    measure: str = "mcfadden", strata: ArrayLike | None = None, clusters: ArrayLike | None = None, resamples: int = 100,
    confidence: float = 0.95, seed: int = 0,
) -> Dominance:
    """General, conditional and complete dominance of each driver, from a logistic model of every subset.

    x          DataFrame (rows, drivers), none missing;  classes (rows,) integers 0, 1, ..., the higher the better
    controls   DataFrame of columns that are always in; what they leave of R2 is shared. x then has gaps in rows that it
               does not concern, which a control says
    measure    "mcfadden" (1 - l / l0), or "tjur" (difference of mean predicted chances; two classes only)
    errors     Refusal (a ValueError) below 10 people per column in the smallest class, for a constant driver, and where the classes
               can be told apart without error; ValueError above 12 drivers, for another measure, missing values and
               faulty weights
    source     Azen and Traxel 2009 (doi 10.3102/1076998609332754); R: domir. Proportional odds above two classes
    """
    x = pd.DataFrame(x).astype(float)
    values, classes = finite(concerned(x, controls)), np.asarray(classes, int)
    held = np.empty((len(x), 0)) if controls is None else np.asarray(controls, float)
    _check(x, classes, measure, held.shape[1])
    weights = checked_weights(weights, len(values))
    spread = values.std(axis=0)
    for name, deviation in zip(x.columns, spread, strict=True):
        if deviation < 1e-12:
            raise Refusal(f"{name!r} is constant: everybody gave the same answer; leave it out", "constant", name)
    scaled = (values - values.mean(axis=0)) / spread
    counts = row_counts(len(values), resamples, strata=strata, clusters=clusters, seed=seed)
    drawn = np.column_stack([weights, weights[:, None] * counts.T])
    fits, converged = _subset_values(scaled, held, classes, drawn, measure)
    if not converged[0]:
        raise Refusal("the classes can be told apart without error by the drivers: one of them is the outcome asked "
                      "again; leave it out", "separable")
    return _summary(fits, converged, x.columns, len(values), effective_n(weights), confidence)


def _subset_values(
    x: np.ndarray, held: np.ndarray, classes: np.ndarray, weights: np.ndarray, measure: str
) -> tuple[np.ndarray, np.ndarray]:
    """Pseudo R2 of each subset with what is held, (2^p, draws), and the draws in which all converged."""
    p = x.shape[1]
    values = np.zeros((2**p, weights.shape[1]))
    converged = np.ones(weights.shape[1], bool)
    for subset in range(0 if held.shape[1] else 1, 2**p):
        columns = np.column_stack([x[:, [j for j in range(p) if subset >> j & 1]], held])
        fit = cumulative_logit(columns, classes, weights[:, :1])
        if weights.shape[1] > 1 and fit.converged[0]:
            start = np.concatenate([fit.cuts, fit.slopes])[:, 0]
            fit = cumulative_logit(columns, classes, weights, start=start, tolerance=1e-6)
        elif not fit.converged[0]:
            return values, np.zeros_like(converged)
        values[subset] = fit.mcfadden if measure == "mcfadden" else _tjur(columns, classes, weights, fit)
        converged &= fit.converged
    return values, converged


def _tjur(x: np.ndarray, classes: np.ndarray, weights: np.ndarray, fit: CumulativeLogit) -> np.ndarray:
    chance = 1 - class_probabilities(x, fit.cuts, fit.slopes)[0]
    one, other = weights * (classes == 1)[:, None], weights * (classes == 0)[:, None]
    return (one * chance).sum(axis=0) / one.sum(axis=0) - (other * chance).sum(axis=0) / other.sum(axis=0)


def _summary(
    fits: np.ndarray, converged: np.ndarray, names: Iterable[str], n: int, base: float, confidence: float
) -> Dominance:
    usable = fits[:, 1:][:, converged[1:]]
    estimate = shapley_values(fits[:, :1])[:, 0]
    names = list(names)
    shared = fits[-1, 0] - fits[0, 0]
    table = pd.DataFrame({"estimate": estimate, "share": estimate / shared}, index=pd.Index(names, name="driver"))
    table["rank"] = (-table["estimate"]).rank().astype(int)
    greater = pd.DataFrame(index=names, columns=names, dtype=float)
    if usable.shape[1] > 1:
        draws = shapley_values(usable)
        low, high = percentile_interval(draws, confidence=confidence, n=base, fitted=len(names))
        table = table.assign(low=low, high=high)
        greater = pd.DataFrame(probability_greater(draws), names, names)
    sizes = [f"{k} others" for k in range(len(names))]
    return Dominance(table, pd.DataFrame(conditional_dominance(fits[:, 0]), names, sizes),
                     pd.DataFrame(complete_dominance(fits[:, 0]), names, names), greater, float(fits[-1, 0]), n,
                     usable.shape[1], int((~converged).sum()))


def _check(x: pd.DataFrame, classes: np.ndarray, measure: str, held: int) -> None:
    if x.shape[1] > MOST_DRIVERS:
        raise ValueError(f"{x.shape[1]} drivers need {2**x.shape[1]:,} models; at most {MOST_DRIVERS}: average drivers "
                         "that belong together")
    sizes = np.bincount(classes)
    if measure not in ("mcfadden", "tjur") or (measure == "tjur" and len(sizes) != 2):
        raise ValueError(f"measure is {measure!r} with {len(sizes)} classes; mcfadden, or tjur for two classes")
    needed = EVENTS * (x.shape[1] + held)
    if sizes.min() < needed:
        raise Refusal(f"the smallest class has {sizes.min()} people; at least {needed} are needed for "
                      f"{x.shape[1] + held} columns: leave drivers out or merge classes", "few")
