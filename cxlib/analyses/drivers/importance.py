"""What drives satisfaction? Ranked importance of the areas, and how firm the ranking is."""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, unanswerable
from cxlib.analyses.drivers.quality import same_pairs
from cxlib.analyses.result import Place, Result, Says, Sentences, Term
from cxlib.stats.drivers.importance import importance_metrics, inseparable_groups, relative_importance
from cxlib.stats.drivers.missing import not_applicable_dummies

EXPLAINS = 0.02  # R2 below which the areas together explain nothing worth acting on

SAYS = Sentences(
    {
        "importance.first": ("neutral", "{block} matters most for {outcome}: it accounts for {share:percent} of what the areas explain ({low:percent} to {high:percent})."),
        "importance.tied": ("unclear", "{blocks} matter most for {outcome}; which of them comes first cannot be told from these answers."),
        "importance.explained": ("neutral", "Together the areas explain {r2:percent} of the differences in {outcome} between customers."),
        "importance.one_area": ("neutral", "{block} is the only area that was asked; it explains {r2:percent} of the differences in {outcome}."),
        "importance.nothing": ("unclear", "No driver stands out: together the areas explain {r2:percent} of the differences in {outcome}, which is too little to act on."),
        "importance.no_more": Says("neutral", "No effect on {outcome} beyond the other areas can be shown for: {blocks}.", doubts=("lift_more", "lift_low")),
        "importance.all_add": ("neutral", "Every area adds something of its own to {outcome}."),
        "importance.same": ("neutral", "{first} and {second} cannot be told apart: read their shares together, {share:percent}."),
        "importance.suppressed": Says("unclear", "{block} goes together with {outcome} in one direction, but in the other one when the other areas are held equal: do not read its size as a gain.", doubts=("lift_more", "lift_low")),
    },
    shown_in=(Place("drivers"),),
)  # fmt: skip

METHOD = Term("Each share is the average gain in explained variance when the area enters the model, over every order of the areas (Shapley, LMG); the interval comes from resampling the customers. Lindeman, Merenda and Gold 1980; Grömping 2007.")

VERDICTS = {"adds": Term("driver"), "nothing": Term("no effect shown")}


def driver_importance(model: SurveyModel) -> Result:
    """Importance of every area for the outcome: Shapley (LMG) shares of what the areas explain together.

    returns  table "drivers", most important first: block, importance (share of R2, 0-1), low, high, rank, rank_low,
             rank_high, beta (standardised), p_holm (of what the area adds to all others), verdict;
             "ranking": the same without beta; "metrics": block and the other usual measures (johnson, first, last, beta, pratt), shares of the outcome's
             variance; "chances": first_block, second_block, chance_more (that the first one matters more)
    assumes  a linear model; importance says how much, not in which direction, and is not proof of cause
    source   Lindeman, Merenda and Gold 1980; Groemping 2007; sign, size and significance apart from each other

    >>> page.show(drivers.driver_importance(model))
    Kundeservice, Produkt and Pris matter most for satisfaction; which of them comes first cannot be told...
    """
    if nothing := unanswerable("driver_importance", model):
        return nothing
    x, y, weights, dummies = _data(model)
    found = relative_importance(x, y, weights=weights, controls=dummies, missing="casewise",
                                resamples=model.resamples, confidence=model.confidence, seed=model.seed)  # fmt: skip
    table = _table(model, found)
    ranking = table[["block", "importance", "low", "high", "rank", "rank_low", "rank_high", "p_holm", "verdict"]]
    tables = {"ranking": ranking, "drivers": table, "metrics": _metrics(model, x, y, weights, dummies),
              "chances": _chances(model, found)}  # fmt: skip
    settings = model.settings(r2=found.r2, draws=found.draws, metric="LMG")
    return Result("driver_importance", tables, (*model.leaks, *_findings(model, found, table)), model.base(weights), settings,
                  METHOD)


def _data(model):
    """Areas and outcome as indices; customers whom an area does not concern stay in, with a dummy."""
    indices = model.indices
    x, y = indices[model.areas], indices[model.outcome]
    dummies = None
    if model.not_applicable:
        concerned = pd.DataFrame(False, x.index, x.columns)
        concerned[list(model.not_applicable)] = x[list(model.not_applicable)].isna()
        x, dummies = not_applicable_dummies(x, concerned)
    kept = (x.notna().all(axis=1) & y.notna()).to_numpy()
    dummies = None if dummies is None else _independent(dummies[kept])
    return x[kept], y[kept], model.weights[kept], dummies


def _independent(dummies):
    """Without the dummies that say again what those before them say: the same customers are not concerned."""
    kept = []
    for name in dummies:
        together = dummies[[*kept, name]].to_numpy() - dummies[[*kept, name]].mean().to_numpy()
        if np.linalg.svd(together, compute_uv=False)[-1] > 1e-6 * np.sqrt(len(dummies)):
            kept.append(name)
    return dummies[kept]


def _table(model, found):
    table = found.table.sort_values("estimate", ascending=False, kind="stable")
    explained = found.r2 - found.r2_controls
    verdict = [VERDICTS["adds" if p < 1 - model.confidence else "nothing"] for p in table.p_holm]
    return pd.DataFrame({
        "block": [model.labels[name] for name in table.index], "importance": table.share.to_numpy(),
        "low": (table.low / explained).clip(upper=1).to_numpy(), "high": (table.high / explained).clip(upper=1).to_numpy(),
        "rank": table["rank"].to_numpy(), "rank_low": table.rank_low.to_numpy(), "rank_high": table.rank_high.to_numpy(),
        "beta": found.signs.beta[table.index].to_numpy(), "p_holm": table.p_holm.to_numpy(), "verdict": verdict,
    })  # fmt: skip


def _metrics(model, x, y, weights, dummies):
    metrics = importance_metrics(x, y, weights=weights, controls=dummies)
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
    outcome = model.word(model.outcome)
    explained = found.r2 - found.r2_controls
    adds = found.table.p_holm < 1 - model.confidence
    if explained < EXPLAINS or not adds.any():
        return [SAYS.finding("importance.nothing", outcome=outcome, r2=explained)]
    if len(table) == 1:
        return [SAYS.finding("importance.one_area", block=table.block[0], outcome=outcome, r2=explained)]
    lead = inseparable_groups(found, confidence=model.confidence)[0]
    first = table.iloc[0]
    if len(lead) == 1:
        says = [SAYS.finding("importance.first", block=first.block, outcome=outcome, share=first.importance, low=first.low,
                             high=first.high)]  # fmt: skip
    else:
        says = [SAYS.finding("importance.tied", blocks=_list(model, lead), outcome=outcome)]
    says.append(SAYS.finding("importance.explained", r2=explained, outcome=outcome))
    silent = [name for name in table_order(found) if not adds[name]]
    says.append(SAYS.finding("importance.no_more", blocks=_list(model, silent), outcome=outcome) if silent
                else SAYS.finding("importance.all_add", outcome=outcome))  # fmt: skip
    return [*says, *_joint(model, found, explained), *_turned(model, found, outcome)]


def table_order(found):
    """The drivers, most important first."""
    return found.table.sort_values("estimate", ascending=False, kind="stable").index


def _joint(model, found, explained):
    pairs = [pair for pair in same_pairs(model) if set(pair) <= set(found.table.index)]
    return [SAYS.finding("importance.same", first=model.labels[a], second=model.labels[b],
                         share=found.table.estimate[[a, b]].sum() / explained) for a, b in pairs]  # fmt: skip


def _turned(model, found, outcome):
    """Areas whose sign turns when the others are held equal, where the turned sign is no accident."""
    signs = found.signs[found.signs.index.isin(model.areas)]
    turned = signs[signs.suppressed & ((signs.low > 0) | (signs.high < 0))]
    return [SAYS.finding("importance.suppressed", block=model.labels[name], outcome=outcome) for name in turned.index]


def _list(model, names):
    return [model.labels[name] for name in names]
