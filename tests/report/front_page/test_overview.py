"""The overview answers each question, says what is worth most first, nothing twice, and nothing that speaks against itself."""

from cxlib.analyses.result import Base, Finding, Quantity, Result
from cxlib.report.front_page.overview import headline, overview, page_findings


def result(*findings, name="r") -> Result:
    """A result of findings (text, tone), or (key, tone, message, values)."""
    made = [Finding(f[0], f[2] if f[2:] else f[0], f[3] if f[3:] else {}, f[1]) for f in findings]
    return Result(name, {}, tuple(made), Base(1, 1))


def page(title, *results, answer="") -> dict:
    return {"name": title, "file": f"{title}.html", "title": title, "results": results, "answer": answer}


def texts(*results) -> list[str]:
    return [finding.message for finding in page_findings(page("p", *results))]


def listed(name, *pages) -> list[str]:
    return [str(entry["text"]) for entry in overview(pages, "en", "DKK")[name]]


def segment(key, group, change) -> tuple:
    values = {"group": group, "segment": "Place", "figure": "NPS", "change": Quantity(change, "gap_points")}
    return key, "bad" if key.endswith("below") else "good", "{group}: {change}", values


def money(key, tone, expected) -> tuple:
    return key, tone, "worth {expected:money_short}", {"expected": expected}


def test_a_page_says_its_answer_then_verdicts_worth_most_first():
    small, large = segment("segment.above", "A", 8.0), segment("segment.below", "B", 16.0)
    assert texts(result(("level", "neutral"), small), result(large)) == ["level", "{group}: {change}", "{group}: {change}"]
    found = page_findings(page("p", result(("level", "neutral"), small), result(large)))
    assert [finding.values.get("group") for finding in found] == [None, "B", "A"]


def test_a_section_is_headed_by_its_verdict_unless_it_opens_with_one():
    level = result(("level", "neutral"), ("maybe", "unclear"), ("rose", "good"))
    assert headline([level]).key == "rose"
    assert headline([result(("open", "unclear"), ("rose", "good"))]).key == "open"
    assert headline([result(("not asked", "absent")), result(("found", "neutral"))]).key == "found"
    assert headline([]) is None


GAP = {"criterion": "c", "gap": 80, "first": "Top", "second": "Front"}


def test_main_findings_are_ordered_by_what_they_are_worth_money_first():
    status = page("status", result(("level", "neutral"), segment("segment.below", "B", 16.0)))
    case = page("case", result(("open", "unclear"), money("point.worth", "good", 1e5)))
    self_view = page("self", result(("own", "neutral"), ("gap.higher", "bad", "{gap:count} apart", GAP)))
    assert listed("main", self_view, status, case) == ["worth 0.10\u00a0million\u00a0DKK", "B: 16.0\u00a0points", "80 apart"]
    assert listed("main", case, status, self_view) == listed("main", self_view, case, status)


def test_what_has_no_worth_fills_up_to_three():
    pages = [page("a", result(("level", "neutral"), ("good one", "good"), ("bad one", "bad"), ("x", "neutral")))]
    assert listed("main", *pages) == ["good one", "bad one", "x"]


def test_the_rest_stands_by_tone_and_names_the_page():
    many = [result((f"{tone}{n}", tone)) for n in range(9) for tone in ("bad", "good", "unclear")]
    lists = overview([page("a", result(("level", "neutral")), *many)], "en")
    assert [str(entry["text"]) for entry in lists["weaknesses"]] == [f"bad{n}" for n in range(2, 7)]
    assert all(entry["tone"] == "good" and entry["file"] == "a.html" for entry in lists["strengths"])
    assert len(lists["unclear"]) == 5


def test_nothing_is_said_twice_and_unasked_questions_are_not_said():
    first = result(("level", "neutral"))
    pages = [page("a", first, first, result(("not asked", "absent")), result(("found", "good")))]
    said = [str(entry["text"]) for found in overview(pages, "en").values() for entry in found]
    assert sorted(said) == ["found", "level"]


def test_what_speaks_against_another_finding_stays_on_its_page():
    chosen = ("choice.chosen", "good", "choose {names}", {"names": "A"})
    keep = ("act.keep", "good", "keep {block}", {"block": "Service"})
    gap = ("parity.worse", "bad", "{block} disappoints", {"block": "Service", "gap": Quantity(9.0, "gap_index")})
    unclear = page("case", result(("board.open", "unclear", "open", {"share": 0.6, "cause": 0.5})), result(chosen))
    assert "choose A" not in str(overview([unclear], "en"))
    assert "choose A" in str(overview([page("case", result(("board.pays", "good", "{expected:money}", {"expected": 1.0, "share": 0.9, "cause": 0.5})), result(chosen))], "en"))
    assert "keep Service" not in str(overview([page("d", result(("level", "neutral"), keep)), page("s", result(("l", "neutral"), gap))], "en"))


def test_at_most_five_and_none_without_results():
    assert len(texts(*[result((f"v{n}", "good")) for n in range(9)])) == 5
    assert texts() == []
