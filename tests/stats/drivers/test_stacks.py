import numpy as np
import pytest

from cxlib.stats.drivers.stacks import inverted, solved


def stack(p, draws):
    values = np.random.default_rng(0).normal(size=(draws, 3 * p, p))
    return np.moveaxis(np.swapaxes(values, 1, 2) @ values, 0, 2)


def test_every_draw_is_solved_as_numpy_solves_it():
    matrices, right = stack(4, 7), np.random.default_rng(1).normal(size=(4, 7))
    for draw in range(7):
        assert solved(matrices, right)[:, draw] == pytest.approx(np.linalg.solve(matrices[:, :, draw], right[:, draw]))
        assert inverted(matrices)[:, :, draw] == pytest.approx(np.linalg.inv(matrices[:, :, draw]))


def test_collinear_draw_is_nan_and_leaves_the_others_alone():
    matrices = stack(2, 2)
    matrices[:, :, 0] = 1
    solution = solved(matrices, np.ones((2, 2)))
    assert np.isnan(solution[:, 0]).all() and np.isfinite(solution[:, 1]).all()
