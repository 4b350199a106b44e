"""Dates in any dress; what could be day or month first is asked for with forms that were tried."""

import datetime as dt

import numpy as np
import pytest
from babel.dates import format_date

from cxlib.engagement.tables.cells import Unreadable, instant, moment
from cxlib.engagement.tables.moments import SERIAL, SWAPPED, eaten, forms_of

AMBIGUOUS, TEXT = Unreadable.AMBIGUOUS, Unreadable.TEXT


def days(count=80, seed=1):
    return [dt.datetime(2024, 1, 1) + dt.timedelta(int(day)) for day in np.random.default_rng(seed).integers(0, 800, count)]


@pytest.mark.parametrize("language", ["en", "da", "sv"])
@pytest.mark.parametrize("form", ["d. MMMM y", "d MMM y", "MMMM d, y", "MMM d y", "d-MMM-y", "d MMMM y"])
def test_names_of_months(form, language):
    for day in days():
        assert instant(format_date(day, form, locale=language)) == day


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %I:%M:%S %p", "%Y-%m-%d %H:%M"])
def test_what_begins_with_the_year_needs_no_form(form):
    for day in days():
        assert instant((day + dt.timedelta(hours=13)).strftime(form)) in (day, day + dt.timedelta(hours=13))


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("2025/01/01 1:00:00 PM GMT+1", 1), ("2025-01-01 13:00 GMT+2", 2), ("2025-01-01T13:00:00Z", 0), ("2025-01-01 13:00:00 +02:00", 2), ("2025-01-01 13:00 CET", 1),
     ("2025-01-01T13:00:00-0530", -5.5), ("Jan 1, 2025 1:00 PM UTC", 0)],
)  # fmt: skip
def test_zones(cell, hours):
    found = instant(cell)
    assert found.utcoffset() == dt.timedelta(hours=hours)
    assert moment(cell) == dt.datetime(2025, 1, 1, 13)  # as the clock showed it


def test_a_form_reads_every_zone():
    form = "%Y/%m/%d %I:%M:%S %p GMT%z"
    assert instant("2025/01/01 1:00:00 PM GMT+1", form).utcoffset() == dt.timedelta(hours=1)
    assert instant("2025/07/01 1:00:00 PM GMT+2", form).utcoffset() == dt.timedelta(hours=2)
    assert instant("01-02-2025 13:00 GMT+1", "%d-%m-%Y %H:%M").utcoffset() == dt.timedelta(hours=1)


def test_several_forms():
    forms = ("%Y-%m-%d", "%d-%m-%Y", SERIAL)
    assert [instant(cell, forms) for cell in ("2025-03-04", "04-03-2025", "45720", 45720.0)] == [dt.datetime(2025, 3, 4)] * 4
    assert instant("03/04/2025", ("%d/%m/%Y", "%m/%d/%Y")) is AMBIGUOUS
    assert instant("03/14/2025", ("%d/%m/%Y", "%m/%d/%Y")) == dt.datetime(2025, 3, 14)


def test_serial_numbers_are_those_of_excel():
    for day in days():
        number = (day - dt.datetime(1899, 12, 30)).days
        assert instant(str(number), SERIAL) == day
        assert instant(f"{number},5", SERIAL) == day + dt.timedelta(hours=12)
    assert instant(17, SERIAL) is TEXT and instant("45720") is TEXT


@pytest.mark.parametrize("cell", ["31-03-2025", "03/04/2025", "2025-02-30", "45000", 45000.0, "", "x", "Marts 2025", "35. marts 2025", "2025-13-01", True])
def test_no_date_without_a_form(cell):
    assert instant(cell) is TEXT


@pytest.mark.parametrize(
    "form", ["%d-%m-%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%d.%m.%y", "%d-%b-%y", "%Y%m%d %H:%M", "%d/%m/%Y kl. %H.%M"]
)
def test_the_form_is_found(form):
    """Whatever form is proposed, obeying it reads the dates that went in."""
    stored = [(day + dt.timedelta(hours=9, minutes=5)).strftime(form) for day in days()]
    found = forms_of(stored)
    assert len(found) == 1
    for day, cell in zip(days(), stored, strict=True):
        assert instant(cell, found[0]).date() == day.date()


def test_where_two_forms_fit_both_are_named():
    few = [day.replace(day=day.day % 12 + 1).strftime("%d/%m/%Y") for day in days()]
    assert forms_of(few) == [("%d/%m/%Y",), ("%m/%d/%Y",)]
    assert forms_of(["45658.61", "45659"]) == [(SERIAL,)]
    assert set(forms_of(["2025-01-31", "45659"])[0]) == {"%Y-%m-%d", SERIAL}
    assert forms_of(["x", "y"]) == []


@pytest.mark.parametrize("seed", range(4))
def test_us_dates_half_eaten_by_excel(seed):
    """What a European Excel makes of a US file: days up to 12 become months. Found, and turned back."""
    truth = days(seed=seed)
    stored = [day.replace(day=day.month, month=day.day) if day.day <= 12 else day.strftime("%m/%d/%Y") for day in truth]
    assert eaten(stored)
    assert [instant(cell, ("%m/%d/%Y", SWAPPED)) for cell in stored] == truth


def test_dates_that_nobody_ate():
    assert not eaten(days()) and not eaten([day.strftime("%m/%d/%Y") for day in days()])
    assert not eaten([day if i % 2 else day.strftime("%d/%m/%Y") for i, day in enumerate(days())])
