import numpy as np
import pytest
from driver_cases import BLOCKS, PATHS, mobi, reference

from cxlib.stats.drivers.path_distance import implied_correlations, path_distance
from cxlib.stats.drivers.path_model import path_fits, path_structure
from cxlib.stats.moments import correlation_stack, covariance_stack, sample_units


def test_distances_of_mobi_agree_with_csem():
    structure = path_structure(BLOCKS, PATHS, tolerance=1e-12)
    correlations = correlation_stack(covariance_stack(sample_units(mobi()[list(structure.items)]))[1])[0]
    found, expected = path_distance(correlations, path_fits(correlations, structure), structure), reference("mobi_csem")
    assert found.srmr == pytest.approx(expected["SRMR"], abs=1e-7)
    assert found.geodesic / np.log(10) ** 2 == pytest.approx(expected["dG"], abs=1e-7)  # cSEM: logarithms to base 10
    assert found.squared_euclidean == pytest.approx(expected["dL"], abs=1e-7)


def test_two_single_items_fit_perfectly():
    correlations = np.array([[1, 0.4], [0.4, 1]])[:, :, None]
    structure = path_structure({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    fits = path_fits(correlations, structure)
    assert implied_correlations(correlations, fits, structure) == pytest.approx(correlations[:, :, 0])
    assert path_distance(correlations, fits, structure).srmr == pytest.approx(0)


def test_an_arrow_that_is_missing_shows():
    # X -> Y .5, Y -> Z .5, and X and Z correlate .6: the chain implies .25, so the residual is .35
    correlations = np.array([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]])[:, :, None]
    structure = path_structure({"X": ["x"], "Y": ["y"], "Z": ["z"]}, [("X", "Y"), ("Y", "Z")])
    found = path_distance(correlations, path_fits(correlations, structure), structure)
    assert found.squared_euclidean == pytest.approx(0.35**2)
    assert found.srmr == pytest.approx(np.sqrt(0.35**2 / 6))
