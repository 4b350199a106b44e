from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.value.portfolio import best_set, combined_value, marginal_returns
from tests.effort import some_of


def projects(**columns):
    table = pd.DataFrame(columns, index=list("abcdefgh")[: len(columns["gain"])])
    return table.assign(**{key: value for key, value in {"reach": 0.0, "pool": "one"}.items() if key not in columns})


def subsets(names):
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def test_overlap_counts_a_person_once():
    # a moves half of 100 people for 2 each, b moves 40 % for 1 each: b finds half of its people already moved.
    table = projects(gain=[100.0, 40.0], reach=[0.5, 0.4], cost=[0, 0])
    assert combined_value(table, ["a", "b"]) == pytest.approx(100 + 40 * 0.5)
    apart = table.assign(pool=["one", "two"])
    assert combined_value(apart, ["b", "a"]) == pytest.approx(140)


@pytest.mark.parametrize("seed", some_of(8, fast=3))
def test_the_best_set_is_that_of_a_complete_search(seed):
    rng = np.random.default_rng(seed)
    table = projects(gain=rng.uniform(1, 30, 8), reach=rng.uniform(0.1, 0.9, 8), pool=rng.choice(["x", "y"], 8),
                     cost=rng.uniform(1, 12, 8), staff=rng.integers(1, 5, 8).astype(float))
    limits = {"cost": 30.0, "staff": 9.0}

    def allowed(names):
        inside = list(names)
        within = all(table.loc[inside, key].sum() <= most for key, most in limits.items())
        return within and ("a" not in inside or "b" in inside) and not {"c", "d"} <= set(inside)

    every = {names: combined_value(table, names) - table.cost[list(names)].sum()
             for names in subsets(table.index) if allowed(names)}
    found = best_set(table, limits=limits, requires=[("a", "b")], excludes=[("c", "d")])
    assert found.bound
    assert found.net == pytest.approx(max(every.values()), abs=1e-6)
    assert allowed(found.chosen)


def test_the_loss_limit_keeps_out_the_daring_project():
    table = projects(gain=[10.0, 8.0], cost=[5.0, 5.0])
    draws = np.random.default_rng(1).normal([5.0, 3.0], [40.0, 1.0], (4000, 2))

    def net(chosen):
        return draws[:, [list(table.index).index(name) for name in chosen]].sum(axis=1)

    assert best_set(table).chosen == ("a", "b")
    careful = best_set(table, net_draws=net, loss_limit=5.0)
    assert careful.chosen == ("b",)
    assert careful.low == pytest.approx(np.quantile(draws[:, 1], 0.1))


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_the_currency_does_not_matter(unit):
    table = projects(gain=[4.5, 2.9, 4.6, 3.25, 2.8], reach=[0.10, 0.06, 0.11, 0.08, 0.07], cost=[6.6, 2.8, 12.4, 2.4, 2.0])
    money = table.assign(gain=table.gain * unit, cost=table.cost * unit)
    found = best_set(money, limits={"cost": 9.0 * unit})
    assert found.chosen == ("d", "e")
    assert found.net == pytest.approx(unit * (3.25 + 2.8 * 0.92 - 4.4))


def test_nothing_is_chosen_when_nothing_pays():
    found = best_set(projects(gain=[1.0, 2.0], cost=[3.0, 4.0]))
    assert (found.chosen, found.net, found.bound) == ((), 0.0, True)


def test_marginal_returns_show_over_investment():
    # Both reach 80 % of the same people at the same worth: the second finds only a fifth of them left.
    table = projects(gain=[80.0, 80.0], reach=[0.8, 0.8], cost=[20.0, 20.0])
    found = marginal_returns(table)
    assert found.added.tolist() == pytest.approx([80, 16])
    assert found.marginal_return.tolist() == pytest.approx([4, 0.8])
    assert found.net.tolist() == pytest.approx([60, 56])
    assert marginal_returns(table, ["b", "a"]).index.tolist() == ["b", "a"]


def test_bad_projects_are_refused():
    with pytest.raises(ValueError, match=r"lack the columns \['staff'\]"):
        best_set(projects(gain=[1.0], cost=[1.0]), limits={"staff": 1})
    with pytest.raises(ValueError, match="leave out what loses by itself"):
        best_set(projects(gain=[-1.0], cost=[1.0]))
