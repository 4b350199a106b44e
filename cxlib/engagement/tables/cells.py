"""What a cell of a table says: as text, as a number, as a date. Nothing is guessed: what can be read two ways is neither.

A cell is the text of a csv, or what xlsx, parquet and sav store: a number, a date, a truth value. Blank is None.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from numbers import Real

_SHORT_NUMBER = re.compile(r"[+-]?[0-9.,]{1,7}(e\+?[0-9]{1,3})?")  # longer ones may be telephone numbers
_SPACE = " \u00a0\u202f\u2007"
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


class Unreadable(Enum):
    """Why a cell is not a number."""

    TEXT = "not a number"
    AMBIGUOUS = "a number that can be read two ways"


def text(cell: object) -> str:
    """The cell as text: trimmed of every kind of space, 5.0 as 5, dates as 2025-12-31, blank as an empty text."""
    if cell is None or cell != cell:  # NaN and NaT differ from themselves
        return ""
    if isinstance(cell, str):
        if cell.isascii():
            return cell.strip()
        return unicodedata.normalize("NFC", cell).translate(_ZERO_WIDTH).strip()
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, Real | Decimal):
        number = float(cell)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def numbers(cells: Iterable, *, decimal: str | None = None) -> list[float | Unreadable | None]:
    """The cells of one column as numbers.

    `decimal` is the decimal sign of texts. Without it both signs are understood where only one reading is possible;
    `1,234` is decided by the column's other numbers (an `0,5` among them makes it 1.234), else it is AMBIGUOUS.

    Returns: for each cell a finite float, None (blank) or why it is not a number.
    """
    readings = [_readings(cell) for cell in cells]
    signs = {sign for each in readings if isinstance(each, dict) and len(each) == 1 for sign in each}
    if decimal:
        signs = {decimal}
    return [_decide(each, signs, strict=decimal is not None) for each in readings]


def _decide(reading, signs: set[str], *, strict: bool) -> float | Unreadable | None:
    if not isinstance(reading, dict):
        return reading
    if strict:
        return reading.get(*signs, Unreadable.TEXT)
    if len(reading) == 1:
        return next(iter(reading.values()))
    return reading[next(iter(signs))] if len(signs) == 1 else Unreadable.AMBIGUOUS


def _readings(cell: object) -> float | Unreadable | dict[str, float] | None:
    """What the cell says: a number, None, TEXT, or {decimal sign: number} when that depends on the sign."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | Real | Decimal):
        return Unreadable.TEXT
    if not isinstance(cell, str):
        return _finite(float(cell))
    plain = text(cell).replace("\u2212", "-")
    if not plain:
        return None
    found = {sign: number for sign in ".," if (number := _parse(plain, sign)) is not None}
    if not found:
        return Unreadable.TEXT
    if found.get(".") == found.get(","):
        return _finite(found["."])
    return {sign: number for sign, number in found.items() if math.isfinite(number)} or Unreadable.TEXT


def _finite(number: float) -> float | Unreadable:
    return number + 0.0 if math.isfinite(number) else Unreadable.TEXT  # + 0.0 turns -0.0 into 0.0


def _pattern(sign: str) -> re.Pattern:
    group = {".": ",", ",": "."}[sign]
    whole = rf"[1-9][0-9]{{0,2}}(?:[{group}'{_SPACE}][0-9]{{3}})+|[0-9]+"
    return re.compile(rf"([+-]?(?:{whole})?)(?:{re.escape(sign)}([0-9]+))?(?:[eE]([+-]?[0-9]{{1,3}}))?")


_PATTERNS = {sign: _pattern(sign) for sign in ".,"}


def _parse(plain: str, sign: str) -> float | None:
    match = _PATTERNS[sign].fullmatch(plain)
    if not match or not re.search("[0-9]", plain):
        return None
    whole, fraction, power = match.groups()
    digits = re.sub(r"[^0-9+-]", "", whole)
    if not digits.strip("+-") and not fraction:
        return None
    return float(f"{digits or ''}{'' if digits.strip('+-') else '0'}.{fraction or '0'}e{power or '0'}") + 0.0


def moment(cell: object, form: str | None = None) -> datetime | None:
    """The cell as a date, or None when it is not one. `form` is how texts are written; default ISO 8601."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    try:
        plain = text(cell)
        found = datetime.strptime(plain, form) if form else datetime.fromisoformat(plain)
    except ValueError:
        return None
    return found.replace(tzinfo=None)


class Codes:
    """A set of declared codes. A cell is one of them when it is the same text or the same number."""

    def __init__(self, codes: Iterable[str]):
        self.texts = {text(code) for code in codes}
        self.numbers = {_number(code) for code in self.texts} - {None}

    def __contains__(self, cell: object) -> bool:
        return text(cell) in self.texts or _number(cell) in self.numbers


def _number(cell: object) -> float | None:
    reading = _readings(cell)
    if isinstance(reading, dict) and len(reading) == 1:
        reading = next(iter(reading.values()))
    return reading if isinstance(reading, float) else None


def quoted(cells: Iterable) -> str:
    """What a message may show of wrong cells: numbers, and texts that several rows share; never one person's words."""
    counts = Counter(text(cell) for cell in cells)
    open_to_all = [
        each for each, count in counts.items() if _SHORT_NUMBER.fullmatch(each) or (count > 1 and len(each) <= 60)
    ]
    hidden = len(counts) - len(open_to_all)
    words = [f'"{each}"' for each in open_to_all[:5]]
    if len(open_to_all) > 5:
        words.append(f"and {len(open_to_all) - 5} other values")
    if hidden:
        words.append(f"{hidden} text{'s' * (hidden > 1)} not shown here")
    return ", ".join(words)
