"""A case at the middle of its inputs, in the pieces that a spreadsheet needs to compute it again."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.answers import no_set, paybacks
from cxlib.analyses.business_case.case import Case
from cxlib.analyses.business_case.inputs import LABELS
from cxlib.analyses.business_case.model import (
    EFFECT,
    Model,
    cost,
    gain_per_lifted,
    present,
    set_flows,
    yearly_intensity,
)
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Base, Finding, Result
from cxlib.stats.value.cash_flow import payback_period

CERTAIN = ("customers", "rate", "replaced", "acquisition_cost", "tax")


def middle_case(case: Case | None) -> Result:
    """The chosen set with every input at its median.

    Each piece is taken to six digits before the value is computed from them, so that whoever computes with the pieces as they are
    written gets the value as it is written.

    returns  tables "inputs" (key, input, value, unit), "certain" (key, value), "initiatives" (initiative, key of its
             effect, whether it works through the employees) in the order in which they count, "work" and "planned" (a
             row an initiative, a column a year: share of the effect, cost before the cost factor), and "value" (net
             present value, payback and discounted payback in years, None where the money does not come back)

    >>> list(business_case.middle_case(case).tables)
    ['inputs', 'certain', 'initiatives', 'work', 'planned', 'value']
    """
    if case is None or not case.choice.chosen:
        return Result.missing("middle_case", no_set(case))
    names = [name for name in case.order if name in case.choice.chosen]
    median = case.inputs.draws.median().map(_six)
    keep = [name for name in median.index if not name.startswith(EFFECT) or name.removeprefix(EFFECT) in names]
    model = replace(case.model, **{name: _six(getattr(case.model, name)) for name in CERTAIN})
    work, planned = _by_year(model, names)
    inputs = pd.DataFrame({"key": keep, "input": [LABELS.get(name, name.removeprefix(EFFECT)) for name in keep],
                           "value": median[keep].to_numpy(), "unit": [case.inputs.units[name] for name in keep]})  # fmt: skip
    certain = pd.DataFrame({"key": CERTAIN, "value": [getattr(model, name) for name in CERTAIN]}, dtype=object)
    plan = pd.DataFrame({"initiative": names, "effect": [EFFECT + name for name in names],
                         "through_employees": [model.plan.of[name] == "employees" for name in names]})  # fmt: skip
    flows = middle_flows(model, median, work, planned)
    value = pd.DataFrame([{"net_present_value": _six(float(present(model, flows[:, None])[0])),
                           **{key: _six(years) if np.isfinite(years) else None for key, years in _paybacks(model, flows)}}])  # fmt: skip
    tables = {"inputs": inputs, "certain": certain, "initiatives": plan, "work": work.reset_index(drop=True),
              "planned": planned.reset_index(drop=True), "value": value}  # fmt: skip
    return Result("middle_case", tables, _differs(case, value.iloc[0]), Base(len(inputs), len(inputs)))


def _differs(case: Case, value: pd.Series) -> tuple[Finding, ...]:
    """Why the value and the payback are not those of the board's answer."""
    outcomes = {"median": float(np.median(case.value)), "mean": float(case.value.mean())}
    found = [SAYS.finding("middle.differs", at_middle=value.net_present_value, **outcomes)]
    plain, _ = paybacks(case)
    if value.payback is not None and np.isfinite(plain):
        found.append(SAYS.finding("middle.payback", at_middle=value.payback, plain=plain))
    return tuple(found)


def middle_flows(model: Model, inputs: pd.Series, work: pd.DataFrame, planned: pd.DataFrame) -> np.ndarray:
    """(horizon + 1,) flows before tax of initiatives, a row each in `work` and `planned`, at one value of each input."""
    one = inputs.to_frame().T
    gains = {name: gain_per_lifted(model, one, name, work.loc[name].to_numpy()) for name in work.index}
    parts = set_flows(model, one, list(work.index), gains=gains)
    benefit = sum(flow for part, flow in parts.items() if part != "cost")[:, 0]
    return benefit - planned.sum().to_numpy() * inputs["cost_factor"]


def _by_year(model: Model, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    at_plan = pd.DataFrame({"cost_factor": [1.0]})
    work = pd.DataFrame([yearly_intensity(model, name) for name in names], index=names)
    planned = pd.DataFrame([cost(model, at_plan, name)[:, 0] for name in names], index=names)
    return work.map(_six).rename(columns=str), planned.map(_six).rename(columns=str)


def _paybacks(model: Model, flows: np.ndarray) -> list[tuple[str, float]]:
    after_tax = flows * (1 - model.tax)
    return [("payback", payback_period(after_tax)), ("discounted_payback", payback_period(after_tax, model.rate))]


def _six(value: float) -> float:
    """A number to six significant digits; a count stays as it is."""
    return value if isinstance(value, (int, np.integer)) else float(f"{value:.6g}")
