from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from cxlib.stats.journey.paths import _Alike, path_ends
from cxlib.stats.journey.steps import ordered_steps
from cxlib.stats.refusal import Refusal
from tests.simulations import hand_overs as simulated


def made(cases=1500, log_odds=1.2, pattern="BDE", seed=1):
    case, time, step, bad, kind = simulated.ended_cases(cases, log_odds, pattern, seed)
    return step, ordered_steps(case, time, step), bad, kind


def test_patterns_counted_by_hand():
    # 300 cases go A, B and 300 A, A, B; of both a third, and of those with C at the end two thirds, end badly.
    paths = ["AB"] * 300 + ["AAB"] * 300 + ["ABC"] * 300
    case = np.repeat(np.arange(900), [len(path) for path in paths])
    step = np.array([*"".join(paths)])
    bad = np.array([1.0, 0, 0] * 200 + [1.0, 1, 0] * 100)
    found = path_ends(step, ordered_steps(case, np.arange(len(case), dtype=float), step), bad)
    assert (found.cases, found.bad) == (900, 400)
    table = {row.steps: row for row in found.table.itertuples()}
    assert table.keys() == {("A", "A"), ("B", "C"), ("A", "A", "B"), ("A", "B", "C")}  # A, B is in every case
    row = table["A", "B", "C"]
    assert (row.cases, row.bad, row.share) == (300, 200, pytest.approx(2 / 3))
    assert row.expected == pytest.approx(0.5) and row.odds == pytest.approx(4.0)
    assert found.searched == 4


def test_the_test_agrees_with_statsmodels_and_fisher():
    rng = np.random.default_rng(1)
    strata, inside = rng.integers(0, 6, 90_000), rng.random(90_000) < 0.3
    bad = (rng.random(90_000) < 0.2 + 0.01 * inside + 0.03 * strata).astype(float)
    tested = _Alike(strata, bad).test(np.flatnonzero(inside))
    oracle = StratifiedTable.from_data("bad", "inside", "strata", pd.DataFrame({"bad": bad, "inside": inside, "strata": strata}))
    assert tested.figures["odds"] == pytest.approx(oracle.oddsratio_pooled)
    assert tested.p == pytest.approx(oracle.test_null_odds(correction=False).pvalue, rel=1e-6)
    table = [[14, 26], [15, 65]]  # with and without the pattern: bad ends and others
    ends = np.repeat([1.0, 0, 1, 0], np.ravel(table))
    one = _Alike(np.zeros(120, int), ends).test(np.arange(40))
    tails = [stats.fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert one.p == pytest.approx(min(1, 2 * min(tails)))


def test_few_ends_are_counted_table_by_table():
    # Two strata of six: every way to mark three in each, counted out.
    strata, bad = np.repeat([0, 1], 6), np.array([1.0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0])
    inside = np.array([0, 1, 2, 6, 7, 8])
    hits = [sum(bad[list(a)]) + sum(bad[[6 + b for b in other]]) for a in combinations(range(6), 3) for other in combinations(range(6), 3)]
    seen = bad[inside].sum()
    p = 2 * min(np.mean(np.array(hits) >= seen), np.mean(np.array(hits) <= seen))
    assert _Alike(strata, bad).test(inside).p == pytest.approx(p)


def test_a_planted_path_is_shown_alone():
    found = path_ends(made(3000)[0], *made(3000)[1:3], kind=made(3000)[3])
    shown = found.table[found.table.shown]
    assert shown.steps.tolist() == [("B", "D", "E")]
    assert shown.share.iloc[0] > shown.expected.iloc[0] + 0.1
    assert (found.table.p_holm < 0.05).sum() > 1  # its parts are clear as well, by it alone


def test_a_path_that_leads_to_a_good_end_is_found_too():
    step, steps, bad, kind = made(3000)
    found = path_ends(step, steps, 1 - bad, kind=kind)
    shown = found.table[found.table.shown]
    assert shown.steps.tolist() == [("B", "D", "E")] and shown.share.iloc[0] < shown.expected.iloc[0]


def test_plain_shares_find_paths_where_none_matters_and_equal_length_does_not():
    step, steps, bad, kind = made(3000, 0.0)
    found = path_ends(step, steps, bad, kind=kind)
    assert not found.table.shown.any()
    worse = found.table.share - bad.mean()
    assert worse[found.table.cases > 100].min() > 0  # long cases hold every pattern and end worse
    assert abs((found.table.share - found.table.expected)[found.table.cases > 300]).max() < 0.06


def test_a_contact_that_ends_badly_by_itself_is_no_path():
    step, steps, _, kind = made(3000, 0.0)
    holds = np.bincount(steps.case, step[steps.rows] == "E") > 0
    bad = (np.random.default_rng(1).random(len(holds)) < np.where(holds, 0.4, 0.1)).astype(float)
    assert not path_ends(step, steps, bad, kind=kind).table.shown.any()


def test_order_and_labels_do_not_matter_and_unknown_ends_leave():
    case, time, step, bad, kind = simulated.ended_cases(1500, 1.2, "BDE", 1)
    one = path_ends(step, ordered_steps(case, time, step), bad, kind=kind)
    mix = np.random.default_rng(1).permutation(len(case))
    names = np.char.add("touchpoint ", step)
    turned = ordered_steps(case[mix], time[mix], step[mix])
    other = path_ends(names[mix], turned, bad[turned.cases.astype(int)], kind=kind[turned.cases.astype(int)])
    assert [tuple(name[-1] for name in steps) for steps in other.table.steps] == one.table.steps.tolist()
    assert other.table.p.to_numpy() == pytest.approx(one.table.p.to_numpy())
    part = np.where(np.arange(len(bad)) < 900, bad, np.nan)
    steps = ordered_steps(case, time, step)
    inside = steps.case < 900
    rest = ordered_steps(case[case < 900], time[case < 900], step[case < 900])
    assert inside.sum() == len(rest.rows)
    left = path_ends(step, steps, part, kind=kind)
    pd.testing.assert_frame_equal(left.table, path_ends(step[case < 900], rest, bad[:900], kind=kind[:900]).table)
    assert left.cases == 900


def test_an_unknown_step_breaks_a_path():
    step, steps, bad, kind = made(1500)
    blank = np.where(step == "D", None, step)
    assert not any("D" in path for path in path_ends(blank, steps, bad, kind=kind).table.steps)


def test_too_few_and_faulty_input_is_refused():
    step, steps, bad, kind = made(400)
    with pytest.raises(Refusal, match="at least 500 and 50") as refused:
        path_ends(step, steps, bad, kind=kind)
    assert refused.value.reason == "few"
    step, steps, bad, kind = made(600)
    with pytest.raises(Refusal, match="0 of them a bad one"):
        path_ends(step, steps, 0 * bad)
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        path_ends(step, steps, bad + 0.5)
    with pytest.raises(ValueError, match="one of each"):
        path_ends(step[1:], steps, bad)


def test_the_kept_table_keeps_the_promise():
    table = pd.read_csv(simulated.TABLE).set_index(["figure", "truth"]).value
    assert table["any other than BDE", 0.0] <= 0.05
    for pattern in ("BDE", "BD"):
        assert table[f"path {pattern} shown", 1.2] >= 0.9
        assert table[f"others than {pattern} a run", 1.2] <= 0.1


@pytest.mark.slow
def test_the_table_of_paths_comes_out_again():
    table = pd.read_csv(simulated.TABLE).query("truth == 0").set_index("figure")
    shown, others, any_other = simulated.paths(3000, 0.0, "BDE", int(table.runs["path BDE shown"]))
    assert [shown, any_other] == pytest.approx([table.value["path BDE shown"], table.value["any other than BDE"]], abs=2e-3)
    assert others == pytest.approx(table.value["others than BDE a run"], abs=2e-3)
