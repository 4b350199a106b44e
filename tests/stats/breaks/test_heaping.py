import numpy as np

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
