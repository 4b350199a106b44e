"""Means of rating scales, and indices 0-100 by the theoretical scale: NKI, CSI, EPSI, ACSI."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.moments import effective_n
from cxlib.stats.survey.estimates import (
    Estimate,
    answers,
    checked_confidence,
    on_scale,
    population_factor,
)


def mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    scale: Sequence[float] | None = None,
    population: int | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Weighted mean of the values, in their own unit, with its t interval.

    values    (respondents,) numbers; None and NaN are left out
    weights   (respondents,) positive survey weights; the interval then uses Kish's effective n
    scale     (lowest, highest) possible value: values off it are an error, the interval is clipped to it
    population  people who could have answered, if few: narrows the interval
    returns   Estimate; low and high None below two answers, and when all are equal: then nothing tells how far off
              the mean may be
    errors    ValueError for values that are infinite or off the scale, faulty weights, a population below the answers,
              and a confidence outside 0-1
    source    scipy ttest_1samp; the weighted standard error is Kish's approximation
    """
    values, weights = answers(values, weights)
    if scale is not None:
        on_scale(values, scale)
    if len(values) == 0:
        return Estimate(None, None, None, 0, 0.0)
    estimate, se, n_eff = mean_and_error(values, weights)
    factor = population_factor(len(values), population)
    if se is None or (se == 0 and factor > 0):
        return Estimate(estimate, None, None, len(values), n_eff)
    margin = stats.t.ppf((1 + checked_confidence(confidence)) / 2, n_eff - 1) * se * factor
    low, high = (-np.inf, np.inf) if scale is None else scale
    return Estimate(
        estimate, max(float(estimate - margin), low), min(float(estimate + margin), high), len(values), n_eff
    )


def mean_and_error(values: np.ndarray, weights: np.ndarray) -> tuple[float, float | None, float]:
    """Mean, its standard error (None below two answers) and effective n, of values without missing ones.

    values, weights  (answers,) at least one, weights positive; the error divides by n_eff - 1 and is 0 without spread
    source    Kish 1965; equal weights: the usual standard error of a mean
    """
    n_eff, estimate = effective_n(weights), float(np.average(values, weights=weights))
    if len(values) < 2:
        return estimate, None, n_eff
    if np.ptp(values) == 0:  # no rounding error passes for spread
        return estimate, 0.0, n_eff
    variance = np.average((values - estimate) ** 2, weights=weights) * n_eff / (n_eff - 1)
    return estimate, float(np.sqrt(variance / n_eff)), n_eff


def scale_index(values: ArrayLike, *, scale: Sequence[float]) -> np.ndarray:
    """Answers as 0-100 by the theoretical scale: 100 (value - lowest) / (highest - lowest); missing ones stay NaN.

    values    any shape;  scale: (lowest, highest) possible answer
    errors    ValueError for answers off the scale, and a scale whose lowest is not below its highest
    source    the form of NKI, CSI, EPSI and ACSI (see respondent_index)
    """
    values = np.asarray(values, float)
    on_scale(values[~np.isnan(values)], scale)
    return 100 * (values - scale[0]) / (scale[1] - scale[0])


def respondent_index(
    items: np.ndarray, *, scale: Sequence[float], item_weights: np.ndarray | None = None, minimum_items: int = 1
) -> np.ndarray:
    """Each respondent's index 0-100: the weighted mean of the items answered, by the theoretical scale.

    items     (respondents, items) answers on one scale = (lowest, highest); NaN is missing
    item_weights  (items,) not negative, scaled to add up to 1; None: equal (NKI, CSI, EPSI); ACSI has its own
    minimum_items  fewer answered items make the respondent's index NaN
    returns   (respondents,) index or NaN; `mean(..., scale=(0, 100))` of it is the index of the sample
    errors    ValueError for answers off the scale, items in one dimension, weights that are negative, all 0 or too few,
              and minimum_items below 1 or above the items
    source    NKI, EPSI: (x1 + x2 + x3 - 3) / 27 x 100; ACSI: Fornell et al. 1996, J. Marketing 60(4)
    """
    points = scale_index(items, scale=scale)
    if points.ndim != 2:
        raise ValueError(f"items has shape {points.shape}; give one row per respondent and one column per item")
    if not 1 <= minimum_items <= points.shape[1]:
        raise ValueError(
            f"minimum_items == {minimum_items} of {points.shape[1]} items; give 1 up to the number of items"
        )
    weights = _item_weights(item_weights, points.shape[1])
    answered = ~np.isnan(points)
    total = answered @ weights
    enough = (answered.sum(axis=1) >= minimum_items) & (total > 0)
    index = np.where(answered, points, 0) @ weights / np.where(enough, total, 1)
    return np.where(enough, np.clip(index, 0, 100), np.nan)  # 100 is no 100.00000000000001


def first_component_weights(items: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Item weights of one block that add up to 1: first principal component of the standardised items over their SD.

    items     (respondents, items) answers; rows that miss an item are left out
    weights   (respondents,) positive survey weights
    errors    ValueError below three complete rows or two items, for a constant item, faulty weights, and for an item that runs against
              the others (turn its scale round first)
    source    ACSI's own weights: PLS mode A of a single block is its first principal component (Fornell et al. 1996)
    """
    items = np.asarray(items, float)
    complete = ~np.isnan(items).any(axis=1)
    items, weights = items[complete], answers(np.where(complete, 0, np.nan), weights)[1]
    if len(items) < 3 or items.shape[1] < 2:
        raise ValueError(f"{len(items)} complete rows of {items.shape[1]} items; at least 3 rows of 2 items are needed")
    if (np.ptp(items, axis=0) == 0).any():
        raise ValueError(f"item {int(np.argmin(np.ptp(items, axis=0)))} has the same answer in every row; leave it out")
    covariances = np.cov(items.T, aweights=weights, bias=True)
    deviation = np.sqrt(np.diag(covariances))
    component = np.linalg.eigh(covariances / np.outer(deviation, deviation))[1][:, -1]
    component = component * np.sign(component.sum())
    if (component <= 0).any():
        raise ValueError(
            f"item {int(np.argmin(component))} runs against the others; turn its scale round or leave it out"
        )
    outer = component / deviation
    return outer / outer.sum()


def _item_weights(item_weights: ArrayLike | None, k: int) -> np.ndarray:
    weights = np.ones(k) if item_weights is None else np.asarray(item_weights, float)
    if weights.shape != (k,) or not (weights >= 0).all() or not weights.sum() > 0 or np.isinf(weights).any():
        raise ValueError(f"item_weights == {item_weights!r}; give {k} weights, none negative, not all 0")
    return weights / weights.sum()
