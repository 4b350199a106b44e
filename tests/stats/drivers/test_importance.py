import numpy as np
import pandas as pd
import pytest
from driver_cases import mobi, mobi_means, mobi_weights, normal_drivers, reference, swiss

from cxlib.stats.drivers.importance import importance_metrics, inseparable_groups, relative_importance
from cxlib.stats.drivers.shapley import shapley_values, subset_r2

RELAIMPO = {"lmg": "lmg", "first": "first", "last": "last", "betasq": "betasq", "pratt": "pratt", "johnson": "genizi",
            "car": "car"}  # fmt: skip


def swiss_drivers():
    survey = swiss()
    return survey[list(reference("relaimpo")["swiss"]["lmg"])], survey["Fertility"]


def assert_agrees(table, expected, names=RELAIMPO):
    for ours, theirs in names.items():
        assert table[ours].to_dict() == pytest.approx(expected[theirs], abs=1e-10)


def test_every_metric_agrees_with_relaimpo_on_swiss():
    assert_agrees(importance_metrics(*swiss_drivers()), reference("relaimpo")["swiss"])


def test_every_metric_agrees_with_relaimpo_on_mobi():
    assert_agrees(importance_metrics(*mobi_means(mobi())), reference("relaimpo")["mobi4"])


def test_weighted_metrics_agree_with_relaimpo():
    table = importance_metrics(*mobi_means(mobi()), weights=mobi_weights())
    unweighted_only = {"johnson", "car"}
    assert_agrees(table, reference("relaimpo")["mobi4_w"], {k: v for k, v in RELAIMPO.items() if k not in unweighted_only})


def test_johnson_weights_agree_with_iopsych_on_its_documented_matrix():
    example = reference("iopsych_relwt")["example"]
    root = np.linalg.cholesky(np.array(example["R"], float))
    basis = np.linalg.qr(np.column_stack([np.ones(12), np.random.default_rng(0).normal(size=(12, 5))]))[0][:, 1:]
    data = basis @ root.T  # rows whose correlations are exactly that matrix
    table = importance_metrics(pd.DataFrame(data[:, :4]), data[:, 4])
    assert table["johnson"].tolist() == pytest.approx(example["weights"], abs=1e-9)


def test_shares_sum_to_r2_and_sign_comes_from_the_full_model():
    x, y = swiss_drivers()
    result = relative_importance(x, y, resamples=200)
    assert result.table["estimate"].sum() == pytest.approx(result.r2, abs=1e-12)
    assert result.table["share"].sum() == pytest.approx(1)
    assert result.signs.loc["Agriculture", "beta"] < 0 < result.signs.loc["Agriculture", "correlation"]
    assert result.signs["suppressed"].to_dict() == {name: name == "Agriculture" for name in x}


def test_small_units_do_not_change_the_shares():
    # a peer with a covariance matrix and a pseudo-inverse loses R2 when a column is divided by 1e6
    x, y = swiss_drivers()
    small = x.assign(Education=x["Education"] / 1e6)
    one, other = (relative_importance(data, y, resamples=100).table for data in (x, small))
    assert one["estimate"].to_numpy() == pytest.approx(other["estimate"].to_numpy(), abs=1e-10)


def test_weights_equal_repeated_rows():
    x, y = swiss_drivers()
    weights = np.arange(47) % 3 + 1
    repeated = relative_importance(x.loc[np.repeat(x.index, weights)], np.repeat(y, weights), resamples=100)
    weighted = relative_importance(x, y, weights=weights, resamples=100)
    assert weighted.table["estimate"].to_numpy() == pytest.approx(repeated.table["estimate"].to_numpy(), abs=1e-12)
    assert (weighted.n, repeated.n) == (47, weights.sum())


def test_groups_and_controls():
    x, y = swiss_drivers()
    grouped = relative_importance(x, y, groups={"People": ["Education", "Catholic"]}, resamples=100)
    assert set(grouped.table.index) == {"Agriculture", "Examination", "Infant.Mortality", "People"}
    assert grouped.table["estimate"].sum() == pytest.approx(grouped.r2)
    controlled = relative_importance(x.drop(columns="Agriculture"), y, controls=x[["Agriculture"]], resamples=100)
    expected = reference("relaimpo")["swiss_always_Agriculture"]
    assert controlled.table["estimate"].to_dict() == pytest.approx(expected["lmg"], abs=1e-10)
    assert controlled.r2 - controlled.r2_controls == pytest.approx(expected["R2_decomp"], abs=1e-10)


def test_more_than_twenty_drivers_state_their_monte_carlo_error():
    x, y, _ = normal_drivers(2000, beta=np.linspace(0, 0.5, 24), seed=2)
    result = relative_importance(x, y, resamples=60, orderings=400)
    assert result.table["estimate"].sum() == pytest.approx(result.r2, abs=1e-8)
    assert (result.monte_carlo_error > 0).all() and (result.monte_carlo_error < 0.01).all()
    inside = (result.table["low"] < result.table["estimate"]) & (result.table["estimate"] < result.table["high"])
    assert inside.all()


def test_twins_cannot_be_separated_and_a_strong_driver_can():
    x, y, _ = normal_drivers(1500, beta=[0.9, 0.3, 0.3, 0.0], correlation=0.2, seed=5)
    result = relative_importance(x, y, resamples=500)
    assert inseparable_groups(result)[0] == ["d0"]
    assert {"d1", "d2"} in [set(group) for group in inseparable_groups(result)]
    assert result.greater.loc["d0", "d1"] > 0.975


@pytest.mark.parametrize("missing", ["casewise", "pairwise", "imputation"])
def test_missing_answers_are_counted_once_and_the_shares_stay_near(missing):
    x, y, covariance = normal_drivers(3000, beta=[0.6, 0.3, 0.1], seed=8)
    gaps = np.random.default_rng(1).random(x.shape) < 0.1
    result = relative_importance(x.mask(gaps), y, missing=missing, resamples=200)
    truth = shapley_values(subset_r2(covariance[:, :, None], [[0], [1], [2]]))[:, 0]
    assert result.n == (int((~gaps.any(axis=1)).sum()) if missing == "casewise" else 3000)
    assert ((result.table["low"] < truth) & (truth < result.table["high"])).all()


def test_constant_driver_in_a_draw_is_counted_and_named():
    x, y, _ = normal_drivers(60, beta=[0.5, 0.3], seed=1)
    rare = np.zeros(60)
    rare[0] = 1
    result = relative_importance(x.assign(rare=rare), y, resamples=300)
    assert list(result.failed) == ["rare"]
    assert result.draws + result.failed["rare"] == 300
    assert 70 < result.failed["rare"] < 150  # (1 - 1/60)^60 = 36 % of the draws miss the one row


def test_bad_input_names_the_column_and_the_remedy():
    x, y, _ = normal_drivers(60, beta=[0.5, 0.3], seed=1)
    with pytest.raises(ValueError, match=r"'flat' is constant.*leave it out"):
        relative_importance(x.assign(flat=1.0), y)
    with pytest.raises(ValueError, match=r"'copy' is perfectly collinear.*leave one of them out"):
        relative_importance(x.assign(copy=x["d0"] + x["d1"]), y)
    with pytest.raises(ValueError, match="at least 10 rows per driver"):
        relative_importance(x.iloc[:3], y[:3])
    with pytest.raises(ValueError, match="'nowhere', which is not a column"):
        relative_importance(x, y, groups={"a": ["nowhere"]})
    with pytest.raises(ValueError, match="values are missing"):
        relative_importance(x.mask(x > 1), y)


def test_noise_driver_is_no_driver():
    # its share is above 0 and so is its interval: only the test of the increment can say that it adds nothing
    x, y, _ = normal_drivers(400, beta=[0.6, 0.0], seed=11)
    result = relative_importance(x, y, resamples=500)
    assert result.table.loc["d1", "low"] > 0
    assert result.table.loc["d1", "p_holm"] > 0.05 > result.table.loc["d0", "p_holm"]


def test_clusters_count_as_one_where_their_rows_say_the_same():
    x, y, _ = normal_drivers(150, beta=[0.5, 0.3], seed=6)
    four = np.repeat(np.arange(150), 4)  # everybody answered four times over
    repeated = x.loc[four].reset_index(drop=True)
    alone, naive = relative_importance(x, y), relative_importance(repeated, y[four])
    clustered = relative_importance(repeated, y[four], clusters=four)
    width = [(result.table.high - result.table.low).mean() for result in (alone, naive, clustered)]
    assert width[2] == pytest.approx(width[0], rel=0.1) and width[1] < 0.6 * width[0]
    assert clustered.table["p"].tolist() == pytest.approx(alone.table["p"].tolist(), abs=0.02)


def test_weights_undo_a_sample_that_was_drawn_unequally():
    # a small stratum in which only d1 matters is drawn five times too often
    rng = np.random.default_rng(7)
    common, rare = (normal_drivers(2000, beta=beta, seed=seed)[:2] for beta, seed in (([0.9, 0.0], 1), ([0.0, 0.9], 2)))
    x = pd.concat([common[0], rare[0]], ignore_index=True)
    y = np.concatenate([common[1], rare[1]])
    strata = np.repeat(["common", "rare"], 2000)
    weights = np.where(strata == "common", 0.9, 0.1) * 2
    truth = relative_importance(x, y, weights=weights, strata=strata, resamples=200).table
    population = rng.choice(4000, 30_000, p=weights / weights.sum())  # the population that the weights stand for
    expected = relative_importance(x.loc[population].reset_index(drop=True), y[population], resamples=50).table
    unweighted = relative_importance(x, y, resamples=50).table
    assert truth.share.tolist() == pytest.approx(expected.share.tolist(), abs=0.03)
    assert abs(unweighted.share["d1"] - expected.share["d1"]) > 0.2


@pytest.mark.slow
def test_imputation_keeps_its_promise_where_mean_replacement_breaks_it():
    covered = replaced = 0
    for run in range(200):
        x, y, covariance = normal_drivers(300, beta=[0.5, 0.4], correlation=0.5, seed=run)
        gone = (x["d0"] > 0) & (np.random.default_rng(run).random(300) < 0.6)  # 30 %, depending on what is seen
        truth = shapley_values(subset_r2(covariance[:, :, None], [[0], [1]]))[:, 0]
        gaps = x.assign(d1=x["d1"].mask(gone))
        table = relative_importance(gaps, y, missing="imputation", resamples=400, seed=run).table
        covered += ((table.low <= truth) & (truth <= table.high)).mean()
        table = relative_importance(gaps.fillna(gaps.mean()), y, resamples=400, seed=run).table
        replaced += ((table.low <= truth) & (truth <= table.high)).mean()
    assert 0.92 <= covered / 200 <= 0.975
    assert replaced < covered - 4
