"""What every estimate of a survey has in common: the answers that count, their effective number, and its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.moments import checked_weights, effective_n


@dataclass(frozen=True)
class Estimate:
    """A number from a sample, with its interval.

    estimate   None when nobody answered
    low, high  None when the answers cannot give an interval: nobody answered, one did, or all gave the same mean score
    n          answers used;  n_eff: as many equally weighted answers would tell as much (Kish)
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    n_eff: float


@dataclass(frozen=True)
class Difference:
    """After minus before, with its interval and the p-value of "no difference".

    low, high, p  None when the answers cannot give them (see Estimate)
    n_before, n_after  answers used on each side; equal when the same respondents answered twice
    """

    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    n_before: int
    n_after: int


def answers(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The values that are not missing, and their weights: two float arrays of equal length.

    values    (rows,) numbers; None and NaN are missing
    weights   (rows,) positive, default 1; checked in every row, so that a faulty weight never hides behind a blank
    errors    ValueError for more than one dimension, infinite values, and weights that are missing, zero or negative
    """
    values = np.asarray(values, float)
    if values.ndim != 1:
        raise ValueError(f"values has shape {values.shape}; give one answer per respondent, in one dimension")
    weights = checked_weights(weights, len(values))
    if np.isinf(values).any():
        raise ValueError(f"{np.isinf(values).sum()} values are infinite; correct them or make them missing")
    answered = ~np.isnan(values)
    return values[answered], weights[answered]


def pairs(
    first: ArrayLike, second: ArrayLike, weights: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows where both values are given: two arrays of values and their weights.

    first, second, weights  (rows,) as in answers, in the same order
    errors    ValueError for sides of different length, and as answers
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape:
        raise ValueError(
            f"{first.shape} and {second.shape} values; the same respondents, in the same order, are needed"
        )
    both = answers(np.where(np.isnan(second), np.nan, first), weights)[0]
    kept, weights = answers(np.where(np.isnan(first), np.nan, second), weights)
    return both, kept, weights


def on_scale(values: np.ndarray, scale: Sequence[float]) -> np.ndarray:
    """The values, when all lie on the scale (lowest, highest).

    values    any shape, none missing
    errors    ValueError for a value off the scale, and for a scale whose lowest is not below its highest
    """
    low, high = scale
    if not low < high:
        raise ValueError(f"scale == {scale}; give (lowest, highest), lowest first")
    off = values[(values < low) | (values > high)]
    if len(off):
        raise ValueError(
            f"{len(off)} values lie off the scale {low} to {high}, the first is {off[0]:g}; "
            "declare codes such as 99 as missing"
        )
    return values


def normal_quantile(confidence: float) -> float:
    """The z of a two-sided interval: 1.96 at confidence .95.

    errors    ValueError for a confidence outside 0-1
    """
    return float(stats.norm.ppf((1 + checked_confidence(confidence)) / 2))


def checked_confidence(confidence: float) -> float:
    """The confidence of an interval, when it is a share between 0 and 1.

    errors    ValueError otherwise, so for 95 too
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence == {confidence}; give a share between 0 and 1, such as .95")
    return confidence


def population_factor(n: int, population: int | None) -> float:
    """What the standard error is multiplied by when n of a population of N answered: sqrt((N - n) / (N - 1)).

    population  people who could have answered; None: so many that it does not matter (factor 1). A census gives 0
    errors      ValueError for a population below 1 or below those who answered
    source      Cochran 1977, Sampling Techniques
    """
    if population is None:
        return 1.0
    if population < n or population < 1:
        raise ValueError(f"population == {population} is below the {n} who answered; give the whole population or None")
    return float(np.sqrt((population - n) / (population - 1))) if population > 1 else 0.0


def interval_n(weights: np.ndarray, population: int | None = None) -> float:
    """The n that an interval is computed from: Kish's effective n, raised for a small population (inf at a census).

    weights     (answers,) positive;  population: people who could have answered, None: very many
    errors      ValueError for a population below 1 or below those who answered
    source      Kish 1965; the factor by which the standard error shrinks: population_factor
    """
    factor = population_factor(len(weights), population)
    return effective_n(weights) / factor**2 if factor else float("inf")
