"""Ids and short labels made from headings."""

import re

from cxlib.engagement.proposal.facts import one_space

_LETTERS = {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "u", "é": "e", "è": "e", "ß": "ss", "ñ": "n", "á": "a", "í": "i", "ó": "o"}
_LONGEST, _LONGEST_ID = 60, 32
_TAKEN = {"satisfaction", "loyalty"}
_OPENING = re.compile(r"^(how (satisfied|likely|easy) (are|is|was|were|do|would) (you|it) (with|to|that you would)?|hvor (tilfreds|fornøyd) (er|var) du (med)?|hur nöjd är du (med)?|rate|bedøm|please rate)\s+", re.IGNORECASE)


def part_id(label: str, used: set[str]) -> str:
    """An id of a block or a service level that is not used yet; it is added to `used`."""
    plain = "".join(_LETTERS.get(each, each) for each in one_space(label).casefold())
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "block"
    words = words if len(words) <= _LONGEST_ID else words[: _LONGEST_ID + 1].rpartition("_")[0] or words[:_LONGEST_ID]
    words = words if words[0].isalpha() else f"q{words}"
    words = f"{words}_questions" if words in _TAKEN else words
    found, n = words, 2
    while found in used:
        found, n = f"{words}_{n}", n + 1
    used.add(found)
    return found


def short(heading: str, longest: int = _LONGEST) -> str:
    """A heading as a short label: without its opening and its question mark, cut between words."""
    said = re.sub(r" - (Selected Choice|Response|Svar)$", "", one_space(heading)).rstrip("?:. ")
    said = _OPENING.sub("", said) or said
    said = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ][a-z])", " ", said) if " " not in said else said
    said = said.replace("_", " ").strip() or heading
    if len(said) > longest:
        said = said[:longest].rsplit(" ", 1)[0].rstrip(",;:- ") + "…"
    return said[:1].upper() + said[1:]
