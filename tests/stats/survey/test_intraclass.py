"""Intraclass correlations against pingouin and a published table."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from cxlib.stats.survey.intraclass import group_correlation, rater_correlation

# Shrout and Fleiss 1979, Psychological Bulletin 86, table 2: six targets (rows), four judges
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def oracle(table):
    """pingouin's correlations of raters (columns) over targets (rows), by its own row names."""
    long = pd.DataFrame(table).reset_index(names="target").melt("target", var_name="rater", value_name="score")
    return pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score").set_index("Type")["ICC"]


def test_shrout_and_fleiss_as_published():
    raters = rater_correlation(JUDGES.T)
    assert (raters.icc_a1, raters.icc_ak) == pytest.approx((0.29, 0.62), abs=0.005)
    groups = group_correlation(JUDGES.ravel(), np.repeat(np.arange(6), 4))
    assert (groups.icc1, groups.icc2) == pytest.approx((0.17, 0.44), abs=0.005)


def test_random_tables_agree_with_pingouin():
    rng = np.random.default_rng(10)
    for k, n in [(3, 21), (5, 8), (2, 5)]:
        table = rng.integers(1, 6, (n, 1)) + rng.integers(0, 3, (n, k))
        known, raters = oracle(table), rater_correlation(table.T)
        assert (raters.icc_a1, raters.icc_ak) == pytest.approx((known["ICC(A,1)"], known["ICC(A,k)"]))
        groups = group_correlation(table.ravel(), np.repeat(np.arange(n), k))
        assert (groups.icc1, groups.icc2) == pytest.approx((known["ICC(1,1)"], known["ICC(1,k)"]))
        assert (groups.groups, groups.n, groups.group_size) == (n, n * k, k)


def test_unequal_groups_by_hand():
    # a: 1 3, b: 5, mean 3: between 2 * 1 + 4 = 6 on 1 df, within 2 on 1 df; size (3 - 5/3) / 1 = 4/3
    found = group_correlation([1, 3, 5, np.nan], ["a", "a", "b", "b"])
    assert found.icc1 == pytest.approx((6 - 2) / (6 + (4 / 3 - 1) * 2))
    assert (found.icc2, found.n, found.group_size) == (pytest.approx(4 / 6), 3, pytest.approx(4 / 3))


def test_a_dont_know_drops_that_rater_or_criterion_and_nothing_else():
    with_gap = JUDGES.T.astype(float)
    with_gap[0, 0] = np.nan  # one blank of 6 criteria, one of 4 raters: the criterion is blanker
    found = rater_correlation(with_gap)
    assert found == rater_correlation(JUDGES.T[:, 1:]) and (found.raters, found.criteria) == (4, 5)


def test_order_of_raters_is_irrelevant_and_a_shift_of_all_too():
    plain, moved = rater_correlation(JUDGES.T), rater_correlation(JUDGES.T[::-1] + 5)
    assert (moved.icc_a1, moved.icc_ak) == pytest.approx((plain.icc_a1, plain.icc_ak))


def test_what_cannot_be_computed_is_none():
    assert group_correlation([1, 2, 3], ["a", "a", "a"]) is None
    assert group_correlation([1, 2], ["a", "b"]) is None
    assert group_correlation([2, 2, 2, 2], ["a", "a", "b", "b"]) is None
    assert rater_correlation([[1, 2, 3]]) is None
    assert rater_correlation([[3, 3], [3, 3]]) is None
    assert rater_correlation([[np.nan, np.nan], [1, 2]]) is None
    with pytest.raises(ValueError, match="one row per rater"):
        rater_correlation([1, 2, 3])
