"""A client folder, opened: settings, survey and self-assessments, each read when it is asked for."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, TypeVar

from cxlib.engagement.folder import SETTINGS, Folder, client_folder, input_file, sha256_of, whole_of
from cxlib.engagement.inherited import with_inherited
from cxlib.engagement.notebook_errors import say_errors_first
from cxlib.engagement.problems import DataError, Problem, nearest
from cxlib.engagement.read_before import TablesRead
from cxlib.engagement.settings.client import Client
from cxlib.engagement.settings.labels import in_language
from cxlib.engagement.settings.strict_yaml import dotted, read_yaml
from cxlib.engagement.settings.validation import read_settings
from cxlib.engagement.slide_master import slide_template_fault
from cxlib.languages import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from cxlib.analyses.contact_log import ComparedUnits, FollowUp, Journey
    from cxlib.analyses.money import Answers, Customers, Money, Plan, Staff
    from cxlib.analyses.rollout import Rollout
    from cxlib.engagement.contacts import Contacts
    from cxlib.engagement.each import Each, OneOf
    from cxlib.engagement.maturity import Assessment
    from cxlib.engagement.survey import Survey

Value = TypeVar("Value")
PARTS = ("survey", "maturity", "contacts", "customers", "employees", "initiatives", "money", "rollout", "journey", "closed_loop", "units")
LINE = 120  # characters of a line in a repr
_LARGEST_LOGO, _LARGEST_TEMPLATE = 200 * 1024, 20 * 1024 * 1024  # bytes


class Engagement:
    """What a client's folder holds.

    settings : client.yml, typed (`cxlib.engagement.settings.client.Client`)
    inputs : {file name: sha256} of every file read so far
    words : {"asked": forms, "measured": forms} of the report's language, as client.yml names them; {} without
    each : the reports of `for_each`, each about one value of a column; None without that key
    one : the one that this is; None for the whole
    tables : what was read so far, for the processes that make the pages of the report

    >>> engagement.has("survey"), engagement.has("employees")
    (True, True)
    """

    def __init__(self, folder: Folder, settings: Client, language: str = "", each: "Each | None" = None, one: "OneOf | None" = None):
        self._folder, self.settings, self._declared = folder, settings, settings
        self.id, self.name = settings.client, settings.name
        self.each, self.one = each, one
        if each is not None:
            from cxlib.engagement.each import settings_of, settings_of_whole

            self.settings = settings_of(settings, one) if one else settings_of_whole(settings, each)
        if one is not None:
            self.id, self.name = one.id, f"{settings.name} · {one.value}"
        self.language = language or settings.language
        self.period, self.currency, self.colour = settings.period, settings.currency, settings.colour
        self.anonymity = settings.anonymity
        self.words = settings.words.in_language(self.language) if settings.words else {}
        self.inputs = folder.inputs
        self._assessments: dict[str, Assessment] = {}
        self.tables = TablesRead(self.id, folder.path, (settings, self.settings))

    def __repr__(self) -> str:
        parts = ("maturity", *(part for part in PARTS if part != "maturity"))
        return fill(f"Engagement {self.id!r} ({self.name}): {', '.join(filter(self.has, parts))}", LINE, subsequent_indent="  ")

    @property
    def folder(self) -> Path:
        """Where the client's files lie."""
        return self._folder.path

    @property
    def look(self) -> dict[str, Any]:
        """Keywords of `report.Page`: language, words, colour, currency, client (the display name), sources."""
        look = {"language": self.language, "colour": self.colour, "currency": self.currency, "client": self.name}
        return look | {"words": self.words, "sources": self.sources}

    @property
    def sources(self) -> dict[str, str]:
        """{part of client.yml: the file of its table}; "" for a part of several files, and for one without."""
        given = self.settings
        single = {
            part: getattr(given, part) for part in ("survey", "contacts", "customers", "employees", "initiatives", "closed_loop")
        }
        files = {part: set(table.files.values()) for part, table in single.items() if table is not None}
        files["journey"] = {file for log in (given.journey.logs if given.journey else {}).values() for file in log.files.values()}
        begun = [given.rollout.starts, given.rollout.figures, *given.rollout.trials.values()] if given.rollout else []
        files["rollout"] = {file for table in begun if table is not None for file in table.files.values()}
        models = list((given.maturity or {}).values())
        files["maturity"] = {file for model in models for file in model.files.values()}
        files["benchmark"] = {file for model in models if model.benchmark for file in model.benchmark.files.values()}
        files["money"] = {""} if given.money else set()
        return {part: named.pop() if len(named) == 1 else "" for part, named in files.items() if named}

    @cached_property
    def logo(self) -> bytes | None:
        """The client's logo, as its file holds it."""
        return None if self.settings.logo is None else self._folder.read(self.settings.logo, limit=_LARGEST_LOGO)

    @cached_property
    def template(self) -> bytes | None:
        """The client's own master for slides, as its file holds it. Raises DataError where it is no PowerPoint file."""
        name = self.settings.template
        if name is None:
            return None
        data = self._folder.read(name, limit=_LARGEST_TEMPLATE)
        if fault := slide_template_fault(data):
            remedy = "Save it in PowerPoint as .potx, without macros and without a password"
            raise DataError([Problem(self._folder.display_name(name), fault, remedy)])
        return data

    def has(self, topic: str) -> bool:
        """Whether client.yml has a topic, as "survey" or "maturity", or a self-assessment, as "maturity.loyalty".

        >>> engagement.has("survey"), engagement.has("maturity.unheard_of")
        (True, False)
        """
        topic, _, model = topic.partition(".")
        given = getattr(self.settings, topic, None) if topic in Client.model_fields else None
        return given is not None and (not model or model in given)

    @cached_property
    def survey(self) -> "Survey":
        """The customer survey. Raises DataError when it is wrong or missing."""
        from cxlib.engagement.survey import read_survey  # pandera takes a second to import

        if self.settings.survey is None:
            raise self._missing("survey")
        from cxlib.engagement.journey import beside_survey

        asked = self.settings.survey
        return self._read("survey", lambda folder: read_survey(folder, asked, self.anonymity.respondents, beside_survey(self.settings)))

    def maturity(self, model: str) -> "Assessment":
        """The self-assessment by a model, as "loyalty". Raises DataError when it is wrong or missing.

        >>> len(engagement.maturity("loyalty").answers)
        29
        """
        from cxlib.engagement.maturity import read_assessment

        if not self.has(f"maturity.{model}"):
            raise self._missing(f"maturity.{model}")
        if model not in self._assessments:
            self._assessments[model] = read_assessment(self._folder, model, self.settings.maturity[model])
        return self._assessments[model]

    @cached_property
    def contacts(self) -> "Contacts":
        """The contacts and their service levels. Raises DataError when they are wrong or missing."""
        from cxlib.engagement.contacts import read_contacts

        if self.settings.contacts is None:
            raise self._missing("contacts")
        levels = self.settings.tipping_points or {}
        asked = self.settings.contacts
        return self._read("contacts", lambda folder: read_contacts(folder, asked, levels, self.settings.survey))

    @cached_property
    def journey(self) -> "Journey | None":
        """The journey: touchpoints, and one log of contacts over all departments; None without it. Raises DataError when it is wrong."""
        from cxlib.engagement.journey import read_journey

        asked = self.settings.journey
        if asked is None:
            return None
        survey, customers = self.survey if self.settings.survey is not None else None, self.customers
        return self._read("journey", lambda folder: read_journey(folder, self.settings, asked, survey, customers))

    @cached_property
    def follow_up(self) -> "FollowUp | None":
        """Answers that somebody should call about, and what became of them; None without them. Raises DataError when they are wrong."""
        from cxlib.engagement.follow_up import read_follow_up

        asked = self.settings.closed_loop
        survey = self.survey if self.settings.survey is not None else None
        return None if asked is None else read_follow_up(self._folder, asked, survey, self.customers)

    @cached_property
    def drawn(self) -> "pd.DataFrame":
        """Whom `cx calls` drew lots for so far: respondent, left_out ("1" or "0"), owner, day, seed."""
        from cxlib.engagement.follow_up import drawn_before

        return drawn_before(self._folder)

    @cached_property
    def units(self) -> "ComparedUnits | None":
        """Which units of the survey are compared; None without them."""
        from cxlib.engagement.follow_up import compared_units

        asked, survey = self.settings.units, self.settings.survey
        return None if asked is None or survey is None else compared_units(asked, survey)

    @property
    def customers_of_contacts(self) -> "Customers | None":
        """The customers, where contacts can be tied to what they buy; None where they cannot."""
        named = self.settings.customers
        tied = named is not None and named.respondent is not None and (named.share_of_wallet or named.churned)
        return self.customers if tied else None

    @cached_property
    def answers(self) -> "Answers | None":
        """What links take from the customer survey; None without one."""
        from cxlib.analyses.money import Answers

        asked = self.settings.survey
        if asked is None:
            return None
        rows, index = self.survey.rows, self.survey.satisfaction
        satisfaction = {} if index is None else {"items": list(index.items), "scale": index.scale}
        if index is not None and index.scales:  # one scale for all questions is what an index over units is made of
            ends = {item: index.scale_of(item) for item in index.items}
            rows = rows.assign(**{item: 100 * (rows[item] - low) / (high - low) for item, (low, high) in ends.items()})
            satisfaction["scale"] = (0, 100)
        return Answers(rows, score=asked.recommend.column if asked.recommend else None, **satisfaction,
                       unit=asked.unit, period=self.survey.period, weight=asked.weight)  # fmt: skip

    @cached_property
    def published(self) -> list[dict[str, Any]]:
        """The published effects that ship with the workbook, as templates/models/published_effects.yml has them."""
        from cxlib.engagement.money import read_published

        return read_published()

    @cached_property
    def customers(self) -> "Customers | None":
        """The customer table; None without one. Raises DataError when it is wrong."""
        return self._money_table("customers", "read_customers")

    @cached_property
    def employees(self) -> "Staff | None":
        """The employee survey; None without one. Raises DataError when it is wrong."""
        return self._money_table("employees", "read_staff")

    @cached_property
    def initiatives(self) -> "Plan | None":
        """The initiatives, from x to y; None without them. Raises DataError when they are wrong."""
        blocks = self._declared.survey.blocks if self._declared.survey else None
        works_on = {key: part.label for part in (blocks, self._declared.tipping_points) for key, part in (part or {}).items()}
        return self._money_table("initiatives", "read_plan", works_on)

    @cached_property
    def rollout(self) -> "Rollout | None":
        """What was begun where and when, and the figure that should have moved; None where nobody says. Raises DataError when it is wrong."""
        plan = self.settings.initiatives
        begun = self.settings.rollout is not None or (plan is not None and plan.started is not None)
        return self.rollout_so_far if begun and self.one is None else None

    @cached_property
    def rollout_so_far(self) -> "Rollout":
        """The same before anything has begun: the figure of each unit over time. Raises DataError when it is wrong."""
        from cxlib.engagement.rollout import read_rollout

        survey = self.survey if self.settings.survey is not None else None
        return read_rollout(self._folder, self.settings.rollout, survey, self.initiatives)

    @cached_property
    def money(self) -> "Money | None":
        """What turns customers into money: discount rate, horizon and the rest; None without the part `money`."""
        from cxlib.engagement.money import money_of

        return None if self.settings.money is None else money_of(self.settings.money, self.currency)

    def _money_table(self, part: str, reader: str, *more: object) -> Any:
        from cxlib.engagement import money

        settings = getattr(self.settings, part)
        return None if settings is None else self._read(part, lambda folder: getattr(money, reader)(folder, settings, *more))

    def _read(self, part: str, reader: Callable[[Folder], Value]) -> Value:
        return self.tables.read(part, self._folder, reader)

    def _missing(self, key: str) -> DataError:
        return DataError([self._folder.setting(key, "client.yml has no such part", "Describe its table there")])


def open_client(client: str, language: str = "") -> Engagement:
    """Open a client's folder: client.yml is read and checked, tables wait until they are asked for.

    client : the folder's id, looked for in the directories of CX_CLIENTS or workbook.yml and then among the demos
    language : en, da or sv, instead of the client's own

    Raises: DataError for an unknown client (with the nearest id), or with everything that is wrong with client.yml.

    >>> engagement = open_client("nordlys", language="sv")
    >>> engagement.name, engagement.language
    ('Nordlys Energi A/S', 'sv')
    """
    say_errors_first()
    if language and language not in LANGUAGES:
        near = nearest(language, LANGUAGES)
        remedy = f"Did you mean {near}?" if near else f"Use one of: {', '.join(LANGUAGES)}"
        raise DataError([Problem(str(client), f"{language!r} is not a language of the reports", remedy)])
    folder, settings, problems = opened(client, language=language)
    if settings is None:
        raise DataError(problems)
    if faults := settings.words.faults(language) if language and settings.words else []:
        raise DataError([folder.setting(f"words.{part}", rule, remedy) for part, rule, remedy in faults])
    return engagement_of(folder, settings, client, language)


def engagement_of(folder: Folder, settings: Client, report: str, language: str = "") -> Engagement:
    """The whole, or the report about one value of the column of `for_each`."""
    if settings.for_each is None and report != folder.client:
        rule = f"{folder.client} has no `for_each`, so there is no report {report}"
        raise DataError([folder.setting("for_each", rule, f"Open {folder.client}, or write `for_each: ` and a column of the survey")])
    if settings.for_each is None:
        return Engagement(folder, settings, language)
    folder.each.append(settings.for_each.column)
    each = _each(folder, settings)
    one = each.report(folder, report) if report != folder.client else None
    return Engagement(replace(folder, cut=one.cut) if one else folder, settings, language, each, one)


_SEEN: dict[Path, tuple[dict[str, str], "Each"]] = {}  # the pages of a report are made by forks of one process


def _each(folder: Folder, settings: Client) -> "Each":
    """The reports of `for_each`; files that have not changed since are not read for them again."""
    from cxlib.engagement.each import reports_of

    inputs, each = _SEEN.get(folder.path, ({}, None))
    if each is not None and all(sha256_of(input_file(folder.path, name)) == sha for name, sha in inputs.items()):
        for name, sha in inputs.items():
            folder.has_read(name, sha)
        return each
    each = reports_of(folder, settings)
    _SEEN[folder.path] = dict(folder.inputs), each
    return each


def opened(
    client: str, path: Path | None = None, language: str = "", settings_text: str | None = None
) -> tuple[Folder, Client | None, list[Problem]]:
    """The folder, its settings (None when wrong) and what is wrong with them."""
    path = path or client_folder(client)
    client = whole_of(client) if path.name != client and path.name == whole_of(client) else client
    folder = Folder(client, path)
    data = folder.read(SETTINGS) if settings_text is None else settings_text.encode()
    document = read_yaml(data, folder.display_name(SETTINGS))
    folder.lines.update({dotted(path): line for path, line in document.lines.items()})
    inherited = with_inherited(folder, document)
    folder.places.update(inherited.places)
    lacking = in_language(inherited.document, language)
    settings, found = read_settings(inherited.document, Client)
    if settings is not None and not language:
        rule = "the label is not given in {}, the language of the report"
        found += [replace(folder.setting(key, rule.format(of), f"Add `{of}:`"), severity="warning") for key, of in lacking]
    found = [inherited.placed(problem) for problem in found]
    named = document.value.get("client")
    if isinstance(named, str) and named != client:
        line = document.line(("client",))
        remedy = f"Write `client: {client}`, or rename the folder"
        found.append(Problem(document.file, f"the folder is called {client}", remedy, line, "client"))
        settings = None
    return folder, settings, found
