"""A column means what its room says: one declaration of a name, or one for each result that means something else by it."""

import pandas as pd
import pytest

from cxlib.analyses import columns
from cxlib.analyses.columns import CONFIDENCE, Column, Columns, columns_of, declared, end_of
from cxlib.analyses.result import Base, Result

TABLE = pd.DataFrame({"figure": ["NPS"], "estimate": [1.0], "low": [0.0], "high": [2.0], "unit": ["points"], "Region": ["x"]})


def table_of(**settings) -> Columns:
    return columns_of(Result("own", {"t": TABLE}, (), Base(1, 1), settings), "t")


def test_a_name_with_two_meanings_is_told_apart_by_its_result_or_table():
    assert Columns("worth", "chain")["customers"] != Columns("leaving", "levels")["customers"]
    assert Columns("tipping_points", "curve")["x"].heading == "Value"
    assert Columns("initiatives", "plan")["x"].heading == "From"
    assert not Columns("middle_case", "initiatives")["effect"].shown
    assert Columns("cause_and_effect", "arrows")["effect"].shown


def test_what_nobody_declares_is_the_clients_own():
    own = table_of()["Region"]
    assert own.is_own and own.in_words and (own.heading, own.style) == ("Region", "text")
    assert [name for name in TABLE if not table_of()[name].shown] == ["unit"]


def test_the_end_of_an_interval_is_no_other_word_that_ends_alike():
    ends = {"low": "", "high": "", "change_low": "change", "half_high": "half", "lowest": None, "flow": None, "thigh": None}
    assert {name: end_of(name) for name in ends} == ends


def test_an_interval_of_its_own_is_declared_and_any_other_is_the_shared_one():
    assert table_of().interval("change_low").heading == "{level:general}% interval of the change"
    assert table_of().interval("slope_high") == table_of().interval("low") == table_of()["interval"]
    assert table_of().interval("n") is None


def test_an_end_that_no_reader_sees_is_a_column_of_its_own(monkeypatch):
    alone = {"k_low": columns.hidden("k_low"), "interval": (table_of()["interval"],)}
    monkeypatch.setattr(columns, "declared", lambda: alone)
    assert table_of().interval("k_low") is None and table_of().interval("k_high") == alone["interval"][0]


@pytest.mark.parametrize(("settings", "level"), [({"confidence": 0.8}, 80), ({"confidence": 0.995}, 99.5), ({}, 100 * CONFIDENCE)])
def test_intervals_have_the_confidence_of_their_result(settings, level):
    assert table_of(**settings).slots == {"level": pytest.approx(level)}


def test_styles_follow_the_unit_of_the_row():
    rows = pd.DataFrame({"unit": ["points", "percent1"]})
    columns = table_of()
    assert columns["estimate"].styles(rows) == ["points", "percent1"]
    assert columns["change"].styles(rows) == ["signed_ends_points", "signed_ends_percent1"]
    assert columns["n"].styles(rows) == ["count", "count"]
    assert columns["estimate"].styles(rows.drop(columns="unit")) == ["points", "points"]


@pytest.mark.parametrize(
    ("first", "second"),
    [((), ()), (("a", "b"), ("b",)), (("a.t",), ("a.t", "c"))],
)
def test_two_declarations_for_one_place_are_refused(first, second, monkeypatch):
    twice = [("one", Column("k", "K", "count", "Counts.", of=first)), ("two", Column("k", "L", "count", "Counts.", of=second))]
    monkeypatch.setattr(columns, "by_room", lambda: iter(twice))
    with pytest.raises(ValueError, match="column 'k' is declared twice"):
        declared.__wrapped__()


def test_two_declarations_for_two_places_are_two_meanings(monkeypatch):
    twice = [("one", Column("k", "K", "count", "Counts.")), ("two", Column("k", "L", "count", "Counts.", of=("a",)))]
    monkeypatch.setattr(columns, "by_room", lambda: iter(twice))
    assert [column.heading for column in declared.__wrapped__()["k"]] == ["K", "L"]


def test_a_reader_finds_heading_and_meaning_of_every_column_that_is_shown():
    lacking = [column.name for _, column in columns.by_room() if column.shown and not (column.heading and column.meaning)]
    assert lacking == []
