"""The questions that a report is about: the recommendation, the overall satisfaction, effort."""

import re

import pandas as pd

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line, flow
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.roles import AskedChoice, Roles
from cxlib.engagement.proposal.parts.stored import evidence, stored
from cxlib.engagement.proposal.scales import AskedScale
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.survey import MOST_OPTIONS

_NONE = {"none": "none of them"}


def recommend_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> list[Line]:
    """`recommend`, and its other candidates as doubtful lines."""
    named = [source.by_name[name] for name in asked if words.RECOMMEND.search(source.by_name[name].words) and not words.NOT_RECOMMEND.search(name)]
    by_file = [] if named else _named_by_file(source, roles, asked)
    fitting = [facts for facts in named or by_file if asked[facts.name].ends in ((0, 10), (1, 10)) and not asked[facts.name].doubt]
    fitting.sort(key=lambda facts: -facts.filled)
    said = answers.get("recommend")
    if said is not None:
        fitting = [facts for facts in fitting if facts.name == said]
    lines = []
    if len(fitting) > 1:
        roles.choices.append(AskedChoice("recommend", "Which question is the recommendation (NPS)?", {facts.name: facts.name for facts in fitting} | _NONE))
    for first, facts in zip([True] + [False] * len(fitting), fitting, strict=False):
        scale = asked[facts.name]
        why = evidence(facts, scale, words.RECOMMEND) + ', "NPS" in the name of the file' * bool(by_file)
        if first:
            roles.taken.add(facts.name)
        lines.append(Line("recommend", {"column": facts.name} | stored(scale), why if first else f"another candidate: {why}", sure=first, columns=(facts.name,)))
    if not fitting:
        for facts in named[:2]:
            scale = asked[facts.name]
            low, high = scale.ends
            why = scale.doubt or f"asked on {low:g}-{high:g}: no NPS, which needs 0-10; it may stand under `rating`"
            roles.taken.add(facts.name)
            lines.append(Line("recommend", {"column": facts.name} | stored(scale), why, sure=False, columns=(facts.name,)))
    return lines


def _named_by_file(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Facts]:
    """The only question from 0 to 10 of a file that is called NPS."""
    found = [name for name, scale in asked.items() if scale.ends == (0, 10) and name not in roles.taken]
    return [source.by_name[found[0]]] if len(found) == 1 and words.NPS_FILE.search(source.name) else []


def is_overall(source: SourceFile, name: str) -> int:
    """How much speaks for a question on overall satisfaction."""
    facts, stem = source.by_name[name], source.stems.get(name)
    of_grid = stem is not None and stem.how in ("grid", "joined")
    own = stem.item if stem and of_grid else facts.words
    overall = bool(words.OVERALL.search(own) or (not of_grid and words.OVERALL.search(name)))  # what a grid asks of all its rows is none's own
    satisfied = bool(words.SATISFIED.search(own))
    if words.RECOMMEND.search(facts.words) or words.EXPECTED.search(facts.words) or words.IDEAL.search(facts.words):
        return 0
    if stem and not overall:
        return 0
    if re.search(r"churn|risk", facts.words, re.IGNORECASE):
        return 0
    return 3 if overall and satisfied else 2 if satisfied else 1 if overall else 0


def rating_line(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> Line | None:
    """`rating`: the question on overall satisfaction."""
    found = {name: is_overall(source, name) for name in asked if name not in roles.taken}
    found = {name: value for name, value in found.items() if value}
    said = answers.get("rating")
    if said is not None:
        found = {name: value for name, value in found.items() if name == said}
    if not found:
        return _half_points(source, roles)
    ranked = sorted(found, key=lambda name: -found[name])
    best = ranked[0]
    scale, facts = asked[best], source.by_name[best]
    equal = [name for name in ranked[1:] if found[name] == found[best] and source.stems.get(name) is None]
    if equal:
        roles.choices.append(AskedChoice("rating", "Which question is the overall satisfaction?", {name: name for name in (best, *equal[:5])} | _NONE))
    top = {"top": max(2, scale.options // 5)} if scale.options > MOST_OPTIONS else {}
    why = evidence(facts, scale, words.OVERALL if words.OVERALL.search(facts.words) else words.SATISFIED)
    if equal:
        why += f"; others: {', '.join(short(name, 40) for name in equal[:3])}"
    if scale.doubt:
        why = f"{scale.doubt}; {why}"
    roles.taken.add(best)
    return Line("rating", {"column": best} | stored(scale) | top, why, sure=not scale.doubt, columns=(best,))


def _half_points(source: SourceFile, roles: Roles) -> Line | None:
    """A rating in half points, as stars are given."""
    for facts in source.facts:
        halves = facts.is_numeric and not facts.whole and all(number * 2 == int(number * 2) for number in facts.numeric)
        if facts.name not in roles.taken and halves and words.SATISFIED.search(facts.name) and facts.high in (5, 10) and facts.low >= 0.5:
            roles.taken.add(facts.name)
            found = {"column": facts.name, "scale": [1 if facts.low >= 1 else 0.5, facts.high], "step": 0.5, "top": 3}
            return Line("rating", found, f"{facts.low:g}-{facts.high:g} in half points, {facts.filled:,} answers", columns=(facts.name,))
    return None


def effort_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Line]:
    """`effort`: how easy it was."""
    for name, scale in asked.items():
        facts = source.by_name[name]
        if name in roles.taken or name in source.stems or not words.EFFORT.search(facts.words):
            continue
        easy = scale.turned or bool(re.search(r"easy|\bnemt\b|\blet\b|lätt|enkelt|smidig", facts.words, re.IGNORECASE)) or scale.family in ("ease", "agreement")
        roles.taken.add(name)
        why = evidence(facts, scale, words.EFFORT)
        end = {} if easy else {"easy": "low"}
        why += "" if easy else "; is a high answer easy or hard? `easy: high` or `easy: low`"
        found = {"column": name} | stored(scale) | {"definition": "mean"} | end
        return [Line("effort", found, scale.doubt or why, sure=easy and not scale.doubt, columns=(name,))]
    return []


def turned(source: SourceFile, name: str, asked: dict[str, AskedScale]) -> str:
    """Why a question may have its good end where the others have their bad one."""
    outcome = next((each for each in asked if words.RECOMMEND.search(source.by_name[each].words) and asked[each].options > 9), None)
    outcome = outcome or next((each for each in asked if is_overall(source, each) > 1 and asked[each].options > 3 and not asked[each].doubt), None)
    if outcome is None or outcome == name or asked[name].options < 3:
        return ""
    pair = pd.DataFrame({"a": source.numbers(name), "b": source.numbers(outcome)}).dropna()
    if len(pair) < 30 or pair["a"].nunique() < 2 or pair["b"].nunique() < 2:
        return ""
    r = pair["a"].corr(pair["b"])
    if r > -0.25:
        return ""
    low, high = asked[name].ends
    return f"it falls where {short(outcome, 30)} rises (r {r:.2f}): if its low answers are the good ones, `recode: {{{flow(name)}: {{turned: [{low:g}, {high:g}]}}}}`"
