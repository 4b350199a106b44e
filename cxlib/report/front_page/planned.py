"""What the client's plan does about a step: what it costs there, or that no initiative works on it."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.result import Finding, Result, Sentences

# fmt: off
PLANNED = Sentences({
    "planned.chosen": ("neutral", "Planned for it: {names}, at a cost of {cost:money_short} in all."),
    "planned.dear": ("neutral", "The one initiative for it, {names}, costs more than it brings in, even on the assumptions of the business case: find a cheaper one."),
    "planned.all_dear": ("neutral", "The initiatives for it, {names}, cost more than they bring in, even on the assumptions of the business case: find a cheaper one."),
    "planned.dear_found": ("neutral", "Planned for it, but costing more than it brings in with the effect that was found: {names}. Find something cheaper."),
    "planned.left_out": ("neutral", "Planned for it, but not among the initiatives to choose first: {names}, at a cost of {cost:money_short} in all."),
    "planned.nothing": ("neutral", "No initiative in the plan addresses it yet, so the cost is not known."),
    "planned.untold": ("neutral", "The plan does not say which initiative addresses it, so the cost is not known."),
    "planned.balance": ("neutral", "Cost in all {cost:money_short}, benefit in all {gain:money_short} (present value)."),
    "planned.no_plan": ("neutral", "The cost is not known: there is no plan of initiatives."),
})
# fmt: on
OF_ALL = ("planned.untold", "planned.no_plan")  # says of the plan what holds for every step


class Planned(NamedTuple):
    """The initiatives of a report: table (initiative, about, cost, expected), None without a plan, the names of the chosen,
    what these are worth together, which is not the sum of what each is worth alone, and those of which an effect was found."""

    table: pd.DataFrame | None
    chosen: Sequence[str]
    together: float | None = None
    found: frozenset[str] = frozenset()

    def about(self, subject: object) -> Finding:
        """What a step about this area or service level has to say of the plan.

        An initiative costs more than it brings where its expected value, after its cost, is below zero.
        """
        if self.table is None:
            return PLANNED.finding("planned.no_plan")
        if self.table.about.isna().all():
            return PLANNED.finding("planned.untold")
        on_it = self.table[self.table.about == subject]
        if on_it.empty:
            return PLANNED.finding("planned.nothing")
        chosen = on_it[on_it.initiative.isin(list(self.chosen))]
        if len(chosen):
            return _costing("planned.chosen", chosen)
        if (on_it.expected < 0).all():
            key = "planned.dear_found" if self.found & {*on_it.initiative} else "planned.dear" if len(on_it) == 1 else "planned.all_dear"
            return PLANNED.finding(key, names=list(on_it.initiative))
        return _costing("planned.left_out", on_it[on_it.expected >= 0].head(1))

    def balance(self, names: Sequence[str]) -> Finding | None:
        """What these initiatives cost and bring in together; None where the plan does not price them all."""
        priced = self.table[self.table.initiative.isin(list(names))] if self.table is not None else None
        if priced is None or len(priced) < len(names) or priced[["cost", "expected"]].isna().any(axis=None):
            return None
        cost = float(priced.cost.sum())
        all_chosen = self.together is not None and set(names) == set(self.chosen)
        expected = self.together if all_chosen else float(priced.expected.sum())
        return PLANNED.finding("planned.balance", cost=cost, gain=cost + expected)


def planned_of(results: Sequence[Result], chosen: Sequence[str]) -> Planned:
    """The plan that the results hold: tables with what each initiative is about, costs and brings, with the effect that was found where there is one."""
    tables = [table.set_index("initiative") for result in results for table in result.tables.values() if "initiative" in table]
    about = next((table for table in tables if "about" in table), None)
    money = next((table for table in tables if {"cost", "expected"} <= set(table)), None)
    if money is None:
        return Planned(None, chosen)
    found = next((table for table in tables if {"net", "decision"} <= set(table)), None)  # worth with the effect that was found
    if found is not None:
        money = money.assign(expected=found["net"].reindex(money.index).fillna(money["expected"]))
    answer = next((result.tables.get("answer") for result in results if result.name == "board_answer"), None)
    together = None if answer is None or not len(chosen) else float(answer.expected.iloc[0])  # the chosen stand first
    known = pd.Series(None, money.index, dtype=object) if about is None else about["about"].reindex(money.index)
    judged = frozenset() if found is None else frozenset(found.index)
    return Planned(money[["cost", "expected"]].assign(about=known).reset_index(), chosen, together, judged)


def _costing(key: str, rows: pd.DataFrame) -> Finding:
    return PLANNED.finding(key, names=list(rows.initiative), cost=float(rows.cost.sum()))
