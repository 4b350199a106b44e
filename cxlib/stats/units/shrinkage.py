"""What a unit's true level is likely to be: its own level drawn towards that of the others, the more the fewer its answers."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.survey.estimates import normal_quantile
from cxlib.stats.units.between_units import between_units, checked_levels

LEAST = 10  # units below which the spread between them is too uncertain to draw anything towards their mean


def shrunken_levels(levels: ArrayLike, variances: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Likely true level of each unit with its interval, which knows that the spread between units is itself estimated.

    levels     (units,) observed;  variances: (units,) squared standard error of each
    returns    DataFrame, a row a unit: level, low, high and drawn (0-1: how far towards the mean). Below 10 units nothing is
               drawn: levels and intervals are the units' own
    errors     ValueError below two units, for values that are missing, variances that are not above 0, and a confidence
               outside 0-1
    assumes    true levels spread about their mean like a normal distribution; units are independent
    source     Morris 1983, JASA 78: (k - 3) / (k - 1) and the variance that counts the estimation of mean and spread
    """
    levels, variances = checked_levels(levels, variances)
    z, k = normal_quantile(confidence), len(levels)
    if k < LEAST:
        margin = z * np.sqrt(variances)
        return pd.DataFrame({"level": levels, "low": levels - margin, "high": levels + margin, "drawn": 0.0})
    among = between_units(levels, variances)
    drawn = variances / (variances + among.spread**2) * (k - 3) / (k - 1)
    gap = levels - among.level
    variance = variances * (1 - drawn * (k - 1) / k) + 2 / (k - 3) * drawn**2 * gap**2
    level, margin = among.level + (1 - drawn) * gap, z * np.sqrt(variance)
    return pd.DataFrame({"level": level, "low": level - margin, "high": level + margin, "drawn": drawn})
