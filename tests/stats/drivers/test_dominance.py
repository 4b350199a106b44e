import numpy as np
import pytest
from driver_cases import mobi, mobi_means, normal_drivers, reference

from cxlib.stats.drivers import dominance
from cxlib.stats.drivers.dominance import class_importance


def test_mobi_top_box_agrees_with_domir(monkeypatch):
    monkeypatch.setattr(dominance, "EVENTS", 8)  # the reference has 32 people in the top box and four drivers
    x, satisfaction = mobi_means(mobi())
    result = class_importance(x, (satisfaction >= 9).astype(int), resamples=0)
    expected = reference("rwa_domir")["mobi4_TOP_domir_logit_mcfadden"]
    assert result.table["estimate"].to_dict() == pytest.approx(expected["general"], abs=1e-7)
    assert result.r2 == pytest.approx(expected["R2"], abs=1e-7)
    for name, row in expected["conditional"].items():
        assert result.conditional.loc[name].tolist() == pytest.approx(row, abs=1e-7)


def test_shares_sum_to_mcfadden_of_three_classes_and_the_noise_comes_last():
    x, y, _ = normal_drivers(600, beta=[0.7, 0.3, 0.0], seed=3)
    result = class_importance(x, np.digitize(y, [-0.5, 0.5]), resamples=40)
    assert result.table["estimate"].sum() == pytest.approx(result.r2)
    assert result.table["rank"].to_dict() == {"d0": 1, "d1": 2, "d2": 3}
    assert ((result.table["low"] < result.table["estimate"]) & (result.table["estimate"] < result.table["high"])).all()
    assert result.complete.loc["d0", "d2"] == 1 and result.greater.loc["d0", "d2"] == 1


def test_tjur_of_the_full_model_is_the_difference_of_mean_chances():
    x, y, _ = normal_drivers(500, beta=[0.7, 0.3], seed=4)
    result = class_importance(x, (y > 0).astype(int), measure="tjur", resamples=0)
    assert result.table["estimate"].sum() == pytest.approx(result.r2)
    import statsmodels.api as sm

    chance = sm.Logit(y > 0, sm.add_constant(x)).fit(disp=0).predict()
    assert result.r2 == pytest.approx(chance[y > 0].mean() - chance[y <= 0].mean(), abs=1e-6)


def test_weights_equal_repeated_rows():
    x, y, _ = normal_drivers(300, beta=[0.7, 0.3], seed=4)
    classes, weights = (y > 0).astype(int), np.arange(300) % 3 + 1
    weighted = class_importance(x, classes, weights=weights, resamples=0)
    repeated = class_importance(x.loc[np.repeat(x.index, weights)], np.repeat(classes, weights), resamples=0)
    assert weighted.table["estimate"].tolist() == pytest.approx(repeated.table["estimate"].tolist(), abs=1e-9)


def test_bad_input():
    x, y, _ = normal_drivers(300, beta=[0.7, 0.3], seed=4)
    with pytest.raises(ValueError, match=r"the smallest class has \d people; at least 20"):
        class_importance(x, (y > np.sort(y)[-5]).astype(int))
    with pytest.raises(ValueError, match="one of them is the outcome asked again"):
        class_importance(x.assign(again=y), (y > 0).astype(int), resamples=0)
    with pytest.raises(ValueError, match="'flat' is constant"):
        class_importance(x.assign(flat=3), (y > 0).astype(int))
    with pytest.raises(ValueError, match="tjur for two classes"):
        class_importance(x, np.digitize(y, [-0.5, 0.5]), measure="tjur")
