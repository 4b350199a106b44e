"""A deck of slides on a plain master or the client's own: where the title and the room below it are, and its colours."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pptx import Presentation
from pptx.dml.color import ColorFormat, RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from cxlib.report.cover import Cover
from cxlib.report.office.chapters import clean

SOFT = "56626E"
INKS = {"ink": "1D2733", "soft": SOFT, "pale": "C3CDD5", "shade": "EDF0F3", "paper": "FFFFFF"}
VERDICTS = {"good": "005C4A", "bad": "C8542F"}  # on any master: told apart by colour-blind readers, too
FIXED = datetime(2000, 1, 1)  # the same report gives the same bytes
WIDTH, HEIGHT = 13.333, 7.5  # inches
LEFT_EDGE, INNER = 0.7, 11.93
TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}
FOOTERS = {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER}
THEME = {
    "brand": (MSO_THEME_COLOR.ACCENT_1, 0),
    "ink": (MSO_THEME_COLOR.TEXT_1, 0),
    "soft": (MSO_THEME_COLOR.TEXT_1, 0),
    "pale": (MSO_THEME_COLOR.ACCENT_1, 0.6),
    "shade": (MSO_THEME_COLOR.TEXT_1, 0.88),
    "paper": (MSO_THEME_COLOR.BACKGROUND_1, 0),
}
SCHEME = {"brand": "accent1", "ink": "tx1", "soft": "tx1", "pale": "accent1", "shade": "tx1", "paper": "bg1"}
SIDES = {"l": PP_ALIGN.LEFT, "c": PP_ALIGN.CENTER, "r": PP_ALIGN.RIGHT}
SMALLEST = 12  # points of any text
FOOT = 0.42  # inches of the line at the foot, which takes two
GLYPH = 0.53  # of its size: how wide a bold letter is on average
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's own table style without lines and fills
WIDEST = 50  # characters of a table's column, beside others
LOWEST_TITLE = 0.4  # of the slide's height: a title that ends lower is not one to write below


class Area(NamedTuple):
    """A place on a slide, in English Metric Units."""

    left: int
    top: int
    width: int
    height: int


class Deck:
    """Slides on one master. Colours come from the client's own master where there is one, else from the client's folder."""

    def __init__(self, cover: Cover, template: bytes | None = None):
        self.own = template is not None
        self.brand = cover.colour.lstrip("#").upper()
        self.made = _opened(template) if template else _plain(self.brand)
        about = self.made.core_properties
        about.title, about.author, about.last_modified_by, about.comments = clean(cover.client), "", "", ""
        about.created = about.modified = FIXED
        about.revision, about.language = 1, cover.language
        self.front = self._layout("title", "ctrTitle")
        self.inside = self._layout("titleOnly", "obj", "tx")

    def cover(self, title: str, below: str) -> None:
        """The first slide."""
        slide = self.made.slides.add_slide(self.front)
        slide.shapes.title.text = clean(title)
        rest = [shape for shape in slide.placeholders if shape.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE]
        if rest:
            rest[0].text = clean(below)
        else:
            area = self._below_title(slide)
            self.text(slide, clean(below), area._replace(height=Inches(0.6)), size=20)
        self._drop_empty(slide)

    def slide(self, title: str, size: int) -> tuple:
        """A slide with a title, and the room below it."""
        slide = self.made.slides.add_slide(self.inside)
        slide.shapes.title.text = title
        slide.shapes.title.text_frame.word_wrap = True
        slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
        self._drop_empty(slide)
        area = self._below_title(slide)
        if not self.own:  # the title of our own master stands at the top of its place, and the content follows it
            spare = slide.shapes.title.height - self.height_of(title, size, area.width) - Inches(0.12)
            if spare > 0:
                shape = slide.shapes.title
                shape.left, shape.top, shape.width, shape.height = shape.left, shape.top, shape.width, shape.height - spare
                area = area._replace(top=area.top - spare, height=area.height + spare)
        return slide, area

    @staticmethod
    def height_of(text: str, size: int, width: int) -> int:
        """About how high a text stands in a width."""
        letters = max(width / (Pt(size) * GLYPH), 1)
        return int(Pt(size) * 1.2 * -(-len(text) // letters))

    def text(
        self, slide, text: str, area: Area, *, size: int, ink: str = "ink", bold: bool = False, side: str = "l",
        anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
    ) -> None:  # fmt: skip
        """A text in a box of its own;  side : "l", "c" or "r"."""
        self.texts(slide, [(text, size, ink, bold)], area, side=side, anchor=anchor)

    def texts(self, slide, parts: Sequence[tuple[str, int, str, bool]], area: Area, *, side: str = "l", anchor=MSO_ANCHOR.TOP, gap: int = 0) -> None:
        """Paragraphs of (text, size, ink, bold) in one box, `gap` points apart."""
        frame = slide.shapes.add_textbox(*area).text_frame
        frame.word_wrap, frame.vertical_anchor = True, anchor
        frame.margin_left = frame.margin_right = 0
        for place, (text, size, ink, bold) in enumerate(parts):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.text, paragraph.alignment = clean(text), SIDES[side]
            paragraph.space_before = Pt(gap if place else 0)
            for run in paragraph.runs:
                run.font.size, run.font.bold = Pt(size), bold or None
                self.ink(run.font.color, ink)

    def rule(self, slide, area: Area, ink: str = "brand") -> None:
        """A thin filled field: a line beside or below something."""
        line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *area)
        line.shadow.inherit = False
        line.fill.solid()
        self.ink(line.fill.fore_color, ink)
        line.line.fill.background()

    def table(self, slide, area: Area, rows: list, sides: str, *, heading: bool = True, bold: int = 0, size: int = 12) -> None:
        """A table without fills, which any master can carry: lines below the rows, a strong one below the heading.

        sides  "l" or "r" for each column;  bold  how many rows after the heading are bold
        """
        shape = slide.shapes.add_table(len(rows), len(sides), area.left, area.top, area.width, min(area.height // len(rows), Pt(size * 3)) * len(rows))
        grid = self.bare(shape)
        widths = [
            min(max(11, *(len(row[place]) for row in rows[1:]), *map(len, rows[0][place].split())), WIDEST)
            for place in range(len(sides))
        ]
        for down, row in enumerate(rows):
            head = heading and down == 0
            for across, text in enumerate(row):
                grid.columns[across].width = Emu(int(area.width * widths[across] / sum(widths)))
                cell = grid.cell(down, across)
                self.cell(cell, text, size=size, side=sides[across], bold=head or 0 < down <= bold)
                self._line_below(cell, Pt(1.5) if head else Pt(0.5), "brand" if head else "soft")

    @staticmethod
    def bare(shape):
        """The table of a shape, without the colours of any style."""
        shape._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
        return shape.table

    def cell(self, cell, text: str, *, size: int, side: str, ink: str = "ink", bold: bool = False, fill: str | None = None) -> None:
        """Writes a cell of a table;  fill : "RRGGBB", on which the text is dark on any master."""
        cell.text, cell.vertical_anchor = clean(text), MSO_ANCHOR.MIDDLE
        cell.margin_top = cell.margin_bottom = Pt(2)
        cell.margin_left = cell.margin_right = Pt(3)
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = SIDES[side]
        if fill:
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(fill)
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
            if fill:
                run.font.color.rgb = RGBColor.from_string(INKS["ink"])
            else:
                self.ink(run.font.color, ink)

    def _line_below(self, cell, width: int, part: str) -> None:
        line = parse_xml(f'<a:lnB {nsdecls("a")} w="{width}"><a:solidFill><a:srgbClr val="{SOFT}"/></a:solidFill></a:lnB>')
        cell._tc.get_or_add_tcPr().insert(0, line)
        if self.own:
            name = "accent1" if part == "brand" else "tx1"
            line[0].replace(line[0][0], parse_xml(f'<a:schemeClr {nsdecls("a")} val="{name}"/>'))
        elif part == "brand":
            line[0][0].set("val", self.brand)

    def picture(self, slide, area: Area, png: bytes, alt: str) -> None:
        """A picture as large as the area takes it, in its own proportions."""
        shape = slide.shapes.add_picture(io.BytesIO(png), area.left, area.top, width=area.width)
        if shape.height > area.height:
            shape.width, shape.height = int(shape.width * area.height / shape.height), area.height
        shape.left, shape.top = area.left + (area.width - shape.width) // 2, area.top + (area.height - shape.height) // 2
        shape._element.nvPicPr.cNvPr.set("descr", alt)

    def foot(self, slide, text: str) -> None:
        """What the slide rests on and whose it is, and the number of the slide."""
        room = self._room(slide)
        number, top = Inches(0.6), room.top + room.height
        self.text(slide, clean(text), Area(room.left, top, room.width - number, Inches(FOOT)), size=SMALLEST, ink="soft", anchor=MSO_ANCHOR.BOTTOM)
        self.text(slide, "#", Area(room.left + room.width - number, top, number, Inches(FOOT)), size=SMALLEST, ink="soft", side="r", anchor=MSO_ANCHOR.BOTTOM)
        paragraph = slide.shapes[-1].text_frame.paragraphs[0]
        run = paragraph.runs[0]._r
        field = parse_xml(f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"/>')
        for part in list(run):
            field.append(part)
        run.getparent().replace(run, field)

    def ink(self, colour: ColorFormat, part: str) -> None:
        """Gives a colour: "brand", "ink", "soft", "pale", "shade", "paper", "good" or "bad"."""
        if self.own and part in THEME:
            colour.theme_color, brightness = THEME[part]
            if brightness:
                colour.brightness = brightness
        else:
            colour.rgb = RGBColor.from_string(self._plain_ink(part))

    def colour(self, part: str):
        """The same as an element, for what python-pptx does not draw."""
        if self.own and part in SCHEME:
            return parse_xml(f'<a:schemeClr {nsdecls("a")} val="{SCHEME[part]}"/>')
        return parse_xml(f'<a:srgbClr {nsdecls("a")} val="{self._plain_ink(part)}"/>')

    def _plain_ink(self, part: str) -> str:
        return (INKS | VERDICTS | {"brand": self.brand})[part]

    def save(self, file: io.BytesIO) -> None:
        self.made.save(file)

    def _layout(self, *types: str):
        """The first layout of one of the types that has a title, else the first that has one."""
        layouts = [layout for layout in self.made.slide_layouts if _title_of(layout) is not None]
        typed = [layout for kind in types for layout in layouts if layout._element.get("type") == kind]
        if not layouts:
            raise ValueError("the client's PowerPoint template has no layout with a title; add one, or remove `template`")
        return (typed or layouts)[0]

    def _room(self, slide) -> Area:
        """All that is free for content from the title down, above the master's own footer."""
        title, layout = slide.shapes.title, slide.slide_layout
        high = [shape.top for shape in layout.placeholders if shape.placeholder_format.type in FOOTERS and shape.top]
        bottom = min([top for top in high if top > self.made.slide_height * 0.7], default=self.made.slide_height)
        limit = min(bottom, self.made.slide_height - Inches(0.1)) - Inches(FOOT)
        top = title.top + title.height
        if top > LOWEST_TITLE * self.made.slide_height:
            top = title.top + Inches(1) if title.top < LOWEST_TITLE * self.made.slide_height else Inches(0.5)
        return Area(title.left, top, title.width, limit - top)

    def _below_title(self, slide) -> Area:
        room = self._room(slide)
        return room._replace(top=room.top + Inches(0.05), height=room.height - Inches(0.05))

    @staticmethod
    def _drop_empty(slide) -> None:
        """Placeholders that nothing was written into would show their prompt."""
        for shape in list(slide.placeholders):
            if not shape.has_text_frame or not shape.text_frame.text:
                shape._element.getparent().remove(shape._element)


def _title_of(layout):
    return next((shape for shape in layout.placeholders if shape.placeholder_format.type in TITLES), None)


def _opened(template: bytes):
    """The client's own master, without slides of its own; a .potx is opened as if it were a .pptx."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys(old.namelist()):
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"presentationml.template.main+xml", b"presentationml.presentation.main+xml")
            new.writestr(name, data)
    deck = Presentation(packed)
    for slide in list(deck.slides._sldIdLst):
        deck.part.drop_rel(slide.rId)
        deck.slides._sldIdLst.remove(slide)
    for gone in ("p:extLst", "p:custShowLst"):  # sections and shows name slides that are no longer there
        for element in deck.part._element.findall(qn(gone)):
            deck.part._element.remove(element)
    return deck


def _plain(brand: str):
    """A wide deck on a plain master: nothing of the library's own, a line in the client's colour."""
    deck = Presentation()
    stretch = WIDTH / (deck.slide_width / Inches(1))
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:  # else it stands where its master's stands
                shape.left, shape.width = Emu(int(shape.left * stretch)), Emu(int(shape.width * stretch))
    for part, kind in ((deck.part, "printerSettings"), (deck.part.package, "thumbnail")):
        for key, relation in list(part._rels.items()):
            if relation.reltype.endswith(kind):
                part._rels.pop(key)
    for layout in deck.slide_layouts:
        if layout._element.get("type") == "titleOnly":
            _place(_title_of(layout), 0.35, 1.2)
        elif layout._element.get("type") == "title":
            _place(_title_of(layout), 2.2, 1.2, size=40)
            _place(next(s for s in layout.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE), 3.5, 1, size=20)
    for level in deck.slide_master._element.xpath("p:txStyles/p:titleStyle/a:lvl1pPr"):
        level.set("algn", "l")
        level.find(qn("a:defRPr")).set("sz", "2400")
        level.find(qn("a:defRPr")).set("b", "1")
    _line_above(deck, brand)
    return deck


def _place(shape, top: float, height: float, size: int = 0) -> None:
    shape.left, shape.top, shape.width, shape.height = (Inches(x) for x in (LEFT_EDGE, top, INNER, height))
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = 0
    if not size:
        frame.vertical_anchor = MSO_ANCHOR.TOP
    if size:
        styles = shape._element.txBody.find(qn("a:lstStyle"))
        for old in styles.findall(qn("a:lvl1pPr")):
            styles.remove(old)
        styles.insert(0, parse_xml(f'<a:lvl1pPr {nsdecls("a")} marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="{size * 100}"/></a:lvl1pPr>'))


def _line_above(deck, brand: str) -> None:
    blank = deck.slides.add_slide(deck.slide_layouts[6])
    line = blank.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, deck.slide_width, Inches(0.12))
    line.fill.solid()
    line.fill.fore_color.rgb = RGBColor.from_string(brand)
    line.line.fill.background()
    line.shadow.inherit = False
    deck.slide_master.shapes._spTree.insert(2, line._element)  # python-pptx cannot draw on a master
    for slide in list(deck.slides._sldIdLst):
        deck.part.drop_rel(slide.rId)
        deck.slides._sldIdLst.remove(slide)
