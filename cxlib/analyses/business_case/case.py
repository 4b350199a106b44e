"""A case, computed once: draws, the best set of initiatives, and what the set is worth. The results only read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.inputs import Inputs, case_inputs
from cxlib.analyses.business_case.links import Links
from cxlib.analyses.business_case.model import (
    Model,
    cost,
    gain_per_lifted,
    moved_share,
    present,
    set_flows,
)
from cxlib.analyses.money import Money, Plan
from cxlib.analyses.result import OneScreen
from cxlib.stats.value.portfolio import Choice, best_set

POINT = "point"  # the plan of one index point for the whole horizon, at no cost


@dataclass(frozen=True, repr=False)
class Premises(OneScreen):
    """All that a case is built from, as `build_case` takes it."""

    links: Links | None
    plan: Plan | None
    money: Money
    score_per_point: tuple[float, float] | None
    scale: tuple[float, float]
    employee_slope: tuple[float, float] | None
    draws: int
    seed: int


@dataclass(frozen=True, repr=False)
class Case(OneScreen):
    """What is known and drawn about a client's initiatives.

    premises       what it was built from
    model, inputs  see there; links the own-data links; money_from which of them carry money
    projects       DataFrame by initiative: gain, cost, reach (means), pool, first_year, resources
    choice         the best set; order of the initiatives by worth for each person
    flows          of the chosen set by part and cost, (years + 1, draws); value its present value by draw
    point          present value of one index point, by draw
    """

    premises: Premises
    model: Model
    inputs: Inputs
    links: Links
    money_from: Mapping[str, bool]
    plan: pd.DataFrame
    projects: pd.DataFrame
    limits: Mapping[str, float]
    choice: Choice
    order: tuple[str, ...]
    flows: Mapping[str, np.ndarray]
    value: np.ndarray
    values: pd.DataFrame
    point: np.ndarray


def usable_links(links: Links | None, leakage_override: str | None = None) -> dict[str, bool]:
    """Which links may carry money: those that are estimated well, and leaving only when the score does not give it away."""
    if links is None:
        return {}
    well = {name: not {"separation", "not_converged"} & set(outcome.fit.warnings)
            for name, outcome in links.outcomes.items()}  # fmt: skip
    if "leaving" in well:
        doubtful = links.leakage.certain or not well["leaving"]
        well["leaving"] = (not doubtful or bool(leakage_override)) and not links.turned
    return well | {"wallet": False}


def build_case(
    links: Links | None,
    plan: Plan | None,
    money: Money,
    *,
    score_per_point: tuple[float, float] | None = None,
    scale: tuple[float, float] = (0, 10),
    employee_slope: tuple[float, float] | None = None,
    draws: int = 20_000,
    seed: int = 1,
) -> Case | None:
    """The case of a plan of initiatives on own-data links; None when there is no link that may carry money.

    plan       the initiatives and the resources that are limited; None builds the worth of one index point only
    money      discount rate, horizon and the rest
    score_per_point, employee_slope   (slope, standard error) of `index_to_score` and `usable_slope`
    scale      of the score

    >>> case = business_case.build_case(links, plan, money, **moves, draws=1000)
    >>> case.choice.chosen
    ('Regning på én side', 'Ledere på medlyt hver måned')
    """
    return case_on(Premises(links, plan, money, score_per_point, scale, employee_slope, draws, seed))


def case_on(premises: Premises) -> Case | None:
    """The case on premises; None when no link may carry money."""
    links, money, draws = premises.links, premises.money, premises.draws
    money_from = usable_links(links, money.leakage_override)
    if links is None or not money_from.get("margin") or not money_from.get("leaving", True):
        return None
    rows = _plan(premises.plan, money.start, premises.employee_slope)
    limits = {} if premises.plan is None else dict(premises.plan.limits)
    model = Model(rows, money.customers or links.customers, money.discount_rate, money.horizon_years, money.effect_lasts_years,
                  money.fade, money.replaced, money.acquisition_cost, money.tax)  # fmt: skip
    inputs = case_inputs(links, rows, causal_share=money.causal_share, causal_share_rests_on=money.causal_share_rests_on,
                         cost_factor=money.cost_factor, score_per_point=premises.score_per_point, scale=premises.scale,
                         employee_slope=premises.employee_slope, money_from=money_from, draws=draws, seed=premises.seed)  # fmt: skip
    gains = {name: gain_per_lifted(model, inputs.draws, name) for name in rows.index}
    projects = _projects(model, inputs.draws, gains, rows, limits)
    worth_each = (projects.gain / projects.reach.where(projects.reach > 0)).fillna(np.inf)
    order = tuple(worth_each.sort_values(ascending=False, kind="stable").index)
    most = limits | ({} if money.budget is None else {"first_year": money.budget})

    def value(names) -> np.ndarray:
        flows = set_flows(model, inputs.draws, names, order, gains)
        return present(model, sum(flows.values()))

    able = projects[(projects.gain > 0)]
    choice = best_set(able, limits=most, net_draws=value, loss_limit=money.loss_limit) if len(able) else _nothing()
    flows = set_flows(model, inputs.draws, choice.chosen, order, gains)
    values = pd.DataFrame({name: value((name,)) for name in rows.index})
    return Case(premises, model, inputs, links, money_from, rows, projects, most, choice, order, flows,
                present(model, sum(flows.values())), values, point_value(model, inputs.draws))  # fmt: skip


def _nothing() -> Choice:
    return Choice((), 0.0, 0.0, None, True)


def _plan(plan: Plan | None, start: date | None, employee_slope) -> pd.DataFrame:
    """The plan by initiative with times in years from now; what moves employees needs a slope to count."""
    if plan is None:
        names = ["low", "mode", "high", "start", "full", "once", "yearly"]
        return pd.DataFrame({**{name: pd.Series(dtype=float) for name in names}, "of": pd.Series(dtype=object)})
    rows = plan.rows.set_index("initiative")
    now = pd.Timestamp(start) if start else rows.start.min()
    rows = rows.assign(**{name: (rows[name] - now).dt.days / 365.25 for name in ("start", "full")})
    rows[["start", "full"]] = rows[["start", "full"]].clip(lower=0)
    rows = rows.rename(columns={"cost_once": "once", "cost_yearly": "yearly"})
    return rows if employee_slope is not None else rows[rows.of != "employees"]


def _projects(model, draws, gains, rows, limits) -> pd.DataFrame:
    table = pd.DataFrame(index=rows.index, columns=["gain", "cost", "reach", "first_year"], dtype=float)
    for name in rows.index:
        share, spent = moved_share(model, draws, name), cost(model, draws, name)
        table.loc[name] = [max(float((present(model, sum(gains[name].values())) * share).mean()), 0.0),
                           float(present(model, spent).mean()), float(share.mean()),
                           float(spent[:2].sum(axis=0).mean() * (1 - model.tax))]  # fmt: skip
    return table.assign(pool="customers", **{column: rows[column].astype(float) for column in limits})


def point_value(model: Model, draws: pd.DataFrame) -> np.ndarray:
    """Present value of one point of the satisfaction index from now to the horizon, at no cost."""
    return present(model, sum(point_flows(model, draws).values()))


def point_flows(model: Model, draws: pd.DataFrame) -> dict[str, np.ndarray]:
    """Flows by part, (horizon + 1, draws), of one point of the satisfaction index from now to the horizon."""
    plan = pd.DataFrame({"start": [0.0], "full": [0.0], "once": [0.0], "yearly": [0.0], "of": ["satisfaction"]}, [POINT])
    alone = replace(model, plan=plan, effect_lasts=None)
    lifted = np.clip(draws["score_per_point"].to_numpy(), 0, 1)
    return {part: flow * lifted for part, flow in gain_per_lifted(alone, draws, POINT).items()}
