"""What a fitted link says about levels of a predictor, averaged over the rows as they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from cxlib.stats.links.link_fit import design_matrix, inverse_link, link_of
from cxlib.stats.value.input_draws import normal_draws


@dataclass(frozen=True)
class Levels:
    """Mean outcome at each level with all else as it is.

    table       DataFrame by level: estimate, low, high in the outcome's unit
    predictor   Series by level, the linear predictor of that mean; `covariance` belongs to it
    """

    table: pd.DataFrame
    predictor: pd.Series
    covariance: pd.DataFrame
    family: str


def adjusted_levels(fit, design, levels, *, weights=None, confidence=0.95):
    """Mean outcome if every row stood at a level of some columns and kept its other columns.

    fit      LinkFit of family "binomial", "gamma" or "gaussian"
    design   DataFrame (n, terms), the rows over which is averaged
    levels   DataFrame, one row a level (index: its name), columns: the predictors that are set
    weights  (n,) weights of the rows
    returns  Levels with intervals from the coefficients' covariance (delta method on the link scale)
    source   g-computation or marginal standardization, Robins 1986; statsmodels `get_margeff` for the derivative form
    """
    rows = pd.DataFrame(design).dropna()
    weights = np.ones(len(rows)) if weights is None else np.asarray(pd.Series(weights, design.index)[rows.index], float)
    means, slopes = [], []
    for _, level in levels.iterrows():
        matrix = design_matrix(fit, rows.assign(**level.astype(float).to_dict()))
        mean = inverse_link(fit.family)(matrix @ fit.terms.estimate.to_numpy())
        means.append(np.average(mean, weights=weights))
        slopes.append(np.average(matrix * _slope(mean, fit.family)[:, None], axis=0, weights=weights))
    means, slopes = np.array(means), np.array(slopes)
    predictor = link_of(fit.family)(means)
    gradient = slopes / _slope(means, fit.family)[:, None]
    covariance = gradient @ fit.covariance.to_numpy() @ gradient.T
    margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(np.diag(covariance))
    back = inverse_link(fit.family)
    table = pd.DataFrame(
        {"estimate": means, "low": back(predictor - margin), "high": back(predictor + margin)}, index=levels.index)
    return Levels(table, pd.Series(predictor, levels.index),
                  pd.DataFrame(covariance, levels.index, levels.index), fit.family)


def level_draws(levels, *, draws=100_000, seed):
    """Draws of the mean outcome at all levels at once, as uncertain together as the coefficients are.

    returns  DataFrame (draws, levels) in the outcome's unit
    """
    predictor = normal_draws(levels.predictor, levels.covariance, draws=draws, seed=seed)
    return inverse_link(levels.family)(predictor)


def average_slope(fit, design, column, *, confidence=0.95):
    """Mean change of the outcome for a small rise of one column, per unit of it.

    returns  Series estimate, se, low, high in the outcome's unit per unit of the column
    source   average marginal effect with delta-method error; statsmodels `get_margeff(at="overall")`
    """
    rows = pd.DataFrame(design).dropna()
    matrix, place = design_matrix(fit, rows), fit.terms.index.get_loc(column)
    mean = inverse_link(fit.family)(matrix @ fit.terms.estimate.to_numpy())
    slope, bend = _slope(mean, fit.family), _bend(mean, fit.family)
    coefficient = fit.terms.estimate.iloc[place]
    gradient = (matrix * (bend * coefficient)[:, None]).mean(axis=0)
    gradient[place] += slope.mean()
    se = float(np.sqrt(gradient @ fit.covariance.to_numpy() @ gradient))
    estimate, margin = float(slope.mean() * coefficient), stats.norm.ppf((1 + confidence) / 2) * se
    return pd.Series({"estimate": estimate, "se": se, "low": estimate - margin, "high": estimate + margin})


def _slope(mean, family):
    return {"binomial": lambda m: m * (1 - m), "gamma": np.asarray, "gaussian": np.ones_like}[family](mean)


def _bend(mean, family):
    shapes = {"binomial": lambda m: m * (1 - m) * (1 - 2 * m), "gamma": np.asarray, "gaussian": np.zeros_like}
    return shapes[family](mean)
