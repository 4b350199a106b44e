"""A table of a Result as HTML: headings and numbers in the reader's language, client text escaped."""

from collections.abc import Mapping

import pandas as pd

from cxlib.analyses.columns import WORDS, Columns, end_of
from cxlib.report.language.numbers import NO_BREAK, NOTHING, styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.templates import filled


def table_html(table: pd.DataFrame, columns: Columns, language: str, currency: str | None = None) -> str:
    """The table as an HTML <table>, every cell escaped."""
    texts = readable(table, columns, language, currency)
    right = [place for place, name in enumerate(texts) if not columns[name].in_words]
    headings = [heading(columns, name, language) for name in texts]
    return filled("table.html.j2", headings=headings, right=right, rows=texts.to_numpy().tolist())


def readable(table: pd.DataFrame, columns: Columns, language: str, currency: str | None = None) -> pd.DataFrame:
    """The same table with every cell as text for the reader.

    `low` and `high` (or `x_low`, `x_high`) become one column `interval` (`x_interval`), written like the column before.
    """
    texts: dict[str, list[str]] = {}
    styles: list[str] = []
    for name in columns.shown(table):
        if end_of(name) is not None and name.endswith("high"):
            continue
        if end_of(name) is not None:
            ends = zip(table[name], table[f"{name[:-3]}high"], styles, strict=True)
            texts[f"{name[:-3]}interval"] = [interval_text(low, high, s, language, currency) for low, high, s in ends]
            continue
        styles = one_form(table[name], columns[name].styles(table))
        texts[name] = [cell(value, s, language, currency) for value, s in zip(table[name], styles, strict=True)]
    return pd.DataFrame(texts, dtype=object)


def own_table(table: pd.DataFrame, styles: Mapping[str, str], language: str, currency: str | None = None) -> tuple[str, pd.DataFrame]:
    """A consultant's own table as HTML and as text: each column as `styles` says, or as its values are; a blank is a dash."""
    written = {name: styles.get(name) or _style(table[name]) for name in table}
    texts = pd.DataFrame({str(name): [cell(v, style, language, currency) for v in table[name]] for name, style in written.items()}, dtype=object)
    right = [place for place, style in enumerate(written.values()) if style not in WORDS]
    return filled("table.html.j2", headings=list(texts), right=right, rows=texts.to_numpy().tolist()), texts


def _style(values: pd.Series) -> str:
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "text"
    return "count" if (values.dropna() % 1 == 0).all() else "number"


def one_form(values: pd.Series, styles: list[str]) -> list[str]:
    """The styles of a column's cells; where an amount reaches a million, all amounts of the column are in millions."""
    amounts = [abs(value) for value, style in zip(values, styles, strict=True) if style == "money_table" and pd.notna(value)]
    return ["money_column" if style == "money_table" else style for style in styles] if max(amounts, default=0) >= 1e6 else styles


def heading(columns: Columns, name: str, language: str) -> str:
    """The heading of a column in the reader's language; the client's own stays as it is."""
    column = columns[name]
    return column.heading if column.is_own else sentence(column.heading, columns.slots, language)


def meaning(columns: Columns, name: str, language: str) -> str:
    """What a column means; either end of an interval means what the interval does."""
    return sentence((columns.interval(name) or columns[name]).meaning, columns.slots, language)


def cell(value: object, style: str, language: str, currency: str | None = None) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return NOTHING
    return translated(str(value), language) if style == "term" else styled(value, style, language, currency)


def interval_text(low: float, high: float, style: str, language: str, currency: str | None = None) -> str:
    """An interval in words, "3.1 to 5.2", in Danish "3,1 til 5,2 %": a dash would read as a minus."""
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    first, last = (cell(end, style, language, currency) for end in (low, high))
    number, _, unit = first.rpartition(NO_BREAK)
    if number and last.endswith(NO_BREAK + unit):  # the unit stands once, at the end
        first = number
    return f"{first} {translated('to', language)} {last}"
