"""Columns as a whole: what one moment is after another, and long columns, which are read at once, as cell by cell."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables import numerals
from cxlib.engagement.tables.cells import instant, instants, numbers
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.table import Table


def columns(read=None, **cells):
    frame = pd.DataFrame({name: pd.Series(each, dtype=object) for name, each in cells.items()})
    frame.index = range(2, len(frame) + 2)
    return TableColumns(Table("acme/t.csv", frame, "csv", read=Read(**(read or {}))))


START = [dt.datetime(2025, 3, 30, 0, 30) + dt.timedelta(minutes=int(m)) for m in np.random.default_rng(1).integers(0, 90_000, 40)]
TOOK = np.random.default_rng(2).integers(1, 5000, 40)
END = [start + dt.timedelta(minutes=int(m)) for start, m in zip(START, TOOK, strict=True)]


@pytest.mark.parametrize("unit", ["seconds", "minutes", "hours", "days"])
@pytest.mark.parametrize("form", [None, "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p"])
def test_the_time_between_two_moments(unit, form):
    write = (lambda each: each.isoformat(" ")) if form is None else (lambda each: each.strftime(form))
    found = columns({"dates": form} if form else {}, a=[*map(write, START), ""], b=[*map(write, END), write(END[0])])
    took = found.between("took", "a", "b", unit)
    assert not found.problems
    assert took[:-1].to_numpy() == pytest.approx(TOOK * 60 / {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}[unit])
    assert np.isnan(took.iloc[-1])


def test_zones_are_counted():
    """The same moments, each told by a clock of another zone, lie as far apart."""
    zones = [dt.timezone(dt.timedelta(hours=int(hour))) for hour in np.random.default_rng(3).integers(-11, 12, 80)]
    first = [start.replace(tzinfo=dt.UTC).astimezone(zone).isoformat() for start, zone in zip(START, zones, strict=False)]
    last = [end.replace(tzinfo=dt.UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M GMT%z") for end, zone in zip(END, zones[40:], strict=True)]
    found = columns(a=first, b=last)
    assert found.between("took", "a", "b", "minutes").to_numpy() == pytest.approx(TOOK)
    assert not found.problems


def test_a_zone_in_one_column_alone_is_refused():
    found = columns(a=["2025-01-01T10:00:00Z"] * 3, b=["2025-01-01 11:00"] * 3)
    found.between("took", "a", "b", "hours")
    assert "only one of them names its zone" in found.problems[0].rule
    found = columns(a=["2025-01-01T10:00:00Z", "2025-01-01T10:00:00"], b=["2025-01-01T11:00:00Z"] * 2)
    found.between("took", "a", "b", "hours")
    assert "some times name their zone" in found.problems[0].rule


def test_an_end_before_its_start_is_pointed_out():
    cells = {"a": ["2025-01-02"] * 5, "b": ["2025-01-03"] * 4 + ["2025-01-01"]}
    found = columns(**cells)
    found.between("took", "a", "b", "days")
    (problem,) = found.problems
    assert (problem.severity, problem.row) == ("warning", 6)
    found = columns(**cells)
    found.between("took", "b", "a", "days")  # mostly: the columns are exchanged
    assert found.problems[0].severity == "error"


def test_what_is_no_date_is_told():
    found = columns(a=["2025-01-02", "x"], b=["2025-01-03"] * 2)
    found.between("took", "a", "b", "days")
    assert found.problems[0].column == "a" and found.problems[0].row == 3


@pytest.mark.parametrize("seed", range(2))
def test_a_long_column_is_read_as_cell_by_cell(seed, monkeypatch):
    """Whatever it holds: all alike, or with what has two meanings, blanks and texts among it."""
    rng = np.random.default_rng(seed)
    odd = np.array(["", " 7 ", "1,234", "1.234", "1.234,5", "x", "1e3", "0,5", "0.5", "\u00a08", "-3", "+4"], dtype=object)
    dresses = [lambda v: f"{v:.2f}", lambda v: f"{v:.2f}".replace(".", ","), lambda v: f"{v:.3f}", lambda v: str(int(v)), lambda v: f"{abs(v) + 1:.3f}"]
    columns = [[*map(dress, rng.normal(0, 300, 1100)), *some] for dress in dresses for some in ([], rng.choice(odd, 3), ["1.234"], ["0,5"])]
    at_once = [numbers(cells, decimal=decimal) for cells in columns for decimal in (None, ",")]
    monkeypatch.setattr(numerals, "MANY", 10**9)
    assert at_once == [numbers(cells, decimal=decimal) for cells in columns for decimal in (None, ",")]


@pytest.mark.parametrize("form", [None, "%d-%m-%Y", "%d/%m/%Y %H:%M:%S"])
def test_a_long_column_of_dates_is_read_as_cell_by_cell(form):
    rng = np.random.default_rng(5)
    days = [dt.datetime(2020, 1, 1) + dt.timedelta(seconds=int(s)) for s in rng.integers(0, 2 * 10**8, 1500)]
    cells = [day.strftime(form) if form else day.isoformat(" ") for day in days]
    cells += ["", None, "x", "2025-02-30", "2025", "2025-03", "20250301", "31-12-2025", "3. marts 2025", "2025-01-01T10:00:00Z", days[0], days[0].date(), 45000.0]
    assert instants(cells, form) == [None if cell in ("", None) else instant(cell, form) for cell in cells]


def test_a_column_that_is_wrong_throughout_is_told_once():
    found = columns(a=[f"about {i}" for i in range(2500)])
    found.moments("a")
    (problem,) = found.problems
    assert problem.count == 2500


@pytest.mark.parametrize("odd", ["", "2024-03-01 05", "20240301", "2024-03-01T05:06:07Z", "2024-03-01 24:00", "2024-13-01", "2024-02-30 10:00", "1 March 2024", "no date"])
def test_a_long_column_of_iso_dates_is_read_as_a_short_one(odd):
    every = [" 2024-02-29", "2024-03-01 05:06", "2024-03-01T05:06:07", "2024-03-01 05:06:07.25 ", "", odd]
    few, many = (TableColumns(Table("acme/t.csv", pd.DataFrame({"a": pd.Series(every * times, dtype="str")}), "csv")) for times in (1, 500))
    (short, zoned), (long, zoned_too) = (each.on_one_clock("a", zone=None, clock="Europe/Copenhagen") for each in (few, many))
    assert np.array_equal(np.tile(short.to_numpy(), 500), long.to_numpy(), equal_nan=True) and short.notna().sum() >= 4
    assert zoned == zoned_too and bool(few.problems) == bool(many.problems)
