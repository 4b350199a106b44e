import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.drivers.class_contrasts import class_contrasts

RNG = np.random.default_rng(9)


def survey(n=3000, split=False):
    """A score 0-10 with two cuts; with split, one driver keeps people above 6 and the other lifts them to 9."""
    x = pd.DataFrame(RNG.normal(50, 20, (n, 2)), columns=["basics", "delight"])
    z = (x - 50) / 20
    low = 1 / (1 + np.exp(-(1.0 + (1.5 if split else 0.8) * z["basics"] + (0.0 if split else 0.4) * z["delight"])))
    high = 1 / (1 + np.exp(-(-1.5 + (0.3 if split else 0.8) * z["basics"] + (1.2 if split else 0.4) * z["delight"])))
    u = RNG.random(n)
    return x, np.where(u > low, 4, np.where(u > np.minimum(high, low), 8, 10))


def test_slopes_at_each_cut_are_those_of_two_logistic_regressions():
    x, score = survey(split=True)
    table = class_contrasts(x, score, resamples=100).table
    for cut, column in ((7, "odds_keep"), (9, "odds_win")):
        expected = sm.Logit(score >= cut, sm.add_constant(x / 10)).fit(disp=0).params[1:]
        assert np.log(table[column]).to_dict() == pytest.approx(expected.to_dict(), abs=1e-5)
    assert not table["proportional"].any()


def test_effect_is_the_mean_marginal_effect():
    x, score = survey(split=True)
    table = class_contrasts(x, score, resamples=60).table
    expected = sm.Logit(score >= 9, sm.add_constant(x / 10)).fit(disp=0).get_margeff().margeff
    assert table["win"].tolist() == pytest.approx(list(expected), abs=1e-5)


def test_different_things_keep_and_win():
    table = class_contrasts(*survey(split=True), resamples=100).table
    assert table.loc["basics", "keep"] > 0.05 > table.loc["basics", "win_low"]
    assert table.loc["delight", "win"] > 0.03 and table.loc["delight", "keep_low"] < 0.01
    assert (table["p_holm"] < 0.01).all()


def test_equal_odds_are_shared():
    result = class_contrasts(*survey(), resamples=100)
    assert result.table["proportional"].all()
    assert result.table["odds_keep"].tolist() == pytest.approx(result.table["odds_win"].tolist())
    assert result.n == result.n_low + result.n_middle + result.n_high == 3000


def test_weights_equal_repeated_rows():
    x, score = survey(1500, split=True)
    weights = np.arange(1500) % 3 + 1
    weighted = class_contrasts(x, score, weights=weights, resamples=30).table
    repeated = class_contrasts(x.loc[np.repeat(x.index, weights)], np.repeat(score, weights), resamples=30).table
    assert not (weighted["proportional"] | repeated["proportional"]).any()
    assert weighted["keep"].tolist() == pytest.approx(repeated["keep"].tolist(), abs=1e-6)


def test_bad_input():
    x, score = survey(400)
    with pytest.raises(ValueError, match="0 people are on the smaller side of the upper cut; at least 20"):
        class_contrasts(x, np.minimum(score, 8))
    with pytest.raises(ValueError, match="'flat' is constant"):
        class_contrasts(x.assign(flat=1.0), score)
