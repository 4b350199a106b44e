"""One regression with a link between outcome and predictors, fitted by reweighted least squares."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

Curve = Callable[[np.ndarray], np.ndarray]  # of the linear predictor or of the mean, element by element
_STEPS, _TOLERANCE = 40, 1e-12


@dataclass(frozen=True)
class LinkFit:
    """A fitted link.

    terms       DataFrame by term ("constant" first): estimate, se, low, high, p on the scale of the linear predictor
    covariance  DataFrame (terms, terms)
    family      "binomial" (logit), "gamma" (log), "gaussian" (identity) or "hazard" (log, no constant)
    n, events   rows used; smaller count of events and non-events (binomial with 0/1), events (hazard), else None
    warnings    any of "not_converged", "separation", "few_events" (under 10 for each parameter)
    """

    terms: pd.DataFrame
    covariance: pd.DataFrame
    family: str
    n: int
    events: int | None
    warnings: tuple[str, ...]


def fitted_link(
    outcome: ArrayLike,
    design: pd.DataFrame,
    *,
    family: str,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    robust: bool = False,
    confidence: float = 0.95,
) -> LinkFit:
    """Coefficients of a generalized linear model with their covariance.

    outcome   (n,) numbers; design DataFrame (n, terms) without the constant, which is added
    family    "binomial" with logit (0-1, shares allowed), "gamma" with log (above 0) or "gaussian"
    weights   (n,) survey weights, positive; they make the covariance robust
    clusters  (n,) labels of groups that are alike inside: cluster-robust covariance (CR1)
    robust    True: heteroscedasticity-robust covariance (HC1)
    returns   LinkFit; rows with a missing value are dropped once, before n
    errors    ValueError for a constant or collinear design, no more rows than terms, weights of 0 or below, a single
              cluster, and a confidence outside 0-1
    source    statsmodels GLM (cov_type nonrobust, cluster, and HC0 times n / (n - terms)) and OLS: same numbers
    """
    y, matrix, weights, groups, names = _complete(outcome, design, weights, clusters)
    coefficients, information, score, settled = _reweighted(y, matrix, weights, family)
    bread = np.linalg.inv(information)
    if groups is not None:
        covariance = bread @ _clustered(score, groups) @ bread * (len(y) - 1) / (len(y) - len(names))
    elif robust or weights.std() > 0:
        covariance = bread @ (score.T @ score) @ bread * len(y) / (len(y) - len(names))
    else:
        covariance = bread * _dispersion(y, matrix, coefficients, weights, family)
    binary = family == "binomial" and np.isin(y, (0, 1)).all()
    events = int(min(y.sum(), (1 - y).sum())) if binary else None
    spread = np.append(1.0, matrix[:, 1:].std(axis=0))
    flags = _flags(settled, events, len(names), (np.sqrt(np.diag(bread)) * spread)[1:], family)
    return link_fit(names, coefficients, covariance, family, len(y), events, flags, confidence)


def link_fit(
    names: list[str],
    coefficients: np.ndarray,
    covariance: np.ndarray,
    family: str,
    n: int,
    events: int | None,
    flags: Iterable[str],
    confidence: float,
) -> LinkFit:
    """LinkFit from an estimate (terms,) and its covariance (terms, terms); intervals and p from the normal distribution.

    errors    ValueError for a confidence outside 0-1
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence == {confidence}, must be between 0 and 1, such as 0.95")
    se = np.sqrt(np.diag(covariance))
    margin = stats.norm.ppf((1 + confidence) / 2) * se
    terms = pd.DataFrame({
        "estimate": coefficients, "se": se, "low": coefficients - margin, "high": coefficients + margin,
        "p": 2 * stats.norm.sf(np.abs(coefficients / se))}, index=pd.Index(names, name="term"))
    return LinkFit(terms, pd.DataFrame(covariance, names, names), family, n, events, tuple(flags))


def fitted_mean(fit: LinkFit, design: pd.DataFrame) -> np.ndarray:
    """Expected outcome of each row of the design under the fit, (n,); not for hazards.

    errors    ValueError for a term of the fit that is no column of the design
    """
    predictor = design_matrix(fit, design) @ fit.terms.estimate.to_numpy()
    return inverse_link(fit.family)(predictor)


def design_matrix(fit: LinkFit, design: pd.DataFrame) -> np.ndarray:
    """The columns of the design (n, terms) in the order of the fit's terms, with the constant where it has one.

    errors    ValueError for a term of the fit that is no column of the design
    """
    wanted = [name for name in fit.terms.index if name != "constant"]
    missing = [name for name in wanted if name not in design]
    if missing:
        raise ValueError(f"design lacks the columns {missing}; it needs {wanted}")
    matrix = design[wanted].to_numpy(float)
    return np.column_stack([np.ones(len(matrix)), matrix]) if "constant" in fit.terms.index else matrix


def inverse_link(family: str) -> Curve:
    """Function from the linear predictor to the mean of the outcome (log: to the ratio of hazards)."""
    curves: dict[str, Curve] = {"binomial": _expit, "gamma": np.exp, "gaussian": lambda x: x, "hazard": np.exp}
    return curves[family]


def link_of(family: str) -> Curve:
    """Function from the mean of the outcome to the linear predictor."""
    curves: dict[str, Curve] = {
        "binomial": lambda mean: np.log(mean / (1 - mean)), "gamma": np.log, "gaussian": np.asarray}
    return curves[family]


def _complete(
    outcome: ArrayLike, design: pd.DataFrame, weights: ArrayLike | None, clusters: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None, list[str]]:
    design = pd.DataFrame(design)
    extra: dict[str, np.ndarray] = {"_y": np.asarray(outcome, float), "_w": np.ones(len(design)) if weights is None else np.asarray(weights, float)}
    if clusters is not None:
        extra["_c"] = pd.factorize(np.asarray(clusters))[0].astype(float)
        extra["_c"][extra["_c"] < 0] = np.nan
    rows = design.astype(float).assign(**extra).dropna()
    names = ["constant", *map(str, design.columns)]
    if len(rows) <= len(names):
        raise ValueError(f"{len(rows)} complete rows for {len(names)} terms; more rows or fewer terms are needed")
    if (rows["_w"] <= 0).any():
        raise ValueError("weights must be positive; drop the rows that should not count")
    matrix = np.column_stack([np.ones(len(rows)), rows[design.columns].to_numpy()])
    _check_rank(matrix, names)
    weights = rows["_w"].to_numpy() / rows["_w"].mean()
    groups = None if clusters is None else rows["_c"].to_numpy().astype(int)
    return rows["_y"].to_numpy(), matrix, weights, groups, names


def _check_rank(matrix: np.ndarray, names: Sequence[str]) -> None:
    spread = matrix.std(axis=0)
    constant = [name for name, value in zip(names[1:], spread[1:], strict=True) if value == 0]
    if constant:
        raise ValueError(f"the columns {constant} never vary; leave them out")
    scaled = (matrix[:, 1:] - matrix[:, 1:].mean(axis=0)) / spread[1:]
    correlation = scaled.T @ scaled / len(scaled)
    if len(correlation) and np.linalg.eigvalsh(correlation).min() < 1e-9:
        raise ValueError(f"the columns {names[1:]} determine one another exactly; leave one of them out")


def _reweighted(outcome: np.ndarray, matrix: np.ndarray, weights: np.ndarray, family: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Newton steps of the quasi-likelihood: coefficients, information, score rows, whether they settled."""
    coefficients = np.zeros(matrix.shape[1])
    coefficients[0] = link_of(family)(np.average(outcome, weights=weights))
    settled = False
    for _ in range(_STEPS):
        mean = inverse_link(family)(matrix @ coefficients)
        curvature, residual = _quasi(outcome, mean, weights, family)
        information = (matrix * curvature[:, None]).T @ matrix
        gradient = matrix.T @ residual
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        coefficients = coefficients + step * min(1.0, 5.0 / max(np.abs(matrix[:1000] @ step).max(), 1e-300))
        if gradient @ step < _TOLERANCE:
            settled = True
            break
    information = information + np.eye(len(information)) * 1e-12 * np.trace(information)
    return coefficients, information, matrix * residual[:, None], settled


def _quasi(outcome: np.ndarray, mean: np.ndarray, weights: np.ndarray, family: str) -> tuple[np.ndarray, np.ndarray]:
    if family == "binomial":
        return weights * np.maximum(mean * (1 - mean), 1e-12), weights * (outcome - mean)
    if family == "gamma":
        return weights * outcome / mean, weights * (outcome / mean - 1)
    return weights, weights * (outcome - mean)


def _dispersion(outcome: np.ndarray, matrix: np.ndarray, coefficients: np.ndarray, weights: np.ndarray, family: str) -> float:
    if family == "binomial":
        return 1.0
    mean = inverse_link(family)(matrix @ coefficients)
    _, residual = _quasi(outcome, mean, weights, family)
    return float((residual ** 2).sum() / (len(outcome) - matrix.shape[1]))


def _clustered(score: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    groups = clusters.max() + 1
    if groups < 2:
        raise ValueError(f"{groups} cluster; at least 2 are needed, and about 30 for a fair interval")
    sums = np.column_stack([np.bincount(clusters, column, groups) for column in score.T])
    return sums.T @ sums * groups / (groups - 1)


def _flags(settled: bool, events: int | None, terms: int, scaled_errors: np.ndarray, family: str) -> Iterator[str]:
    if family == "binomial" and (not settled or (scaled_errors > 25).any()):
        yield "separation" if (scaled_errors > 25).any() else "not_converged"
    elif not settled:
        yield "not_converged"
    if events is not None and events < 10 * terms:
        yield "few_events"


def _expit(predictor: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(predictor, -700, 700)))
