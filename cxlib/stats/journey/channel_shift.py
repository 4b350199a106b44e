"""Did customers move between channels, or did the channels change? A change of a mean, split without a rest."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.moments import GROUPS, MOST_UNITS, checked_weights, row_counts


@dataclass(frozen=True)
class ChannelShift:
    """A change of the mean and where it comes from.

    parts    rows total, mix (customers moved between channels), within (channels changed): estimate, low, high
    table    one row a channel: n_before, n_after, share_before, share_after (0-1), mean_before, mean_after (NaN where there is nobody),
             mix, within (its parts of the change; they add up to `parts`)
    hides    every channel moved one way and the whole the other (Simpson)
    """

    parts: pd.DataFrame
    table: pd.DataFrame
    hides: bool


def channel_shift(
    values: ArrayLike, channels: ArrayLike, later: ArrayLike, *, weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None, resamples: int = 500, confidence: float = 0.95, seed: int = 0,
) -> ChannelShift:
    """The change of a mean from one period to the next: who came through which channel, and how each channel did.

    values    (contacts,) NaN rows are left out;  channels: (contacts,) label;  later: (contacts,) whether in the later period
    clusters  (contacts,) label of whose contact it is: drawn whole
    errors    ValueError for a period without values, and faulty weights
    source    Kitagawa 1955, JASA 50: differences of shares at the mean level of both periods, differences of levels at the mean share;
              Simpson 1951
    """
    value = np.asarray(values, float)
    kept = np.isfinite(value)
    labels, code = np.unique(np.asarray(channels)[kept].astype(str), return_inverse=True)
    value, after, w = value[kept], np.asarray(later, bool)[kept], checked_weights(weights, len(kept))[kept]
    if after.all() or not after.any():
        raise ValueError("one of the two periods has no values; give values of both")
    units = _drawn_units(len(value), None if clusters is None else np.asarray(clusters)[kept], seed)
    counts = row_counts(units.max() + 1, resamples, seed=seed)
    place, cells = 2 * code + after, 2 * len(labels)
    sizes, sums = (_cells(each, units, place, cells, counts) for each in (w, w * value))
    mix, within, means, shares = _split(sizes, sums)
    parts = np.stack([(mix + within).sum(axis=1), mix.sum(axis=1), within.sum(axis=1)])
    low, high = percentile_interval(parts[:, 1:][:, np.isfinite(parts[:, 1:]).all(axis=0)], confidence=confidence)
    n = np.bincount(place, minlength=2 * len(labels)).reshape(-1, 2)
    table = pd.DataFrame({
        "n_before": n[:, 0], "n_after": n[:, 1], "share_before": shares[0, :, 0], "share_after": shares[0, :, 1],
        "mean_before": means[0, :, 0], "mean_after": means[0, :, 1], "mix": mix[0], "within": within[0],
    }, index=pd.Index(labels, name="channel"))  # fmt: skip
    moved = (table.mean_after - table.mean_before).dropna()
    hides = len(moved) > 1 and len(moved) == len(table) and bool((np.sign(moved) == -np.sign(parts[0, 0])).all() and parts[0, 0] != 0)
    rows = pd.DataFrame({"estimate": parts[:, 0], "low": low, "high": high}, index=pd.Index(["total", "mix", "within"], name="part"))
    return ChannelShift(rows, table, hides)


def _drawn_units(n: int, clusters: np.ndarray | None, seed: int) -> np.ndarray:
    """Number of the unit that each row is drawn with: its own, its cluster's, or one of 2,000 random groups of very many."""
    units = np.arange(n) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    if units.max() + 1 <= MOST_UNITS:
        return units
    return (np.random.default_rng(seed).permutation(units.max() + 1) % GROUPS)[units]


def _cells(values: np.ndarray, units: np.ndarray, place: np.ndarray, cells: int, counts: np.ndarray) -> np.ndarray:
    """Sums by channel and period in the sample, first, and in each resample: (1 + draws, channels, 2)."""
    by = np.bincount(units * cells + place, values, (units.max() + 1) * cells).reshape(-1, cells)
    return np.concatenate([by.sum(axis=0)[None], counts @ by]).reshape(len(counts) + 1, -1, 2)


def _split(sizes: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mix and within of each channel (draws, channels), means and shares (draws, channels, 2).

    A channel that a period lacks has there the level of the other: it came or went, it did not change.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = sizes / sizes.sum(axis=1, keepdims=True)
        means = sums / sizes
    filled = np.where(np.isnan(means), means[..., ::-1], means)
    filled = np.nan_to_num(filled)  # a draw without the channel gives it no share
    whole = (shares * filled).sum(axis=(1, 2)) / 2  # shares add up to 1 in each period: the level takes nothing away
    mix = (shares[..., 1] - shares[..., 0]) * (filled.mean(axis=2) - whole[:, None])
    within = shares.mean(axis=2) * (filled[..., 1] - filled[..., 0])
    return mix, within, means, shares
