"""Harbour Hotels, an invented group of hotels: 140 guests in one month, so most questions end in "too few answers"."""

import numpy as np
import pandas as pd

from demo.draw import answers, choice, index, normal, nps, put
from demo.maturity import CRITERIA, loyalty_answers

SEED = 140
HOTELS = {"Quayside": 52, "Old Customs House": 38, "Lighthouse": 27, "Ferry Inn": 14, "The Slipway": 4, "Boathouse": 3,
          "Anchor Lodge": 2}
BLOCKS = {"room": 3, "staff": 3, "breakfast": 2}
BLOCK_MEAN = {"room": 7.6, "staff": 8.3, "breakfast": 7.0}
CORRELATION = np.array([[1.0, 0.4, 0.3], [0.4, 1.0, 0.3], [0.3, 0.3, 1.0]])
PATHS = {"room": 0.40, "staff": 0.40, "breakfast": 0.10}
ENDS = {10: "10 - Extremely likely", 0: "0 - Not at all likely"}


def respondents(rng, n: int) -> pd.DataFrame:
    """`n` guests with their true answers."""
    share = np.array(list(HOTELS.values())) / sum(HOTELS.values())
    rows = pd.DataFrame({"Hotel": np.repeat(list(HOTELS), np.rint(share * n).astype(int))})
    n = len(rows)
    rows["Purpose"] = choice(rng, n, {"Leisure": 0.62, "Business": 0.30, "Conference": 0.06, "Wedding": 0.02})
    causes = pd.DataFrame(normal(rng, n, CORRELATION), columns=list(BLOCKS))
    satisfaction = (causes @ pd.Series(PATHS) + rng.normal(0, 0.6, n)).to_numpy()
    rows["Recommend"] = answers(rng, satisfaction, mean=8.4, sd=1.8, loading=0.85, scale=(0, 10))
    rows["Overall"] = answers(rng, satisfaction, mean=4.1, sd=0.85, loading=0.9, scale=(1, 5))
    for number, mean in enumerate((7.9, 7.5, 7.0), 1):
        rows[f"CSAT{number}"] = answers(rng, satisfaction, mean=mean)
    rows["Return"] = answers(rng, satisfaction, mean=7.3, loading=0.7)
    for block, items in BLOCKS.items():
        for number in range(1, items + 1):
            rows[f"{block.title()}{number}"] = answers(rng, causes[block].to_numpy(), mean=BLOCK_MEAN[block])
    return rows


def survey() -> pd.DataFrame:
    """The rows as exported: ends of the scale as texts, N/A in words."""
    rng = np.random.default_rng([SEED, 1])
    rows = respondents(rng, sum(HOTELS.values()))
    n = len(rows)
    rows["Recommend"] = rows["Recommend"].map(lambda score: ENDS.get(score, score)).astype(object)
    put(rows, ["Breakfast1", "Breakfast2"], rng.random(n) < 0.25, "N/A")
    put(rows, ["Room3", "Staff2"], rng.random(n) < 0.03, "Don't know")
    rows = rows.iloc[rng.permutation(n)].reset_index(drop=True)
    rows.insert(0, "Guest", [f"G{number:03d}" for number in range(1, n + 1)])
    return rows


def self_assessment() -> pd.DataFrame:
    """Four people: a summary, and no cut by role."""
    rng = np.random.default_rng([SEED, 3])
    people = pd.DataFrame({"Person": ["GM", "FOM", "HK", "FB"], "rolle": ["Management"] * 2 + ["Front line"] * 2})
    given = loyalty_answers(rng, people, dict.fromkeys(CRITERIA, 3.1), {}, sd=0.9)
    given.loc[3, ["1.2", "3.1"]] = "DK"
    return pd.concat([people.rename(columns={"rolle": "Role"}), given], axis=1)


def requests() -> pd.DataFrame:
    """The front desk's book: one department, few contacts, so that a journey ends in what it cannot tell."""
    rng = np.random.default_rng([SEED, 4])
    n = 96
    start = np.datetime64("2025-06-01T07:00") + pd.to_timedelta(np.sort(rng.integers(0, 30 * 24 * 60, n)), unit="min")
    took = pd.to_timedelta(np.rint(rng.exponential(50, n)).astype(int) + 2, unit="min")
    score = pd.Series(np.clip(np.rint(rng.normal(7.8, 1.9, n)), 0, 10)).where(rng.random(n) < 0.6).astype("Int64")
    return pd.DataFrame({
        "Guest": [f"G{number:03d}" for number in rng.integers(1, 141, n)], "Asked": pd.Series(start).dt.strftime("%Y-%m-%d %H:%M"),
        "Done": pd.Series(start + took).dt.strftime("%Y-%m-%d %H:%M"), "About": choice(rng, n, {"Room": 0.5, "Bill": 0.3, "Breakfast": 0.2}),
        "Score": score})  # fmt: skip


def truth(n: int = 200_000) -> dict:
    """What holds in the population, from about `n` draws of the same generator."""
    rows = respondents(np.random.default_rng([SEED, 9]), n)
    return {"nps": round(nps(rows["Recommend"]), 1), "satisfied_share": round(float((rows["Overall"] >= 4).mean()), 3),
            "satisfaction_index": round(float(index(rows[["CSAT1", "CSAT2", "CSAT3"]]).mean()), 1),
            "latent_paths": PATHS}
