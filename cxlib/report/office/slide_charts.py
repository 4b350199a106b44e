"""Which chart a slide draws of a finding: the figures, what stands beside them, and whom the finding speaks of."""

from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.result import Finding, Place, Result, Term
from cxlib.report.cover import Cover
from cxlib.report.language.numbers import NO_BREAK, general, styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import Chapter, Section, clean, filled_tables
from cxlib.report.office.excel_cells import in_unit, interval_heading, unit_heading
from cxlib.report.tables import cell, heading, interval_text

DRAWN = Term("{what}; in brackets: {brackets}")
FIGURES = ("share", "p50", "expected")  # what is drawn of a table without an interval
MILLION = 1e6
MOST_BARS = 24


class Drawing(NamedTuple):
    """What a chart shows: a category, a figure and, in a line, the ends of its interval in each row.

    named   places of the categories that the finding speaks of
    """

    title: str
    categories: list[str]
    series: dict[str, list[float | None]]
    style: str
    line: bool
    named: tuple[int, ...] = ()

    @property
    def in_millions(self) -> bool:
        figures = [abs(value) for value in next(iter(self.series.values())) if value is not None]
        return self.style.startswith("money") and max(figures) >= MILLION


class Shown(NamedTuple):
    """A finding with the section and the result that it comes from."""

    text: str
    chapter: Chapter
    section: Section
    result: Result
    finding: Finding


def drawing(shown: Shown, cover: Cover) -> Drawing | None:
    """The chart behind a finding: the first of the tables that show it that can be drawn, with the figure declared.

    A table can be drawn when its rows are groups, periods or stretches of a scale, few enough to read, with figures of
    one kind.
    """
    for place, table in showing(shown):
        columns = columns_of(shown.result, place.table)
        figures = [place.figure] if place.figure else _figures(table, columns)
        drawn = (_drawing(table, columns, figure, shown, cover) for figure in figures)
        if found := next(filter(None, drawn), None):
            return found
    return None


def showing(shown: Shown) -> list[tuple[Place, pd.DataFrame]]:
    """The tables that show a finding, the best first: those that its sentence declares, else those of its result."""
    tables = filled_tables(shown.result)
    declared = [place for place in shown.finding.says.shown_in if place.table in tables]
    return [(place, _of_the_service(tables[place.table], shown)) for place in declared or map(Place, tables)]


def _of_the_service(table: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    service = shown.finding.values.get("service")
    return table[table["service"] == service] if service and "service" in table else table


def _figures(table: pd.DataFrame, columns: Columns) -> list[str]:
    """The columns that a chart can show: those before an interval, else a share or an expected value."""
    names = columns.shown(table)
    before = [before for before, name in pairwise(names) if name.endswith("low")]
    return [name for name in before or FIGURES if name in names and not columns[name].in_words]


def _drawing(table: pd.DataFrame, columns: Columns, figure: str, shown: Shown, cover: Cover) -> Drawing | None:
    values = shown.finding.values
    if {"segment", "group"} <= set(table):  # one split of customers is one idea
        table = table[table["segment"] == values.get("segment", table["segment"].iloc[0])]
    rows = table[table[figure].map(lambda value: isinstance(value, (int, float)) and not pd.isna(value))]
    stretches = {"lowest", "highest", "service"} <= set(rows)
    names = ["lowest"] if stretches else _names(rows, columns)
    styles = set(columns[figure].styles(rows))
    if not names or len(styles) != 1 or not 2 <= len(rows) <= MOST_BARS:
        return None
    style, line = styles.pop(), stretches or columns[names[0]].style == "period"
    low, high = _ends(rows, figure)
    what = shown.section.heading if figure == "estimate" else unit_heading(columns, figure, cover.language, cover.currency)
    if stretches:
        what = f"{values['service']}, {translated(values.get('units', ''), cover.language)}: {what}"
    series = {what: rows[figure]}
    if line and low:
        series |= {interval_heading(columns, name, cover.language): rows[name] for name in (low, high)}
    inner = "" if line else low
    categories = [_category(row, columns, names, (inner, high), style, cover) for _, row in rows.iterrows()]
    told = [*(["n"] if "n" in rows and not stretches else []), *([_interval_called(columns, low, cover)] if inner else [])]
    title = sentence(DRAWN, {"what": what, "brackets": "; ".join(told)}, cover.language)
    words = [value for value in values.values() if isinstance(value, str)]
    spoken_of = {name for value in words for name in (value, *value.split(", "))}
    named = [place for place, name in enumerate(rows[names[-1]]) if not line and name in spoken_of]
    found = Drawing(
        clean(title if told else what),
        categories,
        {clean(name): [in_unit(value, style) for value in numbers] for name, numbers in series.items()},
        style,
        line,
        tuple(named),
    )
    return found._replace(title=_in_millions(found, cover)) if found.in_millions else found


def _in_millions(drawn: Drawing, cover: Cover) -> str:
    """The title with the unit in which the figures are written: "Middle (P50), million DKK"."""
    unit = styled(2 * MILLION, "money_short", cover.language, cover.currency).partition(NO_BREAK)[2]
    return drawn.title.replace(f", {cover.currency}", f", {unit}", 1)


def _names(rows: pd.DataFrame, columns: Columns) -> list[str]:
    """The first columns of words that together tell the rows apart; [] where none do."""
    words = [name for name in columns.shown(rows) if columns[name].in_words and rows[name].nunique() > 1]
    tell = [words[: count + 1] for count in range(min(2, len(words)))]
    return next((names for names in tell if not rows.duplicated(names).any()), [])


def _ends(rows: pd.DataFrame, figure: str) -> tuple[str, str]:
    if figure == "p50" and {"p10", "p90"} <= set(rows):
        return "p10", "p90"
    after = list(rows.columns)[list(rows.columns).index(figure) + 1 :][:2]
    return tuple(after) if len(after) == 2 and after[0].endswith("low") and after[1].endswith("high") else ("", "")


def _interval_called(columns: Columns, low: str, cover: Cover) -> str:
    return heading(columns, "level_interval", cover.language) if low == "p10" else interval_heading(columns, low, cover.language, whole=True)


def _category(row: pd.Series, columns: Columns, names: list[str], ends: tuple[str, str], style: str, cover: Cover) -> str:
    """What stands beside a bar: "North (n = 120; 3.1 to 5.2)"; of a stretch of a scale, "3–4"."""
    if names == ["lowest"]:
        low, high = (general(row[name], cover.language) for name in ("lowest", "highest"))
        return low if low == high else f"{low}–{high}"
    label = " · ".join(cell(row[name], columns[name].style, cover.language) for name in names)
    details = [f"n = {styled(row['n'], 'count', cover.language)}"] if pd.notna(row.get("n")) else []
    if ends[0]:
        short = "money_short" if style.startswith("money") else style
        details.append(interval_text(row[ends[0]], row[ends[1]], short, cover.language, cover.currency))
    return clean(f"{label} ({'; '.join(details)})" if details else label)
