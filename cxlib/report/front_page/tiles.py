"""The figure tiles of page one: a figure, how it has moved and how sure that is, its target, and its course."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cxlib.analyses.result import Finding, Quantity, Result, Sentences, Term
from cxlib.analyses.units import Unit

MOST = 6
ENDS = ["low", "high"]
LISTED = "key_figures"  # the result whose figures are tiles
# fmt: off
TILES = Sentences({
    "tile.level": ("neutral", "{low} to {high}"),
    "tile.better": ("good", "{change} since {before:period} ({low} to {high})"),
    "tile.worse": ("bad", "{change} since {before:period} ({low} to {high})"),
    "tile.chance": ("neutral", "{change} since {before:period}: within what chance gives"),
    "tile.met": ("good", "target {target}: met"),
    "tile.missed": ("bad", "target {target}: not met"),
    "tile.open": ("unclear", "target {target}: cannot be determined"),
})
# fmt: on
TARGETS = {"good": "tile.met", "bad": "tile.missed", "unclear": "tile.open"}
CHANGES = {"good": "tile.better", "bad": "tile.worse"}


@dataclass(frozen=True)
class Tile:
    """A headline figure.

    figure : its name;  value : the latest;  lines : interval, change and target in words, as far as there are any
    told : the findings that the lines repeat;  course : (estimate, low, high) of each period, () for one;  target : None without one
    """

    figure: Term
    value: Quantity
    lines: tuple[Finding, ...]
    told: tuple[Finding, ...]
    course: tuple[tuple[float, float, float], ...]
    target: float | None


def figure_tiles(results: Sequence[Result]) -> list[Tile]:
    """Up to six tiles, of the figures that a result lists as the headline ones, in their order."""
    listed = next((result for result in results if result.name == LISTED and result.tables), None)
    if listed is None:
        return []
    own = {_name(result.tables["figure"].iloc[0]): result for result in results if len(result.tables.get("figure", ()))}
    figures = listed.tables["figures"]  # without ends where all answers of all figures are alike
    rows = [row for _, row in figures.reindex(columns=figures.columns.union(ENDS, sort=False)).iterrows() if pd.notna(row["estimate"])]
    return [_tile(row, own.get(_name(row))) for row in rows[:MOST]]


def _name(row: pd.Series) -> str:
    return str(row["figure"])


def _tile(row: pd.Series, result: Result | None) -> Tile:
    unit = Unit(row["unit"])
    lines, told = [], []
    if pd.notna(row["low"]):
        lines.append(TILES.finding("tile.level", low=Quantity(row["low"], unit.value), high=Quantity(row["high"], unit.value)))
    if (moved := _with(result, "change", "before")) and pd.notna(row.get("change")):
        told.append(moved)
        lines.append(_moved(row, unit, moved))
    if (aim := _with(result, "target")) and aim.tone in TARGETS:
        told.append(aim)
        lines.append(TILES.finding(TARGETS[aim.tone], target=aim.values["target"]))
    target = row.get("target")
    return Tile(Term(_name(row)), Quantity(row["estimate"], unit.value), tuple(lines), tuple(told), _course(result), None if pd.isna(target) else float(target))


def _moved(row: pd.Series, unit: Unit, moved: Finding) -> Finding:
    """The change as the finding has it: with its interval where the finding calls it one, else as chance."""
    change, before = Quantity(row["change"], unit.signed_difference), moved.values["before"]
    if moved.tone not in CHANGES:
        return TILES.finding("tile.chance", change=change, before=before)
    ends = {end: Quantity(row[f"change_{end}"], unit.signed_ends) for end in ("low", "high")}
    return TILES.finding(CHANGES[moved.tone], change=change, before=before, **ends)


def _with(result: Result | None, *slots: str) -> Finding | None:
    """The first finding of a result that has these figures."""
    found = result.findings if result else ()
    return next((finding for finding in found if set(slots) <= set(finding.values)), None)


def _course(result: Result | None) -> tuple[tuple[float, float, float], ...]:
    periods = result.tables.get("periods") if result else None
    if periods is None or len(periods) < 2:
        return ()
    return tuple(periods.reindex(columns=["estimate", *ENDS]).astype(float).itertuples(index=False, name=None))
