"""Parity: the reference case, statsmodels as the second program, all four verdicts."""

import json
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_paired

from cxlib.stats.survey.equivalence import parity, parity_power

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))["parity"]
EXPERIENCE, EXPECTATION = (np.array(REFERENCE["input"][side]) for side in ("experience", "expectation"))


def test_reference_case_cannot_be_decided():
    found = parity(EXPERIENCE, EXPECTATION, margin=0.5)
    assert found.verdict == "cannot_tell"
    assert found.estimate == pytest.approx(REFERENCE["mean_gap"], abs=1e-6)
    assert (found.low, found.high) == pytest.approx(REFERENCE["ci90"], abs=1e-6)
    wide = parity(EXPERIENCE, EXPECTATION, margin=0.5, level=0.025)
    assert (wide.low, wide.high) == pytest.approx(REFERENCE["ci95"], abs=1e-6)


@pytest.mark.parametrize("margin", [0.2, 0.5, 1.5, 3])
def test_p_agrees_with_statsmodels_and_with_the_verdict(margin):
    found = parity(EXPERIENCE, EXPECTATION, margin=margin)
    p = ttost_paired(EXPERIENCE, EXPECTATION, -margin, margin)[0]
    assert found.p == pytest.approx(p)
    assert (found.verdict == "on_par") == (p < 0.05)


@pytest.mark.parametrize("shift, verdict", [(2, "better"), (0, "on_par"), (-2, "worse"), (0.5, "cannot_tell")])
def test_four_verdicts(shift, verdict):
    gaps = np.tile([-1, 0, 0, 1], 20) + shift
    found, turned = parity(7 + gaps, np.full(80, 7), margin=0.5), parity(7 - gaps, np.full(80, 7), margin=0.5)
    opposite = {"better": "worse", "worse": "better"}
    assert (found.verdict, turned.verdict) == (verdict, opposite.get(verdict, verdict))


def test_half_pairs_are_dropped_and_equal_weights_change_nothing():
    plain = parity(EXPERIENCE, EXPECTATION, margin=0.5)
    more = parity([*EXPERIENCE, np.nan, 3], [*EXPECTATION, 3, np.nan], np.full(10, 4.0), margin=0.5)
    assert more.n == plain.n == 8
    assert (more.low, more.p) == pytest.approx((plain.low, plain.p))


def test_gaps_without_spread_or_answers_decide_nothing():
    assert parity([5, 5, 5], [5, 5, 5], margin=0.5).verdict == "cannot_tell"
    assert parity([], [], margin=0.5).estimate is None


def test_power_is_the_measured_one():
    measured = REFERENCE["measured_tost_100000_sims_sd1_delta0.5"]
    for n in (30, 100):
        assert parity_power(1, n, margin=0.5) == pytest.approx(measured[f"n={n}"]["true gap 0"], abs=0.01)
        at_margin = parity_power(1, n, margin=0.5, gap=-0.5)
        assert at_margin == pytest.approx(measured[f"n={n}"]["true gap -0.5"], abs=0.01)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: parity([1, 2], [1, 2], margin=0), "margin == 0"),
        (lambda: parity([1, 2], [1, 2], margin=0.5, level=0.95), "level == 0.95"),
        (lambda: parity([1, 2], [1], margin=0.5), "same respondents"),
        (lambda: parity_power(0, 10, margin=0.5), "sd == 0"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
