"""Numbers for people: grouped digits, units, and Ukrainian plurals."""

from __future__ import annotations

from engine.domain.formats import MINUS, NARROW_SPACE, Currency, Formats
from engine.domain.language import Language, plural_form
from engine.domain.metrics import Unit

# Where the forms of a noun stand; the last goes with fractions and is English's plural.
_PLACES = {"one": 0, "few": 1, "many": 2}
_FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "impressions": ("impression", "impressions"),
        "clicks": ("click", "clicks"),
        "conversions": ("conversion", "conversions"),
        "objects": ("object", "objects"),
        "hours": ("hour", "hours"),
        "minutes": ("minute", "minutes"),
        "days": ("day", "days"),
        "cycles": ("cycle", "cycles"),
        "times": ("time", "times"),
        "copies": ("copy", "copies"),
    },
    "uk": {
        "impressions": ("показ", "покази", "показів", "показу"),
        "clicks": ("клік", "кліки", "кліків", "кліка"),
        "conversions": ("конверсія", "конверсії", "конверсій", "конверсії"),
        "objects": ("об'єкт", "об'єкти", "об'єктів", "об'єкта"),
        "hours": ("година", "години", "годин", "години"),
        "minutes": ("хвилина", "хвилини", "хвилин", "хвилини"),
        "days": ("день", "дні", "днів", "дня"),
        "cycles": ("цикл", "цикли", "циклів", "циклу"),
        "times": ("раз", "рази", "разів", "разу"),
        "copies": ("копія", "копії", "копій", "копії"),
    },
}


def number(value: float, language: str, digits: int = 2) -> str:
    """Return a number with grouped thousands and at most `digits` decimals."""
    text = f"{abs(value):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text == "0" and value:
        text = f"{abs(value):.2g}"
    whole, point, decimals = text.partition(".")
    if language == "uk" and point:
        point = ","
    sign = MINUS if value < 0 else ""
    return f"{sign}{whole.replace(',', NARROW_SPACE)}{point}{decimals}"


def amount(value: float, language: str, currency: str = "") -> str:
    """Return an amount of money in major units, with its currency where known."""
    text = number(value, language)
    if not currency:
        return text
    return Formats(Language(language)).with_symbol(text, Currency(currency))


def in_unit(value: float | str, unit: Unit, language: str, currency: str = "") -> str:
    """Return a metric's value with its unit."""
    if isinstance(value, str):
        return value
    match unit:
        case Unit.PERCENT:
            return f"{number(value, language)}{NARROW_SPACE}%"
        case Unit.MONEY:
            return amount(value, language, currency)
        case Unit.HOURS:
            return things("hours", value, language)
        case _:
            return number(value, language)


def things(name: str, count: float, language: str) -> str:
    """Return a count with its noun: `1,000 impressions`, `3 покази`."""
    return f"{number(count, language)} {noun(name, count, language)}"


def noun(name: str, count: float, language: str) -> str:
    """Return the noun in the form that goes with `count`."""
    forms = _FORMS[language][name]
    if count != int(count):
        return forms[-1]
    return forms[_PLACES.get(plural_form(Language(language), int(count)), -1)]


def hours(length: float, language: str) -> str:
    """Return a length of time in whole days, hours or minutes."""
    if length and length % 24 == 0 and length >= 48:
        return things("days", length / 24, language)
    if length < 1:
        return things("minutes", length * 60, language)
    return things("hours", length, language)


def cycles(count: int, language: str) -> str:
    """Return a number of cycles."""
    return things("cycles", count, language)
