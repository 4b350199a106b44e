"""Every page of every demo client, opened in Chromium: nothing is fetched, nothing is wider than the screen, it prints."""

import base64

import pytest

from cxlib.engagement import open_client
from cxlib.report import Page as ReportPage
from cxlib.report.cover import Cover
from cxlib.report.html import page_html
from tests.browser.conftest import pages
from tests.browser.seen import A4_HIGH, A4_WIDE, DESK, PAPER, SCREENS, read, shown
from tests.report.executed import shipped
from tests.report.reshown import Longer, reshown

LARGEST = 250 * 1024  # bytes of one page
WHITE = "rgb(255, 255, 255)"


def test_pages_fetch_nothing_and_complain_of_nothing(seen, reports, client):
    for page in pages(reports, client):
        assert seen(page, DESK)["asked"] == [page.resolve().as_uri()]
        assert seen(page, DESK)["complaints"] == []


def test_a_fetch_would_be_seen(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p>a</p><img src="missing.png">')
    found = read(browser, page, DESK)
    assert found["asked"] == [page.as_uri(), (tmp_path / "missing.png").as_uri()]
    assert found["complaints"] and found["empty"] == found["unsaid"] == 1


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_are_no_wider_than_the_screen(seen, reports, report, screen):
    for page in pages(reports, report):
        found = seen(page, SCREENS[screen])
        assert found["width"] <= SCREENS[screen].width, f"{page.name} is {found['width']} px wide"
        assert screen == "phone" or found["wider"] == [], page.name


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


@pytest.mark.parametrize("screen", SCREENS)
def test_text_that_is_40_percent_longer_fits(seen, longer, screen):
    assert len(longer) == len(shipped())
    for page in longer:
        found = seen(page, SCREENS[screen])
        assert found["width"] <= SCREENS[screen].width and found["outside"] == [], page.name


def test_pages_can_be_read_without_seeing_them(seen, reports, client):
    for page in pages(reports, client):
        found = seen(page, DESK)
        assert found["language"] == open_client(client).language and found["title"].strip()
        assert found["levels"].count(1) == 1
        assert found["unsaid"] == found["empty"] == found["headless"] == 0, page.name


def test_links_lead_somewhere(seen, reports, client):
    for page in pages(reports, client):
        found = seen(page, DESK)
        assert len(found["links"]) >= 2
        for link in found["links"]:
            assert link[1:] in found["ids"] if link.startswith("#") else (page.parent / link).is_file(), link
        if page.name != "index.html":
            contents = found["contents"]
            assert contents == found["headings"] and len(set(contents)) == len(contents) >= 1


def test_charts_and_tables_print_uncut(seen, reports, report):
    """As wide as the text of an A4 page: no chart is higher than the page, nothing is wider, nothing has to be opened."""
    for page in pages(reports, report):
        found = seen(page, PAPER)
        assert found["wider"] == [] and found["folds"] == 0, page.name
        for high, width, breaks in found["figures"]:
            assert high <= A4_HIGH and width <= A4_WIDE and breaks == "avoid", page.name
        assert found["ground"] == WHITE


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
    appendix = sizes.pop("appendix.html", 0)  # there is none in the edition for a board
    assert appendix <= max(LARGEST, sum(sizes.values()) / 2), "it repeats what the pages fold, and no more"
    assert max(sizes.values()) <= LARGEST, sizes
