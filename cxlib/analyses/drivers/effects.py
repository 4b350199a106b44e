"""Cause and effect: what a point in one area is worth in satisfaction and loyalty, and where a change gives most."""

import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, unanswerable
from cxlib.analyses.drivers.quality import same_pairs
from cxlib.analyses.result import Place, Result, Says, Sentences, Term
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.drivers.prediction import path_prediction
from cxlib.stats.survey.indices import mean

NAMED = 3
MOST = 6  # positive effects that are told in sentences; the table has all
PREDICTION_ROWS = 20_000
CLOSE = 0.8  # an area ties with the first when their intervals meet and it could give this share of it

SAYS = Sentences(
    {
        "effect.point": ("neutral", "+1 point in {block} gives {impact:signed} points in {outcome} ({low:signed} to {high:signed})."),
        "effect.negative": Says("bad", "+1 point in {block} gives {impact:signed} points in {outcome} ({low:signed} to {high:signed}): more of it satisfies less.", doubts=("lift_more", "lift_low")),
        "effect.none": Says("neutral", "No effect on {outcome} can be shown for: {blocks}.", doubts=("lift_more", "lift_low")),
        "effect.nothing": ("unclear", "No area has an effect on {outcome} that can be told from chance."),
        "effect.final": Says("neutral", "+1 point in {block} gives {impact:signed} points in {outcome} ({low:signed} to {high:signed}), all ways through the model counted.", shown_in=(Place("totals"),)),
        "effect.shared": ("neutral", "{first} and {second} cannot be told apart, so how their effect divides between them is uncertain; their sum is surer."),
        "effect.resamples": ("unclear", "{question}: in {n:count} resamples everybody gave the same answer; these are left out of the intervals."),
        "effect.not_fitted": ("unclear", "Resamples that could not be fitted and are left out of the intervals: {n:count} of {draws:count}."),
        "effect.repaired": ("unclear", "The correlations of pairs of questions contradicted each other and were moved to the nearest possible ones."),
        "effect.predicts": ("neutral", "For customers it has not seen, the model removes {q2:percent} of the squared error of a guess at the mean."),
        "effect.no_forecast": ("unclear", "For customers it has not seen, the model does no better than the mean: read it as a description, not as a forecast."),
        "act.most": Says("neutral", "{block} has most to give: {impact:signed} points of {outcome} for a point, and up to {potential:points} points if it were perfect ({low:points} to {high:points}).", stake=Place("priorities", "potential", "block", "index"), shown_in=(Place("priorities", "potential"),), advises="lift_more"),
        "act.tied": Says("unclear", "{blocks} have most to give; which of them comes first cannot be told from these answers.", shown_in=(Place("priorities", "potential"),), advises="tell_apart"),
        "act.low": Says("bad", "{block} matters and is rated below the average of the areas (index {index:index}): act here.", stake=Place("priorities", "potential", "block", "index"), advises="lift_low"),
        "act.keep": Says("good", "{block} matters and is rated above the average of the areas (index {index:index}): keep it there.", advises="keep", doubts=("lift_more",)),
        "act.nothing": ("unclear", "No area has an effect that can be told from chance, so there is no priority to draw from these answers."),
    }
)  # fmt: skip

METHODS = {
    "model": Term("A partial least squares path model: the questions of an area are weighted so that the area explains best what it leads to, and effects are told between indices from 0 to 100. Wold 1982; Fornell et al. 1996."),
    "map": Term("The lines lie at the mean index and the mean effect of the areas. Martilla and James 1977; Ringle and Sarstedt 2016."),
}  # fmt: skip

VERDICTS = {"act": Term("act here"), "keep": Term("keep it up"), "matters": Term("matters"), "watch": Term("rated low, matters less"),
            "little": Term("matters less"), "against": Term("works against"), "unclear": Term("effect not shown")}  # fmt: skip


def cause_and_effect(model: SurveyModel) -> Result:
    """The path model in index points: every arrow, and the total effects on the outcome and on what follows from it.

    returns  table "arrows": cause, effect, impact (points in the effect for a point in the cause) with low and high, p, beta
             (standardised); "totals": cause, effect, impact with low and high (direct and indirect); "nodes": construct, index
             (0-100) with low and high, r2 (0-1)
    assumes  that the arrows point the right way, and that nothing outside the survey moves both ends of one
    source   partial least squares, mode A, path scheme (Wold 1982); agrees with seminr and cSEM

    >>> page.show(drivers.cause_and_effect(model))
    +1 point in Pris gives +0.27 points in satisfaction (+0.24 to +0.30)...
    """
    if nothing := unanswerable("cause_and_effect", model):
        return nothing
    fit = model.fit
    arrows, totals, nodes = _arrows(model, fit), _totals(model, fit), _nodes(model, fit)
    findings = [*_points(model, fit), *_finals(model, fit), *_cautions(model, fit), *_forecast(model)]
    settings = model.settings(draws=fit.draws, not_converged=fit.not_converged, scheme="path", mode="A")
    tables = {"arrows": arrows, "totals": totals, "nodes": nodes}
    return Result("cause_and_effect", tables, tuple(findings), model.base(), settings, METHODS["model"])


def where_to_act(model: SurveyModel) -> Result:
    """Importance and performance of every area, and what a change could give at most.

    returns  table "areas", most to give first: block, index (0-100), low, high, impact (points of outcome for a point,
             all ways counted), impact_low, impact_high, gain (of +5 points, never beyond 100), potential = impact
             x (100 - index), potential_low, potential_high, verdict; "priorities": the same without the intervals of
             index and impact
    source   importance-performance map: Martilla and James 1977; Ringle and Sarstedt 2016; areas are cut at the mean
             of index and impact

    >>> page.show(drivers.where_to_act(model))
    Pris has most to give: +0.27 points of satisfaction for a point, and up to 11.1 points if it were...
    """
    if nothing := unanswerable("where_to_act", model):
        return nothing
    table = _priorities(model, model.fit)
    short = table[["block", "index", "impact", "gain", "potential", "potential_low", "potential_high", "verdict"]]
    return Result("where_to_act", {"priorities": short, "areas": table}, tuple(_advice(model, table)), model.base(),
                  model.settings(cut_index=float(table["index"].mean()), cut_impact=float(table.impact.mean())), METHODS["map"])  # fmt: skip


def total_on_outcome(model: SurveyModel, fit) -> pd.DataFrame:
    """Total effects on the outcome, one row per area: impact, impact_low, impact_high."""
    return fit.total[(fit.total.target == model.outcome) & fit.total.source.isin(model.areas)].set_index("source")


def indices(model: SurveyModel, names) -> pd.DataFrame:
    """Index 0-100 of constructs as plain means of their questions, as the other pages show them: index, low, high."""
    found = {}
    for name in names:
        one = mean(model.indices[name].to_numpy(), model.weights, scale=(0, 100), confidence=model.confidence)
        found[name] = {"index": one.estimate, "low": one.low, "high": one.high}
    return pd.DataFrame.from_dict(found, orient="index")


def _arrows(model, fit):
    table = fit.paths
    return pd.DataFrame({
        "cause": [model.labels[name] for name in table.source],
        "effect": [model.labels[name] for name in table.target],
        "impact": table.impact, "impact_low": table.impact_low, "impact_high": table.impact_high, "p": table.p,
        "beta": table.estimate,
    })  # fmt: skip


def _totals(model, fit):
    ends = [name for name in (model.outcome, model.final) if name]
    table = fit.total[fit.total.target.isin(ends)]
    table = table.sort_values(["target", "impact"], ascending=False, kind="stable")
    return pd.DataFrame({
        "cause": [model.labels[name] for name in table.source],
        "effect": [model.labels[name] for name in table.target],
        "impact": table.impact.to_numpy(), "impact_low": table.impact_low.to_numpy(),
        "impact_high": table.impact_high.to_numpy(),
    })  # fmt: skip


def _nodes(model, fit):
    table = fit.constructs
    nodes = indices(model, table.index)
    nodes.insert(0, "construct", [model.labels[name] for name in nodes.index])
    return nodes.assign(r2=table.r2.where(table.sources > 0)).reset_index(drop=True)


def _points(model, fit):
    """The direct effects on the outcome, strongest first, and the areas without one."""
    outcome = model.word(model.outcome)
    rows = fit.paths[fit.paths.target == model.outcome].sort_values("impact", ascending=False, kind="stable")
    shown = rows[(rows.impact_low > 0) | (rows.impact_high < 0)]
    if shown.empty:
        return [SAYS.finding("effect.nothing", outcome=outcome)]
    says = [_point(model, row, "effect.point") for row in shown[shown.impact > 0].head(MOST).itertuples()]
    says += [_point(model, row, "effect.negative") for row in shown[shown.impact < 0].itertuples()]
    silent = [model.labels[name] for name in rows.source if name not in set(shown.source)]
    return [*says, *([SAYS.finding("effect.none", outcome=outcome, blocks=silent)] if silent else [])]


def _point(model, row, key):
    return SAYS.finding(key, block=model.word(row.source), outcome=model.word(row.target), impact=row.impact,
                        low=row.impact_low, high=row.impact_high)  # fmt: skip


def _finals(model, fit):
    rows = fit.total[fit.total.target == model.final].sort_values("impact", ascending=False, kind="stable")
    rows = rows[rows.impact_low > 0].head(NAMED)
    return [_point(model, row, "effect.final") for row in rows.itertuples()]


def _cautions(model, fit):
    shared = [SAYS.finding("effect.shared", first=model.labels[a], second=model.labels[b]) for a, b in same_pairs(model)]
    failed = [SAYS.finding("effect.resamples", question=model.questions[item], n=n) for item, n in fit.failed.items()]
    if fit.not_converged:
        failed.append(SAYS.finding("effect.not_fitted", n=fit.not_converged, draws=model.resamples))
    return [*shared, *failed, *([SAYS.finding("effect.repaired")] if fit.repaired else [])]


def _forecast(model):
    """Whether the model predicts customers it has not seen (ten folds)."""
    some = model.some_rows(model.answers.notna().all(axis=1), PREDICTION_ROWS)
    if len(some) < 100:
        return []
    table = path_prediction(model.answers.iloc[some], path_structure(model.blocks, model.paths), seed=model.seed,
                            weights=model.weights[some])  # fmt: skip
    q2 = float(table[table.construct == model.outcome].q2.mean())
    return [SAYS.finding("effect.predicts", q2=q2) if q2 > 0.01 else SAYS.finding("effect.no_forecast")]


def _priorities(model, fit):
    table = total_on_outcome(model, fit)
    now = indices(model, table.index)
    room = 100 - now["index"]
    frame = pd.DataFrame({
        "block": [model.labels[name] for name in table.index], **now, "impact": table.impact,
        "impact_low": table.impact_low, "impact_high": table.impact_high, "gain": table.impact * room.clip(upper=5),
        "potential": table.impact * room, "potential_low": table.impact_low * room,
        "potential_high": table.impact_high * room,
    })  # fmt: skip
    frame["verdict"] = [_verdict(row, frame["index"].mean(), frame.impact.mean()) for row in frame.itertuples()]
    return frame.sort_values("potential", ascending=False, kind="stable", ignore_index=True)


def _verdict(row, index, impact):
    if row.impact_high < 0:
        return VERDICTS["against"]
    if row.impact_low <= 0:
        return VERDICTS["unclear"]
    if row.impact >= impact:
        return VERDICTS["act" if row.high < index else "keep" if row.low > index else "matters"]
    return VERDICTS["watch" if row.high < index else "little"]


def _advice(model, table):
    outcome = model.word(model.outcome)
    shown = table[table.impact_low > 0]
    if shown.empty:
        return [SAYS.finding("act.nothing")]
    first = shown.iloc[0]
    rivals = shown[shown.potential_high > first.potential_low]
    close = rivals[rivals.potential > CLOSE * first.potential]
    says = SAYS.finding("act.tied", blocks=list(close.block)) if len(close) > 1 else SAYS.finding(
        "act.most", block=first.block, outcome=outcome, impact=first.impact, potential=first.potential,
        low=first.potential_low, high=first.potential_high)  # fmt: skip
    keys = {VERDICTS["act"]: "act.low", VERDICTS["keep"]: "act.keep"}
    placed = shown[shown.verdict.isin(list(keys))]
    return [says, *(SAYS.finding(keys[row["verdict"]], block=row["block"], index=row["index"])
                    for row in placed.to_dict("records"))]  # fmt: skip
