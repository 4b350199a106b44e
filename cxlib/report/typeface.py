"""The typeface of pages and charts: the letters that reports use, small enough to stand in every page.

`python -m cxlib.report.typeface` makes `templates/typeface/` anew from the package font-source-sans-pro. A cut-down
font is a changed one, which the licence (SIL OFL 1.1) lets nobody call by the reserved name: here it is "Report Sans".
"""

import base64
from functools import cache
from pathlib import Path

FAMILY = "Report Sans"
FOLDER = Path(__file__).parents[2] / "templates" / "typeface"
CUTS = {400: "SourceSansPro", 700: "SourceSansProBold"}
LETTERS = {*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "–—‘’‚“”„•…‹›€−≥≤≈→←↑↓▲▼●○✓№\u2009\u202f\u2060")}
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "tnum"]
KEPT_NAMES = [0, 1, 2, 13, 14]  # copyright, family, cut, licence and its address


@cache
def faces() -> str:
    """The rules of a style sheet that hold the typeface."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url(data:font/woff2;base64,{_data(file)}); }}'
        for weight, file in _files().items()
    )


def _data(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def _files() -> dict[int, Path]:
    return {weight: FOLDER / f"report-sans-{weight}.woff2" for weight in CUTS}


def make() -> None:
    """Writes the files of the typeface anew."""
    import font_source_sans_pro
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, name_IDs=KEPT_NAMES, layout_features=FEATURES)
    for weight, file in _files().items():
        font = subset.load_font(font_source_sans_pro.font_files_ttf[CUTS[weight]], options)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=LETTERS)
        cut.subset(font)
        font["name"].names = [name for name in font["name"].names if name.nameID != 1]
        font["name"].setName(FAMILY, 1, 3, 1, 0x409)
        font["head"].modified = font["head"].created  # bytes that repeat
        subset.save_font(font, file, options)


if __name__ == "__main__":
    make()
