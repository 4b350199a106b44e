"""How often the intervals of the driver statistics hold the truth, and how often noise is called a driver.

`python -m tests.simulations.drivers` writes drivers.csv (about ten minutes). Truth is the population's own covariance:
LMG from its subsets, paths and impacts from its path model.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.drivers.importance import relative_importance
from cxlib.stats.drivers.path_estimates import path_model
from cxlib.stats.drivers.path_model import path_fits, path_structure
from cxlib.stats.drivers.shapley import shapley_values, subset_r2
from cxlib.stats.moments import one_blas_thread

TABLE = Path(__file__).with_suffix(".csv")
RESAMPLES = 999
NOISE = "any of six without effect called a driver"
SHAPE = path_structure({"X": ["x1", "x2", "x3"], "Z": ["z1", "z2", "z3"], "Y": ["y1", "y2", "y3"]},
                       [("X", "Z"), ("X", "Y"), ("Z", "Y")])  # fmt: skip


def population(beta, correlation, r2):
    """Covariance of equally correlated drivers and an outcome, last, with this R2."""
    p = len(beta)
    among = np.full((p, p), correlation) + (1 - correlation) * np.eye(p)
    with_outcome = among @ beta
    explained = beta @ with_outcome
    variance = explained / r2 if explained else 1.0
    return np.block([[among, with_outcome[:, None]], [with_outcome[None], np.array([[variance]])]])


def sample(covariance, n, weights, rng):
    """Rows and their weights; with weights, rows of a high first column are drawn less often and count for more."""
    root = np.linalg.cholesky(covariance)
    if not weights:
        return rng.standard_normal((n, len(covariance))) @ root.T, np.ones(n)
    pool = rng.standard_normal((6 * n, len(covariance))) @ root.T
    keep = 1 / (1 + np.exp(pool[:, 0]))  # chance to be drawn
    rows = rng.choice(6 * n, n, replace=False, p=keep / keep.sum())
    return pool[rows], 1 / keep[rows]


@one_blas_thread
def importance_coverage(n, weights, runs, correlation=0.5, r2=0.5):
    """Share of runs whose 95 % interval holds the population's LMG, mean over the drivers."""
    covariance = population(np.array([0.5, 0.35, 0.25, 0.15]), correlation, r2)
    truth = shapley_values(subset_r2(covariance[:, :, None], [[j] for j in range(4)]))[:, 0]
    hits = np.zeros((runs, 4))
    for run in range(runs):
        data, weight = sample(covariance, n, weights, np.random.default_rng(run))
        table = relative_importance(pd.DataFrame(data[:, :4]), data[:, 4], weights=weight, resamples=RESAMPLES,
                                    seed=run).table  # fmt: skip
        hits[run] = (table.low <= truth) & (truth <= table.high)
    return float(hits.mean())


def factors():
    """Items of three constructs with known correlations: X -> Z, X and Z -> Y."""
    among = np.array([[1, 0.5, 0.55], [0.5, 1, 0.6], [0.55, 0.6, 1]])
    loadings = np.kron(np.eye(3), np.array([[0.85], [0.8], [0.75]]))
    covariance = loadings @ among @ loadings.T
    np.fill_diagonal(covariance, 1)
    return covariance


@one_blas_thread
def path_coverage(n, weights, runs):
    """Shares of runs whose 95 % interval holds the population's path, and impact in index points: (paths, impacts)."""
    covariance = factors()
    truth = path_fits(covariance[:, :, None], SHAPE).paths[np.nonzero(SHAPE.arrows)][:, 0]
    # equal spreads of the items: the impact is the path times the ratio of the sums of weights
    sums = [path_fits(covariance[:, :, None], SHAPE).weights[span, 0].sum() for span in SHAPE.spans]
    target, source = np.nonzero(SHAPE.arrows)
    impacts = truth * np.array(sums)[source] / np.array(sums)[target]
    hits = np.zeros((2, runs, len(truth)))
    for run in range(runs):
        data, weight = sample(covariance, n, weights, np.random.default_rng(run))
        items = pd.DataFrame(data, columns=list(SHAPE.items))
        paths = path_model(items, SHAPE, scale=(-9, 9), weights=weight, resamples=RESAMPLES, seed=run).paths
        hits[0, run] = (paths.low <= truth) & (truth <= paths.high)
        hits[1, run] = (paths.impact_low <= impacts) & (impacts <= paths.impact_high)
    return tuple(hits.mean(axis=(1, 2)))


@one_blas_thread
def false_drivers(n, weights, runs, drivers=6):
    """Share of runs in which any of six drivers without effect is called one (p_holm below .05)."""
    covariance = population(np.zeros(drivers), 0.4, 0)
    called = 0
    for run in range(runs):
        data, weight = sample(covariance, n, weights, np.random.default_rng(run))
        table = relative_importance(pd.DataFrame(data[:, :drivers]), data[:, drivers], weights=weight, resamples=499,
                                    seed=run).table  # fmt: skip
        called += (table.p_holm < 0.05).any()
    return called / runs


def simulated(sizes=(150, 1000), runs=500, more=2000):
    """One row for each figure and design: figure, n, weights, runs (more of them for rates near 5 %), share."""
    rows = []
    for n in sizes:
        for weights in (False, True):
            paths, impacts = path_coverage(n, weights, runs)
            rows += [("LMG in its interval", n, weights, runs, importance_coverage(n, weights, runs)),
                     ("path in its interval", n, weights, runs, paths),
                     ("impact in its interval", n, weights, runs, impacts),
                     (NOISE, n, weights, more, false_drivers(n, weights, more))]  # fmt: skip
    return pd.DataFrame(rows, columns=["figure", "n", "weights", "runs", "share"])


if __name__ == "__main__":
    simulated().round(4).to_csv(TABLE, index=False)
    print(TABLE.read_text())
