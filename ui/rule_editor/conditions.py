"""Condition nodes: what the form can show, and how it changes them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from engine.domain.conditions import Operator, Whose
from engine.domain.metrics import METADATA_FIELDS, Attribute, Unit, find_metric
from ui.rule_editor.document import Json, Path, items, mapping

MINIMUMS = ("min_impressions", "min_spend", "min_clicks", "min_conversions")
COMPARISON = ("metric", "of", "time_window", "operator", "value", *MINIMUMS, "attribution")
PROPERTY = ("metric", "operator", "value")
RANKING = ("rank", "by", "time_window", "within", "percent", "count", "attribution")
MEASUREMENT = ("metric", "time_window", "of", "times", "attribution")
TEXT_METRICS = (*METADATA_FIELDS, "learning_stage")
RANGES = (Operator.BETWEEN.value, Operator.NOT_BETWEEN.value)
LISTS = (Operator.IN.value, Operator.NOT_IN.value)
CHANGES = (Operator.INCREASED.value, Operator.DECREASED.value)
CONTAINING = (Operator.CONTAINS.value, Operator.NOT_CONTAINS.value)
TEXT_OPERATORS = ("==", "!=", *CONTAINING, *LISTS)
NUMBER_OPERATORS = tuple(one.value for one in Operator if one.value not in CONTAINING)
FIRST_WINDOW = "7d"


class Node(StrEnum):
    """What a node of the tree is, as far as the form is concerned."""

    GROUP = "group"
    NOT = "not"
    COMPARISON = "comparison"
    PROPERTY = "property"
    RANK = "rank"
    RAW = "raw"


def kind_of(node: object) -> Node:
    """Return what a node is; what the form can't show is raw."""
    if not isinstance(node, dict):
        return Node.RAW
    if node.keys() == {"not"}:
        return Node.NOT
    if len(node) == 1 and isinstance(node.get("all", node.get("any")), list):
        return Node.GROUP
    if {"all", "any", "not"} & node.keys():
        return Node.RAW
    if "rank" in node:
        return Node.RANK
    if "metric" not in node:
        return Node.RAW
    return Node.PROPERTY if node["metric"] in TEXT_METRICS else Node.COMPARISON


def is_group_list(conditions: object) -> bool:
    """Tell whether conditions are a plain list, all of which must hold."""
    return isinstance(conditions, list)


def members(node: object) -> tuple[str, Path, list[object]]:
    """Return a group's word, its list's path below it, and the list.

    The word is all or any.
    """
    if isinstance(node, list):
        return "all", (), node
    word = "any" if "any" in mapping(node) else "all"
    return word, (word,), items(mapping(node).get(word))


def with_word(node: object, word: str) -> object:
    """Return a group that needs all, or any, of the same members."""
    if isinstance(node, list) and word == "all":
        return node
    return {word: members(node)[2]}


def with_member(node: object, new: object) -> object:
    """Return a group with one more member; a single condition becomes a group."""
    if isinstance(node, list):
        return [*node, new]
    if kind_of(node) is Node.GROUP:
        word, _, found = members(node)
        return {word: [*found, new]}
    return {"all": [node, new]}


def new_condition() -> Json:
    """Return the condition that the form begins with."""
    return {"metric": "roas", "operator": "<", "value": 1, "time_window": FIRST_WINDOW}


def new_rank() -> Json:
    """Return the ranking that the form begins with."""
    return {
        "rank": "bottom",
        "by": "roas",
        "time_window": FIRST_WINDOW,
        "within": "account",
        "percent": 20,
    }


def has_window(metric: object) -> bool:
    """Tell whether a metric is taken over a window (formulas and events are)."""
    if metric in TEXT_METRICS:
        return False
    found = find_metric(metric) if isinstance(metric, str) else None
    return found is None or not isinstance(found.formula, Attribute)


def unit_of(metric: object) -> Unit:
    """Return a metric's unit; a formula counts as a ratio."""
    found = find_metric(metric) if isinstance(metric, str) else None
    return found.unit if found is not None else Unit.RATIO


def with_metric(node: Json, metric: str) -> Json:
    """Return a comparison of another metric, changed no more than that needs."""
    is_text, was_text = metric in TEXT_METRICS, node.get("metric") in TEXT_METRICS
    if is_text:
        kept = {name: value for name, value in node.items() if name not in COMPARISON}
        fitting = was_text and {"operator": node.get("operator"), "value": node.get("value")}
        return {"metric": metric, **(fitting or {"operator": "contains", "value": ""}), **kept}
    new = dict(node)
    new["metric"] = metric
    if was_text:
        new |= {"operator": "<", "value": 1}
    value = new.get("value")
    if isinstance(value, dict) and value.get("metric") == node.get("metric"):
        new["value"] = {**value, "metric": metric}
    if not has_window(metric):
        return {name: item for name, item in new.items() if not _needs_window(name)}
    new.setdefault("time_window", FIRST_WINDOW)
    return new


def with_operator(node: Json, operator: str) -> Json:
    """Return a comparison by another operator, its value in a fitting shape."""
    value = node.get("value")
    first = value[0] if isinstance(value, list) and value else value
    plain = first if not isinstance(first, dict | list) else 0
    if operator in RANGES:
        ready = isinstance(value, list) and len(value) == 2
        shaped: object = value if ready else [plain, plain]
    elif operator in LISTS:
        shaped = value if isinstance(value, list) else [plain]
    elif operator in CHANGES:
        shaped = plain
    else:
        shaped = first
    return {**node, "operator": operator, "value": shaped}


def with_measured_value(node: Json, measured: bool) -> Json:
    """Return a comparison with another measurement, or with a number again."""
    value = node.get("value")
    if measured == isinstance(value, dict):
        return node
    if not measured:
        return {**node, "value": 1}
    other: Json = {"metric": node.get("metric", "roas")}
    if has_window(other["metric"]):
        other |= {"time_window": node.get("time_window", FIRST_WINDOW)}
    whose = Whose.ACCOUNT if has_window(other["metric"]) else Whose.SIBLINGS_MEAN
    return {**node, "value": {**other, "of": whose.value, "times": 1}}


def unshown(node: object, path: str) -> Iterator[str]:
    """Yield the paths below a node that the form has no field for."""
    kind = kind_of(node)
    fields = mapping(node)
    if isinstance(node, list):
        for place, part in enumerate(node):
            yield from unshown(part, f"{path}/{place}")
    elif kind is Node.RAW:
        yield path
    elif kind is Node.NOT:
        yield from unshown(fields["not"], f"{path}/not")
    elif kind is Node.GROUP:
        word, _, found = members(node)
        for place, part in enumerate(found):
            yield from unshown(part, f"{path}/{word}/{place}")
    else:
        shown = {Node.COMPARISON: COMPARISON, Node.PROPERTY: PROPERTY, Node.RANK: RANKING}[kind]
        yield from (f"{path}/{name}" for name in fields if name not in shown)
        value = fields.get("value")
        if isinstance(value, dict):
            yield from (f"{path}/value/{name}" for name in value if name not in MEASUREMENT)


def _needs_window(name: str) -> bool:
    return name == "time_window" or name in MINIMUMS
