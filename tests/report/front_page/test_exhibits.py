"""The small pictures of page one are drawn from the tables, keep their order and stay in their field."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.journey.hand_overs import TERMS as COMPARED
from cxlib.analyses.journey.hand_overs import VERDICTS as FALLS
from cxlib.analyses.result import Base, Result
from cxlib.report.front_page.exhibits import DRAWN, MOST_BARS, Bars, Course, Span, Stairs, Verdicts, exhibit_of
from tests.report.executed import results_of_shipped


def result(name, settings=None, **tables):
    return Result(name, tables, (), Base(1, 1), settings or {})


@pytest.mark.parametrize("seed", range(10))
def test_bars_are_ranked_and_as_long_as_their_figures(seed):
    rng = np.random.default_rng(seed)
    areas = pd.DataFrame({"block": list("abcdefg"), "potential": rng.uniform(0.1, 20, 7)})
    areas = areas.assign(potential_low=areas.potential - 2, potential_high=areas.potential + rng.uniform(0, 5, 7))
    areas.loc[seed % 7, ["potential", "potential_low", "potential_high"]] = np.nan
    drawn = exhibit_of([result("where_to_act", areas=areas)])
    assert isinstance(drawn, Bars) and len(drawn.rows) == MOST_BARS
    named = dict(zip(areas.block, areas.potential, strict=True))
    longest = areas.sort_values("potential").tail(MOST_BARS).potential_high.max()
    for label, value, length, (low, high) in drawn.rows:
        assert value == named[label] and length == pytest.approx(value / longest)
        assert 0 <= low <= length <= high <= 1 and low == pytest.approx(max(value - 2, 0) / longest)
    values = [float(value) for _, value, _, _ in drawn.rows]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("n", [1, 6, 9])
def test_no_part_of_the_model_is_left_out_the_lowest_least_of_all(n):
    steps = pd.DataFrame({"stage": [f"{k} stage" for k in range(n)], "score100": np.linspace(80, 20, n)})
    drawn = exhibit_of([result("steps", steps=steps)])
    assert [label for label, *_ in drawn.rows] == list(steps.stage)
    assert [length for _, _, length, _ in drawn.rows] == pytest.approx(steps.score100 / 100) and all(ends is None for *_, ends in drawn.rows)


def test_no_bars_without_a_figure_above_zero():
    for potential in ([np.nan, np.nan], [-1.0, 0.0]):
        assert exhibit_of([result("where_to_act", areas=pd.DataFrame({"block": ["a", "b"], "potential": potential}))]) is None


def test_stairs_fill_up_to_the_level():
    levels = pd.DataFrame({"stair": [1, 2, 3], "level_name": ["a", "b", "c"]})
    assert exhibit_of([result("placement", {"level": 2}, levels=levels)]) == Stairs((("a", True), ("b", True), ("c", False)))
    assert exhibit_of([result("placement", {"level": None}, levels=levels)]) == Stairs((("a", False), ("b", False), ("c", False)))


@pytest.mark.parametrize("ends", [(-4.0, 1.0, 3.0), (2.0, 3.0, 9.0), (-9.0, -3.0, -2.0)])
def test_a_money_range_has_zero_where_it_belongs(ends):
    answer = pd.DataFrame([dict(zip(("p10", "expected", "p90"), ends, strict=True), figure="f")])
    drawn = exhibit_of([result("board_answer", answer=answer)])
    assert isinstance(drawn, Span) and drawn.left <= drawn.at <= drawn.right
    assert (drawn.mark > drawn.left, drawn.mark > drawn.right) == (ends[0] < 0, ends[2] < 0)
    assert all(0 <= place <= 1 for place in (drawn.left, drawn.at, drawn.right, drawn.mark))


def test_a_break_is_marked_only_where_a_point_was_found():
    curve = pd.DataFrame({"service": ["wait"] * 3 + ["mail"] * 3, "x": [1, 2, 3] * 2, "fitted": [8, 8, 5, 7, 6, 5]})
    point = {"service": ["wait", "mail"], "measured_in": ["minutes", "days"], "low": [np.nan, 1.5], "point": [np.nan, 2.0], "high": [np.nan, 2.5]}
    drawn = exhibit_of([result("tipping_points", verdicts=pd.DataFrame(point), curve=curve)])
    assert isinstance(drawn, Course) and drawn.place == (0.25, 0.5, 0.75) and drawn.at == 2 and drawn.ends == (7, 5)
    none = exhibit_of([result("tipping_points", verdicts=pd.DataFrame(point).head(1), curve=curve)])
    assert none.place is None and none.at is None


def test_the_answer_comes_before_what_else_has_a_picture():
    stairs = result("placement", {"level": 1}, levels=pd.DataFrame({"stair": [1], "level_name": ["a"]}))
    steps = result("steps", steps=pd.DataFrame({"stage": ["s"], "score100": [50.0]}))
    assert isinstance(exhibit_of([steps, stairs], "placement"), Stairs) and isinstance(exhibit_of([steps, stairs]), Bars)
    assert exhibit_of([result("placement")], "placement") is None


def test_every_picture_is_of_a_result_that_the_notebooks_show():
    named = {name.split(".", 1)[1] for name in results_of_shipped()}
    assert set(DRAWN) <= named


def handed(*pairs, before=0.5):
    """Hand-overs: a row (fall, share of the time waited, verdict) for each pair; before: p of a fall before them."""
    rows = [{"pair": f"{place}", "effect": -fall, "effect_low": -fall - 0.2, "effect_high": -fall + 0.2, "wait_share": share, "verdict": FALLS[verdict]}
            for place, (fall, share, verdict) in enumerate(pairs)]  # fmt: skip
    effect = pd.DataFrame({"what": list(COMPARED.values()), "effect": [-0.1, -0.9, -0.3], "effect_low": -1.0, "effect_high": 0.5, "p": [0.5, 0.5, before]})
    told_of = "lead" if before < 0.05 else "pair" if pairs[0][2] == "falls" else "inside"
    return result("hand_overs", {"confidence": 0.95, "told_of": told_of}, pairs=pd.DataFrame(rows), effect=effect)


def test_a_fall_that_takes_most_time_too_is_drawn_by_its_time_and_any_other_by_its_points():
    waits = exhibit_of([handed((0.7, 0.2, "falls"), (0.0, 0.02, "no_drop"))])
    assert isinstance(waits, Bars) and [(name, value, length) for name, value, length, _ in waits.rows] == [("0", 0.2, 1.0), ("1", 0.02, pytest.approx(0.1))]
    fall = exhibit_of([handed((0.7, 0.02, "falls"), (0.0, 0.2, "no_drop"))])
    assert isinstance(fall, Span) and fall.written[1] == -0.7 and fall.right < fall.mark
    unknown = exhibit_of([handed((0.7, np.nan, "falls"), (0.0, np.nan, "no_drop"))])
    assert isinstance(unknown, Span) and unknown.written[1] == -0.7


def test_where_no_pair_falls_the_change_of_all_is_drawn_and_what_went_wrong_before_where_that_is_told():
    assert exhibit_of([handed((0.1, 0.2, "no_drop"))]).written[1] == -0.1
    assert exhibit_of([handed((0.7, 0.2, "doubtful"), before=0.001)]).written[1] == -0.3
    assert exhibit_of([result("hand_overs", pairs=pd.DataFrame({"pair": ["0"]}))]) is None


def test_what_has_begun_stands_beside_its_battle():
    begun = pd.DataFrame({"initiative": ["A", "B"], "battle": ["Reach us", None], "verdict": ["works", "too early to say"], "tone": ["good", "unclear"]})
    assert exhibit_of([result("what_came", begun=begun)]) == Verdicts((("A", "Reach us", "works", "good"), ("B", "", "too early to say", "unclear")))
    assert exhibit_of([result("what_came", begun=begun.drop(columns="battle"))]).rows[0][1] == "" and exhibit_of([result("what_came")]) is None
