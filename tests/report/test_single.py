"""Parts joined into one file: whatever they hold, ids are unique and everything leads to what it led to before."""

import random
import re
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from cxlib.render.publish import check_page
from cxlib.report.cover import Cover
from cxlib.report.html import ContentsLine, PagePart
from cxlib.report.single import joined, single_html

COVER = Cover(client="Acme", language="en")
FILES = ("index.html", "01_maturity.html", "02_status.html", "appendix.html")
NAMES = ("a", "b", "Hvor-står-vi?", "content", "02_status", "contents", "c1f-t", "x&y", "02_status.html", "a-b", "02_status-a")


class Seen(HTMLParser):
    """Each element as (mark, tag, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((dict(attrs).get("data-mark"), tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def part(chance, file):
    """A part full of names, of what refers to them, and of links to other files."""
    pieces = []
    for number in range(25):
        mark, name = f'data-mark="{file}:{number}"', str(Markup.escape(chance.choice(NAMES)))
        other, quote = f"{chance.choice(['', *FILES])}#{name}", chance.choice("\"'")
        pieces += [
            chance.choice([
                f"<h2 {mark} id={quote}{name}{quote}>H</h2>",
                f'<svg {mark} viewBox="0 0 1 1" role="img" aria-labelledby="{name} b"><title ID="{name}" {mark}t>T</title></svg>',
                f'<g {mark} clip-path="url(#{name})" style="fill: url(\'#{name}\')"></g>',
                f"<a {mark} href={quote}{other}{quote}>1 &lt; 2 &amp; id=\"a\"</a>",
                f'<a {mark} href="{chance.choice(FILES)}">L</a>',
                f"<td {mark} headers={name} hidden>x</td>\n",
                "<!-- <p id='a'> --><style>#a { color: red }</style>",
            ])
        ]  # fmt: skip
    return PagePart(file, "page", file, Markup("".join(pieces)), ())


def places(html):
    """{id: mark of the first element that has it}."""
    found = {}
    for mark, _, attributes in Seen(html).elements:
        if "id" in attributes:
            found.setdefault(attributes["id"], mark)
    return found


def led_to(attributes, at):
    """What the references of an element lead to: `at` finds the mark for (file, id)."""
    for name, value in attributes.items():
        if name == "href" and "#" in value:
            yield at(*value.split("#"))
        for id_ in re.findall(r"url\('?#([^')]+)'?\)", value or ""):
            yield at("", id_)
        if name in ("aria-labelledby", "headers"):
            yield from (at("", id_) for id_ in value.split())


@pytest.mark.parametrize("seed", range(40))
def test_ids_are_unique_and_everything_leads_where_it_led(seed):
    chance = random.Random(seed)
    parts = [part(chance, file) for file in FILES]
    before = {each.file: places(each.body) for each in parts}
    html = single_html(parts, COVER)
    ids = [attributes["id"] for _, _, attributes in Seen(html).elements if "id" in attributes]
    assert len(ids) == len(set(ids)) and {"content", "index", "01_maturity", "02_status", "appendix"} <= set(ids)
    after = places(html)
    for old, new in zip(parts, joined(parts), strict=True):
        assert Seen(old.body).text == Seen(new.body).text
        for (mark, tag, said), (same, _, says) in zip(Seen(old.body).elements, Seen(new.body).elements, strict=True):
            assert mark == same and {*said} - {"id", "href"} == {*says} - {"id", "href"}
            was = list(led_to(said, lambda file, id_, here=old.file: before[file or here].get(id_)))
            now = list(led_to(says, lambda file, id_: file == "" and after.get(id_)))
            if tag == "a" and "#" not in said.get("href", "#"):
                assert says["href"] == f"#{said['href'].removesuffix('.html')}"
                continue
            assert [there or None for there, known in zip(now, was, strict=True) if known] == [known for known in was if known]


def test_a_link_to_a_file_that_is_no_part_is_text():
    body = Markup('<a href="acme.xlsx">acme.xlsx</a> <a class="x" href="../other/index.html">Other</a> <img src="data:image/png;base64,aGk=" alt="a">')
    [only] = joined([PagePart("index.html", "front", "T", body)])
    assert "href" not in only.body and '<a class="x" >Other</a>' in only.body and 'src="data:' in only.body


def test_the_contents_lead_to_every_part_and_section_and_the_page_is_clean():
    parts = [
        PagePart("index.html", "front", "Customer report", Markup("<h1>Customer report</h1>")),
        PagePart("01_a.html", "page", "A <b>", Markup('<h1>A</h1><h2 id="same">S</h2>'), (ContentsLine("same", Markup("One")),)),
        PagePart("02_b.html", "page", "B", Markup('<h1>B</h1><h2 id="same">S</h2>'), (ContentsLine("same", Markup("Two"), False),)),
    ]
    html = single_html(parts, COVER)
    check_page(html)
    assert '<a href="#same">One</a>' in html and '<a href="#02_b-same">Two</a>' in html and '<li class="unprinted">' in html
    assert "A &lt;b&gt;" in html and "<title>Customer report – Acme</title>" in html and html.count("Content-Security-Policy") == 1
    assert 'class="at"' not in html and '<span class="at">7</span>' in single_html(parts, COVER, {"01_a": 7})
