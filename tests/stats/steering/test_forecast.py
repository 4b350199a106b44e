import numpy as np
import pytest

from cxlib.stats.steering.forecast import chance_above, score_forecast


def scores(seed, periods=36, drift=1.2, least=60):
    rng = np.random.default_rng(seed)
    variance = 6000 / rng.integers(least, 400, periods)
    return 30 + np.cumsum(rng.normal(0, drift, periods)) + rng.normal(0, np.sqrt(variance)), variance


def test_three_equal_scores_give_their_level_a_flat_line_and_a_band_that_opens():
    found = score_forecast([40.0, 40, 40], 4.0, 3)
    assert found.level == pytest.approx(40) and found.course.estimate.to_numpy() == pytest.approx(np.full(3, 40))
    assert (found.shape, found.beats, found.periods, found.short) == ("level", None, 3, True)
    widths = (found.course.high - found.course.low).to_numpy()
    assert (np.diff(widths) > 0).all() and widths[0] > 2 * 1.96 * (4 / 3) ** 0.5  # wider than if the level had surely stood still
    assert (found.course.high + found.course.low).to_numpy() == pytest.approx(np.full(3, 80), abs=1e-6)


def test_few_periods_draw_the_level_towards_the_mean_of_all():
    found = score_forecast([30.0, 34, 26, 30, 46], 25.0, 1)
    assert 33.2 < found.level < 42 and found.level_se > 25**0.5 * 5**-0.5
    sure = score_forecast([30.0, 34, 26, 30, 46], 0.25, 1)
    assert sure.level == pytest.approx(46, abs=0.5) and sure.drift_sd > 3


def test_a_period_without_answers_keeps_its_place():
    value, variance = scores(1)
    gone = np.r_[value, np.nan, np.nan]
    late, soon = score_forecast(gone, np.r_[variance, np.nan, np.nan], 4), score_forecast(value, variance, 6)
    assert late.periods == 36 and late.past.score.isna().sum() == 2
    for column in ("estimate", "sd", "low", "high"):
        assert late.course[column].to_numpy() == pytest.approx(soon.course[column].to_numpy()[2:], rel=1e-6)


@pytest.mark.parametrize("scale", [1e-3, -1.0, 1e6])
def test_scale_and_level_change_nothing_else(scale):
    value, variance = scores(2)
    found, other = score_forecast(value, variance, 3), score_forecast(scale * (value - 30), scale**2 * variance, 3)
    assert (other.level, other.level_se) == pytest.approx((scale * (found.level - 30), abs(scale) * found.level_se), rel=1e-6)
    assert other.course.sd.to_numpy() == pytest.approx(abs(scale) * found.course.sd.to_numpy(), rel=1e-6) and other.beats == pytest.approx(found.beats)
    assert sorted(other.course.loc[2, ["low", "high"]] / scale + 30) == pytest.approx(sorted(found.course.loc[2, ["low", "high"]]), rel=1e-6)


def test_a_plain_trend_and_a_plain_season_are_carried_on_from_24_scores():
    rng, time = np.random.default_rng(3), np.arange(36)
    noise = rng.normal(0, 1, 36)
    trend, season = 20 + time + noise, 50 + 8 * np.cos(np.pi * time / 6) + noise
    rising = score_forecast(trend, 1.0, 6)
    assert rising.shape == "trend" and rising.beats < 1 and rising.course.estimate.to_numpy() == pytest.approx(20 + np.arange(36, 42), abs=2.5)
    waving = score_forecast(season, 1.0, 6, season=12)
    assert waving.shape == "season" and waving.beats < 0.5 and waving.level == pytest.approx(50, abs=1.5)
    assert waving.course.estimate.to_numpy() == pytest.approx(50 + 8 * np.cos(np.pi * np.arange(36, 42) / 6), abs=2.5)
    assert score_forecast(trend[:23], 1.0, 6).shape == score_forecast(season, 1.0, 6).shape == "level"


def test_a_season_that_the_periods_cannot_tell_is_not_looked_for():
    value = np.full(72, np.nan)
    value[::3] = 50 + np.random.default_rng(4).normal(0, 1, 24)  # every third month: half a year's waves look alike
    found = score_forecast(value, 1.0, 3, season=12)
    assert found.periods == 24 and found.shape in ("level", "trend") and found.beats is not None


def test_the_chance_of_a_target_fits_the_band():
    value, variance = scores(5)
    found = score_forecast(value, variance, 6)
    last = found.course.iloc[-1]
    assert chance_above(found, last.high, 6) == pytest.approx(0.025, abs=1e-6) and chance_above(found, last.low, 6) == pytest.approx(0.975, abs=1e-6)
    assert chance_above(found, last.high, 6, variance=25.0) > 0.04
    chances = [chance_above(found, target, 3) for target in (-100, 20, 30, 40, 150)]
    assert chances == sorted(chances, reverse=True) and chances[0] > 0.999 and chances[-1] < 0.001
    narrow = score_forecast(value, variance, 6, confidence=0.5).course.iloc[-1]
    assert last.low < narrow.low < narrow.high < last.high


@pytest.mark.parametrize(("score", "more", "message"), [
    ([1.0, 2], {}, "2 scores"), ([1.0, np.nan, 2], {}, "2 scores"), ([1.0, 2, np.inf], {}, "finite"), ([[1.0, 2, 3]], {}, "shape"),
    ([1.0, 2, 3], {"variance": 0.0}, "not above 0"), ([1.0, 2, 3], {"variance": [1.0, np.nan, 1]}, "missing"), ([1.0, 2, 3], {"ahead": 0}, "ahead == 0"),
    ([1.0, 2, 3], {"season": 1}, "season == 1"), ([1.0, 2, 3], {"confidence": 95}, "confidence"),
])  # fmt: skip
def test_what_cannot_be_foretold_is_refused(score, more, message):
    with pytest.raises(ValueError, match=message):
        score_forecast(score, **{"variance": 1.0, "ahead": 2, **more})


@pytest.mark.parametrize(("ahead", "target", "variance"), [(0, 5.0, 0.0), (4, 5.0, 0.0), (1, np.nan, 0.0), (1, 5.0, -1.0)])
def test_a_chance_of_what_was_not_foretold_is_refused(ahead, target, variance):
    with pytest.raises(ValueError, match="=="):
        chance_above(score_forecast([1.0, 2, 3], 1.0, 3), target, ahead, variance=variance)
