"""Raking, trimming and design effects: reference values, kept odds ratios, order of margins, and every error."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.survey.estimates import population_factor
from cxlib.stats.survey.weighting import design_effect, raked_weights

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))
RAKING = REFERENCE["raking"]
ROWS = pd.DataFrame(
    [(segment, sex) for segment, sex, n in RAKING["input_cells"] for _ in range(n)], columns=["seg", "sex"]
)
TARGETS = RAKING["targets"]


def cell_sums(weights):
    return weights.groupby([ROWS.seg, ROWS.sex]).sum()


def odds_ratio(cells):
    return cells["Erhverv", "K"] * cells["Privat", "M"] / (cells["Erhverv", "M"] * cells["Privat", "K"])


def margin_error(weights):
    return max(
        abs(weights.groupby(ROWS[column]).sum() / weights.sum() - pd.Series(shares)).max()
        for column, shares in TARGETS.items()
    )


def test_raked_weights_are_the_reference_ones():
    raked = raked_weights(ROWS, TARGETS)
    for cell, weight in RAKING["weights"].items():
        segment, sex = cell.split("/")
        found = raked.weights[(ROWS.seg == segment) & (ROWS.sex == sex)]
        assert found.to_numpy() == pytest.approx(np.full(len(found), weight), abs=1e-6)
    assert raked.design_effect == pytest.approx(RAKING["kish_deff"], abs=1e-6)
    assert raked.n_eff == pytest.approx(RAKING["n_eff"], abs=1e-5)
    assert raked.weights.sum() == pytest.approx(len(ROWS)) and margin_error(raked.weights) < 1e-6
    assert odds_ratio(cell_sums(raked.weights)) == pytest.approx(RAKING["odds_ratio_preserved"]["before"])


def test_raking_starts_from_the_design_weight():
    start = np.where(ROWS.seg.eq("Erhverv") & ROWS.sex.eq("K"), 3.0, 1.0)
    raked = raked_weights(ROWS, TARGETS, start)
    assert odds_ratio(cell_sums(raked.weights)) == pytest.approx(3 * 0.3)  # cells start at 90, 50, 80, 40
    assert margin_error(raked.weights) < 1e-6
    scaled = raked_weights(ROWS, TARGETS, 50 * start)
    assert scaled.weights.to_numpy() == pytest.approx(raked.weights.to_numpy())


def test_order_of_margins_and_of_rows_is_irrelevant():
    raked, turned = raked_weights(ROWS, TARGETS), raked_weights(ROWS, dict(reversed(TARGETS.items())))
    assert turned.weights.to_numpy() == pytest.approx(raked.weights.to_numpy(), abs=1e-6)
    shuffled = ROWS.sample(frac=1, random_state=1)
    assert raked_weights(shuffled, TARGETS).weights.sort_index().to_numpy() == pytest.approx(raked.weights.to_numpy())


def test_trimming_keeps_limits_and_margins():
    start = np.where(np.arange(200) % 50 == 0, 30.0, 1.0)
    wild, trimmed = raked_weights(ROWS, TARGETS, start), raked_weights(ROWS, TARGETS, start, limits=(0.3, 3))
    assert wild.weights.max() > 3 and trimmed.weights.max() <= 3 + 1e-6
    assert trimmed.trimmed == np.isclose(trimmed.weights, 3).sum() > 0
    assert margin_error(trimmed.weights) < 1e-6
    assert trimmed.design_effect < wild.design_effect
    assert trimmed.weights.sum() == pytest.approx(200)


def test_design_effects_are_the_reference_ones():
    known = REFERENCE["design_effect"]
    assert design_effect(known["example_w"]) == pytest.approx(known["deff"], abs=1e-6)
    assert len(known["example_w"]) / design_effect(known["example_w"]) == pytest.approx(known["n_eff"], abs=1e-6)
    assert design_effect([4, 4, 4]) == 1


def test_population_factor_is_the_reference_one():
    known = REFERENCE["fpc"]["example"]
    assert population_factor(known["n"], known["N"]) == pytest.approx(known["factor"], abs=1e-6)
    assert (population_factor(5, 5), population_factor(1, 1), population_factor(5, None)) == (0, 0, 1)


@pytest.mark.parametrize(
    "groups, targets, message",
    [
        (ROWS, {"seg": {"Erhverv": 0.5, "Privat": 0.6}}, "'seg' add up to 1.1"),
        (ROWS, {"seg": {"Erhverv": 1.0, "Privat": 0.0}}, "shares above 0"),
        (ROWS, {"seg": {"Erhverv": 0.5, "Privat": 0.4, "Stat": 0.1}}, "no row has 'seg' = Stat"),
        (ROWS, {"seg": {"Erhverv": 1.0}}, "no target for Privat"),
        (ROWS, {"area": {"Nord": 1.0}}, "column 'area'; the rows have seg, sex"),
        (ROWS, {}, "0 margins"),
        (ROWS.assign(sex=[None, *ROWS.sex[1:]]), TARGETS, "1 rows have no 'sex'"),
        (
            pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["u", "u", "v", "v"]}),
            {"a": {"x": 0.5, "y": 0.5}, "b": {"u": 0.3, "v": 0.7}},
            "contradict each other",
        ),
    ],
)
def test_targets_that_cannot_be_met_are_errors(groups, targets, message):
    with pytest.raises(ValueError, match=message):
        raked_weights(groups, targets)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: raked_weights(ROWS, TARGETS, np.zeros(200)), "missing, zero or negative"),
        (lambda: raked_weights(ROWS, TARGETS, limits=(1.2, 3)), "lowest below 1"),
        (lambda: raked_weights(ROWS, TARGETS, limits=(0.99, 1.01)), "widen the limits"),
        (lambda: design_effect([]), "at least one weight"),
        (lambda: population_factor(10, 9), "below the 10 who answered"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
