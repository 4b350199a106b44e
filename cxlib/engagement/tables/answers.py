"""Stored answer -> number on the declared scale. What is not declared is an error with a hint, never a guess."""

import json
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.engagement.problems import Fix, Problem, at_rows, nearest, written
from cxlib.engagement.settings.reading import Coded, Stored
from cxlib.engagement.tables.cells import SILENT, Codes, Unreadable, numbers, plain, quoted, text, why_no_numbers
from cxlib.engagement.tables.rules import broken_rows, on_scale
from cxlib.engagement.tables.shaping import distinct
from cxlib.engagement.tables.table import Table

ANSWERED, DONT_KNOW, NOT_APPLICABLE, BLANK, WRONG = range(5)
_NO_ANSWER = re.compile(
    r"know|n/?a\b|\bdk\b|not (applicable|relevant|answered)|no (answer|opinion|response)|refuse|prefer not|missing|cannot|can't|unsure|"
    r"ved ikke|ikke (relevant|svar|besvar)|intet svar|uoplyst|mangler|ønsker ikke|kan ikke|ingen mening|"
    r"vet (ej|ikke|inte)|ej (aktuell|svar|besvar)|inte (aktuell|relevant|svar)|uppgift saknas|saknas|vill inte|kan inte|ingen (åsikt|uppfattning)",
    re.IGNORECASE,
)  # what a label says where a code is no answer
END_OF_SCALE = re.compile(
    r"likely|satisf|agree|easy|difficult|good|bad|best|worst|poor|excellent|extremely|very|completely|totally|not at all|definitely|always|never|"
    r"sandsynlig|tilfreds|enig|let\b|svær|meget|helt|slet|bedst|værst|dårlig|altid|aldrig|"
    r"sannolik|nöjd|fornøyd|instämm|lätt|svår|mycket|inte alls|bäst|sämst|dålig|alltid|aldrig|absolut",
    re.IGNORECASE,
)  # what a label says of an end of a scale
LONGEST_CODE = 60  # letters of a text that several rows share and a message may show
HALVES_TOP = 3  # 4, 4.5 and 5 of 1 to 5
_MISSING = {"dont_know": DONT_KNOW, "not_applicable": NOT_APPLICABLE, "blank": BLANK}


@dataclass(frozen=True)
class Coding:
    """How the answers of one question are stored. Two questions on one column must agree in it."""

    scale: tuple[float, float]
    shift: float = 0
    values: tuple[tuple[str, float], ...] = ()
    dont_know: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    whole: bool = False  # whether only whole numbers are answers
    step: float = 0  # how far apart answers are, where that is not one
    among: tuple[float, ...] = ()  # the only answers there are; without it every number on the scale
    key: str = ""  # where client.yml declares it

    @classmethod
    def of(cls, question: Stored, survey: Coded, *, key: str, whole: bool = False) -> "Coding":
        """The coding of a question of client.yml: its own codes, or else the survey's."""
        return cls(
            question.scale,
            question.shift,
            tuple(question.values.items()),
            survey.dont_know if question.dont_know is None else question.dont_know,
            survey.not_applicable if question.not_applicable is None else question.not_applicable,
            whole=whole,
            step=getattr(question, "step", None) or 0,
            key=key,
        )

    def agrees(self, other: "Coding") -> bool:
        """Whether the same cell means the same answer in both."""
        return (self.scale, self.shift, set(self.values), set(self.dont_know), set(self.not_applicable)) == (
            other.scale,
            other.shift,
            set(other.values),
            set(other.dont_know),
            set(other.not_applicable),
        )


@dataclass(frozen=True)
class ReadAnswers:
    """The answers in one column, a number or NaN for each row; `kind` says which of ANSWERED, DONT_KNOW, ... it is."""

    numbers: pd.Series
    kind: np.ndarray
    problems: tuple[Problem, ...]

    def unanswered(self, times: pd.Series | None = None) -> dict[str, int]:
        """How many respondents said don't know, not applicable, or nothing; `times` is how many a row stands for."""
        counts = np.bincount(self.kind, weights=None if times is None else times.fillna(0), minlength=5)
        return {name: int(counts[kind]) for name, kind in _MISSING.items()}


def read_answers(table: Table, column: str, coding: Coding, *, decimal: str | None = None) -> ReadAnswers:
    """The column's answers on the declared scale: codes first, then `values`, then `shift`, then the scale.

    Each distinct cell is read once. A cell that is no answer is NaN, and in `problems`.
    """
    cells = table.cells[column]
    ids, stored = distinct(cells)
    stored = stored[:-1]
    kinds, values = _read(stored, table, column, coding, decimal)
    kinds, values = np.array([*kinds, BLANK]), np.array([*values, np.nan])  # the blank cell is the last
    kind, number = kinds[ids], pd.Series(values[ids], index=cells.index, name=column)
    problems = _unread(table, column, coding, kinds, stored, ids, number.index)
    problems += _off_scale(table, column, coding, number, ids, stored)
    problems += _never_zero(table, column, coding, number)
    return ReadAnswers(number, kind, tuple(problems))


def _read(stored: list, table: Table, column: str, coding: Coding, decimal: str | None) -> tuple[list, list]:
    ignore = table.read.case == "ignore"
    dont_know, not_applicable = Codes(coding.dont_know, ignore_case=ignore), Codes(coding.not_applicable, ignore_case=ignore)
    declared = [(Codes([code], ignore_case=ignore), float(value)) for code, value in coding.values]
    kinds, values = [], []
    for cell, number in zip(stored, numbers(stored, decimal=decimal), strict=True):
        label = table.label(column, cell)
        value = next((value for codes, value in declared if cell in codes or (label and label in codes)), number)
        if cell in dont_know or (label and label in dont_know):
            kind = DONT_KNOW
        elif cell in not_applicable or (label and label in not_applicable):
            kind = NOT_APPLICABLE
        elif not text(cell) or table.is_missing(column, cell):
            kind = BLANK
        else:
            kind = ANSWERED if isinstance(value, float) else WRONG
        kinds.append(kind)
        values.append(value + coding.shift + 0.0 if kind == ANSWERED else np.nan)
    return kinds, values


def _unread(table, column, coding, kinds, stored, ids, rows) -> list[Problem]:
    """One problem for the texts that are no answer, one for numbers that can be read two ways."""
    wrong = [i for i, kind in enumerate(kinds[:-1]) if kind == WRONG]
    readings = dict(zip(wrong, numbers([stored[i] for i in wrong]), strict=True))
    problems = []
    for reason in Unreadable:
        these = [i for i in wrong if (readings[i] is Unreadable.AMBIGUOUS) == (reason is Unreadable.AMBIGUOUS)]
        if not these:
            continue
        mask = np.isin(ids, these)
        if reason is Unreadable.AMBIGUOUS:
            remedy, fix = "Declare the decimal sign under `read: decimal`", ()
        else:
            found = [text(stored[i]) for i in these]
            often = Counter(ids[mask])
            shown = {text(stored[i]) for i, count in often.items() if count > 1 and len(text(stored[i])) <= LONGEST_CODE}
            remedy, fix = _text_remedy(column, found, shown, coding), _same_but_for_case(found, coding)
        rule = f"{why_no_numbers([stored[i] for i in these], reason)}: {quoted(stored[i] for i in ids[mask])}"
        problems.append(at_rows(rows[mask], file=table.file, column=column, rule=rule, remedy=remedy, fix=fix))
    return problems


def _same_but_for_case(found: list[str], coding: Coding) -> tuple[Fix, ...]:
    """Texts that are a declared code but for large and small letters: declared beside it they mean the same."""
    alike: dict[str, list[str]] = {}
    for code in _declared(coding):
        alike.setdefault(plain(code, ignore_case=True), []).append(code)
    same = {each: alike.get(plain(each, ignore_case=True), []) for each in dict.fromkeys(found)}
    return tuple(Fix(coding.key, codes[0], each, "code") for each, codes in same.items() if len(codes) == 1)


def _declared(coding: Coding) -> list[str]:
    return [code for code, _ in coding.values] + [*coding.dont_know, *coding.not_applicable]


def _text_remedy(column: str, found: list[str], shown: set[str], coding: Coding) -> str:
    """What to do about texts that are no answers; `shown` are those that a message may show."""
    declared = _declared(coding)
    unlike = [each for each in found if plain(each, ignore_case=True) not in {plain(code, ignore_case=True) for code in declared}]
    if not unlike:
        return f'Codes must match exactly: is it "{nearest(found[0], declared)}"? If large letters do not count, write `read: {{case: ignore}}`'
    if silent := [each for each in unlike if each.casefold() in SILENT]:
        return f"If it says nothing, write `read: {{missing: {json.dumps(list(dict.fromkeys(silent)), ensure_ascii=False)}}}`; if it means don't know, declare it under `dont_know`"
    for each in unlike:
        if near := nearest(each, declared):
            if each not in shown:
                return f'Codes must match exactly: is it "{near}"? Then declare it as it stands in the file'
            return f'Codes must match exactly: is it "{near}"? Then write `recode: {{{written(column)}: {{labels: {{{written(each)}: {written(near)}}}}}}}`'
    groups = f"write `categories: {{{written(column)}: {written(column)}}}` under `survey`, where they are ranked beside the blocks, and take the column out of the block"
    kinds = f"; of kinds without an order, as channels, {groups}" if coding.key.startswith("survey.blocks.") else ""
    return f"Declare the texts under `values`, `dont_know` or `not_applicable`{kinds}"


def _off_scale(table, column, coding: Coding, number: pd.Series, ids, stored) -> list[Problem]:
    low, high = coding.scale
    off = broken_rows(number, on_scale(low, high, whole=coding.whole, step=coding.step, among=coding.among))
    problems = []
    for rule, rows in off.items():
        mask = number.index.isin(rows)
        named = {number[at]: table.label(column, stored[i]) for at, i in zip(number.index[mask], ids[mask], strict=True)}
        labels = {value: label for value, label in named.items() if label}
        remedy = _scale_remedy(number, coding, labels) if rule.startswith("outside") else _step_remedy(number, coding)
        rule = f"{rule}: {quoted(stored[i] for i in ids[mask])}"
        problems.append(at_rows(rows, file=table.file, column=column, rule=rule, remedy=remedy))
    return problems


def _step_remedy(number: pd.Series, coding: Coding) -> str:
    """What to do about answers between those that are offered."""
    seen = number.dropna()
    if not coding.whole or coding.step or not np.isclose(seen * 2 % 1, 0).all():
        return "Correct the answers"
    if coding.key.startswith("survey.rating"):
        return f"If half points were offered, write `step: 0.5` and how many of the best answers count as satisfied, as `top: {HALVES_TOP}`"
    if coding.key.startswith("survey.recommend"):
        return "NPS knows whole answers alone: if half points were offered, name the question under `rating`, with `step: 0.5`"
    return "Correct the answers"


def _scale_remedy(number: pd.Series, coding: Coding, labels: dict[float, str]) -> str:
    """A hint at what such values usually are: an answer of a scale that is stored shifted, before anything else.

    labels  {value off the scale: what the file calls it}. A labelled end of the scale is an answer, never a "don't know"
    """
    low, high = coding.scale
    seen = number.dropna()
    outside = sorted(set(seen[(seen < low) | (seen > high)]))
    answers = [value for value in labels if not _NO_ANSWER.search(labels[value])]
    step = _shift(seen[~seen.isin([value for value in labels if value not in answers])], low, high)
    told = f"The file labels {_listed({value - coding.shift: labels[value] for value in answers})}. " if answers else ""
    ends = bool(answers) and all(END_OF_SCALE.search(labels[value]) for value in answers)
    if step and (answers or (len(outside) == 1 and not labels)):
        shifted = f"{low:g}-{high:g} stored as {low - step:g}-{high - step:g} needs `shift: {coding.shift + step:g}`"
        other = ", ".join(text(value - coding.shift) for value in outside)
        return told + shifted + ("" if ends else f"; if {other} is no answer, declare it under `not_applicable`")
    if ends:
        return f"{told}That is an answer: correct `scale`, `shift` or `values`"
    if labels:
        named = _listed({value - coding.shift: label for value, label in labels.items()})
        return f"The file labels {named}; declare what is no answer under `dont_know` or `not_applicable`"
    if len(outside) <= 3:
        codes = ", ".join(text(value - coding.shift) for value in outside)
        return (
            f"If {codes} stands for don't know, declare it under `dont_know`; otherwise correct `scale` or the answers"
        )
    return "Correct `scale`, `shift` or the answers"


def _shift(seen: pd.Series, low: float, high: float) -> int:
    """-1 or 1 where all answers, some of them off the scale, lie on it once that is added; else 0."""
    return next((step for step in (-1, 1) if len(seen) and (seen + step).between(low, high).all()), 0)


def _listed(labels: dict[float, str]) -> str:
    """The first of them: 11 "Very likely", 99 "Don't know"."""
    return ", ".join(f'{value:g} "{labels[value]}"' for value in sorted(labels)[:3])


def _never_zero(table: Table, column: str, coding: Coding, number: pd.Series) -> list[Problem]:
    """A question on 0-10 whose answers run from exactly 1 to 10 may have been asked on 1-10."""
    seen = number.dropna()
    if coding.whole and coding.scale == (0, 10) and (seen.min(), seen.max()) == (1, 10):
        rule = f"nobody of {len(seen):,} answered 0"
        remedy = "If the question offered 1-10, write `scale: [1, 10]`; if 0-10 was offered, all is well"
        return [Problem(table.file, rule, remedy, column=column, severity="warning")]
    return []
