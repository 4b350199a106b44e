"""The report as a deck that can be sent: one message a slide, its evidence in one exhibit, base and method in the notes."""

import io
import math
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from nbformat import NotebookNode

try:
    import pptx  # noqa: F401  an extra: asked for by its own name before its parts
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches
except ImportError:
    raise ImportError("slides need python-pptx; install it with: pip install 'cxlib[pptx]'") from None

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.result import Finding, Result, Term
from cxlib.report.cover import Cover
from cxlib.report.drawings import png
from cxlib.report.front_page.overview import VERDICTS, headline, page_findings
from cxlib.report.language.words import sentence, translated
from cxlib.report.lines import BASE, base_line, method_line, periods_line
from cxlib.report.office.chapters import (
    Chapter,
    chapters,
    clean,
    definition_text,
    filled_tables,
    finding_text,
)
from cxlib.report.office.slide_charts import (
    DECLARED,
    PART,
    Drawing,
    Exhibit,
    Field,
    RisingLevels,
    Shades,
    Shown,
    Tiles,
    drawing,
    showing,
)
from cxlib.report.office.slide_deck import Area, Deck
from cxlib.report.office.slide_drawings import alt_of, draw_chart, draw_field, draw_shades, draw_stairs
from cxlib.report.tables import heading, readable

NEXT = Term("Next steps: what to do first")
FULL = 4  # answers and steps together, from which each has a slide
LINES = Term("Thin lines: {interval}.")
MOST_EXHIBITS = 11  # slides with an exhibit: with cover, answers, decisions and what cannot be told at most fifteen
FEWEST = 6  # exhibits, below which further findings are drawn
OF_ITS_OWN = 5  # slides of a page that has none of the declared results
MOST_ROWS, MOST_COLUMNS, LONGEST, FEW_ROWS = 10, 7, 60, 4
TITLE_SIZES = ((160, 24), (260, 20), (math.inf, 18))  # characters that fit in points
SIZES = (24, 22, 20, 18, 16, 14)
TOPIC, GAP = 0.36, 0.08  # inches: a line above an exhibit, between two things
ASIDE = 0.29  # of the width: the sentences beside an exhibit
MOST_BESIDE, LONGEST_BESIDE = 2, 230


class Slide(NamedTuple):
    """A finding that has a slide, and what is drawn of it; None leaves a table, or what the page draws."""

    shown: Shown
    exhibit: Exhibit | None
    kind: str


def write_slides(
    file: Path,
    notebooks: Mapping[str, NotebookNode],
    cover: Cover,
    template: bytes | None = None,
    summary: Mapping[str, Sequence[Mapping]] | None = None,
) -> None:
    """Writes the slides: the answers, a slide for each exhibit, what to decide and what cannot be told; at most fifteen.

    template  the client's own master, the bytes of a .potx or .pptx; None gives a plain one
    summary   the lists of `report.overview.overview`, of which "answers", "tiles", "decisions" and "unclear" are shown
    The bytes repeat.
    """
    deck = Deck(cover, template)
    lists = summary or {}
    below = translated("Customer report", cover.language), cover.period, lists.get("who", "")
    deck.cover(cover.client, " · ".join(filter(None, below)))
    answers, unclear, steps = _listed(lists.get("answers", ())), _listed(lists.get("unclear", ())), lists.get("decisions", ())
    few = len(answers) + len(steps) < FULL  # a slide of its own would stand half empty
    asked = [(translated(NEXT, cover.language), " ".join([step["does"], *(text for text, _ in _about_step(step, cover))])) for step in steps if few]
    _list_slide(deck, translated("The answers in short", cover.language), [*answers, *asked], cover)
    for slide in chosen(chapters(notebooks, cover.language), cover):
        _exhibit_slide(deck, slide, lists.get("tiles", ()), cover)
    if not few:
        _decisions(deck, steps, cover)
    _list_slide(deck, translated("What these data cannot tell", cover.language), unclear, cover)
    whole = io.BytesIO()
    deck.save(whole)
    file.write_bytes(_repeatable(whole))


def chosen(read: Sequence[Chapter], cover: Cover) -> list[Slide]:
    """The slides with an exhibit: of every page one before a second, then in the order of a deck.

    Where these are few, further main findings of the pages follow, each with a chart of its own.
    """
    of_pages = [list(_of_page(chapter, cover)) for chapter in read]
    in_turn = [slide for row in zip_longest(*of_pages) for slide in row if slide is not None]
    if len(in_turn) < FEWEST:
        in_turn += [slide for chapter in read for slide in _own(chapter, cover) if slide.exhibit]
    once: dict[str, Slide] = {}
    drawn: list[Exhibit | None] = []
    for slide in in_turn:
        if slide.shown.text not in once and (slide.exhibit is None or not any(_same(slide.exhibit, each) for each in drawn)):
            once[slide.shown.text] = slide
            drawn.append(slide.exhibit)
    order = {name: place for place, name in enumerate(DECLARED)}
    return sorted(list(once.values())[:MOST_EXHIBITS], key=lambda slide: order.get(slide.shown.result.name, len(order)))


def _same(one: Exhibit, other: Exhibit | None) -> bool:
    """Whether two exhibits draw the same figures, whomever they point at."""
    if isinstance(one, Drawing) and isinstance(other, Drawing):
        return (one.title, one.categories) == (other.title, other.categories)
    return one == other


def _of_page(chapter: Chapter, cover: Cover) -> Iterator[Slide]:
    """What a page gives: an exhibit of each kind that its results declare; where none does, its main findings."""
    results = [(section, result) for section in chapter.sections for result in section.results]
    answer = next(iter(_main(chapter)), None)
    kinds: set[str] = set()
    for name, (kind, draw) in DECLARED.items():
        for section, result in results:
            if result.name == name and kind not in kinds and (finding := _leading(result, answer)):
                shown = Shown(finding_text(finding, cover.language, cover.currency), chapter, section, result, finding)
                if exhibit := draw(shown, cover):
                    kinds.add(kind)
                    yield Slide(shown, exhibit, kind)
    if not kinds:
        yield from _own(chapter, cover)


def _main(chapter: Chapter) -> list[Finding]:
    results = [result for section in chapter.sections for result in section.results]
    return page_findings({"file": chapter.name, "results": results, "answer": chapter.answer})


def _leading(result: Result, answer: Finding | None) -> Finding | None:
    """What a slide says of a result: what it answers the page's question with, else what heads its section."""
    heads = headline([result])
    if heads is not None and heads.tone not in VERDICTS and any(answer is each for each in result.findings):
        return answer
    return heads


def _own(chapter: Chapter, cover: Cover) -> Iterator[Slide]:
    """The main findings of a page, each with its chart."""
    origin = {id(finding): (section, result) for section in chapter.sections for result in section.results for finding in result.findings}
    for finding in _main(chapter)[:OF_ITS_OWN]:
        section, result = origin[id(finding)]
        shown = Shown(finding_text(finding, cover.language, cover.currency), chapter, section, result, finding)
        yield Slide(shown, drawing(shown, cover), "")


def _exhibit_slide(deck: Deck, made: Slide, tiles: Sequence[Mapping], cover: Cover) -> None:
    shown, exhibit, kind = made
    slide, area = _titled(deck, shown.text)
    beside = [] if isinstance(exhibit, Shades) else _beside(shown, cover)
    if isinstance(exhibit, Tiles):
        (_tiles if tiles else _table)(deck, slide, area, *([tiles] if tiles else [shown, cover]))
    else:
        told = _tile_lines(tiles) if kind == "course" and tiles else [(text, 18 if sum(map(len, beside)) < 260 else 16, "ink", False) for text in beside]
        if told:
            width = int(area.width * ASIDE)
            left = area.left + area.width - width
            deck.rule(slide, Area(left - Inches(0.22), area.top + Inches(0.1), Inches(0.03), area.height - Inches(0.3)))
            deck.texts(slide, told, Area(left, area.top, width, area.height - Inches(0.1)), anchor=MSO_ANCHOR.MIDDLE, gap=14 if kind != "course" else 0)
            area = area._replace(width=area.width - width - Inches(0.45))
        _draw(deck, slide, area, exhibit, shown, cover)
    _foot(deck, slide, shown.result, exhibit, cover)
    slide.notes_slide.notes_text_frame.text = _notes(shown, beside, cover)


def _draw(deck: Deck, slide, area: Area, exhibit: Exhibit | None, shown: Shown, cover: Cover) -> None:
    alt = f"{shown.text} {alt_of(exhibit, cover)}" if exhibit else ""
    if exhibit is not None and not isinstance(exhibit, Shades):
        deck.text(slide, exhibit.title, area._replace(height=Inches(TOPIC)), size=14, ink="soft")
        area = area._replace(top=area.top + Inches(TOPIC + GAP), height=area.height - Inches(TOPIC + 2 * GAP))
    if isinstance(exhibit, Drawing):
        draw_chart(deck, slide, area, exhibit, alt, cover)
    elif isinstance(exhibit, Field):
        draw_field(deck, slide, area, exhibit, alt, cover)
    elif isinstance(exhibit, RisingLevels):
        draw_stairs(deck, slide, area, exhibit, alt)
    elif isinstance(exhibit, Shades):
        draw_shades(deck, slide, area, exhibit, alt, cover)
    elif shown.section.pictures:
        picture = shown.section.pictures[0]
        deck.picture(slide, area, png(picture.svg), picture.alt)
    elif filled_tables(shown.result):
        _table(deck, slide, area, shown, cover)


def _beside(shown: Shown, cover: Cover) -> list[str]:
    """Up to two further sentences of the result, verdicts first, in their order."""
    others = [each for each in shown.result.findings if each is not shown.finding and each.says.about != "method"]
    texts = {finding_text(each, cover.language, cover.currency): each.tone for each in others}
    short = [text for text in texts if len(text) <= LONGEST_BESIDE and text != shown.text]
    best = sorted(short, key=lambda text: texts[text] not in VERDICTS)[:MOST_BESIDE]
    return [text for text in short if text in best]


def _tile_lines(tiles: Sequence[Mapping]) -> list[tuple[str, int, str, bool]]:
    """The headline figures beside the course of the first: name, figure, and how it has moved."""
    lines = []
    for tile in tiles[:5]:
        moved = [line["text"] for line in tile["lines"][1:2]]
        lines += [(f"{tile['figure']}: {tile['value']}", 16, "ink", True), *((text, 14, "soft", False) for text in moved), (" ", 12, "soft", False)]
    return lines[:-1]


def _tiles(deck: Deck, slide, area: Area, tiles: Sequence[Mapping]) -> None:
    """The headline figures in two rows, each with what page one says of it."""
    across = len(tiles) if len(tiles) < 3 else 2 if len(tiles) == 4 else 3
    down = -(-len(tiles) // across)
    width, height = area.width // across, area.height // down
    for place, tile in enumerate(tiles):
        box = Area(area.left + place % across * width, area.top + place // across * height + Inches(0.1), width - Inches(0.3), height - Inches(0.25))
        deck.rule(slide, box._replace(height=Inches(0.04)))
        lines = [(line["text"], 18, line["tone"] if line["tone"] in VERDICTS else "soft", False) for line in tile["lines"]]
        told = [(tile["figure"], 18, "ink", True), (tile["value"], 48, "brand", True), *lines]
        deck.texts(slide, told, box._replace(top=box.top + Inches(0.08), height=box.height - Inches(0.08)))


def _foot(deck: Deck, slide, result: Result, exhibit: Exhibit | None, cover: Cover) -> None:
    base = sentence(BASE, {"used": result.base.used, "read": result.base.read}, cover.language)
    rests = "; ".join(filter(None, (base, periods_line(result.base, cover.language))))
    interval = exhibit.interval if exhibit else ""
    lines = sentence(LINES, {"interval": interval}, cover.language) if interval else ""
    deck.foot(slide, " ".join(filter(None, (f"{rests}.", lines, _owner(cover)))))


def _owner(cover: Cover) -> str:
    return " · ".join(filter(None, (cover.client, cover.period)))


def _notes(shown: Shown, beside: Sequence[str], cover: Cover) -> str:
    """What the slide says and leaves out, its base and method, and where its tables are."""
    others = [finding_text(each, cover.language, cover.currency) for each in shown.result.findings]
    told = definition_text(shown.result, shown.section, cover.language), method_line(shown.result, cover.language)
    source = ", ".join(f"{shown.chapter.name}.{shown.result.name}.{name}" for name in filled_tables(shown.result))
    where = [f"{translated('In the Excel file:', cover.language)} {source}"] if source else []
    parts = [f"{shown.chapter.title} · {shown.section.heading}", shown.text, *beside, *others, base_line(shown.result.base, cover.language), *told, *where]
    return "\n\n".join(dict.fromkeys(filter(None, map(clean, parts))))


def _list_slide(deck: Deck, title: str, rows: Sequence[tuple[str, str]], cover: Cover) -> None:
    """Sentences, each beside what it answers or where it comes from; no slide without any."""
    if rows:
        slide, area = _titled(deck, title)
        _rows(deck, slide, area, rows)
        deck.foot(slide, _owner(cover))


def _listed(entries: Sequence[Mapping]) -> list[tuple[str, str]]:
    return [(entry["title"], entry["text"].unescape()) for entry in entries]


def _rows(deck: Deck, slide, area: Area, rows: Sequence[tuple[str, str]]) -> None:
    """A heading to the left and its sentence to the right, a line between two rows, as large as the room allows."""
    left, pad = int(area.width * 0.27), Inches(0.3)
    right = area.width - left - pad

    def height(row: tuple[str, str], size: int) -> int:
        return max(deck.height_of(row[0], max(size - 2, 14), left), deck.height_of(row[1], size, right)) + pad

    size = _largest(lambda size: sum(height(row, size) for row in rows) < area.height)
    heights = _spread([height(row, size) for row in rows], area.height - Inches(0.1))
    top = area.top + Inches(0.1)
    for place, ((name, text), high) in enumerate(zip(rows, heights, strict=True)):
        deck.rule(slide, Area(area.left, top, area.width, Inches(0.02)), "brand" if place == 0 else "pale")
        inside = high - Inches(0.08)
        deck.text(slide, name, Area(area.left, top + Inches(0.05), left, inside), size=max(size - 2, 14), bold=True, ink="brand", anchor=MSO_ANCHOR.MIDDLE)
        deck.text(slide, text, Area(area.left + left + pad, top + Inches(0.05), right, inside), size=size, anchor=MSO_ANCHOR.MIDDLE)
        top += high


def _decisions(deck: Deck, decisions: Sequence[Mapping], cover: Cover) -> None:
    """The steps one below the other: what to do, what the plan does about it and costs, and what speaks against it."""
    if not decisions:
        return
    slide, area = _titled(deck, translated(NEXT, cover.language))
    left, pad = Inches(0.9), Inches(0.4)
    right = area.width - left

    def height(step: Mapping, size: int) -> int:
        further = sum(deck.height_of(text, size - 2, right) + Inches(0.1) for text, _ in _about_step(step, cover))
        return deck.height_of(step["does"], size, right) + further + pad

    size = _largest(lambda size: sum(height(step, size) for step in decisions) < area.height)
    heights = _spread([height(step, size) for step in decisions], area.height - Inches(0.1))
    top = area.top + Inches(0.1)
    for place, (step, high) in enumerate(zip(decisions, heights, strict=True)):
        deck.rule(slide, Area(area.left, top, area.width, Inches(0.02)), "brand" if place == 0 else "pale")
        inside = high - Inches(0.08)
        number = Area(area.left, top + Inches(0.05), left, inside)
        deck.text(slide, str(place + 1), number, size=40, bold=True, ink="brand", anchor=MSO_ANCHOR.MIDDLE)
        told = [(step["does"], size, "ink", True), *((text, size - 2, ink, False) for text, ink in _about_step(step, cover))]
        deck.texts(slide, told, number._replace(left=area.left + left, width=right), anchor=MSO_ANCHOR.MIDDLE, gap=6)
        top += high
    deck.foot(slide, _owner(cover))


def _about_step(step: Mapping, cover: Cover) -> list[tuple[str, str]]:
    against = f"{translated('Against it:', cover.language)} {step['against']}" if step.get("against") else ""
    return [(text, ink) for text, ink in ((step.get("planned"), "ink"), (against, "bad")) if text]


def _largest(fits: Callable[[int], bool]) -> int:
    """The largest size of text, in points, that fits."""
    return next(filter(fits, SIZES), SIZES[-1])


def _spread(heights: Sequence[int], room: int) -> list[int]:
    """Heights that share what is left of the room."""
    spare = max((room - sum(heights)) // len(heights), 0)
    return [height + spare for height in heights]


def _titled(deck: Deck, title: str):
    size = next(size for most, size in TITLE_SIZES if len(title) <= most)
    return deck.slide(clean(title), size)


def _table(deck: Deck, slide, area: Area, shown: Shown, cover: Cover) -> None:
    """The rows of the finding first, bold; a single row becomes a list; a column of long text does not fit on a slide."""
    table, columns, spoken_of = _of_finding(shown)
    texts = readable(table, columns, cover.language, cover.currency)
    longest = LONGEST if len(table) > FEW_ROWS else MOST_ROWS * LONGEST // len(table)
    texts = texts[[name for name in texts if texts[name].str.len().max() <= longest]].iloc[:MOST_ROWS]
    heads = {name: heading(columns, name, cover.language) for name in texts}
    if len(table) == 1:
        rows = [[heads[name], texts[name].iloc[0]] for name in texts]
        deck.table(slide, area, rows[:MOST_ROWS], "lr", heading=False, size=18)
        return
    texts = texts.iloc[:, :MOST_COLUMNS]
    rows = [[heads[name] for name in texts], *texts.to_numpy().tolist()]
    sides = "".join("l" if columns[name].in_words else "r" for name in texts)
    deck.table(slide, area, rows, sides, bold=spoken_of if spoken_of < len(table) else 0, size=18 if len(rows) < 5 else 16 if len(rows) < 8 else 14)
    if len(texts) < len(table):
        part = {"shown": len(texts), "all": len(table)}
        below = area._replace(top=area.top + area.height - Inches(0.3), height=Inches(0.3))
        deck.text(slide, sentence(PART, part, cover.language), below, size=12, ink="soft")


def _of_finding(shown: Shown) -> tuple[pd.DataFrame, Columns, int]:
    """The table that shows the finding, the rows that it speaks of first; its columns; how many these rows are."""
    place, table = showing(shown)[0]
    named = table.isin(shown.finding.names).any(axis=1)
    named = named if named.any() else table.isin({v for v in shown.finding.values.values() if not isinstance(v, list)}).any(axis=1)
    return pd.concat([table[named], table[~named]]), columns_of(shown.result, place.table), int(named.sum())


def _repeatable(whole: io.BytesIO) -> bytes:
    """The same package without the time at which it was written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
