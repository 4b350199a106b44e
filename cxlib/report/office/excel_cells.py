"""A table of a Result for office programs: each value in its unit, with the number format of its style."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.columns import WORDS, Columns
from cxlib.analyses.result import Term
from cxlib.analyses.units import Unit
from cxlib.report.language.numbers import STYLES, styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import clean
from cxlib.report.tables import heading
from cxlib.stats.rounding import six_digits

LOW, HIGH = Term("{interval}, lower end"), Term("{interval}, upper end")
SHARE = Unit.PERCENT
PERCENTAGE_POINTS = {SHARE.difference, SHARE.signed_difference, SHARE.signed_ends}
HEADING_LENGTH = 250  # what Excel takes
OTHER_FORMATS = {"money": "#,##0", "money_table": "#,##0", "p": "[<0.001]0.0E+00;0.000", "general": "General"}


class TypedColumn(NamedTuple):
    """A column ready for Excel: its heading, and each value with its number format ("" for text)."""

    heading: str
    values: list[object]
    formats: list[str]


def typed_columns(
    table: pd.DataFrame, columns: Columns, language: str, currency: str | None = None
) -> list[TypedColumn]:
    """The columns of a table with each value in its unit, headings in the language, low and high beside the estimate."""
    typed: list[TypedColumn] = []
    styles, figure = [""] * len(table), ""
    for name in columns.shown(table):
        ends = interval_heading(columns, name, language)
        if not ends:
            styles, figure = columns[name].styles(table), unit_heading(columns, name, language, currency)
        title = unused(ends or figure, [c.heading for c in typed], HEADING_LENGTH, prefix=figure if ends else "")
        values = [_value(value, style, language) for value, style in zip(table[name], styles, strict=True)]
        typed.append(TypedColumn(title, values, [number_format(style, currency, language) for style in styles]))
    return typed


def in_unit(value: float, style: str) -> float:
    """A number in the unit that a report writes it in: a difference of shares in percentage points, others as they are."""
    return six_digits(100 * value) if style in PERCENTAGE_POINTS else value


def unit_heading(columns: Columns, name: str, language: str, currency: str | None = None) -> str:
    """The heading of a column, with the currency where the column holds money."""
    money = currency and columns[name].style == "money_table"
    return f"{heading(columns, name, language)}, {currency}" if money else heading(columns, name, language)


def number_format(style: str, currency: str | None = None, language: str = "") -> str:
    """The Excel format of a number style; Excel itself writes separators as its user does.

    With a language, a difference brings its unit: +0.0 "percentage points"
    """
    if style in WORDS or style == "date":
        return ""
    if style == "money" and currency and currency.isalpha():
        return f'#,##0 "{currency}"'
    if style in OTHER_FORMATS:
        return OTHER_FORMATS[style]
    factor, decimals, units, signed = STYLES[style]
    share = factor == 100 and style not in PERCENTAGE_POINTS
    pattern = ("0" if share else "#,##0") + ("." + "0" * decimals if decimals else "") + ("%" if share else "")
    pattern += f' "{units[language]}"' if language and units and not share else ""
    return f"+{pattern};-{pattern};{pattern}" if signed else pattern


def interval_heading(columns: Columns, name: str, language: str, *, whole: bool = False) -> str:
    """The heading of a column that holds one end of an interval, or of the `whole` interval; "" for another column."""
    of = columns.interval(name)
    if of is None:
        return ""
    interval = heading(columns, of.name, language)
    return interval if whole else sentence(LOW if name.endswith("low") else HIGH, {"interval": interval}, language)


def _value(value: object, style: str, language: str) -> object:
    """A number in its unit, a word of ours translated, any other text without control characters; None where it is missing."""
    if pd.isna(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return in_unit(value, style)
    if style == "term":
        return clean(translated(str(value), language))
    return clean(styled(value, "period", language) if style == "period" else value)


def unused(text: str, taken: Iterable[str], length: int, *, prefix: str = "") -> str:
    """A name that is not among those taken, whatever their case: the text cut to length; where it is taken, with `prefix:` before it, else with a number after it."""
    used = {name.casefold() for name in taken}
    plain = " ".join(clean(text).split())[:length]
    tries = [plain, *([f"{clean(prefix)}: {plain}"[:length]] if prefix else [])]
    tries += [f"{plain[: length - len(mark)]}{mark}" for mark in (f" ({n})" for n in range(2, len(used) + 3))]
    return next(name for name in tries if name.casefold() not in used)
