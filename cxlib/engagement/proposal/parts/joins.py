"""What another file says of the same people: `join`, as it is proposed for the survey, with the groups that it brings."""

from dataclasses import dataclass

import pandas as pd

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.segments import MOST_SEGMENTS, rank
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.tables.matches import FEW, TOO_FEW, Matches, matches

_MOST_JOINED = 3  # groups of one file
_LEAST_IDS = 20  # that a column must hold to tell people apart


@dataclass(frozen=True)
class SharedId:
    """A column of the survey and the one of another file that hold the same ids."""

    ours: str
    theirs: str
    found: Matches

    @property
    def loose(self) -> bool:
        """Whether they are the same only without case, spaces and leading zeros."""
        return self.found.spelled_otherwise

    @property
    def share(self) -> float:
        """Share of the survey's rows that are found."""
        return (self.found.loose if self.loose else self.found.found) / max(1, self.found.of)


def shared_id(survey: SourceFile, other: SourceFile) -> SharedId | None:
    """The ids by which most of the survey's rows are found in the other file, where each id stands once."""
    theirs = [facts for facts in other.facts if facts.unique and _is_id(facts)]
    ours = [facts for facts in survey.facts if facts.distinct >= _LEAST_IDS and _is_id(facts) and facts.name not in survey.scales]
    pairs = [SharedId(our.name, their.name, matches(_ids(survey, our), _ids(other, their))) for our in ours for their in theirs]
    best = max(pairs, key=lambda pair: pair.share, default=None)
    return best if best is not None and best.share >= TOO_FEW else None


def _is_id(facts: Facts) -> bool:
    return not facts.is_date and bool(words.RESPONDENT.search(facts.name) or words.CUSTOMER.search(facts.name))


def _ids(source: SourceFile, facts: Facts) -> pd.Series:
    return source.table.cells[facts.name]


def with_joined(survey: Line, source: SourceFile, others: list[SourceFile]) -> list[SourceFile]:
    """Adds `join` and the segments that it brings to the lines of the survey; the files that are joined."""
    joined = []
    parts: list[Line] = []
    brought: list[Line] = []
    taken = {*source.by_name}
    for other in others:
        shared = shared_id(source, other) if isinstance(other.file, str) else None
        groups = [facts for facts in other.facts if facts.is_group and facts.name not in taken and not any(each.search(facts.name) for each in _NO_GROUP)]
        if shared is None or not groups:
            continue
        groups = sorted(groups, key=rank)[:_MOST_JOINED]
        names = [facts.name for facts in groups]
        sure = shared.share >= FEW
        how = {"match": "loose"} if shared.loose else {}
        read = {"read": dict(other.opening.read)} if other.opening.read else {}
        value = {"file": other.file, **read, "on": {shared.ours: shared.theirs}, "columns": names, **how}
        told = f"{shared.share:.0%} of the answers find theirs in {other.name}" + ", once case, spaces and leading zeros are left aside" * shared.loose
        parts.append(Line("join", [value], told, sure=sure, columns=(shared.ours, *names)))
        brought += [Line(facts.name, short(facts.title or facts.name), f"{len(facts.named)} groups: {facts.shown()}; from {other.name}", sure=sure, columns=(facts.name,)) for facts in groups]
        taken |= {*names}
        joined.append(other)
    if parts:
        sure_ones = [part for part in parts if part.sure] or parts
        value = [each for part in sure_ones for each in part.value]
        join = Line("join", value, "; ".join(part.why for part in sure_ones), sure=sure_ones[0].sure, columns=tuple(name for part in sure_ones for name in part.columns))
        unsure = [part for part in parts if part not in sure_ones]
        first = next((i for i, line in enumerate(survey.below) if line.key not in ("file", "read")), len(survey.below))
        survey.value[first:first] = [join, *unsure]
        _add_segments(survey, brought)
    return joined


_NO_GROUP = (words.CHURN, words.STAFF, words.NAMES, words.COMMENT)


def _add_segments(survey: Line, brought: list[Line]) -> None:
    """Behind the survey's own segments, as far as a page shows them."""
    segments = next((line for line in survey.below if line.key == "segments"), None)
    if segments is None:
        segments = Line("segments", [], sure=any(line.sure for line in brought))
        survey.value.append(segments)
    room = MOST_SEGMENTS - sum(line.sure for line in segments.below)
    segments.value += [line for line in brought if not line.sure] + [line for line in brought if line.sure][: max(0, room)]
    if not segments.sure and any(line.sure for line in brought):
        segments.sure, segments.why = True, ""
