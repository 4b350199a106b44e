"""What a notebook cell shows: sentences, escaped tables, and JSON that repeats."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.columns import Columns
from cxlib.analyses.result import Base, Finding, Quantity, Result, Sentences, Term
from cxlib.report import Page
from cxlib.report.lines import finding_line
from cxlib.report.page import RESULT_MIME
from cxlib.report.tables import readable, table_html

EVIL = "<script>alert(1)</script> {n} **bold** ${x}"
SAYS = Sentences({"group.low": ("bad", "{figure}: {group} lies {change} below ({share:percent}).")})


def result() -> Result:
    finding = SAYS.finding(
        "group.low", figure=Term("NPS"), group=EVIL, change=Quantity(3.25, "gap_points"), share=0.125
    )
    table = pd.DataFrame(
        {"group": [EVIL, "b"], "n": [1200, 7], "nps": [12.34, np.nan], "low": [1.0, np.nan], "high": [2.0, np.nan]}
    )
    return Result(
        "by_group", {"groups": table}, (finding,), Base(1300, 1207, {"don't know": 93}, 1100.4), {"weight": None}
    )


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr("cxlib.report.page.display", lambda data, **options: seen.append((data, options)))
    return seen


def test_show_has_three_faces(shown):
    Page(language="da").show(result())
    data, _ = shown[0]
    assert set(data) == {"text/plain", "text/html", RESULT_MIME}
    assert data["text/plain"].startswith("NPS: <script>") and "3,3\u00a0point" in data["text/plain"]
    assert "Grundlag: 1.207 af 1.300 rækker; ved ikke: 93" in data["text/html"]


def test_client_text_is_escaped_everywhere(shown):
    Page(language="en").show(result())
    html = shown[0][0]["text/html"]
    assert "<script" not in html and "&lt;script&gt;" in html and "**bold**" in html and "{n}" in html


def test_json_repeats_rounds_to_six_digits_and_knows_missing():
    found = result().to_json()
    assert found["tables"]["groups"]["rows"][1] == ["b", 7, None, None, None]
    assert found["findings"][0]["values"]["change"] == 3.25 and found["findings"][0]["styles"] == {
        "change": "gap_points"
    }
    assert Result("x", {}, (), Base(1, 1), {"a": 1 / 3}).to_json()["settings"]["a"] == 0.333333
    assert json.dumps(found, allow_nan=False) == json.dumps(result().to_json(), allow_nan=False)


def test_a_finding_read_back_says_the_same():
    said = finding_line(Finding.from_json(result().findings[0].to_json()), "sv")
    assert "<script>" in said and "3,3\u00a0enheter" in said and "13\u00a0%" in said


def test_tables_join_low_and_high_and_write_by_row():
    table = pd.DataFrame(
        {
            "figure": ["NPS", "CSAT"],
            "estimate": [12.0, 0.5],
            "low": [1.0, 0.4],
            "high": [2.0, 0.6],
            "unit": ["points", "percent1"],
        }
    )
    texts = readable(table, Columns("status", "figures"), "en")
    assert list(texts) == ["figure", "estimate", "interval"]
    assert texts.iloc[1].tolist() == ["CSAT", "50.0%", "40.0% to 60.0%"]


def test_table_headings_are_translated_and_client_headings_are_escaped():
    html = table_html(pd.DataFrame({"n": [3], "<b>Region": ["x"]}), Columns("own", "regions"), "da")
    assert ">Antal svar<" in html and "&lt;b&gt;Region" in html and "<style" not in html


def test_absent_results_show_their_reason_and_draw_nothing(shown):
    absent = Result.missing("x", Finding("absent.x", "Not asked.", {}, "absent"))
    page = Page()
    page.show(absent, "any")
    page.table(absent, "any")
    page.draw(None, absent)
    assert len(shown) == 1 and "Not asked." in shown[0][0]["text/html"]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language is 'no'; reports speak en, da, sv"):
        Page(language="no")


def test_a_chart_without_words_is_refused():
    from cxlib.report.charts.canvas import picture, sheet

    def silent(result, page):
        return sheet(page, 1)[0], " "

    with pytest.raises(ValueError, match="chart 'silent' has no alt text"):
        picture(silent, result(), Page())


def test_the_same_chart_gives_the_same_bytes():
    from cxlib.report.charts.canvas import picture, sheet

    def line(result, page):
        figure, ax = sheet(page, 2)
        ax.plot([1, 2], [3, 4])
        return figure, "A line."

    first, second = (picture(line, result(), Page()).wide for _ in range(2))
    assert first == second and first.startswith("<svg ")


def test_a_result_without_tables_names_none_to_the_report(monkeypatch):
    """Too few answers leave a result with findings and no table, whatever tables a notebook asks for."""
    shown = []
    monkeypatch.setattr("cxlib.report.page.display", lambda faces, **options: shown.append(options["metadata"]))
    Page().show(Result("gap", {}, (), Base(0, 0), {}), "clear")
    assert [metadata[RESULT_MIME]["tables"] for metadata in shown] == [[]]


def test_a_table_that_could_not_be_given_is_left_out_and_a_misspelled_one_is_told(shown):
    found = Result("waits", {"parts": pd.DataFrame({"share": [0.4]})}, (), Base(1, 1), {})
    Page().show(found, "parts", "owners")
    Page().table(found, "owners")
    assert len(shown) == 1
    for call in (Page().show, Page().table):
        with pytest.raises(ValueError, match="did you mean 'parts'"):
            call(found, "part")


def test_a_column_of_money_has_one_form():
    table = pd.DataFrame({"expected": [1_392_010.0, -86_082.0, np.nan], "p10": [900_000.0, -5.0, 0.0]})
    texts = readable(table, Columns("value_parts", "parts"), "en", "DKK")
    assert texts.expected.tolist() == ["1.39\xa0million", "−0.09\xa0million", "–"]
    assert texts.p10.tolist() == ["900,000", "−5", "0"]
