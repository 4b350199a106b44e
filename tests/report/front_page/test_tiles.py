"""The figure tiles of page one say what the findings say: value, change with its certainty, target; and their course."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.design import Design, Question, Rating
from cxlib.analyses.result import Base, Result
from cxlib.report.front_page.exhibits import sparkline
from cxlib.report.front_page.overview import overview
from cxlib.report.front_page.tiles import MOST, figure_tiles
from cxlib.report.lines import finding_line

CHANGES = {"good": "tile.better", "bad": "tile.worse", "unclear": "tile.chance"}


def survey(seed: int, periods: int, lift: float) -> pd.DataFrame:
    """Answers 0-10 of 150 customers a period; the last period is `lift` higher."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"period": np.repeat([f"2025-Q{q + 1}" for q in range(periods)], 150)})
    level = 6.5 + lift * (rows.period == rows.period.max())
    rows["answer"] = np.clip(np.round(rng.normal(level, 2.2)), 0, 10)
    rows["rating"] = np.clip(np.round(1 + rows.answer / 2.5), 1, 5)
    return rows


def figures(rows: pd.DataFrame, target: float | None = None) -> list[Result]:
    design = Design(period="period")
    nps = status.net_promoter_score(rows, Question("answer", target=target), design)
    satisfied = status.satisfied_share(rows, Rating("rating"), design)
    return [status.key_figures(nps, satisfied), nps, satisfied]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("lift", "target"), list(itertools.product([-1.5, 0, 1.5], [None, -60.0, 20.0, 90.0])))
def test_a_tile_says_what_the_findings_say(seed, lift, target):
    results = figures(survey(seed, 3, lift), target)
    tile = figure_tiles(results)[0]
    row, findings = results[1].tables["figure"].iloc[0], results[1].findings
    assert float(tile.value) == row.estimate and len(tile.course) == 3
    moved = next(finding for finding in findings if {"change", "before"} <= set(finding.values))
    assert tile.lines[1].key == CHANGES[moved.tone]
    if moved.tone != "unclear":
        assert np.sign(row.change_low) == np.sign(row.change_high) == np.sign(tile.lines[1].values["change"])
    aims = [finding for finding in findings if "target" in finding.values]
    assert [*tile.told] == [moved, *aims]
    assert [line.tone for line in tile.lines[2:]] == [finding.tone for finding in aims] and bool(aims) == (target is not None)


def test_ends_of_a_change_carry_their_sign_and_those_of_a_level_do_not():
    tile = figure_tiles(figures(survey(1, 2, 1.5)))[0]
    level, change = (finding_line(line, "da") for line in tile.lines[:2])
    assert "+" in change.split("(")[1] and "+" not in level


def test_one_period_has_neither_change_nor_course():
    tile = figure_tiles(figures(survey(1, 1, 0)))[0]
    assert [line.key for line in tile.lines] == ["tile.level"] and tile.course == () and sparkline(tile) is None


def test_a_sparkline_keeps_order_and_stays_in_its_field():
    for seed in range(20):
        tile = figure_tiles(figures(survey(seed, 4, 0.5), 20.0))[0]
        drawn = sparkline(tile)
        up = [y for _, y in drawn.points]
        assert np.all(np.diff(up) * np.diff([estimate for estimate, _, _ in tile.course]) >= 0)
        assert all(0 <= each <= 1 for point in [*drawn.points, *drawn.band] for each in point)
        assert all(low <= y <= high for (_, y), (_, low, high) in zip(drawn.points, drawn.band, strict=True))


def test_there_are_tiles_of_shown_figures_alone_and_six_at_most():
    table = pd.DataFrame({"figure": [f"F{n}" for n in range(9)], "n": 9, "estimate": [np.nan, *range(8)], "low": np.nan, "high": np.nan, "unit": "index"})
    listed = Result("key_figures", {"figures": table}, (), Base(9, 9))
    tiles = figure_tiles([listed])
    assert len(tiles) == MOST and tiles[0].figure == "F1" and all(tile.lines == () for tile in tiles)
    assert figure_tiles([Result("r", {}, (), Base(1, 1))]) == []


def test_page_one_says_who_answered_and_what_brackets_hold():
    page = {"name": "status", "file": "s.html", "title": "S", "results": figures(survey(1, 2, 0)), "answer": "key_figures"}
    shown = overview([page], "en")
    assert shown["who"] == "300 answers, 150 of them in Q2 2025" and "95%" in shown["brackets"] and len(shown["tiles"]) == 2
    bare = overview([page | {"results": [], "answer": ""}], "en")
    assert bare["who"] == bare["brackets"] == "" and bare["tiles"] == []


@pytest.mark.parametrize("periods", [1, 3])
def test_page_one_stands_where_answers_are_alike_and_no_figure_has_ends(periods):
    told = figures(survey(1, periods, 0).assign(answer=9.0, rating=5.0), 20.0)
    bare = [replace(result, tables={name: table.drop(columns=["low", "high"], errors="ignore") for name, table in result.tables.items()}) for result in told]
    page = {"name": "status", "file": "s.html", "title": "S", "results": bare, "answer": "key_figures"}
    shown = overview([page], "en")
    assert [tile["value"] for tile in shown["tiles"]] == ["100.0", "100.0%"] and shown["answers"][0]["exhibit"] is None


def test_tables_of_other_results_make_no_tiles():
    other = Result("every_question", {"figures": pd.DataFrame({"question": ["q"], "a": [1.0]})}, (), Base(9, 9))
    assert figure_tiles([other]) == []
