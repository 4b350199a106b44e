"""Shares of explained variance from the fit of every subset of drivers, without a single regression.

Walk through the drivers; each is either left out (its row and column dropped) or swept (Schur complement), and then
adds its squared covariance with the outcome to R2. After p steps all 2^p values of R2 are there in about 6 * 2^p
operations a draw. A *player* is one driver or a group of drivers that enters as one.
"""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from math import comb

import numpy as np

MOST_PLAYERS = 20
CELLS = 2**22  # numbers of R2 held at a time


def subset_r2(covariances: np.ndarray, players: Sequence[Sequence[int]], controls: Sequence[int] = ()) -> np.ndarray:
    """R2 of every subset of players, (2^players, draws); bit j of the row number says that player j is in.

    covariances  (k, k, draws), the outcome in the last row and column
    players      list of lists of columns;  controls  columns that are in every subset
    returns      R2 of the controls alone in row 0
    """
    order = [*controls, *(column for player in players for column in player), len(covariances) - 1]
    states = covariances[np.ix_(order, order)][None]
    total = states[0, -1, -1]
    r2 = np.zeros((1, covariances.shape[2]))
    for _ in controls:
        states, r2 = _swept(states, r2, total)
    for player in players:
        inside, gained = states, r2
        for _ in player:
            inside, gained = _swept(inside, gained, total)
        states = np.concatenate([states[:, len(player) :, len(player) :], inside])
        r2 = np.concatenate([r2, gained])
    return r2


def _swept(states: np.ndarray, r2: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first column of each state swept out of the others, and its gain in R2 added."""
    row, pivot = states[:, 0, 1:], states[:, 0, 0]
    scaled = row / np.where(pivot > 1e-12, pivot, np.inf)[:, None]  # a column that adds nothing gains nothing
    r2 = r2 + scaled[:, -1] * row[:, -1] / total
    return states[:, 1:, 1:] - scaled[:, :, None] * row[:, None], r2


def shapley_values(values: np.ndarray, before: Sequence[tuple[int, int]] = ()) -> np.ndarray:
    """Each player's average increment over all orders, (players, draws), from values (2^players, draws).

    before    pairs (earlier, later) of players: only orders that keep them count, so that a cause is not made to share
              with what it works through; default all orders
    source    Shapley 1953; for R2: LMG of Lindeman, Merenda and Gold 1980, equal to general dominance (Budescu 1993);
              agrees with R's relaimpo and domir. With `before`: asymmetric Shapley values (Frye, Rowat and Feige 2020)
    """
    players = _players(values)
    if before:
        return _ordered_weights(players, before) @ values
    size = _subset_sizes(players)
    gain = np.array([1 / (players * comb(players - 1, s - 1)) if s else 0 for s in range(players + 1)])
    loss = np.array([1 / (players * comb(players - 1, s)) if s < players else 0 for s in range(players + 1)])
    outside = loss[size] @ values
    weighted = (gain + loss)[size][:, None] * values
    shares = [weighted.reshape(-1, 2, 2**j, values.shape[1])[:, 1].sum((0, 1)) for j in range(players)]
    return np.array(shares) - outside


def conditional_dominance(values: np.ndarray) -> np.ndarray:
    """Mean increment of each player (rows) for each number of others already in (columns), from values (2^players,).

    source    Budescu 1993; R: domir
    """
    players = _players(values)
    size = _subset_sizes(players)
    table = np.empty((players, players))
    for j in range(players):
        without = np.flatnonzero((np.arange(len(values)) >> j) & 1 == 0)
        increment = values[without + 2**j] - values[without]
        table[j] = np.bincount(size[without], increment) / np.bincount(size[without])
    return table


def complete_dominance(values: np.ndarray) -> np.ndarray:
    """Share of the subsets without both in which the row's player adds more than the column's; NaN on the diagonal.

    values    (2^players,)
    source    Budescu 1993; R: domir
    """
    players = _players(values)
    subsets = np.arange(len(values))
    table = np.full((players, players), np.nan)
    for j in range(players):
        for k in range(players):
            if j != k:
                neither = subsets[(subsets >> j) & 1 | (subsets >> k) & 1 == 0]
                table[j, k] = np.mean(values[neither + 2**j] > values[neither + 2**k])
    return table


def sampled_shapley(
    covariances: np.ndarray, players: Sequence[Sequence[int]], controls: Sequence[int] = (), *,
    before: Sequence[tuple[int, int]] = (), orderings: int = 1000, seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Shapley values of R2 from random orders: values (players, draws) and Monte Carlo standard errors of draw 0.

    Each order is used forwards and backwards (antithetic), the same orders in every draw; one Cholesky factor gives
    all increments of an order.
    before    as in `shapley_values`; orders are then drawn from those allowed, each alike
    source    Castro, Gomez and Tejada 2009 (doi 10.1016/j.cor.2008.04.004)
    """
    rng = np.random.default_rng(seed)
    pairs = max(2, orderings // 2)
    total = np.zeros((len(players), covariances.shape[2]))
    square = np.zeros(len(players))
    for one, other in _pairs_of_orders(pairs, len(players), before, rng):
        mean = (_increments(covariances, players, controls, one)
                + _increments(covariances, players, controls, other)) / 2
        total += mean
        square += mean[:, 0] ** 2
    values = total / pairs
    variance = (square / pairs - values[:, 0] ** 2) * pairs / (pairs - 1)
    return values, np.sqrt(np.maximum(variance, 0) / pairs)


def _increments(
    covariances: np.ndarray, players: Sequence[Sequence[int]], controls: Sequence[int], order: np.ndarray
) -> np.ndarray:
    """R2 that each player adds when they enter in this order: (players, draws)."""
    columns = [*controls, *(column for j in order for column in players[j]), len(covariances) - 1]
    owner = np.array([j for j in order for _ in players[j]])
    stack = np.moveaxis(covariances[np.ix_(columns, columns)], 2, 0) + 1e-12 * np.eye(len(columns))
    factor = np.linalg.cholesky(stack)[:, -1]
    gains = (factor[:, len(controls) : -1] ** 2 / stack[:, -1, -1, None]).T
    values = np.zeros((len(players), len(stack)))
    np.add.at(values, owner, gains)
    return values


def _pairs_of_orders(
    pairs: int, players: int, before: Sequence[tuple[int, int]], rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Random orders, each with its reverse; where `before` rules it out, the next two of a walk among those allowed."""
    if not before:
        for _ in range(pairs):
            order = rng.permutation(players)
            yield order, order[::-1]
        return
    waits = {j: [earlier for earlier, later in before if later == j] for j in range(players)}
    order = np.array(list(TopologicalSorter(waits).static_order()))
    for _ in range(pairs):
        one = _shuffled(order, set(before), rng)
        order = _shuffled(one, set(before), rng)
        yield one, order


def _shuffled(order: np.ndarray, before: set[tuple[int, int]], rng: np.random.Generator) -> np.ndarray:
    """The order after many exchanges of neighbours that `before` does not hold apart (Karzanov and Khachiyan 1991)."""
    order = order.copy()
    for place in rng.integers(0, len(order) - 1, len(order) ** 2):
        pair = order[place], order[place + 1]
        if pair not in before and rng.random() < 0.5:
            order[place], order[place + 1] = pair[::-1]
    return order


def _ordered_weights(players: int, before: Sequence[tuple[int, int]]) -> np.ndarray:
    """(players, 2^players): times the values of all subsets, the average increments over the orders that are allowed.

    The orders that add j to a subset are the orders of the subset times those of what is left after j; both are counted
    from smaller subsets.
    """
    needed = np.zeros(players, int)
    for earlier, later in before:
        needed[later] |= 1 << earlier
    subsets = np.arange(2**players)
    steps = [[_steps(subsets, size, j, needed[j]) for j in range(players)] for size in _by_size(players)]
    into, onward = np.zeros(len(subsets)), np.zeros(len(subsets))
    into[0] = onward[-1] = 1
    for level in steps:
        for j, start in enumerate(level):
            into[start | 1 << j] += into[start]
    for level in reversed(steps):
        for j, start in enumerate(level):
            onward[start] += onward[start | 1 << j]
    weights = np.zeros((players, len(subsets)))
    for level in steps:
        for j, start in enumerate(level):
            share = into[start] * onward[start | 1 << j] / into[-1]
            weights[j, start | 1 << j] += share
            weights[j, start] -= share
    return weights


def _by_size(players: int) -> list[np.ndarray]:
    size = _subset_sizes(players)
    return [size == k for k in range(players)]


def _steps(subsets: np.ndarray, size: np.ndarray, j: int, needed: int) -> np.ndarray:
    """The subsets of this size to which player j may be added."""
    return subsets[size & (subsets >> j & 1 == 0) & (subsets & needed == needed)]


def _players(values: np.ndarray) -> int:
    return len(values).bit_length() - 1


def _subset_sizes(players: int) -> np.ndarray:
    size = np.zeros(1, int)
    for _ in range(players):
        size = np.concatenate([size, size + 1])
    return size
