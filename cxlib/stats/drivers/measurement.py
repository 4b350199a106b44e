"""Do the questions of a block measure one thing, and something else than the other blocks? (stacks: draws last)"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.drivers.missing import resampling_units
from cxlib.stats.drivers.stacks import inverted
from cxlib.stats.moments import bootstrap_stacks, correlation_stack, covariance_stack, one_blas_thread

FEWEST_TOGETHER = 30  # people who answered two blocks from which their overlap is told


def standardised_alpha(correlations: np.ndarray) -> np.ndarray:
    """Cronbach's alpha from the mean item correlation, (draws,); 1 for one item.

    correlations  (items, items, draws) of one block
    source        Cronbach 1951, standardised form: k r / (1 + (k - 1) r)
    """
    k = len(correlations)
    if k == 1:
        return np.ones(correlations.shape[2])
    r = (correlations.sum(axis=(0, 1)) - k) / (k * (k - 1))
    return k * r / (1 + (k - 1) * r)


def composite_reliability(loadings: np.ndarray) -> np.ndarray:
    """rho_C of a block from its loadings (items, draws): (draws,), 0-1; 1 for one item.

    source        Joereskog 1971
    """
    squared = loadings.sum(axis=0) ** 2
    return squared / (squared + (1 - loadings**2).sum(axis=0))


def average_variance_extracted(loadings: np.ndarray) -> np.ndarray:
    """Mean squared loading of a block, 0-1 (draws,), from (items, draws); its root should exceed every construct correlation.

    source        Fornell and Larcker 1981
    """
    return (loadings**2).mean(axis=0)


def heterotrait_monotrait(correlations: np.ndarray, spans: Sequence[slice], *, geometric: bool = False) -> np.ndarray:
    """HTMT of each pair of blocks, (blocks, blocks, draws); above 0.90 two blocks can hardly be told apart.

    correlations  (items, items, draws);  spans slice of items of each block; single items count as perfectly measured
    geometric     HTMT2: geometric means, NaN where an item correlation is negative
    source        Henseler, Ringle and Sarstedt 2015 on absolute correlations, as in seminr; HTMT2 as in cSEM
    """
    size = len(spans)
    within = np.array([_mean_correlation(correlations[span, span], geometric) for span in spans])
    table = np.ones((size, size, correlations.shape[2]))
    for i in range(size):
        for j in range(i):
            between = _mean(correlations[spans[i], spans[j]].reshape(-1, correlations.shape[2]), geometric)
            table[i, j] = table[j, i] = between / np.sqrt(within[i] * within[j])
    return table


@one_blas_thread
def overlaps(
    items: pd.DataFrame, blocks: Mapping[str, Sequence[str]], pairs: Iterable[tuple[str, str]] | None = None, *,
    weights: ArrayLike | None = None, draws: int = 300, confidence: float = 0.95, seed: int = 0,
) -> pd.DataFrame:
    """HTMT of each pair of blocks over the people who answered both of them in full.

    items      DataFrame with gaps;  blocks {name: [items]};  pairs of names, default all;  weights (rows,)
    returns    first, second, htmt, low, high; NaN where fewer than 30 people answered both, or a question is constant
    errors     ValueError for weights that are missing, zero or negative; KeyError for a question that is no column
    source     see heterotrait_monotrait; percentile interval, widened to hold the estimate
    """
    answered = items.notna().to_numpy()
    weights = np.ones(len(items)) if weights is None else np.asarray(weights, float)
    column = {name: j for j, name in enumerate(items)}
    rows = []
    for first, second in combinations(blocks, 2) if pairs is None else pairs:
        own, other = ([column[item] for item in blocks[name]] for name in (first, second))
        both = answered[:, own + other].all(axis=1)
        rows.append((first, second, *_overlap(items.to_numpy(float)[both][:, own + other], len(own), weights[both], draws,
                                              confidence, seed)))  # fmt: skip
    return pd.DataFrame(rows, columns=["first", "second", "htmt", "low", "high"])


def _overlap(
    values: np.ndarray, size: int, weights: np.ndarray, draws: int, confidence: float, seed: int
) -> tuple[float, float, float]:
    if len(values) < FEWEST_TOGETHER or (np.ptp(values, axis=0) == 0).any():
        return np.nan, np.nan, np.nan
    spans = (slice(0, size), slice(size, None))
    units = resampling_units(values, weights=weights, seed=seed).units
    stacks = [covariance_stack(units)[1], *(stack for _, stack in bootstrap_stacks(units, draws, seed=seed))]
    found = []
    for stack in stacks:
        correlations, constant = correlation_stack(stack)
        found.append(heterotrait_monotrait(correlations[:, :, ~constant.any(axis=1)], spans)[0, 1])
    low, high = percentile_interval(np.concatenate(found[1:]), confidence=confidence, n=len(values))
    estimate = float(found[0][0])
    return estimate, min(float(low), estimate), max(float(high), estimate)


def variance_inflation(correlations: np.ndarray) -> np.ndarray:
    """VIF of each column, (p, draws), from correlations (p, p, draws); 1 means no overlap with the others."""
    return np.einsum("iid->id", inverted(correlations))


def negative_pairs(correlations: np.ndarray, names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of items whose correlation (items, items) is negative: HTMT from raw correlations would differ."""
    rows, columns = np.nonzero(np.triu(correlations < 0, 1))
    return [(names[i], names[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def _mean_correlation(correlations: np.ndarray, geometric: bool) -> np.ndarray:
    k = len(correlations)
    if k == 1:
        return np.ones(correlations.shape[2])
    rows, columns = np.triu_indices(k, 1)
    return _mean(correlations[rows, columns], geometric)


def _mean(values: np.ndarray, geometric: bool) -> np.ndarray:
    if not geometric:
        return np.abs(values).mean(axis=0)
    positive = np.where((values > 0).all(axis=0), values, np.nan)
    return np.exp(np.log(positive).mean(axis=0))
