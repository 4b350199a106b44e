import json

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.journey.steps import counted_cases, in_days, numbered, ordered_steps, pairs_of_owners
from tests.conftest import shared_data

CASE = ["b", "a", "a", "b", "a", "a", "b"]
TIME = [1.0, 3.0, 1.0, 2.0, 2.0, 4.0, 3.0]
OWNER = ["sales", "field", "billing", "sales", "billing", "billing", None]


def test_hand_overs_counted_by_hand():
    # a: billing, billing, field, billing; b: sales, sales, not known
    steps = ordered_steps(CASE, TIME, OWNER)
    assert steps.cases[steps.case].tolist() == ["b", "b", "b", "a", "a", "a", "a"]
    assert steps.position.tolist() == [1, 2, 3, 1, 2, 3, 4]
    assert np.array_equal(steps.handed, [0, 0, np.nan, 0, 0, 1, 1], equal_nan=True)
    assert [*steps.first] == [True, False, False, True, False, False, False]
    assert [*steps.last] == [False, False, True, False, False, False, True]
    table = counted_cases(steps)
    assert table.loc["a"].tolist() == [4, 2, 2, True, 3.0]
    assert table.loc["b"].tolist() == [3, 1, 0, False, 2.0]


def test_pairs_of_owners_counted_by_hand():
    # a: sales, field, sales, field; b: field, sales; c: sales, not known, field
    owner = ["sales", "field", "sales", "field", "field", "sales", "sales", None, "field"]
    steps = ordered_steps([*"aaaabbccc"], range(9), owner)
    assert pairs_of_owners(steps).to_numpy().tolist() == [["field", "sales", 2, 2], ["sales", "field", 2, 1]]
    assert pairs_of_owners(ordered_steps(["a"], [1.0], [None])).empty


@pytest.mark.parametrize("kind", ["str", "category", object])
def test_labels_of_every_kind_give_the_same_steps(kind):
    case, owner = pd.Series(CASE, dtype=kind), pd.Series(OWNER, dtype=kind)
    found, plain = ordered_steps(case.array, TIME, owner.array), ordered_steps(CASE, TIME, OWNER)
    for name in vars(plain):
        assert np.array_equal(getattr(found, name), getattr(plain, name), equal_nan=name in ("handed", "days")), name
    assert numbered(owner.array).tolist() == [0, 1, 2, 0, 2, 2, -1]
    assert numbered(owner.array, use_na_sentinel=False).tolist() == [0, 1, 2, 0, 2, 2, 3]


def test_volvo_it_as_it_was_counted_elsewhere():
    truth = json.loads(shared_data("journey/truth.json").read_text())["bpic2013_incidents"]
    log = pd.read_csv(shared_data("journey/bpic2013_incidents.csv.gz"))
    time = pd.to_datetime(log["time:timestamp"], utc=True).dt.tz_localize(None).to_numpy()
    steps = ordered_steps(log["case:concept:name"], time, log["org:group"])
    table = counted_cases(steps)
    assert (len(table), len(steps.rows), table.hand_overs.sum()) == (truth["cases"], truth["events"], truth["hand_overs"])
    assert len(steps.rows) - len(table) == truth["steps"]
    assert (table.hand_overs > 0).mean() == pytest.approx(truth["share_of_cases_with_one"], abs=5e-5)
    assert table.returned.mean() == pytest.approx(truth["ping_pong_cases"], abs=5e-5)
    done = pd.Series(np.where(log["concept:name"] == "Completed", in_days(time, in_days(time).min()), np.nan))
    solved = done.groupby(log["case:concept:name"].to_numpy()).min().reindex(steps.cases).to_numpy() - steps.days[steps.first]
    for hand_overs, (median, cases) in truth["median_days_to_first_completed_by_hand_overs"].items():
        own = solved[(table.hand_overs == int(hand_overs)).to_numpy()]
        assert np.nanmedian(own) == pytest.approx(median, abs=5e-5)
        assert len(own) == cases


def test_receipt_whose_group_belongs_to_the_activity():
    truth = json.loads(shared_data("journey/truth.json").read_text())["receipt"]
    log = pd.read_csv(shared_data("journey/receipt.csv.gz"))
    time = pd.to_datetime(log["time:timestamp"], utc=True, format="mixed").dt.tz_localize(None).to_numpy()
    group, person = (ordered_steps(log["case:concept:name"], time, log[name]) for name in ("org:group", "org:resource"))
    later = ~person.first
    assert int(later.sum()) == truth["steps"]
    assert group.handed[later].mean() == pytest.approx(truth["steps_where_group_label_changes"], abs=5e-5)
    assert person.handed[later].mean() == pytest.approx(truth["steps_where_person_changes"], abs=5e-5)
    gap = np.diff(person.days, prepend=0.0)
    kind = np.where(person.handed == 0, "same person", np.where(group.handed == 1, "other group", "same group, other person"))
    for name, share in truth["share_of_elapsed_time"].items():
        own = gap[later & (kind == name)]
        assert own.sum() / gap[later].sum() == pytest.approx(share, abs=5e-5)
        assert np.median(own) == pytest.approx(truth["median_days"][name], abs=5e-5)
    assert (counted_cases(person).hand_overs == 0).sum() == truth["cases_without_person_change"]


def test_the_order_of_rows_and_the_names_of_owners_do_not_matter():
    rng = np.random.default_rng(1)
    log = pd.DataFrame({"case": rng.integers(0, 50, 400), "time": rng.random(400), "owner": rng.choice(list("xyz"), 400)})
    mixed = log.sample(frac=1, random_state=2)
    one, other = (counted_cases(ordered_steps(part.case, part.time, part.owner)).sort_index() for part in (log, mixed))
    pd.testing.assert_frame_equal(one, other)
    renamed = counted_cases(ordered_steps(log.case, log.time, log.owner.map({"x": "c", "y": "a", "z": "b"}))).sort_index()
    pd.testing.assert_frame_equal(one, renamed)


def test_dates_are_days_and_nothing_is_none():
    times = np.array(["2026-01-02T12:00", "2026-01-01", "NaT"], "datetime64[ns]")
    assert np.array_equal(in_days(times, in_days(times[1:2])[0]), [1.5, 0, np.nan], equal_nan=True)
    assert in_days([1, None]).tolist()[0] == 1


def test_faulty_logs_are_refused():
    with pytest.raises(ValueError, match="one of each"):
        ordered_steps(["a"], [1.0, 2.0], ["x", "y"])
    with pytest.raises(ValueError, match="one of each"):
        ordered_steps([], [], [])
    with pytest.raises(ValueError, match="2 contacts lack"):
        ordered_steps(["a", None, "a"], [1.0, 2.0, np.nan], ["x"] * 3)
