import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.value.cash_flow import (
    break_even,
    net_present_value,
    payback_period,
)

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference/business_case/npv_irr_payback.json").read_text())


def test_net_present_value_counted_by_hand():
    # -100 now, 55 in a year, 60.5 in two: 55/1.1 = 50, 60.5/1.21 = 50, so nothing is left at 10 %.
    assert net_present_value([-100, 55, 60.5], 0.10) == pytest.approx(0, abs=1e-12)
    assert net_present_value([-100, 55, 60.5], 0) == pytest.approx(15.5)


def test_net_present_value_agrees_with_the_published_example():
    case = REFERENCE["npv"][0]
    assert net_present_value(case["cf"], case["rate"]) == pytest.approx(case["computed"], abs=1e-6)
    # A spreadsheet's NPV() discounts the first amount as well.
    assert net_present_value([0, *case["cf"]], case["rate"]) == pytest.approx(
        REFERENCE["npv"][1]["excel_style"], abs=1e-6)


def test_net_present_value_of_many_rows_is_that_of_each():
    flows = np.random.default_rng(1).normal(size=(3, 2, 6))
    worth = net_present_value(flows, 0.07)
    assert worth.shape == (3, 2)
    assert worth[2, 1] == pytest.approx(net_present_value(flows[2, 1], 0.07))


def test_payback_counted_by_hand_and_as_in_the_reference():
    case = REFERENCE["payback"][0]
    # -100, -61, -2, then 55 comes in: 2 + 2/55.
    assert payback_period(case["cf"]) == pytest.approx(2 + 2 / 55, abs=1e-12)
    assert payback_period(case["cf"]) == pytest.approx(case["payback_years"], abs=1e-9)
    assert payback_period(case["cf"], 0.10) == pytest.approx(case["discounted_10pct"], abs=1e-9)


def test_payback_without_return_and_without_outlay():
    assert payback_period([-100, 10, 10]) == np.inf
    assert payback_period([0, 10, 10]) == 0
    # Paid back after a year, then under water again until the fourth: the last crossing counts.
    assert payback_period([-10, 20, -20, 0, 20]) == pytest.approx(3.5)
    assert payback_period([[-100, 50, 50], [-100, 10, 10]]).tolist() == [2.0, np.inf]


def test_break_even_finds_the_crossing_or_says_none():
    assert break_even(lambda share: share * 500 - 100, 0, 1) == pytest.approx(0.2)
    assert break_even(lambda share: share + 1, 0, 1) is None


@pytest.mark.parametrize(("rate", "message"), [(8.0, "8 % a period is written 0.08"), (-1, "must be above -1")])
def test_impossible_rates_are_refused(rate, message):
    with pytest.raises(ValueError, match=message):
        net_present_value([-1, 2], rate)


def test_missing_amounts_are_refused():
    with pytest.raises(ValueError, match="a missing amount is written as 0"):
        net_present_value([-1, np.nan], 0.1)
