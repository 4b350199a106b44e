"""Agreement of raters: worked examples, the null by full enumeration, the published null table, verdicts."""

import itertools

import numpy as np
import pytest

from cxlib.stats.survey.agreement import (
    chance_percentile,
    r_wg,
    random_variance,
    rater_agreement,
)

# Random answers on five options, simulated independently of this code: raters, chance that r_wg >= .70,
# 95th percentile of r_wg, of r_wg(3), chance that AD <= 5/6.
NULL_TABLE = [
    (3, 0.23, 0.83, 0.86, 0.38),
    (5, 0.059, 0.75, 0.71, 0.27),
    (8, 0.021, 0.58, 0.59, 0.13),
    (12, 0.002, 0.44, 0.51, 0.07),
    (20, 0.000, 0.32, None, 0.012),
]


def test_worked_example_by_hand():
    # mean 4, squares 1 0 0 1 0: variance 2/4; r_wg 1 - .5 / 2; AD 2/5
    found = rater_agreement([3, 4, 4, 5, 4], scale=(1, 5))
    assert (found.r_wg, found.average_deviation, found.n) == (pytest.approx(0.75), pytest.approx(0.4), 5)
    assert found.verdict == "cannot_tell"  # random raters come this close in 5.9 of 100 cases
    assert (random_variance(5), random_variance(11)) == (2, 10)


@pytest.mark.parametrize("raters, over_70, p95, p95_step, close", NULL_TABLE)
def test_published_null_table_is_reproduced(raters, over_70, p95, p95_step, close):
    assert chance_percentile(raters, 5) == pytest.approx(p95, abs=0.02)
    if p95_step:
        assert chance_percentile((raters,) * 3, 5) == pytest.approx(p95_step, abs=0.02)
    rng = np.random.default_rng(9)
    over = r_wg(rng.integers(1, 6, (20_000, raters)).var(axis=1, ddof=1), 5) >= 0.7 - 1e-9
    assert over.mean() == pytest.approx(over_70, abs=0.02)


@pytest.mark.parametrize("raters, options", [(3, 5), (4, 4), (5, 3)])
def test_null_is_the_one_counted_over_all_answers(raters, options):
    everything = np.array(list(itertools.product(range(1, options + 1), repeat=raters)))
    variances = everything.var(axis=1, ddof=1)
    for answers in everything[:: len(everything) // 7]:
        found = rater_agreement(answers, scale=(1, options))
        variance = answers.var(ddof=1)
        assert found.p_agree == pytest.approx((variances <= variance + 1e-9).mean())
        assert found.p_split == pytest.approx((variances >= variance - 1e-9).mean())
    ordered = np.sort(r_wg(variances, options))
    assert chance_percentile(raters, options) == pytest.approx(ordered[int(np.ceil(0.95 * len(ordered))) - 1])


def test_many_raters_on_a_long_scale_are_simulated_alike_each_time():
    first = chance_percentile(20, 11, seed=1)
    assert first == chance_percentile(20, 11, seed=1)
    assert first == pytest.approx(chance_percentile(20, 11, seed=2), abs=0.02)


@pytest.mark.parametrize(
    "answers, verdict",
    [
        ([4, 4, 4], "agree"),  # 1 in 25 by chance
        ([4, 4], "cannot_tell"),  # 1 in 5 by chance
        ([1, 4, 4], "cannot_tell"),
        ([1, 5, 5], "disagree"),  # so far apart in 4.8 of 100 by chance
        ([1, 1, 1, 5, 5, 5], "disagree"),
        ([1, 5], "cannot_tell"),
        ([1, 2, 3, 4, 5], "cannot_tell"),
        ([1, 2, 3, 4, 5] * 4, "disagree"),  # like chance, but twenty raters rule out half agreement
        ([2, 4] * 4, "cannot_tell"),
        ([3, 3, 4, 4, 4, 4, 4, 5, 5, 4], "agree"),
    ],
)
def test_verdicts(answers, verdict):
    assert rater_agreement(answers, scale=(1, 5)).verdict == verdict
    turned = rater_agreement([6 - a for a in answers[::-1]], scale=(1, 5))
    assert turned.verdict == verdict


def test_a_step_of_three_items_by_hand():
    ratings = np.array([[3, 4, 2], [4, 4, 3], [4, 5, 3], [5, 4, 3], [4, 4, 3]])
    # variances .5 .2 .2: q = .3 / 2 = .15; r_wg(3) = 3 * .85 / (3 * .85 + .15)
    found = rater_agreement(ratings, scale=(1, 5))
    assert found.r_wg == pytest.approx(2.55 / 2.70)
    assert found.verdict == "agree" and found.chance_95 == pytest.approx(0.71, abs=0.02)


def test_dont_know_leaves_out_that_one_answer():
    ratings = np.array([[3, 4.0], [4, 4], [4, 5], [5, 4], [4, np.nan]])
    found = rater_agreement(ratings, scale=(1, 5))
    # variances 2/4 and .75/3: q = .375 / 2
    assert found.r_wg == pytest.approx(2 * (1 - 0.1875) / (2 * (1 - 0.1875) + 0.1875))
    assert found.n == 4
    assert rater_agreement(ratings[:, 0], scale=(1, 5)) == rater_agreement([3, 4, 4, 5, 4], scale=(1, 5))
    assert rater_agreement([np.nan, 4], scale=(1, 5)) is None


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: rater_agreement([1, 6], scale=(1, 5)), "no whole number from 1 to 5"),
        (lambda: rater_agreement([1, 2.5], scale=(1, 5)), "no whole number from 1 to 5"),
        (lambda: rater_agreement(np.ones((2, 2, 2)), scale=(1, 5)), "one row per rater"),
        (lambda: chance_percentile(1, 5), "at least two"),
        (lambda: random_variance(1), "options == 1"),
    ],
)
def test_bad_input_says_what_and_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
