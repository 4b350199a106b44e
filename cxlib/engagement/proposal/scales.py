"""On which scale a question was answered: by numbers, by the file's own labels, or by words of a known scale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from cxlib.engagement.proposal.facts import SHARED, Facts
from cxlib.engagement.proposal.words import BAD, DONT_KNOW, GOOD, NO_QUESTION, NOT_APPLICABLE, PERIOD, RANKED, RECOMMEND
from cxlib.engagement.tables.answers import END_OF_SCALE

SCALES = Path(__file__).parents[3] / "templates" / "scales.yml"
SENTINELS = {-9, -8, -7, -1, -66, -77, -88, -99, -999, 77, 88, 96, 97, 98, 99, 777, 888, 999, 9999}  # never answers on 0-10
USUAL = ((0, 10), (1, 10), (1, 7), (1, 5), (1, 4), (1, 6), (0, 5), (0, 4), (0, 100))
_MANY = 100  # answers among which somebody gives the best one
_MOST_ANSWERS = 11  # in words
_MOST_VALUES = 10  # codes that are written one by one
_FEW = 30  # answers under which a missing end of a scale says nothing


@dataclass(frozen=True)
class AskedScale:
    """A scale and how the answers on it are stored. `doubt` says why it is not certain, "" where it is."""

    low: float
    high: float
    values: tuple[tuple[str, float], ...] = ()
    dont_know: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    evidence: str = ""
    doubt: str = ""
    shift: float = 0
    family: str = ""
    turned: bool = False  # stored with the good end low; `values` put it right
    here: bool = False  # whether its codes are declared at the question, since they are answers to another one

    @property
    def own(self) -> dict[str, tuple[str, ...]]:
        """Codes that are declared at the question."""
        return {"dont_know": self.dont_know, "not_applicable": self.not_applicable} if self.here else {}

    @property
    def shared(self) -> dict[str, tuple[str, ...]]:
        """Codes that are declared once for all questions."""
        return {} if self.here else {"dont_know": self.dont_know, "not_applicable": self.not_applicable}

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest answer."""
        return self.low, self.high

    @property
    def options(self) -> int:
        """How many answers a scale of whole numbers has."""
        return int(self.high - self.low) + 1


def scale_of(facts: Facts) -> AskedScale | None:
    """The scale of a column, or None where it is no question with a scale."""
    if not facts.filled or facts.is_date or facts.clock:
        return None
    found = _labelled(facts) if facts.labels else _in_words(facts)
    if found is None and (not facts.labels or _numbers_tell(facts)):
        found = _in_numbers(facts)
    return found


def _numbers_tell(facts: Facts) -> bool:
    """Whether the labels name only what is no answer, as 99 "Don't know"."""
    return all(_no_answer(label) for label in facts.labels.values())


def _no_answer(label: str) -> str:
    """dont_know, not_applicable or ""."""
    return "not_applicable" if NOT_APPLICABLE.search(label) else "dont_know" if DONT_KNOW.search(label) else ""


def _codes(labels: dict[float, str]) -> tuple[dict[str, list[str]], dict[float, str]]:
    """Codes that are no answers, by kind, and the labels of the answers."""
    kinds: dict[str, list[str]] = {"dont_know": [], "not_applicable": []}
    answers = {}
    for code, label in labels.items():
        if kind := _no_answer(label):
            kinds[kind].append(f"{code:g}")
        else:
            answers[code] = label
    return kinds, answers


def _labelled(facts: Facts) -> AskedScale | None:
    """By labels of the file: a scale where they speak of ends, or begin with their own number."""
    kinds, answers = _codes(facts.labels)
    if not answers:
        return None
    numbered = [label for code, label in answers.items() if re.match(rf"{code:g}\b", label)]
    low, high = min(answers), max(answers)
    if (step := _step(answers)) and ((low + step, high + step) == (0, 10) or _worded_ends(answers)):
        told = f'labelled with other numbers than they are stored as: {low:g} is "{_short(answers[low])}", {low + 1:g} is "{_short(answers.get(low + 1, ""))}"'
        return AskedScale(low + step, high + step, (), tuple(kinds["dont_know"]), tuple(kinds["not_applicable"]), told, shift=step)
    ends = [answers[low], answers[high]]
    only_ends = len(answers) == 2 and high - low >= 3 and all(END_OF_SCALE.search(label) for label in ends)
    if not only_ends and len(answers) < 3:
        return None
    if not only_ends and not (len(numbered) >= 0.8 * len(answers) or all(END_OF_SCALE.search(label) for label in ends)):
        return None
    words = f'labels {low:g} "{_short(answers[low])}" to {high:g} "{_short(answers[high])}"'
    outside = [number for number in facts.numeric if not low <= number <= high and f"{number:g}" not in {*kinds["dont_know"], *kinds["not_applicable"]}
               and number not in facts.declared_missing]  # fmt: skip
    doubt = f"{len(outside)} values outside the labels" if outside else ""
    values = ()
    if _falls(answers[low], answers[high]):
        whole = high - low <= _MOST_VALUES
        values = tuple((f"{code:g}", low + high - code) for code in range(int(high), int(low) - 1, -1)) if whole else ()
        words += "; the low end is the good one: " + ("turned, as the other questions are" if whole else "turn it with `recode`")
        doubt = doubt or ("" if whole else "its low answers are the good ones")
    return AskedScale(low, high, values, tuple(kinds["dont_know"]), tuple(kinds["not_applicable"]), words, doubt, turned=bool(values))


def _step(answers: dict[float, str]) -> int:
    """What is added to each code to get the number that its label says, where all labels that are numbers say so; else 0."""
    steps = {int(label) - code for code, label in answers.items() if label.isdigit()}
    told = sum(label.isdigit() for label in answers.values())
    return int(steps.pop()) if len(steps) == 1 and told >= 0.6 * len(answers) and told > 2 else 0


def _worded_ends(answers: dict[float, str]) -> bool:
    """Whether the ends say in words which answers they are."""
    said = [label for label in (answers[min(answers)], answers[max(answers)]) if not label.isdigit()]
    return bool(said) and all(END_OF_SCALE.search(label) for label in said)


def _falls(low: str, high: str) -> bool:
    """Whether the lowest answer is the good one by its words."""
    return bool(GOOD.search(low) and not BAD.search(low) and BAD.search(high))


def _in_words(facts: Facts) -> AskedScale | None:
    """By words of a known scale, or by the number that each answer begins with."""
    if facts.is_numeric and not facts.leading:
        return None
    said = {cell: _no_answer(cell) for cell in facts.counts}
    dont_know, not_applicable = (tuple(cell for cell, found in said.items() if found == kind) for kind in ("dont_know", "not_applicable"))
    answers = [cell for cell, found in said.items() if not found]
    if not 2 <= len(answers) <= _MOST_ANSWERS:
        return None
    if leading := facts.leading:
        numbers = {cell: leading.get(cell) for cell in answers}
        plain = {cell: float(cell) for cell in answers if cell not in leading}
        every = {**plain, **{cell: number for cell, number in numbers.items() if number is not None}}
        low, high, doubt = _usual(set(every.values()), facts.filled, facts)
        if high - low < 2:
            return None
        ranked = sorted(every, key=lambda cell: every[cell])
        told, turned = "the number that each answer begins with", _falls(ranked[0], ranked[-1])
        if turned:
            told += "; the low end is the good one: turned, as the other questions are"
        if high > _MOST_ANSWERS:
            doubt = doubt or "numbers of options, or of a scale?"
        if not plain and not all(RANKED.search(end) for end in (ranked[0], ranked[-1])):
            doubt = doubt or "do these numbers rank the answers, or only count them?"
        given = tuple((cell, low + high - number if turned else number) for cell, number in every.items() if cell in leading or turned)
        return AskedScale(low, high, given, dont_know, not_applicable, told, doubt, turned=turned)
    if all(_plain(cell) in _known_words() for cell in answers):
        fitting = [(name, scale) for name, scale in known_scales() if all(_plain(cell) in scale for cell in answers)]
        if fitting:
            said = {_plain(cell) for cell in answers}
            apart = [(name, scale) for name, scale in fitting if len({scale[cell] for cell in said}) == len(said)]
            collide = "" if apart else "two different answers would be one: say their `values`"
            fitting = apart or fitting
            name, scale = min(fitting, key=lambda each: max(each[1].values()))
            values = tuple(sorted(((cell, float(scale[_plain(cell)])) for cell in answers), key=lambda each: each[1]))
            top = max(scale.values())
            other = sorted({max(each.values()) for _, each in fitting} - {top})
            doubt = collide or f"these words also stand in a scale of {other[0]}" if collide or (other and len({*scale.values()} & {v for _, v in values}) < top) else ""
            unseen = facts.filled >= _MANY and not {1.0, float(top)} & {number for _, number in values}
            told = f"{top} answers in words ({name})" + ", of which nobody gave an end: was it asked with fewer?" * unseen
            return AskedScale(1, top, values, dont_know, not_applicable, told, doubt, family=name)
        for (name, top), places in _in_all_languages().items():
            if all(_plain(cell) in places for cell in answers):
                values = tuple(sorted(((cell, float(places[_plain(cell)])) for cell in answers), key=lambda each: each[1]))
                return AskedScale(1, top, values, dont_know, not_applicable, f"{top} answers in words of several languages ({name})", family=name)
    return None


def _in_numbers(facts: Facts) -> AskedScale | None:
    """By whole numbers of few values; codes far from the others are told."""
    if not facts.labels and len(facts.words) <= 40 and (NO_QUESTION.search(facts.name) or PERIOD.search(facts.name)):
        return None
    texts = {cell: _no_answer(cell) for cell in facts.counts if _number(cell) is None}
    if not facts.numeric or any(not kind for kind in texts.values()):
        return None
    labelled, _ = _codes(facts.labels)
    seen = {number: count for number, count in facts.numeric.items() if number not in facts.declared_missing and f"{number:g}" not in {*labelled["dont_know"], *labelled["not_applicable"]}}
    if not seen or not all(number == int(number) for number in seen):
        return None
    kinds = {kind: [cell for cell, found in texts.items() if found == kind] + labelled[kind] for kind in ("dont_know", "not_applicable")}
    core = {number for number in seen if number not in SENTINELS}
    odd = sorted(number for number in seen if number in SENTINELS)
    if odd and core and max(core) > 11:
        core, odd = set(seen), []
    if not core or max(core) > 100 or min(core) < 0:
        return None
    gap = _beyond_a_gap(core, seen)
    core, odd = core - set(gap), sorted([*odd, *gap])
    low, high, doubt = _usual(core, facts.filled, facts)
    if high - low < 3 or len(core) < 3 or (high == 100 and (len(core) < 15 or not _asked(facts))) or high > 100:
        return None
    if odd:
        kinds["dont_know"] += [f"{number:g}" for number in odd]
        doubt = doubt or ""
    counts = sum(count for number, count in seen.items() if number in core)
    words = f"{min(core):g}-{max(core):g}, {counts:,} answers"
    if odd:
        words += f"; {', '.join(f'{number:g}' for number in odd)} far from the scale ({sum(seen[number] for number in odd):,} rows)"
    return AskedScale(low, high, (), tuple(kinds["dont_know"]), tuple(kinds["not_applicable"]), words, doubt)


def _beyond_a_gap(core: set[float], seen: dict[float, int]) -> list[float]:
    """Single codes beyond a gap after a usual end, as 9 after 1-5."""
    ranked = sorted(core)
    for end in (4, 5, 7):
        below, beyond = [each for each in ranked if each <= end], [each for each in ranked if each > end + 1]
        if below and beyond and below[-1] == end and len(below) + len(beyond) == len(ranked) and len(beyond) <= 2 and len(below) >= end - 1:
            rows = sum(seen[each] for each in beyond)
            if rows < 0.3 * sum(seen.values()):
                return beyond
    return []


def _usual(core: set[float], answers: int, facts: Facts) -> tuple[float, float, str]:
    """The usual scale that takes in the answers, and why it is not certain."""
    low, high = min(core), max(core)
    if RECOMMEND.search(facts.words) and (low, high) == (1, 11):
        return 1, 11, "0-10 stored as 1-11 (`shift: -1`), or is 11 a code for no answer?"
    if RECOMMEND.search(facts.words) and 9 <= high <= 10 and low >= 0:
        return 0, 10, ""
    if (low, high) in USUAL:
        doubt = "an unusual scale: is its end a code for no answer?" if (low, high) in ((0, 5), (0, 4), (1, 6)) or (high == 4 and answers < _MANY) else ""
        return low, high, doubt
    if (low == 0 and high in (6, 7, 11)) or (low, high) == (1, 11):
        return low, high, "an end of it may be a code for no answer"
    fitting = [each for each in USUAL if each[0] <= low and high <= each[1] and each not in ((0, 5), (0, 4), (1, 6), (0, 100))]
    if not fitting and high <= 100:
        return 0, 100, ""
    if not fitting:
        return low, high, "no usual scale"
    best = min(fitting, key=lambda each: each[1] - each[0])
    few = answers < _FEW or high >= 8
    missed = f"nobody gave {best[1]:g}" if high < best[1] else f"nobody gave {best[0]:g}"
    if high == best[1] and low == best[0] + 1 and answers >= _FEW:
        return *best, ""
    few = few and not (high == best[1] - 2 and answers >= _MANY)  # a count of something more than 10 answers of which nobody gave the best two
    return *best, "" if few and answers >= 10 and high >= 8 else f"{missed}: was it asked on {best[0]:g}-{best[1]:g}?"


def _asked(facts: Facts) -> bool:
    """Whether the heading reads as a question or as a score."""
    return bool(re.search(r"\?|score|rating|nps|csat|slider|tilfreds|satisf|nöjd", facts.words, re.IGNORECASE))


def joined_scale(scales: Iterable[AskedScale]) -> AskedScale | None:
    """One scale for the questions of a block, or None where they differ."""
    scales = list(scales)
    first = scales[0]
    ends = {each.ends for each in scales if not each.doubt} or {each.ends for each in scales}
    if len(ends) != 1 or len({each.shift for each in scales}) != 1:
        return None
    if len({each.turned for each in scales}) != 1 and not all(each.values for each in scales):
        return None  # codes that are turned in one question and stand as they are in another
    values = dict(pair for each in scales for pair in each.values)
    if any(dict(each.values).get(cell, number) != number for each in scales for cell, number in values.items()):
        return None
    low, high = ends.pop()
    codes = [tuple(dict.fromkeys(code for each in scales for code in getattr(each, kind))) for kind in ("dont_know", "not_applicable")]
    doubt = "" if any(not each.doubt for each in scales) else first.doubt
    return replace(first, low=low, high=high, values=tuple(sorted(values.items(), key=lambda pair: pair[1])), dont_know=codes[0], not_applicable=codes[1], doubt=doubt, here=any(each.here for each in scales))


def with_own_codes(scales: dict[str, AskedScale]) -> dict[str, AskedScale]:
    """The scales, and which of them declare their codes themselves."""

    def is_answer(code: str) -> bool:
        number = _number(code)
        return number is not None and any(each.low <= number <= each.high for each in scales.values())

    return {name: replace(scale, here=any(map(is_answer, (*scale.dont_know, *scale.not_applicable)))) for name, scale in scales.items()}


@cache
def known_scales() -> list[tuple[str, dict[str, int]]]:
    """(name, {answer: its place from 1}) of templates/scales.yml."""
    found = yaml.safe_load(SCALES.read_text(encoding="utf-8"))
    return [(name, {_plain(word): place for place, answer in enumerate(scale, start=1) for word in str(answer).split(";")})
            for name, scales in found.items() for scale in scales]  # fmt: skip


@cache
def _in_all_languages() -> dict[tuple[str, int], dict[str, int]]:
    """{(name, number of answers): all words of such scales that stand for one place alone}"""
    found: dict[tuple[str, int], dict[str, int]] = {}
    for name, scale in known_scales():
        places = found.setdefault((name, max(scale.values())), {})
        for word, place in scale.items():
            places[word] = place if places.get(word, place) == place else 0
    return {key: {word: place for word, place in places.items() if place} for key, places in found.items()}


@cache
def _known_words() -> frozenset[str]:
    return frozenset(word for _, scale in known_scales() for word in scale)


def _plain(said: str) -> str:
    return " ".join(said.casefold().replace("\u2019", "'").split()).rstrip(".")


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def _short(label: str) -> str:
    return label if len(label) <= 30 else label[:29] + "…"


def enough(facts: Facts) -> bool:
    """Whether a group of the column may be named in a comment."""
    return any(count >= SHARED for count in facts.counts.values())
