"""The languages that people read, and their plurals."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """English and Ukrainian, by their ISO 639-1 codes."""

    ENGLISH = "en"
    UKRAINIAN = "uk"


def plural_form(language: Language, count: int) -> str:
    """Return the CLDR plural category of a whole number.

    Rules: https://www.unicode.org/cldr/charts/48/supplemental/language_plural_rules.html
    """
    number = abs(count)
    if language is Language.ENGLISH:
        return "one" if number == 1 else "other"
    last, last_two = number % 10, number % 100
    if last == 1 and last_two != 11:
        return "one"
    if last in (2, 3, 4) and last_two not in (12, 13, 14):
        return "few"
    return "many"
