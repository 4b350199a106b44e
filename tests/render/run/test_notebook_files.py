"""Parameters are checked before anything runs: papermill itself only warns."""

import pytest

from cxlib.render.run.notebooks import (
    LIMITS,
    ParameterError,
    checked_parameters,
    default_parameters,
    literal,
    needs,
    notebook_files,
    parameters_by_notebook,
    read_notebook,
)


@pytest.fixture
def notebook(make_notebook):
    return read_notebook(make_notebook())


def test_defaults_are_read_from_the_tagged_cell(notebook):
    assert default_parameters(notebook) == {"client": "acme", "language": "", "minimum": 5, "share": 0.5}
    assert needs(notebook) == [("survey",)]


def test_d14_unknown_parameter_is_refused_with_the_nearest_name(notebook):
    with pytest.raises(ParameterError, match="'minimun' is unknown to this notebook; did you mean 'minimum'"):
        checked_parameters(notebook, {"minimun": 5})


@pytest.mark.parametrize(
    ("name", "value"), [("minimum", "5"), ("minimum", 5.5), ("minimum", True), ("client", 4), ("share", "half")]
)
def test_parameter_of_another_kind_is_refused(notebook, name, value):
    with pytest.raises(ParameterError, match=f"{name!r} is {value!r}; it must be of the kind"):
        checked_parameters(notebook, {name: value})


def numbers():
    """(notebook, parameter, default) of every number that a shipped notebook takes."""
    for name, file in notebook_files().items():
        for parameter, default in default_parameters(read_notebook(file)).items():
            if isinstance(default, (int, float)):
                yield name, parameter, default


@pytest.mark.parametrize(("name", "parameter", "default"), list(numbers()))
def test_every_number_of_a_notebook_has_limits_and_says_them(name, parameter, default):
    notebook = read_notebook(notebook_files([name])[name])
    low, high, reason = LIMITS[parameter]
    for within in (low, default, high):
        assert checked_parameters(notebook, {parameter: within}) == {parameter: within}
    for beyond in (low - 1, -high, high + 1):
        with pytest.raises(ParameterError) as refused:
            checked_parameters(notebook, {parameter: beyond})
        said = str(refused.value)
        assert all(part in said for part in (repr(parameter), f"is {beyond};", reason, f"from {low} to {high}", repr(default)))


def test_limits_hold_in_a_notebook_of_ones_own(notebook):
    notebook.cells[1].source = "confidence = 0.95\nhorizon = 5\nrounds = 3"
    assert checked_parameters(notebook, {"rounds": -3, "confidence": 0.9}) == {"rounds": -3, "confidence": 0.9}
    for parameter, value in (("confidence", 95.0), ("confidence", float("nan")), ("horizon", 0)):
        with pytest.raises(ParameterError, match=f"{parameter!r} is {value}; .*or leave it out"):
            checked_parameters(notebook, {parameter: value})


def test_whole_number_stands_for_a_share(notebook):
    assert checked_parameters(notebook, {"share": 1}) == {"share": 1}


def test_each_notebook_gets_the_parameters_that_it_has(make_notebook):
    plain, other = read_notebook(make_notebook("01_a")), read_notebook(make_notebook("02_b"))
    other.cells[1].source = "client = ''\nseed = 1"
    given = {"seed": 7, "minimum": 9}
    assert parameters_by_notebook({"a": plain, "b": other}, given) == {"a": {"minimum": 9}, "b": {"seed": 7}}
    with pytest.raises(ParameterError, match="no notebook has a parameter 'sed'; did you mean 'seed'"):
        parameters_by_notebook({"a": plain, "b": other}, {"sed": 7})


def test_notebooks_are_named_and_in_reading_order(make_notebook):
    for name in ("02_status", "01_maturity", "10_last"):
        make_notebook(name)
    assert list(notebook_files()) == ["maturity", "status", "last"]
    assert list(notebook_files(["last", "status"])) == ["status", "last"]
    with pytest.raises(ValueError, match="no notebook is called 'statu'; did you mean 'status'"):
        notebook_files(["statu"])


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("0.5", 0.5), ("'5'", "5"), ("nordlys", "nordlys"), ("import os", "import os")]
)
def test_words_of_the_command_line_are_literals_or_text(text, value):
    assert literal(text) == value
