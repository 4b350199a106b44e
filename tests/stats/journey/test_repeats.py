import json

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.journey.repeats import repeats_beyond_chance
from cxlib.stats.refusal import Refusal
from tests.conftest import shared_data
from tests.simulations import hand_overs as simulated


def test_repeats_counted_by_hand():
    # Thirty customers: contacts at 0 and 5, solved at 1 and 30; the log ends at 100. The first comes back within 7 days.
    customer = np.repeat(np.arange(30), 2)
    start, solved = np.tile([0.0, 5], 30), np.tile([1.0, 30], 30)
    found = repeats_beyond_chance(customer, start, solved, window=7, end=100)
    assert (found.contacts, found.customers, found.open, found.largest) == (60, 30, 0, 2)
    assert found.repeated == 0.5
    # Of the first contact one other may fall anywhere in the 100 days; after the second there is none left.
    assert found.expected == pytest.approx((7 / 100 + 0) / 2)
    assert found.excess == pytest.approx(found.repeated - found.expected)
    assert repeats_beyond_chance(customer, start, solved, window=4, end=100).repeated == 0.5  # to the very end of the window
    assert repeats_beyond_chance(customer, start, solved, window=3.9, end=100).repeated == 0
    # A new contact about something else is none; one at the moment of the solution is not after it.
    other = repeats_beyond_chance(customer, start, solved, window=7, end=100, kind=np.tile(["bill", "meter"], 30))
    assert (other.repeated, other.expected) == (0, 0)
    assert repeats_beyond_chance(customer, start, np.tile([5.0, 30], 30), window=7, end=100).repeated == 0


def test_contacts_whose_window_is_open_and_those_without_solution_or_customer_do_not_count():
    customer = np.repeat(np.arange(30), 2).astype(object)
    start, solved = np.tile([0.0, 5], 30), np.tile([1.0, 30], 30)
    found = repeats_beyond_chance(customer, start, solved, window=7, end=36)
    assert (found.contacts, found.open) == (30, 30)
    solved[0], customer[2] = np.nan, None
    found = repeats_beyond_chance(customer, start, solved, window=7, end=100)
    assert found.contacts == 58 and found.open == 0


def helpdesk():
    log = pd.read_csv(shared_data("journey/helpdesk.csv.gz"))
    log["day"] = pd.to_datetime(log["time:timestamp"], utc=True).sub(pd.Timestamp("2010-01-01", tz="UTC")).dt.total_seconds() / 86400
    case = log.groupby("case:concept:name")
    solved = log[log["concept:name"] == "Resolve ticket"].groupby("case:concept:name").day.max()
    return case.customer.first(), case.day.min(), solved.reindex(case.day.min().index), log.day.max()


@pytest.mark.parametrize("window", [7, 14, 30])
def test_helpdesk_as_it_was_counted_elsewhere(window):
    truth = json.loads(shared_data("journey/truth.json").read_text())["helpdesk"]
    customer, start, solved, end = helpdesk()
    found = repeats_beyond_chance(customer, start, solved, window=window, end=end)
    assert found.repeated == pytest.approx(truth["repeat_within_7_days_of_resolve" if window == 7 else f"repeat_{window}"], abs=2e-3)
    expected = truth["expected_by_own_rate_7" if window == 7 else f"expected_{window}"]
    # There each contact is counted among those that may follow it, so that chance comes out higher by up to a point.
    assert expected - 0.012 < found.expected < expected
    rate = (customer.map(customer.value_counts()) - 1) / (end - start.groupby(customer).transform("min"))
    counted = solved + window <= end
    assert (1 - np.exp(-rate * window))[counted].mean() == pytest.approx(expected, abs=2e-3)
    assert found.low > 0 and found.largest == truth["largest_customer_tickets"]


def test_the_order_of_rows_and_labels_do_not_matter():
    customer, start, solved, end = (helpdesk())
    mix = np.random.default_rng(1).permutation(len(start))
    one = repeats_beyond_chance(customer, start, solved, window=7, end=end, resamples=100)
    other = repeats_beyond_chance("x" + customer.to_numpy()[mix], start.to_numpy()[mix], solved.to_numpy()[mix], window=7, end=end, resamples=100)
    assert one.__dict__ == pytest.approx(other.__dict__)


def test_those_who_come_by_chance_show_no_excess_and_those_who_must_come_again_do():
    excess, covers = simulated.returning(7, 10)
    assert abs(excess) < 0.01 and covers >= 0.8
    rng = np.random.default_rng(1)
    customer = np.repeat(np.arange(1000), 3)
    start = rng.random(3000) * 700
    again = rng.random(3000) < 0.1  # a tenth of all contacts must be repeated two days later
    both = np.append(start, start[again] + 3), np.append(customer, customer[again])
    found = repeats_beyond_chance(both[1], both[0], both[0] + 1, window=7, end=703)
    assert found.low < 0.1 / 1.1 < found.high and found.low > 0.05


def test_too_few_and_faulty_input_is_refused():
    with pytest.raises(Refusal, match="at least 20") as refused:
        repeats_beyond_chance(np.arange(5), np.zeros(5), np.ones(5), window=7, end=50)
    assert refused.value.reason == "few"
    with pytest.raises(ValueError, match="one of each"):
        repeats_beyond_chance([1, 2], [0.0], [1.0], window=7, end=50)
    with pytest.raises(ValueError, match="days above 0"):
        repeats_beyond_chance([1], [0.0], [1.0], window=0, end=50)
    with pytest.raises(ValueError, match="the end of the log"):
        repeats_beyond_chance([1], [60.0], [61.0], window=7, end=50)
    with pytest.raises(ValueError, match="no start"):
        repeats_beyond_chance([1], [np.nan], [61.0], window=7, end=50)


def test_the_kept_table_keeps_the_promise():
    table = pd.read_csv(simulated.TABLE).set_index("figure")
    assert (table.value["excess of repeats"].abs() <= 0.01).all()
    assert table.value["interval of repeats covers 0"].between(0.93, 0.97).all()


@pytest.mark.slow
def test_the_table_of_repeats_comes_out_again():
    table = pd.read_csv(simulated.TABLE).query("n == 7").set_index("figure")
    excess, covers = simulated.returning(7, int(table.runs["excess of repeats"]))
    assert [excess, covers] == pytest.approx([table.value["excess of repeats"], table.value["interval of repeats covers 0"]], abs=2e-3)
