"""What the columns of a table are: which have a role, which are left out and why, what is asked of the consultant."""

import re
from dataclasses import dataclass, field

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.sources import SourceFile


@dataclass
class AskedChoice:
    """A question that is put to the consultant: which of the options, or any text where there are none; the first is what is proposed.

    options : {answer: how it is shown}
    words : whether the answers are words to type, and not chosen by number
    """

    key: str
    text: str
    options: dict[str, str]
    proposed: str = ""
    words: bool = False


@dataclass
class Roles:
    """What the columns of one table are. `left` is {why: columns that are not read}."""

    taken: set[str] = field(default_factory=set)
    left: dict[str, list[str]] = field(default_factory=dict)
    choices: list[AskedChoice] = field(default_factory=list)

    def leave(self, why: str, *columns: str) -> None:
        """These columns are left out."""
        new = [column for column in columns if column not in self.taken]
        if new:
            self.left.setdefault(why, []).extend(new)
        self.taken.update(new)

    def told(self) -> list[str]:
        """What is left out, a line for each reason."""
        return [f"left out, {why}: {', '.join(short(each, 40) for each in columns[:12])}" + f" and {len(columns) - 12} more" * (len(columns) > 12)
                for why, columns in self.left.items()]  # fmt: skip


def leave_out(source: SourceFile, roles: Roles) -> None:
    """Columns that hold nothing, that are about the person, and those of the program."""
    layout = source.layout
    ids = {source.first(layout.respondent), source.first(layout.date)} - {""} if layout else set()
    for facts in source.facts:
        name = facts.name
        if name in ids:
            continue
        if not facts.filled:
            roles.leave("empty", name)
        elif re.match(r"\d{4}-\d{2}-\d{2}|column \d+$", name):
            roles.leave("the heading is a date or missing: write it as text in the file", name)
        elif (layout and name in source.all(layout.person)) or (words.NAMES.search(name) and name not in source.scales):
            roles.leave("about the person", name)
        elif words.STAFF.search(name) and name not in source.scales and not facts.is_numeric:
            roles.leave("names of employees", name)
        elif source.is_of_the_program(name) and not _is_text_end(source, name):
            roles.leave("of the survey program", name)


def _is_text_end(source: SourceFile, name: str) -> bool:
    return bool(source.layout) and name.endswith(source.layout.ends) and source.by_name[name].length > 15
