"""Do the questions of a block measure one thing, and something else than the other blocks? (stacks: draws last)"""

import numpy as np

from cxlib.stats.drivers.stacks import inverted


def standardised_alpha(correlations):
    """Cronbach's alpha from the mean item correlation, (draws,); 1 for one item.   (items, items, draws)"""
    k = len(correlations)
    if k == 1:
        return np.ones(correlations.shape[2])
    r = (correlations.sum(axis=(0, 1)) - k) / (k * (k - 1))
    return k * r / (1 + (k - 1) * r)


def composite_reliability(loadings):
    """rho_C of a block from its loadings (items, draws): Joereskog 1971; 1 for one item."""
    squared = loadings.sum(axis=0) ** 2
    return squared / (squared + (1 - loadings**2).sum(axis=0))


def average_variance_extracted(loadings):
    """Mean squared loading, 0-1 (Fornell and Larcker 1981); its root should exceed every construct correlation."""
    return (loadings**2).mean(axis=0)


def heterotrait_monotrait(correlations, spans, *, geometric=False):
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


def variance_inflation(correlations):
    """VIF of each column, (p, draws), from correlations (p, p, draws); 1 means no overlap with the others."""
    return np.einsum("iid->id", inverted(correlations))


def negative_pairs(correlations, names) -> list[tuple]:
    """Pairs of items whose correlation (items, items) is negative: HTMT from raw correlations would differ."""
    rows, columns = np.nonzero(np.triu(correlations < 0, 1))
    return [(names[i], names[j]) for i, j in zip(rows, columns, strict=True)]


def _mean_correlation(correlations, geometric):
    k = len(correlations)
    if k == 1:
        return np.ones(correlations.shape[2])
    rows, columns = np.triu_indices(k, 1)
    return _mean(correlations[rows, columns], geometric)


def _mean(values, geometric):
    if not geometric:
        return np.abs(values).mean(axis=0)
    positive = np.where((values > 0).all(axis=0), values, np.nan)
    return np.exp(np.log(positive).mean(axis=0))
