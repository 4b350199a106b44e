import numpy as np
import pytest
import statsmodels.api as sm

from cxlib.stats.local_level import level_fits, season_waves


def scores(seed, periods=30, drift=1.0):
    rng = np.random.default_rng(seed)
    variance = rng.uniform(2, 9, periods)
    return 50 + np.cumsum(rng.normal(0, drift, periods)) + rng.normal(0, np.sqrt(variance)), variance


def told(value, variance, **grid):
    """The level of each period and of three to come."""
    at = np.arange(len(value) + 3)
    return level_fits(value, variance, np.ones((len(value), 1)), np.ones((len(at), 1)), at, **grid)


def test_two_scores_without_drift_counted_by_hand():
    found = told(np.array([40.0, 46]), np.array([4.0, 8]), walks=np.zeros(1))
    assert found.mean() == pytest.approx(np.full(5, 42)) and found.sd() ** 2 == pytest.approx(np.full(5, 8 / 3))  # 1 / (1/4 + 1/8)
    assert found.quantile(0.975) == pytest.approx(42 + 1.959964 * (8 / 3) ** 0.5 * np.ones(5))
    assert found.only(4).below(42.0) == pytest.approx([0.5]) and found.only(4).below(46.0, noise=16 - 8 / 3) == pytest.approx([0.841345])


def test_with_one_drift_it_is_the_smoother_of_another_program():
    value, _ = scores(1)
    found = told(value, np.full(30, 5.0), walks=np.array([0.4]))
    model = sm.tsa.UnobservedComponents(value, "llevel", use_exact_diffuse=True)
    smooth = model.smooth([5.0, found.drift[0] ** 2])
    assert found.mean()[:30] == pytest.approx(smooth.smoothed_state[0], rel=1e-6)
    assert found.sd()[:30] ** 2 == pytest.approx(smooth.smoothed_state_cov[0, 0], rel=1e-6)
    coming = smooth.get_forecast(3)
    assert found.mean()[30:] == pytest.approx(coming.predicted_mean, rel=1e-6)
    assert found.sd()[30:] ** 2 + 5 == pytest.approx(coming.var_pred_mean, rel=1e-6)


def test_drifts_are_as_heavy_as_the_restricted_likelihood_times_their_room():
    value, variance = scores(2)
    walks = np.array([0.1, 0.3, 0.7, 1.5])
    found = told(value, variance, walks=walks)

    def likelihood(drift):
        """Of the changes from one score to the next, which do not know the level."""
        spread = np.diag(variance[:-1] + variance[1:] + drift**2) - np.diag(variance[1:-1], 1) - np.diag(variance[1:-1], -1)
        change = np.diff(value)
        return -np.linalg.slogdet(spread)[1] / 2 - change @ np.linalg.solve(spread, change) / 2

    chance = np.exp([likelihood(drift) for drift in found.drift]) * np.gradient(walks)
    assert found.weight == pytest.approx(chance / chance.sum(), rel=1e-6)


def test_a_period_without_score_is_the_one_that_was_never_asked():
    value, variance = scores(3)
    gap = value.copy()
    gap[[4, 5, 20]] = np.nan
    unknown = np.where(np.isnan(gap), 1e12, variance)
    walks = np.array([0.5])
    spread = told(gap, variance, walks=walks).drift[0]
    far = told(np.nan_to_num(gap, nan=50.0), unknown, walks=np.array([1.0]))
    scaled = told(np.nan_to_num(gap, nan=50.0), unknown, walks=np.array([spread / far.drift[0]]))
    assert told(gap, variance, walks=walks).mean() == pytest.approx(scaled.mean(), rel=1e-5)


@pytest.mark.parametrize(("season", "count"), [(0, 0), (2, 1), (4, 3), (12, 4)])
def test_waves_of_a_season_sum_to_nothing_over_it(season, count):
    found = season_waves(np.arange(max(season, 1)), season)
    assert found.shape[1] == count and found.sum(axis=0) == pytest.approx(np.zeros(count), abs=1e-12)
    assert np.linalg.matrix_rank(np.column_stack([np.ones(len(found)), found])) == count + 1
