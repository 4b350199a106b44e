"""A figure as SVG that stands in a page: text stays text, colours follow the page, ids are its own, bytes repeat.

matplotlib's own SVG backend dresses every mark in a style of its own, keeps metadata and random ids, and has to be cut
down and recoloured afterwards. This renderer writes only what a page needs: one decimal of a point, colours of the
palette as CSS variables with themselves as fallback, and what several marks in a row share once, on their group.
"""

import base64
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from markupsafe import escape
from matplotlib import font_manager
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image

POINTS = 72  # of an inch: the unit of the drawing
OWN = "\ue000"  # stands for the prefix of the ids, until the drawing is known that it is made from
UNWRITABLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff{OWN}]")  # no place in XML, or no sign
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
CAPS = {"butt": "butt", "round": "round", "projecting": "square"}
CIRCLE = Path.unit_circle().vertices
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
BOLD = 600  # the weight from which text is written in the bolder of the page's two cuts
MEASURED: dict[tuple, tuple[float, float, float]] = {}  # texts come again and again: in each layout and language
MOST_MEASURED = 10_000
HEIGHTS: dict[tuple, tuple[float | None, float | None, float | None, int]] = {}  # of a font, and how many of their unit make its size
HATCH = 72  # points across that a pattern repeats after, as in matplotlib


def svg(figure: Figure, title: str, alt: str, colours: Mapping[str, str], described: str = "") -> str:
    """The figure as one <svg>; `colours` are the variables of the page: {"#1d2733": "ink"}.

    described   the prefix of a drawing on the same page whose title and description are this one's, too
    """
    renderer = laid_out(figure, colours)
    body = renderer.written()
    prefix = f"c{hashlib.sha256(f'{title}{alt}{body}'.encode()).hexdigest()[:10]}"
    told, owner = "", described or prefix
    if not described:
        told = f'<title id="{prefix}-t">{text_of(title)}</title><desc id="{prefix}-d">{text_of(alt)}</desc>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {_short(renderer.width)} '
        f'{_short(renderer.height)}" aria-labelledby="{owner}-t {owner}-d" fill="none" stroke-linejoin="round">'
        f"{told}{body.replace(OWN, prefix)}</svg>"
    )


def prefix_of(drawing: str) -> str:
    """The prefix of the ids of a drawing."""
    return re.search(r'aria-labelledby="(\w+)-t', drawing)[1]


def laid_out(figure: Figure, colours: Mapping[str, str]) -> "PageRenderer":
    """The renderer on which the figure was laid out and drawn, with the measures of its texts."""
    figure.set_dpi(POINTS)
    canvas = PageCanvas(figure)
    width, height = figure.get_size_inches()
    canvas.renderer = PageRenderer(width, height, colours)
    figure.draw(canvas.renderer)
    return canvas.renderer


class PageCanvas(FigureCanvasBase):
    """Gives a figure the renderer by which it lays itself out."""

    renderer: "PageRenderer"

    def get_renderer(self) -> "PageRenderer":
        return self.renderer


class PageRenderer(RendererBase):
    """Collects the marks of a figure, each as (what it shares with others, what is its own)."""

    def __init__(self, width: float, height: float, colours: Mapping[str, str]):
        super().__init__()
        self.width, self.height = width * POINTS, height * POINTS
        self.colours = colours
        self.marks: list[tuple[str, str]] = []
        self.defined: dict[str, str] = {}
        self.down = Affine2D().scale(1, -1).translate(0, self.height)

    def get_canvas_width_height(self):
        return self.width, self.height

    def get_text_width_height_descent(self, s, prop, ismath):
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        look = (s, prop.get_size_in_points(), *_cut(prop))
        if look not in MEASURED:
            if len(MEASURED) >= MOST_MEASURED:
                MEASURED.clear()
            MEASURED[look] = super().get_text_width_height_descent(s, prop, ismath)
        return MEASURED[look]

    def _get_font_height_metrics(self, prop):
        """Ascent, descent and gap between lines; matplotlib otherwise reads them from the font file in each layout of each text."""
        cut = _cut(prop)
        if cut not in HEIGHTS:
            HEIGHTS[cut] = _heights(prop)
        *heights, whole = HEIGHTS[cut]
        scale = 1 / whole * prop.get_size_in_points()
        return tuple(None if height is None else height * scale for height in heights)

    def written(self) -> str:
        """All that was drawn, what several marks in a row share once."""
        parts = []
        if self.defined:
            shapes = (shape.replace(f'id="{OWN}"', f'id="{OWN}-{number}"') for number, shape in enumerate(self.defined.values()))
            parts.append(f"<defs>{''.join(shapes)}</defs>")
        for shared, marks in groupby(self.marks, key=lambda mark: mark[0]):
            own = [mark for _, mark in marks]
            parts.append(f"<g{shared}>{''.join(own)}</g>" if len(own) > 1 else own[0].replace(" ", f"{shared} ", 1))
        return "".join(parts)

    def draw_path(self, gc, path, transform, rgbFace=None):
        to_page = transform + self.down
        face = rgbFace if rgbFace is not None and not (len(rgbFace) == 4 and rgbFace[3] == 0) else None
        wide = gc.get_linewidth() if gc.get_rgb()[3] else 0.0
        if face is None and not wide and not gc.get_hatch():
            return
        mark = _circle(path, to_page) or self._outline(path, to_page)
        if not mark:
            return
        clip = self._clip(gc, path, to_page, wide)
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        shared = clip
        if face is not None:
            shared += self._paint("fill", face, alpha)
        if wide:
            shared += self._paint("stroke", gc.get_rgb(), alpha)
            shared += f' stroke-width="{_short(wide, 2)}"' if _short(wide, 2) != "1" else ""
            shared += _dashed(gc)
            cap = CAPS[gc.get_capstyle()]
            shared += f' stroke-linecap="{cap}"' if cap != "butt" and not _closed(path) else ""
        if face is not None or wide:
            self.marks.append((shared, mark))
        if not gc.get_hatch():
            return
        lines = None if (box := _box(path, to_page)) is None else _crossing(gc.get_hatch_path(), box)
        if lines:
            stroke = self._paint("stroke", gc.get_hatch_color(), None)
            self.marks.append((f'{clip}{stroke} stroke-width="{_short(gc.get_hatch_linewidth(), 2)}"', f'<path d="{lines}"/>'))
        elif lines is None:
            self.marks.append((f'{clip} fill="url(#{OWN}-{self._hatch(gc)})"', mark))

    def draw_image(self, gc, x, y, im, transform=None):
        picture = io.BytesIO()
        height, width = im.shape[:2]
        Image.fromarray(im[::-1]).save(picture, "png", optimize=True)
        data = base64.b64encode(picture.getvalue()).decode()
        place = Bbox.from_bounds(x, self.height - y - height, width, height)
        if transform is not None:
            place = Bbox.unit().transformed(transform + Affine2D().translate(x, y) + self.down)
        where = zip(("x", "y", "width", "height"), (place.xmin, place.ymin, abs(place.width), abs(place.height)), strict=True)
        told = " ".join(f'{name}="{_short(value)}"' for name, value in where)
        self.marks.append(("", f'<image {told} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'))

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath:  # a formula: its signs are drawn, not written
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        shared = f' font-size="{_short(prop.get_size_in_points())}"{self._paint("fill", gc.get_rgb(), None)}'
        if _bold(prop):
            shared += ' font-weight="700"'
        if prop.get_style() == "italic":
            shared += ' font-style="italic"'
        anchor = ANCHORS[mtext.get_ha()] if mtext is not None and not angle else "start"
        if anchor != "start":  # stays in its place where another typeface has to stand in
            width = self.get_text_width_height_descent(s, prop, ismath)[0]
            x += width if anchor == "end" else width / 2
            shared += f' text-anchor="{anchor}"'
        turned = f' transform="rotate({_short(-angle)} {_short(x)} {_short(y)})"' if angle else ""
        self.marks.append((shared, f'<text x="{_short(x)}" y="{_short(y)}"{turned}>{text_of(s)}</text>'))

    def _outline(self, path: Path, to_page) -> str:
        outline = "".join(_segments(path.iter_segments(to_page, remove_nans=True, simplify=None)))
        return f'<path d="{outline}"/>' if outline else ""

    def _paint(self, what: str, colour: Sequence[float], alpha: float | None) -> str:
        hexed = to_hex(colour[:3])
        variable = self.colours.get(hexed)
        paint = f' {what}="var(--c-{variable},{hexed})"' if variable else f' {what}="{hexed}"'
        opacity = alpha if alpha is not None else colour[3] if len(colour) > 3 else 1.0
        return f'{paint} {what}-opacity="{_short(opacity, 2)}"' if opacity < 0.995 else paint

    def _clip(self, gc, path: Path, to_page, wide: float) -> str:
        """Cut where the mark goes beyond what it is cut to; most marks do not, and owe nothing then."""
        rectangle, (shape, moved) = gc.get_clip_rectangle(), gc.get_clip_path()
        if rectangle is None and shape is None:
            return ""
        edge = rectangle.transformed(self.down) if rectangle is not None else shape.get_extents(moved + self.down)
        points, spare = to_page.transform(path.vertices), wide / 2 + 0.1
        if (points >= edge.min - spare).all() and (points <= edge.max + spare).all():
            return ""
        box = Path([(edge.xmin, edge.ymin), (edge.xmax, edge.ymin), (edge.xmax, edge.ymax), (edge.xmin, edge.ymax),
                    (edge.xmin, edge.ymin)], closed=True)  # fmt: skip
        outline = self._outline(box, Affine2D()) if shape is None else self._outline(shape, moved + self.down)
        return f' clip-path="url(#{OWN}-{self._define(f"<clipPath id={chr(34)}{OWN}{chr(34)}>{outline}</clipPath>")})"'

    def _hatch(self, gc) -> int:
        stroke = self._paint("stroke", gc.get_hatch_color(), None)
        lines = self._outline(gc.get_hatch_path(), Affine2D().scale(HATCH, -HATCH).translate(0, HATCH))
        lines = lines.replace(" ", f'{stroke} stroke-width="{_short(gc.get_hatch_linewidth(), 2)}" ', 1)
        return self._define(
            f'<pattern id="{OWN}" width="{HATCH}" height="{HATCH}" patternUnits="userSpaceOnUse">{lines}</pattern>'
        )

    def _define(self, shape: str) -> int:
        self.defined.setdefault(shape, shape)
        return list(self.defined).index(shape)


def text_of(text: object) -> str:
    """Text as it may stand in SVG, within HTML or alone."""
    return str(escape(UNWRITABLE.sub("", str(text)).replace("  ", "\u00a0\u00a0")))  # of several blanks a page shows one


def _segments(segments: Iterable) -> Iterable[str]:
    """The commands of a path, one decimal each; what would not be seen to move is left out."""
    x = y = ""
    for points, code in segments:
        if code == Path.CLOSEPOLY:
            yield "Z"
            continue
        told = [_short(value) for value in points]
        if code == Path.LINETO:
            if told == [x, y]:
                continue
            yield f"V{told[1]}" if told[0] == x else f"H{told[0]}" if told[1] == y else f"L{_joined(told)}"
        else:
            yield f"{COMMANDS[code]}{_joined(told)}"
        x, y = told[-2:]


def _joined(told: Sequence[str]) -> str:
    return "".join(text if not place or text.startswith("-") else f" {text}" for place, text in enumerate(told))


def _box(path: Path, to_page) -> Bbox | None:
    """The mark as a box where it is one."""
    points = to_page.transform(path.vertices[:4]).round(3)
    whole = path.codes is not None and list(path.codes[:4]) == [Path.MOVETO, *3 * [Path.LINETO]] and _closed(path)
    edges = [len(set(points[:, axis])) for axis in (0, 1)]
    return Bbox([points.min(0), points.max(0)]) if whole and len(path) == 5 and edges == [2, 2] else None


def _crossing(hatch: Path, box: Bbox) -> str | None:
    """The lines of a hatch within a box, None for one that is no lines.

    A pattern would be shorter to write, and a page that is printed would hold a picture for every mark filled by it.
    """
    if set(hatch.codes) - {Path.MOVETO, Path.LINETO}:
        return None
    told = []
    for corner in np.ndindex(*(int(edge // HATCH) + 1 for edge in box.max)):
        tile = Bbox.from_bounds(corner[0] * HATCH, corner[1] * HATCH, HATCH, HATCH)
        if (shown := Bbox.intersection(tile, box)) is not None:
            lines = Affine2D().scale(HATCH, -HATCH).translate(*tile.p0).translate(0, HATCH).transform(hatch.vertices)
            told += [within for line in zip(lines[::2], lines[1::2], strict=True) if (within := _within(line, shown))]
    return "".join(told)


def _within(line: tuple[np.ndarray, np.ndarray], box: Bbox) -> str:
    """The piece of a straight line that lies in a box."""
    (start, end), entry, exit_ = line, 0.0, 1.0
    way = end - start
    for axis in (0, 1):
        low, high = box.min[axis] - start[axis], box.max[axis] - start[axis]
        if way[axis]:
            entry, exit_ = max(entry, min(low / way[axis], high / way[axis])), min(exit_, max(low / way[axis], high / way[axis]))
        elif not low <= 0 <= high:
            return ""
    ends = [_joined([_short(value) for value in start + way * share]) for share in (entry, exit_)]
    return f"M{ends[0]}L{ends[1]}" if exit_ > entry and ends[0] != ends[1] else ""


def _circle(path: Path, to_page) -> str:
    """The mark as a circle where it is one: a dot is drawn as twenty-six points otherwise."""
    if len(path) != len(CIRCLE) or not np.allclose(path.vertices / path.vertices.max(), CIRCLE):
        return ""
    points = to_page.transform(path.vertices)
    (x, y), (wide, high) = (points.max(0) + points.min(0)) / 2, np.ptp(points, 0) / 2
    return f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(wide, 2)}"/>' if abs(wide - high) < 0.1 else ""


def _cut(prop) -> tuple:
    """What makes a font of its own of a text's properties, whatever its size."""
    return prop.get_weight(), prop.get_style(), tuple(prop.get_family()), prop.get_file()


def _heights(prop) -> tuple[float | None, float | None, float | None, int]:
    """Ascent, descent and gap between lines as the font states them, and the units of its size; None where it states none."""
    font = font_manager.get_font(font_manager.findfont(prop))
    stated = font.get_sfnt_table("OS/2")
    if stated is None:
        return None, None, None, 1
    return stated["sTypoAscender"], -stated["sTypoDescender"], stated["sTypoLineGap"], font.get_sfnt_table("head")["unitsPerEm"]


def _bold(prop) -> bool:
    weight = prop.get_weight()
    return (font_manager.weight_dict[weight] if isinstance(weight, str) else weight) >= BOLD


def _closed(path: Path) -> bool:
    return path.codes is not None and path.codes[-1] == Path.CLOSEPOLY


def _dashed(gc) -> str:
    offset, dashes = gc.get_dashes()
    if dashes is None:
        return ""
    told = ",".join(_short(dash) for dash in dashes)
    return f' stroke-dasharray="{told}"' + (f' stroke-dashoffset="{_short(offset)}"' if offset else "")


def _short(value: float, decimals: int = 1) -> str:
    """0.50 -> ".5"; no sign before nothing."""
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0", "") else text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
