"""What drives satisfaction? Ranked importance of the areas, and how firm the ranking is."""

import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.quality import same_pairs
from cxlib.analyses.drivers.standing import BENT, CARRIED_BY_ONE, OPPOSED, SHIFTS, SHOWN, TURNED, TURNING, UNCLEAR
from cxlib.analyses.result import Named, Result, Says, Sentences, Term
from cxlib.stats.drivers.importance import importance_metrics, inseparable_groups

NOT_KNOWN = "–"  # the customers whose group is not known
EXPLAINS = 0.02  # share below which what the areas explain together is nothing worth acting on

SAYS = Sentences(
    {
        "importance.first": ("neutral", "{block} matters most for {outcome}: it accounts for {share:percent} of what the areas explain ({low:percent} to {high:percent})."),
        "importance.tied": ("unclear", "{blocks} matter most for {outcome}; no order among them can be determined from these answers."),
        "importance.first_of": ("neutral", "Of the areas whose effect can be determined, {block} matters most for {outcome}: it accounts for {share:percent} of what the areas explain ({low:percent} to {high:percent})."),
        "importance.tied_of": ("unclear", "Of the areas whose effect can be determined, {blocks} matter most for {outcome}; no order among them can be determined from these answers."),
        "importance.explained": ("neutral", "Together the areas explain {r2:percent} of the differences in {outcome} between customers."),
        "importance.one_area": ("neutral", "{block} is the only area that was asked about; it explains {r2:percent} of the differences in {outcome}."),
        "importance.nothing": ("unclear", "No driver stands out: together the areas explain {r2:percent} of the differences in {outcome}, which is too little to act on."),
        "importance.straight": ("unclear", "As straight lines the areas explain {r2:percent} of the differences in {outcome}, which is too little to act on."),
        "importance.not_told_apart": ("unclear", "Together the areas explain {r2:percent} of the differences in {outcome}, but which of them matter cannot be determined from these answers."),
        "importance.no_more": Says("neutral", "No effect on {outcome} can be shown for: {blocks}.", doubts=("lift_more", "lift_low")),
        "importance.all_add": ("neutral", "An effect on {outcome} is shown for every area."),
        "importance.ordered": ("neutral", "Causes come before what they lead to, in the order assumed: what an area does through other areas counts as its own."),
        "importance.middle": Says("neutral", "{block} matters, but more of it is not always better: its effect on {outcome} reverses in the middle of the scale. The share counts both sides.", doubts=("lift_more", "lift_low")),
        "importance.bent": Says("neutral", "{block} matters, but its effect on {outcome} is not a straight line, and in which direction it goes cannot be determined.", doubts=("lift_more", "lift_low")),
        "importance.same": ("neutral", "{first} and {second} cannot be told apart: read their shares together, {share:percent}."),
        "importance.suppressed": Says("unclear", "Taken alone, {block} goes with {outcome} in one direction; with the other areas accounted for, in the opposite one: do not read its share as a gain.", doubts=("lift_more", "lift_low")),
        "importance.opposed": Says("neutral", "{block} matters, but its questions pull in opposite directions: higher answers to {more} go with a rise in {outcome}, higher answers to {less} with a fall. Act on what the questions ask about, not on the area as a whole.", doubts=("lift_more", "lift_low")),
        "importance.groups_differ": ("neutral", "{block} makes a difference of its own: with the areas accounted for, {outcome} is highest for {high} and lowest for {low}."),
        "importance.adjusted_same": ("neutral", "The effects are adjusted for {controls}. Without the adjustment the verdict on every area would be the same."),
        "importance.adjusted": ("neutral", "The effects are adjusted for {controls}. That changes the verdict on: {blocks}."),
        "importance.only_unadjusted": Says("neutral", "{block} seems linked to {outcome} only until the figures are adjusted for {controls}; after that no effect can be shown.", doubts=("lift_more", "lift_low")),
        "importance.only_adjusted": ("neutral", "{block}: the link to {outcome} shows only when the figures are adjusted for {controls}."),
        "importance.other_first": ("neutral", "Without the adjustment for {controls}, {before} would come first; adjusted, it is {block}."),
        "importance.one_customer": Says("unclear", "{block}: the figure rests on a single customer, so no conclusion is drawn from it. Check that customer's answer.", doubts=("lift_more", "lift_low"), about="data"),
    },
    named={
        "r2": Named(Term("Explained by the areas together")),
    },
)  # fmt: skip

METHODS = {
    "ordered": Term("Each share is the average gain in explained variance when the area enters the model, over every order of the areas in which causes come before what they lead to (Shapley, LMG); the interval is a bootstrap interval. Lindeman, Merenda and Gold 1980; Grömping 2007; Frye, Rowat and Feige 2020."),
    "parts": Term("The questions of an area that they make up enter together, each with a weight of its own, and are tested together (mode B); so are the groups of a category. Diamantopoulos and Winklhofer 2001."),
    "adjusted": Term("What the effects are adjusted for is in every model, groups as columns of 0 and 1 and numbers as a straight line; only what it leaves unexplained is shared among the areas. Frisch and Waugh 1933; Lovell 1963."),
}  # fmt: skip

VERDICTS = {"lifts": Term("driver"), "lowers": Term("driver"), "best": Term("best in the middle"),
            "worst": Term("worst in the middle"), "turned": Term("sign turns"), "carried": Term("rests on one customer"),
            BENT: Term("bent, direction not shown"),
            OPPOSED: Term("questions pull apart"), SHIFTS: Term("groups differ"),
            "unclear": Term("no effect shown")}  # fmt: skip


@in_words("driver_importance")
def driver_importance(model: SurveyModel) -> Result:
    """Importance of every area for the outcome: Shapley (LMG) shares of what the areas explain together.

    returns  table "drivers", most important first: block, importance (share of R2, 0-1), low, high, rank, rank_low,
             rank_high, beta (standardised; of areas with one column), p_holm (of the total effect, over the areas and the
             categories), verdict, and where something is held equal importance_before and verdict_before (without that);
             "ranking": the same without beta; "metrics": block and the other usual measures (johnson, first, last, beta,
             pratt), shares of the outcome's variance; "chances": first_block, second_block, chance_more (that the first one
             matters more); "categories": block, group, impact (points of the outcome against the group with most customers) with
             impact_low, impact_high
    assumes  a linear model, but for areas whose effect turns; importance says how much, not in which direction, and is not
             proof of cause. Where the paths say that one area leads to another, the first does not share with the second
    source   Lindeman, Merenda and Gold 1980; Groemping 2007; sign, size and significance apart from each other

    >>> page.show(drivers.driver_importance(model))
    Kundeservice, Produkt and Pris matter most for satisfaction; no order among them can be determined...
    """
    found = model.importance
    table = _table(model, found)
    tables = {"ranking": table.drop(columns="beta"), "drivers": table, "metrics": _metrics(model, found), "chances": _chances(model, found),
              "categories": _groups(model)}  # fmt: skip
    settings = model.settings(r2=found.r2, explained=model.explained, draws=found.draws, metric="LMG")
    findings = (*model.leaks, *_findings(model, found, table), *_categories(model, tables), *_adjustment(model, table))
    return Result("driver_importance", tables, findings, model.base(), settings, _methods(model))


def _methods(model):
    """How the shares arose, and what is particular to areas that are made up of their questions, or to what is held equal."""
    more = {"parts": model.formative or model.ranked, "adjusted": model.held_equal}
    told = (METHODS["ordered"], *(METHODS[name] for name, there in more.items() if there))
    return told if len(told) > 1 else told[0]


def _table(model, found):
    table = found.table.sort_values("estimate", ascending=False, kind="stable")
    explained = found.r2 - found.r2_controls
    standing = model.judged.loc[table.index]
    frame = pd.DataFrame({
        "block": [model.labels[name] for name in table.index], "importance": table.share.to_numpy(),
        "low": (table.low / explained).clip(upper=1).to_numpy(), "high": (table.high / explained).clip(upper=1).to_numpy(),
        "rank": table["rank"].to_numpy(), "rank_low": table.rank_low.to_numpy(), "rank_high": table.rank_high.to_numpy(),
        "beta": found.signs.beta.reindex(table.index).to_numpy(), "p_holm": standing.p_holm.to_numpy(),
        "verdict": [VERDICTS[each] for each in standing.standing],
    })  # fmt: skip
    if not model.held_equal:
        return frame
    before = model.unadjusted
    shares = before.importance.table.share.reindex(table.index).to_numpy()
    judged = [VERDICTS[each] for each in before.judged.standing.reindex(table.index)]
    return frame.assign(importance_before=shares, verdict_before=judged)


def _metrics(model, found):
    """The usual measures between plain indices; of an area that its questions make up, and beside a category, LMG is that of
    the ranking."""
    x, _, weights = model.whole
    held = model.held(range(len(x)))
    metrics = importance_metrics(x.fillna(x.mean()), model.whole[1], weights=weights, controls=held)
    if model.formative or model.ranked:
        metrics["lmg"] = found.table.estimate[metrics.index]
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
    shown = {*model.standing(*SHOWN), *_shifting(model)}
    doubts = _doubts(model, outcome)
    if explained < EXPLAINS and model.standing(BENT):
        return [SAYS.finding("importance.straight", outcome=outcome, r2=explained), *doubts]
    if explained < EXPLAINS or not shown:
        key = "importance.nothing" if explained < EXPLAINS else "importance.not_told_apart"
        return [SAYS.finding(key, outcome=outcome, r2=explained), *doubts]
    if len(table) == 1:
        return [SAYS.finding("importance.one_area", block=table.block[0], outcome=outcome, r2=explained), *doubts]
    says = [_lead(model, found, table, shown, outcome), SAYS.finding("importance.explained", r2=explained, outcome=outcome)]
    silent = [name for name in table_order(found) if model.judged.standing[name] == UNCLEAR]
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
    return [*middle, *bent, *turned, *carried, *_opposed(model, outcome)]


def _opposed(model, outcome):
    """The areas that a question works against, with the questions that lift and those that lower."""
    says = []
    for name in model.standing(OPPOSED):
        more, less = ([model.questions[item] for item in items] for items in model.pulling(name))
        if more and less:
            says.append(SAYS.finding("importance.opposed", block=model.labels[name], outcome=outcome, more=more, less=less))
    return says


def _shifting(model):
    """The categories whose groups differ."""
    return [name for name in model.ranked if model.judged.standing[name] == SHIFTS]


def _groups(model):
    """Of each category: how much higher the outcome is in a group than in the one with most customers, the areas held equal."""
    rows = []
    for name, columns in model.ranked.items():
        own = model.tested.parts
        own = own[(own.target == model.outcome) & own.source.isin(columns)]
        for row in own.itertuples():
            group = row.source.removeprefix(f"{name}: ") or NOT_KNOWN
            whole = (100 * each for each in (row.impact, row.impact_low, row.impact_high))  # from none in the group to all
            rows.append((model.labels[name], group, *whole))
    return pd.DataFrame(rows, columns=["block", "group", "impact", "impact_low", "impact_high"])


def _categories(model, tables):
    """Where the outcome is highest and lowest among the groups of a category that differ."""
    says, outcome = [], model.word(model.outcome)
    for name in _shifting(model):
        own = tables["categories"]
        own = own[(own.block == model.labels[name]) & (own.group != NOT_KNOWN)].set_index("group").impact
        own = pd.concat([pd.Series({model.usual[name]: 0.0}), own])
        says.append(SAYS.finding("importance.groups_differ", block=model.labels[name], outcome=outcome, high=own.idxmax(), low=own.idxmin()))
    return says


def _adjustment(model, table):
    """What holding equal changes: verdicts on areas, and which one comes first."""
    if not model.held_equal:
        return []
    controls, outcome = list(model.held_equal.values()), model.word(model.outcome)
    now, before = model.judged.standing, model.unadjusted.judged.standing
    other = [name for name in now.index if now[name] != before[name]]
    says = []
    for name in other:
        lost, found = now[name] == UNCLEAR and before[name] != UNCLEAR, before[name] == UNCLEAR
        if lost or found:
            key = "importance.only_unadjusted" if lost else "importance.only_adjusted"
            says.append(SAYS.finding(key, block=model.labels[name], outcome=outcome, controls=controls))
    first = {is_now: _first(each) for is_now, each in ((True, model), (False, model.unadjusted))}
    if all(first.values()) and first[True] != first[False]:
        says.append(SAYS.finding("importance.other_first", block=model.labels[first[True]], before=model.labels[first[False]], controls=controls))
    lead = SAYS.finding("importance.adjusted", controls=controls, blocks=_list(model, other)) if other else (
        SAYS.finding("importance.adjusted_same", controls=controls))  # fmt: skip
    return [lead, *says]


def _first(model):
    """The area or category that matters most, where it can be told from the next; "" where not."""
    shown = {*model.standing(*SHOWN), *_shifting(model)}
    if not shown or model.explained < EXPLAINS:
        return ""
    lead = inseparable_groups(model.importance, among=shown, confidence=model.confidence)[0]
    return lead[0] if len(lead) == 1 else ""


def _list(model, names):
    return [model.labels[name] for name in names]
