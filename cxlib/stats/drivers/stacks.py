"""Linear algebra on stacks of small matrices with the draws on the last axis.

numpy.linalg treats one small matrix after the other; with the draws last, each step of an elimination is one vector
operation over all draws, many times faster for the 2 to 10 columns of a driver model.
"""

import numpy as np


def solved(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solutions x of matrices @ x = right: (p, p, draws) and (p, draws) or (p, m, draws), symmetric positive.

    A pivot below 1e-12 of its diagonal gives NaN in that draw: the columns are collinear there.
    """
    p = len(matrices)
    single = right.ndim == 2
    work = np.concatenate([matrices, right[:, None] if single else right], axis=1)
    smallest = 1e-12 * np.einsum("iid->id", matrices)
    for i in range(p):
        pivot = np.where(work[i, i] > smallest[i], work[i, i], np.nan)
        work[i, i:] /= pivot
        for j in range(p):
            if j != i:
                work[j, i:] -= work[j, i] * work[i, i:]
    return work[:, p] if single else work[:, p:]


def inverted(matrices: np.ndarray) -> np.ndarray:
    """Inverses (p, p, draws) of symmetric positive matrices (p, p, draws); NaN in a draw with collinear columns."""
    p, _, draws = matrices.shape
    identity = np.broadcast_to(np.eye(p)[:, :, None], (p, p, draws))
    return solved(matrices, identity)
