"""How well forecasts of a score hold its true level, and what is paid for luck, drawn. Writes steering.csv beside it (under five minutes of a processor).

    python -m tests.simulations.steering
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.local_level import WALKS, LevelFits
from cxlib.stats.steering.bonus import Scheme, chance_any, payout, repaired
from cxlib.stats.steering.forecast import chance_above, score_forecast

TABLE = Path(__file__).with_suffix(".csv")
AHEAD, SEASON = 6, 12
VARIANCE = 6000.0  # of an NPS answer, squared points


def level(rng, kind, size, periods):
    """The true level, (periods,): size is the SD of a period's drift, the height of one step, or the slope."""
    time = np.arange(periods)
    if kind == "drifting":
        return 30 + np.cumsum(rng.normal(0, size, periods))
    return 30 + size * {"stepping": time >= rng.integers(1, periods - AHEAD), "rising": time, "flat": 0 * time, "seasonal": 0 * time}[kind]


def foretold(runs, kind, size, periods, least=60, most=399, gaps=0):
    """A series of scores with `least` to `most` answers a period, and its six next periods."""
    rows = []
    for seed in range(runs):
        rng = np.random.default_rng([seed, periods, round(10 * size), least])
        wave = size * np.cos(2 * np.pi * (np.arange(periods + AHEAD) / SEASON + rng.random())) * (kind == "seasonal")
        base = level(rng, kind, size, periods + AHEAD)
        variance = VARIANCE / rng.integers(least, most + 1, periods)
        score = (base + wave)[:periods] + rng.normal(0, np.sqrt(variance))
        score[rng.permutation(periods)[:gaps]] = np.nan
        told = score_forecast(score, variance, AHEAD, season=SEASON if kind == "seasonal" else 0)
        now, soon, late = told.past.iloc[-1], told.course.iloc[0], told.course.iloc[-1]
        coming, target, noise = (base + wave)[periods:], told.level + 5, float(variance[-1])
        rows.append({
            "rmse": np.mean((told.past.level - base[:periods]) ** 2), "raw": np.nanmean((score - base[:periods]) ** 2),
            "now": now.low <= base[periods - 1] <= now.high, "next": soon.low <= coming[0] <= soon.high, "in_six": late.low <= coming[-1] <= late.high,
            "plugged_in": 0.025 <= likeliest(told.fits).only(periods - 1).below(base[periods - 1])[0] <= 0.975,
            "width": now.high - now.low, "width_in_six": late.high - late.low, "beats": told.beats, "shaped": told.shape != "level",
            "chance": chance_above(told, target, AHEAD, variance=noise), "met": coming[-1] + rng.normal(0, noise**0.5) >= target,
        })  # fmt: skip
    mean = pd.DataFrame(rows).astype(float).mean()
    return {**mean, "rmse": mean.rmse**0.5, "raw": mean.raw**0.5}


def likeliest(fits: LevelFits) -> LevelFits:
    """The drift taken to be known: the trap."""
    one = np.zeros(len(fits.weight))
    one[np.argmax(fits.weight / np.gradient(WALKS))] = 1
    return replace(fits, weight=one)


def drawn(runs, scheme, change):
    """Pay of a scheme, drawn answer by answer and as it is told, and how often one of its unchanged units is paid."""
    rng = np.random.default_rng(9)
    shares = np.array([0.45 + change / 200, 0.3, 0.25 - change / 200])  # promoters, passives, detractors
    before, after = (nps(rng, each, scheme, runs * scheme.units) for each in ((0.45, 0.3, 0.25), shares))
    counted = after - (20 if scheme.base_known else before) - scheme.deducted
    start, full = scheme.ramp or (scheme.target, scheme.target)
    share = np.clip((counted - start) / (full - start), 0, scheme.cap) if scheme.ramp else counted >= start
    told = payout(scheme, change)
    return {"paid": np.mean(counted >= start), "paid_told": told.chance, "share": share.mean(), "share_told": told.share,
            "any": np.mean((counted >= start).reshape(runs, -1).any(axis=1)), "any_told": chance_any(scheme) if change == 0 else np.nan}  # fmt: skip


def nps(rng, shares, scheme, times):
    promoters, _, detractors = rng.multinomial(scheme.n * scheme.rolling, shares, times).T
    return 100 * (promoters - detractors) / (scheme.n * scheme.rolling)


LEVELS = (("flat", 0), ("drifting", 1.2), ("drifting", 2.4), ("stepping", 5), ("stepping", 10))
OFFICE = Scheme(VARIANCE + 400, 60, 5, units=20)  # shares .45 and .25: .7 - .2 squared


def cases(runs):
    """What, runs, and the measure of each row."""
    for periods in (6, 12, 24, 36):
        for kind, size in LEVELS:
            yield f"{kind} {size:g}, {periods} periods", foretold(runs, kind, size, periods)
    for least in (60, 400):
        for kind, size in (LEVELS[1], LEVELS[3]):
            for periods in (12, 36):
                yield f"{kind} {size:g}, {periods} periods, {least} answers", foretold(runs, kind, size, periods, least, least)
    yield "drifting 1.2, 36 periods, 8 of them without answers", foretold(runs, "drifting", 1.2, 36, gaps=8)
    for periods in (12, 36):
        yield f"rising 0.5, {periods} periods", foretold(runs, "rising", 0.5, periods)
    yield "seasonal 6, 36 periods", foretold(runs, "seasonal", 6, 36)
    mended = repaired(OFFICE).scheme
    schemes = {"cliff": OFFICE, "base known": replace(OFFICE, base_known=True), "ramp": replace(OFFICE, ramp=(0.0, 5.0), cap=1.5),
               "lower limit, four periods": replace(OFFICE, target=0.0, limit="lower", rolling=4), "repaired": mended}  # fmt: skip
    for name, scheme in schemes.items():
        for change in (0.0, 5.0):
            yield f"{name}, {change:g} points", drawn(5 * runs, scheme, change)


def table(runs=400):
    """A row for each case; shares unless in points: rmse (of the level so far), raw (of the score), width."""
    return pd.DataFrame([{"what": what, **found} for what, found in cases(runs)]).round(6)


if __name__ == "__main__":
    found = table()
    print(found.to_string())
    found.to_csv(TABLE, index=False, float_format="%.6g")
