"""The uncertain inputs of a case: their draws, what each rests on, and what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.links import Links
from cxlib.analyses.business_case.model import EFFECT
from cxlib.analyses.result import Term
from cxlib.analyses.units import Unit
from cxlib.stats.links.link_levels import level_draws
from cxlib.stats.value.input_draws import range_draws

RUNGS = ("experiment", "panel", "cross-section", "accounts", "published", "judgement")
RUNG_NAMES = {
    "experiment": Term("Own experiment"),
    "panel": Term("Own data over time"),
    "cross-section": Term("Own data, one point in time"),
    "accounts": Term("Own accounts"),
    "published": Term("Published studies"),
    "judgement": Term("Judgement"),
}
LABELS = {
    "leaving_middle": Term("Customers leaving in the middle group"),
    "leaving_first": Term("Customers leaving: low to middle group, percentage points"),
    "leaving_second": Term("Customers leaving: middle to high group, percentage points"),
    "margin_middle": Term("Margin in the middle group"),
    "margin_first": Term("Margin: low to middle group"),
    "margin_second": Term("Margin: middle to high group"),
    "service_cost_middle": Term("Cost to serve in the middle group"),
    "service_cost_first": Term("Cost to serve: low to middle group"),
    "service_cost_second": Term("Cost to serve: middle to high group"),
    "causal_share": Term("Share of the link that is cause and effect"),
    "cost_factor": Term("Actual cost against planned cost"),
    "score_per_point": Term("Points of the score per point of the index"),
    "at_first": Term("Customers one point below the middle group"),
    "at_second": Term("Customers one point below the high group"),
    "employee_slope": Term("Customers' index per point of the employees'"),
}
UNITS = {"leaving_middle": Unit.PERCENT, "leaving": Unit.PERCENT.signed_ends, "margin": Unit.MONEY, "service_cost": Unit.MONEY, "causal_share": "percent", "at": Unit.PERCENT}
TIES = 5_000  # customers behind a share of the score, at least, before it counts as certain


@dataclass(frozen=True)
class Inputs:
    """draws (DataFrame, one column an input), and by input: the rung of evidence, the name and the number style."""

    draws: pd.DataFrame
    rungs: Mapping[str, str]
    labels: Mapping[str, str]
    units: Mapping[str, str]


def case_inputs(
    links: Links,
    plan: pd.DataFrame,
    *,
    causal_share,
    causal_share_rests_on: str,
    cost_factor,
    score_per_point: tuple[float, float] | None,
    scale: tuple[float, float],
    employee_slope: tuple[float, float] | None,
    money_from: Mapping[str, bool],
    draws: int,
    seed: int,
) -> Inputs:
    """Draws of every input, from the links' covariance and from ranges.

    money_from   outcome: whether money may rest on its steps; if not, its steps are zero
    plan         DataFrame by initiative with low, mode, high (points of an index)
    """
    columns, rungs = _linked(links, money_from, draws, seed)
    ranges = {"causal_share": causal_share, "cost_factor": cost_factor}
    ranges |= {EFFECT + name: tuple(plan.loc[name, ["low", "mode", "high"]].astype(float)) for name in sorted(plan.index)}
    drawn = range_draws(ranges, draws=draws, seed=seed + 100)  # by name, so that the order of a plan changes nothing
    columns = pd.concat([columns, drawn[["causal_share", "cost_factor", *(EFFECT + name for name in plan.index)]]], axis=1)
    rng = np.random.default_rng(seed + 200)
    rungs |= {"causal_share": causal_share_rests_on} | {name: "judgement" for name in ranges if name != "causal_share"}
    slope, error = score_per_point or ((scale[1] - scale[0]) / 100, 0.0)
    columns["score_per_point"] = np.clip(rng.normal(slope, error, draws), 0, None)
    rungs["score_per_point"] = "cross-section" if score_per_point else "judgement"
    n = min(sum(outcome.used for outcome in links.outcomes.values()) / max(len(links.outcomes), 1), TIES)
    for step, cut in zip(("first", "second"), links.steps, strict=True):
        share = float(links.scores[(links.scores.index > cut - 1) & (links.scores.index <= cut)].sum())
        columns[f"at_{step}"] = rng.beta(share * n + 0.5, (1 - share) * n + 0.5, draws)
        rungs[f"at_{step}"] = "cross-section"
    if employee_slope is not None:
        columns["employee_slope"] = np.clip(rng.normal(*employee_slope, draws), 0, None)
        rungs["employee_slope"] = "cross-section"
    labels = {name: LABELS.get(name, name.removeprefix(EFFECT)) for name in columns}
    units = {name: UNITS.get(name, UNITS.get(name.rsplit("_", 1)[0], "mean")) for name in columns}
    return Inputs(columns, rungs, labels, units)


def _linked(links: Links, money_from, draws, seed) -> tuple[pd.DataFrame, dict[str, str]]:
    """Level of the middle group and the two steps, for leaving, margin and cost to serve, a year."""
    columns, rungs = {}, {}
    for place, name in enumerate(("leaving", "margin", "service_cost")):
        low, middle, high = _levels(links, name, draws, seed + place)
        steps = {"first": middle - low, "second": high - middle}
        if not money_from.get(name):
            steps = {key: np.zeros(draws) for key in steps}
        columns |= {f"{name}_middle": middle} | {f"{name}_{key}": value for key, value in steps.items()}
        rungs |= dict.fromkeys([f"{name}_middle", f"{name}_first", f"{name}_second"], "cross-section")
    return pd.DataFrame(columns), rungs


def _levels(links: Links, name: str, draws: int, seed: int):
    if name not in links.outcomes:
        return [np.zeros(draws)] * 3
    drawn = level_draws(links.outcomes[name].levels, draws=draws, seed=seed).to_numpy().T
    if name == "leaving" and (links.months or 12) != 12:
        drawn = 1 - (1 - drawn) ** (12 / links.months)
    return drawn
