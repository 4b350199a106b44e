"""Ids that two tables of a client folder share: how many of one are found in the other. What is tied by them misses in silence."""

from dataclasses import dataclass, replace

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, written
from cxlib.engagement.tables.matches import FEW, TOO_FEW, Matches, matches
from cxlib.engagement.tables.shaping import loosely

_REMOVE = "Are these the columns of the same ids, and of the same time? Correct `{}`, or remove it: they are not tied together then"


@dataclass(frozen=True)
class Ids:
    """The ids in a column of one table.

    part, role : the key of client.yml that names the column, as "contacts" and "respondent"
    what : what they are, in the plural
    """

    part: str
    role: str
    column: str
    values: pd.Series
    file: str
    what: str = "respondents"

    @property
    def distinct(self) -> pd.Series:
        """Each id once."""
        return pd.Series(self.values.dropna().unique(), dtype=object)


def shared(folder: Folder, one: Ids, other: Ids, *, needed: bool) -> tuple[str, list[Problem]]:
    """How many ids of the table that has fewer are in the other, and what is wrong with that.

    needed : whether a report ties the two tables by them
    """
    few, many = sorted((one, other), key=lambda each: len(each.distinct))
    counts = matches(few.distinct, many.distinct)
    told = f"{counts.found:,} of {counts.of:,} {few.what} in {few.file} are in {many.file}"
    if counts.share >= FEW:
        return told, []
    problem = _problem(folder, few, many, counts, told)
    wrong = counts.share < TOO_FEW and (needed or counts.spelled_otherwise)
    return told, [problem if wrong else replace(problem, severity="warning")]


def _problem(folder: Folder, few: Ids, many: Ids, counts: Matches, told: str) -> Problem:
    if counts.spelled_otherwise:
        rule = f"{told}; {counts.loose:,} are, once case, spaces and leading zeros are left aside"
        those = [each for each in (few, many) if (each.distinct.map(loosely) != each.distinct).any()]
        lines = " and under ".join(f"`{each.part}` `recode: {{{written(each.column)}: {{match: loose}}}}`" for each in those)
        return folder.setting(f"{those[0].part}.{those[0].role}", rule, f"Write under {lines}")
    side = few if few.part != "survey" else many
    return folder.setting(f"{side.part}.{side.role}", told, _REMOVE.format(f"{side.part}: {side.role}"))
