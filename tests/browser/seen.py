"""What Chromium makes of a page on a screen, read in one go: a page is opened once a screen, and every test reads what was seen."""

import json
from dataclasses import dataclass
from pathlib import Path

A4_WIDE, A4_HIGH = (210 - 32) / 25.4 * 96, (297 - 38) / 25.4 * 96  # CSS pixels inside the margins of the style sheet
SMALLEST = 24  # pixels of a target that does not stand in running text (WCAG 2.2, 2.5.8)


@dataclass(frozen=True)
class Screen:
    width: int
    media: str = ""
    scheme: str = "light"


DESK, PHONE = Screen(1280), Screen(360)
DARK = Screen(1280, scheme="dark")
PAPER = Screen(int(A4_WIDE), "print", "dark")  # as wide as the text of an A4 page, printed by one who reads in the dark
SCREENS = {"phone": PHONE, "desk": DESK}

# in print nothing waits to be opened: a fold of a page is left out, and the appendix has all of them laid open
READ = """
const all = what => [...document.querySelectorAll(what)], box = e => e.getBoundingClientRect(), stands = e => e.getClientRects().length;
const inText = e => ['P', 'LI', 'H2', 'TD'].includes(e.parentElement.tagName), start = e => e.outerHTML.slice(0, 80);
return {
    language: document.documentElement.lang,
    title: document.title,
    ground: getComputedStyle(document.documentElement).backgroundColor,
    inks: all('svg.chart text').filter(stands).map(e => getComputedStyle(e).fill),
    width: document.documentElement.scrollWidth,
    wider: all('.table, .picture').filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => `${e.className} ${e.scrollWidth} > ${e.clientWidth}: ${e.innerText.slice(0, 60)}`),
    outside: all('main *, nav *, header *').filter(e => !e.closest('.table, .picture, pre')).filter(e => box(e).right > innerWidth + 1).map(start),
    figures: all('figure').filter(stands).map(e => [box(e).height,
        Math.max(...[...e.querySelectorAll('img, svg')].map(each => box(each).width)), getComputedStyle(e).breakInside]),
    told: all('figure').map(e => e.innerText.trim()),
    folds: all('.page details, .front details').filter(stands).length,
    levels: all('h1,h2,h3,h4').map(h => +h.tagName[1]),
    headings: all('h2').map(e => '#' + e.id),
    contents: all('nav ol a').map(a => a.getAttribute('href')),
    links: [...document.links].map(a => a.getAttribute('href')),
    ids: all('[id]').map(e => e.id),
    unsaid: [...document.images].filter(i => i.alt.trim().length < 20 && !i.matches('.logo')).length,
    empty: [...document.images].filter(i => !i.complete || !i.naturalWidth).length,
    headless: all('table').filter(t => !t.querySelector('th')).length,
    unnamed: all('table').filter(t => !t.querySelector('th[scope=col]')).length,
    small: all('a[href], summary').filter(e => e.offsetParent && !inText(e)).filter(e => box(e).height < arguments[0]).map(start),
};
"""


def shown(browser, page: Path, screen: Screen = DESK) -> None:
    features = [{"name": "prefers-color-scheme", "value": screen.scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": screen.media, "features": features})
    size = {"width": screen.width, "height": 900, "deviceScaleFactor": 1, "mobile": screen.width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.resolve().as_uri())


def read(browser, page: Path, screen: Screen) -> dict:
    """Opens the page. READ, with `asked`, the addresses that it asked for, and `complaints`, what the browser said of it."""
    browser.get("about:blank")
    addresses(browser), browser.get_log("browser")
    shown(browser, page, screen)
    found = browser.execute_script(READ, SMALLEST)
    return found | {"asked": addresses(browser), "complaints": browser.get_log("browser")}


def addresses(browser) -> list[str]:
    """What the page asked for since the last call, pictures that it carries itself aside."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [url for url in asked if not url.startswith("data:")]
