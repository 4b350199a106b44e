"""A cell as a number: both decimal signs, thousands, and amounts of money or percents that are written as text."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real

from cxlib.engagement.tables.texts import Unreadable, text

MANY = 1000  # cells from which on a column is first tried as a whole
_SPACE = " \u00a0\u202f\u2007"


def numbers(cells: Iterable, *, decimal: str | None = None) -> list[float | Unreadable | None]:
    """The cells of one column as numbers.

    `decimal` is the decimal sign of texts. Without it both signs are understood where only one reading is possible;
    `1,234` is decided by the column's other numbers (an `0,5` among them makes it 1.234), else it is AMBIGUOUS.

    Returns: for each cell a finite float, None (blank) or why it is not a number.
    """
    cells = list(cells)
    if len(cells) >= MANY and (found := _all_alike(cells, decimal)) is not None:
        return found
    readings = [_readings(cell) for cell in cells]
    signs = {sign for each in readings if isinstance(each, dict) and len(each) == 1 for sign in each}
    if decimal:
        signs = {decimal}
    return [_decide(each, signs, strict=decimal is not None) for each in readings]


def _all_alike(cells: list, decimal: str | None) -> list[float | Unreadable | None] | None:
    """A long column of texts that are all digits with one decimal sign, read at once; None for every other column."""
    if not all(type(cell) is str for cell in cells):
        return None
    plain_numbers = [cell.strip() for cell in cells]
    sign = next((sign for sign in ".," if any(sign in cell for cell in plain_numbers)), ".")
    if decimal not in (None, sign) or not all(map(_SIMPLE[sign].fullmatch, plain_numbers)):
        return None
    if decimal is None and any(map(_EITHER[sign].fullmatch, plain_numbers)) and not any(
            sign in cell and not _EITHER[sign].fullmatch(cell) for cell in plain_numbers):  # fmt: skip
        return None
    return [float(cell.replace(",", ".")) + 0.0 for cell in plain_numbers]


_SIMPLE = {sign: re.compile(rf"[+-]?[0-9]{{1,15}}(?:[{sign}][0-9]{{1,15}})?") for sign in ".,"}
_EITHER = {sign: re.compile(rf"[+-]?[1-9][0-9]{{0,2}}[{sign}][0-9]{{3}}") for sign in ".,"}  # or thousands


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


def one_number(cell: object) -> float | None:
    reading = _readings(cell)
    if isinstance(reading, dict) and len(reading) == 1:
        reading = next(iter(reading.values()))
    return reading if isinstance(reading, float) else None


CURRENCY = {
    "kr": "kr", "dkk": "DKK", "sek": "SEK", "nok": "NOK", "eur": "EUR", "euro": "EUR", "€": "EUR", "usd": "USD", "$": "USD", "us$": "USD",
    "gbp": "GBP", "£": "GBP", "chf": "CHF", "isk": "ISK", "pln": "PLN", "zł": "PLN", "jpy": "JPY", "¥": "JPY",
}  # fmt: skip
CROWNS = {"DKK", "SEK", "NOK", "ISK"}  # what "kr" may be
_MONEY = re.compile(r"(?P<before>[^\W\d_]{2,4}\.?|[€$£¥]|US\$|zł)?(?P<number>[^A-Za-z€$£¥]*?)(?P<after>[^\W\d_]{2,4}\.?|[€$£¥]|zł)?")


def amounts(cells: Iterable, *, decimal: str | None = None) -> tuple[list[float | Unreadable | None], set[str]]:
    """The cells of one column of money or of shares as numbers, and the currencies that they name.

    "kr. 1.234,50", "1 234,50 SEK", "€1,234.50", "1.234,-", "(1,200)" (negative) and "45 %" are read; with a currency three
    digits behind the only sign are thousands, since no currency has a thousandth. Percents stay percents: 45.
    """
    bare, named = [], set()
    for cell in cells:
        plain_number, currency = _bare(cell)
        bare.append(plain_number)
        named |= {currency} - {""}
    return numbers(bare, decimal=decimal), named


def is_percent(cell: object) -> bool:
    """Whether the cell is written with a percent sign."""
    return isinstance(cell, str) and text(cell).endswith(("%", "pct", "pct.", "procent"))


def _bare(cell: object) -> tuple[object, str]:
    """The cell without what says that it is money or percent, and its currency."""
    if not isinstance(cell, str) or (cell[:1].isdigit() and cell[-1:].isdigit()):
        return cell, ""
    said = text(cell).replace("\u2212", "-")
    if is_percent(said):
        return re.sub(r"\s*(?:%|pct\.?|procent)$", "", said), ""
    negative = said.startswith("(") and said.endswith(")")
    said = said[1:-1].strip() if negative else said
    sign = "-" if said.startswith("-") else ""
    match = _MONEY.fullmatch(said.removeprefix("-").strip())
    if not match:
        return cell, ""
    marks = [mark.casefold().rstrip(".") for mark in (match["before"], match["after"]) if mark]
    whole = bool(re.search(r"[,.][-–—]+$", said))  # 1.234,-
    if any(mark not in CURRENCY for mark in marks) or not (marks or negative or said.endswith("-")):
        return cell, ""
    number = re.sub(r"[,.][-–—]+$", "", match["number"].strip()).strip()
    if number.startswith("-") or (number.endswith("-") and not sign):
        sign, number = "-", number.strip("-").strip()
    if not re.search(r"\d", number):
        return cell, ""
    if (marks or whole) and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number):
        number = re.sub("[.,]", "", number)
    if negative and not sign:
        sign = "-"
    return sign + number, CURRENCY[marks[0]] if marks else ""
