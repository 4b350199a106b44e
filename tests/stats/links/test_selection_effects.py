import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.links.selection_effects import regression_to_the_mean, response_gap, response_weights

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference/business_case/acceptance_simulations.json").read_text())


def test_return_to_the_mean_counted_by_hand():
    # Mean of all 6, of the picked 3; with reliability .6 they come back by .4 of the 3 points.
    found = regression_to_the_mean([3, 3, 9, 9], [True, True, False, False], 0.6)
    assert (found.n, found.first, found.expected, found.gain) == pytest.approx((2, 3, 4.2, 1.2))
    assert regression_to_the_mean([3, 9], [True, False], 1.0).gain == 0


def test_the_false_gain_of_the_reference_is_foreseen():
    measured, rng = REFERENCE["regression_to_mean"]["measured"], np.random.default_rng(1)
    true = rng.normal(7.2, 1.3, 20_000)
    first, second = true + rng.normal(0, 1.1, (2, 20_000))
    found = regression_to_the_mean(first, first <= 6, 1.3 ** 2 / (1.3 ** 2 + 1.1 ** 2))
    assert found.expected == pytest.approx(second[first <= 6].mean(), abs=0.07)
    assert found.expected == pytest.approx(measured["predicted"], abs=0.07)


def selected(n=200_000, seed=1):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    churn = (rng.random(n) < 1 / (1 + np.exp(1.5 + 0.4 * z))).astype(float)
    answered = rng.random(n) < 1 / (1 + np.exp(1.2 - 0.5 * z + 0.8 * churn))
    return pd.DataFrame({"score": 7 + 1.5 * z, "churn": churn}), answered


def test_weights_from_the_frame_mend_what_the_frame_knows_and_the_rest_is_reported():
    measured = REFERENCE["respondent_selection"]["measured"]
    frame, answered = selected()
    weights = response_weights(answered, frame[["churn"]])
    table = response_gap(answered, frame, weights=weights)
    assert table.answered["churn"] == pytest.approx(measured["churn_respondents"], abs=0.004)
    assert table.weighted["churn"] == pytest.approx(table.everybody["churn"], abs=1e-6)
    assert table.weighted["score"] == pytest.approx(measured["sat_resp_weighted_by_churn"], abs=0.02)
    assert table.remaining["score"] > 0.4  # the gap that stays is shown, not hidden
    assert weights[answered].mean() == pytest.approx(1)
    assert (weights[~answered] == 0).all()


def test_no_weight_is_beyond_the_limit():
    frame = pd.DataFrame({"x": np.r_[np.zeros(1000), np.ones(1000)]})
    answered = np.r_[np.arange(1000) < 500, np.arange(1000) < 10]
    assert response_weights(answered, frame, trim=3.0).max() == pytest.approx(3.0)


def test_bad_input_names_the_remedy():
    with pytest.raises(ValueError, match="must be a share"):
        regression_to_the_mean([1, 2], [True, False], 60)
    with pytest.raises(ValueError, match="nobody is picked"):
        regression_to_the_mean([1, 2], [False, False], 0.6)
    with pytest.raises(ValueError, match="both answers and non-answers"):
        response_gap([True, True], pd.DataFrame({"x": [1, 2]}))
    with pytest.raises(ValueError, match="known for everybody"):
        response_gap([True, False], pd.DataFrame({"x": [1, np.nan]}))
