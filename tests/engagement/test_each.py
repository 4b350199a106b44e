"""One report for each value of a column: which there are, what each holds, and what they must not tell together."""

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import DataError, checked, client_folder, open_client
from cxlib.engagement.each import ids
from cxlib.engagement.folder import whole_of

CHAIN = """for_each: store
survey:
  file: survey.csv
  respondent: id
  segments: {store: Store, age: Age}
  recommend: {column: nps, scale: [0, 10]}
  satisfaction: {items: {s1: One, s2: Two}, scale: [1, 5]}
  blocks:
    staff: {label: Staff, items: {b1: Kind}, scale: [1, 5]}
"""


def answers(sizes: dict, **columns) -> pd.DataFrame:
    """Rows of stores, each with all questions answered."""
    stores = [store for store, n in sizes.items() for _ in range(n)]
    rows = pd.DataFrame({"id": range(len(stores)), "store": stores, "age": "all", "nps": 9, "s1": 4, "s2": 3, "b1": 5})
    return rows.assign(**columns).astype(object)


@pytest.fixture
def chain(make):
    def chain(rows: pd.DataFrame, settings=CHAIN, **files):
        tables = {name.replace("_", "."): table.to_csv(index=False) for name, table in files.items()}
        make(settings, {"survey.csv": rows.to_csv(index=False), **tables}, id="chain")
        return open_client("chain")

    return chain


def withheld(engagement) -> dict[str, set]:
    return {one.value: set(one.withheld) for one in engagement.each.reports if one.withheld}


def test_the_whole_and_a_report_for_each_value(chain):
    rows = answers({"North": 20, "Søby, Øst": 30})
    rows["nps"] = np.where(rows["store"] == "North", 3, 9)
    whole = chain(rows)
    assert whole.id == "chain" and len(whole.survey.rows) == 50
    assert {one.id: one.value for one in whole.each.reports} == {"chain--north": "North", "chain--soeby-oest": "Søby, Øst"}
    one = open_client("chain--north", language="da")
    assert (one.id, one.name, one.language, one.folder) == ("chain--north", "A Company · North", "da", client_folder("chain"))
    assert set(one.survey.rows["nps"]) == {3} and len(one.survey.rows) == 20
    assert one.survey.answer_counts.loc["nps"].to_dict() == {"answered": 20, "dont_know": 0, "not_applicable": 0, "blank": 0}
    assert set(whole.survey.segments) == {"store", "age"} and set(one.survey.segments) == {"age"}
    assert sorted(one.inputs) == ["client.yml", "survey.csv"]
    found, told = checked("chain")
    assert not found and told[-1] == "for_each store: 2 reports beside the whole; cut to each: survey"
    assert not checked("chain--north")[0]


def test_what_is_known_of_the_whole_alone_does_not_hold_for_a_value(chain):
    settings = CHAIN.replace("  respondent", "  population: 900\n  margins: {age: {all: 1}}\n  funnel: {invited: 100}\n  respondent")
    settings = settings.replace("{age: {all: 1}}", "{age: {a: 0.4, b: 0.6}}")
    rows = answers({"North": 20, "South": 30})
    rows["age"] = np.where(rows["id"] % 2, "a", "b")
    assert chain(rows, settings).survey.design.population == 900
    survey = open_client("chain--north").survey
    assert survey.design.population is None and not survey.funnel and survey.weighting.margins is None


@pytest.mark.parametrize(
    ("sizes", "none"),
    [
        ({"a": 30, "b": 20}, ""),
        ({"a": 30, "b": 20, "c": 3}, "bc"),  # one alone would be the whole less the others
        ({"a": 30, "b": 20, "c": 3, "d": 4}, "cd"),  # 7 in two: each could be 6
        ({"a": 30, "b": 20, "c": 1, "d": 4}, "bcd"),  # 5 in two: none could be more than 4
        ({"a": 30, "b": 20, "c": 3, "": 40}, "c"),  # rows of no store are cover
    ],
)
def test_a_small_value_has_no_report_and_cannot_be_worked_out(chain, sizes, none):
    engagement = chain(answers(sizes))
    assert {one.value for one in engagement.each.reports} == set(sizes) - set(none) - {""}
    assert {*engagement.each.few, *engagement.each.beside} == set(none)
    found, _ = checked("chain")
    assert len(found) == bool(none) and all(problem.severity == "warning" for problem in found)
    if none:
        assert "no report for" in str(found[0]) and "key for_each" in str(found[0])
        assert ("would give the former away" in str(found[0])) == bool(engagement.each.beside)
        assert "store" not in engagement.survey.segments  # its groups would be other ones than those that have reports
        with pytest.raises(DataError, match=r"no report of its own, so that nobody's answers are given away"):
            open_client(f"chain--{none[-1]}")


def test_a_question_of_few_answers_in_one_value_is_withheld_in_a_second(chain):
    rows = answers({"a": 30, "b": 20, "c": 10})
    rows.loc[(rows["store"] == "a") & (rows.index >= 3), "nps"] = None  # three in a answered
    rows.loc[(rows["store"] == "c") & (rows.index % 2 == 0), "b1"] = None  # five in c did: enough
    assert withheld(chain(rows)) == {"a": {"recommend", "segments.age"}, "c": {"recommend", "segments.age"}}
    one = open_client("chain--c")
    assert one.survey.recommend is None and one.survey.satisfaction is not None and one.one.withholds
    assert open_client("chain--b").survey.recommend is not None
    assert "recommend (in 2)" in str(checked("chain")[0][0])


def test_an_item_of_few_answers_takes_its_block_and_paths_along(chain):
    rows = answers({"a": 30, "b": 20, "c": 10})
    rows.loc[(rows["store"] == "a") & (rows.index >= 3), "b1"] = None
    chain(rows, CHAIN + "  paths: {satisfaction: [staff]}\n")
    survey = open_client("chain--c").survey
    assert not survey.blocks and survey.paths == {}
    assert open_client("chain--b").survey.paths == {"satisfaction": ["staff"]}


def test_a_group_of_few_in_one_value_is_withheld_in_a_second(chain):
    rows = answers({"a": 30, "b": 20, "c": 16})
    rows["age"] = np.where(rows.index % 2, "old", "young")
    rows.loc[(rows["store"] == "a") & (rows.index >= 3), "age"] = "old"  # two of a are young
    assert withheld(chain(rows)) == {"a": {"segments.age"}, "c": {"segments.age"}}
    assert set(open_client("chain--b").survey.segments) == {"age"} and not open_client("chain--a").survey.segments


def test_a_period_of_few_in_one_value_is_withheld_in_a_second(chain):
    settings = CHAIN.replace("  respondent: id\n", "  respondent: id\n  period: wave\n").replace(", age: Age", "")
    rows = answers({"a": 40, "b": 40, "c": 40})
    rows["wave"] = ["2024" if row % 40 < 20 else "2025" for row in rows.index]
    rows.loc[(rows["store"] == "a") & (rows.index >= 3), "wave"] = "2025"
    engagement = chain(rows, settings)
    assert {one.value: set(one.cut.periods) for one in engagement.each.reports} == {"a": {"2024"}, "b": {"2024"}, "c": set()}
    assert set(open_client("chain--a").survey.rows["wave"]) == {"2025"} and len(open_client("chain--a").survey.rows) == 37
    assert not withheld(engagement)
    assert "periods (in 2)" in str(checked("chain")[0][0])


def nothing_small_is_left(engagement, minimum=5):
    """The attacker: of each question and group, the whole less the values that show it."""
    rows, column = engagement.each.survey.rows, engagement.each.column
    shown = {one.value: open_client(one.id) for one in engagement.each.reports}
    masks = {"recommend": rows["nps"].notna(), "satisfaction": rows[["s1", "s2"]].notna().any(axis=1), "blocks.staff": rows["b1"].notna()}
    for part, counted in masks.items():
        of = dict(rows[column][counted].value_counts().items())
        hidden = [n for value, n in of.items() if value not in shown or part in shown[value].one.withheld]
        assert not [n for n in hidden if n < minimum] or sum(hidden) - (len(hidden) - 1) >= minimum or len(hidden) == len(of)
        assert all(n >= minimum for value, n in of.items() if value in shown and part not in shown[value].one.withheld)
        for group in rows["age"].unique():
            of = dict(rows[column][counted & (rows["age"] == group)].value_counts().items())
            hidden = [n for value, n in of.items() if value not in shown or "segments.age" in shown[value].one.withheld]
            assert not [n for n in hidden if n < minimum] or sum(hidden) - (len(hidden) - 1) >= minimum or len(hidden) == len(of)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_small_can_be_worked_out_of_stores_drawn_at_random(chain, seed):
    rng = np.random.default_rng(seed)
    rows = answers({f"s{n}": int(rng.integers(2, 40)) for n in range(8)})
    rows["age"] = rng.choice(["a", "b", "c"], len(rows), p=[0.5, 0.3, 0.2])
    for column, share in (("nps", 0.5), ("b1", 0.8), ("s1", 0.9), ("s2", 0.9)):
        rows[column] = rows[column].where(rng.random(len(rows)) < share)
    nothing_small_is_left(chain(rows))


def test_tables_that_have_the_column_are_cut_and_the_others_are_whole(chain):
    settings = CHAIN + """contacts: {file: contacts.csv, respondent: id}
tipping_points:
  wait: {label: Wait, column: wait, unit: minutes, outcome: {column: ok, scale: [1, 5]}}
customers: {file: customers.csv, customer: id, revenue: money}
currency: DKK
"""
    contacts = pd.DataFrame({"id": range(40), "store": ["a "] * 20 + ["b"] * 18 + ["c"] * 2, "wait": 3, "ok": 4})
    customers = pd.DataFrame({"id": range(9), "money": 100})
    engagement = chain(answers({"a": 20, "b": 20, "c": 20, "d": 20}), settings, contacts_csv=contacts, customers_csv=customers)
    assert engagement.each.whole == ("customers",)
    assert len(open_client("chain--a").customers.rows) == 9
    assert not open_client("chain--b").has("contacts") and not open_client("chain--b").has("tipping_points")  # c has two
    assert withheld(engagement) == {"b": {"contacts"}, "c": {"contacts"}}
    assert open_client("chain--d").one.lacks == {"contacts"}
    assert len(open_client("chain--a").contacts.rows) == 20
    line = checked("chain")[1][-1]
    assert line == "for_each store: 4 reports beside the whole; cut to each: survey, contacts; whole in each: customers"


def test_parts_that_are_named_must_have_the_column_and_those_without_are_left_out(chain):
    settings = CHAIN + "customers: {file: customers.csv, customer: id, revenue: money}\ncurrency: DKK\n"
    customers = pd.DataFrame({"id": range(9), "money": 100})
    rows = answers({"a": 20, "b": 20})
    with pytest.raises(DataError, match=r"customers\.csv.*store.*no such column.*for_each"):
        chain(rows, settings.replace("for_each: store", "for_each: {column: store, parts: [survey, customers]}"), customers_csv=customers)
    engagement = chain(rows, settings.replace("for_each: store", "for_each: {column: store, without: [customers]}"), customers_csv=customers)
    assert engagement.has("customers") and not open_client("chain--a").has("customers")


@pytest.mark.parametrize(
    ("for_each", "rule"),
    [
        ("shop", r'column "shop": there is no such column \(survey.segments\)'),
        ("nps", "already|has 1 different|also survey"),
        ("id", "also survey.respondent|different values"),
        ("age", "has 1 different values, and each is to be a report"),
        ("{column: store, parts: [contacts]}", "the survey is always cut"),
        ("{column: store, parts: [survey, contacts]}", "there is no part `contacts`"),
    ],
)
def test_columns_that_make_no_reports(chain, for_each, rule):
    with pytest.raises(DataError, match=rule):
        chain(answers({"a": 20, "b": 20}), CHAIN.replace("for_each: store", f"for_each: {for_each}"))


def test_ids_of_reports(make):
    assert ids("x", ["Café A/S", "1", "!!!"]) | {"!!!": ""} == {"Café A/S": "x--cafe-a-s", "1": "x--1", "!!!": ""}
    twice = ids("x", ["A b", "A-B"])
    assert len(set(twice.values())) == 2 and all(name.startswith("x--a-b-") for name in twice.values())
    assert all(whole_of(name) == "x" for name in ids("x", ["!!!", "Å" * 200, "A b", "A-B"]).values())
    assert (whole_of("a--b--c"), whole_of("a"), whole_of("--a"), whole_of("a--"), whole_of("a---b")) == ("a--b", "", "", "", "a-")


def test_a_report_that_there_is_not(chain, make):
    chain(answers({"North": 20, "South": 30}))
    with pytest.raises(DataError, match=r"there is no report chain--nort\. Did you mean chain--north\?"):
        open_client("chain--nort")
    make(id="acme")
    with pytest.raises(DataError, match="acme has no `for_each`, so there is no report acme--x"):
        open_client("acme--x")
    make(id="acme--x")  # a folder of its own goes before
    assert open_client("acme--x").id == "acme--x"


def test_one_file_of_many_stores_says_the_remedy(chain):
    settings = CHAIN.replace("for_each: store\n", "").replace("  respondent", "  client: store\n  respondent").replace("store: Store, ", "")
    chain(answers({"a": 20, "b": 20}), settings)
    found, _ = checked("chain")
    assert "for a report of each write `for_each: store` at the top" in str(found[0])
    chain(answers({"a": 20, "b": 20}), "for_each: store\n" + settings.replace("  client: store\n", ""))
    assert not [problem for problem in checked("chain")[0] if problem.severity == "error"]


def test_files_that_change_are_read_again(chain):
    assert len(chain(answers({"a": 20, "b": 20})).each.reports) == 2
    assert len(chain(answers({"a": 20, "b": 20, "c": 20})).each.reports) == 3
