import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

from cxlib.stats.links.hazard_link import hazard_link


def members(n=2000, seed=1, rounded=True, tie=0.0):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"x": rng.normal(size=n), "z": rng.integers(0, 2, n).astype(float)})
    entry = rng.uniform(0, 3, n) * np.exp(tie * x.x)
    age = rng.exponential(np.exp(-(-1 + 0.5 * x.x - 0.7 * x.z)))
    stop = entry + 2
    frame = x.assign(entry=entry, exit=np.minimum(age, stop), event=(age <= stop).astype(float))
    frame = frame[frame.exit > frame.entry].reset_index(drop=True)
    if rounded:
        frame["exit"], frame["entry"] = np.ceil(frame.exit * 12) / 12, np.floor(frame.entry * 12) / 12
    return frame


def test_hazard_counted_by_hand():
    # Two members, ages 1 and 2, the one with x = 1 first, no ties, one more censored at 3 with x = 0.
    # Partial likelihood e^b / (e^b + 2): it only rises, so a censored member with x = 1 is added at age 1.5:
    # e^b / (2 e^b + 2) * 1 / 2 has its maximum at infinity too; with x = 0 dying first as well it is
    # e^b / (2 e^b + 2) at one age and 1 / (e^b + 2) at another: b solves 1 - q = r, q = e^b/(e^b+1), r = e^b/(e^b+2).
    exit, event, x = [1, 2, 3, 4], [1, 1, 0, 0], [1.0, 0.0, 1.0, 0.0]
    fit = hazard_link(exit, event, pd.DataFrame({"x": x}))
    growth = np.exp(fit.terms.estimate["x"])
    first, second = 2 * growth / (2 * growth + 2), growth / (growth + 2)
    assert 1 - first == pytest.approx(second, abs=1e-6)


@pytest.mark.parametrize("rounded", [True, False])
def test_hazard_link_agrees_with_statsmodels(rounded):
    frame = members(rounded=rounded)
    oracle = PHReg(frame.exit, frame[["x", "z"]], status=frame.event, entry=frame.entry + 1e-9, ties="efron").fit()
    # Who enters at the age of an event is not yet at risk then; the oracle counts such a member, hence the shift.
    fit = hazard_link(frame.exit, frame.event, frame[["x", "z"]], entry=frame.entry)
    assert fit.terms.estimate.to_numpy() == pytest.approx(oracle.params, abs=1e-6)
    assert fit.terms.se.to_numpy() == pytest.approx(oracle.bse, rel=1e-5)
    assert fit.events == frame.event.sum()


def test_late_entry_counts_from_the_members_own_start():
    # Those watched from age 1 and gone before are never seen; without `entry` the early risk looks too low.
    frame = members(20_000, rounded=False, tie=0.4)
    right = hazard_link(frame.exit, frame.event, frame[["x", "z"]], entry=frame.entry).terms
    wrong = hazard_link(frame.exit, frame.event, frame[["x", "z"]]).terms
    assert right.low["x"] < 0.5 < right.high["x"]
    assert abs(wrong.estimate["x"] - 0.5) > 3 * wrong.se["x"]


def test_doubled_rows_and_weights_of_two_give_the_same_slope():
    frame = members(rounded=False)
    plain = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry)
    weighted = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry, weights=np.full(len(frame), 2.0))
    assert weighted.terms.equals(plain.terms)
    uneven = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry,
                         weights=np.where(frame.index < len(frame) / 2, 1.0, 1.0 + 1e-9))
    assert uneven.terms.se["x"] == pytest.approx(plain.terms.se["x"], rel=0.1)  # robust and model-based errors


def test_robust_errors_see_the_clusters():
    frame = members(1000, rounded=False)
    doubled = pd.concat([frame, frame], ignore_index=True)
    single = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry, clusters=frame.index)
    twice = hazard_link(doubled.exit, doubled.event, doubled[["x"]], entry=doubled.entry,
                        clusters=np.tile(frame.index, 2))
    assert twice.terms.se["x"] == pytest.approx(single.terms.se["x"], rel=0.02)


def test_missing_rows_are_dropped_once():
    frame = members()
    frame.loc[:19, "x"] = np.nan
    fit = hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.entry)
    assert fit.n == len(frame) - 20


def test_bad_input_names_the_remedy():
    frame = members(100)
    with pytest.raises(ValueError, match="is not before exit"):
        hazard_link(frame.exit, frame.event, frame[["x"]], entry=frame.exit)
    with pytest.raises(ValueError, match="happen at least once"):
        hazard_link(frame.exit, frame.event * 0, frame[["x"]])
    few = hazard_link(frame.exit[:40], frame.event[:40].where(frame.index[:40] < 8, 0), frame[["x"]][:40])
    assert "few_events" in few.warnings


def test_reference_file_names_the_tolerance_between_libraries():
    # The data of the two-library check are not ours to ship; statsmodels, one of the two, is the oracle above.
    path = Path(__file__).parents[2] / "reference/business_case/library_cross_checks.json"
    case = json.loads(path.read_text())["cox_rossi"]
    assert case["max_abs_diff_statsmodels"] < case["tolerance_between_libraries"]
