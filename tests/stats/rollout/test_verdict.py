from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.rollout.adjusted import AdjustedEffect
from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.placebo import PlaceboRank
from cxlib.stats.rollout.verdict import AGAINST_PLAN, ALLOWED, against_plan, rollout_verdict

SOME = rollout_effect(np.random.default_rng(1).normal(0, 1, (20, 6)), np.repeat([4, 6], 10), resamples=1)


def change(low, high, **more):
    told = {"p_redrawn": 0.01, "trend_p": 0.5, "placebo_p": 0.5} | more
    return replace(SOME, estimate=(low + high) / 2, low=low, high=high, **told)


def adjusted(low, high):
    return AdjustedEffect((low + high) / 2, 1, low, high, 20, 0.5, 0, 0, 10, 10, 4, False, 1)


@pytest.mark.parametrize(("ends", "more", "said"), [
    ((1, 3), {}, "worked"), ((-3, -1), {}, "harmed"), ((-1, 1), {}, "no_effect"), ((-1, 3), {}, "cannot_tell"),
    ((1, 3), {"p_redrawn": 0.06}, "cannot_tell"), ((1, 3), {"treated": 1}, "cannot_tell"), ((-1, 1), {"units": 5}, "cannot_tell"),
    ((1, 3), {"earlier": 1, "trend_p": 0.01}, "worked"), ((1, 3), {"group_time": pd.DataFrame({"others": [1, 1]})}, "cannot_tell"),
])  # fmt: skip
def test_drawn_at_random(ends, more, said):
    assert rollout_verdict("random", smallest=2, effect=change(*ends, **more)) == said


@pytest.mark.parametrize(("ends", "beside", "more", "said"), [
    ((1, 3), (1, 4), {}, "worked"), ((-3, -1), (-4, -1), {}, "harmed"), ((1, 3), (-4, -1), {}, "cannot_tell"),
    ((1, 3), (-1, 3), {}, "cannot_tell"), ((-1, 3), (1, 3), {}, "cannot_tell"), ((-1, 1), (-1.5, 1), {}, "no_effect"),
    ((-1, 1), (-1, 2.5), {}, "cannot_tell"), ((1, 3), (1, 4), {"trend_p": 0.04}, "cannot_tell"),
    ((1, 3), (1, 4), {"placebo_p": 0.04}, "cannot_tell"), ((-1, 1), (-1, 1), {"trend_p": 0.04}, "cannot_tell"),
    ((1, 3), (1, 4), {"trend_p": None, "placebo_p": None, "earlier": 2}, "worked"), ((1, 3), (1, 4), {"earlier": 1}, "cannot_tell"),
])  # fmt: skip
def test_picked_otherwise(ends, beside, more, said):
    assert rollout_verdict("other", smallest=2, effect=change(*ends, **more), adjusted=adjusted(*beside)) == said


@pytest.mark.parametrize(("ends", "beside", "more", "said"), [
    ((3, 5), (1, 4), {}, "worked"), ((-1, 3), (1, 4), {}, "worked"), ((-3, 1), (1, 4), {}, "cannot_tell"),
    ((-5, -3), (-4, -1), {}, "harmed"), ((3, 5), (-1, 1), {}, "as_expected_without"), ((3, 5), (-4, 1.9), {}, "as_expected_without"),
    ((3, 5), (-4, 2.1), {}, "cannot_tell"), ((-5, -3), (-1.9, 4), {}, "as_expected_without"), ((-5, -3), (-2.1, 4), {}, "cannot_tell"),
    ((-1, 1), (-1, 1), {}, "no_effect"), ((-1, 3), (-1, 1), {}, "cannot_tell"), ((3, 5), (1, 4), {"earlier": 1}, "cannot_tell"),
    ((3, 5), (0.5, 1.5), {"earlier": 1}, "as_expected_without"), ((3, 5), (-1, 1), {"earlier": 1}, "as_expected_without"),
    ((-1, 1), (-1, 1), {"earlier": 1}, "cannot_tell"), ((3, 5), (1, 4), {"trend_p": 0.01}, "worked"), ((3, 5), (1, 4), {"treated": 1}, "cannot_tell"),
])  # fmt: skip
def test_picked_for_the_score(ends, beside, more, said):
    assert rollout_verdict("score", smallest=2, effect=change(*ends, **more), adjusted=adjusted(*beside)) == said


@pytest.mark.parametrize(("rank", "said"), [
    (PlaceboRank(2, 0.05, 1, 20), "worked"), (PlaceboRank(-2, 0.04, 1, 25), "harmed"), (PlaceboRank(2, 1 / 19, 1, 19), "cannot_tell"),
    (PlaceboRank(2, 0.01, 1, 10), "cannot_tell"), (PlaceboRank(2, 0.08, 2, 25), "cannot_tell"),
])  # fmt: skip
def test_one_unit(rank, said):
    assert rollout_verdict("one_unit", smallest=2, rank=rank) == said


@pytest.mark.parametrize(("ends", "series", "customers"), [
    ((1, 3), "rose_then", "worked"), ((-3, -1), "fell_then", "harmed"), ((-1, 1), "no_effect", "no_effect"),
    ((-1, 3), "cannot_tell", "cannot_tell"), ((0.1, 0.2), "rose_then", "worked"), ((0, 3), "cannot_tell", "cannot_tell"),
])  # fmt: skip
def test_a_series_rose_then_and_customers_at_random_show_that_it_worked(ends, series, customers):
    found = SimpleNamespace(low=ends[0], high=ends[1], bounds=None)
    assert rollout_verdict("series", smallest=2, shift=found) == series
    assert rollout_verdict("customers", smallest=2, difference=found) == customers
    found.bounds = SimpleNamespace(low=-1, high=2.5)
    assert rollout_verdict("customers", smallest=2, difference=found) == "cannot_tell"


def test_nothing_is_said_that_the_design_does_not_allow():
    rng = np.random.default_rng(2)
    for _ in range(300):
        (low, high), (least, most) = np.sort(rng.normal(0, 3, (2, 2)), axis=1)
        found = change(low, high, p_redrawn=rng.random() / 10, trend_p=rng.random(), earlier=int(rng.integers(1, 5)))
        said = {design: rollout_verdict(design, smallest=2, effect=found, adjusted=adjusted(least, most)) for design in ("random", "other", "score")}
        assert all(verdict in ALLOWED[design] for design, verdict in said.items())
        assert found.earlier > 1 or said["score"] in {"as_expected_without", "cannot_tell"}
        assert against_plan(low, high, 1, 3, smallest=2) in AGAINST_PLAN


def test_a_verdict_without_its_estimate_is_refused():
    for design in ALLOWED:
        with pytest.raises(ValueError, match="this design needs"):
            rollout_verdict(design, smallest=2)
    with pytest.raises(ValueError, match="needs `adjusted`"):
        rollout_verdict("other", smallest=2, effect=SOME)
    with pytest.raises(ValueError, match="must be one of"):
        rollout_verdict("chance", smallest=2)
    with pytest.raises(ValueError, match="above 0"):
        rollout_verdict("series", smallest=0, shift=SOME)


@pytest.mark.parametrize(("ends", "plan", "said"), [
    ((4, 6), (1, 3), "above_plan"), ((0.2, 0.8), (1, 3), "below_plan"), ((-3, -1), (1, 3), "below_plan"), ((1, 4), (1, 3), "as_planned"),
    ((0.5, 1.2), (1, 3), "cannot_tell"), ((-1, 4), (1, 3), "cannot_tell"), ((-1, 1.5), (1, 3), "no_effect"), ((2.5, 6), (1, 3), "cannot_tell"),
    ((-6, -4), (-3, -1), "above_plan"), ((-4, -1), (-3, -1), "as_planned"), ((-0.8, -0.2), (-3, -1), "below_plan"), ((1, 3), (0, 2), "as_planned"),
])  # fmt: skip
def test_against_the_plan(ends, plan, said):
    assert against_plan(*ends, *plan, smallest=2) == said


def test_the_estimate_of_a_skewed_interval_is_held_against_the_plan():
    assert against_plan(0.5, 5, 1, 3, smallest=2, estimate=1.5) == "as_planned"
    assert against_plan(0.5, 5, 1, 3, smallest=2, estimate=4) == "cannot_tell"


@pytest.mark.parametrize(("numbers", "message"), [((3, 1, 1, 3), "lower end"), ((1, 3, -1, 1), "up or down"), ((1, 3, 0, 0), "up or down")])
def test_a_plan_that_says_nothing_is_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        against_plan(*numbers, smallest=2)
