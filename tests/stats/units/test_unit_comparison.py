import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.units.unit_comparison import expected_answers, named_units, unit_comparison
from tests.conftest import shared_data


def people(rng, units=20, spread=0.0, n=40):
    unit = np.repeat(np.arange(units), n)
    true = 7 + spread * rng.standard_normal(units)
    return np.clip(np.round(rng.normal(true[unit], 2)), 0, 10), unit


def test_a_unit_of_easy_customers_is_expected_to_be_high():
    # Kind x says 8 or 6, y says 4 or 2; a has three x and one y, b the reverse. Both are as expected.
    values, kinds = [8, 6, 7, 3, 7, 4, 2, 3], list("xxxyxyyy")
    expected = expected_answers(np.array(values, float), pd.DataFrame({"kind": kinds}), np.ones(8))
    assert expected.tolist() == pytest.approx([7, 7, 7, 3, 7, 3, 3, 3])
    found = unit_comparison(values, list("aaaabbbb"), held=pd.DataFrame({"kind": kinds}), minimum=4).table
    assert found.observed.tolist() == [6, 4] and found.expected.tolist() == pytest.approx([6, 4])
    assert found.gap.tolist() == pytest.approx([0, 0]) and set(found.verdict) == {"as_others"}
    rest = np.array([1, -1, 0, 0, 0, 1, -1, 0])
    margin = 1.959964 * (rest @ rest / 6 / 4) ** 0.5
    assert (found.high - found.gap).tolist() == pytest.approx([margin, margin])


def test_expectations_equal_weighted_least_squares():
    rng = np.random.default_rng(2)
    held = pd.DataFrame({"a": rng.choice(list("xyz"), 200), "b": rng.choice(list("pq"), 200)})
    values, weights = rng.normal(5, 2, 200), rng.uniform(0.5, 3, 200)
    design = sm.add_constant(pd.get_dummies(held, drop_first=True).astype(float))
    assert expected_answers(values, held, weights) == pytest.approx(sm.WLS(values, design, weights=weights).fit().fittedvalues)


def test_few_answers_are_set_aside_and_counted():
    rng = np.random.default_rng(3)
    values, unit = people(rng, units=6)
    found = unit_comparison(np.append(values, [1, 1, 1]), np.append(unit, [9, 9, 9]))
    assert found.few.to_dict() == {"9": 3} and "9" not in found.table.index
    with pytest.raises(ValueError, match="1 units have 10 answers or more"):
        unit_comparison([1, 2, *range(10)], [0, 0, *[1] * 10])
    with pytest.raises(ValueError, match="all answers of a unit are alike"):
        unit_comparison(np.repeat([4, 5], 10), np.repeat([0, 1], 10))
    with pytest.raises(ValueError, match="missing or infinite"):
        unit_comparison([np.nan, 2], [0, 1])


def test_turned_round_the_verdicts_turn():
    values, unit = people(np.random.default_rng(4), spread=0.3)
    values[unit == 3] = np.clip(values[unit == 3] + 4, 0, 10)
    one, other = unit_comparison(values, unit).table, unit_comparison(10 - values, unit).table
    assert (one.verdict == other.verdict.replace({"above": "below", "below": "above"})).all()
    assert one.likely.tolist() == pytest.approx((-other.likely).tolist())
    assert one.verdict["3"] == "above"


def test_weights_alike_change_nothing_but_the_exact_count():
    values, unit = people(np.random.default_rng(5), spread=0.4)
    one, same = unit_comparison(values, unit), unit_comparison(values, unit, weights=np.full(len(values), 2.0))
    pd.testing.assert_frame_equal(one.table, same.table)
    weights = np.random.default_rng(6).uniform(0.5, 2, len(values))
    weighted = unit_comparison(values, unit, weights=weights).table
    assert weighted.observed["4"] == pytest.approx(np.average(values[unit == 4], weights=weights[unit == 4]))
    assert (weighted.effective_n < weighted.n).all()


@pytest.mark.parametrize("units", [10, 48])
def test_among_equal_units_seldom_any_is_named(units):
    rng, named = np.random.default_rng(units), 0
    for _ in range(150):
        values, unit = people(rng, units, n=int(rng.integers(10, 60)))
        named += (unit_comparison(values, unit).table.verdict != "as_others").any()
    assert named <= 150 * 0.05


def test_surgery_centres_by_their_published_shares():
    truth = json.loads(shared_data("journey/truth.json").read_text())["oas_units"]
    centres = pd.read_csv(shared_data("journey/oas_units.csv"))
    table = named_units(centres.pro - centres.det, truth["sd_of_one_answer"] ** 2 / centres.n)
    assert (table.z.abs() > 1.959964).mean() == pytest.approx(truth["outside_95_additive_limits"], abs=5e-5)
    assert (table.verdict != "as_others").sum() == truth["clear_after_holm"]
    assert centres.n[table.likely.nlargest(50).index].median() == truth["median_n_of_shrunk_top_50"]


def test_no_agent_of_the_call_centre_may_be_named():
    calls = pd.read_excel(shared_data("callcentre/Call-Center-Dataset.xlsx"), engine="openpyxl").dropna(subset="Satisfaction rating")
    found = unit_comparison(calls["Satisfaction rating"], calls.Agent, held=calls[["Topic"]])
    assert len(found.table) == 8 and set(found.table.verdict) == {"as_others"}
    assert found.table.z.abs().max() < 1.5  # 1.32 without topics
