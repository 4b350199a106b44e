import numpy as np
import pytest
from driver_cases import BLOCKS, PATHS, mobi, reference

from cxlib.stats.drivers.measurement import (
    composite_reliability,
    heterotrait_monotrait,
    negative_pairs,
    standardised_alpha,
    variance_inflation,
)
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.moments import correlation_stack, covariance_stack, sample_units


def mobi_blocks():
    structure = path_structure(BLOCKS, PATHS)
    return structure, correlation_stack(covariance_stack(sample_units(mobi()[list(structure.items)]))[1])[0]


def test_alpha_and_rho_c_by_hand():
    # three items that all correlate .5: alpha = 3 * .5 / (1 + 2 * .5) = .75; loadings .8: 5.76 / (5.76 + 3 * .36)
    correlations = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    assert standardised_alpha(correlations[:, :, None])[0] == pytest.approx(0.75)
    assert composite_reliability(np.full((3, 1), 0.8))[0] == pytest.approx(5.76 / 6.84)
    assert standardised_alpha(np.ones((1, 1, 1)))[0] == 1


def test_htmt_by_hand():
    # within .5 and .8, between .4: .4 / sqrt(.5 * .8) = .632456
    correlations = np.array([[1, 0.5, 0.4, 0.4], [0.5, 1, 0.4, 0.4], [0.4, 0.4, 1, 0.8], [0.4, 0.4, 0.8, 1]])[:, :, None]
    htmt = heterotrait_monotrait(correlations, [slice(0, 2), slice(2, 4)])
    assert htmt[0, 1, 0] == pytest.approx(0.4 / np.sqrt(0.4))


def test_htmt_agrees_with_seminr_and_htmt2_with_csem():
    structure, correlations = mobi_blocks()
    place = structure.constructs.index
    table = heterotrait_monotrait(correlations, structure.spans)[:, :, 0]
    for row, columns in reference("mobi_seminr")["modeA"]["htmt"].items():
        for column, value in columns.items():
            assert table[place(row), place(column)] == pytest.approx(value, abs=1e-8)
    table = heterotrait_monotrait(correlations, structure.spans, geometric=True)[:, :, 0]
    for pair, value in reference("mobi_csem")["HTMT2"].items():
        first, second = pair.split(" - ")
        ours = table[place(first), place(second)]
        assert np.isnan(ours) if value is None else ours == pytest.approx(value, abs=1e-8)


def test_the_pair_that_makes_two_programs_differ_is_named():
    # seminr averages absolute correlations (.7593), cSEM raw ones (.7235)
    structure, correlations = mobi_blocks()
    assert negative_pairs(correlations[:, :, 0], structure.items) == [("PERQ2", "CUSL2")]
    raw = correlations[:, :, 0]
    quality, loyalty = (structure.spans[structure.constructs.index(name)] for name in ("Quality", "Loyalty"))
    within = [(raw[s, s].sum() - len(raw[s, s])) / (len(raw[s, s]) * (len(raw[s, s]) - 1)) for s in (quality, loyalty)]
    signed = raw[quality, loyalty].mean() / np.sqrt(within[0] * within[1])
    assert signed == pytest.approx(reference("mobi_csem")["HTMT"]["Quality - Loyalty"], abs=1e-8)


def test_vif_agrees_with_seminr():
    structure, correlations = mobi_blocks()
    for name, items in reference("mobi_seminr")["modeA"]["vif_items"].items():
        span = structure.spans[structure.constructs.index(name)]
        ours = variance_inflation(correlations[span, span])[:, 0]
        assert ours.tolist() == pytest.approx(list(items.values()), abs=1e-8)
