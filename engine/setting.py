"""One setting: its kind, its bounds, its words, and the check of a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.errors import UserError
from engine.domain.metrics import ATTRIBUTION_WINDOWS
from engine.domain.money import offset_of

Value = bool | int | float | str
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ID = re.compile(r"\d+")
_LONGEST_TEXT = 10_000
_LARGEST = 10**40


class Form(StrEnum):
    """How a text is written; an empty text is always allowed."""

    ANY = ""
    HOURS = "hours"
    IDS = "ids"
    AMOUNTS = "amounts"
    ATTRIBUTIONS = "attributions"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with its bounds and its words in English and Ukrainian."""

    key: str
    group: tuple[str, str]
    title: tuple[str, str]
    help: tuple[str, str]
    default: Value
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    form: Form = Form.ANY

    @property
    def kind(self) -> str:
        """bool, int, float, text or choice."""
        if self.choices:
            return "choice"
        names = {bool: "bool", int: "int", float: "float", str: "text"}
        return names[type(self.default)]

    def check(self, value: object) -> Value:
        """Return `value` as this setting's type; UserError says what is allowed."""
        if self.kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            # One that no float comes near stays whole, and is refused as such.
            value = float(value) if abs(value) < _LARGEST else value
        if not isinstance(value, bool | int | float | str) or type(value) is not type(self.default):
            raise self._wrong(value)
        if self.choices and value not in self.choices:
            raise self._wrong(value)
        if isinstance(value, str):
            self._check_form(value)
        elif not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            outside = (low is not None and value < low) or (high is not None and value > high)
            if outside or value != value:
                raise self._wrong(value)
        return value

    def _check_form(self, text: str) -> None:
        if len(text) > _LONGEST_TEXT or not text.isprintable():
            raise self._wrong(text[:40])
        match self.form:
            case Form.HOURS if text.strip():
                if hours(text) is None:
                    raise self._wrong(text)
            case Form.IDS:
                if not all(_ID.fullmatch(part) for part in listed(text)):
                    raise self._wrong(text)
            case Form.AMOUNTS:
                amounts(text, self.key)
            case Form.ATTRIBUTIONS:
                if not set(listed(text)) <= set(ATTRIBUTION_WINDOWS):
                    raise self._wrong(text)

    def _wrong(self, value: object) -> UserError:
        return UserError(f"{self.key} must be {self._allowed()}, not {_shown(value)}.")

    def _allowed(self) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.form is Form.HOURS:
            return "hours like 23:00-06:00, or empty"
        if self.form is Form.IDS:
            return "ids separated by commas, or empty"
        if self.form is Form.ATTRIBUTIONS:
            return f"some of {', '.join(ATTRIBUTION_WINDOWS)} separated by commas, or empty"
        words = {"bool": "true or false", "int": "a whole number", "float": "a number"}
        text = words.get(self.kind, f"a plain text of at most {_LONGEST_TEXT:,} characters")
        if self.minimum is not None and self.maximum is not None:
            return f"{text} from {self.minimum:g} to {self.maximum:g}"
        return text


def _shown(value: object) -> str:
    """Return a value as it was given, cut where it is long."""
    # Python refuses to write whole numbers of thousands of digits as text.
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return "a number of more than 40 digits"
    return repr(value)[:60]


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a text separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def hours(text: str) -> tuple[str, str] | None:
    """Return the two times of `23:00-06:00`, none for another text."""
    begin, dash, end = (part.strip() for part in text.partition("-"))
    fits = dash and _HOURS.fullmatch(begin) and _HOURS.fullmatch(end) and begin != end
    return (begin, end) if fits else None


def amounts(text: str, key: str = "This") -> dict[str, float]:
    """Return the amounts of `USD 500, UAH 20000` by currency, major units.

    Raises UserError for another text, an unknown currency or one named twice.
    """
    found: dict[str, float] = {}
    for part in listed(text):
        currency, _, amount = part.partition(" ")
        if not re.fullmatch(r"\d+(\.\d+)?", amount.strip()) or currency in found:
            raise UserError(
                f"{key} has {part!r}, which is not an amount with its currency.",
                hint="Write amounts like USD 500, UAH 20000; each currency once.",
            )
        offset_of(currency)
        found[currency] = float(amount)
    return found
