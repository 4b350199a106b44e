"""One break, 1,000 bootstrap draws and a whole verdict, timed beside other programs where these are installed.

Other programs appear as ratios within the same run, with the residual sum of squares (RSS) that they reach:
piecewise-regression and pwlf (Python), segmented (R). `pip install piecewise-regression pwlf` adds the first two.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

from cxlib.stats.breaks.break_interval import place_interval
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.break_verdict import break_verdict
from cxlib.stats.breaks.breakpoints import best_break, one_break
from cxlib.stats.breaks.two_breaks import two_breaks

SLOWEST = 30  # seconds that one call of another program may take before larger data are left out
R_CODE = """
suppressMessages(library(segmented)); d <- read.csv("{file}"); m <- lm(y ~ x, d); set.seed(1)
t <- system.time(f <- segmented(m, seg.Z = ~x))[["elapsed"]]
cat(sprintf('{{"seconds": %.6f, "rss": %.12f}}', t, sum(residuals(f)^2)))
"""


def sample(n):
    """Whole seconds of waiting and answers 0-10 with a kink at 180 seconds."""
    rng = np.random.default_rng(20)
    x = np.round(np.minimum(rng.gamma(1.6, 95, n), 900))
    y = 8.6 - 0.0008 * x - 0.0135 * np.clip(x - 180, 0, None) + rng.normal(0, 1.8, n)
    return x, np.clip(np.round(y), 0, 10)


def best_of(call, times=5):
    """Seconds of the fastest of several calls, and the last result."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def piecewise_regression(x, y):
    import piecewise_regression

    np.random.seed(1)  # the peer reads the global generator
    fit = piecewise_regression.Fit(x.tolist(), y.tolist(), n_breakpoints=1, n_boot=100 if len(x) < 50_000 else 10)
    return fit.get_results()["rss"]


def pwlf(x, y):
    import pwlf

    fit = pwlf.PiecewiseLinFit(x, y, seed=1)
    fit.fit(2)
    return fit.ssr


def segmented(x, y):
    """(seconds, RSS) of R's segmented with its defaults; the start of R is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        np.savetxt(file, np.column_stack([x, y]), delimiter=",", header="x,y", comments="")
        done = subprocess.run([shutil.which("Rscript"), "-e", R_CODE.format(file=file)], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def peers():
    """Programs installed here: name -> call that gives (seconds, RSS)."""
    found = {}
    for module, call in (("piecewise_regression", piecewise_regression), ("pwlf", pwlf)):
        if importlib.util.find_spec(module):
            found[module] = lambda x, y, call=call: best_of(lambda: call(x, y), 1)
    if shutil.which("Rscript"):
        found["segmented (R)"] = lambda x, y: tuple((segmented(x, y) or {"s": None, "r": None}).values())
    return found


def main():
    print("\nTipping points: one kink, exact search (ours), and other programs as ratios in the same run")
    known = peers()
    if not known:
        print("  no other program is installed; see the head of benchmarks/tipping_points.py")
    slow = set()
    for n in (1_000, 5_000, 100_000):
        x, y = sample(n)
        seconds, found = best_of(lambda x=x, y=y: one_break(x, y, side_rows=0, side_share=0))
        print(f"  n = {n:>7,}: {1000 * seconds:8.2f} ms, RSS {found.rss:.6f}, {found.certificate}")
        for name, call in known.items():
            if name in slow:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs, rss = call(x, y)
            if theirs is None:
                print(f"      {name:<22} not run: the package is missing")
                continue
            slow |= {name} if theirs > SLOWEST else set()
            reached = f"RSS {rss:.6f} ({rss / found.rss - 1:+.1e})" if rss else "no fit: it did not converge"
            print(f"      {name:<22} {theirs / seconds:10,.0f}x, {reached}")
    _ours()
    sys.stdout.flush()


def _ours():
    print("  all that a verdict rests on, ours alone:")
    for n in (1_000, 5_000, 100_000):
        x, y = sample(n)
        support = break_support(x, y)
        fit = best_break(support)
        draws, _ = best_of(lambda s=support, f=fit: place_interval(s, f, draws=1000), 3)
        pair, two = best_of(lambda x=x, y=y: two_breaks(x, y), 1)
        whole, _ = best_of(lambda x=x, y=y: break_verdict(x, y, bounds=(0, 10)), 3)
        print(f"  n = {n:>7,}: interval with 1,000 draws {draws:6.3f} s, two breaks {pair:6.3f} s ({two.certificate}), "
              f"whole verdict {whole:6.3f} s")


if __name__ == "__main__":
    main()
