"""The book of tables: against pandas and the status results, by hand, under chance alone, and what it must not give away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.design import Block, Design, Index, Question, Questionnaire, Rating
from cxlib.analyses.result import Result

SEGMENTS = {"region": "Region", "kind": "Kind"}
ASKED = Questionnaire(recommend=Question("nps"), rating=Rating("rating"), satisfaction=Index({"s1": "One", "s2": "Two"}),
                      blocks={"b": Block("Area", {"s1": "One again", "q1": "Q1"}, scale=(1, 5))})  # fmt: skip


def survey(seed: int = 1, n: int = 300, small: int = 0, blank: float = 0.08) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"nps": rng.integers(0, 11, n), "rating": rng.integers(1, 6, n), "s1": rng.integers(1, 11, n), "s2": rng.integers(1, 11, n),
                         "q1": rng.integers(1, 6, n)}).astype(float)  # fmt: skip
    rows = rows.mask(rng.random(rows.shape) < blank)
    rows["region"] = rng.choice(["N", "S", "W"], n)
    rows["kind"] = rng.choice(["new", "old"], n)
    rows.loc[: small - 1, "region"] = "tiny"
    rows["weight"] = rng.uniform(0.5, 2, n)
    rows["wave"] = pd.Categorical(np.where(np.arange(n) < n // 2, "2024", "2025"), ["2024", "2025"], ordered=True)
    return rows


def figures(result: Result) -> pd.DataFrame:
    return result.tables["figures"].set_index(["question", "segment", "group"])


@pytest.mark.parametrize("design", [Design(), Design(weight="weight"), Design(period="wave"), Design(period="wave", basis="all", weight="weight")])
def test_equal_figures_are_equal_to_those_of_the_other_results(design):
    rows = survey()
    found = figures(status.banner(rows, ASKED, SEGMENTS, design))
    for result, number, column in ((status.net_promoter_by_segment(rows, ASKED.recommend, SEGMENTS, design), 1, "nps"),
                                   (status.satisfied_by_segment(rows, ASKED.rating, SEGMENTS, design), 2, "top")):  # fmt: skip
        for row in result.tables["segments"].itertuples():
            assert found.loc[(number, row.segment, row.group), column] == pytest.approx(row.estimate)
            assert found.loc[(number, row.segment, row.group), "n"] == row.n
    headline = status.net_promoter_score(rows, ASKED.recommend, design).tables["all_periods" if design.basis == "all" else "periods"].iloc[-1]
    assert found.loc[(1, "", ""), "nps"] == pytest.approx(headline.estimate)


def test_shares_are_those_of_a_crosstab():
    rows = survey()
    found = figures(status.banner(rows, ASKED, SEGMENTS))
    table = pd.crosstab(rows.region, rows.rating, normalize="index")
    for region, shares in table.iterrows():
        assert found.loc[(2, "Region", region), [f"share_{k}" for k in range(1, 6)]].astype(float).tolist() == pytest.approx(shares.tolist())
        assert found.loc[(2, "Region", region), "mean"] == pytest.approx(rows.rating[rows.region == region].mean())


def test_counted_by_hand():
    """Ten of each group answer on 1-5: a all 5, b half 1 and half 3."""
    rows = pd.DataFrame({"q1": [5.0] * 10 + [1.0] * 5 + [3.0] * 5, "g": ["a"] * 10 + ["b"] * 10})
    result = status.banner(rows, Questionnaire(blocks={"b": Block("Area", {"q1": "Q"}, scale=(1, 5))}), {"g": "G"})
    found = figures(result)
    assert found.loc[(1, "G", "a"), ["n", "mean", "index", "share_5"]].tolist() == [10, 5, 100, 1]
    assert found.loc[(1, "G", "b"), ["n", "mean", "index", "share_1", "share_3"]].tolist() == [10, 2, 25, 0.5, 0.5]
    assert found.loc[(1, "", ""), "mean"] == 3.5
    # two groups that are each other's rest are one test: five shares and a mean
    assert result.settings["tests"] == 6
    # none of a gives 1, or 3, where a quarter of all do: 2 * 0.75^20 = 0.006, times the four tests left below 0.05
    assert (found.loc[(1, "G", "a"), "marks"], found.loc[(1, "G", "b"), "marks"]) == ("-.-.++", "+.+.--")


def test_each_question_comes_once_in_the_part_that_is_first():
    table = status.banner(survey(), ASKED, SEGMENTS).tables["questions"]
    assert table.question.tolist() == ["nps", "rating", "One", "Two", "Q1"]
    assert table[["part", "block"]].to_numpy().tolist() == [["Recommendation", ""], ["Overall satisfaction", ""], ["Satisfaction index", ""],
                                                            ["Satisfaction index", ""], ["", "Area"]]  # fmt: skip


def test_where_nothing_differs_marks_are_made_in_at_most_one_survey_of_twenty():
    marked = sum(status.banner(survey(seed, 120), ASKED, SEGMENTS).settings["clear"] > 0 for seed in range(60))
    assert marked <= 7  # 5 % of 60 are 3; 8 or more would come once in a hundred times


def test_a_large_difference_is_marked():
    rows = survey(n=600)
    rows.loc[rows.region == "N", "q1"] = np.clip(rows.q1 + 2, 1, 5)
    found = figures(status.banner(rows, ASKED, SEGMENTS))
    assert found.loc[(5, "Region", "N"), "marks"][-1] == "+" and found.loc[(5, "Region", "S"), "marks"][-1] == "-"


# ------------------------------------------------------------ what must not follow


@pytest.mark.parametrize("seed", range(12))
def test_no_group_under_the_limit_is_shown_or_left_over(seed):
    """In no question, whatever is blank: what is left of the total when the groups shown are taken away is nobody or enough."""
    rng = np.random.default_rng(seed)
    rows = survey(seed, 60, small=int(rng.integers(1, 9)), blank=float(rng.uniform(0, 0.7)))
    result = status.banner(rows, ASKED, SEGMENTS, Design(minimum=5))
    if not result.tables:
        return
    for (number, segment), of in result.tables["figures"].query("segment != ''").groupby(["question", "segment"]):
        total = figures(result).loc[(number, "", ""), "n"]
        shown = of[of.n.notna()]
        assert (shown.n >= 5).all()
        left = (total or 0) - shown.n.sum()
        assert left == 0 or left >= 5, (number, segment)
        hidden = of[of.n.isna()]
        assert hidden[["effective", "mean", "index", "share_1", "top", "nps"]].isna().all(axis=None)
        assert not hidden.marks.str.contains("[+-]").any()


def test_a_group_hidden_among_all_answers_is_hidden_for_every_question():
    """Else the totals of two questions, and the groups that one of them shows, would give it away."""
    rows = survey(3, 200, small=4, blank=0.2)
    result = status.banner(rows, ASKED, SEGMENTS)
    groups = result.tables["groups"]
    assert groups.hidden.sum() >= 2 and "tiny" in set(groups.group[groups.hidden])
    gone = list(groups[groups.hidden][["segment", "group"]].itertuples(index=False, name=None))
    assert result.tables["figures"].set_index(["segment", "group"]).loc[gone].n.isna().all()
    for each in (status.net_promoter_by_segment(rows, ASKED.recommend, SEGMENTS),):
        shown = each.tables["segments"].dropna(subset="n")
        found = figures(result).loc[1].reset_index().dropna(subset="n")
        assert set(found.group) - {""} <= set(shown.group)  # never more than the page shows


def test_one_respondent_who_carries_a_group_is_not_shown():
    rows = survey(n=100, blank=0)
    rows["weight"] = 1.0
    rows.loc[rows.index[rows.region == "N"][0], "weight"] = 500.0
    found = figures(status.banner(rows, ASKED, SEGMENTS, Design(weight="weight")))
    assert found.loc[(1, "Region", "N"), "n"] is None


def test_nothing_asked_no_segment_and_too_few_say_so():
    assert status.banner(survey(), Questionnaire(), SEGMENTS).absent and status.banner(survey(), ASKED, {}).absent
    assert not status.banner(survey(n=4), ASKED, SEGMENTS).tables


def test_the_order_of_the_rows_plays_no_part_and_it_is_read_back_from_json():
    rows = survey()
    one, other = (status.banner(each, ASKED, SEGMENTS, Design(weight="weight")) for each in (rows, rows.sample(frac=1, random_state=1)))
    assert one.to_json() == other.to_json() == Result.from_json(one.to_json()).to_json()
    assert replace(one, tables={}).tables == {}
