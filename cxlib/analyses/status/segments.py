"""One figure split by segment: which groups differ from the rest, with small groups hidden so that none can be derived."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.design import EVERYBODY, Design, Index, Question, Rating
from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, Finding, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.rows import answered, base_of, in_basis, needed, weights_of, within
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.disclosure import dominated, hidden_segments

NAMED = 4  # groups that are named in sentences; the table has all

SAYS = Sentences(
    {
        "segment.above": Says("good", "{figure}: {group} ({segment}) lies {change} above the other customers ({low} to {high}).", stake="change"),
        "segment.below": Says("bad", "{figure}: {group} ({segment}) lies {change} below the other customers ({low} to {high}).", stake="change", advises="group"),
        "segments.alike": ("neutral", "{figure}: no group differs from the other customers by more than chance can give (groups compared: {groups:count})."),
        "segments.hidden": Says("unclear", "Groups not shown, so that no answer can be traced to fewer than {minimum:count} people: {hidden:count}.", about="data"),
        "segments.too_few": ("unclear", "{figure}: too few answers to split by segment."),
        "segments.too_few_in_period": ("unclear", "{figure}: too few answers in {period:period} to split by segment."),
        "absent.segments": ("absent", "Segments: the client folder names none."),
        "absent.net_promoter_by_segment": ("absent", "NPS by segment: customers were not asked whether they would recommend the company."),
        "absent.satisfied_by_segment": ("absent", "Satisfied customers by segment: overall satisfaction was not asked."),
        "absent.satisfaction_by_segment": ("absent", "Satisfaction by segment: the questions behind the index were not asked."),
    }
)  # fmt: skip

METHOD = Term("Each group is tested against all other customers, with Holm's correction for the number of groups. Groups are hidden by linear programming, so that none under the limit can be worked out. Holm 1979; Kelly, Golden and Assad 1992.")
VERDICTS = {
    "above": Term("above the others"),
    "below": Term("below the others"),
    "unclear": Term("no clear difference"),
    "hidden": Term("not shown"),
}


def net_promoter_by_segment(
    responses: pd.DataFrame, asked: Question | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """NPS of every group of every segment, compared with all other customers.

    responses  one row per respondent;  segments {column: heading}, each column a division of the respondents
    asked      the question, None when it was not asked
    design     weight, minimum (smallest group shown) and confidence count; its basis: the periods that count
    returns    table "segments": segment, group, n, estimate, low, high, p_holm (against the rest), verdict. A hidden
               group keeps its row without any number: one that is small, that would give a small one away, or in which
               one respondent carries 80 % of the weight. No table where every group is hidden
    assumes    groups are compared with everybody else by a test for different respondents, Holm over all groups
    errors     CannotAnswer for a column that is not there
    source     Holm 1979; Kelly, Golden and Assad 1992 (hiding)

    >>> page.show(status.net_promoter_by_segment(responses, survey.recommend, survey.segments, design))
    NPS: no group differs from the other customers by more than chance can give (groups compared: 15)...
    """
    measure = asked and measures.net_promoter(asked.score, asked.scale)
    return _by_segment("net_promoter_by_segment", responses, measure, asked, segments, design)


def satisfaction_by_segment(
    responses: pd.DataFrame, asked: Index | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """Satisfaction index 0-100 of every group of every segment; otherwise as net_promoter_by_segment.

    >>> page.show(status.satisfaction_by_segment(responses, survey.satisfaction, survey.segments, design))
    Satisfaction index: Hovedstaden (Region) lies 3.4 points below the other customers (1.8 to 4.9)...
    """
    measure = asked and measures.index(Term("Satisfaction index"), asked)
    return _by_segment("satisfaction_by_segment", responses, measure, asked, segments, design)


def satisfied_by_segment(
    responses: pd.DataFrame, asked: Rating | None, segments: Mapping[str, str], design: Design = EVERYBODY
) -> Result:
    """Share of satisfied respondents of every group of every segment; otherwise as net_promoter_by_segment.

    >>> page.show(status.satisfied_by_segment(responses, survey.rating, survey.segments, design))
    Share of satisfied customers: Hovedstaden (Region) lies 7.6 percentage points below the other...
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
    groups = _divided(rows[list(segments)].astype(object), weights, minimum)
    if groups.hidden.all():
        return Result(name, {}, (_too_few(measure, base),), base, settings)
    table = groups.apply(lambda g: _row(g, rows, values, weights, measure, confidence), axis=1, result_type="expand")
    table.insert(0, "segment", groups.division.map(segments).to_numpy())
    table = _judged(table)
    compared = {"groups_compared": int(table.p.notna().sum())}
    findings = _findings(table, measure, minimum)
    shown = table.drop(columns=["p", "gap", "gap_low", "gap_high"]).assign(unit=measure.unit)
    return Result(name, {"segments": shown}, findings, base, settings | compared, METHOD)


def _too_few(measure: Measure, base: Base) -> Finding:
    if len(base.periods) == 1:
        return SAYS.finding("segments.too_few_in_period", figure=measure.name, period=base.periods[0])
    return SAYS.finding("segments.too_few", figure=measure.name)


def _divided(divisions: pd.DataFrame, weights: np.ndarray, minimum: int) -> pd.DataFrame:
    """Every group of every division: division, group, n, hidden."""
    if len(divisions) < minimum:
        return pd.DataFrame({"hidden": []}, dtype=bool)
    large = {name: divisions[name].value_counts().loc[lambda n: n >= minimum].index for name in divisions}
    sensitive = [(name, g) for name in divisions for g in dominated(weights, divisions[name]) if g in large[name]]
    return hidden_segments(divisions, threshold=minimum, sensitive=sensitive).dropna(subset="group")


def _row(group, rows, values, weights, measure, confidence) -> dict:
    nothing = dict.fromkeys(("n", "estimate", "low", "high", "gap", "gap_low", "gap_high", "p"))
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
        row |= {"gap": gap.estimate, "gap_low": gap.low, "gap_high": gap.high, "p": gap.p}
    return row


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    tested = table.p.notna()
    table["p_holm"] = pd.Series(holm(table.p[tested].astype(float)), table.index[tested]).reindex(table.index)
    clear = table.p_holm < 0.05
    table["verdict"] = "unclear"
    table.loc[clear, "verdict"] = table.gap[clear].astype(float).gt(0).map({True: "above", False: "below"})
    table.loc[table.hidden, "verdict"] = "hidden"
    table["verdict"] = table.verdict.map(VERDICTS)
    return table.drop(columns="hidden")


def _findings(table: pd.DataFrame, measure: Measure, minimum: int) -> tuple:
    clear = table[table.verdict.isin([VERDICTS["above"], VERDICTS["below"]])].sort_values("p_holm", kind="stable")
    found = [_named(row, measure) for row in _without_mirrors(clear, table).head(NAMED).itertuples()]
    if not found:
        found = [SAYS.finding("segments.alike", groups=int(table.p.notna().sum()), figure=measure.name)]
    hidden = int((table.verdict == VERDICTS["hidden"]).sum())
    return (*found, *([SAYS.finding("segments.hidden", hidden=hidden, minimum=minimum)] if hidden else []))


def _without_mirrors(clear: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Of two groups that make up a whole division only the first: what one is above, the other is below."""
    of_two = table.groupby("segment").group.transform("size").eq(2)
    return clear[~(of_two[clear.index] & clear.duplicated("segment"))]


def _named(row, measure: Measure):
    low, high = sorted((abs(row.gap_low), abs(row.gap_high)))
    ends = {"low": Quantity(low, measure.unit.ends), "high": Quantity(high, measure.unit.ends)}
    key = "segment.above" if row.verdict == VERDICTS["above"] else "segment.below"
    change = Quantity(abs(row.gap), measure.unit.difference)
    return SAYS.finding(key, group=row.group, segment=row.segment, figure=measure.name, change=change, **ends)
