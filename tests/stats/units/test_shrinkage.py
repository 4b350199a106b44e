import numpy as np
import pandas as pd
import pytest

from cxlib.stats.units.between_units import between_units
from cxlib.stats.units.shrinkage import shrunken_levels
from tests.simulations import units as simulated


def test_ten_units_by_hand():
    # Levels -9, -7, ... 9: mean 0, spread 330/9; variance 10 each, so B = 10 / (330/9) * 7/9 = 7/33.
    table = shrunken_levels(np.arange(-9, 10, 2), np.full(10, 10.0))
    drawn = 10 / (330 / 9) * 7 / 9
    assert table.drawn.tolist() == pytest.approx([drawn] * 10)
    assert table.level.tolist() == pytest.approx((np.arange(-9, 10, 2) * (1 - drawn)).tolist())
    variance = 10 * (1 - drawn * 9 / 10) + 2 / 7 * drawn**2 * 81
    assert table.high.iloc[-1] - table.level.iloc[-1] == pytest.approx(1.959964 * variance**0.5)


def test_few_units_keep_their_own_levels():
    table = shrunken_levels([1, 2, 3], [1, 1, 4])
    assert table.level.tolist() == [1, 2, 3] and (table.drawn == 0).all()
    assert table.high.tolist() == pytest.approx([1 + 1.959964, 2 + 1.959964, 3 + 2 * 1.959964])


def test_order_and_direction_do_not_matter():
    rng = np.random.default_rng(3)
    levels, variances = rng.normal(0, 5, 14), rng.uniform(1, 9, 14)
    table, turned = shrunken_levels(levels, variances), shrunken_levels(-levels[::-1], variances[::-1])
    assert table.low.tolist() == pytest.approx((-turned.high[::-1]).tolist())


@pytest.mark.parametrize("units", [10, 24, 48])
@pytest.mark.parametrize("spread", [0, 1, 3, 8])
def test_intervals_hold_the_true_levels_where_plain_plugging_in_does_not(units, spread):
    rng, held, plain = np.random.default_rng(units + spread), [], []
    for _ in range(250):
        variances = 900 / rng.integers(10, 200, units)
        true = 50 + spread * rng.standard_normal(units)
        levels = true + np.sqrt(variances) * rng.standard_normal(units)
        table, among = shrunken_levels(levels, variances), between_units(levels, variances)
        held.append(((table.low <= true) & (true <= table.high)).mean())
        share = variances / (variances + among.spread**2)
        error = 1.96 * np.sqrt(variances * (1 - share))
        plain.append((abs(among.level + (1 - share) * (levels - among.level) - true) <= error).mean())
    assert np.mean(held) >= 0.94
    assert np.mean(plain) < np.mean(held)


def test_the_kept_table_keeps_the_promise():
    table = pd.read_csv(simulated.TABLE)
    held, named = (table[table.figure == name] for name in ("interval holds the level", "any equal unit named"))
    assert set(held.units) == {10, 24, 48} and held.spread.min() == 0 and held.spread.max() == 8
    assert (held.value >= 0.94).all() and (named.value <= 0.05).all()


@pytest.mark.slow
def test_a_part_of_the_table_comes_out_again():
    kept = pd.read_csv(simulated.TABLE).set_index(["figure", "units", "spread"]).value
    assert simulated.levels_held(24, 3, 2000) == pytest.approx(kept["interval holds the level", 24, 3], abs=1e-4)
    assert simulated.equal_units_named(10, 1000) == pytest.approx(kept["any equal unit named", 10, 0], abs=1e-4)
