"""YAML without surprises: every scalar stays the text that was written, and anything clever is refused.

Plain YAML turns `NO` into false, `0123` into 83 and `22:30` into 1350, lets the last of two equal keys win, and lets
a few lines of aliases fill the memory. Types are pydantic's work (`settings.py`).
"""

import re
from dataclasses import dataclass, field

import yaml

from cxlib.engagement.problems import Problem

LIMIT = 256 * 1024  # bytes
DEPTH = 20  # nested lists and mappings
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """A YAML file as read: `value`, the line of every key and list item in `lines`, and what was refused."""

    file: str
    value: dict = field(default_factory=dict)
    lines: dict[tuple, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: tuple) -> int:
        """The line of `path`, or of the nearest key above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(data: bytes, file: str) -> Document:
    """Read the bytes of a YAML file; `file` is the name that its problems carry. Never raises."""
    document = Document(file)
    try:
        if len(data) > LIMIT:
            raise _Refused(1, f"the file is larger than {LIMIT // 1024} kB", "Keep data in tables, not in YAML")
        text = data.decode("utf-8-sig")
        document.value = _Builder(document, yaml.parse(text, Loader=_LOADER)).mapping()
    except _Refused as refused:
        document.problems.append(Problem(file, refused.rule, refused.remedy, refused.line))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        document.problems.append(Problem(file, "the text is not UTF-8", "Save the file as UTF-8", line))
    except yaml.MarkedYAMLError as error:
        document.problems.append(_syntax(file, error, text.splitlines()))
    except yaml.YAMLError as error:  # a character that YAML does not allow
        line = data[: getattr(error, "position", 0) or 0].count(b"\n") + 1
        document.problems.append(Problem(file, "a control character is not allowed", "Remove it", line))
    return document


class _Refused(Exception):
    def __init__(self, line: int, rule: str, remedy: str):
        super().__init__(rule)
        self.line, self.rule, self.remedy = line, rule, remedy


def _syntax(file: str, error: yaml.MarkedYAMLError, lines: list[str]) -> Problem:
    mark = error.problem_mark or error.context_mark
    why = error.problem or error.context or "not readable"
    remedy = "Check indentation, colons and quotes; put texts with : or # in quotation marks"
    if mark and mark.line < len(lines) and re.match(r"\s*\t", lines[mark.line]):
        remedy = "Indent with spaces, not with tabs"
    elif "expected key" in why or "expected <block end>" in why:
        remedy = "It is indented otherwise than the keys it belongs to: a `#` that is taken away takes its space along"
    return Problem(file, f"not valid YAML: {why}", remedy, mark.line + 1 if mark else 1)


class _Builder:
    """Turns parser events into dicts, lists and texts, and keeps the line of each."""

    def __init__(self, document: Document, events):
        self.document, self.events = document, iter(events)

    def mapping(self) -> dict:
        """The whole file, which must be one mapping."""
        next(self.events)  # stream start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _Refused(1, "the file is empty", "Copy templates/client/client.yml and fill it in")
        event = next(self.events)
        if not isinstance(event, yaml.MappingStartEvent):
            raise _Refused(event.start_mark.line + 1, "expected keys with values", "Write `key: value` lines")
        value = self._node(event, ())
        next(self.events)  # document end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _Refused(event.start_mark.line + 1, "a second document begins here", "Remove the `---`")
        return value

    def _node(self, event, path: tuple):
        self._refuse(event)
        if len(path) > DEPTH:
            raise _Refused(event.start_mark.line + 1, f"more than {DEPTH} levels deep", "Use fewer levels")
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style
            return None if plain and event.value in ("", "~", "null") else event.value
        return self._sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)

    def _sequence(self, path: tuple) -> list:
        items: list = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.document.lines[here] = event.start_mark.line + 1
            items.append(self._node(event, here))
        return items

    def _mapping(self, path: tuple) -> dict:
        found: dict = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            key = self._key(event)
            here = (*path, key)
            if key in found:
                first = self.document.lines[here]
                self._problem(here, line, f"the key is given twice (first in line {first})", "Keep one of them")
                self._node(next(self.events), here)
                continue
            self.document.lines[here] = line
            event = next(self.events)
            found[key] = self._node(event, here)
            if isinstance(event, yaml.ScalarEvent) and not event.style and event.value == "":
                self._problem(here, line, "the key has no value", "Give it a value or remove the line")
        return found

    def _key(self, event) -> str:
        self._refuse(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(event.start_mark.line + 1, "a key must be one word or text", "Write `key: value`; several columns as \"region x age\": value")
        if event.value == "<<" and not event.style:
            raise _Refused(event.start_mark.line + 1, "merge keys (<<) are not allowed", "Write the keys out")
        return event.value

    def _refuse(self, event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            remedy = "Write the value out, or put the text in quotation marks"
            raise _Refused(line, "aliases (*) are not allowed", remedy)
        if event.anchor is not None:
            raise _Refused(line, "anchors (&) are not allowed", "Put the text in quotation marks")
        if event.tag is not None:
            raise _Refused(line, f"tags ({event.tag}) are not allowed", "Put the text in quotation marks")

    def _problem(self, path: tuple, line: int, rule: str, remedy: str) -> None:
        self.document.problems.append(Problem(self.document.file, rule, remedy, line, dotted(path)))


def dotted(path: tuple) -> str:
    """A path as it is written in messages: `survey.recommend.scale[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if "." not in part else f'"{part}"')
    return text
