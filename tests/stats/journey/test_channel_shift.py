import numpy as np
import pandas as pd
import pytest

from cxlib.stats.journey.channel_shift import channel_shift


def cell(channel, later, mean, n):
    return pd.DataFrame({"value": np.repeat(mean, n) + np.resize([-1, 1], n), "channel": channel, "later": later})


def shift(rows, **asked):
    return channel_shift(rows.value, rows.channel, rows.later, resamples=asked.pop("resamples", 100), **asked)


def test_two_channels_by_hand():
    # Phone 8 -> 8.2 with .8 -> .4 of the contacts, web 6 -> 6.2: 7.6 -> 7.0. Within .2; mix: .4 moved from 8.1 to 6.1, -.8.
    rows = pd.concat([cell("phone", False, 8, 80), cell("web", False, 6, 20), cell("phone", True, 8.2, 40), cell("web", True, 6.2, 60)])
    found = shift(rows)
    assert found.parts.estimate.tolist() == pytest.approx([-0.6, -0.8, 0.2])
    assert found.hides  # every channel rose, the whole fell
    assert found.table.within.tolist() == pytest.approx([0.2 * 0.6, 0.2 * 0.4])
    assert found.table.loc["web", ["n_after", "share_after", "mean_after"]].tolist() == pytest.approx([60, 0.6, 6.2])
    assert (found.parts.low <= found.parts.estimate).all() and (found.parts.estimate <= found.parts.high).all()


@pytest.mark.parametrize("seed", range(10))
def test_the_parts_are_the_whole_change(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 400))
    values, channels, later = rng.normal(7, 2, n), rng.choice(list("abcd"), n), rng.random(n) < 0.5
    later[:2] = [True, False]
    weights = rng.uniform(0.2, 3, n)
    found = channel_shift(values, channels, later, weights=weights, resamples=20)
    change = np.average(values[later], weights=weights[later]) - np.average(values[~later], weights=weights[~later])
    assert found.parts.estimate["total"] == pytest.approx(change, abs=1e-12)
    assert found.parts.estimate[["mix", "within"]].sum() == pytest.approx(change, abs=1e-12)
    assert found.table[["mix", "within"]].sum().tolist() == pytest.approx(found.parts.estimate[["mix", "within"]].tolist(), abs=1e-12)
    back = channel_shift(values, channels, ~later, weights=weights, resamples=20)
    assert back.parts.estimate.tolist() == pytest.approx((-found.parts.estimate).tolist(), abs=1e-12)


def test_a_channel_that_is_new_is_a_matter_of_mix():
    rows = pd.concat([cell("phone", False, 8, 50), cell("phone", True, 8, 50), cell("chat", True, 5, 50)])
    found = shift(rows)
    assert found.parts.estimate.tolist() == pytest.approx([-1.5, -1.5, 0]) and not found.hides
    assert np.isnan(found.table.mean_before["chat"])


def test_blank_values_do_not_count_and_contacts_of_one_customer_are_drawn_together():
    rows = pd.concat([cell("phone", False, 8, 80), cell("web", True, 6, 60), cell("phone", True, 7, 40)], ignore_index=True)
    blank = pd.concat([rows, rows.iloc[:9].assign(value=np.nan)], ignore_index=True)
    assert shift(blank).parts.estimate.tolist() == pytest.approx(shift(rows).parts.estimate.tolist())
    whose = np.arange(len(rows)) // 10
    together, apart = shift(rows, clusters=whose, resamples=400), shift(rows, resamples=400)
    assert (together.parts.high - together.parts.low)["mix"] > (apart.parts.high - apart.parts.low)["mix"]


def test_the_intervals_hold_the_truth():
    rng, held = np.random.default_rng(1), []
    for _ in range(100):
        n = 300
        later = np.repeat([False, True], n // 2)
        web = rng.random(n) < np.where(later, 0.6, 0.2)
        values = rng.normal(np.where(web, 6, 8) + 0.3 * later, 2)
        parts = channel_shift(values, web, later, resamples=200).parts
        held.append((parts.low <= [-0.5, -0.8, 0.3]) & (parts.high >= [-0.5, -0.8, 0.3]))
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="give values of both"):
        channel_shift([1, 2, np.nan], ["a", "a", "b"], [False, False, True])
    with pytest.raises(ValueError, match="zero or negative"):
        channel_shift([1, 2], ["a", "a"], [False, True], weights=[1, 0])
