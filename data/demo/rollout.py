"""What Nordlys began in some of its 48 teams, and the monthly figure of each team: one initiative works, one does not, one is too young to tell."""

import numpy as np
import pandas as pd

from demo import nordlys

MONTHS = [str(month) for month in pd.period_range("2024-01", "2025-12", freq="M")]
LEVEL, BETWEEN, OF_AN_ANSWER = 63.0, 3.0, 22.0     # index points: mean, SD between teams, SD of one answer
TREND = 0.08                                       # points a month, of every team
ANSWERS = (30, 60)                                 # of a team in a month
WORKS, DOES_NOTHING, YOUNG = "Svar på telefonen inden 8 minutter", "Prisaftale uden bindinger", "Regning på én side"
BEGUN = {                                          # initiative: {month: teams}; the worst of the month before, but for the young one
    "2025-02": [(WORKS, 6)], "2025-03": [(DOES_NOTHING, 12)], "2025-05": [(WORKS, 5)], "2025-08": [(WORKS, 5)], "2025-12": [(YOUNG, 6)]}
EFFECT = {WORKS: 3.0, DOES_NOTHING: 0.0, YOUNG: 1.0}
BEST_GAIN = 9.0                                    # of the worst of the first teams with what works: worth celebrating
USUAL_GAIN = (16 * EFFECT[WORKS] - BEST_GAIN) / 15  # of the others, so that the mean of the 16 is the effect
STREAM = 5                                         # of a dozen one whose plain rises lie near the middle of all


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """(figures: enhed, måned, tilfredshed, svar; starts: initiativ, enhed, start)."""
    rng = np.random.default_rng([nordlys.SEED, 31, STREAM])
    teams = np.array([unit for units in nordlys.UNITS.values() for unit in units], object)
    own = rng.normal(0, BETWEEN, len(teams))
    begun, gain = pd.DataFrame(index=teams, columns=["initiativ", "start"], dtype=object), pd.Series(0.0, teams)
    figures = []
    for number, month in enumerate(MONTHS):
        for initiative, many in BEGUN.get(month, []):
            free = begun.index[begun["start"].isna()]
            lowest = figures[-1].set_index("enhed")["tilfredshed"][free].sort_values(kind="stable").index
            picked = rng.choice(free, many, replace=False) if initiative == YOUNG else lowest[:many]
            begun.loc[picked] = initiative, f"01-{month[5:]}-{month[:4]}"
            gain[picked] = USUAL_GAIN if initiative == WORKS else EFFECT[initiative]
            if (begun["initiativ"] == WORKS).sum() == many and initiative == WORKS:
                gain[picked[0]] = BEST_GAIN
        n = rng.integers(*ANSWERS, len(teams))
        value = LEVEL + own + gain.to_numpy() + TREND * number + rng.normal(0, OF_AN_ANSWER / np.sqrt(n))
        figures.append(pd.DataFrame({"enhed": teams, "måned": month, "tilfredshed": value.round(1), "svar": n}))
    starts = begun.dropna().rename_axis("enhed").reset_index()[["initiativ", "enhed", "start"]]
    return pd.concat(figures, ignore_index=True), starts.assign(month=starts["start"].str[3:5]).sort_values(["initiativ", "month", "enhed"], ignore_index=True).drop(columns="month")


def truth() -> dict:
    """The effects, and what the figures of the teams rose by from the month before the start to the mean of those after it."""
    figures, starts = tables()
    wide = figures.pivot(index="enhed", columns="måned", values="tilfredshed")[MONTHS]
    first = {team: MONTHS.index(f"{start[6:]}-{start[3:5]}") for team, start in zip(starts["enhed"], starts["start"], strict=True)}
    rise = {team: wide.loc[team].iloc[at:].mean() - wide.loc[team].iloc[at - 1] for team, at in first.items()}
    raw = starts.assign(rise=starts["enhed"].map(rise)).groupby("initiativ")["rise"].mean()
    of_first = starts[starts["start"] == "01-02-2025"]["enhed"]
    return {"effect": EFFECT, "raw_rise": {name: round(float(raw[name]), 1) for name in EFFECT}, "teams": {name: int((starts["initiativ"] == name).sum()) for name in EFFECT},
            "trend_a_month": TREND, "best_team": min(of_first, key=lambda team: wide.loc[team, "2025-01"]), "best_gain": BEST_GAIN}  # fmt: skip
