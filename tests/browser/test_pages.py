"""Every page of every demo client, opened in Chromium: nothing is fetched, nothing is wider than the screen, it prints."""

import base64
import json

import pytest

from cxlib.engagement import open_client
from cxlib.report import Page as ReportPage
from cxlib.report.cover import Cover
from cxlib.report.html import page_html
from tests.browser.conftest import WIDTHS, pages, shown
from tests.report.executed import shipped
from tests.report.reshown import Longer, reshown

LARGEST = 250 * 1024  # bytes of one page
LARGEST_APPENDIX = 2 * LARGEST  # it has the tables and the detailed pictures of all notebooks
A4_WIDE, A4_HIGH = (210 - 32) / 25.4 * 96, (297 - 38) / 25.4 * 96  # CSS pixels inside the margins of the style sheet
WHITE = "rgb(255, 255, 255)"
WIDER = """
return [...document.querySelectorAll('.table, .picture')].filter(e => e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.className} ${e.scrollWidth} > ${e.clientWidth}: ${e.innerText.slice(0, 60)}`);
"""
OUTSIDE = """
return [...document.querySelectorAll('main *, nav *, header *')].filter(e => !e.closest('.table, .picture, pre'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80));
"""
FIGURES = """
return [...document.querySelectorAll('figure')].filter(e => e.getClientRects().length).map(e => [e.getBoundingClientRect().height,
    Math.max(...[...e.querySelectorAll('img, svg')].map(each => each.getBoundingClientRect().width)), getComputedStyle(e).breakInside]);
"""
# in print nothing waits to be opened: a fold of a page is left out, and the appendix has all of them laid open
FOLDS = "return [...document.querySelectorAll('.page details, .front details')].filter(e => e.getClientRects().length).length"


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
def test_pages_are_no_wider_than_the_screen(browser, reports, report, screen):
    for page in pages(reports, report):
        shown(browser, page, WIDTHS[screen])
        width = browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= WIDTHS[screen], f"{page.name} is {width} px wide"
        assert screen == "phone" or browser.execute_script(WIDER) == [], page.name


@pytest.fixture(scope="module")
def longer(tmp_path_factory):
    """The pages of the shipped notebooks in a language whose words are 40% longer."""
    folder = tmp_path_factory.mktemp("longer")
    cover = Cover(client="Acme", language="da", period="2025", currency="DKK", inputs={"client.yml": "0" * 64})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxlib.report.language.words.catalogue", lambda language: Longer())
        for name, notebook in shipped().items():
            html = page_html(reshown(notebook, name, ReportPage(language="da", currency="DKK")), cover)
            (folder / f"{name}.html").write_text(html)
    return sorted(folder.iterdir())


@pytest.mark.parametrize("screen", WIDTHS)
def test_text_that_is_40_percent_longer_fits(browser, longer, screen):
    assert len(longer) == len(shipped())
    for page in longer:
        shown(browser, page, WIDTHS[screen])
        assert browser.execute_script("return document.documentElement.scrollWidth") <= WIDTHS[screen], page.name
        assert browser.execute_script(OUTSIDE) == [], page.name


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
            assert contents == headings and len(set(contents)) == len(contents) >= 1


def test_charts_and_tables_print_uncut(browser, reports, report):
    """As wide as the text of an A4 page: no chart is higher than the page, nothing is wider, nothing has to be opened."""
    for page in pages(reports, report):
        shown(browser, page, int(A4_WIDE), "print", "dark")
        assert browser.execute_script(WIDER) == [], page.name
        for high, width, breaks in browser.execute_script(FIGURES):
            assert high <= A4_HIGH and width <= A4_WIDE and breaks == "avoid", page.name
        assert browser.execute_script(FOLDS) == 0
        assert browser.execute_script("return getComputedStyle(document.documentElement).backgroundColor") == WHITE


def test_pages_print_on_a4(browser, reports, client):
    for page in pages(reports, client):
        shown(browser, page)
        printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        pdf = base64.b64decode(printed["data"])
        boxes = {tuple(round(float(side)) for side in box.split()) for box in _boxes(pdf)}
        assert pdf.startswith(b"%PDF") and boxes == {(0, 0, 595, 842)}


def _boxes(pdf: bytes) -> list[str]:
    return [piece.split(b"]")[0].decode().strip(" [") for piece in pdf.split(b"/MediaBox")[1:]]


def test_pages_are_light(reports, report):
    sizes = {page.name: page.stat().st_size for page in pages(reports, report)}
    assert sizes.pop("appendix.html", 0) <= LARGEST_APPENDIX  # there is none in the edition for a board
    assert max(sizes.values()) <= LARGEST, sizes
