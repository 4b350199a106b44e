"""Chromium, and the reports of all demo clients in every language, each made once for all browser tests."""

import shutil
from functools import cache, partial
from pathlib import Path

import nbformat
import pytest

from cxlib.engagement import open_client
from cxlib.languages import LANGUAGES
from cxlib.render.report import report_cover
from cxlib.report import Page
from cxlib.report.html import page_html
from tests.browser.seen import read
from tests.conftest import ROOT
from tests.report.reshown import reshown

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = """headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking
disable-component-update disable-sync hide-scrollbars"""
LONGEST = 3600  # seconds, so that a busy machine fails no test
CLIENTS = sorted(path.name for path in (ROOT / "data" / "clients").iterdir() if path.is_dir())
FAST = "nordlys"  # the client of every question: its pages alone are asked twice by axe in `make test`, those of all in `make test-slow`


@pytest.fixture(scope="session")
def reports(demo_reports, tmp_path_factory):
    """The reports of all demo clients, rendered once for all tests: `nordlys`, and `nordlys.en` in another language."""
    out = tmp_path_factory.mktemp("browser")
    for client in CLIENTS:
        (out / client).symlink_to((demo_reports / client).resolve(), target_is_directory=True)
    return out


def _others(client: str) -> list[str]:
    return [language for language in LANGUAGES if language != open_client(client).language]


def _in_language(source: Path, target: Path, engagement) -> None:
    """The same results shown in another language; the overview is that of the client's own."""
    target.mkdir()
    shutil.copy(source / "index.html", target)
    cover, page = report_cover(engagement, {}, engagement.logo), Page(**engagement.look)
    for file in sorted(source.glob("[0-9]*.ipynb")):
        shown = reshown(nbformat.read(file, as_version=4), file.stem.split("_", 1)[1], page)
        (target / f"{file.stem}.html").write_text(page_html(shown, cover), encoding="utf-8")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    if not (CHROMIUM and DRIVER):
        pytest.skip("no chromium and chromedriver on this machine")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS.split():
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(LONGEST)
    driver.set_page_load_timeout(LONGEST)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def seen(browser):
    """seen(page, screen) -> what was read of the page when it was opened on that screen, once for all tests."""
    return cache(partial(read, browser))


@pytest.fixture(params=CLIENTS)
def client(request):
    return request.param


@pytest.fixture(params=[pytest.param(each, marks=[] if each == FAST else [pytest.mark.slow]) for each in CLIENTS])
def few(request):
    """The clients whose pages are asked what takes seconds a page."""
    return request.param


# The clients speak all languages among them; each in every language is for `make test-slow`.
IN_OTHERS = [f"{client}.{language}" for client in CLIENTS for language in _others(client)]


@pytest.fixture(params=[*CLIENTS, *(pytest.param(each, marks=[pytest.mark.slow]) for each in IN_OTHERS)])
def report(request):
    """Each client's report in each language."""
    return request.param


def pages(reports: Path, report: str) -> list[Path]:
    """The pages of a report; those in another language are made when they are first asked for."""
    client, _, language = report.partition(".")
    if language and not (reports / report).exists():
        _in_language(reports / client, reports / report, open_client(client, language=language))
    found = sorted((reports / report).glob("[0-9]*.html" if language else "*.html"))
    assert found and (len(found) >= 2 or language)
    return found
