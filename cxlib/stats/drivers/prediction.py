"""Does a path model predict people it has not seen, and better than a plain regression on the items?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.drivers.path_model import PathStructure, path_fits
from cxlib.stats.moments import checked_weights, correlation_stack, covariance_stack, finite, one_blas_thread, row_units


@one_blas_thread
def path_prediction(
    items: pd.DataFrame, structure: PathStructure, *, weights: ArrayLike | None = None, folds: int = 10,
    repetitions: int = 1, seed: int = 0,
) -> pd.DataFrame:
    """Out-of-sample error of every item of every construct that has an arrow into it.

    items      DataFrame of answers, none missing
    returns    one row per item: construct, q2 (1 - squared error / squared error of the training mean; above 0 is
               useful), rmse, mae, and rmse_linear, mae_linear of a regression on the items of the direct sources;
               and, at the whole sample, rmse_in, mae_in, rmse_linear_in, mae_linear_in
    errors     ValueError for missing answers, folds below 2 or above the answers, and faulty weights
    source     Shmueli et al. 2016, 2019 (PLSpredict, direct antecedents); R: seminr predict_pls(technique = predict_DA)
    """
    values = finite(items[list(structure.items)].to_numpy(float))
    weights = checked_weights(weights, len(values))
    if not 2 <= folds <= len(values):
        raise ValueError(f"folds is {folds}; between 2 and the number of answers ({len(values)}) is needed")
    rng = np.random.default_rng(seed)
    fold = np.array([rng.permutation(np.arange(len(values)) % folds) for _ in range(repetitions)])
    training = (fold[:, None] != np.arange(folds)[:, None]).reshape(-1, len(values))
    errors = _errors(values, weights, training, ~training, structure)
    everyone = np.ones((1, len(values)), bool)
    inside = _errors(values, weights, everyone, everyone, structure)
    targets = _target_items(structure)
    owner = [structure.constructs[j] for j, _ in targets]
    table = pd.DataFrame({"construct": owner, "q2": 1 - errors["model"][0] / errors["mean"][0]},
                         index=pd.Index([structure.items[i] for _, i in targets], name="item"))
    for suffix, result in (("", errors), ("_in", inside)):
        for column, kind in (("", "model"), ("_linear", "linear")):
            table[f"rmse{column}{suffix}"] = np.sqrt(result[kind][0])
            table[f"mae{column}{suffix}"] = result[kind][1]
    return table


def _errors(
    values: np.ndarray, weights: np.ndarray, training: np.ndarray, testing: np.ndarray, structure: PathStructure
) -> dict[str, np.ndarray]:
    """Weighted mean squared and absolute error of each target item, {predictor: (2, items)}."""
    units = row_units(values, weights=weights)
    mean, covariance = covariance_stack(units, training.astype(float))
    fits = path_fits(correlation_stack(covariance)[0], structure)
    targets = _target_items(structure)
    totals = {kind: np.zeros((2, len(targets))) for kind in ("model", "linear", "mean")}
    scaled = (values - units.center) / units.scale
    for draw, rows in enumerate(testing):
        center, spread = mean[:, draw], np.sqrt(np.diag(covariance[:, :, draw]))
        standard = (scaled[rows] - center) / spread
        scores = np.column_stack([standard[:, span] @ fits.weights[span, draw] for span in structure.spans])
        predicted = {
            "model": np.column_stack([scores @ fits.paths[j, :, draw] * fits.loadings[i, draw] for j, i in targets]),
            "linear": _linear(standard, covariance[:, :, draw], spread, targets, structure),
            "mean": np.zeros((rows.sum(), len(targets))),
        }
        chosen = [i for _, i in targets]
        for kind, guess in predicted.items():
            error = (standard[:, chosen] - guess) * (spread * units.scale)[chosen]
            totals[kind] += weights[rows] @ error**2, weights[rows] @ np.abs(error)
    whole = sum(weights[rows].sum() for rows in testing)
    return {kind: total / whole for kind, total in totals.items()}


def _linear(
    standard: np.ndarray, covariance: np.ndarray, spread: np.ndarray, targets: list[tuple[int, int]],
    structure: PathStructure,
) -> np.ndarray:
    """Least squares of each target item on all items of its construct's direct sources, standardised."""
    correlation = covariance / np.outer(spread, spread)
    guesses: dict[int, np.ndarray] = {}
    for j in {j for j, _ in targets}:
        span = structure.spans[j]
        x = np.concatenate([np.arange(len(spread))[structure.spans[i]] for i in structure.sources(j)])
        slopes = np.linalg.lstsq(correlation[np.ix_(x, x)], correlation[x, span], rcond=None)[0]
        guesses |= {span.start + k: standard[:, x] @ slopes[:, k] for k in range(slopes.shape[1])}
    return np.column_stack([guesses[i] for _, i in targets])


def _target_items(structure: PathStructure) -> list[tuple[int, int]]:
    return [(j, i) for j, span in enumerate(structure.spans) if structure.arrows[j].any()
            for i in range(span.start, span.stop)]
