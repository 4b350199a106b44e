"""Where a customer's time goes until the case is solved: work, queues after a hand-over, others who are waited for.

A hand-over is logged before the queue, so that the wait stands in the receiver's rows; and the time after the case is
solved is not the customer's, however late it is closed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.journey.ratios import sum_ratios
from cxlib.stats.journey.steps import Steps

PARTS = ("hand_over", "first_queue", "customer", "supplier", "work")
MOST_PAIRS = 30  # pairs of owners that have an interval: those after whose hand-overs most is waited


@dataclass(frozen=True)
class TimeSplit:
    """What the days from the first contact to the solution are spent on, all solved cases together.

    parts    DataFrame by part: days, share, low, high. "hand_over": from a hand-over to the receiver's first act;
             "first_queue": until the first owner acts; "customer", "supplier": these are waited for; "work": the rest
    pairs    DataFrame, a row a pair of owners, the longest wait of all first: giver, receiver, hand_overs (before the
             solution), days, mean_days (a hand-over), share (of all days), low, high (of the share, of the first 30)
    basis    "queue": the log tells when the receiver acted; "gap": it tells one time a contact, so a wait is all of the time
             between the last act of one owner and the first of the next
    cases, days, hand_overs  solved cases, their days, hand-overs before the solution
    after    share, 0-1, of the time to the last contact of these cases that lies after the solution
    """

    parts: pd.DataFrame
    pairs: pd.DataFrame
    basis: str
    cases: int
    days: float
    hand_overs: int
    after: float


def time_split(
    steps: Steps, solved: ArrayLike, *, accepted: ArrayLike | None = None, queued: ArrayLike | None = None,
    waits_for: ArrayLike | None = None, resamples: int = 1000, confidence: float = 0.95, seed: int = 0,
) -> TimeSplit:  # fmt: skip
    """Share of the time to the solution that lies between departments, and what the rest goes to.

    solved    (cases,) when each case of `steps.cases` was solved, counted as `steps.days` (NaN: not yet, which leaves it out)
    accepted  (contacts,) when the receiver first acted, counted alike, NaN where it is not known; as all that follows in
              the order in which the steps were given
    queued    (contacts,) True where the contact is a status of a queue and nobody's act
    waits_for (contacts,) "customer", "supplier" or None: who is waited for from that contact to the next
    returns   TimeSplit. Without `accepted` and `queued` the basis is "gap"; below 20 solved cases there are no intervals
    errors    ValueError for sides of different length, no case that is solved after its first contact, and a confidence
              outside 0-1
    assumes   a contact without `accepted` that is no status of a queue is an act itself
    source    ratio estimate with the bootstrap over cases: Davison and Hinkley 1997, section 2.3
    """
    end = np.asarray(solved, float)
    begin = steps.days[steps.first]
    if end.shape != begin.shape:
        raise ValueError(f"{len(begin)} cases and {end.shape} times of solution; give one of each, in the order of steps.cases")
    took = end - begin
    if not (took > 0).any():
        raise ValueError("no case is solved after its first contact; say what solves a case, which is not what closes it")
    spent, pair = _spent(steps, end, accepted, queued, waits_for)
    pairs = _pairs(steps, end, pair, spent["hand_over"])
    known = took > 0
    parts_of = [np.bincount(steps.case, days, minlength=len(took)) for days in spent.values()]
    sums = np.column_stack([*parts_of, _by_case(steps.case, pair, spent["hand_over"], pairs.pair[:MOST_PAIRS].to_numpy(), len(took))])[known]
    shares = sum_ratios(sums, took[known], resamples=resamples, confidence=confidence, seed=seed)
    parts = pd.DataFrame({"days": sums.sum(axis=0), "share": shares.estimate, "low": shares.low, "high": shares.high})[: len(PARTS)]
    pairs["share"] = pairs.days / took[known].sum()
    pairs[["low", "high"]] = shares[["low", "high"]][len(PARTS) :].set_axis(pairs.index[:MOST_PAIRS]).reindex(pairs.index)
    logged = (np.fmax(steps.days[steps.last], end) - begin)[known].sum()
    return TimeSplit(
        parts.set_axis(pd.Index(PARTS, name="part")), pairs.drop(columns="pair"), "gap" if accepted is None and queued is None else "queue",
        int(known.sum()), float(took[known].sum()), int(pairs.hand_overs.sum()), float(1 - took[known].sum() / logged),
    )  # fmt: skip


def _spent(
    steps: Steps, end: np.ndarray, accepted: ArrayLike | None, queued: ArrayLike | None, waits_for: ArrayLike | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Days of each part from each contact to the next or the solution, and the pair whose hand-over they follow."""
    following = np.where(steps.last, np.nan, np.roll(steps.days, -1))
    gap = np.nan_to_num(np.maximum(np.fmin(following, end[steps.case]) - steps.days, 0))
    gap[np.isnan(end)[steps.case]] = 0
    whom = _ordered(waits_for, steps, "waits_for", np.full(len(gap), ""))
    outside = (whom == "customer") | (whom == "supplier")
    handed = steps.handed == 1
    pair = np.where(handed, steps.giver * len(steps.owners) + steps.owner, -1)
    if accepted is None and queued is None:
        pair = np.where(steps.last | outside, -1, np.roll(pair, -1))
        queue = np.where(pair >= 0, gap, 0.0)
    else:
        began = np.flatnonzero(handed | steps.first)  # a run: contacts of one owner after each other
        run = np.cumsum(handed | steps.first) - 1
        pair = pair[began[run]]
        since = _ordered(accepted, steps, "accepted", np.full(len(gap), np.nan)).astype(float)
        status = _ordered(queued, steps, "queued", np.zeros(len(gap), bool)).astype(bool)
        acts = np.where(np.isnan(since), ~status, ~(since > following))
        before = np.cumsum(acts) - acts
        waiting = before == before[began[run]]  # nobody has acted in the run yet
        length = np.where(np.isnan(since), np.where(status, gap, 0.0), np.clip(since - steps.days, 0, gap))
        queue = np.where(waiting, length, 0.0)
    rest = gap - queue
    return {
        "hand_over": np.where(pair >= 0, queue, 0.0), "first_queue": np.where(pair >= 0, 0.0, queue),
        "customer": np.where(whom == "customer", rest, 0.0), "supplier": np.where(whom == "supplier", rest, 0.0),
        "work": np.where(outside, 0.0, rest),
    }, pair  # fmt: skip


def _by_case(case: np.ndarray, pair: np.ndarray, days: np.ndarray, numbers: np.ndarray, cases: int) -> np.ndarray:
    """(cases, numbers) days of each case that follow the hand-overs of each pair."""
    rising = np.argsort(numbers)
    at = np.searchsorted(numbers, pair, sorter=rising)
    column = rising[np.minimum(at, len(numbers) - 1)] if len(numbers) else np.zeros(len(pair), int)
    met = np.flatnonzero((days > 0) & (numbers[column] == pair)) if len(numbers) else np.empty(0, int)
    return np.bincount(case[met] * len(numbers) + column[met], days[met], minlength=cases * len(numbers)).reshape(cases, -1)


def _pairs(steps: Steps, end: np.ndarray, pair: np.ndarray, waited: np.ndarray) -> pd.DataFrame:
    """Pairs with a hand-over before the solution: pair, giver, receiver, hand_overs, days, mean_days."""
    handed = (steps.handed == 1) & (steps.days < end[steps.case])
    numbers, place = np.unique(np.where(handed, steps.giver * len(steps.owners) + steps.owner, -1), return_inverse=True)
    counts = np.bincount(place[handed], minlength=len(numbers))
    follow = pair >= 0
    days = np.zeros(len(numbers))
    at = np.clip(np.searchsorted(numbers, pair[follow]), 0, len(numbers) - 1)
    found = numbers[at] == pair[follow]
    np.add.at(days, at[found], waited[follow][found])
    kept = np.flatnonzero(counts > 0)
    owners = max(len(steps.owners), 1)
    table = pd.DataFrame({"pair": numbers[kept], "giver": steps.owners[numbers[kept] // owners], "receiver": steps.owners[numbers[kept] % owners],
                          "hand_overs": counts[kept], "days": days[kept], "mean_days": days[kept] / counts[kept]})  # fmt: skip
    return table.sort_values("days", ascending=False, kind="stable", ignore_index=True)


def _ordered(values: ArrayLike | None, steps: Steps, name: str, none: np.ndarray) -> np.ndarray:
    """Values of the contacts in the order of the steps."""
    if values is None:
        return none
    given = np.asarray(values)
    if given.shape != steps.rows.shape:
        raise ValueError(f"{len(steps.rows)} contacts and {given.shape} values of {name}; give one for every contact")
    return given[steps.rows]
