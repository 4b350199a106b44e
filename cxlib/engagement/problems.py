"""What is wrong in a client folder: where, which rule, what to do about it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

PER_FILE = 100_000_000  # rows of a table of several files are numbered on: those of its second file begin here


class Files(str):
    """The name of a table that is made of several: as it is shown, with the name of each in `names`.

    Row `i * PER_FILE + row` of such a table is the row of `names[i]`; a file may stand there twice.
    """

    names: tuple[str, ...]

    def __new__(cls, names: Iterable[str]) -> "Files":
        names = tuple(names)
        made = super().__new__(cls, ", ".join(dict.fromkeys(names)))
        made.names = names
        return made

    def __getnewargs__(self):
        return (self.names,)

    def places(self, rows: Iterable[int]) -> dict[str, list[int]]:
        """{file: its rows}"""
        places: dict[str, list[int]] = {}
        for row in rows:
            places.setdefault(self.names[row // PER_FILE], []).append(row % PER_FILE)
        return places


@dataclass(frozen=True)
class Fix:
    """A change of client.yml that mends a problem beyond reasonable doubt. `cx check --fix` shows it and makes it.

    key : the part that it is about, as messages write it; for a sheet the name of its file
    kind : "key" renames the key itself; "text" writes `new` for `old` below it; "code" declares `new` as `old` is declared;
        "sheet" names the sheet that is read
    """

    key: str
    old: str
    new: str
    kind: Literal["key", "text", "code", "sheet"] = "text"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth a look (`severity="warning"`).

    `row` counts as a spreadsheet does (the header is row 1); in client.yml it is the line. `count` rows share the
    problem; `also` names the first few of them after `row`. `fix` mends it, where that is safe.
    """

    file: str
    rule: str
    remedy: str = ""
    row: int | None = None
    column: str = ""
    severity: Literal["error", "warning"] = "error"
    also: tuple[int, ...] = ()
    count: int = 1
    fix: tuple[Fix, ...] = ()

    def __str__(self) -> str:
        place = ", ".join(part for part in (*self._place(), self._column()) if part)
        return " ".join(f"{place}: {_sentence(self.rule)} {_sentence(self.remedy)}".split())

    def _place(self) -> tuple[str, str]:
        """File and rows; of several files the rows of each beside its name."""
        if self.row is None:
            return self.file, ""
        rows, more = (self.row, *self.also), self.count - 1 - len(self.also)
        rest = f" and {more:,} more" if more else ""
        if isinstance(self.file, Files):
            return " and ".join(f"{file}, {_rows('row', each)}" for file, each in self.file.places(rows).items()) + rest, ""
        word = "line" if self.file.endswith((".yml", ".yaml")) else "row"
        return self.file, _rows(word, rows) + rest

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


def as_told(client: str, found: Iterable[Problem], read: Iterable[str] = ()) -> list[str]:
    """What a check of a client read and found, as lines; the last one counts."""
    found = list(found)
    wrong = len(errors(found))
    return [*read, *map(str, found), f"{client}: errors {wrong}, warnings {len(found) - wrong}"]


def stop_on_errors(problems: Iterable[Problem]) -> None:
    """Raise DataError with all problems when one of them is an error."""
    problems = list(problems)
    if errors(problems):
        raise DataError(problems)


def at_rows(rows: Iterable[int], **problem) -> Problem:
    """One Problem for all `rows`: the first is named, then three more, then their number."""
    first, *rest = (int(row) for row in rows)
    return Problem(row=first, also=tuple(rest[:3]), count=1 + len(rest), **problem)


def written(name: str) -> str:
    """A text as it can stand in client.yml, in quotation marks where it needs them."""
    plain = re.fullmatch(r"[^\W\d_][\w ./-]*[\w.]|[^\W\d_]", name) and name not in ("null", "~") and "  " not in name
    return name if plain else json.dumps(name, ensure_ascii=False)


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


def misspelt(name: str, names: Iterable[str]) -> str:
    """The one of `names` that `name` is a slip of the pen for, or "" where that can be doubted.

    Another number is another name (q1, q11), and so is another first letter (tilfreds, utilfreds).

    >>> misspelt("Regoin", ["region", "year"]), misspelt("q12", ["q11"]), misspelt("satisfied", ["dissatisfied"])
    ('region', '', '')
    """
    plain, numbers = _plain(name), re.findall(r"\d+", name)
    alike = [each for each in dict.fromkeys(names) if re.findall(r"\d+", each) == numbers and _plain(each)[:1] == plain[:1]]
    slips = 0 if len(plain) < 4 else 1 if len(plain) < 9 else 2
    same = [each for each in alike if _plain(each) == plain]
    found = same or [each for each in alike if _slips(_plain(each), plain, slips)]
    return found[0] if plain and len(found) == 1 else ""


def _slips(one: str, other: str, most: int) -> bool:
    """Whether at most so many letters are missing, too many, wrong or swapped with the next."""
    if one == other:
        return True
    if not most:
        return False
    at = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))
    rest, there = one[at:], other[at:]
    swapped = len(rest) > 1 and len(there) > 1 and rest[:2] == there[1::-1]
    ways = [(rest[1:], there), (rest, there[1:]), (rest[1:], there[1:]), *([(rest[2:], there[2:])] if swapped else [])]
    return any(_slips(*way, most - 1) for way in ways)


def _rows(word: str, rows: Iterable[int]) -> str:
    named = [str(row) for row in rows]
    return f"{word}{'s' if len(named) > 1 else ''} {', '.join(named)}"


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
