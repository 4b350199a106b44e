"""Does each estimator of a link recover a truth that was put in, and does its 95 % interval hold it as often as it says?

`python -m tests.simulations.business_case` writes business_case.csv beside this file (about a minute).
The designs are those of tests/reference/business_case/acceptance_simulations.json.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.analyses.business_case import Customers, Money, build_case, customer_links
from cxlib.stats.links.hazard_link import hazard_link
from cxlib.stats.links.link_levels import average_slope
from cxlib.stats.links.link_shape import step_columns
from cxlib.stats.links.outcome_links import amount_link, event_link, share_link
from cxlib.stats.links.panel_link import panel_link
from cxlib.stats.links.unit_link import unit_link
from cxlib.stats.survey.intraclass import group_correlation

FILE = Path(__file__).with_suffix(".csv")


def expit(x):
    return 1 / (1 + np.exp(-x))


def churn_step(rng):
    """Step 9-10 against 7-8, held for tenure; the score has error, so coverage is judged on the score without it."""
    n = 40_000
    tenure = rng.gamma(2, 3, n)
    true = 6.8 + 0.12 * (tenure - 6) + rng.normal(0, 1.6, n)
    score = np.clip(np.round(true + rng.normal(0, 1.2, n)), 0, 10)
    latent = np.clip(true, 0, 10)
    event = rng.random(n) < expit(-1 - 0.9 * (latent >= 7) - 0.5 * (latent >= 9) - 0.10 * (tenure - 6))
    controls = pd.DataFrame({"tenure": tenure})
    # Each column's name is its cut, so ">8" is the step from 7-8 to 9-10.
    naive = event_link(event, step_columns(score, [6, 8])).terms
    held = event_link(event, controls.join(step_columns(score, [6, 8]))).terms
    exact = event_link(event, controls.join(pd.DataFrame({">6": latent >= 7, ">8": latent >= 9}).astype(float))).terms
    return [("churn step, observed score, no controls", -0.5, *naive.loc[">8", ["estimate", "low", "high"]]),
            ("churn step, observed score and tenure", -0.5, *held.loc[">8", ["estimate", "low", "high"]]),
            ("churn step, score without error", -0.5, *exact.loc[">8", ["estimate", "low", "high"]])]


def share(rng):
    n = 8000
    x = rng.normal(size=n)
    mean = expit(0.2 + 0.6 * x)
    values = rng.beta(2 * mean, 2 * (1 - mean))
    corner = rng.random(n) < 0.15
    values = np.where(corner, rng.random(n) < mean, values)
    fit = share_link(values, pd.DataFrame({"x": x}))
    truth = 0.6 * (mean * (1 - mean)).mean()
    return [("share, log odds", 0.6, *fit.terms.loc["x", ["estimate", "low", "high"]]),
            ("share, average slope", truth, *average_slope(fit, pd.DataFrame({"x": x}), "x")[["estimate", "low", "high"]])]


def hazard(rng):
    n = 1500
    x, entry = rng.normal(size=n), rng.uniform(0, 3, n)
    age = rng.exponential(np.exp(1 + 0.5 * x))
    frame = pd.DataFrame({"x": x, "entry": entry, "exit": np.minimum(age, entry + 2), "event": age <= entry + 2})
    frame = frame[frame.exit > frame.entry]
    fit = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry)
    robust = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry, weights=rng.uniform(0.3, 3, len(frame)))
    return [("hazard with late entry", -0.5, *fit.terms.loc["x", ["estimate", "low", "high"]]),
            ("hazard with weights", -0.5, *robust.terms.loc["x", ["estimate", "low", "high"]])]


def amount(rng):
    n = 800
    x = rng.normal(size=n)
    values = np.exp(2 + 0.3 * x) * rng.lognormal(-0.32, 0.8, n)  # not gamma: the mean is right, the spread is not
    weights = rng.uniform(0.3, 3, n)
    fit = amount_link(values, pd.DataFrame({"x": x}), weights=weights)
    return [("amount, log mean, lognormal data", 0.3, *fit.terms.loc["x", ["estimate", "low", "high"]])]


def panel(rng, units=80, quarters=16):
    quality = rng.normal(size=units)
    score, rows = 7 + 0.8 * quality, []
    for quarter in range(quarters):
        before = score
        score = 7 + 0.8 * quality + 0.3 * before - 2.1 + rng.normal(0, 0.5, units)
        rows.append(pd.DataFrame({"unit": np.arange(units), "quarter": quarter, "score": before,
                                  "money": 100 + 6 * quality + 1.5 * before + rng.normal(0, 2, units)}))
    fit = panel_link(pd.concat(rows), "money", "score", unit="unit", period="quarter")
    return [("panel, units and quarters taken out", 1.5, *fit.terms.loc["score@0", ["estimate", "low", "high"]]),
            ("panel, pooled (for comparison)", 1.5, fit.pooled, np.nan, np.nan)]


def units(rng, count=60, staff=12, guests=60):
    employee = rng.normal(0, 0.35, count)
    customer = 0.4 * employee + rng.normal(0, 0.25, count)
    answers = employee[:, None] + rng.normal(0, 0.9, (count, staff))
    scores = customer[:, None] + rng.normal(0, 1.8, (count, guests))
    frame = pd.DataFrame({"staff": answers.mean(1), "guests": scores.mean(1)})
    icc2 = group_correlation(answers.ravel(), np.repeat(np.arange(count), staff)).icc2
    fit = unit_link(frame, "staff", "guests", reliability=icc2)
    attenuated = 0.4 * 0.35 ** 2 / (0.35 ** 2 + 0.9 ** 2 / staff)
    return [("unit means, slope on the measured mean", attenuated, *fit.slope[["estimate", "low", "high"]]),
            ("unit means, corrected for reliability", 0.4, *fit.corrected[["estimate", "low", "high"]])]


LEAVING, MARGIN, SERVICE = np.array([0.25, 0.12, 0.06]), np.array([900.0, 1000.0, 1100.0]), 50.0


def chain(rng, n=3000, horizon=5, rate=0.08):
    """From a table of customers to the worth of a point, the causal share being 1; low and high are P10 and P90."""
    score = rng.integers(0, 11, n).astype(float)
    group = (score > 6).astype(int) + (score > 8)
    rows = pd.DataFrame({"score": score, "left": (rng.random(n) < LEAVING[group]).astype(float),
                         "margin": MARGIN[group] * rng.gamma(5, 0.2, n), "service": SERVICE * rng.gamma(4, 0.25, n)})
    links = customer_links(Customers(rows, score="score", event="left", margin="margin", service_cost="service"))
    money = Money(discount_rate=rate, horizon_years=horizon, customers=10_000, causal_share=(1, 1, 1))
    case = build_case(links, None, money, score_per_point=(0.1, 0.0), draws=2000, seed=int(rng.integers(1 << 30)))
    year = np.arange(1, horizon + 1)
    group_worth = [(((1 - gone) / (1 + rate)) ** year).sum() * (margin - SERVICE)
                   for gone, margin in zip(LEAVING, MARGIN, strict=True)]
    truth = 10_000 * 0.1 / 11 * (group_worth[2] - group_worth[0])
    return [("worth of a point, 80 % range", truth, np.median(case.point), *np.quantile(case.point, [0.1, 0.9]))]


def recovered(design, runs, seed):
    """Mean estimate, its spread, and how often the interval held the truth, over `runs` simulated data sets."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame([row for _ in range(runs) for row in design(rng)],
                        columns=["estimator", "truth", "estimate", "low", "high"])
    rows["held"] = ((rows.low <= rows.truth) & (rows.truth <= rows.high)).where(rows.low.notna())
    return rows.groupby("estimator", sort=False).agg(
        runs=("estimate", "size"), truth=("truth", "mean"), mean=("estimate", "mean"), spread=("estimate", "std"),
        coverage=("held", lambda held: held.astype(float).mean())).reset_index()


DESIGNS = ((churn_step, 60, 1), (share, 300, 2), (hazard, 400, 3), (amount, 500, 4), (panel, 300, 5), (units, 500, 6),
           (chain, 200, 7))

if __name__ == "__main__":
    pd.concat([recovered(*design) for design in DESIGNS]).round(4).to_csv(FILE, index=False, lineterminator="\n")
