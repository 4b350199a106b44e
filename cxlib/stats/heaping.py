"""Do the values pile up on round numbers, as when people say "about ten minutes"?"""

from dataclasses import dataclass

import numpy as np

ROUND = (60, 30, 15, 10, 5)


@dataclass(frozen=True)
class Heaping:
    """unit: values pile up on its multiples; share of rows there (0-1); expected: share without piling up."""

    unit: float
    share: float
    expected: float
    n: int


def heaping(x, *, least_excess=0.10):
    """The round unit on whose multiples too many values lie, or None.

    x             (n,) numbers, missing ones left out
    least_excess  smallest share of rows above the expected one that counts
    returns       Heaping of the largest such unit that holds most of the piled-up rows, or None
    assumes       without rounding, a whole number is as likely to be a multiple of the unit as its neighbours
    """
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    found = [fit for fit in (_piled(x, unit) for unit in ROUND) if fit and fit.share - fit.expected >= least_excess]
    return max(found, key=lambda fit: fit.share - fit.expected, default=None)


def _piled(x, unit):
    """Share on multiples of the unit, 0 left out, against the mean of the values at equal distance around each."""
    x = np.abs(x[(x != 0) & (np.abs(x) >= unit)])
    if len(x) < 30 or (x != np.round(x)).all():
        return None
    share = float((x % unit == 0).mean())
    return Heaping(float(unit), share, 1 / unit if (x == np.round(x)).mean() > 0.5 else 0.0, len(x))


def off_heaps(x, heaps):
    """Rows (n,) bool that do not lie on a multiple of the heaped unit."""
    return np.asarray(x, float) % heaps.unit != 0
