"""The order in time of named periods: generated series in every dress, shuffled, come back in order; what is unclear has none."""

from datetime import date, timedelta

import numpy as np
import pytest
from babel.dates import format_date

from cxlib.engagement.tables.periods import in_time_order, likely_order, same_time

LANGUAGES = ("en", "da", "sv")
ORDINALS = {"en": ["first", "second", "third", "fourth"], "da": ["første", "andet", "tredje", "fjerde"], "sv": ["första", "andra", "tredje", "fjärde"]}
SEASONS = {"en": ["Spring", "Summer", "Autumn", "Winter"], "da": ["Forår", "sommer", "Efterår", "vinter"], "sv": ["Vår", "Sommar", "Höst", "Vinter"]}
QUARTERS = [
    "Q{p} {y}", "{y}-Q{p}", "{y}Q{p}", "{y} Q{p}", "q{p}-{y}", "{y}K{p}", "K{p} {y}", "{p}. kvartal {y}", "kv. {p} {y}", "{p}. kv. {y}",
    "Q{p}'{yy:02}", "{p}Q{yy:02}", "Q{p}/{yy:02}", "Quarter {p}, {y}", "kvartal {p} {y}", "{p}:a kvartalet {y}", "FY{yy:02} Q{p}", "Q{p} FY{y}",
    "{en} quarter of {y}", "{da} kvartal {y}", "{sv} kvartalet {y}", "Kvt {p} / {y}",
]  # fmt: skip
HALVES = ["H{p} {y}", "{y}-H{p}", "{p}H{yy:02}", "H{p}'{yy:02}", "{p}. halvår {y}", "{en} half of {y}", "{da} halvår {y}", "{sv} halvåret {y}", "HY{p} {y}"]
WEEKS = ["{y}-W{p:02}", "{y}W{p:02}", "uge {p} {y}", "Uge {p}, {y}", "v. {p} {y}", "v{p} {y}", "week {p}, {y}", "vecka {p} {y}", "{y} uge {p:02}", "W{p:02} {y}", "wk {p} {yy:02}"]
MONTHS = ["MMMM y", "MMM y", "MMM yy", "MMMM yyyy", "yyyy-MM", "MM/yyyy", "yyyy/MM", "yyyyMM", "yyyy 'M'MM", "MMM''yy", "MMM-y", "y MMMM", "yyyy.MM"]
YEARS = ["{y}", "FY{yy:02}", "FY {y}", "{y}/{next:02}", "{y}-{following}", "FY{y}/{next:02}", "år {y}", "Regnskabsår {y}/{next:02}", "'{yy:02}"]
WAVES = ["wave {n}", "Wave {n}", "bølge {n}", "måling {n}", "mätning {n}", "W{n}", "Runde {n}", "{n}", "{n}. måling", "Pulse #{n}", "T{n}", "Survey no. {n}"]


def comes_back(names, seed):
    """Shuffled, the series is put in order again, and nothing depends on the order in which it is met."""
    rng = np.random.default_rng(seed)
    for _ in range(4):
        assert in_time_order(rng.permutation(names).tolist()) == names


def parts(first, cycle, count):
    return [(first + i // cycle, i % cycle + 1) for i in range(count)]


def dressed(dress, year, place):
    words = {language: ORDINALS[language][place - 1] for language in LANGUAGES} if place <= 4 else {}
    return dress.format(y=year, yy=year % 100, next=(year + 1) % 100, following=year + 1, p=place, **words)


@pytest.mark.parametrize("seed", range(6))
def test_quarters_halves_and_weeks_in_every_dress(seed):
    rng = np.random.default_rng(seed)
    for dresses, cycle, count in ((QUARTERS, 4, 9), (HALVES, 2, 5), (WEEKS, 52, 60)):
        for dress in dresses:
            every = [dressed(dress, *part) for part in parts(int(rng.integers(2005, 2030)), cycle, count)]
            first = int(rng.integers(0, 3))
            comes_back(every[first : first + int(rng.integers(2, count))], seed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", MONTHS)
def test_months_in_every_dress_and_language(form, language):
    for seed, (year, month) in enumerate([(2023, 1), (2024, 6), (2024, 11), (1999, 9), (2009, 12)]):
        months = [date(year + (month - 1 + i) // 12, (month - 1 + i) % 12 + 1, 1) for i in range(14)]
        comes_back([format_date(each, form, locale=language) for each in months], seed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_seasons(language):
    names = SEASONS[language]
    three = [f"{names[i % 3]} {2023 + i // 3}" for i in range(7)]
    comes_back(three, 1)
    winters = [f"{names[i % 4]} {2023 + i // 4}" + f"/{24 + i // 4}" * (i % 4 == 3) for i in range(9)]
    comes_back(winters, 2)
    comes_back([f"{names[3]} {year}" for year in range(2020, 2025)], 3)


@pytest.mark.parametrize("seed", range(3))
def test_years_and_waves(seed):
    rng = np.random.default_rng(seed)
    for dress in YEARS:
        first = int(rng.integers(2000, 2030))
        comes_back([dressed(dress, first + i, 1) for i in range(int(rng.integers(2, 12)))], seed)
    for dress in WAVES:
        comes_back([dress.format(n=n) for n in range(1, int(rng.integers(3, 15)))], seed)
    comes_back([f"Måling {n} {year}" for year in (2023, 2024) for n in (1, 2, 3)], seed)


def test_every_month_in_another_dress_or_language():
    """A column that several people filled in: the same months, each written in its own way."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        months = [date(2023 + i // 12, i % 12 + 1, 1) for i in range(18)]
        forms = ["MMMM y", "MMM y", "yyyy-MM", "MM/yyyy", "MMM-y"]
        comes_back([format_date(each, rng.choice(forms), locale=str(rng.choice(LANGUAGES))) for each in months], 0)
        quarters = [dressed(str(rng.choice(QUARTERS)), *part) for part in parts(2023, 4, 8)]
        comes_back(quarters, 0)


def test_translating_the_language_changes_nothing():
    rng = np.random.default_rng(2)
    months = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(15)]
    orders = []
    shuffled = rng.permutation(15)
    for language in LANGUAGES:
        names = [format_date(each, "MMM y", locale=language) for each in months]
        orders.append([names.index(each) for each in in_time_order([names[i] for i in shuffled])])
    assert orders[0] == orders[1] == orders[2] == list(range(15))


def test_what_lies_in_between_does_not_matter():
    """Leaving periods out, or writing letters large, changes the order of none of the others."""
    rng = np.random.default_rng(9)
    names = [dressed("Q{p} {y}", *part) for part in parts(2021, 4, 16)]
    for _ in range(50):
        some = [names[i] for i in np.sort(rng.choice(16, 6, replace=False))]
        comes_back(some, 1)
        comes_back([each.lower() for each in some], 1)


@pytest.mark.parametrize(
    "names",
    [
        ["Q1", "Q2", "Q3", "Q4"], ["Q4", "Q1"], ["jan", "jul"], ["nov", "dec", "jan"], ["H1", "H2"], ["Spring", "Autumn"],  # over a turn of the year?
        ["Before", "After"], ["Baseline", "Wave 2"], ["wave 1", "W2"], ["Nord", "Syd"],
        ["2024", "Q1 2024"], ["Q1 2024", "jan 2024"], ["2024", "jan"],  # one holds the other
        ["Winter 2024", "Summer 2024"],  # in its first months or its last?
        ["Q1 2024", "2024-Q1"], ["jan 2025", "January 2025", "feb 2025"],  # the same time twice
        ["01-12-2024", "02-03-2024"],  # day or month first?
        ["Jan 30", "Feb 29", "Mar 31"], ["Q5 2024", "Q1 2024"], ["uge 54 2024", "uge 2 2024"], ["W50", "W51", "W1"], ["1. mål 2", "2. mål 1"],
    ],
)  # fmt: skip
def test_what_is_unclear_has_no_order(names):
    assert in_time_order(names) is None
    assert sorted(likely_order(names)) == sorted(names)


@pytest.mark.parametrize(
    "names",
    [
        ["jan", "feb", "mar"], ["Q1", "Q2", "Q3"], ["Spring", "Summer"], ["uge 7", "uge 9", "uge 12"], ["2022", "2023", "Q1 2024", "Q2 2024"],
        ["H1 2024", "Q3 2024", "oct 2024"], ["Autumn 2024", "Winter 2024/25", "Spring 2025"], ["jan-mar 2024", "apr-jun 2024"],
        ["30-11-2024", "01-12-2024"], ["2024-12-31", "2025-03-31"], ["3. marts 2025", "1. april 2025"], ["March 3, 2025", "April 1, 2025"],
        ["Dec 2009", "Nov 2010"], ["2009/10", "2010/11", "2011/12"], ["Q4 1999", "Q1 2000"], ["9", "10"],
    ],
)  # fmt: skip
def test_clear_without_a_year_or_of_several_kinds(names):
    comes_back(names, 3)


def test_days_in_any_order():
    rng = np.random.default_rng(4)
    days = [date(2024, 12, 20) + timedelta(9 * i) for i in range(12)]
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y"):
        comes_back([day.strftime(form) for day in days], int(rng.integers(100)))


def test_names_of_the_same_time_are_found():
    assert same_time(["Q1 2024", "Q2 2024", "2024K1"]) == [("Q1 2024", "2024K1")]
    assert same_time(["Wave 1", "Wave 2"]) == []


def test_one_name_or_none():
    assert in_time_order([]) == [] and in_time_order(["x"]) == ["x"] and in_time_order(["x", "x"]) == ["x"]
