"""The house of ARCHITECTURE.md: imports run one way, only report draws, no assert outside tests."""

import ast
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cxlib"
MAY_IMPORT = {
    "languages": set(),
    "stats": set(),
    "engagement": {"analyses", "stats", "languages"},  # types of what analyses are asked, what may be shown, no more: ASKED
    "analyses": {"stats"},
    "report": {"analyses", "stats", "languages"},
    "render": {"report", "analyses", "engagement", "languages"},
    "lab": {"report", "engagement"},
    "cli": {"render", "engagement", "languages"},
}
ASKED = {"cxlib.analyses.design", "cxlib.analyses.money", "cxlib.analyses.service_level", "cxlib.analyses.contact_log", "cxlib.analyses.rollout", "cxlib.stats.survey.disclosure"}
PLOTTING = {"matplotlib", "seaborn", "PIL"}
# Inside a room, from the ground up: a floor stands on those below it, never on its neighbours or on what is above.
FLOORS = {
    "stats": [{"moments", "rounding", "bootstrap", "refusal", "value", "local_level"}, {"survey", "breaks", "links"}, {"drivers", "units"}, {"journey", "follow_up"}, {"rollout", "steering"}],
    "engagement": [
        {"problems"},
        {"settings", "notebook_errors", "slide_master"},
        {"places", "fixes"},
        {"folder"},
        {"tables", "maturity_models", "inherited", "read_before"},
        {"survey", "contacts", "maturity", "money", "looking", "shared_ids", "contact_logs"},
        {"each", "journey", "follow_up", "rollout"},
        {"engagement"},
        {"checking"},
        {"proposal", "mending"},
    ],
    "analyses": [
        {"units", "design"},
        {"result"},
        {"columns", "money", "service_level", "contact_log", "rollout"},
        {"measures", "groups"},
        {"rows"},
        {"maturity", "status", "drivers", "tipping_points", "business_case", "journey"},
        {"effect"},
    ],
    "report": [
        {"typeface", "paper", "own_words", "chromium"},
        {"language", "colours", "templates", "drawings"},
        {"sliders", "lines"},
        {"tables", "captions"},
        {"charts"},
        {"page"},
        {"front_page", "cover"},
        {"sections"},
        {"html"},
        {"office", "single"},
        {"pdf"},
    ],
    "lab": [{"shown"}, {"form"}, {"data"}],
    "render": [{"private"}, {"run", "leaks", "publish", "withheld", "calls", "plan"}, {"request", "stores", "watching"}, {"staleness"}, {"cluster", "report", "chart_files"}, {"batch", "unit_pages"}, {"kept_fresh"}],
}
MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def nodes_of(file) -> list[ast.AST]:
    """Every node of a file's syntax, from the module on; each file is parsed once for all tests."""
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def room(file) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


@cache
def imported(file) -> frozenset[str]:
    """What a file imports, here or there in it; of `from cxlib.report import charts` the module `cxlib.report.charts`."""
    nodes = nodes_of(file)
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= inside & BY_NAME.keys() or {node.module}
    return frozenset(names)


def name_of(file) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_one_name_stands_for_one_thing():
    """No two classes of the package share a name; a part of client.yml is called after the type that it becomes, ...Settings."""
    homes = {}
    for file in MODULES:
        for node in nodes_of(file)[0].body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(name_of(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


BY_NAME = {name_of(file): file for file in MODULES}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_one_way_and_only_report_draws(file):
    here = room(file)
    if here == "__init__":
        return
    rooms = {name.split(".")[1] for name in imported(file) if name.startswith("cxlib.")}
    assert rooms - {here} <= MAY_IMPORT[here]
    assert here != "engagement" or {name for name in imported(file) if name.startswith(("cxlib.analyses", "cxlib.stats"))} <= ASKED
    assert here == "report" or not {name.split(".")[0] for name in imported(file)} & PLOTTING


@pytest.mark.parametrize("here", FLOORS)
def test_inside_a_room_a_floor_stands_on_those_below(here):
    floor = {part: level for level, parts in enumerate(FLOORS[here]) for part in parts}
    assert sum(map(len, FLOORS[here])) == len(floor)
    inside = [name.split(".")[1:] for name in BY_NAME if name.startswith(f"cxlib.{here}.")]
    assert {part for _, part, *_ in inside} <= floor.keys(), "a new part has its floor named here"
    upward = [
        f"{'.'.join([here, part, *more])} imports {other}"
        for _, part, *more in inside
        for other in imported(BY_NAME[".".join(["cxlib", here, part, *more])])
        if other.startswith(f"cxlib.{here}.")
        and other.split(".")[2] != part
        and floor[other.split(".")[2]] >= floor[part]
    ]
    assert upward == []


def test_no_circle_of_imports():
    """Of all modules, imports inside functions among them; raises CycleError that names the circle."""
    TopologicalSorter({name: imported(file) & BY_NAME.keys() for name, file in BY_NAME.items()}).prepare()


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_assert_and_no_chdir(file):
    assert not [node for node in nodes_of(file) if isinstance(node, ast.Assert)]
    assert not [node for node in nodes_of(file) if isinstance(node, ast.Attribute) and node.attr == "chdir"]


def test_statistics_do_not_read_global_random_state():
    calls = [
        f"{file.name}:{node.lineno}"
        for file in MODULES
        if room(file) in {"stats", "analyses", "report"}
        for node in nodes_of(file)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in {"default_rng", "Generator", "SeedSequence"}
    ]
    assert calls == []


def test_every_room_speaks_the_same_languages():
    from cxlib.languages import LANGUAGES
    from cxlib.report.language import numbers, words

    assert set(LANGUAGES) == set(numbers.LOCALES)
    assert {folder.parent.name for folder in words.LOCALE_FOLDER.glob("*/LC_MESSAGES")} == {*LANGUAGES} - {"en"}
    assert {file.parent.name for file in words.LOCALE_FOLDER.glob("*/glossary.yml")} == {*LANGUAGES}


def test_no_word_of_a_table_is_logic_outside_the_wording():
    """A verdict's words are declared once, as a Term; whoever asks for the verdict names the declaration."""
    from cxlib.report.language.catalogues import messages
    from cxlib.stats.breaks.shape_contest import BREAKS

    said = {message for of in messages().values() for message in of}
    terms = {message for message in said if " " in message or message[:1].isupper()} - {*BREAKS}  # shapes are keys too
    compared = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in MODULES
        if room(file) in {"analyses", "report", "render"}
        for node in nodes_of(file)
        for text in _compared(node)
        if text in terms
    ]
    assert compared == []


def _compared(node: ast.AST) -> list[object]:
    """The literals that a comparison compares with, and the keys of a dict that is asked by `.get`."""
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Dict):
        sides += [key for key in node.func.value.keys if key is not None]
    return [part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
