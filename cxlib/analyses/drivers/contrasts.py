"""What lifts customers to 9-10, what loses them to 0-6, and which areas are musts, delighters or bent."""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.standing import (
    BENT,
    BEST,
    LIFTS,
    LOWERS,
    OPPOSED,
    SHOWN,
    TURNING,
    bends,
    plain_correlations,
)
from cxlib.analyses.result import Named, Result, Says, Sentences, Term
from cxlib.stats.drivers.asymmetry import kano_kinds
from cxlib.stats.drivers.class_contrasts import EVENTS, class_contrasts
from cxlib.stats.drivers.dominance import MOST_DRIVERS, class_importance

STEP = 10  # index points
NAMED = 4  # bends that are told in sentences
SURE = 0.80  # share of resamples in which an area is of one kind
SIDE = 20  # answers below and above the middle of an area
CUTS = (7, 9)
CELLS = 2_000_000  # rows x resamples

SAYS = Sentences(
    {
        "lift.win": ("neutral", "{block} is most closely linked to 9–10: where it is 10 points higher, their share is {win:gap_percent1} higher ({low:signed_ends_percent1} to {high:signed_ends_percent1})."),
        "lift.keep": ("neutral", "{block} is most closely linked to 0–6: where it is 10 points lower, their share is {keep:gap_percent1} higher ({low:signed_ends_percent1} to {high:signed_ends_percent1})."),
        "lift.both": ("neutral", "{block} is most closely linked to both ends: where it is 10 points higher, the share who answer 9–10 is {win:gap_percent1} higher and the share who answer 0–6 is {keep:gap_percent1} lower."),
        "lift.tied": ("unclear", "{blocks} are most closely linked to 9–10 and 0–6; which of them comes first cannot be determined from these answers."),
        "lift.keeps_more": ("neutral", "{block} matters more at 0–6 than at 9–10: 10 points more go with {keep:number} times the odds of not answering 0–6, and {win:number} times the odds of 9–10."),
        "lift.lifts_more": ("neutral", "{block} matters more at 9–10 than at 0–6: 10 points more go with {win:number} times the odds of 9–10, and {keep:number} times the odds of not answering 0–6."),
        "lift.same": ("neutral", "What is linked to 0–6 is also linked to 9–10: of the areas that matter here, none clearly matters more at one end."),
        "lift.only_here": ("neutral", "{blocks}: linked to the ends of the recommendation scale, although no effect on {outcome} as a whole is shown."),
        "lift.explained_together": ("neutral", "Of what separates 0–6, 7–8 and 9–10 the areas explain {r2:percent}."),
        "lift.explained": ("neutral", "Of what separates 0–6, 7–8 and 9–10 the areas explain {r2:percent}, {block} most: {share:percent} of it."),
        "lift.nothing": ("unclear", "No area can be shown to be more closely linked to 9–10 or 0–6 than chance can explain, allowing for everything that was compared."),
        "lift.too_few": ("unclear", "Too few customers answer 0–6 or 9–10 to determine what moves them: there are {smallest:count}, and {needed:count} are needed."),
        "absent.lift": ("absent", "From 7–8 to 9–10: customers were not asked whether they would recommend the company."),
        "kind.must_be": ("neutral", "{block} is a must: one point less below the middle goes with a fall in {outcome} of {loss:number} points, one point more above it with a rise of {gain:number} points."),
        "kind.delighter": ("neutral", "{block} delights: one point more above the middle goes with a rise in {outcome} of {gain:number} points, one point less below it with a fall of {loss:number} points."),
        "kind.straight": ("neutral", "No area can be shown to be a must or a delighter, or to change its effect along the scale."),
        "shape.best_between": Says("neutral", "{block} is best in the middle: {outcome} is highest where its index lies between {low:index} and {high:index}, {rise:points} points above the low end and {fall:points} above the high end.", doubts=("lift_more", "lift_low")),
        "shape.worst_between": Says("neutral", "{block} is worst in the middle: {outcome} is lowest where its index lies between {low:index} and {high:index}, {rise:points} points below the low end and {fall:points} below the high end.", doubts=("lift_more", "lift_low")),
        "shape.levels_off": ("neutral", "{block}: the effect fades towards the top of the scale; the first points are worth most."),
        "shape.accelerates": ("neutral", "{block}: the effect grows towards the top of the scale; the last points are worth most."),
        "shape.other": ("neutral", "{block}: the effect is not a straight line; it differs along the scale."),
        "kind.too_few": ("unclear", "Too few different answers to tell musts from delighters."),
    },
    named={
        "r2": Named(Term("Explained by the areas together")),
        "smallest": Named(Term("Answers in the smallest class")),
        "needed": Named(Term("Answers needed")),
    },
)  # fmt: skip

METHODS = {
    "lift": Term("A logistic regression at each of the two borders, 6 to 7 and 8 to 9; an area whose odds do not differ between them gets one effect for both (partial proportional odds). An effect is told where it holds after Holm's correction over the areas and both borders. Peterson and Harrell 1990; Holm 1979."),
    "kinds": Term("The effect of each area below and above its median, with the other areas accounted for; a type is named when four in five bootstrap samples agree. A bend or a turn is looked for along the whole scale, with Holm's correction over the areas. Kano 1984; Brandt 1987; Lind and Mehlum 2010."),
    "parts": Term("An area that its questions make up counts here with their plain mean."),
}  # fmt: skip

KINDS = {"must_be": Term("must"), "performance": Term("both ways"), "delighter": Term("delighter"),
         "indifferent": Term("little effect"), "unsure": Term("cannot be determined"), "not_shown": Term("no effect shown"),
         "turning": Term("turns")}  # fmt: skip
SHAPES = {"linear": Term("straight"), "levels_off": Term("levels off"), "accelerates": Term("accelerates"),
          "non_monotone": Term("turns"), "other": Term("bent")}  # fmt: skip
BORDERS = {"keeps": Term("more at 0–6"), "lifts": Term("more at 9–10"), "alike": Term("both ends alike"),
           "one": Term("shown at one end"), "none": Term("no effect shown"), "turned": Term("sign turns")}  # fmt: skip
CLOSE = 0.8  # an area ties with the first when their intervals meet and it moves this share of what the first does


@in_words("lift_and_loss")
def lift_and_loss(model: SurveyModel) -> Result:
    """The two contrasts side by side: what 10 points of an area do to the share of 9-10 and to that of 0-6.

    returns  table "areas": block, win (change of the share of 9-10, 0-1) with low and high, keep (change of the share
             that is not 0-6) with low and high, p_holm (of equal odds ratios at both cuts), verdict; "odds": block, odds_keep
             and odds_win (odds ratios for 10 points); "shares": block,
             importance (share of McFadden's R2 of the three groups by dominance, 0-1), up to twelve areas
    source   partial proportional odds (Peterson and Harrell 1990), marginal effects, joint bootstrap; dominance: Azen and
             Traxel 2009

    >>> page.show(drivers.lift_and_loss(model))
    Pris is most closely linked to both ends: where it is 10 points higher, the share who answer 9–10 is...
    """
    if model.score is None:
        return Result.missing("lift_and_loss", SAYS.finding("absent.lift"), read=model.read)
    kept = np.flatnonzero(~np.isnan(model.score))
    x, score, weights, held = model.whole[0].iloc[kept], model.score[kept], model.weights[kept], model.held(kept)
    sizes = [(score < CUTS[0]).sum(), (score >= CUTS[1]).sum()]
    needed = EVENTS * (x.shape[1] + (0 if held is None else held.shape[1]))
    if min(sizes) < needed:
        few = SAYS.finding("lift.too_few", smallest=int(min(sizes)), needed=needed)
        return Result("lift_and_loss", {}, (few,), model.base(weights), {"smallest": int(min(sizes)), "needed": needed})
    draws = int(np.clip(CELLS / len(x), 60, 500))
    found = class_contrasts(x, score, cuts=CUTS, step=STEP, controls=held, weights=weights, resamples=draws,
                            confidence=model.confidence, seed=model.seed)  # fmt: skip
    alone = plain_correlations(x, pd.Series(score, x.index), weights, confidence=model.confidence)
    judged = _borders(found.table, alone, 1 - model.confidence)
    table = _contrast_table(model, judged)
    shares, r2 = _shares(model, x, score, weights, held)
    tables = {"areas": table, "odds": _odds(model, judged), **shares}
    settings = model.settings(cuts=CUTS, step=STEP, draws=found.draws, r2=r2)
    findings = (*_lifts(model, judged), *_explained(model, judged, shares, r2))
    return Result("lift_and_loss", tables, findings, model.base(weights), settings, _methods(model, "lift"))


@in_words("driver_kinds")
def driver_kinds(model: SurveyModel) -> Result:
    """Musts, delighters, and areas whose effect is not a straight line.

    returns  table "areas": block, slope_under (points of the outcome for a point below the middle), slope_over, kind,
             kind_chance (share of resamples of that kind, 0-1), p_holm (of a straight line), curve
    source   Kano 1984; slopes below and above the median of each area, linear splines, Holm over the areas

    >>> page.show(drivers.driver_kinds(model))
    No area can be shown to be a must or a delighter, or to change its effect along the scale.
    """
    x, y, weights = model.whole
    sides = {name: min((x[name] < x[name].median()).sum(), (x[name] > x[name].median()).sum()) for name in x}
    two_sided = [name for name, fewest in sides.items() if fewest >= SIDE]
    if not two_sided:
        return Result("driver_kinds", {}, (*_turns(model), SAYS.finding("kind.too_few")), model.base(), {})
    held = model.held(range(len(x)), [name for name in x if name not in two_sided])
    kinds = kano_kinds(x[two_sided], y, controls=held, weights=weights, resamples=model.resamples,
                       confidence=model.confidence, seed=model.seed)  # fmt: skip
    kinds["told"] = [_kind(model, row) for row in kinds.itertuples()]
    courses = model.courses.reindex(kinds.index)
    table = pd.DataFrame({
        "block": [model.labels[name] for name in kinds.index], "slope_under": kinds.loss.to_numpy(),
        "slope_over": kinds.gain.to_numpy(), "kind": [KINDS[kind] for kind in kinds.told],
        "kind_chance": kinds.probability.to_numpy(), "p_holm": courses.p_holm.to_numpy(),
        "curve": [SHAPES[shape] for shape in courses["shape"]],
    })  # fmt: skip
    findings = (*_turns(model), *_kinds(model, kinds), *_bends(model)) or (SAYS.finding("kind.straight"),)
    settings = model.settings(sure=SURE, turns=model.turning())
    return Result("driver_kinds", {"areas": table}, findings, model.base(), settings, _methods(model, "kinds"))


def _methods(model, name):
    return (METHODS[name], METHODS["parts"]) if model.formative else METHODS[name]


def _borders(found, alone, level):
    """The contrasts with a verdict: an end is shown where it holds and the area alone goes the same way."""
    along = np.sign(found.win) == np.sign(alone.r)
    wins, keeps = (found.p_win_holm < level), (found.p_keep_holm < level)
    more = np.where(found.odds_keep > found.odds_win, "keeps", "lifts")
    verdict = np.select([~(wins | keeps), ~along, ~found.proportional, wins & keeps], ["none", "turned", more, "alike"], "one")
    return found.assign(verdict=verdict, wins=wins & along & (found.win > 0), keeps=keeps & along & (found.keep > 0))


def _contrast_table(model, judged):
    frame = pd.DataFrame({
        "block": [model.labels[name] for name in judged.index],
        **{name: judged[name].to_numpy() for name in ("win", "win_low", "win_high", "keep", "keep_low", "keep_high")},
        "p_holm": judged.p_holm.to_numpy(), "verdict": [BORDERS[each] for each in judged.verdict],
    })  # fmt: skip
    return frame.sort_values("win", ascending=False, kind="stable", ignore_index=True)


def _odds(model, judged):
    return pd.DataFrame({"block": [model.labels[name] for name in judged.index], "odds_keep": judged.odds_keep.to_numpy(),
                         "odds_win": judged.odds_win.to_numpy()})  # fmt: skip


def _shares(model, x, score, weights, held):
    """Each area's share of what is explained of the three groups: {"shares": table} and McFadden's R2 beyond what is held
    equal; {} and None for many areas or a small group."""
    classes = np.digitize(score, CUTS)
    columns = x.shape[1] + (0 if held is None else held.shape[1])
    if x.shape[1] > MOST_DRIVERS or np.bincount(classes, minlength=3).min() < EVENTS * columns:
        return {}, None
    found = class_importance(x, classes, controls=held, weights=weights, resamples=0)
    table = found.table.sort_values("share", ascending=False, kind="stable")
    names = [model.labels[name] for name in table.index]
    return {"shares": pd.DataFrame({"block": names, "importance": table.share.to_numpy()})}, float(found.table.estimate.sum())


def _explained(model, judged, shares, r2):
    """How much of the three groups is explained; the area with the largest share is named where it also moves most."""
    if r2 is None or not (judged.wins | judged.keeps).any():
        return []
    first, lead = shares["shares"].iloc[0], [model.labels[name] for name in _lead(judged, "win")]
    if lead != [first.block]:
        return [SAYS.finding("lift.explained_together", r2=r2)]
    return [SAYS.finding("lift.explained", r2=r2, block=first.block, share=float(first.importance))]


def _lead(judged, end):
    """The area that moves this end most, and those that it cannot be told from; of those shown there."""
    shown = judged[judged["wins" if end == "win" else "keeps"]].sort_values(end, ascending=False, kind="stable")
    if shown.empty:
        return []
    first = shown.iloc[0]
    return list(shown.index[(shown[f"{end}_high"] > first[f"{end}_low"]) & (shown[end] > CLOSE * first[end])])


def _lifts(model, judged):
    labels = pd.Series(model.labels)
    leads = {end: _lead(judged, end) for end in ("win", "keep")}
    if not any(leads.values()):
        return [SAYS.finding("lift.nothing")]
    says, tied = [], list(dict.fromkeys(name for lead in leads.values() for name in lead))
    if any(len(lead) > 1 for lead in leads.values()):
        says.append(SAYS.finding("lift.tied", blocks=list(labels[tied])))
    elif len(tied) == 1 and all(leads.values()):
        says.append(SAYS.finding("lift.both", block=labels[tied[0]], win=judged.win[tied[0]], keep=judged.keep[tied[0]]))
    else:
        says += [SAYS.finding(f"lift.{end}", block=labels[lead[0]], **{end: judged[end][lead[0]]},
                              low=judged[f"{end}_low"][lead[0]], high=judged[f"{end}_high"][lead[0]])
                 for end, lead in leads.items() if lead]  # fmt: skip
    shown = judged[judged.wins | judged.keeps]
    unequal = {"keeps": "lift.keeps_more", "lifts": "lift.lifts_more"}
    says += [SAYS.finding(unequal[row.verdict], block=labels[row.Index], keep=row.odds_keep, win=row.odds_win)
             for row in shown.itertuples() if row.verdict in unequal]  # fmt: skip
    if not shown.verdict.isin(list(unequal)).any() and (shown.wins & shown.keeps).any():
        says.append(SAYS.finding("lift.same"))
    only_here = [name for name in shown.index if name not in model.standing(*SHOWN)]
    if only_here:
        says.append(SAYS.finding("lift.only_here", blocks=list(labels[only_here]), outcome=model.word(model.outcome)))
    return says


def _kind(model, row):
    """The kind of an area, where it matters at all and four in five resamples say so."""
    standing = model.standings.standing[row.Index]
    if standing in TURNING:
        return "turning"
    if standing in (BENT, OPPOSED):
        return "unsure"
    if standing not in (LIFTS, LOWERS):
        return "not_shown"
    return row.kind if row.probability >= SURE else "unsure"


def _kinds(model, kinds):
    outcome = model.word(model.outcome)
    sided = kinds[(kinds.p_holm < 1 - model.confidence) & kinds.told.isin(["must_be", "delighter"])]
    sided = sided[np.where(sided.kind == "must_be", sided.loss_low, sided.gain_low) > 0]  # of areas that satisfy
    return [SAYS.finding(f"kind.{row.kind}", block=model.labels[row.Index], outcome=outcome, loss=row.loss, gain=row.gain)
            for row in sided.itertuples()]  # fmt: skip


def _bends(model):
    """The areas that matter and whose effect fades or grows along the scale, or differs without one direction."""
    plain = model.standing(BENT)
    bent = bends(model.courses[model.courses.index.isin([*model.standing(LIFTS, LOWERS), *plain])])
    bent = bent.sort_values("f2", ascending=False).head(NAMED)
    shapes = bent["shape"].where(~bent.index.isin(plain), "other")
    return [SAYS.finding(f"shape.{shape}", block=model.labels[name]) for name, shape in shapes.items()]


def _turns(model):
    """The areas that are best, or worst, in the middle."""
    courses = model.courses
    return [SAYS.finding("shape.best_between" if row.turn == BEST else "shape.worst_between", block=model.labels[row.Index],
                         outcome=model.word(model.outcome), low=row.turn_from, high=row.turn_to, rise=abs(row.rise),
                         fall=abs(row.fall))
            for row in courses[courses.turn.isin(TURNING)].itertuples()]  # fmt: skip
