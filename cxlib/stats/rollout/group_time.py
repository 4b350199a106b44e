"""What starting did to the units that started: each group of starters against units that had not started, period by period.

One regression with unit and period effects (two-way fixed effects) holds late starters against those who started before
them, and is wrong where an effect grows; contrasts with units that have not started are not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.rollout.cohorts import Cohorts, Interval, detectable_effect, read_cohorts

BASES = ("earlier", "last")
COMPARED = ("not_yet", "never")


@dataclass(frozen=True)
class RolloutEffect:
    """Units that started against units that had not, in points of the outcome.

    estimate, se, low, high, df, p   mean over treated unit-periods that can be compared, t interval (see `Interval`)
    p_redrawn     p where the starts are drawn anew among the units;  se_each: with a variance of its own for each cohort
    treated, units   units that started, and all;  earlier: periods before the start of the cohort with fewest
    comparable    share of the treated unit-periods that have somebody to be compared with, 0-1
    left_out      cells of cohort and period without anybody to compare with
    raw_rise, others_rise   after less before, of those who started and of those compared; they differ by the estimate
    group_time    DataFrame, a row a cohort and period: start, period, estimate, low, high, units, others
    course        DataFrame, a row a period since the start (below 0 before): since, estimate, low, high, units
    trend, trend_low, trend_high, trend_p       points by which those who started rose more than the others in each period before
                  it; None where no cohort has 3 earlier periods
    placebo, placebo_low, placebo_high, placebo_p   effect of a start that was none, in the middle of the earlier periods; None
                  where no cohort has 4
    detectable    effect that would have been seen in 80 of 100 cases
    """

    estimate: float
    se: float
    low: float
    high: float
    df: int
    p: float
    p_redrawn: float
    se_each: float
    treated: int
    units: int
    earlier: int
    comparable: float
    left_out: int
    raw_rise: float
    others_rise: float
    group_time: pd.DataFrame
    course: pd.DataFrame
    trend: float | None
    trend_low: float | None
    trend_high: float | None
    trend_p: float | None
    placebo: float | None
    placebo_low: float | None
    placebo_high: float | None
    placebo_p: float | None
    detectable: float


@dataclass(frozen=True)
class _Cell:
    """A cohort (by its place) against others: weights (cohorts, periods), and the line of its own weights."""

    cohort: int
    period: int
    units: int
    others: int
    line: np.ndarray
    weights: np.ndarray


def rollout_effect(
    outcome: ArrayLike, start: ArrayLike, *, base: str = "earlier", compared: str = "not_yet", resamples: int = 999,
    seed: int = 0, confidence: float = 0.95,
) -> RolloutEffect:  # fmt: skip
    """Points by which units rose more than units that had not started, from before their start to after it.

    outcome     (units, periods) score of each unit in each period, without gaps
    start       (units,) whole numbers: index of the first period with it, the number of periods for units that never started
    base        what a period after is held against: "earlier", the mean of all periods before; "last", the last of them
    compared    with units that have "not_yet" started in that period, or with those that "never" do
    resamples   draws of the starts for p_redrawn, in steps of which it is known
    returns     RolloutEffect; cells of cohort and period are joined by their treated units
    errors      ValueError for gaps, a start that is no period after the first, nobody who started, nobody to compare with, a
                base or comparison that is not named above, and a confidence outside 0-1
    assumes     without it both would have changed alike, which `trend` and `placebo` look into; not so where units were
                chosen by their score (`adjusted_effect`); units change independently and about equally much
    source      group-time effects: Callaway & Sant'Anna 2021, J. Econometrics 225 (R did); t with pooled variance: Donald &
                Lang 2007; re-drawn starts: Fisher 1935; base of all earlier periods: Borusyak, Jaravel & Spiess 2024
    """
    if base not in BASES or compared not in COMPARED:
        raise ValueError(f"base == {base!r}, compared == {compared!r}; base is one of {BASES}, compared one of {COMPARED}")
    cohorts = read_cohorts(outcome, start)
    cells = list(_after(cohorts, base, compared))
    if not cells:
        raise ValueError("every unit has started by the first start; nobody is left to compare with")
    weights, units = _joined(cells)
    found = cohorts.told(weights, confidence)
    raw_rise = float(np.average([cell.line @ cohorts.means[cell.cohort] for cell in cells], weights=[cell.units for cell in cells]))
    started = cohorts.starts < cohorts.periods
    every = int((cohorts.sizes * (cohorts.periods - cohorts.starts)).sum())
    trend = _before(cohorts, compared, 3, _slope, confidence)
    placebo = _before(cohorts, compared, 4, _halves, confidence)
    return RolloutEffect(
        **vars(found), p_redrawn=_redrawn(cohorts, weights, resamples, seed), se_each=_separate(cohorts, cells),
        treated=int(cohorts.sizes[started].sum()), units=len(cohorts.member), earlier=int(cohorts.starts[0]),
        comparable=units / every, left_out=int((cohorts.periods - cohorts.starts).sum()) - len(cells),
        raw_rise=raw_rise, others_rise=raw_rise - found.estimate,
        group_time=_group_time(cohorts, cells, confidence), course=_course(cohorts, cells, base, compared, confidence),
        **_named("trend", trend), **_named("placebo", placebo), detectable=detectable_effect(found.se, found.df, confidence),
    )  # fmt: skip


def _after(cohorts: Cohorts, base: str, compared: str) -> Iterator[_Cell]:
    """Each cohort in each period from its start on, where there is somebody to compare with."""
    for cohort, start in enumerate(cohorts.starts):
        for period in range(start, cohorts.periods):
            line = _less_mean(cohorts.periods, [period], range(start) if base == "earlier" else [start - 1])
            yield from _against(cohorts, cohort, period, period, line, compared)


def _against(cohorts: Cohorts, cohort: int, period: int, until: int, line: np.ndarray, compared: str) -> Iterator[_Cell]:
    """A cohort's line less that of those who have not started until a period, if there are any."""
    others = cohorts.starts == cohorts.periods if compared == "never" else cohorts.starts > until
    n = int(cohorts.sizes[others].sum())
    if n:
        weights = np.zeros_like(cohorts.means)
        weights[others] = -line * cohorts.sizes[others, None] / n
        weights[cohort] = line
        yield _Cell(cohort, period, int(cohorts.sizes[cohort]), n, line, weights)


def _less_mean(periods: int, after: list[int] | range, before: list[int] | range) -> np.ndarray:
    line = np.zeros(periods)
    line[list(after)] += 1 / len(after)
    line[list(before)] -= 1 / len(before)
    return line


def _joined(cells: list[_Cell]) -> tuple[np.ndarray, int]:
    """Weights of the mean over cells, each as heavy as its treated units, and how many treated unit-periods these are."""
    units = [cell.units for cell in cells]
    return np.average([cell.weights for cell in cells], axis=0, weights=units), sum(units)


def _redrawn(cohorts: Cohorts, weights: np.ndarray, resamples: int, seed: int) -> float:
    """How often starts drawn anew among the units give an estimate as far out; the same in any order and on any scale."""
    far = float((weights * cohorts.means).sum())
    worth = cohorts.values @ (weights / cohorts.sizes[:, None]).T * (-1 if far < 0 else 1)
    order = np.lexsort((*np.round(worth.T / np.abs(worth).max(initial=1e-300), 9), cohorts.member))
    worth, member, rng = worth[order], cohorts.member[order], np.random.default_rng(seed)
    drawn = np.array([abs(worth[rng.permutation(len(member)), member].sum()) for _ in range(resamples)])
    return float((1 + (drawn >= abs(far) * (1 - 1e-9)).sum()) / (1 + resamples))


def _separate(cohorts: Cohorts, cells: list[_Cell]) -> float:
    """Standard error from the influence of each unit: each cohort with a variance and, as chance made it, a size of its own."""
    weights, units = _joined(cells)
    beyond = cohorts.values - cohorts.means[cohorts.member]
    influence = (beyond * (weights / cohorts.sizes[:, None])[cohorts.member]).sum(axis=1)
    apart = np.zeros(len(cohorts.sizes))
    for cell in cells:
        apart[cell.cohort] += ((cell.weights - weights) * cohorts.means).sum() / units
    influence += apart[cohorts.member]
    return float(np.sqrt(influence @ influence))


def _group_time(cohorts: Cohorts, cells: list[_Cell], confidence: float) -> pd.DataFrame:
    found = [cohorts.told(cell.weights, confidence) for cell in cells]
    return pd.DataFrame({
        "start": [int(cohorts.starts[cell.cohort]) for cell in cells], "period": [cell.period for cell in cells],
        "estimate": [each.estimate for each in found], "low": [each.low for each in found], "high": [each.high for each in found],
        "units": [cell.units for cell in cells], "others": [cell.others for cell in cells]})  # fmt: skip


def _course(cohorts: Cohorts, cells: list[_Cell], base: str, compared: str, confidence: float) -> pd.DataFrame:
    """The difference by periods since the start: before it against the other earlier periods, after it as in the cells."""
    since: dict[int, list[_Cell]] = {}
    for cell in [*_leads(cohorts, base, compared), *cells]:
        since.setdefault(cell.period - int(cohorts.starts[cell.cohort]), []).append(cell)
    rows = []
    for when in sorted(since):
        weights, units = _joined(since[when])
        found = cohorts.told(weights, confidence)
        rows.append((when, found.estimate, found.low, found.high, units))
    return pd.DataFrame(rows, columns=["since", "estimate", "low", "high", "units"])


def _leads(cohorts: Cohorts, base: str, compared: str) -> Iterator[_Cell]:
    for cohort, start in enumerate(cohorts.starts[cohorts.starts < cohorts.periods]):
        for period in range(start):
            before = [each for each in (range(start) if base == "earlier" else [start - 1]) if each != period]
            if before:
                yield from _against(cohorts, cohort, period, start, _less_mean(cohorts.periods, [period], before), compared)


def _before(
    cohorts: Cohorts, compared: str, least: int, line: Callable[[int, int], np.ndarray], confidence: float
) -> Interval | None:
    """A contrast among the earlier periods of the cohorts that have at least so many, against those who start later."""
    cells = [
        cell
        for cohort, start in enumerate(cohorts.starts)
        if least <= start < cohorts.periods
        for cell in _against(cohorts, cohort, int(start) - 1, int(start), line(int(start), cohorts.periods), compared)
    ]
    return cohorts.told(_joined(cells)[0], confidence) if cells else None


def _slope(start: int, periods: int) -> np.ndarray:
    """Weights of the slope over the periods before the start."""
    when = np.arange(start) - (start - 1) / 2
    return np.pad(when / (when @ when), (0, periods - start))


def _halves(start: int, periods: int) -> np.ndarray:
    """Weights of the later half of the periods before the start less the earlier half."""
    return _less_mean(periods, range(start // 2, start), range(start // 2))


def _named(name: str, found: Interval | None) -> dict[str, Any]:
    low, high, p = (None, None, None) if found is None else (found.low, found.high, found.p)
    return {name: None if found is None else found.estimate, f"{name}_low": low, f"{name}_high": high, f"{name}_p": p}
