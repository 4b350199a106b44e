"""Names of periods -> their order in time, where the names tell it: quarters, months, half-years, seasons, weeks, years, numbered waves.

A name is read in English, Danish or Swedish, whatever the language of the report. Where names can be read in two ways that put
them in different orders, or where they have no year and may run over the turn of a year, there is no order: it is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, pairwise, product

MONTHS = (
    "january jan januar januari", "february feb februar februari febr", "march mar marts mars", "april apr", "may maj",
    "june jun juni", "july jul juli", "august aug augusti", "september sep sept", "october oct oktober okt",
    "november nov", "december dec",
)  # fmt: skip
MONTH = {word: number for number, words in enumerate(MONTHS, start=1) for word in words.split()}
SEASONS = ("spring forår foråret vår våren", "summer sommer sommeren sommar sommaren", "autumn fall efterår efteråret höst hösten",
           "winter vinter vinteren vintern")  # fmt: skip
SEASON = {word: number for number, words in enumerate(SEASONS, start=1) for word in words.split()}
UNITS = {
    "half": "h hy half halvår halvåret halfyear halv",
    "third": "tertial tertialet trimester tertiär",
    "quarter": "q qtr quarter k kv kvt kvartal kvartalet",
    "month": "m month måned månad md",
    "week": "w wk week weeks uge ugen u v vecka veckan vk",
    "year": "fy year år året regnskabsår regnskabsåret räkenskapsår räkenskapsåret verksamhetsår verksamhetsåret cy",
}
UNIT = {word: unit for unit, words in UNITS.items() for word in words.split()}
CYCLE = {"half": 2, "third": 3, "season": 4, "quarter": 4, "month": 12, "week": 53, "day": 366}  # how many of them make a year
ORDINALS = ("first første första förste", "second anden andet andra andre", "third tredje", "fourth fjerde fjärde")
ORDINAL = {word: str(number) for number, words in enumerate(ORDINALS, start=1) for word in words.split()}
ENDINGS = {"st", "nd", "rd", "th", "a", "e"}  # of 1st and 1:a
FILLERS = {"of", "the", "i", "in", "af", "av", "den", "det"}
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class _Reading:
    """One way to read a name: a span of days, or (without a year) a place among the `kind`s of a year.

    when  {choice: how this reading makes it}; readings of different names stand together only where they make the same choices
    """

    kind: str
    start: float
    end: float
    dated: bool = True
    when: Mapping[str, str] = field(default_factory=dict)


def in_time_order(names: Iterable[str]) -> list[str] | None:
    """The names from the oldest to the latest, or None where they do not tell it. Names of the same time have no order.

    >>> in_time_order(["Q4 2024", "Q1 2025", "Q1 2024"])
    ['Q1 2024', 'Q4 2024', 'Q1 2025']
    """
    names = list(dict.fromkeys(names))
    if len(names) < 2:
        return names
    orders = _orders(names)
    return list(orders.pop()) if len(orders) == 1 else None


def same_time(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that say the same period, as "Q1 2024" and "2024-Q1"."""
    once: dict[str, list[_Reading]] = {name: _readings(name) for name in names}
    sure = {name: found[0] for name, found in once.items() if len(found) == 1 and found[0].dated}
    return [(a, b) for a, b in combinations(sure, 2) if (sure[a].start, sure[a].end) == (sure[b].start, sure[b].end)]


def days_of(name: str) -> tuple[date, date] | None:
    """The first day of a period and the day after its last one; None where its name does not tell them for sure.

    >>> days_of("Q1 2025")
    (datetime.date(2025, 1, 1), datetime.date(2025, 4, 1))
    """
    found = _readings(name)
    if len(found) != 1 or not found[0].dated:
        return None
    return date.fromordinal(int(found[0].start)), date.fromordinal(int(found[0].end))


def likely_order(names: Iterable[str]) -> list[str]:
    """An order to propose where there is none for sure: by the first reading of each name, names that say nothing last, as they come."""
    names = list(dict.fromkeys(names))
    first = {name: found[0] for name in names if (found := _readings(name))}
    return sorted(names, key=lambda name: (0, first[name].dated, first[name].start) if name in first else (1, False, 0.0))


def _orders(names: list[str]) -> set[tuple[str, ...]]:
    """Every order that some way of reading the names gives. A way in which names overlap, or have no order, is none."""
    readings = [_readings(name) for name in names]
    choices: dict[str, set[str]] = {}
    for reading in (each for found in readings for each in found):
        for choice, made in reading.when.items():
            choices.setdefault(choice, set()).add(made)
    orders = set()
    for made in product(*map(sorted, choices.values())):
        way = dict(zip(choices, made, strict=True))
        chosen = [_by(way, found) for found in readings]
        if all(chosen):
            orders.add(_order(names, chosen))
    if not orders:
        return {_numbered(names)} - {()}
    return orders - {()}


def _by(way: dict[str, str], found: list[_Reading]) -> _Reading | None:
    """The reading that makes no other choices than `way`."""
    return next((each for each in found if all(way[choice] == made for choice, made in each.when.items())), None)


def _order(names: list[str], readings: list[_Reading]) -> tuple[str, ...]:
    """The names by what they say; an empty tuple where spans overlap, or names without a year may run over its turn."""
    ranked = sorted(zip(readings, names, strict=True), key=lambda pair: pair[0].start)
    in_order = tuple(name for _, name in ranked)
    spans = [reading for reading, _ in ranked]
    if all(reading.dated for reading in spans):
        apart = all(before.end <= after.start for before, after in pairwise(spans))
        return in_order if apart and _years_follow(spans) else ()
    if any(reading.dated for reading in spans) or len({reading.kind for reading in spans}) > 1:
        return ()
    gaps = [after.start - before.start for before, after in pairwise(spans)]
    around = spans[0].start + CYCLE[spans[0].kind] - spans[-1].start
    return in_order if min(gaps) > 0 and around >= 2 * max(gaps) else ()


def _years_follow(spans: list[_Reading]) -> bool:
    """Where two digits were taken for a year ("jan 24"), and not for a day, every year between the first and the last is there."""
    years = {date.fromordinal(int(each.start)).year for each in spans if each.when.get("digits") == "year"}
    return not years or max(years) - min(years) + 1 == len(years)


def _numbered(names: list[str]) -> tuple[str, ...]:
    """Names that are alike but for one number ("Wave 2", "3", "Måling 4 2024"), by their year, where they have one, and that number."""
    shapes, keys = set(), {}
    for name in names:
        words = _tokens(name)
        years = [word for word in words if word.isdigit() and len(word) == 4 and _year(word)]
        others = [word for word in words if word.isdigit() and word not in years]
        if len(years) == len(words) == 1:
            years, others = [], years  # a plain number
        if len(others) != 1 or len(years) > 1:
            return ()
        shapes.add((tuple(word for word in words if not word.isdigit()), len(years)))
        keys[name] = (*map(int, years), int(others[0]))
        if any(word in MONTH or word in SEASON or UNIT.get(word, "year") != "year" for word in words):
            return ()  # a 5th quarter
    if len(shapes) != 1 or len(set(keys.values())) < len(names):
        return ()
    return tuple(sorted(names, key=keys.__getitem__))


def _tokens(name: str) -> list[str]:
    """Words and numbers of a name, in small letters."""
    return _TOKEN.findall(unicodedata.normalize("NFC", name).casefold())


def _year(digits: str) -> int | None:
    """A year of four digits, or of two: 24 is 2024, 98 is 1998."""
    if len(digits) == 4:
        return int(digits) if 1900 <= int(digits) <= 2100 else None
    return int(digits) + (1900 if int(digits) >= 80 else 2000) if len(digits) == 2 else None


def _readings(name: str) -> list[_Reading]:
    """Every way to read a name, the likeliest first."""
    tokens = [ORDINAL.get(token, token) for token in _tokens(name) if token not in ENDINGS]
    words, numbers = [token for token in tokens if not token.isdigit()], [token for token in tokens if token.isdigit()]
    months = [MONTH[word] for word in words if word in MONTH]
    seasons = [SEASON[word] for word in words if word in SEASON]
    units = {UNIT[word] for word in words if word in UNIT} - ({"year"} if len({UNIT.get(word) for word in words} - {None}) > 1 else set())
    unknown = [word for word in words if word not in MONTH | SEASON | UNIT and word not in FILLERS]
    if unknown or (bool(months) + bool(seasons) + bool(units - {"year"})) > 1 or len(seasons) > 1 or len(months) > 2:
        return []
    if months:
        return _months(months, numbers)
    if seasons:
        return _season(seasons[0], numbers)
    if units and units != {"year"}:
        return _part(units.pop(), tokens, numbers)
    return _plain(numbers, named="year" in units)


def _month_span(year: int, first: int, last: int) -> tuple[float, float]:
    """From the first day of a month to the day after the last one of another."""
    end = date(year + last // 12, last % 12 + 1, 1)
    return float(date(year, first, 1).toordinal()), float(end.toordinal())


def _months(months: list[int], numbers: list[str]) -> list[_Reading]:
    first, last = months[0], months[-1]
    if last < first or len(numbers) > 2 or (len(months) > 1 and len(numbers) > 1):
        return []
    if not numbers:
        return [_Reading("month", first, last, dated=False)] if first == last else []
    if len(numbers) == 2:
        return [_day(year, first, day) for day, year in _day_and_year(numbers)]
    digits = numbers[0]
    found = [_Reading("month", *_month_span(year, first, last))] if (year := _year(digits)) else []
    if len(digits) > 2 or first != last or not 1 <= int(digits) <= 31:
        return found
    found = [_Reading(each.kind, each.start, each.end, when={"digits": "year"}) for each in found]
    place = (first - 1) * 30.5 + int(digits)
    return [*found, _Reading("day", place, place, dated=False, when={"digits": "day"} if found else {})]


def _day_and_year(numbers: list[str]) -> list[tuple[int, int]]:
    """(day, year) of the two numbers beside the name of a month."""
    years = [number for number in numbers if len(number) == 4 and _year(number)]
    days = [int(number) for number in numbers if len(number) <= 2]
    return [(days[0], int(years[0]))] if len(years) == len(days) == 1 else []


def _day(year: int, month: int, day: int, **when: str) -> _Reading | None:
    try:
        start = float(date(year, month, day).toordinal())
    except ValueError:
        return None
    return _Reading("day", start, start + 1, when=when)


def _two_years(numbers: list[str]) -> int | None:
    """The first of two years that follow each other: 2024 and 25."""
    if len(numbers) != 2 or len(numbers[0]) not in (2, 4):
        return None
    first, second = map(_year, numbers)
    return first if first and second == first + 1 else None


def _season(season: int, numbers: list[str]) -> list[_Reading]:
    """Winter is the start of its year or its end; winter 2024/25 and autumn 2024/25 are told by both years."""
    if not numbers:
        return [_Reading("season", season, season, dated=False)]
    if (first := _two_years(numbers)) is not None:
        return [_season_of(first if season >= 3 else first + 1, season)]
    year = _year(numbers[0]) if len(numbers) == 1 else None
    if year is None:
        return []
    if season < 4:
        return [_season_of(year, season)]
    late, early = _season_of(year, 4), _season_of(year - 1, 4)
    return [_Reading("season", late.start, late.end, when={"winter": "at the end of its year"}),
            _Reading("season", early.start, early.end, when={"winter": "at its start"})]  # fmt: skip


def _season_of(year: int, season: int) -> _Reading:
    start = date(year, 3 * season, 1)  # spring begins in March, winter in December
    end = date(year + (season == 4), 3 * season % 12 + 3, 1)
    return _Reading("season", float(start.toordinal()), float(end.toordinal()))


def _part(unit: str, tokens: list[str], numbers: list[str]) -> list[_Reading]:
    """The first quarter, the 7th week, ... of a year; without a year its place among them."""
    for place in _places(unit, tokens):
        rest = list(numbers)
        rest.remove(place)
        if not rest:
            return [_Reading(unit, int(place), int(place), dated=False)]
        year = _year(rest[0]) if len(rest) == 1 else _two_years(rest)
        if year is not None:
            return [found] if (found := _part_of(unit, year, int(place))) else []
    return []


def _places(unit: str, tokens: list[str]) -> list[str]:
    """The number that stands right behind the word of the unit, then the one right before it, as far as they can be its place in a year."""
    at = next(i for i, token in enumerate(tokens) if UNIT.get(token) == unit)
    beside = [tokens[at + 1] if at + 1 < len(tokens) else "", tokens[at - 1] if at else ""]
    return [each for each in beside if each.isdigit() and len(each) <= 2 and 1 <= int(each) <= CYCLE[unit]]


def _part_of(unit: str, year: int, place: int) -> _Reading | None:
    if unit == "week":
        try:
            start = date.fromisocalendar(year, place, 1)
        except ValueError:
            return None
        return _Reading("week", float(start.toordinal()), float((start + timedelta(7)).toordinal()))
    months = 12 // CYCLE[unit]
    return _Reading(unit, *_month_span(year, months * (place - 1) + 1, months * place))


def _plain(numbers: list[str], *, named: bool) -> list[_Reading]:
    """Numbers alone: 2024, 2023/24, 2025-03, 03/2025, 2025-03-31, 31.03.2025, 202503."""
    if len(numbers) == 1:
        digits = numbers[0]
        if (year := _year(digits)) and (named or len(digits) == 4):
            return [_Reading("year", *_month_span(year, 1, 12))]
        if len(digits) == 6 and (year := _year(digits[:4])) and 1 <= int(digits[4:]) <= 12:
            return [_Reading("month", *_month_span(year, int(digits[4:]), int(digits[4:])))]
        return []
    if len(numbers) == 3:
        return _dates(numbers)
    if len(numbers) != 2:
        return []
    found = []
    if (first := _two_years(numbers)) is not None and (len(numbers[0]) == 4 or named):
        start, _ = _month_span(first, 7, 12)
        found.append(_Reading("year", start, _month_span(first + 1, 1, 6)[1], when={"pair": "years"}))
    for year, place in (numbers, numbers[::-1]):
        if len(year) == 4 and _year(year) and len(place) <= 2 and 1 <= int(place) <= 12 and not named:
            span = _month_span(int(year), int(place), int(place))
            found.append(_Reading("month", *span, when={"pair": "month"} if found else {}))
            break
    if len(found) == 1:
        return [_Reading(found[0].kind, found[0].start, found[0].end)]
    return found


def _dates(numbers: list[str]) -> list[_Reading]:
    if len(numbers[0]) == 4:
        return [found] if (found := _day(*map(int, numbers))) else []
    if len(numbers[2]) != 4 or max(map(len, numbers[:2])) > 2:
        return []
    first, second, year = map(int, numbers)
    both = [_day(year, second, first, dates="day first"), _day(year, first, second, dates="month first")]
    return [found for found in both if found]
