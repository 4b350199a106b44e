"""What is planted in the demo clients comes out; a model of one's own needs no code; nobody's own answers are kept."""

import json
import math

import pytest
import yaml

from cxlib.analyses import maturity
from cxlib.engagement import open_client
from tests.conftest import ROOT

TRUTH = json.loads((ROOT / "data/truth.json").read_text("utf-8"))["nordlys"]


@pytest.fixture(scope="module")
def nordlys():
    engagement = open_client("nordlys")
    assessments = list(map(engagement.maturity, engagement.settings.maturity))
    return maturity.by_criteria(assessments, "en"), maturity.by_levels(assessments, "en")


def named(result, *keys) -> set[str]:
    return {finding.values["criterion"][:3] for finding in result.findings if finding.key in keys}


def test_the_criteria_that_rose_are_found_and_no_other(nordlys):
    assert named(maturity.change(nordlys[0]), "change.rose", "change.fell") == set(TRUTH["maturity_rose"])


def test_the_size_of_each_rise_lies_in_its_interval(nordlys):
    table = maturity.change(nordlys[0]).tables["clear"].set_index("criterion")
    for criterion, truth in TRUTH["maturity_rose"].items():
        row = table[table.index.str.startswith(criterion)].iloc[0]
        assert row.low <= truth <= row.high


def test_the_true_scores_lie_in_their_intervals(nordlys):
    """21 intervals of 95% around samples of 12 to 16 people: 18 or more hold the truth (binomial: 98%)."""
    table = maturity.criteria(nordlys[0]).tables["criteria"].set_index("criterion")
    truth = [TRUTH["maturity_2025"][criterion[:3]] for criterion in table.index]
    assert ((table.low <= truth) & (table.high >= truth)).sum() >= 18


def test_management_and_employees_disagree_where_planted_and_nowhere_else(nordlys):
    result = maturity.role_gap(nordlys[0])
    assert named(result, "gap.higher", "gap.lower") == set(TRUTH["maturity_disputed"])
    assert (result.settings["first"], result.settings["second"]) == ("Topledelse", "Medarbejder")


def test_what_people_below_top_management_do_not_know_is_found(nordlys):
    found = named(maturity.unknown(nordlys[0]), "unknown.criterion", "unknown.group")
    assert found == set(TRUTH["maturity_unknown"])


def test_level_by_answers_by_guess_and_by_proof(nordlys):
    placed, believed = maturity.placement(nordlys[1]), maturity.belief(nordlys[1])
    groups = believed.tables["groups"].set_index("group").guessed
    found = {"answers": placed.settings["level"], "guess_of_top_management": round(groups["Topledelse"]),
             "with_proof": believed.tables["levels"].stair.iloc[1]}  # fmt: skip
    assert found == TRUTH["staircase"]


@pytest.mark.parametrize("client", ["fjordbanken", "harbour"])
def test_a_client_with_one_model_alone_has_no_staircase(client):
    engagement = open_client(client)
    assessments = list(map(engagement.maturity, engagement.settings.maturity))
    assert maturity.by_levels(assessments, "sv") is None
    given = maturity.by_criteria(assessments, "sv")
    assert maturity.steps(given).tables["steps"].stage[0] == "1 Ledningens engagemang"
    assert "groups" not in maturity.criteria(given, minimum=engagement.anonymity.employees).tables


def test_no_result_holds_a_respondent(nordlys):
    criteria, levels = nordlys
    results = [
        f(criteria) for f in (maturity.steps, maturity.criteria, maturity.agreement, maturity.unknown, maturity.change)
    ]
    results += [f(levels) for f in (maturity.placement, maturity.belief, maturity.aim)]
    told = json.dumps([result.to_json() for result in results])
    assert not any(f'"{name}"' in told for name in criteria.people.respondent)


MODEL = {
    "model": {"id": "house", "version": "1", "source": "Ours", "minutes": 1},
    "languages": ["en", "da", "sv"],
    "scales": {"four": {"values": [1, 2, 3, 4]}},
    "dont_know": {"code": "DK", "en": "Don't know", "da": "Ved ikke", "sv": "Vet ej"},
    "steps": [
        {
            "id": "A",
            "name": {"en": "Listen", "da": "Lyt", "sv": "Lyssna"},
            "criteria": [
                {"id": f"A{n}", "key": f"k{n}", "name": dict.fromkeys(("en", "da", "sv"), f"Item {n}"),
                 "q": dict.fromkeys(("en", "da", "sv"), "?")}
                for n in (1, 2)
            ],
        }
    ],
}  # fmt: skip


def test_a_model_of_ones_own_needs_no_code(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "house.yml").write_text(yaml.safe_dump(MODEL, allow_unicode=True, sort_keys=False), "utf-8")
    (folder / "m.csv").write_text("who,A1,A2\n1,1,4\n2,2,4\n3,1,DK\n", "utf-8")
    (folder / "client.yml").write_text(
        "client: own\nname: Own\nlanguage: da\nmaturity:\n  house:\n    file: m.csv\n    respondent: who\n", "utf-8"
    )
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    given = maturity.by_criteria([open_client("own").maturity("house")], "da")
    # A1: 0, 33.3, 0 -> 11.1; A2: 100, 100 and one who does not know: two answers, no score
    table = maturity.criteria(given).tables["criteria"]
    assert table.criterion.tolist() == ["A1 Item 1", "A2 Item 2"]
    assert table.score100[0] == pytest.approx(100 / 9) and math.isnan(table.score100[1])
    assert table.band.isna().all()
    assert maturity.steps(given).tables["steps"].stage.tolist() == ["A Lyt"]
    assert maturity.priorities(given).tables["priorities"].advice.tolist() == [""]
