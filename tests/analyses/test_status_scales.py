"""Figures on the scale that was asked: told, mixed rightly, or refused."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import drivers, status
from cxlib.analyses.design import Block, Design, Index, Question, Questionnaire
from cxlib.analyses.result import CannotAnswer

ITEMS = {name: name for name in "abc"}


def survey(seed: int, n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    felt = rng.normal(size=n)
    answers = {name: np.clip(np.round(5.5 + 2 * felt + 1.5 * rng.normal(size=n)), 1, 10) for name in "abcef"}
    rows = pd.DataFrame(answers | {"part": rng.choice(["x", "y"], n)})
    rows[list("abc")] = rows[list("abc")].mask(rng.random((n, 3)) < 0.1)
    return rows


@pytest.mark.parametrize("scale", [(1, 5), (1, 7), (0, 100), (-10, 10), (0, 5), (0, 11)])
@pytest.mark.parametrize("figure", [
    status.net_promoter_score, status.recommendation_groups,
    lambda rows, asked: status.net_promoter_by_segment(rows, asked, {"part": "Part"}),
])  # fmt: skip
def test_no_net_promoter_score_off_its_scale(figure, scale):
    rows = pd.DataFrame({"q": np.linspace(*scale, 60).round(), "part": ["x", "y"] * 30})
    with pytest.raises(CannotAnswer, match="NPS is a figure of answers 0 to 10"):
        figure(rows, Question("q", scale))


@pytest.mark.parametrize("n", [8, 60, 600])
def test_a_score_asked_from_one_says_so_wherever_it_is_printed(n):
    rng = np.random.default_rng(n)
    rows = pd.DataFrame({"q": rng.integers(1, 11, n).astype(float), "part": rng.choice(["x", "y"], n)})
    for scale, named in (((1, 10), True), ((0, 10), False)):
        asked = Question("q", scale, target=20)
        nps = status.net_promoter_score(rows, asked)
        told = [nps, status.key_figures(nps), status.net_promoter_by_segment(rows, asked, {"part": "Part"})]
        names = [finding.values["figure"] for result in told for finding in result.findings if "figure" in finding.values]
        assert len(names) >= 4 and {"1–10" in name for name in names} == {named}
        assert ("1–10" in nps.settings["definition"]) == named


@pytest.mark.parametrize("seed", range(5))
def test_an_index_is_the_same_on_whatever_scale_a_question_was_asked(seed):
    rows = survey(seed)
    other = rows.assign(b=rows.b / 2, c=10 * rows.c - 5, f=rows.f / 2)  # 1-10 as .5-5 and as 5-95
    scales = {"b": (0.5, 5), "c": (5, 95)}
    asked, mixed = Index(ITEMS, at_least=2), Index(ITEMS, at_least=2, scales=scales)
    blocks = {"a": Block("A", ITEMS, expectation={"a": "e", "b": "f"}), "e": Block("E", {"e": "E"})}
    mixed_blocks = {"a": Block("A", ITEMS, expectation={"a": "e", "b": "f"}, scales=scales), "e": blocks["e"]}
    pairs = [
        (status.satisfaction_index(rows, asked), status.satisfaction_index(other, mixed)),
        (status.acsi_index(rows, asked), status.acsi_index(other, mixed)),
        (status.satisfaction_by_segment(rows, asked, {"part": "Part"}), status.satisfaction_by_segment(other, mixed, {"part": "Part"})),
        (status.expectation_gaps(rows, blocks), status.expectation_gaps(other, mixed_blocks)),
    ]
    areas, mixed_areas = status.experience_areas(rows, blocks), status.experience_areas(other, mixed_blocks)
    for name in ("areas", "questions"):
        pd.testing.assert_frame_equal(areas.tables[name], mixed_areas.tables[name])
    for one, two in pairs:
        assert one.tables and [f.key for f in one.findings] == [f.key for f in two.findings]
        for name in one.tables:
            pd.testing.assert_frame_equal(one.tables[name], two.tables[name])
    models = [
        drivers.survey_model(frame, Questionnaire(satisfaction=index, blocks={"e": blocks["e"]}), Design(), resamples=100)
        for frame, index in ((rows, asked), (other, mixed))
    ]
    np.testing.assert_allclose(*(model.indices["satisfaction"] for model in models))


def test_an_index_of_three_scales_by_hand():
    rows = pd.DataFrame({"a": [10.0] * 6, "b": [3.0] * 6, "c": [1.0] * 6})
    asked = Index(ITEMS, scales={"b": (1, 5), "c": (1, 7)})
    assert status.satisfaction_index(rows, asked).tables["figure"].estimate[0] == pytest.approx((100 + 50 + 0) / 3)


def test_a_scale_of_another_column_is_refused():
    with pytest.raises(ValueError, match="scales name d"):
        Index(ITEMS, scales={"d": (1, 5)})
