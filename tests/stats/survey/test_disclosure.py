"""Nothing below the threshold can be worked out: checked by an attacker who lists every table that fits."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from cxlib.stats.survey.disclosure import (
    dominated,
    groups_that_differ_by_few,
    hidden_cells,
    hidden_groups,
    hidden_segments,
    withheld_rows,
)

EXAMPLE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))["min_cell"][
    "example"
]


def most_possible(counts, hidden):
    """The attacker's upper bound for each group of one division, by listing: total and shown groups are known."""
    rest, k = int(counts[hidden].sum()), int((hidden & (counts > 0)).sum())
    tables = [t for t in itertools.product(range(1, rest + 1), repeat=k) if sum(t) == rest]
    return max((t[0] for t in tables), default=0), min((t[0] for t in tables), default=0)


def attacked(table, hidden):
    """Bounds (least, most) of each inner cell from everything a reader of the published table knows.

    Cells that are hidden hold at least 1; empty cells are shown.
    """
    r, c = table.shape
    known = ~hidden.to_numpy()
    rows = [(np.eye(r * c)[i * c + j], table.iat[i, j]) for i in range(r) for j in range(c) if known[i, j]]
    rows += [(np.kron(np.eye(r)[i], np.ones(c)), table.iloc[i].sum()) for i in range(r) if known[i, -1]]
    rows += [(np.tile(np.eye(c)[j], r), table.iloc[:, j].sum()) for j in range(c) if known[-1, j]]
    rows.append((np.ones(r * c), table.to_numpy().sum()))
    a, b = np.array([x for x, _ in rows]), np.array([y for _, y in rows])
    bounds = [(0 if table.iat[i, j] == 0 else 1, None) for i in range(r) for j in range(c)]
    ends = {}
    for cell in range(r * c):
        goal = np.eye(r * c)[cell]
        low, high = (linprog(s * goal, A_eq=a, b_eq=b, bounds=bounds, method="highs") for s in (1, -1))
        ends[divmod(cell, c)] = (low.fun, -high.fun)
    return ends


def test_reference_example_hides_the_small_group_and_the_next_smallest():
    hidden = hidden_groups(pd.Series(EXAMPLE["cells"]))
    assert sorted(hidden.index[hidden]) == sorted(EXAMPLE["suppressed"])
    assert sorted(hidden.index[~hidden]) == sorted(EXAMPLE["shown"])


@pytest.mark.parametrize(
    "counts, hides",
    [
        ({"a": 42, "b": 31}, ""),  # nothing small, nothing hidden
        ({"a": 42, "b": 4}, "ab"),  # only two groups: both go
        ({"a": 20, "b": 2, "c": 1, "d": 9}, "bcd"),  # two small ones hold 3 together: another must go
        ({"a": 20, "b": 4, "c": 3, "d": 9}, "bc"),  # 7 together, each could hold 5 or more
        ({"a": 20, "b": 4, "c": 1, "d": 9}, "bcd"),  # 5 together, but then b would be known to hold at most 4
        ({"a": 20, "b": 3, "c": 0, "d": 9}, "bd"),  # an empty group is shown and lends no cover
        ({"a": 2, "b": 2}, "ab"),  # the total itself is below the threshold
        ({"a": 0, "b": 0}, ""),
    ],
)
def test_one_division_by_hand(counts, hides):
    hidden = hidden_groups(pd.Series(counts))
    assert "".join(hidden.index[hidden]) == hides


def test_every_small_division_survives_the_attacker():
    rng = np.random.default_rng(7)
    for _ in range(60):
        counts = rng.integers(0, 9, rng.integers(3, 6))
        hidden = hidden_groups(pd.Series(counts)).to_numpy()
        if hidden.all():
            continue
        assert hidden[(counts > 0) & (counts < 5)].all()
        for group in np.flatnonzero(hidden):  # this group first, then the others
            order = np.r_[group, np.delete(np.arange(len(counts)), group)]
            most, least = most_possible(counts[order], hidden[order])
            assert least < most and most >= 5


def test_a_group_hidden_for_dominance_has_cover_of_its_own():
    hidden = hidden_groups(pd.Series({"a": 40, "b": 20, "c": 9}), sensitive=["a"])
    assert hidden.tolist() == [True, False, True]


def test_two_way_by_hand():
    # 3 in (x, b): a partner in its row and in its column, and the corner that closes the square
    table = pd.DataFrame([[20, 3, 15], [12, 18, 9], [30, 25, 40]], index=list("xyz"), columns=list("abc"))
    hidden = hidden_cells(table)
    assert hidden.loc["x", "b"] and hidden.sum().sum() == 4
    assert not hidden["total"].any() and not hidden.loc["total"].any()
    assert hidden.drop("total").drop(columns="total").sum(axis=1).isin([0, 2]).all()
    assert (hidden_cells(table.T).to_numpy() == hidden.T.to_numpy()).all()


def test_two_way_tables_survive_the_attacker():
    rng = np.random.default_rng(8)
    checked = 0
    for _ in range(60):
        shape = rng.integers(2, 5, 2)
        table = pd.DataFrame(rng.poisson(rng.choice([3, 8, 15]), shape))
        hidden = hidden_cells(table)
        if hidden.to_numpy().all():
            continue
        small = table.gt(0) & table.lt(5)
        assert hidden.iloc[:-1, :-1].to_numpy()[small.to_numpy()].all()
        for (i, j), (least, most) in attacked(table, hidden).items():
            if hidden.iat[i, j]:
                checked += 1
                assert least < most - 1e-6, (table, hidden)
                assert table.iat[i, j] >= 5 or most >= 5 - 1e-6, (table, hidden)
    assert checked > 100


def test_the_attacker_finds_what_primary_hiding_alone_gives_away():
    table = pd.DataFrame([[20, 3], [12, 18]])
    primary = pd.DataFrame([[False, True, False], [False] * 3, [False] * 3])
    assert attacked(table, primary)[0, 1] == pytest.approx((3, 3))


def test_small_totals_are_hidden_and_covered():
    table = pd.DataFrame([[2, 1], [30, 20], [40, 9]], index=list("xyz"), columns=list("ab"))
    hidden = hidden_cells(table)
    assert hidden.loc["x", "total"] and hidden["total"].sum() == 2 and not hidden.loc["total", "total"]


def test_divisions_side_by_side_do_not_give_each_other_away():
    region = ["N"] * 42 + ["S"] * 31 + ["O"] * 4 + ["V"] * 12
    area = ["NO"] * 42 + ["SV"] * 31 + ["NO"] * 4 + ["SV"] * 12
    table = hidden_segments(pd.DataFrame({"region": region, "area": area}))
    hidden = set(table.group[table.hidden])
    # V would not do: area NO is N and O together, so 46 - 42 would be read from N
    assert hidden == {"N", "O"}
    alone = hidden_segments(pd.DataFrame({"region": region}))
    assert set(alone.group[alone.hidden]) == {"O", "V"}
    assert table.n.sum() == 2 * 89


def test_missing_segments_count_as_a_group_that_can_be_worked_out():
    rows = pd.DataFrame({"region": ["N"] * 42 + ["S"] * 31 + [None] * 3})
    table = hidden_segments(rows)
    assert table[table.hidden].group.tolist() == ["S", None]  # 76 - 42 - 31 would be the three without a region
    enough = hidden_segments(pd.DataFrame({"region": ["N"] * 42 + ["S"] * 31 + [None] * 6}))
    assert not enough[enough.group.notna()].hidden.any()
    shuffled = hidden_segments(rows.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled, table)


def test_dominated_groups_by_hand():
    # in a one of three holds 80 of 100; in b one of two holds 75 of 100
    assert dominated([80, 10, 10, 75, 25, 0], ["a", "a", "a", "b", "b", "c"]) == ["a"]
    assert dominated([80, 10, 10, 75, 25], ["a", "a", "a", "b", "b"], share=0.7) == ["a", "b"]


def test_cuts_that_differ_by_a_few_are_found():
    everyone = np.ones(50, bool)
    cuts = pd.DataFrame({"all": everyone, "no_staff": np.arange(50) >= 3, "men": np.arange(50) < 20, "copy": everyone})
    close = groups_that_differ_by_few(cuts)
    assert close.to_numpy().tolist() == [["all", "no_staff", 3], ["no_staff", "copy", 3]]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: hidden_groups(pd.Series({"a": -1})), "negative"),
        (lambda: hidden_groups(pd.Series({"a": 2.5})), "broken"),
        (lambda: hidden_groups(pd.Series({"a": np.nan})), "missing"),
        (lambda: hidden_groups(pd.Series({"a": 9}), threshold=0), "threshold == 0"),
        (lambda: hidden_groups(pd.Series({"a": 9}), sensitive=["b"]), "names 'b'"),
        (lambda: hidden_cells(pd.DataFrame({"total": [1]})), "leave totals out"),
        (lambda: hidden_segments(pd.DataFrame({"a": []})), "at least one respondent"),
        (lambda: dominated([-1], ["a"]), "negative"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "rows, withheld",
    [
        ({"a": [9, 8], "b": [7, 6]}, ""),
        ({"a": [9, 9], "b": [7, 3], "c": [5, 8]}, "bc"),  # one small cell, and the smallest beside it in its column
        ({"a": [9, 8], "b": [7, 4], "c": [5, 4]}, "bc"),  # two of 4: each could be 7
        ({"a": [9, 8], "b": [7, 2], "c": [5, 2]}, "abc"),  # two of 2: a third one has to go
        ({"a": [9, 0], "b": [7, 3], "c": [5, 9]}, "bc"),  # an empty cell lends no cover
        ({"a": [9, 3], "b": [7, 0]}, "a"),  # a column that is too small itself is hidden in the whole
    ],
)
def test_rows_withheld_by_hand(rows, withheld):
    hidden = withheld_rows(pd.DataFrame.from_dict(rows, orient="index"))
    assert "".join(hidden.index[hidden]) == withheld


def test_an_unpublished_row_lends_cover_and_is_guarded():
    table = pd.DataFrame.from_dict({"a": [9], "b": [3], "rest": [12]}, orient="index")
    assert withheld_rows(table, unpublished=["rest"]).to_dict() == {"a": False, "b": True, "rest": True}
    table.loc["rest"] = 2
    table.loc["b"] = 30
    assert withheld_rows(table, unpublished=["rest"]).to_dict() == {"a": True, "b": False, "rest": True}
    with pytest.raises(ValueError, match="no group here"):
        withheld_rows(table, unpublished=["other"])


def test_withheld_rows_survive_the_attacker():
    rng = np.random.default_rng(9)
    checked = 0
    for _ in range(80):
        table = pd.DataFrame(rng.poisson(rng.choice([3, 8, 15]), rng.integers(2, 6, 2)))
        hidden = withheld_rows(table).to_numpy()
        assert hidden[(table.gt(0) & table.lt(5)).any(axis=1)].all()
        for column in table:
            cells = table[column].to_numpy()
            left, full = cells[hidden].sum(), (cells[hidden] > 0).sum()
            if cells.sum() < 5 or not ((cells > 0) & (cells < 5)).any():
                continue
            checked += 1
            assert left - (full - 1) >= 5 or hidden[cells > 0].all()  # what the largest hidden cell may be
    assert checked > 60
