"""What a result holds, read back from its JSON: estimates with their intervals, numbers, and what a sentence says of them."""

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter
from typing import NamedTuple

import pandas as pd

from cxlib.analyses.result import Result
from cxlib.report.language.numbers import styled

CLOSE = 2e-5  # results.json keeps six digits

# Bounds of columns; their intervals share them.
SHARES = ("share", "share_before", "step_share", "importance", "coverage", "core", "draws", "ceiling", "abandoned", "beyond",
          "chance", "chance_more", "kind_chance", "value_share", "swing_share", "r2", "reliability", "p", "p_holm",
          "chance_95", "weight", "lmg", "first", "last", "reach", "poor", "wait_share", "said", "happened", "listed")  # fmt: skip
INDICES = ("index", "experience", "expectation", "score100", "employees", "customer_index", "first_score", "second_score",
           "median", "aim")  # fmt: skip
BOUNDS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(SHARES, (0, 1)),
    **dict.fromkeys(INDICES, (0, 100)),
    **dict.fromkeys(("gap", "moved", "apart", "shortfall", "potential"), (-100, 100)),
    **dict.fromkeys(("win", "keep", "loading", "correlation"), (-1, 1)),
    "nps": (-100, 100),
    "guessed": (1, 5),
    "focus": (1, 5),
    "maturity": (1, 5),
}
UNITS = {"points": (-100, 100), "percent1": (0, 1), "index": (0, 100)}  # of a table's column "unit"
STYLES = {"percent": (0, 1), "percent1": (0, 1), "index": (0, 100), "p": (0, 1)}  # of a slot
SLOTS_ON_SCALE = {"step", "step_low", "step_high", "gain", "loss"}  # changes of a service level's outcome
# Slots whose figure may pass the bounds of their style: ratios, and distances written as percentages.
UNBOUND = {"limit.benefit": "value", "limit.revenue": "value", "board.payback": "rate", "board.rests": "share"}
ENDS_ALONE = {"came.who_answered"}  # sentences that name the ends of an interval and no estimate
ENDS = {"low": "high", "p10": "p90", "step_low": "step_high"}  # the slots between which an estimate lies

class Interval(NamedTuple):
    """An estimate with its interval, and where it stands."""

    where: str
    estimate: float | None
    low: float | None
    high: float | None
    bounds: tuple[float, float] | None = None


def table(result: Mapping, name: str) -> pd.DataFrame:
    """A table of a result; an empty one without columns where it has none of that name."""
    held = result["tables"].get(name)
    return pd.DataFrame() if held is None else pd.DataFrame(held["rows"], columns=held["columns"])


def all_tables(result: Mapping) -> dict[str, pd.DataFrame]:
    return {name: table(result, name) for name in result["tables"]}


def intervals(result: Mapping) -> Iterator[Interval]:
    """Every estimate of the tables and of the sentences that has an interval."""
    for name, frame in all_tables(result).items():
        for stem, low, high in _ends_of(list(frame.columns)):
            for place, row in enumerate(frame.to_dict("records")):
                where = f"table {name}, row {place}, {stem}"
                yield Interval(where, row[stem], row[low], row[high], _bounds(result, row, stem))
    for finding in result["findings"]:
        values = finding["values"]
        for slot, low, high in told_intervals(finding):
            # "has fallen by 10.7 points (−17.5 to −3.9)": words give the direction of the figure, signs that of its ends
            told = -values[slot] if values[slot] > 0 > values[high] else values[slot]
            yield Interval(f"{finding['key']} {slot}", told, values[low], values[high])


def told_intervals(finding: Mapping) -> Iterator[tuple[str, str, str]]:
    """(estimate, low, high) of a sentence, by slot: the estimate is `expected`, or the last number before its ends of their kind."""
    style = {slot: kind for slot, kind in styles(finding).items() if _is_number(finding["values"].get(slot))}
    told = [] if finding["key"] in ENDS_ALONE else list(style)
    for low, high in ENDS.items():
        if low in told and high in told:
            before = told[: told.index(low)]
            alike = [slot for slot in before if _kind(style[slot]) == _kind(style[low])]
            others = [slot for slot in before if style[slot] != "count"]  # "of 2 groups, above .1 to .2": a number of things
            estimate = "expected" if low == "p10" else (alike or others or [""])[-1]
            if estimate in told:
                yield estimate, low, high


def _kind(style: str) -> str:
    """A style without what it says of sign and unit."""
    return re.sub(r"^(signed_|gap_|ends_)+", "", style).replace("fine", "signed")


def figures(result: Mapping) -> Iterator[Interval]:
    """Every figure with bounds, alone: the ends are those of its scale."""
    for name, frame in all_tables(result).items():
        known = [column for column in frame if column in BOUNDS or column in ("estimate", "mean", "fitted", "point", "promise")]
        parts = [rows for _, rows in frame.groupby("service")] if "service" in frame else [frame]
        for column in known:
            for rows in parts:
                numbers = rows[column].astype(float)
                for place in {} if numbers.isna().all() else {numbers.idxmin(), numbers.idxmax()}:
                    bounds = _bounds(result, rows.loc[place].to_dict(), column)
                    if bounds:
                        yield Interval(f"table {name}, row {place}, {column}", numbers[place], *bounds)
    for finding in result["findings"]:
        for slot in SLOTS_ON_SCALE & finding["values"].keys():
            if service := _service(result, finding["values"]):
                width = service["scale"][1] - service["scale"][0]
                yield Interval(f"{finding['key']} {slot}", finding["values"][slot], -width, width)
        for slot, style in styles(finding).items():
            if style in STYLES and UNBOUND.get(finding["key"]) != slot:
                yield Interval(f"{finding['key']} {slot}", finding["values"].get(slot), *STYLES[style])


def outside(interval: Interval) -> bool:
    """Whether the estimate lies outside its interval, or the interval outside its bounds."""
    low, high = interval.low, interval.high
    if not all(map(_is_number, (interval.estimate, low, high))):
        return False
    slack = CLOSE * max(1e-9, abs(low), abs(high), abs(interval.estimate))
    bounds = interval.bounds or (-math.inf, math.inf)
    ordered = bounds[0] - slack <= low <= interval.estimate + slack and interval.estimate - slack <= high <= bounds[1] + slack
    return not ordered


def styles(finding: Mapping) -> dict[str, str]:
    """{slot: number style} of a finding: the figure's own, or that of the message."""
    return {slot: finding["styles"].get(slot) or style for slot, style in _slots(finding["message"])}


@cache
def _slots(message: str) -> tuple[tuple[str, str], ...]:
    return tuple((slot, style or "") for _, slot, style, _ in Formatter().parse(message) if slot)


def _ends_of(columns: list[str]) -> Iterator[tuple[str, str, str]]:
    """(estimate, low, high) among the columns; `low` and `high` follow their estimate."""
    for place, low in enumerate(columns):
        high = low.removesuffix("low") + "high"
        if not (low == "low" or low.endswith("_low")) or high not in columns:
            continue
        stem = low.removesuffix("_low") if low != "low" else columns[place - 1]
        if stem in columns:
            yield stem, low, high
    if {"p10", "expected", "p90"} <= set(columns):
        yield "expected", "p10", "p90"


def _bounds(result: Mapping, row: Mapping, column: str) -> tuple[float, float] | None:
    """The lowest and highest value that a column may have in this row; None where there is no limit."""
    service = _service(result, row)
    if column in ("rank",):
        return 1, max(map(len, all_tables(result).values()))
    if column in ("estimate", "mean", "fitted") and service:
        return tuple(service["scale"])
    if column in ("point", "promise") and service and "curve" in result["tables"]:
        curve = table(result, "curve")
        x = curve.x[curve.service == row["service"]].astype(float)
        return x.min(), x.max()
    if column == "change" and "lowest" in row:
        return row["lowest"] - row["highest"], row["highest"] - row["lowest"]
    if column == "estimate" and "lowest" in row:
        return row["lowest"], row["highest"]
    if column == "estimate":
        return UNITS.get(row.get("unit"))
    return BOUNDS.get(column)


def _service(result: Mapping, row: Mapping) -> Mapping | None:
    """The settings of the service level that a row is about."""
    levels = result["settings"].get("levels") or {}
    return next((level for level in levels.values() if level["label"] == row.get("service")), None)


# ---------------------------------------------------------------- numbers


def numbers(result: Mapping) -> set[float]:
    """Every number that a reader can find behind a sentence: in tables (that of the figures told among them), base and
    settings, and what is counted in them.

    Counted are the rows of each table, those that share a text, and the different texts of a column. A number may also
    stand without its sign, or as its complement to one.
    """
    found: set[float] = set()
    for frame in all_tables(result).values():
        found.add(len(frame))
        for column in frame:
            cells = frame[column].dropna()
            found |= {float(cell) for cell in cells if _is_number(cell)}
            found |= {float(count) for count in cells[cells.map(lambda c: isinstance(c, str))].value_counts()}
            found.add(float(cells.nunique()))
    told = Result.from_json(result).told
    found |= {float(each) for name in ("estimate", "low", "high") for each in told[name].dropna()}
    found |= set(_inside(result["base"])) | set(_inside(result["settings"]))
    return {_rounded(value) for each in found for value in (each, abs(each), 1 - each)}


def named(finding: Mapping) -> dict[str, float]:
    """{slot: number} of what a sentence names."""
    values = finding["values"]
    return {slot: float(values[slot]) for slot, _ in _slots(finding["message"]) if _is_number(values.get(slot))}


def unknown_numbers(result: Mapping) -> dict[str, dict[str, float]]:
    """{"result key": {slot: number}} of what sentences name and the result does not hold."""
    held, found = numbers(result), {}
    for finding in result["findings"]:
        unknown = {slot: value for slot, value in named(finding).items() if _rounded(value) not in held}
        found |= {f"{result['name']} {finding['key']}": unknown} if unknown else {}
    return found


def _inside(value) -> Iterator[float]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _inside(each)
    elif isinstance(value, (list, tuple)):
        yield float(len(value))
        for each in value:
            yield from _inside(each)
    elif _is_number(value):
        yield float(value)


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def printed_as_zero(page) -> Iterator[str]:
    """Sentences that print an estimate as zero whose interval leaves zero out; `page` is a `Shown`."""
    for result, sentences in page.asked:
        for finding, sentence in zip(result["findings"], sentences, strict=True):
            for slot, low, high in told_intervals(finding):
                ends = [finding["values"][each] for each in (slot, low, high)]
                if ends[0] and ends[1] * ends[2] > 0 and _zero(finding, slot):
                    yield f"{finding['key']} {slot} {ends}: {sentence}"


def _zero(finding: Mapping, slot: str) -> bool:
    style = styles(finding)[slot]
    return not any(digit in styled(finding["values"][slot], style, "en", "DKK") for digit in "123456789")
