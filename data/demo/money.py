"""Nordlys' customers and employees: what a score is worth, and where it comes from."""

import numpy as np
import pandas as pd

from demo import nordlys
from demo.draw import answers, index

OTHERS = 3000            # customers who did not answer; with the 2,000 they match the customer base's types
OTHER_TYPES = {"Privat": 0.88, "Erhverv": 0.28 / 3, "Offentlig": 0.08 / 3}
OTHER_MOOD = -0.5        # those who did not answer are less satisfied
STEPS = {                # effect of 0-6 and of 9-10 against 7-8
    "churn": {"0-6": 1.0, "9-10": -0.8},        # log odds
    "wallet": {"0-6": -0.6, "9-10": 0.7},       # log odds of the share
    "revenue": {"0-6": -0.10, "9-10": 0.08},    # log
    "service_cost": {"0-6": 0.35, "9-10": -0.15}}   # log
CHURN = {"level": -1.75, "year": -0.06, "Gas": 0.2, "Elbillader": -0.3}
WALLET = {"level": 0.35, "year": 0.015, "rank": -0.25}
REVENUE = {"Privat": 14_000, "Erhverv": 62_000, "Offentlig": 90_000}        # DKK a year
BY_PRODUCT = {"El": 1.0, "Gas": 1.2, "Fjernvarme": 1.1, "Elbillader": 0.7}
EMPLOYEE_ICC = 0.2       # share of the differences between employees that lies between units


def logistic(value):
    return 1 / (1 + np.exp(-value))


def category(score) -> np.ndarray:
    return np.select([score <= 6, score >= 9], ["0-6", "9-10"], "7-8").astype(object)


def step(score, outcome: str) -> np.ndarray:
    return np.array([STEPS[outcome].get(name, 0.0) for name in category(score)])


def outcomes(rng, rows: pd.DataFrame) -> pd.DataFrame:
    """Money and behaviour in the year after the score, one row per customer; `score` is the true one."""
    n, score, years = len(rows), rows["score"].to_numpy(), rows["kundeår"].to_numpy()
    suppliers = rng.choice([2, 3, 4], n, p=[0.5, 0.35, 0.15])
    rank = 1 + rng.binomial(suppliers - 1, np.select([score <= 6, score >= 9], [0.6, 0.2], 0.4))
    churn = (CHURN["level"] + CHURN["year"] * years + rows["produkt"].map(CHURN).fillna(0) + step(score, "churn"))
    share = logistic(WALLET["level"] + WALLET["year"] * years + WALLET["rank"] * (rank - 1) + step(score, "wallet"))
    usual = rows["kundetype"].map(REVENUE) * rows["produkt"].map(BY_PRODUCT)
    revenue = usual * np.exp(step(score, "revenue")) * rng.gamma(6, 1 / 6, n)
    return pd.DataFrame({
        "produkt": rows["produkt"], "kundetype": rows["kundetype"], "kundeår": years,
        "omsætning": np.rint(revenue).astype(int),
        "dækningsbidrag": np.rint(revenue * rng.beta(22, 78, n)).astype(int),
        "betjening": np.rint(310 * np.exp(step(score, "service_cost")) * rng.gamma(3, 1 / 3, n)).astype(int),
        "opsagt_12_mdr": (rng.random(n) < logistic(churn)).astype(int),
        "andel_af_forbrug": rng.beta(5 * share, 5 * (1 - share)).round(2),
        "rang": rank, "leverandører": suppliers,
    })


def customers(rows: pd.DataFrame) -> pd.DataFrame:
    """Those who answered, with their score, and a sample of those who did not, without it."""
    rng = np.random.default_rng([nordlys.SEED, 19])    # of a dozen streams one whose steps lie near the truth
    others, _ = nordlys.respondents(rng, OTHERS, mood=OTHER_MOOD, types=OTHER_TYPES)
    everyone = pd.concat([rows, others], ignore_index=True)
    everyone["score"] = everyone["anbefaling"].fillna(7).astype(int)     # "don't know" behaves as 7-8
    table = outcomes(rng, everyone)
    answered = everyone["svar_id"].notna()
    table.insert(0, "score", everyone["anbefaling"].where(answered).astype("Int64"))
    table.insert(0, "svar_id", everyone["svar_id"])
    for name in ("andel_af_forbrug", "rang", "leverandører"):            # asked in the survey
        table[name] = table[name].where(answered)
    table[["rang", "leverandører"]] = table[["rang", "leverandører"]].astype("Int64")
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    table.insert(0, "kunde_id", [f"K{number:05d}" for number in range(1, len(table) + 1)])
    return table


def employees(per_unit: int | None = None, seed: int = 7) -> pd.DataFrame:
    """One row per employee and year: unit and four questions on 1-10. The unit's level is the same in both years."""
    rng, level = np.random.default_rng([nordlys.SEED, seed]), nordlys.unit_levels()["employees"]
    size = rng.integers(10, 17, len(level)) if per_unit is None else np.full(len(level), per_unit)
    years = []
    for year in (2024, 2025):
        unit = np.repeat(level.index.to_numpy(), size)
        latent = np.sqrt(EMPLOYEE_ICC) * level[unit].to_numpy() + rng.normal(0, np.sqrt(1 - EMPLOYEE_ICC), len(unit))
        table = pd.DataFrame({"år": year, "enhed": unit})
        for name, mean in {"stolt": 7.4, "energi": 6.8, "leder": 7.0, "anbefale_arbejdsplads": 7.1}.items():
            table[name] = answers(rng, latent, mean=mean, sd=1.8)
        years.append(table)
    table = pd.concat(years, ignore_index=True)
    table.insert(0, "medarbejder", [f"M{number:04d}" for number in range(1, len(table) + 1)])
    return table


def truth(n: int = 200_000) -> dict:
    """Coefficients as planted, and what they give in the population of those who answered."""
    rng = np.random.default_rng([nordlys.SEED, 8])
    rows, _ = nordlys.respondents(rng, n)
    rows["score"] = rows["anbefaling"]
    others, _ = nordlys.respondents(rng, n, mood=OTHER_MOOD, types=OTHER_TYPES)
    others["score"] = others["anbefaling"]
    after = outcomes(rng, rows)
    by_score = after.groupby(category(rows["score"]))
    staff = employees(per_unit=4000, seed=10)
    staff_level = index(staff.drop(columns=["medarbejder", "år", "enhed"])).groupby(staff["enhed"]).mean()
    nki = index(rows[["nki_1", "nki_2", "nki_3"]]).groupby(rows["enhed"]).mean()
    return {
        "steps": STEPS, "churn": CHURN, "wallet": WALLET,
        "churn_by_score": by_score["opsagt_12_mdr"].mean().round(3).to_dict(),
        "wallet_by_score": by_score["andel_af_forbrug"].mean().round(3).to_dict(),
        "margin_by_score": by_score["dækningsbidrag"].mean().round(0).to_dict(),
        "churn_answered": round(float(after["opsagt_12_mdr"].mean()), 3),
        "churn_not_answered": round(float(outcomes(rng, others)["opsagt_12_mdr"].mean()), 3),
        "employee_slope": round(float(np.polyfit(staff_level.sort_index(), nki.sort_index(), 1)[0]), 3),
        "employee_r": round(float(np.corrcoef(staff_level.sort_index(), nki.sort_index())[0, 1]), 3),
        "employee_icc1": EMPLOYEE_ICC,
    }
