"""Changing one place of a rule's document, all others left as written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

Json = dict[str, object]
Path = tuple[str | int, ...]


class Missing:
    """Stands for a field that is not there; ``None`` would be JSON's null."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
# An empty one of these says nothing, and an empty schedule is even a fault.
_OPTIONAL = ("scope", "schedule", "limits", "hold_out", "ml_enhancement")


def path_of(text: str) -> Path:
    """Return the path that the engine writes as ``conditions/0/value``."""
    parts = [part for part in text.split("/") if part]
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)


def text_of(path: Path) -> str:
    """Return a path as the engine writes it."""
    return "/".join(str(part) for part in path)


def get(document: object, path: Path) -> object:
    """Return what stands at a path, ``MISSING`` where nothing does."""
    value = document
    for part in path:
        if isinstance(value, Mapping) and str(part) in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return MISSING
    return value


def put(document: Json, path: Path, value: object) -> Json:
    """Return the document with another value at a path.

    Objects that are missing on the way are made.
    """
    changed = _put(document, path, value)
    assert isinstance(changed, dict)
    return changed


def drop(document: Json, path: Path) -> Json:
    """Return the document without what stands at a path."""
    if get(document, path) is MISSING:
        return document
    parent = get(document, path[:-1])
    if isinstance(parent, Mapping):
        rest: object = {name: value for name, value in parent.items() if name != path[-1]}
    else:
        assert isinstance(parent, list)
        rest = [value for place, value in enumerate(parent) if place != path[-1]]
    if not rest and len(path) == 2 and path[0] in _OPTIONAL:
        return drop(document, path[:1])
    return put(document, path[:-1], rest)


def same(first: object, second: object) -> bool:
    """Tell whether two documents are the same; 1 is neither 1.0 nor true."""
    return json.dumps(first) == json.dumps(second)


def mapping(value: object) -> Json:
    """Return an object as it is, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return a list as it is, an empty one for anything else."""
    return value if isinstance(value, list) else []


def _put(value: object, path: Path, new: object) -> object:
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(head, int):
        copy = list(value)
        if head == len(copy):
            copy.append(_put({}, rest, new))
        else:
            copy[head] = _put(copy[head], rest, new)
        return copy
    fields = dict(value) if isinstance(value, Mapping) else {}
    fields[str(head)] = _put(fields.get(str(head), {}), rest, new)
    return fields
