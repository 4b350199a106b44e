"""A report in the words of another trade: pages, front page, workbook, slides and business case follow; client texts stay."""

import html
import re
import shutil
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from cxlib.analyses import maturity
from cxlib.engagement import open_client
from cxlib.render.report import build_report
from cxlib.render.request import Request
from cxlib.report import Page
from cxlib.report.language.trade import KEPT
from cxlib.report.language.words import CITED, ours, translated
from tests.conftest import ROOT
from tests.report.language.test_trade import HOUSE, OTHER_WORDS

WORDS = "\nwords: {asked: members, measured: trust}\n"
SAID = {"en": ("members", "trust"), "da": ("medlemmer", "tillid"), "sv": ("medlemmar", "förtroende")}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """copied("harbour") -> the folder of that demo client, who now asks members about trust."""

    def made(client: str) -> Path:
        folder = shutil.copytree(ROOT / "data" / "clients" / client, tmp_path / "clients" / client)
        with (folder / "client.yml").open("a", encoding="utf-8") as file:
            file.write(WORDS)
        monkeypatch.setenv("CX_CLIENTS", str(folder.parent))
        return folder

    return made


@pytest.fixture
def rendered(copied, tmp_path):
    """rendered("harbour", "sv", "status") -> the folder of that demo client's report about members and trust."""

    def made(client: str, language: str, *only: str, **parameters: object) -> Path:
        copied(client)
        request = Request(only, language, parameters, slides=find_spec("pptx") is not None)
        return build_report(client, tmp_path / "out", request).folder

    return made


def shown(file: Path) -> str:
    """What a reader reads in a file, alternative texts too."""
    if file.suffix == ".html":
        code = re.sub(r"<style.*?</style>|src=\"[^\"]*\"", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        return html.unescape(re.sub(r"<(?!img)[^>]*>", " ", code))
    parts = zipfile.ZipFile(file)
    names = [name for name in parts.namelist() if name.endswith(".xml") and not name.startswith("docProps")]
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", parts.read(name).decode("utf-8")) for name in names))


def own_texts(client: str) -> list[str]:
    """The texts of client.yml and of the initiatives, longest first: labels, headings, names of files and columns."""

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for pair in value.items() for part in pair for text in texts(part)]
        return [text for part in value for text in texts(part)] if isinstance(value, list) else [str(value)]

    folder = ROOT / "data" / "clients" / client
    found = texts(yaml.safe_load((folder / "client.yml").read_text(encoding="utf-8")))
    if (folder / "initiatives.csv").exists():
        found += re.split(r"[;,\n]", (folder / "initiatives.csv").read_text(encoding="utf-8"))
    return sorted({text for text in found if len(text) > 5}, key=len, reverse=True)


def left(folder: Path, client: str, language: str) -> dict[str, list[str]]:
    """{file: words of the house in it, with what stands before}, but for client texts, what is cited, and names that tables go by."""
    cited = [translated(message, language).split("{")[0] for message, free in ours().items() if not free]
    kept = "|".join(re.escape(text) for text in [*own_texts(client), *cited])
    found = {}
    for file in sorted(folder.iterdir()):
        if file.suffix in (".html", ".xlsx", ".pptx"):
            text = re.sub(kept, " ", KEPT.sub(" ", shown(file)))
            text = re.sub(r"[\w.]*_\w+|\w+\.csv|\w+ = \w+", " ", text)  # names of tables, files and settings
            pattern = "|".join(HOUSE[language].values())
            words = [m for m in re.finditer(rf"(?<!\w)(?:{pattern})", text, re.IGNORECASE) if m[0].lower() not in OTHER_WORDS]
            found |= {file.name: [text[max(0, m.start() - 40) : m.end() + 20] for m in words]} if words else {}
    return found


@pytest.mark.parametrize("language", ["sv", pytest.param("en", marks=pytest.mark.slow)])  # sv bends its words; da below
def test_a_small_report_speaks_of_members_and_trust(rendered, language):
    folder = rendered("harbour", language, "status")
    assert left(folder, "harbour", language) == {}
    page = shown(folder / "02_status.html")
    assert all(page.lower().count(word) > 5 for word in SAID[language])
    assert page.count("Overall satisfaction") > 0  # the client's own label
    assert (folder / "harbour.xlsx").exists()


def test_a_business_case_speaks_of_members_and_trust(rendered):
    folder = rendered("nordlys", "da", "business_case", draws=400)
    assert left(folder, "nordlys", "da") == {}
    assert "Medlemmer" in shown(folder / "nordlys_case.xlsx")
    assert all(word in shown(folder / "index.html").lower() for word in SAID["da"])
    cited = shown(folder / "06_business_case.html")
    assert translated(next(m for m in ours() if m.startswith(CITED)), "da").split("(")[0] in cited


def test_a_shipped_maturity_model_asks_after_members_and_a_clients_own_after_whom_it_says(copied):
    folder = copied("nordlys")
    assert model_texts(folder) == ["Medlemsbevidst", "Medlemsorienteret", "Medlemsfokuseret", "Medlemsdrevet"]
    (folder / "models").mkdir()
    shutil.copy(ROOT / "templates" / "models" / "staircase.yml", folder / "models")
    assert model_texts(folder) == ["Kundebevidst", "Kundeorienteret", "Kundefokuseret", "Kundedrevet"]


def model_texts(folder: Path) -> list[str]:
    """The names of the first four levels of the staircase, as the page gets them."""
    engagement = open_client(folder.name, language="da")
    stairs = maturity.by_levels([engagement.maturity("staircase")], Page(**engagement.look).language)
    return list(stairs.staircase.levels.name)[:4]
