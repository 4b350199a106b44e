"""Money and percents as text."""

import numpy as np
import pytest

from cxlib.engagement.tables.cells import Unreadable, amounts
from cxlib.engagement.tables.numerals import is_percent

SWAP = str.maketrans(",.", ".,")
DRESSES = {
    "kr. da": lambda v: (f"kr. {v:,.2f}".translate(SWAP).replace("kr,", "kr."), "kr"), "da kr": lambda v: (f"{v:,.2f}".translate(SWAP) + " kr.", "kr"),
    "SEK": lambda v: (f"{v:,.2f}".replace(",", "\u00a0").replace(".", ",") + " SEK", "SEK"), "€": lambda v: (f"€{v:,.2f}", "EUR"),
    "$": lambda v: (f"${v:,.2f}", "USD"), "DKK": lambda v: (f"DKK {v:.2f}", "DKK"), "EUR behind": lambda v: (f"{v:.2f} EUR", "EUR"), "£": lambda v: (f"£{v:,.2f}", "GBP"),
    "kr small": lambda v: (f"{v:.2f}kr".replace(".", ","), "kr"),
}  # fmt: skip


@pytest.mark.parametrize("dress", DRESSES)
def test_amounts_come_back(dress):
    values = np.round(np.random.default_rng(3).uniform(0.1, 2e6, 300), 2)
    stored, currencies = zip(*(DRESSES[dress](value) for value in values), strict=True)
    assert amounts(stored) == (pytest.approx(list(values)), set(currencies))
    negative = [f"-{each}" for each in stored]
    assert amounts(negative)[0] == pytest.approx(list(-values))
    assert amounts([f"({each})" for each in stored])[0] == pytest.approx(list(-values))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1.782 kr.", 1782), ("$1,200", 1200), ("1.234,-", 1234), ("1.234,50-", -1234.5), ("45 %", 45), ("7,5%", 7.5), ("(1,200.50)", -1200.5), ("kr -5", -5), ("-kr 5", -5),
     ("12", 12), (12, 12), ("", None), (None, None), ("1.782", Unreadable.AMBIGUOUS), ("kr", Unreadable.TEXT), ("5 kr/md", Unreadable.TEXT), ("12 stk", Unreadable.TEXT),
     ("about 5", Unreadable.TEXT), ("5 kr - 6 kr", Unreadable.TEXT)],
)  # fmt: skip
def test_one_amount(cell, value):
    assert amounts([cell])[0] == [value]


def test_currencies_are_told():
    assert amounts(["5 DKK", "€5", "6"])[1] == {"DKK", "EUR"}
    assert is_percent("45 %") and not is_percent("45")
