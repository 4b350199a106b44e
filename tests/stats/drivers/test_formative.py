"""Mode B, inner schemes and parts that are tested together: hand-counted, against published algebra and other programs."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from driver_cases import BLOCKS, PATHS, mobi

from cxlib.stats.bootstrap import joint_p, wald_p
from cxlib.stats.drivers.path_estimates import path_model
from cxlib.stats.drivers.path_model import path_fits, path_structure
from cxlib.stats.moments import correlation_stack, covariance_stack, sample_units

MIMIC = {"X": ["x1", "x2", "x3"], "Y": ["y"]}


def made(n=400, seed=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) @ np.array([[1, 0.4, 0], [0, 1, 0.3], [0, 0, 1]])
    return pd.DataFrame(np.column_stack([x, x @ [0.5, -0.3, 0.1] + rng.normal(size=n)]), columns=["x1", "x2", "x3", "y"])


def correlations_of(table, structure):
    return correlation_stack(covariance_stack(sample_units(table[list(structure.items)]))[1])[0]


def test_mode_b_before_one_question_is_its_regression():
    # by algebra: with one neighbour of one item, mode B weights are the least squares weights, and R2 is that of the regression
    table = made()
    structure = path_structure(MIMIC, [("X", "Y")], modes={"X": "B"})
    fits = path_fits(correlations_of(table, structure), structure)
    z = (table - table.mean()) / table.std(ddof=0)
    ols = sm.OLS(z.y, z[["x1", "x2", "x3"]]).fit()
    weights = fits.weights[:3, 0]
    assert weights / np.linalg.norm(weights) == pytest.approx(ols.params / np.linalg.norm(ols.params), abs=1e-9)
    assert fits.r2[1, 0] == pytest.approx(ols.rsquared, abs=1e-9)


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
def test_mobi_with_a_formative_block_is_a_fixed_point_of_its_scheme(scheme):
    """The weights solve the published equations (Lohmoeller 1989) for the scheme, computed here from scores alone."""
    structure = path_structure(BLOCKS, PATHS, modes={"Image": "B"}, scheme=scheme, tolerance=1e-13)
    table = mobi()[list(structure.items)]
    fits = path_fits(correlations_of(table, structure), structure)
    z = ((table - table.mean()) / table.std(ddof=0)).to_numpy()
    scores = np.column_stack([z[:, span] @ fits.weights[span, 0] for span in structure.spans])
    j = structure.constructs.index("Image")
    targets = np.flatnonzero(structure.arrows[:, j])
    assert not structure.arrows[j].any()  # nothing leads to it, so in each scheme only correlations with its targets count
    r = np.corrcoef(scores.T)[j, targets]
    proxy = scores[:, targets] @ (np.sign(r) if scheme == "centroid" else r)
    expected = np.linalg.lstsq(z[:, structure.spans[j]], proxy, rcond=None)[0]
    expected /= (z[:, structure.spans[j]] @ expected).std()
    assert fits.converged.all() and fits.weights[structure.spans[j], 0] == pytest.approx(expected, abs=1e-8)


def test_schemes_give_other_weights_but_the_same_story():
    paths = {}
    for scheme in ("path", "factorial", "centroid"):
        structure = path_structure(BLOCKS, PATHS, modes={"Image": "B"}, scheme=scheme)
        paths[scheme] = path_fits(correlations_of(mobi(), structure), structure).paths[:, :, 0]
    assert not np.allclose(paths["path"], paths["centroid"], atol=1e-6)
    assert paths["path"] == pytest.approx(paths["centroid"], abs=0.03)


def test_consistent_estimates_leave_a_formative_block_as_it_is():
    blocks, paths = {name: BLOCKS[name] for name in ("Image", "Expectation")}, [("Image", "Expectation")]
    plain, consistent = (path_structure(blocks, paths, modes={"Image": "B"}, consistent=given) for given in (False, True))
    fits = [path_fits(correlations_of(mobi(), plain), structure) for structure in (plain, consistent)]
    span = plain.spans[0]
    assert fits[1].reliability[0, 0] == 1 and fits[1].loadings[span] == pytest.approx(fits[0].loadings[span])
    assert fits[1].paths[1, 0, 0] == pytest.approx(fits[0].paths[1, 0, 0] / np.sqrt(fits[1].reliability[1, 0]))


def test_weights_have_intervals_and_questions_their_inflation():
    structure = path_structure(BLOCKS, PATHS, modes={"Image": "B"})
    items = path_model(mobi(), structure, scale=(1, 10), resamples=60).items.set_index("item")
    assert (items.weight_low <= items.weight).all() and (items.weight <= items.weight_high).all()
    x = sm.add_constant(mobi()[BLOCKS["Image"][1:]])
    assert items.vif["IMAG1"] == pytest.approx(1 / (1 - sm.OLS(mobi().IMAG1, x).fit().rsquared), abs=1e-9)


def test_parts_together_are_the_sum_of_their_effects_and_one_test():
    table = made().clip(-3, 3)
    structure = path_structure({name: [name] for name in table}, [(f"x{i}", "y") for i in (1, 2, 3)], modes="sum")
    scale = (table.to_numpy().min(), table.to_numpy().max())
    apart = path_model(table, structure, scale=scale, resamples=400)
    joined = path_model(table, structure, scale=scale, resamples=400, together={"X": ["x1", "x2", "x3"]})
    assert joined.paths.source.tolist() == ["X"] and joined.total.target.tolist() == ["y"]
    ols = sm.OLS(table.y, sm.add_constant(table[["x1", "x2", "x3"]])).fit()
    assert joined.total.impact[0] == pytest.approx(ols.params[1:].sum(), abs=1e-9)
    assert joined.total.impact_low[0] < joined.total.impact[0] < joined.total.impact_high[0]
    assert joined.parts.impact.tolist() == apart.total.impact.tolist() and set(joined.parts["of"]) == {"X"}
    assert np.log(joined.total.p[0]) == pytest.approx(np.log(ols.f_pvalue), rel=0.25)


def test_a_joint_test_of_one_value_is_the_test_of_that_value_and_keeps_its_level():
    rng = np.random.default_rng(0)
    draws = 0.3 + 0.2 * rng.normal(size=(1, 500))
    assert joint_p(np.array([0.3]), draws, n=100, fitted=2) == pytest.approx(wald_p(np.array([0.3]), draws, n=100, fitted=2)[0])
    shape = np.array([[1, 0, 0], [0.5, 1, 0], [0.2, -0.4, 1]])
    p = [joint_p(shape @ rng.normal(size=3), shape @ rng.normal(size=(3, 400)), n=1000) for _ in range(1000)]
    assert 0.03 < np.mean(np.array(p) < 0.05) < 0.07
