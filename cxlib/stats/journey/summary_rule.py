"""Which rule sums a customer's contacts up to what the customer thinks of the company: the mean, the worst, the last?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.moments import checked_weights, finite
from cxlib.stats.refusal import Refusal

CANDIDATES = ("mean", "worst", "last", "peak_end", "low_count", "shortfall")
LEAST = 200  # customers with two scored contacts or more, below which no rule is named


@dataclass(frozen=True)
class SummaryContest:
    """Rules held against each other.

    table    one row a rule, best first: error (squared, of customers left out of the fit), explained (share of the variance of those
             left out, below 0 when useless), behind (error more than the best rule's), z (of `behind`), apart (can be told from the best)
    best     the rule with the smallest error;  clear: no other rule comes near it, and it explains something
    n        customers
    """

    table: pd.DataFrame
    best: str
    clear: bool
    n: int

    @property
    def not_apart(self) -> tuple[str, ...]:
        """The rules that cannot be told from the best, itself first."""
        return tuple(self.table.index[~self.table.apart])


def contact_summaries(customers: ArrayLike, scores: ArrayLike, *, scale: tuple[float, float] = (0, 10)) -> pd.DataFrame:
    """Each customer's scored contacts, summed up by every rule.

    customers  (contacts,) label of each contact's customer, in order of time;  scores: (contacts,) NaN where not scored
    scale      (lowest, highest) score: low is up to .6 of it (6 of 10), short is what lacks to .8 of it (8 of 10)
    returns    DataFrame by customer with two scored contacts or more: mean, worst, last, peak_end (mean of worst and last), low_count,
               shortfall (sum of what lacks)
    errors     ValueError for customers and scores of different length
    source     peak and end: Kahneman et al. 1993, Psychological Science 4
    """
    customers, scores = np.asarray(customers), np.asarray(scores, float)
    if customers.shape != scores.shape:
        raise ValueError(f"{customers.shape} customers and {scores.shape} scores; one of each for each contact is needed")
    given = pd.Series(scores).groupby(customers).transform("count").to_numpy() >= 2
    rows = pd.DataFrame({"customer": customers, "score": scores})[given & np.isfinite(scores)]
    low, short = (scale[0] + share * (scale[1] - scale[0]) for share in (0.6, 0.8))
    rows = rows.assign(low=(rows.score <= low).astype(float), short=(short - rows.score).clip(lower=0))
    by = rows.groupby("customer")
    table = pd.DataFrame({"mean": by.score.mean(), "worst": by.score.min(), "last": by.score.last()})
    return table.assign(peak_end=(table.worst + table["last"]) / 2, low_count=by.low.sum(), shortfall=by.short.sum())


def summary_contest(
    summaries: pd.DataFrame, outcome: ArrayLike, *, weights: ArrayLike | None = None, folds: int = 10, least: float = 2.0,
    seed: int = 0,
) -> SummaryContest:
    """Which rule foretells the outcome of customers that it was not fitted to; a tie stays a tie.

    summaries  DataFrame (customers, rules), none missing;  outcome (customers,) NaN rows are left out
    least      z of the gain over a rule from which it is told apart
    errors     Refusal (a ValueError) below 200 customers, and where a rule gives all customers the same; ValueError for missing
               summaries and faulty weights
    assumes    the outcome is linear in the summary
    source     cross-validated squared error; the gain as a paired difference over customers (Diebold and Mariano 1995)
    """
    y = np.asarray(outcome, float)
    kept = np.isfinite(y)
    w: np.ndarray = checked_weights(weights, len(y))[kept]
    values, y = finite(summaries)[kept], y[kept]
    if len(y) < LEAST:
        raise Refusal(f"{len(y)} customers with two scored contacts; at least {LEAST} are needed", "few")
    constant = np.ptp(values, axis=0) == 0
    if constant.any():
        name = summaries.columns[int(constant.argmax())]
        raise Refusal(f"{name!r} is the same for all customers; leave it out", "constant", name)
    fold = np.random.default_rng(seed).permutation(np.arange(len(y)) % folds)
    errors = np.stack([_left_out(column, y, w, fold) for column in values.T])
    null = _left_out(np.zeros(len(y)), y, w, fold)
    mean = np.average(errors, axis=1, weights=w)
    order = mean.argsort(kind="stable")
    best = errors[order[0]]
    z = np.array([_z(each - best, w) for each in errors])
    table = pd.DataFrame({"error": mean, "explained": 1 - mean / np.average(null, weights=w), "behind": mean - mean[order[0]],
                          "z": z, "apart": z > least}, index=pd.Index(summaries.columns, name="rule")).iloc[order]  # fmt: skip
    useful = _z(null - best, w) > least
    return SummaryContest(table, str(table.index[0]), bool(table.apart.iloc[1:].all() and useful), len(y))


def _left_out(column: np.ndarray, y: np.ndarray, weights: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Squared error of each row under the line fitted to the other folds."""
    errors = np.empty(len(y))
    for each in np.unique(fold):
        inside, outside = fold != each, fold == each
        w = weights[inside]
        centre, level = np.average(column[inside], weights=w), np.average(y[inside], weights=w)
        away = column[inside] - centre
        spread = w @ away**2
        slope = (w * away) @ (y[inside] - level) / spread if spread > 0 else 0.0
        errors[outside] = (y[outside] - level - slope * (column[outside] - centre)) ** 2
    return errors


def _z(difference: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean over its standard error; 0 where all differences are 0."""
    mean = np.average(difference, weights=weights)
    error = np.sqrt((weights**2 * (difference - mean) ** 2).sum()) / weights.sum()
    return float(mean / error) if error > 0 else 0.0
