"""Shares of a whole that is itself a sum over cases or customers: days waited of all days, repeats of all contacts."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.moments import BLOCK, GROUPS, MOST_UNITS, finite, one_blas_thread, row_counts

FEWEST = 20  # cases or customers below which a share has no interval


@one_blas_thread
def sum_ratios(parts: ArrayLike, whole: ArrayLike, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 0) -> pd.DataFrame:
    """Sum of each part over the sum of the whole, with an interval by resampling the rows.

    parts     (rows, k) numbers;  whole: (rows,) numbers of 0 and above, not all 0; a row is a case or a customer
    returns   DataFrame, a row a part: estimate, low, high; low and high are NaN below 20 rows. The order of the rows does
              not count; above 10,000, rows are drawn in 2,000 random groups
    errors    ValueError for sides of different length, values that are not finite, and a whole that is 0 or has negatives
    source    ratio estimate with the bootstrap over rows: Davison and Hinkley 1997, section 2.3; expanded percentile
              interval: Hesterberg 2015
    """
    parts, whole = finite(parts), finite(whole)
    if parts.ndim != 2 or whole.shape != parts.shape[:1] or not (whole >= 0).all() or not whole.sum() > 0:
        raise ValueError(f"parts has shape {parts.shape}, whole {whole.shape}; give a row a case, and a whole of 0 and above")
    both = np.column_stack([parts, whole])
    totals = both.sum(axis=0)
    found = pd.DataFrame({"estimate": totals[:-1] / totals[-1], "low": np.nan, "high": np.nan})
    if len(both) >= FEWEST:
        sums = _summed(_in_content_order(both), seed)
        starts = range(0, resamples, BLOCK)
        counts = (row_counts(len(sums), min(BLOCK, resamples - start), seed=seed + start) for start in starts)
        drawn = np.concatenate([count @ sums for count in counts])
        shares = (drawn[:, :-1] / np.maximum(drawn[:, -1:], 1e-300)).T
        found["low"], found["high"] = percentile_interval(shares, confidence=confidence, n=len(both))
    return found


def _in_content_order(rows: np.ndarray) -> np.ndarray:
    """The rows by their last column, those that are equal there by the one before it, and so on."""
    order = np.argsort(rows[:, -1], kind="stable")
    last = rows[order, -1]
    same = np.concatenate([[False], last[1:] == last[:-1], [False]])
    tied = np.flatnonzero(same[1:] | same[:-1])  # few, where the whole is measured
    order[tied] = order[tied][np.lexsort(rows[order[tied]].T)]
    return rows[order]


def _summed(rows: np.ndarray, seed: int) -> np.ndarray:
    """Many rows summed into random groups, for speed; the variance of a sum stays the same."""
    if len(rows) <= MOST_UNITS:
        return rows
    group = np.random.default_rng(seed).permutation(len(rows)) % GROUPS
    return np.column_stack([np.bincount(group, column, minlength=GROUPS) for column in rows.T])
