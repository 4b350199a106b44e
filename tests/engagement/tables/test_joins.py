"""Columns found in another table by an id: what matches is counted, what misses is told, and its remedy works."""

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import DataError
from cxlib.engagement.folder import Folder
from cxlib.engagement.settings.source import Source
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.matches import matches
from cxlib.engagement.tables.shaping import loosely
from cxlib.engagement.tables.source import read_source
from tests.effort import calls

SEEDS = range(4)
DRESSES = {
    "zeros": lambda i: f"{i:06d}",
    "case": lambda i: f"KD{i}",
    "spaces": lambda i: f"{i} ".rjust(8),
    "point": lambda i: f"{i}.0",
}


def read(make, ours, theirs, join, wanted=("id", "region")):
    folder = Folder("acme", make(files={"a.csv": ours.to_csv(index=False), "crm.csv": theirs.to_csv(index=False)}))
    source = Source(file="a.csv", join=[{"file": "crm.csv", "on": {"id": "kid"}, "columns": ["region"]} | join])
    table = read_source(folder, source, "survey", wanted=dict.fromkeys(wanted, "survey.segments"))
    return table, list(folder.told["survey"])


def fails(make, *given, **more):
    with pytest.raises(DataError) as raised:
        read(make, *given, **more)
    return [str(problem) for problem in raised.value.problems if problem.severity == "error"]


def two(seed, share=1.0, n=60, dress=str):
    """Our table and theirs, which holds `share` of our ids and others."""
    rng = np.random.default_rng(seed)
    ids = [int(each) for each in rng.permutation(5000)[:n] + 1]
    known = [*ids[: round(share * n)], *range(9001, 9021)]
    rng.shuffle(known)
    return (
        pd.DataFrame({"id": ids, "nps": rng.integers(0, 11, n)}),
        pd.DataFrame({"kid": [dress(i) for i in known], "region": [f"R{i % 5}" for i in known]}),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_are_found_by_the_id(make, seed):
    ours, theirs = two(seed, share=0.9)
    table, told = read(make, ours, theirs, {})
    known = set(theirs["kid"].astype(int))
    assert [text(cell) for cell in table.cells["region"]] == [f"R{i % 5}" if i in known else "" for i in ours["id"]]
    assert told[1] == "54 of 60 rows are in acme/crm.csv, by kid" and not table.notes[1:]
    table, _ = read(make, ours, theirs, {"columns": {"place": "region"}}, wanted=["id", "place"])
    assert text(table.cells["place"].iloc[0]) == f"R{ours['id'][0] % 5}"


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("seed", SEEDS)
def test_ids_in_another_spelling_are_pointed_out_and_the_remedy_finds_them(make, seed, dress):
    ours, theirs = two(seed, dress=DRESSES[dress])
    if dress == "case":
        ours["id"] = "kd" + ours["id"].astype(str)
    if dress == "spaces":
        theirs["kid"] = theirs["kid"].str.strip().str.replace("(.)(.)", r"\1 \2", n=1, regex=True)
        theirs = theirs[theirs["kid"].str.contains(" ")]
    [problem] = fails(make, ours, theirs, {})
    assert "once case, spaces and leading zeros are left aside. Write `match: loose` beside `on`." in problem
    table, _ = read(make, ours, theirs, {"match": "loose"})
    found = [text(cell) for cell in table.cells["region"]]
    numbers = [int(str(each).removeprefix("kd")) for each in ours["id"]]
    assert [each for each in found if each] == [f"R{i % 5}" for i, each in zip(numbers, found, strict=True) if each]
    assert sum(map(bool, found)) > 0.8 * len(found)


@pytest.mark.parametrize(("share", "severity"), [(0.9, None), (0.7, "warning"), (0.3, "error")])
def test_few_matches_are_told_and_can_be_declared_right(make, share, severity):
    ours, theirs = two(1, share=share)
    if severity == "error":
        [problem] = fails(make, ours, theirs, {})
        assert "18 of 60 rows are in acme/crm.csv, by kid. Are both of the same customers" in problem
        assert "write `at_least: 0.3`" in problem
    else:
        doubts = [note for note in read(make, ours, theirs, {})[0].notes if "rows are in" in note.rule]
        assert [note.severity for note in doubts] == ([severity] if severity else [])
    table, _ = read(make, ours, theirs, {"at_least": share - 0.01})
    assert not [note for note in table.notes if "rows are in" in note.rule]


def test_an_id_that_stands_twice_needs_a_word(make):
    ours, theirs = two(2)
    theirs = pd.concat([theirs, theirs.assign(region="new")])
    [problem] = fails(make, ours, theirs, {})
    assert "the id stands in an earlier row. Say which row counts: `one_row: {of: kid}` in this part of `join`." in problem
    table, _ = read(make, ours, theirs, {"one_row": {"of": "kid"}})
    assert set(table.cells["region"]) == {"new"}


def test_wrong_columns_are_told(make):
    ours, theirs = two(3)
    [problem] = fails(make, ours, theirs, {"columns": {"region": "regoin"}})
    assert 'acme/crm.csv, row 1, column "regoin": there is no such column (survey.join[0].columns). Did you mean "region"?' in problem
    [problem] = fails(make, ours, theirs, {"on": {"idd": "kid"}})
    assert 'acme/a.csv, row 1, column "idd": there is no such column (survey.join[0].on). Did you mean "id"?' in problem
    [problem] = fails(make, ours.assign(region="x"), theirs, {})
    assert 'the table has a column "region" of its own. Give it another name: `columns: {their region: region}`' in problem
    read(make, ours.assign(region="x"), theirs, {"columns": {"their region": "region"}}, wanted=["id", "their region"])


@pytest.mark.parametrize(
    ("one", "other"), [("000123", "123"), ("123.0", "123"), ("KD 12", "kd12"), ("0", "000"), ("a1\u00a0", "A1"), ("1 234", "1234")]
)
def test_loose_ids(one, other):
    assert loosely(one) == loosely(other)
    counts = matches(pd.Series([one]), [other])
    assert (counts.found, counts.of, counts.loose) == (0, 1, 1)


def test_work_grows_with_the_ids_and_no_faster():
    """Each id costs the same, however many there are: 300 000 are matched in seconds."""

    def work(many: int) -> int:
        ids = pd.Series([f"{i:07d}" for i in range(many)])
        return calls(lambda: found.append(matches(ids, ids.iloc[::2]).found))

    found = []
    first, second, third = map(work, (1000, 11_000, 21_000))
    assert found == [500, 5500, 10_500]
    assert third - second == pytest.approx(second - first, rel=0.1)


def test_many_ids_are_matched():
    ids = pd.Series([f"{i:07d}" for i in range(300_000)])
    assert matches(ids, ids.iloc[::2]).found == 150_000
