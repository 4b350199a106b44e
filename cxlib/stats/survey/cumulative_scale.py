"""Placement on a staircase: a level counts only when every level below it is attained too.

Answers say how far a statement is fulfilled, 0 to 1. Means of levels are never added up: strength on a high step does
not make up for a missing one below. "Don't know" is left out of every mean, and bounded by 0 and by 1.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Placement:
    """The level reached and how sure it is.

    level       highest k with levels 1..k attained, 0 when the first is not
    shares      Series over levels 0..K, share of bootstrap draws of the raters placed there, adds up to 1
    lowest, highest  level if every "don't know" meant 0, or 1
    progress    mean of the next level's statements, 0-1, as the share of the way to it; None on the top level and where
                nobody answered the next one. Never added to the level
    islands     positions of statements fulfilled (as attained_statements) on levels above the one reached
    levels      DataFrame, one row per level: level, mean, core (mean of its core statements), n (answers), attained
    n           raters with at least one answer
    """

    level: int
    shares: pd.Series
    lowest: int
    highest: int
    progress: float | None
    islands: tuple[int, ...]
    levels: pd.DataFrame
    n: int


@dataclass(frozen=True)
class _Rule:
    """Level and core flag of each statement, and what the means of a level and of its core must reach."""

    levels: np.ndarray
    core: np.ndarray
    mean_at_least: float
    core_at_least: float


def placement(
    answers: ArrayLike,
    levels: ArrayLike,
    core: ArrayLike,
    *,
    mean_at_least: float = 0.6,
    core_at_least: float = 0.5,
    draws: int = 2000,
    seed: int = 0,
) -> Placement:
    """Level reached by the non-compensatory rule, with the share of bootstrap draws per level.

    answers   (raters, statements) 0-1, NaN is "don't know"
    levels    (statements,) level 1, 2, ... of each statement
    core      (statements,) True for the statements without which their level falls
    mean_at_least, core_at_least  a level is attained when the mean over its statements of the raters' mean answer, and
              the mean answer to each core statement, reach these; a level or core nobody could answer is not attained
    draws     bootstrap samples of whole raters
    returns   Placement; a rater without any answer is left out
    errors    ValueError for answers outside 0-1, levels that leave a gap or do not fit the statements, and no answer
    assumes   one rater is never a placement of its own: its bootstrap has a single draw
    source    the staged rule of CMMI; simulated in tests/simulations
    """
    answers, levels, core = _checked(answers, levels, core)
    rule = _Rule(levels, core, mean_at_least, core_at_least)
    statements, table = _mean_answers(answers), _level_table(answers, rule)
    level = int(_reached(statements[None], rule)[0])
    counts = np.random.default_rng(seed).multinomial(len(answers), np.full(len(answers), 1 / len(answers)), size=draws)
    drawn = np.bincount(_reached(_mean_answers(answers, counts), rule), minlength=levels.max() + 1) / draws
    lowest, highest = (int(_reached(_mean_answers(np.nan_to_num(answers, nan=end))[None], rule)[0]) for end in (0, 1))
    following = table["mean"].get(level + 1)
    islands = np.flatnonzero((levels > level) & (np.nan_to_num(statements) >= mean_at_least))
    return Placement(
        level, pd.Series(drawn, pd.RangeIndex(levels.max() + 1, name="level"), name="share"), lowest, highest,
        None if following is None or np.isnan(following) else float(following),
        tuple(islands.tolist()), table.reset_index(), len(answers),
    )  # fmt: skip


def _mean_answers(answers: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Mean answer to each statement, NaN where nobody answered: (statements,), or (draws, statements) for counts."""
    weights = np.ones((1, len(answers))) if counts is None else counts
    given = weights @ ~np.isnan(answers)
    means = np.where(given > 0, weights @ np.nan_to_num(answers) / np.maximum(given, 1), np.nan)
    return means[0] if counts is None else means


def _reached(statements: np.ndarray, rule: _Rule) -> np.ndarray:
    """Level reached by each row of mean answers (draws, statements)."""
    attained = [_attained(statements, k, rule) for k in range(1, rule.levels.max() + 1)]
    return np.cumprod(np.array(attained), axis=0).sum(axis=0)


def _attained(statements: np.ndarray, level: int, rule: _Rule) -> np.ndarray:
    """Whether each row of mean answers (draws, statements) attains the level."""
    own, core = statements[:, rule.levels == level], rule.core[rule.levels == level]
    answered = ~np.isnan(own)
    mean = np.nan_to_num(own).sum(axis=1) / np.maximum(answered.sum(axis=1), 1)
    solid = (np.nan_to_num(own[:, core], nan=-1.0) >= rule.core_at_least - 1e-9).all(axis=1)
    return (mean >= rule.mean_at_least - 1e-9) & answered.any(axis=1) & solid


def _level_table(answers: np.ndarray, rule: _Rule) -> pd.DataFrame:
    statements, given = pd.Series(_mean_answers(answers)), (~np.isnan(answers)).sum(axis=0)
    levels, core = rule.levels, rule.core
    ks = range(1, levels.max() + 1)
    means = statements.to_numpy()[None]
    return pd.DataFrame(
        {
            "mean": statements.groupby(levels).mean(),
            "core": statements[core].groupby(levels[core]).min(),
            "n": pd.Series(given).groupby(levels).sum(),
            "attained": [bool(_attained(means, k, rule)[0]) for k in ks],
        },
        index=pd.Index(ks, name="level"),
    )


def _checked(answers: ArrayLike, levels: ArrayLike, core: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    answers, levels, core = np.asarray(answers, float), np.asarray(levels), np.asarray(core, bool)
    if answers.ndim != 2 or levels.shape != core.shape or answers.shape[1:] != levels.shape or levels.size == 0:
        raise ValueError(
            f"answers {answers.shape}, levels {levels.shape}, core {core.shape}; one level and core per column"
        )
    if (levels != levels.astype(int)).any() or set(levels) != set(range(1, int(levels.max()) + 1)):
        raise ValueError(f"levels == {sorted(set(levels.tolist()))}; give whole numbers 1, 2, ... without a gap")
    given = answers[~np.isnan(answers)]
    if given.size == 0 or given.min() < 0 or given.max() > 1:
        raise ValueError("answers are all missing or lie outside 0-1; give how far each statement is fulfilled")
    return answers[~np.isnan(answers).all(axis=1)], levels.astype(int), core
