"""NPS: counted by hand, held against the reference values, symmetric, and covering in simulation."""

import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.survey.net_promoter import (
    net_promoter_difference,
    net_promoter_interval,
    net_promoter_sample_size,
    net_promoter_score,
    paired_net_promoter_difference,
)

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/kpis/kpi_reference.json").read_text("utf-8"))
SCORES = np.repeat([10, 8, 3], [52, 28, 20])


def test_hundred_answers_give_the_reference_score_and_interval():
    nps, known = net_promoter_score(SCORES), REFERENCE["nps"]
    assert nps.estimate == pytest.approx(known["nps"], abs=1e-6)
    assert (nps.promoters, nps.passives, nps.detractors) == pytest.approx((0.52, 0.28, 0.20))
    assert (nps.adjusted, nps.se, nps.low, nps.high) == pytest.approx(
        tuple(known["adjusted_wald95"][key] for key in ("nps_adj", "se", "lo", "hi")), abs=1e-6
    )
    assert (nps.n, nps.n_eff) == (100, 100)


def test_wald_interval_is_the_reference_one():
    wald = net_promoter_interval(0.52, 0.2, 100, pseudo_answers=0, clipped=False)
    assert wald == pytest.approx(REFERENCE["nps"]["wald95"], abs=1e-6)


@pytest.mark.parametrize("case", REFERENCE["nps_ci"]["examples"], ids=lambda case: f"n={case['n']}")
def test_five_score_mixes_agree_with_the_reference(case):
    shares = case["p"], case["d"], case["n"]
    assert net_promoter_interval(*shares, pseudo_answers=0, clipped=False) == pytest.approx(case["wald"], abs=1e-6)
    assert net_promoter_interval(*shares, clipped=False) == pytest.approx(case["adj_wald"]["ci"], abs=1e-6)


def test_all_passive_has_an_interval_and_all_promoters_stay_on_the_scale():
    edge = REFERENCE["nps"]["edge_cases"]
    passive, promoters = net_promoter_score([7, 8] * 5), net_promoter_score([9, 10, 9, 10, 10])
    assert (passive.adjusted, passive.se, passive.low, passive.high) == pytest.approx(
        edge["all passives"]["adjw"], abs=1e-6
    )
    assert (promoters.adjusted, promoters.se, promoters.low) == pytest.approx(
        edge["all promoters n=5"]["adjw"][:3], abs=1e-6
    )
    assert promoters.high == 100


def test_nobody_answered_is_none_not_zero():
    nps = net_promoter_score([None, np.nan])
    assert (nps.n, nps.estimate, nps.low, nps.promoters) == (0, None, None, None)
    assert net_promoter_difference(nps, net_promoter_score(SCORES)).p is None


@pytest.mark.parametrize("promoters", range(0, 6))
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_interval_holds_the_estimate_even_for_few_answers(promoters, confidence):
    nps = net_promoter_score([10] * promoters + [0] * (5 - promoters), confidence=confidence)
    assert -100 <= nps.low <= nps.estimate <= nps.high <= 100


def test_missing_scores_and_their_weights_are_dropped_before_n_is_taken():
    whole = net_promoter_score([10, 8, 3, 9], [1, 2, 1, 1])
    assert net_promoter_score([10, np.nan, 8, 3, 9], [1, 50, 2, 1, 1]) == whole
    # weights 1 2 1 1: promoters 2 of 5, detractors 1 of 5; (sum w)^2 / sum w^2 = 25 / 7
    assert (whole.estimate, whole.n, whole.n_eff) == (pytest.approx(20), 4, pytest.approx(25 / 7))


def test_equal_weights_and_row_order_change_nothing_and_turning_the_scale_flips_the_sign():
    plain, rng = net_promoter_score(SCORES), np.random.default_rng(1)
    shuffled = net_promoter_score(rng.permutation(SCORES), np.full(100, 7.0))
    assert (shuffled.estimate, shuffled.low, shuffled.high) == pytest.approx((plain.estimate, plain.low, plain.high))
    turned = net_promoter_score(10 - SCORES, detractor_max=1, promoter_min=4)
    assert (turned.estimate, turned.low) == pytest.approx((-plain.estimate, -plain.high))


def test_a_scale_from_one_to_ten_and_own_thresholds():
    nps = net_promoter_score([1, 4, 5, 6, 9, 10, 10, 7], scale=(1, 10), detractor_max=5, promoter_min=9)
    assert (nps.promoters, nps.detractors, nps.estimate) == (0.375, 0.375, 0)


def test_population_narrows_wald_by_the_reference_factor_and_a_census_has_no_margin():
    known = REFERENCE["fpc"]["example"]
    narrow = net_promoter_score(SCORES, population=known["N"])
    n = 100 / known["factor"] ** 2
    low, high = net_promoter_interval(0.52, 0.2, n, pseudo_answers=0)
    assert (high - low) / 2 == pytest.approx(known["nps_moe95_fpc"], abs=1e-6)
    assert (narrow.low, narrow.high) == pytest.approx(net_promoter_interval(0.52, 0.2, n))
    census = net_promoter_score(SCORES, population=100)
    assert (census.low, census.high) == (census.estimate, census.estimate)


@pytest.mark.parametrize("n, margin", REFERENCE["moe_by_segment"]["table_nps_var0.6176"].items())
def test_margins_by_n_as_printed(n, margin):
    low, high = net_promoter_interval(0.52, 0.2, int(n), pseudo_answers=0, clipped=False)
    assert (high - low) / 2 == pytest.approx(margin, abs=0.05)


def test_difference_by_hand():
    # 100 and 400 answers with P .4, D .2: adjusted 19.417476 and 19.851117, se 7.369470 and 3.727202
    before = net_promoter_score(np.repeat([10, 8, 3], [40, 40, 20]))
    after = net_promoter_score(np.repeat([10, 8, 3], [160, 160, 80]))
    change = net_promoter_difference(before, after)
    se = np.hypot(7.369469572113943, 3.727201665868006)
    assert change.estimate == pytest.approx(0, abs=1e-9)
    assert (change.low, change.high) == pytest.approx((0.43364105 - 1.95996398 * se, 0.43364105 + 1.95996398 * se))
    assert change.p == pytest.approx(0.958131, abs=1e-5)
    back = net_promoter_difference(after, before)
    assert (back.low, back.p) == pytest.approx((-change.high, change.p))


def test_paired_difference_by_hand_and_when_nobody_changed():
    # changes 0 1 0 1 of four people: mean .5; with two added (+1, -1): mean 2/6, squares 4/6, variance 4/6 - 1/9
    change = paired_net_promoter_difference([9, 7, 3, 5, 4], [10, 9, 2, 8, np.nan])
    se = 100 * np.sqrt((4 / 6 - 1 / 9) / 6)
    assert (change.estimate, change.n_before, change.n_after) == (50, 4, 4)
    assert (change.low, change.high) == pytest.approx((200 / 6 - 1.959963985 * se, 200 / 6 + 1.959963985 * se))
    same = paired_net_promoter_difference(SCORES, SCORES)
    assert same.estimate == 0 and same.low < 0 < same.high and same.p == 1


@pytest.mark.parametrize("variance", [0.62, 1])
def test_sample_sizes_of_the_reference(variance):
    for margin, n in REFERENCE["nps_sample_size"][f"moe_points_var{variance:g}"].items():
        assert net_promoter_sample_size(float(margin), variance=variance) == n


def test_sample_size_for_weights_and_few_customers():
    assert net_promoter_sample_size(5, design_effect=2) == pytest.approx(1900, abs=2)
    assert net_promoter_sample_size(5, population=500) < 500


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: net_promoter_score([9, 11]), "1 values lie off the scale 0 to 10, the first is 11"),
        (lambda: net_promoter_score([9, np.inf]), "infinite"),
        (lambda: net_promoter_score([[9, 10]]), "in one dimension"),
        (lambda: net_promoter_score([9, 8], [1, 0]), "weights are missing, zero or negative"),
        (lambda: net_promoter_score([9, 8], [1, np.nan]), "weights are missing, zero or negative"),
        (lambda: net_promoter_score([9, 8], [1]), "one weight for each"),
        (lambda: net_promoter_score([9], detractor_max=9), "detractors lie below promoters"),
        (lambda: net_promoter_score([9, 8], population=1), "below the 2 who answered"),
        (lambda: net_promoter_score([9], confidence=95), "confidence == 95"),
        (lambda: net_promoter_score([9], scale=(10, 0)), "detractors lie below promoters"),
        (lambda: net_promoter_sample_size(0), "margin == 0"),
        (lambda: paired_net_promoter_difference([9, 8], [9]), "same respondents"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
