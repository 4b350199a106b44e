"""Mean curves that the ends of an answer scale bend: what a straight line looks like when the scale is full."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit, logit
from scipy.stats import norm

BOUNDED = ("ceiling", "logistic", "logistic log")


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


def bounded_fit(free, shape, bounds):
    """A mean curve that the ends of the scale bend, by least squares; see `BoundedFit`.

    free    from `break_support` with flat_before=True
    shape   ceiling: mean of a normal answer cut at both ends, its middle a straight line in x and the covariates;
            logistic: the share of the scale, straight on the logit scale; logistic log: straight there in log(1 + x)
    bounds  (low, high) ends of the scale
    errors  ValueError for answers outside the scale
    source  Tobin 1958, Econometrica 26 (censored normal)
    """
    low, high = map(float, bounds)
    index = _log_index if shape == "logistic log" else _index
    design, y, weight, within = _cells(free, index)
    if y.min() < low - 1e-9 or y.max() > high + 1e-9:
        raise ValueError(f"y runs from {y.min():g} to {y.max():g}, outside the scale {low:g} to {high:g}; "
                         "give the ends of the scale.")
    width, root = high - low, np.sqrt(weight)
    share = ((y - low) / width).clip(0, 1)
    line = np.linalg.lstsq(root[:, None] * design, root * share, rcond=None)[0]
    if shape != "ceiling":
        centre = logit(np.average(share, weights=weight).clip(0.02, 0.98))
        slope = 1 / (expit(centre) * (1 - expit(centre)))
        start = line * slope
        start[0] += centre - np.average(design @ start, weights=weight)
        curve, jacobian = _logistic, _logistic_slopes
    else:
        spread = np.sqrt(free.rss / free.n) / width
        start = np.append(line, np.log(max(spread, 0.02)))
        curve, jacobian = _ceiling, _ceiling_slopes
    fit = least_squares(lambda b: root * (curve(b, design) - share),
                        start, jac=lambda b: root[:, None] * jacobian(b, design), method="trf", max_nfev=60)

    def mean(x):
        others = np.zeros((len(x), design.shape[1] - 2))
        return curve(fit.x, np.column_stack([np.ones(len(x)), index(free.x, x), others]))

    return BoundedFit(shape, float(2 * fit.cost * width**2 + within), len(start), low + width * mean(free.x),
                      _is_steep(free, mean))


def _is_steep(free, mean):
    """Whether the fall from 90 % to 10 % of the scale takes less than a quarter of the range of 90 % of the rows."""
    place = np.cumsum(free.weight) / free.weight.sum()
    usual = free.x[np.searchsorted(place, 0.95)] - free.x[np.searchsorted(place, 0.05)]
    x = np.linspace(free.x[0], free.x[-1], 401)
    share = mean(x)
    rising = share if share[-1] >= share[0] else 1 - share
    if rising[0] > 0.1 or rising[-1] < 0.9:
        return False
    return bool(np.ptp(np.interp([0.1, 0.9], rising, x)) < usual / 4)


def _index(support, x):
    """x scaled to 0-1 over the support."""
    return (x - support[0]) / np.ptp(support)


def _log_index(support, x):
    start = min(support[0], 0.0)
    return _index(np.log1p(support - start), np.log1p(x - start))


def _cells(free, index):
    """Design with x scaled to 0-1, y, weight by row; without covariates one cell for each x, and the RSS within."""
    y = (free.basis @ free.projection + free.residual) / free.root
    x = index(free.x, free.x)
    if free.parameters > 1:
        others = (free.basis[:, 1:] / free.root[:, None]) * np.sqrt(free.n)
        return np.column_stack([np.ones(free.n), x[free.code], others]), y, free.root**2, 0.0
    mean = np.bincount(free.code, free.root**2 * y) / free.weight
    within = float((free.root**2 * (y - mean[free.code]) ** 2).sum())
    return np.column_stack([np.ones_like(x), x]), mean, free.weight, within


def _ceiling(b, design):
    middle, spread = design @ b[:-1], np.exp(b[-1])
    low, high = -middle / spread, (1 - middle) / spread
    inside = norm.cdf(high) - norm.cdf(low)
    return middle * inside + spread * (norm.pdf(low) - norm.pdf(high)) + norm.sf(high)


def _ceiling_slopes(b, design):
    middle, spread = design @ b[:-1], np.exp(b[-1])
    low, high = -middle / spread, (1 - middle) / spread
    inside = norm.cdf(high) - norm.cdf(low)
    return np.column_stack([inside[:, None] * design, spread * (norm.pdf(low) - norm.pdf(high))])


def _logistic(b, design):
    return expit(design @ b)


def _logistic_slopes(b, design):
    share = expit(design @ b)
    return (share * (1 - share))[:, None] * design
