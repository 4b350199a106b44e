"""The kept table of simulations (tests/simulations/journey.csv) is what comes out again."""

import pandas as pd
import pytest

from tests.simulations import journey as simulated


@pytest.mark.slow
def test_a_part_of_the_table_comes_out_again():
    kept = pd.read_csv(simulated.KEPT).set_index(["design", "n"])
    for again in (simulated.of_touchpoints(300, "everybody alike"), simulated.of_rules(1000, "worst")):
        row = kept.loc[(again["design"], again["n"])]
        assert {name: row[name] for name in again if name not in ("what", "design", "n")} == pytest.approx(
            {name: value for name, value in again.items() if name not in ("what", "design", "n")}, abs=2e-4)
