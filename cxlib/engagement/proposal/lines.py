"""The text of a proposed client.yml: each line with its evidence, what is unsure as a comment that begins with `# ?`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_PLAIN = re.compile(r"[^\W\d_]([\w %/()+.<>=&;-]*[\w%)])?|-?[0-9]+(\.[0-9]+)?|[0-9][0-9.,]*-[0-9.,]+")
_NOT_PLAIN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}  # other readers than ours take them for something else
_LONGEST = 160  # letters of a line with its evidence behind it; longer evidence stands above


@dataclass
class Line:
    """A key of client.yml as it is proposed.

    value  a text, a number, a list or a dict (written on one line), or a list of Lines (written below)
    why  the evidence, as a comment; columns  headings that the line names; part  whether it stands or falls as a whole
    """

    key: str
    value: Any
    why: str = ""
    sure: bool = True
    columns: tuple[str, ...] = ()
    part: bool = True
    above: list[str] = field(default_factory=list)

    @property
    def below(self) -> list["Line"]:
        """The lines that stand below it."""
        return self.value if isinstance(self.value, list) and self.value and isinstance(self.value[0], Line) else []

    def named(self) -> set[str]:
        """Headings that the line and those below it name."""
        return {*self.columns, *(column for line in self.below for column in line.named())}


def scalar(value: Any) -> str:
    """A text, a number or nothing as strict YAML reads it back."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    if _PLAIN.fullmatch(value) and value.casefold() not in _NOT_PLAIN and "  " not in value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() or each == "\u00a0" else f"\\u{ord(each):04x}" for each in quoted)


def name(key: str) -> str:
    """A key; numbers in quotation marks, as an editor would take them for numbers."""
    return f'"{key}"' if re.fullmatch(r"[0-9.-]+", key) else scalar(key)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def written(lines: list[Line]) -> tuple[str, dict[int, tuple[Line, ...]]]:
    """The text, and for each of its rows the line that it shows after those it stands below."""
    rows: list[str] = []
    shown: dict[int, tuple[Line, ...]] = {}
    for text, path in _rows(lines, 0, True, ()):
        rows.append(text)
        shown[len(rows)] = path
    return "\n".join(rows) + "\n", shown


def _rows(lines: list[Line], depth: int, sure: bool, path: tuple) -> Iterator[tuple[str, tuple]]:
    for line in lines:
        firm = sure and line.sure
        mark, here = ("" if firm else "# ? "), (*path, line)
        indent = mark + "  " * depth
        for comment in line.above:
            yield ("  " * depth + f"# {one_line(comment)}" if firm else f"# {'  ' * depth}{one_line(comment)}").rstrip(), here
        value = ":" if line.below else f": {flow(line.value)}"
        text = f"{indent}{name(line.key)}{value}"
        why = one_line(line.why)
        if why and len(text) + len(why) > _LONGEST:
            yield ("  " * depth + f"# {why}" if firm else f"# {'  ' * depth}{why}"), here
            why = ""
        yield text + f"   # {why}" * bool(why), here
        yield from _rows(line.below, depth + 1, firm, here)


def one_line(text: str) -> str:
    """The text without line breaks and signs that cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
