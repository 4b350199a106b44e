"""How often what is said of calling is right where the truth is known. Writes follow_up.csv beside it.

    python -m tests.simulations.follow_up
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.follow_up.clock import clock
from cxlib.stats.follow_up.effect import (
    call_hazard,
    effect_verdict,
    held_constant,
    return_to_the_mean,
    score_effect,
    speed_effect,
)
from cxlib.stats.follow_up.lee_bounds import lee_bounds
from cxlib.stats.links.hazard_link import hazard_link

TABLE = Path(__file__).with_suffix(".csv")
MEAN, LASTING, NOISE = 7.2, 1.3, 1.1  # of a score: what lasts, and what does not


def critics(n, effect, seed):
    """Scores of everybody, and those at 6 or below, all of them called, with the score then and now."""
    rng = np.random.default_rng(seed)
    lasting = rng.normal(MEAN, LASTING, n)
    first, again = lasting + rng.normal(0, NOISE, (2, n))
    picked = first <= 6
    return first, pd.DataFrame({"first": first[picked], "again": again[picked] + effect})


def recovery(n, effect, seed, *, by_chance=False, drawn=0.9):
    """Critics of whom some are called, more of the severe cases unless by chance; severe cases score lower again.

    By chance: not everybody answers again, who is happier more often, and who was called by `drawn` on the logit.
    """
    rng = np.random.default_rng(seed)
    lasting = rng.normal(MEAN, LASTING, 6 * n)
    first = lasting + rng.normal(0, NOISE, 6 * n)
    at = np.flatnonzero(first <= 6)[:n]
    severity = rng.integers(1, 4, n).astype(float)
    kind = rng.choice(["bill", "fault", "visit"], n)
    called = rng.random(n) < (0.5 if by_chance else 0.35 + 0.15 * severity)
    again = lasting[at] + rng.normal(0, NOISE, n) - 0.5 * (severity - 2) + effect * called
    answers = rng.random(n) < 1 / (1 + np.exp(0.8 - 0.4 * (again - 6) - drawn * called))
    rows = pd.DataFrame({"called": called, "first": first[at], "severity": severity, "type": kind})
    return rows.assign(again=np.where(answers | (not by_chance), again, np.nan))


def leavers(n, ratio, seed):
    """Days to leave within a year and to a call that comes when it can; a call changes the hazard by `ratio`."""
    rng = np.random.default_rng(seed)
    severity = rng.integers(1, 4, n).astype(float)
    rate = 0.0025 * np.exp(0.4 * (severity - 2))
    call = np.where(rng.random(n) < 0.7, rng.exponential(60, n), np.inf)
    before = rng.exponential(1 / rate)
    after = call + rng.exponential(1 / (rate * ratio))
    leave = np.where(before < call, before, after)
    end = np.minimum(leave, 365)
    return pd.DataFrame({"call": call, "end": end, "left": (leave <= 365).astype(float), "severity": severity})


def times_to_leave(rows, *, naive=False):
    """Hazard ratio of those called: with the time before the call as not called, or "ever called" as it must not be."""
    held = held_constant(rows.severity)
    if naive:
        design = pd.concat([(rows.call < rows.end).astype(float).rename("called"), held], axis=1)
        return float(np.exp(hazard_link(rows.end, rows.left, design).terms.estimate["called"]))
    return call_hazard(rows.call, rows.end, rows.left, held)


def clocks(runs):
    """Median of 7 days with a quarter still open, and of the closed alone."""
    found, closed = [], []
    for seed in range(runs):
        rng = np.random.default_rng([seed, 1])
        days, rate = rng.exponential(7 / np.log(2), 620), np.log(2) / 7
        end = rng.exponential(3 / rate, 620)
        waited, done = np.minimum(days, end), days <= end
        found.append(clock(waited, done, promise=2).median)
        closed.append(np.median(waited[done]))
    return {"estimate": np.mean(found), "naive": np.mean(closed)}


def called_and_not(effect, runs, n=400):
    """Analysis of covariance, severity and type held constant; what would be said of it."""
    found, raw, held = [], [], []
    for seed in range(runs):
        rows = recovery(n, effect, [seed, 2])
        each = score_effect(rows.called, rows["first"], rows.again, held_constant(rows.severity, rows.type))
        found.append(each.estimate)
        held.append(each.low <= effect <= each.high)
        raw.append((rows.again - rows["first"])[rows.called].mean())
    return {"estimate": np.mean(found), "naive": np.mean(raw), "covered": np.mean(held)}


def only_called(effect, runs, n=3000):
    """The rise less what is expected, and the share of samples in which more is said than is expected."""
    found, held, said, rises, gaps = [], [], [], [], []
    for seed in range(runs):
        everybody, rows = critics(n, effect, [seed, 3])
        each = return_to_the_mean(everybody, rows["first"], rows.again, resamples=400, seed=seed)
        found.append(each.beyond)
        rises.append(each.rise)
        gaps.append(each.rise - each.expected - effect)
        held.append(each.low <= effect <= each.high)
        said.append(effect_verdict("called_only", each.low, each.high, smallest=0.5) == "more_than_expected")
    return {"estimate": np.mean(found), "naive": np.mean(rises), "covered": np.mean(held), "said": np.mean(said)}


def by_chance(effect, runs, n=600, drawn=0.9):
    """A comparison group drawn at random, of which fewer answer again: the bounds, and how often "helps" is said."""
    held, said, raw = [], [], []
    for seed in range(runs):
        rows = recovery(n, effect, [seed, 4], by_chance=True, drawn=drawn)
        each = score_effect(rows.called, rows["first"], rows.again)
        bounds = lee_bounds(rows.called, rows.again, resamples=300, seed=seed)
        held.append(bounds.low <= effect <= bounds.high)
        raw.append(each.estimate)
        said.append(effect_verdict("random", each.low, each.high, smallest=0.5, bounds=bounds) == "helps")
    return {"naive": np.mean(raw), "covered": np.mean(held), "said": np.mean(said)}


def immortal_time(ratio, runs, n=600):
    """Hazard ratio with the call as it varies in time, beside the naive one."""
    found, naive, held = [], [], []
    for seed in range(runs):
        rows = leavers(n, ratio, [seed, 5])
        line = times_to_leave(rows).terms.loc["called"]
        found.append(line.estimate)
        held.append(line.low <= np.log(ratio) <= line.high)
        naive.append(times_to_leave(rows, naive=True))
    return {"estimate": np.exp(np.mean(found)), "naive": np.exp(np.mean(np.log(naive))), "covered": np.mean(held)}


def speed(runs, n=400):
    """Easy cases are called first: fast goes with higher scores, though speed does nothing."""
    found, naive, held = [], [], []
    for seed in range(runs):
        rng = np.random.default_rng([seed, 6])
        severity = rng.integers(1, 4, n).astype(float)
        days = rng.exponential(0.5 * severity**2)
        again = 8 - 0.9 * severity + rng.normal(0, 1.5, n)
        each = speed_effect(days, again, held_constant(severity), plus=1 / 24)
        found.append(each.estimate)
        held.append(each.low <= 0 <= each.high)
        naive.append(speed_effect(days, again, held_constant(np.full(n, "all")), plus=1 / 24).estimate)
    return {"estimate": np.mean(found), "naive": np.mean(naive), "covered": np.mean(held)}


def table(runs=400):
    """A row for each truth: what was found on average, what the naive way gives, how often the interval held the truth."""
    every = [("clock", 7.0, runs, clocks), ("speed", 0.0, runs, speed)]
    every += [("called and not", effect, 3 * runs, partial(called_and_not, effect)) for effect in (0.0, 0.6)]
    every += [("only called", effect, runs, partial(only_called, effect)) for effect in (0.0, 0.6)]
    every += [("by chance", effect, runs, partial(by_chance, effect)) for effect in (0.0, 0.6)]
    every += [("by chance, answering alike", 0.6, runs // 4, partial(by_chance, 0.6, n=2000, drawn=0.0))]
    every += [("immortal time", ratio, runs, partial(immortal_time, ratio)) for ratio in (1.0, 0.7)]
    rows = [{"what": what, "truth": truth, "runs": times, **measure(times)} for what, truth, times, measure in every]
    return pd.DataFrame(rows)[["what", "truth", "runs", "estimate", "naive", "covered", "said"]].round(6)


if __name__ == "__main__":
    found = table()
    print(found.to_string())
    found.to_csv(TABLE, index=False, float_format="%.6g")
