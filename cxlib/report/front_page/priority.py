"""What a finding is worth beside others, read from its own figures: money first, then points of what customers feel.

Nothing here decides whether a finding holds; it only says which of two findings a board should read first.
"""

from string import Formatter
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.result import Finding, Quantity, Result
from cxlib.report.columns import COLUMNS

MONEY, CUSTOMERS, COMPANY, NOTHING = range(4)  # what counts more comes first


class Worth(NamedTuple):
    """How high a finding stands, lowest first: its kind, and minus its size among its kind."""

    kind: int
    size: float


class Row(NamedTuple):
    """A figure that stands in a table of the finding's result: the row whose `column` holds the finding's `slot`."""

    table: str
    figure: str
    column: str
    slot: str
    style: str = ""


UNKNOWN = Worth(NOTHING, 0.0)
# Figures on different scales are compared by how far single answers typically lie apart on them.
SPREAD = {
    "money": (MONEY, 1),
    "money_short": (MONEY, 1),
    "money_table": (MONEY, 1),
    "points": (CUSTOMERS, 80),  # NPS, -100 to 100
    "gap_points": (CUSTOMERS, 80),
    "index": (CUSTOMERS, 20),
    "gap_index": (CUSTOMERS, 20),
    "percent1": (CUSTOMERS, 0.45),
    "gap_percent1": (CUSTOMERS, 0.45),
    "mean": (CUSTOMERS, 1.5),  # a scale of seven answers
    "gap_mean": (CUSTOMERS, 1.5),
    "signed_gap_fine": (CUSTOMERS, 2),  # a scale of 0 to 10
    "count": (COMPANY, 20),  # a criterion of the self-assessment, 0-100
}
AT_STAKE: dict[str, str | Row] = {
    "board.pays": "p50",
    "board.open": "p90",
    "board.all": "p50",
    "point.worth": "p50",
    "choice.over": Row("initiatives", "p50", "initiative", "name"),
    "act.most": Row("priorities", "potential", "block", "block", "index"),
    "act.low": Row("priorities", "potential", "block", "block", "index"),
    "parity.worse": "gap",
    "parity.better": "gap",
    "segment.above": "change",
    "segment.below": "change",
    **{f"change.{way}": "change" for way in ("rose", "fell", "rose_worse", "fell_better")},
    "target.missed": "target",
    "target.reached": "target",
    "tipping_point.step": "step",
    "tipping_point.leap": "step",
    "whatif.gain": "gain",
    "whatif.gain_below": "gain",
    "gap.higher": "gap",
    "gap.lower": "gap",
    "target.widest": "target",
    "agreement.split": "distance",
}
REACHED_BY = {"target.missed": "estimate", "target.reached": "estimate", "target.widest": "score"}


def worth(finding: Finding, result: Result) -> Worth:
    """Where a finding stands beside others, by the figure that its verdict turns on.

    Money counts most, then what customers feel, then the company's view of itself; within a kind the larger figure.
    """
    stake = AT_STAKE.get(finding.key)
    if stake is None:
        return UNKNOWN
    value, style = _in_table(stake, finding, result) if isinstance(stake, Row) else _in_words(stake, finding, result)
    if value is None or pd.isna(value) or style not in SPREAD:
        return UNKNOWN
    kind, spread = SPREAD[style]
    return Worth(kind, -abs(value) / spread)


def slot_style(finding: Finding, slot: str) -> str:
    """The number style of a slot: the figure's own, or the one in the message."""
    value = finding.values.get(slot)
    written = {name: style for _, name, style, _ in Formatter().parse(finding.message) if name}
    return value.style if isinstance(value, Quantity) else written.get(slot, "")


def _in_words(slot: str, finding: Finding, result: Result) -> tuple[float | None, str]:
    value, style = finding.values.get(slot), slot_style(finding, slot)
    if finding.key in REACHED_BY:  # a target is worth the way that is left to it, or that it was passed by
        reached = _first(REACHED_BY[finding.key], finding, result)
        value = None if value is None or reached is None else value - reached
    return value, style


def _first(slot: str, finding: Finding, result: Result) -> float | None:
    """The slot of the finding itself, or of the first of its result that has it."""
    return next((f.values[slot] for f in (finding, *result.findings) if slot in f.values), None)


def _in_table(stake: Row, finding: Finding, result: Result) -> tuple[float | None, str]:
    table = result.tables.get(stake.table, pd.DataFrame(columns=[stake.column, stake.figure]))
    figures = table[stake.figure][table[stake.column] == finding.values.get(stake.slot)].dropna()
    return next(iter(figures), None), stake.style or COLUMNS[stake.figure].style
