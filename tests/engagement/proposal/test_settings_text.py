"""A client.yml is changed at one key, whatever it looks like: what was meant is said afterwards, and no other line differs."""

import random

import pytest

from cxlib.engagement import DataError
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.settings_text import MARK, SettingsText, as_read
from cxlib.engagement.settings.strict_yaml import read_yaml
from tests.conftest import ROOT
from tests.engagement.proposal.test_lines import NASTY

DEMOS = {client: (ROOT / "data/clients" / client / "client.yml").read_text(encoding="utf-8") for client in ("nordlys", "copenhagen", "fjordbanken", "harbour")}
MARKED = """client: acme   # ours
survey:
  # read it through
  file: a.csv
# ?   date: when   # 3 rows
  segments:   # groups
    region: Region   # 4 groups
# ?     shop: Shop
  recommend: {column: q1, scale: [0, 10]}   # the first
# ?   recommend: {column: q2, scale: [0, 10]}   # another candidate
# ?   blocks:   # none is certain
# ?     a:
# ?       label: A
# ?       items:
# ?         a1: One   # 12 answers
# ?       scale: [1, 5]

# contacts:   # one row per contact
#   file: contacts.csv
"""


def said(text):
    document = read_yaml(text.encode(), "client.yml")
    assert document.problems == []
    return document.value


def lines_that_differ(before, after):
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def kept(before, after):
    """Every comment is there still, and every line, at most as a `# ?` line."""
    left = {line.removeprefix(MARK).strip() for line in after.splitlines()}
    return [line for line in before.splitlines() if line.removeprefix(MARK).strip() not in left]


@pytest.mark.parametrize("client", DEMOS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_each_key_on_lines_of_its_own_is_left_out_and_taken_again(client, newline):
    before = DEMOS[client].replace("\n", newline)
    own = [entry for entry in SettingsText(before).entries() if entry.own and len(entry.path) > 1]
    for entry in random.Random(1).sample(own, min(25, len(own))):
        text = SettingsText(before)
        text.leave(entry.path)
        assert kept(before, text.text) == [] and text.text.count("\n") == before.count("\n")
        value = said(text.text)
        for key in entry.path[:-1]:
            value = value.get(key, {})
        assert entry.path[-1] not in value
        text.put(entry.path, Line(entry.path[-1], entry.said))
        assert said(text.text) == said(before)
        assert text.text == before


@pytest.mark.parametrize("client", DEMOS)
def test_any_value_stands_where_another_stood_and_its_comment_stays(client):
    before = DEMOS[client]
    draw = random.Random(2)
    entries = [entry for entry in SettingsText(before).entries() if not isinstance(entry.said, dict)]
    for entry in draw.sample(entries, min(30, len(entries))):
        value = draw.choice([*NASTY, 3, 0.5, ["a b", "c"], {"column": "x, y", "scale": [0, 10]}])
        text = SettingsText(before)
        text.put(entry.path, Line(entry.path[-1], value))
        found = said(text.text)
        for key in entry.path:
            found = found[key]
        assert found == as_read(Line("k", value))
        went, came = lines_that_differ(before, text.text)
        assert len(came) <= 1 and all(comment.partition("   # ")[2] in "".join(came) for comment in went if entry.own and entry.first == entry.last)


@pytest.mark.parametrize("key", NASTY)
def test_a_further_key_of_any_name(key):
    for path in [("survey", "segments"), ("survey", "recommend", "values"), ("contacts",)]:
        text = SettingsText(MARKED)
        text.put((*path, key), Line(key, "x"))
        value = said(text.text)
        for step in path:
            value = value[step]
        assert value[key] == "x" and kept(MARKED, text.text) in ([], [MARKED.splitlines()[8]])  # brackets take a further key


def test_a_doubtful_line_is_taken_by_its_mark_alone():
    text = SettingsText(MARKED)
    text.put(("survey", "date"), Line("date", "when"))
    assert text.text == MARKED.replace("# ?   date", "  date")


def test_of_two_candidates_one_counts():
    text = SettingsText(MARKED)
    text.put(("survey", "recommend"), Line("recommend", {"column": "q2", "scale": [0, 10]}))
    assert text.text == MARKED.replace("  recommend: {column: q1", "# ?   recommend: {column: q1").replace("# ?   recommend: {column: q2", "  recommend: {column: q2")


def test_a_line_below_a_doubtful_one_takes_that_too():
    text = SettingsText(MARKED)
    text.put(("survey", "blocks", "a", "items", "a1"), Line("a1", "One"))
    assert said(text.text)["survey"]["blocks"] == {"a": {"items": {"a1": "One"}}}
    text.put(("survey", "blocks", "a"), Line("a", [Line("label", "A"), Line("items", [Line("a1", "One")]), Line("scale", [1, 5])]))
    assert "# ?" not in text.text.partition("blocks:")[2].partition("# contacts")[0]


def test_the_last_line_of_a_key_takes_the_key_with_it():
    text = SettingsText(MARKED)
    text.leave(("survey", "segments", "region"))
    assert "segments" not in said(text.text)["survey"] and kept(MARKED, text.text) == []


def test_a_part_stands_before_its_explanation():
    text = SettingsText(MARKED)
    text.propose(Line("contacts", [Line("file", "c.csv", "12 rows"), Line("contact", "id", sure=False)]))
    text.propose(Line("survey", [Line("file", "other.csv")]))
    assert "contacts:\n  file: c.csv   # 12 rows\n# ?   contact: id\n\n# contacts:   # one row" in text.text
    assert kept(MARKED, text.text) == [] and said(text.text)["survey"]["file"] == "a.csv"


def test_where_the_text_does_not_allow_it_nothing_is_changed_and_the_line_is_told():
    before = "client: acme\nsurvey: {file: a.csv,\n  segments: {a: A}, recommend: q1}\n"
    text = SettingsText(before)
    with pytest.raises(DataError, match="by hand"):
        text.put(("client", "below"), Line("below", "x"))
    assert text.text == before


def test_lines_of_somebody_that_begin_like_doubtful_ones_stay_comments():
    before = "client: acme\n# ? why: [is this so\n# ? segments?\nname: Acme\n"
    text = SettingsText(before)
    text.put(("name",), Line("name", "Acme A/S"))
    assert text.text == before.replace("name: Acme", "name: Acme A/S")
