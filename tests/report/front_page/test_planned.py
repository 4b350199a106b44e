"""A step says what the plan does about its area or service level, and no two steps of any report exclude each other."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.result import Base, Finding, Quantity, Result, Term
from cxlib.report.front_page.next_steps import next_steps
from cxlib.report.front_page.overview import overview
from cxlib.report.lines import finding_line

MOST = ("act.most", {"block": "Price", "outcome": Term("satisfaction"), "impact": 0.3, "potential": 11.0, "low": 9.0, "high": 12.0})
GAP = ("parity.worse", {"block": "Service", "gap": Quantity(3.0, "gap_index")})
KEEP = ("act.keep", {"block": "Service", "index": 70.0})
POINT = ("tipping_point.step", {"service": "Wait", "place": Quantity(8.0, "count"), "units": Term("minutes"), "step": Quantity(-1.2, "signed_gap_fine")})
REACH = ("beyond.share", {"service": "Wait", "place": Quantity(8.0, "count"), "units": Term("minutes"), "share": 0.4})


def plan(*rows, chosen=()):
    """Result of initiatives: (name, about, cost, expected) each."""
    table = pd.DataFrame(rows, columns=["initiative", "about", "cost", "expected"])
    tables = {"plan": table[["initiative", "about"]], "initiatives": table[["initiative", "cost", "expected"]]}
    found = (Finding("choice.chosen", "choice.chosen", {"names": list(chosen)}, "good"),) if chosen else ()
    return Result("initiatives", tables, found, Base(1, 1))


def page(*said, results=()):
    told = [Result("r", {}, (Finding(key, key, values, "neutral"),), Base(1, 1)) for key, values in said]
    return {"name": "p", "file": "p.html", "title": "p", "results": [*told, *results]}


def planned(*said, results=()):
    steps = next_steps([page(*said), page(results=results)], {})
    return {step.finding.key.removeprefix("step."): step.planned and step.planned.key.removeprefix("planned.") for step in steps}


@pytest.mark.parametrize("rows, chosen, said", [
    ([("Rebate", "Price", 4e6, -1e6)], (), "dear"),
    ([("Rebate", "Price", 4e6, -1e6), ("Bonus", "Price", 2e6, -3e6)], (), "all_dear"),
    ([("Rebate", "Price", 4e6, 1e6)], ("Rebate",), "chosen"),
    ([("Rebate", "Price", 4e6, -1e6)], ("Rebate",), "chosen"),  # beside the others it may pay
    ([("Rebate", "Price", 4e6, 1e6), ("Bonus", "Price", 2e6, -3e6)], (), "left_out"),
    ([("Rebate", "Staff", 4e6, 1e6)], ("Rebate",), "nothing"),
    ([("Rebate", None, 4e6, 1e6)], (), "untold"),
])  # fmt: skip
def test_a_step_says_what_the_plan_does_about_it(rows, chosen, said):
    assert planned(MOST, results=[plan(*rows, chosen=chosen)])["lift_more"] == said


def test_the_chosen_bring_in_what_they_are_worth_together_and_not_the_sum():
    answer = pd.DataFrame({"figure": ["f"], "expected": [2.5e6], "p10": [1e6], "p90": [4e6], "chance": [1.0]})
    together = Result("board_answer", {"answer": answer}, (Finding("board.open", "{p90:money_short}", {"p90": 4e6, "p10": -1.0, "cause": 0.5}, "unclear"),), Base(1, 1))
    turns = ("decision.changes", {"input": Term("Tax"), "value": Quantity(0.4, "percent"), "now": Quantity(0.2, "percent")})
    rows = plan(("Rebate", None, 4e6, 1e6), ("Bonus", None, 2e6, 2e6), chosen=("Rebate", "Bonus"))
    (step,) = [step for step in next_steps([page(turns), page(results=[rows, together])], {}) if step.finding.key == "step.settle"]
    assert dict(step.planned.values) == {"cost": 6e6, "gain": 8.5e6}


OVER = [("choice.over", {"name": name, "value": 0.5}) for name in ("Rebate", "Bonus")]


@pytest.mark.parametrize("rows, told", [
    ([("Rebate", None, 4e6, -1e6), ("Bonus", None, 2e6, -1.5e6), ("Third", None, 9e6, 1e6)], {"cost": 6e6, "gain": 3.5e6}),
    ([("Rebate", None, 4e6, -1e6)], None),  # one of the two has no price
    ([("Rebate", None, 4e6, -1e6), ("Bonus", None, np.nan, np.nan)], None),
])  # fmt: skip
def test_a_step_about_initiatives_says_what_they_cost_and_bring_in_together(rows, told):
    steps = next_steps([page(*OVER), page(results=[plan(*rows)])], {})
    stop = next(step for step in steps if step.finding.key == "step.stop")
    assert (stop.planned and dict(stop.planned.values)) == told


def test_without_a_plan_that_is_said_once():
    assert planned(MOST, POINT, REACH) == {"limit": "no_plan", "lift_more": None} or planned(MOST, POINT, REACH) == {
        "lift_more": "no_plan", "limit": None}  # fmt: skip


def test_the_front_page_joins_both_sentences():
    steps = overview([page(MOST), page(results=[plan(("Rebate", "Price", 4e6, -1e6))])], "en", "EUR")["steps"]
    text = next(str(step["text"]) for step in steps if "Price" in step["text"])
    assert text.endswith("The one initiative for it, Rebate, costs more than it brings in, even on the assumptions of the business case: find a cheaper one.")


def test_what_is_to_be_kept_is_not_to_be_lifted_as_well():
    assert list(planned(GAP)) == ["gap"]
    assert list(planned(GAP, KEEP)) == ["gap_keep"]
    assert list(planned(GAP, ("act.keep", {"block": "Other", "index": 1.0}))) == ["gap"]


def test_the_answer_of_a_page_is_no_advice_that_the_page_speaks_against():
    best = ("act.best_between", {"block": "Price", "low": 40.0, "high": 60.0, "outcome": Term("satisfaction")})
    one = Result("where_to_act", {}, tuple(Finding(key, key, values, "neutral") for key, values in (MOST, best)), Base(1, 1))
    asked = page(results=[one]) | {"answer": "where_to_act"}
    assert [each["text"] for each in overview([asked], "en")["answers"]] == ["act.best_between"]


AREAS, LEVELS = ["Price", "Service", "Staff"], ["Wait", "Mail"]


def said_at_random(rng):
    """Findings of a report that may well speak against each other."""
    area, other, level = rng.choice(AREAS), rng.choice(AREAS), rng.choice(LEVELS)
    about = {"block": area, "outcome": Term("satisfaction")}
    place = {"place": Quantity(8.0, "count"), "units": Term("minutes")}
    pool = [
        ("act.most", about | {"impact": 0.3, "potential": rng.uniform(1, 30), "low": 1.0, "high": 30.0}),
        ("act.low", {"block": other, "index": 50.0}), ("act.keep", {"block": other, "index": 80.0}),
        ("parity.worse", {"block": other, "gap": Quantity(rng.uniform(5, 9), "gap_index")}),
        ("act.best_between", about | {"low": 40.0, "high": 60.0}), ("effect.none", {"blocks": [other]}),
        ("importance.suppressed", {"block": area}), ("quality.same", {"first": area, "second": other, "htmt": 0.95}),
        ("tipping_point.step", {"service": level, "step": Quantity(-1.2, "signed_gap_fine")} | place),
        ("beyond.share", {"service": level, "share": 0.4} | place), ("controls.vanished", {"service": rng.choice(LEVELS)}),
        ("tipping_point.leakage", {"service": rng.choice(LEVELS)}),
    ]  # fmt: skip
    return [said for said in pool if rng.random() < 0.5]


@pytest.mark.parametrize("seed", range(300))
def test_no_step_is_shown_that_a_finding_speaks_against(seed):
    rng = np.random.default_rng(seed)
    said = said_at_random(rng)
    findings = [Finding(key, key, values, "neutral") for key, values in said]
    rows = [(f"I{j}", rng.choice([*AREAS, *LEVELS]), 1e6, rng.normal() * 1e6) for j in range(rng.integers(0, 4))]
    chosen = [name for name, *_ in rows if rng.random() < 0.3]
    steps = next_steps([page(*said), page(results=[plan(*rows, chosen=chosen)] if rows else [])], {})
    kept = {finding.subject for finding in findings if finding.key == "act.keep"}
    for step in steps:
        subject, key = step.finding.subject, step.finding.key
        advice = {"step.lift": "lift_more", "step.lift_more": "lift_more", "step.lift_low": "lift_low", "step.limit": "limit",
                  "step.try_limit": "limit"}.get(key)  # fmt: skip
        asks = [finding for finding in findings if finding.says.advises == advice and finding.subject == subject]
        assert advice is None or not any(other.speaks_against(asks[0]) for other in findings)
        assert not (key in ("step.gap", "step.lift", "step.lift_more", "step.lift_low") and subject in kept)
        if step.planned is not None and step.planned.key == "planned.dear":
            assert all(money < 0 and name not in chosen for name, about, _, money in rows if about == subject)
        assert finding_line(step.finding, "da", "DKK")
