"""How far the correlations that a path model implies lie from those of the answers."""

from dataclasses import dataclass

import numpy as np

from cxlib.stats.drivers.path_model import PathFits, PathStructure


@dataclass(frozen=True)
class PathDistance:
    """Distances between observed and implied item correlations; 0 is a perfect fit.

    srmr      root mean squared residual correlation; below 0.08 is usually called good (Hu and Bentler 1999)
    geodesic, squared_euclidean  dG (natural logarithms; cSEM takes those to base 10) and dL, Dijkstra and Henseler 2015
    """

    srmr: float
    geodesic: float
    squared_euclidean: float


def path_distance(correlations, fits: PathFits, structure: PathStructure) -> PathDistance:
    """Distance of the first draw's item correlations (items, items, draws) from those that the model implies.

    source    composite models keep the correlations within a block; between blocks, loadings times the construct
              covariances that the arrows imply, with 1 - R2 left unexplained. Agrees with cSEM
    """
    observed, implied = correlations[:, :, 0], implied_correlations(correlations, fits, structure)
    squared = float(((observed - implied) ** 2).sum() / 2)
    k = len(observed)
    ratios = np.linalg.eigvals(np.linalg.solve(observed, implied)).real
    if ratios.min() <= 0:
        raise ValueError("the implied correlations are not positive definite; the geodesic distance does not exist")
    return PathDistance(float(np.sqrt(2 * squared / (k * (k + 1)))), float((np.log(ratios) ** 2).sum() / 2), squared)


def implied_correlations(correlations, fits: PathFits, structure: PathStructure) -> np.ndarray:
    """Item correlations that the model implies, (items, items), of the first draw."""
    among = _implied_constructs(fits, structure)
    implied = correlations[:, :, 0].copy()
    for i, rows in enumerate(structure.spans):
        for j, columns in enumerate(structure.spans):
            if i != j:
                implied[rows, columns] = among[i, j] * np.outer(fits.loadings[rows, 0], fits.loadings[columns, 0])
    return implied


def _implied_constructs(fits, structure):
    """(I - B)^-1 Psi (I - B)^-T: free correlations between constructs without arrows in, 1 - R2 left of the others."""
    explained = structure.arrows.any(axis=1)
    left = np.where(explained[:, None] | explained, 0, fits.correlations[:, :, 0])
    left[explained, explained] = 1 - fits.r2[explained, 0]
    through = np.linalg.inv(np.eye(len(left)) - fits.paths[:, :, 0])
    return through @ left @ through.T
