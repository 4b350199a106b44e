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
    parts = [log.rows.assign(silo=throughout(log.label, len(log.rows))).reindex(columns=wanted) for log in logs]
    columns = {}
    for column in wanted:
        if column in TEXTS:
            columns[column] = one_below_the_other([part[column] for part in parts])
            continue
        cells = pd.concat([part[column] for part in parts], ignore_index=True) if parts else pd.Series(dtype=object)
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
    ranks += [contacts["time"].to_numpy("datetime64[us]").view("i8"), codes_of(contacts["customer"], last=True)]
    return contacts.iloc[np.lexsort(ranks)].reset_index(drop=True)
