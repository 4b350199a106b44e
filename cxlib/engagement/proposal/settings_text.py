"""The text of a client.yml, changed line by line: a proposed line is taken, left as a `# ?` line, or given another value.

Only the lines that a change is about differ afterwards; every other one, comments among them, stays as it was written. A
change is read back, and made only where it says what was meant and nothing else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from cxlib.engagement.folder import SETTINGS
from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.proposal.lines import Line, flow, name, written
from cxlib.engagement.settings.strict_yaml import dotted, read_yaml

MARK = "# ? "
_BOM = "\ufeff"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path = tuple[str, ...]


def as_read(line: Line) -> Any:
    """The value of a line as client.yml gives it back: numbers as texts, lines as what those say that are taken."""
    if line.below:
        return {below.key: as_read(below) for below in taken_below(line)}
    return read_yaml(f"k: {flow(line.value)}\n".encode(), SETTINGS).value.get("k")


def taken_below(line: Line) -> list[Line]:
    """The lines that are taken with the one that they stand below: those that are certain, or else the first for each key."""
    return [below for below in line.below if below.sure] or list({below.key: below for below in reversed(line.below)}.values())[::-1]


@dataclass(frozen=True)
class Entry:
    """A key with its value, in the rows `first` to `last`; `own` where no other key shares them."""

    path: Path
    key: yaml.Node
    value: yaml.Node
    above: "Entry | None"
    own: bool
    first: int
    last: int
    taken: bool
    said: Any  # the value, as client.yml gives it


class SettingsText:
    """A client.yml that is being changed; lines that begin with `# ?` are entries, too, which are not taken."""

    def __init__(self, text: str):
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._newline = "\r\n" if "\r\n" in text else "\n"
        rows = text.removeprefix(_BOM).replace("\r\n", "\n").split("\n")
        self._rows = [(row.removeprefix(MARK), row.startswith(MARK)) for row in rows]
        if self._parsed() is None:  # somebody's own lines begin so
            self._rows = [(row, False) for row in rows]

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._bom + self._newline.join(MARK * marked + row for row, marked in self._rows)

    @property
    def value(self) -> dict:
        """What it says now."""
        return read_yaml(self.text.encode(), SETTINGS).value

    def entries(self) -> list[Entry]:
        """All keys, those of `# ?` lines too; a key may stand there several times."""
        node = self._parsed()
        return list(self._entries(node, None)) if isinstance(node, yaml.MappingNode) else []

    def at(self, path: Path) -> list[Entry]:
        """The entries of a key, the one that counts first."""
        return sorted((each for each in self.entries() if each.path == path), key=lambda each: not each.taken)

    # ------------------------------------------------------------ changes
    def propose(self, part: Line) -> None:
        """Adds a part of client.yml, where nothing is said of it yet, as it is proposed."""
        if not self.at((part.key,)):
            self._add((part.key,), part)

    def put(self, path: Path, line: Line) -> None:
        """Takes a line: the `# ?` line that says the same, else in place of what the key says, else as a further line.

        Raises: DataError where the text is written so that this cannot be done; nothing is changed then.
        """
        self._change(path, line, lambda: self._put(path, line))

    def leave(self, path: Path) -> None:
        """What the key says becomes a `# ?` line; a key without any line left becomes one with them."""
        self._change(path, None, lambda: self._leave(path))

    def _change(self, path: Path, line: Line | None, change) -> None:
        before, meant = list(self._rows), _with(self.value, path, line)
        change()
        document = read_yaml(self.text.encode(), SETTINGS)
        if document.problems or document.value != meant:
            self._rows = before
            rule = f"{dotted(path)} stands in client.yml so that it cannot be changed here"
            raise DataError([Problem(SETTINGS, rule, f"Write it there by hand: {written([line])[0].strip() if line else 'take the line away'}")])

    def _put(self, path: Path, line: Line) -> None:
        for depth in range(1, len(path)):
            self._take_key(path[:depth])
        there = self.at(path)
        if line.below and there and isinstance(there[0].value, yaml.MappingNode):
            self._take_key(path)
            for below in taken_below(line):
                self._put((*path, below.key), below)
            return
        said = as_read(line)
        same = next((each for each in there if each.said == said), None)
        entry = same or next(iter(there), None)
        if entry is None:
            self._add(path, _firm(line))
            return
        if not entry.taken:
            self._mark(entry, False)
        if same is None:
            self._write(entry, line)
        for other in self.at(path):
            if other.taken and (other.said, other.first) != (said, entry.first):
                self._mark(other, True)

    def _take_key(self, path: Path) -> None:
        """The key alone, where its lines are `# ?` lines."""
        there = self.at(path)
        if there and not there[0].taken:
            self._rows[there[0].first] = (self._rows[there[0].first][0], False)

    def _leave(self, path: Path) -> None:
        for entry in self.at(path)[:1]:
            if not entry.taken:
                return
            if entry.own:
                self._mark(entry, True)
            else:
                self._cut(entry)
        above = path[:-1]
        if above and not any(each.taken and each.path[:-1] == above for each in self.entries()):
            self._leave(above)

    def _mark(self, entry: Entry, marked: bool) -> None:
        for row in range(entry.first, entry.last + 1):
            text = self._rows[row][0]
            if text.strip() and not text.lstrip().startswith("#"):
                self._rows[row] = (text, marked)

    def _write(self, entry: Entry, line: Line) -> None:
        """Another value; what stands behind it on its line stays."""
        head, tail = self._rows[entry.first][0], self._rows[entry.last][0]
        begins, ends = entry.key.end_mark.column, _last(entry.value).end_mark.column
        if not line.below:
            self._rows[entry.first : entry.last + 1] = [(f"{head[:begins]}: {flow(line.value)}{tail[ends:]}", False)]
            return
        if entry.own:
            self._rows[entry.first : entry.last + 1] = _indented(line, len(head) - len(head.lstrip()))

    def _cut(self, entry: Entry) -> None:
        """Takes an entry out of the brackets in which it stands."""
        start, end = entry.key.start_mark, _last(entry.value).end_mark
        if start.line != end.line:
            return
        row = self._rows[start.line][0]
        before, after = row[: start.column], row[end.column :]
        after = re.sub(r"^\s*,\s*", "", after) if re.match(r"\s*,", after) else after
        before = re.sub(r",\s*$", "", before) if after.lstrip()[:1] in ("}", "") else before
        self._rows[start.line] = (before + after, False)

    def _add(self, path: Path, line: Line) -> None:
        """As the last line of what it belongs to; a part of client.yml stands before its explanation."""
        if len(path) == 1:
            at = self._before_explanation(path[0])
            self._rows[at:at] = [*_indented(line, 0), *([("", False)] if line.below else [])]
            return
        above = next(iter(self.at(path[:-1])), None)
        if above is None:
            self._add(path[:-1], Line(path[-2], [line]))
        elif isinstance(above.value, yaml.MappingNode) and not above.value.flow_style:
            lead = above.value.value[0][0].start_mark.column
            self._rows[above.last + 1 : above.last + 1] = _indented(line, lead)
        elif isinstance(above.value, yaml.MappingNode):
            inside = above.value.value
            mark = _last(inside[-1][1]).end_mark if inside else None
            row, column = (mark.line, mark.column) if mark else (above.value.start_mark.line, above.value.start_mark.column + 1)
            text = self._rows[row][0]
            self._rows[row] = (f"{text[:column]}{', ' * bool(inside)}{name(line.key)}: {_as_flow(line)}{text[column:]}", False)

    def _before_explanation(self, key: str) -> int:
        """The row of the template's `# key: ...`, else the end."""
        explained = re.compile(rf"# {re.escape(key)}:")
        found = next((i for i, (row, marked) in enumerate(self._rows) if explained.match(row) and not marked), None)
        if found is not None:
            return found
        end = len(self._rows)
        while end and not self._rows[end - 1][0].strip():
            end -= 1
        return end

    # ------------------------------------------------------------ reading
    def _parsed(self) -> yaml.Node | None:
        try:
            return yaml.compose("\n".join(row for row, _ in self._rows), Loader=_LOADER)
        except yaml.YAMLError:
            return None

    def _entries(self, node: yaml.MappingNode, above: Entry | None) -> Iterable[Entry]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            first, last = key.start_mark.line, _last(value).end_mark.line
            own = not node.flow_style and not self._rows[first][0][: key.start_mark.column].strip()
            path = (*(above.path if above else ()), key.value)
            entry = Entry(path, key, value, above, own, first, last, not self._rows[first][1], _said(value))
            yield entry
            if isinstance(value, yaml.MappingNode):
                yield from self._entries(value, entry)


def _last(node: yaml.Node) -> yaml.Node:
    """The node that ends where its text ends: after a block, comments follow that are none of its own."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return node
    last = node.value[-1]
    return _last(last[1] if isinstance(last, tuple) else last)


def _said(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _said(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(node, yaml.SequenceNode):
        return [_said(each) for each in node.value]
    return None if not node.style and node.value in ("", "~", "null") else node.value


def _with(value: dict, path: Path, line: Line | None) -> dict:
    """What client.yml is meant to say after a change. A key below which nothing is left goes with it."""
    made = dict(value)
    key, *rest = path
    if rest:
        below = made.get(key)
        inner = _with(below if isinstance(below, dict) else {}, tuple(rest), line)
        made = {each: inner if each == key else told for each, told in made.items()} | {key: inner}
        if not inner:
            del made[key]
    elif line is None:
        made.pop(key, None)
    elif line.below and isinstance(below := made.get(key), dict):
        for each in taken_below(line):
            below = _with(below, (each.key,), each)
        made[key] = below
    else:
        made[key] = as_read(line)
    return made


def _indented(line: Line, lead: int) -> list[tuple[str, bool]]:
    """The rows of a line, at its place; those below it that are not certain are `# ?` lines."""
    rows = written([line])[0].rstrip("\n").split("\n")
    found = []
    for row in rows:
        marked = row.startswith(MARK)
        found.append((" " * lead + row.removeprefix(MARK), marked))
    return found


def _firm(line: Line) -> Line:
    """The line as it is taken: certain, and so are those below it that are taken with it."""
    taken = {id(below) for below in taken_below(line)}
    return replace(line, sure=True, value=[_firm(below) if id(below) in taken else below for below in line.below]) if line.below else replace(line, sure=True)


def _as_flow(line: Line) -> str:
    return flow(as_read(line)) if line.below else flow(line.value)
