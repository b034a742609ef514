"""Tests of an object's properties, and scopes, as Polars expressions.

Upper and lower case are the same, in every property: names are typed by people.
A property that is not known answers *unknown*; an object without labels has none,
which is known. `==` and `in` on labels ask for a label of exactly that text,
`contains` for a label with that text inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import polars as pl

from engine.domain.conditions import Condition, Metadata, Operator
from engine.domain.rule import Scope
from engine.rules.measure import LIVE

COLUMNS: dict[str, str] = {
    "name": "name",
    "id": "object_id",
    "status": "status",
    "effective_status": "effective_status",
    "objective": "objective",
    "bid_strategy": "bid_strategy",
    "learning_stage": "learning_stage",
    "label": "labels",
    "account": "account_id",
    "client": "client",
}
NEGATIVE = {
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
}
LIVE_STATUSES = ("ACTIVE", "PAUSED")
GONE = ("DELETED", "ARCHIVED")


def folded(name: str) -> str:
    """Return the name of the lower-cased column of a property."""
    return f"text:{name}"


def folded_column(name: str) -> pl.Expr:
    """Return a property of the frame in lower case."""
    source = pl.col(COLUMNS[name])
    if name != "label":
        return source.str.to_lowercase().alias(folded(name))
    return source.fill_null([]).list.eval(pl.element().str.to_lowercase()).alias(folded(name))


def property_test(test: Metadata) -> pl.Expr:
    """Return the answer of a property test: Boolean, null where unknown."""
    if test.operator in NEGATIVE:
        return ~property_test(Metadata(test.name, NEGATIVE[test.operator], test.value))
    wanted = wanted_texts(test)
    known = pl.col(folded(test.name))
    if test.name == "label":
        return _label_test(test.operator, wanted, known)
    if test.operator is Operator.EQUAL:
        return known == wanted[0]
    if test.operator is Operator.IN:
        return known.is_in(wanted)
    return known.str.contains(wanted[0], literal=True)


def wanted_texts(test: Metadata) -> list[str]:
    """Return the texts a test looks for, in lower case, without `act_`."""
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    texts = [str(value).lower() for value in values]
    return [text.removeprefix("act_") for text in texts] if test.name == "account" else texts


def _label_test(operator: Operator, wanted: list[str], labels: pl.Expr) -> pl.Expr:
    element = pl.element()
    if operator is Operator.CONTAINS:
        return labels.list.eval(element.str.contains(wanted[0], literal=True)).list.any()
    return labels.list.eval(element.is_in(wanted)).list.any()


def live() -> pl.Expr:
    """Return which objects a rule may match: not archived, not deleted.

    A status that we don't know counts as neither active nor paused.
    """
    set_by_hand = pl.col("status").is_in(LIVE_STATUSES).fill_null(False)
    gone = pl.col("effective_status").is_in(GONE).fill_null(False)
    return (set_by_hand & ~gone).alias(LIVE)


def in_scope(scope: Scope, test: Callable[[Condition], pl.Expr]) -> pl.Expr:
    """Return which objects a scope holds: Boolean, never null.

    `test` turns a filter into an expression. A filter whose answer is unknown keeps the
    object out, whether it includes or excludes.
    """
    parts = [pl.col(LIVE)]
    if scope.clients:
        clients = [client.lower() for client in scope.clients]
        parts.append(pl.col(folded("client")).is_in(clients).fill_null(False))
    if scope.accounts:
        parts.append(pl.col("account_id").is_in(list(scope.accounts)).fill_null(False))
    if scope.include:
        parts.append(_any_item(scope.include, test, unknown=False))
    if scope.exclude:
        parts.append(~_any_item(scope.exclude, test, unknown=True))
    return reduce(lambda left, right: left & right, parts)


def _any_item(
    items: Sequence[str | Condition], test: Callable[[Condition], pl.Expr], *, unknown: bool
) -> pl.Expr:
    ids = [item for item in items if isinstance(item, str)]
    tests = [test(item).fill_null(unknown) for item in items if not isinstance(item, str)]
    if ids:
        tests.insert(0, pl.col("object_id").is_in(ids))
    return reduce(lambda left, right: left | right, tests)
