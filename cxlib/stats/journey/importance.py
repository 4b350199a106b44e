"""Which touchpoint matters among those who meet it, where not having met it is an answer and no gap."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.bootstrap import percentile_interval, rank_draws
from cxlib.stats.drivers.stacks import solved
from cxlib.stats.links.link_fit import LinkFit, fitted_link
from cxlib.stats.moments import bootstrap_stacks, checked_weights, covariance_stack, one_blas_thread, sample_units
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

USERS = 10  # people who rate a touchpoint, for each coefficient of the model, below which nothing can be told of it
FEW_RATED = 2  # touchpoints that half of the people rate, below which nobody can look for a general opinion in them
ONE_OPINION = 0.55  # what the ratings have in common, from which they are one opinion
RELATED = 0.1  # mean correlation of the ratings below which no opinion is in all of them


@dataclass(frozen=True)
class TouchpointImportance:
    """What goes with a point more at each touchpoint, among those who met it.

    table    one row a touchpoint: users, rated (people), reach (0-1), mean (of ratings), slope, se, low, high, p, p_holm (points
             of the outcome per point), use, use_low, use_high (outcome of those who met it less that of others, at a mean rating: who
             uses it, no effect; NaN where nearly everybody does), aim (a rating in reach), room (aim - mean, at least 0), potential,
             potential_low, potential_high (reach x slope x room, points of everybody's outcome), rank, rank_low, rank_high (of the
             potential), correlation (of rating and outcome, nothing else held equal), enough (people for a statement), opinion (slope
             that general opinion may give: that of the least touchpoint, on the spread of this one's ratings)
    r2       of the model;  n: people;  rated: median of touchpoints that a person rates
    opinion  what the ratings have in common, from 0 (unrelated) to 1 (one opinion)
    """

    table: pd.DataFrame
    r2: float
    n: int
    rated: float
    opinion: float

    @property
    def halo(self) -> bool:
        """Whether ratings may be one general opinion, so that no touchpoint can be told from another."""
        return self.rated < FEW_RATED or self.opinion > ONE_OPINION


@one_blas_thread
def touchpoint_importance(
    ratings: pd.DataFrame, outcome: ArrayLike, *, used: pd.DataFrame | None = None, controls: pd.DataFrame | None = None,
    aims: pd.Series | None = None, weights: ArrayLike | None = None, clusters: ArrayLike | None = None,
    everybody: float = 0.97, resamples: int = 500, confidence: float = 0.95, seed: int = 0,
) -> TouchpointImportance:
    """One regression of the outcome on having met each touchpoint and on its rating among those who did.

    ratings   DataFrame (people, touchpoints), NaN where it was not met or not rated;  outcome (people,), NaN rows are left out
    used      the same shape: 1 met it, 0 did not, NaN not known; None: who rates it met it. Who met it and does not rate it counts
              with the mean rating
    controls  DataFrame (people, columns) that are held equal, none missing
    aims      rating in reach of each touchpoint; None: the upper quartile of its ratings
    clusters  (people,) label of what people share
    everybody  reach (0-1) from which having met a touchpoint tells nobody apart and has no column
    errors    Refusal (a ValueError) below two people a column, for a touchpoint that nobody rates differently, and for touchpoints
              that follow from each other; ValueError for faulty weights
    assumes   an additive model; slopes go with the outcome among users and are not what a change would do
    source    indicator and centred value where a value does not exist: Allison 2001; HC1 or CR1 errors with t: statsmodels OLS;
              Holm over the touchpoints; ranks by bootstrap
    """
    ratings, y = pd.DataFrame(ratings).astype(float), np.asarray(outcome, float)
    met = (ratings.notna() if used is None else pd.DataFrame(used, ratings.index, ratings.columns)).astype(float)
    kept = np.isfinite(y) & (ratings.notna() | met.notna()).any(axis=1).to_numpy()
    ratings, met, y = ratings[kept], met[kept].mask(ratings[kept].notna(), 1.0), y[kept]
    w: np.ndarray = checked_weights(weights, len(kept))[kept]
    whose: np.ndarray | None = None if clusters is None else np.asarray(clusters)[kept]
    held = pd.DataFrame(index=ratings.index) if controls is None else pd.DataFrame(controls).astype(float)[kept]
    table = _described(ratings, met, y, w, aims)
    design = _design(ratings, met, table, held, everybody)
    if len(y) < 2 * (design.shape[1] + 1):
        raise Refusal(f"{len(y)} people for {design.shape[1]} columns; at least two people a column are needed: leave touchpoints out", "few")
    fit = _fitted(y, design, w, whose)
    freedom = len(y) - len(fit.terms) if whose is None else len(np.unique(whose)) - 1
    own = _by_t(fit.terms.loc[[f"rating {name}" for name in ratings]], freedom, confidence)
    table[["slope", "se", "low", "high", "p"]] = own.to_numpy()
    met_it = _by_t(fit.terms.reindex([f"met {name}" for name in ratings]), freedom, confidence)
    table[["use", "use_low", "use_high"]] = met_it[["estimate", "low", "high"]].to_numpy()
    table["p_holm"] = holm(table.p)
    table["enough"] = table.rated >= USERS * (len(fit.terms) / len(ratings.columns))
    table["opinion"] = _opinion(ratings, table)
    rated = np.average(ratings.notna(), axis=0, weights=w)
    potential, draws = _potentials(table, design, rated, y, w, whose, resamples, seed)
    table["potential"] = potential
    table["potential_low"], table["potential_high"] = percentile_interval(draws, confidence=confidence)
    table["rank"] = rank_draws(potential[:, None])[:, 0]
    low, high = percentile_interval(rank_draws(draws), confidence=confidence)
    table["rank_low"], table["rank_high"] = np.floor(low).astype(int), np.ceil(high).astype(int)
    rest = y - np.column_stack([np.ones(len(y)), design]) @ fit.terms.estimate.to_numpy()
    about = y - np.average(y, weights=w)
    r2 = 1 - (w @ rest**2) / (w @ about**2)
    return TouchpointImportance(table, float(r2), len(y), float(ratings.notna().sum(axis=1).median()), general_opinion(ratings))


def general_opinion(ratings: pd.DataFrame) -> float:
    """What the ratings have in common, from 0 (unrelated) to 1 (one opinion); NaN below two touchpoints.

    ratings  DataFrame (people, touchpoints), NaN where not rated; pairs that fewer than ten people rate count as unrelated
    source   largest eigenvalue of the pairwise correlations, less the 1 that unrelated ratings have, over the most it can be
    """
    if ratings.shape[1] < 2:
        return float("nan")
    correlations = ratings.corr(min_periods=USERS).fillna(0).to_numpy(copy=True)
    np.fill_diagonal(correlations, 1)
    return float((np.linalg.eigvalsh(correlations)[-1] - 1) / (len(correlations) - 1))


def upper_quartiles(ratings: pd.DataFrame, weights: ArrayLike | None = None) -> pd.Series:
    """Rating that a quarter of those who rate a touchpoint reach, by touchpoint.

    ratings  DataFrame (people, touchpoints), NaN where not rated;  weights (people,) positive
    errors   ValueError for faulty weights
    source   quantile of the weighted distribution whose steps are joined at their middles, so that few places of a scale do not jump
    """
    weights = checked_weights(weights, len(ratings))
    return pd.Series({name: _quantile(ratings[name].to_numpy(float), weights, 0.75) for name in ratings}, dtype=float)


def unit_aims(ratings: pd.DataFrame, units: ArrayLike, *, minimum: int = 10) -> pd.Series | None:
    """Mean rating that the best tenth of units reaches, by touchpoint; None below ten units that rate each of them.

    ratings  DataFrame (people, touchpoints), NaN where not rated;  units (people,) label;  minimum: ratings of a unit that count
    source   90th percentile of the units' means
    """
    by = ratings.groupby(np.asarray(units))
    means = by.mean().where(by.count() >= minimum)
    return means.quantile(0.9) if (means.count() >= 10).all() else None


def _opinion(ratings: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Slope of each touchpoint that general opinion may give, in points per point.

    An opinion that is in all ratings and in the outcome lifts the slopes of all touchpoints, about alike for their spread: the least
    of them, a standard error added, says how far at most. Ratings that do not go with one another hold none.
    """
    among = ratings.corr(min_periods=USERS).to_numpy()[np.triu_indices(len(table), 1)]
    among = among[np.isfinite(among)]
    if not len(among) or among.mean() < RELATED or not table.enough.any():
        return pd.Series(0.0, table.index)
    least = ((table.slope + table.se) * ratings.std())[table.enough].min()
    return max(least, 0.0) / ratings.std()


def _described(ratings: pd.DataFrame, met: pd.DataFrame, y: np.ndarray, weights: np.ndarray, aims: pd.Series | None) -> pd.DataFrame:
    """Reach, mean, room and plain correlation of each touchpoint."""
    rows = {}
    for name in ratings:
        value, known = ratings[name].to_numpy(), met[name].notna().to_numpy()
        rated = np.isfinite(value)
        if rated.sum() < 2 or np.ptp(value[rated]) == 0:
            raise Refusal(f"{name!r} is rated by {rated.sum()} people, all alike; leave it out", "constant", name)
        mean = np.average(value[rated], weights=weights[rated])
        covariance = np.cov(value[rated], y[rated], aweights=weights[rated])
        spread = np.sqrt(covariance[0, 0] * covariance[1, 1])
        rows[name] = {
            "users": int((met[name] == 1).sum()), "rated": int(rated.sum()),
            "reach": np.average(met[name].to_numpy()[known], weights=weights[known]), "mean": mean,
            "correlation": covariance[0, 1] / spread if spread > 0 else np.nan}  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("touchpoint")
    table["aim"] = (upper_quartiles(ratings, weights) if aims is None else aims.reindex(table.index)).astype(float)
    return table.assign(room=(table.aim - table["mean"]).clip(lower=0))


def _design(ratings: pd.DataFrame, met: pd.DataFrame, table: pd.DataFrame, held: pd.DataFrame, everybody: float) -> pd.DataFrame:
    """Columns: rating above the mean where there is one, having met it where that tells people apart, what is held."""
    told = dict(zip(ratings, zip(table["mean"], table.reach, strict=True), strict=True))
    columns = {f"rating {name}": (ratings[name] - mean).fillna(0.0) for name, (mean, _) in told.items()}
    columns |= {f"met {name}": met[name].fillna(0.0) for name, (_, reach) in told.items() if reach <= everybody}
    return pd.DataFrame({**columns, **{f"held {name}": held[name] for name in held}}, index=ratings.index)


def _fitted(y: np.ndarray, design: pd.DataFrame, weights: np.ndarray, clusters: np.ndarray | None) -> LinkFit:
    try:
        return fitted_link(y, design, family="gaussian", weights=weights, clusters=clusters, robust=True)
    except ValueError as refused:
        raise Refusal(f"{refused}: two touchpoints are met by the same people, or what is held equal says which", "collinear") from refused


def _by_t(terms: pd.DataFrame, freedom: int, confidence: float) -> pd.DataFrame:
    """Estimate, se, low, high and p of terms by Student's t."""
    margin = stats.t.ppf((1 + confidence) / 2, freedom) * terms.se
    return pd.DataFrame({"estimate": terms.estimate, "se": terms.se, "low": terms.estimate - margin,
                         "high": terms.estimate + margin, "p": 2 * stats.t.sf(np.abs(terms.estimate / terms.se), freedom)})  # fmt: skip


def _potentials(
    table: pd.DataFrame, design: pd.DataFrame, rated: np.ndarray, y: np.ndarray, weights: np.ndarray,
    clusters: np.ndarray | None, resamples: int, seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Potential of each touchpoint, and in resamples (touchpoints, draws): reach, slope and mean are drawn, the aim is not.

    rated  (touchpoints,) share of the people who rate it
    """
    values, k = np.column_stack([design.to_numpy(), y]), len(table)
    units = sample_units(values, weights=weights, clusters=clusters, seed=seed)
    unit = units.scale[-1] / units.scale[:k]
    columns = list(design)
    met = [columns.index(f"met {name}") if f"met {name}" in columns else -1 for name in table.index]

    def potential(means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
        slopes = solved(covariances[:-1, :-1], covariances[:-1, -1])[:k] * unit[:, None]
        raw = means * units.scale[:, None] + units.center[:, None]
        reach = np.stack([raw[at] if at >= 0 else np.full(raw.shape[1], each) for at, each in zip(met, table.reach, strict=True)])
        room = table.room.to_numpy()[:, None] - raw[:k] / rated[:, None]
        return np.asarray(reach * slopes * np.maximum(room, 0))

    draws = np.concatenate([potential(*stacks) for stacks in bootstrap_stacks(units, resamples, seed=seed)], axis=1)
    return potential(*covariance_stack(units))[:, 0], draws[:, np.isfinite(draws).all(axis=0)]


def _quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """Value that `share` of the weight lies below, half of each value's own weight counted as below it."""
    given = np.isfinite(values)
    places, code = np.unique(values[given], return_inverse=True)
    mass = np.bincount(code, weights[given]) / weights[given].sum()
    return float(np.interp(share, np.cumsum(mass) - mass / 2, places))
