"""The parts of a report joined into one HTML file: what led from file to file leads within it, and every id is its own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markupsafe import Markup

from cxlib.report.cover import Cover
from cxlib.report.html import PagePart, framed
from cxlib.report.language.words import translated
from cxlib.report.templates import filled

OURS = {"content", "contents"}  # ids of the frame and of the list of contents
LINKS = {"href", "xlink:href"}
POINTS_AT = {"aria-activedescendant", "aria-controls", "aria-describedby", "aria-details", "aria-flowto", "aria-labelledby",
             "aria-owns", "for", "headers", "itemref"}  # fmt: skip
PAINTED = re.compile(r"url\(\s*(['\"]?)#([^)'\"]+)\1\s*\)")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")


def single_html(parts: Sequence[PagePart], cover: Cover, numbers: Mapping[str, int] | None = None) -> str:
    """The parts as one file, called as the first, with the contents of the others behind it.

    numbers   {anchor: page of print}, for the contents of a printed report
    """
    word = partial(translated, language=cover.language)
    body = filled("single.html.j2", parts=joined(parts), place=_name, numbers=numbers, word=word)
    return framed(PagePart("", "single", parts[0].title, Markup(body)), cover)


def joined(parts: Sequence[PagePart]) -> list[PagePart]:
    """The parts as they can stand in one file: an id that an earlier part has gets the name of its part before it."""
    taken = {*OURS, *(_name(part) for part in parts)}
    tags = {part.file: list(_start_tags(part.body)) for part in parts}
    new: dict[str, dict[str, str]] = {}
    for part in parts:
        new[part.file] = {}
        for tag in tags[part.file]:
            if (old := dict(tag.attributes).get("id")) and old not in new[part.file]:
                new[part.file][old] = _free(old, _name(part), taken)
    return [_moved(part, tags[part.file], new) for part in parts]


def _name(part: PagePart) -> str:
    """The id of a part in the joined file."""
    return Path(part.file).stem


def _free(name: str, before: str, taken: set[str]) -> str:
    """The name, or one that is not taken yet; it is from now on."""
    free, count = name, 1
    while free in taken:
        free, count = f"{before}-{name}" if count == 1 else f"{before}-{name}-{count}", count + 1
    taken.add(free)
    return free


class _Tag(NamedTuple):
    """A start tag as it stands in a text, and where."""

    start: int
    text: str
    attributes: list[tuple[str, str | None]]


class _Tags(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.found: list[_Tag] = []
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        line, column = self.getpos()
        self.found.append(_Tag(self.lines[line - 1] + column, self.get_starttag_text(), attrs))


def _start_tags(html: str) -> Iterator[_Tag]:
    """The start tags that name something or lead somewhere."""
    for tag in _Tags(html).found:
        if any(name == "id" or name in LINKS | POINTS_AT or "url(" in (value or "") for name, value in tag.attributes):
            yield tag


def _moved(part: PagePart, tags: Sequence[_Tag], new: Mapping[str, Mapping[str, str]]) -> PagePart:
    """The part with its ids as they are in the joined file. An id that stands twice in it stays with the first."""
    own, named, pieces, end = new[part.file], set(), [], 0
    for tag in tags:
        name = dict(tag.attributes).get("id")
        told = partial(_attribute, own=own, file=part.file, new=new, again=name in named)
        named.add(name)
        pieces += [part.body[end : tag.start], _rewritten(tag.text, told)]
        end = tag.start + len(tag.text)
    contents = part.contents and tuple(line._replace(anchor=own.get(unescape(line.anchor), line.anchor)) for line in part.contents)
    return replace(part, body=Markup("".join([*pieces, part.body[end:]])), contents=contents)


def _rewritten(tag: str, told: Callable[[str, str], str | None]) -> str:
    """A start tag with its attributes told anew; one that is told as None leaves it. All that stays is as it was."""
    opening = re.match(r"<[^\s/>]+", tag).group()

    def anew(match: re.Match) -> str:
        name, written = match[1], match[2]
        if written is None:
            return match[0]
        value = unescape(written[1:-1] if written[0] in "\"'" else written)
        now = told(name.lower(), value)
        return match[0] if now == value else "" if now is None else f'{name}="{escape(now)}"'

    return opening + ATTRIBUTE.sub(anew, tag[len(opening) :])


def _attribute(name: str, value: str, own: Mapping[str, str], file: str, new: Mapping[str, Mapping[str, str]], again: bool) -> str | None:
    """What an attribute says in the joined file; None where it says nothing any more."""
    if name == "id":
        return None if again else own[value]
    if name in LINKS:
        return _led(value, file, new)
    if name in POINTS_AT:
        return " ".join(own.get(each, each) for each in value.split())
    return PAINTED.sub(lambda match: f"url(#{own.get(match[2], match[2])})", value)


def _led(address: str, file: str, new: Mapping[str, Mapping[str, str]]) -> str | None:
    """Where a link leads within the joined file; None where it led to a file that is not part of it."""
    if address.startswith("data:"):
        return address
    to, _, anchor = address.partition("#")
    if (to or file) not in new:
        return None
    return f"#{new[to or file].get(unquote(anchor), anchor) if anchor else Path(to or file).stem}"
