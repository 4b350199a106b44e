import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cxlib.stats.follow_up.clock import clock, clocks_by_owner


def waits(n=300, median=7.0, open_share=0.25, seed=1):
    """Days until a call, exponential with the given median, and about a quarter still open when the data end."""
    rng = np.random.default_rng(seed)
    days, rate = rng.exponential(median / np.log(2), n), np.log(2) / median
    end = rng.exponential((1 - open_share) / open_share / rate, n)
    return np.minimum(days, end), days <= end


def test_counted_by_hand():
    # Day 1: one of five is done, 4/5 wait. Day 2: two of four, 2/5 wait. One is still open after 3 days. Day 5: the last.
    found = clock([1, 2, 2, 3, 5], [True, True, True, False, True], promise=2)
    assert (found.n, found.open, found.decided) == (5, 1, 5)
    assert found.kept == pytest.approx(3 / 5)
    assert found.course.waiting.tolist() == pytest.approx([4 / 5, 2 / 5, 0])
    assert found.course.at_risk.tolist() == [5, 4, 1]
    assert (found.median, found.median_low, found.median_high) == (2, 1, None)  # of five, half may still wait after day 5


def test_what_is_open_is_not_left_out():
    days, done = waits(20_000)
    found = clock(days, done, promise=7)
    assert found.median == pytest.approx(7.0, abs=0.3)
    assert np.median(days[done]) < 5.9  # the median of the closed alone
    assert found.kept == pytest.approx(0.5, abs=0.01)


def test_agrees_with_statsmodels():
    days, done = (np.round(waits(200)[0], 1), waits(200)[1])
    found, oracle = clock(days, done, promise=5), SurvfuncRight(days, done.astype(float))
    at = np.searchsorted(oracle.surv_times, 5, side="right") - 1
    assert found.kept == pytest.approx(1 - oracle.surv_prob[at], abs=1e-12)
    assert found.median == oracle.quantile(0.5)
    assert (found.median_low, found.median_high) == pytest.approx(oracle.quantile_ci(0.5, method="cloglog"), abs=0.11)


def test_a_promise_that_nobody_was_watched_for_is_not_judged():
    found = clock([1, 2, 3], [False, False, True], promise=30)
    assert found.kept is None and found.decided == 1
    assert clock([1, 2, 3], [True, True, True], promise=30).kept == 1  # all are done: no watching is needed


def test_nobody_was_reached():
    found = clock([4.0] * 20, [False] * 20, promise=2)
    assert (found.kept, found.kept_low) == (0, 0)
    assert found.kept_high == pytest.approx(1 - 0.025 ** (1 / 20))  # Clopper and Pearson for 0 of 20
    assert found.median is None and found.course.empty


def test_all_were_reached():
    found = clock(np.arange(1, 21) / 20, [True] * 20, promise=2)
    assert (found.kept, found.kept_high) == (1, 1)
    assert found.kept_low == pytest.approx(0.025 ** (1 / 20))
    assert found.course.high.is_monotonic_decreasing


def test_the_interval_covers():
    held = []
    for seed in range(300):
        days, done = waits(120, seed=seed)
        found = clock(days, done, promise=4)
        held.append(found.kept_low <= 1 - 0.5 ** (4 / 7) <= found.kept_high)
    assert 0.925 <= np.mean(held) <= 0.98


def owners(seed=1, slow=1.0):
    rng = np.random.default_rng(seed)
    owner = np.repeat(list("abcd"), 60)
    days = rng.exponential(7, 240) * np.where(owner == "d", slow, 1.0)
    return np.minimum(days, 15), days <= 15, owner


def test_an_owner_that_takes_longer_is_found_and_like_ones_are_not():
    days, done, owner = owners(slow=3.0)
    table = clocks_by_owner(days, done, owner, promise=2)
    assert table.p_adjusted["d"] < 0.01 and table.sooner["d"] < 0
    oracle = survdiff(days, done.astype(float), owner == "d")[1]
    assert table.p["d"] == pytest.approx(oracle, rel=1e-6)
    false = [clocks_by_owner(*owners(seed), promise=2).p_adjusted.min() < 0.05 for seed in range(60)]
    assert np.mean(false) <= 0.12


def test_small_owners_and_a_single_one_have_no_row():
    days, done, owner = owners()
    owner = owner.astype(object)
    owner[:55] = None
    assert set(clocks_by_owner(days, done, owner, promise=2).index) == {"b", "c", "d"}
    assert clocks_by_owner(days, done, np.full(240, "a"), promise=2).empty
    assert isinstance(clocks_by_owner(days, np.zeros(240, bool), owner, promise=2), pd.DataFrame)


def test_bad_input_names_the_remedy():
    with pytest.raises(ValueError, match="missing or negative"):
        clock([1, -2], [True, True], promise=2)
    with pytest.raises(ValueError, match="give days from 0"):
        clock([1], [True], promise=-1)
    with pytest.raises(ValueError, match="0 waits"):
        clock([], [], promise=2)
