"""Worth of a row of dated amounts. The first amount falls now and is not discounted."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq


def net_present_value(flows: ArrayLike, rate: ArrayLike) -> np.ndarray | float:
    """Sum of the flows, each divided by (1 + rate) ** its period, in the flows' unit.

    flows    (..., periods) amounts at the periods 0, 1, 2, ...; the first is not discounted
    rate     discount rate a period, a fraction above -1 and up to 1; may be one for each leading row
    returns  float, or an array with the leading shape of `flows`
    errors   ValueError for a rate of -1 or below, or above 1 (8 % is 0.08), no amount, and one that is not finite
    source   numpy-financial `npv`. A spreadsheet's NPV() also discounts the first amount: it gives npv / (1 + rate)
    """
    flows, rate = _flows(flows), _rate(rate)
    periods = np.arange(flows.shape[-1])
    worth = (flows * (1 + rate[..., None]) ** -periods).sum(axis=-1)
    return float(worth) if worth.ndim == 0 else worth


def payback_period(flows: ArrayLike, rate: ArrayLike = 0.0) -> np.ndarray | float:
    """Periods until the running (discounted) sum of the flows is no longer negative, for good.

    flows    (..., periods) amounts at the periods 0, 1, 2, ...; linear inside a period
    rate     0 for plain payback, the discount rate for discounted payback
    returns  float or array in periods; 0 where the sum never falls below zero, inf where it ends below zero
    errors   ValueError for an amount that is missing or infinite, no amount, and a rate of -1 or below, or above 1
    """
    flows, rate = _flows(flows), _rate(rate)
    present = flows * (1 + rate[..., None]) ** -np.arange(flows.shape[-1])
    total = present.cumsum(axis=-1)
    tolerance = 1e-12 * np.abs(present).sum(axis=-1)
    below = total < -tolerance[..., None]
    last = below.shape[-1] - 1 - np.argmax(below[..., ::-1], axis=-1)
    following = np.minimum(last + 1, below.shape[-1] - 1)
    short = np.take_along_axis(total, last[..., None], -1)[..., 0]
    gain = np.take_along_axis(present, following[..., None], -1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        time = np.where(below[..., -1], np.inf, last - short / gain)
    time = np.where(below.any(axis=-1), time, 0.0)
    return float(time) if time.ndim == 0 else time


def break_even(worth: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float | None:
    """Value of one input at which `worth` is zero; None where it does not cross zero in between.

    worth      function of an array of values, such as the net present value with the other inputs held
    low, high  range searched, both finite
    returns    the crossing (the one nearest `low` if the function turns), found to 1e-12 of the range
    errors     ValueError unless low is below high
    source     Brent's method, scipy brentq, in the first of 64 parts of the range where the sign changes
    """
    if not low < high:
        raise ValueError(f"low == {low}, high == {high}; low must be below high")
    grid = np.linspace(low, high, 65)
    values = np.asarray(worth(grid), float)
    crossing = np.flatnonzero(np.signbit(values[1:]) != np.signbit(values[:-1]))
    if not len(crossing):
        return None
    at = crossing[0]
    return float(
        brentq(
            lambda value: float(worth(np.array([value]))[0]),
            grid[at],
            grid[at + 1],
            xtol=1e-12 * max(1e-12, abs(high - low)),
        )
    )


def _flows(flows: ArrayLike) -> np.ndarray:
    flows = np.asarray(flows, dtype=float)
    if flows.ndim == 0 or flows.shape[-1] == 0 or not np.isfinite(flows).all():
        raise ValueError("flows must be finite amounts, one for each period; a missing amount is written as 0")
    return flows


def _rate(rate: ArrayLike) -> np.ndarray:
    rate = np.asarray(rate, dtype=float)
    if not ((rate > -1) & (rate <= 1)).all():
        raise ValueError(f"rate == {rate}, must be above -1 and at most 1; 8 % a period is written 0.08")
    return rate
