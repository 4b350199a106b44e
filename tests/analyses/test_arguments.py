"""A misspelt argument is a TypeError: no public function of an analysis or a statistic swallows what it does not know."""

import importlib
import inspect
import pkgutil

import pytest

import cxlib.analyses
import cxlib.stats

MODULES = [
    importlib.import_module(module.name)
    for package in (cxlib.analyses, cxlib.stats)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
SAID = ("Sentences.finding", "SurveyModel.settings")  # builders: of a sentence, which names an empty slot; of a mapping


def functions():
    for module in MODULES:
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(thing):
                yield thing
            elif inspect.isclass(thing):
                yield from (each for key, each in vars(thing).items() if inspect.isfunction(each) and key[0] != "_")


@pytest.mark.parametrize("function", functions(), ids=lambda function: f"{function.__module__}.{function.__qualname__}")
def test_nothing_is_swallowed(function):
    if function.__qualname__ in SAID:
        return
    kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds
