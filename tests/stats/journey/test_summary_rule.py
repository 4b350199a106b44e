import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.journey.summary_rule import CANDIDATES, contact_summaries, summary_contest
from cxlib.stats.refusal import Refusal
from tests.conftest import shared_data
from tests.simulations.journey import contacts

STAGES = ["Ease of Online Booking", "Check-in Service", "Online Boarding", "Gate Location", "On-board Service", "Seat Comfort",
          "Leg Room Service", "Cleanliness", "Food and Drink", "In-flight Service", "In-flight Wifi Service",
          "In-flight Entertainment", "Baggage Handling"]  # fmt: skip

def test_contacts_are_summed_up_by_hand():
    # a: 9, 3, 6; b has one score and is left out; c: 10, 10, the blank one does not count.
    table = contact_summaries(list("abacac"), [9, 5, 3, 10, 6, np.nan])
    assert list(table) == list(CANDIDATES) and list(table.index) == ["a"]
    assert table.loc["a"].tolist() == [6, 3, 6, 4.5, 2, 5 + 2]
    more = contact_summaries(list("cc"), [10, 10]).loc["c"]
    assert more.tolist() == [10, 10, 10, 10, 0, 0]
    five = contact_summaries(list("dd"), [3, 4], scale=(1, 5)).loc["d"]  # low up to 3.4, short below 4.2
    assert five.tolist() == pytest.approx([3.5, 3, 4, 3.5, 1, 1.2 + 0.2])


def test_errors_are_those_of_a_line_fitted_to_the_other_folds():
    rng = np.random.default_rng(1)
    frame, y = contacts(rng, 240, "mean")
    summaries, weights = contact_summaries(frame.person, frame.score)[["mean", "worst"]], rng.uniform(0.5, 2, 240)
    found = summary_contest(summaries, y, weights=weights, seed=3)
    fold = np.random.default_rng(3).permutation(np.arange(240) % 10)
    for rule in summaries:
        errors = np.empty(240)
        for each in range(10):
            out = fold == each
            line = sm.WLS(y[~out], sm.add_constant(summaries[rule].to_numpy()[~out]), weights=weights[~out]).fit()
            errors[out] = (y[out] - line.predict(sm.add_constant(summaries[rule].to_numpy()[out], has_constant="add"))) ** 2
        assert found.table.error[rule] == pytest.approx(np.average(errors, weights=weights))


def test_blank_outcomes_are_left_out_and_the_unit_of_measure_does_not_matter():
    frame, y = contacts(np.random.default_rng(2), 300, "worst", explained=0.7)
    summaries = contact_summaries(frame.person, frame.score)
    one = summary_contest(summaries, y)
    blank = summary_contest(pd.concat([summaries, summaries[:5]]), np.append(y, [np.nan] * 5))
    assert blank.n == one.n == 300
    scaled = summary_contest(summaries * 10, 5 - 2 * y)
    assert scaled.best == one.best and scaled.table.z.tolist() == pytest.approx(one.table.z.tolist())
    assert (one.best, one.clear, one.not_apart) == ("worst", True, ("worst",))


def test_rules_that_say_the_same_or_nothing_are_not_told_apart():
    rng = np.random.default_rng(3)
    mean = rng.normal(7, 1, 400)
    twins = pd.DataFrame({"mean": mean, "last": mean + rng.normal(0, 0.01, 400)})
    found = summary_contest(twins, mean + rng.normal(0, 1, 400))
    assert not found.clear and set(found.not_apart) == {"mean", "last"}
    noise = summary_contest(pd.DataFrame({"mean": mean, "last": rng.normal(7, 1, 400)}), rng.normal(7, 1, 400))
    assert not noise.clear and noise.table.explained.max() < 0.02


@pytest.mark.parametrize("call, error, message", [
    (lambda s: summary_contest(s[:199], np.arange(199.0)), Refusal, "199 customers with two scored contacts; at least 200"),
    (lambda s: summary_contest(s.assign(worst=1.0), np.arange(250.0)), Refusal, "'worst' is the same for all customers"),
    (lambda s: summary_contest(s.assign(worst=np.nan), np.arange(250.0)), ValueError, "missing or infinite"),
    (lambda s: contact_summaries([1, 2], [3]), ValueError, "one of each for each contact"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused(call, error, message):
    summaries = pd.DataFrame({"mean": np.arange(250.0), "worst": np.arange(250.0) % 7})
    with pytest.raises(error, match=message):
        call(summaries)


def test_no_peak_and_end_rule_among_airline_passengers():
    rows = pd.read_csv(shared_data("airline/airline_passenger_satisfaction.csv.gz"))[:20_000]
    long = rows[STAGES].where(lambda answer: answer > 0).stack()  # 0: does not apply
    summaries = contact_summaries(long.index.get_level_values(0), long.to_numpy(), scale=(1, 5))
    whole = (rows.Satisfaction == "Satisfied").astype(float)[summaries.index]
    found = summary_contest(summaries, whole)
    assert found.best in ("mean", "low_count") and found.table.apart["peak_end"] and found.table.apart["worst"] and found.table.apart["last"]
