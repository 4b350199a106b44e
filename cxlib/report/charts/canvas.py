"""The sheet every chart is drawn on: one typeface, one palette, fixed sizes, bytes that repeat.

A chart is a function `chart(result, page) -> (figure, alt)`: it draws what the result holds, computes nothing, and
returns its alt text, a sentence with the figures it shows. Figures are made without pyplot, so none can leak or vanish.
"""

import sys
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import font_source_sans_pro
import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from cxlib.report.captions import Note, note
from cxlib.report.charts.vector import prefix_of, svg
from cxlib.report.paper import NARROW

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

BEHIND = {"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.75}  # a label over a line can be read

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


@dataclass(frozen=True)
class RowsDrawing:
    """A drawing with a row for each label, the first on top; the upward axis counts inches.

    axes    one for each column of the sheet
    places  of the rows
    above   whether labels stand above their rows
    """

    figure: Figure
    axes: tuple[Axes, ...]
    places: tuple[float, ...]
    above: bool

    @property
    def ax(self) -> Axes:
        return self.axes[0]

    def of(self, table: pd.DataFrame) -> Iterator[tuple[float, dict]]:
        """The rows of a table, each with its place."""
        yield from zip(self.places, table.to_dict("records"), strict=True)

    def value(self, place: float, text: str, *, bold: bool = False, ax: Axes | None = None) -> None:
        """A figure at the end of its row, or above it where the label is."""
        at, lift, side = (1.0, LIFT, "right") if self.above else (1.012, 0, "left")
        (ax or self.ax).annotate(text, (at, place), xycoords=("axes fraction", "data"), xytext=(0, lift), textcoords="offset points",
                                 ha=side, va="bottom" if self.above else "center", fontsize=9.5,
                                 fontweight="bold" if bold else "normal", bbox=BEHIND if self.above else None)  # fmt: skip


LIFT = 7  # points from the middle of a row to the label above it
LINE = 0.165  # inches of a line of a label
BELOW_LABEL = 0.2  # inches that a row takes below its label
MOST_ASLANT = 26  # letters of a heading aslant
SHORT = 16  # letters of a label that stands beside its row on any paper
MOST_ROWS = 12  # of a long list, where some rows matter more than others
BESIDE = 34  # letters of a line of a label that stands beside its row


def rows_sheet(page, labels: Iterable[object], *, row: float = 0.34, rest: float = 0.7, heads: Collection[int] = (),
               columns: int = 1) -> RowsDrawing:  # fmt: skip
    """A sheet with a row for each label: beside it, or above it on narrow paper.

    row      inches of a row whose label stands beside it
    rest     inches below and above all rows
    heads    numbers of the labels that head the rows after them, and have no row of their own
    columns  panels side by side, or one below the other on narrow paper
    """
    texts = [str(label) for label in labels]
    above = page.paper.above and max(map(len, texts), default=0) > SHORT
    told = [wrapped(text, page.paper.letters if above else BESIDE) for text in texts]
    heights = [_height(text, row, above and number not in heads) for number, text in enumerate(told)]
    total = sum(heights)
    places = [total - sum(heights[: number + 1]) + (0.1 if above and number not in heads else height / 2)
              for number, height in enumerate(heights)]  # fmt: skip
    stacked = page.paper.above and columns > 1
    panels = columns if stacked else 1
    grid = {"rows": columns} if stacked else {"columns": columns, "sharey": columns > 1}
    figure, axes = sheet(page, (total + rest) * panels, squeeze=False, sharex=columns > 1, **grid)
    for number, ax in enumerate(axes.flat):
        ax.set_ylim(-0.06, total + 0.02)
        ax.spines["left"].set_visible(False)
        ax.set_yticks([])
        ax.tick_params(labelbottom=True)
        if stacked or not number:
            for place, text in enumerate(told):
                _label(ax, places[place], text, above, head=place in heads)
    return RowsDrawing(figure, tuple(axes.flat), tuple(places), above)


def _height(text: str, row: float, above: bool) -> float:
    """Inches of a row with its label."""
    lines = LINE * (text.count("\n") + 1)
    return BELOW_LABEL + lines if above else max(row, lines + 0.05)


def _label(ax: Axes, place: float, text: str, above: bool, head: bool) -> None:
    lifted = above and not head
    ax.annotate(text, (0, place), xycoords=("axes fraction", "data"), xytext=(0 if above else -6, LIFT if lifted else 0),
                textcoords="offset points", ha="left" if above else "right", va="bottom" if lifted else "center",
                fontsize=9.5 if above else 10, fontweight="bold" if head else "normal", linespacing=1.1, bbox=BEHIND if above else None)  # fmt: skip


def telling_most(table: pd.DataFrame, by: pd.Series, page, most: int = MOST_ROWS) -> tuple[pd.DataFrame, str]:
    """The rows that lie farthest from zero, in the table's order, and the sentence that says how many of all are drawn ("" of all)."""
    if len(table) <= most:
        return table, ""
    drawn = table.loc[by.abs().sort_values(ascending=False, kind="stable").index[:most].sort_values()]
    return drawn, page.word("Drawn are the {drawn:count} largest of {all:count}; the rest is in the figures.", drawn=most, all=len(table))


def column_heads(ax, places: Sequence[float], heads: Sequence[object], page, share: float) -> None:
    """Headings above the columns of a table of cells: in lines, or aslant where a word is too long for its column.

    share   of the width of the sheet that the columns take
    """
    left, right = ax.get_xlim()
    letters = int(page.paper.width * share * 72 / (right - left) / 4.9)
    aslant = max(len(word) for head in heads for word in str(head).split()) > letters
    told = [textwrap.shorten(str(head), MOST_ASLANT, placeholder="…") if aslant else wrapped(head, letters) for head in heads]
    ax.set_xticks(places, told, fontsize=9, rotation=50 if aslant else 0, ha="left" if aslant else "center", rotation_mode="anchor")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0, colors=INK)


def short_money(page, value: float, amounts: Iterable[float]) -> str:
    """An amount beside others of one chart: all of them in millions, or none."""
    if not value:
        return page.number(0, "count")
    return page.number(value, "money_millions" if max(map(abs, amounts)) >= 1e6 else "money")


def money_axis(ax, page) -> None:
    """An axis of amounts along the width, with a line at zero."""
    ax.axvline(0, color=INK, lw=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(2 if page.paper.above else 5))
    ax.xaxis.set_major_formatter(lambda value, _: short_money(page, value, ax.get_xlim()))
    ax.xaxis.grid(True, color=GRID)
    ax.set_axisbelow(True)


def wrapped(text: object, letters: int) -> str:
    """Text in lines of at most so many letters."""
    return textwrap.fill(str(text), letters)


def ticks(page, most: int = 0) -> MaxNLocator:
    """Marks of an axis along the width, as many as the paper has room for; no steps of 2.5, which would be written as 3."""
    return MaxNLocator(min(most or page.paper.ticks, page.paper.ticks), steps=(1, 2, 5, 10))


SIDES = {  # of a point, where its text may stand: how it is aligned, and points away
    ("left", "center"): (9, 0), ("right", "center"): (-9, 0), ("center", "bottom"): (0, 8), ("center", "top"): (0, -8),
    ("left", "bottom"): (6, 6), ("left", "top"): (6, -6), ("right", "bottom"): (-6, 6), ("right", "top"): (-6, -6),
}  # fmt: skip


def beside_the_points(ax, places: Sequence[tuple[float, float]], texts: Sequence[str], inches: tuple[float, float], size: float = 9.5):
    """Texts at their points, each on the side where it lies on no other text and no other point.

    inches   about the width and height of the axes, whose limits are set
    """
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    points = [((x - left) / (right - left) * inches[0] * 72, (y - low) / (high - low) * inches[1] * 72) for x, y in places]
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    for (x, y), text, place in zip(points, texts, places, strict=True):
        wide, tall = 0.52 * size * max(map(len, text.split("\n"))), 1.25 * size * (text.count("\n") + 1)
        boxes = {(*side, away): _box(x + dx * away, y + dy * away, wide, tall, *side)
                 for away in (1, 2, 4) for side, (dx, dy) in SIDES.items()}  # fmt: skip
        across, up, away = best = min(boxes, key=lambda side: _covered(boxes[side], taken, inches) + side[2])
        taken.append(boxes[best])
        shift = tuple(step * away for step in SIDES[across, up])
        ax.annotate(text, place, xytext=shift, textcoords="offset points", ha=across, va=up, fontsize=size, zorder=6, bbox=BEHIND)


def _box(x: float, y: float, wide: float, tall: float, across: str, up: str) -> tuple[float, float, float, float]:
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[across]
    low = y - {"bottom": 0.0, "center": tall / 2, "top": tall}[up]
    return left, low, left + wide, low + tall


def _covered(box, taken, inches) -> float:
    """How much a box lies on others or beyond the axes."""
    beyond = max(-box[0], 0) + max(box[2] - inches[0] * 72, 0) + max(-box[1], 0) + max(box[3] - inches[1] * 72, 0)
    areas = (max(min(box[2], o[2]) - max(box[0], o[0]), 0) * max(min(box[3], o[3]) - max(box[1], o[1]), 0) for o in taken)
    return 30 * beyond + sum(areas)


def row_of_dots(ax, place, low, middle, high, colour, *, mark="o", hollow=False) -> None:
    """One row of a dot plot: the figure as a dot over its interval as a pale bar; hollow where nothing is shown."""
    if low is not None and low == low:
        ax.plot([low, high], [place, place], color=colour, lw=4, alpha=0.4, solid_capstyle="butt", zorder=2)
    ax.plot(middle, place, mark, color=colour, ms=8, mfc=PAPER if hollow else colour, mew=1.4, zorder=5)


def key(figure: Figure, page, *sentences: str) -> None:
    """What the marks mean, below the chart, in as many lines as it takes; nothing where there is nothing to say."""
    if text := "\n".join(textwrap.wrap(" ".join(filter(None, sentences)), page.paper.key)):
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
    narrow, _ = figure_of(chart, result, page.on(NARROW), **options)
    title, colours = page.word(note(chart).title), {page.colour: "brand"} | VARIABLES
    with mpl.rc_context(STYLE):
        wide = svg(figure, title, alt, colours)
        return Drawn(alt, wide, svg(narrow, title, alt, colours, described=prefix_of(wide)))


def figure_of(chart: Callable[..., tuple[Figure, str]], result: object, page, **options) -> tuple[Figure, str] | None:
    """What the chart draws, in the style of the house, and its alt text."""
    _load_typeface()
    with mpl.rc_context(STYLE):
        return chart(result, page, **options)


def own_figure(drawn: object, alt: str, page) -> str:
    """A figure of a consultant's own as SVG: our typeface and ink, the width of the page."""
    figure = drawn if isinstance(drawn, Figure) else getattr(drawn, "figure", None)
    if not isinstance(figure, Figure):
        raise TypeError(f"page.figure shows a figure of matplotlib or seaborn, not {type(drawn).__name__}.")
    _load_typeface()
    width, height = figure.get_size_inches()
    figure.set_size_inches(page.paper.width, height * page.paper.width / width)
    figure.set_facecolor(PAPER)
    figure.set_layout_engine("constrained")
    for text in figure.findobj(Text):
        text.set_fontfamily(STYLE["font.family"])
        if text.get_color() in ("black", "k", ".15"):
            text.set_color(INK)
    for ax in figure.axes:
        ax.set_facecolor("none")
        ax.spines[["top", "right"]].set_visible(False)
    with mpl.rc_context(STYLE):
        drawing = svg(figure, page.word(Note().title), alt, {page.colour: "brand"} | VARIABLES)
    if shown := sys.modules.get("matplotlib.pyplot"):
        shown.close(figure)  # or the notebook would show it once more
    return drawing


@cache
def _load_typeface() -> None:
    for cut in ("", "It", "Bold"):
        font_manager.fontManager.addfont(font_source_sans_pro.font_files_ttf[f"SourceSansPro{cut}"])
