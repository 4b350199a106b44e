"""Every remedy that `cxlib.engagement` can give, collected from its source: what a message says to do, with `{}` for what it fills in.

A remedy is what is handed over as `remedy` to whatever takes one (`Problem`, `Folder.setting`, `broken`, a function of its own
with such a parameter). It is followed through names, conditions and functions to the texts that it is made of.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cxlib.engagement

ROOT = Path(cxlib.engagement.__file__).parent
HOLE = "{}"
GIVEN_ON = {"remedy"}  # names and attributes of remedies that were made elsewhere and are handed on
Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Remedy:
    """A text that a message may end in, and the module that says it."""

    module: str
    text: str

    def said_by(self, remedy: str) -> bool:
        """Whether a remedy that was met is this one."""
        return re.fullmatch("(?s:.*)".join(map(re.escape, self.text.split(HOLE))), remedy) is not None

    def __str__(self) -> str:
        return f"{self.module}: {self.text}"


@cache
def remedies() -> tuple[Remedy, ...]:
    """All of them, each once."""
    modules = {file.relative_to(ROOT).with_suffix("").as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in sorted(ROOT.rglob("*.py"))}
    source = _Source(modules)
    found = {Remedy(module, text) for module in modules for text in source.texts_in(module) if text.strip(HOLE + " .;,")}
    return tuple(sorted(found, key=str))


class _Source:
    def __init__(self, modules: dict[str, ast.Module]):
        self.modules = modules
        self.functions: dict[str, list[tuple[str, ast.FunctionDef]]] = {}
        self.takes: dict[str, int] = {"Problem": 2, "ReadOtherwise": 2}  # callable: at which place a remedy is handed to it
        self.constants: dict[str, ast.expr] = {}
        self.within: dict[ast.AST, list[ast.AST]] = {}
        self.module = ""  # whose remedies are followed just now
        for module, tree in modules.items():
            for node in tree.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self.constants[node.targets[0].id] = node.value
            for node in ast.walk(tree):
                for child in ast.iter_child_nodes(node):
                    self.within[child] = [node]
                if isinstance(node, ast.FunctionDef):
                    self.functions.setdefault(node.name, []).append((module, node))
        for tree in modules.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and (place := self._place(node)) is not None:
                    above = self.within[node][0]
                    self.takes[above.name if node.name == "__init__" and isinstance(above, ast.ClassDef) else node.name] = place

    def _place(self, function: ast.FunctionDef) -> int | None:
        named = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
        if "remedy" not in named:
            return None
        return named.index("remedy") - (named[0] == "self")

    def texts_in(self, module: str) -> Iterator[str]:
        self.module = module
        for node in ast.walk(self.modules[module]):
            if not isinstance(node, ast.Call):
                if isinstance(node, ast.FunctionDef):
                    yield from self._defaults(node)
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = [each.value for each in node.keywords if each.arg == "remedy"]
            place = self.takes.get(name)
            if not given and place is not None and len(node.args) > place and not any(isinstance(each, ast.Starred) for each in node.args):
                given = [node.args[place]]
            for expression in given:
                yield from self.texts(expression, self._function_of(node), ())

    def _defaults(self, function: ast.FunctionDef) -> Iterator[str]:
        for named, default in [*zip(function.args.args[::-1], function.args.defaults[::-1], strict=False),
                               *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)]:  # fmt: skip
            if named.arg == "remedy" and default is not None:
                yield from self.texts(default, None, ())

    def _function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.within:
            [node] = self.within[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def texts(self, made: ast.expr | None, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        """The texts that an expression can be; `{}` for what is known at run time alone."""
        if made is None or made in seen or len(seen) > 12:
            return [HOLE]
        seen = (*seen, made)
        match made:
            case ast.Constant(value=str() as said):
                return [said]
            case ast.JoinedStr(values=parts):
                return self._joined([self._part(part, function, seen) for part in parts])
            case ast.IfExp(body=one, orelse=other):
                return [*self.texts(one, function, seen), *self.texts(other, function, seen)]
            case ast.BoolOp(values=parts):
                return [text for part in parts for text in self.texts(part, function, seen)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([self.texts(left, function, seen), self.texts(right, function, seen)])
            case ast.BinOp(left=left, op=ast.Mult()):
                return ["", *self.texts(left, function, seen)]
            case ast.NamedExpr(value=value):
                return self.texts(value, function, seen)
            case ast.Name(id=name):
                return self._named(name, function, seen)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="format")):
                return self._named(name, function, seen)
            case ast.Call():
                return self._returned(made, None, seen)
        return [HOLE]

    def _part(self, part: ast.expr, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        if not isinstance(part, ast.FormattedValue):
            return self.texts(part, function, seen)
        inside = self.texts(part.value, function, seen) if isinstance(part.value, ast.IfExp) else [HOLE]
        return inside if all(" " in each or not each for each in inside) else [HOLE]

    def _joined(self, parts: list[list[str]]) -> list[str]:
        texts = [""]
        for part in parts:
            texts = [f"{before}{after}" for before in texts for after in dict.fromkeys(part)][:64]
        return texts

    def _named(self, name: str, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        if function is None:
            return self.texts(self.constants.get(name), None, seen)
        if name in {each.arg for each in (*function.args.args, *function.args.kwonlyargs)} and name not in _assigned(function):
            return [HOLE]
        found = [text for value, at in _values_of(name, function) for text in self._at(value, at, function, seen)]
        return found or self.texts(self.constants.get(name), None, seen)

    def _at(self, value: ast.expr, at: int | None, function: ast.FunctionDef, seen: tuple) -> list[str]:
        """The texts of a value, or of one part of a tuple."""
        if at is None:
            return self.texts(value, function, seen)
        if isinstance(value, ast.Tuple):
            return self.texts(value.elts[at], function, seen) if at < len(value.elts) else []
        if isinstance(value, ast.ListComp):
            return self._at(value.elt, at, function, seen)
        if isinstance(value, ast.Name):
            made = [*_appended(value.id, function), *(each for each, whole in _values_of(value.id, function) if whole is None and each is not value)]
            return [text for each in made for text in self._at(each, at, function, seen)]
        if isinstance(value, ast.IfExp):
            return [*self._at(value.body, at, function, seen), *self._at(value.orelse, at, function, seen)]
        return self._returned(value, at, seen) if isinstance(value, ast.Call) else [HOLE]

    def _returned(self, call: ast.Call, at: int | None, seen: tuple) -> list[str]:
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        texts = []
        known = self.functions.get(name, [])
        here = [each for each in known if each[0] == self.module]
        for _, function in here or known:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None and node not in seen:
                    texts += self._at(node.value, at, function, (*seen, node))
        return texts or [HOLE]


def _assigned(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _values_of(name: str, function: ast.FunctionDef) -> Iterator[tuple[ast.expr, int | None]]:
    """What a name stands for: an expression, or one place of a tuple."""
    for node in ast.walk(function):
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.NamedExpr):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.AugAssign):
            pairs = [(node.target, ast.BinOp(ast.Constant(HOLE), ast.Add(), node.value))]
        elif isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, each) for each in (node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else [node.iter])]
        for target, value in pairs:
            if isinstance(target, ast.Name) and target.id == name:
                yield value, None
            elif isinstance(target, ast.Tuple):
                for at, each in enumerate(target.elts):
                    if isinstance(each, ast.Name) and each.id == name:
                        yield value, at


def _appended(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What is put into a list that a function makes."""
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=made), attr="append"), args=[added]) if made == name:
                yield added
