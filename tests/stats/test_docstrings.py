"""Who calls a statistic is told what it refuses: a function that raises, itself or through another, says so."""

import ast

import pytest

from tests.conftest import ROOT

STATS, ANALYSES = ROOT / "cxlib" / "stats", ROOT / "cxlib" / "analyses"
# Arithmetic that needs no source, and rules that are the workbook's own.
OWN = {
    "breaks.break_course": {"break_mean", "drawn_means", "jump_gap", "points_beyond"},
    "breaks.break_groups": {"same_place"},
    "breaks.break_power": {"smallest_findable_break"},
    "breaks.break_support": {"break_support", "open_places", "wild_noise"},
    "breaks.break_verdict": {"verdict_of"},
    "breaks.heaping": {"heaping", "on_heaps"},
    "breaks.shape_contest": {"is_coarse", "smooth_columns", "smooth_curve"},
    "drivers.importance": {"inseparable_groups"},
    "drivers.missing": {"missing_answers"},
    "drivers.path_model": {"path_structure"},
    "links.leakage": {"deterministic_split", "same_question"},
    "links.link_checks": {"backwards"},
    "links.link_levels": {"hazard_levels", "product_levels"},
    "links.link_shape": {"step_columns"},
    "links.product_effect": {"weighted_slope"},
    "links.selection_effects": {"response_gap"},
    "rounding": {"six_digits"},
    "survey.estimates": {"normal_quantile"},
    "survey.response_rates": {"response_funnel"},
    "value.cash_flow": {"payback_period"},
    "value.cohort_value": {"cohort_gain", "intensity"},
    "value.portfolio": {"combined_shares", "marginal_returns"},
    "value.value_distribution": {"input_swings"},
}


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


def says(function: ast.FunctionDef, label: str) -> bool:
    """Whether a line of the docstring begins with the label."""
    return any(line.split()[:1] == [label] for line in (ast.get_docstring(function) or "").splitlines())


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_statistic_refuses_is_said(name):
    assert ast.get_docstring(FUNCTIONS[name]), f"{name} has no docstring"
    assert name not in RAISING or says(FUNCTIONS[name], "errors"), f"{name} raises; say which errors and when"


def _asked(folder) -> set[str]:
    """Functions of the statistics that the modules of the folder call, by their full names."""
    found = set()
    for file in folder.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        names = _names(tree, file.stem)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found |= _calls(node, node.name, names)
    return found & set(PUBLIC)


def test_a_statistic_of_an_analysis_names_its_source_or_is_our_own():
    own = {f"cxlib.stats.{module}.{name}" for module, names in OWN.items() for name in names}
    without = {name for name in PUBLIC if not says(FUNCTIONS[name], "source")}
    assert _asked(ANALYSES) & without <= own, "name the source, or put it among our own"
    assert own <= without, "a function that is gone or names its source now leaves the list"


def test_a_raise_is_found_through_another_function_and_a_method(tmp_path):
    (tmp_path / "made.py").write_text(
        "def checked(x):\n    raise ValueError\ndef middle(x):\n    return checked(x)\n"
        "class Fit:\n    def a(self):\n        return self.b()\n    def b(self):\n        return middle(1)\n"
        "def named(checked):\n    return checked\n"
    )
    (tmp_path / "other.py").write_text("from cxlib.stats import made as m\ndef through():\n    return m.middle(1)\n")
    found = {f"cxlib.stats.made.{name}" for name in ("checked", "middle", "Fit.a", "Fit.b")}
    assert _read(tmp_path)[1] == found | {"cxlib.stats.other.through"}
