"""Inputs that several tests of the driver statistics share."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "tests" / "reference" / "drivers"
BLOCKS = {
    "Image": [f"IMAG{i}" for i in range(1, 6)], "Expectation": [f"CUEX{i}" for i in range(1, 4)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)], "Value": ["PERV1", "PERV2"],
    "Satisfaction": [f"CUSA{i}" for i in range(1, 4)], "Complaints": ["CUSCO"],
    "Loyalty": [f"CUSL{i}" for i in range(1, 4)],
}  # fmt: skip
PATHS = [
    ("Image", "Expectation"), ("Image", "Satisfaction"), ("Image", "Loyalty"), ("Expectation", "Quality"),
    ("Expectation", "Value"), ("Expectation", "Satisfaction"), ("Quality", "Value"), ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"), ("Satisfaction", "Complaints"), ("Satisfaction", "Loyalty"), ("Complaints", "Loyalty"),
]  # fmt: skip


def reference(name):
    return json.loads((REFERENCE / f"{name}.json").read_text())


def swiss():
    return pd.read_csv(REFERENCE / "swiss.csv", index_col=0)


def mobi():
    path = ROOT.parent / "shared" / "data" / "mobi" / "mobi.csv"
    if not path.exists():
        pytest.skip("the mobi survey (shared/data/mobi) is not on this machine")
    return pd.read_csv(path)


def mobi_weights():
    """Frequency weights (i mod 5) + 1 for i = 1..250."""
    return np.arange(1, 251) % 5 + 1


def mobi_means(survey):
    """Four drivers and satisfaction as plain means of their items."""
    def mean(stem, items):
        return survey[[f"{stem}{i}" for i in range(1, items + 1)]].mean(axis=1)

    x = pd.DataFrame({"IMAGE": mean("IMAG", 5), "EXPECT": mean("CUEX", 3), "QUALITY": mean("PERQ", 7),
                      "VALUE": mean("PERV", 2)})
    return x, mean("CUSA", 3)


def normal_drivers(n, *, beta, correlation=0.5, r2=0.5, seed=0, scale=None):
    """Drivers with equal correlations and an outcome with this R2; also the population covariance (outcome last)."""
    p = len(beta)
    among = np.full((p, p), correlation) + (1 - correlation) * np.eye(p)
    beta = np.asarray(beta, float)
    explained = beta @ among @ beta
    variance = explained / r2 if r2 else 1.0
    covariance = np.block([[among, (among @ beta)[:, None]], [(among @ beta)[None], np.array([[variance]])]])
    values = np.random.default_rng(seed).standard_normal((n, p + 1)) @ np.linalg.cholesky(covariance).T
    x = pd.DataFrame(values[:, :p], columns=[f"d{j}" for j in range(p)])
    return x, values[:, p], covariance
