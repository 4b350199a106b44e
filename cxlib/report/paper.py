"""The papers that a chart is drawn for: the width of the page, and the column of a phone or of print."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """How much room a drawing has.

    width    inches
    letters  of a line of a label
    key      letters of a line below the drawing
    title    letters of a line above it
    ticks    marks of an axis along the width, at most
    above    whether a label stands above its row, not beside it
    """

    width: float
    letters: int
    key: int
    title: int
    ticks: int
    above: bool = False


WIDE = Paper(7.2, 34, 112, 90, 6)  # the text width of the page, on A4 and on screen
NARROW = Paper(3.5, 38, 54, 42, 4, above=True)
