"""Does one row carry a slope?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.moments import checked_weights, finite


def slopes_without_one(
    x: pd.DataFrame, y: ArrayLike, *, controls: ArrayLike | None = None, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """What becomes of each slope without the row that moves it most, the others kept.

    x          DataFrame (rows, drivers) of numbers;  y (rows,);  controls columns that are held equal, or None
    returns    one row per driver: slope (of a regression on all), without (the slope without that row), row (its number)
    assumes    one row, not a few alike: two that say the same hide each other
    errors     ValueError for missing values and faulty weights
    source     deletion formula of least squares (Belsley, Kuh and Welsch 1980, DFBETA)
    """
    x = pd.DataFrame(x).astype(float)
    held = np.empty((len(x), 0)) if controls is None else np.asarray(controls, float)
    design, y = np.column_stack([finite(x), held, np.ones(len(x))]), finite(y)
    weights = checked_weights(weights, len(x))
    inverse = np.linalg.pinv(design.T @ (weights[:, None] * design))
    slopes = inverse @ (design.T @ (weights * y))
    lever = weights * np.einsum("ij,jk,ik->i", design, inverse, design)
    error = weights * (y - design @ slopes) / np.maximum(1 - lever, 1e-9)
    moved = (design @ inverse)[:, : x.shape[1]] * error[:, None]
    row = np.abs(moved).argmax(axis=0)
    own = slopes[: x.shape[1]]
    return pd.DataFrame({"slope": own, "without": own - moved[row, np.arange(len(row))], "row": row},
                        index=pd.Index(x.columns, name="driver"))  # fmt: skip
