"""Numbers as a reader of each language writes them."""

from datetime import date

import pytest

from cxlib.analyses.result import Quantity
from cxlib.report.language.numbers import Phrase, money, p_value, styled

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "language, text",
    [("en", "1,234,568"), ("da", "1.234.568"), ("sv", f"1{NBSP}234{NBSP}568")],
)
def test_thousands(language, text):
    assert styled(1234568, "count", language) == text


def test_a_number_is_rounded_from_the_six_digits_that_results_json_keeps():
    assert styled(0.51249996, "p", "en") == styled(0.5125, "p", "en") == "0.513"
    assert styled(1234567.8, "count", "en") == "1,234,570"


@pytest.mark.parametrize("language, text", [("en", "−42.3%"), ("da", f"−42,3{NBSP}%"), ("sv", f"−42,3{NBSP}%")])
def test_percent_with_a_true_minus(language, text):
    assert styled(-0.423, "percent1", language) == text


def test_rounding_is_half_up_also_where_floats_fall_short():
    assert [styled(v, "count", "en") for v in (2.5, 3.5, -2.5)] == ["3", "4", "−3"]
    assert styled(0.285, "percent", "en") == "29%"  # .285 x 100 is 28.499... in binary
    assert styled(0.125, "number", "en") == "0.13"


def test_minus_zero_is_zero_and_a_change_of_zero_has_no_sign():
    assert styled(-0.04, "points", "en") == "0.0"
    assert styled(0.04, "change", "en") == "0.0"
    assert styled(3.21, "change", "da") == "+3,2"


def test_what_is_not_known_is_a_dash():
    assert [styled(v, "points", "en") for v in (None, float("nan"), float("inf"))] == ["–"] * 3
    assert p_value(float("nan"), "en") == "–"


def test_p_values_are_never_zero():
    assert p_value(0.0004, "da") == f"<{NBSP}0,001"
    assert p_value(0.0123, "sv") == "0,012"


def test_differences_of_shares_are_percentage_points():
    assert styled(0.136, "gap_percent1", "da") == f"13,6{NBSP}procentpoint"
    assert styled(0.136, "gap_percent1", "sv") == f"13,6{NBSP}procentenheter"
    assert styled(-2.0, "signed_gap_points", "en") == f"−2.0{NBSP}points"


def test_periods_and_dates():
    assert [styled("2025-Q4", "period", lang) for lang in ("en", "da", "sv")] == [
        "Q4 2025",
        "4. kvartal 2025",
        "kvartal 4 2025",
    ]
    assert styled("Spring 2025", "period", "da") == "Spring 2025"
    assert [styled("2025-03", "period", lang) for lang in ("en", "da", "sv")] == ["March 2025", "marts 2025", "mars 2025"]
    assert [styled("2025-H1", "period", lang) for lang in ("en", "da", "sv")] == ["H1 2025", "1. halvår 2025", "halvår 1 2025"]
    assert [styled("2025-W07", "period", lang) for lang in ("en", "da", "sv")] == ["week 7, 2025", "uge 7 2025", "vecka 7 2025"]
    assert styled("2025-01 – 2025-12", "period", "da") == "januar 2025 – december 2025"
    assert [styled(name, "period", "en") for name in ("2010-11", "2025-03-01", "2025")] == ["2010-11", "2025-03-01", "2025"]
    assert styled(date(2026, 11, 21), "date", "da") == "21. november 2026"
    assert styled(date(2026, 11, 21), "date", "sv") == "21 november 2026"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Q4 2025", "the second half of 2025", "March 2025", "week 7, 2025", "autumn 2025", "spring 2026", "2025"]),
        ("da", ["4. kvartal 2025", "2. halvår 2025", "marts 2025", "uge 7 2025", "efteråret 2025", "foråret 2026", "2025"]),
        ("sv", ["fjärde kvartalet 2025", "andra halvåret 2025", "mars 2025", "vecka 7 2025", "hösten 2025", "våren 2026", "2025"]),
    ],
)
def test_a_sentence_says_a_period_as_people_do(language, said):
    named = ["2025-Q4", "2025-H2", "2025-03", "2025-W07", "Höst 2025", "Spring 2026", "2025"]
    assert [Phrase(language).vformat("{p:period}", (), {"p": name}) for name in named] == said
    assert Phrase("sv").vformat("{p:period}", (), {"p": "2024-Q1 – 2025-Q4"}) == "första kvartalet 2024 – fjärde kvartalet 2025"
    assert styled("Höst 2025", "period", language) == "Höst 2025", "in a table the client's own word stays"


def test_what_comes_back_of_each_unit_of_money():
    assert styled(0.07, "return", "da", "DKK") == f"7{NBSP}øre pr. krone"
    assert styled(0.07, "return", "sv", "SEK") == f"7{NBSP}öre per krona"
    assert styled(0.996, "return", "en", "EUR") == f"1.00{NBSP}euros per euro"
    assert styled(2.4, "return", "sv", "EUR") == f"2,40{NBSP}euro per euro"
    assert styled(-0.25, "return", "da", "CHF") == f"−0,25{NBSP}CHF pr. CHF"
    assert styled(None, "return", "da", "DKK") == "–"


def test_a_change_is_a_verb():
    def said(language, value, spec="moves", style="signed_gap_fine"):
        return Phrase(language).vformat(f"{{x:{spec}}}", (), {"x": Quantity(value, style)})

    assert said("da", -1.494) == f"falder med 1,49{NBSP}point"
    assert said("sv", 0.66, "would_move") == f"skulle stiga med 0,66{NBSP}enheter"
    assert said("en", 0.031, style="signed_gap_percent1") == f"rises by 3.1{NBSP}percentage points"
    assert [said(each, -0.001) for each in ("en", "da", "sv")] == ["does not change", "ændrer sig ikke", "ändras inte"]
    assert said("en", float("nan")) == "–"


def test_money_short_and_whole():
    assert money(1_250_000, "da", "DKK", short=True) == f"1,3{NBSP}mio.{NBSP}DKK"
    assert money(1234.4, "sv", "SEK") == f"1{NBSP}234{NBSP}SEK"


@pytest.mark.parametrize(("value", "said"), [(20_513, "20,500"), (60_969, "61,000"), (-20_450, "−20,500"), (999.4, "999"), (1_004, "1,000"), (99_960, "100,000"), (12.4, "12")])
def test_a_short_amount_has_three_digits_that_count(value, said):
    assert styled(float(value), "money_short", "en", "EUR") == f"{said}{NBSP}EUR"
    assert styled(float(value), "money", "en", "EUR").startswith(f"{value:,.0f}".replace("-", "−"))
    assert styled(20_513.0, "money_table", "en", "EUR") == "20,513"


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="number style 'pct' is unknown"):
        styled(1, "pct", "en")


def test_a_quantity_brings_its_style_and_client_text_is_never_formatted():
    phrase = Phrase("da")
    assert (
        phrase.vformat("{a} {b}", (), {"a": Quantity(0.5, "percent1"), "b": "{0.__class__}"})
        == f"50,0{NBSP}% {{0.__class__}}"
    )
