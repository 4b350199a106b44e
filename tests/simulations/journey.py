"""How often the statistics of a journey are right where the truth is known.

`python -m tests.simulations.journey` writes journey.csv (about twenty minutes): a row for each design and size.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.journey.importance import touchpoint_importance
from cxlib.stats.journey.summary_rule import CANDIDATES, contact_summaries, summary_contest

KEPT = Path(__file__).with_suffix(".csv")
SLOPES, REACH = np.array([0.35, 0.25, 0.15, 0.10, 0, 0]), np.array([0.95, 0.8, 0.25, 0.6, 0.3, 0.5])


def visits(rng, n, *, opinion=0.0, chosen=False):
    """Ratings of six touchpoints, NaN where not met, and the outcome: (n, 6), (n,).

    opinion  SD of a general opinion in all ratings and in the outcome, an answer's own being 1
    chosen   who is content meets more touchpoints
    """
    general, mood = rng.standard_normal((2, n))
    ratings = rng.standard_normal((n, 6)) + opinion * general[:, None]
    odds = np.log(REACH / (1 - REACH)) + 0.7 * chosen * mood[:, None]
    met = rng.random((n, 6)) < 1 / (1 + np.exp(-odds))
    y = 7 + (met * SLOPES * ratings).sum(axis=1) + opinion * general + 0.4 * chosen * mood + rng.standard_normal(n)
    return pd.DataFrame(np.where(met, ratings, np.nan), columns=list("abcdef")), y


def contacts(rng, n, rule, *, explained=0.3, scored=1.0):
    """Scored contacts of n customers by customer and time, and the relation score that the rule makes: a frame, (n,)."""
    size = rng.integers(2, 7, n)
    person = np.repeat(np.arange(n), size)
    level = rng.normal(7.2, 1.2, n)
    score = np.clip(np.round(level[person] + rng.normal(0, 2, len(person))), 0, 10)
    truth = contact_summaries(person, score)[rule].to_numpy()
    noise = truth.std() * np.sqrt(1 / explained - 1)
    frame = pd.DataFrame({"person": person, "score": score})
    return frame[rng.random(len(frame)) < scored], truth + rng.normal(0, noise, n)


def of_touchpoints(n, design, runs=1000):
    """Bias, coverage and share of touchpoints without effect that are said to matter."""
    asked = {"everybody alike": {}, "who is content meets more": {"chosen": True}, "half a spread of general opinion": {"opinion": 0.5}}[design]
    slopes, held, false = [], [], []
    for run in range(runs):
        ratings, y = visits(np.random.default_rng([n, run]), n, **asked)
        table = touchpoint_importance(ratings, y, resamples=2).table
        slopes.append(table.slope)
        held.append((table.low <= SLOPES) & (table.high >= SLOPES))
        false.append(((table.p_holm < 0.05) & (table.low > table.opinion))[SLOPES == 0].mean())
    bias = np.abs(np.mean(slopes, axis=0) - SLOPES).max()
    return {"what": "touchpoints", "design": design, "n": n, "bias": bias, "covered": np.mean(held), "false": np.mean(false)}


def of_rules(n, rule, runs=200, scored=1.0):
    """Share of runs in which the true rule is named, and another."""
    right = wrong = 0
    for run in range(runs):
        frame, y = contacts(np.random.default_rng([n, run]), n, rule, scored=scored)
        summaries = contact_summaries(frame.person, frame.score)
        found = summary_contest(summaries, y[summaries.index], seed=run)
        right += found.clear and found.best == rule
        wrong += found.clear and found.best != rule
    return {"what": "rules", "design": f"{rule}, {scored:.0%} of contacts scored", "n": n, "right": right / runs, "wrong": wrong / runs}


def tables(sizes=(300, 1000)):
    designs = ("everybody alike", "who is content meets more", "half a spread of general opinion")
    rows = [of_touchpoints(n, design) for n in sizes for design in designs]
    rows += [of_rules(1000, rule) for rule in CANDIDATES] + [of_rules(1000, "worst", scored=0.4)]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    tables().round(4).to_csv(KEPT, index=False)
