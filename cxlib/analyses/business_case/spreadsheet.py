"""A case at the middle of its inputs, in the pieces that a spreadsheet needs to compute it again."""

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.case import Case
from cxlib.analyses.business_case.inputs import LABELS
from cxlib.analyses.business_case.model import EFFECT, cost, present, set_flows, yearly_intensity
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Base, Result
from cxlib.stats.value.cash_flow import payback_period


def middle_case(case: Case | None) -> Result:
    """The chosen set with every input at its median.

    returns  tables "inputs" (key, input, value), "certain" (key, value), "initiatives" (initiative, key of its effect,
             whether it works through the employees) in the order in which they count, "work" and "planned" (a row an
             initiative, a column a year: share of the effect, cost before the cost factor), and "value" (net present
             value, payback and discounted payback in years)
    """
    if case is None or not case.choice.chosen:
        return Result.missing("middle_case", SAYS.finding("absent.chosen"))
    middle = case.inputs.draws.median().to_frame().T
    names = [name for name in case.order if name in case.choice.chosen]
    keep = [name for name in middle if not name.startswith(EFFECT) or name.removeprefix(EFFECT) in names]
    inputs = pd.DataFrame({"key": keep, "input": [LABELS.get(name, name.removeprefix(EFFECT)) for name in keep],
                           "value": middle[keep].iloc[0].to_numpy()})  # fmt: skip
    model = case.model
    certain = {"customers": model.customers, "rate": model.rate, "replaced": model.replaced,
               "acquisition_cost": model.acquisition_cost, "tax": model.tax}  # fmt: skip
    plan = pd.DataFrame({"initiative": names, "effect": [EFFECT + name for name in names],
                         "through_employees": [model.plan.of[name] == "employees" for name in names]})  # fmt: skip
    plain = middle.assign(cost_factor=1.0)
    work = pd.DataFrame([yearly_intensity(model, name) for name in names], index=names)
    planned = pd.DataFrame([cost(model, plain, name)[:, 0] for name in names], index=names)
    tables = {"inputs": inputs, "certain": pd.DataFrame({"key": list(certain), "value": list(certain.values())}),
              "initiatives": plan, "work": work.reset_index(drop=True), "planned": planned.reset_index(drop=True),
              "value": _value(case, middle)}  # fmt: skip
    return Result("middle_case", tables, (), Base(len(inputs), len(inputs)))


def _value(case: Case, middle: pd.DataFrame) -> pd.DataFrame:
    flows = sum(set_flows(case.model, middle, case.choice.chosen, case.order).values())
    after_tax = np.moveaxis(flows, 0, -1)[0] * (1 - case.model.tax)
    return pd.DataFrame([{"net_present_value": float(present(case.model, flows)[0]),
                          "payback": payback_period(after_tax),
                          "discounted_payback": payback_period(after_tax, case.model.rate)}])  # fmt: skip
