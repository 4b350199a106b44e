import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cxlib.stats.rollout import series as rollout_series
from cxlib.stats.rollout.series import count_shift, level_shift


def scores(seed, periods=36, drift=0.0):
    rng = np.random.default_rng(seed)
    return 70 + rng.normal(0, 1, periods) + np.cumsum(rng.normal(0, drift, periods)) if drift else 70 + rng.normal(0, 1, periods)


def alone(monkeypatch, walk, slope):
    """The grid is one drift and one slope: what is told is one generalised regression."""
    monkeypatch.setattr(rollout_series, "WALKS", np.array([walk, walk * (1 + 1e-9) + 1e-12]))
    monkeypatch.setattr(rollout_series, "SLOPES", np.array([slope, slope * (1 + 1e-9) + 1e-12]))


def test_without_drift_it_is_the_difference_of_two_means(monkeypatch):
    alone(monkeypatch, 0, 0)
    value = np.r_[np.tile([69.0, 71], 8), np.tile([72.0, 74], 2)]
    found = level_shift(value, 2.0, 16)
    assert (found.estimate, found.se, found.drift) == pytest.approx((3, (2 / 16 + 2 / 4) ** 0.5, 0), abs=1e-6)
    reach = stats.norm.ppf(0.975) * found.se
    assert (found.low, found.high) == pytest.approx((3 - reach, 3 + reach), abs=1e-5)
    assert found.course.without.to_numpy() == pytest.approx(np.full(20, 70), abs=1e-6)


def test_with_one_drift_it_is_the_generalised_regression_with_gaps_on_the_time_axis(monkeypatch):
    alone(monkeypatch, 0.5, 0)
    value, variance = scores(1), np.random.default_rng(2).uniform(0.5, 2, 36)
    value[[3, 17, 18]] = np.nan
    there = np.isfinite(value)
    time = np.arange(36)[there]
    spread = max(variance[there].mean(), np.median(np.diff(value[there]) ** 2 / np.diff(time)) / 0.455 / 2) ** 0.5
    covariance = (0.5 * spread) ** 2 * np.minimum.outer(time, time) + np.diag(variance[there])
    told = sm.GLS(value[there], sm.add_constant((time >= 24).astype(float)), sigma=covariance).fit(cov_type="fixed scale")
    found = level_shift(value, variance, 24)
    assert (found.estimate, found.se) == pytest.approx((told.params[1], told.bse[1]), rel=1e-5)
    assert (found.before, found.after) == (21, 12)


def test_more_drift_is_more_doubt():
    calm, wild = level_shift(scores(3), 1.0, 24), level_shift(scores(3, drift=1.5), 1.0, 24)
    assert wild.drift > 3 * calm.drift and wild.se > 1.5 * calm.se
    certain = level_shift(scores(3), 1.0, 24, confidence=0.5)
    assert calm.low < certain.low < calm.estimate < certain.high < calm.high


def test_a_step_is_told_and_a_ramp_is_not_taken_for_one():
    step, ramp = 3.0 * (np.arange(48) >= 30), 3.0 * np.arange(48) / 47
    found = [level_shift(scores(seed, 48) + step, 1.0, 30) for seed in range(12)]
    assert np.mean([each.estimate for each in found]) == pytest.approx(3, abs=0.35) and sum(each.low > 0 for each in found) >= 11
    assert sum(each.p <= 0.05 for each in (level_shift(scores(seed, 48) + ramp, 1.0, 30) for seed in range(12))) <= 2
    both = step[:, None] * np.array([1, 1]) + 70
    assert (found[0].course.without.to_numpy() - both[:, 0] + step).tolist() == pytest.approx([0] * 48, abs=1.5)


def test_a_season_is_not_taken_for_a_step():
    wave = 3 * np.cos(2 * np.pi * np.arange(36) / 12)
    found = level_shift(scores(5) + wave, 1.0, 30, season=12)
    assert found.se < 0.8 * level_shift(scores(5) + wave, 1.0, 30).se and found.low < 0 < found.high
    turned = np.tile([0.0, 2, -1, -1], 8)
    same, calm = level_shift(scores(6, 32) + turned, 1.0, 24, season=4), level_shift(scores(6, 32), 1.0, 24, season=4)
    assert same.estimate == pytest.approx(calm.estimate, abs=0.15)  # three waves tell four quarters apart; the spread sees them


@pytest.mark.parametrize("scale", [1e-6, 1e9, -1.0])
def test_scale_and_level_change_nothing_else(scale):
    value = scores(7) + 2.0 * (np.arange(36) >= 24)
    found, other = level_shift(value, 1.0, 24), level_shift(scale * (value - 70), scale**2, 24)
    assert (other.estimate, other.se, other.drift) == pytest.approx((scale * found.estimate, abs(scale) * found.se, abs(scale) * found.drift), rel=1e-6)
    assert sorted([other.low / scale, other.high / scale]) == pytest.approx([found.low, found.high], rel=1e-6)
    assert other.p == pytest.approx(found.p)


@pytest.mark.parametrize(("periods", "at", "more", "message"), [
    (15, 11, {}, "11 values before"), (15, 12, {}, "3 after"), (20, 14, {"season": 12}, "season == 12"), (30, 20, {"season": 1}, "season == 1"),
    (20, 14, {"variance": 0.0}, "variances from"), (20, 14, {"confidence": 95}, "confidence"),
])  # fmt: skip
def test_too_short_a_series_is_refused(periods, at, more, message):
    with pytest.raises(ValueError, match=message):
        level_shift(np.zeros(periods), at=at, **{"variance": 1.0, **more})


def test_counts_are_the_regression_of_quasi_poisson():
    rng = np.random.default_rng(8)
    time, people = np.arange(48), rng.uniform(900, 1100, 48)
    counts = rng.negative_binomial(5, 5 / (5 + people * 0.05)).astype(float)
    counts[5] = np.nan
    turn = 2 * np.pi * time / 12
    design = np.column_stack([np.ones(48), time >= 30, time, np.sin(turn), np.cos(turn)])
    there = np.isfinite(counts)
    told = sm.GLM(counts[there], design[there], family=sm.families.Poisson(), offset=np.log(people[there])).fit(scale="X2")
    found = count_shift(counts, people, 30, harmonics=1)
    assert found.ratio == pytest.approx(np.exp(told.params[1])) and found.dispersion == pytest.approx(told.scale)
    assert (found.low, found.high) == pytest.approx(tuple(np.exp(told.conf_int()[1])))
    assert found.p == pytest.approx(told.pvalues[1]) and (found.before, found.after) == (29, 18)


def test_a_rate_counted_by_hand_and_in_other_units():
    found = count_shift([10.0] * 20 + [20.0] * 8, [100.0] * 20 + [100.0] * 8, 20)
    assert (found.ratio, found.dispersion) == (pytest.approx(2), 1)
    assert vars(count_shift([10.0] * 20 + [20.0] * 8, [1e8] * 28, 20)) == pytest.approx(vars(found))


def test_counts_that_tell_nothing_are_refused():
    for counts, people, at, message in (
        ([1.0] * 15, [9.0] * 15, 12, "3 after"), ([1.0] * 12 + [0.0] * 5, [9.0] * 17, 12, "none after"), ([-1.0] * 20, [9.0] * 20, 13, "below 0"),
        ([1.0] * 20, [0.0] * 20, 13, "not above 0"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            count_shift(counts, people, at)
    with pytest.raises(ValueError, match="24 for a season"):
        count_shift([1.0] * 20, [9.0] * 20, 13, harmonics=2)
