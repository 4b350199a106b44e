"""Each next step is asked for by a finding, and silent where another finding speaks against it."""

import pytest

from cxlib.analyses.result import Base, Finding, Quantity, Result, Term
from cxlib.analyses.tipping_points.says import SAYS
from cxlib.languages import LANGUAGES
from cxlib.report.front_page.next_steps import STEPS, next_steps
from cxlib.report.language.words import translated
from cxlib.report.lines import finding_line

CHOSEN = ("choice.chosen", {"names": "A, B"})
PAYS = ("board.pays", {"expected": 2e6, "share": 0.9, "cause": 0.5})
OPEN = ("board.open", {"p10": -1e6, "p90": 2e6, "share": 0.6, "cause": 0.5})
TURNS = ("decision.changes", {"input": Term("Tax"), "value": Quantity(0.4, "percent"), "now": Quantity(0.2, "percent")})
OVER = ("choice.over", {"name": "C", "value": 0.1})
POINT = ("tipping_point.step", {"service": "Wait", "place": Quantity(8.0, "count"), "units": Term("minutes"), "step": Quantity(-1.2, "signed_gap_fine")})
BEYOND = ("beyond.share", {"service": "Wait", "place": Quantity(8.0, "count"), "units": Term("minutes"), "share": 0.4})
MOST = ("act.most", {"block": "Price", "outcome": Term("satisfaction"), "impact": 0.3, "potential": 11.0, "low": 9.0, "high": 12.0})
LOW = ("act.low", {"block": "Price", "index": 58.0})
TIED = ("act.tied", {"blocks": ["Price", "Staff"]})


def page(*said, name="p") -> dict:
    message = {"board.pays": "{expected:money_short}", "board.open": "{p90:money_short}"}
    message["groups.differ"] = SAYS["groups.differ"].message  # drivers have a sentence of that key, too
    findings = [Finding(key, message.get(key, key), values, "neutral") for key, values in said]
    results = [Result("r", {}, (finding,), Base(1, 1)) for finding in findings]
    return {"name": name, "file": f"{name}.html", "title": name, "results": results}


def steps(*said, missing=None) -> dict[str, str]:
    found = next_steps([page(*said)], missing or {})
    return {step.finding.key.removeprefix("step."): finding_line(step.finding, "en", "EUR") for step in found}


def test_money_goes_where_it_pays_and_not_where_that_is_open():
    assert steps(PAYS, CHOSEN) == {"start": "Start with A, B: worth 2.0\u00a0million\u00a0EUR after costs, if satisfaction rises as planned and 50% of the link is cause and effect. Give each initiative an owner and a date."}
    assert list(steps(PAYS, CHOSEN, ("choice.unproved", {}))) == []
    assert steps(OPEN, CHOSEN, TURNS) == {"settle": "Find out more about “Tax” before money goes into these: A, B. Whether they pay turns at 40%; 20% is assumed."}
    assert list(steps(OPEN, CHOSEN)) == ["try"]
    assert list(steps(("board.none", {}), OVER)) == ["stop"]


def test_several_that_do_not_pay_are_one_step():
    assert "C and D" in steps(OVER, ("choice.over", {"name": "D", "value": 0.2}))["stop"]


@pytest.mark.parametrize("doubt", ["controls.vanished", "controls.moved", "heaps.gone", "heaps.differ", "groups.differ"])
def test_a_limit_in_doubt_is_no_step(doubt):
    assert list(steps(POINT, BEYOND)) == ["limit"]
    values = {"service": "Wait", "by": "team", "groups": 2, "p": 0.01}
    assert steps(POINT, BEYOND, (doubt, values)) == {}
    assert list(steps(POINT, BEYOND, (doubt, {"service": "Mail"}))) == ["limit"]


def test_a_limit_that_depends_on_the_counting_is_only_tried():
    assert list(steps(POINT, BEYOND, ("outcomes.disagree", {"service": "Wait"}))) == ["try_limit"]


def test_the_area_with_most_to_give_is_lifted_unless_it_is_unclear():
    assert list(steps(MOST, LOW)) == ["lift"]
    assert list(steps(MOST)) == ["lift_more"]
    assert list(steps(LOW)) == ["lift_low"]
    assert list(steps(TIED)) == ["lift_tied"] and "Price and Staff" in steps(TIED)["lift_tied"]
    assert list(steps(TIED, ("act.keep", {"block": "Staff", "index": 80.0}))) == ["tell_apart"]
    assert list(steps(MOST, ("act.keep", {"block": "Price", "index": 80.0}))) == []


@pytest.mark.parametrize("doubt", [
    ("importance.suppressed", {"block": "Price"}),
    ("effect.negative", {"block": "Price"}),
    ("effect.none", {"blocks": ["Staff", "Price"]}),
    ("importance.no_more", {"blocks": ["Price"]}),
    ("quality.same", {"first": "Staff", "second": "Price"}),
])  # fmt: skip
def test_an_area_in_doubt_is_not_advised_on(doubt):
    assert steps(MOST, LOW, doubt) == {}


def test_a_name_that_is_part_of_another_is_not_taken_for_it():
    assert list(steps(MOST, LOW, ("effect.none", {"blocks": ["Price of power", "Staff"]}))) == ["lift"]


def test_what_cannot_be_told_asks_for_data_last():
    where = {"tipping_points": {"file": "#left-out", "title": "How long?"}}
    found = next_steps([page(TIED, ("absent.links", {}), ("act.low", {"block": "Other", "index": 1.0}))], where)
    assert [step.finding.key for step in found] == ["step.lift_low", "step.record", "step.contacts"]
    assert found[-1].page["file"] == "#left-out"


def test_five_at_most_and_two_of_a_page_worth_most_first():
    pages = [page(PAYS, CHOSEN, OVER, ("point.worth", {"expected": 1e5, "cause": 0.5}), ("absent.case", {}), name="case"), page(POINT, BEYOND, name="tip"),
             page(MOST, LOW, name="drivers"), page(("parity.worse", {"block": "x", "gap": Quantity(3.0, "gap_index")}),
                  ("segment.below", {"group": "g", "segment": "s", "figure": "NPS", "change": Quantity(30.0, "gap_points")}),
                  ("target.unclear", {"figure": "NPS", "target": Quantity(3.0, "points")}), name="status")]  # fmt: skip
    found = next_steps(pages)
    assert len(found) == 5 and max(sum(step.page is each for step in found) for each in pages) == 2
    assert [step.worth for step in found] == sorted(step.worth for step in found)
    assert found[0].finding.key == "step.start"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_step_is_said_in_every_language(language):
    assert [key for key, (_, message, *_) in STEPS.items() if translated(message, language) == message] == []


def test_what_acts_on_customers_comes_before_what_to_collect():
    price = ("point.worth", {"cause": 0.5, "years": 5, "expected": 1e6, "p10": 1e5, "p90": 2e6})
    found = list(steps(price, ("absent.case", {}), ("absent.links", {}), TIED))
    assert found == ["lift_tied", "list"]  # and of one page no more than two
