"""Fjordbanken, an invented Swedish bank: four waves in which nothing changes, and a sample that leans to the young."""

import numpy as np
import pandas as pd

from demo.draw import answers, choice, index, normal, nps, put
from demo.maturity import CRITERIA, loyalty_answers, raters

SEED = 1862
WAVES = {"Vår 2024": 220, "Höst 2024": 220, "Vår 2025": 230, "Höst 2025": 230}
AGES = {"18-34 år": (0.45, 0.25), "35-54 år": (0.33, 0.35), "55 år eller äldre": (0.22, 0.40)}   # answers, customers
AGE_EFFECT = {"18-34 år": -0.35, "35-54 år": 0.0, "55 år eller äldre": 0.35}                     # SDs of satisfaction
OFFICES = {"Göteborg": 0.38, "Malmö": 0.27, "Linköping": 0.20, "Örebro": 0.15}
BLOCKS = {"radgivning": 3, "digitalt": 3, "villkor": 2, "fortroende": 2}
BLOCK_MEAN = {"radgivning": 7.2, "digitalt": 7.9, "villkor": 6.0, "fortroende": 7.4}
CORRELATION = np.array([
    [1.00, 0.35, 0.30, 0.45],
    [0.35, 1.00, 0.25, 0.35],
    [0.30, 0.25, 1.00, 0.35],
    [0.45, 0.35, 0.35, 1.00]])
PATHS = {"radgivning": 0.20, "digitalt": 0.10, "villkor": 0.25, "fortroende": 0.45}
RATING = {1: "Mycket missnöjd", 2: "Ganska missnöjd", 3: "Varken eller", 4: "Ganska nöjd", 5: "Mycket nöjd"}
CHURN = {"level": -2.6, "0-6": 0.9, "9-10": 0.0}       # log odds; 9-10 leaves no less often than 7-8


def respondents(rng, n: int) -> pd.DataFrame:
    """`n` customers with their true answers."""
    wave = np.repeat(list(WAVES), np.rint(np.array(list(WAVES.values())) / sum(WAVES.values()) * n).astype(int))
    rows = pd.DataFrame({
        "vag": wave,
        "aldersgrupp": choice(rng, n, {age: share for age, (share, _) in AGES.items()}),
        "kontor": choice(rng, n, OFFICES),
        "kanal": choice(rng, n, {"App": 0.55, "Kontor": 0.25, "Telefon": 0.20}),
    })
    causes = pd.DataFrame(normal(rng, n, CORRELATION), columns=list(BLOCKS))
    satisfaction = (causes @ pd.Series(PATHS) + rows["aldersgrupp"].map(AGE_EFFECT) + rng.normal(0, 0.55, n)).to_numpy()
    loyalty = 0.8 * satisfaction + rng.normal(0, 0.6, n)
    rows["nps"] = answers(rng, loyalty, mean=7.4, sd=2.0, loading=0.9, scale=(0, 10))
    rows["nojd"] = answers(rng, satisfaction, mean=3.8, sd=0.95, loading=0.9, scale=(1, 5))
    rows["anstrangning"] = answers(rng, -satisfaction, mean=2.6, sd=1.3, loading=0.7, scale=(1, 7))
    for name, latent, means in [("nki", satisfaction, (7.3, 6.9, 6.5)), ("lojal", loyalty, (7.4, 7.0))]:
        for number, mean in enumerate(means, 1):
            rows[f"{name}{number}"] = answers(rng, latent, mean=mean)
    for block, items in BLOCKS.items():
        for number in range(1, items + 1):
            rows[f"{block}{number}"] = answers(rng, causes[block].to_numpy(), mean=BLOCK_MEAN[block])
    return rows


def with_codes(rng, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as the bank's survey tool stores them: NPS as 1-11, ratings as texts, "Vet ej" in words."""
    rows, n = rows.copy(), len(rows)
    rows["nps"] += 1
    rows["nojd"] = rows["nojd"].map(RATING)
    put(rows, ["nojd", "villkor1"], rng.random(n) < 0.03, "Vet ej")
    put(rows, [name for name in rows if name.startswith("radgivning")], rng.random(n) < 0.18, "Ej aktuellt")
    put(rows, ["nki3"], rng.random(n) < 0.02, None)
    rows.insert(0, "svarsid", range(70_001, 70_001 + n))
    rows.insert(1, "bank", "fjordbanken")
    return rows


def customers(rng, rows: pd.DataFrame) -> pd.DataFrame:
    """Who left within 12 months of the survey, with income and contribution in SEK a year."""
    score, n = rows["nps"].to_numpy(), len(rows)
    odds = CHURN["level"] + CHURN["0-6"] * (score <= 6) + CHURN["9-10"] * (score >= 9)
    income = rng.gamma(3, 2600, n)
    return pd.DataFrame({"kundnr": range(310_001, 310_001 + n), "svarsid": range(70_001, 70_001 + n), "betyg": score,
                         "ar_som_kund": np.minimum(rng.gamma(1.6, 6, n).astype(int), 45),
                         "intakt": np.rint(income).astype(int),
                         "tackningsbidrag": np.rint(income * rng.beta(35, 65, n)).astype(int),
                         "lamnat_12_man": (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)})


def self_assessment() -> pd.DataFrame:
    """Seven people on 0-10, one year, nobody in dispute; the last one leaves a third open."""
    rng = np.random.default_rng([SEED, 3])
    people = raters([("Ledning", "Huvudkontor", 2), ("Medarbetare", "Kontor", 5)])
    levels = dict(zip(CRITERIA, rng.uniform(3.5, 8.0, len(CRITERIA)), strict=True))
    given = loyalty_answers(rng, people, levels, {}, sd=1.0, scale=(0, 10))
    given.loc[6, ["4.2", "5.1", "5.2", "5.3", "7.1", "7.2", "7.3"]] = "Vet ej"
    table = pd.concat([people.rename(columns={"rolle": "roll", "enhed": "enhet"}), given], axis=1)
    table.insert(0, "namn", [f"Person {letter}" for letter in "ABCDEFG"])
    return table


def tables() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng([SEED, 1])
    rows = respondents(rng, sum(WAVES.values()))
    return {"enkat": with_codes(rng, rows), "kunder": customers(rng, rows), "mognad": self_assessment()}


def truth(n: int = 200_000) -> dict:
    """What holds in the population, from `n` draws of the same generator, raked as the client's file asks."""
    rng = np.random.default_rng([SEED, 9])
    rows = respondents(rng, n)
    weight = rows["aldersgrupp"].map({age: share / answered for age, (answered, share) in AGES.items()})
    churn = customers(rng, rows).groupby(np.select([rows["nps"] <= 6, rows["nps"] >= 9], ["0-6", "9-10"], "7-8"))
    return {
        "nps_raked": round(nps(rows["nps"], weight), 1),
        "nps_raw": round(nps(rows["nps"]), 1),
        "nps_change": 0,
        "satisfied_share": round(float(np.average(rows["nojd"] >= 4, weights=weight)), 3),
        "satisfaction_index": round(float(np.average(index(rows[["nki1", "nki2", "nki3"]]), weights=weight)), 1),
        "latent_paths": PATHS,
        "churn_log_odds": CHURN,
        "churn_by_score": churn["lamnat_12_man"].mean().round(3).to_dict(),
    }
