"""How what customers do goes with their score, on the client's own customers: leaving, spending, costing, share of wallet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses.money import Customers
from cxlib.analyses.result import CannotAnswer, OneScreen, Term
from cxlib.analyses.rows import in_content_order, needed
from cxlib.analyses.units import Unit
from cxlib.stats.links.hazard_link import hazard_link
from cxlib.stats.links.link_checks import Determinism, backwards, determinism
from cxlib.stats.links.link_fit import LinkFit, fitted_link
from cxlib.stats.links.link_levels import Levels, adjusted_levels, hazard_levels, plain_levels, product_levels
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


@dataclass(frozen=True)
class _Answered:
    """The customers who answered, and how every outcome is linked to their score."""

    read: int
    score: pd.Series
    steps: tuple[float, float]
    design: pd.DataFrame
    levels: pd.DataFrame
    weights: np.ndarray | None
    shapes: bool
    seed: int
    confidence: float

    def known(self, keep: pd.Series) -> "_Answered":
        """The same for those rows of which an outcome is known."""
        weights = None if self.weights is None else self.weights[keep.to_numpy()]
        return replace(self, score=self.score[keep], design=self.design[keep], weights=weights)

    def groups(self) -> pd.Series:
        """The name of each customer's score group."""
        place = (self.score.to_numpy()[:, None] > np.array(self.steps)).sum(axis=1)
        return pd.Series(self.levels.index.to_numpy(object)[place], self.score.index)


def customer_links(asked: Customers | None, *, shapes: bool = True, seed: int = 1, confidence: float = 0.95) -> Links | None:
    """Links from a table of customers; None without one, or when no score was asked.

    asked       the table and its columns; tenure and controls are held constant, and for the share of wallet the rank
                among the suppliers used too
    shapes      whether the shapes of the links are compared, which takes most of the time and is nothing that money rests on
    confidence  of the intervals of levels and steps
    errors      CannotAnswer for a column that is not there, or codes that cannot be what they are said to be

    >>> links = business_case.customer_links(customers)
    >>> list(links.outcomes)
    ['leaving', 'margin', 'service_cost', 'wallet']
    """
    if asked is None or asked.score is None:
        return None
    rows, score, event = asked.rows, asked.score, asked.event
    needed(rows, [score, event, asked.margin, asked.service_cost, asked.share, asked.rank, asked.suppliers, asked.tenure,
                  *asked.controls, *(asked.watched or {}).values()])  # fmt: skip
    rows = in_content_order(rows)
    held = _held(rows, asked.tenure, asked.controls)
    answered = rows[score].notna()
    weights, gap = _representative(rows, answered, held, event, asked.margin)
    weights = weights[answered.to_numpy()]
    given = rows[answered].reset_index(drop=True)
    design = pd.concat([step_columns(given[score], asked.steps), held[answered].reset_index(drop=True)], axis=1)
    groups = _groups(asked.scale, asked.steps)
    levels = pd.DataFrame([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], index=groups, columns=design.columns[:2])
    task = _Answered(len(rows), given[score], asked.steps, design, levels, weights if gap is not None else None, shapes, seed, confidence)
    happened = given[asked.watched["left"]] if asked.watched else given[event] if event else None
    shares = pd.Series(weights).groupby(given[score]).sum()
    return Links(
        groups=groups, steps=asked.steps, outcomes=_outcomes(given, asked, task), scores=shares / shares.sum(),
        leakage=None if happened is None else determinism(happened, given[score]),
        turned=happened is not None and _turned(happened, given[score]), gap=gap,
        months=12 if asked.watched else asked.months, customers=len(rows),
        ranks=None if None in (asked.share, asked.rank, asked.suppliers) else
        _ranks(given, asked.share, asked.rank, asked.suppliers), confidence=confidence,
    )  # fmt: skip


def _outcomes(given: pd.DataFrame, asked: Customers, task: _Answered) -> dict[str, Outcome]:
    """The links that the table allows, by name."""
    outcomes = {}
    if asked.watched is not None:
        outcomes["leaving"] = _dated(given, asked.watched, task)
    elif asked.event is not None:
        outcomes["leaving"] = _outcome("leaving", given[asked.event], task)
    for name, column in (("margin", asked.margin), ("service_cost", asked.service_cost), ("wallet", asked.share)):
        if column is not None and given[column].notna().sum() > 2 * RARE:
            rank = asked.rank if name == "wallet" else None
            held_too = {} if rank is None else {rank: given[rank].fillna(given[rank].median())}
            outcomes[name] = _outcome(name, given[column], replace(task, design=task.design.assign(**held_too)))
    return outcomes


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


def _outcome(name: str, values: pd.Series, task: _Answered) -> Outcome:
    task = task.known(values.notna())
    values = values[values.notna()]
    task = replace(task, design=task.design.loc[:, task.design.std() > 0])
    family, fit, levels = _fit(name, values, task)
    if name == "leaving" and "separation" in fit.warnings:
        levels = plain_levels(values, task.groups(), task.levels.index, confidence=task.confidence)
    counts = task.groups().value_counts().reindex(task.levels.index)
    return Outcome(fit, levels, _shapes(values, family, task) if task.shapes else pd.DataFrame(), counts, task.read, len(values))


def _fit(name: str, values: pd.Series, task: _Answered) -> tuple[str, LinkFit, Levels]:
    """The family, the fit and the adjusted levels for the kind of outcome."""
    design, options = task.design, {"weights": task.weights, "confidence": task.confidence}
    if design.shape[1] < 2 or any(not str(column).startswith(">") for column in design.columns[:2]):
        raise CannotAnswer("all customers stand in one or two score groups; three groups are needed for two steps.")

    def adjusted(fit: LinkFit) -> Levels:
        return adjusted_levels(fit, design, task.levels, **options)

    if name not in ("leaving", "wallet") and (values >= 0).all() and not (values > 0).all():
        parts = two_part_link(values, design, **options)
        return "gaussian", parts.size, product_levels(adjusted(parts.any), adjusted(parts.size), confidence=task.confidence)
    if name == "leaving":
        family, fit = "binomial", event_link(values, design, **options)
    elif name == "wallet":
        family, fit = "binomial", share_link(values, design, **options)
    elif (values > 0).all():
        family, fit = "gamma", amount_link(values, design, **options)
    else:
        family, fit = "gaussian", fitted_link(values, design, family="gaussian", robust=True, **options)
    return family, fit, adjusted(fit)


def _shapes(values: pd.Series, family: str, task: _Answered) -> pd.DataFrame:
    held = task.design[[column for column in task.design if not str(column).startswith(">")]]
    pick = np.arange(len(values))
    if len(values) > COMPARED:
        pick = np.random.default_rng(task.seed).choice(len(values), COMPARED, replace=False)
    return shape_comparison(
        values.to_numpy()[pick], task.score.to_numpy()[pick], held.iloc[pick].reset_index(drop=True), family=family,
        cuts=task.steps, weights=None if task.weights is None else task.weights[pick], seed=task.seed)  # fmt: skip


def _dated(rows: pd.DataFrame, watched: Mapping[str, str], task: _Answered) -> Outcome:
    """Leaving from dates: hazard ratios by Cox with late entry, turned into a chance a year by the middle group's rate."""
    entry, exit, left = (rows[watched[key]] for key in ("entry", "exit", "left"))
    known = entry.notna() & exit.notna() & left.notna()
    task, (entry, exit, left) = task.known(known), (column[known] for column in (entry, exit, left))
    fit = hazard_link(exit, left, task.design, entry=entry, weights=task.weights, confidence=task.confidence)
    groups = task.groups()
    middle = groups == task.levels.index[1]
    levels = hazard_levels(fit, left[middle].sum(), (exit - entry)[middle].sum(), task.levels.index, confidence=task.confidence)
    return Outcome(fit, levels, pd.DataFrame(), groups.value_counts().reindex(task.levels.index), task.read, int(known.sum()))


NAMES = {
    "leaving": Term("Customers leaving in a year"),
    "margin": Term("Contribution margin of a customer a year"),
    "service_cost": Term("Cost to serve a customer for a year"),
    "wallet": Term("Share of wallet"),
}
LEAVING = {1: Term("Customers leaving in a month"), 3: Term("Customers leaving in three months"),
           6: Term("Customers leaving in half a year"), 12: NAMES["leaving"], 24: Term("Customers leaving in two years"),
           36: Term("Customers leaving in three years")}  # fmt: skip
OTHERWISE = Term("Customers leaving in the months that are counted")
UNITS = {"leaving": Unit.PERCENT, "margin": Unit.MONEY, "service_cost": Unit.MONEY, "wallet": Unit.PERCENT}


def outcome_name(links: Links | None, name: str) -> Term:
    """What an outcome is called; leaving by the months within which it was counted."""
    if name == "leaving" and links is not None:
        return LEAVING.get(links.months or 12, OTHERWISE)
    return NAMES[name]
