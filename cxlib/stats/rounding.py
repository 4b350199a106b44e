"""Rounding: half up as a spreadsheet does, percentages that add up to exactly 100, and what is stored of a number."""

import math
from collections.abc import Iterable
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


def rounded_percentages(shares: Iterable[float], decimals: int = 0) -> list[Decimal]:
    """Percentages with the given decimals that add up to exactly 100: the largest remainders are rounded up.

    shares    shares 0-1 that add up to 1;  returns one Decimal per share, each within one unit of the exact value;
              of equal remainders the earlier is rounded up, and 0 stays 0
    source    Hamilton's method of apportionment
    """
    shares = [float(share) for share in shares]
    if not shares or not all(share >= 0 for share in shares) or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"{len(shares)} shares add up to {sum(shares):g}; give shares of at least 0 that add up to 1")
    units = 100 * 10**decimals
    exact = [round(units * share / sum(shares), 9) for share in shares]  # 9: .29 x 100 is 29, not 28.999...96
    whole = [math.floor(value) for value in exact]
    largest = sorted(range(len(shares)), key=lambda i: (whole[i] - exact[i], i))
    for i in largest[: units - sum(whole)]:
        whole[i] += 1
    return [Decimal(unit).scaleb(-decimals) for unit in whole]
