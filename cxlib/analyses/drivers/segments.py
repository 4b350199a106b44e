"""Do the same things matter to every group of customers?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.answers import PER_AREA
from cxlib.analyses.drivers.effects import total_on_outcome
from cxlib.analyses.drivers.model import SurveyModel, unanswerable
from cxlib.analyses.result import Result, Sentences, Term
from cxlib.stats.drivers.group_comparison import path_differences
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.disclosure import hidden_segments

LEAST = 100  # answers in a group, and among the others
PERMUTATIONS = 500
TESTED_ROWS = 20_000  # more rows make the test slower and no surer of a difference that matters
RESAMPLES = 300

SAYS = Sentences(
    {
        "groups.differ": ("neutral", "{block} means more to {group} ({segment}) than to the others: {first:signed} points of {outcome} for a point, against {second:signed}."),
        "groups.less": ("neutral", "{block} means less to {group} ({segment}) than to the others: {first:signed} points of {outcome} for a point, against {second:signed}."),
        "groups.alike": ("neutral", "None of the {groups:count} groups compared differs from the others in what matters by more than chance can give."),
        "groups.other_meaning": ("unclear", "{group} ({segment}): the questions of {block} do not measure the same as among the others, so its effects are not compared."),
        "groups.left_out": ("neutral", "Groups that are too small for a model of their own: {groups:count}; {least:count} answers are needed."),
        "groups.too_few": ("unclear", "No group has enough answers for a model of its own; {least:count} are needed."),
        "absent.groups": ("absent", "Segments: the client folder names none."),
    }
)  # fmt: skip

METHOD = Term("The customers are dealt at random into groups of the same size many times; a difference counts when hardly any such deal gives one as large, after allowing for everything that was compared. Henseler, Ringle and Sarstedt 2016; Holm 1979.")

VERDICTS = {"more": Term("more than the others"), "less": Term("less than the others"),
            "alike": Term("no clear difference"), "other": Term("not comparable")}  # fmt: skip


def effects_by_segment(model: SurveyModel, *, segments: Mapping[str, str], minimum: int = 5) -> Result:
    """What a point in each area is worth in every group that is large enough, compared with all other customers.

    segments  {column: heading};  minimum: smallest group that may be shown at all
    returns   table "groups": segment, group, n, block, impact (points of the outcome for a point, in that group) with
              low and high, p_holm (against the others, corrected for everything compared), verdict; "differences":
              those of its rows that differ
    assumes   one estimate for each gap, made without knowing the groups, so that the test keeps its level
    source    permutation test after a check that the questions measure the same (MICOM, Henseler et al. 2016)

    >>> page.show(drivers.effects_by_segment(model, segments={"kundetype": "Customers"}))
    None of the 3 groups compared differs from the others in what matters by more than chance can give.
    """
    if nothing := unanswerable("effects_by_segment", model):
        return nothing
    if not segments:
        return Result.missing("effects_by_segment", SAYS.finding("absent.groups"), read=model.read)
    model = model.completed
    least = max(LEAST, PER_AREA * len(model.areas))
    groups, left_out = _large_enough(model, segments, minimum, least)
    if not groups:
        return Result("effects_by_segment", {}, (SAYS.finding("groups.too_few", least=least),), model.base(), {})
    rows = pd.concat([_group(model, segments[column], label, member) for column, label, member in groups],
                     ignore_index=True)  # fmt: skip
    rows["p_holm"] = holm(rows.p)
    rows["verdict"] = [_verdict(row, model.confidence) for row in rows.itertuples()]
    findings = _findings(model, rows, len(groups), left_out, least)
    shown = rows[["segment", "group", "n", "block", "impact", "impact_low", "impact_high", "p_holm", "verdict"]]
    apart = shown[shown.verdict != VERDICTS["alike"]].reset_index(drop=True)
    settings = model.settings(permutations=PERMUTATIONS, least=least, minimum=minimum)
    tables = {"groups": shown, "differences": apart}
    return Result("effects_by_segment", tables, tuple(findings), model.base(), settings, METHOD)


def _large_enough(model, segments, minimum, least):
    divisions = model.responses[list(segments)].astype(object)
    table = hidden_segments(divisions, threshold=minimum).dropna(subset="group")
    groups, left_out = [], 0
    for row in table.itertuples():
        member = (model.responses[row.division] == row.group).to_numpy()
        if row.hidden or min(member.sum(), (~member).sum()) < least or _constant(model, member):
            left_out += 1
        else:
            groups.append((row.division, str(row.group), member))
    return groups, left_out


def _constant(model, member):
    return bool((model.answers[member].nunique() < 2).any() or (model.answers[~member].nunique() < 2).any())


def _group(model, heading, label, member):
    """One row per area: its effect in the group and among the others, the test, and whether it measures the same."""
    inside, outside = (total_on_outcome(model, model.fitted(kept, draws))
                       for kept, draws in ((member, RESAMPLES), (~member, 0)))  # fmt: skip
    some = model.some_rows(np.ones(len(member), bool), TESTED_ROWS)
    test = path_differences(
        model.answers.iloc[some], member[some], path_structure(model.blocks, model.paths), seed=model.seed,
        weights=model.weights[some], permutations=PERMUTATIONS, confidence=model.confidence,
    )  # fmt: skip
    direct = test.paths[test.paths.target == model.outcome].set_index("source")
    areas = [name for name in inside.index if name in direct.index]
    same = test.measurement.same
    return pd.DataFrame({
        "segment": heading, "group": label, "n": int(member.sum()), "block": [model.labels[name] for name in areas],
        "impact": inside.impact[areas].to_numpy(), "impact_low": inside.impact_low[areas].to_numpy(),
        "impact_high": inside.impact_high[areas].to_numpy(), "others": outside.impact[areas].to_numpy(),
        "p": np.where(same[areas] & same[model.outcome], direct.p[areas], 1.0), "same": same[areas].to_numpy(),
    })  # fmt: skip


def _verdict(row, confidence):
    if not row.same:
        return VERDICTS["other"]
    if row.p_holm >= 1 - confidence:
        return VERDICTS["alike"]
    return VERDICTS["more" if row.impact > row.others else "less"]


def _findings(model, rows, groups, left_out, least):
    outcome = model.word(model.outcome)
    keys = {VERDICTS["more"]: "groups.differ", VERDICTS["less"]: "groups.less"}
    says = [SAYS.finding(keys[row.verdict], block=row.block, group=row.group, segment=row.segment, outcome=outcome,
                         first=row.impact, second=row.others)
            for row in rows[rows.verdict.isin(list(keys))].sort_values("p_holm", kind="stable").head(4).itertuples()]  # fmt: skip
    says = says or [SAYS.finding("groups.alike", groups=groups)]
    says += [SAYS.finding("groups.other_meaning", group=row.group, segment=row.segment, block=row.block)
             for row in rows[~rows.same].head(3).itertuples()]  # fmt: skip
    return [*says, *([SAYS.finding("groups.left_out", groups=left_out, least=least)] if left_out else [])]
