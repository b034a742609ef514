"""Condition trees: lists, all, any, not, comparisons and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    End,
    Measurement,
    Metadata,
    Not,
    Rank,
)
from engine.rules.findings import (
    Findings,
    describe,
    join,
    read_choice,
    read_integer,
    read_list,
    read_number,
    read_object,
)
from engine.rules.parse_values import (
    NUMBER_OPERATORS,
    TEXT_FIELDS,
    TEXT_OPERATORS,
    parse_measurement,
    parse_metric,
    parse_number_value,
    parse_operator,
    parse_text_value,
)

DEEPEST = 20
MOST_NODES = 500
MINIMUMS = ("impressions", "spend", "clicks", "conversions")
COMPARISON_FIELDS = (
    "metric",
    "operator",
    "value",
    "time_window",
    *(f"min_{name}" for name in MINIMUMS),
    "attribution",
    "of",
)
RANK_FIELDS = ("rank", "by", "time_window", "within", "percent", "count", "attribution")
GROUPS = ("all", "any", "not")
WITHIN = ("parent", "account", "scope")


def parse_conditions(findings: Findings, path: str, value: object) -> tuple[Condition | None, bool]:
    """Return the condition tree, and whether it was written as a plain list."""
    reader = _Tree(findings)
    if isinstance(value, list | tuple):
        parts = reader.parts(path, value, 1)
        return (All(parts) if parts else None), True
    return reader.node(path, value, 1), False


@dataclass(slots=True)
class _Tree:
    """Reads one tree and counts its nodes."""

    findings: Findings
    nodes: int = 0

    def parts(self, path: str, value: object, depth: int) -> tuple[Condition, ...]:
        """Return the conditions of a list; faulty ones are noted and left out."""
        values = read_list(self.findings, path, value, longest=MOST_NODES)
        found = [self.node(join(path, i), item, depth) for i, item in enumerate(values or [])]
        return tuple(part for part in found if part is not None)

    def node(self, path: str, value: object, depth: int) -> Condition | None:
        """Return one condition."""
        self.nodes += 1
        if depth > DEEPEST:
            self.findings.note(path, f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")
            return None
        if self.nodes > MOST_NODES:
            if self.nodes == MOST_NODES + 1:
                self.findings.note(
                    path, f"more than {MOST_NODES} conditions", f"at most {MOST_NODES} conditions"
                )
            return None
        if not isinstance(value, Mapping):
            allowed = "a condition, or an object with all, any or not"
            self.findings.note(path, describe(value), allowed)
            return None
        if any(group in value for group in GROUPS):
            return self._group(path, value, depth)
        if "rank" in value:
            return parse_rank(self.findings, path, value)
        return parse_comparison(self.findings, path, value)

    def _group(self, path: str, value: Mapping[str, object], depth: int) -> Condition | None:
        name = next(group for group in GROUPS if group in value)
        read_object(self.findings, path, value, (name,))
        place = join(path, name)
        if name == "not":
            part = self.node(place, value[name], depth + 1)
            return None if part is None else Not(part)
        parts = self.parts(place, value[name], depth + 1)
        if not parts:
            return None
        return All(parts) if name == "all" else Any(parts)


def parse_comparison(
    findings: Findings, path: str, value: Mapping[str, object]
) -> Comparison | Metadata | None:
    """Return a comparison of a measurement, or a test of a property."""
    name = value.get("metric")
    if isinstance(name, str) and name.strip() in TEXT_FIELDS:
        return _metadata(findings, path, value, name.strip())
    fields = read_object(findings, path, value, COMPARISON_FIELDS, ("metric", "operator", "value"))
    if fields is None:
        return None
    measured = parse_measurement(findings, path, fields) if "metric" in fields else None
    operator = None
    if "operator" in fields:
        operator = parse_operator(
            findings, join(path, "operator"), fields["operator"], NUMBER_OPERATORS
        )
    minimums = _minimums(findings, path, fields)
    if operator is None or "value" not in fields:
        return None
    threshold = parse_number_value(
        findings, join(path, "value"), fields["value"], operator, measured
    )
    if measured is None or threshold is None:
        return None
    if minimums and measured.window is None:
        findings.note(
            join(path, f"min_{minimums[0][0]}"),
            "a sample size",
            f"none ({measured.metric.name} is not taken over a window)",
        )
    return Comparison(measured, operator, threshold, minimums)


def _minimums(
    findings: Findings, path: str, fields: Mapping[str, object]
) -> tuple[tuple[str, float], ...]:
    found = []
    for name in MINIMUMS:
        field = f"min_{name}"
        if field in fields:
            number = read_number(findings, join(path, field), fields[field], least=0)
            if number is not None:
                found.append((name, number))
    return tuple(found)


def _metadata(
    findings: Findings, path: str, value: Mapping[str, object], name: str
) -> Metadata | None:
    required = ("metric", "operator", "value")
    read_object(findings, path, value, required, required)
    if "operator" not in value or "value" not in value:
        return None
    return parse_metadata(
        findings,
        name,
        (join(path, "operator"), value["operator"]),
        (join(path, "value"), value["value"]),
    )


def parse_metadata(
    findings: Findings, name: str, operator: tuple[str, object], value: tuple[str, object]
) -> Metadata | None:
    """Return a test of the property `name`; both parts come with their paths."""
    sign = parse_operator(findings, *operator, TEXT_OPERATORS)
    if sign is None:
        return None
    constant = parse_text_value(findings, *value, sign)
    return None if constant is None else Metadata(name, sign, constant)


def parse_rank(findings: Findings, path: str, value: Mapping[str, object]) -> Rank | None:
    """Return a place among the highest or the lowest."""
    fields = read_object(findings, path, value, RANK_FIELDS, ("rank", "by"))
    if fields is None:
        return None
    end = read_choice(findings, join(path, "rank"), fields["rank"], [end.value for end in End])
    within = "account"
    if "within" in fields:
        within = read_choice(findings, join(path, "within"), fields["within"], WITHIN) or within
    percent, count = _share(findings, path, fields)
    if "by" not in fields:
        return None
    by = _ranked_by(findings, path, fields)
    if by is None or end is None or (percent is None and count is None):
        return None
    return Rank(End(end), by, within, percent, count)


def _ranked_by(findings: Findings, path: str, fields: Mapping[str, object]) -> Measurement | None:
    metric = parse_metric(findings, join(path, "by"), fields["by"])
    if metric is None:
        return None
    renamed = {name: fields[name] for name in ("time_window", "attribution") if name in fields}
    return parse_measurement(findings, path, renamed, needs=metric)


def _share(
    findings: Findings, path: str, fields: Mapping[str, object]
) -> tuple[float | None, int | None]:
    given = [name for name in ("percent", "count") if name in fields]
    if len(given) != 1:
        found = "both percent and count" if given else "nothing"
        findings.note(join(path, "percent"), found, "exactly one of percent and count")
        return None, None
    place = join(path, given[0])
    if given[0] == "percent":
        return read_number(findings, place, fields["percent"], above=0, most=100), None
    return None, read_integer(findings, place, fields["count"], least=1, most=100_000)
