"""Weighted means and covariances of a sample and of all its bootstrap resamples, in one matrix product.

Everything in a driver analysis reads covariances. Rows are summed once into units (a row, a cluster, or, in a very
large sample, a random group of rows); a resample then only says how often each unit counts. Stacks of matrices keep
the draws on their last axis: (columns, columns, draws).
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import ThreadpoolController

MOST_UNITS = 10_000  # above this many rows, rows are summed into GROUPS random groups
GROUPS = 2_000
BLOCK = 500  # draws computed at a time: the stack of matrices stays in the processor's cache

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Units:
    """Weighted sums of each resampling unit, in columns centred and scaled by the sample's own mean and SD.

    sums     (units, 1 + k + k (k + 1) / 2): weight, weighted columns, weighted products; with pairwise answers
             (units, 4, k (k + 1) / 2): weight, either column and product of each pair, where both were answered
    imputed  further arrays like `sums`, one for each imputation; each serves its share of the resamples
    center   (k,) weighted mean of each column;  scale (k,) weighted SD of each column
    strata   (units,) integer stratum of each unit;  designed: strata or clusters were given
    n        rows
    """

    sums: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    strata: np.ndarray
    designed: bool
    n: int
    imputed: tuple[np.ndarray, ...] = ()


def one_blas_thread(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The function, run with one BLAS thread: tiny matrices are faster so, and sums repeat exactly."""

    @functools.wraps(function)
    def limited(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        with _threads().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited


@functools.cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def sample_units(
    values: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    seed: int = 0,
) -> Units:
    """The sample summed into the units that a bootstrap draws.

    values    (rows, k) finite numbers;  weights (rows,) positive, default 1
    strata    (rows,) label of the stratum a row was sampled in;  clusters (rows,) label of the unit sampled
    seed      only used above 10,000 rows, where rows are put into 2,000 random groups within strata: the variance of
              a mean is the same, at a fraction of the time
    errors    ValueError for values that are not finite, weights that are not positive and finite, and a stratum of one
              cluster
    """
    values = finite(values)
    weights = checked_weights(weights, len(values))
    center, scale = _center_and_scale(values, weights)
    scaled = (values - center) / np.where(scale > 0, scale, 1)
    unit, stratum = _units(len(values), strata, clusters, seed)
    sums = _sums(scaled, weights, unit)
    designed = strata is not None or clusters is not None
    if designed:
        _check_strata(stratum)
    return Units(sums, center, scale, stratum, designed, len(values))


def row_units(values: np.ndarray, *, weights: ArrayLike | None = None) -> Units:
    """Units of single rows, however many: for counts that choose rows, such as permutations and folds.

    values, weights  as in sample_units
    errors    ValueError for values that are not finite and weights that are not positive and finite
    """
    return sample_units(values, weights=weights, clusters=np.arange(len(values)))


def finite(values: ArrayLike) -> np.ndarray:
    """The values as a float array; an error when one is missing or infinite.

    errors    ValueError, which says how many are
    """
    values = np.asarray(values, float)
    if not np.isfinite(values).all():
        raise ValueError(f"{(~np.isfinite(values)).sum()} values are missing or infinite; drop or impute them first")
    return values


def checked_weights(weights: ArrayLike | None, n: int) -> np.ndarray:
    """The weights as floats, one for each of n rows, all 1 by default.

    errors    ValueError unless there is one for each row, each positive and finite
    """
    weights = np.ones(n) if weights is None else np.asarray(weights, float)
    if weights.shape != (n,):
        raise ValueError(f"weights has shape {weights.shape}; one weight for each of the {n} rows is needed")
    if not (np.isfinite(weights) & (weights > 0)).all():
        bad = int((~(np.isfinite(weights) & (weights > 0))).sum())
        raise ValueError(f"{bad} weights are missing, zero or negative; give positive weights or drop those rows")
    return weights


def effective_n(weights: ArrayLike) -> float:
    """Number of equally weighted rows that carry as much information: (sum w)^2 / sum w^2.

    source    Kish 1965, Survey Sampling
    """
    weights = np.asarray(weights, float)
    return float(weights.sum() ** 2 / (weights**2).sum())


def draw_counts(units: Units, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """How often each unit is drawn: (resamples, units), drawn within strata.

    With strata or clusters, n - 1 of a stratum's n units are drawn and scaled by n / (n - 1), so that few clusters do
    not make the variance too small.

    source    Rao and Wu 1988, JASA 83: the rescaling bootstrap
    """
    counts = np.zeros((resamples, len(units.strata)))
    for stratum in np.unique(units.strata):
        members = np.flatnonzero(units.strata == stratum)
        m = len(members)
        size = m - 1 if units.designed else m
        drawn = rng.integers(0, m, (resamples, size)) + m * np.arange(resamples)[:, None]
        counts[:, members] = np.bincount(drawn.ravel(), minlength=m * resamples).reshape(resamples, m) * (m / size)
    return counts


def row_counts(
    n: int, resamples: int, *, strata: ArrayLike | None = None, clusters: ArrayLike | None = None, seed: int = 0
) -> np.ndarray:
    """How often each of n rows counts in each resample, (resamples, n), for figures that are not read off covariances.

    strata, clusters, seed  as in sample_units; clusters are drawn whole
    errors    ValueError for a stratum of a single cluster
    source    as draw_counts
    """
    unit, stratum = _units(n, strata, np.arange(n) if clusters is None else clusters, seed)
    designed = strata is not None or clusters is not None
    if designed:
        _check_strata(stratum)
    empty = np.empty(0)
    units = Units(empty, empty, empty, stratum, designed, n)
    return draw_counts(units, resamples, np.random.default_rng(seed))[:, unit]


def covariance_stack(units: Units, counts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Means (k, draws) and covariances (k, k, draws) in the scaled columns of `units`, for each row of counts.

    counts    (draws, units) how often each unit counts; None: the sample itself, one draw
    assumes   covariances divide by the sum of weights, so frequency weights equal repeated rows
    """
    if counts is None:
        counts = np.ones((1, len(units.sums)))
    k = len(units.center)
    if units.sums.ndim == 3:
        return _pairwise_stack(units.sums, counts, k)
    totals = units.sums.T @ counts.T
    mean = totals[1 : k + 1] / totals[0]
    rows, columns = np.triu_indices(k)
    return mean, _symmetric(totals[k + 1 :] / totals[0] - mean[rows] * mean[columns], k)


def nearest_positive(stack: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The stack with negative eigenvalues of each draw's correlations raised to 1e-6, and which draws that changed."""
    matrices = np.moveaxis(stack, 2, 0)
    deviation = np.sqrt(np.maximum(np.einsum("dii->di", matrices), 1e-12))
    outer = deviation[:, :, None] * deviation[:, None]
    values, vectors = np.linalg.eigh(matrices / outer)
    broken = values[:, 0] < 1e-6
    fixed = (vectors * np.maximum(values, 1e-6)[:, None]) @ np.swapaxes(vectors, 1, 2)
    root = np.sqrt(np.einsum("dii->di", fixed))
    fixed = fixed / (root[:, :, None] * root[:, None]) * outer
    return np.moveaxis(np.where(broken[:, None, None], fixed, matrices), 0, 2), broken


def bootstrap_stacks(units: Units, resamples: int, *, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields means and covariances of bootstrap resamples, a block of draws at a time (see covariance_stack)."""
    rng = np.random.default_rng(seed)
    sums = units.imputed or (units.sums,)
    size = min(BLOCK, -(-resamples // len(sums)))
    for block, start in enumerate(range(0, resamples, size or 1)):
        counts = draw_counts(units, min(size, resamples - start), rng)
        yield covariance_stack(replace(units, sums=sums[block % len(sums)]), counts)


def correlation_stack(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlations (k, k, draws), and whether each draw has a constant column (draws, k) as booleans.

    Correlations with a constant column are 0, so that nothing downstream divides by zero; the caller drops the draw.
    """
    variances = np.einsum("iid->id", covariances)
    constant = variances < 1e-12  # columns are scaled: a variance of 1 in the whole sample
    deviation = np.sqrt(np.where(constant, 1, variances))
    correlations = covariances / deviation[:, None] / deviation
    identity = np.arange(len(variances))
    correlations[identity, identity] = 1
    return correlations, constant.T


def _symmetric(upper: np.ndarray, k: int) -> np.ndarray:
    rows, columns = np.triu_indices(k)
    stack = np.empty((k, k, upper.shape[1]))
    stack[rows, columns] = upper
    stack[columns, rows] = upper
    return stack


def _pairwise_stack(sums: np.ndarray, counts: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and covariances of each pair of columns over the rows that answered both, made positive definite."""
    weight, first, second, product = np.tensordot(sums, counts, (0, 1))
    weight = np.where(weight > 0, weight, np.nan)
    rows, columns = np.triu_indices(k)
    stack = _symmetric(product / weight - first * second / weight**2, k)
    return (first / weight)[rows == columns], nearest_positive(np.nan_to_num(stack))[0]


def _center_and_scale(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    center = weights @ values / weights.sum()
    spread = values - center
    scale = np.sqrt(weights @ spread**2 / weights.sum())
    constant = scale <= 1e-12 * np.maximum(np.abs(center), np.abs(values).max(axis=0, initial=0))
    return center, np.where(constant, 0, scale)


def _units(n: int, strata: ArrayLike | None, clusters: ArrayLike | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit number of each row, and stratum number of each unit."""
    stratum = np.zeros(n, int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    if clusters is not None:
        unit = np.unique(np.asarray(clusters), return_inverse=True)[1]
        unit = np.unique(stratum * (unit.max() + 1) + unit, return_inverse=True)[1]
    elif n > MOST_UNITS:
        unit = _random_groups(stratum, np.random.default_rng(seed))
    else:
        unit = np.arange(n)
    first = np.zeros(unit.max() + 1, int)
    first[unit] = stratum
    return unit, first


def _random_groups(stratum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Group number of each row: groups of about equal size, within strata, in proportion to the rows of each."""
    unit = np.empty(len(stratum), int)
    used = 0
    for label in np.unique(stratum):
        rows = rng.permutation(np.flatnonzero(stratum == label))
        groups = min(len(rows), max(20, round(GROUPS * len(rows) / len(stratum))))
        unit[rows] = used + np.arange(len(rows)) * groups // len(rows)
        used += groups
    return unit


def _sums(scaled: np.ndarray, weights: np.ndarray, unit: np.ndarray) -> np.ndarray:
    n, k = scaled.shape
    rows, columns = np.triu_indices(k)
    if len(np.unique(unit)) == n and (unit == np.arange(n)).all():
        weighted = weights[:, None] * scaled
        return np.column_stack([weights, weighted, weighted[:, rows] * scaled[:, columns]])
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(unit.max() + 1))
    extended = np.column_stack([np.ones(n), scaled])[order]
    weighted = extended * weights[order, None]
    ends = np.append(starts[1:], n)
    products = np.stack([weighted[a:b].T @ extended[a:b] for a, b in zip(starts, ends, strict=True)])
    return np.column_stack([products[:, 0], products[:, 1:, 1:][:, rows, columns]])


def _check_strata(stratum: np.ndarray) -> None:
    sizes = np.bincount(stratum)
    if sizes.min() < 2:
        raise ValueError(f"{(sizes < 2).sum()} strata hold a single unit; merge small strata so that each holds two")
