"""The unit of a figure: how its value, a difference, the ends of an interval and an axis are written.

A style is a text, as tables and results.json hold it; `report.language.numbers` knows how each is written.
"""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure is measured in.

    >>> Unit("percent1").difference, Unit.POINTS.signed_ends
    ('gap_percent1', 'signed_ends_points')
    """

    POINTS = "points"  # of a net score, -100 to 100
    INDEX = "index"  # 0 to 100
    PERCENT = "percent1"  # a share 0-1, written in percent
    MEAN = "mean"  # on the scale of the answers
    FINE = "fine"  # points of an answer, where hundredths count
    MONEY = "money"

    @property
    def factor(self) -> int:
        """What a value is multiplied by before it is written."""
        return 100 if self is Unit.PERCENT else 1

    @property
    def decimals(self) -> int:
        """Decimals that are written."""
        return {Unit.MEAN: 2, Unit.FINE: 2, Unit.MONEY: 0}.get(self, 1)

    @property
    def difference(self) -> str:
        """The style of a difference, with its unit in words; of money, money."""
        return self.value if self is Unit.MONEY else f"gap_{self.value}"

    @property
    def signed_difference(self) -> str:
        """The same with its sign, whether up or down."""
        return self.value if self is Unit.MONEY else f"signed_gap_{self.value}"

    @property
    def signed_ends(self) -> str:
        """The style of the ends of a difference's interval, which stand beside it without the unit; in tables of differences, too.

        Always with their signs: "risen by 40 points (+31 to +50)" is no rise from 31 to 50. Ends of a level have the style of the level.
        """
        return f"signed_ends_{self.value}"

    @property
    def axis(self) -> str:
        """The style of numbers along an axis."""
        return {Unit.PERCENT: "percent", Unit.MONEY: "count"}.get(self, "general")
