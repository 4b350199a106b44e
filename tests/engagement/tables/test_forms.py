"""One table in every form in which it is exported gives the same rows: several files, long, waves side by side, transactions."""

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import DataError
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Files, Problem, at_rows
from cxlib.engagement.settings.source import Source
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.source import read_source

SEEDS = range(4)


def read(make, files, wanted, **source):
    tables = {name: data if isinstance(data, str) else data.to_csv(index=False) for name, data in files.items()}
    folder = Folder("acme", make(files=tables))
    table = read_source(folder, Source(**source), "survey", wanted=dict.fromkeys(wanted, "survey.items"))
    return table, list(folder.told["survey"])


def fails(make, files, wanted, **source):
    with pytest.raises(DataError) as raised:
        read(make, files, wanted, **source)
    return [str(problem) for problem in raised.value.problems if problem.severity == "error"]


def texts(table, by=()):
    frame = table.cells.map(text)
    return sorted(map(tuple, frame[list(by) or list(frame)].itertuples(index=False)))


def answers(seed, n=40):
    """n respondents and two waves: id, region, wave, nps, sat; some cells are blank, some answered in one wave alone."""
    rng = np.random.default_rng(seed)
    rows = [
        {"id": f"r{i}", "region": "NS"[i % 2], "wave": wave, "nps": str(rng.integers(0, 11)),
         "sat": str(rng.integers(1, 6)) if rng.random() < 0.8 else ""}
        for wave in ("2024", "2025") for i in range(n) if rng.random() < 0.7
    ]  # fmt: skip
    return pd.DataFrame(rows)


WANTED = ["id", "wave", "region", "nps", "sat"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_in_every_form_has_the_same_rows(make, seed):
    whole = answers(seed)
    expected = sorted(map(tuple, whole[WANTED].itertuples(index=False)))
    parts = {wave: whole[whole["wave"] == wave].drop(columns="wave") for wave in ("2024", "2025")}
    assert texts(read(make, {"a.csv": whole}, WANTED, file="a.csv")[0], WANTED) == expected

    files = {f"{wave}.csv": part for wave, part in parts.items()}
    table, told = read(make, files, WANTED, file={"2024": "2024.csv", "2025": "2025.csv"})
    assert texts(table, WANTED) == expected
    assert told[1] == f"rows of 2 files: {len(parts['2024']):,} in 2024, {len(parts['2025']):,} in 2025"

    other = files | {"2025.csv": parts["2025"].rename(columns={"nps": "NPS 25"})}
    table, _ = read(make, other, WANTED, file={"2024": "2024.csv", "2025": "2025.csv"}, waves={"2025": {"nps": "NPS 25"}})
    assert texts(table, WANTED) == expected

    wide = whole.pivot(index=["id", "region"], columns="wave", values=["nps", "sat"])
    wide.columns = [f"{name}_{wave}" for name, wave in wide.columns]
    waves = {wave: {"nps": f"nps_{wave}", "sat": f"sat_{wave}"} for wave in parts}
    assert texts(read(make, {"w.csv": wide.reset_index()}, WANTED, file="w.csv", waves=waves)[0], WANTED) == expected

    long = whole.melt(["id", "wave", "region"], ["nps", "sat"], "q", "a").sample(frac=1, random_state=seed)
    table, told = read(make, {"l.csv": long}, WANTED, file="l.csv", long={"respondent": ["id", "wave"], "question": "q", "answer": "a"})
    assert texts(table, WANTED) == expected
    assert told[1] == f"{len(long):,} answers to 2 questions by {len(whole):,} respondents"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_of_every_form_is_told_by_its_file_and_row(make, seed):
    whole = answers(seed)
    files = {f"{wave}.csv": whole[whole["wave"] == wave].drop(columns="wave") for wave in ("2024", "2025")}
    table, _ = read(make, files, ["id", "nps"], file=list(files))
    for row in np.random.default_rng(seed).choice(table.cells.index, 10):
        [(file, [line])] = table.file.places([row]).items()
        assert list(files[file.removeprefix("acme/")].iloc[line - 2][["id", "nps"]]) == list(table.cells.loc[row, ["id", "nps"]])


def test_problems_of_several_files_name_the_file_of_each_row():
    file = Files(["c/a.csv", "c/b.csv"])
    problem = at_rows([3, 100_000_002, 100_000_007, 8, 9], file=file, column="x", rule="wrong")
    assert str(problem) == 'c/a.csv, rows 3, 8 and c/b.csv, rows 2, 7 and 1 more, column "x": wrong.'
    assert str(Problem(file, "all wrong")) == "c/a.csv, c/b.csv: all wrong."


def test_a_column_that_one_file_lacks_is_blank_in_its_rows_and_told(make):
    files = {"a.csv": "id,nps,extra\n1,9,x\n", "b.csv": "id,Nps\n2,8\n"}
    table, _ = read(make, files, ["id", "nps", "extra"], file={"one": "a.csv", "two": "b.csv"})
    assert texts(table, ["id", "nps", "extra"]) == [("1", "9", "x"), ("2", "", "")]
    said = [str(note) for note in table.notes if "no such column" in str(note)]
    assert 'Is it "Nps" here? Say so under `waves: {name of the wave: {nps: Nps}}`.' in said[0] and len(said) == 2
    table, _ = read(make, files, ["id", "nps"], file={"one": "a.csv", "two": "b.csv"}, waves={"two": {"nps": "Nps"}})
    assert texts(table, ["id", "nps"]) == [("1", "9"), ("2", "8")]
    [problem] = fails(make, files, ["id", "npz"], file=["a.csv", "b.csv"])
    assert 'there is no such column (survey.items). Did you mean "nps"?' in problem


def test_files_whose_labels_differ_are_read_by_their_labels(make, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    data = {}
    for name, labels in {"a.sav": {1.0: "North", 2.0: "South"}, "b.sav": {1.0: "South", 2.0: "North"}}.items():
        frame = pd.DataFrame({"id": ["a", "b"], "region": [1.0, 2.0]})
        pyreadstat.write_sav(frame, str(tmp_path / name), variable_value_labels={"region": labels})
        data[name] = (tmp_path / name).read_bytes()
    folder = Folder("acme", make(files=data))
    table = read_source(folder, Source(file=list(data)), "survey", wanted=dict.fromkeys(["id", "region"], ""))
    assert [text(cell) for cell in table.cells["region"]] == ["North", "South", "South", "North"]


# ---------------------------------------------------------------- long
LONG = "id,q,a,day\n1,nps,9,2025-01-01\n1,sat,5,2025-01-01\n2,nps,3,2025-01-02\n1,nps,4,2025-02-01\n"


def test_a_question_answered_twice_is_told_with_remedies_that_work(make):
    long = {"respondent": "id", "question": "q", "answer": "a"}
    [problem] = fails(make, {"a.csv": LONG}, ["id", "nps"], file="a.csv", long=long)
    assert 'row 5, column "q": the question was answered more than once by one respondent. Say which answer counts, as ' in problem
    assert "`one_row: {of: [id, q]}` (the last)" in problem
    table, told = read(make, {"a.csv": LONG}, ["id", "nps", "sat"], file="a.csv", long=long, one_row={"of": ["id", "q"]})
    assert texts(table, ["id", "nps", "sat"]) == [("1", "4", "5"), ("2", "3", "")]
    assert told[1:] == ["1 row left out: the last of each id and q counts", "3 answers to 2 questions by 2 respondents"]
    table, _ = read(make, {"a.csv": LONG}, ["id", "nps"], file="a.csv", long=long | {"respondent": ["id", "day"]})
    assert texts(table, ["id", "nps"]) == [("1", "4"), ("1", "9"), ("2", "3")]


def test_long_tables_say_what_is_missing(make):
    long = {"respondent": "id", "question": "q", "answer": "a"}
    [problem] = fails(make, {"a.csv": LONG}, ["id", "npz"], file="a.csv", long=long, one_row={"of": ["id", "q"]})
    assert 'column "npz": there is no such column (survey.items). Did you mean "nps"?' in problem
    [problem] = fails(make, {"a.csv": LONG + ",nps,3,2025-01-02\n"}, ["id", "nps"], file="a.csv", long=long, one_row={"of": ["id", "q"]})
    assert 'row 6, column "id": the id is missing' in problem
    table, _ = read(make, {"a.csv": LONG}, ["id", "nps", "day"], file="a.csv", long=long, one_row={"of": ["id", "q"]})
    assert "the rows of one respondent differ in it: the first that is filled counts" in str(table.notes[-1])


# ---------------------------------------------------------------- several rows of one customer
@pytest.mark.parametrize("seed", SEEDS)
def test_transactions_become_customers(make, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "customer": rng.integers(1, 20, 150),
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.permutation(730)[:150], unit="D"),
            "amount": rng.uniform(5, 500, 150).round(2),
            "stars": rng.integers(1, 6, 150),
            "product": rng.choice(["A", "B"], 150),
        }
    )
    frame["branch"] = frame["customer"] % 3
    per = {"id": "customer", "sum": ["amount"], "mean": ["stars"], "last": ["product"], "count": "orders", "by": "date"}
    wanted = ["customer", "amount", "stars", "product", "orders", "branch"]
    table, told = read(make, {"t.csv": frame}, wanted, file="t.csv", per=per)
    groups = frame.sort_values("date").groupby("customer")
    cells = table.cells.set_index(table.cells["customer"].astype(int)).sort_index()
    np.testing.assert_allclose(cells["amount"].astype(float), groups["amount"].sum())
    np.testing.assert_allclose(cells["stars"].astype(float), groups["stars"].mean())
    assert list(cells["product"]) == list(groups["product"].last()) and list(cells["orders"]) == list(groups.size())
    assert list(cells["branch"].astype(int)) == [each % 3 for each in cells.index]
    assert told[1] == f"150 rows become {len(groups)}, one for each customer"
    yearly, told = read(make, {"t.csv": frame}, ["customer", "amount"], file="t.csv", per={"id": "customer", "a_year": ["amount"], "by": "date"})
    years = ((frame["date"].max() - frame["date"].min()).days + 1) / 365.25
    ratio = cells["amount"].astype(float) / yearly.cells.set_index(yearly.cells["customer"].astype(int))["amount"].astype(float)
    np.testing.assert_allclose(ratio, years)
    assert told[1].endswith(f"of {years:.2f} years")


def test_what_differs_between_the_rows_of_a_customer_needs_a_word(make):
    csv = "customer,amount,product\n1,10,A\n1,x,B\n2,5,A\n"
    wanted = ["customer", "amount", "product"]
    wrong = fails(make, {"t.csv": csv}, wanted, file="t.csv", per={"id": "customer", "sum": ["amount"]})
    assert "row 3, column \"amount\": not a number" in wrong[0]
    assert 'column "product": it differs between the rows of one customer. Say under `per` what counts, as `last: [product]`' in wrong[1]
    csv = csv.replace("x", "2")
    table, _ = read(make, {"t.csv": csv}, wanted, file="t.csv", per={"id": "customer", "sum": ["amount"], "last": ["product"]})
    assert texts(table, wanted) == [("1", "12", "B"), ("2", "5", "A")]
