"""Findings are ordered by a figure of their own: money, then what customers feel, then the company's view of itself."""

import importlib
import pkgutil

import pandas as pd
import pytest

import cxlib.analyses
from cxlib.analyses.result import Base, Finding, Quantity, Result, Sentences
from cxlib.report.front_page import next_steps
from cxlib.report.front_page.overview import SILENCED_BY
from cxlib.report.front_page.priority import AT_STAKE, COMPANY, CUSTOMERS, MONEY, UNKNOWN, worth


def of(*findings, tables=None) -> list:
    result = Result("r", tables or {}, findings, Base(1, 1))
    return [worth(finding, result) for finding in findings]


def change(value, style, key="change.rose") -> Finding:
    return Finding(key, "{change}", {"change": Quantity(value, style)}, "good")


def test_money_comes_before_customers_before_the_company():
    [company, customers, money] = of(
        Finding("gap.higher", "{gap:count}", {"gap": 90.0}, "bad"),
        change(1.0, "gap_index"),
        Finding("point.worth", "{p50:money_short}", {"p50": 1.0}, "good"),
    )
    assert sorted([company, customers, money]) == [money, customers, company]
    assert [each.kind for each in (money, customers, company)] == [MONEY, CUSTOMERS, COMPANY]


def test_the_larger_figure_comes_first_whatever_its_sign():
    small, large = of(change(4.0, "gap_index"), change(-6.0, "gap_index", "change.fell"))
    assert large < small


def test_figures_on_different_scales_are_compared_by_their_spread():
    # 20 of 80 NPS points, 5 of 20 index points and .1125 of .45 are a quarter of the spread of single answers
    assert len(set(of(change(20.0, "gap_points"), change(5.0, "gap_index"), change(0.1125, "gap_percent1")))) == 1


def test_a_missed_target_is_worth_the_way_that_is_left():
    level = Finding("level.only", "{estimate}", {"estimate": Quantity(27.0, "points")}, "neutral")
    missed = Finding("target.missed", "{target}", {"target": Quantity(40.0, "points")}, "bad")
    assert of(level, missed)[1].size == pytest.approx(-13 / 80)
    assert of(missed) == [UNKNOWN]  # how far it is nobody says


def test_a_figure_may_stand_in_the_results_table():
    table = pd.DataFrame({"block": ["Price", "Staff"], "potential": [11.0, 4.0]})
    low = Finding("act.low", "{block}", {"block": "Price"}, "bad")
    assert of(low, tables={"priorities": table})[0].size == pytest.approx(-11 / 20)
    assert of(low) == [UNKNOWN]


def test_a_verdict_without_a_figure_has_no_worth():
    assert of(Finding("agreement.counts", "{all:count}", {"all": 21}, "neutral")) == [UNKNOWN]


def test_every_key_that_the_front_page_reads_is_one_that_an_analysis_says():
    keys = set()
    for module in pkgutil.walk_packages(cxlib.analyses.__path__, "cxlib.analyses."):
        for value in vars(importlib.import_module(module.name)).values():
            keys |= set(value) if isinstance(value, Sentences) else set()
    source = next_steps.__loader__.get_source(next_steps.__name__)
    named = {part for part in source.split('"') if part.replace(".", "").replace("_", "").isalpha() and "." in part}
    named -= set(next_steps.STEPS)
    silent = {key for _, louder in SILENCED_BY.values() for key in louder}
    assert len(named) > 25 and {*named, *AT_STAKE, *SILENCED_BY, *silent} <= keys
