"""How often what is said of units is right where the truth is known.

`python -m tests.simulations.units` writes units.csv (about two minutes): a row for each number of units and spread.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.units.shrinkage import shrunken_levels
from cxlib.stats.units.unit_comparison import unit_comparison

TABLE = Path(__file__).with_suffix(".csv")
UNITS, SPREADS = (10, 24, 48), (0, 1, 3, 8)


def levels_held(units: int, spread: float, runs: int) -> float:
    """Share of intervals of shrunken levels that hold the true one; 10 to 200 answers a unit, of an SD of 30."""
    rng, held = np.random.default_rng([units, spread]), []
    for _ in range(runs):
        variances = 900 / rng.integers(10, 200, units)
        true = 50 + spread * rng.standard_normal(units)
        table = shrunken_levels(true + np.sqrt(variances) * rng.standard_normal(units), variances)
        held.append(((table.low <= true) & (true <= table.high)).mean())
    return float(np.mean(held))


def equal_units_named(units: int, runs: int) -> float:
    """Share of samples in which any unit is named though all are alike: whole answers of 0-10, 10 to 60 a unit."""
    rng, named = np.random.default_rng(units), 0
    for _ in range(runs):
        unit = np.repeat(np.arange(units), rng.integers(10, 60))
        answers = np.clip(np.round(rng.normal(7, 2, len(unit))), 0, 10)
        named += (unit_comparison(answers, unit).table.verdict != "as_others").any()
    return named / runs


def table(runs: int = 2000) -> pd.DataFrame:
    rows = [("interval holds the level", units, spread, runs, levels_held(units, spread, runs)) for units in UNITS for spread in SPREADS]
    rows += [("any equal unit named", units, 0, runs // 2, equal_units_named(units, runs // 2)) for units in UNITS]
    return pd.DataFrame(rows, columns=["figure", "units", "spread", "runs", "value"]).round(4)


if __name__ == "__main__":
    table().to_csv(TABLE, index=False)
    print(TABLE.read_text())
