"""The answers that somebody should have followed up, as all that is said of the follow-up takes them."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import FollowUp
from cxlib.analyses.result import Base, Term

LEFT_OUT, NOT_ALLOWED = Term("left out at random"), Term("may not be contacted")


def due_rows(follow_up: FollowUp, *, left_out: bool = False) -> tuple[pd.DataFrame, Base]:
    """The rows that should be contacted, with every column there is; those left out at random only where they are asked for."""
    rows = follow_up.rows.reset_index(drop=True)
    for column in ("contacted", "closed", "left"):
        rows[column] = pd.to_datetime(rows[column]) if column in rows else pd.NaT
        rows[column] = rows[column].where(rows[column] <= follow_up.until)
    for column in ("severity", "score", "score_again", "churned"):
        rows[column] = pd.to_numeric(rows[column]).astype(float) if column in rows else np.nan
    for column in ("owner", "type"):
        rows[column] = rows[column].astype(object) if column in rows else None
    out = rows["left_out"].eq(True).to_numpy() if "left_out" in rows else np.zeros(len(rows), bool)
    may_not = rows["may_contact"].eq(False).to_numpy() if "may_contact" in rows else np.zeros(len(rows), bool)
    rows = rows.assign(left_out=out)
    kept = ~may_not & (left_out | ~out)
    dropped = {NOT_ALLOWED: int(may_not.sum()), LEFT_OUT: int((out & ~may_not & ~kept).sum())}
    return rows[kept].reset_index(drop=True), Base(len(rows), int(kept.sum()), {why: n for why, n in dropped.items() if n})
