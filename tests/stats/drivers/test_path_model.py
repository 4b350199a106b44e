import numpy as np
import pytest
from driver_cases import BLOCKS, PATHS, mobi, mobi_weights, reference

from cxlib.stats.drivers.measurement import average_variance_extracted, composite_reliability, standardised_alpha
from cxlib.stats.drivers.path_model import path_fits, path_structure, total_effects
from cxlib.stats.moments import correlation_stack, covariance_stack, sample_units

TWO = {"X": ["x1", "x2"], "Y": ["y1", "y2"]}


def mobi_correlations(structure, **options):
    return correlation_stack(covariance_stack(sample_units(mobi()[list(structure.items)], **options))[1])[0]


def effect(matrix, structure, name, draw=0):
    source, target = name.split(" -> ")
    return matrix[structure.constructs.index(target), structure.constructs.index(source), draw]


def assert_effects(matrix, structure, expected, tolerance=1e-8, draw=0):
    for name, value in expected.items():
        assert effect(matrix, structure, name, draw) == pytest.approx(value, abs=tolerance), name


@pytest.mark.parametrize("case, scheme", [("modeA", "path"), ("modeA_factorial", "factorial")])
def test_mobi_agrees_with_seminr(case, scheme):
    expected = reference("mobi_seminr")[case]
    structure = path_structure(BLOCKS, PATHS, scheme=scheme, tolerance=1e-12)
    correlations = mobi_correlations(structure)
    fits = path_fits(correlations, structure)
    assert_effects(fits.paths, structure, expected["paths"])
    assert_effects(fits.total, structure, expected["total_effects"])
    for name, span in zip(structure.constructs, structure.spans, strict=True):
        j = structure.constructs.index(name)
        assert fits.r2[j, 0] == pytest.approx(expected["R2"].get(name, 0), abs=1e-8)
        assert fits.weights[span, 0].tolist() == pytest.approx(list(expected["weights"][name].values()), abs=1e-8)
        assert fits.loadings[span, 0].tolist() == pytest.approx(list(expected["loadings"][name].values()), abs=1e-8)
        quality = expected["reliability"][name]
        assert standardised_alpha(correlations[span, span])[0] == pytest.approx(quality["alpha"], abs=1e-8)
        assert fits.reliability[j, 0] == pytest.approx(quality["rhoA"], abs=1e-8)
        assert composite_reliability(fits.loadings[span])[0] == pytest.approx(quality["rhoC"], abs=1e-8)
        assert average_variance_extracted(fits.loadings[span])[0] == pytest.approx(quality["AVE"], abs=1e-8)


def test_scores_agree_with_seminr():
    survey, structure = mobi(), path_structure(BLOCKS, PATHS, tolerance=1e-12)
    fits = path_fits(mobi_correlations(structure), structure)
    standard = (survey - survey.mean()) / survey.std()
    for name, span in zip(structure.constructs, structure.spans, strict=True):
        scores = standard[list(structure.items[span])] @ fits.weights[span, 0]
        expected = [row[name] for row in reference("mobi_seminr")["modeA"]["scores_first3"].values()]
        assert scores.head(3).tolist() == pytest.approx(expected, abs=1e-8), name


def test_items_are_standardised_one_by_one():
    # a peer divides every item by one pooled SD and gets 0.493648
    structure = path_structure(BLOCKS, PATHS)
    fits = path_fits(mobi_correlations(structure), structure)
    assert effect(fits.paths, structure, "Image -> Expectation") == pytest.approx(0.504914, abs=1e-6)


def test_mobi_agrees_with_csem():
    structure = path_structure(BLOCKS, PATHS, tolerance=1e-12)
    assert_effects(path_fits(mobi_correlations(structure), structure).paths, structure, reference("mobi_csem")["paths"])


def test_weighted_fit_agrees_with_seminr_on_repeated_rows():
    expected = reference("mobi_weighted_and_resamples")["weighted"]
    structure = path_structure(BLOCKS, PATHS, tolerance=1e-12)
    fits = path_fits(mobi_correlations(structure, weights=mobi_weights()), structure)
    assert_effects(fits.paths, structure, expected["paths"])
    for name, value in expected["weights"].items():
        assert fits.weights[structure.items.index(name.split(" -> ")[0]), 0] == pytest.approx(value, abs=1e-8)


def test_fixed_resamples_agree_with_seminr():
    resamples = reference("mobi_weighted_and_resamples")["resamples"]
    structure = path_structure(BLOCKS, PATHS, tolerance=1e-12)
    units = sample_units(mobi()[list(structure.items)])
    counts = np.array([np.bincount(np.array(r["index1based"]) - 1, minlength=250) for r in resamples], float)
    fits = path_fits(correlation_stack(covariance_stack(units, counts)[1])[0], structure)
    for draw, resample in enumerate(resamples):
        assert_effects(fits.paths, structure, resample["paths"], 1e-8, draw)


def test_mode_b_of_two_blocks_is_the_first_canonical_correlation():
    rng = np.random.default_rng(6)
    values = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4))
    structure = path_structure(TWO, [("X", "Y")], modes="B", scheme="centroid")
    correlations = correlation_stack(covariance_stack(sample_units(values))[1])[0]
    r = correlations[:, :, 0]
    product = np.linalg.solve(r[:2, :2], r[:2, 2:]) @ np.linalg.solve(r[2:, 2:], r[2:, :2])
    canonical = np.sqrt(np.linalg.eigvals(product).real.max())
    assert abs(path_fits(correlations, structure).paths[1, 0, 0]) == pytest.approx(canonical, abs=1e-9)


def common_factors():
    """Population correlations of three blocks of three items: X -> Y .6, X -> Z .2, Y -> Z .5."""
    factors = np.array([[1, 0.6, 0.5], [0.6, 1, 0.62], [0.5, 0.62, 1]])
    loadings = np.zeros((9, 3))
    for j, block in enumerate(([0.8, 0.7, 0.6], [0.9, 0.7, 0.8], [0.6, 0.75, 0.85])):
        loadings[3 * j : 3 * j + 3, j] = block
    correlations = loadings @ factors @ loadings.T
    np.fill_diagonal(correlations, 1)
    return correlations[:, :, None], loadings


def test_consistent_pls_recovers_a_factor_model_exactly():
    correlations, loadings = common_factors()
    blocks = {name: [f"{name}{i}" for i in range(3)] for name in "XYZ"}
    paths = [("X", "Y"), ("X", "Z"), ("Y", "Z")]
    structure = path_structure(blocks, paths, consistent=True, tolerance=1e-13)
    fits = path_fits(correlations, structure)
    assert_effects(fits.paths, structure, {"X -> Y": 0.6, "X -> Z": 0.2, "Y -> Z": 0.5})
    assert fits.loadings[:, 0] == pytest.approx(loadings.sum(axis=1), abs=1e-8)
    assert fits.admissible.all()
    attenuated = path_fits(correlations, path_structure(blocks, paths))
    assert effect(attenuated.paths, structure, "X -> Y") < 0.55


def test_sum_scores_are_plain_means_of_standardised_items():
    survey = mobi()
    structure = path_structure(BLOCKS, PATHS, modes="sum")
    fits = path_fits(mobi_correlations(structure), structure)
    scores = {name: ((survey[items] - survey[items].mean()) / survey[items].std()).mean(axis=1)
              for name, items in BLOCKS.items()}
    expected = np.corrcoef(scores["Image"], scores["Expectation"])[0, 1]
    assert effect(fits.paths, structure, "Image -> Expectation") == pytest.approx(expected, abs=1e-12)


def test_signs_follow_the_sample_in_every_draw():
    structure = path_structure(BLOCKS, PATHS)
    correlations = mobi_correlations(structure)
    reference_weights = path_fits(correlations, structure).weights[:, 0]
    turned = path_fits(correlations, structure, reference=-reference_weights)
    assert turned.weights[:, 0] == pytest.approx(-reference_weights)
    assert turned.paths == pytest.approx(path_fits(correlations, structure).paths)


def test_tolerance_reaches_every_draw():
    # a peer's bootstrap ignores the caller's tolerance
    loose, tight = (path_structure(BLOCKS, PATHS, tolerance=t) for t in (1e-3, 1e-12))
    correlations = np.repeat(mobi_correlations(loose), 2, axis=2)
    assert (path_fits(correlations, loose).paths[:, :, 1] != path_fits(correlations, tight).paths[:, :, 1]).any()


def test_a_path_given_twice_counts_once():
    once, twice = path_structure(TWO, [("X", "Y")]), path_structure(TWO, [("X", "Y"), ("X", "Y")])
    assert (once.arrows == twice.arrows).all()


def test_total_effects_by_hand():
    # X -> Y .5, Y -> Z .4, X -> Z .1: total X -> Z = .1 + .5 * .4 = .3
    paths = np.array([[0, 0, 0], [0.5, 0, 0], [0.1, 0.4, 0]])[:, :, None]
    assert total_effects(paths)[2, 0, 0] == pytest.approx(0.3)


@pytest.mark.parametrize("blocks, paths, options, message", [
    (TWO, [("X", "Y"), ("Y", "X")], {}, "go in a circle: .*take one of these paths out"),
    (TWO, [("X", "Z")], {}, "'Z', which is not a block; blocks: X, Y"),
    ({**TWO, "Z": ["x1"]}, [("X", "Y")], {}, "'x1' is in the blocks 'X' and 'Z'"),
    ({**TWO, "Z": []}, [("X", "Y")], {}, "at least one item"),
    ({**TWO, "Z": ["z"]}, [("X", "Y")], {}, "'Z' is in no path"),
    (TWO, [("X", "Y")], {"scheme": "pat"}, "scheme is 'pat'; one of path, factorial, centroid"),
    (TWO, [("X", "Y")], {"modes": {"X": "C"}}, "mode of 'X' is 'C'; one of A, B, sum"),
])  # fmt: skip
def test_bad_models_are_refused(blocks, paths, options, message):
    with pytest.raises(ValueError, match=message):
        path_structure(blocks, paths, **options)
