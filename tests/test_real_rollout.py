"""Real roll-outs with known answers: what other programs computed, and what may be said of it."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.rollout.adjusted import adjusted_effect
from cxlib.stats.rollout.customers import random_effect
from cxlib.stats.rollout.group_time import rollout_effect
from cxlib.stats.rollout.placebo import placebo_rank
from cxlib.stats.rollout.series import count_shift
from cxlib.stats.rollout.verdict import rollout_verdict
from tests.conftest import shared_data


def truth(name):
    return json.loads(shared_data("journey/truth.json").read_text())[name]


def test_counties_with_a_minimum_wage():
    told, rows = truth("mpdta"), pd.read_csv(shared_data("journey/mpdta.csv"))
    employment = rows.pivot(index="countyreal", columns="year", values="lemp")
    first = rows.groupby("countyreal")["first.treat"].first()
    start = np.where(first == 0, employment.shape[1], first - employment.columns[0]).astype(int)
    found = rollout_effect(employment, start, base="last", compared="never")
    assert found.units == told["units"] == 500
    assert (found.estimate, found.se_each) == pytest.approx(tuple(told["simple"]), abs=1e-5)
    cells = found.group_time.assign(start=found.group_time.start + employment.columns[0]).groupby("start").estimate.apply(list)
    assert {str(year): [round(value, 4) for value in values] for year, values in cells.items()} == told["group_time"]
    since = found.course[found.course.since >= 0].set_index("since").estimate
    assert {str(when): round(value, 4) for when, value in since.items()} == told["by_time_since_start"]
    assert found.estimate != pytest.approx(told["two_way_fixed_effects"][0], abs=1e-3)


def test_houses_near_an_incinerator_are_two_units():
    told, rows = truth("kielmc"), pd.read_csv(shared_data("journey/kielmc.csv"))
    price = rows.pivot_table(index="nearinc", columns="year", values="rprice")
    found = rollout_effect(price, [2, 1])
    assert found.estimate == pytest.approx(told["rprice"][0], abs=0.05) and np.isnan(found.se)
    for design in ("random", "other", "score"):
        assert rollout_verdict(design, smallest=1000, effect=found, adjusted=adjusted_effect(price, [2, 1])) == "cannot_tell"


def test_heart_attacks_after_a_smoking_ban():
    told, rows = truth("sicily"), pd.read_csv(shared_data("journey/sicily.csv"))
    at = int(rows.smokban.to_numpy().argmax())
    plain, seasonal = (count_shift(rows.aces, rows.stdpop, at, harmonics=pairs) for pairs in (0, 2))
    assert (plain.ratio, plain.low, plain.high) == pytest.approx(tuple(told["quasi_poisson"]), abs=1e-4)
    assert plain.dispersion == pytest.approx(told["dispersion"], abs=0.005)
    assert (seasonal.ratio, seasonal.low, seasonal.high) == pytest.approx(tuple(told["with_season"]), abs=1e-4)


def test_organ_donors_in_one_state_cannot_be_told_from_chance():
    told, rows = truth("organ_donations"), pd.read_csv(shared_data("journey/organ_donations.csv"))
    quarters = sorted(rows.Quarter.unique(), key=lambda quarter: (quarter[2:], quarter[:2]))
    rate = rows.pivot(index="State", columns="Quarter", values="Rate")[quarters]
    start = np.where(rate.index == "California", quarters.index("Q32011"), len(quarters))
    rank, changed = placebo_rank(rate, start), rollout_effect(rate, start)
    assert (rank.estimate, rank.p, rank.units) == (pytest.approx(told["estimate"], abs=1e-5), pytest.approx(told["placebo_over_states_p"], abs=1e-3), 27)
    assert changed.estimate == pytest.approx(told["estimate"], abs=1e-5) and abs(changed.estimate / changed.se) < abs(told["z"]) / 3
    assert rollout_verdict("one_unit", smallest=0.01, rank=rank) == "cannot_tell"
    assert rollout_verdict("random", smallest=0.01, effect=changed) == "cannot_tell"


def test_the_worst_tenth_of_hospitals_rose_as_it_would_have_without():
    told, rows = truth("hvbp_two_periods")["Overall Rating Of Hospital"], pd.read_csv(shared_data("journey/hvbp_two_periods.csv.gz"))
    rating = rows.filter(like="Overall Rating").dropna().to_numpy()
    start = np.where(rating[:, 0] <= np.quantile(rating[:, 0], 0.1), 1, 2)
    changed, beside = rollout_effect(rating, start, resamples=99), adjusted_effect(rating, start)
    assert changed.raw_rise == pytest.approx(told["change_worst_tenth"], abs=0.05)
    assert changed.low > 2  # the trap: 3.2 points, where nothing was done
    assert beside.bent and beside.expected == pytest.approx(told["expected_change_of_worst_tenth_if_nothing_is_done"], abs=0.2)
    assert -2 < beside.low < 0 < beside.high < 2
    assert rollout_verdict("score", smallest=2, effect=changed, adjusted=beside) == "as_expected_without"


def test_no_worst_tenth_of_any_rating_is_said_to_have_been_helped():
    rows = pd.read_csv(shared_data("journey/hvbp_two_periods.csv.gz"))
    said = []
    for name in rows.filter(like=" Baseline Rate"):
        rating = rows[[name, name.replace("Baseline", "Performance")]].dropna().to_numpy()
        start = np.where(rating[:, 0] <= np.quantile(rating[:, 0], 0.1), 1, 2)
        said.append(rollout_verdict("score", smallest=2, effect=rollout_effect(rating, start, resamples=9), adjusted=adjusted_effect(rating, start)))
    assert len(said) == 8 and set(said) <= {"as_expected_without", "cannot_tell"}


@pytest.mark.parametrize(("mail", "arm"), [("mens", "Mens E-Mail"), ("womens", "Womens E-Mail")])
def test_customers_who_were_mailed_at_random(mail, arm):
    told, rows = truth("hillstrom"), pd.read_csv(shared_data("journey/hillstrom.csv.gz"))
    rows = rows[rows.segment.isin([arm, "No E-Mail"])]
    for outcome in ("visit", "spend"):
        found = random_effect(rows[outcome], rows.segment == arm)
        assert (found.estimate, found.se) == pytest.approx(tuple(told[f"effect_on_{outcome}"][mail]), abs=1e-5)
        assert rollout_verdict("customers", smallest=0.01, difference=found) == "worked"
