"""Reasons in the reader's language, with the numbers of the case.

The journal keeps the English sentence a reason was written in, for good. Here its
values are found again by the table of sentences, so that old entries and every
language show the numbers of the case.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from engine.domain.formats import NARROW_SPACE, Currency, Formats
from engine.domain.language import Language
from engine.domain.reason_sentences import SENTENCES

_PLACE = re.compile(r"\{([a-z]+)\}")
_MORE = "more"  # a sentence of its own, or somebody's words
_MONEY = re.compile(r"(-?\d+)(?:\.(\d+))? ([A-Z]{3})")
_SPAN = re.compile(r"(\d+) (min|h)")
_DECIMAL = re.compile(r"\d+\.\d+")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)
_UNITS = {"min": "хв", "h": "год"}
_SAID: dict[Language, dict[str, str]] = {
    Language.ENGLISH: {"ACTIVE": "active", "PAUSED": "paused", "0 min": "less than a minute"},
    Language.UKRAINIAN: {
        "ACTIVE": "увімкнено",
        "PAUSED": "призупинено",
        "ARCHIVED": "в архіві",
        "archived": "в архіві",
        "DELETED": "видалено",
        "deleted": "видалено",
        "0 min": "менше хвилини",
        "the objects": "об’єкти",
        "Somebody": "хтось",
        "somebody": "хтось",
        "refused by Meta": "відхилених Meta",
        "without a known outcome": "без відомого наслідку",
    },
}


@lru_cache(maxsize=4096)
def reason_in_words(words: str, language: Language) -> str:
    """Return a reason in a language; a sentence nobody knows stays as it is."""
    found = _find(words)
    if found is None:
        return words
    sentence, values = found
    shown = {name: _value(name, value, language) for name, value in values.items()}
    return _PLACE.sub(lambda place: shown[place[1]], sentence[list(Language).index(language)])


def is_known(words: str) -> bool:
    """Tell whether a sentence is in the table."""
    return _find(words) is not None


def _find(words: str) -> tuple[tuple[str, str], dict[str, str]] | None:
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(words)
        if found is not None:
            return sentence, {name: value or "" for name, value in found.groupdict().items()}
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, str]], ...]:
    """Return a pattern for each sentence; those without a gap at the front come first."""
    ordered = sorted(SENTENCES, key=lambda sentence: sentence[0].startswith("{"))
    return tuple((re.compile(_pattern(one[0]), re.DOTALL), one) for one in ordered)


def _pattern(english: str) -> str:
    parts = _PLACE.split(english)
    made = [re.escape(parts[0])]
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        # What follows a full stop may be missing, together with its space.
        gap = "(?: .+)?" if name == _MORE and made[-1].endswith(".") else ".+?"
        made += [f"(?P<{name}>{gap})", re.escape(after)]
    return "".join(made)


def _value(name: str, value: str, language: Language) -> str:
    if name == _MORE:
        space = " " if value.startswith(" ") else ""
        return space + reason_in_words(value.strip(), language) if value else ""
    said = _SAID[language].get(value)
    if said is not None:
        return said
    if (money := _MONEY.fullmatch(value)) is not None:
        return _money(money, language)
    if (quoted := _QUOTED.fullmatch(value)) is not None:
        return f"«{quoted[2]}»" if language is Language.UKRAINIAN else f"“{quoted[2]}”"
    if language is Language.UKRAINIAN:
        if (span := _SPAN.fullmatch(value)) is not None:
            return f"{span[1]}{NARROW_SPACE}{_UNITS[span[2]]}"
        if _DECIMAL.fullmatch(value) is not None:
            return value.replace(".", ",")
    return value


def _money(found: re.Match[str], language: Language) -> str:
    """Write an amount as everywhere else; minor units only where there are some."""
    whole, decimals, code = found.groups()
    fine = bool((decimals or "").strip("0"))
    amount = float(f"{whole}.{decimals}") if fine else float(whole)
    formats = Formats(language)
    return formats.with_symbol(formats.number(amount, len(decimals) if fine else 0), Currency(code))
