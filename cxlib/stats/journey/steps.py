"""Contacts in the order of their cases: where each stands, and where the case went to another owner."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

DAY = np.timedelta64(1, "D").astype("timedelta64[ns]").astype(float)


@dataclass(frozen=True)
class Steps:
    """Contacts by case and time; all arrays have that order.

    rows      (contacts,) place of each in what was given
    case      (contacts,) number of its case, from 0;  cases: the cases' labels, by number
    days      (contacts,) time in days from the first contact of all
    position  (contacts,) 1 for the first of its case
    owner     (contacts,) number of its owner, -1 where it is not known;  owners: their labels, by number
    handed    (contacts,) 1 where the owner is another than that of the contact before, 0 where it is the same or there is
              none before, NaN where either is not known
    """

    rows: np.ndarray
    case: np.ndarray
    cases: np.ndarray
    days: np.ndarray
    position: np.ndarray
    owner: np.ndarray
    owners: np.ndarray
    handed: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """(contacts,) whether a contact is the first of its case."""
        return self.position == 1

    @property
    def last(self) -> np.ndarray:
        """(contacts,) whether it is the last."""
        return np.append(self.first[1:], True)[: len(self.rows)]

    @property
    def giver(self) -> np.ndarray:
        """(contacts,) number of the owner of the contact before, -1 where there is none or it is not known."""
        return np.where(self.first, -1, np.roll(self.owner, 1))


def in_days(times: ArrayLike, origin: float = 0.0) -> np.ndarray:
    """Times as days: of dates since 1970, of numbers as they are; NaN for none.

    origin    what is taken off, in days
    source    numpy datetime64
    """
    times = np.asarray(times)
    if times.dtype.kind == "M":
        empty = np.isnat(times)
        return np.where(empty, np.nan, times.astype("datetime64[ns]").astype(np.int64) / DAY) - origin
    return times.astype(float) - origin


def ordered_steps(case: ArrayLike, time: ArrayLike, owner: ArrayLike) -> Steps:
    """Contacts put into the order of their cases and times; of one moment, in the order given.

    case      (contacts,) label of the case;  time: (contacts,) dates, or numbers in days
    owner     (contacts,) label of the department that had the contact, None where it is not known
    errors    ValueError for no contacts, sides of different length, and a contact without case or time
    source    van der Aalst 2016, Process Mining: an event log by case and time
    """
    days, of, whose = in_days(time), labelled(case), labelled(owner)
    if not len(days) == len(of) == len(whose) or not len(days):
        raise ValueError(f"{len(of)} cases, {len(days)} times and {len(whose)} owners; give one of each for every contact")
    number, cases = pd.factorize(of)
    if np.isnan(days).any() or (number < 0).any():
        raise ValueError(f"{int((np.isnan(days) | (number < 0)).sum())} contacts lack a case or a time; leave them out")
    owner_number, owners = pd.factorize(whose, sort=True)
    rows = np.lexsort((days, number))
    number, owner_number, days = number[rows], owner_number[rows], days[rows] - days.min()
    first = np.append(True, number[1:] != number[:-1])
    begins = np.flatnonzero(first)
    position = np.arange(len(rows)) - np.repeat(begins, np.diff(np.append(begins, len(rows)))) + 1
    before = np.roll(owner_number, 1)
    handed = np.where((owner_number < 0) | (before < 0), np.nan, owner_number != before)
    return Steps(rows, number, np.asarray(cases), days, position, owner_number, np.asarray(owners), np.where(first, 0.0, handed))


def numbered(labels: ArrayLike, *, use_na_sentinel: bool = True) -> np.ndarray:
    """The number of each label, from 0 in the order in which they turn up; of a missing one -1, or one of its own.

    source    pandas factorize
    """
    return pd.factorize(labelled(labels), use_na_sentinel=use_na_sentinel)[0]


def labelled(given: ArrayLike) -> Any:
    """Labels as an array that pandas numbers; its own texts stay as they are, which is many times as fast.

    source    pandas ArrowStringArray, Categorical
    """
    return given if isinstance(given, pd.arrays.ArrowStringArray | pd.Categorical) else np.asarray(given)


def pairs_of_owners(steps: Steps) -> pd.DataFrame:
    """Every pair of owners with a hand-over.

    returns   DataFrame in the alphabet's order of giver and receiver: giver, receiver, hand_overs, cases (with one)
    source    the count of van der Aalst and Song 2004 (handover of work), by pair
    """
    handed, owners = np.flatnonzero(steps.handed == 1), max(len(steps.owners), 1)
    pair = steps.giver[handed] * owners + steps.owner[handed]
    numbers, counts = np.unique(pair, return_counts=True)
    cases = np.bincount(pd.unique(pair * len(steps.cases) + steps.case[handed]) // len(steps.cases), minlength=owners**2)
    return pd.DataFrame({"giver": steps.owners[numbers // owners], "receiver": steps.owners[numbers % owners],
                         "hand_overs": counts, "cases": cases[numbers]})  # fmt: skip


def counted_cases(steps: Steps) -> pd.DataFrame:
    """What hand-overs make of each case.

    returns   DataFrame indexed by case: contacts, owners (different ones), hand_overs, returned (it came back to an owner
              that it had left: more hand-overs than owners less one), days (from first to last contact)
    source    the count of van der Aalst and Song 2004 (handover of work), by case
    """
    contacts = np.bincount(steps.case)
    known = steps.owner >= 0
    pairs = pd.unique(steps.case[known] * len(steps.owners) + steps.owner[known]) // max(len(steps.owners), 1)
    owners = np.bincount(pairs, minlength=len(contacts))
    hand_overs = np.bincount(steps.case, np.nan_to_num(steps.handed)).astype(int)
    days = steps.days[steps.last] - steps.days[steps.first]
    return pd.DataFrame(
        {"contacts": contacts, "owners": owners, "hand_overs": hand_overs, "returned": hand_overs > np.maximum(owners - 1, 0), "days": days},
        index=pd.Index(steps.cases, name="case"),
    )
