"""Rollouts with a known effect, for the tests of the effect room."""

import numpy as np
import pandas as pd

from cxlib.analyses.rollout import Rollout

PERIODS = 12
NAMES = [f"2024-{month:02d}" for month in range(1, PERIODS + 1)]


def figures(values: np.ndarray, answers: float = 40.0, names: list[str] = NAMES) -> pd.DataFrame:
    """A table of figures from values (units, periods); units are called U00, U01, ..."""
    units = [f"U{place:02d}" for place in range(len(values))]
    rows = [(unit, names[at], value, answers) for unit, line in zip(units, values, strict=True) for at, value in enumerate(line)]
    table = pd.DataFrame(rows, columns=["unit", "period", "value", "answers"])
    return table.assign(period=table["period"].astype(pd.CategoricalDtype(names, ordered=True)))


def starts(*begun: tuple[str, list[int], int | None], names: list[str] = NAMES) -> pd.DataFrame:
    """Starts of (initiative, units, place of the first period with it; None: after the last one)."""
    rows = [(name, f"U{unit:02d}", None if at is None else names[at]) for name, units, at in begun for unit in units]
    return pd.DataFrame(rows, columns=["initiative", "unit", "start"])


def moved(units: int = 24, *, treated: int = 12, at: int = 6, effect: float = 0.0, by_score: bool = False, seed: int = 0, noise: float = 3.0, periods: int = PERIODS) -> tuple[np.ndarray, list[int]]:
    """Values (units, periods) of which some units gain an effect from a period on, and which; the lowest of the period before by score."""
    rng = np.random.default_rng(seed)
    values = 60 + rng.normal(0, 3, units)[:, None] + 0.1 * np.arange(periods) + rng.normal(0, noise, (units, periods))
    picked = np.argsort(values[:, at - 1])[:treated] if by_score else rng.choice(units, treated, replace=False)
    values[np.ix_(picked, np.arange(at, periods))] += effect
    return values, sorted(map(int, picked))


def rollout(*, chosen: str = "random", smallest: float = 2.0, name: str = "New rota", **made) -> Rollout:
    """One initiative that was begun in the units of `moved`."""
    at = made.get("at", 6)
    values, picked = moved(**made)
    return Rollout(starts(("New rota" if name is None else name, picked, at)), figures(values), label="Satisfaction", chosen_by={name: chosen}, smallest=smallest)
