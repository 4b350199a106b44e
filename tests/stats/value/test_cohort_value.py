import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.value.cash_flow import net_present_value
from cxlib.stats.value.cohort_value import PARTS, Terms, cohort_gain, cohort_value, intensity

FOLDER = Path(__file__).parents[2] / "reference/business_case"


def total(gain):
    return sum(gain.values())


def test_gain_counted_by_hand():
    # 100 members, retention .5 -> .6, margin 10 -> 12, cost to serve 2 -> 1, in full from the first period.
    # End of period 1: 50 against 60 left; period 2: 25 against 36.
    gain = cohort_gain(100, Terms(0.5, 10, 2), Terms(0.6, 12, 1), intensity=[1, 1])
    assert gain["retention"].tolist() == pytest.approx([0, 10 * 8, 11 * 8])
    assert gain["spend"].tolist() == pytest.approx([0, 60 * 2, 36 * 2])
    assert gain["cost_to_serve"].tolist() == pytest.approx([0, 60, 36])
    assert total(gain).tolist() == pytest.approx([0, 60 * 11 - 50 * 8, 36 * 11 - 25 * 8])


def test_two_ways_to_five_points_are_worth_as_much_as_in_the_reference():
    case = json.loads((FOLDER / "passive_to_promoter.json").read_text())
    terms = {band: Terms(case["retention"][band], case["spend"][band] * case["margin"], case["cost_to_serve"][band])
             for band in ("det", "pas", "pro")}

    def gain(one, other):
        moved = cohort_gain(0.05 * case["N"], terms[one], terms[other], intensity=np.ones(case["H"]))
        return net_present_value(total(moved), case["i"])

    def value(shares):
        return sum(cohort_value(case["N"] * shares[band], terms[band], case["i"], case["H"]) for band in terms)

    assert value(case["before"]) == pytest.approx(case["value_before"], abs=1e-3)
    assert value(case["after"]) == pytest.approx(case["value_after"], abs=1e-3)
    assert gain("pas", "pro") == pytest.approx(case["delta"], abs=1e-3)
    assert gain("det", "pas") == pytest.approx(case["delta_if_detractor_to_passive_5pts"], abs=1e-3)


@pytest.mark.parametrize("timing", ["end", "start"])
def test_a_public_calculator_is_reproduced(timing):
    case = json.loads((FOLDER / "tei_and_calculators.json").read_text())["suptask_example"]
    given, expected = case["inputs"], case[f"computed_{timing}_of_month"]
    margin = given["arpu"] * given["margin"]
    gain = cohort_gain(given["N"], Terms(1 - given["churn0"], margin),
                       Terms(1 - given["churn1"], margin * (1 + given["uplift"])),
                       intensity=np.ones(given["H"]), timing=timing)
    deflected = given["contacts"] * given["defl"] * given["cost_contact"] * given["H"]
    assert total(gain).sum() + deflected == pytest.approx(expected["benefits"], abs=1e-4)


def test_months_and_years_agree():
    # The same people: by month the chance to stay is its twelfth root, so those left at each year's end are the same.
    def month(retention):
        return retention ** (1 / 12)

    by_year = cohort_gain(1000, Terms(0.80, 120), Terms(0.85, 120), intensity=np.ones(5))["retention"]
    by_month = cohort_gain(1000, Terms(month(0.80), 120), Terms(month(0.85), 120), intensity=np.ones(60))["retention"]
    assert by_month[::12] == pytest.approx(by_year)
    # With money counted at the mean of a period the totals differ only by the curve inside the first years.
    yearly = cohort_gain(1000, Terms(0.80, 120), Terms(0.85, 120), intensity=np.ones(5), timing="mean")
    monthly = cohort_gain(1000, Terms(month(0.80), 10), Terms(month(0.85), 10), intensity=np.ones(60), timing="mean")
    assert total(monthly).sum() == pytest.approx(total(yearly).sum(), rel=0.015)


def test_kept_members_that_would_be_replaced_save_their_acquisition_and_no_margin():
    # All would be replaced at 30 each: a member kept is worth the 30 saved when it would have left, not its margin.
    gain = cohort_gain(100, Terms(0.5, 10), Terms(0.6, 10), intensity=[1], replaced=1.0, acquisition_cost=30)
    assert gain["retention"].tolist() == [0, 0]
    assert gain["acquisition_saved"].tolist() == pytest.approx([0, (50 - 40) * 30])


def test_referrals_are_worth_what_they_bring():
    gain = cohort_gain(100, Terms(0.5, 0, 0, 0.1), Terms(0.5, 0, 0, 0.3), intensity=[1], referral_value=40)
    assert gain["referral"].tolist() == pytest.approx([0, 50 * 0.2 * 40])


def test_moving_back_costs_what_moving_gains_and_no_move_gains_nothing():
    low, high = Terms(0.7, 10, 3, 0.1), Terms(0.8, 12, 2, 0.2)
    up = cohort_gain(10, low, high, intensity=np.ones(4), referral_value=5)
    down = cohort_gain(10, high, low, intensity=np.ones(4), referral_value=5)
    assert total(up) == pytest.approx(-total(down))
    still = cohort_gain(10, low, low, intensity=np.ones(4))
    assert list(still) == list(PARTS)
    assert total(still) == pytest.approx(np.zeros(5))


def test_draws_go_through_side_by_side():
    retention = np.array([0.6, 0.7, 0.8])
    many = cohort_gain(10, Terms(0.5, 1), Terms(retention, 1), intensity=[0.5, 1])
    one = cohort_gain(10, Terms(0.5, 1), Terms(0.7, 1), intensity=[0.5, 1])
    assert many["retention"].shape == (3, 3)
    assert many["retention"][:, 1] == pytest.approx(one["retention"])


def test_intensity_ramps_up_and_fades():
    # Starts after period 1, grows over 2, ends after 4, then loses half a period.
    assert intensity(6, start=1, ramp=2, end=4, fade=0.5).tolist() == pytest.approx([0, 0.5, 1, 1, 0.5, 0.25])
    assert intensity(3).tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="end == 1 is not after start == 2"):
        intensity(5, start=2, end=1)


def test_bad_terms_are_refused():
    with pytest.raises(ValueError, match=r"85 % is written 0\.85"):
        cohort_gain(1, Terms(85, 1), Terms(0.9, 1), intensity=[1])
    with pytest.raises(ValueError, match="replaced == 2"):
        cohort_gain(1, Terms(0.8, 1), Terms(0.9, 1), intensity=[1], replaced=2)
    with pytest.raises(ValueError, match="must be 'end'"):
        cohort_value(1, Terms(0.8, 1), 0.1, 3, timing="noon")
