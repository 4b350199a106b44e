"""A table of a Result as HTML: headings and numbers in the reader's language, client text escaped."""

import pandas as pd

from cxlib.analyses.units import Unit
from cxlib.report.columns import COLUMNS, MACHINE_ONLY, Column
from cxlib.report.language.numbers import NO_BREAK, NOTHING, styled
from cxlib.report.language.words import translated
from cxlib.report.templates import filled

LEFT = {"term", "text", "period"}
BY_ROW = {
    "estimate",
    "target",
    "change",
    "before",
    "level",
    "turns_at",
    "step_change",
}  # written in the style that the row's `unit` names


def table_html(table: pd.DataFrame, language: str, currency: str | None = None) -> str:
    """The table as an HTML <table>, every cell escaped."""
    texts = readable(table, language, currency)
    right = [place for place, name in enumerate(texts) if column(name).style not in LEFT]
    headings = [heading(name, language) for name in texts]
    return filled("table.html.j2", headings=headings, right=right, rows=texts.to_numpy().tolist())


def readable(table: pd.DataFrame, language: str, currency: str | None = None) -> pd.DataFrame:
    """The same table with every cell as text for the reader.

    `low` and `high` (or `x_low`, `x_high`) become one column `interval`, written like the column before.
    """
    texts: dict[str, list[str]] = {}
    styles: list[str] = []
    for name in table.columns.drop(list(MACHINE_ONLY), errors="ignore"):
        if name.endswith("high"):
            continue
        if name.endswith("low"):
            ends = zip(table[name], table[f"{name[:-3]}high"], styles, strict=True)
            texts[f"{name[:-3]}interval"] = [interval_text(low, high, s, language, currency) for low, high, s in ends]
            continue
        by_row = "unit" in table and name in BY_ROW
        styles = list(table["unit"]) if by_row else [column(name).style] * len(table)
        if by_row and name == "change":
            styles = [Unit(unit).signed_ends for unit in styles]
        texts[name] = [cell(value, s, language, currency) for value, s in zip(table[name], styles, strict=True)]
    return pd.DataFrame(texts, dtype=object)


def column(name: str) -> Column:
    """The entry of the list; a column that is not in it holds client text under the client's own heading."""
    return COLUMNS.get(name, Column(name, "text"))


def heading(name: str, language: str) -> str:
    return translated(column(name).heading, language) if name in COLUMNS else str(name)


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
