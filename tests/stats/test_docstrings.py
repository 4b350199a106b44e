"""Who calls a statistic is told what it refuses: a function that raises, itself or through another, says so."""

import ast

import pytest

from tests.conftest import ROOT

STATS = ROOT / "cxlib" / "stats"


def _names(tree: ast.Module, module: str) -> dict[str, str]:
    """What a name in the module stands for, where it comes from the statistics."""
    names = {
        node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cxlib.stats"):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return names


def _functions(tree: ast.Module, module: str):
    for node in tree.body:
        inside = [node] if isinstance(node, ast.FunctionDef) else getattr(node, "body", [])
        owner = f"{module}.{node.name}" if isinstance(node, ast.ClassDef) else module
        yield from ((f"{owner}.{each.name}", each) for each in inside if isinstance(each, ast.FunctionDef))


def _calls(function: ast.FunctionDef, name: str, names: dict[str, str]) -> set[str]:
    """Functions of the statistics that are named in the function, alone or after their module, and own methods."""
    own = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]} - {"self"}
    known = {key: value for key, value in {**names, "self": name.rpartition(".")[0]}.items() if key not in own}
    alone = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    after = {
        (node.value.id, node.attr)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return {known[each] for each in alone if each in known} | {
        f"{known[first]}.{last}" for first, last in after if first in known
    }


def _read(folder) -> tuple[dict[str, ast.FunctionDef], set[str]]:
    """Every function of the folder by its full name, and the names of those that can raise."""
    functions, calls = {}, {}
    for file in sorted(folder.rglob("*.py")):
        module = ".".join(("cxlib", "stats", *file.relative_to(folder).with_suffix("").parts))
        tree = ast.parse(file.read_text("utf-8"))
        names = _names(tree, module)
        for name, function in _functions(tree, module):
            functions[name], calls[name] = function, _calls(function, name, names)
    raising = {
        name for name, function in functions.items() if any(isinstance(node, ast.Raise) for node in ast.walk(function))
    }
    while more := {name for name in functions if name not in raising and calls[name] & raising}:
        raising |= more
    return functions, raising


FUNCTIONS, RAISING = _read(STATS)
PUBLIC = [name for name in FUNCTIONS if not any(part.startswith("_") for part in name.split("."))]
PACKAGES = ("survey", "value", "links", "breaks", "bootstrap", "moments", "rounding")


def says(function: ast.FunctionDef, label: str) -> bool:
    """Whether a line of the docstring begins with the label."""
    return any(line.split()[:1] == [label] for line in (ast.get_docstring(function) or "").splitlines())


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.split(".")[2] in PACKAGES])
def test_what_a_statistic_refuses_is_said(name):
    assert ast.get_docstring(FUNCTIONS[name]), f"{name} has no docstring"
    assert name not in RAISING or says(FUNCTIONS[name], "errors"), f"{name} raises; say which errors and when"


def test_a_raise_is_found_through_another_function_and_a_method(tmp_path):
    (tmp_path / "made.py").write_text(
        "def checked(x):\n    raise ValueError\ndef middle(x):\n    return checked(x)\n"
        "class Fit:\n    def a(self):\n        return self.b()\n    def b(self):\n        return middle(1)\n"
        "def named(checked):\n    return checked\n"
    )
    (tmp_path / "other.py").write_text("from cxlib.stats import made as m\ndef through():\n    return m.middle(1)\n")
    found = {f"cxlib.stats.made.{name}" for name in ("checked", "middle", "Fit.a", "Fit.b")}
    assert _read(tmp_path)[1] == found | {"cxlib.stats.other.through"}
