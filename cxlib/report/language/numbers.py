"""Numbers and dates as a reader of the language writes them; the only place where anything is rounded.

Rounding is half up on the decimal text of the number, as in a spreadsheet (Babel alone rounds 2.5 to 2).
"""

import math
import re
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol, get_territory_currencies

from cxlib.analyses.units import Unit
from cxlib.stats.rounding import half_up, six_digits


@dataclass(frozen=True)
class Spoken:
    """What stands beside figures in a language; `quarter`, `half` and `week` have the year as {0} and their number as {1},
    `quarter_said` and `half_said` too, with {2} for the number in words, as they stand in a sentence;
    `wave` is what a period is called that is only numbered; `ordinals` and `seasons` are in order, spring first;
    `moves` and `would_move` say that something falls or rises by {} or does not change."""

    locale: str
    points: str
    percentage_points: str
    quarter: str
    half: str
    week: str
    wave: str
    million: str
    quarter_said: str
    half_said: str
    ordinals: tuple[str, ...]
    seasons: tuple[str, ...]
    moves: tuple[str, str, str]
    would_move: tuple[str, str, str]


SPOKEN = {  # the languages of the reports, as in `engagement.schema`
    "en": Spoken("en_GB", "points", "percentage points", "Q{1} {0}", "H{1} {0}", "week {1}, {0}", "period {}", "million",
                 "Q{1} {0}", "the {2} half of {0}", ("first", "second", "third", "fourth"), ("spring", "summer", "autumn", "winter"),
                 ("falls by {}", "rises by {}", "does not change"), ("would fall by {}", "would rise by {}", "would not change")),
    "da": Spoken("da_DK", "point", "procentpoint", "{1}. kvartal {0}", "{1}. halvår {0}", "uge {1} {0}", "periode {}", "mio.",
                 "{1}. kvartal {0}", "{1}. halvår {0}", ("første", "andet", "tredje", "fjerde"), ("foråret", "sommeren", "efteråret", "vinteren"),
                 ("falder med {}", "stiger med {}", "ændrer sig ikke"), ("ville falde med {}", "ville stige med {}", "ville ikke ændre sig")),
    "sv": Spoken("sv_SE", "enheter", "procentenheter", "kvartal {1} {0}", "halvår {1} {0}", "vecka {1} {0}", "period {}", "mn",
                 "{2} kvartalet {0}", "{2} halvåret {0}", ("första", "andra", "tredje", "fjärde"), ("våren", "sommaren", "hösten", "vintern"),
                 ("sjunker med {}", "stiger med {}", "ändras inte"), ("skulle sjunka med {}", "skulle stiga med {}", "skulle inte ändras")),
}  # fmt: skip
LOCALES = {language: words.locale for language, words in SPOKEN.items()}
SEPARATORS = {  # of decimals and of thousands
    language: str.maketrans({".": get_decimal_symbol(locale), ",": get_group_symbol(locale)}) for language, locale in LOCALES.items()
}
MINUS = "−"
NO_BREAK = "\u00a0"
NOTHING = "–"

POINTS = {language: words.points for language, words in SPOKEN.items()}
PERCENTAGE_POINTS = {language: words.percentage_points for language, words in SPOKEN.items()}
PERCENT = dict.fromkeys(SPOKEN, "%")
NUMBERED = re.compile(r"\d{1,3}")  # a period that has no name, as wave 4; 2025 is a year
PART_OF_A_YEAR = re.compile(r"(?<![\w-])(\d{4})-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|W0?(?P<week>[1-9]\d?)|(?P<month>0[1-9]|1[0-2]))(?![\w-])")
# a season that names a period, as "Höst 2025", in any of the languages; the English "fall" too
SEASON = re.compile(
    r"(?<![\w-])(?:(?P<s0>spring|forår(?:et)?|vår(?:en)?)|(?P<s1>summer|sommer(?:en)?|sommar(?:en)?)"
    r"|(?P<s2>autumn|fall|efterår(?:et)?|höst(?:en)?)|(?P<s3>winter|vinter(?:en)?|vintern)) (?P<year>\d{4})(?![\w-])",
    re.IGNORECASE,
)

# style: from which amount up it is given in millions
MONEY = {"money": 0, "money_short": 1e5, "money_millions": 0, "money_table": math.inf, "money_column": 0}

PER = {"en": "per", "da": "pr.", "sv": "per"}
# currency: in each language its hundredth, its unit and several of them; of any other, its code stands for both
KRONE = {"en": ("øre", "krone", "kroner"), "da": ("øre", "krone", "kroner"), "sv": ("öre", "krona", "kronor")}
EURO = {"en": ("cents", "euro", "euros"), "da": ("cent", "euro", "euro"), "sv": ("cent", "euro", "euro")}
COINS: dict[str, dict[str, tuple[str, str, str]]] = {
    "DKK": KRONE,
    "NOK": KRONE,
    "SEK": KRONE | {"en": ("öre", "krona", "kronor")},
    "EUR": EURO,
    "USD": {"en": ("cents", "dollar", "dollars"), "da": ("cent", "dollar", "dollar"), "sv": ("cent", "dollar", "dollar")},
    "GBP": {"en": ("pence", "pound", "pounds"), "da": ("pence", "pund", "pund"), "sv": ("pence", "pund", "pund")},
}

# style: (factor, decimals, unit by language, sign always shown)
STYLES: dict[str, tuple[int, int, dict[str, str] | None, bool]] = {
    "count": (1, 0, None, False),
    "change": (1, 1, None, True),
    "whole_change": (1, 0, None, True),
    "number": (1, 2, None, False),
    "precise": (1, 3, None, False),
    "signed": (1, 2, None, True),
    "percent": (100, 0, PERCENT, False),
}
DIFFERENCES = {Unit.POINTS: POINTS, Unit.INDEX: POINTS, Unit.PERCENT: PERCENTAGE_POINTS, Unit.FINE: POINTS}
for unit in Unit:
    written = unit.factor, unit.decimals
    if unit is not Unit.MONEY:  # written by `money`
        STYLES[unit.value] = (*written, PERCENT if unit is Unit.PERCENT else None, False)
        STYLES[unit.difference] = (*written, DIFFERENCES.get(unit), False)
        STYLES[unit.signed_difference] = (*written, DIFFERENCES.get(unit), True)
    STYLES[unit.signed_ends] = (*written, None, True)


def plain_number(value: float, decimals: int, language: str) -> str:
    """A number with thousands and decimals of the language and a true minus sign; "–" when there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = half_up(value, decimals)
    text = f"{abs(rounded):,f}".translate(SEPARATORS[language])  # Babel's words for it; its own way takes ten times as long
    return f"{MINUS}{text}" if rounded < 0 else text


def styled(value: Any, style: str, language: str, currency: str | None = None) -> str:
    """A value in one of the styles of a slot or table column.

    style  a key of STYLES, or "text", "period" ("2025-Q4" as a quarter, "2025-03" as a month, "4" as period 4), "period_said" (the same as a sentence
           says it: "fjärde kvartalet 2025", "hösten 2025"), "p" (p-value), "date", "general" (as many decimals as it has, up to two), "return" (what
           comes back of each unit of `currency`: "7 øre per krone"), "money" (whole units of `currency`), "money_short" (millions from 0.1 million
           up, below it three digits that count), "money_millions" (millions, for amounts of one chart), "money_table" (whole units, the currency being
           named elsewhere), "money_column" (millions with two decimals, for a column that has some: one form a column)
    raises ValueError for an unknown style
    """
    if isinstance(value, float):
        value = six_digits(value)
    if style in ("", "text"):
        return "" if value is None else str(value)
    if style in ("period", "period_said") and NUMBERED.fullmatch(str(value)):
        return SPOKEN[language].wave.format(value)
    if style in ("period", "period_said"):
        said = "_said" if style == "period_said" else ""
        text = PART_OF_A_YEAR.sub(lambda found: _part_of_a_year(found, language, said), str(value))
        return SEASON.sub(lambda found: _season(found, language), text) if said else text
    if style == "p":
        return p_value(value, language)
    if style == "return":
        return returned(value, language, currency)
    if style == "general":  # a number of the client's own scale: as many decimals as it has, up to two
        return general(value, language)
    if style == "date":  # as text, where it comes from results.json
        day = date.fromisoformat(value) if isinstance(value, str) and value else value
        return format_date(day, "long", locale=LOCALES[language]) if isinstance(day, date) else NOTHING
    if style == "money_column":
        known = value is not None and math.isfinite(value)
        return f"{plain_number(value / 1e6, 2, language)}{NO_BREAK}{SPOKEN[language].million}" if known else NOTHING
    if style in MONEY:
        text = money(value, language, currency, short=style != "money", least=MONEY[style])
        return text.rpartition(NO_BREAK)[0] or text if style == "money_table" else text
    if style not in STYLES:
        raise ValueError(
            f"number style {style!r} is unknown; use one of {', '.join(STYLES)}, text, period, period_said, p, date, "
            f"general, return, {', '.join(MONEY)}."
        )
    if value is None or value != value:
        return NOTHING
    factor, decimals, units, signed = STYLES[style]
    scaled = round(float(value) * factor, 9)  # .285 x 100 is 28.5, not 28.499...96
    text = plain_number(scaled, decimals, language)
    if signed and scaled > 0 and half_up(scaled, decimals) > 0:
        text = "+" + text
    if not units:
        return text
    return f"{text}{'' if (language, units) == ('en', PERCENT) else NO_BREAK}{units[language]}"


def _part_of_a_year(found: re.Match[str], language: str, said: str = "") -> str:
    """The quarter, half-year, week or month of a year as the language writes it, or says it in a sentence; 2010-11 may be
    two years and stays."""
    year, unit = int(found[1]), str(found.lastgroup)
    if unit in ("quarter", "half"):
        ordinal = SPOKEN[language].ordinals[int(found[unit]) - 1]
        return str(getattr(SPOKEN[language], unit + said).format(year, found[unit], ordinal))
    if unit == "week":
        return SPOKEN[language].week.format(year, found[unit])
    if int(found[unit]) == (year + 1) % 100:
        return found[0]
    return format_date(date(year, int(found[unit]), 1), "LLLL yyyy", locale=LOCALES[language])


def _season(found: re.Match[str], language: str) -> str:
    """A season of a year as a sentence of the language says it: "hösten 2025"."""
    place = next(place for place in range(4) if found[f"s{place}"])
    return f"{SPOKEN[language].seasons[place]} {found['year']}"


def returned(value: float, language: str, currency: str | None) -> str:
    """What comes back of each unit of a currency, in its hundredths where it is less than the unit: "7 øre per krone"."""
    if value is None or not math.isfinite(value):
        return NOTHING
    currency = currency or get_territory_currencies(str(Locale.parse(LOCALES[language]).territory))[0]
    small, unit, several = COINS.get(currency, {}).get(language, ("", currency, currency))
    per = PER[language]
    if small and abs(half_up(value, 2)) < 1:
        return f"{plain_number(value * 100, 0, language)}{NO_BREAK}{small} {per} {unit}"
    return f"{plain_number(value, 2, language)}{NO_BREAK}{several} {per} {unit}"


def general(value: float, language: str) -> str:
    """A number with the decimals it has, at most two: 58, 0.45, 7.5."""
    if value is None or not math.isfinite(value):
        return NOTHING
    decimals = next((d for d in (0, 1) if half_up(value, d) == half_up(value, 2)), 2)
    return plain_number(value, decimals, language)


def p_value(value: float, language: str) -> str:
    """A p-value at three decimals, "< 0.001" below that."""
    if value is None or value != value:
        return NOTHING
    if value < 0.001:
        return f"<{NO_BREAK}{plain_number(0.001, 3, language)}"
    return plain_number(value, 3, language)


def money(
    value: float, language: str, currency: str | None, *, short: bool = False, least: float = 1e6
) -> str:
    """An amount in whole units with its currency after it; `short` gives millions from `least` up, and below it three digits that count."""
    if value is None or not math.isfinite(value):
        return NOTHING
    currency = currency or get_territory_currencies(str(Locale.parse(LOCALES[language]).territory))[0]
    if short and abs(value) >= least:
        million = SPOKEN[language].million
        return f"{plain_number(value / 1e6, 1 if abs(value) >= 1e6 else 2, language)}{NO_BREAK}{million}{NO_BREAK}{currency}"
    if short and 1000 <= abs(value) < least < math.inf:
        digits = math.floor(math.log10(abs(value))) - 2
        value = float(half_up(value / 10**digits)) * 10**digits
    return f"{plain_number(value, 0, language)}{NO_BREAK}{currency}"


def moved(value: Any, style: str, spec: str, language: str, currency: str | None) -> str:
    """A change as a verb, "falls by 1.49 points"; `spec` is "moves" or "would_move", `style` that of the difference."""
    if value is None or value != value:
        return NOTHING
    falls, rises, stays = getattr(SPOKEN[language], spec)
    size = styled(abs(value), style.replace("signed_", "") or "general", language, currency)
    if not re.search("[1-9]", size):
        return str(stays)
    return str(falls if value < 0 else rises).format(size)


class Phrase(Formatter):
    """Fills the slots of a message in the reader's language; text values are put in as they are.

    Two styles are of slots alone: `{gap:moves}` says a change as a verb, "falls by 1.49 points", `{gap:would_move}` "would fall by".
    """

    def __init__(self, language: str, currency: str | None = None):
        self.language, self.currency = language, currency

    def format_field(self, value: object, spec: str) -> str:
        if spec in ("moves", "would_move"):
            return moved(value, getattr(value, "style", ""), spec, self.language, self.currency)
        style = spec or getattr(value, "style", "")
        return styled(value, "period_said" if style == "period" else style, self.language, self.currency)
