"""The status analyses: counted by hand, with missing rows, few rows, one period, equal and unequal weights."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.design import Block, Design, Effort, Index, Question, Rating, Weighting
from cxlib.analyses.result import CannotAnswer

SCALE = {"score": "q", "scale": (0, 10)}


def survey(*periods, names=("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")) -> pd.DataFrame:
    """One list of answers for each period."""
    rows = [(score, name) for scores, name in zip(periods, names, strict=False) for score in scores]
    return pd.DataFrame(rows, columns=["q", "period"]).astype({"q": float})


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


def test_nps_is_counted_by_hand():
    # 4 promoters, 3 passives, 3 detractors of 10: 40 - 30 = 10
    result = status.net_promoter_score(survey([10, 9, 9, 10, 8, 7, 8, 3, 6, 5]), Question(**SCALE))
    row = result.tables["figure"].iloc[0]
    assert (row.n, row.estimate) == (10, pytest.approx(10))
    assert keys(result) == ["level.only"]


def test_missing_answers_leave_before_n_and_are_counted_by_reason():
    rows = survey([10] * 6 + [0] * 2 + [np.nan] * 3)
    unanswered = {"dont_know": 2, "not_applicable": 0, "blank": 0}
    result = status.net_promoter_score(rows, Question(**SCALE, unanswered=unanswered))
    assert (result.base.read, result.base.used) == (11, 8)
    assert result.base.dropped == {"don't know": 2, "not answered": 1}
    assert result.tables["figure"].n[0] == 8


def test_fewer_answers_than_the_minimum_show_no_figure():
    result = status.net_promoter_score(survey([10, 9, 0, 3]), Question(**SCALE))
    assert keys(result) == ["level.too_few"] and not result.tables and not result.absent


def test_a_question_that_was_not_asked_is_absent_not_zero():
    result = status.net_promoter_score(survey([1]), None)
    assert result.absent and keys(result) == ["absent.net_promoter_score"]


def test_a_wrong_column_is_named():
    with pytest.raises(CannotAnswer, match="column 'nps' is not in the table; it has q, period"):
        status.net_promoter_score(survey([1] * 9), Question("nps"))


def test_the_latest_period_is_the_headline_and_a_clear_rise_is_said():
    rows = survey([3] * 60 + [9] * 40, [3] * 20 + [9] * 80)
    result = status.net_promoter_score(rows, Question(**SCALE), Design(period="period"))
    row = result.tables["figure"].iloc[0]
    assert row.period == "2025-Q2" and (row.estimate, row.change) == pytest.approx((60, 80))
    assert "change.rose" in keys(result)
    finding = result.findings[keys(result).index("change.rose")]
    assert finding.values["before"] == "2025-Q1" and finding.values["change"] == pytest.approx(80)


def test_a_small_change_is_unclear():
    rows = survey([3] * 20 + [9] * 20, [3] * 19 + [9] * 21)
    assert "change.unclear" in keys(status.net_promoter_score(rows, Question(**SCALE), Design(period="period")))


def test_a_change_for_the_worse_where_low_is_easy():
    rows = survey([2] * 30 + [1] * 30, [5] * 30 + [4] * 30)
    result = status.effort_score(rows, Effort("q", scale=(1, 7), definition="mean", easy="low"), Design(period="period"))
    assert "ease.rose_worse" in keys(result)


def test_a_jump_after_a_quiet_time_is_no_steady_trend():
    rng = np.random.default_rng(4)
    quiet = [rng.normal(5, 1, 200).clip(0, 10) for _ in range(3)]
    result = status.satisfaction_index(survey(*quiet, rng.normal(8, 1, 200).clip(0, 10)), Index({"q": "Q"}, scale=(0, 10)), Design(period="period"))
    assert "trend.uneven" in keys(result) and "change.rose" in keys(result)


def test_targets_are_reached_missed_or_cannot_be_told():
    rows = survey([9] * 90 + [3] * 10)  # NPS 80
    found = [keys(status.net_promoter_score(rows, Question(**SCALE, target=target)))[1] for target in (50, 95, 80)]
    assert found == ["target.reached", "target.missed", "target.unclear"]


def test_a_period_with_too_few_answers_is_not_shown_nor_can_it_be_derived():
    rows = survey([9] * 30, [3] * 3, [9] * 12, [3] * 20)
    table = status.net_promoter_score(rows, Question(**SCALE), Design(period="period")).tables["periods"]
    assert list(table.period) == ["2025-Q1", "2025-Q4"]  # the smallest other one goes with it


def test_equal_weights_change_nothing_and_row_order_neither():
    rows = survey([10] * 20 + [7] * 20 + [2] * 9).assign(w=2.5)
    plain, weighted = (status.net_promoter_score(rows, Question(**SCALE), Design(weight=w)).tables["figure"] for w in (None, "w"))
    mixed = status.net_promoter_score(rows.sample(frac=1, random_state=1), Question(**SCALE), Design(weight="w")).tables["figure"]
    columns = ["n", "estimate", "low", "high"]
    np.testing.assert_allclose(weighted[columns].astype(float), plain[columns].astype(float))
    np.testing.assert_allclose(mixed[columns].astype(float), plain[columns].astype(float))


def test_key_figures_gather_those_that_were_asked():
    rows = survey([9] * 20 + [2] * 10)
    nps = status.net_promoter_score(rows, Question(**SCALE))
    result = status.key_figures(nps, status.effort_score(rows, None))
    assert list(result.tables["figures"].figure) == ["NPS"]
    assert status.key_figures(status.effort_score(rows, None)).absent


def test_key_figures_say_which_have_too_few_answers_and_are_not_absent():
    rows = survey([9] * 20 + [2] * 10).assign(r=[5.0] * 3 + [np.nan] * 27)
    few = status.satisfied_share(rows, Rating("r"))
    result = status.key_figures(few, status.net_promoter_score(rows, Question(**SCALE)))
    assert keys(result) == ["level.only", "level.too_few"] and list(result.tables["figures"].figure) == ["NPS"]
    assert keys(status.key_figures(few)) == ["level.too_few"] and not status.key_figures(few).tables


def test_answers_that_are_all_alike_leave_the_change_open_and_say_so():
    rows = survey([2] * 20 + [6] * 20, [7] * 20)
    result = status.effort_score(rows, Effort("q"), Design(period="period"))
    assert keys(result) == ["level.latest_alike", "change.alike"]
    assert result.findings[0].values["period"] == "2025-Q2" and "change" not in result.tables["figure"]


def test_an_early_period_of_like_answers_does_not_hide_the_latest_change():
    rows = survey([4] * 30, [2, 3] * 30, [5, 6] * 30)
    assert keys(status.effort_score(rows, Effort("q"), Design(period="period"))) == ["level.latest", "ease.rose"]


def test_hidden_periods_are_counted_and_lie_between_those_shown():
    # shares .2, hidden, hidden, .6, .8 at the places 0, 3 and 4: about .14 a period; at even steps it would be .3
    names = ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
    scores = [[5] * 80 + [1] * 320, [5] * 3, [5, 1] * 3, [5] * 240 + [1] * 160, [5] * 320 + [1] * 80]
    rows = survey(*scores, names=names)
    result = status.satisfied_share(rows, Rating("q"), Design(period="period"))
    assert list(result.tables["periods"].period) == ["2024-Q4", "2025-Q3", "2025-Q4"]
    assert result.findings[-1].key == "periods.hidden" and result.findings[-1].values["hidden"] == 2
    trend = next(f for f in result.findings if f.key.startswith("trend."))
    assert trend.key == "trend.rose" and trend.values["change"] == pytest.approx(0.14, abs=0.01)


def test_answers_without_any_period_count_as_one():
    rows = survey([9] * 20 + [2] * 10).assign(period=pd.Series([None] * 30, dtype="category"))
    assert keys(status.net_promoter_score(rows, Question(**SCALE), Design(period="period"))) == ["level.only"]


def test_acsi_weights_add_up_to_one_and_a_constant_question_gives_no_figure():
    rng = np.random.default_rng(2)
    common = rng.normal(6, 2, 300)
    rows = pd.DataFrame({k: (common + rng.normal(0, s, 300)).clip(1, 10) for k, s in (("a", 0.5), ("b", 1), ("c", 3))})
    result = status.acsi_index(rows, Index({"a": "A", "b": "B", "c": "C"}, scale=(1, 10)))
    weights = result.tables["item_weights"].weight
    assert weights.sum() == pytest.approx(1) and weights.iloc[2] == weights.min()
    flat = status.acsi_index(rows.assign(c=5.0), Index({"a": "A", "b": "B", "c": "C"}, scale=(1, 10)))
    assert keys(flat) == ["level.no_weights"] and not flat.tables


def test_acsi_of_too_few_complete_answers_says_so():
    rows = pd.DataFrame({"a": [1.0, 5, 3, 4, 2, 2], "b": [2.0, 4, 3, np.nan, np.nan, np.nan]})
    assert keys(status.acsi_index(rows, Index({"a": "A", "b": "B"}, scale=(1, 10)))) == ["level.too_few"]


# ---------------------------------------------------------------- groups of recommendation


def test_passives_one_point_from_nine():
    # 2 detractors, 5 passives of whom 3 gave 8, 3 promoters
    result = status.recommendation_groups(survey([0, 6, 7, 7, 8, 8, 8, 9, 10, 10]), Question(**SCALE))
    table = result.tables["groups"].set_index("answer")
    assert list(table["share"]) == pytest.approx([0.2, 0.5, 0.3, 0.6])
    assert list(table.n) == [2, 5, 3, 5]
    assert table["share"].iloc[:3].sum() == pytest.approx(1)


def test_too_few_passives_show_no_share_of_them():
    result = status.recommendation_groups(survey([0] * 10 + [7, 8]), Question(**SCALE))
    assert keys(result) == ["passives.too_few"] and len(result.tables["groups"]) == 3
    assert list(result.tables["groups"].n) == [10, 2, 0]


def test_the_answers_of_a_handful_are_not_shown_as_shares():
    result = status.recommendation_groups(survey([10, 9, 0, 3]), Question(**SCALE))
    assert keys(result) == ["groups.too_few"] and not result.tables
    assert keys(status.recommendation_groups(survey([np.nan] * 9), Question(**SCALE))) == ["groups.too_few"]


def test_the_lowest_group_begins_where_the_scale_begins():
    result = status.recommendation_groups(survey([1, 6, 7, 8, 9]), Question("q", scale=(1, 10)))
    assert list(result.tables["groups"].answer) == ["1–6", "7–8", "9–10"]


# ---------------------------------------------------------------- segments


def regions(sizes: dict, seed=3, **shift) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame({"region": name, "q": (rng.normal(6 + shift.get(name, 0), 2, n)).round().clip(0, 10)})
        for name, n in sizes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_small_groups_and_those_that_give_them_away_are_hidden():
    rows = regions({"Nord": 42, "Syd": 31, "Øst": 4, "Vest": 12})
    result = status.net_promoter_by_segment(rows, Question(**SCALE), {"region": "Region"})
    table = result.tables["segments"].set_index("group")
    assert list(table.index[table.n.isna()]) == ["Vest", "Øst"]
    assert table.loc[["Øst", "Vest"], ["estimate", "low", "high", "p_holm"]].isna().all(axis=None)
    assert "segments.hidden" in keys(result)


def test_a_group_that_differs_is_named_and_noise_is_not():
    rows = regions({"Nord": 300, "Syd": 300, "Vest": 300}, Syd=-2.5)
    result = status.net_promoter_by_segment(rows, Question(**SCALE), {"region": "Region"})
    named = {f.values["group"]: f.key for f in result.findings if f.key.startswith("segment.")}
    assert named["Syd"] == "segment.below"
    alike = status.net_promoter_by_segment(regions({"A": 200, "B": 200}), Question(**SCALE), {"region": "Region"})
    assert keys(alike) == ["segments.alike"]


def test_of_two_groups_that_mirror_each_other_one_is_named():
    rows = regions({"Nord": 300, "Syd": 300}, Syd=-2.5)
    result = status.net_promoter_by_segment(rows, Question(**SCALE), {"region": "Region"})
    assert len(result.findings) == 1 and result.tables["segments"].verdict.nunique() == 2


def test_no_table_where_every_group_is_hidden():
    rows = regions(dict.fromkeys("ABC", 4))
    result = status.net_promoter_by_segment(rows, Question(**SCALE), {"region": "Region"})
    assert keys(result) == ["segments.too_few"] and not result.tables


def test_a_group_in_which_one_respondent_carries_the_weight_is_hidden():
    rows = regions({"A": 40, "B": 40, "C": 40}).assign(w=1.0)
    rows.loc[0, "w"] = 400
    result = status.net_promoter_by_segment(rows, Question(**SCALE), {"region": "Region"}, Design(weight="w"))
    assert "A" in set(result.tables["segments"].query("n.isna()").group)


def test_the_base_of_an_index_counts_respondents_not_questions():
    rows = pd.DataFrame({"a": [np.nan] * 10 + [3.0] * 30, "b": [4.0, 5.0] * 20, "s": ["x", "y"] * 20})
    asked = Index({"a": "A", "b": "B"}, unanswered={"dont_know": 10})
    base = status.satisfaction_by_segment(rows, asked, {"s": "S"}).base
    assert (base.read, base.used, base.dropped) == (40, 40, {})


def test_without_segments_the_section_is_absent():
    assert status.net_promoter_by_segment(regions({"A": 9}), Question(**SCALE), {}).absent
    assert status.satisfied_by_segment(regions({"A": 9}), None, {"region": "R"}).absent


# ---------------------------------------------------------------- experience


BLOCKS = {"service": Block("Service", {"a": "Fast", "b": "Kind"}, (1, 5), expectation={"a": "e"}, margin=5)}


def test_areas_are_indices_by_the_theoretical_scale():
    # respondent means 3 and 4 on 1-5: 50 and 75, mean 62.5
    rows = pd.DataFrame({"a": [2.0, 4.0] * 4, "b": [4.0, 4.0] * 4, "e": [3.0] * 8})
    result = status.experience_areas(rows, BLOCKS)
    assert result.tables["areas"]["index"][0] == 62.5
    assert list(result.tables["questions"].question) == ["Kind", "Fast"]
    shares = result.tables["answers"].query("question == 'Fast'").set_index("answer")["share"]
    assert (shares["2"], shares["4"], shares.sum()) == (0.5, 0.5, 1)


def test_long_scales_are_shown_in_five_bands_around_the_middle():
    from cxlib.analyses.status.experience import answer_shares

    eleven = answer_shares(np.arange(11.0), np.ones(11), (0, 10))
    assert list(eleven.answer) == ["0–1", "2–3", "4–6", "7–8", "9–10"]
    assert eleven.left[0] == pytest.approx(-eleven.right.iloc[-1])
    assert answer_shares(np.arange(1.0, 11), np.ones(10), (1, 10)).answer[0] == "1–2"


@pytest.mark.parametrize(
    "gap, n, verdict", [(-1.0, 60, "worse"), (1.0, 60, "better"), (0.0, 400, "on_par"), (0.0, 8, "cannot_tell")]
)
def test_experience_against_expectation_has_four_answers(gap, n, verdict):
    rng = np.random.default_rng(5)
    experience = pd.Series(3 + gap + rng.normal(0, 0.6, n)).clip(1, 5)
    rows = pd.DataFrame({"a": experience, "b": 3.0, "e": 3.0})
    result = status.expectation_gaps(rows, BLOCKS)
    assert keys(result) == [f"parity.{verdict}"]


def test_areas_without_a_block_are_absent():
    assert status.experience_areas(pd.DataFrame({"a": [1.0]}), {}).absent
    assert status.expectation_gaps(pd.DataFrame({"a": [1.0]}), {}).absent


def test_areas_in_which_too_few_answered_give_no_table():
    rows = pd.DataFrame({"a": [1.0, 2, 3, np.nan, np.nan, np.nan], "b": [np.nan, np.nan, np.nan, 3, 4, 5], "e": 3.0})
    result = status.experience_areas(rows, BLOCKS)
    assert keys(result) == ["areas.too_few"] and not result.tables and result.base.used == 6


def test_areas_asked_of_different_people_are_not_called_alike():
    blocks = {name: Block("Area", {name: name}, (1, 5)) for name in "ab"}
    rows = pd.DataFrame({"a": [1.0, 2] * 9 + [np.nan] * 18, "b": [np.nan] * 18 + [4.0, 5] * 9})
    result = status.experience_areas(rows, blocks)  # two blocks of one label stay two
    assert keys(result) == ["areas.untested"] and list(result.tables["areas"]["index"]) == [87.5, 12.5]


def test_a_single_area_of_like_answers_has_no_margin():
    blocks = {"a": Block("Area", {"a": "A"}, (1, 5))}
    assert keys(status.experience_areas(pd.DataFrame({"a": [3.0] * 9}), blocks)) == ["areas.one_alike"]


def test_a_gap_that_is_the_same_for_all_cannot_be_judged_and_has_no_row():
    rows = pd.DataFrame({"a": [2.0] * 9, "b": 3.0, "e": 3.0})
    result = status.expectation_gaps(rows, BLOCKS)
    assert keys(result) == ["parity.cannot_tell"] and not result.tables


def test_areas_under_weights_tell_their_effective_base():
    rows = pd.DataFrame({"a": [2.0, 4.0] * 4, "b": [4.0, 5.0] * 4, "e": [3.0] * 8, "w": [1.0, 3.0] * 4})
    for analysis in (status.experience_areas, status.expectation_gaps):
        assert analysis(rows, BLOCKS, Design(weight="w")).base.effective == pytest.approx(16**2 / 40)


# ---------------------------------------------------------------- sample


def test_funnel_shares_by_hand():
    result = status.response_funnel({"invited": 400, "opened": 200, "completed": 50})
    assert list(result.tables["funnel"]["share"]) == [1, 0.5, 0.125]
    assert list(result.tables["funnel"].step_share) == [1, 0.5, 0.25]
    assert status.response_funnel({}).absent


@pytest.mark.parametrize("funnel", [None, {"invited": 400, "completed": 104}])
def test_rows_that_are_left_out_are_told(funnel):
    result = status.response_funnel(funnel, rows=104, left_out=26)
    [said] = [finding for finding in result.findings if finding.key == "rows.left_out"]
    assert (said.values["rows"], said.values["left_out"]) == (130, 26) and not result.absent
    assert status.response_funnel(funnel, rows=104).absent == (funnel is None)



def test_raking_meets_the_margins_and_names_the_weight():
    rows = pd.DataFrame({"g": ["a"] * 30 + ["b"] * 10, "q": 1.0})
    weighted, design, result = status.weighted(rows, Weighting(margins={"g": {"a": 0.5, "b": 0.5}}))
    weight = weighted[design.weight]
    assert design.weight == result.settings["weight"]
    assert weight[weighted.g == "a"].sum() == pytest.approx(weight[weighted.g == "b"].sum())
    assert keys(result) == ["weighting.raked"]


def test_small_groups_of_a_margin_are_not_counted_in_the_table():
    rows = pd.DataFrame({"g": ["a"] * 30 + ["b"] * 10 + ["c"] * 3})
    table = status.weighted(rows, Weighting(margins={"g": {"a": 0.5, "b": 0.4, "c": 0.1}}))[2].tables["margins"]
    assert table.n.isna().tolist() == table.share_before.isna().tolist() == [False, True, True]
    assert table["share"].tolist() == [0.5, 0.4, 0.1] and table.n[0] == 30


def test_margins_are_called_as_the_client_calls_them():
    rows = pd.DataFrame({"g": ["a", "b"], "h": ["c", "d"]})
    margins = {"g": {"a": 0.5, "b": 0.5}, "h": {"c": 0.5, "d": 0.5}}
    table = status.weighted(rows, Weighting(margins=margins, labels={"g": "Gender"}))[2].tables["margins"]
    assert table.segment.tolist() == ["Gender", "Gender", "h", "h"]


def test_a_margin_that_cannot_be_met_says_which():
    with pytest.raises(CannotAnswer, match=r"weighting to the given margins: .*c"):
        status.weighted(pd.DataFrame({"g": ["a", "b"]}), Weighting(margins={"g": {"a": 0.4, "b": 0.4, "c": 0.2}}))


def test_unweighted_answers_say_so():
    rows, design, result = status.weighted(pd.DataFrame({"q": [1.0]}), Weighting())
    assert design == Design() and result.absent and result.settings["weight"] is None and list(rows.columns) == ["q"]


# ---------------------------------------------------------------- no false alarm


@pytest.mark.slow
def test_eight_periods_without_change_raise_an_alarm_in_five_percent():
    rng, alarms, runs = np.random.default_rng(11), 0, 600
    names = [f"2024-Q{i}" for i in range(1, 5)] + [f"2025-Q{i}" for i in range(1, 5)]
    for _ in range(runs):
        rows = survey(*rng.choice(11, (8, 120), p=[0.02] * 5 + [0.05, 0.08, 0.2, 0.22, 0.2, 0.15]), names=names)
        found = keys(status.net_promoter_score(rows, Question(**SCALE), Design(period="period")))
        alarms += any(k.startswith(("change.", "trend.")) and not k.endswith("unclear") for k in found)
    assert 0.03 <= alarms / runs <= 0.07


@pytest.mark.parametrize("heights, key", [
    ((7, 7, 4), "areas.lowest"), ((8, 5, 5), "areas.highest"), ((8, 6, 4), "areas.apart"), ((6, 6, 6), "areas.alike"),
])  # fmt: skip
@pytest.mark.parametrize("seed", range(3))
def test_highest_and_lowest_are_said_of_what_is_apart_from_every_other(heights, key, seed):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({f"q{i}": np.clip(np.round(height + rng.normal(0, 1.2, 400)), 1, 10) for i, height in enumerate(heights)})
    blocks = {f"b{i}": Block(f"Area {i}", {f"q{i}": "Question"}, (1, 10)) for i in range(len(heights))}
    found = status.experience_areas(rows, blocks).findings[0]
    assert found.key == key


def test_the_highest_of_equals_is_named_no_more_often_than_chance_may():
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        rows = pd.DataFrame({f"q{i}": np.clip(np.round(mean + rng.normal(0, 1.5, 120)), 1, 10) for i, mean in enumerate((7, 7, 3))})
        blocks = {f"b{i}": Block(f"Area {i}", {f"q{i}": "Question"}, (1, 10)) for i in range(3)}
        named += status.experience_areas(rows, blocks).findings[0].key in ("areas.apart", "areas.highest")
    assert named <= 0.05 * 200 + 2.5 * np.sqrt(0.05 * 0.95 * 200)
