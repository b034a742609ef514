"""Which objects a rule looks at: clients, accounts, ids and filters.

A filter names properties with an operator or a bare value:
`{"name": {"contains": "[SCALE]"}}`, `{"objective": ["OUTCOME_SALES"]}`,
`{"age": {">": "7d"}}`; several properties in one filter must all hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from engine.domain.conditions import All, Any, Comparison, Condition, Measurement, Not, Operator
from engine.domain.metrics import CATALOGUE
from engine.domain.rule import Scope
from engine.rules.findings import (
    Findings,
    describe,
    duration,
    is_number,
    join,
    read_flag,
    read_list,
    read_object,
    read_text,
)
from engine.rules.parse_conditions import DEEPEST, GROUPS, parse_metadata
from engine.rules.parse_values import ORDER, TEXT_FIELDS, parse_operator

SCOPE_FIELDS = ("clients", "accounts", "include", "exclude", "fixed")
FILTER_FIELDS = (*TEXT_FIELDS, "labels", "age", *GROUPS)
MOST_IDS = 5000


def parse_scope(findings: Findings, path: str, value: object) -> Scope:
    """Return the scope; absent fields restrict nothing."""
    found = read_object(findings, path, value, SCOPE_FIELDS) or {}
    accounts = _texts(findings, path, found, "accounts")
    fixed = read_flag(findings, join(path, "fixed"), found["fixed"]) if "fixed" in found else False
    return Scope(
        clients=_texts(findings, path, found, "clients"),
        accounts=tuple(account.removeprefix("act_") for account in accounts),
        include=_filters(findings, path, found, "include"),
        exclude=_filters(findings, path, found, "exclude"),
        fixed=bool(fixed),
    )


def _texts(
    findings: Findings, path: str, found: Mapping[str, object], name: str
) -> tuple[str, ...]:
    if name not in found:
        return ()
    place = join(path, name)
    values = read_list(findings, place, found[name], longest=MOST_IDS) or []
    texts = [
        read_text(findings, join(place, i), item, longest=200) for i, item in enumerate(values)
    ]
    return tuple(text.strip() for text in texts if text is not None)


def _filters(
    findings: Findings, path: str, found: Mapping[str, object], name: str
) -> tuple[str | Condition, ...]:
    if name not in found:
        return ()
    place, value = join(path, name), found[name]
    if isinstance(value, Mapping):
        single = parse_filter(findings, place, value, 1)
        return () if single is None else (single,)
    values = read_list(findings, place, value, longest=MOST_IDS, shortest=0) or []
    items = [_item(findings, join(place, i), item) for i, item in enumerate(values)]
    return tuple(item for item in items if item is not None)


def _item(findings: Findings, path: str, value: object) -> str | Condition | None:
    if isinstance(value, Mapping):
        return parse_filter(findings, path, value, 1)
    if isinstance(value, str):
        return read_text(findings, path, value, longest=64)
    findings.note(path, describe(value), 'an object id as text, or a filter like {"name": …}')
    return None


def parse_filter(findings: Findings, path: str, value: object, depth: int) -> Condition | None:
    """Return the condition that a filter stands for."""
    if depth > DEEPEST:
        findings.note(path, f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")
        return None
    fields = read_object(findings, path, value, FILTER_FIELDS)
    if fields is None:
        return None
    if not fields:
        findings.note(path, "an empty object", f"one of {', '.join(FILTER_FIELDS)}")
        return None
    parts: list[Condition] = []
    for name, test in fields.items():
        if name in FILTER_FIELDS:
            parts.extend(_tests(findings, join(path, name), name, test, depth))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _tests(findings: Findings, path: str, name: str, test: object, depth: int) -> list[Condition]:
    if name == "not":
        part = parse_filter(findings, path, test, depth + 1)
        return [] if part is None else [Not(part)]
    if name in GROUPS:
        values = read_list(findings, path, test, longest=100) or []
        items = [
            parse_filter(findings, join(path, i), item, depth + 1) for i, item in enumerate(values)
        ]
        found = tuple(item for item in items if item is not None)
        if not found:
            return []
        return [All(found) if name == "all" else Any(found)]
    return _property(findings, path, "label" if name == "labels" else name, test)


def _property(findings: Findings, path: str, name: str, test: object) -> list[Condition]:
    pairs: list[tuple[str, object, str, object]]
    if isinstance(test, Mapping):
        pairs = [(join(path, str(sign)), sign, join(path, str(sign)), test[sign]) for sign in test]
    elif isinstance(test, list | tuple):
        pairs = [(path, Operator.IN.value, path, test)]
    else:
        pairs = [(path, Operator.EQUAL.value, path, test)]
    if not pairs:
        findings.note(path, "an empty object", 'an operator with a value, like {"contains": "x"}')
    found: list[Condition] = []
    for place, sign, value_place, wanted in pairs:
        condition = (
            _age(findings, (place, sign), (value_place, wanted))
            if name == "age"
            else parse_metadata(findings, name, (place, sign), (value_place, wanted))
        )
        if condition is not None:
            found.append(condition)
    return found


def _age(
    findings: Findings, operator: tuple[str, object], value: tuple[str, object]
) -> Comparison | None:
    sign = parse_operator(findings, *operator, ORDER)
    path, wanted = value
    hours: float | None = None
    if isinstance(wanted, str):
        length = duration(wanted)
        hours = None if length is None else length / timedelta(hours=1)
    elif is_number(wanted):
        hours = float(str(wanted))
    if hours is None or hours < 0:
        findings.note(path, describe(wanted), 'an age like "7d" or "36h", or a number of hours')
        return None
    if sign is None:
        return None
    return Comparison(Measurement(CATALOGUE["hours_since_creation"], None), sign, hours)
