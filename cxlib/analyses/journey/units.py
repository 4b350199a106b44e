"""Teams, shops and departments compared fairly: against what their customers lead to expect, and without a league table."""

import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.contact_log import ComparedUnits
from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.measures import Measure, NetMeasure
from cxlib.analyses.result import Finding, Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.rows import answered, base_of, in_basis, needed, weights_of, within
from cxlib.analyses.units import Unit
from cxlib.stats.survey.disclosure import hidden_groups
from cxlib.stats.units.unit_comparison import UnitComparison, unit_comparison

NAMED = 3  # units of a side that are named in sentences; the table has all

SAYS = Sentences(
    {
        "units.above": Says("good", "{group} is clearly above the other units: {gap} more than its customers lead to expect ({low} to {high}).", stake="gap"),
        "units.below": Says("bad", "{group} is clearly below the other units: {gap} less than its customers lead to expect ({low} to {high}).", stake="gap", advises="unit"),
        "units.alike": ("neutral", "{figure}: no unit stands apart from the others ({units:count} compared). They do differ beyond chance, by about {spread}, but no single one more than the rest."),
        "units.chance": ("neutral", "{figure}: the units do not differ by more than chance and their kinds of customers explain ({units:count} compared)."),
        "units.spread": ("neutral", "Beyond chance and their kinds of customers the units differ by about {spread} from one another."),
        "units.hidden": Says("unclear", "Units not shown, because fewer than {minimum:count} answered or so that no answer can be traced: {hidden:count}. Join small units, or ask more of their customers.", about="data"),
        "units.too_few": Says("unclear", "{figure}: fewer than two units have {minimum:count} answers, so none is compared.", about="data"),
        "units.all_alike": Says("unclear", "{figure}: within each unit all gave the same answer, so there is no chance to hold the units against.", about="data"),
        "absent.units": ("absent", "Comparison of units: the data name no units."),
        "absent.unit_answer": ("absent", "Comparison of units: the survey asks neither whether customers would recommend the company nor how satisfied they are."),
    },
    named={"spread": Named(Term("Difference between units beyond chance"))},
    shown_in=(Place("units", "gap", "group"),),
)  # fmt: skip

METHOD = Term("Each unit's figure against what its kinds of customers have everywhere. A unit is named only where it lies further out than units here differ anyway, chance counted out from the answers themselves, with Holm's method for the number of units. The likely gap is drawn towards the others, the more the fewer the answers. Spiegelhalter 2005; Morris 1983.")
VERDICTS = {"above": Term("clearly above"), "below": Term("clearly below"), "as_others": Term("as the others"), "hidden": Term("not shown")}


def units_compared(
    responses: pd.DataFrame | None, units: ComparedUnits | None, asked: Questionnaire | None, design: Design = EVERYBODY
) -> Result:
    """Every unit against what its customers lead to expect, and which of them stand apart.

    responses  one row per respondent, None without a survey;  units: their column, what is held constant, the smallest unit
    asked      the figure: NPS where recommend was asked, else the satisfaction index, else the mean rating
    returns    table "units", in the order of their names, for there are no ranks: group, n, estimate, expected, gap (estimate - expected), gap_low, gap_high,
               likely, likely_low, likely_high, p_holm, verdict; a hidden unit keeps its row without any number
    assumes    as stats.units.unit_comparison
    errors     CannotAnswer for a column that is not there

    >>> page.show(journey.units_compared(responses, engagement.units, asked, of_survey))
    NPS: no unit stands apart from the others (48 compared). They do differ beyond chance, by about...
    """
    if responses is None or asked is None or units is None:
        return Result.missing("units_compared", SAYS.finding("absent.units"), read=0 if responses is None else len(responses))
    measure = _measure(asked)
    if measure is None:
        return Result.missing("units_compared", SAYS.finding("absent.unit_answer"), read=len(responses))
    needed(responses, [units.column, *units.hold_constant, design.weight, design.period])
    base = base_of(measure.values(responses), weights_of(responses, design.weight), None, weighted=bool(design.weight))
    rows, values, weights = answered(responses, measure, design.weight)
    kept = in_basis(rows, design) & rows[units.column].notna().to_numpy()
    base, rows, values, weights = within(base, rows, kept, design), rows[kept], values[kept], weights[kept]
    least = max(units.minimum, design.minimum)
    settings = {"minimum": least, "confidence": design.confidence, "weight": design.weight, "held": list(units.hold_constant)}
    label = rows[units.column].astype(str)
    counts = label.value_counts().sort_index()
    hidden = hidden_groups(counts, threshold=least) if len(counts) > 1 else counts < least
    shown = counts.index[~hidden.to_numpy(bool)]
    too_few = SAYS.finding("units.too_few", figure=measure.name, minimum=least)
    if len(shown) < 2:
        return Result("units_compared", {}, (too_few,), base, settings)
    each = _each(values, measure)
    held = rows[list(units.hold_constant)].astype(str) if units.hold_constant else None
    try:
        found = unit_comparison(each, label.to_numpy(object), held=held, weights=weights if design.weight else None, minimum=least,
                                confidence=design.confidence)  # fmt: skip
    except ValueError:  # nothing varies inside the units
        return Result("units_compared", {}, (SAYS.finding("units.all_alike", figure=measure.name),), base, settings)
    table = _table(found, list(shown), measure)
    missing = counts.index.difference(table.group)
    findings = _findings(found, table, measure)
    if len(missing):
        unseen = pd.DataFrame({"group": list(missing), "verdict": VERDICTS["hidden"], "unit": measure.unit})
        table = pd.concat([table, unseen.reindex(columns=table.columns)]).sort_values("group", ignore_index=True)
        findings = [*findings, SAYS.finding("units.hidden", hidden=len(missing), minimum=least)]
    settings |= {"spread": found.among.spread, "one": found.one, "figure": measure.name}
    return Result("units_compared", {"units": table}, tuple(findings), base, settings, METHOD)


def _measure(asked: Questionnaire) -> Measure | None:
    """The figure that units are compared by."""
    if asked.recommend is not None and tuple(asked.recommend.scale) in measures.NPS_SCALES:
        return measures.net_promoter(asked.recommend.score, asked.recommend.scale)
    if asked.satisfaction is not None:
        return measures.index(Term("Satisfaction index"), asked.satisfaction)
    if asked.rating is None:
        return None
    score = asked.rating.score
    return Measure(Term("Mean satisfaction"), Unit.MEAN, Term("Mean answer"), lambda rows: rows[score].to_numpy(float), asked.rating.scale)


def _each(values, measure: Measure):
    """What each answer adds to the figure: -100, 0 or 100 of a net score, else itself."""
    if isinstance(measure, NetMeasure):
        return 100.0 * (values >= measure.best_from) - 100.0 * (values <= measure.worst_up_to)
    return values


def _table(found: UnitComparison, shown: list[str], measure: Measure) -> pd.DataFrame:
    table = found.table.loc[[unit for unit in found.table.index if unit in set(shown)]]
    frame = pd.DataFrame({
        "group": table.index, "n": table.n, "estimate": table.observed, "expected": table.expected, "gap": table.gap, "gap_low": table.low,
        "gap_high": table.high, "likely": table.likely, "likely_low": table.likely_low, "likely_high": table.likely_high, "p_holm": table.p_holm,
        "verdict": [VERDICTS[each] for each in table.verdict],
    })  # fmt: skip
    return frame.assign(unit=measure.unit).sort_values("group", ignore_index=True)


def _findings(found: UnitComparison, table: pd.DataFrame, measure: Measure) -> list[Finding]:
    spread = Quantity(found.among.spread, measure.unit.difference)
    told = []
    for side, sign in (("above", 1), ("below", -1)):
        clear = table[table.verdict == VERDICTS[side]].sort_values("p_holm", kind="stable").head(NAMED)
        for row in clear.to_dict("records"):
            low, high = sorted((sign * row["gap_low"], sign * row["gap_high"]))
            ends = {"low": Quantity(low, measure.unit.signed_ends), "high": Quantity(high, measure.unit.signed_ends)}
            told.append(SAYS.finding(f"units.{side}", group=row["group"], gap=Quantity(abs(row["gap"]), measure.unit.difference), **ends))
    if told:
        return [*told, SAYS.finding("units.spread", spread=spread)] if found.among.spread else told
    if found.among.spread:
        return [SAYS.finding("units.alike", figure=measure.name, units=len(table), spread=spread)]
    return [SAYS.finding("units.chance", figure=measure.name, units=len(table))]
