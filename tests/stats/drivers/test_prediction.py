import numpy as np
import pandas as pd
import pytest
from driver_cases import BLOCKS, PATHS, mobi, reference

from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.drivers.prediction import path_prediction


def test_mobi_predicts_as_well_as_in_seminr():
    expected = reference("mobi_plspredict")
    table = path_prediction(mobi(), path_structure(BLOCKS, PATHS), repetitions=10, seed=1)
    for ours, theirs in (("", "PLS_oos"), ("_in", "PLS_in")):
        for error in ("rmse", "mae"):
            values = expected[theirs][error.upper()]
            assert table[error + ours].to_dict() == pytest.approx(values, rel=0.02)


def test_linear_benchmark_of_the_sample_is_least_squares_on_the_sources_items():
    survey = mobi()
    table = path_prediction(survey, path_structure(BLOCKS, PATHS))
    sources = BLOCKS["Image"] + BLOCKS["Satisfaction"] + BLOCKS["Complaints"]
    design = np.column_stack([np.ones(250), survey[sources]])
    error = survey["CUSL1"] - design @ np.linalg.lstsq(design, survey["CUSL1"], rcond=None)[0]
    assert table.loc["CUSL1", "rmse_linear_in"] == pytest.approx(np.sqrt((error**2).mean()))


def test_noise_is_not_predicted():
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 4)), columns=["a", "b", "c", "d"])
    structure = path_structure({"X": ["a", "b"], "Y": ["c", "d"]}, [("X", "Y")])
    assert (path_prediction(noise, structure, repetitions=3)["q2"] < 0.02).all()
    with pytest.raises(ValueError, match="folds is 1; between 2 and"):
        path_prediction(noise, structure, folds=1)
