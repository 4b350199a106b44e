"""Durations in any dress: the seconds that went in come back, in whatever unit is asked for; what has two meanings is asked for."""

import datetime as dt

import numpy as np
import pytest

from cxlib.engagement.tables.cells import Unreadable, duration, durations, is_duration
from cxlib.engagement.tables.durations import SECONDS

AMBIGUOUS, TEXT = Unreadable.AMBIGUOUS, Unreadable.TEXT


def parts(seconds):
    return seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60


DRESSES = {
    "h:mm:ss": lambda s: f"{s // 3600}:{s // 60 % 60:02}:{s % 60:02}",
    "hh:mm:ss": lambda s: f" {s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}\u00a0",
    "fraction": lambda s: f"{s // 3600}:{s // 60 % 60:02}:{s % 60:02}.000",
    "days clock": lambda s: "{} days, {}:{:02}:{:02}".format(*parts(s)),
    "pandas": lambda s: "{} days {:02}:{:02}:{:02}".format(*parts(s)),
    ".net": lambda s: "{}.{:02}:{:02}:{:02}".format(*parts(s)),
    "words": lambda s: "{} days, {} hours, {} minutes and {} seconds".format(*parts(s)),
    "short": lambda s: "{}d {}h {}m {}s".format(*parts(s)),
    "joined": lambda s: "{}d{}h{}m{}s".format(*parts(s)),
    "danish": lambda s: "{} dage {} t. {} min. og {} sek.".format(*parts(s)),
    "swedish": lambda s: "{} dygn {} timmar {} min och {} sekunder".format(*parts(s)),
    "iso": lambda s: "P{}DT{}H{}M{}S".format(*parts(s)),
    "iso small": lambda s: f"pt{s}s",
    "seconds": lambda s: f"{s} sec",
    "large": lambda s: "{} Days {} Hours {} Min {} Sec".format(*parts(s)),
    "timedelta": lambda s: dt.timedelta(seconds=s),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_what_went_in_comes_back(dress):
    rng = np.random.default_rng(len(dress))
    seconds = [int(each) // 60 * 60 + 1 for each in rng.integers(1, 400_000, 60)] + [7 * 60 + 12]
    stored = [DRESSES[dress](each) for each in seconds]
    for unit, size in SECONDS.items():
        assert durations(stored, unit) == pytest.approx([each / size for each in seconds])
    assert all(map(is_duration, stored))


def test_a_column_of_every_dress():
    rng = np.random.default_rng(0)
    seconds = [int(each) for each in rng.integers(1, 90_000, 300)]
    stored = [list(DRESSES.values())[i % len(DRESSES)](each) for i, each in enumerate(seconds)]
    assert durations(stored, "minutes") == pytest.approx([each / 60 for each in seconds])


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("7,5 min", 7.5), ("7.5 min", 7.5), ("1h30", 90), ("1 t 5 min", 65), ("2 dage", 2880), ("90s", 1.5), ("7'12\"", 7.2), ("PT7M12S", 7.2), ("P1W", 10080),
     ("1 day 2:03", 1563), ("-00:05:00", -5), ("\u221200:05:00", -5), ("0:00", 0), ("500 ms", 1 / 120), (dt.time(0, 2, 53), 173 / 60),
     (dt.datetime(1900, 1, 1, 4, 33), 1713), ("12", 12), ("7,5", 7.5), (7, 7), (7.5, 7.5), ("", None), (None, None), (float("nan"), None)],
)  # fmt: skip
def test_one_cell(cell, minutes):
    assert duration(cell, "minutes") == (None if minutes is None else pytest.approx(minutes))


@pytest.mark.parametrize("cell", ["x", "5 x", "12 min 3 min", "3 sec 2 min", "1:75", "1:2:3:4", "P1M", "PT", "kl. 7", "8:00 - 9:00", dt.datetime(2025, 1, 1), "7:60:00", True])
def test_no_duration(cell):
    assert duration(cell, "minutes") is TEXT


def test_a_short_clock_is_what_its_column_says():
    assert durations(["7:12", "3:05"], "seconds") == [AMBIGUOUS] * 2
    assert durations(["7:12", "24:05"], "seconds") == [AMBIGUOUS] * 2
    assert durations(["7:12", "25:05", "0:00", ""], "seconds") == [432, 1505, 0, None]
    assert durations(["7:12", "1:00:05"], "seconds") == [432, 3605]
    assert durations(["7:12"], "hours", "hh:mm") == [7.2] and durations(["7:12"], "minutes", "mm:ss") == [7.2]
    assert durations(["30:15"], "minutes", "hh:mm") == [1815]


def test_thousands_are_not_guessed():
    assert duration("1.234 sek", "seconds") is AMBIGUOUS


def test_time_cells_that_a_spreadsheet_made_of_minutes_are_asked_for():
    """A typed 7:12 is stored as twelve past seven; hours that are asked for are hours."""
    eaten = [dt.time(7, 12), dt.time(3, 5), dt.time(0, 40), dt.timedelta(hours=31, minutes=2)]
    assert durations(eaten, "seconds") == [AMBIGUOUS] * 4
    assert durations(eaten, "hours") == pytest.approx([7.2, 3 + 5 / 60, 40 / 60, 31 + 2 / 60])
    assert durations(eaten, "seconds", "mm:ss") == [432, 185, 40, 1862]
    assert durations([*eaten, dt.time(0, 7, 12)], "minutes") == [432, 185, 40, 1862, 7.2]
