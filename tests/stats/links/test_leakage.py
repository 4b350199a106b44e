import numpy as np

from cxlib.stats.links.leakage import deterministic_split, same_question

RNG = np.random.default_rng(0)


def test_a_driver_made_from_the_outcome_is_found():
    outcome = RNG.integers(1, 6, 1000)
    score = np.where(outcome <= 2, RNG.uniform(65, 100, 1000), RNG.uniform(0, 80, 1000))
    found = deterministic_split(score, outcome)
    assert found.outcome_cut == 3 and 64 < found.driver_cut < 67
    assert found.clean == (score < found.driver_cut).sum()
    assert 0.5 < found.across < 1


def test_turning_the_driver_finds_the_same_split():
    outcome = RNG.integers(1, 6, 1000)
    score = np.where(outcome <= 2, RNG.uniform(65, 100, 1000), RNG.uniform(0, 80, 1000))
    assert deterministic_split(-score, outcome).clean == deterministic_split(score, outcome).clean


def test_strong_but_noisy_drivers_are_not_accused():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        driver = rng.normal(size=2000)
        outcome = np.clip(np.round(5.5 + 2 * (0.85 * driver + 0.5 * rng.normal(size=2000))), 1, 10)
        assert deterministic_split(driver, outcome) is None and not same_question(driver, outcome)


def test_steep_but_gradual_drivers_with_few_values_are_not_accused():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        driver = rng.integers(1, 11, 900)
        outcome = np.clip(np.round(8 + 1.2 * np.minimum(driver - 5.5, 0) + rng.normal(size=900)), 1, 10)
        assert deterministic_split(driver, outcome) is None


def test_two_values_one_of_them_without_exception():
    outcome = RNG.integers(1, 6, 1000)
    left = (outcome <= 2) | ((outcome == 3) & (RNG.random(1000) < 0.1))
    assert deterministic_split(left, outcome).clean == (~left).sum()


def test_the_outcome_asked_again_is_found():
    outcome = RNG.normal(size=300)
    assert same_question(2 * outcome + 0.1 * RNG.normal(size=300), outcome)
    assert not same_question(np.ones(300), outcome)


def test_few_rows_accuse_nobody():
    assert deterministic_split(np.arange(60), np.repeat([1, 2], 30)) is None
