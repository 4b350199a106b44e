import numpy as np
import pandas as pd
import pytest

from cxlib.stats.drivers.importance import relative_importance
from cxlib.stats.drivers.missing import imputed, missing_answers, not_applicable_dummies, resampling_units
from cxlib.stats.moments import covariance_stack

RNG = np.random.default_rng(0)


def covariance(answers):
    units = answers.units
    return covariance_stack(units)[1][:, :, 0] * units.scale[:, None] * units.scale


def correlated(n=4000, gap=0.3):
    """Two columns that correlate .8; the second is often missing where the first is high."""
    x = RNG.normal(size=n)
    y = 0.8 * x + 0.6 * RNG.normal(size=n)
    missing = (x > 0) & (RNG.random(n) < 2 * gap)
    return np.column_stack([x, np.where(missing, np.nan, y)]), y


def test_missing_answers_are_counted_by_item():
    table = missing_answers(pd.DataFrame({"a": [1, np.nan, 3, 4], "b": [1.0, 2, 3, 4]}))
    assert table.loc["a"].to_dict() == {"n": 3, "missing": 1, "share": 0.25}
    assert table.loc["b", "missing"] == 0


def test_casewise_and_pairwise_by_hand():
    values = np.array([[1, 2], [2, 4], [3, np.nan], [4, 0]])
    casewise = resampling_units(values, missing="casewise")
    assert casewise.used.tolist() == [True, True, False, True]
    assert covariance(casewise) == pytest.approx(np.cov(values[[0, 1, 3]].T, bias=True))
    pairwise = covariance(resampling_units(values, missing="pairwise"))
    assert pairwise[0, 0] == pytest.approx(1.25)  # of 1, 2, 3, 4
    assert pairwise[0, 1] == pytest.approx(np.cov(values[[0, 1, 3]].T, bias=True)[0, 1])


def test_contradicting_pairs_are_repaired_and_reported():
    answers = RNG.normal(size=(300, 3))
    a, b, c = (answers + 0.0).T
    block = np.repeat([0, 1, 2], 100)
    b = np.where(block == 0, a, b)
    c = np.where(block == 1, b, c)
    a = np.where(block == 2, -c, a)
    values = np.column_stack([np.where(block == 1, np.nan, a), np.where(block == 2, np.nan, b),
                              np.where(block == 0, np.nan, c)])
    assert resampling_units(values, missing="pairwise").repaired
    assert not resampling_units(RNG.normal(size=(50, 3)), missing="pairwise").repaired


def test_imputation_recovers_what_mean_replacement_loses():
    values, y = correlated()
    full = np.var(y)
    filled = covariance(resampling_units(values, missing="imputation"))
    assert filled[1, 1] == pytest.approx(full, rel=0.06)
    assert filled[0, 1] == pytest.approx(0.8, abs=0.06)
    replaced = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
    assert np.cov(replaced.T, bias=True)[0, 1] < 0.7


def test_imputed_copies_keep_the_answers_and_differ_in_the_gaps():
    values, _ = correlated(200)
    one, other = imputed(values, imputations=2)
    seen = ~np.isnan(values)
    assert (one[seen] == values[seen]).all() and (one[~seen] != other[~seen]).all()
    assert (imputed(values, imputations=1)[0] == one).all()  # the same seed gives the same copies


def test_not_applicable_is_a_control_and_its_filling_does_not_matter():
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(800, 2)), columns=["a", "b"])
    away = pd.DataFrame({"a": rng.random(800) < 0.2, "b": np.zeros(800, bool)})
    y = np.where(away["a"], 1.5, 0.8 * x["a"]) + 0.4 * x["b"] + rng.normal(size=800)
    filled, dummies = not_applicable_dummies(x.mask(away), away)
    assert list(dummies) == ["a (not applicable)"]
    one = relative_importance(filled, y, controls=dummies, resamples=50)
    other = relative_importance(filled.mask(away, 9.0), y, controls=dummies, resamples=50)
    slope = one.signs.loc["a", "beta"] * y.std() / filled["a"].std()
    again = other.signs.loc["a", "beta"] * y.std() / filled.mask(away, 9.0)["a"].std()
    assert slope == pytest.approx(0.8, abs=0.1) and again == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("values, missing, message", [
    ([[1, np.nan], [2, 3]], "mean", "missing is 'mean'; one of error, casewise, pairwise, imputation"),
    ([[1, np.nan], [np.nan, 3]], "casewise", "no row has an answer in every column"),
    ([[1, np.nan], [np.nan, 3], [2, np.nan], [np.nan, 4]], "pairwise", "never answered by the same person"),
    ([[1, np.nan], [2, np.nan]], "imputation", "column 1 has no answer at all"),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:Degrees of freedom")
def test_bad_input(values, missing, message):
    with pytest.raises(ValueError, match=message):
        resampling_units(np.array(values, float), missing=missing)
