"""Every page of every demo client against axe-core: no serious or critical finding, whatever the client's colour."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from cxlib.report.cover import Cover
from cxlib.report.html import page_html
from tests.browser.conftest import WIDTHS, pages, shown
from tests.report.executed import shipped

pytestmark = pytest.mark.skipif(not find_spec("axe_core_python"), reason="axe-core-python is not installed")
WHITE = "rgb(255, 255, 255)"
BLACK = "rgb(29, 39, 51)"  # the ink of a light page
INKS = "return [...document.querySelectorAll('svg.chart text')].filter(e => e.getClientRects().length).map(e => getComputedStyle(e).fill)"
GRAVE = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
CONTRAST = "color-contrast"  # half of axe's work, and the one rule that asks for colours
SMALLEST = 24  # pixels of a target that does not stand in running text (WCAG 2.2, 2.5.8)
SMALL_TARGETS = """
const inText = e => ['P', 'LI', 'H2', 'TD'].includes(e.parentElement.tagName);
return [...document.querySelectorAll('a[href], summary')].filter(e => e.offsetParent && !inText(e))
    .filter(e => e.getBoundingClientRect().height < arguments[0]).map(e => e.outerHTML.slice(0, 80));
"""


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


# Colours are those of the desk on a phone, and the order of things is that of the light in the dark; make test-slow asks all.


@pytest.mark.parametrize(
    ("screen", "rules"),
    [
        pytest.param("desk", ALL_RULES, id="desk"),
        pytest.param("phone", ALL_BUT_COLOURS, id="phone"),
        pytest.param("phone", COLOURS, id="phone-colours", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_serious_on_any_page(browser, reports, client, screen, rules):
    for page in pages(reports, client):
        shown(browser, page, WIDTHS[screen])
        assert grave(findings(browser, rules)) == [], page.name


@pytest.mark.parametrize(
    "rules",
    [pytest.param(COLOURS, id="colours"), pytest.param(ALL_BUT_COLOURS, id="others", marks=pytest.mark.slow)],
)
def test_axe_finds_nothing_serious_in_the_dark(browser, reports, client, rules):
    for page in pages(reports, client):
        shown(browser, page, scheme="dark")
        assert browser.execute_script("return getComputedStyle(document.documentElement).backgroundColor") != WHITE
        assert grave(findings(browser, rules)) == [], page.name
        assert not set(browser.execute_script(INKS)) & {BLACK}, page.name  # the words of a chart are light on a dark page


def test_charts_have_their_source_below_them(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        told = browser.execute_script("return [...document.querySelectorAll('figure')].map(e => e.innerText.trim())")
        assert all(" n = " in text for text in told), page.name


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


def test_what_is_touched_on_a_phone_is_large_enough(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page, WIDTHS["phone"])
        assert browser.execute_script(SMALL_TARGETS, SMALLEST) == [], page.name


def test_pages_are_headed_in_order_and_tables_name_their_columns(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        levels = browser.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
        bare = "return [...document.querySelectorAll('table')].filter(t => !t.querySelector('th[scope=col]')).length"
        assert browser.execute_script(bare) == 0
