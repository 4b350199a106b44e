"""Which set of projects is worth most under limits, when some of them reach the same people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

Row = tuple[np.ndarray, np.ndarray, float]  # of a linear constraint: coefficients of projects and of pools, most


@dataclass(frozen=True)
class Choice:
    """The best set of projects.

    chosen     names in the order of the table
    net, cost  value less cost, and present cost, of the set; low the P10 of its net value or None
    bound      True when the solver proved that no set is better
    """

    chosen: tuple[str, ...]
    net: float
    cost: float
    low: float | None
    bound: bool


def combined_value(projects: pd.DataFrame, chosen: Sequence[str]) -> float:
    """Gross value of a set when a person reached by several counts once, at the best of them.

    projects  DataFrame by name: gain (value alone), reach (share of its pool reached, 0-1), pool (label)
    chosen    names of the set
    returns   value in the unit of gain; within a pool at most the sum, between pools the sum
    assumes   within a pool projects reach people independently of one another
    """
    return sum(combined_shares(projects, chosen).mul(projects.gain.loc[list(chosen)]))


def combined_shares(projects: pd.DataFrame, chosen: Sequence[str]) -> pd.Series:
    """Part of each chosen project's own value that is left beside the others, 0-1, by name.

    projects, chosen  as in combined_value
    """
    kept = {}
    for _, group in projects.loc[list(chosen)].groupby("pool", sort=False):
        best_first = _worth_each(group).sort_values(ascending=False, kind="stable")
        free = 1.0
        for name in best_first.index:
            kept[name] = free
            free *= 1 - group.reach[name]
    return pd.Series(kept, dtype=float).reindex(list(chosen))


def best_set(
    projects: pd.DataFrame,
    *,
    limits: Mapping[str, float] | None = None,
    requires: Iterable[tuple[str, str]] = (),
    excludes: Iterable[tuple[str, str]] = (),
    net_draws: Callable[[Sequence[str]], np.ndarray] | None = None,
    loss_limit: float | None = None,
) -> Choice:
    """Set of projects with the highest net value under limits on resources and on loss.

    projects    DataFrame by name: gain, reach, pool (as in `combined_value`), cost; further columns are resources
    limits      dict column -> most that the set may use of it, such as {"cost": 2e6, "staff": 5}
    requires    pairs (a, b): a only with b; excludes pairs (a, b): not both
    net_draws   function of a tuple of names -> (draws,) net values of that set
    loss_limit  the P10 of the set's net value must not lie below -loss_limit
    returns     Choice; the empty set (worth 0) when nothing pays
    errors      ValueError for columns that are missing, a reach outside 0-1, a negative cost or gain, and a pair that
                names no project
    source      branch and cut (HiGHS through scipy.optimize.milp); overlap by the cuts of Nemhauser & Wolsey 1981,
                exact because the value of a set is submodular; the risk limit by excluding sets that break it
    """
    given = _checked(projects, limits)
    # The solver's tolerances are absolute: money is measured in the largest amount, so that the currency cannot matter.
    scale = max(float(given.gain.max()), float(given.cost.max()), 1e-300)
    projects = given.assign(gain=given.gain / scale)
    costs = given.cost.to_numpy() / scale
    rows, pools = _linear_rows(projects, limits or {}, requires, excludes), list(dict.fromkeys(projects.pool))
    bound = False
    for _ in range(500):
        chosen = _solved(projects, costs, pools, rows)
        if chosen is None:
            break
        cuts = _violated(projects, pools, *chosen)
        low = _low(net_draws, chosen[0]) if not cuts else None
        if not cuts and (loss_limit is None or low is None or low >= -loss_limit):
            bound = True
            break
        rows += cuts or [_not_again(projects, pools, chosen[0])]
    names = tuple(chosen[0]) if bound and chosen else ()
    cost = float(given.cost.loc[list(names)].sum())
    return Choice(names, float(combined_value(given, names) - cost), cost, _low(net_draws, names), bound)


def marginal_returns(projects: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """What each further project adds, beside those before it: over-investment begins where the return falls below 1.

    order    names; None: always the one that adds most for its cost next
    returns  DataFrame in that order: cost, spent (so far), added (gross value beside those before), net (so far),
             marginal_return (added / cost)
    """
    left: list[str] = list(order or projects.index)
    done: list[str] = []
    rows: list[dict[str, object]] = []
    while left:
        before = combined_value(projects, done)
        added = {name: combined_value(projects, [*done, name]) - before for name in left}
        name = left[0] if order is not None else max(left, key=lambda key: added[key] / projects.cost[key])
        left.remove(name)
        done.append(name)
        rows.append({"project": name, "cost": projects.cost[name], "added": added[name]})
    table = pd.DataFrame(rows).set_index("project")
    return table.assign(
        spent=table.cost.cumsum(), net=(table.added - table.cost).cumsum(), marginal_return=table.added / table.cost
    )


def _worth_each(projects: pd.DataFrame) -> pd.Series:
    """Value of one person reached; a project that reaches nobody by name overlaps with none."""
    return (projects.gain / projects.reach.where(projects.reach > 0)).fillna(np.inf)


def _checked(projects: pd.DataFrame, limits: Mapping[str, float] | None) -> pd.DataFrame:
    missing = [name for name in ("gain", "reach", "pool", "cost", *(limits or {})) if name not in projects]
    if missing:
        raise ValueError(f"projects lack the columns {missing}; they have {list(projects.columns)}")
    if not projects.reach.between(0, 1).all() or (projects.cost < 0).any() or (projects.gain < 0).any():
        raise ValueError("reach must be a share from 0 to 1, cost and gain 0 or more; leave out what loses by itself")
    return projects


def _linear_rows(
    projects: pd.DataFrame,
    limits: Mapping[str, float],
    requires: Iterable[tuple[str, str]],
    excludes: Iterable[tuple[str, str]],
) -> list[Row]:
    """Constraints as (coefficients of the projects, coefficients of the pools, most)."""
    names, pools = list(projects.index), projects.pool.nunique()
    rows = [(projects[name].to_numpy(float), np.zeros(pools), most) for name, most in limits.items()]
    for pairs, sign, most in ((requires, -1.0, 0.0), (excludes, 1.0, 1.0)):
        for first, second in pairs:
            row = np.zeros(len(names))
            row[names.index(first)], row[names.index(second)] = 1.0, sign
            rows.append((row, np.zeros(pools), most))
    return rows


def _solved(
    projects: pd.DataFrame, costs: np.ndarray, pools: Sequence[str], rows: Sequence[Row]
) -> tuple[list[str], np.ndarray] | None:
    n = len(projects)
    upper = [projects.gain[projects.pool == pool].sum() for pool in pools]
    bounds = (np.zeros(n + len(pools)), np.append(np.ones(n), upper))
    # Each pool's value is at most the sum of its members'; the cuts bring it down to what the set is worth.
    start = [
        (-projects.gain.where(projects.pool == pool, 0.0).to_numpy(), np.eye(len(pools))[place], 0.0)
        for place, pool in enumerate(pools)
    ]
    matrix = np.array([np.append(left, right) for left, right, _ in [*start, *rows]])
    most = np.array([limit for *_, limit in [*start, *rows]], float)
    answer = milp(
        np.append(costs, -np.ones(len(pools))),
        bounds=Bounds(*bounds),
        constraints=LinearConstraint(matrix, -np.inf, most),
        integrality=np.append(np.ones(n), np.zeros(len(pools))),
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return None
    return [name for name, on in zip(projects.index, answer.x[:n], strict=True) if on > 0.5], answer.x[n:]


def _violated(projects: pd.DataFrame, pools: Sequence[str], chosen: Sequence[str], claimed: np.ndarray) -> list[Row]:
    """Cuts for the pools whose claimed value is above what their chosen members are worth together."""
    cuts = []
    for place, pool in enumerate(pools):
        members = projects[projects.pool == pool]
        inside = [name for name in chosen if name in members.index]
        worth = combined_value(members, inside)
        if claimed[place] > worth + 1e-7 * max(members.gain.sum(), 1e-9):
            added = pd.Series(
                {
                    name: combined_value(members, [*inside, name]) - worth
                    for name in members.index
                    if name not in inside
                },
                dtype=float,
            )
            row = -added.reindex(projects.index, fill_value=0.0).to_numpy()
            cuts.append((row, np.eye(len(pools))[place], worth))
    return cuts


def _not_again(
    projects: pd.DataFrame, pools: Sequence[str], chosen: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, float]:
    row = np.array([1.0 if name in chosen else -1.0 for name in projects.index])
    return row, np.zeros(len(pools)), len(chosen) - 1.0


def _low(net_draws: Callable[[Sequence[str]], np.ndarray] | None, chosen: Sequence[str]) -> float | None:
    return None if net_draws is None or not chosen else float(np.quantile(net_draws(tuple(chosen)), 0.1))
