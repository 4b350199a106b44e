"""Fixes of problems, written into the text of client.yml: only what they are about changes, comments and layout stay."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import yaml

from cxlib.engagement.problems import Fix, Problem, written
from cxlib.engagement.settings.strict_yaml import dotted, read_yaml

_CODES = ("values", "dont_know", "not_applicable")
_LABELLED = ("items", "segments")  # {column: label}: a label may be the column's name, and stays as it is
_BOM = "\ufeff"
Edit = tuple[int, int, str]  # from this character to that one stands this text instead


@dataclass(frozen=True)
class Change:
    """client.yml as it is and as it is to be."""

    file: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff."""
        before, after = (text.removeprefix(_BOM).splitlines() for text in (self.before, self.after))
        return "\n".join(unified_diff(before, after, self.file, self.file, "as it is", "corrected", lineterm=""))


@dataclass(frozen=True)
class Fixed(Change):
    """client.yml before and after its fixes, and the fixes that it took."""

    fixes: tuple[Fix, ...]


def fixed(data: bytes, file: str, problems: Iterable[Problem], done: Iterable[Fix] = ()) -> Fixed:
    """client.yml with every fix of the problems that its text takes.

    file : the name that it is shown by
    done : fixes that were made before, none of which is turned back
    """
    text = before = data.decode("utf-8")
    turned = {(fix.new, fix.old) for fix in done}
    taken = []
    for fix in dict.fromkeys(fix for problem in problems for fix in problem.fix):
        if (fix.old, fix.new) in turned:
            continue
        changed = _changed(text, fix)
        if changed != text and not read_yaml(changed.encode(), file).problems:
            text = changed
            taken.append(fix)
    return Fixed(file, before, text, tuple(taken))


def write(path: Path, change: Change) -> None:
    """Puts the changed text in the place of the file, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(change.after.encode())
        shutil.copymode(path, draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Entry:
    """A key with its value, or an item of a list."""

    path: tuple
    above: yaml.Node
    key: yaml.Node | None
    value: yaml.Node

    def named(self, text: str) -> tuple[list[yaml.Node], list[yaml.Node]]:
        """Where in the value a text stands: as keys, and as values and items."""
        below = list(_entries(self.value, ()))
        keys = [each.key for each in below if each.key is not None]
        values = [self.value, *(each.value for each in below)]
        return _scalars(keys, text), _scalars(values, text)


def _scalars(nodes: Iterable[yaml.Node], text: str) -> list[yaml.Node]:
    return [node for node in nodes if isinstance(node, yaml.ScalarNode) and node.value == text]


def _changed(text: str, fix: Fix) -> str:
    bom = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)
    try:
        entries = list(_entries(yaml.compose(body, Loader=yaml.SafeLoader), ()))
    except yaml.YAMLError:
        return text
    how = {"key": _renamed, "text": _rewritten, "code": _declared_too, "sheet": _with_sheet}[fix.kind]
    for start, end, new in sorted(how(body, entries, fix), reverse=True):
        body = body[:start] + new + body[end:]
    return bom + body


def _entries(node: yaml.Node | None, path: tuple) -> Iterator[_Entry]:
    pairs: list = []
    if isinstance(node, yaml.MappingNode):
        pairs = [(key.value if isinstance(key, yaml.ScalarNode) else "", key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        pairs = [(i, None, value) for i, value in enumerate(node.value)]
    for step, key, value in pairs:
        yield _Entry((*path, step), node, key, value)
        yield from _entries(value, (*path, step))


def _at(entries: list[_Entry], key: str) -> list[_Entry]:
    """The entry of a key and those above it, from it upwards."""
    above = [each for each in entries if f"{key}.".startswith((f"{dotted(each.path)}.", f"{dotted(each.path)}["))]
    return sorted(above, key=lambda each: len(each.path), reverse=True)


def _renamed(text: str, entries: list[_Entry], fix: Fix) -> list[Edit]:
    return [_instead(each.key, fix.new) for each in entries if dotted(each.path) == fix.key and each.key is not None]


def _rewritten(text: str, entries: list[_Entry], fix: Fix) -> list[Edit]:
    """In the nearest part, from the key upwards, that holds the old text."""
    for entry in _at(entries, fix.key):
        keys, texts = entry.named(fix.old)
        if len(keys) + len(texts) > 1 and (dotted(entry.path) != fix.key or (keys and texts and entry.path[-1] not in _LABELLED)):
            return []  # which of them is meant?
        if keys or texts:
            return [_instead(node, fix.new) for node in keys or texts]
        if entry.key is not None and entry.key.value == fix.old:
            return [_instead(entry.key, fix.new)]
    return []


def _declared_too(text: str, entries: list[_Entry], fix: Fix) -> list[Edit]:
    """Beside the old code: at the question, or in the nearest part above it that declares codes."""
    for above in [*_at(entries, fix.key), None]:
        path = above.path if above else ()
        homes = [each for each in entries if each.path[:-1] == path and each.path[-1] in _CODES]
        for home in homes:
            if isinstance(home.value, yaml.ScalarNode) and home.value.value == fix.old:
                start, end = home.value.start_mark.index, home.value.end_mark.index
                return [(start, end, f"[{text[start:end]}, {written(fix.new)}]")]
            for entry in _entries(home.value, home.path):
                node = entry.key or entry.value
                if isinstance(node, yaml.ScalarNode) and node.value == fix.old:
                    return _beside(text, entry, written(fix.new))
    return []


def _with_sheet(text: str, entries: list[_Entry], fix: Fix) -> list[Edit]:
    """In the one part that reads the file; where several do, each may want another sheet."""
    parts = [each for each in entries if each.path[-1] == "file" and getattr(each.value, "value", None) == fix.key]
    if len(parts) != 1 or len(_scalars((each.value for each in entries), fix.key)) != 1:
        return []
    [file] = parts
    sheet = f"sheet: {written(fix.new)}"
    read = next((each for each in entries if each.path == (*file.path[:-1], "read")), None)
    if read is None:
        return _after(text, file, f"read: {{{sheet}}}")
    inside = [each for each in entries if each.above is read.value]
    return _after(text, inside[-1], sheet) if inside else []


def _beside(text: str, entry: _Entry, new: str) -> list[Edit]:
    """The same entry once more, under another name."""
    value = text[entry.value.start_mark.index : entry.value.end_mark.index]
    return _after(text, entry, new if entry.key is None else f"{new}: {value}")


def _after(text: str, entry: _Entry, new: str) -> list[Edit]:
    """A further entry behind this one, in its layout: on the line where they stand in brackets, else on one of its own."""
    start, end = (entry.key or entry.value).start_mark.index, entry.value.end_mark.index
    if entry.above.flow_style:
        return [(end, end, f", {new}")]
    line = text.rfind("\n", 0, start) + 1
    lead = text[line:start]
    if lead.strip(" ") not in ("", "-") or (entry.key is None) != ("-" in lead):
        return []  # it shares its line with what it belongs to
    if not isinstance(entry.value, yaml.ScalarNode) and not entry.value.flow_style:
        return []  # its lines go on below, and where they end comments stand
    ends = text.find("\n", end)
    newline = "\r\n" if "\r\n" in text else "\n"
    return [(ends + 1, ends + 1, f"{lead}{new}{newline}")] if ends >= 0 else [(len(text), len(text), f"{newline}{lead}{new}")]


def _instead(node: yaml.Node, new: str) -> Edit:
    """Another text for a scalar, in its own quotation marks."""
    style = getattr(node, "style", None)
    dressed = {"'": "'" + new.replace("'", "''") + "'", '"': json.dumps(new, ensure_ascii=False)}.get(style or "", written(new))
    return node.start_mark.index, node.end_mark.index, dressed
