"""A case in the pieces that a spreadsheet needs to compute it again: inputs at their means, and what their spread adds."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.answers import no_set, paybacks
from cxlib.analyses.business_case.case import Case
from cxlib.analyses.business_case.columns import LONGEST
from cxlib.analyses.business_case.inputs import LABELS
from cxlib.analyses.business_case.model import (
    EFFECT,
    Model,
    gain_per_lifted,
    one_off,
    present,
    running,
    set_flows,
    used_parts,
    yearly_intensity,
)
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Base, Result

CERTAIN = ("customers", "horizon", "rate", "replaced", "acquisition_cost", "tax")
YEARS = 10  # that the horizon may be raised to


def middle_case(case: Case | None) -> Result:
    """The plan with every input at its mean, the chosen initiatives switched on; its value is the report's expected value.

    The value at the means of inputs that multiply and vary together is not the mean of the values. The difference
    stands in the table "spread", so that whoever computes with the pieces gets the report's figures. Each piece is
    taken to six digits before the spread is, so that this holds of the pieces as they are written.

    returns  tables "inputs" (key, input, value with its 80 % range, unit), "certain" (key, value), "initiatives" in the
             order in which they count (initiative, key of its effect, value with its 80 % range, once and yearly cost,
             whether it works through the employees, whether it is chosen), "work", "once" and "running" (a row an
             initiative, a column a year: share of the effect, of the one-off and of the yearly cost), "spread" (key of the part, a
             column a year: what the spread adds, as a share of the year's benefit; of the cost as a share of that), and
             "value" (net present value, payback and discounted payback in years, None where the money does not come back)

    >>> list(business_case.middle_case(case).tables)
    ['inputs', 'certain', 'initiatives', 'work', 'once', 'running', 'spread', 'value']
    """
    if case is None or not case.choice.chosen:
        return Result.missing("middle_case", no_set(case))
    names, chosen = list(case.order), [name for name in case.order if name in case.choice.chosen]
    means = case.inputs.draws.mean().map(_six)
    model = replace(case.model, **{name: _six(getattr(case.model, name)) for name in CERTAIN}, plan=case.model.plan.assign(
        **{name: case.model.plan[name].map(_six) for name in ("once", "yearly")}))  # fmt: skip
    work, once, yearly = _by_year(model, names)
    plan = pd.DataFrame({"initiative": names, "effect": [EFFECT + name for name in names], **_ranges(case, means, [EFFECT + name for name in names]),
                         "once": model.plan.once[names].to_numpy(float), "yearly": model.plan.yearly[names].to_numpy(float),
                         "through_employees": [model.plan.of[name] == "employees" for name in names],
                         "chosen": [name in chosen for name in names]})  # fmt: skip
    others = [name for name in means.index if not name.startswith(EFFECT)]
    inputs = pd.DataFrame({"key": others, "input": [LABELS[name] for name in others], **_ranges(case, means, others),
                           "unit": [case.inputs.units[name] for name in others]})  # fmt: skip
    certain = pd.DataFrame({"key": CERTAIN, "value": [getattr(model, name) for name in CERTAIN]}, dtype=object)
    at_means = flows_at(model, means, chosen, work, once, yearly)
    spread = _spread(model, case, at_means, work.shape[1])
    plain, discounted = (_six(years) if np.isfinite(years) else None for years in paybacks(case))
    value = {"net_present_value": _six(float(case.value.mean())), "payback": plain, "discounted_payback": discounted}
    tables = {"inputs": inputs, "certain": certain, "initiatives": plan, "work": work.reset_index(drop=True), "once": once.reset_index(drop=True),
              "running": yearly.reset_index(drop=True), "spread": spread, "value": pd.DataFrame([value])}  # fmt: skip
    told = {"at_means": float(present(model, sum(at_means.values())[:, None])[0]), "expected": value["net_present_value"]}
    return Result("middle_case", tables, (SAYS.finding("middle.spread", **told),), Base(len(inputs), len(inputs)))


def flows_at(model: Model, inputs: pd.Series, names: list[str], work: pd.DataFrame, once: pd.DataFrame, yearly: pd.DataFrame) -> dict[str, np.ndarray]:
    """(horizon + 1,) flows before tax, by part and "cost", of initiatives at one value of each input; rows by initiative."""
    one = inputs.to_frame().T
    gains = {name: gain_per_lifted(model, one, name, work.loc[name].to_numpy()[: model.horizon]) for name in names}
    parts = {part: flow[:, 0] for part, flow in set_flows(model, one, names, gains=gains).items() if part in used_parts(model)}
    planned = [model.plan.once[name] * once.loc[name] + model.plan.yearly[name] * yearly.loc[name] for name in names]
    return parts | {"cost": -sum(planned).to_numpy(float)[: model.horizon + 1] * inputs["cost_factor"]}


def _spread(model: Model, case: Case, at_means: dict[str, np.ndarray], years: int) -> pd.DataFrame:
    """What the mean of the outcomes has beyond the outcome at the means, as shares; past the horizon as in its last year."""
    benefit = sum(flow for part, flow in at_means.items() if part != "cost")
    rows = []
    for part, flow in at_means.items():
        of = at_means["cost"] if part == "cost" else benefit
        more = case.flows[part].mean(axis=1) - flow
        shares = [extra / base if base else 0.0 for extra, base in zip(more, of, strict=True)]
        rows.append([part, *map(_six, shares), *[_six(shares[-1])] * (years - model.horizon)])
    return pd.DataFrame(rows, columns=["key", *map(str, range(years + 1))])


def _ranges(case: Case, means: pd.Series, names: list[str]) -> dict[str, np.ndarray]:
    low, high = case.inputs.draws[names].quantile([0.1, 0.9]).map(_six).to_numpy()
    return {"value": means[names].to_numpy(), "level_low": low, "level_high": high}


def _by_year(model: Model, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Shares of the effect (years from 1) and of both costs (from 0), past the horizon as if it were longer."""
    longer = replace(model, horizon=min(LONGEST, max(YEARS, model.horizon)))

    def shares(of) -> pd.DataFrame:
        rows = [[*of(model, name), *of(longer, name)[len(of(model, name)) :]] for name in names]
        return pd.DataFrame(rows, index=names).map(_six).rename(columns=str)

    return shares(yearly_intensity), shares(one_off), shares(running)


def _six(value: float) -> float:
    """A number to six significant digits; a count stays as it is."""
    return value if isinstance(value, (int, np.integer)) else float(f"{value:.6g}")
