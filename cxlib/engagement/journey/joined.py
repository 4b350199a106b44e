"""The contacts of all logs as one table, in an order that does not depend on that of the files."""

import numpy as np
import pandas as pd

from cxlib.engagement.contact_logs import Log, throughout
from cxlib.engagement.journey.coded import codes_of, one_below_the_other

COLUMNS = ("silo", "customer", "case", "time", "accepted", "solved", "touchpoint", "channel", "owner", "type", "score", "good", "bad", "waits")
TEXTS = ("silo", "customer", "case", "touchpoint", "channel", "owner", "type", "waits")
MOMENTS = ("time", "accepted", "solved")


def joined(logs: list[Log], behaviours: tuple[str, ...]) -> pd.DataFrame:
    """All contacts; their texts are categories in the alphabet's order, because all that follows is reckoned by their codes."""
    wanted = [*COLUMNS, *behaviours, "queued", "ended"]
    parts = [log.rows.assign(silo=throughout(log.label, len(log.rows))) for log in logs]
    columns = {}
    for column in wanted:
        there = [part[column] if column in part else pd.Series(np.nan, part.index) for part in parts]
        if column in TEXTS:
            columns[column] = one_below_the_other(there)
            continue
        cells = pd.concat(there, ignore_index=True) if parts else pd.Series(dtype=object)
        if column in MOMENTS:
            columns[column] = pd.to_datetime(cells)
        elif column in ("queued", "ended"):
            columns[column] = cells == True  # noqa: E712 (blank where a log has no states)
        else:
            columns[column] = cells.astype(float)
    return pd.DataFrame(columns)


def in_order(contacts: pd.DataFrame) -> pd.DataFrame:
    """One order whatever that of the files: by customer, time, and what tells contacts of one moment apart. Those of nobody known
    come last."""
    ranks = [codes_of(contacts[column], last=True) for column in ("silo", "touchpoint", "case")]
    time, customer = contacts["time"].to_numpy("datetime64[us]").view("i8"), codes_of(contacts["customer"], last=True)
    order = np.lexsort([time, customer])
    same = (np.diff(time[order]) == 0) & (np.diff(customer[order]) == 0)
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))[: len(order)]  # few: the rest is told apart already
    order[tied] = order[tied][np.lexsort([each[order[tied]] for each in (*ranks, time, customer)])]
    return contacts.iloc[order].reset_index(drop=True)
