"""Outcome rates counted by hand from the AAPOR formulas, and the funnel."""

import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.survey.response_rates import outcome_rates, response_funnel

FORMULAS = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))["aapor"][
    "formula"
]
COUNTS = {"refused": 120, "no_contact": 200, "other": 20, "unknown_household": 70, "unknown_other": 30}


def test_nine_rates_by_hand():
    rates = outcome_rates(400, 60, **COUNTS, eligible_share=0.5)
    # eligible 400 + 60 + 120 + 200 + 20 = 800, unknown 100, reached 460 + 120 + 20 = 600
    by_hand = {
        "RR1": 400 / 900, "RR2": 460 / 900, "RR3": 400 / 850, "RR4": 460 / 850, "RR5": 400 / 800, "RR6": 460 / 800,
        "COOP1": 400 / 600, "REF1": 120 / 900, "CON1": 600 / 900,
    }  # fmt: skip
    assert rates.to_dict() == pytest.approx(by_hand)


def test_rates_are_the_published_formulas():
    formulas = dict(FORMULAS)
    formulas["RR2"] = formulas["RR1"].replace("I/", "(I+P)/", 1)
    formulas["RR4"] = formulas["RR3"].replace("I/", "(I+P)/", 1)
    values = {"I": 400, "P": 60, "R": 120, "NC": 200, "O": 20, "UH": 70, "UO": 30, "e": 0.5}
    rates = outcome_rates(400, 60, **COUNTS, eligible_share=0.5)
    for name, formula in formulas.items():
        assert rates[name] == pytest.approx(eval(formula.replace("e(", "e*("), {}, values)), name


def test_nobody_reached_has_no_cooperation_rate():
    rates = outcome_rates(0, no_contact=10)
    assert np.isnan(rates["COOP1"]) and rates["RR1"] == 0


def test_funnel_by_hand():
    funnel = response_funnel({"invited": 1000, "delivered": 900, "started": 300, "completed": 0})
    assert funnel.step_share.tolist() == pytest.approx([1, 0.9, 1 / 3, 0])
    assert funnel.share.tolist() == pytest.approx([1, 0.9, 0.3, 0])
    assert funnel.n.tolist() == [1000, 900, 300, 0]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: outcome_rates(-1, refused=3), "none below 0"),
        (lambda: outcome_rates(1, eligible_share=2), "from 0 to 1"),
        (lambda: outcome_rates(0, unknown_other=5), "no case is known"),
        (lambda: response_funnel({"invited": 10, "delivered": 12}), "delivered == 12 is more than invited == 10"),
        (lambda: response_funnel({"invited": 10}), "at least two counts"),
        (lambda: response_funnel({"invited": 10, "delivered": None}), "none negative"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
