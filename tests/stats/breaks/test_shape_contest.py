import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from cxlib.stats.breaks.bounded_shapes import bounded_fit
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.break_verdict import break_verdict
from cxlib.stats.breaks.shape_contest import BREAKS, shape_contest, smooth_curve

X = np.repeat(np.arange(1.0, 31), 8)
NOISE = np.random.default_rng(0).normal(0, 0.3, len(X))


def row(table, shape):
    return table.set_index("shape").loc[shape]


@pytest.mark.parametrize(("truth", "winner"), [
    (9 - 0.2 * X, "line"),
    (9 - 1.2 * np.sqrt(X), "square root"),
    (9 - 1.1 * np.log1p(X), "log"),
    (9 - 0.01 * (X - 3) ** 2, "quadratic"),
    (9 - 0.4 * np.clip(X - 12, 0, None), "kink"),
    (9 - 0.05 * X - 2 * (X > 12), "step"),
    (9 - 0.05 * X - 3 * (X > 12) - 0.3 * np.clip(X - 12, 0, None), "jump"),
    (9 - 0.4 * X + 0.4 * np.clip(X - 8, 0, None) - 0.5 * np.clip(X - 20, 0, None), "two kinks"),
])
def test_the_true_shape_wins(truth, winner):
    table = shape_contest(X, truth + NOISE)
    assert table["shape"][0] == winner
    assert table.behind[0] == 0


def test_residuals_of_smooth_shapes_agree_with_statsmodels():
    rng = np.random.default_rng(1)
    z, weight = rng.normal(size=len(X)), rng.uniform(0.5, 2, len(X))
    y = 9 - 1.1 * np.log1p(X) + z + NOISE
    table = shape_contest(X, y, weights=weight, covariates=z)
    columns = {"flat": [], "line": [X], "square root": [np.sqrt(X)], "log": [np.log1p(X)], "quadratic": [X, X**2]}
    for shape, terms in columns.items():
        peer = sm.WLS(y, np.column_stack([np.ones(len(X)), z, *terms]), weights=weight / weight.mean()).fit()
        assert row(table, shape).rss == pytest.approx(peer.ssr, rel=1e-8), shape
        assert row(table, shape).parameters == len(peer.params)


def test_bic_equals_the_formula():
    table = shape_contest(X, 9 - 0.2 * X + NOISE)
    n = len(X)
    assert table.bic.to_numpy() == pytest.approx(n * np.log(table.rss / n) + table.parameters * np.log(n))


def test_spline_lies_between_line_and_anything():
    table = shape_contest(X, 9 - 1.1 * np.log1p(X) + NOISE)
    assert row(table, "spline").rss < row(table, "line").rss
    assert row(table, "spline").parameters == 4


def test_full_scale_is_told_from_a_kink():
    rng = np.random.default_rng(2)
    x = rng.integers(1, 40, 5000).astype(float)
    y = np.clip(np.round(13 - 0.2 * x + rng.normal(0, 1.8, 5000)), 0, 10)
    without, with_scale = shape_contest(x, y), shape_contest(x, y, bounds=(0, 10))
    smooth = with_scale[~with_scale["shape"].isin(BREAKS)].bic.min()
    assert with_scale["shape"][0] == "ceiling"
    assert smooth < without.bic.min()


def test_ceiling_fit_is_the_mean_of_a_cut_normal():
    # Without noise the curve itself comes back: E[min(10, 10.5 - 0.12 x + 1.8 z)], cut at 0 as well.
    x = np.repeat(np.arange(0.0, 45), 3)
    middle = 10.5 - 0.12 * x
    low, high = -middle / 1.8, (10 - middle) / 1.8
    mean = (middle * (norm.cdf(high) - norm.cdf(low)) + 1.8 * (norm.pdf(low) - norm.pdf(high)) + 10 * norm.sf(high))
    for covariates in (None, np.random.default_rng(3).normal(size=len(x))):
        free = break_support(x, mean, covariates=covariates, flat_before=True)
        fit = bounded_fit(free, "ceiling", (0, 10))
        assert fit.rss < 1e-6 * free.rss
        assert fit.parameters == (3 if covariates is None else 4)
        assert fit.curve == pytest.approx(mean[::3], abs=0.01)


def test_logistic_fit_agrees_with_fractional_least_squares():
    x = np.repeat(np.arange(0.0, 45), 3)
    free = break_support(x, 1 / (1 + np.exp(-(2 - 0.15 * x))), flat_before=True)
    assert bounded_fit(free, "logistic", (0, 1)).rss < 1e-8 * free.rss


def test_a_design_effect_brings_the_shapes_closer():
    y = 9 - 0.4 * np.clip(X - 12, 0, None) + NOISE
    plain, cautious = shape_contest(X, y), shape_contest(X, y, design_effect=4)
    assert row(cautious, "line").behind < row(plain, "line").behind / 3


def test_negative_x_is_shifted_not_refused():
    table = shape_contest(X - 15, 9 - 0.2 * X + NOISE)
    assert row(table, "line").behind == 0


def test_breaks_are_left_out_when_no_place_has_rows_enough():
    table = shape_contest(X[:96], (9 - 0.2 * X + NOISE)[:96], side_rows=40)
    assert "two kinks" not in set(table["shape"])


def test_answers_outside_the_scale_are_named():
    with pytest.raises(ValueError, match=r"y runs from .* to .*, outside the scale 1 to 5"):
        shape_contest(X, 9 - 0.2 * X + NOISE, bounds=(1, 5))


@pytest.mark.parametrize("shape", ["line", "square root", "log", "shifted log", "quadratic", "spline", "ceiling", "logistic"])
def test_curve_gives_the_residuals_of_the_contest(shape):
    rng = np.random.default_rng(4)
    weight = rng.uniform(0.5, 2, len(X))
    y = 9 - 1.1 * np.log1p(X) + NOISE
    free = break_support(X, y, weights=weight, flat_before=True)
    fitted = smooth_curve(free, shape, (0, 10))[free.code]
    rss = np.sum(weight / weight.mean() * (y - fitted) ** 2)
    assert rss == pytest.approx(row(shape_contest(X, y, weights=weight, bounds=(0, 10)), shape).rss, rel=1e-6)


def test_a_curve_as_steep_as_a_step_is_no_smooth_shape():
    # Satisfaction 1-5 and who leaves: always at 1 and 2, 16 % at 3, never at 4 and 5.
    x = np.repeat([1.0, 2, 3, 4, 5], 200)
    left = np.concatenate([np.ones(400), np.arange(200) < 32, np.zeros(400)]).astype(float)
    shapes = set(shape_contest(x, left, bounds=(0, 1))["shape"])
    assert not {"ceiling", "logistic"} & shapes


def test_covariates_shift_a_bounded_curve_and_do_not_bend_it():
    # A step in x and a strong group effect: a curve that bent with the group would win without describing x at all.
    rng = np.random.default_rng(6)
    x, group = rng.integers(0, 30, 8000).astype(float), rng.integers(0, 2, 8000)
    y = (rng.random(8000) < 0.8 - 0.12 * (x > 5) - 0.6 * group).astype(float)
    assert shape_contest(x, y, bounds=(0, 1), covariates=group)["shape"][0] == "flat step"


@pytest.mark.parametrize("levels", [4, 5, 7, 11, 31])
def test_estimates_lie_in_their_intervals_on_scales_of_few_and_many_values(levels):
    """On few whole numbers a break lies between two of them: steps alone are looked for, and no kink is placed there."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x = np.repeat(np.arange(levels), 6000 // levels).astype(float)
        rise = np.clip((x - 0.37 * (levels - 1)) / (0.35 * (levels - 1)), 0, 1)
        found = break_verdict(x, (rng.random(len(x)) < 0.2 + 0.6 * rise).astype(float), bounds=(0, 1), draws=199, seed=seed)
        if levels <= 11:
            assert set(found.contest.loc[found.contest.kind == "break", "shape"]) <= {"step", "flat step"}
        if found.loss is not None:
            assert found.loss.low <= found.loss.estimate <= found.loss.high
            for place, (low, high) in zip(found.found.places, found.place.intervals, strict=True):
                assert low <= place <= high


def test_two_flat_levels_win_where_they_are_the_truth():
    rng = np.random.default_rng(3)
    x = np.minimum(rng.exponential(20, 8000).round(), 120.0)
    y = (rng.random(8000) < np.where(x > 12, 0.30, 0.42)).astype(float)
    found = break_verdict(x, y, bounds=(0, 1), draws=199, seed=1)
    assert (found.verdict, found.shape) == ("step", "flat step") and found.found.slopes == (0, 0)
    assert found.place.low <= 12 <= found.place.high and found.loss.low <= -0.12 <= found.loss.high
