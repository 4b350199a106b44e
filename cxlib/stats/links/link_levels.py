"""What a fitted link says about levels of a predictor, averaged over the rows as they are."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.links.link_fit import Curve, LinkFit, design_matrix, inverse_link, link_of
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


def adjusted_levels(
    fit: LinkFit,
    design: pd.DataFrame,
    levels: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Levels:
    """Mean outcome if every row stood at a level of some columns and kept its other columns.

    fit      LinkFit of family "binomial", "gamma" or "gaussian"
    design   DataFrame (n, terms), the rows over which is averaged
    levels   DataFrame, one row a level (index: its name), columns: the predictors that are set
    weights  (n,) weights of the rows
    returns  Levels with intervals from the coefficients' covariance (delta method on the link scale)
    errors   ValueError for a term of the fit that is no column of the design
    source   g-computation or marginal standardization, Robins 1986; statsmodels `get_margeff` for the derivative form
    """
    rows = pd.DataFrame(design).dropna()
    weights = np.ones(len(rows)) if weights is None else np.asarray(pd.Series(weights, design.index)[rows.index], float)
    averages, slopes = [], []
    for _, level in levels.iterrows():
        matrix = design_matrix(fit, rows.assign(**{str(name): float(value) for name, value in level.items()}))
        mean = inverse_link(fit.family)(matrix @ fit.terms.estimate.to_numpy())
        averages.append(np.average(mean, weights=weights))
        slopes.append(np.average(matrix * _slope(mean, fit.family)[:, None], axis=0, weights=weights))
    means = np.array(averages)
    predictor = link_of(fit.family)(means)
    gradient = np.array(slopes) / _slope(means, fit.family)[:, None]
    covariance = pd.DataFrame(gradient @ fit.covariance.to_numpy() @ gradient.T, levels.index, levels.index)
    found = _on_link_scale(pd.Series(predictor, levels.index), covariance, fit.family, confidence)
    return replace(found, table=found.table.assign(estimate=means))


def plain_levels(event: ArrayLike, groups: ArrayLike, names: pd.Index | list[str], *, confidence: float = 0.95) -> Levels:
    """Share of an event in each group as it is, where nothing can be held constant because coefficients run off to infinity.

    event    (n,) 0 or 1; groups (n,) name of each row's group; names of the groups, in order
    returns  Levels of family "binomial"; half a case is added to each side, so that a share of 0 or 1 has an interval
    source   empirical logit: Haldane 1956, Annals of Human Genetics 20
    """
    counts = pd.DataFrame({"event": np.asarray(event, float), "n": 1.0}).groupby(np.asarray(groups)).sum().reindex(names)
    happened, not_ = counts.event + 0.5, counts.n - counts.event + 0.5
    covariance = pd.DataFrame(np.diag(1 / happened + 1 / not_), counts.index, counts.index)
    return _on_link_scale(pd.Series(np.log(happened / not_)), covariance, "binomial", confidence)


def product_levels(chance: Levels, size: Levels, *, confidence: float = 0.95) -> Levels:
    """Levels of an amount that is often nothing: chance of any times size where there is any.

    chance, size   Levels of the two parts, at the same levels: a share, and an amount above zero on the log scale
    returns        Levels of family "gamma"; the covariance is that of the log of the product (delta method)
    assumes        the two parts are estimated independently, see `two_part_link`
    """
    slope = 1 - chance.table.estimate.to_numpy()
    covariance = size.covariance + chance.covariance * np.outer(slope, slope)
    return _on_link_scale(size.predictor + np.log(chance.table.estimate), covariance, "gamma", confidence)


def hazard_levels(
    fit: LinkFit, events: float, years: float, names: pd.Index | list[str], *, confidence: float = 0.95
) -> Levels:
    """Chance a year of an event in a low, a middle and a high group, from hazard ratios and the middle group's rate.

    fit      LinkFit of family "hazard" whose first two terms are the steps from low to middle and from middle to high
    events, years   of the middle group: its events and the years it was watched
    names    of the three groups, low to high
    returns  Levels of family "binomial", with the covariance of the logit of the chance (delta method)
    assumes  a constant hazard within a year; rate and ratios estimated independently
    """
    low, high = fit.terms.index[:2]
    # log hazard of each group: the middle group's rate, less the first step, plus the second
    combine = pd.DataFrame([[1, -1, 0], [1, 0, 0], [1, 0, 1]], index=names, columns=["rate", low, high])
    estimate = pd.Series({"rate": np.log(max(events, 0.5) / years), **fit.terms.estimate[[low, high]]})
    covariance = np.zeros((3, 3))
    covariance[0, 0] = 1 / max(events, 0.5)
    covariance[1:, 1:] = fit.covariance.loc[[low, high], [low, high]]
    hazard = np.exp(combine @ estimate)
    chance = 1 - np.exp(-hazard)
    slope = combine.mul(hazard / chance, axis=0).to_numpy()  # of the logit of the chance a year
    spread = pd.DataFrame(slope @ covariance @ slope.T, combine.index, combine.index)
    levels = _on_link_scale(np.log(chance / (1 - chance)), spread, "binomial", confidence)
    return replace(levels, table=levels.table.assign(estimate=chance))


def _on_link_scale(predictor: pd.Series, covariance: pd.DataFrame, family: str, confidence: float) -> Levels:
    """Levels with intervals that are symmetric on the scale of the link."""
    margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(np.diag(covariance))
    back = inverse_link(family)
    middle = predictor.to_numpy()
    table = pd.DataFrame({"estimate": back(middle), "low": back(middle - margin), "high": back(middle + margin)},
                         index=predictor.index)
    return Levels(table, predictor, covariance, family)


def level_steps(levels: Levels, *, draws: int = 20_000, seed: int, confidence: float = 0.95) -> pd.DataFrame:
    """Difference between neighbouring levels, in the outcome's unit.

    returns  DataFrame, one row a step from the lowest level up: change, low, high (percentiles of the draws), and p of
             the difference on the link scale
    errors   as level_draws
    source   simulation from the coefficients' covariance: King, Tomz and Wittenberg 2000
    """
    drawn, tails = level_draws(levels, draws=draws, seed=seed), [(1 - confidence) / 2, (1 + confidence) / 2]
    rows = {}
    for one, other in zip(levels.table.index[:-1], levels.table.index[1:], strict=True):
        low, high = np.quantile(drawn[other] - drawn[one], tails)
        spread = levels.covariance.loc[[one, other], [one, other]].to_numpy()
        gap = levels.predictor[other] - levels.predictor[one]
        p = 2 * stats.norm.sf(abs(gap) / np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]))
        rows[one, other] = {"change": levels.table.estimate[other] - levels.table.estimate[one], "low": low, "high": high, "p": p}
    return pd.DataFrame.from_dict(rows, orient="index")


def level_draws(levels: Levels, *, draws: int = 100_000, seed: int) -> pd.DataFrame:
    """Draws of the mean outcome at all levels at once, as uncertain together as the coefficients are.

    returns  DataFrame (draws, levels) in the outcome's unit
    errors   ValueError for a covariance that is missing or infinite: a level was not estimated
    source   simulation from the coefficients' covariance: King, Tomz and Wittenberg 2000
    """
    predictor = normal_draws(levels.predictor, levels.covariance, draws=draws, seed=seed)
    return pd.DataFrame(inverse_link(levels.family)(predictor.to_numpy()), predictor.index, predictor.columns)


def average_slope(fit: LinkFit, design: pd.DataFrame, column: str, *, confidence: float = 0.95) -> pd.Series:
    """Mean change of the outcome for a small rise of one column, per unit of it.

    returns  Series estimate, se, low, high in the outcome's unit per unit of the column
    errors   ValueError for a term of the fit that is no column of the design; KeyError for a column that is no term
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


def _slope(mean: np.ndarray, family: str) -> np.ndarray:
    shapes: dict[str, Curve] = {"binomial": lambda m: m * (1 - m), "gamma": np.asarray, "gaussian": np.ones_like}
    return shapes[family](mean)


def _bend(mean: np.ndarray, family: str) -> np.ndarray:
    shapes: dict[str, Curve] = {
        "binomial": lambda m: m * (1 - m) * (1 - 2 * m), "gamma": np.asarray, "gaussian": np.zeros_like}
    return shapes[family](mean)
