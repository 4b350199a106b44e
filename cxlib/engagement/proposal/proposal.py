"""What a set of files is, and the client.yml that says so."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem
from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.lines import Line, one_line
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.contacts import contacts_parts, spans
from cxlib.engagement.proposal.parts.customers import customers_part
from cxlib.engagement.proposal.parts.employees import employees_part
from cxlib.engagement.proposal.parts.initiatives import initiatives_part
from cxlib.engagement.proposal.parts.joins import shared_id, with_joined
from cxlib.engagement.proposal.parts.maturity import benchmark_columns, columns_of_model, maturity_part, models
from cxlib.engagement.proposal.parts.roles import AskedChoice
from cxlib.engagement.proposal.parts.segments import each_line
from cxlib.engagement.proposal.parts.survey import survey_part
from cxlib.engagement.proposal.shapes import wave_names
from cxlib.engagement.proposal.sources import SourceFile, of_several, source_file
from cxlib.languages import LANGUAGES

_UNREAD = "unread"
_REGISTER = "register"
_MOST_CHOICES = 3  # that are asked
_MATTERS = ("dates", "recommend", "rating", "blocks", "basis", "satisfaction", "loyalty")  # what is asked, the most important first
_HEAD = 3  # lines before the parts: client, name, language
_DESCRIBED = ("survey", "contacts", "for_each")  # parts that show nothing by themselves
_ASKED = ("recommend", "rating", "effort", "satisfaction", "loyalty", "blocks")
_SEVERAL_ONLY = ("survey", "contacts", "customers", "employees", "initiatives")


@dataclass
class Proposal:
    """The lines of a client.yml, and what is left to the consultant.

    kinds : {file: what it was taken for}
    choices : questions that matter most, in their order
    notes : what somebody should know at once
    """

    lines: list[Line]
    kinds: dict[str, str] = field(default_factory=dict)
    choices: list[AskedChoice] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether a report of what is certain would show anything."""
        return any(line.sure and (line.key not in _DESCRIBED or any(each.sure and each.key in _ASKED for each in line.below)) for line in self.lines[_HEAD:])

    @property
    def questions(self) -> list[AskedChoice]:
        """The three to five questions that matter most, in the order in which they are asked."""
        given = {line.key: line.value for line in self.lines}
        name = AskedChoice("name", "The client's name, as the report prints it", {}, given["name"])
        language = AskedChoice("language", "Language of the report", {each: each for each in LANGUAGES}, given["language"], words=True)
        return [name, language, *sorted(self.choices, key=lambda choice: _MATTERS.index(choice.key))[:_MOST_CHOICES]]


def read_sources(folder: Folder, files: list[str], alone: Collection[str] = ()) -> list[SourceFile]:
    """The files, each as far as it can be read; surveys of the same headings are waves of one.

    alone : files that are no wave of another
    """
    sources = [source_file(folder, name) for name in files]
    alike: dict[tuple, list[SourceFile]] = {}
    for source in sources:
        alike.setdefault((source.opening.layout, *source.by_name) if source.facts and source.file not in alone else (source.file,), []).append(source)
    found = []
    for group in alike.values():
        if len(group) > 1 and kind_of(group[0]) == "survey":
            found.append(of_several(group, wave_names([str(source.file) for source in group])))
        else:
            found += group
    return found


def proposed(sources: list[SourceFile], client: str, answers: dict[str, str], known: Mapping[str, str] = MappingProxyType({})) -> Proposal:
    """A client.yml for the files.

    answers : what the consultant said: language, name, and keys of choices
    known : {name of a source: its kind}, where a client.yml says it already
    """
    for source in sources:
        source.more_read.clear()
    sources = sorted(sources, key=lambda source: source.name not in known)
    kinds = {source.name: kind_of(source) for source in sources}
    kinds |= _staff_beside_a_survey(sources, kinds) | known
    kinds |= _registers_beside_a_survey(sources, kinds) | known
    by_kind: dict[str, list[SourceFile]] = {}
    for source in sources:
        by_kind.setdefault(kinds[source.name], []).append(source)
    said = [text for source in sources for facts in source.facts for text in (facts.words, facts.shown(12), *facts.labels.values())]
    spoken, counted = words.language_of(said)
    language = answers.get("language") or words.NEAREST.get(spoken, spoken)
    told = ", ".join(f"{each} {count}" for each, count in sorted(counted.items(), key=lambda item: -item[1]))
    notes = []
    why = f"words in the files: {told}" if max(counted.values()) else "no word in the files tells it: correct it"
    if spoken in words.NEAREST:
        why = f"the files are in {words.LANGUAGE_NAMES[spoken]} ({told}); reports are written in {', '.join(LANGUAGES)}, of which this is the nearest"
        notes = [f"language: {words.LANGUAGE_NAMES[spoken]} was recognised; reports are written in {', '.join(LANGUAGES)}: {language} "
                 + ("was chosen by you" if answers.get("language") else "is proposed, as the nearest")]  # fmt: skip
    name = answers.get("name") or client.replace("-", " ").replace("_", " ").title()
    lines = [
        Line("client", client, part=False),
        Line("name", name, "" if answers.get("name") else "as the report prints it: correct it", part=False),
        Line("language", language, "" if answers.get("language") else why, part=False),
    ]
    choices: list[AskedChoice] = []
    survey = (by_kind.get("survey") or [None])[0]
    employees = (by_kind.get("employees") or [None])[0]
    given: dict[str, str] = {}
    staff = None
    if employees is not None:
        units = {facts.name: set(facts.counts) for facts in survey.facts} if survey else {}
        staff, same = employees_part(employees, units)
        given = {"unit": same} if same else {}
    ids: set[str] = set()
    if survey is not None:
        part, roles = survey_part(survey, given, answers)
        choices += roles.choices
        lines += [part, *each_line(survey)]
        others = [*by_kind.get(_REGISTER, []), *by_kind.get("customers", [])[:1]]
        for joined in with_joined(part, survey, others):
            notes.append(f"{joined.name}: joined to {survey.name} by the ids that they share; see `join`")
        respondent = next((line.value for line in part.below if line.key == "respondent" and line.sure), None)
        ids = set(survey.by_name[respondent].counts) if respondent else set()
    lines += _maturity(sources, kinds)
    for source in by_kind.get("contacts", [])[:1]:
        lines += contacts_parts(source, ids)
    for source in by_kind.get("customers", [])[:1]:
        if (part := customers_part(source, ids)) is not None:
            lines.append(part)
            if survey is None and source.scales:
                lines[3:3] = _score_as_survey(source, answers, choices)
    lines += [staff] if staff is not None else []
    for source in by_kind.get("initiatives", [])[:1]:
        lines.append(initiatives_part(source))
    first = lines[3] if len(lines) > 3 else None
    for source in _without_part(sources, kinds):
        why = one_line(source.problems[0].rule) if source.problems else f"another {kinds[source.name]}: one file has been taken" if source.facts else "nothing was recognised in it"
        (first.above if first else lines[-1].above).insert(0, f"{source.name} is not read: {why}")
    return Proposal(lines, kinds, choices, notes)


def _score_as_survey(source: SourceFile, answers: dict[str, str], choices: list[AskedChoice]) -> list[Line]:
    """A customer table that holds answers is a survey, too."""
    part, roles = survey_part(source, {}, answers)
    source.more_read.clear()
    choices += roles.choices
    asked = [line for line in part.below if line.key in ("recommend", "rating") and line.sure]
    if not asked:
        return []
    part.above.insert(0, f"the answers in {source.name}, which is the customers' table, too")
    return [part]


def _maturity(sources: list[SourceFile], kinds: dict[str, str]) -> list[Line]:
    parts = []
    for model in models():
        own = [source for source in sources if kinds[source.name] == f"maturity.{model.name}"]
        if not own:
            continue
        part = maturity_part(own[0], model, columns_of_model(own[0], model))
        others = [source for source in sources if kinds[source.name] == f"benchmark.{model.name}"]
        if others:
            company = benchmark_columns(others[0], model)
            part.value.append(Line("benchmark", {"file": others[0].file, "company": company}, f"{others[0].rows:,} companies"))
        parts.append(part)
    return [Line("maturity", parts)] if parts else []


def _staff_beside_a_survey(sources: list[SourceFile], kinds: dict[str, str]) -> dict[str, str]:
    """Tables of questions that name the units of a survey beside them, and no respondents: employees."""
    surveys = [source for source in sources if kinds[source.name] == "survey"]
    found = {}
    for source in surveys:
        others = [facts for other in surveys if other is not source for facts in other.facts if facts.distinct > 1]
        recommend = any(words.RECOMMEND.search(source.by_name[name].words) for name in source.scales)
        unit = next((facts for facts in source.facts if words.UNIT.search(facts.name) and facts.name not in source.scales), None)
        if not recommend and unit and source.scales and any(len(unit.counts.keys() & facts.counts.keys()) > 1 for facts in others):
            found[source.name] = "employees"
    return found


def _registers_beside_a_survey(sources: list[SourceFile], kinds: dict[str, str]) -> dict[str, str]:
    """Tables without a question that hold the ids of a survey: what they say of the people can be joined to it."""
    surveys = [source for source in sources if kinds[source.name] == "survey"]
    asking = [source for source in surveys if source.scales]
    return {source.name: _REGISTER for source in surveys if asking and not source.scales and shared_id(asking[0], source) is not None}


def _without_part(sources: list[SourceFile], kinds: dict[str, str]) -> list[SourceFile]:
    seen: set[str] = set()
    left = []
    for source in sources:
        kind = kinds[source.name]
        if kind == _UNREAD or kind in seen:
            left.append(source)
        seen.add(kind)
    return left


def kind_of(source: SourceFile) -> str:
    """survey, contacts, customers, employees, initiatives, maturity.<model>, benchmark.<model> or unread; beside a survey a file may also be its register."""
    if not source.facts:
        return _UNREAD
    for model in models():
        if benchmark_columns(source, model):
            return f"benchmark.{model.name}"
        if columns_of_model(source, model):
            return f"maturity.{model.name}"
    names = [facts.name for facts in source.facts]
    stem = re.sub(r"\.[^.]+$", "", source.name)

    def some(pattern: re.Pattern) -> int:
        return sum(bool(pattern.search(name)) for name in names)

    if source.layout is None and some(words.INITIATIVE) and (some(words.COST_ONCE) or some(words.COST_YEARLY)) and some(words.START):
        return "initiatives"
    questions = list(source.scales)
    worth = customers_part(source, set())
    roles = [] if worth is None else [line.key for line in worth.below if line.key in ("churned", "revenue", "margin", "tenure", "share_of_wallet")]
    if roles and (words.CUSTOMER.search(stem) or len(questions) <= 4 or len(roles) > 2):
        return "customers"
    durations = [facts for facts in source.facts if (facts.clock or (facts.is_numeric and words.DURATION.search(facts.name))) and not source.is_of_the_program(facts.name)
                 and facts.name not in source.scales]  # fmt: skip
    stamped = spans(source) if some(words.CONTACT) else []
    if source.layout is None and (durations or stamped) and len(questions) <= 4:
        return "contacts"
    recommend = any(words.RECOMMEND.search(said) and not words.WORK.search(said) for said in (source.by_name[name].words for name in questions))
    working = sum(bool(words.WORK.search(source.by_name[name].words)) for name in questions)
    if questions and not recommend and (working or words.EMPLOYEES.search(stem)) and (working >= 0.3 * len(questions) or words.EMPLOYEES.search(stem)):
        return "employees"
    return "survey"


def summary(proposal: Proposal, sources: list[SourceFile]) -> list[str]:
    """What was found, a line for each file and part."""
    told = []
    nothing = not proposal.asks and all(line.sure for line in proposal.lines)
    for source in sources:
        layout = f", {source.layout.name}" if source.layout else ""
        become = f", {source.rows:,} of them taken" if source.rows < source.stored else f", made {source.rows:,}" if source.rows > source.stored else ""
        told.append(f"{source.name}: {source.stored:,} rows{become}, {len(source.facts)} columns{layout}: {'nothing recognised' if nothing else proposal.kinds[source.name]}")
    for line in proposal.lines:
        told += [f"  {each}" for each in _told(line)]
    return [*told, *proposal.notes]


def nothing_certain(proposal: Proposal, sources: list[SourceFile], doubtful: int) -> Problem | None:
    """Why the report would be empty: what was seen, what it would take, and what to do; None where it shows something."""
    if proposal.asks:
        return None
    read = [source for source in sources if source.facts]
    seen = "; ".join(f"{source.rows:,} rows of {', '.join(short(facts.name, 30) for facts in source.facts[:8])}" + f" and {len(source.facts) - 8} more columns" * (len(source.facts) > 8)
                     for source in read[:3])  # fmt: skip
    names = ", ".join(source.name for source in read)
    look = f"`cx look {read[0].name}` shows what each column holds"
    if doubtful:
        nobody = next((f": {source.nobody}" for source in read if source.nobody), "")
        rule = f"nothing in it is certain, so the report would be empty{nobody}. Seen were {seen}"
        return Problem(names, rule, f"Decide on the lines of client.yml that begin with `# ?`: take away `# ? ` where one is right; {look}")
    rule = f"nothing was recognised, so the report would be empty: no answers on a scale, no service level, no customers' worth. Seen were {seen}"
    remedy = f"{look}; if these are not its headings, say where they are (`read: {{headings: 3}}`, or `sheet`); else name a question under `survey`, as `rating: {{column: ..., scale: [1, 5]}}`"
    return Problem(names, rule, remedy)


def _told(line: Line) -> list[str]:
    told = []
    for each in line.below:
        if not each.sure or each.key in ("file", "read", "recode"):
            continue
        if each.key in ("segments", "blocks") or line.key in ("maturity", "tipping_points"):
            inner = [short(below.key, 30) for below in each.below if below.sure] if each.key in ("segments", "blocks") else []
            told.append(f"{line.key}.{each.key}" + (f": {', '.join(inner[:10])}" + f" and {len(inner) - 10} more" * (len(inner) > 10) if inner else ""))
        elif each.key in ("respondent", "date", "period", "weight", "recommend", "rating", "effort", "satisfaction", "loyalty", "churned", "revenue", "margin", "tenure", "unit"):
            told.append(f"{line.key}.{each.key}: {', '.join(short(name, 50) for name in each.columns[:4])}")
    return told
