"""Meta's API as its own Python library describes it, read from its sources.

The library is made from Meta's API, so its lists of edges, parameters, types,
enumerations and fields are what a request is held against. Nothing of it is run:
the files are read as syntax trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's type as Meta writes it, and its values where they are listed."""

    type: str
    enum: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a method on a node or an edge takes, and the class it returns."""

    parameters: Mapping[str, Parameter]
    returns: str


@dataclass(frozen=True, slots=True)
class Node:
    """A class of objects: its fields with their types, its calls by name.

    A call is named by its method and edge, for example `GET campaigns`; those on
    the node itself by the method alone.
    """

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)


@cache
def describe(name: str) -> Node | None:
    """Return a class of Meta's, none where the library has no such class."""
    tree = _tree(name)
    if tree is None:
        return None
    own = _class(tree, name)
    return Node(name, _fields(own), dict(_calls(own, name)))


def _folder() -> Path:
    spec = find_spec("facebook_business")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "adobjects"


@cache
def _tree(name: str) -> ast.Module | None:
    path = _folder() / f"{name.lower()}.py"
    return ast.parse(path.read_text("utf-8")) if path.exists() else None


def _class(tree: ast.AST, name: str) -> ast.ClassDef:
    return next(
        one
        for one in ast.iter_child_nodes(tree)
        if isinstance(one, ast.ClassDef) and one.name == name
    )


def _fields(own: ast.ClassDef) -> dict[str, str]:
    """Return the fields that can be read: Meta's own list with its types."""
    types = next(
        _texts(one.value)
        for one in own.body
        if isinstance(one, ast.Assign) and _name(one.targets[0]) == "_field_types"
    )
    listed = set(_texts_of_class(_class(own, "Field")))
    return {name: kind for name, kind in types.items() if name in listed}


def _calls(own: ast.ClassDef, name: str) -> Iterator[tuple[str, Call]]:
    """Yield every call of a class by its name."""
    for method in own.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        request = next((one for one in ast.walk(method) if _is_call(one, "FacebookRequest")), None)
        if not isinstance(request, ast.Call):
            continue
        given = {one.arg: one.value for one in request.keywords}
        verb, edge = _text(given["method"]), _text(given["endpoint"]).strip("/")
        returns = _name(given["target_class"])
        yield f"{verb} {edge}".strip(), Call(dict(_parameters(method)), returns or name)


def _parameters(method: ast.FunctionDef) -> Iterator[tuple[str, Parameter]]:
    types: dict[str, str] = {}
    enums: dict[str, frozenset[str]] = {}
    for one in method.body:
        if not isinstance(one, ast.Assign) or not isinstance(one.value, ast.Dict):
            continue
        if _name(one.targets[0]) == "param_types":
            types = _texts(one.value)
        elif _name(one.targets[0]) == "enums":
            enums = dict(_enums(one.value))
    for name, kind in types.items():
        yield name, Parameter(kind, enums.get(kind.removeprefix("list<").removesuffix(">")))


def _enums(told: ast.Dict) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield enumerations; one is written `Owner.Group.__dict__.values()`, or a list."""
    for key, value in zip(told.keys, told.values, strict=True):
        assert key is not None
        if isinstance(value, ast.List):
            yield _text(key), frozenset(_text(one) for one in value.elts)
            continue
        path = ast.unparse(value).split(".")
        yield _text(key), _group(path[0], path[1])


@cache
def _group(owner: str, group: str) -> frozenset[str]:
    tree = _tree(owner)
    assert tree is not None, f"no class {owner}"
    return frozenset(_texts_of_class(_class(_class(tree, owner), group)))


def _texts_of_class(own: ast.ClassDef) -> Iterator[str]:
    for one in own.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            yield str(one.value.value)


def _texts(told: ast.expr) -> dict[str, str]:
    assert isinstance(told, ast.Dict)
    pairs = zip(told.keys, told.values, strict=True)
    return {_text(key): _text(value) for key, value in pairs if key is not None}


def _text(one: ast.expr) -> str:
    assert isinstance(one, ast.Constant)
    return str(one.value)


def _name(one: ast.expr) -> str:
    return one.id if isinstance(one, ast.Name) else ""


def _is_call(one: ast.AST, name: str) -> bool:
    return isinstance(one, ast.Call) and _name(one.func) == name
