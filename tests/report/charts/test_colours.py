"""Colours that mean different things stay apart for colour-blind readers and in grey print, or a mark says the same."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from cxlib.report import Page
from cxlib.report.charts import maturity
from cxlib.report.charts.canvas import ABOVE, BAD, BELOW, BETWEEN, GOOD, INK, NEUTRAL, PAPER, UNCLEAR
from cxlib.report.charts.status import MIDDLE, _shades
from cxlib.report.colours import LEAST, contrast, legible, luminance
from tests.report.executed import shipped
from tests.report.reshown import charts_of, figure_of

# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
# IEEE TVCG 15(6), severity 1.0; on linear RGB
BLIND = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey print": [[0.2126, 0.7152, 0.0722]] * 3,
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])
APART = 10.0  # CIELAB distance: some four times what is just seen side by side (2.3, Mahy et al. 1994)
BRANDS = ["#0b6e6e", "#7a2e3a", "#1f4e79", "#5b4a8a", "#ffe600", "#000000", "#7f7f7f", "#e3000f"]


def linear(colour) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB under D65 of linear RGB."""
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, eyes: str) -> float:
    seen = [lab(np.array(BLIND[eyes]) @ linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_simulation_knows_its_ends():
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=0.01)
    assert lab(linear("#000000")) == pytest.approx([0, 0, 0], abs=0.01)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)  # as any colour table has it
    for eyes in BLIND:  # grey stays grey for everyone
        assert np.array(BLIND[eyes]) @ np.ones(3) == pytest.approx(np.ones(3), abs=1e-5)


@pytest.mark.parametrize("eyes", BLIND)
def test_tones_are_told_apart(eyes):
    """What the tones were before: a green and a red of one lightness, which grey print made one."""
    for one, other in combinations((GOOD, BAD, NEUTRAL, UNCLEAR, INK, PAPER), 2):
        assert distance(one, other, eyes) >= APART, (one, other)
    assert distance("#00735c", "#b5402a", "grey print") < 2


@pytest.mark.parametrize("eyes", BLIND)
def test_neighbouring_shades_of_answers_are_told_apart(eyes):
    """Worst to best answer; in grey the two ends are told apart by where they stand, left and right of the middle."""
    shades = ["#" + "".join(f"{round(255 * part):02x}" for part in shade[:3]) for shade in _shades(5)]
    assert all(distance(one, other, eyes) >= APART for one, other in pairwise(shades))
    assert all(distance(MIDDLE, end, eyes) >= 2 * APART for end in (BAD, GOOD))


@pytest.mark.parametrize("eyes", BLIND)
def test_bands_of_the_heat_map_are_told_apart_by_shade_or_by_hatch(eyes):
    marks = [maturity._shade(band, 0, ["a", "b", "c", "d"]) for band in "abcd"]
    for (one, hatch), (other, hatched) in combinations(marks, 2):
        colours = ["#" + "".join(f"{round(255 * part):02x}" for part in shade) for shade in (one, other)]
        assert hatch != hatched or distance(*colours, eyes) >= APART


@pytest.mark.parametrize("brand", BRANDS)
def test_a_brand_colour_is_seen_on_white_and_keeps_its_hue(brand):
    seen = legible(brand)
    assert contrast(seen) >= LEAST
    assert seen == brand or contrast(brand) < LEAST
    red, green, blue = (int(seen[at : at + 2], 16) for at in (1, 3, 5))
    assert brand != "#ffe600" or (red > 200 * 0.5 and green < red and blue == 0)
    assert Page(colour=brand).colour == seen


def test_contrast_of_black_and_white():
    assert contrast("#000000") == 21 and contrast("#ffffff") == 1 and luminance("#ffffff") == 1


@pytest.mark.parametrize("brand", BRANDS)
def test_dots_in_the_brand_colour_differ_from_others_by_their_mark(brand):
    """A grey brand is not told from NEUTRAL by its colour, so what is not shown or not chosen is hollow."""
    charts = {chart.__name__: (chart, result) for _, chart, result in charts_of(shipped())}
    for name in ("driver_importance", "lift_and_loss", "initiatives"):
        figure = figure_of(*charts[name], Page(language="da", colour=brand, currency="DKK"))
        dots = [line for ax in figure.axes for line in ax.lines if line.get_marker() == "o"]
        filled = {line.get_color() for line in dots if line.get_markerfacecolor() == line.get_color()}
        hollow = {line.get_color() for line in dots if line.get_markerfacecolor() == PAPER}
        assert filled == {legible(brand)} and hollow == {NEUTRAL}


def largest_changes(table):
    """The rows of which a chart has room: counted by hand, without the chart's own function."""
    return table.loc[sorted(sorted(table.index, key=lambda row: -abs(table.moved[row]))[:12])]


def test_groups_that_lie_apart_have_a_mark_of_their_own():
    charts = [(chart, result) for _, chart, result in charts_of(shipped()) if chart.__name__ in ("by_segment", "change")]
    marks = {"below the others": BELOW, "above the others": ABOVE, "has risen": ABOVE, "has fallen": BELOW}
    told = set()
    for chart, result in charts:
        table = result.tables["segments"] if chart.__name__ == "by_segment" else largest_changes(result.tables["change"])
        expected = [marks.get(verdict, BETWEEN) for verdict in table[table.n.notna()].verdict]
        figure = figure_of(chart, result, Page())
        drawn = [line.get_marker() for ax in figure.axes for line in ax.lines if line.get_marker() in "^vo"]
        assert sorted(drawn) == sorted(expected)
        told |= set(drawn)
    assert len(told) == 3 and len({ABOVE, BELOW, BETWEEN}) == 3


