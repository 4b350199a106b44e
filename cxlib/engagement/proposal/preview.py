"""How a column will be read as client.yml describes it: values that at least five rows share with their rows, never one person's."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cxlib.engagement.proposal.facts import SHARED, Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.tables.answers import Coding, read_answers

_IDS = ("respondent", "contact", "customer", "one_row")
_MADE = {"dates", "recode", "long", "waves", "keep", "drop"}
LABELLED = ("segments", "items")  # {column: label}
_MOST, _LONGEST = 12, 30  # different values that are shown, and letters of each
_NO_ANSWER = {"dont_know": "don't know", "not_applicable": "not applicable", "blank": "blank"}


def read_as(path: tuple[str, ...], line: Line, says: Any, above: Mapping[str, Any], part: Mapping[str, Any], source: SourceFile) -> str:
    """What the rows of the column become, or "" where the line names none.

    says : the value of the line;  above, part : what the block and the whole part say, for scale and codes
    """
    column = _column(path, line, says, source)
    if column is None:
        return ""
    facts = source.by_name[column]
    if path[-1] in _IDS:
        return f"{facts.distinct:,} different{_blank(facts)}"
    own = says if isinstance(says, Mapping) else above if path[-2] == "items" else {}
    if coding := _coding(own, part):
        return _answers(source, column, coding)
    if facts.is_date:
        return f"dates in {facts.filled:,} rows{_blank(facts)}"
    if facts.is_numeric and not facts.labels and facts.distinct > _MOST:
        return f"{facts.low:,.6g} to {facts.high:,.6g}{_blank(facts)}"
    return _counted(facts.named) + _blank(facts)


def _column(path: tuple[str, ...], line: Line, says: Any, source: SourceFile) -> str | None:
    if line.below or not line.columns or not _MADE.isdisjoint(path):
        return None
    key = path[-1]
    if path[-2] in LABELLED:
        return key if key in source.by_name else None
    named = says.get("column") if isinstance(says, Mapping) else says if isinstance(says, str) else None
    return next((each for each in (named, key) if each in source.by_name), None)


def _coding(said: Mapping[str, Any], part: Mapping[str, Any]) -> Coding | None:
    """How answers are stored, where it can be said in numbers."""
    try:
        low, high = (float(end) for end in said["scale"])
        values = tuple((code, float(value)) for code, value in (said.get("values") or {}).items())
        codes = {kind: _listed(said.get(kind, part.get(kind))) for kind in ("dont_know", "not_applicable")}
        return Coding((low, high), float(said.get("shift") or 0), values, **codes)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _listed(codes: Any) -> tuple[str, ...]:
    return () if codes is None else (codes,) if isinstance(codes, str) else tuple(codes)


def _answers(source: SourceFile, column: str, coding: Coding) -> str:
    if source.table is None:
        return ""
    read = read_answers(source.table, column, coding, decimal=source.opening.read.get("decimal"))
    numbers = read.numbers.dropna()
    if read.problems:
        return f"not as it stands: {sum(problem.count for problem in read.problems):,} cells are no answers on this scale"
    values, counts = np.unique(numbers, return_counts=True)
    told = _counted({f"{value:g}": int(count) for value, count in zip(values, counts, strict=True)}) if len(values) <= _MOST else (
        f"{len(numbers):,} answers from {values.min():g} to {values.max():g}, mean {numbers.mean():.2f}")  # fmt: skip
    return "; ".join([told, *(f"{_NO_ANSWER[kind]} {count:,}" for kind, count in read.unanswered().items() if count)])


def _counted(counts: Mapping[str, int]) -> str:
    shared = {value: count for value, count in counts.items() if count >= SHARED}
    if not shared:
        return f"{len(counts):,} different"
    few = [count for count in counts.values() if count < SHARED]
    told = [f"{_cut(value)}: {count:,}" for value, count in list(shared.items())[:_MOST]]
    told += [f"{len(shared) - _MOST} more"] * (len(shared) > _MOST)
    return "; ".join(told) + f"{'; ' * bool(told)}{len(few)} of fewer than {SHARED} rows" * bool(few)


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


def _blank(facts: Facts) -> str:
    blank = facts.rows - facts.filled
    return f"; blank {blank:,}" if blank else ""

