"""What draws of a value say: its range, the chance of gain, and which input matters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

RANKED = 20_000  # draws that a rank correlation rests on: its error is then below 0.01


@dataclass(frozen=True)
class ValueRange:
    """A value with its uncertainty; all but the shares in the unit of the value.

    p10, p50, p90       quantiles; mean and its Monte Carlo standard error `mean_error`
    share               share of draws above zero, `share_error` its Monte Carlo standard error
    p50_error           Monte Carlo standard error of the median
    perfect_information what knowing the value before deciding would be worth: E[max(value, 0)] - max(E[value], 0)
    """

    n: int
    mean: float
    mean_error: float
    p10: float
    p50: float
    p90: float
    p50_error: float
    share: float
    share_error: float
    perfect_information: float


def value_range(draws: ArrayLike) -> ValueRange:
    """Quantiles, mean, chance of gain and value of perfect information of (n,) independent draws.

    errors   ValueError below 99 draws, with a value that is not finite, and in more than one dimension
    source   order-statistic error of the median (Mood & Graybill); EVPI as in Raiffa & Schlaifer 1961
    """
    draws = np.asarray(draws, float)
    if draws.ndim != 1 or len(draws) < 99 or not np.isfinite(draws).all():
        raise ValueError(f"draws of shape {draws.shape}: at least 99 finite values in one row are needed")
    n = len(draws)
    middle = np.clip(0.5 + np.array([-1, 1]) * 0.5 / np.sqrt(n), 0, 1)
    low, p10, p50, p90, high = np.quantile(draws, [middle[0], 0.1, 0.5, 0.9, middle[1]])
    share = float((draws > 0).mean())
    mean = float(draws.mean())
    return ValueRange(
        n,
        mean,
        float(draws.std(ddof=1) / np.sqrt(n)),
        float(p10),
        float(p50),
        float(p90),
        float((high - low) / 2),
        share,
        float(np.sqrt(share * (1 - share) / n)),
        float(np.maximum(draws, 0).mean() - max(mean, 0.0)),
    )


def input_swings(inputs: pd.DataFrame, worth: Callable[[pd.DataFrame], ArrayLike], *, value: ArrayLike | None = None) -> pd.DataFrame:
    """How far the value moves when one input goes from its P10 to its P90, the others at their P50.

    inputs   DataFrame (draws, inputs)
    worth    function of a DataFrame with the same columns, one value for each row
    value    (draws,) worth of the inputs, where it is known already
    returns  DataFrame, one row an input, widest swing first: input_low, input_high (its P10, P90), low, high
             (value there), swing (absolute difference), rank_correlation with the value over the first draws
    """
    quantiles = inputs.quantile([0.1, 0.5, 0.9])
    ends, grid = quantiles.loc[[0.1, 0.9]].to_numpy(), np.repeat(quantiles.loc[[0.5]].to_numpy(), 2 * inputs.shape[1], 0)
    for place in range(inputs.shape[1]):
        grid[2 * place : 2 * place + 2, place] = ends[:, place]
    values = np.asarray(worth(pd.DataFrame(grid, columns=inputs.columns)), float).reshape(-1, 2)
    value = np.asarray(worth(inputs) if value is None else value, float)[:RANKED]
    ranks = inputs[:RANKED].rank().corrwith(pd.Series(value, inputs.index[:RANKED]).rank())
    table = pd.DataFrame(
        {
            "input_low": quantiles.loc[0.1],
            "input_high": quantiles.loc[0.9],
            "low": values[:, 0],
            "high": values[:, 1],
            "swing": np.abs(values[:, 1] - values[:, 0]),
            "rank_correlation": ranks.fillna(0.0),
        }
    )
    return table.sort_values("swing", ascending=False, kind="stable")


def information_values(inputs: pd.DataFrame, value: ArrayLike, *, bins: int = 40) -> pd.Series:
    """Expected value of knowing one input exactly before deciding to go ahead or not, in the value's unit.

    inputs   DataFrame (draws, inputs); value (draws,)
    bins     equally filled classes of the input; within one the mean value is what would be known
    returns  Series by input, largest first; 0 means that knowing it could not change the decision
    errors   ValueError below 50 draws a bin
    source   Strong & Oakley 2013 (one-input estimate by ordered blocks); few draws a bin bias it upwards
    """
    value = np.asarray(value, float)
    if len(value) < 50 * bins:
        raise ValueError(f"{len(value)} draws for {bins} bins; at least 50 draws a bin are needed")
    worth = {}
    for name in inputs:
        order = np.argsort(inputs[name].to_numpy(), kind="stable")
        blocks = np.array_split(value[order], bins)
        known = sum(max(block.mean(), 0.0) * len(block) for block in blocks) / len(value)
        constant = inputs[name].iloc[0] == inputs[name].to_numpy()
        gain = 0.0 if constant.all() else known - max(value.mean(), 0.0)
        worth[name] = gain if gain > 1e-9 * np.abs(value).mean() else 0.0  # less is rounding
    return pd.Series(worth, name="information").sort_values(ascending=False, kind="stable")
