"""What the check of a folder has read, handed to the process of a page: a table is read once for both.

Whoever checks keeps no table: what was read is given to the processes that make the report's pages, and ends with them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from cxlib.engagement.folder import Folder, input_file, sha256_of
from cxlib.engagement.settings.client import Client

Value = TypeVar("Value")


@dataclass(frozen=True)
class TablesRead:
    """The tables of one report, as its folder and its settings gave them.

    asked   the settings, as client.yml declares them and as they are for this report
    parts   {part of client.yml: (what was read, {file: sha256} that it was read from)}
    """

    report: str
    folder: Path
    asked: tuple[Client, Client]
    parts: dict[str, tuple[object, Mapping[str, str]]] = field(default_factory=dict)

    def take_over(self) -> None:
        """From here on this process has read them; for the process of one notebook."""
        global _before
        _before = self

    def read(self, part: str, folder: Folder, reader: Callable[[Folder], Value]) -> Value:
        """The part: as it was read before, where it was asked alike and every file is still the same; else read now."""
        if (value := self._as_before(part, folder)) is not None:
            return value
        apart = replace(folder, inputs={})
        try:
            value = reader(apart)
        finally:
            folder.inputs.update(apart.inputs)
        self.parts[part] = value, apart.inputs
        return value

    def _as_before(self, part: str, folder: Folder):
        before = _before
        if before is None or part not in before.parts or (before.report, before.folder, before.asked) != (self.report, self.folder, self.asked):
            return None
        value, inputs = before.parts[part]
        if any(sha256_of(input_file(folder.path, name)) != sha for name, sha in inputs.items()):
            return None
        for name, sha in inputs.items():
            folder.has_read(name, sha)
        return value


_before: TablesRead | None = None
