"""Rules into one plan of Polars expressions, shared parts built once.

The plan works in steps over the frame, each a set of columns the next one reads:

    base      numbers as Float64, properties in lower case, codes of groups
    values    every measurement that any condition asks for, each once
    shared    conditions that more than one rule asks, and ranks
    answers   one column per rule: Kleene's logic, null is *unknown*
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce

import polars as pl

from engine.domain.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    Constant,
    Measurement,
    Metadata,
    Not,
    Operator,
    Rank,
)
from engine.domain.metrics import find_metric
from engine.domain.rule import Rule, Scope
from engine.rules.columns import CHANGES, Leaf, attributes, columns_needed, leaves
from engine.rules.groups import chosen
from engine.rules.measure import ACCOUNT, LIVE, OFFSET, PARENT, change_of, value_of
from engine.rules.properties import folded_column, in_scope, live, property_test

ORDER = "#order"
NOW = "#now"
_COMPARED: dict[Operator, Callable[[pl.Expr, pl.Expr | float], pl.Expr]] = {
    Operator.LESS: lambda left, right: left < right,
    Operator.AT_MOST: lambda left, right: left <= right,
    Operator.GREATER: lambda left, right: left > right,
    Operator.AT_LEAST: lambda left, right: left >= right,
    Operator.EQUAL: lambda left, right: left == right,
    Operator.NOT_EQUAL: lambda left, right: left != right,
}
_Key = (
    tuple[Measurement, bool]
    | tuple[Rank, str]
    | tuple[Scope, datetime | None]
    | Comparison
    | Metadata
)


@dataclass(slots=True)
class Plan:
    """The expressions of a set of rules, filled while they are compiled."""

    names: dict[_Key, str] = field(default_factory=dict)
    values: list[pl.Expr] = field(default_factory=list)
    scopes: list[pl.Expr] = field(default_factory=list)
    shared: list[pl.Expr] = field(default_factory=list)
    properties: set[str] = field(default_factory=set)
    repeated: frozenset[Leaf] = frozenset()

    def measured(self, measurement: Measurement, *, change: bool = False) -> pl.Expr:
        """Return the column of a measurement, or of its change in percent."""
        key = (measurement, change)
        if key not in self.names:
            self.names[key] = f"v{len(self.values)}"
            value = change_of(measurement) if change else value_of(measurement)
            self.values.append(value.alias(self.names[key]))
        return pl.col(self.names[key])

    def scoped(self, scope: Scope, saved: datetime | None = None) -> str:
        """Return the name of the column that says which objects a scope holds.

        `saved` is when a rule with a fixed scope was saved; without it only the
        objects that such a scope lists by id are inside.
        """
        key = (scope, saved if scope.fixed else None)
        if key not in self.names:
            self.names[key] = f"s{len(self.scopes)}"
            if scope.clients:
                self.properties.add("client")
            within = in_scope(scope, self._filter)
            if scope.fixed:
                within = within & known_when_saved(scope, saved)
            self.scopes.append(within.alias(self.names[key]))
        return self.names[key]

    def answer(self, condition: Condition, scope: str) -> pl.Expr:
        """Return the answer of a condition: Boolean, null where unknown.

        `scope` is the column of the rule's scope, for ranks within it.
        """
        match condition:
            case All(parts):
                return reduce(lambda a, b: a & b, [self.answer(part, scope) for part in parts])
            case Any(parts):
                return reduce(lambda a, b: a | b, [self.answer(part, scope) for part in parts])
            case Not(part):
                return ~self.answer(part, scope)
            case Rank():
                return self._ranked(condition, scope)
            case Comparison() | Metadata():
                return self._leaf(condition)

    def _filter(self, condition: Condition) -> pl.Expr:
        """Return the answer of a scope's filter, which shares nothing with conditions."""
        match condition:
            case All(parts):
                return reduce(lambda a, b: a & b, [self._filter(part) for part in parts])
            case Any(parts):
                return reduce(lambda a, b: a | b, [self._filter(part) for part in parts])
            case Not(part):
                return ~self._filter(part)
            case Comparison() | Metadata():
                return self._test(condition)
            case Rank():
                raise ValueError("a scope can't hold a rank")

    def _leaf(self, leaf: Comparison | Metadata) -> pl.Expr:
        if leaf not in self.repeated:
            return self._test(leaf)
        if leaf not in self.names:
            self.names[leaf] = f"c{len(self.shared)}"
            self.shared.append(self._test(leaf).alias(self.names[leaf]))
        return pl.col(self.names[leaf])

    def _test(self, leaf: Comparison | Metadata) -> pl.Expr:
        if isinstance(leaf, Metadata):
            self.properties.add(leaf.name)
            return property_test(leaf)
        return self._compared(leaf)

    def _compared(self, leaf: Comparison) -> pl.Expr:
        measurement = leaf.measurement
        left = self.measured(measurement, change=leaf.operator in CHANGES)
        if isinstance(leaf.value, Measurement):
            result = _COMPARED[leaf.operator](left, self.measured(leaf.value))
        else:
            result = against_constant(left, leaf.operator, leaf.value)
        guards = [self.measured(guard) >= least for guard, least in guards_of(leaf)]
        if not guards:
            return result
        return pl.when(reduce(lambda a, b: a & b, guards)).then(result)

    def _ranked(self, rank: Rank, scope: str) -> pl.Expr:
        mask = scope if rank.within == "scope" else LIVE
        key = (rank, mask)
        if key not in self.names:
            value = self.measured(rank.by)
            together = pl.lit(0, dtype=pl.UInt32)
            groups = {"account": pl.col(ACCOUNT), "parent": pl.col(PARENT)}
            group = groups.get(rank.within, together)
            self.names[key] = f"c{len(self.shared)}"
            found = pl.map_batches(
                [pl.when(mask).then(value), group, pl.col(ORDER)],
                partial(chosen, rank),
                return_dtype=pl.Boolean,
            )
            self.shared.append(found.alias(self.names[key]))
        return pl.col(self.names[key])


def guards_of(leaf: Comparison) -> list[tuple[Measurement, float]]:
    """Return the sums that a comparison needs, with their least values."""
    found = []
    for name, least in leaf.minimums:
        metric = find_metric(name)
        if metric is not None:
            found.append((Measurement(metric, leaf.measurement.window), least))
    return found


def against_constant(left: pl.Expr, operator: Operator, value: Constant) -> pl.Expr:
    """Return the comparison of a number with what the rule names."""
    if isinstance(value, tuple):
        numbers = [float(item) for item in value]
        if operator in {Operator.IN, Operator.NOT_IN}:
            found = left.is_in(numbers)
            return found if operator is Operator.IN else ~found
        inside = (left >= numbers[0]) & (left <= numbers[1])
        return inside if operator is Operator.BETWEEN else ~inside
    number = float(value)
    if operator is Operator.INCREASED:
        return left >= number
    if operator is Operator.DECREASED:
        return left <= -number
    return _COMPARED[operator](left, number)


def known_when_saved(scope: Scope, saved: datetime | None) -> pl.Expr:
    """Return which objects a fixed scope listed or found when saved."""
    listed = pl.col("object_id").is_in([item for item in scope.include if isinstance(item, str)])
    if saved is None:
        return listed
    created = pl.col(NOW) - pl.col("hours_since_creation")
    return listed | (created <= saved.timestamp() / 3600).fill_null(False)


def compile_rules(
    rules: Sequence[Rule], fixed_at: Mapping[str, datetime]
) -> tuple[Plan, list[str], list[pl.Expr]]:
    """Return the plan of rules, their scope columns and their answers.

    The lists are in the order of the rules. An answer is true or unknown only
    where the object is in the rule's scope.
    """
    counted = Counter(leaf for rule in rules for leaf in leaves(rule.condition))
    plan = Plan(repeated=frozenset(leaf for leaf, times in counted.items() if times > 1))
    scopes = [plan.scoped(rule.scope, fixed_at.get(rule.rule_id)) for rule in rules]
    answers = [
        pl.col(scope) & plan.answer(rule.condition, scope)
        for rule, scope in zip(rules, scopes, strict=True)
    ]
    return plan, scopes, answers


def numbers_of(rules: Sequence[Rule]) -> list[str]:
    """Return the names of all numeric frame columns that the rules read."""
    found = {OFFSET}
    for columns in columns_needed(rules).values():
        found.update(asked.name for asked in columns)
    for rule in rules:
        if rule.scope.fixed or any(not isinstance(item, str) for item in _items(rule.scope)):
            found.add("hours_since_creation")
        for leaf in leaves(rule.condition):
            for measurement in measurements(leaf):
                found.update(attributes(measurement.metric))
    return sorted(found)


def measurements(leaf: Leaf) -> tuple[Measurement, ...]:
    """Return what a condition compares, then with what."""
    match leaf:
        case Rank(_, by, _, _, _):
            return (by,)
        case Comparison(measurement, _, value, _):
            return (measurement, value) if isinstance(value, Measurement) else (measurement,)
        case Metadata():
            return ()


def _items(scope: Scope) -> tuple[str | Condition, ...]:
    return scope.include + scope.exclude


def base_columns(
    plan: Plan, numbers: Sequence[str], schema: Mapping[str, pl.DataType], as_of: datetime
) -> list[pl.Expr]:
    """Return the first step: what the plan reads, from a frame of this schema.

    `as_of` (aware) is when the frame's ages were measured. A column that the frame does
    not have is unknown everywhere.
    """

    def number(name: str) -> pl.Expr:
        if name not in schema:
            return pl.lit(None, dtype=pl.Float64).alias(name)
        value = pl.col(name).cast(pl.Float64)
        return value.fill_nan(None) if schema[name].is_float() else value

    account = pl.col("account_id")
    parent = pl.concat_str([account, pl.col("parent_id").fill_null("")], separator="/")
    groups = {
        ACCOUNT: account.rank("dense"),
        PARENT: parent.rank("dense"),
        ORDER: pl.col("object_id").rank("ordinal"),
    }
    steps = plan.values + plan.scopes + plan.shared
    read = {name for step in steps for name in step.meta.root_names()}
    return [
        pl.col("object_id"),
        account,
        live(),
        pl.lit(as_of.timestamp() / 3600).alias(NOW),
        *(code.alias(name) for name, code in groups.items() if name in read),
        *(folded_column(name) for name in sorted(plan.properties)),
        *(number(name) for name in numbers),
    ]
