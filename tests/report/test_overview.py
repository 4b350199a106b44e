"""The overview names the headline first, one verdict of each figure before a second, and nothing twice."""

from cxlib.analyses.result import Base, Finding, Result
from cxlib.report.overview import headline, main_findings, overview
from cxlib.report.page import as_json


def result(*findings) -> dict:
    return as_json(Result("r", {}, tuple(Finding(text, text, {}, tone) for text, tone in findings), Base(1, 1)))


def texts(*results) -> list[str]:
    return [str(found["text"]) for found in main_findings(results, "en")]


def test_headline_then_one_verdict_of_each_then_second_ones():
    a = result(("level a", "neutral"), ("a1", "good"), ("a2", "bad"))
    b = result(("level b", "neutral"), ("b1", "bad"))
    assert texts(a, b) == ["level a", "a1", "b1", "a2", "level b"]


def test_a_section_is_headed_by_its_verdict_unless_it_opens_with_one():
    level = result(("level", "neutral"), ("maybe", "unclear"), ("rose", "good"))
    assert headline([level])["key"] == "rose"
    assert headline([result(("open", "unclear"), ("rose", "good"))])["key"] == "open"
    assert headline([result(("not asked", "absent")), result(("found", "neutral"))])["key"] == "found"
    assert headline([]) is None


def test_the_overview_sorts_by_what_calls_for_action_and_names_the_page():
    status = {
        "file": "s.html",
        "title": "Status",
        "results": [result(("level", "neutral"), ("worse", "bad"), ("maybe", "unclear"))],
    }
    other = {
        "file": "o.html",
        "title": "Other",
        "results": [result(("better", "good")), result(("best", "good"), ("bad too", "bad"))],
    }
    lists = overview([status, other], "en")
    assert [(str(e["text"]), e["file"]) for e in lists["answers"]] == [("level", "s.html"), ("better", "o.html")]
    assert [str(e["text"]) for e in lists["weaknesses"]] == ["worse", "bad too"]
    assert [str(e["text"]) for e in lists["strengths"]] == ["best"]  # "better" is an answer already
    assert [str(e["text"]) for e in lists["unclear"]] == ["maybe"]


def test_nothing_is_said_twice_and_unasked_questions_are_not_said():
    first = result(("level", "neutral"))
    assert texts(first, first, result(("not asked", "absent")), result(("found", "good"))) == ["level", "found"]


def test_at_most_five_and_none_without_results():
    assert len(texts(*[result((f"v{i}", "good")) for i in range(9)])) == 5
    assert texts() == []
