import itertools
import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from cxlib.stats.follow_up.effect import (
    ALLOWED,
    call_hazard,
    calling_design,
    effect_verdict,
    held_constant,
    people_needed,
    return_to_the_mean,
    score_effect,
    speed_effect,
)
from cxlib.stats.follow_up.lee_bounds import lee_bounds
from cxlib.stats.survey.proportions import share, share_difference
from tests.conftest import shared_data
from tests.simulations.follow_up import critics, leavers, recovery, times_to_leave

NONE = np.nan


def test_the_design_of_the_data_is_read_from_it():
    yes, no = [True] * 20, [False] * 20
    assert calling_design(yes + no, no + yes, [NONE] * 40) == "random"
    assert calling_design(yes + no, no + no, [1.0] * 40) == "adjusted"
    assert calling_design(yes + no, no + no, [1.0] * 20 + [NONE] * 20) == "unadjusted"
    assert calling_design(yes + yes, no + no, [1.0] * 40) == "called_only"
    assert calling_design(no + no, no + yes, [1.0] * 40) == "nobody"


def test_helps_is_only_said_of_a_random_comparison():
    bounds = lee_bounds([True] * 20 + [False] * 20, [5.0] * 10 + [NONE] * 10 + [4.0, 6.0] * 10, resamples=50)
    for design, low, high, held in itertools.product(ALLOWED, (-2, -0.1, 0.1, 1), (-1, -0.05, 0.3, 3), (None, bounds)):
        if not ALLOWED[design]:
            with pytest.raises(ValueError, match="allows no verdict"):
                effect_verdict(design, low, high, smallest=0.5)
        elif low < high:
            found = effect_verdict(design, low, high, smallest=0.5, bounds=held)
            assert found in ALLOWED[design]
            assert found != "helps" or (design == "random" and low > 0 and (held is None or held.low > 0))
    assert effect_verdict("random", -0.2, 0.3, smallest=0.5) == "no_help"
    assert effect_verdict("random", -0.2, 0.9, smallest=0.5) == "cannot_tell"
    assert effect_verdict("adjusted", 0.2, 0.9, smallest=0.5) == "goes_with"
    assert effect_verdict("called_only", 0.2, 0.9, smallest=0.5) == "more_than_expected"


def test_score_effect_counted_by_hand():
    # Among those who said 2 the called say 5 and the others 4; among those who said 4 they say 7 and 6: one point more.
    called, first = [1, 1, 0, 0] * 3, [2, 4, 2, 4] * 3
    found = score_effect(called, first, [4.9, 6.9, 3.9, 5.9, 5.1, 7.1, 4.1, 6.1, 5, 7, 4, 6])
    assert (found.estimate, found.n, found.n_others) == pytest.approx((1.0, 6, 6))


def test_score_effect_agrees_with_statsmodels():
    rows = recovery(400, 0.6, seed=1)
    held = held_constant(rows.severity, rows.type)
    found = score_effect(rows.called, rows["first"], rows.again, held)
    design = sm.add_constant(pd.concat([rows[["called", "first"]].astype(float), held], axis=1))
    oracle = sm.OLS(rows.again, design, missing="drop").fit(cov_type="HC1", use_t=True)
    assert found.estimate == pytest.approx(oracle.params["called"])
    assert (found.low, found.high) == pytest.approx(tuple(oracle.conf_int().loc["called"]), rel=1e-6)
    assert found.n + found.n_others == oracle.nobs


def test_groups_that_are_held_constant():
    table = held_constant([1.0] * 12 + [2.0] * 12 + [NONE], ["a"] * 11 + [None] * 11 + ["b", "c", "c"])
    assert table.shape == (25, 3)  # severity 2; of the types a, none and the rare ones two columns
    assert table.iloc[-1].isna().any() and not table.iloc[:-1].isna().any(axis=None)
    assert held_constant(np.arange(20.0)).shape == (20, 1)  # many values: the number itself


def test_a_rise_of_those_picked_is_what_is_expected_without_a_call():
    everybody, rows = critics(20_000, 0.0, seed=1)
    found = return_to_the_mean(everybody, rows["first"], rows.again, resamples=400)
    assert found.rise > 0.8 and found.expected == pytest.approx(found.rise, abs=0.1)
    assert effect_verdict("called_only", found.low, found.high, smallest=0.5) == "as_expected_without"
    everybody, rows = critics(20_000, 0.6, seed=2)
    found = return_to_the_mean(everybody, rows["first"], rows.again, resamples=400)
    assert found.beyond == pytest.approx(0.6, abs=0.15) and found.low > 0


def test_return_counted_by_hand_where_the_reliability_is_known():
    found = return_to_the_mean([3] * 10 + [9] * 10, [3] * 10, [5] * 10, reliability=0.6, drift=0.1)
    assert (found.first, found.rise, found.expected, found.beyond) == pytest.approx((3, 2, 1.3, 0.7))


def test_hvbp_the_worst_tenth_gained_nothing_by_being_the_worst():
    truth = json.loads(shared_data("journey/truth.json").read_text())["hvbp_two_periods"]["Overall Rating Of Hospital"]
    rows = pd.read_csv(shared_data("journey/hvbp_two_periods.csv.gz"))
    rows = rows[[f"Overall Rating Of Hospital {when} Rate" for when in ("Baseline", "Performance")]].dropna()
    first, again = rows.iloc[:, 0], rows.iloc[:, 1]
    worst = first <= first.quantile(0.1)
    drift, slope = (again - first).mean(), np.polyfit(first, again, 1)[0]
    assert (drift, slope) == pytest.approx((truth["change_all"], truth["slope"]), abs=0.006)
    known = return_to_the_mean(first, first[worst], again[worst], reliability=slope, drift=drift)
    assert known.expected == pytest.approx(truth["expected_change_of_worst_tenth_if_nothing_is_done"], abs=0.01)
    assert known.rise == pytest.approx(truth["change_worst_tenth"], abs=0.01)
    found = return_to_the_mean(first, first[worst], again[worst], drift=drift)
    assert effect_verdict("called_only", found.low, found.high, smallest=1) == "as_expected_without"


def test_tickets_speed_goes_with_nothing_among_equally_urgent_ones():
    truth = json.loads(shared_data("journey/truth.json").read_text())["tickets_priority_trap"]
    rows = pd.read_csv(shared_data("journey/tickets_priority_trap.csv"))
    hours, rated = rows.First_Response_Time_Hours, int(rows.CSAT_Score.notna().sum())
    for name, held in {"slope_on_log_hours": held_constant(["all"] * len(rows)), "same_within_priority": held_constant(rows.Priority)}.items():
        found = speed_effect(hours, rows.CSAT_Score, held, plus=1)
        slope, error = truth[name]
        assert found.estimate / np.log(2) == pytest.approx(slope, abs=1e-4)
        assert (found.high - found.low) / 2 / 1.9655 / np.log(2) == pytest.approx(error, rel=0.03)
        assert found.n == rated == truth["rated"]
    assert found.low < 0 < found.high


def test_hillstrom_counts_the_effect_of_a_random_comparison():
    truth = json.loads(shared_data("journey/truth.json").read_text())["hillstrom"]["effect_on_visit"]
    rows = pd.read_csv(shared_data("journey/hillstrom.csv.gz"))
    for arm, name in {"Mens E-Mail": "mens", "Womens E-Mail": "womens"}.items():
        found = share_difference(share(rows.visit[rows.segment == "No E-Mail"]), share(rows.visit[rows.segment == arm]))
        assert found.estimate == pytest.approx(truth[name][0], abs=1e-5)
        assert (found.high - found.low) / 2 / 1.96 == pytest.approx(truth[name][1], rel=0.01)
        assert effect_verdict("random", found.low, found.high, smallest=0.01) == "helps"


def test_immortal_time_counted_as_statsmodels_does():
    rows = leavers(400, 0.7, seed=4)
    fit = call_hazard(rows.call, rows.end, rows.left)
    pieces = [(0.0, min(call, end), left * (not call < end), 0.0) for call, end, left in rows[["call", "end", "left"]].to_numpy()]
    pieces += [(call, end, left, 1.0) for call, end, left in rows[["call", "end", "left"]].to_numpy() if call < end]
    split = pd.DataFrame(pieces, columns=["entry", "exit", "event", "called"])
    oracle = PHReg(split.exit, split[["called"]], status=split.event, entry=split.entry, ties="efron").fit()
    assert fit.terms.estimate["called"] == pytest.approx(oracle.params[0], abs=1e-6)
    assert fit.terms.se["called"] == pytest.approx(oracle.bse[0], rel=1e-5)


def test_who_leaves_early_cannot_be_called_and_that_is_no_effect():
    rows = leavers(20_000, 1.0, seed=1)
    naive = np.log(times_to_leave(rows, naive=True))
    assert np.exp(naive) < 0.8  # "followed up customers leave less"
    fit = call_hazard(rows.call, rows.end, rows.left)
    assert np.exp(fit.terms.estimate["called"]) == pytest.approx(1.0, abs=0.05)
    assert call_hazard(rows.call.where(rows.call >= 0), rows.end, rows.left, held_constant(rows.severity)).terms.index[0] == "called"


def test_people_needed_as_published():
    assert people_needed(0.25, 0.05) == pytest.approx(1091, abs=1)
    assert people_needed(0.25, 0.05, others=9) == pytest.approx(7.849 * (0.1875 + 0.16 / 9) / 0.0025, abs=1)
    assert people_needed(0.25, 0.05) == pytest.approx(
        samplesize_proportions_2indep_onetail(-0.05, 0.25, 0.8, alpha=0.025, alternative="smaller"), rel=0.02)


def test_bad_input_names_the_remedy():
    with pytest.raises(ValueError, match="at least 10"):
        return_to_the_mean([1, 2], [1, 2], [2, 3])
    with pytest.raises(ValueError, match="give the reliability"):
        return_to_the_mean([1, 9], [1] * 20, [2] * 20)
    with pytest.raises(ValueError, match="share from 0 to 1"):
        return_to_the_mean([1, 9], [1] * 20, [2] * 20, reliability=60)
    with pytest.raises(ValueError, match="above 0 and not above the churn"):
        people_needed(0.2, 0.3)
    with pytest.raises(ValueError, match="give `plus`"):
        speed_effect([0, 1], [1, 2], held_constant(["a", "b"]))
    with pytest.raises(ValueError, match="points that matter"):
        effect_verdict("random", 0, 1, smallest=0)
