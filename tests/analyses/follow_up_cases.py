"""Follow-up lists and customer tables with known truth."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import CallList, FollowUp
from cxlib.analyses.money import Customers

UNTIL = pd.Timestamp("2025-12-31")


def followed_up(n=600, *, seed=1, effect=0.0, drawn=0.1, called=0.7, severity=True, promise=2.0, **more):
    """Critics with the score then and now; severe cases are called first and score lower again, `drawn` are left out at random."""
    rng = np.random.default_rng(seed)
    lasting = rng.normal(7.2, 1.3, 8 * n)
    every = lasting + rng.normal(0, 1.1, 8 * n)
    at = np.flatnonzero(every <= 6)[:n]
    hard = rng.integers(1, 4, n).astype(float)
    left_out = rng.random(n) < drawn
    contact = ~left_out & (rng.random(n) < np.clip(called + 0.1 * (hard - 2), 0, 1))
    answered = UNTIL - pd.to_timedelta(rng.uniform(30, 300, n), "D")
    days = rng.exponential(4 * (4 - hard) / 2)
    contacted = pd.Series(answered + pd.to_timedelta(days, "D")).where(contact)
    again = lasting[at] + rng.normal(0, 1.1, n) - 0.6 * (hard - 2) + effect * contact
    rows = pd.DataFrame({
        "respondent": [f"R{place:04d}" for place in range(n)], "answered": answered, "contacted": contacted, "closed": pd.NaT,
        "owner": rng.choice(["Salg", "Teknik", "Regning"], n), "type": rng.choice(["a", "b"], n),
        "severity": hard if severity else np.nan, "may_contact": True, "left_out": left_out, "score": every[at],
        "score_again": again, "churned": np.nan, "left": pd.NaT}).assign(**more)  # fmt: skip
    responses = pd.DataFrame({"q": every})
    return FollowUp(rows, promise_days=promise, until=UNTIL), responses


def customers(n=3000, *, seed=1, link=0.35, spread=0.6, **more):
    """Customers whose chance of leaving falls with the score by `link`, worth log-normal amounts."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 11, n).astype(float)
    chance = 1 / (1 + np.exp(0.4 + link * (score - 4)))
    rows = pd.DataFrame({
        "id": [f"R{place:04d}" for place in range(n)], "score": score, "left": (rng.random(n) < chance).astype(float),
        "margin": rng.lognormal(7, spread, n), "years": rng.uniform(0, 10, n), "product": rng.choice(["x", "y"], n)}).assign(**more)  # fmt: skip
    return Customers(rows, score="score", event="left", margin="margin", tenure="years", controls=("product",), respondent="id")


def due(n=120, *, anonymous=False, listed=None, **more):
    """Answers of the first customers that nobody has been contacted about yet."""
    rng = np.random.default_rng(7)
    rows = pd.DataFrame({
        "respondent": [f"R{place:04d}" for place in range(n)], "answered": UNTIL - pd.to_timedelta(rng.integers(1, 9, n), "D"),
        "contacted": pd.NaT, "closed": pd.NaT, "owner": rng.choice(["Salg", "Teknik"], n), "type": "a",
        "severity": rng.integers(1, 4, n).astype(float), "may_contact": True, "left_out": False, "score": 3.0,
        "score_again": np.nan, "churned": np.nan, "left": pd.NaT}).assign(**more)  # fmt: skip
    return FollowUp(rows, promise_days=2, until=UNTIL, listed=listed or CallList(), anonymous=anonymous)
