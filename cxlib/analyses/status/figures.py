"""The headline figures of a survey: level, change, and distance to target, each with n, interval and definition."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.design import EVERYBODY, YEAR_ON_YEAR, Design, Effort, Index, Question, Rating, year_before
from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, Finding, Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.rows import answered, base_of, in_order, needed, shown_periods, span, weights_of
from cxlib.stats.survey.comparison import change_tests, weighted_trend
from cxlib.stats.survey.indices import first_component_weights

ALARM = 0.05  # share of series without change in which a change is announced all the same

STANDING = {
    "figures": Named(Term("Key figures whose change could be tested")),
    "better": Named(Term("Key figures that have improved")),
    "worse": Named(Term("Key figures that have worsened")),
    "targets": Named(Term("Targets")),
    "met": Named(Term("Targets that are met")),
    "missed": Named(Term("Targets that are missed")),
}

SAYS = Sentences(
    {
        "level.only": ("neutral", "{figure} is {estimate} ({low} to {high})."),
        "level.latest": ("neutral", "{figure} is {estimate} in {period:period} ({low} to {high})."),
        "level.no_interval": ("unclear", "{figure} is {estimate}; all answers are alike, so the margin of error is unknown."),
        "level.latest_alike": ("unclear", "{figure} is {estimate} in {period:period}; all answers are alike, so the margin of error is unknown."),
        "level.too_few": ("unclear", "{figure}: fewer than {minimum:count} answers, so no figure is shown."),
        "level.no_weights": ("unclear", "{figure}: no figure is shown, because one question has the same answer throughout or runs against the others."),
        "standing_moved.all_better": Says("good", "All key figures ({figures:count}) have clearly improved since {before:period}."),
        "standing_moved.better": Says("good", "Of {figures:count} key figures, {better:count} clearly improved since {before:period}, and none clearly worsened."),
        "standing_moved.both": Says("bad", "Of {figures:count} key figures, {better:count} clearly improved and {worse:count} clearly worsened since {before:period}."),
        "standing_moved.worse": Says("bad", "Of {figures:count} key figures, {worse:count} clearly worsened since {before:period}, and none clearly improved."),
        "standing_moved.all_worse": Says("bad", "All key figures ({figures:count}) have clearly worsened since {before:period}."),
        "standing_moved.still": Says("unclear", "None of the key figures ({figures:count}) has clearly changed since {before:period}."),
        "standing_targets.all_met": Says("good", "All targets ({targets:count}) are met, even allowing for chance."),
        "standing_targets.met": Says("good", "Of {targets:count} targets, the company has clearly met {met:count}; whether it has met the rest cannot be determined."),
        "standing_targets.both": Says("bad", "Of {targets:count} targets, the company has clearly met {met:count} and clearly missed {missed:count}."),
        "standing_targets.missed": Says("bad", "Of {targets:count} targets, the company has clearly missed {missed:count}; whether it has met the rest cannot be determined."),
        "standing_targets.all_missed": Says("bad", "None of the targets ({targets:count}) is met, even allowing for chance."),
        "standing_targets.open": Says("unclear", "Whether any of the targets ({targets:count}) is met cannot be determined."),
        "standing_target.met": Says("good", "{figure} is {estimate} ({low} to {high}): the target of {target} is met, even allowing for chance."),
        "standing_target.missed": Says("bad", "{figure} is {estimate} ({low} to {high}): the target of {target} is not met, even allowing for chance."),
        "standing_target.open": Says("unclear", "{figure} is {estimate} ({low} to {high}); whether the target of {target} is met cannot be determined."),
        "target.reached": Says("good", "{figure} has met the target of {target}, even allowing for chance.", stake=("target", "estimate")),
        "target.missed": Says("bad", "{figure} has not met the target of {target}, even allowing for chance.", stake=("target", "estimate")),
        "target.unclear": Says("unclear", "{figure}: whether the target of {target} has been met cannot be determined from these answers.", advises="ask"),
        "change.rose": Says("good", "{figure} has risen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "change.fell": Says("bad", "{figure} has fallen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "change.rose_worse": Says("bad", "{figure} has worsened: up by {change} since {before:period} ({low} to {high}).", stake="change"),
        "change.fell_better": Says("good", "{figure} has improved: down by {change} since {before:period} ({low} to {high}).", stake="change"),
        "change.alike": ("unclear", "{figure}: whether it has changed since {before:period} cannot be determined, because all answers in one of the two periods are alike."),
        "change.no_year": ("unclear", "{figure}: no figure can be shown for the same period a year earlier, so no change over the year is given."),
        "change.unclear": ("unclear", "{figure} has moved by {change} since {before:period}, which is no more than chance can produce."),
        "trend.rose": ("good", "{figure} has risen by {change} per period over {periods:count} periods ({low} to {high})."),
        "trend.fell": ("bad", "{figure} has fallen by {change} per period over {periods:count} periods ({low} to {high})."),
        "trend.rose_worse": ("bad", "{figure} has worsened: up by {change} per period over {periods:count} periods ({low} to {high})."),
        "trend.fell_better": ("good", "{figure} has improved: down by {change} per period over {periods:count} periods ({low} to {high})."),
        "ease.rose": Says("good", "It has become easier to be a customer: CES has risen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "ease.fell": Says("bad", "It has become harder to be a customer: CES has fallen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "ease.rose_worse": Says("bad", "It has become harder to be a customer: CES has risen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "ease.fell_better": Says("good", "It has become easier to be a customer: CES has fallen by {change} since {before:period} ({low} to {high}).", stake="change"),
        "ease_trend.rose": ("good", "It has steadily become easier to be a customer: CES has risen by {change} per period over {periods:count} periods ({low} to {high})."),
        "ease_trend.fell": ("bad", "It has steadily become harder to be a customer: CES has fallen by {change} per period over {periods:count} periods ({low} to {high})."),
        "ease_trend.rose_worse": ("bad", "It has steadily become harder to be a customer: CES has risen by {change} per period over {periods:count} periods ({low} to {high})."),
        "ease_trend.fell_better": ("good", "It has steadily become easier to be a customer: CES has fallen by {change} per period over {periods:count} periods ({low} to {high})."),
        "trend.uneven": ("neutral", "{figure} has moved over {periods:count} periods, but not evenly, so no change per period is given."),
        "trend.unclear": ("neutral", "{figure} shows no steady rise or fall over {periods:count} periods beyond what chance can explain."),
        "periods.hidden": Says("unclear", "Periods not shown, so that no answer can be traced to fewer than {minimum:count} people: {hidden:count}.", about="data"),
        "absent.net_promoter_score": ("absent", "NPS: customers were not asked whether they would recommend the company."),
        "absent.satisfied_share": ("absent", "Satisfied customers: overall satisfaction was not asked about."),
        "absent.effort_score": ("absent", "CES: customers were not asked how easy it was."),
        "absent.satisfaction_index": ("absent", "Satisfaction index: the questions behind it were not asked."),
        "absent.acsi_index": ("absent", "Satisfaction index weighted as ACSI: it takes at least two questions on satisfaction."),
        "absent.loyalty_index": ("absent", "Loyalty index: the questions behind it were not asked."),
        "absent.key_figures": ("absent", "Key figures: none of the questions behind them was asked."),
    },
    named=STANDING,
    shown_in=(Place("figure"), Place("figures"), Place("periods"),),
)  # fmt: skip

METHODS = {
    "net_promoter_score": Term("Three answers are added before the interval is computed, three quarters of one at each end, so that it also holds in small samples. Reichheld 2003; Rocks 2016."),
    "satisfied_share": Term("The interval is Wilson's, which stays between 0% and 100% and also holds in small samples. Wilson 1927."),
    "effort_score": Term("Three definitions are in use and give different numbers; compare only like with like. Dixon, Freeman and Toman 2010."),
    "satisfaction_index": Term("Each respondent's answers are converted to a scale from 0 to 100 and averaged; the interval is the t interval of that mean. It is the form used for NKI, CSI and EPSI."),
    "acsi_index": Term("The weights are those of the first principal component of the questions, divided by their spread. Fornell et al. 1996."),
    "loyalty_index": Term("Each respondent's answers are converted to a scale from 0 to 100 and averaged; the interval is the t interval of that mean."),
}  # fmt: skip


def net_promoter_score(responses: pd.DataFrame, asked: Question | None, design: Design = EVERYBODY) -> Result:
    """Net Promoter Score, -100 to 100: share of 9-10 less share of 0-6, with adjusted Wald interval.

    responses  one row per respondent
    asked      the question, its target in points; None when it was not asked
    design     period, weight, population, minimum and confidence; with the basis "year on year" the change is counted
               from the same period a year before, else from the period before
    returns    tables "figure" (one row, latest period: figure, definition, unit, n, estimate, low, high, target,
               change, change_low, change_high; from three periods on trend, trend_low, trend_high: the change a period),
               "periods" (period, n, estimate, low, high) and "all_periods": one
               row, all of them together, those that are not shown included; empty below two periods
    errors     CannotAnswer for a column that is not there, ValueError for answers off the scale
    source     Reichheld 2003; Rocks 2016 (interval)

    >>> ten = pd.DataFrame({"answer": [10, 9, 9, 10, 8, 7, 8, 3, 6, 5]})
    >>> page.show(status.net_promoter_score(ten, Question("answer")))
    NPS is 10.0 (−36.1 to 51.4).
    """
    measure = asked and measures.net_promoter(asked.score, asked.scale)
    return _figure("net_promoter_score", responses, measure, asked, design)


def satisfied_share(responses: pd.DataFrame, asked: Rating | None, design: Design = EVERYBODY) -> Result:
    """Share of respondents, 0-1, who give one of the best answers (top-2 box), with Wilson interval.

    asked    the question, its target a share 0-1; `top` best answers count
    responses, design, returns, errors  as for net_promoter_score

    >>> six = pd.DataFrame({"answer": [5, 5, 4, 3, 2, 4]})
    >>> page.show(status.satisfied_share(six, Rating("answer")))
    Share of satisfied customers is 66.7% (30.0% to 90.3%).
    """
    measure = asked and measures.satisfied(asked.score, asked.scale, asked.top)
    return _figure("satisfied_share", responses, measure, asked, design)


def effort_score(responses: pd.DataFrame, asked: Effort | None, design: Design = EVERYBODY) -> Result:
    """Customer effort score by the named definition: mean, agree or index (see cxlib.analyses.measures.effort).

    asked    the question, its target in the unit of the definition
    responses, design, returns, errors  as for net_promoter_score

    >>> six = pd.DataFrame({"answer": [7, 6, 6, 5, 7, 2]})
    >>> page.show(status.effort_score(six, Effort("answer")))
    CES (how easy it is to be a customer) is 5.50 (3.54 to 7.00).
    """
    measure = asked and measures.effort(asked.score, asked.scale, asked.definition, asked.easy)
    return _figure("effort_score", responses, measure, asked, design)


def satisfaction_index(responses: pd.DataFrame, asked: Index | None, design: Design = EVERYBODY) -> Result:
    """Satisfaction index 0-100 of several questions (NKI, CSI, EPSI; ACSI with item weights), with t interval.

    asked    the questions, their target 0-100; a respondent needs `at_least` answers
    responses, design, returns, errors  as for net_promoter_score

    >>> page.show(status.satisfaction_index(responses, survey.satisfaction, design))
    Satisfaction index is 69.2 in Q4 2025 (67.6 to 70.7)...
    """
    return _figure("satisfaction_index", responses, _index(Term("Satisfaction index"), asked), asked, design)


def loyalty_index(responses: pd.DataFrame, asked: Index | None, design: Design = EVERYBODY) -> Result:
    """Loyalty index 0-100 of several questions; as satisfaction_index.

    >>> page.show(status.loyalty_index(responses, survey.loyalty, design))
    Loyalty index is 71.8 in Q4 2025 (70.1 to 73.4)...
    """
    return _figure("loyalty_index", responses, _index(Term("Loyalty index"), asked), asked, design)


def acsi_index(responses: pd.DataFrame, asked: Index | None, design: Design = EVERYBODY) -> Result:
    """Satisfaction index 0-100 as ACSI computes it: question weights from the answers themselves, adding up to 1.

    responses, asked, design, errors  as for satisfaction_index; absent with fewer than two questions
    returns    also a table "item_weights": question, weight. The questions get the weights with which they form their
               first principal component, divided by their spread
    source     Fornell et al. 1996, J. Marketing 60(4); the component is PLS mode A of a single block

    >>> page.show(status.acsi_index(responses, survey.satisfaction, design))
    ACSI-weighted satisfaction index is 69.2 in Q4 2025 (67.7 to 70.7)...
    """
    name = Term("ACSI-weighted satisfaction index")
    if asked is None or len(asked.items) < 2:
        return _figure("acsi_index", responses, None, None, design)
    columns = list(asked.items)
    complete = needed(responses, [*columns, design.weight])[columns].notna().all(axis=1).sum()
    if complete < design.minimum:
        finding = SAYS.finding("level.too_few", figure=name, minimum=design.minimum)
        return Result("acsi_index", {}, (finding,), Base(len(responses), int(complete)), {"minimum": design.minimum})
    try:
        found = first_component_weights(measures.on_hundred(responses, asked, columns), weights_of(responses, design.weight))
    except ValueError:
        return Result("acsi_index", {}, (SAYS.finding("level.no_weights", figure=name),), Base(len(responses), 0))
    weighed = replace(asked, at_least=len(columns), item_weights=dict(zip(columns, found, strict=True)), target=None)
    result = _figure("acsi_index", responses, _index(name, weighed), weighed, design)
    weights = pd.DataFrame({"question": list(asked.items.values()), "weight": found})
    return replace(result, tables=result.tables | {"item_weights": weights}) if result.tables else result


def key_figures(*figures: Result) -> Result:
    """The headline figures together, for one table and one chart: those of `figures` that were asked.

    figures  results of the functions above, in the order of the report
    returns  table "figures": the rows of their tables "figure", without the period; table "definitions": figure,
             meaning. Findings: how many have improved or worsened and how many targets are met, as far as two or more
             can be counted; then the first of each, those with too few answers for a figure last

    >>> page.show(status.key_figures(nps, satisfied))
    All key figures (2) have clearly improved since Q3 2025...
    """
    asked = sorted((figure for figure in figures if not figure.absent), key=lambda figure: not figure.tables)
    if not asked:
        return Result.missing("key_figures", SAYS.finding("absent.key_figures"))
    read = asked[0].base.read
    findings = (*_standing(asked), *(figure.findings[0] for figure in asked))
    rows = [figure.tables["figure"] for figure in asked if figure.tables]
    settings = {name: asked[0].settings[name] for name in ("confidence", "basis", "minimum") if name in asked[0].settings}
    if not rows:
        return Result("key_figures", {}, findings, Base(read, max(figure.base.used for figure in asked)), settings)
    table = pd.concat(rows, ignore_index=True)
    latest = tuple(table.period.dropna().unique()) if "period" in table else ()
    base = Base(read, int(table.n.max()), periods=latest if len(latest) == 1 else ())
    table = table.drop(columns="period", errors="ignore")  # the sentences say which
    meaning = table[["figure", "definition"]].rename(columns={"definition": "meaning"})
    return Result("key_figures", {"figures": table, "definitions": meaning}, findings, base, settings)


def _standing(figures: Sequence[Result]) -> list[Finding]:
    """How many figures have moved, and how many targets are met, the worse of the two first; a lone target is told with its figure.

    A sentence for each case, since a count of zero is no news of its own: "0 of 4 targets are met" says that none is.
    """
    found = [finding for figure in figures for finding in figure.findings]
    moved = [finding for finding in found if finding.key.partition(".")[0] in ("change", "ease") and "before" in finding.values]
    aims = [finding for finding in found if finding.key.startswith("target.")]
    since = {finding.values["before"] for finding in moved}
    told = []
    if len(moved) > 1 and len(since) == 1:
        better, worse = _counted(moved)
        case = _case(len(moved), better, worse, ("better", "worse", "still"))
        told.append(SAYS.finding(f"standing_moved.{case}", before=since.pop(), figures=len(moved), better=better, worse=worse))
    if len(aims) > 1:
        met, missed = _counted(aims)
        case = _case(len(aims), met, missed, ("met", "missed", "open"))
        told.append(SAYS.finding(f"standing_targets.{case}", targets=len(aims), met=met, missed=missed))
    elif not told:
        known = [figure.findings for figure in figures if "low" in figure.findings[0].values]  # all alike: no interval, so no verdict
        told += [_lone_target(findings[0], aim) for findings in known for aim in aims if aim in findings]
    return sorted(told, key=lambda finding: ("bad", "good", "unclear").index(finding.tone))


def _lone_target(level: Finding, aim: Finding) -> Finding:
    """Where the one figure with a target stands."""
    case = {"good": "met", "bad": "missed"}.get(aim.tone, "open")
    return SAYS.finding(f"standing_target.{case}", **{slot: level.values[slot] for slot in ("figure", "estimate", "low", "high")}, target=aim.values["target"])


def _counted(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many of them are good, and how many bad."""
    return sum(each.tone == "good" for each in findings), sum(each.tone == "bad" for each in findings)


def _case(of: int, good: int, bad: int, names: tuple[str, str, str]) -> str:
    """Which of the cases it is: all, some or none of one kind, both kinds, or neither."""
    if good and bad:
        return "both"
    if not good and not bad:
        return names[2]
    name = names[0] if good else names[1]
    return f"all_{name}" if max(good, bad) == of else name


def _index(name: Term, asked: Index | None) -> Measure | None:
    return asked and measures.index(name, asked)


def _figure(
    name: str, responses: pd.DataFrame, measure: Measure | None, asked: Question | Index | None, design: Design
) -> Result:
    if measure is None or asked is None:
        return Result.missing(name, SAYS.finding(f"absent.{name}"), read=len(responses))
    single = isinstance(asked, Question)
    period, weight, minimum, confidence = design.period, design.weight, design.minimum, design.confidence
    needed(responses, [*([asked.score] if single else asked.items), period, weight])
    reasons = asked.unanswered if single else None  # of an index they are counted per question, not per respondent
    base = base_of(measure.values(responses), weights_of(responses, weight), reasons, weighted=bool(weight))
    settings = {"period": period, "weight": weight, "population": design.population,
                "confidence": confidence, "minimum": minimum}  # fmt: skip
    settings |= {"basis": design.basis} if period else {}
    rows, values, weights = answered(responses, measure, weight)
    base = replace(base, periods=span(rows, design))
    if len(rows) < minimum:
        return Result(name, {}, (SAYS.finding("level.too_few", figure=measure.name, minimum=minimum),), base, settings)
    parts = _periods(rows, values, weights, period, minimum)
    options = {"population": design.population, "confidence": confidence}
    found = {label: measure.estimate(v, w, **options) for label, (v, w) in parts.items()}
    latest, before = list(found)[-1], _before(list(found), design.basis)
    change = _change(measure, parts, before, _places(responses[period], parts) if period else [], confidence)
    tables = {"figure": _headline(measure, found[latest], latest, change, asked.target)}
    tables["periods"] = _course(found, measure.unit)
    whole = {" – ".join(base.periods): measure.estimate(values, weights, **options)}
    tables["all_periods"] = _course(whole, measure.unit).head(1 if len(found) > 1 else 0)
    findings = [_level(measure, found[latest], latest), *_against_target(measure, found[latest], asked.target)]
    findings += _movement(measure, change, list(found), before)
    hidden = rows[period].nunique() - sum(map(bool, parts)) if period else 0
    if hidden:
        settings |= {"hidden": hidden}
        findings.append(SAYS.finding("periods.hidden", hidden=hidden, minimum=minimum))
    return Result(name, tables, tuple(findings), base, settings | {"definition": measure.definition}, METHODS[name])


def _periods(rows, values, weights, period, minimum) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Values and weights of each period that may be shown, oldest first; {"": all} without periods."""
    if period is None or rows[period].isna().all():
        return {"": (values, weights)}
    labels = rows[period]
    shown = shown_periods(labels, minimum)
    return {str(label): (values[(labels == label)], weights[(labels == label)]) for label in shown} or {
        "": (values, weights)
    }


def _before(periods: list[str], basis: str) -> str | None:
    """The period from which the change of the latest is counted; None where it is not among those shown."""
    if len(periods) < 2:
        return None
    return year_before(periods[-1], periods) if basis == YEAR_ON_YEAR else periods[-2]


def _course(found: Mapping, unit: str) -> pd.DataFrame:
    rows = [
        {"period": label, "n": e.n, "estimate": e.estimate, "low": e.low, "high": e.high} for label, e in found.items()
    ]
    table = pd.DataFrame(rows).assign(unit=unit)
    return table if len(table) > 1 or table.period[0] else table.drop(columns="period")


def _places(labels: pd.Series, parts: Mapping) -> list[int]:
    """When the periods shown were: their places among all, so that a hidden one in between counts as time."""
    return [place for place, label in enumerate(in_order(labels)) if str(label) in parts]


def _change(
    measure: Measure, parts: Mapping, before: str | None, times: list[int], confidence: float
) -> pd.DataFrame | None:
    """Tests of the change since `before` and of the trend, adjusted for having looked at both.

    None without such a period, and where all answers of one of the two are alike. Other periods in which all answers
    are alike have no error and are no part of the trend.
    """
    if before is None:
        return None
    middle, errors = np.array([measure.middle_and_error(*part) for part in parts.values()], float).T
    known, place = ~np.isnan(errors), list(parts).index(before)
    if not known[[place, -1]].all():
        return None
    times, middle, errors = np.array(times)[known], middle[known], errors[known]
    tests = change_tests(times, middle, errors, before=int(known[:place].sum()), confidence=confidence)
    if len(times) > 2:
        tests.loc["uneven", "p"] = weighted_trend(times, middle, errors, confidence=confidence).p_not_straight
    tests["periods"] = len(times)
    (v1, w1), (v2, w2) = parts[before], list(parts.values())[-1]
    latest = measure.difference(v1, v2, w1, w2, confidence=confidence)
    tests.loc["latest", ["estimate", "low", "high"]] = latest.estimate, latest.low, latest.high
    return tests


def _headline(measure, estimate, latest, change, target) -> pd.DataFrame:
    row = {"figure": measure.name, "period": latest or None, "n": estimate.n, "estimate": estimate.estimate}
    row |= {"low": estimate.low, "high": estimate.high, "target": target}
    if change is not None:
        moved = change.loc["latest"]
        row |= {"change": moved.estimate, "change_low": moved.low, "change_high": moved.high}
    if change is not None and "trend" in change.index:
        slope = change.loc["trend"]
        row |= {"trend": slope.estimate, "trend_low": slope.low, "trend_high": slope.high}
    row = {name: value for name, value in row.items() if value is not None}
    lowest, highest = measure.range
    machine = {"unit": measure.unit, "lowest": lowest, "highest": highest, "definition": measure.definition}
    return pd.DataFrame([row | machine])


def _level(measure, estimate, latest) -> Finding:
    values = {"figure": measure.name, "estimate": Quantity(estimate.estimate, measure.unit)}
    if estimate.low is None and latest:
        return SAYS.finding("level.latest_alike", period=latest, **values)
    if estimate.low is None:
        return SAYS.finding("level.no_interval", **values)
    values |= {"low": Quantity(estimate.low, measure.unit), "high": Quantity(estimate.high, measure.unit)}
    return SAYS.finding("level.latest", period=latest, **values) if latest else SAYS.finding("level.only", **values)


def _against_target(measure, estimate, target) -> list[Finding]:
    if target is None or estimate.low is None:
        return []
    above, below = estimate.low >= target, estimate.high < target
    good, bad = (above, below) if measure.high_is_good else (estimate.high <= target, estimate.low > target)
    verdict = "reached" if good else "missed" if bad else "unclear"
    return [SAYS.finding(f"target.{verdict}", figure=measure.name, target=Quantity(target, measure.unit))]


def _movement(measure, change, periods, before) -> list[Finding]:
    if len(periods) < 2:
        return []
    if before is None:
        return [SAYS.finding("change.no_year", figure=measure.name)]
    if change is None:
        return [SAYS.finding("change.alike", figure=measure.name, before=before)]
    found = [_verdict("change", measure, change.loc["latest"], before=before)]
    if "trend" in change.index:
        found.append(_trend(measure, change))
    return found


def _trend(measure, tests) -> Finding:
    """Rising or falling, unless a straight line does not describe the periods: then no "a period" figure is given."""
    periods = int(tests.loc["trend", "periods"])
    if tests.loc["uneven", "p"] < ALARM and tests.loc["any", "p_adjusted"] < ALARM:
        return SAYS.finding("trend.uneven", periods=periods, figure=measure.name)
    return _verdict("trend", measure, tests.loc["trend"], periods=periods)


def _verdict(kind, measure, test, **values) -> Finding:
    values |= {"figure": measure.name}
    if not test.p_adjusted < ALARM or not test.low * test.high > 0:
        return SAYS.finding(f"{kind}.unclear", change=Quantity(test.estimate, measure.unit.signed_difference), **values)
    way = "rose" if test.estimate > 0 else "fell"
    if not measure.high_is_good:
        way += "_worse" if way == "rose" else "_better"
    if measure.ease:
        kind = {"change": "ease", "trend": "ease_trend"}[kind]
    ends = {"low": Quantity(test.low, measure.unit.signed_ends), "high": Quantity(test.high, measure.unit.signed_ends)}
    return SAYS.finding(f"{kind}.{way}", change=Quantity(abs(test.estimate), measure.unit.difference), **ends, **values)
