"""Mean curves that the ends of an answer scale bend: what a straight line looks like when the scale is full."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit, logit
from scipy.stats import norm

from cxlib.stats.breaks.break_support import Support

Curve = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of coefficients and place: the mean on a scale of 0-1
BOUNDED = ("ceiling", "logistic", "logistic log")
BACKFITS = 3  # curve and covariates in turn; covariates shift the curve and do not bend it


@dataclass(frozen=True)
class BoundedFit:
    """A fitted curve.

    rss, parameters   residual sum of squares (weights average 1) and number of coefficients
    curve             (m,) fitted mean at the distinct x, covariates at their mean
    steep             the fall over the whole scale takes under a quarter of the usual range of x: a break by
                      another name, not a smooth shape
    """

    shape: str
    rss: float
    parameters: int
    curve: np.ndarray
    steep: bool


def bounded_fit(free: Support, shape: str, bounds: Sequence[float]) -> BoundedFit:
    """A mean curve that the ends of the scale bend, by least squares; see `BoundedFit`.

    free    from `break_support` with flat_before=True
    shape   ceiling: mean of a normal answer cut at both ends, its middle a straight line in x;
            logistic: the share of the scale, straight on the logit scale; logistic log: straight there in log(1 + x)
    bounds  (low, high) ends of the scale
    errors  ValueError for answers outside the scale
    source  Tobin 1958, Econometrica 26 (censored normal)
    """
    low, high = map(float, bounds)
    y = (free.basis @ free.projection + free.residual) / free.root
    if y.min() < low - 1e-9 or y.max() > high + 1e-9:
        raise ValueError(f"y runs from {y.min():g} to {y.max():g}, outside the scale {low:g} to {high:g}; "
                         "give the ends of the scale.")
    index = _log_index if shape == "logistic log" else _index
    mean = _ceiling if shape == "ceiling" else _logistic
    place, width = index(free.x, free.x), high - low
    share, coefficients, others = (y - low) / width, np.empty(0), np.zeros(len(y))
    for _ in range(1 if free.parameters == 1 else BACKFITS):
        means = np.bincount(free.code, free.root**2 * (share - others / free.root)) / free.weight
        coefficients = _least_squares(mean, place, means, free, coefficients)
        rest = free.root * (share - mean(coefficients, place)[free.code])
        others = free.basis[:, 1:] @ (free.basis[:, 1:].T @ rest)

    def course(x: np.ndarray) -> np.ndarray:
        return mean(coefficients, index(free.x, x))

    return BoundedFit(shape, float(np.sum((rest - others) ** 2) * width**2), len(coefficients) + free.parameters - 1,
                      low + width * course(free.x), _is_steep(free, course))


def _least_squares(
    mean: Curve, place: np.ndarray, means: np.ndarray, free: Support, start: np.ndarray
) -> np.ndarray:
    """Coefficients of a mean curve on 0-1 over `place` (m,), nearest to the weighted means (m,); no start: a guess."""
    root = np.sqrt(free.weight)
    if len(start) == 0:
        design = np.column_stack([np.ones_like(place), place])
        line = np.linalg.lstsq(root[:, None] * design, root * means.clip(0, 1), rcond=None)[0]
        if mean is _ceiling:
            start = np.append(line, np.log(max(np.sqrt(free.rss / free.n) / 4, 0.02)))
        else:
            centre = np.average(means, weights=free.weight).clip(0.02, 0.98)
            start = line / (centre * (1 - centre))
            start[0] += logit(centre) - np.average(start[0] + start[1] * place, weights=free.weight)
    slopes = _ceiling_slopes if mean is _ceiling else _logistic_slopes

    def apart(b: np.ndarray) -> np.ndarray:
        return root * (mean(b, place) - means)

    def change(b: np.ndarray) -> np.ndarray:
        return root[:, None] * slopes(b, place)

    return least_squares(apart, start, jac=change, method="trf", max_nfev=60).x


def _is_steep(free: Support, mean: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Whether the fall from 90 % to 10 % of the scale takes less than a quarter of the range of 90 % of the rows."""
    place = np.cumsum(free.weight) / free.weight.sum()
    usual = free.x[np.searchsorted(place, 0.95)] - free.x[np.searchsorted(place, 0.05)]
    x = np.linspace(free.x[0], free.x[-1], 401)
    share = mean(x)
    rising = share if share[-1] >= share[0] else 1 - share
    if rising[0] > 0.1 or rising[-1] < 0.9:
        return False
    return bool(np.ptp(np.interp([0.1, 0.9], rising, x)) < usual / 4)


def _index(support: np.ndarray, x: np.ndarray) -> np.ndarray:
    """x scaled to 0-1 over the support."""
    return (x - support[0]) / np.ptp(support)


def _log_index(support: np.ndarray, x: np.ndarray) -> np.ndarray:
    start = min(support[0], 0.0)
    return _index(np.log1p(support - start), np.log1p(x - start))


def _ceiling(b: np.ndarray, place: np.ndarray) -> np.ndarray:
    middle, spread = b[0] + b[1] * place, np.exp(b[2])
    low, high = -middle / spread, (1 - middle) / spread
    inside = norm.cdf(high) - norm.cdf(low)
    return middle * inside + spread * (norm.pdf(low) - norm.pdf(high)) + norm.sf(high)


def _ceiling_slopes(b: np.ndarray, place: np.ndarray) -> np.ndarray:
    middle, spread = b[0] + b[1] * place, np.exp(b[2])
    low, high = -middle / spread, (1 - middle) / spread
    inside = norm.cdf(high) - norm.cdf(low)
    return np.column_stack([inside, inside * place, spread * (norm.pdf(low) - norm.pdf(high))])


def _logistic(b: np.ndarray, place: np.ndarray) -> np.ndarray:
    return expit(b[0] + b[1] * place)


def _logistic_slopes(b: np.ndarray, place: np.ndarray) -> np.ndarray:
    share = _logistic(b, place)
    return np.column_stack([share * (1 - share), share * (1 - share) * place])
