"""One figure split by segment: which groups differ from the rest, with small groups hidden so that none can be derived."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.design import EVERYBODY, Design, Index, Question, Rating
from cxlib.analyses.groups import in_their_order
from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, Finding, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.rows import answered, base_of, in_basis, needed, weights_of, within
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.disclosure import dominated, hidden_segments
from cxlib.stats.survey.estimates import normal_quantile

ALARM = 0.05  # share of surveys without differences in which one is announced all the same
LARGE = 0.125  # of the figure's range: where only more than this would be found, nothing is called alike
NAMED = 4  # groups that are named in sentences; the table has all

SAYS = Sentences(
    {
        "segment.above": Says("good", "{figure}: {group} ({segment}) is {change} above the other customers ({low} to {high}).", stake="change"),
        "segment.below": Says("bad", "{figure}: {group} ({segment}) is {change} below the other customers ({low} to {high}).", stake="change", advises="group"),
        "segments.alike": ("neutral", "{figure}: no group differs from the other customers by more than chance can explain (groups compared: {groups:count}); a difference of {findable} would have shown in half of them."),
        "segments.cannot_tell": Says("unclear", "{figure}: whether the groups differ cannot be determined; in half of the groups compared ({groups:count}) only a difference of {findable} or more would show.", about="data"),
        "segments.one_group": Says("unclear", "{figure}: only one group can be shown, so there is nothing to compare.", about="data"),
        "segments.hidden": Says("unclear", "Groups not shown: {hidden:count}. A group of fewer than {minimum:count} people is not shown, nor one from which it could be worked out.", about="data"),
        "segments.too_few": ("unclear", "{figure}: too few answers to split by segment."),
        "segments.too_few_in_period": ("unclear", "{figure}: too few answers in {period:period} to split by segment."),
        "absent.segments": ("absent", "Segments: the data name none."),
        "absent.net_promoter_by_segment": ("absent", "NPS by segment: customers were not asked whether they would recommend the company."),
        "absent.satisfied_by_segment": ("absent", "Satisfied customers by segment: overall satisfaction was not asked about."),
        "absent.satisfaction_by_segment": ("absent", "Satisfaction by segment: the questions behind the index were not asked."),
    }
)  # fmt: skip

METHOD = Term("Each group is tested against all other customers, with Holm's correction for the number of groups. Which groups are hidden is found by linear programming, so that none below the limit can be worked out. Holm 1979; Kelly, Golden and Assad 1992.")
VERDICTS = {
    "above": Term("above the others"),
    "below": Term("below the others"),
    "unclear": Term("no clear difference"),
    "untested": Term("cannot be determined"),
    "hidden": Term("not shown"),
}


def net_promoter_by_segment(
    responses: pd.DataFrame, asked: Question | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """NPS of every group of every segment, compared with all other customers.

    responses  one row per respondent;  segments {column: heading}, each column a division of the respondents
    asked      the question, None when it was not asked
    design     weight, minimum (smallest group shown) and confidence count; its basis: the periods that count
    returns    table "segments": segment, group (in the order of groups.in_their_order), n, estimate, low, high, to_others,
               to_others_low, to_others_high (from the rest, in the figure's unit), p_holm (two groups that make up a division
               are one test), verdict. A hidden
               group keeps its row without any number: one that is small, that would give a small one away, or in which
               one respondent carries 80 % of the weight. No table where every group is hidden
    assumes    groups are compared with everybody else by a test for different respondents, Holm over all groups
    errors     CannotAnswer for a column that is not there
    source     Holm 1979; Kelly, Golden and Assad 1992 (hiding)

    >>> page.show(status.net_promoter_by_segment(responses, survey.recommend, survey.segments, design))
    NPS: no group differs from the other customers by more than chance can explain (groups compared: 15); a...
    """
    measure = asked and measures.net_promoter(asked.score, asked.scale)
    return _by_segment("net_promoter_by_segment", responses, measure, asked, segments, design)


def satisfaction_by_segment(
    responses: pd.DataFrame, asked: Index | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """Satisfaction index 0-100 of every group of every segment; otherwise as net_promoter_by_segment.

    >>> page.show(status.satisfaction_by_segment(responses, survey.satisfaction, survey.segments, design))
    Satisfaction index: Hovedstaden (Region) is 3.4 points below the other customers...
    """
    measure = asked and measures.index(Term("Satisfaction index"), asked)
    return _by_segment("satisfaction_by_segment", responses, measure, asked, segments, design)


def satisfied_by_segment(
    responses: pd.DataFrame, asked: Rating | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """Share of satisfied respondents of every group of every segment; otherwise as net_promoter_by_segment.

    >>> page.show(status.satisfied_by_segment(responses, survey.rating, survey.segments, design))
    Share of satisfied customers: Hovedstaden (Region) is 7.6 percentage points below...
    """
    measure = asked and measures.satisfied(asked.score, asked.scale, asked.top)
    return _by_segment("satisfied_by_segment", responses, measure, asked, segments, design)


def _by_segment(
    name: str,
    responses: pd.DataFrame,
    measure: Measure | None,
    asked: Question | Index | None,
    segments: Mapping[str, str],
    design: Design,
) -> Result:
    if measure is None or asked is None or not segments:
        reason = "absent.segments" if not segments else f"absent.{name}"
        return Result.missing(name, SAYS.finding(reason), read=len(responses))
    single = isinstance(asked, Question)
    weight, minimum, confidence = design.weight, design.minimum, design.confidence
    needed(responses, [*([asked.score] if single else asked.items), weight, design.period, *segments])
    reasons = asked.unanswered if single else None  # of an index they are counted per question, not per respondent
    base = base_of(measure.values(responses), weights_of(responses, weight), reasons, weighted=bool(weight))
    rows, values, weights = answered(responses, measure, weight)
    kept = in_basis(rows, design)
    base, rows, values, weights = within(base, rows, kept, design), rows[kept], values[kept], weights[kept]
    settings = {"minimum": minimum, "weight": weight, "confidence": confidence}
    groups = divided(rows[list(segments)], weights, minimum)
    if groups.hidden.all():
        return Result(name, {}, (_too_few(measure, base),), base, settings)
    table = groups.apply(lambda g: _row(g, rows, values, weights, measure, confidence), axis=1, result_type="expand")
    table.insert(0, "segment", groups.division.map(segments).to_numpy())
    if not table.p.notna().any():
        return Result(name, {}, (SAYS.finding("segments.one_group", figure=measure.name),), base, settings)
    table = _judged(table, len(rows))
    everyone = measure.estimate(values, weights, confidence=confidence).estimate
    settings |= {"groups_compared": int(table.p.notna().sum()), "findable": _findable(table, confidence), "everyone": everyone}
    findings = _findings(table, measure, settings)
    return Result(name, {"segments": table.drop(columns="p").assign(unit=measure.unit)}, findings, base, settings, METHOD)


def _too_few(measure: Measure, base: Base) -> Finding:
    if len(base.periods) == 1:
        return SAYS.finding("segments.too_few_in_period", figure=measure.name, period=base.periods[0])
    return SAYS.finding("segments.too_few", figure=measure.name)


def divided(divisions: pd.DataFrame, weights: np.ndarray, minimum: int) -> pd.DataFrame:
    """Every group of every division, in their order, hidden ones last: division, group, n, hidden."""
    if len(divisions) < minimum:
        return pd.DataFrame({"hidden": []}, dtype=bool)
    order = {(name, group): place for name in divisions for place, group in enumerate(in_their_order(divisions[name]))}
    divisions = divisions.astype(object)
    large = {name: divisions[name].value_counts().loc[lambda n: n >= minimum].index for name in divisions}
    sensitive = [(name, g) for name in divisions for g in dominated(weights, divisions[name]) if g in large[name]]
    groups = hidden_segments(divisions, threshold=minimum, sensitive=sensitive).dropna(subset="group")
    places = [order[pair] for pair in zip(groups.division, groups.group, strict=True)]
    shown = groups.assign(at=groups.division.map(list(divisions).index), place=np.where(groups.hidden, len(order), places))
    return shown.sort_values(["at", "place"], kind="stable", ignore_index=True).drop(columns=["at", "place"])


def _row(group, rows, values, weights, measure, confidence) -> dict:
    nothing = dict.fromkeys(("n", "estimate", "low", "high", "to_others", "to_others_low", "to_others_high", "p"))
    if group.hidden:
        return {"group": str(group.group), **nothing, "hidden": True}
    inside = (rows[group.division] == group.group).to_numpy()
    found = measure.estimate(values[inside], weights[inside], confidence=confidence)
    row = {"group": str(group.group), **nothing, "n": found.n, "estimate": found.estimate, "low": found.low,
           "high": found.high, "hidden": False}  # fmt: skip
    if (~inside).sum() > 1:
        gap = measure.difference(
            values[~inside], values[inside], weights[~inside], weights[inside], confidence=confidence
        )
        row |= {"to_others": gap.estimate, "to_others_low": gap.low, "to_others_high": gap.high, "p": gap.p}
    return row


def _judged(table: pd.DataFrame, customers: int) -> pd.DataFrame:
    """The verdict on each group. Two groups that hold all customers of a division are one test: each is the other's rest."""
    of_two = table.groupby("segment").n.transform("count").eq(2) & table.groupby("segment").n.transform("sum").eq(customers)
    mirror = of_two & table.n.notna() & table[table.n.notna()].duplicated("segment").reindex(table.index, fill_value=False)
    tested = table.p.notna() & ~mirror
    table["p_holm"] = pd.Series(holm(table.p[tested].astype(float)), table.index[tested]).reindex(table.index)
    table.loc[of_two, "p_holm"] = table.p_holm[of_two].groupby(table.segment[of_two]).transform("max")
    clear = table.p_holm < ALARM
    table["verdict"] = "unclear"
    table.loc[clear, "verdict"] = table.to_others[clear].astype(float).gt(0).map({True: "above", False: "below"})
    table.loc[table.p.isna(), "verdict"] = "untested"  # its rest is too small, or all alike
    table.loc[table.hidden, "verdict"] = "hidden"
    table["verdict"] = table.verdict.map(VERDICTS)
    return table.drop(columns="hidden")


def _findable(table: pd.DataFrame, confidence: float) -> float:
    """The difference that would be found in four of five samples, after Holm's correction, in half of the groups compared."""
    error = (table.to_others_high - table.to_others_low).astype(float) / 2 / normal_quantile(confidence)
    tests = table.p_holm.notna().sum()
    return float(error.median() * (normal_quantile(1 - ALARM / tests) + normal_quantile(0.6)))


def _findings(table: pd.DataFrame, measure: Measure, settings: Mapping) -> tuple:
    clear = table[table.verdict.isin([VERDICTS["above"], VERDICTS["below"]])].sort_values("p_holm", kind="stable")
    found = [_named(row, measure) for row in _without_mirrors(clear, table).head(NAMED).itertuples()]
    if not found:
        findable = settings["findable"]
        key = "segments.alike" if findable <= LARGE * (measure.range[1] - measure.range[0]) else "segments.cannot_tell"
        told = {"groups": settings["groups_compared"], "findable": Quantity(findable, measure.unit.difference)}
        found = [SAYS.finding(key, figure=measure.name, **told)]
    minimum, hidden = settings["minimum"], int((table.verdict == VERDICTS["hidden"]).sum())  # rows without a number
    return (*found, *([SAYS.finding("segments.hidden", hidden=hidden, minimum=minimum)] if hidden else []))


def _without_mirrors(clear: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Of two groups that make up a whole division only the first: what one is above, the other is below."""
    of_two = table.groupby("segment").group.transform("size").eq(2)
    return clear[~(of_two[clear.index] & clear.duplicated("segment"))]


def _named(row, measure: Measure):
    ends = {end: Quantity(getattr(row, f"to_others_{end}"), measure.unit.signed_ends) for end in ("low", "high")}
    key = "segment.above" if row.verdict == VERDICTS["above"] else "segment.below"
    change = Quantity(abs(row.to_others), measure.unit.difference)
    return SAYS.finding(key, group=row.group, segment=row.segment, figure=measure.name, change=change, **ends)
