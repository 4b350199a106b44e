"""Survey weights: raking to known margins, trimming, and what weights and clusters cost in precision."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.moments import checked_weights, effective_n

TOLERANCE = 1e-9  # of a margin, as a share of all rows


@dataclass(frozen=True)
class RakedWeights:
    """Weights that add up to n, in the order of the rows, and how they were reached.

    weights        Series with the rows' index;  design_effect, n_eff: see the functions of that name
    rounds         passes over all margins;  trimmed: rows whose weight lies at a limit
    """

    weights: pd.Series
    design_effect: float
    n_eff: float
    rounds: int
    trimmed: int


def design_effect(weights: ArrayLike) -> float:
    """Times by which unequal weights raise the variance of a mean, 1 and up: n sum w^2 / (sum w)^2.

    weights   (rows,) positive
    errors    ValueError for no weight, or one that is missing, zero or negative
    source    Kish 1965, Survey Sampling
    """
    weights = np.asarray(weights, float)
    if weights.ndim != 1 or len(weights) == 0:
        raise ValueError(f"weights has shape {weights.shape}; give at least one weight, in one dimension")
    weights = checked_weights(weights, len(weights))
    return len(weights) / effective_n(weights)


def raked_weights(
    groups: pd.DataFrame,
    targets: Mapping[str, Mapping[object, float]],
    start: ArrayLike | None = None,
    *,
    limits: tuple[float, float] | None = None,
    rounds: int = 1000,
) -> RakedWeights:
    """Weights, adding up to n, with which every margin has its target shares: iterative proportional fitting.

    groups    DataFrame, one row per respondent, one column per margin, at least those named in `targets`
    targets   {column: {category: share 0-1}}; the shares of a column add up to 1
    start     (rows,) positive design weights to start from, default 1; the ratios between cells are kept from them
    limits    (lowest, highest) weight as multiples of the mean, such as (.3, 3): weights are trimmed to it and raked
              again until limits and margins hold together
    errors    ValueError for targets that do not add up to 1, a target category without respondents, respondents without
              a target, missing categories, faulty weights, and margins that cannot be met
    source    Deming and Stephan 1940; agrees with R survey::rake and ipfn
    """
    weights = checked_weights(start, len(groups))
    weights = weights * len(weights) / weights.sum()
    codes = {column: _category_codes(groups, column, shares) for column, shares in targets.items()}
    if not codes or not rounds >= 1:
        raise ValueError(f"{len(codes)} margins and {rounds} rounds; give at least one of each")
    if limits is not None and not 0 < limits[0] < 1 < limits[1]:
        raise ValueError(f"limits == {limits}; give a lowest below 1 and a highest above 1, as multiples of the mean")
    passed, error = 0, np.inf
    while error >= TOLERANCE:
        if passed == rounds:
            raise ValueError(
                f"after {rounds} rounds a margin is still off by {error:.2g} of the rows; the targets contradict each "
                "other in these rows: merge small categories or widen the limits"
            )
        for code, wanted in codes.values():
            weights = weights * (wanted / np.bincount(code, weights))[code]
        if limits is not None:
            weights = np.clip(weights, *limits)
        passed, error = passed + 1, _largest_error(weights, codes)
    at_limit = 0 if limits is None else int(np.isclose(weights, limits[0]).sum() + np.isclose(weights, limits[1]).sum())
    return RakedWeights(
        pd.Series(weights, groups.index, name="weight"), design_effect(weights), effective_n(weights), passed, at_limit
    )


def _category_codes(groups: pd.DataFrame, column: str, targets: Mapping[object, float]) -> tuple[np.ndarray, np.ndarray]:
    """Category number of each row, and the weight that each category is to have."""
    if column not in groups:
        raise ValueError(f"targets name the column {column!r}; the rows have {', '.join(map(str, groups.columns))}")
    shares: pd.Series[float] = pd.Series(dict(targets), dtype=float)
    if not (shares > 0).all() or not np.isclose(shares.sum(), 1, rtol=0, atol=1e-6):
        raise ValueError(f"targets of {column!r} add up to {shares.sum():g}; give shares above 0 that add up to 1")
    values = groups[column]
    if values.isna().any():
        raise ValueError(f"{int(values.isna().sum())} rows have no {column!r}; give them a category or leave them out")
    without = sorted(set(values) - set(shares.index), key=str)
    if without:
        raise ValueError(f"{column!r} has no target for {', '.join(map(str, without))}; add it or merge the category")
    empty = [category for category in shares.index if not (values == category).any()]
    if empty:
        raise ValueError(
            f"no row has {column!r} = {', '.join(map(str, empty))}; merge the category with another target"
        )
    return shares.index.get_indexer(pd.Index(values)), (shares / shares.sum()).to_numpy() * len(values)


def _largest_error(weights: np.ndarray, codes: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> float:
    return max(np.abs(np.bincount(code, weights) - wanted).max() for code, wanted in codes.values()) / len(weights)
