"""Real journeys with known answers: touchpoints that few use as drivers, and who is late when an order is late."""

import json

import pandas as pd
import pytest

from cxlib.analyses import drivers, status
from cxlib.analyses.design import Index
from cxlib.engagement import open_client
from tests.conftest import shared_data

NAMES = {"ART": "Art", "FOOD": "Food", "STORE": "Shops", "SIGN": "Signs", "WALKWAYS": "Walkways", "SCREENS": "Screens",
         "INFODOWN": "Booths before", "INFOUP": "Booths after", "WIFI": "Wifi", "ROADS": "Roads", "PARK": "Parking",
         "AIRTRAIN": "Train", "LTPARKING": "Shuttle", "RENTAL": "Rental cars"}  # fmt: skip
SLOW = pytest.mark.slow


@pytest.mark.parametrize("year", [2015, pytest.param(2016, marks=SLOW), pytest.param(2017, marks=SLOW)])
def test_touchpoints_that_few_use_have_their_effect_among_users(year, client_folder):
    truth = json.loads(shared_data("journey/truth.json").read_text())[f"sfo_{year}"]
    folder = client_folder("airport")
    rows = pd.read_csv(shared_data("journey/sfo_touchpoints_2015_2017.csv.gz"), dtype=str)
    rows[rows.year == str(year)].to_csv(folder / "airport.csv", index=False)
    survey = open_client("airport").survey
    model = drivers.survey_model(survey.rows, survey.asked, survey.design, resamples=300)
    assert len(model.answers) == pytest.approx(truth["n"], rel=0.01)  # not 436 complete rows
    totals = drivers.cause_and_effect(model).tables["totals"].set_index("cause")
    for name, (slope, error) in truth["slope_per_point_among_users"].items():  # weighted there, not here
        assert totals.impact[NAMES[name]] == pytest.approx(slope, abs=1.5 * error)
    result = drivers.driver_importance(model)
    silent = set(next(each for each in result.findings if each.key == "importance.no_more").values["blocks"])
    assert {"Booths before", "Booths after", "Shuttle"} <= silent
    assert not {NAMES[name] for name in truth["highest_slopes"][:3]} & silent
    leading = totals.impact.nlargest(4).index
    assert len(set(leading) & {NAMES[name] for name in truth["highest_slopes"]}) >= 3
    assert model.explained == pytest.approx(truth["r2"], abs=0.03)


def test_a_late_order_costs_the_same_whoever_was_late():
    truth = json.loads(shared_data("journey/truth.json").read_text())["olist_handover"]["score_by_late_and_seller_late"]
    orders = pd.read_csv(shared_data("journey/olist_handover.csv.gz"))
    times = {name: pd.to_datetime(orders[name]) for name in orders if name.endswith("_date") or name == "seller_must_ship_by"}
    late = times["order_delivered_customer_date"].dt.normalize() > times["order_estimated_delivery_date"]
    seller = times["order_delivered_carrier_date"] > times["seller_must_ship_by"]
    orders["who"] = [f"late {one}, seller late {other}" for one, other in zip(late, seller, strict=True)]
    result = status.satisfaction_by_segment(orders, Index({"review_score": "Review"}, (1, 5)), {"who": "Who was late"})
    table = result.tables["segments"].set_index("group")
    assert {name: (round(1 + 4 * row.estimate / 100, 2), row.n) for name, row in table.iterrows()} == {
        name: (round(score, 2), n) for name, (score, n) in truth.items()}  # fmt: skip
    blamed, spared = table.loc["late True, seller late True"], table.loc["late True, seller late False"]
    assert max(blamed.low, spared.low) < min(blamed.high, spared.high)  # the customer does not see whose fault it is
    assert set(table.verdict[["late True, seller late True", "late True, seller late False"]]) == {"below the others"}
