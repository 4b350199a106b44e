"""Do two groups of respondents differ in a path model? Permutation tests, after a check that it measures the same."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.stats.drivers.path_model import PathStructure, path_fits
from cxlib.stats.moments import (
    BLOCK,
    correlation_stack,
    covariance_stack,
    finite,
    one_blas_thread,
    row_units,
)
from cxlib.stats.survey.comparison import holm

LABELS = 5_000_000  # rows x permutations held at a time


@dataclass(frozen=True)
class GroupComparison:
    """Differences between two groups of respondents.

    measurement  per construct: estimate (correlation of the scores made with either group's weights, 1 = the same),
                 low (5 % quantile under "no difference"), p, p_holm, same (p_holm is not below 1 - confidence)
    paths        source, target, first, second, estimate (first - second), p, p_holm
    n_first, n_second, permutations (used);  failed permutations (a constant item, or not converged)
    """

    measurement: pd.DataFrame
    paths: pd.DataFrame
    n_first: int
    n_second: int
    permutations: int
    failed: int


@one_blas_thread
def path_differences(items, first, structure: PathStructure, *, weights=None, permutations=1000, confidence=0.95,
                     seed=0) -> GroupComparison:
    """Compares the paths of the rows where `first` is true with those of the others.

    items    DataFrame of answers, none missing;  first (rows,) booleans
    assumes  rows are exchangeable between the groups when nothing differs (no clusters)
    source   compositional invariance, step 2 of MICOM (Henseler, Ringle and Sarstedt 2016); permutation of path
             differences (Chin and Dibbern 2010); Holm correction over the family
    """
    first = np.asarray(first, bool)
    values = finite(items[list(structure.items)].to_numpy(float))
    _check_sizes(first, structure)
    units = row_units(values, weights=weights)
    pooled = correlation_stack(covariance_stack(units)[1])[0]
    reference = path_fits(pooled, structure).weights[:, 0]
    observed = _differences(units, first[None].astype(float), structure, reference, pooled)
    if not observed["used"].all():
        raise ValueError("an item is constant in one of the groups; leave it out or merge groups")
    rng = np.random.default_rng(seed)
    blocks = []
    step = max(10, min(BLOCK, LABELS // len(first)))
    for start in range(0, permutations, step):
        labels = np.array([rng.permutation(first) for _ in range(min(step, permutations - start))], float)
        blocks.append(_differences(units, labels, structure, reference, pooled))
    draws = {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in observed}
    used = draws["used"]
    return GroupComparison(_measurement(observed, draws, used, structure, confidence),
                           _paths(observed, draws, used, structure), int(first.sum()), int((~first).sum()),
                           int(used.sum()), int((~used).sum()))


def _differences(units, labels, structure, reference, pooled):
    fits, constant = [], np.zeros(len(labels), bool)
    for counts in (labels, 1 - labels):
        correlations, flat = correlation_stack(covariance_stack(units, counts)[1])
        fits.append(path_fits(correlations, structure, reference=reference))
        constant |= flat.any(axis=1)
    one, other = fits
    agreement = np.array([_score_correlation(pooled[span, span, 0], one.weights[span], other.weights[span])
                          for span in structure.spans])
    used = ~constant & one.converged & other.converged & np.isfinite(one.paths + other.paths).all(axis=(0, 1))
    return {"agreement": agreement, "first": one.paths, "second": other.paths, "used": used}


def _score_correlation(pooled, one, other):
    cross = np.einsum("id,ij,jd->d", one, pooled, other)
    return cross / np.sqrt(np.einsum("id,ij,jd->d", one, pooled, one) * np.einsum("id,ij,jd->d", other, pooled, other))


def _measurement(observed, draws, used, structure, confidence):
    estimate, null = observed["agreement"][:, 0], draws["agreement"][:, used]
    p = (1 + (null <= estimate[:, None] + 1e-12).sum(axis=1)) / (null.shape[1] + 1)
    corrected = holm(p)
    return pd.DataFrame({"estimate": estimate, "low": np.quantile(null, 1 - confidence, axis=1), "p": p,
                         "p_holm": corrected, "same": corrected >= 1 - confidence},
                        index=pd.Index(structure.constructs, name="construct"))


def _paths(observed, draws, used, structure):
    arrow = np.nonzero(structure.arrows)
    names = np.array(structure.constructs, object)
    difference = (observed["first"] - observed["second"])[arrow][:, 0]
    null = np.abs((draws["first"] - draws["second"])[arrow][:, used])
    p = (1 + (null >= np.abs(difference)[:, None] - 1e-12).sum(axis=1)) / (null.shape[1] + 1)
    return pd.DataFrame({"source": names[arrow[1]], "target": names[arrow[0]], "first": observed["first"][arrow][:, 0],
                         "second": observed["second"][arrow][:, 0], "estimate": difference, "p": p, "p_holm": holm(p)})


def _check_sizes(first, structure):
    needed = 10 * max(1, int(structure.arrows.sum(axis=1).max()))
    smaller = int(min(first.sum(), (~first).sum()))
    if smaller < needed:
        raise ValueError(f"the smaller group has {smaller} answers; at least {needed} are needed (10 per arrow into a "
                         "construct): merge groups")
