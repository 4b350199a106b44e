"""Real surveys as client folders: the answers that data/README.md of the test data gives must come out of the report."""

import json

import pytest

from cxlib.render.report import render_client
from tests.conftest import put_together


def results(apart, root, client, *data, page="status") -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CX_CLIENTS", str(put_together(root / "clients", client, *data).parent))
        report = apart(render_client, client, root / "reports", only=[page])
    found = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert found["notebooks"][page]["status"] == "done", found["notebooks"][page]["reason"]
    return {result["name"]: result for result in found["notebooks"][page]["results"]}


def rows(result, table) -> list[dict]:
    found = result["tables"][table]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


@pytest.fixture(scope="module")
def csibank(apart, tmp_path_factory):
    return results(apart, tmp_path_factory.mktemp("csibank"), "csibank", "csibank/csibank.csv")


def test_csibank_block_means_and_nps(csibank):
    areas = {row["block"]: row["index"] for row in rows(csibank["experience_areas"], "areas")}
    assert {name: round(index, 1) for name, index in areas.items()} == {
        "Image": 72.7, "Expectations": 77.3, "Quality": 76.3, "Value": 69.4,
    }  # fmt: skip
    assert round(rows(csibank["satisfaction_index"], "figure")[0]["estimate"], 1) == 70.9
    assert round(rows(csibank["loyalty_index"], "figure")[0]["estimate"], 1) == 69.0
    nps = rows(csibank["net_promoter_score"], "figure")[0]
    assert (nps["n"], round(nps["estimate"], 1)) == (1707, -5.2)
    assert nps["low"] < nps["estimate"] < nps["high"] < 0


def test_csibank_leaves_out_what_was_not_asked(csibank):
    assert csibank["effort_score"]["findings"][0]["key"] == "absent.effort_score"
    assert csibank["expectation_gaps"]["findings"][0]["tone"] == "absent"


def test_carpentries_nps(apart, tmp_path):
    found = results(apart, tmp_path, "carpentries", "carpentries/instructor_training_2018.csv")
    nps = rows(found["net_promoter_score"], "figure")[0]
    assert (nps["n"], round(nps["estimate"], 1)) == (889, 48.4)
    assert found["net_promoter_score"]["base"] == {
        "read": 967, "used": 889, "dropped": {"not answered": 78}, "effective": None,
    }  # fmt: skip


@pytest.mark.slow  # `make test` draws the pages above, and computes these figures beside the other verdicts
@pytest.mark.parametrize(
    ("client", "data", "page"),
    [
        ("csibank", "csibank/csibank.csv", "drivers"),
        ("mobi", "mobi/mobi.csv", "drivers"),
        ("callcentre_survey", "callcentre/Call-Center-Dataset.xlsx", "drivers"),
        ("telco_survey", "telco/telco.csv", "drivers"),
        ("training", "carpentries/instructor_training_2018.csv", "drivers"),
        ("csibank", "csibank/csibank.csv", "tipping_points"),
        ("callcentre", "callcentre/Call-Center-Dataset.xlsx", "tipping_points"),
        ("telco", "telco/telco.csv", "tipping_points"),
        ("olist", "olist/olist_delivery_review.csv", "tipping_points"),
    ],
)
def test_other_pages_of_real_data_can_be_drawn(apart, tmp_path, client, data, page):
    assert results(apart, tmp_path, client, data, page=page)
