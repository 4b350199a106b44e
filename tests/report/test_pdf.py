"""The joined report printed: contents that name the right pages, bytes that repeat, and what is said where nothing prints."""

import io
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
from markupsafe import Markup

from cxlib.report import chromium
from cxlib.report.chromium import NAMED, PROGRAMS, NotPrinted, browser, printed
from cxlib.report.cover import Cover
from cxlib.report.html import ContentsLine, PagePart

pypdf = pytest.importorskip("pypdf")
from cxlib.report.pdf import pdf, places  # noqa: E402

COVER = Cover(client="Åse & (Søn)", language="da")
needs_a_browser = pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="no browser that prints")


def report(sections: int) -> list[PagePart]:
    """A front page and pages of so many sections, each of them a third of a page long."""
    names = [f"Afsnit-{number}-æ?" for number in range(sections)]
    body = "".join(f'<section style="height: 80mm"><h2 id="{name}">Fund {name}</h2></section>' for name in names)
    lines = tuple(ContentsLine(name, Markup(name)) for name in names)
    pages = [PagePart(f"0{n}_side.html", "page", f"Side {n}", Markup(f"<h1>Side {n}</h1>{body}"), lines) for n in (1, 2)]
    return [PagePart("index.html", "front", "Rapport", Markup('<h1>Rapport</h1><a href="x.xlsx">x</a>')), *pages]


@needs_a_browser
@pytest.mark.parametrize("sections", [1, 9, 60], ids=["one", "nine", "contents of several columns"])
def test_the_contents_name_the_page_on_which_each_heading_lies(sections):
    document = pypdf.PdfReader(io.BytesIO(pdf(report(sections), COVER)))
    texts = [page.extract_text() for page in document.pages]
    numbers = places(document)
    heads = {f"0{n}_side": f"Side {n}\n" for n in (1, 2)} | {f"Afsnit-{k}-æ?": f"Fund Afsnit-{k}-æ?" for k in range(sections)}
    for anchor, heading in heads.items():
        assert heading.strip() in texts[numbers[anchor] - 1]
    contents = "".join(text for text in texts if "Indhold" in text)
    for name in (f"Afsnit-{k}-æ?" for k in range(sections)):
        assert f"{name}{numbers[name]}" in "".join(contents.split()) or f"{name}\n{numbers[name]}" in contents
    assert numbers["01_side"] >= 2


@needs_a_browser
def test_bytes_repeat_and_tell_neither_time_nor_machine():
    first, second = pdf(report(3), COVER), pdf(report(3), COVER)
    assert first == second
    document = pypdf.PdfReader(io.BytesIO(first))
    assert document.metadata.title == "Rapport – Åse & (Søn)" and {*document.metadata} == {"/Title", "/Producer"}
    assert document.outline and document.root_object["/Lang"] == "da"
    assert b"file:" not in first and tempfile.gettempdir().encode() not in first


def program(folder: Path, body: str) -> str:
    file = folder / "browser"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for the browser")
@pytest.mark.parametrize(
    ("body", "said"),
    [("echo first; echo no display >&2; exit 3", "code 3 .*no display"), ("sleep 60 & sleep 60", "within 0.3 seconds"), ("exit 0", "did not print")],
)
def test_a_browser_that_does_not_print_is_told_of_and_nothing_is_left(body, said, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv(NAMED, program(tmp_path, body))
    with pytest.raises(NotPrinted, match=said):
        printed("<p>x</p>", longest=0.3 if "sleep" in body else 60)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_browser_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv(NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPrinted, match=f"install one, or say where it is: {NAMED}="):
        browser()
    monkeypatch.setenv(NAMED, "nowhere/chrome")
    with pytest.raises(NotPrinted, match="'nowhere/chrome', and no program is there"):
        browser()


def test_the_browser_is_given_no_network_and_a_profile_of_its_own():
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in chromium.OPTIONS and "--headless" in chromium.OPTIONS
