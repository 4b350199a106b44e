"""Uncertain numbers as draws: PERT ranges, normal estimates, and how they move together."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

_GRID = np.linspace(-8, 8, 8193)  # normal scores at which a quantile function is tabulated


def pert_quantiles(share: np.ndarray, low: float, mode: float, high: float) -> np.ndarray | float:
    """Values of a PERT distribution (a beta on low..high with weight 4 on the mode) at the given shares.

    share    (...,) cumulative shares, 0-1
    errors   ValueError unless low <= mode <= high; low == high gives the constant
    source   Malcolm et al. 1959: low + width * Beta(1 + 4 (mode - low) / width, 1 + 4 (high - mode) / width)
    """
    if not low <= mode <= high:
        raise ValueError(f"range {low}, {mode}, {high} must rise: lowest, most likely, highest value")
    if low == high:
        return np.full(np.shape(share), float(low))
    width = high - low
    return low + width * stats.beta.ppf(share, 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width)


def range_draws(
    ranges: Mapping[str, tuple[float, float, float]],
    *,
    correlation: Mapping[tuple[str, str], float] | None = None,
    draws: int = 100_000,
    seed: int,
) -> pd.DataFrame:
    """Correlated draws of uncertain inputs, each from its PERT range.

    ranges       dict name -> (low, mode, high)
    correlation  dict (name, name) -> correlation of the normal scores, -1 to 1; other pairs are independent
    returns      DataFrame (draws, inputs)
    errors       ValueError for a range that does not rise, an unknown name, a correlation of an input with itself or
                 outside -1 to 1, and correlations that cannot hold together
    source       Gaussian copula; quantiles tabulated on 8193 normal scores (relative error below 1e-6 of the range)
    """
    names = list(ranges)
    factor = np.linalg.cholesky(_correlation_matrix(names, correlation or {}))
    scores = np.random.default_rng(seed).standard_normal((draws, len(names))) @ factor.T
    columns = {}
    for place, name in enumerate(names):
        table = pert_quantiles(stats.norm.cdf(_GRID), *map(float, ranges[name]))
        columns[name] = np.interp(scores[:, place], _GRID, table)
    return pd.DataFrame(columns)


def normal_draws(estimate: pd.Series, covariance: ArrayLike, *, draws: int = 100_000, seed: int) -> pd.DataFrame:
    """Draws of estimates with their covariance, such as the coefficients of a fit.

    estimate    Series (terms,); covariance DataFrame or array (terms, terms), positive semi-definite
    returns     DataFrame (draws, terms)
    errors      ValueError for a covariance that is missing, infinite or not positive semi-definite
    source      multivariate normal, as numpy's Generator.multivariate_normal(method="eigh") with the symmetric root
    """
    estimate = pd.Series(estimate, dtype=float)
    covariance = np.asarray(covariance, float)
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    if not np.isfinite(covariance).all() or values.min() < -1e-8 * max(values.max(), 1e-300):
        raise ValueError("covariance must be finite and positive semi-definite; drop terms that were not estimated")
    # The symmetric root is the only one: signs and order of the eigenvectors differ between machines.
    factor = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    scores = np.random.default_rng(seed).standard_normal((draws, len(estimate)))
    return pd.DataFrame(estimate.to_numpy() + scores @ factor.T, columns=estimate.index)


def _correlation_matrix(names: Sequence[str], correlation: Mapping[tuple[str, str], float]) -> np.ndarray:
    matrix = np.eye(len(names))
    for (first, second), value in correlation.items():
        for name in (first, second):
            if name not in names:
                raise ValueError(f"correlation names {name!r}, which is no input; inputs are {names}")
        if not -1 <= value <= 1 or first == second:
            raise ValueError(f"correlation of {first!r} and {second!r} == {value}, must be -1 to 1 between two inputs")
        at = names.index(first), names.index(second)
        matrix[at] = matrix[at[::-1]] = value
    if np.linalg.eigvalsh(matrix).min() <= 1e-10:
        raise ValueError("the correlations cannot hold together (matrix not positive definite); bring them nearer to 0")
    return matrix
