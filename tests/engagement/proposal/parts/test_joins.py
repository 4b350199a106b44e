"""Another file that holds the survey's ids brings its groups; what is not certain of it is a doubtful line."""

import random

import pytest

from cxlib.engagement import checked
from tests.engagement.proposal.conftest import answers, as_csv


def survey(id=str, n=200):
    return as_csv([["customer id", "nps", "store"], *[[id(i), row[0], f"S{i % 4}"] for i, row in enumerate(answers(n))]])


def register(id=str, n=260, first=0):
    draw = random.Random(3)
    rows = [[id(i), draw.choice(["Private", "Business"]), f"Person {i}", draw.choice(["Ann", "Bo"])] for i in range(first, n)]
    return as_csv([["customer_id", "contract", "name", "agent"], *rows])


@pytest.mark.parametrize("theirs, how", [(str, {}), ("{:06d}".format, {"match": "loose"})], ids=["same", "with zeros"])
def test_a_register_brings_its_groups_and_nobodys_name(propose, theirs, how):
    value, text, made = propose({"crm.csv": register(theirs), "survey.csv": survey()})
    [join] = value["survey"]["join"]
    assert join == {"file": "crm.csv", "on": {"customer id": "customer_id"}, "columns": ["contract"]} | how
    assert set(value["survey"]["segments"]) == {"store", "contract"}
    assert "100% of the answers find theirs in crm.csv" in text
    assert "crm.csv: 260 rows, 4 columns: register" in made.found


def test_where_few_are_found_the_join_is_doubtful_and_right_when_taken(propose, clients):
    value, text, made = propose({"survey.csv": survey(), "crm.csv": register(first=80)})
    assert "join" not in value["survey"] and set(value["survey"]["segments"]) == {"store"}
    assert "# ?   join: [{file: crm.csv" in text and "# ?     contract: Contract" in text
    taken(made.folder / "client.yml")
    found, told = checked("acme")
    assert [problem for problem in found if problem.severity == "error"] == [] and any("120 of 200 rows are in" in line for line in told)


def test_a_file_of_other_people_is_not_joined(propose):
    value, text, _ = propose({"survey.csv": survey(), "crm.csv": register(first=250)})
    assert "join" not in value["survey"] and "crm.csv is not read" in text


def test_a_report_for_each_unit_is_proposed_and_right_when_taken(propose):
    value, text, made = propose({"survey.csv": survey()})
    assert "for_each" not in value and "# ? for_each: store   # 4 of 4 values have at least 30 answers" in text
    taken(made.folder / "client.yml")
    found, told = checked("acme")
    assert [problem for problem in found if problem.severity == "error"] == []
    assert any(line.startswith("for_each store: 4 reports beside the whole") for line in told)


def taken(path):
    """Takes away every `# ? `."""
    path.write_text(path.read_text(encoding="utf-8").replace("\n# ? ", "\n"), encoding="utf-8")
