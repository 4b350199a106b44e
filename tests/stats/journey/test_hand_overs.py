import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from cxlib.stats.journey.hand_overs import hand_over_effect, hand_over_pairs
from cxlib.stats.journey.steps import ordered_steps
from cxlib.stats.refusal import Refusal
from tests.simulations import hand_overs as simulated


def made(cases=400, effect=-0.8, seed=1, **how):
    case, time, owner, score, held = simulated.scored_cases(cases, effect, seed, **how)
    return ordered_steps(case, time, owner), score, held


def frame(steps, score, held):
    """The same as a table for formulas, in the order of the steps."""
    rows = held.iloc[steps.rows].reset_index(drop=True)
    rows = rows.assign(score=score[steps.rows], case=steps.case, h=steps.handed, place=np.minimum(steps.position, 5))
    rows["lead"] = np.where(steps.last, 0, np.nan_to_num(np.roll(steps.handed, -1)))
    rows["pair"] = np.where(steps.handed == 1, [f"{a}-{b}" for a, b in zip(steps.giver, steps.owner, strict=True)], "none")
    return rows.dropna(subset=["score", "h"])


def test_hand_over_counted_by_hand():
    # Forty cases of three contacts, a hand-over to the second or the third: it takes two points, the case's level is its own.
    case = np.repeat(np.arange(40), 3)
    owner = np.where(np.arange(120) % 3 == 0, "a", np.where((case % 2 == 0) | (np.arange(120) % 3 == 2), "b", "a"))
    steps = ordered_steps(case, np.arange(120.0), owner)
    score = 3 + case % 5 - 2.0 * steps.handed
    fit = hand_over_effect(score, steps, pd.DataFrame(index=range(120)))
    assert fit.terms.estimate["inside"] == pytest.approx(-2)
    assert (fit.n, fit.cases, fit.hand_overs, fit.n_across, fit.hand_overs_across) == (120, 40, 40, 120, 40)


def test_the_slopes_and_errors_agree_with_dummies_in_statsmodels():
    steps, score, held = made(150)
    fit = hand_over_effect(score, steps, held)
    rows = frame(steps, score, held)
    repeated = rows[rows.groupby("case").score.transform("size") > 1]
    for term, formula, data in (("inside", "score ~ h + C(place) + C(touchpoint) + C(case)", repeated),
                                ("lead", "score ~ lead + C(pair) + C(place) + C(touchpoint) + C(case)", repeated),
                                ("across", "score ~ h + C(place) + C(touchpoint) + C(type)", rows)):  # fmt: skip
        oracle = smf.ols(formula, data).fit(cov_type="cluster", cov_kwds={"groups": data.case})
        name = {"inside": "h", "across": "h"}.get(term, term)
        assert fit.terms.estimate[term] == pytest.approx(oracle.params[name], rel=1e-7)
        # The oracle charges the dummies of the cases to the degrees of freedom, and counts n - 1 in the numerator.
        n, left = len(data), oracle.df_resid
        absorbed = data.case.nunique() if term != "across" else 1
        factor = (n - 1) / left / ((n - absorbed) / left)
        assert fit.terms.se[term] == pytest.approx(oracle.bse[name] / factor**0.5, rel=1e-6)


def test_a_difference_that_cases_and_places_make_is_no_effect():
    found = [hand_over_effect(score, steps, held) for steps, score, held in (made(800, 0.0, seed) for seed in range(20))]
    assert max(fit.raw for fit in found) < -0.35  # in every log it looks as if hand-overs cost half a point
    assert np.mean([fit.terms.estimate["inside"] for fit in found]) == pytest.approx(0, abs=0.06)
    assert sum(fit.terms.p["inside"] < 0.01 for fit in found) <= 2


def test_an_effect_is_found_and_trouble_before_the_hand_over_is_told_from_it():
    fit = hand_over_effect(made(2000)[1], *made(2000)[::2])
    assert fit.terms.low["inside"] < -0.8 < fit.terms.high["inside"] < 0
    assert fit.terms.p["lead"] > 0.01
    steps, score, held = made(2000, 0.0, trouble=True)
    assert hand_over_effect(score, steps, held).terms.p["lead"] < 1e-6


def test_order_labels_and_scale_do_not_matter():
    case, time, owner, score, held = simulated.scored_cases(300, -0.8, 4)
    one = hand_over_effect(score, ordered_steps(case, time, owner), held)
    mix = np.random.default_rng(1).permutation(len(case))
    names = np.array(["w", "v", "u", "t"])[owner]
    other = hand_over_effect(10 * score[mix] + 3, ordered_steps(case[mix], time[mix], names[mix]), held.iloc[mix])
    assert other.terms[["estimate", "se"]].to_numpy() == pytest.approx(10 * one.terms[["estimate", "se"]].to_numpy(), rel=1e-7)
    pd.testing.assert_series_equal(one.terms.p, other.terms.p, rtol=1e-7)


def test_contacts_without_a_score_or_an_owner_leave_and_weights_of_two_are_doubled_cases():
    steps, score, held = made(200)
    blank = score.copy()
    blank[::3] = np.nan
    dropped = hand_over_effect(blank, steps, held)
    assert dropped.n_across == np.isfinite(blank).sum() < np.isfinite(score).sum()
    case, time, owner, score, held = simulated.scored_cases(200, -0.8, 1)
    unknown = np.where(np.arange(len(case)) % 11 == 0, None, owner.astype(str))
    partly = hand_over_effect(score, ordered_steps(case, time, unknown), held)
    assert partly.n_across < np.isfinite(score).sum()
    weighted = hand_over_effect(score, steps := ordered_steps(case, time, owner), held, weights=np.where(case < 100, 2.0, 1.0))
    twice = np.append(np.arange(len(case)), np.flatnonzero(case < 100))
    again = np.append(case, case[case < 100] + 1000)
    doubled = hand_over_effect(score[twice], ordered_steps(again, time[twice], owner[twice]), held.iloc[twice])
    assert weighted.terms.estimate.to_numpy() == pytest.approx(doubled.terms.estimate.to_numpy())
    assert len(steps.rows) == len(case)


def test_pairs_agree_with_one_regression_and_name_the_one_that_falls():
    case, time, owner, score, held = simulated.scored_cases(3000, -1.0, 3, pair=(0, 1))
    steps = ordered_steps(case, time, np.array(["billing", "field", "phone", "sales"])[owner])
    table = hand_over_pairs(score, steps, held)
    rows = frame(steps, score, held)
    repeated = rows[rows.groupby("case").score.transform("size") > 1]
    kept = set(table.dropna(subset="estimate").apply(lambda row: f"{[*steps.owners].index(row.giver)}-{[*steps.owners].index(row.receiver)}", axis=1))
    assert len(kept) == 12
    inside = repeated[repeated.case < 200]  # the oracle carries a dummy for each case
    few = hand_over_pairs(np.where(case < 200, score, np.nan), steps, held, fewest=5, fewest_cases=2)
    oracle = smf.ols("score ~ C(pair, Treatment('none')) + C(place) + C(touchpoint) + C(case)", inside).fit()
    for row in few.dropna(subset="estimate").itertuples():
        name = f"C(pair, Treatment('none'))[T.{[*steps.owners].index(row.giver)}-{[*steps.owners].index(row.receiver)}]"
        assert row.estimate == pytest.approx(oracle.params[name], rel=1e-6)
    after, scores = rows.pair == "0-1", rows.score
    assert table.raw[(table.giver == "billing") & (table.receiver == "field")].item() == pytest.approx(scores[after].mean() - scores[~after].mean())
    assert table.hand_overs.sum() == (steps.handed == 1).sum()
    first = table.sort_values("p_holm").iloc[0]
    assert (first.giver, first.receiver) == ("billing", "field")
    assert first.low < -1.0 < first.high and first.p_holm < 1e-3
    assert (table.p_holm < 0.05).sum() == 1
    assert (table.level.abs() <= table.estimate.abs() + table.level.abs().mean()).all()
    drawn = table.set_index(["giver", "receiver"])
    assert abs(drawn.level["billing", "field"]) < abs(drawn.estimate["billing", "field"])  # towards the others


def test_rare_pairs_have_no_estimate():
    steps, score, held = made(300)
    table = hand_over_pairs(score, steps, held, fewest=60)
    assert table.estimate.isna().equals((table.n < 60) | (table.cases < 10))
    assert table.estimate.isna().any()


def test_too_few_and_faulty_input_is_refused():
    steps, score, held = made(10)
    with pytest.raises(Refusal, match="at least 20 are needed") as refused:
        hand_over_effect(score, steps, held)
    assert refused.value.reason == "few"
    steps, score, held = made(100)
    with pytest.raises(Refusal, match="at least 20"):
        hand_over_pairs(np.full(len(score), np.nan), steps, held)
    with pytest.raises(ValueError, match="one of each for every contact"):
        hand_over_effect(score[1:], steps, held)
    with pytest.raises(ValueError, match="are infinite"):
        hand_over_effect(np.where(np.arange(len(score)) == 0, np.inf, score), steps, held)
    with pytest.raises(ValueError, match="give a share"):
        hand_over_effect(score, steps, held, confidence=95)
    with pytest.raises(ValueError, match="weights are missing, zero"):
        hand_over_effect(score, steps, held, weights=np.zeros(len(score)))


def kept(figure):
    table = pd.read_csv(simulated.TABLE).set_index("figure")
    return table.loc[[figure]]


def test_the_kept_table_keeps_the_promise():
    holds = kept("interval holds the hand-over's effect")
    assert set(holds.n) == {600, 2000} and set(holds.truth) == {0.0, -0.8}
    assert holds.value.between(0.935, 0.965).all()
    clear = kept("hand-over clear")
    assert (clear.value[clear.truth == 0] <= 0.06).all() and (clear.value[clear.truth != 0] >= 0.9).all()
    assert (kept("lead clear without trouble").value <= 0.07).all()
    assert (kept("lead clear without trouble, one pair").value <= 0.07).all()
    trouble = kept("lead clear with trouble before")
    assert (trouble.value[trouble.n == 2000] >= 0.9).all()
    assert (kept("raw difference").value[lambda raw: kept("raw difference").truth == 0] < -0.4).all()
    assert (kept("other pair clear").value <= 0.06).all()
    assert kept("interval holds a pair's effect").value.between(0.93, 0.98).all()


@pytest.mark.slow
def test_the_small_log_comes_out_again():
    holds, clear, lead, raw = simulated.effects(600, 0.0, 1000)
    table = pd.read_csv(simulated.TABLE).query("n == 600 and truth == 0").set_index("figure").value
    told = [table[name] for name in ("interval holds the hand-over's effect", "hand-over clear", "lead clear without trouble", "raw difference")]
    assert [holds, clear, lead, raw] == pytest.approx(told, abs=2e-3)
