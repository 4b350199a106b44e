"""Can we trust the questions? Do those of an area hang together, and can the areas be told apart?"""

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import SurveyModel, unanswerable
from cxlib.analyses.result import Place, Result, Says, Sentences, Term

APART = 0.90  # HTMT above which two areas can hardly be told apart (Henseler, Ringle and Sarstedt 2015)
HANGS_TOGETHER = 0.70  # composite reliability (Nunnally 1978)
BELONGS = 0.40  # loading below which a question has little in common with its area (Hulland 1999)
NAMED = 4
CLOSEST = 8

SAYS = Sentences(
    {
        "quality.good": ("neutral", "The questions can be trusted: those of each area hang together, and the areas can be told apart."),
        "quality.single": ("unclear", "Every area rests on one question, so how exactly it measures what is meant is not known."),
        "quality.weak": ("unclear", "{block}: its questions hang together weakly (reliability {reliability:number}, at least 0.70 is wanted), so its effect comes out too small."),
        "quality.stray": ("unclear", "{block} – {question}: has little in common with the other questions of its area (loading {loading:number}). Leave it out, or ask it better next time."),
        "quality.reversed": ("bad", "{block} – {question}: runs against the other questions of its area (loading {loading:number}). Check whether its scale is turned."),
        "quality.same": Says("unclear", "{first} and {second} cannot be told apart in these answers (overlap {htmt:number}, where 1 is the same thing): treat them as one.", doubts=("lift_more", "lift_low"), shown_in=(Place("closest"),)),
    }
)  # fmt: skip

METHOD = Term("Reliability says how far the questions of an area agree, from 0 to 1; overlap (HTMT) compares how strongly questions correlate between two areas and within them, and 1 means the same thing. Jöreskog 1971; Henseler, Ringle and Sarstedt 2015.")

VERDICTS = {"apart": Term("can be told apart"), "same": Term("cannot be told apart"), "good": Term("hang together"),
            "weak": Term("hang together weakly"), "single": Term("one question")}  # fmt: skip


def question_quality(model: SurveyModel) -> Result:
    """Reliability and validity of the areas, in words.

    returns  table "areas": construct, questions, reliability (rho_C, 0-1) with low and high, alpha, ave, verdict;
             "pairs": first_block, second_block, htmt with low and high, verdict; "closest": the first of them; "questions": construct, question, loading
             with low and high
    source   thresholds: Nunnally 1978 (.70), Hulland 1999 (.40), Henseler, Ringle and Sarstedt 2015 (.90)

    >>> page.show(drivers.question_quality(model))
    Kundeservice and Produkt cannot be told apart in these answers (overlap 0.95, where 1 is the same thing): treat them as one.
    """
    if nothing := unanswerable("question_quality", model):
        return nothing
    fit = model.fit
    areas, pairs, questions = _areas(model, fit), _pairs(model, fit), _questions(model, fit)
    sound = "quality.good" if len(questions) else "quality.single"
    findings = (*_same(pairs), *_weak(areas), *_stray(questions)) or (SAYS.finding(sound),)
    tables = {"areas": areas, "closest": pairs.head(CLOSEST), "pairs": pairs, "questions": questions}
    return Result("question_quality", tables, findings, model.base(), model.settings(htmt=APART), METHOD)


def same_pairs(model: SurveyModel) -> list[tuple[str, str]]:
    """Pairs of areas (constructs) that cannot be told apart."""
    close = model.fit.pairs[(model.fit.pairs.htmt > APART)]
    areas = set(model.areas)
    return [pair for pair in zip(close["first"], close["second"], strict=True) if set(pair) <= areas]


def _areas(model, fit):
    table = fit.constructs
    n = [len(model.blocks[name]) for name in table.index]
    names = {"rho_c": "reliability", "rho_c_low": "reliability_low", "rho_c_high": "reliability_high"}
    known = table.rename(columns=names).reset_index(drop=True)[["reliability", "reliability_low", "reliability_high",
                                                                "alpha", "ave"]]  # fmt: skip
    known[np.array(n) == 1] = np.nan  # one question tells none of it
    verdict = ["single" if k == 1 else "good" if rho >= HANGS_TOGETHER else "weak"
               for k, rho in zip(n, table.rho_c, strict=True)]  # fmt: skip
    return pd.DataFrame({
        "construct": [model.labels[name] for name in table.index], "questions": n,
        **known, "verdict": [VERDICTS[each] for each in verdict],
    })  # fmt: skip


def _pairs(model, fit):
    table = fit.pairs.sort_values("htmt", ascending=False, kind="stable", ignore_index=True)
    return pd.DataFrame({
        "first_block": [model.labels[name] for name in table["first"]],
        "second_block": [model.labels[name] for name in table["second"]],
        "htmt": table.htmt, "htmt_low": table.low, "htmt_high": table.high,
        "verdict": [VERDICTS["same" if value > APART else "apart"] for value in table.htmt],
    })  # fmt: skip


def _questions(model, fit):
    table = fit.items
    several = table.construct.map(lambda name: len(model.blocks[name]) > 1)
    table = table[several].reset_index(drop=True)
    return pd.DataFrame({
        "construct": [model.labels[name] for name in table.construct],
        "question": [model.questions[item] for item in table.item],
        "loading": table.loading, "loading_low": table.low, "loading_high": table.high,
    })  # fmt: skip


def _same(pairs):
    close = pairs[pairs.verdict == VERDICTS["same"]].head(NAMED)
    return [SAYS.finding("quality.same", first=row.first_block, second=row.second_block, htmt=row.htmt)
            for row in close.itertuples()]  # fmt: skip


def _weak(areas):
    weak = areas[areas.verdict == VERDICTS["weak"]]
    return [SAYS.finding("quality.weak", block=row.construct, reliability=row.reliability) for row in weak.itertuples()]


def _stray(questions):
    stray = questions[questions.loading < BELONGS]
    return [SAYS.finding("quality.reversed" if row.loading < 0 and row.loading_high < 0 else "quality.stray",
                         block=row.construct, question=row.question, loading=row.loading)
            for row in stray.itertuples()]  # fmt: skip
