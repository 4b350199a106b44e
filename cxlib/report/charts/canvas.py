"""The sheet every chart is drawn on: one typeface, one palette, fixed sizes, bytes that repeat.

A chart is a function `chart(result, page) -> (figure, alt)`: it draws what the result holds, computes nothing, and
returns its alt text, a sentence with the figures it shows. Figures are made without pyplot, so none can leak or vanish.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from cxlib.report.captions import note
from cxlib.report.charts.vector import svg

INK, SOFT, GRID, PAPER = "#1d2733", "#5b6773", "#dfe4e8", "#ffffff"
# green and vermilion of Okabe and Ito: told apart by colour-blind readers and, by their lightness, in grey print
GOOD, BAD, NEUTRAL, UNCLEAR = "#005c4a", "#c8542f", "#8a96a1", "#b9c2ca"
ABOVE, BELOW, BETWEEN = "^", "v", "o"  # marks that say the same as the tones
MIDDLE = "#d5dadf"  # neither good nor bad
ON_LIGHT, ON_DARK = "#17202a", "#fefefe"  # text on a shade that stays the same on a dark page
VARIABLES = {  # of the page's style sheet, which turns them in the dark
    INK: "ink", SOFT: "soft", GRID: "grid", PAPER: "paper", GOOD: "good", BAD: "bad", NEUTRAL: "neutral",
    UNCLEAR: "unclear", MIDDLE: "middle",
}  # fmt: skip

STYLE = {
    "font.family": ["Source Sans Pro", "DejaVu Sans"],
    "font.size": 10.5,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.grid": False,
    "axes.facecolor": "none",  # the sheet below shows
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 10.5,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a "$" in a client's label is a dollar sign
}


def sheet(page, height: float, *, rows: int = 1, columns: int = 1, **options: object):
    """A new figure on the page's paper, `height` inches high, and its axes (an array when there are several)."""
    figure = Figure(figsize=(page.paper.width, height))
    return figure, figure.subplots(rows, columns, **options)


def row_of_dots(ax, place, low, middle, high, colour, *, mark="o", hollow=False) -> None:
    """One row of a dot plot: the figure as a dot over its interval as a pale bar; hollow where nothing is shown."""
    if low is not None and low == low:
        ax.plot([low, high], [place, place], color=colour, lw=4, alpha=0.4, solid_capstyle="butt", zorder=2)
    ax.plot(middle, place, mark, color=colour, ms=8, mfc=PAPER if hollow else colour, mew=1.4, zorder=5)


def key(figure: Figure, page, *sentences: str) -> None:
    """What the marks mean, below the chart, in as many lines as it takes."""
    text = "\n".join(textwrap.wrap(" ".join(filter(None, sentences)), page.paper.key))
    figure.supxlabel(text, fontsize=9, color=SOFT, x=0.01, ha="left", linespacing=1.25)


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG, wide and for a narrow column ("" where there is none), and the sentence that says what it shows."""

    alt: str
    wide: str
    narrow: str


def picture(chart: Callable[..., tuple[Figure, str]], result: object, page, **options) -> Drawn | None:
    """The chart as it stands in a page, None where it has nothing to draw.

    raises ValueError when the chart says nothing in words
    """
    drawn = figure_of(chart, result, page, **options)
    if drawn is None:
        return None
    figure, alt = drawn
    if not alt.strip():
        raise ValueError(f"chart {chart.__name__!r} has no alt text; return a sentence with the figures it shows.")
    with mpl.rc_context(STYLE):
        return Drawn(alt, svg(figure, page.word(note(chart).title), alt, {page.colour: "brand"} | VARIABLES), "")


def figure_of(chart: Callable[..., tuple[Figure, str]], result: object, page, **options) -> tuple[Figure, str] | None:
    """What the chart draws, in the style of the house, and its alt text."""
    _load_typeface()
    with mpl.rc_context(STYLE):
        return chart(result, page, **options)


@cache
def _load_typeface() -> None:
    for cut in ("", "It", "Bold"):
        font_manager.fontManager.addfont(font_source_sans_pro.font_files_ttf[f"SourceSansPro{cut}"])
