import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.value.lifetime_value import expected_lifetime, margin_multiplier, periodic, retention_elasticity

FOLDER = Path(__file__).parents[2] / "reference/business_case"
REFERENCE = json.loads((FOLDER / "margin_multiplier.json").read_text())


def test_multiplier_counted_by_hand():
    # 0.5/1.25 + (0.5/1.25)^2 + ... = 0.4 / 0.6.
    assert margin_multiplier(0.5, 0.25) == pytest.approx(2 / 3)
    assert margin_multiplier(0.5, 0.25, periods=2) == pytest.approx(0.4 + 0.16)
    assert margin_multiplier(0.5, 0.25, paid_now=True) == pytest.approx(1 + 2 / 3)


@pytest.mark.parametrize("rate", [0.10, 0.12, 0.14, 0.16])
def test_multiplier_agrees_with_the_published_table(rate):
    for name, expected in REFERENCE["recalled_table_book_table_2"][f"i={rate:g}"].items():
        assert margin_multiplier(float(name[2:]), rate) == pytest.approx(expected, abs=0.0055)


def test_retention_example_and_elasticity():
    case = REFERENCE["retention_change_example"]
    worth = case["m"] * margin_multiplier(np.array([case["r0"], case["r1"]]), case["i"])
    assert worth == pytest.approx([case["clv0"], case["clv1"]], abs=1e-5)
    for retention in (0.7, 0.8, 0.85, 0.9):
        expected = REFERENCE["elasticity_of_CLV_to_retention"][f"r={retention:g},i=0.12"]
        assert retention_elasticity(retention, 0.12) == pytest.approx(expected, abs=5e-4)


def test_limits():
    assert margin_multiplier(1, 0.1) == pytest.approx(10)
    assert margin_multiplier(0, 0.1) == 0
    assert margin_multiplier(0.9, 0.12, 0.03, periods=2000) == pytest.approx(margin_multiplier(0.9, 0.12, 0.03))
    assert [expected_lifetime(0.90), expected_lifetime(0.95)] == pytest.approx([10, 20])
    with pytest.raises(ValueError, match=r"must be below 1 \+ rate"):
        margin_multiplier(0.99, 0.02, 0.04)
    with pytest.raises(ValueError, match=r"85 % is written 0.85"):
        margin_multiplier(85, 0.1)


def test_the_error_of_a_public_calculator_is_avoided():
    case = json.loads((FOLDER / "tei_and_calculators.json").read_text())["pulsafutura_error"]["example"]
    margin = case["customers"] * case["revenue"] * 0.4
    gain = margin * np.diff(margin_multiplier(np.array([0.80, 0.82]), 0.10))[0]
    in_five = margin * np.diff(margin_multiplier(np.array([0.80, 0.82]), 0.10, periods=5))[0]
    assert gain == pytest.approx(case["margin40_i10_r80_to_82"], abs=1e-3)
    assert in_five == pytest.approx(case["margin40_i10_r80_to_82_5_years"], abs=1e-3)


def test_periodic_rates_compound_to_the_year():
    assert (1 + periodic(0.08, 12)) ** 12 == pytest.approx(1.08)
    assert 1 + periodic(0.85 - 1, 12) == pytest.approx(0.85 ** (1 / 12))
    with pytest.raises(ValueError, match="1 by year, 12 by month"):
        periodic(0.08, 0)
