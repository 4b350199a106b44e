"""What a cell of a table says: as text, as a number, as a date, as a duration. Nothing is guessed: what can be read two ways is neither.

A cell is the text of a csv, or what xlsx, parquet and sav store: a number, a date, a time, a truth value. Blank is None.
"""

import re
from collections import Counter
from collections.abc import Iterable

from cxlib.engagement.tables.durations import duration, durations, is_duration
from cxlib.engagement.tables.moments import instant, instants, moment
from cxlib.engagement.tables.numerals import amounts, numbers, one_number
from cxlib.engagement.tables.texts import Unreadable, alike, plain, text

__all__ = ["ERRORS", "SILENT", "Codes", "Unreadable", "alike", "amounts", "duration", "durations", "instant", "instants", "is_duration", "moment", "numbers",
           "plain", "quoted", "text", "why_no_numbers"]  # fmt: skip

ERRORS = {  # what spreadsheets show where they could not calculate, in en, da and sv
    "#n/a", "#value!", "#ref!", "#div/0!", "#null!", "#num!", "#name?", "#spill!", "#calc!", "#getting_data",
    "#i/t", "#værdi!", "#reference!", "#division/0!", "#nul!", "#nummer!", "#tal!", "#navn?",
    "#saknas!", "#värdefel!", "#referens!", "#skärning!", "#ogiltigt!", "#namn?",
}  # fmt: skip
SILENT = {  # what programs write where nothing was said
    "na", "n/a", "nan", "null", "none", "nil", "-", "--", ".", "?", "missing", *ERRORS,
}  # fmt: skip
_SHORT_NUMBER = re.compile(r"[+-]?[0-9.,]{1,7}(e\+?[0-9]{1,3})?")  # longer ones may be telephone numbers


class Codes:
    """A set of declared codes. A cell is one of them when it is the same number, or the same text but for spaces, quotes and dashes."""

    def __init__(self, codes: Iterable[str], *, ignore_case: bool = False):
        self.ignore_case = ignore_case
        self.texts = {plain(code, ignore_case=ignore_case) for code in codes}
        self.numbers = {one_number(code) for code in self.texts} - {None}

    def __contains__(self, cell: object) -> bool:
        return plain(cell, ignore_case=self.ignore_case) in self.texts or one_number(cell) in self.numbers


def why_no_numbers(cells: Iterable, reason: Unreadable) -> str:
    """Why the cells are not numbers: as errors of a spreadsheet they are called so."""
    errors = reason is Unreadable.TEXT and {text(cell).casefold() for cell in cells} <= ERRORS
    return "an error of the spreadsheet, no number" if errors else reason.value


def quoted(cells: Iterable) -> str:
    """What a message may show of wrong cells: numbers, and texts that several rows share; never one person's words."""
    counts = Counter(text(cell) for cell in cells)
    open_to_all = [
        each for each, count in counts.items() if _SHORT_NUMBER.fullmatch(each) or each.casefold() in ERRORS or (count > 1 and len(each) <= 60)
    ]
    hidden = len(counts) - len(open_to_all)
    words = [f'"{each}"' for each in open_to_all[:5]]
    if len(open_to_all) > 5:
        words.append(f"and {len(open_to_all) - 5} other values")
    if hidden:
        words.append(f"{hidden} text{'s' * (hidden > 1)} not shown here")
    return ", ".join(words)
