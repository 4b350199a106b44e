"""Real surveys as client folders: what drives satisfaction in them must come out of the notebook."""

import gzip

import pytest

from tests.conftest import shared_data
from tests.invariants.pages import pages_of


@pytest.fixture
def results(client_folder):
    def computed(client, *data) -> dict:
        folder = client_folder(client, *data)
        if client == "airline_survey":
            packed = shared_data("airline/airline_passenger_satisfaction.csv.gz")
            (folder / "airline.csv").write_bytes(gzip.decompress(packed.read_bytes()))
        page = pages_of(client, "drivers", parameters={})["drivers"]
        assert page.error is None and not page.left_out
        return {result["name"]: result for result in page.results}

    return computed


def rows(result, table) -> list[dict]:
    found = result["tables"][table]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def keys(result) -> list[str]:
    return [finding["key"] for finding in result["findings"]]


def said(result, key) -> dict:
    return next(finding["values"] for finding in result["findings"] if finding["key"] == key)


def test_csibank_value_first_quality_second_expectations_nothing(results):
    found = results("csibank", "csibank/csibank.csv")
    drivers = rows(found["driver_importance"], "drivers")
    assert [row["block"] for row in drivers] == ["Value", "Quality", "Image", "Expectations"]
    assert said(found["driver_importance"], "importance.first")["block"] == "Value"
    assert said(found["driver_importance"], "importance.no_more")["blocks"] == ["Expectations"]
    assert found["driver_importance"]["settings"]["r2"] == pytest.approx(0.68, abs=0.01)
    arrows = {(row["cause"], row["effect"]): row["impact"] for row in rows(found["cause_and_effect"], "arrows")}
    expected = {"Value": 0.45, "Quality": 0.31, "Image": 0.22, "Expectations": 0.05}  # regression on block means
    for block, slope in expected.items():
        assert arrows[block, "Satisfaction"] == pytest.approx(slope, abs=0.02)
    assert arrows["Satisfaction", "Loyalty"] == pytest.approx(0.77, abs=0.03)
    assert arrows["Image", "Loyalty"] == pytest.approx(0.29, abs=0.03)
    index = {row["construct"]: row["index"] for row in rows(found["cause_and_effect"], "nodes")}
    assert {name: round(value, 1) for name, value in index.items()} == {
        "Image": 72.7, "Expectations": 77.3, "Quality": 76.3, "Value": 69.4, "Satisfaction": 70.9, "Loyalty": 69.0,
    }  # fmt: skip
    assert said(found["where_to_act"], "act.most")["block"] == "Value"


def test_mobi_names_the_bad_question_and_what_cannot_be_told_apart(results):
    found = results("mobi", "mobi/mobi.csv")
    quality = found["question_quality"]
    assert said(quality, "quality.stray")["question"] == "Would stay if others were cheaper"  # CUSL2
    close = {(f["values"]["first"], f["values"]["second"]) for f in quality["findings"] if f["key"] == "quality.same"}
    assert close == {("Image", "Quality")}  # an outcome is never one of two areas to be treated as one
    near = {f["values"]["block"] for f in quality["findings"] if f["key"] == "quality.near_outcome"}
    assert near == {"Quality", "Image"}
    assert said(quality, "quality.noise")["blocks"] == ["Expectation", "Loyalty"]  # alpha .45 and .47
    beta = {(row["cause"], row["effect"]): row["beta"] for row in rows(found["cause_and_effect"], "arrows")}
    assert beta["Image", "Expectation"] == pytest.approx(0.504914, abs=1e-6)
    assert beta["Quality", "Satisfaction"] == pytest.approx(0.512024, abs=1e-6)
    assert {row["construct"]: round(row["index"], 1) for row in rows(found["cause_and_effect"], "nodes")}[
        "Satisfaction"] == 72.0  # fmt: skip
    assert "importance.same" in keys(found["driver_importance"])


def test_callcentre_has_no_driver(results):
    found = results("callcentre_survey", "callcentre/Call-Center-Dataset.xlsx")
    assert keys(found["driver_importance"]) == ["importance.nothing"]
    assert "effect.nothing" in keys(found["cause_and_effect"])
    assert keys(found["where_to_act"]) == ["act.nothing"]
    assert keys(found["driver_kinds"]) == ["kind.straight"]
    assert found["driver_importance"]["base"]["used"] == 4054


def test_telco_warns_of_the_score_that_was_made_from_the_outcome(results):
    found = results("telco_survey", "telco/telco.csv")
    for name in ("usable_answers", "driver_importance"):
        assert said(found[name], "answers.leak")["block"] == "Churn score"
    assert "Churn score" not in [row["block"] for row in rows(found["driver_importance"], "drivers")]
    assert "Churn score" not in [row["cause"] for row in rows(found["cause_and_effect"], "arrows")]


def test_carpentries_worth_first(results):
    found = results("training", "carpentries/instructor_training_2018.csv")
    assert said(found["driver_importance"], "importance.first")["block"] == "Worth my time"
    assert keys(found["lift_and_loss"])[0] == "lift.both"


@pytest.mark.slow
def test_airline_boarding_first_and_zero_is_not_applicable(results):
    found = results("airline_survey")
    drivers = rows(found["driver_importance"], "drivers")
    assert drivers[0]["block"] == "Online boarding" and drivers[0]["rank_high"] == 1
    assert drivers[-1]["block"] == "Gate location"
    alone = sorted(rows(found["driver_importance"], "metrics"), key=lambda row: -row["first"])
    assert [row["block"] for row in alone[:2]] == ["Online boarding", "Entertainment"]
    concerns = {f["values"]["block"]: f["values"]["share"] for f in found["usable_answers"]["findings"]
                if f["key"] == "answers.not_applicable"}  # fmt: skip
    assert concerns["Times"] == pytest.approx(6681 / 129_880, abs=0.001)
    assert concerns["Online booking"] == pytest.approx(5682 / 129_880, abs=0.001)
    assert found["usable_answers"]["base"]["read"] == 129_880
    index = {row["construct"]: row["index"] for row in rows(found["cause_and_effect"], "nodes")}
    assert index["Satisfaction"] == pytest.approx(43.4, abs=0.1)
