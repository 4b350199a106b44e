"""Cause and effect: what a point in one area is worth in satisfaction and loyalty, and where a change gives most."""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.importance import EXPLAINS
from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.quality import near_outcome, same_pairs
from cxlib.analyses.drivers.standing import (
    BENT,
    BEST,
    CARRIED_BY_ONE,
    LIFTS,
    LOWERS,
    NO_GAIN,
    OPPOSED,
    SHOWN,
    TURNED,
    TURNING,
    UNCLEAR,
)
from cxlib.analyses.result import Named, Place, Result, Says, Sentences, Term
from cxlib.stats.drivers.prediction import path_prediction
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.indices import mean

NAMED = 3
MOST = 6  # positive effects that are told in sentences; the table has all
PREDICTION_ROWS = 20_000
CLOSE = 0.8  # an area ties with the first when their intervals meet and it could give this share of it
SMALL = 0.1  # points for a point; an effect that is smaller for certain is ruled out

SAYS = Sentences(
    {
        "effect.point": ("neutral", "+1 point in {block} goes with {impact:signed} points in {outcome} ({low:signed} to {high:signed})."),
        "effect.through": ("neutral", "{block} works through {through}: in all, +1 point goes with {impact:signed} points in {outcome} ({low:signed} to {high:signed}); beyond that no effect of its own is shown."),
        "effect.negative": Says("bad", "+1 point in {block} goes with {impact:signed} points in {outcome} ({low:signed} to {high:signed}). The higher the area is rated, the lower is {outcome}: check which way the scale runs.", doubts=("lift_more", "lift_low")),
        "effect.turned": Says("unclear", "{blocks}: the effect changes its sign when the other areas are accounted for, so no advice follows from it.", doubts=("lift_more", "lift_low"), about="data"),
        "effect.middle": Says("neutral", "{blocks}: the effect reverses in the middle of the scale, so no average effect is given.", doubts=("lift_more", "lift_low")),
        "effect.bent": Says("neutral", "{blocks}: the effect is not a straight line, and in which direction it goes cannot be determined, so no average effect is given.", doubts=("lift_more", "lift_low")),
        "effect.opposed": Says("neutral", "{blocks}: the questions pull in opposite directions, so no effect is given for the area as a whole.", doubts=("lift_more", "lift_low")),
        "effect.one_customer": Says("unclear", "{block}: without one single customer, +1 point goes with {without:signed} points in {outcome} instead of {impact:signed}. No conclusion is drawn from it.", doubts=("lift_more", "lift_low")),
        "effect.none": Says("neutral", "No effect on {outcome} can be shown for: {blocks}.", doubts=("lift_more", "lift_low")),
        "effect.small": ("neutral", "An effect on {outcome} of more than {size:number} points per point can be ruled out for: {blocks}."),
        "effect.nothing": ("unclear", "No area has an effect on {outcome} that can be distinguished from chance."),
        "effect.final": Says("neutral", "In all, directly and through other areas, +1 point in {block} goes with {impact:signed} points in {outcome} ({low:signed} to {high:signed}).", shown_in=(Place("totals"),)),
        "effect.shared": ("neutral", "{first} and {second} cannot be told apart, so how the effect divides between them is uncertain; their effect together is more certain."),
        "effect.resamples": ("unclear", "{question}: in {n:count} bootstrap samples everybody gave the same answer; these are left out of the intervals."),
        "effect.not_fitted": ("unclear", "Bootstrap samples that could not be fitted and are left out of the intervals: {n:count} of {draws:count}."),
        "effect.repaired": ("unclear", "The correlations of pairs of questions contradicted each other and were replaced by the nearest possible ones."),
        "effect.equal_weights": ("unclear", "The questions of each area count alike, because no stable weights could be found for them."),
        "effect.predicts": ("neutral", "Among new customers the model explains {q2:percent} of the differences in {outcome}."),
        "effect.no_forecast": ("unclear", "For new customers the model is no better than the average: read it as a description, not as a forecast."),
        "act.most": Says("neutral", "{block} offers the largest gain: +1 point goes with {impact:signed} points of {outcome}, and if the link is causal, up to {potential:points} points could be gained ({low:points} to {high:points}).", stake=Place("priorities", "potential", "block", "index"), shown_in=(Place("priorities", "potential"),), advises="lift_more"),
        "act.most_whole": Says("neutral", "Of the areas that work as a whole, {block} offers the largest gain: +1 point goes with {impact:signed} points of {outcome}, and if the link is causal, up to {potential:points} points could be gained ({low:points} to {high:points}).", stake=Place("priorities", "potential", "block", "index"), shown_in=(Place("priorities", "potential"),), advises="lift_more"),
        "act.tied": Says("unclear", "{blocks} offer the largest gains; which of them comes first cannot be determined from these answers.", shown_in=(Place("priorities", "potential"),), advises="tell_apart"),
        "act.gain_open": Says("unclear", "A higher rating of {block} goes with a rise in {outcome}, but how much it could give cannot be determined from these answers: {low:points} to {high:points} points.", shown_in=(Place("priorities", "potential"),)),
        "act.near_outcome": Says("unclear", "{blocks} can hardly be distinguished from {outcome}, so part of the apparent gain may be one and the same opinion, asked about twice.", shown_in=(Place("priorities", "potential"),), doubts=("lift_more", "lift_low")),
        "act.low": Says("bad", "{block} matters and is rated below the average of the areas (index {index:index}): act here.", stake=Place("priorities", "potential", "block", "index"), advises="lift_low"),
        "act.keep": Says("good", "{block} matters and is rated above the average of the areas (index {index:index}): keep it at that level.", advises="keep", doubts=("lift_more", "lift_low")),
        "act.best_between": Says("neutral", "{block} is best in the middle: {outcome} is highest where its index lies between {low:index} and {high:index} (average now {index:index}), so more of it is not always better.", doubts=("lift_more", "lift_low")),
        "act.question": Says("neutral", "{block} – {question}: +1 point goes with {impact:signed} points of {outcome} ({low:signed} to {high:signed}), with the area's other questions accounted for. Act on what this question asks about, not on the area as a whole.", shown_in=(Place("questions"),)),
        "act.worst_between": Says("neutral", "{block} is worst in the middle: {outcome} is lowest where its index lies between {low:index} and {high:index} (average now {index:index}), so more of it is not always better.", doubts=("lift_more", "lift_low")),
        "act.nothing": ("unclear", "No area has an effect that can be distinguished from chance, so no priority can be set from these answers."),
        "act.no_lift": ("unclear", "No area can be shown to raise {outcome}, so no priority can be set from these answers."),
        "act.little": ("unclear", "Together the areas explain {r2:percent} of the differences in {outcome}: too little to set priorities by."),
    },
    named={
        "effect.resamples.n": Named(Term("Bootstrap samples left out")),
        "effect.not_fitted.n": Named(Term("Bootstrap samples left out")),
        "q2": Named(Term("Explained for new customers")),
        "size": Named(Term("Largest effect not ruled out")),
    },
)  # fmt: skip

METHODS = {
    "model": Term("A partial least squares path model: the questions of an area are weighted so that the area explains best what it leads to, and effects are told between indices from 0 to 100. Whether there is an effect is tested between plain indices, all ways through the model counted, with Holm's correction over the areas. Wold 1982; Fornell et al. 1996; Holm 1979."),
    "parts": Term("The questions of an area that they make up get regression weights (mode B), so that each counts by what it adds to the others; what the area could give is what each of its questions lacks to 100. Wold 1982; Diamantopoulos and Winklhofer 2001."),
    "adjusted": Term("What the effects are adjusted for is in every model, groups as columns of 0 and 1 and numbers as a straight line. Frisch and Waugh 1933; Lovell 1963."),
    "map": Term("The lines lie at the mean index and the mean effect of the areas. What an area could give is its effect times what it lacks to 100, among those to whom it applies, along its bend where it has one, and never more than the outcome lacks itself. Martilla and James 1977; Ringle and Sarstedt 2016."),
}  # fmt: skip

VERDICTS = {"act": Term("act here"), "keep": Term("keep the level"), "matters": Term("matters"), "watch": Term("rated low, matters less"),
            "little": Term("matters less"), LOWERS: Term("lowers the result"), BEST: Term("best in the middle"),
            "worst": Term("worst in the middle"), TURNED: Term("sign turns"), CARRIED_BY_ONE: Term("rests on one customer"),
            BENT: Term("bent, direction not shown"), OPPOSED: Term("questions pull apart"),
            UNCLEAR: Term("effect not shown")}  # fmt: skip
ARROWS = {True: Term("effect shown"), False: Term("effect not shown"), OPPOSED: Term("questions pull apart")}


@in_words("cause_and_effect")
def cause_and_effect(model: SurveyModel) -> Result:
    """The path model in index points: every arrow, and the total effects on the outcome and on what follows from it.

    returns  table "arrows": cause, effect, impact (points in the effect for a point in the cause) with low and high, p_holm
             (over the arrows into the same construct), beta (standardised), verdict; "totals": cause, effect, impact with low and high (direct and indirect), p_holm; "nodes":
             construct, index (0-100) with low and high, r2 (0-1)
    assumes  that the arrows point the right way, and that nothing outside the survey moves both ends of one
    source   partial least squares, mode A or B and the scheme as asked (Wold 1982); agrees with seminr and cSEM

    >>> page.show(drivers.cause_and_effect(model))
    +1 point in Pris goes with +0.26 points in satisfaction (+0.24 to +0.29)...
    """
    fit = model.fit
    arrows, totals, nodes = _arrows(model, fit), _totals(model, fit), _nodes(model, fit)
    q2 = _forecast(model)
    findings = [*_points(model, fit), *_finals(model, fit), *_cautions(model, fit), *_predicts(q2, model.word(model.outcome))]
    settings = model.settings(draws=fit.draws, not_converged=fit.not_converged, scheme=model.scheme, small=SMALL, q2=q2,
                              mode=_modes(fit), without_one=_carried(model))  # fmt: skip
    tables = {"arrows": arrows, "totals": totals, "nodes": nodes}
    return Result("cause_and_effect", tables, tuple(findings), model.base(), settings, _methods(model, "model"))


@in_words("where_to_act")
def where_to_act(model: SurveyModel) -> Result:
    """Importance and performance of every area, and what a change could give at most.

    returns  table "areas", most to give first: block, index (0-100), low, high, reach (share whom it concerns, 0-1), impact
             (points of outcome for a point, all ways counted), impact_low, impact_high, gain (of +5 points, never beyond
             100), potential, potential_low, potential_high (what all points that it lacks to 100 go with, reach counted,
             never more than the outcome lacks), verdict; "priorities": the same without the intervals of index and impact.
             "questions", of areas that their questions make up: block, question, impact for a point, the others held equal, with
             impact_low and impact_high, p_holm (within the area), verdict.
             gain and potential are nan where no effect is shown, it turns or bends, its sign turns, or one customer carries it
    source   importance-performance map: Martilla and James 1977; Ringle and Sarstedt 2016; areas are cut at the mean
             of index and impact

    >>> page.show(drivers.where_to_act(model))
    Pris offers the largest gain: +1 point goes with +0.26 points of satisfaction, and if the link is...
    """
    areas = _priorities(model, model.fit)
    table = areas.drop(columns="standing").reset_index(drop=True)
    short = table[["block", "index", *(["reach"] if model.some_unrated else []), "impact", "gain", "potential",
                   "potential_low", "potential_high", "verdict"]]  # fmt: skip
    tables = {"priorities": short, "areas": table, "questions": _questions(model)}
    return Result("where_to_act", tables, tuple(_advice(model, areas)), model.base(),
                  model.settings(cut_index=float(table["index"].mean()), cut_impact=float(table.impact.mean()),
                                 explained=model.explained, turns=model.turning()), _methods(model, "map"))  # fmt: skip


def _methods(model, name):
    """How the figures arose, and what is particular to areas that their questions make up, or to what is held equal."""
    more = {"parts": model.formative, "adjusted": model.held_equal or model.ranked}
    told = (METHODS[name], *(METHODS[each] for each, there in more.items() if there))
    return told if len(told) > 1 else told[0]


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
    """Every arrow; whether it is shown is tested between plain indices, over the arrows into the same construct."""
    table, tested = fit.paths, model.tested.paths
    p = {(row.source, row.target): row.adjusted
         for row in tested.assign(adjusted=tested.groupby("target").p.transform(holm)).itertuples()}  # fmt: skip
    return pd.DataFrame({
        "cause": [model.labels[name] for name in table.source],
        "effect": [model.labels[name] for name in table.target],
        "impact": table.impact, "impact_low": table.impact_low, "impact_high": table.impact_high,
        "p_holm": [p[ends] for ends in zip(table.source, table.target, strict=True)], "beta": table.estimate,
        "verdict": [ARROWS[OPPOSED if ends[0] in model.standing(OPPOSED) else p[ends] < 1 - model.confidence]
                    for ends in zip(table.source, table.target, strict=True)],
    })  # fmt: skip


def _totals(model, fit):
    ends = [name for name in (model.outcome, model.final) if name]
    table = fit.total[fit.total.target.isin(ends)]
    table = table.sort_values(["target", "impact"], ascending=False, kind="stable")
    p = pd.concat([_tested(model, end).assign(target=end) for end in ends]).set_index("target", append=True).p_holm
    return pd.DataFrame({
        "cause": [model.labels[name] for name in table.source],
        "effect": [model.labels[name] for name in table.target],
        "impact": table.impact.to_numpy(), "impact_low": table.impact_low.to_numpy(),
        "impact_high": table.impact_high.to_numpy(),
        "p_holm": [p[source, target] for source, target in zip(table.source, table.target, strict=True)],
    })  # fmt: skip


def _tested(model, target):
    """Total effects on a construct between plain indices, adjusted over its sources: impact, p_holm by source."""
    table = model.tested.total
    table = table[table.target == target].set_index("source")
    return table[["impact"]].assign(p_holm=holm(table.p))


def _nodes(model, fit):
    table = fit.constructs
    nodes = indices(model, table.index)
    nodes.insert(0, "construct", [model.labels[name] for name in nodes.index])
    return nodes.assign(r2=table.r2.where(table.sources > 0)).reset_index(drop=True)


def _points(model, fit):
    """What a point of each area goes with, strongest first, and the areas of which that is not told, with the reason."""
    outcome, rows = model.word(model.outcome), total_on_outcome(model, fit)
    says = [_point(model, rows.loc[name], name, model.outcome) for name in model.standing(LIFTS)[:MOST]]
    says += [_total(model, "effect.negative", rows.loc[name], name, model.outcome) for name in model.standing(LOWERS)]
    lists = {"effect.middle": TURNING, "effect.bent": (BENT,), "effect.opposed": (OPPOSED,), "effect.turned": (TURNED,)}
    says += [SAYS.finding(key, blocks=_labels(model, names)) for key, which in lists.items() if (names := model.standing(*which))]
    says += [SAYS.finding("effect.one_customer", block=model.labels[name], outcome=outcome, impact=row.impact,
                          without=row.without)
             for name, row in model.standings[model.standings.standing == CARRIED_BY_ONE].iterrows()]  # fmt: skip
    silent = model.standing(UNCLEAR)
    if len(silent) == len(rows):
        return [SAYS.finding("effect.nothing", outcome=outcome)]
    ruled_out = [name for name in silent if max(-rows.impact_low[name], rows.impact_high[name]) < SMALL]
    if silent:
        says.append(SAYS.finding("effect.none", outcome=outcome, blocks=_labels(model, silent)))
    if ruled_out:
        says.append(SAYS.finding("effect.small", outcome=outcome, size=SMALL, blocks=_labels(model, ruled_out)))
    return says


def _point(model, row, name, target):
    """A shown effect; of an area without an effect of its own, what it works through."""
    through = model.through(name)
    if through and not model.standings.alone[name]:
        return _total(model, "effect.through", row, name, target, through=_labels(model, through))
    return _total(model, "effect.point", row, name, target)


def _total(model, key, row, source, target, **more):
    return SAYS.finding(key, block=model.word(source), outcome=model.word(target), impact=row.impact, low=row.impact_low,
                        high=row.impact_high, **more)  # fmt: skip


def _finals(model, fit):
    """What goes with a point of what follows from the outcome, where that is shown and the sign is the plain one."""
    if model.final is None:
        return []
    rows = fit.total[fit.total.target == model.final].set_index("source")
    p = _tested(model, model.final).p_holm
    doubtful = model.standing(*NO_GAIN)
    shown = rows[(p[rows.index] < 1 - model.confidence) & (rows.impact > 0) & ~rows.index.isin(doubtful)]
    shown = shown.sort_values("impact", ascending=False, kind="stable").head(NAMED)
    return [_total(model, "effect.final", row, name, model.final) for name, row in shown.iterrows()]


def _labels(model, names):
    return [model.labels[name] for name in names]


def _equal_weights(fit):
    return set(fit.structure.modes) == {"sum"}


def _modes(fit):
    """The modes of the areas, as "A" or "A, B"; "sum" where their questions count alike."""
    own = {mode for name, mode in zip(fit.structure.constructs, fit.structure.modes, strict=True) if name not in fit.structure.controls}
    return ", ".join(sorted(own))


def _questions(model):
    """What a point in each question of an area that they make up is worth, the area's other questions held equal."""
    table = model.questions_apart
    return pd.DataFrame({
        "block": [model.labels[name] for name in table.construct], "question": [model.questions[item] for item in table["item"]],
        "impact": table.impact, "impact_low": table.impact_low, "impact_high": table.impact_high, "p_holm": table.p_holm,
        "verdict": [ARROWS[shown] for shown in table.shown],
    })  # fmt: skip


def _cautions(model, fit):
    shared = [SAYS.finding("effect.shared", first=model.labels[a], second=model.labels[b]) for a, b in same_pairs(model)]
    failed = [SAYS.finding("effect.resamples", question=model.questions[item], n=n) for item, n in fit.failed.items()]
    if fit.not_converged:
        failed.append(SAYS.finding("effect.not_fitted", n=fit.not_converged, draws=model.resamples))
    told = {"effect.repaired": fit.repaired, "effect.equal_weights": _equal_weights(fit)}
    return [*shared, *failed, *(SAYS.finding(key) for key, true in told.items() if true)]


def _forecast(model):
    """Share of the squared error that the model removes for customers it has not seen (ten folds), or None: too few."""
    some = model.some_rows(model.filled.notna().all(axis=1), PREDICTION_ROWS)
    if len(some) < 100:
        return None
    items, structure = model.structured(some)
    table = path_prediction(items, structure, seed=model.seed, weights=model.weights[some])
    return float(table[table.construct == model.outcome].q2.mean())


def _predicts(q2, outcome):
    if q2 is None:
        return []
    return [SAYS.finding("effect.predicts", q2=q2, outcome=outcome) if q2 > 0.01 else SAYS.finding("effect.no_forecast")]


def _carried(model):
    """{area as it is called: its effect without the customer who carries it}"""
    rows = model.standings.loc[model.standing(CARRIED_BY_ONE)]
    return {model.labels[name]: float(value) for name, value in rows.without.items()}


def _priorities(model, fit):
    table = total_on_outcome(model, fit)
    now, reach = indices(model, table.index), model.reach[table.index]
    standing = model.standings.standing[table.index]
    gives = ~standing.isin((*NO_GAIN, UNCLEAR))  # a figure for more of it means something
    has = float(indices(model, [model.outcome])["index"].iloc[0])
    bounds = -has, 100 - has  # what the outcome can lose and gain
    room = _room(model, now["index"])
    frame = pd.DataFrame({
        "block": [model.labels[name] for name in table.index], **now, "reach": reach, "impact": table.impact,
        "impact_low": table.impact_low, "impact_high": table.impact_high,
        "gain": (table.impact * room.clip(upper=5) * reach).clip(*bounds).where(gives),
    }, table.index)  # fmt: skip
    for end in ("", "_low", "_high"):
        straight = table[f"impact{end}"] * room
        bent = model.courses[f"to_top{end}"].reindex(table.index).where(_bent(model).reindex(table.index, fill_value=False))
        frame[f"potential{end}"] = (bent.fillna(straight) * reach).clip(*bounds).where(gives)
    frame["standing"] = standing
    frame = frame.sort_values("potential", ascending=False, kind="stable")
    return frame.assign(verdict=_verdicts(frame, same_pairs(model)))


def _room(model, index):
    """What each area lacks to 100; of one that its questions make up what these lack, each by its weight."""
    room = 100 - index
    weights = model.fit.items.set_index("item").index_weight
    for name in set(model.formative) - set(model.standing(OPPOSED)):
        columns = model.parts_of[name]
        lacks = [100 - np.average(known, weights=model.weights[known.index]) for known in
                 (model.parts[column].reset_index(drop=True).dropna() for column in columns)]  # fmt: skip
        room[name] = float(np.clip(np.dot(weights[model.blocks[name]], lacks), 0, 100))
    return room


def _bent(model):
    """The areas whose effect fades or grows along the scale by more than chance."""
    return model.courses["shape"].isin(["levels_off", "accelerates"])


def _verdicts(frame, pairs):
    """One advice for each area; those that have most to give are not told to be kept."""
    index, impact = frame["index"].mean(), frame.impact.mean()
    lead = set(_lead(frame, pairs).index)
    verdicts = []
    for row in frame.itertuples():
        if row.standing != LIFTS:
            verdicts.append(row.standing)
        elif row.impact >= impact:
            verdicts.append("act" if row.high < index else "keep" if row.low > index and row.Index not in lead else "matters")
        else:
            verdicts.append("watch" if row.high < index else "little")
    return [VERDICTS[each] for each in verdicts]


def _lead(frame, pairs):
    """The area that has most to give, and those that it cannot be told from, by what they give or at all (pairs)."""
    shown = frame[(frame.standing == LIFTS) & (frame.potential_low > 0)]
    if shown.empty:
        return shown
    first = shown.iloc[0]
    twins = {name for pair in pairs if first.name in pair for name in pair}
    close = (shown.potential_high > first.potential_low) & (shown.potential > CLOSE * first.potential)
    return shown[close | shown.index.isin(twins)]


def _advice(model, table):
    outcome = model.word(model.outcome)
    if not table.standing.isin(SHOWN).any():
        return [SAYS.finding("act.nothing")]
    if model.explained < EXPLAINS:
        return [SAYS.finding("act.little", r2=model.explained, outcome=outcome)]
    lead, says = _lead(table, same_pairs(model)), []
    if len(lead) > 1:
        says.append(SAYS.finding("act.tied", blocks=list(lead.block)))
    elif len(lead):
        first = lead.iloc[0]
        key = "act.most_whole" if model.standing(OPPOSED) else "act.most"
        says.append(SAYS.finding(key, block=first.block, outcome=outcome, impact=first.impact, potential=first.potential,
                                 low=first.potential_low, high=first.potential_high))  # fmt: skip
    elif len(open_gains := table[(table.standing == LIFTS) & (table.potential > 0)]):
        first = open_gains.iloc[0]
        says.append(SAYS.finding("act.gain_open", block=first.block, outcome=outcome, low=first.potential_low,
                                 high=first.potential_high))  # fmt: skip
    near = [name for name in near_outcome(model) if name in lead.index]
    if near:
        says.append(SAYS.finding("act.near_outcome", blocks=_labels(model, near), outcome=outcome))
    keys = {VERDICTS["act"]: "act.low", VERDICTS["keep"]: "act.keep"}
    placed = table[table.verdict.isin(list(keys))]
    says += [SAYS.finding(keys[row["verdict"]], block=row["block"], index=row["index"]) for row in placed.to_dict("records")]
    return [*says, *_single(model, outcome), *_turns(model, table, outcome)] or [SAYS.finding("act.no_lift", outcome=outcome)]


def _single(model, outcome):
    """The questions that are shown to move the outcome, of areas whose questions pull in opposite directions."""
    own = model.questions_apart
    own = own[own.shown & own.construct.isin(model.standing(OPPOSED))]
    return [SAYS.finding("act.question", block=model.labels[row.construct], question=model.questions[row.item], outcome=outcome,
                         impact=row.impact, low=row.impact_low, high=row.impact_high)
            for row in own.itertuples()]  # fmt: skip


def _turns(model, table, outcome):
    """The areas that are best, or worst, in the middle."""
    rows = model.standings.loc[model.standing(*TURNING)]
    return [SAYS.finding("act.best_between" if row.standing == BEST else "act.worst_between", block=model.labels[name],
                         outcome=outcome, low=row.turn_from, high=row.turn_to, index=table["index"][name])
            for name, row in rows.iterrows()]  # fmt: skip
