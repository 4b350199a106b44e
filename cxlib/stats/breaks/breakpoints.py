"""One break in a straight line: the exact place that least squares prefers, for a kink, a step, or both.

No starting value, no restart and no seed: between two neighbouring values of x the fit has a closed form, so
every gap and every value is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.breaks import break_support as bs

SHAPES = ("kink", "step", "jump")


@dataclass(frozen=True)
class Break:
    """A fitted break: one place, or two of "two kinks".

    shape         kink (the slope changes), step (the level drops), jump (both), two kinks
    places        in units of x, rising: the kinks; for a step or jump the last x before it
    between       for each place, the neighbouring values of x that hold data: the place lies in [low, high]
    rss, gain     residual sum of squares (weights average 1), and how much the break takes off the line's
    slopes        before the first place, between the places, after the last: points per unit of x
    levels        fitted mean of y at each place, before any step (covariates at their mean)
    step          change of level at the place, 0 for kinks
    n, parameters rows used; coefficients with each place counted as one
    certificate   "global optimum": every gap was searched; "windowed": solved on merged values first, then exactly
                  around that answer
    """

    shape: str
    places: tuple[float, ...]
    between: tuple[tuple[float, float], ...]
    rss: float
    gain: float
    slopes: tuple[float, ...]
    levels: tuple[float, ...]
    step: float
    n: int
    parameters: int
    certificate: str
    coefficients: tuple[float, ...] = ()

    @property
    def slope_change(self) -> float:
        """Change of slope over the whole break, points per unit of x."""
        return self.slopes[-1] - self.slopes[0]


def one_break(
    x: ArrayLike, y: ArrayLike, shape: str = "kink", *, weights: ArrayLike | None = None,
    covariates: ArrayLike | None = None, flat_before: bool = False, side_share: float = 0.05, side_rows: int = 30,
) -> Break:
    """The break that leaves the smallest residual sum of squares, over all places that x allows.

    x, y         (n,) numbers; rows with a missing value are dropped
    shape        "kink", "step" (common slope) or "jump" (step and change of slope)
    weights      (n,) positive; covariates (n, p): both are taken out of y and of the break exactly
    flat_before  slope 0 before the break; for a step: two levels, no slope at all
    side_share, side_rows   least share and number of rows on either side of the place
    returns      Break
    errors       ValueError: unknown shape, too few rows on a side, see `break_support`
    assumes      nothing about the noise; it is the least-squares projection
    source       Hudson 1966, JASA 61; agrees with R segmented 2.2-0 and strucchange 1.5-3 where these find the
                 optimum, and is never above them
    """
    support = bs.break_support(x, y, weights=weights, covariates=covariates, flat_before=flat_before)
    return best_break(support, shape, side_share=side_share, side_rows=side_rows)


def best_break(support: bs.Support, shape: str = "kink", *, side_share: float = 0.05, side_rows: int = 30) -> Break:
    """`one_break` for data already collapsed to their support.

    errors       ValueError for an unknown shape, and where no place has enough rows on either side
    source       as `one_break`
    """
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}, must be one of {', '.join(SHAPES)}.")
    mom = bs.moments(support)
    knots, gaps = candidates(support, shape, side_share, side_rows)
    tail_r, ramp_r = bs.tail(support.r), bs.ramp(support.x, support.r)
    if shape == "kink":
        gain, delta = kink_gains(support.x, mom, ramp_r, tail_r, knots, gaps)
    else:
        gain = (step_gains if shape == "step" else jump_gains)(mom, ramp_r, tail_r, gaps)
        delta = np.zeros_like(gain)
    knot = int(np.argmax(gain))
    return _described(support, mom, shape, knot, float(delta[knot]), (ramp_r[knot], tail_r[knot]))


def candidates(support: bs.Support, shape: str, side_share: float, side_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions (m,) bool where a break may lie: on the k-th x, and in the gap after it.

    errors       ValueError where no place has enough rows on either side
    """
    inside = {"kink": 1, "step": 0, "jump": 1}[shape]
    knots = bs.open_places(support, side_share=side_share, side_rows=side_rows, inside=inside)
    if not knots.any():
        need = max(side_share * support.n, side_rows)
        raise ValueError(f"no place has {need:.0f} of the {support.n} rows on either side; a break needs "
                         f"{side_rows} rows and a share of {side_share:g} on both. Collect more answers.")
    gaps = knots.copy()
    if shape != "step":
        gaps[-2:] = False
    return knots, gaps


def kink_gains(
    x: np.ndarray, mom: bs.Moments, ramp_r: np.ndarray, tail_r: np.ndarray, knots: np.ndarray, gaps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fall of the RSS (m, ...) at the best kink on the k-th x or in the gap after it, and its distance to x_k.

    ramp_r, tail_r  (m, ...) sums h'r and t'r at every knot;  knots, gaps  (m,) from `candidates`
    returns      -inf where no kink may lie
    source       Hudson 1966: on a value or, where the two free lines cross inside it, in the gap
    """
    more = (slice(None), *[None] * (ramp_r.ndim - 1))
    C, D, E = mom.C[more], mom.D[more], mom.E[more]
    width = np.append(np.diff(x), 0.0)[more]
    with np.errstate(divide="ignore", invalid="ignore"):
        at_knot = np.where(knots[more], ramp_r**2 / C, -np.inf)
        delta = (tail_r * C - ramp_r * D) / (tail_r * D - ramp_r * E)
        spread = C - 2 * delta * D + delta**2 * E
        inner = gaps[more] & (delta > 0) & (delta < width * (1 - 1e-9)) & (spread > 1e-11 * C) & np.isfinite(C)
        in_gap = np.where(inner, (ramp_r - delta * tail_r) ** 2 / spread, -np.inf)
    better = in_gap > at_knot
    return np.where(better, in_gap, at_knot), np.where(better, delta, 0.0)


def step_gains(mom: bs.Moments, ramp_r: np.ndarray, tail_r: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Fall of the RSS (m, ...) for a step after the k-th x."""
    more = (slice(None), *[None] * (tail_r.ndim - 1))
    return np.where(gaps[more], tail_r**2 / mom.E[more], -np.inf)


def jump_gains(mom: bs.Moments, ramp_r: np.ndarray, tail_r: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Fall of the RSS (m, ...) for a step after the k-th x with another slope beyond."""
    more = (slice(None), *[None] * (tail_r.ndim - 1))
    C, D, E = mom.C[more], mom.D[more], mom.E[more]
    with np.errstate(divide="ignore", invalid="ignore"):
        det = C * E - D**2
        gain = (E * ramp_r**2 - 2 * D * ramp_r * tail_r + C * tail_r**2) / det
        return np.where(gaps[more] & np.isfinite(det) & (det > 1e-11 * C * E), gain, -np.inf)


def terms(support: bs.Support, shape: str, knot: int, delta: float) -> np.ndarray:
    """The break terms (m, 1 or 2) at the distinct x: hinge, step, or both."""
    hinge = np.clip(support.x - support.x[knot] - delta, 0, None)
    step = (support.x > support.x[knot]).astype(float)
    return np.column_stack({"kink": [hinge], "step": [step], "jump": [hinge, step]}[shape])


def break_coefficients(mom: bs.Moments, shape: str, knot: int, delta: float, sums: Sequence[float]) -> np.ndarray:
    """Coefficients of `terms`; sums = (h'r, t'r) at the knot."""
    A, B = sums
    C, D, E = mom.C[knot], mom.D[knot], mom.E[knot]
    if shape == "kink":
        return np.array([(A - delta * B) / (C - 2 * delta * D + delta**2 * E)])
    if shape == "step":
        return np.array([B / E])
    return np.linalg.solve([[C, D], [D, E]], [A, B])


def _described(
    support: bs.Support, mom: bs.Moments, shape: str, knot: int, delta: float, sums: Sequence[float]
) -> Break:
    beta = break_coefficients(mom, shape, knot, delta, sums)
    added = terms(support, shape, knot, delta)
    right = np.array(sums) if shape == "jump" else np.array([sums[0] - delta * sums[1] if shape == "kink" else sums[1]])
    gain = float(beta @ right)
    line = np.linalg.solve(support.triangle, support.projection - support.q.T @ (added @ beta))
    slope = 0.0 if support.flat_before else line[1]
    x = support.x
    place = x[knot] + delta
    hinge = beta[0] if shape != "step" else 0.0
    jump = {"kink": 0.0, "step": beta[0], "jump": beta[-1]}[shape]
    if shape == "jump":  # the drop is read where the step is taken to be, half way between the two values
        jump = jump + hinge * (x[knot + 1] - x[knot]) / 2
    between = (x[knot], x[knot + (delta > 0 or shape != "kink")])
    return Break(
        shape=shape, places=(float(place),), between=((float(between[0]), float(between[1])),),
        rss=max(support.rss - gain, 0.0), gain=gain, slopes=(float(slope), float(slope + hinge)),
        levels=(float(_mean_level(support, line, added @ beta, place)),), step=float(jump), n=support.n,
        parameters=support.parameters + len(beta) + 1, certificate="global optimum",
        coefficients=tuple(map(float, (*line, *beta))))


def _mean_level(support: bs.Support, line: np.ndarray, fitted_terms: np.ndarray, place: float) -> float:
    """Mean of y at the place with covariates at their weighted means: weighted mean of y, moved along the line."""
    weight = support.weight / support.weight.sum()
    y_mean = (support.root @ (support.basis @ support.projection)) / support.weight.sum()
    slope = 0.0 if support.flat_before else line[1]
    return y_mean - weight @ (slope * support.x + fitted_terms) + slope * place
