"""The columns by which customers are told apart."""

from collections import Counter

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import SHARED, Facts, share
from cxlib.engagement.proposal.lines import Line, flow
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.roles import Roles
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.source import WAVE

MOST_GROUPS = 12  # that a table shows
MOST_SEGMENTS = 8  # that a page shows
_OWN_REPORT = 30  # answers that a report of its own needs
_MOST_REPORTS = 100  # values of a column that are taken for units


def each_line(survey: SourceFile) -> list[Line]:
    """`for_each`: a column of units, of which several have enough answers for a report of their own; always for somebody to decide."""
    found = []
    for facts in survey.facts:
        enough = sum(count >= _OWN_REPORT for count in facts.counts.values())
        if words.UNIT.search(facts.name) and facts.name not in survey.scales and not facts.is_date and enough >= 2 and facts.distinct <= _MOST_REPORTS:
            found.append((enough, facts))
    if not found:
        return []
    enough, facts = max(found, key=lambda pair: pair[0])
    why = f"{enough} of {facts.distinct} values have at least {_OWN_REPORT} answers: a report for each of them, beside that of the whole"
    return [Line("for_each", facts.name, why, sure=False, columns=(facts.name,))]


def segment_lines(source: SourceFile, roles: Roles, given: dict[str, str]) -> list[Line]:
    """`segments`, with the bands of an age and the unit that the employee survey asks for."""
    found = []
    lines = []
    alike = Counter(_answers(facts) for facts in source.facts if facts.distinct <= MOST_GROUPS)
    for facts in source.facts:
        if facts.name in roles.taken:
            continue
        if facts.name == given.get("unit"):
            lines.append(Line("unit", facts.name, "also a column of the employee survey", columns=(facts.name,)))
        if words.SATISFIED.search(facts.name) and len(facts.name) <= 40 and not facts.is_numeric:
            continue
        if (line := _segment(source, facts, alike[_answers(facts)])) is not None:
            found.append(line)
            roles.taken.add(facts.name)
    sure = sorted([line for line in found if line.sure], key=lambda line: rank(source.by_name[line.columns[0]]))
    further = [line.key for line in found if line in sure[MOST_SEGMENTS:]]
    found = [line for line in found if line.key not in further]
    roles.taken -= set(further)
    roles.leave(f"further groups, of which `segments` may take any (the first {MOST_SEGMENTS} are enough for one page)", *further)
    lines += _age_bands(source, roles, found)
    sure = [line for line in found if line.sure]
    if found:
        lines.insert(0, Line("segments", found, "" if sure else "none of them is certain", sure=bool(sure)))
    return lines


def _age_bands(source: SourceFile, roles: Roles, found: list[Line]) -> list[Line]:
    """Ages as groups of usual size; a choice that is told."""
    for facts in source.facts:
        if facts.name in roles.taken and not any(line.key == facts.name for line in found):
            continue
        if not words.AGE.search(facts.name) or not facts.is_numeric or not 12 <= facts.low <= facts.high <= 110 or facts.distinct <= MOST_GROUPS:
            continue
        name = f"{facts.name}_group" if f"{facts.name}_group" not in source.by_name else f"{facts.name} in groups"
        young = {"under 18": [None, 17], "18-29": [18, 29]} if facts.low < 18 else {"under 30": [None, 29]}
        bands = young | {"30-44": [30, 44], "45-59": [45, 59], "60+": [60, None]}
        roles.taken.add(facts.name)
        found.append(Line(name, short(facts.name), f"{facts.low:g} to {facts.high:g} in bands, see `recode`", columns=(facts.name,)))
        return [Line("recode", [Line(name, {"from": facts.name, "bands": bands}, "bands of this program's choice: write your own", columns=(facts.name,))])]
    return []


def _answers(facts: Facts) -> tuple[str, ...]:
    """What a question was answered with: several questions with the same answers share a scale, known or not."""
    return tuple(sorted(facts.named)) if facts.distinct <= MOST_GROUPS else ()


def rank(facts: Facts) -> int:
    """The usual groups first, then those of several values, then yes and no."""
    usual = next((place for place, pattern in enumerate(words.GROUPS) if pattern.search(facts.words)), len(words.GROUPS))
    return usual if usual < len(words.GROUPS) else usual + (facts.distinct <= 2)


def _segment(source: SourceFile, facts: Facts, alike: int) -> Line | None:
    groups = {name: count for name, count in facts.named.items() if name.strip()}
    if rank(facts) >= len(words.GROUPS) and alike > 2 and len(groups) > 2:
        return None
    large = [count for count in groups.values() if count >= SHARED]
    line = Line(facts.name, short(facts.title or facts.name) if facts.name != WAVE else "File", columns=(facts.name,))
    tells = not words.STATUS.search(facts.name) or any(words.GONE.fullmatch(name) or words.STAYED.fullmatch(name) for name in groups)
    if words.CHURN.search(facts.name) and len(facts.name) <= 40 and tells:
        return None
    several = source.layout.several if source.layout else None
    if several and share((count for cell, count in facts.counts.items() if several in cell), facts.filled) > 0.2:
        answers = {each.strip() for cell in facts.counts for each in cell.split(several.strip()) if each.strip()}
        line.sure, line.why = False, f"several answers in one cell ({len(answers)} different): `recode: {{{flow(facts.name)}: {{several: {flow(several)}}}}}`"
        return line if len(answers) <= 3 * MOST_GROUPS else None
    if facts.is_date or len(groups) < 2 or not large:
        return None
    if facts.is_numeric and not facts.labels:
        if not facts.whole or len(groups) > 15 or words.NO_QUESTION.search(facts.name):
            return None
        line.sure, line.why = False, f"{len(groups)} codes without labels: say what they are with `recode: {{{flow(facts.name)}: {{labels: ...}}}}`"
        return line if not (facts.distinct == 2 and {0.0, 1.0} >= set(facts.numeric)) else None
    if words.COMMENT.search(facts.name) and facts.distinct > MOST_GROUPS:
        return None
    told = f"{len(groups)} groups: {facts.shown()}"
    if 2 <= len(groups) <= MOST_GROUPS and share(large, facts.filled) >= 0.7:
        doubts = ["only one of them is large enough to be shown"] * (len(large) < 2)
        doubts += ["the heading asks for a comment"] * bool(words.COMMENT.search(facts.name))
        line.sure, line.why = not doubts, "; ".join([told, *doubts])
        return line
    if len(groups) <= 40 and share(large, facts.filled) >= 0.7 and facts.length < 60:
        line.sure, line.why = False, f"{len(groups)} groups, many for one table: join some with `recode`"
        return line
    return None
