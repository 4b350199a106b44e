import numpy as np
import pytest
from scipy import stats

from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.power import (
    balanced_assignment,
    periods_until_seen,
    smallest_seen,
    spread_of_change,
    units_needed,
)


def walks(seed, units, periods, noise, drift):
    rng = np.random.default_rng(seed)
    lasting = rng.normal(0, 5, (units, 1)) + np.cumsum(rng.normal(0, drift**0.5, (units, periods)), axis=1)
    return lasting + rng.normal(0, noise**0.5, (units, periods))


@pytest.mark.parametrize(("noise", "drift"), [(4.0, 0.5), (4.0, 0.0), (0.5, 2.0)])
def test_noise_and_drift_are_found(noise, drift):
    spread = spread_of_change(walks(1, 3000, 8, noise, drift) + np.arange(8) ** 2, np.full(3000, 8))
    assert (spread.noise, spread.drift) == pytest.approx((noise, drift), abs=0.15)


def test_a_change_counted_by_hand():
    # Two units that move 4 apart: each change lies 2 from their mean, 8 in squares with one degree of freedom.
    assert vars(spread_of_change([[0.0, 0], [0, 4]], [2, 2])) == {"noise": pytest.approx(4), "drift": 0}
    known = spread_of_change([[0.0, 0], [0, 4]], [2, 2], np.full((2, 2), 1.0))
    assert known.noise + known.drift / 2 == pytest.approx(4) and known.noise >= 1
    assert vars(spread_of_change([[0.0, 0], [0, 4]], [2, 2], np.full((2, 2), 9.0))) == {"noise": 9, "drift": 0}
    # Noise 4 and drift 1, two periods on each side: 4 (1/2 + 1/2) + (1/4 + 1 + 1/4), over 2 + 2 units.
    reach = stats.t.ppf(0.975, 2) + stats.t.ppf(0.8, 2)
    assert smallest_seen(4, 1, 2, 2, 2, 2) == pytest.approx(reach * 5.5**0.5)


def test_the_power_that_is_promised_is_kept():
    effect, start = smallest_seen(4, 0.2, 5, 3, 12, 18), np.repeat([5, 8], [12, 18])
    found = [rollout_effect(walks(seed, 30, 8, 4, 0.2) + effect * (np.arange(8) >= start[:, None]), start, resamples=1) for seed in range(200)]
    assert np.mean([each.low > 0 for each in found]) == pytest.approx(0.8, abs=0.08)


def test_periods_and_units_are_the_fewest_that_suffice():
    after = periods_until_seen(2.5, 9, 0.1, 6, 10, 20)
    assert smallest_seen(9, 0.1, 6, after, 10, 20) <= 2.5 < smallest_seen(9, 0.1, 6, after - 1, 10, 20)
    units = units_needed(2.5, 9, 0.1, 6, 4, 0.25)
    treated = round(units / 4)
    assert smallest_seen(9, 0.1, 6, 4, treated, units - treated) <= 2.5
    assert periods_until_seen(0.2, 9, 0.1, 6, 10, 20) is None and units_needed(0.01, 9, 0.1, 6, 4) is None
    assert periods_until_seen(-2.5, 9, 0.1, 6, 10, 20) == after
    assert smallest_seen(4, 1, 2, 2, 1, 1) == np.inf


def test_units_drawn_are_alike_in_level_and_size():
    rng = np.random.default_rng(3)
    level, size = rng.normal(70, 5, 48), rng.lognormal(4, 1, 48)
    gaps, free = [], []
    for seed in range(300):
        drawn = balanced_assignment(level, size, treated=16, seed=seed)
        chance = np.isin(np.arange(48), np.random.default_rng(seed).choice(48, 16, replace=False))
        assert drawn.sum() == 16
        for told, sides in ((gaps, drawn), (free, chance)):
            told.append([each[sides].mean() - each[~sides].mean() for each in (level, np.log(size))])
    assert (np.std(gaps, axis=0) < 0.65 * np.std(free, axis=0)).all() and np.abs(np.mean(gaps, axis=0)) == pytest.approx(0, abs=0.3)


def test_every_unit_may_be_drawn_and_the_order_of_units_does_not_matter():
    rng = np.random.default_rng(4)
    level, size, keys = rng.normal(70, 5, 10).round(), np.full(10, 30.0), np.array(list("abcdefghij"))
    often = np.mean([balanced_assignment(level, size, treated=5, seed=seed) for seed in range(400)], axis=0)
    assert often == pytest.approx(np.full(10, 0.5), abs=0.1)
    first = balanced_assignment(level, size, treated=7, seed=1, keys=keys)
    order = rng.permutation(10)
    assert (balanced_assignment(level[order], size[order], treated=7, seed=1, keys=keys[order]) == first[order]).all() and first.sum() == 7


@pytest.mark.parametrize("treated", [0, 3])
def test_none_and_all_are_no_draw(treated):
    with pytest.raises(ValueError, match="of 3 units"):
        balanced_assignment([1, 2, 3], [1, 1, 1], treated=treated)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="no key twice"):
        balanced_assignment([1, 2, 3], [1, 1, 1], treated=1, keys=["a", "a", "b"])
    with pytest.raises(ValueError, match="without gaps"):
        balanced_assignment([1, np.nan, 3], [1, 1, 1], treated=1)
    with pytest.raises(ValueError, match="two periods"):
        spread_of_change([[1.0], [2.0]], [1, 1])
    with pytest.raises(ValueError, match="start together"):
        spread_of_change([[1.0, 2], [2, 3]], [1, 2])
    with pytest.raises(ValueError, match="variances are"):
        smallest_seen(-1, 0, 1, 1, 2, 2)
    with pytest.raises(ValueError, match="other than 0"):
        periods_until_seen(0, 1, 0, 1, 2, 2)
    with pytest.raises(ValueError, match="share_treated"):
        units_needed(1, 1, 0, 1, 2, 1)
