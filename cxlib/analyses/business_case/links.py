"""How what customers do goes with their score, on the client's own customers: leaving, spending, costing, share of wallet."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.result import DataError, OneScreen, Term
from cxlib.analyses.rows import needed
from cxlib.stats.links.hazard_link import hazard_link
from cxlib.stats.links.link_checks import Determinism, backwards, determinism
from cxlib.stats.links.link_fit import LinkFit
from cxlib.stats.links.link_levels import Levels, adjusted_levels
from cxlib.stats.links.link_shape import shape_comparison, step_columns
from cxlib.stats.links.outcome_links import amount_link, event_link, share_link, two_part_link
from cxlib.stats.links.rank_share import share_at_rank
from cxlib.stats.links.selection_effects import response_gap, response_weights

OUTCOMES = ("leaving", "margin", "service_cost", "wallet")
RARE = 30  # customers below which a group of a control joins the others
COMPARED = 200_000  # rows on which shapes are compared; more would not change the verdict


@dataclass(frozen=True)
class Outcome:
    """One link: the fit with its steps, what it says about the groups, and which shape predicts best."""

    fit: LinkFit
    levels: Levels
    shapes: pd.DataFrame
    counts: pd.Series
    read: int
    used: int


@dataclass(frozen=True, repr=False)
class Links(OneScreen):
    """All links of a client's customers, and what the answers say about those who did not answer.

    groups     names of the three score groups, low to high
    outcomes   by name (OUTCOMES), those that the table allows
    scores     Series by score: weighted share of the customers
    leakage    how nearly the score gives leaving away; None without leaving
    turned     True when leaving looks coded the other way round
    gap        DataFrame: answered, everybody (, weighted, remaining) by measure; None when all answered
    customers  rows of the table, with and without an answer
    ranks      DataFrame by rank: customers, share of wallet, what the rule by rank expects; None without ranks
    confidence of the intervals of levels and steps
    """

    groups: tuple[str, str, str]
    steps: tuple[float, float]
    outcomes: Mapping[str, Outcome]
    scores: pd.Series
    leakage: Determinism | None
    turned: bool
    gap: pd.DataFrame | None
    months: int | None
    customers: int
    ranks: pd.DataFrame | None = None
    confidence: float = 0.95


def customer_links(
    customers: pd.DataFrame,
    *,
    score: str | None,
    scale: tuple[float, float] = (0, 10),
    steps: tuple[float, float] = (6, 8),
    event: str | None = None,
    months: int | None = 12,
    watched: Mapping[str, str] | None = None,
    margin: str | None = None,
    service_cost: str | None = None,
    share: str | None = None,
    rank: str | None = None,
    suppliers: str | None = None,
    tenure: str | None = None,
    controls: list[str] = (),
    seed: int = 1,
    confidence: float = 0.95,
    **_unused: object,
) -> Links | None:
    """Links from a table of customers; None when no score was asked.

    customers   one row a customer; the columns are named by the other arguments
    score       column on `scale`, missing for those who did not answer; steps: last score of the low and middle group
    event       column, 1 when the customer left within `months` after the score, 0 when not; or
    watched     {"entry", "exit", "left"}: columns of ages in years, when it is known when customers left
    margin, service_cost, share   columns: money a year, share of wallet 0-1; tenure and controls are held constant,
                and for the share of wallet the rank among the suppliers used too
    errors      DataError for a column that is not there, or codes that cannot be what they are said to be

    >>> links = business_case.customer_links(customers.rows, **customers.links)
    >>> list(links.outcomes)
    ['leaving', 'margin', 'service_cost', 'wallet']
    """
    if score is None:
        return None
    columns = [score, event, margin, service_cost, share, rank, suppliers, tenure, *controls, *(watched or {}).values()]
    needed(customers, columns)
    held = _held(customers, tenure, controls)
    answered = customers[score].notna()
    weights, gap = _representative(customers, answered, held, event, margin)
    rows = customers[answered].reset_index(drop=True)
    design = pd.concat([step_columns(rows[score], steps), held[answered].reset_index(drop=True)], axis=1)
    groups = _groups(scale, steps)
    levels = pd.DataFrame([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], index=groups, columns=design.columns[:2])
    task = {"read": len(customers), "design": design, "levels": levels, "score": rows[score], "steps": steps, "seed": seed,
            "weights": weights[answered.to_numpy()] if gap is not None else None, "confidence": confidence}  # fmt: skip
    outcomes = {}
    if watched is not None:
        outcomes["leaving"] = _dated(rows, watched, task)
    elif event is not None:
        outcomes["leaving"] = _outcome("leaving", rows[event], task)
    for name, column in (("margin", margin), ("service_cost", service_cost), ("wallet", share)):
        if column is not None and rows[column].notna().sum() > 2 * RARE:
            held_too = {} if name != "wallet" or rank is None else {rank: rows[rank].fillna(rows[rank].median())}
            outcomes[name] = _outcome(name, rows[column], task | {"design": design.assign(**held_too)})
    happened = rows[watched["left"]] if watched else rows[event] if event else None
    shares = pd.Series(weights[answered.to_numpy()]).groupby(rows[score]).sum()
    return Links(
        groups=groups, steps=steps, outcomes=outcomes, scores=shares / shares.sum(),
        leakage=None if happened is None else determinism(happened, rows[score]),
        turned=happened is not None and _turned(happened, rows[score]), gap=gap, months=12 if watched else months,
        customers=len(customers),
        ranks=None if None in (share, rank, suppliers) else _ranks(rows, share, rank, suppliers), confidence=confidence,
    )  # fmt: skip


def _groups(scale, steps) -> tuple[str, str, str]:
    ends = ((scale[0], steps[0]), (steps[0] + 1, steps[1]), (steps[1] + 1, scale[1]))
    return tuple(f"{low:g}" if low == high else f"{low:g}–{high:g}" for low, high in ends)


def _held(customers, tenure, controls) -> pd.DataFrame:
    """Numbers for what is held constant: tenure, and a column for each group but the largest."""
    columns = {} if tenure is None else {tenure: customers[tenure].fillna(customers[tenure].median())}
    for control in controls:
        labels = customers[control].astype(object).where(customers[control].notna(), "?")
        sizes = labels.value_counts()
        columns |= {f"{control}: {name}": (labels == name).astype(float) for name in sizes.index[1:] if sizes[name] >= RARE}
    return pd.DataFrame(columns, index=customers.index)


def _representative(customers, answered, held, event, margin):
    """Weights that make the answers stand for all customers, and the gap; all ones and None when everybody answered."""
    silent = int((~answered).sum())
    if silent < RARE or answered.sum() < RARE:
        return np.ones(len(customers)), None
    frame = held.copy()
    for name, column in (("leaving", event), ("margin", margin)):
        if column is not None:
            frame[name] = customers[column].fillna(customers[column].median())
    frame = frame.loc[:, frame.std() > 0]
    if frame.empty:
        return np.ones(len(customers)), None
    weights = response_weights(answered, frame / frame.std())
    measures = frame[[name for name in ("leaving", "margin") if name in frame]]
    gap = response_gap(answered, measures, weights=weights) if measures.shape[1] else None
    return weights.to_numpy(), gap


def _ranks(rows, share, rank, suppliers) -> pd.DataFrame:
    """Share of wallet by rank beside the share that the rule by rank expects; the rule predicts levels, not changes."""
    known = rows[[share, rank, suppliers]].dropna()
    known = known[known[rank] <= known[suppliers]]
    known = known.assign(expected=share_at_rank(known[rank], known[suppliers]))
    table = known.groupby(rank).agg(customers=(share, "size"), share=(share, "mean"), rule=("expected", "mean"))
    return table[table.customers >= RARE].rename_axis("rank").reset_index()


def _turned(event, score) -> bool:
    correlation, share = backwards(event, score)
    return correlation > 0.02 and share > 0.5


def _outcome(name: str, values: pd.Series, task: dict) -> Outcome:
    design, weights = task["design"], task["weights"]
    known = values.notna()
    values, design = values[known], design[known]
    design = design.loc[:, design.std() > 0]
    weights = None if weights is None else weights[known.to_numpy()]
    options = {"weights": weights, "confidence": task["confidence"]}
    family, fitted = _fit(name, values, design, options)
    fit, levels = fitted(task["levels"])
    if family == "binomial" and name == "leaving" and "separation" in fit.warnings:
        levels = _plain_levels(values, task["score"][known], weights, task)
    shapes = _shapes(values, task["score"][known], design, weights, family, task)
    groups = _group_of(task["score"][known], task["steps"], task["levels"].index)
    return Outcome(fit, levels, shapes, groups.value_counts().reindex(task["levels"].index), task["read"], len(values))


def _fit(name, values, design, options):
    """The family, and a function from levels to (fit, adjusted levels), for the kind of outcome."""
    missing = [column for column in design.columns[:2] if not str(column).startswith(">")]
    if missing or design.shape[1] < 2:
        raise DataError("all customers stand in one or two score groups; three groups are needed for two steps.")
    adjust = {"weights": options["weights"], "confidence": options["confidence"]}
    if name == "leaving":
        fit = event_link(values, design, **options)
        return "binomial", lambda levels: (fit, adjusted_levels(fit, design, levels, **adjust))
    if name == "wallet":
        fit = share_link(values, design, **options)
        return "binomial", lambda levels: (fit, adjusted_levels(fit, design, levels, **adjust))
    if (values > 0).all():
        fit = amount_link(values, design, **options)
        return "gamma", lambda levels: (fit, adjusted_levels(fit, design, levels, **adjust))
    if (values >= 0).all():
        parts = two_part_link(values, design, **options)
        return "gaussian", lambda levels: (parts.size, _product(parts, design, levels, adjust))
    from cxlib.stats.links.link_fit import fitted_link

    fit = fitted_link(values, design, family="gaussian", robust=True, **options)
    return "gaussian", lambda levels: (fit, adjusted_levels(fit, design, levels, **adjust))


def _plain_levels(values, score, weights, task) -> Levels:
    """Shares of the groups as they are, half a case added to each side, where coefficients run off to infinity."""
    groups = _group_of(score, task["steps"], task["levels"].index)
    table = pd.DataFrame({"event": values, "n": 1.0}).groupby(groups).sum().reindex(task["levels"].index)
    left, stayed = table.event + 0.5, table.n - table.event + 0.5
    predictor, covariance = np.log(left / stayed), np.diag(1 / left + 1 / stayed)
    margin = 1.959963984540054 * np.sqrt(np.diag(covariance))
    ends = {"estimate": predictor, "low": predictor - margin, "high": predictor + margin}
    shares = pd.DataFrame({name: 1 / (1 + np.exp(-value)) for name, value in ends.items()}, index=table.index)
    return Levels(shares, predictor, pd.DataFrame(covariance, table.index, table.index), "binomial")


def _product(parts, design, levels, adjust) -> Levels:
    """Levels of an amount that is often nothing: chance of any times size, on the log scale."""
    chance, size = (adjusted_levels(fit, design, levels, **adjust) for fit in (parts.any, parts.size))
    slope = 1 - chance.table.estimate.to_numpy()
    covariance = size.covariance + chance.covariance * np.outer(slope, slope)
    predictor = size.predictor + np.log(chance.table.estimate)
    margin = 1.959963984540054 * np.sqrt(np.diag(covariance))
    table = pd.DataFrame({"estimate": np.exp(predictor), "low": np.exp(predictor - margin),
                          "high": np.exp(predictor + margin)}, index=levels.index)  # fmt: skip
    return Levels(table, predictor, covariance, "gamma")


def _shapes(values, score, design, weights, family, task) -> pd.DataFrame:
    held = design[[column for column in design if not str(column).startswith(">")]]
    pick = np.arange(len(values))
    if len(values) > COMPARED:
        pick = np.random.default_rng(task["seed"]).choice(len(values), COMPARED, replace=False)
    return shape_comparison(
        values.to_numpy()[pick], score.to_numpy()[pick], held.iloc[pick].reset_index(drop=True), family=family,
        cuts=task["steps"], weights=None if weights is None else weights[pick], seed=task["seed"])  # fmt: skip


def _group_of(score, steps, names) -> pd.Series:
    return pd.Series(np.asarray(names, object)[(score.to_numpy()[:, None] > np.array(steps)).sum(axis=1)], score.index)


def _dated(rows, watched, task) -> Outcome:
    """Leaving from dates: hazard ratios by Cox with late entry, turned into a chance a year by the middle group's rate."""
    entry, exit, left = (rows[watched[key]] for key in ("entry", "exit", "left"))
    known = entry.notna() & exit.notna() & left.notna()
    design = task["design"][known]
    fit = hazard_link(exit[known], left[known], design, entry=entry[known], weights=None if task["weights"] is None
                      else task["weights"][known.to_numpy()], confidence=task["confidence"])  # fmt: skip
    groups = _group_of(task["score"][known], task["steps"], task["levels"].index)
    middle = groups == task["levels"].index[1]
    events, years = left[known][middle].sum(), (exit - entry)[known][middle].sum()
    low, high = design.columns[:2]
    # log hazard of each group: the middle group's rate, less the first step, plus the second
    combine = pd.DataFrame([[1, -1, 0], [1, 0, 0], [1, 0, 1]], index=task["levels"].index, columns=["rate", low, high])
    estimate = pd.Series({"rate": np.log(max(events, 0.5) / years), **fit.terms.estimate[[low, high]]})
    covariance = np.zeros((3, 3))
    covariance[0, 0] = 1 / max(events, 0.5)
    covariance[1:, 1:] = fit.covariance.loc[[low, high], [low, high]]
    hazard = np.exp(combine @ estimate)
    chance = 1 - np.exp(-hazard)
    slope = combine.mul(hazard / chance, axis=0)  # of the logit of the chance a year
    spread = slope.to_numpy() @ covariance @ slope.to_numpy().T
    predictor = np.log(chance / (1 - chance))
    margin = 1.959963984540054 * np.sqrt(np.diag(spread))
    table = pd.DataFrame({"estimate": chance, "low": 1 / (1 + np.exp(margin - predictor)),
                          "high": 1 / (1 + np.exp(-margin - predictor))})  # fmt: skip
    levels = Levels(table, predictor, pd.DataFrame(spread, chance.index, chance.index), "binomial")
    counts = groups.value_counts().reindex(task["levels"].index)
    return Outcome(fit, levels, pd.DataFrame(), counts, task["read"], int(known.sum()))


NAMES = {
    "leaving": Term("Customers leaving in a year"),
    "margin": Term("Contribution margin a year"),
    "service_cost": Term("Cost to serve a year"),
    "wallet": Term("Share of wallet"),
}
UNITS = {"leaving": "percent1", "margin": "money", "service_cost": "money", "wallet": "percent1"}
