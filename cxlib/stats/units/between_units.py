"""How much do units truly differ, beyond what chance does to the means of few answers?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq


@dataclass(frozen=True)
class BetweenUnits:
    """The spread of the true levels.

    level   mean of the true levels;  spread: their SD, 0 where chance explains all differences
    units   how many
    """

    level: float
    spread: float
    units: int


def between_units(levels: ArrayLike, variances: ArrayLike) -> BetweenUnits:
    """Mean and SD of the units' true levels, given their observed levels and what chance does to each.

    levels     (units,) observed;  variances: (units,) squared standard error of each
    errors     ValueError below two units, for values that are missing, and for variances that are not above 0
    source     Paule and Mandel 1982; Veroniki et al. 2016, Research Synthesis Methods 7; statsmodels combine_effects
               (method_re="iterated")
    """
    levels, variances = checked_levels(levels, variances)

    def surplus(between: float) -> float:
        weights = 1 / (variances + between)
        return float((weights * (levels - np.average(levels, weights=weights)) ** 2).sum() - (len(levels) - 1))

    between = 0.0
    if surplus(0.0) > 0:
        top = float(np.ptp(levels) ** 2)
        while surplus(top) > 0:
            top *= 2
        between = float(brentq(surplus, 0.0, top, xtol=1e-12 * top, rtol=1e-12))
    return BetweenUnits(float(np.average(levels, weights=1 / (variances + between))), float(np.sqrt(between)), len(levels))


def checked_levels(levels: ArrayLike, variances: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Levels and variances of at least two units as float arrays.

    errors     ValueError below two units, for values that are missing, and for variances that are not above 0
    """
    levels, variances = np.asarray(levels, float), np.asarray(variances, float)
    if levels.ndim != 1 or levels.shape != variances.shape or len(levels) < 2:
        raise ValueError(f"{levels.shape} levels and {variances.shape} variances; give one of each for at least 2 units")
    if not (np.isfinite(levels).all() and np.isfinite(variances).all() and (variances > 0).all()):
        raise ValueError("a level is missing or a variance is not above 0; leave out units without answers")
    return levels, variances
