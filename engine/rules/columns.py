"""Which frame columns rules need: asked for once, before evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.domain.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    Measurement,
    Metadata,
    Not,
    Operator,
    Rank,
)
from engine.domain.frame import FrameColumn, attributed_sum, column
from engine.domain.metrics import Attribute, Custom, Metric, Ratio, Sum, operands
from engine.domain.objects import Level
from engine.domain.rule import Rule

Leaf = Comparison | Metadata | Rank
CHANGES = frozenset({Operator.INCREASED, Operator.DECREASED})


def columns_needed(rules: Iterable[Rule]) -> dict[Level, frozenset[FrameColumn]]:
    """Return the asked columns of the window frame, by the level of the rules."""
    found: dict[Level, set[FrameColumn]] = {}
    for rule in rules:
        found.setdefault(rule.level, set()).update(columns_of(rule.condition))
    return {level: frozenset(columns) for level, columns in found.items()}


def columns_of(condition: Condition) -> frozenset[FrameColumn]:
    """Return the asked columns of one condition tree."""
    found: set[FrameColumn] = set()
    for leaf in leaves(condition):
        match leaf:
            case Rank(_, by, _, _, _):
                found |= measured_columns(by)
            case Comparison(measurement, operator, value, minimums):
                found |= measured_columns(measurement)
                if operator in CHANGES:
                    found |= measured_columns(measurement, before=True)
                if isinstance(value, Measurement):
                    found |= measured_columns(value)
                if measurement.window is not None:
                    found |= {column(name, measurement.window) for name, _ in minimums}
            case Metadata():
                continue
    return frozenset(found)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of a tree of conditions, from left to right."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Comparison() | Metadata() | Rank():
            yield condition


def measured_columns(measurement: Measurement, *, before: bool = False) -> set[FrameColumn]:
    """Return the columns one measurement is calculated from."""
    window = measurement.window
    if window is None:
        return set()
    names = (attributed_sum(n, measurement.attribution) for n in base_sums(measurement.metric))
    return {column(name, window, before=before) for name in names}


def base_sums(metric: Metric) -> tuple[str, ...]:
    """Return the base sums in a metric's formula, each once."""
    match metric.formula:
        case Sum(name):
            return (name,)
        case Ratio(numerator, denominator, _):
            return (numerator, denominator)
        case Custom(expression):
            inner = (name for part in operands(expression) for name in base_sums(part))
            return tuple(dict.fromkeys(inner))
        case _:
            return ()


def attributes(metric: Metric) -> tuple[str, ...]:
    """Return the properties of the object in a metric's formula, each once."""
    match metric.formula:
        case Attribute(name):
            return (name,)
        case Custom(expression):
            inner = (name for part in operands(expression) for name in attributes(part))
            return tuple(dict.fromkeys(inner))
        case _:
            return ()
