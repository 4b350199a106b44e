"""A cell as text, as it is shown and as it is compared."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from numbers import Real

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛ʼ′´`", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−﹣－", "-") | {"…": "..."}
)
_SPACES = re.compile(r"\s+")
_ODD = re.compile(r"\s\s|[\t\n\r\v\f`]")


class Unreadable(Enum):
    """Why a cell is not a number, or not a duration."""

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


def plain(cell: object, *, ignore_case: bool = False) -> str:
    """The cell as it is compared: spaces of all kinds are one, quotation marks and dashes plain; large letters count, or not."""
    found = text(cell)
    if not found.isascii() or _ODD.search(found):
        found = _SPACES.sub(" ", found.translate(_PLAIN)).strip()
    return found.casefold() if ignore_case else found


def alike(cells: Iterable[str], *, ignore_case: bool = False) -> dict[str, str]:
    """{text: how texts that look the same are written}: as the first of them is, where `cells` come the most frequent first;
    with `ignore_case` as the first that begins with a large letter.

    >>> alike(["North ", "North\u00a0", "South"])
    {'North ': 'North', 'North\\xa0': 'North', 'South': 'South'}
    """
    cells = list(cells)
    first: dict[str, str] = {}
    for cell in sorted(cells, key=lambda cell: ignore_case and not text(cell)[:1].isupper()):
        first.setdefault(plain(cell, ignore_case=ignore_case), text(cell))
    return {cell: first[plain(cell, ignore_case=ignore_case)] for cell in cells}
