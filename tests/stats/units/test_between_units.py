import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from cxlib.stats.units.between_units import between_units
from tests.conftest import shared_data


def test_equal_variances_by_hand():
    # Levels 1, 3, 5, 7 spread by 20/3; each has a variance of 2, so 20/3 - 2 is between them.
    found = between_units([1, 3, 5, 7], [2, 2, 2, 2])
    assert (found.level, found.spread, found.units) == (pytest.approx(4), pytest.approx((20 / 3 - 2) ** 0.5), 4)


def test_differences_that_chance_explains_are_none():
    found = between_units([4.9, 5, 5.1], [1, 2, 1])
    assert (found.level, found.spread) == (pytest.approx(5), 0)


@pytest.mark.parametrize("seed", range(10))
def test_it_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(seed)
    variances = rng.uniform(1, 40, 15)
    levels = 50 + rng.normal(0, np.sqrt(variances + 9))
    known = combine_effects(levels, variances, method_re="iterated", atol=1e-7)  # tighter, it may step below 0 and give up
    assert between_units(levels, variances).spread ** 2 == pytest.approx(known.tau2, rel=1e-5, abs=1e-5)
    assert between_units(levels, variances).level == pytest.approx(known.mean_effect_re, rel=1e-6)


def test_order_shift_and_unit_of_measure_do_not_matter():
    levels, variances = np.array([1.0, 3, 5, 9, 2]), np.array([1.0, 2, 1, 3, 1])
    found, turned = between_units(levels, variances), between_units(levels[::-1] * 10 + 7, variances[::-1] * 100)
    assert (turned.level, turned.spread) == pytest.approx((found.level * 10 + 7, found.spread * 10))


@pytest.mark.parametrize("levels, variances, message", [
    ([1], [1], "at least 2 units"), ([1, 2], [1], "at least 2 units"), ([1, np.nan], [1, 1], "leave out units without"),
    ([1, 2], [1, 0], "leave out units without"),
])  # fmt: skip
def test_bad_input_says_what_to_do(levels, variances, message):
    with pytest.raises(ValueError, match=message):
        between_units(levels, variances)


def test_surgery_centres_by_their_published_shares():
    truth = json.loads(shared_data("journey/truth.json").read_text())["oas_units"]
    centres = pd.read_csv(shared_data("journey/oas_units.csv"))
    found = between_units(centres.pro - centres.det, truth["sd_of_one_answer"] ** 2 / centres.n)
    assert found.spread == pytest.approx(truth["between_unit_sd"]["Paule-Mandel"], abs=5e-3)
