"""Change since last time, and the place among other companies."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import maturity
from tests.analyses.maturity_cases import people, ratings


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


def two_periods(before, now, who_before=None, who_now=None, **options):
    """Two assessments below each other; without names everybody takes part both times."""
    before, now = np.asarray(before, float), np.asarray(now, float)
    tables = []
    for period, answers, who in (("2024", before, who_before), ("2025", now, who_now)):
        table = people(["A"] * len(answers), period)
        tables.append(table if who is None else table.assign(respondent=who))
    everyone = pd.concat(tables, ignore_index=True)
    return ratings(np.vstack([before, now]), people=everyone, **options)


def test_paired_change_by_hand():
    # changes of 1.1 in points: 25, 50, 25, 50 -> mean 37.5, se 14.43 / 2 = 7.217, t(3) 3.182 -> 14.53 to 60.47
    result = maturity.change(two_periods([[1], [2], [3], [1]], [[2], [4], [4], [3]]))
    row = result.tables["change"].iloc[0]
    assert (row.moved, row.n) == (37.5, 4)
    assert (row.low, row.high) == pytest.approx((14.53, 60.47), abs=0.01)
    assert row.verdict == "has risen"
    assert keys(result) == ["change.rose", "change.paired"]


def test_swapping_the_periods_turns_the_sign():
    rng = np.random.default_rng(3)
    before, now = rng.integers(1, 6, (2, 8, 3))
    one, other = (maturity.change(two_periods(*pair)).tables["change"] for pair in ((before, now), (now, before)))
    one, other = (table.set_index("criterion").sort_index() for table in (one, other))
    assert one.moved.tolist() == pytest.approx((-other.moved).tolist())
    assert one.p_holm.tolist() == pytest.approx(other.p_holm.tolist())


def test_people_are_matched_by_name_not_by_row():
    now = two_periods([[1], [2], [4], [5]], [[5], [4], [2], [1]], list("abcd"), list("dcba"))
    assert maturity.change(now).tables["change"].moved.tolist() == [0]


def test_those_who_came_or_left_do_not_count_in_a_paired_change():
    # a, b, c, d stay and rise by 25; e left with 5, f came with 1
    before, now = [[1], [2], [3], [2], [5]], [[2], [3], [4], [3], [1]]
    result = maturity.change(two_periods(before, now, list("abcde"), list("abcdf")))
    assert result.tables["change"][["n", "moved"]].to_numpy().tolist() == [[4, 25]]
    assert not {"before", "after", "score100"} & set(result.tables["change"].columns)


def test_other_people_are_compared_as_other_people():
    result = maturity.change(two_periods([[1], [2], [1], [2]], [[4], [5], [5], [4]], list("abcd"), list("efgh")))
    assert result.settings["paired"] is False
    assert keys(result) == ["change.rose", "change.apart"]


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_in_a_period_give_a_sentence_alone(count):
    result = maturity.change(two_periods([[3]] * count, [[4]] * 6))
    assert result.tables == {} and keys(result) == ["change.too_few"]


@pytest.mark.parametrize("steps, interval, expected", [(1, (0, 50), "change.none"), (2, (25, 75), "change.rose")])
def test_everybody_moved_alike_stands_for_half_an_option_at_each_end(steps, interval, expected):
    before = np.array([[1], [2], [3]])
    result = maturity.change(two_periods(before, before + steps))
    row = result.tables["change"].iloc[0]
    assert (row.low, row.high) == interval and np.isnan(row.p_holm) and keys(result)[0] == expected


@pytest.mark.slow
def test_noise_alone_is_announced_in_at_most_one_assessment_of_twenty():
    """300 companies of 10 people and 21 criteria that stand still: 5% +- 2.5 points (two standard errors)."""
    rng = np.random.default_rng(21)
    alarms = 0
    for _ in range(300):
        own = rng.normal(3, 0.8, (10, 21))
        waves = [np.clip(np.rint(own + rng.normal(0, 0.5, own.shape)), 1, 5) for _ in range(2)]
        alarms += keys(maturity.change(two_periods(*waves)))[0] != "change.none"
    assert alarms / 300 <= 0.075


def benchmark_of(pool, answers=((3,), (4,), (4,), (3,))) -> object:
    pool = pd.DataFrame(np.asarray(pool, float), columns=ratings(answers).items.index)
    return maturity.benchmark(ratings(answers, benchmark=pool))


@pytest.mark.parametrize(
    "companies, expected", [(0, "too_few"), (9, "too_few"), (10, "one_quarter"), (39, "one_quarter")]
)
def test_a_place_takes_ten_companies(companies, expected):
    result = benchmark_of(np.full((companies, 1), 20.0) + np.arange(companies)[:, None] / 10)
    assert keys(result)[0] == f"benchmark.{expected}"
    assert (result.tables == {}) == (companies < 10)


def test_a_percentile_takes_forty_companies():
    # score 62.5; 30 of 40 companies below -> ahead of 75%
    pool = np.append(np.full(30, 10.0), np.full(10, 99.0))[:, None]
    result = benchmark_of(pool)
    assert result.tables["criteria"].share.tolist() == [0.75]
    assert result.findings[0].values["share"] == 0.75
    assert "share" not in benchmark_of(pool[:39]).tables["criteria"]


def test_quarters_by_hand():
    # companies 5, 15, ..., 95: quartiles 27.5, 50, 72.5; 62.5 +- 22.96 reaches from 39.5 to 85.5: cannot tell
    result = benchmark_of(np.arange(5, 100, 10.0)[:, None])
    row = result.tables["criteria"].iloc[0]
    assert (row.half_low, row["median"], row.half_high) == (27.5, 50, 72.5)
    assert row.place == "cannot tell" and keys(result)[0] == "benchmark.between"


def test_the_pool_is_never_called_representative():
    assert "benchmark.pool" in keys(benchmark_of(np.arange(5, 100, 10.0)[:, None]))


def test_criteria_that_few_companies_answered_are_left_out():
    pool = np.column_stack([np.arange(12.0), np.append(np.full(9, 5.0), [np.nan] * 3)])
    result = benchmark_of(pool, [[3, 3], [4, 4], [5, 2]])
    assert result.tables["criteria"].criterion.tolist() == ["1.1 Criterion 1.1"]
