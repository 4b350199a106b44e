"""Missing answers: how many there are, and four ways to go on without inventing or hiding any."""

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.moments import Units, checked_weights, nearest_positive, sample_units
from cxlib.stats.refusal import Refusal

METHODS = ("error", "casewise", "pairwise", "imputation")
IMPUTATIONS = 10


class _Design(TypedDict):
    """How the rows were sampled."""

    weights: np.ndarray
    strata: np.ndarray | None
    clusters: np.ndarray | None


@dataclass(frozen=True)
class AnswerUnits:
    """The answers as units to resample, and what was done to get there.

    units     see moments.sample_units;  used (rows,) booleans: the rows that count
    repaired  pairwise only: the correlations contradicted each other and were moved to the nearest possible ones
    """

    units: Units
    used: np.ndarray
    repaired: bool


def missing_answers(items: pd.DataFrame | np.ndarray) -> pd.DataFrame:
    """One row per column of `items`: n answered, missing, share missing (0-1)."""
    missing = pd.DataFrame(items).isna()
    return pd.DataFrame({"n": (~missing).sum(), "missing": missing.sum(), "share": missing.mean()})


def resampling_units(
    values: ArrayLike, *, missing: str = "error", weights: ArrayLike | None = None, strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None, seed: int = 0,
) -> AnswerUnits:
    """The answers (rows, columns), NaN where missing, ready for covariance_stack and bootstrap_stacks.

    missing   "error"; "casewise" (rows with any gap are dropped); "pairwise" (each covariance from the rows that
              answered both); "imputation" (10 draws from a normal model fitted to a resample each: the intervals
              then hold what is not known about the gaps)
    errors    Refusal (a ValueError) when no row is left, and pairwise for clusters or more than 10,000 rows; ValueError for
              another `missing`, a gap under "error", and faulty weights
    assumes   casewise, pairwise: missing completely at random; imputation: at random given the other columns
    source    imputation: Honaker and King 2010 (Amelia); pooled bootstrap: Schomaker and Heumann 2018
    """
    if missing not in METHODS:
        raise ValueError(f"missing is {missing!r}; one of {', '.join(METHODS)}")
    values = np.asarray(values, float)
    gaps = np.isnan(values)
    labels = [None if given is None else np.asarray(given) for given in (strata, clusters)]
    design: _Design = {"weights": checked_weights(weights, len(values)), "strata": labels[0], "clusters": labels[1]}
    if missing == "error" or not gaps.any():
        return AnswerUnits(sample_units(values, **design, seed=seed), np.ones(len(values), bool), False)
    used = ~gaps.any(axis=1) if missing == "casewise" else ~gaps.all(axis=1)
    if not used.any():
        raise Refusal("no row has an answer in every column; use pairwise or imputation, or leave columns out", "few")
    labels = [None if given is None else given[used] for given in labels]
    design = {"weights": design["weights"][used], "strata": labels[0], "clusters": labels[1]}
    if missing == "casewise":
        return AnswerUnits(sample_units(values[used], **design, seed=seed), used, False)
    if missing == "pairwise":
        return _pairwise(values[used], design, used)
    copies = imputed(values[used], design["weights"], seed=seed)
    return AnswerUnits(_pooled([sample_units(copy, **design, seed=seed) for copy in copies]), used, False)


def imputed(
    values: ArrayLike, weights: ArrayLike | None = None, *, imputations: int = IMPUTATIONS, seed: int = 0
) -> list[np.ndarray]:
    """Completed copies of the values (rows, columns): gaps drawn from a normal model given the answers of the row.

    returns   as many copies as `imputations`, each from a model fitted to another resample of the rows
    errors    Refusal (a ValueError) for a column without any answer; ValueError for faulty weights
    source    Honaker and King 2010 (Amelia): EM on a bootstrap of the rows, then a draw
    """
    values = np.asarray(values, float)
    weights = checked_weights(weights, len(values))
    rng = np.random.default_rng(seed)
    center = np.nanmean(values, axis=0)
    scale = np.nanstd(values, axis=0)
    if not np.isfinite(center).all():
        raise Refusal(f"column {int(np.flatnonzero(~np.isfinite(center))[0])} has no answer at all; leave it out", "few")
    scale = np.where(scale > 0, scale, 1)
    scaled = (values - center) / scale
    patterns = _patterns(np.isnan(scaled))
    mean, covariance = _normal_model(scaled, weights, patterns, np.zeros(len(center)), np.eye(len(center)), 50)
    copies = []
    for _ in range(imputations):
        counts = np.bincount(rng.integers(0, len(values), len(values)), minlength=len(values))
        drawn_mean, drawn_covariance = _normal_model(scaled, weights * counts, patterns, mean, covariance, 5)
        filled = _drawn(scaled, patterns, drawn_mean, drawn_covariance, rng) * scale + center
        copies.append(np.where(np.isnan(values), filled, values))
    return copies


def not_applicable_dummies(x: pd.DataFrame, not_applicable: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns with "not applicable" filled, and a dummy for each column that has any.

    x               DataFrame;  not_applicable  DataFrame of booleans with the same columns
    returns         x with the column's mean filled in, and a DataFrame of 0/1 columns to be used as controls: the
                    coefficient of a driver is then its effect among those whom it concerns, whatever was filled in
    source          Cohen and Cohen 1983 (dummy variable adjustment)
    """
    where = not_applicable[x.columns].to_numpy(bool)
    means = np.where(~where.all(axis=0), x.mask(where).mean().fillna(0), 0)
    filled = x.mask(where, pd.DataFrame(np.broadcast_to(means, x.shape), x.index, x.columns))
    touched = x.columns[np.flatnonzero(where.any(axis=0))]
    dummies = not_applicable[touched].astype(float)
    return filled, dummies.set_axis([f"{column} (not applicable)" for column in touched], axis=1)


def _pairwise(values: np.ndarray, design: _Design, used: np.ndarray) -> AnswerUnits:
    observed = ~np.isnan(values)
    template = sample_units(np.where(observed, values, np.nanmean(values, axis=0)), **design)
    if len(template.sums) != len(values):
        raise Refusal("pairwise covariances of clusters or of more than 10,000 rows are not offered; use imputation", "many")
    scaled = np.where(observed, (values - template.center) / np.where(template.scale > 0, template.scale, 1), 0)
    rows, columns = np.triu_indices(values.shape[1])
    both = (observed[:, rows] & observed[:, columns]) * design["weights"][:, None]
    sums = np.stack([both, both * scaled[:, rows], both * scaled[:, columns],
                     both * scaled[:, rows] * scaled[:, columns]], axis=1)
    units = replace(template, sums=sums)
    return AnswerUnits(units, used, bool(_was_repaired(sums)))


def _was_repaired(sums: np.ndarray) -> bool:
    weight, first, second, product = sums.sum(axis=0)
    if (weight <= 0).any():
        raise Refusal("two columns were never answered by the same person; leave one out or use imputation", "few")
    k = int((np.sqrt(8 * len(weight) + 1) - 1) / 2)
    stack = np.empty((k, k, 1))
    rows, columns = np.triu_indices(k)
    stack[rows, columns, 0] = stack[columns, rows, 0] = product / weight - first * second / weight**2
    return nearest_positive(stack)[1][0]


def _pooled(filled: list[Units]) -> Units:
    """One set of units in common scaling: the mean of the imputations, each of which serves part of the draws."""
    template = filled[0]
    k = len(template.center)
    rows, columns = np.triu_indices(k)
    scale = np.where(template.scale > 0, template.scale, 1)
    sums = []
    for units in filled:  # a x + b for each column puts this imputation on the first one's scale
        a = np.where(units.scale > 0, units.scale, 1) / scale
        b = (units.center - template.center) / scale
        weight, x, xx = units.sums[:, :1], units.sums[:, 1 : k + 1], units.sums[:, k + 1 :]
        moved = a * x + b * weight
        products = (a[rows] * a[columns] * xx + a[rows] * b[columns] * x[:, rows] + b[rows] * a[columns] * x[:, columns]
                    + b[rows] * b[columns] * weight)
        sums.append(np.column_stack([weight, moved, products]))
    return replace(template, sums=np.mean(sums, axis=0), imputed=tuple(sums))


def _patterns(gaps: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """[(rows, gaps of those rows)] for each pattern of missing columns that has a gap."""
    kinds, kind = np.unique(gaps, axis=0, return_inverse=True)
    return [(np.flatnonzero(kind.ravel() == i), pattern) for i, pattern in enumerate(kinds) if pattern.any()]


def _normal_model(
    values: np.ndarray, weights: np.ndarray, patterns: list[tuple[np.ndarray, np.ndarray]], mean: np.ndarray,
    covariance: np.ndarray, steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance by expectation-maximisation (Dempster, Laird and Rubin 1977)."""
    total = weights.sum()
    for _ in range(steps):
        filled, extra = values.copy(), np.zeros_like(covariance)
        for rows, gap in patterns:
            slopes, left = _conditional(covariance, gap)
            filled[np.ix_(rows, gap)] = mean[gap] + (values[np.ix_(rows, ~gap)] - mean[~gap]) @ slopes
            extra[np.ix_(gap, gap)] += weights[rows].sum() * left
        new = weights @ filled / total
        spread = filled - new
        before, mean = mean, new
        covariance = (spread.T @ (weights[:, None] * spread) + extra) / total + 1e-8 * np.eye(len(mean))
        if np.abs(mean - before).max() < 1e-7:
            break
    return mean, covariance


def _conditional(covariance: np.ndarray, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of the missing columns on the answered ones, and the covariance that is left."""
    if gap.all():
        return np.zeros((0, len(gap))), covariance
    among = covariance[np.ix_(~gap, ~gap)] + 1e-9 * np.eye((~gap).sum())
    slopes = np.linalg.solve(among, covariance[np.ix_(~gap, gap)])
    return slopes, covariance[np.ix_(gap, gap)] - covariance[np.ix_(gap, ~gap)] @ slopes


def _drawn(
    values: np.ndarray, patterns: list[tuple[np.ndarray, np.ndarray]], mean: np.ndarray, covariance: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    filled = values.copy()
    for rows, gap in patterns:
        slopes, left = _conditional(covariance, gap)
        root = np.linalg.cholesky(left + 1e-9 * np.eye(gap.sum()))
        noise = rng.standard_normal((len(rows), gap.sum())) @ root.T
        filled[np.ix_(rows, gap)] = mean[gap] + (values[np.ix_(rows, ~gap)] - mean[~gap]) @ slopes + noise
    return filled
