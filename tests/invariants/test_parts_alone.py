"""Each part of client.yml that 05 can use is enough for a page: who has no logs of contacts still learns whom nobody called back."""

import pytest

from tests.analyses.department_cases import SETTINGS, department_folder, department_tables
from tests.invariants.pages import pages_of

SURVEY = ("client", "name", "language", "survey")


def kept(settings: str, *parts: str) -> str:
    """The lines of these parts."""
    lines, here = [], False
    for line in settings.splitlines(keepends=True):
        here = line.split(":")[0] in parts if line[:1].strip() else here
        lines += [line] if here else []
    return "".join(lines)


@pytest.mark.parametrize(("part", "first"), [("closed_loop", "clock."), ("units", "units."), ("journey", "")])
def test_a_part_of_the_journey_is_enough_for_its_page(tmp_path, monkeypatch, part, first):
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    folder = department_folder(tmp_path / "acme", department_tables())
    (folder / "client.yml").write_text(kept(SETTINGS.format(language="en"), *SURVEY, part))
    page = pages_of("acme", "journey")["journey"]
    assert page.error is None and not page.left_out
    assert page.asked and page.asked[0][0]["findings"][0]["key"].startswith(first)


def test_without_any_of_them_there_is_no_page(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    folder = department_folder(tmp_path / "acme", department_tables())
    (folder / "client.yml").write_text(kept(SETTINGS.format(language="en"), *SURVEY))
    assert pages_of("acme", "journey")["journey"].left_out
