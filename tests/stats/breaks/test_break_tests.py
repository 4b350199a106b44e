import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.break_tests import line_slope, line_test
from cxlib.stats.breaks.breakpoints import one_break
from tests.reference.tipping_points import DATA, reference


def waits(rng, n):
    return np.ceil(rng.gamma(1.8, 6, n)).clip(max=45)


def rejections(make, runs, **options):
    hits = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        hits += line_test(*make(rng), draws=199, seed=seed, **options).p <= 0.05  # 10 of 200 exactly
    return hits / runs


def test_planted_kink_is_rejected_and_the_line_is_not():
    rng = np.random.default_rng(0)
    x, noise = waits(rng, 1000), rng.normal(0, 1.8, 1000)
    assert line_test(x, 8 - 0.1 * x + noise).p > 0.05
    bent = line_test(x, 8.5 - 0.22 * np.clip(x - 12, 0, None) + noise)
    assert bent.p == 0.001
    assert bent.place == pytest.approx(12, abs=3)


def test_two_opposite_kinks_that_a_pseudo_score_misses_are_rejected():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 30, 1000)
    for sign in (1, -1):
        y = sign * (0.3 * np.clip(x - 10, 0, None) - 0.3 * np.clip(x - 20, 0, None)) + rng.normal(0, 1, 1000)
        assert line_test(x, y).p < 0.01


def test_statistic_equals_a_robust_score_by_hand():
    # With x 0, 1, 2, 3 a single place is open; score of the kink at 1 over its variance from squared residuals.
    rng = np.random.default_rng(2)
    x, y = np.repeat([0.0, 1, 2, 3], 10), rng.normal(size=40)
    tested = line_test(x, y, side_share=0, side_rows=15)
    design = np.column_stack([np.ones(40), x])
    hat = design @ np.linalg.pinv(design)
    e, scores = y - hat @ y, []
    for term in (np.clip(x - 1, 0, None), (x > 1) * 1.0):
        u = term - hat @ term
        scores.append((u @ e) ** 2 / (40 / 38 * np.sum(u**2 * e**2)))
    assert tested.statistic == pytest.approx(max(scores))
    assert tested.place == 1


def test_answers_repeated_by_one_unit_count_once():
    # Every answer given three times: without clusters the score triples, with clusters it stays.
    rng = np.random.default_rng(3)
    x = waits(rng, 300)
    y, unit = 8 - 0.1 * x + rng.normal(0, 1.8, 300), np.arange(300)
    once = line_test(x, y, side_rows=15)
    thrice = line_test(np.repeat(x, 3), np.repeat(y, 3), clusters=np.repeat(unit, 3), side_rows=45)
    assert thrice.statistic == pytest.approx(once.statistic, rel=0.01)
    assert thrice.design_effect == pytest.approx(3 * once.design_effect, rel=0.01)


def test_slope_and_its_error_agree_with_statsmodels():
    rng = np.random.default_rng(4)
    x, z, weight, unit = waits(rng, 200), rng.normal(size=200), rng.uniform(0.5, 2, 200), rng.integers(0, 40, 200)
    y = 8 - 0.1 * x + 0.5 * z + rng.normal(0, 1 + 0.05 * x)
    fit = sm.WLS(y, sm.add_constant(np.column_stack([x, z])), weights=weight)
    ours = line_slope(break_support(x, y, weights=weight, covariates=z))
    peer = fit.fit(cov_type="HC1")
    assert ours.estimate == pytest.approx(peer.params[1])
    assert (ours.low, ours.high) == pytest.approx(tuple(peer.conf_int()[1]))
    ours = line_slope(break_support(x, y, weights=weight, covariates=z, clusters=unit))
    peer = fit.fit(cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False})
    assert (ours.high - ours.low) / 2 == pytest.approx(1.959964 * peer.bse[1] * np.sqrt(200 / 197), rel=1e-6)


def test_the_same_seed_repeats_and_weights_only_count_by_ratio():
    x, y = reference("pr_readme")
    weight = np.random.default_rng(5).uniform(0.5, 2, len(x))
    first, tenfold = (line_test(x, y, weights=w, draws=99) for w in (weight, 10 * weight))
    assert line_test(x, y, weights=weight, draws=99) == first
    assert (tenfold.statistic, tenfold.p) == pytest.approx((first.statistic, first.p))


def test_runs_where_a_score_test_on_proportions_stops_and_on_100_000_rows():
    rng = np.random.default_rng(6)
    x = waits(rng, 100_000)
    top = (rng.random(100_000) < 0.6 - 0.02 * np.clip(x - 12, 0, 25)).astype(float)
    assert line_test(x, top, draws=199).p == 0.005


@pytest.mark.slow
@pytest.mark.parametrize("spread", [lambda x: 1.8, lambda x: 1.8 * (0.4 + 0.06 * x)])
@pytest.mark.parametrize(("n", "runs"), [(300, 3000), (1000, 1500), (5000, 1500)])
def test_a_true_line_is_rejected_in_5_percent(n, runs, spread):
    def line(rng):
        x = waits(rng, n)
        return x, 8.5 - 0.1 * x + spread(x) * rng.normal(size=n)

    assert 0.035 <= rejections(line, runs) <= 0.065


@pytest.mark.slow
def test_a_true_line_with_weights_a_confounder_and_clusters_is_rejected_in_5_percent():
    hits = 0
    for seed in range(600):
        rng = np.random.default_rng(seed)
        unit = np.repeat(np.arange(300), 3)
        hard = rng.random(900) < 0.4
        x = np.round(waits(rng, 900) * (1 + 0.7 * hard))
        y = 8 - 0.1 * x - hard + rng.normal(0, 1.2, 300)[unit] + rng.normal(0, 1.2, 900)
        hits += line_test(x, y, weights=rng.lognormal(0, 0.55, 900), covariates=hard, clusters=unit, draws=199,
                          seed=seed).p <= 0.05
    assert 0.03 <= hits / 600 <= 0.07


def test_runs_on_the_binomial_data_where_score_based_selection_stops():
    file = DATA / "down.csv"
    if not file.exists():
        pytest.skip("reference data down.csv is not beside the checkout")
    down = pd.read_csv(file)
    rate, options = down.cases / down.births, {"weights": down.births, "side_rows": 3}
    assert line_test(down.age, rate, **options).p < 0.01
    found = one_break(down.age, rate, **options)
    assert 29.5925 < found.places[0] < 45  # on the rate itself the bend comes later than on the peer's logit scale, 31.08
    assert found.slopes[1] > 5 * abs(found.slopes[0])
