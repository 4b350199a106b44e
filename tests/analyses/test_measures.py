"""One measure for each figure: by hand, against the reference numbers, and at its borders."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import measures
from cxlib.analyses.design import Index
from cxlib.analyses.result import Term
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/kpis/kpi_reference.json").read_text("utf-8"))
ABC = {name: name for name in "abc"}
EASE = np.repeat(range(1, 8), [REFERENCE["ces"]["input"][str(k)] for k in range(1, 8)])


def answers(**columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype=float) for name, values in columns.items()})


@pytest.mark.parametrize(
    "definition, value",
    [("mean", REFERENCE["ces"]["mean"]), ("agree", REFERENCE["ces"]["pct_agree"] / 100), ("index", REFERENCE["ces"]["index"])],
)
def test_three_effort_figures_from_the_same_answers(definition, value):
    measure = measures.effort("ces", (1, 7), definition, "high")
    found = measure.estimate(measure.values(answers(ces=EASE)))
    assert found.estimate == pytest.approx(value, abs=1e-6)
    assert found.low < found.estimate < found.high and found.n == 1000


@pytest.mark.parametrize("definition", ["agree", "index"])
def test_a_turned_scale_gives_the_same_effort(definition):
    high, low = (measures.effort("ces", (1, 7), definition, easy) for easy in ("high", "low"))
    assert low.estimate(low.values(answers(ces=8 - EASE))) == high.estimate(high.values(answers(ces=EASE)))


def test_a_mean_that_is_easy_when_low_is_not_turned_but_judged_the_other_way():
    measure = measures.effort("ces", (1, 5), "mean", "low")
    assert measure.estimate(measure.values(answers(ces=[1, 2, 2, 5]))).estimate == 2.5
    assert not measure.high_is_good


def test_effort_definitions_of_1_to_7_refuse_another_scale():
    with pytest.raises(ValueError, match="definition 'agree' is one of the scale 1-7"):
        measures.effort("ces", (1, 5), "agree", "high")
    with pytest.raises(ValueError, match="give mean, agree or index"):
        measures.effort("ces", (1, 7), "score", "high")


def test_nps_on_a_scale_that_starts_at_1_keeps_the_groups():
    # 10, 9 promoters; 8, 7 passives; 6, 1 detractors: 2/6 - 2/6 = 0
    measure = measures.net_promoter("q", (1, 10))
    assert measure.estimate(measure.values(answers(q=[10, 9, 8, 7, 6, 1]))).estimate == 0


def test_satisfied_share_counts_the_top_and_leaves_out_the_missing():
    # 5, 4 of five answers; one missing: 2/4
    measure = measures.satisfied("q", (1, 5), 2)
    found = measure.estimate(measure.values(answers(q=[5, 4, 3, 1, np.nan])))
    assert (found.estimate, found.n) == (0.5, 4)


def test_index_by_the_theoretical_scale_and_its_reference():
    # (8.1 + 7.4 + 6.9 - 3) / 27 x 100
    rows = answers(a=[8.1], b=[7.4], c=[6.9])
    measure = measures.index(Term("Index"), Index(ABC))
    assert measure.values(rows)[0] == pytest.approx(REFERENCE["csi_nki_epsi"]["equal_weights"], abs=1e-6)
    weights = dict(zip("abc", REFERENCE["acsi"]["example_weights_ohio"], strict=True))
    acsi = measures.index(Term("Index"), Index(ABC, item_weights=weights))
    assert acsi.values(rows)[0] == pytest.approx(REFERENCE["acsi"]["acsi"], abs=1e-6)


def test_a_respondent_with_too_few_answers_has_no_index():
    rows = answers(a=[10, 10], b=[np.nan, 1], c=[np.nan, np.nan])
    values = measures.index(Term("Index"), Index(ABC, at_least=2)).values(rows)
    assert np.isnan(values[0]) and values[1] == pytest.approx(50)


@pytest.mark.parametrize("measure", [measures.net_promoter("q"), measures.satisfied("q", (0, 10))])
def test_swapping_the_periods_turns_the_sign(measure):
    rng = np.random.default_rng(1)
    before, after = (measure.values(answers(q=rng.integers(low, 11, 80))) for low in (0, 4))
    there, back = measure.difference(before, after), measure.difference(after, before)
    assert there.estimate == -back.estimate > 0
    assert (there.low, there.p) == (pytest.approx(-back.high), pytest.approx(back.p))
