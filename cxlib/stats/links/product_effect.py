"""An effect through a link in between: what the first does to the link, times what the link does to the last."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ProductEffect:
    """first, second: the two effects on all rows; product: first x second, with its percentile interval low, high."""

    first: float
    second: float
    product: float
    low: float
    high: float


def resampled_product(
    first: Callable[[np.ndarray], float],
    second: Callable[[np.ndarray], float],
    units: int,
    *,
    draws: int,
    seed: int,
    confidence: float = 0.95,
) -> ProductEffect:
    """Product of two effects, both estimated anew in every draw of the units, so that their errors go together.

    first, second  functions of how often each unit counts, (units,) numbers: the effect then
    units          number of independent units, as customers; draws take as many with replacement
    returns        ProductEffect in the unit of the product
    assumes        no interval is needed for a draw that leaves too few rows (ValueError of first or second): it is left out
    errors         ValueError of first or second on all units
    source         percentile bootstrap of the indirect effect: Shrout and Bolger 2002, Psychological Methods 7
    """
    once = np.ones(units)
    effects = first(once), second(once)
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(draws):
        times = rng.multinomial(units, np.full(units, 1 / units))
        try:
            drawn.append(first(times) * second(times))
        except ValueError:  # a draw without rows enough on one side
            continue
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return ProductEffect(*effects, effects[0] * effects[1], float(low), float(high))


def weighted_slope(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Slope of y (n,) on x (n,) by least squares with weights (n,): units of y for one of x."""
    x = x - np.average(x, weights=weights)
    return float((weights * x) @ y / ((weights * x) @ x))
