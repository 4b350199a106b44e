"""Relative importance of drivers in a linear model: how much of the outcome's variance each one accounts for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import Sample, joint_p, percentile_interval, probability_greater, rank_draws
from cxlib.stats.drivers.missing import resampling_units
from cxlib.stats.drivers.shapley import CELLS, MOST_PLAYERS, sampled_shapley, shapley_values, subset_r2
from cxlib.stats.drivers.stacks import solved
from cxlib.stats.moments import (
    Units,
    bootstrap_stacks,
    checked_weights,
    correlation_stack,
    covariance_stack,
    effective_n,
    one_blas_thread,
    sample_units,
)
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

EXACT_DRAWS = 15  # players up to which every draw is exact; beyond, draws use sampled orders around the exact value
DRAW_ORDERINGS = 100


@dataclass(frozen=True)
class Importance:
    """The importance of each driver (or group of drivers) for one outcome.

    table    one row per driver: estimate (LMG share of R2, 0-1), low, high, share (of R2), rank, rank_low, rank_high;
             p and p_holm of the increment that the driver brings to a model with all others
    signs    one row per column: beta (standardised), low, high, correlation, suppressed (their signs differ)
    greater  P(row driver more important than column driver)
    r2       of the full model, 0-1;  r2_controls of the controls alone
    n, effective_n, draws (used), failed (column -> draws skipped because it was constant)
    monte_carlo_error  per driver, 0 where all subsets were computed
    repaired           pairwise covariances contradicted each other and were moved to the nearest possible ones
    """

    table: pd.DataFrame
    signs: pd.DataFrame
    greater: pd.DataFrame
    r2: float
    r2_controls: float
    n: int
    effective_n: float
    draws: int
    failed: dict[str, int]
    monte_carlo_error: pd.Series
    repaired: bool


@one_blas_thread
def relative_importance(
    x: pd.DataFrame, y: ArrayLike, *, weights: ArrayLike | None = None,
    groups: Mapping[str, Sequence[str]] | None = None, controls: pd.DataFrame | None = None,
    before: Sequence[tuple[str, str]] = (), strata: ArrayLike | None = None, clusters: ArrayLike | None = None,
    missing: str = "error", resamples: int = 1000, confidence: float = 0.95, seed: int = 0, orderings: int = 2000,
) -> Importance:
    """LMG (Shapley) shares of R2 with intervals, rank intervals, pairwise probabilities and increment tests.

    x          DataFrame (rows, drivers) of numbers;  y (rows,) the outcome
    groups     {name: [columns]} that enter as one driver; other columns are drivers of their own
    controls   DataFrame of columns that are always in; only what they leave of R2 is shared
    before     pairs (cause, effect) of drivers: a cause enters before what it works through, and does not share with it
    missing    "error", "casewise", "pairwise" or "imputation" (see missing.resampling_units)
    orderings  orders drawn when there are more than 20 drivers (exact up to 20)
    errors     Refusal (a ValueError) that names a constant or collinear column, when rows do not exceed columns, or fewer than 20
               resamples can be used; ValueError for an unknown name, missing values (unless `missing` allows them) and
               faulty weights
    assumes    a linear, additive model; the shares are not effects and never negative, so an interval above 0
               proves nothing: read p_holm
    source     Lindeman, Merenda and Gold 1980; Groemping 2007 (doi 10.1198/000313007X188252); R: relaimpo. With `before`:
               Frye, Rowat and Feige 2020
    """
    design, players, control_columns = _design(x, y, groups, controls)
    answers = resampling_units(design, missing=missing, weights=weights, strata=strata, clusters=clusters, seed=seed)
    units, base = answers.units, effective_n(checked_weights(weights, len(design))[answers.used])
    if answers.used.sum() <= design.shape[1]:
        raise Refusal(f"{answers.used.sum()} rows for {design.shape[1] - 1} columns; at least 10 rows per driver "
                      "are needed: leave drivers out or group them", "few")
    sample = covariance_stack(units)[1]
    names = list(design.columns)
    check_columns(names, sample[:, :, 0], units.scale)
    columns, rule = list(players.values()), _rule(before, list(players))
    estimate, error, r2, r2_controls = _point(sample, columns, control_columns, rule, orderings, seed)
    shift = estimate[:, None] - _values(sample, columns, control_columns, rule)
    draws, betas, failed = _draws(units, names, columns, control_columns, rule, resamples, seed)
    limits: Sample = {"n": base, "fitted": design.shape[1] - 1}
    signs = _signs(names[:-1], sample, betas, confidence, limits)
    p = [joint_p(signs["beta"].to_numpy()[player], betas[player], n=base, fitted=design.shape[1] - 1) for player in columns]
    table = _importance_table(list(players), estimate, r2 - r2_controls, draws + shift, p, confidence, limits)
    greater = pd.DataFrame(probability_greater(draws + shift), table.index, table.index)
    return Importance(table, signs, greater, float(r2), float(r2_controls), int(answers.used.sum()), base,
                      draws.shape[1], failed, pd.Series(error, table.index), answers.repaired)


def importance_metrics(
    x: pd.DataFrame, y: ArrayLike, *, weights: ArrayLike | None = None, controls: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Every usual metric of importance side by side, one row per driver.

    returns   lmg, johnson (relative weights, an approximation of lmg), first (alone), last (added to all others),
              beta (standardised), betasq, pratt (beta x correlation, may be negative), car; shares of R2, 0-1
    errors    Refusal (a ValueError) that names a constant or collinear column; ValueError for missing values and faulty weights
    source    R: relaimpo calc.relimp(type = c("lmg", "genizi", "first", "last", "betasq", "pratt", "car")), rwa
    """
    design, players, control_columns = _design(x, y, None, controls)
    units = sample_units(design.to_numpy(), weights=weights)
    covariance = covariance_stack(units)[1]
    check_columns(list(design.columns), covariance[:, :, 0], units.scale)
    columns = list(players.values())
    lmg, *_ = _point(covariance, columns, control_columns, [], 2000, 0)
    partial = _partial(covariance[:, :, 0], control_columns)
    deviation = np.sqrt(np.diag(partial))
    correlation = partial / np.outer(deviation, deviation)
    left = deviation[-1] ** 2 / covariance[-1, -1, 0]  # share of the outcome's variance that the controls leave
    among, r = correlation[:-1, :-1], correlation[:-1, -1]
    beta = np.linalg.solve(among, r)
    last = beta**2 / np.diag(np.linalg.inv(among))
    johnson, car = _johnson(among, r)
    raw = np.linalg.solve(covariance[:-1, :-1, 0], covariance[:-1, -1, 0])
    standardised = raw * np.sqrt(np.diag(covariance[:, :, 0])[:-1] / covariance[-1, -1, 0])
    chosen = [player[0] for player in columns]
    return pd.DataFrame({
        "lmg": lmg, "johnson": johnson * left, "first": r**2 * left, "last": last * left,
        "beta": standardised[chosen], "betasq": standardised[chosen] ** 2, "pratt": beta * r * left, "car": car * left,
    }, index=pd.Index(list(players), name="driver"))


def inseparable_groups(
    importance: Importance, *, among: Iterable[str] | None = None, confidence: float = 0.95
) -> list[list[str]]:
    """Drivers in order of importance, put together while they cannot be told apart from the first of their group.

    among  the drivers to order; default all
    """
    table = importance.table if among is None else importance.table.loc[list(among)]
    order = table.sort_values("estimate", ascending=False).index
    groups = [[order[0]]]
    for name in order[1:]:
        if importance.greater.loc[groups[-1][0], name] >= (1 + confidence) / 2:
            groups.append([name])
        else:
            groups[-1].append(name)
    return groups


def check_columns(names: Sequence[str], covariance: np.ndarray, scale: np.ndarray) -> None:
    """Passes covariances (columns, columns) of which no column but the last is constant or follows from the others.

    scale     (columns,) SD of each column;  the last column is the outcome, which need only vary
    errors    Refusal (a ValueError) that names the first constant or perfectly collinear column
    """
    for name, deviation in zip(names, scale, strict=True):
        if deviation == 0:
            raise Refusal(f"{name!r} is constant: everybody gave the same answer; leave it out", "constant", name)
    p = len(covariance) - 1
    work = covariance[:p, :p].copy()
    for i in range(p):
        if work[i, i] < 1e-10:
            raise Refusal(f"{names[i]!r} is perfectly collinear with the columns before it "
                          f"({', '.join(map(str, names[:i]))}); leave one of them out", "collinear", names[i])
        work[i + 1 :, i + 1 :] -= np.outer(work[i + 1 :, i], work[i, i + 1 :]) / work[i, i]


def _design(
    x: pd.DataFrame, y: ArrayLike, groups: Mapping[str, Sequence[str]] | None, controls: pd.DataFrame | None
) -> tuple[pd.DataFrame, dict[str, list[int]], list[int]]:
    """One DataFrame (controls, drivers, outcome), the columns of each player, and of the controls."""
    x = pd.DataFrame(x)
    controls = pd.DataFrame(index=x.index) if controls is None else pd.DataFrame(controls)
    y = pd.Series(np.asarray(y, float), x.index, name="outcome")
    design = pd.concat([controls, x, y], axis=1).astype(float)
    position = {name: controls.shape[1] + i for i, name in enumerate(x.columns)}
    grouped = {name: list(columns) for name, columns in (groups or {}).items()}
    unknown = [column for columns in grouped.values() for column in columns if column not in position]
    if unknown:
        raise ValueError(f"groups name {unknown[0]!r}, which is not a column; columns: {', '.join(map(str, position))}")
    inside = {column for columns in grouped.values() for column in columns}
    single = {name: [name] for name in x.columns if name not in inside}
    players = {name: [position[column] for column in columns] for name, columns in {**single, **grouped}.items()}
    return design, players, list(range(controls.shape[1]))


def _rule(before: Sequence[tuple[str, str]], names: list[str]) -> list[tuple[int, int]]:
    unknown = [name for pair in before for name in pair if name not in names]
    if unknown:
        raise ValueError(f"before names {unknown[0]!r}, which is not a driver; drivers: {', '.join(map(str, names))}")
    return [(names.index(cause), names.index(effect)) for cause, effect in before]


def _point(
    covariance: np.ndarray, players: list[list[int]], controls: list[int], rule: list[tuple[int, int]], orderings: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, float, float]:
    full = subset_r2(covariance, [], [*controls, *(column for player in players for column in player)])[0, 0]
    base = subset_r2(covariance, [], controls)[0, 0]
    if len(players) > MOST_PLAYERS:
        values, error = sampled_shapley(covariance, players, controls, before=rule, orderings=orderings, seed=seed)
        return values[:, 0], error, full, base
    return shapley_values(subset_r2(covariance, players, controls), rule)[:, 0], np.zeros(len(players)), full, base


def _values(
    covariances: np.ndarray, players: list[list[int]], controls: list[int], rule: list[tuple[int, int]]
) -> np.ndarray:
    """LMG of each draw; with many players by sampled orders, the same in every draw and in the whole sample."""
    if len(players) <= EXACT_DRAWS:
        step = max(1, CELLS >> len(players))
        return np.concatenate([
            shapley_values(subset_r2(covariances[:, :, i : i + step], players, controls), rule)
            for i in range(0, covariances.shape[2], step)
        ], axis=1)
    return sampled_shapley(covariances, players, controls, before=rule, orderings=DRAW_ORDERINGS)[0]


def _draws(
    units: Units, names: list[str], players: list[list[int]], controls: list[int], rule: list[tuple[int, int]],
    resamples: int, seed: int,
) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """LMG (players, draws) and standardised coefficients (columns, draws); draws with a constant column are counted."""
    kept, betas, failed = [], [], pd.Series(0, names)
    for _, covariances in bootstrap_stacks(units, resamples, seed=seed):
        correlations, constant = correlation_stack(covariances)
        failed += constant.sum(axis=0)
        usable = ~constant.any(axis=1)
        kept.append(_values(covariances[:, :, usable], players, controls, rule))
        betas.append(solved(correlations[:-1, :-1, usable], correlations[:-1, -1, usable]))
    if sum(block.shape[1] for block in kept) < 20:
        raise Refusal(f"fewer than 20 resamples could be used; {failed.idxmax()!r} is constant in {failed.max()} of "
                      f"{resamples}: leave it out", "constant", failed.idxmax())
    return np.concatenate(kept, axis=1), np.concatenate(betas, axis=1), {name: int(failed[name]) for name in names if failed[name]}


def _importance_table(
    names: Sequence[str], estimate: np.ndarray, explained: float, draws: np.ndarray, p: list[float], confidence: float, limits: Sample
) -> pd.DataFrame:
    low, high = percentile_interval(draws, confidence=confidence, **limits)
    low, high = np.minimum(low, estimate), np.maximum(high, estimate)  # the draws of a share near 0 all lie above it
    rank_low, rank_high = percentile_interval(rank_draws(draws), confidence=confidence)
    return pd.DataFrame({
        "estimate": estimate, "low": low, "high": high, "share": estimate / explained,
        "rank": rank_draws(estimate[:, None])[:, 0], "rank_low": np.floor(rank_low).astype(int),
        "rank_high": np.ceil(rank_high).astype(int), "p": p, "p_holm": holm(p),
    }, index=pd.Index(names, name="driver"))


def _partial(covariance: np.ndarray, controls: list[int]) -> np.ndarray:
    for _ in controls:
        covariance = covariance[1:, 1:] - np.outer(covariance[0, 1:], covariance[0, 1:]) / covariance[0, 0]
    return covariance


def _johnson(among: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative weights (Johnson 2000; = Genizi 1993) and CAR scores (Zuber and Strimmer 2011)."""
    eigenvalues, vectors = np.linalg.eigh(among)
    half = (vectors * np.sqrt(eigenvalues)) @ vectors.T
    v = np.linalg.solve(half, r)
    return half**2 @ v**2, v**2


def _signs(names: Sequence[str], sample: np.ndarray, betas: np.ndarray, confidence: float, limits: Sample) -> pd.DataFrame:
    correlations = correlation_stack(sample)[0][:, :, 0]
    beta = np.linalg.solve(correlations[:-1, :-1], correlations[:-1, -1])
    low, high = percentile_interval(betas[:, np.isfinite(betas).all(axis=0)], confidence=confidence, **limits)
    return pd.DataFrame({"beta": beta, "low": low, "high": high, "correlation": correlations[:-1, -1],
                         "suppressed": np.sign(beta) != np.sign(correlations[:-1, -1])},
                        index=pd.Index(names, name="column"))
