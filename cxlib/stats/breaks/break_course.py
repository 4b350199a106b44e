"""The mean of y that a fitted break gives at any x."""

import numpy as np

from cxlib.stats.breaks.break_interval import BreakDraws
from cxlib.stats.breaks.breakpoints import Break
from cxlib.stats.breaks.two_breaks import TwoBreaks
from cxlib.stats.breaks.two_breaks_interval import PairDraws


def break_mean(found: Break | TwoBreaks, x):
    """Fitted mean of y (k,) at x (k,), covariates at their means; a step comes after the place."""
    x = np.asarray(x, float)
    if isinstance(found, TwoBreaks):
        return _pair(x, *found.places, *found.slopes, found.levels[0])
    beyond = x > found.place
    start = found.step - found.slope_change * (found.between[1] - found.between[0]) / 2 if found.shape == "jump" \
        else found.step  # fmt: skip
    return _single(x, found.place, found.slope_before, found.slope_after, found.level, beyond * start)


def drawn_means(draws: BreakDraws | PairDraws, x, *, gap=0.0):
    """Fitted means (draws, k) at x (k,) of every draw; gap: width of the gap that holds a jump."""
    x = np.asarray(x, float)[None, :]
    if isinstance(draws, PairDraws):
        columns = [column[:, None] for column in (*draws.places.T, *draws.slopes.T, draws.levels[:, 0])]
        return _pair(x, *columns)
    place, before, after, level, step = (
        value[:, None] for value in (draws.place, draws.slope_before, draws.slope_after, draws.level, draws.step))
    start = np.where(step == 0, 0, step - (after - before) * gap / 2)
    return _single(x, place, before, after, level, (x > place) * start)


def _single(x, place, before, after, level, step):
    return level + before * (x - place) + (after - before) * np.clip(x - place, 0, None) + step


def _pair(x, first, second, before, middle, after, level):
    return (level + before * (x - first) + (middle - before) * np.clip(x - first, 0, None)
            + (after - middle) * np.clip(x - second, 0, None))
