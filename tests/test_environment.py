"""pyproject.toml, constraints.txt and environment.yml speak of the same packages; no pin names a host or a path."""

import re
import tomllib
from importlib.metadata import requires

import yaml

from tests.conftest import ROOT


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0].lower().replace("_", "-")


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = (ROOT / "constraints.txt").read_text().split()
PIPPED = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][-1]["pip"]


def declared(*extras: str) -> set[str]:
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {name_of(requirement) for group in groups for requirement in group} - {"cxlib"}


def test_conda_installs_what_make_installs():
    assert {name_of(line) for line in PIPPED if not line.startswith("-")} == declared("test", "spss", "pptx", "pdf", "remote", "lab")
    assert PIPPED[0] == "-c constraints.txt" and PIPPED[-1] == "-e ."


def test_every_declared_package_is_pinned():
    pinned = {name_of(pin) for pin in PINS}
    assert declared("test", "spss", "pptx", "pdf", "remote", "lab") <= pinned
    assert {"jupyterlab", "papermill", "pandas", "seaborn", "statsmodels", "nbconvert", "pytest", "nbval"} <= pinned


def test_pins_are_bare_names_and_versions():
    assert [pin for pin in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", pin)] == []


def test_what_the_declared_packages_need_is_pinned_too():
    pinned = {name_of(pin) for pin in PINS}
    for package in declared():
        needed = {name_of(r) for r in requires(package) or [] if "extra ==" not in r and ";" not in r}
        assert needed <= pinned, package
