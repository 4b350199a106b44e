"""How long something took, in whatever dress: "00:07:12", "3m 12s", "1 t 5 min", "PT7M12S", time cells of a spreadsheet.

Plain numbers stay as they are: they are in the unit that client.yml declares.
"""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple

from cxlib.engagement.tables.numerals import numbers
from cxlib.engagement.tables.texts import Unreadable, plain

SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
Written = Literal["mm:ss", "hh:mm"]
_WORDS = {
    604800.0: "w wk wks week weeks uge uger vecka veckor",
    86400.0: "d day days dag dage dagar døgn dygn",
    3600.0: "h hr hrs hour hours t time timer tim timme timmar",
    60.0: "m min mins minute minutes minut minutter minuter",
    1.0: "s sec secs second seconds sek sekund sekunder",
    0.001: "ms millisecond milliseconds",
}
_WORD = {word: seconds for seconds, words in _WORDS.items() for word in words.split()}
_NUMBER = r"\d+(?:[.,]\d+)?"
_PART = re.compile(rf"({_NUMBER})\s*([^\W\d_]+)\.?(?:\s|,|&|\+|(?:and|og|och)\b)*")
_LAST = re.compile(r"(\d{1,2})$")  # the minutes of 1h30
_CLOCK = re.compile(r"(?:(\d+)\s*(?:d|days?|dage?|dagar|døgn|dygn|\.)\s*,?\s*)?(\d+):(\d{1,2})(?::(\d{1,2}(?:[.,]\d+)?))?")
_ISO = re.compile(rf"P(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?")
_TICKS = re.compile(r"(\d+)'\s*(?:(\d{1,2})(?:\"|''))?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DAY_ZERO = datetime(1899, 12, 31)  # a spreadsheet shows 24 hours as 1 January 1900
A_DAY = 24  # hours from which on a clock of two parts counts minutes


class _Took(NamedTuple):
    """Seconds; or, where that may be, other seconds if the clock shows minutes and seconds."""

    seconds: float
    if_short: float | None = None
    shows_seconds: bool = False  # so that a shorter clock of the same column is minutes and seconds
    stored: bool = False  # a cell of a spreadsheet, which may have taken minutes for hours


def duration(cell: object, unit: str, written: Written | None = None) -> float | Unreadable | None:
    """The cell in `unit`; None for a blank one, AMBIGUOUS for "7:12" where `written` does not say what it is.

    >>> duration("00:07:12", "minutes"), duration("1 t 5 min", "minutes"), duration("7:12", "minutes", "mm:ss")
    (7.2, 65.0, 7.2)
    """
    return durations([cell], unit, written)[0]


def durations(
    cells: Iterable, unit: str, written: Written | None = None, *, decimal: str | None = None
) -> list[float | Unreadable | None]:
    """The cells of one column in `unit`; plain numbers as they are.

    written  what "7:12" is. Without it the column decides, as with decimal signs: a clock of three parts, or one that goes beyond
             24, makes it minutes and seconds, else it is AMBIGUOUS. So are time cells that all stand on full minutes where
             seconds or minutes are asked for: a spreadsheet takes a typed 7:12 for hours and minutes
    """
    cells = list(cells)
    found = [_took(cell) for cell in cells]
    clocks = [each for each in found if isinstance(each, _Took)]
    if written is None and any(each.shows_seconds for each in clocks):
        written = "mm:ss" if any(not each.stored for each in clocks) else "hh:mm"
    eaten = written is None and unit in ("seconds", "minutes") and sum(each.seconds >= 3600 for each in clocks if each.stored) > 1
    plain_numbers = numbers(cells, decimal=decimal)
    return [_decided(each, number, unit, written, eaten) for each, number in zip(found, plain_numbers, strict=True)]


def is_duration(cell: object) -> bool:
    """Whether the cell is written as a duration, and not as a plain number."""
    return isinstance(_took(cell), _Took)


def _decided(found: _Took | None, number, unit: str, written: str | None, eaten: bool) -> float | Unreadable | None:
    if not isinstance(found, _Took):
        return found or number
    if found.if_short in (None, found.seconds):
        return found.seconds / SECONDS[unit]
    if written is None and (eaten or not found.stored):
        return Unreadable.AMBIGUOUS
    return (found.if_short if written == "mm:ss" else found.seconds) / SECONDS[unit]


def _took(cell: object) -> _Took | Unreadable | None:
    """None for what is no duration, a plain number among it."""
    if isinstance(cell, datetime):
        return _stored((cell - _DAY_ZERO).total_seconds()) if cell.year <= 1900 else None
    if isinstance(cell, timedelta):
        return _stored(cell.total_seconds()) if cell == cell else None
    if isinstance(cell, time):
        return _stored(cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6)
    if not isinstance(cell, str):
        return None
    said = plain(cell, ignore_case=True)
    negative, said = said.startswith("-"), said.lstrip("+-").strip()
    found = _clock(said) or _iso(said) or _words(said)
    if not isinstance(found, _Took) or not negative:
        return found
    return found._replace(seconds=-found.seconds, if_short=None if found.if_short is None else -found.if_short)


def _stored(seconds: float) -> _Took:
    return _Took(seconds, seconds / 60 if seconds % 60 == 0 else None, seconds % 60 != 0, stored=True)


def _clock(said: str) -> _Took | None:
    match = _CLOCK.fullmatch(said)
    if not match:
        return None
    days, first, second, third = match.groups()
    before = 86400 * int(days or 0)
    if int(second) >= 60 or (third and _float(third) >= 60):
        return None
    if third:
        return _Took(before + 3600 * int(first) + 60 * int(second) + _float(third), shows_seconds=True)
    long, short = before + 3600 * int(first) + 60 * int(second), 60 * int(first) + int(second)
    if days:
        return _Took(long)
    return _Took(long, short, shows_seconds=int(first) > A_DAY)


def _iso(said: str) -> _Took | None:
    match = _ISO.fullmatch(said.upper())
    if not match or not any(match.groups()):
        return None
    return _Took(sum(_float(part or "0") * size for part, size in zip(match.groups(), (604800, 86400, 3600, 60, 1), strict=True)))


def _words(said: str) -> _Took | Unreadable | None:
    """3m 12s, 1 hour and 5 minutes, 2 dage, 1h30, 7'12"."""
    if ticks := _TICKS.fullmatch(said):
        return _Took(60 * int(ticks[1]) + int(ticks[2] or 0))
    at, seconds, sizes = 0, 0.0, []
    while part := _PART.match(said, at):
        amount, word = part.groups()
        if word not in _WORD or _THOUSANDS.fullmatch(amount):
            return None if word not in _WORD else Unreadable.AMBIGUOUS
        sizes.append(_WORD[word])
        seconds += _float(amount) * sizes[-1]
        at = part.end()
    if not sizes or sizes != sorted(set(sizes), reverse=True):
        return None
    rest = said[at:]
    if sizes == [3600.0] and (minutes := _LAST.fullmatch(rest)):
        return _Took(seconds + 60 * int(minutes[1]))
    return None if rest else _Took(seconds)


def _float(digits: str) -> float:
    return float(digits.replace(",", "."))
