"""What is wrong in a client folder: where, which rule, what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth a look (`severity="warning"`).

    `row` counts as a spreadsheet does (the header is row 1); in client.yml it is the line. `count` rows share the
    problem; `also` names the first few of them after `row`.
    """

    file: str
    rule: str
    remedy: str = ""
    row: int | None = None
    column: str = ""
    severity: Literal["error", "warning"] = "error"
    also: tuple[int, ...] = ()
    count: int = 1

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self._rows(), self._column()) if part)
        return " ".join(f"{place}: {_sentence(self.rule)} {_sentence(self.remedy)}".split())

    def _rows(self) -> str:
        if self.row is None:
            return ""
        word = "line" if self.file.endswith((".yml", ".yaml")) else "row"
        if not self.also:
            return f"{word} {self.row}"
        more = self.count - 1 - len(self.also)
        rows = ", ".join(str(row) for row in (self.row, *self.also))
        return f"{word}s {rows}" + (f" and {more:,} more" if more else "")

    def _column(self) -> str:
        if not self.column:
            return ""
        return f"key {self.column}" if self.file.endswith((".yml", ".yaml")) else f'column "{self.column}"'


class DataError(Exception):
    """A client folder that cannot be used. `problems` holds all that was found; printed, the errors have a line each."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in errors(self.problems)))

    def __reduce__(self):
        return DataError, (self.problems,)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop a report."""
    return [problem for problem in problems if problem.severity == "error"]


def stop_on_errors(problems: Iterable[Problem]) -> None:
    """Raise DataError with all problems when one of them is an error."""
    problems = list(problems)
    if errors(problems):
        raise DataError(problems)


def at_rows(rows: Iterable[int], **problem) -> Problem:
    """One Problem for all `rows`: the first is named, then three more, then their number."""
    first, *rest = (int(row) for row in rows)
    return Problem(row=first, also=tuple(rest[:3]), count=1 + len(rest), **problem)


def nearest(name: str, names: Iterable[str]) -> str:
    """The one of `names` that is most like `name`, or "" when none is."""
    names = list(names)
    plain = {_plain(each): each for each in reversed(names)}
    if _plain(name) in plain:
        return plain[_plain(name)]
    longer = [each for each in plain if len(_plain(name)) >= 3 and each.startswith(_plain(name)[:-1])]
    if len(longer) == 1:
        return plain[longer[0]]
    found = get_close_matches(_plain(name), list(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
