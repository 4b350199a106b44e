"""Which groups may be shown so that no group below the threshold can be read or worked out by subtraction.

The reader is assumed to see the grand total and the number of respondents in each group that is shown, to know that
a hidden group is not empty (empty ones are shown as 0), and to know which combinations of groups occur at all. A group
is safe when numbers that agree with everything seen let it hold `threshold` respondents or more. Where that fails,
more groups are hidden: the smallest ones that give the room, found by linear programming (Kelly, Golden and Assad
1992, Networks 22).
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.optimize import linprog

Counts = TypeVar("Counts", pd.Series, pd.DataFrame)

MARGIN_COST = 1_000  # a total of a table is hidden only where hiding inner cells does not help


def hidden_groups(counts: pd.Series, *, threshold: int = 5, sensitive: Iterable[object] | None = None) -> pd.Series:
    """Which groups of one division must be hidden when their total is published.

    counts     Series, respondents per group, whole numbers
    threshold  groups of 1 up to threshold - 1 are hidden; 5, or 10 for employees and comments
    sensitive  labels of groups to hide though they are large enough (see dominated)
    returns    boolean Series, True = hide: the small groups and those without which they could be worked out. All of
               them when there is no other way, which includes a total below the threshold
    errors     ValueError for counts that are missing, negative, broken or none, a label that is no group, and a
               threshold that is no whole number from 1
    source     Handbook on Statistical Disclosure Control (sdctools), chapter 5
    """
    counts = _counts(pd.Series(counts))
    hidden = _hidden(np.eye(len(counts)), counts.to_numpy(), threshold, _flags(counts.index, sensitive))
    return pd.Series(hidden, counts.index, name="hidden")


def hidden_cells(counts: pd.DataFrame, *, threshold: int = 5) -> pd.DataFrame:
    """Which cells of a two-way table must be hidden when it is published with its row, column and grand totals.

    counts     DataFrame (rows, columns) of respondents, whole numbers
    returns    boolean DataFrame with one more row and column, "total"; True = hide. Totals below the threshold are
               hidden too; the grand total never is, unless everything is
    errors     ValueError as hidden_groups, and for a row or column named "total"
    source     Kelly, Golden and Assad 1992, Networks 22: cell suppression, here by linear programming
    """
    counts = _counts(pd.DataFrame(counts))
    if "total" in counts.index or "total" in counts.columns:
        raise ValueError("the table has a row or column 'total'; leave totals out, they are computed here")
    rows, columns = counts.shape
    groups = np.vstack(
        [np.eye(rows * columns), np.kron(np.eye(rows), np.ones(columns)), np.tile(np.eye(columns), rows)]
    )
    costs = np.repeat([1, MARGIN_COST], [rows * columns, rows + columns])
    hidden = _hidden(groups, counts.to_numpy().ravel(), threshold, costs=costs)
    inner, right, below = np.split(hidden, [rows * columns, rows * columns + rows])
    table = np.block([[inner.reshape(rows, columns), right[:, None]], [below[None, :], np.array([[hidden.all()]])]])
    return pd.DataFrame(table, [*counts.index, "total"], [*counts.columns, "total"])


def withheld_rows(counts: pd.DataFrame, *, threshold: int = 5, unpublished: Iterable[object] = ()) -> pd.Series:
    """Which rows of a table must be withheld whole, when the others are published cell by cell beside the totals of the columns.

    For reports of parts beside a report of the whole: a row is a part, a column a group that all of them show, and the
    whole less the parts that are shown gives what the others hold together. A row with a cell of 1 to threshold - 1 is
    withheld, and then the smallest ones beside it, until what the withheld rows hold together lets each small cell be
    `threshold` or more, though each of the others that is not empty holds at least one.

    counts       DataFrame (rows, columns) of respondents, whole numbers
    unpublished  rows that are published in no case; their small cells are guarded like any other
    returns      boolean Series by row, True = withhold, the unpublished ones among them
    assumes      the totals of withheld rows are not published: then a cell may be anything up to what the withheld rows hold
                 together in its column. Where the total of a column is below the threshold, all its rows are withheld: the
                 report of the whole has to hide it, too
    errors       ValueError as hidden_groups, and for an unpublished row that is none
    source       as hidden_cells; the bounds of a table of which the margins alone are known (Fréchet 1940)
    """
    counts = _counts(pd.DataFrame(counts))
    table = counts.to_numpy(int)
    small = (table > 0) & (table < _threshold(threshold))
    out = small.any(axis=1) | _flags(counts.index, unpublished)
    for column in range(table.shape[1]):
        cells = table[:, column]
        if not (small[:, column] & out).any():
            continue
        for row in np.argsort(cells, kind="stable"):
            held = cells[out & (cells > 0)]
            if held.sum() - (len(held) - 1) >= threshold:
                break
            if cells[row] > 0:
                out[row] = True
    return pd.Series(out, counts.index, name="withheld")


def hidden_segments(segments: pd.DataFrame, *, threshold: int = 5, sensitive: Iterable[object] = ()) -> pd.DataFrame:
    """Which groups must be hidden when several divisions of the same respondents are published beside their total.

    segments   DataFrame, one row per respondent, one column per division (region, age, ...). A missing value is a
               group of its own that is not published but, like any other, may not be worked out while it is small
    sensitive  (division, group) pairs to hide though they are large enough (see dominated)
    returns    DataFrame, one row per division and group, in order of appearance of the divisions and of the groups'
               labels: division, group (None: missing), n, hidden
    assumes    what is published of each group counts all its rows here: give the respondents who answered
    errors     ValueError without respondents or divisions, for a pair that is no group, and a threshold that is no whole
               number from 1
    source     as hidden_cells, on the atoms: the combinations of groups that occur
    """
    segments = pd.DataFrame(segments)
    if segments.shape[1] == 0 or len(segments) == 0:
        raise ValueError(f"segments has shape {segments.shape}; give at least one respondent and one division")
    labels, members = _memberships(segments)
    atoms, counts = _atoms(segments, members)
    table = pd.DataFrame(labels, columns=["division", "group"], dtype=object).assign(n=members.sum(axis=1).astype(int))
    missing = table.group.isna().to_numpy()
    pairs = list(zip(table.division, table.group, strict=True))
    hidden = _hidden(atoms, counts, threshold, _flags(pairs, sensitive), unpublished=missing)
    return table.assign(hidden=hidden)


def dominated(sizes: ArrayLike, groups: Sequence[str], *, share: float = 0.8) -> list[object]:
    """Labels of groups in which one unit holds at least `share` of the size, such as one buyer of the revenue.

    sizes      (units,) size of each unit, not negative (its respondents, its revenue);  groups: (units,) label
    returns    sorted labels; groups of size 0 are not among them
    errors     ValueError for sizes that are missing or negative, and a share outside 0-1 or 0
    source     the (1, k) dominance rule of official statistics
    """
    sizes = pd.Series(np.asarray(sizes, float))
    if not (sizes >= 0).all() or not 0 < share <= 1:
        raise ValueError(
            f"share == {share} or a size is negative or missing; sizes of at least 0, share above 0, up to 1"
        )
    by_group = sizes.groupby(np.asarray(groups, object))
    largest, total = by_group.max(), by_group.sum()
    return sorted(largest.index[(total > 0) & (largest >= share * total)], key=str)


def groups_that_differ_by_few(memberships: pd.DataFrame, *, threshold: int = 5) -> pd.DataFrame:
    """Pairs of cuts that differ by so few respondents that showing both tells about those few.

    memberships  DataFrame of booleans, one row per respondent, one column per cut (a filter, a period, a segment)
    returns    DataFrame, one row per pair: first, second, n (respondents in one of the two only, 1 to threshold - 1)
    errors     ValueError for a threshold that is no whole number from 1
    """
    members = pd.DataFrame(memberships).astype(float)
    sizes, both = members.sum().to_numpy(), (members.T @ members).to_numpy()
    apart = np.triu(sizes[:, None] + sizes - 2 * both, 1)
    first, second = np.nonzero((apart > 0) & (apart < _threshold(threshold)))
    names = members.columns.to_numpy()
    return pd.DataFrame({"first": names[first], "second": names[second], "n": apart[first, second].astype(int)})


def _hidden(
    groups: np.ndarray,
    counts: np.ndarray,
    threshold: int,
    forced: np.ndarray | None = None,
    *,
    unpublished: np.ndarray | None = None,
    costs: np.ndarray | None = None,
) -> np.ndarray:
    """Boolean per group: hide it. `groups` (groups, atoms) says of which atoms, with `counts`, each group consists."""
    n = groups @ counts
    forced = np.zeros(len(n), bool) if forced is None else forced
    small = (n > 0) & (n < _threshold(threshold))
    hidden = small | (forced & (n > 0))
    if unpublished is not None:
        hidden |= unpublished
    costs = (np.ones(len(n)) if costs is None else costs) * (n + 1e-6 * np.argsort(np.argsort(n, kind="stable")))
    for target in np.flatnonzero(small | (forced & (n > 0))).tolist():
        needed = threshold if forced[target] else threshold - n[target]
        moved = _smallest_change(groups, counts, n, hidden, costs, target, needed)
        if moved is None:
            return np.ones(len(n), bool)
        hidden |= moved
    return hidden


def _smallest_change(
    groups: np.ndarray,
    counts: np.ndarray,
    n: np.ndarray,
    hidden: np.ndarray,
    costs: np.ndarray,
    target: int,
    needed: float,
) -> np.ndarray | None:
    """Groups whose numbers move when `target` is to hold `needed` more and the total stays; None when it cannot.

    Variables: change of each atom, and of each group up and down. Hidden groups move at no cost but keep at least one
    respondent; empty atoms stay empty.
    """
    k, atoms = groups.shape
    eye = sparse.identity(k)
    balance = sparse.vstack(
        [sparse.hstack([sparse.csr_matrix(groups), -eye, eye]), sparse.csr_matrix(np.repeat([1.0, 0], [atoms, 2 * k]))]
    )
    ceiling = counts.sum()
    atom_bounds = [(-count, ceiling if count else 0) for count in counts]
    up: list[tuple[float, float]] = [(0, ceiling if size else 0) for size in n]
    down: list[tuple[float, float]] = [(0, max(size - 1, 0)) for size in n]
    up[target], down[target] = (needed, needed), (0, 0)
    cost = np.where(hidden, 0, costs)
    answer = linprog(  # type: ignore[call-overload]  # it takes a sparse A_eq, of which scipy-stubs knows nothing
        np.concatenate([np.zeros(atoms), cost, cost]),
        A_eq=balance, b_eq=np.zeros(k + 1), bounds=atom_bounds + up + down, method="highs",
    )  # fmt: skip
    if not answer.success:
        return None
    return answer.x[atoms : atoms + k] + answer.x[atoms + k :] > 1e-7


def _memberships(segments: pd.DataFrame) -> tuple[list[tuple[object, object]], np.ndarray]:
    """Labels (division, group) and a 0/1 matrix (groups, respondents)."""
    labels: list[tuple[object, object]] = []
    rows: list[np.ndarray] = []
    for division in segments:
        values = segments[division]
        present = sorted(values.dropna().unique(), key=str)
        labels += [(division, group) for group in present]
        rows += [(values == group).to_numpy() for group in present]
        if values.isna().any():
            labels.append((division, None))
            rows.append(values.isna().to_numpy())
    return labels, np.array(rows, float)


def _atoms(segments: pd.DataFrame, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The combinations of groups that occur, as columns of `members` in their order, and how many respondents each has."""
    key = np.zeros(len(segments), np.int64)
    for division in segments:  # numbered anew at every step, so that no product of sizes is too large
        code = pd.factorize(segments[division], use_na_sentinel=False)[0]
        key = np.unique(key * (code.max() + 1) + code, return_inverse=True)[1]
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    order = np.lexsort(members[::-1, first])
    return members[:, first[order]], counts[order]


def _flags(labels: Iterable[object], sensitive: Iterable[object] | None) -> np.ndarray:
    labels, sensitive = list(labels), list(sensitive) if sensitive is not None else []
    unknown = [label for label in sensitive if label not in labels]
    if unknown:
        raise ValueError(f"sensitive names {unknown[0]!r}, which is no group here; the groups are {labels}")
    return np.array([label in sensitive for label in labels], bool)


def _counts(counts: Counts) -> Counts:
    values = counts.to_numpy(float)
    if values.size == 0 or not (values >= 0).all() or (values != np.floor(values)).any():
        raise ValueError("counts holds a missing, negative or broken number, or nothing; give respondents, unweighted")
    return counts


def _threshold(threshold: int) -> int:
    if threshold < 1 or threshold != int(threshold):
        raise ValueError(f"threshold == {threshold}; give a whole number of at least 1 (1 hides nothing)")
    return threshold
