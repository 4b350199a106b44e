"""What drives satisfaction? Ranked importance of the areas, and how firm the ranking is."""

import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.quality import same_pairs
from cxlib.analyses.drivers.standing import BENT, CARRIED_BY_ONE, SHOWN, TURNED, TURNING
from cxlib.analyses.result import Named, Result, Says, Sentences, Term
from cxlib.stats.drivers.importance import importance_metrics, inseparable_groups

EXPLAINS = 0.02  # share below which what the areas explain together is nothing worth acting on

SAYS = Sentences(
    {
        "importance.first": ("neutral", "{block} matters most for {outcome}: it accounts for {share:percent} of what the areas explain ({low:percent} to {high:percent})."),
        "importance.tied": ("unclear", "{blocks} matter most for {outcome}; which of them comes first cannot be told from these answers."),
        "importance.first_of": ("neutral", "Of the areas whose effect can be told, {block} matters most for {outcome}: it accounts for {share:percent} of what the areas explain ({low:percent} to {high:percent})."),
        "importance.tied_of": ("unclear", "Of the areas whose effect can be told, {blocks} matter most for {outcome}; which of them comes first cannot be told from these answers."),
        "importance.explained": ("neutral", "Together the areas explain {r2:percent} of the differences in {outcome} between customers."),
        "importance.one_area": ("neutral", "{block} is the only area that was asked; it explains {r2:percent} of the differences in {outcome}."),
        "importance.nothing": ("unclear", "No driver stands out: together the areas explain {r2:percent} of the differences in {outcome}, which is too little to act on."),
        "importance.straight": ("unclear", "As straight lines the areas explain {r2:percent} of the differences in {outcome}, which is too little to act on."),
        "importance.not_told_apart": ("unclear", "Together the areas explain {r2:percent} of the differences in {outcome}, but which of them matter cannot be determined from these answers."),
        "importance.no_more": Says("neutral", "No effect on {outcome} can be shown for: {blocks}.", doubts=("lift_more", "lift_low")),
        "importance.all_add": ("neutral", "An effect on {outcome} is shown for every area."),
        "importance.ordered": ("neutral", "Causes come before what they lead to, as the client folder says: what an area does through other areas counts as its own."),
        "importance.middle": Says("neutral", "{block} matters, but more of it is not better throughout: its effect on {outcome} reverses in the middle of the scale. Its share counts both sides.", doubts=("lift_more", "lift_low")),
        "importance.bent": Says("neutral", "{block} matters, but its effect on {outcome} is not a straight line, and in which direction more of it works cannot be determined.", doubts=("lift_more", "lift_low")),
        "importance.same": ("neutral", "{first} and {second} cannot be told apart: read their shares together, {share:percent}."),
        "importance.suppressed": Says("unclear", "{block} goes together with {outcome} in one direction, but in the other one when the other areas are held equal: do not read its size as a gain.", doubts=("lift_more", "lift_low")),
        "importance.one_customer": Says("unclear", "{block}: its figure rests on a single customer, so no conclusion is drawn from it. Check that answer.", doubts=("lift_more", "lift_low"), about="data"),
    },
    named={
        "r2": Named(Term("Explained by the areas together")),
    },
)  # fmt: skip

METHOD = Term("Each share is the average gain in explained variance when the area enters the model, over every order of the areas in which causes come before what they lead to (Shapley, LMG); the interval comes from resampling the customers. Lindeman, Merenda and Gold 1980; Grömping 2007; Frye, Rowat and Feige 2020.")

VERDICTS = {"lifts": Term("driver"), "lowers": Term("driver"), "best": Term("best in the middle"),
            "worst": Term("worst in the middle"), "turned": Term("sign turns"), "carried": Term("one customer"),
            BENT: Term("bent, direction not shown"),
            "unclear": Term("no effect shown")}  # fmt: skip


@in_words("driver_importance")
def driver_importance(model: SurveyModel) -> Result:
    """Importance of every area for the outcome: Shapley (LMG) shares of what the areas explain together.

    returns  table "drivers", most important first: block, importance (share of R2, 0-1), low, high, rank, rank_low,
             rank_high, beta (standardised), p_holm (of the area's total effect, over the areas), verdict; "ranking": the
             same without beta; "metrics": block and the other usual measures (johnson, first, last, beta, pratt), shares of
             the outcome's variance; "chances": first_block, second_block, chance_more (that the first one matters more)
    assumes  a linear model, but for areas whose effect turns; importance says how much, not in which direction, and is not
             proof of cause. Where the paths say that one area leads to another, the first does not share with the second
    source   Lindeman, Merenda and Gold 1980; Groemping 2007; sign, size and significance apart from each other

    >>> page.show(drivers.driver_importance(model))
    Kundeservice, Produkt and Pris matter most for satisfaction; which of them comes first cannot be told...
    """
    found = model.importance
    table = _table(model, found)
    ranking = table[["block", "importance", "low", "high", "rank", "rank_low", "rank_high", "p_holm", "verdict"]]
    tables = {"ranking": ranking, "drivers": table, "metrics": _metrics(model), "chances": _chances(model, found)}
    settings = model.settings(r2=found.r2, explained=model.explained, draws=found.draws, metric="LMG")
    return Result("driver_importance", tables, (*model.leaks, *_findings(model, found, table)), model.base(), settings, METHOD)


def _table(model, found):
    table = found.table.sort_values("estimate", ascending=False, kind="stable")
    explained = found.r2 - found.r2_controls
    standing = model.standings.loc[table.index]
    return pd.DataFrame({
        "block": [model.labels[name] for name in table.index], "importance": table.share.to_numpy(),
        "low": (table.low / explained).clip(upper=1).to_numpy(), "high": (table.high / explained).clip(upper=1).to_numpy(),
        "rank": table["rank"].to_numpy(), "rank_low": table.rank_low.to_numpy(), "rank_high": table.rank_high.to_numpy(),
        "beta": found.signs.beta[table.index].to_numpy(), "p_holm": standing.p_holm.to_numpy(),
        "verdict": [VERDICTS[each] for each in standing.standing],
    })  # fmt: skip


def _metrics(model):
    x, _, weights = model.whole
    held = model.held(range(len(x)))
    metrics = importance_metrics(x.fillna(x.mean()), model.whole[1], weights=weights, controls=held)
    metrics = metrics.sort_values("lmg", ascending=False, kind="stable")
    metrics.insert(0, "block", [model.labels[name] for name in metrics.index])
    return metrics[["block", "lmg", "johnson", "first", "last", "beta", "pratt"]].reset_index(drop=True)


def _chances(model, found):
    order = table_order(found)
    pairs = [(one, other) for i, one in enumerate(order) for other in order[i + 1 :]]
    return pd.DataFrame({
        "first_block": [model.labels[one] for one, _ in pairs],
        "second_block": [model.labels[other] for _, other in pairs],
        "chance_more": [found.greater.loc[pair] for pair in pairs],
    })  # fmt: skip


def _findings(model, found, table):
    outcome, explained = model.word(model.outcome), model.explained
    shown = set(model.standing(*SHOWN))
    doubts = _doubts(model, outcome)
    if explained < EXPLAINS and model.standing(BENT):
        return [SAYS.finding("importance.straight", outcome=outcome, r2=explained), *doubts]
    if explained < EXPLAINS or not shown:
        key = "importance.nothing" if explained < EXPLAINS else "importance.not_told_apart"
        return [SAYS.finding(key, outcome=outcome, r2=explained), *doubts]
    if len(table) == 1:
        return [SAYS.finding("importance.one_area", block=table.block[0], outcome=outcome, r2=explained), *doubts]
    says = [_lead(model, found, table, shown, outcome), SAYS.finding("importance.explained", r2=explained, outcome=outcome)]
    silent = [name for name in table_order(found) if model.standings.standing[name] == "unclear"]
    if silent:
        says.append(SAYS.finding("importance.no_more", blocks=_list(model, silent), outcome=outcome))
    elif len(shown) == len(table):
        says.append(SAYS.finding("importance.all_add", outcome=outcome))
    if any(set(arrow) <= set(model.areas) for arrow in model.paths):
        says.append(SAYS.finding("importance.ordered"))
    return [*says, *_joint(model, found), *doubts]


def _lead(model, found, table, shown, outcome):
    """The first of the areas that matter, or those among which it cannot be told."""
    lead = inseparable_groups(found, among=shown, confidence=model.confidence)[0]
    end = "" if set(table_order(found)[: len(lead)]) == set(lead) else "_of"  # an area whose effect is not told may lie before
    if len(lead) > 1:
        return SAYS.finding(f"importance.tied{end}", blocks=_list(model, lead), outcome=outcome)
    row = table[table.block == model.labels[lead[0]]].iloc[0]
    return SAYS.finding(f"importance.first{end}", block=row.block, outcome=outcome, share=row.importance, low=row.low, high=row.high)


def table_order(found):
    """The drivers, most important first."""
    return found.table.sort_values("estimate", ascending=False, kind="stable").index


def _joint(model, found):
    explained = found.r2 - found.r2_controls
    pairs = [pair for pair in same_pairs(model) if set(pair) <= set(found.table.index)]
    return [SAYS.finding("importance.same", first=model.labels[a], second=model.labels[b],
                         share=found.table.estimate[[a, b]].sum() / explained) for a, b in pairs]  # fmt: skip


def _doubts(model, outcome):
    """The areas whose figure is no gain: the effect turns or bends along the scale, its sign turns, or one customer carries it."""
    middle = [SAYS.finding("importance.middle", block=model.labels[name], outcome=outcome) for name in model.standing(*TURNING)]
    bent = [SAYS.finding("importance.bent", block=model.labels[name], outcome=outcome) for name in model.standing(BENT)]
    turned = [SAYS.finding("importance.suppressed", block=model.labels[name], outcome=outcome) for name in model.standing(TURNED)]
    carried = [SAYS.finding("importance.one_customer", block=model.labels[name]) for name in model.standing(CARRIED_BY_ONE)]
    return [*middle, *bent, *turned, *carried]


def _list(model, names):
    return [model.labels[name] for name in names]
