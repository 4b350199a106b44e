"""Real service data as client folders: the verdicts that the test data's README gives must stand in the results of the notebook."""

import gzip

import pytest

from tests.conftest import shared_data
from tests.invariants.pages import pages_of


def results(client) -> dict:
    page = pages_of(client, "tipping_points", parameters={"draws": 199})["tipping_points"]
    assert page.error is None and not page.left_out
    return {result["name"]: result for result in page.results}


def rows(result, table) -> list[dict]:
    found = result["tables"][table]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def keys(result) -> list[str]:
    return [finding["key"] for finding in result["findings"]]


def test_olist_one_day_late_is_forgiven_then_a_cliff_then_a_floor(client_folder):
    client_folder("olist", "olist/olist_delivery_review.csv")
    found = results("olist")["tipping_points"]
    assert keys(found)[0] == "tipping_point.step"
    verdict = rows(found, "verdicts")[0]
    assert (verdict["n"], verdict["point"], verdict["low"], verdict["high"]) == (5170, 1, 1, 3)  # at least its share: see step_critical
    early = rows(found, "slopes")[0]  # early delivery buys nothing: under 0.02 stars a day
    assert early["low"] > -0.02 and early["high"] < 0.02
    means = {(row["lowest"], row["highest"]): row["mean"] for row in rows(found, "bins")}
    late = [mean for (low, _), mean in means.items() if low > 1]
    assert all(mean > 3.6 for (low, high), mean in means.items() if high <= 1)
    assert late == sorted(late, reverse=True) and late[0] > 1.5 > 1 and max(late) < 3.2
    assert found["base"] == {"read": 8135, "used": 5170, "dropped": {"not measured": 2965}, "effective": None}


def test_airline_step_at_5_minutes_also_inside_every_mix_of_travel_and_class(client_folder):
    data = gzip.decompress(shared_data("airline/airline_passenger_satisfaction.csv.gz").read_bytes())
    (client_folder("airline") / "airline.csv").write_bytes(data)
    found = results("airline")
    assert keys(found["tipping_points"])[0] == "tipping_point.step"
    verdict = rows(found["tipping_points"], "verdicts")[0]
    assert (verdict["n"], verdict["point"], verdict["high"]) == (129_487, 5, 6)
    assert keys(found["with_controls"]) == ["controls.same"]
    raw, held = rows(found["with_controls"], "controls")
    assert raw["point_loss"] == pytest.approx(-0.118, abs=0.001)
    assert (raw["point"], held["point"]) == (5, 5)


def test_callcentre_has_no_tipping_point_and_no_effect(client_folder):
    client_folder("callcentre", "callcentre/Call-Center-Dataset.xlsx")
    found = results("callcentre")
    assert keys(found["tipping_points"]) == ["tipping_point.none", "findable.both"]
    verdict = rows(found["tipping_points"], "verdicts")[0]
    assert (verdict["n"], verdict["point"]) == (4054, None)
    assert keys(found["with_controls"]) == ["controls.still_none"]
    assert all(row["point"] is None for row in rows(found["by_group"], "groups"))
    assert all(row["point"] is None for row in rows(found["by_outcome"], "outcomes"))
    assert found["worth"]["findings"][0]["tone"] == "absent"


def test_csibank_satisfaction_to_loyalty_is_a_straight_line(client_folder):
    client_folder("csibank", "csibank/csibank.csv")
    found = results("csibank")["tipping_points"]
    assert keys(found)[0] == "tipping_point.straight"
    assert rows(found, "slopes")[0]["per_unit"] == pytest.approx(0.926, abs=0.001)


def test_telco_step_is_found_and_warned_as_leakage(client_folder):
    client_folder("telco", "telco/telco.csv")
    found = results("telco")["tipping_points"]
    # the scale runs from bad to good: satisfaction 2 to 3 is where churn falls from 100 % to 16 %
    assert keys(found)[1] == "tipping_point.leakage"
    verdict = rows(found, "verdicts")[0]
    assert (verdict["point"], verdict["low"], verdict["high"]) == (2, 2, 3)
