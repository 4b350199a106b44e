"""What a change is worth in points: constructs as indices 0-100, unstandardised effects between them (draws last)."""

from collections.abc import Sequence

import numpy as np

from cxlib.stats.drivers.path_model import PathStructure

Scale = Sequence[float] | dict[str, Sequence[float]]  # (low, high) of every item, or of each


def index_weights(weights: np.ndarray, deviations: np.ndarray, structure: PathStructure) -> np.ndarray:
    """Weights (items, draws) of the 0-100 items in each construct's index, summing to 1 in each block.

    weights      outer weights of the path model;  deviations (items, draws) SD of each item on the 0-100 scale
    source       outer weight divided by the item's SD: the index is then the model's own score, rescaled (ACSI)
    """
    raw = weights / deviations
    return np.concatenate([raw[span] / raw[span].sum(axis=0) for span in structure.spans])


def construct_indices(weights: np.ndarray, means: np.ndarray, structure: PathStructure) -> np.ndarray:
    """Mean index 0-100 of each construct (constructs, draws), from index weights and item means on 0-100."""
    return np.array([(weights[span] * means[span]).sum(axis=0) for span in structure.spans])


def unstandardised(
    effects: np.ndarray, weights: np.ndarray, deviations: np.ndarray, structure: PathStructure
) -> np.ndarray:
    """Effects in index points: "one point up in the source gives b points in the target" (targets, sources, draws).

    effects   standardised paths or total effects, row the target, column the source
    """
    raw = weights / deviations
    spread = np.array([1 / raw[span].sum(axis=0) for span in structure.spans])  # SD of each index
    return effects * spread[:, None] / spread[None]


def rescaled(values: np.ndarray, scale: Scale, *, names: Sequence[str]) -> np.ndarray:
    """Values (rows, items), NaN where missing, on 0-100 by the theoretical scale: 100 (x - low) / (high - low).

    scale    (low, high) of every item, or {item: (low, high)};  names of the items, for errors
    errors   ValueError that names an item with an answer outside its scale
    """
    limits = np.array([scale[name] if isinstance(scale, dict) else scale for name in names], float)
    low, high = limits[:, 0], limits[:, 1]
    outside = ((values < low) | (values > high)).any(axis=0)
    if outside.any():
        i = int(np.flatnonzero(outside)[0])
        raise ValueError(f"{names[i]!r} has answers outside its scale {low[i]:g}-{high[i]:g}; correct the scale, or "
                         "declare the code as missing")
    return 100 * (values - low) / (high - low)
