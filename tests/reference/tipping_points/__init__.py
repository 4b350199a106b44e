"""Data of other programs' documented examples, where they lie beside the checkout, and what those programs found."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

HERE = Path(__file__).parent
DATA = HERE.parents[3] / "shared" / "reference" / "tipping_points"
EXPECTED = json.loads((HERE / "expected.json").read_text())


def reference(name):
    """x and y of a documented example; skips where the file is absent."""
    if name == "pr_readme":  # its documentation gives the seed
        x = np.linspace(0, 20, 200)
        return x, 100 - 4 * x + 2 * np.maximum(x - 7, 0) + np.random.RandomState(0).normal(size=200)
    file = DATA / f"{name.split('_RKV')[0]}.csv"
    if not file.exists():
        pytest.skip(f"reference data {file.name} is not beside the checkout")
    data = pd.read_csv(file)
    if name == "plant_RKV":
        data = data[data.group == "RKV"].rename(columns={"time": "x"})
    elif name == "nile":
        data = data.rename(columns={"year": "x", "flow": "y"})
    return data.x.to_numpy(), data.y.to_numpy()
