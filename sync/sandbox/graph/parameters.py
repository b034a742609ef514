"""Parameters of writes: which exist, their types, and their reading.

Names, types and enumerations are those of Meta's SDK 26. A parameter the sandbox keeps
nowhere is still checked for its form, as Meta would.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.meta_parameters import Operation, operation
from sync.sandbox.graph.times import parse_graph_time

GENERIC = frozenset(
    "access_token appsecret_proof appsecret_time fields limit after before summary "
    "default_summary filtering sort ids id method locale pretty debug date_format "
    "suppress_http_code include_headers batch asyncbatch format metadata return_ssl_resources "
    "callback __paging_token since until offset".split()
)
_TRUE, _FALSE = ("true", "1"), ("false", "0")
_LARGEST = 2**63 - 1


def parameter_names(name: str) -> frozenset[str]:
    """Return the parameters of an operation such as `POST Campaign`."""
    return frozenset(operation(name).types)


def read_parameters(name: str, given: Mapping[str, str], zone: str) -> dict[str, object]:
    """Read a write's parameters as typed values; generic ones are left out.

    Times become aware UTC datetimes, `0` as a time becomes None. Raises code
    100 for an unknown parameter, a wrong type or a value outside its list.
    """
    wanted = operation(name)
    values: dict[str, object] = {}
    for parameter, text in given.items():
        if parameter in wanted.types:
            kind = wanted.types[parameter]
            values[parameter] = _read(wanted, parameter, kind, text, zone)
        elif parameter not in GENERIC:
            raise unknown_parameter(parameter, _node_of(name))
    return values


def unknown_parameter(name: str, node: str) -> GraphError:
    """Code 100 for a parameter that the operation does not take."""
    return bad_value(f"The parameter {name} is not supported on node type {node}")


def options_of(values: Mapping[str, object]) -> list[object]:
    """Return the execution options; synchronous review asks for validation."""
    found = values.get("execution_options")
    options = found if isinstance(found, list) else []
    if "synchronous_ad_review" in options and "validate_only" not in options:
        raise bad_value(
            "Param execution_options: synchronous_ad_review must come with validate_only"
        )
    return options


def _node_of(name: str) -> str:
    part = name.split()[1]
    return part if part[0].isupper() else "AdAccount"


def _read(wanted: Operation, name: str, kind: str, text: str, zone: str) -> object:
    if kind in wanted.enums:
        return _from_enum(name, wanted.enums[kind], text)
    if kind in ("int", "unsigned int"):
        return _integer(name, text, unsigned=kind.startswith("u"))
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            raise bad_value(f"Param {name} must be a number, got '{text}'") from None
    if kind == "bool":
        if text.lower() not in (*_TRUE, *_FALSE):
            raise bad_value(f"Param {name} must be a boolean, got '{text}'")
        return text.lower() in _TRUE
    if kind == "datetime":
        return None if text in ("0", "") else parse_graph_time(text, zone, name)
    if kind.startswith("list"):
        return _list(wanted, name, kind.removeprefix("list").strip("<>"), text)
    return text if kind in ("string", "file") else _structure(name, kind, text)


def _integer(name: str, text: str, unsigned: bool) -> int:
    body = text.removeprefix("-") if not unsigned else text
    if not body.isdigit() or not body.isascii() or int(body) > _LARGEST:
        raise bad_value(f"Param {name} must be an integer, got '{text}'")
    return int(text)


def _structure(name: str, kind: str, text: str) -> object:
    """Read a nested value; only `Object` may also be a list."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    shapes = (dict, list) if kind == "Object" else (dict,)
    if value == [] and kind != "Object":
        return {}  # PHP clients write an empty map so
    if not isinstance(value, shapes):
        raise bad_value(f"Param {name} must be a JSON object")
    return value


def _list(wanted: Operation, name: str, inner: str, text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = parse_list(text, name) if text[:1] not in "[{" else None
    if isinstance(value, str | int | float) and not text.startswith("["):
        value = parse_list(text, name)
    if not isinstance(value, list):
        raise bad_value(f"Param {name} must be an array")
    if inner in wanted.enums:
        return _all_from_enum(name, wanted.enums[inner], value)
    for index, item in enumerate(value):
        _check_item(f"{name}[{index}]", inner, item)
    return value


def _check_item(name: str, inner: str, item: object) -> None:
    if inner in ("Object", "map") and not isinstance(item, dict | list):
        raise bad_value(f"Param {name} must be a JSON object")
    if inner == "unsigned int" and not str(item).isdigit():
        raise bad_value(f"Param {name} must be an integer, got '{item}'")


def _from_enum(name: str, allowed: frozenset[str], text: str) -> str:
    if text not in allowed:
        choices = ", ".join(sorted(allowed))
        raise bad_value(f"Param {name} must be one of {{{choices}}} - got '{text}'")
    return text


def _all_from_enum(name: str, allowed: frozenset[str], found: list[object]) -> list[str]:
    texts = [str(item) for item in found]
    if name == "special_ad_categories" and texts in (["NONE"], ["none"]):
        return []
    return [_from_enum(name, allowed, text) for text in texts]
