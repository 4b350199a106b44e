"""How often hand-overs, repeats and paths hold the truth, and how often they see what is not there.

`python -m tests.simulations.hand_overs` writes hand_overs.csv (about five minutes).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.journey.hand_overs import hand_over_effect, hand_over_pairs
from cxlib.stats.journey.paths import path_ends
from cxlib.stats.journey.repeats import repeats_beyond_chance
from cxlib.stats.journey.steps import ordered_steps

TABLE = Path(__file__).with_suffix(".csv")
TOUCHPOINTS = np.array(list("ABCDE"))
USUALLY_NEXT = np.array([1, 3, 0, 4, 2])


def contacts(cases, rng, mean):
    """Case and place of every contact, for cases of 1 to 15 contacts."""
    length = np.minimum(1 + rng.poisson(mean, cases), 15)
    case = np.repeat(np.arange(cases), length)
    return case, np.arange(len(case)) - np.repeat(np.cumsum(length) - length, length) + 1


def scored_cases(cases, effect, seed, *, trouble=False, scored=0.6, owners=4, pair=None):
    """Hard cases score lower, are longer and are handed over more; with `trouble` a bad contact is followed by a hand-over.

    pair    the effect is that of hand-overs from the first owner to the second alone
    """
    rng = np.random.default_rng(seed)
    hard = rng.normal(size=cases)
    kind = (hard + rng.normal(size=cases) > 0.5).astype(int)
    case, place = contacts(cases, rng, np.exp(0.5 + 0.4 * hard))
    noise = rng.normal(0, 1.6, len(case))
    push = -0.6 * np.roll(noise, 1) if trouble else 0.15 * place
    handed = (rng.random(len(case)) < 1 / (1 + np.exp(1.2 - 0.5 * hard[case] - push))) & (place > 1)
    moved = np.cumsum(np.where(handed, rng.integers(1, owners, len(case)), 0))
    owner = (moved - moved[place == 1][case] + rng.integers(0, owners, cases)[case]) % owners
    touchpoint = rng.integers(0, 5, len(case))
    hit = handed if pair is None else handed & (np.roll(owner, 1) == pair[0]) & (owner == pair[1])
    score = 7.5 - 0.7 * hard[case] - 0.15 * np.minimum(place, 5) + 0.3 * (touchpoint - 2) + effect * hit + noise
    score[rng.random(len(case)) >= scored] = np.nan
    return case, place.astype(float), owner, score, pd.DataFrame({"touchpoint": touchpoint, "type": kind[case]})


def effects(cases, effect, runs, *, trouble=False, first_seed=0):
    """Shares of runs: the interval holds the truth, an effect inside cases is clear, the lead test is clear; mean raw gap."""
    found = []
    for seed in range(first_seed, first_seed + runs):
        case, time, owner, score, held = scored_cases(cases, effect, seed, trouble=trouble)
        fit = hand_over_effect(score, ordered_steps(case, time, owner), held)
        inside = fit.terms.loc["inside"]
        found.append((inside.low <= effect <= inside.high, inside.p < 0.05, fit.terms.p["lead"] < 0.05, fit.raw))
    return np.mean(found, axis=0)


def pairs(cases, effect, runs):
    """Shares of runs: the pair with the effect is clear after Holm, any other is, the interval of a pair holds its truth, and
    the lead test is clear."""
    found = []
    for seed in range(runs):
        case, time, owner, score, held = scored_cases(cases, effect, seed, pair=(0, 1))
        steps = ordered_steps(case, time, owner)
        lead = hand_over_effect(score, steps, held).terms.p["lead"]
        table = hand_over_pairs(score, steps, held).dropna(subset="p")
        own = (table.giver == 0) & (table.receiver == 1)
        truth = np.where(own, effect, 0.0)
        clear = table.p_holm < 0.05
        found.append(((clear & own).any(), (clear & ~own).any(), ((table.level_low <= truth) & (truth <= table.level_high)).mean(), lead < 0.05))
    return np.mean(found, axis=0)


def returning(window, runs, *, days=365.0, customers=400, first_seed=0):
    """Mean excess, and share of runs whose interval covers 0, of customers that come by chance 0.1 to 30 times a year."""
    found = []
    for seed in range(first_seed, first_seed + runs):
        rng = np.random.default_rng(seed)
        times = rng.poisson(np.exp(rng.uniform(np.log(0.1), np.log(30), customers)) / 365 * days)
        customer = np.repeat(np.arange(customers), times)
        start = rng.random(len(customer)) * days
        repeats = repeats_beyond_chance(customer, start, start + rng.exponential(2, len(start)), window=window, end=days)
        found.append((repeats.excess, repeats.low <= 0 <= repeats.high))
    return np.mean(found, axis=0)


def ended_cases(cases, log_odds, pattern, seed):
    """Cases whose chance of a bad end grows with their length and kind; a pattern of contacts adds `log_odds` to it."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, cases)
    case, place = contacts(cases, rng, np.where(kind, 3.0, 1.5))
    step = rng.choice(5, len(case), p=[0.3, 0.25, 0.2, 0.15, 0.1])
    for at in np.flatnonzero((rng.random(len(case)) < 0.35) & (place > 1)):
        step[at] = USUALLY_NEXT[step[at - 1]]
    text, size = "".join(TOUCHPOINTS[step]), len(pattern)
    starts = np.array([text[at : at + size] == pattern for at in range(len(text) - size + 1)])
    starts &= case[: len(starts)] == case[size - 1 :]
    holds = np.bincount(case[: len(starts)][starts], minlength=cases) > 0
    odds = -2.6 + 0.25 * np.minimum(np.bincount(case), 10) + 0.3 * kind + log_odds * holds
    return case, place.astype(float), TOUCHPOINTS[step], (rng.random(cases) < 1 / (1 + np.exp(-odds))).astype(float), kind


def paths(cases, log_odds, pattern, runs):
    """Share of runs that show the pattern, patterns shown beside it in a run, and share of runs with any."""
    found = []
    for seed in range(runs):
        case, time, step, bad, kind = ended_cases(cases, log_odds, pattern, seed)
        table = path_ends(step, ordered_steps(case, time, step), bad, kind=kind).table
        shown = ["".join(steps) for steps in table.steps[table.shown]]
        others = len(shown) - (pattern in shown)
        found.append((pattern in shown, others, others > 0))
    return np.mean(found, axis=0)


def simulated(runs=1000, fewer=250):
    """One row a figure and design: figure, n (cases; days of the window for repeats), truth, runs, value."""
    rows = []
    for n in (600, 2000):
        for truth in (0.0, -0.8):
            holds, clear, lead, raw = effects(n, truth, runs)
            rows += [("interval holds the hand-over's effect", n, truth, runs, holds), ("hand-over clear", n, truth, runs, clear),
                     ("lead clear without trouble", n, truth, runs, lead), ("raw difference", n, truth, runs, raw)]  # fmt: skip
        rows.append(("lead clear with trouble before", n, 0.0, fewer, effects(n, 0.0, fewer, trouble=True)[2]))
    own, other, holds, lead = pairs(2000, -0.8, fewer)
    rows += [("pair clear", 2000, -0.8, fewer, own), ("other pair clear", 2000, -0.8, fewer, other), ("interval holds a pair's effect", 2000, -0.8, fewer, holds),
             ("lead clear without trouble, one pair", 2000, -0.8, fewer, lead)]  # fmt: skip
    for window in (7, 30):
        excess, covers = returning(window, 2 * fewer)
        rows += [("excess of repeats", window, 0.0, 2 * fewer, excess), ("interval of repeats covers 0", window, 0.0, 2 * fewer, covers)]
    for pattern, truth in (("BDE", 0.0), ("BDE", 1.2), ("BD", 1.2)):
        shown, others, any_other = paths(3000, truth, pattern, fewer)
        rows += [(f"path {pattern} shown", 3000, truth, fewer, shown), (f"others than {pattern} a run", 3000, truth, fewer, others),
                 (f"any other than {pattern}", 3000, truth, fewer, any_other)]  # fmt: skip
    return pd.DataFrame(rows, columns=["figure", "n", "truth", "runs", "value"])


if __name__ == "__main__":
    simulated().round(4).to_csv(TABLE, index=False)
    print(TABLE.read_text())
