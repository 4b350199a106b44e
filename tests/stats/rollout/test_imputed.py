import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.rollout import imputed
from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.imputed import imputed_effect

STARTS, UNTIL = np.repeat([3, 5, 7], [6, 5, 9]), np.r_[np.full(4, 7), 5, 6, np.full(11, 7), 2, 4, 6]


def panel(seed, units=20, periods=7, lasting=3.0):
    rng = np.random.default_rng(seed)
    return rng.normal(70, lasting, (units, 1)) + rng.normal(0, 3, (units, periods)) + rng.normal(0, 1, periods)


@pytest.fixture
def held(monkeypatch):
    """Only models of one memory, with variances of what lasts and of what lingers, in those of the rest and of what is new."""

    def held(lasting, memory="none", lingering=1.0):
        monkeypatch.setattr(imputed, "MEMORIES", {memory: (imputed_memories[memory][0], 1)})
        monkeypatch.setattr(imputed, "LASTING", np.log(np.atleast_1d(lasting)))
        monkeypatch.setattr(imputed, "LINGERING", [np.log(lingering)])
        monkeypatch.setattr(imputed, "ENOUGH", 1)
        monkeypatch.setattr(imputed, "FAR", 1000)

    imputed_memories = dict(imputed.MEMORIES)
    return held


def test_half_of_a_difference_returns_counted_by_hand(held):
    """Half of the variance lasts, so that half of the 11 points is expected to remain: 22 - 5.5, and they scored 17."""
    held(1.0)
    found = imputed_effect([[10.0, 16], [12, 18], [20, 22], [24, 22]], [1, 1, 2, 2])
    assert (found.estimate, found.rise, found.expected) == pytest.approx((0.5, 6, 5.5))
    # Squares: 131 / 2 of four first scores, and 2 / 1.5 of two second ones beyond half of the first, over 3 + 1 of freedom.
    variance = (131 / 2 + 2 / 1.5) / 4
    assert found.se == pytest.approx(np.sqrt(variance * 1.5 * (1 / 2 + 1 / 2))) and found.df == 2
    assert (found.treated, found.others, found.earlier, found.comparable, found.lasting) == (2, 2, 1, 1, 0.5)


def test_what_lasts_for_good_makes_it_a_difference_of_changes_and_what_does_not_a_difference_of_means(held):
    outcome, start = panel(1), np.repeat([4, 7], [8, 12])
    held(1e7)
    assert imputed_effect(outcome, start).estimate == pytest.approx(rollout_effect(outcome, start, resamples=0).estimate, abs=1e-5)
    held(1e-7)
    means = outcome[:8, 4:].mean() - outcome[8:, 4:].mean()
    assert imputed_effect(outcome, start).estimate == pytest.approx(means, abs=1e-5)


def test_one_model_is_the_mixed_model_of_another_program(held):
    outcome, known = panel(2), np.arange(7) < STARTS[:, None]
    cells = pd.DataFrame({"score": outcome.ravel(), "unit": np.repeat(np.arange(20), 7), "period": np.tile(np.arange(7), 20)})
    kept = (cells.period < STARTS.max()).to_numpy()
    dummies = [(~known).ravel() & (np.arange(140) == place) for place in np.flatnonzero(~known)]
    design = np.column_stack([pd.get_dummies(cells.period), *dummies]).astype(float)[kept]
    told = sm.MixedLM(cells.score[kept], design, groups=cells.unit[kept]).fit(reml=True)
    share = np.r_[np.zeros(7), np.full(len(dummies), 1 / len(dummies))]
    information = np.linalg.inv(told.cov_params())[:-1, :-1]  # on the coefficients, the share that lasts held
    held(float(np.asarray(told.cov_re)[0, 0] / told.scale))
    found = imputed_effect(outcome, STARTS)
    assert found.estimate == pytest.approx(share @ told.fe_params, rel=1e-4)
    assert found.se == pytest.approx(np.sqrt(share @ np.linalg.solve(information, share)), rel=1e-4)


def dense(outcome, known, counted, covariance):
    """Restricted likelihood, estimate and variance by matrices over all unit-periods at once, a column for each treated one."""
    used, (units, periods) = (known | counted).ravel(), outcome.shape
    dummies = np.eye(units * periods)[:, counted.ravel()]
    design = np.column_stack([np.tile(np.eye(periods), (units, 1)), dummies])[used]
    inverse = np.linalg.inv(np.kron(np.eye(units), covariance)[np.ix_(used, used)])
    information = design.T @ inverse @ design
    told = np.linalg.solve(information, design.T @ inverse @ outcome.ravel()[used])
    left = outcome.ravel()[used] - design @ told
    free, squares = used.sum() - design.shape[1], left @ inverse @ left
    likely = (np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(information)[1] - free * np.log(squares)) / 2
    share = np.r_[np.zeros(periods), np.full(counted.sum(), 1 / counted.sum())]
    return likely, share @ told, share @ np.linalg.solve(information, share) * squares / free


@pytest.mark.parametrize(("memory", "correlation"), [("short", 0.6), ("long", 0.9), ("walk", 1.0)])
def test_models_are_weighed_by_their_likelihood_and_doubt_widens_the_interval(held, memory, correlation):
    outcome, time, lasting = panel(3), np.arange(7), np.array([0.3, 0.8])
    known = time < np.minimum(STARTS, UNTIL)[:, None]
    counted = (time >= STARTS[:, None]) & (time < UNTIL[:, None])
    lingers = np.minimum.outer(time, time) / 3 if memory == "walk" else correlation ** np.abs(np.subtract.outer(time, time))
    told = [dense(outcome, known, counted, each + (np.eye(7) + 4 * lingers) / 5) for each in lasting]
    likely, estimates, variances = map(np.array, zip(*told, strict=True))
    weight = np.exp(likely - likely.max()) / np.exp(likely - likely.max()).sum()
    held(lasting, memory, 4.0)
    found = imputed_effect(outcome, STARTS, until=UNTIL)
    assert weight.min() > 0.02 and found.memory == memory
    assert found.lasting == pytest.approx(weight @ (lasting / (1 + lasting)))
    assert found.estimate == pytest.approx(weight @ estimates)
    assert found.se**2 == pytest.approx(weight @ (variances + (estimates - found.estimate) ** 2))


def test_a_finer_grid_says_the_same(monkeypatch):
    for units in (12, 200):
        outcome, start = panel(4, units), np.repeat([3, 5, 7], [units // 4, units // 4, units // 2])
        found = imputed_effect(outcome, start)
        with monkeypatch.context() as patch:
            patch.setattr(imputed, "ENOUGH", 800)
            finer = imputed_effect(outcome, start)
        assert found.estimate == pytest.approx(finer.estimate, abs=0.03 * finer.se) and found.se == pytest.approx(finer.se, rel=0.03)


def test_units_picked_for_a_low_score_return_and_no_more():
    """Over many units the change is far from 0 where nothing was done, and what is held against expectation is not."""
    outcome = panel(5, units=3000, periods=6)
    for earlier in (1, 2, 4):
        start = np.where(outcome[:, earlier - 1] <= np.quantile(outcome[:, earlier - 1], 0.3), earlier, 6)
        changed, found = rollout_effect(outcome, start, resamples=0), imputed_effect(outcome, start)
        assert changed.low > 0.5 and found.low < 0 < found.high and found.high - found.low < 0.7
        assert found.expected == pytest.approx(found.rise - found.estimate) and found.expected > 0.5
        with_it = imputed_effect(outcome + 3.0 * (np.arange(6) >= start[:, None]), start)
        assert (with_it.estimate, with_it.se) == pytest.approx((found.estimate + 3, found.se))
        assert found.earlier == earlier and found.lasting == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("memory", "correlation"), [("short", 0.6), ("walk", 1.0)])
def test_how_long_differences_last_is_seen_in_many_units(memory, correlation):
    rng = np.random.default_rng(6)
    outcome = panel(6, units=400, periods=8)
    strays = np.zeros(400)
    for period in range(8):
        strays = correlation * strays + rng.normal(0, 3, 400)
        outcome[:, period] += strays
    assert imputed_effect(outcome, np.repeat([5, 8], 200)).memory == memory


@pytest.mark.parametrize("scale", [1e-6, 1e9, -1.0])
def test_another_order_and_another_scale_say_the_same(scale):
    outcome, order = panel(7), np.random.default_rng(8).permutation(20)
    found = imputed_effect(outcome, STARTS, until=UNTIL)
    other = imputed_effect(outcome[order] * scale + 500 * scale + scale * np.arange(7), STARTS[order], until=UNTIL[order])
    assert other.estimate == pytest.approx(scale * found.estimate, rel=1e-6)
    assert (other.se, other.detectable) == pytest.approx((abs(scale) * found.se, abs(scale) * found.detectable), rel=1e-6)
    assert sorted([other.low / scale, other.high / scale]) == pytest.approx([found.low, found.high], rel=1e-6)
    assert (other.p, other.lasting, other.memory) == (pytest.approx(found.p, rel=1e-6), pytest.approx(found.lasting), found.memory)


def test_what_comes_after_something_else_began_does_not_count():
    outcome, time = panel(9), np.arange(7)
    found = imputed_effect(outcome, STARTS, until=UNTIL)
    after = imputed_effect(outcome + 100 * (time >= UNTIL[:, None]), STARTS, until=UNTIL)
    assert vars(after) == pytest.approx(vars(found))
    assert found.treated == 11 and found.others == 9
    gone = imputed_effect(outcome, STARTS, until=np.where(np.arange(20) < 3, 3, 7))  # three leave as they start: known before it
    assert gone.treated == 8 and gone.estimate != imputed_effect(outcome[3:], STARTS[3:]).estimate
    rises = [outcome[unit, STARTS[unit] :].mean() - outcome[unit, : STARTS[unit]].mean() for unit in range(3, 11)]
    assert gone.rise == pytest.approx(np.average(rises, weights=7 - STARTS[3:11]))
    assert vars(imputed_effect(outcome, STARTS, until=np.full(20, 7))) == vars(imputed_effect(outcome, STARTS))


def test_where_nobody_is_left_without_it_periods_are_left_out_and_counted():
    outcome, start = panel(10), np.repeat([3, 5], 10)
    found = imputed_effect(outcome, start)
    assert found.comparable == pytest.approx(20 / 60) and found.treated == 10 and found.others == 0
    assert found.estimate == pytest.approx(imputed_effect(outcome[:, :5], start).estimate)


def test_scores_that_do_not_vary_have_no_spread():
    flat = imputed_effect(np.full((8, 7), 0.3), [2] * 4 + [7] * 4)
    assert (flat.estimate, flat.low, flat.high, flat.p) == pytest.approx((0, 0, 0, 1))
    sure = imputed_effect(np.add.outer(np.arange(8.0), [0, 0, 0, 0]) + np.outer([1] * 4 + [0] * 4, [0, 0, 3, 3]), [2] * 4 + [4] * 4)
    assert sure.estimate == pytest.approx(3, abs=0.01) and sure.low < 3 < sure.high and sure.high - sure.low < 0.1
    assert sure.lasting > 0.999


def test_two_units_have_an_estimate_and_no_interval():
    found = imputed_effect([[1.0, 5.0], [2.0, 3.0]], [1, 2])
    assert 2 < found.estimate < 3 and np.isnan(found.se)  # from the difference of means to that of changes
    assert (found.low, found.high, found.p, found.df, found.detectable) == (-np.inf, np.inf, 1.0, 0, np.inf)


@pytest.mark.parametrize(("starts", "until", "message"), [
    ([2, 2, 2], None, "nobody is left"), ([2, 4, 4], [4, 2, 2], "nobody is left"), ([2, 4, 4], [2, 4, 4], "nobody is left"),
    ([4, 4, 4], None, "no unit has started"), ([0, 4, 4], None, "from 0"), ([2, 4, 4], [4, 4], "`until` of shape"),
    ([2, 4, 4], [0, 4, 4], "`until`"), ([2, 4, 4], [5, 4, 4], "from 1 to 4"), ([2, 4, 4], [4, np.nan, 4], "float64"),
])  # fmt: skip
def test_what_cannot_be_held_against_anything_is_refused(starts, until, message):
    with pytest.raises(ValueError, match=message):
        imputed_effect(panel(11, units=3, periods=4), starts, until=until)


def test_gaps_and_a_confidence_of_more_than_one_are_refused():
    outcome = panel(12)
    with pytest.raises(ValueError, match="1 gaps"):
        imputed_effect(np.where(outcome == outcome.max(), np.nan, outcome), STARTS)
    with pytest.raises(ValueError, match="confidence"):
        imputed_effect(outcome, STARTS, confidence=95)
