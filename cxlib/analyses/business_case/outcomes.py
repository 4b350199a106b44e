"""What own customers do, by score group: the steps with their intervals, the shape, and what speaks against the link."""

import pandas as pd

from cxlib.analyses.business_case.links import UNITS, Links, outcome_name
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.result import Base, Finding, Quantity, Result, Term
from cxlib.analyses.units import Unit
from cxlib.stats.links.link_checks import e_value
from cxlib.stats.links.link_levels import level_steps

SHAPES = {"line": Term("Straight line"), "steps": Term("Steps"), "spline": Term("Curve")}
GOOD_WHEN_LOW = {"leaving", "service_cost"}
DRAWS = 20_000


def outcome(
    links: Links | None, name: str, *, leakage_override: str | None = None, minimum: int = 5, seed: int = 1
) -> Result:
    """One outcome by score group, other things equal.

    name     leaving, margin, service_cost or wallet
    minimum  customers that a group needs before anything is shown
    returns  tables "levels" (group, customers, estimate, low, high), "steps" (step, step_change with interval, p), "shapes" (shape,
             loss a customer on rows left out, difference to the line with interval, p); for leaving "scores" (score,
             customers, share), for wallet "ranks" (rank, customers, share, rule)

    >>> page.show(business_case.outcome(links, "leaving"))
    Customers leaving in a year: customers who give 9–10 lie 6.2 percentage points below those who give...
    """
    if links is None or name not in links.outcomes:
        return Result.missing(name, SAYS.finding(f"absent.{'links' if links is None else name}"))
    found, unit = links.outcomes[name], UNITS[name]
    dropped = {"not answered": found.read - found.used} if found.read > found.used else {}
    base = Base(found.read, found.used, dropped)
    if found.counts.min() < minimum:
        return Result(name, {}, (SAYS.finding("too_few", outcome=outcome_name(links, name), minimum=minimum),), base)
    levels = found.levels.table.rename_axis("group").reset_index()
    levels.insert(1, "customers", found.counts.to_numpy())
    steps = _steps(links, name, seed)
    tables = {"levels": levels.assign(unit=unit), "steps": steps.assign(unit=unit.signed_difference)}
    if len(found.shapes):
        shapes = found.shapes.drop(columns="n").reset_index()
        tables["shapes"] = shapes.assign(shape=[SHAPES[shape] for shape in shapes["shape"]])
    if name == "leaving":
        raw = links.leakage.table.reset_index().rename(columns={"value": "score", "n": "customers"})
        if raw.customers.min() >= minimum:  # one hidden row could be worked out from the groups
            tables["scores"] = raw[["score", "customers", "share"]]
    if name == "wallet" and links.ranks is not None and len(links.ranks):
        tables["ranks"] = links.ranks
    findings = [*_doubts(links, name, leakage_override), *_step_findings(links, name, steps), *_shape(links, name)]
    findings += _cautions(links, name)
    if name == "leaving" and findings and any(finding.key == "step.lower" for finding in findings):
        level = found.levels.table.estimate
        ratio = float(level.iloc[1] / level.iloc[2])
        findings.append(SAYS.finding("hidden", middle_group=links.groups[1], high_group=links.groups[2], value=e_value(ratio)))
    if "ranks" in tables:
        first = links.ranks.iloc[0]
        findings.append(SAYS.finding("ranks", rank=first["rank"], share=first.share, rule=first.rule))
    return Result(name, tables, tuple(findings), base, {"steps": list(links.steps), "confidence": links.confidence})


def _steps(links: Links, name: str, seed: int) -> pd.DataFrame:
    """Difference between neighbouring groups, with the interval of the coefficients' covariance and the step's own test."""
    found = links.outcomes[name]
    steps = level_steps(found.levels, draws=DRAWS, seed=seed, confidence=links.confidence)
    own = found.fit.terms.p[[term for term in found.fit.terms.index if term.startswith(">")]].to_numpy()
    return pd.DataFrame({
        "step": [f"{one} → {other}" for one, other in steps.index], "step_change": steps.change.to_numpy(),
        "step_change_low": steps.low.to_numpy(), "step_change_high": steps.high.to_numpy(),
        "p": steps.p.to_numpy() if "separation" in found.fit.warnings else own[:2],
    })  # fmt: skip


def _step_findings(links: Links, name: str, steps: pd.DataFrame) -> list[Finding]:
    low, middle, high = links.groups
    groups = {"low_group": low, "middle_group": middle, "high_group": high, "outcome": outcome_name(links, name)}
    unit = UNITS[name]
    second, first = steps.iloc[1], steps.iloc[0]
    found = []
    for row, kind in ((second, "step"), (first, "first_step")):
        clear = row.step_change_low * row.step_change_high > 0 and row.p < 1 - links.confidence
        way = "unclear" if not clear else "higher" if row.step_change > 0 else "lower"
        good = (row.step_change < 0) == (name in GOOD_WHEN_LOW)
        if clear and kind == "step" and not good:
            way = "worse"
        if clear and kind == "step" and _flagged(links, name):
            way = "flagged"
        values = {"low": Quantity(row.step_change_low, unit.signed_ends), "high": Quantity(row.step_change_high, unit.signed_ends)}
        if way != "unclear":
            values["change"] = Quantity(abs(row.step_change), unit.difference)
        else:
            values["unit"] = Term("percentage points" if unit is Unit.PERCENT else "in money a year")
        found.append(SAYS.finding(f"{kind}.{way}", **values, **groups))
    return found


def _flagged(links: Links, name: str) -> bool:
    given_away = name == "leaving" and (links.leakage.certain or links.turned)
    return given_away or "separation" in links.outcomes[name].fit.warnings


def _shape(links: Links, name: str) -> list[Finding]:
    shapes = links.outcomes[name].shapes
    if not len(shapes):
        return []
    bent = shapes.drop(index="line")
    best = bent.index[0]
    if bent.high[best] < -1e-9:
        verdict = best
    elif (bent.low > 0).all():
        verdict = "line"
    else:
        verdict = "unclear"
    return [SAYS.finding(f"shape.{verdict}", outcome=outcome_name(links, name))]


def _doubts(links: Links, name: str, override: str | None) -> list[Finding]:
    """What forbids money, or allows it only because the consultant says so."""
    found, fit = [], links.outcomes[name].fit
    if name == "leaving" and links.turned:
        found.append(SAYS.finding("turned"))
    if name == "leaving" and links.leakage.certain:
        values = {"always": links.leakage.extreme}
        found.append(SAYS.finding("leakage.override", reason=override, **values) if override
                     else SAYS.finding("leakage", **values))  # fmt: skip
    found += [SAYS.finding(key, outcome=outcome_name(links, name)) for key in ("separation", "not_converged") if key in fit.warnings]
    return found


def _cautions(links: Links, name: str) -> list[Finding]:
    """What a reader should know beside the result."""
    found, fit = [], links.outcomes[name].fit
    if "few_events" in fit.warnings:
        found.append(SAYS.finding("few_events", outcome=outcome_name(links, name), events=fit.events, terms=len(fit.terms)))
    if name == "leaving" and links.gap is not None and "leaving" in links.gap.index:
        row = links.gap.loc["leaving"]
        found.append(SAYS.finding("gap", answered=row.answered, everybody=row.everybody))
    return found
