import numpy as np
import pytest

from cxlib.stats.breaks.break_course import break_mean, drawn_means, jump_gap
from cxlib.stats.breaks.break_interval import place_interval
from cxlib.stats.breaks.break_support import break_support
from cxlib.stats.breaks.breakpoints import best_break
from cxlib.stats.breaks.two_breaks import best_pair
from cxlib.stats.breaks.two_breaks_interval import pair_interval

RNG = np.random.default_rng(0)
X = np.repeat(np.arange(1.0, 31), 20)
Y = 9 - 0.1 * X - 0.2 * np.clip(X - 12, 0, None) - 1.0 * (X > 12) + RNG.normal(0, 1, len(X))


@pytest.mark.parametrize("shape", ["kink", "step", "jump"])
def test_course_leaves_the_residuals_of_the_fit(shape):
    found = best_break(break_support(X, Y), shape)
    assert np.sum((Y - break_mean(found, X)) ** 2) == pytest.approx(found.rss, rel=1e-9)


def test_course_of_two_kinks_leaves_the_residuals_of_the_fit():
    found = best_pair(break_support(X, Y))
    assert np.sum((Y - break_mean(found, X)) ** 2) == pytest.approx(found.rss, rel=1e-9)


@pytest.mark.parametrize("shape", ["kink", "step", "jump"])
def test_drawn_courses_centre_on_the_fitted_one(shape):
    support = break_support(X, Y)
    found = best_break(support, shape)
    drawn = drawn_means(place_interval(support, found, draws=399).sample, [2.0, 25.0],
                        gap=jump_gap(found))
    assert np.median(drawn, axis=0) == pytest.approx(break_mean(found, [2.0, 25.0]), abs=0.1)


def test_drawn_courses_of_two_kinks_centre_on_the_fitted_one():
    support = break_support(X, Y)
    found = best_pair(support)
    drawn = drawn_means(pair_interval(support, found, draws=199).sample, [2.0, 25.0])
    assert np.median(drawn, axis=0) == pytest.approx(break_mean(found, [2.0, 25.0]), abs=0.15)
