"""How often the tipping-point gates are right on data whose truth is known. Writes tipping_points.csv beside it.

    python -m tests.simulations.tipping_points [runs [n ...]]     (the rows of each n are replaced)

x is minutes: ceil(gamma(1.8, 6)) up to 45, plain ("integer"), without rounding ("continuous"), or 60 % of it
rounded to 5 ("heaped"). The place that an interval must hold is the best-fitting kink of the true mean, and of a step
its place.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlib.analyses.service_level import ServiceLevel
from cxlib.analyses.tipping_points.examination import examine
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.break_tests import line_test
from cxlib.stats.breaks.break_verdict import break_verdict
from cxlib.stats.breaks.breakpoints import best_break

TABLE = Path(__file__).with_suffix(".csv")
SIZES = (300, 1000, 5000)
LINES = {
    "line": lambda x: 7 - 0.08 * x,
    "ceiling": lambda x: 10.5 - 0.12 * x,
    "log": lambda x: 9 - 1.1 * np.log1p(x),
    "kink": lambda x: 8.5 - 0.02 * x - 0.22 * np.clip(x - 12, 0, None),
    "kink early": lambda x: 8.5 - 0.02 * x - 0.12 * np.clip(x - 6, 0, None),
    "step": lambda x: 8.3 - 0.02 * x - 1.8 * (x > 12),
    "small step": lambda x: 8.3 - 0.02 * x - 0.5 * (x > 12),
    "flat step": lambda x: 7.5 - 1.2 * (x > 12),
    "best between": lambda x: 8.5 - 0.02 * (x - 14) ** 2,
    "worst between": lambda x: 4 + 0.015 * (x - 14) ** 2,
    "two kinks": lambda x: 9 - 0.3 * x + 0.28 * np.clip(x - 5, 0, None) - 0.25 * np.clip(x - 15, 0, None),
}
STEP_AT = 12
NAMED = {"line": "line", "ceiling": "ceiling", "log": "curve", "kink": "kink", "kink early": "kink", "step": "step",
         "small step": "step", "flat step": "step", "two kinks": "two kinks", "best between": "peak",
         "worst between": "trough"}
SPREAD = {"same": lambda x: 1.8, "grows": lambda x: 1.8 * (0.4 + 0.06 * x)}


def waits(n, kind, rng):
    x = np.minimum(rng.gamma(1.8, 6, n), 45)
    if kind == "continuous":
        return x
    x = np.ceil(x)
    heaped = (kind == "heaped") & (rng.random(n) < 0.6)
    return np.where(heaped, np.maximum(np.round(x / 5) * 5, 1), x)


def answers(truth, x, scale, spread, rng):
    """y: any number ("free"), whole 0-10, whole 1-5, or 0/1 for 9 and 10."""
    y = LINES[truth](x) + SPREAD[spread](x) * rng.standard_normal(len(x))
    if scale == "free":
        return y
    y = np.clip(np.round(y), 0, 10)
    return {"0-10": y, "1-5": 1 + np.round(y * 0.4), "0/1": (y >= 9).astype(float)}[scale]


BOUNDS = {"free": None, "0-10": (0, 10), "1-5": (1, 5), "0/1": (0, 1)}


def true_place(truth, kind, scale):
    """Best-fitting kink of the true mean over the distribution of x, or the place of its step; nan without one place."""
    if "step" in truth:
        return STEP_AT
    if truth not in ("kink", "kink early"):
        return np.nan
    x, share = np.unique(waits(400_000, kind, np.random.default_rng(0)), return_counts=True)
    if kind == "continuous":
        x = np.quantile(waits(400_000, kind, np.random.default_rng(0)), (np.arange(4000) + 0.5) / 4000)
        share = np.ones(4000)
    mean = LINES[truth](x)
    if scale == "0-10":
        cuts = np.arange(0.5, 10)
        mean = norm.sf((cuts - mean[:, None]) / 1.8).sum(axis=1)
    return best_break(break_support(x, mean, weights=share), "kink", side_rows=0).places[0]


def type_one(truth, n, kind, scale, spread, runs, draws=999):
    """Share of samples in which gate 1 rejects a true line."""
    hits = 0
    for run in range(runs):
        rng = np.random.default_rng([run, n, 1])
        x = waits(n, kind, rng)
        hits += line_test(x, answers(truth, x, scale, spread, rng), draws=draws, seed=run).p < 0.05
    return {"gate_1": hits / runs}


def verdicts(truth, n, kind, scale, spread, runs, draws=499):
    """Shares of samples with gate 1 rejected, a tipping point named, and the true kind named; cover of the place."""
    target = true_place(truth, kind, scale)
    gate, point, right, held = 0, 0, 0, []
    for run in range(runs):
        rng = np.random.default_rng([run, n, 2])
        x = waits(n, kind, rng)
        found = break_verdict(x, answers(truth, x, scale, spread, rng), bounds=BOUNDS[scale], draws=draws, seed=run)
        gate += found.line.p < 0.05
        point += found.verdict in ("kink", "step", "jump", "two kinks")
        right += found.verdict == NAMED[truth]
        if found.verdict == NAMED[truth] and not np.isnan(target):
            held.append(found.place.low <= target <= found.place.high)
    cover = np.mean(held) if held else np.nan
    return {"gate_1": gate / runs, "point": point / runs, "right": right / runs, "covered": cover, "found": len(held)}


def named(truth, n, kind, scale, spread, runs, draws=499):
    """Shares of samples that the page names a tipping point in, and names rightly."""
    level = {"wait": ServiceLevel("Wait", "x", "minutes", "y", scale=BOUNDS[scale])}
    found = []
    for run in range(runs):
        rng = np.random.default_rng([run, n, 3])
        x = waits(n, kind, rng)
        rows = pd.DataFrame({"x": x, "y": answers(truth, x, scale, spread, rng)})
        found += examine(rows, level, draws=draws, seed=run).every
    right = [each.name == NAMED[truth] for each in found]
    return {"point": np.mean([each.has_point for each in found]), "right": np.mean(right)}


def cells(n):
    """The grid: what is measured, at which settings, and which share of the runs it gets."""
    for kind in ("continuous", "integer", "heaped"):
        for spread in SPREAD:
            yield type_one, ("line", n, kind, "free", spread), 1.0
    for truth in ("line", "ceiling", "log"):
        yield verdicts, (truth, n, "heaped", "0-10", "same"), 1.0
    for truth in ("ceiling", "log"):
        yield verdicts, (truth, n, "heaped", "1-5", "same"), 0.5
        yield verdicts, (truth, n, "heaped", "0/1", "same"), 0.5
    for truth in ("kink", "kink early"):
        yield verdicts, (truth, n, "integer", "free", "same"), 0.5
        yield verdicts, (truth, n, "heaped", "0-10", "same"), 0.5
    for truth in ("step", "small step", "flat step"):
        for kind in ("continuous", "integer", "heaped"):
            yield verdicts, (truth, n, kind, "0-10", "same"), 1.0
    yield verdicts, ("two kinks", n, "heaped", "0-10", "same"), 0.2
    for truth in ("best between", "worst between"):
        yield named, (truth, n, "heaped", "0-10", "same"), 0.2


def main(runs=1000, *sizes, table=TABLE):
    rows = []
    for n in sizes or SIZES:
        for measure, settings, share in cells(n):
            count = max(int(runs * share), 1)
            names = ("truth", "n", "x", "y", "spread")
            rows.append({**dict(zip(names, settings, strict=True)), "measured": measure.__name__, "runs": count,
                         **measure(*settings, count)})
            print(rows[-1], flush=True)
    kept = pd.read_csv(table) if table.exists() else pd.DataFrame({"n": []})
    kept = kept[~kept.n.isin(sizes or SIZES)]
    pd.concat([kept, pd.DataFrame(rows)]).sort_values("n", kind="stable").to_csv(table, index=False, float_format="%.4g")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
