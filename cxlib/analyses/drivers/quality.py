"""Can we trust the questions? Do those of an area hang together, and can the areas be told apart?"""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, in_words
from cxlib.analyses.drivers.standing import UNCLEAR, plain_correlations
from cxlib.analyses.result import Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.stats.drivers.measurement import FEWEST_TOGETHER

APART = 0.90  # HTMT above which two areas can hardly be told apart (Henseler, Ringle and Sarstedt 2015)
HANGS_TOGETHER = 0.70  # composite reliability (Nunnally 1978)
NOISY = 0.50  # alpha below which the questions of an area hold more noise than anything they share
BELONGS = 0.40  # loading below which a question has little in common with its area (Hulland 1999)
RELATED = 0.30  # correlation with the other questions of its area that says so without the outcome (Nunnally 1978)
ONE_OPINION = 0.60  # share of the differences in the ratings that a single opinion makes
RATED = 3  # areas that the middle customer rates below which a general opinion cannot be told from them
NAMED = 4
CLOSEST = 8
INFLATED = 5.0  # variance inflation of a question among those of its area above which its weight is uncertain (Hair et al. 2011)

SAYS = Sentences(
    {
        "quality.good": ("neutral", "The questions can be trusted: those of each area hang together, and the areas can be told apart."),
        "quality.good_one": ("neutral", "The questions of {block} can be trusted: they hang together. It is the only area, so there is no other to tell it apart from."),
        "quality.single": ("unclear", "Every area rests on one question, so how exactly it measures what is meant is not known."),
        "quality.weak": ("unclear", "{block}: its questions hang together weakly (reliability {reliability:number}, at least 0.70 is wanted), so the estimated effect is too small."),
        "quality.unsure": Says("unclear", "{block}: whether its questions belong together cannot be determined from these answers (reliability {low:number} to {high:number}; at least 0.70 is wanted).", about="data"),
        "quality.stray": ("unclear", "{block} – {question}: has little in common with the other questions of its area (loading {loading:number}). Leave it out, or word it better next time."),
        "quality.reversed": ("bad", "{block} – {question}: runs against the other questions of its area (loading {loading:number}). Check whether its scale is reversed."),
        "quality.parts": ("neutral", "{blocks}: the questions are parts that make up the area, so they need not hang together; each counts with a weight of its own."),
        "quality.said_twice": Says("unclear", "{block} – {question}: the area's other questions already say most of the same (variance inflation {vif:number}), so its own weight is uncertain.", about="data"),
        "quality.against": ("neutral", "{block} – {question}: when the area's other questions are accounted for, a better answer goes with a fall in {outcome}. Check whether its scale is reversed; if not, it works against the area."),
        "quality.adds_nothing": ("neutral", "{block}: no weight of its own can be shown for {questions}."),
        "quality.same": Says("unclear", "{first} and {second} cannot be told apart in these answers (overlap {htmt:number}, where 1 is the same thing): treat them as one.", doubts=("lift_more", "lift_low"), shown_in=(Place("closest"),)),
        "quality.near_outcome": Says("unclear", "{block} can hardly be distinguished from {outcome} (overlap {htmt:number}, where 1 is the same thing): part of the effect may be one and the same opinion, asked about twice.", doubts=("lift_more", "lift_low"), shown_in=(Place("closest"),)),
        "quality.outcomes_same": Says("unclear", "{first} and {second} can hardly be distinguished in these answers (overlap {htmt:number}, where 1 is the same thing): what explains one explains the other.", shown_in=(Place("closest"),)),
        "quality.noise": ("unclear", "How much these overlap with the others cannot be determined, because their own questions agree too little: {blocks}."),
        "quality.one_opinion": Says("unclear", "One general opinion accounts for {share:percent} of the differences between the ratings, so it is hard to tell what each area does by itself.", about="data"),
        "quality.few_rated": Says("unclear", "Areas rated by the typical customer: {n:count}. It is therefore hard to tell what each area does apart from the customer's general opinion.", about="data"),
    },
    named={
        "quality.unsure.low": Named(Term("Reliability, lower end")),
        "quality.unsure.high": Named(Term("Reliability, upper end")),
    },
)  # fmt: skip

METHODS = {
    "mirror": Term("Reliability says how far the questions of an area agree, from 0 to 1; where its interval leaves that open, Cronbach's alpha decides. Overlap (HTMT) compares how strongly questions correlate between two areas and within them, and 1 means the same thing. Jöreskog 1971; Henseler, Ringle and Sarstedt 2015."),
    "parts": Term("Where the questions make up the area (mode B), they are what creates it, so neither reliability nor overlap is given; what counts is the weight of each question, with its bootstrap interval, and how far the other questions already say the same (variance inflation). Diamantopoulos and Winklhofer 2001; Hair, Ringle and Sarstedt 2011."),
}  # fmt: skip

VERDICTS = {"apart": Term("can be told apart"), "same": Term("cannot be told apart"), "noise": Term("too uncertain to determine"),
            "unknown": Term("rated by too few in common"), "good": Term("hang together"), "weak": Term("hang together weakly"),
            "unsure": Term("cannot be determined"), "single": Term("one question"), "parts": Term("made up of its questions")}
PARTS = {"adds": Term("adds to the area"), "against": Term("works against it"), "open": Term("no weight of its own shown")}  # fmt: skip


@in_words("question_quality")
def question_quality(model: SurveyModel) -> Result:
    """Reliability and validity of the areas, in words.

    returns  table "areas": construct, questions, reliability (rho_C, 0-1) with low and high, alpha, ave, verdict (which
             looks at the whole interval); "pairs": first_block, second_block, htmt with low and high, verdict; "closest":
             the first of them; "questions": construct, question, loading with low and high. Of areas that their questions make
             up only "parts": construct, question, weight (standardised, in the path model) with low and high, vif (among
             the questions of the area), impact (points of the outcome for a point) with low and high, p_holm, verdict
    source   thresholds: Nunnally 1978 (.70), Hulland 1999 (.40), Henseler, Ringle and Sarstedt 2015 (.90)

    >>> page.show(drivers.question_quality(model))
    Kundeservice and Produkt cannot be told apart in these answers (overlap 0.95, where 1 is the same thing): treat them as one.
    """
    fit = model.fit
    areas, questions = _areas(model, fit), _questions(model, fit)
    judged = _judged(model)
    pairs = _pairs(model, judged)
    parts = _parts(model, fit)
    findings = (*_close(model, judged), *_weak(areas), *_stray(model, questions), *_of_parts(model, parts), *_one_opinion(model))
    tables = {"areas": areas.drop(columns=["decides", "decides_low", "decides_high"]), "closest": pairs.head(CLOSEST), "pairs": pairs, "questions": questions.drop(columns="item"),
              "parts": parts.drop(columns="name")}  # fmt: skip
    if model.formative:
        findings = (SAYS.finding("quality.parts", blocks=[model.labels[name] for name in model.formative]), *findings)
    return Result("question_quality", tables, findings or (_sound(model),), model.base(),
                  model.settings(htmt=APART, reliability=HANGS_TOGETHER, **_opinion(model)),
                  (METHODS["mirror"], METHODS["parts"]) if model.formative else METHODS["mirror"])  # fmt: skip


def _sound(model: SurveyModel) -> Finding:
    """What is said when nothing is wrong: no more than the areas that are left allow."""
    asked = {name: items for name, items in model.blocks.items() if name in model.areas and name not in model.formative}
    if not any(len(items) > 1 for items in asked.values()):
        return SAYS.finding("quality.single")
    if len(asked) == 1:
        return SAYS.finding("quality.good_one", block=model.labels[next(iter(asked))])
    return SAYS.finding("quality.good")


def same_pairs(model: SurveyModel) -> list[tuple[str, str]]:
    """Pairs of areas that cannot be told apart; an outcome is never one of them."""
    judged, areas = _judged(model), set(model.areas)
    close = judged[judged.verdict == "same"]
    return [pair for pair in zip(close["first"], close["second"], strict=True) if set(pair) <= areas]


def _judged(model):
    """Every pair of constructs: first, second, htmt, low, high, verdict (a key of VERDICTS), the closest first."""
    table, alpha = model.overlaps, model.fit.constructs.alpha
    table = table[~table[["first", "second"]].isin(model.formative).any(axis=1)]
    noisy = [min(alpha[row.first], alpha[row.second]) < NOISY for row in table.itertuples()]
    verdict = np.select([table.htmt.isna(), np.array(noisy) & (table.high > APART), table.htmt > APART],
                        ["unknown", "noise", "same"], "apart")  # fmt: skip
    return table.assign(verdict=verdict).sort_values("htmt", ascending=False, kind="stable", ignore_index=True)


def _areas(model, fit):
    table = fit.constructs
    n = [len(model.blocks[name]) for name in table.index]
    names = {"rho_c": "reliability", "rho_c_low": "reliability_low", "rho_c_high": "reliability_high"}
    known = table.rename(columns=names).reset_index(drop=True)[["reliability", "reliability_low", "reliability_high",
                                                                "alpha", "ave"]]  # fmt: skip
    parts = table.index.isin(model.formative)
    known[(np.array(n) == 1) | parts] = np.nan  # one question tells none of it, and those that make up an area need not agree
    chance = table.index.isin(model.standing(UNCLEAR))  # weights, and so loadings, of an area without an effect
    known[chance & (np.array(n) > 1) & ~parts] = known[["alpha"]].reindex(columns=known.columns)
    judged = [_hang_together(row, by_weights) for row, by_weights in zip(table.itertuples(), ~chance, strict=True)]
    verdict = ["single" if k == 1 else "parts" if own else verdict for k, own, (verdict, *_) in zip(n, parts, judged, strict=True)]
    decides = pd.DataFrame([figure for _, figure in judged], columns=["decides", "decides_low", "decides_high"])
    return pd.DataFrame({
        "construct": [model.labels[name] for name in table.index], "questions": n,
        **known, "verdict": [VERDICTS[each] for each in verdict], **decides,
    })  # fmt: skip


def _hang_together(row, by_weights):
    """Verdict and the figure it rests on: the reliability where its whole interval lies on one side of what is wanted, or
    alpha, which does not rest on weights that an area without an effect leaves to chance."""
    figures = [("rho_c", by_weights), ("alpha", True)]
    figures = [[getattr(row, f"{name}{end}") for end in ("", "_low", "_high")] for name, usable in figures if usable]
    for figure in figures:
        if figure[1] >= HANGS_TOGETHER or figure[2] < HANGS_TOGETHER:
            return "good" if figure[1] >= HANGS_TOGETHER else "weak", figure
    return "unsure", figures[0]


def _pairs(model, judged):
    return pd.DataFrame({
        "first_block": [model.labels[name] for name in judged["first"]],
        "second_block": [model.labels[name] for name in judged["second"]],
        "htmt": judged.htmt, "htmt_low": judged.low, "htmt_high": judged.high,
        "verdict": [VERDICTS[each] for each in judged.verdict],
    })  # fmt: skip


def _questions(model, fit):
    table = fit.items
    apart = [*model.standing(UNCLEAR), *model.formative]
    several = table.construct.map(lambda name: len(model.blocks[name]) > 1 and name not in apart)
    table = table[several].reset_index(drop=True)
    return pd.DataFrame({
        "item": table["item"],
        "construct": [model.labels[name] for name in table.construct],
        "question": [model.questions[item] for item in table.item],
        "loading": table.loading, "loading_low": table.low, "loading_high": table.high,
    })  # fmt: skip


def _parts(model, fit):
    """The questions of areas that they make up: their weights (of an area without an effect these are chance), and what each
    is shown to do beside the others."""
    own = model.questions_apart
    table = fit.items.set_index("item").loc[list(own["item"])]
    known = table[["weight", "weight_low", "weight_high"]].copy()
    known[own.construct.isin(model.standing(UNCLEAR)).to_numpy()] = np.nan
    verdicts = np.select([~own.shown, own.impact > 0], ["open", "adds"], "against")
    return pd.DataFrame({
        "name": own.construct, "construct": [model.labels[name] for name in own.construct],
        "question": [model.questions[item] for item in own["item"]], **{name: known[name].to_numpy() for name in known},
        "vif": table.vif.to_numpy(), "impact": own.impact, "impact_low": own.impact_low, "impact_high": own.impact_high,
        "p_holm": own.p_holm, "verdict": [PARTS[each] for each in verdicts],
    })  # fmt: skip


def _of_parts(model, parts):
    """What is said of the questions that make up an area: those that work against it, that say the same, that add nothing."""
    outcome = model.word(model.outcome)
    says = [SAYS.finding("quality.against", block=row.construct, question=row.question, outcome=outcome)
            for row in parts[parts.verdict == PARTS["against"]].itertuples()]  # fmt: skip
    says += [SAYS.finding("quality.said_twice", block=row.construct, question=row.question, vif=row.vif)
             for row in parts[parts.vif > INFLATED].itertuples()]  # fmt: skip
    silent = parts[(parts.verdict == PARTS["open"]) & ~parts["name"].isin(model.standing(UNCLEAR))]
    return [*says, *(SAYS.finding("quality.adds_nothing", block=construct, questions=list(rows.question))
                     for construct, rows in silent.groupby("construct", sort=False))]  # fmt: skip


def _close(model, judged):
    """What overlaps: two areas, an area and an outcome, or two outcomes; and what is too noisy for that to be told."""
    says = []
    for row in judged[judged.verdict == "same"].head(NAMED).itertuples():
        own = [name for name in (row.first, row.second) if name in model.areas]
        overlap = {"htmt": min(row.htmt, 1.0)}
        if len(own) == 1:
            other = row.second if own[0] == row.first else row.first
            says.append(SAYS.finding("quality.near_outcome", block=model.labels[own[0]], outcome=model.word(other), **overlap))
        else:
            key = "quality.same" if own else "quality.outcomes_same"
            names = {"first": model.labels[row.first], "second": model.labels[row.second]}
            says.append(SAYS.finding(key, **names, **overlap))
    alpha, noisy = model.fit.constructs.alpha, judged[judged.verdict == "noise"]
    blocks = [name for name in model.blocks if alpha[name] < NOISY and (noisy[["first", "second"]] == name).any(axis=None)]
    if blocks:
        says.append(SAYS.finding("quality.noise", blocks=[model.labels[name] for name in blocks]))
    return says


def near_outcome(model: SurveyModel) -> list[str]:
    """Areas that can hardly be told from the outcome that they explain."""
    close = _judged(model)
    close = close[(close.verdict == "same") & (close[["first", "second"]] == model.outcome).any(axis=1)]
    return [name for name in model.areas if (close[["first", "second"]] == name).any(axis=None)]


def _weak(areas):
    weak, unsure = (areas[areas.verdict == VERDICTS[each]] for each in ("weak", "unsure"))
    return [*(SAYS.finding("quality.weak", block=row.construct, reliability=row.decides) for row in weak.itertuples()),
            *(SAYS.finding("quality.unsure", block=row.construct, low=row.decides_low, high=row.decides_high)
              for row in unsure.itertuples())]  # fmt: skip


def _opinion(model):
    """Where each customer rates only what was used: how many areas the middle customer rates, and what share of the
    differences in the ratings a single opinion makes (halo)."""
    if not model.some_unrated or len(model.areas) < RATED:
        return {}
    rated = model.indices[model.areas].notna().sum(axis=1).median()
    among = model.indices[model.areas].corr(min_periods=FEWEST_TOGETHER).fillna(0).to_numpy()
    return {"rated": int(rated), "one_opinion": float(np.linalg.eigvalsh(among)[-1] / len(among))}


def _one_opinion(model):
    """Whether ratings of what each customer used are more than one general opinion."""
    found = _opinion(model)
    if found and found["rated"] < RATED:
        return [SAYS.finding("quality.few_rated", n=found["rated"])]
    if found and found["one_opinion"] > ONE_OPINION:
        return [SAYS.finding("quality.one_opinion", share=found["one_opinion"])]
    return []


def _stray(model, questions):
    """Questions with little in common with the others of their area, or against them: by loading, and without the outcome."""
    says = []
    for row in questions[questions.loading < BELONGS].itertuples():
        name = next(name for name, items in model.blocks.items() if row.item in items)
        rest = model.answers[[item for item in model.blocks[name] if item != row.item]].mean(axis=1)
        alone = plain_correlations(model.answers[[row.item]], rest, model.weights, confidence=model.confidence).loc[row.item]
        if alone.high < RELATED:
            key = "quality.reversed" if alone.high < 0 else "quality.stray"
            says.append(SAYS.finding(key, block=row.construct, question=row.question, loading=row.loading))
    return says
