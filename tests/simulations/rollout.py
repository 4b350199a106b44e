"""How often what is said of a roll-out is right where the truth is known. Writes rollout.csv beside it (a quarter of an hour of a processor).

    python -m tests.simulations.rollout
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.stats.rollout.adjusted import adjusted_effect
from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.imputed import imputed_effect
from cxlib.stats.rollout.placebo import placebo_rank
from cxlib.stats.rollout.series import level_shift
from cxlib.stats.rollout.verdict import rollout_verdict

TABLE = Path(__file__).with_suffix(".csv")
PERIODS, START = 12, 6
LASTING, NOISE = 4.0, 3.0  # SD of a unit's score: what lasts, and what is new in each period
SMALLEST = 2.0


def panel(rng, kind="plain", units=48, periods=PERIODS):
    """Scores of units where nothing was done, (units, periods), and what lasts of them, (units,)."""
    shape, noise = (units, periods), NOISE
    strays = np.zeros(shape)
    if kind == "drift":
        strays = np.cumsum(rng.normal(0, 0.8, shape), axis=1)
    if kind == "autocorrelated":
        strays[:, 0] = rng.normal(0, NOISE, units)
        for period in range(1, periods):
            strays[:, period] = 0.6 * strays[:, period - 1] + rng.normal(0, 0.8 * NOISE, units)
        noise = 0.0
    if kind == "unequal sizes":
        sizes = rng.lognormal(0, 0.7, (units, 1))
        noise = NOISE * np.sqrt(np.exp(0.245) / sizes)
    lasting = rng.normal(70, LASTING, units)
    return lasting[:, None] + strays + noise * rng.standard_normal(shape) + rng.normal(0, 1, periods), lasting


def picked(rng, outcome, lasting, design, treated, starts=(START,)):
    """Starts of units picked at random, for what lasts of them (the worst or the best), for a low score before the first start, or anew before each start."""
    units, periods = outcome.shape
    start, each = np.full(units, periods), treated // len(starts)
    if design == "score, anew":
        for when in starts:
            start[np.argsort(np.where(start == periods, outcome[:, when - 1], np.inf))[:each]] = when
        return start
    other = lasting + rng.normal(0, LASTING / 2, units)
    by = {"random": rng.random(units), "score": outcome[:, starts[0] - 1], "other": other, "other, the best": -other}[design]
    start[np.argsort(by)[:treated]] = rng.permutation(np.resize(starts, treated))
    return start


def grown(start, periods=PERIODS, *, effect=0.0, growth=0.0):
    """What starting adds to each unit in each period."""
    since = np.arange(periods) - start[:, None]
    return np.where(since >= 0, effect + growth * since, 0.0)


def comparison(truth, runs, *, design="random", declared=None, kind="plain", units=48, treated=24, starts=(START,), periods=PERIODS, leaving=0):
    """Units of which some started: whichever estimate the design rests on, the other one beside it, a regression, and what is said.

    leaving   units that never started and begin something else after the first start, which adds 5 to them
    """
    rows, declared = [], declared or design.partition(",")[0]
    for seed in range(runs):
        rng = np.random.default_rng([seed, units, treated, len(starts)])
        outcome, lasting = panel(rng, kind, units, periods)
        start = picked(rng, outcome, lasting, design, treated, starts)
        chosen_by = outcome[:, starts[0] - 1] if design == "score" else None
        until = np.full(units, periods)
        until[np.flatnonzero(start == periods)[:leaving]] = starts[0] + 1
        outcome = outcome + grown(start, periods, effect=truth) + grown(until, periods, effect=5.0)
        stay = until == periods
        changed = rollout_effect(outcome[stay], start[stay], resamples=199 if declared == "random" else 0, seed=seed)
        expected = imputed_effect(outcome, start, until=until)
        regressed = adjusted_effect(outcome[stay], start[stay], chosen_by=None if chosen_by is None else chosen_by[stay])
        said = rollout_verdict(declared, smallest=SMALLEST, effect=changed, adjusted=expected)
        found = (expected, changed, regressed) if declared == "score" else (changed, expected, regressed)
        rows.append((*(each.estimate for each in found), *(each.low <= truth <= each.high for each in found), said))
    *told, said = zip(*rows, strict=True)
    names = ("estimate", "beside", "regressed", "covered", "covered_beside", "covered_regressed")
    return {**{name: np.mean(values) for name, values in zip(names, told, strict=True)}, **shares(said)}


def growing(growth, runs):
    """An effect that grows with each period, in units picked for their score before each start: held against what was to be expected, and by its change."""
    rows = []
    for seed in range(runs):
        rng = np.random.default_rng([seed, 11])
        outcome, lasting = panel(rng)
        start = picked(rng, outcome, lasting, "score, anew", 18, (4, 6, 8))
        added = grown(start, growth=growth)
        truth = added[np.arange(PERIODS) >= start[:, None]].mean()
        found = [imputed_effect(outcome + added, start), rollout_effect(outcome + added, start, resamples=0)]
        rows.append([each.estimate - truth for each in found] + [each.low <= truth <= each.high for each in found])
    return dict(zip(("estimate", "beside", "covered", "covered_beside"), np.mean(rows, axis=0), strict=True))


def staggered(growth, runs, *, never):
    """An effect that grows with each period, against the truth of what can be compared."""
    rows = []
    for seed in range(runs):
        rng = np.random.default_rng([seed, 7])
        start = rng.permutation(np.repeat([4, 8, PERIODS], [12, 12, 24] if never else [24, 24, 0]))
        added = grown(start, growth=growth)
        found = rollout_effect(panel(rng)[0] + added, start, resamples=0)
        cells = found.group_time
        truth = np.average(growth * (cells.period - cells.start), weights=cells.units)
        naive = two_way(added + panel(rng)[0], start)
        rows.append((found.estimate - truth, naive - truth, found.low <= truth <= found.high))
    off, naive, covered = np.mean(rows, axis=0)
    return {"estimate": off, "beside": naive, "covered": covered}


def two_way(outcome, start):
    """The usual regression with unit and period effects: the trap."""
    on = (np.arange(outcome.shape[1]) >= start[:, None]).astype(float)
    on = on - on.mean(axis=1, keepdims=True) - on.mean(axis=0) + on.mean()
    return float((on * outcome).sum() / (on * on).sum())


def one_unit(truth, runs, units=24):
    """One unit that started: its t interval, and the verdict by its rank."""
    rows = []
    for seed in range(runs):
        rng = np.random.default_rng([seed, 8])
        start = np.where(np.arange(units) == 0, START, PERIODS)
        outcome = panel(rng, "unequal sizes", units)[0] + grown(start, effect=truth)
        found, rank = rollout_effect(outcome, start, resamples=0), placebo_rank(outcome, start)
        said = rollout_verdict("one_unit", smallest=SMALLEST, rank=rank)
        never = rollout_verdict("random", smallest=SMALLEST, effect=found)
        rows.append((found.estimate, found.low <= truth <= found.high, said, never))
    estimate, covered, said, never = zip(*rows, strict=True)
    return {"estimate": np.mean(estimate), "covered": np.mean(covered), **shares(said), "refused": np.mean([each == "cannot_tell" for each in never])}


def strays(rng, kind, periods):
    """What a series strays by beside its known sampling variance of 1."""
    white = rng.normal(0, 1, periods)
    if kind == "drift":
        return white + np.cumsum(rng.normal(0, 0.3, periods))
    if kind == "integrated drift":
        return white + np.cumsum(np.cumsum(rng.normal(0, 0.02, periods)))
    if kind == "ramp":
        return white + np.linspace(0, 2, periods)
    if kind == "autocorrelated":
        wave = [rng.normal(0, 1)]
        for _ in range(periods - 1):
            wave.append(0.5 * wave[-1] + rng.normal(0, 0.75**0.5))
        return np.array(wave)
    return white * {"white": 1, "a fifth more": 1.2**0.5, "a fifth less": 0.8**0.5}[kind]


def series(truth, runs, *, kind, periods=36, at=24):
    """A series without anybody to compare with, whose sampling variance is taken to be 1."""
    rows = []
    for seed in range(runs):
        value = 70 + strays(np.random.default_rng([seed, 9, periods]), kind, periods) + truth * (np.arange(periods) >= at)
        found = level_shift(value, 1.0, at)
        rows.append((found.estimate, found.low <= truth <= found.high, rollout_verdict("series", smallest=SMALLEST, shift=found)))
    estimate, covered, said = zip(*rows, strict=True)
    return {"estimate": np.mean(estimate), "covered": np.mean(covered), **shares(said)}


def shares(said):
    """How often something is said of an effect, that the return to the mean accounts for it, and that it cannot be told."""
    clear = {"worked", "harmed", "rose_then", "fell_then"}
    return {
        "worked": np.mean([each in {"worked", "rose_then"} for each in said]), "clear": np.mean([each in clear for each in said]),
        "as_expected": np.mean([each == "as_expected_without" for each in said]), "unclear": np.mean([each == "cannot_tell" for each in said]),
    }  # fmt: skip


KINDS = ("plain", "drift", "autocorrelated", "unequal sizes")
NOISES = ("white", "drift", "autocorrelated", "a fifth more", "a fifth less", "ramp", "integrated drift")


def cases(runs):
    """Every row of the table: what, truth, runs and the measure."""
    for units, treated in ((48, 24), (24, 12), (24, 6), (12, 6), (12, 2)):
        yield f"{units} units, {treated} of them", 2.0, 2 * runs, partial(comparison, units=units, treated=treated)
    yield "24 units, one of them", 0.0, runs, one_unit
    for design in ("random", "other", "score"):
        for kind in KINDS:
            yield f"{design}, {kind}", 0.0, runs, partial(comparison, design=design, kind=kind, treated=16)
        yield f"{design}, three starts", 0.0, runs, partial(comparison, design=design, treated=16, starts=(5, 7, 9))
    yield "score, three starts, drift", 0.0, runs, partial(comparison, design="score", kind="drift", treated=16, starts=(5, 7, 9))
    for kind in KINDS:
        yield f"score, anew before each start, {kind}", 0.0, runs, partial(comparison, design="score, anew", kind=kind, treated=18, starts=(5, 7, 9))
    yield "score, others leave", 0.0, runs // 2, partial(comparison, design="score", treated=16, leaving=12)
    for kind in KINDS[:3]:
        yield f"score, 12 units, 2 of them, {kind}", 0.0, runs // 2, partial(comparison, design="score", kind=kind, units=12, treated=2)
        yield f"score, 24 units, 6 periods, {kind}", 0.0, runs // 2, partial(comparison, design="score", kind=kind, units=24, treated=6, starts=(3,), periods=6)
    yield "score taken for other", 0.0, runs, partial(comparison, design="score", declared="other", treated=16)
    yield "other taken for score", 0.0, runs // 2, partial(comparison, design="other", declared="score", treated=16)
    yield "the best by other taken for score", 0.0, runs // 2, partial(comparison, design="other, the best", declared="score", treated=16)
    yield "other, plain", 3.0, runs, partial(comparison, design="other", treated=16)
    for kind in KINDS:
        yield f"score, {kind}", 3.0, runs // 2, partial(comparison, design="score", kind=kind, treated=16)
    for kind, name in (("plain", ""), ("drift", ", drift")):
        yield f"score, three starts{name}", 3.0, runs // 2, partial(comparison, design="score", kind=kind, treated=16, starts=(5, 7, 9))
        yield f"score, anew before each start, {kind}", 3.0, runs // 2, partial(comparison, design="score, anew", kind=kind, treated=18, starts=(5, 7, 9))
    yield "score, anew, growing", 0.6, runs // 2, growing
    for never in (True, False):
        yield f"growing, {'some never' if never else 'everybody in the end'}", 0.6, runs, partial(staggered, never=never)
    for kind in NOISES:
        yield f"series, {kind}", 0.0, 2 * runs // 5, partial(series, kind=kind)
    yield "short series, drift", 0.0, 2 * runs // 5, partial(series, kind="drift", periods=16, at=12)
    yield "series, white", 3.0, 2 * runs // 5, partial(series, kind="white")


def table(runs=1000):
    """A row for each truth: found on average, the other way and a regression beside it, how often their intervals held the truth, and what is said."""
    rows = [{"what": what, "truth": truth, "runs": times, **measure(truth, times)} for what, truth, times, measure in cases(runs)]
    return pd.DataFrame(rows).round(6)


if __name__ == "__main__":
    found = table()
    print(found.to_string())
    found.to_csv(TABLE, index=False, float_format="%.6g")
