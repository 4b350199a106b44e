"""What lifts customers to 9-10, what loses them to 0-6, and which areas are musts, delighters or bent."""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, unanswerable
from cxlib.analyses.result import Result, Says, Sentences, Term
from cxlib.stats.drivers.asymmetry import kano_kinds, nonlinear_drivers
from cxlib.stats.drivers.class_contrasts import EVENTS, class_contrasts
from cxlib.stats.drivers.dominance import MOST_DRIVERS, class_importance

STEP = 10  # index points
NAMED = 4  # bends that are told in sentences
BENT = 0.004  # size of a bend (f2) that is worth a sentence
SURE = 0.80  # share of resamples in which an area is of one kind
CUTS = (7, 9)
CELLS = 2_000_000  # rows x resamples
BEND_ROWS = 20_000

SAYS = Sentences(
    {
        "lift.win": ("neutral", "{block} lifts most customers to 9–10: 10 points more would raise their share by {win:gap_percent1} ({low:ends_percent1} to {high:ends_percent1})."),
        "lift.keep": ("neutral", "{block} keeps most customers out of 0–6: 10 points less would raise the share of 0–6 by {keep:gap_percent1} ({low:ends_percent1} to {high:ends_percent1})."),
        "lift.both": ("neutral", "{block} does most at both ends: 10 points move the share of 9–10 by {win:gap_percent1} and that of 0–6 by {keep:gap_percent1}."),
        "lift.keeps_more": ("neutral", "{block} does more to keep customers out of 0–6 than to lift them to 9–10."),
        "lift.lifts_more": ("neutral", "{block} does more to lift customers to 9–10 than to keep them out of 0–6."),
        "lift.same": ("neutral", "What keeps customers out of 0–6 is also what lifts them to 9–10: no area does one clearly more than the other."),
        "lift.explained": ("neutral", "Of what separates 0–6, 7–8 and 9–10 the areas explain {r2:percent}, {block} most: {share:percent} of it."),
        "lift.nothing": ("unclear", "No area moves the shares of 9–10 and 0–6 by more than chance can give."),
        "lift.too_few": ("unclear", "Too few customers answer 0–6 or 9–10 to tell what moves them: {smallest:count}, and {needed:count} are needed."),
        "absent.lift": ("absent", "From 7–8 to 9–10: customers were not asked whether they would recommend the company."),
        "kind.must_be": ("neutral", "{block} is a must: a point lost below the middle costs {loss:number} points of {outcome}, a point won above it brings {gain:number}."),
        "kind.delighter": ("neutral", "{block} delights: a point won above the middle brings {gain:number} points of {outcome}, a point lost below it costs {loss:number}."),
        "kind.straight": ("neutral", "No area is clearly one-sided: what a point costs below the middle, it brings above."),
        "shape.non_monotone": Says("unclear", "{block}: more is not always better. Its effect on {outcome} turns along the scale, so an average says little.", about="data"),
        "shape.levels_off": ("neutral", "{block}: the effect fades towards the top of the scale; the first points are worth most."),
        "shape.accelerates": ("neutral", "{block}: the effect grows towards the top of the scale; the last points are worth most."),
        "shape.other": ("neutral", "{block}: the effect is not a straight line; it differs along the scale."),
        "kind.too_few": ("unclear", "Too few different answers to tell musts from delighters."),
    }
)  # fmt: skip

METHODS = {
    "lift": Term("A logistic regression at each of the two borders, 6 to 7 and 8 to 9; an area whose odds do not differ between them gets one effect for both (partial proportional odds). Peterson and Harrell 1990."),
    "kinds": Term("The effect of each area below and above its median, the other areas held equal; a kind is told when four in five resamples agree. Kano 1984; Brandt 1987."),
}  # fmt: skip

KINDS = {"must_be": Term("must"), "performance": Term("both ways"), "delighter": Term("delighter"),
         "indifferent": Term("little effect")}  # fmt: skip
SHAPES = {"linear": Term("straight"), "levels_off": Term("levels off"), "accelerates": Term("accelerates"),
          "non_monotone": Term("turns"), "other": Term("bent")}  # fmt: skip


def lift_and_loss(model: SurveyModel) -> Result:
    """The two contrasts side by side: what 10 points of an area do to the share of 9-10 and to that of 0-6.

    returns  table "areas": block, win (change of the share of 9-10, 0-1) with low and high, keep (change of the share
             that is not 0-6) with low and high, p_holm (of equal odds ratios at both cuts), verdict; "shares": block,
             importance (share of McFadden's R2 of the three groups by dominance, 0-1), up to twelve areas
    source   partial proportional odds (Peterson and Harrell 1990), marginal effects, joint bootstrap; dominance: Azen and
             Traxel 2009

    >>> page.show(drivers.lift_and_loss(model))
    Pris does most at both ends: 10 points move the share of 9–10 by 7.6 percentage points and that of 0–6...
    """
    if model.absent is None and model.score is None:
        return Result.missing("lift_and_loss", SAYS.finding("absent.lift"), read=model.read)
    if nothing := unanswerable("lift_and_loss", model):
        return nothing
    x = model.indices[model.areas]
    kept = (x.notna().all(axis=1) & ~np.isnan(model.score)).to_numpy()
    x, score = x[kept], model.score[kept]
    sizes = [(score < CUTS[0]).sum(), (score >= CUTS[1]).sum()]
    needed = EVENTS * x.shape[1]
    if min(sizes) < needed:
        few = SAYS.finding("lift.too_few", smallest=int(min(sizes)), needed=needed)
        return Result("lift_and_loss", {}, (few,), model.base(model.weights[kept]), {})
    draws = int(np.clip(CELLS / len(x), 60, 500))
    found = class_contrasts(x, score, cuts=CUTS, step=STEP, weights=model.weights[kept], resamples=draws,
                            confidence=model.confidence, seed=model.seed)  # fmt: skip
    table = _contrast_table(model, found.table)
    shares, explained = _shares(model, x, score, model.weights[kept])
    settings = model.settings(cuts=CUTS, step=STEP, draws=found.draws)
    findings = (*_lifts(table, model.confidence), *explained)
    return Result("lift_and_loss", {"areas": table, **shares}, findings, model.base(model.weights[kept]), settings,
                  METHODS["lift"])


def driver_kinds(model: SurveyModel) -> Result:
    """Musts, delighters, and areas whose effect is not a straight line.

    returns  table "areas": block, slope_under (points of the outcome for a point below the middle), slope_over, kind,
             kind_chance (share of resamples of that kind, 0-1), p_holm (of a straight line), curve
    source   Kano 1984; slopes below and above the median of each area, linear splines, Holm over the areas

    >>> page.show(drivers.driver_kinds(model))
    No area is clearly one-sided: what a point costs below the middle, it brings above.
    """
    if nothing := unanswerable("driver_kinds", model):
        return nothing
    data = model.indices[[*model.areas, model.outcome]]
    kept = data.notna().all(axis=1).to_numpy()
    x, y = data.loc[kept, model.areas], data.loc[kept, model.outcome].to_numpy()
    two_sided = [name for name in x if min((x[name] < x[name].median()).sum(), (x[name] > x[name].median()).sum()) >= 20]
    if not two_sided:
        return Result("driver_kinds", {}, (SAYS.finding("kind.too_few"),), model.base(model.weights[kept]), {})
    options = {"weights": model.weights[kept], "confidence": model.confidence, "seed": model.seed}
    kinds = kano_kinds(x[two_sided], y, resamples=model.resamples, **options)
    some = model.some_rows(np.ones(len(x), bool), BEND_ROWS)
    options["weights"] = options["weights"][some]
    shapes = nonlinear_drivers(x[two_sided].iloc[some], y[some], resamples=300, **options)
    table = pd.DataFrame({
        "block": [model.labels[name] for name in kinds.index], "slope_under": kinds.loss.to_numpy(),
        "slope_over": kinds.gain.to_numpy(), "kind": [KINDS[kind] for kind in kinds.kind],
        "kind_chance": kinds.probability.to_numpy(), "p_holm": shapes.p_holm.to_numpy(),
        "curve": [SHAPES[shape] for shape in shapes["shape"]],
    })  # fmt: skip
    return Result("driver_kinds", {"areas": table}, tuple(_kinds(model, kinds, shapes)), model.base(model.weights[kept]),
                  model.settings(sure=SURE), METHODS["kinds"])  # fmt: skip


def _contrast_table(model, found):
    frame = pd.DataFrame({
        "block": [model.labels[name] for name in found.index],
        **{name: found[name].to_numpy() for name in ("win", "win_low", "win_high", "keep", "keep_low", "keep_high")},
        "p_holm": found.p_holm.to_numpy(),
    })  # fmt: skip
    more = np.where(found.odds_keep > found.odds_win, Term("keeps more than it lifts"), Term("lifts more than it keeps"))
    frame["verdict"] = np.where(found.proportional, Term("both alike"), more)
    return frame.sort_values("win", ascending=False, kind="stable", ignore_index=True)


def _shares(model, x, score, weights):
    """Each area's share of what is explained of the three groups: {"shares": table} and a finding; none of many areas."""
    if x.shape[1] > MOST_DRIVERS:
        return {}, ()
    found = class_importance(x, np.digitize(score, CUTS), weights=weights, resamples=0)
    table = found.table.sort_values("share", ascending=False, kind="stable")
    names = [model.labels[name] for name in table.index]
    said = SAYS.finding("lift.explained", r2=found.r2, block=names[0], share=float(table.share.iloc[0]))
    return {"shares": pd.DataFrame({"block": names, "importance": table.share.to_numpy()})}, (said,)


def _lifts(table, confidence):
    win, keep = table.loc[table.win.idxmax()], table.loc[table.keep.idxmax()]
    wins, keeps = win.win_low > 0, keep.keep_low > 0
    if not wins and not keeps:
        return [SAYS.finding("lift.nothing")]
    says = []
    if wins and keeps and win.block == keep.block:
        says.append(SAYS.finding("lift.both", block=win.block, win=win.win, keep=keep.keep))
    else:
        says += [SAYS.finding("lift.win", block=win.block, win=win.win, low=win.win_low, high=win.win_high)] * bool(wins)
        says += [SAYS.finding("lift.keep", block=keep.block, keep=keep.keep, low=keep.keep_low,
                              high=keep.keep_high)] * bool(keeps)  # fmt: skip
    unequal = table[table.p_holm < 1 - confidence]
    keys = {"keeps more than it lifts": "lift.keeps_more", "lifts more than it keeps": "lift.lifts_more"}
    says += [SAYS.finding(keys[row.verdict], block=row.block) for row in unequal.itertuples()]
    return says if len(unequal) else [*says, SAYS.finding("lift.same")]


def _kinds(model, kinds, shapes):
    outcome = model.word(model.outcome)
    level = 1 - model.confidence
    sided = kinds[(kinds.p_holm < level) & (kinds.probability >= SURE) & kinds.kind.isin(["must_be", "delighter"])]
    sided = sided[np.where(sided.kind == "must_be", sided.loss_low, sided.gain_low) > 0]  # of areas that satisfy
    says = [SAYS.finding(f"kind.{row.kind}", block=model.labels[row.Index], outcome=outcome, loss=row.loss, gain=row.gain)
            for row in sided.itertuples()] or [SAYS.finding("kind.straight")]  # fmt: skip
    bent = shapes[(shapes["shape"] != "linear") & (shapes.f2 >= BENT)].sort_values("f2", ascending=False).head(NAMED)
    return says + [SAYS.finding(f"shape.{row.shape}", block=model.labels[row.Index], **_named(row.shape, outcome))
                   for row in bent.itertuples()]  # fmt: skip


def _named(shape, outcome):
    return {"outcome": outcome} if shape == "non_monotone" else {}
