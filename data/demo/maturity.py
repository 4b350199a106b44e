"""Self-assessments of the demo clients: who answered what in the two maturity models, and the invented benchmark."""

import numpy as np
import pandas as pd

CRITERIA = [f"{step}.{number}" for step in range(1, 8) for number in (1, 2, 3)]
STATEMENTS = [f"S{level}{number}" for level in range(1, 6) for number in range(1, 4 if level == 1 else 5)]
CONTEXT = {"F1": 4.4, "F2": 4.0, "F3": 3.4, "M1": 3.2, "M2": 2.8, "M3": 3.9}
COVERAGE = {"no": 0.0, "partly": 0.33, "mostly": 0.67, "fully": 1.0}

RATERS = [("Topledelse", "Direktion", 5), ("Mellemledelse", "Kundeservice", 3), ("Mellemledelse", "Drift", 2),
          ("Medarbejder", "Kundeservice", 5), ("Medarbejder", "Salg", 1)]
LEVEL_2024 = dict(zip(CRITERIA, [3.4, 3.0, 3.2,  3.3, 2.9, 3.4,  2.6, 2.2, 2.7,  2.5, 2.4, 3.0,
                                 3.5, 2.8, 2.3,  3.2, 3.7, 3.3,  1.9, 2.4, 3.4], strict=True))   # 1-5
ROSE = {"3.2": 1.5, "4.1": 1.6, "4.2": 1.2, "6.1": 0.7}           # 2025 less 2024; the others stand still
DISPUTED = {"1.1": 2.8, "1.3": 3.0, "2.3": 2.4}                   # top management less employees, on 1-5
UNKNOWN = {"7.1": 0.45, "7.2": 0.30, "5.2": 0.20}                 # share below top management that don't know
PROOF = {"1.1": "Sponsor i direktionen, egen budgetpost", "3.2": "86 % af kritikere ringet op inden to døgn",
         "4.1": "Kalender med 12 gennemgange, referater findes", "4.2": "Driveranalyse fra juni 2025",
         "5.1": "Fire kampe vedtaget i bestyrelsen", "6.2": "Månedens kundehistorie på intranettet",
         "6.3": "Idébank med 41 forslag; 9 er sat i gang"}
STAIR = {1: 0.90, 2: 0.82, 3: 0.76, 4: 0.40, 5: 0.18}             # true coverage of each level: level 3 is reached
STAIR_PROOF = {"S11": "NPS hver måned siden 2019", "S12": "Trivselsmåling hvert halvår", "S13": "Branchemåling 2025",
               "S21": "Team på fem personer", "S22": "Direktionsbeslutning af 4. marts 2025",
               "S23": "Fastholdelsesmål i alle salgsteams", "S24": "Tabel over drivere i juni-rapporten"}


def raters(who: list) -> pd.DataFrame:
    """One row per person: number, role and unit."""
    rows = [(role, unit) for role, unit, count in who for _ in range(count)]
    return pd.DataFrame(rows, columns=["rolle", "enhed"])


def loyalty_answers(rng, people: pd.DataFrame, levels: dict, disputed: dict, *, sd, view=0.0, scale=(1, 5)) -> pd.DataFrame:
    """Answers of each person to the criteria: the level, half the dispute up or down by role, own view, noise."""
    side = people["rolle"].map({"Topledelse": 0.5, "Ledning": 0.5, "Medarbejder": -0.5, "Medarbetare": -0.5}).fillna(0)
    middle = np.column_stack([level + side * disputed.get(name, 0) for name, level in levels.items()])
    given = np.clip(np.rint(middle + view + rng.normal(0, sd, middle.shape)), *scale)
    return pd.DataFrame(given, columns=list(levels)).astype(int).astype(object)


def nordlys_loyalty(seed: int) -> pd.DataFrame:
    """Two assessments by the same people: 13 of them in 2024, all 16 in 2025."""
    rng, people, years = np.random.default_rng([seed, 3]), raters(RATERS), []
    view = rng.normal(0, 0.5, (len(people), len(CRITERIA)))             # each person's own, the same in both years
    for year in (2024, 2025):
        levels = {name: level + ROSE.get(name, 0) * (year == 2025) for name, level in LEVEL_2024.items()}
        given = loyalty_answers(rng, people, levels, DISPUTED, sd=0.25, view=view)
        for name, share in UNKNOWN.items():
            given.loc[(rng.random(len(people)) < share) & (people["rolle"] != "Topledelse"), name] = "Ved ikke"
        given.loc[len(people) - 1, "2.2"] = "Ikke relevant"
        table = pd.concat([people, given], axis=1)
        for place, name in [(list(table).index(name) + 1, name) for name in reversed(PROOF)]:
            shown = (rng.random(len(people)) < 0.6) & given[name].isin([4, 5]) & (year == 2025)
            table.insert(place, f"{name} evidence", np.where(shown, PROOF[name], ""))
        table.insert(0, "år", year)
        table.insert(0, "person", [f"P{number:02d}" for number in range(1, len(people) + 1)])
        years.append(table.drop(index=[4, 9, 14]) if year == 2024 else table)
    return pd.concat(years, ignore_index=True)


def nordlys_staircase(seed: int) -> pd.DataFrame:
    """Level 3 by the answers, level 4 by top management's guess, proof for level 2 only."""
    rng, table = np.random.default_rng([seed, 4]), raters(RATERS)
    n = len(table)
    believed = table["rolle"].map({"Topledelse": 4.0, "Mellemledelse": 3.5, "Medarbejder": 2.6})
    table["gæt"] = np.clip(np.rint(believed + rng.normal(0, 0.2, n)), 1, 5).astype(int)
    for name in STATEMENTS:
        value = STAIR[int(name[1])] + rng.normal(0, 0.18, n)
        nearest = np.abs(value[:, None] - np.array(list(COVERAGE.values()))).argmin(axis=1)
        table[name] = np.array(list(COVERAGE), dtype=object)[nearest]
        if name[1] in "45":
            table.loc[(rng.random(n) < 0.15) & (table["rolle"] == "Medarbejder"), name] = "DK"
        if name in STAIR_PROOF:
            table[f"{name} evidence"] = np.where(table[name].isin(["mostly", "fully"]), STAIR_PROOF[name], "")
    for name, level in CONTEXT.items():
        table[name] = np.clip(np.rint(level + rng.normal(0, 0.6, n)), 1, 5).astype(int)
    table.insert(0, "person", [f"P{number:02d}" for number in range(1, n + 1)])
    return table


def benchmark(seed: int, companies: int = 24) -> pd.DataFrame:
    """Invented companies on 0-100: a level of their own for each, plus noise for each criterion."""
    rng = np.random.default_rng([seed, 5])
    level = rng.normal(48, 11, companies)
    values = np.clip(level[:, None] + rng.normal(0, 9, (companies, len(CRITERIA))), 0, 100).round(1)
    table = pd.DataFrame(values, columns=CRITERIA)
    table.insert(0, "company", [f"Opdigtet virksomhed {number:02d}" for number in range(1, companies + 1)])
    return table


def nordlys_truth() -> dict:
    """The levels that the answers scatter around, on 0-100."""
    level = {name: round((value + ROSE.get(name, 0) - 1) * 25, 1) for name, value in LEVEL_2024.items()}
    return {"maturity_2025": level, "maturity_rose": {name: 25 * rise for name, rise in ROSE.items()},
            "maturity_disputed": {name: 25 * gap for name, gap in DISPUTED.items()}, "maturity_unknown": UNKNOWN,
            "staircase": {"answers": 3, "guess_of_top_management": 4, "with_proof": 2}}
