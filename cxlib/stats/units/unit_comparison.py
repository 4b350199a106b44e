"""Each unit against what its customers lead to expect, and those that stand apart from units as they differ anyway."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.moments import checked_weights, finite
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.estimates import normal_quantile
from cxlib.stats.units.between_units import BetweenUnits, between_units, checked_levels
from cxlib.stats.units.chance import chance_scores
from cxlib.stats.units.shrinkage import shrunken_levels


@dataclass(frozen=True)
class UnitComparison:
    """Units of the same measure.

    table    one row a unit with enough answers, indexed by its label: n, effective_n, observed and expected (means), gap
             (observed - expected), low, high (of the gap alone), likely, likely_low, likely_high (the gap drawn towards the others),
             p, p_holm (of a unit like the others), verdict ("above", "below", "as_others")
    among    level and spread of the true gaps;  few: answers of each unit with too few
    one      SD of one answer within units, given what is held constant
    n        answers
    """

    table: pd.DataFrame
    among: BetweenUnits
    few: pd.Series
    one: float
    n: int


def unit_comparison(
    values: ArrayLike, units: ArrayLike, *, held: pd.DataFrame | None = None, weights: ArrayLike | None = None,
    minimum: int = 10, confidence: float = 0.95,
) -> UnitComparison:
    """Units held against the level that their kinds of customers have everywhere.

    values     (people,) answers, none missing;  units: (people,) label of each one's unit
    held       (people, columns) kinds of customers that are held constant, as texts; the columns add up
    weights    (people,) positive survey weights
    minimum    answers below which a unit is not compared; its answers still tell what kinds of customers answer
    errors     ValueError for missing answers, faulty weights, and fewer than two units with enough answers
    assumes    an answer varies alike in all units; kinds of customers that one unit alone has are part of that unit
    source     indirect standardisation; additive over-dispersion: Spiegelhalter 2005, Statistics in Medicine 24;
               shrinkage: Morris 1983; Holm over the units
    """
    values, weights = finite(values), checked_weights(weights, len(np.asarray(values)))
    labels, code = np.unique(np.asarray(units).astype(str), return_inverse=True)
    expected = expected_answers(values, held, weights)
    sums = np.bincount(code, weights)
    sizes, effective = np.bincount(code), sums**2 / np.bincount(code, weights**2)
    table = pd.DataFrame({
        "n": sizes, "effective_n": effective, "observed": np.bincount(code, weights * values) / sums,
        "expected": np.bincount(code, weights * expected) / sums}, index=pd.Index(labels, name="unit"))  # fmt: skip
    enough = table.n >= minimum
    if enough.sum() < 2:
        raise ValueError(f"{enough.sum()} units have {minimum} answers or more; at least 2 are needed")
    gap = table.observed - table.expected
    one = _spread_of_one(values - expected - gap.to_numpy()[code], weights, len(labels))
    if one <= 1e-9 * np.ptp(values):  # no rounding error passes for spread
        raise ValueError("all answers of a unit are alike; there is no chance to hold units against")
    among, scores = between_units(gap[enough], one**2 / table.effective_n[enough]), None
    if np.ptp(weights) == 0:  # counted out for people who count alike
        strata = None if held is None or held.empty else held.astype(str).agg("\0".join, axis=1).to_numpy()
        differ = {"level": among.level, "spread": among.spread} if among.spread else {}
        scores = chance_scores(values, labels[code], strata, **differ)[enough.to_numpy()].to_numpy()
    named = named_units(gap[enough], one**2 / table.effective_n[enough], scores=scores, confidence=confidence)
    compared = table[enough].join(named.set_index(table.index[enough]))
    return UnitComparison(compared, among, table.n[~enough], one, len(values))


def expected_answers(values: np.ndarray, held: pd.DataFrame | None, weights: np.ndarray) -> np.ndarray:
    """What each person's kinds lead to expect: (people,) fitted means of the held columns, which add up.

    values, weights  (people,) none missing;  held: (people, columns) texts, or None: the mean of all
    source     least squares on indicators of the kinds
    """
    if held is None or held.empty:
        return np.full(len(values), np.average(values, weights=weights))
    kinds = pd.get_dummies(held.astype(str), drop_first=True).to_numpy(float)
    design, root = np.column_stack([np.ones(len(values)), kinds]), np.sqrt(weights)
    slopes = np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
    return design @ slopes


def named_units(
    levels: ArrayLike, variances: ArrayLike, *, scores: ArrayLike | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Which units lie apart from the others, given that units differ anyway.

    levels     (units,) observed;  variances: (units,) squared standard error of each
    scores     (units,) normal score of each given how units differ (`chance_scores`); None: from levels and variances
    returns    DataFrame, a row a unit: gap (the level), low, high, likely, likely_low, likely_high (drawn towards the others), z, p,
               p_holm, verdict ("above", "below", "as_others")
    errors     ValueError below two units, for values that are missing, variances that are not above 0, and a confidence
               outside 0-1
    source     Spiegelhalter 2005 (additive over-dispersion); Holm 1979
    """
    levels, variances = checked_levels(levels, variances)
    among, margin = between_units(levels, variances), normal_quantile(confidence) * np.sqrt(variances)
    z = (levels - among.level) / np.sqrt(variances + among.spread**2) if scores is None else np.asarray(scores, float)
    p = 2 * stats.norm.sf(np.abs(z))
    adjusted = holm(p)
    side = np.where(z > 0, "above", "below")
    likely = shrunken_levels(levels, variances, confidence=confidence)
    return pd.DataFrame({
        "gap": levels, "low": levels - margin, "high": levels + margin, "likely": likely.level, "likely_low": likely.low,
        "likely_high": likely.high, "z": z, "p": p, "p_holm": adjusted,
        "verdict": np.where(adjusted < 1 - confidence, side, "as_others")})  # fmt: skip


def _spread_of_one(rest: np.ndarray, weights: np.ndarray, units: int) -> float:
    """SD of one answer about its unit's level, for as many levels as there are units."""
    left = max(len(rest) - units, 1)
    return float(np.sqrt(np.average(rest**2, weights=weights) * len(rest) / left))
