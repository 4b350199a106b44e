"""Touchpoints and rules where the truth is known: the kept table (tests/simulations/journey.csv), and that it comes out again."""

import pandas as pd
import pytest

from tests.simulations import journey as simulated


def test_touchpoints_keep_the_promise():
    table = pd.read_csv(simulated.KEPT).query("what == 'touchpoints'").set_index(["design", "n"]).sort_index()
    honest = table.drop("half a spread of general opinion")
    assert (honest.bias < 0.02).all() and honest.covered.between(0.935, 0.965).all() and (honest.false <= 0.06).all()
    assert (table.loc["half a spread of general opinion"].false <= 0.1).all()


def test_rules_keep_the_promise():
    table = pd.read_csv(simulated.KEPT).query("what == 'rules'").set_index("design")
    scored = table.loc[[f"{rule}, 100% of contacts scored" for rule in simulated.CANDIDATES]]
    assert (scored.right >= 0.95).all() and (table.wrong <= 0.01).all()
    assert table.right["worst, 40% of contacts scored"] < 0.65  # never wrong, seldom clear


@pytest.mark.slow
def test_a_part_of_the_table_comes_out_again():
    kept = pd.read_csv(simulated.KEPT).set_index(["design", "n"]).sort_index()
    for again in (simulated.of_touchpoints(300, "everybody alike"), simulated.of_rules(1000, "worst")):
        row = kept.loc[(again["design"], again["n"])]
        assert {name: row[name] for name in again if name not in ("what", "design", "n")} == pytest.approx(
            {name: value for name, value in again.items() if name not in ("what", "design", "n")}, abs=2e-4)
