"""Surveys with planted effects, and the driver model of one, for the tests of the driver analysis."""

import numpy as np
import pandas as pd

from cxlib.analyses import drivers
from cxlib.analyses.design import Block, Design, Index, Question, Questionnaire

SCALE = (1, 10)
SATISFACTION = Index({"s0": "Satisfied", "s1": "As expected"}, SCALE)
RECOMMEND = Question("nps")
EVERY = [drivers.usable_answers, drivers.question_quality, drivers.driver_importance, drivers.cause_and_effect,
         drivers.where_to_act, lambda model: drivers.effects_by_segment(model, segments={}), drivers.lift_and_loss,
         drivers.driver_kinds]  # fmt: skip


def answered(areas, satisfied, rng, *, items=2, noise=0.6):
    """Questions on 1-10 about each area and the outcome, and a recommendation, from what people feel (SD about 1)."""
    n = len(satisfied)

    def question(latent):
        return np.clip(np.round(6 + 1.6 * latent + noise * rng.normal(size=n)), 1, 10)

    rows = {f"q{j}{i}": question(areas[:, j]) for j in range(areas.shape[1]) for i in range(items)}
    rows |= {f"s{i}": question(satisfied) for i in range(2)}
    rows["nps"] = np.clip(np.round(7.5 + 1.5 * satisfied + 0.5 * rng.normal(size=n)), 0, 10)
    return pd.DataFrame(rows)


def survey(n=400, seed=1, effects=(0.7, 0.2, 0.0)):
    """Areas of two questions, satisfaction with these effects, and a recommendation that follows it."""
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(n, len(effects)))
    return answered(areas, areas @ effects + 0.6 * rng.normal(size=n), rng)


def routed(n=1000, seed=0, effects=(0.6, 0.3, 0.0), reach=0.6, uses=None):
    """The same where only those who used an area rate it, and it moves nobody else; `uses`: so many areas each."""
    rng = np.random.default_rng(seed)
    areas = rng.normal(size=(n, len(effects)))
    used = rng.random(areas.shape)
    used = used < reach if uses is None else used.argsort(axis=1).argsort(axis=1) < uses
    rows = answered(areas, np.where(used, areas, 0) @ effects + 0.6 * rng.normal(size=n), rng)
    for j in range(len(effects)):
        rows.loc[~used[:, j], [f"q{j}0", f"q{j}1"]] = np.nan
    return rows


def block(j, label=None, items=2):
    return Block(label or f"Area {j}", {f"q{j}{i}": f"Question {j}{i}" for i in range(items)}, SCALE)


def blocks(count, items=2):
    return {f"a{j}": block(j, items=items) for j in range(count)}


def model_of(rows, blocks=None, satisfaction=SATISFACTION, recommend=RECOMMEND, loyalty=None, paths=None, design=None,
             **options):  # fmt: skip
    blocks = blocks or {f"a{j}": block(j) for j in range(3)}
    asked = Questionnaire(recommend, None, None, satisfaction, loyalty, blocks, paths)
    return drivers.survey_model(rows, asked, design or Design(), **{"resamples": 300} | options)


def keys(result):
    return [finding.key for finding in result.findings]


def of(result, key):
    return next(finding.values for finding in result.findings if finding.key == key)
