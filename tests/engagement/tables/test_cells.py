import datetime
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement.tables.cells import Codes, Unreadable, alike, moment, numbers, quoted, text

TEXT, AMBIGUOUS = Unreadable.TEXT, Unreadable.AMBIGUOUS


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  a b\t", "a b"), ("\u00a0Enig\u00a0", "Enig"), ("\u202f7\u2007", "7"), ("\ufeffid", "id"), ("\u200b5", "5"),
        ("e\u0301", "é"), (5, "5"), (5.0, "5"), (7.25, "7.25"), (-0.0, "0"), (None, ""), (float("nan"), ""),
        (pd.NaT, ""), (True, "True"), (Decimal("2.50"), "2.5"), (np.int64(3), "3"), (np.float64(3), "3"),
        (datetime.date(2025, 3, 1), "2025-03-01"), (datetime.datetime(2025, 3, 1), "2025-03-01"),
        (datetime.datetime(2025, 3, 1, 8, 5), "2025-03-01T08:05:00"), (1e300, "1e+300"),
    ],
)  # fmt: skip
def test_text(cell, expected):
    assert text(cell) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "2"], [1.5, 2]),
        (["1,5", "2"], [1.5, 2]),
        (["1.5", "1,5"], [1.5, 1.5]),
        (["1.234"], [AMBIGUOUS]),
        (["1,234", "2"], [AMBIGUOUS, 2]),
        (["1.234", "0.5"], [1.234, 0.5]),  # the other number says that the point is the decimal sign
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1.234", "0,5"], [1234, 0.5]),
        (["1.234", "0,5", "0.5"], [AMBIGUOUS, 0.5, 0.5]),
        (["0.832"], [0.832]),  # no thousands begin with 0
        (["1.234,5", "1 234,5", "1'234"], [1234.5, 1234.5, 1234]),
        (["1\u00a0234\u00a0567"], [1234567]),
        (["12.345.678"], [12345678]),
        (["-3", "+3", "\u22123"], [-3, 3, -3]),
        ([".5", "0.50"], [0.5, 0.5]),
        (["1e3", "1E+05", "1e308"], [1000, 100000, 1e308]),
        (["", " ", "\u00a0", None, float("nan")], [None] * 5),
        ([7, 7.5, np.int64(8), Decimal("1.5")], [7, 7.5, 8, 1.5]),
    ],
)
def test_numbers_without_a_declared_sign(cells, expected):
    assert numbers(cells) == expected


@pytest.mark.parametrize(
    ("cells", "decimal", "expected"),
    [
        (["1.234", "1,5"], ",", [1234, 1.5]),
        (["1.234"], ".", [1.234]),
        (["1,234"], ".", [1234]),
        (["1.5"], ",", [TEXT]),
        ([1.5, "1,5"], ",", [1.5, 1.5]),  # a stored number has no decimal sign
    ],
)
def test_numbers_with_a_declared_sign(cells, decimal, expected):
    assert numbers(cells, decimal=decimal) == expected


@pytest.mark.parametrize(
    "cell",
    ["nan", "NaN", "inf", "-inf", "Infinity", "1e999", "1_000", "0x10", "1,", "1.2.3", "12.34.567", "5 %", "-", "e5", "٣",
     "1 2", "10 - Very likely", True, float("inf"), -float("inf"), datetime.date(2025, 1, 1), "."],
)  # fmt: skip
def test_not_a_number_F16(cell):
    assert numbers([cell]) == [TEXT]


def test_minus_zero_is_zero_F16():
    for value in numbers(["-0.0", "-0", -0.0, "-0,0"]):
        assert math.copysign(1, value) == 1


def test_numbers_agree_with_float_on_10000_generated():
    rng = np.random.default_rng(1)
    values = np.round(rng.normal(0, 1000, 10_000), 2)
    written = [f"{value:.2f}" for value in values]
    assert numbers(written) == list(values + 0.0)
    assert numbers([each.replace(".", ",") for each in written]) == list(values + 0.0)
    grouped = [f"{value:,.2f}" for value in values]
    swap = str.maketrans(",.", ".,")
    assert numbers(grouped) == list(values + 0.0)
    assert numbers([each.translate(swap) for each in grouped], decimal=",") == list(values + 0.0)


@pytest.mark.parametrize("cell", [99, 99.0, "99", "99.0", "99,0", " 99\u00a0", np.float64(99)])
def test_code_is_the_same_text_or_the_same_number(cell):
    assert cell in Codes(["99"])
    assert cell in Codes(["99.0"])


@pytest.mark.parametrize("cell", [9, "999", "", None, "ved ikke"])
def test_other_cells_are_no_code(cell):
    assert cell not in Codes(["99", "Ved ikke"])


def test_text_code_with_a_hard_space():
    assert "Ved\u00a0ikke" in Codes(["Ved ikke"])  # nobody can see the difference
    assert "\u00a0Ved ikke " in Codes(["Ved ikke\u00a0"])


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        ("2025-03-31", None, (2025, 3, 31)),
        (" 2025-03-31T10:00:00Z ", None, (2025, 3, 31)),
        ("31-03-2025", "%d-%m-%Y", (2025, 3, 31)),
        (datetime.date(2025, 3, 31), None, (2025, 3, 31)),
        (pd.Timestamp("2025-03-31"), "%d-%m-%Y", (2025, 3, 31)),
    ],
)
def test_moment(cell, form, expected):
    found = moment(cell, form)
    assert (found.year, found.month, found.day) == expected
    assert found.tzinfo is None


@pytest.mark.parametrize(("cell", "form"), [("31-03-2025", None), ("2025-02-30", None), ("x", "%d"), (45000.0, None)])
def test_no_moment(cell, form):
    assert moment(cell, form) is None


def test_messages_show_codes_and_never_one_persons_words():
    words = "My name is Jens and my number is 20304050"
    told = quoted([words, "20304050", 99, "99", "Helt enig", "Helt enig"])
    assert told == '"99", "Helt enig", 2 texts not shown here'


@pytest.mark.parametrize("cells", [["syd", "Syd"], ["Syd", "syd"], ["syd ", "SYD", "Syd"]])
def test_where_case_is_ignored_the_name_begins_with_a_large_letter(cells):
    (name,) = set(alike(cells, ignore_case=True).values())
    assert name[0] == "S"
    assert alike(["nord", "nord "], ignore_case=True) == {"nord": "nord", "nord ": "nord"}
