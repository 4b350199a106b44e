"""Rounding: half up as a spreadsheet does, percentages that add up to exactly 100, and what is stored of a number."""

import math
from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float | None, decimals: int = 0) -> Decimal:
    """The number rounded half away from zero on its decimal text: 2.5 -> 3, .125 -> .13, -2.5 -> -3; never -0.

    errors    ValueError for numbers that are missing or infinite
    """
    if value is None or not math.isfinite(value):
        raise ValueError(f"value == {value} cannot be rounded; decide first what is printed where a number is missing")
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def six_digits(value: float) -> float:
    """A number to six significant digits: what results.json keeps, and what page, workbook and slides round further."""
    return float(f"{value:.6g}")
