"""A link inside units over time, with everything that is stable in a unit or common to a period taken out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class PanelFit:
    """Slopes inside units and periods.

    terms    DataFrame by term: estimate, se, low, high, p (t with units - 1 degrees of freedom)
    total    Series of the sum of the lags: estimate, se, low, high, p
    pooled   slope that ignores units and periods, for comparison only
    n, units, periods   rows used, units and periods among them
    """

    terms: pd.DataFrame
    total: pd.Series
    pooled: float
    n: int
    units: int
    periods: int


def panel_link(
    panel: pd.DataFrame,
    outcome: str,
    predictor: str,
    *,
    unit: str,
    period: str,
    lags: Sequence[int] = (0,),
    controls: Sequence[str] = (),
    weights: str | None = None,
    confidence: float = 0.95,
) -> PanelFit:
    """Change of an outcome for one unit's rise of a predictor, at each lag, inside units and periods.

    panel    DataFrame, one row a unit and period; the columns are named by the other arguments
    lags     periods by which the predictor comes before the outcome; a negative lag is a lead
    weights  name of a column of positive weights
    returns  PanelFit, errors clustered by unit (CR1)
    errors   ValueError under 10 units, for a column that is missing, a repeated unit and period, and where nothing
             varies inside units
    source   two-way fixed effects; linearmodels PanelOLS(entity_effects, time_effects), cluster_entity
    """
    rows, names = _lagged(panel, outcome, predictor, unit, period, lags, controls, weights)
    units, periods = pd.factorize(rows[unit])[0], pd.factorize(rows[period])[0]
    if units.max() + 1 < 10:
        raise ValueError(f"{units.max() + 1} units; at least 10 are needed, about 30 for a fair interval")
    weight = np.ones(len(rows)) if weights is None else rows[weights].to_numpy(float)
    inside = _inside(rows[[outcome, *names]].to_numpy(float), units, periods, weight)
    y, x = inside[:, 0], inside[:, 1:]
    if (x.std(axis=0) < 1e-9 * (1 + rows[names].std().to_numpy())).any():
        raise ValueError(f"one of {names} does not vary inside units; its link cannot be told from the units")
    bread = np.linalg.inv((x * weight[:, None]).T @ x)
    slopes = bread @ (x * weight[:, None]).T @ y
    covariance = _clustered(bread, x * ((y - x @ slopes) * weight)[:, None], units, periods.max() + 1)
    terms = _terms(slopes, covariance, names, units.max(), confidence)
    ones = np.array([1.0 if name.startswith(f"{predictor}@") else 0.0 for name in names])
    total = _terms(ones[None] @ slopes, ones[None] @ covariance @ ones[:, None], ["total"], units.max(), confidence)
    pooled = np.polyfit(rows[names[0]], rows[outcome], 1, w=np.sqrt(weight))[0]
    return PanelFit(terms, total.iloc[0], float(pooled), len(rows), int(units.max() + 1), int(periods.max() + 1))


def lead_test(
    panel: pd.DataFrame,
    outcome: str,
    predictor: str,
    *,
    unit: str,
    period: str,
    weights: str | None = None,
    confidence: float = 0.95,
) -> pd.Series:
    """Does a later value of the predictor "explain" the outcome? It must not, or the link is not what it seems.

    returns  Series of the slope of the predictor one period later, beside the predictor now: estimate, se, low, high, p
    assumes  the outcome does not itself move the predictor; where it may, read it as the reverse direction
    errors   ValueError as panel_link
    source   as panel_link, with the lead beside the predictor now
    """
    fit = panel_link(panel, outcome, predictor, unit=unit, period=period, lags=(0, -1), weights=weights,
                     confidence=confidence)
    return fit.terms.iloc[1]  # the lead


def _lagged(
    panel: pd.DataFrame,
    outcome: str,
    predictor: str,
    unit: str,
    period: str,
    lags: Sequence[int],
    controls: Sequence[str],
    weights: str | None,
) -> tuple[pd.DataFrame, list[str]]:
    missing = [name for name in (outcome, predictor, unit, period, *controls) if name not in panel]
    if missing:
        raise ValueError(f"panel lacks the columns {missing}; it has {list(panel.columns)}")
    if panel.duplicated([unit, period]).any():
        at = panel.loc[panel.duplicated([unit, period]), [unit, period]].iloc[0].tolist()
        raise ValueError(f"unit and period {at} occur more than once; give one row a unit and period")
    order = {value: place for place, value in enumerate(sorted(panel[period].dropna().unique()))}
    rows = panel.assign(_at=panel[period].map(order))
    source = rows.set_index([unit, "_at"])[predictor]
    names = []
    for lag in lags:
        name = f"{predictor}@{lag}"
        keys = pd.MultiIndex.from_arrays([rows[unit], rows["_at"] - lag])
        rows[name] = source.reindex(keys).to_numpy()
        names.append(name)
    names += list(controls)
    needed = [unit, period, outcome, *names, *([weights] if weights else [])]
    return rows[needed].dropna(), names


def _inside(values: np.ndarray, units: np.ndarray, periods: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Deviations from unit and period means by alternating projection; exact in two sweeps for a full panel."""
    values, by_unit = values - values.mean(axis=0), np.bincount(units, weight)
    by_period = np.bincount(periods, weight)
    scale = values.std(axis=0) + 1e-300
    for _ in range(1000):
        before = values
        for labels, size in ((units, by_unit), (periods, by_period)):
            means = np.column_stack([np.bincount(labels, weight * column) / size for column in values.T])
            values = values - means[labels]
        if (np.abs(values - before).max(axis=0) < 1e-12 * scale).all():
            break
    return values


def _clustered(bread: np.ndarray, score: np.ndarray, units: np.ndarray, periods: int) -> np.ndarray:
    n, groups = len(score), units.max() + 1
    sums = np.column_stack([np.bincount(units, column) for column in score.T])
    # Unit effects are nested in the clusters and cost no degrees of freedom; period effects do.
    freedom = n - score.shape[1] - periods
    return bread @ sums.T @ sums @ bread * groups / (groups - 1) * (n - 1) / freedom


def _terms(
    estimates: np.ndarray, covariance: np.ndarray, names: Sequence[str], freedom: int, confidence: float
) -> pd.DataFrame:
    se = np.sqrt(np.diag(covariance))
    margin = stats.t.ppf((1 + confidence) / 2, freedom) * se
    return pd.DataFrame({
        "estimate": estimates, "se": se, "low": estimates - margin, "high": estimates + margin,
        "p": 2 * stats.t.sf(np.abs(estimates / se), freedom)}, index=pd.Index(names, name="term"))
