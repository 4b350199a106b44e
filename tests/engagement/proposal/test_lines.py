"""What is written as a proposal is read back as it was meant, whatever the headings hold."""

import pytest

from cxlib.engagement.proposal.lines import Line, flow, written
from cxlib.engagement.settings.strict_yaml import read_yaml

NASTY = ["a: b", "# not a comment", "- item", "no", "NO", "null", "~", "", " spaces ", "0123", "1.1", "1e5", "22:30", "{x}", "[y]", 'says "so"', "it's",
         "a #b", "a,b", "*anchor", "&a", "!tag", "%x", "@x", "`x`", "æøå é", "line\nbreak", "tab\there", "back\\slash", "\u2028", "\ufeffid", "😀 glad", "a\u00a0b", "|", ">", "?", "? x", ": x"]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_read_back(text):
    document = read_yaml(f"k: {flow({'key ' + text: [text, 3, 0.5]})}\n".encode(), "x.yml")
    assert document.problems == []
    assert document.value == {"k": {"key " + text: [text, "3", "0.5"]}}


def test_evidence_stands_behind_the_line_and_never_breaks_it():
    text, _ = written([Line("segments", [Line("Område", "Area", "4 groups: a\nb: c # d")])])
    assert read_yaml(text.encode(), "x.yml").value == {"segments": {"Område": "Area"}}
    assert "# 4 groups: a b: c # d" in text


def test_a_doubtful_line_is_a_comment_that_becomes_the_line():
    lines = [Line("survey", [Line("file", "a.csv"), Line("recommend", {"column": "q1"}, "asked on 1-7", sure=False)])]
    text, shown = written(lines)
    assert read_yaml(text.encode(), "x.yml").value == {"survey": {"file": "a.csv"}}
    taken = text.replace("# ? ", "")
    assert read_yaml(taken.encode(), "x.yml").value["survey"]["recommend"] == {"column": "q1"}
    assert [line.key for line in shown[2]] == ["survey", "file"]
