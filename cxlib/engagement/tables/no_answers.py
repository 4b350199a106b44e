"""Rows of a file that are no answers: more rows of headings, totals and footers. Each is told with what leaves it out."""

import re
from collections.abc import Collection, Sequence

from cxlib.engagement.problems import Problem, at_rows
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import Unreadable, numbers, text
from cxlib.engagement.tables.raw import Raw, ReadOtherwise, Top, position, states

Line = tuple[int, Sequence]
TAIL = 30  # last rows of a file among which footers are looked for
_FOOTERS = 5
_LOOK = 20  # rows below the headings that say what a column holds
_LONG = 10  # characters of a text that is a question rather than an answer
_IMPORT_ID = '{"ImportId"'
_RESPONSE = {"response", "open-ended response"}
_TOTAL = re.compile(
    r"(grand |sub)?totals?|sum|average|mean|i alt|ialt|gennemsnit|gns\.?|middel|totalt|summa|snitt|medel(värde)?|"
    r"gesamt|summe|insgesamt|durchschnitt|mittelwert",
    re.IGNORECASE,
)


def more_headings(
    top: Top, below: Sequence[Line], read: Read, file: str, spans: Sequence[tuple[int, int]] = ()
) -> Problem | None:
    """A row below the headings that holds headings too, with the `read` that is right; or the import ids as headings.

    below : the first lines after the headings
    spans : columns (first, last) that one cell of the headings covers
    """
    if _share(top.cells, _is_import_id) > 0.5 and top.row > 2:
        rule = "the headings are the import ids of Qualtrics"
        rows = tuple(range(2, top.row + 1))
        return _otherwise(file, read, rule, top.row, headings=(1,), skip=rows, severity="warning")
    ids = next((row for row, cells in below[:3] if _share(cells, _is_import_id) > 0.5), None)
    if ids is not None:
        rows = tuple(row for row, _ in below if row <= ids)
        rule = "the rows below the headings hold Qualtrics' questions and import ids, no answers"
        return _otherwise(file, read, rule, ids, skip=(*read.skip, *rows))
    if len(below) < 2 or len(read.headings) > 1:
        return None
    row, second = below[0]
    rest = [cells for _, cells in below[1 : 1 + _LOOK]]
    if not all(_is_words(cell) for cell in second if text(cell)):
        return None
    if _holds_items(top, second, rest, spans):
        rule = "this is a second row of headings, no answer"
        return _otherwise(file, read, rule, row, headings=(top.row, row))
    if _holds_questions(second, rest):
        rule = "this row holds the questions, no answers"
        return _otherwise(file, read, rule, row, skip=(*read.skip, row))
    return None


def _otherwise(file: str, read: Read, rule: str, row: int, *, severity="error", **change) -> ReadOtherwise:
    other = read.model_copy(update=change)
    said = [f"headings: {_list(other.headings)}"] if "headings" in change or other.headings != (1,) else []
    said += [f"skip: {_list(other.skip)}"] if other.skip else []
    return ReadOtherwise(file, rule, f"Say `{', '.join(said)}` under `read`", row, severity=severity, read=other)


def _list(rows: Sequence[int]) -> str:
    return f"[{', '.join(map(str, rows))}]" if len(rows) > 1 else str(rows[0])


def _is_import_id(cell: object) -> bool:
    return isinstance(cell, str) and cell.lstrip().startswith(_IMPORT_ID)


def _share(cells: Sequence, holds) -> float:
    filled = [cell for cell in cells if text(cell)]
    return sum(map(holds, filled)) / len(filled) if filled else 0.0


def _is_words(cell: object) -> bool:
    """Whether a cell is a text, neither a number nor a date."""
    if not isinstance(cell, str) or numbers([cell])[0] is not Unreadable.TEXT:
        return False
    return bool(re.search(r"[^\W\d_]{2}", cell)) and not re.match(r"\d{1,4}[-/.]\d", cell.strip())


def _at(cells: Sequence, i: int) -> str:
    return text(cells[i]) if i < len(cells) else ""


def _holds_items(top: Top, second: Sequence, rest: Sequence[Sequence], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the row names items: it fills the blanks of the headings, or says "Response" as SurveyMonkey does."""
    below = [{_at(cells, i) for cells in rest} for i in range(len(second))]
    if any(
        text(cell).casefold() in _RESPONSE and text(cell) not in seen for cell, seen in zip(second, below, strict=True)
    ):
        return True
    for first, last in spans:
        items = [_at(second, i) for i in range(first, last + 1)]
        if (
            all(items)
            and len(set(items)) == len(items)
            and not any(_at(second, i) in below[i] for i in range(first, last + 1))
        ):
            return True
    blanks = [i for i, name in enumerate(top.names[: len(second)]) if not name and _at(second, i)]
    opens = not _at(second, 0) and bool(top.names[0]) and sum(bool(_at(cells, 0)) for cells in rest) > len(rest) / 2
    return opens and len(blanks) > 1 and not any(_at(second, i) in below[i] for i in blanks)


def _holds_questions(second: Sequence, rest: Sequence[Sequence]) -> bool:
    """Whether the row has long texts, each its own, where the rows below have numbers."""
    numeric = []
    for i in range(len(second)):
        cells = [cells[i] for cells in rest if _at(cells, i)]
        if len(cells) > 2 and all(isinstance(number, float) for number in numbers(cells)):
            numeric.append(_at(second, i))
    long = {each for each in numeric if len(each) > _LONG}
    return len(long) > 1 and len(long) >= 0.5 * len(numeric) and sum(map(bool, numeric)) >= 0.8 * len(numeric)


def is_total(cell: object) -> bool:
    """Whether a cell says "Total", "Average" and the like."""
    return isinstance(cell, str) and len(cell) < 25 and bool(_TOTAL.fullmatch(cell.strip(" \u00a0:*")))


def totals_and_footers(raw: Raw, totals: Sequence[Line], tail: Sequence[Line], read: Read, file: str) -> list[Problem]:
    """Rows that sum up the others, and lines of text below the last answer.

    totals : rows whose first filled cell says "Total" or the like
    tail : the last rows of the file, with all their cells
    """
    found = {row: "the row sums up others" for row, cells in totals if _sums_up(raw, row, cells)}
    found |= dict.fromkeys(_footers(tail, found), "a note stands below the answers")
    if not found:
        return []
    rows = sorted(found)
    rule = " and ".join(dict.fromkeys(found.values())) + ": no answer"
    problem = _otherwise(file, read, rule, rows[0], skip=(*read.skip, *rows))
    return [ReadOtherwise(**{**vars(problem), "also": tuple(rows[1:4]), "count": len(rows)})]


def _sums_up(raw: Raw, row: int, cells: Sequence) -> bool:
    filled = [i for i, cell in enumerate(cells) if text(cell)]
    figures = [number for cell in cells for number in numbers([cell]) if number is not None][1:]
    if any(figure is Unreadable.TEXT for figure in figures):
        return False
    if len(filled) <= max(1, sum(map(bool, raw.header)) / 2):
        return True
    checked = [_is_sum(raw, i, row, number) for i in filled[1:] if isinstance(number := numbers([cells[i]])[0], float)
               and i < len(raw.columns) and raw.columns[i] is not None]  # fmt: skip
    return bool(checked) and sum(checked) >= len(checked) / 2


def _is_sum(raw: Raw, i: int, row: int, figure: float) -> bool:
    """Whether the figure is the sum or the mean of the column's other numbers."""
    cells = [cell for cell, at in zip(raw.columns[i], raw.rows, strict=True) if at != row]
    known = [number for number in numbers(cells) if isinstance(number, float)]
    if len(known) < 2:
        return False
    total = sum(known)
    return abs(figure - total) <= 1e-6 * max(1, abs(total)) or abs(figure - total / len(known)) <= 0.051


def _footers(tail: Sequence[Line], totals: dict[int, str]) -> list[int]:
    """The last rows where a sentence stands alone in a column that else holds single words, codes or numbers."""
    rows = list(tail)
    found: list[int] = []
    while rows and len(found) < _FOOTERS:
        row, cells = rows[-1]
        filled = [i for i, cell in enumerate(cells) if text(cell)]
        if row not in totals and not (
            len(filled) == 1 and _is_words(cells[filled[0]]) and " " in text(cells[filled[0]])
        ):
            break
        found += [row] if row not in totals else []
        rows.pop()
    if not found:
        return []
    firsts = [text(cells[0]) for _, cells in rows if len([cell for cell in cells if text(cell)]) > 1 and len(cells)]
    return found[::-1] if len(firsts) > 1 and not any(" " in first for first in firsts) else []


def tests_and_unfinished(raw: Raw, wanted: Collection[str] | None, file: str) -> list[Problem]:
    """Rows of Qualtrics that nobody has answered to the end, or that are previews, where client.yml does not look at them."""
    named = {place for name in wanted or () for place in position(name, raw.header)}
    said, drop, rows = [], [], set()
    for name, place in states(raw.header).items():
        cells = [text(cell) for cell in raw.columns[place]] if place not in named else []
        left_out = {cell for cell in cells if cell in _TESTS[name]}
        these = [row for row, cell in zip(raw.rows, cells, strict=False) if cell in left_out]
        if these:
            said.append(f"{len(these):,} {_CALLED[name]}")
            drop.append(f"{_yaml(raw.header[place])}: [{', '.join(_yaml(cell) for cell in sorted(left_out))}]")
            rows |= set(map(int, these))
    if not rows:
        return []
    rule = f"rows of Qualtrics count that may be none: {' and '.join(said)}"
    remedy = f"To leave them out, write `drop: {{{', '.join(drop)}}}` beside `file`, or into the `drop` that stands there"
    return [at_rows(sorted(rows), file=file, rule=rule, remedy=remedy, severity="warning")]


_TESTS = {
    "status": {
        "1",
        "2",
        "8",
        "9",
        "12",
        "Survey Preview",
        "Survey Test",
        "Spam",
        "Survey Preview Spam",
        "Imported Spam",
    },
    "finished": {"0", "False", "FALSE", "false"},
}
_CALLED = {"status": "previews or tests", "finished": "not finished"}


def _yaml(words: str) -> str:
    return words if re.fullmatch(r"[A-Za-z]\w*", words) and words.casefold() != "false" else "'" + words + "'"
