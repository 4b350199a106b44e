import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.value.cash_flow import (
    break_even,
    internal_rates_of_return,
    modified_internal_rate,
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


@pytest.mark.parametrize("case", REFERENCE["irr"], ids=lambda case: case["id"])
def test_every_internal_rate_is_found(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rates = internal_rates_of_return(case["cf"])
    assert rates.roots == pytest.approx(case["all_real_irr"], abs=1e-9)
    assert min(abs(root - case["published"]) for root in rates.roots) < 5e-5
    assert all(net_present_value(case["cf"], root) == pytest.approx(0, abs=1e-7) for root in rates.roots)


def test_internal_rates_warn_on_several_and_give_a_reason_for_none():
    with pytest.warns(UserWarning, match=r"change sign 3 times and have 3 internal rates"):
        assert internal_rates_of_return([-5, 10.5, 1, -8, 1]).reason == "several_rates"
    with pytest.warns(UserWarning, match="change sign 2 times"):
        internal_rates_of_return([-100, 100, 0, -7])
    none = internal_rates_of_return([100, 20, 3])
    assert (none.roots, none.reason) == ((), "no_sign_change")


def test_internal_rate_does_not_change_with_the_currency():
    flows = np.array(REFERENCE["irr"][0]["cf"], float)
    assert internal_rates_of_return(flows * 7.46e6).roots == pytest.approx(internal_rates_of_return(flows).roots)


def test_a_hundred_percent_and_a_double_root():
    assert internal_rates_of_return([-1, 2]).roots == pytest.approx([1.0])
    with pytest.warns(UserWarning):  # (x - 1.1)^2 in growth factors: one rate of 10 %, met twice
        assert internal_rates_of_return([1, -2.2, 1.21]).roots == pytest.approx([0.1], abs=1e-6)


def test_modified_internal_rate_agrees_with_numpy_financial():
    case = REFERENCE["mirr"]
    rate = modified_internal_rate(case["cf"], case["finance"], case["reinvest"])
    assert rate == pytest.approx(case["numpy_financial_1.0.0"], abs=1e-12)
    with pytest.raises(ValueError, match="an outlay and a receipt"):
        modified_internal_rate([1, 2], 0.1, 0.1)


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
