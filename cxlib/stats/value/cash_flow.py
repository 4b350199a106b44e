"""Worth of a row of dated amounts. The first amount falls now and is not discounted."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq


@dataclass(frozen=True)
class InternalRates:
    """Every discount rate above -1 at which the flows are worth nothing, lowest first.

    roots         rates as fractions a period; empty without a sign change
    sign_changes  how often the flows change sign; more than one allows several roots
    reason        None, "no_sign_change" or "several_rates"
    """

    roots: tuple[float, ...]
    sign_changes: int
    reason: str | None


def net_present_value(flows: ArrayLike, rate: ArrayLike) -> np.ndarray | float:
    """Sum of the flows, each divided by (1 + rate) ** its period, in the flows' unit.

    flows    (..., periods) amounts at the periods 0, 1, 2, ...; the first is not discounted
    rate     discount rate a period, a fraction above -1 and up to 1; may be one for each leading row
    returns  float, or an array with the leading shape of `flows`
    errors   ValueError on a rate of -1 or below, or above 1 (8 % is 0.08)
    source   numpy-financial `npv`. A spreadsheet's NPV() also discounts the first amount: it gives npv / (1 + rate)
    """
    flows, rate = _flows(flows), _rate(rate)
    periods = np.arange(flows.shape[-1])
    worth = (flows * (1 + rate[..., None]) ** -periods).sum(axis=-1)
    return float(worth) if worth.ndim == 0 else worth


def internal_rates_of_return(flows: ArrayLike) -> InternalRates:
    """All rates that make the net present value of one row of flows zero.

    flows    (periods,) amounts at the periods 0, 1, 2, ...
    returns  InternalRates; a warning is issued when the answer is not one rate. The net present value decides
    source   real roots of the polynomial in 1 / (1 + rate), each refined by Brent's method (Descartes bounds them)
    """
    flows = _flows(flows)
    if flows.ndim != 1:
        raise ValueError(f"flows have {flows.ndim} dimensions; give one row of amounts at a time")
    changes = int((np.diff(np.sign(flows[flows != 0])) != 0).sum())
    if changes == 0:
        return InternalRates((), 0, "no_sign_change")
    roots = tuple(float(factor**-1 - 1) for factor in sorted(_discount_factors(flows), reverse=True))
    several = changes > 1 or len(roots) > 1
    if several:
        warnings.warn(
            f"the flows change sign {changes} times and have {len(roots)} internal rates {roots}; "
            "decide by the net present value",
            stacklevel=2,
        )
    return InternalRates(roots, changes, "several_rates" if several else None)


def modified_internal_rate(flows: ArrayLike, finance_rate: float, reinvest_rate: float) -> float:
    """Rate a period that grows the financed outlays into the reinvested receipts, a fraction.

    flows    (periods,) amounts with at least one outlay and one receipt
    source   numpy-financial `mirr`
    """
    flows = _flows(flows)
    outlay = -net_present_value(np.minimum(flows, 0), finance_rate)
    receipts = net_present_value(np.maximum(flows, 0), reinvest_rate)
    if outlay <= 0 or receipts <= 0:
        raise ValueError("flows need an outlay and a receipt; without both no rate exists")
    periods = len(flows) - 1
    return float((receipts / outlay) ** (1 / periods) * (1 + _rate(reinvest_rate)) - 1)


def payback_period(flows: ArrayLike, rate: ArrayLike = 0.0) -> np.ndarray | float:
    """Periods until the running (discounted) sum of the flows is no longer negative, for good.

    flows    (..., periods) amounts at the periods 0, 1, 2, ...; linear inside a period
    rate     0 for plain payback, the discount rate for discounted payback
    returns  float or array in periods; 0 where the sum never falls below zero, inf where it ends below zero
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


def break_even(worth: Callable[[float], float], low: float, high: float) -> float | None:
    """Value of one input at which `worth` is zero; None where it does not cross zero in between.

    worth      function of an array of values, such as the net present value with the other inputs held
    low, high  range searched, both finite
    returns    the crossing (the one nearest `low` if the function turns), found to 1e-12 of the range
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


def _discount_factors(flows: np.ndarray) -> list[float]:
    """Positive roots of the sum of flows[t] * factor ** t, refined and without repeats."""

    def worth(factor: float) -> float:
        return np.polynomial.polynomial.polyval(factor, flows)

    candidates = np.polynomial.polynomial.polyroots(np.trim_zeros(flows, "b"))
    real = candidates.real[(np.abs(candidates.imag) < 1e-7 * (1 + np.abs(candidates))) & (candidates.real > 1e-9)]
    found = []
    for root in np.sort(real):
        low, high = root * (1 - 1e-6), root * (1 + 1e-6)
        refined = brentq(worth, low, high, xtol=1e-15) if worth(low) * worth(high) < 0 else root
        if not found or abs(refined - found[-1]) > 1e-7 * refined:
            found.append(refined)
    return found
