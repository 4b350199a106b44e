"""Do the same things matter to every group of customers?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.answers import PER_AREA
from cxlib.analyses.drivers.effects import total_on_outcome
from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.standing import NO_GAIN
from cxlib.analyses.groups import in_their_order
from cxlib.analyses.result import Named, Result, Says, Sentences, Term
from cxlib.stats.drivers.group_comparison import effect_differences
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.disclosure import hidden_segments

LEAST = 100  # answers in a group
TESTED_ROWS = 20_000  # more rows make the test slower and no surer of a difference that matters
RESAMPLES = 300
MATTERS = 0.25  # points of the outcome for a point: a difference that would change what is done
NAMED = 4
OTHERS = "\0others"  # the rows of groups that are too small, kept as one group that is not shown

SAYS = Sentences(
    {
        "groups.differ": ("neutral", "{block} means more to {group} ({segment}) than to the others: {first:signed} points of {outcome} per point, against {second:signed}."),
        "groups.less": ("neutral", "{block} means less to {group} ({segment}) than to the others: {first:signed} points of {outcome} per point, against {second:signed}."),
        "groups.two": ("neutral", "{block} means more to {group} than to {other} ({segment}): {first:signed} points of {outcome} per point, against {second:signed}."),
        "groups.alike": ("neutral", "What matters does not differ between the groups compared ({segments}: {groups:count}) by more than chance can explain; a difference of {size:number} points per point would have shown."),
        "groups.unclear": Says("unclear", "Whether what matters differs between the groups compared ({segments}: {groups:count}) cannot be determined: depending on group and area, only differences above {low:number} to {high:number} points per point would show.", about="data"),
        "groups.other_meaning": Says("unclear", "{group} ({segment}): the questions of {block} do not measure the same here as among the others, so the effects are not compared.", about="data"),
        "groups.left_out": ("neutral", "Groups too small for a model of their own: {groups:count}. It takes {least:count} answers."),
        "groups.too_few": ("unclear", "No group has enough answers for a model of its own; {least:count} are needed."),
        "groups.one": Says("unclear", "{segments}: only one group has enough answers, so there is nothing to compare it with.", about="data"),
        "absent.groups": ("absent", "Segments: the data name none."),
    },
    named={
        "first": Named(Term("Points per point, this group")),
        "second": Named(Term("Points per point, the others")),
        "least": Named(Term("Answers needed")),
        "groups.left_out.groups": Named(Term("Groups left out")),
    },
)  # fmt: skip

METHOD = Term("The customers are put at random into groups of the same sizes, as many times as the number of comparisons asks for; a difference counts when hardly any such split gives one as large in any group, after allowing for everything that was compared. A segment of two groups is one comparison. Westfall and Young 1993; Henseler, Ringle and Sarstedt 2016; Holm 1979.")

VERDICTS = {"more": Term("more than for the others"), "less": Term("less than for the others"), "alike": Term("no clear difference"),
            "unclear": Term("cannot be determined"), "other": Term("not comparable")}  # fmt: skip


@in_words("effects_by_segment")
def effects_by_segment(model: SurveyModel, *, segments: Mapping[str, str], minimum: int = 5) -> Result:
    """What a point in each area is worth in every group that is large enough, compared with the other groups.

    segments  {column: heading};  minimum: smallest group that may be shown at all
    returns   table "groups": segment, group (in the order of groups.in_their_order), n, block, impact (points of the
              outcome for a point, in that group) with low and high, p_holm (against the others, corrected for everything
              compared), findable (difference that four chances in five would find), verdict; "differences": those of its rows that differ
    assumes   one estimate for each gap, made without knowing the groups, so that the test keeps its level
    source    permutation test after a check that the questions measure the same (MICOM, Henseler et al. 2016)

    >>> page.show(drivers.effects_by_segment(model, segments={"kundetype": "Customers"}))
    Whether what matters differs between the groups compared (Customers: 3) cannot be determined: depending on...
    """
    if not segments:
        return Result.missing("effects_by_segment", SAYS.finding("absent.groups"), read=model.read)
    model = model.completed
    least = max(LEAST, PER_AREA * len(model.areas))
    divisions, left_out = _large_enough(model, segments, minimum, least)
    compared = {column: labels for column, labels in divisions.items() if len(set(labels) - {""}) > 1}
    alone = [segments[column] for column in divisions if column not in compared]
    if not compared:
        key = SAYS.finding("groups.one", segments=alone) if alone else SAYS.finding("groups.too_few", least=least)
        return Result("effects_by_segment", {}, (key,), model.base(), {"least": least})
    rows, refused = _compared(model, compared, segments)
    if rows.empty:
        return Result("effects_by_segment", {}, (SAYS.finding("groups.too_few", least=least),), model.base(), {"least": least})
    findings = _findings(model, rows, left_out + refused, least)
    shown = rows[["segment", "group", "n", "block", "impact", "impact_low", "impact_high", "p_holm", "findable", "verdict"]]
    apart = shown[~shown.verdict.isin([VERDICTS["alike"], VERDICTS["unclear"]])].reset_index(drop=True)
    settings = model.settings(permutations=int(rows.permutations.max()), least=least, minimum=minimum,
                              left_out=left_out + refused, compared=len(rows.drop_duplicates(["segment", "group"])))  # fmt: skip
    return Result("effects_by_segment", {"groups": shown, "differences": apart}, tuple(findings), model.base(), settings, METHOD)


def _large_enough(model, segments, minimum, least):
    """{column: label of each row, "" for rows in no group that is compared}, and how many groups are too small.

    The rows of groups that are too small to be shown are a group among the others, where they are enough together.
    """
    table = hidden_segments(model.responses[list(segments)].astype(object), threshold=minimum).dropna(subset="group")
    divisions, left_out = {}, 0
    for column, groups in table.groupby("division", sort=False):
        values = model.responses[column]
        members = {str(row.group): (values == row.group).to_numpy() for row in groups.itertuples() if not row.hidden}
        kept = {label: member for label, member in members.items() if member.sum() >= least and _varied(model, member)}
        left_out += len(groups) - len(kept)
        rest = values.notna().to_numpy() & ~np.any(list(kept.values()) or [np.zeros(len(values), bool)], axis=0)
        if rest.sum() >= least and _varied(model, rest):
            kept[OTHERS] = rest
        if set(kept) - {OTHERS}:
            divisions[column] = np.select(list(kept.values()), list(kept), "")
    return divisions, left_out


def _varied(model, member):
    return bool((model.filled[member].nunique() > 1).all())


def _compared(model, divisions, segments):
    """One row per segment, group and area: its effect, the test against the others, and whether it measures the same."""
    tests, found, refused = len(divisions) * len(model.areas), [], 0
    for column, labels in divisions.items():
        try:
            found.append(_in_order(_division(model.not_holding(column), segments[column], labels, tests), model.responses[column]))
        except Refusal:
            refused += len(set(labels) - {"", OTHERS})
    if not found:
        return pd.DataFrame(), refused
    rows = pd.concat(found, ignore_index=True)
    families = rows.drop_duplicates(["segment", "source"])[["segment", "source", "any"]]
    families["times"] = holm(families["any"]) / families["any"]  # what Holm makes of the p-value of a segment and area
    times = rows.merge(families, on=["segment", "source"], how="left").times
    rows["p_holm"] = np.minimum(rows.p * times.to_numpy(), 1.0)
    rows["verdict"] = [_verdict(row, 1 - model.confidence) for row in rows.itertuples()]
    return rows[rows.group != OTHERS].reset_index(drop=True), refused


def _in_order(rows, groups):
    """The rows of one division: area by area, and in each the groups in their order."""
    place = {str(group): at for at, group in enumerate(in_their_order(groups))}
    area = {name: at for at, name in enumerate(dict.fromkeys(rows.source))}
    return rows.iloc[np.lexsort((rows.group.map(place).fillna(len(place)), rows.source.map(area)))]


def _division(model, heading, labels, tests):
    inside = np.flatnonzero(labels != "")
    some = inside[model.some_rows(np.ones(len(inside), bool), TESTED_ROWS)]
    items, structure = model.structured(some)
    scales = {**model.scales, **dict.fromkeys(structure.controls, (0, 1))}
    test = effect_differences(items, labels[some], structure, model.outcome, scale=scales, weights=model.weights[some],
                              tests=tests, confidence=model.confidence, seed=model.seed)  # fmt: skip
    table = test.effects[test.effects.source.isin(model.areas)].reset_index(drop=True)
    effects = {label: total_on_outcome(model, model.fitted(labels == label, RESAMPLES))
               for label in dict.fromkeys(table.group) if label != OTHERS}  # fmt: skip
    own = pd.concat(effects, names=["group", "source"])[["impact", "impact_low", "impact_high"]].reset_index()
    same = test.measurement.same
    table = table.merge(own, on=["group", "source"], how="left")
    return table.assign(
        segment=heading, n=[int((labels == label).sum()) for label in table.group],
        block=[model.labels[name] for name in table.source], any=test.sources.p[table.source].to_numpy(),
        groups=len(test.sizes), permutations=test.permutations, other_group=test.measurement.group[table.source].to_numpy(),
        same=same[table.source].to_numpy() & same[model.outcome], p=np.where(same[table.source], table.p, 1.0),
    )  # fmt: skip


def _verdict(row, level):
    if not row.same:
        return VERDICTS["other"]
    if row.p_holm < level:
        return VERDICTS["more" if row.estimate > row.others else "less"]
    return VERDICTS["alike" if row.findable <= MATTERS else "unclear"]


def _findings(model, rows, left_out, least):
    says = _differences(model, rows)
    differ = set(rows.segment[rows.verdict.isin([VERDICTS["more"], VERDICTS["less"]])])
    rest = rows[~rows.segment.isin(differ)]
    findable = rest[rest.same].groupby("segment", sort=False).findable.agg(["min", "max"])
    for key, which in (("groups.alike", findable[findable["max"] <= MATTERS]),
                       ("groups.unclear", findable[findable["max"] > MATTERS])):  # fmt: skip
        if len(which):
            groups = rest[rest.segment.isin(which.index)].drop_duplicates(["segment", "group"])
            low, high = float(which["min"].min()), float(which["max"].max())
            says.append(SAYS.finding(key, groups=len(groups), segments=list(which.index), size=high, low=low, high=high))
    other = rows[~rows.same & (rows.group == rows.other_group)].head(3)
    says += [SAYS.finding("groups.other_meaning", group=row.group, segment=row.segment, block=row.block)
             for row in other.itertuples()]  # fmt: skip
    return [*says, *([SAYS.finding("groups.left_out", groups=left_out, least=least)] if left_out else [])]


def _differences(model, rows):
    """What means more to one group than to another, clearest first: of each segment and area the group that is farthest
    from the others, as the others differ from a mean that it is part of."""
    outcome, doubtful = model.word(model.outcome), model.standing(*NO_GAIN)
    told = rows.verdict.isin([VERDICTS["more"], VERDICTS["less"]])
    apart = rows[told & ~rows.source.isin(doubtful)].assign(far=lambda t: (t.estimate - t.others).abs() / t.findable)
    apart = apart.sort_values("far", ascending=False, kind="stable").drop_duplicates(["segment", "source"])
    says = []
    for row in apart.head(NAMED).itertuples():
        about = {"block": row.block, "segment": row.segment, "outcome": outcome}
        pair = rows[(rows.segment == row.segment) & (rows.source == row.source)].sort_values("impact", ascending=False)
        if row.groups == len(pair) == 2:
            more, other = pair.itertuples()
            says.append(SAYS.finding("groups.two", first=more.impact, second=other.impact, group=more.group,
                                     other=other.group, **about))  # fmt: skip
        else:
            key = "groups.differ" if row.verdict == VERDICTS["more"] else "groups.less"
            says.append(SAYS.finding(key, first=row.impact, second=row.others, group=row.group, **about))
    return says
