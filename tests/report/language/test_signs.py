"""The ends of an interval are written as what they are an interval of: of a change with their signs, of a level without.

"Risen by 40 points (31 to 50)" reads as a rise from 31 to 50; "(+31 to +50)" cannot.
"""

import json
import re
from string import Formatter

from tests.conftest import ROOT
from tests.report.language.test_words import KEYS

ENDS = re.compile(r"(?:\w+_)?(?:low|high|p10|p90)|least|most")
COUNTS = {"", "count", "text", "period", "date", "percent", "p", "general"}  # of how many, where, when; no figure of its own
# money has one style for an amount and a difference
CHANGE = re.compile(r"signed|gap_|change$|whole_change$|moves$|would_move$")
SIGNED = re.compile(r"signed|change$|whole_change$")


def intervals(message: str, styles: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """(low, its style, high's style, style of the figure before them) of each interval in brackets, "({low} to {high})"."""
    found = []
    for inside in re.finditer(r"\(([^()]*)\)", message):
        ends = [slot for _, slot, *_ in Formatter().parse(inside[1]) if slot and ENDS.fullmatch(slot)]
        before = [slot for _, slot, *_ in Formatter().parse(message[: inside.start()]) if slot]
        told = [styles[slot] for slot in before if styles[slot] not in COUNTS - {"percent", "general"} and not ENDS.fullmatch(slot)]
        if len(ends) == 2 and told:
            found.append((ends[0], styles[ends[0]], styles[ends[1]], told[-1]))
    return found


def wrong(message: str, styles: dict[str, str]) -> list[str]:
    """What is wrong with the intervals of a message.

    >>> wrong("Risen by {change:gap_points} ({low:points} to {high:points})", {"change": "gap_points", "low": "points", "high": "points"})
    ['the ends of a change have no signs']
    """
    said = []
    for _, low, high, figure in intervals(message, styles):
        if low != high:
            said.append("the ends have two styles")
        elif low and not figure.startswith("money") and bool(SIGNED.search(low)) != bool(CHANGE.search(figure)):
            said.append("the ends of a change have no signs" if CHANGE.search(figure) else "the ends of a level have signs")
    return said


def declared(message: str) -> dict[str, str]:
    return {slot: spec or "" for _, slot, spec, _ in Formatter().parse(message) if slot}


def test_a_wrong_message_is_found():
    levels = "Level {level:index} ({low:signed_ends_index} to {high:signed_ends_index})"
    assert wrong(levels, declared(levels)) == ["the ends of a level have signs"]
    right = "Slope {slope:signed} ({low:signed} to {high:signed}, {units:count} units)"
    assert wrong(right, declared(right)) == [] and intervals(right, declared(right)) == [("low", "signed", "signed", "signed")]


def test_ends_are_written_as_their_figure_in_every_message():
    found = {key: said for key, message in KEYS if (said := wrong(message, declared(message)))}
    assert found == {}
    assert sum(bool(intervals(message, declared(message))) for _, message in KEYS) > 40


def test_ends_are_written_as_their_figure_where_the_finding_brings_the_style():
    """Over the findings of the stored results: figures of several units, whose style comes with the figure."""
    found, seen = {}, 0
    for file in sorted((ROOT / "notebooks").glob("0[1-9]*.ipynb")):
        for finding in findings(json.loads(file.read_text(encoding="utf-8"))):
            styles = declared(finding["message"]) | finding["styles"]
            seen += bool(finding["styles"] and intervals(finding["message"], styles))
            if said := wrong(finding["message"], styles):
                found[finding["key"]] = said
    assert found == {} and seen > 10


def findings(part: object) -> list[dict]:
    """Every finding that a notebook holds, wherever its results stand in it."""
    if isinstance(part, dict):
        here = [part] if {"key", "message", "styles"} <= set(part) else []
        return here + [finding for value in part.values() for finding in findings(value)]
    return [finding for value in part for finding in findings(value)] if isinstance(part, list) else []
