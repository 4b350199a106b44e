"""Every question given alone, with one item, and with all answers alike: each analysis answers, or says why it cannot."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import drivers, status
from cxlib.analyses.design import Block, Design, Effort, Index, Question, Questionnaire, Rating

PARTS = {
    "recommend": Question("q0"), "rating": Rating("q1"), "effort": Effort("q2"), "satisfaction": Index({"q3": "Satisfied"}),
    "loyalty": Index({"q4": "Stays"}), "blocks": {"service": Block("Service", {"q5": "Friendly"})},
}  # fmt: skip
ALONE = [(part,) for part in PARTS] + [tuple(PARTS), ()]
PAIRS = [(one, other) for one in PARTS for other in PARTS if one < other]
ASKED = [(given, alike, period) for given in ALONE for alike in (False, True) for period in (None, "wave")]
ASKED += [(given, False, None) for given in PAIRS]
SEGMENTS = {"g": "Group"}


def answers(alike, n=80):
    rng = np.random.default_rng(n)
    felt = 0 * rng.normal(size=n) if alike else rng.normal(size=n)
    rows = {f"q{j}": np.clip(np.round(3 + felt + (0 if alike else 0.5) * rng.normal(size=n)), 1, 5) for j in range(6)}
    return pd.DataFrame(rows).assign(g=rng.choice(["x", "y"], n), wave=np.repeat([1, 2], n // 2))


def pages(rows, asked, design):
    headline = [
        status.net_promoter_score(rows, asked.recommend, design), status.satisfied_share(rows, asked.rating, design),
        status.effort_score(rows, asked.effort, design), status.satisfaction_index(rows, asked.satisfaction, design),
        status.loyalty_index(rows, asked.loyalty, design),
    ]  # fmt: skip
    model = drivers.survey_model(rows, asked, design, resamples=30)
    return [
        *headline, status.key_figures(*headline), status.recommendation_groups(rows, asked.recommend, design),
        status.acsi_index(rows, asked.satisfaction, design),
        status.net_promoter_by_segment(rows, asked.recommend, SEGMENTS, design),
        status.satisfaction_by_segment(rows, asked.satisfaction, SEGMENTS, design),
        status.satisfied_by_segment(rows, asked.rating, SEGMENTS, design), status.banner(rows, asked, SEGMENTS, design),
        status.experience_areas(rows, asked.blocks, design), status.expectation_gaps(rows, asked.blocks, design),
        drivers.usable_answers(model), drivers.question_quality(model), drivers.driver_importance(model),
        drivers.cause_and_effect(model), drivers.where_to_act(model), drivers.lift_and_loss(model),
        drivers.effects_by_segment(model, segments=SEGMENTS), drivers.driver_kinds(model),
    ]  # fmt: skip


@pytest.mark.parametrize("given, alike, period", ASKED)
def test_every_analysis_answers_or_says_why_not(given, alike, period):
    asked = Questionnaire(**{part: PARTS[part] for part in given})
    for result in pages(answers(alike), asked, Design(period=period)):
        assert result.findings or result.tables
        if not result.tables:
            assert any(finding.tone in ("absent", "unclear") for finding in result.findings), result.name
