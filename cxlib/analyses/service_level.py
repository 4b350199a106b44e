"""What a client promises and measures: one service level, and the answer that may break at some point of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ServiceLevel:
    """Which columns of the contacts hold a service level and its outcome, and how both are read.

    label          what the level is called; column: its numbers, in `unit` (seconds, minutes, hours, days, contacts, points)
    outcome        column of the answer on `scale` (lowest, highest); outcome_label: what sentences call it
    best, top      which end of the scale is good, "high" or "low"; how many of the best answers count as satisfied
    direction      of the level that is better for the customer, "lower" or "higher"
    controls, by   columns of groups that are held constant, and the column whose groups are compared
    smallest       points of the outcome from which a break matters; None: 2 % of the scale
    abandoned      column, 1 for those who gave up, 0 for the others
    labels         {column of controls or by: what sentences call it}; else its own name

    >>> tipping_points.ServiceLevel("Wait", column="minutes", unit="minutes", outcome="answer").scale
    (0, 10)
    """

    label: str
    column: str
    unit: str
    outcome: str
    outcome_label: str | None = None
    scale: tuple[float, float] = (0, 10)
    best: str = "high"
    top: int = 2
    direction: str = "lower"
    controls: Sequence[str] = ()
    by: str | None = None
    smallest: float | None = None
    abandoned: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def called(self, column: str) -> str:
        """What sentences call a column of groups."""
        return self.labels.get(column, column)
