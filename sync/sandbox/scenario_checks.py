"""Reading of scenario fields: every fault at once, each with its path."""

import difflib
import json
import math
from collections.abc import Sequence

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class ScenarioError(ValueError):
    """A scenario that cannot be played; ``faults`` lists every reason."""

    def __init__(self, faults: list[str]) -> None:
        """Keep all faults; the message shows them one a line."""
        super().__init__("the scenario cannot be used:\n" + "\n".join(f"- {f}" for f in faults))
        self.faults = faults


class FieldReader:
    """Reads the fields of a JSON object and collects their faults.

    A faulty or missing field yields its default, so that reading goes on and all faults of
    a file are found in one pass. All readers of a file share one list of faults.
    """

    def __init__(self, values: Json, path: str, faults: list[str]) -> None:
        """Read ``values``, an object expected at ``path``."""
        self.path = path
        self.faults = faults
        self._values: dict[str, Json] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.fault("", values, "an object with fields, {…}")

    def fault(self, key: str, found: Json, allowed: str) -> None:
        """Note that ``key`` holds ``found`` where only ``allowed`` is."""
        where = ".".join(part for part in (self.path, key) if part) or "the file"
        self.faults.append(f"{where}: found {_shown(found)}, allowed is {allowed}")

    def only(self, known: Sequence[str], required: Sequence[str] = ()) -> None:
        """Note fields that do not exist and required ones that are missing."""
        for key in self._values:
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                hint = f"; did you mean {close[0]}" if close else ""
                where = f"{self.path}.{key}" if self.path else key
                self.faults.append(
                    f"{where}: there is no such field{hint}. Allowed are {', '.join(known)}"
                )
        for key in required:
            if key not in self._values:
                where = f"{self.path}.{key}" if self.path else key
                self.faults.append(f"{where}: missing; this field is required")

    def values(self) -> dict[str, Json]:
        """Return all fields as they stand."""
        return dict(self._values)

    def has(self, key: str) -> bool:
        """Tell whether the field is given."""
        return key in self._values

    def value(self, key: str) -> Json:
        """Return the field as it stands; None when it is left out."""
        return self._values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Read a text."""
        found = self._values.get(key, default)
        if isinstance(found, str):
            return found
        self.fault(key, found, "a text")
        return default

    def number(
        self, key: str, default: float, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Read a number from low to high, both inclusive."""
        found = self._values.get(key, default)
        number = _as_number(found)
        if number is not None and low <= number <= high:
            return number
        self.fault(key, found, "a number" + _bounds(low, high))
        return default

    def whole(self, key: str, default: int, low: float = -math.inf, high: float = math.inf) -> int:
        """Read a whole number from low to high, both inclusive."""
        found = self._values.get(key, default)
        number = _as_number(found)
        if number is not None and number.is_integer() and low <= number <= high:
            return int(number) if isinstance(found, float) else int(str(found))
        self.fault(key, found, "a whole number" + _bounds(low, high))
        return default

    def span(
        self, key: str, default: tuple[float, float], low: float, high: float = math.inf
    ) -> tuple[float, float]:
        """Read a pair [low, high] of numbers in order, within the bounds."""
        found = self._values.get(key, list(default))
        if isinstance(found, list) and len(found) == 2:
            first, second = _as_number(found[0]), _as_number(found[1])
            if first is not None and second is not None and low <= first <= second <= high:
                return first, second
        self.fault(key, found, "[low, high], low not above high, numbers" + _bounds(low, high))
        return default

    def whole_span(self, key: str, default: tuple[int, int], low: int) -> tuple[int, int]:
        """Read a pair [low, high] of whole numbers in order."""
        first, second = self.span(key, default, low)
        if first.is_integer() and second.is_integer():
            return int(first), int(second)
        self.fault(key, self._values.get(key), "[low, high] of whole numbers")
        return default

    def items(self, key: str) -> list["FieldReader"]:
        """Read a list of objects, one reader each."""
        found = self._values.get(key, [])
        if not isinstance(found, list):
            self.fault(key, found, "a list […]")
            return []
        where = f"{self.path}.{key}" if self.path else key
        return [FieldReader(item, f"{where}[{i}]", self.faults) for i, item in enumerate(found)]

    def inner(self, key: str) -> "FieldReader":
        """Read an object inside; empty when left out."""
        where = f"{self.path}.{key}" if self.path else key
        return FieldReader(self._values.get(key, {}), where, self.faults)


def _as_number(found: Json) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        number = float(found)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _bounds(low: float, high: float) -> str:
    if low > -math.inf and high < math.inf:
        return f" from {low:g} to {high:g}"
    if low > -math.inf:
        return f" of at least {low:g}"
    return f" of at most {high:g}" if high < math.inf else ""


def _shown(found: Json) -> str:
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
