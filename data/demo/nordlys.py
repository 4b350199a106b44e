"""Nordlys Energi, an invented Danish energy company: customer survey and contacts. Everything the truth rests on is
a constant here; `data/README.md` says what it means."""

import numpy as np
import pandas as pd

from demo.draw import answers, choice, index, normal, nps, put

SEED = 2025
QUARTERS = {"2024-Q1": 200, "2024-Q2": 200, "2024-Q3": 200, "2024-Q4": 200,
            "2025-Q1": 200, "2025-Q2": 200, "2025-Q3": 400, "2025-Q4": 400}
TOWNS = {"Hovedstaden": ["København", "Hillerød", "Ballerup"], "Sjælland": ["Roskilde", "Køge", "Næstved"],
         "Syddanmark": ["Odense", "Kolding", "Sønderborg"],
         "Midt- og Nordjylland": ["Aarhus", "Viborg", "Aalborg"]}
UNITS = {region: [f"{town} {team}" for town in towns for team in (1, 2, 3, 4)] for region, towns in TOWNS.items()}
SERVED_BY = {"Bornholm": "Hovedstaden", "Småøerne": "Syddanmark"}      # small regions without a team of their own
SMALL = {"Bornholm": 4, "Småøerne": 26}                                # of 2,000 respondents
TYPES = {"Privat": (0.68, 0.80), "Erhverv": (0.26, 0.16), "Offentlig": (0.06, 0.04)}   # share of answers, of customers
PRODUCTS = {"El": 0.48, "Gas": 0.17, "Fjernvarme": 0.22, "Elbillader": 0.13}

BLOCKS = {"service": 4, "produkt": 3, "pris": 3, "regning": 3, "digital": 2, "sponsorat": 2}   # items in each
BLOCK_MEAN = {"service": 7.1, "produkt": 7.3, "pris": 6.1, "regning": 6.8, "digital": 7.0, "sponsorat": 5.6}
CORRELATION = np.array([
    [1.00, 0.95, 0.40, 0.50, 0.40, 0.00],
    [0.95, 1.00, 0.42, 0.50, 0.42, 0.00],    # service and product cannot be told apart
    [0.40, 0.42, 1.00, 0.35, 0.30, 0.00],
    [0.50, 0.50, 0.35, 1.00, 0.45, 0.00],
    [0.40, 0.42, 0.30, 0.45, 1.00, 0.00],
    [0.00, 0.00, 0.00, 0.00, 0.00, 1.00]])   # sponsorships: pure noise
PATHS = {"service": 0.25, "produkt": 0.15, "pris": 0.35, "regning": 0.20, "digital": 0.08, "sponsorat": 0.0}
LOYALTY = {"satisfaction": 0.70, "pris": 0.20}
RISE = {"2025-Q3": {"pris": 0.10, "service": 0.05, "produkt": 0.05},   # SDs above the quiet quarters before
        "2025-Q4": {"pris": 0.70, "service": 0.45, "produkt": 0.45}}
EXPECTED = {"service": 0.95, "regning": 0.0, "digital": 0.45}          # expected less experienced, in answers 1-10

UNIT_EFFECT = 0.235      # SDs of customer satisfaction for each SD of the unit's employee satisfaction
UNIT_OWN = 0.12          # SDs of customer satisfaction between units that have nothing to do with the employees
CONTACT_EFFECT = 0.15    # SDs of satisfaction for each SD of satisfaction with the contacts
PHONE = {"level": 7.9, "limit": 8, "step": -1.6, "hard": -0.7}         # 0-10, minutes
EMAIL = {"level": 7.4, "slope": -0.05, "hard": -0.7}                   # 0-10, hours: even decline, no tipping point
CASES = {"Regning": 0.40, "Flytning": 0.25, "Driftsstop": 0.20, "Klage": 0.15}
HARD = ["Driftsstop", "Klage"]                                         # take longer and satisfy less


def unit_levels() -> pd.DataFrame:
    """Each unit's true employee satisfaction and own level of customer satisfaction: uncorrelated, mean 0, SD 1.

    The same for the sample and for the population.
    """
    names = [unit for units in UNITS.values() for unit in units]
    draws = np.random.default_rng([SEED, 0]).standard_normal((len(names), 2))
    apart = np.linalg.qr(draws - draws.mean(axis=0))[0] * np.sqrt(len(names))
    return pd.DataFrame(apart, names, ["employees", "own"])


def background(rng, n: int, types: dict) -> pd.DataFrame:
    """Who answered when: quarter, date, region, unit, product, type, years as a customer, weight."""
    share = np.array(list(QUARTERS.values())) / sum(QUARTERS.values())
    quarter = np.repeat(list(QUARTERS), np.rint(share * n).astype(int))
    start = pd.PeriodIndex(quarter, freq="Q").start_time
    region = choice(rng, n, dict(zip(UNITS, [0.34, 0.20, 0.22, 0.24], strict=True)))
    few = rng.choice(n, round(n * sum(SMALL.values()) / 2000), replace=False)
    region[few] = np.repeat(list(SMALL), [len(few) - round(n * 26 / 2000), round(n * 26 / 2000)])
    kind = choice(rng, n, types)
    team = rng.integers(0, 12, n)
    return pd.DataFrame({
        "kvartal": quarter,
        "besvaret": (start + pd.to_timedelta(rng.integers(0, 90, n), unit="D")).strftime("%d-%m-%Y"),
        "region": region,
        "enhed": [UNITS[SERVED_BY.get(name, name)][number] for name, number in zip(region, team, strict=True)],
        "produkt": choice(rng, n, PRODUCTS),
        "kundetype": kind,
        "kundeår": np.minimum(rng.gamma(1.4, 5.0, n).astype(int), 40),
        "vægt": [round(TYPES[name][1] / TYPES[name][0], 3) for name in kind],
    })


def contact_log(rng, n: int) -> pd.DataFrame:
    """The contacts of `n` customers: customer number, channel, wait, case type and satisfaction with the contact."""
    calls, mails = (np.repeat(np.arange(n), rng.poisson(rate, n)) for rate in (0.75, 0.45))
    case = choice(rng, len(calls) + len(mails), CASES)
    hard = np.isin(case, HARD)
    customer = np.concatenate([calls, mails])
    mood = rng.normal(0, 0.5, n)[customer] + rng.normal(0, 1.3, len(customer))
    phone = np.arange(len(customer)) < len(calls)
    minutes = np.ceil(rng.gamma(2.2, np.where(hard, 4.6, 3.3)))
    hours = np.minimum(np.ceil(rng.gamma(2.0, np.where(hard, 10.0, 7.0))), 60)
    by_phone = PHONE["level"] + PHONE["step"] * (minutes > PHONE["limit"]) + PHONE["hard"] * hard
    by_email = EMAIL["level"] + EMAIL["slope"] * hours + EMAIL["hard"] * hard
    heaped = np.where(rng.random(len(customer)) < 0.4, np.maximum(5 * np.rint(minutes / 5), 1), minutes)
    return pd.DataFrame({
        "kunde": customer,
        "kanal": np.where(phone, "Telefon", "E-mail"),
        "ventetid_min": pd.array(np.where(phone, heaped, np.nan), dtype="Int64"),
        "svartid_timer": pd.array(np.where(phone, np.nan, hours), dtype="Int64"),
        "sagstype": case,
        "kontakt_tilfredshed": np.clip(np.rint(np.where(phone, by_phone, by_email) + mood), 0, 10).astype(int),
    })


def respondents(rng, n: int, *, mood: float = 0.0, types: dict | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`n` customers with their true answers, and their contacts. `mood` moves their satisfaction (in SDs)."""
    types = types or {name: share for name, (share, _) in TYPES.items()}
    rows, log = background(rng, n, types), contact_log(rng, n)
    causes = pd.DataFrame(normal(rng, n, CORRELATION), columns=list(BLOCKS))
    for quarter, blocks in RISE.items():
        for block, rise in blocks.items():
            causes[block] += rise * (rows["kvartal"] == quarter)
    causes["pris"] -= 0.3 * (rows["kundetype"] == "Erhverv")
    units = unit_levels().loc[rows["enhed"]].reset_index(drop=True)
    met = log.groupby("kunde")["kontakt_tilfredshed"].mean().reindex(range(n))
    satisfaction = (causes[list(PATHS)] @ pd.Series(PATHS) + mood
                    + UNIT_EFFECT * units["employees"] + UNIT_OWN * units["own"]
                    + CONTACT_EFFECT * ((met - 6.5) / 1.7).fillna(0) + rng.normal(0, 0.50, n))
    loyalty = (LOYALTY["satisfaction"] * satisfaction + LOYALTY["pris"] * causes["pris"]
               + rng.normal(0, 0.54, n)).to_numpy()
    satisfaction = satisfaction.to_numpy()
    rows["anbefaling"] = answers(rng, loyalty, mean=7.7, sd=1.9, loading=0.9, scale=(0, 10))
    rows["tilfreds"] = answers(rng, satisfaction, mean=3.75, sd=0.95, loading=0.9, scale=(1, 5))
    easy = (causes["service"] + causes["digital"] + 0.5 * satisfaction).to_numpy() / 2
    rows["let"] = answers(rng, easy, mean=5.2, sd=1.35, loading=0.8, scale=(1, 7))
    for name, latent, means in [("nki", satisfaction, (7.2, 6.6, 6.2)), ("loyal", loyalty, (7.3, 7.1, 6.4))]:
        for number, mean in enumerate(means, 1):
            rows[f"{name}_{number}"] = answers(rng, latent, mean=mean)
    for block, items in BLOCKS.items():
        for number in range(1, items + 1):
            mean = BLOCK_MEAN[block] + 0.3 * (number - (items + 1) / 2)
            rows[f"{block}_{number}"] = answers(rng, causes[block].to_numpy(), mean=mean)
    for block, gap in EXPECTED.items():
        item = rows[f"{block}_1"]
        rows[f"{block}_1_ventet"] = answers(rng, (item - item.mean()).to_numpy() / 1.7, loading=0.5,
                                            mean=item.mean() + gap)
    return rows, log


def with_codes(rng, rows: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """The rows as a survey tool stores them: 99 don't know, 98 not relevant, 8 no contact, blanks."""
    rows, n = rows.copy(), len(rows)
    put(rows, ["let"], ~np.isin(np.arange(n), log["kunde"]), 8)
    put(rows, ["anbefaling"], rng.random(n) < 0.015, 99)
    for name in ("tilfreds", "nki_2", "loyal_3"):
        put(rows, [name], rng.random(n) < 0.01, None)
    digital = [name for name in rows if name.startswith("digital")]
    put(rows, digital, rng.random(n) < 0.12, 98)                    # never used self-service: the whole block
    for name in [name for name in rows if name.startswith(("service", "pris", "sponsorat"))]:
        put(rows, [name], rng.random(n) < (0.10 if name.startswith("sponsorat") else 0.03), 99)
    put(rows, ["digital_1_ventet"], np.arange(n) % 32 != 7, None)   # asked of very few: the verdict is "cannot tell"
    return rows


def tables() -> dict[str, pd.DataFrame]:
    """The survey and the contacts as the client folder holds them; `rows` are the answers without codes."""
    n, rng = sum(QUARTERS.values()), np.random.default_rng([SEED, 1])
    rows, log = respondents(rng, n)
    coded = with_codes(rng, rows, log)
    number = pd.Series([f"R{number:04d}" for number in range(1, n + 1)])
    years = pd.cut(rows["kundeår"], [-1, 0, 4, 9, 99], labels=["Under 1 år", "1-4 år", "5-9 år", "10 år eller mere"])
    coded.insert(0, "klient", "nordlys")
    coded.insert(0, "svar_id", number)
    coded["kundeår"] = years.astype(str)
    coded = coded.rename(columns={"kundeår": "kundeforhold"}).drop(columns="kvartal")
    log = log.iloc[np.random.default_rng([SEED, 2]).permutation(len(log))].reset_index(drop=True)
    log.insert(0, "kontakt_id", [f"H{number:05d}" for number in range(1, len(log) + 1)])
    log["kunde"] = number[log["kunde"]].to_numpy()
    return {"survey": coded, "contacts": log.rename(columns={"kunde": "svar_id"}),
            "rows": rows.assign(svar_id=number, anbefaling=coded["anbefaling"].replace(99, np.nan))}


def truth(n: int = 200_000) -> dict:
    """What holds in the population, from `n` draws of the same generator."""
    rows, log = respondents(np.random.default_rng([SEED, 9]), n)
    weight = rows["vægt"]

    def mean(values, digits=1):
        return round(float(np.average(values, weights=weight)), digits)

    items = {block: [f"{block}_{number}" for number in range(1, count + 1)] for block, count in BLOCKS.items()}
    blocks = pd.DataFrame({block: index(rows[names]) for block, names in items.items()})
    nki, loyal = (index(rows[[f"{name}_{number}" for number in (1, 2, 3)]]) for name in ("nki", "loyal"))
    quiet = ~rows["kvartal"].isin(RISE)
    return {
        "nps": {quarter: round(nps(part["anbefaling"], part["vægt"]), 1) for quarter, part in rows.groupby("kvartal")},
        "nps_quiet": round(nps(rows.loc[quiet, "anbefaling"], weight[quiet]), 1),
        "nps_all": round(nps(rows["anbefaling"], weight), 1),
        "satisfied_share": mean(rows["tilfreds"] >= 4, 3),
        "effort_mean": mean(rows["let"], 2),
        "satisfaction_index": mean(nki),
        "loyalty_index": mean(loyal),
        "block_index": {name: mean(blocks[name]) for name in blocks},
        "latent_paths": {"satisfaction": PATHS, "loyalty": LOYALTY},
        "index_slopes": {"satisfaction": slopes(nki, blocks, weight),
                         "loyalty": slopes(loyal, pd.DataFrame({"satisfaction": nki, "pris": blocks["pris"]}), weight)},
        "htmt_service_produkt": round(htmt(rows, items["service"], items["produkt"]), 3),
        "expectation_gap": {block: mean((rows[f"{block}_1"] - rows[f"{block}_1_ventet"]) * 100 / 9)
                            for block in EXPECTED},
        "phone": phone_truth(log[log["kanal"] == "Telefon"]),
        "email": {"tipping_point": None, "slope_per_hour": EMAIL["slope"], "hard_case": EMAIL["hard"]},
    }


def slopes(result: pd.Series, causes: pd.DataFrame, weight: pd.Series) -> dict:
    """Points of the result's index for one point of each cause's index: weighted least squares on plain item means."""
    root = np.sqrt(weight.to_numpy())
    design = np.column_stack([np.ones(len(causes)), causes]) * root[:, None]
    found = np.linalg.lstsq(design, result.to_numpy() * root, rcond=None)[0][1:]
    return dict(zip(causes, (np.round(found, 3) + 0.0).tolist(), strict=True))


def phone_truth(calls: pd.DataFrame) -> dict:
    """The planted step, and the plain means on both sides of it (case types mixed)."""
    below = calls["ventetid_min"] <= PHONE["limit"]
    score = calls["kontakt_tilfredshed"]
    return {"minutes": PHONE["limit"], "step": PHONE["step"], "hard_case": PHONE["hard"],
            "mean_to_8": round(float(score[below].mean()), 2), "mean_over_8": round(float(score[~below].mean()), 2),
            "share_over_8": round(float((~below).mean()), 3)}


def htmt(rows: pd.DataFrame, one: list, other: list) -> float:
    """Heterotrait-monotrait ratio of two blocks of items."""
    r = rows[one + other].corr().to_numpy()
    k = len(one)
    within = [part[np.triu_indices(len(part), 1)].mean() for part in (r[:k, :k], r[k:, k:])]
    return float(r[:k, k:].mean() / np.sqrt(within[0] * within[1]))
