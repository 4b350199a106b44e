"""Hatches are written as the lines that cross a box: a printed page holds no picture for a mark that is filled by one."""

import re

import matplotlib as mpl
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from cxlib.report.charts.canvas import STYLE
from cxlib.report.charts.vector import PageRenderer, svg

NUMBER = r"-?\d*\.?\d+"


def drawn(mark) -> str:
    figure = Figure((2, 2))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 144), ylim=(0, 144))
    axes.axis("off")
    axes.add_patch(mark)
    return svg(figure, "T", "A", {})


@pytest.mark.parametrize("hatch", ["/", "//", "\\\\", "xx", "-", "|", "+"])
@pytest.mark.parametrize(("left", "low", "width", "height"), [(10, 20, 30, 40), (60, 60, 60, 30), (0, 0, 144, 144), (70, 3, 5, 9)])
def test_lines_stay_within_their_box_and_none_is_a_pattern(hatch, left, low, width, height):
    written = drawn(Rectangle((left, low), width, height, fc="#eeeeee", lw=0, hatch=hatch))
    assert "<pattern" not in written
    for outline in re.findall(r'd="((?:M[^"MZ]+L[^"MLZ]+)+)"', written):
        for x, y in re.findall(rf"[ML]({NUMBER}) ?({NUMBER})", outline):
            assert left - 0.1 <= float(x) <= left + width + 0.1 and 144 - low - height - 0.1 <= float(y) <= 144 - low + 0.1


def test_as_many_lines_cross_a_box_as_the_hatch_has():
    lines = drawn(Rectangle((0, 0), 72, 72, fc="#eeeeee", lw=0, hatch="--"))
    assert len(re.findall(rf"M0 {NUMBER}L72 {NUMBER}", lines)) == 12  # two signs, six lines for each in 72 points


@pytest.mark.parametrize("mark", [Rectangle((9, 9), 50, 50, hatch=".."), Circle((50, 50), 20, hatch="//")], ids=["dots", "a circle"])
def test_what_is_no_box_or_no_line_keeps_its_pattern(mark):
    assert "<pattern" in drawn(mark)


class WithoutHeights(RendererBase):
    """Measures texts as the page does, and leaves the heights of lines to matplotlib."""

    def get_text_width_height_descent(self, s, prop, ismath):
        return PageRenderer.get_text_width_height_descent(PageRenderer(2, 2, {}), s, prop, ismath)


@pytest.mark.parametrize("text", ["one line", "lines\nof a\nlabel"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("spacing", ["normal", 1.1])
def test_a_text_takes_the_room_that_matplotlib_gives_it(text, weight, spacing):
    with mpl.rc_context(STYLE):
        written = Figure((2, 2), dpi=72).text(0.5, 0.5, text, weight=weight, linespacing=spacing)
        ours, theirs = (written._get_layout(renderer) for renderer in (PageRenderer(2, 2, {}), WithoutHeights()))
    assert ours[0].bounds == pytest.approx(theirs[0].bounds, abs=1e-9)
    assert [line for line, *_ in ours[1]] == text.split("\n")
    assert [place for *_, place in ours[1]] == [pytest.approx(place, abs=1e-9) for *_, place in theirs[1]]
