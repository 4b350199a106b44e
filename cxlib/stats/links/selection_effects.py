"""Changes and levels that arise from who was picked or who answered, without any cause."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.links.link_fit import fitted_link


@dataclass(frozen=True)
class ExpectedReturn:
    """A picked group on its way back to the mean, in points of the measure.

    first      mean at the picking; expected: mean to expect next time if nothing is done
    gain       expected - first, what would look like an effect
    """

    n: int
    first: float
    expected: float
    gain: float


def regression_to_the_mean(scores: ArrayLike, picked: ArrayLike, reliability: float) -> ExpectedReturn:
    """Mean that a group picked for its scores will have next time when nothing is done.

    scores       (n,) scores of all; picked (n,) True for the group
    reliability  share of the score variance that lasts, 0-1 (test-retest correlation)
    returns      ExpectedReturn: first + (1 - reliability) * (mean of all - first)
    assumes      the same mean and spread next time
    errors       ValueError for a reliability outside 0-1, and when nobody is picked
    source       Galton 1886; Barnett, van der Pols & Dobson 2005
    """
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability == {reliability}, must be a share from 0 to 1")
    frame = pd.DataFrame({"score": np.asarray(scores, float), "picked": np.asarray(picked, bool)}).dropna()
    group = frame.score[frame.picked]
    if group.empty:
        raise ValueError("nobody is picked; `picked` must hold at least one True")
    gain = (1 - reliability) * (frame.score.mean() - group.mean())
    return ExpectedReturn(len(group), float(group.mean()), float(group.mean() + gain), float(gain))


def response_weights(answered: ArrayLike, frame: pd.DataFrame, *, trim: float = 5.0) -> pd.Series:
    """Weights that make those who answered look like the whole frame, mean 1 over the answers.

    answered  (n,) True or 1 for those who answered, one row a member of the frame
    frame     DataFrame (n, columns) of numbers known for everybody; columns named by what they hold
    trim      largest weight, as a multiple of the mean weight, above 1
    returns   Series (n,), 0 for those who did not answer
    assumes   what is not in the frame has nothing to do with answering
    errors    ValueError for a column of the frame that never varies or follows from others, and too few members
    source    inverse of the answer chance, by logit (Little 1986)
    """
    did = pd.Series(np.asarray(answered, float), index=frame.index)
    fit = fitted_link(did, frame, family="binomial")
    design = np.column_stack([np.ones(len(frame)), frame.to_numpy(float)])
    chance = 1 / (1 + np.exp(-design @ fit.terms.estimate.to_numpy()))
    weights = did / chance
    for _ in range(100):
        weights = weights * did.sum() / weights.sum()
        if weights.max() <= trim * (1 + 1e-9):
            break
        weights = weights.clip(upper=trim)
    return weights


def response_gap(
    answered: ArrayLike, measures: pd.DataFrame, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Those who answered against everybody, for measures that are known for everybody.

    returns  DataFrame, one row a measure: n, answered (mean of the answers), everybody, difference, and when weights
             are given weighted (mean of the answers) and remaining (weighted - everybody)
    errors   ValueError when all or none answered, and for a measure that is missing in some rows
    """
    answered = np.asarray(answered, bool)
    if not answered.any() or answered.all():
        raise ValueError("both answers and non-answers are needed to see a gap")
    if measures.isna().any(axis=None):
        raise ValueError(f"{measures.columns[measures.isna().any()][0]!r} is missing in some rows; "
                         "measures must be known for everybody")
    table = pd.DataFrame({
        "n": measures.notna().sum(), "answered": measures[answered].mean(), "everybody": measures.mean()})
    table["difference"] = table.answered - table.everybody
    if weights is not None:
        counted = np.asarray(weights, float)[answered]
        table["weighted"] = [np.average(measures[name].to_numpy()[answered], weights=counted) for name in measures]
        table["remaining"] = table.weighted - table.everybody
    return table
