"""Custom metrics: a small grammar, read by recursive descent.

    sum     := product (("+" | "-") product)*
    product := part (("*" | "/") part)*
    part    := "-" part | number | metric | "(" sum ")"

Example: `(revenue - spend) / impressions * 1000`. Money takes part in major units.
"""

from __future__ import annotations

import re

from engine.domain.errors import UserError
from engine.domain.metrics import (
    CATALOGUE,
    Calculation,
    Custom,
    Direction,
    Expression,
    Metric,
    Negative,
    Number,
    Operand,
    Unit,
    find_metric,
    operands,
)
from engine.rules.findings import LARGEST, nearest

LONGEST = 500
DEEPEST = 20
MOST_PARTS = 100
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_.:]*)|([-+*/()]))")


class FormulaError(UserError):
    """A formula that can't be read; `nearest` was perhaps meant."""

    def __init__(self, text: str, nearest: str | None = None) -> None:
        super().__init__(text)
        self.nearest = nearest


def looks_like_formula(text: str) -> bool:
    """Say whether a metric's text is a formula rather than a name."""
    return re.search(r"[-+*/()\s]", text.strip()) is not None


def parse_formula(text: str) -> Metric:
    """Return the metric that the formula describes.

    Raises FormulaError when it is not in the grammar, names no metric, or is too large.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text)} characters, at most {LONGEST} are allowed")
    expression = _Reader(text).whole()
    if not operands(expression):
        raise FormulaError("the formula names no metric")
    name = " ".join(text.split())
    unit = Unit.MONEY if _money_power(expression) == 1 else Unit.RATIO
    return Metric(name, Custom(expression), unit, Direction.NEUTRAL, name, name)


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._parts = 0

    def whole(self) -> Expression:
        """Return the expression of the whole text."""
        expression = self._sum(1)
        if self._next < len(self._tokens):
            raise FormulaError(f"{self._tokens[self._next]!r} is too much there")
        return expression

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _sum(self, depth: int) -> Expression:
        left = self._product(depth)
        while self._peek() in {"+", "-"}:
            left = self._count(Calculation(self._take(), left, self._product(depth)))
        return left

    def _product(self, depth: int) -> Expression:
        left = self._part(depth)
        while self._peek() in {"*", "/"}:
            left = self._count(Calculation(self._take(), left, self._part(depth)))
        return left

    def _part(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise FormulaError(f"the formula is nested deeper than {DEEPEST} levels")
        word = self._take()
        if word == "-":
            return self._count(Negative(self._part(depth + 1)))
        if word == "(":
            inner = self._sum(depth + 1)
            if self._take() != ")":
                raise FormulaError("a closing ) is missing")
            return inner
        if word[:1].isdigit():
            return self._count(_number(word))
        if word and word not in "+*/)":
            return self._count(_operand(word))
        raise FormulaError(f"a number or a metric is missing before {word or 'the end'}")

    def _count(self, part: Expression) -> Expression:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormulaError(f"the formula has more than {MOST_PARTS} parts")
        return part


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            raise FormulaError(f"{stripped[place:].strip()[:1]!r} has no meaning in a formula")
        found.append(match[match.lastindex or 0])
        place = match.end()
    return found


def _number(word: str) -> Number:
    value = float(word)
    if value > LARGEST:
        raise FormulaError(f"the number {word[:40]} is too large")
    return Number(value)


def _operand(name: str) -> Operand:
    metric = find_metric(name)
    if metric is None:
        raise FormulaError(f"{name!r} is not a metric", nearest(name, CATALOGUE))
    if metric.unit is Unit.TEXT:
        raise FormulaError(f"{name!r} is a text, a formula needs numbers")
    return Operand(metric)


def _money_power(expression: Expression) -> int | None:
    """Return 1 for an amount of money, 0 for a bare number, none where parts don't fit."""
    match expression:
        case Number():
            return 0
        case Operand(metric):
            return 1 if metric.unit is Unit.MONEY else 0
        case Negative(part):
            return _money_power(part)
        case Calculation(operator, left, right):
            first, second = _money_power(left), _money_power(right)
            if first is None or second is None:
                return None
            if operator in "*/":
                return first + second if operator == "*" else first - second
            if isinstance(left, Number) or isinstance(right, Number):
                return max(first, second)
            return first if first == second else None
