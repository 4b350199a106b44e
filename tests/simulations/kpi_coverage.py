"""Do the intervals, tests, verdicts and placements of KPIs and self-assessments keep what they promise?

`python -m tests.simulations.kpi_coverage` writes three tables beside this file (three minutes):

kpi_coverage.csv    share of 95% intervals that hold the truth, and of tests that raise a false alarm
kpi_verdicts.csv    share of verdicts on raters whose true spread is known
kpi_placement.csv   share of companies placed on, above and below their true level
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.survey.agreement import rater_agreement
from cxlib.stats.survey.comparison import change_tests
from cxlib.stats.survey.cumulative_scale import placement
from cxlib.stats.survey.equivalence import parity
from cxlib.stats.survey.indices import mean
from cxlib.stats.survey.net_promoter import (
    net_promoter_difference,
    net_promoter_interval,
    net_promoter_score,
    paired_net_promoter_difference,
)
from cxlib.stats.survey.proportions import share, share_difference, wilson_interval

HERE = Path(__file__).parent
RUNS, FEWER, COMPANIES = 20_000, 4_000, 1_000  # the latter two where each run is a call of its own
MIXES = [(0.52, 0.20), (0.80, 0.05)]


def coverage(seed=0) -> pd.DataFrame:
    """One row per case: what, n, truth, share, runs."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in (10, 30, 100, 400):
        for p, d in MIXES:
            mix = f"{p:g} promoters, {d:g} detractors"
            for what, pseudo in (("NPS, adjusted Wald", 3), ("NPS, plain Wald", 0)):
                rows.append((what, n, mix, nps_coverage(rng, n, p, d, pseudo), RUNS))
            rows.append(("NPS, weighted", n, mix, weighted_nps_coverage(rng, n, p, d), RUNS))
            rows.append(("NPS difference", n, mix, nps_difference_coverage(rng, n, p, d), FEWER))
            rows.append(("NPS paired difference", n, mix, paired_coverage(rng, n, p, d), FEWER))
        for p in (0.5, 0.8, 0.95):
            rows.append(("share, Wilson", n, f"share {p:g}", share_coverage(rng, n, p), RUNS))
            rows.append(("share difference, Newcombe", n, f"share {p:g}", share_difference_coverage(rng, n, p), FEWER))
        rows.append(("mean of 1-10, t", n, "mean 7.63", mean_coverage(rng, n, False), FEWER))
        rows.append(("mean of 1-10, weighted", n, "mean 7.63", mean_coverage(rng, n, True), FEWER))
    for n in (30, 100, 400):
        for gap, name in ((normal_gaps, "normal gaps"), (whole_gaps, "whole gaps -2 to 3")):
            rows.append(("false parity", n, f"{name}, mean at the margin", false_parity(rng, n, gap), RUNS))
    for n in (50, 200):
        rows.append(("false alarm of change_tests", n, "8 periods, no change", false_alarm(rng, n), FEWER))
    return pd.DataFrame(rows, columns=["what", "n", "truth", "share", "runs"])


def nps_coverage(rng, n, p, d, pseudo_answers):
    counts = rng.multinomial(n, [p, d, 1 - p - d], RUNS) / n
    low, high = net_promoter_interval(counts[:, 0], counts[:, 1], n, pseudo_answers=pseudo_answers, clipped=False)
    return held(low, high, 100 * (p - d))


def weighted_nps_coverage(rng, n, p, d):
    """Weights vary by a log-normal, independent of the answer: a design effect of about 1.5 at n = 400."""
    category = rng.choice([1, 0, -1], (RUNS, n), p=[p, 1 - p - d, d])
    weights = rng.lognormal(0, 0.65, (RUNS, n))
    total = weights.sum(axis=1)
    n_eff = total**2 / (weights**2).sum(axis=1)
    up, down = (((category == sign) * weights).sum(axis=1) / total for sign in (1, -1))
    return held(*net_promoter_interval(up, down, n_eff), 100 * (p - d))


def nps_difference_coverage(rng, n, p, d):
    before, after = (rng.choice([10, 8, 3], (FEWER, n), p=[p, 1 - p - d, d]) for _ in range(2))
    return share_true(
        holds(net_promoter_difference(net_promoter_score(a), net_promoter_score(b)), 0)
        for a, b in zip(before, after, strict=True)
    )


def paired_coverage(rng, n, p, d):
    """Half of the respondents repeat their first answer, half answer afresh."""
    before, fresh = (rng.choice([10, 8, 3], (FEWER, n), p=[p, 1 - p - d, d]) for _ in range(2))
    after = np.where(rng.random((FEWER, n)) < 0.5, before, fresh)
    return share_true(holds(paired_net_promoter_difference(a, b), 0) for a, b in zip(before, after, strict=True))


def share_coverage(rng, n, p):
    return held(*wilson_interval(rng.binomial(n, p, RUNS) / n, n), p)


def share_difference_coverage(rng, n, p):
    before, after = (rng.random((FEWER, n)) < p for _ in range(2))
    return share_true(holds(share_difference(share(a), share(b)), 0) for a, b in zip(before, after, strict=True))


def mean_coverage(rng, n, weighted):
    chances = np.array([1, 1, 2, 3, 6, 9, 17, 25, 20, 16]) / 100
    values = rng.choice(np.arange(1, 11), (FEWER, n), p=chances)
    weights = rng.lognormal(0, 0.65, (FEWER, n)) if weighted else np.ones((FEWER, n))
    truth = chances @ np.arange(1, 11)
    return share_true(holds(mean(v, w), truth) for v, w in zip(values, weights, strict=True))


def normal_gaps(rng, n):
    return rng.normal(0.5, 1, (RUNS, n)), 0.5


def whole_gaps(rng, n):
    values, chances = np.array([-2, -1, 0, 1, 2, 3]), np.array([0.02, 0.1, 0.4, 0.33, 0.13, 0.02])
    return rng.choice(values, (RUNS, n), p=chances), values @ chances


def false_parity(rng, n, gaps_at_margin):
    gaps, margin = gaps_at_margin(rng, n)
    return share_true(parity(row, np.zeros(n), margin=margin).verdict == "on_par" for row in gaps)


def false_alarm(rng, n):
    """Eight quarters of the same NPS: how often is any adjusted p at most .05?"""

    def alarm():
        nps = [net_promoter_score(rng.choice([10, 8, 3], n, p=[0.4, 0.35, 0.25])) for _ in range(8)]
        tests = change_tests(range(8), [x.adjusted for x in nps], [x.se for x in nps])
        return tests.p_adjusted.min() <= 0.05

    return share_true(alarm() for _ in range(FEWER))


def verdicts(seed=0) -> pd.DataFrame:
    """Verdicts on one criterion answered 1-5 by raters of a known population; .5 of random variance is half way."""
    rng = np.random.default_rng(seed)
    populations = {
        "random": [0.2, 0.2, 0.2, 0.2, 0.2],
        "half way, bell": [0.07, 0.24, 0.38, 0.24, 0.07],
        "half way, one in eight at the other end": [0.127, 0, 0, 0.873, 0],
        "close": [0.01, 0.23, 0.52, 0.23, 0.01],
        "two camps": [0.5, 0, 0, 0, 0.5],
    }
    rows = []
    for name, chances in populations.items():
        chances = np.array(chances) / sum(chances)
        for n in (3, 5, 8, 12, 20):
            answers = rng.choice([1, 2, 3, 4, 5], (FEWER, n), p=chances)
            found = pd.Series([rater_agreement(row, scale=(1, 5)).verdict for row in answers])
            rows.append((name, n, *(float((found == v).mean()) for v in ("agree", "cannot_tell", "disagree"))))
    return pd.DataFrame(rows, columns=["population", "n", "agree", "cannot_tell", "disagree"])


def placements(seed=0) -> pd.DataFrame:
    """Companies of a known level, 19 statements, answers No / In places / Mostly / Fully.

    A statement on an attained level is truly Mostly or Fully, above it No or In places, at random; each rater's answer
    is shifted one step up or down with a chance of 30%, and kind raters all answer one step too high.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for kind in (0, 1):
        for raters in (1, 3, 5, 10):
            for true in (1, 2, 3, 4, 5):
                placed = np.array([placed_level(rng, true, raters, kind) for _ in range(COMPANIES)])
                shares = (placed == true).mean(), (placed > true).mean(), (placed < true).mean()
                rows.append(("one step too kind" if kind else "noise", raters, true, *map(float, shares)))
    return pd.DataFrame(rows, columns=["raters_are", "raters", "true_level", "exact", "too_high", "too_low"])


def placed_level(rng, true, raters, kind):
    levels = np.repeat([1, 2, 3, 4, 5], [3, 4, 4, 4, 4])
    core = np.r_[True, levels[1:] != levels[:-1]]
    steps = np.where(levels <= true, 2, 0) + rng.integers(0, 2, len(levels))
    shifted = steps + (rng.random((raters, len(levels))) < 0.3) * rng.choice([-1, 1], (raters, len(levels))) + kind
    answers = np.array([0, 0.33, 0.67, 1])[np.clip(shifted, 0, 3)]
    return placement(answers, levels, core, draws=1).level


def held(low, high, truth):
    return float(((low <= truth) & (truth <= high)).mean())


def holds(found, truth):
    return found.low is not None and found.low <= truth <= found.high


def share_true(outcomes):
    return float(np.mean([bool(outcome) for outcome in outcomes]))


TABLES = {"kpi_coverage.csv": coverage, "kpi_verdicts.csv": verdicts, "kpi_placement.csv": placements}

if __name__ == "__main__":
    for name, table in TABLES.items():
        table().to_csv(HERE / name, index=False, float_format="%.5g", lineterminator="\n")
