"""How soon those are followed up who should be, where many still wait: who waits is counted as waiting."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.survey.comparison import holm


@dataclass(frozen=True)
class Clock:
    """How long people wait until something is done, with those who still wait.

    n, open    people, and those for whom it is not done yet
    decided    people of whom it is known whether the promise was kept: done, or watched for as long as was promised
    kept, kept_low, kept_high    share done within the promise, 0-1; None before anybody was watched as long
    median, median_low, median_high   days until half are done; None where that is not reached yet
    course     DataFrame, one row a day on which something was done: day, at_risk, waiting (share not yet done), low, high
    """

    n: int
    open: int
    decided: int
    kept: float | None
    kept_low: float | None
    kept_high: float | None
    median: float | None
    median_low: float | None
    median_high: float | None
    course: pd.DataFrame


def clock(days: ArrayLike, done: ArrayLike, *, promise: float, confidence: float = 0.95) -> Clock:
    """Share done within the promise and days until half are done, with those who still wait counted as open.

    days       (n,) days from the answer until it was done, or until the data end for those who still wait
    done       (n,) True where it was done
    promise    days that were promised; what is done on the very day is in time
    returns    Clock; intervals by log(-log); where all or none are done, the exact binomial end
    errors     ValueError for nobody, missing or negative days, a promise below 0, and a confidence outside 0-1
    assumes    who still waits is like those who waited as long and then were reached
    source     Kaplan & Meier 1958 by scipy.stats.ecdf; median: Brookmeyer & Crowley 1982; statsmodels SurvfuncRight
    """
    days, done = _waits(days, done)
    if not promise >= 0 or not 0 < confidence < 1:
        raise ValueError(f"promise == {promise}, confidence == {confidence}; give days from 0 and a share such as 0.95")
    course = _course(days, done, confidence)
    watched = int((days >= promise).sum())
    kept = kept_low = kept_high = None
    if watched or done.all():
        waiting, low, high = _waiting_at(course, promise, watched, confidence)
        kept, kept_low, kept_high = 1 - waiting, 1 - high, 1 - low
    median, soonest, latest = (_reached(course, course[line]) for line in ("waiting", "low", "high"))
    return Clock(
        len(days), int((~done).sum()), int((done | (days >= promise)).sum()), kept, kept_low, kept_high,
        median, soonest, latest, course,
    )  # fmt: skip


def clocks_by_owner(
    days: ArrayLike, done: ArrayLike, owner: ArrayLike, *, promise: float, minimum: int = 10, confidence: float = 0.95
) -> pd.DataFrame:
    """The clock of each owner, and whether it is sooner or later than the others.

    owner      (n,) labels; rows without one belong to the others
    minimum    people below whom an owner has no row; it still counts among the others
    returns    DataFrame by owner: n, open, decided, kept, kept_low, kept_high, median, median_low, median_high (NaN where
               not reached), sooner (above 0: done sooner than by the others), p, p_adjusted (Holm over the owners);
               no row with fewer than two owners
    errors     as `clock`
    assumes    the owners' customers are alike; hard cases may take longer
    source     log-rank test of each against the others: Mantel 1966, scipy.stats.logrank; Holm 1979
    """
    days, done = _waits(days, done)
    labels = pd.Series(np.asarray(owner, object))
    rows = {}
    for name, size in labels.value_counts(sort=False).items():
        inside = (labels == name).to_numpy()
        if size < minimum or inside.all():
            continue
        found = clock(days[inside], done[inside], promise=promise, confidence=confidence)
        told = {key: value for key, value in vars(found).items() if key != "course"}
        rows[name] = {**told, **_sooner(days, done, inside)}
    columns = [key for key in Clock.__dataclass_fields__ if key != "course"] + ["sooner", "p"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("owner")
    table = table.astype({name: float for name in columns if name not in ("n", "open", "decided")})
    return table.assign(p_adjusted=holm(table.p))


def _sooner(days: np.ndarray, done: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    if not done.any():
        return {"sooner": 0.0, "p": 1.0}
    own, others = (stats.CensoredData.right_censored(days[part], ~done[part]) for part in (inside, ~inside))
    test = stats.logrank(x=own, y=others)
    if not np.isfinite(test.statistic):
        return {"sooner": 0.0, "p": 1.0}
    return {"sooner": float(test.statistic), "p": float(test.pvalue)}


def _waits(days: ArrayLike, done: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    days, done = np.asarray(days, float), np.asarray(done, bool)
    if len(days) == 0 or days.shape != done.shape or not (days >= 0).all() or np.isinf(days).any():
        raise ValueError(
            f"{len(days)} waits, {int((~(days >= 0)).sum())} of them missing or negative; give the days of each, from 0")
    return days, done


def _course(days: np.ndarray, done: np.ndarray, confidence: float) -> pd.DataFrame:
    """The share that still waits after each day on which something was done, with its interval."""
    at = np.unique(days[done])
    if len(at) == 0:
        return pd.DataFrame(dict.fromkeys(("day", "at_risk", "waiting", "low", "high"), at))
    curve = stats.ecdf(stats.CensoredData.right_censored(days, ~done)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # log(-log) has no interval where nobody waits any more
        ends: Any = curve.confidence_interval(confidence, method="log-log")
        low, high = ends.low.evaluate(at), ends.high.evaluate(at)
    waiting, nobody = curve.evaluate(at), curve.evaluate(at) <= 0
    end = 1 - _exact_end(int(done.sum()), confidence)
    return pd.DataFrame({
        "day": at, "at_risk": [(days >= day).sum() for day in at], "waiting": waiting,
        "low": np.where(nobody, 0.0, low), "high": np.minimum.accumulate(np.where(nobody, end, high))})  # fmt: skip


def _waiting_at(course: pd.DataFrame, day: float, watched: int, confidence: float) -> tuple[float, float, float]:
    """Share that still waits after a day, with low and high; `watched` people waited that long or longer."""
    before = course[course.day <= day]
    if before.empty:
        return 1.0, _exact_end(watched, confidence), 1.0
    last = before.iloc[-1]
    return float(last.waiting), float(last.low), float(last.high)


def _exact_end(n: int, confidence: float) -> float:
    """The lower end of the exact binomial interval where all of n are hits."""
    return float(((1 - confidence) / 2) ** (1 / n))


def _reached(course: pd.DataFrame, waiting: pd.Series) -> float | None:
    """The first day on which at most half still wait."""
    half = course.day[waiting <= 0.5]
    return None if half.empty else float(half.iloc[0])
