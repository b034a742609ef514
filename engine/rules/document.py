"""Text into plain values: JSON or YAML, within limits of size.

YAML is read by its core schema: `on` stays a text and `06:30` is no number.
A key given twice is an error, because one of the two would be lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import yaml

from engine.domain.errors import Fault, InvalidDocument

LONGEST_TEXT = 200_000
DEEPEST = 64
MOST_VALUES = 10_000


def read_document(document: Mapping[str, object] | str, what: str) -> Mapping[str, object]:
    """Return the document as an object of plain values.

    Raises InvalidDocument when it can't be read, is too large, or is no object.
    """
    value: object = _parse(document, what) if isinstance(document, str) else document
    if not isinstance(value, Mapping):
        raise _refusal(what, _kind(value), "an object with fields such as name")
    _check_size(value, what)
    return value


def _kind(value: object) -> str:
    """Return what stands where an object should, in words."""
    if value is None:
        return "nothing"
    kinds = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
    }
    return kinds.get(type(value), f"a {type(value).__name__}")


def _refusal(what: str, found: str, allowed: str) -> InvalidDocument:
    return InvalidDocument(what, (Fault("document", found, allowed),))


def _parse(text: str, what: str) -> object:
    if len(text) > LONGEST_TEXT:
        raise _refusal(
            what, f"a text of {len(text)} characters", f"at most {LONGEST_TEXT} characters"
        )
    try:
        if text.lstrip().startswith(("{", "[")):
            return json.loads(text, object_pairs_hook=_unique)
        return yaml.load(text, Loader=_CoreLoader)  # noqa: S506 - a safe loader of our own
    except (ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:300]
        raise _refusal(what, f"a text that can't be read ({reason})", "JSON or YAML") from error
    except RecursionError as error:
        raise _refusal(what, "too many levels", f"at most {DEEPEST} levels") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} is given twice")
    return found


def _check_size(document: Mapping[str, object], what: str) -> None:
    waiting: list[tuple[object, int]] = [(document, 1)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST:
            raise _refusal(what, f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")
        if seen > MOST_VALUES:
            raise _refusal(what, f"more than {MOST_VALUES} values", f"at most {MOST_VALUES} values")
        if isinstance(value, Mapping):
            waiting.extend((part, depth + 1) for part in value.values())
        elif isinstance(value, list | tuple):
            waiting.extend((part, depth + 1) for part in value)


class _CoreLoader(yaml.SafeLoader):
    """YAML's core schema, with keys given once."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


def _unique_mapping(loader: _CoreLoader, node: yaml.MappingNode) -> dict[str, object]:
    loader.flatten_mapping(node)
    pairs = [
        (str(loader.construct_object(key, deep=True)), loader.construct_object(value, deep=True))
        for key, value in node.value
    ]
    return _unique(pairs)


_CoreLoader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)
for _tag, _pattern, _starts in (
    ("bool", r"true|false|True|False|TRUE|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(rf"(?:{_pattern})\Z"),
        [start for start in _starts if start != "\0"] + ([""] if "\0" in _starts else []),
    )
