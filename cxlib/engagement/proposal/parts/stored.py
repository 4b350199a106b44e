"""How answers are stored, as lines: the scale, its words, the codes that are no answers, and what speaks for them."""

import re

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line, one_line
from cxlib.engagement.proposal.scales import AskedScale
from cxlib.engagement.proposal.sources import SourceFile


def stored(scale: AskedScale) -> dict:
    """The keys that say how answers on the scale are stored."""
    found: dict = {"scale": [scale.low, scale.high]}
    if scale.shift:
        found["shift"] = scale.shift
    if scale.values:
        found["values"] = dict(scale.values)
    return found | {kind: list(codes) for kind in ("dont_know", "not_applicable") if (codes := scale.own.get(kind))}


def stored_lines(scale: AskedScale) -> list[Line]:
    """The same, a line for each."""
    why = {"scale": scale.evidence if scale.values else "", "dont_know": "codes of these questions alone"}
    return [Line(key, value, why.get(key, ""), part=False) for key, value in stored(scale).items()]


def no_answer_lines(source: SourceFile, questions: list[Line], asked: dict[str, AskedScale]) -> list[Line]:
    """Codes that stand for no answer in any question. Codes that are answers elsewhere stand at their question."""
    lines = []
    used = {name for line in questions for name in line.named()}
    for kind in ("dont_know", "not_applicable"):
        counts: dict[str, int] = {}
        for name in (name for name in asked if name in used):
            for code in asked[name].shared.get(kind, ()):
                counts[code] = counts.get(code, 0) + source.by_name[name].counts.get(code, 0)
        if counts:
            sure = all(words.DONT_KNOW.search(code) or words.NOT_APPLICABLE.search(code) for code in counts)
            why = f"in {sum(counts.values()):,} cells"
            labels = {source.by_name[name].labels.get(float(code)) for code in counts if code.lstrip("-").replace(".", "").isdigit() for name in used & asked.keys()} - {None}
            if labels:
                why += f", labelled {', '.join(sorted(labels)[:3])}"
                sure = True
            why += "" if sure else "; codes far from the scale: what do they stand for? (`dont_know` or `not_applicable`; without this line the check stops at them)"
            lines.append(Line(kind, list(counts), why))
    return lines


def evidence(facts: Facts, scale: AskedScale, found: re.Pattern | None = None) -> str:
    """What speaks for a question: its scale, its answers, the words in its heading."""
    match = found.search(facts.words) if found else None
    said = f', "{one_line(match.group(0))}" in the heading' if match else ""
    counted = "" if "answers" in scale.evidence and "words" not in scale.evidence else f", {facts.filled:,} answers"
    return f"{scale.evidence}{counted}{said}"
