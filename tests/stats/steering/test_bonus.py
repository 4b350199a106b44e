import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from cxlib.stats.steering.bonus import Scheme, chance_any, missed, paid_for_noise, pay_curve, payout, repaired
from cxlib.stats.steering.luck import chance_by_luck, sample_for_target
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference" / "business_case" / "bonus_noise.json"
OFFICE = Scheme(6000.0, 60, 5.0, units=20)
KINDS = (OFFICE, replace(OFFICE, ramp=(0.0, 5.0)), replace(OFFICE, ramp=(2.0, 8.0), cap=1.5, limit="lower", rolling=3), replace(OFFICE, base_known=True, cap=0.7))


def test_every_figure_of_the_reference():
    reference = json.loads(REFERENCE.read_text("utf-8"))
    assert len(reference["false_payout"]) == 21 and len(reference["required_n"]) == 24
    for row in reference["false_payout"]:
        scheme = Scheme(1e4 * row["variance"], row["n_per_period"], 5.0)
        assert scheme.se == pytest.approx(row["se_change_pts"], abs=0.0051) and payout(scheme, 5).chance == row["P(pay|true +5, target +5)"]
        for target in (1, 3, 5, 10):
            told = row[f"P(pay|no change, target +{target})"]
            assert payout(replace(scheme, target=target), 0).chance == pytest.approx(told, abs=5.1e-5)
            assert chance_by_luck(target, scheme.variance, scheme.n, scheme.n) == pytest.approx(told, abs=5.1e-5)
    for row in reference["required_n"]:
        found = sample_for_target(row["true_change_pts"], 1e4 * row["variance"], false_pay=row["alpha_one_sided"], power=row["power"])
        assert found == row["n_per_period"]
    proven = replace(OFFICE, target=0.0, limit="lower")
    assert payout(proven, 0).chance == pytest.approx(0.05) and chance_any(proven) == pytest.approx(reference["best_of_many_units"]["k=20,p=0.05"])


@pytest.mark.parametrize("scheme", KINDS)
@pytest.mark.parametrize("change", [-4.0, 0.0, 5.0, 30.0])
def test_what_is_paid_is_the_integral_over_what_is_measured(scheme, change):
    def share(measured):
        counted = measured - scheme.deducted
        if scheme.ramp is None:
            return min(scheme.cap, 1.0) * (counted >= scheme.target)
        return min(max((counted - scheme.ramp[0]) / (scheme.ramp[1] - scheme.ramp[0]), 0), scheme.cap)

    start = (scheme.ramp or (scheme.target,))[0] + scheme.deducted
    edges = [start, *([scheme.deducted + scheme.ramp[0] + scheme.cap * (scheme.ramp[1] - scheme.ramp[0])] if scheme.ramp else [])]
    normal = stats.norm(change, scheme.se)
    whole = integrate.quad(lambda x: share(x) * normal.pdf(x), change - 9 * scheme.se, change + 9 * scheme.se, points=edges, limit=200)[0]
    assert payout(scheme, change).share == pytest.approx(whole, abs=1e-7) and payout(scheme, change).chance == pytest.approx(normal.sf(start))


def test_counted_by_hand():
    scheme = Scheme(200.0, 4, 10.0, units=3)  # a standard error of 10
    assert scheme.se == 10 and payout(scheme, 0).chance == pytest.approx(0.158655, abs=1e-6)
    assert paid_for_noise(scheme, 1000) == pytest.approx(475.966, abs=1e-3) and chance_any(scheme) == pytest.approx(1 - 0.841345**3, abs=1e-6)
    assert missed(scheme) == 0.5 and missed(scheme, 20) == pytest.approx(0.158655, abs=1e-6)
    ramp = replace(scheme, ramp=(0.0, 1e9), cap=1.0)
    assert payout(ramp, 0).share * 1e9 == pytest.approx(10 / (2 * np.pi) ** 0.5)  # the mean of the upper half of a normal
    assert replace(scheme, rolling=4).se == 5 and replace(scheme, limit="lower").deducted == pytest.approx(16.44854)


def test_a_curve_rises_and_has_no_unit():
    changes = np.linspace(-40, 60, 21)
    for scheme in KINDS:
        curve = pay_curve(scheme, changes)
        assert (np.diff(curve.chance) > 0).all() and (np.diff(curve.share) > 0).all()
        assert curve.share.iloc[0] < 0.01 and curve.share.iloc[-1] == pytest.approx(scheme.cap if scheme.ramp else min(scheme.cap, 1), abs=0.01)
        small = replace(scheme, variance=scheme.variance / 1e4, target=scheme.target / 100, ramp=scheme.ramp and tuple(end / 100 for end in scheme.ramp))
        assert pay_curve(small, changes / 100)[["chance", "share"]].to_numpy() == pytest.approx(curve[["chance", "share"]].to_numpy())
    mirror = payout(OFFICE, 10 - 3.0).chance + payout(OFFICE, 3.0).chance
    assert mirror == pytest.approx(1)


def test_a_repaired_scheme_pays_seldom_for_luck_and_mostly_for_the_target():
    found = repaired(OFFICE)
    steps = found.steps.set_index("step")
    assert list(steps.index) == ["as_it_stands", "rolling", "larger_n", "lower_limit", "ramp"]
    assert steps.unchanged_paid["as_it_stands"] == payout(OFFICE, 0).chance and steps.missed["larger_n"] == 0.5
    assert steps.loc["ramp", ["n", "rolling"]].to_list() == [742, 4]  # 2,968 answers
    for step in ("lower_limit", "ramp"):
        assert steps.unchanged_paid[step] == pytest.approx(0.05) and steps.missed[step] == pytest.approx(0.2, abs=1e-3)
    assert steps.unchanged_share["ramp"] < steps.unchanged_share["lower_limit"] < steps.unchanged_share["as_it_stands"]
    assert payout(found.scheme, 5).share == steps.target_share["ramp"]
    full = found.scheme.ramp[1] + found.scheme.deducted
    assert full == pytest.approx(5)  # in full where the target is measured
    enough = repaired(replace(OFFICE, n=4000))
    assert (enough.scheme.n, enough.scheme.rolling) == (4000, 1) and enough.steps.missed.iloc[-1] < 0.2


@pytest.mark.parametrize("wrong", [
    {"variance": 0}, {"n": 0}, {"units": 0}, {"rolling": 0}, {"cap": 0}, {"sure": 95}, {"target": np.nan}, {"ramp": (5.0, 5.0)}, {"limit": "mean"},
])  # fmt: skip
def test_a_scheme_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"give|must"):
        replace(OFFICE, **wrong)


def test_questions_that_make_no_sense_are_refused():
    for call in (lambda: payout(OFFICE, np.nan), lambda: missed(OFFICE, np.inf), lambda: paid_for_noise(OFFICE, -1), lambda: repaired(OFFICE, rolling=0),
                 lambda: repaired(OFFICE, power=0.5), lambda: repaired(replace(OFFICE, target=0.0))):  # fmt: skip
        with pytest.raises(ValueError, match=r"give|above 0"):
            call()
