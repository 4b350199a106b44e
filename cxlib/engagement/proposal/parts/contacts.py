"""`contacts` and `tipping_points` as they are proposed: service levels, and the answer that may break."""

import re

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import SHARED, Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import part_id, short
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.parts.roles import Roles, leave_out
from cxlib.engagement.proposal.parts.stored import stored
from cxlib.engagement.proposal.sources import SourceFile

_VERDICTS = (("bad", "good"), ("dårlig", "god"), ("dålig", "bra"), ("unsatisfied", "satisfied"), ("dissatisfied", "satisfied"), ("utilfreds", "tilfreds"), ("missnöjd", "nöjd"))


def contacts_parts(source: SourceFile, survey_ids: set[str]) -> list[Line]:
    """`contacts` and `tipping_points`."""
    roles = Roles()
    leave_out(source, roles)
    lines: list[Line] = []
    ids = [facts for facts in source.facts if facts.name not in roles.taken and (words.RESPONDENT.search(facts.name) or words.CONTACT.search(facts.name))
           and facts.distinct > 0.2 * max(1, facts.filled) and not facts.is_date]  # fmt: skip
    contact = next((facts for facts in ids if facts.unique and (words.CONTACT.search(facts.name) or not words.CUSTOMER.search(facts.name))), None)
    contact = contact or next((facts for facts in ids if facts.unique), None)
    if contact is not None:
        lines.append(Line("contact", contact.name, f"{contact.distinct:,} different ids, one a row", columns=(contact.name,)))
        ids.remove(contact)
    if ids:
        facts = ids[0]
        known = survey_ids & set(list(facts.counts)[:50_000])
        why = f"{facts.distinct:,} different" + (f", {len(known):,} of them in the survey" if survey_ids else "")
        lines.append(Line("respondent", facts.name, why, sure=bool(known) or not survey_ids, columns=(facts.name,)))
    roles.taken |= {facts.name for facts in ids} | ({contact.name} if contact else set())
    score = _score(source, roles)
    levels = [facts for facts in source.facts if facts.name not in roles.taken and (facts.clock or (facts.is_numeric and words.DURATION.search(facts.words)))
              and (score is None or facts.name != score.name)]  # fmt: skip
    controls = [facts for facts in source.facts if facts.name not in roles.taken and facts.is_group and not words.GAVE_UP.search(facts.name)
                and not re.search(r"resolved|løst|löst|date|dato|time|day|dag", facts.name, re.IGNORECASE) and facts is not score][:3]  # fmt: skip
    used: set[str] = set()
    points, recoded = [], []
    for facts in levels:
        points.append(_level(source, facts, score, controls, used, roles))
    pairs = spans(source) if not levels else []
    for name, first, second in pairs:
        recoded.append(Line(name, {"from": [first.name, second.name], "duration": "hours"}, "the second moment less the first", columns=(first.name, second.name)))
        points.append(_point(source, name, name.replace("_", " ").capitalize(), "hours", score, controls, used, roles, "", (first.name, second.name)))
    answered = score is not None or _good_or_bad(source) is not None
    sure = bool(points) and answered
    above = [f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]
    recode = [Line("recode", recoded)] if recoded else []
    named = {name for line in points for name in line.named()} | {name for line in lines for name in line.named()}
    rest = [facts.name for facts in source.facts if facts.name not in named and facts.name not in roles.taken]
    if rest:
        above.append(f"not used: {', '.join(short(name, 40) for name in rest[:12])}")
    found = [Line("contacts", read_lines(source) + recode + lines, above=above)]
    if points:
        why = "" if answered else "no answer on a scale was found in this table: name the column that may break as `outcome`"
        found.append(Line("tipping_points", points, why, sure=sure and any(point.sure for point in points)))
    return found


def _score(source: SourceFile, roles: Roles) -> Facts | None:
    """The answer that may break."""
    asked = [source.by_name[name] for name in source.scales if name not in roles.taken and not words.DURATION.search(name)]
    asked = [facts for facts in asked if 0.02 * facts.rows < facts.filled]
    asked.sort(key=lambda facts: (not (words.SATISFIED.search(facts.words) or words.OVERALL.search(facts.words)), not words.RECOMMEND.search(facts.words)))
    named = [facts for facts in asked if words.SATISFIED.search(facts.words) or words.OVERALL.search(facts.words) or words.RECOMMEND.search(facts.words)]
    return (named or asked or [None])[0]


def _unit_of(facts: Facts) -> str:
    return next((unit for unit, pattern in words.TIME_UNITS.items() if pattern.search(facts.name) or pattern.search(facts.title)), "")


def _level(source, facts: Facts, score: Facts | None, controls: list[Facts], used: set[str], roles: Roles) -> Line:
    unit = _unit_of(facts)
    doubt = ""
    if facts.clock:
        unit = unit or "minutes"
        doubt = "" if any(":" in cell for cell in list(facts.counts)[:5]) else doubt
    elif not unit:
        unit = "seconds" if facts.high > 240 else "minutes"
        doubt = f"the heading names no unit, and {facts.low:g} to {facts.high:g} may be seconds, minutes or another: say which under `unit`"
    if words.TALK.search(facts.name) and not re.search(r"wait|vent|vänt", facts.name, re.IGNORECASE):
        doubt = doubt or "how long it took to talk or to handle: is it a service level that customers mind?"
    odd = [number for number, count in facts.numeric.items() if number in (-1, 999, 9999, 99999, 86400, 3600) and count >= 0.01 * facts.rows and count >= SHARED]
    if odd:
        doubt = doubt or f"{', '.join(f'{number:g}' for number in odd)} stands in {sum(facts.numeric[number] for number in odd):,} rows: is it a code? (`read: missing`)"
    return _point(source, facts.name, short(facts.title or facts.name), unit, score, controls, used, roles, doubt, (facts.name,))


def _point(source, column: str, label: str, unit: str, score: Facts | None, controls: list[Facts], used: set[str], roles: Roles, doubt: str,
           named: tuple[str, ...]) -> Line:  # fmt: skip
    lines = [Line("label", label, part=False), Line("column", column, part=False), Line("unit", unit, part=False)]
    if score is None and (verdict := _good_or_bad(source)):
        facts, found = verdict
        lines.append(Line("outcome", found, f"{facts.shown()}", part=False, columns=(facts.name,)))
        return Line(part_id(label, used), lines, doubt, sure=not doubt, columns=(column, *named))
    if score is None:
        lines.append(Line("outcome", {"column": "?", "scale": [0, 10]}, part=False))
        return Line(part_id(label, used), lines, doubt, sure=False, columns=(column, *named))
    scale = source.scales[score.name]
    outcome = {"column": score.name} | stored(scale)
    lines.append(Line("outcome", outcome, f"{scale.evidence}", part=False, columns=(score.name,)))
    if controls:
        lines.append(Line("controls", [facts.name for facts in controls[:2]], "groups held constant", columns=tuple(facts.name for facts in controls[:2])))
    if gone := _gave_up(source, roles):
        facts, left = gone
        lines.append(Line("abandoned", {"column": facts.name, "left": left}, f"{facts.named.get(left, 0):,} rows", columns=(facts.name,)))
    return Line(part_id(label, used), lines, doubt or scale.doubt, sure=not doubt and not scale.doubt, columns=(column, *named))


def _good_or_bad(source: SourceFile) -> tuple[Facts, dict] | None:
    """A verdict in two words, as an event of 0 and 1."""
    for facts in source.facts:
        said = {cell.casefold(): cell for cell in facts.counts}
        for bad, good in _VERDICTS:
            if bad in said and good in said and facts.distinct <= 8 and (words.SATISFIED.search(facts.name) or facts.distinct == 2):
                values = {cell: float(key.startswith(good)) for key, cell in said.items() if re.match(rf"({bad}|{good})\b", key)}
                others = [cell for cell in facts.counts if cell not in values]
                codes = {"not_applicable": others} if others else {}
                return facts, {"column": facts.name, "scale": [0, 1], "values": values, "top": 1} | codes
    return None


def _gave_up(source: SourceFile, roles: Roles) -> tuple[Facts, str] | None:
    for facts in source.facts:
        if words.GAVE_UP.search(facts.name) and 2 <= facts.distinct <= 6 and not facts.is_date:
            left = next((cell for cell in facts.named if words.LEFT.search(cell)), None)
            if left is None and re.search(r"answered|besvar", facts.name, re.IGNORECASE):
                left = next((cell for cell in facts.named if words.STAYED.fullmatch(cell) and not words.GONE.fullmatch(cell)), None)
            if left is not None:
                return facts, left
    return None


def spans(source: SourceFile) -> list[tuple[str, Facts, Facts]]:
    """Lengths of time between two moments of a row: from the first to each later one."""
    moments = [facts for facts in source.facts if facts.is_date and facts.forms[:1] == ("",)]
    timed = [facts for facts in moments if any("T" in cell or ":" in cell for cell in list(facts.counts)[:3])]
    if len(timed) < 2:
        return []
    first = next((facts for facts in timed if re.search(r"creat|opret|skap|received|modtag|start|opened", facts.name, re.IGNORECASE)), timed[0])
    return [(re.sub(r"[^a-z0-9]+", "_", f"{facts.name} time".casefold()).strip("_").replace("_at_time", "_time"), first, facts)
            for facts in timed if facts is not first][:2]  # fmt: skip
