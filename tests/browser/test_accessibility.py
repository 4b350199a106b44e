"""Every page of every demo client against axe-core: no serious or critical finding, whatever the client's colour."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from cxlib.report.cover import Cover
from cxlib.report.html import page_html
from tests.browser.conftest import pages
from tests.browser.seen import DARK, DESK, PHONE, shown
from tests.report.executed import shipped

pytestmark = pytest.mark.skipif(not find_spec("axe_core_python"), reason="axe-core-python is not installed")
WHITE = "rgb(255, 255, 255)"
BLACK = "rgb(29, 39, 51)"  # the ink of a light page
GRAVE = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
CONTRAST = "color-contrast"  # half of axe's work, and the one rule that asks for colours
ALL_RULES = {"runOnly": RULES}
COLOURS = {"runOnly": [CONTRAST]}
ALL_BUT_COLOURS = ALL_RULES | {"rules": {CONTRAST: {"enabled": False}}}


def findings(browser, rules=ALL_RULES) -> list[str]:
    """What axe finds on the page that is open: "serious: color-contrast (2): <a href=...>"."""
    from axe_core_python.base import AXE_SCRIPT

    browser.execute_script(AXE_SCRIPT)
    run = "axe.run(document, arguments[0]).then(arguments[1])"
    broken = browser.execute_async_script(run, rules | {"resultTypes": ["violations"], "preload": False})["violations"]
    return [
        f"{rule['impact']}: {rule['id']} ({len(rule['nodes'])}): {rule['nodes'][0]['html'][:200]}" for rule in broken
    ]


def grave(found: list[str]) -> list[str]:
    return [finding for finding in found if finding.partition(":")[0] in GRAVE]


def test_axe_finds_nothing_serious_on_any_page(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page, DESK)
        assert grave(findings(browser)) == [], page.name


# Colours are those of the desk on a phone, and the order of things is that of the light in the dark; make test-slow asks all.


@pytest.mark.parametrize(
    ("screen", "rules"),
    [
        pytest.param(PHONE, ALL_BUT_COLOURS, id="phone"),
        pytest.param(DARK, COLOURS, id="dark"),
        pytest.param(PHONE, COLOURS, id="phone-colours", marks=pytest.mark.slow),
        pytest.param(DARK, ALL_BUT_COLOURS, id="dark-others", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_serious_on_a_phone_or_in_the_dark(browser, reports, few, screen, rules):
    for page in pages(reports, few):
        shown(browser, page, screen)
        assert grave(findings(browser, rules)) == [], page.name


def test_a_front_page_keeps_its_contrast_in_the_dark_whatever_the_clients_colour(browser, reports, client):
    shown(browser, reports / client / "index.html", DARK)
    assert grave(findings(browser, COLOURS)) == []


def test_the_words_of_charts_are_light_in_the_dark(seen, reports, client):
    for page in pages(reports, client):
        found = seen(page, DARK)
        assert found["ground"] != WHITE and not set(found["inks"]) & {BLACK}, page.name


def test_charts_have_their_source_below_them(seen, reports, client):
    for page in pages(reports, client):
        assert all(" n = " in text for text in seen(page, DESK)["told"]), page.name


@pytest.mark.parametrize("colour", ["#ffe600", "#000000", "#7f7f7f"])
def test_a_clients_colour_never_takes_the_contrast_away(browser, tmp_path, colour):
    cover = Cover(client="Acme", language="sv", period="2025", colour=colour, inputs={"client.yml": "0" * 64})
    page = tmp_path / "page.html"
    page.write_text(page_html(shipped()["status"], cover), encoding="utf-8")
    shown(browser, page)
    assert grave(findings(browser, COLOURS)) == []


def test_axe_would_find_faults(browser, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text('<title>x</title><p style="color:#ccc">pale</p><img src="data:,x">', encoding="utf-8")
    shown(browser, page)
    found = {finding.split()[1] for finding in grave(findings(browser))}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found


def test_what_is_touched_on_a_phone_is_large_enough(seen, reports, client):
    for page in pages(reports, client):
        assert seen(page, PHONE)["small"] == [], page.name


def test_pages_are_headed_in_order_and_tables_name_their_columns(seen, reports, client):
    for page in pages(reports, client):
        levels = seen(page, DESK)["levels"]
        assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
        assert seen(page, DESK)["unnamed"] == 0
