"""The order of groups: declared, by their numbers in three languages, or the largest first; never the alphabet's."""

import random

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.design import Design, Question
from cxlib.analyses.groups import in_their_order

ORDERED = [
    ["under 1 year", "1-4 years", "5-9 years", "10+ years"],
    ["Under 1 år", "1-4 år", "5-9 år", "10 år eller mere"],
    ["Mindre än 1 år", "1–4 år", "5–9 år", "Över 10 år"],
    ["18-34 år", "35-54 år", "55 år eller äldre"],
    ["17 eller yngre", "18-29", "30-49", "50+"],
    ["less than 6 months", "6-12 months", "1-2 years", "3 years or more"],
    ["under 3 måneder", "3-11 måneder", "1-2 år", "over 2 år"],
    ["0-999 kr.", "1.000-4.999 kr.", "5.000-9.999 kr.", "10.000 kr. og derover"],
    ["< 100", "100-250", "> 250"],
    ["Team 1", "Team 2", "Team 10", "Team 11"],
    ["1", "2", "3", "10", "unknown"],
    ["färre än 10", "10-49", "50-249", "fler än 249"],
]


@pytest.mark.parametrize("groups", ORDERED, ids=lambda groups: groups[0])
@pytest.mark.parametrize("seed", range(5))
def test_bands_stand_in_the_order_of_their_numbers(groups, seed):
    chance = random.Random(seed)
    rows = [group for group in groups for _ in range(chance.randint(1, 40))]
    chance.shuffle(rows)
    assert in_their_order(pd.Series(rows)) == groups


@pytest.mark.parametrize("seed", range(5))
def test_groups_without_an_order_of_their_own_stand_by_size(seed):
    chance = random.Random(seed)
    names = chance.sample(["Nord", "Syd", "Øst", "Vest", "Åre", "Born 1"], 6)
    rows = [name for size, name in enumerate(names, 3) for _ in range(size)]
    chance.shuffle(rows)
    assert in_their_order(pd.Series(rows)) == names[::-1]


@pytest.mark.parametrize("seed", range(5))
def test_a_declared_order_wins(seed):
    chance = random.Random(seed)
    order = chance.sample(["1-4", "5-9", "10+", "under 1"], 4)
    rows = pd.Series(chance.choices(order, k=60)).astype(pd.CategoricalDtype(order, ordered=True))
    assert in_their_order(rows) == [group for group in order if group in set(rows)]


def survey(seed: int, sizes: dict[str, int], **shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    parts = [pd.DataFrame({"g": name, "q": np.clip(np.round(rng.normal(7 + shift.get(name, 0), 2, n)), 0, 10)}) for name, n in sizes.items()]
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=seed, ignore_index=True)


def by_segment(rows, segments, **design):
    return status.net_promoter_by_segment(rows, Question("q"), segments, Design(**design))


@pytest.mark.parametrize("seed", range(4))
def test_the_table_shows_groups_in_their_order_and_hidden_ones_last(seed):
    rows = survey(seed, {"10+": 60, "under 1": 70, "1-4": 4, "5-9": 50, "20+": 9})
    table = by_segment(rows, {"g": "Tenure"}).tables["segments"]
    assert list(table.group[table.n.notna()]) == ["under 1", "5-9", "10+"]
    assert set(table.group[table.n.isna()]) == {"1-4", "20+"} == set(table.group.tail(2))


@pytest.mark.parametrize("seed", range(6))
def test_two_groups_that_hold_everybody_are_one_test(seed):
    """With two-valued segments alone, p of each is Holm's over as many tests as there are segments."""
    rows = survey(seed, {"a": 150, "b": 150}, b=-0.5)
    rng = np.random.default_rng(seed)
    rows = rows.assign(h=rng.choice(["x", "y"], 300), i=rng.choice(["u", "v"], 300))
    alone = [by_segment(rows, {name: name}).tables["segments"] for name in "ghi"]
    assert all(table.p_holm.nunique() == 1 for table in alone)
    raw = np.array([table.p_holm[0] for table in alone])  # one test each: not corrected
    order = np.argsort(raw)
    holm = np.minimum(np.maximum.accumulate(raw[order] * [3, 2, 1]), 1)
    together = by_segment(rows, {name: name for name in "ghi"}).tables["segments"].groupby("segment").p_holm.first()
    assert together["ghi"[order[0]]] == pytest.approx(holm[0])
    assert sorted(together) == pytest.approx(sorted(holm))


@pytest.mark.parametrize(("n", "key"), [(12, "segments.cannot_tell"), (60, "segments.cannot_tell"), (1500, "segments.alike")])
def test_groups_are_alike_only_where_a_difference_would_have_been_found(n, key):
    rows = survey(3, dict.fromkeys("abc", n))
    result = by_segment(rows, {"g": "G"})
    assert [finding.key for finding in result.findings] == [key]
    assert float(result.findings[0].values["findable"]) == result.settings["findable"]


def moved(rng, n: int, by: float) -> pd.DataFrame:
    """Three groups of n; the NPS of the first lies so many points above that of the others."""
    shift = np.r_[by / 200, 0, 0]
    shares = [np.array([0.325 - each, 0.325, 0.35 + each]) for each in shift]
    answers = np.concatenate([rng.choice([5.0, 8.0, 10.0], n, p=each) for each in shares])
    return pd.DataFrame({"g": np.repeat(list("abc"), n), "q": answers})


@pytest.mark.slow
def test_the_difference_that_would_be_found_is_found_in_four_of_five_samples():
    rng = np.random.default_rng(5)
    findable = by_segment(moved(rng, 300, 0), {"g": "G"}).settings["findable"]
    found = []
    for _ in range(150):
        table = by_segment(moved(rng, 300, findable), {"g": "G"}).tables["segments"].set_index("group")
        found.append(table.verdict["a"] == "above the others")
    assert 0.7 < np.mean(found) < 0.92  # .8, and Holm's later steps are milder; 3 standard errors are .1


def test_one_group_has_nothing_to_be_compared_with():
    result = by_segment(survey(1, {"a": 80}), {"g": "G"})
    assert [finding.key for finding in result.findings] == ["segments.one_group"] and not result.tables
