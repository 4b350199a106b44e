"""Crosstabs against pandas, the estimates that stand elsewhere, a case counted by hand, and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxlib.stats.survey.crosstab import crosstab
from cxlib.stats.survey.indices import mean
from cxlib.stats.survey.proportions import share


def drawn(seed: int, n: int = 400, groups: int = 4):
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 6, n).astype(float)
    values[rng.random(n) < 0.1] = np.nan
    return values, rng.integers(-1, groups, n), rng.uniform(0.3, 3, n)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_pandas_and_of_the_estimates(seed, weighted):
    values, groups, weights = drawn(seed)
    weights = weights if weighted else np.ones(len(values))
    found = crosstab(values, groups, weights)
    rows = pd.DataFrame({"value": values, "group": groups, "weight": weights}).dropna()
    rows = rows[rows.group >= 0]
    table = pd.crosstab(rows.group, rows.value, rows.weight, aggfunc="sum", normalize="index")
    assert found.shares == pytest.approx(table.to_numpy()) and found.n.tolist() == rows.group.value_counts().sort_index().tolist()
    for group, of in rows.groupby("group"):
        level, top = mean(of.value, of.weight), share(of.value == 5, of.weight)
        assert (found.means[group], found.n_eff[group]) == pytest.approx((level.estimate, level.n_eff))
        assert found.shares[group, -1] == pytest.approx(top.estimate)


def test_counted_by_hand():
    """Six answers; group 0 gives 1, 1, 2, group 1 gives 5, 5, one without a group 3: bands 1-2, 3 and 4-5."""
    found = crosstab([1, 1, 2, 5, 5, 3], [0, 0, 0, 1, 1, -1], starts=[1, 3, 4])
    assert found.n.tolist() == [3, 2] and found.means.tolist() == pytest.approx([4 / 3, 5])
    assert found.shares.tolist() == [[1, 0, 0], [0, 0, 1]]
    # three of six: as uncertain as 3 * 6 / 3 = 6 draws; all of six among a half: 2 * 1/2^6
    assert found.p_shares[0, 0] == pytest.approx(2 / 64)


@pytest.mark.parametrize(("n", "shown"), [(1, 5), (3, 9), (10, 23)])
def test_the_p_of_a_mean_is_that_of_all_samples_counted_one_by_one(n, shown):
    """A group of n from a great many answers 0, 1 and 3, whose sum is at least `shown` or as far below the other way."""
    pool, rng = np.array([0.5, 0.3, 0.2]), np.random.default_rng(n)
    values = np.concatenate([np.repeat([0.0, 1.0, 3.0], (pool * 40_000).astype(int)), rng.choice([0.0, 1.0, 3.0], n)])
    group = np.repeat([-1, 0], [40_000, n])
    found = crosstab(values, group)
    total = values[-n:].sum()
    grid = np.array([1.0])
    for _ in range(n):
        grid = np.convolve(grid, [0.5, 0.3, 0, 0.2])
    exact = min(1, 2 * min(grid[: int(total) + 1].sum(), grid[int(total) :].sum()))
    if exact < 0.15:
        assert found.p_means[0] == pytest.approx(exact, rel=0.02)
    else:
        assert found.p_means[0] > 0.1


def test_a_group_of_five_that_answers_alike_is_no_certain_difference():
    """Its own spread is zero, which a Welch test takes for certainty; chance gives it in some hundredths of samples."""
    values = np.concatenate([np.repeat([1.0, 2, 3, 4, 5], 40), np.full(5, 5.0)])
    found = crosstab(values, np.repeat([-1, 0], [200, 5]))
    assert 1e-4 < found.p_means[0] < 0.05
    spread = values[:200].std(ddof=1) / np.sqrt(200)
    assert stats.norm.sf((5 - values[:200].mean()) / spread) < 1e-20  # what is left of Welch's error


@pytest.mark.parametrize("skewed", [[0.02, 0.03, 0.05, 0.1, 0.8], [0.2] * 5])
def test_where_nothing_differs_small_p_are_no_more_frequent_than_they_say(skewed):
    rng = np.random.default_rng(7)
    p = [crosstab(rng.choice(5, 60, p=skewed), np.repeat([0, 1, 2], [6, 20, 34])) for _ in range(300)]
    every = np.concatenate([np.concatenate([each.p_means, each.p_shares.ravel()]) for each in p])
    for level in (0.05, 0.01, 0.002):
        assert (every <= level).mean() < level * 1.6 + 3e-4


def test_empty_groups_and_rows_without_answers():
    found = crosstab([1, 2, np.nan], [0, 0, 1], count=3)
    assert found.n.tolist() == [2, 0, 0] and np.isnan(found.means[1:]).all() and np.isnan(found.p_means).all()  # no rest
    nobody = crosstab([np.nan], [0], starts=[1, 2])
    assert nobody.n.tolist() == [0] and nobody.shares.shape == (1, 2) and np.isnan(nobody.shares).all()


@pytest.mark.parametrize(("values", "groups", "weights", "starts"), [
    ([1, np.inf], [0, 0], None, None), ([1, 2], [0], None, None), ([1, 2], [0, 0], [1, 0], None), ([0, 2], [0, 0], None, [1, 2]),
])  # fmt: skip
def test_bad_input_is_refused(values, groups, weights, starts):
    with pytest.raises(ValueError):
        crosstab(values, groups, weights, starts=starts)
