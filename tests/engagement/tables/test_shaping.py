"""Which rows count and what becomes of cells: generated columns, counted the long way beside."""


import numpy as np
import pandas as pd
import pytest

from cxlib.engagement.tables import shaping
from cxlib.engagement.tables.cells import text
from tests.effort import calls

SEEDS = range(6)


def column(seed, values, n=200):
    """Cells drawn from `values`, each in one of the dresses in which a file may hold it."""
    rng = np.random.default_rng(seed)
    drawn = [values[i] for i in rng.integers(len(values), size=n)]
    dressed = [value if rng.random() < 0.7 or not isinstance(value, str) else f" {value}\u00a0" for value in drawn]
    return pd.Series(dressed, index=np.arange(2, n + 2), name="x", dtype=object), drawn


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_are_among_codes_as_text_as_number_and_blank(seed):
    cells, drawn = column(seed, ["Complete", "1", 1.0, 2, "", None, "Øst"])
    assert list(shaping.among(cells, ["1", "Øst"])) == [value in ("1", 1.0, "Øst") for value in drawn]
    assert list(shaping.among(cells, [""])) == [value in ("", None) for value in drawn]
    assert list(shaping.among(cells, ["Two"], {2: "Two", 1.0: "One"})) == [value == 2 for value in drawn]


@pytest.mark.parametrize("which", ["last", "first"])
@pytest.mark.parametrize("seed", SEEDS)
def test_one_row_of_each_id(seed, which):
    rng = np.random.default_rng(seed)
    ids = pd.Series(rng.choice(["a", "b", "c", None], 60))
    order = pd.Series(rng.choice([1.0, 2.0, 3.0, np.nan], 60))
    for by in (None, order):
        counts = shaping.one_of_each(ids, by, which=which)
        assert counts[ids.isna()].all()
        for name in "abc":
            rows = [i for i in range(60) if ids[i] == name]
            worst = -np.inf if which == "last" else np.inf
            rank = {i: (0 if by is None else worst if np.isnan(by[i]) else by[i], i) for i in rows}
            best = (max if which == "last" else min)(rows, key=rank.get)
            assert [i for i in rows if counts[i]] == [best]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("5 - Very satisfied", 5), ("10 - Extremely likely", 10), ("1:yes", 1), ("Level 3 of 5", 3), ("7,5 points", 7.5),
     ("-2 (worse)", -2), ("−1 a little", -1), ("3-4 times", 3), ("ved ikke", "ved ikke"), (None, None), ("", ""), (4, 4)],
)  # fmt: skip
def test_first_number(cell, number):
    assert list(shaping.first_number(pd.Series([cell], dtype=object))) == [number]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [(1, 5), (0, 10), (-3, 3)])
def test_turned_twice_is_as_before(seed, scale):
    rng = np.random.default_rng(seed)
    stored = [str(each) if rng.random() < 0.5 else float(each) for each in rng.integers(scale[0], scale[1] + 1, 50)]
    cells = pd.Series([*stored, "99", None, "don't know"], dtype=object)
    once = shaping.turned(cells, *scale)
    assert [text(each) for each in once[:50]] == [text(scale[0] + scale[1] - float(each)) for each in stored]
    assert list(once[50:]) == ["99", None, "don't know"]
    assert [text(each) for each in shaping.turned(once, *scale)] == [text(each) for each in cells]


@pytest.mark.parametrize("seed", SEEDS)
def test_bands(seed):
    rng = np.random.default_rng(seed)
    edges = sorted({int(each) for each in rng.integers(0, 100, 4)})
    bands = {f"b{i}": span for i, span in enumerate(zip([None, *edges], [*edges, None], strict=True))}
    cells = pd.Series([*map(str, range(-5, 106)), "", "old"], dtype=object)
    found, outside = shaping.banded(cells, dict(sorted(bands.items(), key=lambda _: rng.random())))
    expected = [f"b{np.searchsorted(edges, each, side='right')}" for each in range(-5, 106)]
    assert list(found[:-2]) == expected and list(found[-2:]) == [None, None]
    assert list(np.flatnonzero(outside)) == [len(cells) - 1]


def test_numbers_between_bands_are_outside():
    found, outside = shaping.banded(pd.Series([29.0, 29.5, 30.0]), {"under 30": (None, 29), "over": (30, None)})
    assert list(found) == ["under 30", None, "over"] and list(outside) == [False, True, False]


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_groups_and_blanks(seed):
    cells, drawn = column(seed, ["1", 2, "3", "9", "", "x"])
    named = {"1": "North", 2: "East", "3": "West", "": "not asked"}
    labels = {"1": "North", "2": "East", "3": "West", "": "not asked"}
    found = shaping.labelled(cells, labels)
    assert list(map(text, found)) == [text(named.get(each, each)) for each in drawn]
    both = shaping.joined(found, {"East and west": ["East", "West"]})
    assert (both == "East and west").tolist() == [each in (2, "3") for each in drawn]
    assert [text(each) == "" for each in shaping.without(cells, ["9", "2"])] == [each in ("", "9", 2) for each in drawn]


@pytest.mark.parametrize("seed", SEEDS)
def test_several_answers_of_a_cell(seed):
    rng = np.random.default_rng(seed)
    offered = ["Phone", "Mail", "Chat"]
    sets = [[each for each in offered if rng.random() < 0.4] for _ in range(80)]
    found = shaping.chosen(pd.Series([" ; ".join(each) or None for each in sets], dtype=object), ";")
    for answer in offered:
        assert list(found[answer]) == [float(answer in each) if each else None for each in sets]
    joined = shaping.chosen(
        pd.Series(["1;2", "3", ""]), ";", lambda parts: shaping.labelled(parts, {"1": "A", "2": "A", "3": "B"})
    )
    assert {name: list(values) for name, values in joined.items()} == {"A": [1, 0, None], "B": [0, 1, None]}


def test_each_distinct_cell_is_shaped_once():
    """A hundred times the rows call no more functions: a million rows take a second."""

    def shaped(rows: int):
        cells = pd.Series(np.random.default_rng(1).choice(["Complete", "Partial", "5 - Good", "7"], rows), dtype="str")

        def all_ways():
            shaping.among(cells, ["Complete"])
            shaping.labelled(cells, {"Complete": "whole"})
            shaping.banded(shaping.first_number(cells), {"low": (None, 6), "high": (6, None)})

        return all_ways

    shaped(10)()  # what is loaded or kept at the first use
    assert calls(shaped(100_000)) == calls(shaped(1000))
