"""Measurements as Polars expressions, in major units of money.

Multiplications come before the one division, and sums of minor units are
whole numbers, so a value is the double nearest to the true quotient: a CTR of
exactly 1 % is exactly 1.0, and 10.07 in major units equals the literal 10.07.
Null is *unknown*: a missing number, or a zero under a fraction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

import polars as pl

from engine.domain.conditions import Measurement, Whose
from engine.domain.frame import attributed_sum, column
from engine.domain.metrics import (
    MONEY_SUMS,
    NOT_ADDITIVE,
    Attribute,
    Calculation,
    Custom,
    Expression,
    Metric,
    Modelled,
    Negative,
    Number,
    Operand,
    Ratio,
    Sum,
)
from engine.domain.windows import Window
from engine.rules.groups import others_median

ACCOUNT = "#account"
PARENT = "#parent"
LIVE = "#live"
OFFSET = "currency_offset"
UNKNOWN = pl.lit(None, dtype=pl.Float64)

Spread = Callable[[str], pl.Expr]


def value_of(measurement: Measurement, *, before: bool = False) -> pl.Expr:
    """Return the measurement's value: Float64, null where unknown.

    With `before`, the value over the preceding window of the same length.
    """
    value = _of_whom(measurement, before)
    return value if measurement.times == 1.0 else value * measurement.times


def change_of(measurement: Measurement) -> pl.Expr:
    """Return by how many percent a measurement rose (fell, where negative).

    100 * (now - before) / |before|, unknown where there was nothing before.
    """
    now, then = value_of(measurement), value_of(measurement, before=True)
    return quotient((now - then) * 100, then.abs())


def sum_of(measurement: Measurement, name: str, *, before: bool = False) -> pl.Expr:
    """Return a base sum of the object itself, its parent or its account."""
    if measurement.window is None:
        return UNKNOWN
    return _spread_of(measurement)(column(name, measurement.window, before=before).name)


def quotient(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return a fraction, null where its denominator is zero."""
    return pl.when(denominator != 0).then(numerator / denominator)


def is_money(sum_name: str) -> bool:
    """Say whether a base sum is kept in minor units."""
    return sum_name in MONEY_SUMS or sum_name.startswith("revenue:")


def _of_whom(measurement: Measurement, before: bool) -> pl.Expr:
    value = _metric(measurement.metric, measurement.window, before, _spread_of(measurement))
    if measurement.of is Whose.SIBLINGS_MEAN:
        return _siblings_mean(value)
    if measurement.of is Whose.SIBLINGS_MEDIAN:
        return pl.map_batches(
            [pl.when(LIVE).then(value), pl.col(PARENT)], others_median, return_dtype=pl.Float64
        )
    return value


def _spread_of(measurement: Measurement) -> Spread:
    """Return how frame columns are read for a measurement, its attribution too."""
    spread = _spread(measurement.of)

    def attributed(name: str) -> pl.Expr:
        sum_name, _, window = name.partition("@")
        return spread(f"{attributed_sum(sum_name, measurement.attribution)}@{window}")

    return spread if measurement.attribution is None else attributed


def _spread(whose: Whose) -> Spread:
    """Return how a frame column is read: as it is, or summed over a group.

    A group's sum is unknown as soon as one object's is; archived and deleted objects
    count. Reach counts people and has no sum.
    """
    if whose not in {Whose.PARENT, Whose.ACCOUNT}:
        return pl.col
    key = ACCOUNT if whose is Whose.ACCOUNT else PARENT

    def summed(name: str) -> pl.Expr:
        if name.partition("@")[0] in NOT_ADDITIVE:
            return UNKNOWN
        return pl.col(name).fill_null(float("nan")).sum().over(key).fill_nan(None)

    return summed


def _siblings_mean(value: pl.Expr) -> pl.Expr:
    """Return the mean over the other live objects of the same parent that have a value."""
    live = pl.when(LIVE).then(value)
    others = live.count().over(PARENT) - live.is_not_null().cast(pl.Int64)
    rest = live.sum().over(PARENT) - live.fill_null(0.0)
    return pl.when(others > 0).then(rest / others)


def _metric(metric: Metric, window: Window | None, before: bool, spread: Spread) -> pl.Expr:
    formula = metric.formula
    match formula:
        case Attribute(name):
            return _attribute(name)
        case Modelled():
            return UNKNOWN
        case Custom(expression):
            value = _calculated(expression, window, before, spread)
            return pl.when(value.is_finite()).then(value)
        case Sum() | Ratio():
            return UNKNOWN if window is None else _windowed(formula, window, before, spread)
        case _:
            assert_never(formula)


def _windowed(formula: Sum | Ratio, window: Window, before: bool, spread: Spread) -> pl.Expr:
    if isinstance(formula, Sum):
        total = spread(column(formula.name, window, before=before).name)
        return total / pl.col(OFFSET) if is_money(formula.name) else total
    top = spread(column(formula.numerator, window, before=before).name)
    bottom = spread(column(formula.denominator, window, before=before).name)
    if formula.scale != 1:
        top = top * formula.scale
    if is_money(formula.numerator) and not is_money(formula.denominator):
        return pl.when(bottom != 0).then(top / (bottom * pl.col(OFFSET)))
    return quotient(top, bottom)


def _attribute(name: str) -> pl.Expr:
    return pl.col(name) / pl.col(OFFSET) if name == "budget" else pl.col(name)


def _calculated(
    expression: Expression, window: Window | None, before: bool, spread: Spread
) -> pl.Expr:
    match expression:
        case Number(value):
            return pl.lit(value, dtype=pl.Float64)
        case Operand(metric):
            return _metric(metric, window, before, spread)
        case Negative(part):
            return -_calculated(part, window, before, spread)
        case Calculation(operator, left, right):
            first = _calculated(left, window, before, spread)
            second = _calculated(right, window, before, spread)
            if operator == "+":
                return first + second
            if operator == "-":
                return first - second
            if operator == "*":
                return first * second
            if isinstance(right, Number):
                # Polars divides by a literal through its reciprocal, which is a digit off at
                # times (57 / 100); beside a column it divides as everybody does.
                second = second + pl.col(OFFSET) * 0
            return quotient(first, second)
