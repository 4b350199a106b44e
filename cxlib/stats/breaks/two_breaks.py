"""Two kinks in one line: the exact pair of places, by looking at every pair of values and gaps.

A pair of gaps has four cases (Hudson): each kink lies on a value of x or inside the gap after it. Inside, the
pieces are free lines that must cross within their gap, so each case is one small least-squares problem.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks.breakpoints import Break

CASES = {"kk": (0, 2), "ki": (0, 2, 3), "ik": (0, 1, 2), "ii": (0, 1, 2, 3)}  # terms h1, t1, h2, t2
EXACT_UP_TO = 500


def two_breaks(
    x: ArrayLike, y: ArrayLike, *, weights: ArrayLike | None = None, covariates: ArrayLike | None = None,
    side_share: float = 0.05, side_rows: int = 30, middle_values: int = 3,
) -> Break:
    """The pair of kinks that leaves the smallest residual sum of squares.

    x, y           (n,) numbers; rows with a missing value are dropped
    weights        (n,) positive; covariates (n, p)
    side_share, side_rows   least share and number of rows before, between and after the two places
    middle_values  least number of distinct x from the first place to the second: two kinks round a single value,
                   or inside one gap, would be a step in disguise
    returns        Break of shape "two kinks"
    errors         ValueError when no pair leaves enough rows, see `break_support`
    source         Hudson 1966, JASA 61; agrees with R segmented 2.2-0 with many restarts, and is never above it
    """
    support = bs.break_support(x, y, weights=weights, covariates=covariates)
    return best_pair(support, side_share=side_share, side_rows=side_rows, middle_values=middle_values)


def best_pair(support: bs.Support, *, side_share: float = 0.05, side_rows: int = 30, middle_values: int = 3) -> Break:
    """`two_breaks` for data already collapsed to their support.

    errors         ValueError when no pair leaves enough rows before, between and after
    source         as `two_breaks`; beyond 500 distinct x, exact round the best pair of merged values
    """
    pairs = partial(open_pairs, side_share=side_share, side_rows=side_rows, middle_values=middle_values)
    if len(support.x) <= EXACT_UP_TO:
        first, second = pairs(support)
        return _solved(support, first, second, "global optimum")
    coarse, edges = bs.merged(support, EXACT_UP_TO)
    first, second = pairs(coarse)
    gain, _ = pair_gains(coarse, bs.moments(coarse), first, second)
    best = int(np.argmax(gain))
    allowed = [_window(edges, knot[best]) for knot in (first, second)]
    first, second = pairs(support, allowed=allowed)
    return _solved(support, first, second, "windowed")


def open_pairs(
    support: bs.Support, *, side_share: float = 0.05, side_rows: int = 30, middle_values: int = 3,
    allowed: Sequence[np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all pairs of knots that leave enough rows before, between and after: two arrays (pairs,).

    allowed        positions that the first and the second may take; None: all
    errors         ValueError when there is no such pair
    """
    need = max(side_share * support.n, side_rows, 1)
    open_ = np.flatnonzero(bs.open_places(support, side_share=side_share, side_rows=side_rows))
    one, two = (open_, open_) if allowed is None else (np.intersect1d(open_, a) for a in allowed)
    first, second = (grid.ravel() for grid in np.meshgrid(one, two, indexing="ij"))
    up_to = np.cumsum(support.rows)
    keep = (second - first >= middle_values - 1) & (up_to[second] - up_to[first] >= need)
    if not keep.any():
        raise ValueError(f"no two places leave {need:.0f} of the {support.n} rows before, between and after them; "
                         "look for one break.")
    return first[keep], second[keep]


def pair_gains(
    support: bs.Support, mom: bs.Moments, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fall of the RSS (pairs,) at the best case of each pair, and both distances (2, pairs) past the knots.

    source         the four cases of Hudson 1966, JASA 61
    """
    gram, right = pair_gram(support, mom, first, second)
    width = np.append(np.diff(support.x), 0.0)
    last = len(support.x) - 2
    best = np.full(len(first), -np.inf)
    delta = np.zeros((2, len(first)))
    for case, used in CASES.items():
        beta, gain = _solve(gram, right, used)
        shift, valid = np.zeros((2, len(first))), np.isfinite(gain)
        for side, knot in enumerate((first, second)):
            if case[side] == "i":
                at = used.index(2 * side)
                with np.errstate(divide="ignore", invalid="ignore"):
                    shift[side] = -beta[at + 1] / beta[at]
                valid &= (shift[side] > 0) & (shift[side] < width[knot]) & (knot < last)
        better = valid & (gain > best)
        best[better] = gain[better]
        delta[:, better] = shift[:, better]
    return best, delta


def pair_gram(support: bs.Support, mom: bs.Moments, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inner products (4, 4, pairs) of h1, t1, h2, t2 with the base taken out, and with y (4, pairs); i < j."""
    step = support.x[j] - support.x[i]
    raw_C = bs.ramp_squared(support.x, support.weight)
    parts = [mom.ah[i], mom.at[i], mom.ah[j], mom.at[j]]
    gram = np.empty((4, 4, len(i)))
    gram[0, 0], gram[0, 1], gram[1, 1] = mom.C[i], mom.D[i], mom.E[i]
    gram[2, 2], gram[2, 3], gram[3, 3] = mom.C[j], mom.D[j], mom.E[j]
    across = {(0, 2): raw_C[j] + step * mom.H[j], (0, 3): mom.H[j] + step * mom.T[j], (1, 2): mom.H[j],
              (1, 3): mom.T[j]}
    for (a, b), value in across.items():
        gram[a, b] = value - np.einsum("ij,ij->i", parts[a], parts[b])
    ramp_r, tail_r = bs.ramp(support.x, support.r), bs.tail(support.r)
    return gram, np.stack([ramp_r[i], tail_r[i], ramp_r[j], tail_r[j]])


def _solve(gram: np.ndarray, right: np.ndarray, used: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Least squares on the used terms for all pairs at once, by Cholesky; gain is -inf where terms coincide."""
    size = len(used)
    lower: dict[tuple[int, int], np.ndarray] = {}
    half: list[np.ndarray] = []
    singular = np.zeros(right.shape[1], bool)
    for a in range(size):
        for b in range(a + 1):
            value = gram[min(used[a], used[b]), max(used[a], used[b])]
            value = value - sum(lower[a, k] * lower[b, k] for k in range(b))
            if a == b:
                bad = ~(value > 1e-11 * gram[used[a], used[a]]) | ~np.isfinite(value)
                singular |= bad
                lower[a, a] = np.sqrt(np.where(bad, 1.0, value))
            else:
                lower[a, b] = value / lower[b, b]
        half.append((right[used[a]] - sum(lower[a, k] * half[k] for k in range(a))) / lower[a, a])
    beta: list[np.ndarray] = [np.empty(0)] * size
    for a in reversed(range(size)):
        beta[a] = (half[a] - sum(lower[k, a] * beta[k] for k in range(a + 1, size))) / lower[a, a]
    return np.array(beta), np.where(singular, -np.inf, sum(h**2 for h in half))


def _solved(support: bs.Support, first: np.ndarray, second: np.ndarray, certificate: str) -> Break:
    mom = bs.moments(support)
    gain, delta = pair_gains(support, mom, first, second)
    best = int(np.argmax(gain))
    knots = np.array([first[best], second[best]])
    places = support.x[knots] + delta[:, best]
    hinges = np.clip(support.x[:, None] - places, 0, None)
    taken = np.column_stack([mom.ah[k] - d * mom.at[k] for k, d in zip(knots, delta[:, best], strict=True)])
    right = hinges.T @ support.r
    beta = np.linalg.solve(hinges.T @ (support.weight[:, None] * hinges) - taken.T @ taken, right)
    line = np.linalg.solve(support.triangle, support.projection - taken @ beta)
    y_mean = support.root @ (support.basis @ support.projection) / support.weight.sum()
    level = y_mean - support.weight @ (line[1] * support.x + hinges @ beta) / support.weight.sum()
    at_places = level + line[1] * places + np.clip(places[:, None] - places, 0, None) @ beta
    between = [(float(support.x[k]), float(support.x[k + (d > 0)])) for k, d in zip(knots, delta[:, best], strict=True)]
    return Break(
        shape="two kinks", places=tuple(map(float, places)), between=tuple(between), rss=max(float(support.rss - beta @ right), 0.0),
        gain=float(beta @ right), slopes=tuple(map(float, np.cumsum([line[1], *beta]))),
        levels=tuple(map(float, at_places)), step=0.0, n=support.n, parameters=support.parameters + 4,
        certificate=certificate)


def _window(edges: np.ndarray, knot: int, reach: int = 2, most: int = 800) -> np.ndarray:
    """Positions of the distinct x within `reach` merged values of the knot, at most `most` of them."""
    low, high = edges[max(knot - reach, 0)], edges[min(knot + reach + 2, len(edges) - 1)]
    middle = (low + high) // 2
    return np.arange(max(low, middle - most // 2), min(high, middle + most // 2))
