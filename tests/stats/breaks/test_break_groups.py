import numpy as np
import pytest

from cxlib.stats.breaks.break_groups import same_place
from cxlib.stats.breaks.break_support import break_support


def group(seed, place, n=800):
    rng = np.random.default_rng(seed)
    x = np.ceil(rng.gamma(1.8, 6, n)).clip(max=45)
    return break_support(x, 8.5 - 0.25 * np.clip(x - place, 0, None) + rng.normal(0, 1.5, n))


def test_one_place_is_accepted_and_two_are_not():
    assert same_place([group(4, 12), group(5, 12), group(6, 12)]).p > 0.05
    differ = same_place([group(1, 6), group(2, 16)])
    assert differ.p < 0.01
    assert differ.places == pytest.approx((6, 16), abs=3)


def test_a_group_and_its_copy_share_the_place_exactly():
    found = same_place([group(1, 12), group(1, 12)])
    assert (found.statistic, found.p) == (pytest.approx(0), 1)


def test_order_of_groups_changes_only_the_order_of_places():
    a, b = group(1, 10), group(2, 14)
    first, second = same_place([a, b], draws=99), same_place([b, a], draws=99)
    assert first.statistic == pytest.approx(second.statistic)
    assert first.places == second.places[::-1]


def test_steps_are_compared_too():
    rng = np.random.default_rng(4)
    supports = []
    for place in (5, 9):
        x = rng.integers(0, 15, 1000)
        supports.append(break_support(x, 8 - 2.0 * (x > place) + rng.normal(0, 1, 1000)))
    assert same_place(supports, "step").places == (5, 9)


def test_one_group_is_refused():
    with pytest.raises(ValueError, match="supports holds 1 group, needs at least 2"):
        same_place([group(1, 12)])


@pytest.mark.slow
def test_a_common_place_is_rejected_in_at_most_5_percent():
    hits = sum(same_place([group(3 * s + k, 12, 600) for k in range(3)], draws=299, seed=s).p < 0.05
               for s in range(600))
    assert 0.015 <= hits / 600 <= 0.065
