"""Chromium, and the reports of all demo clients, each made once for all browser tests."""

import shutil
from pathlib import Path

import pytest

from cxlib.engagement import client_ids
from cxlib.render.batch import rendered_clients
from tests.conftest import ROOT

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = """headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking
disable-component-update disable-sync hide-scrollbars"""
WIDTHS = {"phone": 360, "desk": 1280}


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """The reports of all demo clients, rendered once for all tests."""
    out = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CX_CLIENTS", raising=False)
        outcomes = list(rendered_clients(client_ids(), out, jobs=2))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return out


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
    yield driver
    driver.quit()


@pytest.fixture(params=sorted(path.name for path in (ROOT / "data" / "clients").iterdir() if path.is_dir()))
def client(request):
    return request.param


def pages(reports: Path, client: str) -> list[Path]:
    found = sorted((reports / client).glob("*.html"))
    assert len(found) >= 2
    return found


def shown(browser, page: Path, width: int = WIDTHS["desk"]) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.resolve().as_uri())
