import json
from time import process_time

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.journey.hand_overs import hand_over_effect
from cxlib.stats.journey.ratios import sum_ratios
from cxlib.stats.journey.steps import counted_cases, in_days, ordered_steps
from cxlib.stats.journey.waits import time_split
from tests.conftest import shared_data


def by_hand(**how):
    """billing acts at 0, waits for the customer from 1 on, hands over at 3; field acts at 5, waits for parts, solves at 10."""
    steps = ordered_steps(["a"] * 5, [0.0, 1, 3, 5, 8], ["billing", "billing", "field", "field", "field"])
    return steps, {"waits_for": ["", "customer", None, "supplier", None], **how}


def test_time_counted_by_hand_with_a_queue():
    steps, how = by_hand(queued=[False, False, True, False, False])
    split = time_split(steps, [10.0], **how)
    assert split.parts.days.to_dict() == {"hand_over": 2, "first_queue": 0, "customer": 2, "supplier": 3, "work": 3}
    assert split.parts.share.to_dict() == {"hand_over": 0.2, "first_queue": 0, "customer": 0.2, "supplier": 0.3, "work": 0.3}
    pair = split.pairs.iloc[0]
    assert (pair.giver, pair.receiver, pair.hand_overs, pair.days, pair.mean_days, pair.share) == ("billing", "field", 1, 2, 2, 0.2)
    assert (split.basis, split.cases, split.days, split.hand_overs, split.after) == ("queue", 1, 10, 1, 0)
    accepted = time_split(steps, [10.0], accepted=[0.5, np.nan, 5, np.nan, np.nan], waits_for=how["waits_for"])
    assert accepted.parts.days.to_dict() == {"hand_over": 2, "first_queue": 0.5, "customer": 2, "supplier": 3, "work": 2.5}


def test_without_a_queue_the_gap_before_the_receiver_counts_unless_somebody_else_is_waited_for():
    steps, how = by_hand()
    split = time_split(steps, [10.0], **how)
    assert split.basis == "gap"
    assert split.parts.days.to_dict() == {"hand_over": 0, "first_queue": 0, "customer": 2, "supplier": 3, "work": 5}
    assert time_split(steps, [10.0]).parts.days.to_dict() == {"hand_over": 2, "first_queue": 0, "customer": 0, "supplier": 0, "work": 8}


def test_what_is_solved_is_over_however_late_it_is_closed():
    steps, how = by_hand(queued=[False, False, True, False, False])
    early = time_split(steps, [4.0], **how)
    assert early.parts.days.to_dict() == {"hand_over": 1, "first_queue": 0, "customer": 2, "supplier": 0, "work": 1}
    assert early.after == pytest.approx(0.5)
    before = time_split(steps, [2.0], **how)
    assert before.hand_overs == 0 and before.pairs.empty


def test_a_case_passed_on_before_anybody_acts_waits_all_the_while():
    # sales queues it for billing, nobody acts, it is queued for field, who acts at 6; a queue after an act is field's own.
    steps = ordered_steps(["a"] * 5, [0.0, 1, 4, 6, 7], ["sales", "billing", "field", "field", "field"])
    split = time_split(steps, [9.0], queued=[False, True, True, False, True])
    assert split.parts.days.to_dict() == {"hand_over": 5, "first_queue": 0, "customer": 0, "supplier": 0, "work": 4}
    assert dict(zip(split.pairs.receiver, split.pairs.days, strict=True)) == {"billing": 3, "field": 2}


def test_volvo_it_as_it_was_counted_elsewhere():
    truth = json.loads(shared_data("journey/truth.json").read_text())["bpic2013_incidents"]
    log = pd.read_csv(shared_data("journey/bpic2013_incidents.csv.gz"))
    time = in_days(pd.to_datetime(log["time:timestamp"], utc=True).dt.tz_localize(None).to_numpy())
    steps = ordered_steps(log["case:concept:name"], time, log["org:group"])
    done = pd.Series(np.where(log["concept:name"] == "Completed", time - time.min(), np.nan)).groupby(log["case:concept:name"].to_numpy())
    split = time_split(steps, done.min().reindex(steps.cases).to_numpy(), queued=log["concept:name"] == "Queued", resamples=100)
    assert split.parts.share["hand_over"] == pytest.approx(truth["share_of_time_to_first_completed_in_queue_after_hand_over"], abs=5e-5)
    assert split.parts.share["first_queue"] == pytest.approx(truth["same_before_first_owner_accepts"], abs=5e-5)
    assert split.parts.days["hand_over"] / split.hand_overs == pytest.approx(truth["mean_days_waiting_per_hand_over"], abs=5e-5)
    assert split.after == pytest.approx(truth["share_of_all_elapsed_time_after_first_completed"], abs=1e-3)  # there of unsolved cases, too


def test_helpdesk_is_solved_long_before_it_is_closed():
    truth = json.loads(shared_data("journey/truth.json").read_text())["helpdesk"]
    log = pd.read_csv(shared_data("journey/helpdesk.csv.gz"))
    case, time = log["case:concept:name"].to_numpy(), in_days(pd.to_datetime(log["time:timestamp"], utc=True).dt.tz_localize(None).to_numpy())
    steps = ordered_steps(case, time, log["org:resource"])
    for what, median in (("Resolve ticket", truth["median_days_to_last_resolve"]), ("Closed", truth["median_days_to_close"])):
        at = pd.Series(np.where(log["concept:name"] == what, time - time.min(), np.nan)).groupby(case).max().reindex(steps.cases).to_numpy()
        took = at - steps.days[steps.first]
        split = time_split(steps, at, resamples=50)
        assert split.days == pytest.approx(took[took > 0].sum())
        assert np.nanmedian(took) == pytest.approx(median, rel=0.003)  # six tickets are closed more than once


def random_log(cases, seed=1):
    rng = np.random.default_rng(seed)
    case = rng.integers(0, cases, 5 * cases)
    time, owner = 40 * rng.random(len(case)), rng.integers(0, 4, len(case))
    return case, time, owner, time + rng.exponential(0.3, len(case)), rng.choice(["customer", "supplier", ""], len(case))


def test_parts_make_up_the_whole_and_the_order_of_rows_does_not_matter():
    case, time, owner, accepted, whom = random_log(300)
    steps = ordered_steps(case, time, owner)
    solved = steps.days[steps.last] - 3
    origin = time.min()
    split = time_split(steps, solved, accepted=accepted - origin, waits_for=whom)
    assert split.parts.share.sum() == pytest.approx(1)
    assert (split.parts.low <= split.parts.share).all() and (split.parts.share <= split.parts.high).all()
    assert split.pairs.days.sum() == pytest.approx(split.parts.days["hand_over"])
    mix = np.random.default_rng(2).permutation(len(case))
    turned = ordered_steps(case[mix], time[mix], owner[mix])
    again = pd.Series(solved, steps.cases).reindex(turned.cases).to_numpy()
    other = time_split(turned, again, accepted=(accepted - origin)[mix], waits_for=whom[mix])
    pd.testing.assert_frame_equal(split.parts, other.parts)
    pd.testing.assert_frame_equal(split.pairs, other.pairs)


def test_unsolved_cases_leave_and_few_have_no_interval():
    case, time, owner, *_ = random_log(60)
    steps = ordered_steps(case, time, owner)
    solved = np.where(np.arange(len(steps.cases)) < 15, steps.days[steps.last] + 1, np.nan)
    split = time_split(steps, solved)
    assert split.cases == 15 and split.parts.low.isna().all()


def test_faulty_input_is_refused():
    steps = by_hand()[0]
    with pytest.raises(ValueError, match="1 cases and"):
        time_split(steps, [1.0, 2.0])
    with pytest.raises(ValueError, match="no case is solved"):
        time_split(steps, [np.nan])
    with pytest.raises(ValueError, match="values of queued"):
        time_split(steps, [9.0], queued=[True])


def test_ratios_counted_by_hand_and_their_interval_by_the_classical_formula():
    rng = np.random.default_rng(1)
    whole = rng.gamma(4, 2, 4000)
    part = whole * rng.beta(2, 6, 4000)
    found = sum_ratios(np.column_stack([part, whole]), whole, resamples=2000).iloc[0]
    assert found.estimate == pytest.approx(part.sum() / whole.sum())
    error = np.std(part - found.estimate * whole, ddof=1) / whole.mean() / 4000**0.5  # Cochran 1977, formula 6.13
    assert (found.high - found.low) / 3.92 == pytest.approx(error, rel=0.06)
    many = sum_ratios(np.tile(part, 4)[:, None], np.tile(whole, 4), resamples=4000).iloc[0]  # summed into groups
    assert (many.high - many.low) / 3.92 == pytest.approx(error / 2, rel=0.08)
    mix = rng.permutation(4000)
    pd.testing.assert_frame_equal(sum_ratios(part[mix, None], whole[mix]), sum_ratios(part[:, None], whole))
    with pytest.raises(ValueError, match="missing or infinite"):
        sum_ratios(np.array([[np.nan]]), [1.0])
    with pytest.raises(ValueError, match="a row a case"):
        sum_ratios(np.zeros((3, 1)), [0.0, 0.0, 0.0])


@pytest.mark.slow
def test_a_million_contacts_take_under_five_seconds():
    rng = np.random.default_rng(1)
    case = rng.integers(0, 300_000, 1_000_000)
    time, owner, score = rng.random(len(case)) * 700, rng.choice(list("abcde"), len(case)), np.where(rng.random(len(case)) < 0.3, rng.integers(0, 11, len(case)), np.nan)
    held = pd.DataFrame({"touchpoint": rng.integers(0, 8, len(case)), "channel": rng.integers(0, 4, len(case))})
    began = process_time()
    steps = ordered_steps(case, time, owner)
    counted_cases(steps)
    hand_over_effect(score, steps, held)
    assert process_time() - began < 5
