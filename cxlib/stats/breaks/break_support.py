"""What every break method rests on: the data collapsed to the distinct values of x, and sums over their tails.

A break term at c is f = h - d*t inside the gap that begins at the k-th distinct x, where h = (x - x_k)+,
t = 1[x > x_k] and d = c - x_k. Every inner product that a fit needs is therefore a tail sum, one for each k,
and no fit ever returns to the rows. Shapes: m distinct x, p base columns, n rows, b draws.
"""

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

NORMAL_FROM = 1000  # rows from which wild draws may be normal


class Sides(TypedDict):
    """Least share and number of rows on either side of a place."""

    side_share: float
    side_rows: int


@dataclass(frozen=True)
class Support:
    """Rows regressed on [1, x, covariates] (or [1, covariates]) with weights, and their sums at each distinct x.

    x, rows, weight, r   (m,) distinct x, rows there, sum of weights, sum of weight * residual
    q                    (m, p) sums of root weight * orthonormal base column
    code, root, basis, residual   by row: position in x, root weight (n,), base (n, p), root weight * residual (n,)
    triangle, projection (p, p) and (p,): solve(triangle, projection) are the coefficients of the base
    rss, n               residual sum of squares of the base, rows
    flat_before          whether x is left out of the base
    cluster              (n,) codes of the units that repeat, or None
    """

    x: np.ndarray
    rows: np.ndarray
    weight: np.ndarray
    r: np.ndarray
    q: np.ndarray
    code: np.ndarray
    root: np.ndarray
    basis: np.ndarray
    residual: np.ndarray
    triangle: np.ndarray
    projection: np.ndarray
    rss: float
    n: int
    flat_before: bool
    cluster: np.ndarray | None

    @property
    def parameters(self) -> int:
        """Coefficients of the base: constant, x unless flat before, covariates."""
        return self.basis.shape[1]


def break_support(
    x: ArrayLike, y: ArrayLike, *, weights: ArrayLike | None = None, covariates: ArrayLike | None = None,
    clusters: ArrayLike | None = None, flat_before: bool = False,
) -> Support:
    """The data of one question, checked, without incomplete rows, and collapsed to the distinct values of x.

    x, y         (n,) finite numbers; rows with a missing value in any argument are dropped once
    weights      (n,) positive; only their ratios count
    covariates   (n, p) numbers
    clusters     (n,) labels of the units that may repeat
    flat_before  the line before the break has slope 0 (x is left out of the base)
    returns      Support
    errors       ValueError: unequal lengths, infinite values, weights <= 0, under 4 distinct x, one distinct y, no complete
                 row, a covariate that is constant or a sum of other columns
    """
    x, y, weight, extra, cluster = _complete_rows(x, y, weights, covariates, clusters)
    code, distinct = pd.factorize(x, sort=True)
    if len(distinct) < 4:
        raise ValueError(f"x has {len(distinct)} distinct values, needs at least 4; there is no place to look "
                         "for a break. Give x in finer steps.")
    if np.ptp(y) == 0:
        raise ValueError(f"y is {y[0]:g} in every row, needs at least 2 values; no answer differs.")
    root = np.sqrt(weight / weight.mean())
    base = [np.ones_like(x)] if flat_before else [np.ones_like(x), x]
    basis, triangle = _orthonormal(root[:, None] * np.column_stack([*base, *extra.T]))
    scaled = root * y
    projection = basis.T @ scaled
    residual = scaled - basis @ projection
    m = len(distinct)
    return Support(
        x=distinct, rows=np.bincount(code, minlength=m), weight=np.bincount(code, root**2, m),
        r=np.bincount(code, root * residual, m), q=group_sums(code, root[:, None] * basis, m), code=code,
        root=root, basis=basis, residual=residual, triangle=triangle, projection=projection,
        rss=float(residual @ residual), n=len(x), flat_before=flat_before, cluster=cluster)


def _complete_rows(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike | None, covariates: ArrayLike | None, clusters: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    columns = {"x": np.asarray(x, float), "y": np.asarray(y, float)}
    n = len(columns["x"])
    columns["weights"] = np.ones(n) if weights is None else np.asarray(weights, float)
    extra = np.empty((n, 0)) if covariates is None else np.asarray(covariates, float).reshape(n, -1)
    labels = None if clusters is None else pd.factorize(np.asarray(clusters))[0]
    for name, values in {**columns, **({} if labels is None else {"clusters": labels})}.items():
        if values.shape != (n,):
            raise ValueError(f"{name} has shape {values.shape}, needs ({n},) like x.")
        if np.isinf(values).any():
            raise ValueError(f"{name} holds an infinite value in row {int(np.argmax(np.isinf(values)))}; "
                             "make it missing.")
    keep = ~np.isnan(np.column_stack([*columns.values(), extra])).any(axis=1)
    if labels is not None:
        keep &= labels >= 0
    if keep.sum() == 0:
        raise ValueError("x and y have no complete row in common; a break needs rows with both.")
    if (columns["weights"][keep] <= 0).any():
        raise ValueError("weights hold a value <= 0, must be positive; leave such rows out.")
    place, answer, weight = (values[keep] for values in columns.values())
    return place, answer, weight, extra[keep], None if labels is None else pd.factorize(labels[keep])[0]


def _orthonormal(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gram-Schmidt, each column taken twice: as exact as QR and several times faster on few columns."""
    basis, triangle = np.empty_like(design), np.zeros((design.shape[1],) * 2)
    for j, column in enumerate(design.T):
        rest = column
        for _ in range(2):
            part = basis[:, :j].T @ rest
            triangle[:j, j] += part
            rest = rest - basis[:, :j] @ part
        triangle[j, j] = np.sqrt(rest @ rest)
        if triangle[j, j] <= 1e-9 * np.sqrt(column @ column):
            raise ValueError(f"covariate {j - 1} is constant or a sum of other columns; leave it out.")
        basis[:, j] = rest / triangle[j, j]
    return basis, triangle


def group_sums(code: np.ndarray, values: np.ndarray, m: int) -> np.ndarray:
    """Sums (m, columns) of the rows of `values` (n, columns) at each distinct x."""
    return np.column_stack([np.bincount(code, column, m) for column in values.T]) if values.shape[1] else \
        np.empty((m, 0))


def tail(values: np.ndarray) -> np.ndarray:
    """Sum over the distinct x beyond the k-th, for each k; values (m, ...)."""
    sums = np.zeros_like(values, dtype=float)
    sums[:-1] = np.cumsum(values[:0:-1], axis=0)[::-1]
    return sums


def ramp(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum of (x_j - x_k) * value over the distinct x beyond the k-th, for each k."""
    return _from_end(_gaps(x, values) * tail(values))


def ramp_squared(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum of (x_j - x_k)^2 * value beyond the k-th. Adds positive terms only, so nothing cancels."""
    gap, first = _gaps(x, values), ramp(x, values)
    beyond = np.zeros_like(first)
    beyond[:-1] = first[1:]
    return _from_end(gap * (2 * beyond + gap * tail(values)))


def _gaps(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    gap = np.append(np.diff(x), 0.0)
    return gap.reshape(-1, *[1] * (np.ndim(values) - 1))


def _from_end(steps: np.ndarray) -> np.ndarray:
    return np.cumsum(steps[::-1], axis=0)[::-1]


@dataclass(frozen=True)
class Moments:
    """Inner products of h and t at every knot, base taken out: C = h'Mh, D = h'Mt, E = t'Mt; ah, at = base parts."""

    C: np.ndarray
    D: np.ndarray
    E: np.ndarray
    ah: np.ndarray
    at: np.ndarray
    H: np.ndarray
    T: np.ndarray


def moments(support: Support) -> Moments:
    """Moments of the break terms at each of the m knots (see `Moments`)."""
    x, weight = support.x, support.weight
    ah, at = ramp(x, support.q), tail(support.q)
    H, T = ramp(x, weight), tail(weight)
    C = ramp_squared(x, weight)
    tiny = 1e-11
    reduced_C, reduced_E = C - (ah**2).sum(1), T - (at**2).sum(1)
    return Moments(np.where(reduced_C > tiny * C, reduced_C, np.inf), H - (ah * at).sum(1),
                   np.where(reduced_E > tiny * T, reduced_E, np.inf), ah, at, H, T)


def residual_at(support: Support, terms: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Residuals (n,), root weighted, after terms (m, k) of x with their coefficients join the base."""
    fitted = terms @ coefficients
    part = support.q.T @ fitted
    return support.residual - (support.root * fitted[support.code] - support.basis @ part)


def open_places(support: Support, *, side_share: float = 0.05, side_rows: int = 30, inside: int = 1) -> np.ndarray:
    """Positions (m,) bool: enough rows up to the k-th distinct x and beyond it, and `inside` distinct x beside."""
    m, up_to = len(support.x), np.cumsum(support.rows)
    need = max(side_share * support.n, side_rows, 1)
    place = np.arange(m)
    return (up_to >= need) & (support.n - up_to >= need) & (place >= inside) & (place <= m - 1 - inside)


def wild_noise(
    support: Support, residual: np.ndarray, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Noise (m, draws) for the sums r, and (p, draws) for the projection: the residuals (n,) times random multiples.

    With clusters, or under 1,000 rows, each cluster or row is turned round or not (multiples -1 and 1). Above, the
    multiples are normal: the sums at each x and those of the base are then jointly normal given the residuals and
    are drawn as such, so that the cost does not depend on n.
    """
    spread = np.sqrt(support.n / (support.n - support.parameters)) * residual
    if support.cluster is not None or support.n < NORMAL_FROM:
        by_unit, base = cluster_scores(support, spread)
        turn = rng.choice(np.array([-1.0, 1.0]), (base.shape[1], draws))
        noise, base_noise = by_unit @ turn, base @ turn
        return noise - support.q @ base_noise, base_noise
    at_x, cross, base = score_variance(support, spread)
    noise = np.sqrt(at_x)[:, None] * rng.standard_normal((len(at_x), draws))
    share = np.divide(cross, at_x[:, None], out=np.zeros_like(cross), where=at_x[:, None] > 0)
    own = base - share.T @ cross
    value, vector = np.linalg.eigh((own + own.T) / 2)
    root = vector * np.sqrt(np.clip(value, 0, None))
    base_noise = share.T @ noise + root @ rng.standard_normal((len(value), draws))
    return noise - support.q @ base_noise, base_noise


def score_variance(support: Support, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variance of the sums at each x (m,), their covariance with the base's sums (m, p), and of those (p, p)."""
    square = residual**2
    at_x = np.bincount(support.code, support.root**2 * square, len(support.x))
    cross = group_sums(support.code, (support.root * square)[:, None] * support.basis, len(support.x))
    return at_x, cross, support.basis.T @ (square[:, None] * support.basis)


def cluster_scores(support: Support, residual: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Scores by cluster (by row without clusters): sums at each x (m, units; sparse) and of the base (p, units)."""
    unit = np.arange(support.n) if support.cluster is None else support.cluster
    count = int(unit.max()) + 1
    at_x = sparse.csr_matrix((support.root * residual, (support.code, unit)), shape=(len(support.x), count))
    return at_x, group_sums(unit, residual[:, None] * support.basis, count).T


def merged(support: Support, values: int) -> tuple[Support, np.ndarray]:
    """Neighbouring distinct x merged to at most `values`, about equally many rows each, and the edges (m + 1,)."""
    if len(support.x) <= values:
        return support, np.arange(len(support.x) + 1)
    share = np.cumsum(support.rows) / support.n
    group = pd.factorize(np.minimum((share * values - 1e-9).astype(int), values - 1))[0]
    m = group[-1] + 1
    weight = np.bincount(group, support.weight, m)
    coarse = replace(
        support, x=np.bincount(group, support.weight * support.x, m) / weight,
        rows=np.bincount(group, support.rows, m).astype(int), weight=weight, r=np.bincount(group, support.r, m),
        q=group_sums(group, support.q, m), code=group[support.code])
    return coarse, np.append(np.searchsorted(group, np.arange(m)), len(support.x))
