"""From initiatives to money: who moves up, how much longer they stay, what they then bring, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.stats.value.cohort_value import PARTS, Terms, cohort_gain, intensity

EFFECT = "effect: "
STEPS = ("first", "second")  # low group to middle group, middle group to high group


@dataclass(frozen=True)
class Model:
    """What is certain about a case; what is not stands in a table of inputs, one row a draw.

    plan      DataFrame by initiative: start, full (years from now), once, yearly (cost), of ("satisfaction", "employees")
    customers number of customers; rate a year; horizon in years
    """

    plan: pd.DataFrame
    customers: float
    rate: float
    horizon: int
    effect_lasts: float | None = None
    fade: float = 0.0
    replaced: float = 0.0
    acquisition_cost: float = 0.0
    tax: float = 0.0


def moved_share(model: Model, inputs: pd.DataFrame, name: str) -> np.ndarray:
    """Share of all customers that an initiative lifts by one point of the score, 0-1, one for each draw.

    A rise of the mean by d points lifts each customer by one point with chance d.
    """
    points = inputs[EFFECT + name].to_numpy()
    if model.plan.of[name] == "employees":
        points = points * inputs["employee_slope"].to_numpy()
    return np.clip(points * inputs["score_per_point"].to_numpy(), 0, 1)


def gain_per_lifted(model: Model, inputs: pd.DataFrame, name: str, work: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Money by part, (horizon + 1, draws), if one point of the score were given to every customer.

    work   (horizon,) share of the effect that works in each year; None: as the plan has it
    """
    work = yearly_intensity(model, name) if work is None else work
    total = None
    for step in STEPS:
        before, after = terms(inputs, step)
        size = model.customers * inputs[f"at_{step}"].to_numpy()
        gain = cohort_gain(size, before, after, intensity=work, replaced=model.replaced,
                           acquisition_cost=model.acquisition_cost)  # fmt: skip
        total = {part: gain[part] if total is None else total[part] + gain[part] for part in used_parts(model)}
    return total


def used_parts(model: Model) -> tuple[str, ...]:
    """The parts that can differ from zero in this model."""
    return tuple(part for part in PARTS if part != "referral" and (part != "acquisition_saved" or model.replaced))


def terms(inputs: pd.DataFrame, step: str) -> tuple[Terms, Terms]:
    """What a customer does a year before and after a step up; only the causal share of the difference is counted."""
    level = {name: inputs[f"{name}_middle"].to_numpy() for name in ("leaving", "margin", "service_cost")}
    change = {name: inputs[f"{name}_{step}"].to_numpy() for name in level}
    # The first step begins in the low group, the second in the middle group.
    begin = {name: level[name] - change[name] if step == "first" else level[name] for name in level}
    cause = inputs["causal_share"].to_numpy()
    end = {name: begin[name] + cause * change[name] for name in level}
    return tuple(Terms(np.clip(1 - now["leaving"], 0, 1), now["margin"], now["service_cost"]) for now in (begin, end))


def cost(model: Model, inputs: pd.DataFrame, name: str) -> np.ndarray:
    """Cost a year, positive, (horizon + 1, draws): once in the year before which it starts, running while it is active."""
    row = model.plan.loc[name]
    planned = row.once * one_off(model, name) + row.yearly * running(model, name)
    return planned[:, None] * inputs["cost_factor"].to_numpy()


def one_off(model: Model, name: str) -> np.ndarray:
    """(horizon + 1,) 1 in the year in which an initiative's one-off cost falls, else 0."""
    return (np.arange(model.horizon + 1) == min(int(model.plan.start[name]), model.horizon)).astype(float)


def running(model: Model, name: str) -> np.ndarray:
    """(horizon + 1,) share of each year in which an initiative is active, for its running cost."""
    row, year = model.plan.loc[name], np.arange(model.horizon + 1)
    return np.clip(np.minimum(year, _stops(model, row)) - np.maximum(row.start, year - 1), 0, 1)


def yearly_intensity(model: Model, name: str) -> np.ndarray:
    """(horizon,) mean of the months of each year: nothing before the start, in full from its end, fading once it stops."""
    row = model.plan.loc[name]
    months = 12 * model.horizon
    start, ramp = 12 * row.start, max(12 * (row.full - row.start), 1e-9)
    stops = min(12 * _stops(model, row), months)
    if stops <= start:
        return np.zeros(model.horizon)
    by_month = intensity(months, start=start, ramp=max(ramp, 1), end=stops, fade=1 - (1 - model.fade) ** (1 / 12))
    return by_month.reshape(model.horizon, 12).mean(axis=1)


def _stops(model: Model, row) -> float:
    return model.horizon if model.effect_lasts is None else row.full + model.effect_lasts


def present(model: Model, flows: np.ndarray) -> np.ndarray:
    """Present value of (horizon + 1, draws) flows after tax, one for each draw."""
    return np.tensordot((1 + model.rate) ** -np.arange(len(flows), dtype=float), flows, 1) * (1 - model.tax)


def set_flows(model: Model, inputs: pd.DataFrame, names, order=None, gains: Mapping | None = None) -> dict[str, np.ndarray]:
    """Flows of a set by part and "cost" (negative), (horizon + 1, draws).

    order   all names, worth most for each person first: who is reached by several counts for the first of them
    gains   gain_per_lifted by name where it is known already
    """
    shape = (model.horizon + 1, len(inputs))
    total = {part: np.zeros(shape) for part in (*PARTS, "cost")}
    free = np.ones(len(inputs))
    for name in [name for name in (order or names) if name in set(names)]:
        share = moved_share(model, inputs, name)
        gain = (gains or {}).get(name) or gain_per_lifted(model, inputs, name)
        for part in gain:
            total[part] += gain[part] * (share * free)
        total["cost"] -= cost(model, inputs, name)
        free = free * (1 - share)
    return total
