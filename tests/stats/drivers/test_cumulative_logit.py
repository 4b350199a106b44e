import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from cxlib.stats.drivers.cumulative_logit import cumulative_logit

RNG = np.random.default_rng(5)


def ordered(n=400):
    x = RNG.normal(size=(n, 3))
    latent = x @ [1.0, 0.5, 0.0] + RNG.logistic(size=n)
    return x, np.digitize(latent, [-0.5, 1.0])


def test_two_classes_by_hand():
    # 3 of 4 without and 1 of 4 with the feature: log odds ratio = log((1/3) / (3/1)) = -log 9
    x = np.repeat([[0.0], [1.0]], 4, axis=0)
    fit = cumulative_logit(x, [1, 1, 1, 0, 1, 0, 0, 0], np.ones((8, 1)))
    assert fit.slopes[0, 0] == pytest.approx(-np.log(9), abs=1e-8)


def test_two_classes_agree_with_statsmodels():
    x, classes = ordered()
    fit = cumulative_logit(x, (classes == 2).astype(int), np.ones((400, 1)))
    expected = sm.Logit(classes == 2, sm.add_constant(x)).fit(disp=0, tol=1e-12)
    assert fit.slopes[:, 0] == pytest.approx(expected.params[1:], abs=1e-8)
    assert fit.mcfadden[0] == pytest.approx(expected.prsquared, abs=1e-10)


def test_three_classes_agree_with_statsmodels():
    x, classes = ordered()
    fit = cumulative_logit(x, classes, np.ones((400, 1)))
    expected = OrderedModel(classes, x, distr="logit").fit(method="newton", disp=0, tol=1e-12)
    assert fit.slopes[:, 0] == pytest.approx(np.asarray(expected.params)[:3], abs=1e-6)
    assert fit.likelihood[0] == pytest.approx(expected.llf, abs=1e-7)


def test_draws_are_fitted_as_if_alone_and_weights_are_repeated_rows():
    x, classes = ordered(150)
    counts = RNG.integers(0, 3, (150, 4)).astype(float)
    together = cumulative_logit(x, classes, counts)
    for draw in range(4):
        rows = np.repeat(np.arange(150), counts[:, draw].astype(int))
        alone = cumulative_logit(x[rows], classes[rows], np.ones((len(rows), 1)))
        assert together.slopes[:, draw] == pytest.approx(alone.slopes[:, 0], abs=1e-7)


def test_separated_classes_do_not_converge():
    x = np.arange(20.0)[:, None] / 10
    assert not cumulative_logit(x, (x[:, 0] > 1).astype(int), np.ones((20, 1))).converged[0]
