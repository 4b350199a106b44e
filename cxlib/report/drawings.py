"""A drawing of a page as a file of its own: SVG that stands alone, PNG, PDF.

typst draws SVG in either form without a browser and without a library of the system, and takes our typeface along.
"""

import io
import re
import textwrap
from functools import cache
from pathlib import Path

from markupsafe import escape

from cxlib.report.typeface import FAMILY, faces

VARIABLE = re.compile(r"var\(--c-\w+,(#\w+)\)")
BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
SHEET = (
    "#set document(date: none)\n#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: {fill})\n"
    '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
)
TITLE = re.compile(r"<title[^>]*>(.*?)</title>")
PIXELS = 1296  # across a wide drawing: 180 for an inch, sharp in print and on a wall
COLOURS = 64  # no shade strays from its own; a third of the weight of 16 million


KINDS = ("svg", "png", "pdf")
HEAD, FOOT, EDGE = 24, 13, 4  # points: of the title above a drawing, of a line of the caption below it, at its left
FOOT_LETTERS = 0.22  # of a line of the caption for each point of the width


def framed(svg: str, caption: str = "") -> str:
    """The drawing with its title above it and its caption below, as it is shown outside of a page."""
    width, height = map(float, _size(svg))
    title = TITLE.search(svg)
    lines = textwrap.wrap(caption, int(FOOT_LETTERS * width))
    opening, rest = svg.split(">", 1)
    opening = BOX.sub(f'viewBox="0 0 {width:g} {HEAD + height + FOOT * len(lines) + EDGE:g}"', opening, count=1)
    texts = [f'<text x="{EDGE}" y="16" font-size="12" font-weight="700" fill="#1d2733">{title[1]}</text>' if title else ""]
    texts += [f'<text x="{EDGE}" y="{HEAD + height + FOOT * (place + 0.8):g}" font-size="9" fill="#5b6773">{escape(line)}</text>'
              for place, line in enumerate(lines)]  # fmt: skip
    inside = rest.removesuffix("</svg>")
    return f'{opening}><rect width="100%" height="100%" fill="#ffffff"/><g transform="translate(0 {HEAD})">{inside}</g>{"".join(texts)}</svg>'


def write(svg: str, file: Path) -> None:
    """Writes the drawing in the form that the name of the file ends in."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise ValueError(f"{file.name!r}: a chart is written as {', '.join(f'.{kind}' for kind in KINDS)}.")
    file.write_bytes(alone(svg).encode() if kind == "svg" else png(svg) if kind == "png" else pdf(svg))


def alone(svg: str) -> str:
    """The drawing with its colours, its size and its typeface in itself."""
    width, height = _size(svg)
    drawn = VARIABLE.sub(r"\1", svg).replace("<svg ", f'<svg width="{width}pt" height="{height}pt" ', 1)
    return drawn.replace(">", f'><style>{faces()}\ntext {{ font-family: "{FAMILY}"; }}</style>', 1)


def png(svg: str, width: int = PIXELS) -> bytes:
    """The drawing as PNG, `width` pixels across; bytes repeat."""
    from PIL import Image

    inches = float(_size(svg)[0]) / 72
    picture = Image.open(io.BytesIO(_printed(svg, "png", ppi=width / inches, fill="white"))).convert("RGB")
    small, written = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE), io.BytesIO()
    small.save(written, "png", optimize=True)
    return written.getvalue()


def pdf(svg: str) -> bytes:
    """The drawing as a PDF of one page of its size, its text as text; bytes repeat."""
    return _printed(svg, "pdf")


def _printed(svg: str, kind: str, fill: str = "none", **options: float) -> bytes:
    try:
        import typst
    except ImportError:
        raise ImportError("PNG and PDF of a drawing need typst; install it with: pip install 'cxlib[pictures]'") from None
    width, height = _size(svg)
    drawn = VARIABLE.sub(r"\1", svg).replace("<svg ", '<svg font-family="Source Sans Pro" ', 1)
    sheet = SHEET.format(width=width, height=height, fill=fill).encode()
    return typst.compile(
        sheet, format=kind, font_paths=[_typeface()], ignore_system_fonts=True, sys_inputs={"svg": drawn}, **options
    )


@cache
def _typeface() -> Path:
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_files_ttf["SourceSansPro"]).parent


def _size(svg: str) -> tuple[str, str]:
    return BOX.search(svg).groups()
