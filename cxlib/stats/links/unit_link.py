"""A link between two groups of people who share units: does one side's mean go with the other's?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import WLS


@dataclass(frozen=True)
class UnitLink:
    """Slope and correlation of unit means, with the unit as the base.

    slope, correlation   Series estimate, low, high, p (slope also se)
    corrected            slope / reliability of the predictor's unit mean, or None when that is not known or not above 0
    warnings             any of "few_units" (under 30), "unreliable_means" (reliability below 0.5)
    """

    units: int
    slope: pd.Series
    correlation: pd.Series
    corrected: pd.Series | None
    warnings: tuple[str, ...]


def unit_link(
    units: pd.DataFrame,
    predictor: str,
    outcome: str,
    *,
    controls: Sequence[str] = (),
    reliability: float | None = None,
    weights: str | None = None,
    confidence: float = 0.95,
) -> UnitLink:
    """Slope of unit means of the outcome on unit means of the predictor, one row a unit.

    units        DataFrame, one row a unit; predictor, outcome and controls are names of its columns
    reliability  ICC(2) of the predictor's unit means (`group_correlation`); the corrected slope divides by it
    weights      name of a column of positive weights
    returns      UnitLink; robust errors (HC3), t with units - terms degrees of freedom
    errors       ValueError under 5 units with both sides, and one more for each control
    assumes      one side does not fill in for the other; a cross-section shows no direction
    source       statsmodels OLS HC3; correction for unreliability: Spearman 1904
    """
    names = [predictor, *controls]
    rows = units[[outcome, *names, *([weights] if weights else [])]].dropna().astype(float)
    if len(rows) < 5 + len(controls):
        raise ValueError(f"{len(rows)} units with both sides; at least 5 are needed, and 30 for a statement on money")
    weight = rows[weights].to_numpy() if weights else np.ones(len(rows))
    slope = _robust_slope(rows[outcome].to_numpy(), rows[names].to_numpy(), weight, confidence)
    correlation = _correlation(rows, predictor, outcome, list(controls), weight, confidence)
    flags = ["few_units"] if len(rows) < 30 else []
    corrected = None
    if reliability is not None:
        flags += ["unreliable_means"] if reliability < 0.5 else []
        corrected = slope[["estimate", "se", "low", "high"]] / reliability if reliability > 0 else None
    return UnitLink(len(rows), slope, correlation, corrected, tuple(flags))


def both_directions(
    first: pd.DataFrame,
    second: pd.DataFrame,
    left: str,
    right: str,
    *,
    weights: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Cross-lagged slopes of unit means in two rounds: each side on the other's earlier value, given its own.

    first, second   DataFrames by unit (same index) of the two rounds, with the columns left and right
    returns         DataFrame, rows "left -> right" and "right -> left" with the given names: n, estimate, low, high, p
    errors          ValueError under 6 units in both rounds
    source          Schneider, White & Paul 1998; standardized to the first round's standard deviations
    """
    shared = first.index.intersection(second.index)
    spread = first.loc[shared, [left, right]].std()
    before = first.loc[shared, [left, right]] / spread
    rows = []
    for cause, effect in ((left, right), (right, left)):
        frame = before.assign(later=second.loc[shared, effect] / spread[effect])
        if weights is not None:
            frame["weight"] = first.loc[shared, weights]
        fit = unit_link(frame, cause, "later", controls=[effect], confidence=confidence,
                        weights=None if weights is None else "weight")
        rows.append({"direction": f"{cause} -> {effect}", "n": fit.units, **fit.slope.drop("se")})
    return pd.DataFrame(rows).set_index("direction")


def _robust_slope(y: np.ndarray, columns: np.ndarray, weight: np.ndarray, confidence: float) -> pd.Series:
    fit = WLS(y, np.column_stack([np.ones(len(y)), columns]), weights=weight / weight.mean()).fit(cov_type="HC3")
    return _estimate(fit.params[1], fit.bse[1], fit.df_resid, confidence)


def _estimate(estimate: float, se: float, freedom: float, confidence: float) -> pd.Series:
    margin = stats.t.ppf((1 + confidence) / 2, freedom) * se
    return pd.Series({"estimate": estimate, "se": se, "low": estimate - margin, "high": estimate + margin,
                      "p": 2 * stats.t.sf(abs(estimate / se), freedom)})


def _correlation(
    rows: pd.DataFrame, predictor: str, outcome: str, controls: list[str], weight: np.ndarray, confidence: float
) -> pd.Series:
    """Correlation of the two sides after the controls, with Fisher's interval."""
    base = np.column_stack([np.ones(len(rows)), rows[controls].to_numpy()]) * np.sqrt(weight)[:, None]
    sides = rows[[predictor, outcome]].to_numpy() * np.sqrt(weight)[:, None]
    rest = sides - base @ np.linalg.lstsq(base, sides, rcond=None)[0]
    estimate = float(rest[:, 0] @ rest[:, 1] / np.sqrt((rest ** 2).sum(axis=0).prod()))
    freedom = len(rows) - 3 - len(controls)
    margin = stats.norm.ppf((1 + confidence) / 2) / np.sqrt(max(freedom, 1))
    centre = np.arctanh(np.clip(estimate, -0.9999999, 0.9999999))
    return pd.Series({"estimate": estimate, "low": np.tanh(centre - margin), "high": np.tanh(centre + margin),
                      "p": 2 * stats.norm.sf(abs(centre) * np.sqrt(max(freedom, 1)))})
