"""What was kept is given for the very same question alone, and is what would have been computed."""

import os
import pickle
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.result import Base, Quantity, Result, Sentences, Term
from cxlib.render.run.kept_results import STATE, KeptResults

SAYS = Sentences({"kept.mean": ("neutral", "{figure} is {mean} ({n:count} answers).")})
RESTS_ON = {"client": "acme", "code": ["page.show(mean(rows))"], "parameters": {"minimum": 5}, "versions": {"numpy": "2"}}


@dataclass(frozen=True)
class Asked:
    column: str
    label: str = "Answer"
    held: tuple[str, ...] = ()
    more: dict = field(default_factory=dict)

    @cached_property
    def slow(self) -> str:
        return self.column * 2


@pytest.fixture
def kept(tmp_path) -> KeptResults:
    kept = KeptResults(tmp_path / "kept", RESTS_ON)
    kept.opened()
    return kept


@pytest.fixture
def calls() -> list:
    return []


@pytest.fixture
def mean(calls):
    def mean(rows: pd.DataFrame, asked: Asked, seed: int = 0) -> Result:
        calls.append(seed)
        value = float(rows[asked.column].mean()) + np.random.default_rng(seed).normal()
        found = SAYS.finding("kept.mean", figure=Term("Mean"), mean=Quantity(value, "points"), n=len(rows))
        table = rows[["score"]].describe().T.reset_index().assign(label=asked.label, missing=np.nan)
        return Result("mean", {"table": table, "empty": table.head(0)}, (found,), Base(len(rows), len(rows)), {"seed": seed})

    return mean


def rows_of(scores=(1.0, 5.0, np.nan), places=("North", "South", None)) -> pd.DataFrame:
    return pd.DataFrame({"score": list(scores), "place": pd.Series(list(places), dtype="str")})


def with_moments(rows: pd.DataFrame) -> pd.DataFrame:
    days = pd.Series(pd.to_datetime(["2025-03-01 08:00", None, "2025-03-02 09:30"]))
    return laid_anew(rows.assign(day=days.dt.tz_localize("UTC"), quarter=days.dt.to_period("Q"), waited=days - days.min()))


def laid_anew(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as they lie in memory where no column was ever changed, so that two differ by what they hold alone."""
    return pd.DataFrame({column: rows[column] for column in rows})


def test_the_same_moments_ask_nothing_new(kept, mean, calls):
    for rows in (with_moments(rows_of()), laid_anew(with_moments(rows_of()).assign(day=lambda rows: rows.day.copy()))):
        kept.keeping(mean)(rows, Asked("score"))
    assert len(calls) == 1


def test_the_same_question_is_computed_once_and_answered_alike(kept, mean, calls):
    first = kept.keeping(mean)(rows_of(), Asked("score"), seed=3)
    again = KeptResults(kept.folder, RESTS_ON).keeping(mean)(rows_of(), asked=Asked("score"), seed=3)
    plain = mean(rows_of(), Asked("score"), 3)
    assert calls == [3, 3]
    for result in (first, again):
        assert result.to_json() == plain.to_json() and repr(result.findings) == repr(plain.findings)
        for name, table in plain.tables.items():
            pd.testing.assert_frame_equal(result.tables[name], table, check_exact=True)


def test_what_was_computed_since_and_how_rows_lie_in_memory_ask_nothing_new(kept, mean, calls):
    asked, padded = Asked("score"), pd.concat([rows_of(), rows_of()])
    assert asked.slow
    kept.keeping(mean)(rows_of(), Asked("score"))
    kept.keeping(mean)(padded.iloc[3:].reset_index(drop=True), asked)
    inside = rows_of((9.0, 1.0, 5.0, np.nan, 9.0), ("æøå", "North", "South", None, "East")).iloc[1:-1].reset_index(drop=True)
    kept.keeping(mean)(inside, Asked("score"))
    kept.keeping(mean)(rows_of().assign(place=pd.concat([rows_of().place[:1], rows_of().place[1:]])), Asked("score"))
    assert len(calls) == 1


CHANGES = {
    "seed": lambda rows, asked, seed: (rows, asked, seed + 1),
    "an answer by the last bit": lambda rows, asked, seed: (rows.assign(score=np.nextafter(rows.score, 9)), asked, seed),
    "an answer left out": lambda rows, asked, seed: (rows.assign(score=rows.score.where(rows.score > 1)), asked, seed),
    "a word": lambda rows, asked, seed: (rows.assign(place=rows.place.replace("South", "south")), asked, seed),
    "a letter of the next word": lambda rows, asked, seed: (rows.assign(place=pd.Series(["NorthS", "outh", None], dtype="str")), asked, seed),
    "a word left out": lambda rows, asked, seed: (rows.assign(place=rows.place.where(rows.place != "South")), asked, seed),
    "a word that is empty": lambda rows, asked, seed: (rows.assign(place=rows.place.fillna("")), asked, seed),
    "a moment": lambda rows, asked, seed: (rows.assign(day=rows.day + pd.Timedelta("1us").as_unit("us")), asked, seed),
    "a moment left out": lambda rows, asked, seed: (rows.assign(day=rows.day.where(rows.index < 2)), asked, seed),
    "the clock of a moment": lambda rows, asked, seed: (rows.assign(day=rows.day.dt.tz_convert("Europe/Copenhagen")), asked, seed),
    "the unit of a moment": lambda rows, asked, seed: (rows.assign(day=rows.day.dt.as_unit("ms")), asked, seed),
    "a quarter": lambda rows, asked, seed: (rows.assign(quarter=rows.quarter + 1), asked, seed),
    "the length of a period": lambda rows, asked, seed: (rows.assign(quarter=rows.quarter.dt.asfreq("M")), asked, seed),
    "a wait": lambda rows, asked, seed: (rows.assign(waited=rows.waited * 2), asked, seed),
    "the order of rows": lambda rows, asked, seed: (rows.iloc[::-1].reset_index(drop=True), asked, seed),
    "the index": lambda rows, asked, seed: (rows.set_axis([7, 8, 9]), asked, seed),
    "a column's name": lambda rows, asked, seed: (rows.rename(columns={"place": "Place"}), asked, seed),
    "a column's type": lambda rows, asked, seed: (rows.astype({"place": object}), asked, seed),
    "a column more": lambda rows, asked, seed: (rows.assign(more=1), asked, seed),
    "a label": lambda rows, asked, seed: (rows, replace(asked, label="Svar"), seed),
    "a control": lambda rows, asked, seed: (rows, replace(asked, held=("place",)), seed),
    "an option": lambda rows, asked, seed: (rows, replace(asked, more={"top": 1}), seed),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_another_question_is_computed(kept, mean, calls, change):
    told = (with_moments(rows_of()), Asked("score"), 0)
    kept.keeping(mean)(*told)
    rows, *rest = CHANGES[change](*told)
    other = (laid_anew(rows), *rest)
    assert kept.keeping(mean)(*other).to_json() == mean(*other).to_json()
    assert len(calls) == 3


@pytest.mark.parametrize("part", RESTS_ON)
def test_another_client_code_parameter_or_version_is_computed(kept, mean, calls, part):
    kept.keeping(mean)(rows_of(), Asked("score"))
    KeptResults(kept.folder, {**RESTS_ON, part: "another"}).keeping(mean)(rows_of(), Asked("score"))
    assert len(calls) == 2


def test_rows_changed_in_place_are_other_rows(kept, mean, calls):
    rows = rows_of()
    kept.keeping(mean)(rows, Asked("score"))
    rows.loc[0, "score"] = 2.0
    assert kept.keeping(mean)(rows, Asked("score")).to_json() == mean(rows, Asked("score")).to_json()
    assert len(calls) == 3


@pytest.mark.parametrize("cut", [False, True])
def test_a_damaged_entry_is_not_believed(kept, mean, calls, cut):
    told, chance = (rows_of(), Asked("score")), np.random.default_rng(1)
    truth = kept.keeping(mean)(*told).to_json()
    [entry] = [file for file in kept.folder.iterdir() if len(file.name) == 64]
    whole = entry.read_bytes()
    for count, at in enumerate([0, 31, 32, len(whole) - 1, *chance.integers(len(whole), size=30)], 2):
        changed = bytes([whole[at] ^ int(chance.integers(1, 256))])
        entry.write_bytes(whole[:at] + (b"" if cut else changed + whole[at + 1 :]))
        assert kept.keeping(mean)(*told).to_json() == truth
        assert len(calls) == count
        assert entry.read_bytes() == whole


def test_an_entry_from_elsewhere_is_not_believed(kept, mean, calls):
    kept.keeping(mean)(rows_of(), Asked("score"), 1)
    [foreign] = [file for file in kept.folder.iterdir() if len(file.name) == 64]
    kept.keeping(mean)(rows_of(), Asked("score"), 2)
    [own] = [file for file in kept.folder.iterdir() if len(file.name) == 64 and file != foreign]
    own.write_bytes(foreign.read_bytes())
    assert kept.keeping(mean)(rows_of(), Asked("score"), 2).settings == {"seed": 2}
    assert calls == [1, 2, 2]


class Acts:
    def __reduce__(self):
        return os.mkdir, ("acted",)


def test_an_entry_that_would_act_is_not_read(kept, mean, calls, tmp_path, monkeypatch):
    from cxlib.render.run import kept_results

    monkeypatch.chdir(tmp_path)
    kept.keeping(mean)(rows_of(), Asked("score"))
    [entry] = [file for file in kept.folder.iterdir() if len(file.name) == 64]
    told = pickle.dumps(Acts())
    entry.write_bytes(kept_results._seal(entry.name, told) + told)
    kept.keeping(mean)(rows_of(), Asked("score"))
    assert len(calls) == 2 and not (tmp_path / "acted").exists()


def test_what_a_notebook_defines_itself_is_computed_each_time(kept, mean, calls):
    own = type("Own", (), {"__module__": "__main__"})()
    for _ in range(2):
        kept.keeping(mean)(rows_of(), Asked("score", more={"own": own}))
    assert len(calls) == 2


def test_entries_go_when_tables_change_and_no_run_uses_them(kept, mean):
    def entries() -> int:
        return sum(len(file.name) == 64 for file in kept.folder.iterdir())

    def run(seeds, inputs) -> None:
        kept.opened()
        for seed in seeds:
            kept.keeping(mean)(rows_of(), Asked("score"), seed)
        kept.swept(inputs)

    run([1, 2], {"survey.csv": "a"})
    run([1], {"survey.csv": "a"})
    assert entries() == 2
    run([1], {"survey.csv": "b"})
    assert entries() == 1
    assert {file.name for file in kept.folder.iterdir() if len(file.name) != 64} == {STATE}


def test_where_nothing_can_be_written_everything_is_computed(tmp_path, mean, calls):
    (tmp_path / "kept").write_text("a file where the folder should be")
    kept = KeptResults(tmp_path / "kept", RESTS_ON)
    kept.opened()
    assert kept.keeping(mean)(rows_of(), Asked("score")).name == "mean"
    kept.swept({})
    assert calls == [0]
