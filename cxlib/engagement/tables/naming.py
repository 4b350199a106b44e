"""The names that client.yml gives columns, held against the headings of a file."""

import re
from collections.abc import Iterable, Mapping, Sequence

from cxlib.engagement.problems import Fix, Problem, errors, misspelt, nearest
from cxlib.engagement.tables.raw import BEGINNING, Raw, position
from cxlib.engagement.tables.texts import plain, text

_DATES = "Some headings are dates: write them as text in the spreadsheet"
_QUESTION = re.compile(r"(question|item|variable|measure|spørgsmål|fråga|variabel)([_ ]?(id|name|text|navn|namn))?", re.IGNORECASE)
_ANSWER = re.compile(r"(answer|response|value|score|svar|værdi|värde)([_ ]?(value|text))?", re.IGNORECASE)


def matched(
    raw: Raw, file: str, wanted: Mapping[str, str] | None, optional: Iterable[str] = ()
) -> tuple[dict[str, int], list[Problem]]:
    """{name that client.yml gives a column: its place in the file}, and what is wrong or worth a look.

    wanted : {name: the key of client.yml that gives it}; without it every heading is a name
    optional : names that may be missing
    """
    problems = []
    if wanted is None:
        places = {name: i for i, name in enumerate(raw.header) if name}
        problems += _repeated(raw, file, set(raw.repeated))
    else:
        places = {}
        lost = [name for name in wanted if not position(name, raw.header)] if raw.dated else []
        if len(lost) > 1:
            rule = f"there are no such columns: {', '.join(map(_short, lost[:8]))}" + ", ..." * (len(lost) > 8)
            problems.append(Problem(file, rule, _DATES, raw.row))
        for name in dict.fromkeys([*wanted, *optional]):
            found = position(name, raw.header)
            if len(found) == 1:
                places[name] = found[0]
            elif found or (name in wanted and len(lost) < 2):
                rule, remedy = _unmatched(name, wanted.get(name, "optional"), found, raw)
                fix = _respelt(name, wanted, raw) if name in wanted and not found else ()
                problems.append(Problem(file, rule, remedy, raw.row, name, fix=fix))
        problems += _named_twice(raw, file, places)
        if {raw.header[i] for i in places.values()} & {*raw.repeated.values()} - {*_known_repeated(raw, places)}:
            problems += _repeated(
                raw, file, {name for name, of in raw.repeated.items() if position(of, raw.header)[0] in places.values()}
            )
        places = dict(sorted(places.items(), key=lambda each: each[1]))
    problems += _without_heading(raw, file, places)
    return places, problems if errors(problems) else problems + _unread(raw, file, wanted, places)


def _respelt(name: str, wanted: Mapping[str, str], raw: Raw) -> tuple[Fix, ...]:
    """The one heading that a name is a slip of the pen for, where nothing else is called so."""
    right = misspelt(name, filter(None, raw.header))
    return (Fix(wanted[name], name, right),) if right and right not in wanted else ()


def _known_repeated(raw: Raw, places: Mapping[str, int]) -> set[str]:
    """The repeated headings of which client.yml names a later one too, so that whoever wrote it knows."""
    return {raw.repeated[raw.header[i]] for i in places.values() if raw.header[i] in raw.repeated}


def _repeated(raw: Raw, file: str, names: set[str]) -> list[Problem]:
    if not names:
        return []
    told = [f'"{_short(name)}" (column {i})' for i, name in enumerate(raw.header, start=1) if name in names]
    rule = f"headings stand more than once; the later ones are called {', '.join(told[:6])}" + ", ..." * (len(told) > 6)
    remedy = "The heading alone is the first of them"
    return [Problem(file, rule, remedy, raw.row, severity="warning")]


def _named_twice(raw: Raw, file: str, places: Mapping[str, int]) -> list[Problem]:
    first: dict[int, str] = {}
    problems = []
    for name, place in places.items():
        if place in first:
            rule = f'"{_short(first[place])}" is the same column, column {place + 1}'
            problems.append(Problem(file, rule, "Call it by one name throughout client.yml", raw.row, name))
        first.setdefault(place, name)
    return problems


def _without_heading(raw: Raw, file: str, places: Mapping[str, int]) -> list[Problem]:
    problems = []
    for at, name in enumerate(raw.header):
        if not name and at not in places.values() and any(text(cell) for cell in raw.columns[at]):
            rule = f"column {at + 1} has values but no heading"
            remedy = f'It is not read; to read it, call it "column {at + 1}" in client.yml'
            problems.append(Problem(file, rule, remedy, row=raw.row, severity="warning"))
    return problems


def _unread(raw: Raw, file: str, wanted: Mapping[str, str] | None, places: Mapping[str, int]) -> list[Problem]:
    unread = [name for i, name in enumerate(raw.header) if name and wanted is not None and i not in places.values()]
    if not unread:
        return []
    names = ", ".join(map(_short, unread[:8])) + f" and {len(unread) - 8} more" * (len(unread) > 8)
    return [Problem(file, f"not described in client.yml and not read: {names}", severity="warning")]


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:70]}..."


def _one_row_an_answer(header: Sequence[str]) -> str:
    """What to write where a column names the question and another holds the answer; "" where none does."""
    question = next((each for each in header if _QUESTION.fullmatch(each)), None)
    answer = next((each for each in header if _ANSWER.fullmatch(each)), None)
    other = next((each for each in header if each not in (question, answer)), None)
    if question is None or answer is None or other is None:
        return ""
    return f"If each row is one answer, write `long: {{respondent: {other}, question: {question}, answer: {answer}}}` beside `file`"


def _unmatched(name: str, key: str, found: list[int], raw: Raw) -> tuple[str, str]:
    if found:
        listed = ", ".join(f'"column {i + 1}"' for i in found[:8])
        return f"{len(found)} columns begin like this ({key})", f"Write more of the heading, or its number: {listed}"
    rule = f"there is no such column ({key})"
    beginning = re.sub(r"\s*(\.\.\.|…)$", "", plain(name))
    fitting = [i for i, each in enumerate(raw.header) if plain(each).startswith(beginning)]
    if beginning != plain(name) and len(beginning) < BEGINNING and fitting:
        listed = " or ".join(f'"column {i + 1}"' for i in fitting[:4])
        return rule, f"A beginning needs {BEGINNING} characters before its ...; or write {listed}"
    if near := nearest(name, [each for each in raw.header if each]):
        return rule, f'Did you mean "{_short(near)}"? Correct the name in client.yml'
    if raw.dated:
        return rule, _DATES
    if long := _one_row_an_answer(raw.header):
        return rule, long
    names = [_short(each) for each in raw.header[:12] if each]
    return rule, f"The columns are: {', '.join(names)}" + ", ..." * (len(raw.header) > 12)
