"""The `filtering` parameter: its operators, on single values.

Operators follow Meta's insights filtering list; numbers compare as numbers,
everything else as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from sync.sandbox.graph.errors import bad_value

OPERATORS = (
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
    "IN_RANGE",
    "NOT_IN_RANGE",
    "CONTAIN",
    "NOT_CONTAIN",
    "STARTS_WITH",
    "IN",
    "NOT_IN",
    "ANY",
    "ALL",
    "NONE",
)
_LISTS = ("IN_RANGE", "NOT_IN_RANGE", "IN", "NOT_IN", "ANY", "ALL", "NONE")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; `prefix` is the level before the dot, or empty."""

    prefix: str
    field: str
    operator: str
    value: object

    def accepts(self, actual: object) -> bool:
        """Tell whether an object's value meets the condition."""
        return _TESTS[self.operator](actual, self.value)


def parse_filtering(params: Mapping[str, str]) -> tuple[Filter, ...]:
    """Read the `filtering` parameter; raises code 100 when malformed."""
    text = params.get("filtering")
    if not text:
        return ()
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_value("Param filtering must be a JSON array") from None
    if not isinstance(items, list):
        raise bad_value("Param filtering must be a JSON array")
    return tuple(_parse_one(index, item) for index, item in enumerate(items))


def parse_list(text: str | None, name: str = "list") -> list[str]:
    """Read a JSON array or a comma list of texts; no value is empty."""
    if text is None or not text.strip():
        return []
    if text.lstrip().startswith("["):
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise bad_value(f"Param {name} must be an array") from None
        return [str(item) for item in items]
    return [part.strip().strip("'\"") for part in text.split(",") if part.strip()]


def _parse_one(index: int, item: object) -> Filter:
    if not isinstance(item, dict) or not {"field", "operator"} <= item.keys():
        raise bad_value(f"Param filtering[{index}] must have field, operator and value")
    operator = str(item["operator"]).upper()
    if operator not in OPERATORS:
        raise bad_value(
            f"Param filtering[{index}][operator] must be one of {{{', '.join(OPERATORS)}}}"
        )
    value = item.get("value")
    if operator in _LISTS and not isinstance(value, list):
        raise bad_value(f"Param filtering[{index}][value] must be an array for {operator}")
    if operator.endswith("IN_RANGE") and isinstance(value, list) and len(value) != 2:
        raise bad_value(f"Param filtering[{index}][value] must hold two borders")
    name = str(item["field"])
    prefix = ""
    if ":" not in name:
        prefix, _, name = name.rpartition(".")
    return Filter(prefix, name, operator, value)


def _number(value: object) -> float | None:
    """Return the value as a number when it reads as one."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def _same(actual: object, wanted: object) -> bool:
    left, right = str(actual), str(wanted)
    if left.lower() == right.lower():
        return True
    if left.isdigit() and right.isdigit():
        return int(left) == int(right)
    a, b = _number(actual), _number(wanted)
    return a is not None and b is not None and a == b and "." in left + right


def _order(test: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def compare(actual: object, wanted: object) -> bool:
        a, b = _number(actual if actual is not None else 0), _number(wanted)
        return a is not None and b is not None and test(a, b)

    return compare


def _parts(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _in_range(actual: object, wanted: object) -> bool:
    low, high = (_number(part) for part in _parts(wanted))
    a = _number(actual if actual is not None else 0)
    return a is not None and low is not None and high is not None and low <= a <= high


def _is_in(actual: object, wanted: object) -> bool:
    return any(_same(one, part) for one in _parts(actual) for part in _parts(wanted))


def _contains(actual: object, wanted: object) -> bool:
    text = "" if actual is None else str(actual).lower()
    return any(str(part).lower() in text for part in _parts(wanted))


def _has_all(actual: object, wanted: object) -> bool:
    return all(any(_same(one, part) for one in _parts(actual)) for part in _parts(wanted))


_TESTS: dict[str, Callable[[object, object], bool]] = {
    "EQUAL": _is_in,
    "NOT_EQUAL": lambda a, w: not _is_in(a, w),
    "GREATER_THAN": _order(lambda a, b: a > b),
    "GREATER_THAN_OR_EQUAL": _order(lambda a, b: a >= b),
    "LESS_THAN": _order(lambda a, b: a < b),
    "LESS_THAN_OR_EQUAL": _order(lambda a, b: a <= b),
    "IN_RANGE": _in_range,
    "NOT_IN_RANGE": lambda a, w: not _in_range(a, w),
    "CONTAIN": _contains,
    "NOT_CONTAIN": lambda a, w: not _contains(a, w),
    "STARTS_WITH": lambda a, w: any(
        str(a or "").lower().startswith(str(part).lower()) for part in _parts(w)
    ),
    "IN": _is_in,
    "NOT_IN": lambda a, w: not _is_in(a, w),
    "ANY": _is_in,
    "ALL": _has_all,
    "NONE": lambda a, w: not _is_in(a, w),
}
