"""What to celebrate, and where: the units that gained clearly more than units without it, once chance and return to the mean are out."""

import numpy as np
import pandas as pd
from scipy import stats

from cxlib.analyses.effect.effects import base_of_effects, clear_first, figure_of, unit_of
from cxlib.analyses.effect.judged import Judged, Judgement
from cxlib.analyses.result import Place, Quantity, Result, Says, Sentences, Term
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.disclosure import hidden_groups

NAMED = 3  # units that sentences name; the table has all

# fmt: off
SAYS = Sentences(
    {
        "celebrate.unit": Says("good", "{group} has gained clearly more than units without “{initiative}”: {gap} ({low} to {high}). Ask what they did, and let the others hear it.", subject="group", stake="gap"),
        "celebrate.together": ("neutral", "“{initiative}” works, and no single unit stands out: celebrate it together."),
        "celebrate.hidden": Says("unclear", "Units not shown, because fewer than {minimum:count} answers are behind one of their figures: {hidden:count}.", about="data"),
        "absent.celebrate": ("absent", "What to celebrate: no unit can be held against units without an initiative that works."),
    },
    shown_in=(Place("units", "gap", "group"),),
)
# fmt: on

VERDICTS = {True: Term("clearly more"), False: Term("as the others with it")}
METHOD = Term("Each unit's rise since it began, less that of units that have not begun and less the return to the mean of units picked for a low figure; clear where it lies beyond how far units without it vary, with Holm's method for the number of units.")


def celebrate(found: Judgement | None) -> Result:
    """The units that gained clearly more than units without it, for each initiative that works.

    found    as `judge` gives it
    returns  table "units": initiative, group, gap (points gained more than units without it), gap_low, gap_high, p_holm, verdict; units with
             too few answers have no row, nor has one whose absence would let them be worked out

    >>> effect.celebrate(found).findings[0].values["group"]
    'Næstved 1'
    """
    shown = [] if found is None else [each for each in clear_first(found.each) if each.verdict == "worked" and each.gains is not None]
    if not shown:
        return Result.missing("celebrate", SAYS.finding("absent.celebrate"))
    parts = [_of_units(each, found) for each in shown]
    table = pd.concat([part for part, _ in parts], ignore_index=True)
    findings = []
    for each, (part, _) in zip(shown, parts, strict=True):
        clear = part[part["verdict"] == VERDICTS[True]].sort_values("p_holm", kind="stable").head(NAMED)
        unit = unit_of(found)
        findings += [
            SAYS.finding("celebrate.unit", initiative=each.initiative, group=row["group"], gap=Quantity(row["gap"], unit.difference),
                         low=Quantity(row["gap_low"], unit.signed_ends), high=Quantity(row["gap_high"], unit.signed_ends))
            for row in clear.to_dict("records")
        ] or [SAYS.finding("celebrate.together", initiative=each.initiative)]  # fmt: skip
    if hidden := sum(few for _, few in parts):
        findings.append(SAYS.finding("celebrate.hidden", hidden=hidden, minimum=found.design.minimum))
    settings = {"minimum": found.design.minimum, "confidence": found.design.confidence, "figure": figure_of(found)}
    return Result("celebrate", {"units": table}, tuple(findings), base_of_effects(found), settings, METHOD)


def _of_units(each: Judged, found: Judgement) -> tuple[pd.DataFrame, int]:
    """The units of one initiative, and how many are hidden for their few answers."""
    answers = found.panel.answers.loc[each.gains["group"]].min(axis=1).to_numpy()
    few = answers < found.design.minimum  # a number that nobody knows hides nothing: the unit's figure is the client's own
    gains = each.gains[~_worked_out(answers, found.design.minimum)]
    by_itself = each.rollout.estimate - each.adjusted.estimate if each.design == "score" and each.adjusted is not None else 0.0
    gap = gains["gain"].to_numpy() - by_itself
    error, df = gains["error"].to_numpy(), gains["df"].to_numpy()
    p = stats.t.sf(gap / error, df)
    reach = stats.t.ppf((1 + found.design.confidence) / 2, df) * error
    adjusted = np.asarray(holm(p))
    table = pd.DataFrame({"initiative": each.initiative, "group": gains["group"], "gap": gap, "gap_low": gap - reach, "gap_high": gap + reach, "p_holm": adjusted,
                          "verdict": [VERDICTS[bool(each <= (1 - found.design.confidence) / 2)] for each in adjusted], "unit": unit_of(found).difference})  # fmt: skip
    return table.sort_values("group", ignore_index=True), int(few.sum())


def _worked_out(answers: np.ndarray, minimum: int) -> np.ndarray:
    """Units to leave out: those of few answers, and the next ones where the effect of all less the gains that are shown would give them away."""
    known = pd.Series(np.floor(np.where(np.isnan(answers), minimum, answers)))
    return hidden_groups(known, threshold=minimum).to_numpy() if len(known) > 1 else (known < minimum).to_numpy()
