import numpy as np
import pytest

from cxlib.stats.breaks.heaping import heaping, on_heaps


def test_heaps_equal_the_hand_count():
    # 8 to 12: 10 rows each but 10 has 40, two to either side average 10: excess 30 of 80.
    found = heaping(np.repeat([8, 9, 10, 11, 12], [10, 10, 40, 10, 10]))
    assert (found.unit, found.share, found.excess, found.n) == (10, 0.5, 0.375, 80)


def test_minutes_rounded_to_five_are_found_and_even_minutes_are_not():
    rng = np.random.default_rng(0)
    x = np.ceil(rng.gamma(1.8, 6, 4000))
    heaped = np.where(rng.random(4000) < 0.6, np.maximum(np.round(x / 5) * 5, 1), x)
    assert heaping(heaped).unit == 5
    assert heaping(x) is None


def test_quarter_hours_are_told_from_fives():
    rng = np.random.default_rng(1)
    x = np.ceil(rng.gamma(3, 20, 4000))
    assert heaping(np.where(rng.random(4000) < 0.6, np.round(x / 15) * 15, x)).unit == 15


def test_missing_values_and_fractions():
    x = np.repeat([8.0, 9, 10, 11, 12], [10, 10, 40, 10, 10])
    assert heaping(np.append(x, np.nan)).n == 80
    assert heaping(x + 0.5) is None
    assert heaping([]) is None


def test_zero_is_no_round_answer():
    assert on_heaps([0, 5, 7, 10], 5).tolist() == [False, True, False, True]


@pytest.mark.parametrize("times", [20, pytest.param(50, marks=pytest.mark.slow)])
def test_values_of_a_clock_are_not_told_as_rounded(times):
    """Whole seconds or minutes as a machine counts them: chance puts a fifth of them on multiples of five."""
    rng = np.random.default_rng(3)
    samples = [(n, most) for n in (300, 500, 1000) for most in (30, 240, 600, 1800)]
    told = [heaping(rng.integers(1, most + 1, n)) is not None for n, most in samples for _ in range(times)]
    skew = [heaping(np.round(rng.exponential(most / 4, n))) is not None for n, most in samples for _ in range(times)]
    assert np.mean(told) <= 0.05 and np.mean(skew) <= 0.05


def test_values_that_people_round_are_told():
    rng = np.random.default_rng(4)
    waits = rng.exponential(20, 500).round()
    rounded = rng.random(500) < 0.5
    waits[rounded] = 5 * np.round(waits[rounded] / 5)
    found = heaping(waits)
    assert found.unit == 5 and found.excess > 0.3
