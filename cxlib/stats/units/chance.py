"""How unusual is a unit's mean if its answers are drawn from everybody's? Counted out, since few answers are not normal."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

STEPS = 100  # places between the lowest and the highest answer on which answers are counted
MOST = 1e-13  # below it a probability is rounding of the transform


def chance_scores(
    values: ArrayLike, units: ArrayLike, strata: ArrayLike | None = None, *, level: float = 0.0, spread: float = 0.0
) -> pd.Series:
    """Normal score of each unit's mean: as far out as the chance of a mean so far from everybody's is small.

    values     (people,) answers, none missing;  units: (people,) label of each one's unit
    strata     (people,) label of the kind of customer: a unit is held against everybody of the kinds that it has
    level, spread  mean and SD of true gaps between units and everybody, where units differ anyway
    returns    Series by unit (sorted labels): above 0 where the unit is above the others; 0 for answers that are all equal
    errors     ValueError for values that are missing, columns of different length, and a spread below 0
    source     mid-p of the exact distribution of a sum (Lancaster 1961, JASA 56), by its Fourier transform, spread by the true gaps;
               answers between two places are split between them so that their mean is kept
    """
    values, units = np.asarray(values, float), np.asarray(units)
    strata = np.zeros(len(values), int) if strata is None else np.unique(np.asarray(strata).astype(str), return_inverse=True)[1]
    if not len(values) == len(units) == len(strata) or not np.isfinite(values).all():
        raise ValueError("answers are missing, or units and strata are not as many as answers; drop those rows first")
    if not spread >= 0:
        raise ValueError(f"spread == {spread}; an SD of 0 or more is needed")
    labels, code = np.unique(units, return_inverse=True)
    if np.ptp(values) == 0:
        return pd.Series(0.0, labels)
    place, step = _places(values)
    kinds = [_masses(place[strata == kind]) for kind in range(strata.max() + 1)]
    counts = np.zeros((len(labels), len(kinds)), int)
    np.add.at(counts, (code, strata), 1)
    rows = zip(np.bincount(code, place), counts, strict=True)
    return pd.Series([_score(total, count, kinds, level / step, spread / step) for total, count in rows], labels)


def _places(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Answers as places from 0 on, whole numbers where they can be, and what a place is worth."""
    step = float(np.diff(np.unique(values)).min())
    whole = (values - values.min()) / step
    if np.allclose(whole, np.round(whole), atol=1e-9) and whole.max() <= STEPS:
        return np.round(whole), step
    step = float(np.ptp(values) / STEPS)
    return (values - values.min()) / step, step


def _masses(place: np.ndarray) -> np.ndarray:
    """Share of the answers at each place; answers between two places count at both."""
    below = np.floor(place).astype(int)
    above, size = place - below, below.max() + 2
    masses = (np.bincount(below, 1 - above, size) + np.bincount(below + 1, above, size)) / len(place)
    return masses[: np.flatnonzero(masses)[-1] + 1]


def _score(total: float, counts: np.ndarray, kinds: list[np.ndarray], level: float, spread: float) -> float:
    """Normal score of the total of counts[k] answers of each kind, with true gaps of that level and spread (in places)."""
    length = int(sum(count * (len(kind) - 1) for count, kind in zip(counts, kinds, strict=True))) + 1
    size = 1 << length.bit_length()
    wave = np.ones(size // 2 + 1, complex)
    for count, kind in zip(counts, kinds, strict=True):
        if count:
            wave *= np.fft.rfft(kind, size) ** int(count)
    masses = np.maximum(np.fft.irfft(wave, size)[:length], 0)
    beyond = np.arange(length) - np.round(total)
    above = stats.norm.cdf((beyond / counts.sum() + level) / spread) if spread > 0 else (1 + np.sign(beyond)) / 2
    tail = masses @ above / masses.sum()
    return float(stats.norm.isf(np.clip(tail, MOST, 1 - MOST)))
