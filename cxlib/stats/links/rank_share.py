"""Shares that rivals get from how one person ranks them."""

import numpy as np
import pandas as pd


def rank_shares(ratings):
    """Expected share of each rival for each person, from the rank of its rating among the rivals used.

    ratings  DataFrame, one row a person, one column a rival; higher is better, missing where the rival is not used
    returns  DataFrame of the same shape, shares 0-1 that add to 1 in each row; missing where not used
    errors   ValueError for a person without any rating
    source   (1 - rank / (n + 1)) * 2 / n, ties share the average rank: Keiningham, Aksoy, Buoye & Cooil, HBR Oct 2011
    """
    ratings = pd.DataFrame(ratings).astype(float)
    used = ratings.notna().sum(axis=1)
    if (used == 0).any():
        raise ValueError(f"row {used.index[used == 0][0]!r} rates no rival; drop rows without any rating")
    ranks = ratings.rank(axis=1, ascending=False, method="average")
    return ranks.apply(lambda column: share_at_rank(column, used))


def share_at_rank(rank, n):
    """Expected share of a rival at a rank among `n` rivals, 0-1; arrays go element by element.

    source   as in `rank_shares`
    """
    rank, n = np.asarray(rank, float), np.asarray(n, float)
    wrong = (rank < 1) | (rank > n)
    if wrong.any():
        raise ValueError(f"rank == {rank[wrong].flat[0]:g} is not among the {np.broadcast_to(n, rank.shape)[wrong].flat[0]:g} "
                         "rivals; ranks go from 1 to their number")
    return (1 - rank / (n + 1)) * 2 / n


def rank_gain(n, from_rank, to_rank):
    """Change of one rival's share when its rank among `n` rivals goes from one place to another, -1 to 1.

    assumes  the rule also holds for a change; it was shown for levels only (Sharp's criticism)
    """
    for rank in (from_rank, to_rank):
        if not 1 <= rank <= n:
            raise ValueError(f"rank == {rank}, must be from 1 to the {n} rivals used")
    return 2 / n * (from_rank - to_rank) / (n + 1)


def several_rivals(ratings):
    """Share of persons who use more than one rival, and the mean number used: (share, mean).

    The rule is meant for markets with at least 0.40 and 1.4 (Keiningham et al. 2015, appendix B).
    """
    used = pd.DataFrame(ratings).notna().sum(axis=1).to_numpy()
    used = used[used > 0]
    if not len(used):
        raise ValueError("nobody rates a rival; ratings hold no value")
    return float((used > 1).mean()), float(np.mean(used))
