"""The verdict on one relation: is there a break, and if not, what is there? Three gates, each can say no.

Gate 1  a departure from the straight line (robust sup-score).
Gate 2  a break describes the data better than every smooth shape and the ceiling of the scale, by a margin.
Gate 3  what the break takes or gives is clear of the smallest loss that matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.breaks import break_interval as bi
from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import break_tests as bt
from cxlib.stats.breaks import breakpoints as bp
from cxlib.stats.breaks import shape_contest as sc
from cxlib.stats.breaks import two_breaks_interval as ti

MARGIN, STRONG_MARGIN = 2.0, 6.0


@dataclass(frozen=True)
class Loss:
    """What the break takes (below 0) or gives, in points of y, with its interval.

    kink: change of slope times the distance from the place to the 95 % quantile of x; step and jump: the step;
    two kinks: the smaller of the two in absolute points, each up to the next place or the quantile."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class BreakVerdict:
    """verdict: flat, line, curve, ceiling, small (a break below what matters), kink, step, jump or two kinks.

    shape     best shape of that kind; margin: BIC of the best smooth shape minus that of the best break
    found     Break, the best break whatever the verdict; place: PlaceInterval, None unless gates 1 and 2 are passed
    loss      Loss of the best break, None unless gates 1 and 2 are passed
    """

    verdict: str
    shape: str
    line: bt.LineTest
    slope: bt.Slope
    contest: pd.DataFrame
    margin: float
    found: bp.Break
    place: bi.PlaceInterval | None
    loss: Loss | None
    smallest_loss: float
    n: int


def break_verdict(
    x: ArrayLike, y: ArrayLike, *, bounds: Sequence[float] | None = None, weights: ArrayLike | None = None,
    covariates: ArrayLike | None = None, clusters: ArrayLike | None = None, smallest_loss: float | None = None,
    margin: float = MARGIN, side_share: float = 0.05, side_rows: int = 30, draws: int = 999, seed: int = 0,
    confidence: float = 0.95,
) -> BreakVerdict:
    """Which shape the mean of y takes over x, and whether it breaks; see `BreakVerdict`.

    x, y           (n,) numbers; weights (n,); covariates (n, p); clusters (n,) labels
    bounds         (low, high) ends of the scale of y
    smallest_loss  points of y; default 2 % of the scale, or of the observed range without bounds
    margin         BIC by which a break must beat every smooth shape
    returns        BreakVerdict
    errors         ValueError, see `break_support`, `one_break`, `shape_contest`
    """
    support, free = (
        bs.break_support(x, y, weights=weights, covariates=covariates, clusters=clusters, flat_before=flat)
        for flat in (False, True))
    return verdict_of(support, free, bounds=bounds, smallest_loss=smallest_loss, margin=margin,
                      side_share=side_share, side_rows=side_rows, draws=draws, seed=seed, confidence=confidence)


def verdict_of(
    support: bs.Support, free: bs.Support, *, bounds: Sequence[float] | None = None, smallest_loss: float | None = None,
    margin: float = MARGIN, side_share: float = 0.05, side_rows: int = 30, draws: int = 999, seed: int = 0,
    confidence: float = 0.95,
) -> BreakVerdict:
    """`break_verdict` for collapsed data: `support` with x in the base, `free` without.

    errors         ValueError where no place has enough rows on either side, and for y outside the bounds
    """
    sides: bs.Sides = {"side_share": side_share, "side_rows": side_rows}
    line = bt.departure(support, **sides, draws=draws, seed=seed, confidence=confidence)
    slope = bt.line_slope(support, confidence=confidence)
    table = sc.contest(support, free, bounds=bounds, design_effect=line.design_effect, **sides)
    best, smooth = (table[(table.kind == "break") == is_break].iloc[0] for is_break in (True, False))
    lead = float(smooth.bic - best.bic)
    least = smallest_loss if smallest_loss is not None else 0.02 * np.ptp(
        bounds if bounds is not None else (free.basis @ free.projection + free.residual) / free.root)
    found = sc.best_of_shape(support, free, best["shape"], **sides)
    place = loss = None
    if line.p >= 1 - confidence:
        verdict = shape = "line" if slope.p < 1 - confidence else "flat"
    elif lead < margin:
        shape = smooth["shape"]
        verdict = _smooth_verdict(free, shape, bounds, least)
    else:
        flat = best["shape"] == "flat step"
        place, loss = size(free if flat else support, found, **sides, draws=draws, seed=seed, confidence=confidence)
        clear = loss.low > least or loss.high < -least
        verdict, shape = (found.shape if clear else "small"), best["shape"]
    return BreakVerdict(verdict, shape, line, slope, table, lead, found, place, loss, float(least), support.n)


def _smooth_verdict(free: bs.Support, shape: str, bounds: Sequence[float] | None, least: float) -> str:
    """curve or ceiling; line when the curve strays from the straight line by less than what matters (root mean square)."""
    if shape in ("flat", "line"):
        return shape
    apart = sc.smooth_curve(free, shape, bounds) - sc.smooth_curve(free, "line")
    if np.sqrt(np.average(apart**2, weights=free.weight)) < least:
        return "line"
    return "ceiling" if shape == "ceiling" else "curve"


def size(
    support: bs.Support, found: bp.Break, *, side_share: float = 0.05, side_rows: int = 30, draws: int = 999,
    seed: int = 0, confidence: float = 0.95,
) -> tuple[bi.PlaceInterval, Loss]:
    """Interval of the place or places, and the Loss: PlaceInterval, Loss.

    support, found  the data (flat before for a flat step) and the Break fitted to them
    errors         ValueError, see `place_interval` and `pair_interval`
    """
    reach = upper_x(support)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    interval = ti.pair_interval if found.shape == "two kinks" else bi.place_interval
    place = interval(
        support, found, side_share=side_share, side_rows=side_rows, draws=draws, seed=seed, confidence=confidence)
    fitted = (np.array([found.places]), np.array([found.slopes]), np.array([found.step]))
    estimate = break_loss(*fitted, reach)[0]
    drawn = break_loss(place.sample.places, place.sample.slopes, place.sample.step, reach)
    return place, Loss(float(estimate), *map(float, np.quantile(drawn, tails)))


def upper_x(support: bs.Support, share: float = 0.95) -> float:
    """The x below which this share of the weighted rows lies."""
    return support.x[np.searchsorted(np.cumsum(support.weight), share * support.weight.sum() - 1e-9)]


def break_loss(places: np.ndarray, slopes: np.ndarray, step: np.ndarray, reach: float) -> np.ndarray:
    """Points (draws,) that a break takes: of a step or jump the step, of a kink what it adds at `reach` against going on as
    before; of two kinks the smaller of what either changes up to the next place, or to `reach`, in absolute points.

    places (draws, k), slopes (draws, k + 1), step (draws,) as in `Break`; reach, in units of x
    """
    ends = np.column_stack([places[:, 1:], np.full(len(places), reach)])
    changed = np.diff(slopes) * np.clip(ends - places, 0, None)
    if places.shape[1] > 1:
        return np.abs(changed).min(axis=1)
    return np.where(step == 0, changed[:, 0], step)
