"""Does a driver lose as much below its middle as it wins above, and is its effect a straight line at all?"""

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

from cxlib.stats.bootstrap import percentile_interval, two_sided_p
from cxlib.stats.drivers.stacks import solved
from cxlib.stats.moments import (
    bootstrap_stacks,
    checked_weights,
    covariance_stack,
    effective_n,
    finite,
    one_blas_thread,
    sample_units,
)
from cxlib.stats.survey.comparison import holm

KINDS = ("must_be", "performance", "delighter", "indifferent")
TRIVIAL = 0.2  # SDs of the outcome that a driver moves over its middle 80 %: less is indifferent (Cohen's small effect)
ONE_SIDED = 1 / 3  # (gain - loss) / (gain + loss) beyond this is one-sided: one slope is more than twice the other


def kano_kinds(x, y, *, middle=None, weights=None, strata=None, clusters=None, resamples=1000, confidence=0.95,
               seed=0) -> pd.DataFrame:
    """Slope of the outcome below and above the middle of each driver, and what kind of driver that makes it.

    middle     where a driver turns from low to high: a number or {driver: number}; default its median
    returns    one row per driver: loss (slope below), loss_low, loss_high, gain (slope above), gain_low, gain_high,
               p (of equal slopes), p_holm, kind, probability (share of resamples of that kind), and the share of
               resamples of each kind: must_be (loses below, gains less than half of it above), delighter (the other
               way round), performance (both), indifferent (moves less than 0.2 SD over its middle 80 %)
    source     Kano 1984; slopes instead of group means, so that a skewed driver with a straight effect is not one-sided
    """
    x = pd.DataFrame(x).astype(float)
    middle = x.median() if middle is None else pd.Series(middle, x.columns)
    below, above = np.minimum(x - middle, 0), np.maximum(x - middle, 0)
    for name in x.columns:
        if min((below[name] < 0).sum(), (above[name] > 0).sum()) < 5:
            raise ValueError(f"{name!r} has fewer than 5 answers on one side of {middle[name]:g}; move the middle")
    y = finite(y)
    columns = pd.concat([below, above], axis=1).to_numpy()
    estimate, draws, base = _coefficients(columns, y, weights, strata, clusters, resamples, seed)
    p = x.shape[1]
    reach = (middle - x.quantile(0.1)).to_numpy(), (x.quantile(0.9) - middle).to_numpy()
    reach_below, reach_above = (side[:, None] for side in reach)
    kinds = _kinds(draws[:p], draws[p:], reach_below, reach_above, y.std())
    lower, upper = percentile_interval(draws, confidence=confidence, n=base, fitted=len(estimate))
    equal = two_sided_p(draws[p:] - draws[:p])
    shares = {kind: (kinds == k).mean(axis=1) for k, kind in enumerate(KINDS)}
    own = _kinds(estimate[:p, None], estimate[p:, None], reach_below, reach_above, y.std())[:, 0]
    return pd.DataFrame({
        "loss": estimate[:p], "loss_low": lower[:p], "loss_high": upper[:p],
        "gain": estimate[p:], "gain_low": lower[p:], "gain_high": upper[p:], "p": equal, "p_holm": holm(equal),
        "kind": [KINDS[k] for k in own], "probability": [shares[KINDS[k]][j] for j, k in enumerate(own)], **shares,
    }, index=pd.Index(x.columns, name="driver"))


def nonlinear_drivers(x, y, *, weights=None, strata=None, clusters=None, resamples=1000, confidence=0.95,
                      seed=0) -> pd.DataFrame:
    """Is the effect of each driver a straight line, given the others?

    returns    one row per driver: p, p_holm (of a straight line), f2 (size of the bend: what it explains over what is
               left unexplained; .02 is small), slope_low, slope_middle, slope_high (units of y per
               unit, in the lower, middle and upper part of its values), shape: "linear", "levels_off", "accelerates",
               "non_monotone" (a slope up and a slope down that both hold), "other"
    assumes    at least three different values; else p is 1 and the shape "linear". The others may bend as well where
               there are 20 rows for each coefficient; with fewer they are straight lines
    source     linear spline with knots at the terciles of the values (at the middle answer of a short scale); F test
               with bootstrap covariance, Holm corrected
    """
    x = pd.DataFrame(x).astype(float)
    y = finite(y)
    bent = {name: _bent(x[name].to_numpy()) for name in x.columns}
    flexible = len(x) >= 20 * sum(columns.shape[1] for columns in bent.values())
    rows = []
    for name in x.columns:
        others = [bent[other] if flexible else bent[other][:, :1] for other in x.columns if other != name]
        estimate, draws, base = _coefficients(np.column_stack([bent[name], *others]), y, weights, strata, clusters, resamples, seed)
        rows.append(_bend(estimate, draws, base, bent[name].shape[1], confidence))
    table = pd.DataFrame(rows, index=pd.Index(x.columns, name="driver"))
    table.insert(1, "p_holm", holm(table["p"]))
    curved = table["p_holm"] < 1 - confidence
    table["shape"] = table["shape"].where(curved, "linear")
    return table


@one_blas_thread
def _coefficients(columns, y, weights, strata, clusters, resamples, seed):
    """Least squares of y on the columns: (columns,), (columns, draws) and the effective n."""
    values = np.column_stack([finite(columns), finite(y)])
    units = sample_units(values, weights=weights, strata=strata, clusters=clusters, seed=seed)
    unit = units.scale[-1] / np.where(units.scale[:-1] > 0, units.scale[:-1], np.nan)

    def fitted(stack):
        return solved(stack[:-1, :-1], stack[:-1, -1]) * unit[:, None]

    estimate = fitted(covariance_stack(units)[1])[:, 0]
    if not np.isfinite(estimate).all():
        raise ValueError("the drivers are perfectly collinear or one is constant; leave one of them out")
    draws = np.concatenate([fitted(stack) for _, stack in bootstrap_stacks(units, resamples, seed=seed)], axis=1)
    return estimate, draws[:, np.isfinite(draws).all(axis=0)], effective_n(checked_weights(weights, len(values)))


def _kinds(loss, gain, reach_below, reach_above, spread):
    """Number of the kind in KINDS of each driver and draw."""
    moved = np.abs(loss * reach_below) + np.abs(gain * reach_above)
    balance = (np.abs(gain) - np.abs(loss)) / np.maximum(np.abs(gain) + np.abs(loss), 1e-300)
    kind = np.where(balance < -ONE_SIDED, 0, np.where(balance > ONE_SIDED, 2, 1))
    return np.where(moved < TRIVIAL * spread, 3, kind)


def _bent(values):
    """A driver as a linear spline: itself and one hinge for each knot."""
    return np.column_stack([values, *(np.maximum(values - knot, 0) for knot in _knots(values))])


def _bend(estimate, draws, base, size, confidence):
    """Test and shape of the first driver of a fit, which has `size` columns: itself and its hinges."""
    df = max(base - len(estimate) - 1, 1)
    p, f2 = 1.0, 0.0
    if size > 1:
        hinges = slice(1, size)
        covariance = np.atleast_2d(np.cov(draws[hinges]))
        statistic = estimate[hinges] @ np.linalg.solve(covariance, estimate[hinges]) / (size - 1)
        p, f2 = float(f_distribution.sf(statistic, size - 1, df)), float(statistic * (size - 1) / df)
    slopes, slope_draws = np.cumsum(estimate[:size]), np.cumsum(draws[:size], axis=0)
    low, high = percentile_interval(slope_draws, confidence=confidence, n=base, fitted=len(estimate))
    return {"p": p, "f2": f2, "slope_low": slopes[0], "slope_middle": slopes[len(slopes) // 2],
            "slope_high": slopes[-1], "shape": _shape(slopes, slope_draws, low, high, confidence)}


def _knots(values):
    """Terciles of the values, the middle one of three to five different values, none of two."""
    distinct = np.unique(values)
    if len(distinct) < 3:
        return []
    knots = np.unique(np.quantile(values, [1 / 3, 2 / 3])) if len(distinct) > 5 else [distinct[len(distinct) // 2]]
    return [knot for knot in knots if (values < knot).sum() >= 10 and (values > knot).sum() >= 10]


def _shape(slopes, draws, low, high, confidence):
    """The shape in words: which way the slope changes from the lower to the upper end, if that holds."""
    if (low > 0).any() and (high < 0).any():
        return "non_monotone"
    change = np.sign(slopes.sum()) * (draws[-1] - draws[0])
    change_low, change_high = percentile_interval(change, confidence=confidence)
    return "levels_off" if change_high < 0 else "accelerates" if change_low > 0 else "other"
