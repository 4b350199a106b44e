"""Which initiatives, from x to y: what each is worth, which belong together, and where too much is spent."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.answers import base_of_case, settings_of
from cxlib.analyses.business_case.case import Case
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Finding, Result, Term
from cxlib.stats.value.portfolio import combined_shares, marginal_returns
from cxlib.stats.value.value_distribution import value_range

CHOSEN = {True: Term("Yes"), False: Term("No")}


def initiatives(case: Case | None) -> Result:
    """The initiatives from x to y: what each costs and brings alone, beside the chosen others, and whether it is chosen.

    returns  tables "plan": initiative, battle, owner, measure, about (the area or service level), x, y; and "initiatives": initiative, cost, expected, p10, p90,
             chance (each alone), marginal_return (value added for each unit of cost, beside the chosen ones), chosen

    >>> page.show(business_case.initiatives(case))
    Worth choosing, if satisfaction rises as planned and as much of the link is cause and effect as assumed: Regning på én...
    """
    if case is None or not len(case.plan):
        return Result.missing("initiatives", SAYS.finding("absent.case"))
    ranges = pd.DataFrame({name: asdict(value_range(case.values[name])) for name in case.plan.index}).T
    plan = pd.DataFrame({"initiative": case.plan.index})
    for name, column in (("battle", "battle"), ("owner", "owner"), ("measure", "measure"), ("about", "about"), ("x", "before"), ("y", "after")):
        if column in case.plan:
            plan[name] = case.plan[column].to_numpy()
    returns = _marginal(case)
    table = plan[["initiative"]].assign(
        cost=case.projects.cost.to_numpy(), expected=ranges["mean"].to_numpy(float), p10=ranges.p10.to_numpy(float),
        p90=ranges.p90.to_numpy(float), chance=ranges.share.to_numpy(float),
        marginal_return=returns.reindex(case.plan.index).to_numpy(),
        chosen=[CHOSEN[name in case.choice.chosen] for name in case.plan.index])  # fmt: skip
    table = table.sort_values("marginal_return", ascending=False, kind="stable").reset_index(drop=True)
    tables = {"plan": plan, "initiatives": table}
    return Result("initiatives", tables, tuple(_choices(case, returns)), base_of_case(case), settings_of(case))


def spend_and_return(case: Case | None) -> Result:
    """What each further initiative adds, the best next one first: table "spend" with initiative, cost, spent, added,
    net, marginal_return, chosen; below 1 more is spent than comes back.

    >>> business_case.spend_and_return(case).tables["spend"].initiative[0]
    'Ledere på medlyt hver måned'
    """
    able = None if case is None else case.projects[case.projects.cost > 0]
    if able is None or not len(able):
        return Result.missing("spend_and_return", SAYS.finding("absent.case"))
    table = marginal_returns(able).rename_axis("initiative").reset_index()
    table["chosen"] = [CHOSEN[name in case.choice.chosen] for name in table.initiative]
    return Result("spend_and_return", {"spend": table}, (), base_of_case(case), settings_of(case))


def _marginal(case: Case) -> pd.Series:
    """Value added for each unit of cost: for a chosen one beside the other chosen, else on top of them."""
    found = {}
    for name in case.plan.index:
        beside = [other for other in case.order if other in case.choice.chosen and other != name]
        both = combined_shares(case.projects, [*beside, name]) * case.projects.gain.loc[[*beside, name]]
        alone = combined_shares(case.projects, beside) * case.projects.gain.loc[beside] if beside else pd.Series(dtype=float)
        spent = case.projects.cost[name]
        found[name] = (both.sum() - alone.sum()) / spent if spent > 0 else np.nan
    return pd.Series(found, dtype=float)


def _choices(case: Case, returns: pd.Series) -> list[Finding]:
    left = [name for name in case.plan.index if name not in case.choice.chosen]
    found = [SAYS.finding("choice.chosen", names=list(case.choice.chosen))] if case.choice.chosen else []
    found += [SAYS.finding("choice.left_out", names=left)] if left else []
    found += [SAYS.finding("choice.under", name=name, value=returns[name]) for name in left if returns[name] > 1]
    worst = [name for name in left if returns[name] < 0.5]
    found += [SAYS.finding("choice.over", name=name, value=returns[name]) for name in sorted(worst, key=returns.get)]
    if not case.choice.bound:
        found.append(SAYS.finding("choice.unproved"))
    budget = case.limits.get("first_year")
    if budget is not None and any(returns[name] > 1 for name in left):
        unused = budget - case.projects.first_year.loc[list(case.choice.chosen)].sum()
        found.append(SAYS.finding("choice.budget", budget=budget, unused=unused))
    return found
