"""The mean of y that a fitted break gives at any x."""

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.breaks.break_interval import BreakDraws
from cxlib.stats.breaks.break_support import Support
from cxlib.stats.breaks.breakpoints import Break


def break_mean(found: Break, x: ArrayLike) -> np.ndarray:
    """Fitted mean of y (k,) at x (k,), covariates at their means; a step comes after the place."""
    one = BreakDraws(*(np.array([part]) for part in (found.places, found.slopes, found.levels, found.step, 0.0)))
    return drawn_means(one, x, gap=jump_gap(found))[0]


def drawn_means(draws: BreakDraws, x: ArrayLike, *, gap: float = 0.0) -> np.ndarray:
    """Fitted means (draws, k) at x (k,) of every draw; gap: width of the gap that holds a jump, see `jump_gap`."""
    x = np.asarray(x, float)[None, :]
    places, slopes = draws.places.T[:, :, None], draws.slopes.T[:, :, None]
    start = np.where(draws.step == 0, 0, draws.step - (draws.slopes[:, -1] - draws.slopes[:, 0]) * gap / 2)[:, None]
    mean = draws.levels[:, [0]] + slopes[0] * (x - places[0]) + (x > places[0]) * start
    for place, before, after in zip(places, slopes[:-1], slopes[1:], strict=True):
        mean = mean + (after - before) * np.clip(x - place, 0, None)
    return mean


def points_beyond(found: Break, support: Support, edge: float, sign: int) -> float:
    """Mean points by which the fitted rows beyond a value of x differ from the mean at it; 0 when none lies beyond.

    edge, sign  beyond is above `edge` for sign 1, below it for -1
    """
    beyond = sign * (support.x - edge) > 1e-9
    if not beyond.any():
        return 0.0
    means, at = break_mean(found, support.x), break_mean(found, [edge])[0]
    return float(np.average(means[beyond] - at, weights=support.weight[beyond]))


def jump_gap(found: Break) -> float:
    """Width of the gap between the neighbouring values of x that holds a jump; 0 for other shapes."""
    low, high = found.between[0]
    return high - low if found.shape == "jump" else 0.0
