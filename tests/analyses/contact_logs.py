"""Made contact logs with a known truth: departments, hand-overs that cost, waits, customers that come back, a path."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey, Touchpoint
from tests.simulations.hand_overs import ended_cases, scored_cases

OWNERS = np.array(["billing", "field", "phone", "sales"])
PLACES = {"A": "Order", "B": "Meter", "C": "Visit", "D": "Bill", "E": "Complaint"}


def contact_log(cases=2000, effect=-1.0, seed=1, *, pair=(0, 1), path=1.2, scored=0.6, **how) -> Journey:
    """Cases whose next contact scores `effect` after a hand-over from billing to field, where the customer also waits; those that
    go Meter, Bill, Complaint end badly more often."""
    case, place, owner, score, _ = scored_cases(cases, effect, seed, pair=pair, scored=scored, **how)
    rng = np.random.default_rng(seed)
    ended, at, step, bad, kind = ended_cases(cases, path, "BDE", seed)
    step = pd.Series(step, pd.MultiIndex.from_arrays([ended, at])).reindex(pd.MultiIndex.from_arrays([case, place]))
    customer = np.char.add("c", rng.integers(0, cases // 2, cases).astype(str))
    handed = (place > 1) & (owner != np.roll(owner, 1))
    slow = handed & (np.roll(owner, 1) == 0) & (owner == 1)
    wait = np.where(handed, np.where(slow, 2.0, 0.1), 0.0) * rng.exponential(1, len(case))
    own = rng.exponential(1, len(case))
    begins = rng.random(cases) * 500
    start = np.datetime64("2025-01-01") + ((begins[case] + _before(case, wait + own)) * 86400e9).astype("timedelta64[ns]")
    took = (wait * 86400e9).astype("timedelta64[ns]")
    contacts = pd.DataFrame({
        "silo": np.where(owner == 0, "invoices", "service"), "customer": customer[case], "case": np.char.add("k", case.astype(str)), "time": start,
        "accepted": start + took, "solved": np.datetime64("NaT"), "touchpoint": step.fillna("A").to_numpy(), "channel": "phone", "owner": OWNERS[owner],
        "type": np.array(["private", "business"])[kind][case], "score": np.round(score, 1), "good": np.nan, "bad": np.nan, "waits": None,
    })  # fmt: skip
    ends = pd.Series(start + took + ((own / 2) * 86400e9).astype("timedelta64[ns]")).groupby(contacts.case).max()
    table = contacts.groupby("case").agg(customer=("customer", "first"), type=("type", "first"), start=("time", "min")).assign(solved=ends)
    table["bad_end"] = pd.Series(bad, np.char.add("k", np.arange(cases).astype(str))).reindex(table.index)
    silos = contacts.groupby("silo").agg(contacts=("case", "size"), customers=("customer", "nunique"), known=("customer", "count"), ends=("time", "max"))
    contacts = contacts.sort_values(["customer", "time"], kind="stable", ignore_index=True)
    return Journey({key: Touchpoint(label) for key, label in PLACES.items()}, contacts, table[["customer", "type", "start", "solved", "bad_end"]],
                   silos.reset_index(), smallest=0.5)  # fmt: skip


def _before(case: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Days of the contacts of a case before each."""
    total = np.cumsum(days) - days
    first = np.append(True, case[1:] != case[:-1])
    return total - total[first][case]


def without_customers(log: Journey, share: float) -> Journey:
    """The log with so many contacts of customers that nobody knows."""
    silos = log.silos.assign(known=(log.silos.contacts * (1 - share)).astype(int))
    return replace(log, silos=silos)
