"""What a case says, as Results: the answer for the board, what it rests on, what would change it, which initiatives."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.case import Case, point_flows, point_value
from cxlib.analyses.business_case.inputs import LABELS, RUNG_NAMES, RUNGS
from cxlib.analyses.business_case.model import EFFECT, moved_share, present, set_flows, terms
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Base, Finding, Quantity, Result, Term
from cxlib.analyses.units import Unit
from cxlib.stats.value.cash_flow import break_even, payback_period
from cxlib.stats.value.cohort_value import PARTS, Terms, cohort_value
from cxlib.stats.value.value_distribution import ValueRange, information_values, input_swings, value_range

PART_NAMES = {
    "retention": Term("Customers stay longer"),
    "spend": Term("Customers bring in more margin"),
    "cost_to_serve": Term("Customers cost less to serve"),
    "referral": Term("Customers bring new customers"),
    "acquisition_saved": Term("Fewer customers to replace"),
    "cost": Term("Cost of the initiatives"),
}
LINK_OF = {"retention": "leaving", "spend": "margin", "cost_to_serve": "service_cost", "referral": "leaving",
           "acquisition_saved": "leaving"}  # fmt: skip
SHOWN = 10  # inputs in the table of what matters most


def board_answer(case: Case | None, *, asked: bool = True) -> Result:
    """What the chosen initiatives and one index point are worth, how sure that is, and when the money is back.

    returns  table "answer": figure, expected, p10, p90, chance (that it is above zero)

    >>> page.show(business_case.board_answer(case))
    Whether the chosen initiatives (2 of 7) pay cannot be determined: their net present value lies between...
    """
    if case is None:
        return Result.missing("board_answer", SAYS.finding("absent.worth" if asked else "absent.money"))
    point = value_range(case.point)
    rows, findings = {Term("One point of the satisfaction index"): point}, []
    if len(case.plan):
        findings, ranges = _set_findings(case)
        rows = ranges | rows
    years = case.model.horizon
    verdict = "worth" if point.p10 > 0 else "unclear"
    findings.append(SAYS.finding(f"point.{verdict}", cause=cause_of(case), years=years, expected=point.mean, p10=point.p10, p90=point.p90))
    if case.inputs.rungs["causal_share"] == "judgement":
        findings.append(SAYS.finding("board.cause", cause=cause_of(case)))
    return Result("board_answer", {"answer": _range_table(rows)}, tuple(findings), base_of_case(case), settings_of(case))


def worth_of_steps(case: Case | None) -> Result:
    """What one customer is worth in each score group, and one lifted to the next, present value over the horizon.

    returns  table "steps": step, expected, p10, p90; the value of a lifted customer counts the causal share only

    >>> page.show(business_case.worth_of_steps(case))
    If 50% of the link is cause and effect, a customer lifted from 0–6 to 7–8 is worth...
    """
    if case is None:
        return Result.missing("worth_of_steps", SAYS.finding("absent.worth"))
    low, middle, high = case.links.groups
    values, found = {}, []
    for step, one, other in (("first", low, middle), ("second", middle, high)):
        before, after = terms(case.inputs.draws, step)
        worth = value_range(_customer(case, after) - _customer(case, before))
        values[f"{one} → {other}"] = worth
        verdict = "worth" if worth.p10 > 0 else "unclear"
        ends = {"expected": worth.mean, "p10": worth.p10, "p90": worth.p90}
        found.append(SAYS.finding(f"lifted.{verdict}", cause=cause_of(case), one=one, other=other, **ends))
    table = _range_table(values, "step").drop(columns="chance")
    return Result("worth_of_steps", {"steps": table}, tuple(found), base_of_case(case), settings_of(case))


def value_parts(case: Case | None) -> Result:
    """Where the expected net present value of the chosen set comes from; the parts add up to it.

    returns  table "parts": part, expected, p10, p90; the last row is the sum

    >>> page.show(business_case.value_parts(case))
    The largest part of the expected benefit, 3.8 million DKK of 5.8 million DKK, is this: “Customers stay...
    """
    if case is None or not case.choice.chosen:
        return Result.missing("value_parts", no_set(case))
    values = {part: present(case.model, case.flows[part]) for part in (*PARTS, "cost") if np.any(case.flows[part])}
    rows = [{"part": PART_NAMES[part], "expected": value.mean(), **_ends(value)} for part, value in values.items()]
    rows.append({"part": Term("Net present value"), "expected": case.value.mean(), **_ends(case.value)})
    benefits = {part: value.mean() for part, value in values.items() if part != "cost"}
    largest = max(benefits, key=benefits.get)
    findings = [SAYS.finding("parts.largest", cause=cause_of(case), part=PART_NAMES[largest], value=benefits[largest],
                             total=sum(benefits.values())),
                SAYS.finding("counted.not", things=_not_counted(case))]  # fmt: skip
    if "wallet" in case.links.outcomes:
        findings.append(SAYS.finding("routes"))
    return Result("value_parts", {"parts": pd.DataFrame(rows)}, tuple(findings), base_of_case(case), settings_of(case))


def value_by_year(case: Case | None) -> Result:
    """Running sum of the chosen set's discounted flows by year: table "years" with year, expected, p10, p90.

    >>> page.show(business_case.value_by_year(case))
    On the assumptions of the business case the money is back after 2.9 years; discounted at 8% a year, after...
    """
    if case is None or not case.choice.chosen:
        return Result.missing("value_by_year", no_set(case))
    running = _running(case)
    low, high = np.quantile(running, [0.1, 0.9], axis=1)
    years = pd.DataFrame({"year": np.arange(len(running)), "expected": running.mean(axis=1), "p10": low, "p90": high})
    return Result("value_by_year", {"years": years}, (_payback(case),), base_of_case(case), settings_of(case))


def what_matters(case: Case | None) -> Result:
    """Which inputs move the value most, at which value the decision turns, and what they rest on.

    The value is that of the chosen set; without initiatives that of one point of the index, and no decision turns.

    returns  tables "inputs": input, rung, level with its 80 % range, left and right (net present value at its ends, the
             others at their means), swing, turns_at (None: at no value searched), information (worth of knowing it);
             and "evidence": rung, value_share, swing_share

    >>> page.show(business_case.what_matters(case))
    The decision would change if “Share of the link that is cause and effect” were 38% instead of 50%...
    """
    if case is None or (len(case.plan) and not case.choice.chosen):
        return Result.missing("what_matters", no_set(case))
    draws, value = _varying(case), case.value if case.choice.chosen else case.point
    fixed = case.inputs.draws.mean()

    def worth(rows: pd.DataFrame) -> np.ndarray:
        full = pd.DataFrame(np.tile(fixed.to_numpy(), (len(rows), 1)), columns=fixed.index).assign(
            **{name: rows[name].to_numpy() for name in rows})  # fmt: skip
        if not case.choice.chosen:
            return point_value(case.model, full)
        return present(case.model, sum(set_flows(case.model, full, case.choice.chosen, case.order).values()))

    swings = input_swings(draws, worth, value=value)
    information = information_values(draws[list(swings.index[:SHOWN])], value, bins=min(40, len(draws) // 50))
    table = _inputs_table(case, swings, information, worth)
    evidence = _evidence(case, swings)
    findings = _decision(swings.index, table) if case.choice.chosen else []
    findings += _rests(case, swings.index, evidence)
    return Result("what_matters", {"inputs": table, "evidence": evidence}, tuple(findings), base_of_case(case), settings_of(case))


def sanity(case: Case | None) -> Result:
    """Figures beyond what experience makes believable: findings only, no table.

    >>> page.show(business_case.sanity(case))
    No figure is beyond what experience makes likely.
    """
    if case is None:
        return Result.missing("sanity", SAYS.finding("absent.worth"))
    draws, model, found = case.inputs.draws, case.model, []
    cause, stays = cause_of(case), 1 - float(draws.leaving_middle.mean())
    yearly = model.customers * float(draws.margin_middle.mean())
    if cause > 0.8:
        found.append(SAYS.finding("limit.causal", value=cause))
    if case.money_from.get("leaving") and stays > 0.99:
        found.append(SAYS.finding("limit.retention", value=stays))
    point = float(case.point.mean()) / model.horizon / yearly if yearly > 0 else 0.0
    if point > 0.01:
        found.append(SAYS.finding("limit.revenue", value=point))
    if case.choice.chosen:
        gain = sum(case.flows[part] for part in PARTS)[1:].mean()
        if yearly > 0 and gain / yearly > 0.30:
            found.append(SAYS.finding("limit.benefit", value=gain / yearly))
        back = payback_period(expected_flows(case))
        if back < 0.25:
            found.append(SAYS.finding("limit.payback", value=back))
    return Result("sanity", {}, tuple(found or [SAYS.finding("limit.none")]), base_of_case(case), settings_of(case))


def _set_findings(case: Case) -> tuple[list[Finding], dict[str, ValueRange]]:
    every = value_range(present(case.model, sum(set_flows(case.model, case.inputs.draws, case.order, case.order).values())))
    everything = _all_finding(every, len(case.plan))
    rows = {Term("All initiatives"): every}
    if not case.choice.chosen:
        return [SAYS.finding("board.none"), everything], rows
    chosen = value_range(case.value)
    verdict = "pays" if chosen.p10 > 0 else "open"
    values = {"count": len(case.choice.chosen), "all": len(case.plan), "years": case.model.horizon, "share": chosen.share,
              "cause": cause_of(case)}  # fmt: skip
    first = SAYS.finding(f"board.{verdict}", expected=chosen.mean, p10=chosen.p10, p90=chosen.p90, **values)
    simulated = SAYS.finding("board.error", draws=chosen.n, error=chosen.mean_error)
    return [first, _payback(case), everything, simulated], {Term("The chosen initiatives"): chosen} | rows


def _all_finding(every: ValueRange, count: int) -> Finding:
    """What all initiatives together would bring; a loss is named as one, in amounts without a sign."""
    if every.p10 > 0:
        return SAYS.finding("board.all", count=count, expected=every.mean, p10=every.p10, p90=every.p90)
    if every.p90 < 0:
        return SAYS.finding("board.all_loses", count=count, loss=-every.mean, least=-every.p90, most=-every.p10)
    return SAYS.finding("board.all_open", count=count, p10=every.p10, p90=every.p90)


def cause_of(case: Case) -> float:
    """Share of the link that is taken to be cause, 0-1: the mean of its draws."""
    return float(case.inputs.draws.causal_share.mean())


def paybacks(case: Case) -> tuple[float, float]:
    """Years until the expected money of the chosen set is back, plain and discounted; inf: never."""
    plain, discounted = (float(payback_period(expected_flows(case), rate)) for rate in (0.0, case.model.rate))
    return plain, discounted


def expected_flows(case: Case) -> np.ndarray:
    """(horizon + 1,) mean of the chosen set's flows after tax, year by year: their present value is the expected value."""
    return sum(case.flows.values()).mean(axis=1) * (1 - case.model.tax)


def _payback(case: Case) -> Finding:
    plain, discounted = paybacks(case)
    if not np.isfinite(plain):
        return SAYS.finding("board.no_payback", years=case.model.horizon)
    discounted = Quantity(discounted, "mean") if np.isfinite(discounted) else Quantity(case.model.horizon, "mean")
    return SAYS.finding("board.payback", plain=plain, discounted=discounted, rate=case.model.rate)


def _running(case: Case) -> np.ndarray:
    flows = sum(case.flows.values()) * (1 - case.model.tax)
    factor = (1 + case.model.rate) ** -np.arange(len(flows), dtype=float)
    return (flows * factor[:, None]).cumsum(axis=0)


def _customer(case: Case, terms_: Terms) -> np.ndarray:
    return cohort_value(1.0, terms_, case.model.rate, case.model.horizon) * (1 - case.model.tax)


def _range_table(rows: Mapping[str, ValueRange], heading: str = "figure") -> pd.DataFrame:
    return pd.DataFrame([{heading: name, "expected": r.mean, "p10": r.p10, "p90": r.p90, "chance": r.share} for name, r in rows.items()])  # fmt: skip


def _ends(value: np.ndarray) -> dict[str, float]:
    return dict(zip(("p10", "p90"), np.quantile(value, [0.1, 0.9]), strict=True))


def _varying(case: Case) -> pd.DataFrame:
    """Inputs that differ between draws and touch the chosen set."""
    draws = case.inputs.draws
    mine = {EFFECT + name for name in case.choice.chosen} | ({"cost_factor"} if case.choice.chosen else set())
    both = (EFFECT, "cost_factor")
    keep = [name for name in draws if (not name.startswith(both) or name in mine) and draws[name].std() > 0]
    return draws[keep]


def _inputs_table(case: Case, swings, information, worth) -> pd.DataFrame:
    rows = []
    for name in swings.index[:SHOWN]:
        row, level = swings.loc[name], float(case.inputs.draws[name].mean())
        reach = 4 * max(level - row.input_low, row.input_high - level)
        share = case.inputs.units[name] in ("percent", Unit.PERCENT)
        low, high = min(0.0, level - reach), min(level + reach, 1.0) if share and level >= 0 else level + reach
        turns = break_even(lambda values, name=name: worth(pd.DataFrame({name: values})), low, high)
        rows.append({"input": case.inputs.labels[name], "rung": RUNG_NAMES[case.inputs.rungs[name]], "level": level,
                     "level_low": row.input_low, "level_high": row.input_high, "left": row.low,
                     "right": row.high, "swing": row.swing, "turns_at": turns, "information": information.get(name),
                     "unit": case.inputs.units[name]})  # fmt: skip
    return pd.DataFrame(rows)


def _evidence(case: Case, swings) -> pd.DataFrame:
    """Share of the gross value by the rung of its link, and share of the uncertainty by the rung of the input."""
    flows = case.flows if case.choice.chosen else point_flows(case.model, case.inputs.draws)
    value = {part: abs(present(case.model, flows[part]).mean()) if part in flows else 0.0 for part in PARTS}
    by_rung = pd.Series(value).groupby({part: case.inputs.rungs[f"{LINK_OF[part]}_first"] for part in PARTS}).sum()
    spread = swings.swing.groupby(case.inputs.rungs).sum()
    table = pd.DataFrame({"value_share": by_rung / by_rung.sum(), "swing_share": spread / spread.sum()}).fillna(0.0)
    table = table.reindex([rung for rung in RUNGS if rung in table.index]).rename_axis("rung").reset_index()
    return table.assign(rung=[RUNG_NAMES[rung] for rung in table.rung])


def _decision(names, table: pd.DataFrame) -> list[Finding]:
    """Inputs within whose 80 % range the decision turns, and the one most worth knowing. `names` in the table's order."""
    inside = table[(table.turns_at >= table.level_low) & (table.turns_at <= table.level_high)]
    found = []
    for row in inside.head(3).itertuples():
        key = "decision.changes_effect" if names[row.Index].startswith(EFFECT) else "decision.changes"
        ends = {"value": Quantity(row.turns_at, row.unit), "now": Quantity(row.level, row.unit)}
        found.append(SAYS.finding(key, input=_called(names[row.Index]), **ends))
    best = table.information.idxmax()
    if table.information[best] >= 1:
        found.append(SAYS.finding("decision.information", input=_called(names[best]), value=float(table.information[best])))
    return found if len(inside) else [SAYS.finding("decision.stands"), *found]


def _rests(case: Case, names, evidence) -> list[Finding]:
    judged = float(evidence.swing_share[evidence.rung == RUNG_NAMES["judgement"]].sum())
    largest = next((name for name in names if case.inputs.rungs[name] == "judgement"), None)
    return [] if largest is None else [SAYS.finding("board.rests", share=judged, input=_called(largest))]


def _called(name: str) -> str:
    """An input as sentences name it: a term of ours, or the client's own name of an initiative."""
    return name.removeprefix(EFFECT) if name.startswith(EFFECT) else LABELS[name]


def no_set(case: Case | None) -> Finding:
    """Why there is no set of initiatives to look into."""
    return SAYS.finding("absent.chosen" if case is not None and len(case.plan) else "absent.case")


def _not_counted(case: Case) -> Term:
    if "wallet" in case.links.outcomes:
        return Term("customers who join later, what customers say to others, market value, and share of wallet")
    return Term("customers who join later, what customers say to others, and market value")


def base_of_case(case: Case) -> Base:
    outcome = next(iter(case.links.outcomes.values()))
    silent = outcome.read - outcome.used
    return Base(outcome.read, outcome.used, {"not answered": silent} if silent else {})


def settings_of(case: Case) -> dict[str, object]:
    model = case.model
    return {"discount_rate": model.rate, "horizon_years": model.horizon, "customers": model.customers,
            "draws": len(case.inputs.draws), "money_from": [name for name, on in case.money_from.items() if on],
            "reach": {name: float(moved_share(model, case.inputs.draws, name).mean()) for name in case.plan.index}}  # fmt: skip
