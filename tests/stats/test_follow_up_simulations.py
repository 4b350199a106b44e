"""What is said of calling is right where the truth is known (table: tests/simulations/follow_up.csv)."""

import pandas as pd
import pytest

from tests.simulations import follow_up as simulated


@pytest.mark.slow
def test_the_table_is_made_anew_as_it_is_kept():
    pd.testing.assert_frame_equal(simulated.table(), pd.read_csv(simulated.TABLE), rtol=1e-4, check_dtype=False)


def test_what_is_said_of_calling_is_right():
    table = pd.read_csv(simulated.TABLE).set_index(["what", "truth"])
    assert table.estimate["clock", 7.0] == pytest.approx(7.0, abs=0.3) and table.naive["clock", 7.0] < 6.2
    for effect in (0.0, 0.6):
        assert table.estimate["called and not", effect] == pytest.approx(effect, abs=0.03)
        assert 0.93 <= table.covered["called and not", effect] <= 0.97
        assert table.estimate["only called", effect] == pytest.approx(effect, abs=0.1)
        assert table.naive["only called", effect] > effect + 0.8  # before and after
        assert table.covered["by chance", effect] >= 0.94
    assert table.said["only called", 0.0] <= 0.05 and table.said["by chance", 0.0] <= 0.03
    for ratio, (low, high) in {1.0: (0.97, 1.03), 0.7: (0.68, 0.73)}.items():
        assert low <= table.estimate["immortal time", ratio] <= high
        assert table.covered["immortal time", ratio] >= 0.92
        assert table.naive["immortal time", ratio] < 0.85 * ratio
    assert abs(table.estimate["speed", 0.0]) < 0.02 and table.naive["speed", 0.0] < -0.2
    assert 0.92 <= table.covered["speed", 0.0] <= 0.975
