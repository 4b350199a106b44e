"""Speed of the driver statistics on one thread, and beside pingouin and, where installed, R's relaimpo and seminr."""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from cxlib.stats.drivers.importance import importance_metrics, relative_importance
from cxlib.stats.drivers.path_estimates import path_model
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.drivers.shapley import shapley_values, subset_r2
from cxlib.stats.moments import bootstrap_stacks, covariance_stack, sample_units

# the European customer satisfaction index for mobile operators, as in seminr: 24 items, seven constructs, 250 people
SIZES = {"Image": 5, "Expectation": 3, "Quality": 7, "Value": 2, "Satisfaction": 3, "Complaints": 1, "Loyalty": 3}
PATHS = [("Image", "Expectation"), ("Image", "Satisfaction"), ("Image", "Loyalty"), ("Expectation", "Quality"),
         ("Expectation", "Value"), ("Expectation", "Satisfaction"), ("Quality", "Value"), ("Quality", "Satisfaction"),
         ("Value", "Satisfaction"), ("Satisfaction", "Complaints"), ("Satisfaction", "Loyalty"),
         ("Complaints", "Loyalty")]  # fmt: skip
R_SCRIPT = """
args <- commandArgs(TRUE); data <- read.csv(args[1]); items <- read.csv(args[2])
say <- function(name, time) cat(name, time[["elapsed"]], "\n")
if (requireNamespace("relaimpo", quietly = TRUE))
  say("relaimpo", system.time(relaimpo::boot.relimp(y ~ ., data, b = 100, type = "lmg")))
if (requireNamespace("seminr", quietly = TRUE)) { library(seminr)
  sizes <- c(Image=5, Expectation=3, Quality=7, Value=2, Satisfaction=3, Complaints=1, Loyalty=3)
  blocks <- lapply(names(sizes), function(n) composite(n, paste0(n, seq_len(sizes[[n]]) - 1)))
  paths <- read.csv(args[3]); arrows <- lapply(seq_len(nrow(paths)), function(i) seminr::paths(paths[i, 1], paths[i, 2]))
  model <- estimate_pls(items, do.call(constructs, blocks), do.call(relationships, arrows))
  say("seminr", system.time(bootstrap_model(model, nboot = 100, cores = 1))) }
"""


def survey(n=250, seed=1):
    """Answers on 1-10 to the model's 24 items."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    items = {f"{name}{i}": 0.6 * common + 0.5 * rng.normal(size=n) for name, k in SIZES.items() for i in range(k)}
    return pd.DataFrame({name: np.clip(np.round(7 + 1.8 * values), 1, 10) for name, values in items.items()})


def regression(n, p, seed=1):
    """p correlated drivers and an outcome."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(n, p)) + rng.normal(size=(n, 1)), columns=[f"x{j}" for j in range(p)])
    return x, x @ np.linspace(0.1, 1, p) + 3 * rng.normal(size=n)


def seconds(function, runs=1) -> float:
    """The shortest of some runs: what else the machine does is not what is measured."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def all_figures_of_the_path_model(resamples=10_000):
    blocks = {name: [f"{name}{i}" for i in range(k)] for name, k in SIZES.items()}
    items, structure = survey(), path_structure(blocks, PATHS)
    return seconds(lambda: path_model(items, structure, scale=(1, 10), resamples=resamples), 5)


def shapley_bootstrap(resamples=10_000, p=10):
    x, y = regression(500, p)
    units = sample_units(np.column_stack([x, y]))

    def run():
        for _, stack in bootstrap_stacks(units, resamples, seed=1):
            shapley_values(subset_r2(stack, [[j] for j in range(p)]))

    return seconds(run, 5)


def all_subsets(p=20):
    x, y = regression(2000, p)
    stack = covariance_stack(sample_units(np.column_stack([x, y])))[1]
    return seconds(lambda: subset_r2(stack, [[j] for j in range(p)]), 5)


def a_million_rows():
    x, y = regression(1_000_000, 15)
    return seconds(lambda: relative_importance(x, y))


def beside_pingouin(p=10):
    """How many times longer pingouin takes for one LMG of p drivers."""
    import pingouin

    x, y = regression(500, p)
    theirs = seconds(lambda: pingouin.linear_regression(x, y, relimp=True), 3)
    ours = seconds(lambda: importance_metrics(x, y), 5)
    return theirs / ours


def beside_r():
    """How many times longer R takes for 100 resamples: {package: ratio}; {} where R or the package is missing."""
    if shutil.which("Rscript") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("data.csv", "items.csv", "paths.csv")]
        x, y = regression(500, 10)
        x.assign(y=y).to_csv(files[0], index=False)
        survey().to_csv(files[1], index=False)
        pd.DataFrame(PATHS).to_csv(files[2], index=False)
        said = subprocess.run(["Rscript", "-e", R_SCRIPT, *map(str, files)], capture_output=True, text=True, check=False)
    times = {line.split()[0]: float(line.split()[1]) for line in said.stdout.splitlines() if len(line.split()) == 2}
    ours = {"relaimpo": shapley_bootstrap(100), "seminr": all_figures_of_the_path_model(100)}
    return {name: value / ours[name] for name, value in times.items() if name in ours}


def main() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with threadpool_limits(1):
        print(f"drivers: path model, every figure, 10,000 resamples {all_figures_of_the_path_model():7.2f} s  (at most 2.5 s)")
        print(f"drivers: LMG, 10 drivers, 10,000 resamples          {shapley_bootstrap():7.2f} s  (at most 1 s)")
        print(f"drivers: R2 of all 2^20 subsets                     {all_subsets():7.2f} s  (at most 0.5 s)")
        print(f"drivers: importance, 1,000,000 rows x 15 drivers    {a_million_rows():7.2f} s  (at most 20 s)")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"drivers: most memory                                {peak:7.2f} GB (at most 3 GB)")
        print(f"drivers: LMG of 10 drivers, pingouin / ours         {beside_pingouin():7.0f} x")
        for name, ratio in beside_r().items():
            print(f"drivers: 100 resamples, {name} / ours            {ratio:7.0f} x")


if __name__ == "__main__":
    main()
