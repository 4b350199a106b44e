import pytest
from statsmodels.stats.power import NormalIndPower

from cxlib.stats.steering.luck import chance_by_luck, sample_for_luck, sample_for_target, se_of_change

NPS, CSI = 6000.0, 400.0


@pytest.mark.parametrize(("change", "variance", "n"), [
    (10, NPS, 742), (5, NPS, 2968), (3, NPS, 8244), (5, CSI, 198), (3, CSI, 550), (2, CSI, 1237), (1, CSI, 4947),
    (2, 5000, 15457), (10, 7000, 866),
])  # fmt: skip
def test_answers_for_five_in_a_hundred_and_eighty_in_a_hundred(change, variance, n):
    assert sample_for_target(change, variance) == n
    other = NormalIndPower().solve_power(change / variance**0.5, alpha=0.05, power=0.8, alternative="larger")
    assert n - 1 < other <= n
    assert n / 2 <= sample_for_target(change, variance, base_known=True) <= n / 2 + 1


def test_counted_by_hand():
    assert se_of_change(400, 100, 400) == pytest.approx(5**0.5) and se_of_change(400, 0, 400, base_known=True) == 1
    assert se_of_change(NPS, 100, 100) == pytest.approx(10.95, abs=0.005)
    assert chance_by_luck(0, 400, 50, 60) == 0.5 and chance_by_luck(1, 400, 0, 400, base_known=True) == pytest.approx(0.158655, abs=1e-6)


def test_luck_is_alike_on_both_sides_and_has_no_unit():
    assert chance_by_luck(-3, NPS, 90, 70) == pytest.approx(1 - chance_by_luck(3, NPS, 90, 70))
    assert chance_by_luck(3, NPS, 90, 70) == pytest.approx(chance_by_luck(0.03, NPS / 1e4, 90, 70)) == pytest.approx(chance_by_luck(3, NPS, 70, 90))


def test_the_sample_for_luck_is_the_first_that_keeps_it():
    n = sample_for_luck(5, NPS)
    assert chance_by_luck(5, NPS, n, n) <= 0.05 < chance_by_luck(5, NPS, n - 1, n - 1)
    assert sample_for_luck(500, NPS) == 1


@pytest.mark.parametrize(("function", "given"), [
    (se_of_change, (0, 10, 10)), (se_of_change, (1, 0, 10)), (se_of_change, (1, 10, 0)), (chance_by_luck, (1, -1, 10, 10)),
    (sample_for_target, (0, 1)), (sample_for_target, (1, 0)), (sample_for_luck, (0, 1)), (sample_for_luck, (1, -1)),
])  # fmt: skip
def test_numbers_that_make_no_sense_are_refused(function, given):
    with pytest.raises(ValueError, match="above 0"):
        function(*given)


@pytest.mark.parametrize("more", [{"false_pay": 0.9}, {"false_pay": 0}, {"power": 1}, {"power": 80}])
def test_chances_out_of_order_are_refused(more):
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_for_target(5, NPS, **more)
    with pytest.raises(ValueError, match="one half"):
        sample_for_luck(5, NPS, luck=0.5)
