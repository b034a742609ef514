"""Strict reading of a document: every fault is noted, none stops it.

The `read_…` functions return the value in its own type, or none after noting
what was found and what is allowed there. A boolean is never a number, and a
number is always finite.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from engine.domain.errors import Fault

# Beyond it a double no longer tells neighbouring cents apart.
LARGEST = 1e13
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(m|min|h|d|w)")
_UNITS = {"m": 1 / 60, "min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Findings:
    """The faults found so far in one document."""

    faults: list[Fault] = field(default_factory=list)

    def note(self, path: str, found: str, allowed: str, nearest: str | None = None) -> None:
        """Keep one fault."""
        self.faults.append(Fault(path, found, allowed, nearest))


def join(path: str, key: str | int) -> str:
    """Return the path of a part, such as `conditions/all/1`."""
    return f"{path}/{key}" if path else str(key)


def describe(value: object) -> str:
    """Say in a few words what stands in the document."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {str(value)[:40]}"
        case str():
            return f"the text {value[:60]!r}{'…' if len(value) > 60 else ''}"
        case Mapping():
            return f"an object with {len(value)} fields"
        case list() | tuple():
            return f"a list of {len(value)}"
        case _:
            return f"a value of type {type(value).__name__}"


def nearest(word: object, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like `word`, none when none does."""
    if not isinstance(word, str):
        return None
    lower = {name.lower(): name for name in known}
    letters = sorted(word.lower()[:80])
    for name in lower:
        if sorted(name) == letters:
            return lower[name]
    longer = [name for name in lower if name.startswith(word.lower())]
    if word and len(longer) == 1:
        return lower[longer[0]]
    close = difflib.get_close_matches(word.lower()[:80], lower, n=1, cutoff=0.6)
    return lower[close[0]] if close else None


def read_object(
    findings: Findings,
    path: str,
    value: object,
    fields: Sequence[str],
    required: Sequence[str] = (),
) -> Mapping[str, object] | None:
    """Return an object; note its unknown and its missing fields."""
    if not isinstance(value, Mapping):
        findings.note(path or "document", describe(value), "an object")
        return None
    for key in value:
        if key not in fields:
            findings.note(
                join(path, str(key)[:60]),
                f"the unknown field {str(key)[:60]!r}",
                ", ".join(fields),
                nearest(key, fields),
            )
    for key in required:
        if key not in value:
            near = nearest(key, [name for name in value if name not in fields])
            findings.note(join(path, key), "nothing", f"{key} is required here", near)
    return value


def read_list(
    findings: Findings, path: str, value: object, *, longest: int, shortest: int = 1
) -> list[object] | None:
    """Return a list within its limits of length."""
    if not isinstance(value, list | tuple):
        findings.note(path, describe(value), "a list")
        return None
    if not shortest <= len(value) <= longest:
        findings.note(path, describe(value), f"a list of {shortest} to {longest}")
        return None
    return list(value)


def read_text(
    findings: Findings, path: str, value: object, *, longest: int = 1000, empty: bool = False
) -> str | None:
    """Return a text that is not blank, too long or full of control codes."""
    if not isinstance(value, str):
        findings.note(path, describe(value), "a text")
        return None
    if not empty and not value.strip():
        findings.note(path, "an empty text", "a text with something in it")
        return None
    if len(value) > longest:
        findings.note(path, f"a text of {len(value)} characters", f"at most {longest} characters")
        return None
    if _CONTROL.search(value):
        findings.note(path, describe(value), "a text without control characters")
        return None
    return value


def read_name(findings: Findings, path: str, value: object, *, longest: int) -> str | None:
    """Return a name: one line in which something can be seen."""
    text = read_text(findings, path, value, longest=longest)
    if text is None:
        return None
    if len(text.splitlines()) > 1 or not any(
        unicodedata.category(one)[0] in "LNPS" for one in text
    ):
        findings.note(path, describe(value), "one line with letters, digits or signs")
        return None
    return text.strip()


def is_number(value: object) -> bool:
    """Say whether it is a finite number; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST and math.isfinite(value)


def read_number(
    findings: Findings,
    path: str,
    value: object,
    *,
    least: float = -LARGEST,
    most: float = LARGEST,
    above: float | None = None,
) -> float | None:
    """Return a finite number in bounds; `above` excludes the bound itself."""
    allowed = _range_words("a number", least, most, above)
    if not is_number(value):
        findings.note(path, describe(value), allowed)
        return None
    number = float(str(value))
    if not least <= number <= most or (above is not None and number <= above):
        findings.note(path, describe(value), allowed)
        return None
    return number


def read_integer(
    findings: Findings, path: str, value: object, *, least: int, most: int
) -> int | None:
    """Return a whole number within its bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        findings.note(path, describe(value), f"a whole number from {least} to {most}")
        return None
    return value


def read_flag(findings: Findings, path: str, value: object) -> bool | None:
    """Return true or false."""
    if not isinstance(value, bool):
        findings.note(path, describe(value), "true or false")
        return None
    return value


def read_choice(
    findings: Findings, path: str, value: object, options: Collection[str]
) -> str | None:
    """Return one of the words allowed here."""
    if not isinstance(value, str) or value not in options:
        findings.note(path, describe(value), ", ".join(options), nearest(value, options))
        return None
    return value


def duration(text: str) -> timedelta | None:
    """Return the length that `15m`, `6h`, `2d` or `1w` names, else none."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    return timedelta(hours=float(match[1]) * _UNITS[match[2]])


def read_duration(
    findings: Findings,
    path: str,
    value: object,
    *,
    least: timedelta = timedelta(),
    most: timedelta = timedelta(days=366),
) -> timedelta | None:
    """Return a duration written like `15m`, `6h`, `2d` or `1w`."""
    found = duration(value) if isinstance(value, str) else None
    if found is None or not least <= found <= most:
        low, high = duration_text(least), duration_text(most)
        findings.note(path, describe(value), f'a duration like "15m", "6h", "2d", {low} to {high}')
        return None
    return found


def duration_text(length: timedelta) -> str:
    """Return a duration in its largest whole unit: `2d`, `6h`, `90m`."""
    minutes = length / timedelta(minutes=1)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{int(minutes // size)}{unit}"
    return f"{minutes:.3f}".rstrip("0").rstrip(".") + "m"


def _range_words(kind: str, least: float, most: float, above: float | None) -> str:
    low = f"above {above:g}" if above is not None else ""
    if not low and least > -LARGEST:
        low = f"at least {least:g}"
    high = f"at most {most:g}" if most < LARGEST else ""
    return " ".join(part for part in (kind, low, "and" if low and high else "", high) if part)
