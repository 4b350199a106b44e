"""The house of ARCHITECTURE.md: imports run one way, only report draws, no assert outside tests."""

import ast

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cxlib"
MAY_IMPORT = {
    "stats": set(),
    "engagement": set(),
    "analyses": {"stats"},
    "report": {"analyses", "stats"},
    "render": {"report", "analyses", "engagement"},
    "cli": {"render", "engagement"},
}
PLOTTING = {"matplotlib", "seaborn", "PIL"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(file) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imported(file) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_one_way_and_only_report_draws(file):
    here = room(file)
    if here == "__init__":
        return
    rooms = {name.split(".")[1] for name in imported(file) if name.startswith("cxlib.")}
    assert rooms - {here} <= MAY_IMPORT[here]
    assert here == "report" or not {name.split(".")[0] for name in imported(file)} & PLOTTING


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_assert_and_no_chdir(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "chdir"]


def test_statistics_do_not_read_global_random_state():
    calls = [
        f"{file.name}:{node.lineno}"
        for file in MODULES
        if room(file) in {"stats", "analyses", "report"}
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in {"default_rng", "Generator", "SeedSequence"}
    ]
    assert calls == []


def test_every_room_speaks_the_same_languages():
    from cxlib.engagement.settings.client import LANGUAGES
    from cxlib.report.language import words

    assert set(LANGUAGES) == set(words.LANGUAGES)
    assert {folder.name for folder in words.LOCALE_FOLDER.iterdir() if folder.is_dir()} == {*LANGUAGES} - {"en"}
