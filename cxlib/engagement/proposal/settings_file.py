"""The proposed client.yml as text: the proposed parts, and the template's explained keys for all others."""

import re

from cxlib.engagement.folder import SCHEMA_OF_DEMOS, TEMPLATE
from cxlib.engagement.proposal.lines import Line, written

_HEAD = f"""# yaml-language-server: $schema={SCHEMA_OF_DEMOS}
# Proposed from the files by `cx new --from`: behind each line stands what speaks for it. A line that begins with `# ?` is
# not certain: take away the `# ? ` to use it, or delete it. `cx check CLIENT` says whether the rest is right, and
# templates/client/client.yml explains every key.
"""
_KEY = re.compile(r"# ([a-z_]+):")


def text_of(lines: list[Line]) -> tuple[str, dict[int, tuple[Line, ...]]]:
    """The file, and for each of its rows the proposed line that it shows after those it stands below."""
    blocks = _template()
    text, shown = _HEAD + "\n", {}
    proposed = {line.key: line for line in lines}
    for key, block in blocks.items():
        line = proposed.get(key)
        if "# ---" in block:
            text = text.rstrip("\n") + "\n\n"
        if line is None:
            text += block.lstrip("\n")
            continue
        text += _section(block)
        rows, paths = written([line])
        before = text.count("\n")
        shown |= {before + row: path for row, path in paths.items()}
        text += rows + "\n" * bool(line.below)
    return text, shown


def _template() -> dict[str, str]:
    """{key: its lines in the template}; a section's heading belongs to the key below it."""
    blocks: dict[str, str] = {}
    key, waiting = "", ""
    for row in TEMPLATE.read_text(encoding="utf-8").splitlines(keepends=True):
        match = _KEY.match(row) or re.match(r"(client|name|language):", row)
        if match:
            key = match.group(1)
            blocks[key] = waiting + row
            waiting = ""
        elif not row.strip() or row.startswith("# ---"):
            waiting += row
        elif key:
            blocks[key] += waiting + row
            waiting = ""
    return blocks


def _section(block: str) -> str:
    """The section's heading alone."""
    return "".join(row for row in block.splitlines(keepends=True) if row.startswith("# ---"))


def tidied(lines: list[Line]) -> None:
    """A key all of whose lines are uncertain is uncertain itself."""
    for line in lines:
        tidied(line.below)
        if line.below and not any(below.sure for below in line.below):
            line.sure = False
