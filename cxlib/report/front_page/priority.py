"""What a finding is worth beside others, read from its own figures: money first, then points of what customers feel.

Nothing here decides whether a finding holds; it only says which of two findings a board should read first.
"""

from string import Formatter
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Place, Quantity, Result
from cxlib.analyses.units import Unit

MONEY, CUSTOMERS, COMPANY, NOTHING = range(4)  # what counts more comes first


class Worth(NamedTuple):
    """How high a finding stands, lowest first: its kind, and minus its size among its kind."""

    kind: int
    size: float


UNKNOWN = Worth(NOTHING, 0.0)
# Figures on different scales are compared by how far single answers typically lie apart on them.
APART = {
    Unit.POINTS: 80,  # NPS, -100 to 100
    Unit.INDEX: 20,
    Unit.PERCENT: 0.45,
    Unit.MEAN: 1.5,  # a scale of seven answers
}
SPREAD = {
    **dict.fromkeys(("money", "money_short", "money_table"), (MONEY, 1)),
    **{style: (CUSTOMERS, apart) for unit, apart in APART.items() for style in (unit.value, unit.difference)},
    Unit.FINE.signed_difference: (CUSTOMERS, 2),  # a scale of 0 to 10
    "count": (COMPANY, 20),  # a criterion of the self-assessment, 0-100
}


def worth(finding: Finding, result: Result) -> Worth:
    """Where a finding stands beside others, by the figure that its verdict turns on.

    Money counts most, then what customers feel, then the company's view of itself; within a kind the larger figure.
    """
    stake = finding.says.stake
    value, style = _in_table(stake, finding, result) if isinstance(stake, Place) else _in_words(stake, finding, result)
    if value is None or pd.isna(value) or style not in SPREAD:
        return UNKNOWN
    kind, spread = SPREAD[style]
    return Worth(kind, -abs(value) / spread)


def slot_style(finding: Finding, slot: str) -> str:
    """The number style of a slot: the figure's own, or the one in the message."""
    value = finding.values.get(slot)
    written = {name: style for _, name, style, _ in Formatter().parse(finding.message) if name}
    return value.style if isinstance(value, Quantity) else written.get(slot, "")


def _in_words(stake: str | tuple[str, str], finding: Finding, result: Result) -> tuple[float | None, str]:
    """The figure of a slot; of two slots the way between them, left to a target or by which it was passed."""
    slot, *reached = [stake] if isinstance(stake, str) else stake
    value, style = finding.values.get(slot), slot_style(finding, slot)
    for each in reached:
        there = _first(each, finding, result)
        value = None if value is None or there is None else value - there
    return value, style


def _first(slot: str, finding: Finding, result: Result) -> float | None:
    """The slot of the finding itself, or of the first of its result that has it."""
    return next((f.values[slot] for f in (finding, *result.findings) if slot in f.values), None)


def _in_table(stake: Place, finding: Finding, result: Result) -> tuple[float | None, str]:
    """The figure in the row of the finding's subject."""
    table = result.tables.get(stake.table, pd.DataFrame(columns=[stake.of, stake.figure]))
    figures = table[stake.figure][table[stake.of] == finding.subject].dropna()
    return next(iter(figures), None), stake.style or columns_of(result, stake.table)[stake.figure].style
