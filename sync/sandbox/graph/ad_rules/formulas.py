"""Advanced rule conditions: arithmetic over fields.

As in `today_spent / adset.daily_budget`. A missing value or a division by zero makes the
whole formula unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Number = float | None
Lookup = Callable[[str], Number]
_TOKEN = re.compile(r"\s*(?:([A-Za-z_][\w.:]*)|(\d+(?:\.\d+)?)|([-+*/()]))")


class FormulaError(ValueError):
    """A formula that cannot be read."""


def is_formula(field: str) -> bool:
    """Tell whether a filter's field is arithmetic instead of a name."""
    return any(sign in field for sign in "+*/()") or " - " in field


def names_in(formula: str) -> list[str]:
    """Return the fields a formula is made of; FormulaError when it is none."""
    found: list[str] = []

    def note(name: str) -> Number:
        found.append(name)
        return 1.0

    value_of_formula(formula, note)
    return found


def value_of_formula(formula: str, lookup: Lookup) -> Number:
    """Work a formula out; None when something in it is unknown."""
    tokens = list(_tokens(formula))
    value, rest = _sum(tokens, lookup)
    if rest:
        raise FormulaError(f"'{rest[0]}' is not expected in '{formula}'")
    return value


def _tokens(formula: str) -> Iterator[str]:
    place, text = 0, formula.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError(f"'{formula}' cannot be read")
        yield match.group().strip()
        place = match.end()


def _sum(tokens: list[str], lookup: Lookup) -> tuple[Number, list[str]]:
    value, rest = _product(tokens, lookup)
    while rest and rest[0] in "+-":
        sign = rest[0]
        other, rest = _product(rest[1:], lookup)
        if value is None or other is None:
            value = None
        else:
            value = value + other if sign == "+" else value - other
    return value, rest


def _product(tokens: list[str], lookup: Lookup) -> tuple[Number, list[str]]:
    value, rest = _atom(tokens, lookup)
    while rest and rest[0] in "*/":
        sign = rest[0]
        other, rest = _atom(rest[1:], lookup)
        if value is None or other is None or (sign == "/" and other == 0):
            value = None
        else:
            value = value * other if sign == "*" else value / other
    return value, rest


def _atom(tokens: list[str], lookup: Lookup) -> tuple[Number, list[str]]:
    if not tokens:
        raise FormulaError("a formula ends too early")
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        value, rest = _sum(rest, lookup)
        if not rest or rest[0] != ")":
            raise FormulaError("a bracket is not closed")
        return value, rest[1:]
    if first[0].isdigit():
        return float(first), rest
    if first[0].isalpha() or first[0] == "_":
        return lookup(first), rest
    raise FormulaError(f"'{first}' is not expected in a formula")
