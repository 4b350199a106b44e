"""The small pictures of page one, as shares of their own width and height; a template draws them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses.columns import columns_of
from cxlib.analyses.journey.hand_overs import TERMS as COMPARED
from cxlib.analyses.result import Quantity, Result, Term
from cxlib.analyses.units import Unit
from cxlib.report.front_page.tiles import Tile

MOST_BARS = 5  # of ranked bars; of others all are drawn, since the lowest matter as much
WIDE = 0.6  # of the width: room for two sums of money
ROOM = 0.08  # of the height left above and below a course
Point = tuple[float, float]
Caption = tuple[str, Mapping[str, object]]  # a message, and what fills its slots
# fmt: off
TARGET = Term("{figure}; upright line: the target, {target}")
ALONE = Term("{figure}")
ZERO = Term("{figure}; upright line: zero")
WAITED = Term("Share of the time until cases are solved that passes after the hand-over, until the receiver acts")
COURSE = Term("Satisfaction, from left to right as “{service}” grows")
PLACE = Term("Satisfaction, from left to right as “{service}” grows; field: where it breaks, {unit}")
# fmt: on


@dataclass(frozen=True)
class Course:
    """A line over time or over a service level: points left to right, its band, a mark at a place, a level line; 0-1, up is 1.

    ends    the first and the last value as they are written;  at : what is written below the place
    """

    points: tuple[Point, ...]
    band: tuple[tuple[float, float, float], ...] = ()
    place: tuple[float, float, float] | None = None  # left, at, right
    level: float | None = None
    ends: tuple[Quantity, Quantity] | None = None
    at: Quantity | None = None
    about: Caption | None = None
    kind: str = "course"


@dataclass(frozen=True)
class Bars:
    """Bars: label, value as it is written, length 0-1, and both ends of its interval 0-1, None without one."""

    rows: tuple[tuple[str, Quantity, float, tuple[float, float] | None], ...]
    about: Caption | None = None
    kind: str = "bars"


@dataclass(frozen=True)
class Stairs:
    """Levels from the lowest: name, and whether it is reached."""

    levels: tuple[tuple[str, bool], ...]
    about: Caption | None = None
    kind: str = "stairs"


@dataclass(frozen=True)
class Verdicts:
    """What was concluded of each: name, what it belongs to ("" without), the verdict (a Term), and its tone."""

    rows: tuple[tuple[str, str, Term, str], ...]
    about: Caption | None = None
    kind: str = "verdicts"


@dataclass(frozen=True)
class Span:
    """A figure between its ends on a scale: left, at, right and a mark (zero, or a target), 0-1, and what stands at each."""

    left: float
    at: float
    right: float
    mark: float | None
    written: tuple[Quantity, Quantity, Quantity]
    about: Caption | None = None
    kind: str = "span"

    @property
    def has_room(self) -> bool:
        """Whether both ends can be written below their own places; else they stand together below the middle."""
        return self.right - self.left >= WIDE


Exhibit = Course | Bars | Stairs | Span | Verdicts


def exhibit_of(results: Sequence[Result], answer: str = "") -> Exhibit | None:
    """The picture of a page: that of the result which answers its question, else of the first that has one."""
    first = [result for result in results if result.name == answer]
    for result in [*first, *results]:
        draw = DRAWN.get(result.name)
        if draw and result.tables and (drawn := draw(result)) is not None:
            return drawn
    return None


def sparkline(tile: Tile) -> Course | None:
    """The course of a figure over the periods with its band, and the target as a line where it lies in sight."""
    if not tile.course:
        return None
    values = np.array(tile.course)
    scale = _scaled(values)
    xs = np.linspace(0, 1, len(values))
    points = tuple((float(x), scale(y)) for x, y in zip(xs, values[:, 0], strict=True) if y == y)
    band = tuple((float(x), scale(low), scale(high)) for x, (_, low, high) in zip(xs, values, strict=True) if low == low)
    level = scale(tile.target) if tile.target is not None else None
    return Course(points, band, level=level if level is not None and 0 <= level <= 1 else None)


def _stairs(result: Result) -> Stairs | None:
    levels = result.tables.get("levels")
    if levels is None or not len(levels):
        return None
    reached = result.settings.get("level") or 0
    return Stairs(tuple((str(row.level_name), row.stair <= reached) for row in levels.itertuples()))


def _begun(result: Result) -> Verdicts | None:
    """Each initiative that has begun, with its battle and what came of it."""
    table = result.tables.get("begun")
    if table is None or not len(table):
        return None
    battles = table.get("battle", pd.Series("", table.index)).fillna("")
    rows = zip(table.initiative, battles, table.verdict, table.tone, strict=True)
    return Verdicts(tuple((str(name), str(battle), Term(str(verdict)), str(tone)) for name, battle, verdict, tone in rows))


def _ranked(table: str, label: str, value: str, style: str) -> Callable[[Result], Bars | None]:
    """The longest bars, the longest first, with their intervals where there are any."""

    def drawn(result: Result) -> Bars | None:
        rows = result.tables.get(table, pd.DataFrame())
        if value not in rows or rows[value].isna().all():
            return None
        rows = rows.dropna(subset=[value]).sort_values(value, ascending=False, kind="stable").head(MOST_BARS)
        return _bars(result, table, rows, label, value, style)

    return drawn


def _steps(result: Result) -> Bars | None:
    """The parts of the model in their own order, on the whole scale."""
    rows = result.tables["steps"].dropna(subset=["score100"])
    return _bars(result, "steps", rows, "stage", "score100", "count", full=100.0) if len(rows) else None


def _bars(result: Result, table: str, rows: pd.DataFrame, label: str, value: str, style: str, full: float | None = None) -> Bars | None:
    ends = next(([low, high] for low, high in ((f"{value}_low", f"{value}_high"), ("low", "high")) if {low, high} <= set(rows)), [])
    full = full or float(rows[[value, *ends]].max(axis=None))
    if float(rows[value].max()) <= 0:
        return None
    share = (rows[[value, *ends]].clip(lower=0) / full).to_numpy(float)
    columns = columns_of(result, table)
    bars = zip(rows[label], rows[value], share, strict=True)
    drawn = ((str(name), Quantity(float(at), style), float(length), tuple(map(float, span)) if len(span) else None) for name, at, (length, *span) in bars)
    return Bars(tuple(drawn), (columns[value].heading, columns.slots))


def _break(result: Result) -> Course | None:
    """The course of the first service level that has a point, else of the first."""
    verdicts, curve = result.tables.get("verdicts"), result.tables.get("curve")
    if verdicts is None or curve is None or not len(curve):
        return None
    row = next((row for row in verdicts.itertuples() if pd.notna(row.point)), next(verdicts.itertuples()))
    course = curve[curve.service == row.service].dropna(subset=["x", "fitted"]).sort_values("x")
    if len(course) < 2:
        return None
    up, across = _scaled(course[["fitted"]].to_numpy(float)), _scaled(course[["x"]].to_numpy(float), room=0)
    points = tuple((across(x), up(y)) for x, y in zip(course.x, course.fitted, strict=True))
    place = None if pd.isna(row.point) else tuple(float(np.clip(across(x), 0, 1)) for x in (row.low, row.point, row.high))
    ends = (Quantity(course.fitted.iloc[0], "mean"), Quantity(course.fitted.iloc[-1], "mean"))
    at = None if place is None else Quantity(row.point, "general")
    return Course(points, place=place, ends=ends, at=at, about=(COURSE if place is None else PLACE, {"service": row.service, "unit": Term(str(row.measured_in))}))


def _money(result: Result) -> Span | None:
    answer = result.tables.get("answer")
    if answer is None or not len(answer):
        return None
    row = answer.iloc[0]
    ends = (float(row.p10), float(row.expected), float(row.p90))
    return _span(ends, 0.0, "money_short", (ZERO, {"figure": Term(str(row.figure))}))


def _hand_overs(result: Result) -> Bars | Span | None:
    """The longest waits between departments where the first of them is where the score falls most, too; else the change of the score."""
    pairs, effect = result.tables["pairs"], result.tables.get("effect")
    if effect is None:
        return None
    told_of, effect = result.settings["told_of"], effect.set_index("what")
    if told_of != "pair":
        return _change(effect.loc[COMPARED[told_of]], COMPARED[told_of])
    first = pairs.iloc[0]
    if first.wait_share == pairs.wait_share.max():
        waits = _ranked("pairs", "pair", "wait_share", "percent")(result)
        return replace(waits, about=(WAITED, {})) if waits else None
    return _change(first, first.pair)


def _change(row: pd.Series, name: str) -> Span | None:
    """Points by which the score changes, between their ends, zero as the mark."""
    return _span((row.effect_low, row.effect, row.effect_high), 0.0, Unit.POINTS.signed_ends, (ZERO, {"figure": Term(name)}))


def _span(ends: tuple[float, float, float], mark: float | None, style: str, about: Caption) -> Span | None:
    if any(end != end for end in ends):
        return None
    scale = _scaled(np.array([*ends, *([] if mark is None else [mark])])[:, None])
    left, at, right = map(scale, ends)
    written = tuple(Quantity(end, style) for end in ends)
    return Span(left, at, right, None if mark is None else scale(mark), written, about)


def _headline(result: Result) -> Span | None:
    """The first figure on a scale where it moves, its target as the mark."""
    row = result.tables["figures"].iloc[0]
    target = row.get("target")
    ends = (row.get("low", math.nan), row["estimate"], row.get("high", math.nan))
    figure = {"figure": Term(str(row["figure"]))}
    if target is None or pd.isna(target):
        return _span(ends, None, row["unit"], (ALONE, figure))
    return _span(ends, float(target), row["unit"], (TARGET, figure | {"target": Quantity(float(target), row["unit"])}))


def _scaled(values: np.ndarray, room: float = ROOM) -> Callable[[float], float]:
    """From the figure's own scale to 0-1, its ends set off by `room`."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    spread = (high - low) or 1.0
    return lambda value: round(room + (1 - 2 * room) * (float(value) - low) / spread, 4)


DRAWN: dict[str, Callable[[Result], Exhibit | None]] = {
    "placement": _stairs,
    "steps": _steps,
    "key_figures": _headline,
    "where_to_act": _ranked("areas", "block", "potential", "points"),
    "driver_importance": _ranked("ranking", "block", "importance", "percent"),
    "tipping_points": _break,
    "hand_overs": _hand_overs,
    "board_answer": _money,
    "what_came": _begun,
}
