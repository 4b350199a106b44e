"""Do the values pile up on round numbers, as when people say "about ten minutes"?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

ROUND = (5, 10, 15, 30, 60)
BESIDE = (-2, -1, 1, 2)
LEAST_Z = 2.33  # of the excess over chance: 5 % false alarms over the five units


@dataclass(frozen=True)
class Heaping:
    """unit: values pile up on its multiples; share: rows there (0-1); excess: share of rows above what the values
    two to either side lead one to expect; n: rows."""

    unit: float
    share: float
    excess: float
    n: int


def heaping(x: ArrayLike, *, least_excess: float = 0.10) -> Heaping | None:
    """The round unit (5, 10, 15, 30 or 60) on whose multiples too many values lie, or None.

    x             (n,) whole numbers, missing ones left out; other numbers never heap
    least_excess  smallest excess (share of rows, 0-1) that counts
    returns       Heaping; of several units the largest that explains nine tenths of the excess
    assumes       without rounding, a multiple is about as frequent as the values beside it, and counts vary as Poisson's
    """
    given = np.asarray(x, float)
    given = given[~np.isnan(given)]
    if len(given) == 0 or (given != np.round(given)).any():
        return None
    found = {unit: _excess(given, unit) for unit in ROUND}
    clear = {unit: excess for unit, (excess, z) in found.items() if excess >= least_excess and z >= LEAST_Z}
    if not clear:
        return None
    unit = max(unit for unit, excess in clear.items() if excess >= 0.9 * max(clear.values()))
    return Heaping(float(unit), float(on_heaps(given, unit).mean()), float(clear[unit]), len(given))


def on_heaps(x: ArrayLike, unit: float) -> np.ndarray:
    """Rows (n,) bool on a multiple of the unit; 0 is no round answer."""
    x = np.asarray(x, float)
    return (x % unit == 0) & (x != 0)


def _excess(x: np.ndarray, unit: float) -> tuple[float, float]:
    """Share of rows on multiples above what their neighbours lead one to expect, and how many standard errors that is.

    Every multiple within the range counts, so that chance gives as much below as above.
    """
    values, count = np.unique(x, return_counts=True)
    rows = dict(zip(values, count, strict=True))
    heaps = np.arange(np.ceil(values[0] / unit) * unit, values[-1] + 1, unit)
    heaps = heaps[heaps != 0]
    near = [[rows.get(heap + step, 0) for step in BESIDE if values[0] <= heap + step <= values[-1]] for heap in heaps]
    usual = np.array([np.mean(each) if each else 0.0 for each in near])
    error = np.sqrt(sum(usual) + sum(level / max(len(each), 1) for level, each in zip(usual, near, strict=True)))
    excess = sum(rows.get(heap, 0) for heap in heaps) - usual.sum()
    return excess / len(x), excess / max(error, 1.0)
