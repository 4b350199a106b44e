"""The sheet every chart is drawn on: one typeface, one palette, fixed sizes, bytes that repeat.

A chart is a function `chart(result, page) -> (figure, alt)`: it draws what the result holds, computes nothing, and
returns its alt text, a sentence with the figures it shows. Figures are made without pyplot, so none can leak or vanish.
"""

import io
import textwrap
import zlib
from collections.abc import Callable
from functools import cache

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

INK, SOFT, GRID, PAPER = "#1d2733", "#5b6773", "#dfe4e8", "#ffffff"
# green and vermilion of Okabe and Ito: told apart by colour-blind readers and, by their lightness, in grey print
GOOD, BAD, NEUTRAL, UNCLEAR = "#005c4a", "#c8542f", "#8a96a1", "#b9c2ca"
ABOVE, BELOW, BETWEEN = "^", "v", "o"  # marks that say the same as the tones
WIDTH = 7.2  # inches: the text width of the page, on A4 and on screen
DPI = 120  # 864 pixels across: sharp at the width of the page, and a page of ten charts stays under 250 kB
KEY_LINE = 112  # characters of the key that fit in the width
COLOURS = 48  # no shade strays from its own, as with 32 in a heat map; a third of the weight of 16 million

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


def sheet(height: float, *, rows: int = 1, columns: int = 1, width: float = WIDTH, **options: object):
    """A new figure and its axes (an array when there are several), `height` inches high."""
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, **options)


def row_of_dots(ax, place, low, middle, high, colour, *, mark="o", hollow=False) -> None:
    """One row of a dot plot: the figure as a dot over its interval as a pale bar; hollow where nothing is shown."""
    if low is not None and low == low:
        ax.plot([low, high], [place, place], color=colour, lw=4, alpha=0.4, solid_capstyle="butt", zorder=2)
    ax.plot(middle, place, mark, color=colour, ms=8, mfc=PAPER if hollow else colour, mew=1.4, zorder=5)


def key(figure: Figure, *sentences: str) -> None:
    """What the marks mean, below the chart, in as many lines as it takes."""
    text = "\n".join(textwrap.wrap(" ".join(filter(None, sentences)), KEY_LINE))
    figure.supxlabel(text, fontsize=9, color=SOFT, x=0.01, ha="left", linespacing=1.25)


def picture(
    chart: Callable[..., tuple[Figure, str]], result: object, page: object, **options
) -> tuple[bytes, str] | None:
    """The chart as PNG bytes and its alt text, None where it has nothing to draw.

    raises ValueError when the chart says nothing in words
    """
    _load_typeface()
    with mpl.rc_context(STYLE):
        drawn = chart(result, page, **options)
        if drawn is None:
            return None
        figure, alt = drawn
        if not alt.strip():
            raise ValueError(f"chart {chart.__name__!r} has no alt text; return a sentence with the figures it shows.")
        return _png(figure), alt


def _png(figure: Figure) -> bytes:
    figure.set_dpi(DPI)
    canvas, png = FigureCanvasAgg(figure), io.BytesIO()
    canvas.draw()  # once: `savefig` draws a second time to lay the sheet out
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
    picture = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(
        png, "png", compress_level=8, compress_type=zlib.Z_FILTERED
    )  # as small as `optimize`, in half the time
    return png.getvalue()


@cache
def _load_typeface() -> None:
    Image.init()  # every codec at once, so that a process forked from a warmed one loads none
    for cut in ("", "It", "Bold"):
        font_manager.fontManager.addfont(font_source_sans_pro.font_files_ttf[f"SourceSansPro{cut}"])
