"""What a slide draws of a result: its figures and their intervals as data, and which results are slides at all.

A result becomes a slide of its own by a line in DECLARED; of a page that has none of these, the main findings are drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.analyses.columns import Columns, columns_of
from cxlib.analyses.drivers.effects import VERDICTS as PRIORITY
from cxlib.analyses.result import Finding, Place, Result, Term
from cxlib.analyses.status.segments import VERDICTS as SEGMENT
from cxlib.report.cover import Cover
from cxlib.report.language.numbers import NOTHING, general, styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import Chapter, Section, clean, filled_tables
from cxlib.report.office.excel_cells import PERCENTAGE_POINTS, in_unit, interval_heading, unit_heading
from cxlib.report.tables import cell, heading, interval_text

PART = Term("{shown:count} of {all:count} rows; the Excel file has them all.")
FIGURES = ("share", "expected")  # what is drawn of a table without an interval
MILLION = 1e6
MOST_BARS, MOST_DOTS, MOST_ON_A_COURSE = 8, 12, 20
LETTER, HIGH, DOT = 0.02, 0.1, 0.02  # of a field: a letter across, a name up, half a dot
MOST_GROUPS = 3  # beside all, in a heat map


class Shown(NamedTuple):
    """A finding with the section and the result that it comes from."""

    text: str
    chapter: Chapter
    section: Section
    result: Result
    finding: Finding


@dataclass(frozen=True)
class Drawing:
    """Bars, a waterfall or a line over categories.

    title       what is drawn, in which unit
    categories  what each is called; of bars with the figure as it is written
    series      {name: figures}: the figure, and in a line the target
    style       of the figures
    kind        "bars", "waterfall" or "line"
    low, high   the ends of the figure's intervals, () without any;  interval : what these are called
    named       places of the categories that the finding speaks of
    """

    title: str
    categories: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]
    style: str
    kind: str = "bars"
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    interval: str = ""
    named: tuple[int, ...] = ()

    @property
    def figures(self) -> tuple[float | None, ...]:
        """The figures themselves."""
        return next(iter(self.series.values()))

    @property
    def floors(self) -> tuple[float, ...]:
        """Where the steps of a waterfall begin: each at the end of the one before, the last, their sum, at zero."""
        steps = [float(value or 0) for value in self.figures[:-1]]
        ends = np.concatenate([[0.0], np.cumsum(steps)])
        return (*(float(min(pair)) for pair in pairwise(ends)), 0.0)


class Dots(NamedTuple):
    """Points of one look in a field: (across, up), with the ends of their intervals.

    ink    a colour of the deck;  line : "" for dots, "solid" or "dash" for a line without them
    label  what stands beside the first point, "" for nothing;  side : "right", "above", "below" or "left" of it
    """

    name: str
    points: tuple[tuple[float, float], ...]
    ink: str = "brand"
    line: str = ""
    label: str = ""
    across: tuple[tuple[float, float], ...] = ()
    up: tuple[tuple[float, float], ...] = ()
    side: str = "right"


@dataclass(frozen=True)
class Field:
    """Points between two scales.

    across, up  what the scales are;  styles : of their numbers;  cross : where the axes meet, None at the lower left
    corners     what stands above the field at its left and its right
    """

    title: str
    across: str
    up: str
    dots: tuple[Dots, ...]
    styles: tuple[str, str]
    interval: str = ""
    cross: tuple[float, float] | None = None
    corners: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class RisingLevels:
    """Levels from the lowest: (name, share fulfilled 0-1, the share as it is written, whether it is reached)."""

    title: str
    levels: tuple[tuple[str, float, str, bool], ...]
    interval: str = ""


@dataclass(frozen=True)
class Shades:
    """A heat map: heads above the columns, and rows of (name, cells); a cell is its text and its shade 0-1, None unshown."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, float | None], ...]], ...]
    interval: str = ""


@dataclass(frozen=True)
class Tiles:
    """The headline figures, as page one has them."""

    title: str = ""
    interval: str = ""


Exhibit = Drawing | Field | RisingLevels | Shades | Tiles


class Declared(NamedTuple):
    """How a result is drawn; of one kind a page gives one slide, the first that can be drawn."""

    kind: str
    draw: Callable[[Shown, Cover], Exhibit | None]


def drawing(shown: Shown, cover: Cover) -> Drawing | None:
    """The chart behind a finding: the first of the tables that show it that can be drawn, with the figure declared.

    A table can be drawn when its rows are groups, periods or stretches of a scale with figures of one kind.
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


def written(value: float | None, style: str, cover: Cover) -> str:
    """A figure of a chart in words; a difference of shares is there in percentage points already."""
    share = value / 100 if value is not None and style in PERCENTAGE_POINTS else value
    short = "money_short" if style.startswith("money") else style
    return styled(share, short, cover.language, cover.currency)


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
    if not names or len(styles) != 1 or len(rows) < 2:
        return None
    style, line = styles.pop(), stretches or columns[names[0]].style == "period"
    told = _told(rows[names], shown.finding)
    all_of_them, rows = len(rows), rows.tail(MOST_BARS) if line else _few(rows, figure, told)
    low, high = _ends(rows, figure)
    what = shown.section.heading if figure == "estimate" else unit_heading(columns, figure, cover.language, cover.currency)
    if stretches:
        what = f"{values['service']}, {translated(values.get('units', ''), cover.language)}: {what}"
    part = sentence(PART, {"shown": len(rows), "all": all_of_them}, cover.language) if len(rows) < all_of_them else ""
    unit = partial(in_unit, style=style)
    categories = [_category(row, columns, names, cover) for _, row in rows.iterrows()]
    if not line:
        categories = [_with_figure(each, unit(row[figure]), style, cover) for each, (_, row) in zip(categories, rows.iterrows(), strict=True)]
    return Drawing(
        clean(f"{what}. {part}" if part else what),
        tuple(categories),
        {clean(what): tuple(map(unit, rows[figure]))},
        style,
        "line" if line else "bars",
        tuple(map(unit, rows[low])) if low else (),
        tuple(map(unit, rows[high])) if low else (),
        _interval_called(columns, low, cover) if low else "",
        () if line else tuple(int(place) for place in np.flatnonzero(told[rows.index])),
    )


def _told(named: pd.DataFrame, finding: Finding) -> pd.Series:
    """The rows that a finding speaks of: by all that names them, where it says all of it, else by the last."""
    spoken = named.isin(list(_words(finding)))
    return spoken.all(axis=1) if spoken.all(axis=1).any() else spoken.iloc[:, -1]


def _words(finding: Finding) -> set[str]:
    """Whom a finding speaks of, alone or in a list."""
    words = [value for value in finding.values.values() if isinstance(value, str)]
    return finding.names | {name for value in words for name in value.split(", ")}


def _few(rows: pd.DataFrame, figure: str, told: pd.Series) -> pd.DataFrame:
    """As many rows as a slide has bars, in their order: those spoken of, then the ends of the order."""
    if len(rows) <= MOST_BARS:
        return rows
    ordered = [*rows.index[told[rows.index]], *rows[figure].sort_values(kind="stable").index[_from_both_ends(len(rows))]]
    kept = list(dict.fromkeys(ordered))[:MOST_BARS]
    return rows[rows.index.isin(kept)]


def _from_both_ends(count: int) -> list[int]:
    """Last, first, last but one, second, ..."""
    return [place for pair in zip(range(count - 1, -1, -1), range(count), strict=True) for place in pair]


def _names(rows: pd.DataFrame, columns: Columns) -> list[str]:
    """The first columns of words that together tell the rows apart; [] where none do."""
    words = [name for name in columns.shown(rows) if columns[name].in_words and rows[name].nunique() > 1]
    tell = [words[: count + 1] for count in range(min(2, len(words)))]
    return next((names for names in tell if not rows.duplicated(names).any()), [])


def _ends(rows: pd.DataFrame, figure: str) -> tuple[str, str]:
    if figure == "expected" and {"p10", "p90"} <= set(rows):
        return "p10", "p90"
    after = list(rows.columns)[list(rows.columns).index(figure) + 1 :][:2]
    return tuple(after) if len(after) == 2 and after[0].endswith("low") and after[1].endswith("high") else ("", "")


def _interval_called(columns: Columns, low: str, cover: Cover) -> str:
    return heading(columns, "level_interval", cover.language) if low == "p10" else interval_heading(columns, low, cover.language, whole=True)


def _category(row: pd.Series, columns: Columns, names: list[str], cover: Cover) -> str:
    """What a row is called: "North"; of a stretch of a scale, "3–4"."""
    if names == ["lowest"]:
        low, high = (general(row[name], cover.language) for name in ("lowest", "highest"))
        return low if low == high else f"{low}–{high}"
    return clean(" · ".join(cell(row[name], columns[name].style, cover.language) for name in names))


def _with_figure(name: str, figure: float, style: str, cover: Cover) -> str:
    """A bar's name with its figure: both are read at one place, clear of the line of the interval."""
    return clean(f"{name}: {written(figure, style, cover)}")


def interval_of(low: float | None, high: float | None, style: str, cover: Cover) -> str:
    """An interval in words, "" where there is none."""
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return ""
    share = 100 if style in PERCENTAGE_POINTS else 1
    return interval_text(low / share, high / share, "money_short" if style.startswith("money") else style, cover.language, cover.currency)


# How the declared results are drawn


def _bars(table: str, figure: str) -> Callable[[Shown, Cover], Drawing | None]:
    """Bars of one figure of one table."""

    def draw(shown: Shown, cover: Cover) -> Drawing | None:
        rows = filled_tables(shown.result).get(table)
        return None if rows is None else _drawing(rows, columns_of(shown.result, table), figure, shown, cover)

    return draw


def _course(shown: Shown, cover: Cover) -> Drawing | None:
    """A headline figure over its periods, the target as a line."""
    rows = filled_tables(shown.result).get("periods")
    if rows is None or len(rows) < 2 or "period" not in rows:
        return None
    columns = columns_of(shown.result, "periods")
    drawn = _drawing(rows, columns, "estimate", shown, cover)
    figure = shown.result.tables.get("figure", pd.DataFrame())
    if drawn is None or "target" not in figure or pd.isna(figure["target"].iloc[0]):
        return drawn
    name = heading(columns_of(shown.result, "figure"), "target", cover.language)
    aim = in_unit(float(figure["target"].iloc[0]), drawn.style)
    called = clean(f"{name} {written(aim, drawn.style, cover)}")
    return replace(drawn, series={**drawn.series, called: (aim,) * len(drawn.categories)})


def _apart(shown: Shown, cover: Cover) -> Drawing | None:
    """The groups of the split that the finding speaks of; nothing where no group is apart from the others."""
    rows = filled_tables(shown.result).get("segments")
    if rows is None or not rows["verdict"].isin([SEGMENT["above"], SEGMENT["below"]]).any():
        return None
    return _drawing(rows, columns_of(shown.result, "segments"), "estimate", shown, cover)


def _priorities(shown: Shown, cover: Cover) -> Field | None:
    """Index against impact of each area, the axes where areas part into low and high."""
    rows = filled_tables(shown.result).get("areas")
    if rows is None or len(rows) < 2:
        return None
    inks = {PRIORITY["act"]: "bad", PRIORITY["keep"]: "good"}
    dots = tuple(
        Dots(clean(row.block), ((row.index_, row.impact),), inks.get(row.verdict, "soft"), "", clean(row.block),
             ((row.low, row.high),), ((row.impact_low, row.impact_high),))
        for row in rows.rename(columns={"index": "index_"}).head(MOST_DOTS).itertuples()
    )  # fmt: skip
    columns = columns_of(shown.result, "areas")
    across, up = (heading(columns, name, cover.language) for name in ("index", "impact"))
    corners = (translated(PRIORITY["act"], cover.language), translated(PRIORITY["keep"], cover.language))
    cross = (shown.result.settings["cut_index"], shown.result.settings["cut_impact"])
    called = interval_heading(columns, "low", cover.language, whole=True)
    return Field(shown.section.heading, across, up, _told_apart(dots), ("count", "number"), called, cross, corners)


def _told_apart(dots: tuple[Dots, ...]) -> tuple[Dots, ...]:
    """The same, each name at the side where it lies on the fewest dots and names."""
    low, spread = _field(dots)
    places = (np.array([each.points[0] for each in dots]) - low) / spread
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in places] + _lines(dots)
    told = []
    for each, (x, y) in zip(dots, places, strict=True):
        boxes = {side: _beside(x, y, len(each.label) * LETTER, side) for side in ("right", "left", "above", "below")}
        side = min(boxes, key=lambda side: sum(_overlap(boxes[side], other) for other in taken))
        taken.append(boxes[side])
        told.append(each._replace(side=side))
    return tuple(told)


def _field(dots: tuple[Dots, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The lower left of the field that dots and intervals span, and its size."""
    ends = np.array([[(each.points[0][0], *each.across[0]), (each.points[0][1], *each.up[0])] for each in dots])
    low = np.nanmin(ends, axis=(0, 2))
    return low, np.maximum(np.nanmax(ends, axis=(0, 2)) - low, 1e-9)


def _lines(dots: tuple[Dots, ...]) -> list[tuple[float, float, float, float]]:
    """Where the upright lines of the intervals stand."""
    low, spread = _field(dots)
    found = []
    for each in dots:
        x = (each.points[0][0] - low[0]) / spread[0]
        down, up = ((end - low[1]) / spread[1] for end in each.up[0])
        found.append((x - DOT / 4, down, x + DOT / 4, up))
    return found


def _beside(x: float, y: float, width: float, side: str) -> tuple[float, float, float, float]:
    """Where a name stands beside a dot, in shares of the field: left, low, right, high."""
    left = {"right": x + DOT, "left": x - DOT - width}.get(side, x - width / 2)
    low = {"above": y + DOT, "below": y - DOT - HIGH}.get(side, y - HIGH / 2)
    return left, low, left + width, low + HIGH


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    across, up = (max(0.0, min(one[k + 2], other[k + 2]) - max(one[k], other[k])) for k in (0, 1))
    return across * up


def _break(shown: Shown, cover: Cover) -> Field | None:
    """The answers along a service level, the course fitted to them, and the place where they break."""
    tables = filled_tables(shown.result)
    if "bins" not in tables or "verdicts" not in shown.result.tables:
        return None
    verdicts = shown.result.tables["verdicts"]
    service = shown.finding.values.get("service", verdicts["service"].iloc[0])
    verdict = verdicts[verdicts["service"] == service].iloc[0]
    bins = tables["bins"][tables["bins"]["service"] == service]
    if len(bins) < 2:
        return None
    columns = columns_of(shown.result, "bins")
    mean, unit = heading(columns, "mean", cover.language), translated(str(verdict["measured_in"]), cover.language)
    ends = tuple(bins[["low", "high"]].itertuples(index=False, name=None))
    dots = [Dots(mean, tuple(bins[["middle", "mean"]].itertuples(index=False, name=None)), up=ends)]
    if pd.notna(verdict["point"]):
        place, top, floor = float(verdict["point"]), float(bins["high"].max()), float(bins["low"].min())
        called = clean(f"{general(place, cover.language)} {unit}")
        within = ((float(verdict["low"]), float(verdict["high"])), (place, place))
        dots.append(Dots(called, ((place, top), (place, floor)), "bad", "dash", called, within))
    curve = shown.result.tables.get("curve")
    curve = None if curve is None else curve[(curve["service"] == service) & (curve["x"] <= bins["middle"].max())].dropna(subset=["fitted"])
    if curve is not None and len(curve) > 1:
        course = curve.iloc[_turns(curve["x"].to_numpy(float), curve["fitted"].to_numpy(float))]
        name = translated(FITTED, cover.language)
        dots.append(Dots(name, tuple(course[["x", "fitted"]].itertuples(index=False, name=None)), "ink", "solid"))
    share = bins["mean"].between(0, 1).all()
    called = interval_heading(columns, "low", cover.language, whole=True)
    return Field(clean(f"{mean} · {service}"), clean(f"{service}, {unit}"), mean, tuple(dots), ("general", "percent" if share else "points"), called)


FITTED = Term("fitted course")


def _turns(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Places of a course that draw it: both ends, both sides of its largest leap, and some between them."""
    leap = int(np.argmax(np.abs(np.diff(y))))
    between = np.linspace(0, len(x) - 1, MOST_ON_A_COURSE - 2).astype(int)
    return np.unique([*between, leap, leap + 1])


def _waterfall(shown: Shown, cover: Cover) -> Drawing | None:
    """The parts of a value, each from where the one before ends; plain bars where a step would cross zero."""
    rows = filled_tables(shown.result).get("parts")
    drawn = None if rows is None else _drawing(rows, columns_of(shown.result, "parts"), "expected", shown, cover)
    if drawn is None or len(drawn.categories) < len(rows):
        return drawn
    steps = np.cumsum([0.0, *drawn.figures[:-1]])
    crosses = any(first * last < 0 for first, last in pairwise(steps)) or (steps < 0).any()
    return drawn if crosses else replace(drawn, kind="waterfall", low=(), high=(), interval="")


def _stairs(shown: Shown, cover: Cover) -> RisingLevels | None:
    levels = filled_tables(shown.result).get("levels")
    if levels is None or len(levels) < 2:
        return None
    reached = shown.result.settings.get("level") or 0
    called = heading(columns_of(shown.result, "levels"), "coverage", cover.language)
    rows = (
        (clean(f"{row.stair} {row.level_name}"), 0.0 if pd.isna(row.coverage) else float(row.coverage),
         styled(row.coverage, "percent", cover.language), bool(row.stair <= reached))
        for row in levels.itertuples()
    )  # fmt: skip
    return RisingLevels(called, tuple(rows))


def _shades(shown: Shown, cover: Cover) -> Shades | None:
    """The criteria by group of people: the score of each, shaded by its band."""
    criteria = filled_tables(shown.result).get("criteria")
    if criteria is None or "score100" not in criteria:
        return None
    groups = shown.result.tables.get("groups", pd.DataFrame(columns=["segment", "group", "criterion", "score100", "band"]))
    columns = list(dict.fromkeys(zip(groups["segment"], groups["group"], strict=True)))[:MOST_GROUPS]
    scores = groups.set_index(["segment", "group", "criterion"])[["score100", "band"]].to_dict("index")
    bands = [word for _, word in shown.result.settings.get("bands", ())]
    nothing = {"score100": None, "band": None}
    rows = []
    for row in criteria.to_dict("records"):
        cells = [row, *(scores.get((*each, row["criterion"]), nothing) for each in columns)]
        rows.append((clean(row["criterion"]), tuple(_shade(each, bands, not columns, cover) for each in cells)))
    heads = (translated(ALL, cover.language), *(clean(group) for _, group in columns))
    return Shades(heading(columns_of(shown.result, "criteria"), "score100", cover.language), heads, tuple(rows))


ALL = Term("All")


def _shade(cell: Mapping, bands: list[str], wordy: bool, cover: Cover) -> tuple[str, float | None]:
    """A score and its shade; `wordy` with the word of its band."""
    score, band = cell["score100"], cell["band"]
    if score is None or pd.isna(score):
        return NOTHING, None
    share = bands.index(band) / max(len(bands) - 1, 1) if band in bands else float(score) / 100
    text = styled(score, "count", cover.language)
    return (clean(f"{text} {band}") if wordy and band in bands else text), share


def _tiles(shown: Shown, _cover: Cover) -> Tiles | None:
    figures = filled_tables(shown.result).get("figures")
    return Tiles(shown.section.heading) if figures is not None and len(figures) > 1 else None


# fmt: off
DECLARED: dict[str, Declared] = {  # in the order of a deck
    **dict.fromkeys(("net_promoter_score", "satisfaction_index", "satisfied_share", "effort_score", "loyalty_index", "acsi_index"), Declared("course", _course)),
    "key_figures": Declared("course", _tiles),
    **dict.fromkeys(("satisfaction_by_segment", "net_promoter_by_segment", "satisfied_by_segment"), Declared("groups", _apart)),
    "expectation_gaps": Declared("areas", _bars("gaps", "gap")),
    "experience_areas": Declared("areas", _bars("areas", "index")),
    "where_to_act": Declared("priorities", _priorities),
    "driver_importance": Declared("importance", _bars("ranking", "importance")),
    "tipping_points": Declared("break", _break),
    "board_answer": Declared("money", _bars("answer", "expected")),
    "worth_of_steps": Declared("money", _bars("steps", "expected")),
    "hand_overs": Declared("between", _bars("pairs", "effect")),
    "where_time_goes": Declared("between", _bars("parts", "share")),
    "what_came": Declared("came", _bars("begun", "estimate")),
    "value_parts": Declared("parts", _waterfall),
    "initiatives": Declared("initiatives", _bars("initiatives", "expected")),
    "leaving": Declared("outcome", _bars("levels", "estimate")),
    "placement": Declared("level", _stairs),
    "steps": Declared("level", _bars("steps", "score100")),
    "criteria": Declared("criteria", _shades),
}
# fmt: on
