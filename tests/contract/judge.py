"""Holds one request against Meta's description of its API.

Checked are the version, the edge, every parameter with its type and its
enumeration, the grammar of `fields` with modifiers and nested fields, filters,
multi-gets, and each item of a batch like a request of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.contract.description import Node, Parameter, describe
from tests.contract.field_list import FieldListError, Wanted, parse_fields

# What every call takes although no edge lists it.
GENERIC = frozenset(
    "access_token appsecret_proof appsecret_time fields limit after before summary filtering sort "
    "ids date_format locale method include_headers format pretty metadata debug".split()
)
# Addresses of Meta's that belong to no object, with all that they take.
_EXCHANGE = frozenset(
    "client_id client_secret redirect_uri code code_verifier grant_type fb_exchange_token".split()
)
ELSEWHERE: Mapping[str, frozenset[str]] = {
    "GET oauth/access_token": _EXCHANGE,
    "POST oauth/access_token": _EXCHANGE,
    "GET debug_token": frozenset(["input_token"]),
    "GET dialog/oauth": frozenset(
        "client_id redirect_uri state scope response_type code_challenge code_challenge_method "
        # The last three come from the buttons of the sandbox's own page, as a browser sends them.
        "auth_type display config_id nonce confirm user declined".split()
    ),
}
OPERATORS = frozenset(
    "EQUAL NOT_EQUAL GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL IN_RANGE "
    "NOT_IN_RANGE CONTAIN NOT_CONTAIN STARTS_WITH IN NOT_IN ANY ALL NONE".split()
)
MODIFIERS = frozenset(
    "limit filtering time_range date_preset breakdowns effective_status time_increment order "
    "sort after summary action_attribution_windows level".split()
)
MOST_IN_BATCH = 50
MOST_IDS = 50
# Which class an id is of; none where nobody knows.
ClassOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: method, path, and its values, query and form together."""

    method: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)


def judge(asked: Asked, class_of: ClassOf) -> list[str]:
    """Return what Meta would not understand in a request; empty when it is right."""
    parts = [part for part in asked.path.split("/") if part]
    if not parts or not re.fullmatch(r"v\d+\.\d+", parts[0]):
        return ["the path names no version"]
    where = parts[1:]
    if not where:
        return list(_root(asked, class_of))
    # Graph lets a POST stand for another method, so that what it asks stays out of addresses.
    method = asked.values.get("method", asked.method) if asked.method == "POST" else asked.method
    elsewhere = ELSEWHERE.get(f"{method} {'/'.join(where)}")
    if elsewhere is not None:
        return [f"no parameter {one}" for one in asked.values if one not in elsewhere | GENERIC]
    name = node_class(where[0], class_of)
    node = describe(name) if name else None
    if node is None:
        return [f"nobody knows what {where[0]} is"]
    return list(_on_node(asked, node, "/".join(where[1:])))


def node_class(object_id: str, class_of: ClassOf) -> str | None:
    """Return the class of what an id stands for."""
    if object_id == "me":
        return "User"
    return "AdAccount" if object_id.startswith("act_") else class_of(object_id)


def _on_node(asked: Asked, node: Node, edge: str) -> Iterator[str]:
    name = f"{asked.method} {edge}".strip()
    call = node.calls.get(name)
    if call is None:
        yield f"{node.name} has no {name}"
        return
    for key, text in asked.values.items():
        if key in call.parameters:
            yield from _typed(key, text, call.parameters[key])
        elif key not in GENERIC:
            yield f"{node.name} {name} has no parameter {key}"
    yield from _limit(asked.values.get("limit"))
    returned = describe(_rows_of(call.returns) if edge else node.name)
    if returned is None:
        return
    if "fields" in asked.values:
        yield from _fields(asked.values["fields"], returned)
    if "filtering" in asked.values:
        yield from _filters(asked.values["filtering"])


def _rows_of(returned: str) -> str:
    """Return the class whose fields are asked for: a report answers insights rows."""
    return "AdsInsights" if returned == "AdReportRun" else returned


def _root(asked: Asked, class_of: ClassOf) -> Iterator[str]:
    """Judge what goes to the root: a batch, or a reading of several ids."""
    if asked.method == "GET":
        ids = [one for one in asked.values.get("ids", "").split(",") if one]
        if not 0 < len(ids) <= MOST_IDS:
            yield f"{len(ids)} ids at once"
        for name in {node_class(one, class_of) for one in ids}:
            node = describe(name) if name else None
            if node is None:
                yield "nobody knows what one of the ids is"
            elif "fields" in asked.values:
                yield from _fields(asked.values["fields"], node)
        return
    key = "batch" if "batch" in asked.values else "asyncbatch"
    allowed = {key, "include_headers", "access_token", "appsecret_proof"}
    yield from (f"a batch has no parameter {one}" for one in asked.values if one not in allowed)
    items = _json(asked.values.get(key, ""))
    if not isinstance(items, list) or not 0 < len(items) <= MOST_IN_BATCH:
        yield "a batch of 1 to 50 items is asked for"
        return
    for number, item in enumerate(items):
        yield from (f"item {number}: {fault}" for fault in _item(item, asked.path, class_of))


def _item(item: object, path: str, class_of: ClassOf) -> Iterator[str]:
    """Judge an item of a batch like a request of its own."""
    allowed = {"method", "relative_url", "body", "headers", "name", "depends_on"}
    allowed |= {"omit_response_on_success", "attached_files"}
    if not isinstance(item, dict) or not {"method", "relative_url"} <= set(item) <= allowed:
        yield "a method and a relative_url are asked for, and nothing unknown"
        return
    parts = urlsplit(str(item["relative_url"]))
    version = path.strip("/").split("/")[0]
    inner = parts.path.strip("/")
    inner = inner if re.match(r"v\d+\.\d+/", inner) else f"{version}/{inner}"
    values = dict(parse_qsl(parts.query, keep_blank_values=True))
    values |= dict(parse_qsl(str(item.get("body", "")), keep_blank_values=True))
    yield from judge(Asked(str(item["method"]), inner, values), class_of)


def _typed(key: str, text: str, parameter: Parameter) -> Iterator[str]:
    """Judge a value by the type that Meta names."""
    kind = parameter.type
    if kind.startswith("list<"):
        inner = Parameter(kind[5:-1], parameter.enum)
        listed = _json(text) if text.startswith("[") else text.split(",")
        if not isinstance(listed, list):
            yield f"{key}: {text!r} is no list"
            return
        for one in listed:
            yield from _typed(key, one if isinstance(one, str) else json.dumps(one), inner)
        return
    if parameter.enum is not None:
        if text not in parameter.enum:
            yield f"{key}: Meta knows no {text}"
        return
    if not _fits(kind, text):
        yield f"{key}: {text!r} is no {kind}"


def _fits(kind: str, text: str) -> bool:
    match kind:
        case "int":
            return re.fullmatch(r"-?\d+", text) is not None
        case "unsigned int":
            return text.isdecimal()
        case "float":
            return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
        case "bool":
            return text in {"true", "false"}
        case "datetime":
            return (
                re.fullmatch(r"\d+|\d{4}-\d\d-\d\d([T ][\d:]+([+-]\d\d:?\d\d|Z)?)?", text)
                is not None
            )
        case "map" | "Object":
            return isinstance(_json(text), dict)
        case _ if kind.startswith("map<"):
            return isinstance(_json(text), dict)
        case _:
            return True


def _limit(text: str | None) -> Iterator[str]:
    if text is not None and not (text.isdecimal() and int(text) > 0):
        yield f"limit: {text!r}"


def _fields(text: str, node: Node) -> Iterator[str]:
    try:
        wanted = parse_fields(text)
    except FieldListError as error:
        yield f"fields: {error}"
        return
    for one in wanted:
        yield from _field(one, node)


def _field(wanted: Wanted, node: Node) -> Iterator[str]:
    """Judge a field, what modifies it and what is asked for inside it."""
    kind = node.fields.get(wanted.name)
    edge = node.calls.get(f"GET {wanted.name}")
    if kind is None and edge is None:
        yield f"{node.name} has no field {wanted.name}"
        return
    for modifier in wanted.modifiers:
        if modifier not in MODIFIERS:
            yield f"{wanted.name}: no modifier {modifier}"
    inner = describe(edge.returns if edge else str(kind).removeprefix("list<").removesuffix(">"))
    if wanted.inner and inner is None:
        yield f"{wanted.name} has nothing inside that could be named"
    elif inner is not None:
        for one in wanted.inner:
            yield from _field(one, inner)


def _filters(text: str) -> Iterator[str]:
    filters = _json(text)
    if not isinstance(filters, list):
        yield "filtering is no list"
        return
    for one in filters:
        if not isinstance(one, dict) or set(one) != {"field", "operator", "value"}:
            yield f"a filter has field, operator and value, not {one}"
            continue
        if one["operator"] not in OPERATORS:
            yield f"filtering: no operator {one['operator']}"
        if not re.fullmatch(
            r"((campaign|adset|ad|account)\.)?[a-z_]+(\.[a-z_0-9:]+)?", str(one["field"])
        ):
            yield f"filtering: no field {one['field']}"


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
