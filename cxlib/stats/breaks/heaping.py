"""Do the values pile up on round numbers, as when people say "about ten minutes"?"""

from dataclasses import dataclass

import numpy as np

ROUND = (5, 10, 15, 30, 60)
BESIDE = (-2, -1, 1, 2)


@dataclass(frozen=True)
class Heaping:
    """unit: values pile up on its multiples; share: rows there (0-1); excess: share of rows above what the values
    two to either side lead one to expect; n: rows."""

    unit: float
    share: float
    excess: float
    n: int


def heaping(x, *, least_excess=0.10):
    """The round unit (5, 10, 15, 30 or 60) on whose multiples too many values lie, or None.

    x             (n,) whole numbers, missing ones left out; other numbers never heap
    least_excess  smallest excess (share of rows, 0-1) that counts
    returns       Heaping; of several units the largest that explains nine tenths of the excess
    assumes       without rounding, a multiple is about as frequent as the values beside it
    """
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    if len(x) == 0 or (x != np.round(x)).any():
        return None
    found = {unit: _excess(x, unit) for unit in ROUND}
    most = max(found.values())
    if most < least_excess:
        return None
    unit = max(unit for unit, excess in found.items() if excess >= 0.9 * most)
    return Heaping(float(unit), float(on_heaps(x, unit).mean()), float(found[unit]), len(x))


def on_heaps(x, unit):
    """Rows (n,) bool on a multiple of the unit; 0 is no round answer."""
    x = np.asarray(x, float)
    return (x % unit == 0) & (x != 0)


def _excess(x, unit):
    values, count = np.unique(x, return_counts=True)
    rows = dict(zip(values, count, strict=True))
    heaps = values[on_heaps(values, unit)]
    beside = [np.mean([rows.get(heap + step, 0) for step in BESIDE]) for heap in heaps]
    above = [max(rows[heap] - usual, 0) for heap, usual in zip(heaps, beside, strict=True)]
    return sum(above) / len(x)
