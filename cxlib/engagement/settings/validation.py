"""A YAML document held against a pydantic model: every wrong key with file, line and the nearest right one."""

import types
import typing
from dataclasses import fields
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from cxlib.engagement.problems import Fix, Problem, misspelt, nearest
from cxlib.engagement.settings.strict_yaml import Document, dotted

HEADING = 1000  # characters of a column's name: YAML takes no longer keys
Model = TypeVar("Model", bound=BaseModel)
Asked = TypeVar("Asked")


class Part(BaseModel):
    """A part of a settings file: unknown keys are errors, values cannot be changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


def as_asked(kind: type[Asked], part: Part, **otherwise: Any) -> Asked:
    """What an analysis is asked: the fields of its type that the part of client.yml names alike, and those that it does not.

    So a key that both have needs no line of its own between them.
    """
    alike = {each.name: getattr(part, each.name) for each in fields(kind) if each.name in type(part).model_fields}
    return kind(**alike | otherwise)


def broken(rule: str, remedy: str, *, key: str = "") -> PydanticCustomError:
    """The error a validator raises: what is wrong, what to do, and at which key below the validated part."""
    return PydanticCustomError("broken", "{rule}", {"rule": rule, "remedy": remedy, "key": key})


def read_settings(document: Document, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """The document as `model`, or None; and everything that is wrong with it.

    Returns: (settings or None, problems); the settings are None exactly when there are problems.
    """
    problems = list(document.problems)
    given = {(problem.row, problem.column) for problem in problems}
    if problems and not document.value:
        return None, problems
    settings = None
    try:
        settings = model.model_validate(document.value)
    except ValidationError as failure:
        found = [_problem(error, document, model) for error in failure.errors(include_url=False)]
        problems += [problem for problem in found if (problem.row, problem.column) not in given]
    return (None if problems else settings), sorted(problems, key=lambda problem: problem.row or 0)


def _problem(error: dict, document: Document, model: type[BaseModel]) -> Problem:
    path = tuple(part for part in error["loc"] if part != "[key]")
    context = error.get("ctx", {})
    if key := context.get("key"):
        path += tuple(key.split("/"))
    rule, remedy = _wording(error, context, path, model)
    fix: tuple[Fix, ...] = ()
    if error["type"] == "extra_forbidden":
        fix = _respelt(path, document, model)
    elif error["type"] == "literal_error" and (right := misspelt(str(error["input"]), _offered(context["expected"]))):
        fix = (Fix(dotted(path), str(error["input"]), right),)
    return Problem(document.file, rule, remedy, document.line(path), dotted(path), fix=fix)


def _respelt(path: tuple, document: Document, model: type[BaseModel]) -> tuple[Fix, ...]:
    """The one key that an unknown one is a slip of the pen for, where it is not given beside it."""
    given: Any = document.value
    for step in path[:-1]:
        given = given[step]
    right = misspelt(path[-1], _keys(_annotation(model, path[:-1])))
    return (Fix(dotted(path), path[-1], right, "key"),) if right and right not in given else ()


def _wording(error: dict, context: dict, path: tuple, model: type[BaseModel]) -> tuple[str, str]:
    kind = error["type"]
    if kind == "broken":
        return context["rule"], context["remedy"]
    if kind == "extra_forbidden":
        return "unknown key", _right_key(path, model)
    if kind == "missing":
        return "the key is missing", "Add it"
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return "must be a whole number", "Write digits only"
    if kind in ("float_parsing", "float_type", "finite_number"):
        return "must be a number", "Write it with a decimal point, as 0.8"
    if kind == "bool_parsing":
        return "must be true or false", ""
    if kind == "literal_error":
        return f"must be {context['expected']}", _did_you_mean(str(error["input"]), context["expected"])
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}", _description(path, model)
    if kind == "string_type":
        waves = "; waves that stand side by side are said under `waves`" if isinstance(error["input"], list | tuple) else ""
        return "must be a single text", f"Name one{waves}" if waves else ""
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return "must be a group of keys", "Write the keys below it, indented"
    if kind in ("list_type", "tuple_type"):
        return "must be a list", "Write it as [first, second]"
    if kind in ("too_short", "too_long") and context.get("field_type") == "Tuple":
        return "must be a list of two numbers", "Write it as [lowest, highest]"
    bounds = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in bounds:
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
        return f"must be {words[bounds[kind]]} {context[bounds[kind]]:g}", ""
    if kind == "string_too_long" and context["max_length"] == HEADING:
        remedy = 'Write its beginning, at least 20 characters, ended by "...", or its number, as "column 12"'
        return f"must have at most {HEADING} characters", remedy
    return error["msg"].replace("Input should", "must").replace("String should", "must"), ""


def _description(path: tuple, model: type[BaseModel]) -> str:
    """What the schema says about the key at `path`."""
    for part in _parts(_annotation(model, path[:-1])):
        for name, field in getattr(part, "model_fields", {}).items():
            if path[-1] in (name, field.alias):
                return field.description or ""
    return ""


def _did_you_mean(given: str, expected: str) -> str:
    found = nearest(given, _offered(expected))
    return f"Did you mean {found}?" if found else ""


def _offered(expected: str) -> list[str]:
    """The words of "'a', 'b' or 'c'"."""
    return [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]


def _right_key(path: tuple, model: type[BaseModel]) -> str:
    """What to do about an unknown key: the nearest key there, the part it belongs in, or the keys there are."""
    keys = list(_keys(_annotation(model, path[:-1])))
    if found := nearest(path[-1], keys):
        return f"Did you mean `{found}`?"
    homes = [dotted(home) for home in _homes(model, path[-1])]
    if homes:
        return f"`{path[-1]}` belongs under {' or '.join(f'`{home}`' if home else 'the top' for home in homes[:3])}"
    return f"The keys here are: {', '.join(keys)}"


def _parts(annotation: Any) -> list[Any]:
    """The types that an annotation may stand for, without None."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _parts(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [part for each in typing.get_args(annotation) for part in _parts(each)]
    return [] if annotation is type(None) else [annotation]


def _keys(annotation: Any) -> dict[str, Any]:
    """Key -> annotation of the pydantic model that `annotation` is or holds."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return {field.alias or name: field.annotation for name, field in part.model_fields.items()}
    return {}


def _annotation(annotation: Any, path: tuple) -> Any:
    for step in path:
        keys = _keys(annotation)
        if step in keys:
            annotation = keys[step]
            continue
        inner = [each for part in _parts(annotation) for each in typing.get_args(part) if each is not Ellipsis]
        annotation = inner[-1] if inner else None
    return annotation


def _homes(annotation: Any, key: str, path: tuple = ()) -> list[tuple]:
    """The paths of the parts that have `key`."""
    homes = []
    for name, inner in _keys(annotation).items():
        if name == key:
            homes.append(path)
        for part in _parts(inner):
            below = [part] if _keys(part) else [each for each in typing.get_args(part) if _keys(each)]
            step = (name,) if _keys(part) else (name, "...")
            for each in below:
                homes += _homes(each, key, (*path, *step))
    return homes
