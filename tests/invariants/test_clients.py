"""What holds of every report, whatever client it is of: tried on clients made from seeds."""

import re

import pytest

from cxlib.engagement.checking import problems
from cxlib.engagement.problems import errors
from cxlib.report.front_page.overview import front_findings
from tests.invariants import held, rules
from tests.invariants.clients import Twist, generated
from tests.invariants.comparison import differences, turned_differences
from tests.invariants.pages import told
from tests.invariants.privacy import too_small, worked_out

OTHERWISE = Twist(heading="another ", constant=True, weights=4.0, language="sv")
BROKEN = re.compile(r"\bnan\b|\binf\b|\bNone\b(?! of)|\bTrue\b|\bFalse\b|[{}]")


def test_check_finds_nothing_wrong(seed, tmp_path, monkeypatch):
    """The generator makes clients that the product takes: otherwise nothing below would be tested."""
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    client = generated(seed)
    client.written(tmp_path)
    assert errors(problems(client.id)) == []


def test_every_page_stands(pages, seed):
    assert {name: page.error for name, page in pages(seed).items() if page.error} == {}


def test_estimates_lie_in_their_intervals(pages, seed):
    assert [each for result in _results(pages(seed)) for each in held.intervals(result) if held.outside(each)] == []


def test_figures_lie_on_their_scale(pages, seed):
    assert [each for result in _results(pages(seed)) for each in held.figures(result) if held.outside(each)] == []


def test_sentences_name_numbers_that_are_held(pages, seed):
    assert [unknown for result in _results(pages(seed)) if (unknown := held.unknown_numbers(result))] == []


def test_what_differs_from_zero_is_not_printed_as_zero(pages, seed):
    assert [each for page in pages(seed).values() for each in held.printed_as_zero(page)] == []


def test_sentences_are_whole(pages, seed):
    if not generated(seed).traits.odd:  # an odd client may be called None
        assert [line.sentence for line in told(pages(seed)) if BROKEN.search(line.sentence)] == []


def test_a_summary_holds_for_each_row_that_it_sums_up(pages, seed):
    found = [
        f"{result['name']} {finding['key']} {finding['values']}: {says}"
        for name, page in pages(seed).items()
        for result, finding, says in rules.broken_promises(name, page.results)
    ]
    assert found == []


def test_no_two_sentences_of_a_report_exclude_each_other(pages, seed):
    found = [f"{clash.why}: {one.sentence} / {other.sentence}" for clash, one, other in rules.clashes(told(pages(seed)))]
    assert found == []


def test_the_front_page_calls_nothing_strong_and_weak(pages, seed):
    """A figure may have risen and still miss its target; an area, a criterion, a service level or an initiative is one or
    the other."""
    lists = front_findings([page.as_page() for page in pages(seed).values() if page.asked])
    strong, weak = ({each.finding.subject for each in lists[name]} for name in ("strengths", "weaknesses"))
    things = {each.finding.values.get(slot) for each in lists["strengths"] for slot in ("block", "criterion", "service", "name")}
    assert strong & weak & things - {None} == set()


def test_no_small_group_is_shown_or_can_be_worked_out(pages, seed):
    found = [
        f"{result['name']} {each}"
        for name, page in pages(seed).items()
        for result, _ in page.asked
        for each in (*too_small(result), *worked_out(name, result))
    ]
    assert found == []


def test_told_otherwise_it_is_the_same(pages, seed):
    """Other headings, a column of which nothing changes, weights four times as large, another language."""
    assert list(differences(pages(seed), pages(seed, OTHERWISE))) == []


def test_rows_in_another_order_change_nothing(pages, seed):
    assert list(differences(pages(seed), pages(seed, Twist(order=3)))) == []


@pytest.mark.parametrize(("question", "part", "page"), [("effort", "effort", "status"), ("satisfaction", "satisfaction", "status"),
                                                        ("outcome", "tipping", "tipping_points"), ("level", "tipping", "tipping_points")])  # fmt: skip
def test_a_scale_turned_round_turns_the_verdict(pages, seed, question, part, page):
    if part in generated(seed).parts:
        turned = pages(seed, Twist(turned=frozenset({question})), page)
        assert list(turned_differences(question, pages(seed), turned)) == []


def _results(pages):
    return [result for page in pages.values() for result, _ in page.asked]
