"""No remedy leads astray: each that a message can give is obeyed mechanically, and ends at the right answer.

The remedies are collected from the source, so a new message without a case fails here: give it one in `of_*.py`.
"""

import pytest

from cxlib.engagement import DataError
from tests.engagement.remedies import of_journey, of_parts, of_rollout, of_settings, of_tables
from tests.engagement.remedies.cases import World
from tests.engagement.remedies.collected import remedies
from tests.engagement.remedies.of_calls import CALLS, ELSEWHERE, NO_CASE_YET, NO_TEST_CAN

CASES = of_settings.CASES | of_tables.CASES | of_parts.CASES | of_journey.CASES | of_rollout.CASES
REMEDIES = {str(each): each for each in remedies()}


def test_every_remedy_is_obeyed_somewhere():
    assert len(REMEDIES) > 300  # the collection itself works
    tried = [*CASES, *CALLS, *NO_TEST_CAN, *ELSEWHERE, *NO_CASE_YET]
    assert sorted(REMEDIES.keys() - tried) == [], "no case obeys these"
    assert sorted(set(tried) - REMEDIES.keys()) == [], "nobody says these any more"
    assert len(set(tried)) == len(tried)


@pytest.mark.parametrize("remedy", [each for each in CALLS if each in REMEDIES], ids=str)
def test_a_call_that_is_made_as_the_remedy_says_is_not_refused(clients, monkeypatch, tmp_path, remedy):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    world = World(clients, tmp_path / "here", monkeypatch)
    world.here.mkdir()
    monkeypatch.chdir(world.here)
    with pytest.raises(DataError) as refused:
        CALLS[remedy].wrong(world)
    found = [problem.remedy for problem in refused.value.problems if REMEDIES[remedy].said_by(problem.remedy)]
    assert found, str(refused.value)
    assert CALLS[remedy].right(world, found[0])


@pytest.mark.parametrize(
    ("before", "now"),
    [("A remedy", True), ("Another", False)],
)
def test_a_remedy_that_no_case_obeys_is_found(before, now, monkeypatch, tmp_path):
    from tests.engagement.remedies import collected

    (tmp_path / "new.py").write_text('def check(folder, near):\n    rule, remedy = "r", f"Write {near}" if near else "A remedy"\n    return Problem("f", rule, remedy)\n')
    monkeypatch.setattr(collected, "ROOT", tmp_path)
    found = {each.text for each in collected.remedies.__wrapped__()}
    assert found == {"Write {}", "A remedy"} and (before in found) is now
