"""A cell as a date and time. What could be day or month first is never guessed: `read: dates` says it.

Without a declared form are read: date cells, ISO 8601, dates that begin with their year, and dates with the name of a month in
English, Danish or Swedish; with AM and PM, and with a zone: Z, +02:00, GMT+1.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from itertools import combinations
from numbers import Real
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from cxlib.engagement.tables.numerals import one_number
from cxlib.engagement.tables.periods import MONTH
from cxlib.engagement.tables.texts import Unreadable, plain, text

SERIAL, SWAPPED = "serial", "swapped"  # what may stand among the forms: day numbers of Excel; date cells whose day and month Excel mixed up
Forms = str | Sequence[str] | None
MANY = 1000  # cells from which on a column is first tried as a whole
MOST_WRONG = 2000  # cells that are tried one by one where all of them are wrong
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")
WINTER = datetime(2025, 1, 1)  # of the north; what an offset holds of summer time is taken off, wherever it is summer then
_SERIAL_ZERO = datetime(1899, 12, 30)
_SERIAL_DAYS = (20_000, 80_000)  # 1954 to 2119
_ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_ZONE = re.compile(r"\s*(?:(?P<zero>Z|UTC|GMT)|(?:GMT|UTC)?\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?|(?P<name>CES?T))$")
_NAMED = {"CET": 1, "CEST": 2}
_TIME = r"(?:[T ,]\s*(?:kl\.? ?)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
_DATES = [
    re.compile(rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}}){_TIME}"),
    re.compile(rf"(?P<day>\d{{1,2}})\.?[ -]?(?P<name>[^\W\d_]+)\.?[ ,-]*(?P<year>\d{{4}}){_TIME}"),
    re.compile(rf"(?P<name>[^\W\d_]+)\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}"),
]


def moment(cell: object, form: Forms = None) -> datetime | None:
    """The cell as a date as its clock showed it, or None when it is not one. `form` is how texts are written; default ISO 8601."""
    found = instant(cell, form)
    return found.replace(tzinfo=None) if isinstance(found, datetime) else None


def instant(cell: object, form: Forms = None) -> datetime | Unreadable:
    """The cell as a point in time, with its zone where it names one. AMBIGUOUS where two declared forms read it differently."""
    forms = (form,) if isinstance(form, str) else tuple(form or ())
    if isinstance(cell, datetime | date):
        found = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return swapped(found) if SWAPPED in forms else found
    if not forms and isinstance(cell, str):
        try:
            return datetime.fromisoformat(cell.strip())
        except ValueError:
            pass
    said = plain(cell)
    written = [each for each in forms if each not in (SERIAL, SWAPPED)]
    found = {read for each in written if (read := _written(said, each)) is not None}
    if SERIAL in forms and not isinstance(cell, bool) and (isinstance(cell, Real) or not found) and (read := _serial(cell)):
        found.add(read)
    if not written and SERIAL not in forms and (read := _unmistakable(said)):
        found.add(read)
    return found.pop() if len(found) == 1 else Unreadable.AMBIGUOUS if found else Unreadable.TEXT


def moved(values: pd.Series, zone: str | None, clock: str | None) -> pd.Series:
    """Moments of a zone, or of the place itself, on the winter clock of a place; as they are where no place is given. Of the hour that
    an autumn has twice the first is taken, and one that a spring leaves out is its end. Days without a time of day stay days."""
    if clock is None or (values.dropna() == values.dropna().dt.normalize()).all():
        return values
    return on_winter_clock(values.dt.tz_localize(zone or clock, ambiguous=np.ones(len(values), bool), nonexistent="shift_forward"), clock)


def on_winter_clock(values: pd.Series, clock: str) -> pd.Series:
    """Points in time as a clock of that place shows them that is never put forward or back."""
    winter = WINTER.replace(tzinfo=ZoneInfo(clock))
    return values.dt.tz_convert(timezone(winter.utcoffset() - winter.dst())).dt.tz_localize(None)


def instants(cells: Sequence, form: Forms = None) -> list[datetime | Unreadable | None]:
    """Each cell as a point in time; None for a blank one. A long column of texts in one form is read at once."""
    forms = (form,) if isinstance(form, str) else tuple(form or ())
    found: list = [None] * len(cells)
    if len(cells) >= MANY and read_at_once(forms):
        found = _at_once(cells, *forms)
    failed = 0
    for i, cell in enumerate(cells):
        if found[i] is None and text(cell):
            # what is wrong is told of some: the rest of a column that is wrong throughout is wrong too
            found[i] = instant(cell, forms) if failed < MOST_WRONG or i > failed else Unreadable.TEXT
            failed += not isinstance(found[i], datetime)
    return found


def read_at_once(forms: Sequence[str]) -> bool:
    """Whether pandas reads texts of these forms as `instant` does: one form at most, of numbers alone and without a zone."""
    marks = ("%z", "%Z", "%p", "%b", "%B")
    return len(forms) <= 1 and not any(each in (SERIAL, SWAPPED) or mark in each for each in forms for mark in marks)


def _at_once(cells: Sequence, form: str = "") -> list[datetime | None]:
    """The texts that are written by the form, or else by ISO 8601, as dates; None for all others."""
    texts = [cell.strip() if isinstance(cell, str) and (form or ISO.fullmatch(cell.strip())) else None for cell in cells]
    read = pd.to_datetime(pd.Series(texts, dtype=object), format=form or "ISO8601", errors="coerce")
    return [moment if known else None for moment, known in zip(read.dt.to_pydatetime(), read.notna(), strict=True)]


def swapped(found: datetime) -> datetime:
    """3 April as 4 March: what a spreadsheet made of 04/03 in the other order."""
    return found.replace(month=found.day, day=found.month) if found.day <= 12 else found


def forms_of(cells: Iterable) -> list[tuple[str, ...]]:
    """The forms with which every cell is read, as `read: dates` takes them: one form, else two. Several answers: it can be read in several ways."""
    stored = [cell for cell in cells if not isinstance(cell, datetime | date) and text(cell)]
    candidates = [SERIAL, *_candidates(stored)]
    read = {form: [isinstance(instant(cell, form), datetime) for cell in stored] for form in candidates}
    single = [(form,) for form in candidates if all(read[form])]
    if single or not stored:
        return single
    useful = [form for form in candidates if any(read[form])]
    pairs = [pair for pair in combinations(useful, 2) if all(map(any, zip(read[pair[0]], read[pair[1]], strict=True)))]
    return [pair for pair in pairs if all(isinstance(instant(cell, pair), datetime) for cell in stored)]


def eaten(cells: Iterable, form: str | None = None) -> bool:
    """Whether a spreadsheet took some of the texts for dates in the other order of day and month: then no date cell has a
    day above 12, and every text a number above 12 where the spreadsheet looked for the month."""
    cells = list(cells)
    dates = [cell for cell in cells if isinstance(cell, datetime | date)]
    texts = [re.match(r"(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2,4}", cell.strip()) for cell in cells if isinstance(cell, str) and cell.strip()]
    if min(len(dates), len(texts)) < 3 or not all(texts) or max(each.day for each in dates) > 12:
        return False
    first, second = (max(int(each[at]) for each in texts) for at in (1, 2))
    least = [min(int(each[at]) for each in texts) for at in (1, 2)]
    return max(first, second) > 12 and (least[0] > 12 or least[1] > 12)


def _candidates(stored: list) -> list[str]:
    """Forms in use that could read the first of the texts, or another that it does not."""
    orders = [("%Y", "%m", "%d"), ("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%d", "%m", "%y"), ("%m", "%d", "%y")]
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S", "T%H:%M:%S", " %H.%M", " kl. %H:%M", " kl. %H.%M")
    forms = [separator.join(order) + time for order in orders for separator in "-/. " for time in times]
    forms += [order + time for order in ("%d. %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%Y%m%d") for time in times]
    unread, found = [cell for cell in stored if isinstance(cell, str)], []
    for _ in range(8):
        if not unread or len(found) >= 12:
            break
        fitting = [form for form in forms if _written(plain(unread[0]), form)]
        found += fitting
        unread = [cell for cell in unread[1:] if not any(_written(plain(cell), form) for form in fitting)]
    return list(dict.fromkeys(found))


def _serial(cell: object) -> datetime | None:
    days = one_number(cell)
    if days is None or not _SERIAL_DAYS[0] <= days <= _SERIAL_DAYS[1]:
        return None
    return (_SERIAL_ZERO + timedelta(days=days, microseconds=500)).replace(microsecond=0)


def _written(said: str, form: str) -> datetime | None:
    """The text by a form of strptime; a zone may follow, whether the form names one or not."""
    if "%b" in form or "%B" in form:
        said = re.sub(r"([^\W\d_]+)(\.?)", lambda word: _english(word, "%B" in form, f"{'%B' if '%B' in form else '%b'}." in form), said)
    if "%p" in form:
        said = re.sub(r"\b([AaPp])\.?[Mm]\b\.?", lambda half: half[1].upper() + "M", said)
    if (found := _parsed(said, form)) is not None:
        return found
    zone = _ZONE.search(said)
    if not zone or ":" not in said:
        return None
    found = _parsed(said[: zone.start()], re.sub(r"\s*(?:GMT|UTC)?\s*%[zZ]", "", form))
    return found and found.replace(tzinfo=_zone(zone))


def _english(word: re.Match, whole: bool, dotted: bool) -> str:
    number = MONTH.get(word[1].casefold())
    if number is None:
        return word[0]
    name = _ENGLISH[number - 1] if whole else _ENGLISH[number - 1][:3]
    return name + (word[2] if dotted else "")


def _parsed(said: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(said, form)
    except (ValueError, re.error):
        return None


def _zone(match: re.Match) -> timezone:
    if match["name"]:
        return timezone(timedelta(hours=_NAMED[match["name"]]))
    if match["zero"]:
        return timezone.utc  # noqa: UP017
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return timezone(-offset if match["sign"] == "-" else offset) if offset < timedelta(hours=24) else timezone.utc  # noqa: UP017


def _unmistakable(said: str) -> datetime | None:
    """A date that can be read in one way alone."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        pass
    zone = _ZONE.search(said) if ":" in said else None
    body = said[: zone.start()] if zone else said
    match = next((found for each in _DATES if (found := each.fullmatch(body))), None)
    if match is None:
        return None
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else MONTH.get(parts["name"].casefold())
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").casefold()[:1]
    if month is None or (half and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    fraction = int(f"{parts['fraction'] or '0':0<6}"[:6])
    try:
        found = datetime(int(parts["year"]), month, int(parts["day"]), hour, int(parts["minute"] or 0), int(parts["second"] or 0), fraction)
    except ValueError:
        return None
    return found.replace(tzinfo=_zone(zone)) if zone else found
