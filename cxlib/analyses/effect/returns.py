"""What came against what was planned, in points and in money: go on, stop, or keep learning; and what each battle costs and brings."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import stats

from cxlib.analyses.business_case.case import Case
from cxlib.analyses.business_case.model import cost, gain_per_lifted, moved_share, present
from cxlib.analyses.effect.effects import base_of_effects, clear_first, figure_of, unit_of
from cxlib.analyses.effect.judged import MOST_PERIODS, Judged, Judgement
from cxlib.analyses.result import Finding, Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.stats.rollout.power import smallest_seen
from cxlib.stats.rollout.verdict import against_plan

SURE = 0.9  # chance from which on money comes back for sure enough to go on; below one less it, to stop
COMPARABLE = ("random", "score", "other")

# fmt: off
SAYS = Sentences(
    {
        "plan.above_plan": Says("good", "“{name}” does more than the plan counts on: {effect} ({low} to {high}), planned {planned_low:index} to {planned_high:index}.", stake="effect"),
        "plan.as_planned": Says("good", "“{name}” does what the plan counts on: {effect} ({low} to {high}), planned {planned_low:index} to {planned_high:index}.", stake="effect"),
        "plan.below_plan": Says("bad", "“{name}” does less than the plan counts on: {effect} ({low} to {high}), planned {planned_low:index} to {planned_high:index}.", stake="effect"),
        "plan.no_effect": Says("bad", "The plan counts on {planned_low:index} to {planned_high:index} from “{name}”; what came is no effect that matters ({low} to {high})."),
        "plan.cannot_tell": Says("unclear", "Whether “{name}” does what the plan counts on cannot be determined yet: {effect} ({low} to {high}), planned {planned_low:index} to {planned_high:index}.", about="data"),
        "returns.scale": Says("good", "“{name}”: give it to everybody. With the effect that was found it then brings in {net:money_short} net over {years:count} years ({p10:money_short} to {p90:money_short}).", stake="net", advises="go_on"),
        "returns.stop": Says("bad", "“{name}”: stop. With the effect that was found it costs more than it brings in: {net:money_short} over {years:count} years ({p10:money_short} to {p90:money_short}).", stake="net", advises="end", doubts=("start", "invest", "go_on", "widen")),
        "returns.nothing": Says("bad", "“{name}”: stop, or do it otherwise. No effect that matters has been found, so there is nothing for the money to come back from.", advises="end", doubts=("start", "invest", "go_on", "widen")),
        "returns.widen": Says("unclear", "“{name}” works, but whether it pays is not certain: the net is {net:money_short} over {years:count} years ({p10:money_short} to {p90:money_short}), above zero with a chance of {chance:percent}. Give it to more units, drawn at random.", stake="net", advises="widen", doubts=("go_on",)),
        "returns.learn": Says("unclear", "“{name}”: keep learning before everybody gets it. With the effect so far the net is {net:money_short} over {years:count} years, from {p10:money_short} to {p90:money_short}.", stake="net", doubts=("go_on",)),
        "returns.learn_until": Says("unclear", "“{name}”: keep learning before everybody gets it. With the effect so far the net is {net:money_short} over {years:count} years, from {p10:money_short} to {p90:money_short}; after {periods:count} more periods the interval of the effect is half as wide.", stake="net", doubts=("go_on",)),
        "returns.case": Says("neutral", "The business case still counts with the planned effects. Put what was found in their place there, too.", about="method"),
        "returns.lowest": Says("neutral", "The effect of “{name}” was found in the weakest units; the others may gain less.", subject="name", about="data"),
        "absent.returns": ("absent", "What came against the plan: no initiative with an effect that can be computed is in the plan, in points of the satisfaction index."),
    },
    shown_in=(Place("returns", "estimate", "initiative"), Place("money", "net", "initiative")),
    named={"periods": Named(Term("Further periods until the interval of the effect is half as wide"))},
)

BATTLES = Sentences(
    {
        "battles.under": Says("good", "“{name}” brings back more than it costs: {value:return}. More could be invested here.", stake="value"),
        "battles.over": Says("bad", "“{name}” costs more than it brings back: {value:return}. Invest less here, or in something else.", stake="value"),
        "battles.open": Says("unclear", "Whether “{name}” brings back what it costs cannot be determined: a benefit of {gain:money_short} ({p10:money_short} to {p90:money_short}) for {cost:money_short}."),
        "battles.free": Says("neutral", "“{name}” brings {gain:money_short} and costs nothing, as it stands in the plan."),
        "absent.battles": ("absent", "What each battle costs and brings: no initiative of the business case has an effect that was found."),
    },
    shown_in=(Place("battles", "value", "battle"),),
)
# fmt: on

PLAN = {
    "above_plan": Term("above plan"),
    "as_planned": Term("as planned"),
    "below_plan": Term("below plan"),
    "no_effect": Term("no effect that matters"),
    "cannot_tell": Term("cannot be determined"),
}
DECISIONS = {"scale": Term("give it to everybody"), "widen": Term("give it to more units"), "stop": Term("stop"), "nothing": Term("stop"), "learn": Term("keep learning")}
INVESTED = {"under": Term("more could be invested"), "over": Term("too much is invested"), "open": Term("cannot be determined"), "free": Term("costs nothing")}
METHOD = Term("The interval of the effect against the range that was planned. Money: the business case with the effect that was found in the place of the planned one, drawn from its t distribution, for all customers and with the planned costs (one-off costs as they were spent, where that is more). To everybody: money comes back in at least nine of ten draws and the effect is clear; stop: in at most one of ten.")
METHOD_BATTLES = Term("Present value of the initiatives of each battle in the business case, with the effect that was found where there is one and the planned effect elsewhere, each initiative beside the others of its battle; 80% range of the draws.")


def returns(found: Judgement | None, case: Case | None = None, *, seed: int = 0) -> Result:
    """What came against what was planned, and whether it pays with the effect that was found.

    found    as `judge` gives it, of the satisfaction index;  case: the business case, None for points alone
    returns  tables "returns": initiative, estimate, low, high, planned_low, planned_mode, planned_high, plan (verdict); and with a case
             "money": initiative, cost (present value), planned (net with the planned effect), net, p10, p90, chance (that money comes
             back), decision
    assumes  the effect that was found holds for all customers and as long as the plan says

    >>> page.show(effect.returns(found, case))
    “Svar på telefonen inden 8 minutter” works, but whether it pays is not certain...
    """
    judged = [] if found is None or found.rollout.outcome != "satisfaction" else clear_first(found.each)
    judged = [each for each in judged if each.design in COMPARABLE and each.told and each.initiative in found.rollout.planned]
    if not judged:
        return Result.missing("returns", SAYS.finding("absent.returns"))
    points = pd.DataFrame([_against(each, found) for each in judged])
    findings = [_of_plan(row, found) for row in points.to_dict("records")]
    tables = {"returns": points.assign(plan=points["plan"].map(PLAN))}
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found), "range": 0.8, "seed": seed}
    if case is not None:
        settings["years"] = case.model.horizon
        worth = [_worth(each, case, found, seed) for each in judged if each.initiative in case.plan.index]
        tables["money"] = pd.DataFrame([{name: value for name, value in vars(each).items() if name != "draws"} for each in worth])
        tables["money"]["decision"] = tables["money"]["decision"].map(DECISIONS)
        findings = [said for each in worth for said in _of_money(each, found, case)] + findings + [SAYS.finding("returns.case")]
    return Result("returns", tables, tuple(findings), base_of_effects(found), settings, METHOD)


def battles(found: Judgement | None, case: Case | None, *, seed: int = 0) -> Result:
    """What each must-win battle costs and brings, with the effects that were found: where too much and where too little is invested.

    returns  table "battles": battle, initiatives, judged (of them with an effect that was found), cost, gain, p10, p90 (present values),
             value (gain for each unit of cost), chance (that the gain is larger), invested (verdict)

    >>> effect.battles(found, case).tables["battles"].battle.nunique()
    5
    """
    judged = {} if found is None or found.rollout.outcome != "satisfaction" else {each.initiative: each for each in found.each if each.design in COMPARABLE and each.told}
    if case is None or "battle" not in case.plan or not judged.keys() & set(case.plan.index):
        return Result.missing("battles", BATTLES.finding("absent.battles"))
    rows = [_of_battle(str(battle), list(names), judged, case, seed) for battle, names in case.plan.groupby("battle", sort=False).groups.items()]
    table = pd.DataFrame(rows)
    findings = [_invested(row) for row in table.sort_values("gain", ascending=False, kind="stable").to_dict("records")]
    return Result("battles", {"battles": table.assign(invested=table["invested"].map(INVESTED))}, tuple(findings), base_of_effects(found), {"range": 0.8, "seed": seed}, METHOD_BATTLES)


@dataclass(frozen=True)
class _Worth:
    """What an initiative is worth with the effect that was found."""

    initiative: str
    cost: float
    planned: float
    net: float
    p10: float
    p90: float
    chance: float
    decision: str
    draws: np.ndarray


def _against(each: Judged, found: Judgement) -> dict[str, object]:
    low, mode, high = found.rollout.planned[each.initiative]
    nothing = min(found.smallest, low) if low > 0 else high / 2  # less than the least that is planned is no effect to speak of
    plan = "cannot_tell" if high <= 0 else against_plan(each.low, each.high, max(low, 0.0), high, smallest=nothing, estimate=each.estimate)
    return {"initiative": each.initiative, "estimate": each.estimate, "low": each.low, "high": each.high, "planned_low": low, "planned_mode": mode,
            "planned_high": high, "plan": plan, "unit": unit_of(found).difference}  # fmt: skip


def _of_plan(row: dict, found: Judgement) -> Finding:
    unit = unit_of(found)
    ends = {"low": Quantity(row["low"], unit.signed_ends), "high": Quantity(row["high"], unit.signed_ends)}
    planned = {"planned_low": row["planned_low"], "planned_high": row["planned_high"]}
    return SAYS.finding(f"plan.{row['plan']}", name=row["initiative"], effect=Quantity(row["estimate"], unit.signed_difference), **ends, **planned)


def _drawn(each: Judged, draws: int, seed: int) -> np.ndarray:
    """The effect as often as the case draws its inputs, from the t distribution of its estimate."""
    told = each.interval
    return told.estimate + told.se * stats.t.ppf(np.random.default_rng([seed, crc32(each.initiative.encode())]).random(draws), told.df)


def _lifted(name: str, case: Case, points: np.ndarray | None) -> np.ndarray:
    """Share of the customers that an initiative lifts, by draw; with points that were found (below 0 where it does harm), or as planned."""
    draws = case.inputs.draws
    return moved_share(case.model, draws, name) if points is None else np.minimum(points * draws["score_per_point"].to_numpy(), 1)


def _gain(name: str, case: Case, points: np.ndarray | None, free: np.ndarray | float = 1.0) -> np.ndarray:
    """Present value of what an initiative brings, by draw, to the customers whom no other has lifted."""
    gain = present(case.model, sum(gain_per_lifted(case.model, case.inputs.draws, name).values()))
    return gain * _lifted(name, case, points) * free


def _spent(name: str, case: Case) -> np.ndarray:
    """Present value of what it costs everybody, by draw; the one-off cost as it was spent, where that is more than was planned."""
    draws, row = case.inputs.draws, case.plan.loc[name]
    spent = row.get("spent", np.nan)
    planned = present(case.model, cost(case.model, draws, name))
    return planned if np.isnan(spent) else planned + np.maximum(spent - row.once * draws["cost_factor"].to_numpy(), 0.0) * (1 - case.model.tax)


def _worth(each: Judged, case: Case, found: Judgement, seed: int) -> _Worth:
    spent = _spent(each.initiative, case)
    net = _gain(each.initiative, case, _drawn(each, len(spent), seed)) - spent
    p10, p90 = np.percentile(net, [10, 90])
    chance = float((net > 0).mean())
    decision = _decision(each.verdict, chance)
    planned = float((_gain(each.initiative, case, None) - spent).mean())
    return _Worth(each.initiative, float(spent.mean()), planned, float(net.mean()), float(p10), float(p90), chance, decision, net)


def _decision(verdict: str, chance: float) -> str:
    """What to do next with it, by what was found and the chance that it pays."""
    if chance <= 1 - SURE:
        return "stop"
    if verdict == "worked":
        return "scale" if chance >= SURE else "widen"
    return "learn" if verdict == "cannot_tell" else "nothing"


def _of_money(worth: _Worth, found: Judgement, case: Case) -> list[Finding]:
    each = next(one for one in found.each if one.initiative == worth.initiative)
    values = {"name": worth.initiative, "net": worth.net, "p10": worth.p10, "p90": worth.p90, "years": case.model.horizon}
    if worth.decision in ("scale", "stop"):
        caution = [SAYS.finding("returns.lowest", name=worth.initiative)] if worth.decision == "scale" and each.design == "score" else []
        return [SAYS.finding(f"returns.{worth.decision}", **values), *caution]
    if worth.decision == "nothing":
        return [SAYS.finding("returns.nothing", name=worth.initiative)]
    if worth.decision == "widen":
        return [SAYS.finding("returns.widen", chance=worth.chance, **values)]
    periods = _half_as_wide(each, found)
    return [SAYS.finding("returns.learn", **values) if periods is None else SAYS.finding("returns.learn_until", periods=periods, **values)]


def _half_as_wide(each: Judged, found: Judgement) -> int | None:
    """Further periods until the interval of the effect is half as wide; None where it does not get so narrow."""
    known = each.spread.noise, each.spread.drift, each.before
    seen = [smallest_seen(*known, after, each.units, each.others, found.design.confidence) for after in range(each.after, each.after + MOST_PERIODS + 1)]
    return next((further for further, points in enumerate(seen) if points <= seen[0] / 2), None)


def _of_battle(battle: str, names: list[str], judged: dict[str, Judged], case: Case, seed: int) -> dict[str, object]:
    many = len(case.inputs.draws)
    gain, free = np.zeros(many), np.ones(many)
    for name in names:  # who is reached by several counts for the first of them
        points = _drawn(judged[name], many, seed) if name in judged else None
        gain += _gain(name, case, points, free)
        free = free * (1 - np.maximum(_lifted(name, case, points), 0))
    spent = sum(_spent(name, case) for name in names)
    p10, p90 = np.percentile(gain, [10, 90])
    chance = float((gain > spent).mean())
    costs = float(np.mean(spent))
    invested = "free" if costs <= 0 else "under" if chance >= SURE else "over" if chance <= 1 - SURE else "open"
    return {"battle": battle, "initiatives": len(names), "judged": sum(name in judged for name in names), "cost": costs, "gain": float(np.mean(gain)),
            "p10": float(p10), "p90": float(p90), "value": float(np.mean(gain)) / costs if costs > 0 else np.nan, "chance": chance, "invested": invested}  # fmt: skip


def _invested(row: dict) -> Finding:
    values = {name: row[name] for name in ("value", "gain", "p10", "p90", "cost")}
    return BATTLES.finding(f"battles.{row['invested']}", name=row["battle"], **values)
