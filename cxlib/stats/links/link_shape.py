"""Is a link a line, a curve or steps? Compared on rows that the fit has not seen."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.links.link_fit import fitted_link, fitted_mean


def step_columns(values: pd.Series, cuts: Iterable[float]) -> pd.DataFrame:
    """Columns that say for each cut whether the value lies above it: a coefficient is the step to the next level.

    values   Series (n,); cuts rising numbers, such as [6, 8] for 0-6, 7-8, 9-10
    returns  DataFrame (n, cuts), 1.0 or 0.0, missing stays missing; named ">6", ">8"
    errors   ValueError for cuts that do not rise
    """
    values, cuts = pd.Series(values, dtype=float), list(cuts)
    if cuts != sorted(set(cuts)):
        raise ValueError(f"cuts == {cuts}, must rise without repeats")
    return pd.DataFrame({f">{cut:g}": (values > cut).astype(float).where(values.notna()) for cut in cuts})


def spline_columns(values: pd.Series, knots: int = 4) -> pd.DataFrame:
    """Columns of a natural cubic spline: a smooth curve that is straight beyond the outer knots.

    knots    how many, placed at quantiles .05 to .95 (evenly where quantiles coincide); at least 3
    returns  DataFrame (n, knots - 1)
    source   Harrell, Regression Modeling Strategies, restricted cubic splines
    """
    values = pd.Series(values, dtype=float)
    at = np.unique(values.quantile(np.linspace(0.05, 0.95, knots)))
    if len(at) < knots:
        at = np.linspace(values.min(), values.max(), knots + 2)[1:-1]
    scale, x = (at[-1] - at[0]) ** 2, values.to_numpy()

    def cube(knot: float) -> np.ndarray:
        return np.clip(x - knot, 0, None) ** 3

    columns = {"line": x}
    for place, knot in enumerate(at[:-2], start=1):
        inner = (cube(knot) - cube(at[-2]) * (at[-1] - knot) / (at[-1] - at[-2])
                 + cube(at[-1]) * (at[-2] - knot) / (at[-1] - at[-2]))
        columns[f"bend{place}"] = inner / scale
    return pd.DataFrame(columns, index=values.index).where(values.notna(), axis=0)


def shape_comparison(
    outcome: ArrayLike,
    values: ArrayLike,
    others: pd.DataFrame | None = None,
    *,
    family: str,
    cuts: Sequence[float],
    weights: ArrayLike | None = None,
    folds: int = 5,
    seed: int,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Loss of steps, spline and line on rows left out, and how much smaller each is than the line's.

    outcome  (n,) as in `fitted_link`; values (n,) the predictor whose shape is asked; others DataFrame of controls
    cuts     where the steps are
    returns  DataFrame by shape, smallest loss first: n, loss (mean deviance a row), difference to the line (negative
             is better), low, high of that difference, p
    errors   ValueError for cuts that do not rise, and as fitted_link where a shape cannot be fitted to the rows of a fold
    source   K-fold cross-validation; interval from the rows' differences (its limits: Bates, Hastie & Tibshirani 2023)
    """
    asked = pd.Series(np.asarray(values, float), name="value")
    others = pd.DataFrame(index=asked.index) if others is None else pd.DataFrame(others).set_axis(asked.index)
    shapes = {"line": asked.to_frame("line"), "steps": step_columns(asked, cuts), "spline": spline_columns(asked)}
    frame = pd.concat([others, *shapes.values()], axis=1).assign(_y=np.asarray(outcome, float))
    keep = frame.notna().all(axis=1).to_numpy()
    counted = np.ones(keep.sum()) if weights is None else np.asarray(weights, float)[keep]
    counted, y = counted / counted.mean(), frame._y[keep].to_numpy()
    fold = np.random.default_rng(seed).permutation(len(y)) % folds
    losses = {}
    for name, columns in shapes.items():
        design = pd.concat([others, columns], axis=1)[keep].reset_index(drop=True)
        losses[name] = _left_out_loss(y, design, counted, fold, family)
    return _differences(pd.DataFrame(losses), counted, confidence)


def _left_out_loss(y: np.ndarray, design: pd.DataFrame, weights: np.ndarray, fold: np.ndarray, family: str) -> np.ndarray:
    loss = np.empty(len(y))
    for left in np.unique(fold):
        seen, out = fold != left, fold == left
        told = design.columns[design[seen].nunique() > 1]  # a rare group may lie in the rows left out alone
        fit = fitted_link(y[seen], design.loc[seen, told], family=family, weights=weights[seen])
        loss[out] = _deviance(y[out], fitted_mean(fit, design.loc[out, told]), family)
    return loss


def _deviance(y: np.ndarray, mean: np.ndarray, family: str) -> np.ndarray:
    if family == "gaussian":
        return (y - mean) ** 2
    if family == "gamma":
        return 2 * (y / mean - 1 - np.log(y / mean))
    mean = np.clip(mean, 1e-12, 1 - 1e-12)
    return -2 * (y * np.log(mean) + (1 - y) * np.log1p(-mean))


def _differences(losses: pd.DataFrame, weights: np.ndarray, confidence: float) -> pd.DataFrame:
    gain = losses.sub(losses["line"], axis=0).mul(weights, axis=0)
    difference, se = gain.mean(), gain.std() / np.sqrt(len(gain))
    margin = stats.norm.ppf((1 + confidence) / 2) * se
    p = 2 * stats.norm.sf(np.abs(difference / se.where(se > 0, np.inf)))
    table = pd.DataFrame({
        "n": len(losses), "loss": losses.mul(weights, axis=0).mean(), "difference": difference,
        "low": difference - margin, "high": difference + margin, "p": p})
    return table.rename_axis("shape").sort_values("loss", kind="stable")
