"""The share that a supplier gets from how a customer ranks it."""

import numpy as np
from numpy.typing import ArrayLike


def share_at_rank(rank: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Expected share of a rival at a rank among `n` rivals, 0-1; arrays go element by element.

    rank     1 is the preferred one; missing gives missing
    errors   ValueError for a rank that is not among the rivals
    assumes  the rule describes levels; that a higher rank would bring its share is not shown (Sharp's criticism)
    source   (1 - rank / (n + 1)) * 2 / n: Keiningham, Aksoy, Buoye & Cooil, HBR Oct 2011
    """
    rank, n = np.asarray(rank, float), np.asarray(n, float)
    wrong = (rank < 1) | (rank > n)
    if wrong.any():
        raise ValueError(f"rank == {rank[wrong].flat[0]:g} is not among the {np.broadcast_to(n, rank.shape)[wrong].flat[0]:g} "
                         "rivals; ranks go from 1 to their number")
    return (1 - rank / (n + 1)) * 2 / n
