"""Findings are ordered by a figure of their own: money, then what customers feel, then the company's view of itself."""

import importlib
import pkgutil
import re
from pathlib import Path

import pandas as pd
import pytest

import cxlib.analyses
from cxlib.analyses.result import Base, Finding, Quantity, Result, Says, Sentences
from cxlib.report.front_page import next_steps
from cxlib.report.front_page.priority import COMPANY, CUSTOMERS, MONEY, UNKNOWN, worth


def of(*findings, tables=None) -> list:
    result = Result("r", tables or {}, findings, Base(1, 1))
    return [worth(finding, result) for finding in findings]


def change(value, style, key="change.rose") -> Finding:
    return Finding(key, "{change}", {"change": Quantity(value, style)}, "good")


def test_money_comes_before_customers_before_the_company():
    [company, customers, money] = of(
        Finding("gap.higher", "{gap:count}", {"gap": 90.0}, "bad"),
        change(1.0, "gap_index"),
        Finding("point.worth", "{expected:money_short}", {"expected": 1.0}, "good"),
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


def declared() -> dict[str, Says]:
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(cxlib.analyses.__path__, "cxlib.analyses.")]
    tables = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Sentences)}
    return {(key, says.message): says for table in tables.values() for key, says in table.items()}


def test_what_a_sentence_declares_can_be_found():
    """The slots of a stake and a subject are in the message or the finding, a role and a doubt are known to the steps."""
    source = next_steps.__loader__.get_source(next_steps.__name__)
    for (key, _), says in declared().items():
        assert says.about in ("client", "data", "method"), key
        for role in filter(None, (says.advises, *says.doubts)):
            assert f'"{role}"' in source or role in ("invest", "keep"), (key, role)
    advised = {says.advises for says in declared().values()} | {"limit_at_once"}
    assert {doubt for says in declared().values() for doubt in says.doubts} <= advised
    assert sum(bool(says.stake) for says in declared().values()) > 20


def test_the_front_page_names_no_finding():
    """Rules over what sentences declare, no lists of keys."""
    keys = {key for key, _ in declared() if "." in key}
    for file in Path(next_steps.__file__).parents[1].rglob("*.py"):
        assert not set(re.findall(r'"([\w.]+)"', file.read_text(encoding="utf-8"))) & keys, file
