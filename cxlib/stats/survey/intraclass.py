"""Intraclass correlations from sums of squares: do groups differ, and do raters rank the criteria alike?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class GroupCorrelation:
    """Do groups (departments, organisations) differ more than the people in them?

    icc1   share of the variance of one person's answer that lies between groups, up to 1, may be below 0
    icc2   reliability of the groups' means, up to 1, may be far below 0
    groups, n, group_size  groups with answers, answers, and average size of a group (corrected for unequal sizes)
    """

    icc1: float
    icc2: float
    groups: int
    n: int
    group_size: float


@dataclass(frozen=True)
class RaterCorrelation:
    """Do raters give the same criteria high and low marks, on the same level?

    icc_a1  absolute agreement of one rater, up to 1;  icc_ak: of the mean of the raters
    criteria, raters  what they are computed from: criteria answered by every rater used
    """

    icc_a1: float
    icc_ak: float
    criteria: int
    raters: int


def group_correlation(values: np.ndarray, groups: np.ndarray) -> GroupCorrelation | None:
    """ICC(1) and ICC(2) of answers in groups, one-way.

    values    (people,) numbers, NaN left out;  groups: (people,) label of each one's group
    returns   GroupCorrelation; None below two groups, without two people in any group, or without any spread
    source    Bliese 2000; R multilevel ICC1, ICC2. Equal groups: pingouin ICC(1,1), ICC(1,k)
    """
    values = np.asarray(values, float)
    kept = ~np.isnan(values)
    values, group = values[kept], np.asarray(groups, object)[kept]
    labels, code = np.unique(group.astype(str), return_inverse=True)
    k, n, sizes = len(labels), len(values), np.bincount(code, minlength=len(labels))
    if k < 2 or n <= k or np.ptp(values) == 0:
        return None
    means = np.bincount(code, values) / sizes
    between = (sizes * (means - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - means[code]) ** 2).sum() / (n - k)
    size = (n - (sizes**2).sum() / n) / (k - 1)
    icc2 = float((between - within) / between) if between > 0 else float("-inf")
    return GroupCorrelation(float((between - within) / (between + (size - 1) * within)), icc2, k, n, float(size))


def rater_correlation(ratings: ArrayLike) -> RaterCorrelation | None:
    """ICC(A,1) and ICC(A,k) of raters over criteria, two-way, absolute agreement.

    ratings   (raters, criteria) numbers, NaN is "don't know". A full table is needed: raters and criteria with
              blanks are dropped one after the other, the blankest first, a rater before a criterion
    returns   RaterCorrelation; None below two raters and two criteria, or without any spread
    errors    ValueError for ratings that are not in two dimensions
    source    McGraw and Wong 1996, Psychological Methods 1; pingouin ICC(A,1), ICC(A,k)
    """
    table = _full_table(np.asarray(ratings, float))
    k, n = table.shape
    if k < 2 or n < 2 or np.ptp(table) == 0:
        return None
    mean, criteria, raters = table.mean(), table.mean(axis=0), table.mean(axis=1)
    rows = k * ((criteria - mean) ** 2).sum() / (n - 1)
    columns = n * ((raters - mean) ** 2).sum() / (k - 1)
    rest = ((table - criteria - raters[:, None] + mean) ** 2).sum() / ((n - 1) * (k - 1))
    single, average = rows + (k - 1) * rest + k / n * (columns - rest), rows + (columns - rest) / n
    if single <= 0 or average <= 0:
        return None
    return RaterCorrelation(float((rows - rest) / single), float((rows - rest) / average), n, k)


def _full_table(ratings: np.ndarray) -> np.ndarray:
    """The rows and columns left after the blankest of them is dropped, again and again, until no blank is left."""
    if ratings.ndim != 2:
        raise ValueError(f"ratings has shape {ratings.shape}; give one row per rater and one column per criterion")
    ratings = ratings[np.lexsort(np.nan_to_num(ratings, nan=-np.inf).T)]  # of equally blank raters, none by its place
    while np.isnan(ratings).any():
        raters, criteria = np.isnan(ratings).mean(axis=1), np.isnan(ratings).mean(axis=0)
        if raters.max() >= criteria.max():
            ratings = np.delete(ratings, raters.argmax(), axis=0)
        else:
            ratings = np.delete(ratings, criteria.argmax(), axis=1)
    return ratings
