"""Every page of every demo client, opened in Chromium: nothing is fetched, nothing is wider than the screen, it prints."""

import base64
import json

import pytest

from cxlib.engagement import open_client
from tests.browser.conftest import WIDTHS, pages, shown

LARGEST = 250 * 1024  # bytes of one page


def addresses(browser) -> list[str]:
    """What the page asked for since the last call, pictures that it carries itself aside."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [url for url in asked if not url.startswith("data:")]


def test_pages_fetch_nothing_and_complain_of_nothing(browser, reports, client):
    for page in pages(reports, client):
        browser.get("about:blank")
        addresses(browser), browser.get_log("browser")
        shown(browser, page)
        assert addresses(browser) == [page.resolve().as_uri()]
        assert browser.get_log("browser") == []


def test_a_fetch_would_be_seen(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p>a</p><img src="missing.png">')
    addresses(browser), browser.get_log("browser")
    shown(browser, page)
    assert addresses(browser) == [page.as_uri(), (tmp_path / "missing.png").as_uri()]
    assert browser.get_log("browser")


@pytest.mark.parametrize("screen", WIDTHS)
def test_pages_are_no_wider_than_the_screen(browser, reports, client, screen):
    for page in pages(reports, client):
        shown(browser, page, WIDTHS[screen])
        width = browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= WIDTHS[screen], f"{page.name} is {width} px wide"


def test_pages_can_be_read_without_seeing_them(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        ask = browser.execute_script
        assert ask("return document.documentElement.lang") == open_client(client).language
        assert ask("return document.title").strip()
        assert ask("return document.querySelectorAll('h1').length") == 1
        assert (
            ask("return [...document.images].filter(i => i.alt.trim().length < 20 && !i.matches('.logo')).length") == 0
        )
        assert ask("return [...document.images].filter(i => !i.complete || !i.naturalWidth).length") == 0
        assert ask("return [...document.querySelectorAll('table')].filter(t => !t.querySelector('th')).length") == 0


def test_links_lead_somewhere(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        links = browser.execute_script("return [...document.links].map(a => a.getAttribute('href'))")
        ids = set(browser.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)"))
        assert len(links) >= 2
        for link in links:
            assert link[1:] in ids if link.startswith("#") else (page.parent / link).is_file(), link
        if page.name != "index.html":
            headings = browser.execute_script("return [...document.querySelectorAll('h2')].map(e => '#' + e.id)")
            contents = browser.execute_script(
                "return [...document.querySelectorAll('nav ol a')].map(a => a.getAttribute('href'))"
            )
            assert contents == headings and len(set(contents)) == len(contents) >= 2


def test_pages_print_on_a4(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        pdf = base64.b64decode(printed["data"])
        boxes = {tuple(round(float(side)) for side in box.split()) for box in _boxes(pdf)}
        assert pdf.startswith(b"%PDF") and boxes == {(0, 0, 595, 842)}


def _boxes(pdf: bytes) -> list[str]:
    return [piece.split(b"]")[0].decode().strip(" [") for piece in pdf.split(b"/MediaBox")[1:]]


def test_pages_are_light(reports, client):
    sizes = {page.name: page.stat().st_size for page in pages(reports, client)}
    assert max(sizes.values()) <= LARGEST, sizes
