"""Everything that a notebook calls says what it is, with an example that runs in that notebook; tab completion finds it."""

import doctest
import importlib
import sys

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from tests.lab.notebook_names import FILES, PAGES, called, names

STATUS = next(file for file in FILES if file.stem.endswith("status"))


def everything():
    """(name, thing, notebook) once for each thing; what all notebooks share is tried in that of the survey's figures."""
    found = {}
    for file in [STATUS, *FILES]:
        for name, thing in called(file).items():
            place = STATUS if name.startswith("page.") else file
            found.setdefault(thing.__qualname__ + thing.__module__, pytest.param(thing, place, id=name))
    return list(found.values())


@pytest.mark.parametrize(("thing", "file"), everything())
def test_what_a_notebook_calls_has_an_example_that_runs(thing, file):
    assert thing.__doc__.split("\n")[0].strip()
    examples = doctest.DocTestFinder(recurse=False).find(thing, globs=dict(names(file)))
    assert examples[0].examples, f"{thing.__qualname__} has no example"
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(examples[0], out=said.append)
    assert not runner.failures, "".join(said)


@pytest.mark.parametrize("name", ["engagement", "survey"])
def test_what_a_notebook_reads_of_a_client_says_what_it_is(name):
    kind = type(names(STATUS)[name])
    public = {key: value for key, value in vars(kind).items() if not key.startswith("_")}
    without = [key for key, value in public.items() if isinstance(value, property) and not value.__doc__]
    assert not without and ">>> " in kind.__doc__


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_tab_completion_offers_what_a_notebook_may_call_and_no_more(file):
    name = file.stem.split("_", 1)[1]
    modules = {name: f"cxlib.analyses.{name}", "charts": f"cxlib.report.charts.{name}"}
    shell = InteractiveShell()
    shell.user_ns.update({short: importlib.import_module(long) for short, long in modules.items()})
    for short, long in modules.items():
        with provisionalcompleter():
            offered = {each.text for each in shell.Completer.completions(f"{short}.", len(short) + 1)}
        assert offered == set(sys.modules[long].__all__)
        needed = {each.split(".")[1] for each in called(file) if each.startswith(f"{short}.")}
        assert needed <= offered


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_what_the_first_cells_make_fits_one_screen_and_shows_no_row(file):
    made = {name: thing for name, thing in names(file).items() if type(thing).__module__.startswith("cxlib")}
    assert {"engagement", "page"} <= made.keys()
    for name in ("case", "links", "model", "ratings", "stairs", "survey", "nps", "engagement"):
        if name in made:
            lines = repr(made[name]).splitlines()
            assert len(lines) <= 25 and max(map(len, lines)) <= 130
            assert "object at 0x" not in lines[0]
