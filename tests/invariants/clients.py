"""Small clients made up from a seed: any part of client.yml alone or beside any other, with data as odd as real ones.

`generated(seed)` is a client drawn at random; `laid_out(parts)` has just the parts that are named. A `Twist` tells the
same client in another way: other headings, other order of rows, a scale turned round. The draws never depend on it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import yaml

from tests.conftest import ROOT

SCALES = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100), (-10, 10))
LANGUAGES = ("en", "da", "sv")
COURSES = ("none", "line", "step", "kink", "wears off", "best in the middle", "zone", "made together")
LEVELS = ("minutes", "whole", "zeros", "rating", "days", "rounded", "two values")
OUTCOMES = ((0, 10), (1, 5), (0, 1), (0, 100), (-10, 10))
DONT_KNOW, NOT_USED = "Don't know", "Not used"
CODES = {"dont_know": [DONT_KNOW], "not_applicable": [NOT_USED]}
# What a client may call things: text of another kind, and words that the product uses itself.
ODD_LABELS = ('"Quoted" & <b>bold</b>', "{braces} 50 %", "Pris – værdi", "None", "nan", "Total", "O'Neill; Sons", "1")
ODD_COLUMNS = {
    "region": "group", "kind": "segment", "wave": "n", "weight": "share", "team": "unit", "recommend": "score",
    "rating": "estimate", "effort": "low", "satisfied1": "satisfaction", "area11": "index", "wait": "x", "answer": "y",
    "case": "service", "id": "respondent", "margin": "p90", "left": "event",
}  # fmt: skip


@dataclass(frozen=True)
class Twist:
    """The same client told otherwise.

    heading   put before every heading of a table;  order: seed of another order of rows
    weights   factor of every weight;  constant: whether tables have a further column of which nothing changes
    language  of the report, instead of the client's
    turned    questions whose scale is turned round, with the direction that is declared: satisfaction, effort, outcome,
              level
    """

    heading: str = ""
    order: int | None = None
    weights: float = 1.0
    constant: bool = False
    language: str = ""
    turned: frozenset[str] = frozenset()


AS_IT_IS = Twist()


@dataclass(frozen=True)
class Traits:
    """What kind of data a client has."""

    rows: int = 150
    items: int = 2
    scale: tuple[int, int] = (1, 10)
    area_scale: tuple[int, int] = (1, 10)
    reversed: bool = False
    constant: bool = False
    tied: bool = False
    routed: float = 0.0
    missing: float = 0.02
    codes: bool = False
    groups: int = 3
    periods: int = 2
    odd: bool = False
    targets: bool = True
    effects: tuple[float, ...] = (0.6, 0.3, 0.0)
    bent: bool = False
    drift: float = 0.0
    apart: float = 0.0
    again: bool = False
    contacts: int = 150
    level: str = "minutes"
    course: str = "line"
    outcome: tuple[int, int] = (0, 10)
    best: str = "high"
    direction: str = "lower"
    confounded: bool = False
    raters: int = 12
    waves: int = 1
    alike: bool = False
    customers: int = 300
    language: str = "en"

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Traits":
        def one(*values):
            return values[rng.integers(len(values))]

        return cls(
            rows=one(4, 12, 40, 90, 150, 150, 250), items=one(1, 1, 2, 3), scale=one(*SCALES), area_scale=one(*SCALES),
            reversed=one(False, False, True), constant=one(False, False, False, True), tied=one(False, False, False, True),
            routed=one(0.0, 0.0, 0.3, 0.6), missing=one(0.0, 0.02, 0.1), codes=one(False, True), groups=one(1, 2, 2, 3, 5),
            periods=one(1, 2, 2, 3, 6), odd=one(False, False, True), targets=one(False, True),
            effects=one((0.6, 0.3, 0.0), (0.0, 0.0, 0.0), (0.8, -0.5, 0.3), (0.5, 0.5, 0.5)), bent=one(False, False, True),
            drift=one(0.0, 0.0, 0.5, -0.4), apart=one(0.0, 0.0, 0.8), again=one(False, False, False, False, True),
            contacts=one(20, 70, 150, 250, 400), confounded=one(False, False, True), level=one(*LEVELS), course=one(*COURSES), outcome=one(*OUTCOMES),
            best=one("high", "high", "low"), direction=one("lower", "lower", "higher"), raters=one(1, 2, 3, 6, 11, 16),
            waves=one(1, 1, 2, 3), alike=one(False, False, False, True), customers=one(40, 120, 300), language=one(*LANGUAGES),
        )  # fmt: skip


PLAIN = Traits()


@dataclass
class Client:
    """A client folder: client.yml as data, and its tables with cells as they are stored."""

    id: str
    settings: dict
    tables: dict[str, pd.DataFrame]
    parts: tuple[str, ...]
    traits: Traits

    def written(self, root: Path) -> Path:
        """The folder, made in `root`."""
        folder = root / self.id
        folder.mkdir(parents=True)
        text = yaml.dump(self.settings, Dumper=_Plain, sort_keys=False, allow_unicode=True)
        (folder / "client.yml").write_text(text, encoding="utf-8")
        for name, table in self.tables.items():
            table.to_csv(folder / name, index=False)
        return folder


def generated(seed: int, twist: Twist = AS_IT_IS) -> Client:
    """The client of a seed: some parts, drawn with the traits of its data."""
    rng = np.random.default_rng(seed)
    traits = Traits.drawn(rng)
    topics = [topic for topic, chance in CHANCE_OF.items() if rng.random() < chance]
    parts = [part for topic in topics or ["survey"] for part in TOPICS[topic] if rng.random() < 0.6]
    begun = np.random.default_rng([seed, 12]).random(2) < (0.4, 0.2)
    parts += [part for part, there in zip(("rollout", "trial"), begun, strict=True) if there]
    return laid_out(parts or ["recommend"], traits, seed, twist, name=f"client-{seed}")


def laid_out(
    parts: Iterable[str], traits: Traits = PLAIN, seed: int = 0, twist: Twist = AS_IT_IS, name: str = "client"
) -> Client:
    """A client with these parts, and what client.yml makes them need."""
    chosen = set(parts)
    for part in tuple(chosen):
        chosen |= set(NEEDS.get(part, ()))
    ordered = tuple(part for part in PARTS if part in chosen)
    draft = _Draft(traits, seed, twist)
    for part in ordered:
        PARTS[part](draft)
    settings = {"client": name, "name": draft.label(f"{name.capitalize()} Ltd"), "language": twist.language or traits.language}
    return Client(name, settings | draft.settings, draft.finished(), ordered, traits)


# ---------------------------------------------------------------- how a client is put together


@dataclass
class _Draft:
    """A client in the making. Every part draws from a stream of its own, so that it is the same beside any others."""

    traits: Traits
    seed: int
    twist: Twist
    settings: dict = field(default_factory=dict)
    tables: dict[str, dict] = field(default_factory=dict)

    def __post_init__(self):
        self.areas, self.satisfied, self.loyal = _customers(self.traits, self.seed)

    def rng(self, part: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, *part.encode()])

    def column(self, plain: str) -> str:
        """The heading of a column."""
        return self.twist.heading + (ODD_COLUMNS.get(plain, plain) if self.traits.odd else plain)

    def label(self, plain: str, place: int = 0) -> str:
        """What the client calls something."""
        return f"{plain} {ODD_LABELS[place % len(ODD_LABELS)]}" if self.traits.odd else plain

    def group(self, plain: str, place: int) -> str:
        """What the client calls a group of people: the odd word alone."""
        return ODD_LABELS[(place + 3) % len(ODD_LABELS)] if self.traits.odd else plain

    def part(self, name: str, file: str = "") -> dict:
        return self.settings.setdefault(name, {"file": file or f"{name}.csv"})

    @property
    def survey(self) -> dict:
        self.table("survey")
        return self.settings.setdefault("survey", {"file": "survey.csv"} | (CODES if self.traits.codes else {}))

    def table(self, name: str) -> dict:
        return self.tables.setdefault(f"{name}.csv", {})

    def put(self, table: str, plain: str, cells) -> str:
        """Adds a column; returns its heading."""
        heading = self.column(plain)
        self.table(table)[heading] = cells
        return heading

    def finished(self) -> dict[str, pd.DataFrame]:
        """The tables, with what the twist does to their rows."""
        made = {}
        for name, columns in self.tables.items():
            table = pd.DataFrame(columns or {self.column("nothing"): [1] * self.traits.rows})
            if self.twist.constant:
                table["same everywhere"] = "x"
            if self.twist.order is not None:
                table = table.sample(frac=1, random_state=self.twist.order)
            made[name] = table
        return made


def _customers(traits: Traits, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What customers feel, as normal scores: the three areas, satisfaction and loyalty."""
    rng = np.random.default_rng([seed, 7])
    n = traits.rows
    areas = 0.5 * rng.normal(size=(n, 1)) + 0.85 * rng.normal(size=(n, 3))
    moved = areas.copy()
    if traits.bent:  # best in the middle
        moved[:, 0] = 1 - areas[:, 0] ** 2
    satisfied = moved @ np.array(traits.effects) + 0.7 * rng.normal(size=n)
    satisfied += traits.drift * _waves(traits, seed) + traits.apart * (_groups("region", traits, seed) == 0)
    satisfied += 0.5 * np.random.default_rng([seed, 8]).normal(size=_teams(traits))[_team_of(traits, seed)]
    loyal = 0.7 * satisfied + 0.6 * rng.normal(size=n)
    if traits.again:  # an area is satisfaction, asked once more
        areas[:, 2] = satisfied
    if traits.tied:
        half = n // 2
        areas[half : 2 * half], satisfied[half : 2 * half], loyal[half : 2 * half] = areas[:half], satisfied[:half], loyal[:half]
    return areas, satisfied, loyal


def _answers(draft: _Draft, rng, felt: np.ndarray, scale: tuple[int, int]) -> np.ndarray:
    """Whole answers on the scale to a question about what is felt, with noise."""
    noise = 0.0 if draft.traits.tied else 0.5
    return _on_scale(0.4 + 0.8 * (felt + noise * rng.normal(size=len(felt))), scale)


def _on_scale(felt: np.ndarray, scale: tuple[int, int]) -> np.ndarray:
    """Normal scores as whole answers that fill the scale evenly."""
    low, high = scale
    place = np.array([NormalDist().cdf(each) for each in felt])
    return low + np.minimum((place * (high - low + 1)).astype(int), high - low)


def _question(draft: _Draft, name: str, felt, scale, *, turned=False, constant=False) -> str:
    """A column of the survey; returns its heading."""
    rng = draft.rng(name)
    answers = _answers(draft, rng, felt, scale)
    if constant:
        answers[:] = scale[1]
    answers = sum(scale) - answers if turned else answers
    gaps = rng.random((2, len(answers))) < draft.traits.missing
    return draft.put("survey", name, _stored(draft, answers, scale, gaps))


def _stored(draft: _Draft, answers, scale, gaps) -> list:
    """The cells: codes reversed or shifted as `_stored_as` says, don't know and blanks where there are gaps."""
    low, high = scale
    if draft.traits.reversed:
        answers = low + high - answers if _short(scale) else answers + 1
    cells = answers.astype(object)
    cells[gaps[0]] = ""
    if draft.traits.codes:
        cells[gaps[1]] = DONT_KNOW
    return list(cells)


def _stored_as(draft: _Draft, scale) -> dict:
    """The keys that say how answers are stored."""
    low, high = scale
    keys: dict = {"scale": [low, high]}
    if draft.traits.reversed and _short(scale):
        keys["values"] = {str(low + high - answer): answer for answer in range(low, high + 1)}
    elif draft.traits.reversed:
        keys["shift"] = -1
    return keys


def _short(scale) -> bool:
    return scale[1] - scale[0] <= 10


def _target(draft: _Draft, value) -> dict:
    return {"target": value} if draft.traits.targets else {}


# ---------------------------------------------------------------- the parts of the survey


def _recommend(draft: _Draft) -> None:
    column = _question(draft, "recommend", draft.loyal, (0, 10))
    draft.survey["recommend"] = {"column": column, **_stored_as(draft, (0, 10)), **_target(draft, 20)}


def _rating(draft: _Draft) -> None:
    scale = draft.traits.scale
    column = _question(draft, "rating", draft.satisfied, scale)
    draft.survey["rating"] = {"column": column, **_stored_as(draft, scale), "top": 2, **_target(draft, 0.7)}


def _effort(draft: _Draft) -> None:
    turned = "effort" in draft.twist.turned
    column = _question(draft, "effort", draft.satisfied, (1, 7), turned=turned)
    definition = ("mean", "agree", "index")[draft.seed % 3]
    target = {"mean": 4, "agree": 0.5, "index": 10}[definition]
    draft.survey["effort"] = {"column": column, **_stored_as(draft, (1, 7)), "definition": definition,
                              "easy": "low" if turned else "high", **_target(draft, target)}  # fmt: skip


def _items(draft: _Draft, stem: str, felt, scale, *, turned=False) -> dict[str, str]:
    """{column: label} of the questions on one thing; one of them without any difference where the traits say so."""
    found = {}
    for place in range(draft.traits.items):
        constant = draft.traits.constant and place == 0
        column = _question(draft, f"{stem}{place + 1}", felt, scale, turned=turned, constant=constant)
        found[column] = draft.label(f"Question {stem} {place + 1}", place)
    return found


def _satisfaction(draft: _Draft) -> None:
    turned = "satisfaction" in draft.twist.turned
    items = _items(draft, "satisfied", draft.satisfied, draft.traits.scale, turned=turned)
    draft.survey["satisfaction"] = {"items": items, **_stored_as(draft, draft.traits.scale), **_target(draft, 50)}


def _loyalty(draft: _Draft) -> None:
    items = _items(draft, "loyal", draft.loyal, draft.traits.scale)
    draft.survey["loyalty"] = {"items": items, **_stored_as(draft, draft.traits.scale)}


def _blocks(draft: _Draft) -> None:
    used = draft.rng("used").random((draft.traits.rows, 3)) >= draft.traits.routed
    blocks = draft.survey.setdefault("blocks", {})
    for place, name in enumerate(("service", "price", "product")):
        items = _items(draft, f"area{place + 1}", draft.areas[:, place], draft.traits.area_scale)
        for column in items:
            cells = draft.table("survey")[column]
            blank = NOT_USED if draft.traits.codes else ""
            draft.table("survey")[column] = [c if u else blank for c, u in zip(cells, used[:, place], strict=True)]
        label = draft.label(name.capitalize(), place)
        blocks[name] = {"label": label, "items": items, **_stored_as(draft, draft.traits.area_scale)}


def _expectation(draft: _Draft) -> None:
    block = draft.survey["blocks"]["service"]
    rng, first = draft.rng("expected"), next(iter(block["items"]))
    column = _question(draft, "expected", draft.areas[:, 0] + 0.3 * rng.normal(), tuple(block["scale"]))
    block |= {"expectation": {first: column}, "margin": 5}


def _paths(draft: _Draft) -> None:
    paths: dict[str, list[str]] = {"price": ["product"], "satisfaction": ["service", "price"]}
    if "loyalty" in draft.survey:
        paths["loyalty"] = ["satisfaction", "service"]
    draft.survey["paths"] = paths


def _groups(name: str, traits: Traits, seed: int) -> np.ndarray:
    """The group of each respondent: uneven in size, so that some may be too small to show."""
    groups = traits.groups if name == "region" else 2
    shares = 0.5 ** np.arange(groups)
    drawn = np.random.default_rng([seed, *name.encode()]).choice(groups, traits.rows, p=shares / shares.sum())
    if traits.tied:
        half = traits.rows // 2
        drawn[:half], drawn[half:] = 0, min(1, groups - 1)
    return drawn


def _grouped(draft: _Draft, name: str) -> list[str]:
    return [draft.group(f"{name.capitalize()} {place + 1}", place) for place in _groups(name, draft.traits, draft.seed)]


def _segments(draft: _Draft) -> None:
    region = draft.put("survey", "region", _grouped(draft, "region"))
    kind = draft.put("survey", "kind", _grouped(draft, "kind"))
    draft.survey["segments"] = {region: draft.label("Region", 1), kind: draft.label("Kind", 2)}


def _date(draft: _Draft) -> None:
    quarter = _waves(draft.traits, draft.seed)
    day = draft.rng("date").integers(0, 85, draft.traits.rows)
    dates = [str((pd.Timestamp(2024, 1, 2) + pd.DateOffset(months=3 * int(q)) + pd.Timedelta(days=int(d))).date())
             for q, d in zip(quarter, day, strict=True)]  # fmt: skip
    draft.survey["date"] = draft.put("survey", "date", dates)


def _period(draft: _Draft) -> None:
    names = [f"Wave {place + 1}" for place in range(draft.traits.periods)]
    draft.survey["period"] = draft.put("survey", "wave", [names[place] for place in _waves(draft.traits, draft.seed)])
    draft.survey["periods"] = names


def _waves(traits: Traits, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng([seed, 9]).integers(0, traits.periods, traits.rows))


def _weight(draft: _Draft) -> None:
    weights = np.round(draft.rng("weight").uniform(0.4, 2.5, draft.traits.rows), 2) * draft.twist.weights
    draft.survey["weight"] = draft.put("survey", "weight", [f"{w:.2f}" for w in weights])


def _frequency(draft: _Draft) -> None:
    draft.survey["frequency"] = draft.put("survey", "times", list(draft.rng("times").integers(1, 4, draft.traits.rows)))


def _margins(draft: _Draft) -> None:
    groups = np.where(np.arange(draft.traits.rows) % 3 == 0, "Old", "New")
    draft.survey["margins"] = {draft.put("survey", "age", list(groups)): {"Old": 0.5, "New": 0.5}}


def _response(draft: _Draft) -> None:
    most = 3 * draft.traits.rows
    draft.survey["population"] = 20 * most
    draft.survey["funnel"] = {"invited": 4 * most, "opened": 2 * most, "completed": most}


def _unit(draft: _Draft) -> None:
    teams = [f"Team {place + 1}" for place in _team_of(draft.traits, draft.seed)]
    draft.survey["unit"] = draft.put("survey", "team", teams)


def _teams(traits: Traits) -> int:
    return 1 + traits.rows // 7


def _team_of(traits: Traits, seed: int) -> np.ndarray:
    """The team that served each respondent, all of about the same size."""
    return np.random.default_rng([seed, 10]).permutation(np.arange(traits.rows) % _teams(traits))


# ---------------------------------------------------------------- self-assessments


@cache
def _model(name: str) -> dict:
    return yaml.safe_load((ROOT / "templates" / "models" / f"{name}.yml").read_text(encoding="utf-8"))


def _assessment(draft: _Draft, name: str, items: list[str], options: list, context: list[str]) -> dict:
    """The self-assessment on a model: everything that its part of client.yml may say."""
    traits, rng, table = draft.traits, draft.rng(name), f"{name}_answers"
    waves = np.repeat(np.arange(traits.waves), traits.raters)
    people = np.tile(np.arange(traits.raters), traits.waves)
    level = rng.normal(0, 0.7, len(items)) * (1 + waves[:, None]) + 2 * traits.apart * (people[:, None] % 3 == 0)
    noise = 0.0 if traits.alike else 0.8
    place = level + noise * rng.normal(size=(len(people), len(items)))
    chosen = np.clip(np.round((place + 2) / 4 * (len(options) - 1)), 0, len(options) - 1).astype(int)
    part = {"file": f"{table}.csv", "respondent": draft.put(table, "person", [f"P{p:02d}" for p in people])}
    if traits.groups > 1:
        roles = [draft.group(("Management", "Front line", "Staff")[p % min(traits.groups, 3)], p % 3) for p in people]
        part["role"] = draft.put(table, "role", roles)
        part["unit"] = draft.put(table, "office", [("North", "South")[p % 2] for p in people])
    if traits.waves > 1:
        part["period"] = draft.put(table, "year", [2023 + int(wave) for wave in waves])
    for column, item in enumerate(items):
        cells = np.array(options, object)[chosen[:, column]]
        if traits.codes:
            cells[rng.random(len(cells)) < 0.08] = "DK"
        draft.table(table)[item] = list(cells)
    for question in context:
        draft.table(table)[question] = list(rng.integers(1, 6, len(people)))
    return part | {"invited": 2 * traits.raters}


def _criteria(draft: _Draft) -> None:
    items = [criterion["id"] for step in _model("loyalty")["steps"] for criterion in step["criteria"]]
    scale, options = ("agree5", list(range(1, 6))) if draft.seed % 2 else ("true11", list(range(11)))
    part = _assessment(draft, "loyalty", items, options, [])
    part |= {"scale": scale, **_target(draft, 60)}
    if draft.seed % 3 == 0:
        companies, rng = (6, 14)[draft.seed % 2], draft.rng("benchmark")
        table = draft.table("benchmark")
        table["company"] = [f"Company {place}" for place in range(companies)]
        table |= {item: list(rng.integers(20, 90, companies)) for item in items}
        part["benchmark"] = {"file": "benchmark.csv", "company": "company"}
    draft.settings.setdefault("maturity", {})["loyalty"] = part


def _levels(draft: _Draft) -> None:
    model = _model("staircase")
    items = [statement["id"] for level in model["levels"] for statement in level["statements"]]
    context = [question["id"] for question in model["context"]] if draft.seed % 2 else []
    options = ["no", "partly", "mostly", "fully"]
    part = _assessment(draft, "staircase", items, options, context)
    rows, rng = len(draft.table("staircase_answers")[items[0]]), draft.rng("guess")
    part["guess"] = draft.put("staircase_answers", "guess", list(rng.integers(1, 6, rows)))
    if draft.seed % 3:
        proved = ["seen" if rng.random() < 0.5 else "" for _ in range(rows)]
        draft.table("staircase_answers")[f"{items[0]} evidence"] = proved
    draft.settings.setdefault("maturity", {})["staircase"] = part


# ---------------------------------------------------------------- service levels


def _level_of(draft: _Draft, rng, n: int) -> tuple[np.ndarray, str]:
    """The service level of each contact, and its unit."""
    kind = draft.traits.level
    if kind == "minutes":
        return np.round(rng.exponential(6, n), 1), "minutes"
    if kind == "whole":
        return rng.integers(0, 11, n).astype(float), "hours"
    if kind == "zeros":
        return np.where(rng.random(n) < 0.55, 0, np.round(rng.exponential(10, n))), "minutes"
    if kind == "rating":
        return rng.integers(1, 6, n).astype(float), "points"
    if kind == "rounded":  # as people say it: half of them in fives
        minutes = np.round(rng.exponential(12, n))
        return np.where(rng.random(n) < 0.6, 5 * np.round(minutes / 5), minutes), "minutes"
    if kind == "days":
        return np.round(rng.normal(0, 4, n)), "days"
    return rng.integers(0, 2, n).astype(float), "contacts"


def course_of(kind: str, x: np.ndarray) -> np.ndarray:
    """How much better the answer is at x than at its worst, in spreads of x from the best end."""
    z = (x - np.median(x)) / (x.std() or 1)
    if kind == "none":
        return 0 * z
    if kind in ("line", "made together"):
        return -0.8 * z
    if kind == "step":
        return -1.6 * (z > 0)
    if kind == "kink":
        return -1.5 * np.maximum(z, 0)
    if kind == "wears off":
        return -np.log1p(3 * (z - z.min()))
    if kind == "best in the middle":
        return -(z**2)
    return -1.2 * np.maximum(z - 0.7, 0) + 1.2 * np.maximum(-0.7 - z, 0)  # zone of tolerance


def _tipping(draft: _Draft) -> None:
    traits, rng = draft.traits, draft.rng("contacts")
    n = traits.contacts
    x, unit = _level_of(draft, rng, n)
    felt = course_of(traits.course, x if traits.direction == "lower" else -x)
    felt += 0.0 if traits.course == "made together" else 0.6 * rng.normal(size=n)
    if traits.confounded:  # hard cases wait longer and satisfy less
        hard = _case_of(traits, draft.seed)
        x, felt = x + 3 * hard if traits.direction == "lower" else x - 3 * hard + 3, felt - 1.5 * hard
    low, high = traits.outcome
    good = (felt > np.median(felt)).astype(int) if traits.outcome == (0, 1) else _on_scale(0.6 * felt, traits.outcome)
    best, direction = traits.best, traits.direction
    turned = low + high - good
    answers = good if best == "high" else turned
    if "outcome" in draft.twist.turned:
        answers, best = low + high - answers, {"high": "low", "low": "high"}[best]
    if "level" in draft.twist.turned:
        x, direction = x.max() + x.min() - x, {"lower": "higher", "higher": "lower"}[direction]
    draft.part("contacts")
    level = {
        "label": draft.label("Waiting time", 2),
        "column": draft.put("contacts", "wait", [f"{value:g}" for value in x]),
        "unit": unit,
        "outcome": {"column": draft.put("contacts", "answer", list(answers)), "scale": [low, high], "best": best,
                    "top": 1 if high - low < 4 else 2},
        "direction": direction,
    }  # fmt: skip
    draft.settings["tipping_points"] = {"wait": level}
    if draft.seed % 3 == 0:
        gone = np.where(draft.rng("gone").random(n) < 0.1, "hung up", "served")
        level["abandoned"] = {"column": draft.put("contacts", "end", list(gone)), "left": "hung up"}


def _cases(draft: _Draft) -> None:
    drawn = _case_of(draft.traits, draft.seed)
    column = draft.put("contacts", "case", [draft.group(f"Case {place + 1}", place) for place in drawn])
    draft.settings["tipping_points"]["wait"] |= {"controls": [column], "by": column}


def _case_of(traits: Traits, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 11]).integers(0, 2, traits.contacts)


def _repeated(draft: _Draft) -> None:
    n, rng = draft.traits.contacts, draft.rng("repeated")
    draft.settings["contacts"]["respondent"] = draft.put("contacts", "id", [f"R{p:03d}" for p in rng.integers(0, n, n)])
    weights = np.round(rng.uniform(0.5, 2, n), 2) * draft.twist.weights
    draft.settings["contacts"]["weight"] = draft.put("contacts", "weight", [f"{w:.2f}" for w in weights])


# ---------------------------------------------------------------- money


def _bought(draft: _Draft) -> None:
    n, rng = draft.traits.customers, draft.rng("customers")
    felt = rng.normal(size=n)
    score = _on_scale(felt, (0, 10)).astype(object)
    left = rng.random(n) < 0.45 - 0.04 * score.astype(float)
    margin = np.round(np.exp(6 + (0.3 * felt if draft.seed % 4 else 0) + 0.5 * rng.normal(size=n)))
    score[rng.random(n) < 0.1] = ""
    part = draft.part("customers")
    part["customer"] = draft.put("customers", "number", [f"K{p:04d}" for p in range(n)])
    part["score"] = {"column": draft.put("customers", "grade", list(score)), "scale": [0, 10], "steps": [6, 8]}
    part["churned"] = {"column": draft.put("customers", "left", list(left.astype(int))), "left": "1"}
    part["margin"] = draft.put("customers", "margin", list(margin))


def _wallet(draft: _Draft) -> None:
    n, rng = draft.traits.customers, draft.rng("wallet")
    suppliers = rng.integers(1, 5, n)
    rank = 1 + rng.integers(0, 100, n) % suppliers
    part = draft.settings["customers"]
    part["share_of_wallet"] = {"column": draft.put("customers", "part", list(np.round(1 / (rank + 1), 2))), "unit": "fraction"}
    part["rank"] = draft.put("customers", "rank", list(rank))
    part["suppliers"] = draft.put("customers", "suppliers", list(suppliers))
    part["service_cost"] = draft.put("customers", "service", list(np.round(rng.exponential(90, n))))
    part["respondent"] = draft.put("customers", "asked", [f"R{p:03d}" if p < draft.traits.contacts else "" for p in range(n)])
    part["tenure"] = draft.put("customers", "years", list(rng.integers(0, 20, n)))
    part["controls"] = [draft.put("customers", "product", list(rng.choice(["Gas", "Power"], n)))]


def _employees(draft: _Draft) -> None:
    traits, rng = draft.traits, draft.rng("employees")
    teams, years = _teams(traits), range(traits.waves)
    rows = [(f"Team {team + 1}", 2023 + year) for team in range(teams) for year in years for _ in range(11)]
    mood = pd.Series(draft.satisfied).groupby(_team_of(traits, draft.seed)).mean().to_numpy()
    felt = np.repeat(mood, 11 * len(years)) + rng.normal(size=len(rows))
    scale = draft.traits.scale
    items = {draft.put("employees", f"work{p}", list(_answers(draft, rng, felt, scale))): f"Work {p}" for p in (1, 2)}
    part = draft.part("employees")
    part |= {"unit": draft.put("employees", "team", [team for team, _ in rows]), "items": items, "scale": list(scale)}
    if len(years) > 1:
        part["period"] = draft.put("employees", "year", [year for _, year in rows])


def _initiatives(draft: _Draft) -> None:
    rng, count = draft.rng("initiatives"), 1 + draft.seed % 4
    names = [draft.label(f"Initiative {place + 1}", place) for place in range(count)]
    cost = np.round(np.exp(rng.uniform(6, 13, count)))
    effect = np.sort(np.round(rng.uniform(0, 3, (count, 3)), 1), axis=1)
    put = {
        "name": names, "owner": ["Owner"] * count, "start": ["2026-01-01"] * count, "end": ["2026-07-01"] * count,
        "measure": ["Measure"] * count, "x": list(rng.integers(0, 5, count)), "y": list(rng.integers(5, 9, count)),
        "once": list(cost), "least": list(effect[:, 0]), "likely": list(effect[:, 1]), "most": list(effect[:, 2]),
    }  # fmt: skip
    at = {plain: draft.put("initiatives", plain, cells) for plain, cells in put.items()}
    draft.part("initiatives").update(
        {"name": at["name"], "owner": at["owner"], "start": at["start"], "end": at["end"], "measure": at["measure"],
         "from": at["x"], "to": at["y"], "cost_once": at["once"],
         "effect": {"columns": [at["least"], at["likely"], at["most"]], "of": "satisfaction"}})  # fmt: skip


def _money(draft: _Draft) -> None:
    draft.settings["currency"] = ("DKK", "SEK", "EUR")[draft.seed % 3]
    draft.settings["money"] = {"discount_rate": 0.08, "horizon_years": 1 + draft.seed % 6, "customers": 5000,
                               "revenue": 5e7, "margin_share": 0.3, "selling_cost": 4e6}  # fmt: skip
    if draft.seed % 2:
        draft.settings["money"]["budget"] = 1e5


def _rollout(draft: _Draft) -> None:
    """What was begun in some branches, and their figures: scores with their answers or without, or counts; works in every other client."""
    rng, seed = draft.rng("rollout"), draft.seed
    branches, months = (4, 8, 14, 24)[seed % 4], (2, 9, 16, 26)[seed // 4 % 4]
    names = [f"{draft.label('Branch', place)} {place + 1}" for place in range(branches)]
    periods = [f"{2023 + month // 12}-{1 + month % 12:02d}" for month in range(months)]
    first = rng.integers(1, months, branches)
    begun = np.flatnonzero(rng.random(branches) < 0.5)
    works = 6.0 * (seed % 2) * (np.isin(np.arange(branches), begun)[:, None] & (np.arange(months) >= first[:, None]))
    answers = rng.integers(3 if seed % 3 else 12, 40, branches)[:, None] + np.zeros((branches, months), int)
    score = np.clip(rng.normal(60, 5, branches)[:, None] + rng.normal(0, 2, (branches, months)) + works, 0, 100)
    counted = seed % 5 == 4
    value = rng.binomial(answers, score / 100) if counted else np.round(score, 2)
    put = {"branch": np.repeat(names, months), "month": np.tile(periods, branches), "value": value.ravel(), "count": answers.ravel()}
    at = {plain: draft.put("branches", plain, list(cells)) for plain, cells in put.items()}
    figures = {"file": "branches.csv", "unit": at["branch"], "period": at["month"], "value": at["value"], "label": draft.label("Score of branches")}
    figures |= {"of": at["count"]} if counted else {"answers": at["count"], "is": "satisfaction"} if seed % 3 else {}
    initiatives = [draft.label(f"Initiative {place + 1}", place) for place in range(2)]
    put = {"what": [initiatives[place % 2] for place in range(len(begun))], "branch": [names[place] for place in begun], "from": [periods[first[place]] for place in begun]}
    at = {plain: draft.put("begun", plain, cells) for plain, cells in put.items()}
    part = draft.settings.setdefault("rollout", {"figures": figures, "chosen_by": ("random", "score", "other")[seed % 3]})
    if len(begun):
        part["starts"] = {"file": "begun.csv", "initiative": at["what"], "unit": at["branch"], "start": at["from"]}
    else:
        del draft.tables["begun.csv"]


def _trial(draft: _Draft) -> None:
    """Customers of whom half were drawn at random, and fewer answered where they were not."""
    rng, n = draft.rng("trial"), draft.traits.customers
    drawn = rng.random(n) < 0.5
    score = np.clip(np.round(rng.normal(6 + drawn, 2, n)), 0, 10).astype(int).astype(object)
    score[rng.random(n) < np.where(drawn, 0.1, 0.3)] = ""
    offered = draft.put("trial", "drawn", np.where(drawn, "yes", "no"))
    outcome = {"column": draft.put("trial", "grade", score), "scale": [0, 10]}
    trial = {"file": "trial.csv", "initiative": draft.label("Call back"), "offered": {"column": offered, "says": "yes"}, "outcome": outcome}
    draft.settings.setdefault("rollout", {})["trials"] = {"call": trial}


def _look(draft: _Draft) -> None:
    draft.settings |= {"period": draft.label("Spring 2025"), "colour": "#a03050",
                       "anonymity": {"respondents": 3 + draft.seed % 8, "employees": 5 + draft.seed % 6}}  # fmt: skip


PARTS: dict[str, Callable[[_Draft], None]] = {
    "look": _look, "segments": _segments, "date": _date, "period": _period, "weight": _weight, "frequency": _frequency,
    "margins": _margins, "response": _response, "unit": _unit, "recommend": _recommend, "rating": _rating,
    "effort": _effort, "satisfaction": _satisfaction, "loyalty": _loyalty, "blocks": _blocks, "expectation": _expectation,
    "paths": _paths, "criteria": _criteria, "levels": _levels, "tipping": _tipping, "cases": _cases,
    "repeated": _repeated, "customers": _bought, "wallet": _wallet, "employees": _employees,
    "initiatives": _initiatives, "money": _money, "rollout": _rollout, "trial": _trial,
}  # fmt: skip
NEEDS = {"expectation": ("blocks",), "paths": ("blocks", "satisfaction"), "cases": ("tipping",), "repeated": ("tipping",),
         "wallet": ("customers",)}  # fmt: skip
TOPICS = {
    "survey": tuple(PARTS)[:17],
    "maturity": ("look", "criteria", "levels"),
    "contacts": ("tipping", "tipping", "cases", "repeated"),
    "money": ("customers", "wallet", "employees", "initiatives", "money", "unit", "satisfaction"),
}
CHANCE_OF = {"survey": 0.6, "maturity": 0.3, "contacts": 0.45, "money": 0.35}


class _Plain(yaml.SafeDumper):
    """YAML without aliases, with numpy's numbers as plain ones."""

    def ignore_aliases(self, data):
        return True


for kind, plain in ((np.integer, int), (np.floating, float), (tuple, list)):
    _Plain.add_multi_representer(kind, lambda dumper, data, plain=plain: dumper.represent_data(plain(data)))

