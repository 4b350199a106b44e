"""Rounding as on paper: half up, and percentages that add up to 100."""


import numpy as np
import pytest

from cxlib.stats.rounding import half_up


@pytest.mark.parametrize(
    "value, decimals, printed",
    [(2.5, 0, "3"), (0.125, 2, "0.13"), (-2.5, 0, "-3"), (1.005, 2, "1.01"), (-0.4, 0, "0"), (1234567.891, 2, "1234567.89"),
     (np.float64(0.5), 0, "1")],
)  # fmt: skip
def test_half_is_rounded_up_as_a_spreadsheet_does(value, decimals, printed):
    assert str(half_up(value, decimals)) == printed


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_missing_numbers_are_not_rounded(value):
    with pytest.raises(ValueError, match="cannot be rounded"):
        half_up(value)
