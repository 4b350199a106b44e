"""`maturity` as it is proposed: self-assessments by a shipped model, and benchmarks of it."""

import re
from dataclasses import dataclass

from cxlib.engagement.maturity_models import SHIPPED
from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.parts.roles import Roles
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.layouts import plain
from cxlib.engagement.settings.strict_yaml import read_yaml

_MODELS = ("loyalty", "staircase")


@dataclass(frozen=True)
class ModelTexts:
    """The items of a maturity model and the questions that they are asked by, in all languages."""

    name: str
    questions: dict[str, frozenset[str]]  # id: plain texts
    scales: dict[str, tuple[float, float]]
    labels: dict[str, frozenset[str]]  # the words of each scale's answers, in all languages


def models() -> list[ModelTexts]:
    """The shipped models."""
    found = []
    for name in _MODELS:
        value = read_yaml((SHIPPED / f"{name}.yml").read_bytes(), name).value
        items = [item for group in value.get("steps", value.get("levels", [])) for item in group.get("criteria", group.get("statements", []))]
        questions = {}
        for item in items:
            spoken = [each for key in ("q", "text", "statement") for each in [item.get(key)] if each] or [item]
            questions[str(item["id"])] = frozenset(plain(text) for each in spoken for key, text in each.items() if key in ("en", "da", "sv"))
        scales = {key: (float(scale["values"][0]), float(scale["values"][-1])) for key, scale in value.get("scales", {}).items() if scale.get("values")}
        labels = {key: frozenset(plain(word) for spoken in scale.get("labels", {}).values() for word in spoken) for key, scale in value.get("scales", {}).items()}
        found.append(ModelTexts(name, questions, scales, labels))
    return found


def columns_of_model(source: SourceFile, model: ModelTexts) -> dict[str, str]:
    """{id: the column that holds its answers}, by the ids or by the texts of the questions."""
    named = {plain(facts.name): facts.name for facts in source.facts}
    if all(item in named for item in model.questions):
        return {item: named[item] for item in model.questions}
    texts = {plain(heading).rstrip(".? "): facts.name for facts in source.facts for heading in (facts.name, facts.title)}
    found = {}
    for item, questions in model.questions.items():
        if (column := next((texts[text.rstrip(".? ")] for text in questions if text.rstrip(".? ") in texts), None)) or (column := next((facts.name for facts in source.facts if re.match(rf"{re.escape(item)}(?![\d.])\D", facts.name)), None)):
            found[item] = column
    return found if len(found) >= 0.8 * len(model.questions) else {}


def maturity_part(source: SourceFile, model: ModelTexts, columns: dict[str, str]) -> Line:
    """The lines of one self-assessment."""
    roles = Roles(taken=set(columns.values()))
    lines: list[Line] = []
    free = [facts for facts in source.facts if facts.name not in roles.taken and not facts.name.endswith(" evidence")]
    person = next((facts for facts in free if facts.unique and (words.RESPONDENT.search(facts.name) or words.NAMES.search(facts.name))), None)
    person = person or next((facts for facts in free if words.RESPONDENT.search(facts.name) and facts.distinct > 1), None)
    person = person or next((facts for facts in free if facts.unique), None)
    if person is not None:
        lines.append(Line("respondent", person.name, f"{person.distinct:,} people", columns=(person.name,)))
        free.remove(person)
    for key, pattern in (("period", words.PERIOD), ("role", words.ROLE), ("unit", words.UNIT)):
        facts = next((facts for facts in free if pattern.search(facts.name) and 1 < facts.distinct <= 30), None)
        if facts is not None:
            lines.append(Line(key, facts.name, f"{facts.distinct} different: {facts.shown()}".rstrip(": "), columns=(facts.name,)))
            free.remove(facts)
    guess = next((facts for facts in free if re.search(r"guess|gæt|gissning", facts.name, re.IGNORECASE)), None)
    if guess is not None:
        lines.append(Line("guess", guess.name, f"{guess.filled:,} answers", columns=(guess.name,)))
    scale = _scale_of_model(source, model, columns)
    lines += [Line("scale", scale, "its answers all lie on it")] if scale else []
    renamed = {item: column for item, column in columns.items() if column != item}
    if renamed:
        recode = [Line(item, {"from": column}, columns=(column,)) for item, column in renamed.items()]
        lines.append(Line("recode", recode, "the questions in the model's own words"))
    how = "by their ids" if not renamed else "by the texts of the questions"
    roles.leave("about the person", *[facts.name for facts in free if words.NAMES.search(facts.name)])
    told = [f"{source.rows:,} rows; {len(columns)} of {len(model.questions)} questions of the model found {how}", *roles.told()]
    return Line(model.name, read_lines(source) + lines, above=told)


def _scale_of_model(source: SourceFile, model: ModelTexts, columns: dict[str, str]) -> str:
    if len(model.scales) < 2:
        return ""
    numbers = {number for column in columns.values() for number in source.by_name[column].numeric}
    said = {plain(cell) for column in columns.values() for cell in source.by_name[column].counts if not words.DONT_KNOW.search(cell)}
    if not numbers and said:
        return next((name for name, labels in model.labels.items() if said <= labels), "")
    fitting = [name for name, (low, high) in model.scales.items() if numbers and low <= min(numbers) and max(numbers) <= high]
    return min(fitting, key=lambda name: model.scales[name][1]) if fitting else ""


def benchmark_columns(source: SourceFile, model: ModelTexts) -> str:
    """The column of companies where the file holds a benchmark of the model (0-100); else ""."""
    columns = columns_of_model(source, model)
    high = max((source.by_name[column].high for column in columns.values() if source.by_name[column].numeric), default=0)
    company = next((facts.name for facts in source.facts if facts.unique and words.COMPANY.search(facts.name)), "")
    return company if columns and high > 10 else ""
