"""Do solved contacts come back more often than chance brings the same customers back?

A customer with many contacts "comes back within a week" by chance alone. So each customer is held against own times as
chance would strew them: as many contacts, anywhere between the first one and the end of the log.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.journey.ratios import FEWEST, sum_ratios
from cxlib.stats.journey.steps import numbered
from cxlib.stats.refusal import Refusal


@dataclass(frozen=True)
class Repeats:
    """Solved contacts that the same customer came back after, within the window.

    repeated, expected, excess  shares 0-1 of the contacts counted: came back, would have by chance, the difference
    low, high   interval of the excess;  repeated_low, repeated_high: of the share that came back
    contacts, customers  counted: solved, with the whole window left in the log
    open        solved contacts whose window reaches beyond the end of the log
    largest     contacts of the customer who has most
    """

    repeated: float
    repeated_low: float
    repeated_high: float
    expected: float
    excess: float
    low: float
    high: float
    contacts: int
    customers: int
    open: int
    largest: int


def repeats_beyond_chance(
    customer: ArrayLike, start: ArrayLike, solved: ArrayLike, *, window: float, end: float, kind: ArrayLike | None = None,
    resamples: int = 1000, confidence: float = 0.95, seed: int = 0,
) -> Repeats:  # fmt: skip
    """Share of solved contacts followed by a new one of the same customer, less the share that chance gives.

    customer  (contacts,) label; a contact without one leaves the count
    start, solved  (contacts,) days on one clock; solved is NaN where it never was
    window    days after the solution in which a new contact counts;  end: the day at which the log ends
    kind      (contacts,) what it was about; a new contact then counts when it is about the same, and so does chance
    returns   Repeats; intervals by resampling customers
    errors    Refusal ("few") below 20 customers with a contact that counts; ValueError for sides of different length, a
              window not above 0, a contact without a start or after the end, and a confidence outside 0-1
    assumes   a customer's contacts come at a steady rate from the first one to the end of the log
    source    conditional on their number, times of a Poisson process are uniform: Cox and Lewis 1966, section 2.1; so with m
              others in d days at least one falls into the window in 1 - (1 - window / d)^m
    """
    start, solved = np.asarray(start, float), np.asarray(solved, float)
    person = numbered(customer)
    if not start.shape == solved.shape == person.shape or not window > 0:
        raise ValueError(f"{person.shape} customers, {start.shape} starts, {solved.shape} solved, window {window}; give one of each, and days above 0")
    known = person >= 0
    if np.isnan(start[known]).any() or (start[known] > end).any():
        raise ValueError(f"a contact has no start or starts after day {end:g}, the end of the log")
    about = np.zeros(len(person), int) if kind is None else numbered(kind, use_na_sentinel=False)
    person, about, start, solved = person[known], about[known], start[known], solved[known]
    own = np.unique(person * (about.max(initial=0) + 1) + about, return_inverse=True)[1]
    order = np.lexsort((start, own))
    person, own, start, solved = person[order], own[order], start[order], solved[order]
    first = np.append(True, own[1:] != own[:-1])[: len(own)]
    counted = solved + window <= end
    people = np.unique(person[counted])
    if len(people) < FEWEST:
        raise Refusal(f"{len(people)} customers have a solved contact with {window:g} days of log after it; at least {FEWEST} are needed", "few")
    back = _next_start(own, start, solved) <= solved + window
    others = np.bincount(own)[own] - np.where(first, 1, 2)
    seen = end - start[first][own]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = 1 - (1 - window / seen) ** np.maximum(others, 0)
    place = np.searchsorted(people, person[counted])
    sums = [np.bincount(place, values[counted], minlength=len(people)) for values in (back, chance, back - chance, np.ones(len(back)))]
    found = sum_ratios(np.column_stack(sums[:3]), sums[3], resamples=resamples, confidence=confidence, seed=seed)
    share, expected, excess = found.to_dict("records")
    return Repeats(
        share["estimate"], share["low"], share["high"], expected["estimate"], excess["estimate"], excess["low"], excess["high"],
        int(counted.sum()), len(people), int((~np.isnan(solved)).sum() - counted.sum()), int(np.bincount(person).max()),
    )  # fmt: skip


def _next_start(own: np.ndarray, start: np.ndarray, solved: np.ndarray) -> np.ndarray:
    """The first start after each contact's solution, of the same customer and kind; infinite for none. By own and start."""
    times = np.unique(start)
    keys = own * len(times) + np.searchsorted(times, start)
    place = np.searchsorted(keys, own * len(times) + np.searchsorted(times, solved, side="right"))
    found = np.minimum(place, len(own) - 1)
    return np.where((place < len(own)) & (own[found] == own), start[found], np.inf)
