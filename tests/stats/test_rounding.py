"""Rounding as on paper: half up, and percentages that add up to 100."""

from decimal import Decimal

import numpy as np
import pytest

from cxlib.stats.rounding import half_up, rounded_percentages


@pytest.mark.parametrize(
    "value, decimals, printed",
    [(2.5, 0, "3"), (0.125, 2, "0.13"), (-2.5, 0, "-3"), (1.005, 2, "1.01"), (-0.4, 0, "0"), (1234567.891, 2, "1234567.89"),
     (np.float64(0.5), 0, "1")],
)  # fmt: skip
def test_half_is_rounded_up_as_a_spreadsheet_does(value, decimals, printed):
    assert str(half_up(value, decimals)) == printed


def test_percentages_by_hand():
    assert [str(x) for x in rounded_percentages([1 / 3] * 3)] == ["34", "33", "33"]
    assert [str(x) for x in rounded_percentages([1 / 3] * 3, 1)] == ["33.4", "33.3", "33.3"]
    # remainders .6 .3 .1: the one unit that is missing goes to the first
    assert rounded_percentages([0.126, 0.253, 0.621]) == [13, 25, 62]
    assert rounded_percentages([0.29, 0.71]) == [29, 71]


def test_percentages_add_up_and_stay_within_one_unit():
    rng = np.random.default_rng(6)
    for _ in range(300):
        shares = rng.dirichlet(np.ones(rng.integers(1, 12)))
        shares[shares < 0.01] = 0
        shares /= shares.sum()
        for decimals in (0, 1):
            printed = rounded_percentages(shares, decimals)
            assert sum(printed) == 100
            assert all(abs(float(p) - 100 * s) < 10**-decimals for p, s in zip(printed, shares, strict=True))
            assert all(p == 0 for p, s in zip(printed, shares, strict=True) if s == 0)
    assert isinstance(printed[0], Decimal)


@pytest.mark.parametrize("shares", [[], [0.5, 0.4], [1.1, -0.1], [np.nan, 1]])
def test_shares_that_do_not_add_up_are_an_error(shares):
    with pytest.raises(ValueError, match="add up to 1"):
        rounded_percentages(shares)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_missing_numbers_are_not_rounded(value):
    with pytest.raises(ValueError, match="cannot be rounded"):
        half_up(value)
