"""Two tables of a client that are tied by ids: what matches is counted, what misses is told, and its remedy ties them."""

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import checked
from cxlib.engagement.problems import errors

SETTINGS = """currency: DKK
survey:
  file: s.csv
  respondent: id
  unit: team
  recommend: {{column: nps, scale: [0, 10]}}
contacts:
  file: c.csv
  respondent: kunde
{contacts}tipping_points:
  wait: {{label: Wait, column: wait, unit: minutes, outcome: {{column: score, scale: [0, 10]}}}}
customers:
  file: k.csv
  customer: k
  respondent: svar
{customers}  score: {{column: score, scale: [0, 10]}}
  churned: {{column: left, left: "1"}}
employees: {{file: e.csv, unit: unit, items: {{q: Proud}}, scale: [1, 10]}}
money: {{discount_rate: 0.08}}
"""


def folder(make, *, contact=str, customer=str, unit="Team {}", contacts="", customers=""):
    rng = np.random.default_rng(1)
    ids = list(range(1, 61))
    tables = {
        "s.csv": {"id": ids, "team": [f"Team {i % 5}" for i in ids], "nps": rng.integers(0, 11, 60)},
        "c.csv": {"kunde": [contact(i) for i in ids], "wait": rng.integers(0, 30, 60), "score": rng.integers(0, 11, 60)},
        "k.csv": {"k": ids, "svar": [customer(i) for i in ids], "score": rng.integers(0, 11, 60), "left": np.arange(60) % 3 % 2},
        "e.csv": {"unit": [unit.format(i % 5) for i in ids], "q": rng.integers(1, 11, 60)},
    }
    make(SETTINGS.format(contacts=contacts, customers=customers), {name: pd.DataFrame(table).to_csv(index=False) for name, table in tables.items()})
    return checked("acme")


def test_matches_between_tables_are_told(make):
    found, told = folder(make)
    assert errors(found) == []
    assert [line for line in told if " are in " in line] == [
        "60 of 60 respondents in s.csv are in c.csv",
        "60 of 60 respondents in s.csv are in k.csv",
        "60 of 60 respondents in c.csv are in k.csv",
        "5 of 5 units in s.csv are in e.csv",
    ]


@pytest.mark.parametrize("dress", ["{:06d}", "{}.0", " {} x"])
def test_ids_in_another_spelling_are_errors_whose_remedy_ties_the_tables(make, dress):
    if "x" in dress:  # ids that are not the same in any spelling
        found, _ = folder(make, contact=dress.format)
        assert {problem.column for problem in errors(found)} == {"contacts.respondent"}
        assert "Correct `contacts: respondent`, or remove it" in str(errors(found)[0])
        return
    found, _ = folder(make, contact=dress.format)
    [problem, *_] = errors(found)
    assert "0 of 60 respondents in s.csv are in c.csv; 60 are, once case, spaces and leading zeros are left aside" in str(problem)
    assert "Write under `contacts` `recode: {kunde: {match: loose}}`." in str(problem)
    found, told = folder(make, contact=dress.format, contacts="  recode: {kunde: {match: loose}}\n")
    assert errors(found) == [] and "60 of 60 respondents in c.csv are in k.csv" in told


def test_both_sides_are_named_where_both_are_spelled_otherwise(make):
    found, _ = folder(make, contact="KD{}".format, customer="00kd{}".format)
    said = next(str(problem) for problem in errors(found) if "c.csv are in k.csv" in str(problem))
    assert "Write under `contacts` `recode: {kunde: {match: loose}}` and under `customers` `recode: {svar: {match: loose}}`." in said
    found, _ = folder(make, contact="KD{}".format, customer="kd{}".format)
    said = next(str(problem) for problem in errors(found) if "c.csv are in k.csv" in str(problem))
    assert said.endswith("Write under `contacts` `recode: {kunde: {match: loose}}`.")
    loose = {"contacts": "  recode: {kunde: {match: loose}}\n", "customers": "  recode: {svar: {match: loose}}\n"}
    found, told = folder(make, contact="KD{}".format, customer="00kd{}".format, **loose)
    assert "60 of 60 respondents in c.csv are in k.csv" in told


def test_units_that_do_not_match_are_an_error_and_tables_that_nothing_ties_a_warning(make):
    found, _ = folder(make, unit="Unit {}")
    assert "5 units in s.csv are in e.csv" in str(errors(found)[0])
    found, _ = folder(make, contact=lambda i: i if i > 20 else 1000 + i)
    severities = {str(problem).partition(": ")[0]: problem.severity for problem in found if "are in" in problem.rule}
    assert set(severities.values()) == {"warning"}
