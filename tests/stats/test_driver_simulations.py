"""Intervals of importance, paths and impacts hold the truth, and noise is seldom called a driver (simulations/drivers.csv)."""

import pandas as pd
import pytest

from tests.simulations import drivers as simulated


def test_the_kept_table_keeps_the_promise():
    table = pd.read_csv(simulated.TABLE).set_index("figure")
    assert set(table.n) == {150, 1000} and set(table.weights) == {False, True}
    noise = table.loc[simulated.NOISE]
    assert (noise.share <= 0.05 + 2 * (0.05 * 0.95 / noise.runs) ** 0.5).all()  # Monte Carlo error of a rate of 5 %
    assert noise.share.mean() <= 0.05
    assert table.drop(simulated.NOISE).share.between(0.935, 0.965).all()


@pytest.mark.slow
def test_the_small_sample_comes_out_again():
    kept = pd.read_csv(simulated.TABLE).query("n == 150").reset_index(drop=True)
    pd.testing.assert_frame_equal(simulated.simulated(sizes=(150,)).round(4), kept, atol=2e-3)
