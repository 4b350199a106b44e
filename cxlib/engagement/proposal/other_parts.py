"""The parts of client.yml besides the survey: contacts with service levels, customers, employees, initiatives, maturity."""

import re
from dataclasses import dataclass

from cxlib.engagement.maturity_models import SHIPPED
from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import SHARED, Facts, share
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import part_id, short
from cxlib.engagement.proposal.scales import AskedScale, joined_scale
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.proposal.survey_part import Roles, leave_out, read_lines, stored, stored_lines
from cxlib.engagement.settings.layouts import plain
from cxlib.engagement.settings.money import CustomersSettings
from cxlib.engagement.settings.strict_yaml import read_yaml

_MODELS = ("loyalty", "staircase")
_VERDICTS = (("bad", "good"), ("dårlig", "god"), ("dålig", "bra"), ("unsatisfied", "satisfied"), ("dissatisfied", "satisfied"), ("utilfreds", "tilfreds"), ("missnöjd", "nöjd"))


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
    controls = [facts for facts in source.facts if facts.name not in roles.taken and _is_group(facts) and not words.GAVE_UP.search(facts.name)
                and not re.search(r"resolved|løst|löst|date|dato|time|day|dag", facts.name, re.IGNORECASE) and facts is not score][:3]  # fmt: skip
    used: set[str] = set()
    points, recoded = [], []
    for facts in levels:
        points.append(_level(source, facts, score, controls, used, roles))
    pairs = _spans(source) if not levels else []
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


def _is_group(facts: Facts) -> bool:
    large = [count for count in facts.counts.values() if count >= SHARED]
    return not facts.is_numeric and not facts.is_date and not facts.clock and 2 <= facts.distinct <= 12 and len(large) > 1 and share(large, facts.filled) > 0.7


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


def _spans(source: SourceFile) -> list[tuple[str, Facts, Facts]]:
    """Lengths of time between two moments of a row: from the first to each later one."""
    moments = [facts for facts in source.facts if facts.is_date and facts.forms[:1] == ("",)]
    timed = [facts for facts in moments if any("T" in cell or ":" in cell for cell in list(facts.counts)[:3])]
    if len(timed) < 2:
        return []
    first = next((facts for facts in timed if re.search(r"creat|opret|skap|received|modtag|start|opened", facts.name, re.IGNORECASE)), timed[0])
    return [(re.sub(r"[^a-z0-9]+", "_", f"{facts.name} time".casefold()).strip("_").replace("_at_time", "_time"), first, facts)
            for facts in timed if facts is not first][:2]  # fmt: skip


def customers_part(source: SourceFile, survey_ids: set[str]) -> Line | None:
    """The lines of `customers`, or None where the table says nothing of their worth."""
    roles = Roles()
    leave_out(source, roles)
    free = [facts for facts in source.facts if facts.name not in roles.taken]
    lines: list[Line] = []
    units: dict[str, str] = {}
    ids = [facts for facts in free if facts.unique and (words.RESPONDENT.search(facts.name) or words.CUSTOMER.search(facts.name)) and not facts.is_date]
    ids.sort(key=lambda facts: not words.CUSTOMER.search(facts.name))
    if ids:
        lines.append(Line("customer", ids[0].name, f"{ids[0].distinct:,} different ids, one a row", columns=(ids[0].name,)))
    for facts in ids[1:] or ids:
        known = survey_ids & facts.counts.keys()
        if known and len(known) >= 0.1 * len(survey_ids):
            lines.append(Line("respondent", facts.name, f"{len(known):,} of them in the survey", columns=(facts.name,)))
            break
    score = next((source.by_name[name] for name in source.scales if name not in roles.taken and not words.NOT_CHURN_SCORE.search(name)
                  and (words.RECOMMEND.search(name) or words.SATISFIED.search(name) or words.OVERALL.search(name))), None)  # fmt: skip
    if score is not None:
        lines.append(_score_line(score, source.scales[score.name]))
    of_contacts = bool(ids) and not any(words.CUSTOMER.search(facts.name) for facts in ids) and any(words.CONTACT.search(facts.name) for facts in ids)
    worth = [line for line in (None if of_contacts else _churned(free), *_money(free, units)) if line is not None]  # a closed ticket is no lost customer
    if not any(line.key in ("churned", "revenue", "margin", "share_of_wallet") for line in worth):
        return None
    lines += worth
    taken = {name for line in lines for name in line.named()}
    controls = [facts for facts in free if facts.name not in taken and _is_group(facts) and not words.CHURN.search(facts.name) and facts.filled == facts.rows
                and any(pattern.search(facts.name) for pattern in words.GROUPS[:2])]  # fmt: skip
    controls.sort(key=lambda facts: not words.GROUPS[0].search(facts.name))
    controls = controls[:2]
    if controls:
        lines.append(Line("controls", [facts.name for facts in controls], "groups held constant", columns=tuple(facts.name for facts in controls)))
    if units and "units" not in CustomersSettings.model_fields:
        for line in lines:
            line.sure = line.sure and line.key not in units
    if units:
        lines.append(Line("units", units, "by their headings", columns=()))
    rest = [facts.name for facts in free if facts.name not in {name for line in lines for name in line.named()}]
    above = [f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]
    if rest:
        above.append(f"not used: {', '.join(short(name, 40) for name in rest[:15])}" + f" and {len(rest) - 15} more" * (len(rest) > 15))
    return Line("customers", read_lines(source) + lines, above=above)


def _score_line(facts: Facts, scale: AskedScale) -> Line:
    found: dict = {"column": facts.name, "scale": [scale.low, scale.high]}
    why = f"{scale.evidence}"
    if scale.ends not in ((0, 10), (1, 10)):
        steps = [2, 3] if scale.ends == (1, 5) else [scale.low + round((scale.high - scale.low) * each, 0) for each in (0.6, 0.8)]
        found["steps"] = steps
        why += f"; groups: up to {steps[0]:g}, up to {steps[1]:g}, above"
    return Line("score", found, scale.doubt or why, sure=not scale.doubt and not scale.values, columns=(facts.name,))


def _churned(free: list[Facts]) -> Line | None:
    named = [facts for facts in free if words.CHURN.search(facts.name) and not words.NOT_CHURN.search(facts.name) and 1 <= facts.distinct <= 6 and facts.filled]
    named.sort(key=lambda facts: (facts.distinct != 2, facts.filled < facts.rows))
    for facts in named:
        left = next((cell for cell in facts.named if words.GONE.fullmatch(cell)), None)
        if left is None:
            continue
        rows = facts.named[left]
        why = f'{rows:,} of {facts.filled:,} rows have "{left}"; within how many months after the score? `months` is 12 unless it is said here'
        sure = facts.distinct > 1
        if facts.filled < facts.rows:
            sure = facts.distinct > 1
            why += f"; {facts.rows - facts.filled:,} rows are blank, and say neither that a customer left nor stayed"
        return Line("churned", {"column": facts.name, "left": left}, why, sure=sure, columns=(facts.name,))
    return None


def _money(free: list[Facts], units: dict[str, str]) -> list[Line]:
    lines = []
    roles = (("revenue", words.REVENUE), ("margin", words.MARGIN), ("service_cost", words.SERVICE_COST), ("tenure", words.TENURE), ("rank", words.RANK), ("suppliers", words.SUPPLIERS))
    taken: set[str] = set()
    for key, pattern in roles:
        named = [facts for facts in free if facts.name not in taken and pattern.search(facts.name) and _is_amount(facts) and not words.TOTAL.search(facts.name)
                 and not (key == "revenue" and words.MARGIN.search(facts.name))]  # fmt: skip
        if not named:
            continue
        facts = named[0]
        taken.add(facts.name)
        line = Line(key, facts.name, f"{facts.filled:,} amounts" if not facts.numeric else f"{facts.low:g} to {facts.high:g}", columns=(facts.name,))
        others = [each.name for each in named[1:]]
        if key in ("revenue", "margin", "service_cost"):
            monthly = words.MONTHLY.search(facts.name)
            if monthly:
                units[key] = "month"
                line.why += f', "{monthly.group(0)}" in the heading: a month'
            elif not words.YEARLY.search(facts.name):
                line.why += "; taken as a year: where it is a month, say so under `units`"
        if key == "tenure":
            if words.MONTHLY.search(facts.name):
                units[key] = "months"
                line.why += ", months by the heading"
            elif not words.YEARLY.search(facts.name) and facts.high > 45:
                units[key] = "months"
                line.why += ", too many for years: taken as months"
            elif not words.YEARLY.search(facts.name):
                line.sure = facts.high <= 45 and not facts.whole
                line.why += "; years? if months, `units: {tenure: months}`"
        if others:
            line.why += f"; others: {', '.join(short(name, 40) for name in others[:3])}"
        lines.append(line)
    for facts in free:
        if words.WALLET.search(facts.name) and _is_amount(facts) and facts.name not in taken:
            percent = facts.high > 1 if facts.numeric else True
            lines.append(Line("share_of_wallet", {"column": facts.name, "unit": "percent" if percent else "fraction"}, f"{facts.low:g} to {facts.high:g}" if facts.numeric else f"{facts.filled:,} shares written as text", columns=(facts.name,)))
            break
    return lines


def _is_amount(facts: Facts) -> bool:
    if facts.is_numeric:
        return True
    said = list(facts.counts)[:50]
    return bool(said) and all(re.fullmatch(r"[^\d-]{0,5}-?[\d., ]+[^\d]{0,5}", cell) for cell in said)


def employees_part(source: SourceFile, customer_units: dict[str, set[str]]) -> tuple[Line, str]:
    """The lines of `employees`, and the column of the customer survey that names the same units."""
    roles = Roles()
    leave_out(source, roles)
    free = [facts for facts in source.facts if facts.name not in roles.taken]
    unit = next((facts for facts in free if facts.name not in source.scales and words.UNIT.search(facts.name) and facts.distinct > 1), None)
    unit = unit or next((facts for facts in free if facts.name not in source.scales and _is_unit(facts)), None)
    lines = [line for line in source.shape if line.key in ("long", "waves")]
    same = ""
    if unit is not None:
        met = {column: len(names & unit.counts.keys()) for column, names in customer_units.items()}
        same = max((column for column in met if met[column] > 1), key=lambda column: met[column], default="")
        why = f"{unit.distinct} units" + (f', {met[same]} of them in "{short(same, 40)}" of the customer survey' if same else "")
        lines.append(Line("unit", unit.name, why, columns=(unit.name,)))
    for facts in free:
        if facts is not unit and words.PERIOD.search(facts.name) and 1 < facts.distinct <= 24 and facts.name not in source.stems:
            lines.append(Line("period", facts.name, f"{facts.distinct} periods: {facts.shown(6)}", columns=(facts.name,)))
            break
    asked = [name for name in source.scales if name not in roles.taken and name not in {each for line in lines for each in line.named()}]
    if asked:
        scale = joined_scale([source.scales[name] for name in asked])
        kept = asked if scale is not None else [name for name in asked if source.scales[name].ends == source.scales[asked[0]].ends]
        scale = scale or joined_scale([source.scales[name] for name in kept]) or source.scales[asked[0]]
        items = Line("items", [Line(name, short(source.by_name[name].title or name), source.scales[name].evidence, columns=(name,)) for name in kept])
        lines += [items, *stored_lines(scale)]
        codes = {kind: codes for kind, codes in (("dont_know", scale.dont_know), ("not_applicable", scale.not_applicable)) if codes and not scale.here}
        lines += [Line(kind, list(codes), "as stored", part=False) for kind, codes in codes.items()]
    above = [f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]
    why = source.nobody or ("" if unit is not None else "no column of units was found")
    return Line("employees", read_lines(source) + lines, why, sure=unit is not None and bool(asked) and not source.nobody, above=above), same


def _is_unit(facts: Facts) -> bool:
    return not facts.is_numeric and not facts.is_date and 2 <= facts.distinct <= max(12, facts.rows // 3) and facts.length < 40


def initiatives_part(source: SourceFile) -> Line:
    """The lines of `initiatives`."""
    free = {facts.name: facts for facts in source.facts}
    found: dict[str, str] = {}

    def take(key: str, pattern: re.Pattern, fits) -> None:
        name = next((name for name in free if name not in found.values() and pattern.search(name) and fits(free[name])), None)
        if name is not None:
            found[key] = name

    def is_text(facts: Facts) -> bool:
        return not facts.is_numeric and not facts.is_date

    take("name", words.INITIATIVE, is_text)
    for key, pattern in (("battle", words.BATTLE), ("owner", words.OWNER)):
        take(key, pattern, is_text)
    take("start", words.START, lambda facts: facts.is_date)
    take("end", words.END, lambda facts: facts.is_date)
    take("cost_once", words.COST_ONCE, _is_amount)
    take("cost_yearly", words.COST_YEARLY, _is_amount)
    for key, pattern in (("low", words.LOW), ("high", words.HIGH), ("mode", words.MODE)):
        take(key, pattern, lambda facts: facts.is_numeric)
    lines = [Line(key, found[key], columns=(found[key],)) for key in ("name", "battle", "owner", "start", "end", "cost_once", "cost_yearly") if key in found]
    for key, plain_name in (("from", ("from", "x", "fra", "från")), ("to", ("to", "y", "til", "till"))):
        name = next((name for name in free if name.casefold() in plain_name), None)
        if name:
            lines.append(Line(key, name, columns=(name,)))
    effect = [found.get(key) for key in ("low", "mode", "high")]
    if all(effect):
        lines.append(Line("effect", {"columns": effect, "of": "satisfaction"}, "points of the index 0-100, lowest, likeliest, highest", columns=tuple(effect)))
    missing = [key for key in ("name", "start", "end", "cost_once") if key not in found] + ([] if all(effect) else ["effect"])
    why = f"no column was found for: {', '.join(missing)}" if missing else ""
    rest = [name for name in free if name not in {each for line in lines for each in line.named()}]
    above = [f"{source.rows:,} rows ({source.how})", *([f"not used: {', '.join(short(name, 40) for name in rest)}"] if rest else [])]
    return Line("initiatives", read_lines(source) + lines, why, sure=not missing, above=above)

