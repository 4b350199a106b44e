"""What 05_journey and 07_effect promise is kept: a table of promises, figures and tests (tests/simulations/acceptance.csv), and the tests are there."""

import ast
from pathlib import Path

import pandas as pd
import pytest

from tests.simulations import acceptance, real_journeys

ROOT = Path(__file__).parents[1]
ROWS = {*range(1, 24)}


def test_every_figure_lies_where_it_has_to():
    table = acceptance.table()
    pd.testing.assert_frame_equal(table, pd.read_csv(acceptance.TABLE), rtol=1e-5, check_dtype=False)
    assert set(table.row) == ROWS
    figures = table[table.found.notna()]
    missed = figures[(figures.found < figures.at_least.fillna(-float("inf"))) | (figures.found > figures.at_most.fillna(float("inf")))]
    assert missed.empty, missed.to_string()
    assert (figures.at_least.notna() | figures.at_most.notna()).all()


def test_every_test_that_is_named_is_there():
    named = {each for line in acceptance.table().tests for each in line.split()}
    there = {}
    for each in sorted(named):
        file, name = each.split("::")
        if file not in there:
            there[file] = {node.name for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
        assert name in there[file], each


@pytest.mark.slow
def test_the_answers_of_the_open_data_come_out_again():
    again, kept = (table.set_index("figure").value for table in (real_journeys.table(), pd.read_csv(real_journeys.TABLE)))
    speed = "a million contacts: seconds to hand-overs"
    pd.testing.assert_series_equal(again.drop(speed), kept.drop(speed), rtol=1e-3, atol=1e-9)
    assert again[speed] < 5
