"""Do units with satisfied employees have satisfied customers? The unit is the base, not the person."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.design import year_of
from cxlib.analyses.money import Answers, Staff
from cxlib.analyses.result import Base, Finding, Result, Term
from cxlib.analyses.rows import needed, weights_of
from cxlib.stats.links.link_fit import fitted_link
from cxlib.stats.links.panel_link import panel_link
from cxlib.stats.links.unit_link import both_directions, unit_link
from cxlib.stats.survey.estimates import normal_quantile
from cxlib.stats.survey.indices import respondent_index
from cxlib.stats.survey.intraclass import group_correlation

UNITS_FOR_MONEY = 30


def employee_link(
    staff: Staff | None,
    answers: Answers | None,
    *,
    minimum: int = 10,
    customer_minimum: int = 5,
    confidence: float = 0.95,
) -> Result:
    """Slope of the customers' satisfaction index on the employees' index, 0-100 each, over unit means.

    staff         the employees; with a period, and one of the answers, both directions in time are compared
    answers       of the customers, with a column of the unit and the questions of the satisfaction index
    minimum       employees and customer_minimum customers that a unit needs to be shown
    returns       tables "measures" (the figures one below the other), "link" (one row: units, correlation and slope with interval, corrected, icc1, icc2),
                  "units" (employees, customer_index: index of each unit that may be shown) and "directions"
    assumes       observational: type of unit and area may stand behind both sides

    >>> page.show(business_case.employee_link(staff, answers))
    Units with more satisfied employees have more satisfied customers: +0.46 points in the customers' index...
    """
    if staff is None or answers is None or answers.unit is None or not answers.items:
        return Result.missing("employee_link", SAYS.finding("absent.employees"))
    needed(staff.rows, [staff.unit, *staff.items, staff.period, staff.count])
    needed(answers.rows, [answers.unit, *answers.items, answers.weight])
    ours = pd.DataFrame({"unit": staff.rows[staff.unit], "index": respondent_index(staff.rows[list(staff.items)], scale=staff.scale),
                         "count": 1.0 if staff.count is None else staff.rows[staff.count]})  # fmt: skip
    theirs = pd.DataFrame({"unit": answers.rows[answers.unit], "weight": weights_of(answers.rows, answers.weight),
                           "index": respondent_index(answers.rows[list(answers.items)], scale=answers.scale)})  # fmt: skip
    read = len(staff.rows)
    ours, theirs = ours.dropna(), theirs.dropna()
    told = []
    if staff.period is not None and answers.period is not None:
        ours = ours.assign(year=staff.rows.loc[ours.index, staff.period].astype(str).map(year_of))
        theirs = theirs.assign(year=answers.rows.loc[theirs.index, answers.period].astype(str).map(year_of))
        ours, theirs, told = _of_shared_years(ours, theirs)
    units = _means(ours, theirs)
    cluster = group_correlation(ours["index"], ours.unit) if ours.unit.duplicated().any() else None
    reliability = None if cluster is None else max(cluster.icc2, 0.0)
    base = Base(read, len(ours), {"not answered": read - len(ours)} if len(ours) < read else {})
    settings = {"confidence": confidence, "minimum": minimum, "units_for_money": UNITS_FOR_MONEY}
    if told and not len(ours):
        return Result("employee_link", {}, tuple(told), base, settings)
    if len(units) < 5:
        finding = SAYS.finding("employees.too_few", units=len(units), minimum=UNITS_FOR_MONEY)
        return Result("employee_link", {}, (finding,), base, settings)
    fit = unit_link(units, "employees", "customers", reliability=reliability, confidence=confidence)
    shown = _shown(units, minimum, customer_minimum)
    row = _row(fit, cluster)
    tables = {"measures": _measures(row), "link": row, "units": _points(shown)}
    findings = [*_verdict(fit, reliability), *told]
    if "year" in ours:
        findings += _over_time(ours, theirs, tables, confidence)
    return Result("employee_link", tables, tuple(findings), base, settings)


def usable_slope(link: Result | None) -> tuple[float, float] | None:
    """Slope and standard error that a money line may rest on; None under 30 units or when the link cannot be told.

    >>> slope, error = business_case.usable_slope(employees)
    >>> round(slope, 2)
    0.46
    """
    if link is None or "link" not in link.tables:
        return None
    row = link.tables["link"].iloc[0]
    if row.units < UNITS_FOR_MONEY or row.slope_low <= 0:
        return None
    return float(row.slope), float((row.slope_high - row.slope_low) / (2 * normal_quantile(link.settings["confidence"])))


def _of_shared_years(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Both sides in the years that both have, and what is left out by that."""
    years = sorted(set(ours.year) & set(theirs.year))
    if not years:
        return ours[:0], theirs[:0], [SAYS.finding("employees.no_year")]
    shared = [side[side.year.isin(years)] for side in (ours, theirs)]
    left_out = len(shared[0]) < len(ours) or len(shared[1]) < len(theirs)
    return *shared, [SAYS.finding("employees.years", first=years[0], last=years[-1])] if left_out else []


def _shown(units: pd.DataFrame, minimum: int, customer_minimum: int) -> pd.DataFrame:
    """The units that may be shown. One alone is never left out: slope and correlation would give its figures away."""
    large = (units.staff >= minimum) & (units.guests >= customer_minimum)
    shown = units[large]
    return shown.drop(shown.staff.idxmin()) if (~large).sum() == 1 and len(shown) else shown


def _points(units: pd.DataFrame) -> pd.DataFrame:
    return units[["employees", "customers"]].rename(columns={"customers": "customer_index"}).reset_index(drop=True)


def _means(ours, theirs) -> pd.DataFrame:
    staff = ours.groupby("unit").agg(employees=("index", "mean"), staff=("count", "sum"))
    guests = theirs.assign(part=theirs["index"] * theirs.weight).groupby("unit").agg(
        part=("part", "sum"), weight=("weight", "sum"), guests=("index", "size"))  # fmt: skip
    guests["customers"] = guests.part / guests.weight
    return staff.join(guests[["customers", "guests"]], how="inner")


def _row(fit, cluster) -> pd.DataFrame:
    row = {"units": fit.units, "correlation": fit.correlation.estimate, "correlation_low": fit.correlation.low,
           "correlation_high": fit.correlation.high, "slope": fit.slope.estimate, "slope_low": fit.slope.low,
           "slope_high": fit.slope.high, "p": fit.slope.p}  # fmt: skip
    if cluster is not None:
        row |= {"icc1": cluster.icc1, "icc2": cluster.icc2}
    if fit.corrected is not None:
        row |= {"corrected": fit.corrected.estimate, "corrected_low": fit.corrected.low,
                "corrected_high": fit.corrected.high}  # fmt: skip
    return pd.DataFrame([row])


def _measures(row: pd.DataFrame) -> pd.DataFrame:
    """The same figures one below the other, as a reader wants them."""
    named = {"correlation": Term("Correlation"), "slope": Term("Points of the customers' index per point of the employees'"),
             "corrected": Term("The same, corrected for reliability"), "icc1": Term("Share of the differences between units (ICC1)"),
             "icc2": Term("Reliability of a unit's mean (ICC2)")}  # fmt: skip
    value = row.iloc[0]
    return pd.DataFrame([{"figure": word, "estimate": value[name], "low": value.get(f"{name}_low"),
                          "high": value.get(f"{name}_high"),
                          "unit": "signed" if name in ("slope", "corrected") else "mean"} for name, word in named.items() if name in row])  # fmt: skip


def _verdict(fit, reliability) -> list[Finding]:
    ends = {"slope": fit.slope.estimate, "low": fit.slope.low, "high": fit.slope.high, "units": fit.units}
    way = "follows" if fit.slope.low > 0 else "against" if fit.slope.high < 0 else "unclear"
    findings = [SAYS.finding(f"employees.{way}", **ends)]
    if fit.units < UNITS_FOR_MONEY:
        findings.append(SAYS.finding("employees.too_few", units=fit.units, minimum=UNITS_FOR_MONEY))
    if fit.corrected is not None and reliability < 0.9:
        findings.append(SAYS.finding("employees.reliability", icc2=reliability, corrected=fit.corrected.estimate))
    return findings


def _over_time(ours, theirs, tables, confidence) -> list[Finding]:
    """Both sides in the first and last year that both have; nothing to say with one year."""
    years = sorted(set(ours.year.dropna()) & set(theirs.year.dropna()))
    if len(years) < 2:
        return []
    findings = _within_units(ours, theirs, tables, confidence)
    rounds = [_means(ours[ours.year == year], theirs[theirs.year == year]) for year in (years[0], years[-1])]
    if len(rounds[0].index.intersection(rounds[1].index)) < UNITS_FOR_MONEY:
        return findings
    table = both_directions(*rounds, "employees", "customers", confidence=confidence)
    forward, backward = (bool(low > 0) for low in table.low)
    verdict = {(1, 0): "forward", (0, 1): "backward", (1, 1): "both", (0, 0): "neither"}[forward, backward]
    tables["directions"] = table.rename_axis("direction").reset_index().assign(unit="mean")
    if verdict != "neither" and any(finding.key == "employees.inside_unclear" for finding in findings):
        return findings  # what cannot be seen inside the units gives no direction either
    return [*findings, SAYS.finding(f"employees.{verdict}")]


def _within_units(ours, theirs, tables, confidence) -> list[Finding]:
    """The link inside units over time: each is compared with itself, so what stays the same in it (its area, say) plays no part."""
    years = sorted(set(ours.year.dropna()) & set(theirs.year.dropna()))
    means = [_means(ours[ours.year == year], theirs[theirs.year == year]).assign(year=year) for year in years]
    panel = pd.concat(means).rename_axis("unit").reset_index()
    if panel.unit.value_counts().ge(2).sum() < UNITS_FOR_MONEY:
        return []
    fit = panel_link(panel, "customers", "employees", unit="unit", period="year", confidence=confidence)
    slope = fit.terms.iloc[0]
    tables["inside"] = pd.DataFrame([{"n": fit.n, "units": fit.units, **slope[["estimate", "low", "high", "p"]], "unit": "mean"}])
    way = "inside" if slope.low > 0 else "inside_unclear"
    return [SAYS.finding(f"employees.{way}", slope=slope.estimate, low=slope.low, high=slope.high)]


def nps_per_point(answers: Answers | None) -> float:
    """Points of NPS for one point of the satisfaction index, by regression over respondents; 1.0 when not asked.

    >>> round(business_case.nps_per_point(answers), 2)
    2.95
    """
    if answers is None or answers.score is None or not answers.items:
        return 1.0
    score = answers.rows[answers.score]
    points = pd.Series(np.select([score >= 9, score <= 6], [100.0, -100.0], 0.0), score.index).where(score.notna())
    slope = index_to_score(replace(answers, rows=answers.rows.assign(**{answers.score: points})))
    return 1.0 if slope is None else slope[0]


def index_to_score(answers: Answers | None) -> tuple[float, float] | None:
    """Points of the score for one point of the satisfaction index: (slope, standard error), or None when not asked.

    >>> slope, error = business_case.index_to_score(answers)
    >>> round(slope, 3)
    0.071
    """
    if answers is None or answers.score is None or not answers.items:
        return None
    index = respondent_index(answers.rows[list(answers.items)], scale=answers.scale)
    rows = pd.DataFrame({"index": np.asarray(index), "score": answers.rows[answers.score].to_numpy(float),
                         "weight": weights_of(answers.rows, answers.weight)}).dropna()  # fmt: skip
    if len(rows) < 30 or rows["index"].std() == 0:
        return None
    fit = fitted_link(rows.score, rows[["index"]], family="gaussian", weights=rows.weight, robust=True)
    return float(fit.terms.estimate["index"]), float(fit.terms.se["index"])
